/* op_make_series.c - `make-series`: an array of values along an axis for each key.
 *
 * The input is summarized already: keys, the place on the axis, the values.
 * All of it is read; then each key's rows are put at their steps, and the
 * steps that have none get the default.  Without a start or an end a key's
 * axis begins or ends with its own first or last row. */
#include "executor/eval.h"
#include "executor/groups.h"
#include "types/dynamic.h"

enum { MOST_STEPS = 1 << 20, BATCH_CELLS = 1 << 20 };

typedef struct make_series {
    spoor_value from, to, step; /* is_null: not given */
    bool is_read;
    spoor_rows rows;
    spoor_groups groups;
    uint32_t ngroups;
    uint32_t *first, *last, *after; /* by group: its rows, in a chain of `after`, by row */
    uint32_t first_capacity, last_capacity, after_capacity;
    uint32_t at; /* the next group */
} make_series;

/* -- the axis ---------------------------------------------------------------------------------- */

/* Whole steps from one place to another. */
static double steps_between(const spoor_value *from, const spoor_value *to,
                            const spoor_value *step) {
    if (from->type == SPOOR_REAL) {
        return (to->real - from->real) / step->real;
    }
    return ((double)to->integer - (double)from->integer) / (double)step->integer;
}

static spoor_value place(const spoor_value *from, const spoor_value *step, uint32_t i) {
    spoor_value out = *from;
    if (from->type == SPOOR_REAL) {
        out.real += (double)i * step->real;
    } else {
        out.integer = (int64_t)((uint64_t)out.integer + (uint64_t)i * (uint64_t)step->integer);
    }
    return out;
}

static bool is_positive(const spoor_value *step) {
    return !step->is_null && (step->type == SPOOR_REAL ? step->real > 0 : step->integer > 0);
}

/* bin(): the multiple of the step at or below. */
static void round_down(spoor_value *value, const spoor_value *step) {
    if (value->type == SPOOR_REAL) {
        double over = value->real / step->real;
        double whole = over >= -9e15 && over <= 9e15 ? (double)(int64_t)over : over;
        value->real = (whole > over ? whole - 1 : whole) * step->real;
        return;
    }
    int64_t rest = value->integer % step->integer;
    value->integer -= rest < 0 ? rest + step->integer : rest;
}

/* -- reading ----------------------------------------------------------------------------------- */

static void keep(spoor_op *op, make_series *self, const spoor_batch *batch) {
    spoor_arena_rewind(op->scratch);
    uint32_t nkeys = op->plan->series.nkeys, used = self->rows.count;
    uint32_t *groups = SPOOR_NEW_ARRAY(op->scratch, uint32_t, batch->count);
    spoor_vec *cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, batch->ncols);
    for (uint32_t c = 0; c < batch->ncols; c++) {
        cols[c] = spoor_vec_gather(op->scratch, &batch->cols[c], batch->sel, batch->count);
    }
    uint32_t before = self->ngroups;
    if (nkeys > 0) {
        spoor_groups_find(&self->groups, cols, NULL, batch->count, true, groups, op->scratch);
    }
    self->ngroups = nkeys > 0 ? self->groups.count : 1;
    self->first =
        spoor_grow_u32(op->arena, self->first, before, self->ngroups, &self->first_capacity);
    self->last = spoor_grow_u32(op->arena, self->last, before, self->ngroups, &self->last_capacity);
    for (uint32_t g = before; g < self->ngroups; g++) {
        self->first[g] = self->last[g] = SPOOR_ROWS_NONE;
    }
    spoor_rows_append(&self->rows, cols, NULL, batch->count, op->scratch);
    self->after =
        spoor_grow_u32(op->arena, self->after, used, self->rows.count, &self->after_capacity);
    for (uint32_t i = 0; i < batch->count; i++) {
        uint32_t row = used + i, last = self->last[groups[i]];
        *(last == SPOOR_ROWS_NONE ? &self->first[groups[i]] : &self->after[last]) = row;
        self->after[row] = SPOOR_ROWS_NONE;
        self->last[groups[i]] = row;
    }
}

static spoor_op_status read_all(spoor_op *op, make_series *self) {
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op->inputs[0], &batch)) == SPOOR_OP_BATCH) {
        keep(op, self, &batch);
    }
    self->is_read = status == SPOOR_OP_END;
    bool is_bounded = !self->from.is_null && !self->to.is_null;
    if (self->is_read && self->ngroups == 0 && op->plan->series.is_nonempty && is_bounded) {
        self->ngroups = 1;
        self->first = SPOOR_NEW_ARRAY(op->arena, uint32_t, 1);
        self->first[0] = SPOOR_ROWS_NONE;
    }
    return status;
}

/* -- one key's arrays -------------------------------------------------------------------------- */

