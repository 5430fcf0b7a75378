/* grams.h - four bytes that literals have, and where in a text some of them may stand: a bit for each hash of four bytes. */
#ifndef SPOOR_PASS_GRAMS_H
#define SPOOR_PASS_GRAMS_H

#include "base/arena.h"

enum {
    SPOOR_GRAM_BITS = 16, /* of a hash: the table fits the first cache beside the text */
    SPOOR_GRAM_PLACES = 32,
    SPOOR_GRAM_SPARE = 16, /* bytes behind the last place that are read */
};

typedef struct spoor_grams {
    uint32_t bits[1 << (SPOOR_GRAM_BITS - 5)];
    bool use_avx2;
} spoor_grams;

spoor_grams *spoor_grams_new(spoor_arena *arena);
void spoor_grams_add(spoor_grams *grams, uint32_t gram);
/* A bit for each of the places [text, text + 32) where one may begin. */
uint32_t spoor_grams_find(const spoor_grams *grams, const unsigned char *text);

#endif
