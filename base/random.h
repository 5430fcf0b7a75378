/* random.h - bytes that nobody can foretell, from the system. */
#ifndef SPOOR_BASE_RANDOM_H
#define SPOOR_BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

bool spoor_random_bytes(void *bytes, size_t len); /* len <= 256; false: the system has none */

#endif
