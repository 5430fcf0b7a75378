/* fn_compare.c - == != < <= > >= =~ !~ in has_any between: one value against others.
 *
 * Nulls (conformance emulator_*): null against a value: == and in are false,
 * != and !in true, < and its like null; null against null: null. */
#include "base/text_match.h"
#include "base/utf8.h"
#include "functions/function.h"
#include "functions/set.h"
#include "types/dynamic.h"

enum { LESS = 1, EQUAL = 2, GREATER = 4, UNORDERED = 8 }; /* sets of outcomes */

static int outcome(int order) {
    return order < 0 ? LESS : order > 0 ? GREATER : EQUAL;
}

/* out->bools[i] = outcome of comparing row i, by type. */
static void compare_rows(uint32_t rows, const spoor_vec *a, const spoor_vec *b, uint8_t *out) {
    switch (a->type) {
    case SPOOR_BOOL:
        for (uint32_t i = 0; i < rows; i++) {
            out[i] = (uint8_t)outcome((int)a->bools[i] - (int)b->bools[i]);
        }
        return;
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN:
        for (uint32_t i = 0; i < rows; i++) {
            int64_t x = a->longs[i], y = b->longs[i];
            out[i] = (uint8_t)(x < y ? LESS : x > y ? GREATER : EQUAL);
        }
        return;
    case SPOOR_REAL:
        for (uint32_t i = 0; i < rows; i++) {
            double x = a->reals[i], y = b->reals[i];
            out[i] = (uint8_t)(x < y ? LESS : x > y ? GREATER : x == y ? EQUAL : UNORDERED);
        }
        return;
    case SPOOR_DECIMAL:
        for (uint32_t i = 0; i < rows; i++) {
            out[i] = (uint8_t)outcome(spoor_decimal_compare(a->decimals[i], b->decimals[i]));
        }
        return;
    case SPOOR_GUID:
        for (uint32_t i = 0; i < rows; i++) {
            out[i] = (uint8_t)outcome(memcmp(&a->guids[i], &b->guids[i], sizeof(spoor_guid)));
        }
        return;
    case SPOOR_STRING:
        for (uint32_t i = 0; i < rows; i++) {
            out[i] = (uint8_t)outcome(spoor_str_compare(a->strings[i], b->strings[i]));
        }
        return;
    case SPOOR_DYNAMIC:
        for (uint32_t i = 0; i < rows; i++) {
            out[i] = (uint8_t)outcome(spoor_dynamic_compare(a->strings[i], b->strings[i]));
        }
        return;
    case SPOOR_NTYPES: return;
    }
}

static void equality(uint32_t rows, const spoor_vec *args, spoor_vec *out, bool wanted) {
    compare_rows(rows, &args[0], &args[1], out->bools);
    for (uint32_t i = 0; i < rows; i++) {
        bool left = spoor_vec_is_null(&args[0], i), right = spoor_vec_is_null(&args[1], i);
        bool equal = !left && !right && out->bools[i] == EQUAL;
        out->nulls[i] = left && right;
        out->bools[i] = !out->nulls[i] && equal == wanted;
    }
}

static void equal_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    equality(rows, args, out, true);
}

static void not_equal_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    equality(rows, args, out, false);
}

static void order_rows(uint32_t rows, const spoor_vec *args, spoor_vec *out, int accept) {
    compare_rows(rows, &args[0], &args[1], out->bools);
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = (out->bools[i] & accept) != 0;
    }
}

static void less_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    order_rows(rows, args, out, LESS);
}

static void less_equal_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    (void)call;
    order_rows(rows, args, out, LESS | EQUAL);
}

static void greater_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    order_rows(rows, args, out, GREATER);
}

static void greater_equal_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                               spoor_vec *out) {
    (void)call;
    order_rows(rows, args, out, GREATER | EQUAL);
}

static void between_rows(uint32_t rows, const spoor_vec *args, spoor_vec *out, bool wanted) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_value value = spoor_vec_get(&args[0], i), low = spoor_vec_get(&args[1], i),
                    high = spoor_vec_get(&args[2], i);
        bool inside =
            spoor_value_compare(&value, &low) >= 0 && spoor_value_compare(&value, &high) <= 0;
        out->bools[i] = inside == wanted;
    }
}

static void between_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    between_rows(rows, args, out, true);
}

