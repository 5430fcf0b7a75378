/* elements.c - arrays taken apart and put together; see elements.h. */
#include "functions/elements.h"

bool spoor_elements_of(spoor_arena *arena, spoor_str value, spoor_elements *elements) {
    *elements = (spoor_elements){0};
    if (spoor_dynamic_kind_of(value) != SPOOR_DYN_ARRAY) {
        return false;
    }
    uint32_t count = spoor_dynamic_count(value);
    elements->items = SPOOR_NEW_ARRAY(arena, spoor_str, count);
    spoor_dynamic_iter iter = spoor_dynamic_begin(value);
    for (spoor_str name, element;
         elements->count < count && spoor_dynamic_next(&iter, &name, &element);) {
        elements->items[elements->count++] = element;
    }
    return true;
}

spoor_str spoor_elements_pack(spoor_arena *arena, const spoor_str *items, uint32_t from,
                              uint32_t to) {
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, arena);
    spoor_dynamic_open(&builder, '[');
    for (uint32_t i = from; i < to; i++) {
        spoor_dynamic_add_encoded(&builder, items[i]);
    }
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

spoor_str spoor_element_at(spoor_arena *arena, const spoor_vec *vec, uint32_t row) {
    spoor_value value = spoor_vec_get(vec, row);
    return value.is_null ? (spoor_str){0} : spoor_dynamic_from_value(arena, &value);
}

bool spoor_element_number(spoor_str element, double *number) {
    spoor_value value = spoor_dynamic_scalar(element);
    if (value.is_null) {
        return false;
    }
    switch (value.type) {
    case SPOOR_LONG: *number = (double)value.integer; return true;
    case SPOOR_REAL: *number = value.real; return true;
    case SPOOR_DECIMAL: *number = spoor_decimal_to_real(value.decimal); return true;
    case SPOOR_BOOL:
    case SPOOR_INT:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN:
    case SPOOR_GUID:
    case SPOOR_STRING:
    case SPOOR_DYNAMIC:
    case SPOOR_NTYPES: break;
    }
    return false;
}
