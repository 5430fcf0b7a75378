/* elements.h - the elements of a dynamic array side by side, for families that index or sort them. */
#ifndef SPOOR_FUNCTIONS_ELEMENTS_H
#define SPOOR_FUNCTIONS_ELEMENTS_H

#include "functions/function.h"
#include "types/dynamic.h"

typedef struct spoor_elements {
    spoor_str *items; /* slices of the array; an empty one is null */
    uint32_t count;
} spoor_elements;

/* False: the value is no array. */
bool spoor_elements_of(spoor_arena *arena, spoor_str value, spoor_elements *elements);
/* The array in a row of an argument; false, and a null there in `out`, where it is none. */
static inline bool spoor_elements_take(spoor_call *call, const spoor_vec *arg, uint32_t row,
                                       spoor_vec *out, spoor_elements *elements) {
    if (!out->nulls[row] && spoor_elements_of(call->scratch, arg->strings[row], elements)) {
        return true;
    }
    out->nulls[row] = 1;
    return false;
}

/* An array of items[from..to). */
spoor_str spoor_elements_pack(spoor_arena *arena, const spoor_str *items, uint32_t from,
                              uint32_t to);
/* A row's value, of any type, as an element; a null is an empty slice. */
spoor_str spoor_element_at(spoor_arena *arena, const spoor_vec *vec, uint32_t row);
/* The number in an element; false: it is none. */
bool spoor_element_number(spoor_str element, double *number);

static inline bool spoor_element_is_null(spoor_str element) {
    return spoor_dynamic_kind_of(element) == SPOOR_DYN_NULL;
}

#endif
