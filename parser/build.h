/* build.h - what the grammar's actions call.  One nesting of calls per rule: a
 * grammar that only names shapes can be read as the language's reference.
 *
 * build.c makes nodes, build_literal.c turns literals' text into values,
 * build_operator.c has the operators whose rules need more than that, and
 * build_error.c words the syntax error.
 *
 * Invariant: a node's children, depth and count are set together, in
 * adopt(); after a mistake building goes on with whatever is there, and the
 * caller of the parser looks at state.failed after each token. */
#ifndef SPOOR_PARSER_BUILD_H
#define SPOOR_PARSER_BUILD_H

#include "parser/ast.h"
#include "parser/tokens.h"

typedef struct spoor_parse_state {
    spoor_arena *arena;
    spoor_diags *diags;
    spoor_ast *root; /* set by the start rule */
    spoor_tokens tokens;
    spoor_token token;    /* being parsed */
    spoor_token previous; /* the one before it; text.len 0 at the start */
    bool strict;          /* refuse curly quotes */
    bool warned_curly;    /* said once of a query */
    bool failed;          /* an error was reported: nothing more is */
} spoor_parse_state;

typedef struct spoor_ast_list {
    spoor_ast *first, *last;
    uint32_t count;
} spoor_ast_list;

typedef struct spoor_unused { /* the value of a nonterminal that has none */
    char nothing;
} spoor_unused;

/* ---- lists ---------------------------------------------------------------------------------- */
spoor_ast_list spoor_none(void);
spoor_ast_list spoor_one(spoor_ast *node);
spoor_ast_list spoor_more(spoor_ast_list list, spoor_ast *node);
spoor_ast_list spoor_join(spoor_ast_list a, spoor_ast_list b);

/* ---- nodes ---------------------------------------------------------------------------------- */
spoor_ast *spoor_build_leaf(spoor_parse_state *p, spoor_ast_kind kind, spoor_token token);
/* From its word to its last child. */
spoor_ast *spoor_build_node(spoor_parse_state *p, spoor_ast_kind kind, spoor_token word,
                            spoor_ast_list children);
/* From its word to its closing bracket. */
spoor_ast *spoor_build_closed(spoor_parse_state *p, spoor_ast_kind kind, spoor_token word,
                              spoor_ast_list children, spoor_token close);
/* From its first child to its last; the list is not empty. */
spoor_ast *spoor_build_group(spoor_parse_state *p, spoor_ast_kind kind, spoor_ast_list children);
/* A node with a name of its own. */
spoor_ast *spoor_build_text(spoor_parse_state *p, spoor_ast_kind kind, spoor_token word,
                            const spoor_ast *name, spoor_ast_list children);
/* CLAUSE; text NULL: the word itself. */
spoor_ast *spoor_build_clause(spoor_parse_state *p, spoor_token word, const char *text,
                              spoor_ast_list children, spoor_token close);
spoor_ast *spoor_build_prop(spoor_parse_state *p, spoor_token name, spoor_ast_list values);
spoor_ast *spoor_build_prop_of(spoor_parse_state *p, const char *name, spoor_ast *value);
spoor_ast *spoor_build_flag(spoor_ast *node, uint16_t flag);

/* ---- expressions ---------------------------------------------------------------------------- */
spoor_ast *spoor_build_name(spoor_parse_state *p, spoor_token word);
spoor_ast *spoor_build_quoted_name(spoor_parse_state *p, spoor_token open, spoor_token string,
                                   spoor_token close);
/* The name, which is read here, or given to something new: not every word can be. */
spoor_ast *spoor_build_reference(spoor_parse_state *p, spoor_ast *name);
spoor_ast *spoor_build_new_name(spoor_parse_state *p, spoor_ast *name);
/* T datascope=hotcache */
spoor_ast *spoor_build_scoped(spoor_parse_state *p, spoor_ast *name, spoor_ast *scope);
spoor_ast *spoor_build_logical(spoor_parse_state *p, spoor_token op, spoor_ast *left,
                               spoor_ast *right);
spoor_ast *spoor_build_binary(spoor_parse_state *p, spoor_token op, spoor_ast *left,
                              spoor_ast *right);
spoor_ast *spoor_build_unary(spoor_parse_state *p, spoor_token op, spoor_ast *operand);
spoor_ast *spoor_build_in(spoor_parse_state *p, spoor_token op, spoor_ast *left,
                          spoor_ast_list list, spoor_token close);
spoor_ast *spoor_build_between(spoor_parse_state *p, spoor_token op, spoor_ast *value,
                               spoor_ast *low, spoor_ast *high, spoor_token close);
spoor_ast *spoor_build_member(spoor_parse_state *p, spoor_ast *object, spoor_ast *name);
spoor_ast *spoor_build_element(spoor_parse_state *p, spoor_ast *object, spoor_ast *index,
                               spoor_token close);
spoor_ast *spoor_build_call(spoor_parse_state *p, spoor_ast *name, spoor_ast_list args,
                            spoor_token close);
spoor_ast *spoor_build_method(spoor_parse_state *p, spoor_ast *object, spoor_ast *name,
                              spoor_ast_list args, spoor_token close);
spoor_ast *spoor_build_named(spoor_parse_state *p, spoor_ast *name, spoor_ast *value);
spoor_ast *spoor_build_tuple(spoor_parse_state *p, spoor_token open, spoor_ast_list names,
                             spoor_ast *value);
