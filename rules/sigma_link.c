/* sigma_link.c - when all documents are read: filters go into the rules that they name, correlations find theirs,
 * and every query is written.
 *
 * Documents refer to each other by id or name, over all files of the set; a
 * name is looked for in the same file first.  Rules that a correlation counts
 * are not run by themselves unless it says `generate: true`. */
#include "rules/sigma.h"

/* -- can it match? ----------------------------------------------------------------------------- */

typedef enum truth { NEVER, SOMETIMES, ALWAYS } truth; /* in order: and is the least, or the most */

/* *missing becomes a field that makes a test never true. */
static truth truth_of(spoor_arena *arena, const spoor_sigma_scope *scope,
                      const spoor_sigma_node *node, spoor_str *missing) {
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
        rule->blind = spoor_arena_format(arena, "there are no values for the placeholder '%.*s'",
                                         shown(sigma->missing), sigma->missing.ptr);
    } else if (truth_of(arena, &sigma->scope, sigma->tree, &missing) == NEVER &&
               !(sigma->scope.is_process_creation && has_audit && is_audited(arena, sigma->tree))) {
        rule->blind = spoor_arena_format(arena, "Sysmon logs no '%.*s' in event %d%s",
                                         shown(missing), missing.ptr, sigma->scope.ids[0],
                                         sigma->scope.nids > 1 ? " and its like" : "");
    }
}

/* -- ids and names ----------------------------------------------------------------------------- */

typedef struct
    names { /* a hash table of what rules are called: two entries a rule, its id and its name */
    spoor_rule_set *set;
    uint32_t *first, *next; /* entry + 1; 0: the end */
    uint32_t nbuckets;      /* a power of two */
} names;

/* Letters without case, no blanks: as spoor_rule_word_is() compares. */
static uint32_t bucket_of(const names *x, spoor_str word) {
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            hash = (hash ^ (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c)) * 1099511628211u;
        }
    }
    return (uint32_t)(hash ^ hash >> 32) & (x->nbuckets - 1);
}

static names index_rules(spoor_rule_set *set) {
    names x = {.set = set, .nbuckets = 16};
    while (x.nbuckets < 2 * set->count) {
        x.nbuckets *= 2;
    }
    x.first = SPOOR_NEW_ARRAY(set->arena, uint32_t, x.nbuckets);
    x.next = SPOOR_NEW_ARRAY(set->arena, uint32_t, 2 * (size_t)set->count + 1);
    for (uint32_t i = set->count; i > 0; i--) { /* so that a bucket is in the order of the set */
        const spoor_rule *rule = &set->rules[i - 1];
        for (uint32_t k = 0;
             k < 2 && rule->sigma != NULL && rule->sigma->kind != SPOOR_SIGMA_FILTER; k++) {
            spoor_str word = k == 0 ? rule->id : rule->sigma->name;
            uint32_t entry = 2 * (i - 1) + k, bucket = bucket_of(&x, word);
            if (word.len > 0) {
                x.next[entry] = x.first[bucket];
                x.first[bucket] = entry + 1;
            }
        }
    }
    return x;
}

static bool is_called(const spoor_rule *rule, spoor_str reference) {
    bool has_id = rule->id.len > 0 && spoor_rule_word_is(rule->id, reference);
    return has_id || (rule->sigma->name.len > 0 && spoor_str_eq(rule->sigma->name, reference));
}

/* The next rule that is called so, each once; *entry is 0 at the start. */
static spoor_rule *next_called(const names *x, spoor_str reference, uint32_t *entry) {
    spoor_rule *last = *entry > 0 ? &x->set->rules[(*entry - 1) / 2] : NULL;
    uint32_t at = *entry > 0 ? x->next[*entry - 1] : x->first[bucket_of(x, reference)];
    for (; at > 0; at = x->next[at - 1]) {
        spoor_rule *rule = &x->set->rules[(at - 1) / 2];
        if (rule != last && is_called(rule, reference)) {
            *entry = at;
            return rule;
        }
    }
    return NULL;
}

/* -- filters ----------------------------------------------------------------------------------- */

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

static bool is_ready(const spoor_rule *rule, spoor_sigma_document kind) {
    return rule->sigma != NULL && rule->diags.nerrors == 0 && rule->sigma->kind == kind;
}

static void apply_to(spoor_rule *rule, const spoor_rule *filter) {
    if (is_ready(rule, SPOOR_SIGMA_DETECTION) &&
        spoor_sigma_takes_in(&filter->sigma->source, &rule->sigma->source) &&
        rule->sigma->last_filter != filter) { /* which may name a rule twice */
        rule->sigma->last_filter = filter;
        apply_filter(rule, filter);
    }
}

