/* op_mv_expand.c - `mv-expand`: a row for each element of an array or each pair of a bag.
 *
 * Several columns are expanded in step, to the longest; the shorter give null.
 * A null, or a scalar, stands for itself once; an empty array or bag gives no
 * row.  `to typeof()` casts: numbers among themselves and anything to string;
 * text is not parsed (documentation of the operator: "cast-only").
 *
 * One column alone that has a dictionary is expanded once an entry, when the
 * rows that came make that worth it: the elements are a dictionary then, and
 * a row's elements neighbours in it. */
#include "executor/eval.h"
#include "functions/convert.h"
#include "types/dynamic.h"

enum { ENTRIES_PER_ROW = 4 };

/* All elements of all entries of a dictionary. */
typedef struct expansion {
    spoor_arena *arena;
    uint64_t dict_id;       /* 0: none yet */
    uint64_t rows_seen;     /* of this dictionary */
    bool is_made, is_unfit; /* unfit: a bag is in it, whose pairs have to be built */
    uint32_t *starts;       /* by entry: its first element; one more at the end */
    spoor_vec values;       /* of the elements, cast */
    spoor_dict dict;        /* of text: the same */
} expansion;

typedef struct mv_expand {
    expansion whole;
    bool is_whole; /* the batch at hand is expanded by it */
    int64_t limit; /* rows of one input row */
    spoor_batch input;
    spoor_arena *input_arena;  /* of what is made for the batch */
    spoor_vec *values;         /* by expanded column: dense */
    uint32_t at;               /* the selected row at hand; input.count: none left */
    int64_t element, count;    /* of this row: next, and how many; count -1: not begun */
    spoor_dynamic_iter *iters; /* by expanded column */
    bool *is_scalar;           /* the value stands for itself */
} mv_expand;

static bool use_expansion(spoor_op *op, mv_expand *self);

static spoor_op_status next_input(spoor_op *op, mv_expand *self) {
    const spoor_plan *plan = op->plan;
    spoor_op_status status = spoor_op_next(op->inputs[0], &self->input);
    if (status != SPOOR_OP_BATCH) {
        self->input.count = 0;
        self->at = 0;
        return status;
    }
    self->at = 0;
    self->count = -1;
    self->is_whole = use_expansion(op, self);
    if (self->is_whole) {
        return status;
    }
    spoor_arena_rewind(self->input_arena);
    self->values = SPOOR_RAW_ARRAY(self->input_arena, spoor_vec, plan->mv_expand.ncolumns);
    for (uint32_t k = 0; k < plan->mv_expand.ncolumns; k++) {
        self->values[k] =
            spoor_vec_gather(self->input_arena, &self->input.cols[plan->mv_expand.columns[k]],
                             self->input.sel, self->input.count);
    }
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
    return is_number(scalar.type) && is_number(type) ? spoor_convert(scratch, &scalar, type) : null;
}

/* -- a dictionary at once ---------------------------------------------------------------------- */

/* How many elements each entry has.  false: a bag is among them, or they are too many. */
static bool count_elements(expansion *whole, const spoor_dict *dict) {
    uint64_t total = 0;
    whole->starts = SPOOR_RAW_ARRAY(whole->arena, uint32_t, (size_t)dict->count + 1);
    for (uint32_t e = 0; e < dict->count; e++) {
        spoor_str value = dict->values->strings[e];
        bool is_null = spoor_vec_is_null(dict->values, e);
        spoor_dynamic_kind kind = is_null ? SPOOR_DYN_NULL : spoor_dynamic_kind_of(value);
        whole->starts[e] = (uint32_t)total;
        total += kind == SPOOR_DYN_ARRAY ? (uint64_t)spoor_dynamic_count(value) : 1;
        if (kind == SPOOR_DYN_BAG || total > UINT32_MAX / 2) {
            return false;
        }
    }
    whole->starts[dict->count] = (uint32_t)total;
    return true;
}

