/* fn_find.c - split, indexof, replace_string and their like: texts searched for plain texts.
 *
 * Searching here is exact (case counts), as in Kusto; only has_any_index asks
 * for terms in any case.  Regular expressions are in other families. */
#include "base/buffer.h"
#include "base/text_match.h"
#include "base/utf8.h"
#include "functions/function.h"
#include "functions/text_arg.h"
#include "types/dynamic.h"

static spoor_str slice(spoor_str text, size_t from, size_t to) {
    return (spoor_str){text.ptr + from, to - from};
}

/* -- split ------------------------------------------------------------------------------------- */

/* The next piece of text from *at, which moves behind the delimiter; SIZE_MAX: this was the last.
 */
static spoor_str next_piece(spoor_str text, spoor_str delimiter, size_t *at) {
    size_t found = SIZE_MAX;
    if (delimiter.len > 0) {
        found = spoor_text_find(text, *at, delimiter, false, NULL);
    }
    spoor_str piece = slice(text, *at, found == SIZE_MAX ? text.len : found);
    *at = found == SIZE_MAX ? SIZE_MAX : found + delimiter.len;
    return piece;
}

static void split_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        int64_t wanted = call->nargs > 2 ? args[2].longs[i] : -1, index = 0;
        spoor_dynamic_builder array;
        spoor_dynamic_init(&array, call->scratch);
        spoor_dynamic_open(&array, '[');
        bool any = false;
        for (size_t at = 0; at != SIZE_MAX && !(any && call->nargs > 2); index++) {
            spoor_str piece = next_piece(args[0].strings[i], args[1].strings[i], &at);
            if (call->nargs < 3 || index == wanted) {
                spoor_dynamic_add_text(&array, piece);
                any = true;
            }
        }
        spoor_dynamic_close(&array);
        spoor_str value = spoor_dynamic_finish(&array);
        out->nulls[i] |= !any;
        out->strings[i] = any ? value : (spoor_str){0};
    }
}

/* -- indexof, has_any_index -------------------------------------------------------------------- */

typedef struct search {
    int64_t start, length, occurrence; /* length -1: to the end */
} search;

/* Position in code points, or -1.  What counts is where a match starts: it may end past the length,
 * and matches may overlap. */
static int64_t index_of(spoor_str text, spoor_str needle, search s) {
    int64_t count = s.start < 0 || s.length >= 0 ? (int64_t)spoor_utf8_length(text) : 0;
    if (s.start < 0) {
        s.start = s.start < -count ? 0 : s.start + count;
    }
    size_t from = spoor_utf8_offset(text, (size_t)s.start), end = text.len;
    if (s.length >= 0 && s.length < count - s.start) {
        end = spoor_utf8_offset(text, (size_t)(s.start + s.length));
    }
    for (int64_t k = 1; from <= end; k++) {
        size_t found = spoor_text_find(text, from, needle, false, NULL);
        if (found == SIZE_MAX || found > end || (found == end && end < text.len)) {
            return -1;
        }
        if (k == s.occurrence) {
            return (int64_t)spoor_utf8_length(slice(text, 0, found));
        }
        from = found + spoor_utf8_offset(slice(text, found, text.len), 1);
        if (found == text.len) {
            return -1;
        }
    }
    return -1;
}

static void indexof_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        search s = {.start = call->nargs > 2 ? args[2].longs[i] : 0,
                    .length = call->nargs > 3 ? args[3].longs[i] : -1,
                    .occurrence = call->nargs > 4 ? args[4].longs[i] : 1};
        if (s.length < -1 || s.occurrence < 0) {
            out->nulls[i] = 1;
        }
        if (out->nulls[i]) {
            continue;
        }
        spoor_str text = spoor_text_at(call->scratch, &args[0], i);
        spoor_str needle = spoor_text_at(call->scratch, &args[1], i);
        out->longs[i] = index_of(text, needle, s);
    }
}

static void has_any_index_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                               spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        spoor_text_list list = {0};
        spoor_value values = spoor_vec_get(&args[1], i);
        spoor_text_list_add_value(call->scratch, &list, &values);
        uint32_t k = 0;
        while (k < list.count && !spoor_text_has(args[0].strings[i], list.texts[k], true)) {
            k++;
        }
        out->longs[i] = k < list.count ? (int64_t)k : -1;
    }
}

