/* rewrite_pick.c - what arg_max, arg_min and take_any give is computed of the rows that they pick alone:
 *
 *     t | project t, k, a = f(x) | summarize arg_max(t, a) by k
 *     t | summarize arg_max(t, x) by k | project k, t, a = f(x)
 *
 * and of a union, each input picks its own before one of them is picked.  Right over a scan the
 * executor then keeps nothing of a row but its place (executor/row_places.h). */
#include "planner/rewrite.h"

typedef struct pulling {
    spoor_arena *arena;
    const spoor_plan *project; /* right below the summarize; NULL: none is */
    spoor_plan *below;         /* it, or the summarize */
    uint32_t *
        outputs; /* by column of below: where the aggregate at hand gives it, from 1; 0: it does not */
    int mark; /* the column of the summarize that is true of a row that was picked; -1: all were */
    const spoor_schema *schema; /* of the summarize that is made */
} pulling;

static bool picks_columns(const spoor_plan_aggregate *a) {
    return a->aggregate->choose != NULL && a->nargs > 1;
}

static spoor_bound *through(spoor_arena *arena, const spoor_bound *column, void *context) {
    (void)arena;
    const spoor_plan *project = context;
    return project->project.exprs[column->column];
}

/* The expression over the rows below the project. */
static spoor_bound *over_below(const pulling *p, spoor_bound *e) {
    return p->project != NULL ? spoor_bound_map(p->arena, e, through, (void *)(uintptr_t)p->project)
                              : e;
}

static spoor_bound *output_of(spoor_arena *arena, const spoor_bound *column, void *context) {
    const pulling *p = context;
    return spoor_bound_column(arena, p->schema, (int)p->outputs[column->column] - 1, column->span);
}

/* -- is it worth it, and the same? ------------------------------------------------------------- */

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
    return depth + inner + 1 <= SPOOR_MAX_DEPTH;
}

static bool is_volatile(const spoor_plan *plan) {
    bool found = false;
    for (uint32_t i = 0; plan->kind == SPOOR_PLAN_PROJECT && i < plan->schema.ncols; i++) {
        found = found || spoor_bound_is_volatile(plan->project.exprs[i]);
    }
    for (uint32_t k = 0; plan->kind == SPOOR_PLAN_SUMMARIZE && k < plan->summarize.nkeys; k++) {
        found = found || spoor_bound_is_volatile(plan->summarize.keys[k]);
    }
    for (uint32_t i = 0; plan->kind == SPOOR_PLAN_SUMMARIZE && i < plan->summarize.naggregates;
         i++) {
        const spoor_plan_aggregate *a = &plan->summarize.aggregates[i];
        for (uint32_t c = 0; c < a->nargs; c++) {
            found = found || spoor_bound_is_volatile(a->args[c]);
        }
    }
    return found;
}

static bool can_pull(pulling *p, spoor_plan *plan) {
    spoor_plan *input = plan->inputs[0];
    p->project = input->kind == SPOOR_PLAN_PROJECT ? input : NULL;
    p->below = p->project != NULL ? input->inputs[0] : input;
    bool picks = false, computes = p->project != NULL;
    for (uint32_t i = 0; i < plan->summarize.naggregates; i++) {
        const spoor_plan_aggregate *a = &plan->summarize.aggregates[i];
        picks = picks || picks_columns(a);
        for (uint32_t c = 1; c < a->nargs && picks_columns(a); c++) {
            computes = computes || a->args[c]->kind == SPOOR_BOUND_CALL;
        }
    }
    return picks && computes && !is_volatile(input) && !is_volatile(plan) &&
           (p->project == NULL || stays_small(p, plan));
}

/* -- pulling ----------------------------------------------------------------------------------- */

static void put_column(spoor_schema *schema, spoor_column column) {
    column.hidden = true; /* what is shown is named by the project above */
    schema->columns[schema->ncols++] = column;
}

/* Without keys there is a row over no rows, too: of nulls, whatever would be computed of them. */
static spoor_bound *if_picked(const pulling *p, spoor_bound *e) {
    spoor_bound **args = SPOOR_NEW_ARRAY(p->arena, spoor_bound *, 3);
    args[0] = spoor_bound_column(p->arena, p->schema, p->mark, e->span);
    args[1] = e;
    args[2] = e->type == SPOOR_STRING ? spoor_bound_text(p->arena, SPOOR_STR(""), e->span)
                                      : spoor_bound_null(p->arena, e->type, e->span);
    return spoor_bound_call(p->arena, spoor_function_named(SPOOR_STR("iff")), e->type, args, 3,
                            e->span);
}

