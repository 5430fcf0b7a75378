/* bind_operator_top.c - top-nested, top-hitters, sample, sample-distinct.
 *
 * What is summarized below them is bound as a summarize written in the query
 * would be, from nodes made of those of the text. */
#include "planner/bind.h"

static spoor_ast *copy_of(spoor_binder *b, const spoor_ast *node) {
    spoor_ast *copy = SPOOR_NEW(b->arena, spoor_ast);
    *copy = *node;
    copy->next = NULL;
    return copy;
}

static spoor_ast *new_node(spoor_binder *b, spoor_ast_kind kind, spoor_str text,
                           const spoor_ast *like) {
    spoor_ast *node = SPOOR_NEW(b->arena, spoor_ast);
    *node = (spoor_ast){
        .kind = kind, .text = text, .span = like->span, .at = like->at, .depth = like->depth};
    return node;
}

static void append(spoor_ast *parent, spoor_ast *child) {
    *(parent->last != NULL ? &parent->last->next : &parent->first) = child;
    parent->last = child;
    parent->nchildren++;
}

/* summarize name = value by ...; `keys` are nodes that nothing else holds. */
static spoor_plan *summarize(spoor_binder *b, const spoor_ast *like, spoor_str name,
                             const spoor_ast *value, spoor_ast *by, spoor_plan *input) {
    spoor_ast *node = new_node(b, SPOOR_AST_SUMMARIZE, (spoor_str){NULL, 0}, like);
    spoor_ast *item = copy_of(b, value);
    if (value->kind != SPOOR_AST_NAMED) {
        item = new_node(b, SPOOR_AST_NAMED, name, value);
        append(item, copy_of(b, value));
    }
    append(node, item);
    append(node, by);
    return spoor_bind_summarize(b, node, input);
}

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
    spoor_ast *distinct = new_node(b, SPOOR_AST_DISTINCT, (spoor_str){NULL, 0}, node);
    append(distinct, copy_of(b, of->first));
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
    spoor_ast *by = new_node(b, SPOOR_AST_CLAUSE, SPOOR_STR("by"), of);
    append(by, copy_of(b, of->first));
    spoor_ast *call =
        new_node(b, SPOOR_AST_CALL, weight != NULL ? SPOOR_STR("sum") : SPOOR_STR("count"), value);
    if (weight != NULL) {
        append(call, copy_of(b, value));
    }
    spoor_str column = spoor_bind_column_name(b, value);
    spoor_str name = spoor_arena_format(b->arena, "approximate_%s_%.*s",
                                        weight != NULL ? "sum" : "count", SPOOR_S(column));
    uint32_t errors = b->diags->nerrors;
    spoor_plan *rows = summarize(b, node, name, call, by, input);
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

/* -- top-nested -------------------------------------------------------------------------------- */

static bool bind_level(spoor_binder *b, const spoor_ast *node, const spoor_ast *level, uint32_t i,
                       spoor_plan *input, spoor_plan *plan) {
    const spoor_ast *of = spoor_ast_clause(level, "of"), *rank = spoor_ast_clause(level, "by");
    if (spoor_ast_clause(level, "with") != NULL) {
        return spoor_bind_unsupported(b, level->at, "top-nested with others");
    }
    if (of == NULL || rank == NULL) {
        return spoor_fail(b->diags, level->span, "a level needs 'of' and 'by'");
    }
    const spoor_ast *ordered = rank->first;
    const spoor_ast *value = ordered->kind == SPOOR_AST_ORDERED ? ordered->first : ordered;
    const spoor_ast *count = spoor_ast_prop(level, "count");
    plan->nested.counts[i] = count != NULL ? spoor_bind_count(b, count->first) : NULL;
    plan->nested.ascending[i] = (ordered->flags & SPOOR_AST_ASC) != 0;
    spoor_ast *by = new_node(b, SPOOR_AST_CLAUSE, SPOOR_STR("by"), of);
    for (const spoor_ast *l = node->first; l != NULL; l = l == level ? NULL : l->next) {
        const spoor_ast *key = spoor_ast_clause(l, "of");
        append(by, copy_of(b, key->first));
    }
    spoor_str column = spoor_bind_column_name(b, of->first);
    spoor_str name = spoor_arena_format(b->arena, "aggregated_%.*s", SPOOR_S(column));
    plan->inputs[i] = summarize(b, level, name, value, by, input);
    return plan->inputs[i] != NULL && (count == NULL || plan->nested.counts[i] != NULL) &&
           only_column(b, plan->inputs[i], i + 2, level->span);
}

spoor_plan *spoor_bind_top_nested(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    uint32_t n = node->nchildren, errors = b->diags->nerrors;
    const spoor_plan *shared = spoor_bind_shared(b, input, node->span);
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_TOP_NESTED, node->span, NULL);
    plan->inputs = SPOOR_NEW_ARRAY(b->arena, spoor_plan *, n);
    plan->nested.counts = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, n);
    plan->nested.ascending = SPOOR_NEW_ARRAY(b->arena, bool, n);
    plan->schema.columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, (size_t)2 * n);
    bool ok = true;
    uint32_t i = 0;
    for (const spoor_ast *level = node->first; ok && level != NULL; level = level->next, i++) {
        spoor_plan *again = spoor_bind_shared_again(b, shared, node->span);
        b->row = b->outer_row = &again->schema;
        ok = bind_level(b, node, level, i, again, plan);
        for (uint32_t c = 0; ok && c < 2; c++) {
            spoor_column column = plan->inputs[i]->schema.columns[i + c];
            column.name =
                spoor_unique_name(b->arena, plan->schema.columns, plan->schema.ncols, column.name);
            plan->schema.columns[plan->schema.ncols++] = column;
        }
        plan->depth =
            ok && plan->inputs[i]->depth >= plan->depth ? plan->inputs[i]->depth + 1 : plan->depth;
    }
    plan->ninputs = n;
    return ok && b->diags->nerrors == errors ? plan : NULL;
}
