/* op_join.c - `join` of every kind, and `lookup`: the right side by its keys (join_build.h), then the
 * left side past it (join_probe.h).  Right rows that do not fit: join_spill.h. */
#include "executor/eval.h"
#include "executor/join_share.h"
#include "executor/join_spill.h"
#include "executor/profile.h"
#include "executor/scan.h"

typedef struct join {
    spoor_join_kind kind;
    spoor_eval **left_keys, **right_keys;
    uint32_t nkeys;

    spoor_join_shape shape;
    uint32_t *left_kept, *right_kept; /* which columns of the inputs are the sides' */

    /* The right side */
    bool is_built;
    spoor_join_build build;
    spoor_arena *build_arena;
    spoor_join_spill *spill; /* NULL: all of it fits */

    /* The left side */
    spoor_join_probe probe;
    spoor_batch left;
    spoor_arena *left_arena; /* of what is made for the batch */
    bool left_ended;
} join;

/* The keys of a batch, none of them a record, with room for `more` columns behind them. */
static spoor_vec *eval_keys(const join *self, spoor_eval **evals, const spoor_batch *batch,
                            uint32_t more, spoor_arena *scratch) {
    spoor_vec *keys = SPOOR_RAW_ARRAY(scratch, spoor_vec, (size_t)self->nkeys + more);
    for (uint32_t k = 0; k < self->nkeys; k++) {
        keys[k] = spoor_eval_run(evals[k], batch, scratch);
        if (keys[k].form == SPOOR_RECORD) {
            keys[k] = spoor_vec_flatten(scratch, &keys[k], batch->rows, batch->sel, batch->count);
        }
    }
    return keys;
}

/* Keys and columns of a batch of one side. */
static spoor_vec *side_of(const join *self, bool is_right, const spoor_batch *batch,
                          spoor_arena *scratch) {
    uint32_t ncols = is_right ? self->shape.right.ncols : self->shape.left.ncols;
    const uint32_t *kept = is_right ? self->right_kept : self->left_kept;
    spoor_vec *vecs =
        eval_keys(self, is_right ? self->right_keys : self->left_keys, batch, ncols, scratch);
    for (uint32_t c = 0; c < ncols; c++) {
        vecs[self->nkeys + c] = batch->cols[kept[c]];
    }
    return vecs;
}

/* -- the right side ---------------------------------------------------------------------------- */

static bool add_right(spoor_op *op, join *self, const spoor_batch *batch) {
    spoor_arena_rewind(op->scratch);
    const spoor_vec *vecs = side_of(self, true, batch, op->scratch);
    if (self->spill != NULL) {
        return spoor_join_spill_add(self->spill, true, vecs, batch->sel, batch->count, op->scratch);
    }
    spoor_join_build_add(&self->build, vecs, vecs + self->nkeys, batch->sel, batch->count,
                         op->scratch);
    if (!spoor_join_is_large(op->run, &self->build)) {
        return true;
    }
    self->spill = spoor_join_spill_open(op, &self->shape);
    if (self->spill == NULL || !spoor_join_spill_move(self->spill, &self->build, op->scratch)) {
        return false;
    }
    spoor_arena_reset(self->build_arena);
    return true;
}

/* All left rows, and then the parts of both sides. */
static bool join_parts(spoor_op *op, join *self) {
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op->inputs[0], &batch)) == SPOOR_OP_BATCH) {
        spoor_arena_rewind(op->scratch);
        const spoor_vec *vecs = side_of(self, false, &batch, op->scratch);
        if (!spoor_join_spill_add(self->spill, false, vecs, batch.sel, batch.count, op->scratch)) {
            return false;
        }
    }
    return status == SPOOR_OP_END && spoor_join_spill_finish(self->spill, self->build_arena);
}

/* The left rows that have no right ones need not be read, where they do not go out.  By one key: the
 * one that has most values. */
static bool offer_keys(spoor_op *op, join *self) {
    uint32_t best = 0;
    for (uint32_t k = 1; k < self->nkeys; k++) {
        const spoor_intern *columns = self->probe.view.columns;
        best = columns[k].values.count > columns[best].values.count ? k : best;
    }
    return spoor_join_gives_itself(self->kind, false) ||
           spoor_scan_offer_keys(op->inputs[0], op->plan->join.left_keys[best],
                                 &self->probe.view.columns[best]);
}

static bool begin_left(spoor_op *op, join *self, const spoor_join_build *build) {
    spoor_join_probe_init(&self->probe, self->kind, build, self->build_arena);
    /* Without right rows most kinds have no answer rows: the left side need not run. */
    self->left_ended = build->rows.count == 0 && !spoor_join_gives_itself(self->kind, false);
    self->is_built = true;
    return offer_keys(op, self);
}

static bool build(spoor_op *op, join *self) {
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op->inputs[1], &batch)) == SPOOR_OP_BATCH) {
        if (!add_right(op, self, &batch)) {
            return false;
        }
    }
    if (status == SPOOR_OP_FAILED) {
        return false;
    }
    if (self->spill != NULL) {
        self->is_built = true;
        return join_parts(op, self);
    }
    spoor_join_build_finish(&self->build);
    spoor_join_build_encode(&self->build, op->run);
    return begin_left(op, self, &self->build);
}

bool spoor_join_is_by_row(const spoor_plan *plan) {
    switch (plan->join.kind) {
    case SPOOR_JOIN_INNER:
    case SPOOR_JOIN_LEFTOUTER:
    case SPOOR_JOIN_LEFTSEMI:
    case SPOOR_JOIN_LEFTANTI: return true;
    case SPOOR_JOIN_INNERUNIQUE: /* the first left row of a key */
    case SPOOR_JOIN_RIGHTOUTER:
    case SPOOR_JOIN_FULLOUTER:
    case SPOOR_JOIN_RIGHTSEMI:
    case SPOOR_JOIN_RIGHTANTI: return false;
    }
    return false;
}

