/* rule_sentinel.c - Sentinel's YAML: analytics rules (Scheduled, NRT) and hunting queries.
 *
 * A document is one rule.  What must have a form to mean anything (severity,
 * times, trigger, lists) is checked here with its place; what the schema only
 * recommends is a matter of lint.  Fields that only Sentinel can use
 * (requiredDataConnectors, incidentConfiguration, metadata) are left alone. */
#include "base/time.h"
#include "rules/sentinel.h"
#include "rules/sigma.h"

typedef struct yaml_rules { /* a file being read */
    spoor_rule_set *set;
    const spoor_rule_file *file;
    uint32_t count;
    spoor_sigma_inherited inherited;
} yaml_rules;

static bool is_text(spoor_rule *rule, const spoor_yaml *node, const char *key) {
    if (node != NULL && node->kind != SPOOR_YAML_SCALAR) {
        spoor_fail(&rule->diags, node->span, "'%s' must be a text", key);
        return false;
    }
    return node != NULL;
}

/* Descriptions stand between ' and ' in most published rules. */
static spoor_str unquote(spoor_str s) {
    s = spoor_str_trim(s);
    return s.len >= 2 && s.ptr[0] == '\'' && s.ptr[s.len - 1] == '\''
               ? (spoor_str){s.ptr + 1, s.len - 2}
               : s;
}

static void get_text(spoor_rule *rule, const spoor_yaml *map, const char *key, spoor_str *text) {
    const spoor_yaml *node = spoor_yaml_get(map, key);
    if (is_text(rule, node, key)) {
        *text = spoor_str_trim(node->text);
    }
}

static void get_duration(spoor_rule *rule, const spoor_yaml *map, const char *key, int64_t *ticks) {
    const spoor_yaml *node = spoor_yaml_get(map, key);
    if (is_text(rule, node, key) && !spoor_rule_duration(spoor_str_trim(node->text), ticks)) {
        spoor_fail(&rule->diags, node->span, "'%s' must be a time such as 1h", key);
    }
}

/* A list of texts, or one text. */
static void each_text(spoor_rule *rule, const spoor_yaml *map, const char *key,
                      void (*take)(spoor_rule *rule, spoor_str text)) {
    const spoor_yaml *node = spoor_yaml_get(map, key);
    if (node == NULL) {
        return;
    }
    if (node->kind == SPOOR_YAML_SCALAR) {
        take(rule, node->text);
        return;
    }
    for (const spoor_yaml_item *i = node->kind == SPOOR_YAML_LIST ? node->first : NULL; i != NULL;
         i = i->next) {
        if (is_text(rule, i->value, key)) {
            take(rule, i->value->text);
        }
    }
    if (node->kind == SPOOR_YAML_MAP) {
        spoor_fail(&rule->diags, node->span, "'%s' must be a list", key);
    }
}

static void take_tactic(spoor_rule *rule, spoor_str text) {
    spoor_rule_add_tactics(rule->diags.arena, text, &rule->tactics);
}

static void take_technique(spoor_rule *rule, spoor_str text) {
    spoor_rule_find_techniques(rule->diags.arena, text, &rule->techniques);
}

static void take_tag(spoor_rule *rule, spoor_str text) {
    if (spoor_str_trim(text).len > 0) {
        spoor_str_list_add(rule->diags.arena, &rule->tags, spoor_str_trim(text));
    }
}

static void read_severity(spoor_rule *rule, const spoor_yaml *root) {
    const spoor_yaml *node = spoor_yaml_get(root, "severity");
    if (is_text(rule, node, "severity") && spoor_str_trim(node->text).len > 0 &&
        !spoor_level_parse(node->text, &rule->level)) {
        spoor_fail(&rule->diags, node->span,
                   "a severity is informational, low, medium, high or critical");
    }
}

static void read_trigger(spoor_rule *rule, const spoor_yaml *root) {
    const spoor_yaml *operator= spoor_yaml_get(root, "triggerOperator");
    if (is_text(rule, operator, "triggerOperator") &&
        !spoor_rule_trigger(operator->text, &rule->trigger)) {
        spoor_fail(&rule->diags, operator->span, "a trigger is gt, lt, eq or ne");
    }
    const spoor_yaml *node = spoor_yaml_get(root, "triggerThreshold");
    if (!is_text(rule, node, "triggerThreshold")) {
        return;
    }
    spoor_str text = spoor_str_trim(node->text);
    int64_t number = 0;
    bool ok = text.len > 0 && text.len <= 9;
    for (size_t i = 0; i < text.len && ok; i++) {
        ok = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        number = number * 10 + (text.ptr[i] - '0');
    }
    if (!ok) {
        spoor_fail(&rule->diags, node->span, "'triggerThreshold' must be a number of rows");
    }
    rule->threshold = ok ? number : 0;
}

