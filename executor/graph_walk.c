/* graph_walk.c - see graph_walk.h. */
#include "executor/graph_walk.h"

/* -- the order of the steps -------------------------------------------------------------------- */

/* The next edge of the pattern: one between known nodes if there is one, else the first that hangs
 * on a known node. */
static uint32_t next_edge(const spoor_plan *plan, const bool *is_known, const bool *is_done) {
    uint32_t found = SPOOR_GRAPH_NONE;
    for (uint32_t e = 0; e < plan->match.nedges; e++) {
        const spoor_graph_edge *edge = &plan->match.edges[e];
        bool from = is_known[edge->from], to = is_known[edge->to];
        if (is_done[e] || (!from && !to)) {
            continue;
        }
        if (from && to) {
            return e;
        }
        found = found == SPOOR_GRAPH_NONE ? e : found;
    }
    return found;
}

static void add_step(spoor_walk *w, uint32_t e, bool is_back) {
    const spoor_graph_edge *edge = &w->op->plan->match.edges[e];
    spoor_walk_step *step = &w->steps[w->nsteps];
    bool is_either = edge->direction == SPOOR_GRAPH_EITHER;
    bool points_left = edge->direction == SPOOR_GRAPH_LEFT;
    *step = (spoor_walk_step){
        .edge = e,
        .from = is_back ? edge->to : edge->from,
        .to = is_back ? edge->from : edge->to,
        .is_back = is_back,
        .along = is_either || points_left == is_back,
        .against = is_either || points_left != is_back,
        .min = edge->min,
        .max = edge->max,
        .edges = spoor_graph_filter(w->op, &w->graph->edges, edge->filter),
        .inner = spoor_graph_filter(w->op, &w->graph->nodes, edge->inner_filter),
        .slot = w->nslots,
        .most = edge->min > 0 ? edge->min : 1,
    };
    w->step_of[e] = w->nsteps++;
    w->nslots += step->most + 1;
}

void spoor_walk_init(spoor_walk *w, spoor_op *op, const spoor_graph *graph, uint32_t first) {
    const spoor_plan *plan = op->plan;
    uint32_t nnodes = plan->match.nnodes, nedges = plan->match.nedges;
    *w = (spoor_walk){.op = op, .graph = graph, .first = first};
    w->steps = SPOOR_NEW_ARRAY(op->arena, spoor_walk_step, nedges + 1);
    w->step_of = SPOOR_NEW_ARRAY(op->arena, uint32_t, nedges + 1);
    w->first_frame = SPOOR_NEW_ARRAY(op->arena, uint32_t, nedges + 1);
    w->node_filter = SPOOR_NEW_ARRAY(op->arena, const uint8_t *, nnodes + 1);
    w->bound = SPOOR_NEW_ARRAY(op->arena, uint32_t, nnodes + 1);
    for (uint32_t n = 0; n < nnodes; n++) {
        w->node_filter[n] = spoor_graph_filter(op, &graph->nodes, plan->match.nodes[n].filter);
        w->bound[n] = SPOOR_GRAPH_NONE;
    }
    bool *is_known = SPOOR_NEW_ARRAY(op->arena, bool, nnodes + 1);
    bool *is_done = SPOOR_NEW_ARRAY(op->arena, bool, nedges + 1);
    is_known[first] = true;
    for (uint32_t e; (e = next_edge(plan, is_known, is_done)) != SPOOR_GRAPH_NONE;) {
        add_step(w, e, !is_known[plan->match.edges[e].from]);
        is_done[e] = is_known[plan->match.edges[e].from] = is_known[plan->match.edges[e].to] = true;
    }
    if (plan->match.cycles != SPOOR_GRAPH_ALL_CYCLES) {
        w->used_edges = SPOOR_NEW_ARRAY(op->arena, uint8_t, (size_t)graph->edges.count + 1);
    }
    if (plan->match.cycles == SPOOR_GRAPH_NO_CYCLES) {
        w->used_nodes = SPOOR_NEW_ARRAY(op->arena, uint8_t, (size_t)graph->nodes.count + 1);
    }
}

/* -- edges at a node --------------------------------------------------------------------------- */

