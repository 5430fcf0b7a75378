/* series.h - arrays of numbers, for the families that fit, filter and take them apart. */
#ifndef SPOOR_FUNCTIONS_SERIES_H
#define SPOOR_FUNCTIONS_SERIES_H

#include "functions/function.h"
#include "types/dynamic.h"

/* The numbers of a row's array, one at least, in call->scratch; false: it is null or holds anything else. */
bool spoor_series_take(spoor_call *call, const spoor_vec *arg, uint32_t row, double **numbers,
                       uint32_t *count);
/* The finished value; null where it is empty. */
void spoor_series_put(spoor_vec *out, uint32_t row, spoor_dynamic_builder *builder);
void spoor_series_add_reals(spoor_dynamic_builder *builder, const double *numbers, uint32_t count);
void spoor_series_add_real(spoor_dynamic_builder *builder, const char *name, double number);
void spoor_series_add_named(spoor_dynamic_builder *builder, const char *name, const double *numbers,
                            uint32_t count);

double spoor_series_mean(const double *x, uint32_t n);
/* From least to greatest, in place. */
void spoor_series_sort(double *x, uint32_t n);
/* The value `part` (0 to 1) of the way through sorted numbers, between two where it falls there. */
double spoor_series_quantile(const double *sorted, uint32_t n, double part);

/* How well a fit goes through y; variances are of a sample (divided by n - 1). */
typedef struct spoor_fit_quality {
    double variance, rvariance, rsquare;
} spoor_fit_quality;

spoor_fit_quality spoor_fit_quality_of(const double *y, const double *fit, uint32_t n);

/* The least-squares line over x = 1, 2, 3 ..., as the documentation's examples show. */
typedef struct spoor_line {
    double slope, interception;
    spoor_fit_quality quality;
} spoor_line;

/* n > 0; fit[0..n) becomes the line's values. */
spoor_line spoor_line_fit(const double *y, uint32_t n, double *fit);
/* rsquare, slope, variance, rvariance and interception into an open bag, each name behind `prefix`. */
void spoor_line_add(spoor_dynamic_builder *builder, const char *prefix, const spoor_line *line);

static inline bool spoor_series_is_cancelled(const spoor_call *call) {
    return call->cancel != NULL && *call->cancel;
}

#endif