/* -- replacing --------------------------------------------------------------------------------- */

static spoor_str replace_all(spoor_arena *arena, spoor_str text, spoor_str lookup,
                             spoor_str rewrite) {
    size_t found = lookup.len > 0 ? spoor_text_find(text, 0, lookup, false, NULL) : SIZE_MAX;
    if (found == SIZE_MAX) {
        return text;
    }
    spoor_buffer result = {.arena = arena};
    size_t at = 0;
    while (found != SIZE_MAX) {
        spoor_buffer_put(&result, slice(text, at, found));
        spoor_buffer_put(&result, rewrite);
        at = found + lookup.len;
        found = spoor_text_find(text, at, lookup, false, NULL);
    }
    spoor_buffer_put(&result, slice(text, at, text.len));
    return spoor_buffer_text(&result);
}

static void replace_string_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                                spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] =
            replace_all(call->scratch, args[0].strings[i], args[1].strings[i], args[2].strings[i]);
    }
}

/* replace_strings: a text in pieces, of which some are settled: an earlier lookup has matched
 * there. */
typedef struct pieces {
    spoor_str *texts;
    bool *settled;
    size_t count, capacity;
} pieces;

static void add_piece(spoor_arena *arena, pieces *list, spoor_str text, bool settled) {
    if (text.len == 0) {
        return;
    }
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        pieces more = {SPOOR_RAW_ARRAY(arena, spoor_str, capacity),
                       SPOOR_RAW_ARRAY(arena, bool, capacity), list->count, capacity};
        if (list->count > 0) {
            memcpy(more.texts, list->texts, list->count * sizeof *more.texts);
            memcpy(more.settled, list->settled, list->count * sizeof *more.settled);
        }
        *list = more;
    }
    list->texts[list->count] = text;
    list->settled[list->count++] = settled;
}

/* `rewrite` NULL: what matches stays, and is settled. */
static void settle(spoor_arena *arena, pieces *list, spoor_str lookup, const spoor_str *rewrite) {
    pieces next = {0};
    bool any = false;
    for (size_t p = 0; p < list->count; p++) {
        spoor_str text = list->texts[p];
        size_t at = 0, found;
        while (!list->settled[p] &&
               (found = spoor_text_find(text, at, lookup, false, NULL)) != SIZE_MAX) {
            if (!any) { /* only now is a new list needed */
                any = true;
                for (size_t before = 0; before < p; before++) {
                    add_piece(arena, &next, list->texts[before], list->settled[before]);
                }
            }
            add_piece(arena, &next, slice(text, at, found), false);
            add_piece(arena, &next, rewrite != NULL ? *rewrite : lookup, true);
            at = found + lookup.len;
        }
        if (any) {
            add_piece(arena, &next, slice(text, at, text.len), list->settled[p]);
        }
    }
    *list = any ? next : *list;
}

static spoor_str replace_strings(spoor_arena *arena, spoor_str text, spoor_str lookups,
                                 spoor_str rewrites) {
    pieces list = {0};
    add_piece(arena, &list, text, false);
    spoor_dynamic_iter lookup_iter = spoor_dynamic_begin(lookups);
    spoor_dynamic_iter rewrite_iter = spoor_dynamic_begin(rewrites);
    for (spoor_str name, lookup; spoor_dynamic_next(&lookup_iter, &name, &lookup);) {
        spoor_str rewrite = {0};
        (void)spoor_dynamic_next(&rewrite_iter, &name, &rewrite);
        spoor_value from = spoor_dynamic_scalar(lookup), to = spoor_dynamic_scalar(rewrite);
        if (from.type == SPOOR_STRING && from.string.len > 0) {
            settle(arena, &list, from.string, to.type == SPOOR_STRING ? &to.string : NULL);
        }
    }
    spoor_buffer result = {.arena = arena};
    for (size_t p = 0; p < list.count; p++) {
        spoor_buffer_put(&result, list.texts[p]);
    }
    return spoor_buffer_text(&result);
}

