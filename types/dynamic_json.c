/* dynamic_json.c - JSON text to the binary form of dynamic values and back.
 *
 * The parser keeps no stack of its own: the builder's open containers are
 * it.  Printing recurses as deep as the value is high.  Text is WTF-8, JSON
 * is UTF-8: a lone surrogate travels as a \u escape. */
#include <assert.h>

#include "base/limits.h"
#include "base/number.h"
#include "base/time.h"
#include "base/utf8.h"
#include "types/dynamic.h"

/* -- parsing -------------------------------------------------------------------------------------
 */

typedef struct parser {
    const char *at, *end;
    spoor_dynamic_builder builder;
    char *scratch; /* an unescaped string */
    size_t scratch_size;
} parser;

static void skip_blanks(parser *p) {
    while (p->at < p->end &&
           (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')) {
        p->at++;
    }
}

static bool accept(parser *p, char c) {
    if (p->at < p->end && *p->at == c) {
        p->at++;
        return true;
    }
    return false;
}

static bool accept_word(parser *p, spoor_str word) {
    if ((size_t)(p->end - p->at) < word.len || memcmp(p->at, word.ptr, word.len) != 0) {
        return false;
    }
    p->at += word.len;
    return true;
}

static bool parse_hex4(const char *at, const char *end, uint32_t *unit) {
    if (end - at < 4) {
        return false;
    }
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) {
            return false;
        }
        *unit = *unit << 4 | (uint32_t)digit;
    }
    return true;
}

/* Writes a code point after text[0, len); returns the new length.  A low surrogate after a high
 * one makes a pair of them: text never holds the two apart. */
static size_t put_code_point(char *text, size_t len, uint32_t code_point) {
    if (code_point >= 0xDC00 && code_point <= 0xDFFF && len >= 3) {
        const unsigned char *before = (const unsigned char *)text + len - 3;
        if (before[0] == 0xED && before[1] >= 0xA0 && before[1] <= 0xAF) {
            uint32_t high = (uint32_t)(before[1] & 0x0F) << 6 | (before[2] & 0x3Fu);
            code_point = 0x10000 + (high << 10) + (code_point - 0xDC00);
            len -= 3;
        }
    }
    return len + (size_t)spoor_utf8_put(text + len, code_point);
}

/* The escape at `at`, after its backslash; returns what follows it, or NULL. */
static const char *unescape(const char *at, const char *end, char *out, size_t *len) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (at == end) {
        return NULL;
    }
    if (*at == 'u') {
        uint32_t unit;
        if (!parse_hex4(at + 1, end, &unit)) {
            return NULL;
        }
        *len = put_code_point(out, *len, unit);
        return at + 5;
    }
    const char *found = memchr(from, *at, sizeof from - 1);
    if (found == NULL) {
        return NULL;
    }
    out[(*len)++] = to[found - from];
    return at + 1;
}

/* Raw text of a literal that has escapes, into the scratch: never longer than it was. */
static bool unescape_all(parser *p, spoor_str raw, spoor_str *text) {
    if (raw.len > p->scratch_size) {
        p->scratch_size = raw.len > 2 * p->scratch_size ? raw.len : 2 * p->scratch_size;
        p->scratch = SPOOR_RAW_ARRAY(p->builder.arena, char, p->scratch_size);
    }
    const char *at = raw.ptr, *end = raw.ptr + raw.len;
    size_t len = 0;
    while (at < end) {
        if (*at == '\\') {
            at = unescape(at + 1, end, p->scratch, &len);
            if (at == NULL) {
                return false;
            }
        } else if ((unsigned char)*at == 0xED && end - at >= 3) { /* may be half a pair */
            const char *next = at;
            uint32_t code_point = spoor_utf8_next(&next, end);
            if (next - at == 3) {
                len = put_code_point(p->scratch, len, code_point);
                at = next;
            } else {
                p->scratch[len++] = *at++;
            }
        } else {
            p->scratch[len++] = *at++;
        }
    }
    *text = (spoor_str){p->scratch, len};
    return true;
}

