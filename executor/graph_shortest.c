/* graph_shortest.c - see graph_shortest.h. */
#include "executor/graph_shortest.h"

/* -- how far it is to the goal ----------------------------------------------------------------- */

static bool mark(spoor_shortest *s, uint32_t step, uint32_t count, uint32_t node,
                 uint32_t distance) {
    const spoor_walk *w = s->walk;
    size_t slot = w->steps[step].slot + count;
    uint32_t *ahead = &s->ahead[slot * w->graph->nodes.count + node];
    if (*ahead != SPOOR_GRAPH_NONE) {
        return false;
    }
    *ahead = distance;
    if (s->nstates == s->capacity) {
        uint32_t capacity = s->capacity > 0 ? 2 * s->capacity : 1024;
        if (capacity < s->capacity) {
            spoor_arena_fail(w->op->arena); /* numbers are 32 bits: long out of memory */
        }
        spoor_shortest_state *grown = SPOOR_RAW_ARRAY(w->op->arena, spoor_shortest_state, capacity);
        if (s->nstates > 0) {
            memcpy(grown, s->states, s->nstates * sizeof *grown);
        }
        s->states = grown;
        s->capacity = capacity;
    }
    s->states[s->nstates++] = (spoor_shortest_state){step, count, node};
    return true;
}

/* The node is where `step` begins: so it is one where the step before may end, and so on while
 * steps may have no edge. */
static void begin_here(spoor_shortest *s, uint32_t step, uint32_t node, uint32_t distance) {
    const spoor_walk *w = s->walk;
    while (step > 0) {
        const spoor_walk_step *before = &w->steps[--step];
        const uint8_t *filter = w->node_filter[before->to];
        if (filter != NULL && !filter[node]) {
            return;
        }
        mark(s, step, before->most, node, distance);
        if (before->min > 0 || !mark(s, step, 0, node, distance)) {
            return;
        }
    }
}

static void reach(spoor_shortest *s, uint32_t step, uint32_t count, uint32_t node,
                  uint32_t distance) {
    if (mark(s, step, count, node, distance) && count == 0) {
        begin_here(s, step, node, distance);
    }
}

/* One edge back from a state.  false: stop. */
static bool look_back(spoor_shortest *s, spoor_shortest_state at, uint32_t distance) {
    spoor_walk *w = s->walk;
    const spoor_walk_step *step = &w->steps[at.step];
    bool may_repeat = at.count == step->most && step->max > step->most;
    uint32_t edge;
    for (uint32_t i = 0;
         (edge = spoor_walk_edge_at(w->graph, step, at.node, i, false)) != SPOOR_GRAPH_NONE; i++) {
        if (!spoor_graph_go_on(w->op, &w->ticks)) {
            return false;
        }
        if (step->edges != NULL && !step->edges[edge]) {
            continue;
        }
        uint32_t node = spoor_walk_beyond(w->graph, edge, at.node);
        bool may_pass = step->inner == NULL || step->inner[node];
        if (at.count == 1 || may_pass) {
            reach(s, at.step, at.count - 1, node, distance);
        }
        if (may_repeat && may_pass) {
            reach(s, at.step, at.count, node, distance);
        }
    }
    return true;
}

static bool search_back(spoor_shortest *s) {
    const spoor_walk *w = s->walk;
    size_t nnodes = w->graph->nodes.count;
    for (uint32_t i = 0; i < s->nstates; i++) {
        const spoor_shortest_state *at = &s->states[i];
        s->ahead[(w->steps[at->step].slot + at->count) * nnodes + at->node] = SPOOR_GRAPH_NONE;
    }
    s->nstates = 0;
    begin_here(s, w->nsteps, s->goal, 0);
    for (uint32_t i = 0; i < s->nstates; i++) {
        spoor_shortest_state at = s->states[i];
        uint32_t distance = s->ahead[(w->steps[at.step].slot + at.count) * nnodes + at.node];
        if (at.count > 0 && !look_back(s, at, distance + 1)) {
            return false;
        }
    }
    return true;
}

