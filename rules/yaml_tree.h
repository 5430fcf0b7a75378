/* yaml_tree.h - a YAML document as a tree with places, read through libyaml.
 *
 * Files are hostile: depth, nodes and what aliases would write out are limited.
 * An alias is the node it names, shared; since every node knows its size
 * written out, a walk over the tree is bounded.  Names of values (`<<`, tags,
 * numbers) mean nothing here: all scalars are texts. */
#ifndef SPOOR_RULES_YAML_TREE_H
#define SPOOR_RULES_YAML_TREE_H

#include "base/diag.h"
#include "rules/rule.h"

enum {
    SPOOR_YAML_MAX_DEPTH = 64,
    SPOOR_YAML_MAX_NODES = 1 << 20, /* of a document, aliases written out */
    SPOOR_YAML_MAX_ANCHORS = 1000,
};

typedef enum spoor_yaml_kind { SPOOR_YAML_SCALAR, SPOOR_YAML_LIST, SPOOR_YAML_MAP } spoor_yaml_kind;

typedef struct spoor_yaml {
    spoor_yaml_kind kind;
    spoor_span span;                      /* in the file */
    spoor_str text;                       /* SCALAR */
    spoor_rule_quoting quoting;           /* SCALAR */
    struct spoor_yaml_item *first, *last; /* of a LIST or MAP */
    uint32_t weight;                      /* nodes below and this one, aliases written out */
} spoor_yaml;

typedef struct spoor_yaml_item {
    spoor_str key; /* of a MAP; keys that are no scalars are refused */
    spoor_span key_span;
    spoor_yaml *value;
    struct spoor_yaml_item *next;
} spoor_yaml_item;

/* Calls back for each document, in order.  false: the text is no YAML or over a limit; the documents
 * before the mistake have been seen, and the error is in *diags (source 0 is the text). */
bool spoor_yaml_read(spoor_arena *arena, spoor_str text, spoor_diags *diags,
                     void (*document)(void *context, const spoor_yaml *root), void *context);

/* The value of a key of a MAP, or NULL. */
const spoor_yaml *spoor_yaml_get(const spoor_yaml *map, const char *key);

#endif
