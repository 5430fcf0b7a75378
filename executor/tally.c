/* tally.c - see tally.h.
 *
 * Every batch gets a group number a row (groups.c); every aggregate then sees
 * its arguments dense, with the state of each row's group.  Rows with a null
 * argument are left out, unless the aggregate wants them; rows that repeat a
 * value of their group, where that cannot matter (seen.h). */
#include "executor/tally.h"

#include "executor/eval.h"
#include "executor/row_places.h"
#include "executor/tally_inside.h"
#include "planner/bound.h"

enum {
    STATE_ALIGN = 16,
    MEMORY_SHARE = 4, /* of the limit that groups may take before others are put aside */
};

static void grow_states(spoor_tally *tally) {
    spoor_arena *arena = tally->arena;
    while (tally->nblocks << SPOOR_STATES_SHIFT < tally->ngroups) {
        SPOOR_GROW(arena, tally->states, tally->nblocks, &tally->blocks_capacity);
        tally->states[tally->nblocks++] =
            spoor_arena_push(arena, SPOOR_STATES_BLOCK, tally->state_bytes);
    }
}

/* -- adding rows ------------------------------------------------------------------------------- */

/* Which of the `count` dense rows an aggregate sees; NULL: all. */
static const uint32_t *rows_without_nulls(const spoor_vec *args, uint32_t nargs, uint32_t *count,
                                          spoor_arena *scratch) {
    uint32_t *kept = NULL, n = 0;
    for (uint32_t a = 0; a < nargs; a++) {
        if (args[a].nulls == NULL || args[a].type == SPOOR_STRING ||
            memchr(args[a].nulls, 1, *count) == NULL) {
            continue;
        }
        kept = SPOOR_RAW_ARRAY(scratch, uint32_t, *count);
        break;
    }
    if (kept == NULL) {
        return NULL;
    }
    for (uint32_t i = 0; i < *count; i++) {
        bool any = false;
        for (uint32_t a = 0; a < nargs; a++) {
            any |= args[a].type != SPOOR_STRING && spoor_vec_is_null(&args[a], i);
        }
        kept[n] = i;
        n += !any;
    }
    *count = n;
    return kept;
}

static void add_to_states(spoor_tally *tally, spoor_running_aggregate *aggregate,
                          spoor_arriving *rows, spoor_arena *scratch) {
    uint32_t nargs = aggregate->call.nargs;
    if (!aggregate->plan->aggregate->sees_nulls) {
        uint32_t count = rows->count;
        const uint32_t *kept = rows_without_nulls(rows->args, nargs, &count, scratch);
        if (kept != NULL) {
            spoor_arriving_keep(rows, nargs, kept, count, scratch);
        }
    }
    if (rows->count == 0) {
        return;
    }
    void **states = spoor_tally_states(tally, aggregate, rows->groups, rows->count, scratch);
    aggregate->call.scratch = scratch;
    aggregate->plan->aggregate->update(&aggregate->call, states, rows->count, rows->args);
}

/* An aggregate that asks for nothing but how many rows there are. */
static void add_count(spoor_tally *tally, const spoor_running_aggregate *aggregate,
                      const spoor_batch *batch, const uint32_t *groups, const spoor_runs *runs) {
    if (runs != NULL && runs->count == 1) {
        *(int64_t *)(void *)(spoor_tally_state(tally, groups[0]) + aggregate->offset) +=
            (int64_t)spoor_batch_weight(batch);
        return;
    }
    bool by_run = runs != NULL && batch->weights == NULL;
    for (uint32_t r = 0, from = 0; by_run && r < runs->count; from = runs->ends[r++]) {
        *(int64_t *)(void *)(spoor_tally_state(tally, groups[from]) + aggregate->offset) +=
            runs->ends[r] - from;
    }
    for (uint32_t i = 0; !by_run && i < batch->count; i++) {
        *(int64_t *)(void *)(spoor_tally_state(tally, groups[i]) + aggregate->offset) +=
            batch->weights != NULL ? batch->weights[spoor_batch_row(batch, i)] : 1;
    }
}

