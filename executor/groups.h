/* groups.h - a hash table from keys of several columns to numbers, in first-seen order.
 *
 * What summarize groups by and join looks up.  Two keys are one when all their
 * values compare equal (spoor_value_compare): null with null, NaN with NaN;
 * whoever does not want null keys leaves such rows out. */
#ifndef SPOOR_EXECUTOR_GROUPS_H
#define SPOOR_EXECUTOR_GROUPS_H

#include "executor/rows.h"

#define SPOOR_GROUPS_NONE UINT32_MAX

typedef struct spoor_groups {
    spoor_arena *arena;
    spoor_rows keys;    /* the key of each group; its count is the number of groups */
    uint64_t *hashes;   /* by group */
    uint32_t hashes_capacity;
    uint32_t *slots;    /* group + 1, or 0: free; power of two of them */
    uint32_t nslots;
    /* Short cut by code, when all keys are dictionaries: the group + 1 of each combination seen */
    uint32_t *by_code;
    uint64_t by_code_capacity;
    uint64_t *dict_ids;  /* of the dictionaries that by_code is for */
    uint64_t rows_seen;  /* with these dictionaries */
    bool by_code_ready;
} spoor_groups;

void spoor_groups_init(spoor_groups *groups, spoor_arena *arena, const spoor_type *types,
                       uint32_t nkeys);
/* out[i]: the group of row sel[i] (NULL: row i); a key that is not there is added, or
 * SPOOR_GROUPS_NONE.  Keys of any form but RECORD. */
void spoor_groups_find(spoor_groups *groups, const spoor_vec *keys, const uint32_t *sel,
                       uint32_t count, bool add, uint32_t *out, spoor_arena *scratch);

#endif
