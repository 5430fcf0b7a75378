/* fn_match.c - contains, has, startswith, endswith and their kin: is a text in a text?
 *
 * One row a spelling.  What is asked, in which case and whether the answer is
 * turned round follows from the row's name, read once in prepare(). */
#include "base/text_match.h"
#include "functions/function.h"
#include "functions/set.h"
#include "types/dynamic.h"

typedef bool text_test(spoor_str text, spoor_str needle, bool fold);

typedef struct matcher {
    text_test *test;
    bool fold, negated;
    bool has_needle; /* `needle` is prepared: the test is contains, its right side constant */
    spoor_needle needle;
} matcher;

static bool name_holds(const char *name, const char *part) {
    return strstr(name, part) != NULL;
}

static text_test *test_of(const char *name) {
    if (name_holds(name, "wildcard")) {
        return spoor_text_matches_wildcard;
    }
    if (name_holds(name, "contains")) {
        return spoor_text_contains;
    }
    if (name_holds(name, "startswith")) {
        return spoor_text_starts_with;
    }
    if (name_holds(name, "endswith")) {
        return spoor_text_ends_with;
    }
    if (name_holds(name, "hasprefix")) {
        return spoor_text_has_prefix;
    }
    return name_holds(name, "hassuffix") ? spoor_text_has_suffix : spoor_text_has;
}

static const char *prepare_match(spoor_call *call) {
    matcher *m = SPOOR_NEW(call->arena, matcher);
    const char *name = call->function->name;
    *m = (matcher){.test = test_of(name), .fold = !name_holds(name, "_cs"),
                   .negated = name[0] == '!' || name_holds(name, "__not")};
    if (m->test == spoor_text_contains && call->constants[1] != NULL) {
        m->has_needle = true;
        m->needle = spoor_needle_prepare(call->arena, call->constants[1]->string, m->fold);
    }
    call->state = m;
    return NULL;
}

static void match_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    const matcher *m = call->state;
    const spoor_str *text = args[0].strings, *needle = args[1].strings;
    if (m->has_needle) {
        for (uint32_t i = 0; i < rows; i++) {
            out->bools[i] = spoor_needle_in(&m->needle, text[i]) != m->negated;
        }
        return;
    }
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = m->test(text[i], needle[i], m->fold) != m->negated;
    }
}

/* -- has_any, has_all -------------------------------------------------------------------------------- */

typedef struct needles {
    spoor_str *texts;
    uint32_t count, capacity;
} needles;

static void add_needle(spoor_arena *arena, needles *list, spoor_str text) {
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        spoor_str *texts = SPOOR_RAW_ARRAY(arena, spoor_str, capacity);
        if (list->count > 0) {
            memcpy(texts, list->texts, list->count * sizeof *texts);
        }
        list->texts = texts;
        list->capacity = capacity;
    }
    list->texts[list->count++] = text;
}

/* A string, or each element of a dynamic array as text. */
static void add_needles(spoor_arena *arena, needles *list, const spoor_value *value) {
    if (value->type == SPOOR_STRING) {
        add_needle(arena, list, value->string);
        return;
    }
    if (value->type != SPOOR_DYNAMIC || value->is_null) {
        return;
    }
    if (spoor_dynamic_kind_of(value->string) != SPOOR_DYN_ARRAY) {
        add_needle(arena, list, spoor_dynamic_to_text(arena, value->string));
        return;
    }
    spoor_dynamic_iter iter = spoor_dynamic_begin(value->string);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        add_needle(arena, list, spoor_dynamic_to_text(arena, element));
    }
}

static const char *prepare_needles(spoor_call *call) {
    needles *list = SPOOR_NEW(call->arena, needles);
    for (uint32_t i = 1; i < call->nargs; i++) {
        if (call->constants[i] == NULL) {
            return NULL;
        }
        add_needles(call->arena, list, call->constants[i]);
    }
    call->state = list;
    return NULL;
}

static bool has_needles(const needles *list, spoor_str text, bool all) {
    for (uint32_t k = 0; k < list->count; k++) {
        if (spoor_text_has(text, list->texts[k], true) != all) {
            return !all;
        }
    }
    return all;
}

static void has_list(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                     bool all) {
    for (uint32_t i = 0; i < rows; i++) {
        needles varying = {0};
        for (uint32_t k = 1; call->state == NULL && k < call->nargs; k++) {
            spoor_value value = spoor_vec_get(&args[k], i);
            add_needles(call->scratch, &varying, &value);
        }
        const needles *list = call->state != NULL ? call->state : &varying;
        out->bools[i] = has_needles(list, args[0].strings[i], all);
    }
}

static void has_any_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    has_list(call, rows, args, out, false);
}

static void has_all_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    has_list(call, rows, args, out, true);
}

// clang-format off
#define TEXT SPOOR_T_STRING
#define MATCH(row_name, text, sample, prints) \
    {.name = row_name, .args = {TEXT, TEXT}, .min_args = 2, .max_args = 2, .result = SPOOR_BOOL, \
     .eval = match_eval, .prepare = prepare_match, .summary = text, .example = sample, .value = prints}
