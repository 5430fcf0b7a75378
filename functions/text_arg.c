/* text_arg.c - arguments of any type read as text; see text_arg.h. */
#include "functions/text_arg.h"

#include "types/dynamic.h"

spoor_str spoor_text_at(spoor_arena *arena, const spoor_vec *vec, uint32_t row) {
    if (vec->type == SPOOR_STRING) {
        return vec->strings[row];
    }
    if (spoor_vec_is_null(vec, row)) {
        return (spoor_str){0};
    }
    if (vec->type == SPOOR_DYNAMIC) {
        return spoor_dynamic_to_text(arena, vec->strings[row]);
    }
    spoor_value value = spoor_vec_get(vec, row);
    return spoor_value_to_text(arena, &value);
}

void spoor_text_list_add(spoor_arena *arena, spoor_text_list *list, spoor_str text) {
    SPOOR_GROW(arena, list->texts, list->count, &list->capacity);
    list->texts[list->count++] = text;
}

void spoor_text_list_add_value(spoor_arena *arena, spoor_text_list *list,
                               const spoor_value *value) {
    if (value->type == SPOOR_STRING) {
        spoor_text_list_add(arena, list, value->string);
        return;
    }
    if (value->type != SPOOR_DYNAMIC || value->is_null) {
        return;
    }
    if (spoor_dynamic_kind_of(value->string) != SPOOR_DYN_ARRAY) {
        spoor_text_list_add(arena, list, spoor_dynamic_to_text(arena, value->string));
        return;
    }
    spoor_dynamic_iter iter = spoor_dynamic_begin(value->string);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        spoor_value item = {.type = SPOOR_DYNAMIC, .string = element};
        spoor_text_list_add_value(arena, list,
                                  &item); /* arrays in arrays: SPOOR_DYNAMIC_MAX_HEIGHT deep */
    }
}
