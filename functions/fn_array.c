/* fn_array.c - arrays cut, turned, searched, joined and made: array_*, range, repeat, zip.
 *
 * What is no array where one is needed gives null. */
#include "base/time.h"
#include "functions/elements.h"
#include "functions/function.h"

enum { MOST_ELEMENTS = 1048576 }; /* Kusto's limit of range() */

static uint32_t clamp(int64_t index, uint32_t count) {
    return index < 0 ? 0 : index > count ? count : (uint32_t)index;
}

/* -- parts and turns --------------------------------------------------------------------------- */

/* Both ends are in; negative ones count from the end; what is outside is left out. */
static void slice_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        if (!spoor_elements_take(call, &args[0], i, out, &array)) {
            continue;
        }
        int64_t from = args[1].longs[i], to = args[2].longs[i];
        from = from < 0 ? from + array.count : from;
        to = to < 0 ? to + array.count : to;
        uint32_t last = clamp(to < INT64_MAX ? to + 1 : to, array.count);
        spoor_put_dynamic(
            out, i,
            spoor_elements_pack(call->scratch, array.items, clamp(from, array.count), last));
    }
}

/* The place of a cut, not before the last one. */
static uint32_t cut_at(int64_t index, uint32_t count, uint32_t before) {
    uint32_t at = clamp(index < 0 ? index + count : index, count);
    return at < before ? before : at;
}

static void split_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array, cuts;
        if (!spoor_elements_take(call, &args[0], i, out, &array)) {
            continue;
        }
        spoor_str index = spoor_element_at(call->scratch, &args[1], i);
        if (!spoor_elements_of(call->scratch, index, &cuts)) {
            cuts = (spoor_elements){&index, 1};
        }
        spoor_str *parts = SPOOR_NEW_ARRAY(call->scratch, spoor_str, (size_t)cuts.count + 1);
        uint32_t from = 0;
        bool ok = true;
        for (uint32_t k = 0; k <= cuts.count && ok; k++) {
            uint32_t to = array.count;
            if (k < cuts.count) {
                spoor_value cut = spoor_dynamic_scalar(cuts.items[k]);
                ok = !cut.is_null && cut.type == SPOOR_LONG;
                to = cut_at(ok ? cut.integer : 0, array.count, from);
            }
            parts[k] = spoor_elements_pack(call->scratch, array.items, from, to);
            from = to;
        }
        spoor_put_dynamic(out, i,
                          ok ? spoor_elements_pack(call->scratch, parts, 0, cuts.count + 1)
                             : (spoor_str){0});
    }
}

static void reverse_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        if (spoor_elements_take(call, &args[0], i, out, &array)) {
            for (uint32_t k = 0; k < array.count / 2; k++) {
                spoor_str item = array.items[k];
                array.items[k] = array.items[array.count - 1 - k];
                array.items[array.count - 1 - k] = item;
            }
            spoor_put_dynamic(out, i,
                              spoor_elements_pack(call->scratch, array.items, 0, array.count));
        }
    }
}

static void rotate_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                        bool to_right) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        if (!spoor_elements_take(call, &args[0], i, out, &array)) {
            continue;
        }
        int64_t n = array.count, by = n > 0 ? args[1].longs[i] % n : 0;
        by = to_right ? -by : by;
        spoor_str *turned = SPOOR_NEW_ARRAY(call->scratch, spoor_str, array.count);
        for (int64_t k = 0; k < n; k++) {
            turned[k] = array.items[(k + by + n) % n];
        }
        spoor_put_dynamic(out, i, spoor_elements_pack(call->scratch, turned, 0, array.count));
    }
}

static void rotate_left_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    rotate_rows(call, rows, args, out, false);
}

static void rotate_right_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    rotate_rows(call, rows, args, out, true);
}

/* What comes in is the third argument; without it null, or '' where the elements are strings. */
static void shift_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                       bool to_right) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        out->nulls[i] |= spoor_vec_is_null(&args[0], i) || spoor_vec_is_null(&args[1], i);
        if (!spoor_elements_take(call, &args[0], i, out, &array)) {
            continue;
        }
        bool is_text = array.count > 0 && spoor_dynamic_kind_of(array.items[0]) == SPOOR_DYN_STRING;
        spoor_str filler = call->nargs > 2 ? spoor_element_at(call->scratch, &args[2], i)
                           : is_text       ? SPOOR_STR("s")
                                           : (spoor_str){0};
        int64_t by = args[1].longs[i], n = array.count;
        by = by > n ? n : by < -n ? -n : by;
        by = to_right ? -by : by;
        spoor_str *moved = SPOOR_NEW_ARRAY(call->scratch, spoor_str, array.count);
        for (int64_t k = 0; k < n; k++) {
            moved[k] = k + by >= 0 && k + by < n ? array.items[k + by] : filler;
        }
        spoor_put_dynamic(out, i, spoor_elements_pack(call->scratch, moved, 0, array.count));
    }
}

