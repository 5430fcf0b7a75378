/* rewrite_filter.c - filters go down as far as the answer allows.
 *
 * A row stays when every conjunct is true, so the conjuncts of a filter move
 * one by one: through what passes rows on, into the legs of a union, to the
 * side of a join that they speak of, into the scan. */
#include "planner/rewrite.h"

enum { MAX_PUSHED = 16384 }; /* nodes of an expression after names are replaced */

typedef struct filters {
    spoor_arena *arena;
    spoor_bound **items;
    uint32_t count, capacity;
} filters;

static void add(filters *f, spoor_bound *e) {
    SPOOR_GROW(f->arena, f->items, f->count, &f->capacity);
    f->items[f->count++] = e;
}

static void split(filters *f, spoor_bound *e) {
    if (!spoor_bound_is_call(e, "and")) {
        add(f, e);
        return;
    }
    for (uint32_t i = 0; i < e->nargs; i++) {
        split(f, e->args[i]);
    }
}

static spoor_plan *push(filters *f, spoor_plan *plan);

static spoor_plan *where(filters *f, spoor_plan *input) {
    if (f->count == 0) {
        return input;
    }
    spoor_plan *plan = spoor_rewrite_over(f->arena, SPOOR_PLAN_WHERE, input, f->items[0]->span);
    plan->where.predicate = spoor_rewrite_and(f->arena, f->items, f->count);
    return plan;
}

static void push_input(spoor_arena *arena, spoor_plan *plan, uint32_t i, filters *down) {
    filters none = {.arena = arena};
    plan->inputs[i] = push(down != NULL ? down : &none, plan->inputs[i]);
}

/* -- replacing columns ------------------------------------------------------------------------- */

typedef struct replacement {
    spoor_bound *const *exprs; /* by column; NULL: may not move */
    bool failed;
} replacement;

static spoor_bound *replace(spoor_arena *arena, const spoor_bound *column, void *context) {
    replacement *r = context;
    spoor_bound *by = r->exprs[column->column];
    if (by == NULL) {
        r->failed = true;
        by = spoor_bound_null(arena, column->type, column->span);
    }
    return by;
}

/* Does every column of e have a replacement?  And how large would e be? */
static bool can_replace(const spoor_bound *e, spoor_bound *const *exprs, uint32_t *size) {
    if (e->kind == SPOOR_BOUND_COLUMN) {
        const spoor_bound *by = exprs[e->column];
        *size += by != NULL ? spoor_bound_size(by) : 0;
        return by != NULL && !spoor_bound_is_volatile(by);
    }
    *size += 1;
    for (uint32_t i = 0; e->kind == SPOOR_BOUND_CALL && i < e->nargs; i++) {
        if (*size > MAX_PUSHED || !can_replace(e->args[i], exprs, size)) {
            return false;
        }
    }
    return *size <= MAX_PUSHED;
}

/* Conjuncts whose columns all have a replacement go to `down`; the others are left in `f`. */
static void move_down(filters *f, spoor_bound *const *exprs, filters *down) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < f->count; i++) {
        uint32_t size = 0;
        spoor_bound *e = f->items[i];
        if (spoor_bound_is_volatile(e) || !can_replace(e, exprs, &size)) {
            f->items[kept++] = e;
            continue;
        }
        replacement r = {exprs, false};
        spoor_bound *moved = spoor_bound_map(f->arena, e, replace, &r);
        if (moved->depth > SPOOR_MAX_DEPTH) {
            f->items[kept++] = e;
            continue;
        }
        split(down, spoor_rewrite_simplify(f->arena, moved));
    }
    f->count = kept;
}

/* -- operators --------------------------------------------------------------------------------- */

static spoor_plan *push_project(filters *f, spoor_plan *plan) {
    for (uint32_t i = 0; i < plan->schema.ncols; i++) {
        plan->project.exprs[i] = spoor_rewrite_simplify(f->arena, plan->project.exprs[i]);
    }
    filters down = {.arena = f->arena};
    move_down(f, plan->project.exprs, &down);
    push_input(f->arena, plan, 0, &down);
    return where(f, plan);
}

