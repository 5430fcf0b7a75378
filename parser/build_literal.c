/* build_literal.c - literals and types: from their text to a node; see build.h.
 *
 * Only strings are decoded here.  Numbers, times and the rest keep their text
 * as written: whether it is a value is the binder's question. */
#include "parser/build.h"

#include "base/utf8.h"
#include "gen/tokens.h"

/* ---- strings -------------------------------------------------------------------------------- */

typedef struct decoder {
    spoor_parse_state *p;
    const char *at, *end; /* of the literal's content */
    spoor_token literal;
    char *out;
    size_t len;
} decoder;

static bool fail_escape(decoder *d, const char *from, size_t len) {
    spoor_span span = d->literal.span;
    span.start += (uint32_t)(from - d->literal.text.ptr);
    span.end = span.start + (uint32_t)len;
    if (spoor_build_fail(d->p, span, "unknown escape '%.*s' in a string", (int)len, from)) {
        spoor_hint(d->p->diags,
                   "write \\\\ for a backslash, or @ before the string to take it as it is");
    }
    return false;
}

static int hex_value(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* `digits` hex digits behind the escape's letter. */
static bool read_hex(decoder *d, int digits, uint32_t *code) {
    *code = 0;
    for (int i = 0; i < digits; i++) {
        int value = d->end - d->at > 0 ? hex_value(*d->at) : -1;
        if (value < 0) {
            return false;
        }
        *code = *code * 16 + (uint32_t)value;
        d->at++;
    }
    return *code <= 0x10FFFF;
}

/* One to three octal digits, 377 at most. */
static bool read_octal(decoder *d, uint32_t *code) {
    int most = *d->at <= '3' ? 3 : 2, digits = 0;
    *code = 0;
    while (digits < most && d->at < d->end && *d->at >= '0' && *d->at <= '7') {
        *code = *code * 8 + (uint32_t)(*d->at - '0');
        d->at++;
        digits++;
    }
    return digits > 0;
}

/* An escape at d->at, which is a backslash. */
static bool read_escape(decoder *d, uint32_t *code) {
    static const char letters[] = "\\'\"abfnrtv";
    static const char values[] = "\\'\"\a\b\f\n\r\t\v";
    const char *from = d->at++;
    char letter = *d->at;
    const char *known = memchr(letters, letter, sizeof letters - 1);
    bool ok;
    if (known != NULL) {
        *code = (unsigned char)values[known - letters];
        d->at++;
        return true;
    }
    if (letter == 'u' || letter == 'U' || letter == 'x') {
        d->at++;
        ok = read_hex(d, letter == 'u' ? 4 : letter == 'U' ? 8 : 2, code);
    } else {
        ok = read_octal(d, code);
    }
    size_t len = (size_t)(d->at - from);
    while (!ok && len < 2) { /* show the letter, all of its bytes */
        const char *letter_end = d->at;
        spoor_utf8_next(&letter_end, d->end);
        len = (size_t)(letter_end - from);
    }
    return ok || fail_escape(d, from, len);
}

static bool is_high(uint32_t code) {
    return code >= 0xD800 && code <= 0xDBFF;
}

/* \ud83d\ude00 is one character. */
static bool read_code_point(decoder *d, uint32_t *code) {
    if (!read_escape(d, code)) {
        return false;
    }
    if (is_high(*code) && d->end - d->at >= 6 && d->at[0] == '\\' && d->at[1] == 'u') {
        decoder ahead = *d;
        uint32_t low;
        ahead.at += 2;
        if (read_hex(&ahead, 4, &low) && low >= 0xDC00 && low <= 0xDFFF) {
            *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
            d->at = ahead.at;
        }
    }
    return true;
}

static void decode_verbatim(decoder *d, char quote) {
    while (d->at < d->end) {
        d->out[d->len++] = *d->at;
        d->at += *d->at == quote ? 2 : 1; /* a doubled quote stands for one */
    }
}

static bool decode_escaped(decoder *d) {
    while (d->at < d->end) {
        if (*d->at != '\\') {
            d->out[d->len++] = *d->at++;
            continue;
        }
        uint32_t code;
        if (!read_code_point(d, &code)) {
            return false;
        }
        d->len += (size_t)spoor_utf8_put(d->out + d->len, code);
    }
    return true;
}

enum { CURLY_BYTES = 3 }; /* of U+201C and U+201D in UTF-8 */

/* Curly quotes are what a web page makes of a query; Microsoft's parser refuses them. */
static bool accept_curly(decoder *d) {
    if (d->p->strict) {
        return !spoor_build_fail(d->p, d->literal.span, "a string cannot be in curly quotes");
    }
    if (!d->p->failed && !d->p->warned_curly) {
        d->p->warned_curly = true;
        spoor_warn(d->p->diags, d->literal.span, "curly quotes taken as plain ones");
    }
    return true;
}

/* Append the value of one literal. */
static bool decode_literal(decoder *d) {
    const char *at = d->literal.text.ptr, *end = at + d->literal.text.len;
    at += *at == 'h' || *at == 'H'; /* obfuscated in logs; the value is the same */
    if (*at == '@') {
        d->at = at + 2;
        d->end = end - 1;
        decode_verbatim(d, at[1]);
        return true;
    }
    if (*at == '`' || *at == '~') {
        d->at = at + 3;
        d->end = end - 3;
        memcpy(d->out + d->len, d->at, (size_t)(d->end - d->at));
        d->len += (size_t)(d->end - d->at);
        return true;
    }
    if (*at != '"' && *at != '\'') {
        d->at = at + CURLY_BYTES;
        d->end = end - (end[-1] == '"' ? 1 : CURLY_BYTES);
        return accept_curly(d) && decode_escaped(d);
    }
    d->at = at + 1;
    d->end = end - 1;
    return decode_escaped(d);
}

/* The value of one or more adjacent literals; a plain one is borrowed from the query. */
static spoor_str decode_string(spoor_parse_state *p, spoor_token token) {
    spoor_str inside = {token.text.ptr + 1, token.text.len - 2};
    char quote = token.text.ptr[0];
    if ((quote == '"' || quote == '\'') && memchr(inside.ptr, '\\', inside.len) == NULL &&
        memchr(inside.ptr, quote, inside.len) == NULL) {
        return inside;
    }
    decoder d = {.p = p, .out = spoor_arena_push_raw(p->arena, token.text.len, 1)};
    spoor_lexer pieces = p->tokens.lexer; /* reads the same text again, so the same pieces */
    pieces.cursor = token.text.ptr;
    while (pieces.cursor < token.text.ptr + token.text.len) {
        d.literal = spoor_lexer_next(&pieces);
        if (d.literal.kind != TK_STRING || !decode_literal(&d)) {
            break;
        }
    }
    return (spoor_str){d.out, d.len};
}

/* ---- types ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    spoor_ast_type type;
    bool is_column_type; /* the others stand in typeof() and find only */
} types[] = {
    {"bool", SPOOR_AST_BOOL, true},
    {"boolean", SPOOR_AST_BOOL, true},
    {"int", SPOOR_AST_INT, true},
    {"int8", SPOOR_AST_INT, true},
    {"int16", SPOOR_AST_INT, false},
    {"int32", SPOOR_AST_INT, false},
    {"uint8", SPOOR_AST_INT, false},
    {"uint16", SPOOR_AST_INT, false},
    {"long", SPOOR_AST_LONG, true},
    {"int64", SPOOR_AST_LONG, true},
    {"uint", SPOOR_AST_LONG, false},
    {"uint32", SPOOR_AST_LONG, false},
    {"uint64", SPOOR_AST_LONG, false},
    {"ulong", SPOOR_AST_LONG, false},
    {"real", SPOOR_AST_REAL, true},
    {"double", SPOOR_AST_REAL, true},
    {"float", SPOOR_AST_REAL, false},
    {"decimal", SPOOR_AST_DECIMAL, true},
    {"datetime", SPOOR_AST_DATETIME, true},
    {"DateTime", SPOOR_AST_DATETIME, false}, /* so the functions library's series_downsample_fl() */
    {"date", SPOOR_AST_DATETIME, true},
    {"timespan", SPOOR_AST_TIMESPAN, true},
    {"time", SPOOR_AST_TIMESPAN, true},
    {"guid", SPOOR_AST_GUID, true},
    {"uniqueid", SPOOR_AST_GUID, true},
    {"uuid", SPOOR_AST_GUID, false},
    {"string", SPOOR_AST_STRING, true},
    {"dynamic", SPOOR_AST_DYNAMIC_TYPE, true},
};

