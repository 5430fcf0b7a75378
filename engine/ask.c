/* ask.c - see ask.h.
 *
 * The query is the caller's only through this call, and out of memory must not jump over it: copies
 * into the caller's arena have a door of their own. */
#include "engine/ask.h"

#include "executor/op.h"

typedef struct asking {
    spoor_run run;
    spoor_arena *arena;
    spoor_answer *answer;
} asking;

static void keep_first(asking *a, const spoor_batch *batch) {
    spoor_answer *answer = a->answer;
    uint32_t row = batch->sel != NULL ? batch->sel[0] : 0;
    answer->cells = SPOOR_NEW_ARRAY(a->arena, spoor_value, batch->ncols + 1);
    answer->ncols = batch->ncols;
    for (uint32_t c = 0; c < batch->ncols; c++) {
        spoor_value value = spoor_vec_get(&batch->cols[c], row);
        answer->cells[c] = spoor_value_copy(a->arena, &value);
    }
}

static bool take_batch(void *context, const spoor_batch *batch) {
    asking *a = context;
    jmp_buf door, *outer = a->arena->on_oom;
    a->arena->on_oom = &door;
    bool ok = setjmp(door) == 0;
    if (ok && a->answer->rows == 0 && batch->count > 0) {
        keep_first(a, batch);
    }
    a->arena->on_oom = outer;
    a->answer->rows += batch->count;
    return ok || spoor_run_fail(&a->run, SPOOR_RUN_MEMORY, (spoor_span){0}, "out of memory");
}

static spoor_status run(spoor_query *query, asking *a) {
    spoor_engine *engine = query->engine;
    a->run = (spoor_run){.memory = &engine->memory,
                         .query = query->plan,
                         .now = query->options.now,
                         .cancel = &engine->cancel,
                         .deadline = spoor_query_deadline(query),
                         .temp_dir = engine->temp_dir};
    if (engine->store != NULL &&
        spoor_snapshot_open(engine->store, &a->run.snapshot) != SPOOR_STORE_OK) {
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", spoor_store_error(engine->store));
    }
    spoor_run_begin(&a->run);
    if (a->run.status == SPOOR_RUN_OK) {
        spoor_execute(&a->run, query->plan->results[0].plan, take_batch, a);
    }
    spoor_run_end(&a->run);
    if (a->run.snapshot != NULL) {
        spoor_snapshot_close(a->run.snapshot);
    }
    return a->run.status == SPOOR_RUN_OK
               ? SPOOR_OK
               : spoor_engine_fail(engine, spoor_engine_run_status(a->run.status), "%s",
                                   a->run.message);
}

spoor_status spoor_engine_ask(spoor_engine *engine, spoor_arena *arena, spoor_str text,
                              const spoor_query_options *options, spoor_answer *answer) {
    spoor_query *query;
    spoor_message message;
    asking a = {.arena = arena, .answer = answer};
    *answer = (spoor_answer){0};
    spoor_status status = spoor_prepare(engine, text.ptr, text.len, options, &query);
    if (status == SPOOR_OK) {
        status = query->plan->nresults > 0 ? run(query, &a) : SPOOR_ERR_QUERY;
    } else if (status == SPOOR_ERR_QUERY && spoor_query_message(query, 0, &message)) {
        spoor_engine_fail(engine, status, "%s", message.message);
    }
    spoor_query_free(query);
    return status;
}
