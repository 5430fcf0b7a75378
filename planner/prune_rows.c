/* prune_rows.c - operators that pass rows and add columns to them, with those that are used above. */
#include "planner/prune.h"

/* Is a column that the operator puts behind its input's used? */
static bool is_made_wanted(const spoor_plan *plan, const spoor_needs *want) {
    uint32_t made = plan->inputs[0]->schema.ncols;
    return spoor_prune_is_wanted(want, made, plan->schema.ncols - made);
}

/* Of what is wanted, the columns of the input alone, and what the operator reads of it: n
 * expressions (NULL: none), as they are over the pruned input in `read`.  The list becomes that of
 * the pruned input, for the caller to put the made columns behind. */
static spoor_plan *pass(spoor_arena *arena, const spoor_plan *old, spoor_needs *want,
                        spoor_bound *const *reads, spoor_bound **read, uint32_t n) {
    const spoor_plan *input = old->inputs[0];
    spoor_needs below = {.arena = arena};
    for (uint32_t i = 0; i < want->count; i++) {
        if ((uint32_t)want->items[i].column < input->schema.ncols) {
            spoor_needs_add(&below, want->items[i]);
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        if (reads[i] != NULL) {
            spoor_needs_collect(&below, reads[i], input);
        }
    }
    spoor_plan *plan = spoor_prune_copy(arena, old);
    plan->inputs[0] = spoor_prune(arena, input, &below);
    spoor_remap r = {arena, &below, input, &plan->inputs[0]->schema};
    for (uint32_t i = 0; i < n; i++) {
        read[i] = reads[i] != NULL ? spoor_needs_renumber(&r, reads[i]) : NULL;
    }
    *want = below;
    return plan;
}

/* Every piece decides whether the text matches, so all columns of the pattern stay, or none. */
spoor_plan *spoor_prune_parse(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    if (!old->parse.drop_unmatched && !is_made_wanted(old, want)) {
        return spoor_prune(arena, old->inputs[0], want);
    }
    spoor_bound *text;
    spoor_plan *plan = pass(arena, old, want, &old->parse.text, &text, 1);
    plan->parse.text = text;
    plan->parse.parts = SPOOR_NEW_ARRAY(arena, spoor_parse_part, old->parse.nparts + 1);
    for (uint32_t i = 0; i < old->parse.nparts; i++) {
        spoor_parse_part *part = &plan->parse.parts[i];
        *part = old->parse.parts[i];
        if (part->kind == SPOOR_PARSE_COLUMN) {
            part->output = spoor_needs_add_column(want, (int)part->output);
        }
    }
    spoor_prune_schema(arena, plan, &old->schema, want);
    return plan;
}

spoor_plan *spoor_prune_parse_kv(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    if (!is_made_wanted(old, want)) {
        return spoor_prune(arena, old->inputs[0], want);
    }
    spoor_bound *text;
    spoor_plan *plan = pass(arena, old, want, &old->kv.text, &text, 1);
    plan->kv.text = text;
    for (uint32_t i = 0; i < old->kv.nkeys; i++) {
        spoor_needs_add_column(want, (int)(old->inputs[0]->schema.ncols + i));
    }
    spoor_prune_schema(arena, plan, &old->schema, want);
    return plan;
}

spoor_plan *spoor_prune_window(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    if (!is_made_wanted(old, want)) {
        return spoor_prune(arena, old->inputs[0], want);
    }
    spoor_bound *const reads[2] = {old->window.value, old->window.restart};
    spoor_bound *read[2];
    spoor_plan *plan = pass(arena, old, want, reads, read, 2);
    plan->window.value = read[0];
    plan->window.restart = read[1];
    spoor_needs_add_column(want, (int)old->inputs[0]->schema.ncols);
    spoor_prune_schema(arena, plan, &old->schema, want);
    return plan;
}

spoor_plan *spoor_prune_expand(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    const spoor_plan *input = old->inputs[0];
    uint32_t n = old->mv_expand.ncolumns;
    spoor_needs below = {.arena = arena};
    for (uint32_t i = 0; i < n; i++) {
        spoor_needs_add_column(want, old->mv_expand.outputs[i]);
        spoor_needs_add_column(&below, old->mv_expand.columns[i]);
    }
    if (old->mv_expand.index_output >= 0) {
        spoor_needs_add_column(want, old->mv_expand.index_output);
    }
    for (uint32_t i = 0; i < want->count; i++) {
        spoor_need w = want->items[i];
        w.column = old->mv_expand.passed[w.column];
        if (w.column >= 0) {
            spoor_needs_add(&below, w);
        }
    }
    spoor_plan *plan = spoor_prune_copy(arena, old);
    plan->inputs[0] = spoor_prune(arena, input, &below);
    plan->mv_expand.columns = SPOOR_NEW_ARRAY(arena, int, n + 1);
    plan->mv_expand.outputs = SPOOR_NEW_ARRAY(arena, int, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        plan->mv_expand.columns[i] = (int)spoor_needs_add_column(&below, old->mv_expand.columns[i]);
        plan->mv_expand.outputs[i] = (int)spoor_needs_add_column(want, old->mv_expand.outputs[i]);
    }
    if (old->mv_expand.index_output >= 0) {
        plan->mv_expand.index_output =
            (int)spoor_needs_add_column(want, old->mv_expand.index_output);
    }
    plan->mv_expand.passed = SPOOR_NEW_ARRAY(arena, int, want->count + 1);
    for (uint32_t i = 0; i < want->count; i++) {
        spoor_need w = want->items[i];
        w.column = old->mv_expand.passed[w.column];
        plan->mv_expand.passed[i] = w.column >= 0 ? (int)spoor_needs_add(&below, w) : -1;
    }
    spoor_prune_schema(arena, plan, &old->schema, want);
    return plan;
}
