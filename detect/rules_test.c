/* rules_test.c - finds tests of rules and judges rules by them; see rules_test.h. */
#include "detect/rules_test.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/time.h"
#include "detect/rules_alert.h"
#include "ingest/file_list.h"

/* -- the rule of a test ------------------------------------------------------------------------ */

void spoor_test_free_rules(spoor_tester *t) {
    spoor_rules_free(t->rules);
    t->rules = NULL;
}

static bool is_number(spoor_str text, uint32_t *number) {
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || i == 6) {
            return false;
        }
        *number = *number * 10 + (uint32_t)(text.ptr[i] - '0');
    }
    return text.len > 0;
}

/* By id, title or number; UINT32_MAX: there is none. */
static uint32_t find_rule(const spoor_rule_set *set, spoor_str wanted) {
    uint32_t number;
    bool has_number = is_number(wanted, &number);
    for (uint32_t i = 0; i < set->count; i++) {
        const spoor_rule *rule = &set->rules[i];
        if (spoor_rule_word_is(rule->id, wanted) || spoor_str_eq(rule->title, wanted) ||
            (has_number && rule->index == number)) {
            return i;
        }
    }
    return UINT32_MAX;
}

static spoor_status load_index(spoor_tester *t) {
    return t->index != NULL
               ? SPOOR_OK
               : spoor_rules_load(t->engine, t->paths, t->npaths, &t->options->sigma, &t->index);
}

uint32_t spoor_test_load_rule(spoor_tester *t, const spoor_rule_test *test, spoor_engine *events,
                              const char **why) {
    const char *path = test->rule_path;
    uint32_t number = UINT32_MAX;
    if (path == NULL) {
        uint32_t at =
            load_index(t) == SPOOR_OK ? find_rule(&t->index->set, test->rule_id) : UINT32_MAX;
        if (at == UINT32_MAX) {
            *why = "there is no rule of this id in what was named";
            return UINT32_MAX;
        }
        path = t->index->set.rules[at].file->path;
        number = t->index->set.rules[at].index;
    }
    if (spoor_rules_load(events, &path, 1, &t->options->sigma, &t->rules) != SPOOR_OK) {
        *why = spoor_error(events);
        return UINT32_MAX;
    }
    const spoor_rule_set *set = &t->rules->set;
    if (number == UINT32_MAX) {
        number = test->rule_id.len > 0 ? find_rule(set, test->rule_id)
                 : set->count == 1     ? 0
                                       : UINT32_MAX;
    }
    if (number >= set->count) {
        *why = test->rule_id.len > 0 ? "the file has no rule of this id, title or number"
                                     : "the file has several rules: 'id' says which";
        return UINT32_MAX;
    }
    for (uint32_t i = 0; i < set->count; i++) {
        t->rules->states[i].is_selected = i == number;
    }
    return number;
}

/* -- events of a test -------------------------------------------------------------------------- */

spoor_engine *spoor_test_open_events(spoor_tester *t, const spoor_rule_test *test,
                                     spoor_disguise disguise, uint64_t *events, const char **why) {
    spoor_config config = {.access = SPOOR_ACCESS_PRIVATE,
                           .memory_bytes = t->engine->memory.limit,
                           .threads = 1,
                           .temp_dir = t->engine->temp_dir};
    spoor_engine *engine;
    spoor_ingest_request like = {.disguise = disguise};
    spoor_status status = spoor_open(&config, &engine);
    if (engine != NULL) {
        spoor_engine_share_reference(engine, t->engine);
    }
    *events = 0;
    for (uint32_t i = 0; i < test->nevents && status == SPOOR_OK; i++) {
        uint64_t added;
        status = spoor_ingest_word(engine, test->events[i], &like, &added);
        *events += added;
    }
    if (status != SPOOR_OK) {
        *why = spoor_arena_str(&t->scratch, spoor_str_from(spoor_error(engine))).ptr;
        spoor_close(engine);
        return NULL;
    }
    return engine;
}

/* -- rows that a test expects ------------------------------------------------------------------ */

typedef struct rows {
    spoor_tester *t;
    const spoor_schema *schema;
    uint32_t ncols, count;
    spoor_rule_row *items;
    const spoor_yaml **wanted;
    uint32_t nwanted;
    uint32_t *taken; /* by row: wanted + 1; 0: none */
    bool *tried;     /* by row, in one search */
    spoor_str missing_column;
} rows;

static bool same_value(rows *r, uint32_t column, spoor_str cell, spoor_str wanted) {
    int64_t a, b;
    if (r->schema->columns[column].type == SPOOR_DATETIME && spoor_time_parse(cell, &a) &&
        spoor_time_parse(wanted, &b)) {
        return a == b;
    }
    return spoor_str_eq(cell, wanted);
}

