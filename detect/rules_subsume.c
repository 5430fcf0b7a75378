/* rules_subsume.c - rules whose every match is a match of another one: see rule_lint.h.
 *
 * Compared are rules that read one table and filter it with `where` before anything else: what such
 * a rule demands is a list of conditions, all of which hold (a demand), each a list of leaves of
 * which one holds.  Rule A subsumes B when each demand of A is met by some demand of B, whose
 * leaves are all among A's.  Leaves are compared as texts: what is found is certain, and much is
 * not found. */
#include "detect/rule_lint.h"

#include <stdlib.h>

#include "base/hash.h"

enum { MOST_DEMANDS = 64, MOST_LEAVES = 5000 };

typedef struct demand {
    uint64_t *leaves; /* hashes of their texts, ascending */
    uint32_t count;
} demand;

struct spoor_demands {
    uint64_t table; /* 0: the rule is not comparable */
    bool is_whole;  /* the rows are those that meet the demands: nothing behind them drops some */
    demand *items;
    uint32_t count;
};

/* -- what a rule demands ----------------------------------------------------------------------- */

static uint64_t hash_text(spoor_arena *arena, spoor_str query, spoor_span span, spoor_str value) {
    spoor_str text = spoor_condition_text(arena, query, span, SIZE_MAX - 8);
    uint64_t hash = spoor_hash_bytes(text.ptr, text.len);
    return value.ptr != NULL ? spoor_hash_combine(hash, spoor_hash_bytes(value.ptr, value.len))
                             : hash;
}

