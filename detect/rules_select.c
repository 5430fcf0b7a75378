/* rules_select.c - which of the loaded rules are meant: --level, --tag, --technique, --id,
 * --status, --exclude.
 *
 * A filter is a list with commas, of which one must fit; all filters must. */
#include "detect/rules_tuning.h"

int spoor_rules_severity(const char *name) {
    spoor_level level;
    return spoor_level_parse(spoor_str_from(name), &level) ? (int)level : -1;
}

typedef bool fits(const spoor_rule *rule, spoor_str wanted);

/* T1003 selects T1003.001 too. */
static bool has_technique(const spoor_rule *rule, spoor_str wanted) {
    for (uint32_t i = 0; i < rule->techniques.count; i++) {
        spoor_str technique = rule->techniques.items[i];
        bool is_below = technique.len > wanted.len && technique.ptr[wanted.len] == '.';
        spoor_str whole = {technique.ptr, is_below ? wanted.len : technique.len};
        if (spoor_rule_word_is(whole, wanted)) {
            return true;
        }
    }
    return false;
}

static bool has_tag(const spoor_rule *rule, spoor_str wanted) {
    for (uint32_t i = 0; i < rule->tags.count; i++) {
        if (spoor_rule_word_is(rule->tags.items[i], wanted)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < rule->tactics.count; i++) {
        if (spoor_rule_word_is(rule->tactics.items[i], wanted)) {
            return true;
        }
    }
    return false;
}

static bool has_id(const spoor_rule *rule, spoor_str wanted) {
    return spoor_rule_word_is(rule->id, wanted) || spoor_rule_word_is(rule->file->stem, wanted);
}

static bool has_status(const spoor_rule *rule, spoor_str wanted) {
    return spoor_rule_word_is(rule->status, wanted);
}

bool spoor_rule_is_named(const spoor_rule *rule, spoor_str wanted) {
    return has_id(rule, wanted) || has_tag(rule, wanted) || has_technique(rule, wanted) ||
           spoor_rule_word_is(rule->title, wanted);
}

static bool any_fits(const spoor_rule *rule, const char *list, fits *is_it) {
    for (const char *at = list; at != NULL;) {
        const char *comma = strchr(at, ',');
        spoor_str word = {at, comma != NULL ? (size_t)(comma - at) : strlen(at)};
        if (word.len > 0 && is_it(rule, word)) {
            return true;
        }
        at = comma != NULL ? comma + 1 : NULL;
    }
    return false;
}

static bool is_wanted(const spoor_rule *rule, const spoor_rules_filter *filter) {
    return (filter->id == NULL || any_fits(rule, filter->id, has_id)) &&
           (filter->tag == NULL || any_fits(rule, filter->tag, has_tag)) &&
           (filter->technique == NULL || any_fits(rule, filter->technique, has_technique)) &&
           (filter->status == NULL || any_fits(rule, filter->status, has_status)) &&
           !any_fits(rule, filter->exclude, spoor_rule_is_named);
}

spoor_status spoor_rules_select(spoor_rules *rules, const spoor_rules_filter *filter) {
    int least = filter->severity != NULL ? spoor_rules_severity(filter->severity) : 0;
    if (least < 0) {
        return spoor_engine_fail(
            rules->engine, SPOOR_ERR_QUERY,
            "no severity '%s'; there are informational, low, medium, high, critical",
            filter->severity);
    }
    for (uint32_t i = 0; i < rules->set.count; i++) {
        const spoor_rule *rule = &rules->set.rules[i];
        rules->states[i].is_selected &= (int)rule->level >= least && is_wanted(rule, filter);
    }
    return SPOOR_OK;
}
