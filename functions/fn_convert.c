/* fn_convert.c - tostring, toint and their like, gettype: one value of each type as another. */
#include "base/time.h"
#include "functions/convert.h"
#include "functions/function.h"
#include "types/dynamic.h"

static void convert_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_value value = spoor_vec_get(&args[0], i);
        int64_t time;
        bool is_time = out->type == SPOOR_DATETIME && value.type == SPOOR_STRING &&
                       spoor_time_parse_on(value.string, call->now, &time);
        value = is_time ? (spoor_value){.type = SPOOR_DATETIME, .integer = time}
                        : spoor_convert(call->scratch, &value, out->type);
        spoor_vec_set(out, i, &value);
    }
}

/* A clock alone waits for the time of the query, which is not known where expressions are rewritten. */
static const char *prepare_datetime(spoor_call *call) {
    const spoor_value *text = call->constants[0];
    int64_t first = 0, second = 0;
    bool waits = call->now <= 0 && text != NULL && text->type == SPOOR_STRING &&
                 spoor_time_parse_on(text->string, 0, &first) &&
                 spoor_time_parse_on(text->string, SPOOR_TICKS_DAY, &second) && first != second;
    return waits ? "the day is not known" : NULL;
}

/* tostring(): the frequent types without a detour. */
static void to_string_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    if (args[0].type == SPOOR_STRING) {
        memcpy(out->strings, args[0].strings, rows * sizeof(spoor_str));
        return;
    }
    for (uint32_t i = 0; i < rows; i++) {
        if (spoor_vec_is_null(&args[0], i)) {
            continue; /* stays '' */
        }
        if (args[0].type == SPOOR_DYNAMIC) {
            out->strings[i] = spoor_dynamic_to_text(call->scratch, args[0].strings[i]);
        } else {
            spoor_value value = spoor_vec_get(&args[0], i);
            out->strings[i] = spoor_value_to_text(call->scratch, &value);
        }
    }
}

static void to_dynamic_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_value value = spoor_vec_get(&args[0], i);
        out->nulls[i] = value.is_null;
        if (!value.is_null) {
            out->strings[i] = spoor_dynamic_from_value(call->scratch, &value);
        }
    }
}

static void gettype_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        const char *name = spoor_type_name(args[0].type);
        if (args[0].type == SPOOR_DYNAMIC) {
            bool is_null = spoor_vec_is_null(&args[0], i);
            name = is_null ? "null" : spoor_dynamic_type_name(args[0].strings[i]);
        }
        out->strings[i] = spoor_str_from(name);
    }
}

// clang-format off
#define ONE(row_name, of, hidden, text, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_ANY}, .min_args = 1, .max_args = 1, .result = of, \
     .eval = convert_rows, .is_hidden = hidden, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_convert[] = {
    {.name = "tostring", .args = {SPOOR_T_ANY}, .min_args = 1, .max_args = 1, .result = SPOOR_STRING,
     .sees_nulls = true, .eval = to_string_eval,
     .summary = "The value as text; null becomes ''.", .example = "tostring(1h)", .value = "01:00:00"},
    ONE("tobool", SPOOR_BOOL, false, "The value as a bool.", "tobool('TRUE')", "True"),
    ONE("toboolean", SPOOR_BOOL, false, "The value as a bool.", "toboolean(0)", "False"),
    ONE("toint", SPOOR_INT, false, "The value as a 32-bit integer.", "toint('0x1F')", "31"),
    ONE("tolong", SPOOR_LONG, false, "The value as a 64-bit integer.", "tolong('42')", "42"),
    ONE("toreal", SPOOR_REAL, false, "The value as a real.", "toreal('1.5')", "1.5"),
    ONE("todouble", SPOOR_REAL, false, "The value as a real.", "todouble('1.5')", "1.5"),
    ONE("todecimal", SPOOR_DECIMAL, false, "The value as a decimal.", "todecimal('1.20')", "1.20"),
    {.name = "todatetime", .args = {SPOOR_T_ANY}, .min_args = 1, .max_args = 1, .result = SPOOR_DATETIME, .is_of_run = true, .eval = convert_rows, .prepare = prepare_datetime,
     .summary = "The value as a datetime.", .example = "todatetime('2024-02-29 12:30')", .value = "2024-02-29T12:30:00.0000000Z"},
    ONE("totimespan", SPOOR_TIMESPAN, false, "The value as a timespan.", "totimespan('1.02:00:00')", "1.02:00:00"),
    ONE("totime", SPOOR_TIMESPAN, true, "The value as a timespan.", "totime('02:00:00')", "02:00:00"),
    ONE("toguid", SPOOR_GUID, false, "The value as a guid.", "toguid('70FC66F7-8279-44FC-9092-D364D70FCE44')", "70fc66f7-8279-44fc-9092-d364d70fce44"),
    {.name = "__to_dynamic", .args = {SPOOR_T_ANY}, .min_args = 1, .max_args = 1, .result = SPOOR_DYNAMIC, .is_hidden = true,
     .sees_nulls = true, .eval = to_dynamic_eval,
     .summary = "The value as a dynamic, unchanged.", .example = "__to_dynamic(1)", .value = "1"},
    {.name = "gettype", .args = {SPOOR_T_ANY}, .min_args = 1, .max_args = 1, .result = SPOOR_STRING,
     .sees_nulls = true, .eval = gettype_eval,
     .summary = "Name of the value's type; of a dynamic, of what it holds.", .example = "gettype(dynamic([1]))", .value = "array"},
    {0},
};
// clang-format on
