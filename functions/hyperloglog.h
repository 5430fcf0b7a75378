/* hyperloglog.h - an estimate of how many distinct values there were, that can be merged: hll().
 *
 * HyperLogLog with linear counting for small numbers, over 64-bit hashes.  As
 * a dynamic value: ["hll", precision, [registers that are set]] or, when many
 * are, ["hll", precision, "a character for each register"]. */
#ifndef SPOOR_FUNCTIONS_HYPERLOGLOG_H
#define SPOOR_FUNCTIONS_HYPERLOGLOG_H

#include "types/dynamic.h"

enum { SPOOR_HLL_FEW = 128 };

typedef struct spoor_hll {
    uint8_t precision;    /* 2^precision registers; 0: not begun */
    unsigned char *ranks; /* one a register; NULL: the few that are set are in `few` */
    uint32_t *few;        /* register << 6 | rank, no register twice */
    uint32_t nfew;
} spoor_hll;

/* Of Kusto's accuracies 0 to 4; 0: there is no such accuracy. */
uint8_t spoor_hll_precision(int64_t accuracy);
void spoor_hll_add(spoor_arena *arena, spoor_hll *hll, uint64_t hash);
/* The lower precision of both counts. */
void spoor_hll_merge(spoor_arena *arena, spoor_hll *into, const spoor_hll *from);
int64_t spoor_hll_count(const spoor_hll *hll);
/* counts[k]: how many values the first k + 1 of the sets have in common. */
enum { SPOOR_HLL_SETS = 16 };
void spoor_hll_count_common(spoor_arena *arena, const spoor_hll *sets, uint32_t n, int64_t *counts);

spoor_str spoor_hll_encode(spoor_arena *arena, const spoor_hll *hll);
bool spoor_hll_decode(spoor_arena *arena, spoor_str value, spoor_hll *hll);

#endif
