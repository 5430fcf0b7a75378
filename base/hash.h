/* hash.h - one 64-bit hash for tables and sets inside the process.  Not for
 * storage: the value may change between versions. */
#ifndef SPOOR_BASE_HASH_H
#define SPOOR_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t spoor_hash_mix(uint64_t a, uint64_t b) {
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t spoor_hash_u64(uint64_t value) {
    return spoor_hash_mix(value ^ 0x9E3779B97F4A7C15u, 0xD6E8FEB86659FD93u);
}

static inline uint64_t spoor_hash_combine(uint64_t seed, uint64_t hash) {
    return spoor_hash_mix(seed ^ 0xA0761D6478BD642Fu, hash ^ 0xE7037ED1A0B428DBu);
}

/* The seed is for tables of hostile text: who does not know it cannot make texts collide. */
static inline uint64_t spoor_hash_seeded(uint64_t seed, const void *data, size_t len) {
    const unsigned char *p = data;
    uint64_t hash = seed ^ 0x2D358DCCAA6C78A5u ^ len;
    while (len >= 16) {
        uint64_t a, b;
        memcpy(&a, p, 8);
        memcpy(&b, p + 8, 8);
        hash = spoor_hash_mix(a ^ hash, b ^ 0x8BB84B93962EACC9u);
        p += 16;
        len -= 16;
    }
    uint64_t a = 0, b = 0;
    if (len >= 8) {
        memcpy(&a, p, 8);
        memcpy(&b, p + len - 8, 8);
    } else if (len > 0) {
        memcpy(&a, p, len);
    }
    return spoor_hash_mix(a ^ hash ^ 0x4B33A62ED433D4A3u, b ^ 0x4D5A2DA51DE1AA47u);
}

static inline uint64_t spoor_hash_bytes(const void *data, size_t len) {
    return spoor_hash_seeded(0, data, len);
}

#endif
