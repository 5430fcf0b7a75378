/* groups.c - see groups.h.  Hashes are made a column at a time; keys are compared in place.
 *
 * Rows whose keys are all dictionary codes skip both once their combination
 * has been seen: a table over the product of the dictionaries gives the group,
 * as long as that product is not much larger than the rows that use it. */
#include "executor/groups.h"

#include <math.h>

#include "base/hash.h"
#include "types/dynamic.h"

enum { PRODUCT_PER_ROW = 4, SMALL_PRODUCT = 4096, LARGEST_PRODUCT = 1 << 22 };
static const uint64_t NULL_HASH = 0x51ED270B7A8C93D5u;

void spoor_groups_init(spoor_groups *groups, spoor_arena *arena, const spoor_type *types,
                       uint32_t nkeys) {
    *groups = (spoor_groups){.arena = arena};
    spoor_rows_init(&groups->keys, arena, nkeys);
    for (uint32_t i = 0; i < nkeys; i++) {
        groups->keys.cols[i].type = types[i];
    }
    groups->nslots = 64;
    groups->slots = SPOOR_NEW_ARRAY(arena, uint32_t, groups->nslots);
    groups->dict_ids = SPOOR_NEW_ARRAY(arena, uint64_t, nkeys);
}

/* -- hashing and comparing -------------------------------------------------------------------------- */

static uint64_t hash_slot(const spoor_vec *flat, uint32_t slot) {
    if (spoor_vec_is_null(flat, slot) && flat->type != SPOOR_STRING) {
        return NULL_HASH;
    }
    switch (flat->type) {
    case SPOOR_BOOL: return spoor_hash_u64(flat->bools[slot] != 0);
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: return spoor_hash_u64((uint64_t)flat->longs[slot]);
    case SPOOR_STRING:
        return spoor_hash_bytes(flat->strings[slot].ptr, flat->strings[slot].len);
    case SPOOR_REAL:
    case SPOOR_DECIMAL:
    case SPOOR_GUID:
    case SPOOR_DYNAMIC:
    case SPOOR_NTYPES: break;
    }
    spoor_value value = spoor_vec_get(flat, slot);
    return spoor_value_hash(&value);
}

static bool equal_slots(const spoor_vec *a, uint32_t i, const spoor_vec *b, uint32_t j) {
    if (a->type == SPOOR_STRING) {
        return spoor_str_eq(a->strings[i], b->strings[j]);
    }
    if (spoor_vec_is_null(a, i) || spoor_vec_is_null(b, j)) {
        return spoor_vec_is_null(a, i) && spoor_vec_is_null(b, j);
    }
    switch (a->type) {
    case SPOOR_BOOL: return (a->bools[i] != 0) == (b->bools[j] != 0);
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: return a->longs[i] == b->longs[j];
    case SPOOR_STRING:
    case SPOOR_REAL:
    case SPOOR_DECIMAL:
    case SPOOR_GUID:
    case SPOOR_DYNAMIC:
    case SPOOR_NTYPES: break;
    }
    spoor_value left = spoor_vec_get(a, i), right = spoor_vec_get(b, j);
    return spoor_value_compare(&left, &right) == 0;
}

/* The FLAT vector and slot behind a row. */
static const spoor_vec *resolve(const spoor_vec *vec, uint32_t row, uint32_t *slot) {
    *slot = vec->form == SPOOR_DICT ? vec->codes[row] : row;
    return vec->form == SPOOR_DICT ? vec->dict->values : vec;
}

static void hash_rows(const spoor_vec *keys, uint32_t nkeys, const uint32_t *list, uint32_t count,
                      uint64_t *hashes) {
    for (uint32_t i = 0; i < count; i++) {
        hashes[i] = 0;
    }
    for (uint32_t k = 0; k < nkeys; k++) {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t slot;
            const spoor_vec *flat = resolve(&keys[k], list[i], &slot);
            hashes[i] = spoor_hash_combine(hashes[i], hash_slot(flat, slot));
        }
    }
}

static bool is_key(const spoor_groups *groups, uint32_t group, const spoor_vec *keys,
                   uint32_t row) {
    for (uint32_t k = 0; k < groups->keys.ncols; k++) {
        uint32_t slot;
        const spoor_vec *flat = resolve(&keys[k], row, &slot);
        if (!equal_slots(spoor_rows_block(&groups->keys, k, group), spoor_rows_slot(group), flat,
                         slot)) {
            return false;
        }
    }
    return true;
}

/* -- the table ---------------------------------------------------------------------------------------- */

static void grow_slots(spoor_groups *groups) {
    groups->nslots *= 2;
    groups->slots = SPOOR_NEW_ARRAY(groups->arena, uint32_t, groups->nslots);
    for (uint32_t g = 0; g < groups->keys.count; g++) {
        uint32_t at = (uint32_t)groups->hashes[g] & (groups->nslots - 1);
        while (groups->slots[at] != 0) {
            at = (at + 1) & (groups->nslots - 1);
        }
        groups->slots[at] = g + 1;
    }
}

