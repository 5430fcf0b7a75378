/* sigma_link.c - when all documents are read: filters go into the rules that they name, correlations find theirs,
 * and every query is written.
 *
 * Documents refer to each other by id or name, over all files of the set; a
 * name is looked for in the same file first.  Rules that a correlation counts
 * are not run by themselves unless it says `generate: true`. */
#include "rules/sigma.h"

/* -- can it match? ------------------------------------------------------------------------------------- */

typedef enum truth { NEVER, SOMETIMES, ALWAYS } truth; /* in order: and is the least, or the most */

/* *missing becomes a field that makes a test never true. */
static truth truth_of(spoor_arena *arena, const spoor_sigma_scope *scope, const spoor_sigma_node *node, spoor_str *missing) {
    if (node->kind == SPOOR_SIGMA_TEST) {
        if (spoor_sigma_is_logged(arena, scope, node->field)) {
            return SOMETIMES;
        }
        *missing = missing->len > 0 ? *missing : node->field;
        return node->op == SPOOR_SIGMA_NULL ? ALWAYS : NEVER;
    }
    if (node->kind == SPOOR_SIGMA_AT_LEAST) {
        return SOMETIMES;
    }
    if (node->kind == SPOOR_SIGMA_NOT) {
        return (truth)(ALWAYS - truth_of(arena, scope, node->children[0], missing));
    }
    bool is_and = node->kind == SPOOR_SIGMA_AND;
    truth all = is_and ? ALWAYS : NEVER;
    for (uint32_t i = 0; i < node->nchildren; i++) {
        truth one = truth_of(arena, scope, node->children[i], missing);
        all = is_and == (one < all) ? one : all;
    }
    return all;
}

static int shown(spoor_str text) {
    return text.len < 100 ? (int)text.len : 100;
}

/* May an event 4688 meet it? */
static bool is_audited(spoor_arena *arena, const spoor_sigma_node *tree) {
    spoor_str missing = {0};
    return truth_of(arena, &spoor_sigma_audit, tree, &missing) != NEVER;
}

static void find_blindness(spoor_rule *rule, bool has_audit) {
    const spoor_sigma_rule *sigma = rule->sigma;
    spoor_arena *arena = rule->diags.arena;
    spoor_str missing = {0};
    if (sigma->scope.blind != NULL) {
        rule->blind = spoor_str_from(sigma->scope.blind);
    } else if (sigma->missing.len > 0) {
        rule->blind = spoor_arena_format(arena, "there are no values for the placeholder '%.*s'", shown(sigma->missing),
                                         sigma->missing.ptr);
    } else if (truth_of(arena, &sigma->scope, sigma->tree, &missing) == NEVER &&
               !(sigma->scope.is_process_creation && has_audit && is_audited(arena, sigma->tree))) {
        rule->blind = spoor_arena_format(arena, "Sysmon logs no '%.*s' in event %d%s", shown(missing), missing.ptr,
                                         sigma->scope.ids[0], sigma->scope.nids > 1 ? " and its like" : "");
    }
}

/* -- filters ------------------------------------------------------------------------------------------- */

static bool is_called(const spoor_rule *rule, spoor_str reference) {
    bool has_id = rule->id.len > 0 && spoor_rule_word_is(rule->id, reference);
    return has_id || (rule->sigma->name.len > 0 && spoor_str_eq(rule->sigma->name, reference));
}

/* A condition such as `not selection`: written as what shall be left. */
static bool is_negative(const spoor_sigma_node *node) {
    bool is_chain = node->kind == SPOOR_SIGMA_AND || node->kind == SPOOR_SIGMA_OR;
    for (uint32_t i = 0; i < node->nchildren && is_chain; i++) {
        if (!is_negative(node->children[i])) {
            return false;
        }
    }
    return is_chain || node->kind == SPOOR_SIGMA_NOT;
}

/* The specification's example names what a filter takes out, pySigma what it leaves: a condition of
 * negations alone is the latter. */
static void apply_filter(spoor_rule *rule, const spoor_rule *filter) {
    spoor_arena *arena = rule->diags.arena;
    spoor_sigma_rule *sigma = rule->sigma;
    spoor_sigma_node *left = filter->sigma->tree;
    if (!is_negative(left)) {
        spoor_sigma_node *negation = SPOOR_NEW(arena, spoor_sigma_node);
        negation->kind = SPOOR_SIGMA_NOT;
        spoor_sigma_node_add(arena, negation, left);
        left = negation;
    }
    if (!sigma->has_filters) {
        spoor_sigma_node *all = SPOOR_NEW(arena, spoor_sigma_node);
        all->kind = SPOOR_SIGMA_AND;
        spoor_sigma_node_add(arena, all, sigma->tree);
        sigma->tree = all;
        sigma->has_filters = true;
        if (sigma->correlation != NULL) {
            sigma->correlation->members[0].tree = all;
        }
    }
    spoor_sigma_node_add(arena, sigma->tree, left);
}