static void apply_filters(const names *x) {
    spoor_rule_set *set = x->set;
    for (uint32_t i = 0; i < set->count; i++) {
        const spoor_rule *filter = &set->rules[i];
        if (!is_ready(filter, SPOOR_SIGMA_FILTER)) {
            continue;
        }
        const spoor_sigma_rule *sigma = filter->sigma;
        if (sigma->missing.len > 0) {
            spoor_fail(&set->rules[i].diags,
                       (spoor_span){filter->query_start, filter->query_start, 0},
                       "there are no values for the placeholder '%.*s'", shown(sigma->missing),
                       sigma->missing.ptr);
            continue;
        }
        for (uint32_t k = 0; k < set->count && sigma->filters_any; k++) {
            apply_to(&set->rules[k], filter);
        }
        for (uint32_t k = 0; k < sigma->filtered.count && !sigma->filters_any; k++) {
            uint32_t entry = 0;
            for (spoor_rule *rule;
                 (rule = next_called(x, sigma->filtered.items[k], &entry)) != NULL;) {
                apply_to(rule, filter);
            }
        }
    }
}

/* -- correlations ------------------------------------------------------------------------------ */

/* *found: how many are called so, of the same file if one is there. */
static spoor_rule *find_rule(const names *x, const spoor_rule *from, spoor_str reference,
                             uint32_t *found) {
    spoor_rule *rule = NULL, *one;
    bool is_near = false;
    uint32_t entry = 0;
    *found = 0;
    while ((one = next_called(x, reference, &entry)) != NULL) {
        bool same_file = one->file == from->file;
        *found = same_file && !is_near ? 0 : *found;
        if (same_file || !is_near) {
            rule = one;
            ++*found;
        }
        is_near |= same_file;
    }
    return rule;
}

static bool resolve(const names *x, spoor_rule *rule, spoor_sigma_member *member) {
    if (member->reference.len == 0) { /* of a legacy aggregation */
        member->rule = rule;
        return true;
    }
    uint32_t found;
    member->rule = find_rule(x, rule, member->reference, &found);
    if (found != 1) {
        return spoor_fail(&rule->diags, member->span,
                          found == 0 ? "no rule that was loaded has the id or name '%.*s'"
                                     : "several rules are called '%.*s'",
                          shown(member->reference), member->reference.ptr);
    }
    return true;
}

/* A rule of processes is read in both logs, where both may show one. */
static void read_both_logs(const spoor_rule_set *set, const spoor_rule *rule) {
    spoor_sigma_correlation *c = rule->sigma->correlation;
    spoor_sigma_member *members =
        SPOOR_NEW_ARRAY(set->arena, spoor_sigma_member, 2 * (size_t)c->nmembers + 1);
    uint32_t count = 0;
    c->nrules = c->nmembers;
    for (uint32_t i = 0; i < c->nmembers; i++) {
        spoor_sigma_member member = c->members[i];
        const spoor_sigma_rule *sigma = member.rule->sigma;
        const spoor_sigma_node *tree = member.tree != NULL ? member.tree : sigma->tree;
        spoor_str missing = {0};
        member.number = i + 1;
        bool is_chain = member.reference.len > 0 && sigma->correlation != NULL;
        bool is_audit = !is_chain && sigma->scope.is_process_creation && set->has_audit &&
                        is_audited(set->arena, tree);
        if (!is_audit || truth_of(set->arena, &sigma->scope, tree, &missing) != NEVER) {
            members[count++] = member;
        }
        if (is_audit) {
            member.is_audit = true;
            members[count++] = member;
        }
    }
    c->members = members;
    c->nmembers = count;
}

static bool link_correlation(const names *x, spoor_rule *rule, uint32_t depth) {
    spoor_sigma_correlation *c = rule->sigma->correlation;
    if (rule->diags.nerrors > 0 || c->state >= 2) {
        return rule->diags.nerrors == 0;
    }
    spoor_span span = {rule->query_start, rule->query_start, 0};
    if (c->state == 1 || depth > SPOOR_SIGMA_MAX_CHAIN) {
        return spoor_fail(&rule->diags, span,
                          c->state == 1
                              ? "this correlation refers to itself"
                              : "correlations of correlations: too many one upon the other");
    }
    c->state = 1;
    bool ok = true;
    for (uint32_t i = 0; i < c->nmembers && ok; i++) {
        if (!resolve(x, rule, &c->members[i])) {
            return false;
        }
        spoor_rule *member = c->members[i].rule;
        if (member == rule) {
            ok = c->members[i].reference.len == 0 ||
                 spoor_fail(&rule->diags, span, "this correlation refers to itself");
            continue;
        }
        bool is_chain = member->sigma->correlation != NULL;
        if ((is_chain && !link_correlation(x, member, depth + 1)) || member->diags.nerrors > 0) {
            ok = rule->diags.nerrors == 0 &&
                 spoor_fail(&rule->diags, c->members[i].span, "the rule '%.*s' does not load",
                            shown(c->members[i].reference), c->members[i].reference.ptr);
        }
    }
    if (ok) {
        read_both_logs(x->set, rule);
    }
    c->state = 2;
    return ok;
}

