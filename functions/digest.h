/* digest.h - a summary of many numbers that answers percentiles and can be merged: tdigest().
 *
 * Up to SPOOR_DIGEST_EXACT points it is the numbers themselves and the answer
 * exact, by nearest rank; past it neighbours are joined, the closer to the
 * middle the more of them, and it is an estimate.  Numbers are longs (also
 * times and spans, as ticks) or reals.
 *
 * As a dynamic value: ["tdigest", name of the type, [numbers], [weights]]. */
#ifndef SPOOR_FUNCTIONS_DIGEST_H
#define SPOOR_FUNCTIONS_DIGEST_H

#include "types/dynamic.h"

enum { SPOOR_DIGEST_EXACT = 4096 };

typedef struct spoor_point {
    union {
        int64_t integer;
        double real;
    };
    int64_t weight; /* greater than 0 */
} spoor_point;

typedef struct spoor_digest {
    spoor_type type; /* long, real, datetime or timespan */
    spoor_point *points;
    uint32_t count, capacity;
} spoor_digest;

void spoor_digest_add(spoor_arena *arena, spoor_digest *digest, spoor_point point);
/* False: of another type. */
bool spoor_digest_merge(spoor_arena *arena, spoor_digest *into, const spoor_digest *from);
/* Null when it is empty. */
spoor_value spoor_digest_percentile(spoor_digest *digest, double percent);
/* Weight of what is not above the value; *total is the weight of all. */
double spoor_digest_rank(const spoor_digest *digest, const spoor_value *value, double *total);

spoor_str spoor_digest_encode(spoor_arena *arena, spoor_digest *digest);
bool spoor_digest_decode(spoor_arena *arena, spoor_str value, spoor_digest *digest);

#endif