#define INTERNAL(row_name, text, sample, prints) \
    {.name = row_name, .args = {TEXT, TEXT}, .min_args = 2, .max_args = 2, .result = SPOOR_BOOL, .is_hidden = true, \
     .eval = match_eval, .prepare = prepare_match, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_match[] = {
    MATCH("contains", "The text holds the other, in any case.", "'PowerShell' contains 'WERS'", "True"),
    MATCH("!contains", "The text does not hold the other, in any case.", "'PowerShell' !contains 'WERS'", "False"),
    MATCH("contains_cs", "The text holds the other, in the same case.", "'PowerShell' contains_cs 'WERS'", "False"),
    MATCH("!contains_cs", "The text does not hold the other in the same case.", "'PowerShell' !contains_cs 'WERS'", "True"),
    MATCH("startswith", "The text begins with the other, in any case.", "'PowerShell' startswith 'POWER'", "True"),
    MATCH("!startswith", "The text does not begin with the other.", "'PowerShell' !startswith 'POWER'", "False"),
    MATCH("startswith_cs", "The text begins with the other, in the same case.", "'PowerShell' startswith_cs 'POWER'", "False"),
    MATCH("!startswith_cs", "The text does not begin with the other in the same case.", "'PowerShell' !startswith_cs 'POWER'", "True"),
    MATCH("endswith", "The text ends with the other, in any case.", "'cmd.EXE' endswith '.exe'", "True"),
    MATCH("!endswith", "The text does not end with the other.", "'cmd.EXE' !endswith '.exe'", "False"),
    MATCH("endswith_cs", "The text ends with the other, in the same case.", "'cmd.EXE' endswith_cs '.exe'", "False"),
    MATCH("!endswith_cs", "The text does not end with the other in the same case.", "'cmd.EXE' !endswith_cs '.exe'", "True"),
    MATCH("has", "The text holds the other as a whole term, in any case.", "'a North-America b' has 'america'", "True"),
    MATCH("!has", "The text does not hold the other as a whole term.", "'a North-America b' !has 'amer'", "True"),
    MATCH("has_cs", "The text holds the other as a whole term, in the same case.", "'North America' has_cs 'america'", "False"),
    MATCH("!has_cs", "The text does not hold the other as a whole term in the same case.", "'North America' !has_cs 'america'", "True"),
    MATCH("hasprefix", "A term of the text begins with the other, in any case.", "'North America' hasprefix 'ame'", "True"),
    MATCH("!hasprefix", "No term of the text begins with the other.", "'North America' !hasprefix 'ame'", "False"),
    MATCH("hasprefix_cs", "A term of the text begins with the other, in the same case.", "'North America' hasprefix_cs 'ame'", "False"),
    MATCH("!hasprefix_cs", "No term of the text begins with the other in the same case.", "'North America' !hasprefix_cs 'ame'", "True"),
    MATCH("hassuffix", "A term of the text ends with the other, in any case.", "'North America' hassuffix 'RTH'", "True"),
    MATCH("!hassuffix", "No term of the text ends with the other.", "'North America' !hassuffix 'RTH'", "False"),
    MATCH("hassuffix_cs", "A term of the text ends with the other, in the same case.", "'North America' hassuffix_cs 'RTH'", "False"),
    MATCH("!hassuffix_cs", "No term of the text ends with the other in the same case.", "'North America' !hassuffix_cs 'RTH'", "True"),
    INTERNAL("__contains_wildcard", "contains, with * as anything.", "__contains_wildcard('vssadmin.exe Delete', 'admin*del')", "True"),
    INTERNAL("__not_contains_wildcard", "The opposite of __contains_wildcard.", "__not_contains_wildcard('abc', 'a*c')", "False"),
    INTERNAL("__contains_wildcard_cs", "contains_cs, with * as anything.", "__contains_wildcard_cs('abc', 'A*c')", "False"),
    INTERNAL("__not_contains_wildcard_cs", "The opposite of __contains_wildcard_cs.", "__not_contains_wildcard_cs('abc', 'A*c')", "True"),
    {.name = "has_any", .args = {TEXT, TEXT | SPOOR_T_DYNAMIC}, .min_args = 1, .max_args = SPOOR_VARIADIC, .result = SPOOR_BOOL,
     .eval = has_any_eval, .prepare = prepare_needles,
     .summary = "The text holds one of a list as a whole term.", .example = "'net user bob' has_any ('group', 'USER')", .value = "True"},
    {.name = "has_all", .args = {TEXT, TEXT | SPOOR_T_DYNAMIC}, .min_args = 1, .max_args = SPOOR_VARIADIC, .result = SPOOR_BOOL,
     .eval = has_all_eval, .prepare = prepare_needles,
     .summary = "The text holds all of a list as whole terms.", .example = "'net user bob' has_all ('net', 'group')", .value = "False"},
    {0},
};
// clang-format on
