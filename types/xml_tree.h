/* xml_tree.h - XML text to a tree, for parse_xml.
 *
 * Elements, attributes and text only; comments, instructions, CDATA sections
 * and the document type are passed over, as Kusto does.  No entity is known
 * but the five of XML and numbers, so nothing expands.  The tree is of the
 * arena; its depth is limited, so that walkers may recurse. */
#ifndef SPOOR_TYPES_XML_TREE_H
#define SPOOR_TYPES_XML_TREE_H

#include "base/buffer.h"

enum {
    SPOOR_XML_MOST_BYTES = 1 << 20, /* of a text; parse_xml of a longer one is null */
    SPOOR_XML_MOST_DEPTH = 100,     /* a repeated element is an array in a bag: twice as deep */
};

typedef enum spoor_xml_kind {
    SPOOR_XML_ELEMENT,
    SPOOR_XML_ATTRIBUTE,
    SPOOR_XML_TEXT,
} spoor_xml_kind;

typedef struct spoor_xml {
    spoor_xml_kind kind;
    spoor_str name;                 /* of the input; text: empty */
    spoor_buffer *text;             /* of an attribute or text */
    struct spoor_xml *first, *last; /* of an element: attributes, then text and elements */
    struct spoor_xml *next, *parent;
} spoor_xml;

/* The root element; NULL: not well-formed, or beyond a limit. */
const spoor_xml *spoor_xml_parse(spoor_arena *arena, spoor_str text);

#endif
