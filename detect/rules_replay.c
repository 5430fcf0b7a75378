/* rules_replay.c - see rules_replay.h.
 *
 * A rule that makes nothing of nothing, and raises no alert of that, is not run over a window
 * without events: the minutes that have some are read once.  A run that its trigger does not meet
 * leaves no trace; where that takes counting first, the rule is run twice. */
#include "detect/rules_replay.h"

#include "base/time.h"
#include "detect/rules_pass.h"
#include "detect/rules_spool.h"
#include "executor/op.h"

typedef struct replay {
    spoor_rules *rules;
    const spoor_rules_options *options;
    const spoor_query_options *query;
    spoor_snapshot *snapshot;
    int64_t from, to; /* of the replay */
    int64_t *minutes; /* that have events, ascending */
    uint64_t nminutes, capacity;
    uint64_t counted;       /* rows of the run being counted */
    spoor_capture *capture; /* NULL: count */
    spoor_run run;
} replay;

/* -- windows
 * ------------------------------------------------------------------------------------------------
 */

static void narrow_from(spoor_query_options *query, int64_t from) {
    query->from = query->has_from && query->from > from ? query->from : from;
    query->has_from = true;
}

void spoor_rule_window(const spoor_rule *rule, int64_t at, spoor_query_options *query) {
    query->now = at;
    query->now_is_last = false;
    query->to = query->has_to && query->to <= at ? query->to : at + 1;
    query->has_to = true;
    if (rule->period > 0) {
        narrow_from(query, at - rule->period + 1);
    }
}

/* -- minutes with events ----------------------------------------------------------------------- */

static bool take_minutes(void *context, const spoor_batch *batch) {
    replay *r = context;
    jmp_buf door, *outer = r->rules->arena.on_oom;
    r->rules->arena.on_oom = &door;
    bool ok = setjmp(door) == 0;
    for (uint32_t i = 0; ok && i < batch->count; i++) {
        if (r->nminutes == r->capacity) {
            r->capacity = r->capacity == 0 ? 1024 : r->capacity * 2;
            int64_t *grown = SPOOR_NEW_ARRAY(&r->rules->arena, int64_t, r->capacity);
            if (r->nminutes > 0) {
                memcpy(grown, r->minutes, r->nminutes * sizeof *grown);
            }
            r->minutes = grown;
        }
        spoor_value minute = spoor_vec_get(&batch->cols[0], spoor_batch_row(batch, i));
        r->minutes[r->nminutes] = minute.integer;
        r->nminutes += !minute.is_null;
    }
    r->rules->arena.on_oom = outer;
    return ok || spoor_run_fail(&r->run, SPOOR_RUN_MEMORY, (spoor_span){0}, "out of memory");
}

static void begin_run(replay *r, const spoor_query *query) {
    spoor_engine *engine = r->rules->engine;
    r->run = (spoor_run){.memory = &engine->memory,
                         .query = query->plan,
                         .snapshot = r->snapshot,
                         .now = query->options.now,
                         .cancel = &engine->cancel,
                         .temp_dir = engine->temp_dir};
    if (r->query->timeout_s > 0) {
        r->run.deadline =
            spoor_time_now() + (int64_t)(r->query->timeout_s * (double)SPOOR_TICKS_SECOND);
    }
    spoor_run_begin(&r->run);
}

static spoor_status read_minutes(replay *r) {
    static const char text[] =
        "_Events | summarize by bin(TimeGenerated, 1m) | sort by TimeGenerated asc";
    spoor_engine *engine = r->rules->engine;
    spoor_query_options options = {.now = r->query->now};
    spoor_query *query;
    spoor_status status = spoor_prepare(engine, text, sizeof text - 1, &options, &query);
    if (status == SPOOR_OK) {
        begin_run(r, query);
        spoor_execute(&r->run, query->plan->results[0].plan, take_minutes, r);
        spoor_run_end(&r->run);
        status = r->run.status == SPOOR_RUN_OK
                     ? SPOOR_OK
                     : spoor_engine_fail(engine, spoor_engine_run_status(r->run.status), "%s",
                                         r->run.message);
    }
    spoor_query_free(query);
    return status;
}

/* The first time from `at` on, in steps of the rule, whose window may hold an event; false: there
 * is none. */
