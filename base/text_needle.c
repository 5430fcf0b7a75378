/* text_needle.c - one needle, many texts: an AVX2 search for two rare bytes.
 *
 * Two rare bytes of the needle are looked for at their known distance, in
 * either case, and what stands round them is compared.  Case has two traps:
 *
 * - U+212A and U+017F fold to k and s.  A needle of ASCII alone is searched
 *   for as if they did not exist, and again round each of them, where the
 *   text has any.
 * - A character beyond ASCII may have another length than the one it folds
 *   to.  In a needle that has some, the rare bytes come from one run of ASCII
 *   without k and s, and the comparison goes backwards and forwards from them.
 *
 * A needle without such a run goes to the reference. */
#include "base/text_match.h"

#include <stdint.h>

#include "base/utf8.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX2 1
#else
#define HAVE_AVX2 0
#endif

enum { AHEAD = 2048 }; /* asked for from memory while a block is searched */

/* -- prepare -------------------------------------------------------------------------------------
 */

/* The bytes of event logs in lower case, from the most frequent down; all others are rarer. */
static const char frequent[] = "e soirntac\\0d1l2m-pw4.365y8u9f7_hbvg/\"x:=,zjkq";

int spoor_byte_commonness(unsigned char c) {
    const char *at = c != '\0' ? strchr(frequent, c) : NULL;
    return at != NULL ? (int)(sizeof frequent - (size_t)(at - frequent)) : 0;
}

/* May the place of this byte in a match be told from its place in the needle? */
static bool is_certain(const spoor_needle *needle, size_t i) {
    unsigned char c = (unsigned char)needle->folded.ptr[i];
    return needle->is_plain || (c < 0x80 && c != 'k' && c != 's');
}

/* Choose the two rarest bytes of [from, to), a run of certain ones, if they beat *best. */
static void choose_rare(spoor_needle *needle, size_t from, size_t to, int *best) {
    size_t rarest[2] = {from, from};
    for (size_t i = from + 1; i < to; i++) {
        int rank = spoor_byte_commonness((unsigned char)needle->folded.ptr[i]);
        if (rank < spoor_byte_commonness((unsigned char)needle->folded.ptr[rarest[0]])) {
            rarest[1] = rarest[0];
            rarest[0] = i;
        } else if (rarest[1] == rarest[0] ||
                   rank < spoor_byte_commonness((unsigned char)needle->folded.ptr[rarest[1]])) {
            rarest[1] = i;
        }
    }
    int rank = 0;
    for (int i = 0; i < 2; i++) {
        rank += spoor_byte_commonness((unsigned char)needle->folded.ptr[rarest[i]]);
    }
    if (rarest[0] == rarest[1]) {
        rank += (int)sizeof frequent; /* one byte alone is worse than any two */
    }
    if (rank < *best) {
        *best = rank;
        needle->rare_at[0] = rarest[0] < rarest[1] ? rarest[0] : rarest[1];
        needle->rare_at[1] = rarest[0] < rarest[1] ? rarest[1] : rarest[0];
    }
}

spoor_needle spoor_needle_prepare(spoor_arena *arena, spoor_str text, bool fold) {
    spoor_needle needle = {
        .text = text, .folded = fold ? spoor_str_fold(arena, text) : text, .fold = fold};
    size_t len = needle.folded.len;
    int best = INT32_MAX;
    needle.is_plain = !fold || spoor_is_ascii(needle.folded);
    needle.has_odd_k = fold && len > 0 && memchr(needle.folded.ptr, 'k', len) != NULL;
    needle.has_odd_s = fold && len > 0 && memchr(needle.folded.ptr, 's', len) != NULL;
    for (size_t i = 0; i < len; i++) {
        size_t from = i;
        while (i < len && is_certain(&needle, i)) {
            i++;
        }
        if (i > from) {
            choose_rare(&needle, from, i, &best);
            needle.has_rare = true;
        }
    }
    for (int i = 0; i < 2 && needle.has_rare; i++) {
        unsigned char c = (unsigned char)needle.folded.ptr[needle.rare_at[i]];
        needle.rare[i] = c;
        needle.mask[i] = fold && c >= 'a' && c <= 'z' ? 0x20 : 0;
    }
    needle.rare_code_point = spoor_utf8_length((spoor_str){needle.folded.ptr, needle.rare_at[0]});
#if HAVE_AVX2
    needle.use_avx2 = __builtin_cpu_supports("avx2");
#endif
    return needle;
}

