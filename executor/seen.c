/* seen.c - see seen.h. */
#include "executor/seen.h"

#include "base/hash.h"

enum {
    CELLS_PER_ROW = 64,   /* cells are cleared with each dictionary: no more than so many a row */
    LEAST_CELLS = 1 << 12,
    FIRST_SLOTS = 256,
    TRIAL_ROWS = 1 << 15, /* after so many, what was kept tells whether filtering is worth it */
};

/* Cells for `need` pairs; what is new is clear. */
static void extend_cells(spoor_seen *seen, size_t need) {
    if (need > seen->capacity) {
        size_t capacity = seen->capacity < LEAST_CELLS ? LEAST_CELLS : seen->capacity;
        while (capacity < need) {
            capacity *= 2;
        }
        uint8_t *cells = SPOOR_RAW_ARRAY(seen->arena, uint8_t, capacity);
        if (seen->used > 0) {
            memcpy(cells, seen->cells, seen->used);
        }
        seen->cells = cells;
        seen->capacity = capacity;
    }
    if (need > seen->used) {
        memset(seen->cells + seen->used, 0, need - seen->used);
        seen->used = need;
    }
}

static uint32_t slot_of(const spoor_seen *seen, uint64_t pair) {
    uint32_t mask = seen->nslots - 1, at = (uint32_t)(spoor_hash_u64(pair) >> 32) & mask;
    while (seen->slots[at] != 0 && seen->slots[at] != pair) {
        at = (at + 1) & mask;
    }
    return at;
}

/* Into the spare table, which becomes the table: the two take turns, dictionary after dictionary. */
static void grow_slots(spoor_seen *seen, uint32_t nslots) {
    uint64_t *old = seen->slots;
    uint32_t nold = seen->nslots, old_capacity = seen->slots_capacity;
    if (seen->spare_capacity < nslots) {
        seen->spare = SPOOR_RAW_ARRAY(seen->arena, uint64_t, nslots);
        seen->spare_capacity = nslots;
    }
    seen->slots = seen->spare;
    seen->slots_capacity = seen->spare_capacity;
    seen->spare = old;
    seen->spare_capacity = old_capacity;
    seen->nslots = nslots;
    memset(seen->slots, 0, nslots * sizeof *seen->slots);
    for (uint32_t i = 0; i < nold; i++) {
        if (old[i] != 0) {
            seen->slots[slot_of(seen, old[i])] = old[i];
        }
    }
}

/* Small again for each dictionary: clearing it costs as little. */
static void clear_slots(spoor_seen *seen) {
    seen->nslots = 0;
    seen->count = 0;
    grow_slots(seen, FIRST_SLOTS);
}

/* false: it was there. */
static bool add_pair(spoor_seen *seen, uint64_t pair) {
    uint32_t at = slot_of(seen, pair);
    if (seen->slots[at] != 0) {
        return false;
    }
    seen->slots[at] = pair;
    if (++seen->count > seen->nslots / 2) {
        grow_slots(seen, seen->nslots * 2);
    }
    return true;
}

static uint32_t filter_cells(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                             uint32_t count, uint32_t *kept) {
    uint32_t n = 0;
    size_t entries = vec->dict->count;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *cell = &seen->cells[groups[i] * entries + vec->codes[i]];
        kept[n] = i;
        n += *cell == 0;
        *cell = 1;
    }
    return n;
}

/* One row of cells, no arithmetic. */
static uint32_t filter_group(spoor_seen *seen, const spoor_vec *vec, uint32_t group,
                             uint32_t count, uint32_t *kept) {
    uint32_t n = 0;
    const uint32_t *codes = vec->codes;
    uint8_t *cells = seen->cells + (size_t)group * vec->dict->count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t code = codes[i];
        if (cells[code] == 0) {
            cells[code] = 1;
            kept[n++] = i;
        }
    }
    return n;
}

static uint32_t filter_slots(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                             uint32_t count, uint32_t *kept) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        kept[n] = i;
        n += add_pair(seen, ((uint64_t)groups[i] << 32 | vec->codes[i]) + 1);
    }
    return n;
}

static uint32_t keep_all(uint32_t count, uint32_t *kept) {
    for (uint32_t i = 0; i < count; i++) {
        kept[i] = i;
    }
    return count;
}

uint32_t spoor_seen_filter(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                           bool is_one_group, uint32_t ngroups, uint32_t count, uint32_t *kept) {
    if (seen->rows > TRIAL_ROWS && seen->kept > seen->rows / 4 * 3) {
        return keep_all(count, kept);
    }
    size_t cells = (size_t)ngroups * vec->dict->count;
    bool is_other = seen->dict_id != vec->dict->id;
    if (is_other) {
        seen->dict_id = vec->dict->id;
        seen->used = 0;
        seen->is_hashed = false;
    }
    /* Groups grow under way: pairs in cells stay good as they are, or are forgotten. */
    if (!seen->is_hashed && cells > LEAST_CELLS && cells / CELLS_PER_ROW > count) {
        seen->is_hashed = true;
        clear_slots(seen);
    }
    uint32_t n;
    if (seen->is_hashed) {
        n = filter_slots(seen, vec, groups, count, kept);
    } else {
        extend_cells(seen, cells);
        n = is_one_group ? filter_group(seen, vec, groups[0], count, kept)
                         : filter_cells(seen, vec, groups, count, kept);
    }
    seen->rows += count;
    seen->kept += n;
    return n;
}
