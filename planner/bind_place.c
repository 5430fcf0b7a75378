/* bind_place.c - where a table is: database("x").T, cluster("c").database("x").T, a name that
 * `alias database` gave; and `restrict access to`.
 *
 * There is one store, whose database is called spoor.  Other places are refused by name, or left
 * out when --ignore-workspace asks for it. */
#include "planner/bind.h"

static bool is_place_name(spoor_str name) {
    return spoor_bind_is_listed(name, "database workspace cluster app resource adx arg");
}

/* What an alias stands for, or the node itself. */
static const spoor_ast *without_alias(spoor_binder *b, const spoor_ast *node) {
    for (uint32_t i = 0; node != NULL && i < SPOOR_MAX_CALL_DEPTH; i++) {
        while (node->kind == SPOOR_AST_PIPELINE && node->nchildren == 1) {
            node = node->first;
        }
        const spoor_symbol *symbol =
            node->kind == SPOOR_AST_NAME ? spoor_scope_find(b->scope, node->text) : NULL;
        if (symbol == NULL || symbol->kind != SPOOR_SYMBOL_PLACE) {
            return node;
        }
        node = symbol->ast;
    }
    return node;
}

/* The call that names the place of a.b.c, or NULL: it has none. */
static const spoor_ast *place_of(spoor_binder *b, const spoor_ast *object) {
    object = without_alias(b, object);
    while (object != NULL &&
           (object->kind == SPOOR_AST_MEMBER || object->kind == SPOOR_AST_METHOD)) {
        if (object->kind == SPOOR_AST_METHOD && object->last != NULL &&
            is_place_name(object->last->text)) {
            return object->last;
        }
        object = without_alias(b, object->first);
    }
    return object != NULL && object->kind == SPOOR_AST_CALL && is_place_name(object->text) ? object
                                                                                           : NULL;
}

bool spoor_bind_is_place(spoor_binder *b, const spoor_ast *node) {
    return place_of(b, node) != NULL;
}

/* database() and database("spoor"), and not of some cluster. */
static bool is_own(spoor_binder *b, const spoor_ast *object) {
    const spoor_ast *call = without_alias(b, object);
    if (call->kind != SPOOR_AST_CALL || !spoor_str_is(call->text, "database")) {
        return false;
    }
    const spoor_ast *name = call->first;
    return name == NULL || (name->kind == SPOOR_AST_LITERAL && spoor_str_is(name->text, "spoor"));
}

static bool may_ignore(spoor_binder *b, const spoor_ast *place) {
    if (!b->options->ignore_workspace) {
        spoor_fail(b->diags, place->span, "'%.*s(...)' is not supported: there is one store",
                   SPOOR_S(place->text));
        return spoor_hint(b->diags, "--ignore-workspace reads the table here instead");
    }
    spoor_bind_warn(b, "ignored-place", place->span, "'%.*s(...)' is left out",
                    SPOOR_S(place->text));
    return true;
}

spoor_plan *spoor_bind_placed(spoor_binder *b, const spoor_ast *node) {
    const spoor_ast *place = place_of(b, node->first);
    if (place == NULL) {
        spoor_fail(b->diags, node->span, "expected a table");
        return NULL;
    }
    if (!is_own(b, node->first) && !may_ignore(b, place)) {
        return NULL;
    }
    if (node->kind != SPOOR_AST_MEMBER) {
        return spoor_bind_table(b, node->last);
    }
    if (spoor_str_is(node->extra, "*")) {
        spoor_fail(b->diags, node->span, "a pattern of tables can stand in union only");
        return NULL;
    }
    spoor_scope *scope = b->scope;
    if (is_own(b, node->first) && !spoor_scope_is_closed(scope)) {
        b->scope = spoor_scope_new(b, NULL); /* a stored one, whatever the text calls so */
    }
    spoor_plan *plan = spoor_bind_named_table(b, node->text, node->at);
    b->scope = scope;
    return plan;
}

bool spoor_bind_own_pattern(spoor_binder *b, const spoor_ast *node) {
    return node->kind == SPOOR_AST_MEMBER && spoor_str_is(node->extra, "*") &&
           place_of(b, node->first) != NULL && is_own(b, node->first);
}

void spoor_bind_alias(spoor_binder *b, const spoor_ast *node) {
    if (place_of(b, node->first) == NULL) {
        spoor_fail(b->diags, node->span, "an alias is for a database: cluster(...).database(...)");
        return;
    }
    spoor_scope *inner = spoor_scope_new(b, b->scope);
    spoor_symbol *symbol = spoor_scope_add(b, inner, node->text, SPOOR_SYMBOL_PLACE);
    symbol->ast = node->first;
    symbol->is_used = true;
    b->scope = inner;
}

/* -- restrict ---------------------------------------------------------------------------------- */

static bool gives_rows(spoor_binder *b, const spoor_symbol *s) {
    if (s->kind == SPOOR_SYMBOL_FUNCTION) {
        spoor_ast name = {.kind = SPOOR_AST_NAME, .text = s->name, .depth = 1};
        return spoor_bind_is_tabular(b, &name);
    }
    return s->kind == SPOOR_SYMBOL_TABULAR || s->kind == SPOOR_SYMBOL_SHARED;
}

static bool is_allowed(const spoor_ast *node, spoor_str name) {
    for (const spoor_ast *n = node->first; n != NULL; n = n->next) {
        bool is_name = n->kind == SPOOR_AST_NAME || n->kind == SPOOR_AST_WILDCARD;
        if ((is_name && spoor_bind_name_matches(n->text, name)) || n->kind == SPOOR_AST_STAR) {
            return true;
        }
    }
    return false;
}

/* A stored table that stays in reach, bound where everything still is. */
static void allow_stored(spoor_binder *b, spoor_scope *closed, const spoor_ast *n) {
    if ((n->kind == SPOOR_AST_NAME && spoor_scope_find(b->scope, n->text) == NULL) ||
        n->kind == SPOOR_AST_MEMBER) {
        spoor_symbol *symbol = spoor_scope_add(b, closed, n->text, SPOOR_SYMBOL_TABULAR);
        symbol->ast = n;
        symbol->scope = b->scope;
    }
}

void spoor_bind_restrict(spoor_binder *b, const spoor_ast *node) {
    spoor_scope *closed = spoor_scope_new(b, NULL);
    closed->is_closed = true;
    for (spoor_scope *scope = b->scope; scope != NULL; scope = scope->parent) {
        for (const spoor_symbol *s = scope->first; s != NULL; s = s->next) {
            if (spoor_scope_find(b->scope, s->name) == s &&
                (!gives_rows(b, s) || is_allowed(node, s->name))) {
                spoor_symbol *copy = SPOOR_NEW(b->arena, spoor_symbol);
                *copy = *s;
                copy->next = closed->first;
                closed->first = copy;
            }
        }
    }
    for (const spoor_ast *n = node->first; n != NULL; n = n->next) {
        if (spoor_bind_own_pattern(b, n) || (n->kind == SPOOR_AST_MEMBER && n->extra.len > 0)) {
            spoor_bind_unsupported(b, n->span, "restrict with a pattern of a database's tables");
        } else if (n->kind != SPOOR_AST_CLAUSE) {
            allow_stored(b, closed, n);
        }
    }
    b->scope = closed;
}