/* -- find ----------------------------------------------------------------------------------------
 */

static inline unsigned char ascii_lower(unsigned char c) {
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

/* One search: its first rare byte may stand in [at, end) of the text. */
typedef struct search {
    const spoor_needle *needle;
    const char *start; /* the match must not begin before */
    const char *text_end;
    size_t found_at; /* from start */
} search;

static bool matches_plain(const search *s, const char *at) {
    const spoor_str *folded = &s->needle->folded;
    if ((size_t)(s->text_end - at) < folded->len) {
        return false;
    }
    if (!s->needle->fold) {
        return memcmp(at, folded->ptr, folded->len) == 0;
    }
    for (size_t i = 0; i < folded->len; i++) {
        if (ascii_lower((unsigned char)at[i]) != (unsigned char)folded->ptr[i]) {
            return false;
        }
    }
    return true;
}

/* The needle round its first rare byte at `rare`?  If so s->found_at says where it begins. */
static bool verify(search *s, const char *rare) {
    const spoor_needle *needle = s->needle;
    size_t offset = needle->rare_at[0];
    if (needle->is_plain) {
        s->found_at = (size_t)(rare - s->start) - offset;
        return matches_plain(s, rare - offset);
    }
    const char *of_needle = needle->folded.ptr + offset, *at = rare;
    while (of_needle > needle->folded.ptr) {
        if (at == s->start || spoor_fold(spoor_utf8_before(s->start, &at)) !=
                                  spoor_utf8_before(needle->folded.ptr, &of_needle)) {
            return false;
        }
    }
    s->found_at = (size_t)(at - s->start);
    spoor_str rest = {needle->folded.ptr + offset, needle->folded.len - offset};
    return spoor_text_starts_with((spoor_str){rare, (size_t)(s->text_end - rare)}, rest, true);
}

/* True when found, in s->found_at.  [at, end) are the places of the first rare byte. */
static bool find_bytewise(search *s, const char *at, const char *end) {
    const spoor_needle *needle = s->needle;
    size_t distance = needle->rare_at[1] - needle->rare_at[0];
    for (; at < end; at++) {
        if (((unsigned char)at[0] | needle->mask[0]) == needle->rare[0] &&
            ((unsigned char)at[distance] | needle->mask[1]) == needle->rare[1] && verify(s, at)) {
            return true;
        }
    }
    return false;
}

#if HAVE_AVX2
/* Verify the candidates of a block, from its bits. */
static bool verify_bits(search *s, const char *block, uint32_t bits) {
    for (; bits != 0; bits &= bits - 1) {
        if (verify(s, block + __builtin_ctz(bits))) {
            return true;
        }
    }
    return false;
}

__attribute__((target("avx2"))) static inline uint32_t
compare_block(const char *block, size_t distance, const __m256i rare[2], const __m256i mask[2]) {
    __m256i first = _mm256_loadu_si256((const __m256i *)(const void *)block);
    __m256i second = _mm256_loadu_si256((const __m256i *)(const void *)(block + distance));
    first = _mm256_cmpeq_epi8(_mm256_or_si256(first, mask[0]), rare[0]);
    second = _mm256_cmpeq_epi8(_mm256_or_si256(second, mask[1]), rare[1]);
    return (uint32_t)_mm256_movemask_epi8(_mm256_and_si256(first, second));
}

__attribute__((target("avx2"))) static bool find_avx2(search *s, const char *at, const char *end) {
    const spoor_needle *needle = s->needle;
    size_t distance = needle->rare_at[1] - needle->rare_at[0];
    __m256i rare[2], mask[2];
    for (int i = 0; i < 2; i++) {
        rare[i] = _mm256_set1_epi8((char)needle->rare[i]);
        mask[i] = _mm256_set1_epi8((char)needle->mask[i]);
    }
    if (end - at < 32) {
        return find_bytewise(s, at, end);
    }
    for (; end - at >= 64; at += 64) {
        __builtin_prefetch(at + AHEAD);
        uint32_t low = compare_block(at, distance, rare, mask);
        uint32_t high = compare_block(at + 32, distance, rare, mask);
        if ((low | high) != 0 && (verify_bits(s, at, low) || verify_bits(s, at + 32, high))) {
            return true;
        }
    }
    for (; end - at >= 32; at += 32) {
        if (verify_bits(s, at, compare_block(at, distance, rare, mask))) {
            return true;
        }
    }
    if (at < end) { /* the last block again, less what was seen */
        uint32_t seen = (uint32_t)(32 - (end - at));
        uint32_t bits = compare_block(end - 32, distance, rare, mask);
        return verify_bits(s, end - 32, bits >> seen << seen);
    }
    return false;
}
#endif

/* First place in [from, to) where the needle begins, the odd letters of a plain one left out. */
static size_t find_between(const spoor_needle *needle, spoor_str text, size_t from, size_t to) {
    /* A code point before the rare byte is at least one byte of the text. */
    size_t before = needle->fold ? needle->rare_code_point : needle->rare_at[0];
    size_t distance = needle->rare_at[1] - needle->rare_at[0];
    if (text.len - from <= before || text.len - from - before <= distance) {
        return SIZE_MAX;
    }
    search s = {.needle = needle, .start = text.ptr + from, .text_end = text.ptr + text.len};
    const char *at = s.start + before, *end = s.text_end - distance;
    if (needle->is_plain && to - from < (size_t)(end - at)) {
        end = at + (to - from);
    }
#if HAVE_AVX2
    bool found = needle->use_avx2 ? find_avx2(&s, at, end) : find_bytewise(&s, at, end);
#else
    bool found = find_bytewise(&s, at, end);
#endif
    return found ? from + s.found_at : SIZE_MAX;
}

/* First place in [at, end) of a letter that the needle has and that folds to ASCII; or end. */
static const char *find_odd(const spoor_needle *needle, const char *at, const char *end) {
    for (uint64_t eight; at < end; at++) {
        while (end - at >= 8 &&
               (memcpy(&eight, at, 8), (eight & UINT64_C(0x8080808080808080)) == 0)) {
            at += 8;
        }
        if (at == end || (end - at >= 2 && needle->has_odd_s && memcmp(at, "\xC5\xBF", 2) == 0) ||
            (end - at >= 3 && needle->has_odd_k && memcmp(at, "\xE2\x84\xAA", 3) == 0)) {
            return at;
        }
    }
    return end;
}

/* First place in [from, to) where a plain needle begins that has an odd letter in the text; or to.
 * Tries each place once, and only those that an odd letter is in reach of. */
static size_t find_with_odd(const spoor_needle *needle, spoor_str text, size_t from, size_t to) {
    size_t reach = needle->folded.len; /* before its first odd letter a match is ASCII */
    const char *end = text.ptr + (text.len - to < reach ? text.len : to + reach);
    size_t tried = from;
    for (const char *odd = text.ptr + from; (odd = find_odd(needle, odd, end)) < end; odd++) {
        size_t at = (size_t)(odd - text.ptr);
        for (tried = at - tried > reach ? at - reach : tried; tried <= at; tried++) {
            spoor_str here = {text.ptr + tried, text.len - tried};
            if (tried >= to) {
                return to;
            }
            if (spoor_text_starts_with(here, needle->folded, true)) {
                return tried;
            }
        }
    }
    return to;
}

bool spoor_has_odd_letter(spoor_str text) {
    static const spoor_needle both = {.has_odd_k = true, .has_odd_s = true};
    const char *end = text.ptr + text.len;
    return text.len > 0 && find_odd(&both, text.ptr, end) < end;
}

size_t spoor_needle_find(const spoor_needle *needle, spoor_str text, size_t from) {
    if (!needle->has_rare) {
        return spoor_text_find(text, from, needle->folded, needle->fold, NULL);
    }
    if (!needle->is_plain || (!needle->has_odd_k && !needle->has_odd_s)) {
        return find_between(needle, text, from, text.len);
    }
    /* By parts that stay in the cache between the two searches. */
    size_t part = needle->folded.len < 1 << 12 ? 1 << 14 : needle->folded.len * 4;
    for (; text.len - from >= needle->folded.len; from += part) {
        size_t to = text.len - from < part ? text.len : from + part;
        size_t found = find_between(needle, text, from, to);
        size_t before = found < to ? found : to;
        size_t odd = find_with_odd(needle, text, from, before);
        if (odd < before || found != SIZE_MAX) {
            return odd < before ? odd : found;
        }
        if (to == text.len) {
            break;
        }
    }
    return SIZE_MAX;
}

bool spoor_needle_in(const spoor_needle *needle, spoor_str text) {
    return spoor_needle_find(needle, text, 0) != SIZE_MAX;
}
