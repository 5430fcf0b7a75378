/* join_build.h - the right side of a join: its rows, found by their key.
 *
 * Rows are added batch by batch, then finished: those of one key stand together
 * in a list, in the order in which they came.  From then on nothing in it
 * changes, so several threads may look into it, each through a view of its own. */
#ifndef SPOOR_EXECUTOR_JOIN_BUILD_H
#define SPOOR_EXECUTOR_JOIN_BUILD_H

#include "executor/groups.h"
#include "executor/row_codes.h"
#include "executor/run.h"

typedef struct spoor_join_build {
    spoor_arena *arena;
    spoor_groups groups;
    spoor_rows rows;               /* columns that are put out; none is where only keys matter */
    const spoor_row_codes **codes; /* by column of rows, finished; NULL: its values are gathered */
    bool has_rows;      /* which rows a key has is asked, not just whether there is one */
    uint32_t *group_of; /* by row; has_rows */
    uint32_t rows_capacity;
    uint32_t *counts; /* by group, while rows are added */
    uint32_t groups_capacity;
    uint32_t *starts; /* by group, and one more: where in the list its rows begin */
    uint32_t *list;   /* row numbers; has_rows */
} spoor_join_build;

/* Types of the keys, and of the columns kept. */
void spoor_join_build_init(spoor_join_build *build, spoor_arena *arena, const spoor_type *keys,
                           uint32_t nkeys, const spoor_type *columns, uint32_t ncols,
                           bool has_rows);
void spoor_join_build_add(spoor_join_build *build, const spoor_vec *keys, const spoor_vec *columns,
                          const uint32_t *sel, uint32_t count, spoor_arena *scratch);
void spoor_join_build_finish(spoor_join_build *build);
/* Of a finished build: texts of its rows are given as codes from here on, where these are fewer. */
void spoor_join_build_encode(spoor_join_build *build, spoor_run *run);
/* A column of rows list[0..count). */
spoor_vec spoor_join_build_gather(const spoor_join_build *build, uint32_t column,
                                  spoor_arena *scratch, const uint32_t *list, uint32_t count);

/* The group of each selected row, or SPOOR_GROUPS_NONE.  Keys of any form. */
uint32_t *spoor_join_groups(spoor_groups *groups, const spoor_vec *keys, const uint32_t *sel,
                            uint32_t count, bool add, spoor_arena *scratch);

#endif
