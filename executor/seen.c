/* seen.c - see seen.h. */
#include "executor/seen.h"

#include "base/hash.h"

enum {
    MOST_VALUES = 1 << 15,
    MOST_CELLS = 1 << 22,
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

/* numbers: of the rows' values or entries, each below `width`. */
static uint32_t filter_cells(uint8_t *cells, uint32_t width, const uint32_t *numbers,
                             const uint32_t *groups, bool is_one_group, uint32_t count,
                             uint32_t *kept) {
    uint32_t n = 0;
    if (is_one_group) {
        uint8_t *row = cells + (size_t)groups[0] * width;
        for (uint32_t i = 0; i < count; i++) {
            if (row[numbers[i]] == 0) {
                row[numbers[i]] = 1;
                kept[n++] = i;
            }
        }
        return n;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *cell = &cells[(size_t)groups[i] * width + numbers[i]];
        if (*cell == 0) {
            *cell = 1;
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

/* The cells of a wider row for each group, set where they were. */
static void widen(spoor_seen *seen, uint32_t width, uint32_t ngroups) {
    const uint8_t *old = seen->cells;
    size_t old_width = seen->width, old_rows = old_width > 0 ? seen->used / old_width : 0;
    seen->cells = NULL;
    seen->used = seen->capacity = 0;
    seen->width = width;
    extend_cells(seen, (size_t)ngroups * width);
    for (size_t g = 0; g < old_rows; g++) {
        memcpy(seen->cells + g * width, old + g * old_width, old_width);
    }
}

/* By the numbers that values have in all dictionaries.  false: they, or the groups, are too many. */
static bool filter_values(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                          bool is_one_group, uint32_t ngroups, uint32_t count, uint32_t *kept,
                          uint32_t *n, spoor_arena *scratch) {
    if (seen->values.values.count > MOST_VALUES || vec->dict->count > MOST_VALUES ||
        (size_t)ngroups * seen->width > MOST_CELLS) {
        return false;
    }
    if (!seen->is_begun) {
        spoor_intern_init(&seen->values, seen->arena, vec->type);
        seen->is_begun = true;
    }
    uint32_t *numbers = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
    spoor_intern_find(&seen->values, vec, NULL, count, true, numbers, scratch);
    uint32_t width = seen->width == 0 ? 64 : seen->width;
    while (width < seen->values.values.count) {
        width *= 2;
    }
    if ((size_t)ngroups * width > MOST_CELLS) {
        return false;
    }
    if (width > seen->width) {
        widen(seen, width, ngroups);
    }
    extend_cells(seen, (size_t)ngroups * width);
    *n = filter_cells(seen->cells, width, numbers, groups, is_one_group, count, kept);
    return true;
}

/* By entry: pairs are forgotten with their dictionary. */
static uint32_t filter_entries(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                               bool is_one_group, uint32_t ngroups, uint32_t count,
                               uint32_t *kept) {
    size_t cells = (size_t)ngroups * vec->dict->count;
    if (seen->dict_id != vec->dict->id) {
        seen->dict_id = vec->dict->id;
        seen->used = 0;
        seen->is_hashed = false;
    }
    /* Groups grow under way: pairs in cells stay good as they are, or are forgotten. */
    if (!seen->is_hashed && cells > LEAST_CELLS && cells / CELLS_PER_ROW > count) {
        seen->is_hashed = true;
        clear_slots(seen);
    }
    if (seen->is_hashed) {
        return filter_slots(seen, vec, groups, count, kept);
    }
    extend_cells(seen, cells);
    return filter_cells(seen->cells, vec->dict->count, vec->codes, groups, is_one_group, count,
                        kept);
}

uint32_t spoor_seen_filter(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                           bool is_one_group, uint32_t ngroups, uint32_t count, uint32_t *kept,
                           spoor_arena *scratch) {
    if (seen->rows > TRIAL_ROWS && seen->kept > seen->rows / 4 * 3) {
        return keep_all(count, kept);
    }
    uint32_t n;
    if (seen->is_local || !filter_values(seen, vec, groups, is_one_group, ngroups, count, kept, &n,
                                         scratch)) {
        if (!seen->is_local) {
            seen->is_local = true;
            seen->used = 0;
        }
        n = filter_entries(seen, vec, groups, is_one_group, ngroups, count, kept);
    }
    seen->rows += count;
    seen->kept += n;
    return n;
}
