/* rewrite_limit.c - take and top go down, so that less is computed above them,
 * and tell a scan that it may stop early; min and max tell one that the ends of ranges will do. */
#include "planner/rewrite.h"

enum { FEW_ROWS = 10000 }; /* a top of more would sort most of its input twice */

static spoor_plan *limits(spoor_arena *arena, spoor_plan *plan);

static void limit_inputs(spoor_arena *arena, spoor_plan *plan) {
    for (uint32_t i = 0; i < plan->ninputs && plan->kind != SPOOR_PLAN_SHARED; i++) {
        plan->inputs[i] = limits(arena, plan->inputs[i]);
    }
}

static bool is_volatile_project(const spoor_plan *plan) {
    for (uint32_t i = 0; i < plan->schema.ncols; i++) {
        if (spoor_bound_is_volatile(plan->project.exprs[i])) {
            return true;
        }
    }
    return false;
}

static spoor_plan *take_of(spoor_arena *arena, spoor_bound *count, spoor_plan *input,
                           spoor_span span) {
    spoor_plan *take = spoor_rewrite_over(arena, SPOOR_PLAN_TAKE, input, span);
    take->take.count = count;
    return take;
}

/* Rows are handed up in their order: a scan below knows that it may be stopped. */
static void let_stop(spoor_plan *plan) {
    while (plan->kind == SPOOR_PLAN_WHERE || plan->kind == SPOOR_PLAN_PROJECT ||
           plan->kind == SPOOR_PLAN_PARSE || plan->kind == SPOOR_PLAN_MV_EXPAND) {
        plan = plan->inputs[0];
    }
    if (plan->kind == SPOOR_PLAN_SCAN) {
        plan->scan.may_stop = true;
    }
}

static spoor_plan *move_take(spoor_arena *arena, spoor_plan *plan) {
    spoor_plan *input = plan->inputs[0];
    if (input->kind == SPOOR_PLAN_SORT) { /* sort | take: top */
        input->kind = SPOOR_PLAN_TOP;
        input->sort.count = plan->take.count;
        return limits(arena, input);
    }
    if (input->kind == SPOOR_PLAN_PROJECT && !is_volatile_project(input)) {
        input->inputs[0] =
            limits(arena, take_of(arena, plan->take.count, input->inputs[0], plan->span));
        return input;
    }
    if (input->kind == SPOOR_PLAN_UNION) {
        for (uint32_t i = 0; i < input->ninputs; i++) {
            input->inputs[i] =
                limits(arena, take_of(arena, plan->take.count, input->inputs[i], plan->span));
        }
        return plan;
    }
    limit_inputs(arena, plan);
    let_stop(plan->inputs[0]);
    return plan;
}

static spoor_bound *through(spoor_arena *arena, const spoor_bound *column, void *context) {
    (void)arena;
    const spoor_plan *project = context;
    return project->project.exprs[column->column];
}

/* Keys that are plain columns of the project are plain columns below it. */
static bool are_plain(const spoor_plan *top, const spoor_plan *project) {
    for (uint32_t i = 0; i < top->sort.nkeys; i++) {
        const spoor_bound *key = top->sort.keys[i].expr;
        if (key->kind != SPOOR_BOUND_COLUMN ||
            spoor_bound_is_volatile(project->project.exprs[key->column])) {
            return false;
        }
    }
    return true;
}

/* The keys of a top over a union as one input of it has them; NULL: some key is no column of it. */
static spoor_sort_key *keys_below(spoor_arena *arena, const spoor_plan *top, uint32_t input) {
    const spoor_plan *all = top->inputs[0];
    spoor_sort_key *keys = SPOOR_NEW_ARRAY(arena, spoor_sort_key, top->sort.nkeys);
    for (uint32_t k = 0; k < top->sort.nkeys; k++) {
        const spoor_bound *key = top->sort.keys[k].expr;
        if (key->kind != SPOOR_BOUND_COLUMN || all->uni.maps[input][key->column] < 0) {
            return NULL;
        }
        keys[k] = top->sort.keys[k];
        keys[k].expr = spoor_bound_column(arena, &all->inputs[input]->schema,
                                          all->uni.maps[input][key->column], key->span);
    }
    return keys;
}

