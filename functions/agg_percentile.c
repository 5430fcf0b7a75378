/* agg_percentile.c - percentile(s), weighted or not: the value at a rank.
 *
 * Nearest rank, as Kusto answers on small sets: the least value with at least
 * p percent of the weight at or below it.  All values of a group are kept (16
 * bytes each), so the answer is exact; the memory limit bounds it. */
#include <math.h>
#include <stdlib.h>

#include "functions/aggregate.h"
#include "types/dynamic.h"

typedef struct item {
    union {
        int64_t integer;
        double real;
    };
    int64_t weight;
} item;

typedef struct ranks {
    item *items;
    uint64_t count, capacity;
} ranks;

static void add(spoor_call *call, ranks *r, item value) {
    if (r->count == r->capacity) {
        uint64_t capacity = r->capacity == 0 ? 16 : r->capacity * 2;
        item *items = SPOOR_RAW_ARRAY(call->arena, item, capacity);
        if (r->count > 0) {
            memcpy(items, r->items, r->count * sizeof *items);
        }
        r->items = items;
        r->capacity = capacity;
    }
    r->items[r->count++] = value;
}

static item item_at(const spoor_vec *vec, uint32_t row, int64_t weight) {
    item value = {.weight = weight};
    if (vec->type == SPOOR_REAL) {
        value.real = vec->reals[row];
    } else {
        value.integer = vec->longs[row];
    }
    return value;
}

static void percentile_update(spoor_call *call, void *const *states, uint32_t rows,
                              const spoor_vec *args) {
    for (uint32_t i = 0; i < rows; i++) {
        add(call, states[i], item_at(&args[0], i, 1));
    }
}

static void weighted_update(spoor_call *call, void *const *states, uint32_t rows,
                            const spoor_vec *args) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t weight = args[1].longs[i];
        if (weight > 0) {
            add(call, states[i], item_at(&args[0], i, weight));
        }
    }
}

static void percentile_merge(spoor_call *call, void *into, const void *from) {
    const ranks *other = from;
    for (uint64_t i = 0; i < other->count; i++) {
        add(call, into, other->items[i]);
    }
}

static int order_integers(const void *a, const void *b) {
    int64_t x = ((const item *)a)->integer, y = ((const item *)b)->integer;
    return (x > y) - (x < y);
}

/* NaN first: a total order. */
static int order_reals(const void *a, const void *b) {
    double x = ((const item *)a)->real, y = ((const item *)b)->real;
    bool x_nan = isnan(x), y_nan = isnan(y);
    return x_nan || y_nan ? (int)y_nan - (int)x_nan : (x > y) - (x < y);
}

static void sort_items(const spoor_call *call, const ranks *r) {
    if (r->count > 1) {
        qsort(r->items, r->count, sizeof *r->items,
              call->types[0] == SPOOR_REAL ? order_reals : order_integers);
    }
}

static double number_of(const spoor_value *value) {
    return value->type == SPOOR_REAL ? value->real : (double)value->integer;
}

/* The item at p percent of a sorted list that is not empty.  Weights may add up to more than a long. */
static item item_of_rank(const ranks *r, double percent) {
    double total = 0, below = 0;
    for (uint64_t i = 0; i < r->count; i++) {
        total += (double)r->items[i].weight;
    }
    double rank = ceil(percent / 100 * total - 1e-9);
    uint64_t i = 0;
    for (; i + 1 < r->count; i++) {
        below += (double)r->items[i].weight;
        if (below >= rank) {
            break;
        }
    }
    return r->items[i];
}

static spoor_value value_of(const spoor_call *call, const ranks *r, double percent) {
    spoor_value value = {.type = call->types[0], .is_null = r->count == 0};
    if (r->count == 0) {
        return value;
    }
    item found = item_of_rank(r, percent);
    if (value.type == SPOOR_REAL) {
        value.real = found.real;
    } else {
        value.integer = found.integer;
    }
    return value;
}

/* One output for each constant from `first` on. */
static void write_outputs(const spoor_call *call, const ranks *r, uint32_t first, spoor_vec *out,
                          uint32_t row) {
    sort_items(call, r);
    for (uint32_t i = first; i < call->nargs; i++) {
        spoor_value value = value_of(call, r, number_of(call->constants[i]));
        spoor_vec_set(&out[i - first], row, &value);
    }
}

static void percentile_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    write_outputs(call, state, 1, out, row);
}

static void weighted_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    write_outputs(call, state, 2, out, row);
}

/* The same as an array; the percents may come in an array too. */
static void write_array(spoor_call *call, const ranks *r, uint32_t first, spoor_vec *out,
                        uint32_t row) {
    sort_items(call, r);
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, call->arena);
    spoor_dynamic_open(&builder, '[');
    for (uint32_t i = first; i < call->nargs && r->count > 0; i++) {
        const spoor_value *given = call->constants[i];
        if (given->type != SPOOR_DYNAMIC) {
            spoor_value value = value_of(call, r, number_of(given));
            spoor_dynamic_add(&builder, &value);
            continue;
        }
        spoor_dynamic_iter iter = spoor_dynamic_begin(given->string);
        for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
            spoor_value percent = spoor_dynamic_scalar(element);
            spoor_value value = value_of(call, r, number_of(&percent));
            spoor_dynamic_add(&builder, &value);
        }
    }
    spoor_dynamic_close(&builder);
    out->nulls[row] = r->count == 0;
    out->strings[row] = spoor_dynamic_finish(&builder);
}

