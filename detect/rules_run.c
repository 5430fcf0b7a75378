/* rules_run.c - compiles the rules, finds in one pass what each may match (rules_pass.h), and runs
 * them one after the other over that, all on one snapshot; see rules.h.
 *
 * All matched rows are counted; those kept go to the spool, so memory does not
 * grow with them.  A rule that fails while it runs (a limit, a timeout) is
 * failed and the others go on; a store that cannot be read or Ctrl-C ends all. */
#include "detect/rules.h"

#include <time.h>

#include "base/time.h"
#include "detect/rules_alert.h"
#include "detect/rules_cache.h"
#include "detect/rules_count.h"
#include "detect/rules_pass.h"
#include "detect/rules_replay.h"
#include "executor/op.h"

typedef struct running { /* one rule */
    spoor_capture capture;
    spoor_run run;
} running;

static bool take_batch(void *context, const spoor_batch *batch) {
    running *r = context;
    return spoor_capture_batch(&r->capture, &r->run, batch);
}

/* -- one rule ---------------------------------------------------------------------------------- */

static double clock_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void execute(running *r) {
    const spoor_plan *plan = r->capture.state->query->plan->results[0].plan;
    jmp_buf *outer = r->capture.rules->arena.on_oom; /* a jump may pass over who changed it */
    r->run.late_result = plan;
    spoor_run_begin(&r->run);
    if (r->run.status == SPOOR_RUN_OK) {
        spoor_execute(&r->run, plan, take_batch, r);
    }
    spoor_run_end(&r->run);
    r->capture.rules->arena.on_oom = outer;
    spoor_capture_close(&r->capture);
}

static void end_rule(running *r, spoor_rule *rule) {
    spoor_rule_state *state = r->capture.state;
    if (r->run.status == SPOOR_RUN_OK) {
        state->status = state->hits > 0 ? SPOOR_RULE_MATCHED : SPOOR_RULE_NO_MATCH;
        state->is_alert = spoor_rule_fires(rule, state->hits);
        return;
    }
    spoor_span span = r->run.span.source == 0
                          ? spoor_rule_locate(rule, r->run.span.start, r->run.span.end)
                          : spoor_rule_locate(rule, 0, 1);
    spoor_fail(&rule->diags, span, "%s", r->run.message);
    state->status = SPOOR_RULE_FAILED;
    state->hits = state->rows = 0; /* what was found so far is not what there is */
    state->has_times = false;
    state->hosts = (spoor_rule_hosts){0};
}

/* -- all of them ------------------------------------------------------------------------------- */

typedef struct rules_run {
    spoor_rules *rules;
    const spoor_rules_options *options;
    spoor_query_options query; /* of every rule */
    spoor_snapshot *snapshot;  /* NULL: no store */
    spoor_rules_pass pass;
    spoor_compiled compiled;
    spoor_arena scratch;
} rules_run;

/* A snapshot remembers that a record could not be read: the next rule gets a fresh one. */
static spoor_status renew_snapshot(rules_run *all) {
    if (all->snapshot == NULL || spoor_snapshot_status(all->snapshot) == SPOOR_STORE_OK) {
        return SPOOR_OK;
    }
    spoor_snapshot *fresh;
    spoor_engine *engine = all->rules->engine;
    if (spoor_snapshot_open(engine->store, &fresh) != SPOOR_STORE_OK) {
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", spoor_store_error(engine->store));
    }
    spoor_snapshot_close(all->snapshot);
    all->snapshot = fresh;
    return SPOOR_OK;
}

static spoor_query_options options_of(const rules_run *all, uint32_t i) {
    spoor_query_options own = all->query;
    if (all->options->as_of) {
        spoor_rule_window(&all->rules->set.rules[i], all->query.now, &own);
    }
    return own;
}

