/* random.c - random bytes from the system; see random.h. */
#include "base/random.h"

#include <unistd.h>

bool spoor_random_bytes(void *bytes, size_t len) {
    return getentropy(bytes, len) == 0;
}
