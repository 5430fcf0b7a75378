/* fn_series_decompose.c - an array taken apart into season, trend and rest, and what stands out in it.
 *
 * The season is the median of what stands at each place of a known period; the trend is what is
 * left of it, as a mean or a line; the rest is scored by Tukey's test.  The last `test_points`
 * elements are predicted and not learnt from.  A period that is not said would have to be found as
 * Kusto finds it, which is not documented: prepare() refuses it. */
#include "functions/elements.h"
#include "functions/series.h"

static int64_t whole_argument(const spoor_call *call, const spoor_vec *args, uint32_t arg,
                              uint32_t row, int64_t otherwise) {
    return arg < call->nargs && !spoor_vec_is_null(&args[arg], row) ? args[arg].longs[row]
                                                                    : otherwise;
}

static double real_argument(const spoor_call *call, const spoor_vec *args, uint32_t arg,
                            uint32_t row, double otherwise) {
    return arg < call->nargs && !spoor_vec_is_null(&args[arg], row) ? args[arg].reals[row]
                                                                    : otherwise;
}

/* The text of a constant argument; `otherwise` where it is left out. */
static spoor_str word(const spoor_call *call, uint32_t arg, const char *otherwise) {
    return arg < call->nargs ? call->constants[arg]->string : spoor_str_from(otherwise);
}

static bool is_one_of(const spoor_call *call, uint32_t arg, const char *a, const char *b,
                      const char *c) {
    if (arg >= call->nargs) {
        return true;
    }
    const spoor_value *value = call->constants[arg];
    return value != NULL && (spoor_str_is(value->string, a) || spoor_str_is(value->string, b) ||
                             spoor_str_is(value->string, c));
}

/* -- outliers ---------------------------------------------------------------------------------- */

/* The quartiles of sorted numbers. */
typedef struct quartiles {
    double q1, q3;
} quartiles;

static quartiles quartiles_of(const double *sorted, uint32_t n) {
    return (quartiles){spoor_series_quantile(sorted, n, 0.25),
                       spoor_series_quantile(sorted, n, 0.75)};
}

/* How far beyond its fence a value lies, in ranges between quartiles.  "ctukey" does not let the
 * extremes widen the range that they are measured by: what is high is scored by the quartiles of the
 * lowest `most` percent, what is low by those without the lowest `least` percent. */
static void score(double *x, const bool *is_known, uint32_t n, double *sorted, bool custom,
                  double least, double most) {
    uint32_t known = 0;
    for (uint32_t k = 0; k < n; k++) {
        if (is_known == NULL || is_known[k]) {
            sorted[known++] = x[k];
        }
    }
    spoor_series_sort(sorted, known);
    quartiles all = {0, 0}, low, high;
    if (known > 0) {
        all = quartiles_of(sorted, known);
    }
    low = high = all;
    if (custom && known > 0) {
        uint32_t from = (uint32_t)(known * least / 100), to = (uint32_t)(known * most / 100);
        high = quartiles_of(sorted, to > 0 ? to : 1);
        low = quartiles_of(sorted + from, known - from);
    }
    for (uint32_t k = 0; k < n; k++) {
        bool scored = is_known == NULL || is_known[k];
        x[k] = !scored         ? 0
               : x[k] > all.q3 ? (x[k] - high.q3) / (high.q3 - high.q1)
               : x[k] < all.q1 ? (x[k] - low.q1) / (low.q3 - low.q1)
                               : 0;
    }
}

/* The numbers of an array and which of them count: neither nulls nor the ignored value do. */
static bool take_known(spoor_call *call, const spoor_vec *args, uint32_t row, double **x,
                       bool **is_known, uint32_t *count) {
    spoor_elements array;
    if (spoor_vec_is_null(&args[0], row) ||
        !spoor_elements_of(call->scratch, args[0].strings[row], &array)) {
        return false;
    }
    bool ignores = call->nargs > 2 && !spoor_vec_is_null(&args[2], row);
    *x = SPOOR_NEW_ARRAY(call->scratch, double, array.count + 1);
    *is_known = SPOOR_NEW_ARRAY(call->scratch, bool, array.count + 1);
    *count = array.count;
    for (uint32_t k = 0; k < array.count; k++) {
        bool is_number = spoor_element_number(array.items[k], &(*x)[k]);
        if (!is_number && !spoor_element_is_null(array.items[k])) {
            return false;
        }
        (*is_known)[k] = is_number && !(ignores && (*x)[k] == args[2].reals[row]);
    }
    return true;
}

static bool is_percentile(double percent) {
    return percent >= 2 && percent <= 98;
}

