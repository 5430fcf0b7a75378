/* op_mv_expand.c - `mv-expand`: a row for each element of an array or each pair of a bag.
 *
 * Several columns are expanded in step, to the longest; the shorter give null.
 * A null, or a scalar, stands for itself once; an empty array or bag gives no
 * row.  `to typeof()` casts: numbers among themselves and anything to string;
 * text is not parsed (documentation of the operator: "cast-only"). */
#include "executor/eval.h"
#include "functions/convert.h"
#include "types/dynamic.h"

typedef struct mv_expand {
    int64_t limit; /* rows of one input row */
    spoor_batch input;
    spoor_arena *input_arena; /* of what is made for the batch */
    spoor_vec *values;        /* by expanded column: dense */
    uint32_t at;              /* the selected row at hand; input.count: none left */
    int64_t element, count;   /* of this row: next, and how many; count -1: not begun */
    spoor_dynamic_iter *iters; /* by expanded column */
    bool *is_scalar;           /* the value stands for itself */
} mv_expand;

static spoor_op_status next_input(spoor_op *op, mv_expand *self) {
    const spoor_plan *plan = op->plan;
    spoor_op_status status = spoor_op_next(op->inputs[0], &self->input);
    if (status != SPOOR_OP_BATCH) {
        self->input.count = 0;
        self->at = 0;
        return status;
    }
    spoor_arena_rewind(self->input_arena);
    self->values = SPOOR_RAW_ARRAY(self->input_arena, spoor_vec, plan->mv_expand.ncolumns);
    for (uint32_t k = 0; k < plan->mv_expand.ncolumns; k++) {
        self->values[k] =
            spoor_vec_gather(self->input_arena, &self->input.cols[plan->mv_expand.columns[k]],
                             self->input.sel, self->input.count);
    }
    self->at = 0;
    self->count = -1;
    return status;
}

/* Look at the expanded values of the row at hand. */
static void begin_row(spoor_op *op, mv_expand *self) {
    self->element = 0;
    self->count = 0;
    for (uint32_t k = 0; k < op->plan->mv_expand.ncolumns; k++) {
        const spoor_vec *values = &self->values[k];
        spoor_str value = values->strings[self->at];
        bool is_null = spoor_vec_is_null(values, self->at);
        spoor_dynamic_kind kind = is_null ? SPOOR_DYN_NULL : spoor_dynamic_kind_of(value);
        bool is_container = kind == SPOOR_DYN_ARRAY || kind == SPOOR_DYN_BAG;
        self->is_scalar[k] = !is_container;
        int64_t count = is_container ? spoor_dynamic_count(value) : 1;
        if (is_container) {
            self->iters[k] = spoor_dynamic_begin(value);
        }
        self->count = count > self->count ? count : self->count;
    }
    self->count = self->limit < self->count ? self->limit : self->count;
}

/* The next element of column k; false: it has no more. */
static bool next_element(spoor_op *op, mv_expand *self, uint32_t k, spoor_str *element) {
    if (self->is_scalar[k]) {
        *element = self->values[k].strings[self->at];
        return self->element == 0 && !spoor_vec_is_null(&self->values[k], self->at);
    }
    spoor_str name;
    bool is_bag = self->iters[k].is_bag;
    if (!spoor_dynamic_next(&self->iters[k], &name, element)) {
        return false;
    }
    if (!is_bag) {
        return true;
    }
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, op->scratch);
    if (op->plan->mv_expand.bag_to_array) {
        spoor_dynamic_open(&builder, '[');
        spoor_dynamic_add_text(&builder, name);
    } else {
        spoor_dynamic_open(&builder, '{');
        spoor_dynamic_name(&builder, name);
    }
    spoor_dynamic_add_encoded(&builder, *element);
    spoor_dynamic_close(&builder);
    *element = spoor_dynamic_finish(&builder);
    return true;
}

static bool is_number(spoor_type type) {
    return (SPOOR_TYPE_SET(type) & (SPOOR_T_NUMBER | SPOOR_T_BOOL)) != 0;
}

/* The element as a value of the type, or its null. */
static spoor_value cast(spoor_arena *scratch, spoor_str element, spoor_type type) {
    spoor_value null = {.type = type, .is_null = type != SPOOR_STRING};
    if (spoor_dynamic_kind_of(element) == SPOOR_DYN_NULL) {
        return null;
    }
    if (type == SPOOR_DYNAMIC) {
        return (spoor_value){.type = type, .string = element};
    }
    if (type == SPOOR_STRING) {
        return (spoor_value){.type = type, .string = spoor_dynamic_to_text(scratch, element)};
    }
    spoor_value scalar = spoor_dynamic_scalar(element);
    if (scalar.type == type) {
        return scalar;
    }
    return is_number(scalar.type) && is_number(type) ? spoor_convert(scratch, &scalar, type)
                                                     : null;
}

