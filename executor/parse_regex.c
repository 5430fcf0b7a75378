/* parse_regex.c - see parse_regex.h.
 *
 * The pattern is anchored at the start of the text, not at its end.  A literal
 * is taken as it stands, `*` is `.*?`, and a column is a named group: digits
 * for a number, `.*` for anything else (greedy, as the engine has it, whatever
 * the documentation says: emul-fuzz/1232).  Names are ours, so that groups
 * inside the literals change nothing. */
#include "executor/parse_regex.h"

#include "regex/regex.h"

struct spoor_parse_regex {
    spoor_regex_matcher *matcher;
    uint32_t ngroups; /* of the whole pattern, group 0 included */
    spoor_regex_span *spans;
    uint32_t ncolumns;
    uint32_t *groups; /* by column of the pattern */
    spoor_str *texts;
};

static const char *column_pattern(spoor_type type) {
    switch (type) {
    case SPOOR_INT:
    case SPOOR_LONG: return "[-+]?[0-9]+";
    case SPOOR_REAL:
    case SPOOR_DECIMAL: return "[-+]?(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+)(?:[eE][-+]?[0-9]+)?";
    case SPOOR_BOOL:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN:
    case SPOOR_GUID:
    case SPOOR_STRING:
    case SPOOR_DYNAMIC:
    case SPOOR_NTYPES: break;
    }
    return ".*";
}

static spoor_str whole_pattern(const spoor_op *op) {
    const spoor_plan *plan = op->plan;
    spoor_str out = SPOOR_STR("^");
    spoor_str flags = plan->parse.flags;
    if (flags.len > 0) {
        out = spoor_arena_format(op->arena, "(?%.*s)^", (int)flags.len, flags.ptr);
    }
    uint32_t column = 0;
    for (uint32_t i = 0; i < plan->parse.nparts; i++) {
        const spoor_parse_part *part = &plan->parse.parts[i];
        spoor_str next = SPOOR_STR(".*?");
        if (part->kind == SPOOR_PARSE_TEXT) {
            next = part->text;
        } else if (part->kind == SPOOR_PARSE_COLUMN) {
            next = spoor_arena_format(op->arena, "(?P<spoor_column_%u>%s)", (unsigned)column++,
                                      column_pattern(part->type));
        }
        out = spoor_arena_format(op->arena, "%.*s%.*s", (int)out.len, out.ptr, (int)next.len,
                                 next.ptr);
    }
    return out;
}

spoor_parse_regex *spoor_parse_regex_open(spoor_op *op) {
    spoor_parse_regex *made = SPOOR_NEW(op->arena, spoor_parse_regex);
    spoor_regex_error error;
    const spoor_regex *regex = spoor_regex_compile(op->arena, whole_pattern(op), 0, &error);
    if (regex == NULL) {
        spoor_run_fail(op->run, SPOOR_RUN_LIMIT, op->plan->span, "the pattern of parse: %s",
                       error.message);
        return NULL;
    }
    for (uint32_t i = 0; i < op->plan->parse.nparts; i++) {
        made->ncolumns += op->plan->parse.parts[i].kind == SPOOR_PARSE_COLUMN;
    }
    made->groups = SPOOR_NEW_ARRAY(op->arena, uint32_t, made->ncolumns);
    made->texts = SPOOR_NEW_ARRAY(op->arena, spoor_str, made->ncolumns);
    for (uint32_t i = 0; i < made->ncolumns; i++) {
        spoor_str name = spoor_arena_format(op->arena, "spoor_column_%u", (unsigned)i);
        made->groups[i] = spoor_regex_group_named(regex, name);
    }
    made->ngroups = spoor_regex_groups(regex) + 1;
    made->spans = SPOOR_NEW_ARRAY(op->arena, spoor_regex_span, made->ngroups);
    made->matcher = spoor_regex_matcher_new(op->arena, regex, SPOOR_REGEX_CACHE_BYTES);
    return made;
}

const spoor_str *spoor_parse_regex_match(spoor_parse_regex *regex, spoor_str text) {
    if (!spoor_regex_find(regex->matcher, text, 0, regex->spans, regex->ngroups)) {
        return NULL;
    }
    for (uint32_t i = 0; i < regex->ncolumns; i++) {
        spoor_regex_span span = regex->spans[regex->groups[i]];
        regex->texts[i] = span.start == SIZE_MAX
                              ? (spoor_str){0}
                              : (spoor_str){text.ptr + span.start, span.end - span.start};
    }
    return regex->texts;
}