static void outliers_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    bool custom = spoor_str_is(word(call, 1, "ctukey"), "ctukey");
    for (uint32_t i = 0; i < rows; i++) {
        double *x, least = real_argument(call, args, 3, i, 10),
                   most = real_argument(call, args, 4, i, 90);
        bool *is_known;
        uint32_t n;
        if (!is_percentile(least) || !is_percentile(most) ||
            !take_known(call, args, i, &x, &is_known, &n)) {
            out->nulls[i] = 1;
            continue;
        }
        score(x, is_known, n, SPOOR_NEW_ARRAY(call->scratch, double, n + 1), custom, least, most);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_series_add_reals(&builder, x, n);
        spoor_series_put(out, i, &builder);
    }
}

static const char *prepare_outliers(spoor_call *call) {
    if (!is_one_of(call, 1, "ctukey", "tukey", "ctukey")) {
        return "the algorithm must be \"ctukey\" or \"tukey\"";
    }
    for (uint32_t arg = 3; arg < call->nargs; arg++) {
        const spoor_value *percent = call->constants[arg];
        if (percent != NULL && !percent->is_null && !is_percentile(percent->real)) {
            return "a percentile must be between 2 and 98";
        }
    }
    return NULL;
}

/* -- season and trend -------------------------------------------------------------------------- */

/* season[k]: the median of the learnt elements at the same place of the period; 0 where there is none. */
static void find_season(spoor_call *call, const double *x, uint32_t n, uint32_t learnt,
                        int64_t period, double *season) {
    uint32_t step = period > n ? n : (uint32_t)period;
    double *same = SPOOR_NEW_ARRAY(call->scratch, double, n);
    for (uint32_t place = 0; place < step && !spoor_series_is_cancelled(call); place++) {
        uint32_t count = 0;
        for (uint32_t k = place; k < learnt; k += step) {
            same[count++] = x[k];
        }
        spoor_series_sort(same, count);
        double median = count > 0 ? spoor_series_quantile(same, count, 0.5) : 0;
        for (uint32_t k = place; k < n; k += step) {
            season[k] = median;
        }
    }
}

typedef struct parts {
    uint32_t count;
    double *x, *season, *trend, *baseline, *rest;
} parts;

/* Where a call of the family has its arguments; the first is the array. */
typedef struct places {
    uint32_t period, trend, points;
} places;

static bool decompose(spoor_call *call, const spoor_vec *args, uint32_t row, places at, parts *p) {
    int64_t period = whole_argument(call, args, at.period, row, 0);
    int64_t points = whole_argument(call, args, at.points, row, 0);
    spoor_str kind = word(call, at.trend, "avg");
    if (!spoor_series_take(call, &args[0], row, &p->x, &p->count) || points < 0 ||
        points >= p->count) {
        return false;
    }
    uint32_t n = p->count, learnt = n - (uint32_t)points;
    double **arrays[] = {&p->season, &p->trend, &p->baseline, &p->rest};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        *arrays[i] = SPOOR_NEW_ARRAY(call->scratch, double, n);
    }
    if (period > 0) {
        find_season(call, p->x, n, learnt, period, p->season);
    }
    for (uint32_t k = 0; k < n; k++) {
        p->rest[k] = p->x[k] - p->season[k];
    }
    spoor_line line = {0};
    if (spoor_str_is(kind, "linefit")) {
        line = spoor_line_fit(p->rest, learnt, p->trend);
    } else if (spoor_str_is(kind, "avg")) {
        line.interception = spoor_series_mean(p->rest, learnt);
    }
    for (uint32_t k = 0; k < n; k++) {
        p->trend[k] = line.slope * (k + 1.0) + line.interception;
        p->baseline[k] = p->season[k] + p->trend[k];
        p->rest[k] = p->x[k] - p->baseline[k];
    }
    return true;
}

static void decompose_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        parts p;
        if (!decompose(call, args, i, (places){.period = 1, .trend = 2, .points = 3}, &p)) {
            out->nulls[i] = 1;
            continue;
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        spoor_series_add_named(&builder, "baseline", p.baseline, p.count);
        spoor_series_add_named(&builder, "seasonal", p.season, p.count);
        spoor_series_add_named(&builder, "trend", p.trend, p.count);
        spoor_series_add_named(&builder, "residual", p.rest, p.count);
        spoor_dynamic_close(&builder);
        spoor_series_put(out, i, &builder);
    }
}

static void forecast_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        parts p;
        if (!decompose(call, args, i, (places){.period = 2, .trend = 3, .points = 1}, &p)) {
            out->nulls[i] = 1;
            continue;
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_series_add_reals(&builder, p.baseline, p.count);
        spoor_series_put(out, i, &builder);
    }
}

