/* sigma_value.c - texts of Sigma: wildcards, escapes, and what transforming modifiers make of them.
 *
 * A text with open places holds SPOOR_SIGMA_STAR, _ONE and _DASH, bytes that no
 * WTF-8 has; so a literal star and a wildcard are never mixed up. */
#include "base/base64.h"
#include "base/buffer.h"
#include "base/utf8.h"
#include "rules/sigma.h"

/* Hyphen, slash, en dash, em dash, horizontal bar: what Windows programs take for each other. */
static const char *const dashes[] = {"-", "/", "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x80\x95"};
enum { NDASHES = sizeof dashes / sizeof *dashes };

/* A backslash escapes * ? and itself, with `expand` also %, and is one before anything else. */
spoor_str spoor_sigma_unescape(spoor_arena *arena, spoor_str text, bool percent) {
    char *out = SPOOR_RAW_ARRAY(arena, char, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i], next = i + 1 < text.len ? text.ptr[i + 1] : 0;
        if (c == '\\' && (next == '*' || next == '?' || next == '\\')) {
            out[len++] = next;
            i++;
        } else if (percent && c == '\\' && next == '%') {
            out[len++] = SPOOR_SIGMA_PERCENT;
            i++;
        } else {
            out[len++] = c == '*' ? SPOOR_SIGMA_STAR : c == '?' ? SPOOR_SIGMA_ONE : c;
        }
    }
    return (spoor_str){out, len};
}

bool spoor_sigma_is_open(spoor_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == SPOOR_SIGMA_STAR || text.ptr[i] == SPOOR_SIGMA_ONE ||
            text.ptr[i] == SPOOR_SIGMA_DASH) {
            return true;
        }
    }
    return false;
}

/* -- windash ----------------------------------------------------------------------------------- */

static size_t dash_at(spoor_str text, size_t at) {
    for (int i = 0; i < NDASHES; i++) {
        size_t len = strlen(dashes[i]);
        if (text.len - at >= len && memcmp(text.ptr + at, dashes[i], len) == 0) {
            return len;
        }
    }
    return 0;
}

static bool is_word(uint32_t c) {
    return c == '_' || spoor_is_alnum(c);
}

static bool ends_in_word(spoor_str text, size_t end) {
    const char *at = text.ptr + end;
    bool is_open = end > 0 && ((unsigned char)at[-1] >= 0xFD);
    return end > 0 && !is_open && is_word(spoor_utf8_before(text.ptr, &at));
}

static bool begins_word(spoor_str text, size_t from) {
    const char *at = text.ptr + from;
    bool is_there = from < text.len && (unsigned char)*at < 0xFD;
    return is_there && is_word(spoor_utf8_next(&at, text.ptr + text.len));
}

spoor_str spoor_sigma_open_dashes(spoor_arena *arena, spoor_str text) {
    char *out = SPOOR_RAW_ARRAY(arena, char, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len;) {
        size_t dash = dash_at(text, i);
        if (dash > 0 && !ends_in_word(text, i) && begins_word(text, i + dash)) {
            out[len++] = SPOOR_SIGMA_DASH;
            i += dash;
        } else {
            out[len++] = text.ptr[i++];
        }
    }
    return (spoor_str){out, len};
}

uint32_t spoor_sigma_count_dashes(spoor_str text) {
    uint32_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        n += text.ptr[i] == SPOOR_SIGMA_DASH;
    }
    return n;
}

spoor_str spoor_sigma_pick_dashes(spoor_arena *arena, spoor_str text, uint32_t n) {
    spoor_buffer out = {.arena = arena};
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == SPOOR_SIGMA_DASH) {
            spoor_buffer_put(&out, spoor_str_from(dashes[n % NDASHES]));
            n /= NDASHES;
        } else {
            spoor_buffer_put_char(&out, text.ptr[i]);
        }
    }
    return spoor_buffer_text(&out);
}

/* -- encodings --------------------------------------------------------------------------------- */

static void put_unit(spoor_buffer *out, uint32_t unit, bool big_endian) {
    char high = (char)(unit >> 8), low = (char)(unit & 0xFF);
    spoor_buffer_put_char(out, big_endian ? high : low);
    spoor_buffer_put_char(out, big_endian ? low : high);
}

