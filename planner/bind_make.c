/* bind_make.c - see bind_make.h. */
#include "planner/bind_make.h"

spoor_ast *spoor_make_copy(spoor_binder *b, const spoor_ast *node) {
    spoor_ast *copy = SPOOR_NEW(b->arena, spoor_ast);
    *copy = *node;
    copy->next = NULL;
    return copy;
}

spoor_ast *spoor_make_node(spoor_binder *b, spoor_ast_kind kind, spoor_str text,
                           const spoor_ast *like) {
    spoor_ast *node = SPOOR_NEW(b->arena, spoor_ast);
    *node = (spoor_ast){
        .kind = kind, .text = text, .span = like->span, .at = like->at, .depth = like->depth};
    return node;
}

void spoor_make_append(spoor_ast *parent, spoor_ast *child) {
    *(parent->last != NULL ? &parent->last->next : &parent->first) = child;
    parent->last = child;
    parent->nchildren++;
}

/* summarize name = value by ...; `keys` are nodes that nothing else holds. */
spoor_plan *spoor_make_summarize(spoor_binder *b, const spoor_ast *like, spoor_str name,
                                 const spoor_ast *value, spoor_ast *by, spoor_plan *input) {
    spoor_ast *node = spoor_make_node(b, SPOOR_AST_SUMMARIZE, (spoor_str){NULL, 0}, like);
    spoor_ast *item = spoor_make_copy(b, value);
    if (value->kind != SPOOR_AST_NAMED) {
        item = spoor_make_node(b, SPOOR_AST_NAMED, name, value);
        spoor_make_append(item, spoor_make_copy(b, value));
    }
    spoor_make_append(node, item);
    spoor_make_append(node, by);
    return spoor_bind_summarize(b, node, input);
}
