/* ast.h - the tree the parser builds: names as written, nothing resolved.
 *
 * One node type; parser/ast_kinds.def says what each kind holds.  Every node
 * has the span of its text, lives in the query arena and is never changed
 * after parsing.  The tree borrows the query text. */
#ifndef SPOOR_PARSER_AST_H
#define SPOOR_PARSER_AST_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/limits.h"
#include "base/str.h"

typedef enum spoor_ast_kind {
#define SPOOR_AST(kind, name) SPOOR_AST_##kind,
#include "parser/ast_kinds.def"
#undef SPOOR_AST
} spoor_ast_kind;

/* spoor_ast.flags */
enum {
    SPOOR_AST_QUOTED = 1 << 0,
    SPOOR_AST_NULL_LITERAL = 1 << 1,
    SPOOR_AST_DESC = 1 << 2,
    SPOOR_AST_ASC = 1 << 3,
    SPOOR_AST_NULLS_FIRST = 1 << 4,
    SPOOR_AST_NULLS_LAST = 1 << 5,
    SPOOR_AST_VIEW = 1 << 6,
    SPOOR_AST_TABULAR = 1 << 7,
    SPOOR_AST_TYPED = 1 << 8,
    SPOOR_AST_OPTIONAL = 1 << 9,
    SPOOR_AST_BRACED = 1 << 10,
    SPOOR_AST_PARENTHESIZED = 1 << 11, /* an expression written in (...) */
};

/* Types as the parser knows them, by their written name; the same order and meaning as spoor_type
 * of types/type.h (ORDER spoor_type), which the parser does not include.  */
typedef enum spoor_ast_type {
    SPOOR_AST_BOOL,
    SPOOR_AST_INT,
    SPOOR_AST_LONG,
    SPOOR_AST_REAL,
    SPOOR_AST_DECIMAL,
    SPOOR_AST_DATETIME,
    SPOOR_AST_TIMESPAN,
    SPOOR_AST_GUID,
    SPOOR_AST_STRING,
    SPOOR_AST_DYNAMIC_TYPE,
    SPOOR_AST_NO_TYPE, /* unknown name; its text is in `extra` */
} spoor_ast_type;

typedef struct spoor_ast {
    spoor_ast_kind kind;
    uint16_t flags;
    spoor_ast_type type; /* LITERAL, COLUMN_DECL, PARAM, TYPEOF */
    int depth;           /* 1 for a leaf; at most SPOOR_MAX_DEPTH, so readers may recurse */
    spoor_span span;     /* all of the node's text */
    spoor_span at; /* the word to blame: operator keyword, function or member name; else span */
    spoor_str text;
    spoor_str extra;
    struct spoor_ast *first, *last; /* children */
    struct spoor_ast *next;         /* sibling */
    uint32_t nchildren;
} spoor_ast;

const char *spoor_ast_kind_name(spoor_ast_kind kind);
/* The child CLAUSE or PROP of this text, or NULL. */
spoor_ast *spoor_ast_clause(const spoor_ast *node, const char *text);
spoor_ast *spoor_ast_prop(const spoor_ast *node, const char *text);
/* The i-th child, or NULL. */
spoor_ast *spoor_ast_child(const spoor_ast *node, uint32_t i);

/* The tree as KQL text that parses to the same tree (one line an operator). */
void spoor_ast_print_kql(const spoor_ast *node, FILE *out);
/* The tree for --tree: one node a line, indented. */
void spoor_ast_print_tree(const spoor_ast *node, FILE *out);

#endif
