/* fn_series_shape.c - gaps of arrays filled, arrays filtered, their statistics. */
#include <math.h>

#include "functions/elements.h"
#include "functions/series.h"

static bool take(spoor_call *call, const spoor_vec *arg, uint32_t row, spoor_vec *out,
                 spoor_elements *array) {
    bool ok =
        !spoor_vec_is_null(arg, row) && spoor_elements_of(call->scratch, arg->strings[row], array);
    out->nulls[row] = !ok;
    return ok;
}

/* -- gaps -------------------------------------------------------------------------------------- */

/* What stands for a missing value: argument `arg`, or null. */
static spoor_str placeholder(spoor_call *call, const spoor_vec *args, uint32_t arg, uint32_t row) {
    return arg < call->nargs ? spoor_element_at(call->scratch, &args[arg], row) : (spoor_str){0};
}

static bool is_missing(spoor_str element, spoor_str missing) {
    return spoor_dynamic_compare(element, missing) == 0;
}

static void fill_constant_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                               spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        if (!take(call, &args[0], i, out, &array)) {
            continue;
        }
        spoor_str constant = spoor_element_at(call->scratch, &args[1], i);
        spoor_str missing = placeholder(call, args, 2, i);
        for (uint32_t k = 0; k < array.count; k++) {
            array.items[k] = is_missing(array.items[k], missing) ? constant : array.items[k];
        }
        spoor_put_dynamic(out, i, spoor_elements_pack(call->scratch, array.items, 0, array.count));
    }
}

static void fill_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                      bool forward) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        if (!take(call, &args[0], i, out, &array)) {
            continue;
        }
        spoor_str missing = placeholder(call, args, 1, i), last = missing;
        for (uint32_t n = 0; n < array.count; n++) {
            uint32_t k = forward ? n : array.count - 1 - n;
            last = is_missing(array.items[k], missing) ? last : array.items[k];
            array.items[k] = last;
        }
        spoor_put_dynamic(out, i, spoor_elements_pack(call->scratch, array.items, 0, array.count));
    }
}

static void fill_forward_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    fill_rows(call, rows, args, out, true);
}

static void fill_backward_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                               spoor_vec *out) {
    fill_rows(call, rows, args, out, false);
}

/* items[from+1 .. to) on the line between both; whole numbers stay whole, cut off. */
static bool bridge(spoor_arena *arena, spoor_elements *array, uint32_t from, uint32_t to,
                   bool whole) {
    double a, b;
    if (!spoor_element_number(array->items[from], &a) ||
        !spoor_element_number(array->items[to], &b)) {
        return false;
    }
    for (uint32_t k = from + 1; k < to; k++) {
        double x = a + (b - a) * (k - from) / (to - from);
        spoor_value value = {.type = SPOOR_REAL, .real = x};
        if (whole && fabs(x) < 9e18) {
            value = (spoor_value){.type = SPOOR_LONG, .integer = (int64_t)x};
        }
        array->items[k] = spoor_dynamic_from_value(arena, &value);
    }
    return true;
}

static bool fill_line(spoor_arena *arena, spoor_elements *array, spoor_str missing, bool edges,
                      spoor_str constant) {
    uint32_t last = array->count, first = array->count;
    bool whole = true;
    for (uint32_t k = 0; k < array->count; k++) {
        whole = whole && (is_missing(array->items[k], missing) ||
                          spoor_dynamic_kind_of(array->items[k]) == SPOOR_DYN_LONG);
    }
    for (uint32_t k = 0; k < array->count; k++) {
        if (is_missing(array->items[k], missing)) {
            continue;
        }
        if (last < k && !bridge(arena, array, last, k, whole)) {
            return false;
        }
        first = first == array->count ? k : first;
        last = k;
    }
    for (uint32_t k = 0; k < array->count && first == array->count; k++) {
        array->items[k] = constant;
    }
    for (uint32_t k = 0; edges && first < array->count && k < array->count; k++) {
        array->items[k] = k < first  ? array->items[first]
                          : k > last ? array->items[last]
                                     : array->items[k];
    }
    return true;
}

static void fill_linear_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        if (!take(call, &args[0], i, out, &array)) {
            continue;
        }
        spoor_value zero = {.type = SPOOR_REAL};
        spoor_str constant = call->nargs > 3 ? spoor_element_at(call->scratch, &args[3], i)
                                             : spoor_dynamic_from_value(call->scratch, &zero);
        bool edges = call->nargs < 3 || spoor_vec_is_null(&args[2], i) || args[2].bools[i];
        bool ok = fill_line(call->scratch, &array, placeholder(call, args, 1, i), edges, constant);
        spoor_put_dynamic(out, i,
                          ok ? spoor_elements_pack(call->scratch, array.items, 0, array.count)
                             : (spoor_str){0});
    }
}

/* -- filters ----------------------------------------------------------------------------------- */

