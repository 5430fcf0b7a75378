/* rule_sigma.c - Sigma's YAML: a document is a detection, a correlation or a filter, with metadata.
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
    bool is_attack =
        tag.len > 7 && spoor_rule_word_is((spoor_str){tag.ptr, 7}, SPOOR_STR("attack."));
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

static void read_metadata(spoor_rule *rule, const spoor_yaml *root) {
    get_text(root, "title", &rule->title);
    get_text(root, "id", &rule->id);
    get_text(root, "description", &rule->description);
    get_text(root, "status", &rule->status);
    rule->metadata = spoor_rule_metadata(rule->diags.arena, root);
    rule->kind = SPOOR_RULE_SIGMA;
    const spoor_yaml *level = spoor_yaml_get(root, "level"), *tags = spoor_yaml_get(root, "tags");
    if (is_text(level) && !spoor_level_parse(level->text, &rule->level)) {
        spoor_fail(&rule->diags, level->span,
                   "a level is informational, low, medium, high or critical");
    }
    for (const spoor_yaml_item *i = tags != NULL && tags->kind == SPOOR_YAML_LIST ? tags->first
                                                                                  : NULL;
         i != NULL; i = i->next) {
        if (is_text(i->value)) {
            take_tag(rule, i->value->text);
        }
    }
    spoor_sigma_check(rule, root);
}

/* -- documents --------------------------------------------------------------------------------- */

bool spoor_sigma_is_document(const spoor_yaml *root) {
    return spoor_yaml_get(root, "detection") != NULL ||
           spoor_yaml_get(root, "correlation") != NULL ||
           (spoor_yaml_get(root, "filter") != NULL && spoor_yaml_get(root, "logsource") != NULL);
}

static bool read_detection(spoor_rule *rule, spoor_sigma_reader *r) {
    spoor_sigma_rule *sigma = rule->sigma;
    const spoor_yaml *map = spoor_yaml_get(sigma->root, "detection");
    if (!spoor_sigma_read_scope(r, sigma->root, &sigma->source, &sigma->scope)) {
        return false;
    }
    sigma->tree = spoor_sigma_read_detection(r, map);
    sigma->correlation = r->aggregation;
    const spoor_yaml *timeframe = spoor_yaml_get(map, "timeframe");
    if (sigma->tree != NULL && timeframe != NULL && r->aggregation == NULL) {
        return spoor_fail(r->diags, timeframe->span,
                          "'timeframe' without an aggregation behind '|' has no meaning");
    }
    return sigma->tree != NULL;
}

/* `rules: any`, or ids and names. */
static bool read_filtered(spoor_rule *rule, const spoor_yaml *filter) {
    const spoor_yaml *rules = spoor_yaml_get(filter, "rules");
    spoor_sigma_rule *sigma = rule->sigma;
    if (rules != NULL && rules->kind == SPOOR_YAML_SCALAR && !spoor_sigma_is_null(rules)) {
        sigma->filters_any = spoor_rule_word_is(rules->text, SPOOR_STR("any"));
        spoor_str_list_add(rule->diags.arena, &sigma->filtered, rules->text);
        return true;
    }
    for (const spoor_yaml_item *i = rules != NULL && rules->kind == SPOOR_YAML_LIST ? rules->first
                                                                                    : NULL;
         i != NULL; i = i->next) {
        if (i->value->kind != SPOOR_YAML_SCALAR) {
            return spoor_fail(&rule->diags, i->value->span,
                              "a rule is referred to by its id or name");
        }
        spoor_str_list_add(rule->diags.arena, &sigma->filtered, i->value->text);
    }
    return sigma->filtered.count > 0 ||
           spoor_fail(&rule->diags, filter->span, "a filter needs 'rules': ids, names, or any");
}

static bool read_filter(spoor_rule *rule, spoor_sigma_reader *r) {
    spoor_sigma_rule *sigma = rule->sigma;
    const spoor_yaml *filter = spoor_yaml_get(sigma->root, "filter");
    rule->is_part = true;
    if (filter->kind != SPOOR_YAML_MAP) {
        return spoor_fail(r->diags, filter->span, "'filter' must be a map");
    }
    if (!spoor_sigma_read_scope(r, sigma->root, &sigma->source, &sigma->scope) ||
        !read_filtered(rule, filter)) {
        return false;
    }
    sigma->tree = spoor_sigma_read_detection(r, filter);
    if (sigma->tree != NULL && r->aggregation != NULL) {
        return spoor_fail(r->diags, filter->span, "a filter cannot aggregate");
    }
    return sigma->tree != NULL;
}

void spoor_sigma_read_rule(spoor_rule *rule, const spoor_yaml *root,
                           const spoor_placeholder_file *placeholders) {
    spoor_arena *arena = rule->diags.arena;
    spoor_sigma_reader r = {.arena = arena, .diags = &rule->diags, .placeholders = placeholders};
    spoor_sigma_rule *sigma = SPOOR_NEW(arena, spoor_sigma_rule);
    sigma->root = root;
    rule->sigma = sigma;
    read_metadata(rule, root);
    const spoor_yaml *taxonomy = spoor_yaml_get(root, "taxonomy");
    if (taxonomy != NULL && is_text(taxonomy) &&
        !spoor_rule_word_is(taxonomy->text, SPOOR_STR("sigma"))) {
        spoor_fail(&rule->diags, taxonomy->span,
                   "fields and log sources of the taxonomy '%.*s' are not known",
                   taxonomy->text.len < 100 ? (int)taxonomy->text.len : 100, taxonomy->text.ptr);
        return;
    }
    get_text(root, "name", &sigma->name);
    const spoor_yaml *detection = spoor_yaml_get(root, "detection"),
                     *correlation = spoor_yaml_get(root, "correlation");
    const spoor_yaml *main = correlation != NULL ? correlation
                             : detection != NULL ? detection
                                                 : spoor_yaml_get(root, "filter");
    rule->query_start = rule->query_end = main->span.start;
    if (correlation != NULL) {
        sigma->kind = SPOOR_SIGMA_CORRELATION;
        sigma->correlation = spoor_sigma_read_correlation(arena, &rule->diags, correlation);
    } else if (detection != NULL) {
        read_detection(rule, &r);
    } else {
        sigma->kind = SPOOR_SIGMA_FILTER;
        read_filter(rule, &r);
    }
    sigma->missing = r.missing;
}
