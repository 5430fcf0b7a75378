/* op_graph_match.c - `graph-match` and `graph-shortest-paths`: a row a match.
 *
 * The plan's inputs hold what conditions and projections need as columns already, so that only
 * columns are looked at here.  Matches begin at the node of the pattern that fewest nodes may stand
 * for; the order of rows is that of those nodes, then that of their edges. */
#include "executor/graph_shortest.h"
#include "types/dynamic.h"

enum { MOST_ELEMENTS = 1 << 16 /* of arrays in one batch, so that long paths do not pile up */ };

typedef struct match {
    spoor_graph graph;
    spoor_walk walk;
    spoor_shortest shortest;
    uint32_t root;
    bool is_read, has_root;
} match;

/* -- matches ----------------------------------------------------------------------------------- */

static uint32_t count_candidates(spoor_op *op, const match *self, uint32_t node) {
    uint32_t n = 0;
    int column = op->plan->match.nodes[node].filter;
    for (uint32_t row = 0; column >= 0 && row < self->graph.nodes.count; row++) {
        spoor_value value = spoor_rows_get(&self->graph.nodes, (uint32_t)column, row);
        n += !value.is_null && value.boolean;
    }
    return column >= 0 ? n : self->graph.nodes.count;
}

static uint32_t best_first(spoor_op *op, const match *self) {
    uint32_t best = 0, fewest = UINT32_MAX;
    for (uint32_t n = 0; n < op->plan->match.nnodes; n++) {
        uint32_t count = count_candidates(op, self, n);
        if (count < fewest) {
            fewest = count;
            best = n;
        }
    }
    return best;
}

static bool open_graph(spoor_op *op, match *self) {
    if (spoor_graph_read(op, &self->graph) == SPOOR_OP_FAILED) {
        return false;
    }
    if (op->plan->match.search == SPOOR_GRAPH_EVERY) {
        spoor_walk_init(&self->walk, op, &self->graph, best_first(op, self));
    } else {
        spoor_shortest_init(&self->shortest, op, &self->graph, &self->walk);
    }
    self->is_read = true;
    return true;
}

static spoor_op_status next_match(spoor_op *op, match *self) {
    if (op->plan->match.search != SPOOR_GRAPH_EVERY) {
        return spoor_shortest_next(&self->shortest);
    }
    const uint8_t *filter = self->walk.node_filter[self->walk.first];
    for (;;) {
        if (self->has_root) {
            spoor_op_status status = spoor_walk_next(&self->walk);
            if (status != SPOOR_OP_END) {
                return status;
            }
            self->has_root = false;
            self->root++;
        }
        while (self->root < self->graph.nodes.count && filter != NULL && !filter[self->root]) {
            self->root++;
        }
        if (self->root == self->graph.nodes.count) {
            return SPOOR_OP_END;
        }
        if (!spoor_graph_go_on(op, &self->walk.ticks)) {
            return SPOOR_OP_FAILED;
        }
        spoor_walk_begin(&self->walk, self->root);
        self->has_root = true;
    }
}

/* -- rows -------------------------------------------------------------------------------------- */

static bool is_inner(spoor_graph_output_kind kind) {
    return kind == SPOOR_GRAPH_OF_INNER || kind == SPOOR_GRAPH_ALL_INNER ||
           kind == SPOOR_GRAPH_ANY_INNER;
}

static uint32_t path_length(const match *self, const spoor_graph_output *o) {
    uint32_t edges = spoor_walk_length(&self->walk, o->element);
    return is_inner(o->kind) && edges > 0 ? edges - 1 : edges;
}

static spoor_value path_cell(const match *self, const spoor_graph_output *o, uint32_t i) {
    const spoor_walk *w = &self->walk;
    return is_inner(o->kind) ? spoor_rows_get(&self->graph.nodes, (uint32_t)o->column,
                                              spoor_walk_inner(w, o->element, i))
                             : spoor_rows_get(&self->graph.edges, (uint32_t)o->column,
                                              spoor_walk_edge(w, o->element, i));
}