static void anomalies_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    bool custom = spoor_str_is(word(call, 5, "ctukey"), "ctukey");
    for (uint32_t i = 0; i < rows; i++) {
        parts p;
        double threshold = real_argument(call, args, 1, i, 1.5);
        if (!decompose(call, args, i, (places){.period = 2, .trend = 3, .points = 4}, &p)) {
            out->nulls[i] = 1;
            continue;
        }
        score(p.rest, NULL, p.count, p.x, custom, 10,
              90); /* sorts in what is not needed any more */
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        spoor_dynamic_name(&builder, SPOOR_STR("ad_flag"));
        spoor_dynamic_open(&builder, '[');
        for (uint32_t k = 0; k < p.count; k++) {
            int64_t flag = (p.rest[k] > threshold) - (p.rest[k] < -threshold);
            spoor_dynamic_add(&builder, &(spoor_value){.type = SPOOR_LONG, .integer = flag});
        }
        spoor_dynamic_close(&builder);
        spoor_series_add_named(&builder, "ad_score", p.rest, p.count);
        spoor_series_add_named(&builder, "baseline", p.baseline, p.count);
        spoor_dynamic_close(&builder);
        spoor_series_put(out, i, &builder);
    }
}

/* A period must be said: as a constant, so that -1 is refused before anything runs. */
static const char *check_period(const spoor_call *call, uint32_t arg) {
    const spoor_value *period = arg < call->nargs ? call->constants[arg] : NULL;
    if (arg < call->nargs && period == NULL) {
        return "the period must be a constant";
    }
    bool is_said = period != NULL && !period->is_null && period->integer != -1;
    return is_said ? NULL
                   : "how Kusto finds a period is not documented: the argument for it must say it, "
                     "or 0 for none";
}

static const char *check_decompose(const spoor_call *call, places at) {
    if (!is_one_of(call, at.trend, "avg", "linefit", "none")) {
        return "the trend must be \"avg\", \"linefit\" or \"none\"";
    }
    return check_period(call, at.period);
}

static const char *prepare_decompose(spoor_call *call) {
    return check_decompose(call, (places){.period = 1, .trend = 2});
}

static const char *prepare_forecast(spoor_call *call) {
    return check_decompose(call, (places){.period = 2, .trend = 3});
}

static const char *prepare_anomalies(spoor_call *call) {
    if (!is_one_of(call, 5, "ctukey", "tukey", "ctukey")) {
        return "the method must be \"ctukey\" or \"tukey\"";
    }
    return prepare_forecast(call);
}

static void seasonal_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        double *x;
        uint32_t n;
        if (!spoor_series_take(call, &args[0], i, &x, &n)) {
            out->nulls[i] = 1;
            continue;
        }
        double *season = SPOOR_NEW_ARRAY(call->scratch, double, n);
        if (args[1].longs[i] > 0) {
            find_season(call, x, n, n, args[1].longs[i], season);
        }
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_series_add_reals(&builder, season, n);
        spoor_series_put(out, i, &builder);
    }
}

static const char *prepare_seasonal(spoor_call *call) {
    return check_period(call, 1);
}

// clang-format off
#define DYN SPOOR_T_DYNAMIC
#define INT SPOOR_T_INTEGER
#define TEXT SPOOR_T_STRING
#define REAL SPOOR_T_REAL
/* Hidden ones give a bag whose members planner/bind_tuple.c makes columns of. */
#define ROW(row_name, hidden, least, most, code, check, text, sample, prints, ...) \
    {.name = row_name, .args = {DYN, __VA_ARGS__}, .min_args = least, .max_args = most, .result = SPOOR_DYNAMIC, .is_hidden = hidden, .sees_nulls = true, \
     .eval = code, .prepare = check, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_series_decompose[] = {
    ROW("series_outliers", false, 1, 5, outliers_eval, prepare_outliers, "How far each number lies beyond the others' quartiles, in ranges between them; \"tukey\", or \"ctukey\" that leaves extremes out.",
        "series_outliers(dynamic([1,2,3,4,25]), 'tukey')", "[-0.5,0.0,0.0,0.0,10.5]", TEXT, REAL, REAL, REAL),
    ROW("series_seasonal", false, 1, 2, seasonal_eval, prepare_seasonal, "The medians of a season of so many elements, repeated.", "series_seasonal(dynamic([1,3,1,5]), 2)", "[1.0,4.0,1.0,4.0]", INT),
    ROW("series_decompose_forecast", false, 2, 5, forecast_eval, prepare_forecast, "Season and trend of an array, learnt without its last so many elements; the period must be said.",
        "series_decompose_forecast(dynamic([1,2,1,2,0,0]), 2, 2)", "[1.0,2.0,1.0,2.0,1.0,2.0]", INT, INT, TEXT, REAL),
    ROW("__series_decompose", true, 1, 5, decompose_eval, prepare_decompose, "series_decompose() in a bag.",
        "__series_decompose(dynamic([1,2,1,2]), 2).seasonal", "[1.0,2.0,1.0,2.0]", INT, TEXT, INT, REAL),
    ROW("__series_decompose_anomalies", true, 1, 7, anomalies_eval, prepare_anomalies, "series_decompose_anomalies() in a bag.",
        "__series_decompose_anomalies(dynamic([1,2,1,2,1,9,1,2]), 1.5, 2, 'none').ad_flag", "[0,0,0,0,0,1,0,0]", REAL, INT, TEXT, INT, TEXT, REAL),
    {0},
};
// clang-format on
