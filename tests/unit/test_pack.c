/* test_pack.c - integers come back from their packed form, whatever they are. */
#include <stdlib.h>

#include "store/pack.h"
#include "tests/unit/unit.h"

enum { MOST = 1000 };

static uint64_t next(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed ^ *seed >> 29;
}

/* Packed bytes; 0: they did not come back. */
static size_t packed_size(const int64_t *values, uint32_t n) {
    int64_t back[MOST];
    spoor_bytes out = {0};
    spoor_ints_encode(&out, values, n);
    spoor_bytes_in in = spoor_bytes_read(out.ptr, out.len);
    bool same = !out.failed && spoor_ints_decode(&in, back, n) && in.at == in.end;
    for (uint32_t i = 0; i < n; i++) {
        same = same && back[i] == values[i];
    }
    size_t size = out.len;
    spoor_bytes_free(&out);
    return same ? size : 0;
}

void test_pack(void);
void test_pack(void) {
    static const uint64_t units[] = {1, 2, 3, 7, 10000, 1 << 20, UINT64_C(10000000) * 3600,
                                     UINT64_C(1) << 63, UINT64_C(6148914691236517205)};
    int64_t values[MOST];
    uint64_t seed = 1;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        for (int bits = 1; bits <= 64; bits += 3) {
            for (uint32_t n = 1; n < MOST; n = n * 3 + 1) {
                for (uint32_t i = 0; i < n; i++) {
                    values[i] = (int64_t)((next(&seed) >> (64 - bits)) * units[u] + 12345);
                }
                CHECK(packed_size(values, n) > 0);
            }
        }
    }
    int64_t ends[] = {INT64_MIN, INT64_MAX, 0, -1, 1, INT64_MIN};
    CHECK(packed_size(ends, 6) > 0);
    CHECK(packed_size(ends, 0) > 0);
    /* A clock that ticks evenly, in units, takes next to nothing. */
    for (uint32_t i = 0; i < MOST; i++) {
        values[i] = INT64_C(638450000000000000) + (int64_t)i * 10000000;
    }
    CHECK(packed_size(values, MOST) < 100);
}