static uint32_t add_group(spoor_groups *groups, const spoor_vec *keys, uint32_t row, uint64_t hash,
                          spoor_arena *scratch) {
    uint32_t group = groups->keys.count;
    if (group == groups->hashes_capacity) {
        uint32_t capacity = group == 0 ? 64 : group * 2;
        uint64_t *hashes = SPOOR_RAW_ARRAY(groups->arena, uint64_t, capacity);
        if (group > 0) {
            memcpy(hashes, groups->hashes, group * sizeof *hashes);
        }
        groups->hashes = hashes;
        groups->hashes_capacity = capacity;
    }
    groups->hashes[group] = hash;
    spoor_rows_append(&groups->keys, keys, &row, 1, scratch);
    return group;
}

static uint32_t find_one(spoor_groups *groups, const spoor_vec *keys, uint32_t row, uint64_t hash,
                         bool add, spoor_arena *scratch) {
    uint32_t mask = groups->nslots - 1;
    uint32_t at = (uint32_t)hash & mask;
    for (; groups->slots[at] != 0; at = (at + 1) & mask) {
        uint32_t group = groups->slots[at] - 1;
        if (groups->hashes[group] == hash && is_key(groups, group, keys, row)) {
            return group;
        }
    }
    if (!add) {
        return SPOOR_GROUPS_NONE;
    }
    uint32_t group = add_group(groups, keys, row, hash, scratch);
    groups->slots[at] = group + 1;
    if (groups->keys.count > groups->nslots / 4 * 3) {
        grow_slots(groups);
    }
    return group;
}

/* Rows list[0..count): by hash.  Rows often repeat the key before them: times in bins do. */
static void find_by_hash(spoor_groups *groups, const spoor_vec *keys, const uint32_t *list,
                         uint32_t count, bool add, uint32_t *out, spoor_arena *scratch) {
    uint64_t *hashes = SPOOR_RAW_ARRAY(scratch, uint64_t, count);
    hash_rows(keys, groups->keys.ncols, list, count, hashes);
    for (uint32_t i = 0; i < count; i++) {
        out[i] = find_one(groups, keys, list[i], hashes[i], add, scratch);
    }
}

/* -- by code ------------------------------------------------------------------------------------------ */

/* Product of the dictionaries' sizes; 0: a key has none, or it is too large. */
static uint64_t product_of(const spoor_vec *keys, uint32_t nkeys) {
    uint64_t product = nkeys > 0;
    for (uint32_t k = 0; k < nkeys && product > 0; k++) {
        if (keys[k].form != SPOOR_DICT) {
            return 0;
        }
        product *= keys[k].dict->count;
        if (product > LARGEST_PRODUCT) {
            return 0;
        }
    }
    return product;
}

/* Is there a table for these dictionaries?  Made when enough rows came with them. */
static bool ready_by_code(spoor_groups *groups, const spoor_vec *keys, uint32_t count) {
    uint32_t nkeys = groups->keys.ncols;
    uint64_t product = product_of(keys, nkeys);
    if (product == 0) {
        return false;
    }
    bool same = true;
    for (uint32_t k = 0; k < nkeys; k++) {
        same &= groups->dict_ids[k] == keys[k].dict->id;
        groups->dict_ids[k] = keys[k].dict->id;
    }
    if (!same) {
        groups->rows_seen = 0;
        groups->by_code_ready = false;
    }
    groups->rows_seen += count;
    if (groups->by_code_ready) {
        return true;
    }
    if (product > groups->rows_seen * PRODUCT_PER_ROW &&
        (product > SMALL_PRODUCT || groups->rows_seen * 64 < product)) {
        return false;
    }
    if (groups->by_code_capacity < product) {
        groups->by_code = SPOOR_RAW_ARRAY(groups->arena, uint32_t, product);
        groups->by_code_capacity = product;
    }
    memset(groups->by_code, 0, product * sizeof *groups->by_code);
    groups->by_code_ready = true;
    return true;
}

static void find_by_code(spoor_groups *groups, const spoor_vec *keys, const uint32_t *sel,
                         uint32_t count, bool add, uint32_t *out, spoor_arena *scratch) {
    uint32_t nkeys = groups->keys.ncols;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = sel != NULL ? sel[i] : i;
        uint32_t at = keys[0].codes[row];
        for (uint32_t k = 1; k < nkeys; k++) {
            at = at * keys[k].dict->count + keys[k].codes[row];
        }
        if (groups->by_code[at] != 0) {
            out[i] = groups->by_code[at] - 1;
            continue;
        }
        uint64_t hash;
        hash_rows(keys, nkeys, &row, 1, &hash);
        out[i] = find_one(groups, keys, row, hash, add, scratch);
        groups->by_code[at] = out[i] + 1; /* NONE + 1 is 0: asked again, as it must be */
    }
}

void spoor_groups_find(spoor_groups *groups, const spoor_vec *keys, const uint32_t *sel,
                       uint32_t count, bool add, uint32_t *out, spoor_arena *scratch) {
    if (ready_by_code(groups, keys, count)) {
        find_by_code(groups, keys, sel, count, add, out, scratch);
        return;
    }
    uint32_t *list = NULL;
    if (sel == NULL) {
        list = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
        for (uint32_t i = 0; i < count; i++) {
            list[i] = i;
        }
    }
    find_by_hash(groups, keys, sel != NULL ? sel : list, count, add, out, scratch);
}
