/* query.c - one query from text to output: parse, bind, run, write.
 *
 * Out of memory anywhere below comes back here: each public call sets the
 * door of the arenas first, and between the door and a push owns nothing that
 * an arena does not (the run is ended on every way out). */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/time.h"
#include "engine/again.h"
#include "engine/command_fill.h"
#include "engine/keep.h"
#include "engine/learn.h"
#include "engine/look_back.h"
#include "engine/past.h"
#include "engine/stored_case.h"
#include "executor/op.h"
#include "executor/profile.h"
#include "output/output.h"
#include "parser/parse.h"

enum { MOST_SPARE_BYTES = 1 << 20 }; /* of a query whose memory the next one gets */

static spoor_str copy_text(spoor_arena *arena, const char *text, size_t len) {
    return spoor_arena_str(arena, (spoor_str){text, len}); /* with the NUL that the lexer wants */
}

static spoor_query *new_query(spoor_engine *engine) {
    spoor_query *query = calloc(1, sizeof *query);
    if (query != NULL) {
        query->engine = engine;
        query->arena.memory = engine != NULL ? &engine->memory : &query->own;
        if (engine != NULL) {
            spoor_arena_pass_on(&engine->spare, &query->arena);
        }
        query->diags.arena = &query->arena;
    }
    return query;
}

static void parse_into(spoor_query *query, const char *text, size_t len, const char *name,
                       bool strict) {
    query->text = copy_text(&query->arena, text, len);
    const char *shown = copy_text(&query->arena, name, strlen(name)).ptr;
    spoor_diags_add_source(&query->diags, (spoor_source){.name = shown, .text = query->text});
    spoor_parse_options options = {.source = 0, .strict = strict};
    query->tree = spoor_parse(&query->arena, query->text, options, &query->diags);
}

int64_t spoor_engine_newest(spoor_engine *engine) {
    spoor_snapshot *snapshot;
    int64_t time = spoor_time_now();
    if (engine->store != NULL && spoor_snapshot_open(engine->store, &snapshot) == SPOOR_STORE_OK) {
        (void)spoor_snapshot_newest(snapshot, &time);
        spoor_snapshot_close(snapshot);
    }
    return time;
}

static spoor_bind_options bind_options(spoor_query *query) {
    const spoor_query_options *o = &query->options;
    spoor_bind_options bind = {
        .strict = o->strict,
        .wildcards = o->wildcards,
        .empty_tables = o->empty_tables,
        .ignore_workspace = o->ignore_workspace,
        .home_is_windowsevent = o->home_is_windowsevent,
        .keep_lineage = o->keep_lineage,
        .no_rewrites = o->no_rewrites,
        .now = o->now,
        .reference = spoor_engine_reference(query->engine, o->empty_tables),
        .has_from = o->has_from,
        .has_to = o->has_to,
        .from = o->from,
        .to = o->to,
        .nparams = (uint32_t)o->nparameters,
    };
    spoor_str *names = SPOOR_NEW_ARRAY(&query->arena, spoor_str, o->nparameters + 1);
    spoor_str *values = SPOOR_NEW_ARRAY(&query->arena, spoor_str, o->nparameters + 1);
    for (size_t i = 0; i < o->nparameters; i++) {
        names[i] = copy_text(&query->arena, o->parameters[i].name, strlen(o->parameters[i].name));
        values[i] =
            copy_text(&query->arena, o->parameters[i].value, strlen(o->parameters[i].value));
    }
    bind.param_names = names;
    bind.param_values = values;
    return bind;
}

int64_t spoor_query_deadline(const spoor_query *query) {
    double timeout = query->options.timeout_s * (double)SPOOR_TICKS_SECOND;
    return timeout > 0 ? spoor_time_now() - query->learned + (int64_t)timeout : 0;
}

/* Binding may read rows, and fail as a run does. */
static spoor_status bind_query(spoor_query *query, spoor_catalog *catalog) {
    spoor_bind_options bind = bind_options(query);
    bind.library = &query->session->library;
    spoor_learning learning = spoor_learning_new(query);
    bind.rows = &learning.rows;
    query->plan = spoor_plan_bind(&query->arena, query->tree, catalog, &bind, &query->diags);
    return query->plan != NULL           ? SPOOR_OK
           : learning.status != SPOOR_OK ? learning.status
                                         : SPOOR_ERR_QUERY;
}

