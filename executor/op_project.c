/* op_project.c - `project`, `extend` and their kin: an expression a column.
 *
 * A column that is only passed on keeps its form and its memory.  Where the run
 * says that of the result few rows are read, what is computed is given as
 * records, which are computed when they are read. */
#include "executor/eval.h"
#include "executor/scan.h"

typedef struct late_column {
    spoor_records records; /* first */
    spoor_eval *eval;
    const spoor_batch *input; /* the batch at hand */
} late_column;

typedef struct project {
    spoor_eval **exprs;
    late_column *late; /* by column; NULL: all are computed at once */
    uint32_t *numbers; /* 0, 1, 2, ...: the rows of a batch */
    spoor_batch input;
} project;

static void compute_late(const spoor_records *records, spoor_arena *arena, const uint32_t *rows,
                         uint32_t count, spoor_vec *out) {
    const late_column *late = records->segment;
    spoor_batch asked = *late->input;
    asked.sel = rows;
    asked.count = count;
    spoor_vec values = spoor_eval_dense(late->eval, &asked, arena);
    memcpy(out->data, values.data, count * spoor_type_size(out->type));
    if (values.nulls != NULL) {
        memcpy(out->nulls, values.nulls, count);
    }
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    project *self = op->state;
    spoor_op_status status = spoor_op_next(op->inputs[0], &self->input);
    if (status != SPOOR_OP_BATCH) {
        return status;
    }
    spoor_arena_rewind(op->scratch);
    *batch = self->input;
    batch->ncols = op->plan->schema.ncols;
    batch->cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, batch->ncols);
    for (uint32_t i = 0; i < batch->ncols; i++) {
        if (self->late != NULL && self->late[i].eval != NULL) {
            batch->cols[i] = (spoor_vec){.type = op->plan->schema.columns[i].type,
                                         .form = SPOOR_RECORD,
                                         .codes = self->numbers,
                                         .records = &self->late[i].records};
        } else {
            batch->cols[i] = spoor_eval_run(self->exprs[i], &self->input, op->scratch);
        }
    }
    return SPOOR_OP_BATCH;
}

/* What is not read of every row is not even loaded, where it comes from a scan right below. */
static void put_off_loading(spoor_op *op, const project *self) {
    uint32_t *uses = SPOOR_NEW_ARRAY(op->arena, uint32_t, op->inputs[0]->plan->schema.ncols);
    for (uint32_t i = 0; i < op->plan->schema.ncols; i++) {
        const spoor_eval *eval = self->exprs[i];
        for (uint32_t c = 0; op->run->late_needs[i] && c < eval->ncolumns; c++) {
            if (eval->ncolumns == SPOOR_EVAL_MANY_COLUMNS) {
                return;
            }
            uses[eval->columns[c]] = 1;
        }
    }
    spoor_scan_be_lazy(op->inputs[0]->state, uses);
}

static void be_late(spoor_op *op, project *self) {
    if (op->run->late_needs != NULL && op->inputs[0]->plan->kind == SPOOR_PLAN_SCAN) {
        put_off_loading(op, self);
    }
    self->late = SPOOR_NEW_ARRAY(op->arena, late_column, op->plan->schema.ncols);
    self->numbers = SPOOR_RAW_ARRAY(op->arena, uint32_t, SPOOR_BATCH_ROWS);
    for (uint32_t i = 0; i < SPOOR_BATCH_ROWS; i++) {
        self->numbers[i] = i;
    }
    for (uint32_t i = 0; i < op->plan->schema.ncols; i++) {
        spoor_eval *eval = self->exprs[i];
        bool is_computed = eval->kind != SPOOR_EVAL_COLUMN && eval->kind != SPOOR_EVAL_CONSTANT;
        if (is_computed && !eval->is_volatile) {
            self->late[i] = (late_column){.eval = eval, .input = &self->input};
            self->late[i].records =
                (spoor_records){.fetch = compute_late, .segment = &self->late[i]};
        }
    }
}

bool spoor_op_project_open(spoor_op *op) {
    project *self = SPOOR_NEW(op->arena, project);
    self->exprs = SPOOR_NEW_ARRAY(op->arena, spoor_eval *, op->plan->schema.ncols);
    for (uint32_t i = 0; i < op->plan->schema.ncols; i++) {
        self->exprs[i] = spoor_eval_open(op, op->plan->project.exprs[i]);
        if (self->exprs[i] == NULL) {
            return false;
        }
    }
    if (op->run->late_result == op->plan) {
        be_late(op, self);
    }
    op->state = self;
    op->next = next;
    return true;
}
