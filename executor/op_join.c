/* op_join.c - `join` of every kind, and `lookup`: the right side hashed, the left side past it.
 *
 * Order, the same whatever the batches: left rows as they come, each with its
 * right rows as they came; then, for rightouter and fullouter, the right rows
 * that nothing matched.  rightsemi and rightanti give right rows as they came.
 * innerunique keeps of the left side the first row of each key.  Nulls match
 * nulls, as the engine has it (tests/golden/operators/join.test). */
#include "executor/eval.h"
#include "executor/groups.h"

enum { ENTRIES_PER_ROW = 32 }; /* a dictionary is learnt whole by a batch that is not much smaller */

typedef struct join {
    spoor_join_kind kind;
    spoor_eval **left_keys, **right_keys;
    uint32_t nkeys;

    /* The right side */
    bool is_built;
    spoor_groups groups;  /* its keys */
    spoor_rows right;     /* its rows, those columns that are put out */
    uint32_t *kept;       /* which columns of the input these are */
    uint32_t *places;     /* by column of the input: where it is in `right` */
    uint32_t *next_row;   /* by row: the next of the same key, or SPOOR_ROWS_NONE */
    uint32_t *group_of;   /* by row */
    uint32_t rows_capacity;
    uint32_t *first_row, *last_row; /* by group */
    uint8_t *is_matched;  /* by group; innerunique: the left row of this key has been */
    uint32_t groups_capacity;

    /* The left side */
    spoor_batch left;
    spoor_arena *left_arena; /* of what is made for the batch */
    uint32_t *left_groups;  /* of the batch's selected rows */
    uint32_t at;            /* the row of them at hand */
    uint32_t right_at;      /* its next match; NONE: not begun */
    bool left_ended;
    uint32_t unmatched_at;  /* right rows looked at, once the left side has ended */
} join;

/* Which sides a kind gives rows of that found no match. */
static bool keeps_left(spoor_join_kind kind) {
    return kind == SPOOR_JOIN_LEFTOUTER || kind == SPOOR_JOIN_FULLOUTER;
}

static bool keeps_right(spoor_join_kind kind) {
    return kind == SPOOR_JOIN_RIGHTOUTER || kind == SPOOR_JOIN_FULLOUTER;
}

static bool is_right_only(spoor_join_kind kind) {
    return kind == SPOOR_JOIN_RIGHTSEMI || kind == SPOOR_JOIN_RIGHTANTI;
}

/* -- keys -------------------------------------------------------------------------------------- */

/* The group of each selected row, or NONE: not there. */
static uint32_t *find_groups(join *self, spoor_eval **evals, const spoor_batch *batch, bool add,
                             spoor_arena *scratch) {
    spoor_vec *keys = SPOOR_RAW_ARRAY(scratch, spoor_vec, self->nkeys);
    for (uint32_t k = 0; k < self->nkeys; k++) {
        keys[k] = spoor_eval_run(evals[k], batch, scratch);
        if (keys[k].form == SPOOR_RECORD) {
            keys[k] =
                spoor_vec_flatten(scratch, &keys[k], batch->rows, batch->sel, batch->count);
        }
    }
    for (uint32_t k = 0; k < self->nkeys; k++) {
        bool is_dict = keys[k].form == SPOOR_DICT;
        if (is_dict && keys[k].dict->count / ENTRIES_PER_ROW <= batch->count) {
            spoor_intern_learn(&self->groups.columns[k], keys[k].dict, add, scratch);
        }
    }
    uint32_t *found = SPOOR_RAW_ARRAY(scratch, uint32_t, batch->count);
    spoor_groups_find(&self->groups, keys, batch->sel, batch->count, add, found, scratch);
    return found;
}

/* -- the right side ---------------------------------------------------------------------------- */

static void make_room(spoor_op *op, join *self, uint32_t old_rows, uint32_t old_groups) {
    uint32_t rows_capacity = self->rows_capacity, groups_capacity = self->groups_capacity;
    self->next_row = spoor_grow_u32(op->arena, self->next_row, old_rows, self->right.count,
                                    &rows_capacity);
    self->group_of = spoor_grow_u32(op->arena, self->group_of, old_rows, self->right.count,
                                    &self->rows_capacity);
    self->first_row = spoor_grow_u32(op->arena, self->first_row, old_groups, self->groups.count,
                                     &groups_capacity);
    self->last_row = spoor_grow_u32(op->arena, self->last_row, old_groups, self->groups.count,
                                    &self->groups_capacity);
}

