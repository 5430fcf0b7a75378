/* learn.c - runs a part of a plan while the rest of it is still being bound.
 *
 * The run is one like any other: it takes from the same memory account, ends at
 * the query's deadline and at Ctrl-C, and reads a snapshot of its own.  What
 * the binder keeps of a batch goes to the query's arena; out of memory there
 * must not jump over the executor, so it has a door of its own. */
#include "engine/learn.h"

#include "base/time.h"
#include "executor/op.h"

typedef struct reading {
    spoor_run run;
    spoor_arena *arena; /* the query's */
    bool (*see)(void *context, const spoor_batch *batch);
    void *context;
    bool wants_more;
} reading;

static bool take_batch(void *context, const spoor_batch *batch) {
    reading *r = context;
    jmp_buf door, *outer = r->arena->on_oom;
    r->arena->on_oom = &door;
    bool ok = setjmp(door) == 0;
    if (ok) {
        r->wants_more = r->see(r->context, batch);
    }
    r->arena->on_oom = outer;
    return ok ? r->wants_more
              : spoor_run_fail(&r->run, SPOOR_RUN_MEMORY, (spoor_span){0}, "out of memory");
}

static bool read_rows(spoor_bind_rows *base, const spoor_plan_query *plans, const spoor_plan *plan,
                      bool (*see)(void *context, const spoor_batch *batch), void *context) {
    spoor_learning *learning = (spoor_learning *)(void *)base; /* rows is its first member */
    spoor_query *query = learning->query;
    spoor_engine *engine = query->engine;
    int64_t start = spoor_time_now();
    reading r = {.arena = &query->arena, .see = see, .context = context};
    r.run = (spoor_run){.memory = &engine->memory,
                        .query = plans,
                        .now = query->options.now,
                        .cancel = &engine->cancel,
                        .deadline = spoor_query_deadline(query),
                        .temp_dir = engine->temp_dir};
    if (engine->store != NULL &&
        spoor_snapshot_open(engine->store, &r.run.snapshot) != SPOOR_STORE_OK) {
        learning->status =
            spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", spoor_store_error(engine->store));
        return false;
    }
    spoor_run_begin(&r.run);
    spoor_execute(&r.run, plan, take_batch, &r);
    spoor_run_end(&r.run);
    if (r.run.snapshot != NULL) {
        spoor_snapshot_close(r.run.snapshot);
    }
    query->learned += spoor_time_now() - start;
    if (r.run.status != SPOOR_RUN_OK) {
        learning->status =
            spoor_engine_fail(engine, spoor_engine_run_status(r.run.status), "%s", r.run.message);
    }
    return r.run.status == SPOOR_RUN_OK;
}

spoor_learning spoor_learning_new(spoor_query *query) {
    query->engine->cancel = false;
    return (spoor_learning){.rows = {read_rows}, .query = query, .status = SPOOR_OK};
}
