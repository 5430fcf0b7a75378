/* fn_match.c - contains, has, startswith, endswith and their kin: is a text in a text?
 *
 * One row a spelling.  What is asked, in which case and whether the answer is
 * turned round follows from the row's name, read once in prepare(). */
#include "functions/match.h"
#include "functions/set.h"
#include "functions/text_arg.h"
#include "types/dynamic.h"

typedef struct matcher {
    spoor_text_test *test;
    bool fold, negated;
    const spoor_str *constant; /* the right side, when it is one, ... */
    bool has_needle;           /* ... and whoever passes the test holds it: */
    spoor_search search;
} matcher;

static bool name_holds(const char *name, const char *part) {
    return strstr(name, part) != NULL;
}

static spoor_text_test *test_of(const char *name) {
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
    *m = (matcher){.test = test_of(name),
                   .fold = !name_holds(name, "_cs"),
                   .negated = name[0] == '!' || name_holds(name, "__not")};
    if (call->constants[1] != NULL) {
        m->constant = &call->constants[1]->string;
        m->has_needle = m->test != spoor_text_matches_wildcard;
    }
    if (m->has_needle) {
        m->search =
            (spoor_search){spoor_needle_prepare(call->arena, *m->constant, m->fold), m->test};
    }
    call->state = m;
    return NULL;
}

static bool passes(const spoor_search *search, spoor_str text) {
    spoor_text_test *test = search->test;
    const spoor_needle *needle = &search->needle;
    if (test == spoor_text_starts_with || test == spoor_text_ends_with) {
        return test(text, needle->text, needle->fold);
    }
    return spoor_needle_in(needle, text) &&
           (test == spoor_text_contains || test(text, needle->text, needle->fold));
}

static void match_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    const matcher *m = call->state;
    const spoor_str *text = args[0].strings;
    if (m->has_needle && args[0].is_packed) {
        spoor_search_packed(&m->search, rows, text, args[0].is_ascii, out->bools);
        for (uint32_t i = 0; m->negated && i < rows; i++) {
            out->bools[i] = !out->bools[i];
        }
        return;
    }
    for (uint32_t i = 0; i < rows; i++) {
        bool holds = m->has_needle
                         ? passes(&m->search, text[i])
                         : m->test(text[i], m->constant != NULL ? *m->constant : args[1].strings[i],
                                   m->fold);
        out->bools[i] = holds != m->negated;
    }
}

bool spoor_match_search(const spoor_call *call, spoor_search *search) {
    const matcher *m = call->function->eval == match_eval ? call->state : NULL;
    if (m == NULL || !m->has_needle || m->negated) {
        return false;
    }
    *search = m->search;
    return true;
}

/* -- has_any, has_all -------------------------------------------------------------------------- */

typedef struct needles {
    spoor_text_list texts;
    spoor_search *prepared; /* one a text; NULL: they change with the row */
    spoor_searches *together;
} needles;

static const char *prepare_needles(spoor_call *call) {
    needles *list = SPOOR_NEW(call->arena, needles);
    for (uint32_t i = 1; i < call->nargs; i++) {
        if (call->constants[i] == NULL) {
            return NULL;
        }
        spoor_text_list_add_value(call->arena, &list->texts, call->constants[i]);
    }
    list->prepared = SPOOR_NEW_ARRAY(call->arena, spoor_search, list->texts.count);
    for (uint32_t k = 0; k < list->texts.count; k++) {
        list->prepared[k] = (spoor_search){
            spoor_needle_prepare(call->arena, list->texts.texts[k], true), spoor_text_has};
    }
    list->together = spoor_searches_new(call->arena, list->prepared, list->texts.count);
    call->state = list;
    return NULL;
}

static bool has_needles(const needles *list, spoor_str text, bool all) {
    for (uint32_t k = 0; k < list->texts.count; k++) {
        bool holds = list->prepared != NULL ? passes(&list->prepared[k], text)
                                            : spoor_text_has(text, list->texts.texts[k], true);
        if (holds != all) {
            return !all;
        }
    }
    return all;
}

static void has_all_packed(spoor_call *call, uint32_t rows, const spoor_vec *text, uint8_t *holds) {
    const needles *list = call->state;
    uint8_t *hits = SPOOR_RAW_ARRAY(call->scratch, uint8_t, rows);
    memset(holds, 1, rows);
    for (uint32_t k = 0; k < list->texts.count; k++) {
        memset(hits, 0, rows);
        spoor_search_packed(&list->prepared[k], rows, text->strings, text->is_ascii, hits);
        for (uint32_t i = 0; i < rows; i++) {
            holds[i] &= hits[i];
        }
    }
}

static void has_list_packed(spoor_call *call, uint32_t rows, const spoor_vec *text, spoor_vec *out,
                            bool all) {
    const needles *list = call->state;
    if (all) {
        has_all_packed(call, rows, text, out->bools);
    } else {
        spoor_searches_packed(list->together, rows, text->strings, text->is_ascii, out->bools);
    }
}

static void has_list(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                     bool all) {
    if (call->state != NULL && args[0].is_packed) {
        has_list_packed(call, rows, &args[0], out, all);
        return;
    }
    for (uint32_t i = 0; i < rows; i++) {
        needles varying = {0};
        for (uint32_t k = 1; call->state == NULL && k < call->nargs; k++) {
            spoor_value value = spoor_vec_get(&args[k], i);
            spoor_text_list_add_value(call->scratch, &varying.texts, &value);
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
     .eval = match_eval, .prepare = prepare_match, .reads_constants = true, \
     .summary = text, .example = sample, .value = prints}
#define INTERNAL(row_name, text, sample, prints) \
    {.name = row_name, .args = {TEXT, TEXT}, .min_args = 2, .max_args = 2, .result = SPOOR_BOOL, .is_hidden = true, \
     .eval = match_eval, .prepare = prepare_match, .reads_constants = true, \
     .summary = text, .example = sample, .value = prints}
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
     .eval = has_any_eval, .prepare = prepare_needles, .reads_constants = true,
     .summary = "The text holds one of a list as a whole term.", .example = "'net user bob' has_any ('group', 'USER')", .value = "True"},
    {.name = "has_all", .args = {TEXT, TEXT | SPOOR_T_DYNAMIC}, .min_args = 1, .max_args = SPOOR_VARIADIC, .result = SPOOR_BOOL,
     .eval = has_all_eval, .prepare = prepare_needles, .reads_constants = true,
     .summary = "The text holds all of a list as whole terms.", .example = "'net user bob' has_all ('net', 'group')", .value = "False"},
    {0},
};
// clang-format on
