/* rewrite.h - what the rewrites share.  Each takes a plan and gives one with the
 * same rows in the same order; old nodes may be changed, since a plan is a tree
 * (an input of SHARED with several parents is rewritten once, by rewrite.c). */
#ifndef SPOOR_PLANNER_REWRITE_H
#define SPOOR_PLANNER_REWRITE_H

#include "planner/bound.h"
#include "planner/plan.h"

/* Filters split into conjuncts and moved down, to the scans where they can: rewrite_filter.c */
spoor_plan *spoor_rewrite_filters(spoor_arena *arena, spoor_plan *plan);
/* take and top moved down; sort | take as top: rewrite_limit.c */
spoor_plan *spoor_rewrite_limits(spoor_arena *arena, spoor_plan *plan);
/* Only the columns and members that are used: rewrite_columns.c.  The plan's own visible columns all
 * stay (all_columns: hidden ones too), as they are. */
spoor_plan *spoor_rewrite_columns(spoor_arena *arena, spoor_plan *plan, bool all_columns);
/* What arg_max and arg_min give computed behind them: rewrite_pick.c */
spoor_plan *spoor_rewrite_picks(spoor_arena *arena, spoor_plan *plan);
/* Projects that change nothing dropped, neighbours made one: rewrite_project.c */
spoor_plan *spoor_rewrite_projects(spoor_arena *arena, spoor_plan *plan);
/* Calls of constants computed; and, or, iff, case with a constant condition: rewrite_simplify.c */
spoor_bound *spoor_rewrite_simplify(spoor_arena *arena, spoor_bound *e);

/* and(a, b, ...); one: itself. */
spoor_bound *spoor_rewrite_and(spoor_arena *arena, spoor_bound **conjuncts, uint32_t count);
/* No rows, in these columns. */
spoor_plan *spoor_rewrite_empty(spoor_arena *arena, const spoor_plan *like);
spoor_plan *spoor_rewrite_over(spoor_arena *arena, spoor_plan_kind kind, spoor_plan *input,
                               spoor_span span);

#endif
