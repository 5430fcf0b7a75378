/* rules_run.c - runs compiled rules one after the other on one snapshot; see rules.h.
 *
 * All matched rows are counted; those kept go to the spool, so memory does not
 * grow with them.  A rule that fails while it runs (a limit, a timeout) is
 * failed and the others go on; a store that cannot be read or Ctrl-C ends all. */
#include "engine/rules.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "executor/op.h"
#include "output/output.h"

typedef struct capture { /* one rule being run */
    spoor_rules *rules;
    const spoor_rule *rule;
    spoor_rule_state *state;
    spoor_run run;
    spoor_output output; /* for its cells */
    spoor_arena scratch;
    uint64_t max_rows;
    int time_column, host_column; /* -1: none */
    uint32_t ncols;
    const spoor_batch *batch;
} capture;

const spoor_schema *spoor_rule_schema(const spoor_rule_state *state, uint32_t *ncols) {
    *ncols = 0;
    if (state->query == NULL) {
        return NULL;
    }
    const spoor_schema *schema = &state->query->plan->results[0].plan->schema;
    while (*ncols < schema->ncols && !schema->columns[*ncols].hidden) {
        (*ncols)++;
    }
    return schema;
}

static int find_column(const spoor_schema *schema, uint32_t ncols, spoor_str name, spoor_type type) {
    int i = spoor_schema_find(schema, name);
    return i >= 0 && (uint32_t)i < ncols && schema->columns[i].type == type ? i : -1;
}

/* Computer, or the column that the rule says names the host. */
static int find_host(const spoor_rule *rule, const spoor_schema *schema, uint32_t ncols) {
    int found = find_column(schema, ncols, SPOOR_STR("Computer"), SPOOR_STRING);
    for (uint32_t i = 0; i < rule->nentities && found < 0; i++) {
        const spoor_entity_field *field = &rule->entities[i];
        bool is_host = spoor_rule_word_is(field->entity, SPOOR_STR("Host")) &&
                       (spoor_rule_word_is(field->identifier, SPOOR_STR("FullName")) ||
                        spoor_rule_word_is(field->identifier, SPOOR_STR("HostName")));
        found = is_host ? find_column(schema, ncols, field->column, SPOOR_STRING) : -1;
    }
    return found >= 0 ? found
                      : find_column(schema, ncols, SPOOR_STR("HostCustomEntity"), SPOOR_STRING);
}

/* -- what a batch tells --------------------------------------------------------------------------------- */

static void note_time(spoor_rule_state *state, const spoor_value *value) {
    if (value->is_null) {
        return;
    }
    state->first = !state->has_times || value->integer < state->first ? value->integer : state->first;
    state->last = !state->has_times || value->integer > state->last ? value->integer : state->last;
    state->has_times = true;
}

static void note_host(capture *c, spoor_str host) {
    spoor_str_list *hosts = &c->state->hosts;
    for (uint32_t i = hosts->count; i > 0; i--) {
        if (spoor_str_eq(hosts->items[i - 1], host)) {
            return;
        }
    }
    if (hosts->count == SPOOR_MAX_RULE_HOSTS) {
        c->state->more_hosts = true;
    } else if (host.len > 0) {
        spoor_str_list_add(&c->rules->arena, hosts, spoor_arena_str(&c->rules->arena, host));
    }
}

static spoor_vec flat(capture *c, int column) {
    const spoor_batch *b = c->batch;
    return column < 0 ? (spoor_vec){0}
                      : spoor_vec_flatten(&c->scratch, &b->cols[column], b->rows, b->sel, b->count);
}

