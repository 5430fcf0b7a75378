/* fn_dynamic.c - into dynamic values (d.a, d[0]) and out of scalars into them (pack, pack_array). */
#include "functions/convert.h"
#include "functions/function.h"
#include "types/dynamic.h"

static void put_element(spoor_vec *out, uint32_t row, bool found, spoor_str element) {
    bool is_null = !found || spoor_dynamic_kind_of(element) == SPOOR_DYN_NULL;
    out->nulls[row] = is_null;
    out->strings[row] = is_null ? (spoor_str){0} : element;
}

static void member_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str element = {0};
        bool found = spoor_dynamic_get(args[0].strings[i], args[1].strings[i], &element);
        put_element(out, i, found, element);
    }
}

static void element_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str element = {0};
        bool found = spoor_dynamic_at(args[0].strings[i], args[1].longs[i], &element);
        put_element(out, i, found, element);
    }
}

/* d[k] where k is a dynamic that holds a name or a number. */
static void key_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        spoor_value key = spoor_dynamic_scalar(args[1].strings[i]);
        spoor_str element = {0};
        bool found = false;
        if (!key.is_null && key.type == SPOOR_STRING) {
            found = spoor_dynamic_get(args[0].strings[i], key.string, &element);
        } else if (!key.is_null && key.type == SPOOR_LONG) {
            found = spoor_dynamic_at(args[0].strings[i], key.integer, &element);
        }
        put_element(out, i, found, element);
    }
}

/* A null in an array or a bag is JSON null. */
static void add_value(spoor_dynamic_builder *builder, const spoor_value *value) {
    if (value->is_null) {
        spoor_dynamic_add_encoded(builder, SPOOR_STR("n"));
    } else {
        spoor_dynamic_add(builder, value);
    }
}

static void pack_array_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '[');
        for (uint32_t k = 0; k < call->nargs; k++) {
            spoor_value value = spoor_vec_get(&args[k], i);
            add_value(&builder, &value);
        }
        spoor_dynamic_close(&builder);
        out->strings[i] = spoor_dynamic_finish(&builder);
    }
}

static bool is_empty(const spoor_value *value) {
    return value->is_null || (value->type == SPOOR_STRING && value->string.len == 0) ||
           (value->type == SPOOR_DYNAMIC &&
            spoor_dynamic_kind_of(value->string) == SPOOR_DYN_STRING && value->string.len == 1);
}

static void pack_rows(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                      bool skip_empty) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, call->scratch);
        spoor_dynamic_open(&builder, '{');
        for (uint32_t k = 0; k + 1 < call->nargs; k += 2) {
            spoor_value name = spoor_vec_get(&args[k], i), value = spoor_vec_get(&args[k + 1], i);
            if (skip_empty && is_empty(&value)) {
                continue;
            }
            name = spoor_convert(call->scratch, &name, SPOOR_STRING);
            spoor_dynamic_name(&builder, name.string);
            add_value(&builder, &value);
        }
        spoor_dynamic_close(&builder);
        out->strings[i] = spoor_dynamic_finish(&builder);
    }
}

static void pack_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    pack_rows(call, rows, args, out, false);
}

static void pack_not_empty_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                                spoor_vec *out) {
    pack_rows(call, rows, args, out, true);
}

static void array_length_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        bool is_array = spoor_dynamic_kind_of(args[0].strings[i]) == SPOOR_DYN_ARRAY;
        out->nulls[i] |= !is_array;
        out->longs[i] = is_array ? spoor_dynamic_count(args[0].strings[i]) : 0;
    }
}

static const char *in_pairs(spoor_call *call) {
    return call->nargs % 2 != 0 ? "names and values come in pairs, and the last name has no value"
                                : NULL;
}

// clang-format off
#define ANY SPOOR_T_ANY
#define DYN SPOOR_T_DYNAMIC
#define PACK(row_name, hidden, check, code, text, sample, prints) \
    {.name = row_name, .args = {ANY}, .min_args = 0, .max_args = SPOOR_VARIADIC, .result = SPOOR_DYNAMIC, .sees_nulls = true, \
     .is_hidden = hidden, .prepare = check, .eval = code, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_dynamic[] = {
    {.name = "__member", .args = {DYN, SPOOR_T_STRING}, .min_args = 2, .max_args = 2, .result = SPOOR_DYNAMIC, .is_hidden = true, .eval = member_eval,
     .summary = "The member of a bag: d.a, d['a'].", .example = "dynamic({'a':5}).a", .value = "5"},
    {.name = "__element", .args = {DYN, SPOOR_T_INTEGER}, .min_args = 2, .max_args = 2, .result = SPOOR_DYNAMIC, .is_hidden = true, .eval = element_eval,
     .summary = "The element of an array, from the end when negative: d[0], d[-1].", .example = "dynamic([1,2,3])[-1]", .value = "3"},
    {.name = "__element", .args = {DYN, SPOOR_T_STRING}, .min_args = 2, .max_args = 2, .result = SPOOR_DYNAMIC, .is_hidden = true, .eval = member_eval,
     .summary = "The member of a bag by a computed name: d[k].", .example = "dynamic({'ab':5})[strcat('a', 'b')]", .value = "5"},
    {.name = "__element", .args = {DYN, DYN}, .min_args = 2, .max_args = 2, .result = SPOOR_DYNAMIC, .is_hidden = true, .eval = key_eval,
     .summary = "The element by a key that is itself dynamic.", .example = "dynamic([7,8])[dynamic(1)]", .value = "8"},
    PACK("pack_array", false, NULL, pack_array_eval, "An array of the arguments.", "pack_array(1, 'a')", "[1,\"a\"]"),
    PACK("bag_pack", false, in_pairs, pack_eval, "A bag of names and values in turn.", "bag_pack('a', 1, 'b', 'x')", "{\"a\":1,\"b\":\"x\"}"),
    PACK("pack", true, in_pairs, pack_eval, "As bag_pack().", "pack('a', 1)", "{\"a\":1}"),
    PACK("pack_dictionary", true, in_pairs, pack_eval, "As bag_pack().", "pack_dictionary('a', 1)", "{\"a\":1}"),
    PACK("__pack_not_empty", true, in_pairs, pack_not_empty_eval, "A bag without what is null or ''.", "__pack_not_empty('a', '', 'b', 1)", "{\"b\":1}"),
    {.name = "array_length", .args = {DYN}, .min_args = 1, .max_args = 1, .result = SPOOR_LONG, .eval = array_length_eval,
     .summary = "Number of elements of an array; null for anything else.", .example = "array_length(dynamic([1,2]))", .value = "2"},
    {.name = "arraylength", .args = {DYN}, .min_args = 1, .max_args = 1, .result = SPOOR_LONG, .is_hidden = true, .eval = array_length_eval,
     .summary = "As array_length().", .example = "arraylength(dynamic([1,2]))", .value = "2"},
    {0},
};
// clang-format on
