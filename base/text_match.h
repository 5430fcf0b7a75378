/* text_match.h - the scalar reference of Kusto's string predicates.
 *
 * Any faster way to the same answer (SIMD, Vectorscan) filters a superset
 * and asks these.  `fold` says case-insensitive (simple fold, all of Unicode). */
#ifndef SPOOR_BASE_TEXT_MATCH_H
#define SPOOR_BASE_TEXT_MATCH_H

#include "base/str.h"

bool spoor_text_equals(spoor_str text, spoor_str needle, bool fold);
bool spoor_text_contains(spoor_str text, spoor_str needle, bool fold);
bool spoor_text_starts_with(spoor_str text, spoor_str needle, bool fold);
bool spoor_text_ends_with(spoor_str text, spoor_str needle, bool fold);
/* `has`: the needle between term boundaries.  A boundary counts only on a side where the needle's
 * own edge is alphanumeric; an empty needle is always there (conformance/README.md). */
bool spoor_text_has(spoor_str text, spoor_str needle, bool fold);
bool spoor_text_has_prefix(spoor_str text, spoor_str needle, bool fold);
bool spoor_text_has_suffix(spoor_str text, spoor_str needle, bool fold);
/* `contains` with * as "anything" (--wildcards). */
bool spoor_text_matches_wildcard(spoor_str text, spoor_str pattern, bool fold);

/* A needle prepared once (folded, rare byte chosen, AVX2 where the processor has it), then asked
 * of many texts; answers as spoor_text_contains. */
typedef struct spoor_needle {
    spoor_str text;     /* as given */
    spoor_str folded;   /* of text; borrowed from the arena given to _prepare */
    bool fold, is_ascii;
    unsigned char rare[2][2]; /* two rare bytes of the needle, in both cases ... */
    size_t rare_at[2];        /* ... and where they stand */
} spoor_needle;
struct spoor_arena;
spoor_needle spoor_needle_prepare(struct spoor_arena *arena, spoor_str text, bool fold);
bool spoor_needle_in(const spoor_needle *needle, spoor_str text);
/* First place in text at or after `from` where the needle may start (a superset for non-ASCII
 * text), or SIZE_MAX: for searching a whole dictionary blob. */
size_t spoor_needle_find(const spoor_needle *needle, spoor_str text, size_t from);

#endif
