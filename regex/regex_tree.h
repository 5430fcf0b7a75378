/* regex_tree.h - a pattern as a tree, and the parser's own contract between its two files.
 *
 * The parser resolves all flags: a tree knows neither case nor modes. */
#ifndef SPOOR_REGEX_REGEX_TREE_H
#define SPOOR_REGEX_REGEX_TREE_H

#include "regex/charset.h"
#include "regex/regex.h"

enum {
    SPOOR_REGEX_MAX_NESTING = 250, /* of a tree, and of classes in classes: walkers recurse */
    SPOOR_REGEX_MAX_GROUPS = 1000,
    SPOOR_REGEX_MAX_BYTES = 1 << 20, /* of a pattern */
    SPOOR_REGEX_MAX_STEPS = 1 << 18, /* of a program, repeats written out */
};

typedef enum spoor_regex_assertion {
    SPOOR_AT_TEXT_START,
    SPOOR_AT_TEXT_END,
    SPOOR_AT_LINE_START,
    SPOOR_AT_LINE_END,
    SPOOR_AT_CRLF_START, /* of a line that \n, \r or \r\n ends */
    SPOOR_AT_CRLF_END,
    SPOOR_AT_WORD_BOUNDARY,
    SPOOR_AT_NO_WORD_BOUNDARY,
    SPOOR_AT_WORD_START,
    SPOOR_AT_WORD_END,
    SPOOR_AT_WORD_START_HALF,
    SPOOR_AT_WORD_END_HALF,
} spoor_regex_assertion;

typedef enum spoor_regex_kind {
    SPOOR_REGEX_EMPTY,
    SPOOR_REGEX_CHAR,
    SPOOR_REGEX_SET,
    SPOOR_REGEX_ASSERT,
    SPOOR_REGEX_GROUP,  /* one child, captured */
    SPOOR_REGEX_REPEAT, /* one child */
    SPOOR_REGEX_CONCAT,
    SPOOR_REGEX_ALTERNATE, /* the first that matches wins */
} spoor_regex_kind;

#define SPOOR_REGEX_UNBOUNDED UINT32_MAX

typedef struct spoor_regex_node {
    spoor_regex_kind kind;
    bool is_greedy;    /* REPEAT */
    bool folds;        /* SET: it is one letter in any case, code_point in its folded form */
    bool ascii_words;  /* ASSERT: of words, as (?-u) knows them */
    bool may_be_empty; /* can match without taking a code point */
    uint16_t height;
    uint32_t code_point; /* CHAR */
    uint32_t group;      /* GROUP: its number, from 1 */
    uint32_t min, max;   /* REPEAT; max SPOOR_REGEX_UNBOUNDED: no end */
    spoor_regex_assertion assertion;
    spoor_charset set;                     /* SET */
    uint32_t set_number;                   /* SET: compiler's, from 1; 0: not numbered yet */
    struct spoor_regex_node *first, *last; /* children */
    struct spoor_regex_node *next;         /* sibling */
} spoor_regex_node;

typedef struct spoor_regex_tree {
    spoor_regex_node *root;
    uint32_t groups;
    spoor_str *names; /* [1 .. groups]; bytes of the pattern; empty: none */
} spoor_regex_tree;

/* False: refused. */
bool spoor_regex_parse(spoor_arena *arena, spoor_str pattern, unsigned flags,
                       spoor_regex_tree *tree, spoor_regex_error *error);

/* -- between regex_parse.c and regex_parse_class.c --------------------------------------------- */

typedef struct spoor_regex_modes {
    bool ignore_case, multi_line, dot_all, crlf, swap_greed, verbose,
        ascii; /* i m s R U x, not u */
} spoor_regex_modes;

typedef struct spoor_regex_parser {
    spoor_arena *arena;
    spoor_str pattern;
    const char *at, *end;
    spoor_regex_modes modes;
    spoor_regex_error *error;
    bool failed;
    uint32_t groups, names_capacity;
    spoor_str *names;
    spoor_folds folds;
    spoor_charset perl[3][2]; /* \d \s \w and \D \S \W, once made; never added to */
} spoor_regex_parser;

bool spoor_regex_refuse(spoor_regex_parser *p, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
uint32_t spoor_regex_peek(const spoor_regex_parser *p); /* UINT32_MAX at the end */
uint32_t spoor_regex_take(spoor_regex_parser *p);
bool spoor_regex_accept(spoor_regex_parser *p, char c);
/* In verbose mode: past white space and comments. */
void spoor_regex_skip_space(spoor_regex_parser *p);

/* What a backslash (already taken, at `start`) means where a character or a class may stand. */
typedef struct spoor_regex_escape {
    bool is_set;
    uint32_t code_point;
    spoor_charset set;
} spoor_regex_escape;
bool spoor_regex_parse_escape(spoor_regex_parser *p, const char *start, spoor_regex_escape *out);
/* After '['. */
bool spoor_regex_parse_class(spoor_regex_parser *p, const char *start, uint32_t depth,
                             spoor_charset *set);

#endif