static void add_mark(pulling *p, spoor_plan_aggregate *to, spoor_schema *schema, spoor_span span) {
    spoor_value yes = {.type = SPOOR_BOOL, .boolean = true};
    to->args[to->nargs++] = spoor_bound_constant(p->arena, yes, span);
    put_column(schema, (spoor_column){.name = SPOOR_STR("picked"), .type = SPOOR_BOOL});
    p->mark = (int)schema->ncols - 1;
}

/* Into *to, which gives its first output and the columns of what is below that the others are made of. */
static void pull_pick(pulling *p, const spoor_plan *old, const spoor_plan_aggregate *from,
                      spoor_plan_aggregate *to, spoor_schema *schema, spoor_bound **outputs) {
    const spoor_schema *columns = &p->below->schema;
    uint32_t *uses = SPOOR_NEW_ARRAY(p->arena, uint32_t, columns->ncols + 1);
    for (uint32_t c = 1; c < from->nargs; c++) {
        outputs[c] = over_below(p, from->args[c]);
        spoor_bound_count_columns(outputs[c], uses);
    }
    to->args = SPOOR_NEW_ARRAY(p->arena, spoor_bound *, columns->ncols + 2);
    to->args[0] = over_below(p, from->args[0]);
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
    p->mark = -1;
    if (old->summarize.nkeys == 0) {
        add_mark(p, to, schema, old->span);
    }
    to->ncolumns = to->nargs;
    outputs[0] = spoor_bound_column(p->arena, schema, (int)to->first_column, old->span);
    for (uint32_t c = 1; c < from->nargs; c++) {
        spoor_bound *e = spoor_bound_map(p->arena, outputs[c], output_of, p);
        outputs[c] = p->mark >= 0 && e->kind != SPOOR_BOUND_COLUMN ? if_picked(p, e) : e;
    }
}

static void keep_columns(const spoor_plan *old, uint32_t from, uint32_t count, spoor_arena *arena,
                         spoor_schema *schema, spoor_bound **outputs) {
    for (uint32_t c = 0; c < count; c++) {
        put_column(schema, old->schema.columns[from + c]);
        outputs[c] = spoor_bound_column(arena, schema, (int)schema->ncols - 1, old->span);
    }
}

static spoor_plan *pick(spoor_arena *arena, spoor_plan *plan);

static spoor_plan *pull(pulling *p, const spoor_plan *old) {
    spoor_arena *arena = p->arena;
    uint32_t nkeys = old->summarize.nkeys, naggregates = old->summarize.naggregates;
    spoor_plan *plan = spoor_rewrite_over(arena, SPOOR_PLAN_SUMMARIZE, p->below, old->span);
    uint32_t most = old->schema.ncols + naggregates * (p->below->schema.ncols + 1);
    plan->schema = (spoor_schema){0, SPOOR_NEW_ARRAY(arena, spoor_column, most)};
    plan->summarize = old->summarize;
    plan->summarize.keys = SPOOR_NEW_ARRAY(arena, spoor_bound *, nkeys + 1);
    plan->summarize.aggregates = SPOOR_NEW_ARRAY(arena, spoor_plan_aggregate, naggregates + 1);
    p->outputs = SPOOR_NEW_ARRAY(arena, uint32_t, p->below->schema.ncols + 1);
    p->schema = &plan->schema;
    spoor_bound **outputs = SPOOR_NEW_ARRAY(arena, spoor_bound *, old->schema.ncols + 1);
    for (uint32_t k = 0; k < nkeys; k++) {
        plan->summarize.keys[k] = over_below(p, old->summarize.keys[k]);
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
            to->args[c] = over_below(p, from->args[c]);
        }
        keep_columns(old, from->first_column, from->ncolumns, arena, &plan->schema,
                     outputs + from->first_column);
    }
    spoor_plan *top = spoor_rewrite_over(arena, SPOOR_PLAN_PROJECT, pick(arena, plan), old->span);
    top->schema = old->schema;
    top->project.exprs = outputs;
    return top;
}

