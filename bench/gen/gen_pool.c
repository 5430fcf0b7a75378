/* gen_pool.c - fills a pool and lays its ranks out by weight. */
#include "bench/gen/gen_pool.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 4096 };

static void *get(size_t size) {
    void *memory = malloc(size);
    if (memory == NULL) {
        perror("generate");
        exit(1);
    }
    return memory;
}

/* rank^(-quarters/4), as an integer: multiplication, division and sqrt are exact everywhere. */
static uint64_t weight(uint32_t rank, uint32_t quarters) {
    double fourth = sqrt(sqrt((double)rank)), power = 1;
    for (uint32_t i = 0; i < quarters; i++) {
        power *= fourth;
    }
    return (uint64_t)(4294967296.0 / power) + 1;
}

void gen_pool_init(gen_pool *pool, uint32_t count, uint32_t quarters, uint64_t seed,
                   size_t (*make)(char *out, uint32_t i, gen_prng *random)) {
    *pool = (gen_pool){.texts = get(count * sizeof(spoor_str)), .count = count};
    gen_prng random;
    gen_seed(&random, seed);
    uint64_t total = 0;
    for (uint32_t i = 0; i < count; i++) {
        char text[TEXT_MAX];
        size_t len = make(text, i, &random);
        char *copy = get(len + 1);
        memcpy(copy, text, len);
        copy[len] = '\0';
        pool->texts[i] = (spoor_str){copy, len};
        total += weight(i + 1, quarters);
    }
    uint64_t sum = 0;
    uint32_t rank = 0;
    for (uint32_t b = 0; b < GEN_POOL_BUCKETS; b++) {
        uint64_t limit = total / GEN_POOL_BUCKETS * b;
        while (rank + 1 < count && sum + weight(rank + 1, quarters) <= limit) {
            sum += weight(++rank, quarters);
        }
        pool->bucket[b] = rank;
    }
}

void gen_pool_free(gen_pool *pool) {
    for (uint32_t i = 0; i < pool->count; i++) {
        free((char *)(uintptr_t)pool->texts[i].ptr);
    }
    free(pool->texts);
}
