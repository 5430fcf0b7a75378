/* build_operator.c - pipelines and the operators that need more than a list of
 * children; see build.h. */
#include "parser/build.h"

#include "gen/tokens.h"

static bool is_operator(const spoor_ast *node) {
    return node->kind >= SPOOR_AST_WHERE; /* ast_kinds.def lists operators last */
}

static spoor_ast_list children_of(const spoor_ast *node) {
    return (spoor_ast_list){node->first, node->last, node->nchildren};
}

/* ---- pipelines ------------------------------------------------------------------------------ */

void spoor_build_root(spoor_parse_state *p, spoor_ast_list statements) {
    spoor_token start = {.span = {0, 0, p->token.span.source}};
    p->root = spoor_build_closed(p, SPOOR_AST_QUERY, start, statements, p->token);
}

spoor_ast_list spoor_build_pipe(spoor_parse_state *p, spoor_ast_list stages, spoor_ast *stage) {
    if (stages.count >= SPOOR_MAX_STAGES) {
        spoor_build_fail(p, stage->at, "a query cannot have more than %d stages",
                         (int)SPOOR_MAX_STAGES);
    }
    return spoor_more(stages, stage);
}

spoor_ast *spoor_build_pipeline(spoor_parse_state *p, spoor_ast_list stages) {
    return spoor_build_group(p, SPOOR_AST_PIPELINE, stages);
}

spoor_ast *spoor_build_value(spoor_parse_state *p, spoor_ast_list stages) {
    bool is_expression = stages.first == stages.last && !is_operator(stages.first);
    return is_expression ? stages.first : spoor_build_pipeline(p, stages);
}

spoor_ast *spoor_build_parenthesized(spoor_parse_state *p, spoor_token open, spoor_ast_list stages,
                                     spoor_token close) {
    spoor_ast *node = spoor_build_value(p, stages);
    node->flags |= SPOOR_AST_PARENTHESIZED;
    node->span = spoor_span_join(open.span, close.span);
    return node;
}

spoor_ast *spoor_build_subpipeline(spoor_parse_state *p, spoor_ast_list stages) {
    spoor_ast_kind kind = stages.first->kind;
    bool has_source = kind < SPOOR_AST_WHERE || kind == SPOOR_AST_PRINT ||
                      kind == SPOOR_AST_RANGE || kind == SPOOR_AST_DATATABLE ||
                      kind == SPOOR_AST_EXTERNALDATA || kind == SPOOR_AST_MACRO_EXPAND;
    return spoor_build_group(p, has_source ? SPOOR_AST_PIPELINE : SPOOR_AST_SUBPIPELINE, stages);
}

spoor_ast *spoor_build_command(spoor_parse_state *p, spoor_token command, spoor_ast_list stages) {
    spoor_ast *node = spoor_build_node(p, SPOOR_AST_COMMAND, command, stages);
    node->text = command.text;
    if (!is_operator(stages.first)) {
        spoor_build_fail(p, stages.first->span, "expected an operator after '|'");
    }
    return node;
}

spoor_ast *spoor_build_function(spoor_parse_state *p, spoor_token open, spoor_ast_list parameters,
                                spoor_ast *body, uint16_t flags) {
    spoor_ast *node = spoor_build_node(p, SPOOR_AST_FUNCTION, open, spoor_more(parameters, body));
    return spoor_build_flag(node, flags);
}

/* ---- operators ------------------------------------------------------------------------------ */

spoor_ast *spoor_build_table(spoor_parse_state *p, spoor_ast_kind kind, spoor_token word,
                             spoor_ast_list props, spoor_ast_list schema, spoor_ast_list values,
                             spoor_token close) {
    spoor_token open = word;
    if (schema.first != NULL) {
        open.span = schema.first->span;
    }
    spoor_ast *columns = spoor_build_clause(p, open, "schema", schema, open);
    return spoor_build_closed(p, kind, word, spoor_join(spoor_more(props, columns), values), close);
}

