/* gen_pool.h - a pool of texts drawn by Zipf's law: few are common, most are rare. */
#ifndef SPOOR_GEN_GEN_POOL_H
#define SPOOR_GEN_GEN_POOL_H

#include "base/str.h"
#include "bench/gen/gen_prng.h"

enum { GEN_POOL_BUCKETS = 4096 };

typedef struct gen_pool {
    spoor_str *texts;
    uint32_t count;
    uint32_t
        bucket[GEN_POOL_BUCKETS]; /* a uniform number to a range of ranks: drawing is two reads */
} gen_pool;

/* quarters: the exponent in quarters (4: the classic 1/rank).  make() writes the i-th text. */
void gen_pool_init(gen_pool *pool, uint32_t count, uint32_t quarters, uint64_t seed,
                   size_t (*make)(char *out, uint32_t i, gen_prng *random));
void gen_pool_free(gen_pool *pool);

static inline uint32_t gen_pool_rank(const gen_pool *pool, gen_prng *random) {
    uint32_t b = gen_below(random, GEN_POOL_BUCKETS);
    uint32_t low = pool->bucket[b],
             high = b + 1 < GEN_POOL_BUCKETS ? pool->bucket[b + 1] : pool->count - 1;
    return high > low ? low + gen_below(random, high - low + 1) : low;
}

static inline spoor_str gen_pool_draw(const gen_pool *pool, gen_prng *random) {
    return pool->texts[gen_pool_rank(pool, random)];
}

#endif