static spoor_bound **column_exprs(spoor_arena *arena, const spoor_plan *plan,
                                  const spoor_schema *input, const int *sources) {
    spoor_bound **exprs = SPOOR_NEW_ARRAY(arena, spoor_bound *, plan->schema.ncols + 1);
    for (uint32_t i = 0; i < plan->schema.ncols; i++) {
        exprs[i] =
            sources[i] >= 0 ? spoor_bound_column(arena, input, sources[i], plan->span) : NULL;
    }
    return exprs;
}

static spoor_plan *push_summarize(filters *f, spoor_plan *plan) {
    spoor_bound **exprs = SPOOR_NEW_ARRAY(f->arena, spoor_bound *, plan->schema.ncols + 1);
    for (uint32_t i = 0; i < plan->summarize.nkeys; i++) {
        exprs[i] = plan->summarize.keys[i];
    }
    filters down = {.arena = f->arena};
    if (plan->summarize.nkeys > 0) {
        uint32_t kept = 0;
        filters keyed = {.arena = f->arena};
        for (uint32_t i = 0; i < f->count; i++) {
            if (spoor_bound_has_columns(f->items[i])) {
                add(&keyed, f->items[i]);
            } else {
                f->items[kept++] = f->items[i];
            }
        }
        f->count = kept;
        move_down(&keyed, exprs, &down);
        for (uint32_t i = 0; i < keyed.count; i++) {
            add(f, keyed.items[i]);
        }
    }
    push_input(f->arena, plan, 0, &down);
    return where(f, plan);
}

static bool is_false(const spoor_plan *plan) {
    return plan->kind == SPOOR_PLAN_VALUES && plan->values.nrows == 0;
}

/* Legs that give nothing go, as long as one is left. */
static void drop_empty_legs(spoor_plan *plan) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < plan->ninputs; k++) {
        bool is_last = n == 0 && k + 1 == plan->ninputs;
        if (!is_false(plan->inputs[k]) || is_last) {
            plan->inputs[n] = plan->inputs[k];
            plan->uni.maps[n] = plan->uni.maps[k];
            if (plan->uni.source_names != NULL) {
                plan->uni.source_names[n] = plan->uni.source_names[k];
            }
            n++;
        }
    }
    plan->ninputs = n;
}

/* A union of one leg. */
static spoor_plan *as_project(spoor_arena *arena, const spoor_plan *plan) {
    spoor_plan *project =
        spoor_rewrite_over(arena, SPOOR_PLAN_PROJECT, plan->inputs[0], plan->span);
    project->schema = plan->schema;
    project->project.exprs = SPOOR_NEW_ARRAY(arena, spoor_bound *, plan->schema.ncols + 1);
    for (uint32_t i = 0; i < plan->schema.ncols; i++) {
        int source = plan->uni.maps[0][i];
        project->project.exprs[i] =
            source >= 0 ? spoor_bound_column(arena, &plan->inputs[0]->schema, source, plan->span)
            : i == 0 && plan->uni.source_names != NULL
                ? spoor_bound_constant(arena, plan->uni.source_names[0], plan->span)
                : spoor_bound_null(arena, plan->schema.columns[i].type, plan->span);
    }
    return project;
}

