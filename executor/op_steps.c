/* op_steps.c - `scan`: each row is tried against every step, from the last to the first.
 *
 * Step k (from 0) keeps a state: the records that matched the steps up to it
 * in one sequence.  A row that meets the condition with the state of the step
 * before it moves that state on (which leaves the other empty); else, with the
 * step's own state, or at the first step, it replaces the step's record.  This
 * is the logic of the documentation's page. */
#include "executor/eval.h"

typedef struct state {
    bool is_active;
    int64_t match_id;
    spoor_value *records; /* of steps 0..k, a record each */
    spoor_arena *arenas[2];
    int turn;
    bool is_owed; /* output=last: its record has still to go out */
} state;

typedef struct steps {
    uint32_t nsteps, width; /* columns of a record */
    spoor_eval **conditions;
    spoor_eval ***values; /* by step and assignment */
    state *states;
    spoor_vec *env;    /* the record at hand, then one of each step: a slot each */
    bool *is_read;     /* by column of env: some expression reads it */
    spoor_value *made; /* the record at hand, assignments done */
    int64_t next_id;
    spoor_arena *queue_arena; /* rows that are to go out: width + 1 values each */
    spoor_value *queue;
    uint32_t queued, queue_capacity, at;
    bool is_ended;
} steps;

/* -- output ------------------------------------------------------------------------------------ */

static void enqueue(steps *self, const spoor_value *record, int64_t match_id) {
    size_t size = self->width + 1;
    if (self->queued == self->queue_capacity) {
        uint32_t capacity = self->queue_capacity == 0 ? 64 : self->queue_capacity * 2;
        spoor_value *grown = SPOOR_RAW_ARRAY(self->queue_arena, spoor_value, capacity * size);
        if (self->queued > 0) {
            memcpy(grown, self->queue, self->queued * size * sizeof *grown);
        }
        self->queue = grown;
        self->queue_capacity = capacity;
    }
    spoor_value *row = self->queue + self->queued++ * size;
    for (uint32_t c = 0; c < self->width; c++) {
        row[c] = spoor_value_copy(self->queue_arena, &record[c]);
    }
    row[self->width] = (spoor_value){.type = SPOOR_LONG, .integer = match_id};
}

/* The record of a step whose series of matches is over. */
static void settle(steps *self, uint32_t k) {
    state *s = &self->states[k];
    if (s->is_owed) {
        enqueue(self, s->records + (size_t)k * self->width, s->match_id);
        s->is_owed = false;
    }
}

/* -- matching ---------------------------------------------------------------------------------- */

/* Show expressions the records of steps 0..count-1; the others as if nothing had matched. */
static void show(const spoor_op *op, steps *self, const spoor_value *records, uint32_t count) {
    for (uint32_t i = 0; i < self->nsteps; i++) {
        for (uint32_t c = 0; c < self->width; c++) {
            uint32_t column = (i + 1) * self->width + c;
            if (self->is_read[column]) {
                spoor_vec_set(&self->env[column], 0,
                              i < count ? &records[(size_t)i * self->width + c]
                                        : &op->plan->steps.defaults[c]);
            }
        }
    }
}

static spoor_value evaluate(spoor_op *op, steps *self, spoor_eval *eval) {
    spoor_batch batch = {
        .rows = 1, .count = 1, .ncols = (self->nsteps + 1) * self->width, .cols = self->env};
    spoor_vec out = spoor_eval_dense(eval, &batch, op->scratch);
    return spoor_vec_get(&out, 0);
}

/* Does the row match step k?  Then self->made is its record. */
static bool is_match(spoor_op *op, steps *self, uint32_t k) {
    spoor_value condition = evaluate(op, self, self->conditions[k]);
    if (condition.is_null || !condition.boolean) {
        return false;
    }
    const spoor_scan_step *step = &op->plan->steps.items[k];
    for (uint32_t c = 0; c < self->width; c++) {
        self->made[c] = spoor_vec_get(&self->env[c], 0);
    }
    for (uint32_t a = 0; a < step->nassignments; a++) {
        spoor_value value = evaluate(op, self, self->values[k][a]);
        self->made[step->columns[a]] = spoor_value_copy(op->scratch, &value);
    }
    return true;
}

/* State k is `before` (k records) and the record at hand. */
static void take_over(steps *self, uint32_t k, const spoor_value *before) {
    state *s = &self->states[k];
    s->turn = !s->turn;
    spoor_arena *arena = s->arenas[s->turn];
    spoor_arena_rewind(arena);
    size_t old = (size_t)k * self->width;
    spoor_value *records = SPOOR_RAW_ARRAY(arena, spoor_value, old + self->width);
    for (size_t i = 0; i < old + self->width; i++) {
        records[i] = spoor_value_copy(arena, i < old ? &before[i] : &self->made[i - old]);
    }
    s->records = records;
    s->is_active = true;
}

static void put_out(const spoor_op *op, steps *self, uint32_t k) {
    state *s = &self->states[k];
    s->is_owed = op->plan->steps.items[k].output == SPOOR_SCAN_LAST;
    if (op->plan->steps.items[k].output == SPOOR_SCAN_ALL) {
        enqueue(self, s->records + (size_t)k * self->width, s->match_id);
    }
}

static bool moves_on(spoor_op *op, steps *self, uint32_t k) {
    if (k == 0 || !self->states[k - 1].is_active) {
        return false;
    }
    state *before = &self->states[k - 1];
    show(op, self, before->records, k);
    if (!is_match(op, self, k)) {
        return false;
    }
    settle(self, k);
    settle(self, k - 1);
    take_over(self, k, before->records);
    self->states[k].match_id = before->match_id;
    before->is_active = false;
    put_out(op, self, k);
    return true;
}

