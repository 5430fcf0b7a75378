/* fn_series.c - arithmetic on arrays of numbers, element by element, and over two of them.
 *
 * An element that is no number, or that the other array does not have, makes
 * a null element.  What is no array makes null; of two, one may be a number that
 * goes with each element of the other. */
#include <math.h>

#include "functions/elements.h"
#include "functions/function.h"

static bool is_long(spoor_str element, int64_t *number) {
    spoor_value value = spoor_dynamic_scalar(element);
    *number = value.integer;
    return !value.is_null && value.type == SPOOR_LONG;
}

/* -- one array --------------------------------------------------------------------------------- */

typedef double of_real(double x);

static spoor_value real_value(double x) {
    return (spoor_value){.type = SPOOR_REAL, .real = x};
}

/* keep_longs: a whole number in gives a whole number out. */
static void map_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                     of_real *of, bool keep_longs) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        if (!spoor_elements_take(call, &args[0], i, out, &array)) {
            continue;
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (uint32_t k = 0; k < array.count; k++) {
            spoor_value value = {.type = SPOOR_REAL, .is_null = true};
            double x;
            if (spoor_element_number(array.items[k], &x)) {
                value = real_value(of(x));
                int64_t whole;
                if (keep_longs && is_long(array.items[k], &whole) && fabs(x) < 9e18) {
                    value = (spoor_value){.type = SPOOR_LONG, .integer = (int64_t)of(x)};
                }
            }
            spoor_dynamic_add(&builder, &value);
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, spoor_dynamic_finish(&builder));
    }
}

static double sign_of(double x) {
    return isnan(x) ? x : (double)((x > 0) - (x < 0));
}

#define MAP_EVAL(name, of, keep_longs)                                                             \
    static void name##_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,                \
                            spoor_vec *out) {                                                      \
        map_rows(call, rows, args, out, of, keep_longs);                                           \
    }
MAP_EVAL(abs, fabs, true)
MAP_EVAL(sign, sign_of, true)
MAP_EVAL(ceiling, ceil, false)
MAP_EVAL(floor, floor, false)
MAP_EVAL(exp, exp, false)
MAP_EVAL(log, log, false)
MAP_EVAL(sin, sin, false)
MAP_EVAL(cos, cos, false)
MAP_EVAL(tan, tan, false)
MAP_EVAL(asin, asin, false)
MAP_EVAL(acos, acos, false)
MAP_EVAL(atan, atan, false)

/* -- two arrays, element by element ------------------------------------------------------------ */

typedef enum pairing { ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER } pairing;

static spoor_value of_longs(pairing how, int64_t a, int64_t b) {
    uint64_t x = (uint64_t)a, y = (uint64_t)b;
    uint64_t result = how == ADD ? x + y : how == SUBTRACT ? x - y : x * y; /* wraps */
    return (spoor_value){.type = SPOOR_LONG, .integer = (int64_t)result};
}

static spoor_value of_reals(pairing how, double a, double b) {
    switch (how) {
    case ADD: return real_value(a + b);
    case SUBTRACT: return real_value(a - b);
    case MULTIPLY: return real_value(a * b);
    case DIVIDE: return real_value(a / b);
    case POWER: break;
    }
    return real_value(pow(a, b));
}

/* As many elements as the other array has where the value is a number. */
static bool spread(spoor_call *call, const spoor_vec *arg, uint32_t row, uint32_t count,
                   spoor_elements *array) {
    spoor_str value = spoor_element_at(call->scratch, arg, row);
    double x;
    if (!spoor_element_number(value, &x)) {
        return spoor_elements_of(call->scratch, value, array);
    }
    array->items = SPOOR_NEW_ARRAY(call->scratch, spoor_str, count);
    array->count = count;
    for (uint32_t k = 0; k < count; k++) {
        array->items[k] = value;
    }
    return true;
}

/* Both arrays of a row, one of which may be a number for each element of the other; false, and a null:
 * they are none. */
static bool take_two(spoor_call *call, uint32_t row, const spoor_vec *args, spoor_vec *out,
                     spoor_elements *a, spoor_elements *b) {
    spoor_elements shape = {0};
    bool ok =
        spoor_elements_of(call->scratch, spoor_element_at(call->scratch, &args[0], row), &shape) ||
        spoor_elements_of(call->scratch, spoor_element_at(call->scratch, &args[1], row), &shape);
    ok = ok && !out->nulls[row] && spread(call, &args[0], row, shape.count, a) &&
         spread(call, &args[1], row, shape.count, b);
    out->nulls[row] = !ok;
    return ok;
}