spoor_str spoor_sigma_utf16(spoor_arena *arena, spoor_str text, bool big_endian, bool mark) {
    spoor_buffer out = {.arena = arena};
    const char *at = text.ptr, *end = text.ptr + text.len;
    if (mark) {
        put_unit(&out, 0xFEFF, big_endian);
    }
    while (at < end) {
        uint32_t c = spoor_utf8_next(&at, end);
        if (c >= 0x10000) {
            put_unit(&out, 0xD800 + ((c - 0x10000) >> 10), big_endian);
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        put_unit(&out, c, big_endian);
    }
    return spoor_buffer_text(&out);
}

/* Without the characters whose bits also hang on what stands before and behind. */
spoor_str spoor_sigma_base64_part(spoor_arena *arena, spoor_str bytes, uint32_t shift) {
    static const size_t first[] = {0, 2, 3};   /* of bytes behind 0, 1, 2 others */
    static const size_t dropped[] = {0, 3, 2}; /* padding, and the character before it */
    char *shifted = SPOOR_NEW_ARRAY(arena, char, bytes.len + shift + 1);
    if (bytes.len > 0) {
        memcpy(shifted + shift, bytes.ptr, bytes.len);
    }
    spoor_str text = spoor_base64_encode(arena, (spoor_str){shifted, bytes.len + shift});
    size_t end = text.len - dropped[(bytes.len + shift) % 3], from = first[shift];
    return from < end ? (spoor_str){text.ptr + from, end - from} : (spoor_str){0};
}

/* -- how it is tested -------------------------------------------------------------------------- */

static bool is_star(char c) {
    return c == SPOOR_SIGMA_STAR;
}

spoor_str spoor_sigma_classify(spoor_arena *arena, spoor_str text, spoor_sigma_op *op) {
    spoor_str inner = text;
    while (inner.len > 0 && is_star(inner.ptr[0])) {
        inner.ptr++;
        inner.len--;
    }
    while (inner.len > 0 && is_star(inner.ptr[inner.len - 1])) {
        inner.len--;
    }
    bool begins = text.len == 0 || !is_star(text.ptr[0]);
    bool ends = text.len == 0 || !is_star(text.ptr[text.len - 1]);
    if (text.len > 0 && inner.len == 0) {
        *op = SPOOR_SIGMA_ANY;
        return inner;
    }
    bool has_inner = false;
    for (size_t i = 0; i < inner.len; i++) {
        has_inner |= is_star(inner.ptr[i]) || inner.ptr[i] == SPOOR_SIGMA_ONE;
    }
    if (has_inner) {
        *op = SPOOR_SIGMA_PATTERN;
        return spoor_arena_str(arena, text);
    }
    *op = begins ? ends ? SPOOR_SIGMA_EQUALS : SPOOR_SIGMA_STARTS
          : ends ? SPOOR_SIGMA_ENDS
                 : SPOOR_SIGMA_CONTAINS;
    return inner; /* may hold DASHes */
}

static void put_regex_char(spoor_buffer *out, char c) {
    if (c == '\0') {
        spoor_buffer_put(out, SPOOR_STR("\\x00"));
        return;
    }
    if (strchr("\\.+*?()|[]{}^$#&-~", c) != NULL) {
        spoor_buffer_put_char(out, '\\');
    }
    spoor_buffer_put_char(out, c);
}

spoor_str spoor_sigma_pattern_regex(spoor_arena *arena, spoor_str pattern, bool is_cased,
                                    bool in_list) {
    spoor_buffer out = {.arena = arena};
    spoor_str any =
        in_list ? SPOOR_STR("[^\\x01]") : SPOOR_STR("."); /* a list has marks around each text */
    spoor_str p = pattern;
    bool begins = p.len == 0 || !is_star(p.ptr[0]);
    bool ends = p.len == 0 || !is_star(p.ptr[p.len - 1]);
    while (p.len > 0 && is_star(p.ptr[0])) {
        p.ptr++;
        p.len--;
    }
    while (p.len > 0 && is_star(p.ptr[p.len - 1])) {
        p.len--;
    }
    spoor_buffer_put(&out, is_cased ? SPOOR_STR("(?s)") : SPOOR_STR("(?is)"));
    spoor_buffer_put(&out, !begins ? SPOOR_STR("") : in_list ? SPOOR_STR("\\x01") : SPOOR_STR("^"));
    for (size_t i = 0; i < p.len; i++) {
        char c = p.ptr[i];
        if (is_star(c)) {
            bool is_again = i > 0 && is_star(p.ptr[i - 1]);
            spoor_buffer_put(&out, is_again ? SPOOR_STR("") : any);
            spoor_buffer_put(&out, is_again ? SPOOR_STR("") : SPOOR_STR("*"));
        } else if (c == SPOOR_SIGMA_ONE) {
            spoor_buffer_put(&out, any);
        } else if (c == SPOOR_SIGMA_DASH) {
            spoor_buffer_put(&out, SPOOR_STR("[-/\xE2\x80\x93\xE2\x80\x94\xE2\x80\x95]"));
        } else {
            put_regex_char(&out, c);
        }
    }
    spoor_buffer_put(&out, !ends ? SPOOR_STR("") : in_list ? SPOOR_STR("\\x01") : SPOOR_STR("$"));
    return spoor_buffer_text(&out);
}