static void repeats(spoor_op *op, steps *self, uint32_t k) {
    state *s = &self->states[k];
    if (!s->is_active && k > 0) {
        return;
    }
    show(op, self, s->records, s->is_active ? k + 1 : 0);
    if (!is_match(op, self, k)) {
        return;
    }
    if (!s->is_active) {
        s->match_id = self->next_id++;
    }
    take_over(self, k, s->records);
    put_out(op, self, k);
}

/* -- batches ----------------------------------------------------------------------------------- */

static void scan_batch(spoor_op *op, steps *self, const spoor_batch *input) {
    uint32_t npassed = op->plan->steps.npassed;
    spoor_vec *cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, npassed);
    for (uint32_t c = 0; c < npassed; c++) {
        cols[c] = spoor_vec_gather(op->scratch, &input->cols[c], input->sel, input->count);
    }
    for (uint32_t i = 0; i < input->count; i++) {
        for (uint32_t c = 0; c < self->width; c++) {
            spoor_value value =
                c < npassed ? spoor_vec_get(&cols[c], i) : op->plan->steps.defaults[c];
            spoor_vec_set(&self->env[c], 0, &value);
        }
        for (uint32_t k = self->nsteps; k-- > 0;) {
            if (!moves_on(op, self, k)) {
                repeats(op, self, k);
            }
        }
    }
}

/* More rows into the empty queue. */
static spoor_op_status fill(spoor_op *op, steps *self) {
    self->queued = self->at = self->queue_capacity = 0;
    spoor_arena_rewind(self->queue_arena);
    while (self->queued == 0 && !self->is_ended) {
        spoor_batch input;
        spoor_op_status status = spoor_op_next(op->inputs[0], &input);
        if (status == SPOOR_OP_FAILED) {
            return status;
        }
        spoor_arena_rewind(op->scratch);
        if (status == SPOOR_OP_BATCH) {
            scan_batch(op, self, &input);
            continue;
        }
        self->is_ended = true;
        for (uint32_t k = 0; k < self->nsteps; k++) {
            settle(self, k);
        }
    }
    return self->queued > 0 ? SPOOR_OP_BATCH : SPOOR_OP_END;
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    steps *self = op->state;
    if (self->at == self->queued) {
        spoor_op_status status = fill(op, self);
        if (status != SPOOR_OP_BATCH) {
            return status;
        }
    }
    spoor_arena_rewind(op->scratch);
    uint32_t left = self->queued - self->at, ncols = op->plan->schema.ncols;
    uint32_t n = left < SPOOR_BATCH_ROWS ? left : SPOOR_BATCH_ROWS;
    spoor_vec *cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, ncols);
    for (uint32_t c = 0; c < ncols; c++) {
        cols[c] = spoor_vec_new(op->scratch, op->plan->schema.columns[c].type, n);
        for (uint32_t i = 0; i < n; i++) {
            spoor_vec_set(&cols[c], i,
                          &self->queue[(size_t)(self->at + i) * (self->width + 1) + c]);
        }
    }
    self->at += n;
    *batch = (spoor_batch){.rows = n, .count = n, .ncols = ncols, .cols = cols};
    return SPOOR_OP_BATCH;
}

/* -- opening ----------------------------------------------------------------------------------- */

static void mark(steps *self, const spoor_bound *e) {
    if (e->kind == SPOOR_BOUND_COLUMN) {
        self->is_read[e->column] = true;
    }
    for (uint32_t i = 0; e->kind == SPOOR_BOUND_CALL && i < e->nargs; i++) {
        mark(self, e->args[i]);
    }
}

static bool open_step(spoor_op *op, steps *self, uint32_t k) {
    const spoor_scan_step *step = &op->plan->steps.items[k];
    self->conditions[k] = spoor_eval_open(op, step->condition);
    if (self->conditions[k] == NULL) {
        return false;
    }
    mark(self, step->condition);
    self->values[k] = SPOOR_NEW_ARRAY(op->arena, spoor_eval *, step->nassignments + 1);
    for (uint32_t a = 0; a < step->nassignments; a++) {
        self->values[k][a] = spoor_eval_open(op, step->values[a]);
        if (self->values[k][a] == NULL) {
            return false;
        }
        mark(self, step->values[a]);
    }
    self->states[k].arenas[0] = spoor_op_arena(op);
    self->states[k].arenas[1] = spoor_op_arena(op);
    return true;
}

bool spoor_op_steps_open(spoor_op *op) {
    const spoor_plan *plan = op->plan;
    steps *self = SPOOR_NEW(op->arena, steps);
    self->nsteps = plan->steps.count;
    self->width = plan->steps.record.ncols;
    size_t columns = (size_t)(self->nsteps + 1) * self->width;
    self->conditions = SPOOR_NEW_ARRAY(op->arena, spoor_eval *, self->nsteps);
    self->values = SPOOR_NEW_ARRAY(op->arena, spoor_eval **, self->nsteps);
    self->states = SPOOR_NEW_ARRAY(op->arena, state, self->nsteps);
    self->env = SPOOR_NEW_ARRAY(op->arena, spoor_vec, columns + 1);
    self->is_read = SPOOR_NEW_ARRAY(op->arena, bool, columns + 1);
    self->made = SPOOR_NEW_ARRAY(op->arena, spoor_value, self->width + 1);
    self->queue_arena = spoor_op_arena(op);
    for (size_t c = 0; c < columns; c++) {
        self->env[c] =
            spoor_vec_new(op->arena, plan->steps.record.columns[c % self->width].type, 1);
    }
    for (uint32_t k = 0; k < self->nsteps; k++) {
        if (!open_step(op, self, k)) {
            return false;
        }
    }
    op->state = self;
    op->next = next;
    return true;
}
