/* charset.h - sets of code points, as sorted ranges.
 *
 * Invariant once normal: ranges ascend, do not overlap and do not touch.
 * All of 0 .. U+10FFFF may be in a set, surrogates too (text is WTF-8). */
#ifndef SPOOR_REGEX_CHARSET_H
#define SPOOR_REGEX_CHARSET_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { SPOOR_LAST_CODE_POINT = 0x10FFFF };

typedef struct spoor_char_range {
    uint32_t first, last;
} spoor_char_range;

typedef struct spoor_charset {
    uint32_t count, capacity;
    spoor_char_range *ranges; /* in the arena of the last _add */
} spoor_charset;

/* Add a range; the set is not normal until _normalize.  All others want and give normal sets. */
void spoor_charset_add(spoor_arena *arena, spoor_charset *set, uint32_t first, uint32_t last);
void spoor_charset_normalize(spoor_charset *set);

void spoor_charset_negate(spoor_arena *arena, spoor_charset *set);
void spoor_charset_union(spoor_arena *arena, spoor_charset *set, const spoor_charset *other);
void spoor_charset_intersect(spoor_arena *arena, spoor_charset *set, const spoor_charset *other);
void spoor_charset_subtract(spoor_arena *arena, spoor_charset *set, const spoor_charset *other);
void spoor_charset_symmetric(spoor_arena *arena, spoor_charset *set, const spoor_charset *other);
bool spoor_charset_has(const spoor_charset *set, uint32_t code_point);
static inline bool spoor_charset_beyond_ascii(const spoor_charset *set) {
    return set->count > 0 && set->ranges[set->count - 1].last >= 0x80;
}
bool spoor_charset_equal(const spoor_charset *a, const spoor_charset *b);
/* What folds to another: read once, kept by who folds many sets.  Start with {0}. */
typedef struct spoor_folds {
    bool is_read;
    spoor_charset pairs; /* here `first` folds to `last` */
} spoor_folds;
/* Add all that folds to the same as a member.  ascii_only: letters A to Z alone. */
void spoor_charset_fold(spoor_arena *arena, spoor_charset *set, bool ascii_only,
                        spoor_folds *folds);

/* \d, \s, \w by their letter; unicode or ASCII. */
spoor_charset spoor_charset_perl(spoor_arena *arena, char letter, bool unicode);
/* [:name:]; false: no such class. */
bool spoor_charset_posix(spoor_arena *arena, spoor_str name, spoor_charset *set);
/* \p{name}: a general category, a script or a property, also as gc=... and sc=...; false: unknown.
 */
bool spoor_charset_property(spoor_arena *arena, spoor_str name, spoor_charset *set);

#endif
