/* prune_inputs.c - join, union and apply with the columns that are used above them. */
#include "planner/prune.h"

static spoor_need below_join(const spoor_plan *join, spoor_need need) {
    need.column = join->join.outputs[need.column].column;
    return need;
}

/* Every left row of such a join has one row, whatever the right side holds: the right side has one row
 * a key, and none of its columns is wanted. */
static bool adds_nothing(const spoor_plan *join, const spoor_needs *want) {
    if (join->join.kind != SPOOR_JOIN_LEFTOUTER) {
        return false;
    }
    for (uint32_t i = 0; i < want->count; i++) {
        if (join->join.outputs[want->items[i].column].from_right) {
            return false;
        }
    }
    uint64_t keys = 0; /* those of the groups that the join compares */
    for (uint32_t i = 0; i < join->join.nkeys; i++) {
        const spoor_bound *key = join->join.right_keys[i];
        const spoor_plan *plan = join->inputs[1];
        while (key->kind == SPOOR_BOUND_COLUMN && plan->kind == SPOOR_PLAN_PROJECT) {
            key = plan->project.exprs[key->column];
            plan = plan->inputs[0];
        }
        if (plan->kind != SPOOR_PLAN_SUMMARIZE || plan->summarize.nkeys > 63 ||
            key->kind != SPOOR_BOUND_COLUMN || (uint32_t)key->column >= plan->summarize.nkeys) {
            return false;
        }
        keys |= UINT64_C(1) << key->column;
        if (keys == (UINT64_C(1) << plan->summarize.nkeys) - 1) {
            return true;
        }
    }
    return false;
}

static spoor_plan *prune_left(spoor_arena *arena, const spoor_plan *join, spoor_needs *want) {
    spoor_needs left = {.arena = arena};
    for (uint32_t i = 0; i < want->count; i++) {
        spoor_needs_add(&left, below_join(join, want->items[i]));
    }
    spoor_plan *plan = spoor_prune(arena, join->inputs[0], &left);
    spoor_plan *top = spoor_rewrite_over(arena, SPOOR_PLAN_PROJECT, plan, join->span);
    top->project.exprs = SPOOR_NEW_ARRAY(arena, spoor_bound *, want->count + 1);
    for (uint32_t i = 0; i < want->count; i++) {
        uint32_t at = spoor_needs_add(&left, below_join(join, want->items[i]));
        top->project.exprs[i] = spoor_bound_column(arena, &plan->schema, (int)at, join->span);
    }
    spoor_prune_schema(arena, top, &join->schema, want);
    return top;
}

spoor_plan *spoor_prune_join(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    if (adds_nothing(old, want)) {
        return prune_left(arena, old, want);
    }
    spoor_needs below[2] = {{.arena = arena}, {.arena = arena}};
    for (uint32_t i = 0; i < want->count; i++) {
        spoor_needs_add(&below[old->join.outputs[want->items[i].column].from_right],
                        below_join(old, want->items[i]));
    }
    for (uint32_t i = 0; i < old->join.nkeys; i++) {
        spoor_needs_collect(&below[0], old->join.left_keys[i], old->inputs[0]);
        spoor_needs_collect(&below[1], old->join.right_keys[i], old->inputs[1]);
    }
    spoor_plan *plan = spoor_prune_copy(arena, old);
    plan->inputs[0] = spoor_prune(arena, old->inputs[0], &below[0]);
    plan->inputs[1] = spoor_prune(arena, old->inputs[1], &below[1]);
    spoor_remap left = {arena, &below[0], old->inputs[0], &plan->inputs[0]->schema};
    spoor_remap right = {arena, &below[1], old->inputs[1], &plan->inputs[1]->schema};
    plan->join.left_keys = spoor_prune_exprs(&left, old->join.left_keys, old->join.nkeys);
    plan->join.right_keys = spoor_prune_exprs(&right, old->join.right_keys, old->join.nkeys);
    plan->join.outputs = spoor_arena_push(arena, want->count + 1, sizeof *plan->join.outputs);
    for (uint32_t i = 0; i < want->count; i++) {
        bool from_right = old->join.outputs[want->items[i].column].from_right;
        plan->join.outputs[i].from_right = from_right;
        plan->join.outputs[i].column =
            (int)spoor_needs_add(&below[from_right], below_join(old, want->items[i]));
    }
    spoor_prune_schema(arena, plan, &old->schema, want);
    return plan;
}

