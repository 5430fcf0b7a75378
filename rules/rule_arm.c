/* rule_arm.c - Sentinel's rules in JSON: ARM templates, what the portal and the REST interface
 * export, and the files of AzSentinel.
 *
 * They nest in many ways and name fields alike: an object with `displayName` and `query` is a rule.
 * It becomes the map that a YAML rule is (rule_sentinel.c).  Its kind stands beside `properties`,
 * or is the name of the list that it is in.  Saved searches are hunting queries by their category,
 * the others are not rules. */
#include "rules/sentinel.h"

#include "rules/json_tree.h"

enum { MOST_HOPS = 4 }; /* of a text that names a variable that names another */

typedef struct arm {
    spoor_rule_set *set;
    const spoor_rule_file *file;
    spoor_arena *arena;
    const spoor_yaml *root;
    uint32_t count;
} arm;

typedef struct place {          /* what stands above a rule */
    const spoor_yaml *resource; /* the map whose `properties` it is; NULL: none */
    spoor_str list;             /* the name of the list */
} place;

/* -- texts of a template ----------------------------------------------------------------------- */

/* The name in [variables('x')]; empty: it is no such expression. */
static spoor_str named_by(spoor_str text, const char *function) {
    size_t n = strlen(function);
    bool is_call =
        text.len > n + 6 && text.ptr[0] == '[' && memcmp(text.ptr + 1, function, n) == 0 &&
        memcmp(text.ptr + 1 + n, "('", 2) == 0 && memcmp(text.ptr + text.len - 3, "')]", 3) == 0;
    spoor_str name = is_call ? (spoor_str){text.ptr + n + 3, text.len - n - 6} : (spoor_str){0};
    return name.len > 0 && memchr(name.ptr, '\'', name.len) == NULL ? name : (spoor_str){0};
}

static const spoor_yaml *member(const spoor_yaml *map, spoor_str name) {
    for (const spoor_yaml_item *i = map != NULL && map->kind == SPOOR_YAML_MAP ? map->first : NULL;
         i != NULL; i = i->next) {
        if (spoor_str_eq(i->key, name)) {
            return i->value;
        }
    }
    return NULL;
}

/* A text that is one variable, or a parameter with a default, is that; *is_left: it is another
 * expression. */
static spoor_str resolve(const arm *a, spoor_str text, bool *is_left) {
    for (int hop = 0; hop < MOST_HOPS; hop++) {
        spoor_str variable = named_by(text, "variables"), parameter = named_by(text, "parameters");
        const spoor_yaml *value = NULL;
        if (variable.len > 0) {
            value = member(spoor_yaml_get(a->root, "variables"), variable);
        } else if (parameter.len > 0) {
            const spoor_yaml *p = member(spoor_yaml_get(a->root, "parameters"), parameter);
            value =
                p != NULL && p->kind == SPOOR_YAML_MAP ? spoor_yaml_get(p, "defaultValue") : NULL;
        }
        if (value == NULL || value->kind != SPOOR_YAML_SCALAR) {
            break;
        }
        text = value->text;
    }
    bool opens = text.len > 1 && text.ptr[0] == '[';
    *is_left = opens && text.ptr[1] != '[' && text.ptr[text.len - 1] == ']';
    return opens && text.ptr[1] == '[' ? (spoor_str){text.ptr + 1, text.len - 1}
                                       : text; /* [[ is one [ */
}

/* The GUID in [concat(parameters('workspace'), '/Microsoft.SecurityInsights/...')]. */
static spoor_str find_guid(spoor_str text) {
    size_t run = 0; /* of hexadecimal digits and dashes up to here */
    for (size_t i = 0; i <= text.len; i++) {
        char c = i < text.len ? text.ptr[i] : '\0', low = (char)(c | 0x20);
        bool fits = (c >= '0' && c <= '9') || (low >= 'a' && low <= 'f') || c == '-';
        if (!fits && run == 36) {
            return (spoor_str){text.ptr + i - 36, 36};
        }
        run = fits ? run + 1 : 0;
    }
    return (spoor_str){0};
}

/* -- the map of a rule ------------------------------------------------------------------------- */

static void add(arm *a, spoor_yaml *map, const char *key, spoor_span span, spoor_yaml *value) {
    spoor_yaml_item *item = SPOOR_NEW(a->arena, spoor_yaml_item);
    *item = (spoor_yaml_item){.key = spoor_str_from(key), .key_span = span, .value = value};
    if (map->last != NULL) {
        map->last->next = item;
    } else {
        map->first = item;
    }
    map->last = item;
    map->weight += value->weight;
}

