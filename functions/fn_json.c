/* fn_json.c - parse_json, dynamic_to_json, extract_json: JSON in and out of dynamic values. */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/number.h"
#include "functions/function.h"
#include "functions/text_arg.h"
#include "types/dynamic.h"

/* Text that is not JSON is itself, as a string; '' is null. */
static void parse_json_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str text = args[0].strings[i], value = {0};
        if (text.len > 0 && args[0].type == SPOOR_DYNAMIC) {
            value = text;
        } else if (text.len > 0 && !spoor_dynamic_parse_json(call->scratch, text, &value)) {
            spoor_value string = {.type = SPOOR_STRING, .string = text};
            value = spoor_dynamic_from_value(call->scratch, &string);
        }
        bool is_null = spoor_dynamic_kind_of(value) == SPOOR_DYN_NULL;
        out->nulls[i] |= is_null;
        out->strings[i] = is_null ? (spoor_str){0} : value;
    }
}

/* -- dynamic_to_json: the names of a bag in order ---------------------------------------------- */

typedef struct pair {
    spoor_str name, value;
} pair;

static int order_pairs(const void *a, const void *b) {
    const pair *left = a, *right = b;
    return spoor_str_compare(left->name, right->name);
}

/* Recurses as deep as a dynamic value is, which types/dynamic.h limits. */
static void put_canonical(spoor_buffer *out, spoor_str value) {
    spoor_dynamic_kind kind = spoor_dynamic_kind_of(value);
    if (kind != SPOOR_DYN_ARRAY && kind != SPOOR_DYN_BAG) {
        spoor_buffer_put(out, spoor_dynamic_print_json(out->arena, value));
        return;
    }
    bool is_bag = kind == SPOOR_DYN_BAG;
    uint32_t count = spoor_dynamic_count(value), n = 0;
    pair *pairs = SPOOR_NEW_ARRAY(out->arena, pair, count + 1);
    spoor_dynamic_iter iter = spoor_dynamic_begin(value);
    while (n < count && spoor_dynamic_next(&iter, &pairs[n].name, &pairs[n].value)) {
        n++;
    }
    if (is_bag) {
        qsort(pairs, n, sizeof *pairs, order_pairs);
    }
    spoor_buffer_put_char(out, is_bag ? '{' : '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) {
            spoor_buffer_put_char(out, ',');
        }
        if (is_bag) {
            spoor_buffer_put(out, spoor_json_quote(out->arena, pairs[i].name));
            spoor_buffer_put_char(out, ':');
        }
        put_canonical(out, pairs[i].value);
    }
    spoor_buffer_put_char(out, is_bag ? '}' : ']');
}

static void dynamic_to_json_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                                 spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        if (args[0].type != SPOOR_DYNAMIC) {
            out->strings[i] = spoor_text_at(call->scratch, &args[0], i);
        } else if (!spoor_vec_is_null(&args[0], i)) {
            spoor_buffer text = {.arena = call->scratch};
            put_canonical(&text, args[0].strings[i]);
            out->strings[i] = spoor_buffer_text(&text);
        }
    }
}

/* -- extract_json ------------------------------------------------------------------------------ */

/* A JSONPath of names and indexes: $.a['b c'][0]. */
typedef struct step {
    bool is_index;
    int64_t index;
    spoor_str name;
} step;

typedef struct path {
    step *steps;
    uint32_t count;
} path;

/* ['name'], ["name"] or [index] at *at. */
static bool parse_bracket(spoor_str text, size_t *at, step *out) {
    size_t from = *at + 1;
    char quote = from < text.len ? text.ptr[from] : '\0';
    const char *start = text.ptr + from, *end = NULL;
    if (quote == '\'' || quote == '"') {
        start++;
        end = from + 1 < text.len ? memchr(start, quote, text.len - from - 1) : NULL;
        if (end == NULL || (size_t)(end - text.ptr) + 1 >= text.len || end[1] != ']') {
            return false;
        }
        *out = (step){.name = {start, (size_t)(end - start)}};
        *at = (size_t)(end - text.ptr) + 2;
        return true;
    }
    end = from < text.len ? memchr(start, ']', text.len - from) : NULL;
    if (end == NULL) {
        return false;
    }
    *out = (step){.is_index = true};
    *at = (size_t)(end - text.ptr) + 1;
    spoor_str digits = {start, (size_t)(end - start)};
    return digits.len > 0 && digits.len < 12 && digits.ptr[0] >= '0' && digits.ptr[0] <= '9' &&
           spoor_long_parse(digits, &out->index);
}

