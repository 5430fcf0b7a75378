/* rules.c - rule files to compiled rules: load, check; see rules.h.
 *
 * Every rule is an ordinary query: it is prepared like one, and the binder's
 * messages become messages about the rule's file. */
#include "detect/rules.h"

#include <stdlib.h>

#include "base/time.h"
#include "detect/rules_cache.h"
#include "ingest/file_list.h"

/* -- loading ----------------------------------------------------------------------------------- */

static void see_log(void *context, const spoor_log_info *log) {
    bool *has_audit = context;
    *has_audit |= log->event_id == 4688 && spoor_rule_word_is(log->channel, SPOOR_STR("Security"));
}

/* May a segment hold event 4688?  Segments are of one event id mostly, so this costs nothing, and counting logs does. */
static bool may_have_audit(spoor_snapshot *snapshot) {
    for (uint32_t i = 0; i < spoor_snapshot_count(snapshot); i++) {
        const spoor_segment *segment = spoor_snapshot_segment(snapshot, i);
        spoor_chunk ids = {0};
        if (segment->is_mixed) {
            spoor_chunk_peek(snapshot, segment, SPOOR_COL_EVENT_ID, (spoor_str){0}, SPOOR_INT,
                             &ids);
        }
        bool is_within = segment->is_mixed ? !ids.has_range || (ids.min <= 4688 && ids.max >= 4688)
                                           : segment->event_id == 4688;
        if (is_within) {
            return true;
        }
    }
    return false;
}

/* Is process creation audited in the store?  false: it cannot be read. */
static bool look_for_audit(spoor_store *store, bool *has_audit) {
    spoor_snapshot *snapshot;
    if (spoor_snapshot_open(store, &snapshot) != SPOOR_STORE_OK) {
        return false;
    }
    bool may = may_have_audit(snapshot);
    spoor_snapshot_close(snapshot);
    return !may || spoor_store_logs(store, see_log, has_audit) == SPOOR_STORE_OK;
}

static const char *load_placeholders(spoor_rules *rules,
                                     const char *path) { /* what is wrong, or NULL */
    const char *why = NULL;
    return path == NULL ? NULL
           : spoor_rules_read_file(&rules->arena, path, &rules->placeholder_bytes, &why)
               ? spoor_rules_read_placeholders(&rules->set, rules->placeholder_bytes)
               : why;
}

typedef struct loading {
    spoor_rule_input *inputs; /* files that may hold rules */
    const char **unread;      /* by input: why it could not be read; NULL: it was */
    uint32_t count, nunread;
    uint32_t others; /* files in folders that are none */
} loading;

static loading read_inputs(spoor_rules *rules, const spoor_file_list *list) {
    loading l = {.inputs = SPOOR_NEW_ARRAY(&rules->arena, spoor_rule_input, list->count + 1),
                 .unread = SPOOR_NEW_ARRAY(&rules->arena, const char *, list->count + 1)};
    for (size_t i = 0; i < list->count; i++) {
        const spoor_file *file = &list->files[i];
        spoor_rule_input *input = &l.inputs[l.count];
        if (!file->is_named && !spoor_rules_may_hold(file->path)) {
            l.others++;
            continue;
        }
        *input = (spoor_rule_input){
            .path = spoor_arena_str(&rules->arena, spoor_str_from(file->path)).ptr,
            .is_named = file->is_named};
        l.nunread +=
            !spoor_rules_read_file(&rules->arena, input->path, &input->bytes, &l.unread[l.count]);
        l.count++;
    }
    return l;
}

static void read_rules(spoor_rules *rules, const loading *l) {
    for (uint32_t i = 0; i < l->count; i++) {
        if (l->unread[i] != NULL) {
            spoor_rules_add_unread(&rules->set, l->inputs[i].path, l->unread[i]);
        } else {
            spoor_rules_read(&rules->set, l->inputs[i].path, l->inputs[i].bytes,
                             l->inputs[i].is_named);
        }
    }
    spoor_rules_link(&rules->set);
}

/* *why: of the placeholders, in the arena or fixed. */
static bool load_all(spoor_rules *rules, const spoor_file_list *list,
                     const spoor_sigma_options *sigma, const char **why) {
    jmp_buf door;
    rules->arena.on_oom = rules->scratch.on_oom = &door;
    bool ok = setjmp(door) == 0;
    if (ok) {
        *why = load_placeholders(rules, sigma->placeholders);
        rules->set.has_audit = sigma->audit;
        rules->set.enriches = sigma->enrich;
        rules->set.view = spoor_str_from(sigma->view != NULL ? sigma->view : "");
        loading l = read_inputs(rules, list);
        if (l.nunread > 0 || !spoor_rules_recall_set(rules, l.inputs, l.count, sigma)) {
            read_rules(rules, &l);
            spoor_rules_keep_set(rules, l.inputs, l.count);
        }
        rules->set.ignored += l.others;
        rules->states = SPOOR_NEW_ARRAY(&rules->arena, spoor_rule_state, rules->set.count + 1);
        for (uint32_t i = 0; i < rules->set.count; i++) {
            rules->states[i].is_selected =
                !rules->set.rules[i].is_part || rules->set.rules[i].diags.nerrors > 0;
        }
    }
    rules->arena.on_oom = rules->scratch.on_oom = NULL;
    return ok;
}