static void add_right(spoor_op *op, join *self, const spoor_batch *batch) {
    spoor_arena_rewind(op->scratch);
    uint32_t row = self->right.count, ngroups = self->groups.count;
    const uint32_t *groups = find_groups(self, self->right_keys, batch, true, op->scratch);
    spoor_vec *kept = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, self->right.ncols);
    for (uint32_t c = 0; c < self->right.ncols; c++) {
        kept[c] = batch->cols[self->kept[c]];
    }
    spoor_rows_append(&self->right, kept, batch->sel, batch->count, op->scratch);
    make_room(op, self, row, ngroups);
    for (uint32_t i = 0; i < batch->count; i++) { /* rows of one key are far apart in memory */
        __builtin_prefetch(&self->last_row[groups[i]]);
    }
    for (; ngroups < self->groups.count; ngroups++) {
        self->first_row[ngroups] = SPOOR_ROWS_NONE; /* of some entries of a dictionary there is no row */
    }
    for (uint32_t i = 0; i < batch->count; i++, row++) {
        uint32_t group = groups[i];
        self->group_of[row] = group;
        self->next_row[row] = SPOOR_ROWS_NONE;
        if (self->first_row[group] == SPOOR_ROWS_NONE) {
            self->first_row[group] = row;
        } else {
            self->next_row[self->last_row[group]] = row;
        }
        self->last_row[group] = row;
    }
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
    self->is_matched = SPOOR_NEW_ARRAY(op->arena, uint8_t, self->groups.count);
    self->is_built = true;
    /* Without right rows these have no answer rows: the left side need not run. */
    self->left_ended = self->right.count == 0 && !keeps_left(self->kind) &&
                       self->kind != SPOOR_JOIN_LEFTANTI;
    return true;
}

/* -- output ------------------------------------------------------------------------------------ */

/* Pairs of rows on their way out: a batch at most. */
typedef struct pairs {
    uint32_t *left;  /* rows of the left batch; NULL: none, all are null */
    uint32_t *right; /* rows of the right side, or SPOOR_ROWS_NONE */
    uint32_t count;
} pairs;

/* Codes are copied, not what they stand for. */
static spoor_vec gather_left(const spoor_vec *vec, const pairs *out, spoor_arena *scratch) {
    if (vec->form == SPOOR_FLAT) {
        return spoor_vec_gather(scratch, vec, out->left, out->count);
    }
    spoor_vec gathered = *vec;
    gathered.codes = spoor_gather_codes(scratch, vec->codes, out->left, out->count);
    return gathered;
}

static void put_out(spoor_op *op, join *self, const pairs *out, spoor_batch *batch) {
    const spoor_plan *plan = op->plan;
    *batch = (spoor_batch){.rows = out->count, .count = out->count, .ncols = plan->schema.ncols};
    batch->cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, batch->ncols);
    for (uint32_t c = 0; c < batch->ncols; c++) {
        int from = plan->join.outputs[c].column;
        spoor_type type = plan->schema.columns[c].type;
        if (plan->join.outputs[c].from_right) {
            batch->cols[c] = spoor_rows_gather(&self->right, self->places[from], op->scratch,
                                               out->right, out->count);
        } else if (out->left != NULL) {
            batch->cols[c] = gather_left(&self->left.cols[from], out, op->scratch);
        } else {
            spoor_value null = {.type = type, .is_null = type != SPOOR_STRING};
            batch->cols[c] = spoor_vec_constant(op->scratch, &null, out->count);
        }
    }
}

/* Right rows of different keys are far apart in memory: the batch's are asked for together, the first of
 * each key and then what follows it. */
static void prefetch_matches(const join *self) {
    for (uint32_t i = 0; i < self->left.count; i++) {
        if (self->left_groups[i] != SPOOR_GROUPS_NONE) {
            __builtin_prefetch(&self->first_row[self->left_groups[i]]);
        }
    }
    for (uint32_t i = 0; i < self->left.count; i++) {
        uint32_t group = self->left_groups[i];
        if (group != SPOOR_GROUPS_NONE && self->first_row[group] != SPOOR_ROWS_NONE) {
            __builtin_prefetch(&self->next_row[self->first_row[group]]);
        }
    }
}

/* The next left batch with its groups. */
static spoor_op_status next_left(spoor_op *op, join *self) {
    spoor_op_status status = spoor_op_next(op->inputs[0], &self->left);
    if (status != SPOOR_OP_BATCH) {
        self->left_ended = true;
        return status;
    }
    spoor_arena_rewind(self->left_arena);
    self->left_groups =
        find_groups(self, self->left_keys, &self->left, false, self->left_arena);
    prefetch_matches(self);
    self->at = 0;
    self->right_at = SPOOR_ROWS_NONE;
    return status;
}

/* What one left row gives when it is not paired with right rows: itself, or nothing. */
static bool gives_itself(spoor_join_kind kind, bool has_match) {
    return has_match ? kind == SPOOR_JOIN_LEFTSEMI
                     : kind == SPOOR_JOIN_LEFTANTI || keeps_left(kind);
}