static spoor_status run_rule(rules_run *all, uint32_t i) {
    spoor_engine *engine = all->rules->engine;
    spoor_rule_state *state = &all->rules->states[i];
    running r = {.run = {.memory = &engine->memory,
                         .query = state->query->plan,
                         .snapshot = all->snapshot,
                         .now = state->query->options.now,
                         .cancel = &engine->cancel,
                         .temp_dir = engine->temp_dir}};
    if (all->query.timeout_s > 0) {
        r.run.deadline =
            spoor_time_now() + (int64_t)(all->query.timeout_s * (double)SPOOR_TICKS_SECOND);
    }
    spoor_arena_rewind(&all->scratch);
    spoor_rules_pass_attach(&all->pass, i, &r.run, &all->scratch);
    spoor_capture_open(&r.capture, all->rules, i, all->options->max_rows);
    r.capture.is_counted = all->pass.rules[i].is_counted;
    if (r.capture.max_rows != UINT64_MAX) { /* most rows are counted alone */
        r.run.late_needs = spoor_capture_needs(&r.capture, &all->scratch);
    }
    execute(&r);
    if (r.run.status == SPOOR_RUN_CANCELLED || r.run.status == SPOOR_RUN_IO) {
        return spoor_engine_fail(engine, spoor_engine_run_status(r.run.status), "%s",
                                 r.run.message);
    }
    end_rule(&r, &all->rules->set.rules[i]);
    return renew_snapshot(all);
}

static spoor_status look_for_cancel(spoor_rules *rules) {
    return rules->engine->cancel
               ? spoor_engine_fail(rules->engine, SPOOR_ERR_CANCELLED, "cancelled")
               : SPOOR_OK;
}

static void add_to_pass(rules_run *all, uint32_t i, const spoor_diag *before) {
    spoor_rules *rules = all->rules;
    const spoor_query *query = rules->states[i].query;
    spoor_rule_outline outline;
    if (query != NULL) {
        bool names = all->pass.is_incremental || all->compiled.is_open;
        outline = spoor_rule_outline_of(query->plan, names, &all->scratch);
        spoor_rules_pass_add(&all->pass, i, &outline, &all->scratch);
        spoor_rules_count_add(&all->pass, rules, i, query->plan);
    }
    spoor_compiled_put(&all->compiled, rules, i, before, &all->pass,
                       query != NULL ? &outline : NULL, &all->scratch);
}

/* Every rule is compiled, which says what is wrong with it and what it looks for, unless that is known from
 * before (rules_cache.h).  Those few that may have rows are compiled again for it: thousands of plans
 * would need more memory than time is saved. */
static spoor_status compile_all(rules_run *all) {
    spoor_rules *rules = all->rules;
    spoor_status status = SPOOR_OK;
    all->pass.rules = SPOOR_NEW_ARRAY(&all->pass.arena, spoor_rule_scans, rules->set.count + 1);
    spoor_compiled_open(&all->compiled, rules, all->options);
    for (uint32_t i = 0; i < rules->set.count && status == SPOOR_OK; i++) {
        spoor_rule_state *state = &rules->states[i];
        spoor_arena_rewind(&all->scratch);
        if (!state->is_selected ||
            spoor_compiled_take(&all->compiled, rules, i, &all->pass, &all->scratch)) {
            continue;
        }
        spoor_query_options own = options_of(all, i);
        const spoor_diag *before = rules->set.rules[i].diags.last;
        status = spoor_rule_compile(rules, i, &own);
        if (status == SPOOR_OK) {
            add_to_pass(all, i, before);
            status = look_for_cancel(rules);
        }
        spoor_rule_forget_query(state);
    }
    if (status == SPOOR_OK) {
        spoor_compiled_close(&all->compiled, rules);
    }
    return status;
}

/* The rule's rows, from the pass alone where that is enough. */
static spoor_status take_rule(rules_run *all, uint32_t i) {
    spoor_rules *rules = all->rules;
    spoor_rule_state *state = &rules->states[i];
    bool is_known = all->pass.rules[i].is_counted && (all->options->no_rows || state->hits == 0);
    if (is_known || spoor_rules_pass_settles(&all->pass, i)) {
        running nothing = {.capture = {.state = state}};
        end_rule(&nothing, &rules->set.rules[i]);
        return SPOOR_OK;
    }
    double start = clock_seconds();
    spoor_query_options own = options_of(all, i);
    spoor_status status = spoor_rule_compile_again(rules, i, &own);
    if (status == SPOOR_OK) {
        status = run_rule(all, i);
    }
    state->seconds = clock_seconds() - start;
    return status;
}

