/* sigma_correlation.c - reads the map `correlation` of a document: what is counted, over which rules, how long.
 *
 * What the specification leaves open is decided here and in sigma_window.c,
 * and written down in docs/rules.md; a key or a value that nobody defined fails
 * by its name. */
#include "rules/sigma.h"

typedef struct reader {
    spoor_arena *arena;
    spoor_diags *diags;
    spoor_sigma_correlation *c;
} reader;

/* ORDER spoor_sigma_measure */
static const char *const measures[] = {"event_count",      "value_count", "temporal",
                                       "temporal_ordered", "value_sum",   "value_avg",
                                       "value_percentile"};

static const struct {
    const char *name, *operator;
} operators[] = {{"gt", ">"},   {"gte", ">="}, {"lt", "<"},
                 {"lte", "<="}, {"eq", "=="},  {"neq", "!="}};

/* A text, or a list of texts. */
static bool read_list(reader *r, const spoor_yaml *node, const char *what, spoor_str_list *list) {
    if (node != NULL && node->kind == SPOOR_YAML_SCALAR && !spoor_sigma_is_null(node)) {
        spoor_str_list_add(r->arena, list, node->text);
        return true;
    }
    if (node != NULL && node->kind == SPOOR_YAML_MAP) {
        return spoor_fail(r->diags, node->span, "'%s' takes a text or a list of texts", what);
    }
    for (const spoor_yaml_item *i = node != NULL ? node->first : NULL; i != NULL; i = i->next) {
        if (i->value->kind != SPOOR_YAML_SCALAR || i->value->text.len == 0) {
            return spoor_fail(r->diags, i->value->span, "'%s' takes a text or a list of texts",
                              what);
        }
        spoor_str_list_add(r->arena, list, i->value->text);
    }
    return true;
}

static bool read_type(reader *r, const spoor_yaml *node, const spoor_yaml *map) {
    for (size_t i = 0; i < sizeof measures / sizeof *measures && node != NULL; i++) {
        if (spoor_str_is(node->text, measures[i])) {
            r->c->measure = (spoor_sigma_measure)i;
            return true;
        }
    }
    return spoor_fail(
        r->diags, node != NULL ? node->span : map->span,
        "the 'type' of a correlation is event_count, value_count, temporal, temporal_ordered, "
        "value_sum, value_avg or value_percentile");
}

static bool add_member(reader *r, const spoor_yaml *node) {
    spoor_sigma_correlation *c = r->c;
    if (node->kind != SPOOR_YAML_SCALAR || node->text.len == 0) {
        return spoor_fail(r->diags, node->span, "a rule is referred to by its id or name");
    }
    if (c->nmembers == SPOOR_SIGMA_MAX_MEMBERS) {
        return spoor_fail(r->diags, node->span, "more than %d rules in one correlation",
                          SPOOR_SIGMA_MAX_MEMBERS);
    }
    for (uint32_t i = 0; i < c->nmembers; i++) {
        if (spoor_str_eq(c->members[i].reference, node->text)) {
            return spoor_fail(r->diags, node->span, "'%.*s' stands twice among the rules",
                              node->text.len < 100 ? (int)node->text.len : 100, node->text.ptr);
        }
    }
    c->members[c->nmembers++] = (spoor_sigma_member){.reference = node->text, .span = node->span};
    return true;
}

static bool read_members(reader *r, const spoor_yaml *node, const spoor_yaml *map) {
    r->c->members = SPOOR_NEW_ARRAY(r->arena, spoor_sigma_member, SPOOR_SIGMA_MAX_MEMBERS);
    if (node != NULL && node->kind == SPOOR_YAML_SCALAR && !spoor_sigma_is_null(node)) {
        return add_member(r, node);
    }
    for (const spoor_yaml_item *i = node != NULL && node->kind == SPOOR_YAML_LIST ? node->first
                                                                                  : NULL;
         i != NULL; i = i->next) {
        if (!add_member(r, i->value)) {
            return false;
        }
    }
    return r->c->nmembers > 0 || spoor_fail(r->diags, node != NULL ? node->span : map->span,
                                            "a correlation needs 'rules'");
}

