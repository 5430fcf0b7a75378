/* agg_number.c - sum, avg, min, max, variance and stdev, and their -if forms.
 *
 * An -if form has its condition as the second argument.  Sums of reals are
 * added in row order, so that the answer is the same for any batch size. */
#include <math.h>

#include "functions/aggregate.h"
#include "functions/extreme.h"

static bool is_counted(const spoor_call *call, const spoor_vec *args, uint32_t row) {
    return call->nargs < 2 || args[1].bools[row];
}

/* -- sum --------------------------------------------------------------------------------------- */

typedef struct sum {
    int64_t longs;
    double reals;
    spoor_decimal decimals;
    int64_t count;
} sum;

static void sum_update(spoor_call *call, void *const *states, uint32_t rows,
                       const spoor_vec *args) {
    for (uint32_t i = 0; i < rows; i++) {
        sum *s = states[i];
        if (!is_counted(call, args, i)) {
            continue;
        }
        s->count++;
        if (args[0].type == SPOOR_REAL) {
            s->reals += args[0].reals[i];
        } else if (args[0].type == SPOOR_DECIMAL) {
            spoor_decimal_add(s->decimals, args[0].decimals[i], &s->decimals);
        } else {
            s->longs = (int64_t)((uint64_t)s->longs + (uint64_t)args[0].longs[i]); /* wraps */
        }
    }
}

static void sum_merge(spoor_call *call, void *into, const void *from) {
    (void)call;
    sum *a = into;
    const sum *b = from;
    a->longs = (int64_t)((uint64_t)a->longs + (uint64_t)b->longs);
    a->reals += b->reals;
    spoor_decimal_add(a->decimals, b->decimals, &a->decimals);
    a->count += b->count;
}

static void sum_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    const sum *s = state;
    if (out->type == SPOOR_REAL) {
        out->reals[row] = s->reals;
    } else if (out->type == SPOOR_DECIMAL) {
        out->decimals[row] = s->decimals;
    } else {
        out->longs[row] = s->longs;
    }
}

/* -- avg --------------------------------------------------------------------------------------- */

typedef struct average {
    double total;
    int64_t integers; /* wraps, as Kusto's does (emul-fuzz/0505) */
    spoor_decimal decimals;
    int64_t count;
} average;

static void avg_update(spoor_call *call, void *const *states, uint32_t rows,
                       const spoor_vec *args) {
    for (uint32_t i = 0; i < rows; i++) {
        average *a = states[i];
        if (!is_counted(call, args, i)) {
            continue;
        }
        a->count++;
        if (args[0].type == SPOOR_REAL) {
            a->total += args[0].reals[i];
        } else if (args[0].type == SPOOR_DECIMAL) {
            spoor_decimal_add(a->decimals, args[0].decimals[i], &a->decimals);
        } else {
            a->integers = (int64_t)((uint64_t)a->integers + (uint64_t)args[0].longs[i]);
        }
    }
}

static void avg_merge(spoor_call *call, void *into, const void *from) {
    (void)call;
    average *a = into;
    const average *b = from;
    a->total += b->total;
    a->integers = (int64_t)((uint64_t)a->integers + (uint64_t)b->integers);
    spoor_decimal_add(a->decimals, b->decimals, &a->decimals);
    a->count += b->count;
}

static void avg_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    const average *a = state;
    if (a->count == 0 && out->type == SPOOR_REAL) {
        out->reals[row] = NAN; /* emul-docs/summarize-operator-04 */
    } else if (a->count == 0) {
        out->nulls[row] = 1;
    } else if (out->type == SPOOR_REAL) {
        out->reals[row] = (a->total + (double)a->integers) / (double)a->count;
    } else if (out->type == SPOOR_DECIMAL) {
        spoor_decimal_divide(a->decimals, spoor_decimal_from_long(a->count), &out->decimals[row]);
    } else {
        out->longs[row] = a->integers / a->count;
    }
}

/* -- min and max ------------------------------------------------------------------------------- */

typedef struct extreme {
    bool seen;
    spoor_value value;
} extreme;

static void keep_extreme(spoor_call *call, extreme *e, const spoor_value *value, int sign) {
    if (!e->seen || spoor_value_beats(value, &e->value, sign)) {
        e->seen = true;
        e->value = spoor_value_copy(call->arena, value);
    }
}

static bool is_whole_number(spoor_type type) {
    return type == SPOOR_INT || type == SPOOR_LONG || type == SPOOR_DATETIME ||
           type == SPOOR_TIMESPAN;
}

/* Without making a value of each row. */
static void extreme_longs(spoor_call *call, void *const *states, uint32_t rows,
                          const spoor_vec *args, int sign) {
    const int64_t *longs = args[0].longs;
    for (uint32_t i = 0; i < rows; i++) {
        extreme *e = states[i];
        bool beats = sign > 0 ? longs[i] > e->value.integer : longs[i] < e->value.integer;
        if ((!e->seen || beats) && is_counted(call, args, i)) {
            *e = (extreme){.seen = true, .value = {.type = args[0].type, .integer = longs[i]}};
        }
    }
}