spoor_status spoor_rules_load(spoor_engine *engine, const char *const *paths, size_t npaths,
                              const spoor_sigma_options *sigma, spoor_rules **out) {
    spoor_sigma_options options = sigma != NULL ? *sigma : (spoor_sigma_options){0};
    const char *why = NULL;
    spoor_rules *rules = calloc(1, sizeof *rules);
    *out = rules;
    if (rules == NULL) {
        return spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory");
    }
    rules->engine = engine;
    rules->arena.memory = rules->scratch.memory = &engine->memory;
    rules->set.arena = &rules->arena;
    spoor_file_list list;
    spoor_status status = SPOOR_OK;
    if (options.view != NULL && !spoor_rules_is_view(options.view)) {
        return spoor_engine_fail(engine, SPOOR_ERR_QUERY,
                                 "there is no view '%s'; there are defender and asim",
                                 options.view);
    }
    if (engine->store != NULL && !look_for_audit(engine->store, &options.audit)) {
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", spoor_store_error(engine->store));
    }
    if (!spoor_file_list_make(&list, paths, npaths, NULL, NULL)) {
        status = spoor_engine_fail(engine, SPOOR_ERR_INPUT, "%s", list.error);
    } else if (!load_all(rules, &list, &options, &why)) {
        status =
            spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory while reading the rules");
    } else if (why != NULL) {
        status = spoor_engine_fail(engine, SPOOR_ERR_INPUT, "%s: %s", options.placeholders, why);
    }
    spoor_file_list_free(&list);
    return status;
}

void spoor_rule_forget_query(spoor_rule_state *state) {
    spoor_query_free(state->query);
    state->query = NULL;
}

void spoor_rules_forget_queries(spoor_rules *rules) {
    for (uint32_t i = 0; rules->states != NULL && i < rules->set.count; i++) {
        spoor_rule_forget_query(&rules->states[i]);
    }
}

void spoor_rules_free(spoor_rules *rules) {
    if (rules == NULL) {
        return;
    }
    spoor_rules_forget_queries(rules);
    if (rules->spool != NULL) {
        fclose(rules->spool);
    }
    spoor_arena_reset(&rules->arena);
    spoor_arena_reset(&rules->scratch);
    free(rules);
}

/* -- compiling --------------------------------------------------------------------------------- */

static void take_message(spoor_rule *rule, const spoor_query *query, const spoor_diag *d) {
    bool is_own = d->span.source == 0;
    spoor_span place = is_own ? spoor_rule_locate(rule, d->span.start, d->span.end)
                              : spoor_rule_locate(rule, 0, 1);
    const char *in = !is_own && d->span.source < query->diags.nsources
                         ? query->diags.sources[d->span.source].name
                         : "";
    const char *glue = in[0] != '\0' ? ": " : "";
    const spoor_diag *before = rule->diags.last;
    bool is_made =
        rule->kind == SPOOR_RULE_SIGMA; /* how a text is written is not the rule's doing */
    if (is_made && d->severity == SPOOR_WARNING &&
        (d->code == NULL || strcmp(d->code, "contradiction") != 0)) {
        return;
    }
    if (d->severity == SPOOR_ERROR) {
        spoor_fail(&rule->diags, place, "%s%s%s", in, glue, d->message);
    } else {
        spoor_warn(&rule->diags, place, "%s%s%s", in, glue, d->message);
    }
    if (d->hint != NULL) {
        spoor_hint(&rule->diags, "%s", d->hint);
    }
    if (rule->diags.last != before) { /* not one too many */
        rule->diags.last->code = d->code;
    }
}

typedef struct spoor_known_schema {
    spoor_schema schema;
    struct spoor_known_schema *next;
} known_schema;

static bool is_same_schema(const spoor_schema *a, const spoor_schema *b) {
    bool same = a->ncols == b->ncols;
    for (uint32_t i = 0; i < a->ncols && same; i++) {
        const spoor_column *x = &a->columns[i], *y = &b->columns[i];
        same = x->type == y->type && x->hidden == y->hidden && spoor_str_eq(x->name, y->name);
    }
    return same;
}

