/* op_summarize.c - `summarize`, `distinct`, `count`: groups in first-seen order, their aggregates.
 *
 * All input is read at the first call.  Every batch gets a group number a row
 * (groups.c); every aggregate then sees its arguments dense, with the state of
 * each row's group.  Rows with a null argument are left out, unless the
 * aggregate wants them. */
#include "executor/eval.h"
#include "executor/groups.h"

enum { STATES_SHIFT = 8, STATES_BLOCK = 1 << STATES_SHIFT, STATE_ALIGN = 16 };

typedef struct running_aggregate {
    const spoor_plan_aggregate *plan;
    spoor_eval **args;
    spoor_call call;
    size_t offset; /* in a group's state */
} running_aggregate;

typedef struct summarize {
    spoor_eval **keys;
    spoor_groups groups;
    running_aggregate *aggregates;
    size_t state_bytes; /* of a group, all aggregates */
    char **states;      /* blocks of STATES_BLOCK groups */
    uint32_t nblocks, blocks_capacity;
    uint32_t ngroups;
    bool is_read;
    uint32_t at; /* next group to put out */
} summarize;

static char *state_of(const summarize *self, uint32_t group) {
    return self->states[group >> STATES_SHIFT] +
           (group & (STATES_BLOCK - 1)) * self->state_bytes;
}

static void grow_states(spoor_op *op, summarize *self) {
    while (self->nblocks << STATES_SHIFT < self->ngroups) {
        if (self->nblocks == self->blocks_capacity) {
            uint32_t capacity = self->nblocks == 0 ? 16 : self->nblocks * 2;
            char **states = SPOOR_NEW_ARRAY(op->arena, char *, capacity);
            if (self->nblocks > 0) {
                memcpy(states, self->states, self->nblocks * sizeof *states);
            }
            self->states = states;
            self->blocks_capacity = capacity;
        }
        self->states[self->nblocks++] =
            spoor_arena_push(op->arena, STATES_BLOCK, self->state_bytes);
    }
}

/* Which of the batch's `count` dense rows an aggregate sees; NULL: all. */
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

static void update(summarize *self, running_aggregate *aggregate, const spoor_batch *batch,
                   const uint32_t *groups, spoor_arena *scratch) {
    uint32_t nargs = aggregate->plan->nargs, count = batch->count;
    spoor_vec *args = SPOOR_RAW_ARRAY(scratch, spoor_vec, nargs);
    for (uint32_t a = 0; a < nargs; a++) {
        args[a] = spoor_eval_dense(aggregate->args[a], batch, scratch);
    }
    const uint32_t *kept = NULL;
    if (!aggregate->plan->aggregate->sees_nulls) {
        kept = rows_without_nulls(args, nargs, &count, scratch);
    }
    void **states = SPOOR_RAW_ARRAY(scratch, void *, count);
    for (uint32_t i = 0; i < count; i++) {
        states[i] = state_of(self, groups[kept != NULL ? kept[i] : i]) + aggregate->offset;
    }
    for (uint32_t a = 0; kept != NULL && a < nargs; a++) {
        args[a] = spoor_vec_gather(scratch, &args[a], kept, count);
    }
    if (count > 0) {
        aggregate->call.scratch = scratch;
        aggregate->plan->aggregate->update(&aggregate->call, states, count, args);
    }
}

static void consume(spoor_op *op, summarize *self, const spoor_batch *batch) {
    const spoor_plan *plan = op->plan;
    spoor_arena_rewind(op->scratch);
    uint32_t *groups = SPOOR_NEW_ARRAY(op->scratch, uint32_t, batch->count);
    if (plan->summarize.nkeys > 0) {
        spoor_vec *keys = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, plan->summarize.nkeys);
        for (uint32_t k = 0; k < plan->summarize.nkeys; k++) {
            keys[k] = spoor_eval_run(self->keys[k], batch, op->scratch);
            if (keys[k].form == SPOOR_RECORD) {
                keys[k] = spoor_vec_flatten(op->scratch, &keys[k], batch->rows, batch->sel,
                                            batch->count);
            }
        }
        spoor_groups_find(&self->groups, keys, batch->sel, batch->count, true, groups,
                          op->scratch);
        self->ngroups = self->groups.count;
        grow_states(op, self);
    }
    for (uint32_t a = 0; a < plan->summarize.naggregates; a++) {
        update(self, &self->aggregates[a], batch, groups, op->scratch);
    }
}

