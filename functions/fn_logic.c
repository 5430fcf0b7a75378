/* fn_logic.c - and, or, not; isnull and its like; iff, case, coalesce.
 *
 * Three-valued: false and null is false, true or null is true, otherwise null
 * is contagious.  The executor evaluates `and`/`or` on selections by itself
 * where it can; these rows are what it must agree with. */
#include "functions/function.h"
#include "types/dynamic.h"

static void all_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                     bool decisive) {
    for (uint32_t i = 0; i < rows; i++) {
        bool decided = false, any_null = false;
        for (uint32_t k = 0; k < call->nargs && !decided; k++) {
            bool is_null = spoor_vec_is_null(&args[k], i);
            decided = !is_null && (args[k].bools[i] != 0) == decisive;
            any_null |= is_null;
        }
        out->nulls[i] = !decided && any_null;
        out->bools[i] = decided ? decisive : !decisive && !any_null;
    }
}

static void and_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    all_rows(call, rows, args, out, false);
}

static void or_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    all_rows(call, rows, args, out, true);
}

static void not_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = !args[0].bools[i];
    }
}

/* A dynamic that holds JSON null is null too. */
static bool is_null_at(const spoor_vec *vec, uint32_t row) {
    return spoor_vec_is_null(vec, row) ||
           (vec->type == SPOOR_DYNAMIC &&
            spoor_dynamic_kind_of(vec->strings[row]) == SPOOR_DYN_NULL);
}

static bool is_empty_at(const spoor_vec *vec, uint32_t row) {
    if (vec->type == SPOOR_STRING) {
        return vec->strings[row].len == 0;
    }
    if (is_null_at(vec, row)) {
        return true;
    }
    return vec->type == SPOOR_DYNAMIC &&
           spoor_dynamic_kind_of(vec->strings[row]) == SPOOR_DYN_STRING &&
           vec->strings[row].len == 1;
}

static void isnull_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = is_null_at(&args[0], i);
    }
}

static void isnotnull_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = !is_null_at(&args[0], i);
    }
}

static void isempty_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = is_empty_at(&args[0], i);
    }
}

static void isnotempty_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = !is_empty_at(&args[0], i);
    }
}

static void copy_row(const spoor_vec *from, uint32_t row, spoor_vec *out) {
    spoor_value value = spoor_vec_get(from, row);
    spoor_vec_set(out, row, &value);
}

static bool is_true_at(const spoor_vec *vec, uint32_t row) {
    return !spoor_vec_is_null(vec, row) && vec->bools[row];
}

/* iff and case: condition, value, condition, value, ..., otherwise. */
static void case_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    uint32_t last = call->nargs - 1;
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t k = 0;
        while (k < last && !is_true_at(&args[k], i)) {
            k += 2;
        }
        copy_row(&args[k < last ? k + 1 : last], i, out);
    }
}

static void coalesce_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t k = 0;
        bool is_text = args[0].type == SPOOR_STRING;
        while (k + 1 < call->nargs &&
               (is_text ? args[k].strings[i].len == 0 : is_null_at(&args[k], i))) {
            k++;
        }
        copy_row(&args[k], i, out);
    }
}

// clang-format off
#define ANY SPOOR_T_ANY
#define BOOLEAN SPOOR_T_BOOL
#define TEST(row_name, code, hidden, text, sample, prints) \
    {.name = row_name, .args = {ANY}, .min_args = 1, .max_args = 1, .result = SPOOR_BOOL, .sees_nulls = true, \
     .eval = code, .is_hidden = hidden, .summary = text, .example = sample, .value = prints}
#define CHOICE(row_name, hidden, most, text, sample, prints) \
    {.name = row_name, .args = {BOOLEAN, ANY, ANY}, .min_args = 3, .max_args = most, .common = 6, \
     .rule = SPOOR_RESULT_COMMON, .sees_nulls = true, .eval = case_eval, .is_hidden = hidden, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_logic[] = {
    {.name = "and", .args = {BOOLEAN, BOOLEAN}, .min_args = 2, .max_args = SPOOR_VARIADIC, .result = SPOOR_BOOL,
     .sees_nulls = true, .eval = and_eval,
     .summary = "True when all operands are.", .example = "true and false", .value = "False"},
    {.name = "or", .args = {BOOLEAN, BOOLEAN}, .min_args = 2, .max_args = SPOOR_VARIADIC, .result = SPOOR_BOOL,
     .sees_nulls = true, .eval = or_eval,
     .summary = "True when one operand is.", .example = "true or false", .value = "True"},
    {.name = "not", .args = {BOOLEAN}, .min_args = 1, .max_args = 1, .result = SPOOR_BOOL, .eval = not_eval,
     .summary = "The opposite of a bool.", .example = "not(1 == 2)", .value = "True"},
    TEST("isnull", isnull_eval, false, "Whether the value is null; a string never is.", "isnull(long(null))", "True"),
    TEST("isnotnull", isnotnull_eval, false, "Whether the value is not null.", "isnotnull(5)", "True"),
    TEST("notnull", isnotnull_eval, true, "Whether the value is not null.", "notnull(5)", "True"),
    TEST("isempty", isempty_eval, false, "Whether the value is '' or null.", "isempty('')", "True"),
    TEST("isnotempty", isnotempty_eval, false, "Whether the value is neither '' nor null.", "isnotempty('x')", "True"),
    TEST("notempty", isnotempty_eval, true, "Whether the value is neither '' nor null.", "notempty('x')", "True"),
    CHOICE("iff", false, 3, "The second value when the first is true, else the third.", "iff(2 > 1, 'yes', 'no')", "yes"),
    CHOICE("iif", false, 3, "The second value when the first is true, else the third.", "iif(2 > 1, 'yes', 'no')", "yes"),
    {.name = "case", .args = {ANY}, .min_args = 3, .max_args = SPOOR_VARIADIC, .result = SPOOR_STRING,
     .sees_nulls = true, .eval = case_eval, /* the binder checks the arguments and sets the type */
     .summary = "The value behind the first condition that is true, else the last value.",
     .example = "case(1 > 2, 'a', 2 > 1, 'b', 'c')", .value = "b"},
    {.name = "coalesce", .args = {ANY}, .min_args = 2, .max_args = SPOOR_VARIADIC, .common = ~0u,
     .rule = SPOOR_RESULT_COMMON, .sees_nulls = true, .eval = coalesce_eval,
     .summary = "The first value that is neither null nor ''.", .example = "coalesce('', 'b')", .value = "b"},
    {0},
};
// clang-format on