/* A copy that outlives the query: most rules give the columns of one of few tables. */
const spoor_schema *spoor_rules_keep_schema(spoor_rules *rules, const spoor_schema *schema) {
    for (known_schema *k = rules->schemas; k != NULL; k = k->next) {
        if (is_same_schema(&k->schema, schema)) {
            return &k->schema;
        }
    }
    known_schema *kept = SPOOR_NEW(&rules->arena, known_schema);
    kept->schema =
        (spoor_schema){.ncols = schema->ncols,
                       .columns = SPOOR_NEW_ARRAY(&rules->arena, spoor_column, schema->ncols)};
    for (uint32_t i = 0; i < schema->ncols; i++) {
        kept->schema.columns[i] = schema->columns[i];
        kept->schema.columns[i].name = spoor_arena_str(&rules->arena, schema->columns[i].name);
    }
    kept->next = rules->schemas;
    rules->schemas = kept;
    return &kept->schema;
}

/* What a rule's query must be beyond what any query must. */
static spoor_status check_query(spoor_rule *rule, const spoor_query *query) {
    if (query->command.kind != SPOOR_COMMAND_NONE) {
        spoor_fail(&rule->diags, spoor_rule_locate(rule, 0, 1), "a rule cannot be a command");
        return SPOOR_ERR_QUERY;
    }
    if (query->plan->nresults != 1) {
        spoor_fail(&rule->diags, spoor_rule_locate(rule, 0, 1), "a rule gives one result, not %u",
                   query->plan->nresults);
        return SPOOR_ERR_QUERY;
    }
    return SPOOR_OK;
}

spoor_status spoor_rule_compile_again(spoor_rules *rules, uint32_t i,
                                      const spoor_query_options *options) {
    const spoor_rule *rule = &rules->set.rules[i];
    spoor_query_options own = *options;
    own.name = rule->file->path;
    return spoor_prepare(rules->engine, rule->query.ptr, rule->query.len, &own,
                         &rules->states[i].query);
}

spoor_status spoor_rule_compile(spoor_rules *rules, uint32_t i,
                                const spoor_query_options *options) {
    spoor_rule *rule = &rules->set.rules[i];
    spoor_rule_state *state = &rules->states[i];
    spoor_rule_forget_query(state);
    state->is_compiled = false;
    if (rule->diags.nerrors > 0) {
        state->status = SPOOR_RULE_FAILED;
        return SPOOR_OK;
    }
    if (rule->blind.len > 0) {
        state->status = SPOOR_RULE_BLIND;
        return SPOOR_OK;
    }
    spoor_status status = spoor_rule_compile_again(rules, i, options);
    for (const spoor_diag *d = state->query != NULL ? state->query->diags.first : NULL; d != NULL;
         d = d->next) {
        take_message(rule, state->query, d);
    }
    if (status == SPOOR_ERR_STORE && rules->engine->store == NULL && rule->diags.nerrors > 0) {
        spoor_hint(&rule->diags, "%s",
                   spoor_error(rules->engine)); /* bag_unpack: the data tell the columns */
        status = SPOOR_ERR_QUERY;
    }
    status = status == SPOOR_OK ? check_query(rule, state->query) : status;
    if (status == SPOOR_OK) {
        state->is_compiled = true;
        state->schema =
            spoor_rules_keep_schema(rules, &state->query->plan->results[0].plan->schema);
    } else {
        spoor_rule_forget_query(state);
        state->status = SPOOR_RULE_FAILED;
    }
    bool is_own =
        status == SPOOR_ERR_QUERY || status == SPOOR_ERR_TIMEOUT || status == SPOOR_ERR_LIMIT;
    return is_own ? SPOOR_OK : status;
}

static spoor_status check_all(spoor_rules *rules, const spoor_query_options *options) {
    jmp_buf door;
    rules->arena.on_oom = &door;
    if (setjmp(door) != 0) {
        rules->arena.on_oom = NULL;
        return spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY,
                                 "out of memory while compiling the rules");
    }
    spoor_status status = SPOOR_OK;
    for (uint32_t i = 0; i < rules->set.count && status == SPOOR_OK; i++) {
        if (rules->states[i].is_selected) {
            status = spoor_rule_compile(rules, i, options);
            spoor_rules_lint_query(rules, i);
            spoor_rule_forget_query(&rules->states[i]);
        }
    }
    rules->arena.on_oom = NULL;
    return status;
}