static void keep_rows(capture *c) {
    const spoor_batch *b = c->batch;
    spoor_vec *cells = SPOOR_NEW_ARRAY(&c->scratch, spoor_vec, c->ncols);
    for (uint32_t col = 0; col < c->ncols; col++) {
        cells[col] = flat(c, (int)col);
    }
    for (uint32_t i = 0; i < b->count && c->state->rows < c->max_rows; i++) {
        for (uint32_t col = 0; col < c->ncols; col++) {
            spoor_value value = spoor_vec_get(&cells[col], spoor_batch_row(b, i));
            if (col > 0) {
                fputc('\t', c->rules->spool);
            }
            spoor_output_json_cell(&c->output, &value);
        }
        fputc('\n', c->rules->spool);
        c->state->rows++;
    }
}

static void take(capture *c) {
    const spoor_batch *b = c->batch;
    spoor_arena_rewind(&c->scratch);
    spoor_vec times = flat(c, c->time_column), hosts = flat(c, c->host_column);
    for (uint32_t i = 0; i < b->count; i++) {
        uint32_t row = spoor_batch_row(b, i);
        if (c->time_column >= 0) {
            spoor_value time = spoor_vec_get(&times, row);
            note_time(c->state, &time);
        }
        if (c->host_column >= 0) {
            note_host(c, hosts.strings[row]);
        }
    }
    c->state->hits += b->count;
    if (c->state->rows < c->max_rows) {
        keep_rows(c);
    }
}

/* Our arenas jump to a door of their own, never over frames of the executor. */
static bool take_batch(void *context, const spoor_batch *batch) {
    capture *c = context;
    jmp_buf door;
    jmp_buf *outer = c->rules->arena.on_oom;
    c->batch = batch;
    c->scratch.on_oom = c->rules->arena.on_oom = &door;
    bool is_out = setjmp(door) != 0;
    if (!is_out) {
        take(c);
    }
    c->scratch.on_oom = NULL;
    c->rules->arena.on_oom = outer;
    if (is_out) {
        return spoor_run_fail(&c->run, SPOOR_RUN_MEMORY, (spoor_span){0},
                              "the matched rows do not fit the memory limit");
    }
    if (c->rules->spool != NULL && ferror(c->rules->spool)) {
        return spoor_run_fail(&c->run, SPOOR_RUN_IO, (spoor_span){0},
                              "the file of matched rows cannot be written");
    }
    return true;
}

/* -- one rule ------------------------------------------------------------------------------------------- */

static double clock_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void execute(capture *c) {
    const spoor_plan *plan = c->state->query->plan->results[0].plan;
    spoor_run_begin(&c->run);
    if (c->run.status == SPOOR_RUN_OK) {
        spoor_execute(&c->run, plan, take_batch, c);
    }
    spoor_run_end(&c->run);
    spoor_arena_reset(&c->scratch);
    if (c->run.snapshot != NULL) {
        spoor_snapshot_close(c->run.snapshot);
    }
}

static void end_rule(capture *c) {
    spoor_rule_state *state = c->state;
    if (c->run.status == SPOOR_RUN_OK) {
        state->status = state->hits > 0 ? SPOOR_RULE_MATCHED : SPOOR_RULE_NO_MATCH;
        state->is_alert = spoor_rule_fires(c->rule, state->hits);
        return;
    }
    spoor_rule *rule = &c->rules->set.rules[c->rule - c->rules->set.rules];
    spoor_span span = c->run.span.source == 0
                          ? spoor_rule_locate(rule, c->run.span.start, c->run.span.end)
                          : spoor_rule_locate(rule, 0, 1);
    spoor_fail(&rule->diags, span, "%s", c->run.message);
    state->status = SPOOR_RULE_FAILED;
    state->hits = state->rows = 0; /* what was found so far is not what there is */
    state->has_times = false;
    state->hosts.count = 0;
}