/* The right rows of the left row at hand: its first, or NONE when it is not to be paired. */
static uint32_t first_match(join *self, uint32_t group) {
    switch (self->kind) {
    case SPOOR_JOIN_LEFTSEMI:
    case SPOOR_JOIN_LEFTANTI: return SPOOR_ROWS_NONE;
    case SPOOR_JOIN_RIGHTSEMI:
    case SPOOR_JOIN_RIGHTANTI: self->is_matched[group] = 1; return SPOOR_ROWS_NONE;
    case SPOOR_JOIN_INNERUNIQUE:
        if (self->is_matched[group]) {
            return SPOOR_ROWS_NONE;
        }
        break;
    case SPOOR_JOIN_INNER:
    case SPOOR_JOIN_LEFTOUTER:
    case SPOOR_JOIN_RIGHTOUTER:
    case SPOOR_JOIN_FULLOUTER: break;
    }
    self->is_matched[group] = 1;
    return self->first_row[group];
}

/* Pair rows of the left batch until it, or the room, is used up. */
static void pair_left(join *self, pairs *out) {
    while (self->at < self->left.count && out->count < SPOOR_BATCH_ROWS) {
        uint32_t group = self->left_groups[self->at];
        bool has_match =
            group != SPOOR_GROUPS_NONE && self->first_row[group] != SPOOR_ROWS_NONE;
        if (self->right_at == SPOOR_ROWS_NONE && has_match) {
            self->right_at = first_match(self, group);
        }
        bool alone = self->right_at == SPOOR_ROWS_NONE;
        if (!alone || gives_itself(self->kind, has_match)) {
            out->left[out->count] = spoor_batch_row(&self->left, self->at);
            out->right[out->count++] = self->right_at;
        }
        self->right_at = alone ? SPOOR_ROWS_NONE : self->next_row[self->right_at];
        self->at += self->right_at == SPOOR_ROWS_NONE;
    }
}

/* Right rows once the left side has ended. */
static void pair_rest(join *self, pairs *out) {
    bool wanted = self->kind == SPOOR_JOIN_RIGHTSEMI;
    if (!keeps_right(self->kind) && !is_right_only(self->kind)) {
        return;
    }
    while (self->unmatched_at < self->right.count && out->count < SPOOR_BATCH_ROWS) {
        uint32_t row = self->unmatched_at++;
        bool matched = self->is_matched[self->group_of[row]] != 0;
        out->right[out->count] = row;
        out->count += matched == wanted;
    }
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    join *self = op->state;
    if (!self->is_built && !build(op, self)) {
        return SPOOR_OP_FAILED;
    }
    spoor_arena_rewind(op->scratch);
    pairs out = {.left = SPOOR_RAW_ARRAY(op->scratch, uint32_t, SPOOR_BATCH_ROWS),
                 .right = SPOOR_RAW_ARRAY(op->scratch, uint32_t, SPOOR_BATCH_ROWS)};
    while (!self->left_ended) {
        pair_left(self, &out);
        if (out.count > 0) {
            put_out(op, self, &out, batch);
            return SPOOR_OP_BATCH;
        }
        if (next_left(op, self) == SPOOR_OP_FAILED) {
            return SPOOR_OP_FAILED;
        }
    }
    out.left = NULL;
    pair_rest(self, &out);
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
static void open_right(spoor_op *op, join *self) {
    const spoor_plan *plan = op->plan;
    const spoor_schema *schema = &plan->inputs[1]->schema;
    uint8_t *is_put_out = SPOOR_NEW_ARRAY(op->scratch, uint8_t, schema->ncols);
    for (uint32_t c = 0; c < plan->schema.ncols; c++) {
        if (plan->join.outputs[c].from_right) {
            is_put_out[plan->join.outputs[c].column] = 1;
        }
    }
    self->kept = SPOOR_NEW_ARRAY(op->arena, uint32_t, schema->ncols);
    self->places = SPOOR_NEW_ARRAY(op->arena, uint32_t, schema->ncols);
    uint32_t nkept = 0;
    for (uint32_t c = 0; c < schema->ncols; c++) {
        self->places[c] = nkept;
        self->kept[nkept] = c;
        nkept += is_put_out[c];
    }
    spoor_rows_init(&self->right, op->arena, nkept);
    for (uint32_t c = 0; c < nkept; c++) {
        self->right.cols[c].type = schema->columns[self->kept[c]].type;
    }
}

bool spoor_op_join_open(spoor_op *op) {
    const spoor_plan *plan = op->plan;
    join *self = SPOOR_NEW(op->arena, join);
    self->kind = plan->join.kind;
    self->nkeys = plan->join.nkeys;
    self->right_at = SPOOR_ROWS_NONE;
    self->left_arena = spoor_op_arena(op);
    self->left_keys = open_keys(op, plan->join.left_keys, self->nkeys);
    if (self->left_keys == NULL) {
        return false;
    }
    self->right_keys = open_keys(op, plan->join.right_keys, self->nkeys);
    if (self->right_keys == NULL) {
        return false;
    }
    spoor_type *types = SPOOR_NEW_ARRAY(op->arena, spoor_type, self->nkeys);
    for (uint32_t k = 0; k < self->nkeys; k++) {
        types[k] = plan->join.right_keys[k]->type;
    }
    spoor_groups_init(&self->groups, op->arena, types, self->nkeys);
    open_right(op, self);
    op->state = self;
    op->next = next;
    return true;
}