/* -- unions ------------------------------------------------------------------------------------ */

static bool only_picks(const spoor_plan *plan) {
    bool only = plan->summarize.naggregates > 0;
    for (uint32_t i = 0; i < plan->summarize.naggregates; i++) {
        only = only && plan->summarize.aggregates[i].aggregate->choose != NULL;
    }
    return only;
}

typedef struct leg {
    const spoor_plan *all; /* the union */
    uint32_t input;
} leg;

/* A column of the union as one of its inputs has it. */
static spoor_bound *of_input(spoor_arena *arena, const spoor_bound *column, void *context) {
    const leg *l = context;
    int at = l->all->uni.maps[l->input][column->column];
    return at >= 0 ? spoor_bound_column(arena, &l->all->inputs[l->input]->schema, at, column->span)
           : column->type == SPOOR_STRING ? spoor_bound_text(arena, SPOOR_STR(""), column->span)
                                          : spoor_bound_null(arena, column->type, column->span);
}

/* A summarize over `input` like another, its keys and arguments still to be filled in. */
static spoor_plan *shaped_like(spoor_arena *arena, const spoor_plan *from, spoor_plan *input) {
    spoor_plan *plan = spoor_rewrite_over(arena, SPOOR_PLAN_SUMMARIZE, input, from->span);
    plan->schema = from->schema;
    plan->summarize = from->summarize;
    plan->summarize.keys = SPOOR_NEW_ARRAY(arena, spoor_bound *, from->summarize.nkeys);
    plan->summarize.aggregates =
        SPOOR_NEW_ARRAY(arena, spoor_plan_aggregate, from->summarize.naggregates);
    for (uint32_t i = 0; i < from->summarize.naggregates; i++) {
        const spoor_plan_aggregate *a = &from->summarize.aggregates[i];
        plan->summarize.aggregates[i] = *a;
        plan->summarize.aggregates[i].args = SPOOR_NEW_ARRAY(arena, spoor_bound *, a->nargs);
    }
    return plan;
}

static spoor_plan *pick_of_input(spoor_arena *arena, const spoor_plan *old, uint32_t input) {
    leg l = {old->inputs[0], input};
    spoor_plan *plan = shaped_like(arena, old, l.all->inputs[input]);
    for (uint32_t k = 0; k < old->summarize.nkeys; k++) {
        plan->summarize.keys[k] = spoor_bound_map(arena, old->summarize.keys[k], of_input, &l);
    }
    for (uint32_t i = 0; i < old->summarize.naggregates; i++) {
        const spoor_plan_aggregate *a = &old->summarize.aggregates[i];
        for (uint32_t c = 0; c < a->nargs; c++) {
            plan->summarize.aggregates[i].args[c] =
                spoor_bound_map(arena, a->args[c], of_input, &l);
        }
    }
    return pick(arena, plan);
}

/* Of what was picked of the inputs, whose columns the keys and arguments are now. */
static spoor_plan *pick_again(spoor_arena *arena, const spoor_plan *old, spoor_plan *picked) {
    spoor_plan *plan = shaped_like(arena, old, picked);
    for (uint32_t k = 0; k < old->summarize.nkeys; k++) {
        plan->summarize.keys[k] = spoor_bound_column(arena, &picked->schema, (int)k, old->span);
    }
    for (uint32_t i = 0; i < old->summarize.naggregates; i++) {
        spoor_plan_aggregate *a = &plan->summarize.aggregates[i];
        for (uint32_t c = 0; c < a->nargs; c++) {
            a->args[c] =
                spoor_bound_column(arena, &picked->schema, (int)(a->first_column + c), old->span);
        }
    }
    return plan;
}

static spoor_plan *pick_of_inputs(spoor_arena *arena, const spoor_plan *old) {
    const spoor_plan *all = old->inputs[0];
    uint32_t ncols = old->schema.ncols;
    int *same = SPOOR_NEW_ARRAY(arena, int, ncols + 1);
    for (uint32_t c = 0; c < ncols; c++) {
        same[c] = (int)c;
    }
    spoor_plan *picked = SPOOR_NEW(arena, spoor_plan);
    *picked = *all;
    picked->schema = old->schema;
    picked->inputs = SPOOR_NEW_ARRAY(arena, spoor_plan *, all->ninputs);
    picked->uni.maps = SPOOR_NEW_ARRAY(arena, int *, all->ninputs);
    picked->depth++;
    for (uint32_t i = 0; i < all->ninputs; i++) {
        picked->inputs[i] = pick_of_input(arena, old, i);
        picked->uni.maps[i] = same;
    }
    return pick_again(arena, old, picked);
}