/* 90m, as KQL writes it too. */
bool spoor_sigma_is_timespan(spoor_str text) {
    size_t n = 0;
    while (n < text.len && text.ptr[n] >= '0' && text.ptr[n] <= '9') {
        n++;
    }
    return n > 0 && n < 7 && n + 1 == text.len && strchr("smhd", text.ptr[n]) != NULL;
}

static bool read_timespan(reader *r, const spoor_yaml *node, const spoor_yaml *map) {
    bool is_text = node != NULL && node->kind == SPOOR_YAML_SCALAR;
    if (!is_text || !spoor_sigma_is_timespan(node->text)) {
        return spoor_fail(r->diags, node != NULL ? node->span : map->span,
                          "a correlation needs a 'timespan': a number and s, m, h or d");
    }
    r->c->span_text = node->text;
    return true;
}

bool spoor_sigma_is_number(spoor_str text) {
    uint32_t digits = 0, points = 0;
    for (size_t i = text.len > 0 && text.ptr[0] == '-'; i < text.len; i++) {
        bool is_digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        digits += is_digit;
        points += text.ptr[i] == '.';
        if (!is_digit && text.ptr[i] != '.') {
            return false;
        }
    }
    return digits > 0 && digits < 16 && points <= 1 && text.ptr[text.len - 1] != '.';
}

static bool read_bound(reader *r, const spoor_yaml_item *i) {
    for (size_t k = 0; k < sizeof operators / sizeof *operators; k++) {
        if (!spoor_str_is(i->key, operators[k].name)) {
            continue;
        }
        if (i->value->kind != SPOOR_YAML_SCALAR || !spoor_sigma_is_number(i->value->text)) {
            return spoor_fail(r->diags, i->value->span, "a number is expected here");
        }
        for (uint32_t n = 0; n < r->c->nbounds; n++) {
            if (r->c->bounds[n].operator== operators[k].operator) {
                return spoor_fail(r->diags, i->key_span, "'%s' stands twice in the condition",
                                  operators[k].name);
            }
        }
        r->c->bounds[r->c->nbounds++] = (spoor_sigma_bound){operators[k].operator, i->value->text };
        return true;
    }
    return spoor_fail(
        r->diags, i->key_span,
        "a correlation's condition has gt, gte, lt, lte, eq, neq and 'field', not '%.*s'",
        i->key.len < 100 ? (int)i->key.len : 100, i->key.ptr);
}

static bool read_condition(reader *r, const spoor_yaml *node) {
    if (node->kind != SPOOR_YAML_MAP) {
        return spoor_fail(r->diags, node->span,
                          "a correlation's condition is a map, such as {gte: 10}");
    }
    for (const spoor_yaml_item *i = node->first; i != NULL; i = i->next) {
        if (spoor_str_is(i->key, "field")) {
            if (!read_list(r, i->value, "field", &r->c->fields)) {
                return false;
            }
        } else if (spoor_str_is(i->key, "percentile") &&
                   r->c->measure == SPOOR_SIGMA_VALUE_PERCENTILE) {
            if (i->value->kind != SPOOR_YAML_SCALAR || !spoor_sigma_is_number(i->value->text)) {
                return spoor_fail(r->diags, i->value->span, "a number is expected here");
            }
            r->c->percentile = i->value->text;
        } else if (!read_bound(r, i)) {
            return false;
        }
    }
    return true;
}

