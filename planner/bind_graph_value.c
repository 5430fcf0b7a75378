/* bind_graph_value.c - what conditions and projections of a pattern are over: n.property, and
 * map(e, ...), all(e, ...), any(e, ...) of a path.
 *
 * Each becomes a column of the match's record.  What stands within map() and its kin is over one
 * edge, or one node between two edges, and names their properties as they are. */
#include "planner/bind_graph.h"

static spoor_bound *record_column(spoor_binder *b, spoor_bind_value value, spoor_type type,
                                  spoor_span span) {
    spoor_bind_match *m = b->match;
    for (uint32_t i = 0; i < m->record.ncols; i++) {
        const spoor_bind_value *known = &m->values[i];
        bool is_same = known->kind == value.kind && known->is_each == value.is_each &&
                       known->element == value.element && known->e->kind == SPOOR_BOUND_COLUMN &&
                       value.e->kind == SPOOR_BOUND_COLUMN && known->e->column == value.e->column;
        if (is_same) {
            return spoor_bound_column(b->arena, &m->record, (int)i, span);
        }
    }
    uint32_t n = m->record.ncols;
    SPOOR_GROW(b->arena, m->values, n, &m->values_capacity);
    SPOOR_GROW(b->arena, m->record.columns, n, &m->columns_capacity);
    m->values[n] = value;
    m->record.columns[n] = (spoor_column){.name = value.name, .type = type};
    m->record.ncols++;
    return spoor_bound_column(b->arena, &m->record, (int)n, span);
}

static spoor_str element_name(const spoor_bind_match *m, bool is_node, uint32_t element) {
    return is_node ? m->nodes[element].name : m->edges[element].name;
}

spoor_bound *spoor_bind_graph_name(spoor_binder *b, const spoor_ast *node, bool *done) {
    const spoor_bind_match *m = b->match;
    bool is_node = m != NULL && spoor_graph_node_named(m, node->text) >= 0;
    bool is_edge = m != NULL && !is_node && spoor_graph_edge_named(m, node->text) >= 0;
    bool is_property =
        m != NULL && m->inside != SPOOR_MATCH_ROW && spoor_schema_find(b->row, node->text) >= 0;
    *done = (is_node || is_edge) && !is_property;
    if (*done && m->inside != SPOOR_MATCH_ROW) {
        spoor_fail(b->diags, node->span,
                   "'%.*s' is not in reach here: the values are those of one %s",
                   SPOOR_S(node->text),
                   m->inside == SPOOR_MATCH_EDGE ? "edge of the path" : "node between two edges");
    } else if (*done) {
        spoor_fail(b->diags, node->span, "'%.*s' is %s of the pattern, and a value is needed here",
                   SPOOR_S(node->text), is_node ? "a node" : "an edge");
        spoor_hint(b->diags, "%.*s.name is its property 'name'", SPOOR_S(node->text));
    }
    return NULL;
}

/* -- n.property -------------------------------------------------------------------------------- */

static int find_property(spoor_binder *b, const spoor_schema *schema, const spoor_ast *node) {
    int column = spoor_schema_find(schema, node->text);
    if (column < 0 || node->text.len == 0) {
        const spoor_schema *row = b->row;
        b->row = schema;
        spoor_bind_no_column(b, node->at, node->text);
        b->row = row;
        return -1;
    }
    return column;
}

spoor_bound *spoor_bind_graph_member(spoor_binder *b, const spoor_ast *node, bool *done) {
    spoor_bind_match *m = b->match;
    const spoor_ast *object = node->first;
    *done = false;
    if (m == NULL || m->inside != SPOOR_MATCH_ROW || object->kind != SPOOR_AST_NAME) {
        return NULL;
    }
    int as_node = spoor_graph_node_named(m, object->text);
    int as_edge = as_node < 0 ? spoor_graph_edge_named(m, object->text) : -1;
    if (as_node < 0 && as_edge < 0) {
        return NULL;
    }
    *done = true;
    bool is_path = as_edge >= 0 && m->edges[as_edge].is_path;
    const spoor_schema *schema = as_node >= 0 ? &m->graph->node : &m->graph->edges->schema;
    int column = find_property(b, schema, node);
    if (column < 0) {
        return NULL;
    }
    spoor_bind_value value = {
        .kind = as_node >= 0 ? SPOOR_GRAPH_OF_NODE
                : is_path    ? SPOOR_GRAPH_OF_EDGES
                             : SPOOR_GRAPH_OF_EDGE,
        .is_each = is_path && m->in_where,
        .element = (uint32_t)(as_node >= 0 ? as_node : as_edge),
        .name =
            spoor_arena_format(b->arena, "%.*s.%.*s", SPOOR_S(object->text), SPOOR_S(node->text)),
        .e = spoor_bound_column(b->arena, schema, column, node->span),
    };
    bool is_array = is_path && !m->in_where;
    return record_column(b, value, is_array ? SPOOR_DYNAMIC : value.e->type, node->span);
}

