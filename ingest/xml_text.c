/* xml_text.c - text out of XML nodes and back: references, canonical form (xml_scan.h). */
#include "base/utf8.h"
#include "ingest/xml_scan.h"

static const struct {
    const char *name;
    char value;
} entities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};

/* The code point of a &#..; between its # and ;, or 0xFFFFFFFF. */
static uint32_t number_of(spoor_str digits) {
    uint32_t base = 10, value = 0;
    size_t i = 0;
    if (digits.len > 0 && (*digits.ptr == 'x' || *digits.ptr == 'X')) {
        base = 16;
        i = 1;
    }
    if (i == digits.len) {
        return UINT32_MAX;
    }
    for (; i < digits.len; i++) {
        unsigned char c = (unsigned char)digits.ptr[i];
        uint32_t digit = c >= '0' && c <= '9' ? (uint32_t)(c - '0') : 99;
        if (base == 16 && ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')) {
            digit = (uint32_t)((c | 0x20) - 'a' + 10);
        }
        if (digit >= base) {
            return UINT32_MAX;
        }
        value = value * base + digit;
        if (value > 0x10FFFF) {
            return UINT32_MAX;
        }
    }
    return value >= 0xD800 && value < 0xE000 ? UINT32_MAX : value; /* XML has no surrogates */
}

/* Writes what the reference `name` (between & and ;) stands for; 0: it is unknown. */
static int put_reference(char *to, spoor_str name) {
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (spoor_str_is(name, entities[i].name)) {
            *to = entities[i].value;
            return 1;
        }
    }
    if (name.len < 2 || *name.ptr != '#') {
        return 0;
    }
    uint32_t c = number_of((spoor_str){name.ptr + 1, name.len - 1});
    return c == UINT32_MAX ? 0 : spoor_utf8_put(to, c);
}

spoor_str spoor_xml_decode(spoor_arena *arena, spoor_str raw) {
    if (raw.len == 0 || memchr(raw.ptr, '&', raw.len) == NULL) {
        return raw;
    }
    char *out = SPOOR_RAW_ARRAY(arena, char, raw.len);
    char *to = out;
    const char *at = raw.ptr, *end = raw.ptr + raw.len;
    while (at < end) {
        const char *and = memchr(at, '&', (size_t)(end - at));
        size_t plain = (size_t)((and != NULL ? and : end) - at);
        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (at == end) {
            break;
        }
        size_t window = (size_t)(end - at) < 12 ? (size_t)(end - at) : 12;
        const char *semicolon = memchr(at, ';', window);
        int n = semicolon == NULL
                    ? 0
                    : put_reference(to, (spoor_str){at + 1, (size_t)(semicolon - at - 1)});
        if (n == 0) {
            *to++ = *at++;
        } else {
            to += n;
            at = semicolon + 1;
        }
    }
    return (spoor_str){out, (size_t)(to - out)};
}

static spoor_str text_of(spoor_arena *arena, const spoor_xml_node *node) {
    return node->kind == SPOOR_XML_CDATA ? node->text : spoor_xml_decode(arena, node->text);
}

static bool is_text(const spoor_xml_node *node) {
    return node->kind == SPOOR_XML_TEXT || node->kind == SPOOR_XML_CDATA;
}

spoor_str spoor_xml_text(spoor_arena *arena, const spoor_xml *xml, uint32_t node) {
    const spoor_xml_node *nodes = xml->nodes;
    if (nodes[node].kind != SPOOR_XML_ELEMENT) {
        return text_of(arena, &nodes[node]);
    }
    spoor_str only = {"", 0};
    uint32_t parts = 0;
    for (uint32_t i = node + 1; i < nodes[node].next; i = nodes[i].next) {
        if (is_text(&nodes[i])) {
            only = parts++ == 0 ? text_of(arena, &nodes[i]) : only;
        }
    }
    if (parts < 2) {
        return only;
    }
    spoor_text_out out = {.arena = arena};
    for (uint32_t i = node + 1; i < nodes[node].next; i = nodes[i].next) {
        if (is_text(&nodes[i])) {
            spoor_text_add(&out, text_of(arena, &nodes[i]));
        }
    }
    return (spoor_str){out.ptr, out.len};
}

