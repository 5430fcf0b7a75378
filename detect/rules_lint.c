/* rules_lint.c - warnings of `rules check` about rules: see rule_lint.h for which and where.  Here
 * are those of all rules together, and what Sentinel refuses, which is said of its analytics rules
 * alone. */
#include "detect/rule_lint.h"

#include <stdarg.h>
#include <stdlib.h>

enum { MOST_CHARACTERS = 10000 };

bool spoor_rule_warn(spoor_rule *rule, const char *code, spoor_span place, const char *format,
                     ...) {
    const spoor_diag *before = rule->diags.last;
    char message[600];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    spoor_warn(&rule->diags, place, "%s", message);
    bool is_kept = rule->diags.last != before;
    if (is_kept) {
        rule->diags.last->code = code;
    }
    return is_kept;
}

/* -- ids
 * ----------------------------------------------------------------------------------------------------
 */

typedef struct owner {
    const spoor_rule *rule;
    uint32_t at; /* of the set */
} owner;

static int compare(const void *a, const void *b) {
    const owner *x = a, *y = b;
    int order = spoor_str_compare(x->rule->id, y->rule->id);
    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static void lint_ids(spoor_rules *rules) {
    owner *owners = SPOOR_NEW_ARRAY(&rules->arena, owner, rules->set.count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < rules->set.count; i++) {
        if (rules->states[i].is_selected && rules->set.rules[i].id.len > 0) {
            owners[count++] = (owner){&rules->set.rules[i], i};
        }
    }
    if (count > 1) {
        qsort(owners, count, sizeof *owners, compare);
    }
    for (uint32_t i = 1, first = 0; i < count; i++) {
        if (!spoor_str_eq(owners[i].rule->id, owners[first].rule->id)) {
            first = i;
            continue;
        }
        spoor_rule *rule = &rules->set.rules[owners[i].at];
        spoor_str id = rule->id;
        spoor_rule_warn(rule, "duplicate-id", spoor_rule_locate(rule, 0, 1),
                        "the id '%.*s' is that of a rule in %s, too", (int)id.len, id.ptr,
                        owners[first].rule->file->path);
    }
}

/* -- what Sentinel refuses --------------------------------------------------------------------- */

static void lint_length(spoor_rule *rule) {
    size_t characters = 0;
    for (size_t i = 0; i < rule->query.len; i++) {
        characters += ((unsigned char)rule->query.ptr[i] & 0xC0) != 0x80;
    }
    if (characters > MOST_CHARACTERS) {
        spoor_rule_warn(rule, "long-query", spoor_rule_locate(rule, 0, 1),
                        "Sentinel refuses a rule whose query is over 10,000 characters");
    }
}

/* The tree is at most SPOOR_MAX_DEPTH deep. */
static void lint_all_tables(spoor_rule *rule, spoor_str text, const spoor_ast *node) {
    bool reads = node->kind == SPOOR_AST_SEARCH || node->kind == SPOOR_AST_UNION;
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        spoor_span s = child->span;
        bool is_star =
            s.source == 0 && s.end == s.start + 1 && s.end <= text.len && text.ptr[s.start] == '*';
        if (reads && is_star) {
            spoor_rule_warn(rule, "search-all", spoor_rule_locate(rule, s.start, s.end),
                            "Sentinel refuses a rule with '%s *'",
                            node->kind == SPOOR_AST_SEARCH ? "search" : "union");
        }
        lint_all_tables(rule, text, child);
    }
}

void spoor_rules_lint_query(spoor_rules *rules, uint32_t at) {
    spoor_rule *rule = &rules->set.rules[at];
    const spoor_query *query = rules->states[at].query;
    bool is_analytics = rule->kind == SPOOR_RULE_SCHEDULED || rule->kind == SPOOR_RULE_NRT;
    spoor_arena_rewind(&rules->scratch);
    rules->scratch.memory = rules->arena.memory;
    rules->scratch.on_oom = rules->arena.on_oom;
    if (is_analytics) {
        lint_length(rule);
    }
    if (is_analytics && query != NULL && query->tree != NULL) {
        lint_all_tables(rule, query->text, query->tree);
    }
    spoor_rule_lint_conditions(rules, at);
    spoor_rule_lint_schedule(rules, at);
    spoor_rule_lint_attack(rule);
    spoor_rules_note_demands(rules, at);
}

void spoor_rules_lint_all(spoor_rules *rules) {
    lint_ids(rules);
    spoor_rules_lint_subsumed(rules);
}
