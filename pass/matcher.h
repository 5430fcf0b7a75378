/* matcher.h - many literals looked for in many texts, in one go, without regard to case.
 *
 * Texts are folded a block at a time; then literals and texts are compared as
 * bytes, which is what comparing folded code points comes to.  A literal that
 * may stand anywhere is found by four (or two) of its bytes, the rarest in a
 * sample of the texts; one that is bound to an end of the text, or is all of
 * it, is looked up once a text. */
#ifndef SPOOR_PASS_MATCHER_H
#define SPOOR_PASS_MATCHER_H

#include "base/arena.h"
#include "base/str.h"

/* where in a text a literal has to stand */
typedef enum spoor_place {
    SPOOR_PLACE_ANYWHERE,
    SPOOR_PLACE_START,
    SPOOR_PLACE_END,
    SPOOR_PLACE_WHOLE,
    SPOOR_NPLACES,
} spoor_place;

typedef struct spoor_pattern {
    spoor_str folded; /* not empty, unless WHOLE; borrowed */
    spoor_place place;
} spoor_pattern;

typedef struct spoor_texts {
    const spoor_str *strings;
    uint32_t count;
    bool is_packed; /* back to back, each followed by a NUL */
} spoor_texts;

/* A pattern holds in a text; each pair once, those of one pattern by ascending entry. */
typedef struct spoor_hit {
    uint32_t pattern, entry;
} spoor_hit;

typedef struct spoor_hits {
    spoor_arena *arena;
    spoor_hit *items;
    size_t count, capacity;
} spoor_hits;

typedef struct spoor_matcher spoor_matcher;

/* `sample`: texts like those to come.  scratch: for the call. */
spoor_matcher *spoor_matcher_new(spoor_arena *arena, spoor_arena *scratch,
                                 const spoor_pattern *patterns, uint32_t count,
                                 const spoor_texts *sample);
/* false: *cancel was set.  A matcher has scratch of its own: one thread at a time. */
bool spoor_matcher_run(spoor_matcher *matcher, const spoor_texts *texts, spoor_hits *hits,
                       const volatile bool *cancel);

#endif
