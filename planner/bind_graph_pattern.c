/* bind_graph_pattern.c - (a)-[e]->(b), (b)<-[f*1..3]-(): the nodes and edges of a pattern.
 *
 * A name that stands at several places is one node.  All hangs together. */
#include "planner/bind_graph.h"

enum { LONGEST_PATH = 1 << 20, MOST_EDGES = 250 };

int spoor_graph_node_named(const spoor_bind_match *match, spoor_str name) {
    for (uint32_t i = 0; name.len > 0 && i < match->nnodes; i++) {
        if (spoor_str_eq(match->nodes[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

int spoor_graph_edge_named(const spoor_bind_match *match, spoor_str name) {
    for (uint32_t i = 0; name.len > 0 && i < match->nedges; i++) {
        if (spoor_str_eq(match->edges[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

static bool add_node(spoor_binder *b, const spoor_ast *node, spoor_bind_match *match,
                     uint32_t *number) {
    if (spoor_graph_edge_named(match, node->text) >= 0) {
        return spoor_fail(b->diags, node->span, "'%.*s' is an edge of the pattern already",
                          SPOOR_S(node->text));
    }
    int known = spoor_graph_node_named(match, node->text);
    if (known >= 0) {
        *number = (uint32_t)known;
        return true;
    }
    SPOOR_GROW(b->arena, match->nodes, match->nnodes, &match->nodes_capacity);
    match->nodes[match->nnodes] = (spoor_graph_node){.name = node->text, .filter = -1};
    *number = match->nnodes++;
    return true;
}

/* *1..5: both are constants. */
static bool bind_bound(spoor_binder *b, const spoor_ast *edge, const char *name, uint32_t *bound) {
    const spoor_ast *prop = spoor_ast_prop(edge, name);
    spoor_bound *e = spoor_bind_count(b, prop->first);
    if (e == NULL) {
        return false;
    }
    if (e->kind != SPOOR_BOUND_CONSTANT) {
        return spoor_fail(b->diags, prop->first->span, "expected a constant");
    }
    if (e->value.integer > LONGEST_PATH) {
        return spoor_fail(b->diags, prop->first->span, "a path has %d edges at most", LONGEST_PATH);
    }
    *bound = (uint32_t)e->value.integer;
    return true;
}

static bool add_edge(spoor_binder *b, const spoor_ast *node, spoor_bind_match *match) {
    spoor_graph_edge edge = {
        .name = node->text, .min = 1, .max = 1, .filter = -1, .inner_filter = -1};
    edge.direction = spoor_str_is(node->extra, "-->")   ? SPOOR_GRAPH_RIGHT
                     : spoor_str_is(node->extra, "<--") ? SPOOR_GRAPH_LEFT
                                                        : SPOOR_GRAPH_EITHER;
    edge.is_path = spoor_ast_prop(node, "min") != NULL;
    if (spoor_graph_edge_named(match, node->text) >= 0 ||
        spoor_graph_node_named(match, node->text) >= 0) {
        return spoor_fail(b->diags, node->span, "'%.*s' is part of the pattern already",
                          SPOOR_S(node->text));
    }
    if (edge.is_path &&
        (!bind_bound(b, node, "min", &edge.min) || !bind_bound(b, node, "max", &edge.max))) {
        return false;
    }
    if (edge.min > edge.max) {
        return spoor_fail(b->diags, node->span, "no path has %u edges or more and %u or fewer",
                          edge.min, edge.max);
    }
    if (match->nedges == MOST_EDGES) {
        return spoor_fail(b->diags, node->span, "a pattern has %d edges at most", MOST_EDGES);
    }
    SPOOR_GROW(b->arena, match->edges, match->nedges, &match->edges_capacity);
    match->edges[match->nedges++] = edge;
    return true;
}

/* Nodes and edges in turn. */
static bool bind_sequence(spoor_binder *b, const spoor_ast *pattern, spoor_bind_match *match) {
    bool wants_node = true;
    uint32_t last = 0;
    for (const spoor_ast *n = pattern->first; n != NULL; n = n->next) {
        bool is_node = n->kind == SPOOR_AST_GRAPH_NODE;
        if (is_node != wants_node) {
            return spoor_fail(b->diags, n->span, is_node ? "expected an edge" : "expected a node");
        }
        wants_node = !is_node;
        uint32_t number = 0;
        if (!is_node) {
            if (!add_edge(b, n, match)) {
                return false;
            }
            match->edges[match->nedges - 1].from = last;
            continue;
        }
        if (!add_node(b, n, match, &number)) {
            return false;
        }
        if (n != pattern->first) {
            match->edges[match->nedges - 1].to = number;
        }
        last = number;
    }
    return !wants_node || spoor_fail(b->diags, pattern->span, "a pattern ends in a node: ()");
}

/* Can every node be reached from the first, whichever way the edges point? */
static bool hangs_together(spoor_binder *b, const spoor_bind_match *match) {
    bool *is_reached = SPOOR_NEW_ARRAY(b->arena, bool, match->nnodes + 1);
    uint32_t reached = 1;
    is_reached[0] = true;
    for (bool grows = true; grows;) {
        grows = false;
        for (uint32_t i = 0; i < match->nedges; i++) {
            const spoor_graph_edge *edge = &match->edges[i];
            if (is_reached[edge->from] != is_reached[edge->to]) {
                is_reached[edge->from] = is_reached[edge->to] = grows = true;
                reached++;
            }
        }
    }
    return reached == match->nnodes;
}

bool spoor_bind_graph_patterns(spoor_binder *b, const spoor_ast *node, spoor_bind_match *match) {
    const spoor_ast *last = NULL;
    uint32_t nsequences = 0;
    for (const spoor_ast *n = node->first; n != NULL; n = n->next) {
        if (n->kind == SPOOR_AST_GRAPH_PATTERN) {
            nsequences++;
            last = n;
            if (!bind_sequence(b, n, match)) {
                return false;
            }
        }
    }
    if (!hangs_together(b, match)) {
        return spoor_fail(b->diags, last->span, "the sequences of a pattern have to share nodes");
    }
    if (node->kind != SPOOR_AST_GRAPH_SHORTEST_PATHS) {
        return true;
    }
    bool has_path = false;
    for (uint32_t i = 0; i < match->nedges; i++) {
        has_path = has_path || match->edges[i].is_path;
    }
    if (nsequences > 1) {
        return spoor_fail(b->diags, last->span, "'graph-shortest-paths' takes one sequence");
    }
    if (!has_path) {
        return spoor_fail(b->diags, last->span,
                          "'graph-shortest-paths' needs an edge of variable length") &&
               spoor_hint(b->diags, "(a)-[path*1..5]->(b)");
    }
    if (match->nnodes != match->nedges + 1) {
        return spoor_fail(b->diags, last->span,
                          "each node of 'graph-shortest-paths' is another one");
    }
    return true;
}
