/* fn_series_fit.c - lines and polynomials through arrays, arrays filtered and transformed.
 *
 * An array that holds anything but numbers gives null.  The x of a line are 1, 2, 3 ...; variances
 * are of a sample (divided by n - 1), as the documentation's examples show. */
#include <math.h>

#include "functions/elements.h"
#include "functions/function.h"

enum { MOST_DEGREE = 32 };

#define PI 3.14159265358979323846

static bool is_cancelled(const spoor_call *call) {
    return call->cancel != NULL && *call->cancel;
}

/* The numbers of an array, one at least; false: it is none. */
static bool take(spoor_call *call, const spoor_vec *arg, uint32_t row, double **numbers, uint32_t *count) {
    spoor_elements array;
    if (spoor_vec_is_null(arg, row) || !spoor_elements_of(call->scratch, arg->strings[row], &array)) {
        return false;
    }
    *numbers = SPOOR_NEW_ARRAY(call->scratch, double, array.count + 1);
    *count = array.count;
    for (uint32_t k = 0; k < array.count; k++) {
        if (!spoor_element_number(array.items[k], &(*numbers)[k])) {
            return false;
        }
    }
    return array.count > 0;
}

static void put(spoor_vec *out, uint32_t row, spoor_str value) {
    out->strings[row] = value;
    out->nulls[row] = value.len == 0;
}

static void add_reals(spoor_dynamic_builder *builder, const double *numbers, uint32_t count) {
    spoor_dynamic_open(builder, '[');
    for (uint32_t k = 0; k < count; k++) {
        spoor_dynamic_add(builder, &(spoor_value){.type = SPOOR_REAL, .real = numbers[k]});
    }
    spoor_dynamic_close(builder);
}

static void add_named(spoor_dynamic_builder *builder, const char *name, double number) {
    spoor_dynamic_name(builder, spoor_str_from(name));
    spoor_dynamic_add(builder, &(spoor_value){.type = SPOOR_REAL, .real = number});
}

static void add_named_reals(spoor_dynamic_builder *builder, const char *name, const double *numbers,
                            uint32_t count) {
    spoor_dynamic_name(builder, spoor_str_from(name));
    add_reals(builder, numbers, count);
}

/* -- filter ------------------------------------------------------------------------------------------ */

/* y[k] = sum of filter[j] * x[k - j + shift]; what lies outside the array is 0. */
static void fir_row(spoor_call *call, const spoor_vec *args, spoor_vec *out, uint32_t row) {
    double *x, *filter, sum = 0;
    uint32_t count, taps;
    bool has_negative = false;
    if (!take(call, &args[0], row, &x, &count) || !take(call, &args[1], row, &filter, &taps)) {
        out->nulls[row] = 1;
        return;
    }
    for (uint32_t j = 0; j < taps; j++) {
        sum += filter[j];
        has_negative = has_negative || filter[j] < 0;
    }
    bool is_given = call->nargs > 2 && !spoor_vec_is_null(&args[2], row);
    bool normalize = is_given ? args[2].bools[row] : !has_negative;
    bool center = call->nargs > 3 && !spoor_vec_is_null(&args[3], row) && args[3].bools[row];
    if (normalize && (has_negative || sum == 0)) {
        out->nulls[row] = 1;
        return;
    }
    uint32_t shift = center ? taps / 2 : 0;
    double *y = SPOOR_NEW_ARRAY(call->scratch, double, count);
    for (uint32_t k = 0; k < count && !is_cancelled(call); k++) {
        for (uint32_t j = 0; j < taps; j++) {
            uint64_t at = (uint64_t)k + shift;
            if (at >= j && at - j < count) {
                y[k] += filter[j] * x[at - j];
            }
        }
        y[k] = normalize ? y[k] / sum : y[k];
    }
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, call->scratch);
    add_reals(&builder, y, count);
    put(out, row, spoor_dynamic_finish(&builder));
}

