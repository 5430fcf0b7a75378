/* rewrite_pick.c - what arg_max and arg_min give is computed of the rows that they pick alone:
 *
 *     scan | project t, k, a = f(x) | summarize arg_max(t, a) by k
 *     scan | summarize arg_max(t, x) by k | project k, t, a = f(x)
 *
 * Over a scan the executor then keeps nothing of a row but its place (executor/row_places.h). */
#include "planner/rewrite.h"

typedef struct pulling {
    spoor_arena *arena;
    const spoor_plan *project; /* between the summarize and the scan; NULL: none is */
    const spoor_plan *scan;
    uint32_t *outputs; /* by column of the scan: where the aggregate at hand gives it, from 1; 0: it does not */
    const spoor_schema *schema; /* of the summarize over the scan */
} pulling;

static bool picks_columns(const spoor_plan_aggregate *a) {
    return a->aggregate->picks_row && a->nargs > 1;
}

static spoor_bound *through(spoor_arena *arena, const spoor_bound *column, void *context) {
    (void)arena;
    const spoor_plan *project = context;
    return project->project.exprs[column->column];
}

/* The expression over the rows of the scan. */
static spoor_bound *below(const pulling *p, spoor_bound *e) {
    return p->project != NULL ? spoor_bound_map(p->arena, e, through, (void *)(uintptr_t)p->project) : e;
}

static spoor_bound *output_of(spoor_arena *arena, const spoor_bound *column, void *context) {
    const pulling *p = context;
    return spoor_bound_column(arena, p->schema, (int)p->outputs[column->column] - 1, column->span);
}

/* -- is it worth it, and the same? ----------------------------------------------------------------- */

static int deeper(const spoor_bound *e, int depth) {
    return e->depth > depth ? e->depth : depth;
}

/* Nothing that is asked of all rows is computed twice by it, and no expression grows past the limit. */
static bool stays_small(const pulling *p, const spoor_plan *plan) {
    const spoor_plan *project = p->project;
    uint32_t *uses = SPOOR_NEW_ARRAY(p->arena, uint32_t, project->schema.ncols + 1);
    int depth = 0, inner = 0;
    for (uint32_t k = 0; k < plan->summarize.nkeys; k++) {
        spoor_bound_count_columns(plan->summarize.keys[k], uses);
        depth = deeper(plan->summarize.keys[k], depth);
    }
    for (uint32_t i = 0; i < plan->summarize.naggregates; i++) {
        const spoor_plan_aggregate *a = &plan->summarize.aggregates[i];
        for (uint32_t c = 0; c < a->nargs; c++) {
            if (c == 0 || !picks_columns(a)) {
                spoor_bound_count_columns(a->args[c], uses);
            }
            depth = deeper(a->args[c], depth);
        }
    }
    for (uint32_t i = 0; i < project->schema.ncols; i++) {
        const spoor_bound *e = project->project.exprs[i];
        if (uses[i] > 1 && e->kind == SPOOR_BOUND_CALL) {
            return false;
        }
        inner = deeper(e, inner);
    }
    return depth + inner <= SPOOR_MAX_DEPTH;
}

static bool is_volatile(const spoor_plan *plan) {
    bool found = false;
    for (uint32_t i = 0; plan->kind == SPOOR_PLAN_PROJECT && i < plan->schema.ncols; i++) {
        found = found || spoor_bound_is_volatile(plan->project.exprs[i]);
    }
    for (uint32_t i = 0; plan->kind == SPOOR_PLAN_SUMMARIZE && i < plan->summarize.naggregates; i++) {
        const spoor_plan_aggregate *a = &plan->summarize.aggregates[i];
        for (uint32_t c = 0; c < a->nargs; c++) {
            found = found || spoor_bound_is_volatile(a->args[c]);
        }
    }
    return found;
}

/* Without keys there is a row over no rows, too, of nulls whatever is computed of them. */
static bool can_pull(pulling *p, const spoor_plan *plan) {
    if (plan->kind != SPOOR_PLAN_SUMMARIZE || plan->summarize.nkeys == 0) {
        return false;
    }
    const spoor_plan *input = plan->inputs[0];
    p->project = input->kind == SPOOR_PLAN_PROJECT ? input : NULL;
    p->scan = p->project != NULL ? input->inputs[0] : input;
    bool picks = false, computes = p->project != NULL;
    for (uint32_t i = 0; i < plan->summarize.naggregates; i++) {
        const spoor_plan_aggregate *a = &plan->summarize.aggregates[i];
        picks = picks || picks_columns(a);
        for (uint32_t c = 1; c < a->nargs && picks_columns(a); c++) {
            computes = computes || a->args[c]->kind != SPOOR_BOUND_COLUMN;
        }
    }
    return picks && computes && p->scan->kind == SPOOR_PLAN_SCAN && !is_volatile(input) && !is_volatile(plan) &&
           (p->project == NULL || stays_small(p, plan));
}

/* -- pulling ----------------------------------------------------------------------------------------- */