/* A string literal; the text lasts until the next one. */
static bool parse_string(parser *p, spoor_str *text) {
    if (!accept(p, '"')) {
        return false;
    }
    const char *start = p->at;
    bool has_escape = false;
    while (p->at < p->end && *p->at != '"') {
        if ((unsigned char)*p->at < 0x20) {
            return false;
        }
        if (*p->at == '\\') {
            has_escape = true;
            p->at++; /* what it escapes is no closing quote */
        }
        p->at += p->at < p->end;
    }
    if (p->at >= p->end) {
        return false;
    }
    spoor_str raw = {start, (size_t)(p->at - start)};
    p->at++;
    if (has_escape) {
        return unescape_all(p, raw, text);
    }
    *text = raw;
    return true;
}

static bool skip_digits(parser *p) {
    const char *start = p->at;
    while (p->at < p->end && *p->at >= '0' && *p->at <= '9') {
        p->at++;
    }
    return p->at > start;
}

static bool parse_number(parser *p) {
    const char *start = p->at;
    bool is_whole = true;
    accept(p, '-');
    if (!accept(p, '0') && !skip_digits(p)) {
        return false;
    }
    if (accept(p, '.')) {
        is_whole = false;
        if (!skip_digits(p)) {
            return false;
        }
    }
    if (accept(p, 'e') || accept(p, 'E')) {
        is_whole = false;
        if (!accept(p, '-')) {
            accept(p, '+');
        }
        if (!skip_digits(p)) {
            return false;
        }
    }
    spoor_str text = {start, (size_t)(p->at - start)};
    spoor_value value = {.type = SPOOR_LONG};
    if (!is_whole || !spoor_long_parse(text, &value.integer)) {
        value = (spoor_value){.type = SPOOR_REAL};
        if (!spoor_real_parse(text, &value.real) || value.real - value.real != 0) {
            return false;
        }
    }
    spoor_dynamic_add(&p->builder, &value);
    return true;
}

static bool parse_scalar(parser *p) {
    spoor_value value = {.type = SPOOR_BOOL};
    spoor_str text;
    switch (p->at < p->end ? *p->at : '\0') {
    case '"':
        if (!parse_string(p, &text)) {
            return false;
        }
        spoor_dynamic_add_text(&p->builder, text);
        return true;
    case 't':
        value.boolean = true;
        if (!accept_word(p, SPOOR_STR("true"))) {
            return false;
        }
        break;
    case 'f':
        if (!accept_word(p, SPOOR_STR("false"))) {
            return false;
        }
        break;
    case 'n':
        value.is_null = true;
        if (!accept_word(p, SPOOR_STR("null"))) {
            return false;
        }
        break;
    default: return parse_number(p);
    }
    spoor_dynamic_add(&p->builder, &value);
    return true;
}

static char open_kind(const spoor_dynamic_builder *builder) {
    return builder->bytes[builder->open[builder->depth - 1].start];
}

/* What stands before an element: in a bag its name. */
static bool parse_element_start(parser *p) {
    spoor_str name;
    skip_blanks(p);
    if (open_kind(&p->builder) == '[') {
        return true;
    }
    if (!parse_string(p, &name)) {
        return false;
    }
    spoor_dynamic_name(&p->builder, name);
    skip_blanks(p);
    if (!accept(p, ':')) {
        return false;
    }
    skip_blanks(p);
    return true;
}

/* A scalar, or a container up to its first element: then *opened is set. */
static bool parse_value_start(parser *p, bool *opened) {
    char kind = p->at < p->end ? *p->at : '\0';
    *opened = false;
    if (kind != '[' && kind != '{') {
        return parse_scalar(p);
    }
    if (p->builder.depth == SPOOR_MAX_JSON_DEPTH) {
        return false;
    }
    p->at++;
    spoor_dynamic_open(&p->builder, kind);
    skip_blanks(p);
    if (accept(p, kind == '[' ? ']' : '}')) {
        spoor_dynamic_close(&p->builder);
        return true;
    }
    *opened = true;
    return parse_element_start(p);
}