static spoor_plan *push_union(filters *f, spoor_plan *plan) {
    filters moving = {.arena = f->arena}, staying = {.arena = f->arena};
    for (uint32_t i = 0; i < f->count; i++) {
        add(spoor_bound_is_volatile(f->items[i]) ? &staying : &moving, f->items[i]);
    }
    for (uint32_t k = 0; k < plan->ninputs; k++) {
        const spoor_schema *leg = &plan->inputs[k]->schema;
        spoor_bound **exprs = column_exprs(f->arena, plan, leg, plan->uni.maps[k]);
        for (uint32_t i = 0; i < plan->schema.ncols; i++) {
            if (exprs[i] == NULL) {
                exprs[i] = spoor_bound_null(f->arena, plan->schema.columns[i].type, plan->span);
            }
        }
        if (plan->uni.source_names != NULL) {
            exprs[0] = spoor_bound_constant(f->arena, plan->uni.source_names[k], plan->span);
        }
        filters copy = {.arena = f->arena}, down = {.arena = f->arena};
        for (uint32_t i = 0; i < moving.count; i++) {
            add(&copy, moving.items[i]);
        }
        move_down(&copy, exprs, &down);
        plan->inputs[k] = push(&down, plan->inputs[k]);
        if (copy.count > 0) { /* too large to move: filter the leg by the union's columns later */
            staying = moving;
        }
    }
    drop_empty_legs(plan);
    *f = staying;
    return where(f, plan->ninputs == 1 ? as_project(f->arena, plan) : plan);
}

static bool may_filter(spoor_join_kind kind, bool right) {
    switch (kind) {
    case SPOOR_JOIN_INNER:
    case SPOOR_JOIN_INNERUNIQUE:
        return true; /* any left row of a key may be kept: one that passes */
    case SPOOR_JOIN_LEFTOUTER:
    case SPOOR_JOIN_LEFTSEMI:
    case SPOOR_JOIN_LEFTANTI: return !right;
    case SPOOR_JOIN_RIGHTOUTER:
    case SPOOR_JOIN_RIGHTSEMI:
    case SPOOR_JOIN_RIGHTANTI: return right;
    case SPOOR_JOIN_FULLOUTER: return false;
    }
    return false;
}

static spoor_plan *push_join(filters *f, spoor_plan *plan) {
    filters down[2] = {{.arena = f->arena}, {.arena = f->arena}};
    for (int side = 0; side < 2; side++) {
        if (!may_filter(plan->join.kind, side == 1)) {
            continue;
        }
        spoor_bound **exprs = SPOOR_NEW_ARRAY(f->arena, spoor_bound *, plan->schema.ncols + 1);
        for (uint32_t i = 0; i < plan->schema.ncols; i++) {
            if (plan->join.outputs[i].from_right == (side == 1)) {
                exprs[i] = spoor_bound_column(f->arena, &plan->inputs[side]->schema,
                                              plan->join.outputs[i].column, plan->span);
            }
        }
        move_down(f, exprs, &down[side]);
    }
    push_input(f->arena, plan, 0, &down[0]);
    push_input(f->arena, plan, 1, &down[1]);
    return where(f, plan);
}

static spoor_plan *push_passed(filters *f, spoor_plan *plan, const int *passed) {
    filters down = {.arena = f->arena};
    move_down(f, column_exprs(f->arena, plan, &plan->inputs[0]->schema, passed), &down);
    push_input(f->arena, plan, 0, &down);
    return where(f, plan);
}

static spoor_plan *push_parse(filters *f, spoor_plan *plan) {
    int *passed = SPOOR_NEW_ARRAY(f->arena, int, plan->schema.ncols + 1);
    for (uint32_t i = 0; i < plan->schema.ncols; i++) {
        passed[i] = i < plan->inputs[0]->schema.ncols ? (int)i : -1;
    }
    return push_passed(f, plan, passed);
}

/* What is run for a row by itself runs for those alone that pass. */
static spoor_plan *push_apply(filters *f, spoor_plan *plan) {
    int *passed = SPOOR_NEW_ARRAY(f->arena, int, plan->schema.ncols + 1);
    for (uint32_t i = 0; i < plan->schema.ncols; i++) {
        bool is_passed = plan->apply.key == NULL && !plan->apply.outputs[i].from_sub;
        passed[i] = is_passed ? plan->apply.outputs[i].column : -1;
    }
    push_input(f->arena, plan, 1, NULL);
    return push_passed(f, plan, passed);
}