uint32_t spoor_walk_edge_at(const spoor_graph *graph, const spoor_walk_step *step, uint32_t node,
                            uint32_t i, bool follows) {
    bool leaving = follows ? step->along : step->against;
    bool entering = follows ? step->against : step->along;
    for (int side = 0; side < 2; side++) {
        const spoor_graph_ends *ends = side == 0 ? &graph->out : &graph->in;
        uint32_t count = ends->starts[node + 1] - ends->starts[node];
        if (side == 0 ? !leaving : !entering) {
            continue;
        }
        if (i < count) {
            return ends->edges[ends->starts[node] + i];
        }
        i -= count;
    }
    return SPOOR_GRAPH_NONE;
}

uint32_t spoor_walk_beyond(const spoor_graph *graph, uint32_t edge, uint32_t node) {
    return graph->source[edge] == node ? graph->target[edge] : graph->source[edge];
}

/* An edge from a node to itself both leaves and enters it, and is one edge all the same. */
static bool is_second_look(const spoor_walk *w, const spoor_walk_step *step, uint32_t node,
                           uint32_t edge, uint32_t i) {
    uint32_t nleaving = w->graph->out.starts[node + 1] - w->graph->out.starts[node];
    return step->along && step->against && i >= nleaving &&
           w->graph->source[edge] == w->graph->target[edge];
}

/* -- frames ------------------------------------------------------------------------------------ */

static void grow(spoor_walk *w) {
    uint32_t capacity = w->capacity > 0 ? 2 * w->capacity : 64;
    spoor_walk_frame *frames = SPOOR_RAW_ARRAY(w->op->arena, spoor_walk_frame, capacity);
    if (w->nframes > 0) {
        memcpy(frames, w->frames, w->nframes * sizeof *frames);
    }
    w->frames = frames;
    w->capacity = capacity;
}

static bool can_arrive(const spoor_walk *w, uint32_t step, uint32_t taken, uint32_t node,
                       uint32_t length) {
    if (w->ahead == NULL) {
        return true;
    }
    uint32_t slot = spoor_walk_slot(&w->steps[step], taken);
    uint32_t ahead = w->ahead[(size_t)slot * w->graph->nodes.count + node];
    return ahead != SPOOR_GRAPH_NONE && length <= w->limit && ahead <= w->limit - length;
}

static void push(spoor_walk *w, uint32_t step, uint32_t taken, uint32_t node, uint32_t edge) {
    if (w->nframes == w->capacity) {
        grow(w);
    }
    if (edge != SPOOR_GRAPH_NONE) {
        w->length++;
        if (w->used_edges != NULL) {
            w->used_edges[edge] = 1;
        }
        if (w->used_nodes != NULL) {
            w->used_nodes[node] = 1;
        }
    } else {
        w->first_frame[step] = w->nframes;
    }
    w->frames[w->nframes++] =
        (spoor_walk_frame){.step = step, .taken = taken, .node = node, .edge = edge};
}

static void unbind(spoor_walk *w, spoor_walk_frame *f) {
    if (f->has_bound) {
        w->bound[w->steps[f->step].to] = SPOOR_GRAPH_NONE;
        f->has_bound = false;
    }
}

static void pop(spoor_walk *w) {
    spoor_walk_frame *f = &w->frames[--w->nframes];
    unbind(w, f);
    if (f->edge != SPOOR_GRAPH_NONE) {
        w->length--;
        if (w->used_edges != NULL) {
            w->used_edges[f->edge] = 0;
        }
        if (w->used_nodes != NULL) {
            w->used_nodes[f->node] = 0;
        }
    }
}

void spoor_walk_stop(spoor_walk *w) {
    while (w->nframes > 0) {
        pop(w);
    }
    if (w->used_nodes != NULL && w->bound[w->first] != SPOOR_GRAPH_NONE) {
        w->used_nodes[w->bound[w->first]] = 0;
    }
    w->bound[w->first] = SPOOR_GRAPH_NONE;
    w->is_fresh = false;
}

void spoor_walk_begin(spoor_walk *w, uint32_t node) {
    spoor_walk_stop(w);
    w->bound[w->first] = node;
    if (w->used_nodes != NULL) {
        w->used_nodes[node] = 1;
    }
    if (w->nsteps > 0) {
        push(w, 0, 0, node, SPOOR_GRAPH_NONE);
    } else {
        w->is_fresh = true;
    }
}

/* -- walking ----------------------------------------------------------------------------------- */

