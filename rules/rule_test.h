/* rule_test.h - tests of rules as read from files: our *.test.yaml, and the info.yml of SigmaHQ's
 * regression data.
 *
 *     rule: download.yaml         # beside this file; without it the rule file of the same name
 *     id: 5cdb711b-...            # where the file holds several rules: an id, a title or a number
 * from 0 tests:
 *       - name: finds it
 *         events: [{EventID: 1, ...}, logs/host.evtx#4711]
 *         expect: match           # none, match, a number of rows, or a list of rows
 *         entities: [{type: Host, FullName: PC1}]
 *
 * What is wrong in a file is a test with an error, which fails. */
#ifndef SPOOR_RULES_RULE_TEST_H
#define SPOOR_RULES_RULE_TEST_H

#include "rules/rule.h"
#include "rules/yaml_tree.h"

enum { SPOOR_MAX_TEST_ROWS = 1000 }; /* listed in one test */

typedef struct spoor_rule_test {
    const char *file; /* where the test stands */
    uint32_t line;
    spoor_str name;
    const char *rule_path; /* NULL: the rule with rule_id, wherever */
    spoor_str rule_id;     /* empty: the one rule of the file */
    const char **events;   /* words as spoor_ingest_word() takes them */
    uint32_t nevents;
    bool may_be_more; /* rows, or any number above */
    uint64_t rows;
    const spoor_yaml *wanted;   /* LIST of MAPs, a row each; NULL: any rows */
    const spoor_yaml *entities; /* LIST of MAPs; NULL: any */
    bool has_now;
    int64_t now;
    const char *error; /* the test cannot be run */
} spoor_rule_test;

typedef struct spoor_rule_tests {
    spoor_arena *arena;
    spoor_rule_test *items;
    uint32_t count, capacity;
} spoor_rule_tests;

/* By its name: does the file hold tests? */
bool spoor_rule_tests_is_file(const char *path);
/* bytes must live as long as the tests, with a NUL behind them. */
void spoor_rule_tests_read(spoor_rule_tests *tests, const char *path, spoor_str bytes);
/* A file that could not be read is a test that fails. */
void spoor_rule_tests_add_unread(spoor_rule_tests *tests, const char *path, const char *why);

#endif
