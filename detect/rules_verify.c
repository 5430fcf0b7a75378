/* rules_verify.c - `rules convert --verify`: of the stored events, does each Sigma rule's query give those that the
 * rule itself names (rules/sigma_match.c), and no others?
 *
 * The events are read once and every rule is asked of each; then each query runs.
 * Places of events are compared as hashes, sorted. */
#include "detect/rules.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "executor/op.h"
#include "rules/sigma_match.h"

typedef struct hits { /* hashes of places */
    uint64_t *items;
    size_t count, capacity;
} hits;

typedef struct verifying {
    spoor_rules *rules;
    spoor_arena arena, scratch;
    hits *wanted; /* by rule */
    hits got;     /* of the query that runs */
    spoor_run run;
    bool is_events; /* the events are being read; else rows of a query */
} verifying;

static void add_hit(verifying *v, hits *to, uint64_t hash) {
    if (to->count == to->capacity) {
        to->capacity = to->capacity == 0 ? 16 : to->capacity * 2;
        uint64_t *grown = SPOOR_NEW_ARRAY(&v->arena, uint64_t, to->capacity);
        if (to->count > 0) {
            memcpy(grown, to->items, to->count * sizeof *grown);
        }
        to->items = grown;
    }
    to->items[to->count++] = hash;
}

/* -- batches ----------------------------------------------------------------------------------- */

static spoor_str text_of(verifying *v, const spoor_value *value) {
    if (value->is_null) {
        return SPOOR_STR("");
    }
    return value->type == SPOOR_STRING
               ? value->string
               : spoor_arena_format(&v->scratch, "%lld", (long long)value->integer);
}

/* The last four columns are the event's place. */
static uint64_t place_of(verifying *v, const spoor_batch *batch, uint32_t row) {
    uint64_t hash = 0;
    for (uint32_t c = batch->ncols - 4; c < batch->ncols; c++) {
        spoor_value value = spoor_vec_get(&batch->cols[c], row);
        spoor_str text = text_of(v, &value);
        hash = spoor_hash_seeded(hash, text.ptr, text.len);
    }
    return hash;
}

#define EVENT_COLUMNS                                                                              \
    "EventID, Provider, Channel, Computer, EventLevel, Task, Opcode, Keywords, EventRecordId, "    \
    "Message, EventData"

static void read_event(verifying *v, const spoor_batch *batch, uint32_t row, spoor_sigma_event *e) {
    static const struct {
        const char *name;
        uint32_t column; /* of EVENT_COLUMNS */
    } names[SPOOR_SIGMA_NSYSTEM] = {{"EventID", 0},       {"Provider_Name", 1}, {"Channel", 2},
                                    {"Computer", 3},      {"ComputerName", 3},  {"Level", 4},
                                    {"Task", 5},          {"Opcode", 6},        {"Keywords", 7},
                                    {"EventRecordID", 8}, {"Message", 9}};
    *e = (spoor_sigma_event){.scratch = &v->scratch};
    for (uint32_t i = 0; i < SPOOR_SIGMA_NSYSTEM; i++) {
        spoor_value value = spoor_vec_get(&batch->cols[names[i].column], row);
        e->system[i].name = names[i].name;
        e->system[i].text = text_of(v, &value);
        e->has_id |= i == 0 && !value.is_null;
        e->id = i == 0 && !value.is_null ? value.integer : e->id;
    }
    e->provider = e->system[1].text;
    e->channel = e->system[2].text;
    e->message = e->system[10].text;
    spoor_value data = spoor_vec_get(&batch->cols[10], row);
    e->data = data.is_null ? SPOOR_STR("") : data.string;
}

static bool is_verified(const spoor_rules *rules, uint32_t i) {
    const spoor_rule *rule = &rules->set.rules[i];
    return rules->states[i].is_selected && rule->sigma != NULL &&
           rule->sigma->kind == SPOOR_SIGMA_DETECTION && rule->sigma->correlation == NULL &&
           rule->diags.nerrors == 0 && rule->blind.len == 0;
}

static void take_event(verifying *v, const spoor_batch *batch, uint32_t row) {
    spoor_sigma_event event;
    uint64_t place = place_of(v, batch, row);
    read_event(v, batch, row, &event);
    for (uint32_t i = 0; i < v->rules->set.count; i++) {
        if (is_verified(v->rules, i) &&
            spoor_sigma_matches(&v->rules->set, &v->rules->set.rules[i], &event)) {
            add_hit(v, &v->wanted[i], place);
        }
    }
}

static bool take_batch(void *context, const spoor_batch *batch) {
    verifying *v = context;
    jmp_buf door;
    v->arena.on_oom = v->scratch.on_oom = v->rules->arena.on_oom =
        &door; /* the last: matchers of `re` */
    bool ok = setjmp(door) == 0;
    for (uint32_t i = 0; ok && i < batch->count && spoor_run_go_on(&v->run); i++) {
        uint32_t row = batch->sel != NULL ? batch->sel[i] : i;
        spoor_arena_rewind(&v->scratch);
        if (v->is_events) {
            take_event(v, batch, row);
        } else {
            add_hit(v, &v->got, place_of(v, batch, row));
        }
    }
    v->arena.on_oom = v->scratch.on_oom = v->rules->arena.on_oom = NULL;
    return ok || spoor_run_fail(&v->run, SPOOR_RUN_MEMORY, (spoor_span){0}, "out of memory");
}

