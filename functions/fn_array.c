/* fn_array.c - arrays in, arrays out: slices, order, shifts, zip, range. */
#include <stdlib.h>

#include "base/time.h"
#include "functions/convert.h"
#include "functions/elements.h"
#include "functions/function.h"

enum { MAX_RANGE = 1048576 }; /* elements range() makes, as Kusto's */

static void concat_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        bool any = false;
        for (uint32_t k = 0; k < call->nargs; k++) {
            if (spoor_dynamic_kind_of(args[k].strings[i]) != SPOOR_DYN_ARRAY) {
                continue; /* null, or no array: adds nothing */
            }
            any = true;
            spoor_dynamic_iter iter = spoor_dynamic_begin(args[k].strings[i]);
            for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
                spoor_dynamic_add_encoded(&builder, element);
            }
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, !any, spoor_dynamic_finish(&builder));
    }
}

/* Start and end as Kusto takes them: negative counts from the end, the end is included. */
static bool bounds(int64_t start, int64_t end, uint32_t count, uint32_t *from, uint32_t *to) {
    int64_t n = count;
    start = start < 0 ? start + n : start;
    end = end < 0 ? end + n : end;
    start = start < 0 ? 0 : start;
    end = end >= n ? n - 1 : end;
    *from = (uint32_t)(start < n ? start : n);
    *to = (uint32_t)(end >= start ? end + 1 : start);
    return start < n && end >= start;
}

static void slice_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements e;
        bool ok = !out->nulls[i] && spoor_elements_of(call->scratch, args[0].strings[i], &e);
        uint32_t from = 0, to = 0;
        if (ok && !bounds(args[1].longs[i], args[2].longs[i], e.count, &from, &to)) {
            from = to = 0;
        }
        spoor_put_dynamic(out, i, !ok,
                          ok ? spoor_elements_pack(call->scratch, e.items + from, to - from)
                             : (spoor_str){0});
    }
}

static void reverse_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements e;
        bool ok = spoor_elements_of(call->scratch, args[0].strings[i], &e);
        for (uint32_t a = 0, b = e.count; ok && a + 1 < b; a++) {
            spoor_str swap = e.items[a];
            e.items[a] = e.items[--b];
            e.items[b] = swap;
        }
        spoor_put_dynamic(out, i, !ok,
                          ok ? spoor_elements_pack(call->scratch, e.items, e.count) : (spoor_str){0});
    }
}

/* Rotate to the left by `steps`. */
static void rotate_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                        bool right) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements e;
        bool ok = !out->nulls[i] && spoor_elements_of(call->scratch, args[0].strings[i], &e);
        if (!ok) {
            spoor_put_dynamic(out, i, true, (spoor_str){0});
            continue;
        }
        int64_t n = e.count, steps = n > 0 ? args[1].longs[i] % n : 0;
        steps = right ? -steps : steps;
        steps = steps < 0 ? steps + n : steps;
        spoor_str *items = SPOOR_RAW_ARRAY(call->scratch, spoor_str, e.count);
        for (int64_t k = 0; k < n; k++) {
            items[k] = e.items[(k + steps) % n];
        }
        out->strings[i] = spoor_elements_pack(call->scratch, items, e.count);
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

/* Shift to the left by `steps`; what moves in is the third argument, else null ('' among strings). */
static void shift_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                       bool right) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements e;
        bool ok = !spoor_vec_is_null(&args[1], i) &&
                  spoor_elements_of(call->scratch, args[0].strings[i], &e);
        if (!ok) {
            spoor_put_dynamic(out, i, true, (spoor_str){0});
            continue;
        }
        spoor_str filler = {0};
        if (call->nargs > 2) {
            spoor_value value = spoor_vec_get(&args[2], i);
            filler = spoor_element_from(call->scratch, &value);
        } else if (e.count > 0 && spoor_dynamic_kind_of(e.items[0]) == SPOOR_DYN_STRING) {
            filler = SPOOR_STR("s");
        }
        int64_t n = e.count, steps = args[1].longs[i];
        steps = steps > n ? n : steps < -n ? -n : steps;
        steps = right ? -steps : steps;
        spoor_str *items = SPOOR_RAW_ARRAY(call->scratch, spoor_str, e.count);
        for (int64_t k = 0; k < n; k++) {
            int64_t from = k + steps;
            items[k] = from >= 0 && from < n ? e.items[from] : filler;
        }
        spoor_put_dynamic(out, i, false, spoor_elements_pack(call->scratch, items, e.count));
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

