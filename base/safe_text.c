/* safe_text.c - see safe_text.h: event text comes from attackers. */
#include "base/safe_text.h"

#include "base/utf8.h"

static bool is_unsafe(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
           (c >= 0xD800 && c <= 0xDFFF) || (c >= 0xFFF9 && c <= 0xFFFB) ||
           (c >= 0xE0000 && c <= 0xE007F);
}

static bool is_clean(spoor_str text) {
    const char *at = text.ptr, *end = text.len == 0 ? at : text.ptr + text.len;
    while (at < end) {
        unsigned char c = (unsigned char)*at;
        if (c >= 0x20 && c < 0x7F) {
            at++;
        } else if (is_unsafe(spoor_utf8_next(&at, end))) {
            return false;
        }
    }
    return true;
}

static size_t put_escape(char *to, uint32_t c) {
    static const char hex[] = "0123456789ABCDEF";
    const char *named = c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : NULL;
    if (named != NULL) {
        memcpy(to, named, 2);
        return 2;
    }
    size_t n = 0;
    to[n++] = '\\';
    to[n++] = c < 0x100 ? 'x' : 'u';
    if (c >= 0x100) {
        to[n++] = '{';
    }
    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 5;
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
        to[n++] = hex[(c >> shift) & 15];
    }
    if (c >= 0x100) {
        to[n++] = '}';
    }
    return n;
}

/* The next code point as it is shown, moving *at past it; returns bytes. */
static size_t put_next(char to[SPOOR_SAFE_BYTES], const char **at, const char *end) {
    const char *start = *at;
    uint32_t c = spoor_utf8_next(at, end);
    if (is_unsafe(c)) {
        return put_escape(to, c);
    }
    size_t len = (size_t)(*at - start);
    memcpy(to, start, len);
    return len;
}

spoor_str spoor_safe_text(spoor_arena *arena, spoor_str text) {
    if (is_clean(text)) {
        return text;
    }
    char *bytes = SPOOR_RAW_ARRAY(arena, char, text.len *SPOOR_SAFE_BYTES + 1);
    size_t n = 0;
    for (const char *at = text.ptr, *end = text.ptr + text.len; at < end;) {
        n += put_next(bytes + n, &at, end);
    }
    bytes[n] = '\0';
    return (spoor_str){bytes, n};
}

void spoor_safe_copy(char *to, size_t size, spoor_str text) {
    const char *at = text.ptr, *end = text.len == 0 ? at : text.ptr + text.len;
    char next[SPOOR_SAFE_BYTES];
    while (at < end) {
        size_t n = put_next(next, &at, end);
        if (n >= size) {
            break;
        }
        memcpy(to, next, n);
        to += n;
        size -= n;
    }
    *to = '\0';
}

void spoor_safe_print(spoor_str text, FILE *out) {
    const char *at = text.ptr, *end = text.len == 0 ? at : text.ptr + text.len;
    char next[SPOOR_SAFE_BYTES];
    while (at < end) {
        fwrite(next, 1, put_next(next, &at, end), out);
    }
}