/* -- pairs ------------------------------------------------------------------------------------- */

static uint32_t count_true(const uint8_t *filter, uint32_t count) {
    uint32_t n = 0;
    for (uint32_t i = 0; filter != NULL && i < count; i++) {
        n += filter[i];
    }
    return filter != NULL ? n : count;
}

void spoor_shortest_init(spoor_shortest *s, spoor_op *op, const spoor_graph *graph,
                         spoor_walk *walk) {
    const spoor_plan *plan = op->plan;
    uint32_t end = plan->match.nnodes - 1, nnodes = graph->nodes.count;
    const uint8_t *left = spoor_graph_filter(op, &graph->nodes, plan->match.nodes[0].filter);
    const uint8_t *right = spoor_graph_filter(op, &graph->nodes, plan->match.nodes[end].filter);
    bool is_back = count_true(left, nnodes) < count_true(right, nnodes);
    *s = (spoor_shortest){.walk = walk,
                          .any = plan->match.search == SPOOR_GRAPH_ANY_SHORTEST,
                          .last = is_back ? 0 : end};
    spoor_walk_init(walk, op, graph, is_back ? end : 0);
    for (uint32_t i = 0; i < walk->nsteps; i++) {
        uint32_t most = graph->edges.count - s->longest;
        s->longest += walk->steps[i].max < most ? walk->steps[i].max : most;
    }
    size_t nstates = (size_t)walk->nslots * nnodes;
    s->ahead = SPOOR_RAW_ARRAY(op->arena, uint32_t, nstates + 1);
    memset(s->ahead, 0xff, nstates * sizeof *s->ahead);
    walk->ahead = s->ahead;
}

static bool may_stand(const spoor_walk *w, uint32_t pattern_node, uint32_t node) {
    const uint8_t *filter = w->node_filter[pattern_node];
    return filter == NULL || filter[node];
}

static spoor_op_status next_goal(spoor_shortest *s) {
    uint32_t nnodes = s->walk->graph->nodes.count;
    s->goal += s->has_goal;
    while (s->goal < nnodes && !may_stand(s->walk, s->last, s->goal)) {
        s->goal++;
    }
    s->has_goal = s->goal < nnodes;
    s->start = 0;
    s->walk->goal = s->goal;
    if (!s->has_goal) {
        return SPOOR_OP_END;
    }
    return search_back(s) ? SPOOR_OP_BATCH : SPOOR_OP_FAILED;
}

/* Begin with the next first node that the goal can be reached from; END: there is none. */
static spoor_op_status next_start(spoor_shortest *s) {
    spoor_walk *w = s->walk;
    for (; s->start < w->graph->nodes.count; s->start++) {
        if (may_stand(w, w->first, s->start) && s->ahead[s->start] <= s->longest) {
            s->has_found = false;
            w->limit = s->ahead[s->start];
            spoor_walk_begin(w, s->start);
            return SPOOR_OP_BATCH;
        }
    }
    return SPOOR_OP_END;
}

spoor_op_status spoor_shortest_next(spoor_shortest *s) {
    spoor_walk *w = s->walk;
    for (;;) {
        if (!s->is_walking) {
            spoor_op_status status = s->has_goal ? next_start(s) : SPOOR_OP_END;
            if (status == SPOOR_OP_END) {
                status = next_goal(s);
                if (status != SPOOR_OP_BATCH) {
                    return status;
                }
                continue;
            }
            s->is_walking = true;
        }
        spoor_op_status status = spoor_walk_next(w);
        if (status == SPOOR_OP_FAILED) {
            return status;
        }
        if (status == SPOOR_OP_BATCH) {
            if (s->any && s->has_found) {
                status = SPOOR_OP_END;
            } else {
                s->has_found = true;
                return status;
            }
        }
        if (!s->has_found && w->limit < s->longest) {
            w->limit++;
            spoor_walk_begin(w, s->start);
        } else {
            s->is_walking = false;
            s->start++;
        }
    }
}
