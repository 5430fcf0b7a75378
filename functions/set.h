/* set.h - a set of values of one type, for `in` and its like. */
#ifndef SPOOR_FUNCTIONS_SET_H
#define SPOOR_FUNCTIONS_SET_H

#include "base/arena.h"
#include "types/vec.h"

typedef struct spoor_set {
    spoor_arena *arena;
    bool fold;                /* strings are kept and asked folded */
    bool has_null;            /* a null was added */
    uint32_t count, capacity; /* capacity: a power of two, or 0 */
    spoor_value *values;
    uint64_t *hashes; /* 0: free */
} spoor_set;

spoor_set *spoor_set_new(spoor_arena *arena, bool fold);
/* Add a value converted to `type`, or, when it is a dynamic array, each of its elements, those of arrays in it too; what cannot
 * be converted can equal nothing and is left out. */
void spoor_set_add_flat(spoor_set *set, const spoor_value *value, spoor_type type);
/* Add the value as it is; a null only sets has_null. */
void spoor_set_add(spoor_set *set, const spoor_value *value);
bool spoor_set_has(const spoor_set *set, const spoor_value *value);

#endif