/* As the query is to have them: what is relative to now() is settled. */
static spoor_query_options settle(spoor_engine *engine, const spoor_query_options *options) {
    spoor_query_options own = *options;
    if (options->now_is_last) {
        own.now = spoor_engine_newest(engine);
    } else if (options->now == 0) {
        own.now = spoor_time_now();
    }
    if (options->last != 0) {
        own.has_from = true;
        own.from = own.now - options->last;
    }
    return own;
}

/* Of a new query, whose arenas have a door. */
static spoor_status prepare(spoor_query *query, const char *text, size_t len) {
    spoor_engine *engine = query->engine;
    const spoor_query_options *options = &query->options;
    parse_into(query, text, len, options->name != NULL ? options->name : "query", options->strict);
    if (query->tree == NULL) {
        return SPOOR_ERR_QUERY;
    }
    const spoor_reach *reach = spoor_session_reach(query->session, engine->store);
    if (spoor_engine_reach_is_partial(reach)) {
        spoor_session_forget(engine);
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", spoor_store_error(engine->store));
    }
    spoor_catalog *catalog = spoor_engine_catalog(&query->arena, reach, options->files_dir);
    if (!spoor_command_prepare(&query->arena, query->tree, catalog, engine, &query->command,
                               &query->diags)) {
        return SPOOR_ERR_QUERY;
    }
    spoor_status status = bind_query(query, catalog);
    if (status == SPOOR_OK && query->command.kind == SPOOR_COMMAND_FILL_TABLE &&
        !spoor_command_check_fill(query)) {
        query->plan = NULL;
        status = SPOOR_ERR_QUERY;
    }
    if (query->plan != NULL && query->command.is_of_run) {
        query->plan->is_of_run = true;
    }
    query->prepared = query->diags.last;
    return status;
}

spoor_status spoor_prepare(spoor_engine *engine, const char *text, size_t len,
                           const spoor_query_options *options, spoor_query **out) {
    spoor_query_options own = settle(engine, options);
    spoor_session *session = spoor_session_take(engine, &own);
    spoor_query *query =
        session != NULL ? spoor_again_take(session, engine, text, len, &own) : NULL;
    bool is_known = query != NULL;
    query = is_known ? query : new_query(engine);
    *out = query;
    if (query == NULL) {
        spoor_session_release(session);
        return SPOOR_ERR_MEMORY;
    }
    query->options = own;
    query->now_was_given = options->now_is_last || options->now != 0;
    if (is_known) {
        spoor_session_release(session); /* the query has it already */
        return SPOOR_OK;
    }
    query->session = session;
    jmp_buf door;
    query->arena.on_oom = &door;
    if (session == NULL || setjmp(door) != 0) {
        spoor_session_forget(engine);
        return spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory while reading the query");
    }
    session->arena.on_oom = &door;
    return prepare(query, text, len);
}

void spoor_query_let_go(spoor_query *query) {
    if (query->engine != NULL && query->arena.used <= MOST_SPARE_BYTES) {
        spoor_arena_pass_on(&query->arena, &query->engine->spare);
    }
    spoor_arena_reset(&query->arena);
    spoor_session_release(query->session);
    free(query);
}

void spoor_query_free(spoor_query *query) {
    if (query != NULL && !spoor_again_keep(query)) {
        spoor_query_let_go(query);
    }
}

/* -- messages ---------------------------------------------------------------------------------- */

bool spoor_query_message(const spoor_query *query, size_t i, spoor_message *message) {
    const spoor_diag *diag = query->diags.first;
    while (diag != NULL && i > 0) {
        diag = diag->next;
        i--;
    }
    if (diag == NULL) {
        return false;
    }
    *message = (spoor_message){.is_warning = diag->severity == SPOOR_WARNING,
                               .message = diag->message,
                               .hint = diag->hint,
                               .code = diag->code,
                               .source = ""};
    if (diag->span.source < query->diags.nsources) {
        const spoor_source *source = &query->diags.sources[diag->span.source];
        message->source = source->name;
        spoor_text_position(source->text, diag->span.start, &message->line, &message->column);
    }
    return true;
}

