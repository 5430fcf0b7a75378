/* seen.h - which (group, dictionary entry) pairs have come by in the dictionary at hand.
 *
 * Aggregates like dcount, min and make_set gain nothing from a value that a
 * group has had.  A segment repeats few values often, so most rows end here,
 * at a table look-up, before their value is hashed or compared. */
#ifndef SPOOR_EXECUTOR_SEEN_H
#define SPOOR_EXECUTOR_SEEN_H

#include "types/vec.h"

typedef struct spoor_seen {
    spoor_arena *arena;
    uint64_t dict_id;   /* 0: none yet */
    uint8_t *cells;     /* by group * entries + entry, while these are few */
    size_t used, capacity;
    uint64_t *slots;    /* else a hash table of group << 32 | entry, plus 1; 0: free */
    uint64_t *spare;    /* what it grows into */
    uint32_t nslots, slots_capacity, spare_capacity, count;
    bool is_hashed;
    uint64_t rows, kept; /* of all so far */
} spoor_seen;

/* Of rows 0..count of a DICT vector, those whose pair is new, in kept; returns how many.  May keep
 * more: when few repeat, looking costs more than it saves.  is_one_group: all rows are of one. */
uint32_t spoor_seen_filter(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                           bool is_one_group, uint32_t ngroups, uint32_t count, uint32_t *kept);

#endif
