/* base64.c - base64; see base64.h. */
#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

spoor_str spoor_base64_encode(spoor_arena *arena, spoor_str bytes) {
    if (bytes.len > SIZE_MAX / 2) {
        spoor_arena_fail(arena);
    }
    size_t len = (bytes.len + 2) / 3 * 4, to = 0;
    char *text = SPOOR_RAW_ARRAY(arena, char, len + 1);
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    for (size_t at = 0; at < bytes.len; at += 3) {
        size_t have = bytes.len - at;
        uint32_t group = (uint32_t)p[at] << 16;
        group |= have > 1 ? (uint32_t)p[at + 1] << 8 : 0;
        group |= have > 2 ? p[at + 2] : 0;
        text[to++] = alphabet[group >> 18];
        text[to++] = alphabet[group >> 12 & 63];
        text[to++] = have > 1 ? alphabet[group >> 6 & 63] : '=';
        text[to++] = have > 2 ? alphabet[group & 63] : '=';
    }
    return (spoor_str){text, len};
}

/* 64: none of the alphabet. */
static uint32_t digit_of(char c) {
    if (c >= 'A' && c <= 'Z') {
        return (uint32_t)(c - 'A');
    }
    if (c >= 'a' && c <= 'z') {
        return (uint32_t)(c - 'a') + 26;
    }
    if (c >= '0' && c <= '9') {
        return (uint32_t)(c - '0') + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : 64;
}

bool spoor_base64_decode(spoor_arena *arena, spoor_str text, spoor_str *bytes) {
    *bytes = (spoor_str){0};
    if (text.len % 4 != 0) {
        return false;
    }
    size_t padding = 0, to = 0;
    while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=') {
        padding++;
    }
    char *out = SPOOR_RAW_ARRAY(arena, char, text.len / 4 * 3 + 1);
    for (size_t at = 0; at < text.len; at += 4) {
        size_t pads = at + 4 == text.len ? padding : 0;
        uint32_t group = 0;
        for (size_t i = 0; i < 4; i++) {
            uint32_t digit = i < 4 - pads ? digit_of(text.ptr[at + i]) : 0;
            if (digit == 64) {
                return false;
            }
            group = group << 6 | digit;
        }
        out[to++] = (char)(group >> 16);
        if (pads < 2) {
            out[to++] = (char)(group >> 8);
        }
        if (pads < 1) {
            out[to++] = (char)group;
        }
    }
    *bytes = (spoor_str){out, to};
    return true;
}
