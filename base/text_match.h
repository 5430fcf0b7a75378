/* text_match.h - the scalar reference of Kusto's string predicates.
 *
 * Any faster way to the same answer (SIMD, Vectorscan) filters a superset
 * and asks these.  `fold` says case-insensitive (simple fold, all of Unicode). */
#ifndef SPOOR_BASE_TEXT_MATCH_H
#define SPOOR_BASE_TEXT_MATCH_H

#include "base/arena.h"
#include "base/str.h"

/* First place at or after `from` (<= text.len) where needle stands, or SIZE_MAX; *end, which may be
 * NULL, is where it ends there: a fold may change a length. */
size_t spoor_text_find(spoor_str text, size_t from, spoor_str needle, bool fold, size_t *end);

bool spoor_text_equals(spoor_str text, spoor_str needle, bool fold);
bool spoor_text_contains(spoor_str text, spoor_str needle, bool fold);
bool spoor_text_starts_with(spoor_str text, spoor_str needle, bool fold);
bool spoor_text_ends_with(spoor_str text, spoor_str needle, bool fold);
/* `has`: the needle between term boundaries.  A boundary counts only on a side where the needle's
 * own edge is alphanumeric; an empty needle is always there (conformance/README.md). */
bool spoor_text_has(spoor_str text, spoor_str needle, bool fold);
bool spoor_text_has_prefix(spoor_str text, spoor_str needle, bool fold);
bool spoor_text_has_suffix(spoor_str text, spoor_str needle, bool fold);
/* Of a needle that stands in the text, [from, to): does it begin and end there as a term, on the sides asked for?
 * The three above hold of a text where this does of a place in it. */
bool spoor_text_has_edges(spoor_str text, size_t from, size_t to, spoor_str needle, bool left,
                          bool right);
/* `contains` with * as "anything" (--wildcards). */
bool spoor_text_matches_wildcard(spoor_str text, spoor_str pattern, bool fold);

/* A needle prepared once (folded, its rarest bytes chosen), then asked of many texts, with AVX2
 * where the processor has it.  The answers are those of spoor_text_find and spoor_text_contains. */
typedef struct spoor_needle {
    spoor_str text;   /* borrowed: as given */
    spoor_str folded; /* what is searched: text, or a folded copy in the arena given to _prepare */
    bool fold;
    bool has_rare; /* false: no byte of it is certain, and it is searched for as the reference does
                    */
    bool is_plain; /* a match is as long as the needle, byte for byte, but for odd letters: */
    bool has_odd_k, has_odd_s; /* a k, or an s, that U+212A or U+017F in a text may stand for */
    bool use_avx2;
    size_t rare_at[2];      /* in folded: two rare bytes, in this order or the same one, ... */
    unsigned char rare[2];  /* ... what they are, in lower case, ... */
    unsigned char mask[2];  /* ... and what to set in a byte of the text before it is compared */
    size_t rare_code_point; /* code points before the first of them */
} spoor_needle;
spoor_needle spoor_needle_prepare(spoor_arena *arena, spoor_str text, bool fold);
bool spoor_needle_in(const spoor_needle *needle, spoor_str text);
/* First place in text at or after `from` (<= text.len, the start of a code point) where the needle
 * stands, or SIZE_MAX: also for searching a whole dictionary blob. */
size_t spoor_needle_find(const spoor_needle *needle, spoor_str text, size_t from);

/* Does the text have U+212A or U+017F, which fold to k and s? */
bool spoor_has_odd_letter(spoor_str text);
/* How often a byte, in lower case, stands in event logs: 0, rarely or never, up to some fifty. */
int spoor_byte_commonness(unsigned char c);

#endif