static void array_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    write_array(call, state, 1, out, row);
}

static void weighted_array_final(spoor_call *call, const void *state, spoor_vec *out,
                                 uint32_t row) {
    write_array(call, state, 2, out, row);
}

static bool is_percent(const spoor_value *value) {
    bool is_number =
        value != NULL && !value->is_null &&
        (value->type == SPOOR_REAL || value->type == SPOOR_INT || value->type == SPOOR_LONG);
    return is_number && number_of(value) >= 0 && number_of(value) <= 100;
}

static bool are_percents(const spoor_value *value) {
    if (value == NULL || value->is_null || value->type != SPOOR_DYNAMIC ||
        spoor_dynamic_kind_of(value->string) != SPOOR_DYN_ARRAY) {
        return false;
    }
    spoor_dynamic_iter iter = spoor_dynamic_begin(value->string);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        spoor_value percent = spoor_dynamic_scalar(element);
        if (!is_percent(&percent)) {
            return false;
        }
    }
    return true;
}

static const char *check_percents(const spoor_call *call, uint32_t first) {
    for (uint32_t i = first; i < call->nargs; i++) {
        if (!is_percent(call->constants[i]) && !are_percents(call->constants[i])) {
            return "a percent is a constant number from 0 to 100";
        }
    }
    return NULL;
}

static const char *prepare_percents(spoor_call *call) {
    return check_percents(call, 1);
}

static const char *prepare_weighted(spoor_call *call) {
    return check_percents(call, 2);
}

// clang-format off
#define VALUE (SPOOR_T_LONG | SPOOR_T_REAL | SPOOR_T_DATETIME | SPOOR_T_TIMESPAN)
#define PERCENT (SPOOR_T_INTEGER | SPOOR_T_REAL)
#define WEIGHT SPOOR_T_INTEGER
#define STATE .state_bytes = sizeof(ranks), .merge = percentile_merge
const spoor_aggregate spoor_agg_percentile[] = {
    {.name = "percentile", .args = {VALUE, PERCENT}, .min_args = 2, .max_args = 2, .rule = SPOOR_RESULT_FIRST, .column_name = "percentile_", STATE,
     .update = percentile_update, .final = percentile_final, .prepare = prepare_percents,
     .summary = "The least value with so many percent of all at or below it.", .example = "T | summarize percentile(x, 95)", .value = "6"},
    {.name = "percentiles", .args = {VALUE, PERCENT}, .min_args = 2, .max_args = SPOOR_VARIADIC, .rule = SPOOR_RESULT_FIRST, .column_name = "percentile_", STATE,
     .many_outputs = true, .first_output_arg = 1, .update = percentile_update, .final = percentile_final, .prepare = prepare_percents,
     .summary = "Several percentiles, a column each.", .example = "T | summarize percentiles(x, 5, 50, 95)", .value = "1, 2, 6"},
    {.name = "percentilew", .args = {VALUE, WEIGHT, PERCENT}, .min_args = 3, .max_args = 3, .rule = SPOOR_RESULT_FIRST, .column_name = "percentile_", STATE,
     .update = weighted_update, .final = weighted_final, .prepare = prepare_weighted,
     .summary = "A percentile of values that stand for several each.", .example = "T | summarize percentilew(x, n, 95)", .value = "6"},
    {.name = "percentilesw", .args = {VALUE, WEIGHT, PERCENT}, .min_args = 3, .max_args = SPOOR_VARIADIC, .rule = SPOOR_RESULT_FIRST, .column_name = "percentile_", STATE,
     .many_outputs = true, .first_output_arg = 2, .update = weighted_update, .final = weighted_final, .prepare = prepare_weighted,
     .summary = "Several percentiles of values that stand for several each, a column each.", .example = "T | summarize percentilesw(x, n, 50, 95)", .value = "3, 6"},
    {.name = "percentiles_array", .args = {VALUE, PERCENT | SPOOR_T_DYNAMIC}, .min_args = 2, .max_args = SPOOR_VARIADIC, .result = SPOOR_DYNAMIC, .column_name = "percentiles_", STATE,
     .update = percentile_update, .final = array_final, .prepare = prepare_percents,
     .summary = "Several percentiles in an array.", .example = "T | summarize percentiles_array(x, 5, 50, 95)", .value = "[1,2,6]"},
    {.name = "percentilesw_array", .args = {VALUE, WEIGHT, PERCENT | SPOOR_T_DYNAMIC}, .min_args = 3, .max_args = SPOOR_VARIADIC, .result = SPOOR_DYNAMIC, .column_name = "percentiles_", STATE,
     .update = weighted_update, .final = weighted_array_final, .prepare = prepare_weighted,
     .summary = "Several percentiles of values that stand for several each, in an array.", .example = "T | summarize percentilesw_array(x, n, 50, 95)", .value = "[3,6]"},
    {0},
};
// clang-format on
