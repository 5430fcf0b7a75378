/* intern.h - the distinct values of one column, numbered in first-seen order.
 *
 * Two values are one when they compare equal (spoor_value_compare): null with
 * null, NaN with NaN.  A dictionary's entries are looked up once each, then a
 * table by code answers. */
#ifndef SPOOR_EXECUTOR_INTERN_H
#define SPOOR_EXECUTOR_INTERN_H

#include "executor/rows.h"

#define SPOOR_INTERN_NONE UINT32_MAX

/* A text with its length before it: to compare with it, one place in memory is read, not three. */
typedef struct spoor_interned {
    size_t len;
    char bytes[];
} spoor_interned;

typedef struct spoor_intern_slot {
    uint32_t hash;              /* the high half of it */
    uint32_t number;            /* of the value + 1; 0: free */
    const spoor_interned *text; /* strings; else NULL */
} spoor_intern_slot;

typedef struct spoor_intern {
    spoor_rows values; /* one column; its count is the number of values */
    spoor_intern_slot *slots;
    uint32_t nslots;      /* a power of two */
    uint64_t dict_id;     /* that by_code is for; 0: none */
    uint32_t dict_values; /* of values.count, when entries that are not there were marked so */
    uint64_t asked_id;    /* the dictionary that rows had last, and how many of them */
    uint64_t asked;
    uint32_t *by_code; /* number + 1; or 0: not asked yet; or NONE: not there */
    uint32_t by_code_capacity;
} spoor_intern;

void spoor_intern_init(spoor_intern *intern, spoor_arena *arena, spoor_type type);
/* out[i]: the number of row sel[i] (NULL: row i); one that is not there is added, or
 * SPOOR_INTERN_NONE.  Any form but RECORD. */
void spoor_intern_find(spoor_intern *intern, const spoor_vec *vec, const uint32_t *sel,
                       uint32_t count, bool add, uint32_t *out, spoor_arena *scratch);

/* Look up all entries of a dictionary before rows name them, in their own order: texts that are sorted,
 * and stand back to back, are gone through once, not fetched from all over memory.  Numbers do not follow
 * the rows then. */
void spoor_intern_learn(spoor_intern *intern, const spoor_dict *dict, bool add,
                        spoor_arena *scratch);

/* By number: half a hash of each value, the same in all interns of its type. */
uint32_t *spoor_intern_hashes(const spoor_intern *intern, spoor_arena *arena);
/* Is value i of one value j of the other? */
bool spoor_intern_is_equal(const spoor_intern *intern, uint32_t i, const spoor_intern *other,
                           uint32_t j);

/* Where the value stands first; count: nowhere. */
uint32_t spoor_find_u32(const uint32_t *in, uint32_t count, uint32_t value);
/* Long runs cost a fraction of a store a row. */
void spoor_fill_u32(uint32_t *to, uint32_t count, uint32_t value);

/* An array in an arena, at least `need` long, that starts with the `used` entries of the old. */
uint32_t *spoor_grow_u32(spoor_arena *arena, uint32_t *old, uint32_t used, uint32_t need,
                         uint32_t *capacity);

#endif
