/* xml_tree.c - XML text to a tree; see xml_tree.h. */
#include "types/xml_tree.h"

#include "base/utf8.h"

typedef struct reader {
    spoor_arena *arena;
    const char *at, *end;
    spoor_xml *root, *open; /* open: the innermost element that is not closed */
    uint32_t depth;
} reader;

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool looking_at(const reader *r, spoor_str text) {
    return (size_t)(r->end - r->at) >= text.len && memcmp(r->at, text.ptr, text.len) == 0;
}

static void skip_blanks(reader *r) {
    while (r->at < r->end && is_blank(*r->at)) {
        r->at++;
    }
}

/* Past the next `mark`; false: there is none. */
static bool skip_past(reader *r, spoor_str mark) {
    for (; (size_t)(r->end - r->at) >= mark.len; r->at++) {
        if (*r->at == mark.ptr[0] && looking_at(r, mark)) {
            r->at += mark.len;
            return true;
        }
    }
    return false;
}

/* <!DOCTYPE ... [ ... ]>: quotes may hold brackets. */
static bool skip_doctype(reader *r) {
    int brackets = 0;
    for (; r->at < r->end; r->at++) {
        char c = *r->at;
        if (c == '"' || c == '\'') {
            r->at++;
            const char *quote = r->at < r->end ? memchr(r->at, c, (size_t)(r->end - r->at)) : NULL;
            if (quote == NULL) {
                return false;
            }
            r->at = quote;
        } else if (c == '>' && brackets == 0) {
            r->at++;
            return true;
        }
        brackets += (c == '[') - (c == ']');
    }
    return false;
}

static spoor_xml *add(reader *r, spoor_xml_kind kind, spoor_str name) {
    spoor_xml *item = SPOOR_NEW(r->arena, spoor_xml);
    *item = (spoor_xml){.kind = kind, .name = name, .parent = r->open};
    if (kind != SPOOR_XML_ELEMENT) {
        item->text = SPOOR_NEW(r->arena, spoor_buffer);
        item->text->arena = r->arena;
    }
    if (r->open == NULL) {
        r->root = item;
    } else if (r->open->last == NULL) {
        r->open->first = r->open->last = item;
    } else {
        r->open->last = r->open->last->next = item;
    }
    return item;
}

/* A name: empty where there is none. */
static spoor_str read_name(reader *r) {
    const char *start = r->at;
    while (r->at < r->end && !is_blank(*r->at) && *r->at != '\0' &&
           strchr("/>=<\"'&", *r->at) == NULL) {
        r->at++;
    }
    spoor_str name = {start, (size_t)(r->at - start)};
    bool ok = name.len > 0 && (name.ptr[0] < '0' || name.ptr[0] > '9') && name.ptr[0] != '-' &&
              name.ptr[0] != '.';
    return ok ? name : (spoor_str){0};
}

/* -- character data ---------------------------------------------------------------------------- */

/* &#65; or &#x41; without the ampersand; false: no character. */
static bool read_number(spoor_str entity, uint32_t *value) {
    bool is_hex = entity.len > 1 && entity.ptr[1] == 'x';
    size_t at = is_hex ? 2 : 1;
    *value = 0;
    if (at == entity.len) {
        return false;
    }
    for (; at < entity.len; at++) {
        char c = entity.ptr[at], lower = (char)(c | 0x20);
        uint32_t digit = c >= '0' && c <= '9'                     ? (uint32_t)(c - '0')
                         : is_hex && lower >= 'a' && lower <= 'f' ? (uint32_t)(lower - 'a') + 10
                                                                  : 16;
        if (digit == 16 || *value > 0x10FFFF) {
            return false;
        }
        *value = *value * (is_hex ? 16 : 10) + digit;
    }
    return *value > 0 && *value <= 0x10FFFF && (*value < 0xD800 || *value > 0xDFFF);
}

static bool read_entity(reader *r, spoor_buffer *out) {
    static const struct {
        const char *name;
        char character;
    } known[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"apos", '\''}, {"quot", '"'}};
    size_t left = (size_t)(r->end - r->at), most = left < 16 ? left : 16;
    const char *semicolon = memchr(r->at, ';', most);
    if (semicolon == NULL) {
        return false;
    }
    spoor_str entity = {r->at + 1, (size_t)(semicolon - r->at) - 1};
    r->at = semicolon + 1;
    uint32_t value;
    if (entity.len > 0 && entity.ptr[0] == '#') {
        if (!read_number(entity, &value)) {
            return false;
        }
        spoor_buffer_put_code_point(out, value);
        return true;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (spoor_str_is(entity, known[i].name)) {
            spoor_buffer_put_char(out, known[i].character);
            return true;
        }
    }
    return false;
}