spoor_ast *spoor_build_ordered(spoor_parse_state *p, spoor_ast *expr, const spoor_token *direction,
                               const spoor_token *nulls);

/* ---- literals and types --------------------------------------------------------------------- */
/* A STRING token may hold several adjacent literals. */
spoor_ast *spoor_build_literal(spoor_parse_state *p, spoor_token token);
spoor_ast *spoor_build_negative(spoor_parse_state *p, spoor_token sign, spoor_ast *number);
spoor_ast *spoor_build_dynamic(spoor_parse_state *p, spoor_token word, spoor_ast *json,
                               spoor_token close);
spoor_ast *spoor_build_json_word(spoor_parse_state *p, spoor_token word);
spoor_ast *spoor_build_json_pair(spoor_parse_state *p, spoor_token name, spoor_ast *json);
spoor_ast *spoor_build_typeof(spoor_parse_state *p, spoor_token word, spoor_token type,
                              spoor_token close);
spoor_ast *spoor_build_column(spoor_parse_state *p, spoor_ast *name, spoor_token type);
spoor_ast *spoor_build_any_column(spoor_parse_state *p, spoor_ast *name, spoor_token type);
spoor_ast *spoor_build_untyped_column(spoor_parse_state *p, spoor_ast *name);
spoor_ast *spoor_build_parameter(spoor_parse_state *p, spoor_ast *name, spoor_token type,
                                 spoor_ast *value);
spoor_ast *spoor_build_table_parameter(spoor_parse_state *p, spoor_ast *name,
                                       spoor_ast_list columns, spoor_token close);

/* ---- pipelines and operators ---------------------------------------------------------------- */
void spoor_build_root(spoor_parse_state *p, spoor_ast_list statements);
spoor_ast_list spoor_build_pipe(spoor_parse_state *p, spoor_ast_list stages, spoor_ast *stage);
spoor_ast *spoor_build_pipeline(spoor_parse_state *p, spoor_ast_list stages);
/* The expression itself when the pipeline is no more than one. */
spoor_ast *spoor_build_value(spoor_parse_state *p, spoor_ast_list stages);
spoor_ast *spoor_build_parenthesized(spoor_parse_state *p, spoor_token open, spoor_ast_list stages,
                                     spoor_token close);
spoor_ast *spoor_build_subpipeline(spoor_parse_state *p, spoor_ast_list stages);
spoor_ast *spoor_build_command(spoor_parse_state *p, spoor_token command, spoor_ast_list stages);
spoor_ast *spoor_build_function(spoor_parse_state *p, spoor_token open, spoor_ast_list parameters,
                                spoor_ast *body, uint16_t flags);
spoor_ast *spoor_build_table(spoor_parse_state *p, spoor_ast_kind kind, spoor_token word,
                             spoor_ast_list props, spoor_ast_list schema, spoor_ast_list values,
                             spoor_token close);
/* Append CLAUSE with. */
spoor_ast *spoor_build_with(spoor_parse_state *p, spoor_ast *node, spoor_token word,
                            spoor_ast_list pairs, spoor_token close);
spoor_ast *spoor_build_where(spoor_parse_state *p, spoor_token word, spoor_ast_list props,
                             spoor_ast *condition);
spoor_ast *spoor_build_parse(spoor_parse_state *p, spoor_ast_kind kind, spoor_token word,
                             spoor_ast_list props, spoor_ast *text, spoor_ast_list pattern);
spoor_ast *spoor_build_partition(spoor_parse_state *p, spoor_token word, spoor_ast_list props,
                                 spoor_token by, spoor_ast *key, spoor_ast *scope, spoor_ast *query,
                                 spoor_token close);
spoor_ast *spoor_build_fork_leg(spoor_parse_state *p, spoor_ast *name, spoor_ast *query,
                                spoor_token close);
spoor_ast *spoor_build_macro(spoor_parse_state *p, spoor_token word, spoor_ast_list props,
                             spoor_ast_list group, const spoor_ast *scope,
                             spoor_ast_list statements, spoor_token close);
spoor_ast *spoor_build_other(spoor_parse_state *p, spoor_token word, spoor_ast_list children,
                             spoor_token close);
spoor_ast_list spoor_build_render_legacy(spoor_parse_state *p, spoor_ast_list props);
spoor_ast_list spoor_build_more_columns(spoor_parse_state *p, spoor_ast_list props,
                                        spoor_ast *name);
spoor_ast *spoor_build_make_graph(spoor_parse_state *p, spoor_token word, spoor_ast_list props,
                                  spoor_ast *source, spoor_token direction, spoor_ast *target,
                                  spoor_ast_list rest);
spoor_token spoor_build_arrow(spoor_token first, spoor_token last, const char *direction);
spoor_ast *spoor_build_graph_node(spoor_parse_state *p, spoor_token open, spoor_ast *name,
                                  spoor_token close);
spoor_ast *spoor_build_edge(spoor_parse_state *p, spoor_token arrow, const spoor_ast *name,
                            spoor_ast_list range, spoor_token close);

/* ---- mistakes ------------------------------------------------------------------------------- */
/* Report once; true only the first time, so that a hint follows its error. */
bool spoor_build_fail(spoor_parse_state *p, spoor_span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The token cannot stand here; expected[TK_x] says which could. */
void spoor_build_unexpected(spoor_parse_state *p, spoor_token token, const bool *expected);
void spoor_build_too_deep(spoor_parse_state *p);

#endif
