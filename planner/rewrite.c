/* rewrite.c - plans made faster, with the same rows in the same order.
 *
 * One rewrite is of the language: of the left rows of a key an innerunique join
 * keeps one that passes the filters behind it, as the engine does, which moves
 * them before it.  So filters move in every query that has such a join.
 *
 * An input of SHARED nodes with several parents is rewritten once, and keeps all
 * its columns; one with a single parent needs no sharing. */
#include "planner/rewrite.h"

spoor_plan *spoor_rewrite_over(spoor_arena *arena, spoor_plan_kind kind, spoor_plan *input,
                               spoor_span span) {
    spoor_plan *plan = SPOOR_NEW(arena, spoor_plan);
    *plan = (spoor_plan){.kind = kind,
                         .span = span,
                         .schema = input->schema,
                         .ninputs = 1,
                         .depth = input->depth + 1};
    plan->inputs = SPOOR_NEW_ARRAY(arena, spoor_plan *, 1);
    plan->inputs[0] = input;
    return plan;
}

spoor_plan *spoor_rewrite_empty(spoor_arena *arena, const spoor_plan *like) {
    spoor_plan *plan = SPOOR_NEW(arena, spoor_plan);
    *plan = (spoor_plan){
        .kind = SPOOR_PLAN_VALUES, .span = like->span, .schema = like->schema, .depth = 1};
    return plan;
}

typedef struct sharing {
    spoor_plan **inputs; /* by id: the rewritten input */
    uint32_t *parents;   /* by id: SHARED nodes of it that a result or subplan reaches */
    bool *seen;
    bool has_innerunique;
} sharing;

static void count_parents(const spoor_plan *plan, sharing *s) {
    s->has_innerunique |=
        plan->kind == SPOOR_PLAN_JOIN && plan->join.kind == SPOOR_JOIN_INNERUNIQUE;
    if (plan->kind == SPOOR_PLAN_SHARED) {
        s->parents[plan->shared.id]++;
        s->inputs[plan->shared.id] = plan->inputs[0];
        if (s->seen[plan->shared.id]) {
            return;
        }
        s->seen[plan->shared.id] = true;
    }
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        count_parents(plan->inputs[i], s);
    }
}

static spoor_plan *unshare(spoor_plan *plan, const sharing *s) {
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        if (plan->kind != SPOOR_PLAN_SHARED || s->parents[plan->shared.id] == 1) {
            plan->inputs[i] = unshare(plan->inputs[i], s);
        }
    }
    bool is_single = plan->kind == SPOOR_PLAN_SHARED && s->parents[plan->shared.id] == 1;
    return is_single ? plan->inputs[0] : plan;
}

static spoor_plan *rewrite(spoor_arena *arena, spoor_plan *plan, bool all_columns, bool for_speed) {
    plan = spoor_rewrite_filters(arena, plan);
    if (!for_speed) {
        return plan;
    }
    plan = spoor_rewrite_limits(arena, plan);
    plan = spoor_rewrite_columns(arena, plan, all_columns);
    return spoor_rewrite_projects(arena, spoor_rewrite_picks(arena, plan));
}

/* Where the rows came from, behind what is shown: of the hidden columns these two. */
static spoor_plan *with_lineage(spoor_arena *arena, spoor_plan *plan) {
    const spoor_schema *from = &plan->schema;
    spoor_plan *top = spoor_rewrite_over(arena, SPOOR_PLAN_PROJECT, plan, plan->span);
    top->schema = (spoor_schema){0, SPOOR_NEW_ARRAY(arena, spoor_column, from->ncols + 1)};
    top->project.exprs = SPOOR_NEW_ARRAY(arena, spoor_bound *, from->ncols + 1);
    for (uint32_t i = 0; i < from->ncols; i++) {
        const spoor_column *column = &from->columns[i];
        if (!column->hidden || spoor_str_is(column->name, "_SourceFile") ||
            spoor_str_is(column->name, "_RecordId")) {
            top->schema.columns[top->schema.ncols] = *column;
            top->project.exprs[top->schema.ncols++] =
                spoor_bound_column(arena, from, (int)i, plan->span);
        }
    }
    return top;
}

static spoor_plan *rewrite_result(spoor_arena *arena, spoor_plan *plan, bool keeps_lineage,
                                  bool for_speed) {
    return keeps_lineage ? rewrite(arena, with_lineage(arena, plan), true, for_speed)
                         : rewrite(arena, plan, false, for_speed);
}

static void point_to(spoor_plan *plan, const sharing *s) {
    if (plan->kind == SPOOR_PLAN_SHARED) {
        plan->inputs[0] = s->inputs[plan->shared.id];
        return;
    }
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        point_to(plan->inputs[i], s);
    }
}

void spoor_plan_rewrite(spoor_arena *arena, spoor_plan_query *query, bool for_speed) {
    sharing s = {.inputs = SPOOR_NEW_ARRAY(arena, spoor_plan *, query->nshared + 1),
                 .parents = SPOOR_NEW_ARRAY(arena, uint32_t, query->nshared + 1),
                 .seen = SPOOR_NEW_ARRAY(arena, bool, query->nshared + 1)};
    for (uint32_t i = 0; i < query->nresults; i++) {
        count_parents(query->results[i].plan, &s);
    }
    for (uint32_t i = 0; i < query->nsubplans; i++) {
        count_parents(query->subplans[i], &s);
    }
    if (!for_speed && !s.has_innerunique) {
        return;
    }
    for (uint32_t id = 0; id < query->nshared; id++) {
        if (s.parents[id] > 1) {
            s.inputs[id] = rewrite(arena, unshare(s.inputs[id], &s), true, for_speed);
        }
    }
    for (uint32_t i = 0; i < query->nresults; i++) {
        query->results[i].plan = rewrite_result(arena, unshare(query->results[i].plan, &s),
                                                query->keeps_lineage, for_speed);
        point_to(query->results[i].plan, &s);
    }
    for (uint32_t i = 0; i < query->nsubplans; i++) {
        query->subplans[i] = rewrite(arena, unshare(query->subplans[i], &s), false, for_speed);
        point_to(query->subplans[i], &s);
    }
    for (uint32_t id = 0; id < query->nshared; id++) {
        if (s.parents[id] > 1) {
            point_to(s.inputs[id], &s);
        }
    }
}
