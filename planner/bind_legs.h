/* bind_legs.h - tables that a union, a search or a find reads, one leg each, and the rows of all
 * put together; bind_operator_union.c. */
#ifndef SPOOR_PLANNER_BIND_LEGS_H
#define SPOOR_PLANNER_BIND_LEGS_H

#include "planner/bind.h"

typedef struct spoor_bind_leg {
    spoor_plan *plan;
    spoor_str name; /* for the column that names the source; empty: it is made of .number */
    uint32_t number;
} spoor_bind_leg;

typedef struct spoor_bind_legs {
    spoor_binder *b;
    const char *unnamed; /* what a leg without a name is called, before its number */
    spoor_bind_leg *items;
    uint32_t count, capacity;
    uint32_t next_number;
    bool is_fuzzy; /* legs with names that nobody knows are left out */
} spoor_bind_legs;

void spoor_legs_add(spoor_bind_legs *l, spoor_plan *plan, spoor_str name);
/* One leg for each node from `first` on; more for a pattern. */
void spoor_legs_bind(spoor_bind_legs *l, const spoor_ast *first);
/* Every table whose name matches. */
void spoor_legs_add_matching(spoor_bind_legs *l, const spoor_ast *node, spoor_str pattern);
/* `source_column`: the name of a first column that says where a row is from; empty: none. */
spoor_plan *spoor_legs_union(spoor_bind_legs *l, const spoor_ast *node, bool is_inner,
                             spoor_str source_column);

#endif
