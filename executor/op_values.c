/* op_values.c - rows written in the query: datatable, and the one row that print starts from. */
#include "executor/op.h"

typedef struct values {
    uint32_t at; /* the next row */
} values;

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    values *self = op->state;
    const spoor_plan *plan = op->plan;
    uint32_t left = plan->values.nrows - self->at, ncols = plan->schema.ncols;
    if (left == 0) {
        return SPOOR_OP_END;
    }
    uint32_t rows = left < SPOOR_BATCH_ROWS ? left : SPOOR_BATCH_ROWS;
    spoor_arena_rewind(op->scratch);
    *batch = (spoor_batch){.rows = rows, .count = rows, .ncols = ncols};
    batch->cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, ncols);
    for (uint32_t c = 0; c < ncols; c++) {
        batch->cols[c] = spoor_vec_new(op->scratch, plan->schema.columns[c].type, rows);
        for (uint32_t i = 0; i < rows; i++) {
            spoor_vec_set(&batch->cols[c], i,
                          &plan->values.cells[(size_t)(self->at + i) * ncols + c]);
        }
    }
    self->at += rows;
    return SPOOR_OP_BATCH;
}

bool spoor_op_values_open(spoor_op *op) {
    op->state = SPOOR_NEW(op->arena, values);
    op->next = next;
    return true;
}
