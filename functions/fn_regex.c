/* fn_regex.c - matches regex, extract, extract_all, replace_regex, countof and their like.
 *
 * A constant pattern is compiled once, and a wrong one is an error of the
 * query.  One that varies is compiled where it changes; a wrong one matches
 * nothing in its row. */
#include "base/buffer.h"
#include "base/text_match.h"
#include "base/utf8.h"
#include "functions/function.h"
#include "regex/regex.h"
#include "types/dynamic.h"

enum {
    VARYING_PATTERNS = 8, /* kept at a time while evaluating one batch */
    VARYING_CACHE_BYTES = 1 << 16,
    MAX_ALL_GROUPS = 16, /* Kusto's limit for extract_all */
};

typedef struct pattern {
    spoor_str text;
    const spoor_regex *regex; /* NULL: refused */
    spoor_regex_matcher *matcher;
} pattern;

/* What prepare() leaves. */
typedef struct prepared {
    pattern pattern;
    const uint32_t *groups; /* extract_all: which; NULL: the list varies, or there is none */
    uint32_t ngroups;
} prepared;

/* The patterns of one batch, when they vary. */
typedef struct patterns {
    spoor_call *call;
    const prepared *prepared; /* NULL: the pattern varies */
    pattern kept[VARYING_PATTERNS];
    uint32_t nkept, next;
} patterns;

static const char *compile(spoor_arena *arena, spoor_str text, size_t cache_bytes, pattern *out) {
    spoor_regex_error error;
    *out = (pattern){.text = text, .regex = spoor_regex_compile(arena, text, 0, &error)};
    if (out->regex == NULL) {
        return spoor_arena_format(arena, "%s (character %zu of the regular expression)",
                                  error.message,
                                  spoor_utf8_length((spoor_str){text.ptr, error.at}) + 1)
            .ptr;
    }
    out->matcher = spoor_regex_matcher_new(arena, out->regex, cache_bytes);
    return NULL;
}

static const char *prepare_at(spoor_call *call, uint32_t argument) {
    const spoor_value *value = call->constants[argument];
    if (value == NULL) {
        return NULL;
    }
    prepared *p = SPOOR_NEW(call->arena, prepared);
    call->state = p;
    return compile(call->arena, value->string, SPOOR_REGEX_CACHE_BYTES, &p->pattern);
}

static const char *prepare_first(spoor_call *call) {
    return prepare_at(call, 0);
}

static const char *prepare_second(spoor_call *call) {
    return prepare_at(call, 1);
}

static patterns patterns_of(spoor_call *call) {
    return (patterns){.call = call, .prepared = call->state};
}

static const pattern *pattern_of(patterns *all, spoor_str text) {
    if (all->prepared != NULL) {
        return &all->prepared->pattern;
    }
    for (uint32_t i = 0; i < all->nkept; i++) {
        if (spoor_str_eq(all->kept[i].text, text)) {
            return &all->kept[i];
        }
    }
    pattern *slot = &all->kept[all->next];
    all->next = (all->next + 1) % VARYING_PATTERNS;
    all->nkept += all->nkept < VARYING_PATTERNS;
    compile(all->call->scratch, text, VARYING_CACHE_BYTES, slot);
    return slot;
}

static bool is_cancelled(const spoor_call *call) {
    return call->cancel != NULL && *call->cancel;
}

static spoor_str span_text(spoor_str text, spoor_regex_span span) {
    return span.start >= span.end ? (spoor_str){0}
                                  : (spoor_str){text.ptr + span.start, span.end - span.start};
}

static spoor_regex_span *new_spans(spoor_arena *arena, const pattern *p) {
    return SPOOR_RAW_ARRAY(arena, spoor_regex_span, spoor_regex_groups(p->regex) + 1);
}

/* -- matches regex, extract -------------------------------------------------------------------- */

