/* groups.c - see groups.h. */
#include "executor/groups.h"

#include "base/hash.h"

void spoor_groups_init(spoor_groups *groups, spoor_arena *arena, const spoor_type *types,
                       uint32_t nkeys) {
    *groups = (spoor_groups){.arena = arena, .nkeys = nkeys, .nslots = 64};
    groups->columns = SPOOR_NEW_ARRAY(arena, spoor_intern, nkeys);
    for (uint32_t k = 0; k < nkeys; k++) {
        spoor_intern_init(&groups->columns[k], arena, types[k]);
    }
    groups->slots = SPOOR_NEW_ARRAY(arena, uint32_t, groups->nslots);
}

static uint32_t hash_tuple(const uint32_t *tuple, uint32_t nkeys) {
    uint64_t hash = nkeys;
    for (uint32_t k = 0; k < nkeys; k++) {
        hash = spoor_hash_combine(hash, tuple[k]);
    }
    return (uint32_t)hash;
}

static bool is_tuple(const spoor_groups *groups, uint32_t group, const uint32_t *tuple) {
    const uint32_t *numbers = groups->tuples + (size_t)group * groups->nkeys;
    for (uint32_t k = 0; k < groups->nkeys; k++) {
        if (numbers[k] != tuple[k]) {
            return false;
        }
    }
    return true;
}

static void grow_slots(spoor_groups *groups) {
    groups->nslots *= 2;
    groups->slots = SPOOR_NEW_ARRAY(groups->arena, uint32_t, groups->nslots);
    for (uint32_t g = 0; g < groups->count; g++) {
        uint32_t hash = hash_tuple(groups->tuples + (size_t)g * groups->nkeys, groups->nkeys);
        uint32_t at = hash & (groups->nslots - 1);
        while (groups->slots[at] != 0) {
            at = (at + 1) & (groups->nslots - 1);
        }
        groups->slots[at] = g + 1;
    }
}

static uint32_t add_tuple(spoor_groups *groups, const uint32_t *tuple, uint32_t at) {
    uint32_t used = groups->count * groups->nkeys;
    if (groups->count >= (UINT32_MAX - groups->nkeys) / groups->nkeys) {
        spoor_arena_fail(groups->arena); /* numbers are 32 bits: long out of memory */
    }
    groups->tuples = spoor_grow_u32(groups->arena, groups->tuples, used, used + groups->nkeys,
                                    &groups->tuples_capacity);
    memcpy(groups->tuples + used, tuple, groups->nkeys * sizeof *tuple);
    groups->slots[at] = ++groups->count;
    if (groups->count > groups->nslots / 4 * 3) {
        grow_slots(groups);
    }
    return groups->count - 1;
}

static uint32_t find_tuple(spoor_groups *groups, const uint32_t *tuple, bool add) {
    uint32_t mask = groups->nslots - 1;
    uint32_t at = hash_tuple(tuple, groups->nkeys) & mask;
    for (; groups->slots[at] != 0; at = (at + 1) & mask) {
        if (is_tuple(groups, groups->slots[at] - 1, tuple)) {
            return groups->slots[at] - 1;
        }
    }
    return add ? add_tuple(groups, tuple, at) : SPOOR_GROUPS_NONE;
}

void spoor_groups_find(spoor_groups *groups, const spoor_vec *keys, const uint32_t *sel,
                       uint32_t count, bool add, uint32_t *out, spoor_arena *scratch) {
    uint32_t nkeys = groups->nkeys;
    if (nkeys == 1) {
        spoor_intern_find(&groups->columns[0], &keys[0], sel, count, add, out, scratch);
        groups->count = groups->columns[0].values.count;
        return;
    }
    uint32_t *tuples = SPOOR_RAW_ARRAY(scratch, uint32_t, (size_t)count * nkeys);
    for (uint32_t k = 0; k < nkeys; k++) {
        spoor_intern_find(&groups->columns[k], &keys[k], sel, count, add, out, scratch);
        for (uint32_t i = 0; i < count; i++) {
            tuples[(size_t)i * nkeys + k] = out[i];
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t *tuple = tuples + (size_t)i * nkeys;
        bool repeats = i > 0 && memcmp(tuple, tuple - nkeys, nkeys * sizeof *tuple) == 0;
        /* A value that is not there is in no tuple. */
        out[i] = repeats ? out[i - 1] : find_tuple(groups, tuple, add);
    }
}

spoor_vec spoor_groups_key(const spoor_groups *groups, uint32_t k, uint32_t from, uint32_t count,
                           spoor_arena *scratch) {
    uint32_t *list = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        list[i] = groups->nkeys == 1 ? from + i
                                     : groups->tuples[(size_t)(from + i) * groups->nkeys + k];
    }
    return spoor_rows_gather(&groups->columns[k].values, 0, scratch, list, count);
}