void spoor_query_print_messages(spoor_query *query, bool warnings, FILE *out) {
    const spoor_diag *diag = query->printed != NULL ? query->printed->next : query->diags.first;
    for (; diag != NULL; diag = diag->next) {
        if (diag->severity == SPOOR_ERROR || warnings) {
            spoor_diag_print(&query->diags, diag, out);
        }
        query->printed = diag;
    }
    if (query->diags.nerrors > SPOOR_MAX_DIAGS) {
        fprintf(out, "%u more errors\n", query->diags.nerrors - SPOOR_MAX_DIAGS);
    }
}

/* -- running ----------------------------------------------------------------------------------- */

spoor_status spoor_engine_run_status(spoor_run_status status) {
    switch (status) {
    case SPOOR_RUN_OK: return SPOOR_OK;
    case SPOOR_RUN_MEMORY: return SPOOR_ERR_MEMORY;
    case SPOOR_RUN_TIMEOUT: return SPOOR_ERR_TIMEOUT;
    case SPOOR_RUN_CANCELLED: return SPOOR_ERR_CANCELLED;
    case SPOOR_RUN_IO: return SPOOR_ERR_STORE;
    case SPOOR_RUN_LIMIT: return SPOOR_ERR_LIMIT;
    case SPOOR_RUN_STOPPED: break; /* no run of a query ends so */
    }
    return SPOOR_ERR_LIMIT;
}

typedef struct output_run { /* a run and where it goes */
    spoor_run run;
    spoor_output output;
    spoor_arena arena, scratch; /* the output's */
    const spoor_output_options *options;
    FILE *out;
    uint32_t nresults;
    const spoor_plan_result *result; /* being written */
    const spoor_batch *batch;
    bool wants_more; /* what the output said of the last batch */
} output_run;

static void open_output(output_run *r) {
    spoor_output_open(&r->output, r->options, r->nresults, &r->arena, &r->scratch, r->out);
}

static void begin_result(output_run *r) {
    spoor_output_begin(&r->output, r->result->name, r->result->render, &r->result->plan->schema);
}

static void put_batch(output_run *r) {
    r->wants_more = spoor_output_batch(&r->output, r->batch);
}

static void end_result(output_run *r) {
    spoor_output_end(&r->output);
}

static void close_output(output_run *r) {
    spoor_output_close(&r->output);
}

/* One step of the output.  Its arenas jump to a door of their own, never over frames of the executor
 * or of stdio.  false: out of memory, which fails the run. */
static bool step(output_run *r, void (*what)(output_run *r)) {
    jmp_buf door;
    r->arena.on_oom = r->scratch.on_oom = &door;
    bool ok = setjmp(door) == 0;
    if (ok) {
        what(r);
    }
    r->arena.on_oom = r->scratch.on_oom = NULL;
    return ok || spoor_run_fail(&r->run, SPOOR_RUN_MEMORY, (spoor_span){0},
                                "the result does not fit the memory limit");
}

static bool write_batch(void *context, const spoor_batch *batch) {
    output_run *r = context;
    r->batch = batch;
    return step(r, put_batch) && r->wants_more;
}

static bool write_result(output_run *r, const spoor_plan_result *result, spoor_run_info *info) {
    r->result = result;
    if (!step(r, begin_result) ||
        spoor_execute(&r->run, result->plan, write_batch, r) != SPOOR_RUN_OK ||
        !step(r, end_result)) {
        return false;
    }
    info->rows += r->output.rows;
    info->more_rows += r->output.more;
    return true;
}

