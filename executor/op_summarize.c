/* op_summarize.c - `summarize`, `distinct`, `count`: groups in first-seen order, their aggregates.
 *
 * All input is read at the first call; what is kept of it is a tally. */
#include "executor/tally.h"

typedef struct summarize {
    spoor_tally *tally;
    bool is_read;
    uint32_t at; /* next group to put out */
} summarize;

static spoor_op_status read_all(spoor_op *op, summarize *self) {
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op->inputs[0], &batch)) == SPOOR_OP_BATCH) {
        spoor_arena_rewind(op->scratch);
        spoor_tally_add(self->tally, &batch, op->scratch);
    }
    spoor_tally_settle(self->tally);
    self->is_read = status == SPOOR_OP_END;
    return status;
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    summarize *self = op->state;
    if (!self->is_read && read_all(op, self) == SPOOR_OP_FAILED) {
        return SPOOR_OP_FAILED;
    }
    spoor_arena_rewind(op->scratch);
    uint32_t left = spoor_tally_count(self->tally) - self->at;
    uint32_t rows = left < SPOOR_BATCH_ROWS ? left : SPOOR_BATCH_ROWS;
    if (rows == 0) {
        return SPOOR_OP_END;
    }
    spoor_tally_batch(self->tally, self->at, rows, op->scratch, batch);
    self->at += rows;
    return SPOOR_OP_BATCH;
}

bool spoor_op_summarize_open(spoor_op *op) {
    summarize *self = SPOOR_NEW(op->arena, summarize);
    self->tally = spoor_tally_open(op);
    op->state = self;
    op->next = next;
    return self->tally != NULL;
}