static void put_column(spoor_schema *schema, spoor_column column) {
    column.hidden = true; /* what is shown is named by the project above */
    schema->columns[schema->ncols++] = column;
}

/* Into *to, which gives its key and the columns of the scan that its outputs are made of. */
static void pull_pick(pulling *p, const spoor_plan *old, const spoor_plan_aggregate *from, spoor_plan_aggregate *to,
                      spoor_schema *schema, spoor_bound **outputs) {
    const spoor_schema *columns = &p->scan->schema;
    uint32_t *uses = SPOOR_NEW_ARRAY(p->arena, uint32_t, columns->ncols + 1);
    for (uint32_t c = 1; c < from->nargs; c++) {
        outputs[c] = below(p, from->args[c]);
        spoor_bound_count_columns(outputs[c], uses);
    }
    to->args = SPOOR_NEW_ARRAY(p->arena, spoor_bound *, columns->ncols + 1);
    to->args[0] = below(p, from->args[0]);
    to->nargs = 1;
    put_column(schema, old->schema.columns[from->first_column]);
    for (uint32_t c = 0; c < columns->ncols; c++) {
        p->outputs[c] = 0;
        if (uses[c] > 0) {
            to->args[to->nargs++] = spoor_bound_column(p->arena, columns, (int)c, old->span);
            put_column(schema, columns->columns[c]);
            p->outputs[c] = schema->ncols;
        }
    }
    to->ncolumns = to->nargs;
    outputs[0] = spoor_bound_column(p->arena, schema, (int)to->first_column, old->span);
    for (uint32_t c = 1; c < from->nargs; c++) {
        outputs[c] = spoor_bound_map(p->arena, outputs[c], output_of, p);
    }
}

static void keep_columns(const spoor_plan *old, uint32_t from, uint32_t count, spoor_arena *arena, spoor_schema *schema,
                         spoor_bound **outputs) {
    for (uint32_t c = 0; c < count; c++) {
        put_column(schema, old->schema.columns[from + c]);
        outputs[c] = spoor_bound_column(arena, schema, (int)schema->ncols - 1, old->span);
    }
}

static spoor_plan *pull(pulling *p, spoor_plan *old) {
    spoor_arena *arena = p->arena;
    uint32_t nkeys = old->summarize.nkeys, naggregates = old->summarize.naggregates;
    spoor_plan *plan = spoor_rewrite_over(arena, SPOOR_PLAN_SUMMARIZE, (spoor_plan *)(uintptr_t)p->scan, old->span);
    uint32_t most = old->schema.ncols + naggregates * p->scan->schema.ncols;
    plan->schema = (spoor_schema){0, SPOOR_NEW_ARRAY(arena, spoor_column, most + 1)};
    plan->summarize = old->summarize;
    plan->summarize.keys = SPOOR_NEW_ARRAY(arena, spoor_bound *, nkeys + 1);
    plan->summarize.aggregates = SPOOR_NEW_ARRAY(arena, spoor_plan_aggregate, naggregates + 1);
    p->outputs = SPOOR_NEW_ARRAY(arena, uint32_t, p->scan->schema.ncols + 1);
    p->schema = &plan->schema;
    spoor_bound **outputs = SPOOR_NEW_ARRAY(arena, spoor_bound *, old->schema.ncols + 1);
    for (uint32_t k = 0; k < nkeys; k++) {
        plan->summarize.keys[k] = below(p, old->summarize.keys[k]);
    }
    keep_columns(old, 0, nkeys, arena, &plan->schema, outputs);
    for (uint32_t i = 0; i < naggregates; i++) {
        const spoor_plan_aggregate *from = &old->summarize.aggregates[i];
        spoor_plan_aggregate *to = &plan->summarize.aggregates[i];
        *to = *from;
        to->first_column = plan->schema.ncols;
        if (picks_columns(from)) {
            pull_pick(p, old, from, to, &plan->schema, outputs + from->first_column);
            continue;
        }
        to->args = SPOOR_NEW_ARRAY(arena, spoor_bound *, from->nargs + 1);
        for (uint32_t c = 0; c < from->nargs; c++) {
            to->args[c] = below(p, from->args[c]);
        }
        keep_columns(old, from->first_column, from->ncolumns, arena, &plan->schema, outputs + from->first_column);
    }
    spoor_plan *top = spoor_rewrite_over(arena, SPOOR_PLAN_PROJECT, plan, old->span);
    top->schema = old->schema;
    top->project.exprs = outputs;
    return top;
}

spoor_plan *spoor_rewrite_picks(spoor_arena *arena, spoor_plan *plan) {
    for (uint32_t i = 0; i < plan->ninputs && plan->kind != SPOOR_PLAN_SHARED; i++) {
        plan->inputs[i] = spoor_rewrite_picks(arena, plan->inputs[i]);
    }
    pulling p = {.arena = arena};
    return can_pull(&p, plan) ? pull(&p, plan) : plan;
}
