/* bind_operator_apply.c - mv-apply and partition: a subquery for each group of rows.
 *
 * Both are an APPLY whose second input is the subquery, over a FEED that gives
 * it one group.  mv-apply's group is one row, which an mv-expand above the FEED
 * takes apart; its result has the row's columns, too. */
#include "planner/bind.h"

spoor_plan *spoor_bind_feed(spoor_binder *b, const spoor_plan *input, spoor_span span) {
    spoor_plan *feed = spoor_plan_new(b, SPOOR_PLAN_FEED, span, NULL);
    feed->schema = input->schema;
    feed->feed.id = b->query->nfeeds++;
    return feed;
}

static const spoor_ast *subquery_of(const spoor_ast *node) {
    const spoor_ast *last = node->last;
    return last != NULL && last->kind == SPOOR_AST_SUBPIPELINE ? last : NULL;
}

static spoor_plan *new_apply(spoor_binder *b, const spoor_ast *node, spoor_plan *input,
                             spoor_plan *sub, uint32_t feed) {
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_APPLY, node->span, input);
    plan->inputs = SPOOR_NEW_ARRAY(b->arena, spoor_plan *, 2);
    plan->inputs[0] = input;
    plan->inputs[1] = sub;
    plan->ninputs = 2;
    plan->depth = (input->depth > sub->depth ? input->depth : sub->depth) + 1;
    plan->apply.feed = feed;
    plan->apply.is_whole = spoor_feeds_have(b->held, feed);
    spoor_bind_leave_feed(b, feed);
    uint32_t most = input->schema.ncols + sub->schema.ncols + 1;
    plan->schema.columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, most);
    plan->schema.ncols = 0;
    plan->apply.outputs = spoor_arena_push(b->arena, most, sizeof *plan->apply.outputs);
    return plan;
}

static void add_output(spoor_plan *plan, const spoor_schema *schema, int column, bool from_sub) {
    uint32_t at = plan->schema.ncols++;
    plan->schema.columns[at] = schema->columns[column];
    plan->apply.outputs[at].from_sub = from_sub;
    plan->apply.outputs[at].column = column;
}

spoor_plan *spoor_bind_groups(spoor_binder *b, const spoor_ast *node, spoor_plan *input,
                              spoor_plan *sub, const spoor_plan *feed, spoor_bound *key) {
    spoor_plan *plan = new_apply(b, node, input, sub, feed->feed.id);
    plan->apply.key = key;
    for (uint32_t i = 0; i < sub->schema.ncols; i++) {
        add_output(plan, &sub->schema, (int)i, true);
    }
    return plan;
}

/* { query }: a query of its own source, which knows of the group only its key: toscalar(key), or key. */
static spoor_plan *bind_braced(spoor_binder *b, const spoor_ast *query, const spoor_plan *feed,
                               const spoor_bound *key) {
    if (key->kind != SPOOR_BOUND_COLUMN) {
        return spoor_bind_table(b, query);
    }
    spoor_bind_columns c = spoor_columns_new(b, NULL);
    spoor_column column = feed->schema.columns[key->column];
    spoor_columns_add(&c, column.name,
                      spoor_bound_column(b->arena, &feed->schema, key->column, query->span));
    spoor_plan *group = SPOOR_NEW(b->arena, spoor_plan);
    *group = *feed;
    spoor_scope *scope = b->scope;
    b->scope = spoor_scope_new(b, scope);
    spoor_symbol *symbol = spoor_scope_add(b, b->scope, column.name, SPOOR_SYMBOL_SHARED);
    symbol->is_used = symbol->is_key = true;
    symbol->plan = spoor_bind_shared(b, spoor_columns_project(&c, group, query->span), query->span);
    spoor_plan *plan = spoor_bind_table(b, query);
    b->scope = scope;
    return plan;
}

static spoor_plan *bind_subquery(spoor_binder *b, const spoor_ast *node, spoor_plan *feed,
                                 const spoor_bound *key) {
    const spoor_ast *query = node->last;
    if (query->kind == SPOOR_AST_SUBPIPELINE) {
        return spoor_bind_operators(b, query, feed);
    }
    if (query->kind == SPOOR_AST_PIPELINE) {
        return bind_braced(b, query, feed, key);
    }
    spoor_fail(b->diags, node->span, "'partition' needs a query");
    return NULL;
}

spoor_plan *spoor_bind_partition(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_ast *by = spoor_ast_clause(node, "by");
    spoor_bind_check_props(b, node, "");
    spoor_bound *key = by != NULL ? spoor_bind_expr(b, by->first) : NULL;
    key = key != NULL ? spoor_bind_settled(b, key, SPOOR_STRING) : NULL;
    if (key != NULL && key->type == SPOOR_DYNAMIC) {
        spoor_fail(b->diags, by->span, "a dynamic value cannot be a key");
        return NULL;
    }
    spoor_plan *feed = spoor_bind_feed(b, input, node->span);
    spoor_plan *sub = key != NULL ? bind_subquery(b, node, feed, key) : NULL;
    if (sub == NULL) {
        return NULL;
    }
    return spoor_bind_groups(b, node, input, sub, feed, key);
}

/* Is the column of the input there under its own name when the row is taken apart? */
static bool is_kept(const spoor_plan *expanded, const spoor_schema *input, uint32_t column) {
    int at = spoor_schema_find(&expanded->schema, input->columns[column].name);
    return at >= 0 && expanded->kind == SPOOR_PLAN_MV_EXPAND &&
           expanded->mv_expand.passed[at] == (int)column;
}

spoor_plan *spoor_bind_mv_apply(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_ast *query = subquery_of(node);
    if (query == NULL) {
        spoor_bind_unsupported(b, node->at, "mv-apply with a query of its own source");
        return NULL;
    }
    spoor_plan *feed = spoor_bind_feed(b, input, node->span);
    feed->is_serialized = true; /* the elements of an array are in order */
    uint32_t errors = b->diags->nerrors;
    spoor_plan *expanded = spoor_bind_mv_expand(b, node, feed);
    if (expanded == NULL || b->diags->nerrors > errors) {
        return NULL;
    }
    spoor_plan *sub = spoor_bind_operators(b, query, expanded);
    if (sub == NULL) {
        return NULL;
    }
    spoor_plan *plan = new_apply(b, node, input, sub, feed->feed.id);
    for (int hidden = 0; hidden < 2; hidden++) { /* hidden ones go last */
        for (uint32_t i = 0; i < input->schema.ncols; i++) {
            if (input->schema.columns[i].hidden == (hidden != 0) &&
                is_kept(expanded, &input->schema, i)) {
                int in_sub = spoor_schema_find(&sub->schema, input->schema.columns[i].name);
                bool is_there = in_sub >= 0 && sub->schema.columns[in_sub].hidden == (hidden != 0);
                add_output(plan, is_there ? &sub->schema : &input->schema,
                           is_there ? in_sub : (int)i, is_there);
            }
        }
        for (uint32_t i = 0; i < sub->schema.ncols; i++) {
            if (sub->schema.columns[i].hidden == (hidden != 0) &&
                spoor_schema_find(&plan->schema, sub->schema.columns[i].name) < 0) {
                add_output(plan, &sub->schema, (int)i, true);
            }
        }
    }
    return plan;
}
