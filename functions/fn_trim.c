/* fn_trim.c - trim, trim_start, trim_end: one match of a regular expression cut off the ends.
 *
 * As in Kusto the match must touch the end, and only one is cut: trim(' ', s)
 * takes one blank, trim(@'\s+', s) all of them. */
#include "base/buffer.h"
#include "functions/function.h"
#include "regex/regex.h"

typedef struct trimmer {
    spoor_regex_matcher *start, *end; /* NULL: that end stays */
} trimmer;

static spoor_regex_matcher *compile(spoor_arena *arena, const char *before, spoor_str pattern,
                                    const char *behind, const char **message) {
    /* First by itself: an error is of what was written, and `a)(b` is one. */
    spoor_regex_error error;
    const spoor_regex *regex = spoor_regex_compile(arena, pattern, 0, &error);
    if (regex != NULL) {
        spoor_buffer whole = {.arena = arena};
        spoor_buffer_put(&whole, spoor_str_from(before));
        spoor_buffer_put(&whole, pattern);
        spoor_buffer_put(&whole, spoor_str_from(behind));
        regex = spoor_regex_compile(arena, spoor_buffer_text(&whole), 0, &error);
    }
    if (regex == NULL) {
        *message = error.message;
        return NULL;
    }
    return spoor_regex_matcher_new(arena, regex, SPOOR_REGEX_CACHE_BYTES);
}

static const char *prepare_trim(spoor_call *call) {
    if (call->constants[0] == NULL) {
        return "the regular expression must be a constant";
    }
    const char *name = call->function->name, *message = NULL;
    spoor_str pattern = call->constants[0]->string;
    trimmer *t = SPOOR_NEW(call->arena, trimmer);
    if (strcmp(name, "trim_end") != 0) {
        t->start = compile(call->arena, "^(?:", pattern, ")", &message);
    }
    if (strcmp(name, "trim_start") != 0 && message == NULL) {
        t->end = compile(call->arena, "(?:", pattern, ")$", &message);
    }
    call->state = t;
    return message;
}

static void trim_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    const trimmer *t = call->state;
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str text = args[1].strings[i];
        spoor_regex_span span;
        if (t->start != NULL && text.len > 0 && spoor_regex_find(t->start, text, 0, &span, 1)) {
            text = (spoor_str){text.ptr + span.end, text.len - span.end};
        }
        if (t->end != NULL && text.len > 0 && spoor_regex_find(t->end, text, 0, &span, 1)) {
            text.len = span.start;
        }
        out->strings[i] = text;
    }
}

// clang-format off
#define TRIM(row_name, text, sample, prints) \
    {.name = row_name, .args = {SPOOR_T_STRING, SPOOR_T_STRING}, .min_args = 2, .max_args = 2, .result = SPOOR_STRING, \
     .eval = trim_eval, .prepare = prepare_trim, .summary = text, .example = sample, .value = prints}
const spoor_function spoor_fn_trim[] = {
    TRIM("trim", "The second text without what the regular expression matches at its start and at its end.", "trim('\"', '\"C:\\\\x\"')", "C:\\x"),
    TRIM("trim_start", "The second text without what the regular expression matches at its start.", "trim_start('-+', '--x--')", "x--"),
    TRIM("trim_end", "The second text without what the regular expression matches at its end.", "trim_end('-+', '--x--')", "--x"),
    {0},
};
// clang-format on
