/* rules_test.h - tests of rules being run, as the files of engine/ see it.
 *
 * rules_test.c finds tests and judges a rule by one; rules_mutate.c judges the tests by rules made
 * wrong; rules_test_report.c writes what came of it.  Each test has a private store of its own,
 * open while the tests of its rule are run. */
#ifndef SPOOR_DETECT_RULES_TEST_H
#define SPOOR_DETECT_RULES_TEST_H

#include "detect/rules.h"
#include "rules/rule_test.h"

enum { SPOOR_MAX_TESTS_OF_RULE = 256 }; /* stores open at once */

/* ORDER spoor_test_kind */
typedef enum spoor_test_kind {
    SPOOR_TEST_TEST,
    SPOOR_TEST_MUTANT,
    SPOOR_TEST_DISGUISE,
} spoor_test_kind;

typedef struct spoor_test_result {
    spoor_test_kind kind;
    const spoor_rule_test *test; /* of a mutant: the first one of its rule */
    spoor_str name, rule;        /* rule: its title */
    bool is_ok;                  /* passed, killed, matched */
    spoor_str message;           /* why not; empty: all is well */
    struct spoor_test_result *next;
} spoor_test_result;

typedef struct spoor_test_case {
    const spoor_rule_test *test;
    spoor_engine *engine; /* holds its events; NULL: they could not be read */
    bool passes;
} spoor_test_case;

typedef struct spoor_tester {
    spoor_engine *engine;       /* the caller's: memory, errors, Ctrl-C */
    spoor_arena arena, scratch; /* scratch: of one judgement */
    const spoor_rules_test_options *options;
    const spoor_output_options *output;
    FILE *out;
    spoor_rules_test_summary summary;
    spoor_rule_tests tests;
    spoor_rules *index; /* every rule of the paths, to be found by id; NULL: not loaded */
    const char **paths; /* without test files */
    size_t npaths;
    spoor_test_case cases[SPOOR_MAX_TESTS_OF_RULE]; /* of one rule */
    uint32_t ncases;
    spoor_rules *rules;  /* being judged */
    spoor_engine *extra; /* a store for disguised events */
    spoor_test_result *first, *last;
} spoor_tester;

typedef struct spoor_verdict {
    bool is_ok;
    bool is_skipped;   /* the filter does not want the rule */
    spoor_str title;   /* of the rule */
    spoor_str message; /* in the tester's arena; empty when it is ok */
    uint64_t hits;
} spoor_verdict;

/* Does the rule of the test, with another query where one is given, do what the test says? */
spoor_verdict spoor_test_judge(spoor_tester *t, const spoor_rule_test *test, spoor_engine *events,
                               const spoor_str *query);
/* The rule of the test in the tester's `rules`, to be freed with spoor_test_free_rules(); its
 * number in the set, or UINT32_MAX: *why says why not. */
uint32_t spoor_test_load_rule(spoor_tester *t, const spoor_rule_test *test, spoor_engine *events,
                              const char **why);
void spoor_test_free_rules(spoor_tester *t);
/* A private store with the test's events; NULL: *why says why not. */
spoor_engine *spoor_test_open_events(spoor_tester *t, const spoor_rule_test *test,
                                     spoor_disguise disguise, uint64_t *events, const char **why);
spoor_test_result *spoor_test_add_result(spoor_tester *t, spoor_test_kind kind,
                                         const spoor_rule_test *test);

/* Mutants and disguises of the rule whose cases are open and pass. */
void spoor_test_mutate(spoor_tester *t);
void spoor_test_report(spoor_tester *t);

#endif
