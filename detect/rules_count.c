/* rules_count.c - see rules_count.h.
 *
 * Hosts come in the order in which their rows do, as they would from the plan. */
#include "detect/rules_count.h"

#include "detect/rules_spool.h"

enum { MOST_COLUMNS = 8 }; /* of times and hosts, over all rules; more are not counted here */

typedef struct read_column { /* of the segment at hand */
    const spoor_scan_column *column;
    const spoor_chunk *chunk; /* pinned; NULL: not yet */
} read_column;

typedef struct counter {
    spoor_rules_pass *pass;
    spoor_rules *rule_set;
    spoor_snapshot *snapshot;
    const spoor_segment *segment;
    read_column columns[MOST_COLUMNS];
    uint32_t ncolumns;
    uint32_t *next;   /* by rule: its next pick */
    uint32_t *counts; /* by entry of a dictionary; all 0 between rules */
    uint32_t *seen;   /* entries, in the order of their rows */
    uint32_t ncounts; /* room for so many */
    uint32_t *rows;   /* of a pick that does not list them */
    uint32_t nrows;   /* room for so many */
    spoor_arena arena;
    spoor_store_status status;
} counter;

/* -- which rules ------------------------------------------------------------------------------- */

/* The column of the scan below that is the plan's; NULL: it is computed. */
static const spoor_scan_column *scanned(const spoor_plan *plan, int column) {
    while (plan->kind == SPOOR_PLAN_PROJECT) {
        const spoor_bound *e = plan->project.exprs[column];
        if (e->kind != SPOOR_BOUND_COLUMN) {
            return NULL;
        }
        column = e->column;
        plan = plan->inputs[0];
    }
    return &plan->scan.columns[column];
}

static bool is_same_column(const spoor_scan_column *a, const spoor_scan_column *b) {
    return a->column == b->column && a->type == b->type && spoor_str_eq(a->member, b->member);
}

/* A copy that lives with the pass; NULL of NULL. */
static const spoor_scan_column *kept(spoor_rules_pass *pass, const spoor_scan_column *column) {
    if (column == NULL) {
        return NULL;
    }
    spoor_scan_column *copy = SPOOR_NEW(&pass->arena, spoor_scan_column);
    *copy = *column;
    copy->member = spoor_arena_str(&pass->arena, column->member);
    return copy;
}

static bool is_record(const spoor_scan_column *column) {
    return column->member.len == 0 && spoor_is_record_column((spoor_event_column)column->column);
}

void spoor_rules_count_add(spoor_rules_pass *pass, const spoor_rules *rules, uint32_t rule,
                           const spoor_plan_query *query) {
    spoor_rule_scans *own = &pass->rules[rule];
    const spoor_plan *result = query->results[0].plan, *plan = result;
    while (plan->kind == SPOOR_PLAN_PROJECT) {
        plan = plan->inputs[0];
    }
    int columns[2];
    spoor_rule_noted_columns(rules, rule, &columns[0], &columns[1]);
    const spoor_scan_column *found[2] = {NULL, NULL};
    own->can_count = plan->kind == SPOOR_PLAN_SCAN && query->nsubplans == 0;
    for (int i = 0; i < 2 && own->can_count; i++) {
        found[i] = columns[i] >= 0 ? scanned(result, columns[i]) : NULL;
        own->can_count = columns[i] < 0 || (found[i] != NULL && !is_record(found[i]));
    }
    if (own->can_count) {
        own->time = kept(pass, found[0]);
        own->host = kept(pass, found[1]);
    }
}

/* -- a segment --------------------------------------------------------------------------------- */

static const spoor_chunk *chunk_of(counter *c, const spoor_scan_column *column) {
    uint32_t i = 0;
    while (i < c->ncolumns && !is_same_column(c->columns[i].column, column)) {
        i++;
    }
    if (i == c->ncolumns) {
        if (i == MOST_COLUMNS) {
            return NULL;
        }
        c->columns[c->ncolumns++] = (read_column){.column = column};
    }
    read_column *read = &c->columns[i];
    if (read->chunk == NULL) {
        c->status = spoor_chunk_pin(c->snapshot, c->segment, (spoor_event_column)column->column,
                                    column->member, column->type, &read->chunk);
        read->chunk = c->status == SPOOR_STORE_OK ? read->chunk : NULL;
    }
    return read->chunk;
}

static void leave(counter *c) {
    for (uint32_t i = 0; i < c->ncolumns; i++) {
        if (c->columns[i].chunk != NULL) {
            spoor_chunk_drop(c->snapshot, c->columns[i].chunk);
            c->columns[i].chunk = NULL;
        }
    }
}

/* The rows that are picked, ascending; until the next call. */
static const uint32_t *rows_of(counter *c, const spoor_pick *pick) {
    uint32_t n = 0;
    if (pick->kind == SPOOR_PICK_ROWS) {
        return pick->rows;
    }
    if (pick->count > c->nrows) {
        c->nrows = c->segment->rows;
        c->rows = SPOOR_RAW_ARRAY(&c->arena, uint32_t, c->nrows);
    }
    for (uint32_t row = 0; pick->kind == SPOOR_PICK_ALL && row < pick->count; row++) {
        c->rows[row] = row;
    }
    for (uint32_t word = 0; pick->kind == SPOOR_PICK_BITS && n < pick->count; word++) {
        for (uint64_t bits = pick->bits[word]; bits != 0; bits &= bits - 1) {
            c->rows[n++] = word * 64 + (uint32_t)__builtin_ctzll(bits);
        }
    }
    return c->rows;
}