/* Of the selected rows those that the aggregate would take; groups: of both. */
static spoor_batch chosen_rows(spoor_tally *tally, spoor_running_aggregate *aggregate,
                               const spoor_batch *batch, const uint32_t **groups,
                               spoor_arena *scratch) {
    spoor_vec first = spoor_eval_dense(aggregate->args[0], batch, scratch);
    void **states = spoor_tally_states(tally, aggregate, *groups, batch->count, scratch);
    uint32_t *chosen = SPOOR_RAW_ARRAY(scratch, uint32_t, batch->count);
    spoor_batch part = *batch;
    part.count = aggregate->plan->aggregate->choose(states, batch->count, &first, chosen);
    *groups = spoor_gather_codes(scratch, *groups, chosen, part.count);
    part.sel =
        batch->sel != NULL ? spoor_gather_codes(scratch, batch->sel, chosen, part.count) : chosen;
    return part;
}

static void update(spoor_tally *tally, spoor_running_aggregate *aggregate, const spoor_batch *batch,
                   const uint32_t *groups, const spoor_runs *runs, spoor_arena *scratch) {
    uint32_t nargs = aggregate->call.nargs;
    if (aggregate->plan->aggregate->counts_rows) {
        add_count(tally, aggregate, batch, groups, runs);
        return;
    }
    spoor_batch part;
    if (aggregate->plan->aggregate->choose != NULL && nargs > 1) {
        part = chosen_rows(tally, aggregate, batch, &groups, scratch);
        batch = &part;
    }
    spoor_arriving rows = {.groups = groups,
                           .count = batch->count,
                           .args = SPOOR_RAW_ARRAY(scratch, spoor_vec, nargs)};
    for (uint32_t a = 0; a < nargs; a++) {
        bool is_place = a > 0 && aggregate->keeps_places;
        rows.args[a] = is_place ? spoor_aside_places(&tally->aside, batch, scratch)
                                : spoor_eval_coded(aggregate->args[a], batch, scratch);
    }
    if (aggregate->uses_seen && rows.args[0].form == SPOOR_DICT &&
        spoor_tally_add_once(tally, aggregate, &rows, runs, scratch)) {
        return;
    }
    for (uint32_t a = 0; a < nargs; a++) {
        rows.args[a] = spoor_vec_flatten(scratch, &rows.args[a], rows.count, NULL, rows.count);
    }
    add_to_states(tally, aggregate, &rows, scratch);
}

/* What was counted by entry, into the states of the groups. */
void spoor_tally_settle(spoor_tally *tally) {
    spoor_entry_count *counts = &tally->entries;
    for (uint32_t i = 0; i < counts->count; i++) {
        char *state = spoor_tally_state(tally, counts->groups[i]);
        for (uint32_t a = 0; a < tally->naggregates; a++) {
            *(int64_t *)(void *)(state + tally->aggregates[a].offset) +=
                counts->rows[counts->entries[i]];
        }
    }
    spoor_entry_count_clear(counts);
}

static bool add_by_entry(spoor_tally *tally, const spoor_vec *keys, const spoor_batch *batch,
                         spoor_arena *scratch) {
    bool wanted = tally->only_counts && batch->weights == NULL;
    for (int turn = 0; wanted && turn < 2; turn++) {
        if (spoor_entry_count_add(&tally->entries, &tally->groups, keys, batch->sel, batch->count,
                                  scratch)) {
            tally->ngroups = tally->groups.count;
            grow_states(tally);
            return true;
        }
        spoor_tally_settle(tally); /* it may be another dictionary: try once more */
    }
    return false;
}

static spoor_vec *eval_keys(spoor_tally *tally, const spoor_batch *batch, spoor_arena *scratch) {
    spoor_vec *keys = SPOOR_RAW_ARRAY(scratch, spoor_vec, tally->nkeys);
    for (uint32_t k = 0; k < tally->nkeys; k++) {
        keys[k] = spoor_eval_run(tally->keys[k], batch, scratch);
        if (keys[k].form == SPOOR_RECORD) {
            keys[k] = spoor_vec_flatten(scratch, &keys[k], batch->rows, batch->sel, batch->count);
        }
    }
    return keys;
}

