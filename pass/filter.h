/* filter.h - the filters of many scans as trees of `and` and `or` over questions that all of them share.
 *
 * A question asks one row: mostly whether a text (its source) holds one of some
 * literals.  The columns of all scans are numbered once, so what two plans ask
 * in the same words is one question.  Negation stands at the leaves alone, and
 * what may be null is negated inside the question; so a row is kept exactly when
 * the tree is true, and a part of which nothing is known may be taken for true.
 * A set copies what it needs of plans, and never changes while it is asked. */
#ifndef SPOOR_PASS_FILTER_H
#define SPOOR_PASS_FILTER_H

#include "planner/plan.h"

typedef enum spoor_pass_test {
    SPOOR_TEST_VALUE, /* computed as any expression is */
    SPOOR_TEST_EQUALS,
    SPOOR_TEST_STARTS,
    SPOOR_TEST_ENDS,
    SPOOR_TEST_CONTAINS,
    SPOOR_TEST_HAS,
    SPOOR_TEST_HAS_PREFIX,
    SPOOR_TEST_HAS_SUFFIX,
    SPOOR_TEST_FACTOR, /* the text must hold the literal; then the expression decides */
} spoor_pass_test;

/* An expression over the columns of the set. */
typedef struct spoor_pass_expr {
    const spoor_bound *bound;
    uint32_t *columns; /* that it reads */
    uint32_t ncolumns;
} spoor_pass_expr;

typedef struct spoor_pass_source {
    uint32_t id;
    spoor_pass_expr expr;
    uint32_t nleaves; /* questions about it */
} spoor_pass_source;

typedef struct spoor_pass_leaf {
    uint32_t id;
    spoor_pass_test test;
    bool fold;
    spoor_pass_expr expr;            /* the whole question, whatever the test */
    const spoor_pass_source *source; /* NULL: VALUE */
    spoor_str *texts, *folded;       /* the literals: one of them will do */
    uint32_t ntexts;
    uint32_t uses; /* places where it is asked */
} spoor_pass_leaf;

typedef enum spoor_pass_kind {
    SPOOR_PASS_NEVER,
    SPOOR_PASS_ALWAYS,
    SPOOR_PASS_UNKNOWN, /* cannot be asked here: only the plan itself can */
    SPOOR_PASS_LEAF,
    SPOOR_PASS_AND,
    SPOOR_PASS_OR,
} spoor_pass_kind;

typedef struct spoor_pass_node {
    uint32_t id;
    spoor_pass_kind kind;
    bool is_negated; /* LEAF */
    spoor_pass_leaf *leaf;
    struct spoor_pass_node **parts;
    uint32_t nparts;
} spoor_pass_node;

typedef struct spoor_pass_set {
    spoor_arena *arena;
    spoor_scan_column *columns; /* of the event table */
    const spoor_pass_leaf **leaves;
    const spoor_pass_source **sources;
    uint32_t ncolumns, nleaves, nsources, nnodes;
    uint32_t columns_capacity, leaves_capacity, sources_capacity;
    struct spoor_pass_known **slots; /* what was asked before, by its words */
    uint32_t nslots, nknown;
} spoor_pass_set;

/* The filter of a scan: all its predicates.  scratch: for the call. */
spoor_pass_node *spoor_pass_filter_of(spoor_pass_set *set, const spoor_plan *scan,
                                      spoor_arena *scratch);

/* Does the text pass the test with its i-th literal?  Not for VALUE and FACTOR. */
bool spoor_pass_test_text(const spoor_pass_leaf *leaf, uint32_t i, spoor_str text);

/* A text that every match of the regular expression holds, as far as a short look finds one of
 * three bytes or more; else empty.  factor.c */
spoor_str spoor_regex_factor(spoor_arena *arena, spoor_str pattern);

#endif