/* -- several of the same row ------------------------------------------------------------------- */

static uint32_t count_firsts(const spoor_plan *plan, uint32_t *nargs) {
    uint32_t n = 0;
    *nargs = 0;
    for (uint32_t i = 0; i < plan->summarize.naggregates; i++) {
        const spoor_plan_aggregate *a = &plan->summarize.aggregates[i];
        n += a->aggregate->picks_first;
        *nargs += a->aggregate->picks_first ? a->nargs : 0;
    }
    return n;
}

/* take_any(a), take_any(b) is take_any(a, b): one row to keep of each group. */
static spoor_plan *pick_together(spoor_arena *arena, const spoor_plan *old, uint32_t nargs) {
    spoor_plan *plan = spoor_rewrite_over(arena, SPOOR_PLAN_SUMMARIZE, old->inputs[0], old->span);
    plan->schema = (spoor_schema){0, SPOOR_NEW_ARRAY(arena, spoor_column, old->schema.ncols)};
    plan->summarize = old->summarize;
    plan->summarize.naggregates = 0;
    plan->summarize.aggregates =
        SPOOR_NEW_ARRAY(arena, spoor_plan_aggregate, old->summarize.naggregates);
    spoor_bound **outputs = SPOOR_NEW_ARRAY(arena, spoor_bound *, old->schema.ncols);
    spoor_plan_aggregate all = {.args = SPOOR_NEW_ARRAY(arena, spoor_bound *, nargs)};
    keep_columns(old, 0, old->summarize.nkeys, arena, &plan->schema, outputs);
    for (int firsts = 0; firsts < 2; firsts++) { /* they come last */
        all.first_column = plan->schema.ncols;
        for (uint32_t i = 0; i < old->summarize.naggregates; i++) {
            const spoor_plan_aggregate *a = &old->summarize.aggregates[i];
            if (a->aggregate->picks_first != (firsts == 1)) {
                continue;
            }
            if (firsts == 1) {
                all.aggregate = a->aggregate;
                memcpy(all.args + all.nargs, a->args, a->nargs * sizeof *a->args);
                all.nargs += a->nargs;
            } else {
                plan->summarize.aggregates[plan->summarize.naggregates] = *a;
                plan->summarize.aggregates[plan->summarize.naggregates++].first_column =
                    plan->schema.ncols;
            }
            keep_columns(old, a->first_column, a->ncolumns, arena, &plan->schema,
                         outputs + a->first_column);
        }
    }
    all.ncolumns = all.nargs;
    plan->summarize.aggregates[plan->summarize.naggregates++] = all;
    spoor_plan *top = spoor_rewrite_over(arena, SPOOR_PLAN_PROJECT, pick(arena, plan), old->span);
    top->schema = old->schema;
    top->project.exprs = outputs;
    return top;
}

/* -- the rewrite ------------------------------------------------------------------------------- */

static spoor_plan *pick(spoor_arena *arena, spoor_plan *plan) {
    pulling p = {.arena = arena};
    uint32_t nargs;
    if (count_firsts(plan, &nargs) > 1 && !is_volatile(plan)) {
        return pick_together(arena, plan, nargs);
    }
    if (can_pull(&p, plan)) {
        return pull(&p, plan);
    }
    const spoor_plan *input = plan->inputs[0];
    bool is_union = input->kind == SPOOR_PLAN_UNION && input->uni.source_names == NULL;
    return is_union && plan->summarize.nkeys > 0 && only_picks(plan) && !is_volatile(plan)
               ? pick_of_inputs(arena, plan)
               : plan;
}

spoor_plan *spoor_rewrite_picks(spoor_arena *arena, spoor_plan *plan) {
    for (uint32_t i = 0; i < plan->ninputs && plan->kind != SPOOR_PLAN_SHARED; i++) {
        plan->inputs[i] = spoor_rewrite_picks(arena, plan->inputs[i]);
    }
    return plan->kind == SPOOR_PLAN_SUMMARIZE ? pick(arena, plan) : plan;
}
