/* op_summarize.c - `summarize`, `distinct`, `count`: groups in first-seen order, their aggregates.
 *
 * All input is read at the first call, by several threads where it can be
 * shared out; what is kept of it is a tally. */
#include "executor/crew.h"
#include "executor/tally.h"

typedef struct summarize {
    spoor_tally *tally;
    spoor_crew *crew; /* NULL: none was needed */
    bool is_read;
    uint32_t at; /* next group to put out */
} summarize;

static void read_input(spoor_op *op) {
    summarize *self = op->state;
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op->inputs[0], &batch)) == SPOOR_OP_BATCH) {
        spoor_arena_rewind(op->scratch);
        spoor_tally_add(self->tally, &batch, op->scratch);
    }
    spoor_tally_settle(self->tally);
    self->is_read = status == SPOOR_OP_END;
}

/* Each share by itself, then all into the first, in their order. */
static void read_shares(spoor_op *op, summarize *self) {
    if (!spoor_crew_run(self->crew, read_input)) {
        return;
    }
    const summarize *first = spoor_crew_op(self->crew, 0)->state;
    self->tally = first->tally;
    for (uint32_t i = 1; i < spoor_crew_size(self->crew); i++) {
        const summarize *share = spoor_crew_op(self->crew, i)->state;
        spoor_tally_merge(self->tally, share->tally, op->scratch);
    }
    self->is_read = true;
}

static bool read_all(spoor_op *op, summarize *self) {
    if (spoor_tally_can_merge(self->tally)) {
        self->crew = spoor_crew_open(op);
    }
    if (self->crew != NULL) {
        read_shares(op, self);
    } else {
        read_input(op);
    }
    return self->is_read;
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    summarize *self = op->state;
    if (!self->is_read && !read_all(op, self)) {
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

static void close_summarize(spoor_op *op) {
    summarize *self = op->state;
    spoor_crew_close(self->crew);
}

bool spoor_op_summarize_open(spoor_op *op) {
    summarize *self = SPOOR_NEW(op->arena, summarize);
    op->state = self;
    op->next = next;
    op->close = close_summarize;
    self->tally = spoor_tally_open(op);
    return self->tally != NULL;
}