static int compare_hashes(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

typedef struct taker {
    spoor_arena *arena, *scratch;
    spoor_str query;
    uint64_t *leaves;
    uint32_t count;
} taker;

static void add_leaf(taker *t, uint64_t hash) {
    if (t->count < MOST_LEAVES) {
        t->leaves[t->count++] = hash;
    }
}

/* `x in~ (a, b)` is one of two leaves; the same as x =~ a or x =~ b. */
static void add_alternatives(taker *t, const spoor_condition *c) {
    if (c->kind == SPOOR_CONDITION_OR) {
        for (uint32_t i = 0; i < c->nparts; i++) {
            add_alternatives(t, c->parts[i]);
        }
        return;
    }
    static const char *const lists[][2] = {{"in", "=="}, {"in~", "=~"}, {"has_any", "has"},
                                           {"==", "=="}, {"=~", "=~"},  {"has", "has"}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists && c->kind == SPOOR_CONDITION_LEAF; i++) {
        if (spoor_str_is(c->operator, lists[i][0]) && c->nvalues > 0 && c->column.len > 0) {
            spoor_span column = c->node->first->span;
            uint64_t operator= spoor_hash_bytes(lists[i][1], strlen(lists[i][1]));
            for (uint32_t v = 0; v < c->nvalues; v++) {
                add_leaf(t, spoor_hash_combine(
                                hash_text(t->scratch, t->query, column, c->values[v]), operator));
            }
            return;
        }
    }
    add_leaf(t, hash_text(t->scratch, t->query, c->span, (spoor_str){0}));
}

static void add_demands(taker *t, struct spoor_demands *d, const spoor_condition *c) {
    if (c->kind == SPOOR_CONDITION_AND) {
        for (uint32_t i = 0; i < c->nparts; i++) {
            add_demands(t, d, c->parts[i]);
        }
        return;
    }
    t->count = 0;
    add_alternatives(t, c);
    if (d->count == MOST_DEMANDS || t->count == MOST_LEAVES) {
        d->is_whole = false; /* a demand less: it may be subsumed, and subsumes nothing */
        return;
    }
    if (t->count > 1) {
        qsort(t->leaves, t->count, sizeof *t->leaves, compare_hashes);
    }
    demand *made = &d->items[d->count++];
    made->leaves = SPOOR_NEW_ARRAY(t->arena, uint64_t, t->count + 1);
    made->count = t->count;
    if (t->count > 0) {
        memcpy(made->leaves, t->leaves, t->count * sizeof *t->leaves);
    }
}

static bool keeps_rows(spoor_ast_kind kind) {
    return kind == SPOOR_AST_PROJECT || kind == SPOOR_AST_EXTEND || kind == SPOOR_AST_SORT ||
           kind == SPOOR_AST_PROJECT_AWAY || kind == SPOOR_AST_PROJECT_KEEP ||
           kind == SPOOR_AST_PROJECT_RENAME || kind == SPOOR_AST_PROJECT_REORDER;
}

void spoor_rules_note_demands(spoor_rules *rules, uint32_t i) {
    spoor_rule_state *state = &rules->states[i];
    const spoor_query *query = state->query;
    const spoor_ast *tree = query != NULL ? query->tree : NULL;
    const spoor_ast *pipeline = tree != NULL && tree->nchildren == 1 ? tree->first : NULL;
    spoor_arena *arena = &rules->arena;
    if (pipeline == NULL || pipeline->kind != SPOOR_AST_PIPELINE ||
        pipeline->first->kind != SPOOR_AST_NAME || rules->set.rules[i].threshold > 0 ||
        rules->set.rules[i].trigger != SPOOR_TRIGGER_GT) {
        return;
    }
    struct spoor_demands *d = SPOOR_NEW(arena, struct spoor_demands);
    d->items = SPOOR_NEW_ARRAY(arena, demand, MOST_DEMANDS);
    d->table = spoor_hash_bytes(pipeline->first->text.ptr, pipeline->first->text.len);
    d->is_whole = true;
    const spoor_conditions *all = spoor_conditions_find(&rules->scratch, tree);
    taker t = {.arena = arena,
               .scratch = &rules->scratch,
               .query = query->text,
               .leaves = SPOOR_NEW_ARRAY(&rules->scratch, uint64_t, MOST_LEAVES)};
    const spoor_ast *stage = pipeline->first->next;
    for (uint32_t w = 0; stage != NULL && w < all->count && stage == all->operators[w]; w++) {
        add_demands(&t, d, all->wheres[w]);
        stage = stage->next;
    }
    for (; stage != NULL; stage = stage->next) {
        d->is_whole &= keeps_rows(stage->kind);
    }
    state->demands = d->count > 0 ? d : NULL;
}

/* -- comparing
 * ------------------------------------------------------------------------------------------------
 */

static bool is_among(const demand *few, const demand *many) {
    uint32_t k = 0;
    for (uint32_t i = 0; i < few->count; i++) {
        while (k < many->count && many->leaves[k] < few->leaves[i]) {
            k++;
        }
        if (k == many->count || many->leaves[k] != few->leaves[i]) {
            return false;
        }
    }
    return few->count > 0;
}

/* Is every match of b one of a? */
static bool subsumes(const struct spoor_demands *a, const struct spoor_demands *b) {
    if (a->table != b->table || !a->is_whole) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        bool is_met = false;
        for (uint32_t k = 0; k < b->count && !is_met; k++) {
            is_met = is_among(&b->items[k], &a->items[i]);
        }
        if (!is_met) {
            return false;
        }
    }
    return true;
}

void spoor_rules_lint_subsumed(spoor_rules *rules) {
    for (uint32_t b = 0; b < rules->set.count; b++) {
        const struct spoor_demands *own = rules->states[b].demands;
        for (uint32_t a = 0; own != NULL && a < rules->set.count; a++) {
            const struct spoor_demands *other = rules->states[a].demands;
            if (a == b || other == NULL || !subsumes(other, own)) {
                continue;
            }
            bool is_same = subsumes(own, other);
            if (is_same && a > b) {
                continue; /* said of the later one */
            }
            spoor_rule *rule = &rules->set.rules[b];
            const spoor_rule *wider = &rules->set.rules[a];
            spoor_rule_warn(rule, is_same ? "same-rule" : "subsumed", spoor_rule_locate(rule, 0, 1),
                            is_same ? "it matches what '%.*s' in %s does"
                                    : "all that it matches '%.*s' in %s does, too",
                            (int)wider->title.len, wider->title.ptr, wider->file->path);
            break;
        }
    }
}
