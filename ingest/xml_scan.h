/* xml_scan.h - one XML element to an array of nodes, as json_scan.h does for JSON.
 *
 * What event logs need of XML: elements, attributes, text, CDATA, comments,
 * character references and the five named entities.  A DOCTYPE is refused, so
 * nothing expands.  No recursion; deeper than SPOOR_MAX_XML_DEPTH is an error. */
#ifndef SPOOR_INGEST_XML_SCAN_H
#define SPOOR_INGEST_XML_SCAN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { SPOOR_MAX_XML_DEPTH = 100, SPOOR_MAX_XML_NODES = 1 << 20 /* of one element */ };

typedef enum spoor_xml_kind {
    SPOOR_XML_ELEMENT, /* children: its attributes, then text and elements */
    SPOOR_XML_ATTRIBUTE,
    SPOOR_XML_TEXT,
    SPOOR_XML_CDATA, /* text in which & is a plain character */
} spoor_xml_kind;

typedef struct spoor_xml_node {
    spoor_str name;  /* as written, prefix included; empty for text */
    spoor_str local; /* without the prefix */
    spoor_str text;  /* raw; of an element: from its < to past its end */
    uint32_t next;   /* the node after this one and all it holds */
    uint8_t kind;    /* spoor_xml_kind */
} spoor_xml_node;

typedef struct spoor_xml {
    spoor_xml_node *nodes; /* owned; nodes[0] is the root */
    uint32_t count, capacity;
    const char *error;
    size_t error_at;
    bool is_cut; /* the text ended inside the element */
    bool no_memory;
} spoor_xml;

/* Scan the element at the start of text (its '<' first); *used: its length. */
bool spoor_xml_scan(spoor_xml *xml, spoor_str text, size_t *used);
/* After a scan that ended because its text did: close what is open, so that the nodes up to there
 * can be read.  False: there are none. */
bool spoor_xml_mend(spoor_xml *xml, spoor_str text);
void spoor_xml_free(spoor_xml *xml);

/* Child element or attribute by local name, or 0: none. */
uint32_t spoor_xml_child(const spoor_xml *xml, uint32_t element, const char *local);
uint32_t spoor_xml_attribute(const spoor_xml *xml, uint32_t element, const char *local);
bool spoor_xml_has_elements(const spoor_xml *xml, uint32_t element);

/* Text of an attribute, a text node, or all text right inside an element, references decoded. */
spoor_str spoor_xml_text(spoor_arena *arena, const spoor_xml *xml, uint32_t node);

/* &lt; &#233; and so on undone; an unknown reference stays as it is. */
spoor_str spoor_xml_decode(spoor_arena *arena, spoor_str raw);

/* The element written again: no blanks between elements, double quotes, <a/> for an empty one. */
spoor_str spoor_xml_canonical(spoor_arena *arena, const spoor_xml *xml, uint32_t element);

/* A text that grows in an arena, for writing XML. */
typedef struct spoor_text_out {
    spoor_arena *arena;
    char *ptr;
    size_t len, capacity;
} spoor_text_out;

void spoor_text_add(spoor_text_out *out, spoor_str s);
void spoor_text_add_escaped(spoor_text_out *out, spoor_str s, bool in_attribute);

#endif
