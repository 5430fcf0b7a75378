/* build.c - tree nodes for the grammar's actions; see build.h. */
#include "parser/build.h"

#include "gen/tokens.h"
#include "parser/words.h"

/* ---- lists ---------------------------------------------------------------------------------- */

spoor_ast_list spoor_none(void) {
    return (spoor_ast_list){NULL, NULL, 0};
}

spoor_ast_list spoor_one(spoor_ast *node) {
    return (spoor_ast_list){node, node, 1};
}

spoor_ast_list spoor_join(spoor_ast_list a, spoor_ast_list b) {
    if (a.first == NULL) {
        return b;
    }
    if (b.first == NULL) {
        return a;
    }
    a.last->next = b.first;
    return (spoor_ast_list){a.first, b.last, a.count + b.count};
}

spoor_ast_list spoor_more(spoor_ast_list list, spoor_ast *node) {
    return spoor_join(list, spoor_one(node));
}

/* ---- nodes ---------------------------------------------------------------------------------- */

/* Append children, and with them depth, count and span.  Only the depth is limited: a list may be
 * as long as the text. */
static spoor_ast *adopt(spoor_parse_state *p, spoor_ast *node, spoor_ast_list children) {
    if (children.first == NULL) {
        return node;
    }
    for (const spoor_ast *child = children.first; child != NULL; child = child->next) {
        node->nchildren++;
        node->depth = child->depth >= node->depth ? child->depth + 1 : node->depth;
        node->span.end = child->span.end > node->span.end ? child->span.end : node->span.end;
    }
    if (node->first == NULL) {
        node->first = children.first;
    } else {
        node->last->next = children.first;
    }
    node->last = children.last;
    if (node->depth > SPOOR_MAX_DEPTH) {
        spoor_build_too_deep(p);
    }
    return node;
}

static spoor_ast *new_node(spoor_parse_state *p, spoor_ast_kind kind, spoor_span span,
                           spoor_span at) {
    spoor_ast *node = SPOOR_NEW(p->arena, spoor_ast);
    *node =
        (spoor_ast){.kind = kind, .type = SPOOR_AST_NO_TYPE, .depth = 1, .span = span, .at = at};
    return node;
}

static void take_name(spoor_ast *node, const spoor_ast *name) {
    node->text = name->text;
    node->flags |= name->flags & (SPOOR_AST_QUOTED | SPOOR_AST_BRACED);
}

spoor_ast *spoor_build_leaf(spoor_parse_state *p, spoor_ast_kind kind, spoor_token token) {
    spoor_ast *node = new_node(p, kind, token.span, token.span);
    if (kind != SPOOR_AST_STAR) {
        node->text = token.text;
    }
    return node;
}

spoor_ast *spoor_build_node(spoor_parse_state *p, spoor_ast_kind kind, spoor_token word,
                            spoor_ast_list children) {
    return adopt(p, new_node(p, kind, word.span, word.span), children);
}

spoor_ast *spoor_build_closed(spoor_parse_state *p, spoor_ast_kind kind, spoor_token word,
                              spoor_ast_list children, spoor_token close) {
    spoor_ast *node = spoor_build_node(p, kind, word, children);
    node->span.end = close.span.end;
    return node;
}

spoor_ast *spoor_build_group(spoor_parse_state *p, spoor_ast_kind kind, spoor_ast_list children) {
    return adopt(p, new_node(p, kind, children.first->span, children.first->at), children);
}

spoor_ast *spoor_build_text(spoor_parse_state *p, spoor_ast_kind kind, spoor_token word,
                            const spoor_ast *name, spoor_ast_list children) {
    spoor_ast *node = new_node(p, kind, spoor_span_join(word.span, name->span), word.span);
    take_name(node, name);
    return adopt(p, node, children);
}

spoor_ast *spoor_build_clause(spoor_parse_state *p, spoor_token word, const char *text,
                              spoor_ast_list children, spoor_token close) {
    spoor_ast *node = spoor_build_node(p, SPOOR_AST_CLAUSE, word, children);
    node->text = text != NULL ? spoor_str_from(text) : word.text;
    node->span.end = close.span.end > node->span.end ? close.span.end : node->span.end;
    return node;
}

spoor_ast *spoor_build_prop(spoor_parse_state *p, spoor_token name, spoor_ast_list values) {
    spoor_ast *node = spoor_build_node(p, SPOOR_AST_PROP, name, values);
    node->text = name.text;
    return node;
}

spoor_ast *spoor_build_prop_of(spoor_parse_state *p, const char *name, spoor_ast *value) {
    spoor_ast *node = spoor_build_group(p, SPOOR_AST_PROP, spoor_one(value));
    node->text = spoor_str_from(name);
    return node;
}

spoor_ast *spoor_build_flag(spoor_ast *node, uint16_t flag) {
    node->flags |= flag;
    return node;
}