/* The first rows of all inputs are among the first of each; rows with equal keys stay in the order of
 * the inputs.  Each input is then a top that may be quick (executor/scan_guide.c). */
static void top_inputs(spoor_arena *arena, const spoor_plan *top) {
    spoor_plan *all = top->inputs[0];
    const spoor_bound *count = top->sort.count;
    bool is_few = count->kind == SPOOR_BOUND_CONSTANT && !count->value.is_null &&
                  count->value.integer <= FEW_ROWS;
    for (uint32_t i = 0; is_few && i < all->ninputs; i++) {
        spoor_sort_key *keys = keys_below(arena, top, i);
        if (keys != NULL) {
            spoor_plan *below =
                spoor_rewrite_over(arena, SPOOR_PLAN_TOP, all->inputs[i], top->span);
            below->sort = top->sort;
            below->sort.keys = keys;
            all->inputs[i] = below;
        }
    }
}

static spoor_plan *move_top(spoor_arena *arena, spoor_plan *plan) {
    spoor_plan *input = plan->inputs[0];
    if (input->kind == SPOOR_PLAN_PROJECT && !is_volatile_project(input) &&
        are_plain(plan, input)) {
        for (uint32_t i = 0; i < plan->sort.nkeys; i++) {
            plan->sort.keys[i].expr =
                spoor_bound_map(arena, plan->sort.keys[i].expr, through, input);
        }
        plan->inputs[0] = input->inputs[0];
        plan->schema = plan->inputs[0]->schema;
        input->inputs[0] = limits(arena, plan);
        return input;
    }
    if (input->kind == SPOOR_PLAN_UNION) {
        top_inputs(arena, plan);
    }
    limit_inputs(arena, plan);
    return plan;
}

/* Does the summarize ask for nothing but the least and the greatest value of columns of a scan? */
static spoor_plan *scan_of_extremes(const spoor_plan *plan) {
    spoor_plan *below = plan->inputs[0];
    for (uint32_t a = 0; a < plan->summarize.naggregates; a++) {
        const spoor_plan_aggregate *aggregate = &plan->summarize.aggregates[a];
        const char *name = aggregate->aggregate->name;
        const spoor_bound *arg = aggregate->nargs == 1 ? aggregate->args[0] : NULL;
        for (below = plan->inputs[0]; arg != NULL && below->kind == SPOOR_PLAN_PROJECT;
             below = below->inputs[0]) {
            arg = arg->kind == SPOOR_BOUND_COLUMN ? below->project.exprs[arg->column] : NULL;
        }
        if (arg == NULL || arg->kind != SPOOR_BOUND_COLUMN ||
            (strcmp(name, "min") != 0 && strcmp(name, "max") != 0)) {
            return NULL;
        }
    }
    bool asks = plan->summarize.nkeys == 0 && plan->summarize.naggregates > 0;
    return asks && below->kind == SPOOR_PLAN_SCAN ? below : NULL;
}

static spoor_plan *limits(spoor_arena *arena, spoor_plan *plan) {
    spoor_plan *scan = plan->kind == SPOOR_PLAN_SUMMARIZE ? scan_of_extremes(plan) : NULL;
    if (scan != NULL) {
        scan->scan.only_extremes = true;
    }
    if (plan->kind == SPOOR_PLAN_TAKE) {
        return move_take(arena, plan);
    }
    if (plan->kind == SPOOR_PLAN_TOP) {
        return move_top(arena, plan);
    }
    limit_inputs(arena, plan);
    return plan;
}

spoor_plan *spoor_rewrite_limits(spoor_arena *arena, spoor_plan *plan) {
    return limits(arena, plan);
}
