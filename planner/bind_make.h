/* bind_make.h - nodes that the binder makes of those in the text.
 *
 * An operator that is short for others is bound as those would be, from nodes
 * that nothing else holds: a node of the text is copied, its children are not. */
#ifndef SPOOR_PLANNER_BIND_MAKE_H
#define SPOOR_PLANNER_BIND_MAKE_H

#include "planner/bind.h"

spoor_ast *spoor_make_copy(spoor_binder *b, const spoor_ast *node);
/* Without children, at the place of `like`. */
spoor_ast *spoor_make_node(spoor_binder *b, spoor_ast_kind kind, spoor_str text,
                           const spoor_ast *like);
void spoor_make_append(spoor_ast *parent, spoor_ast *child);
/* summarize name = value by ...; over b->row, which is the input's. */
spoor_plan *spoor_make_summarize(spoor_binder *b, const spoor_ast *like, spoor_str name,
                                 const spoor_ast *value, spoor_ast *by, spoor_plan *input);

#endif
