/* shorts.h - literals of two or three bytes, looked for in a text all at once, with AVX2.
 *
 * Such literals are often nearly everywhere: a search that stops wherever one may begin would stop at most places.
 * Here 128 places of the text are compared with each literal in turn, and nothing but whether it stands there is asked. */
#ifndef SPOOR_PASS_SHORTS_H
#define SPOOR_PASS_SHORTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
    SPOOR_SHORTS_MOST = 32,   /* of two bytes, and as many of three: with more a table is faster */
    SPOOR_SHORTS_SPARE = 160, /* bytes behind a text that may be read */
};

typedef struct spoor_shorts {
    uint32_t count[2]; /* of two, of three bytes */
    unsigned char bytes[2][SPOOR_SHORTS_MOST][3];
} spoor_shorts;

/* The number of the literal; -1: it cannot be taken (its length, a NUL in it, too many, no AVX2). */
int spoor_shorts_add(spoor_shorts *shorts, spoor_str literal);
/* A bit for each number whose literal is in the text. */
uint64_t spoor_shorts_find(const spoor_shorts *shorts, const unsigned char *text, size_t len);

#endif
