/* op_window.c - `row_number()`, `prev()`, `next()` and the other functions over rows in their
 * order.
 *
 * The batch passes through with one more column; what the next row needs of
 * this one is kept.  Only next() looks ahead: it holds rows back until those
 * that it asks for have come. */
#include "executor/eval.h"
#include "executor/rows.h"

enum { LEAST_HELD = 4096 /* rows that next() reads at a time */ };

typedef struct window {
    spoor_eval *value, *restart;
    bool has_row;   /* a row was seen */
    int64_t number; /* ROW_NUMBER: of the next row; ranks: rows since the restart */
    int64_t rank;
    int64_t session_start;      /* SESSION */
    spoor_value last;           /* ranks, SESSION: the value of the row before; CUMSUM: the sum */
    spoor_arena *last_arena[2]; /* bytes of `last` by turns */
    int turn;
    /* PREV: the last rows; NEXT: rows that are held back.  Values are the last column. */
    spoor_rows held;
    spoor_arena *held_arena[2];
    int held_turn;
    uint32_t at; /* NEXT: the first row of `held` that is not out yet */
    bool is_read;
} window;

static uint64_t offset_of(const spoor_op *op) {
    return (uint64_t)op->plan->window.number;
}

/* -- one row after the other ------------------------------------------------------------------- */

static void remember(window *self, const spoor_value *value) {
    self->turn = !self->turn;
    spoor_arena_rewind(self->last_arena[self->turn]);
    self->last = spoor_value_copy(self->last_arena[self->turn], value);
}

static spoor_value zero_of(spoor_type type) {
    return (spoor_value){.type = type};
}

/* Sum plus value; a null adds nothing. */
static void add(spoor_value *sum, const spoor_value *value) {
    if (value->is_null) {
        return;
    }
    switch (value->type) {
    case SPOOR_REAL: sum->real += value->real; return;
    case SPOOR_DECIMAL:
        if (!spoor_decimal_add(sum->decimal, value->decimal, &sum->decimal)) {
            sum->is_null = true;
        }
        return;
    case SPOOR_INT: /* wraps, like all of Kusto's integers */
        sum->integer = (int32_t)(uint32_t)((uint64_t)sum->integer + (uint64_t)value->integer);
        return;
    default: sum->integer = (int64_t)((uint64_t)sum->integer + (uint64_t)value->integer); return;
    }
}

static bool is_far(int64_t from, int64_t to, int64_t most) {
    return to < from || (uint64_t)to - (uint64_t)from > (uint64_t)most;
}

static spoor_value step_session(const spoor_op *op, window *self, const spoor_value *value,
                                bool restarts) {
    spoor_value out = *value;
    if (value->is_null) {
        return out;
    }
    if (restarts || self->last.is_null ||
        is_far(self->session_start, value->integer, op->plan->window.number) ||
        is_far(self->last.integer, value->integer, op->plan->window.between)) {
        self->session_start = value->integer;
    }
    self->last = *value;
    out.integer = self->session_start;
    return out;
}

static spoor_value step_rank(const spoor_op *op, window *self, const spoor_value *value,
                             bool restarts) {
    bool is_dense = op->plan->window.kind == SPOOR_WINDOW_RANK_DENSE;
    if (restarts) {
        self->number = self->rank = 0;
    }
    self->number++;
    if (restarts || spoor_value_compare(value, &self->last) != 0) {
        self->rank = is_dense ? self->rank + 1 : self->number;
        remember(self, value);
    }
    return (spoor_value){.type = SPOOR_LONG, .integer = self->rank};
}

/* The function's value at the next row. */
static spoor_value step(const spoor_op *op, window *self, const spoor_value *value, bool restarts) {
    switch (op->plan->window.kind) {
    case SPOOR_WINDOW_ROW_NUMBER:
        self->number = restarts ? op->plan->window.number : (int64_t)((uint64_t)self->number + 1);
        return (spoor_value){.type = SPOOR_LONG, .integer = self->number};
    case SPOOR_WINDOW_CUMSUM:
        if (restarts) {
            self->last = zero_of(value->type);
        }
        add(&self->last, value);
        return self->last;
    case SPOOR_WINDOW_RANK_DENSE:
    case SPOOR_WINDOW_RANK_MIN: return step_rank(op, self, value, restarts);
    case SPOOR_WINDOW_SESSION: return step_session(op, self, value, restarts);
    case SPOOR_WINDOW_PREV:
    case SPOOR_WINDOW_NEXT: break;
    }
    return *value;
}

