/* op_union.c - `union`: all rows of the first input, then of the second, and so on.
 *
 * No value moves: columns are given the places that the plan says; one that an
 * input lacks is null. */
#include "executor/op.h"

typedef struct merge {
    uint32_t input;     /* being read */
    spoor_vec *missing; /* by output column: its null, SPOOR_BATCH_ROWS times */
    spoor_vec *names;   /* by input: the value of withsource; NULL: none is wanted */
} merge;

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    merge *self = op->state;
    const spoor_plan *plan = op->plan;
    spoor_batch input;
    for (; self->input < plan->ninputs; self->input++) {
        spoor_op_status status = spoor_op_next(op->inputs[self->input], &input);
        if (status == SPOOR_OP_FAILED) {
            return status;
        }
        if (status == SPOOR_OP_BATCH) {
            break;
        }
    }
    if (self->input == plan->ninputs) {
        return SPOOR_OP_END;
    }
    const int *map = plan->uni.maps[self->input];
    spoor_arena_rewind(op->scratch);
    *batch = input;
    batch->ncols = plan->schema.ncols;
    batch->cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, batch->ncols);
    for (uint32_t c = 0; c < batch->ncols; c++) {
        if (c == 0 && self->names != NULL) {
            batch->cols[c] = self->names[self->input];
        } else {
            batch->cols[c] = map[c] >= 0 ? input.cols[map[c]] : self->missing[c];
        }
    }
    return SPOOR_OP_BATCH;
}

bool spoor_op_union_open(spoor_op *op) {
    const spoor_plan *plan = op->plan;
    merge *self = SPOOR_NEW(op->arena, merge);
    self->missing = SPOOR_NEW_ARRAY(op->arena, spoor_vec, plan->schema.ncols);
    spoor_vec nulls[SPOOR_NTYPES] = {
        0}; /* a view has a hundred columns: those of a type share one */
    for (uint32_t c = 0; c < plan->schema.ncols; c++) {
        spoor_type type = plan->schema.columns[c].type;
        bool is_missing = false;
        for (uint32_t k = 0; k < plan->ninputs; k++) {
            is_missing |= plan->uni.maps[k][c] < 0;
        }
        if (is_missing && nulls[type].data == NULL) {
            spoor_value null = {.type = type, .is_null = type != SPOOR_STRING};
            nulls[type] = spoor_vec_constant(op->arena, &null, SPOOR_BATCH_ROWS);
        }
        self->missing[c] = nulls[type];
    }
    if (plan->uni.source_names != NULL) {
        self->names = SPOOR_NEW_ARRAY(op->arena, spoor_vec, plan->ninputs);
        for (uint32_t k = 0; k < plan->ninputs; k++) {
            self->names[k] =
                spoor_vec_constant(op->arena, &plan->uni.source_names[k], SPOOR_BATCH_ROWS);
        }
    }
    op->state = self;
    op->next = next;
    return true;
}