spoor_ast *spoor_build_with(spoor_parse_state *p, spoor_ast *node, spoor_token word,
                            spoor_ast_list pairs, spoor_token close) {
    spoor_ast *clause = spoor_build_clause(p, word, "with", pairs, close);
    spoor_token at = {.span = node->span};
    spoor_ast *whole =
        spoor_build_closed(p, node->kind, at, spoor_more(children_of(node), clause), close);
    whole->at = node->at;
    return whole;
}

/* a and b, a in (b), a between (b .. c), without parentheses of its own. */
static bool is_infix(const spoor_ast *node) {
    return (node->kind == SPOOR_AST_BINARY || node->kind == SPOOR_AST_IN ||
            node->kind == SPOOR_AST_BETWEEN) &&
           (node->flags & SPOOR_AST_PARENTHESIZED) == 0;
}

/* `where a = 1` compares; with more behind it (`a = 1 and b`) it is left as it stands, an
 * assignment of everything to the right, and refused by the binder. */
spoor_ast *spoor_build_where(spoor_parse_state *p, spoor_token word, spoor_ast_list props,
                             spoor_ast *condition) {
    if (condition->kind == SPOOR_AST_NAMED && !is_infix(condition->first)) {
        spoor_ast *name = SPOOR_NEW(p->arena, spoor_ast);
        *name = *condition;
        name->kind = SPOOR_AST_NAME;
        name->first = name->last = NULL;
        name->nchildren = 0;
        name->depth = 1;
        name->span = condition->at;
        spoor_token op = {.span = condition->at, .text = SPOOR_STR("==")};
        condition = spoor_build_binary(p, op, name, condition->first);
    }
    return spoor_build_node(p, SPOOR_AST_WHERE, word, spoor_more(props, condition));
}

/* The value of a property that is one word. */
static spoor_str word_of(const spoor_ast *props, const char *name) {
    for (const spoor_ast *prop = props; prop != NULL; prop = prop->next) {
        if (spoor_str_is(prop->text, name)) {
            return prop->first->text;
        }
    }
    return SPOOR_STR("");
}

spoor_ast *spoor_build_parse(spoor_parse_state *p, spoor_ast_kind kind, spoor_token word,
                             spoor_ast_list props, spoor_ast *text, spoor_ast_list pattern) {
    spoor_ast *node = spoor_build_node(p, kind, word, spoor_join(spoor_one(text), pattern));
    node->text = word_of(props.first, "kind");
    node->extra = word_of(props.first, "flags");
    if (node->text.len == 0) {
        node->text = SPOOR_STR("simple");
    }
    for (const spoor_ast *prop = props.first; prop != NULL; prop = prop->next) {
        if (!spoor_str_is(prop->text, "kind") && !spoor_str_is(prop->text, "flags")) {
            spoor_build_fail(p, prop->span, "'parse' has no property '%.*s'", (int)prop->text.len,
                             prop->text.ptr);
        }
    }
    return node;
}

spoor_ast *spoor_build_partition(spoor_parse_state *p, spoor_token word, spoor_ast_list props,
                                 spoor_token by, spoor_ast *key, spoor_ast *scope, spoor_ast *query,
                                 spoor_token close) {
    spoor_ast_list children =
        spoor_more(props, spoor_build_clause(p, by, "by", spoor_one(key), by));
    if (scope != NULL) {
        spoor_token at = {.span = scope->span};
        children = spoor_more(children, spoor_build_clause(p, at, "in", spoor_one(scope), at));
    }
    return spoor_build_closed(p, SPOOR_AST_PARTITION, word, spoor_more(children, query), close);
}

spoor_ast *spoor_build_fork_leg(spoor_parse_state *p, spoor_ast *name, spoor_ast *query,
                                spoor_token close) {
    spoor_token word = {.span = name->span};
    spoor_ast *node = spoor_build_text(p, SPOOR_AST_FORK_LEG, word, name, spoor_one(query));
    node->span.end = close.span.end;
    return node;
}

