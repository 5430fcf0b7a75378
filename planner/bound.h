/* bound.h - making, asking and copying bound expressions; for the binder and
 * the rewrites.  An expression is never changed once it is made: who wants
 * another makes a copy (_map), so parts may be shared. */
#ifndef SPOOR_PLANNER_BOUND_H
#define SPOOR_PLANNER_BOUND_H

#include "planner/plan.h"

spoor_bound *spoor_bound_column(spoor_arena *arena, const spoor_schema *schema, int column,
                                spoor_span span);
spoor_bound *spoor_bound_constant(spoor_arena *arena, spoor_value value, spoor_span span);
spoor_bound *spoor_bound_null(spoor_arena *arena, spoor_type type, spoor_span span);
spoor_bound *spoor_bound_text(spoor_arena *arena, spoor_str text, spoor_span span);
spoor_bound *spoor_bound_call(spoor_arena *arena, const spoor_function *function, spoor_type type,
                              spoor_bound **args, uint32_t nargs, spoor_span span);

bool spoor_bound_has_columns(const spoor_bound *e);
bool spoor_bound_is_volatile(const spoor_bound *e);
bool spoor_bound_is_call(const spoor_bound *e, const char *name);
uint32_t spoor_bound_size(const spoor_bound *e); /* nodes */
void spoor_bound_count_columns(const spoor_bound *e,
                               uint32_t *uses); /* one more for each by which it is read */

/* A copy in which each column is what `map` makes of it. */
typedef spoor_bound *(*spoor_bound_mapper)(spoor_arena *arena, const spoor_bound *column,
                                           void *context);
spoor_bound *spoor_bound_map(spoor_arena *arena, const spoor_bound *e, spoor_bound_mapper map,
                             void *context);

/* What calls may know of the world while they are bound. */
typedef struct spoor_bound_world {
    int64_t now;
    bool *is_read; /* set when a constant comes to depend on it; NULL: nobody asks */
    spoor_reference reference;
} spoor_bound_world;

/* Run the row's prepare(); what is wrong with a constant argument, or NULL. */
const char *spoor_bound_prepare(spoor_arena *arena, const spoor_bound *call,
                                spoor_bound_world world, spoor_call *out);
/* The call computed now when all its arguments are constants, else itself.  *problem: what its
 * prepare() found wrong. */
spoor_bound *spoor_fold_call(spoor_arena *arena, spoor_bound *call, spoor_bound_world world,
                             const char **problem);

#endif
