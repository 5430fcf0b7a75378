/* pack.h - integers and codes as few bits: blocks of 128 with a width each.
 *
 * Every encoder here is exact for any input; every decoder takes hostile
 * bytes, writes just the n slots it was given, and says false. */
#ifndef SPOOR_STORE_PACK_H
#define SPOOR_STORE_PACK_H

#include "store/bytes.h"

typedef struct spoor_packer spoor_packer; /* zstd contexts and scratch of one thread */
spoor_packer *spoor_packer_new(void);     /* NULL: out of memory */
void spoor_packer_free(spoor_packer *packer);
void spoor_packer_trim(spoor_packer *packer); /* lets go of scratch that a large chunk needed */

/* Any int64 values: plain or delta, in units of their common divisor, whichever is smaller. */
void spoor_ints_encode(spoor_bytes *out, const int64_t *values, uint32_t n);
bool spoor_ints_decode(spoor_bytes_in *in, int64_t *values, uint32_t n);

/* Codes below ncodes: bit-packed, or whole bytes under zstd where that saves 10 %. */
void spoor_codes_encode(spoor_packer *packer, spoor_bytes *out, const uint32_t *codes, uint32_t n,
                        uint32_t ncodes);
/* The codes one piece after the other: they are in the input, or in the packer's scratch. */
typedef struct spoor_code_reader {
    const unsigned char *at;
    size_t len; /* from `at` on */
    unsigned width;
    uint32_t left, ncodes;
} spoor_code_reader;
/* `n` codes from the input, which is then behind them. */
bool spoor_codes_open(spoor_packer *packer, spoor_bytes_in *in, uint32_t n, uint32_t ncodes,
                      spoor_code_reader *reader);
/* The next `count`: a multiple of eight, or all that are left.  false: one of them is not below ncodes. */
bool spoor_codes_next(spoor_code_reader *reader, uint32_t *codes, uint32_t count);
/* All at once. */
bool spoor_codes_decode(spoor_packer *packer, spoor_bytes_in *in, uint32_t *codes, uint32_t n,
                        uint32_t ncodes);

/* A block of bytes, under zstd where that saves 10 %. */
void spoor_block_encode(spoor_packer *packer, spoor_bytes *out, const void *data, size_t len);
/* The bytes: within the input, or in the packer's scratch (until the next call); NULL: damaged, or
 * more than `limit`. */
const unsigned char *spoor_block_decode(spoor_packer *packer, spoor_bytes_in *in, size_t limit,
                                        size_t *len);

#endif
