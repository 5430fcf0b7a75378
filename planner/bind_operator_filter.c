/* bind_operator_filter.c - where, take, sort, top: the columns stay as they are. */
#include "planner/bind.h"

spoor_plan *spoor_bind_where(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_bound *predicate = spoor_bind_as(b, spoor_bind_first_child(node), SPOOR_BOOL);
    if (predicate == NULL) {
        return input;
    }
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_WHERE, node->span, input);
    plan->where.predicate = predicate;
    return plan;
}

spoor_plan *spoor_bind_take(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_bound *count = spoor_bind_count(b, spoor_bind_first_child(node));
    if (count == NULL) {
        return input;
    }
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_TAKE, node->span, input);
    plan->take.count = count;
    return plan;
}

/* asc puts nulls first, desc last, unless said otherwise; desc is the default. */
static bool bind_keys(spoor_binder *b, const spoor_ast *first, spoor_plan *plan) {
    uint32_t nkeys = 0;
    for (const spoor_ast *n = first; n != NULL; n = n->next) {
        nkeys++;
    }
    plan->sort.keys = SPOOR_NEW_ARRAY(b->arena, spoor_sort_key, nkeys);
    bool ok = true;
    for (const spoor_ast *n = first; n != NULL; n = n->next) {
        if (n->kind == SPOOR_AST_PROP || n->kind == SPOOR_AST_CLAUSE) {
            continue;
        }
        const spoor_ast *value = n->kind == SPOOR_AST_ORDERED ? n->first : n;
        value = value != NULL && value->kind == SPOOR_AST_NAMED ? value->first : value;
        spoor_bound *e = spoor_bind_expr(b, value);
        e = e != NULL ? spoor_bind_settled(b, e, SPOOR_STRING) : NULL;
        if (e != NULL && e->type == SPOOR_DYNAMIC) {
            spoor_fail(b->diags, n->span, "a dynamic value has no order");
            spoor_hint(b->diags, "tostring(...), tolong(...) and so on give it one");
            e = NULL;
        }
        ok = ok && e != NULL;
        bool descending = !(n->flags & SPOOR_AST_ASC);
        bool nulls_last = n->flags & SPOOR_AST_NULLS_LAST    ? true
                          : n->flags & SPOOR_AST_NULLS_FIRST ? false
                                                             : descending;
        plan->sort.keys[plan->sort.nkeys++] =
            (spoor_sort_key){.expr = e, .descending = descending, .nulls_last = nulls_last};
    }
    return ok;
}

spoor_plan *spoor_bind_sort(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_SORT, node->span, input);
    if (!bind_keys(b, spoor_bind_first_child(node), plan)) {
        input->is_serialized = true; /* what follows is not to blame for the keys */
        return input;
    }
    return plan;
}

spoor_plan *spoor_bind_top(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_ast *by = spoor_ast_clause(node, "by");
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_TOP, node->span, input);
    if (spoor_ast_clause(node, "with") != NULL) {
        spoor_bind_unsupported(b, spoor_ast_clause(node, "with")->span, "top with others");
    }
    plan->sort.count = spoor_bind_count(b, spoor_bind_first_child(node));
    bool ok = by != NULL && bind_keys(b, by->first, plan);
    return ok && plan->sort.count != NULL ? plan : input;
}
