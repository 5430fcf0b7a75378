/* groups.c - see groups.h. */
#include "executor/groups.h"

#include "base/hash.h"

enum { CELLS_PER_GROUP = 16, LEAST_CELLS = 1 << 16, MOST_CELLS = 1 << 24 };

void spoor_groups_init(spoor_groups *groups, spoor_arena *arena, const spoor_type *types,
                       uint32_t nkeys) {
    *groups = (spoor_groups){.arena = arena, .nkeys = nkeys, .nslots = 64};
    groups->columns = SPOOR_NEW_ARRAY(arena, spoor_intern, nkeys);
    for (uint32_t k = 0; k < nkeys; k++) {
        spoor_intern_init(&groups->columns[k], arena, types[k]);
    }
    groups->slots = SPOOR_NEW_ARRAY(arena, uint64_t, groups->nslots);
}

spoor_groups spoor_groups_view(const spoor_groups *groups, spoor_arena *arena) {
    spoor_groups view = *groups;
    view.arena = arena;
    view.cells = NULL;
    view.cells_capacity = 0;
    view.columns = SPOOR_RAW_ARRAY(arena, spoor_intern, groups->nkeys);
    for (uint32_t k = 0; k < groups->nkeys; k++) {
        view.columns[k] = groups->columns[k];
        view.columns[k].values.arena = arena;
        view.columns[k].dict_id = 0;
        view.columns[k].by_code = NULL;
        view.columns[k].by_code_capacity = 0;
    }
    return view;
}

/* -- by hash ----------------------------------------------------------------------------------- */

static uint64_t hash_tuple(const uint32_t *tuple, uint32_t nkeys) {
    uint64_t hash = nkeys;
    for (uint32_t k = 0; k < nkeys; k++) {
        hash = spoor_hash_combine(hash, tuple[k]);
    }
    return hash;
}

static uint32_t home_of(const spoor_groups *groups, uint64_t hash) {
    return (uint32_t)(hash >> 32) & (groups->nslots - 1);
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
    uint64_t *old = groups->slots;
    uint32_t nold = groups->nslots;
    groups->nslots *= 2;
    groups->slots = SPOOR_NEW_ARRAY(groups->arena, uint64_t, groups->nslots);
    for (uint32_t i = 0; i < nold; i++) {
        if (old[i] == 0) {
            continue;
        }
        uint32_t at = home_of(groups, old[i]);
        while (groups->slots[at] != 0) {
            at = (at + 1) & (groups->nslots - 1);
        }
        groups->slots[at] = old[i];
    }
}

static uint32_t add_tuple(spoor_groups *groups, const uint32_t *tuple, uint64_t hash, uint32_t at) {
    uint32_t used = groups->count * groups->nkeys;
    if (groups->count >= (UINT32_MAX - groups->nkeys) / groups->nkeys) {
        spoor_arena_fail(groups->arena); /* numbers are 32 bits: long out of memory */
    }
    groups->tuples = spoor_grow_u32(groups->arena, groups->tuples, used, used + groups->nkeys,
                                    &groups->tuples_capacity);
    memcpy(groups->tuples + used, tuple, groups->nkeys * sizeof *tuple);
    groups->slots[at] = (hash >> 32) << 32 | ++groups->count;
    if (groups->count > groups->nslots / 2) {
        grow_slots(groups);
    }
    return groups->count - 1;
}

static uint32_t find_tuple(spoor_groups *groups, const uint32_t *tuple, bool add) {
    uint32_t mask = groups->nslots - 1;
    uint64_t hash = hash_tuple(tuple, groups->nkeys);
    uint32_t at = home_of(groups, hash);
    for (; groups->slots[at] != 0; at = (at + 1) & mask) {
        uint32_t group = (uint32_t)groups->slots[at] - 1;
        if (groups->slots[at] >> 32 == hash >> 32 && is_tuple(groups, group, tuple)) {
            return group;
        }
    }
    return add ? add_tuple(groups, tuple, hash, at) : SPOOR_GROUPS_NONE;
}

/* -- by cell ----------------------------------------------------------------------------------- */

/* A power of two that is above. */
static uint64_t room_above(uint32_t count) {
    uint64_t room = 16;
    while (room <= count) {
        room *= 2;
    }
    return room;
}

