/* test_pack.c - integers and codes come back from their packed form, whatever they are. */
#include <stdlib.h>
#include <string.h>

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

/* Do codes below ncodes come back, and is the greatest refused where it is none?  is_even: zstd makes them small. */
static bool codes_come_back(spoor_packer *packer, uint64_t *seed, uint32_t n, uint32_t ncodes,
                            bool is_even) {
    uint32_t codes[MOST], back[MOST];
    spoor_bytes out = {0};
    for (uint32_t i = 0; i < n; i++) {
        codes[i] = is_even ? i / 64 % ncodes : (uint32_t)(next(seed) % ncodes);
    }
    codes[n / 2] = ncodes - 1;
    spoor_codes_encode(packer, &out, codes, n, ncodes);
    spoor_bytes_in in = spoor_bytes_read(out.ptr, out.len);
    bool same = !out.failed && spoor_codes_decode(packer, &in, back, n, ncodes) &&
                in.at == in.end && memcmp(codes, back, n * sizeof *codes) == 0;
    bool has_same_width =
        ncodes > 2 && ((ncodes - 1) & (ncodes - 2)) != 0; /* with one code fewer */
    in = spoor_bytes_read(out.ptr, out.len);
    bool is_refused = !has_same_width || !spoor_codes_decode(packer, &in, back, n, ncodes - 1);
    spoor_bytes_free(&out);
    return same && is_refused;
}

static void test_codes(void) {
    uint64_t seed = 7;
    spoor_packer *packer = spoor_packer_new();
    for (int bits = 0; packer != NULL && bits < 32; bits++) {
        for (uint32_t n = 1; n < MOST; n = n * 2 + 1) {
            for (int even = 0; even < 2; even++) {
                CHECK(codes_come_back(packer, &seed, n, (uint32_t)1 << bits, even != 0));
                CHECK(codes_come_back(packer, &seed, n, ((uint32_t)1 << bits) + 1, even != 0));
                CHECK(codes_come_back(packer, &seed, n,
                                      ((uint32_t)1 << bits | (uint32_t)1 << bits / 2) + 5,
                                      even != 0));
            }
        }
    }
    spoor_packer_free(packer);
}

void test_pack(void);
void test_pack(void) {
    test_codes();
    static const uint64_t units[] = {1,
                                     2,
                                     3,
                                     7,
                                     10000,
                                     1 << 20,
                                     UINT64_C(10000000) * 3600,
                                     UINT64_C(1) << 63,
                                     UINT64_C(6148914691236517205)};
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