void spoor_rules_summarize(spoor_rules *rules) {
    spoor_rules_summary s = {.files = rules->set.files,
                             .ignored = rules->set.ignored,
                             .segments = rules->summary.segments,
                             .segments_known = rules->summary.segments_known,
                             .not_kept = rules->summary.not_kept,
                             .now = rules->summary.now,
                             .seconds = rules->summary.seconds};
    for (uint32_t i = 0; i < rules->set.count; i++) {
        const spoor_rule_state *state = &rules->states[i];
        const spoor_rule *rule = &rules->set.rules[i];
        if (!state->is_selected) {
            continue;
        }
        s.found++;
        s.matched += state->status == SPOOR_RULE_MATCHED;
        s.no_match += state->status == SPOOR_RULE_NO_MATCH;
        s.failed += state->status == SPOOR_RULE_FAILED;
        s.blind += state->status == SPOOR_RULE_BLIND;
        s.broken += state->status == SPOOR_RULE_FAILED && !state->is_compiled;
        s.alerts += state->nfirings > 0 ? state->nfirings : state->is_alert;
        s.runs += state->nruns;
        s.alerts_by_severity[rule->level] += state->is_alert;
        s.warnings += rule->diags.nwarnings;
    }
    s.ran = s.matched + s.no_match;
    rules->summary = s;
}

static bool try_lint(spoor_rules *rules) {
    jmp_buf door;
    rules->arena.on_oom = &door;
    bool ok = setjmp(door) == 0;
    if (ok) {
        spoor_rules_lint_all(rules);
    }
    rules->arena.on_oom = NULL;
    return ok;
}

spoor_status spoor_rules_check(spoor_rules *rules, const spoor_query_options *options,
                               spoor_rules_summary *summary) {
    spoor_query_options query = *options;
    if (query.now == 0 && !query.now_is_last) {
        query.now = spoor_time_now(); /* one for all: they share what does not depend on it */
    }
    spoor_status status = check_all(rules, &query);
    spoor_rules_forget_queries(rules);
    if (status == SPOOR_OK && !try_lint(rules)) {
        status = spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY,
                                   "out of memory while checking the rules");
    }
    spoor_rules_summarize(rules);
    *summary = rules->summary;
    return status;
}

/* Nothing of a rule file may steer a terminal; lines end only where they may. */
static void put_safe(spoor_str text, bool lines, FILE *out) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i],
                      next = i + 1 < text.len ? (unsigned char)text.ptr[i + 1] : 0;
        bool is_c1 = c == 0xC2 && next >= 0x80 && next < 0xA0;
        bool is_line = lines && (c == '\n' || c == '\t' || (c == '\r' && next == '\n'));
        if (is_c1 || ((c < 0x20 || c == 0x7F) && !is_line)) {
            fputs("\xEF\xBF\xBD", out);
            i += is_c1;
        } else {
            fputc(c, out);
        }
    }
}

static void put_header(const char *key, spoor_str text, FILE *out) {
    fprintf(out, "// %s: ", key);
    put_safe(text, false, out);
    fputc('\n', out);
}

static void put_list(const char *key, const spoor_str_list *list, FILE *out) {
    for (uint32_t i = 0; i < list->count; i++) {
        fprintf(out, "%s%s%s", i == 0 ? "// " : ", ", i == 0 ? key : "", i == 0 ? ": " : "");
        put_safe(list->items[i], false, out);
    }
    fputs(list->count > 0 ? "\n" : "", out);
}

spoor_status spoor_rules_write_queries(spoor_rules *rules, FILE *out) {
    spoor_status status = SPOOR_OK;
    bool is_first = true;
    for (uint32_t i = 0; i < rules->set.count; i++) {
        const spoor_rule *rule = &rules->set.rules[i];
        if (!rules->states[i].is_selected || rule->diags.nerrors > 0) {
            status = rules->states[i].is_selected ? SPOOR_ERR_QUERY : status;
            continue;
        }
        fputs(is_first ? "" : "\n", out);
        is_first = false;
        put_header("Name", rule->title, out);
        if (rule->id.len > 0) {
            put_header("Id", rule->id, out);
        }
        put_header("Severity", spoor_str_from(spoor_level_name(rule->level)), out);
        put_list("Tactics", &rule->tactics, out);
        put_list("Techniques", &rule->techniques, out);
        if (rule->blind.len > 0) {
            put_header("Blind", rule->blind, out);
        }
        put_safe(rule->query, true, out);
        fputs(rule->query.len > 0 && rule->query.ptr[rule->query.len - 1] != '\n' ? "\n" : "", out);
    }
    return status;
}

void spoor_rules_print_messages(const spoor_rules *rules, bool warnings, FILE *out) {
    for (uint32_t i = 0; i < rules->set.count; i++) {
        const spoor_diags *diags = &rules->set.rules[i].diags;
        for (const spoor_diag *d = diags->first; rules->states[i].is_selected && d != NULL;
             d = d->next) {
            if (d->severity == SPOOR_ERROR || warnings) {
                spoor_diag_print(diags, d, out);
            }
        }
    }
}
