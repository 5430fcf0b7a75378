/* rules_mutate.c - what the tests of a rule are worth, and the rule itself: see rules_test.h.
 *
 * A mutant is the rule with one condition left out or turned round.  A test should fail by it;
 * where all pass the condition is not tested.  A disguise is a matching event with its command line
 * written in another way; where the rule no longer matches, so would an attacker's. Both are made
 * of texts and asked as any rule is. */
#include "detect/rules_test.h"

#include "base/buffer.h"
#include "detect/rule_conditions.h"
#include "engine/obfuscate.h"
#include "parser/parse.h"

enum { CONDITION_BYTES = 120, MOST_MUTANTS = 2000 };

typedef struct mutation {
    spoor_tester *t;
    spoor_str query;
    spoor_str rule;
} mutation;

/* -- mutants
 * ------------------------------------------------------------------------------------------------
 */

static spoor_str replaced(spoor_arena *arena, spoor_str query, spoor_span span, const char *before,
                          const char *inside, const char *after) {
    spoor_buffer text = {.arena = arena};
    spoor_buffer_put(&text, (spoor_str){query.ptr, span.start});
    spoor_buffer_put(&text, spoor_str_from(before));
    if (inside == NULL) {
        spoor_buffer_put(&text, (spoor_str){query.ptr + span.start, span.end - span.start});
    } else {
        spoor_buffer_put(&text, spoor_str_from(inside));
    }
    spoor_buffer_put(&text, spoor_str_from(after));
    spoor_buffer_put(&text, (spoor_str){query.ptr + span.end, query.len - span.end});
    return spoor_arena_str(arena, spoor_buffer_text(&text));
}

/* The test that fails by this query; NULL: none does. */
static const spoor_rule_test *find_killer(spoor_tester *t, spoor_str query) {
    for (uint32_t i = 0; i < t->ncases; i++) {
        spoor_verdict v = spoor_test_judge(t, t->cases[i].test, t->cases[i].engine, &query);
        if (!v.is_ok) {
            return t->cases[i].test;
        }
    }
    return NULL;
}

static void try_mutant(mutation *m, spoor_str query, const spoor_condition *c, const char *how) {
    spoor_tester *t = m->t;
    if (t->summary.mutants >= MOST_MUTANTS || t->engine->cancel) {
        return;
    }
    uint32_t line, column;
    spoor_text_position(m->query, c->span.start, &line, &column);
    spoor_str text = spoor_condition_text(&t->arena, m->query, c->span, CONDITION_BYTES);
    const spoor_rule_test *killer = find_killer(t, query);
    spoor_test_result *result = spoor_test_add_result(t, SPOOR_TEST_MUTANT, t->cases[0].test);
    result->name = spoor_arena_format(&t->arena, "%s: %.*s", how, (int)text.len, text.ptr);
    result->rule = m->rule;
    result->is_ok = killer != NULL;
    t->summary.mutants++;
    if (killer == NULL) {
        t->summary.survived++;
        t->summary.failed++;
        result->message =
            spoor_arena_format(&t->arena, "no test fails by it (line %u of the query)", line);
    }
}

/* parent: what it is part of; NULL: the whole condition of a where. */
static void mutate_condition(mutation *m, const spoor_condition *c, const spoor_condition *parent) {
    spoor_arena *arena = &m->t->arena;
    bool is_denied =
        parent != NULL && parent->kind == SPOOR_CONDITION_NOT; /* it goes with its `not` */
    if (c->kind == SPOOR_CONDITION_LEAF || c->kind == SPOOR_CONDITION_NOT) {
        bool is_one_of = parent != NULL && parent->kind == SPOOR_CONDITION_OR;
        if (!is_denied) {
            try_mutant(m, replaced(arena, m->query, c->span, "", is_one_of ? "false" : "true", ""),
                       c, "without");
        }
        if (c->kind == SPOOR_CONDITION_LEAF) {
            try_mutant(m, replaced(arena, m->query, c->span, "not((", NULL, "\n))"), c, "flipped");
        }
    }
    for (uint32_t i = 0; i < c->nparts; i++) {
        mutate_condition(m, c->parts[i], c);
    }
}

/* -- disguises
 * ------------------------------------------------------------------------------------------------
 */

static void try_disguise(mutation *m, const spoor_test_case *c, spoor_disguise disguise) {
    spoor_tester *t = m->t;
    const char *why;
    uint64_t events;
    t->extra = spoor_test_open_events(t, c->test, disguise, &events, &why);
    if (t->extra != NULL && events > 0) {
        spoor_verdict v = spoor_test_judge(t, c->test, t->extra, NULL);
        spoor_test_result *result = spoor_test_add_result(t, SPOOR_TEST_DISGUISE, c->test);
        result->name = spoor_arena_format(&t->arena, "%s: %.*s", spoor_disguise_name(disguise),
                                          (int)c->test->name.len, c->test->name.ptr);
        result->rule = m->rule;
        result->is_ok = v.hits > 0;
        t->summary.disguises++;
        t->summary.evaded += v.hits == 0;
    }
    spoor_close(t->extra);
    t->extra = NULL;
}

/* -- a rule
 * ---------------------------------------------------------------------------------------------------
 */

/* The conditions of the rule, in the tester's arena, with the query they point into. */
static const spoor_conditions *find_conditions(mutation *m) {
    spoor_tester *t = m->t;
    const spoor_test_case *c = &t->cases[0];
    const char *why;
    uint32_t at = spoor_test_load_rule(t, c->test, c->engine, &why);
    if (at != UINT32_MAX) {
        m->rule = spoor_arena_str(&t->arena, t->rules->set.rules[at].title);
        m->query = spoor_arena_str(&t->arena, t->rules->set.rules[at].query);
    }
    spoor_test_free_rules(t);
    if (at == UINT32_MAX) {
        return NULL;
    }
    spoor_diags diags = {.arena = &t->arena};
    spoor_diags_add_source(&diags, (spoor_source){.name = "rule", .text = m->query});
    const spoor_ast *tree =
        spoor_parse(&t->arena, m->query, (spoor_parse_options){.source = 0}, &diags);
    return tree != NULL ? spoor_conditions_find(&t->arena, tree) : NULL;
}

void spoor_test_mutate(spoor_tester *t) {
    mutation m = {.t = t};
    const spoor_conditions *all = find_conditions(&m);
    for (uint32_t i = 0; all != NULL && i < all->count; i++) {
        mutate_condition(&m, all->wheres[i], NULL);
    }
    for (uint32_t i = 0; i < t->ncases; i++) {
        bool is_match = t->cases[i].test->rows > 0;
        for (int d = SPOOR_DISGUISE_CARET; d < SPOOR_DISGUISES && is_match && !t->engine->cancel;
             d++) {
            try_disguise(&m, &t->cases[i], (spoor_disguise)d);
        }
    }
}
