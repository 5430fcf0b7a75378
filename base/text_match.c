/* text_match.c - the string predicates of Kusto, one code point at a time.
 *
 * With case, texts are compared as bytes; without, as folded code points, so
 * that the two sides of a match may differ in length.  The search for a
 * prepared needle is text_needle.c. */
#include "base/text_match.h"

#include <stdint.h>

#include "base/utf8.h"

static spoor_str anchored(spoor_str s) {
    return s.len > 0 ? s : SPOOR_STR(""); /* a pointer that may be added to */
}

static inline uint32_t next_folded(const char **at, const char *end) {
    unsigned char c = (unsigned char)**at;
    if (c < 0x80) {
        ++*at;
        return c >= 'A' && c <= 'Z' ? c + 32u : c;
    }
    return spoor_fold(spoor_utf8_next(at, end));
}

/* Where the needle ends if it stands at `at`; NULL: it does not. */
static const char *match_here(const char *at, const char *end, spoor_str needle, bool fold) {
    if (!fold) {
        bool ok = (size_t)(end - at) >= needle.len && memcmp(at, needle.ptr, needle.len) == 0;
        return ok ? at + needle.len : NULL;
    }
    const char *of_needle = needle.ptr, *needle_end = needle.ptr + needle.len;
    while (of_needle < needle_end) {
        if (at == end || next_folded(&at, end) != next_folded(&of_needle, needle_end)) {
            return NULL;
        }
    }
    return at;
}

/* The next place from `at` on where the needle (not empty) may stand, judged by its first
 * character: the byte, or the folded code point. */
static const char *find_first(const char *at, const char *end, spoor_str needle, bool fold) {
    if (!fold) {
        return at < end ? memchr(at, (unsigned char)needle.ptr[0], (size_t)(end - at)) : NULL;
    }
    const char *of_needle = needle.ptr;
    uint32_t first = next_folded(&of_needle, needle.ptr + needle.len);
    while (at < end) {
        const char *here = at;
        if (next_folded(&at, end) == first) {
            return here;
        }
    }
    return NULL;
}

/* Past the character at `at`, as find_first counts them. */
static const char *step(const char *at, const char *end, bool fold) {
    if (!fold) {
        return at + 1;
    }
    spoor_utf8_next(&at, end);
    return at;
}

size_t spoor_text_find(spoor_str text, size_t from, spoor_str needle, bool fold,
                       size_t *match_end) {
    text = anchored(text);
    needle = anchored(needle);
    const char *end = text.ptr + text.len;
    const char *at = text.ptr + from;
    while (needle.len > 0 && (at = find_first(at, end, needle, fold)) != NULL) {
        const char *stop = match_here(at, end, needle, fold);
        if (stop != NULL) {
            if (match_end != NULL) {
                *match_end = (size_t)(stop - text.ptr);
            }
            return (size_t)(at - text.ptr);
        }
        at = step(at, end, fold);
    }
    if (needle.len > 0) {
        return SIZE_MAX;
    }
    if (match_end != NULL) {
        *match_end = from;
    }
    return from;
}

bool spoor_text_equals(spoor_str text, spoor_str needle, bool fold) {
    if (!fold) {
        return spoor_str_eq(text, needle);
    }
    text = anchored(text);
    const char *end = text.ptr + text.len;
    return match_here(text.ptr, end, anchored(needle), true) == end;
}

bool spoor_text_contains(spoor_str text, spoor_str needle, bool fold) {
    return spoor_text_find(text, 0, needle, fold, NULL) != SIZE_MAX;
}

bool spoor_text_starts_with(spoor_str text, spoor_str needle, bool fold) {
    text = anchored(text);
    return match_here(text.ptr, text.ptr + text.len, anchored(needle), fold) != NULL;
}

bool spoor_text_ends_with(spoor_str text, spoor_str needle, bool fold) {
    text = anchored(text);
    needle = anchored(needle);
    if (!fold) {
        return text.len >= needle.len &&
               memcmp(text.ptr + text.len - needle.len, needle.ptr, needle.len) == 0;
    }
    const char *at = text.ptr + text.len;
    const char *of_needle = needle.ptr + needle.len;
    while (of_needle > needle.ptr) {
        if (at == text.ptr || spoor_fold(spoor_utf8_before(text.ptr, &at)) !=
                                  spoor_fold(spoor_utf8_before(needle.ptr, &of_needle))) {
            return false;
        }
    }
    return true;
}

static bool is_term_before(const char *start, const char *at) {
    return at > start && spoor_is_alnum(spoor_utf8_before(start, &at));
}

static bool is_term_after(const char *at, const char *end) {
    return at < end && spoor_is_alnum(spoor_utf8_next(&at, end));
}

/* A side counts where the needle has a term character of its own. */
bool spoor_text_has_edges(spoor_str text, size_t from, size_t to, spoor_str needle, bool left,
                          bool right) {
    const char *end = text.ptr + text.len;
    bool is_glued = (left && is_term_before(text.ptr, text.ptr + from) &&
                     is_term_after(needle.ptr, needle.ptr + needle.len)) ||
                    (right && is_term_after(text.ptr + to, end) &&
                     is_term_before(needle.ptr, needle.ptr + needle.len));
    return !is_glued;
}

static bool has_term(spoor_str text, spoor_str needle, bool fold, bool left, bool right) {
    text = anchored(text);
    needle = anchored(needle);
    const char *end = text.ptr + text.len;
    size_t from = 0, to;
    while ((from = spoor_text_find(text, from, needle, fold, &to)) != SIZE_MAX) {
        if (spoor_text_has_edges(text, from, to, needle, left, right)) {
            return true;
        }
        from = (size_t)(step(text.ptr + from, end, fold) - text.ptr);
    }
    return false;
}

bool spoor_text_has(spoor_str text, spoor_str needle, bool fold) {
    return has_term(text, needle, fold, true, true);
}

bool spoor_text_has_prefix(spoor_str text, spoor_str needle, bool fold) {
    return has_term(text, needle, fold, true, false);
}

bool spoor_text_has_suffix(spoor_str text, spoor_str needle, bool fold) {
    return has_term(text, needle, fold, false, true);
}

bool spoor_text_matches_wildcard(spoor_str text, spoor_str pattern, bool fold) {
    /* Taking each piece where it first stands leaves most of the text to the rest. */
    size_t from = 0;
    for (size_t i = 0; i < pattern.len;) {
        size_t piece_end = i;
        while (piece_end < pattern.len && pattern.ptr[piece_end] != '*') {
            piece_end++;
        }
        spoor_str piece = {pattern.ptr + i, piece_end - i};
        if (spoor_text_find(text, from, piece, fold, &from) == SIZE_MAX) {
            return false;
        }
        i = piece_end + 1;
    }
    return true;
}
