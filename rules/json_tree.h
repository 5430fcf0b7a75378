/* json_tree.h - a JSON document as the tree that YAML gives (yaml_tree.h), with places.
 *
 * Strings are scalars in double quotes, numbers, true and false plain ones; members and elements
 * that are null are left out.  Depth and nodes have YAML's limits. */
#ifndef SPOOR_RULES_JSON_TREE_H
#define SPOOR_RULES_JSON_TREE_H

#include "rules/yaml_tree.h"

/* NULL: the text is no JSON, or over a limit; the error is in *diags (source 0 is the text). */
const spoor_yaml *spoor_json_tree(spoor_arena *arena, spoor_str text, spoor_diags *diags);

#endif
