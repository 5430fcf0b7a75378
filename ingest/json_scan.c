/* json_scan.c - JSON text to an array of nodes: see json_scan.h.
 *
 * The time goes into strings, so those are crossed 16 bytes at a time; the
 * rest is a loop over a stack of open containers. */
#include "ingest/json_scan.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"

typedef unsigned char bytes16 __attribute__((vector_size(16)));
#define ALL16(c)                                                                                   \
    { c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c }

typedef struct scanner {
    spoor_json *json;
    const char *begin, *at, *end;
    uint32_t depth;
    uint32_t open[SPOOR_MAX_JSON_DEPTH]; /* nodes of the containers around `at` */
} scanner;

/* The first of 16 bytes that is set; 16: none is. */
static inline unsigned first_set(bytes16 bytes) {
    uint64_t half[2];
    memcpy(half, &bytes, 16);
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__) {
        half[0] = __builtin_bswap64(half[0]);
        half[1] = __builtin_bswap64(half[1]);
    }
    if (half[0] != 0) {
        return (unsigned)__builtin_ctzll(half[0]) / 8;
    }
    return half[1] != 0 ? 8 + (unsigned)__builtin_ctzll(half[1]) / 8 : 16;
}

/* Where the string around `at` has its next quote, backslash or control character; else `end`. */
static inline const char *skip_plain(const char *at, const char *end) {
    static const bytes16 quote = ALL16('"'), backslash = ALL16('\\'), space = ALL16(' ');
    while (end - at >= 16) {
        bytes16 bytes;
        memcpy(&bytes, at, 16);
        unsigned hit =
            first_set((bytes16)((bytes == quote) | (bytes == backslash) | (bytes < space)));
        if (hit < 16) {
            return at + hit;
        }
        at += 16;
    }
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ') {
        at++;
    }
    return at;
}

static bool fail(scanner *s, const char *why) {
    s->json->error = why;
    s->json->error_at = (size_t)(s->at - s->begin);
    s->json->is_cut = s->at >= s->end;
    return false;
}

static inline void skip_blanks(scanner *s) {
    while (s->at < s->end && (unsigned char)*s->at <= ' ' &&
           (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t')) {
        s->at++;
    }
}

static bool is_hex(unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool scan_code_point(scanner *s) {
    for (int i = 2; i < 6; i++) {
        if (s->at + i >= s->end) {
            s->at = s->end;
            return fail(s, "the text ends inside a string");
        }
        if (!is_hex((unsigned char)s->at[i])) {
            return fail(s, "\\u wants four hexadecimal digits");
        }
    }
    s->at += 6;
    return true;
}

/* One backslash sequence. */
static inline bool scan_escape(scanner *s) {
    if (s->end - s->at < 2) {
        s->at = s->end;
        return fail(s, "the text ends inside a string");
    }
    switch (s->at[1]) {
    case 'u': return scan_code_point(s);
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': s->at += 2; return true;
    default: return fail(s, "an unknown escape in a string");
    }
}

/* From the opening quote past the closing one. */
static inline bool scan_string(scanner *s, spoor_str *text, bool *is_escaped) {
    const char *start = s->at + 1, *end = s->end;
    const char *at = start;
    *is_escaped = false;
    for (;;) {
        at = skip_plain(at, end);
        if (at < end && *at == '"') {
            *text = (spoor_str){start, (size_t)(at - start)};
            s->at = at + 1;
            return true;
        }
        s->at = at;
        if (at >= end) {
            return fail(s, "the text ends inside a string");
        }
        if (*at == '\\') {
            *is_escaped = true;
            if (!scan_escape(s)) {
                return false;
            }
            at = s->at;
        } else if (*at == '\n') {
            return fail(s, "a string without an end");
        } else {
            at++; /* another control character: taken as it is */
        }
    }
}

static bool scan_digits(scanner *s) {
    const char *start = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9') {
        s->at++;
    }
    return s->at > start || fail(s, "expected a digit");
}

static bool scan_number(scanner *s) {
    if (*s->at == '-') {
        s->at++;
    }
    bool is_zero = s->at < s->end && *s->at == '0';
    const char *start = s->at;
    if (!scan_digits(s)) {
        return false;
    }
    if (is_zero && s->at - start > 1) {
        return fail(s, "a number with leading zeros");
    }
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (!scan_digits(s)) {
            return false;
        }
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        s->at++;
        if (s->at < s->end && (*s->at == '+' || *s->at == '-')) {
            s->at++;
        }
        return scan_digits(s);
    }
    return true;
}

