/* rule_conditions.h - what a rule asks of an event, as written: the conditions of its `where` operators, as
 * trees of and, or, not and leaves.
 *
 * Made from the syntax tree, so that a leaf has its text and its place in the query: reports say which leaves
 * matched, `why` which are true of an event, mutation tests leave one out, lints blame one.  A leaf that
 * compares a column with texts (`Image endswith @"\cmd.exe"`) knows them too, also through `let`. */
#ifndef SPOOR_DETECT_RULE_CONDITIONS_H
#define SPOOR_DETECT_RULE_CONDITIONS_H

#include "parser/ast.h"

typedef enum spoor_condition_kind {
    SPOOR_CONDITION_AND,
    SPOOR_CONDITION_OR,
    SPOOR_CONDITION_NOT,
    SPOOR_CONDITION_LEAF,
} spoor_condition_kind;

typedef struct spoor_condition {
    spoor_condition_kind kind;
    const spoor_ast *node;
    spoor_span span; /* of the query, parentheses included where the tree has them */
    struct spoor_condition **parts;
    uint32_t nparts;
    bool is_certain; /* holds for every row that comes out: nothing but `and` above it */
    bool is_denied;  /* under an odd number of `not`s */
    /* of a leaf that compares */
    spoor_str column;   /* empty: it does not compare a column with texts */
    spoor_str member;   /* column is a bag, and this its member; else empty */
    spoor_str operator; /* as written, lower case: contains, !has_cs, in~, == */
    spoor_str *values;
    uint32_t nvalues;
    struct spoor_needle
        *needles;   /* by value, where they are looked for anywhere in the text; else NULL */
    bool is_folded; /* the column stands in tolower() or toupper() */
} spoor_condition;

typedef struct spoor_conditions {
    spoor_condition **wheres;    /* the condition of each where, in the order of the text */
    const spoor_ast **operators; /* the where itself */
    uint32_t count;
    spoor_condition **leaves; /* all of them, in the order of the text */
    uint32_t nleaves;
} spoor_conditions;

/* tree: a QUERY, with the text it was parsed from, which the result borrows. */
spoor_conditions *spoor_conditions_find(spoor_arena *arena, const spoor_ast *tree);

/* The text of a span, on one line: blanks folded, cut to `most` bytes with an ellipsis. */
spoor_str spoor_condition_text(spoor_arena *arena, spoor_str query, spoor_span span, size_t most);

/* -- asking a text ----------------------------------------------------------------------------- */

typedef enum spoor_truth { SPOOR_FALSE, SPOOR_TRUE, SPOOR_UNKNOWN } spoor_truth;

typedef struct spoor_mark { /* bytes [start, end) of a text */
    size_t start, end;
} spoor_mark;

enum { SPOOR_MAX_MARKS = 64 };

/* Does the leaf hold for this value of its column?  Where it does, and is not a negation, marks[0..*nmarks) is
 * where, in order and without overlaps.  UNKNOWN: it is no comparison with texts, or one (matches regex, <)
 * that is not decided here. */
spoor_truth spoor_condition_ask(const spoor_condition *leaf, spoor_str value,
                                spoor_mark marks[SPOOR_MAX_MARKS], uint32_t *nmarks);

#endif
