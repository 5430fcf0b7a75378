/* agg_statistic.c - covariance of two columns; the bits of all values. */
#include <math.h>

#include "functions/aggregate.h"

/* -- covariance: running means and the sum of products of distances from them ------------------ */

typedef struct joint {
    int64_t count;
    double mean_x, mean_y, products;
} joint;

static void covariance_update(spoor_call *call, void *const *states, uint32_t rows,
                              const spoor_vec *args) {
    for (uint32_t i = 0; i < rows; i++) {
        joint *j = states[i];
        if (call->nargs > 2 && !args[2].bools[i]) {
            continue;
        }
        j->count++;
        double x = args[0].reals[i], y = args[1].reals[i], from_old = x - j->mean_x;
        j->mean_x += from_old / (double)j->count;
        j->mean_y += (y - j->mean_y) / (double)j->count;
        j->products += from_old * (y - j->mean_y);
    }
}

static void covariance_merge(spoor_call *call, void *into, const void *from) {
    (void)call;
    joint *a = into;
    const joint *b = from;
    if (b->count == 0) {
        return;
    }
    double total = (double)(a->count + b->count);
    double x = b->mean_x - a->mean_x, y = b->mean_y - a->mean_y;
    a->products += b->products + x * y * (double)a->count * (double)b->count / total;
    a->mean_x += x * (double)b->count / total;
    a->mean_y += y * (double)b->count / total;
    a->count += b->count;
}

static void write_covariance(const joint *j, int64_t lost, spoor_vec *out, uint32_t row) {
    double value = j->count > lost ? j->products / (double)(j->count - lost) : 0;
    /* To 10 digits, as variance() (emulator_docs/covariancepif-aggregation-function-00). */
    out->reals[row] = fabs(value) < 1e5 ? round(value * 1e10) / 1e10 : value;
}

static void covariance_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    write_covariance(state, 1, out, row);
}

static void covariancep_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    write_covariance(state, 0, out, row);
}

/* -- bits -------------------------------------------------------------------------------------- */

typedef struct bits {
    int64_t count, value;
} bits;

static void take_and(bits *b, int64_t value) {
    b->value = b->count > 0 ? b->value & value : value;
}

static void take_or(bits *b, int64_t value) {
    b->value |= value;
}

static void take_xor(bits *b, int64_t value) {
    b->value ^= value;
}

#define BITS_CODE(name)                                                                            \
    static void name##_update(spoor_call *call, void *const *states, uint32_t rows,                \
                              const spoor_vec *args) {                                             \
        (void)call;                                                                                \
        for (uint32_t i = 0; i < rows; i++) {                                                      \
            take_##name(states[i], args[0].longs[i]);                                              \
            ((bits *)states[i])->count++;                                                          \
        }                                                                                          \
    }                                                                                              \
    static void name##_merge(spoor_call *call, void *into, const void *from) {                     \
        (void)call;                                                                                \
        const bits *other = from;                                                                  \
        if (other->count > 0) {                                                                    \
            take_##name(into, other->value);                                                       \
            ((bits *)into)->count += other->count;                                                 \
        }                                                                                          \
    }
BITS_CODE(and)
BITS_CODE(or)
BITS_CODE(xor)

static void bits_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    const bits *b = state;
    out->nulls[row] = b->count == 0;
    out->longs[row] = b->value;
}

// clang-format off
#define REAL SPOOR_T_REAL
#define COVARIANCE(row_name, nargs, done, text, sample, prints) \
    {.name = row_name, .args = {REAL, REAL, SPOOR_T_BOOL}, .min_args = nargs, .max_args = nargs, .result = SPOOR_REAL, .column_name = row_name "_", \
     .state_bytes = sizeof(joint), .update = covariance_update, .merge = covariance_merge, .final = done, .summary = text, .example = sample, .value = prints}
#define BITS(row_name, code, text, prints) \
    {.name = row_name, .args = {SPOOR_T_INTEGER}, .min_args = 1, .max_args = 1, .result = SPOOR_LONG, .column_name = "", \
     .state_bytes = sizeof(bits), .update = code##_update, .merge = code##_merge, .final = bits_final, .summary = text, .example = "T | summarize " row_name "(x)", .value = prints}
const spoor_aggregate spoor_agg_statistic[] = {
    COVARIANCE("covariance", 2, covariance_final, "Covariance of two columns, of a sample.", "T | summarize covariance(x, y)", "3.1666666667"),
    COVARIANCE("covariancep", 2, covariancep_final, "Covariance of two columns, of a population.", "T | summarize covariancep(x, y)", "2.375"),
    COVARIANCE("covarianceif", 3, covariance_final, "Covariance, of a sample, in rows for which the condition is true.", "T | summarize covarianceif(x, y, y > 1)", "2.5833333333"),
    COVARIANCE("covariancepif", 3, covariancep_final, "Covariance, of a population, in rows for which the condition is true.", "T | summarize covariancepif(x, y, y > 1)", "1.7222222222"),
    BITS("binary_all_and", and, "Bits that are set in all values.", "0"),
    BITS("binary_all_or", or, "Bits that are set in any value.", "7"),
    BITS("binary_all_xor", xor, "Bits that are set in an odd number of values.", "6"),
    {0},
};
// clang-format on