static void shift_left_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    shift_rows(call, rows, args, out, false);
}

static void shift_right_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    shift_rows(call, rows, args, out, true);
}

/* -- searching and summing --------------------------------------------------------------------- */

static int64_t index_of(const spoor_elements *array, spoor_str value, int64_t start, int64_t length,
                        int64_t occurrence) {
    int64_t from = start < 0 ? start + array->count : start;
    uint32_t first = clamp(from, array->count), last = array->count;
    if (length >= 0 && length < array->count - first) {
        last = first + (uint32_t)length;
    }
    for (uint32_t k = first; k < last; k++) {
        if (spoor_dynamic_compare(array->items[k], value) == 0 && --occurrence <= 0) {
            return k;
        }
    }
    return -1;
}

static void index_of_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        if (!spoor_elements_take(call, &args[0], i, out, &array)) {
            continue;
        }
        int64_t start = call->nargs > 2 ? args[2].longs[i] : 0;
        int64_t length = call->nargs > 3 ? args[3].longs[i] : -1;
        int64_t occurrence = call->nargs > 4 ? args[4].longs[i] : 1;
        spoor_str value = spoor_element_at(call->scratch, &args[1], i);
        out->nulls[i] = length < -1 || occurrence < 0;
        out->longs[i] = out->nulls[i] ? 0 : index_of(&array, value, start, length, occurrence);
    }
}

/* Nulls are passed over; anything else that is no number makes the sum null. */
static void sum_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        if (!spoor_elements_take(call, &args[0], i, out, &array)) {
            continue;
        }
        double sum = 0, number;
        bool ok = true;
        for (uint32_t k = 0; k < array.count && ok; k++) {
            if (spoor_element_number(array.items[k], &number)) {
                sum += number;
            } else {
                ok = spoor_element_is_null(array.items[k]);
            }
        }
        out->nulls[i] = !ok;
        out->reals[i] = ok ? sum : 0;
    }
}

/* -- joining ----------------------------------------------------------------------------------- */

static void concat_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        bool ok = true;
        for (uint32_t k = 0; k < call->nargs; k++) {
            spoor_str value = args[k].strings[i];
            ok = ok && spoor_dynamic_kind_of(value) == SPOOR_DYN_ARRAY;
            spoor_dynamic_iter iter = spoor_dynamic_begin(value);
            for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
                spoor_dynamic_add_encoded(&builder, element);
            }
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, ok ? spoor_dynamic_finish(&builder) : (spoor_str){0});
    }
}

/* Rows of the arrays side by side; a shorter array is filled with nulls. */
static void zip_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    spoor_elements *arrays = SPOOR_NEW_ARRAY(call->scratch, spoor_elements, call->nargs);
    spoor_str *row = SPOOR_NEW_ARRAY(call->scratch, spoor_str, call->nargs);
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t longest = 0;
        bool ok = true;
        for (uint32_t k = 0; k < call->nargs && ok; k++) {
            ok = spoor_elements_take(call, &args[k], i, out, &arrays[k]);
            longest = arrays[k].count > longest ? arrays[k].count : longest;
        }
        if (!ok) {
            continue;
        }
        spoor_str *zipped = SPOOR_NEW_ARRAY(call->scratch, spoor_str, longest);
        for (uint32_t at = 0; at < longest; at++) {
            for (uint32_t k = 0; k < call->nargs; k++) {
                row[k] = at < arrays[k].count ? arrays[k].items[at] : (spoor_str){0};
            }
            zipped[at] = spoor_elements_pack(call->scratch, row, 0, call->nargs);
        }
        spoor_put_dynamic(out, i, spoor_elements_pack(call->scratch, zipped, 0, longest));
    }
}

/* 1 true, 0 false, -1 neither. */
static int truth_of(spoor_str element) {
    spoor_value value = spoor_dynamic_scalar(element);
    double number;
    if (!value.is_null && value.type == SPOOR_BOOL) {
        return value.boolean;
    }
    return spoor_element_number(element, &number) ? number != 0 : -1;
}

