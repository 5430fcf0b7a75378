/* join_build.c - see join_build.h. */
#include "executor/join_build.h"

enum {
    ENTRIES_PER_ROW = 32, /* a dictionary is learnt whole by a batch that is not much smaller */
    AHEAD = 16, /* rows whose place is asked for early: those of a key are far apart in memory */
};

void spoor_join_build_init(spoor_join_build *build, spoor_arena *arena, const spoor_type *keys,
                           uint32_t nkeys, const spoor_type *columns, uint32_t ncols,
                           bool has_rows) {
    *build = (spoor_join_build){.arena = arena, .has_rows = has_rows};
    spoor_groups_init(&build->groups, arena, keys, nkeys);
    spoor_rows_init(&build->rows, arena, ncols);
    for (uint32_t c = 0; c < ncols; c++) {
        build->rows.cols[c].type = columns[c];
    }
}

uint32_t *spoor_join_groups(spoor_groups *groups, const spoor_vec *keys, const uint32_t *sel,
                            uint32_t count, bool add, spoor_arena *scratch) {
    for (uint32_t k = 0; k < groups->nkeys; k++) {
        if (keys[k].form == SPOOR_DICT && keys[k].dict->count / ENTRIES_PER_ROW <= count) {
            spoor_intern_learn(&groups->columns[k], keys[k].dict, add, scratch);
        }
    }
    uint32_t *found = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
    spoor_groups_find(groups, keys, sel, count, add, found, scratch);
    return found;
}

void spoor_join_build_add(spoor_join_build *build, const spoor_vec *keys, const spoor_vec *columns,
                          const uint32_t *sel, uint32_t count, spoor_arena *scratch) {
    uint32_t row = build->rows.count, ngroups = build->groups.count;
    const uint32_t *groups = spoor_join_groups(&build->groups, keys, sel, count, true, scratch);
    spoor_rows_append(&build->rows, columns, sel, count, scratch);
    build->counts = spoor_grow_u32(build->arena, build->counts, ngroups, build->groups.count,
                                   &build->groups_capacity);
    for (; ngroups < build->groups.count; ngroups++) {
        build->counts[ngroups] = 0; /* of some entries of a dictionary there is no row */
    }
    for (uint32_t i = 0; i < count; i++) {
        build->counts[groups[i]]++;
    }
    if (build->has_rows) {
        build->group_of = spoor_grow_u32(build->arena, build->group_of, row, build->rows.count,
                                         &build->rows_capacity);
        memcpy(build->group_of + row, groups, count * sizeof *groups);
    }
}

void spoor_join_build_finish(spoor_join_build *build) {
    uint32_t ngroups = build->groups.count, at = 0;
    build->starts = SPOOR_RAW_ARRAY(build->arena, uint32_t, (size_t)ngroups + 1);
    for (uint32_t g = 0; g < ngroups; g++) {
        build->starts[g] = at;
        at += build->counts[g];
        build->counts[g] = build->starts[g]; /* from here on: where its next row goes */
    }
    build->starts[ngroups] = at;
    if (build->has_rows) {
        build->list = SPOOR_RAW_ARRAY(build->arena, uint32_t, at);
        for (uint32_t row = 0; row < build->rows.count; row++) {
            if (row + AHEAD < build->rows.count) {
                __builtin_prefetch(&build->list[build->counts[build->group_of[row + AHEAD]]], 1);
            }
            build->list[build->counts[build->group_of[row]]++] = row;
        }
    }
}

void spoor_join_build_encode(spoor_join_build *build, spoor_run *run) {
    build->codes = SPOOR_NEW_ARRAY(build->arena, const spoor_row_codes *, build->rows.ncols);
    for (uint32_t c = 0; c < build->rows.ncols; c++) {
        build->codes[c] =
            spoor_row_codes_new(&build->rows, c, spoor_run_dict_id(run), build->arena);
    }
}

spoor_vec spoor_join_build_gather(const spoor_join_build *build, uint32_t column,
                                  spoor_arena *scratch, const uint32_t *list, uint32_t count) {
    const spoor_row_codes *codes = build->codes[column];
    return codes != NULL ? spoor_row_codes_gather(codes, &build->rows, column, scratch, list, count)
                         : spoor_rows_gather(&build->rows, column, scratch, list, count);
}