/* A number for arithmetic: true is 1, times and timespans are their ticks. */
static bool operand(spoor_str element, double *number) {
    spoor_value value = spoor_dynamic_scalar(element);
    bool is_time = value.type == SPOOR_DATETIME || value.type == SPOOR_TIMESPAN;
    if (value.is_null || (!is_time && value.type != SPOOR_BOOL)) {
        return spoor_element_number(element, number);
    }
    *number = is_time ? (double)value.integer : value.boolean ? 1 : 0;
    return true;
}

static bool operands_at(const spoor_elements *a, const spoor_elements *b, uint32_t k, double *x,
                        double *y) {
    return k < a->count && k < b->count && operand(a->items[k], x) && operand(b->items[k], y);
}

static bool is_whole(spoor_str element, int64_t *number) {
    spoor_value value = spoor_dynamic_scalar(element);
    *number = value.type == SPOOR_BOOL ? value.boolean : value.integer;
    return !value.is_null && (value.type == SPOOR_LONG || value.type == SPOOR_BOOL);
}

/* Both numbers at k; false: one is none. */
static bool numbers_at(const spoor_elements *a, const spoor_elements *b, uint32_t k, double *x,
                       double *y) {
    return k < a->count && k < b->count && spoor_element_number(a->items[k], x) &&
           spoor_element_number(b->items[k], y);
}

static void pair_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                      pairing how) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements a, b;
        if (!take_two(call, i, args, out, &a, &b)) {
            continue;
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (uint32_t k = 0; k < a.count || k < b.count; k++) {
            spoor_value value = {.type = SPOOR_REAL, .is_null = true};
            double x, y;
            int64_t m, n;
            if (operands_at(&a, &b, k, &x, &y)) {
                bool whole =
                    how <= MULTIPLY && is_whole(a.items[k], &m) && is_whole(b.items[k], &n);
                value = whole ? of_longs(how, m, n) : of_reals(how, x, y);
            }
            spoor_dynamic_add(&builder, &value);
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, spoor_dynamic_finish(&builder));
    }
}

#define PAIR_EVAL(name, how)                                                                       \
    static void name##_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,                \
                            spoor_vec *out) {                                                      \
        pair_rows(call, rows, args, out, how);                                                     \
    }
PAIR_EVAL(add, ADD)
PAIR_EVAL(subtract, SUBTRACT)
PAIR_EVAL(multiply, MULTIPLY)
PAIR_EVAL(divide, DIVIDE)
PAIR_EVAL(pow, POWER)

typedef bool relation(double a, double b);

static bool is_equal(double a, double b) {
    return a == b;
}

static bool is_other(double a, double b) {
    return a != b;
}

static bool is_less(double a, double b) {
    return a < b;
}

static bool is_at_most(double a, double b) {
    return a <= b;
}

static void compare_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                         relation *holds, bool swap) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements first, second;
        if (!take_two(call, i, args, out, &first, &second)) {
            continue;
        }
        spoor_elements a = swap ? second : first, b = swap ? first : second;
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (uint32_t k = 0; k < a.count || k < b.count; k++) {
            double x = 0, y = 0;
            spoor_value value = {.type = SPOOR_BOOL, .is_null = !operands_at(&a, &b, k, &x, &y)};
            value.boolean = !value.is_null && holds(x, y);
            spoor_dynamic_add(&builder, &value);
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, spoor_dynamic_finish(&builder));
    }
}

#define COMPARE_EVAL(name, holds, swap)                                                            \
    static void name##_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,                \
                            spoor_vec *out) {                                                      \
        compare_rows(call, rows, args, out, holds, swap);                                          \
    }
COMPARE_EVAL(equals, is_equal, false)
COMPARE_EVAL(not_equals, is_other, false)
COMPARE_EVAL(less, is_less, false)
COMPARE_EVAL(less_equals, is_at_most, false)
COMPARE_EVAL(greater, is_less, true)
COMPARE_EVAL(greater_equals, is_at_most, true)