static bool is_filtered(const spoor_rule *rule, const spoor_sigma_rule *filter) {
    if (!spoor_sigma_takes_in(&filter->source, &rule->sigma->source)) {
        return false;
    }
    bool named = filter->filters_any;
    for (uint32_t i = 0; i < filter->filtered.count; i++) {
        named |= is_called(rule, filter->filtered.items[i]);
    }
    return named;
}

static bool is_ready(const spoor_rule *rule, spoor_sigma_document kind) {
    return rule->sigma != NULL && rule->diags.nerrors == 0 && rule->sigma->kind == kind;
}

static void apply_filters(spoor_rule_set *set) {
    for (uint32_t i = 0; i < set->count; i++) {
        const spoor_rule *filter = &set->rules[i];
        if (!is_ready(filter, SPOOR_SIGMA_FILTER)) {
            continue;
        }
        if (filter->sigma->missing.len > 0) {
            spoor_fail(&set->rules[i].diags, (spoor_span){filter->query_start, filter->query_start, 0},
                       "there are no values for the placeholder '%.*s'", shown(filter->sigma->missing),
                       filter->sigma->missing.ptr);
            continue;
        }
        for (uint32_t k = 0; k < set->count; k++) {
            spoor_rule *rule = &set->rules[k];
            if (is_ready(rule, SPOOR_SIGMA_DETECTION) && is_filtered(rule, filter->sigma)) {
                apply_filter(rule, filter);
            }
        }
    }
}

/* -- correlations -------------------------------------------------------------------------------------- */

static spoor_rule *find_rule(spoor_rule_set *set, const spoor_rule *from, spoor_str reference, uint32_t *found) {
    spoor_rule *rule = NULL;
    bool is_near = false; /* in the same file */
    *found = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        spoor_rule *one = &set->rules[i];
        if (one->sigma == NULL || one->sigma->kind == SPOOR_SIGMA_FILTER || !is_called(one, reference)) {
            continue;
        }
        bool same_file = one->file == from->file;
        if (same_file && !is_near) {
            *found = 0;
        }
        if (same_file || !is_near) {
            rule = one;
            ++*found;
        }
        is_near |= same_file;
    }
    return rule;
}

static bool resolve(spoor_rule_set *set, spoor_rule *rule, spoor_sigma_member *member) {
    if (member->reference.len == 0) { /* of a legacy aggregation */
        member->rule = rule;
        return true;
    }
    uint32_t found;
    member->rule = find_rule(set, rule, member->reference, &found);
    if (found != 1) {
        return spoor_fail(&rule->diags, member->span, found == 0 ? "no rule that was loaded has the id or name '%.*s'"
                                                                 : "several rules are called '%.*s'",
                          shown(member->reference), member->reference.ptr);
    }
    return true;
}

static bool link_correlation(spoor_rule_set *set, spoor_rule *rule, uint32_t depth) {
    spoor_sigma_correlation *c = rule->sigma->correlation;
    if (rule->diags.nerrors > 0 || c->state == 2) {
        return rule->diags.nerrors == 0;
    }
    spoor_span span = {rule->query_start, rule->query_start, 0};
    if (c->state == 1 || depth > SPOOR_SIGMA_MAX_CHAIN) {
        return spoor_fail(&rule->diags, span, c->state == 1 ? "this correlation refers to itself"
                                                            : "correlations of correlations: too many one upon the other");
    }
    c->state = 1;
    bool ok = true;
    for (uint32_t i = 0; i < c->nmembers && ok; i++) {
        if (!resolve(set, rule, &c->members[i])) {
            return false;
        }
        spoor_rule *member = c->members[i].rule;
        if (member == rule) {
            ok = c->members[i].reference.len == 0 || spoor_fail(&rule->diags, span, "this correlation refers to itself");
            continue;
        }
        bool is_chain = member->sigma->correlation != NULL;
        if ((is_chain && !link_correlation(set, member, depth + 1)) || member->diags.nerrors > 0) {
            ok = rule->diags.nerrors == 0 && spoor_fail(&rule->diags, c->members[i].span, "the rule '%.*s' does not load",
                                                        shown(c->members[i].reference), c->members[i].reference.ptr);
        }
    }
    c->state = 2;
    return ok;
}

