/* agg_sketch.c - hll, tdigest and their merges: answers kept for later, as dynamic values. */
#include "functions/aggregate.h"
#include "functions/digest.h"
#include "functions/hyperloglog.h"

/* -- hll --------------------------------------------------------------------------------------- */

/* hll(x, accuracy), hll_if(x, condition, accuracy) */
static const spoor_value *accuracy_of(const spoor_call *call, uint32_t at) {
    return at < call->nargs ? call->constants[at] : NULL;
}

static uint8_t precision_of(const spoor_call *call, uint32_t at) {
    const spoor_value *accuracy = accuracy_of(call, at);
    return spoor_hll_precision(accuracy != NULL ? accuracy->integer : 1);
}

static const char *check_accuracy(const spoor_call *call, uint32_t at) {
    bool ok = at >= call->nargs || (accuracy_of(call, at) != NULL && precision_of(call, at) != 0);
    return ok ? NULL : "the accuracy must be a constant from 0 to 4";
}

static const char *prepare_hll(spoor_call *call) {
    return check_accuracy(call, 1);
}

static const char *prepare_hll_if(spoor_call *call) {
    return check_accuracy(call, 2);
}

static void hll_rows(spoor_call *call, void *const *states, uint32_t rows, const spoor_vec *args,
                     const spoor_vec *condition, uint8_t precision) {
    for (uint32_t i = 0; i < rows; i++) {
        if (condition == NULL || condition->bools[i]) {
            spoor_hll *h = states[i];
            spoor_value value = spoor_vec_get(&args[0], i);
            h->precision = precision;
            spoor_hll_add(call->arena, h, spoor_value_hash(&value));
        }
    }
}

static void hll_update(spoor_call *call, void *const *states, uint32_t rows,
                       const spoor_vec *args) {
    hll_rows(call, states, rows, args, NULL, precision_of(call, 1));
}

static void hll_if_update(spoor_call *call, void *const *states, uint32_t rows,
                          const spoor_vec *args) {
    hll_rows(call, states, rows, args, &args[1], precision_of(call, 2));
}

/* What is no hll is passed over. */
static void hll_merge_update(spoor_call *call, void *const *states, uint32_t rows,
                             const spoor_vec *args) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_hll other;
        if (spoor_hll_decode(call->scratch, args[0].strings[i], &other)) {
            spoor_hll_merge(call->arena, states[i], &other);
        }
    }
}

static void hll_join(spoor_call *call, void *into, const void *from) {
    spoor_hll_merge(call->arena, into, from);
}

static void hll_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    const spoor_hll *h = state;
    out->nulls[row] = h->precision == 0;
    out->strings[row] = h->precision == 0 ? (spoor_str){0} : spoor_hll_encode(call->arena, h);
}

/* -- tdigest ----------------------------------------------------------------------------------- */

static void digest_update(spoor_call *call, void *const *states, uint32_t rows,
                          const spoor_vec *args) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_digest *d = states[i];
        spoor_point point = {.weight = call->nargs > 1 ? args[1].longs[i] : 1};
        if (point.weight <= 0) {
            continue;
        }
        d->type = args[0].type == SPOOR_INT ? SPOOR_LONG : args[0].type;
        if (d->type == SPOOR_REAL) {
            point.real = args[0].reals[i];
        } else {
            point.integer = args[0].longs[i];
        }
        spoor_digest_add(call->arena, d, point);
    }
}

/* What is no digest, or one of another type than the first, is passed over. */
static void digest_merge_update(spoor_call *call, void *const *states, uint32_t rows,
                                const spoor_vec *args) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_digest other;
        if (spoor_digest_decode(call->scratch, args[0].strings[i], &other)) {
            spoor_digest_merge(call->arena, states[i], &other);
        }
    }
}

static void digest_join(spoor_call *call, void *into, const void *from) {
    spoor_digest_merge(call->arena, into, from);
}

static void digest_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    spoor_digest d = *(const spoor_digest *)state;
    out->nulls[row] = d.count == 0;
    out->strings[row] = d.count == 0 ? (spoor_str){0} : spoor_digest_encode(call->arena, &d);
}

// clang-format off
#define ANY SPOOR_T_ANY
#define DYN SPOOR_T_DYNAMIC
#define LONG SPOOR_T_INTEGER
#define NUMBER (LONG | SPOOR_T_REAL | SPOOR_T_DATETIME | SPOOR_T_TIMESPAN)
#define HLL .result = SPOOR_DYNAMIC, .state_bytes = sizeof(spoor_hll), .merge = hll_join, .final = hll_final
#define DIGEST .result = SPOOR_DYNAMIC, .state_bytes = sizeof(spoor_digest), .merge = digest_join, .final = digest_final
const spoor_aggregate spoor_agg_sketch[] = {
    {.name = "hll", .args = {ANY, LONG}, .min_args = 1, .max_args = 2, .column_name = "hll_", HLL, .update = hll_update, .prepare = prepare_hll,
     .summary = "An estimate of the distinct values, to be merged or counted later.", .example = "T | summarize dcount_hll(hll(x))", .value = "4"},
    {.name = "hll_if", .args = {ANY, SPOOR_T_BOOL, LONG}, .min_args = 2, .max_args = 3, .column_name = "hll_if_", HLL, .update = hll_if_update, .prepare = prepare_hll_if,
     .summary = "As hll(), of rows for which the condition is true.", .example = "T | summarize dcount_hll(hll_if(x, y > 1))", .value = "3"},
    {.name = "hll_merge", .args = {DYN}, .min_args = 1, .max_args = 1, .column_name = "hll_merge_", HLL, .update = hll_merge_update,
     .summary = "Several hll() in one.", .example = "T | summarize h = hll(x) by k | summarize dcount_hll(hll_merge(h))", .value = "4"},
    {.name = "tdigest", .args = {NUMBER, LONG}, .min_args = 1, .max_args = 2, .column_name = "tdigest_", DIGEST, .update = digest_update,
     .summary = "A summary of the values, which may have weights, for percentiles later.", .example = "T | summarize percentile_tdigest(tdigest(x), 50)", .value = "2"},
    {.name = "tdigest_merge", .args = {DYN}, .min_args = 1, .max_args = 1, .column_name = "merge_tdigests_", DIGEST, .update = digest_merge_update,
     .summary = "Several tdigest() in one.", .example = "T | summarize d = tdigest(x) by k | summarize percentile_tdigest(tdigest_merge(d), 50)", .value = "2"},
    {.name = "merge_tdigest", .args = {DYN}, .min_args = 1, .max_args = 1, .column_name = "merge_tdigests_", DIGEST, .update = digest_merge_update, .is_hidden = true,
     .summary = "As tdigest_merge().", .example = "T | summarize d = tdigest(x) by k | summarize percentile_tdigest(merge_tdigest(d), 50)", .value = "2"},
    {0},
};
// clang-format on