static spoor_status run_query(verifying *v, spoor_query *query) {
    spoor_engine *engine = v->rules->engine;
    v->run = (spoor_run){.memory = &engine->memory,
                         .query = query->plan,
                         .now = query->options.now,
                         .cancel = &engine->cancel,
                         .deadline = spoor_query_deadline(query),
                         .temp_dir = engine->temp_dir};
    if (engine->store != NULL &&
        spoor_snapshot_open(engine->store, &v->run.snapshot) != SPOOR_STORE_OK) {
        return spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", spoor_store_error(engine->store));
    }
    spoor_run_begin(&v->run);
    if (v->run.status == SPOOR_RUN_OK) {
        spoor_execute(&v->run, query->plan->results[0].plan, take_batch, v);
    }
    spoor_run_end(&v->run);
    if (v->run.snapshot != NULL) {
        spoor_snapshot_close(v->run.snapshot);
    }
    return v->run.status == SPOOR_RUN_OK
               ? SPOOR_OK
               : spoor_engine_fail(engine, spoor_engine_run_status(v->run.status), "%s",
                                   v->run.message);
}

static spoor_status run_text(verifying *v, spoor_str text, const spoor_query_options *options) {
    spoor_query *query;
    spoor_message message;
    spoor_status status = spoor_prepare(v->rules->engine, text.ptr, text.len, options, &query);
    if (status == SPOOR_OK) {
        status = run_query(v, query);
    } else if (status == SPOOR_ERR_QUERY && spoor_query_message(query, 0, &message)) {
        spoor_engine_fail(v->rules->engine, status, "%s", message.message);
    }
    spoor_query_free(query);
    return status;
}

/* -- comparing --------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b) {
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

/* Counts what one has and the other has not. */
static void compare_hits(hits *wanted, hits *got, uint64_t *missing, uint64_t *more) {
    *missing = *more = 0;
    if (wanted->count > 0) {
        qsort(wanted->items, wanted->count, sizeof *wanted->items, compare);
    }
    if (got->count > 0) {
        qsort(got->items, got->count, sizeof *got->items, compare);
    }
    size_t w = 0, g = 0;
    while (w < wanted->count || g < got->count) {
        bool only_wanted =
            g == got->count || (w < wanted->count && wanted->items[w] < got->items[g]);
        bool only_got = !only_wanted && (w == wanted->count || got->items[g] < wanted->items[w]);
        *missing += only_wanted;
        *more += only_got;
        w += !only_got;
        g += !only_wanted;
    }
}

static bool with_place(verifying *v, spoor_str query, spoor_str *text) {
    jmp_buf door;
    v->arena.on_oom = &door;
    bool ok = setjmp(door) == 0;
    if (ok) {
        spoor_buffer out = {.arena = &v->arena};
        spoor_buffer_put(&out, query);
        spoor_buffer_put(&out, SPOOR_STR("| project _SourceFile, _Chunk, _Offset, _RecordId"));
        *text = spoor_buffer_text(&out);
    }
    v->arena.on_oom = NULL;
    return ok;
}

static spoor_status verify_rule(verifying *v, uint32_t i, const spoor_query_options *options,
                                spoor_rules_verdict *verdict, FILE *out) {
    const spoor_rule *rule = &v->rules->set.rules[i];
    spoor_str text;
    if (!with_place(v, rule->query, &text)) {
        return spoor_engine_fail(v->rules->engine, SPOOR_ERR_MEMORY, "out of memory");
    }
    v->got.count = 0;
    spoor_status status = run_text(v, text, options);
    if (status != SPOOR_OK) {
        return status;
    }
    uint64_t missing, more;
    compare_hits(&v->wanted[i], &v->got, &missing, &more);
    verdict->rows += v->got.count;
    verdict->same += missing + more == 0;
    if (missing + more > 0) {
        verdict->differ++;
        fprintf(out,
                "%s[%u]: of %llu events that match the rule, its query misses %llu and gives %llu "
                "others\n",
                rule->file->path, rule->index, (unsigned long long)v->wanted[i].count,
                (unsigned long long)missing, (unsigned long long)more);
    }
    return SPOOR_OK;
}

static spoor_status verify_all(verifying *v, const spoor_query_options *options,
                               spoor_rules_verdict *verdict, FILE *out) {
    v->is_events = true;
    spoor_str events =
        SPOOR_STR("_Events | project " EVENT_COLUMNS ", _SourceFile, _Chunk, _Offset, _RecordId");
    spoor_status status = run_text(v, events, options);
    v->is_events = false;
    for (uint32_t i = 0; i < v->rules->set.count && status == SPOOR_OK; i++) {
        if (is_verified(v->rules, i)) {
            status = verify_rule(v, i, options, verdict, out);
        } else {
            verdict->unverified += v->rules->states[i].is_selected;
        }
    }
    return status;
}

spoor_status spoor_rules_verify(spoor_rules *rules, const spoor_query_options *options,
                                spoor_rules_verdict *verdict, FILE *out) {
    verifying v = {.rules = rules,
                   .arena.memory = &rules->engine->memory,
                   .scratch.memory = &rules->engine->memory};
    *verdict = (spoor_rules_verdict){0};
    spoor_status status;
    jmp_buf door;
    v.arena.on_oom = &door;
    if (setjmp(door) != 0) {
        status = spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY, "out of memory");
    } else {
        v.wanted = SPOOR_NEW_ARRAY(&v.arena, hits, rules->set.count + 1);
        status = verify_all(&v, options, verdict, out);
    }
    spoor_arena_reset(&v.arena);
    spoor_arena_reset(&v.scratch);
    return status;
}
