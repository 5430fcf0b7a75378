/* unpack.h - numbers of so many bits each, back to back, least significant bit first (pack.h). */
#ifndef SPOOR_STORE_UNPACK_H
#define SPOOR_STORE_UNPACK_H

#include <stddef.h>
#include <stdint.h>

/* `n` numbers of `width` bits, at most 32, out of the `len` bytes that hold them.  Returns the greatest; 0: there
 * is none. */
uint32_t spoor_unpack_u32(const unsigned char *in, size_t len, uint32_t *values, uint32_t n,
                          unsigned width);
/* The same of at most 64 bits. */
void spoor_unpack_u64(const unsigned char *in, size_t len, uint64_t *values, uint32_t n,
                      unsigned width);

#endif