/* -- kind and schedule ------------------------------------------------------------------------- */

static void read_kind(spoor_rule *rule, const spoor_yaml *root) {
    const spoor_yaml *kind = spoor_yaml_get(root, "kind");
    bool is_hunt = spoor_yaml_get(root, "queryFrequency") == NULL &&
                   spoor_yaml_get(root, "queryPeriod") == NULL &&
                   spoor_yaml_get(root, "triggerOperator") == NULL;
    rule->kind = is_hunt ? SPOOR_RULE_HUNTING : SPOOR_RULE_SCHEDULED;
    if (!is_text(rule, kind, "kind")) {
        return;
    }
    if (spoor_rule_word_is(kind->text, SPOOR_STR("NRT"))) {
        rule->kind = SPOOR_RULE_NRT;
    } else if (spoor_rule_word_is(kind->text, SPOOR_STR("Scheduled"))) {
        rule->kind = SPOOR_RULE_SCHEDULED;
    } else if (!spoor_rule_word_is(kind->text, SPOOR_STR("Hunting"))) {
        spoor_fail(&rule->diags, kind->span,
                   "a rule of kind '%.*s' has no query that could run here", (int)kind->text.len,
                   kind->text.ptr);
    }
}

/* -- entities and alerts ----------------------------------------------------------------------- */

static uint32_t count_fields(const spoor_yaml *mappings) {
    uint32_t n = 0;
    for (const spoor_yaml_item *i = mappings->first; i != NULL; i = i->next) {
        const spoor_yaml *fields = spoor_yaml_get(i->value, "fieldMappings");
        for (const spoor_yaml_item *f = fields != NULL ? fields->first : NULL; f != NULL;
             f = f->next) {
            n++;
        }
    }
    return n;
}

static void read_entity(spoor_rule *rule, const spoor_yaml *mapping, uint32_t number) {
    spoor_str entity = {0};
    get_text(rule, mapping, "entityType", &entity);
    const spoor_yaml *fields = spoor_yaml_get(mapping, "fieldMappings");
    if (entity.len == 0 || fields == NULL || fields->kind != SPOOR_YAML_LIST) {
        spoor_fail(&rule->diags, mapping->span,
                   "an entity mapping has 'entityType' and 'fieldMappings'");
        return;
    }
    for (const spoor_yaml_item *i = fields->first; i != NULL; i = i->next) {
        spoor_entity_field field = {.entity = entity, .mapping = number};
        get_text(rule, i->value, "identifier", &field.identifier);
        get_text(rule, i->value, "columnName", &field.column);
        if (field.identifier.len == 0 || field.column.len == 0) {
            spoor_fail(&rule->diags, i->value->span,
                       "a field mapping has 'identifier' and 'columnName'");
        } else {
            rule->entities[rule->nentities++] = field;
        }
    }
}

static void read_entities(spoor_rule *rule, const spoor_yaml *root) {
    const spoor_yaml *mappings = spoor_yaml_get(root, "entityMappings");
    if (mappings == NULL ||
        (mappings->kind == SPOOR_YAML_SCALAR && spoor_str_trim(mappings->text).len == 0)) {
        return;
    }
    if (mappings->kind != SPOOR_YAML_LIST) {
        spoor_fail(&rule->diags, mappings->span, "'entityMappings' must be a list");
        return;
    }
    rule->entities =
        SPOOR_NEW_ARRAY(rule->diags.arena, spoor_entity_field, count_fields(mappings) + 1);
    uint32_t number = 0;
    for (const spoor_yaml_item *i = mappings->first; i != NULL; i = i->next) {
        read_entity(rule, i->value, number++);
    }
}

static void read_details(spoor_rule *rule, const spoor_yaml *root) {
    const spoor_yaml *details = spoor_yaml_get(root, "customDetails");
    if (details == NULL || details->kind == SPOOR_YAML_SCALAR) {
        return;
    }
    if (details->kind != SPOOR_YAML_MAP) {
        spoor_fail(&rule->diags, details->span, "'customDetails' must name columns");
        return;
    }
    rule->details = SPOOR_NEW_ARRAY(rule->diags.arena, spoor_detail, details->weight);
    for (const spoor_yaml_item *i = details->first; i != NULL; i = i->next) {
        if (is_text(rule, i->value, "customDetails")) {
            rule->details[rule->ndetails++] =
                (spoor_detail){i->key, spoor_str_trim(i->value->text)};
        }
    }
}