/* Gives the node the type of this name. */
static bool take_type(spoor_ast *node, spoor_token type, bool is_column) {
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (spoor_str_is(type.text, types[i].name) && (types[i].is_column_type || !is_column)) {
            node->type = types[i].type;
            return true;
        }
    }
    node->type = SPOOR_AST_NO_TYPE;
    node->extra = type.text;
    return false;
}

static void require_type(spoor_parse_state *p, spoor_ast *node, spoor_token type, bool is_column) {
    if (!take_type(node, type, is_column) &&
        spoor_build_fail(p, type.span, "unknown type '%.*s'", (int)type.text.len, type.text.ptr)) {
        spoor_hint(p->diags, "the types are bool, int, long, real, decimal, datetime, timespan, "
                             "guid, string and dynamic");
    }
}

/* ---- literals ------------------------------------------------------------------------------- */

/* datetime(2020-01-01), long(null), guid("...") */
static void take_wrapped(spoor_ast *node, spoor_token token) {
    const char *open = memchr(token.text.ptr, '(', token.text.len);
    size_t word = (size_t)(open - token.text.ptr);
    token.text.len = word;
    take_type(node, token, false);
    spoor_str inside = spoor_str_trim((spoor_str){open + 1, node->text.len - word - 2});
    while (inside.len >= 2 && (inside.ptr[0] == '"' || inside.ptr[0] == '\'') &&
           inside.ptr[inside.len - 1] == inside.ptr[0]) {
        inside = spoor_str_trim((spoor_str){inside.ptr + 1, inside.len - 2});
    }
    node->text = inside;
    if (spoor_str_is(inside, "null")) {
        node->flags |= SPOOR_AST_NULL_LITERAL;
    }
}

