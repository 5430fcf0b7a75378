/* ast.c - finding one's way in a tree. */
#include "parser/ast.h"

static const char *const names[] = {
#define SPOOR_AST(kind, name) [SPOOR_AST_##kind] = name,
#include "parser/ast_kinds.def"
#undef SPOOR_AST
};

const char *spoor_ast_kind_name(spoor_ast_kind kind) {
    return names[kind];
}

static spoor_ast *find(const spoor_ast *node, spoor_ast_kind kind, const char *text) {
    for (spoor_ast *child = node->first; child != NULL; child = child->next) {
        if (child->kind == kind && spoor_str_is(child->text, text)) {
            return child;
        }
    }
    return NULL;
}

spoor_ast *spoor_ast_clause(const spoor_ast *node, const char *text) {
    return find(node, SPOOR_AST_CLAUSE, text);
}

spoor_ast *spoor_ast_prop(const spoor_ast *node, const char *text) {
    return find(node, SPOOR_AST_PROP, text);
}

spoor_ast *spoor_ast_child(const spoor_ast *node, uint32_t i) {
    spoor_ast *child = node->first;
    while (child != NULL && i-- > 0) {
        child = child->next;
    }
    return child;
}
