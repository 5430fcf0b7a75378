/* user_agents.c - see user_agents.h.
 *
 * A key that is not known could change what a pattern means, so it is refused. */
#include "engine/user_agents.h"

#include "rules/yaml_tree.h"

/* The list of a part's patterns, and what its patterns say of the fields. */
static const struct {
    const char *list, *fields[SPOOR_AGENT_FIELDS];
} parts[SPOOR_AGENT_PARTS] = {
    [SPOOR_AGENT_BROWSER] = {"user_agent_parsers",
                             {"family_replacement", "v1_replacement", "v2_replacement",
                              "v3_replacement"}},
    [SPOOR_AGENT_OS] = {"os_parsers",
                        {"os_replacement", "os_v1_replacement", "os_v2_replacement",
                         "os_v3_replacement", "os_v4_replacement"}},
    [SPOOR_AGENT_DEVICE] = {"device_parsers",
                            {"device_replacement", "brand_replacement", "model_replacement"}},
};

typedef struct reading {
    spoor_arena *arena;
    spoor_user_agents *agents;
    spoor_diags *diags;
} reading;

static bool take_field(spoor_agent_pattern *pattern, spoor_agent_part part,
                       const spoor_yaml_item *item) {
    for (uint32_t i = 0; i < SPOOR_AGENT_FIELDS && parts[part].fields[i] != NULL; i++) {
        if (spoor_str_is(item->key, parts[part].fields[i])) {
            pattern->fields[i].is_given = true;
            pattern->fields[i].text = item->value->text;
            return true;
        }
    }
    return false;
}

static bool take_pattern(reading *r, spoor_agent_part part, const spoor_yaml *entry) {
    const spoor_yaml *regex = spoor_yaml_get(entry, "regex");
    if (entry->kind != SPOOR_YAML_MAP || regex == NULL) {
        return spoor_fail(r->diags, entry->span, "a pattern is a map with a 'regex'");
    }
    spoor_agent_pattern pattern = {0};
    unsigned flags = 0;
    for (const spoor_yaml_item *item = entry->first; item != NULL; item = item->next) {
        bool is_flag = spoor_str_is(item->key, "regex_flag");
        if (item->value->kind != SPOOR_YAML_SCALAR ||
            (is_flag && !spoor_str_is(item->value->text, "i"))) {
            return spoor_fail(r->diags, item->value->span, "this is no value of '%.*s'",
                              (int)item->key.len, item->key.ptr);
        }
        if (is_flag) {
            flags = SPOOR_REGEX_IGNORE_CASE;
        } else if (item->value != regex && !take_field(&pattern, part, item)) {
            return spoor_fail(r->diags, item->key_span, "'%.*s' is no key of a pattern in '%s'",
                              (int)item->key.len, item->key.ptr, parts[part].list);
        }
    }
    spoor_regex_error error;
    pattern.regex = spoor_regex_compile(r->arena, regex->text, flags, &error);
    if (pattern.regex == NULL) {
        return spoor_fail(r->diags, regex->span, "%s", error.message);
    }
    uint32_t *count = &r->agents->parts[part].count;
    SPOOR_GROW(r->arena, r->agents->parts[part].patterns, *count, &r->agents->parts[part].capacity);
    r->agents->parts[part].patterns[(*count)++] = pattern;
    return true;
}

static void take_document(void *context, const spoor_yaml *root) {
    reading *r = context;
    for (spoor_agent_part part = 0; part < SPOOR_AGENT_PARTS; part++) {
        const spoor_yaml *list = spoor_yaml_get(root, parts[part].list);
        if (list == NULL || list->kind != SPOOR_YAML_LIST) {
            spoor_fail(r->diags, root->span, "there is no list '%s'", parts[part].list);
            return;
        }
        for (const spoor_yaml_item *item = list->first; item != NULL; item = item->next) {
            if (!take_pattern(r, part, item->value)) {
                return;
            }
        }
    }
}

const char *spoor_user_agents_read(spoor_arena *arena, spoor_str text, spoor_user_agents *agents) {
    spoor_diags diags = {.arena = arena};
    spoor_diags_add_source(&diags, (spoor_source){.name = "", .text = text});
    reading r = {.arena = arena, .agents = agents, .diags = &diags};
    if (spoor_yaml_read(arena, text, &diags, take_document, &r) && diags.first == NULL) {
        return agents->parts[SPOOR_AGENT_BROWSER].count > 0 ? NULL : "it has no patterns";
    }
    uint32_t line, column;
    spoor_text_position(text, diags.first->span.start, &line, &column);
    return spoor_arena_format(arena, "line %u: %s", line, diags.first->message).ptr;
}
