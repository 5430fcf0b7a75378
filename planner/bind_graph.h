/* bind_graph.h - graphs while they are bound; for bind_operator_graph.c, bind_graph_*.c and what
 * meets a graph on its way.
 *
 * make-graph gives the plan of its edges with `graph` set: no plan of rows, and only graph
 * operators take it.  What makes rows of it says which columns it needs of the nodes and of the
 * edges, and gets plans with these (spoor_graph_build): conditions and projected values are
 * computed there, once a node or edge, however often a match has it. */
#ifndef SPOOR_PLANNER_BIND_GRAPH_H
#define SPOOR_PLANNER_BIND_GRAPH_H

#include "planner/bind.h"

typedef struct spoor_graph_table {
    spoor_plan *rows;
    int id; /* column */
} spoor_graph_table;

/* Where a column of the nodes comes from. */
typedef struct spoor_graph_column {
    enum { SPOOR_GRAPH_PROPERTY, SPOOR_GRAPH_MARKED } from;
    spoor_graph_mark mark; /* MARKED */
    bool is_id;            /* PROPERTY: nodes that only edges name have their id in it */
} spoor_graph_column;

typedef struct spoor_bind_graph {
    spoor_plan *edges;
    int source, target; /* columns of the edges */
    spoor_graph_table *tables;
    uint32_t ntables;
    spoor_schema node; /* columns of a node: its id and its degrees, in and out, which have no names
                          here; then its properties */
    spoor_graph_column *from; /* by column */
} spoor_bind_graph;

enum { SPOOR_GRAPH_ID, SPOOR_GRAPH_IN, SPOOR_GRAPH_OUT, SPOOR_GRAPH_FIRST_PROPERTY };

typedef struct spoor_graph_plans {
    spoor_plan *nodes, *edges;
} spoor_graph_plans;

/* The graph as the plan that operators are handed. */
spoor_plan *spoor_graph_plan(spoor_binder *b, spoor_bind_graph *g, spoor_span span);
/* The column of this name; -1: reported. */
int spoor_graph_column_named(spoor_binder *b, const spoor_ast *name, const spoor_schema *schema);
/* make-graph ... partitioned-by: the rows of the operators in parentheses.  bind_graph_parts.c */
spoor_plan *spoor_bind_graph_parts(spoor_binder *b, const spoor_ast *node, spoor_bind_graph *g);

/* Lists of what is needed: _new has what every user needs, the id or the ids of both ends, first.
 * Expressions are over graph->node, and over the schema of graph->edges. */
spoor_bind_columns spoor_graph_nodes_new(spoor_binder *b, const spoor_bind_graph *graph);
spoor_bind_columns spoor_graph_edges_new(spoor_binder *b, const spoor_bind_graph *graph);
/* The column of the list that is this expression: added unless it is there. */
int spoor_graph_need(spoor_bind_columns *list, spoor_str name, spoor_bound *e);
spoor_graph_plans spoor_graph_build(spoor_binder *b, const spoor_bind_graph *graph,
                                    spoor_bind_columns *nodes, spoor_bind_columns *edges,
                                    spoor_span span);

/* A pattern while its conditions and projections are bound. */
typedef struct spoor_bind_value {
    spoor_graph_output_kind kind;
    bool is_each; /* of a path, in `where`: a condition for each of its edges */
    uint32_t element;
    spoor_str name;
    spoor_bound *e; /* over a node or an edge */
} spoor_bind_value;

typedef struct spoor_bind_match {
    const spoor_bind_graph *graph;
    spoor_graph_node *nodes;
    spoor_graph_edge *edges;
    uint32_t nnodes, nedges, nodes_capacity, edges_capacity;
    bool in_where;
    enum { SPOOR_MATCH_ROW, SPOOR_MATCH_EDGE, SPOOR_MATCH_INNER } inside; /* of map() and its kin */
    spoor_schema record;      /* what conditions and projections are over: */
    spoor_bind_value *values; /* a value a column */
    uint32_t values_capacity, columns_capacity;
} spoor_bind_match;

/* The patterns of the operator in match->nodes and edges; false: reported.  bind_graph_pattern.c */
bool spoor_bind_graph_patterns(spoor_binder *b, const spoor_ast *node, spoor_bind_match *match);
/* The number of the node or edge of this name; -1: there is none. */
int spoor_graph_node_named(const spoor_bind_match *match, spoor_str name);
int spoor_graph_edge_named(const spoor_bind_match *match, spoor_str name);

#endif
