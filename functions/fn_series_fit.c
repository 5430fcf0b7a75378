/* fn_series_fit.c - lines and polynomials through arrays, arrays filtered and transformed.
 *
 * An array that holds anything but numbers gives null. */
#include <math.h>

#include "functions/function.h"
#include "functions/series.h"

enum { MOST_DEGREE = 32 };

#define PI 3.14159265358979323846

/* -- filter ------------------------------------------------------------------------------------ */

/* y[k] = sum of filter[j] * x[k - j + shift]; what lies outside the array is 0. */
static void fir_row(spoor_call *call, const spoor_vec *args, spoor_vec *out, uint32_t row) {
    double *x, *filter, sum = 0;
    uint32_t count, taps;
    bool has_negative = false;
    if (!spoor_series_take(call, &args[0], row, &x, &count) ||
        !spoor_series_take(call, &args[1], row, &filter, &taps)) {
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
    for (uint32_t k = 0; k < count && !spoor_series_is_cancelled(call); k++) {
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
    spoor_series_add_reals(&builder, y, count);
    spoor_series_put(out, row, &builder);
}

static void fir_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        fir_row(call, args, out, i);
    }
}

/* -- one line ---------------------------------------------------------------------------------- */

static void fit_line_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        double *y;
        uint32_t n;
        if (!spoor_series_take(call, &args[0], i, &y, &n)) {
            out->nulls[i] = 1;
            continue;
        }
        double *fit = SPOOR_NEW_ARRAY(call->scratch, double, n);
        spoor_line line = spoor_line_fit(y, n, fit);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        spoor_line_add(&builder, "", &line);
        spoor_series_add_named(&builder, "line_fit", fit, n);
        spoor_dynamic_close(&builder);
        spoor_series_put(out, i, &builder);
    }
}

/* -- two lines --------------------------------------------------------------------------------- */

/* What the best line leaves of y[0..k) for each k, and of y[k..n): residual squares. */
static void residuals_of_parts(const double *y, uint32_t n, bool from_left, double *residual) {
    double mean_x = 0, mean_y = 0, xx = 0, xy = 0, yy = 0;
    for (uint32_t count = 1; count <= n; count++) {
        double x = count, value = from_left ? y[count - 1] : y[n - count];
        double dx = x - mean_x, dy = value - mean_y;
        mean_x += dx / count;
        mean_y += dy / count;
        xx += dx * (x - mean_x);
        xy += dx * (value - mean_y);
        yy += dy * (value - mean_y);
        double rest = xx > 0 ? yy - xy * xy / xx : 0;
        residual[from_left ? count : n - count] = rest > 0 ? rest : 0;
    }
}

/* The index at which the right part begins: that with the least residual, the first of equal ones. */
static uint32_t best_split(spoor_call *call, const double *y, uint32_t n) {
    double *left = SPOOR_NEW_ARRAY(call->scratch, double, (size_t)n + 1);
    double *right = SPOOR_NEW_ARRAY(call->scratch, double, (size_t)n + 1);
    residuals_of_parts(y, n, true, left);
    residuals_of_parts(y, n, false, right);
    uint32_t best = 1;
    for (uint32_t k = 2; k < n; k++) {
        best = left[k] + right[k] < left[best] + right[best] ? k : best;
    }
    return best;
}

/* The parts of the bag as series_fit_2lines() names them, or, in the dynamic form, with the
 * parameters of each side in a bag of their own. */
static void fit_two_lines(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                          bool in_bags) {
    for (uint32_t i = 0; i < rows; i++) {
        double *y;
        uint32_t n;
        if (!spoor_series_take(call, &args[0], i, &y, &n) || n < 2) {
            out->nulls[i] = 1;
            continue;
        }
        uint32_t split = best_split(call, y, n);
        double *fit = SPOOR_NEW_ARRAY(call->scratch, double, n);
        spoor_line left = spoor_line_fit(y, split, fit);
        spoor_line right = spoor_line_fit(y + split, n - split, fit + split);
        spoor_fit_quality whole = spoor_fit_quality_of(y, fit, n);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        spoor_series_add_real(&builder, "rsquare", whole.rsquare);
        spoor_dynamic_name(&builder, SPOOR_STR("split_idx"));
        spoor_dynamic_add(&builder, &(spoor_value){.type = SPOOR_LONG, .integer = split});
        spoor_series_add_real(&builder, "variance", whole.variance);
        spoor_series_add_real(&builder, "rvariance", whole.rvariance);
        spoor_series_add_named(&builder, "line_fit", fit, n);
        const spoor_line *sides[] = {&right, &left};
        for (int side = 0; side < 2; side++) {
            const char *name = side == 0 ? "right" : "left";
            if (in_bags) {
                spoor_dynamic_name(&builder, spoor_str_from(name));
                spoor_dynamic_open(&builder, '{');
            }
            spoor_line_add(&builder, in_bags ? "" : side == 0 ? "right_" : "left_", sides[side]);
            if (in_bags) {
                spoor_dynamic_close(&builder);
            }
        }
        spoor_dynamic_close(&builder);
        spoor_series_put(out, i, &builder);
    }
}

