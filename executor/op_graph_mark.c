/* op_graph_mark.c - nodes with what their edges say of them: the component, or the degree.
 *
 * Components are numbered from zero in the order of their first nodes. */
#include "executor/graph.h"

typedef struct mark {
    spoor_graph graph;
    bool is_read;
    int64_t *marks; /* by node */
    uint32_t at;
} mark;

/* Any number a component, the same for all its nodes, to 0, 1, 2, ... */
static void number_components(spoor_op *op, mark *self, const uint32_t *component) {
    uint32_t nnodes = self->graph.nodes.count, count = 0;
    uint32_t *numbers = SPOOR_RAW_ARRAY(op->arena, uint32_t, (size_t)nnodes + 1);
    memset(numbers, 0xff, ((size_t)nnodes + 1) * sizeof *numbers);
    for (uint32_t n = 0; n < nnodes; n++) {
        uint32_t *number = &numbers[component[n]];
        if (*number == SPOOR_GRAPH_NONE) {
            *number = count++;
        }
        self->marks[n] = *number;
    }
}

/* -- weak: what hangs together whichever way the edges point ----------------------------------- */

static uint32_t root_of(uint32_t *parent, uint32_t n) {
    while (parent[n] != n) {
        parent[n] = parent[parent[n]];
        n = parent[n];
    }
    return n;
}

static bool mark_weak(spoor_op *op, mark *self) {
    const spoor_graph *g = &self->graph;
    uint32_t *parent = SPOOR_RAW_ARRAY(op->arena, uint32_t, (size_t)g->nodes.count + 1);
    uint32_t ticks = 0;
    for (uint32_t n = 0; n < g->nodes.count; n++) {
        parent[n] = n;
    }
    for (uint32_t e = 0; e < g->edges.count; e++) {
        uint32_t a = root_of(parent, g->source[e]), b = root_of(parent, g->target[e]);
        parent[a < b ? b : a] = a < b ? a : b;
        if (!spoor_graph_go_on(op, &ticks)) {
            return false;
        }
    }
    for (uint32_t n = 0; n < g->nodes.count; n++) {
        parent[n] = root_of(parent, n);
    }
    number_components(op, self, parent);
    return true;
}

/* -- strong: Tarjan's search, with a stack of its own -------------------------------------------
 */

typedef struct search {
    const spoor_graph *graph;
    uint32_t *order;     /* by node: when it was found, from 1 on; 0: not yet */
    uint32_t *low;       /* the earliest node of the stack that it leads to */
    uint32_t *component; /* by node: its first node, once known; NONE before */
    uint32_t *next;      /* by node: its next edge to follow */
    uint32_t *path;      /* nodes being followed */
    uint32_t *open;      /* nodes found whose component is not known */
    uint32_t nfound, npath, nopen;
} search;

static void enter(search *s, uint32_t node) {
    s->order[node] = s->low[node] = ++s->nfound;
    s->next[node] = s->graph->out.starts[node];
    s->path[s->npath++] = node;
    s->open[s->nopen++] = node;
}

static void lower(search *s, uint32_t node, uint32_t to) {
    s->low[node] = to < s->low[node] ? to : s->low[node];
}

static void leave(search *s, uint32_t node) {
    s->npath--;
    if (s->low[node] == s->order[node]) {
        uint32_t member;
        do {
            member = s->open[--s->nopen];
            s->component[member] = node;
        } while (member != node);
    }
    if (s->npath > 0) {
        lower(s, s->path[s->npath - 1], s->low[node]);
    }
}

static bool search_from(spoor_op *op, search *s, uint32_t root, uint32_t *ticks) {
    enter(s, root);
    while (s->npath > 0) {
        uint32_t node = s->path[s->npath - 1];
        if (!spoor_graph_go_on(op, ticks)) {
            return false;
        }
        if (s->next[node] == s->graph->out.starts[node + 1]) {
            leave(s, node);
            continue;
        }
        uint32_t to = s->graph->target[s->graph->out.edges[s->next[node]++]];
        if (s->order[to] == 0) {
            enter(s, to);
        } else if (s->component[to] == SPOOR_GRAPH_NONE) {
            lower(s, node, s->order[to]);
        }
    }
    return true;
}

static bool mark_strong(spoor_op *op, mark *self) {
    size_t n = (size_t)self->graph.nodes.count + 1;
    search s = {.graph = &self->graph,
                .order = SPOOR_NEW_ARRAY(op->arena, uint32_t, n),
                .low = SPOOR_NEW_ARRAY(op->arena, uint32_t, n),
                .component = SPOOR_RAW_ARRAY(op->arena, uint32_t, n),
                .next = SPOOR_NEW_ARRAY(op->arena, uint32_t, n),
                .path = SPOOR_NEW_ARRAY(op->arena, uint32_t, n),
                .open = SPOOR_NEW_ARRAY(op->arena, uint32_t, n)};
    memset(s.component, 0xff, n * sizeof *s.component);
    uint32_t ticks = 0;
    for (uint32_t node = 0; node < self->graph.nodes.count; node++) {
        if (s.order[node] == 0 && !search_from(op, &s, node, &ticks)) {
            return false;
        }
    }
    number_components(op, self, s.component);
    return true;
}

/* -- the operator ------------------------------------------------------------------------------ */

static void mark_degrees(mark *self, const spoor_graph_ends *ends) {
    for (uint32_t n = 0; n < self->graph.nodes.count; n++) {
        self->marks[n] = ends->starts[n + 1] - ends->starts[n];
    }
}

static bool make_marks(spoor_op *op, mark *self) {
    if (spoor_graph_read(op, &self->graph) == SPOOR_OP_FAILED) {
        return false;
    }
    self->marks = SPOOR_NEW_ARRAY(op->arena, int64_t, (size_t)self->graph.nodes.count + 1);
    self->is_read = true;
    switch (op->plan->mark.mark) {
    case SPOOR_GRAPH_WEAK_COMPONENT: return mark_weak(op, self);
    case SPOOR_GRAPH_STRONG_COMPONENT: return mark_strong(op, self);
    case SPOOR_GRAPH_DEGREE_IN: mark_degrees(self, &self->graph.in); break;
    case SPOOR_GRAPH_DEGREE_OUT: mark_degrees(self, &self->graph.out); break;
    }
    return true;
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    mark *self = op->state;
    if (!self->is_read && !make_marks(op, self)) {
        return SPOOR_OP_FAILED;
    }
    spoor_arena_rewind(op->scratch);
    uint32_t first = self->at;
    if (!spoor_rows_batch(&self->graph.nodes, op->scratch, NULL, self->graph.nodes.count, &self->at,
                          batch)) {
        return SPOOR_OP_END;
    }
    spoor_vec *cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, batch->ncols + 1);
    memcpy(cols, batch->cols, batch->ncols * sizeof *cols);
    cols[batch->ncols] =
        (spoor_vec){.type = SPOOR_LONG, .form = SPOOR_FLAT, .longs = self->marks + first};
    batch->cols = cols;
    batch->ncols++;
    return SPOOR_OP_BATCH;
}

bool spoor_op_graph_mark_open(spoor_op *op) {
    op->state = SPOOR_NEW(op->arena, mark);
    op->next = next;
    return true;
}
