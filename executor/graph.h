/* graph.h - a graph in memory: nodes and edges as rows, and which edges leave and enter each node.
 *
 * Nodes and edges are named by the numbers of their rows.  All of it is in the operator's arena. */
#ifndef SPOOR_EXECUTOR_GRAPH_H
#define SPOOR_EXECUTOR_GRAPH_H

#include "executor/op.h"
#include "executor/rows.h"

#define SPOOR_GRAPH_NONE UINT32_MAX

/* The edges of node n are edges[starts[n]] up to edges[starts[n + 1]], in the order of their rows.
 */
typedef struct spoor_graph_ends {
    uint32_t *starts, *edges;
} spoor_graph_ends;

typedef struct spoor_graph {
    spoor_rows nodes, edges;
    uint32_t *source, *target; /* by edge: nodes */
    spoor_graph_ends out, in;  /* by node: edges that begin and that end there */
} spoor_graph;

/* Inputs 0 and 1 of the operator, read to their end: SPOOR_OP_END, or FAILED. */
spoor_op_status spoor_graph_read(spoor_op *op, spoor_graph *graph);
/* By row: is the bool column true?  NULL for column -1: there is no filter. */
const uint8_t *spoor_graph_filter(spoor_op *op, const spoor_rows *rows, int column);

/* Once in a while in a long walk; false: stop, why is in the run. */
static inline bool spoor_graph_go_on(spoor_op *op, uint32_t *ticks) {
    return (++*ticks & 4095) != 0 || spoor_run_go_on(op->run);
}

#endif