static void add_text(arm *a, spoor_yaml *map, const char *key, spoor_span span, spoor_str text) {
    spoor_yaml *value = SPOOR_NEW(a->arena, spoor_yaml);
    *value = (spoor_yaml){.kind = SPOOR_YAML_SCALAR, .span = span, .text = text, .weight = 1};
    if (text.len > 0) {
        add(a, map, key, span, value);
    }
}

/* tags: [{"name": "tactics", "value": "Execution,Discovery"}, ...] of a saved search. */
static void add_tags(arm *a, spoor_yaml *map, const spoor_yaml *tags) {
    static const char *const names[][2] = {{"description", "description"},
                                           {"tactics", "tactics"},
                                           {"techniques", "relevantTechniques"}};
    for (const spoor_yaml_item *i = tags->kind == SPOOR_YAML_LIST ? tags->first : NULL; i != NULL;
         i = i->next) {
        const spoor_yaml *name =
            i->value->kind == SPOOR_YAML_MAP ? spoor_yaml_get(i->value, "name") : NULL;
        const spoor_yaml *value = name != NULL ? spoor_yaml_get(i->value, "value") : NULL;
        for (size_t n = 0; n < 3 && value != NULL && value->kind == SPOOR_YAML_SCALAR; n++) {
            if (spoor_str_is(name->text, names[n][0])) {
                add_text(a, map, names[n][1], value->span, value->text);
            }
        }
    }
}

