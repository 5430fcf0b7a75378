/* elements.c - see elements.h. */
#include "functions/elements.h"

bool spoor_elements_of(spoor_arena *arena, spoor_str value, spoor_elements *elements) {
    *elements = (spoor_elements){0};
    if (spoor_dynamic_kind_of(value) != SPOOR_DYN_ARRAY) {
        return false;
    }
    elements->items = SPOOR_RAW_ARRAY(arena, spoor_str, spoor_dynamic_count(value));
    spoor_dynamic_iter iter = spoor_dynamic_begin(value);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        elements->items[elements->count++] = element;
    }
    return true;
}

spoor_str spoor_elements_pack(spoor_arena *arena, const spoor_str *items, uint32_t count) {
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, arena);
    spoor_dynamic_open(&builder, '[');
    for (uint32_t i = 0; i < count; i++) {
        spoor_dynamic_add_encoded(&builder, items[i]);
    }
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

spoor_str spoor_element_from(spoor_arena *arena, const spoor_value *value) {
    return value->is_null ? (spoor_str){0} : spoor_dynamic_from_value(arena, value);
}

void spoor_put_dynamic(spoor_vec *out, uint32_t row, bool is_null, spoor_str value) {
    out->nulls[row] = is_null;
    out->strings[row] = is_null ? (spoor_str){0} : value;
}