/* Which rules are parts only: those that a correlation without `generate` counts, and none with it. */
static void find_parts(spoor_rule_set *set) {
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < set->count; i++) {
            const spoor_rule *rule = &set->rules[i];
            bool counts = is_ready(rule, SPOOR_SIGMA_CORRELATION) &&
                          rule->sigma->correlation->generates == (round == 1);
            for (uint32_t k = 0; counts && k < rule->sigma->correlation->nmembers; k++) {
                rule->sigma->correlation->members[k].rule->is_part = round == 0;
            }
        }
    }
}

/* A part that cannot match makes the correlation blind where it needs them all. */
static void inherit_blindness(spoor_rule *rule) {
    const spoor_sigma_correlation *c = rule->sigma->correlation;
    bool needs_all = (c->measure == SPOOR_SIGMA_TEMPORAL && c->nbounds == 0) ||
                     c->measure == SPOOR_SIGMA_TEMPORAL_ORDERED;
    uint32_t blind = 0;
    spoor_str why = {0};
    for (uint32_t i = 0; i < c->nmembers; i++) {
        blind += c->members[i].rule->blind.len > 0;
        why = c->members[i].rule->blind.len > 0 ? c->members[i].rule->blind : why;
    }
    if (blind > 0 && (needs_all || blind == c->nmembers)) {
        rule->blind =
            spoor_arena_format(rule->diags.arena, "of what it counts: %.*s", (int)why.len, why.ptr);
    }
}

static void write_correlation(spoor_rule_set *set, spoor_rule *rule, uint32_t depth) {
    spoor_sigma_correlation *c = rule->sigma->correlation;
    c->state = 3;
    for (uint32_t i = 0; i < c->nmembers; i++) { /* their blindness first */
        spoor_rule *member = c->members[i].rule;
        spoor_sigma_correlation *below = member->sigma->correlation;
        if (member != rule && below != NULL && below->state != 3 &&
            depth <= SPOOR_SIGMA_MAX_CHAIN) {
            write_correlation(set, member, depth + 1);
        }
    }
    if (rule->sigma->kind == SPOOR_SIGMA_CORRELATION) {
        inherit_blindness(rule);
    }
    rule->query = spoor_sigma_write_correlation(rule);
}

static spoor_str write_scope(spoor_arena *arena, const spoor_sigma_scope *scope,
                             const spoor_sigma_node *tree) {
    return spoor_sigma_write(arena, scope, tree, spoor_sigma_table_for(arena, scope, tree, NULL));
}

/* Processes are in two logs, if both are there. */
static spoor_str write_detection(spoor_rule_set *set, const spoor_sigma_rule *sigma) {
    spoor_str text = write_scope(set->arena, &sigma->scope, sigma->tree), missing = {0};
    if (!sigma->scope.is_process_creation || !set->has_audit ||
        !is_audited(set->arena, sigma->tree)) {
        return text;
    }
    if (truth_of(set->arena, &sigma->scope, sigma->tree, &missing) == NEVER) {
        return write_scope(set->arena, &spoor_sigma_audit, sigma->tree);
    }
    spoor_str audit = write_scope(set->arena, &spoor_sigma_audit, sigma->tree);
    return spoor_arena_format(set->arena, "union\n(%.*s),\n(%.*s)\n", (int)text.len - 1, text.ptr,
                              (int)audit.len - 1, audit.ptr);
}

void spoor_rules_link(spoor_rule_set *set) {
    names x = index_rules(set);
    apply_filters(&x);
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
            link_correlation(&x, rule, 0);
        }
    }
    find_parts(set);
    for (uint32_t i = 0; i < set->count; i++) {
        spoor_rule *rule = &set->rules[i];
        const spoor_sigma_rule *sigma = rule->sigma;
        if (sigma == NULL || rule->diags.nerrors > 0 || rule->query.len > 0 ||
            sigma->kind == SPOOR_SIGMA_FILTER) {
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
