/* rewrite_project.c - projects that do nothing go; two on each other become one. */
#include "planner/rewrite.h"

static bool is_identity(const spoor_plan *plan) {
    const spoor_schema *input = &plan->inputs[0]->schema;
    if (plan->schema.ncols != input->ncols) {
        return false;
    }
    for (uint32_t i = 0; i < plan->schema.ncols; i++) {
        const spoor_bound *e = plan->project.exprs[i];
        if (e->kind != SPOOR_BOUND_COLUMN || e->column != (int)i ||
            !spoor_str_eq(plan->schema.columns[i].name, input->columns[i].name) ||
            plan->schema.columns[i].hidden != input->columns[i].hidden) {
            return false;
        }
    }
    return true;
}

/* Nothing is computed twice by it, and no expression grows past the limit. */
static bool can_merge(spoor_arena *arena, const spoor_plan *outer, const spoor_plan *inner) {
    uint32_t *uses = SPOOR_NEW_ARRAY(arena, uint32_t, inner->schema.ncols + 1);
    int depth = 0, below = 0;
    for (uint32_t i = 0; i < outer->schema.ncols; i++) {
        spoor_bound_count_columns(outer->project.exprs[i], uses);
        depth = outer->project.exprs[i]->depth > depth ? outer->project.exprs[i]->depth : depth;
    }
    for (uint32_t i = 0; i < inner->schema.ncols; i++) {
        const spoor_bound *e = inner->project.exprs[i];
        if (uses[i] > 1 && e->kind == SPOOR_BOUND_CALL) {
            return false;
        }
        below = uses[i] > 0 && e->depth > below ? e->depth : below;
    }
    return depth + below <= SPOOR_MAX_DEPTH;
}

static spoor_bound *inner_expr(spoor_arena *arena, const spoor_bound *column, void *context) {
    (void)arena;
    const spoor_plan *inner = context;
    return inner->project.exprs[column->column];
}

static void merge(spoor_arena *arena, spoor_plan *outer) {
    spoor_plan *inner = outer->inputs[0];
    for (uint32_t i = 0; i < outer->schema.ncols; i++) {
        spoor_bound *e = spoor_bound_map(arena, outer->project.exprs[i], inner_expr, inner);
        outer->project.exprs[i] = spoor_rewrite_simplify(arena, e);
    }
    outer->inputs[0] = inner->inputs[0];
}

spoor_plan *spoor_rewrite_projects(spoor_arena *arena, spoor_plan *plan) {
    for (uint32_t i = 0; i < plan->ninputs && plan->kind != SPOOR_PLAN_SHARED; i++) {
        plan->inputs[i] = spoor_rewrite_projects(arena, plan->inputs[i]);
    }
    if (plan->kind != SPOOR_PLAN_PROJECT) {
        return plan;
    }
    if (plan->inputs[0]->kind == SPOOR_PLAN_PROJECT && can_merge(arena, plan, plan->inputs[0])) {
        merge(arena, plan);
    }
    return is_identity(plan) ? plan->inputs[0] : plan;
}