static void matches_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    patterns all = patterns_of(call);
    for (uint32_t i = 0; i < rows && !is_cancelled(call); i++) {
        const pattern *p = pattern_of(&all, args[1].strings[i]);
        out->bools[i] = p->regex != NULL && spoor_regex_is_match(p->matcher, args[0].strings[i]);
    }
}

static void extract_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    patterns all = patterns_of(call);
    const pattern *last = NULL;
    spoor_regex_span *spans = NULL;
    for (uint32_t i = 0; i < rows && !is_cancelled(call); i++) {
        const pattern *p = pattern_of(&all, args[0].strings[i]);
        int64_t group = args[1].longs[i];
        spoor_str text = args[2].strings[i];
        if (p->regex == NULL || group < 0 || group > spoor_regex_groups(p->regex)) {
            continue;
        }
        if (p != last || all.prepared == NULL) {
            spans = new_spans(call->scratch, p);
            last = p;
        }
        if (spoor_regex_find(p->matcher, text, 0, spans, (uint32_t)group + 1)) {
            out->strings[i] = span_text(text, spans[group]);
        }
    }
}

/* -- extract_all ------------------------------------------------------------------------------- */

/* The group that an element of the list means; 0: none. */
static uint32_t group_of(const spoor_regex *regex, spoor_str element) {
    spoor_value value = spoor_dynamic_scalar(element);
    if (!value.is_null && value.type == SPOOR_STRING) {
        return spoor_regex_group_named(regex, value.string);
    }
    bool is_number = !value.is_null && value.type == SPOOR_LONG && value.integer >= 1 &&
                     value.integer <= spoor_regex_groups(regex);
    return is_number ? (uint32_t)value.integer : 0;
}

/* The groups a list names, or all; NULL: it names one there is not, see *message. */
static const uint32_t *read_groups(spoor_arena *arena, const spoor_regex *regex,
                                   const spoor_value *list, uint32_t *count, const char **message) {
    uint32_t all = spoor_regex_groups(regex);
    if (all == 0 || all > MAX_ALL_GROUPS) {
        *message = spoor_arena_format(
                       arena, "'extract_all' takes a regular expression of 1 to %d groups, not %u",
                       MAX_ALL_GROUPS, all)
                       .ptr;
        return NULL;
    }
    bool is_list =
        list != NULL && !list->is_null && spoor_dynamic_kind_of(list->string) == SPOOR_DYN_ARRAY;
    *count = list == NULL ? all : is_list ? spoor_dynamic_count(list->string) : 0;
    if (*count == 0) {
        *message = "'extract_all' takes an array of the numbers or names of groups";
        return NULL;
    }
    uint32_t *groups = SPOOR_RAW_ARRAY(arena, uint32_t, *count);
    spoor_dynamic_iter iter = {0};
    if (is_list) {
        iter = spoor_dynamic_begin(list->string);
    }
    for (uint32_t i = 0; i < *count; i++) {
        spoor_str name, element;
        bool is_given = is_list && spoor_dynamic_next(&iter, &name, &element);
        groups[i] = is_given ? group_of(regex, element) : is_list ? 0 : i + 1;
        if (groups[i] == 0) {
            spoor_str text = is_given ? spoor_dynamic_to_text(arena, element) : (spoor_str){0};
            *message = spoor_arena_format(arena, "the regular expression has no group %.*s",
                                          (int)(text.len < 100 ? text.len : 100), text.ptr)
                           .ptr;
            return NULL;
        }
    }
    return groups;
}

static const char *prepare_extract_all(spoor_call *call) {
    const char *message = prepare_at(call, 0);
    prepared *p = call->state;
    const spoor_value *list = call->nargs > 2 ? call->constants[1] : NULL;
    if (message != NULL || p == NULL || (call->nargs > 2 && list == NULL)) {
        return message;
    }
    p->groups = read_groups(call->arena, p->pattern.regex, list, &p->ngroups, &message);
    return message;
}

