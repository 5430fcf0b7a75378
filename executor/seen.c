/* seen.c - see seen.h. */
#include "executor/seen.h"

#include "base/hash.h"

enum {
    MOST_VALUES = 1 << 15,
    MOST_CELLS = 1 << 22,
    CELLS_PER_ROW = 64, /* cells are cleared with each dictionary: no more than so many a row */
    LEAST_CELLS = 1 << 12,
    FIRST_SLOTS = 256,
    MOST_MARKS = 1 << 10,
    ROWS_PER_MARK = 2,    /* so many rows for each entry, or marking them is no gain */
    TRIAL_ROWS = 1 << 15, /* after so many, what was kept tells whether filtering is worth it */
};

/* Cells for `need` pairs; what is new is clear. */
static void extend_cells(spoor_seen *seen, spoor_seen_cells *cells, size_t need) {
    if (need > cells->capacity) {
        size_t capacity = cells->capacity < LEAST_CELLS ? LEAST_CELLS : cells->capacity;
        while (capacity < need) {
            capacity *= 2;
        }
        uint8_t *bytes = SPOOR_RAW_ARRAY(seen->arena, uint8_t, capacity);
        if (cells->used > 0) {
            memcpy(bytes, cells->bytes, cells->used);
        }
        cells->bytes = bytes;
        cells->capacity = capacity;
    }
    if (need > cells->used) {
        memset(cells->bytes + cells->used, 0, need - cells->used);
        cells->used = need;
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
                             const uint32_t *groups, const spoor_runs *runs, uint32_t count,
                             uint32_t *kept) {
    uint32_t n = 0;
    for (uint32_t r = 0, i = 0; runs != NULL && r < runs->count; r++) {
        uint8_t *row = cells + (size_t)groups[i] * width;
        for (; i < runs->ends[r]; i++) {
            uint8_t *cell = &row[numbers[i]];
            kept[n] = i; /* no branch: new pairs come at random */
            n += *cell == 0;
            *cell = 1;
        }
    }
    for (uint32_t i = 0; runs == NULL && i < count; i++) {
        uint8_t *cell = &cells[(size_t)groups[i] * width + numbers[i]];
        kept[n] = i;
        n += *cell == 0;
        *cell = 1;
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
    spoor_seen_cells old = seen->by_number;
    size_t old_rows = seen->width > 0 ? old.used / seen->width : 0;
    seen->by_number = (spoor_seen_cells){0};
    extend_cells(seen, &seen->by_number, (size_t)ngroups * width);
    for (size_t g = 0; g < old_rows; g++) {
        memcpy(seen->by_number.bytes + g * width, old.bytes + g * seen->width, seen->width);
    }
    seen->width = width;
}

/* Numbers for the values of rows or entries sel[0..n) of a DICT vector, with cells for all pairs; NULL:
 * values or groups are too many, and pairs are told by entry alone from now on. */
static const uint32_t *number_values(spoor_seen *seen, const spoor_vec *vec, const uint32_t *sel,
                                     uint32_t ngroups, uint32_t n, spoor_arena *scratch) {
    if (!seen->is_begun) {
        spoor_intern_init(&seen->values, seen->arena, vec->type);
        seen->is_begun = true;
    }
    seen->is_local = seen->is_local || vec->dict->count > MOST_VALUES;
    if (seen->is_local) {
        return NULL;
    }
    uint32_t *numbers = SPOOR_RAW_ARRAY(scratch, uint32_t, n);
    spoor_intern_find(&seen->values, vec, sel, n, true, numbers, scratch);
    uint32_t width = seen->width == 0 ? 64 : seen->width;
    while (width < seen->values.values.count) {
        width *= 2;
    }
    seen->is_local = width > MOST_VALUES || (size_t)ngroups * width > MOST_CELLS;
    if (seen->is_local) {
        return NULL;
    }
    if (width > seen->width) {
        widen(seen, width, ngroups);
    }
    extend_cells(seen, &seen->by_number, (size_t)ngroups * width);
    return numbers;
}

/* Is the pair new?  It is not from now on. */
static bool is_new_pair(spoor_seen *seen, uint32_t group, uint32_t number) {
    uint8_t *cell = &seen->by_number.bytes[(size_t)group * seen->width + number];
    bool is_new = *cell == 0;
    *cell = 1;
    return is_new;
}

/* Of the rows in kept[0..n), those whose value is new to their group in all dictionaries.  All, once
 * values or groups are too many. */
static uint32_t filter_values(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                              uint32_t ngroups, uint32_t n, uint32_t *kept, spoor_arena *scratch) {
    const uint32_t *numbers = n > 0 ? number_values(seen, vec, kept, ngroups, n, scratch) : NULL;
    if (numbers == NULL) {
        return n;
    }
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        kept[found] = kept[i];
        found += is_new_pair(seen, groups[kept[i]], numbers[i]);
    }
    return found;
}

/* -- many rows of one group -------------------------------------------------------------------- */

/* The number of each entry of a small dictionary; NULL: values are too many for that. */
static const uint32_t *number_entries(spoor_seen *seen, const spoor_vec *vec, uint32_t ngroups,
                                      spoor_arena *scratch) {
    uint32_t entries = vec->dict->count;
    if (seen->entries == NULL) {
        seen->entries = SPOOR_NEW_ARRAY(seen->arena, uint32_t, MOST_MARKS);
        seen->numbers = SPOOR_NEW_ARRAY(seen->arena, uint32_t, MOST_MARKS);
        seen->marks = SPOOR_NEW_ARRAY(seen->arena, uint8_t, MOST_MARKS);
        for (uint32_t e = 0; e < MOST_MARKS; e++) {
            seen->entries[e] = e;
        }
    }
    bool has_room = (size_t)ngroups * seen->width <= seen->by_number.used;
    if (seen->numbered_id != vec->dict->id || !has_room) {
        spoor_vec all = *vec;
        all.codes = seen->entries;
        const uint32_t *numbers = number_values(seen, &all, NULL, ngroups, entries, scratch);
        if (numbers == NULL) {
            return NULL;
        }
        memcpy(seen->numbers, numbers, entries * sizeof *numbers);
        seen->is_in_order = memcmp(numbers, seen->entries, entries * sizeof *numbers) == 0;
        seen->numbered_id = vec->dict->id;
    }
    return seen->numbers;
}

/* The entries whose value the group has not had, a few of them at most: hosts in an hour, soon it has had
 * nearly all.  One more than a few: there are others.  A group gets more values and loses none, so what is
 * asked of it next is what it missed. */
static const spoor_seen_missing *list_missing(spoor_seen *seen, const spoor_dict *dict,
                                              uint32_t group, const uint8_t *cells,
                                              const uint32_t *numbers) {
    spoor_seen_missing *m = &seen->missing;
    bool is_known = m->dict_id == dict->id && m->group == group && m->count <= SPOOR_SEEN_FEW;
    uint32_t n = 0, count = is_known ? m->count : dict->count;
    for (uint32_t i = 0; i < count && n <= SPOOR_SEEN_FEW; i++) {
        uint32_t entry = is_known ? m->entries[i] : i;
        m->entries[n] = entry;
        n += cells[numbers[entry]] == 0;
    }
    m->dict_id = dict->id;
    m->group = group;
    m->count = n;
    return m;
}

/* Rows [from, to), all of one group: of the entries that it misses the first rows, if any. */
static uint32_t find_missing(const uint32_t *codes, uint8_t *cells, const uint32_t *numbers,
                             const spoor_seen_missing *missing, uint32_t from, uint32_t to,
                             uint32_t *kept) {
    uint32_t n = 0;
    for (uint32_t m = 0; m < missing->count; m++) {
        uint32_t row = from + spoor_find_u32(codes + from, to - from, missing->entries[m]), at = n;
        if (row == to) {
            continue;
        }
        cells[numbers[missing->entries[m]]] = 1;
        for (n++; at > 0 && kept[at - 1] > row; at--) {
            kept[at] = kept[at - 1];
        }
        kept[at] = row;
    }
    return n;
}

/* Rows [from, to), all of one group: those whose pair is new go to kept, the first of each. */
static uint32_t filter_marked(spoor_seen *seen, const spoor_vec *vec, uint32_t group,
                              const uint32_t *numbers, uint32_t from, uint32_t to, uint32_t *kept) {
    uint32_t entries = vec->dict->count, nnew = 0, n = 0;
    uint8_t *marks = seen->marks, *cells = seen->by_number.bytes + (size_t)group * seen->width;
    const uint32_t *codes = vec->codes;
    const spoor_seen_missing *missing = list_missing(seen, vec->dict, group, cells, numbers);
    if (missing->count <= SPOOR_SEEN_FEW) {
        return find_missing(codes, cells, numbers, missing, from, to, kept);
    }
    for (uint32_t i = from; i < to; i++) {
        marks[codes[i]] = 1;
    }
    for (uint32_t e = 0; e < entries; e++) {
        uint8_t *cell = &cells[numbers[e]];
        marks[e] &= *cell == 0;
        *cell |= marks[e];
        nnew += marks[e];
    }
    for (uint32_t i = from; i < to && n < nnew; i++) {
        kept[n] = i;
        n += marks[codes[i]];
        marks[codes[i]] = 0;
    }
    return n;
}

/* Rows [from, to), each of its own group: those whose pair is new go to kept. */
static uint32_t filter_numbered(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                                const uint32_t *numbers, uint32_t from, uint32_t to,
                                uint32_t *kept) {
    uint32_t n = 0;
    for (uint32_t i = from; i < to; i++) {
        kept[n] = i; /* no branch: new pairs come at random */
        n += is_new_pair(seen, groups[i], numbers[vec->codes[i]]);
    }
    return n;
}

/* Of a small dictionary, all entries of which have numbers. */
static uint32_t filter_small(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                             const spoor_runs *runs, const uint32_t *numbers, uint32_t count,
                             uint32_t *kept) {
    uint32_t n = 0, least = vec->dict->count * ROWS_PER_MARK;
    for (uint32_t r = 0, from = 0; runs != NULL && r < runs->count; from = runs->ends[r++]) {
        uint32_t to = runs->ends[r];
        n += to - from >= least
                 ? filter_marked(seen, vec, groups[from], numbers, from, to, kept + n)
                 : filter_numbered(seen, vec, groups, numbers, from, to, kept + n);
    }
    return runs != NULL ? n : filter_numbered(seen, vec, groups, numbers, 0, count, kept);
}

/* -- by pieces --------------------------------------------------------------------------------- */

static void add_rows(spoor_named *sum, const uint32_t *codes, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        sum->bits[codes[i] / 64] |= UINT64_C(1) << codes[i] % 64;
    }
}

