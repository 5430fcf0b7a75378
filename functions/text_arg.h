/* text_arg.h - arguments of any type read as text, and lists of texts: for families that take both.
 */
#ifndef SPOOR_FUNCTIONS_TEXT_ARG_H
#define SPOOR_FUNCTIONS_TEXT_ARG_H

#include "types/vec.h"

/* What tostring() gives of a row: '' of null.  New bytes go to the arena. */
spoor_str spoor_text_at(spoor_arena *arena, const spoor_vec *vec, uint32_t row);

typedef struct spoor_text_list {
    spoor_str *texts;
    uint32_t count, capacity;
} spoor_text_list;

void spoor_text_list_add(spoor_arena *arena, spoor_text_list *list, spoor_str text);
/* A string, or each element of a dynamic array as text; null: nothing. */
void spoor_text_list_add_value(spoor_arena *arena, spoor_text_list *list, const spoor_value *value);

#endif