static void fill_elements(expansion *whole, const spoor_dict *dict, spoor_type type) {
    whole->values = spoor_vec_new(whole->arena, type, whole->starts[dict->count]);
    for (uint32_t e = 0; e < dict->count; e++) {
        uint32_t at = whole->starts[e];
        spoor_str value = dict->values->strings[e], name, element;
        bool is_null = spoor_vec_is_null(dict->values, e);
        if (is_null || spoor_dynamic_kind_of(value) != SPOOR_DYN_ARRAY) {
            spoor_value cell = cast(whole->arena, is_null ? (spoor_str){0} : value, type);
            spoor_vec_set(&whole->values, at, &cell);
            continue;
        }
        for (spoor_dynamic_iter iter = spoor_dynamic_begin(value);
             at < whole->starts[e + 1] && spoor_dynamic_next(&iter, &name, &element);) {
            spoor_value cell = cast(whole->arena, element, type);
            spoor_vec_set(&whole->values, at++, &cell);
        }
    }
}

/* Is the batch at hand to be expanded by entry? */
static bool use_expansion(spoor_op *op, mv_expand *self) {
    expansion *whole = &self->whole;
    const spoor_vec *vec = &self->input.cols[op->plan->mv_expand.columns[0]];
    if (op->plan->mv_expand.ncolumns != 1 || vec->form != SPOOR_DICT) {
        return false;
    }
    if (whole->dict_id != vec->dict->id) {
        spoor_arena_rewind(whole->arena);
        whole->dict_id = vec->dict->id;
        whole->rows_seen = 0;
        whole->is_made = whole->is_unfit = false;
    }
    whole->rows_seen += self->input.count;
    if (!whole->is_made && !whole->is_unfit &&
        whole->rows_seen * ENTRIES_PER_ROW >= vec->dict->count) {
        whole->is_unfit = !count_elements(whole, vec->dict);
        if (!whole->is_unfit) {
            fill_elements(whole, vec->dict, op->plan->mv_expand.to_types[0]);
            whole->dict = (spoor_dict){.id = spoor_run_dict_id(op->run),
                                       .values = &whole->values,
                                       .count = whole->starts[vec->dict->count]};
            whole->is_made = true;
        }
    }
    return whole->is_made;
}

/* As expand(), with the places of the elements in place of their values. */
static uint32_t expand_whole(spoor_op *op, mv_expand *self, spoor_vec *cols, uint32_t *rows) {
    const spoor_vec *vec = &self->input.cols[op->plan->mv_expand.columns[0]];
    uint32_t *places = SPOOR_RAW_ARRAY(op->scratch, uint32_t, SPOOR_BATCH_ROWS), n = 0;
    int index = op->plan->mv_expand.index_output;
    while (self->at < self->input.count && n < SPOOR_BATCH_ROWS) {
        uint32_t row = spoor_batch_row(&self->input, self->at);
        const uint32_t *starts = self->whole.starts + vec->codes[row];
        if (self->count < 0) {
            int64_t count = starts[1] - starts[0];
            self->element = 0;
            self->count = self->limit < count ? self->limit : count;
        }
        for (; self->element < self->count && n < SPOOR_BATCH_ROWS; self->element++) {
            if (index >= 0) {
                cols[index].longs[n] = self->element;
            }
            rows[n] = row;
            places[n++] = starts[0] + (uint32_t)self->element;
        }
        if (self->element == self->count) {
            self->at++;
            self->count = -1;
        }
    }
    spoor_vec *out = &cols[op->plan->mv_expand.outputs[0]];
    if (n == 0) {
        return 0; /* the next input batch may be expanded row by row */
    }
    if (out->type == SPOOR_STRING || out->type == SPOOR_DYNAMIC) {
        *out = (spoor_vec){
            .type = out->type, .form = SPOOR_DICT, .codes = places, .dict = &self->whole.dict};
    } else {
        *out = spoor_vec_gather(op->scratch, &self->whole.values, places, n);
    }
    return n;
}

/* -- row by row -------------------------------------------------------------------------------- */

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
            cols[c] =
                spoor_vec_new(op->scratch, op->plan->schema.columns[c].type, SPOOR_BATCH_ROWS);
        }
    }
    uint32_t *rows = SPOOR_RAW_ARRAY(op->scratch, uint32_t, SPOOR_BATCH_ROWS);
    uint32_t count;
    while ((count = self->is_whole ? expand_whole(op, self, cols, rows)
                                   : expand(op, self, cols, rows)) == 0) {
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
    self->whole.arena = spoor_op_arena(op);
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
