/* regex.c - the door of the matcher: compiling, and which engine answers what.
 *
 * A text shorter than any match is left alone, and one without a needle that
 * every match must hold; then the lazy automata find where a match ends and
 * where it starts; groups are found in that stretch alone. */
#include "regex/regex.h"

#include "regex/regex_program.h"

struct spoor_regex_matcher {
    spoor_arena *arena;
    const spoor_regex *regex;
    size_t cache_bytes;
    spoor_dfa *forward, *reverse; /* made when first needed, like the capturer */
    spoor_capturer *capturer;
};

/* -- places in a text -------------------------------------------------------------------------- */

/* A code point that is read as U+FFFD and is not written so is a bad byte. */
static uint32_t symbol_of(const spoor_alphabet *alphabet, uint32_t code_point, size_t len) {
    return code_point == 0xFFFD && len != 3 ? alphabet->bad : spoor_symbol_of(alphabet, code_point);
}

uint32_t spoor_symbol_next(const spoor_alphabet *alphabet, const char **at, const char *end) {
    const char *from = *at;
    if ((unsigned char)*from < 0x80) {
        *at = from + 1;
        return alphabet->ascii[(unsigned char)*from];
    }
    uint32_t code_point = spoor_utf8_next(at, end);
    return symbol_of(alphabet, code_point, (size_t)(*at - from));
}

uint32_t spoor_symbol_before(const spoor_alphabet *alphabet, const char *start, const char **at) {
    const char *end = *at;
    if ((unsigned char)end[-1] < 0x80) {
        *at = end - 1;
        return alphabet->ascii[(unsigned char)end[-1]];
    }
    uint32_t code_point = spoor_utf8_before(start, at);
    return symbol_of(alphabet, code_point, (size_t)(end - *at));
}

uint32_t spoor_side_before(const spoor_regex *regex, spoor_str text, size_t at) {
    if (!regex->has_assertions || at == 0) {
        return at == 0 && regex->has_assertions ? SPOOR_SIDE_EDGE : 0;
    }
    const char *place = text.ptr + at;
    return regex->alphabet.side[spoor_symbol_before(&regex->alphabet, text.ptr, &place)];
}

uint32_t spoor_side_after(const spoor_regex *regex, spoor_str text, size_t at) {
    if (!regex->has_assertions || at == text.len) {
        return regex->has_assertions ? SPOOR_SIDE_EDGE : 0;
    }
    const char *place = text.ptr + at;
    return regex->alphabet.side[spoor_symbol_next(&regex->alphabet, &place, text.ptr + text.len)];
}

bool spoor_assertion_holds(uint32_t arg, uint32_t before, uint32_t after) {
    uint32_t word = (arg & SPOOR_STEP_ASCII_WORDS) != 0 ? SPOOR_SIDE_ASCII_WORD : SPOOR_SIDE_WORD;
    bool word_before = (before & word) != 0, word_after = (after & word) != 0;
    switch ((spoor_regex_assertion)(arg & ~(uint32_t)SPOOR_STEP_ASCII_WORDS)) {
    case SPOOR_AT_TEXT_START: return (before & SPOOR_SIDE_EDGE) != 0;
    case SPOOR_AT_TEXT_END: return (after & SPOOR_SIDE_EDGE) != 0;
    case SPOOR_AT_LINE_START: return (before & (SPOOR_SIDE_EDGE | SPOOR_SIDE_NEWLINE)) != 0;
    case SPOOR_AT_LINE_END: return (after & (SPOOR_SIDE_EDGE | SPOOR_SIDE_NEWLINE)) != 0;
    case SPOOR_AT_CRLF_START:
        return (before & (SPOOR_SIDE_EDGE | SPOOR_SIDE_NEWLINE)) != 0 ||
               ((before & SPOOR_SIDE_RETURN) != 0 && (after & SPOOR_SIDE_NEWLINE) == 0);
    case SPOOR_AT_CRLF_END:
        return (after & (SPOOR_SIDE_EDGE | SPOOR_SIDE_RETURN)) != 0 ||
               ((after & SPOOR_SIDE_NEWLINE) != 0 && (before & SPOOR_SIDE_RETURN) == 0);
    case SPOOR_AT_WORD_BOUNDARY: return word_before != word_after;
    case SPOOR_AT_NO_WORD_BOUNDARY: return word_before == word_after;
    case SPOOR_AT_WORD_START: return !word_before && word_after;
    case SPOOR_AT_WORD_END: return word_before && !word_after;
    case SPOOR_AT_WORD_START_HALF: return !word_before;
    case SPOOR_AT_WORD_END_HALF: return !word_after;
    }
    return false;
}

/* -- compiling --------------------------------------------------------------------------------- */

enum { MAX_THREAD_SLOTS = 1 << 22 }; /* steps times slots */

static bool refuse(spoor_regex_error *error, const char *message) {
    *error = (spoor_regex_error){.message = message};
    return false;
}

static bool has_assertions(const spoor_program *program) {
    for (uint32_t i = 0; i < program->count; i++) {
        if (program->steps[i].op == SPOOR_STEP_ASSERT) {
            return true;
        }
    }
    return false;
}