/* All matches as an array, of texts for one group, else of arrays; empty: no match. */
static spoor_str all_matches(spoor_arena *arena, const pattern *p, const uint32_t *groups,
                             uint32_t ngroups, spoor_str text, spoor_regex_span *spans) {
    uint32_t nspans = 1;
    for (uint32_t k = 0; k < ngroups; k++) {
        nspans = groups[k] >= nspans ? groups[k] + 1 : nspans;
    }
    spoor_dynamic_builder builder;
    spoor_regex_scan scan = spoor_regex_scan_start(p->matcher, text);
    bool found = false;
    while (spoor_regex_scan_next(&scan, spans, nspans)) {
        if (!found) {
            spoor_dynamic_init(&builder, arena);
            spoor_dynamic_open(&builder, '[');
            found = true;
        }
        if (ngroups > 1) {
            spoor_dynamic_open(&builder, '[');
        }
        for (uint32_t k = 0; k < ngroups; k++) {
            spoor_dynamic_add_text(&builder, span_text(text, spans[groups[k]]));
        }
        if (ngroups > 1) {
            spoor_dynamic_close(&builder);
        }
    }
    if (!found) {
        return (spoor_str){0};
    }
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

static void extract_all_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                             spoor_vec *out) {
    patterns all = patterns_of(call);
    const prepared *constant = call->state;
    const spoor_vec *texts = &args[call->nargs - 1];
    spoor_regex_span spans[MAX_ALL_GROUPS + 1];
    for (uint32_t i = 0; i < rows && !is_cancelled(call); i++) {
        const pattern *p = pattern_of(&all, args[0].strings[i]);
        const uint32_t *groups = constant != NULL ? constant->groups : NULL;
        uint32_t ngroups = groups != NULL ? constant->ngroups : 0;
        if (groups == NULL && p->regex != NULL) {
            const char *message;
            spoor_value list = call->nargs > 2 ? spoor_vec_get(&args[1], i) : (spoor_value){0};
            groups = read_groups(call->scratch, p->regex, call->nargs > 2 ? &list : NULL, &ngroups,
                                 &message);
        }
        spoor_str found = {0};
        if (groups != NULL && !out->nulls[i]) {
            found = all_matches(call->scratch, p, groups, ngroups, texts->strings[i], spans);
        }
        out->strings[i] = found;
        out->nulls[i] = found.len == 0;
    }
}

/* -- replace_regex ----------------------------------------------------------------------------- */

/* Highest group that a rewrite names. */
static uint32_t groups_in(spoor_str rewrite) {
    uint32_t highest = 0;
    for (size_t i = 0; i + 1 < rewrite.len; i++) {
        if (rewrite.ptr[i] == '\\') {
            char c = rewrite.ptr[++i];
            uint32_t group = c >= '0' && c <= '9' ? (uint32_t)(c - '0') : 0;
            highest = group > highest ? group : highest;
        }
    }
    return highest;
}

/* \0 to \9: what a group matched; \\: a backslash; all else as it is. */
static void put_rewrite(spoor_buffer *buffer, spoor_str rewrite, spoor_str text,
                        const spoor_regex_span *spans, uint32_t nspans) {
    for (size_t i = 0; i < rewrite.len; i++) {
        char c = rewrite.ptr[i], next = i + 1 < rewrite.len ? rewrite.ptr[i + 1] : '\0';
        if (c == '\\' && next >= '0' && next <= '9') {
            uint32_t group = (uint32_t)(next - '0');
            spoor_buffer_put(buffer,
                             group < nspans ? span_text(text, spans[group]) : (spoor_str){0});
            i++;
            continue;
        }
        spoor_buffer_put_char(buffer, c);
        i += c == '\\' && next == '\\';
    }
}