/* A conjunct that is true goes; one that is false or null leaves no rows. */
static bool settle(filters *f) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < f->count; i++) {
        const spoor_bound *e = f->items[i];
        if (e->kind != SPOOR_BOUND_CONSTANT) {
            f->items[kept++] = f->items[i];
        } else if (e->value.is_null || !e->value.boolean) {
            return false;
        }
    }
    f->count = kept;
    return true;
}

static spoor_plan *push_scan(filters *f, spoor_plan *plan) {
    filters own = {.arena = f->arena}, staying = {.arena = f->arena};
    for (uint32_t i = 0; i < plan->scan.npredicates; i++) {
        add(&own, plan->scan.predicates[i]);
    }
    for (uint32_t i = 0; i < f->count; i++) {
        add(spoor_bound_is_volatile(f->items[i]) ? &staying : &own, f->items[i]);
    }
    if (!settle(&own)) {
        return spoor_rewrite_empty(f->arena, plan);
    }
    plan->scan.predicates = own.items;
    plan->scan.npredicates = own.count;
    *f = staying;
    return where(f, plan);
}

static spoor_plan *push_into(filters *f, spoor_plan *plan) {
    switch (plan->kind) {
    case SPOOR_PLAN_WHERE: {
        filters down = {.arena = f->arena};
        split(&down, spoor_rewrite_simplify(f->arena, plan->where.predicate));
        for (uint32_t i = 0; i < f->count; i++) {
            add(&down, f->items[i]);
        }
        return push(&down, plan->inputs[0]);
    }
    case SPOOR_PLAN_PROJECT: return push_project(f, plan);
    case SPOOR_PLAN_SORT: push_input(f->arena, plan, 0, f); return plan;
    case SPOOR_PLAN_SUMMARIZE: return push_summarize(f, plan);
    case SPOOR_PLAN_UNION: return push_union(f, plan);
    case SPOOR_PLAN_JOIN: return push_join(f, plan);
    case SPOOR_PLAN_PARSE_KV:
    case SPOOR_PLAN_PARSE: return push_parse(f, plan);
    case SPOOR_PLAN_MV_EXPAND: return push_passed(f, plan, plan->mv_expand.passed);
    case SPOOR_PLAN_SCAN: return push_scan(f, plan);
    case SPOOR_PLAN_TOP_NESTED:
    case SPOOR_PLAN_BASKET:
    case SPOOR_PLAN_GRAPH_MATCH:
    case SPOOR_PLAN_GRAPH_MARK:
        for (uint32_t i = 0; i < plan->ninputs; i++) {
            push_input(f->arena, plan, i, NULL);
        }
        return where(f, plan);
    case SPOOR_PLAN_APPLY: return push_apply(f, plan);
    case SPOOR_PLAN_WINDOW:
    case SPOOR_PLAN_MAKE_SERIES:
    case SPOOR_PLAN_STEPS:
    case SPOOR_PLAN_TAKE:
    case SPOOR_PLAN_TOP: push_input(f->arena, plan, 0, NULL); return where(f, plan);
    case SPOOR_PLAN_FEED:
    case SPOOR_PLAN_SHARED: /* its input is rewritten once, by itself */
    case SPOOR_PLAN_TABLE:
    case SPOOR_PLAN_VALUES:
    case SPOOR_PLAN_RANGE: break;
    }
    return where(f, plan);
}

static spoor_plan *push(filters *f, spoor_plan *plan) {
    if (!settle(f)) {
        return spoor_rewrite_empty(f->arena, plan);
    }
    spoor_plan *pushed = push_into(f, plan);
    /* what is shared is rewritten once, by itself */
    bool is_empty =
        pushed->kind != SPOOR_PLAN_SHARED && spoor_plan_passes_emptiness(pushed, is_false);
    return is_empty ? spoor_rewrite_empty(f->arena, pushed) : pushed;
}

spoor_plan *spoor_rewrite_filters(spoor_arena *arena, spoor_plan *plan) {
    filters none = {.arena = arena};
    return push(&none, plan);
}