/* array_index_of(array, value, start, length, occurrence) */
static void index_of_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements e;
        spoor_value wanted = spoor_vec_get(&args[1], i);
        out->longs[i] = -1;
        if (!spoor_elements_of(call->scratch, args[0].strings[i], &e)) {
            out->nulls[i] = 1;
            out->longs[i] = 0;
            continue;
        }
        spoor_str element = spoor_element_from(call->scratch, &wanted);
        int64_t start = call->nargs > 2 ? args[2].longs[i] : 0;
        int64_t length = call->nargs > 3 ? args[3].longs[i] : -1;
        int64_t left = call->nargs > 4 ? args[4].longs[i] : 1;
        start = start < 0 ? start + e.count : start;
        start = start < 0 ? 0 : start;
        for (int64_t k = start; k < e.count && (length < 0 || k < start + length); k++) {
            if (spoor_dynamic_compare(e.items[k], element) == 0 && --left == 0) {
                out->longs[i] = k;
                break;
            }
        }
    }
}

static void sum_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        bool ok = spoor_dynamic_kind_of(args[0].strings[i]) == SPOOR_DYN_ARRAY;
        spoor_dynamic_iter iter = spoor_dynamic_begin(args[0].strings[i]);
        for (spoor_str name, element; ok && spoor_dynamic_next(&iter, &name, &element);) {
            spoor_value value = spoor_dynamic_scalar(element), real;
            real = spoor_convert(call->scratch, &value, SPOOR_REAL);
            bool is_number = value.type == SPOOR_LONG || value.type == SPOOR_REAL ||
                             value.type == SPOOR_DECIMAL || value.type == SPOOR_BOOL;
            ok = is_number && !real.is_null;
            out->reals[i] += ok ? real.real : 0;
        }
        out->nulls[i] = !ok;
        out->reals[i] = ok ? out->reals[i] : 0;
    }
}

/* array_iff(conditions, then, else): arrays, or scalars for every element. */
static spoor_str pick(spoor_call *call, const spoor_vec *arg, uint32_t row, uint32_t at) {
    spoor_value value = spoor_vec_get(arg, row);
    spoor_str element = {0};
    if (arg->type == SPOOR_DYNAMIC && !value.is_null &&
        spoor_dynamic_kind_of(value.string) == SPOOR_DYN_ARRAY) {
        return spoor_dynamic_at(value.string, at, &element) ? element : (spoor_str){0};
    }
    return spoor_element_from(call->scratch, &value);
}

static bool is_true(spoor_str element) {
    spoor_value value = spoor_dynamic_scalar(element);
    return (value.type == SPOOR_BOOL && value.boolean) ||
           (value.type == SPOOR_LONG && value.integer != 0) ||
           (value.type == SPOOR_REAL && value.real != 0);
}

static void iff_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements e;
        if (!spoor_elements_of(call->scratch, args[0].strings[i], &e)) {
            spoor_put_dynamic(out, i, true, (spoor_str){0});
            continue;
        }
        for (uint32_t k = 0; k < e.count; k++) {
            bool is_null = spoor_dynamic_kind_of(e.items[k]) == SPOOR_DYN_NULL;
            e.items[k] = is_null ? (spoor_str){0}
                                 : pick(call, &args[is_true(e.items[k]) ? 1 : 2], i, k);
        }
        spoor_put_dynamic(out, i, false, spoor_elements_pack(call->scratch, e.items, e.count));
    }
}