/* Let the step end where we are; false: it cannot. */
static bool end_step(spoor_walk *w, spoor_walk_frame *f) {
    const spoor_walk_step *step = &w->steps[f->step];
    uint32_t known = w->bound[step->to];
    const uint8_t *filter = w->node_filter[step->to];
    bool is_last = f->step + 1 == w->nsteps;
    if (f->taken < step->min || (known != SPOOR_GRAPH_NONE && known != f->node) ||
        (filter != NULL && !filter[f->node])) {
        return false;
    }
    if (is_last && w->ahead != NULL && (f->node != w->goal || w->length != w->limit)) {
        return false;
    }
    f->has_bound = known == SPOOR_GRAPH_NONE;
    w->bound[step->to] = f->node;
    if (!is_last &&
        !can_arrive(w, f->step + 1, 0, w->bound[w->steps[f->step + 1].from], w->length)) {
        unbind(w, f);
        return false;
    }
    return true;
}

/* One more edge of the step.  END: there is none. */
static spoor_op_status go_on(spoor_walk *w, spoor_walk_frame *f) {
    const spoor_walk_step *step = &w->steps[f->step];
    if (f->taken >= step->max || (f->taken > 0 && step->inner != NULL && !step->inner[f->node])) {
        return SPOOR_OP_END;
    }
    for (;;) {
        uint32_t i = f->next++;
        uint32_t edge = spoor_walk_edge_at(w->graph, step, f->node, i, true);
        if (edge == SPOOR_GRAPH_NONE) {
            return SPOOR_OP_END;
        }
        if (!spoor_graph_go_on(w->op, &w->ticks)) {
            return SPOOR_OP_FAILED;
        }
        uint32_t node = spoor_walk_beyond(w->graph, edge, f->node);
        bool is_out = (step->edges != NULL && !step->edges[edge]) ||
                      (w->used_edges != NULL && w->used_edges[edge]) ||
                      (w->used_nodes != NULL && w->used_nodes[node]) ||
                      is_second_look(w, step, f->node, edge, i);
        if (!is_out && can_arrive(w, f->step, f->taken + 1, node, w->length + 1)) {
            push(w, f->step, f->taken + 1, node, edge);
            return SPOOR_OP_BATCH;
        }
    }
}

spoor_op_status spoor_walk_next(spoor_walk *w) {
    if (w->is_fresh) {
        w->is_fresh = false;
        return SPOOR_OP_BATCH;
    }
    while (w->nframes > 0) {
        spoor_walk_frame *f = &w->frames[w->nframes - 1];
        if (!f->was_end) {
            f->was_end = true;
            if (!end_step(w, f)) {
                continue;
            }
            if (f->step + 1 == w->nsteps) {
                return SPOOR_OP_BATCH;
            }
            push(w, f->step + 1, 0, w->bound[w->steps[f->step + 1].from], SPOOR_GRAPH_NONE);
            continue;
        }
        unbind(w, f);
        spoor_op_status status = go_on(w, f);
        if (status == SPOOR_OP_FAILED) {
            return status;
        }
        if (status == SPOOR_OP_END) {
            pop(w);
        }
    }
    spoor_walk_stop(w);
    return SPOOR_OP_END;
}

/* -- the match --------------------------------------------------------------------------------- */

static uint32_t end_of(const spoor_walk *w, uint32_t step) {
    return step + 1 < w->nsteps ? w->first_frame[step + 1] : w->nframes;
}

uint32_t spoor_walk_length(const spoor_walk *w, uint32_t edge) {
    uint32_t step = w->step_of[edge];
    return end_of(w, step) - w->first_frame[step] - 1;
}

uint32_t spoor_walk_edge(const spoor_walk *w, uint32_t edge, uint32_t i) {
    uint32_t step = w->step_of[edge];
    return w->steps[step].is_back ? w->frames[end_of(w, step) - 1 - i].edge
                                  : w->frames[w->first_frame[step] + 1 + i].edge;
}

uint32_t spoor_walk_inner(const spoor_walk *w, uint32_t edge, uint32_t i) {
    uint32_t step = w->step_of[edge];
    return w->steps[step].is_back ? w->frames[end_of(w, step) - 2 - i].node
                                  : w->frames[w->first_frame[step] + 1 + i].node;
}
