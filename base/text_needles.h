/* text_needles.h - several needles looked for in one pass over a text, with AVX2 (text_needles.c). */
#ifndef SPOOR_BASE_TEXT_NEEDLES_H
#define SPOOR_BASE_TEXT_NEEDLES_H

#include "base/text_match.h"

enum {
    SPOOR_NEEDLES_MOST = 28,  /* in one pass: more would stop it too often */
    SPOOR_NEEDLES_WINDOW = 4, /* at most */
    SPOOR_NEEDLES_BUCKETS = 8,
};

typedef struct spoor_needles {
    const spoor_needle *list; /* borrowed */
    uint32_t count;
    uint32_t window;                           /* bytes of each that are looked for */
    uint32_t at[SPOOR_NEEDLES_MOST];           /* by needle: where in it its window begins */
    uint32_t of_bucket[SPOOR_NEEDLES_BUCKETS]; /* a bit a needle */
    /* By needle, of its first eight bytes, or all: a word of the text begins so if (word | cases) & mask is `word` */
    struct spoor_needle_start {
        uint64_t word, cases, mask;
    } starts[SPOOR_NEEDLES_MOST];
    /* By place in the window and half of a byte: buckets, a bit each, that such a byte may be of */
    uint8_t low[SPOOR_NEEDLES_WINDOW][16], high[SPOOR_NEEDLES_WINDOW][16];
} spoor_needles;

/* false: these are to be looked for one by one. */
bool spoor_needles_prepare(const spoor_needle *list, uint32_t count, spoor_needles *needles);

/* Called for each place where a needle stands byte for byte, case folded where it folds; `window` is
 * within it, and rises from call to call.  Returns where to go on: 0, or a later place. */
typedef size_t spoor_needle_found(void *context, uint32_t needle, size_t at, size_t window);
/* Letters beyond ASCII that fold into it are not seen: see spoor_has_odd_letter(). */
void spoor_needles_scan(const spoor_needles *needles, spoor_str text, spoor_needle_found *found,
                        void *context);

#endif
