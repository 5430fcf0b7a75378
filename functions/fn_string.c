/* fn_string.c - strlen, strcat, substring and their like: texts measured, cut, joined, turned.
 *
 * Positions and lengths are code points.  What searches a text is in fn_find.c. */
#include "base/buffer.h"
#include "base/utf8.h"
#include "functions/function.h"
#include "functions/text_arg.h"
#include "types/dynamic.h"

static void strlen_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = (int64_t)spoor_utf8_length(args[0].strings[i]);
    }
}

/* The widths that the documentation gives the types; of a text its bytes. */
static void data_size_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        for (uint32_t k = 0; k < call->nargs; k++) {
            out->longs[i] += args[k].type == SPOOR_STRING ? (int64_t)args[k].strings[i].len
                             : args[k].type == SPOOR_INT  ? 4
                             : args[k].type == SPOOR_GUID ? 16
                                                          : 8;
        }
    }
}

static const char *prepare_data_size(spoor_call *call) {
    for (uint32_t k = 0; k < call->nargs; k++) {
        if (SPOOR_TYPE_SET(call->types[k]) & (SPOOR_T_DYNAMIC | SPOOR_T_DECIMAL | SPOOR_T_BOOL)) {
            return "how large the engine keeps a bool, a decimal or a dynamic value is not "
                   "documented";
        }
    }
    return NULL;
}

static void string_size_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = (int64_t)args[0].strings[i].len;
    }
}

static void tolower_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = spoor_str_lower(call->scratch, args[0].strings[i]);
    }
}

static void toupper_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = spoor_str_upper(call->scratch, args[0].strings[i]);
    }
}

static void reverse_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str text = spoor_text_at(call->scratch, &args[0], i);
        char *bytes = SPOOR_RAW_ARRAY(call->scratch, char, text.len + 1);
        size_t to = text.len;
        for (const char *at = text.ptr, *end = text.ptr + text.len; at < end;) {
            const char *start = at;
            (void)spoor_utf8_next(&at, end);
            to -= (size_t)(at - start);
            memcpy(bytes + to, start, (size_t)(at - start));
        }
        out->strings[i] = (spoor_str){bytes, text.len};
    }
}

static void strcmp_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = spoor_str_compare(args[0].strings[i], args[1].strings[i]);
    }
}

/* -- joining ----------------------------------------------------------------------------------- */

/* The arguments from `first` on, with the delimiter between them. */
static spoor_str join_args(spoor_call *call, const spoor_vec *args, uint32_t first, uint32_t row,
                           spoor_str delimiter) {
    spoor_buffer text = {.arena = call->scratch};
    for (uint32_t k = first; k < call->nargs; k++) {
        if (k > first) {
            spoor_buffer_put(&text, delimiter);
        }
        spoor_buffer_put(&text, spoor_text_at(call->scratch, &args[k], row));
    }
    return spoor_buffer_text(&text);
}

static void strcat_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = join_args(call, args, 0, i, (spoor_str){0});
    }
}

static void strcat_delim_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = join_args(call, args, 1, i, args[0].strings[i]);
    }
}

static void strcat_array_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        if (spoor_dynamic_kind_of(args[0].strings[i]) != SPOOR_DYN_ARRAY) {
            continue; /* stays '' */
        }
        spoor_buffer text = {.arena = call->scratch};
        spoor_dynamic_iter iter = spoor_dynamic_begin(args[0].strings[i]);
        bool is_first = true;
        for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
            if (!is_first) {
                spoor_buffer_put(&text, args[1].strings[i]);
            }
            is_first = false;
            spoor_buffer_put(&text, spoor_dynamic_to_text(call->scratch, element));
        }
        out->strings[i] = spoor_buffer_text(&text);
    }
}

/* The documentation names both this limit and 1024; the larger one loses nothing, and what becomes
 * too long meets the limit of the arena. */
enum { MOST_COPIES = 67108864 };

static spoor_str repeat(spoor_arena *arena, spoor_str text, int64_t times, spoor_str delimiter) {
    spoor_buffer all = {.arena = arena};
    size_t unit = text.len + delimiter.len;
    if (times < 1 || unit == 0) {
        return (spoor_str){0};
    }
    size_t count = times < MOST_COPIES ? (size_t)times : MOST_COPIES;
    if (unit > SIZE_MAX / 4 / count) {
        spoor_arena_fail(arena);
    }
    (void)spoor_buffer_reserve(&all, count * unit);
    for (size_t k = 0; k < count; k++) {
        if (k > 0) {
            spoor_buffer_put(&all, delimiter);
        }
        spoor_buffer_put(&all, text);
    }
    return spoor_buffer_text(&all);
}

static void strrep_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str text = spoor_text_at(call->scratch, &args[0], i);
        spoor_str delimiter = call->nargs > 2 ? args[2].strings[i] : (spoor_str){0};
        out->strings[i] = repeat(call->scratch, text, args[1].longs[i], delimiter);
    }
}

