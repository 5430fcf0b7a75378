/* agg_pick.c - take_any, arg_max, arg_min: one row's values for a group.
 *
 * Outputs are the arguments from `first_output_arg` on.  Of equal extremes the
 * first row wins; take_any takes the first row with a value. */
#include "functions/aggregate.h"
#include "functions/extreme.h"

typedef struct pick {
    bool seen;
    spoor_value key;     /* arg_max, arg_min */
    spoor_value *values; /* outputs */
} pick;

static void keep_row(spoor_call *call, pick *p, const spoor_vec *args, uint32_t row, uint32_t first,
                     uint32_t noutputs) {
    if (p->values == NULL) {
        p->values = SPOOR_NEW_ARRAY(call->arena, spoor_value, noutputs + 1);
    }
    for (uint32_t k = 0; k < noutputs; k++) {
        spoor_value value = spoor_vec_get(&args[first + k], row);
        p->values[k] = spoor_value_copy(call->arena, &value);
    }
    p->seen = true;
}

static void extreme_rows(spoor_call *call, void *const *states, uint32_t rows,
                         const spoor_vec *args, int sign) {
    for (uint32_t i = 0; i < rows; i++) {
        pick *p = states[i];
        spoor_value key = spoor_vec_get(&args[0], i);
        if (p->seen && key.is_null) {
            continue; /* a null loses against every value, but a group of nulls has a first row */
        }
        if (!p->seen || p->key.is_null || spoor_value_beats(&key, &p->key, sign)) {
            p->key = spoor_value_copy(call->arena, &key);
            keep_row(call, p, args, i, 0, call->nargs);
        }
    }
}

static void arg_max_update(spoor_call *call, void *const *states, uint32_t rows,
                           const spoor_vec *args) {
    extreme_rows(call, states, rows, args, 1);
}

static void arg_min_update(spoor_call *call, void *const *states, uint32_t rows,
                           const spoor_vec *args) {
    extreme_rows(call, states, rows, args, -1);
}

static void merge_extreme(pick *into, const pick *from, int sign) {
    if (!from->seen || (into->seen && from->key.is_null)) {
        return;
    }
    if (!into->seen || into->key.is_null || spoor_value_beats(&from->key, &into->key, sign)) {
        *into = *from;
    }
}

static void arg_max_merge(spoor_call *call, void *into, const void *from) {
    (void)call;
    merge_extreme(into, from, 1);
}

static void arg_min_merge(spoor_call *call, void *into, const void *from) {
    (void)call;
    merge_extreme(into, from, -1);
}

static void any_update(spoor_call *call, void *const *states, uint32_t rows,
                       const spoor_vec *args) {
    for (uint32_t i = 0; i < rows; i++) {
        pick *p = states[i];
        if (!p->seen) {
            keep_row(call, p, args, i, 0, call->nargs);
        }
    }
}

static void anyif_update(spoor_call *call, void *const *states, uint32_t rows,
                         const spoor_vec *args) {
    for (uint32_t i = 0; i < rows; i++) {
        pick *p = states[i];
        if (!p->seen && !spoor_vec_is_null(&args[1], i) && args[1].bools[i]) {
            keep_row(call, p, args, i, 0, 1);
        }
    }
}

static void any_merge(spoor_call *call, void *into, const void *from) {
    (void)call;
    if (!((pick *)into)->seen) {
        *(pick *)into = *(const pick *)from;
    }
}

static void write_outputs(const pick *p, spoor_vec *out, uint32_t row, uint32_t noutputs) {
    for (uint32_t k = 0; k < noutputs; k++) {
        spoor_value value = {.type = out[k].type, .is_null = out[k].type != SPOOR_STRING};
        spoor_vec_set(&out[k], row, p->seen ? &p->values[k] : &value);
    }
}

static void pick_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    write_outputs(state, out, row, call->nargs);
}

static void anyif_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    write_outputs(state, out, row, 1);
}

// clang-format off
#define MANY(row_name, least, hidden, picks, code, joined, text, sample, prints) \
    {.name = row_name, .min_args = least, .max_args = SPOOR_VARIADIC, .args = {SPOOR_T_ANY}, .sees_nulls = picks, .is_hidden = hidden, \
     .many_outputs = true, .picks_row = picks, .column_name = "", .state_bytes = sizeof(pick), .update = code, .merge = joined, .final = pick_final, \
     .summary = text, .example = sample, .value = prints}
#define ANYIF(row_name, hidden) \
    {.name = row_name, .min_args = 2, .max_args = 2, .args = {SPOOR_T_ANY, SPOOR_T_BOOL}, .rule = SPOOR_RESULT_FIRST, .sees_nulls = true, .is_hidden = hidden, \
     .column_name = "", .state_bytes = sizeof(pick), .update = anyif_update, .merge = any_merge, .final = anyif_final, \
     .summary = "A value from a row for which the condition is true.", .example = "T | summarize " row_name "(x, y > 2)", .value = "3"}
const spoor_aggregate spoor_agg_pick[] = {
    MANY("arg_max", 1, false, true, arg_max_update, arg_max_merge, "The row in which the first argument is greatest: its values of the other arguments.", "T | summarize arg_max(x, *) by k", "a, 3, 2.5, 2, {\"q\":\"r\"}"),
    MANY("arg_min", 1, false, true, arg_min_update, arg_min_merge, "The row in which the first argument is least: its values of the other arguments.", "T | summarize arg_min(x, *) by k", "a, 1, 0.5, 1, {\"p\":1}"),
    MANY("argmax", 1, true, true, arg_max_update, arg_max_merge, "As arg_max().", "T | summarize argmax(x, y)", "6, 4.0"),
    MANY("argmin", 1, true, true, arg_min_update, arg_min_merge, "As arg_min().", "T | summarize argmin(x, y)", "1, 0.5"),
    MANY("take_any", 1, false, true, any_update, any_merge, "Values of any row.", "T | summarize take_any(x) by k", "a, 1"),
    MANY("any", 1, true, true, any_update, any_merge, "As take_any().", "T | summarize any(x) by k", "a, 1"),
    ANYIF("take_anyif", false),
    ANYIF("anyif", true),
    {0},
};
// clang-format on
