/* content_hash.h - what a file is known by: 32 bytes, at the speed of memory.
 *
 * SHA-256 was a sixth of the time of an ingest.  Here each KiB is first
 * condensed 32 to 1 by NH, the universal hash of UMAC and VMAC, and SHA-256
 * takes only what that leaves and the length.  NH is as good as its key is secret: two
 * files of one's choice get the same digest with a chance of 2^-128, unless one
 * knows the key.  So the key is random, a store's own, and the digest of no
 * use outside of it.  Without a key the digest is plain SHA-256, as stores from before have it. */
#ifndef SPOOR_BASE_CONTENT_HASH_H
#define SPOOR_BASE_CONTENT_HASH_H

#include <stdbool.h>

#include "base/sha256.h"

enum {
    SPOOR_CONTENT_KEY_BYTES = 32,
    SPOOR_CONTENT_BLOCK = 1024, /* bytes that NH condenses at a time ... */
    SPOOR_CONTENT_KEY_WORDS =
        SPOOR_CONTENT_BLOCK / 8 + 2, /* ... twice, the key two words further on */
};

typedef struct spoor_content_key {
    bool is_set; /* false: plain SHA-256 */
    uint64_t words[SPOOR_CONTENT_KEY_WORDS];
    spoor_sha256 start; /* begun: to ask the processor what it can takes microseconds */
} spoor_content_key;

typedef struct spoor_content_hash {
    const spoor_content_key *key; /* borrowed */
    spoor_sha256 sha256;
    uint64_t length;
    unsigned char block[SPOOR_CONTENT_BLOCK]; /* the last length % BLOCK bytes */
} spoor_content_hash;

void spoor_content_key_expand(spoor_content_key *key,
                              const unsigned char bytes[SPOOR_CONTENT_KEY_BYTES]);

void spoor_content_hash_begin(spoor_content_hash *hash, const spoor_content_key *key);
void spoor_content_hash_add(spoor_content_hash *hash, const void *data, size_t len);
void spoor_content_hash_end(spoor_content_hash *hash, unsigned char digest[SPOOR_SHA256_BYTES]);

#endif