static void fir_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        fir_row(call, args, out, i);
    }
}

/* -- fits ---------------------------------------------------------------------------------------------- */

static double mean_of(const double *x, uint32_t n) {
    double sum = 0;
    for (uint32_t k = 0; k < n; k++) {
        sum += x[k];
    }
    return sum / n;
}

/* How well `fit` goes through y: variance, residual variance and r-square. */
typedef struct quality {
    double variance, rvariance, rsquare;
} quality;

static quality quality_of(const double *y, const double *fit, uint32_t n) {
    double mean = mean_of(y, n), total = 0, residual = 0;
    for (uint32_t k = 0; k < n; k++) {
        total += (y[k] - mean) * (y[k] - mean);
        residual += (y[k] - fit[k]) * (y[k] - fit[k]);
    }
    uint32_t degrees = n > 1 ? n - 1 : 1;
    return (quality){total / degrees, residual / degrees, total > 0 ? 1 - residual / total : 0};
}

static void fit_line_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        double *y, xx = 0, xy = 0;
        uint32_t n;
        if (!take(call, &args[0], i, &y, &n)) {
            out->nulls[i] = 1;
            continue;
        }
        double mean_x = ((double)n + 1) / 2, mean_y = mean_of(y, n);
        for (uint32_t k = 0; k < n; k++) {
            double x = k + 1.0 - mean_x;
            xx += x * x;
            xy += x * (y[k] - mean_y);
        }
        double slope = xx > 0 ? xy / xx : 0, interception = mean_y - slope * mean_x;
        double *fit = SPOOR_NEW_ARRAY(call->scratch, double, n);
        for (uint32_t k = 0; k < n; k++) {
            fit[k] = slope * (k + 1.0) + interception;
        }
        quality q = quality_of(y, fit, n);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        add_named(&builder, "rsquare", q.rsquare);
        add_named(&builder, "slope", slope);
        add_named(&builder, "variance", q.variance);
        add_named(&builder, "rvariance", q.rvariance);
        add_named(&builder, "interception", interception);
        add_named_reals(&builder, "line_fit", fit, n);
        spoor_dynamic_close(&builder);
        put(out, i, spoor_dynamic_finish(&builder));
    }
}

/* Least squares by Householder reflections: a is n rows of m columns, y the right side; both are
 * overwritten.  False: the columns depend on each other. */
static bool solve(double *a, double *y, uint32_t n, uint32_t m, double *solution) {
    for (uint32_t c = 0; c < m; c++) {
        double norm = 0;
        for (uint32_t r = c; r < n; r++) {
            norm += a[r * m + c] * a[r * m + c];
        }
        norm = sqrt(norm);
        if (!(norm > 0) || !isfinite(norm)) {
            return false;
        }
        double pivot = a[c * m + c], alpha = pivot > 0 ? -norm : norm;
        double scale = norm * (norm + fabs(pivot)); /* half the square of the reflector */
        a[c * m + c] = pivot - alpha;
        for (uint32_t k = c + 1; k <= m; k++) {
            double dot = 0;
            for (uint32_t r = c; r < n; r++) {
                dot += a[r * m + c] * (k < m ? a[r * m + k] : y[r]);
            }
            for (uint32_t r = c; r < n; r++) {
                double *cell = k < m ? &a[r * m + k] : &y[r];
                *cell -= dot / scale * a[r * m + c];
            }
        }
        solution[c] = alpha; /* the diagonal, until it is solved */
    }
    for (uint32_t c = m; c-- > 0;) {
        double value = y[c];
        for (uint32_t k = c + 1; k < m; k++) {
            value -= a[c * m + k] * solution[k];
        }
        solution[c] = value / solution[c];
        if (!isfinite(solution[c])) {
            return false;
        }
    }
    return true;
}

