/* bind_graph_build.c - the plans that a graph operator reads: nodes and edges, with the columns
 * that it needs.
 *
 * Edges are computed once, for themselves and for the nodes that they name.  Nodes are the rows of
 * all tables of nodes, then the ends of all edges, one row an id; of each property the first value
 * that is there.  Only properties that are needed are made. */
#include "planner/bind_graph.h"

static spoor_bind_columns list_new(spoor_binder *b, const spoor_schema *schema, const int *ids,
                                   uint32_t nids) {
    static const char *const names[] = {"$id", "$source", "$target"};
    spoor_bind_columns list = spoor_columns_new(b, NULL);
    for (uint32_t i = 0; i < nids; i++) {
        spoor_columns_add(&list, spoor_str_from(names[nids == 1 ? 0 : i + 1]),
                          spoor_bound_column(b->arena, schema, ids[i], (spoor_span){0}));
    }
    return list;
}

spoor_bind_columns spoor_graph_nodes_new(spoor_binder *b, const spoor_bind_graph *graph) {
    const int id = SPOOR_GRAPH_ID;
    return list_new(b, &graph->node, &id, 1);
}

spoor_bind_columns spoor_graph_edges_new(spoor_binder *b, const spoor_bind_graph *graph) {
    const int ids[] = {graph->source, graph->target};
    return list_new(b, &graph->edges->schema, ids, 2);
}

int spoor_graph_need(spoor_bind_columns *list, spoor_str name, spoor_bound *e) {
    for (uint32_t i = 0; i < list->count; i++) {
        bool is_same = list->exprs[i] == e || (e->kind == SPOOR_BOUND_COLUMN &&
                                               list->exprs[i]->kind == SPOOR_BOUND_COLUMN &&
                                               list->exprs[i]->column == e->column);
        if (is_same) {
            return (int)i;
        }
    }
    return (int)spoor_columns_add(list, name, e);
}

static void note_columns(const spoor_bound *e, bool *is_used) {
    if (e->kind == SPOOR_BOUND_COLUMN) {
        is_used[e->column] = true;
    }
    for (uint32_t i = 0; e->kind == SPOOR_BOUND_CALL && i < e->nargs; i++) {
        note_columns(e->args[i], is_used);
    }
}

/* Input k of the union: a table, or the edges' sources, or their targets. */
static int source_of(const spoor_bind_graph *g, uint32_t k, uint32_t column) {
    if (k >= g->ntables) {
        bool is_id = column == SPOOR_GRAPH_ID || g->from[column].is_id;
        return is_id ? (int)(k - g->ntables) : -1;
    }
    return column == SPOOR_GRAPH_ID
               ? g->tables[k].id
               : spoor_schema_find(&g->tables[k].rows->schema, g->node.columns[column].name);
}

/* All that says something of nodes, in the columns list[0 .. count) of the graph's nodes. */
static spoor_plan *gather(spoor_binder *b, const spoor_bind_graph *g, const spoor_plan *edges,
                          const uint32_t *list, uint32_t count, spoor_span span) {
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_UNION, span, NULL);
    plan->ninputs = g->ntables + 2;
    plan->inputs = SPOOR_NEW_ARRAY(b->arena, spoor_plan *, plan->ninputs);
    plan->uni.maps = SPOOR_NEW_ARRAY(b->arena, int *, plan->ninputs);
    plan->schema = (spoor_schema){count, SPOOR_NEW_ARRAY(b->arena, spoor_column, count)};
    for (uint32_t c = 0; c < count; c++) {
        plan->schema.columns[c] = g->node.columns[list[c]];
    }
    plan->schema.columns[0].name = SPOOR_STR("$id");
    for (uint32_t k = 0; k < plan->ninputs; k++) {
        plan->inputs[k] =
            k < g->ntables ? g->tables[k].rows : spoor_bind_shared_again(b, edges, span);
        plan->depth =
            plan->inputs[k]->depth + 1 > plan->depth ? plan->inputs[k]->depth + 1 : plan->depth;
        plan->uni.maps[k] = SPOOR_NEW_ARRAY(b->arena, int, count);
        for (uint32_t c = 0; c < count; c++) {
            plan->uni.maps[k][c] = source_of(g, k, list[c]);
        }
    }
    return plan;
}

