/* op_take.c - `take n`: the first n rows that come; asks for no more. */
#include "executor/op.h"

typedef struct take {
    int64_t left;
} take;

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    take *self = op->state;
    if (self->left <= 0) {
        return SPOOR_OP_END;
    }
    spoor_op_status status = spoor_op_next(op->inputs[0], batch);
    if (status != SPOOR_OP_BATCH) {
        return status;
    }
    if (batch->count > self->left) {
        batch->count = (uint32_t)self->left; /* a selection is cut with it */
        if (batch->sel == NULL) {
            batch->rows = batch->count;
        }
    }
    self->left -= batch->count;
    return SPOOR_OP_BATCH;
}

bool spoor_op_take_open(spoor_op *op) {
    spoor_value count;
    if (!spoor_eval_scalar(op, op->plan->take.count, &count)) {
        return false;
    }
    take *self = SPOOR_NEW(op->arena, take);
    self->left = count.is_null ? 0 : count.integer;
    op->state = self;
    op->next = next;
    return true;
}