/* What the type of the correlation asks of its condition. */
static bool check_condition(reader *r, const spoor_yaml *node, const spoor_yaml *map) {
    const spoor_sigma_correlation *c = r->c;
    spoor_span span = node != NULL ? node->span : map->span;
    bool is_temporal =
        c->measure == SPOOR_SIGMA_TEMPORAL || c->measure == SPOOR_SIGMA_TEMPORAL_ORDERED;
    bool needs_field = !is_temporal && c->measure != SPOOR_SIGMA_EVENT_COUNT;
    const char *type = measures[c->measure];
    if (!is_temporal && c->nbounds == 0) {
        return spoor_fail(r->diags, span, "'%s' needs a condition, such as {gte: 10}", type);
    }
    if (needs_field && c->fields.count == 0) {
        return spoor_fail(r->diags, span, "'%s' needs 'field' in its condition", type);
    }
    if (!needs_field && c->fields.count > 0) {
        return spoor_fail(r->diags, span, "'%s' takes no 'field'", type);
    }
    if (c->fields.count > 1 && c->measure != SPOOR_SIGMA_VALUE_COUNT) {
        return spoor_fail(r->diags, span, "'%s' takes one 'field'", type);
    }
    if (c->measure == SPOOR_SIGMA_TEMPORAL_ORDERED && c->nbounds > 0) {
        return spoor_fail(r->diags, span,
                          "'temporal_ordered' means all of its rules: it takes no condition here");
    }
    return true;
}

static bool check_aliases(reader *r) {
    const spoor_yaml *aliases = r->c->aliases;
    if (aliases != NULL && aliases->kind != SPOOR_YAML_MAP) {
        return spoor_fail(r->diags, aliases->span, "'aliases' must be a map of names");
    }
    for (const spoor_yaml_item *i = aliases != NULL ? aliases->first : NULL; i != NULL;
         i = i->next) {
        if (i->value->kind != SPOOR_YAML_MAP) {
            return spoor_fail(r->diags, i->value->span, "an alias is a map of rules to fields");
        }
        for (const spoor_yaml_item *k = i->value->first; k != NULL; k = k->next) {
            if (k->value->kind != SPOOR_YAML_SCALAR || k->value->text.len == 0) {
                return spoor_fail(r->diags, k->value->span, "an alias is a map of rules to fields");
            }
        }
    }
    return true;
}

static bool read_generate(reader *r, const spoor_yaml *node) {
    if (node == NULL) {
        return true;
    }
    bool is_text = node->kind == SPOOR_YAML_SCALAR;
    r->c->generates = is_text && spoor_rule_word_is(node->text, SPOOR_STR("true"));
    return r->c->generates || (is_text && spoor_rule_word_is(node->text, SPOOR_STR("false"))) ||
           spoor_fail(r->diags, node->span, "'generate' is true or false");
}

static bool check_keys(reader *r, const spoor_yaml *map) {
    static const char *const keys[] = {"type",      "rules",   "group-by", "timespan",
                                       "condition", "aliases", "generate"};
    for (const spoor_yaml_item *i = map->first; i != NULL; i = i->next) {
        bool is_known = false;
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            is_known |= spoor_str_is(i->key, keys[k]);
        }
        if (!is_known) {
            return spoor_fail(r->diags, i->key_span, "a correlation has no '%.*s'",
                              i->key.len < 100 ? (int)i->key.len : 100, i->key.ptr);
        }
    }
    return true;
}

spoor_sigma_correlation *spoor_sigma_read_correlation(spoor_arena *arena, spoor_diags *diags,
                                                      const spoor_yaml *map) {
    reader r = {.arena = arena, .diags = diags, .c = SPOOR_NEW(arena, spoor_sigma_correlation)};
    if (map->kind != SPOOR_YAML_MAP) {
        spoor_fail(diags, map->span, "'correlation' must be a map");
        return NULL;
    }
    const spoor_yaml *condition = spoor_yaml_get(map, "condition"),
                     *type = spoor_yaml_get(map, "type");
    r.c->aliases = spoor_yaml_get(map, "aliases");
    bool ok = check_keys(&r, map) && read_type(&r, type, map) &&
              read_members(&r, spoor_yaml_get(map, "rules"), map) &&
              read_list(&r, spoor_yaml_get(map, "group-by"), "group-by", &r.c->groups) &&
              read_timespan(&r, spoor_yaml_get(map, "timespan"), map) &&
              (condition == NULL || read_condition(&r, condition)) &&
              check_condition(&r, condition, map) && check_aliases(&r) &&
              read_generate(&r, spoor_yaml_get(map, "generate"));
    return ok ? r.c : NULL;
}
