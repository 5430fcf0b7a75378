/* text_needles.c - see text_needles.h.
 *
 * Of each needle a window of three bytes is chosen, as rare as may be; of four where needles are many, which
 * stops the search less often.  A needle is of one of eight buckets, those with windows alike of one; for each
 * half of a byte a table of sixteen says which buckets it may belong to at each place of the window.  A shuffle
 * looks up 32 bytes at once in such a table, so six or eight of them and the `and` of what they say tell of 32
 * places in a text which needles may stand there: mostly none.  (The method is Teddy, of Hyperscan.)  Case costs
 * nothing: the tables know both. */
#include "base/text_needles.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2 1
#else
#define HAVE_AVX2 0
#endif

enum { BLOCK = 32, AHEAD = 2048, START = 8, SHORTEST = 2 };

/* -- prepare ----------------------------------------------------------------------------------- */

static bool can_take(const spoor_needle *needle) {
    return needle->is_plain && needle->use_avx2 && needle->folded.len >= SHORTEST;
}

static uint32_t choose_window(const spoor_needle *needle, uint32_t window) {
    uint32_t best = 0;
    int least = INT32_MAX;
    for (uint32_t at = 0; at + window <= needle->folded.len; at++) {
        int rank = 0;
        for (uint32_t i = 0; i < window; i++) {
            rank += spoor_byte_commonness((unsigned char)needle->folded.ptr[at + i]);
        }
        if (rank < least) {
            least = rank;
            best = at;
        }
    }
    return best;
}

static void enter_byte(spoor_needles *needles, uint32_t place, unsigned char c, uint8_t bucket) {
    needles->low[place][c & 15] |= bucket;
    needles->high[place][c >> 4] |= bucket;
}

static void set_start(struct spoor_needle_start *start, const spoor_needle *needle) {
    unsigned char word[START] = {0}, cases[START] = {0}, mask[START] = {0};
    for (size_t i = 0; i < START && i < needle->folded.len; i++) {
        unsigned char c = (unsigned char)needle->folded.ptr[i];
        word[i] = c;
        cases[i] = needle->fold && c >= 'a' && c <= 'z' ? 'a' - 'A' : 0;
        mask[i] = 0xFF;
    }
    memcpy(&start->word, word, START);
    memcpy(&start->cases, cases, START);
    memcpy(&start->mask, mask, START);
}

/* Needles whose windows come before that of `k`, byte by byte. */
static uint32_t rank_of(const spoor_needles *needles, uint32_t k) {
    uint32_t rank = 0;
    spoor_str text = needles->list[k].folded;
    for (uint32_t other = 0; other < needles->count; other++) {
        spoor_str from = needles->list[other].folded;
        int order = memcmp(from.ptr + needles->at[other], text.ptr + needles->at[k], SHORTEST);
        rank += order < 0 || (order == 0 && other < k);
    }
    return rank;
}

static void enter(spoor_needles *needles, uint32_t k, uint32_t bucket) {
    const spoor_needle *needle = &needles->list[k];
    uint8_t bit = (uint8_t)(1u << bucket);
    needles->of_bucket[bucket] |= 1u << k;
    for (uint32_t i = 0; i < needles->window; i++) {
        size_t at = needles->at[k] + i;
        if (at >= needle->folded.len) { /* a short one: the byte may be any */
            for (unsigned half = 0; half < 16; half++) {
                enter_byte(needles, i, (unsigned char)(half << 4 | half), bit);
            }
            continue;
        }
        unsigned char c = (unsigned char)needle->folded.ptr[at];
        enter_byte(needles, i, c, bit);
        if (needle->fold && c >= 'a' && c <= 'z') {
            enter_byte(needles, i, (unsigned char)(c - 32), bit);
        }
    }
}

bool spoor_needles_prepare(const spoor_needle *list, uint32_t count, spoor_needles *needles) {
    *needles = (spoor_needles){
        .list = list, .count = count, .window = count <= SPOOR_NEEDLES_BUCKETS ? 3 : 4};
    if (!HAVE_AVX2 || count > SPOOR_NEEDLES_MOST) {
        return false;
    }
    for (uint32_t k = 0; k < count; k++) {
        if (!can_take(&list[k])) {
            return false;
        }
        set_start(&needles->starts[k], &list[k]);
        needles->at[k] = choose_window(&list[k], needles->window);
    }
    uint32_t ranks = count > SPOOR_NEEDLES_BUCKETS ? count : SPOOR_NEEDLES_BUCKETS;
    for (uint32_t k = 0; k < count; k++) {
        enter(needles, k, rank_of(needles, k) * SPOOR_NEEDLES_BUCKETS / ranks);
    }
    return true;
}

/* -- scan -------------------------------------------------------------------------------------- */

typedef struct scan {
    const spoor_needles *needles;
    spoor_str text;
    spoor_needle_found *found;
    void *context;
} scan;

static bool stands_at(const spoor_needle *needle, const char *at) {
    if (!needle->fold) {
        return memcmp(at, needle->folded.ptr, needle->folded.len) == 0;
    }
    for (size_t i = 0; i < needle->folded.len; i++) {
        unsigned char c = (unsigned char)at[i];
        c = c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
        if (c != (unsigned char)needle->folded.ptr[i]) {
            return false;
        }
    }
    return true;
}