/* After a value: closes what ends here.  *more: another element follows. */
static bool parse_value_end(parser *p, bool *more) {
    *more = false;
    while (p->builder.depth > 0) {
        skip_blanks(p);
        if (accept(p, ',')) {
            *more = true;
            return parse_element_start(p);
        }
        if (!accept(p, open_kind(&p->builder) == '[' ? ']' : '}')) {
            return false;
        }
        spoor_dynamic_close(&p->builder);
    }
    return true;
}

bool spoor_dynamic_parse_json(spoor_arena *arena, spoor_str text, spoor_str *value) {
    if (text.len == 0) {
        return false;
    }
    parser p = {.at = text.ptr, .end = text.ptr + text.len};
    spoor_dynamic_init(&p.builder, arena);
    skip_blanks(&p);
    for (bool more = true; more;) {
        bool opened;
        if (!parse_value_start(&p, &opened)) {
            return false;
        }
        if (!opened && !parse_value_end(&p, &more)) {
            return false;
        }
    }
    skip_blanks(&p);
    if (p.at != p.end) {
        return false;
    }
    *value = spoor_dynamic_finish(&p.builder);
    return true;
}

/* -- printing ------------------------------------------------------------------------------------
 */

typedef struct printer {
    spoor_arena *arena;
    char *text;
    size_t len, capacity;
} printer;

static void put(printer *out, spoor_str s) {
    if (s.len > out->capacity - out->len) {
        if (s.len > SIZE_MAX / 4 || out->capacity > SIZE_MAX / 4) {
            spoor_arena_fail(out->arena);
        }
        size_t capacity = 2 * (out->capacity + s.len);
        char *text = SPOOR_RAW_ARRAY(out->arena, char, capacity);
        if (out->len > 0) {
            memcpy(text, out->text, out->len);
        }
        out->text = text;
        out->capacity = capacity;
    }
    if (s.len > 0) {
        memcpy(out->text + out->len, s.ptr, s.len);
        out->len += s.len;
    }
}

static void put_unit(printer *out, uint32_t unit) {
    static const char hex[] = "0123456789abcdef";
    char escape[6] = {'\\', 'u'};
    for (int i = 0; i < 4; i++) {
        escape[2 + i] = hex[unit >> (12 - 4 * i) & 15];
    }
    put(out, (spoor_str){escape, sizeof escape});
}

/* The character at `at`, one that a literal does not take as it is. */
static const char *put_escaped(printer *out, const char *at, const char *end) {
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *found = memchr(from, *at, sizeof from - 1);
    if (found != NULL) {
        put(out, (spoor_str){(char[]){'\\', to[found - from]}, 2});
        return at + 1;
    }
    if ((unsigned char)*at < 0x20) {
        put_unit(out, (unsigned char)*at);
        return at + 1;
    }
    const char *start = at;
    uint32_t code_point = spoor_utf8_next(&at, end);
    if (code_point >= 0xD800 && code_point <= 0xDFFF) {
        put_unit(out, code_point);
    } else if (code_point == 0xFFFD) { /* or a bad byte */
        put(out, SPOOR_STR("\xEF\xBF\xBD"));
    } else {
        put(out, (spoor_str){start, (size_t)(at - start)});
    }
    return at;
}

