/* series.c - see series.h. */
#include "functions/series.h"

#include <stdio.h>
#include <stdlib.h>

#include "functions/elements.h"

bool spoor_series_take(spoor_call *call, const spoor_vec *arg, uint32_t row, double **numbers,
                       uint32_t *count) {
    spoor_elements array;
    if (spoor_vec_is_null(arg, row) ||
        !spoor_elements_of(call->scratch, arg->strings[row], &array)) {
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

void spoor_series_put(spoor_vec *out, uint32_t row, spoor_dynamic_builder *builder) {
    out->strings[row] = spoor_dynamic_finish(builder);
    out->nulls[row] = out->strings[row].len == 0;
}

void spoor_series_add_reals(spoor_dynamic_builder *builder, const double *numbers, uint32_t count) {
    spoor_dynamic_open(builder, '[');
    for (uint32_t k = 0; k < count; k++) {
        spoor_dynamic_add(builder, &(spoor_value){.type = SPOOR_REAL, .real = numbers[k]});
    }
    spoor_dynamic_close(builder);
}

void spoor_series_add_real(spoor_dynamic_builder *builder, const char *name, double number) {
    spoor_dynamic_name(builder, spoor_str_from(name));
    spoor_dynamic_add(builder, &(spoor_value){.type = SPOOR_REAL, .real = number});
}

void spoor_series_add_named(spoor_dynamic_builder *builder, const char *name, const double *numbers,
                            uint32_t count) {
    spoor_dynamic_name(builder, spoor_str_from(name));
    spoor_series_add_reals(builder, numbers, count);
}

double spoor_series_mean(const double *x, uint32_t n) {
    double sum = 0;
    for (uint32_t k = 0; k < n; k++) {
        sum += x[k];
    }
    return sum / n;
}

static int order_reals(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void spoor_series_sort(double *x, uint32_t n) {
    qsort(x, n, sizeof *x, order_reals);
}

double spoor_series_quantile(const double *sorted, uint32_t n, double part) {
    double place = part * (n - 1);
    uint32_t below = (uint32_t)place;
    return below + 1 < n ? sorted[below] + (place - below) * (sorted[below + 1] - sorted[below])
                         : sorted[n - 1];
}

spoor_fit_quality spoor_fit_quality_of(const double *y, const double *fit, uint32_t n) {
    double mean = spoor_series_mean(y, n), total = 0, residual = 0;
    for (uint32_t k = 0; k < n; k++) {
        total += (y[k] - mean) * (y[k] - mean);
        residual += (y[k] - fit[k]) * (y[k] - fit[k]);
    }
    uint32_t degrees = n > 1 ? n - 1 : 1;
    return (spoor_fit_quality){total / degrees, residual / degrees,
                               total > 0 ? 1 - residual / total : 0};
}

spoor_line spoor_line_fit(const double *y, uint32_t n, double *fit) {
    double xx = 0, xy = 0, mean_x = ((double)n + 1) / 2, mean_y = spoor_series_mean(y, n);
    for (uint32_t k = 0; k < n; k++) {
        double x = k + 1.0 - mean_x;
        xx += x * x;
        xy += x * (y[k] - mean_y);
    }
    spoor_line line = {.slope = xx > 0 ? xy / xx : 0};
    line.interception = mean_y - line.slope * mean_x;
    for (uint32_t k = 0; k < n; k++) {
        fit[k] = line.slope * (k + 1.0) + line.interception;
    }
    line.quality = spoor_fit_quality_of(y, fit, n);
    return line;
}

void spoor_line_add(spoor_dynamic_builder *builder, const char *prefix, const spoor_line *line) {
    const struct {
        const char *name;
        double value;
    } parts[] = {{"rsquare", line->quality.rsquare},
                 {"slope", line->slope},
                 {"variance", line->quality.variance},
                 {"rvariance", line->quality.rvariance},
                 {"interception", line->interception}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s%s", prefix, parts[i].name);
        spoor_series_add_real(builder, name, parts[i].value);
    }
}
