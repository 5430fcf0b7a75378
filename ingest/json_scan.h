/* json_scan.h - a fast JSON scanner: one pass over a text makes an array of nodes.
 *
 * Nodes point into the text (which must outlive them), stand in document
 * order and know where their siblings are, so a reader looks at what it wants
 * and steps over the rest.  Strings keep their escapes until somebody asks
 * for the text.  Strict JSON but for two things found in real exports: raw
 * control characters in strings are taken (a line feed is not: it ends a
 * damaged line), and bytes that are no UTF-8 are left to whoever stores them.
 * No recursion; deeper than SPOOR_MAX_JSON_DEPTH is an error. */
#ifndef SPOOR_INGEST_JSON_SCAN_H
#define SPOOR_INGEST_JSON_SCAN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { SPOOR_MAX_JSON_NODES = 1 << 20 }; /* of one text */

typedef enum spoor_json_kind {
    SPOOR_JSON_NULL,
    SPOOR_JSON_FALSE,
    SPOOR_JSON_TRUE,
    SPOOR_JSON_NUMBER,
    SPOOR_JSON_STRING,
    SPOOR_JSON_ARRAY,
    SPOOR_JSON_OBJECT,
} spoor_json_kind;

typedef struct spoor_json_node {
    spoor_str key;  /* of a member, as written between the quotes; else empty */
    spoor_str text; /* a string as written between the quotes; else the whole value */
    uint32_t next;  /* the node after this one and all it holds */
    uint8_t kind;   /* spoor_json_kind */
    bool key_escaped, text_escaped; /* a backslash is in it */
} spoor_json_node;

typedef struct spoor_json {
    spoor_json_node *nodes; /* owned; nodes[0] is the root */
    uint32_t count, capacity;
    const char *error; /* why the last scan failed */
    size_t error_at;   /* where, in the scanned text */
    bool is_cut;       /* it failed because the text ended */
    bool is_too_deep;  /* ... or because of SPOOR_MAX_JSON_DEPTH */
    bool no_memory;
} spoor_json;

/* Scan the value at the start of text (blanks may precede it); *used: how far it reached.  The
 * nodes of the scan before are gone. */
bool spoor_json_scan(spoor_json *json, spoor_str text, size_t *used);
void spoor_json_free(spoor_json *json);

/* First child of `parent` or, if it has none, nodes[parent].next. */
static inline uint32_t spoor_json_first(uint32_t parent) {
    return parent + 1;
}

/* The member with this key (as written; the first of twins) of an object, or 0: none. */
uint32_t spoor_json_find(const spoor_json *json, uint32_t object, const char *key);
/* The same along a path, "winlog.process.pid"; names may not hold a dot. */
uint32_t spoor_json_path(const spoor_json *json, uint32_t object, const char *path);

/* Text with its escapes undone (lone surrogates become WTF-8): a slice of the scanned text, or a
 * copy in the arena. */
spoor_str spoor_json_key(spoor_arena *arena, const spoor_json_node *node);
spoor_str spoor_json_text(spoor_arena *arena, const spoor_json_node *node);

#endif
