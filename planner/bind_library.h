/* bind_library.h - views that are built in, bound once for many queries.
 *
 * Whoever binds many queries over one catalog with the same options gives each the same
 * library: a view that is named without arguments is bound into the library's arena
 * the first time, and copied from there after.  What is in it has no place in any
 * text: its spans are empty.  Catalog and arena outlive every query. */
#ifndef SPOOR_PLANNER_BIND_LIBRARY_H
#define SPOOR_PLANNER_BIND_LIBRARY_H

#include "planner/plan.h"

typedef struct spoor_bind_library {
    spoor_arena *arena;
    struct spoor_library_view *views;
} spoor_bind_library;

/* A copy of the view's plan, whose nodes may be rewritten; NULL: it is not there. */
spoor_plan *spoor_library_find(const spoor_bind_library *library, spoor_arena *arena, spoor_str name,
                               uint8_t view);
/* Keep a plan that was bound into the library's arena, if it can be copied. */
void spoor_library_keep(spoor_bind_library *library, spoor_str name, uint8_t view, spoor_plan *plan);

#endif
