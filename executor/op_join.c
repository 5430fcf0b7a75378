/* op_join.c - `join` of every kind, and `lookup`: the right side by its keys (join_build.h), then the
 * left side past it (join_probe.h). */
#include "executor/eval.h"
#include "executor/join_probe.h"

typedef struct join {
    spoor_join_kind kind;
    spoor_eval **left_keys, **right_keys;
    uint32_t nkeys;

    /* The right side */
    bool is_built;
    spoor_join_build build;
    uint32_t nkept;
    uint32_t *kept;       /* which columns of the input are in its rows */
    uint32_t *places;     /* by column of the input: where it is in them */

    /* The left side */
    spoor_join_probe probe;
    spoor_batch left;
    spoor_arena *left_arena; /* of what is made for the batch */
    bool left_ended;
} join;

/* The keys of a batch, none of them a record. */
static spoor_vec *eval_keys(const join *self, spoor_eval **evals, const spoor_batch *batch,
                            spoor_arena *scratch) {
    spoor_vec *keys = SPOOR_RAW_ARRAY(scratch, spoor_vec, self->nkeys);
    for (uint32_t k = 0; k < self->nkeys; k++) {
        keys[k] = spoor_eval_run(evals[k], batch, scratch);
        if (keys[k].form == SPOOR_RECORD) {
            keys[k] =
                spoor_vec_flatten(scratch, &keys[k], batch->rows, batch->sel, batch->count);
        }
    }
    return keys;
}

static void add_right(spoor_op *op, join *self, const spoor_batch *batch) {
    spoor_arena_rewind(op->scratch);
    const spoor_vec *keys = eval_keys(self, self->right_keys, batch, op->scratch);
    spoor_vec *kept = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, self->nkept);
    for (uint32_t c = 0; c < self->nkept; c++) {
        kept[c] = batch->cols[self->kept[c]];
    }
    spoor_join_build_add(&self->build, keys, kept, batch->sel, batch->count, op->scratch);
}

static bool build(spoor_op *op, join *self) {
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op->inputs[1], &batch)) == SPOOR_OP_BATCH) {
        add_right(op, self, &batch);
    }
    if (status == SPOOR_OP_FAILED) {
        return false;
    }
    spoor_join_build_finish(&self->build);
    spoor_join_probe_init(&self->probe, self->kind, &self->build, op->arena);
    self->is_built = true;
    /* Without right rows most kinds have no answer rows: the left side need not run. */
    self->left_ended = self->build.rows.count == 0 && !spoor_join_needs_left(self->kind);
    return true;
}

/* -- output ------------------------------------------------------------------------------------ */

/* Codes are copied, not what they stand for. */
static spoor_vec gather_left(const spoor_vec *vec, const spoor_join_pairs *out, spoor_arena *scratch) {
    if (vec->form == SPOOR_FLAT) {
        return spoor_vec_gather(scratch, vec, out->left, out->count);
    }
    spoor_vec gathered = *vec;
    gathered.codes = spoor_gather_codes(scratch, vec->codes, out->left, out->count);
    return gathered;
}

static void put_out(spoor_op *op, join *self, const spoor_join_pairs *out, spoor_batch *batch) {
    const spoor_plan *plan = op->plan;
    *batch = (spoor_batch){.rows = out->count, .count = out->count, .ncols = plan->schema.ncols};
    batch->cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, batch->ncols);
    for (uint32_t c = 0; c < batch->ncols; c++) {
        int from = plan->join.outputs[c].column;
        spoor_type type = plan->schema.columns[c].type;
        if (plan->join.outputs[c].from_right) {
            batch->cols[c] = spoor_rows_gather(&self->build.rows, self->places[from], op->scratch,
                                               out->right, out->count);
        } else if (out->left != NULL) {
            batch->cols[c] = gather_left(&self->left.cols[from], out, op->scratch);
        } else {
            spoor_value null = {.type = type, .is_null = type != SPOOR_STRING};
            batch->cols[c] = spoor_vec_constant(op->scratch, &null, out->count);
        }
    }
}