static bool scan_word(scanner *s, const char *word) {
    for (const char *w = word; *w != '\0'; w++, s->at++) {
        if (s->at >= s->end || *s->at != *w) {
            return fail(s, "expected a value");
        }
    }
    return true;
}

static spoor_json_node *add_node(scanner *s) {
    spoor_json *json = s->json;
    if (json->count == SPOOR_MAX_JSON_NODES) {
        fail(s, "too many values");
        s->json->is_cut = false;
        return NULL;
    }
    if (json->count == json->capacity) {
        uint32_t capacity = json->capacity == 0 ? 256 : json->capacity * 2;
        spoor_json_node *nodes = realloc(json->nodes, capacity * sizeof *nodes);
        if (nodes == NULL) {
            json->no_memory = true;
            fail(s, "out of memory");
            return NULL;
        }
        json->nodes = nodes;
        json->capacity = capacity;
    }
    return &json->nodes[json->count++];
}

/* A value at `at`; containers are left open. */
static inline bool scan_value(scanner *s, spoor_str key, bool key_escaped) {
    if (s->at >= s->end) {
        return fail(s, "the text ends before a value");
    }
    spoor_json_node *node = add_node(s);
    if (node == NULL) {
        return false;
    }
    *node = (spoor_json_node){.key = key, .key_escaped = key_escaped, .next = s->json->count};
    const char *start = s->at;
    switch (*s->at) {
    case '"':
        node->kind = SPOOR_JSON_STRING;
        return scan_string(s, &node->text, &node->text_escaped);
    case '{':
    case '[':
        if (s->depth == SPOOR_MAX_JSON_DEPTH) {
            s->json->is_too_deep = true;
            return fail(s, "nested too deep");
        }
        node->kind = *s->at == '{' ? SPOOR_JSON_OBJECT : SPOOR_JSON_ARRAY;
        node->text.ptr = start;
        s->open[s->depth++] = s->json->count - 1;
        s->at++;
        return true;
    case 't':
        node->kind = SPOOR_JSON_TRUE;
        if (!scan_word(s, "true")) {
            return false;
        }
        break;
    case 'f':
        node->kind = SPOOR_JSON_FALSE;
        if (!scan_word(s, "false")) {
            return false;
        }
        break;
    case 'n':
        node->kind = SPOOR_JSON_NULL;
        if (!scan_word(s, "null")) {
            return false;
        }
        break;
    default:
        node->kind = SPOOR_JSON_NUMBER;
        if ((*s->at != '-' && (*s->at < '0' || *s->at > '9')) || !scan_number(s)) {
            return fail(s, "expected a value");
        }
        break;
    }
    node->text = (spoor_str){start, (size_t)(s->at - start)};
    return true;
}

static inline bool scan_member(scanner *s) {
    spoor_str key;
    bool is_escaped;
    if (s->at >= s->end || *s->at != '"') {
        return fail(s, "expected a name in quotes");
    }
    if (!scan_string(s, &key, &is_escaped)) {
        return false;
    }
    skip_blanks(s);
    if (s->at >= s->end || *s->at != ':') {
        return fail(s, "expected ':'");
    }
    s->at++;
    skip_blanks(s);
    return scan_value(s, key, is_escaped);
}

static void close_container(scanner *s) {
    spoor_json_node *node = &s->json->nodes[s->open[--s->depth]];
    s->at++;
    node->text.len = (size_t)(s->at - node->text.ptr);
    node->next = s->json->count;
}

/* Inside the innermost container: what comes next. */
static inline bool scan_inside(scanner *s) {
    spoor_json *json = s->json;
    uint32_t container = s->open[s->depth - 1];
    bool is_object = json->nodes[container].kind == SPOOR_JSON_OBJECT;
    bool is_empty = json->count == container + 1;
    skip_blanks(s);
    if (s->at >= s->end) {
        return fail(s, "the text ends inside an object or array");
    }
    if (*s->at == (is_object ? '}' : ']')) {
        close_container(s);
        return true;
    }
    if (!is_empty) {
        if (*s->at != ',') {
            return fail(s, is_object ? "expected ',' or '}'" : "expected ',' or ']'");
        }
        s->at++;
        skip_blanks(s);
    }
    return is_object ? scan_member(s) : scan_value(s, (spoor_str){NULL, 0}, false);
}

