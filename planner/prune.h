/* prune.h - the pieces of rewrite_columns.c: an operator makes the columns that are used above it.
 *
 * A prune of an operator is given its plan and the needs of what stands above: output columns, or
 * members of them.  It returns a new plan whose output column i is need i of the list, which it may
 * have extended or put in another order.  The old plan stays as it was. */
#ifndef SPOOR_PLANNER_PRUNE_H
#define SPOOR_PLANNER_PRUNE_H

#include "planner/rewrite_needs.h"

/* Any operator. */
spoor_plan *spoor_prune(spoor_arena *arena, const spoor_plan *plan, spoor_needs *want);
/* Those that add columns to the rows that pass: prune_rows.c */
spoor_plan *spoor_prune_parse(spoor_arena *arena, const spoor_plan *old, spoor_needs *want);
spoor_plan *spoor_prune_parse_kv(spoor_arena *arena, const spoor_plan *old, spoor_needs *want);
spoor_plan *spoor_prune_expand(spoor_arena *arena, const spoor_plan *old, spoor_needs *want);
spoor_plan *spoor_prune_window(spoor_arena *arena, const spoor_plan *old, spoor_needs *want);
/* Those with several inputs: prune_inputs.c */
spoor_plan *spoor_prune_join(spoor_arena *arena, const spoor_plan *old, spoor_needs *want);
spoor_plan *spoor_prune_union(spoor_arena *arena, const spoor_plan *old, spoor_needs *want);
spoor_plan *spoor_prune_apply(spoor_arena *arena, const spoor_plan *old, spoor_needs *want);

spoor_plan *spoor_prune_copy(spoor_arena *arena, const spoor_plan *plan);
/* The columns that the needs are, by the old schema. */
void spoor_prune_schema(spoor_arena *arena, spoor_plan *plan, const spoor_schema *old,
                        const spoor_needs *want);
/* All of a plan's columns, in their order. */
void spoor_prune_want_all(spoor_needs *want, const spoor_plan *plan);
/* Is one of these columns among the needs? */
bool spoor_prune_is_wanted(const spoor_needs *want, uint32_t first, uint32_t count);
spoor_bound **spoor_prune_exprs(const spoor_remap *r, spoor_bound *const *list, uint32_t n);

#endif
