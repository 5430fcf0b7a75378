/* content_hash.c - NH over 64-bit words, and SHA-256 over its sums (see the header). */
#include "base/content_hash.h"

#include <string.h>

__extension__ typedef unsigned __int128 wide;

/* Word i and what follows: SHA-256 of the key and a counter. */
void spoor_content_key_expand(spoor_content_key *key,
                              const unsigned char bytes[SPOOR_CONTENT_KEY_BYTES]) {
    unsigned char digest[SPOOR_SHA256_BYTES];
    for (size_t i = 0; i < SPOOR_CONTENT_KEY_WORDS; i++) {
        if (i % 4 == 0) {
            unsigned char counter[2] = {(unsigned char)i, (unsigned char)(i >> 8)};
            spoor_sha256 hash;
            spoor_sha256_begin(&hash);
            spoor_sha256_add(&hash, bytes, SPOOR_CONTENT_KEY_BYTES);
            spoor_sha256_add(&hash, counter, sizeof counter);
            spoor_sha256_end(&hash, digest);
        }
        memcpy(&key->words[i], digest + i % 4 * 8, 8);
    }
    spoor_sha256_begin(&key->start);
    key->is_set = true;
}

/* The sum of (m[i] + k[i]) * (m[i+1] + k[i+1]), for two keys that are one, shifted: two words of the key
 * further on is far enough for the chances to multiply (UMAC's Toeplitz construction). */
static void condense(const uint64_t *key, const unsigned char *block, uint64_t sums[4]) {
    wide first = 0, second = 0;
    for (size_t i = 0; i < SPOOR_CONTENT_BLOCK / 8; i += 2) {
        uint64_t a, b;
        memcpy(&a, block + 8 * i, 8);
        memcpy(&b, block + 8 * i + 8, 8);
        first += (wide)(a + key[i]) * (b + key[i + 1]);
        second += (wide)(a + key[i + 2]) * (b + key[i + 3]);
    }
    sums[0] = (uint64_t)first;
    sums[1] = (uint64_t)(first >> 64);
    sums[2] = (uint64_t)second;
    sums[3] = (uint64_t)(second >> 64);
}

static void add_block(spoor_content_hash *hash, const unsigned char *block) {
    uint64_t sums[4];
    condense(hash->key->words, block, sums);
    spoor_sha256_add(&hash->sha256, sums, sizeof sums);
}

void spoor_content_hash_begin(spoor_content_hash *hash, const spoor_content_key *key) {
    hash->key = key;
    hash->length = 0;
    if (key->is_set) {
        hash->sha256 = key->start;
    } else {
        spoor_sha256_begin(&hash->sha256);
    }
}

void spoor_content_hash_add(spoor_content_hash *hash, const void *data, size_t len) {
    if (!hash->key->is_set) {
        spoor_sha256_add(&hash->sha256, data, len);
        return;
    }
    const unsigned char *at = data;
    size_t held = hash->length % SPOOR_CONTENT_BLOCK;
    hash->length += len;
    if (held > 0) {
        size_t room = SPOOR_CONTENT_BLOCK - held, take = room < len ? room : len;
        memcpy(hash->block + held, at, take);
        at += take;
        len -= take;
        if (take == room) {
            add_block(hash, hash->block);
        }
    }
    for (; len >= SPOOR_CONTENT_BLOCK; len -= SPOOR_CONTENT_BLOCK, at += SPOOR_CONTENT_BLOCK) {
        add_block(hash, at);
    }
    if (len > 0) {
        memcpy(hash->block, at, len);
    }
}

void spoor_content_hash_end(spoor_content_hash *hash, unsigned char digest[SPOOR_SHA256_BYTES]) {
    size_t held = hash->length % SPOOR_CONTENT_BLOCK;
    if (hash->key->is_set) {
        memset(hash->block + held, 0,
               SPOOR_CONTENT_BLOCK - held); /* the length tells it from zeros */
        add_block(hash, hash->block);
        spoor_sha256_add(&hash->sha256, &hash->length, sizeof hash->length);
    }
    spoor_sha256_end(&hash->sha256, digest);
}
