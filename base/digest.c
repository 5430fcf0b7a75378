/* digest.c - MD5 and SHA-1; see digest.h.
 *
 * Both cut the text into blocks of 64 bytes; behind it come a byte 0x80, zeros
 * and the length in bits, which may take one block more. */
#include "base/digest.h"

#include <stdint.h>

enum { BLOCK = 64 };

typedef void take_block(uint32_t *state, const unsigned char *block);

static uint32_t rotate(uint32_t value, unsigned bits) {
    return value << bits | value >> (32 - bits);
}

static void digest(spoor_str text, uint32_t *state, take_block *take, bool big_endian) {
    size_t at = 0;
    for (; text.len - at >= BLOCK; at += BLOCK) {
        take(state, (const unsigned char *)text.ptr + at);
    }
    unsigned char last[2 * BLOCK] = {0};
    size_t rest = text.len - at, end = rest + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
    if (rest > 0) {
        memcpy(last, text.ptr + at, rest);
    }
    last[rest] = 0x80;
    uint64_t bits = (uint64_t)text.len * 8;
    for (size_t i = 0; i < 8; i++) {
        size_t place = big_endian ? end - 1 - i : end - 8 + i;
        last[place] = (unsigned char)(bits >> (8 * i));
    }
    take(state, last);
    if (end > BLOCK) {
        take(state, last + BLOCK);
    }
}

/* -- MD5 --------------------------------------------------------------------------------------- */

// clang-format off
static const uint32_t md5_sines[BLOCK] = { /* floor(2^32 * |sin(i + 1)|) */
    0xD76AA478, 0xE8C7B756, 0x242070DB, 0xC1BDCEEE, 0xF57C0FAF, 0x4787C62A, 0xA8304613, 0xFD469501,
    0x698098D8, 0x8B44F7AF, 0xFFFF5BB1, 0x895CD7BE, 0x6B901122, 0xFD987193, 0xA679438E, 0x49B40821,
    0xF61E2562, 0xC040B340, 0x265E5A51, 0xE9B6C7AA, 0xD62F105D, 0x02441453, 0xD8A1E681, 0xE7D3FBC8,
    0x21E1CDE6, 0xC33707D6, 0xF4D50D87, 0x455A14ED, 0xA9E3E905, 0xFCEFA3F8, 0x676F02D9, 0x8D2A4C8A,
    0xFFFA3942, 0x8771F681, 0x6D9D6122, 0xFDE5380C, 0xA4BEEA44, 0x4BDECFA9, 0xF6BB4B60, 0xBEBFBC70,
    0x289B7EC6, 0xEAA127FA, 0xD4EF3085, 0x04881D05, 0xD9D4D039, 0xE6DB99E5, 0x1FA27CF8, 0xC4AC5665,
    0xF4292244, 0x432AFF97, 0xAB9423A7, 0xFC93A039, 0x655B59C3, 0x8F0CCC92, 0xFFEFF47D, 0x85845DD1,
    0x6FA87E4F, 0xFE2CE6E0, 0xA3014314, 0x4E0811A1, 0xF7537E82, 0xBD3AF235, 0x2AD7D2BB, 0xEB86D391,
};
// clang-format on

static void md5_block(uint32_t *state, const unsigned char *block) {
    static const unsigned char turns[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (unsigned i = 0; i < BLOCK; i++) {
        uint32_t mixed;
        unsigned from;
        switch (i / 16) {
        case 0:
            mixed = (b & c) | (~b & d);
            from = i;
            break;
        case 1:
            mixed = (d & b) | (~d & c);
            from = (5 * i + 1) % 16;
            break;
        case 2:
            mixed = b ^ c ^ d;
            from = (3 * i + 5) % 16;
            break;
        default:
            mixed = c ^ (b | ~d);
            from = 7 * i % 16;
            break;
        }
        const unsigned char *p = block + 4 * (size_t)from;
        uint32_t word = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        mixed += a + md5_sines[i] + word;
        a = d;
        d = c;
        c = b;
        b += rotate(mixed, turns[i / 16][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

void spoor_md5(spoor_str text, unsigned char out[SPOOR_MD5_BYTES]) {
    uint32_t state[] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476};
    digest(text, state, md5_block, false);
    for (size_t i = 0; i < SPOOR_MD5_BYTES; i++) {
        out[i] = (unsigned char)(state[i / 4] >> (8 * (i % 4)));
    }
}

/* -- SHA-1 ------------------------------------------------------------------------------------- */

static void sha1_block(uint32_t *state, const unsigned char *block) {
    uint32_t words[80];
    for (size_t i = 0; i < 16; i++) {
        const unsigned char *p = block + 4 * i;
        words[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    for (size_t i = 16; i < 80; i++) {
        words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (size_t i = 0; i < 80; i++) {
        uint32_t mixed;
        switch (i / 20) {
        case 0: mixed = ((b & c) | (~b & d)) + 0x5A827999; break;
        case 1: mixed = (b ^ c ^ d) + 0x6ED9EBA1; break;
        case 2: mixed = ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC; break;
        default: mixed = (b ^ c ^ d) + 0xCA62C1D6; break;
        }
        mixed += rotate(a, 5) + e + words[i];
        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = mixed;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

void spoor_sha1(spoor_str text, unsigned char out[SPOOR_SHA1_BYTES]) {
    uint32_t state[] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    digest(text, state, sha1_block, true);
    for (size_t i = 0; i < SPOOR_SHA1_BYTES; i++) {
        out[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
    }
}
