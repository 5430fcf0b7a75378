/* rewrite.c - plans made faster, with the same rows in the same order.
 *
 * An input of SHARED nodes with several parents is rewritten once, and keeps all
 * its columns; one with a single parent needs no sharing. */
#include "planner/rewrite.h"

spoor_plan *spoor_rewrite_over(spoor_arena *arena, spoor_plan_kind kind, spoor_plan *input,
                               spoor_span span) {
    spoor_plan *plan = SPOOR_NEW(arena, spoor_plan);
    *plan = (spoor_plan){.kind = kind, .span = span, .schema = input->schema, .ninputs = 1,
                         .depth = input->depth + 1};
    plan->inputs = SPOOR_NEW_ARRAY(arena, spoor_plan *, 1);
    plan->inputs[0] = input;
    return plan;
}

spoor_plan *spoor_rewrite_empty(spoor_arena *arena, const spoor_plan *like) {
    spoor_plan *plan = SPOOR_NEW(arena, spoor_plan);
    *plan = (spoor_plan){.kind = SPOOR_PLAN_VALUES, .span = like->span, .schema = like->schema,
                         .depth = 1};
    return plan;
}

typedef struct sharing {
    spoor_plan **inputs; /* by id: the rewritten input */
    uint32_t *parents;   /* by id: SHARED nodes of it that a result or subplan reaches */
    bool *seen;
} sharing;

static void count_parents(const spoor_plan *plan, sharing *s) {
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

static spoor_plan *rewrite(spoor_arena *arena, spoor_plan *plan, bool all_columns) {
    plan = spoor_rewrite_filters(arena, plan);
    plan = spoor_rewrite_limits(arena, plan);
    return spoor_rewrite_projects(arena, spoor_rewrite_columns(arena, plan, all_columns));
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

static spoor_plan *rewrite_result(spoor_arena *arena, spoor_plan *plan, bool keeps_lineage) {
    return keeps_lineage ? rewrite(arena, with_lineage(arena, plan), true)
                         : rewrite(arena, plan, false);
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

void spoor_plan_rewrite(spoor_arena *arena, spoor_plan_query *query) {
    sharing s = {.inputs = SPOOR_NEW_ARRAY(arena, spoor_plan *, query->nshared + 1),
                 .parents = SPOOR_NEW_ARRAY(arena, uint32_t, query->nshared + 1),
                 .seen = SPOOR_NEW_ARRAY(arena, bool, query->nshared + 1)};
    for (uint32_t i = 0; i < query->nresults; i++) {
        count_parents(query->results[i].plan, &s);
    }
    for (uint32_t i = 0; i < query->nsubplans; i++) {
        count_parents(query->subplans[i], &s);
    }
    for (uint32_t id = 0; id < query->nshared; id++) {
        if (s.parents[id] > 1) {
            s.inputs[id] = rewrite(arena, unshare(s.inputs[id], &s), true);
        }
    }
    for (uint32_t i = 0; i < query->nresults; i++) {
        query->results[i].plan =
            rewrite_result(arena, unshare(query->results[i].plan, &s), query->keeps_lineage);
        point_to(query->results[i].plan, &s);
    }
    for (uint32_t i = 0; i < query->nsubplans; i++) {
        query->subplans[i] = rewrite(arena, unshare(query->subplans[i], &s), false);
        point_to(query->subplans[i], &s);
    }
    for (uint32_t id = 0; id < query->nshared; id++) {
        if (s.parents[id] > 1) {
            point_to(s.inputs[id], &s);
        }
    }
}
