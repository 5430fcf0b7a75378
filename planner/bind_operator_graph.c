/* bind_operator_graph.c - make-graph, graph-mark-components, graph-to-table: graphs made, marked
 * and taken apart. */
#include "planner/bind_graph.h"

bool spoor_bind_is_graph_operator(spoor_ast_kind kind) {
    return kind == SPOOR_AST_GRAPH_MATCH || kind == SPOOR_AST_GRAPH_SHORTEST_PATHS ||
           kind == SPOOR_AST_GRAPH_MARK_COMPONENTS || kind == SPOOR_AST_GRAPH_TO_TABLE ||
           kind == SPOOR_AST_GRAPH_WHERE_NODES || kind == SPOOR_AST_GRAPH_WHERE_EDGES;
}

spoor_plan *spoor_bind_no_graph(spoor_binder *b, spoor_plan *plan, spoor_span span) {
    if (plan == NULL || plan->graph == NULL) {
        return plan;
    }
    spoor_fail(b->diags, span, "this is a graph, and rows are needed here");
    spoor_hint(b->diags, "graph-match, graph-shortest-paths and graph-to-table make rows of it");
    return NULL;
}

spoor_plan *spoor_graph_plan(spoor_binder *b, spoor_bind_graph *g, spoor_span span) {
    spoor_plan *plan = SPOOR_NEW(b->arena, spoor_plan);
    *plan = *g->edges;
    plan->span = span;
    plan->graph = g;
    return plan;
}

/* -- the columns of a node --------------------------------------------------------------------- */

static void add_column(spoor_binder *b, spoor_bind_graph *g, spoor_column column,
                       spoor_graph_column from) {
    uint32_t n = g->node.ncols++;
    spoor_column *columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, n + 1);
    spoor_graph_column *froms = SPOOR_NEW_ARRAY(b->arena, spoor_graph_column, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        columns[i] = g->node.columns[i];
        froms[i] = g->from[i];
    }
    columns[n] = column;
    froms[n] = from;
    g->node.columns = columns;
    g->from = froms;
}