static void fit_2lines_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    fit_two_lines(call, rows, args, out, false);
}

static void fit_2lines_dynamic_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                                    spoor_vec *out) {
    fit_two_lines(call, rows, args, out, true);
}

/* -- polynomials ------------------------------------------------------------------------------- */

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
    double *a = SPOOR_NEW_ARRAY(call->scratch, double, (size_t)n *terms);
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
        if (!spoor_series_take(call, &args[0], i, &y, &n) || degree < 1 || degree > MOST_DEGREE ||
            degree >= n || n > UINT32_MAX / (MOST_DEGREE + 1) ||
            (has_x && !spoor_series_take(call, &args[1], i, &x, &nx)) || (has_x && nx != n)) {
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
        spoor_fit_quality q = spoor_fit_quality_of(y, fit, n);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        spoor_series_add_real(&builder, "rsquare", q.rsquare);
        spoor_series_add_named(&builder, "coefficients", coefficients, terms);
        spoor_series_add_real(&builder, "variance", q.variance);
        spoor_series_add_real(&builder, "rvariance", q.rvariance);
        spoor_series_add_named(&builder, "poly_fit", fit, n);
        spoor_dynamic_close(&builder);
        spoor_series_put(out, i, &builder);
    }
}

/* -- Fourier ----------------------------------------------------------------------------------- */

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
    double *r = SPOOR_NEW_ARRAY(call->scratch, double, n),
           *m = SPOOR_NEW_ARRAY(call->scratch, double, n);
    double *c = SPOOR_NEW_ARRAY(call->scratch, double, n),
           *s = SPOOR_NEW_ARRAY(call->scratch, double, n);
    for (uint32_t k = 0; k < n; k++) {
        c[k] = cos(2 * PI * k / n);
        s[k] = way * sin(2 * PI * k / n);
    }
    for (uint32_t k = 0; k < n && !spoor_series_is_cancelled(call); k++) {
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
        if (!spoor_series_take(call, &args[0], i, &re, &n) ||
            (call->nargs > 1 && (!spoor_series_take(call, &args[1], i, &im, &also) || also != n))) {
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
        spoor_series_add_named(&builder, "real", re, n);
        spoor_series_add_named(&builder, "imag", im, n);
        spoor_dynamic_close(&builder);
        spoor_series_put(out, i, &builder);
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
    SERIES("series_fit_2lines_dynamic", false, 1, 1, 0, 0, 0, fit_2lines_dynamic_eval, "The two lines, one behind the other, that go best through an array, in a bag.",
           "series_fit_2lines_dynamic(dynamic([1,2,3,9,7,5])).split_idx", "3"),
    SERIES("__series_fit_2lines", true, 1, 1, 0, 0, 0, fit_2lines_eval, "series_fit_2lines() in a bag.", "__series_fit_2lines(dynamic([1,2,3,9,7,5])).right_slope", "-2.0"),
    SERIES("fir", true, 2, 4, DYN, BOOLEAN, BOOLEAN, fir_eval, "series_fir() as the functions library spells it.", "fir(dynamic([3,6]), dynamic([1]))", "[3.0,6.0]"),
    SERIES("__series_fit_poly", true, 1, 3, DYN, SPOOR_T_INTEGER, 0, fit_poly_eval, "series_fit_poly() in a bag.",
           "array_length(__series_fit_poly(dynamic([1,4,9,16]), dynamic([1,2,3,4]), 2).coefficients)", "3"),
    SERIES("__series_fft", true, 1, 2, DYN, 0, 0, fft_eval, "series_fft() in a bag.", "__series_fft(dynamic([1,0,0,0])).real", "[1.0,1.0,1.0,1.0]"),
    SERIES("__series_ifft", true, 1, 2, DYN, 0, 0, ifft_eval, "series_ifft() in a bag.", "__series_ifft(dynamic([4,0,0,0])).real", "[1.0,1.0,1.0,1.0]"),
    {0},
};
// clang-format on