/* array_split(array, index or array of indexes): arrays between them. */
static void split_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements e, at = {0};
        spoor_value index = spoor_vec_get(&args[1], i);
        bool ok = !index.is_null && spoor_elements_of(call->scratch, args[0].strings[i], &e);
        if (!ok) {
            spoor_put_dynamic(out, i, true, (spoor_str){0});
            continue;
        }
        spoor_str one = spoor_element_from(call->scratch, &index);
        if (!spoor_elements_of(call->scratch, one, &at)) {
            at = (spoor_elements){&one, 1};
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        int64_t from = 0;
        for (uint32_t k = 0; k <= at.count; k++) {
            spoor_value place = k < at.count ? spoor_dynamic_scalar(at.items[k]) : (spoor_value){0};
            int64_t to = k < at.count && place.type == SPOOR_LONG ? place.integer : e.count;
            to = to < 0 ? to + e.count : to;
            to = to < from ? from : to > e.count ? e.count : to;
            spoor_dynamic_add_encoded(
                &builder, spoor_elements_pack(call->scratch, e.items + from, (uint32_t)(to - from)));
            from = to;
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, false, spoor_dynamic_finish(&builder));
    }
}

static void repeat_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t count = args[1].longs[i];
        bool ok = !spoor_vec_is_null(&args[1], i) && count >= 0 && count <= MAX_RANGE;
        spoor_value value = spoor_vec_get(&args[0], i);
        spoor_str element = spoor_element_from(call->scratch, &value);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (int64_t k = 0; ok && k < count; k++) {
            spoor_dynamic_add_encoded(&builder, element);
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, !ok, spoor_dynamic_finish(&builder));
    }
}

static void zip_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t most = 0;
        for (uint32_t k = 0; k < call->nargs; k++) {
            uint32_t count = spoor_dynamic_count(args[k].strings[i]);
            most = count > most ? count : most;
        }
        spoor_str *tuple = SPOOR_RAW_ARRAY(call->scratch, spoor_str, call->nargs);
        spoor_dynamic_iter *iters = SPOOR_NEW_ARRAY(call->scratch, spoor_dynamic_iter, call->nargs);
        for (uint32_t k = 0; k < call->nargs; k++) {
            iters[k] = spoor_dynamic_begin(args[k].strings[i]);
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (uint32_t at = 0; at < most; at++) {
            for (uint32_t k = 0; k < call->nargs; k++) {
                spoor_str name, element = {0};
                bool found = spoor_dynamic_next(&iters[k], &name, &element);
                tuple[k] = found ? element : (spoor_str){0};
            }
            spoor_dynamic_add_encoded(&builder,
                                      spoor_elements_pack(call->scratch, tuple, call->nargs));
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, false, spoor_dynamic_finish(&builder));
    }
}

/* -- range -------------------------------------------------------------------------------------------- */

static void range_longs_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t at = args[0].longs[i], to = args[1].longs[i];
        bool is_time = args[0].type == SPOOR_DATETIME;
        int64_t step = call->nargs > 2 ? args[2].longs[i] : is_time ? SPOOR_TICKS_HOUR : 1;
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        spoor_type type = is_time ? SPOOR_DATETIME
                          : args[0].type == SPOOR_TIMESPAN ? SPOOR_TIMESPAN
                                                           : SPOOR_LONG;
        for (uint32_t n = 0; step != 0 && n < MAX_RANGE && (step > 0 ? at <= to : at >= to); n++) {
            spoor_value value = {.type = type, .integer = at};
            spoor_dynamic_add(&builder, &value);
            if (__builtin_add_overflow(at, step, &at)) {
                break;
            }
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, step == 0, spoor_dynamic_finish(&builder));
    }
}

static void range_reals_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        double from = args[0].reals[i], to = args[1].reals[i];
        double step = call->nargs > 2 ? args[2].reals[i] : 1;
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (uint32_t n = 0; step != 0 && n < MAX_RANGE; n++) {
            spoor_value value = {.type = SPOOR_REAL, .real = from + n * step};
            if (step > 0 ? !(value.real <= to) : !(value.real >= to)) {
                break;
            }
            spoor_dynamic_add(&builder, &value);
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, step == 0, spoor_dynamic_finish(&builder));
    }
}

