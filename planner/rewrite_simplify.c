/* rewrite_simplify.c - expressions made smaller once more of them is known. */
#include "planner/rewrite.h"

static bool is_constant_bool(const spoor_bound *e, bool *value) {
    if (e->kind != SPOOR_BOUND_CONSTANT || e->type != SPOOR_BOOL || e->value.is_null) {
        return false;
    }
    *value = e->value.boolean;
    return true;
}

static spoor_bound *call_of(spoor_arena *arena, const spoor_bound *like, spoor_bound **args,
                            uint32_t nargs) {
    const char *problem;
    spoor_bound *call =
        spoor_bound_call(arena, like->function, like->type, args, nargs, like->span);
    /* now() and its kin were folded when bound. */
    return spoor_fold_call(arena, call, (spoor_bound_world){0}, &problem);
}

/* and, or: a constant that decides, decides; one that does not, goes. */
static spoor_bound *simplify_logic(spoor_arena *arena, spoor_bound *e, spoor_bound **args,
                                   bool decides) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < e->nargs; i++) {
        bool value = false;
        if (!is_constant_bool(args[i], &value)) {
            args[n++] = args[i];
        } else if (value == decides) {
            return args[i];
        }
    }
    if (n == 0) {
        spoor_value value = {.type = SPOOR_BOOL, .boolean = !decides};
        return spoor_bound_constant(arena, value, e->span);
    }
    return n == 1 ? args[0] : call_of(arena, e, args, n);
}

/* iff, case: branches that cannot be taken go. */
static spoor_bound *simplify_choice(spoor_arena *arena, spoor_bound *e, spoor_bound **args) {
    uint32_t n = 0;
    for (uint32_t i = 0; i + 1 < e->nargs; i += 2) {
        bool value = false, is_known = is_constant_bool(args[i], &value);
        bool is_null = args[i]->kind == SPOOR_BOUND_CONSTANT && args[i]->value.is_null;
        if (is_known && value) {
            args[n++] = args[i + 1];
            return n == 1 ? args[0] : call_of(arena, e, args, n);
        }
        if (!is_known && !is_null) {
            args[n++] = args[i];
            args[n++] = args[i + 1];
        }
    }
    args[n++] = args[e->nargs - 1];
    return n == 1 ? args[0] : call_of(arena, e, args, n);
}

spoor_bound *spoor_rewrite_simplify(spoor_arena *arena, spoor_bound *e) {
    if (e->kind != SPOOR_BOUND_CALL) {
        return e;
    }
    spoor_bound **args = SPOOR_NEW_ARRAY(arena, spoor_bound *, e->nargs + 1);
    bool changed = false, all_constant = true;
    for (uint32_t i = 0; i < e->nargs; i++) {
        args[i] = spoor_rewrite_simplify(arena, e->args[i]);
        changed = changed || args[i] != e->args[i];
        all_constant = all_constant && args[i]->kind == SPOOR_BOUND_CONSTANT;
    }
    if (spoor_bound_is_call(e, "and") || spoor_bound_is_call(e, "or")) {
        return simplify_logic(arena, e, args, e->function->name[0] == 'o');
    }
    bool is_choice = spoor_bound_is_call(e, "iff") || spoor_bound_is_call(e, "iif") ||
                     spoor_bound_is_call(e, "case");
    if (is_choice && e->nargs >= 3 && e->nargs % 2 == 1) {
        return simplify_choice(arena, e, args);
    }
    return changed || all_constant ? call_of(arena, e, args, e->nargs) : e;
}

spoor_bound *spoor_rewrite_and(spoor_arena *arena, spoor_bound **conjuncts, uint32_t count) {
    if (count == 1) {
        return conjuncts[0];
    }
    const spoor_function *row = spoor_function_named(SPOOR_STR("and"));
    return spoor_bound_call(arena, row, SPOOR_BOOL, conjuncts, count, conjuncts[0]->span);
}