static bool find_step(const replay *r, const spoor_rule *rule, int64_t *at) {
    uint64_t low = 0,
             high = r->nminutes; /* the first minute that does not end before the window begins */
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (r->minutes[middle] + SPOOR_TICKS_MINUTE <= *at - rule->period) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == r->nminutes) {
        return false;
    }
    if (r->minutes[low] > *at) {
        *at += (r->minutes[low] - *at + rule->frequency - 1) / rule->frequency * rule->frequency;
    }
    return true;
}

/* -- one run
 * ---------------------------------------------------------------------------------------------------
 */

static bool take_rows(void *context, const spoor_batch *batch) {
    replay *r = context;
    if (r->capture != NULL) {
        return spoor_capture_batch(r->capture, &r->run, batch);
    }
    r->counted += batch->count;
    return true;
}

/* capture: NULL counts only.  false: failed, the run says why. */
static bool execute(replay *r, uint32_t i, spoor_capture *capture) {
    const spoor_query *query = r->rules->states[i].query;
    r->capture = capture;
    r->counted = 0;
    begin_run(r, query);
    if (r->run.status == SPOOR_RUN_OK) {
        spoor_execute(&r->run, query->plan->results[0].plan, take_rows, r);
    }
    spoor_run_end(&r->run);
    return r->run.status == SPOOR_RUN_OK;
}

static spoor_rule_firing *add_firing(spoor_rules *rules, spoor_rule_state *state) {
    if (state->nfirings == state->firing_capacity) {
        state->firing_capacity = state->firing_capacity == 0 ? 4 : state->firing_capacity * 2;
        spoor_rule_firing *grown =
            SPOOR_NEW_ARRAY(&rules->arena, spoor_rule_firing, state->firing_capacity);
        if (state->nfirings > 0) {
            memcpy(grown, state->firings, state->nfirings * sizeof *grown);
        }
        state->firings = grown;
    }
    return &state->firings[state->nfirings++];
}

/* The rows of a run that fires, behind those of the runs before. */
static bool capture_run(replay *r, uint32_t i, int64_t at) {
    spoor_rule_state *state = &r->rules->states[i];
    spoor_rule_state before = *state;
    spoor_capture capture;
    uint64_t most = r->options->max_rows;
    spoor_capture_open(&capture, r->rules, i, most == 0 ? 0 : state->rows + most);
    if (before.nfirings > 0) {
        state->rows_at = before.rows_at;
    }
    state->has_times = false;
    bool ok = execute(r, i, &capture);
    spoor_capture_close(&capture);
    bool fires = ok && spoor_rule_fires(&r->rules->set.rules[i], state->hits - before.hits);
    if (fires) {
        *add_firing(r->rules, state) = (spoor_rule_firing){.at = at,
                                                           .hits = state->hits - before.hits,
                                                           .rows = state->rows - before.rows,
                                                           .has_times = state->has_times,
                                                           .first = state->first,
                                                           .last = state->last};
    }
    if (before.has_times) {
        state->first =
            state->has_times && state->first < before.first ? state->first : before.first;
        state->last = state->has_times && state->last > before.last ? state->last : before.last;
        state->has_times = true;
    }
    return ok;
}

/* *fired: an alert was raised. */
static bool run_once(replay *r, uint32_t i, int64_t at, bool *fired) {
    const spoor_rule *rule = &r->rules->set.rules[i];
    spoor_rule_state *state = &r->rules->states[i];
    uint32_t before = state->nfirings;
    bool any_row_fires = rule->trigger == SPOOR_TRIGGER_GT && rule->threshold <= 0;
    bool ok = any_row_fires || execute(r, i, NULL);
    state->nruns++;
    if (ok && (any_row_fires || spoor_rule_fires(rule, r->counted))) {
        ok = capture_run(r, i, at);
    }
    *fired = state->nfirings > before;
    return ok;
}

/* -- a rule
 * ------------------------------------------------------------------------------------------------------
 */

