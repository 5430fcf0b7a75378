/* crc32.h - the CRC-32 of zip, zlib and EVTX, fast on processors that multiply without carry. */
#ifndef SPOOR_BASE_CRC32_H
#define SPOOR_BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Of the bytes after others whose sum is `before` (0: none). */
uint32_t spoor_crc32(uint32_t before, const void *bytes, size_t size);

#endif
