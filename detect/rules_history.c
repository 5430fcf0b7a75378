/* rules_history.c - runs that the store keeps: what changed from one to the next, and what people
 * say of their alerts.  Both are read by KQL, from the tables that any query can read. */
#include <inttypes.h>

#include "engine/ask.h"
#include "rules/rule_record.h"

/* -- which runs -------------------------------------------------------------------------------- */

typedef struct history {
    spoor_engine *engine;
    spoor_arena arena;
    int64_t before, after;
    const spoor_output_options *output;
    FILE *out;
    int worst;
} history;

static spoor_status ask(history *h, spoor_str text, int64_t *number) {
    spoor_answer answer;
    spoor_query_options options = {.now = 1};
    spoor_status status = spoor_engine_ask(h->engine, &h->arena, text, &options, &answer);
    *number = answer.rows > 0 && !answer.cells[0].is_null ? answer.cells[0].integer : 0;
    return status;
}

static spoor_status find_run(history *h, int64_t *run, bool is_previous) {
    int64_t found;
    spoor_str text =
        is_previous ? spoor_arena_format(&h->arena,
                                         "RuleRuns | where run < %" PRId64 " | summarize max(run)",
                                         h->after)
        : *run == 0
            ? SPOOR_STR("RuleRuns | summarize max(run)")
            : spoor_arena_format(&h->arena,
                                 "RuleRuns | where run == %" PRId64 " | summarize max(run)", *run);
    spoor_status status = ask(h, text, &found);
    if (status == SPOOR_OK && found == 0) {
        return is_previous || *run == 0
                   ? spoor_engine_fail(h->engine, SPOOR_ERR_INPUT,
                                       "there are no two runs to compare")
                   : spoor_engine_fail(h->engine, SPOOR_ERR_INPUT,
                                       "there is no run %" PRId64 "; RuleRuns lists them", *run);
    }
    *run = found;
    return status;
}

/* -- what changed ------------------------------------------------------------------------------ */

/* An alert is the same when its key is; several of a key in a run are one. */
static const char changes[] =
    "let alerts = (n: long) { Alerts | where run == n"
    " | summarize severity = take_any(severity), alert = take_any(alert), hits = sum(hits),"
    " begin = min(first_seen), end = max(last_seen), hosts = take_any(tostring(hosts)),"
    " status = take_any(status), owner = take_any(owner) by key };"
    "alerts(%" PRId64 ") | join kind=fullouter alerts(%" PRId64 ") on key"
    " | extend change = case(isempty(key), 'new', isempty(key1), 'gone',"
    " hits != hits1 or begin != begin1 or end != end1 or severity != severity1 or hosts != hosts1,"
    " 'changed', '')"
    " | where change != ''"
    " | extend rank = indexof('new changed gone', change), is_new = change == 'new'"
    " | extend key = iff(is_new, key1, key), alert = iff(change == 'gone', alert, alert1),"
    " severity = iff(change == 'gone', severity, severity1)"
    " | extend level = indexof('informational low medium high critical', severity)";

static spoor_str changes_text(history *h, const char *tail) {
    spoor_str head = spoor_arena_format(&h->arena, changes, h->before, h->after);
    return spoor_arena_format(&h->arena, "%.*s%s", (int)head.len, head.ptr, tail);
}

static spoor_status write_changes(history *h) {
    spoor_str text =
        changes_text(h, " | sort by rank asc, level desc, alert asc, key asc"
                        " | project change, severity, alert, hits_before = hits,"
                        " hits_after = hits1, first_seen = iff(change == 'gone', begin, begin1),"
                        " last_seen = iff(change == 'gone', end, end1),"
                        " status = iff(is_new, status1, status),"
                        " owner = iff(is_new, owner1, owner), key");
    spoor_query_options options = {.now = 1};
    spoor_query *query;
    spoor_message message;
    spoor_status status = spoor_prepare(h->engine, text.ptr, text.len, &options, &query);
    if (status == SPOOR_OK) {
        status = spoor_query_run(query, h->output, h->out, NULL);
    } else if (status == SPOOR_ERR_QUERY && spoor_query_message(query, 0, &message)) {
        spoor_engine_fail(h->engine, status, "%s", message.message);
    }
    spoor_query_free(query);
    return status;
}

static spoor_status find_worst(history *h) {
    spoor_answer answer;
    spoor_query_options options = {.now = 1};
    spoor_str text = changes_text(h, " | where is_new | top 1 by level | project severity");
    spoor_status status = spoor_engine_ask(h->engine, &h->arena, text, &options, &answer);
    if (status == SPOOR_OK && answer.rows > 0) {
        spoor_str name = spoor_arena_str(&h->arena, answer.cells[0].string);
        h->worst = spoor_rules_severity(name.ptr);
    }
    return status;
}

static spoor_status compare(history *h) {
    spoor_status status = find_run(h, &h->after, false);
    if (status == SPOOR_OK) {
        status = find_run(h, &h->before, h->before == 0);
    }
    if (status == SPOOR_OK) {
        status = write_changes(h);
    }
    return status == SPOOR_OK ? find_worst(h) : status;
}

spoor_status spoor_rules_diff(spoor_engine *engine, int64_t before, int64_t after,
                              const spoor_output_options *output, FILE *out, int *worst) {
    history h = {.engine = engine,
                 .arena = {.memory = &engine->memory},
                 .before = before,
                 .after = after,
                 .output = output,
                 .out = out,
                 .worst = -1};
    spoor_output_options all = *output;
    all.max_rows = 0;
    h.output = &all;
    jmp_buf door;
    h.arena.on_oom = &door;
    spoor_status status = setjmp(door) == 0
                              ? compare(&h)
                              : spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory");
    *worst = h.worst;
    spoor_arena_reset(&h.arena);
    return status;
}

/* -- what people say --------------------------------------------------------------------------- */

spoor_status spoor_rules_triage(spoor_engine *engine, const char *key, const char *status,
                                const char *owner, const char *comment) {
    static const char *const words[] = {"new", "active", "closed"}; /* Sentinel's */
    bool is_word = status == NULL;
    for (size_t i = 0; i < sizeof words / sizeof *words && !is_word; i++) {
        is_word = strcmp(status, words[i]) == 0;
    }
    if (!is_word) {
        return spoor_engine_fail(engine, SPOOR_ERR_QUERY,
                                 "a status is new, active or closed, not '%s'", status);
    }
    bool is_known;
    const char *why;
    spoor_triage triage = {.key = key, .status = status, .owner = owner, .comment = comment};
    if (!spoor_record_triage(engine->store, &triage, &is_known, &why)) {
        spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", why);
        spoor_record_undo(engine->store);
        return SPOOR_ERR_STORE;
    }
    return is_known ? SPOOR_OK
                    : spoor_engine_fail(engine, SPOOR_ERR_INPUT,
                                        "no run has an alert of the key '%s'", key);
}
