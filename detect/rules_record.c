/* rules_record.c - keeps a run in a store: from the states and the spool to rules/rule_record.h; and reads back what
 * people said of its alerts. */
#include "base/buffer.h"
#include "detect/rules_report.h"
#include "rules/rule_record.h"
#include "types/dynamic.h"

static spoor_str columns_json(spoor_arena *arena, const spoor_rule_state *state) {
    uint32_t ncols;
    const spoor_schema *schema = spoor_rule_schema(state, &ncols);
    spoor_buffer text = {.arena = arena};
    spoor_buffer_put_char(&text, '[');
    for (uint32_t c = 0; c < ncols; c++) {
        spoor_buffer_put(&text, c > 0 ? SPOOR_STR(",{\"name\":") : SPOOR_STR("{\"name\":"));
        spoor_buffer_put(&text, spoor_json_quote(arena, schema->columns[c].name));
        spoor_buffer_put(&text, spoor_arena_format(arena, ",\"type\":\"%s\"}",
                                                   spoor_type_name(schema->columns[c].type)));
    }
    spoor_buffer_put_char(&text, ']');
    return spoor_buffer_text(&text);
}

static spoor_str row_json(spoor_arena *arena, const spoor_schema *schema,
                          const spoor_rule_row *row) {
    spoor_buffer text = {.arena = arena};
    spoor_buffer_put_char(&text, '{');
    for (uint32_t c = 0; c < row->ncols; c++) {
        spoor_buffer_put(&text, c > 0 ? SPOOR_STR(",") : SPOOR_STR(""));
        spoor_buffer_put(&text, spoor_json_quote(arena, schema->columns[c].name));
        spoor_buffer_put_char(&text, ':');
        spoor_buffer_put(&text, row->cells[c]);
    }
    spoor_buffer_put_char(&text, '}');
    return spoor_buffer_text(&text);
}

static bool record_alert(spoor_rules *rules, spoor_record *record, const spoor_alert *a,
                         spoor_arena *scratch) {
    const spoor_rule *rule = &rules->set.rules[a->rule];
    spoor_alert_record row = {.key = a->key,
                              .title = a->title,
                              .description = a->description,
                              .severity = spoor_str_from(spoor_level_name(a->level)),
                              .tactics = &a->tactics,
                              .techniques = &rule->techniques,
                              .hosts = &a->hosts,
                              .users = &a->users,
                              .entities = spoor_alert_entities_json(scratch, a),
                              .details = spoor_alert_details_json(scratch, a, rule->ndetails),
                              .predicates = spoor_alert_predicates_json(scratch, a),
                              .at = a->at,
                              .hits = (int64_t)a->hits,
                              .has_times = a->has_times,
                              .first = a->first,
                              .last = a->last};
    return spoor_record_alert(record, &row);
}

/* Alerts of a rule stand in the order of their rows, which the spool has in a row: read once. */
static bool record_alerts(spoor_rules *rules, spoor_record *record, const spoor_rule_state *state,
                          uint64_t max_rows, spoor_arena *scratch) {
    uint32_t ncols;
    const spoor_schema *schema = spoor_rule_schema(state, &ncols);
    uint64_t rows = state->rows < max_rows ? state->rows : max_rows, n = 0;
    bool ok = true;
    spoor_spool_seek(rules, state);
    for (uint32_t i = 0; i < state->nalerts && ok; i++) {
        const spoor_alert *a = &rules->alerts[state->first_alert + i];
        ok = record_alert(rules, record, a, scratch);
        for (; n < rows && n < a->first_row + a->nrows && ok; n++) {
            spoor_rule_row row;
            spoor_arena_rewind(scratch);
            ok = spoor_spool_next(rules, scratch, &row);
            if (ok) {
                spoor_alert_event_record event = {n, row_json(scratch, schema, &row), row.file,
                                                  row.has_record, row.record};
                ok = spoor_record_event(record, &event);
            }
        }
        spoor_arena_rewind(scratch);
    }
    return ok;
}

