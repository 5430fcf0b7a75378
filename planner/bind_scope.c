/* bind_scope.c - scopes: what a name means besides a column, and whether an
 * expression gives rows or a value. */
#include "planner/bind.h"

spoor_scope *spoor_scope_new(spoor_binder *b, spoor_scope *parent) {
    spoor_scope *scope = SPOOR_NEW(b->arena, spoor_scope);
    scope->parent = parent;
    return scope;
}

spoor_symbol *spoor_scope_add(spoor_binder *b, spoor_scope *scope, spoor_str name,
                              spoor_symbol_kind kind) {
    spoor_symbol *symbol = SPOOR_NEW(b->arena, spoor_symbol);
    *symbol = (spoor_symbol){.name = name, .kind = kind, .next = scope->first};
    scope->first = symbol;
    return symbol;
}

bool spoor_scope_is_closed(const spoor_scope *scope) {
    while (scope != NULL && !scope->is_closed) {
        scope = scope->parent;
    }
    return scope != NULL;
}

spoor_symbol *spoor_scope_find(const spoor_scope *scope, spoor_str name) {
    for (; scope != NULL; scope = scope->parent) {
        for (spoor_symbol *s = scope->first; s != NULL; s = s->next) {
            if (spoor_str_eq(s->name, name)) {
                return s;
            }
        }
    }
    return NULL;
}

static bool body_is_tabular(spoor_binder *b, const spoor_ast *body, spoor_scope *scope);

/* The value that a body ends in, or NULL. */
static const spoor_ast *last_value(const spoor_ast *body) {
    const spoor_ast *last = body->last;
    if (last == NULL || last->kind == SPOOR_AST_LET || last->kind == SPOOR_AST_SET ||
        last->kind == SPOOR_AST_DECLARE_PARAMETERS) {
        return NULL;
    }
    return last;
}

static bool in_scope_is_tabular(spoor_binder *b, const spoor_ast *node, spoor_scope *scope) {
    spoor_scope *saved = b->scope;
    b->scope = scope;
    bool is_tabular = spoor_bind_is_tabular(b, node);
    b->scope = saved;
    return is_tabular;
}

/* A body's own lets and parameters are names too: enough of them is read to tell. */
static bool body_is_tabular(spoor_binder *b, const spoor_ast *body, spoor_scope *scope) {
    const spoor_ast *value = last_value(body);
    if (value == NULL) {
        return false;
    }
    spoor_scope *inner = spoor_scope_new(b, scope);
    for (const spoor_ast *s = body->first; s != value; s = s->next) {
        if (s->kind == SPOOR_AST_LET && s->first != NULL) {
            bool is_function = s->first->kind == SPOOR_AST_FUNCTION;
            bool is_rows = !is_function && in_scope_is_tabular(b, s->first, inner);
            spoor_symbol *symbol = spoor_scope_add(b, inner, s->text,
                                                   is_function ? SPOOR_SYMBOL_FUNCTION
                                                   : is_rows   ? SPOOR_SYMBOL_TABULAR
                                                               : SPOOR_SYMBOL_SCALAR);
            symbol->ast = s->first;
            symbol->scope = inner;
        }
    }
    return in_scope_is_tabular(b, value, inner);
}

static bool function_is_tabular(spoor_binder *b, const spoor_ast *function, spoor_scope *scope) {
    if (function == NULL) {
        return true; /* broken: the binder will say so */
    }
    if (function->kind != SPOOR_AST_FUNCTION) {
        return body_is_tabular(b, function, scope);
    }
    spoor_scope *inner = spoor_scope_new(b, scope);
    const spoor_ast *body = NULL;
    for (const spoor_ast *child = function->first; child != NULL; child = child->next) {
        if (child->kind == SPOOR_AST_PARAM) {
            spoor_scope_add(b, inner, child->text,
                            child->flags & SPOOR_AST_TABULAR ? SPOOR_SYMBOL_TABULAR
                                                             : SPOOR_SYMBOL_SCALAR);
        } else {
            body = child;
        }
    }
    return body != NULL && body_is_tabular(b, body, inner);
}

static bool name_is_tabular(spoor_binder *b, spoor_str name, spoor_span span) {
    const spoor_symbol *symbol = spoor_scope_find(b->scope, name);
    if (symbol != NULL) {
        switch (symbol->kind) {
        case SPOOR_SYMBOL_SCALAR:
        case SPOOR_SYMBOL_PLACE:
        case SPOOR_SYMBOL_PATTERN:
        case SPOOR_SYMBOL_BROKEN: return false;
        case SPOOR_SYMBOL_TABULAR:
        case SPOOR_SYMBOL_SHARED: return true;
        case SPOOR_SYMBOL_FUNCTION: return function_is_tabular(b, symbol->ast, symbol->scope);
        }
    }
    if (b->catalog == NULL || spoor_scope_is_closed(b->scope)) {
        return false;
    }
    const spoor_stored_function *stored = b->catalog->function(b->catalog, name);
    if (stored != NULL && stored->is_builtin && (stored->is_view || stored->columns_of.len > 0)) {
        return true; /* tables to their users: their texts need not be read for it */
    }
    if (stored != NULL) {
        return function_is_tabular(b, spoor_bind_stored_ast(b, stored, span), b->scope);
    }
    return b->catalog->table(b->catalog, name) != NULL;
}

static bool call_is_tabular(spoor_binder *b, const spoor_ast *call) {
    static const char *const tables[] = {"table",   "materialize",       "external_table",
                                         "totable", "materialized_view", "stored_query_result"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (spoor_str_is(call->text, tables[i])) {
            return true;
        }
    }
    return spoor_bind_is_user_function(b, call->text) && name_is_tabular(b, call->text, call->span);
}

bool spoor_bind_is_tabular(spoor_binder *b, const spoor_ast *node) {
    if (node == NULL || !spoor_bind_enter(b, node->span)) {
        return false;
    }
    bool is_tabular = false;
    if (node->kind == SPOOR_AST_PIPELINE) {
        is_tabular = node->nchildren > 1 || spoor_bind_is_tabular(b, node->first);
    } else if (node->kind == SPOOR_AST_NAME) {
        is_tabular = name_is_tabular(b, node->text, node->span);
    } else if (node->kind == SPOOR_AST_CALL) {
        is_tabular = spoor_bind_pattern_of(b, node) != NULL || call_is_tabular(b, node);
    } else if (node->kind == SPOOR_AST_METHOD) {
        is_tabular = true;
    } else if (node->kind == SPOOR_AST_MEMBER) {
        is_tabular = spoor_bind_pattern_of(b, node) != NULL || spoor_bind_is_place(b, node->first);
    } else {
        is_tabular = node->kind >= SPOOR_AST_WHERE; /* operators stand last in ast_kinds.def */
    }
    spoor_bind_leave(b);
    return is_tabular;
}
