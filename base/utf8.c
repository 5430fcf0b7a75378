/* utf8.c - see utf8.h.
 *
 * One decoder serves all.  It takes UTF-8 in its shortest form only, and
 * surrogates as if they were characters, each by itself: a file name may
 * hold half a pair.  ASCII, most of what there is, goes by eights. */
#include "base/utf8.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/fold_table.h"

enum { REPLACEMENT = 0xFFFD };

/* The code point at p and its length in bytes; 0 for a bad byte. */
static inline int decode(const unsigned char *p, size_t left, uint32_t *code_point) {
    unsigned char c = p[0];
    if (c < 0x80) {
        *code_point = c;
        return 1;
    }
    int len = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if (c < 0xC2 || c > 0xF4 || left < (size_t)len) {
        return 0;
    }
    uint32_t sum = c & (0xFFu >> (len + 1));
    for (int i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
        sum = sum << 6 | (p[i] & 0x3F);
    }
    if ((len == 3 && sum < 0x800) || (len == 4 && (sum < 0x10000 || sum > 0x10FFFF))) {
        return 0;
    }
    *code_point = sum;
    return len;
}

/* s, with a pointer that may be added to when it is empty. */
static spoor_str anchored(spoor_str s) {
    return s.len > 0 ? s : SPOOR_STR("");
}

/* Length of the ASCII that s begins with. */
static size_t ascii_prefix(const char *s, size_t len) {
    size_t i = 0;
    uint64_t eight;
    for (; i + 8 <= len; i += 8) {
        memcpy(&eight, s + i, 8);
        if ((eight & UINT64_C(0x8080808080808080)) != 0) {
            break;
        }
    }
    while (i < len && (unsigned char)s[i] < 0x80) {
        i++;
    }
    return i;
}

uint32_t spoor_utf8_next(const char **at, const char *end) {
    uint32_t code_point;
    int len = decode((const unsigned char *)*at, (size_t)(end - *at), &code_point);
    *at += len > 0 ? len : 1;
    return len > 0 ? code_point : REPLACEMENT;
}

uint32_t spoor_utf8_before(const char *start, const char **at) {
    const char *end = *at;
    size_t most = end - start < 4 ? (size_t)(end - start) : 4;
    for (size_t n = 1; n <= most; n++) {
        uint32_t code_point = REPLACEMENT;
        if (((unsigned char)end[-(ptrdiff_t)n] & 0xC0) != 0x80) {
            if (decode((const unsigned char *)end - n, n, &code_point) == (int)n) {
                *at = end - n;
                return code_point;
            }
            break;
        }
    }
    *at = end - 1;
    return REPLACEMENT;
}