/* -- map(e, ...), all, any --------------------------------------------------------------------- */

/* e, or inner_nodes(e): the edge of variable length; -1: reported. */
static int bind_path(spoor_binder *b, const spoor_ast *node, bool *is_inner) {
    const spoor_ast *name = node;
    *is_inner = node->kind == SPOOR_AST_CALL && spoor_str_is(node->text, "inner_nodes");
    if (*is_inner) {
        name = node->nchildren == 1 ? node->first : NULL;
    }
    int edge = name != NULL && name->kind == SPOOR_AST_NAME
                   ? spoor_graph_edge_named(b->match, name->text)
                   : -1;
    if (edge < 0) {
        spoor_fail(b->diags, node->span, "expected an edge of the pattern, or inner_nodes(edge)");
    } else if (!b->match->edges[edge].is_path) {
        spoor_fail(b->diags, node->span, "'%.*s' is one edge, not one of variable length",
                   SPOOR_S(name->text));
        spoor_hint(b->diags, "%.*s.name is its property 'name'", SPOOR_S(name->text));
        edge = -1;
    }
    return edge;
}

/* The second argument, over an edge or a node. */
static spoor_bound *bind_inside(spoor_binder *b, const spoor_ast *node, bool is_inner,
                                bool is_condition) {
    const spoor_schema *row = b->row, *outer = b->outer_row;
    b->row = b->outer_row = is_inner ? &b->match->graph->node : &b->match->graph->edges->schema;
    b->match->inside = is_inner ? SPOOR_MATCH_INNER : SPOOR_MATCH_EDGE;
    spoor_bound *e = is_condition ? spoor_bind_as(b, node, SPOOR_BOOL) : spoor_bind_expr(b, node);
    b->match->inside = SPOOR_MATCH_ROW;
    b->row = row;
    b->outer_row = outer;
    return e;
}

static spoor_bound *bind_over_path(spoor_binder *b, const spoor_ast *node) {
    bool is_map = spoor_str_is(node->text, "map"), is_all = spoor_str_is(node->text, "all"),
         is_inner;
    if (b->match->inside != SPOOR_MATCH_ROW) {
        spoor_fail(b->diags, node->at, "'%.*s' cannot stand within another", SPOOR_S(node->text));
        return NULL;
    }
    if (node->nchildren != 2) {
        spoor_fail(b->diags, node->at, "'%.*s' takes an edge and %s", SPOOR_S(node->text),
                   is_map ? "a value" : "a condition");
        return NULL;
    }
    int edge = bind_path(b, node->first, &is_inner);
    spoor_bound *e = edge >= 0 ? bind_inside(b, node->last, is_inner, !is_map) : NULL;
    if (e == NULL) {
        return NULL;
    }
    spoor_graph_output_kind kind = is_map ? is_inner ? SPOOR_GRAPH_OF_INNER : SPOOR_GRAPH_OF_EDGES
                                   : is_all
                                       ? is_inner ? SPOOR_GRAPH_ALL_INNER : SPOOR_GRAPH_ALL_EDGES
                                   : is_inner ? SPOOR_GRAPH_ANY_INNER
                                              : SPOOR_GRAPH_ANY_EDGES;
    spoor_bind_value value = {
        .kind = kind,
        .element = (uint32_t)edge,
        .name = spoor_arena_format(b->arena, "%.*s(%.*s)", SPOOR_S(node->text),
                                   SPOOR_S(element_name(b->match, false, (uint32_t)edge))),
        .e = e,
    };
    return record_column(b, value, is_map ? SPOOR_DYNAMIC : SPOOR_BOOL, node->span);
}

/* -- node_id(n), node_degree_in(n), node_degree_out(n), labels(n) --------------------------------
 */

