/* str.h - a borrowed slice of bytes.
 *
 * Never owns, never needs a NUL, may contain one.  Whoever returns a
 * spoor_str says whose bytes they are. */
#ifndef SPOOR_BASE_STR_H
#define SPOOR_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct spoor_str {
    const char *ptr; /* may be NULL when len == 0 */
    size_t len;      /* bytes */
} spoor_str;

#define SPOOR_STR(literal) ((spoor_str){(literal), sizeof(literal) - 1})

static inline bool spoor_str_eq(spoor_str a, spoor_str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool spoor_str_is(spoor_str a, const char *z) {
    size_t len = strlen(z);
    return a.len == len && (len == 0 || memcmp(a.ptr, z, len) == 0);
}

/* Bytewise order, the shorter first: Kusto's order of strings. */
static inline int spoor_str_compare(spoor_str a, spoor_str b) {
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common > 0 ? memcmp(a.ptr, b.ptr, common) : 0;
    return order != 0 ? (order > 0) - (order < 0) : (a.len > b.len) - (a.len < b.len);
}

/* The blanks of ASCII: space, and tab to carriage return. */
static inline bool spoor_is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without the blanks at both ends. */
static inline spoor_str spoor_str_trim(spoor_str s) {
    while (s.len > 0 && spoor_is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && spoor_is_blank(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

static inline spoor_str spoor_str_from(const char *z) {
    return (spoor_str){z, strlen(z)};
}

#endif