/* -- writing ----------------------------------------------------------------------------------- */

void spoor_text_add(spoor_text_out *out, spoor_str s) {
    if (out->capacity - out->len < s.len) {
        size_t capacity =
            out->capacity * 2 > out->len + s.len ? out->capacity * 2 : out->len + s.len + 64;
        char *ptr = SPOOR_RAW_ARRAY(out->arena, char, capacity);
        if (out->len > 0) {
            memcpy(ptr, out->ptr, out->len);
        }
        out->ptr = ptr;
        out->capacity = capacity;
    }
    if (s.len > 0) {
        memcpy(out->ptr + out->len, s.ptr, s.len);
        out->len += s.len;
    }
}

void spoor_text_add_escaped(spoor_text_out *out, spoor_str s, bool in_attribute) {
    size_t plain = 0;
    for (size_t i = 0; i < s.len; i++) {
        spoor_str reference = {NULL, 0};
        switch (s.ptr[i]) {
        case '<': reference = SPOOR_STR("&lt;"); break;
        case '>': reference = SPOOR_STR("&gt;"); break;
        case '&': reference = SPOOR_STR("&amp;"); break;
        case '"': reference = in_attribute ? SPOOR_STR("&quot;") : reference; break;
        default: break;
        }
        if (reference.len > 0) {
            spoor_text_add(out, (spoor_str){s.ptr + plain, i - plain});
            spoor_text_add(out, reference);
            plain = i + 1;
        }
    }
    spoor_text_add(out, (spoor_str){s.ptr + plain, s.len - plain});
}

static bool is_blank_text(spoor_str s) {
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] > ' ') {
            return false;
        }
    }
    return true;
}

/* Opens an element; false: it is empty, and closed already. */
static bool write_open(spoor_text_out *out, const spoor_xml *xml, uint32_t element) {
    const spoor_xml_node *nodes = xml->nodes;
    bool is_empty = true;
    spoor_text_add(out, SPOOR_STR("<"));
    spoor_text_add(out, nodes[element].name);
    for (uint32_t i = element + 1; i < nodes[element].next; i = nodes[i].next) {
        if (nodes[i].kind != SPOOR_XML_ATTRIBUTE) {
            is_empty = false;
            continue;
        }
        spoor_text_add(out, SPOOR_STR(" "));
        spoor_text_add(out, nodes[i].name);
        spoor_text_add(out, SPOOR_STR("=\""));
        spoor_text_add_escaped(out, spoor_xml_decode(out->arena, nodes[i].text), true);
        spoor_text_add(out, SPOOR_STR("\""));
    }
    spoor_text_add(out, is_empty ? SPOOR_STR("/>") : SPOOR_STR(">"));
    return !is_empty;
}

static void write_close(spoor_text_out *out, spoor_str name) {
    spoor_text_add(out, SPOOR_STR("</"));
    spoor_text_add(out, name);
    spoor_text_add(out, SPOOR_STR(">"));
}

spoor_str spoor_xml_canonical(spoor_arena *arena, const spoor_xml *xml, uint32_t element) {
    const spoor_xml_node *nodes = xml->nodes;
    spoor_text_out out = {.arena = arena};
    uint32_t open[SPOOR_MAX_XML_DEPTH + 1], depth = 0;
    bool is_leaf[SPOOR_MAX_XML_DEPTH + 1];
    for (uint32_t i = element; i < nodes[element].next; i++) {
        while (depth > 0 && i >= nodes[open[depth - 1]].next) {
            write_close(&out, nodes[open[--depth]].name);
        }
        if (nodes[i].kind == SPOOR_XML_ELEMENT) {
            if (write_open(&out, xml, i)) {
                is_leaf[depth] = !spoor_xml_has_elements(xml, i);
                open[depth++] = i;
            }
        } else if (is_text(&nodes[i])) {
            spoor_str text = text_of(arena, &nodes[i]);
            if (is_leaf[depth - 1] || !is_blank_text(text)) {
                spoor_text_add_escaped(&out, text, false);
            }
        }
    }
    while (depth > 0) {
        write_close(&out, nodes[open[--depth]].name);
    }
    return (spoor_str){out.ptr, out.len};
}
