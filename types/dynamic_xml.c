/* dynamic_xml.c - XML text as a dynamic value, in the shape that Kusto documents for parse_xml.
 *
 *   <e/>  null              <e>t</e>  "t"       <e a="v">t</e>  {"@a":"v","#text":"t"}
 *   <e><a>1</a><a>2</a></e>  {"a":["1","2"]}    <e> t <a/></e>  {"#text":"t","a":null}
 *
 * Text that is all blanks is dropped; beside elements it is trimmed. */
#include <stdlib.h>

#include "types/dynamic.h"
#include "types/xml_tree.h"

/* A part of an element that shows: `order` is its place among them. */
typedef struct part {
    spoor_str key; /* @name, #text or name */
    const spoor_xml *item;
    uint32_t order;
} part;

/* Parts of one key: parts[start .. start + count). */
typedef struct group {
    uint32_t start, count, order;
} group;

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static spoor_str trimmed(spoor_str text) {
    while (text.len > 0 && is_blank(text.ptr[text.len - 1])) {
        text.len--;
    }
    while (text.len > 0 && is_blank(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    return text;
}

static int order_parts(const void *a, const void *b) {
    const part *left = a, *right = b;
    int order = spoor_str_compare(left->key, right->key);
    return order != 0 ? order : (left->order > right->order) - (left->order < right->order);
}

static int order_groups(const void *a, const void *b) {
    const group *left = a, *right = b;
    return (left->order > right->order) - (left->order < right->order);
}

typedef struct contents {
    part *parts;
    uint32_t count, elements, attributes;
    const spoor_xml *text; /* the last one */
} contents;

static contents contents_of(spoor_arena *arena, const spoor_xml *element) {
    contents c = {0};
    uint32_t most = 0;
    for (const spoor_xml *item = element->first; item != NULL; item = item->next) {
        most++;
    }
    c.parts = SPOOR_RAW_ARRAY(arena, part, most + 1);
    for (const spoor_xml *item = element->first; item != NULL; item = item->next) {
        spoor_str key = item->name;
        if (item->kind == SPOOR_XML_ATTRIBUTE) {
            spoor_buffer name = {.arena = arena};
            spoor_buffer_put_char(&name, '@');
            spoor_buffer_put(&name, item->name);
            key = spoor_buffer_text(&name);
        } else if (item->kind == SPOOR_XML_TEXT) {
            if (trimmed(spoor_buffer_text(item->text)).len == 0) {
                continue;
            }
            c.text = item;
            key = SPOOR_STR("#text");
        }
        c.elements += item->kind == SPOOR_XML_ELEMENT;
        c.attributes += item->kind == SPOOR_XML_ATTRIBUTE;
        c.parts[c.count] = (part){key, item, c.count};
        c.count++;
    }
    return c;
}

static bool put_element(spoor_dynamic_builder *out, const spoor_xml *element);

static bool put_part(spoor_dynamic_builder *out, const spoor_xml *item, bool has_elements) {
    if (item->kind == SPOOR_XML_ELEMENT) {
        return put_element(out, item);
    }
    spoor_str text = spoor_buffer_text(item->text);
    bool trim = has_elements && item->kind == SPOOR_XML_TEXT;
    spoor_dynamic_add_text(out, trim ? trimmed(text) : text);
    return true;
}

/* A bag of the parts, those of one name together; false: two attributes of one name. */
static bool put_parts(spoor_dynamic_builder *out, contents *c) {
    group *groups = SPOOR_RAW_ARRAY(out->arena, group, c->count);
    uint32_t ngroups = 0;
    qsort(c->parts, c->count, sizeof *c->parts, order_parts);
    for (uint32_t i = 0; i < c->count; i++) {
        if (i > 0 && spoor_str_eq(c->parts[i].key, c->parts[i - 1].key)) {
            groups[ngroups - 1].count++;
        } else {
            groups[ngroups++] = (group){i, 1, c->parts[i].order};
        }
    }
    qsort(groups, ngroups, sizeof *groups, order_groups);
    spoor_dynamic_open(out, '{');
    for (uint32_t g = 0; g < ngroups; g++) {
        const part *parts = c->parts + groups[g].start;
        bool is_array = groups[g].count > 1;
        if (is_array && parts->item->kind == SPOOR_XML_ATTRIBUTE) {
            return false;
        }
        spoor_dynamic_name(out, parts->key);
        if (is_array) {
            spoor_dynamic_open(out, '[');
        }
        for (uint32_t k = 0; k < groups[g].count; k++) {
            if (!put_part(out, parts[k].item, c->elements > 0)) {
                return false;
            }
        }
        if (is_array) {
            spoor_dynamic_close(out);
        }
    }
    spoor_dynamic_close(out);
    return true;
}

/* Recurses as deep as the tree is, which xml_tree.h limits. */
static bool put_element(spoor_dynamic_builder *out, const spoor_xml *element) {
    contents c = contents_of(out->arena, element);
    if (c.count == 0) {
        spoor_dynamic_add_encoded(out, SPOOR_STR("n"));
        return true;
    }
    if (c.elements == 0 && c.attributes == 0) {
        spoor_dynamic_add_text(out, spoor_buffer_text(c.text->text));
        return true;
    }
    return put_parts(out, &c);
}

bool spoor_dynamic_parse_xml(spoor_arena *arena, spoor_str text, spoor_str *value) {
    const spoor_xml *root = spoor_xml_parse(arena, text);
    if (root == NULL) {
        return false;
    }
    spoor_dynamic_builder bag;
    spoor_dynamic_init(&bag, arena);
    spoor_dynamic_open(&bag, '{');
    spoor_dynamic_name(&bag, root->name);
    if (!put_element(&bag, root)) {
        return false;
    }
    spoor_dynamic_close(&bag);
    *value = spoor_dynamic_finish(&bag);
    return true;
}