/* One output row: the expanded columns and the index. */
static void put_row(spoor_op *op, mv_expand *self, spoor_vec *cols, uint32_t row) {
    const spoor_plan *plan = op->plan;
    for (uint32_t k = 0; k < plan->mv_expand.ncolumns; k++) {
        spoor_str element = {0};
        if (!next_element(op, self, k, &element)) {
            element = (spoor_str){0}; /* reads as null */
        }
        spoor_value value = cast(op->scratch, element, plan->mv_expand.to_types[k]);
        spoor_vec_set(&cols[plan->mv_expand.outputs[k]], row, &value);
    }
    if (plan->mv_expand.index_output >= 0) {
        spoor_value index = {.type = SPOOR_LONG, .integer = self->element};
        spoor_vec_set(&cols[plan->mv_expand.index_output], row, &index);
    }
    self->element++;
}

/* Fill a batch from the input batch at hand; rows[i]: which of its rows the i-th comes from. */
static uint32_t expand(spoor_op *op, mv_expand *self, spoor_vec *cols, uint32_t *rows) {
    uint32_t n = 0;
    while (self->at < self->input.count && n < SPOOR_BATCH_ROWS) {
        if (self->count < 0) {
            begin_row(op, self);
        }
        if (self->element == self->count) {
            self->at++;
            self->count = -1;
            continue;
        }
        rows[n] = spoor_batch_row(&self->input, self->at);
        put_row(op, self, cols, n++);
    }
    return n;
}

/* Columns that repeat; codes are copied, not what they stand for. */
static void pass_columns(spoor_op *op, mv_expand *self, spoor_vec *cols, const uint32_t *rows,
                         uint32_t count) {
    for (uint32_t c = 0; c < op->plan->schema.ncols; c++) {
        int from = op->plan->mv_expand.passed[c];
        if (from < 0) {
            continue;
        }
        const spoor_vec *vec = &self->input.cols[from];
        if (vec->form == SPOOR_FLAT) {
            cols[c] = spoor_vec_gather(op->scratch, vec, rows, count);
        } else {
            cols[c] = *vec;
            cols[c].codes = spoor_gather_codes(op->scratch, vec->codes, rows, count);
        }
    }
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    mv_expand *self = op->state;
    uint32_t ncols = op->plan->schema.ncols;
    spoor_arena_rewind(op->scratch);
    spoor_vec *cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, ncols);
    for (uint32_t c = 0; c < ncols; c++) {
        if (op->plan->mv_expand.passed[c] < 0) {
            cols[c] = spoor_vec_new(op->scratch, op->plan->schema.columns[c].type,
                                    SPOOR_BATCH_ROWS);
        }
    }
    uint32_t *rows = SPOOR_RAW_ARRAY(op->scratch, uint32_t, SPOOR_BATCH_ROWS);
    uint32_t count;
    while ((count = expand(op, self, cols, rows)) == 0) {
        spoor_op_status status = next_input(op, self);
        if (status != SPOOR_OP_BATCH) {
            return status;
        }
    }
    pass_columns(op, self, cols, rows, count);
    *batch = (spoor_batch){.rows = count, .count = count, .ncols = ncols, .cols = cols};
    return SPOOR_OP_BATCH;
}

bool spoor_op_mv_expand_open(spoor_op *op) {
    const spoor_plan *plan = op->plan;
    mv_expand *self = SPOOR_NEW(op->arena, mv_expand);
    self->input_arena = spoor_op_arena(op);
    self->iters = SPOOR_NEW_ARRAY(op->arena, spoor_dynamic_iter, plan->mv_expand.ncolumns);
    self->is_scalar = SPOOR_NEW_ARRAY(op->arena, bool, plan->mv_expand.ncolumns);
    self->limit = INT64_MAX;
    if (plan->mv_expand.limit != NULL) {
        spoor_value limit;
        if (!spoor_eval_scalar(op, plan->mv_expand.limit, &limit)) {
            return false;
        }
        self->limit = limit.is_null || limit.integer < 0 ? 0 : limit.integer;
    }
    op->state = self;
    op->next = next;
    return true;
}
