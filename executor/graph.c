/* graph.c - see graph.h. */
#include "executor/graph.h"

#include "executor/groups.h"

/* Nodes: their ids, each once, are numbered as their rows are. */
static spoor_op_status read_nodes(spoor_op *op, spoor_graph *graph, spoor_groups *ids) {
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op->inputs[0], &batch)) == SPOOR_OP_BATCH) {
        spoor_arena_rewind(op->scratch);
        spoor_vec id = spoor_vec_gather(op->scratch, &batch.cols[0], batch.sel, batch.count);
        uint32_t *numbers = SPOOR_RAW_ARRAY(op->scratch, uint32_t, batch.count);
        spoor_groups_find(ids, &id, NULL, batch.count, true, numbers, op->scratch);
        spoor_rows_append(&graph->nodes, batch.cols, batch.sel, batch.count, op->scratch);
    }
    return status;
}

static void read_ends(spoor_op *op, spoor_groups *ids, const spoor_batch *batch, uint32_t column,
                      uint32_t *ends) {
    spoor_vec id = spoor_vec_gather(op->scratch, &batch->cols[column], batch->sel, batch->count);
    spoor_groups_find(ids, &id, NULL, batch->count, false, ends, op->scratch);
}

static spoor_op_status read_edges(spoor_op *op, spoor_graph *graph, spoor_groups *ids) {
    spoor_batch batch;
    spoor_op_status status;
    uint32_t source_capacity = 0, target_capacity = 0;
    while ((status = spoor_op_next(op->inputs[1], &batch)) == SPOOR_OP_BATCH) {
        spoor_arena_rewind(op->scratch);
        uint32_t used = graph->edges.count;
        spoor_rows_append(&graph->edges, batch.cols, batch.sel, batch.count, op->scratch);
        graph->source =
            spoor_grow_u32(op->arena, graph->source, used, graph->edges.count, &source_capacity);
        graph->target =
            spoor_grow_u32(op->arena, graph->target, used, graph->edges.count, &target_capacity);
        read_ends(op, ids, &batch, 0, graph->source + used);
        read_ends(op, ids, &batch, 1, graph->target + used);
    }
    return status;
}

static spoor_graph_ends ends_of(spoor_op *op, const spoor_graph *graph, const uint32_t *ends) {
    size_t nnodes = graph->nodes.count;
    spoor_graph_ends out = {
        .starts = SPOOR_NEW_ARRAY(op->arena, uint32_t, nnodes + 2),
        .edges = SPOOR_RAW_ARRAY(op->arena, uint32_t, (size_t)graph->edges.count + 1)};
    for (uint32_t e = 0; e < graph->edges.count; e++) {
        out.starts[ends[e] + 2]++;
    }
    for (size_t n = 0; n < nnodes; n++) {
        out.starts[n + 2] += out.starts[n + 1];
    }
    for (uint32_t e = 0; e < graph->edges.count; e++) {
        out.edges[out.starts[ends[e] + 1]++] = e;
    }
    return out;
}

spoor_op_status spoor_graph_read(spoor_op *op, spoor_graph *graph) {
    const spoor_plan *plan = op->plan;
    spoor_groups ids;
    spoor_groups_init(&ids, op->arena, &plan->inputs[0]->schema.columns[0].type, 1);
    spoor_rows_init_schema(&graph->nodes, op->arena, &plan->inputs[0]->schema);
    spoor_rows_init_schema(&graph->edges, op->arena, &plan->inputs[1]->schema);
    if (read_nodes(op, graph, &ids) == SPOOR_OP_FAILED ||
        read_edges(op, graph, &ids) == SPOOR_OP_FAILED) {
        return SPOOR_OP_FAILED;
    }
    graph->out = ends_of(op, graph, graph->source);
    graph->in = ends_of(op, graph, graph->target);
    return SPOOR_OP_END;
}

const uint8_t *spoor_graph_filter(spoor_op *op, const spoor_rows *rows, int column) {
    if (column < 0) {
        return NULL;
    }
    uint8_t *passes = SPOOR_RAW_ARRAY(op->arena, uint8_t, (size_t)rows->count + 1);
    for (uint32_t row = 0; row < rows->count; row++) {
        spoor_value value = spoor_rows_get(rows, (uint32_t)column, row);
        passes[row] = !value.is_null && value.boolean;
    }
    return passes;
}