static void run_all(spoor_query *query, output_run *r, spoor_run_info *info) {
    spoor_run_begin(&r->run);
    bool ok = r->run.status == SPOOR_RUN_OK && step(r, open_output);
    for (uint32_t i = 0; i < query->plan->nresults && ok; i++) {
        ok = write_result(r, &query->plan->results[i], info);
    }
    if (ok) {
        step(r, close_output);
    }
    for (uint32_t i = 0; i < query->plan->nresults && r->options->profile != NULL; i++) {
        spoor_profile_print(&r->run, query->plan->results[i].plan, r->options->profile);
    }
    spoor_run_end(&r->run);
    spoor_arena_reset(&r->arena);
    spoor_arena_reset(&r->scratch);
    if (r->run.snapshot != NULL) {
        spoor_snapshot_close(r->run.snapshot);
    }
}

/* No event was found, and old logs explain it: worth a word. */
static void explain_nothing(spoor_query *query, spoor_run_info *info) {
    spoor_engine *engine = query->engine;
    if (engine->store == NULL || query->now_was_given ||
        !(query->options.last != 0 || spoor_reads_now(query->tree))) {
        return;
    }
    info->newest = spoor_engine_newest(engine);
    info->looks_back = info->newest < query->options.now - SPOOR_TICKS_HOUR &&
                       (info->rows == 0 || spoor_reads_only_after(query->plan, info->newest));
}

static double clock_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static spoor_status run_query(spoor_query *query, const spoor_output_options *options, FILE *out,
                              spoor_run_info *info) {
    spoor_engine *engine = query->engine;
    double start = clock_seconds();
    engine->cancel = false;
    spoor_status commanded = spoor_command_run(query);
    if (commanded != SPOOR_OK) {
        return commanded;
    }
    output_run r = {.arena = {.memory = &engine->memory},
                    .scratch = {.memory = &engine->memory},
                    .options = options,
                    .out = out,
                    .nresults = query->plan->nresults};
    r.run = (spoor_run){.memory = &engine->memory,
                        .query = query->plan,
                        .now = query->options.now,
                        .cancel = &engine->cancel,
                        .deadline = spoor_query_deadline(query),
                        .temp_dir = engine->temp_dir,
                        .threads = engine->threads,
                        .profiling = options->profile != NULL};
    if (engine->store != NULL && spoor_reads_store(query->plan)) {
        spoor_store_status status = spoor_snapshot_open(engine->store, &r.run.snapshot);
        if (status != SPOOR_STORE_OK) {
            return spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s",
                                     spoor_store_error(engine->store));
        }
    }
    run_all(query, &r, info);
    info->seconds = clock_seconds() - start;
    explain_nothing(query, info);
    info->peak_bytes = engine->memory.peak;
    if (r.run.status == SPOOR_RUN_OK && !query->options.no_warnings) {
        spoor_warn_of_stored_case(query, info->rows);
    }
    if (r.run.status != SPOOR_RUN_OK) {
        return spoor_engine_fail(engine, spoor_engine_run_status(r.run.status), "%s",
                                 r.run.message);
    }
    if (fflush(out) != 0 || ferror(out)) {
        return spoor_engine_fail(engine, SPOOR_ERR_OUTPUT, "the output could not be written");
    }
    return SPOOR_OK;
}

spoor_status spoor_query_run(spoor_query *query, const spoor_output_options *options, FILE *out,
                             spoor_run_info *info) {
    spoor_run_info ignored;
    info = info != NULL ? info : &ignored;
    *info = (spoor_run_info){0};
    if (query->plan == NULL) {
        return SPOOR_ERR_QUERY;
    }
    int64_t start = spoor_time_now();
    spoor_status status = run_query(query, options, out, info);
    spoor_past_add(query->engine, query->text, start, spoor_time_now(), status);
    return status;
}

void spoor_query_explain(const spoor_query *query, FILE *out) {
    if (query->plan != NULL) {
        spoor_plan_print(query->plan, out);
    }
}

bool spoor_query_column(const spoor_query *query, size_t i, spoor_column_doc *doc) {
    if (query->plan == NULL || query->plan->nresults == 0) {
        return false;
    }
    const spoor_schema *schema = &query->plan->results[0].plan->schema;
    if (i >= schema->ncols || schema->columns[i].hidden) {
        return false;
    }
    spoor_str name = schema->columns[i].name;
    *doc = (spoor_column_doc){name.ptr, name.len, spoor_type_name(schema->columns[i].type)};
    return true;
}