/* -- to one number ----------------------------------------------------------------------------- */

static void product_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        if (!spoor_elements_take(call, &args[0], i, out, &array)) {
            continue;
        }
        double product = 1, x;
        bool ok = true;
        for (uint32_t k = 0; k < array.count && ok; k++) {
            ok = spoor_element_number(array.items[k], &x) || spoor_element_is_null(array.items[k]);
            product *= ok && !spoor_element_is_null(array.items[k]) ? x : 1;
        }
        out->nulls[i] = !ok;
        out->reals[i] = ok ? product : 0;
    }
}

/* Both arrays of a row; false, and a null, when one is empty, too. */
static bool take_filled(spoor_call *call, uint32_t row, const spoor_vec *args, spoor_vec *out,
                        spoor_elements *a, spoor_elements *b) {
    out->nulls[row] = !take_two(call, row, args, out, a, b) || a->count == 0 || b->count == 0;
    return !out->nulls[row];
}

static double dot(const spoor_elements *a, const spoor_elements *b) {
    double sum = 0, x, y;
    for (uint32_t k = 0; k < a->count && k < b->count; k++) {
        if (numbers_at(a, b, k, &x, &y)) {
            sum += x * y;
        }
    }
    return sum;
}

static void dot_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements a, b;
        if (take_filled(call, i, args, out, &a, &b)) {
            out->reals[i] = dot(&a, &b);
        }
    }
}

static void magnitude_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements array;
        if (spoor_elements_take(call, &args[0], i, out, &array)) {
            out->reals[i] = sqrt(dot(&array, &array));
        }
    }
}

static void cosine_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements a, b;
        if (!take_two(call, i, args, out, &a, &b)) {
            continue;
        }
        a.count = b.count = a.count < b.count ? a.count : b.count;
        double first = call->nargs > 2 ? args[2].reals[i] : sqrt(dot(&a, &a));
        double second = call->nargs > 3 ? args[3].reals[i] : sqrt(dot(&b, &b));
        out->reals[i] = dot(&a, &b) / (first * second);
    }
}

/* Null unless both are numbers throughout and of one length. */
static void pearson_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_elements a, b;
        if (!spoor_elements_take(call, &args[0], i, out, &a) ||
            !spoor_elements_take(call, &args[1], i, out, &b)) {
            continue;
        }
        bool ok = a.count == b.count && a.count > 0;
        double x, y, mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
        for (uint32_t k = 0; k < a.count && ok; k++) {
            ok = numbers_at(&a, &b, k, &x, &y);
            mean_x += ok ? x / a.count : 0;
            mean_y += ok ? y / a.count : 0;
        }
        for (uint32_t k = 0; k < a.count && ok; k++) {
            numbers_at(&a, &b, k, &x, &y);
            xx += (x - mean_x) * (x - mean_x);
            yy += (y - mean_y) * (y - mean_y);
            xy += (x - mean_x) * (y - mean_y);
        }
        out->nulls[i] = !ok;
        out->reals[i] = ok ? xy / sqrt(xx * yy) : 0;
    }
}

// clang-format off
#define DYN SPOOR_T_DYNAMIC
#define SERIES(row_name, nargs, of, code, text, sample, prints) \
    {.name = "series_" row_name, .args = {DYN, DYN}, .min_args = nargs, .max_args = nargs, .result = of, .eval = code, .summary = text, .example = sample, .value = prints}
#define MAP(row_name, code, text, sample, prints) SERIES(row_name, 1, SPOOR_DYNAMIC, code, text, sample, prints)
#define PAIR(row_name, code, text, prints) \
    {.name = "series_" row_name, .args = {DYN | SPOOR_T_NUMBER, DYN | SPOOR_T_NUMBER}, .min_args = 2, .max_args = 2, .result = SPOOR_DYNAMIC, .eval = code, \
     .summary = text, .example = "series_" row_name "(dynamic([1,2,4]), dynamic([4,2,1]))", .value = prints}