static void extreme_rows(spoor_call *call, void *const *states, uint32_t rows,
                         const spoor_vec *args, int sign) {
    if (is_whole_number(args[0].type)) {
        extreme_longs(call, states, rows, args, sign);
        return;
    }
    for (uint32_t i = 0; i < rows; i++) {
        if (is_counted(call, args, i)) {
            spoor_value value = spoor_vec_get(&args[0], i);
            keep_extreme(call, states[i], &value, sign);
        }
    }
}

static void max_update(spoor_call *call, void *const *states, uint32_t rows,
                       const spoor_vec *args) {
    extreme_rows(call, states, rows, args, 1);
}

static void min_update(spoor_call *call, void *const *states, uint32_t rows,
                       const spoor_vec *args) {
    extreme_rows(call, states, rows, args, -1);
}

static void max_merge(spoor_call *call, void *into, const void *from) {
    const extreme *other = from;
    if (other->seen) {
        keep_extreme(call, into, &other->value, 1);
    }
}

static void min_merge(spoor_call *call, void *into, const void *from) {
    const extreme *other = from;
    if (other->seen) {
        keep_extreme(call, into, &other->value, -1);
    }
}

static void extreme_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    const extreme *e = state;
    spoor_value value = e->value;
    if (!e->seen) {
        value = (spoor_value){.type = out->type, .is_null = out->type != SPOOR_STRING};
    }
    spoor_vec_set(out, row, &value);
}

/* -- variance: Welford's sums ------------------------------------------------------------------ */

typedef struct moments {
    int64_t count;
    double mean, squares; /* sum of squared distances from the mean */
} moments;

static void moments_update(spoor_call *call, void *const *states, uint32_t rows,
                           const spoor_vec *args) {
    for (uint32_t i = 0; i < rows; i++) {
        moments *m = states[i];
        if (is_counted(call, args, i)) {
            double distance = args[0].reals[i] - m->mean;
            m->count++;
            m->mean += distance / (double)m->count;
            m->squares += distance * (args[0].reals[i] - m->mean);
        }
    }
}

static void moments_merge(spoor_call *call, void *into, const void *from) {
    (void)call;
    moments *a = into;
    const moments *b = from;
    if (b->count == 0) {
        return;
    }
    double distance = b->mean - a->mean, total = (double)(a->count + b->count);
    a->squares += b->squares + distance * distance * (double)a->count * (double)b->count / total;
    a->mean += distance * (double)b->count / total;
    a->count += b->count;
}

/* Rounded to ten decimals, as the engine gives it (emul-fuzz/0492). */
static double variance_of(const moments *m, int64_t lost) {
    double variance = m->count > lost ? m->squares / (double)(m->count - lost) : 0;
    return fabs(variance) < 1e5 ? round(variance * 1e10) / 1e10 : variance;
}

static void variance_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    out->reals[row] = variance_of(state, 1);
}

static void variancep_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    out->reals[row] = variance_of(state, 0);
}

static void stdev_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    out->reals[row] = sqrt(variance_of(state, 1));
}

static void stdevp_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    out->reals[row] = sqrt(variance_of(state, 0));
}

// clang-format off
#define BOOLEAN SPOOR_T_BOOL
#define SUM(row_name, types, of, nargs, text, sample, prints) \
    {.is_inexact = of == SPOOR_REAL, .name = row_name, .min_args = nargs, .max_args = nargs, .args = {types, BOOLEAN}, .result = of, .column_name = row_name "_", \
     .state_bytes = sizeof(sum), .update = sum_update, .merge = sum_merge, .final = sum_final, .summary = text, .example = sample, .value = prints}
#define AVG(row_name, types, of, nargs, text, sample, prints) \
    {.is_inexact = true, .name = row_name, .min_args = nargs, .max_args = nargs, .args = {types, BOOLEAN}, .result = of, .column_name = row_name "_", \
     .state_bytes = sizeof(average), .update = avg_update, .merge = avg_merge, .final = avg_final, .summary = text, .example = sample, .value = prints}
#define EXTREME(row_name, nargs, code, joined, text, sample, prints) \
    {.ignores_repeats = true, .name = row_name, .min_args = nargs, .max_args = nargs, .args = {SPOOR_T_ANY, BOOLEAN}, .rule = SPOOR_RESULT_FIRST, .column_name = row_name "_", \
     .state_bytes = sizeof(extreme), .update = code, .merge = joined, .final = extreme_final, .summary = text, .example = sample, .value = prints}
#define SPREAD(row_name, nargs, done, text, sample, prints) \
    {.is_inexact = true, .name = row_name, .min_args = nargs, .max_args = nargs, .args = {SPOOR_T_REAL, BOOLEAN}, .result = SPOOR_REAL, .column_name = row_name "_", \
     .state_bytes = sizeof(moments), .update = moments_update, .merge = moments_merge, .final = done, .summary = text, .example = sample, .value = prints}
