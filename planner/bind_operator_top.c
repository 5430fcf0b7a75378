/* bind_operator_top.c - top-hitters, sample, sample-distinct.
 *
 * What is summarized below them is bound as a summarize written in the query
 * would be, from nodes made of those of the text. */
#include "planner/bind_make.h"

/* The first by a number that chance gives each row. */
spoor_plan *spoor_bind_sample(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_bound *count = spoor_bind_count(b, spoor_bind_first_child(node));
    spoor_bound *chance = SPOOR_APPLY(b, "rand", NULL, 0, node->span);
    if (count == NULL || chance == NULL) {
        return input;
    }
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_TOP, node->span, input);
    plan->sort.count = count;
    plan->sort.keys = SPOOR_NEW_ARRAY(b->arena, spoor_sort_key, 1);
    plan->sort.keys[0].expr = chance;
    plan->sort.nkeys = 1;
    return plan;
}

spoor_plan *spoor_bind_sample_distinct(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_ast *of = spoor_ast_clause(node, "of");
    spoor_bound *count = spoor_bind_count(b, spoor_bind_first_child(node));
    if (count == NULL || of == NULL) {
        return NULL;
    }
    spoor_ast *distinct = spoor_make_node(b, SPOOR_AST_DISTINCT, (spoor_str){NULL, 0}, node);
    spoor_make_append(distinct, spoor_make_copy(b, of->first));
    spoor_plan *plan =
        spoor_plan_new(b, SPOOR_PLAN_TAKE, node->span, spoor_bind_distinct(b, distinct, input));
    plan->take.count = count;
    return plan;
}

static bool only_column(spoor_binder *b, const spoor_plan *plan, uint32_t ncols, spoor_span span) {
    return plan->schema.ncols == ncols ||
           spoor_fail(b->diags, span, "expected one value for each key");
}

/* Exact where Kusto is approximate. */
spoor_plan *spoor_bind_top_hitters(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_ast *of = spoor_ast_clause(node, "of"), *weight = spoor_ast_clause(node, "by");
    spoor_bound *count = spoor_bind_count(b, spoor_bind_first_child(node));
    if (count == NULL || of == NULL) {
        return NULL;
    }
    const spoor_ast *value = weight != NULL ? weight->first : of->first;
    spoor_ast *by = spoor_make_node(b, SPOOR_AST_CLAUSE, SPOOR_STR("by"), of);
    spoor_make_append(by, spoor_make_copy(b, of->first));
    spoor_ast *call = spoor_make_node(
        b, SPOOR_AST_CALL, weight != NULL ? SPOOR_STR("sum") : SPOOR_STR("count"), value);
    if (weight != NULL) {
        spoor_make_append(call, spoor_make_copy(b, value));
    }
    spoor_str column = spoor_bind_column_name(b, value);
    spoor_str name = spoor_arena_format(b->arena, "approximate_%s_%.*s",
                                        weight != NULL ? "sum" : "count", SPOOR_S(column));
    uint32_t errors = b->diags->nerrors;
    spoor_plan *rows = spoor_make_summarize(b, node, name, call, by, input);
    if (rows == NULL || b->diags->nerrors > errors || !only_column(b, rows, 2, node->span)) {
        return NULL;
    }
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_TOP, node->span, rows);
    plan->sort.count = count;
    plan->sort.keys = SPOOR_NEW_ARRAY(b->arena, spoor_sort_key, 1);
    plan->sort.keys[0] =
        (spoor_sort_key){.expr = spoor_bound_column(b->arena, &rows->schema, 1, node->span),
                         .descending = true,
                         .nulls_last = true};
    plan->sort.nkeys = 1;
    return plan;
}