static spoor_str replace_matches(spoor_arena *arena, const pattern *p, spoor_str text,
                                 spoor_str rewrite) {
    spoor_regex_span spans[10];
    uint32_t nspans = groups_in(rewrite) + 1;
    spoor_buffer buffer = {.arena = arena};
    spoor_regex_scan scan = spoor_regex_scan_start(p->matcher, text);
    size_t copied = 0;
    bool found = false;
    while (spoor_regex_scan_next(&scan, spans, nspans)) {
        found = true;
        spoor_buffer_put(&buffer, span_text(text, (spoor_regex_span){copied, spans[0].start}));
        put_rewrite(&buffer, rewrite, text, spans, nspans);
        copied = spans[0].end;
    }
    if (!found) {
        return text;
    }
    spoor_buffer_put(&buffer, span_text(text, (spoor_regex_span){copied, text.len}));
    return spoor_buffer_text(&buffer);
}

static void replace_rows(spoor_call *call, uint32_t rows, const spoor_vec *text,
                         const spoor_vec *regex, const spoor_vec *rewrite, spoor_vec *out) {
    patterns all = patterns_of(call);
    for (uint32_t i = 0; i < rows && !is_cancelled(call); i++) {
        const pattern *p = pattern_of(&all, regex->strings[i]);
        out->strings[i] = p->regex == NULL ? text->strings[i]
                                           : replace_matches(call->scratch, p, text->strings[i],
                                                             rewrite->strings[i]);
    }
}

static void replace_regex_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                               spoor_vec *out) {
    replace_rows(call, rows, &args[0], &args[1], &args[2], out);
}

static void replace_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    replace_rows(call, rows, &args[2], &args[0], &args[1], out);
}

/* The regex may be known, and the rewrite name a group that it does not have. */
static const char *check_rewrite(spoor_call *call, uint32_t regex, uint32_t rewrite) {
    const char *message = prepare_at(call, regex);
    const prepared *p = call->state;
    if (message != NULL || p == NULL || call->constants[rewrite] == NULL) {
        return message;
    }
    uint32_t highest = groups_in(call->constants[rewrite]->string);
    uint32_t groups = spoor_regex_groups(p->pattern.regex);
    if (highest <= groups) {
        return NULL;
    }
    return spoor_arena_format(call->arena,
                              "the rewrite names group \\%u, the regular expression has %u",
                              highest, groups)
        .ptr;
}

static const char *prepare_replace_regex(spoor_call *call) {
    return check_rewrite(call, 1, 2);
}

static const char *prepare_replace(spoor_call *call) {
    return check_rewrite(call, 0, 1);
}

/* -- countof, indexof_regex -------------------------------------------------------------------- */

/* Matches of a plain text may overlap; an empty one is nowhere. */
static int64_t count_plain(spoor_arena *arena, spoor_str text, spoor_str search) {
    int64_t count = 0;
    if (search.len == 0 || text.len < search.len) {
        return 0;
    }
    spoor_needle needle = spoor_needle_prepare(arena, search, false);
    for (size_t at = 0; (at = spoor_needle_find(&needle, text, at)) != SIZE_MAX; count++) {
        const char *next = text.ptr + at;
        spoor_utf8_next(&next, text.ptr + text.len);
        at = (size_t)(next - text.ptr);
    }
    return count;
}

static int64_t count_matches(const pattern *p, spoor_str text) {
    int64_t count = 0;
    spoor_regex_span span;
    if (p->regex == NULL) {
        return 0;
    }
    spoor_regex_scan scan = spoor_regex_scan_start(p->matcher, text);
    while (spoor_regex_scan_next(&scan, &span, 1)) {
        count++;
    }
    return count;
}

static void countof_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    patterns all = patterns_of(call);
    for (uint32_t i = 0; i < rows && !is_cancelled(call); i++) {
        spoor_str text = args[0].strings[i], search = args[1].strings[i];
        spoor_str kind = call->nargs > 2 ? args[2].strings[i] : SPOOR_STR("normal");
        if (spoor_str_is(kind, "normal")) {
            out->longs[i] = count_plain(call->scratch, text, search);
        } else if (spoor_str_is(kind, "regex")) {
            out->longs[i] = count_matches(pattern_of(&all, search), text);
        } else {
            out->nulls[i] = 1;
        }
    }
}