/* The rows of groups that are there; the others are put aside. */
static bool add_to_groups(spoor_tally *tally, const spoor_batch *batch, const spoor_vec *keys,
                          spoor_arena *scratch) {
    uint32_t *groups = SPOOR_RAW_ARRAY(scratch, uint32_t, batch->count);
    uint32_t *known = SPOOR_RAW_ARRAY(scratch, uint32_t, batch->count), nknown = 0;
    uint32_t *others = SPOOR_RAW_ARRAY(scratch, uint32_t, batch->count), nothers = 0;
    spoor_groups_find(&tally->groups, keys, batch->sel, batch->count, false, groups, scratch);
    for (uint32_t i = 0; i < batch->count; i++) {
        bool is_known = groups[i] != SPOOR_GROUPS_NONE;
        known[nknown] = others[nothers] = spoor_batch_row(batch, i);
        groups[nknown] = groups[i];
        nknown += is_known;
        nothers += !is_known;
    }
    spoor_batch part = *batch;
    part.sel = known;
    part.count = nknown;
    for (uint32_t a = 0; a < tally->naggregates && nknown > 0; a++) {
        update(tally, &tally->aggregates[a], &part, groups, NULL, scratch);
    }
    return nothers == 0 || spoor_aside_put(&tally->aside, batch, others, nothers, scratch);
}

bool spoor_tally_is_large(const spoor_run *run, size_t bytes) {
    size_t limit =
        run->memory == NULL || run->memory->limit == 0 ? SPOOR_DEFAULT_MEMORY : run->memory->limit;
    return bytes > limit / MEMORY_SHARE;
}

size_t spoor_tally_bytes(const spoor_tally *tally) {
    return tally->arena->used;
}

/* The groups of rows, new ones entered; the runs are those of groups.h. */
static const spoor_runs *enter_groups(spoor_tally *tally, const spoor_vec *keys,
                                      const uint32_t *sel, uint32_t count, uint32_t *groups,
                                      spoor_arena *scratch) {
    const spoor_runs *runs =
        spoor_groups_find(&tally->groups, keys, sel, count, true, groups, scratch);
    tally->ngroups = tally->groups.count;
    grow_states(tally);
    return runs;
}

/* The only key, told by runs: a value of it each.  NULL: it is not. */
static const spoor_runs *enter_runs(spoor_tally *tally, const spoor_batch *batch, uint32_t *groups,
                                    spoor_arena *scratch) {
    enum { LEAST_RUN = 4 }; /* shorter ones, on average, are no help to aggregates */
    spoor_vec values;
    const spoor_runs *runs = spoor_eval_runs(tally->keys[0], batch, scratch, &values);
    if (runs == NULL || runs->count > batch->count / LEAST_RUN) {
        return NULL;
    }
    uint32_t *found = SPOOR_RAW_ARRAY(scratch, uint32_t, runs->count);
    enter_groups(tally, &values, NULL, runs->count, found, scratch);
    for (uint32_t r = 0, from = 0; r < runs->count; from = runs->ends[r++]) {
        spoor_fill_u32(groups + from, runs->ends[r] - from, found[r]);
    }
    return runs;
}

static void update_all(spoor_tally *tally, const spoor_batch *batch, const uint32_t *groups,
                       const spoor_runs *runs, spoor_arena *scratch) {
    for (uint32_t a = 0; a < tally->naggregates; a++) {
        update(tally, &tally->aggregates[a], batch, groups, runs, scratch);
    }
}

static bool add_without_keys(spoor_tally *tally, const spoor_batch *batch, spoor_arena *scratch) {
    uint32_t one[1] = {0};
    uint32_t *groups = tally->only_counts ? one : SPOOR_NEW_ARRAY(scratch, uint32_t, batch->count);
    update_all(tally, batch, groups, spoor_runs_one(batch->count, scratch), scratch);
    return true;
}

