/* groups.h - keys of one or several columns to numbers, in first-seen order.
 *
 * What summarize groups by and join looks up.  Every column is interned
 * (intern.h), so a key of several is a row of small numbers, and no text is
 * hashed, compared or kept more than once. */
#ifndef SPOOR_EXECUTOR_GROUPS_H
#define SPOOR_EXECUTOR_GROUPS_H

#include "executor/intern.h"

#define SPOOR_GROUPS_NONE SPOOR_INTERN_NONE

typedef struct spoor_groups {
    spoor_arena *arena;
    uint32_t nkeys;
    uint32_t count; /* groups */
    spoor_intern *columns;
    /* Several columns: the numbers of each group, nkeys of them, and a hash table of them */
    uint32_t *tuples;
    uint32_t tuples_capacity; /* numbers */
    uint64_t *slots; /* high half: of the hash; low half: group + 1, or 0: free; a power of two */
    uint32_t nslots;
    /* Two columns of few values: group + 1 at (first << shift | second), or 0.  NULL: none. */
    uint32_t *cells;
    uint32_t cells_capacity;
    uint32_t first_limit, shift; /* numbers below first_limit and 1 << shift have a cell */
} spoor_groups;

void spoor_groups_init(spoor_groups *groups, spoor_arena *arena, const spoor_type *types,
                       uint32_t nkeys);
/* The same groups, to look up in and no more, with tables by code of its own: for a thread that shares
 * them with others.  They may not grow meanwhile. */
spoor_groups spoor_groups_view(const spoor_groups *groups, spoor_arena *arena);
/* out[i]: the group of row sel[i] (NULL: row i); a key that is not there is added, or
 * SPOOR_GROUPS_NONE.  Keys of any form but RECORD.  Returns the runs of rows that are of one group, in
 * scratch; NULL: there are no long ones, or nobody knows. */
const spoor_runs *spoor_groups_find(spoor_groups *groups, const spoor_vec *keys,
                                    const uint32_t *sel, uint32_t count, bool add, uint32_t *out,
                                    spoor_arena *scratch);
/* By group: a hash of its keys, the same in all groups by keys of these types. */
uint64_t *spoor_groups_hashes(const spoor_groups *groups, spoor_arena *arena);
/* Does a group of one have the keys of a group of the other? */
bool spoor_groups_is_equal(const spoor_groups *groups, uint32_t group, const spoor_groups *others,
                           uint32_t other);
/* One run of all rows. */
const spoor_runs *spoor_runs_one(uint32_t rows, spoor_arena *scratch);
/* Column k of the keys of groups list[0..count): FLAT. */
spoor_vec spoor_groups_gather(const spoor_groups *groups, uint32_t k, const uint32_t *list,
                              uint32_t count, spoor_arena *scratch);

#endif
