/* set.c - open addressing over spoor_value; see set.h. */
#include "functions/set.h"

#include "base/text_match.h"
#include "base/utf8.h"
#include "functions/convert.h"
#include "types/dynamic.h"

spoor_set *spoor_set_new(spoor_arena *arena, bool fold) {
    spoor_set *set = SPOOR_NEW(arena, spoor_set);
    set->arena = arena;
    set->fold = fold;
    return set;
}

static uint64_t text_hash_folded(spoor_str s) {
    uint64_t hash = 14695981039346656037u;
    const char *at = s.ptr, *end = s.ptr + s.len;
    while (at < end) {
        unsigned char c = (unsigned char)*at;
        uint32_t point = c;
        if (c < 0x80) {
            point = c >= 'A' && c <= 'Z' ? c + 32u : c;
            at++;
        } else {
            point = spoor_fold(spoor_utf8_next(&at, end));
        }
        hash = (hash ^ point) * 1099511628211u;
    }
    return hash | 1;
}

static uint64_t hash_of(const spoor_set *set, const spoor_value *value) {
    bool is_text = set->fold && value->type == SPOOR_STRING;
    return (is_text ? text_hash_folded(value->string) : spoor_value_hash(value)) | 1;
}

static bool same(const spoor_set *set, const spoor_value *a, const spoor_value *b) {
    if (set->fold && a->type == SPOOR_STRING) {
        return spoor_text_equals(a->string, b->string, true);
    }
    return spoor_value_compare(a, b) == 0;
}

/* The slot that holds the value, or the free one where it belongs. */
static uint32_t slot_of(const spoor_set *set, const spoor_value *value, uint64_t hash) {
    uint32_t mask = set->capacity - 1, at = (uint32_t)(hash >> 32) & mask;
    while (set->hashes[at] != 0 &&
           (set->hashes[at] != hash || !same(set, &set->values[at], value))) {
        at = (at + 1) & mask;
    }
    return at;
}

static void grow(spoor_set *set) {
    spoor_set old = *set;
    set->capacity = old.capacity == 0 ? 16 : old.capacity * 2;
    set->values = SPOOR_RAW_ARRAY(set->arena, spoor_value, set->capacity);
    set->hashes = SPOOR_NEW_ARRAY(set->arena, uint64_t, set->capacity);
    for (uint32_t i = 0; i < old.capacity; i++) {
        if (old.hashes[i] != 0) {
            uint32_t at = slot_of(set, &old.values[i], old.hashes[i]);
            set->values[at] = old.values[i];
            set->hashes[at] = old.hashes[i];
        }
    }
}

void spoor_set_add(spoor_set *set, const spoor_value *value) {
    if (value->is_null) {
        set->has_null = true;
        return;
    }
    if (set->count * 2 >= set->capacity) {
        grow(set);
    }
    uint64_t hash = hash_of(set, value);
    uint32_t at = slot_of(set, value, hash);
    if (set->hashes[at] == 0) {
        set->hashes[at] = hash;
        set->values[at] = spoor_value_copy(set->arena, value);
        set->count++;
    }
}

/* Arrays in arrays are as deep as SPOOR_DYNAMIC_MAX_HEIGHT at most. */
void spoor_set_add_flat(spoor_set *set, const spoor_value *value, spoor_type type) {
    bool is_array = value->type == SPOOR_DYNAMIC && !value->is_null &&
                    spoor_dynamic_kind_of(value->string) == SPOOR_DYN_ARRAY;
    spoor_value converted;
    if (!is_array) {
        if (spoor_convert_exact(set->arena, value, type, &converted)) {
            spoor_set_add(set, &converted);
        }
        return;
    }
    spoor_dynamic_iter iter = spoor_dynamic_begin(value->string);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        spoor_value item = {.type = SPOOR_DYNAMIC, .string = element};
        item.is_null = spoor_dynamic_kind_of(element) == SPOOR_DYN_NULL;
        if (type != SPOOR_DYNAMIC && spoor_dynamic_kind_of(element) == SPOOR_DYN_ARRAY) {
            spoor_set_add_flat(set, &item, type);
        } else if (spoor_convert_exact(set->arena, &item, type, &converted)) {
            spoor_set_add(set, &converted);
        }
    }
}

bool spoor_set_has(const spoor_set *set, const spoor_value *value) {
    if (set->count == 0) {
        return false;
    }
    return set->hashes[slot_of(set, value, hash_of(set, value))] != 0;
}
