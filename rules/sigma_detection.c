/* sigma_detection.c - selections: maps (all lines hold), lists of maps (one does), keywords; and nodes. */
#include "rules/sigma.h"

spoor_sigma_node *spoor_sigma_node_new(spoor_sigma_reader *r, spoor_sigma_kind kind,
                                       spoor_span span) {
    if (++r->nnodes > SPOOR_SIGMA_MAX_NODES) {
        spoor_fail(r->diags, span, "more than %d tests and values in one rule",
                   SPOOR_SIGMA_MAX_NODES);
        return NULL;
    }
    spoor_sigma_node *node = SPOOR_NEW(r->arena, spoor_sigma_node);
    node->kind = kind;
    node->arena = r->arena;
    return node;
}

void spoor_sigma_node_add(spoor_arena *arena, spoor_sigma_node *parent, spoor_sigma_node *child) {
    uint32_t n = parent->nchildren;
    if ((n & (n - 1)) == 0) { /* 0, 1, 2, 4, ...: what is there is full */
        spoor_sigma_node **grown = SPOOR_NEW_ARRAY(arena, spoor_sigma_node *, n == 0 ? 1 : 2 * n);
        if (n > 0) {
            memcpy(grown, parent->children, n * sizeof(spoor_sigma_node *));
        }
        parent->children = grown;
    }
    parent->children[parent->nchildren++] = child;
}

bool spoor_sigma_is_null(const spoor_yaml *value) {
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    if (value->kind != SPOOR_YAML_SCALAR || value->quoting != SPOOR_QUOTING_PLAIN) {
        return false;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (spoor_str_is(value->text, words[i])) {
            return true;
        }
    }
    return false;
}

static spoor_sigma_node *only_child(spoor_sigma_node *node) {
    return node->nchildren == 1 ? node->children[0] : node;
}

static spoor_sigma_node *read_map(spoor_sigma_reader *r, const spoor_yaml *map) {
    spoor_sigma_node *all = spoor_sigma_node_new(r, SPOOR_SIGMA_AND, map->span);
    for (const spoor_yaml_item *i = map->first; i != NULL && all != NULL; i = i->next) {
        for (const spoor_yaml_item *before = map->first; before != i; before = before->next) {
            if (spoor_str_eq(before->key, i->key)) {
                spoor_fail(r->diags, i->key_span, "'%.*s' stands twice in this selection",
                           (int)i->key.len, i->key.ptr);
                return NULL;
            }
        }
        spoor_sigma_node *line = spoor_sigma_read_item(r, i->key, i->key_span, i->value);
        if (line == NULL) {
            return NULL;
        }
        spoor_sigma_node_add(r->arena, all, line);
    }
    if (all != NULL && all->nchildren == 0) {
        spoor_fail(r->diags, map->span, "this selection is empty");
        return NULL;
    }
    return all != NULL ? only_child(all) : NULL;
}

spoor_sigma_node *spoor_sigma_read_selection(spoor_sigma_reader *r, const spoor_yaml *value) {
    if (value->kind == SPOOR_YAML_MAP) {
        return read_map(r, value);
    }
    if (value->kind == SPOOR_YAML_SCALAR) {
        return spoor_sigma_read_item(r, SPOOR_STR(""), value->span, value);
    }
    spoor_sigma_node *any = spoor_sigma_node_new(r, SPOOR_SIGMA_OR, value->span);
    for (const spoor_yaml_item *i = value->first; i != NULL && any != NULL; i = i->next) {
        spoor_sigma_node *one = NULL;
        if (i->value->kind == SPOOR_YAML_LIST) {
            spoor_fail(r->diags, i->value->span, "a list in a list of selections");
        } else {
            one = spoor_sigma_read_selection(r, i->value);
        }
        if (one == NULL) {
            return NULL;
        }
        spoor_sigma_node_add(r->arena, any, one);
    }
    if (any != NULL && any->nchildren == 0) {
        spoor_fail(r->diags, value->span, "this selection is empty");
        return NULL;
    }
    return any != NULL ? only_child(any) : NULL;
}

spoor_sigma_node *spoor_sigma_read_detection(spoor_sigma_reader *r, const spoor_yaml *map) {
    if (map == NULL || map->kind != SPOOR_YAML_MAP) {
        spoor_fail(r->diags, map != NULL ? map->span : (spoor_span){0},
                   "'detection' must be a map of selections and a condition");
        return NULL;
    }
    const spoor_yaml *condition = spoor_yaml_get(map, "condition");
    if (condition == NULL) {
        spoor_fail(r->diags, map->span, "there is no 'condition'");
        return NULL;
    }
    return spoor_sigma_read_condition(r, condition, map);
}
