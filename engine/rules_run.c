/* rules_run.c - compiles and runs rules one after the other on one snapshot; see rules.h.
 *
 * All matched rows are counted; those kept go to the spool, so memory does not
 * grow with them.  A rule that fails while it runs (a limit, a timeout) is
 * failed and the others go on; a store that cannot be read or Ctrl-C ends all. */
#include "engine/rules.h"

#include <time.h>

#include "base/time.h"
#include "engine/rules_alert.h"
#include "executor/op.h"

typedef struct running { /* one rule */
    spoor_capture capture;
    spoor_run run;
} running;

static bool take_batch(void *context, const spoor_batch *batch) {
    running *r = context;
    return spoor_capture_batch(&r->capture, &r->run, batch);
}

/* -- one rule ------------------------------------------------------------------------------------------- */

static double clock_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void execute(running *r) {
    const spoor_plan *plan = r->capture.state->query->plan->results[0].plan;
    spoor_run_begin(&r->run);
    if (r->run.status == SPOOR_RUN_OK) {
        spoor_execute(&r->run, plan, take_batch, r);
    }
    spoor_run_end(&r->run);
    spoor_capture_close(&r->capture);
    if (r->run.snapshot != NULL) {
        spoor_snapshot_close(r->run.snapshot);
    }
}

static void end_rule(running *r, spoor_rule *rule) {
    spoor_rule_state *state = r->capture.state;
    if (r->run.status == SPOOR_RUN_OK) {
        state->status = state->hits > 0 ? SPOOR_RULE_MATCHED : SPOOR_RULE_NO_MATCH;
        state->is_alert = spoor_rule_fires(rule, state->hits);
        return;
    }
    spoor_span span = r->run.span.source == 0 ? spoor_rule_locate(rule, r->run.span.start, r->run.span.end)
                                              : spoor_rule_locate(rule, 0, 1);
    spoor_fail(&rule->diags, span, "%s", r->run.message);
    state->status = SPOOR_RULE_FAILED;
    state->hits = state->rows = 0; /* what was found so far is not what there is */
    state->has_times = false;
    state->hosts = (spoor_rule_hosts){0};
}

static spoor_status run_rule(spoor_rules *rules, uint32_t i, const spoor_rules_options *options) {
    spoor_engine *engine = rules->engine;
    spoor_rule_state *state = &rules->states[i];
    running r = {.run = {.memory = &engine->memory,
                         .query = state->query->plan,
                         .now = state->query->options.now,
                         .cancel = &engine->cancel,
                         .temp_dir = engine->temp_dir}};
    if (options->query.timeout_s > 0) {
        r.run.deadline =
            spoor_time_now() + (int64_t)(options->query.timeout_s * (double)SPOOR_TICKS_SECOND);
    }
    if (engine->store != NULL &&
        spoor_snapshot_open(engine->store, &r.run.snapshot) != SPOOR_STORE_OK) {
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", spoor_store_error(engine->store));
    }
    spoor_capture_open(&r.capture, rules, i, options->max_rows);
    double start = clock_seconds();
    execute(&r);
    state->seconds = clock_seconds() - start;
    if (r.run.status == SPOOR_RUN_CANCELLED || r.run.status == SPOOR_RUN_IO) {
        return spoor_engine_fail(engine, spoor_engine_run_status(r.run.status), "%s", r.run.message);
    }
    end_rule(&r, &rules->set.rules[i]);
    return SPOOR_OK;
}

/* -- all of them ---------------------------------------------------------------------------------------- */

/* One rule from text to rows, then its plan goes. */
static spoor_status take_rule(spoor_rules *rules, uint32_t i, const spoor_query_options *query,
                              const spoor_rules_options *options) {
    spoor_rule_state *state = &rules->states[i];
    spoor_status status = spoor_rule_compile(rules, i, query);
    if (status == SPOOR_OK && state->query != NULL) {
        status = run_rule(rules, i, options);
    }
    spoor_rule_forget_query(state);
    return status;
}

static spoor_status run_all(spoor_rules *rules, const spoor_query_options *query,
                            const spoor_rules_options *options) {
    jmp_buf door;
    rules->arena.on_oom = &door;
    if (setjmp(door) != 0) {
        return spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY,
                                 "the rules' results do not fit the memory limit");
    }
    uint64_t done = 0;
    spoor_status status = SPOOR_OK;
    for (uint32_t i = 0; i < rules->set.count && status == SPOOR_OK; i++) {
        if (!rules->states[i].is_selected) {
            continue;
        }
        if (options->progress != NULL) {
            options->progress(options->context, done++, rules->summary.found,
                              spoor_arena_str(&rules->arena, rules->set.rules[i].title).ptr);
        }
        status = take_rule(rules, i, query, options);
    }
    return status;
}

spoor_status spoor_rules_run(spoor_rules *rules, const spoor_rules_options *options,
                             spoor_rules_summary *summary) {
    spoor_engine *engine = rules->engine;
    spoor_query_options query = options->query;
    double start = clock_seconds();
    rules->started = spoor_time_now();
    query.now = query.now_is_last ? spoor_engine_newest(engine)
                : query.now != 0  ? query.now
                                  : rules->started;
    query.now_is_last = false;
    query.keep_lineage = true;
    rules->summary.now = query.now;
    engine->cancel = false;
    if (!options->no_rows && rules->spool == NULL && !spoor_spool_open(rules)) {
        return spoor_engine_fail(engine, SPOOR_ERR_OUTPUT, "%s: no file for the matched rows can be made",
                                 engine->temp_dir);
    }
    /* One read transaction for compiling and running: every rule sees the same events. */
    spoor_snapshot *snapshot = NULL;
    if (engine->store != NULL && spoor_snapshot_open(engine->store, &snapshot) != SPOOR_STORE_OK) {
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", spoor_store_error(engine->store));
    }
    spoor_rules_summarize(rules);
    spoor_status status = run_all(rules, &query, options);
    if (status == SPOOR_OK) {
        status = spoor_rules_make_alerts(rules);
    }
    if (snapshot != NULL) {
        spoor_snapshot_close(snapshot);
    }
    rules->summary.seconds = clock_seconds() - start;
    spoor_rules_summarize(rules);
    *summary = rules->summary;
    return status;
}