/* Which rules are parts only: those that a correlation without `generate` counts, and none with it. */
static void find_parts(spoor_rule_set *set) {
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < set->count; i++) {
            const spoor_rule *rule = &set->rules[i];
            bool counts = is_ready(rule, SPOOR_SIGMA_CORRELATION) && rule->sigma->correlation->generates == (round == 1);
            for (uint32_t k = 0; counts && k < rule->sigma->correlation->nmembers; k++) {
                rule->sigma->correlation->members[k].rule->is_part = round == 0;
            }
        }
    }
}

/* A part that cannot match makes the correlation blind where it needs them all. */
static void inherit_blindness(spoor_rule *rule) {
    const spoor_sigma_correlation *c = rule->sigma->correlation;
    bool needs_all = (c->measure == SPOOR_SIGMA_TEMPORAL && c->nbounds == 0) || c->measure == SPOOR_SIGMA_TEMPORAL_ORDERED;
    uint32_t blind = 0;
    spoor_str why = {0};
    for (uint32_t i = 0; i < c->nmembers; i++) {
        blind += c->members[i].rule->blind.len > 0;
        why = c->members[i].rule->blind.len > 0 ? c->members[i].rule->blind : why;
    }
    if (blind > 0 && (needs_all || blind == c->nmembers)) {
        rule->blind = spoor_arena_format(rule->diags.arena, "of what it counts: %.*s", (int)why.len, why.ptr);
    }
}

static void write_correlation(spoor_rule_set *set, spoor_rule *rule, uint32_t depth) {
    spoor_sigma_correlation *c = rule->sigma->correlation;
    for (uint32_t i = 0; i < c->nmembers; i++) { /* their blindness first */
        spoor_rule *member = c->members[i].rule;
        if (member != rule && member->sigma->correlation != NULL && member->query.len == 0 && depth <= SPOOR_SIGMA_MAX_CHAIN) {
            write_correlation(set, member, depth + 1);
        }
    }
    if (rule->sigma->kind == SPOOR_SIGMA_CORRELATION) {
        inherit_blindness(rule);
    }
    rule->query = spoor_sigma_write_correlation(rule);
}

static spoor_str write_scope(spoor_arena *arena, const spoor_sigma_scope *scope, const spoor_sigma_node *tree) {
    return spoor_sigma_write(arena, scope, tree, spoor_sigma_table_for(arena, scope, tree, NULL));
}

/* Processes are in two logs, if both are there. */
static spoor_str write_detection(spoor_rule_set *set, const spoor_sigma_rule *sigma) {
    spoor_str text = write_scope(set->arena, &sigma->scope, sigma->tree), missing = {0};
    if (!sigma->scope.is_process_creation || !set->has_audit || !is_audited(set->arena, sigma->tree)) {
        return text;
    }
    if (truth_of(set->arena, &sigma->scope, sigma->tree, &missing) == NEVER) {
        return write_scope(set->arena, &spoor_sigma_audit, sigma->tree);
    }
    spoor_str audit = write_scope(set->arena, &spoor_sigma_audit, sigma->tree);
    return spoor_arena_format(set->arena, "union\n(%.*s),\n(%.*s)\n", (int)text.len - 1, text.ptr, (int)audit.len - 1,
                              audit.ptr);
}

void spoor_rules_link(spoor_rule_set *set) {
    apply_filters(set);
    for (uint32_t i = 0; i < set->count; i++) {
        if (is_ready(&set->rules[i], SPOOR_SIGMA_DETECTION)) {
            spoor_sigma_scope *scope = &set->rules[i].sigma->scope;
            scope->enriches = set->enriches && scope->is_sysmon && scope->nids > 0;
            find_blindness(&set->rules[i], set->has_audit);
        }
    }
    for (uint32_t i = 0; i < set->count; i++) {
        spoor_rule *rule = &set->rules[i];
        if (rule->sigma != NULL && rule->diags.nerrors == 0 && rule->sigma->correlation != NULL) {
            link_correlation(set, rule, 0);
        }
    }
    find_parts(set);
    for (uint32_t i = 0; i < set->count; i++) {
        spoor_rule *rule = &set->rules[i];
        const spoor_sigma_rule *sigma = rule->sigma;
        if (sigma == NULL || rule->diags.nerrors > 0 || rule->query.len > 0 || sigma->kind == SPOOR_SIGMA_FILTER) {
            continue;
        }
        if (sigma->correlation != NULL && set->view.len > 0) {
            spoor_fail(&rule->diags, (spoor_span){rule->query_start, rule->query_start, 0},
                       "a correlation is written over our own tables alone");
        } else if (sigma->correlation != NULL) {
            write_correlation(set, rule, 0);
        } else if (set->view.len > 0) {
            spoor_sigma_write_view(rule, set->view);
        } else {
            rule->query = write_detection(set, sigma);
        }
    }
}
