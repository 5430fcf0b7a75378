/* rewrite_needs.h - which columns of a plan, or members of them, are used above it; for
 * rewrite_columns.c. */
#ifndef SPOOR_PLANNER_REWRITE_NEEDS_H
#define SPOOR_PLANNER_REWRITE_NEEDS_H

#include "planner/rewrite.h"

typedef struct spoor_need {
    int column;
    spoor_str member; /* empty: the column itself; of XML or its items: "*" the items, "n" a text,
                         "@name" the same by name, "@" the names */
    spoor_type type;  /* of the member: string or dynamic */
} spoor_need;

typedef struct spoor_needs {
    spoor_arena *arena;
    spoor_need *items;
    uint32_t count, capacity;
    uint32_t
        *places; /* by column, of `nplaces`: where it is in items by itself, + 1; 0: it is not */
    uint32_t nplaces;
} spoor_needs;

bool spoor_needs_same(const spoor_need *a, const spoor_need *b);
/* Its number in the list, to which it is added unless it is there. */
uint32_t spoor_needs_add(spoor_needs *list, spoor_need wanted);
uint32_t spoor_needs_add_column(spoor_needs *list, int column);
/* The column that a path (c.name, parse_xml(c).DataItem) starts from. */
int spoor_needs_root(const spoor_bound *e);
/* Is it what parse_xml makes of the Data elements of events? */
bool spoor_needs_are_items(const spoor_bound *e, const spoor_plan *input);
/* All that the expression reads of `input`: members where they are those of record columns. */
void spoor_needs_collect(spoor_needs *list, const spoor_bound *e, const spoor_plan *input);

/* The same expression over the pruned input: itself, where nothing of it has another number. */
typedef struct spoor_remap {
    spoor_arena *arena;
    spoor_needs *list;
    const spoor_plan *old;      /* the input as it was */
    const spoor_schema *schema; /* the pruned input's */
} spoor_remap;

spoor_bound *spoor_needs_renumber(const spoor_remap *r, spoor_bound *e);

#endif