/* -- cutting ----------------------------------------------------------------------------------- */

/* A negative start counts from the end; one before the beginning gives '', as the engine does. */
static spoor_str substring(spoor_str text, int64_t start, int64_t length) {
    if (start < 0) {
        int64_t count = (int64_t)spoor_utf8_length(text);
        start = start < -count ? -1 : start + count;
    }
    if (start < 0 || length <= 0) {
        return (spoor_str){0};
    }
    size_t from = spoor_utf8_offset(text, (size_t)start);
    spoor_str rest = {text.ptr + from, text.len - from};
    rest.len = spoor_utf8_offset(rest, (size_t)length);
    return rest;
}

static void substring_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t length = call->nargs > 2 ? args[2].longs[i] : INT64_MAX;
        if (args[0].strings[i].len > 0) {
            out->strings[i] = substring(args[0].strings[i], args[1].longs[i], length);
        }
    }
}

/* -- what a text is made of -------------------------------------------------------------------- */

static void isascii_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = spoor_is_ascii(args[0].strings[i]);
    }
}

static bool is_surrogate(uint32_t code_point) {
    return code_point >= 0xD800 && code_point <= 0xDFFF;
}

/* Stored text may hold lone surrogates, which UTF-8 has not. */
static bool is_utf8(spoor_str text) {
    if (!spoor_utf8_is_valid(text)) {
        return false;
    }
    for (const char *at = text.ptr, *end = text.ptr + text.len; at < end;) {
        if (is_surrogate(spoor_utf8_next(&at, end))) {
            return false;
        }
    }
    return true;
}

static void isutf8_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = is_utf8(args[0].strings[i]);
    }
}

static void to_codepoints_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                               spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_dynamic_builder array;
        spoor_dynamic_init(&array, call->scratch);
        spoor_dynamic_open(&array, '[');
        spoor_str text = args[0].strings[i];
        for (const char *at = text.ptr, *end = text.ptr + text.len; at < end;) {
            spoor_value value = {.type = SPOOR_LONG, .integer = spoor_utf8_next(&at, end)};
            spoor_dynamic_add(&array, &value);
        }
        spoor_dynamic_close(&array);
        out->strings[i] = spoor_dynamic_finish(&array);
    }
}

/* False: no code point of a character. */
static bool put_character(spoor_buffer *text, const spoor_value *value) {
    if (value->is_null || (value->type != SPOOR_LONG && value->type != SPOOR_INT)) {
        return false;
    }
    if (value->integer < 0 || value->integer > 0x10FFFF || is_surrogate((uint32_t)value->integer)) {
        return false;
    }
    spoor_buffer_put_code_point(text, (uint32_t)value->integer);
    return true;
}

static bool put_characters(spoor_buffer *text, const spoor_value *value) {
    if (value->type != SPOOR_DYNAMIC) {
        return put_character(text, value);
    }
    if (spoor_dynamic_kind_of(value->string) != SPOOR_DYN_ARRAY) {
        spoor_value scalar = spoor_dynamic_scalar(value->string);
        return put_character(text, &scalar);
    }
    spoor_dynamic_iter iter = spoor_dynamic_begin(value->string);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        spoor_value scalar = spoor_dynamic_scalar(element);
        if (!put_character(text, &scalar)) {
            return false;
        }
    }
    return true;
}

static void from_codepoints_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                                 spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_buffer text = {.arena = call->scratch};
        bool ok = true;
        for (uint32_t k = 0; ok && k < call->nargs; k++) {
            spoor_value value = spoor_vec_get(&args[k], i);
            ok = put_characters(&text, &value);
        }
        out->strings[i] = ok ? spoor_buffer_text(&text) : (spoor_str){0};
    }
}

// clang-format off
#define ANY SPOOR_T_ANY
#define TEXT SPOOR_T_STRING
#define ONE(row_name, of, code, text, sample, prints) \
    {.name = row_name, .args = {TEXT}, .min_args = 1, .max_args = 1, .result = of, .eval = code, \
     .summary = text, .example = sample, .value = prints}
#define CODE_POINTS(row_name, hidden, sample, prints) \
    {.name = row_name, .args = {TEXT}, .min_args = 1, .max_args = 1, .result = SPOOR_DYNAMIC, .is_hidden = hidden, .eval = to_codepoints_eval, \
     .summary = "The code points of the text as an array.", .example = sample, .value = prints}
#define CHARACTERS(row_name, hidden, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_INTEGER | SPOOR_T_DYNAMIC}, .min_args = 1, .max_args = SPOOR_VARIADIC, .result = SPOOR_STRING, .is_hidden = hidden, \
     .eval = from_codepoints_eval, .summary = "The text of code points, given singly or in arrays; '' where one is none.", .example = sample, .value = prints}
