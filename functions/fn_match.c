/* fn_match.c - contains, has, startswith, endswith and their kin: is a text in a text?
 *
 * One row a spelling.  What is asked, in which case and whether the answer is
 * turned round follows from the row's name, read once in prepare(). */
#include "base/text_match.h"
#include "functions/function.h"
#include "functions/set.h"
#include "functions/text_arg.h"
#include "types/dynamic.h"

typedef bool text_test(spoor_str text, spoor_str needle, bool fold);

typedef struct matcher {
    text_test *test;
    bool fold, negated;
    const spoor_str *constant; /* the right side, when it is one, ... */
    bool has_needle;           /* ... and whoever passes the test holds it: */
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
    if (call->constants[1] != NULL) {
        m->constant = &call->constants[1]->string;
        m->has_needle = m->test != spoor_text_matches_wildcard;
    }
    if (m->has_needle) {
        m->needle = spoor_needle_prepare(call->arena, *m->constant, m->fold);
    }
    call->state = m;
    return NULL;
}

/* The needle is looked for in all texts in one go; where it stands, the test decides on the text.
 * Sets hits[i] for those that pass, and leaves the others. */
static void search_packed(const spoor_needle *needle, text_test *test, uint32_t rows,
                          const spoor_str *texts, uint8_t *hits) {
    const char *end = texts[rows - 1].ptr + texts[rows - 1].len;
    spoor_str all = {texts[0].ptr, (size_t)(end - texts[0].ptr)};
    uint32_t row = 0;
    for (size_t at = 0; (at = spoor_needle_find(needle, all, at)) != SIZE_MAX;) {
        while (all.ptr + at > texts[row].ptr + texts[row].len) {
            row++;
        }
        if (test(texts[row], needle->text, needle->fold)) {
            hits[row] = 1;
        }
        if (++row == rows) {
            return;
        }
        at = (size_t)(texts[row].ptr - all.ptr);
    }
}

static bool passes(const spoor_needle *needle, text_test *test, spoor_str text) {
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
        spoor_needle needle = m->needle;
        if (args[0].is_ascii) { /* no letter beyond ASCII that folds to one of the needle's */
            needle.has_odd_k = needle.has_odd_s = false;
        }
        search_packed(&needle, m->test, rows, text, out->bools);
        for (uint32_t i = 0; m->negated && i < rows; i++) {
            out->bools[i] = !out->bools[i];
        }
        return;
    }
    for (uint32_t i = 0; i < rows; i++) {
        bool holds = m->has_needle ? passes(&m->needle, m->test, text[i])
                                   : m->test(text[i], m->constant != NULL ? *m->constant
                                                                          : args[1].strings[i],
                                             m->fold);
        out->bools[i] = holds != m->negated;
    }
}

/* -- has_any, has_all -------------------------------------------------------------------------------- */

typedef struct needles {
    spoor_text_list texts;
    spoor_needle *prepared; /* one a text; NULL: they change with the row */
} needles;

static const char *prepare_needles(spoor_call *call) {
    needles *list = SPOOR_NEW(call->arena, needles);
    for (uint32_t i = 1; i < call->nargs; i++) {
        if (call->constants[i] == NULL) {
            return NULL;
        }
        spoor_text_list_add_value(call->arena, &list->texts, call->constants[i]);
    }
    list->prepared = SPOOR_NEW_ARRAY(call->arena, spoor_needle, list->texts.count);
    for (uint32_t k = 0; k < list->texts.count; k++) {
        list->prepared[k] = spoor_needle_prepare(call->arena, list->texts.texts[k], true);
    }
    call->state = list;
    return NULL;
}

static bool has_needles(const needles *list, spoor_str text, bool all) {
    for (uint32_t k = 0; k < list->texts.count; k++) {
        bool holds = list->prepared != NULL
                         ? passes(&list->prepared[k], spoor_text_has, text)
                         : spoor_text_has(text, list->texts.texts[k], true);
        if (holds != all) {
            return !all;
        }
    }
    return all;
}

static void has_list_packed(spoor_call *call, uint32_t rows, const spoor_vec *args,
                            spoor_vec *out, bool all) {
    const needles *list = call->state;
    uint8_t *hits = all ? SPOOR_RAW_ARRAY(call->scratch, uint8_t, rows) : out->bools;
    memset(out->bools, all, rows);
    for (uint32_t k = 0; k < list->texts.count; k++) {
        if (all) {
            memset(hits, 0, rows);
        }
        search_packed(&list->prepared[k], spoor_text_has, rows, args[0].strings, hits);
        for (uint32_t i = 0; all && i < rows; i++) {
            out->bools[i] &= hits[i];
        }
    }
}

static void has_list(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out,
                     bool all) {
    if (call->state != NULL && args[0].is_packed) {
        has_list_packed(call, rows, args, out, all);
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
