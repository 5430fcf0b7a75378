/* fn_array_sort.c - array_sort_asc, array_sort_desc: one array ordered, others along with it.
 *
 * Nulls stand last, or first when the last argument says false. Equal elements keep their order. */
#include <stdlib.h>

#include "functions/elements.h"
#include "functions/function.h"

typedef struct ranked {
    spoor_str element;
    uint32_t at; /* before sorting */
} ranked;

static bool is_null(spoor_str element) {
    return spoor_dynamic_kind_of(element) == SPOOR_DYN_NULL;
}

static int order(const ranked *a, const ranked *b, int sign, bool nulls_last) {
    bool a_null = is_null(a->element), b_null = is_null(b->element);
    int by = a_null || b_null ? ((int)a_null - (int)b_null) * (nulls_last ? 1 : -1)
                              : spoor_dynamic_compare(a->element, b->element) * sign;
    return by != 0 ? by : (a->at > b->at) - (a->at < b->at);
}

/* Merge sort: stable, and linear in memory; `depth` is log2 of the length. */
static void sort_ranked(ranked *items, ranked *spare, uint32_t count, int sign, bool nulls_last) {
    for (uint64_t width = 1; width < count; width *= 2) {
        for (uint64_t from = 0; from < count; from += 2 * width) {
            uint64_t middle = from + width < count ? from + width : count;
            uint64_t end = from + 2 * width < count ? from + 2 * width : count;
            uint64_t a = from, b = middle;
            for (uint64_t to = from; to < end; to++) {
                bool left = a < middle && (b >= end || order(&items[a], &items[b], sign, nulls_last) <= 0);
                spare[to] = left ? items[a++] : items[b++];
            }
        }
        memcpy(items, spare, count * sizeof *items);
    }
}

static spoor_str sort_one(spoor_arena *arena, const spoor_elements *e, int sign, bool nulls_last,
                          uint32_t *places) {
    ranked *items = SPOOR_RAW_ARRAY(arena, ranked, e->count);
    ranked *spare = SPOOR_RAW_ARRAY(arena, ranked, e->count);
    for (uint32_t i = 0; i < e->count; i++) {
        items[i] = (ranked){e->items[i], i};
    }
    sort_ranked(items, spare, e->count, sign, nulls_last);
    spoor_str *sorted = SPOOR_RAW_ARRAY(arena, spoor_str, e->count);
    for (uint32_t i = 0; i < e->count; i++) {
        sorted[i] = items[i].element;
        places[i] = items[i].at;
    }
    return spoor_elements_pack(arena, sorted, e->count);
}

/* The binder gives several outputs as one array of arrays; a single array comes as it is. */
static void sort_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                      int sign) {
    bool has_flag = call->nargs > 1 && args[call->nargs - 1].type == SPOOR_BOOL;
    for (uint32_t i = 0; i < rows; i++) {
        bool nulls_last = !has_flag || args[call->nargs - 1].bools[i];
        spoor_elements e;
        if (!spoor_elements_of(call->scratch, args[0].strings[i], &e)) {
            spoor_put_dynamic(out, i, true, (spoor_str){0});
            continue;
        }
        uint32_t *places = SPOOR_RAW_ARRAY(call->scratch, uint32_t, e.count);
        spoor_put_dynamic(out, i, false, sort_one(call->scratch, &e, sign, nulls_last, places));
    }
}

static void asc_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    sort_rows(call, rows, args, out, 1);
}

static void desc_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    sort_rows(call, rows, args, out, -1);
}

// clang-format off
#define SORT(row_name, code, text, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_DYNAMIC, SPOOR_T_BOOL}, .min_args = 1, .max_args = 2, .result = SPOOR_DYNAMIC, .sees_nulls = true, \
     .eval = code, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_array_sort[] = {
    SORT("array_sort_asc", asc_eval, "The elements in ascending order, nulls last.", "array_sort_asc(dynamic([3,1,2]))", "[1,2,3]"),
    SORT("array_sort_desc", desc_eval, "The elements in descending order, nulls last.", "array_sort_desc(dynamic([3,1,2]))", "[3,2,1]"),
    {0},
};
// clang-format on