/* Rows [from, to), which are of one piece: not looked at where nothing that it names is news. */
static void add_part(spoor_named *sum, const spoor_named *piece, const spoor_named *had,
                     const uint32_t *codes, uint32_t from, uint32_t to) {
    uint64_t news = 0;
    for (uint32_t w = 0; w < SPOOR_NAMED_WORDS; w++) {
        news |= piece->bits[w] & ~had->bits[w];
    }
    if (news != 0) {
        add_rows(sum, codes, from, to);
    }
}

/* What rows [from, to) name, but for some of what the group has had. */
static spoor_named named_by(const spoor_named *named, const spoor_named *had, const uint32_t *codes,
                            uint32_t from, uint32_t to) {
    spoor_named sum = {{0}};
    for (uint32_t piece = from / SPOOR_NAMED_ROWS, end; from < to; from = end, piece++) {
        end = (piece + 1) * SPOOR_NAMED_ROWS;
        if (end > to || from % SPOOR_NAMED_ROWS != 0) {
            end = end < to ? end : to;
            add_part(&sum, &named[piece], had, codes, from, end);
            continue;
        }
        for (uint32_t w = 0; w < SPOOR_NAMED_WORDS; w++) {
            sum.bits[w] |= named[piece].bits[w];
        }
    }
    return sum;
}

