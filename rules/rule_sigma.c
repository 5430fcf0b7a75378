/* rule_sigma.c - Sigma's YAML: a document is one rule, and its query is written from its detection.
 *
 * A rule whose detection no stored event can meet is blind, with the reason:
 * it is kept, counted, and not run. */
#include "rules/sigma.h"

static bool is_text(const spoor_yaml *node) {
    return node != NULL && node->kind == SPOOR_YAML_SCALAR && !spoor_sigma_is_null(node);
}

static void get_text(const spoor_yaml *map, const char *key, spoor_str *text) {
    const spoor_yaml *node = spoor_yaml_get(map, key);
    if (is_text(node)) {
        *text = node->text;
    }
}

/* attack.t1003.001, attack.credential-access, and what else there is. */
static void take_tag(spoor_rule *rule, spoor_str tag) {
    spoor_arena *arena = rule->diags.arena;
    spoor_str_list_add(arena, &rule->tags, tag);
    bool is_attack = tag.len > 7 && spoor_rule_word_is((spoor_str){tag.ptr, 7}, SPOOR_STR("attack."));
    spoor_str name = is_attack ? (spoor_str){tag.ptr + 7, tag.len - 7} : (spoor_str){0};
    bool has_digit = false;
    for (size_t i = 0; i < name.len; i++) {
        has_digit |= name.ptr[i] >= '0' && name.ptr[i] <= '9';
    }
    if (has_digit) { /* a technique, or a group or software, which is no tactic */
        spoor_rule_find_techniques(arena, name, &rule->techniques);
    } else if (name.len > 0) {
        spoor_rule_add_tactics(arena, name, &rule->tactics);
    }
}

void spoor_sigma_read_metadata(spoor_rule *rule, const spoor_yaml *root) {
    get_text(root, "title", &rule->title);
    get_text(root, "id", &rule->id);
    get_text(root, "description", &rule->description);
    get_text(root, "status", &rule->status);
    rule->kind = SPOOR_RULE_SIGMA;
    const spoor_yaml *level = spoor_yaml_get(root, "level"), *tags = spoor_yaml_get(root, "tags");
    if (is_text(level) && !spoor_level_parse(level->text, &rule->level)) {
        spoor_fail(&rule->diags, level->span, "a level is informational, low, medium, high or critical");
    }
    for (const spoor_yaml_item *i = tags != NULL && tags->kind == SPOOR_YAML_LIST ? tags->first : NULL;
         i != NULL; i = i->next) {
        if (is_text(i->value)) {
            take_tag(rule, i->value->text);
        }
    }
}

/* -- can it match? ----------------------------------------------------------------------------------- */

typedef enum truth { NEVER, SOMETIMES, ALWAYS } truth; /* in order: and is the least, or the most */

/* *missing becomes a field that makes a test never true. */
static truth truth_of(const spoor_sigma_scope *scope, const spoor_sigma_node *node, spoor_str *missing) {
    if (node->kind == SPOOR_SIGMA_TEST) {
        if (spoor_sigma_is_logged(scope, node->field)) {
            return SOMETIMES;
        }
        *missing = missing->len > 0 ? *missing : node->field;
        return node->op == SPOOR_SIGMA_NULL ? ALWAYS : NEVER;
    }
    if (node->kind == SPOOR_SIGMA_AT_LEAST) {
        return SOMETIMES;
    }
    if (node->kind == SPOOR_SIGMA_NOT) {
        return (truth)(ALWAYS - truth_of(scope, node->children[0], missing));
    }
    bool is_and = node->kind == SPOOR_SIGMA_AND;
    truth all = is_and ? ALWAYS : NEVER;
    for (uint32_t i = 0; i < node->nchildren; i++) {
        truth one = truth_of(scope, node->children[i], missing);
        all = is_and == (one < all) ? one : all;
    }
    return all;
}

/* -- one document -------------------------------------------------------------------------------------- */

static bool refuse_legacy(spoor_rule *rule, const spoor_yaml *root) {
    static const char *const keys[] = {"correlation", "filter", "action"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const spoor_yaml *node = spoor_yaml_get(root, keys[i]);
        if (node != NULL) {
            return spoor_fail(&rule->diags, node->span, "Sigma documents with '%s' are not supported",
                              keys[i]);
        }
    }
    const spoor_yaml *detection = spoor_yaml_get(root, "detection");
    const spoor_yaml *time = detection != NULL ? spoor_yaml_get(detection, "timeframe") : NULL;
    return time == NULL || spoor_fail(&rule->diags, time->span, "'timeframe' is not supported");
}

static void find_blindness(spoor_rule *rule, const spoor_sigma_reader *r, const spoor_sigma_scope *scope,
                           const spoor_sigma_node *tree) {
    spoor_arena *arena = rule->diags.arena;
    spoor_str missing = {0};
    if (scope->blind != NULL) {
        rule->blind = spoor_str_from(scope->blind);
    } else if (r->missing.len > 0) {
        rule->blind = spoor_arena_format(arena, "there are no values for the placeholder '%.*s'",
                                         r->missing.len < 100 ? (int)r->missing.len : 100, r->missing.ptr);
    } else if (truth_of(scope, tree, &missing) == NEVER) {
        rule->blind = spoor_arena_format(arena, "Sysmon logs no '%.*s' in event %d%s",
                                         missing.len < 100 ? (int)missing.len : 100, missing.ptr,
                                         scope->ids[0], scope->nids > 1 ? " and its like" : "");
    }
}

bool spoor_sigma_is_document(const spoor_yaml *root) {
    return spoor_yaml_get(root, "detection") != NULL || spoor_yaml_get(root, "correlation") != NULL ||
           (spoor_yaml_get(root, "filter") != NULL && spoor_yaml_get(root, "logsource") != NULL);
}

void spoor_sigma_read_rule(spoor_rule *rule, const spoor_yaml *root, const spoor_placeholder_file *placeholders) {
    spoor_sigma_read_metadata(rule, root);
    if (!refuse_legacy(rule, root)) {
        return;
    }
    const spoor_yaml *detection = spoor_yaml_get(root, "detection");
    spoor_sigma_reader r = {.arena = rule->diags.arena, .diags = &rule->diags, .placeholders = placeholders};
    spoor_sigma_scope scope;
    if (!spoor_sigma_read_scope(&r, root, &scope)) {
        return;
    }
    spoor_sigma_node *tree = spoor_sigma_read_detection(&r, detection);
    if (tree == NULL) {
        return;
    }
    find_blindness(rule, &r, &scope, tree);
    rule->query = spoor_sigma_write(r.arena, &scope, tree);
    rule->query_start = rule->query_end = detection->span.start;
}
