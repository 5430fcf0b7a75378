/* op_shared.c - `materialize()` and `as`: one plan that several places read, run once.
 *
 * Whoever asks first runs it to its end and keeps its rows; all read them from
 * there.  What depends on the group of a subquery is run once a group: its
 * readers are part of the subquery and end with the group, too.  The input is opened here, not by spoor_op_open(),
 * so that naming a shared plan many times opens it once. */
#include "executor/execute.h"
#include "executor/op.h"
#include "executor/rows.h"

struct spoor_shared {
    bool is_done;
    uint64_t stamp; /* of the group that the rows are of */
    spoor_arena arena;
    spoor_rows rows;
};

struct spoor_shared *spoor_shared_new(spoor_run *run, uint32_t count) {
    struct spoor_shared *all = SPOOR_NEW_ARRAY(&run->arena, struct spoor_shared, count);
    for (uint32_t i = 0; i < count; i++) {
        all[i].arena.memory = run->memory;
    }
    return all;
}

void spoor_shared_free(spoor_run *run) {
    for (uint32_t i = 0; run->shared != NULL && i < run->query->nshared; i++) {
        spoor_arena_reset(&run->shared[i].arena);
    }
}

typedef struct reader {
    uint32_t at; /* the next row */
} reader;

static bool compute(spoor_op *op, struct spoor_shared *shared) {
    spoor_run *run = op->run;
    spoor_op *input = spoor_op_open(run, op->plan->inputs[0], op->arena->on_oom);
    if (input == NULL) {
        return false;
    }
    spoor_arena_reset(&shared->arena);
    shared->arena.on_oom = op->arena->on_oom;
    spoor_rows_init_schema(&shared->rows, &shared->arena, &op->plan->schema);
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(input, &batch)) == SPOOR_OP_BATCH) {
        spoor_arena_rewind(op->scratch);
        spoor_rows_append(&shared->rows, batch.cols, batch.sel, batch.count, op->scratch);
    }
    spoor_op_close(input);
    shared->is_done = status == SPOOR_OP_END;
    return shared->is_done;
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    reader *self = op->state;
    struct spoor_shared *shared = &op->run->shared[op->plan->shared.id];
    uint64_t stamp = spoor_feeds_stamp(op->run, op->plan->shared.feeds);
    if (!shared->is_done || shared->stamp != stamp) {
        shared->is_done = false;
        shared->stamp = stamp;
        if (!compute(op, shared)) {
            return SPOOR_OP_FAILED;
        }
    }
    spoor_arena_rewind(op->scratch);
    return spoor_rows_batch(&shared->rows, op->scratch, NULL, shared->rows.count, &self->at, batch)
               ? SPOOR_OP_BATCH
               : SPOOR_OP_END;
}

bool spoor_op_shared_open(spoor_op *op) {
    op->state = SPOOR_NEW(op->arena, reader);
    op->next = next;
    return true;
}
