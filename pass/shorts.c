/* shorts.c - see shorts.h. */
#include "pass/shorts.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2 1
#else
#define HAVE_AVX2 0
#endif

enum { VECTORS = 4, BYTES = 32 };

int spoor_shorts_add(spoor_shorts *shorts, spoor_str literal) {
#if HAVE_AVX2
    bool has_width = literal.len == 2 || literal.len == 3;
    if (has_width && memchr(literal.ptr, '\0', literal.len) == NULL &&
        __builtin_cpu_supports("avx2")) {
        uint32_t three = literal.len == 3, number = shorts->count[three];
        if (number < SPOOR_SHORTS_MOST) {
            memcpy(shorts->bytes[three][number], literal.ptr, literal.len);
            shorts->count[three]++;
            return (int)(three * SPOOR_SHORTS_MOST + number);
        }
    }
#else
    (void)shorts;
    (void)literal;
#endif
    return -1;
}

#if HAVE_AVX2
#define INLINE __attribute__((target("avx2"), always_inline)) static inline

/* The bytes from `text` on, those past `left` of them as NUL, which no literal has. */
INLINE __m256i load(const unsigned char *text, ptrdiff_t left) {
    const __m256i places =
        _mm256_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
                         21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)text);
    if (left >= BYTES) {
        return bytes;
    }
    __m256i is_text = _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(left > 0 ? left : 0)), places);
    return _mm256_and_si256(bytes, is_text);
}

/* n vectors of places, with n and three known where it is inlined. */
INLINE uint64_t find_in(const spoor_shorts *shorts, const unsigned char *text, ptrdiff_t left,
                        int n, int three) {
    __m256i parts[3][VECTORS];
#pragma GCC unroll 4
    for (int v = 0; v < n; v++) {
        for (int k = 0; k < 2 + three; k++) {
            parts[k][v] = load(text + v * BYTES + k, left - v * BYTES - k);
        }
    }
    uint64_t found = 0;
    for (uint32_t i = 0; i < shorts->count[three]; i++) {
        const unsigned char *bytes = shorts->bytes[three][i];
        __m256i first = _mm256_set1_epi8((char)bytes[0]), second = _mm256_set1_epi8((char)bytes[1]);
        __m256i any = _mm256_setzero_si256();
#pragma GCC unroll 4
        for (int v = 0; v < n; v++) {
            __m256i here = _mm256_and_si256(_mm256_cmpeq_epi8(parts[0][v], first),
                                            _mm256_cmpeq_epi8(parts[1][v], second));
            if (three) {
                here = _mm256_and_si256(
                    here, _mm256_cmpeq_epi8(parts[2][v], _mm256_set1_epi8((char)bytes[2])));
            }
            any = _mm256_or_si256(any, here);
        }
        found |= (uint64_t)(_mm256_movemask_epi8(any) != 0) << i;
    }
    return found;
}

__attribute__((target("avx2"))) static uint64_t
find_width(const spoor_shorts *shorts, const unsigned char *text, size_t len, int three) {
    uint64_t found = 0;
    for (size_t at = 0; at < len; at += VECTORS * BYTES) {
        ptrdiff_t left = (ptrdiff_t)(len - at);
        const unsigned char *here = text + at;
        switch (left > 3 * BYTES ? 4 : left > 2 * BYTES ? 3 : left > BYTES ? 2 : 1) {
        case 1:
            found |= three ? find_in(shorts, here, left, 1, 1) : find_in(shorts, here, left, 1, 0);
            break;
        case 2:
            found |= three ? find_in(shorts, here, left, 2, 1) : find_in(shorts, here, left, 2, 0);
            break;
        case 3:
            found |= three ? find_in(shorts, here, left, 3, 1) : find_in(shorts, here, left, 3, 0);
            break;
        default:
            found |= three ? find_in(shorts, here, left, 4, 1) : find_in(shorts, here, left, 4, 0);
            break;
        }
    }
    return found;
}
#endif

uint64_t spoor_shorts_find(const spoor_shorts *shorts, const unsigned char *text, size_t len) {
    uint64_t found = 0;
#if HAVE_AVX2
    found = shorts->count[0] > 0 ? find_width(shorts, text, len, 0) : 0;
    found |= shorts->count[1] > 0 ? find_width(shorts, text, len, 1) << SPOOR_SHORTS_MOST : 0;
#else
    (void)shorts;
    (void)text;
    (void)len;
#endif
    return found;
}