int spoor_utf8_put(char *out, uint32_t c) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    if (c > 0x10FFFF) {
        return spoor_utf8_put(out, REPLACEMENT);
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* Bytes that spoor_utf8_put() would write. */
static size_t encoded_length(uint32_t c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 || c > 0x10FFFF ? 3 : 4;
}

size_t spoor_utf8_length(spoor_str s) {
    s = anchored(s);
    size_t ascii = ascii_prefix(s.ptr, s.len);
    size_t count = ascii;
    const char *end = s.ptr + s.len;
    for (const char *at = s.ptr + ascii; at < end; count++) {
        spoor_utf8_next(&at, end);
    }
    return count;
}

size_t spoor_utf8_offset(spoor_str s, size_t n) {
    s = anchored(s);
    size_t ascii = ascii_prefix(s.ptr, n < s.len ? n : s.len);
    const char *at = s.ptr + ascii, *end = s.ptr + s.len;
    for (size_t i = ascii; i < n && at < end; i++) {
        spoor_utf8_next(&at, end);
    }
    return (size_t)(at - s.ptr);
}

bool spoor_is_ascii(spoor_str s) {
    return ascii_prefix(s.ptr, s.len) == s.len;
}

static bool is_pair(uint32_t high, uint32_t low) {
    return (high & 0xFFFFFC00) == 0xD800 && (low & 0xFFFFFC00) == 0xDC00;
}

static uint32_t join_pair(uint32_t high, uint32_t low) {
    return 0x10000 + ((high & 0x3FF) << 10 | (low & 0x3FF));
}

/* What is wrong with a text. */
typedef struct flaws {
    uint64_t bad;   /* bytes */
    uint64_t pairs; /* whose halves are written each by itself, as CESU-8 does */
} flaws;

static flaws count_flaws(spoor_str s) {
    flaws found = {0};
    uint32_t before = 0, code_point = 0;
    for (size_t i = 0; i < s.len; before = code_point) {
        size_t ascii = ascii_prefix(s.ptr + i, s.len - i);
        i += ascii;
        if (i == s.len) {
            break;
        }
        before = ascii > 0 ? 0 : before;
        int len = decode((const unsigned char *)s.ptr + i, s.len - i, &code_point);
        code_point = len > 0 ? code_point : 0;
        found.bad += len == 0;
        found.pairs += is_pair(before, code_point);
        i += len > 0 ? (size_t)len : 1;
    }
    return found;
}

bool spoor_utf8_is_valid(spoor_str s) {
    flaws found = count_flaws(s);
    return found.bad == 0 && found.pairs == 0;
}

spoor_str spoor_utf8_repair(spoor_arena *arena, spoor_str s, uint64_t *bad) {
    flaws found = count_flaws(s);
    if (found.bad == 0 && found.pairs == 0) {
        return s;
    }
    *bad += found.bad;
    char *out = SPOOR_RAW_ARRAY(arena, char, s.len + (size_t)found.bad * 2); /* 1 byte becomes 3 */
    size_t len = 0;
    uint32_t before = 0;
    for (const char *at = s.ptr, *end = s.ptr + s.len; at < end;) {
        uint32_t code_point = spoor_utf8_next(&at, end);
        if (is_pair(before, code_point)) {
            len -= encoded_length(before);
            code_point = join_pair(before, code_point);
        }
        len += (size_t)spoor_utf8_put(out + len, code_point);
        before = code_point;
    }
    return (spoor_str){out, len};
}

/* Narrows the ASCII units that begin the text; returns how many. */
static size_t narrow_ascii(const unsigned char *utf16le, size_t units, char *out) {
    size_t i = 0;
#ifdef __SSE2__
    const __m128i not_ascii = _mm_set1_epi16((short)0xFF80);
    const __m128i zero = _mm_setzero_si128();
    while (units - i >= 8 || (i > 0 && i < units)) {
        /* The last block may overlap the one before: the same units give the same bytes. */
        size_t at = units - i >= 8 ? i : units - 8;
        __m128i eight = _mm_loadu_si128((const void *)(utf16le + 2 * at));
        __m128i is_ascii = _mm_cmpeq_epi16(_mm_and_si128(eight, not_ascii), zero);
        if (_mm_movemask_epi8(is_ascii) != 0xFFFF) {
            break;
        }
        _mm_storel_epi64((void *)(out + at), _mm_packus_epi16(eight, eight));
        i = at + 8;
    }
#endif
    for (; i < units && utf16le[2 * i + 1] == 0 && utf16le[2 * i] < 0x80; i++) {
        out[i] = (char)utf16le[2 * i];
    }
    return i;
}

size_t spoor_utf16_to_utf8(const unsigned char *utf16le, size_t units, char *out) {
    char *to = out;
    for (size_t i = 0; i < units;) {
        size_t ascii = narrow_ascii(utf16le + 2 * i, units - i, to);
        i += ascii;
        to += ascii;
        if (i == units) {
            break;
        }
        const unsigned char *p = utf16le + 2 * i;
        uint32_t c = p[0] | (uint32_t)p[1] << 8;
        i++;
        uint32_t low = i < units ? p[2] | (uint32_t)p[3] << 8 : 0;
        if (is_pair(c, low)) {
            c = join_pair(c, low);
            i++;
        }
        to += spoor_utf8_put(to, c);
    }
    return (size_t)(to - out);
}

/* -- case ----------------------------------------------------------------------------------------
 */

static uint32_t map_case(const case_range *ranges, size_t count, uint32_t c) {
    size_t low = 0;
    while (count > 0) {
        size_t half = count / 2;
        const case_range *range = &ranges[low + half];
        if (c > range->last) {
            low += half + 1;
            count -= half + 1;
        } else if (c >= range->first) {
            bool is_member = (c - range->first) % range->step == 0;
            return is_member ? (uint32_t)((int32_t)c + range->delta) : c;
        } else {
            count = half;
        }
    }
    return c;
}

static bool is_in(const set_range *ranges, size_t count, uint32_t c) {
    size_t low = 0;
    while (count > 0) {
        size_t half = count / 2;
        if (c > ranges[low + half].last) {
            low += half + 1;
            count -= half + 1;
        } else if (c >= ranges[low + half].first) {
            return true;
        } else {
            count = half;
        }
    }
    return false;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static inline uint32_t ascii_lower(uint32_t c) {
    return c - 'A' < 26 ? c + 32 : c;
}

static inline uint32_t ascii_upper(uint32_t c) {
    return c - 'a' < 26 ? c - 32 : c;
}

uint32_t spoor_fold(uint32_t c) {
    return c < 0x80 ? ascii_lower(c) : map_case(fold_ranges, COUNT(fold_ranges), c);
}

uint32_t spoor_to_lower(uint32_t c) {
    return c < 0x80 ? ascii_lower(c) : map_case(lower_ranges, COUNT(lower_ranges), c);
}

uint32_t spoor_to_upper(uint32_t c) {
    return c < 0x80 ? ascii_upper(c) : map_case(upper_ranges, COUNT(upper_ranges), c);
}

/* A copy of s with every code point mapped; a mapping may change the length in bytes. */
static spoor_str map_str(spoor_arena *arena, spoor_str s, uint32_t (*map)(uint32_t)) {
    s = anchored(s);
    size_t ascii = ascii_prefix(s.ptr, s.len);
    const char *end = s.ptr + s.len;
    size_t len = ascii;
    for (const char *at = s.ptr + ascii; at < end;) {
        len += encoded_length(map(spoor_utf8_next(&at, end)));
    }
    char *out = SPOOR_RAW_ARRAY(arena, char, len + 1);
    for (size_t i = 0; i < ascii; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        out[i] = (char)(map == spoor_to_upper ? ascii_upper(c) : ascii_lower(c));
    }
    char *to = out + ascii;
    for (const char *at = s.ptr + ascii; at < end;) {
        to += spoor_utf8_put(to, map(spoor_utf8_next(&at, end)));
    }
    *to = '\0';
    return (spoor_str){out, len};
}

spoor_str spoor_str_fold(spoor_arena *arena, spoor_str s) {
    return map_str(arena, s, spoor_fold);
}

spoor_str spoor_str_lower(spoor_arena *arena, spoor_str s) {
    return map_str(arena, s, spoor_to_lower);
}

spoor_str spoor_str_upper(spoor_arena *arena, spoor_str s) {
    return map_str(arena, s, spoor_to_upper);
}

bool spoor_is_alnum(uint32_t c) {
    if (c < 0x80) {
        return c - '0' < 10 || (c | 0x20) - 'a' < 26;
    }
    return is_in(alnum_ranges, COUNT(alnum_ranges), c);
}

bool spoor_is_space(uint32_t c) {
    if (c < 0x80) {
        return c == ' ' || c - '\t' < 5;
    }
    return is_in(space_ranges, COUNT(space_ranges), c);
}