static spoor_status take_all(rules_run *all) {
    spoor_rules *rules = all->rules;
    const spoor_rules_options *options = all->options;
    spoor_status status = SPOOR_OK;
    uint64_t done = 0;
    for (uint32_t i = 0; i < rules->set.count && status == SPOOR_OK; i++) {
        spoor_rule_state *state = &rules->states[i];
        if (!state->is_selected) {
            continue;
        }
        if (options->progress != NULL) {
            options->progress(options->context, done++, rules->summary.found,
                              spoor_arena_str(&rules->arena, rules->set.rules[i].title).ptr);
        }
        status = look_for_cancel(rules);
        if (status == SPOOR_OK && state->is_compiled) {
            status = take_rule(all, i);
        }
        spoor_rule_forget_query(state);
    }
    return status;
}

static spoor_status run_all(rules_run *all) {
    spoor_rules *rules = all->rules;
    jmp_buf door;
    rules->arena.on_oom = all->scratch.on_oom = all->pass.arena.on_oom =
        all->compiled.arena.on_oom = &door;
    if (setjmp(door) != 0) {
        return spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY,
                                 "the rules' results do not fit the memory limit");
    }
    spoor_status status = compile_all(all);
    if (status == SPOOR_OK && all->snapshot != NULL && !all->options->one_by_one) {
        status = spoor_rules_pass_run(&all->pass, rules->engine, all->snapshot, all->query.now,
                                      all->options->explain != NULL);
    }
    if (status == SPOOR_OK && all->pass.picks != NULL) {
        status = spoor_rules_count(&all->pass, rules, all->snapshot);
    }
    status = status == SPOOR_OK ? take_all(all) : status;
    if (status == SPOOR_OK && all->options->explain != NULL) {
        spoor_rules_pass_explain(&all->pass, rules, all->snapshot, all->options->explain_json,
                                 all->options->explain, &all->scratch);
    }
    return status;
}

spoor_status spoor_rules_run(spoor_rules *rules, const spoor_rules_options *options,
                             spoor_rules_summary *summary) {
    spoor_engine *engine = rules->engine;
    rules_run all = {.rules = rules,
                     .options = options,
                     .query = options->query,
                     .pass = {.arena = {.memory = &engine->memory},
                              .is_incremental = options->incremental && engine->store != NULL &&
                                                !options->replay},
                     .compiled = {.arena = {.memory = &engine->memory}},
                     .scratch = {.memory = &engine->memory}};
    double start = clock_seconds();
    rules->started = spoor_time_now();
    all.query.now = all.query.now_is_last ? spoor_engine_newest(engine)
                    : all.query.now != 0  ? all.query.now
                                          : rules->started;
    all.query.now_is_last = false;
    rules->is_replay = options->replay;
    if (options->replay) {
        all.query.now =
            options->replay_to != INT64_MAX ? options->replay_to : spoor_engine_newest(engine);
    }
    all.query.keep_lineage = true;
    rules->summary.now = all.query.now;
    engine->cancel = false;
    if (!options->no_rows && rules->spool == NULL && !spoor_spool_open(rules)) {
        return spoor_engine_fail(engine, SPOOR_ERR_OUTPUT,
                                 "%s: no file for the matched rows can be made", engine->temp_dir);
    }
    /* One snapshot for compiling and running: every rule sees the same events. */
    if (engine->store != NULL &&
        spoor_snapshot_open(engine->store, &all.snapshot) != SPOOR_STORE_OK) {
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", spoor_store_error(engine->store));
    }
    spoor_rules_summarize(rules);
    spoor_status status = options->replay
                              ? spoor_rules_replay(rules, options, &all.query, all.snapshot)
                              : run_all(&all);
    spoor_rules_forget_queries(rules);
    spoor_arena_reset(&all.compiled.arena);
    spoor_arena_reset(&all.scratch);
    if (status == SPOOR_OK) {
        status = spoor_rules_make_alerts(rules);
    }
    if (all.snapshot != NULL) {
        spoor_snapshot_close(all.snapshot);
    }
    if (status == SPOOR_OK && all.pass.is_incremental) {
        spoor_rules_pass_keep(&all.pass, engine, &rules->summary);
    }
    spoor_arena_reset(&all.pass.arena);
    rules->summary.seconds = clock_seconds() - start;
    spoor_rules_summarize(rules);
    *summary = rules->summary;
    return status;
}