static const char *prepare_countof(spoor_call *call) {
    const spoor_value *kind = call->nargs > 2 ? call->constants[2] : NULL;
    if (kind == NULL || spoor_str_is(kind->string, "normal")) {
        return NULL;
    }
    if (spoor_str_is(kind->string, "regex")) {
        return prepare_at(call, 1);
    }
    return spoor_arena_format(call->arena, "'countof' takes kind 'normal' or 'regex', not '%.*s'",
                              (int)(kind->string.len < 100 ? kind->string.len : 100),
                              kind->string.ptr)
        .ptr;
}

/* Where in code points, of matches that lie within [start, start + length); -1: not there. */
static int64_t index_of(const pattern *p, spoor_str text, int64_t start, int64_t length,
                        int64_t occurrence) {
    text = text.len == 0 ? SPOOR_STR("") : text;
    size_t from = spoor_utf8_offset(text, (size_t)start);
    spoor_str rest = {text.ptr + from, text.len - from};
    size_t end = length < 0 ? text.len : from + spoor_utf8_offset(rest, (size_t)length);
    spoor_regex_scan scan = spoor_regex_scan_start(p->matcher, (spoor_str){text.ptr, end});
    scan.at = from;
    spoor_regex_span span;
    for (int64_t k = 1; spoor_regex_scan_next(&scan, &span, 1); k++) {
        if (k == occurrence) {
            return (int64_t)spoor_utf8_length((spoor_str){text.ptr, span.start});
        }
    }
    return -1;
}

static void indexof_regex_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                               spoor_vec *out) {
    patterns all = patterns_of(call);
    for (uint32_t i = 0; i < rows && !is_cancelled(call); i++) {
        int64_t start = call->nargs > 2 ? args[2].longs[i] : 0;
        int64_t length = call->nargs > 3 ? args[3].longs[i] : -1;
        int64_t occurrence = call->nargs > 4 ? args[4].longs[i] : 1;
        const pattern *p = pattern_of(&all, args[1].strings[i]);
        if (start < 0 || length < -1 || occurrence < 0) {
            out->nulls[i] = 1;
        } else if (!out->nulls[i]) {
            out->longs[i] =
                p->regex == NULL ? -1 : index_of(p, args[0].strings[i], start, length, occurrence);
        }
    }
}

/* -- regex_quote ------------------------------------------------------------------------------- */

static void quote_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str text = args[0].strings[i];
        spoor_buffer buffer = {.arena = call->scratch};
        for (size_t k = 0; k < text.len; k++) {
            if (text.ptr[k] != '\0' && strchr("\\.+*?()|[]{}^$#&-~", text.ptr[k]) != NULL) {
                spoor_buffer_put_char(&buffer, '\\');
            }
            spoor_buffer_put_char(&buffer, text.ptr[k]);
        }
        out->strings[i] = spoor_buffer_text(&buffer);
    }
}