/* Needle k in the rest of a text, which is as long at least. */
static inline bool begins(const spoor_needles *needles, uint32_t k, const char *rest, size_t len) {
    if (len < START) {
        return stands_at(&needles->list[k], rest);
    }
    const struct spoor_needle_start *start = &needles->starts[k];
    uint64_t word;
    memcpy(&word, rest, START);
    return ((word | start->cases) & start->mask) == start->word &&
           (needles->list[k].folded.len <= START || stands_at(&needles->list[k], rest));
}

/* The needles of these buckets whose window may stand at `window`.  Where to go on; 0: as it is. */
static size_t try_buckets(const scan *s, size_t window, unsigned buckets) {
    const spoor_needles *needles = s->needles;
    for (; buckets != 0; buckets &= buckets - 1) {
        uint32_t some = needles->of_bucket[__builtin_ctz(buckets)];
        for (; some != 0; some &= some - 1) {
            uint32_t k = (uint32_t)__builtin_ctz(some);
            const spoor_needle *needle = &needles->list[k];
            size_t at = window - needles->at[k];
            if (window < needles->at[k] || s->text.len - at < needle->folded.len ||
                !begins(needles, k, s->text.ptr + at, s->text.len - at)) {
                continue;
            }
            size_t next = s->found(s->context, k, at, window);
            if (next > window) {
                return next;
            }
        }
    }
    return 0;
}

/* The last places, byte by byte; what would be behind the end is taken for a zero. */
static void scan_bytewise(const scan *s, size_t at) {
    while (at < s->text.len) {
        unsigned buckets = 0xFF;
        for (size_t i = 0; i < s->needles->window; i++) {
            unsigned char c = at + i < s->text.len ? (unsigned char)s->text.ptr[at + i] : 0;
            buckets &= s->needles->low[i][c & 15] & s->needles->high[i][c >> 4];
        }
        size_t next = buckets != 0 ? try_buckets(s, at, buckets) : 0;
        at = next != 0 ? next : at + 1;
    }
}

#if HAVE_AVX2
typedef struct tables {
    __m256i low[SPOOR_NEEDLES_WINDOW], high[SPOOR_NEEDLES_WINDOW];
} tables;

__attribute__((target("avx2"))) static inline __m256i twice(const uint8_t table[16]) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
}

/* Which buckets may have byte `i` of a needle's window at each of 32 places: a byte a place. */
__attribute__((target("avx2"))) static inline __m256i look_up_byte(const tables *t, int i,
                                                                   const char *block) {
    const __m256i half = _mm256_set1_epi8(15);
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(block + i));
    __m256i low = _mm256_shuffle_epi8(t->low[i], _mm256_and_si256(bytes, half));
    __m256i high =
        _mm256_shuffle_epi8(t->high[i], _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
    return _mm256_and_si256(low, high);
}

__attribute__((target("avx2"))) static inline __m256i look_up(const tables *t, const char *block,
                                                              bool is_long) {
    __m256i first = look_up_byte(t, 0, block), second = look_up_byte(t, 1, block);
    __m256i found = _mm256_and_si256(_mm256_and_si256(first, second), look_up_byte(t, 2, block));
    return is_long ? _mm256_and_si256(found, look_up_byte(t, 3, block)) : found;
}

/* The places of a block that have buckets.  Where to go on; 0: as it is. */
__attribute__((target("avx2"), noinline)) static size_t try_block(const scan *s, size_t at,
                                                                  __m256i found) {
    uint8_t buckets[BLOCK];
    _mm256_storeu_si256((__m256i *)(void *)buckets, found);
    uint32_t none =
        (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(found, _mm256_setzero_si256()));
    for (uint32_t some = ~none; some != 0; some &= some - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(some);
        size_t next = try_buckets(s, at + i, buckets[i]);
        if (next != 0) {
            return next;
        }
    }
    return 0;
}

/* is_long: windows of four bytes. */
__attribute__((target("avx2"), always_inline)) static inline void scan_avx2(const scan *s,
                                                                            bool is_long) {
    tables t;
    for (int i = 0; i < SPOOR_NEEDLES_WINDOW; i++) {
        t.low[i] = twice(s->needles->low[i]);
        t.high[i] = twice(s->needles->high[i]);
    }
    const char *text = s->text.ptr;
    size_t at = 0, wide = 2 * BLOCK + SPOOR_NEEDLES_WINDOW - 1;
    while (s->text.len > at && s->text.len - at >= wide) {
        __builtin_prefetch(text + at +
                           AHEAD); /* the tables leave the processor no time to run ahead */
        __m256i low = look_up(&t, text + at, is_long),
                high = look_up(&t, text + at + BLOCK, is_long);
        __m256i any = _mm256_or_si256(low, high);
        size_t next = 0;
        if (!_mm256_testz_si256(any, any)) {
            next = try_block(s, at, low);
            next = next != 0 ? next : try_block(s, at + BLOCK, high);
        }
        at = next != 0 ? next : at + 2 * BLOCK;
    }
    scan_bytewise(s, at);
}

__attribute__((target("avx2"))) static void scan_short(const scan *s) {
    scan_avx2(s, false);
}

__attribute__((target("avx2"))) static void scan_long(const scan *s) {
    scan_avx2(s, true);
}
#endif

void spoor_needles_scan(const spoor_needles *needles, spoor_str text, spoor_needle_found *found,
                        void *context) {
    scan s = {needles, text, found, context};
#if HAVE_AVX2
    (needles->window > 3 ? scan_long : scan_short)(&s);
#else
    scan_bytewise(&s, 0);
#endif
}