static bool compile_tree(spoor_arena *arena, spoor_regex *regex, const spoor_regex_tree *tree,
                         spoor_regex_error *error) {
    if (!spoor_regex_make_alphabet(arena, regex, tree->root)) {
        return refuse(error, "the regular expression has too many different character classes");
    }
    if (!spoor_regex_make_program(arena, regex, tree->root, false, &regex->forward) ||
        !spoor_regex_make_program(arena, regex, tree->root, true, &regex->reverse)) {
        return refuse(error,
                      "the regular expression is too large once its repeats are written out");
    }
    if ((uint64_t)regex->forward.count * (tree->groups + 1) * 2 > MAX_THREAD_SLOTS) {
        return refuse(error, "the regular expression is too large for its number of groups");
    }
    regex->has_assertions = has_assertions(&regex->forward);
    spoor_regex_find_literals(arena, regex, tree->root);
    if (!regex->has_prefix && !regex->starts_text) {
        spoor_regex_find_starts(arena, regex, &regex->starts);
    }
    regex->groups = tree->groups;
    regex->names = SPOOR_NEW_ARRAY(arena, spoor_str, tree->groups + 1);
    for (uint32_t i = 1; i <= tree->groups; i++) {
        regex->names[i] = spoor_arena_str(arena, tree->names[i]);
    }
    return true;
}

const spoor_regex *spoor_regex_compile(spoor_arena *arena, spoor_str pattern, unsigned flags,
                                       spoor_regex_error *error) {
    spoor_regex_tree tree;
    spoor_regex *regex = SPOOR_NEW(arena, spoor_regex);
    *error = (spoor_regex_error){0};
    if (!spoor_regex_parse(arena, pattern, flags, &tree, error) ||
        !compile_tree(arena, regex, &tree, error)) {
        return NULL;
    }
    return regex;
}

uint32_t spoor_regex_groups(const spoor_regex *regex) {
    return regex->groups;
}

spoor_str spoor_regex_group_name(const spoor_regex *regex, uint32_t group) {
    return group >= 1 && group <= regex->groups ? regex->names[group] : (spoor_str){0};
}

uint32_t spoor_regex_group_named(const spoor_regex *regex, spoor_str name) {
    for (uint32_t i = 1; name.len > 0 && i <= regex->groups; i++) {
        if (spoor_str_eq(regex->names[i], name)) {
            return i;
        }
    }
    return 0;
}

/* -- matching ---------------------------------------------------------------------------------- */

spoor_regex_matcher *spoor_regex_matcher_new(spoor_arena *arena, const spoor_regex *regex,
                                             size_t cache_bytes) {
    spoor_regex_matcher *matcher = SPOOR_NEW(arena, spoor_regex_matcher);
    *matcher = (spoor_regex_matcher){.arena = arena, .regex = regex, .cache_bytes = cache_bytes};
    return matcher;
}

static size_t find_end(spoor_regex_matcher *m, spoor_str text, size_t from, bool any) {
    if (from > text.len || text.len - from < m->regex->least_bytes) {
        return SIZE_MAX;
    }
    if (m->regex->has_required && spoor_needle_find(&m->regex->required, text, from) == SIZE_MAX) {
        return SIZE_MAX;
    }
    if (m->forward == NULL) {
        m->forward = spoor_dfa_new(m->arena, m->regex, &m->regex->forward, m->cache_bytes);
    }
    return spoor_dfa_find_end(m->forward, text, from, any);
}

static spoor_str anchored(spoor_str text) {
    return text.ptr == NULL ? SPOOR_STR("") : text;
}

bool spoor_regex_is_match(spoor_regex_matcher *matcher, spoor_str text) {
    return find_end(matcher, anchored(text), 0, true) != SIZE_MAX;
}

bool spoor_regex_find(spoor_regex_matcher *m, spoor_str text, size_t from, spoor_regex_span *spans,
                      uint32_t nspans) {
    text = anchored(text);
    size_t end = find_end(m, text, from, false);
    if (end == SIZE_MAX || nspans == 0) {
        return end != SIZE_MAX;
    }
    size_t start = 0;
    if (!m->regex->starts_text) {
        if (m->reverse == NULL) {
            m->reverse = spoor_dfa_new(m->arena, m->regex, &m->regex->reverse, m->cache_bytes);
        }
        start = spoor_dfa_find_start(m->reverse, text, from, end);
    }
    spans[0] = (spoor_regex_span){start, end};
    if (nspans > 1 && m->regex->groups > 0) {
        if (m->capturer == NULL) {
            m->capturer = spoor_capturer_new(m->arena, m->regex);
        }
        spoor_capture(m->capturer, text, start, end);
    }
    for (uint32_t i = 1; i < nspans; i++) {
        bool is_known = i <= m->regex->groups;
        size_t open = is_known ? spoor_capturer_slot(m->capturer, i * 2) : SIZE_MAX;
        size_t close = is_known ? spoor_capturer_slot(m->capturer, i * 2 + 1) : SIZE_MAX;
        bool is_whole = open != SIZE_MAX && close != SIZE_MAX;
        spans[i] =
            is_whole ? (spoor_regex_span){open, close} : (spoor_regex_span){SIZE_MAX, SIZE_MAX};
    }
    return true;
}

spoor_regex_scan spoor_regex_scan_start(spoor_regex_matcher *matcher, spoor_str text) {
    return (spoor_regex_scan){.matcher = matcher, .text = anchored(text), .last_end = SIZE_MAX};
}

bool spoor_regex_scan_next(spoor_regex_scan *scan, spoor_regex_span *spans, uint32_t nspans) {
    while (scan->at != SIZE_MAX) {
        if (!spoor_regex_find(scan->matcher, scan->text, scan->at, spans, nspans)) {
            break;
        }
        size_t start = spans[0].start, end = spans[0].end;
        if (start == end && end == scan->last_end) {
            if (end == scan->text.len) {
                break;
            }
            const char *next = scan->text.ptr + end;
            spoor_utf8_next(&next, scan->text.ptr + scan->text.len);
            scan->at = (size_t)(next - scan->text.ptr);
            continue;
        }
        scan->at = end;
        scan->last_end = end;
        return true;
    }
    scan->at = SIZE_MAX;
    return false;
}