static bool fits(rows *r, uint32_t row, const spoor_yaml *wanted) {
    for (const spoor_yaml_item *i = wanted->first; i != NULL; i = i->next) {
        int column = spoor_schema_find(r->schema, i->key);
        if (column < 0 || (uint32_t)column >= r->ncols) {
            r->missing_column = i->key;
            return false;
        }
        spoor_str cell = spoor_cell_text(&r->t->scratch, r->items[row].cells[column]);
        if (!same_value(r, (uint32_t)column, cell, i->value->text)) {
            return false;
        }
    }
    return true;
}

/* A row for the wanted one, others moved where needed; no deeper than there are rows, of which a
 * test lists few. */
static bool assign(rows *r, uint32_t wanted) {
    for (uint32_t row = 0; row < r->count; row++) {
        if (r->tried[row] || !fits(r, row, r->wanted[wanted])) {
            continue;
        }
        r->tried[row] = true;
        if (r->taken[row] == 0 || assign(r, r->taken[row] - 1)) {
            r->taken[row] = wanted + 1;
            return true;
        }
    }
    return false;
}

static spoor_str row_text(spoor_arena *arena, const spoor_yaml *map) {
    spoor_str text = {0};
    for (const spoor_yaml_item *i = map->first; i != NULL; i = i->next) {
        text = spoor_arena_format(arena, "%.*s%s%.*s = %.*s", (int)text.len,
                                  text.len > 0 ? text.ptr : "", text.len > 0 ? ", " : "",
                                  (int)i->key.len, i->key.ptr, (int)i->value->text.len,
                                  i->value->text.ptr);
    }
    return text;
}

/* The first wanted row that none of the rule's is; empty: all are there. */
static spoor_str check_rows(spoor_tester *t, uint32_t at, const spoor_yaml *list) {
    const spoor_rule_state *state = &t->rules->states[at];
    spoor_arena *arena = &t->scratch;
    rows r = {.t = t,
              .count =
                  state->rows > SPOOR_MAX_TEST_ROWS ? SPOOR_MAX_TEST_ROWS : (uint32_t)state->rows};
    r.schema = spoor_rule_schema(state, &r.ncols);
    r.items = SPOOR_NEW_ARRAY(arena, spoor_rule_row, r.count + 1);
    r.taken = SPOOR_NEW_ARRAY(arena, uint32_t, r.count + 1);
    r.tried = SPOOR_NEW_ARRAY(arena, bool, r.count + 1);
    r.wanted = SPOOR_NEW_ARRAY(arena, const spoor_yaml *, SPOOR_MAX_TEST_ROWS + 1);
    spoor_spool_seek(t->rules, state);
    for (uint32_t i = 0; i < r.count && spoor_spool_next(t->rules, arena, &r.items[i]); i++) {
    }
    for (const spoor_yaml_item *i = list->first; i != NULL; i = i->next) {
        r.wanted[r.nwanted++] = i->value;
        memset(r.tried, 0, r.count * sizeof *r.tried);
        if (assign(&r, r.nwanted - 1)) {
            continue;
        }
        spoor_str text = row_text(arena, i->value), column = r.missing_column;
        return column.len > 0
                   ? spoor_arena_format(&t->arena, "the rows have no column '%.*s'",
                                        (int)column.len, column.ptr)
                   : spoor_arena_format(&t->arena, "no row has %.*s", (int)text.len, text.ptr);
    }
    return (spoor_str){0};
}

/* -- entities that a test expects -------------------------------------------------------------- */

static bool has_value(const spoor_entity *e, const spoor_yaml_item *wanted) {
    if (spoor_str_is(wanted->key, "type")) {
        return spoor_rule_word_is(e->type, wanted->value->text);
    }
    for (uint32_t i = 0; i < e->count; i++) {
        if (spoor_rule_word_is(e->names[i], wanted->key) &&
            spoor_str_eq(e->values[i], wanted->value->text)) {
            return true;
        }
    }
    return false;
}

static bool is_there(const spoor_rules *rules, const spoor_rule_state *state,
                     const spoor_yaml *wanted) {
    for (uint32_t a = 0; a < state->nalerts; a++) {
        const spoor_alert *alert = &rules->alerts[state->first_alert + a];
        for (uint32_t e = 0; e < alert->nentities; e++) {
            bool ok = true;
            for (const spoor_yaml_item *i = wanted->first; i != NULL && ok; i = i->next) {
                ok = has_value(&alert->entities[e], i);
            }
            if (ok) {
                return true;
            }
        }
    }
    return false;
}

