/* fn_sketch.c - what hll() and tdigest() kept: counted, ranked, merged.
 *
 * What is no such value gives null. */
#include "functions/convert.h"
#include "functions/digest.h"
#include "functions/function.h"
#include "functions/hyperloglog.h"

static void count_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_hll h;
        bool ok = !out->nulls[i] && spoor_hll_decode(call->scratch, args[0].strings[i], &h);
        out->nulls[i] = !ok;
        out->longs[i] = ok ? spoor_hll_count(&h) : 0;
    }
}

static void merge_hll_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_hll merged = {0}, other;
        for (uint32_t k = 0; k < call->nargs; k++) {
            if (!spoor_vec_is_null(&args[k], i) &&
                spoor_hll_decode(call->scratch, args[k].strings[i], &other)) {
                spoor_hll_merge(call->scratch, &merged, &other);
            }
        }
        spoor_put_dynamic(out, i,
                          merged.precision > 0 ? spoor_hll_encode(call->scratch, &merged)
                                               : (spoor_str){0});
    }
}

static void common_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_hll *sets = SPOOR_NEW_ARRAY(call->scratch, spoor_hll, call->nargs);
        for (uint32_t k = 0; k < call->nargs; k++) {
            if (spoor_vec_is_null(&args[k], i) ||
                !spoor_hll_decode(call->scratch, args[k].strings[i], &sets[k])) {
                sets[k] = (spoor_hll){0}; /* an empty set */
            }
        }
        int64_t *counts = SPOOR_NEW_ARRAY(call->scratch, int64_t, call->nargs);
        spoor_dynamic_builder builder;
        spoor_hll_count_common(call->scratch, sets, call->nargs, counts);
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (uint32_t k = 0; k < call->nargs; k++) {
            spoor_dynamic_add(&builder, &(spoor_value){.type = SPOOR_LONG, .integer = counts[k]});
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, spoor_dynamic_finish(&builder));
    }
}

static void merge_digest_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_digest merged = {0}, other;
        bool ok = true;
        for (uint32_t k = 0; k < call->nargs && ok; k++) {
            if (!spoor_vec_is_null(&args[k], i) &&
                spoor_digest_decode(call->scratch, args[k].strings[i], &other)) {
                ok = spoor_digest_merge(call->scratch, &merged, &other);
            }
        }
        ok = ok && merged.count > 0;
        spoor_put_dynamic(out, i,
                          ok ? spoor_digest_encode(call->scratch, &merged) : (spoor_str){0});
    }
}

static bool is_percent(double percent) {
    return percent >= 0 && percent <= 100;
}

static void percentile_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_digest d;
        double percent = args[1].reals[i];
        if (!out->nulls[i] && is_percent(percent) &&
            spoor_digest_decode(call->scratch, args[0].strings[i], &d)) {
            spoor_value value = spoor_digest_percentile(&d, percent);
            spoor_put_dynamic(out, i,
                              value.is_null ? (spoor_str){0}
                                            : spoor_dynamic_from_value(call->scratch, &value));
        } else {
            out->nulls[i] = 1;
        }
    }
}

/* Percents come one by one or in an array. */
static bool add_percentiles(spoor_dynamic_builder *builder, spoor_digest *d, spoor_value given) {
    bool is_list = given.type == SPOOR_DYNAMIC && !given.is_null &&
                   spoor_dynamic_kind_of(given.string) == SPOOR_DYN_ARRAY;
    spoor_str name, element;
    spoor_dynamic_iter iter = spoor_dynamic_begin(is_list ? given.string : (spoor_str){0});
    bool more = !is_list || spoor_dynamic_next(&iter, &name, &element);
    while (more) {
        spoor_value percent = is_list ? spoor_dynamic_scalar(element) : given;
        percent = spoor_convert(builder->arena, &percent, SPOOR_REAL);
        if (percent.is_null || !is_percent(percent.real)) {
            return false;
        }
        spoor_value value = spoor_digest_percentile(d, percent.real);
        spoor_dynamic_add(builder, &value);
        more = is_list && spoor_dynamic_next(&iter, &name, &element);
    }
    return true;
}

static void percentiles_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_digest d;
        bool ok = !out->nulls[i] && spoor_digest_decode(call->scratch, args[0].strings[i], &d);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (uint32_t k = 1; k < call->nargs && ok; k++) {
            ok = add_percentiles(&builder, &d, spoor_vec_get(&args[k], i));
        }
        spoor_dynamic_close(&builder);
        spoor_put_dynamic(out, i, ok ? spoor_dynamic_finish(&builder) : (spoor_str){0});
    }
}