static bool parse_dotted(spoor_str text, size_t *at, step *out) {
    size_t from = *at + 1, to = from;
    while (to < text.len && text.ptr[to] != '.' && text.ptr[to] != '[') {
        to++;
    }
    *out = (step){.name = {text.ptr + from, to - from}};
    *at = to;
    return to > from && !spoor_str_is(out->name, "*");
}

/* False: not a path of names and indexes. */
static bool parse_path(spoor_arena *arena, spoor_str text, path *out) {
    *out = (path){.steps = SPOOR_NEW_ARRAY(arena, step, text.len + 1)};
    if (text.len == 0 || text.ptr[0] != '$') {
        return false;
    }
    for (size_t at = 1; at < text.len;) {
        step *next = &out->steps[out->count++];
        bool ok = text.ptr[at] == '.'   ? parse_dotted(text, &at, next)
                  : text.ptr[at] == '[' ? parse_bracket(text, &at, next)
                                        : false;
        if (!ok) {
            return false;
        }
    }
    return true;
}

static const char *prepare_path(spoor_call *call) {
    if (call->constants[0] == NULL) {
        return NULL;
    }
    path *p = SPOOR_NEW(call->arena, path);
    call->state = p;
    return parse_path(call->arena, call->constants[0]->string, p)
               ? NULL
               : "expected a JSONPath of names and indexes, as in \"$.a['b'][0]\"";
}

static bool walk(const path *p, spoor_str *value) {
    for (uint32_t i = 0; i < p->count; i++) {
        const step *s = &p->steps[i];
        spoor_dynamic_kind kind = spoor_dynamic_kind_of(*value);
        spoor_str next;
        bool found = s->is_index
                         ? kind == SPOOR_DYN_ARRAY && spoor_dynamic_at(*value, s->index, &next)
                         : kind == SPOOR_DYN_BAG && spoor_dynamic_get(*value, s->name, &next);
        if (!found) {
            return false;
        }
        *value = next;
    }
    return true;
}

static void extract_json_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                              spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        path varying;
        const path *p = call->state;
        if (p == NULL) {
            if (!parse_path(call->scratch, args[0].strings[i], &varying)) {
                continue; /* stays '' */
            }
            p = &varying;
        }
        spoor_str value = args[1].strings[i];
        bool ok = args[1].type == SPOOR_DYNAMIC ||
                  spoor_dynamic_parse_json(call->scratch, args[1].strings[i], &value);
        if (ok && walk(p, &value)) {
            out->strings[i] = spoor_dynamic_to_text(call->scratch, value);
        }
    }
}

// clang-format off
#define EITHER (SPOOR_T_STRING | SPOOR_T_DYNAMIC)
#define PARSE(row_name, hidden, text, sample, prints) \
    {.name = row_name, .args = {EITHER}, .min_args = 1, .max_args = 1, .result = SPOOR_DYNAMIC, .is_hidden = hidden, .eval = parse_json_eval, \
     .summary = text, .example = sample, .value = prints}
#define EXTRACT(row_name, hidden, text, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_STRING, EITHER}, .min_args = 2, .max_args = 2, .result = SPOOR_STRING, .is_hidden = hidden, \
     .eval = extract_json_eval, .prepare = prepare_path, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_json[] = {
    PARSE("parse_json", false, "The value that JSON text describes; text that is not JSON as a string.", "parse_json('{\"a\":[1,2]}').a[1]", "2"),
    PARSE("todynamic", false, "As parse_json().", "todynamic('[1,2]')[0]", "1"),
    PARSE("parsejson", true, "As parse_json().", "parsejson('[1,2]')[0]", "1"),
    PARSE("toobject", true, "As parse_json().", "toobject('[1,2]')[0]", "1"),
    {.name = "dynamic_to_json", .args = {SPOOR_T_ANY}, .min_args = 1, .max_args = 1, .result = SPOOR_STRING, .sees_nulls = true, .eval = dynamic_to_json_eval,
     .summary = "The value as JSON with the names of bags in order.", .example = "dynamic_to_json(dynamic({'b':1,'a':[2]}))", .value = "{\"a\":[2],\"b\":1}"},
    EXTRACT("extract_json", false, "What a JSONPath finds in JSON, as text or, with typeof() behind, as that type.", "extract_json(\"$.a['b'][0]\", '{\"a\":{\"b\":[7]}}')", "7"),
    EXTRACT("extractjson", true, "As extract_json().", "extractjson('$.a', '{\"a\":7}', typeof(int))", "7"),
    {0},
};
// clang-format on