static spoor_str check_entities(spoor_tester *t, uint32_t at, const spoor_yaml *list) {
    for (const spoor_yaml_item *i = list->first; i != NULL; i = i->next) {
        if (!is_there(t->rules, &t->rules->states[at], i->value)) {
            spoor_str text = row_text(&t->scratch, i->value);
            return spoor_arena_format(&t->arena, "no entity has %.*s", (int)text.len, text.ptr);
        }
    }
    return (spoor_str){0};
}

/* -- judging
 * ------------------------------------------------------------------------------------------------
 */

static spoor_str check_result(spoor_tester *t, uint32_t at, const spoor_rule_test *test) {
    const spoor_rule_state *state = &t->rules->states[at];
    const spoor_rule *rule = &t->rules->set.rules[at];
    if (state->status == SPOOR_RULE_BLIND) {
        return spoor_arena_format(&t->arena, "the rule is blind: %.*s", (int)rule->blind.len,
                                  rule->blind.ptr);
    }
    for (const spoor_diag *d = rule->diags.first; state->status == SPOOR_RULE_FAILED && d != NULL;
         d = d->next) {
        if (d->severity == SPOOR_ERROR) {
            return spoor_arena_format(&t->arena, "the rule fails: %s", d->message);
        }
    }
    spoor_str wrong = test->wanted != NULL ? check_rows(t, at, test->wanted) : (spoor_str){0};
    bool is_count = test->may_be_more ? state->hits >= test->rows : state->hits == test->rows;
    if (wrong.len == 0 && !is_count) {
        wrong = spoor_arena_format(&t->arena, "%" PRIu64 " rows, not %s%" PRIu64, state->hits,
                                   test->may_be_more ? "at least " : "", test->rows);
    }
    return wrong.len == 0 && test->entities != NULL ? check_entities(t, at, test->entities) : wrong;
}

static spoor_status run(spoor_tester *t, uint32_t at, const spoor_rule_test *test,
                        const spoor_str *query) {
    spoor_rules_options options = {.query = t->options->query, .max_rows = SPOOR_MAX_TEST_ROWS};
    spoor_rules_summary summary;
    if (test->has_now) {
        options.query.now = test->now;
    }
    options.query.now_is_last = options.query.now == 0;
    if (query != NULL) {
        t->rules->set.rules[at].query = *query;
    }
    return spoor_rules_run(t->rules, &options, &summary);
}

spoor_verdict spoor_test_judge(spoor_tester *t, const spoor_rule_test *test, spoor_engine *events,
                               const spoor_str *query) {
    spoor_verdict v = {0};
    const char *why = NULL;
    uint32_t at = spoor_test_load_rule(t, test, events, &why);
    if (at == UINT32_MAX) {
        v.message = spoor_arena_str(&t->arena, spoor_str_from(why));
    } else if (spoor_rules_select(t->rules, &t->options->filter) == SPOOR_OK &&
               !t->rules->states[at].is_selected) {
        v.is_skipped = true;
    } else if (run(t, at, test, query) != SPOOR_OK) {
        v.message = spoor_arena_str(&t->arena, spoor_str_from(spoor_error(events)));
    } else {
        v.title = spoor_arena_str(&t->arena, t->rules->set.rules[at].title);
        v.hits = t->rules->states[at].hits;
        v.message = check_result(t, at, test);
        v.is_ok = v.message.len == 0;
    }
    spoor_test_free_rules(t);
    spoor_arena_rewind(&t->scratch);
    return v;
}

spoor_test_result *spoor_test_add_result(spoor_tester *t, spoor_test_kind kind,
                                         const spoor_rule_test *test) {
    spoor_test_result *result = SPOOR_NEW(&t->arena, spoor_test_result);
    *result = (spoor_test_result){.kind = kind, .test = test, .name = test->name};
    if (t->last != NULL) {
        t->last->next = result;
    } else {
        t->first = result;
    }
    t->last = result;
    return result;
}

static void run_test(spoor_tester *t, const spoor_rule_test *test) {
    spoor_test_case *c = &t->cases[t->ncases];
    const char *why = test->error;
    uint64_t events;
    *c = (spoor_test_case){.test = test};
    t->ncases++;
    c->engine =
        why == NULL ? spoor_test_open_events(t, test, SPOOR_DISGUISE_NONE, &events, &why) : NULL;
    spoor_verdict v = {.message = c->engine == NULL
                                      ? spoor_arena_str(&t->arena, spoor_str_from(why))
                                      : (spoor_str){0}};
    if (c->engine != NULL) {
        v = spoor_test_judge(t, test, c->engine, NULL);
    }
    c->passes = v.is_ok;
    if (!v.is_skipped) {
        spoor_test_result *result = spoor_test_add_result(t, SPOOR_TEST_TEST, test);
        result->is_ok = v.is_ok;
        result->rule = v.title;
        result->message = v.message;
        t->summary.tests++;
        t->summary.failed += !v.is_ok;
    }
}