static bool is_plain(char c) {
    unsigned char byte = (unsigned char)c;
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

static void put_quoted(printer *out, spoor_str text) {
    put(out, SPOOR_STR("\""));
    const char *at = text.ptr, *end = text.len > 0 ? text.ptr + text.len : text.ptr;
    while (at < end) {
        const char *start = at;
        while (at < end && is_plain(*at)) {
            at++;
        }
        put(out, (spoor_str){start, (size_t)(at - start)});
        if (at < end) {
            at = put_escaped(out, at, end);
        }
    }
    put(out, SPOOR_STR("\""));
}

/* A scalar but a string or null: its text, and whether JSON has quotes round it. */
static spoor_str scalar_text(const spoor_value *scalar, char buffer[SPOOR_NUMBER_TEXT],
                             bool *is_quoted) {
    *is_quoted = true;
    switch (scalar->type) {
    case SPOOR_DATETIME: return spoor_time_print(scalar->integer, buffer);
    case SPOOR_TIMESPAN: return spoor_timespan_print(scalar->integer, buffer);
    case SPOOR_GUID: return spoor_guid_print(scalar->guid, buffer);
    case SPOOR_DECIMAL: return spoor_decimal_print(scalar->decimal, buffer);
    case SPOOR_REAL:
        if (scalar->real - scalar->real != 0) { /* NaN, Infinity: no numbers of JSON */
            return spoor_real_print(scalar->real, buffer);
        }
        *is_quoted = false;
        return spoor_real_print_json(scalar->real, buffer);
    case SPOOR_INT:
    case SPOOR_LONG: *is_quoted = false; return spoor_long_print(scalar->integer, buffer);
    case SPOOR_BOOL:
        *is_quoted = false;
        return scalar->boolean ? SPOOR_STR("true") : SPOOR_STR("false");
    case SPOOR_STRING:
    case SPOOR_DYNAMIC:
    case SPOOR_NTYPES: break;
    }
    assert(false && "no such scalar");
    return SPOOR_STR("");
}

static void put_value(printer *out, spoor_str value);

static void put_container(printer *out, spoor_str value) {
    spoor_dynamic_iter iter = spoor_dynamic_begin(value);
    bool is_bag = iter.is_bag, is_first = true;
    spoor_str name, element;
    put(out, is_bag ? SPOOR_STR("{") : SPOOR_STR("["));
    while (spoor_dynamic_next(&iter, &name, &element)) {
        if (!is_first) {
            put(out, SPOOR_STR(","));
        }
        is_first = false;
        if (is_bag) {
            put_quoted(out, name);
            put(out, SPOOR_STR(":"));
        }
        put_value(out, element);
    }
    put(out, is_bag ? SPOOR_STR("}") : SPOOR_STR("]"));
}

static void put_value(printer *out, spoor_str value) {
    char buffer[SPOOR_NUMBER_TEXT];
    spoor_value scalar = spoor_dynamic_scalar(value);
    if (scalar.is_null) {
        put(out, SPOOR_STR("null"));
    } else if (scalar.type == SPOOR_DYNAMIC) {
        put_container(out, value);
    } else if (scalar.type == SPOOR_STRING) {
        put_quoted(out, scalar.string);
    } else {
        bool is_quoted;
        spoor_str text = scalar_text(&scalar, buffer, &is_quoted);
        put(out, is_quoted ? SPOOR_STR("\"") : SPOOR_STR(""));
        put(out, text);
        put(out, is_quoted ? SPOOR_STR("\"") : SPOOR_STR(""));
    }
}

spoor_str spoor_dynamic_print_json(spoor_arena *arena, spoor_str value) {
    printer out = {.arena = arena};
    put_value(&out, value);
    return (spoor_str){out.text, out.len};
}

spoor_str spoor_dynamic_to_text(spoor_arena *arena, spoor_str value) {
    spoor_value scalar = spoor_dynamic_scalar(value);
    if (scalar.is_null) {
        return SPOOR_STR("");
    }
    if (scalar.type == SPOOR_STRING) {
        return scalar.string;
    }
    if (scalar.type == SPOOR_DYNAMIC) {
        return spoor_dynamic_print_json(arena, value);
    }
    char buffer[SPOOR_NUMBER_TEXT];
    bool is_quoted;
    return spoor_arena_str(arena, scalar_text(&scalar, buffer, &is_quoted));
}

spoor_str spoor_json_quote(spoor_arena *arena, spoor_str text) {
    printer out = {.arena = arena};
    put_quoted(&out, text);
    return (spoor_str){out.text, out.len};
}