/* ---- expressions ---------------------------------------------------------------------------- */

spoor_ast *spoor_build_name(spoor_parse_state *p, spoor_token word) {
    spoor_ast *node = spoor_build_leaf(p, SPOOR_AST_NAME, word);
    if (word.kind == TK_BRACED) {
        node->text = (spoor_str){word.text.ptr + 1, word.text.len - 2};
        node->flags = SPOOR_AST_BRACED;
    } else if (spoor_str_is(word.text, "$left") || spoor_str_is(word.text, "$right")) {
        node->kind = SPOOR_AST_SIDE;
        node->text = (spoor_str){word.text.ptr + 1, word.text.len - 1};
    }
    return node;
}

spoor_ast *spoor_build_quoted_name(spoor_parse_state *p, spoor_token open, spoor_token string,
                                   spoor_token close) {
    spoor_ast *node = spoor_build_literal(p, string);
    node->kind = SPOOR_AST_NAME;
    node->type = SPOOR_AST_NO_TYPE;
    node->flags = SPOOR_AST_QUOTED;
    node->span = node->at = spoor_span_join(open.span, close.span);
    return node;
}

static spoor_ast *check_name(spoor_parse_state *p, spoor_ast *name, spoor_word worst) {
    if (name->kind == SPOOR_AST_NAME &&
        (name->flags & (SPOOR_AST_QUOTED | SPOOR_AST_BRACED)) == 0 &&
        spoor_word_class(name->text) > worst &&
        spoor_build_fail(p, name->span, "'%.*s' is a keyword and needs brackets as a name",
                         (int)name->text.len, name->text.ptr)) {
        spoor_hint(p->diags, "write ['%.*s']", (int)name->text.len, name->text.ptr);
    }
    return name;
}

spoor_ast *spoor_build_reference(spoor_parse_state *p, spoor_ast *name) {
    if (spoor_str_is(name->text, "kind") || spoor_str_is(name->text, "withsource") ||
        spoor_str_is(name->text, "with_source")) {
        return name; /* properties: may be read, not given */
    }
    return check_name(p, name, SPOOR_WORD_FREE);
}

spoor_ast *spoor_build_new_name(spoor_parse_state *p, spoor_ast *name) {
    return check_name(p, name, SPOOR_WORD_NEW_NAME);
}

spoor_ast *spoor_build_scoped(spoor_parse_state *p, spoor_ast *name, spoor_ast *scope) {
    if (!spoor_str_is(scope->text, "datascope")) {
        spoor_build_fail(p, scope->span, "'%.*s' is no property of a table", (int)scope->text.len,
                         scope->text.ptr);
    }
    return adopt(p, spoor_build_reference(p, name), spoor_one(scope));
}

/* The canonical text of an operator: older spellings are gone behind the parser. */
static spoor_str canonical(spoor_str op) {
    static const char *const spellings[][2] = {
        {"<>", "!="},
        {"=", "=="},
        {"notcontains", "!contains"},
        {"notcontainscs", "!contains_cs"},
        {"containscs", "contains_cs"},
    };
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        if (spoor_str_is(op, spellings[i][0])) {
            return spoor_str_from(spellings[i][1]);
        }
    }
    return op.len > 7 && memcmp(op.ptr, "matches", 7) == 0 ? SPOOR_STR("matches regex") : op;
}

static spoor_ast *new_operation(spoor_parse_state *p, spoor_ast_kind kind, spoor_token op,
                                spoor_ast *left) {
    spoor_ast *node = new_node(p, kind, left->span, op.span);
    node->text = canonical(op.text);
    return adopt(p, node, spoor_one(left));
}

/* A chain of one operator is one node, so that its depth does not grow with its length. */
spoor_ast *spoor_build_logical(spoor_parse_state *p, spoor_token op, spoor_ast *left,
                               spoor_ast *right) {
    if (left->kind == SPOOR_AST_BINARY && spoor_str_eq(left->text, op.text) &&
        (left->flags & SPOOR_AST_PARENTHESIZED) == 0) {
        return adopt(p, left, spoor_one(right));
    }
    return spoor_build_binary(p, op, left, right);
}

spoor_ast *spoor_build_binary(spoor_parse_state *p, spoor_token op, spoor_ast *left,
                              spoor_ast *right) {
    return adopt(p, new_operation(p, SPOOR_AST_BINARY, op, left), spoor_one(right));
}

spoor_ast *spoor_build_unary(spoor_parse_state *p, spoor_token op, spoor_ast *operand) {
    spoor_ast *node = spoor_build_node(p, SPOOR_AST_UNARY, op, spoor_one(operand));
    node->text = op.text;
    return node;
}