static void step_all(spoor_op *op, window *self, const spoor_batch *input, spoor_vec *out) {
    spoor_vec values = {0}, restarts = {0};
    if (self->value != NULL) {
        values = spoor_eval_dense(self->value, input, op->scratch);
    }
    if (self->restart != NULL) {
        restarts = spoor_eval_dense(self->restart, input, op->scratch);
    }
    for (uint32_t i = 0; i < input->count; i++) {
        spoor_value value = {.type = SPOOR_LONG};
        if (self->value != NULL) {
            value = spoor_vec_get(&values, i);
        }
        bool is_told =
            self->restart != NULL && !spoor_vec_is_null(&restarts, i) && restarts.bools[i] != 0;
        spoor_value made = step(op, self, &value, is_told || !self->has_row);
        spoor_vec_set(out, spoor_batch_row(input, i), &made);
        self->has_row = true;
    }
}

/* -- prev -------------------------------------------------------------------------------------- */

/* Start a new `held` with what is still needed of the old: its rows from `from` on. */
static void renew_held(spoor_op *op, window *self, uint32_t from) {
    spoor_rows old = self->held;
    self->held_turn = !self->held_turn;
    spoor_arena *arena = self->held_arena[self->held_turn];
    spoor_arena_rewind(arena);
    spoor_rows_init(&self->held, arena, old.ncols);
    for (uint32_t c = 0; c < old.ncols; c++) {
        self->held.cols[c].type = old.cols[c].type;
    }
    spoor_batch batch;
    for (uint32_t at = from; spoor_rows_batch(&old, op->scratch, NULL, old.count, &at, &batch);) {
        spoor_rows_append(&self->held, batch.cols, NULL, batch.count, op->scratch);
    }
}

static void look_back(spoor_op *op, window *self, const spoor_batch *input, spoor_vec *out) {
    spoor_vec values = spoor_eval_dense(self->value, input, op->scratch);
    uint64_t offset = offset_of(op);
    uint32_t before = self->held.count;
    spoor_rows_append(&self->held, &values, NULL, input->count, op->scratch);
    for (uint32_t i = 0; i < input->count; i++) {
        uint64_t at = (uint64_t)before + i;
        spoor_value value = at >= offset ? spoor_rows_get(&self->held, 0, (uint32_t)(at - offset))
                                         : op->plan->window.otherwise;
        spoor_vec_set(out, spoor_batch_row(input, i), &value);
    }
}

/* Rows that no later row asks for go, when they are most of what is held.  What was handed out last
 * may still point to them, so it is done before the next batch is looked at. */
static void forget(spoor_op *op, window *self) {
    uint64_t offset = offset_of(op);
    if (self->held.count > LEAST_HELD && self->held.count / 2 > offset) {
        renew_held(op, self, self->held.count - (uint32_t)offset);
    }
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    window *self = op->state;
    spoor_batch input;
    spoor_op_status status = spoor_op_next(op->inputs[0], &input);
    if (status != SPOOR_OP_BATCH) {
        return status;
    }
    spoor_arena_rewind(op->scratch);
    uint32_t ncols = op->plan->schema.ncols;
    *batch = input;
    batch->ncols = ncols;
    batch->cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, ncols);
    memcpy(batch->cols, input.cols, (ncols - 1) * sizeof *batch->cols);
    spoor_vec *out = &batch->cols[ncols - 1];
    *out = spoor_vec_new(op->scratch, op->plan->schema.columns[ncols - 1].type, input.rows);
    if (op->plan->window.kind == SPOOR_WINDOW_PREV) {
        forget(op, self);
        look_back(op, self, &input, out);
    } else {
        step_all(op, self, &input, out);
    }
    return SPOOR_OP_BATCH;
}

/* -- next -------------------------------------------------------------------------------------- */

static uint64_t held_back(const window *self) {
    return self->held.count - self->at;
}