/* The coefficients, that of the highest power first; false: there is no one best polynomial. */
static bool fit_polynomial(spoor_call *call, const double *x, const double *y, uint32_t n,
                           uint32_t terms, double *coefficients) {
    double *a = SPOOR_NEW_ARRAY(call->scratch, double, (size_t)n * terms);
    double *right = SPOOR_NEW_ARRAY(call->scratch, double, n);
    for (uint32_t r = 0; r < n; r++) {
        double power = 1;
        for (uint32_t c = terms; c-- > 0;) {
            a[(size_t)r * terms + c] = power;
            power *= x[r];
        }
        right[r] = y[r];
    }
    return solve(a, right, n, terms, coefficients);
}

static void fit_poly_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        double *x = NULL, *y, coefficients[MOST_DEGREE + 1];
        uint32_t n, nx;
        int64_t degree = call->nargs > 2 && !spoor_vec_is_null(&args[2], i) ? args[2].longs[i] : 1;
        bool has_x = call->nargs > 1;
        out->nulls[i] = 1;
        if (!take(call, &args[0], i, &y, &n) || degree < 1 || degree > MOST_DEGREE || degree >= n ||
            n > UINT32_MAX / (MOST_DEGREE + 1) || (has_x && !take(call, &args[1], i, &x, &nx)) ||
            (has_x && nx != n)) {
            continue;
        }
        if (!has_x) {
            x = SPOOR_NEW_ARRAY(call->scratch, double, n);
            for (uint32_t k = 0; k < n; k++) {
                x[k] = k + 1.0;
            }
        }
        uint32_t terms = (uint32_t)degree + 1;
        if (!fit_polynomial(call, x, y, n, terms, coefficients)) {
            continue;
        }
        double *fit = SPOOR_NEW_ARRAY(call->scratch, double, n);
        for (uint32_t k = 0; k < n; k++) {
            for (uint32_t c = 0; c < terms; c++) {
                fit[k] = fit[k] * x[k] + coefficients[c];
            }
        }
        quality q = quality_of(y, fit, n);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        add_named(&builder, "rsquare", q.rsquare);
        add_named_reals(&builder, "coefficients", coefficients, terms);
        add_named(&builder, "variance", q.variance);
        add_named(&builder, "rvariance", q.rvariance);
        add_named_reals(&builder, "poly_fit", fit, n);
        spoor_dynamic_close(&builder);
        put(out, i, spoor_dynamic_finish(&builder));
    }
}

/* -- Fourier ------------------------------------------------------------------------------------------- */

/* In place, for a power of two; way: -1 there, 1 back. */
static void transform_fast(double *re, double *im, uint32_t n, double way) {
    for (uint32_t i = 1, j = 0; i < n; i++) {
        uint32_t bit = n >> 1;
        for (; j & bit; bit >>= 1) {
            j ^= bit;
        }
        j ^= bit;
        if (i < j) {
            double r = re[i], m = im[i];
            re[i] = re[j], im[i] = im[j];
            re[j] = r, im[j] = m;
        }
    }
    for (uint32_t half = 1; half < n; half *= 2) {
        for (uint32_t k = 0; k < half; k++) {
            double c = cos(PI * k / half), s = way * sin(PI * k / half);
            for (uint32_t at = k; at < n; at += 2 * half) {
                double r = re[at + half] * c - im[at + half] * s;
                double m = re[at + half] * s + im[at + half] * c;
                re[at + half] = re[at] - r, im[at + half] = im[at] - m;
                re[at] += r, im[at] += m;
            }
        }
    }
}

