/* xml_scan.c - XML text to an array of nodes: see xml_scan.h. */
#include "ingest/xml_scan.h"

#include <stdlib.h>

#include "base/utf8.h"

typedef struct scanner {
    spoor_xml *xml;
    const char *begin, *at, *end;
    uint32_t depth;
    uint32_t open[SPOOR_MAX_XML_DEPTH];
} scanner;

static bool fail(scanner *s, const char *why) {
    s->xml->error = why;
    s->xml->error_at = (size_t)(s->at - s->begin);
    s->xml->is_cut = s->at >= s->end;
    return false;
}

static bool cut(scanner *s) {
    s->at = s->end;
    return fail(s, "the text ends inside an element");
}

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline bool is_name_byte(char c) {
    switch (c) {
    case '<':
    case '>':
    case '/':
    case '=':
    case '\'':
    case '"':
    case '&':
    case '?':
    case '!': return false;
    default: return (unsigned char)c > ' ';
    }
}

static void skip_blanks(scanner *s) {
    while (s->at < s->end && is_blank(*s->at)) {
        s->at++;
    }
}

static bool starts(const scanner *s, const char *word) {
    size_t len = strlen(word);
    return (size_t)(s->end - s->at) >= len && memcmp(s->at, word, len) == 0;
}

/* Past the next `word`. */
static bool skip_past(scanner *s, const char *word) {
    size_t len = strlen(word);
    while (s->at < s->end) {
        const char *hit = memchr(s->at, word[0], (size_t)(s->end - s->at));
        if (hit == NULL) {
            break;
        }
        s->at = hit;
        if (starts(s, word)) {
            s->at += len;
            return true;
        }
        s->at++;
    }
    return cut(s);
}

static spoor_xml_node *add_node(scanner *s, spoor_xml_kind kind) {
    spoor_xml *xml = s->xml;
    if (xml->count == SPOOR_MAX_XML_NODES) {
        fail(s, "too many values");
        s->xml->is_cut = false;
        return NULL;
    }
    if (xml->count == xml->capacity) {
        uint32_t capacity = xml->capacity == 0 ? 256 : xml->capacity * 2;
        spoor_xml_node *nodes = realloc(xml->nodes, capacity * sizeof *nodes);
        if (nodes == NULL) {
            xml->no_memory = true;
            fail(s, "out of memory");
            return NULL;
        }
        xml->nodes = nodes;
        xml->capacity = capacity;
    }
    spoor_xml_node *node = &xml->nodes[xml->count++];
    *node = (spoor_xml_node){.kind = (uint8_t)kind, .next = xml->count};
    return node;
}

static bool scan_name(scanner *s, spoor_str *name, spoor_str *local) {
    const char *start = s->at;
    const char *after_prefix = start;
    while (s->at < s->end && is_name_byte(*s->at)) {
        if (*s->at == ':') {
            after_prefix = s->at + 1;
        }
        s->at++;
    }
    if (s->at == s->end) {
        return cut(s);
    }
    *name = (spoor_str){start, (size_t)(s->at - start)};
    *local = (spoor_str){after_prefix, (size_t)(s->at - after_prefix)};
    return local->len > 0 || fail(s, "expected a name");
}

static bool scan_attribute(scanner *s) {
    spoor_str name, local;
    if (!scan_name(s, &name, &local)) {
        return false;
    }
    skip_blanks(s);
    if (s->at == s->end || *s->at != '=') {
        return s->at == s->end ? cut(s) : fail(s, "expected '=' after an attribute's name");
    }
    s->at++;
    skip_blanks(s);
    if (s->at == s->end || (*s->at != '"' && *s->at != '\'')) {
        return s->at == s->end ? cut(s) : fail(s, "expected a value in quotes");
    }
    char quote = *s->at++;
    const char *start = s->at;
    const char *close = memchr(start, quote, (size_t)(s->end - start));
    if (close == NULL) {
        return cut(s);
    }
    if (memchr(start, '<', (size_t)(close - start)) != NULL) {
        return fail(s, "'<' in the value of an attribute");
    }
    s->at = close + 1;
    spoor_xml_node *node = add_node(s, SPOOR_XML_ATTRIBUTE);
    if (node == NULL) {
        return false;
    }
    node->name = name;
    node->local = local;
    node->text = (spoor_str){start, (size_t)(close - start)};
    return true;
}

static void close_element(scanner *s) {
    spoor_xml_node *node = &s->xml->nodes[s->open[--s->depth]];
    node->text.len = (size_t)(s->at - node->text.ptr);
    node->next = s->xml->count;
}

