/* unpack.c - see unpack.h.
 *
 * Eight numbers of a width end where a byte does.  Up to 25 bits, each lies within four bytes: a shuffle brings
 * these to the number's place, and a shift of its own drops what stands below it.  5,000,000 codes of 11 bits:
 * 3.5 ms one by one, 0.5 so. */
#include "store/unpack.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2 1
#else
#define HAVE_AVX2 0
#endif

static uint64_t bits_at(const unsigned char *in, size_t len, size_t bit, unsigned width) {
    uint64_t value = 0;
    for (unsigned got = 0; got < width;) {
        size_t byte = (bit + got) / 8;
        unsigned shift = (unsigned)((bit + got) % 8);
        unsigned take = 8 - shift < width - got ? 8 - shift : width - got;
        uint64_t part = byte < len ? (uint64_t)in[byte] >> shift : 0;
        value |= (part & ((1u << take) - 1)) << got;
        got += take;
    }
    return value;
}

/* Values that can be read with one 8-byte load each; the rest are left to bits_at. */
static uint32_t whole_loads(size_t len, uint32_t n, unsigned width) {
    if (width == 0 || width > 56 || len < 8) {
        return 0;
    }
    size_t fit = ((len - 8) * 8) / width;
    return fit < n ? (uint32_t)fit : n;
}

void spoor_unpack_u64(const unsigned char *in, size_t len, uint64_t *values, uint32_t n,
                      unsigned width) {
    uint64_t mask = width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
    uint32_t fast = whole_loads(len, n, width);
    size_t bit = 0;
    for (uint32_t i = 0; i < fast; i++, bit += width) {
        uint64_t word;
        memcpy(&word, in + bit / 8, 8);
        values[i] = (word >> (bit % 8)) & mask;
    }
    for (uint32_t i = fast; i < n; i++, bit += width) {
        values[i] = bits_at(in, len, bit, width);
    }
}

#if HAVE_AVX2
enum { LANES = 8, HALF = 4, LOADED = 16, MOST_WIDTH = 25 };

/* Where the bytes of each of eight numbers stand, from the first byte of its half on, and by how much to shift. */
typedef struct places {
    unsigned char bytes[LANES * 4];
    uint32_t shifts[LANES];
} places;

static places places_of(unsigned width) {
    places p;
    for (unsigned lane = 0; lane < LANES; lane++) {
        unsigned bit = lane * width - (lane < HALF ? 0 : HALF * width / 8 * 8);
        for (unsigned b = 0; b < 4; b++) {
            p.bytes[lane * 4 + b] = (unsigned char)(bit / 8 + b);
        }
        p.shifts[lane] = bit % 8;
    }
    return p;
}

/* The first numbers, eight at a time, as far as whole loads reach; returns how many. */
__attribute__((target("avx2"))) static uint32_t unpack_lanes(const unsigned char *in, size_t len,
                                                             uint32_t *values, uint32_t n,
                                                             unsigned width, uint32_t *most) {
    size_t half = HALF * width / 8;
    uint32_t done = 0;
    places p = places_of(width);
    const __m256i bytes = _mm256_loadu_si256((const void *)p.bytes);
    const __m256i shifts = _mm256_loadu_si256((const void *)p.shifts);
    const __m256i mask = _mm256_set1_epi32((1 << width) - 1);
    __m256i greatest = _mm256_setzero_si256();
    for (; n - done >= LANES && len >= half + LOADED; done += LANES, in += width, len -= width) {
        __m256i here = _mm256_castsi128_si256(_mm_loadu_si128((const void *)in));
        here = _mm256_inserti128_si256(here, _mm_loadu_si128((const void *)(in + half)), 1);
        here = _mm256_srlv_epi32(_mm256_shuffle_epi8(here, bytes), shifts);
        here = _mm256_and_si256(here, mask);
        greatest = _mm256_max_epu32(greatest, here);
        _mm256_storeu_si256((void *)(values + done), here);
    }
    uint32_t lanes[LANES];
    _mm256_storeu_si256((void *)lanes, greatest);
    for (unsigned lane = 0; lane < LANES; lane++) {
        *most = lanes[lane] > *most ? lanes[lane] : *most;
    }
    return done;
}
#endif

uint32_t spoor_unpack_u32(const unsigned char *in, size_t len, uint32_t *values, uint32_t n,
                          unsigned width) {
    uint32_t mask = (uint32_t)((UINT64_C(1) << width) - 1), i = 0, most = 0;
#if HAVE_AVX2
    if (width <= MOST_WIDTH && __builtin_cpu_supports("avx2")) {
        i = unpack_lanes(in, len, values, n, width, &most);
    }
#endif
    uint32_t fast = whole_loads(len, n, width);
    size_t bit = (size_t)i * width;
    for (; i < fast; i++, bit += width) {
        uint64_t word;
        memcpy(&word, in + bit / 8, 8);
        values[i] = (uint32_t)(word >> (bit % 8)) & mask;
        most = values[i] > most ? values[i] : most;
    }
    for (; i < n; i++, bit += width) {
        values[i] = (uint32_t)bits_at(in, len, bit, width);
        most = values[i] > most ? values[i] : most;
    }
    return most;
}
