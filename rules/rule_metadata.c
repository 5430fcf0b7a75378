/* rule_metadata.c - what a rule's file says of the rule itself, kept as one JSON object: who wrote it, where from,
 * what it takes for granted.  Nothing here changes what a rule matches. */
#include "base/buffer.h"
#include "rules/sigma.h"
#include "types/dynamic.h"

/* In the order in which they are shown. */
static const char *const keys[] = {"name",     "status",     "author",         "date",
                                   "modified", "license",    "related",        "fields",
                                   "scope",    "references", "falsepositives", "taxonomy"};

static void put_json(spoor_buffer *out, const spoor_yaml *node, int depth) {
    if (depth > SPOOR_YAML_MAX_DEPTH ||
        (node->kind == SPOOR_YAML_SCALAR && spoor_sigma_is_null(node))) {
        spoor_buffer_put(out, SPOOR_STR("null"));
        return;
    }
    if (node->kind == SPOOR_YAML_SCALAR) {
        spoor_buffer_put(out, spoor_json_quote(out->arena, node->text));
        return;
    }
    bool is_map = node->kind == SPOOR_YAML_MAP;
    spoor_buffer_put_char(out, is_map ? '{' : '[');
    for (const spoor_yaml_item *i = node->first; i != NULL; i = i->next) {
        spoor_buffer_put(out, i != node->first ? SPOOR_STR(",") : SPOOR_STR(""));
        if (is_map) {
            spoor_buffer_put(out, spoor_json_quote(out->arena, i->key));
            spoor_buffer_put_char(out, ':');
        }
        put_json(out, i->value, depth + 1);
    }
    spoor_buffer_put_char(out, is_map ? '}' : ']');
}

spoor_str spoor_rule_metadata(spoor_arena *arena, const spoor_yaml *root) {
    spoor_buffer out = {.arena = arena};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const spoor_yaml *node = spoor_yaml_get(root, keys[i]);
        if (node == NULL || (node->kind == SPOOR_YAML_SCALAR && spoor_sigma_is_null(node))) {
            continue;
        }
        spoor_buffer_put(&out, out.len == 0 ? SPOOR_STR("{") : SPOOR_STR(","));
        spoor_buffer_put(&out, spoor_json_quote(arena, spoor_str_from(keys[i])));
        spoor_buffer_put_char(&out, ':');
        put_json(&out, node, 0);
    }
    spoor_buffer_put(&out, out.len > 0 ? SPOOR_STR("}") : SPOOR_STR(""));
    return spoor_buffer_text(&out);
}
