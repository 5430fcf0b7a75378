/* op_sort.c - `sort by`: reads all its input at the first call, then gives it in order; and `top`,
 * which is the first rows of that (sorter.h drops the others on the way).
 *
 * Rows with equal keys stay in the order in which they came. */
#include "executor/crew.h"
#include "executor/scan.h"
#include "executor/sorter.h"
#include "planner/bound.h"

typedef struct sort {
    spoor_sorter *sorter;
    spoor_crew *crew; /* NULL: none was needed */
    spoor_rows rows;  /* of a share: its first rows, in order */
    uint64_t limit;   /* so many rows are wanted */
    bool is_stable;   /* keys are the same whoever asks for them */
    bool is_few;      /* a top of few rows: a share keeps its own first ones */
    bool is_read;
} sort;

/* A top straight over the table: the scan may know which of its segments are worth reading.  NULL:
 * the input is to be read as it comes. */
static spoor_scan *guided_scan(spoor_op *op, sort *self) {
    const spoor_op *input = op->inputs[0];
    spoor_scan *scan = self->is_few && input->plan->kind == SPOOR_PLAN_SCAN ? input->state : NULL;
    if (scan == NULL || !spoor_scan_guide(scan, &op->plan->sort.keys[0], self->limit)) {
        return NULL;
    }
    spoor_sorter_keep_places(self->sorter);
    return scan;
}

static bool add_guided(spoor_op *op, sort *self, spoor_scan *scan, const spoor_batch *batch) {
    spoor_vec places = spoor_scan_places(scan, batch, op->scratch);
    if (!spoor_sorter_add(self->sorter, batch, &places, op->scratch)) {
        return false;
    }
    spoor_sort_start bar;
    if (spoor_scan_is_between(scan) && spoor_sorter_bar(self->sorter, op->scratch, &bar)) {
        spoor_scan_set_bar(scan, bar);
    }
    return true;
}

/* All rows into the sorter. */
static spoor_op_status add_input(spoor_op *op, sort *self) {
    spoor_scan *scan = guided_scan(op, self);
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op->inputs[0], &batch)) == SPOOR_OP_BATCH) {
        spoor_arena_rewind(op->scratch);
        if (scan != NULL ? !add_guided(op, self, scan, &batch)
                         : !spoor_sorter_add(self->sorter, &batch, NULL, op->scratch)) {
            return SPOOR_OP_FAILED;
        }
    }
    return status;
}

static spoor_op_status read_input(spoor_op *op, sort *self) {
    spoor_op_status status = add_input(op, self);
    if (status == SPOOR_OP_END && !spoor_sorter_finish(self->sorter)) {
        return SPOOR_OP_FAILED;
    }
    self->is_read = true;
    return status;
}

/* In a thread of its own: the first rows of a share, kept for who puts the shares together. */
static void read_share(spoor_op *op) {
    sort *self = op->state;
    if (read_input(op, self) != SPOOR_OP_END) {
        return;
    }
    spoor_rows_init_schema(&self->rows, op->arena, &op->plan->schema);
    spoor_batch batch;
    spoor_arena_rewind(op->scratch);
    while (spoor_sorter_batch(self->sorter, op->scratch, &batch) == SPOOR_OP_BATCH) {
        spoor_rows_append(&self->rows, batch.cols, batch.sel, batch.count, op->scratch);
        spoor_arena_rewind(op->scratch);
    }
}

/* The first rows of all are among the first of each share.  Shares are read in their order, so rows
 * with equal keys stay in theirs. */
static spoor_op_status read_shares(spoor_op *op, sort *self) {
    if (!spoor_crew_run(self->crew, read_share, NULL)) {
        return SPOOR_OP_FAILED;
    }
    for (uint32_t i = 0; i < spoor_crew_size(self->crew); i++) {
        const sort *share = spoor_crew_op(self->crew, i)->state;
        spoor_batch batch;
        spoor_arena_rewind(op->scratch);
        for (uint32_t at = 0;
             spoor_rows_batch(&share->rows, op->scratch, NULL, share->rows.count, &at, &batch);) {
            if (!spoor_sorter_add(self->sorter, &batch, NULL, op->scratch)) {
                return SPOOR_OP_FAILED;
            }
            spoor_arena_rewind(op->scratch);
        }
    }
    if (!spoor_sorter_finish(self->sorter)) {
        return SPOOR_OP_FAILED;
    }
    self->is_read = true;
    return SPOOR_OP_END;
}

