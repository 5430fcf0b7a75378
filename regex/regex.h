/* regex.h - regular expressions in the dialect of Kusto, in linear time on any text.
 *
 * The syntax is that of Kusto's regex page (which is that of Rust's regex
 * crate): Unicode classes and word boundaries, class set operations, flags,
 * leftmost-first choice.  What cannot be done in linear time (look-around,
 * back-references) is refused with its place.
 *
 * A spoor_regex never changes and may be shared between threads.  Scratch and
 * caches are in a spoor_regex_matcher, of which each thread needs its own.
 * Both live in the arena they were made in.  One search takes time
 * proportional to the text times the size of the program, and a matcher takes
 * memory up to its limit, whatever the text.  (All matches of a text together
 * may take quadratic time, as when each search must read to the end.)
 *
 * Text is matched by code points of WTF-8; a byte that is no part of one
 * matches nothing. */
#ifndef SPOOR_REGEX_REGEX_H
#define SPOOR_REGEX_REGEX_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

typedef struct spoor_regex spoor_regex;
typedef struct spoor_regex_matcher spoor_regex_matcher;

/* what the pattern starts with, as (?ims) would */
typedef enum spoor_regex_flag {
    SPOOR_REGEX_IGNORE_CASE = 1,
    SPOOR_REGEX_MULTI_LINE = 2,
    SPOOR_REGEX_DOT_ALL = 4,
} spoor_regex_flag;

typedef struct spoor_regex_error {
    const char *message; /* one line, in the arena of the call */
    size_t at;           /* bytes into the pattern */
} spoor_regex_error;

/* Where a group matched; start SIZE_MAX: it took no part. */
typedef struct spoor_regex_span {
    size_t start, end;
} spoor_regex_span;

enum { SPOOR_REGEX_CACHE_BYTES = 2 << 20 }; /* of each direction, for a pattern that is kept */

/* NULL: refused, see *error.  The pattern's bytes are not kept. */
const spoor_regex *spoor_regex_compile(spoor_arena *arena, spoor_str pattern, unsigned flags,
                                       spoor_regex_error *error);
uint32_t spoor_regex_groups(const spoor_regex *regex); /* without the whole match, group 0 */
/* Name of group 1 .. spoor_regex_groups(); empty: it has none. */
spoor_str spoor_regex_group_name(const spoor_regex *regex, uint32_t group);
/* The group of that name; 0: there is none. */
uint32_t spoor_regex_group_named(const spoor_regex *regex, spoor_str name);

/* cache_bytes: what each of the two lazily built automata may take, roughly. */
spoor_regex_matcher *spoor_regex_matcher_new(spoor_arena *arena, const spoor_regex *regex,
                                             size_t cache_bytes);
bool spoor_regex_is_match(spoor_regex_matcher *matcher, spoor_str text);
/* The leftmost match that starts at or after `from` (<= text.len, between code points); what stands
 * before `from` still counts for ^ and \b.  Fills spans[0 .. nspans), group 0 first. */
bool spoor_regex_find(spoor_regex_matcher *matcher, spoor_str text, size_t from,
                      spoor_regex_span *spans, uint32_t nspans);

/* All matches from left to right, none overlapping: one that is empty and stands where the last one
 * ended is passed over. */
typedef struct spoor_regex_scan {
    spoor_regex_matcher *matcher;
    spoor_str text;
    size_t at;       /* where the next search starts; SIZE_MAX: nothing is left */
    size_t last_end; /* of the match before; SIZE_MAX: none */
} spoor_regex_scan;
spoor_regex_scan spoor_regex_scan_start(spoor_regex_matcher *matcher, spoor_str text);
bool spoor_regex_scan_next(spoor_regex_scan *scan, spoor_regex_span *spans, uint32_t nspans);

#endif
