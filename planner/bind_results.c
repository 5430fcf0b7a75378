/* bind_results.c - fork, facet, evaluate preview, graph-to-table of nodes and edges: several results of
 * one input, which is read once.
 *
 * They end a query, but for a render that draws each of them: anything else would not know which
 * result is meant. */
#include "planner/bind.h"

/* The call of `evaluate preview(n)`, or NULL. */
static const spoor_ast *preview_of(const spoor_ast *node) {
    const spoor_ast *call = node->kind == SPOOR_AST_EVALUATE ? node->first : NULL;
    bool is_preview = call != NULL && call->kind == SPOOR_AST_CALL &&
                      spoor_str_is(call->text, "preview") && node->nchildren == 1;
    return is_preview ? call : NULL;
}

/* The operator that gives the results of a pipeline, the last but for a render; NULL: it has none. */
static const spoor_ast *fork_of(const spoor_ast *node, uint32_t *before) {
    const spoor_ast *at =
        node->kind == SPOOR_AST_PIPELINE && node->first != NULL ? node->first->next : NULL;
    for (*before = 0; at != NULL; at = at->next, ++*before) {
        bool is_last =
            at->next == NULL || (at->next->kind == SPOOR_AST_RENDER && at->next->next == NULL);
        bool is_fork = at->kind == SPOOR_AST_FORK || at->kind == SPOOR_AST_FACET ||
                       preview_of(at) != NULL ||
                       (at->kind == SPOOR_AST_GRAPH_TO_TABLE && at->nchildren > 1);
        if (is_last && is_fork) {
            return at;
        }
    }
    return NULL;
}

bool spoor_bind_is_forked(const spoor_ast *node) {
    uint32_t before;
    return fork_of(node, &before) != NULL;
}

/* summarize count_X = count() by X */
static spoor_plan *bind_count(spoor_binder *b, const spoor_ast *column, spoor_plan *input) {
    spoor_ast *nodes = SPOOR_NEW_ARRAY(b->arena, spoor_ast, 5);
    spoor_ast *summarize = &nodes[0], *item = &nodes[1], *call = &nodes[2], *by = &nodes[3];
    spoor_ast *key = &nodes[4];
    for (int i = 0; i < 4; i++) {
        nodes[i] = (spoor_ast){.span = column->span, .at = column->at, .depth = column->depth};
    }
    *key = *column;
    key->next = NULL;
    summarize->kind = SPOOR_AST_SUMMARIZE;
    item->kind = SPOOR_AST_NAMED;
    item->text = spoor_arena_format(b->arena, "count_%.*s", SPOOR_S(column->text));
    call->kind = SPOOR_AST_CALL;
    call->text = SPOOR_STR("count");
    by->kind = SPOOR_AST_CLAUSE;
    by->text = SPOOR_STR("by");
    item->first = item->last = call;
    by->first = by->last = key;
    item->nchildren = by->nchildren = 1;
    summarize->first = item;
    item->next = summarize->last = by;
    summarize->nchildren = 2;
    const spoor_schema *row = b->row;
    b->row = &input->schema;
    spoor_plan *plan = spoor_bind_summarize(b, summarize, input);
    b->row = row;
    return plan;
}

static void bind_facet(spoor_binder *b, const spoor_ast *node, const spoor_plan *shared,
                       void (*add)(spoor_binder *b, spoor_plan_result result)) {
    const spoor_ast *by = spoor_ast_clause(node, "by");
    if (node->last->kind == SPOOR_AST_SUBPIPELINE) {
        spoor_plan *plan =
            spoor_bind_operators(b, node->last, spoor_bind_shared_again(b, shared, node->span));
        add(b, (spoor_plan_result){.plan = plan});
    }
    for (const spoor_ast *n = by != NULL ? by->first : NULL; n != NULL; n = n->next) {
        if (n->kind != SPOOR_AST_NAME) {
            spoor_fail(b->diags, n->span, "expected the name of a column");
            continue;
        }
        add(b, (spoor_plan_result){
                   .name = n->text,
                   .plan = bind_count(b, n, spoor_bind_shared_again(b, shared, n->span))});
    }
}

static void bind_fork(spoor_binder *b, const spoor_ast *node, const spoor_plan *shared,
                      void (*add)(spoor_binder *b, spoor_plan_result result)) {
    for (const spoor_ast *leg = node->first; leg != NULL; leg = leg->next) {
        if (leg->kind == SPOOR_AST_FORK_LEG) {
            spoor_plan *plan =
                spoor_bind_operators(b, leg->first, spoor_bind_shared_again(b, shared, leg->span));
            add(b, (spoor_plan_result){.name = leg->text, .plan = plan});
        }
    }
}

/* take n, and count. */
static void bind_preview(spoor_binder *b, const spoor_ast *call, const spoor_plan *shared,
                         void (*add)(spoor_binder *b, spoor_plan_result result)) {
    if (call->nchildren != 1) {
        spoor_fail(b->diags, call->span, "'preview' takes a number of rows: evaluate preview(10)");
        return;
    }
    spoor_bound *count = spoor_bind_count(b, call->first);
    if (count == NULL) {
        return;
    }
    spoor_plan *rows = spoor_bind_shared_again(b, shared, call->span);
    spoor_plan *take = spoor_plan_new(b, SPOOR_PLAN_TAKE, call->span, rows);
    take->take.count = count;
    add(b, (spoor_plan_result){.plan = take});
    rows = spoor_bind_shared_again(b, shared, call->span);
    add(b, (spoor_plan_result){.plan = spoor_bind_count_rows(b, call, rows)});
}

static void bind_tables(spoor_binder *b, const spoor_ast *node, spoor_plan *input,
                        void (*add)(spoor_binder *b, spoor_plan_result result)) {
    spoor_plan *tables[2];
    if (input->graph == NULL) {
        spoor_fail(b->diags, node->at, "'graph-to-table' works on a graph, and these are rows");
        spoor_hint(b->diags, "make-graph source --> target makes a graph of rows of edges");
    } else if (spoor_bind_graph_tables(b, node, input, tables)) {
        for (uint32_t i = 0; i < 2; i++) {
            spoor_str name = spoor_ast_prop(spoor_ast_child(node, i), "as")->first->text;
            add(b, (spoor_plan_result){.name = name, .plan = tables[i]});
        }
    }
}

void spoor_bind_forked(spoor_binder *b, const spoor_ast *node,
                       void (*add)(spoor_binder *b, spoor_plan_result result)) {
    uint32_t before; /* operators between the source and it */
    const spoor_ast *last = fork_of(node, &before);
    spoor_plan *input = before > 0 ? spoor_bind_pipeline_prefix(b, node, before)
                                   : spoor_bind_source(b, node->first);
    if (input != NULL && last->kind == SPOOR_AST_GRAPH_TO_TABLE) {
        bind_tables(b, last, input, add);
        return;
    }
    input = spoor_bind_no_graph(b, input, last->at);
    if (input == NULL) {
        return;
    }
    const spoor_plan *shared = spoor_bind_shared(b, input, last->span);
    if (last->kind == SPOOR_AST_FORK) {
        bind_fork(b, last, shared, add);
    } else if (last->kind == SPOOR_AST_EVALUATE) {
        bind_preview(b, preview_of(last), shared, add);
    } else {
        bind_facet(b, last, shared, add);
    }
}