static void not_between_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    (void)call;
    between_rows(rows, args, out, false);
}

/* datetime between (a .. timespan): the end is a + timespan. */
static void between_span(uint32_t rows, const spoor_vec *args, spoor_vec *out, bool wanted) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t value = args[0].longs[i], low = args[1].longs[i], span = args[2].longs[i], high;
        if (__builtin_add_overflow(low, span, &high)) {
            high = span < 0 ? INT64_MIN : INT64_MAX;
        }
        out->bools[i] = (value >= low && value <= high) == wanted;
    }
}

static void between_span_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    (void)call;
    between_span(rows, args, out, true);
}

static void not_between_span_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                                  spoor_vec *out) {
    (void)call;
    between_span(rows, args, out, false);
}

/* -- without case ------------------------------------------------------------------------------ */

static void fold_equality(uint32_t rows, const spoor_vec *args, spoor_vec *out, bool wanted) {
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = spoor_text_equals(args[0].strings[i], args[1].strings[i], true) == wanted;
    }
}

static void fold_equal_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    (void)call;
    fold_equality(rows, args, out, true);
}

static void fold_not_equal_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                                spoor_vec *out) {
    (void)call;
    fold_equality(rows, args, out, false);
}

/* -- in ---------------------------------------------------------------------------------------- */

/* The listed constants as a set, made once; NULL when one of them varies. */
static const char *prepare_set(spoor_call *call, bool fold) {
    for (uint32_t i = 1; i < call->nargs; i++) {
        if (call->constants[i] == NULL) {
            return NULL;
        }
    }
    spoor_set *set = spoor_set_new(call->arena, fold);
    for (uint32_t i = 1; i < call->nargs; i++) {
        spoor_set_add_flat(set, call->constants[i], call->types[0]);
    }
    call->state = set;
    return NULL;
}

static const char *prepare_in(spoor_call *call) {
    return prepare_set(call, false);
}

static const char *prepare_in_fold(spoor_call *call) {
    return prepare_set(call, true);
}

/* A row whose list varies: a set for that row alone. */
static spoor_set *row_set(spoor_call *call, const spoor_vec *args, uint32_t row, bool fold) {
    spoor_set *set = spoor_set_new(call->scratch, fold);
    for (uint32_t k = 1; k < call->nargs; k++) {
        spoor_value value = spoor_vec_get(&args[k], row);
        spoor_set_add_flat(set, &value, call->types[0]);
    }
    return set;
}

static void in_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                    bool fold, bool wanted) {
    for (uint32_t i = 0; i < rows; i++) {
        const spoor_set *set = call->state != NULL ? call->state : row_set(call, args, i, fold);
        spoor_value value = spoor_vec_get(&args[0], i);
        bool is_in = !value.is_null && spoor_set_has(set, &value);
        out->nulls[i] = value.is_null && set->has_null;
        out->bools[i] = !out->nulls[i] && is_in == wanted;
    }
}

static void in_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    in_rows(call, rows, args, out, false, true);
}

static void not_in_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    in_rows(call, rows, args, out, false, false);
}

static void in_fold_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    in_rows(call, rows, args, out, true, true);
}

static void not_in_fold_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    in_rows(call, rows, args, out, true, false);
}