/* y[i] = (b0 x[i] + b1 x[i-1] + ... - a1 y[i-1] - a2 y[i-2] - ...) / a0 */
static void iir_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        double *x, *a, *b;
        uint32_t count, above, below;
        out->nulls[i] = 1;
        if (!spoor_series_take(call, &args[0], i, &x, &count) ||
            !spoor_series_take(call, &args[1], i, &b, &above) ||
            !spoor_series_take(call, &args[2], i, &a, &below) || a[0] == 0) {
            continue;
        }
        double *y = SPOOR_NEW_ARRAY(call->scratch, double, count);
        for (uint32_t k = 0; k < count && !spoor_series_is_cancelled(call); k++) {
            for (uint32_t j = 0; j < above && j <= k; j++) {
                y[k] += b[j] * x[k - j];
            }
            for (uint32_t j = 1; j < below && j <= k; j++) {
                y[k] -= a[j] * y[k - j];
            }
            y[k] /= a[0];
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_series_add_reals(&builder, y, count);
        spoor_series_put(out, i, &builder);
    }
}

/* -- statistics -------------------------------------------------------------------------------- */

static void add_named(spoor_dynamic_builder *builder, spoor_str name, double value) {
    spoor_dynamic_name(builder, name);
    spoor_dynamic_add(builder, &(spoor_value){.type = SPOOR_REAL, .real = value});
}

static void add_place(spoor_dynamic_builder *builder, spoor_str name, uint32_t value) {
    spoor_dynamic_name(builder, name);
    spoor_dynamic_add(builder, &(spoor_value){.type = SPOOR_LONG, .integer = value});
}

/* The bag of statistics; empty: there is none, for want of a finite number or for one that is not. */
static spoor_str statistics(spoor_arena *arena, const spoor_elements *array, bool skip) {
    double mean = 0, squares = 0, sum = 0, least = 0, most = 0, x;
    uint32_t count = 0, least_at = 0, most_at = 0;
    for (uint32_t k = 0; k < array->count; k++) {
        if (!spoor_element_number(array->items[k], &x) || !isfinite(x)) {
            if (!skip) {
                return (spoor_str){0};
            }
            continue;
        }
        double from_mean = x - mean;
        count++;
        mean += from_mean / count;
        squares += from_mean * (x - mean);
        sum += x;
        if (count == 1 || x < least) {
            least = x;
            least_at = k;
        }
        if (count == 1 || x > most) {
            most = x;
            most_at = k;
        }
    }
    if (count == 0) {
        return (spoor_str){0};
    }
    double variance = count > 1 ? squares / (count - 1) : 0;
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, arena);
    spoor_dynamic_open(&builder, '{');
    add_named(&builder, SPOOR_STR("min"), least);
    add_place(&builder, SPOOR_STR("min_idx"), least_at);
    add_named(&builder, SPOOR_STR("max"), most);
    add_place(&builder, SPOOR_STR("max_idx"), most_at);
    add_named(&builder, SPOOR_STR("avg"), sum / count);
    add_named(&builder, SPOOR_STR("stdev"), sqrt(variance));
    add_named(&builder, SPOOR_STR("variance"), variance);
    add_named(&builder, SPOOR_STR("sum"), sum);
    add_place(&builder, SPOOR_STR("len"), array->count);
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

static void stats_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        if (take(call, &args[0], i, out, &array)) {
            bool skip = call->nargs > 1 && !spoor_vec_is_null(&args[1], i) && args[1].bools[i];
            spoor_put_dynamic(out, i, statistics(call->scratch, &array, skip));
        }
    }
}

// clang-format off
#define DYN SPOOR_T_DYNAMIC
#define ANY SPOOR_T_ANY
#define BOOLEAN SPOOR_T_BOOL
#define SERIES(row_name, least, most, b, c, d, code, text, sample, prints) \
    {.name = "series_" row_name, .args = {DYN, b, c, d}, .min_args = least, .max_args = most, .result = SPOOR_DYNAMIC, .sees_nulls = true, .eval = code, \
     .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_series_shape[] = {
    SERIES("fill_const", 2, 3, ANY, ANY, 0, fill_constant_eval, "An array with its nulls, or the values like the third argument, replaced.",
           "series_fill_const(dynamic([1,null,3]), 0)", "[1,0,3]"),
    SERIES("fill_forward", 1, 2, ANY, 0, 0, fill_forward_eval, "An array with its nulls replaced by the value before.", "series_fill_forward(dynamic([null,1,null,3]))", "[null,1,1,3]"),
    SERIES("fill_backward", 1, 2, ANY, 0, 0, fill_backward_eval, "An array with its nulls replaced by the value behind.", "series_fill_backward(dynamic([1,null,3,null]))", "[1,3,3,null]"),
    SERIES("fill_linear", 1, 4, ANY, BOOLEAN, ANY, fill_linear_eval, "An array with its nulls on the line between their neighbours.", "series_fill_linear(dynamic([1.0,null,2.0]))", "[1.0,1.5,2.0]"),
    SERIES("iir", 3, 3, DYN, DYN, 0, iir_eval, "An array through a filter of numerators and denominators.", "series_iir(dynamic([1,2,3]), dynamic([1]), dynamic([1,-1]))", "[1.0,3.0,6.0]"),
    SERIES("stats_dynamic", 1, 2, BOOLEAN, 0, 0, stats_eval, "Least, greatest, mean, spread and sum of an array, in a bag.", "series_stats_dynamic(dynamic([1,3])).avg", "2.0"),
    {0},
};
// clang-format on
