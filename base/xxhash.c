/* xxhash.c - XXH64, as its specification words it. */
#include "base/xxhash.h"

#define PRIME_1 UINT64_C(0x9E3779B185EBCA87)
#define PRIME_2 UINT64_C(0xC2B2AE3D27D4EB4F)
#define PRIME_3 UINT64_C(0x165667B19E3779F9)
#define PRIME_4 UINT64_C(0x85EBCA77C2B2AE63)
#define PRIME_5 UINT64_C(0x27D4EB2F165667C5)

static uint64_t rotate(uint64_t value, unsigned bits) {
    return value << bits | value >> (64 - bits);
}

static uint64_t read_little(const unsigned char *p, size_t bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) {
        value |= (uint64_t)p[i] << (8 * i);
    }
    return value;
}

static uint64_t take_lane(uint64_t lane, uint64_t input) {
    return rotate(lane + input * PRIME_2, 31) * PRIME_1;
}

/* Stripes of four lanes, 32 bytes each; *p moves past them. */
static uint64_t take_stripes(const unsigned char **p, const unsigned char *end, uint64_t seed) {
    uint64_t lanes[4] = {seed + PRIME_1 + PRIME_2, seed + PRIME_2, seed, seed - PRIME_1};
    for (; end - *p >= 32; *p += 32) {
        for (size_t i = 0; i < 4; i++) {
            lanes[i] = take_lane(lanes[i], read_little(*p + 8 * i, 8));
        }
    }
    uint64_t hash =
        rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18);
    for (size_t i = 0; i < 4; i++) {
        hash = (hash ^ take_lane(0, lanes[i])) * PRIME_1 + PRIME_4;
    }
    return hash;
}

uint64_t spoor_xxh64(const void *data, size_t len, uint64_t seed) {
    static const unsigned char none[1];
    const unsigned char *p = len > 0 ? data : none, *end = p + len;
    uint64_t hash = len >= 32 ? take_stripes(&p, end, seed) : seed + PRIME_5;
    hash += len;
    for (; end - p >= 8; p += 8) {
        hash = rotate(hash ^ take_lane(0, read_little(p, 8)), 27) * PRIME_1 + PRIME_4;
    }
    for (; end - p >= 4; p += 4) {
        hash = rotate(hash ^ (read_little(p, 4) * PRIME_1), 23) * PRIME_2 + PRIME_3;
    }
    for (; p < end; p++) {
        hash = rotate(hash ^ (*p * PRIME_5), 11) * PRIME_1;
    }
    hash = (hash ^ hash >> 33) * PRIME_2;
    hash = (hash ^ hash >> 29) * PRIME_3;
    return hash ^ hash >> 32;
}
