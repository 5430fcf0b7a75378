/* graph_walk.h - the matches of a pattern in a graph, one after the other, from a given first node.
 *
 * The pattern's edges are put in an order in which each hangs on nodes that are known by then, and
 * walked depth first: a step an edge of the pattern, a frame a node reached.  The frames are the
 * match. */
#ifndef SPOOR_EXECUTOR_GRAPH_WALK_H
#define SPOOR_EXECUTOR_GRAPH_WALK_H

#include "executor/graph.h"

typedef struct spoor_walk_step {
    uint32_t edge;       /* of the pattern */
    uint32_t from, to;   /* of its nodes, as it is walked */
    bool is_back;        /* from right to left */
    bool along, against; /* edges of the graph may be followed from source to target, and back */
    uint32_t min, max;
    const uint8_t *edges, *inner; /* by row: may it be taken, may it be passed?  NULL: all */
    uint32_t slot; /* where the step's states begin: one for each count of edges, 0 up to `most`,
                      which stands for more, too */
    uint32_t most;
} spoor_walk_step;

typedef struct spoor_walk_frame {
    uint32_t step, taken; /* edges of the step so far */
    uint32_t node, edge;  /* where we are, and what we came by; NONE: the step begins here */
    uint32_t next;        /* edges of the node that were looked at */
    bool was_end;         /* the step was tried to end here */
    bool has_bound;       /* and the pattern's node was not known before */
} spoor_walk_frame;

typedef struct spoor_walk {
    spoor_op *op;
    const spoor_graph *graph;
    uint32_t first; /* the pattern's node to begin with */
    spoor_walk_step *steps;
    uint32_t nsteps, nslots;
    uint32_t *step_of;           /* by edge of the pattern */
    const uint8_t **node_filter; /* by node of the pattern */
    uint32_t *bound;             /* by node of the pattern: a node, or NONE */
    spoor_walk_frame *frames;
    uint32_t nframes, capacity;
    uint32_t *first_frame;            /* by step */
    uint32_t length;                  /* edges of all steps */
    uint8_t *used_edges, *used_nodes; /* NULL: may be met again */
    bool is_fresh;                    /* a pattern of one node: it has not been given yet */
    uint32_t ticks;
    /* Of the shortest: matches of `limit` edges that end at `goal`, ahead[state * nodes + node]
     * being how many are needed at least from there on; NULL: every match */
    const uint32_t *ahead;
    uint32_t limit, goal;
} spoor_walk;

void spoor_walk_init(spoor_walk *walk, spoor_op *op, const spoor_graph *graph, uint32_t first);
void spoor_walk_begin(spoor_walk *walk, uint32_t node);
/* BATCH: a match, in bound[] and by the functions below; END: no further one from this first node.
 */
spoor_op_status spoor_walk_next(spoor_walk *walk);
/* Leave the first node before its end. */
void spoor_walk_stop(spoor_walk *walk);

/* Edges of the match that stand for an edge of the pattern, and the nodes between them (one less),
 * both in the pattern's order. */
uint32_t spoor_walk_length(const spoor_walk *walk, uint32_t edge);
uint32_t spoor_walk_edge(const spoor_walk *walk, uint32_t edge, uint32_t i);
uint32_t spoor_walk_inner(const spoor_walk *walk, uint32_t edge, uint32_t i);

/* The step's edge number i at the node, counted in any order that stays the same; NONE: no more.
 * `follows`: from here on, else to here. */
uint32_t spoor_walk_edge_at(const spoor_graph *graph, const spoor_walk_step *step, uint32_t node,
                            uint32_t i, bool follows);
/* The other end of it. */
uint32_t spoor_walk_beyond(const spoor_graph *graph, uint32_t edge, uint32_t node);

static inline uint32_t spoor_walk_slot(const spoor_walk_step *step, uint32_t taken) {
    return step->slot + (taken < step->most ? taken : step->most);
}

#endif