static spoor_status run_rule(spoor_rules *rules, uint32_t i, const spoor_rules_options *options) {
    spoor_engine *engine = rules->engine;
    spoor_rule_state *state = &rules->states[i];
    spoor_output_options plain = {.format = SPOOR_FORMAT_JSON};
    capture c = {.rules = rules,
                 .rule = &rules->set.rules[i],
                 .state = state,
                 .scratch = {.memory = &engine->memory}};
    const spoor_schema *schema = spoor_rule_schema(state, &c.ncols);
    c.time_column = find_column(schema, c.ncols, SPOOR_STR("TimeGenerated"), SPOOR_DATETIME);
    c.host_column = find_host(c.rule, schema, c.ncols);
    c.max_rows = rules->spool == NULL ? 0 : options->max_rows != 0 ? options->max_rows : UINT64_MAX;
    c.output = (spoor_output){.options = &plain, .out = rules->spool, .scratch = &c.scratch};
    c.run = (spoor_run){.memory = &engine->memory,
                        .query = state->query->plan,
                        .now = state->query->options.now,
                        .cancel = &engine->cancel,
                        .temp_dir = engine->temp_dir};
    if (options->query.timeout_s > 0) {
        c.run.deadline =
            spoor_time_now() + (int64_t)(options->query.timeout_s * (double)SPOOR_TICKS_SECOND);
    }
    if (engine->store != NULL &&
        spoor_snapshot_open(engine->store, &c.run.snapshot) != SPOOR_STORE_OK) {
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", spoor_store_error(engine->store));
    }
    state->rows_at = rules->spool != NULL ? ftell(rules->spool) : 0;
    double start = clock_seconds();
    execute(&c);
    state->seconds = clock_seconds() - start;
    if (c.run.status == SPOOR_RUN_CANCELLED || c.run.status == SPOOR_RUN_IO) {
        return spoor_engine_fail(engine, spoor_engine_run_status(c.run.status), "%s", c.run.message);
    }
    end_rule(&c);
    return SPOOR_OK;
}

/* -- all of them ---------------------------------------------------------------------------------------- */

static bool open_spool(spoor_rules *rules) {
    char path[4096];
    int len = snprintf(path, sizeof path, "%s/spoor-rules-XXXXXX", rules->engine->temp_dir);
    int fd = len > 0 && (size_t)len < sizeof path ? mkstemp(path) : -1;
    if (fd >= 0) {
        unlink(path);
        rules->spool = fdopen(fd, "w+b");
        if (rules->spool == NULL) {
            close(fd);
        }
    }
    return rules->spool != NULL;
}

static spoor_status run_all(spoor_rules *rules, const spoor_rules_options *options) {
    jmp_buf door;
    rules->arena.on_oom = &door;
    if (setjmp(door) != 0) {
        return spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY,
                                 "the rules' results do not fit the memory limit");
    }
    uint64_t done = 0;
    for (uint32_t i = 0; i < rules->set.count; i++) {
        spoor_rule_state *state = &rules->states[i];
        if (!state->is_selected || state->query == NULL) {
            continue;
        }
        if (options->progress != NULL) {
            options->progress(options->context, done++, rules->summary.found,
                              spoor_arena_str(&rules->arena, rules->set.rules[i].title).ptr);
        }
        spoor_status status = run_rule(rules, i, options);
        if (status != SPOOR_OK) {
            return status;
        }
    }
    return SPOOR_OK;
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
    rules->summary.now = query.now;
    engine->cancel = false;
    if (!options->no_rows && rules->spool == NULL && !open_spool(rules)) {
        return spoor_engine_fail(engine, SPOOR_ERR_OUTPUT, "%s: no file for the matched rows can be made",
                                 engine->temp_dir);
    }
    /* One read transaction for compiling and running: every rule sees the same events. */
    spoor_snapshot *snapshot = NULL;
    if (engine->store != NULL && spoor_snapshot_open(engine->store, &snapshot) != SPOOR_STORE_OK) {
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", spoor_store_error(engine->store));
    }
    spoor_status status = spoor_rules_compile(rules, &query);
    spoor_rules_summarize(rules);
    if (status == SPOOR_OK) {
        status = run_all(rules, options);
    }
    if (snapshot != NULL) {
        spoor_snapshot_close(snapshot);
    }
    rules->summary.seconds = clock_seconds() - start;
    spoor_rules_summarize(rules);
    *summary = rules->summary;
    return status;
}