/* Cells for all values that both columns have, where they are not many more than the groups.  What
 * is in them is entered again from the tuples: they grow by doubling. */
static bool has_cells(spoor_groups *groups) {
    uint32_t first = groups->columns[0].values.count, second = groups->columns[1].values.count;
    if (groups->cells != NULL && first <= groups->first_limit && second <= 1u << groups->shift) {
        return true;
    }
    uint64_t rows = room_above(first), room = room_above(second), cells = rows * room;
    if (cells > MOST_CELLS || (cells > LEAST_CELLS && cells / CELLS_PER_GROUP > groups->count)) {
        groups->cells = NULL;
        groups->cells_capacity = 0;
        return false;
    }
    uint32_t unused = 0;
    groups->cells = spoor_grow_u32(groups->arena, groups->cells, unused, (uint32_t)cells,
                                   &groups->cells_capacity);
    memset(groups->cells, 0, cells * sizeof *groups->cells);
    groups->first_limit = (uint32_t)rows;
    groups->shift = (uint32_t)__builtin_ctzll(room);
    for (uint32_t g = 0; g < groups->count; g++) {
        const uint32_t *tuple = groups->tuples + (size_t)g * 2;
        groups->cells[tuple[0] << groups->shift | tuple[1]] = g + 1;
    }
    return true;
}

/* first, second: numbers of the columns' values, or NONE: such a row is of no group. */
static void find_cells(spoor_groups *groups, const uint32_t *first, const uint32_t *second,
                       uint32_t count, bool add, uint32_t *out) {
    for (uint32_t i = 0; i < count; i++) {
        if (!add && (first[i] == SPOOR_INTERN_NONE || second[i] == SPOOR_INTERN_NONE)) {
            out[i] = SPOOR_GROUPS_NONE;
            continue;
        }
        uint32_t *cell = &groups->cells[first[i] << groups->shift | second[i]];
        if (*cell == 0) {
            uint32_t tuple[2] = {first[i], second[i]};
            *cell = find_tuple(groups, tuple, add) + 1; /* NONE + 1 is 0 */
        }
        out[i] = *cell - 1;
    }
}

/* -- rows -------------------------------------------------------------------------------------- */

/* numbers: of the rows' values, column after column. */
static void find_tuples(spoor_groups *groups, const uint32_t *numbers, uint32_t count, bool add,
                        uint32_t *out, spoor_arena *scratch) {
    uint32_t nkeys = groups->nkeys;
    uint32_t *tuple = SPOOR_RAW_ARRAY(scratch, uint32_t, nkeys);
    for (uint32_t i = 0; i < count; i++) {
        bool repeats = i > 0;
        for (uint32_t k = 0; k < nkeys; k++) {
            tuple[k] = numbers[(size_t)k * count + i];
            repeats = repeats && tuple[k] == numbers[(size_t)k * count + i - 1];
        }
        /* A value that is not there is in no tuple. */
        out[i] = repeats ? out[i - 1] : find_tuple(groups, tuple, add);
    }
}

static bool is_constant(const spoor_vec *vec) {
    return vec->is_constant || (vec->form == SPOOR_DICT && vec->dict->count == 1);
}

const spoor_runs *spoor_runs_one(uint32_t rows, spoor_arena *scratch) {
    uint32_t *end = SPOOR_NEW(scratch, uint32_t);
    spoor_runs *runs = SPOOR_NEW(scratch, spoor_runs);
    *end = rows;
    *runs = (spoor_runs){.count = 1, .ends = end};
    return runs;
}

/* Runs of rows that have the same keys, as far as is known without a look at them: of the only key that
 * varies.  NULL: several do, or it tells none. */
static const spoor_runs *runs_of(const spoor_groups *groups, const spoor_vec *keys,
                                 const uint32_t *sel, uint32_t count, spoor_arena *scratch) {
    const spoor_vec *varying = NULL;
    for (uint32_t k = 0; k < groups->nkeys; k++) {
        if (is_constant(&keys[k])) {
            continue;
        }
        if (varying != NULL || sel != NULL || keys[k].runs == NULL) {
            return NULL;
        }
        varying = &keys[k];
    }
    return varying != NULL ? varying->runs : spoor_runs_one(count, scratch);
}