const spoor_function spoor_fn_series[] = {
    MAP("abs", abs_eval, "The numbers of an array without their signs.", "series_abs(dynamic([-6.5,0,8]))", "[6.5,0,8]"),
    MAP("sign", sign_eval, "1, 0 or -1 for each number of an array.", "series_sign(dynamic([-6,0,8]))", "[-1,0,1]"),
    MAP("ceiling", ceiling_eval, "The least whole numbers not below those of an array.", "series_ceiling(dynamic([-1.5,1]))", "[-1.0,1.0]"),
    MAP("floor", floor_eval, "The greatest whole numbers not above those of an array.", "series_floor(dynamic([-1.5,1]))", "[-2.0,1.0]"),
    MAP("exp", exp_eval, "e to the power of each number of an array.", "series_exp(dynamic([0]))", "[1.0]"),
    MAP("log", log_eval, "Natural logarithms of the numbers of an array.", "series_log(dynamic([1]))", "[0.0]"),
    MAP("sin", sin_eval, "Sines of the numbers of an array.", "series_sin(dynamic([0]))", "[0.0]"),
    MAP("cos", cos_eval, "Cosines of the numbers of an array.", "series_cos(dynamic([0]))", "[1.0]"),
    MAP("tan", tan_eval, "Tangents of the numbers of an array.", "series_tan(dynamic([0]))", "[0.0]"),
    MAP("asin", asin_eval, "Angles with the sines of an array.", "series_asin(dynamic([0]))", "[0.0]"),
    MAP("acos", acos_eval, "Angles with the cosines of an array.", "series_acos(dynamic([1]))", "[0.0]"),
    MAP("atan", atan_eval, "Angles with the tangents of an array.", "series_atan(dynamic([0]))", "[0.0]"),
    PAIR("add", add_eval, "Sums of the numbers at each index of two arrays.", "[5,4,5]"),
    PAIR("subtract", subtract_eval, "Differences of the numbers at each index of two arrays.", "[-3,0,3]"),
    PAIR("multiply", multiply_eval, "Products of the numbers at each index of two arrays.", "[4,4,4]"),
    PAIR("divide", divide_eval, "Quotients of the numbers at each index of two arrays.", "[0.25,1.0,4.0]"),
    PAIR("pow", pow_eval, "Powers of the numbers of one array by those of another.", "[1.0,4.0,4.0]"),
    PAIR("equals", equals_eval, "Whether the numbers at each index of two arrays are equal.", "[false,true,false]"),
    PAIR("not_equals", not_equals_eval, "Whether the numbers at each index of two arrays differ.", "[true,false,true]"),
    PAIR("less", less_eval, "Whether each number of one array is less than that of another.", "[true,false,false]"),
    PAIR("less_equals", less_equals_eval, "Whether each number of one array is not above that of another.", "[true,true,false]"),
    PAIR("greater", greater_eval, "Whether each number of one array is greater than that of another.", "[false,false,true]"),
    PAIR("greater_equals", greater_equals_eval, "Whether each number of one array is not below that of another.", "[false,true,true]"),
    SERIES("product", 1, SPOOR_REAL, product_eval, "Product of the numbers of an array; null if it holds anything else.", "series_product(dynamic([1,2,3,4]))", "24.0"),
    SERIES("magnitude", 1, SPOOR_REAL, magnitude_eval, "Root of the sum of the squares of an array.", "series_magnitude(dynamic([3,4]))", "5.0"),
    SERIES("pearson_correlation", 2, SPOOR_REAL, pearson_eval, "Pearson's correlation of two arrays.", "series_pearson_correlation(dynamic([1,2,3]), dynamic([2,4,6]))", "1.0"),
    {.name = "series_dot_product", .args = {DYN | SPOOR_T_NUMBER, DYN | SPOOR_T_NUMBER}, .min_args = 2, .max_args = 2, .result = SPOOR_REAL, .eval = dot_eval,
     .summary = "Sum of the products at each index of two arrays, or of an array and a number.", .example = "series_dot_product(dynamic([1,2,3]), 10)", .value = "60.0"},
    {.name = "series_cosine_similarity", .args = {DYN, DYN, SPOOR_T_REAL, SPOOR_T_REAL}, .min_args = 2, .max_args = 4, .result = SPOOR_REAL, .eval = cosine_eval,
     .summary = "Cosine of the angle between two arrays; their magnitudes may be given.", .example = "series_cosine_similarity(dynamic([1,0]), dynamic([0,1]))", .value = "0.0"},
    {0},
};
// clang-format on
