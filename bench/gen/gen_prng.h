/* gen_prng.h - seeded random numbers: the same seed gives the same numbers on every machine.
 *
 * Only integers, and square roots (exact in IEEE arithmetic): no libm function
 * whose last bit differs between systems. */
#ifndef SPOOR_GEN_GEN_PRNG_H
#define SPOOR_GEN_GEN_PRNG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct gen_prng {
    uint64_t a, b;
} gen_prng;

/* Spreads the bits of x over all of the result. */
static inline uint64_t gen_mix(uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static inline void gen_seed(gen_prng *r, uint64_t seed) {
    r->a = gen_mix(seed);
    r->b = gen_mix(r->a);
}

/* xorshift128+ */
static inline uint64_t gen_next(gen_prng *r) {
    uint64_t a = r->a, b = r->b;
    r->a = b;
    a ^= a << 23;
    r->b = a ^ b ^ (a >> 17) ^ (b >> 26);
    return r->b + b;
}

/* 0 .. n-1 */
static inline uint32_t gen_below(gen_prng *r, uint32_t n) {
    return (uint32_t)(((gen_next(r) >> 32) * n) >> 32);
}

static inline bool gen_chance(gen_prng *r, uint32_t percent) {
    return gen_below(r, 100) < percent;
}

#endif