/* -- saved functions --------------------------------------------------------------------------- */

/* What a function is bound by: a let of it, or its bare body as it stands. */
static bool is_definition(const char *text, size_t len) {
    size_t i = 0;
    while (i < len && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t')) {
        i++;
    }
    return i < len && text[i] == '(' && memchr(text, '{', len) != NULL;
}

spoor_status spoor_function_save(spoor_engine *engine, const spoor_function_text *function,
                                 spoor_query **out) {
    spoor_query_options options = {.name = function->name};
    spoor_query *query;
    spoor_status status;
    if (is_definition(function->text, function->len)) {
        spoor_str text = {function->text, function->len};
        char *let = malloc(text.len + 16);
        if (let == NULL) {
            *out = NULL;
            return spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory");
        }
        int len = snprintf(let, text.len + 16, "let f = %.*s;", (int)text.len, text.ptr);
        status = spoor_parse_text(let, (size_t)len, function->name, false, 'v', NULL, &query);
        free(let);
    } else {
        status = spoor_prepare(engine, function->text, function->len, &options, &query);
    }
    *out = query;
    if (!spoor_is_kept_name(spoor_str_from(function->name))) {
        return spoor_engine_fail(engine, SPOOR_ERR_INPUT,
                                 "a function's name is letters, digits and _, no digit first");
    }
    if (spoor_function_named(spoor_str_from(function->name)) != NULL) {
        return spoor_engine_fail(engine, SPOOR_ERR_INPUT, "'%s' is a function of the language",
                                 function->name);
    }
    bool parses = status == SPOOR_OK || (query != NULL && query->tree != NULL);
    if (!parses) {
        return status;
    }
    for (spoor_diag *diag = query->diags.first; diag != NULL; diag = diag->next) {
        diag->severity = SPOOR_WARNING; /* a name may come with other data */
    }
    query->diags.nerrors = 0;
    spoor_keeping keeping = {
        .name = spoor_str_from(function->name),
        .text = {function->text, function->len},
        .folder = spoor_str_from(function->folder != NULL ? function->folder : ""),
        .docstring = spoor_str_from(function->docstring != NULL ? function->docstring : ""),
        .how = SPOOR_KEEP_REPLACE};
    return spoor_engine_keep(engine, &keeping);
}

spoor_status spoor_function_delete(spoor_engine *engine, const char *name) {
    spoor_saved_kind kind = spoor_engine_saved(engine, name);
    if (kind != SPOOR_SAVED_FUNCTION) {
        return spoor_engine_fail(engine, SPOOR_ERR_INPUT,
                                 kind == SPOOR_SAVED_TABLE
                                     ? "'%s' is a table: spoor table drop drops it"
                                     : "no saved function named '%s'",
                                 name);
    }
    return spoor_engine_drop(engine, spoor_str_from(name));
}

/* -- syntax only ------------------------------------------------------------------------------- */

spoor_status spoor_parse_text(const char *text, size_t len, const char *name, bool strict,
                              char what, FILE *out, spoor_query **result) {
    spoor_query *query = new_query(NULL);
    *result = query;
    if (query == NULL) {
        return SPOOR_ERR_MEMORY;
    }
    jmp_buf door;
    query->arena.on_oom = &door;
    if (setjmp(door) != 0) {
        return SPOOR_ERR_MEMORY;
    }
    parse_into(query, text, len, name, strict);
    if (what == 'k') {
        spoor_parse_print_tokens(&query->arena, query->text, out);
    } else if (query->tree != NULL && what == 't') {
        spoor_ast_print_tree(query->tree, out);
    } else if (query->tree != NULL && what == 'q') {
        spoor_ast_print_kql(query->tree, out);
    }
    return query->tree != NULL ? SPOOR_OK : SPOOR_ERR_QUERY;
}

#ifdef SPOOR_TEST
void spoor_test_fail_allocation(size_t n) {
    spoor_arena_fail_at = n;
}
#endif