/* What the group is known to have had of the dictionary: all of it, where numbers are entries. */
static spoor_named *had_by(spoor_seen *seen, const spoor_dict *dict, uint32_t group) {
    struct spoor_seen_had *had = &seen->had;
    if (had->dict_id == dict->id && had->group == group) {
        return &had->entries;
    }
    *had = (struct spoor_seen_had){.dict_id = dict->id, .group = group};
    const uint8_t *cells = seen->by_number.bytes + (size_t)group * seen->width;
    for (uint32_t e = 0; seen->is_in_order && e < dict->count; e++) {
        had->entries.bits[e / 64] |= (uint64_t)cells[e] << e % 64;
    }
    return &had->entries;
}

uint32_t spoor_seen_pairs(spoor_seen *seen, const spoor_vec *vec, const spoor_named *named,
                          const uint32_t *groups, const spoor_runs *runs, uint32_t ngroups,
                          uint32_t count, uint32_t *entries, uint32_t *of, spoor_arena *scratch) {
    const uint32_t *numbers = seen->is_local ? NULL : number_entries(seen, vec, ngroups, scratch);
    if (numbers == NULL) {
        return SPOOR_SEEN_NO_PAIRS;
    }
    uint32_t n = 0;
    for (uint32_t r = 0, from = 0; r < runs->count && from < count; from = runs->ends[r++]) {
        uint32_t to = runs->ends[r] < count ? runs->ends[r] : count, group = groups[from];
        spoor_named *had = had_by(seen, vec->dict, group);
        spoor_named sum = named_by(named, had, vec->codes, from, to);
        for (uint32_t w = 0; w < SPOOR_NAMED_WORDS; w++) {
            for (uint64_t news = sum.bits[w] & ~had->bits[w]; news != 0; news &= news - 1) {
                uint32_t entry = w * 64 + (uint32_t)__builtin_ctzll(news);
                entries[n] = entry;
                of[n] = group;
                n += is_new_pair(seen, group, numbers[entry]);
            }
            had->bits[w] |= sum.bits[w];
        }
    }
    seen->rows += count;
    seen->kept += n;
    return n;
}