bool spoor_json_scan(spoor_json *json, spoor_str text, size_t *used) {
    scanner s;
    s.json = json;
    s.begin = s.at = text.ptr;
    s.end = text.ptr + text.len;
    s.depth = 0;
    json->count = 0;
    json->error = NULL;
    json->is_cut = json->is_too_deep = false;
    skip_blanks(&s);
    bool ok = scan_value(&s, (spoor_str){NULL, 0}, false);
    while (ok && s.depth > 0) {
        ok = scan_inside(&s);
    }
    *used = (size_t)(s.at - s.begin);
    return ok;
}

void spoor_json_free(spoor_json *json) {
    free(json->nodes);
    *json = (spoor_json){0};
}

static inline bool has_key(const spoor_json_node *node, const char *key, size_t len) {
    return node->key.len == len && len > 0 && *node->key.ptr == *key &&
           memcmp(node->key.ptr, key, len) == 0;
}

uint32_t spoor_json_find(const spoor_json *json, uint32_t object, const char *key) {
    const spoor_json_node *nodes = json->nodes;
    if (nodes[object].kind != SPOOR_JSON_OBJECT) {
        return 0;
    }
    size_t len = strlen(key);
    for (uint32_t i = spoor_json_first(object); i < nodes[object].next; i = nodes[i].next) {
        if (has_key(&nodes[i], key, len)) {
            return i;
        }
    }
    return 0;
}

uint32_t spoor_json_path(const spoor_json *json, uint32_t object, const char *path) {
    const spoor_json_node *nodes = json->nodes;
    for (;;) {
        const char *dot = strchr(path, '.');
        size_t len = dot != NULL ? (size_t)(dot - path) : strlen(path);
        uint32_t found = 0;
        if (nodes[object].kind != SPOOR_JSON_OBJECT) {
            return 0;
        }
        for (uint32_t i = spoor_json_first(object); i < nodes[object].next; i = nodes[i].next) {
            if (has_key(&nodes[i], path, len)) {
                found = i;
                break;
            }
        }
        if (found == 0 || dot == NULL) {
            return found;
        }
        object = found;
        path = dot + 1;
    }
}

/* -- escapes --------------------------------------------------------------------------------------
 * Only checked strings come here, so four digits follow each \u. */

static uint32_t hex4(const char *at) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)at[i];
        uint32_t digit = c <= '9' ? (uint32_t)(c - '0') : (uint32_t)((c | 0x20) - 'a' + 10);
        value = value << 4 | digit;
    }
    return value;
}

static char plain_escape(char c) {
    switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c;
    }
}

/* Copies what stands before the next backslash; *to has room for 15 bytes more than are left. */
static inline const char *copy_plain(const char *at, const char *end, char **to) {
    static const bytes16 backslash = ALL16('\\');
    while (end - at >= 16) {
        bytes16 bytes;
        memcpy(&bytes, at, 16);
        memcpy(*to, &bytes, 16);
        unsigned hit = first_set((bytes16)(bytes == backslash));
        at += hit;
        *to += hit;
        if (hit < 16) {
            return at;
        }
    }
    while (at < end && *at != '\\') {
        *(*to)++ = *at++;
    }
    return at;
}

static spoor_str unescape(spoor_arena *arena, spoor_str raw) {
    char *out = SPOOR_RAW_ARRAY(arena, char, raw.len + 16);
    char *to = out;
    const char *at = raw.ptr, *end = raw.ptr + raw.len;
    while (at < end) {
        at = copy_plain(at, end, &to);
        if (at == end) {
            break;
        }
        if (at[1] != 'u') {
            *to++ = plain_escape(at[1]);
            at += 2;
            continue;
        }
        uint32_t c = hex4(at + 2);
        at += 6;
        if (c >= 0xD800 && c < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
            uint32_t low = hex4(at + 2);
            if (low >= 0xDC00 && low < 0xE000) {
                c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                at += 6;
            }
        }
        to += spoor_utf8_put(to, c);
    }
    return (spoor_str){out, (size_t)(to - out)};
}

spoor_str spoor_json_key(spoor_arena *arena, const spoor_json_node *node) {
    return node->key_escaped ? unescape(arena, node->key) : node->key;
}

spoor_str spoor_json_text(spoor_arena *arena, const spoor_json_node *node) {
    return node->text_escaped ? unescape(arena, node->text) : node->text;
}
