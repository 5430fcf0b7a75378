/* scan_codes.c - the rows whose dictionary entry is taken.
 *
 * When hunting few entries are, and few rows have one of them: eight codes are compared at once with
 * each such entry.  Of 400,000 rows of 23 segments with 3 entries each: 0.27 ms by a table, 0.07 so. */
#include "executor/scan.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2 1
#else
#define HAVE_AVX2 0
#endif

#if HAVE_AVX2
enum { LANES = 8, WORD = 32 }; /* codes at once, and as bits */

/* A bit for each of WORD codes that is one of the entries. */
__attribute__((target("avx2"))) static inline uint32_t
compare_word(const uint32_t *codes, const __m256i *entries, uint32_t nentries) {
    uint32_t bits = 0;
    for (uint32_t part = 0; part < WORD / LANES; part++) {
        __m256i here = _mm256_loadu_si256((const __m256i *)(const void *)(codes + part * LANES));
        __m256i found = _mm256_cmpeq_epi32(here, entries[0]);
        for (uint32_t i = 1; i < nentries; i++) {
            found = _mm256_or_si256(found, _mm256_cmpeq_epi32(here, entries[i]));
        }
        bits |= (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(found)) << part * LANES;
    }
    return bits;
}

/* Of the first rows, as many as are whole words; *done: so many are. */
__attribute__((target("avx2"))) static uint32_t take_few(const uint32_t *codes, uint32_t rows,
                                                         const spoor_taken *taken, uint32_t *kept,
                                                         uint32_t *done) {
    __m256i entries[SPOOR_FEW_TAKEN];
    for (uint32_t i = 0; i < taken->count; i++) {
        entries[i] = _mm256_set1_epi32((int)taken->few[i]);
    }
    uint32_t count = 0, row = 0;
    for (; row + WORD <= rows; row += WORD) {
        for (uint32_t bits = compare_word(codes + row, entries, taken->count); bits != 0;
             bits &= bits - 1) {
            kept[count++] = row + (uint32_t)__builtin_ctz(bits);
        }
    }
    *done = row;
    return count;
}
#endif

uint32_t spoor_scan_take_codes(const uint32_t *codes, uint32_t rows, const spoor_taken *taken,
                               uint32_t *kept) {
    uint32_t count = 0, row = 0;
#if HAVE_AVX2
    if (taken->count <= SPOOR_FEW_TAKEN && __builtin_cpu_supports("avx2")) {
        count = take_few(codes, rows, taken, kept, &row);
    }
#endif
    for (; row < rows; row++) {
        kept[count] = row;
        count += taken->table[codes[row]];
    }
    return count;
}