/* One branch of array_iff: an array, or one value for all. */
static spoor_str chosen(spoor_arena *arena, const spoor_vec *arg, uint32_t row, uint32_t at) {
    spoor_str value = spoor_element_at(arena, arg, row), element;
    if (spoor_dynamic_kind_of(value) != SPOOR_DYN_ARRAY) {
        return value;
    }
    return spoor_dynamic_at(value, at, &element) ? element : (spoor_str){0};
}

static void iff_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements conditions;
        if (!spoor_elements_take(call, &args[0], i, out, &conditions)) {
            continue;
        }
        for (uint32_t k = 0; k < conditions.count; k++) {
            int truth = truth_of(conditions.items[k]);
            conditions.items[k] =
                truth < 0 ? (spoor_str){0} : chosen(call->scratch, &args[truth ? 1 : 2], i, k);
        }
        spoor_put_dynamic(
            out, i, spoor_elements_pack(call->scratch, conditions.items, 0, conditions.count));
    }
}

/* -- making ------------------------------------------------------------------------------------ */

static void repeat_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t count = args[1].longs[i];
        if (spoor_vec_is_null(&args[1], i) || count < 0 || count > MOST_ELEMENTS) {
            out->nulls[i] = 1;
            continue;
        }
        spoor_str value = spoor_element_at(call->scratch, &args[0], i);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (int64_t k = 0; k < count; k++) {
            spoor_dynamic_add_encoded(&builder, value);
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, spoor_dynamic_finish(&builder));
    }
}

static const char *prepare_repeat(spoor_call *call) {
    return call->types[0] == SPOOR_DYNAMIC ? "repeat() takes no dynamic value" : NULL;
}

/* From start to stop, both in; no step of 0.  More than the limit is cut off, as Kusto does. */
static void range_longs_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    bool is_time = args[0].type == SPOOR_DATETIME || args[0].type == SPOOR_TIMESPAN;
    for (uint32_t i = 0; i < rows; i++) {
        spoor_value value = spoor_vec_get(&args[0], i);
        int64_t stop = args[1].longs[i], step = is_time ? SPOOR_TICKS_HOUR : 1;
        step = call->nargs > 2 ? args[2].longs[i] : step;
        if (out->nulls[i] || step == 0) {
            out->nulls[i] = 1;
            continue;
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (int k = 0; k < MOST_ELEMENTS; k++) {
            if (step > 0 ? value.integer > stop : value.integer < stop) {
                break;
            }
            spoor_dynamic_add(&builder, &value);
            if (__builtin_add_overflow(value.integer, step, &value.integer)) {
                break;
            }
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, spoor_dynamic_finish(&builder));
    }
}

static void range_reals_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        double start = args[0].reals[i], stop = args[1].reals[i];
        double step = call->nargs > 2 ? args[2].reals[i] : 1;
        if (out->nulls[i] || !(step > 0 || step < 0)) {
            out->nulls[i] = 1;
            continue;
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (int k = 0; k < MOST_ELEMENTS; k++) {
            spoor_value value = {.type = SPOOR_REAL, .real = start + k * step};
            if (!(step > 0 ? value.real <= stop : value.real >= stop)) {
                break;
            }
            spoor_dynamic_add(&builder, &value);
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, spoor_dynamic_finish(&builder));
    }
}

// clang-format off
#define ANY SPOOR_T_ANY
#define DYN SPOOR_T_DYNAMIC
#define LONG SPOOR_T_INTEGER
#define ROW(row_name, least, most, a, b, c, code, text, sample, prints) \
    {.name = row_name, .args = {a, b, c}, .min_args = least, .max_args = most, .result = SPOOR_DYNAMIC, .eval = code, \
     .summary = text, .example = sample, .value = prints}
