/* fn_statistic.c - the gamma and beta functions, and Welch's test.
 *
 * The beta distribution is the regularized incomplete beta function, by its
 * continued fraction (Lentz's method); its inverse is found by halving. */
#include <math.h>

#include "functions/function.h"
#include "functions/statistic.h"

enum { MOST_STEPS = 10000 };
#define MOST_SHAPE 10000.0

static double log_gamma(double x) {
    int sign;
    return lgamma_r(x, &sign);
}

/* The continued fraction of the incomplete beta function; it converges fast for x below its mean. */
static double fraction(double a, double b, double x) {
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double value = d;
    for (int m = 1; m <= MOST_STEPS; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double steps[2] = {even, odd}, factor = 1;
        for (int k = 0; k < 2; k++) {
            d = 1 + steps[k] * d;
            c = 1 + steps[k] / c;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = fabs(c) < tiny ? tiny : c;
            factor = c * d;
            value *= factor;
        }
        if (!(fabs(factor - 1) > 1e-15)) {
            break;
        }
    }
    return value;
}

double spoor_beta_cdf(double x, double a, double b) {
    if (x <= 0 || x >= 1) {
        return x <= 0 ? 0 : 1;
    }
    double front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * fraction(a, b, x) / a
                                     : 1 - front * fraction(b, a, 1 - x) / b;
}

/* A shape of 0 or less is not NaN in Kusto, whatever its documentation says: the formula is
 * followed (emulator_docs/beta-cdf-function-00 has 1 for a shape of -1). */
static double beta_cdf(double x, double a, double b) {
    bool ok = x >= 0 && x <= 1 && a <= MOST_SHAPE && b <= MOST_SHAPE;
    return ok ? spoor_beta_cdf(x, a, b) : NAN;
}

static double beta_pdf(double x, double a, double b) {
    if (!(x > 0 && x < 1 && a > 0 && b > 0)) {
        return NAN;
    }
    return exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + (a - 1) * log(x) +
               (b - 1) * log1p(-x));
}

static double beta_inv(double p, double a, double b) {
    double low = 0, high = 1;
    for (int i = 0; i < 1100 && high > low; i++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) {
            break;
        }
        if (spoor_beta_cdf(middle, a, b) < p) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

static void cdf_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = beta_cdf(args[0].reals[i], args[1].reals[i], args[2].reals[i]);
    }
}

static void pdf_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = beta_pdf(args[0].reals[i], args[1].reals[i], args[2].reals[i]);
    }
}

/* A probability that is none gives null, a shape that is none NaN: emulator_docs/beta-inv-function-00. */
static void inv_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        double p = args[0].reals[i], a = args[1].reals[i], b = args[2].reals[i];
        if (out->nulls[i] || !(p > 0 && p <= 1)) {
            out->nulls[i] = 1;
        } else {
            bool ok = a > 0 && b > 0 && a <= MOST_SHAPE && b <= MOST_SHAPE;
            out->reals[i] = ok ? beta_inv(p, a, b) : NAN;
        }
    }
}

static void gamma_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = tgamma(args[0].reals[i]);
    }
}

static void loggamma_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = log_gamma(args[0].reals[i]);
    }
}

/* Two-sided p of two samples: mean, variance and count of each. */
static double welch(double mean1, double variance1, double count1, double mean2, double variance2,
                    double count2) {
    double a = variance1 / count1, b = variance2 / count2;
    double t = (mean1 - mean2) / sqrt(a + b);
    double freedom = (a + b) * (a + b) / (a * a / (count1 - 1) + b * b / (count2 - 1));
    double x = freedom / (freedom + t * t);
    return isnan(x) || !(freedom > 0) ? NAN : spoor_beta_cdf(x, freedom / 2, 0.5);
}

static void welch_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->reals[i] = welch(args[0].reals[i], args[1].reals[i], args[2].reals[i],
                              args[3].reals[i], args[4].reals[i], args[5].reals[i]);
    }
}

// clang-format off
#define REAL SPOOR_T_REAL
#define ROW(row_name, nargs, code, text, sample, prints) \
    {.name = row_name, .args = {REAL, REAL, REAL, REAL, REAL, REAL}, .min_args = nargs, .max_args = nargs, .result = SPOOR_REAL, .eval = code, \
     .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_statistic[] = {
    ROW("gamma", 1, gamma_eval, "The gamma function.", "gamma(5)", "24.0"),
    ROW("loggamma", 1, loggamma_eval, "Natural logarithm of the gamma function.", "round(loggamma(5), 6)", "3.178054"),
    ROW("beta_cdf", 3, cdf_eval, "Cumulative beta distribution of x, alpha and beta.", "round(beta_cdf(0.5, 2, 2), 6)", "0.5"),
    ROW("beta_pdf", 3, pdf_eval, "Density of the beta distribution at x, for alpha and beta.", "round(beta_pdf(0.5, 2, 2), 6)", "1.5"),
    ROW("beta_inv", 3, inv_eval, "The x at which beta_cdf() has this value.", "round(beta_inv(0.5, 2, 2), 6)", "0.5"),
    ROW("welch_test", 6, welch_eval, "p of Welch's test: mean, variance and count of two samples.", "round(welch_test(20.82, 7.94, 15, 22.99, 3.78, 15), 3)", "0.021"),
    {0},
};
// clang-format on
