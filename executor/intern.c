/* intern.c - see intern.h: open addressing over the hashes, values compared in place. */
#include "executor/intern.h"

#include "base/hash.h"

enum { ENTRIES_PER_ROW = 64 }; /* a table by code may be so much larger than the rows that ask */
static const uint64_t NULL_HASH = 0x51ED270B7A8C93D5u;

void spoor_intern_init(spoor_intern *intern, spoor_arena *arena, spoor_type type) {
    *intern = (spoor_intern){.nslots = 64};
    spoor_rows_init(&intern->values, arena, 1);
    intern->values.cols[0].type = type;
    intern->slots = SPOOR_NEW_ARRAY(arena, uint32_t, intern->nslots);
}

static bool is_whole_number(spoor_type type) {
    return type == SPOOR_INT || type == SPOOR_LONG || type == SPOOR_DATETIME ||
           type == SPOOR_TIMESPAN;
}

static bool is_null(const spoor_vec *flat, uint32_t slot) {
    return flat->type != SPOOR_STRING && spoor_vec_is_null(flat, slot);
}

static uint64_t hash_slot(const spoor_vec *flat, uint32_t slot) {
    if (is_null(flat, slot)) {
        return NULL_HASH;
    }
    if (is_whole_number(flat->type)) {
        return spoor_hash_u64((uint64_t)flat->longs[slot]);
    }
    if (flat->type == SPOOR_STRING) {
        return spoor_hash_bytes(flat->strings[slot].ptr, flat->strings[slot].len);
    }
    spoor_value value = spoor_vec_get(flat, slot);
    return spoor_value_hash(&value);
}

static bool equal_slots(const spoor_vec *a, uint32_t i, const spoor_vec *b, uint32_t j) {
    if (is_null(a, i) || is_null(b, j)) {
        return is_null(a, i) && is_null(b, j);
    }
    if (is_whole_number(a->type)) {
        return a->longs[i] == b->longs[j];
    }
    if (a->type == SPOOR_STRING) {
        return spoor_str_eq(a->strings[i], b->strings[j]);
    }
    spoor_value left = spoor_vec_get(a, i), right = spoor_vec_get(b, j);
    return spoor_value_compare(&left, &right) == 0;
}

static void grow_slots(spoor_intern *intern) {
    intern->nslots *= 2;
    intern->slots = SPOOR_NEW_ARRAY(intern->values.arena, uint32_t, intern->nslots);
    for (uint32_t n = 0; n < intern->values.count; n++) {
        uint32_t at = (uint32_t)intern->hashes[n] & (intern->nslots - 1);
        while (intern->slots[at] != 0) {
            at = (at + 1) & (intern->nslots - 1);
        }
        intern->slots[at] = n + 1;
    }
}

static uint32_t add_value(spoor_intern *intern, const spoor_vec *flat, uint32_t slot,
                          uint64_t hash, spoor_arena *scratch) {
    uint32_t number = intern->values.count;
    if (number == intern->hashes_capacity) {
        uint32_t capacity = number == 0 ? 64 : number * 2;
        uint64_t *hashes = SPOOR_RAW_ARRAY(intern->values.arena, uint64_t, capacity);
        if (number > 0) {
            memcpy(hashes, intern->hashes, number * sizeof *hashes);
        }
        intern->hashes = hashes;
        intern->hashes_capacity = capacity;
    }
    intern->hashes[number] = hash;
    spoor_rows_append(&intern->values, flat, &slot, 1, scratch);
    return number;
}

static uint32_t find_slot(spoor_intern *intern, const spoor_vec *flat, uint32_t slot, bool add,
                          spoor_arena *scratch) {
    uint64_t hash = hash_slot(flat, slot);
    uint32_t mask = intern->nslots - 1;
    uint32_t at = (uint32_t)hash & mask;
    for (; intern->slots[at] != 0; at = (at + 1) & mask) {
        uint32_t n = intern->slots[at] - 1;
        if (intern->hashes[n] != hash) {
            continue;
        }
        uint32_t there;
        const spoor_vec *values = spoor_rows_at(&intern->values, 0, n, &there);
        if (equal_slots(values, there, flat, slot)) {
            return n;
        }
    }
    if (!add) {
        return SPOOR_INTERN_NONE;
    }
    uint32_t number = add_value(intern, flat, slot, hash, scratch);
    intern->slots[at] = number + 1;
    if (intern->values.count > intern->nslots / 4 * 3) {
        grow_slots(intern);
    }
    return number;
}

/* Rows often repeat the value before them: times in bins do. */
static void find_flat(spoor_intern *intern, const spoor_vec *vec, const uint32_t *sel,
                      uint32_t count, bool add, uint32_t *out, spoor_arena *scratch) {
    uint32_t last = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = sel != NULL ? sel[i] : i;
        bool repeats = i > 0 && is_whole_number(vec->type) && equal_slots(vec, row, vec, last);
        out[i] = repeats ? out[i - 1] : find_slot(intern, vec, row, add, scratch);
        last = row;
    }
}

static void prepare_codes(spoor_intern *intern, const spoor_dict *dict) {
    if (intern->dict_id == dict->id) {
        return;
    }
    uint32_t unused = 0;
    intern->by_code = spoor_grow_u32(intern->values.arena, intern->by_code, unused, dict->count,
                                     &intern->by_code_capacity);
    memset(intern->by_code, 0, dict->count * sizeof *intern->by_code);
    intern->dict_id = dict->id;
}

static void find_codes(spoor_intern *intern, const spoor_vec *vec, const uint32_t *sel,
                       uint32_t count, bool add, uint32_t *out, spoor_arena *scratch) {
    bool has_table =
        intern->dict_id == vec->dict->id || vec->dict->count / ENTRIES_PER_ROW <= count;
    if (has_table) {
        prepare_codes(intern, vec->dict);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t code = vec->codes[sel != NULL ? sel[i] : i];
        if (has_table && intern->by_code[code] != 0) {
            out[i] = intern->by_code[code] - 1;
            continue;
        }
        out[i] = find_slot(intern, vec->dict->values, code, add, scratch);
        if (has_table) {
            intern->by_code[code] = out[i] + 1; /* NONE + 1 is 0: asked again, as it must be */
        }
    }
}

void spoor_intern_find(spoor_intern *intern, const spoor_vec *vec, const uint32_t *sel,
                       uint32_t count, bool add, uint32_t *out, spoor_arena *scratch) {
    if (vec->form == SPOOR_DICT) {
        find_codes(intern, vec, sel, count, add, out, scratch);
    } else {
        find_flat(intern, vec, sel, count, add, out, scratch);
    }
}

uint32_t *spoor_grow_u32(spoor_arena *arena, uint32_t *old, uint32_t used, uint32_t need,
                         uint32_t *capacity) {
    if (need <= *capacity) {
        return old;
    }
    uint32_t larger = *capacity < 64 ? 64 : *capacity;
    while (larger < need) {
        larger = larger > UINT32_MAX / 2 ? UINT32_MAX : larger * 2;
    }
    uint32_t *grown = SPOOR_RAW_ARRAY(arena, uint32_t, larger);
    if (used > 0) {
        memcpy(grown, old, used * sizeof *grown);
    }
    *capacity = larger;
    return grown;
}
