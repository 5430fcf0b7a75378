/* op_range.c - `range x from a to b step s`: a, a + s, ... while not past b.
 *
 * Integers, times and spans count by addition, so a last step that would leave
 * 64 bits ends the range.  A real is a + i * s, which gathers no error; a
 * decimal adds exactly.  A step of zero, away from the end, or any null gives
 * no rows. */
#include "executor/op.h"

#include <math.h>

typedef struct range {
    spoor_value at, to, step;
    uint64_t done; /* rows put out */
    double first;  /* real: where it began */
    bool is_over;
} range;

static bool is_within(const range *self) {
    switch (self->at.type) {
    case SPOOR_REAL:
        return self->step.real > 0 ? self->at.real <= self->to.real
                                   : self->at.real >= self->to.real;
    case SPOOR_DECIMAL: {
        int order = spoor_decimal_compare(self->at.decimal, self->to.decimal);
        return self->step.decimal.coefficient > 0 ? order <= 0 : order >= 0;
    }
    default:
        return self->step.integer > 0 ? self->at.integer <= self->to.integer
                                      : self->at.integer >= self->to.integer;
    }
}

static void advance(range *self) {
    self->done++;
    switch (self->at.type) {
    case SPOOR_REAL: self->at.real = self->first + (double)self->done * self->step.real; break;
    case SPOOR_DECIMAL:
        self->is_over |=
            !spoor_decimal_add(self->at.decimal, self->step.decimal, &self->at.decimal);
        break;
    default:
        self->is_over |=
            __builtin_add_overflow(self->at.integer, self->step.integer, &self->at.integer);
    }
    self->is_over |= !is_within(self);
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    range *self = op->state;
    if (self->is_over) {
        return SPOOR_OP_END;
    }
    spoor_arena_rewind(op->scratch);
    spoor_vec *column = SPOOR_NEW(op->scratch, spoor_vec);
    *column = spoor_vec_new(op->scratch, self->at.type, SPOOR_BATCH_ROWS);
    uint32_t rows = 0;
    while (rows < SPOOR_BATCH_ROWS && !self->is_over) {
        spoor_vec_set(column, rows++, &self->at);
        advance(self);
    }
    *batch = (spoor_batch){.rows = rows, .count = rows, .ncols = 1, .cols = column};
    return SPOOR_OP_BATCH;
}

static bool is_zero_step(const spoor_value *step) {
    switch (step->type) {
    case SPOOR_REAL: return step->real == 0 || isnan(step->real);
    case SPOOR_DECIMAL: return step->decimal.coefficient == 0;
    default: return step->integer == 0;
    }
}

bool spoor_op_range_open(spoor_op *op) {
    const spoor_plan *plan = op->plan;
    range *self = SPOOR_NEW(op->arena, range);
    if (!spoor_eval_scalar(op, plan->range.from, &self->at) ||
        !spoor_eval_scalar(op, plan->range.to, &self->to) ||
        !spoor_eval_scalar(op, plan->range.step, &self->step)) {
        return false;
    }
    self->first = self->at.type == SPOOR_REAL ? self->at.real : 0;
    self->is_over = self->at.is_null || self->to.is_null || self->step.is_null ||
                    is_zero_step(&self->step) || !is_within(self);
    op->state = self;
    op->next = next;
    return true;
}
