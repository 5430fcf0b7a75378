/* seen.h - which (group, value) pairs have come by, for values of a dictionary.
 *
 * Aggregates like dcount, min and make_set gain nothing from a value that a
 * group has had.  Most rows repeat one, and end here at a table look-up before
 * their value is hashed or compared.  While values and groups are few, a value
 * is known across dictionaries by its number (intern.h); beyond that, an entry
 * within the dictionary at hand. */
#ifndef SPOOR_EXECUTOR_SEEN_H
#define SPOOR_EXECUTOR_SEEN_H

#include "executor/intern.h"

typedef struct spoor_seen {
    spoor_arena *arena;
    spoor_intern values; /* ready once is_begun */
    bool is_begun, is_local; /* local: by entry of one dictionary, from now on */
    /* Either way: a byte for each pair at group * width + number (or entry), `used` of them clear or
     * set */
    uint8_t *cells;
    size_t used, capacity;
    uint32_t width;      /* numbers of values: a power of two */
    /* By entry: */
    uint64_t dict_id;    /* 0: none yet */
    uint64_t *slots;     /* for many pairs a hash table of group << 32 | entry, plus 1; 0: free */
    uint64_t *spare;     /* what it grows into */
    uint32_t nslots, slots_capacity, spare_capacity, count;
    bool is_hashed;
    uint64_t rows, kept; /* of all so far */
} spoor_seen;

/* Of rows 0..count of a DICT vector, those whose pair is new, in kept; returns how many.  May keep
 * more: when few repeat, looking costs more than it saves.  is_one_group: all rows are of one. */
uint32_t spoor_seen_filter(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                           bool is_one_group, uint32_t ngroups, uint32_t count, uint32_t *kept,
                           spoor_arena *scratch);

#endif
