/* elements.h - the elements of a dynamic array in memory, for functions that rearrange them. */
#ifndef SPOOR_FUNCTIONS_ELEMENTS_H
#define SPOOR_FUNCTIONS_ELEMENTS_H

#include "types/dynamic.h"

typedef struct spoor_elements {
    spoor_str *items; /* encoded; an empty slice is null */
    uint32_t count;
} spoor_elements;

/* false: the value is no array. */
bool spoor_elements_of(spoor_arena *arena, spoor_str value, spoor_elements *elements);
spoor_str spoor_elements_pack(spoor_arena *arena, const spoor_str *items, uint32_t count);
/* A value of any type as an element: encoded, null as an empty slice. */
spoor_str spoor_element_from(spoor_arena *arena, const spoor_value *value);

/* Write an encoded array to a row, or null. */
void spoor_put_dynamic(spoor_vec *out, uint32_t row, bool is_null, spoor_str value);

#endif