static void transform_slowly(spoor_call *call, double *re, double *im, uint32_t n, double way) {
    double *r = SPOOR_NEW_ARRAY(call->scratch, double, n), *m = SPOOR_NEW_ARRAY(call->scratch, double, n);
    double *c = SPOOR_NEW_ARRAY(call->scratch, double, n), *s = SPOOR_NEW_ARRAY(call->scratch, double, n);
    for (uint32_t k = 0; k < n; k++) {
        c[k] = cos(2 * PI * k / n);
        s[k] = way * sin(2 * PI * k / n);
    }
    for (uint32_t k = 0; k < n && !is_cancelled(call); k++) {
        uint64_t turn = 0;
        for (uint32_t j = 0; j < n; j++) {
            r[k] += re[j] * c[turn] - im[j] * s[turn];
            m[k] += re[j] * s[turn] + im[j] * c[turn];
            turn = turn + k >= n ? turn + k - n : turn + k;
        }
    }
    memcpy(re, r, n * sizeof *re);
    memcpy(im, m, n * sizeof *im);
}

static void fourier_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                         double way) {
    for (uint32_t i = 0; i < rows; i++) {
        double *re, *im = NULL;
        uint32_t n, also = 0;
        out->nulls[i] = 1;
        if (!take(call, &args[0], i, &re, &n) ||
            (call->nargs > 1 && (!take(call, &args[1], i, &im, &also) || also != n))) {
            continue;
        }
        im = im != NULL ? im : SPOOR_NEW_ARRAY(call->scratch, double, n);
        if ((n & (n - 1)) == 0) {
            transform_fast(re, im, n, way);
        } else {
            transform_slowly(call, re, im, n, way);
        }
        for (uint32_t k = 0; k < n && way > 0; k++) {
            re[k] /= n;
            im[k] /= n;
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        add_named_reals(&builder, "real", re, n);
        add_named_reals(&builder, "imag", im, n);
        spoor_dynamic_close(&builder);
        put(out, i, spoor_dynamic_finish(&builder));
    }
}

static void fft_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    fourier_rows(call, rows, args, out, -1);
}

static void ifft_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    fourier_rows(call, rows, args, out, 1);
}

// clang-format off
#define DYN SPOOR_T_DYNAMIC
#define BOOLEAN SPOOR_T_BOOL
/* Hidden ones give a bag whose members planner/bind_tuple.c makes columns of. */
#define SERIES(row_name, hidden, least, most, b, c, d, code, text, sample, prints) \
    {.name = row_name, .args = {DYN, b, c, d}, .min_args = least, .max_args = most, .result = SPOOR_DYNAMIC, .is_hidden = hidden, .sees_nulls = true, \
     .eval = code, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_series_fit[] = {
    SERIES("series_fir", false, 2, 4, DYN, BOOLEAN, BOOLEAN, fir_eval,
           "An array through a filter; normalized unless the filter has negative numbers or the third argument is false, centred if the fourth is true.",
           "series_fir(dynamic([3,6,9,12]), dynamic([1,1,1]))", "[1.0,3.0,6.0,9.0]"),
    SERIES("series_fit_line_dynamic", false, 1, 1, 0, 0, 0, fit_line_eval, "The line that goes best through the numbers of an array, in a bag.",
           "series_fit_line_dynamic(dynamic([1,3,5])).slope", "2.0"),
    SERIES("__series_fit_line", true, 1, 1, 0, 0, 0, fit_line_eval, "series_fit_line() in a bag.", "__series_fit_line(dynamic([1,3,5])).line_fit", "[1.0,3.0,5.0]"),
    SERIES("__series_fit_poly", true, 1, 3, DYN, SPOOR_T_INTEGER, 0, fit_poly_eval, "series_fit_poly() in a bag.",
           "array_length(__series_fit_poly(dynamic([1,4,9,16]), dynamic([1,2,3,4]), 2).coefficients)", "3"),
    SERIES("__series_fft", true, 1, 2, DYN, 0, 0, fft_eval, "series_fft() in a bag.", "__series_fft(dynamic([1,0,0,0])).real", "[1.0,1.0,1.0,1.0]"),
    SERIES("__series_ifft", true, 1, 2, DYN, 0, 0, ifft_eval, "series_ifft() in a bag.", "__series_ifft(dynamic([4,0,0,0])).real", "[1.0,1.0,1.0,1.0]"),
    {0},
};
// clang-format on
