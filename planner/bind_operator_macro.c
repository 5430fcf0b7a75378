/* bind_operator_macro.c - macro-expand: a query for each entity of a group, the rows of all put together.
 *
 * Within the query the entity's name is a place (bind_place.c), so what can be
 * reached is what database("x").T can be. */
#include "planner/bind_legs.h"

/* The members: those written, or those of `let G = entity_group [...]`. */
static const spoor_ast *members_of(spoor_binder *b, const spoor_ast *group) {
    const spoor_symbol *symbol =
        group != NULL && group->next == NULL && group->kind == SPOOR_AST_NAME
            ? spoor_scope_find(b->scope, group->text)
            : NULL;
    bool is_group = symbol != NULL && symbol->kind == SPOOR_SYMBOL_PLACE &&
                    symbol->ast->kind == SPOOR_AST_CALL &&
                    spoor_str_is(symbol->ast->text, "entity_group");
    return is_group ? symbol->ast->first : group;
}

static spoor_plan *bind_one(spoor_binder *b, const spoor_ast *node, const spoor_ast *entity) {
    if (!spoor_bind_is_place(b, entity)) {
        spoor_fail(b->diags, entity->span, "expected a database, such as database(\"spoor\")");
        return NULL;
    }
    spoor_scope *scope = b->scope;
    b->scope = spoor_scope_new(b, scope);
    spoor_symbol *symbol = spoor_scope_add(b, b->scope, node->text, SPOOR_SYMBOL_PLACE);
    symbol->ast = entity;
    symbol->is_used = true;
    spoor_bind_result result = spoor_bind_body(b, node->last);
    b->scope = scope;
    if (result.value != NULL) {
        spoor_fail(b->diags, node->last->span, "the query gives a value, and rows are needed here");
    }
    return result.plan;
}

spoor_plan *spoor_bind_macro_expand(spoor_binder *b, const spoor_ast *node) {
    const spoor_ast *in = spoor_ast_clause(node, "in");
    spoor_bind_legs legs = {.b = b, .unnamed = "macro_arg"};
    spoor_str kind;
    bool is_inner = false;
    uint32_t errors = b->diags->nerrors;
    spoor_bind_check_props(b, node, "kind isfuzzy");
    if (spoor_bind_prop_text(node, "kind", &kind)) {
        is_inner = spoor_str_is(kind, "inner");
        if (!is_inner && !spoor_str_is(kind, "outer")) {
            spoor_fail(b->diags, spoor_ast_prop(node, "kind")->span,
                       "a macro-expand is inner or outer");
        }
    }
    if (in == NULL || node->text.len == 0 || node->last->kind != SPOOR_AST_BODY) {
        spoor_fail(b->diags, node->at, "'macro-expand' needs a name for the entity: as X");
        return NULL;
    }
    for (const spoor_ast *n = members_of(b, in->first); n != NULL; n = n->next) {
        spoor_legs_add(&legs, bind_one(b, node, n), (spoor_str){NULL, 0});
        if (b->diags->nerrors > errors) {
            return NULL;
        }
    }
    if (legs.count == 0) {
        spoor_fail(b->diags, node->at, "the group has no entity");
        return NULL;
    }
    return spoor_legs_union(&legs, node, is_inner, (spoor_str){NULL, 0});
}
