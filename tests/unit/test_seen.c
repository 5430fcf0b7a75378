/* test_seen.c - which pairs of group and value are new: the same from what pieces of rows name, from rows, and from a
 * plain table of all pairs, whichever of them is asked from batch to batch. */
#include <string.h>

#include "executor/seen.h"
#include "tests/unit/unit.h"

enum {
    VALUES = 300,
    GROUPS = 9,
    ROWS = SPOOR_BATCH_ROWS,
    ROUNDS = 60,
    PIECES = ROWS / SPOOR_NAMED_ROWS + 1
};

static uint32_t seed = 5;

static uint32_t any(uint32_t below) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

/* A dictionary of `count` values; value_of: which they are.  Every second one has the first values in their order. */
static spoor_dict *dict_of(uint32_t round, uint32_t count, uint32_t *value_of) {
    spoor_vec *values = SPOOR_NEW(unit_arena(), spoor_vec);
    *values = spoor_vec_new(unit_arena(), SPOOR_STRING, count);
    uint32_t step = round % 2 == 0 ? 1 : 7, first = round % 2 == 0 ? 0 : any(VALUES);
    for (uint32_t e = 0; e < count; e++) {
        value_of[e] = (first + e * step) % VALUES; /* 7 and VALUES have no divisor in common */
        values->strings[e] = spoor_arena_format(unit_arena(), "host %u", value_of[e]);
    }
    spoor_dict *dict = SPOOR_NEW(unit_arena(), spoor_dict);
    *dict = (spoor_dict){.id = round + 1, .count = count, .values = values};
    return dict;
}

/* Runs of any lengths; returns the batch's rows. */
static uint32_t make_rows(uint32_t entries, uint32_t *codes, uint32_t *groups, uint32_t *ends,
                          spoor_runs *runs) {
    uint32_t rows = 1 + any(ROWS), longest = 1 + any(900);
    *runs = (spoor_runs){.ends = ends};
    for (uint32_t from = 0; from < rows; from = ends[runs->count++]) {
        uint32_t group = any(GROUPS), end = from + 1 + any(longest);
        ends[runs->count] = end < rows ? end : rows;
        for (uint32_t i = from; i < ends[runs->count]; i++) {
            groups[i] = group;
            codes[i] = any(entries);
        }
    }
    return rows;
}

void test_seen(void);
void test_seen(void) {
    static uint8_t known[GROUPS][VALUES];
    static uint32_t value_of[SPOOR_NAMED_ENTRIES], codes[ROWS], groups[ROWS], ends[ROWS],
        entries[ROWS], of[ROWS];
    spoor_seen seen = {.arena = unit_arena()};
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t count = 1 + any(round < ROUNDS / 2 ? 40 : SPOOR_NAMED_ENTRIES);
        spoor_vec vec = {.type = SPOOR_STRING,
                         .form = SPOOR_DICT,
                         .codes = codes,
                         .dict = dict_of(round, count, value_of)};
        for (uint32_t batch = 0; batch < 3; batch++) {
            spoor_runs runs;
            spoor_named named[PIECES] = {{{0}}};
            uint32_t rows = make_rows(count, codes, groups, ends, &runs), wanted = 0, wrong = 0, n;
            for (uint32_t i = 0; i < rows; i++) {
                named[i / SPOOR_NAMED_ROWS].bits[codes[i] / 64] |= UINT64_C(1) << codes[i] % 64;
                wanted += known[groups[i]][value_of[codes[i]]] == 0;
                known[groups[i]][value_of[codes[i]]] |= 1;
            }
            if (any(3) > 0) {
                n = spoor_seen_pairs(&seen, &vec, named, groups, &runs, GROUPS, rows, entries, of,
                                     unit_arena());
            } else {
                n = spoor_seen_filter(&seen, &vec, groups, &runs, GROUPS, rows, entries,
                                      unit_arena());
                for (uint32_t i = 0; i < n; i++) {
                    of[i] = groups[entries[i]];
                    entries[i] = codes[entries[i]];
                }
            }
            CHECK_LONG(n, wanted);
            for (uint32_t i = 0; i < n && n == wanted;
                 i++) { /* each of them once, and not before this batch */
                wrong += known[of[i]][value_of[entries[i]]] != 1;
                known[of[i]][value_of[entries[i]]] = 2;
            }
            CHECK_LONG(wrong, 0);
            for (uint32_t g = 0; g < GROUPS; g++) {
                for (uint32_t v = 0; v < VALUES; v++) {
                    known[g][v] = known[g][v] != 0 ? 2 : 0;
                }
            }
        }
    }
}
