/* fold.c - see fold.h; with AVX2 where the processor has it. */
#include "pass/fold.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2 1
#else
#define HAVE_AVX2 0
#endif

static unsigned char fold_bytes(unsigned char *out, const char *in, size_t len) {
    unsigned char all = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)in[i];
        all |= c;
        out[i] = c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
    }
    return all;
}

#if HAVE_AVX2
__attribute__((target("avx2"))) static unsigned char fold_avx2(unsigned char *out, spoor_str text) {
    const __m256i before_a = _mm256_set1_epi8('A' - 1), after_z = _mm256_set1_epi8('Z' + 1);
    const __m256i bit = _mm256_set1_epi8(32);
    __m256i all = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 32 <= text.len; i += 32) {
        __m256i c = _mm256_loadu_si256((const __m256i *)(const void *)(text.ptr + i));
        __m256i is_upper =
            _mm256_and_si256(_mm256_cmpgt_epi8(c, before_a), _mm256_cmpgt_epi8(after_z, c));
        all = _mm256_or_si256(all, c);
        c = _mm256_or_si256(c, _mm256_and_si256(is_upper, bit));
        _mm256_storeu_si256((__m256i *)(void *)(out + i), c);
    }
    unsigned char rest = fold_bytes(out + i, text.ptr + i, text.len - i);
    return _mm256_movemask_epi8(all) != 0 ? rest | 0x80 : rest;
}
#endif

unsigned char spoor_fold_ascii(unsigned char *out, spoor_str text) {
#if HAVE_AVX2
    if (text.len >= 32 && __builtin_cpu_supports("avx2")) {
        return fold_avx2(out, text);
    }
#endif
    return fold_bytes(out, text.ptr, text.len);
}