/* -- all of them ------------------------------------------------------------------------------- */

static void close_cases(spoor_tester *t) {
    for (uint32_t i = 0; i < t->ncases; i++) {
        spoor_close(t->cases[i].engine);
    }
    t->ncases = 0;
}

static bool same_rule(const spoor_rule_test *a, const spoor_rule_test *b) {
    return a->file == b->file && a->rule_path == b->rule_path &&
           spoor_str_eq(a->rule_id, b->rule_id);
}

static void run_tests(spoor_tester *t) {
    for (uint32_t i = 0; i < t->tests.count && !t->engine->cancel;) {
        const spoor_rule_test *first = &t->tests.items[i];
        bool all_pass = true;
        while (i < t->tests.count && same_rule(first, &t->tests.items[i]) &&
               t->ncases < SPOOR_MAX_TESTS_OF_RULE) {
            run_test(t, &t->tests.items[i++]);
            all_pass &= t->cases[t->ncases - 1].passes;
        }
        if (t->options->mutate && all_pass) {
            spoor_test_mutate(t);
        }
        close_cases(t);
    }
}

static void read_test_file(spoor_tester *t, const char *path) {
    const char *kept = spoor_arena_str(&t->arena, spoor_str_from(path)).ptr, *why = NULL;
    spoor_str bytes;
    if (spoor_rules_read_file(&t->arena, path, &bytes, &why)) {
        spoor_rule_tests_read(&t->tests, kept, bytes);
    } else {
        spoor_rule_tests_add_unread(&t->tests, kept, why);
    }
}

/* Paths of tests are read; what else is named may hold rules. */
static void read_tests(spoor_tester *t, const spoor_file_list *list, const char *const *paths,
                       size_t npaths) {
    t->tests.arena = &t->arena;
    t->paths = SPOOR_NEW_ARRAY(&t->arena, const char *, npaths + 1);
    for (size_t i = 0; i < npaths; i++) {
        if (!spoor_rule_tests_is_file(paths[i])) {
            t->paths[t->npaths++] = paths[i];
        }
    }
    for (size_t i = 0; i < list->count; i++) {
        if (spoor_rule_tests_is_file(list->files[i].path)) {
            read_test_file(t, list->files[i].path);
        }
    }
}

spoor_status spoor_rules_test(spoor_engine *engine, const char *const *paths, size_t npaths,
                              const spoor_rules_test_options *options,
                              const spoor_output_options *output, FILE *out,
                              spoor_rules_test_summary *summary) {
    *summary = (spoor_rules_test_summary){0};
    if (options->filter.severity != NULL && spoor_rules_severity(options->filter.severity) < 0) {
        return spoor_engine_fail(
            engine, SPOOR_ERR_QUERY,
            "no severity '%s'; there are informational, low, medium, high, critical",
            options->filter.severity);
    }
    bool is_known = output->format < SPOOR_FORMAT_SARIF || output->format >= SPOOR_FORMAT_TAP;
    spoor_file_list list;
    spoor_tester *t = is_known ? calloc(1, sizeof *t) : NULL;
    if (t == NULL) {
        return is_known ? spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory")
                        : spoor_engine_fail(engine, SPOOR_ERR_OUTPUT,
                                            "there is no such output of rules test");
    }
    *t = (spoor_tester){.engine = engine, .options = options, .output = output, .out = out};
    t->arena.memory = t->scratch.memory = &engine->memory;
    engine->cancel = false;
    spoor_status status = SPOOR_OK;
    jmp_buf door;
    t->arena.on_oom = t->scratch.on_oom = &door;
    if (!spoor_file_list_make(&list, paths, npaths, NULL, NULL)) {
        status = spoor_engine_fail(engine, SPOOR_ERR_INPUT, "%s", list.error);
    } else if (setjmp(door) != 0) {
        status =
            spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory while testing the rules");
    } else {
        read_tests(t, &list, paths, npaths);
        run_tests(t);
        spoor_test_report(t);
    }
    if (status == SPOOR_OK && engine->cancel) {
        status = spoor_engine_fail(engine, SPOOR_ERR_CANCELLED, "interrupted");
    }
    *summary = t->summary;
    spoor_file_list_free(&list);
    close_cases(t);
    spoor_close(t->extra);
    spoor_rules_free(t->rules);
    spoor_rules_free(t->index);
    spoor_arena_reset(&t->arena);
    spoor_arena_reset(&t->scratch);
    free(t);
    return status;
}