static spoor_op_status read_all(spoor_op *op, summarize *self) {
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op->inputs[0], &batch)) == SPOOR_OP_BATCH) {
        consume(op, self, &batch);
    }
    self->is_read = status == SPOOR_OP_END;
    return status;
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    summarize *self = op->state;
    const spoor_plan *plan = op->plan;
    if (!self->is_read && read_all(op, self) == SPOOR_OP_FAILED) {
        return SPOOR_OP_FAILED;
    }
    spoor_arena_rewind(op->scratch);
    uint32_t first = self->at, left = self->ngroups - first, ncols = plan->schema.ncols;
    uint32_t rows = left < SPOOR_BATCH_ROWS ? left : SPOOR_BATCH_ROWS;
    if (rows == 0) {
        return SPOOR_OP_END;
    }
    self->at += rows;
    spoor_vec *cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, ncols);
    for (uint32_t c = 0; c < ncols; c++) {
        cols[c] = c < plan->summarize.nkeys
                      ? spoor_groups_key(&self->groups, c, first, rows, op->scratch)
                      : spoor_vec_new(op->scratch, plan->schema.columns[c].type, rows);
    }
    for (uint32_t a = 0; a < plan->summarize.naggregates; a++) {
        running_aggregate *aggregate = &self->aggregates[a];
        aggregate->call.scratch = op->scratch;
        for (uint32_t i = 0; i < rows; i++) {
            aggregate->plan->aggregate->final(&aggregate->call,
                                              state_of(self, first + i) + aggregate->offset,
                                              cols + aggregate->plan->first_column, i);
        }
    }
    *batch = (spoor_batch){.rows = rows, .count = rows, .ncols = ncols, .cols = cols};
    return SPOOR_OP_BATCH;
}

static bool open_aggregate(spoor_op *op, running_aggregate *aggregate) {
    const spoor_plan_aggregate *plan = aggregate->plan;
    aggregate->args = SPOOR_NEW_ARRAY(op->arena, spoor_eval *, plan->nargs);
    spoor_type *types = SPOOR_NEW_ARRAY(op->arena, spoor_type, plan->nargs);
    const spoor_value **constants = SPOOR_NEW_ARRAY(op->arena, const spoor_value *, plan->nargs);
    for (uint32_t a = 0; a < plan->nargs; a++) {
        aggregate->args[a] = spoor_eval_open(op, plan->args[a]);
        if (aggregate->args[a] == NULL) {
            return false;
        }
        types[a] = plan->args[a]->type;
        constants[a] = spoor_eval_constant(aggregate->args[a]);
    }
    aggregate->call = (spoor_call){
        .nargs = plan->nargs, .types = types, .constants = constants, .result = plan->result,
        .arena = op->arena, .scratch = op->scratch, .now = op->run->now,
        .cancel = op->run->cancel,
    };
    const char *message = NULL;
    if (plan->aggregate->prepare != NULL) {
        message = plan->aggregate->prepare(&aggregate->call);
    }
    return message == NULL ||
           spoor_run_fail(op->run, SPOOR_RUN_LIMIT, op->plan->span, "%s", message);
}

static bool open_keys(spoor_op *op, summarize *self) {
    uint32_t nkeys = op->plan->summarize.nkeys;
    spoor_type *types = SPOOR_NEW_ARRAY(op->arena, spoor_type, nkeys);
    self->keys = SPOOR_NEW_ARRAY(op->arena, spoor_eval *, nkeys);
    for (uint32_t k = 0; k < nkeys; k++) {
        self->keys[k] = spoor_eval_open(op, op->plan->summarize.keys[k]);
        if (self->keys[k] == NULL) {
            return false;
        }
        types[k] = op->plan->summarize.keys[k]->type;
    }
    spoor_groups_init(&self->groups, op->arena, types, nkeys);
    return true;
}

bool spoor_op_summarize_open(spoor_op *op) {
    const spoor_plan *plan = op->plan;
    summarize *self = SPOOR_NEW(op->arena, summarize);
    self->aggregates = SPOOR_NEW_ARRAY(op->arena, running_aggregate, plan->summarize.naggregates);
    if (!open_keys(op, self)) {
        return false;
    }
    for (uint32_t a = 0; a < plan->summarize.naggregates; a++) {
        running_aggregate *aggregate = &self->aggregates[a];
        aggregate->plan = &plan->summarize.aggregates[a];
        aggregate->offset = self->state_bytes;
        size_t bytes = aggregate->plan->aggregate->state_bytes;
        self->state_bytes += (bytes + STATE_ALIGN - 1) / STATE_ALIGN * STATE_ALIGN;
        if (!open_aggregate(op, aggregate)) {
            return false;
        }
    }
    if (plan->summarize.nkeys == 0 && plan->summarize.naggregates > 0) {
        self->ngroups = 1;
        grow_states(op, self);
    }
    op->state = self;
    op->next = next;
    return true;
}
