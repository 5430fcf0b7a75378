/* sha256.h - SHA-256 (FIPS 180-4), in pieces; with the processor's own instructions where it has them. */
#ifndef SPOOR_BASE_SHA256_H
#define SPOOR_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SPOOR_SHA256_BYTES = 32 };

typedef struct spoor_sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    unsigned char block[64];
    int is_native; /* the processor has the instructions */
} spoor_sha256;

void spoor_sha256_begin(spoor_sha256 *hash);
void spoor_sha256_add(spoor_sha256 *hash, const void *data, size_t len);
void spoor_sha256_end(spoor_sha256 *hash, unsigned char digest[SPOOR_SHA256_BYTES]);

#endif