/* The id or a degree of the node that is named, or of the one between edges that is at hand. */
static spoor_bound *bind_of_node(spoor_binder *b, const spoor_ast *node, int column) {
    spoor_bind_match *m = b->match;
    const spoor_schema *schema = &m->graph->node;
    if (m->inside == SPOOR_MATCH_INNER && node->nchildren == 0) {
        return spoor_bound_column(b->arena, schema, column, node->span);
    }
    bool is_named =
        m->inside == SPOOR_MATCH_ROW && node->nchildren == 1 && node->first->kind == SPOOR_AST_NAME;
    int at = is_named ? spoor_graph_node_named(m, node->first->text) : -1;
    if (at < 0) {
        spoor_fail(b->diags, node->span,
                   m->inside == SPOOR_MATCH_INNER
                       ? "'%.*s' takes no argument here: it is that of the node at hand"
                   : m->inside == SPOOR_MATCH_EDGE ? "'%.*s' is of nodes, and this is an edge"
                                                   : "'%.*s' takes a node of the pattern",
                   SPOOR_S(node->text));
        return NULL;
    }
    spoor_bind_value value = {
        .kind = SPOOR_GRAPH_OF_NODE,
        .element = (uint32_t)at,
        .name = spoor_arena_format(b->arena, "%.*s(%.*s)", SPOOR_S(node->text),
                                   SPOOR_S(node->first->text)),
        .e = spoor_bound_column(b->arena, schema, column, node->span),
    };
    return record_column(b, value, value.e->type, node->span);
}

/* Only graph models have labels. */
static spoor_bound *bind_labels(spoor_binder *b, const spoor_ast *node) {
    const spoor_bind_match *m = b->match;
    bool is_named =
        m->inside == SPOOR_MATCH_ROW && node->nchildren == 1 && node->first->kind == SPOOR_AST_NAME;
    bool is_known = is_named && (spoor_graph_node_named(m, node->first->text) >= 0 ||
                                 spoor_graph_edge_named(m, node->first->text) >= 0);
    if (!is_known && (m->inside == SPOOR_MATCH_ROW || node->nchildren > 0)) {
        spoor_fail(b->diags, node->span, "'labels' takes a node or an edge of the pattern");
        return NULL;
    }
    return SPOOR_APPLY(b, "pack_array", NULL, 0, node->span);
}

/* array_length(e): how many edges the path has. */
static spoor_bound *bind_length(spoor_binder *b, const spoor_ast *node, bool *done) {
    spoor_bind_match *m = b->match;
    bool is_named =
        m->inside == SPOOR_MATCH_ROW && node->nchildren == 1 && node->first->kind == SPOOR_AST_NAME;
    int edge = is_named ? spoor_graph_edge_named(m, node->first->text) : -1;
    *done = edge >= 0 && m->edges[edge].is_path;
    if (!*done) {
        return NULL;
    }
    spoor_bind_value value = {
        .kind = SPOOR_GRAPH_OF_EDGES,
        .element = (uint32_t)edge,
        .name = node->first->text,
        .e = spoor_bound_column(b->arena, &m->graph->edges->schema, m->graph->source, node->span),
    };
    spoor_bound *path = record_column(b, value, SPOOR_DYNAMIC, node->first->span);
    return SPOOR_APPLY(b, "array_length", &path, 1, node->span);
}

spoor_bound *spoor_bind_graph_call(spoor_binder *b, const spoor_ast *node, bool *done) {
    *done = b->match != NULL;
    if (*done && spoor_str_is(node->text, "array_length")) {
        return bind_length(b, node, done);
    }
    if (*done && spoor_bind_is_listed(node->text, "map all any")) {
        return bind_over_path(b, node);
    }
    if (*done && spoor_str_is(node->text, "node_id")) {
        spoor_bound *id = bind_of_node(b, node, SPOOR_GRAPH_ID);
        return id != NULL ? spoor_bind_convert(b, id, SPOOR_STRING) : NULL;
    }
    if (*done && spoor_str_is(node->text, "node_degree_in")) {
        return bind_of_node(b, node, SPOOR_GRAPH_IN);
    }
    if (*done && spoor_str_is(node->text, "node_degree_out")) {
        return bind_of_node(b, node, SPOOR_GRAPH_OUT);
    }
    if (*done && spoor_str_is(node->text, "labels")) {
        return bind_labels(b, node);
    }
    if (*done && spoor_str_is(node->text, "inner_nodes")) {
        spoor_fail(b->diags, node->at, "'inner_nodes' stands first in map(), all() and any() only");
        return NULL;
    }
    *done = false;
    return NULL;
}