static void rank_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                      bool as_percent) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_digest d;
        bool ok = !out->nulls[i] && spoor_digest_decode(call->scratch, args[0].strings[i], &d);
        spoor_value value = spoor_vec_get(&args[1], i);
        if (ok) {
            value = spoor_convert(call->scratch, &value, d.type);
        }
        out->nulls[i] = !ok || value.is_null || d.count == 0;
        if (!out->nulls[i]) {
            double total, rank = spoor_digest_rank(&d, &value, &total);
            out->reals[i] = as_percent ? rank / total * 100 : rank;
        }
    }
}

static void rank_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    rank_rows(call, rows, args, out, false);
}

static void percent_rank_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    rank_rows(call, rows, args, out, true);
}

// clang-format off
#define DYN SPOOR_T_DYNAMIC
#define NUMBER (SPOOR_T_INTEGER | SPOOR_T_REAL)
#define VALUE (NUMBER | SPOOR_T_DATETIME | SPOOR_T_TIMESPAN)
#define FOUR "dynamic(['tdigest','long',[1,2,3,4],[1,1,1,1]])"
#define MERGE(row_name, hidden, code, text, sample, prints) \
    {.name = row_name, .args = {DYN}, .min_args = 1, .max_args = 64, .result = SPOOR_DYNAMIC, .is_hidden = hidden, .sees_nulls = true, .eval = code, \
     .summary = text, .example = sample, .value = prints}
#define ROW(row_name, most, b, of, code, text, sample, prints) \
    {.name = row_name, .args = {DYN, b}, .min_args = 2, .max_args = most, .result = of, .eval = code, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_sketch[] = {
    {.name = "dcount_hll", .args = {DYN}, .min_args = 1, .max_args = 1, .result = SPOOR_LONG, .eval = count_eval,
     .summary = "Number of distinct values in what hll() gave.", .example = "dcount_hll(dynamic(['hll',14,[65,129]]))", .value = "2"},
    MERGE("hll_merge", false, merge_hll_eval, "Several hll() in one.", "dcount_hll(hll_merge(dynamic(['hll',14,[65]]), dynamic(['hll',14,[129]])))", "2"),
    {.name = "__dcount_common", .args = {DYN}, .min_args = 1, .max_args = SPOOR_HLL_SETS, .result = SPOOR_DYNAMIC, .is_hidden = true, .sees_nulls = true, .eval = common_eval,
     .summary = "Of the first 1, 2, ... of several hll(), how many values they have in common.",
     .example = "__dcount_common(dynamic(['hll',14,[65,129]]), dynamic(['hll',14,[129]]))", .value = "[2,1]"},
    MERGE("merge_tdigest", false, merge_digest_eval, "Several tdigest() in one.", "rank_tdigest(merge_tdigest(" FOUR ", " FOUR "), 3)", "6.0"),
    MERGE("tdigest_merge", true, merge_digest_eval, "As merge_tdigest().", "rank_tdigest(tdigest_merge(" FOUR ", " FOUR "), 3)", "6.0"),
    ROW("percentile_tdigest", 2, SPOOR_T_REAL, SPOOR_DYNAMIC, percentile_eval, "A percentile of what tdigest() gave.", "percentile_tdigest(" FOUR ", 50)", "2"),
    ROW("percentiles_array_tdigest", SPOOR_VARIADIC, NUMBER | DYN, SPOOR_DYNAMIC, percentiles_eval, "Several percentiles of what tdigest() gave.", "percentiles_array_tdigest(" FOUR ", 25, 75)", "[1,3]"),
    ROW("percentile_array_tdigest", SPOOR_VARIADIC, NUMBER | DYN, SPOOR_DYNAMIC, percentiles_eval, "Several percentiles of what tdigest() gave.", "percentile_array_tdigest(" FOUR ", 25, 75)", "[1,3]"),
    ROW("rank_tdigest", 2, VALUE, SPOOR_REAL, rank_eval, "How many values of a tdigest() are not above this one.", "rank_tdigest(" FOUR ", 3)", "3.0"),
    ROW("percentrank_tdigest", 2, VALUE, SPOOR_REAL, percent_rank_eval, "How many percent of a tdigest() are not above this value.", "percentrank_tdigest(" FOUR ", 3)", "75.0"),
    {0},
};
// clang-format on