static int property_named(const spoor_bind_graph *g, spoor_str name) {
    for (uint32_t i = SPOOR_GRAPH_FIRST_PROPERTY; i < g->node.ncols; i++) {
        if (spoor_str_eq(g->node.columns[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

int spoor_graph_column_named(spoor_binder *b, const spoor_ast *name, const spoor_schema *schema) {
    int column = spoor_schema_find(schema, name->text);
    if (column < 0) {
        const spoor_schema *row = b->row;
        b->row = schema;
        spoor_bind_no_column(b, name->span, name->text);
        b->row = row;
    }
    return column;
}

static bool is_id_type(spoor_binder *b, const spoor_ast *name, spoor_type type, spoor_type wanted) {
    if (type == wanted) {
        return true;
    }
    spoor_fail(b->diags, name->span, "'%.*s' is %s, and the other names of nodes are of type %s",
               SPOOR_S(name->text), spoor_type_phrase(type), spoor_type_name(wanted));
    return false;
}

/* `with Nodes on id`: its columns are properties. */
static bool add_table(spoor_binder *b, spoor_bind_graph *g, const spoor_ast *rows,
                      const spoor_graph_table *table) {
    const spoor_schema *schema = &table->rows->schema;
    for (uint32_t i = 0; i < schema->ncols; i++) {
        spoor_column column = schema->columns[i];
        if (column.hidden) {
            continue;
        }
        int known = property_named(g, column.name);
        if (known >= 0 && g->node.columns[known].type != column.type) {
            return spoor_fail(b->diags, rows->span, "the property '%.*s' is %s here and %s there",
                              SPOOR_S(column.name), spoor_type_phrase(column.type),
                              spoor_type_phrase(g->node.columns[known].type));
        }
        if (known < 0) {
            known = (int)g->node.ncols;
            add_column(b, g, column, (spoor_graph_column){.from = SPOOR_GRAPH_PROPERTY});
        }
        if ((int)i == table->id) {
            g->from[known].is_id = true;
        }
    }
    return true;
}

/* -- make-graph -------------------------------------------------------------------------------- */

/* The tables of nodes, each bound. */
static bool bind_tables(spoor_binder *b, spoor_bind_graph *g, const spoor_ast *node) {
    const spoor_ast *with = spoor_ast_clause(node, "with");
    g->tables = SPOOR_NEW_ARRAY(b->arena, spoor_graph_table, with != NULL ? with->nchildren : 1);
    bool ok = true;
    for (const spoor_ast *n = with != NULL ? with->first : NULL; n != NULL; n = n->next->next) {
        spoor_plan *rows = spoor_bind_table(b, n);
        int id = rows != NULL ? spoor_graph_column_named(b, n->next, &rows->schema) : -1;
        if (id < 0 ||
            !is_id_type(b, n->next, rows->schema.columns[id].type, g->node.columns[0].type)) {
            ok = false;
            continue;
        }
        g->tables[g->ntables] = (spoor_graph_table){rows, id};
        ok = add_table(b, g, n, &g->tables[g->ntables++]) && ok;
    }
    const spoor_ast *own_id = spoor_ast_prop(node, "with_node_id");
    if (own_id != NULL) {
        spoor_column column = {.name = own_id->first->text, .type = g->node.columns[0].type};
        add_column(b, g, column, (spoor_graph_column){.from = SPOOR_GRAPH_PROPERTY, .is_id = true});
    }
    return ok;
}

static spoor_bind_graph *bind_graph(spoor_binder *b, const spoor_ast *node, spoor_plan *edges) {
    const spoor_ast *source = spoor_bind_first_child(node), *target = source->next;
    spoor_bind_graph *g = SPOOR_NEW(b->arena, spoor_bind_graph);
    g->edges = edges;
    g->source = spoor_graph_column_named(b, source, &edges->schema);
    g->target = spoor_graph_column_named(b, target, &edges->schema);
    if (g->source < 0 || g->target < 0) {
        return NULL;
    }
    spoor_type type = edges->schema.columns[g->source].type;
    if (!is_id_type(b, target, edges->schema.columns[g->target].type, type)) {
        return NULL;
    }
    if (type == SPOOR_DYNAMIC) {
        spoor_fail(b->diags, source->span, "a dynamic value cannot name a node");
        spoor_hint(b->diags, "tostring(...) gives it a name");
        return NULL;
    }
    static const spoor_graph_mark degrees[] = {SPOOR_GRAPH_DEGREE_IN, SPOOR_GRAPH_DEGREE_OUT};
    add_column(b, g, (spoor_column){.type = type},
               (spoor_graph_column){.from = SPOOR_GRAPH_PROPERTY});
    for (int i = 0; i < 2; i++) {
        add_column(b, g, (spoor_column){.type = SPOOR_LONG},
                   (spoor_graph_column){.from = SPOOR_GRAPH_MARKED, .mark = degrees[i]});
    }
    return bind_tables(b, g, node) ? g : NULL;
}

spoor_plan *spoor_bind_make_graph(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_bind_check_props(b, node, "");
    if (!spoor_str_is(node->text, "-->")) {
        spoor_bind_unsupported(b, node->at, "make-graph with edges that have no direction");
        spoor_hint(b->diags, "write -->; a pattern follows edges both ways with --");
        return NULL;
    }
    spoor_bind_graph *g = bind_graph(b, node, input);
    if (g == NULL) {
        return NULL;
    }
    bool has_parts = spoor_ast_clause(node, "partitioned-by") != NULL;
    return has_parts ? spoor_bind_graph_parts(b, node, g) : spoor_graph_plan(b, g, node->span);
}

/* -- graph-mark-components --------------------------------------------------------------------- */

spoor_plan *spoor_bind_graph_components(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_str kind = SPOOR_STR("weak"), name = SPOOR_STR("ComponentId");
    if (!spoor_bind_check_props(b, node, "kind with_component_id")) {
        return NULL;
    }
    spoor_bind_prop_text(node, "kind", &kind);
    spoor_bind_prop_text(node, "with_component_id", &name);
    if (!spoor_bind_is_listed(kind, "weak strong")) {
        spoor_fail(b->diags, spoor_ast_prop(node, "kind")->span, "kind is weak or strong");
        return NULL;
    }
    if (property_named(input->graph, name) >= 0) {
        spoor_fail(b->diags, node->span, "the nodes have a property '%.*s' already", SPOOR_S(name));
        spoor_hint(b->diags, "with_component_id=... gives it another name");
        return NULL;
    }
    spoor_bind_graph *g = SPOOR_NEW(b->arena, spoor_bind_graph);
    *g = *input->graph;
    spoor_graph_column from = {.from = SPOOR_GRAPH_MARKED, .mark = SPOOR_GRAPH_WEAK_COMPONENT};
    from.mark = spoor_str_is(kind, "strong") ? SPOOR_GRAPH_STRONG_COMPONENT : from.mark;
    add_column(b, g, (spoor_column){.name = name, .type = SPOOR_LONG}, from);
    return spoor_graph_plan(b, g, node->span);
}

/* -- graph-to-table ---------------------------------------------------------------------------- */

/* A node's number as the engine has it: hash() of its id (conformance
 * emul-docs/graph-to-table-operator-00). */
static bool add_hash(spoor_binder *b, const spoor_ast *clause, const char *prop,
                     const spoor_schema *schema, int column, spoor_bind_columns *list) {
    const spoor_ast *name = spoor_ast_prop(clause, prop);
    if (name == NULL) {
        return true;
    }
    spoor_bound *id = spoor_bound_column(b->arena, schema, column, name->span);
    spoor_bound *hash = SPOOR_APPLY(b, "hash", &id, 1, name->span);
    return hash != NULL && spoor_columns_declare(list, name->first->text, hash, false, name->span);
}

static bool list_nodes(spoor_binder *b, const spoor_ast *clause, const spoor_bind_graph *g,
                       spoor_bind_columns *list) {
    if (!spoor_bind_check_props(b, clause, "as with_node_id") ||
        !add_hash(b, clause, "with_node_id", &g->node, SPOOR_GRAPH_ID, list)) {
        return false;
    }
    for (uint32_t i = SPOOR_GRAPH_FIRST_PROPERTY; i < g->node.ncols; i++) {
        spoor_bound *e = spoor_bound_column(b->arena, &g->node, (int)i, clause->span);
        if (!spoor_columns_declare(list, g->node.columns[i].name, e, false, clause->span)) {
            return false;
        }
    }
    return true;
}

static bool list_edges(spoor_binder *b, const spoor_ast *clause, const spoor_bind_graph *g,
                       spoor_bind_columns *list) {
    const spoor_schema *schema = &g->edges->schema;
    if (!spoor_bind_check_props(b, clause, "as with_source_id with_target_id") ||
        !add_hash(b, clause, "with_source_id", schema, g->source, list) ||
        !add_hash(b, clause, "with_target_id", schema, g->target, list)) {
        return false;
    }
    for (uint32_t i = 0; i < schema->ncols; i++) {
        spoor_bound *e = spoor_bound_column(b->arena, schema, (int)i, clause->span);
        if (!schema->columns[i].hidden &&
            !spoor_columns_declare(list, schema->columns[i].name, e, false, clause->span)) {
            return false;
        }
    }
    return true;
}

/* What is behind the ids that everything built of a graph has in front. */
static spoor_plan *without_ids(spoor_binder *b, spoor_plan *plan, uint32_t nids, spoor_span span) {
    spoor_bind_columns c = spoor_columns_new(b, NULL);
    for (uint32_t i = nids; i < plan->schema.ncols; i++) {
        spoor_columns_add(&c, plan->schema.columns[i].name,
                          spoor_bound_column(b->arena, &plan->schema, (int)i, span));
    }
    return spoor_columns_project(&c, plan, span);
}

static spoor_plan *name_table(spoor_binder *b, const spoor_ast *clause, spoor_plan *plan) {
    const spoor_ast *as = spoor_ast_prop(clause, "as");
    spoor_plan *shared = spoor_bind_shared(b, plan, clause->span);
    spoor_symbol *symbol = spoor_scope_add(b, b->scope, as->first->text, SPOOR_SYMBOL_SHARED);
    symbol->plan = shared;
    symbol->is_used = true;
    return shared;
}

spoor_plan *spoor_bind_graph_to_table(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_bind_graph *g = input->graph;
    const spoor_ast *clause = node->first;
    if (clause->next != NULL) {
        spoor_fail(b->diags, node->at, "'graph-to-table' of nodes and edges can end a query only");
        return NULL;
    }
    spoor_plan *plan;
    if (spoor_str_is(clause->text, "edges")) {
        spoor_bind_columns list = spoor_columns_new(b, &g->edges->schema);
        plan = list_edges(b, clause, g, &list) ? spoor_columns_project(&list, g->edges, node->span)
                                               : NULL;
    } else {
        spoor_bind_columns nodes = spoor_graph_nodes_new(b, g), edges = spoor_graph_edges_new(b, g);
        plan = list_nodes(b, clause, g, &nodes)
                   ? without_ids(b, spoor_graph_build(b, g, &nodes, &edges, node->span).nodes, 1,
                                 node->span)
                   : NULL;
    }
    return plan != NULL && spoor_ast_prop(clause, "as") != NULL ? name_table(b, clause, plan)
                                                                : plan;
}

bool spoor_bind_graph_tables(spoor_binder *b, const spoor_ast *node, spoor_plan *input,
                             spoor_plan *tables[2]) {
    const spoor_bind_graph *g = input->graph;
    const spoor_ast *first = node->first, *second = first->next;
    if (second->next != NULL || spoor_str_eq(first->text, second->text)) {
        return spoor_fail(b->diags, second->span,
                          "'graph-to-table' gives nodes, or edges, or both");
    }
    for (const spoor_ast *clause = first; clause != NULL; clause = clause->next) {
        if (spoor_ast_prop(clause, "as") == NULL) {
            return spoor_fail(b->diags, clause->span,
                              "nodes and edges both need a name: %.*s as ...",
                              SPOOR_S(clause->text));
        }
    }
    bool is_nodes = spoor_str_is(first->text, "nodes");
    spoor_bind_columns nodes = spoor_graph_nodes_new(b, g), edges = spoor_graph_edges_new(b, g);
    if (!list_nodes(b, is_nodes ? first : second, g, &nodes) ||
        !list_edges(b, is_nodes ? second : first, g, &edges)) {
        return false;
    }
    spoor_graph_plans built = spoor_graph_build(b, g, &nodes, &edges, node->span);
    tables[0] = is_nodes ? without_ids(b, built.nodes, 1, first->span)
                         : without_ids(b, built.edges, 2, first->span);
    tables[1] = is_nodes ? without_ids(b, built.edges, 2, second->span)
                         : without_ids(b, built.nodes, 1, second->span);
    tables[0] = name_table(b, first, tables[0]);
    tables[1] = name_table(b, second, tables[1]);
    return true;
}
