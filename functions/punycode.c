/* punycode.c - RFC 3492; see punycode.h.
 *
 * The ASCII characters come first, as they are.  Behind the last dash each
 * other one is a number, in the order of code points: how far to walk, round
 * and round through the text so far, to the place and code point to insert. */
#include "functions/punycode.h"

#include "base/utf8.h"

enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, FIRST_BIAS = 72, FIRST_CODE = 128 };

static uint32_t adapt(uint32_t delta, uint32_t points, bool is_first) {
    uint32_t k = 0;
    delta = is_first ? delta / DAMP : delta / 2;
    for (delta += delta / points; delta > (BASE - TMIN) * TMAX / 2; k += BASE) {
        delta /= BASE - TMIN;
    }
    return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias) {
    return k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
}

static char digit_char(uint32_t digit) {
    return (char)(digit < 26 ? 'a' + digit : '0' + (digit - 26));
}

static void put_number(spoor_buffer *out, uint32_t number, uint32_t bias) {
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = threshold(k, bias);
        if (number < t) {
            break;
        }
        spoor_buffer_put_char(out, digit_char(t + (number - t) % (BASE - t)));
        number = (number - t) / (BASE - t);
    }
    spoor_buffer_put_char(out, digit_char(number));
}

/* The code points of a text; SIZE_MAX: too many. */
static size_t code_points(spoor_str text, uint32_t *points) {
    size_t count = 0;
    for (const char *at = text.ptr, *end = text.ptr + text.len; at < end;) {
        if (count == SPOOR_PUNYCODE_MOST) {
            return SIZE_MAX;
        }
        points[count++] = spoor_utf8_next(&at, end);
    }
    return count;
}

static uint32_t least_from(const uint32_t *points, size_t count, uint32_t from) {
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        least = points[i] >= from && points[i] < least ? points[i] : least;
    }
    return least;
}

bool spoor_punycode_encode(spoor_buffer *out, spoor_str text) {
    uint32_t *points = SPOOR_RAW_ARRAY(out->arena, uint32_t, SPOOR_PUNYCODE_MOST);
    size_t count = code_points(text, points), done = 0;
    if (count == SIZE_MAX) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (points[i] < FIRST_CODE) {
            spoor_buffer_put_char(out, (char)points[i]);
            done++;
        }
    }
    size_t basic = done;
    if (basic > 0) {
        spoor_buffer_put_char(out, '-');
    }
    /* 4096 code points below 2^21 keep every delta within 2^33: count in 64 bits, then check. */
    uint64_t delta = 0;
    uint32_t bias = FIRST_BIAS;
    for (uint32_t code = FIRST_CODE; done < count; code++) {
        uint32_t next = least_from(points, count, code);
        delta += (uint64_t)(next - code) * (done + 1);
        code = next;
        for (size_t i = 0; i < count; i++) {
            delta += points[i] < code;
            if (points[i] == code) {
                if (delta > UINT32_MAX) {
                    return false;
                }
                put_number(out, (uint32_t)delta, bias);
                bias = adapt((uint32_t)delta, (uint32_t)done + 1, done == basic);
                delta = 0;
                done++;
            }
        }
        delta++;
    }
    return true;
}

/* 36: none. */
static uint32_t digit_of(char c) {
    if (c >= '0' && c <= '9') {
        return (uint32_t)(c - '0') + 26;
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'z' ? (uint32_t)(c - 'a') : BASE;
}

/* Adds the number at *at to *index; false: none, or too large. */
static bool read_number(spoor_str code, size_t *at, uint32_t bias, uint32_t *index) {
    uint64_t weight = 1, sum = *index;
    for (uint32_t k = BASE; *at < code.len; k += BASE) {
        uint32_t digit = digit_of(code.ptr[(*at)++]), t = threshold(k, bias);
        sum += digit * weight;
        if (digit == BASE || sum > UINT32_MAX || weight > UINT32_MAX) {
            return false;
        }
        if (digit < t) {
            *index = (uint32_t)sum;
            return true;
        }
        weight *= BASE - t;
    }
    return false;
}

bool spoor_punycode_decode(spoor_buffer *out, spoor_str code) {
    uint32_t *points = SPOOR_RAW_ARRAY(out->arena, uint32_t, SPOOR_PUNYCODE_MOST);
    size_t basic = code.len, count = 0;
    while (basic > 0 && code.ptr[basic - 1] != '-') {
        basic--;
    }
    size_t at = basic;
    basic = basic > 0 ? basic - 1 : 0;
    if (basic > SPOOR_PUNYCODE_MOST || !spoor_is_ascii((spoor_str){code.ptr, basic})) {
        return false;
    }
    for (; count < basic; count++) {
        points[count] = (unsigned char)code.ptr[count];
    }
    uint32_t index = 0, bias = FIRST_BIAS;
    uint64_t point = FIRST_CODE;
    while (at < code.len) {
        uint32_t before = index;
        if (count == SPOOR_PUNYCODE_MOST || !read_number(code, &at, bias, &index)) {
            return false;
        }
        bias = adapt(index - before, (uint32_t)count + 1, before == 0);
        point += index / (count + 1);
        index %= (uint32_t)count + 1;
        if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
            return false;
        }
        memmove(points + index + 1, points + index, (count - index) * sizeof *points);
        points[index++] = (uint32_t)point;
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        spoor_buffer_put_code_point(out, points[i]);
    }
    return true;
}
