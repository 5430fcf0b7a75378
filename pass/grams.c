/* grams.c - see grams.h; with AVX2 where the processor has it. */
#include "pass/grams.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2 1
#else
#define HAVE_AVX2 0
#endif

static const uint32_t FACTOR = 0x9E3779B1u;

static inline uint32_t hash_of(uint32_t gram) {
    return (gram * FACTOR) >> (32 - SPOOR_GRAM_BITS);
}

spoor_grams *spoor_grams_new(spoor_arena *arena) {
    spoor_grams *grams = SPOOR_NEW(arena, spoor_grams);
#if HAVE_AVX2
    grams->use_avx2 = __builtin_cpu_supports("avx2") != 0;
#endif
    return grams;
}

void spoor_grams_add(spoor_grams *grams, uint32_t gram) {
    uint32_t hash = hash_of(gram);
    grams->bits[hash / 32] |= UINT32_C(1) << hash % 32;
}

#if HAVE_AVX2
/* Eight places at a time: their grams side by side, hashed, and looked up by a gather. */
__attribute__((target("avx2"))) static uint32_t find_avx2(const spoor_grams *grams,
                                                          const unsigned char *text) {
    const __m256i spread = _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5, 6,
                                            7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10);
    const __m256i factor = _mm256_set1_epi32((int)FACTOR), low = _mm256_set1_epi32(31);
    uint32_t found = 0;
#pragma GCC unroll 4
    for (uint32_t at = 0; at < SPOOR_GRAM_PLACES; at += 8) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text + at));
        __m256i all = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), spread);
        __m256i hash = _mm256_srli_epi32(_mm256_mullo_epi32(all, factor), 32 - SPOOR_GRAM_BITS);
        __m256i words = _mm256_i32gather_epi32((const int *)(const void *)grams->bits,
                                               _mm256_srli_epi32(hash, 5), 4);
        __m256i bits = _mm256_slli_epi32(_mm256_srlv_epi32(words, _mm256_and_si256(hash, low)), 31);
        found |= (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(bits)) << at;
    }
    return found;
}
#endif

uint32_t spoor_grams_find(const spoor_grams *grams, const unsigned char *text) {
#if HAVE_AVX2
    if (grams->use_avx2) {
        return find_avx2(grams, text);
    }
#endif
    uint32_t found = 0;
    for (uint32_t at = 0; at < SPOOR_GRAM_PLACES; at++) {
        uint32_t gram;
        memcpy(&gram, text + at, sizeof gram);
        uint32_t hash = hash_of(gram);
        found |= (grams->bits[hash / 32] >> hash % 32 & 1) << at;
    }
    return found;
}