spoor_ast *spoor_build_macro(spoor_parse_state *p, spoor_token word, spoor_ast_list props,
                             spoor_ast_list group, const spoor_ast *scope,
                             spoor_ast_list statements, spoor_token close) {
    spoor_token at = {.span = group.first->span};
    spoor_token body = {.span = statements.first->span};
    spoor_ast_list children = spoor_more(props, spoor_build_clause(p, at, "in", group, at));
    children = spoor_more(children, spoor_build_closed(p, SPOOR_AST_BODY, body, statements, close));
    spoor_ast *node = spoor_build_node(p, SPOOR_AST_MACRO_EXPAND, word, children);
    if (scope != NULL) {
        node->text = scope->text;
        node->flags |= scope->flags & SPOOR_AST_QUOTED;
    }
    return node;
}

spoor_ast *spoor_build_other(spoor_parse_state *p, spoor_token word, spoor_ast_list children,
                             spoor_token close) {
    spoor_ast *node = spoor_build_closed(p, SPOOR_AST_OTHER_OPERATOR, word, children, close);
    node->text = word.text;
    return node;
}

/* ---- render --------------------------------------------------------------------------------- */

/* `render timechart kind=stacked` is the same as `with (kind=stacked)`. */
spoor_ast_list spoor_build_render_legacy(spoor_parse_state *p, spoor_ast_list props) {
    if (props.first == NULL) {
        return props;
    }
    spoor_ast_list pairs = spoor_none();
    for (spoor_ast *next, *node = props.first; node != NULL; node = next) {
        next = node->next;
        node->next = NULL;
        bool is_clause = node->kind == SPOOR_AST_CLAUSE;
        pairs = is_clause ? spoor_join(pairs, children_of(node)) : spoor_more(pairs, node);
    }
    if (pairs.first == NULL) {
        return spoor_one(props.first); /* with () */
    }
    spoor_token at = {.span = pairs.first->span};
    return spoor_one(spoor_build_clause(p, at, "with", pairs, at));
}

/* ycolumns=a, b: the name behind the comma belongs to the property before it. */
spoor_ast_list spoor_build_more_columns(spoor_parse_state *p, spoor_ast_list props,
                                        spoor_ast *name) {
    spoor_ast *last = props.last;
    last->last->next = name;
    last->last = name;
    last->nchildren++;
    last->span.end = name->span.end;
    (void)p;
    return props;
}

/* ---- graphs --------------------------------------------------------------------------------- */

spoor_ast *spoor_build_make_graph(spoor_parse_state *p, spoor_token word, spoor_ast_list props,
                                  spoor_ast *source, spoor_token direction, spoor_ast *target,
                                  spoor_ast_list rest) {
    spoor_ast_list children = spoor_join(spoor_more(spoor_more(props, source), target), rest);
    spoor_ast *node = spoor_build_node(p, SPOOR_AST_MAKE_GRAPH, word, children);
    node->text = direction.text;
    return node;
}

spoor_token spoor_build_arrow(spoor_token first, spoor_token last, const char *direction) {
    first.span = spoor_span_join(first.span, last.span);
    first.text = spoor_str_from(direction);
    return first;
}

spoor_ast *spoor_build_graph_node(spoor_parse_state *p, spoor_token open, spoor_ast *name,
                                  spoor_token close) {
    spoor_ast *node = spoor_build_text(p, SPOOR_AST_GRAPH_NODE, open, name, spoor_none());
    node->span.end = close.span.end;
    return node;
}

spoor_ast *spoor_build_edge(spoor_parse_state *p, spoor_token arrow, const spoor_ast *name,
                            spoor_ast_list range, spoor_token close) {
    spoor_ast *node = spoor_build_closed(p, SPOOR_AST_GRAPH_EDGE, arrow, range, close);
    node->extra = arrow.text;
    if (name != NULL) {
        node->text = name->text;
        node->flags |= name->flags & SPOOR_AST_QUOTED;
    }
    return node;
}