static void find_rows(spoor_groups *groups, const spoor_vec *keys, const uint32_t *sel,
                      uint32_t count, bool add, uint32_t *out, spoor_arena *scratch) {
    uint32_t nkeys = groups->nkeys;
    if (nkeys == 1) {
        spoor_intern_find(&groups->columns[0], &keys[0], sel, count, add, out, scratch);
        groups->count = groups->columns[0].values.count;
        return;
    }
    uint32_t *numbers = SPOOR_RAW_ARRAY(scratch, uint32_t, (size_t)count * nkeys);
    for (uint32_t k = 0; k < nkeys; k++) {
        spoor_intern_find(&groups->columns[k], &keys[k], sel, count, add,
                          numbers + (size_t)k * count, scratch);
    }
    if (nkeys == 2 && has_cells(groups)) {
        find_cells(groups, numbers, numbers + count, count, add, out);
    } else {
        find_tuples(groups, numbers, count, add, out, scratch);
    }
}

/* The first row of each run stands for all of it. */
static const spoor_runs *find_runs(spoor_groups *groups, const spoor_vec *keys,
                                   const spoor_runs *runs, const uint32_t *sel, uint32_t count,
                                   bool add, uint32_t *out, spoor_arena *scratch) {
    uint32_t *firsts = SPOOR_RAW_ARRAY(scratch, uint32_t, runs->count);
    uint32_t *ends = SPOOR_RAW_ARRAY(scratch, uint32_t, runs->count);
    uint32_t *found = SPOOR_RAW_ARRAY(scratch, uint32_t, runs->count);
    spoor_runs *cut = SPOOR_NEW(scratch, spoor_runs);
    *cut = (spoor_runs){.ends = ends};
    for (uint32_t from = 0; from < count; from = ends[cut->count++]) {
        uint32_t end = runs->ends[cut->count];
        firsts[cut->count] = sel != NULL ? sel[from] : from;
        ends[cut->count] = end < count ? end : count;
    }
    find_rows(groups, keys, firsts, cut->count, add, found, scratch);
    for (uint32_t r = 0, from = 0; r < cut->count; from = ends[r++]) {
        spoor_fill_u32(out + from, ends[r] - from, found[r]);
    }
    return cut;
}

const spoor_runs *spoor_groups_find(spoor_groups *groups, const spoor_vec *keys,
                                    const uint32_t *sel, uint32_t count, bool add, uint32_t *out,
                                    spoor_arena *scratch) {
    const spoor_runs *runs = runs_of(groups, keys, sel, count, scratch);
    if (runs == NULL) {
        find_rows(groups, keys, sel, count, add, out, scratch);
        return NULL;
    }
    return find_runs(groups, keys, runs, sel, count, add, out, scratch);
}

/* The number of a group's key among the values of column k. */
static uint32_t number_of(const spoor_groups *groups, uint32_t group, uint32_t k) {
    return groups->nkeys == 1 ? group : groups->tuples[(size_t)group * groups->nkeys + k];
}

uint64_t *spoor_groups_hashes(const spoor_groups *groups, spoor_arena *arena) {
    uint64_t *hashes = SPOOR_NEW_ARRAY(arena, uint64_t, groups->count);
    for (uint32_t k = 0; k < groups->nkeys; k++) {
        const uint32_t *of_values = spoor_intern_hashes(&groups->columns[k], arena);
        for (uint32_t g = 0; g < groups->count; g++) {
            hashes[g] = spoor_hash_combine(hashes[g], of_values[number_of(groups, g, k)]);
        }
    }
    return hashes;
}

bool spoor_groups_is_equal(const spoor_groups *groups, uint32_t group, const spoor_groups *others,
                           uint32_t other) {
    bool same = true;
    for (uint32_t k = 0; same && k < groups->nkeys; k++) {
        same = spoor_intern_is_equal(&groups->columns[k], number_of(groups, group, k),
                                     &others->columns[k], number_of(others, other, k));
    }
    return same;
}

spoor_vec spoor_groups_gather(const spoor_groups *groups, uint32_t k, const uint32_t *list,
                              uint32_t count, spoor_arena *scratch) {
    uint32_t *numbers = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        numbers[i] = number_of(groups, list[i], k);
    }
    return spoor_rows_gather(&groups->columns[k].values, 0, scratch, numbers, count);
}