/* In a thread of its own: all rows of a share, as they come. */
static void keep_share(spoor_op *op) {
    sort *self = op->state;
    spoor_sorter_share(self->sorter, op->run->sharers);
    add_input(op, self);
}

/* All rows of all shares, where they were kept, put in order at once.  *is_full: they do not fit; one thread
 * can put them aside. */
static spoor_op_status keep_shares(sort *self, bool *is_full) {
    if (!spoor_crew_run(self->crew, keep_share, is_full)) {
        return SPOOR_OP_FAILED;
    }
    for (uint32_t i = 0; i < spoor_crew_size(self->crew); i++) {
        const sort *share = spoor_crew_op(self->crew, i)->state;
        *is_full |= spoor_sorter_is_full(share->sorter);
    }
    for (uint32_t i = 0; !*is_full && i < spoor_crew_size(self->crew); i++) {
        const sort *share = spoor_crew_op(self->crew, i)->state;
        spoor_sorter_adopt(self->sorter, share->sorter);
    }
    self->is_read = true;
    return *is_full || spoor_sorter_finish(self->sorter) ? SPOOR_OP_END : SPOOR_OP_FAILED;
}

static spoor_op_status read_all(spoor_op *op, sort *self) {
    bool is_full = false;
    self->crew = self->is_stable ? spoor_crew_open(op) : NULL;
    if (self->crew == NULL) {
        return read_input(op, self);
    }
    if (self->is_few) {
        return read_shares(op, self);
    }
    spoor_op_status status = keep_shares(self, &is_full);
    if (is_full && op->run->status == SPOOR_RUN_OK) {
        spoor_crew_close(self->crew);
        self->crew = NULL;
        return read_input(op, self);
    }
    return status;
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    sort *self = op->state;
    if (!self->is_read && read_all(op, self) == SPOOR_OP_FAILED) {
        return SPOOR_OP_FAILED;
    }
    spoor_arena_rewind(op->scratch);
    return spoor_sorter_batch(self->sorter, op->scratch, batch);
}

static void close_sort(spoor_op *op) {
    sort *self = op->state;
    spoor_sorter_close(self->sorter);
    spoor_crew_close(self->crew);
}

/* Few rows stay of a whole table: what is no key is read for these alone. */
static void read_keys_only(spoor_op *op) {
    uint32_t *uses = SPOOR_NEW_ARRAY(op->scratch, uint32_t, op->plan->schema.ncols);
    for (uint32_t k = 0; k < op->plan->sort.nkeys; k++) {
        spoor_bound_count_columns(op->plan->sort.keys[k].expr, uses);
    }
    spoor_scan_be_lazy(op->inputs[0]->state, uses);
}

static bool open_limited(spoor_op *op, uint64_t limit) {
    sort *self = SPOOR_NEW(op->arena, sort);
    if (limit <= SPOOR_SORTER_LATE_LIMIT && op->inputs[0]->plan->kind == SPOOR_PLAN_SCAN) {
        read_keys_only(op);
    }
    self->sorter = spoor_sorter_open(op, op->plan->sort.keys, op->plan->sort.nkeys, limit);
    self->limit = limit;
    self->is_stable = true;
    for (uint32_t k = 0; k < op->plan->sort.nkeys; k++) {
        self->is_stable = self->is_stable && !spoor_bound_is_volatile(op->plan->sort.keys[k].expr);
    }
    self->is_few = self->is_stable && limit <= SPOOR_SORTER_LATE_LIMIT;
    op->state = self;
    op->next = next;
    op->close = close_sort;
    return self->sorter != NULL;
}

bool spoor_op_sort_open(spoor_op *op) {
    return open_limited(op, UINT64_MAX);
}

bool spoor_op_top_open(spoor_op *op) {
    spoor_value count;
    if (!spoor_eval_scalar(op, op->plan->sort.count, &count)) {
        return false;
    }
    return open_limited(op, count.is_null || count.integer < 0 ? 0 : (uint64_t)count.integer);
}