static const char *yaml_key(spoor_str key) {
    static const char *const keys[][2] = {
        {"displayName", "name"},
        {"description", "description"},
        {"severity", "severity"},
        {"query", "query"},
        {"queryFrequency", "queryFrequency"},
        {"queryPeriod", "queryPeriod"},
        {"triggerOperator", "triggerOperator"},
        {"triggerThreshold", "triggerThreshold"},
        {"tactics", "tactics"},
        {"techniques", "relevantTechniques"},
        {"relevantTechniques", "relevantTechniques"},
        {"entityMappings", "entityMappings"},
        {"customDetails", "customDetails"},
        {"alertDetailsOverride", "alertDetailsOverride"},
        {"eventGroupingSettings", "eventGroupingSettings"},
        {"suppressionEnabled", "suppressionEnabled"},
        {"suppressionDuration", "suppressionDuration"},
        {"templateVersion", "version"},
        {"version", "version"},
        {"status", "status"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (spoor_str_is(key, keys[i][0])) {
            return keys[i][1];
        }
    }
    return NULL;
}

static bool is_text(const spoor_yaml *node) {
    return node != NULL && node->kind == SPOOR_YAML_SCALAR && node->text.len > 0;
}

static void add_kind(arm *a, spoor_yaml *map, const spoor_yaml *properties, const place *at) {
    const spoor_yaml *kind = spoor_yaml_get(properties, "kind");
    if (kind == NULL && at->resource != NULL) {
        kind = spoor_yaml_get(at->resource, "kind");
    }
    spoor_str word = is_text(kind) ? kind->text : at->list;
    bool is_known = spoor_rule_word_is(word, SPOOR_STR("NRT")) ||
                    spoor_rule_word_is(word, SPOOR_STR("Scheduled"));
    add_text(a, map, "kind", properties->span, is_known ? word : (spoor_str){0});
}

static spoor_str id_of(arm *a, const spoor_yaml *properties, const place *at) {
    static const char *const keys[] = {"name", "id", "alertRuleTemplateName"};
    const spoor_yaml *const maps[] = {at->resource, properties};
    for (size_t m = 0; m < 2; m++) {
        for (size_t k = 0; k < 3 && maps[m] != NULL; k++) {
            const spoor_yaml *node = spoor_yaml_get(maps[m], keys[k]);
            bool is_left;
            spoor_str guid =
                is_text(node) ? find_guid(resolve(a, node->text, &is_left)) : (spoor_str){0};
            if (guid.len > 0) {
                return guid;
            }
        }
    }
    return (spoor_str){0};
}

/* Which of two members of one name counts, readers of JSON do not agree upon. */
static bool members_differ(spoor_rule *rule, const spoor_yaml *properties) {
    for (const spoor_yaml_item *i = properties->first; i != NULL; i = i->next) {
        bool counts = yaml_key(i->key) != NULL;
        for (const spoor_yaml_item *k = properties->first; counts && k != i; k = k->next) {
            if (spoor_str_eq(i->key, k->key)) {
                return spoor_fail(&rule->diags, i->key_span, "'%.*s' stands twice in one object",
                                  (int)i->key.len, i->key.ptr);
            }
        }
    }
    return true;
}

static void read_rule(arm *a, const spoor_yaml *properties, const place *at) {
    spoor_rule *rule = spoor_rule_add(a->set, a->file, a->count++);
    if (!members_differ(rule, properties)) {
        return;
    }
    spoor_yaml *map = SPOOR_NEW(a->arena, spoor_yaml);
    *map = (spoor_yaml){.kind = SPOOR_YAML_MAP, .span = properties->span, .weight = 1};
    rule->title = spoor_yaml_get(properties, "displayName")->text;
    add_kind(a, map, properties, at);
    add_text(a, map, "id", properties->span, id_of(a, properties, at));
    for (const spoor_yaml_item *i = properties->first; i != NULL; i = i->next) {
        const char *key = yaml_key(i->key);
        bool is_left = false, is_scalar = i->value->kind == SPOOR_YAML_SCALAR;
        spoor_yaml *value = i->value;
        if (key != NULL && is_scalar) {
            value = SPOOR_NEW(a->arena, spoor_yaml);
            *value = *i->value;
            value->text = resolve(a, i->value->text, &is_left);
        }
        if (is_left && spoor_str_is(i->key, "query")) {
            spoor_fail(&rule->diags, i->value->span,
                       "the query is an expression of the template, and is not known here");
            return;
        }
        if (key != NULL && !is_left) {
            add(a, map, key, i->key_span, value);
        } else if (spoor_str_is(i->key, "tags")) {
            add_tags(a, map, i->value);
        } else if (spoor_str_is(i->key, "aggregationKind") && is_scalar) { /* of AzSentinel */
            spoor_yaml *grouping = SPOOR_NEW(a->arena, spoor_yaml);
            *grouping = (spoor_yaml){.kind = SPOOR_YAML_MAP, .span = i->value->span, .weight = 1};
            add_text(a, grouping, "aggregationKind", i->value->span, i->value->text);
            add(a, map, "eventGroupingSettings", i->key_span, grouping);
        }
    }
    spoor_sentinel_read_rule(rule, map);
}

/* -- finding rules ----------------------------------------------------------------------------- */

static bool is_rule(const arm *a, const spoor_yaml *map) {
    const spoor_yaml *category = spoor_yaml_get(map, "category");
    bool is_search = is_text(category), is_left;
    bool is_hunt = is_search && spoor_rule_word_is(resolve(a, category->text, &is_left),
                                                   SPOOR_STR("Hunting Queries"));
    return is_text(spoor_yaml_get(map, "displayName")) && is_text(spoor_yaml_get(map, "query")) &&
           (!is_search || is_hunt);
}

/* The tree is at most SPOOR_YAML_MAX_DEPTH deep. */
static void find_rules(arm *a, const spoor_yaml *node, place at) {
    if (node->kind == SPOOR_YAML_MAP && is_rule(a, node)) {
        read_rule(a, node, &at);
        return;
    }
    for (const spoor_yaml_item *i = node->first; i != NULL; i = i->next) {
        place below = at;
        if (node->kind == SPOOR_YAML_MAP) {
            below.resource = spoor_str_is(i->key, "properties") ? node : NULL;
            below.list = i->key;
        }
        find_rules(a, i->value, below);
    }
}

void spoor_rules_read_json(spoor_rule_set *set, const spoor_rule_file *file) {
    spoor_diags diags = {.arena = set->arena};
    arm a = {.set = set, .file = file, .arena = set->arena};
    a.root = spoor_json_tree(set->arena, file->bytes, &diags);
    if (a.root != NULL) {
        find_rules(&a, a.root, (place){0});
    }
    if (a.count == 0 && file->is_named) { /* other JSON in a folder is nobody's concern */
        spoor_rule *rule = spoor_rule_add(set, file, 0);
        spoor_fail(&rule->diags, a.root == NULL ? diags.first->span : (spoor_span){0}, "%s",
                   a.root == NULL ? diags.first->message : "there is no rule in this file");
    }
}