spoor_ast *spoor_build_literal(spoor_parse_state *p, spoor_token token) {
    spoor_ast *node = spoor_build_leaf(p, SPOOR_AST_LITERAL, token);
    switch (token.kind) {
    case TK_LONG: node->type = SPOOR_AST_LONG; break;
    case TK_REAL: node->type = SPOOR_AST_REAL; break;
    case TK_TIMESPAN: node->type = SPOOR_AST_TIMESPAN; break;
    case TK_BOOL: node->type = SPOOR_AST_BOOL; break;
    case TK_WRAPPED: take_wrapped(node, token); break;
    default: node->type = SPOOR_AST_STRING; node->text = decode_string(p, token);
    }
    return node;
}

/* A number of JSON has its sign in its text. */
spoor_ast *spoor_build_negative(spoor_parse_state *p, spoor_token sign, spoor_ast *number) {
    number->text = spoor_arena_format(p->arena, "-%.*s", (int)number->text.len, number->text.ptr);
    number->span = number->at = spoor_span_join(sign.span, number->span);
    return number;
}

spoor_ast *spoor_build_dynamic(spoor_parse_state *p, spoor_token word, spoor_ast *json,
                               spoor_token close) {
    bool is_null =
        (json->flags & SPOOR_AST_NULL_LITERAL) != 0 && json->type == SPOOR_AST_DYNAMIC_TYPE;
    spoor_ast_list children = is_null ? spoor_none() : spoor_one(json);
    return spoor_build_closed(p, SPOOR_AST_DYNAMIC, word, children, close);
}