// clang-format off
#define DYN SPOOR_T_DYNAMIC
#define LONG SPOOR_T_INTEGER
#define ANY SPOOR_T_ANY
#define ROW(row_name, least, most, code, nulls, text, sample, prints, ...) \
    {.name = row_name, .args = {__VA_ARGS__}, .min_args = least, .max_args = most, .result = SPOOR_DYNAMIC, .sees_nulls = nulls, \
     .eval = code, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_array[] = {
    ROW("array_concat", 1, SPOOR_VARIADIC, concat_eval, true, "The arrays one after the other.", "array_concat(dynamic([1,2]), dynamic([3]))", "[1,2,3]", DYN),
    ROW("array_slice", 3, 3, slice_eval, false, "The elements from one index to another, both included.", "array_slice(dynamic([1,2,3,4]), 1, -2)", "[2,3]", DYN, LONG, LONG),
    ROW("array_reverse", 1, 1, reverse_eval, false, "The elements from the last to the first.", "array_reverse(dynamic([1,2,3]))", "[3,2,1]", DYN),
    ROW("array_rotate_left", 2, 2, rotate_left_eval, false, "The elements moved round to the left.", "array_rotate_left(dynamic([1,2,3]), 1)", "[2,3,1]", DYN, LONG),
    ROW("array_rotate_right", 2, 2, rotate_right_eval, false, "The elements moved round to the right.", "array_rotate_right(dynamic([1,2,3]), 1)", "[3,1,2]", DYN, LONG),
    ROW("array_shift_left", 2, 3, shift_left_eval, true, "The elements moved to the left; null, or the third argument, moves in.", "array_shift_left(dynamic([1,2,3]), 1, 0)", "[2,3,0]", DYN, LONG, ANY),
    ROW("array_shift_right", 2, 3, shift_right_eval, true, "The elements moved to the right; null, or the third argument, moves in.", "array_shift_right(dynamic([1,2,3]), 1)", "[null,1,2]", DYN, LONG, ANY),
    {.name = "array_index_of", .args = {DYN, ANY, LONG, LONG, LONG}, .min_args = 2, .max_args = 5, .result = SPOOR_LONG, .eval = index_of_eval,
     .summary = "Index of the first element that equals a value, or -1.", .example = "array_index_of(dynamic(['a','b']), 'b')", .value = "1"},
    {.name = "array_sum", .args = {DYN}, .min_args = 1, .max_args = 1, .result = SPOOR_REAL, .sees_nulls = true, .eval = sum_eval,
     .summary = "Sum of an array of numbers.", .example = "array_sum(dynamic([1,2.5]))", .value = "3.5"},
    ROW("array_iff", 3, 3, iff_eval, true, "For each condition the element of the second array, or of the third.", "array_iff(dynamic([true,false]), dynamic([1,2]), dynamic([3,4]))", "[1,4]", DYN, ANY, ANY),
    ROW("array_iif", 3, 3, iff_eval, true, "As array_iff().", "array_iif(dynamic([true,false]), 'y', 'n')", "[\"y\",\"n\"]", DYN, ANY, ANY),
    ROW("array_split", 2, 2, split_eval, true, "Arrays of what stands between the indexes.", "array_split(dynamic([1,2,3]), 1)", "[[1],[2,3]]", DYN, LONG | DYN),
    ROW("repeat", 2, 2, repeat_eval, true, "An array of the same value so many times.", "repeat('a', 2)", "[\"a\",\"a\"]", ANY, LONG),
    ROW("zip", 2, 16, zip_eval, true, "An array of tuples, one element of each array.", "zip(dynamic([1,2]), dynamic(['a','b']))", "[[1,\"a\"],[2,\"b\"]]", DYN),
    ROW("range", 2, 3, range_longs_eval, false, "An array of numbers from one to another by a step.", "range(1, 7, 3)", "[1,4,7]", LONG, LONG, LONG),
    ROW("range", 2, 3, range_reals_eval, false, "An array of numbers from one to another by a step.", "range(0.5, 1.5, 0.5)", "[0.5,1.0,1.5]", SPOOR_T_REAL, SPOOR_T_REAL, SPOOR_T_REAL),
    ROW("range", 2, 3, range_longs_eval, false, "An array of times from one to another by a timespan.", "array_length(range(datetime(2024-01-01), datetime(2024-01-03), 1d))", "3", SPOOR_T_DATETIME, SPOOR_T_DATETIME, SPOOR_T_TIMESPAN),
    ROW("range", 3, 3, range_longs_eval, false, "An array of timespans from one to another by a step.", "range(1h, 3h, 1h)", "[\"01:00:00\",\"02:00:00\",\"03:00:00\"]", SPOOR_T_TIMESPAN, SPOOR_T_TIMESPAN, SPOOR_T_TIMESPAN),
    {0},
};
// clang-format on
