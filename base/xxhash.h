/* xxhash.h - XXH64, the hash that Kusto's hash() shows: fixed for all time, unlike base/hash.h. */
#ifndef SPOOR_BASE_XXHASH_H
#define SPOOR_BASE_XXHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t spoor_xxh64(const void *data, size_t len, uint64_t seed);

#endif