spoor_plan *spoor_prune_union(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    spoor_plan *plan = spoor_prune_copy(arena, old);
    bool has_source = false;
    for (uint32_t i = 0; i < want->count; i++) {
        has_source = has_source || (old->uni.source_names != NULL && want->items[i].column == 0);
    }
    if (has_source) { /* it is column 0 by contract */
        spoor_needs ordered = {.arena = arena};
        spoor_needs_add_column(&ordered, 0);
        for (uint32_t i = 0; i < want->count; i++) {
            spoor_needs_add(&ordered, want->items[i]);
        }
        *want = ordered;
    } else {
        plan->uni.source_names = NULL;
    }
    plan->uni.maps = SPOOR_NEW_ARRAY(arena, int *, old->ninputs + 1);
    for (uint32_t k = 0; k < old->ninputs; k++) {
        spoor_needs below = {.arena = arena};
        for (uint32_t i = 0; i < want->count; i++) {
            spoor_need w = want->items[i];
            w.column = old->uni.maps[k][w.column];
            if (w.column >= 0) {
                spoor_needs_add(&below, w);
            }
        }
        plan->inputs[k] = spoor_prune(arena, old->inputs[k], &below);
        plan->uni.maps[k] = SPOOR_NEW_ARRAY(arena, int, want->count + 1);
        for (uint32_t i = 0; i < want->count; i++) {
            spoor_need w = want->items[i];
            w.column = old->uni.maps[k][w.column];
            plan->uni.maps[k][i] = w.column >= 0 ? (int)spoor_needs_add(&below, w) : -1;
        }
    }
    spoor_prune_schema(arena, plan, &old->schema, want);
    return plan;
}

/* A subquery has one FEED, or none where a SHARED has it. */
static spoor_plan *find_feed(spoor_plan *plan, uint32_t id) {
    if (plan->kind == SPOOR_PLAN_SHARED) {
        return NULL;
    }
    if (plan->kind == SPOOR_PLAN_FEED && plan->feed.id == id) {
        return plan;
    }
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        spoor_plan *found = find_feed(plan->inputs[i], id);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

/* The subquery says first what it needs of the rows that it is fed. */
spoor_plan *spoor_prune_apply(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    const spoor_plan *input = old->inputs[0];
    spoor_needs below = {.arena = arena}, of_sub = {.arena = arena};
    for (uint32_t i = 0; i < want->count; i++) {
        int column = want->items[i].column;
        if (old->apply.outputs[column].from_sub) {
            spoor_needs_add_column(&of_sub, old->apply.outputs[column].column);
        } else {
            spoor_needs_add_column(&below, old->apply.outputs[column].column);
        }
    }
    if (old->apply.key != NULL) {
        spoor_needs_collect(&below, old->apply.key, input);
    }
    spoor_plan *plan = spoor_prune_copy(arena, old);
    plan->inputs[1] = spoor_prune(arena, old->inputs[1], &of_sub);
    spoor_plan *feed = find_feed(plan->inputs[1], old->apply.feed);
    for (uint32_t i = 0; feed != NULL && i < feed->schema.ncols; i++) {
        spoor_needs_add_column(&below, feed->feed.columns[i]);
    }
    if (old->apply.is_whole) {
        below = (spoor_needs){.arena = arena};
        spoor_prune_want_all(&below, input);
        plan->inputs[0] = spoor_rewrite_columns(arena, old->inputs[0], true);
    } else {
        plan->inputs[0] = spoor_prune(arena, input, &below);
    }
    for (uint32_t i = 0; feed != NULL && i < feed->schema.ncols; i++) {
        feed->feed.columns[i] = (int)spoor_needs_add_column(&below, feed->feed.columns[i]);
    }
    spoor_remap r = {arena, &below, input, &plan->inputs[0]->schema};
    if (old->apply.key != NULL) {
        plan->apply.key = spoor_needs_renumber(&r, old->apply.key);
    }
    plan->apply.outputs = spoor_arena_push(arena, want->count + 1, sizeof *plan->apply.outputs);
    for (uint32_t i = 0; i < want->count; i++) {
        bool from_sub = old->apply.outputs[want->items[i].column].from_sub;
        int column = old->apply.outputs[want->items[i].column].column;
        plan->apply.outputs[i].from_sub = from_sub;
        plan->apply.outputs[i].column =
            (int)spoor_needs_add_column(from_sub ? &of_sub : &below, column);
    }
    spoor_prune_schema(arena, plan, &old->schema, want);
    return plan;
}