const struct spoor_join_build *spoor_join_share(spoor_op *op) {
    join *self = op->state;
    int64_t start = op->profile != NULL ? spoor_profile_clock() : 0;
    bool ok = self->is_built || build(op, self);
    if (op->profile != NULL) {
        spoor_profile_add(op->profile, start, 0, self->build_arena->used);
    }
    return ok && self->spill == NULL ? &self->build : NULL;
}

/* -- output ------------------------------------------------------------------------------------ */

/* Codes are copied, not what they stand for. */
static spoor_vec gather_left(const spoor_vec *vec, const spoor_join_pairs *out,
                             spoor_arena *scratch) {
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
        uint32_t from = self->shape.outputs[c].column;
        spoor_type type = plan->schema.columns[c].type;
        if (self->shape.outputs[c].from_right) {
            batch->cols[c] = spoor_join_build_gather(self->probe.build, from, op->scratch,
                                                     out->right, out->count);
        } else if (out->left != NULL) {
            batch->cols[c] = gather_left(&self->left.cols[self->left_kept[from]], out, op->scratch);
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
    const spoor_vec *keys = eval_keys(self, self->left_keys, &self->left, 0, self->left_arena);
    spoor_join_probe_batch(&self->probe, keys, self->left.sel, self->left.count, self->left_arena);
    return status;
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    join *self = op->state;
    if (!self->is_built && !build(op, self)) {
        return SPOOR_OP_FAILED;
    }
    spoor_arena_rewind(op->scratch);
    if (self->spill != NULL) {
        return spoor_join_spill_batch(self->spill, op->scratch, batch);
    }
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

/* Which columns of an input are put out, and as which of the side's: places, by column of the input. */
static uint32_t *open_side(spoor_op *op, join *self, bool is_right, uint32_t *places) {
    const spoor_plan *plan = op->plan;
    const spoor_schema *schema = &plan->inputs[is_right]->schema;
    spoor_bound **keys = is_right ? plan->join.right_keys : plan->join.left_keys;
    uint8_t *is_put_out = SPOOR_NEW_ARRAY(op->scratch, uint8_t, schema->ncols);
    for (uint32_t c = 0; c < plan->schema.ncols; c++) {
        if (plan->join.outputs[c].from_right == is_right) {
            is_put_out[plan->join.outputs[c].column] = 1;
        }
    }
    uint32_t *kept = SPOOR_NEW_ARRAY(op->arena, uint32_t, schema->ncols), n = 0;
    spoor_type *types = SPOOR_NEW_ARRAY(op->arena, spoor_type, (size_t)self->nkeys + schema->ncols);
    for (uint32_t k = 0; k < self->nkeys; k++) {
        types[k] = keys[k]->type;
    }
    for (uint32_t c = 0; c < schema->ncols; c++) {
        if (is_put_out[c]) {
            places[c] = n;
            kept[n] = c;
            types[self->nkeys + n++] = schema->columns[c].type;
        }
    }
    *(is_right ? &self->shape.right : &self->shape.left) = (spoor_join_side){types, n};
    return kept;
}

static void open_shape(spoor_op *op, join *self) {
    const spoor_plan *plan = op->plan;
    uint32_t *places[2];
    for (int side = 0; side < 2; side++) {
        places[side] = SPOOR_NEW_ARRAY(op->arena, uint32_t, plan->inputs[side]->schema.ncols);
    }
    self->left_kept = open_side(op, self, false, places[0]);
    self->right_kept = open_side(op, self, true, places[1]);
    spoor_join_output *outputs = SPOOR_NEW_ARRAY(op->arena, spoor_join_output, plan->schema.ncols);
    for (uint32_t c = 0; c < plan->schema.ncols; c++) {
        bool from_right = plan->join.outputs[c].from_right;
        outputs[c] =
            (spoor_join_output){from_right, places[from_right][plan->join.outputs[c].column]};
    }
    self->shape.kind = self->kind;
    self->shape.nkeys = self->nkeys;
    self->shape.outputs = outputs;
    self->shape.noutputs = plan->schema.ncols;
}

static void close_join(spoor_op *op) {
    const join *self = op->state;
    spoor_join_spill_close(self->spill);
}

bool spoor_op_join_open(spoor_op *op) {
    const spoor_plan *plan = op->plan;
    join *self = SPOOR_NEW(op->arena, join);
    self->kind = plan->join.kind;
    self->nkeys = plan->join.nkeys;
    self->left_arena = spoor_op_arena(op);
    self->build_arena = spoor_op_arena(op);
    self->left_keys = open_keys(op, plan->join.left_keys, self->nkeys);
    self->right_keys =
        self->left_keys != NULL ? open_keys(op, plan->join.right_keys, self->nkeys) : NULL;
    if (self->right_keys == NULL) {
        return false;
    }
    open_shape(op, self);
    const spoor_join_side *right = &self->shape.right;
    spoor_join_build_init(&self->build, self->build_arena, right->types, self->nkeys,
                          right->types + self->nkeys, right->ncols,
                          spoor_join_needs_rows(self->kind));
    const spoor_join_build *lent = spoor_run_lent(op->run, plan);
    op->state = self;
    op->next = next;
    op->close = close_join;
    return lent == NULL || begin_left(op, self, lent);
}
