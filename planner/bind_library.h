/* bind_library.h - views that are built in, bound once for many queries.
 *
 * Whoever binds many queries over names and settings that mean the same gives each the same library:
 * a view that is named without arguments is bound into the library's arena the first time, and
 * copied from there after.  From the second time on it is there rewritten, with all of its columns, so
 * that the rewrites of a query find little to do.  What is in it has no place in any text: its spans are empty; and no
 * range of the time picker: that is put into the copies.  The clock must not matter to a view, which
 * tests/unit/test_session.c makes sure of.  The names and the arena outlive every query. */
#ifndef SPOOR_PLANNER_BIND_LIBRARY_H
#define SPOOR_PLANNER_BIND_LIBRARY_H

#include "planner/plan.h"

typedef struct spoor_bind_library {
    spoor_arena *arena;
    struct spoor_library_view *views;
    bool no_rewrites; /* for testing: all stay as they were bound */
} spoor_bind_library;

/* A copy of the view's plan, whose nodes may be rewritten; NULL: it is not there.  *is_refused: it cannot
 * be kept, so it is not to be bound into the library's arena again. */
spoor_plan *spoor_library_find(spoor_bind_library *library, spoor_arena *arena, spoor_str name,
                               uint8_t view, bool *is_refused);
/* Keep a plan that was bound into the library's arena, if it can be copied; NULL: it cannot.  npicks: so many
 * of the first predicates of each scan are the time picker's. */
void spoor_library_keep(spoor_bind_library *library, spoor_str name, uint8_t view, spoor_plan *plan,
                        uint32_t npicks);

#endif