static spoor_value array_of(spoor_op *op, const match *self, const spoor_graph_output *o,
                            uint32_t *elements) {
    spoor_dynamic_builder builder;
    uint32_t n = path_length(self, o);
    spoor_dynamic_init(&builder, op->scratch);
    spoor_dynamic_open(&builder, '[');
    for (uint32_t i = 0; i < n; i++) {
        spoor_value cell = path_cell(self, o, i);
        spoor_dynamic_add(&builder, &cell);
    }
    spoor_dynamic_close(&builder);
    *elements += n;
    return (spoor_value){.type = SPOOR_DYNAMIC, .string = spoor_dynamic_finish(&builder)};
}

static spoor_value judge(const match *self, const spoor_graph_output *o) {
    bool any = o->kind == SPOOR_GRAPH_ANY_EDGES || o->kind == SPOOR_GRAPH_ANY_INNER;
    uint32_t n = path_length(self, o);
    for (uint32_t i = 0; i < n; i++) {
        spoor_value cell = path_cell(self, o, i);
        if ((!cell.is_null && cell.boolean) == any) {
            return (spoor_value){.type = SPOOR_BOOL, .boolean = any};
        }
    }
    return (spoor_value){.type = SPOOR_BOOL, .boolean = !any};
}

/* Either which row of the nodes or edges it is, for all rows of the batch, or the values. */
typedef struct column {
    uint32_t *list;
    spoor_vec values;
} column;

static void put(spoor_op *op, const match *self, column *columns, uint32_t row,
                uint32_t *elements) {
    for (uint32_t c = 0; c < op->plan->schema.ncols; c++) {
        const spoor_graph_output *o = &op->plan->match.outputs[c];
        spoor_value value;
        switch (o->kind) {
        case SPOOR_GRAPH_OF_NODE: columns[c].list[row] = self->walk.bound[o->element]; continue;
        case SPOOR_GRAPH_OF_EDGE:
            columns[c].list[row] = spoor_walk_edge(&self->walk, o->element, 0);
            continue;
        case SPOOR_GRAPH_OF_EDGES:
        case SPOOR_GRAPH_OF_INNER: value = array_of(op, self, o, elements); break;
        default: value = judge(self, o); break;
        }
        spoor_vec_set(&columns[c].values, row, &value);
    }
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    match *self = op->state;
    const spoor_plan *plan = op->plan;
    uint32_t ncols = plan->schema.ncols, n = 0, elements = 0;
    if (!self->is_read && !open_graph(op, self)) {
        return SPOOR_OP_FAILED;
    }
    spoor_arena_rewind(op->scratch);
    column *columns = SPOOR_NEW_ARRAY(op->scratch, column, (size_t)ncols + 1);
    for (uint32_t c = 0; c < ncols; c++) {
        spoor_graph_output_kind kind = plan->match.outputs[c].kind;
        if (kind == SPOOR_GRAPH_OF_NODE || kind == SPOOR_GRAPH_OF_EDGE) {
            columns[c].list = SPOOR_RAW_ARRAY(op->scratch, uint32_t, SPOOR_BATCH_ROWS);
        } else {
            columns[c].values =
                spoor_vec_new(op->scratch, plan->schema.columns[c].type, SPOOR_BATCH_ROWS);
        }
    }
    spoor_op_status status = SPOOR_OP_BATCH;
    while (n < SPOOR_BATCH_ROWS && elements < MOST_ELEMENTS &&
           (status = next_match(op, self)) == SPOOR_OP_BATCH) {
        put(op, self, columns, n++, &elements);
    }
    if (status == SPOOR_OP_FAILED || n == 0) {
        return status;
    }
    spoor_vec *cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, (size_t)ncols + 1);
    for (uint32_t c = 0; c < ncols; c++) {
        spoor_graph_output *o = &plan->match.outputs[c];
        const spoor_rows *rows =
            o->kind == SPOOR_GRAPH_OF_NODE ? &self->graph.nodes : &self->graph.edges;
        cols[c] = columns[c].list != NULL ? spoor_rows_gather(rows, (uint32_t)o->column,
                                                              op->scratch, columns[c].list, n)
                                          : columns[c].values;
    }
    *batch = (spoor_batch){.rows = n, .count = n, .ncols = ncols, .cols = cols};
    return SPOOR_OP_BATCH;
}

bool spoor_op_graph_match_open(spoor_op *op) {
    op->state = SPOOR_NEW(op->arena, match);
    op->next = next;
    return true;
}