static spoor_op_status next_left(spoor_op *op, join *self) {
    spoor_op_status status = spoor_op_next(op->inputs[0], &self->left);
    if (status != SPOOR_OP_BATCH) {
        self->left_ended = true;
        return status;
    }
    spoor_arena_rewind(self->left_arena);
    const spoor_vec *keys = eval_keys(self, self->left_keys, &self->left, self->left_arena);
    spoor_join_probe_batch(&self->probe, keys, self->left.sel, self->left.count, self->left_arena);
    return status;
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    join *self = op->state;
    if (!self->is_built && !build(op, self)) {
        return SPOOR_OP_FAILED;
    }
    spoor_arena_rewind(op->scratch);
    spoor_join_pairs out = {.left = SPOOR_RAW_ARRAY(op->scratch, uint32_t, SPOOR_BATCH_ROWS),
                            .right = SPOOR_RAW_ARRAY(op->scratch, uint32_t, SPOOR_BATCH_ROWS)};
    while (!self->left_ended) {
        spoor_join_probe_left(&self->probe, &out);
        if (out.count > 0) {
            put_out(op, self, &out, batch);
            return SPOOR_OP_BATCH;
        }
        if (next_left(op, self) == SPOOR_OP_FAILED) {
            return SPOOR_OP_FAILED;
        }
    }
    out.left = NULL;
    spoor_join_probe_rest(&self->probe, &out);
    if (out.count == 0) {
        return SPOOR_OP_END;
    }
    put_out(op, self, &out, batch);
    return SPOOR_OP_BATCH;
}

static spoor_eval **open_keys(spoor_op *op, spoor_bound **keys, uint32_t nkeys) {
    spoor_eval **evals = SPOOR_NEW_ARRAY(op->arena, spoor_eval *, nkeys);
    for (uint32_t k = 0; k < nkeys; k++) {
        evals[k] = spoor_eval_open(op, keys[k]);
        if (evals[k] == NULL) {
            return NULL;
        }
    }
    return evals;
}

/* Keys are in the groups: their columns are kept again only where they are put out. */
static void choose_kept(spoor_op *op, join *self) {
    const spoor_plan *plan = op->plan;
    uint32_t ncols = plan->inputs[1]->schema.ncols;
    uint8_t *is_put_out = SPOOR_NEW_ARRAY(op->scratch, uint8_t, ncols);
    for (uint32_t c = 0; c < plan->schema.ncols; c++) {
        if (plan->join.outputs[c].from_right) {
            is_put_out[plan->join.outputs[c].column] = 1;
        }
    }
    self->kept = SPOOR_NEW_ARRAY(op->arena, uint32_t, (size_t)ncols + 1);
    self->places = SPOOR_NEW_ARRAY(op->arena, uint32_t, ncols);
    for (uint32_t c = 0; c < ncols; c++) {
        self->places[c] = self->nkept;
        self->kept[self->nkept] = c;
        self->nkept += is_put_out[c];
    }
}

static void init_build(spoor_op *op, join *self) {
    const spoor_plan *plan = op->plan;
    spoor_type *keys = SPOOR_NEW_ARRAY(op->arena, spoor_type, self->nkeys);
    for (uint32_t k = 0; k < self->nkeys; k++) {
        keys[k] = plan->join.right_keys[k]->type;
    }
    spoor_type *columns = SPOOR_NEW_ARRAY(op->arena, spoor_type, self->nkept);
    for (uint32_t c = 0; c < self->nkept; c++) {
        columns[c] = plan->inputs[1]->schema.columns[self->kept[c]].type;
    }
    spoor_join_build_init(&self->build, op->arena, keys, self->nkeys, columns, self->nkept,
                          spoor_join_needs_rows(self->kind));
}

bool spoor_op_join_open(spoor_op *op) {
    const spoor_plan *plan = op->plan;
    join *self = SPOOR_NEW(op->arena, join);
    self->kind = plan->join.kind;
    self->nkeys = plan->join.nkeys;
    self->left_arena = spoor_op_arena(op);
    self->left_keys = open_keys(op, plan->join.left_keys, self->nkeys);
    self->right_keys = self->left_keys != NULL ? open_keys(op, plan->join.right_keys, self->nkeys) : NULL;
    if (self->right_keys == NULL) {
        return false;
    }
    choose_kept(op, self);
    init_build(op, self);
    op->state = self;
    op->next = next;
    return true;
}
