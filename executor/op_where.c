/* op_where.c - `where expr`: keeps the rows whose expr is true.
 *
 * No value moves: the batch passes through with a shorter selection, or
 * untouched when every row stays. */
#include "executor/op.h"

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    spoor_eval *predicate = op->state;
    for (;;) {
        spoor_op_status status = spoor_op_next(op->inputs[0], batch);
        if (status != SPOOR_OP_BATCH) {
            return status;
        }
        spoor_arena_rewind(op->scratch);
        const uint32_t *sel;
        uint32_t count = spoor_eval_filter(predicate, batch, op->scratch, &sel);
        if (count == 0) {
            continue;
        }
        if (count < batch->count) {
            batch->sel = sel;
            batch->count = count;
        }
        return SPOOR_OP_BATCH;
    }
}

bool spoor_op_where_open(spoor_op *op) {
    op->state = spoor_eval_open(op, op->plan->where.predicate);
    op->next = next;
    return op->state != NULL;
}
