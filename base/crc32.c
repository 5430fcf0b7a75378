/* crc32.c - zlib's sum, and a way ten times as fast to the same number.
 *
 * Carry-less multiplication folds 64 bytes at a time into 128 bits that have
 * the same remainder ("Fast CRC Computation for Generic Polynomials Using
 * PCLMULQDQ", Intel 2009; the constants are those of the paper for the
 * reflected polynomial).  Verifying a log would otherwise cost as much as a
 * quarter of reading it. */
#include "base/crc32.h"

#include <stdbool.h>
#include <zlib.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

enum { SMALLEST_FOLD = 64 };

#define FOLDING __attribute__((target("pclmul,sse4.1")))

FOLDING static __m128i fold(__m128i sum, __m128i by, __m128i next) {
    __m128i low = _mm_clmulepi64_si128(sum, by, 0x00);
    __m128i high = _mm_clmulepi64_si128(sum, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

FOLDING static __m128i load(const unsigned char *bytes) {
    return _mm_loadu_si128((const void *)bytes);
}

/* size is a multiple of 16 and at least SMALLEST_FOLD; sums here are not inverted. */
FOLDING static uint32_t fold_crc(uint32_t before, const unsigned char *bytes, size_t size) {
    const __m128i by_64 = _mm_set_epi64x(0x01C6E41596, 0x0154442BD4);
    const __m128i by_16 = _mm_set_epi64x(0x00CCAA009E, 0x01751997D0);
    const __m128i by_8 = _mm_set_epi64x(0, 0x0163CD6124);
    const __m128i barrett = _mm_set_epi64x(0x01F7011641, 0x01DB710641);
    const __m128i low_halves = _mm_setr_epi32(-1, 0, -1, 0);
    __m128i a = _mm_xor_si128(load(bytes), _mm_cvtsi32_si128((int)before));
    __m128i b = load(bytes + 16), c = load(bytes + 32), d = load(bytes + 48);
    for (bytes += 64, size -= 64; size >= 64; bytes += 64, size -= 64) {
        a = fold(a, by_64, load(bytes));
        b = fold(b, by_64, load(bytes + 16));
        c = fold(c, by_64, load(bytes + 32));
        d = fold(d, by_64, load(bytes + 48));
    }
    a = fold(fold(fold(a, by_16, b), by_16, c), by_16, d);
    for (; size > 0; bytes += 16, size -= 16) {
        a = fold(a, by_16, load(bytes));
    }
    /* 128 bits to 64, to 32. */
    a = _mm_xor_si128(_mm_srli_si128(a, 8), _mm_clmulepi64_si128(a, by_16, 0x10));
    __m128i high = _mm_srli_si128(a, 4);
    a = _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(a, low_halves), by_8, 0x00), high);
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(a, low_halves), barrett, 0x10);
    quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_halves), barrett, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(a, quotient), 1);
}

static size_t fold_size(size_t size) {
    bool can_fold = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
    return can_fold && size >= SMALLEST_FOLD ? size / 16 * 16 : 0;
}
#else
static size_t fold_size(size_t size) {
    (void)size;
    return 0;
}

static uint32_t fold_crc(uint32_t before, const unsigned char *bytes, size_t size) {
    (void)bytes;
    (void)size;
    return before;
}
#endif

uint32_t spoor_crc32(uint32_t before, const void *bytes, size_t size) {
    const unsigned char *at = bytes;
    size_t folded = fold_size(size);
    if (folded > 0) {
        before = ~fold_crc(~before, at, folded);
    }
    return (uint32_t)crc32_z(before, at + folded, size - folded);
}