const spoor_function spoor_fn_string[] = {
    ONE("strlen", SPOOR_LONG, strlen_eval, "Number of code points in the text.", "strlen('caf\u00E9')", "4"),
    {.name = "estimate_data_size", .args = {SPOOR_T_ANY}, .min_args = 1, .max_args = SPOOR_VARIADIC, .result = SPOOR_LONG, .sees_nulls = true, .eval = data_size_eval, .prepare = prepare_data_size,
     .summary = "Bytes that values take: 8 of a long, 4 of an int, 16 of a guid, as many as a text has.",
     .example = "estimate_data_size(7, 'Text')", .value = "12"},
    ONE("string_size", SPOOR_LONG, string_size_eval, "Number of bytes of the text in UTF-8.", "string_size('caf\u00E9')", "5"),
    ONE("tolower", SPOOR_STRING, tolower_eval, "The text in lower case.", "tolower('Cmd.EXE')", "cmd.exe"),
    ONE("toupper", SPOOR_STRING, toupper_eval, "The text in upper case.", "toupper('Cmd.exe')", "CMD.EXE"),
    ONE("isascii", SPOOR_BOOL, isascii_eval, "Whether every character of the text is ASCII.", "isascii('caf\u00E9')", "False"),
    ONE("isutf8", SPOOR_BOOL, isutf8_eval, "Whether the text is valid UTF-8: it holds no half of a surrogate pair.", "isutf8('caf\u00E9')", "True"),
    {.name = "reverse", .args = {ANY}, .min_args = 1, .max_args = 1, .result = SPOOR_STRING, .eval = reverse_eval,
     .summary = "The value as text, from the last character to the first.", .example = "reverse('abc')", .value = "cba"},
    {.name = "strcmp", .args = {TEXT, TEXT}, .min_args = 2, .max_args = 2, .result = SPOOR_LONG, .eval = strcmp_eval,
     .summary = "-1, 0 or 1: whether the first text sorts before, with or after the second.", .example = "strcmp('abc', 'ABC')", .value = "1"},
    {.name = "strcat", .args = {ANY}, .min_args = 1, .max_args = SPOOR_VARIADIC, .result = SPOOR_STRING, .sees_nulls = true, .eval = strcat_eval,
     .summary = "The values as one text, one behind the other; null counts as ''.", .example = "strcat('pid=', 42)", .value = "pid=42"},
    {.name = "strcat_delim", .args = {TEXT, ANY}, .min_args = 2, .max_args = SPOOR_VARIADIC, .result = SPOOR_STRING, .sees_nulls = true, .eval = strcat_delim_eval,
     .summary = "The values as one text with the first argument between them.", .example = "strcat_delim('-', 1, 'a', true)", .value = "1-a-True"},
    {.name = "strcat_array", .args = {SPOOR_T_DYNAMIC, TEXT}, .min_args = 2, .max_args = 2, .result = SPOOR_STRING, .eval = strcat_array_eval,
     .summary = "The elements of an array as one text with the second argument between them.", .example = "strcat_array(dynamic([1,'a',null]), '-')", .value = "1-a-"},
    {.name = "array_strcat", .args = {SPOOR_T_DYNAMIC, TEXT}, .min_args = 2, .max_args = 2, .result = SPOOR_STRING, .is_hidden = true, .eval = strcat_array_eval,
     .summary = "The elements of an array as one text with the second argument between them.", .example = "array_strcat(dynamic([1,'a',null]), '-')", .value = "1-a-"},
    {.name = "strrep", .args = {ANY, SPOOR_T_INTEGER, TEXT}, .min_args = 2, .max_args = 3, .result = SPOOR_STRING, .eval = strrep_eval,
     .summary = "The value as text, so many times over, with the third argument between the copies.", .example = "strrep('ab', 3, '.')", .value = "ab.ab.ab"},
    {.name = "substring", .args = {TEXT, SPOOR_T_INTEGER, SPOOR_T_INTEGER}, .min_args = 2, .max_args = 3, .result = SPOOR_STRING, .eval = substring_eval,
     .summary = "What begins at a position, counted from 0 or negative from the end, to the end or so long.", .example = "substring('powershell.exe', -3, 2)", .value = "ex"},
    CODE_POINTS("unicode_codepoints_from_string", false, "unicode_codepoints_from_string('h\u00E9')", "[104,233]"),
    CODE_POINTS("to_utf8", true, "to_utf8('h\u00E9')", "[104,233]"),
    CHARACTERS("unicode_codepoints_to_string", false, "unicode_codepoints_to_string(dynamic([75, 117]), 33)", "Ku!"),
    CHARACTERS("make_string", true, "make_string(75, 117)", "Ku"),
    {0},
};
// clang-format on