bool spoor_tally_add(spoor_tally *tally, const spoor_batch *batch, spoor_arena *scratch) {
    if (tally->nkeys == 0) {
        return add_without_keys(tally, batch, scratch);
    }
    if (tally->is_full) {
        return add_to_groups(tally, batch, eval_keys(tally, batch, scratch), scratch);
    }
    uint32_t *groups = SPOOR_RAW_ARRAY(scratch, uint32_t, batch->count);
    const spoor_runs *runs = tally->nkeys == 1 ? enter_runs(tally, batch, groups, scratch) : NULL;
    const spoor_vec *keys = runs == NULL ? eval_keys(tally, batch, scratch) : NULL;
    if (keys == NULL || !add_by_entry(tally, keys, batch, scratch)) {
        runs = keys == NULL ? runs
                            : enter_groups(tally, keys, batch->sel, batch->count, groups, scratch);
        update_all(tally, batch, groups, runs, scratch);
    }
    /* A worker has no other way: its run ends, and one thread does it all (op_summarize.c). */
    if (tally->op->run->has_stopped == NULL &&
        spoor_tally_is_large(tally->op->run, tally->arena->used)) {
        spoor_tally_settle(tally);
        tally->is_full = true;
    }
    return true;
}

spoor_spill *spoor_tally_take_rest(spoor_tally *tally) {
    return spoor_aside_take(&tally->aside);
}

bool spoor_tally_read_rest(spoor_tally *tally, spoor_spill *rest, uint64_t *at, spoor_arena *arena,
                           spoor_batch *batch) {
    return spoor_aside_read(&tally->aside, rest, at, arena, batch);
}

void spoor_tally_close(spoor_tally *tally) {
    if (tally != NULL) {
        spoor_spill_close(tally->aside.rest);
    }
}

/* -- output ------------------------------------------------------------------------------------ */

bool spoor_tally_can_merge(const spoor_tally *tally) {
    for (uint32_t a = 0; a < tally->naggregates; a++) {
        const spoor_aggregate *aggregate = tally->aggregates[a].plan->aggregate;
        if (aggregate->merge == NULL || aggregate->is_inexact) {
            return false;
        }
        for (uint32_t i = 0; i < tally->aggregates[a].plan->nargs; i++) {
            if (spoor_bound_is_volatile(tally->aggregates[a].plan->args[i])) {
                return false;
            }
        }
    }
    for (uint32_t k = 0; k < tally->nkeys; k++) {
        if (tally->keys[k]->is_volatile) {
            return false;
        }
    }
    return true;
}

bool spoor_tally_takes_weights(const spoor_tally *tally) {
    for (uint32_t a = 0; a < tally->naggregates; a++) {
        const spoor_running_aggregate *aggregate = &tally->aggregates[a];
        if (!aggregate->plan->aggregate->counts_rows && !aggregate->uses_seen) {
            return false;
        }
        for (uint32_t i = 0; i < aggregate->plan->nargs; i++) {
            if (aggregate->args[i]->is_volatile) {
                return false;
            }
        }
    }
    for (uint32_t k = 0; k < tally->nkeys; k++) {
        if (tally->keys[k]->is_volatile) {
            return false;
        }
    }
    return true;
}

uint32_t spoor_tally_count(const spoor_tally *tally) {
    return tally->kept != NULL ? tally->nkept : tally->ngroups;
}

/* The groups that are put out from place `from` on. */
static const uint32_t *groups_from(const spoor_tally *tally, uint32_t from, uint32_t rows,
                                   spoor_arena *scratch) {
    if (tally->kept != NULL) {
        return tally->kept + from;
    }
    uint32_t *groups = SPOOR_RAW_ARRAY(scratch, uint32_t, rows);
    for (uint32_t i = 0; i < rows; i++) {
        groups[i] = from + i;
    }
    return groups;
}

