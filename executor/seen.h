/* seen.h - which (group, value) pairs have come by, for values of a dictionary.
 *
 * Aggregates like dcount, min and make_set gain nothing from a value that a
 * group has had.  Most rows repeat one, and end here at a table look-up before
 * their value is hashed or compared: first by entry, within the dictionary at
 * hand; what that lets through, while values and groups are few, by the number
 * that a value has in all dictionaries (intern.h).  Where many rows of one group come together, and
 * the dictionary is small, the entries that they name are marked, and only these are looked up: none
 * once the group has had them all. */
#ifndef SPOOR_EXECUTOR_SEEN_H
#define SPOOR_EXECUTOR_SEEN_H

#include "executor/intern.h"

/* A byte for each pair, `used` of them clear or set. */
typedef struct spoor_seen_cells {
    uint8_t *bytes;
    size_t used, capacity;
} spoor_seen_cells;

/* Entries of a dictionary whose values a group has not had: few enough to be searched for, not met. */
enum { SPOOR_SEEN_FEW = 4 };
typedef struct spoor_seen_missing {
    uint64_t dict_id; /* 0: nothing is known */
    uint32_t group, count;
    uint32_t entries[SPOOR_SEEN_FEW + 1];
} spoor_seen_missing;

typedef struct spoor_seen {
    spoor_arena *arena;
    spoor_intern values;        /* ready once is_begun */
    bool is_begun, is_local;    /* local: by entry of one dictionary, from now on */
    spoor_seen_cells by_number; /* group * width + number of the value */
    uint32_t width;             /* numbers: a power of two */
    /* By entry, of one dictionary: */
    uint64_t dict_id;          /* 0: none yet */
    spoor_seen_cells by_entry; /* group * entries + entry */
    uint64_t *slots; /* for many pairs a hash table of group << 32 | entry, plus 1; 0: free */
    uint64_t *spare; /* what it grows into */
    uint32_t nslots, slots_capacity, spare_capacity, count;
    bool is_hashed;
    uint64_t rows, kept; /* of all so far */
    /* Of a small dictionary, made when needed: */
    uint64_t numbered_id; /* which has these numbers; 0: none */
    uint32_t *numbers;    /* by entry: of its value ... */
    bool is_in_order;     /* ... which is the entry, as where all segments have the same hosts */
    uint32_t *entries;    /* 0, 1, 2, ... */
    uint8_t *marks;       /* by entry: named by a row; clear between batches */
    spoor_seen_missing missing; /* of the group asked for last */
    struct
        spoor_seen_had { /* entries whose values a group is known to have had: some of them, of the last group */
        uint64_t dict_id; /* 0: of none */
        uint32_t group;
        spoor_named entries;
    } had;
} spoor_seen;

/* Of rows 0..count of a DICT vector, those whose pair is new, in kept; returns how many.  May keep
 * more: when few repeat, looking costs more than it saves.  runs: of rows of one group; NULL: unknown. */
uint32_t spoor_seen_filter(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                           const spoor_runs *runs, uint32_t ngroups, uint32_t count, uint32_t *kept,
                           spoor_arena *scratch);

/* The pairs that are new, in no order, where what pieces of rows name tells them (spoor_dict_named()): for who
 * wants a value once, and not from which row.  entries, of: room for a pair a row.  SPOOR_SEEN_NO_PAIRS: they are
 * not to be had so. */
#define SPOOR_SEEN_NO_PAIRS UINT32_MAX
uint32_t spoor_seen_pairs(spoor_seen *seen, const spoor_vec *vec, const spoor_named *named,
                          const uint32_t *groups, const spoor_runs *runs, uint32_t ngroups,
                          uint32_t count, uint32_t *entries, uint32_t *of, spoor_arena *scratch);

#endif