spoor_ast *spoor_build_in(spoor_parse_state *p, spoor_token op, spoor_ast *left,
                          spoor_ast_list list, spoor_token close) {
    spoor_ast *node = adopt(p, new_operation(p, SPOOR_AST_IN, op, left), list);
    node->span.end = close.span.end;
    return node;
}

spoor_ast *spoor_build_between(spoor_parse_state *p, spoor_token op, spoor_ast *value,
                               spoor_ast *low, spoor_ast *high, spoor_token close) {
    spoor_ast *node = new_operation(p, SPOOR_AST_BETWEEN, op, value);
    adopt(p, node, spoor_more(spoor_one(low), high));
    node->span.end = close.span.end;
    return node;
}

spoor_ast *spoor_build_member(spoor_parse_state *p, spoor_ast *object, spoor_ast *name) {
    spoor_ast *node =
        new_node(p, SPOOR_AST_MEMBER, spoor_span_join(object->span, name->span), name->span);
    take_name(node, name);
    if (name->kind == SPOOR_AST_WILDCARD) {
        node->extra = SPOOR_STR("*");
    }
    return adopt(p, node, spoor_one(object));
}

spoor_ast *spoor_build_element(spoor_parse_state *p, spoor_ast *object, spoor_ast *index,
                               spoor_token close) {
    spoor_ast *node;
    if (index->kind == SPOOR_AST_LITERAL && index->type == SPOOR_AST_STRING &&
        (index->flags & SPOOR_AST_PARENTHESIZED) == 0) {
        node = spoor_build_member(p, object, index);
        node->flags |= SPOOR_AST_QUOTED;
    } else {
        node = new_node(p, SPOOR_AST_ELEMENT, object->span, index->span);
        adopt(p, node, spoor_more(spoor_one(object), index));
    }
    node->span.end = close.span.end;
    return node;
}

/* The functions whose argument is a query without parentheses of its own. */
static bool takes_query(spoor_str name) {
    return spoor_str_is(name, "toscalar") || spoor_str_is(name, "totable") ||
           spoor_str_is(name, "materialize");
}

spoor_ast *spoor_build_call(spoor_parse_state *p, spoor_ast *name, spoor_ast_list args,
                            spoor_token close) {
    spoor_ast *node = new_node(p, SPOOR_AST_CALL, name->span, name->span);
    take_name(node, name);
    if (!takes_query(name->text)) {
        spoor_build_reference(p, name);
    }
    if (args.first != NULL && args.first->kind == SPOOR_AST_PIPELINE && !takes_query(name->text) &&
        (args.first->flags & SPOOR_AST_PARENTHESIZED) == 0 &&
        spoor_build_fail(p, args.first->span, "a query as an argument must be in parentheses")) {
        spoor_hint(p->diags, "write %.*s((...))", (int)name->text.len, name->text.ptr);
    }
    adopt(p, node, args);
    node->span.end = close.span.end;
    return node;
}

spoor_ast *spoor_build_method(spoor_parse_state *p, spoor_ast *object, spoor_ast *name,
                              spoor_ast_list args, spoor_token close) {
    spoor_ast *call = spoor_build_call(p, name, args, close);
    return adopt(p, new_node(p, SPOOR_AST_METHOD, object->span, call->at),
                 spoor_more(spoor_one(object), call));
}

spoor_ast *spoor_build_named(spoor_parse_state *p, spoor_ast *name, spoor_ast *value) {
    spoor_build_new_name(p, name);
    spoor_ast *node = new_node(p, SPOOR_AST_NAMED, name->span, name->span);
    take_name(node, name);
    return adopt(p, node, spoor_one(value));
}

spoor_ast *spoor_build_tuple(spoor_parse_state *p, spoor_token open, spoor_ast_list names,
                             spoor_ast *value) {
    for (spoor_ast *name = names.first; name != NULL; name = name->next) {
        spoor_build_new_name(p, name);
    }
    return spoor_build_node(p, SPOOR_AST_NAMED_TUPLE, open, spoor_more(names, value));
}

spoor_ast *spoor_build_ordered(spoor_parse_state *p, spoor_ast *expr, const spoor_token *direction,
                               const spoor_token *nulls) {
    spoor_ast *node = spoor_build_group(p, SPOOR_AST_ORDERED, spoor_one(expr));
    if (direction != NULL) {
        bool is_asc = direction->kind == TK_ASC || direction->kind == TK_GRANNY_ASC;
        node->flags |= is_asc ? SPOOR_AST_ASC : SPOOR_AST_DESC;
        node->span.end = direction->span.end;
        if (direction->kind == TK_GRANNY_ASC || direction->kind == TK_GRANNY_DESC) {
            node->text = SPOOR_STR("granny");
        }
    }
    if (nulls != NULL) {
        node->flags |= nulls->kind == TK_FIRST ? SPOOR_AST_NULLS_FIRST : SPOOR_AST_NULLS_LAST;
        node->span.end = nulls->span.end;
    }
    return node;
}
