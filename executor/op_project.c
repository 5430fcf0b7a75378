/* op_project.c - `project`, `extend` and their kin: an expression a column.
 *
 * A column that is only passed on keeps its form and its memory. */
#include "executor/op.h"

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    spoor_eval **exprs = op->state;
    spoor_batch input;
    spoor_op_status status = spoor_op_next(op->inputs[0], &input);
    if (status != SPOOR_OP_BATCH) {
        return status;
    }
    spoor_arena_rewind(op->scratch);
    *batch = input;
    batch->ncols = op->plan->schema.ncols;
    batch->cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, batch->ncols);
    for (uint32_t i = 0; i < batch->ncols; i++) {
        batch->cols[i] = spoor_eval_run(exprs[i], &input, op->scratch);
    }
    return SPOOR_OP_BATCH;
}

bool spoor_op_project_open(spoor_op *op) {
    spoor_eval **exprs = SPOOR_NEW_ARRAY(op->arena, spoor_eval *, op->plan->schema.ncols);
    for (uint32_t i = 0; i < op->plan->schema.ncols; i++) {
        exprs[i] = spoor_eval_open(op, op->plan->project.exprs[i]);
        if (exprs[i] == NULL) {
            return false;
        }
    }
    op->state = exprs;
    op->next = next;
    return true;
}