// clang-format off
#define ANY SPOOR_T_ANY
#define SPAN SPOOR_T_TIMESPAN
#define TIME SPOOR_T_DATETIME
#define TEXT SPOOR_T_STRING
const spoor_function spoor_fn_compare[] = {
    {.name = "==", .args = {ANY, ANY}, .min_args = 2, .max_args = 2, .common = 3, .result = SPOOR_BOOL,
     .sees_nulls = true, .eval = equal_eval,
     .summary = "Equal; for strings with regard to case.", .example = "1 == 1.0", .value = "True"},
    {.name = "!=", .args = {ANY, ANY}, .min_args = 2, .max_args = 2, .common = 3, .result = SPOOR_BOOL,
     .sees_nulls = true, .eval = not_equal_eval,
     .summary = "Not equal; true for a null against a value.", .example = "'a' != 'A'", .value = "True"},
    {.name = "<", .args = {ANY, ANY}, .min_args = 2, .max_args = 2, .common = 3, .result = SPOOR_BOOL, .eval = less_eval,
     .summary = "Less than.", .example = "1m < 1h", .value = "True"},
    {.name = "<=", .args = {ANY, ANY}, .min_args = 2, .max_args = 2, .common = 3, .result = SPOOR_BOOL, .eval = less_equal_eval,
     .summary = "Less than or equal.", .example = "2 <= 2", .value = "True"},
    {.name = ">", .args = {ANY, ANY}, .min_args = 2, .max_args = 2, .common = 3, .result = SPOOR_BOOL, .eval = greater_eval,
     .summary = "Greater than.", .example = "2 > 1.5", .value = "True"},
    {.name = ">=", .args = {ANY, ANY}, .min_args = 2, .max_args = 2, .common = 3, .result = SPOOR_BOOL, .eval = greater_equal_eval,
     .summary = "Greater than or equal.", .example = "datetime(2024-02-01) >= datetime(2024-01-31)", .value = "True"},
    {.name = "between", .args = {ANY, ANY, ANY}, .min_args = 3, .max_args = 3, .common = 7, .result = SPOOR_BOOL, .eval = between_eval,
     .summary = "Within a range, both ends included.", .example = "5 between (1 .. 5)", .value = "True"},
    {.name = "between", .args = {TIME, TIME, SPAN}, .min_args = 3, .max_args = 3, .result = SPOOR_BOOL, .eval = between_span_eval,
     .summary = "Within a time and a timespan after it.",
     .example = "datetime(2024-01-01 12:00) between (datetime(2024-01-01) .. 1d)", .value = "True"},
    {.name = "!between", .args = {ANY, ANY, ANY}, .min_args = 3, .max_args = 3, .common = 7, .result = SPOOR_BOOL, .eval = not_between_eval,
     .summary = "Outside a range.", .example = "5 !between (1 .. 5)", .value = "False"},
    {.name = "!between", .args = {TIME, TIME, SPAN}, .min_args = 3, .max_args = 3, .result = SPOOR_BOOL, .eval = not_between_span_eval,
     .summary = "Outside a time and a timespan after it.",
     .example = "datetime(2024-01-03) !between (datetime(2024-01-01) .. 1d)", .value = "True"},
    {.name = "=~", .args = {TEXT, TEXT}, .min_args = 2, .max_args = 2, .result = SPOOR_BOOL, .eval = fold_equal_eval,
     .summary = "Equal without regard to case.", .example = "'CMD.exe' =~ 'cmd.EXE'", .value = "True"},
    {.name = "!~", .args = {TEXT, TEXT}, .min_args = 2, .max_args = 2, .result = SPOOR_BOOL, .eval = fold_not_equal_eval,
     .summary = "Not equal, without regard to case.", .example = "'CMD.exe' !~ 'cmd.EXE'", .value = "False"},
    {.name = "in", .args = {ANY, ANY}, .min_args = 1, .max_args = SPOOR_VARIADIC, .result = SPOOR_BOOL,
     .sees_nulls = true, .eval = in_eval, .prepare = prepare_in, .reads_constants = true,
     .summary = "Equal to one of a list, an array or a column.", .example = "2 in (1, 2, 3)", .value = "True"},
    {.name = "!in", .args = {ANY, ANY}, .min_args = 1, .max_args = SPOOR_VARIADIC, .result = SPOOR_BOOL,
     .sees_nulls = true, .eval = not_in_eval, .prepare = prepare_in, .reads_constants = true,
     .summary = "Equal to none of a list.", .example = "2 !in (1, 2, 3)", .value = "False"},
    {.name = "in~", .args = {ANY, ANY}, .min_args = 1, .max_args = SPOOR_VARIADIC, .result = SPOOR_BOOL,
     .sees_nulls = true, .eval = in_fold_eval, .prepare = prepare_in_fold, .reads_constants = true,
     .summary = "Equal to one of a list, without regard to case.", .example = "'A' in~ ('a', 'b')", .value = "True"},
    {.name = "!in~", .args = {ANY, ANY}, .min_args = 1, .max_args = SPOOR_VARIADIC, .result = SPOOR_BOOL,
     .sees_nulls = true, .eval = not_in_fold_eval, .prepare = prepare_in_fold, .reads_constants = true,
     .summary = "Equal to none of a list, without regard to case.", .example = "'A' !in~ ('a', 'b')", .value = "False"},
    {0},
};
// clang-format on
