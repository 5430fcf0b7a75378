/* op_apply.c - `mv-apply`, `partition`: a plan run for each group of rows, and the FEED at its
 * bottom that gives them.
 *
 * Without a key every row is a group, and none is copied.  With one all input
 * is read first; groups come in the order of their first rows.  The plan is
 * opened again for each group, so whatever it does has that group alone. */
#include "executor/eval.h"
#include "executor/execute.h"
#include "executor/groups.h"

struct spoor_feed {
    const spoor_batch *batch; /* the row by itself; NULL: the rows below */
    uint32_t row;
    const spoor_rows *rows;
    const uint32_t *list;
    uint32_t count;
    uint64_t group; /* counts up over all feeds of a run */
};

struct spoor_feed *spoor_feeds_new(spoor_arena *arena, uint32_t count) {
    return SPOOR_NEW_ARRAY(arena, struct spoor_feed, count);
}

uint64_t spoor_feeds_stamp(const spoor_run *run, spoor_feed_set feeds) {
    uint64_t newest = 0;
    for (uint32_t i = 0; i < feeds.count; i++) {
        uint64_t group = run->feeds[feeds.ids[i]].group;
        newest = group > newest ? group : newest;
    }
    return newest;
}

typedef struct apply {
    struct spoor_feed *feed;
    spoor_eval *key;
    spoor_batch input;  /* no key: the batch at hand */
    uint32_t at, count; /* groups: the one at hand, and all (of the batch) */
    bool is_read;       /* key: all input is in `rows` */
    spoor_rows rows;
    spoor_groups groups;
    uint32_t *group_of; /* by row */
    uint32_t group_of_capacity;
    uint32_t *list, *starts; /* rows by group; group g: starts[g] .. starts[g + 1] */
} apply;

/* -- groups ------------------------------------------------------------------------------------ */

static void keep(spoor_op *op, apply *self, const spoor_batch *batch) {
    spoor_arena_rewind(op->scratch);
    spoor_vec key = spoor_eval_dense(self->key, batch, op->scratch);
    uint32_t *groups = SPOOR_RAW_ARRAY(op->scratch, uint32_t, batch->count);
    spoor_groups_find(&self->groups, &key, NULL, batch->count, true, groups, op->scratch);
    uint32_t used = self->rows.count;
    spoor_rows_append(&self->rows, batch->cols, batch->sel, batch->count, op->scratch);
    self->group_of =
        spoor_grow_u32(op->arena, self->group_of, used, self->rows.count, &self->group_of_capacity);
    memcpy(self->group_of + used, groups, batch->count * sizeof *groups);
}

static void sort_by_group(spoor_op *op, apply *self) {
    uint32_t n = self->groups.count;
    self->starts = SPOOR_NEW_ARRAY(op->arena, uint32_t, (size_t)n + 2);
    self->list = SPOOR_RAW_ARRAY(op->arena, uint32_t, (size_t)self->rows.count + 1);
    for (uint32_t i = 0; i < self->rows.count; i++) {
        self->starts[self->group_of[i] + 2]++;
    }
    for (uint32_t g = 0; g < n; g++) {
        self->starts[g + 2] += self->starts[g + 1];
    }
    for (uint32_t i = 0; i < self->rows.count; i++) {
        self->list[self->starts[self->group_of[i] + 1]++] = i;
    }
    self->count = n;
}

static spoor_op_status read_all(spoor_op *op, apply *self) {
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op->inputs[0], &batch)) == SPOOR_OP_BATCH) {
        keep(op, self, &batch);
    }
    if (status == SPOOR_OP_END) {
        sort_by_group(op, self);
        self->is_read = true;
    }
    return status;
}

/* Let the feed give the next group; END: there is none. */
static spoor_op_status next_group(spoor_op *op, apply *self) {
    if (self->key != NULL && !self->is_read && read_all(op, self) == SPOOR_OP_FAILED) {
        return SPOOR_OP_FAILED;
    }
    if (self->key == NULL && self->at == self->count) {
        spoor_op_status status = spoor_op_next(op->inputs[0], &self->input);
        if (status != SPOOR_OP_BATCH) {
            return status;
        }
        self->at = 0;
        self->count = self->input.count;
    }
    if (self->at == self->count) {
        return SPOOR_OP_END;
    }
    if (self->key == NULL) {
        *self->feed = (struct spoor_feed){
            .batch = &self->input, .row = spoor_batch_row(&self->input, self->at), .count = 1};
    } else {
        uint32_t from = self->starts[self->at];
        *self->feed = (struct spoor_feed){.rows = &self->rows,
                                          .list = self->list + from,
                                          .count = self->starts[self->at + 1] - from};
    }
    self->feed->group = ++op->run->ngroups;
    return SPOOR_OP_BATCH;
}

