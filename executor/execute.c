/* execute.c - a whole run: the door that every arena jumps to, subplans, and the pull.
 *
 * Out of memory anywhere below lands in spoor_execute() or spoor_run_begin(),
 * which close every operator that is open: nothing is left behind but the
 * run's arena, which spoor_run_end() empties. */
#include "executor/execute.h"

#include "executor/op.h"
#include "types/dynamic.h"

static void close_all(spoor_run *run) {
    while (run->ops != NULL) {
        spoor_op_close(run->ops);
    }
}

void spoor_run_begin(spoor_run *run) {
    jmp_buf door;
    run->arena = (spoor_arena){.memory = run->memory, .on_oom = &door};
    if (setjmp(door) != 0) {
        spoor_op_out_of_memory(run);
    } else {
        run->subplan_values = SPOOR_NEW_ARRAY(&run->arena, spoor_value, run->query->nsubplans);
        run->subplan_done = SPOOR_NEW_ARRAY(&run->arena, bool, run->query->nsubplans);
        run->subplan_stamps = SPOOR_NEW_ARRAY(&run->arena, uint64_t, run->query->nsubplans);
        run->shared = spoor_shared_new(run, run->query->nshared);
        run->feeds = spoor_feeds_new(&run->arena, run->query->nfeeds);
    }
    run->arena.on_oom = NULL;
}

void spoor_run_end(spoor_run *run) {
    close_all(run);
    spoor_shared_free(run);
    spoor_arena_reset(&run->arena);
}

/* Records are made for who reads them at last; everything else goes out as it is. */
static void flatten_records(spoor_batch *batch, spoor_vec *cols, spoor_arena *scratch) {
    for (uint32_t i = 0; i < batch->ncols; i++) {
        cols[i] =
            batch->cols[i].form == SPOOR_RECORD
                ? spoor_vec_flatten(scratch, &batch->cols[i], batch->rows, batch->sel, batch->count)
                : batch->cols[i];
    }
    batch->cols = cols;
}

/* What spoor_execute() owns across the door. */
typedef struct execution {
    spoor_run *run;
    const spoor_plan *plan;
    bool (*batch)(void *context, const spoor_batch *batch);
    void *context;
    spoor_arena scratch;
} execution;

static void pull(execution *e, jmp_buf *door) {
    spoor_op *op = spoor_op_open(e->run, e->plan, door);
    spoor_batch batch = {0};
    while (op != NULL && spoor_op_next(op, &batch) == SPOOR_OP_BATCH) {
        spoor_arena_rewind(&e->scratch);
        if (e->plan != e->run->late_result) {
            flatten_records(&batch, SPOOR_RAW_ARRAY(&e->scratch, spoor_vec, batch.ncols),
                            &e->scratch);
        }
        if (!spoor_op_is_sound(op) || !e->batch(e->context, &batch)) {
            break;
        }
    }
}

/* The door.  Apart from spoor_execute(), so that what must survive a jump is no local of its. */
static void pull_behind_door(execution *e) {
    jmp_buf door;
    e->run->arena.on_oom = &door;
    e->scratch.on_oom = &door;
    if (setjmp(door) == 0) {
        pull(e, &door);
    } else {
        spoor_op_out_of_memory(e->run);
    }
    close_all(e->run);
    spoor_arena_reset(&e->scratch);
    e->run->arena.on_oom = NULL;
}

spoor_run_status spoor_execute(spoor_run *run, const spoor_plan *plan,
                               bool (*batch)(void *context, const spoor_batch *batch),
                               void *context) {
    execution e = {.run = run,
                   .plan = plan,
                   .batch = batch,
                   .context = context,
                   .scratch = {.memory = run->memory}};
    if (run->status == SPOOR_RUN_OK) {
        pull_behind_door(&e);
    }
    return run->status;
}

/* The first column of all rows, as one dynamic array. */
static bool collect_set(spoor_op *op, spoor_run *run, spoor_value *value) {
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, &run->arena);
    spoor_dynamic_open(&builder, '[');
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op, &batch)) == SPOOR_OP_BATCH) {
        spoor_vec column = spoor_vec_gather(op->scratch, &batch.cols[0], batch.sel, batch.count);
        for (uint32_t i = 0; i < batch.count; i++) {
            spoor_value cell = spoor_vec_get(&column, i);
            spoor_dynamic_add(&builder, &cell);
        }
    }
    spoor_dynamic_close(&builder);
    *value = (spoor_value){.type = SPOOR_DYNAMIC, .string = spoor_dynamic_finish(&builder)};
    return status == SPOOR_OP_END;
}

/* toscalar(): the first column of the first row; null when there is none. */
static bool collect_scalar(spoor_op *op, spoor_run *run, spoor_value *value) {
    spoor_type type = op->plan->schema.columns[0].type;
    *value = (spoor_value){.type = type, .is_null = type != SPOOR_STRING};
    spoor_batch batch;
    spoor_op_status status = spoor_op_next(op, &batch);
    if (status == SPOOR_OP_BATCH) {
        uint32_t row = spoor_batch_row(&batch, 0);
        spoor_vec cell = spoor_vec_gather(op->scratch, &batch.cols[0], &row, 1);
        spoor_value found = spoor_vec_get(&cell, 0);
        *value = spoor_value_copy(&run->arena, &found);
    }
    return status != SPOOR_OP_FAILED && spoor_op_is_sound(op);
}

bool spoor_subplan_value(spoor_run *run, uint32_t subplan, bool is_set, jmp_buf *door,
                         spoor_value *value) {
    uint64_t stamp = spoor_feeds_stamp(run, run->query->subplan_feeds[subplan]);
    if (!run->subplan_done[subplan] || run->subplan_stamps[subplan] != stamp) {
        spoor_op *op = spoor_op_open(run, run->query->subplans[subplan], door);
        if (op == NULL) {
            return false;
        }
        bool done = is_set ? collect_set(op, run, &run->subplan_values[subplan])
                           : collect_scalar(op, run, &run->subplan_values[subplan]);
        spoor_op_close(op);
        if (!done) {
            return false;
        }
        run->subplan_done[subplan] = true;
        run->subplan_stamps[subplan] = stamp;
    }
    *value = run->subplan_values[subplan];
    return true;
}