static bool record_rule(spoor_rules *rules, spoor_record *record, uint32_t i, uint64_t max_rows,
                        spoor_arena *scratch) {
    const spoor_rule *rule = &rules->set.rules[i];
    const spoor_rule_state *state = &rules->states[i];
    spoor_run_rule_record row = {.rule = rule,
                                 .status = spoor_str_from(spoor_rule_status_name(state->status)),
                                 .columns = columns_json(scratch, state),
                                 .hits = (int64_t)state->hits,
                                 .seconds = state->seconds};
    for (const spoor_diag *d = rule->diags.first; d != NULL && row.error.len == 0; d = d->next) {
        if (d->severity == SPOOR_ERROR) {
            row.error = spoor_str_from(d->message);
            spoor_text_position(rule->diags.sources[d->span.source].text, d->span.start, &row.line,
                                &row.column);
        }
    }
    bool ok = spoor_record_rule(record, &row);
    spoor_arena_rewind(scratch);
    return ok && (state->nalerts == 0 || record_alerts(rules, record, state, max_rows, scratch));
}

typedef struct recording {
    spoor_rules *rules;
    spoor_store *store;
    spoor_arena arena, scratch;
    spoor_record *record;
    uint64_t max_rows;
    bool ok;
} recording;

static void record_all(recording *r, const char **why) {
    const spoor_rules_summary *s = &r->rules->summary;
    spoor_run_record run = {.started = r->rules->started,
                            .now = s->now,
                            .seconds = s->seconds,
                            .found = (int64_t)s->found,
                            .ran = (int64_t)s->ran,
                            .matched = (int64_t)s->matched,
                            .failed = (int64_t)s->failed,
                            .blind = (int64_t)s->blind,
                            .alerts = (int64_t)s->alerts,
                            .version = SPOOR_VERSION};
    r->ok = spoor_record_begin(&r->arena, &r->scratch, r->store, &run, &r->record, why);
    for (uint32_t i = 0; i < r->rules->set.count && r->ok; i++) {
        if (r->rules->states[i].is_selected) {
            r->ok = record_rule(r->rules, r->record, i, r->max_rows, &r->scratch);
        }
    }
}

/* Behind a door each: a record that was begun is ended on every way out.  true: it is kept. */
static bool try_record(recording *r, const char **why) {
    jmp_buf door;
    r->arena.on_oom = r->scratch.on_oom = &door;
    bool ok = setjmp(door) == 0;
    if (ok) {
        record_all(r, why);
    } else {
        *why = "out of memory";
    }
    return ok && r->ok;
}

static bool try_end(recording *r, bool keep, const char **why) {
    jmp_buf door;
    r->arena.on_oom = r->scratch.on_oom = &door;
    return setjmp(door) == 0 && r->record != NULL && spoor_record_end(r->record, keep, why);
}

spoor_status spoor_rules_record(spoor_rules *rules, spoor_engine *engine, uint64_t max_rows) {
    if (engine->store == NULL) {
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "no store is open to keep the run in");
    }
    recording r = {.rules = rules,
                   .store = engine->store,
                   .arena = {.memory = &engine->memory},
                   .scratch = {.memory = &engine->memory},
                   .max_rows = max_rows != 0 ? max_rows : SPOOR_DEFAULT_ALERT_ROWS};
    const char *why = "out of memory";
    bool recorded = try_record(&r, &why);
    bool kept = try_end(&r, recorded, &why);
    spoor_status status = SPOOR_OK;
    if (!kept) {
        status = spoor_engine_fail(engine, SPOOR_ERR_STORE, "the run could not be kept: %s", why);
    }
    spoor_arena_reset(&r.arena);
    spoor_arena_reset(&r.scratch);
    return status;
}

spoor_status spoor_rules_recall(spoor_rules *rules, spoor_engine *engine) {
    jmp_buf door;
    rules->arena.on_oom = &door;
    bool ok = setjmp(door) == 0;
    for (uint32_t i = 0; ok && engine->store != NULL && i < rules->nalerts; i++) {
        rules->alerts[i].said =
            spoor_record_said(engine->store, &rules->arena, rules->alerts[i].key);
    }
    rules->arena.on_oom = NULL;
    return ok ? SPOOR_OK : spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory");
}