static void write_outputs(const spoor_tally *tally, spoor_running_aggregate *aggregate,
                          const uint32_t *groups, uint32_t rows, spoor_vec *out) {
    for (uint32_t i = 0; i < rows; i++) {
        aggregate->plan->aggregate->final(
            &aggregate->call, spoor_tally_state(tally, groups[i]) + aggregate->offset, out, i);
    }
}

/* The first output is in the states, and the place of the row that the others are of. */
static bool read_outputs(const spoor_tally *tally, spoor_running_aggregate *aggregate,
                         const uint32_t *groups, uint32_t rows, spoor_vec *out,
                         spoor_arena *scratch) {
    spoor_vec picked[2] = {out[0], spoor_vec_new(scratch, SPOOR_LONG, rows)};
    write_outputs(tally, aggregate, groups, rows, picked);
    return spoor_row_places_read(tally->op, aggregate->plan, &picked[1], rows, out, scratch);
}

bool spoor_tally_batch(spoor_tally *tally, uint32_t from, uint32_t rows, spoor_arena *scratch,
                       spoor_batch *batch) {
    const spoor_plan *plan = tally->op->plan;
    uint32_t ncols = plan->schema.ncols;
    spoor_vec *cols = SPOOR_RAW_ARRAY(scratch, spoor_vec, ncols);
    const uint32_t *groups = groups_from(tally, from, rows, scratch);
    for (uint32_t c = 0; c < ncols; c++) {
        cols[c] = c < tally->nkeys ? spoor_groups_gather(&tally->groups, c, groups, rows, scratch)
                                   : spoor_vec_new(scratch, plan->schema.columns[c].type, rows);
    }
    for (uint32_t a = 0; a < tally->naggregates; a++) {
        spoor_running_aggregate *aggregate = &tally->aggregates[a];
        aggregate->call.scratch = scratch;
        spoor_vec *out = cols + aggregate->plan->first_column;
        if (!aggregate->keeps_places) {
            write_outputs(tally, aggregate, groups, rows, out);
        } else if (!read_outputs(tally, aggregate, groups, rows, out, scratch)) {
            return false;
        }
    }
    *batch = (spoor_batch){.rows = rows, .count = rows, .ncols = ncols, .cols = cols};
    return true;
}

/* -- opening ----------------------------------------------------------------------------------- */

static bool open_aggregate(spoor_op *op, spoor_running_aggregate *aggregate) {
    const spoor_plan_aggregate *plan = aggregate->plan;
    aggregate->keeps_places = spoor_row_places_fit(op, plan);
    uint32_t nargs = aggregate->keeps_places ? 1 : plan->nargs;
    aggregate->args = SPOOR_NEW_ARRAY(op->arena, spoor_eval *, nargs);
    spoor_type *types = SPOOR_NEW_ARRAY(op->arena, spoor_type, nargs + 1);
    const spoor_value **constants = SPOOR_NEW_ARRAY(op->arena, const spoor_value *, nargs + 1);
    aggregate->uses_seen = plan->aggregate->ignores_repeats && nargs > 0;
    for (uint32_t a = 0; a < nargs; a++) {
        aggregate->args[a] = spoor_eval_open(op, plan->args[a]);
        if (aggregate->args[a] == NULL) {
            return false;
        }
        types[a] = plan->args[a]->type;
        constants[a] = spoor_eval_constant(aggregate->args[a]);
        aggregate->uses_seen = aggregate->uses_seen && (constants[a] == NULL) == (a == 0);
    }
    types[nargs] = SPOOR_LONG; /* of places */
    aggregate->call = (spoor_call){
        .nargs = nargs + aggregate->keeps_places,
        .types = types,
        .constants = constants,
        .result = plan->result,
        .arena = op->arena,
        .scratch = op->scratch,
        .now = op->run->now,
        .cancel = op->run->cancel,
    };
    const char *message = NULL;
    if (plan->aggregate->prepare != NULL) {
        message = plan->aggregate->prepare(&aggregate->call);
    }
    return message == NULL ||
           spoor_run_fail(op->run, SPOOR_RUN_LIMIT, op->plan->span, "%s", message);
}