static void read_alert(spoor_rule *rule, const spoor_yaml *root) {
    const spoor_yaml *alert = spoor_yaml_get(root, "alertDetailsOverride");
    if (alert != NULL && alert->kind == SPOOR_YAML_MAP) {
        get_text(rule, alert, "alertDisplayNameFormat", &rule->alert_title);
        get_text(rule, alert, "alertDescriptionFormat", &rule->alert_description);
        get_text(rule, alert, "alertTacticsColumnName", &rule->alert_tactics_column);
        get_text(rule, alert, "alertSeverityColumnName", &rule->alert_severity_column);
    }
    const spoor_yaml *grouping = spoor_yaml_get(root, "eventGroupingSettings");
    spoor_str kind = {0};
    if (grouping != NULL) {
        get_text(rule, grouping, "aggregationKind", &kind);
    }
    rule->alert_per_result = spoor_rule_word_is(kind, SPOOR_STR("AlertPerResult"));
    spoor_str enabled = {0};
    get_text(rule, root, "suppressionEnabled", &enabled);
    rule->is_suppressed = spoor_rule_word_is(enabled, SPOOR_STR("true"));
    get_duration(rule, root, "suppressionDuration", &rule->suppression);
}

/* -- one document ------------------------------------------------------------------------------ */

static void read_query(spoor_rule *rule, const spoor_yaml *root) {
    const spoor_yaml *query = spoor_yaml_get(root, "query");
    if (!is_text(rule, query, "query")) {
        return;
    }
    rule->query = query->text;
    rule->query_start = query->span.start;
    rule->query_end = query->span.end;
    rule->quoting = query->quoting;
    if (spoor_str_trim(query->text).len == 0) {
        spoor_fail(&rule->diags, query->span, "there is no query");
    }
}

void spoor_sentinel_read_rule(spoor_rule *rule, const spoor_yaml *root) {
    const spoor_yaml *description = spoor_yaml_get(root, "description");
    get_text(rule, root, "id", &rule->id);
    get_text(rule, root, "name", &rule->title);
    get_text(rule, root, "version", &rule->version);
    get_text(rule, root, "status", &rule->status);
    if (is_text(rule, description, "description")) {
        rule->description = unquote(description->text);
    }
    read_kind(rule, root);
    read_severity(rule, root);
    get_duration(rule, root, "queryFrequency", &rule->frequency);
    get_duration(rule, root, "queryPeriod", &rule->period);
    if (rule->kind == SPOOR_RULE_NRT) { /* whatever is written */
        rule->frequency = rule->period = SPOOR_TICKS_MINUTE;
    }
    read_trigger(rule, root);
    each_text(rule, root, "tactics", take_tactic);
    each_text(rule, root, "relevantTechniques", take_technique);
    const spoor_yaml *tags = spoor_yaml_get(root, "tags");
    if (tags != NULL && tags->kind == SPOOR_YAML_LIST &&
        (tags->first == NULL || tags->first->value->kind == SPOOR_YAML_SCALAR)) {
        each_text(rule, root, "tags", take_tag); /* maps in it are Sentinel's own notes */
    }
    read_entities(rule, root);
    read_details(rule, root);
    read_alert(rule, root);
    read_query(rule, root);
}

static void take_document(void *context, const spoor_yaml *root) {
    yaml_rules *y = context;
    bool has_query = spoor_yaml_get(root, "query") != NULL;
    if (!has_query && !spoor_sigma_inherit(y->set->arena, &y->inherited, &root)) {
        return; /* what the documents behind it share */
    }
    bool is_sigma = !has_query && spoor_sigma_is_document(root);
    if (!has_query && !is_sigma && !y->file->is_named) {
        return; /* some other YAML that lies in the folder */
    }
    spoor_rule *rule = spoor_rule_add(y->set, y->file, y->count++);
    if (has_query) {
        spoor_sentinel_read_rule(rule, root);
        spoor_sentinel_check(rule, root);
    } else if (is_sigma) {
        spoor_sigma_read_rule(rule, root, y->set->placeholders);
    } else {
        spoor_fail(&rule->diags, root->span, "no 'query' in this document");
    }
}

void spoor_rules_read_yaml(spoor_rule_set *set, const spoor_rule_file *file) {
    yaml_rules y = {.set = set, .file = file};
    spoor_diags diags = {.arena = set->arena};
    if (!spoor_yaml_read(set->arena, file->bytes, &diags, take_document, &y)) {
        spoor_rule *rule = spoor_rule_add(set, file, y.count++);
        spoor_fail(&rule->diags, diags.first->span, "%s", diags.first->message);
    } else if (y.count == 0 && file->is_named) {
        spoor_rule *rule = spoor_rule_add(set, file, 0);
        spoor_fail(&rule->diags, (spoor_span){0}, "there is no rule in this file");
    }
}
