/* graph_shortest.h - of each pair of first and last node of a chain, the matches with fewest edges.
 *
 * From each node that may stand at one end (that of fewer nodes) a search backwards says how many
 * edges every other node needs at least; the walk (graph_walk.h) then leaves no shortest path.  A
 * path has no edge twice, as in graph-match: where the fewest edges would need that, one more is
 * tried, and so on. */
#ifndef SPOOR_EXECUTOR_GRAPH_SHORTEST_H
#define SPOOR_EXECUTOR_GRAPH_SHORTEST_H

#include "executor/graph_walk.h"

typedef struct spoor_shortest_state {
    uint32_t step, count, node;
} spoor_shortest_state;

typedef struct spoor_shortest {
    spoor_walk *walk;
    bool any;         /* one path a pair */
    uint32_t last;    /* the pattern's node to end with */
    uint32_t longest; /* edges, at most */
    uint32_t *ahead;
    spoor_shortest_state *states; /* reached from the goal, in the order of their distance */
    uint32_t nstates, capacity;
    uint32_t goal, start;
    bool has_goal, is_walking, has_found;
} spoor_shortest;

/* Its walk begins at the end of the chain with more nodes. */
void spoor_shortest_init(spoor_shortest *shortest, spoor_op *op, const spoor_graph *graph,
                         spoor_walk *walk);
/* As spoor_walk_next(), over all pairs. */
spoor_op_status spoor_shortest_next(spoor_shortest *shortest);

#endif