static bool open_keys(spoor_op *op, spoor_tally *tally) {
    tally->keys = SPOOR_NEW_ARRAY(op->arena, spoor_eval *, tally->nkeys);
    for (uint32_t k = 0; k < tally->nkeys; k++) {
        tally->keys[k] = spoor_eval_open(op, op->plan->summarize.keys[k]);
        if (tally->keys[k] == NULL) {
            return false;
        }
    }
    return true;
}

void spoor_tally_reset(spoor_tally *tally) {
    spoor_arena_rewind(tally->arena);
    spoor_type *types = SPOOR_NEW_ARRAY(tally->arena, spoor_type, tally->nkeys);
    for (uint32_t k = 0; k < tally->nkeys; k++) {
        types[k] = tally->op->plan->summarize.keys[k]->type;
    }
    spoor_groups_init(&tally->groups, tally->arena, types, tally->nkeys);
    spoor_entry_count_init(&tally->entries, tally->arena, tally->nkeys);
    for (uint32_t a = 0; a < tally->naggregates; a++) {
        tally->aggregates[a].seen = (spoor_seen){.arena = tally->arena};
        tally->aggregates[a].call.arena = tally->arena;
    }
    tally->states = NULL;
    tally->nblocks = tally->blocks_capacity = tally->ngroups = 0;
    tally->kept = NULL;
    tally->is_full = false;
    if (tally->nkeys == 0 && tally->naggregates > 0) {
        tally->ngroups = 1;
        grow_states(tally);
    }
}

/* Where rows are kept as places, columns that nothing else reads are left to the end. */
static void read_less(spoor_tally *tally) {
    const spoor_plan *plan = tally->op->plan;
    uint32_t *uses = SPOOR_NEW_ARRAY(tally->op->arena, uint32_t, plan->inputs[0]->schema.ncols + 1);
    bool keeps_places = false;
    for (uint32_t k = 0; k < tally->nkeys; k++) {
        spoor_bound_count_columns(plan->summarize.keys[k], uses);
    }
    for (uint32_t a = 0; a < tally->naggregates; a++) {
        const spoor_running_aggregate *aggregate = &tally->aggregates[a];
        keeps_places = keeps_places || aggregate->keeps_places;
        for (uint32_t i = 0; i < (aggregate->keeps_places ? 1 : aggregate->plan->nargs); i++) {
            spoor_bound_count_columns(aggregate->plan->args[i], uses);
        }
    }
    if (keeps_places) {
        tally->aside.uses = uses;
        spoor_row_places_begin(tally->op, uses);
    }
}

spoor_tally *spoor_tally_open(spoor_op *op) {
    const spoor_plan *plan = op->plan;
    spoor_tally *tally = SPOOR_NEW(op->arena, spoor_tally);
    *tally = (spoor_tally){.op = op,
                           .arena = spoor_op_arena(op),
                           .aside = {.op = op},
                           .nkeys = plan->summarize.nkeys,
                           .naggregates = plan->summarize.naggregates};
    tally->aggregates = SPOOR_NEW_ARRAY(op->arena, spoor_running_aggregate, tally->naggregates);
    if (!open_keys(op, tally)) {
        return NULL;
    }
    for (uint32_t a = 0; a < tally->naggregates; a++) {
        spoor_running_aggregate *aggregate = &tally->aggregates[a];
        aggregate->plan = &plan->summarize.aggregates[a];
        aggregate->offset = tally->state_bytes;
        size_t bytes = aggregate->plan->aggregate->state_bytes;
        tally->state_bytes += (bytes + STATE_ALIGN - 1) / STATE_ALIGN * STATE_ALIGN;
        if (!open_aggregate(op, aggregate)) {
            return NULL;
        }
    }
    read_less(tally);
    tally->only_counts = true;
    for (uint32_t a = 0; a < tally->naggregates; a++) {
        tally->only_counts =
            tally->only_counts && tally->aggregates[a].plan->aggregate->counts_rows;
    }
    spoor_tally_reset(tally);
    return tally;
}