/* -- from outside ------------------------------------------------------------------------------ */

/* Those whose pair is new to the dictionary at hand. */
static uint32_t filter_entries(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                               const spoor_runs *runs, uint32_t ngroups, uint32_t count,
                               uint32_t *kept) {
    size_t cells = (size_t)ngroups * vec->dict->count;
    if (seen->dict_id != vec->dict->id) {
        seen->dict_id = vec->dict->id;
        seen->by_entry.used = 0;
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
    extend_cells(seen, &seen->by_entry, cells);
    return filter_cells(seen->by_entry.bytes, vec->dict->count, vec->codes, groups, runs, count,
                        kept);
}

uint32_t spoor_seen_filter(spoor_seen *seen, const spoor_vec *vec, const uint32_t *groups,
                           const spoor_runs *runs, uint32_t ngroups, uint32_t count, uint32_t *kept,
                           spoor_arena *scratch) {
    if (seen->rows > TRIAL_ROWS && seen->kept > seen->rows / 4 * 3) {
        return keep_all(count, kept);
    }
    bool is_small = !seen->is_local && vec->dict->count <= MOST_MARKS;
    const uint32_t *numbers = is_small ? number_entries(seen, vec, ngroups, scratch) : NULL;
    uint32_t n;
    if (numbers != NULL) {
        n = filter_small(seen, vec, groups, runs, numbers, count, kept);
    } else {
        n = filter_entries(seen, vec, groups, runs, ngroups, count, kept);
        n = filter_values(seen, vec, groups, ngroups, n, kept, scratch);
    }
    seen->rows += count;
    seen->kept += n;
    return n;
}