/* Up to `stop` (a quote, or the < of the next tag), which is left unread.  Line ends become \n; in
 * an attribute they and tabs become blanks (XML 1.0, 2.11 and 3.3.3). */
static bool read_data(reader *r, char stop, spoor_buffer *out) {
    bool is_attribute = stop != '<';
    while (r->at < r->end && *r->at != stop) {
        char c = *r->at;
        if (c == '&') {
            if (!read_entity(r, out)) {
                return false;
            }
            continue;
        }
        r->at++;
        if (c == '<') {
            return false;
        }
        if (c == '\r') {
            r->at += r->at < r->end && *r->at == '\n';
            c = '\n';
        }
        spoor_buffer_put_char(out, is_attribute && is_blank(c) ? ' ' : c);
    }
    return true;
}

static bool read_text(reader *r) {
    if (r->open == NULL) { /* only blanks may stand outside the root */
        skip_blanks(r);
        return r->at == r->end || *r->at == '<';
    }
    spoor_xml *last = r->open->last;
    bool goes_on = last != NULL && last->kind == SPOOR_XML_TEXT;
    spoor_xml *item = goes_on ? last : add(r, SPOOR_XML_TEXT, (spoor_str){0});
    return read_data(r, '<', item->text);
}

/* -- tags -------------------------------------------------------------------------------------- */

static bool read_attribute(reader *r) {
    spoor_str name = read_name(r);
    skip_blanks(r);
    if (name.len == 0 || r->at == r->end || *r->at++ != '=') {
        return false;
    }
    skip_blanks(r);
    char quote = r->at < r->end ? *r->at++ : '\0';
    if (quote != '"' && quote != '\'') {
        return false;
    }
    spoor_xml *item = add(r, SPOOR_XML_ATTRIBUTE, name);
    if (!read_data(r, quote, item->text) || r->at == r->end) {
        return false;
    }
    r->at++;
    return true;
}

static bool read_open_tag(reader *r) {
    r->at++;
    spoor_str name = read_name(r);
    bool is_second_root = r->open == NULL && r->root != NULL;
    if (name.len == 0 || is_second_root || r->depth == SPOOR_XML_MOST_DEPTH) {
        return false;
    }
    r->open = add(r, SPOOR_XML_ELEMENT, name);
    r->depth++;
    for (;;) {
        bool had_blank = r->at < r->end && is_blank(*r->at);
        skip_blanks(r);
        if (r->at == r->end) {
            return false;
        }
        if (*r->at == '>') {
            r->at++;
            return true;
        }
        if (looking_at(r, SPOOR_STR("/>"))) {
            r->at += 2;
            r->open = r->open->parent;
            r->depth--;
            return true;
        }
        if (!had_blank || !read_attribute(r)) {
            return false;
        }
    }
}

static bool read_close_tag(reader *r) {
    r->at += 2;
    spoor_str name = read_name(r);
    skip_blanks(r);
    if (r->open == NULL || !spoor_str_eq(name, r->open->name) || r->at == r->end ||
        *r->at++ != '>') {
        return false;
    }
    r->open = r->open->parent;
    r->depth--;
    return true;
}

static bool read_markup(reader *r) {
    if (looking_at(r, SPOOR_STR("<?"))) {
        return skip_past(r, SPOOR_STR("?>"));
    }
    if (looking_at(r, SPOOR_STR("<!--"))) {
        r->at += 4;
        return skip_past(r, SPOOR_STR("-->"));
    }
    if (looking_at(r, SPOOR_STR("<![CDATA["))) {
        return r->open != NULL && skip_past(r, SPOOR_STR("]]>"));
    }
    if (looking_at(r, SPOOR_STR("<!DOCTYPE"))) {
        return r->root == NULL && skip_doctype(r);
    }
    return looking_at(r, SPOOR_STR("</")) ? read_close_tag(r) : read_open_tag(r);
}

const spoor_xml *spoor_xml_parse(spoor_arena *arena, spoor_str text) {
    if (text.len == 0 || text.len > SPOOR_XML_MOST_BYTES) {
        return NULL;
    }
    reader r = {.arena = arena, .at = text.ptr, .end = text.ptr + text.len};
    if (looking_at(&r, SPOOR_STR("\xEF\xBB\xBF"))) {
        r.at += 3;
    }
    while (r.at < r.end) {
        if (!(*r.at == '<' ? read_markup(&r) : read_text(&r))) {
            return NULL;
        }
    }
    return r.open == NULL ? r.root : NULL;
}