/* Where its axis begins, and its number of steps; false: too many, reported. */
static bool measure(spoor_op *op, make_series *self, uint32_t group, spoor_value *from,
                    uint32_t *count) {
    uint32_t axis = op->plan->series.nkeys;
    spoor_value low = self->from, high = self->to;
    bool is_open = !op->plan->series.is_range; /* the end is no part of it */
    for (uint32_t row = self->first[group]; row != SPOOR_ROWS_NONE; row = self->after[row]) {
        spoor_value at = spoor_rows_get(&self->rows, axis, row);
        if (self->from.is_null && (low.is_null || spoor_value_compare(&at, &low) < 0)) {
            low = at;
        }
        if (self->to.is_null && (high.is_null || spoor_value_compare(&at, &high) > 0)) {
            high = at;
        }
    }
    is_open = is_open && !self->to.is_null;
    *from = low;
    double steps = low.is_null || high.is_null ? -1 : steps_between(&low, &high, &self->step);
    if (!(steps < MOST_STEPS)) {
        return spoor_run_fail(op->run, SPOOR_RUN_LIMIT, op->plan->span,
                              "a series of more than %d values", MOST_STEPS);
    }
    *count = steps < 0 ? 0 : (uint32_t)steps;
    *count += steps >= 0 && (!is_open || steps > *count);
    return true;
}

static spoor_value as_dynamic(spoor_dynamic_builder *builder) {
    spoor_dynamic_close(builder);
    return (spoor_value){.type = SPOOR_DYNAMIC, .string = spoor_dynamic_finish(builder)};
}

static void put_group(spoor_op *op, make_series *self, uint32_t group, const spoor_value *from,
                      uint32_t count, spoor_vec *cols, uint32_t out) {
    uint32_t nkeys = op->plan->series.nkeys, ncols = op->plan->schema.ncols;
    uint32_t *at = SPOOR_RAW_ARRAY(op->scratch, uint32_t, count);
    memset(at, 0xff, count * sizeof *at); /* SPOOR_ROWS_NONE */
    for (uint32_t row = self->first[group]; row != SPOOR_ROWS_NONE; row = self->after[row]) {
        spoor_value here = spoor_rows_get(&self->rows, nkeys, row);
        double i = steps_between(from, &here, &self->step) + 0.5;
        if (i >= 0 && i < count) {
            at[(uint32_t)i] = row;
        }
    }
    for (uint32_t k = 0; k < nkeys; k++) {
        spoor_value key = spoor_rows_get(&self->rows, k, self->first[group]);
        spoor_vec_set(&cols[k], out, &key);
    }
    for (uint32_t c = nkeys; c < ncols; c++) {
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, op->scratch);
        spoor_dynamic_open(&builder, '[');
        for (uint32_t i = 0; i < count; i++) {
            spoor_value value = c + 1 == ncols ? place(from, &self->step, i)
                                : at[i] == SPOOR_ROWS_NONE
                                    ? op->plan->series.defaults[c - nkeys]
                                    : spoor_rows_get(&self->rows, c + 1, at[i]);
            spoor_dynamic_add(&builder, &value);
        }
        spoor_value series = as_dynamic(&builder);
        spoor_vec_set(&cols[c], out, &series);
    }
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    make_series *self = op->state;
    if (!self->is_read && read_all(op, self) == SPOOR_OP_FAILED) {
        return SPOOR_OP_FAILED;
    }
    spoor_arena_rewind(op->scratch);
    uint32_t ncols = op->plan->schema.ncols, n = 0;
    uint64_t cells = 0;
    spoor_vec *cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, ncols);
    for (uint32_t c = 0; c < ncols; c++) {
        cols[c] = spoor_vec_new(op->scratch, op->plan->schema.columns[c].type, SPOOR_BATCH_ROWS);
    }
    for (; self->at < self->ngroups && n < SPOOR_BATCH_ROWS && cells < BATCH_CELLS; self->at++) {
        spoor_value from;
        uint32_t count = 0;
        if (!spoor_run_go_on(op->run) || !measure(op, self, self->at, &from, &count)) {
            return SPOOR_OP_FAILED;
        }
        if (count > 0) {
            put_group(op, self, self->at, &from, count, cols, n++);
            cells += (uint64_t)count * ncols;
        }
    }
    *batch = (spoor_batch){.rows = n, .count = n, .ncols = ncols, .cols = cols};
    return n > 0 ? SPOOR_OP_BATCH : SPOOR_OP_END;
}

/* -- opening ----------------------------------------------------------------------------------- */

static bool open_end(spoor_op *op, const spoor_bound *e, spoor_value *value) {
    *value = (spoor_value){.is_null = true};
    return e == NULL || spoor_eval_scalar(op, e, value);
}

bool spoor_op_make_series_open(spoor_op *op) {
    const spoor_plan *plan = op->plan;
    const spoor_schema *input = &plan->inputs[0]->schema;
    make_series *self = SPOOR_NEW(op->arena, make_series);
    if (!open_end(op, plan->series.from, &self->from) ||
        !open_end(op, plan->series.to, &self->to) ||
        !open_end(op, plan->series.step, &self->step)) {
        return false;
    }
    if (!is_positive(&self->step)) {
        return spoor_run_fail(op->run, SPOOR_RUN_LIMIT, plan->span, "the step must be above 0");
    }
    if (plan->series.is_range && !self->from.is_null && !self->to.is_null) {
        round_down(&self->from, &self->step);
        round_down(&self->to, &self->step);
    }
    spoor_type *types = SPOOR_NEW_ARRAY(op->arena, spoor_type, plan->series.nkeys + 1);
    for (uint32_t k = 0; k < plan->series.nkeys; k++) {
        types[k] = input->columns[k].type;
    }
    spoor_groups_init(&self->groups, op->arena, types, plan->series.nkeys);
    spoor_rows_init_schema(&self->rows, op->arena, input);
    op->state = self;
    op->next = next;
    return true;
}