static void replace_strings_eval(spoor_call *call, uint32_t rows, const spoor_vec *args,
                                 spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] = replace_strings(call->scratch, args[0].strings[i], args[1].strings[i],
                                          args[2].strings[i]);
    }
}

/* -- translate --------------------------------------------------------------------------------- */

/* The n-th character; the last one where there are fewer. */
static spoor_str character_at(spoor_str text, size_t n) {
    size_t count = spoor_utf8_length(text);
    size_t from = spoor_utf8_offset(text, n < count ? n : count - 1);
    spoor_str rest = slice(text, from, text.len);
    return slice(rest, 0, spoor_utf8_offset(rest, 1));
}

static spoor_str translate(spoor_arena *arena, spoor_str from, spoor_str to, spoor_str text) {
    spoor_buffer result = {.arena = arena};
    for (const char *at = text.ptr, *end = text.ptr + text.len; at < end;) {
        const char *start = at;
        (void)spoor_utf8_next(&at, end);
        spoor_str character = {start, (size_t)(at - start)};
        size_t found = spoor_text_find(from, 0, character, false, NULL);
        if (found == SIZE_MAX) {
            spoor_buffer_put(&result, character);
        } else if (to.len > 0) {
            spoor_buffer_put(&result, character_at(to, spoor_utf8_length(slice(from, 0, found))));
        }
    }
    return spoor_buffer_text(&result);
}

static void translate_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        out->strings[i] =
            translate(call->scratch, args[0].strings[i], args[1].strings[i], args[2].strings[i]);
    }
}

// clang-format off
#define ANY SPOOR_T_ANY
#define TEXT SPOOR_T_STRING
#define DYN SPOOR_T_DYNAMIC
#define WHOLE SPOOR_T_INTEGER
const spoor_function spoor_fn_find[] = {
    {.name = "split", .args = {TEXT, TEXT, WHOLE}, .min_args = 2, .max_args = 3, .result = SPOOR_DYNAMIC, .eval = split_eval,
     .summary = "The pieces of the text between delimiters as an array; with an index, an array of that piece alone, null where there is none.",
     .example = "split('a,b,,c', ',')", .value = "[\"a\",\"b\",\"\",\"c\"]"},
    {.name = "indexof", .args = {ANY, ANY, WHOLE, WHOLE, WHOLE}, .min_args = 2, .max_args = 5, .result = SPOOR_LONG, .eval = indexof_eval,
     .summary = "Where the second text stands in the first, or -1; from a start, starting within a length, the n-th time.", .example = "indexof('abcabc', 'c', 3)", .value = "5"},
    {.name = "has_any_index", .args = {TEXT, DYN}, .min_args = 2, .max_args = 2, .result = SPOOR_LONG, .eval = has_any_index_eval,
     .summary = "Index of the first element of an array that the text has as a term, or -1.", .example = "has_any_index('net user bob', dynamic(['group', 'user']))", .value = "1"},
    {.name = "replace_string", .args = {TEXT, TEXT, TEXT}, .min_args = 3, .max_args = 3, .result = SPOOR_STRING, .eval = replace_string_eval,
     .summary = "The text with each second text in it replaced by the third.", .example = "replace_string('a^b^c', '^', '')", .value = "abc"},
    {.name = "replace_strings", .args = {TEXT, DYN, DYN}, .min_args = 3, .max_args = 3, .result = SPOOR_STRING, .eval = replace_strings_eval,
     .summary = "The text with each of an array of texts replaced by its partner in the other array; what comes first in the array goes first.",
     .example = "replace_strings('cat and dog', dynamic(['cat', 'dog']), dynamic(['dog', 'cow']))", .value = "dog and cow"},
    {.name = "translate", .args = {TEXT, TEXT, TEXT}, .min_args = 3, .max_args = 3, .result = SPOOR_STRING, .eval = translate_eval,
     .summary = "The third text with each character of the first replaced by the one at its place in the second.", .example = "translate('krasp', 'otsku', 'spark')", .value = "kusto"},
    {0},
};
// clang-format on