/* -- the plan of a group ----------------------------------------------------------------------- */

/* Column of the group's row, repeated. */
static spoor_vec repeat(spoor_op *op, const apply *self, int column, uint32_t rows) {
    const spoor_vec *vec = &self->input.cols[column];
    uint32_t row = self->feed->row;
    if (vec->form == SPOOR_FLAT) {
        spoor_value value = spoor_vec_get(vec, row);
        return spoor_vec_constant(op->scratch, &value, rows);
    }
    spoor_vec out = *vec;
    uint32_t *codes = SPOOR_RAW_ARRAY(op->scratch, uint32_t, rows);
    for (uint32_t i = 0; i < rows; i++) {
        codes[i] = vec->codes[row];
    }
    out.codes = codes;
    return out;
}

static void put_together(spoor_op *op, const apply *self, const spoor_batch *sub,
                         spoor_batch *batch) {
    const spoor_plan *plan = op->plan;
    spoor_arena_rewind(op->scratch);
    *batch = *sub;
    batch->ncols = plan->schema.ncols;
    batch->cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, batch->ncols);
    for (uint32_t c = 0; c < batch->ncols; c++) {
        int column = plan->apply.outputs[c].column;
        batch->cols[c] = plan->apply.outputs[c].from_sub ? sub->cols[column]
                                                         : repeat(op, self, column, sub->rows);
    }
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    apply *self = op->state;
    for (;;) {
        if (op->inputs[1] == NULL) {
            spoor_op_status status = next_group(op, self);
            if (status != SPOOR_OP_BATCH) {
                return status;
            }
            op->inputs[1] = spoor_op_open(op->run, op->plan->inputs[1], op->arena->on_oom);
            if (op->inputs[1] == NULL) {
                return SPOOR_OP_FAILED;
            }
        }
        spoor_batch sub;
        spoor_op_status status = spoor_op_next(op->inputs[1], &sub);
        if (status == SPOOR_OP_BATCH) {
            put_together(op, self, &sub, batch);
            return status;
        }
        spoor_op_close(op->inputs[1]);
        op->inputs[1] = NULL;
        if (status == SPOOR_OP_FAILED) {
            return status;
        }
        self->at++;
    }
}

bool spoor_op_apply_open(spoor_op *op) {
    const spoor_plan *plan = op->plan;
    apply *self = SPOOR_NEW(op->arena, apply);
    self->feed = &op->run->feeds[plan->apply.feed];
    if (plan->apply.key != NULL) {
        self->key = spoor_eval_open(op, plan->apply.key);
        if (self->key == NULL) {
            return false;
        }
        spoor_groups_init(&self->groups, op->arena, &plan->apply.key->type, 1);
        spoor_rows_init_schema(&self->rows, op->arena, &plan->inputs[0]->schema);
    }
    op->state = self;
    op->next = next;
    return true;
}

/* -- feed -------------------------------------------------------------------------------------- */

typedef struct reader {
    uint32_t at;
} reader;

static spoor_op_status next_fed(spoor_op *op, spoor_batch *batch) {
    reader *self = op->state;
    const struct spoor_feed *feed = &op->run->feeds[op->plan->feed.id];
    spoor_arena_rewind(op->scratch);
    if (feed->batch == NULL) {
        if (!spoor_rows_batch(feed->rows, op->scratch, feed->list, feed->count, &self->at, batch)) {
            return SPOOR_OP_END;
        }
    } else if (self->at++ == 0) {
        *batch = *feed->batch;
        batch->sel = &feed->row;
        batch->count = 1;
    } else {
        return SPOOR_OP_END;
    }
    if (op->plan->feed.columns != NULL) {
        const spoor_vec *all = batch->cols;
        batch->ncols = op->plan->schema.ncols;
        batch->cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, batch->ncols);
        for (uint32_t c = 0; c < batch->ncols; c++) {
            batch->cols[c] = all[op->plan->feed.columns[c]];
        }
    }
    return SPOOR_OP_BATCH;
}

bool spoor_op_feed_open(spoor_op *op) {
    op->state = SPOOR_NEW(op->arena, reader);
    op->next = next_fed;
    return true;
}