static spoor_status fail_rule(replay *r, uint32_t i) {
    spoor_rule *rule = &r->rules->set.rules[i];
    spoor_rule_state *state = &r->rules->states[i];
    if (r->run.status == SPOOR_RUN_CANCELLED || r->run.status == SPOOR_RUN_IO) {
        return spoor_engine_fail(r->rules->engine, spoor_engine_run_status(r->run.status), "%s",
                                 r->run.message);
    }
    bool is_own = r->run.span.source == 0;
    spoor_fail(&rule->diags,
               is_own ? spoor_rule_locate(rule, r->run.span.start, r->run.span.end)
                      : spoor_rule_locate(rule, 0, 1),
               "%s", r->run.message);
    *state = (spoor_rule_state){.is_selected = true,
                                .is_compiled = true,
                                .schema = state->schema,
                                .query = state->query,
                                .status = SPOOR_RULE_FAILED};
    return SPOOR_OK;
}

static spoor_status compile_at(replay *r, uint32_t i, int64_t at, bool is_first) {
    const spoor_rule *rule = &r->rules->set.rules[i];
    spoor_rule_state *state = &r->rules->states[i];
    spoor_query_options query = *r->query;
    spoor_rule_window(rule, at, &query);
    if (rule->period == 0) {
        narrow_from(&query, r->from);
    }
    if (is_first) {
        return spoor_rule_compile(r->rules, i, &query);
    }
    spoor_rule_forget_query(state);
    return spoor_rule_compile_again(r->rules, i, &query);
}

static spoor_status replay_rule(replay *r, uint32_t i) {
    const spoor_rule *rule = &r->rules->set.rules[i];
    spoor_rule_state *state = &r->rules->states[i];
    bool is_scheduled = rule->period > 0 && rule->frequency > 0, is_idle = false;
    int64_t at = is_scheduled ? r->from : r->to, now = spoor_time_now();
    spoor_status status = compile_at(r, i, at, true);
    if (status != SPOOR_OK || state->query == NULL) {
        return status;
    }
    is_idle = is_scheduled && !spoor_rule_fires(rule, 0) && spoor_rule_is_idle(state->query->plan);
    bool is_compiled = true;
    while (at <= r->to && (!is_idle || find_step(r, rule, &at)) && at <= r->to) {
        bool fired = false;
        status = is_compiled ? SPOOR_OK : compile_at(r, i, at, false);
        if (status != SPOOR_OK) {
            return status;
        }
        /* compiled at the first step, which the search may have passed */
        if (is_compiled && at != state->query->options.now &&
            (status = compile_at(r, i, at, false)) != SPOOR_OK) {
            return status;
        }
        is_compiled = false;
        if (!run_once(r, i, at, &fired)) {
            return fail_rule(r, i);
        }
        if (!is_scheduled) {
            break;
        }
        int64_t pause = fired && rule->is_suppressed ? rule->suppression : 0;
        int64_t steps =
            pause > rule->frequency ? (pause + rule->frequency - 1) / rule->frequency : 1;
        at += steps * rule->frequency;
    }
    state->seconds = (double)(spoor_time_now() - now) / (double)SPOOR_TICKS_SECOND;
    state->status = state->hits > 0 ? SPOOR_RULE_MATCHED : SPOOR_RULE_NO_MATCH;
    state->is_alert = state->nfirings > 0;
    return SPOOR_OK;
}

static spoor_status replay_all(replay *r) {
    spoor_rules *rules = r->rules;
    spoor_status status = read_minutes(r);
    uint64_t done = 0;
    r->to = r->query->now;
    r->from = r->options->replay_from != INT64_MIN ? r->options->replay_from
              : r->nminutes > 0                    ? r->minutes[0]
                                                   : r->to;
    for (uint32_t i = 0; i < rules->set.count && status == SPOOR_OK; i++) {
        spoor_rule_state *state = &rules->states[i];
        if (!state->is_selected) {
            continue;
        }
        if (r->options->progress != NULL) {
            r->options->progress(r->options->context, done++, rules->summary.found,
                                 spoor_arena_str(&rules->arena, rules->set.rules[i].title).ptr);
        }
        status = replay_rule(r, i);
        spoor_rule_forget_query(state);
    }
    return status;
}

spoor_status spoor_rules_replay(spoor_rules *rules, const spoor_rules_options *options,
                                const spoor_query_options *query, spoor_snapshot *snapshot) {
    replay r = {.rules = rules, .options = options, .query = query, .snapshot = snapshot};
    jmp_buf door;
    rules->arena.on_oom = &door;
    spoor_status status = setjmp(door) == 0
                              ? replay_all(&r)
                              : spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY,
                                                  "the rules' results do not fit the memory limit");
    rules->arena.on_oom = NULL;
    return status;
}