/* summarize take_any(property), ... by id */
static spoor_plan *merge(spoor_binder *b, spoor_plan *input, spoor_span span) {
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_SUMMARIZE, span, input);
    uint32_t ncols = input->schema.ncols;
    plan->summarize.keys = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, 1);
    plan->summarize.keys[0] = spoor_bound_column(b->arena, &input->schema, 0, span);
    plan->summarize.nkeys = 1;
    plan->summarize.aggregates = SPOOR_NEW_ARRAY(b->arena, spoor_plan_aggregate, ncols);
    for (uint32_t c = 1; c < ncols; c++) {
        spoor_type type = input->schema.columns[c].type, target;
        spoor_aggregate_resolution any =
            spoor_aggregate_resolve(SPOOR_STR("take_any"), &type, 1, &target);
        spoor_plan_aggregate *a = &plan->summarize.aggregates[plan->summarize.naggregates++];
        *a = (spoor_plan_aggregate){.aggregate = any.aggregate,
                                    .nargs = 1,
                                    .result = type,
                                    .first_column = c,
                                    .ncolumns = 1};
        a->args = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, 1);
        a->args[0] = spoor_bound_column(b->arena, &input->schema, (int)c, span);
    }
    return plan;
}

static spoor_plan *mark(spoor_binder *b, spoor_plan *nodes, const spoor_plan *edges,
                        spoor_column column, spoor_graph_mark what, spoor_span span) {
    /* ORDER spoor_graph_mark */
    static const char *const names[] = {"$component", "$component", "$in", "$out"};
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_GRAPH_MARK, span, nodes);
    uint32_t n = nodes->schema.ncols;
    plan->inputs = SPOOR_NEW_ARRAY(b->arena, spoor_plan *, 2);
    plan->inputs[0] = nodes;
    plan->inputs[1] = spoor_bind_shared_again(b, edges, span);
    plan->ninputs = 2;
    plan->mark.mark = what;
    plan->schema = (spoor_schema){n + 1, SPOOR_NEW_ARRAY(b->arena, spoor_column, n + 1)};
    memcpy(plan->schema.columns, nodes->schema.columns, n * sizeof *plan->schema.columns);
    plan->schema.columns[n] = column;
    if (column.name.len == 0) {
        plan->schema.columns[n].name = spoor_str_from(names[what]);
    }
    return plan;
}

typedef struct places {
    const int *place; /* by column of the graph's nodes */
    const spoor_schema *schema;
} places;

static spoor_bound *to_place(spoor_arena *arena, const spoor_bound *column, void *context) {
    const places *p = context;
    return spoor_bound_column(arena, p->schema, p->place[column->column], column->span);
}

spoor_graph_plans spoor_graph_build(spoor_binder *b, const spoor_bind_graph *g,
                                    spoor_bind_columns *nodes, spoor_bind_columns *edges,
                                    spoor_span span) {
    const spoor_plan *shared =
        spoor_bind_shared(b, spoor_columns_project(edges, g->edges, span), span);
    bool *is_used = SPOOR_NEW_ARRAY(b->arena, bool, g->node.ncols);
    int *place = SPOOR_NEW_ARRAY(b->arena, int, g->node.ncols);
    uint32_t *list = SPOOR_NEW_ARRAY(b->arena, uint32_t, g->node.ncols);
    uint32_t count = 0;
    for (uint32_t i = 0; i < nodes->count; i++) {
        note_columns(nodes->exprs[i], is_used);
    }
    for (uint32_t c = 0; c < g->node.ncols; c++) {
        if (is_used[c] && g->from[c].from == SPOOR_GRAPH_PROPERTY) {
            place[c] = (int)count;
            list[count++] = c;
        }
    }
    spoor_plan *plan = merge(b, gather(b, g, shared, list, count, span), span);
    for (uint32_t c = 0; c < g->node.ncols; c++) {
        if (is_used[c] && g->from[c].from == SPOOR_GRAPH_MARKED) {
            place[c] = (int)count++;
            plan = mark(b, plan, shared, g->node.columns[c], g->from[c].mark, span);
        }
    }
    places p = {place, &plan->schema};
    for (uint32_t i = 0; i < nodes->count; i++) {
        nodes->exprs[i] = spoor_bound_map(b->arena, nodes->exprs[i], to_place, &p);
    }
    return (spoor_graph_plans){spoor_columns_project(nodes, plan, span),
                               spoor_bind_shared_again(b, shared, span)};
}