// clang-format off
#define TEXT SPOOR_T_STRING
#define NUMBER SPOOR_T_INTEGER
const spoor_function spoor_fn_regex[] = {
    {.name = "matches regex", .args = {TEXT, TEXT}, .min_args = 2, .max_args = 2, .result = SPOOR_BOOL,
     .eval = matches_eval, .prepare = prepare_second,
     .summary = "The text holds a match of the regular expression.", .example = "'cmd.exe /c dir' matches regex @'/[ck]\\s'", .value = "True"},
    {.name = "extract", .args = {TEXT, NUMBER, TEXT}, .min_args = 3, .max_args = 3, .result = SPOOR_STRING,
     .eval = extract_eval, .prepare = prepare_first,
     .summary = "What a group of the first match holds; 0 is the whole match.",
     .example = "extract(@'MD5=(\\w+)', 1, 'SHA1=0A,MD5=1B')", .value = "1B"},
    {.name = "extract_all", .args = {TEXT, TEXT}, .min_args = 2, .max_args = 2, .result = SPOOR_DYNAMIC,
     .eval = extract_all_eval, .prepare = prepare_extract_all,
     .summary = "What the groups of all matches hold; null without a match.",
     .example = "extract_all(@'(\\w)=(\\d)', 'a=1 b=2')", .value = "[[\"a\",\"1\"],[\"b\",\"2\"]]"},
    {.name = "extract_all", .args = {TEXT, SPOOR_T_DYNAMIC, TEXT}, .min_args = 3, .max_args = 3, .result = SPOOR_DYNAMIC,
     .eval = extract_all_eval, .prepare = prepare_extract_all,
     .summary = "What some groups, by number or name, of all matches hold.",
     .example = "extract_all(@'(\\w)=(?P<digit>\\d)', dynamic(['digit']), 'a=1 b=2')", .value = "[\"1\",\"2\"]"},
    {.name = "extractall", .args = {TEXT, TEXT}, .min_args = 2, .max_args = 2, .result = SPOOR_DYNAMIC, .is_hidden = true,
     .eval = extract_all_eval, .prepare = prepare_extract_all,
     .summary = "The older name of extract_all.", .example = "extractall(@'(\\d)', 'a1b2')", .value = "[\"1\",\"2\"]"},
    {.name = "extractall", .args = {TEXT, SPOOR_T_DYNAMIC, TEXT}, .min_args = 3, .max_args = 3, .result = SPOOR_DYNAMIC, .is_hidden = true,
     .eval = extract_all_eval, .prepare = prepare_extract_all,
     .summary = "The older name of extract_all.", .example = "extractall(@'(\\w)(\\d)', dynamic([2]), 'a1b2')", .value = "[\"1\",\"2\"]"},
    {.name = "replace_regex", .args = {TEXT, TEXT, TEXT}, .min_args = 3, .max_args = 3, .result = SPOOR_STRING,
     .eval = replace_regex_eval, .prepare = prepare_replace_regex,
     .summary = "The text with every match rewritten; \\1 stands for a group, \\0 for the match.",
     .example = "replace_regex('is 42', @'is (\\d+)', @'was: \\1')", .value = "was: 42"},
    {.name = "replace", .args = {TEXT, TEXT, TEXT}, .min_args = 3, .max_args = 3, .result = SPOOR_STRING, .is_hidden = true,
     .eval = replace_eval, .prepare = prepare_replace,
     .summary = "The older form of replace_regex: regular expression, rewrite, text.",
     .example = "replace(@'is (\\d+)', @'was: \\1', 'is 42')", .value = "was: 42"},
    {.name = "countof", .args = {TEXT, TEXT, TEXT}, .min_args = 2, .max_args = 3, .result = SPOOR_LONG,
     .eval = countof_eval, .prepare = prepare_countof,
     .summary = "How often a text is in another, overlaps counted; of kind 'regex': matches, not overlapping.",
     .example = "countof('aaaa', 'aa')", .value = "3"},
    {.name = "indexof_regex", .args = {TEXT, TEXT, NUMBER, NUMBER, NUMBER}, .min_args = 2, .max_args = 5, .result = SPOOR_LONG,
     .eval = indexof_regex_eval, .prepare = prepare_second,
     .summary = "Position of a match of the regular expression, from 0; -1: there is none.",
     .example = "indexof_regex('abcabcdefg', @'a.c', 0, 9, 2)", .value = "3"},
    {.name = "regex_quote", .args = {TEXT}, .min_args = 1, .max_args = 1, .result = SPOOR_STRING, .eval = quote_eval,
     .summary = "The text as a regular expression that matches it.", .example = "regex_quote('a.b')", .value = "a\\.b"},
    {0},
};
// clang-format on
