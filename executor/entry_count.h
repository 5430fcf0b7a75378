/* entry_count.h - rows by group where one column of the key varies and has a dictionary: counted by
 * entry, and given to the groups when the dictionary changes.
 *
 * The entries that a batch names for the first time get their groups at once,
 * so groups are numbered as they are first seen; a row then costs an addition. */
#ifndef SPOOR_EXECUTOR_ENTRY_COUNT_H
#define SPOOR_EXECUTOR_ENTRY_COUNT_H

#include "executor/groups.h"

#define SPOOR_NOT_LISTED UINT32_MAX

typedef struct spoor_entry_count {
    spoor_arena *arena;
    uint64_t dict_id; /* 0: none */
    uint32_t *rows;   /* by entry; capacity */
    uint32_t *unseen; /* of a small dictionary: entries that no row has named yet, ... */
    uint32_t nunseen; /* ... so many of them, or SPOOR_NOT_LISTED */
    uint32_t capacity;
    uint32_t *entries, *groups; /* those that came by, `count` of them, and their groups */
    uint32_t entries_capacity, groups_capacity, count;
    spoor_value *constants; /* by key: what the others hold */
    uint64_t *dict_ids;     /* by key, of those that are text */
} spoor_entry_count;

void spoor_entry_count_init(spoor_entry_count *counts, spoor_arena *arena, uint32_t nkeys);
/* false: these keys are not of that kind, or not what was counted so far: give that first. */
bool spoor_entry_count_add(spoor_entry_count *counts, spoor_groups *groups, const spoor_vec *keys,
                           const uint32_t *sel, uint32_t rows, spoor_arena *scratch);
/* Forget what was counted; for others to read `entries`, `groups` and `rows` before. */
void spoor_entry_count_clear(spoor_entry_count *counts);

#endif