spoor_ast *spoor_build_json_word(spoor_parse_state *p, spoor_token word) {
    spoor_ast *node = spoor_build_leaf(p, SPOOR_AST_LITERAL, word);
    node->type = SPOOR_AST_DYNAMIC_TYPE;
    node->flags = SPOOR_AST_NULL_LITERAL;
    if (!spoor_str_is(word.text, "null") &&
        spoor_build_fail(p, word.span, "'%.*s' is not a JSON value", (int)word.text.len,
                         word.text.ptr)) {
        spoor_hint(p->diags, "dynamic() holds literals; pack_array() and bag_pack() take names");
    }
    return node;
}

spoor_ast *spoor_build_json_pair(spoor_parse_state *p, spoor_token name, spoor_ast *json) {
    spoor_lexer pieces = p->tokens.lexer;
    pieces.cursor = name.text.ptr;
    if (spoor_lexer_next(&pieces).text.len != name.text.len) {
        spoor_build_fail(p, name.span, "a name in dynamic() must be a single string");
    }
    spoor_ast *node = spoor_build_node(p, SPOOR_AST_JSON_PAIR, name, spoor_one(json));
    node->text = decode_string(p, name);
    return node;
}

spoor_ast *spoor_build_typeof(spoor_parse_state *p, spoor_token word, spoor_token type,
                              spoor_token close) {
    spoor_ast *node = spoor_build_closed(p, SPOOR_AST_TYPEOF, word, spoor_none(), close);
    take_type(node, type, false);
    return node;
}

/* ---- columns and parameters ----------------------------------------------------------------- */

static spoor_ast *new_column(spoor_parse_state *p, spoor_ast *name, spoor_span end) {
    spoor_build_new_name(p, name)->kind = SPOOR_AST_COLUMN_DECL;
    name->span = spoor_span_join(name->span, end);
    return name;
}

spoor_ast *spoor_build_column(spoor_parse_state *p, spoor_ast *name, spoor_token type) {
    spoor_ast *node = new_column(p, name, type.span);
    node->flags |= SPOOR_AST_TYPED;
    require_type(p, node, type, true);
    return node;
}

spoor_ast *spoor_build_any_column(spoor_parse_state *p, spoor_ast *name, spoor_token type) {
    spoor_ast *node = new_column(p, name, type.span);
    node->flags |= SPOOR_AST_TYPED;
    require_type(p, node, type, false);
    return node;
}

spoor_ast *spoor_build_untyped_column(spoor_parse_state *p, spoor_ast *name) {
    name->type = SPOOR_AST_STRING; /* what a pattern gives when it says nothing */
    return new_column(p, name, name->span);
}

spoor_ast *spoor_build_parameter(spoor_parse_state *p, spoor_ast *name, spoor_token type,
                                 spoor_ast *value) {
    spoor_build_new_name(p, name);
    spoor_ast *node =
        spoor_build_node(p, SPOOR_AST_PARAM, type, value != NULL ? spoor_one(value) : spoor_none());
    node->text = name->text;
    node->flags = name->flags;
    node->at = name->span;
    node->span.start = name->span.start;
    require_type(p, node, type, true);
    return node;
}

spoor_ast *spoor_build_table_parameter(spoor_parse_state *p, spoor_ast *name,
                                       spoor_ast_list columns, spoor_token close) {
    spoor_ast *node = spoor_build_closed(p, SPOOR_AST_PARAM, close, columns, close);
    node->text = name->text;
    node->flags = (uint16_t)(name->flags | SPOOR_AST_TABULAR);
    node->at = name->span;
    node->span.start = name->span.start;
    return node;
}