/* Read on until a good number of rows can go out, or all are there. */
static spoor_op_status read_ahead(spoor_op *op, window *self) {
    uint64_t offset = offset_of(op), enough = offset > LEAST_HELD ? offset : LEAST_HELD;
    enough = enough > UINT32_MAX / 2 ? UINT32_MAX : enough + offset;
    renew_held(op, self, self->at);
    self->at = 0;
    while (held_back(self) < enough) {
        spoor_batch input;
        spoor_op_status status = spoor_op_next(op->inputs[0], &input);
        if (status != SPOOR_OP_BATCH) {
            self->is_read = status == SPOOR_OP_END;
            return status;
        }
        spoor_arena_rewind(op->scratch);
        spoor_vec *cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, self->held.ncols);
        for (uint32_t c = 0; c < input.ncols; c++) {
            cols[c] = spoor_vec_gather(op->scratch, &input.cols[c], input.sel, input.count);
        }
        cols[input.ncols] = spoor_eval_dense(self->value, &input, op->scratch);
        spoor_rows_append(&self->held, cols, NULL, input.count, op->scratch);
    }
    return SPOOR_OP_BATCH;
}

static spoor_op_status next_ahead(spoor_op *op, spoor_batch *batch) {
    window *self = op->state;
    uint64_t offset = offset_of(op);
    spoor_arena_rewind(op->scratch);
    if (!self->is_read && held_back(self) <= offset && read_ahead(op, self) == SPOOR_OP_FAILED) {
        return SPOOR_OP_FAILED;
    }
    spoor_arena_rewind(op->scratch);
    uint32_t first = self->at, last = self->held.count - 1;
    uint32_t end = self->held.count;
    if (!self->is_read) {
        end -= (uint32_t)offset;
    }
    if (first == end || !spoor_rows_batch(&self->held, op->scratch, NULL, end, &self->at, batch)) {
        return SPOOR_OP_END;
    }
    uint32_t *list = SPOOR_RAW_ARRAY(op->scratch, uint32_t, batch->count);
    for (uint32_t i = 0; i < batch->count; i++) {
        uint64_t at = (uint64_t)first + i + offset;
        list[i] = at <= last ? (uint32_t)at : SPOOR_ROWS_NONE;
    }
    spoor_vec *out = &batch->cols[batch->ncols - 1];
    *out = spoor_rows_gather(&self->held, batch->ncols - 1, op->scratch, list, batch->count);
    for (uint32_t i = 0; i < batch->count; i++) {
        if (list[i] == SPOOR_ROWS_NONE) {
            spoor_vec_set(out, i, &op->plan->window.otherwise);
        }
    }
    return SPOOR_OP_BATCH;
}

/* -- opening ----------------------------------------------------------------------------------- */

static void open_held(spoor_op *op, window *self) {
    bool ahead = op->plan->window.kind == SPOOR_WINDOW_NEXT;
    const spoor_schema *input = &op->plan->inputs[0]->schema;
    self->held_arena[0] = spoor_op_arena(op);
    self->held_arena[1] = spoor_op_arena(op);
    spoor_rows_init(&self->held, self->held_arena[0], ahead ? input->ncols + 1 : 1);
    for (uint32_t c = 0; ahead && c < input->ncols; c++) {
        self->held.cols[c].type = input->columns[c].type;
    }
    self->held.cols[self->held.ncols - 1].type = op->plan->window.value->type;
}

bool spoor_op_window_open(spoor_op *op) {
    const spoor_plan *plan = op->plan;
    window *self = SPOOR_NEW(op->arena, window);
    if (plan->window.value != NULL) {
        self->value = spoor_eval_open(op, plan->window.value);
        if (self->value == NULL) {
            return false;
        }
    }
    if (plan->window.restart != NULL) {
        self->restart = spoor_eval_open(op, plan->window.restart);
        if (self->restart == NULL) {
            return false;
        }
    }
    self->last_arena[0] = spoor_op_arena(op);
    self->last_arena[1] = spoor_op_arena(op);
    self->last = (spoor_value){.type = SPOOR_LONG, .is_null = true};
    if (plan->window.kind == SPOOR_WINDOW_PREV || plan->window.kind == SPOOR_WINDOW_NEXT) {
        open_held(op, self);
    }
    op->state = self;
    op->next = plan->window.kind == SPOOR_WINDOW_NEXT ? next_ahead : next;
    return true;
}