#define SHIFT(row_name, code, text, sample, prints) \
    {.name = row_name, .args = {DYN, LONG, ANY}, .min_args = 2, .max_args = 3, .result = SPOOR_DYNAMIC, .sees_nulls = true, .eval = code, \
     .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_array[] = {
    ROW("array_concat", 1, 64, DYN, 0, 0, concat_eval, "The elements of all arrays, in one.", "array_concat(dynamic([1,2]), dynamic([3]))", "[1,2,3]"),
    ROW("array_slice", 3, 3, DYN, LONG, LONG, slice_eval, "Elements from one index to another, both in; negative ones count from the end.", "array_slice(dynamic([1,2,3,4]), 1, -2)", "[2,3]"),
    ROW("array_split", 2, 2, DYN, LONG | DYN, 0, split_eval, "The array in parts, cut before each of the indexes.", "array_split(dynamic([1,2,3,4,5]), dynamic([1,3]))", "[[1],[2,3],[4,5]]"),
    ROW("array_reverse", 1, 1, DYN, 0, 0, reverse_eval, "The elements from last to first.", "array_reverse(dynamic([1,2,3]))", "[3,2,1]"),
    ROW("array_rotate_left", 2, 2, DYN, LONG, 0, rotate_left_eval, "The elements moved left; who leaves comes in on the right.", "array_rotate_left(dynamic([1,2,3,4]), 1)", "[2,3,4,1]"),
    ROW("array_rotate_right", 2, 2, DYN, LONG, 0, rotate_right_eval, "The elements moved right; who leaves comes in on the left.", "array_rotate_right(dynamic([1,2,3,4]), 1)", "[4,1,2,3]"),
    SHIFT("array_shift_left", shift_left_eval, "The elements moved left; the third argument, or null, comes in.", "array_shift_left(dynamic([1,2,3]), 1, 0)", "[2,3,0]"),
    SHIFT("array_shift_right", shift_right_eval, "The elements moved right; the third argument, or null, comes in.", "array_shift_right(dynamic([1,2,3]), 1)", "[null,1,2]"),
    ROW("array_iff", 3, 3, DYN, ANY, ANY, iff_eval, "For each true element that of the second, else that of the third.", "array_iff(dynamic([true,false]), dynamic([1,2]), 0)", "[1,0]"),
    ROW("array_iif", 3, 3, DYN, ANY, ANY, iff_eval, "For each true element that of the second, else that of the third.", "array_iif(dynamic([true,false]), dynamic([1,2]), 0)", "[1,0]"),
    {.name = "array_index_of", .args = {DYN, ANY, LONG, LONG, LONG}, .min_args = 2, .max_args = 5, .result = SPOOR_LONG, .eval = index_of_eval,
     .summary = "Index of a value, or -1; from a start, within a length, the n-th one.", .example = "array_index_of(dynamic(['a','b','a']), 'a', 1)", .value = "2"},
    {.name = "array_sum", .args = {DYN}, .min_args = 1, .max_args = 1, .result = SPOOR_REAL, .eval = sum_eval,
     .summary = "Sum of the numbers of an array; null if it holds anything else.", .example = "array_sum(dynamic([1,2.5]))", .value = "3.5"},
    {.name = "series_sum", .args = {DYN}, .min_args = 1, .max_args = 1, .result = SPOOR_REAL, .eval = sum_eval,
     .summary = "Sum of the numbers of an array; null if it holds anything else.", .example = "series_sum(dynamic([1,2.5]))", .value = "3.5"},
    ROW("zip", 2, 16, DYN, 0, 0, zip_eval, "Arrays of the first elements, of the second, and so on.", "zip(dynamic([1,2]), dynamic(['a','b']))", "[[1,\"a\"],[2,\"b\"]]"),
    {.name = "repeat", .args = {ANY, LONG}, .min_args = 2, .max_args = 2, .result = SPOOR_DYNAMIC, .sees_nulls = true, .eval = repeat_eval, .prepare = prepare_repeat,
     .summary = "An array of so many times the value.", .example = "repeat('a', 3)", .value = "[\"a\",\"a\",\"a\"]"},
    ROW("range", 2, 3, LONG, LONG, LONG, range_longs_eval, "An array from start to stop, by step.", "range(1, 8, 3)", "[1,4,7]"),
    ROW("range", 2, 3, SPOOR_T_REAL, SPOOR_T_REAL, SPOOR_T_REAL, range_reals_eval, "An array from start to stop, by step.", "range(1.0, 2, 0.5)", "[1.0,1.5,2.0]"),
    ROW("range", 2, 3, SPOOR_T_DATETIME, SPOOR_T_DATETIME, SPOOR_T_TIMESPAN, range_longs_eval, "An array from start to stop, by step.",
        "array_length(range(datetime(2024-01-01), datetime(2024-01-02)))", "25"),
    ROW("range", 2, 3, SPOOR_T_TIMESPAN, SPOOR_T_TIMESPAN, SPOOR_T_TIMESPAN, range_longs_eval, "An array from start to stop, by step.", "range(1h, 3h)", "[\"01:00:00\",\"02:00:00\",\"03:00:00\"]"),
    {0},
};
// clang-format on