const spoor_aggregate spoor_agg_number[] = {
    SUM("sum", SPOOR_T_INTEGER, SPOOR_LONG, 1, "Sum of the values.", "T | summarize sum(x)", "12"),
    SUM("sum", SPOOR_T_REAL, SPOOR_REAL, 1, "Sum of the values.", "T | summarize sum(y)", "8.5"),
    SUM("sum", SPOOR_T_DECIMAL, SPOOR_DECIMAL, 1, "Sum of the values.", "T | summarize sum(todecimal(x))", "12"),
    SUM("sum", SPOOR_T_TIMESPAN, SPOOR_TIMESPAN, 1, "Sum of the values.", "T | summarize sum(x * 1s)", "00:00:12"),
    SUM("sumif", SPOOR_T_INTEGER, SPOOR_LONG, 2, "Sum of the values in rows for which the condition is true.", "T | summarize sumif(x, y > 1)", "11"),
    SUM("sumif", SPOOR_T_REAL, SPOOR_REAL, 2, "Sum of the values in rows for which the condition is true.", "T | summarize sumif(y, y > 1)", "8.0"),
    SUM("sumif", SPOOR_T_DECIMAL, SPOOR_DECIMAL, 2, "Sum of the values in rows for which the condition is true.", "T | summarize sumif(todecimal(x), y > 1)", "11"),
    SUM("sumif", SPOOR_T_TIMESPAN, SPOOR_TIMESPAN, 2, "Sum of the values in rows for which the condition is true.", "T | summarize sumif(x * 1s, y > 1)", "00:00:11"),
    AVG("avg", SPOOR_T_INTEGER | SPOOR_T_REAL, SPOOR_REAL, 1, "Mean of the values.", "T | summarize avg(x)", "3.0"),
    AVG("avg", SPOOR_T_DECIMAL, SPOOR_DECIMAL, 1, "Mean of the values.", "T | summarize avg(todecimal(x))", "3"),
    AVG("avg", SPOOR_T_TIMESPAN, SPOOR_TIMESPAN, 1, "Mean of the values.", "T | summarize avg(x * 1s)", "00:00:03"),
    AVG("avg", SPOOR_T_DATETIME, SPOOR_DATETIME, 1, "Mean of the values.", "T | summarize avg(datetime(2024-01-01) + x * 1d)", "2024-01-04T00:00:00.0000000Z"),
    AVG("avgif", SPOOR_T_INTEGER | SPOOR_T_REAL, SPOOR_REAL, 2, "Mean of the values in rows for which the condition is true.", "T | summarize avgif(x, y > 1)", "3.6666666666666667"),
    AVG("avgif", SPOOR_T_DECIMAL, SPOOR_DECIMAL, 2, "Mean of the values in rows for which the condition is true.", "T | summarize avgif(todecimal(x), y > 1)", "3.666666666666666666666666666666667"),
    AVG("avgif", SPOOR_T_TIMESPAN, SPOOR_TIMESPAN, 2, "Mean of the values in rows for which the condition is true.", "T | summarize avgif(x * 1s, y > 1)", "00:00:03.6666666"),
    EXTREME("min", 1, min_update, min_merge, "The least value.", "T | summarize min(x)", "1"),
    EXTREME("max", 1, max_update, max_merge, "The greatest value.", "T | summarize max(x)", "6"),
    EXTREME("minif", 2, min_update, min_merge, "The least value in rows for which the condition is true.", "T | summarize minif(x, y > 1)", "2"),
    EXTREME("maxif", 2, max_update, max_merge, "The greatest value in rows for which the condition is true.", "T | summarize maxif(x, y > 1)", "6"),
    SPREAD("variance", 1, variance_final, "Variance, of a sample.", "T | summarize variance(x)", "4.6666666667"),
    SPREAD("varianceif", 2, variance_final, "Variance, of a sample, in rows for which the condition is true.", "T | summarize varianceif(x, y > 1)", "4.3333333333"),
    SPREAD("variancep", 1, variancep_final, "Variance, of a population.", "T | summarize variancep(x)", "3.5"),
    SPREAD("variancepif", 2, variancep_final, "Variance, of a population, in rows for which the condition is true.", "T | summarize variancepif(x, y > 1)", "2.8888888889"),
    SPREAD("stdev", 1, stdev_final, "Standard deviation, of a sample.", "T | summarize stdev(x)", "2.160246899477002"),
    SPREAD("stdevif", 2, stdev_final, "Standard deviation, of a sample, in rows for which the condition is true.", "T | summarize stdevif(x, y > 1)", "2.081665999458126"),
    SPREAD("stdevp", 1, stdevp_final, "Standard deviation, of a population.", "T | summarize stdevp(x)", "1.8708286933869707"),
    SPREAD("stdevpif", 2, stdevp_final, "Standard deviation, of a population, in rows for which the condition is true.", "T | summarize stdevpif(x, y > 1)", "1.6996731712008635"),
    {0},
};
// clang-format on
