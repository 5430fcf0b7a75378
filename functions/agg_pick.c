/* agg_pick.c - take_any, arg_max, arg_min: one row's values for a group.
 *
 * Outputs are the arguments from `first_output_arg` on.  Of equal extremes the
 * first row wins; take_any takes the first row with a value. */
#include "functions/aggregate.h"
#include "functions/extreme.h"

typedef struct pick {
    bool seen;
    uint32_t chosen;     /* while rows are chosen: one of them, from 1; 0: none */
    spoor_value key;     /* arg_max, arg_min */
    spoor_value *values; /* outputs */
} pick;

static bool is_same_text(const spoor_value *a, const spoor_value *b) {
    bool are_texts = b->type == SPOOR_STRING || b->type == SPOOR_DYNAMIC;
    return are_texts && !a->is_null && !b->is_null && spoor_str_eq(a->string, b->string);
}

/* What is text, and the same in the row before it, is not copied again. */
static void keep_row(spoor_call *call, pick *p, const spoor_vec *args, uint32_t row,
                     uint32_t noutputs) {
    if (p->values == NULL) {
        p->values = SPOOR_NEW_ARRAY(call->arena, spoor_value, noutputs + 1);
    }
    for (uint32_t k = 0; k < noutputs; k++) {
        spoor_value value = spoor_vec_get(&args[k], row);
        if (!p->seen || !is_same_text(&p->values[k], &value)) {
            p->values[k] = spoor_value_copy(call->arena, &value);
        }
    }
    p->seen = true;
}

/* A null loses against every value, but a group of nulls has a first row. */
static bool beats(const spoor_value *value, const spoor_value *kept, int sign) {
    return !value->is_null && (kept->is_null || spoor_value_beats(value, kept, sign));
}

/* sign 0: the first row of all. */
static uint32_t choose(void *const *states, uint32_t rows, const spoor_vec *keys, int sign,
                       uint32_t *chosen) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < rows; i++) {
        pick *p = states[i];
        if (p->seen || p->chosen > 0) {
            spoor_value value = spoor_vec_get(keys, i);
            spoor_value kept = p->chosen > 0 ? spoor_vec_get(keys, p->chosen - 1) : p->key;
            if (sign == 0 || !beats(&value, &kept, sign)) {
                continue;
            }
        }
        chosen[n] = i; /* a row of the state, for now */
        n += p->chosen == 0;
        p->chosen = i + 1;
    }
    for (uint32_t k = 0; k < n; k++) {
        pick *p = states[chosen[k]];
        chosen[k] = p->chosen - 1;
        p->chosen = 0;
    }
    return n;
}

static uint32_t choose_greatest(void *const *states, uint32_t rows, const spoor_vec *keys,
                                uint32_t *chosen) {
    return choose(states, rows, keys, 1, chosen);
}

static uint32_t choose_least(void *const *states, uint32_t rows, const spoor_vec *keys,
                             uint32_t *chosen) {
    return choose(states, rows, keys, -1, chosen);
}

static uint32_t choose_first(void *const *states, uint32_t rows, const spoor_vec *values,
                             uint32_t *chosen) {
    return choose(states, rows, values, 0, chosen);
}

static void extreme_rows(spoor_call *call, void *const *states, uint32_t rows,
                         const spoor_vec *args, int sign) {
    for (uint32_t i = 0; i < rows; i++) {
        pick *p = states[i];
        spoor_value key = spoor_vec_get(&args[0], i);
        if (!p->seen || beats(&key, &p->key, sign)) {
            p->key = spoor_value_copy(call->arena, &key);
            keep_row(call, p, args, i, call->nargs);
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
    if (from->seen && (!into->seen || beats(&from->key, &into->key, sign))) {
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
            keep_row(call, p, args, i, call->nargs);
        }
    }
}

static void anyif_update(spoor_call *call, void *const *states, uint32_t rows,
                         const spoor_vec *args) {
    for (uint32_t i = 0; i < rows; i++) {
        pick *p = states[i];
        if (!p->seen && !spoor_vec_is_null(&args[1], i) && args[1].bools[i]) {
            keep_row(call, p, args, i, 1);
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
#define MANY(row_name, least, hidden, which, code, joined, text, sample, prints) \
    {.name = row_name, .min_args = least, .max_args = SPOOR_VARIADIC, .args = {SPOOR_T_ANY}, .sees_nulls = true, .is_hidden = hidden, \
     .many_outputs = true, .choose = which, .picks_first = (which) == choose_first, .column_name = "", .state_bytes = sizeof(pick), .update = code, .merge = joined, .final = pick_final, \
     .summary = text, .example = sample, .value = prints}
#define ANYIF(row_name, hidden) \
    {.name = row_name, .min_args = 2, .max_args = 2, .args = {SPOOR_T_ANY, SPOOR_T_BOOL}, .rule = SPOOR_RESULT_FIRST, .sees_nulls = true, .is_hidden = hidden, \
     .column_name = "", .state_bytes = sizeof(pick), .update = anyif_update, .merge = any_merge, .final = anyif_final, \
     .summary = "A value from a row for which the condition is true.", .example = "T | summarize " row_name "(x, y > 2)", .value = "3"}
const spoor_aggregate spoor_agg_pick[] = {
    MANY("arg_max", 1, false, choose_greatest, arg_max_update, arg_max_merge, "The row in which the first argument is greatest: its values of the other arguments.", "T | summarize arg_max(x, *) by k", "a, 3, 2.5, 2, {\"q\":\"r\"}"),
    MANY("arg_min", 1, false, choose_least, arg_min_update, arg_min_merge, "The row in which the first argument is least: its values of the other arguments.", "T | summarize arg_min(x, *) by k", "a, 1, 0.5, 1, {\"p\":1}"),
    MANY("argmax", 1, true, choose_greatest, arg_max_update, arg_max_merge, "As arg_max().", "T | summarize argmax(x, y)", "6, 4.0"),
    MANY("argmin", 1, true, choose_least, arg_min_update, arg_min_merge, "As arg_min().", "T | summarize argmin(x, y)", "1, 0.5"),
    MANY("take_any", 1, false, choose_first, any_update, any_merge, "Values of any row.", "T | summarize take_any(x) by k", "a, 1"),
    MANY("any", 1, true, choose_first, any_update, any_merge, "As take_any().", "T | summarize any(x) by k", "a, 1"),
    ANYIF("take_anyif", false),
    ANYIF("anyif", true),
    {0},
};
// clang-format on