static void note_times(const spoor_chunk *times, const uint32_t *rows, uint32_t count,
                       spoor_rule_state *state) {
    const spoor_vec *vec = &times->vec;
    int64_t least = INT64_MAX, most = INT64_MIN;
    if (times->is_constant) {
        least = times->constant.is_null ? least : times->constant.integer;
        most = times->constant.is_null ? most : times->constant.integer;
    } else if (vec->is_ascending && vec->nulls == NULL) {
        least = vec->longs[rows[0]];
        most = vec->longs[rows[count - 1]];
    } else {
        for (uint32_t i = 0; i < count; i++) {
            bool is_null = vec->nulls != NULL && vec->nulls[rows[i]] != 0;
            int64_t time = vec->longs[rows[i]];
            least = !is_null && time < least ? time : least;
            most = !is_null && time > most ? time : most;
        }
    }
    if (least <= most) {
        spoor_note_time(state, least);
        spoor_note_time(state, most);
    }
}

static void make_room(counter *c, uint32_t entries) {
    if (entries > c->ncounts) {
        c->ncounts = entries * 2;
        c->counts = SPOOR_NEW_ARRAY(&c->arena, uint32_t, c->ncounts);
        c->seen = SPOOR_RAW_ARRAY(&c->arena, uint32_t, c->ncounts);
    }
}

static void note_hosts(counter *c, const spoor_chunk *hosts, const uint32_t *rows, uint32_t count,
                       spoor_rule_state *state) {
    if (hosts->is_constant) {
        spoor_note_host(c->rule_set, state, hosts->constant.string, count);
        return;
    }
    const spoor_dict *dict = hosts->vec.dict;
    make_room(c, dict->count);
    const uint32_t *codes = hosts->vec.codes;
    uint32_t *counts = c->counts, *seen = c->seen, n = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t code = codes[rows[i]];
        if (counts[code]++ == 0) {
            seen[n++] = code;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        spoor_note_host(c->rule_set, state, dict->values->strings[seen[i]], counts[seen[i]]);
        counts[seen[i]] = 0;
    }
}

static bool count_rule(counter *c, uint32_t rule, const spoor_pick *pick) {
    spoor_rule_scans *own = &c->pass->rules[rule];
    spoor_rule_state *state = &c->rule_set->states[rule];
    const spoor_chunk *times = own->time != NULL ? chunk_of(c, own->time) : NULL;
    const spoor_chunk *hosts = own->host != NULL ? chunk_of(c, own->host) : NULL;
    if ((times == NULL) != (own->time == NULL) || (hosts == NULL) != (own->host == NULL)) {
        return false;
    }
    const uint32_t *rows = rows_of(c, pick);
    state->hits += pick->count;
    if (times != NULL) {
        note_times(times, rows, pick->count, state);
    }
    if (hosts != NULL) {
        note_hosts(c, hosts, rows, pick->count, state);
    }
    return true;
}

/* -- all --------------------------------------------------------------------------------------- */

/* The rules whose picks are the rows, each pick exact. */
static void choose(counter *c) {
    for (uint32_t i = 0; i < c->rule_set->set.count; i++) {
        spoor_rule_scans *own = &c->pass->rules[i];
        const spoor_picks *picks = own->count == 1 ? &c->pass->picks[own->first] : NULL;
        own->is_counted = own->can_count && picks != NULL && c->rule_set->states[i].is_compiled;
        for (uint32_t k = 0; own->is_counted && k < picks->count; k++) {
            own->is_counted = picks->items[k].is_exact;
        }
    }
}

static bool count_all(counter *c) {
    uint32_t nrules = c->rule_set->set.count;
    choose(c);
    c->next = SPOOR_NEW_ARRAY(&c->arena, uint32_t, nrules + 1);
    for (uint32_t s = 0; s < spoor_snapshot_count(c->snapshot); s++) {
        c->segment = spoor_snapshot_segment(c->snapshot, s);
        for (uint32_t i = 0; i < nrules; i++) {
            const spoor_rule_scans *own = &c->pass->rules[i];
            const spoor_picks *picks = own->is_counted ? &c->pass->picks[own->first] : NULL;
            if (picks == NULL || c->next[i] == picks->count ||
                picks->items[c->next[i]].segment != s) {
                continue;
            }
            if (!count_rule(c, i, &picks->items[c->next[i]++])) {
                return false;
            }
        }
        leave(c);
        if (c->rule_set->engine->cancel) {
            return false;
        }
    }
    return true;
}

static bool count_behind_door(counter *c) {
    jmp_buf door, *outer = c->rule_set->arena.on_oom;
    c->rule_set->arena.on_oom = c->arena.on_oom = &door;
    bool ok = setjmp(door) == 0 && count_all(c);
    c->rule_set->arena.on_oom = outer;
    return ok;
}

/* Each rule is as it was, and runs its plan. */
static void undo(counter *c) {
    for (uint32_t i = 0; i < c->rule_set->set.count; i++) {
        spoor_rule_state *state = &c->rule_set->states[i];
        if (c->pass->rules[i].is_counted) {
            c->pass->rules[i].is_counted = state->has_times = false;
            state->hits = 0;
            state->hosts = (spoor_rule_hosts){0};
        }
    }
}

spoor_status spoor_rules_count(spoor_rules_pass *pass, spoor_rules *rules,
                               spoor_snapshot *snapshot) {
    spoor_engine *engine = rules->engine;
    counter c = {.pass = pass,
                 .rule_set = rules,
                 .snapshot = snapshot,
                 .arena = {.memory = &engine->memory}};
    if (!count_behind_door(&c)) {
        undo(&c);
    }
    leave(&c);
    spoor_arena_reset(&c.arena);
    return engine->cancel ? spoor_engine_fail(engine, SPOOR_ERR_CANCELLED, "cancelled") : SPOOR_OK;
}
