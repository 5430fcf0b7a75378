/* fn_array_sort.c - array_sort_asc and array_sort_desc.
 *
 * Numbers and times come first, then strings, guids, and the rest as it
 * stands; nulls last, or first on request.  Sorting is stable. */
#include "functions/elements.h"
#include "functions/function.h"

static int rank_of(spoor_str element) {
    switch (spoor_dynamic_kind_of(element)) {
    case SPOOR_DYN_LONG:
    case SPOOR_DYN_REAL:
    case SPOOR_DYN_DECIMAL:
    case SPOOR_DYN_DATETIME:
    case SPOOR_DYN_TIMESPAN: return 0;
    case SPOOR_DYN_STRING: return 1;
    case SPOOR_DYN_GUID: return 2;
    case SPOOR_DYN_NULL:
    case SPOOR_DYN_BOOL:
    case SPOOR_DYN_ARRAY:
    case SPOOR_DYN_BAG: break;
    }
    return 3;
}

typedef struct order {
    int sign;
    bool nulls_first;
} order;

static int compare(const order *by, spoor_str a, spoor_str b) {
    bool a_null = spoor_element_is_null(a), b_null = spoor_element_is_null(b);
    if (a_null || b_null) {
        return ((int)a_null - (int)b_null) * (by->nulls_first ? -1 : 1);
    }
    int rank_a = rank_of(a), rank_b = rank_of(b);
    if (rank_a != rank_b) {
        return rank_a - rank_b;
    }
    return rank_a == 3 ? 0 : spoor_dynamic_compare(a, b) * by->sign;
}

/* Indexes of the items in order.  Merge sort, from the bottom: no recursion. */
static const uint32_t *sort(spoor_arena *arena, const order *by, const spoor_elements *array) {
    uint32_t *from = SPOOR_NEW_ARRAY(arena, uint32_t, array->count);
    uint32_t *to = SPOOR_NEW_ARRAY(arena, uint32_t, array->count);
    for (uint32_t k = 0; k < array->count; k++) {
        from[k] = k;
    }
    for (size_t width = 1; width < array->count; width *= 2) {
        for (size_t start = 0; start < array->count; start += 2 * width) {
            size_t a = start, b = start + width < array->count ? start + width : array->count;
            size_t middle = b, end = b + width < array->count ? b + width : array->count;
            for (size_t k = start; k < end; k++) {
                bool left = a < middle && (b >= end || compare(by, array->items[from[a]],
                                                               array->items[from[b]]) <= 0);
                to[k] = left ? from[a++] : from[b++];
            }
        }
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

static spoor_str in_order(spoor_arena *arena, const spoor_elements *array, const uint32_t *places) {
    spoor_str *items = SPOOR_NEW_ARRAY(arena, spoor_str, array->count);
    for (uint32_t k = 0; k < array->count; k++) {
        items[k] = array->items[places[k]];
    }
    return spoor_elements_pack(arena, items, 0, array->count);
}

static void sort_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                      int sign) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        if (out->nulls[i] || !spoor_elements_of(call->scratch, args[0].strings[i], &array)) {
            out->nulls[i] = 1;
            continue;
        }
        order by = {sign, call->nargs > 1 && !args[1].bools[i]};
        const uint32_t *places = sort(call->scratch, &by, &array);
        out->strings[i] = in_order(call->scratch, &array, places);
    }
}

/* Arrays, then perhaps whether nulls are last: all arrays in the order of the first, in an array.
 * One that is of another length becomes null. */
static void sort_many_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                           int sign) {
    const spoor_vec *last = &args[call->nargs - 1];
    bool has_flag = last->type == SPOOR_BOOL;
    uint32_t narrays = call->nargs - has_flag;
    spoor_str *sorted = SPOOR_NEW_ARRAY(call->scratch, spoor_str, narrays);
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements first, other;
        if (spoor_vec_is_null(&args[0], i) ||
            !spoor_elements_of(call->scratch, args[0].strings[i], &first)) {
            out->nulls[i] = 1;
            continue;
        }
        order by = {sign, has_flag && !spoor_vec_is_null(last, i) && !last->bools[i]};
        const uint32_t *places = sort(call->scratch, &by, &first);
        for (uint32_t k = 0; k < narrays; k++) {
            bool fits = spoor_elements_of(call->scratch, args[k].strings[i], &other) &&
                        other.count == first.count;
            sorted[k] = fits ? in_order(call->scratch, &other, places) : (spoor_str){0};
        }
        out->strings[i] = spoor_elements_pack(call->scratch, sorted, 0, narrays);
    }
}

static void ascending_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    sort_rows(call, rows, args, out, 1);
}

static void descending_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    sort_rows(call, rows, args, out, -1);
}

static void many_ascending_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                                spoor_vec *out) {
    sort_many_rows(call, rows, args, out, 1);
}

static void many_descending_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                                 spoor_vec *out) {
    sort_many_rows(call, rows, args, out, -1);
}

/* More arrays give more columns: planner/bind_tuple.c calls __array_sort_* where there can be. */
static const char *prepare_sort(spoor_call *call) {
    bool many = call->nargs > 2 || (call->nargs > 1 && call->types[1] == SPOOR_DYNAMIC);
    return many ? "several arrays give several columns, and one value is needed here" : NULL;
}

static const char *prepare_many(spoor_call *call) {
    for (uint32_t k = 0; k + 1 < call->nargs; k++) {
        if (call->types[k] != SPOOR_DYNAMIC) {
            return "whether nulls are last is said behind all arrays";
        }
    }
    return NULL;
}

// clang-format off
#define SORT(row_name, code, text, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_DYNAMIC, SPOOR_T_BOOL | SPOOR_T_DYNAMIC}, .min_args = 1, .max_args = 64, .result = SPOOR_DYNAMIC, \
     .eval = code, .prepare = prepare_sort, \
     .summary = text, .example = sample, .value = prints}
#define MANY(row_name, code, text, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_DYNAMIC, SPOOR_T_BOOL | SPOOR_T_DYNAMIC}, .min_args = 2, .max_args = 64, .result = SPOOR_DYNAMIC, .is_hidden = true, \
     .sees_nulls = true, .eval = code, .prepare = prepare_many, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_array_sort[] = {
    SORT("array_sort_asc", ascending_eval, "The elements from least to greatest; nulls last, unless the second argument is false.", "array_sort_asc(dynamic([3,null,1]))", "[1,3,null]"),
    SORT("array_sort_desc", descending_eval, "The elements from greatest to least; nulls last, unless the second argument is false.", "array_sort_desc(dynamic([1,null,3]), false)", "[null,3,1]"),
    MANY("__array_sort_asc", many_ascending_eval, "Arrays in the order of the first.", "__array_sort_asc(dynamic([2,1]), dynamic(['a','b']))", "[[1,2],[\"b\",\"a\"]]"),
    MANY("__array_sort_desc", many_descending_eval, "Arrays in the order of the first, backwards.", "__array_sort_desc(dynamic([1,2]), dynamic(['a','b']))", "[[2,1],[\"b\",\"a\"]]"),
    {0},
};
// clang-format on