/* <name attributes> or <name attributes/> */
static bool scan_open(scanner *s) {
    if (s->depth == SPOOR_MAX_XML_DEPTH) {
        return fail(s, "nested too deep");
    }
    spoor_str name, local;
    const char *start = s->at++;
    if (!scan_name(s, &name, &local)) {
        return false;
    }
    if (s->depth > 0 && spoor_str_is(local, "Event")) {
        s->at = start;
        return fail(s, "an Event begins inside an Event");
    }
    spoor_xml_node *node = add_node(s, SPOOR_XML_ELEMENT);
    if (node == NULL) {
        return false;
    }
    node->name = name;
    node->local = local;
    node->text.ptr = start;
    uint32_t element = s->xml->count - 1;
    s->open[s->depth++] = element;
    for (;;) {
        skip_blanks(s);
        if (s->at == s->end) {
            s->xml->count = element; /* half a tag is none: see spoor_xml_mend */
            return cut(s);
        }
        if (*s->at == '>') {
            s->at++;
            return true;
        }
        if (starts(s, "/>")) {
            s->at += 2;
            close_element(s);
            return true;
        }
        if (!scan_attribute(s)) {
            s->xml->count = s->xml->is_cut ? element : s->xml->count;
            return false;
        }
    }
}

static bool scan_close(scanner *s) {
    spoor_str name, local;
    const char *start = s->at;
    s->at += 2;
    if (!scan_name(s, &name, &local)) {
        return false;
    }
    if (!spoor_str_eq(name, s->xml->nodes[s->open[s->depth - 1]].name)) {
        s->at = start;
        return fail(s, "an element is closed by another's name");
    }
    skip_blanks(s);
    if (s->at == s->end || *s->at != '>') {
        return s->at == s->end ? cut(s) : fail(s, "expected '>'");
    }
    s->at++;
    close_element(s);
    return true;
}

static bool scan_cdata(scanner *s) {
    s->at += 9;
    const char *start = s->at;
    if (!skip_past(s, "]]>")) {
        return false;
    }
    spoor_xml_node *node = add_node(s, SPOOR_XML_CDATA);
    if (node == NULL) {
        return false;
    }
    node->text = (spoor_str){start, (size_t)(s->at - 3 - start)};
    return true;
}

static bool scan_text(scanner *s) {
    const char *start = s->at;
    const char *open = memchr(start, '<', (size_t)(s->end - start));
    s->at = open != NULL ? open : s->end;
    spoor_xml_node *node = add_node(s, SPOOR_XML_TEXT);
    if (node == NULL) {
        return false;
    }
    node->text = (spoor_str){start, (size_t)(s->at - start)};
    return open != NULL || cut(s);
}

static bool scan_inside(scanner *s) {
    if (s->at == s->end) {
        return cut(s);
    }
    if (*s->at != '<') {
        return scan_text(s);
    }
    if (starts(s, "</")) {
        return scan_close(s);
    }
    if (starts(s, "<!--")) {
        return skip_past(s, "-->");
    }
    if (starts(s, "<![CDATA[")) {
        return scan_cdata(s);
    }
    if (starts(s, "<?")) {
        return skip_past(s, "?>");
    }
    if (s->end - s->at < 9) {
        return cut(s); /* may be the start of any of these */
    }
    return starts(s, "<!") ? fail(s, "a declaration inside an element") : scan_open(s);
}

bool spoor_xml_scan(spoor_xml *xml, spoor_str text, size_t *used) {
    scanner s;
    s.xml = xml;
    s.begin = s.at = text.ptr;
    s.end = text.ptr + text.len;
    s.depth = 0;
    xml->count = 0;
    xml->error = NULL;
    xml->is_cut = false;
    bool ok = scan_open(&s);
    while (ok && s.depth > 0) {
        ok = scan_inside(&s);
    }
    *used = (size_t)(s.at - s.begin);
    return ok;
}

bool spoor_xml_mend(spoor_xml *xml, spoor_str text) {
    if (!xml->is_cut || xml->count == 0) {
        return false;
    }
    for (uint32_t i = 0; i < xml->count; i++) {
        spoor_xml_node *node = &xml->nodes[i];
        if (node->kind == SPOOR_XML_ELEMENT && node->text.len == 0) { /* still open */
            node->text.len = (size_t)(text.ptr + text.len - node->text.ptr);
            node->next = xml->count;
        }
    }
    return true;
}

void spoor_xml_free(spoor_xml *xml) {
    free(xml->nodes);
    *xml = (spoor_xml){0};
}

static uint32_t find(const spoor_xml *xml, uint32_t element, spoor_xml_kind kind,
                     const char *local) {
    const spoor_xml_node *nodes = xml->nodes;
    for (uint32_t i = element + 1; i < nodes[element].next; i = nodes[i].next) {
        if (nodes[i].kind == kind && spoor_str_is(nodes[i].local, local)) {
            return i;
        }
    }
    return 0;
}

uint32_t spoor_xml_child(const spoor_xml *xml, uint32_t element, const char *local) {
    return find(xml, element, SPOOR_XML_ELEMENT, local);
}

uint32_t spoor_xml_attribute(const spoor_xml *xml, uint32_t element, const char *local) {
    return find(xml, element, SPOOR_XML_ATTRIBUTE, local);
}

bool spoor_xml_has_elements(const spoor_xml *xml, uint32_t element) {
    const spoor_xml_node *nodes = xml->nodes;
    for (uint32_t i = element + 1; i < nodes[element].next; i = nodes[i].next) {
        if (nodes[i].kind == SPOOR_XML_ELEMENT) {
            return true;
        }
    }
    return false;
}
