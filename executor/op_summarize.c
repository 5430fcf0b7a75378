/* op_summarize.c - `summarize`, `distinct`, `count`: groups in first-seen order, their aggregates.
 *
 * All input is read at the first call, by several threads where it can be
 * shared out; what is kept of it is a tally.  Rows of groups for which there
 * is no memory are put aside and summarized in their turn, once those before
 * them have been put out: all their groups were first seen later. */
#include "executor/crew.h"
#include "executor/scan.h"
#include "executor/spill.h"
#include "executor/tally.h"
#include "planner/bound.h"

typedef struct summarize {
    spoor_tally *tally;      /* whose groups are put out */
    spoor_crew *crew;        /* NULL: none was needed */
    spoor_tally **shares;    /* the crew's; NULL: none */
    uint32_t nshares, share; /* of them: the one at hand */
    bool is_read;
    uint32_t at;       /* next group to put out */
    spoor_spill *rest; /* rows put aside, read in this turn; NULL: the input is */
} summarize;

static bool add(spoor_op *op, summarize *self, const spoor_batch *batch) {
    spoor_arena_rewind(op->scratch);
    return spoor_tally_add(self->tally, batch, op->scratch);
}

static void read_input(spoor_op *op) {
    summarize *self = op->state;
    spoor_batch batch;
    spoor_op_status status;
    while ((status = spoor_op_next(op->inputs[0], &batch)) == SPOOR_OP_BATCH) {
        if (!add(op, self, &batch)) {
            return;
        }
    }
    spoor_tally_settle(self->tally);
    self->is_read = status == SPOOR_OP_END;
}

static void read_share(spoor_op *op) {
    summarize *self = op->state;
    read_input(op);
    if (self->is_read) {
        spoor_tally_merge_offer(self->tally);
    }
}

static void merge_part(spoor_op *op) {
    const summarize *self = op->state;
    spoor_tally_merge_part(self->shares, self->nshares, op->run->share, self->nshares);
}

/* All shares as one.  false: failed, or there was no memory. */
static bool merge_shares(summarize *self, bool *ran_out) {
    enum { FEW_GROUPS = SPOOR_THREAD_ROWS / 4 }; /* a group is more work than a row */
    uint64_t ngroups = 0;
    for (uint32_t i = 0; i < self->nshares; i++) {
        summarize *share = spoor_crew_op(self->crew, i)->state;
        share->shares = self->shares;
        share->nshares = self->nshares;
        ngroups += spoor_tally_count(share->tally);
    }
    bool ok = ngroups < FEW_GROUPS ? spoor_tally_merge_part(self->shares, self->nshares, 0, 1)
                                   : spoor_crew_run(self->crew, merge_part, ran_out);
    for (uint32_t i = 0; ok && i < self->nshares; i++) {
        spoor_tally_merge_close(self->shares[i]);
    }
    return ok;
}

/* Each share by itself, then all as one.  false: they do not fit. */
static bool read_shares(spoor_op *op, summarize *self) {
    bool ran_out = false;
    if (!spoor_crew_run(self->crew, read_share, &ran_out)) {
        return !ran_out;
    }
    size_t bytes = 0;
    self->nshares = spoor_crew_size(self->crew);
    self->shares = SPOOR_NEW_ARRAY(op->arena, spoor_tally *, self->nshares);
    for (uint32_t i = 0; i < self->nshares; i++) {
        self->shares[i] = ((const summarize *)spoor_crew_op(self->crew, i)->state)->tally;
        bytes += spoor_tally_bytes(self->shares[i]);
    }
    if (spoor_tally_is_large(op->run, bytes)) {
        return false;
    }
    self->is_read = merge_shares(self, &ran_out);
    if (self->is_read) {
        self->tally = self->shares[0];
    }
    return !ran_out;
}

static bool read_all(spoor_op *op, summarize *self) {
    if (spoor_tally_can_merge(self->tally)) {
        self->crew = spoor_crew_open(op);
    }
    if (self->crew != NULL && !read_shares(op, self)) {
        spoor_crew_close(self->crew); /* one thread can put rows aside */
        self->crew = NULL;
        self->nshares = 0;
    }
    if (self->crew == NULL) {
        read_input(op);
    }
    return self->is_read;
}

/* The rows that were put aside, as if they were the input.  false: failed. */
static bool read_rest(spoor_op *op, summarize *self, spoor_spill *rest) {
    spoor_spill_close(self->rest);
    self->rest = rest;
    self->at = 0;
    spoor_tally_reset(self->tally);
    spoor_arena *arena = spoor_op_arena(op);
    bool ok = spoor_spill_flush(rest);
    for (uint64_t at = 0; ok && at < spoor_spill_size(rest);) {
        spoor_batch batch;
        spoor_arena_rewind(arena);
        ok = spoor_run_go_on(op->run) &&
             spoor_tally_read_rest(self->tally, rest, &at, arena, &batch) && add(op, self, &batch);
    }
    spoor_arena_reset(arena);
    spoor_tally_settle(self->tally);
    return ok;
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    summarize *self = op->state;
    if (!self->is_read && !read_all(op, self)) {
        return SPOOR_OP_FAILED;
    }
    while (self->at == spoor_tally_count(self->tally) && self->share + 1 < self->nshares) {
        self->tally = self->shares[++self->share];
        self->at = 0;
    }
    if (self->at == spoor_tally_count(self->tally)) {
        spoor_spill *rest = spoor_tally_take_rest(self->tally);
        if (rest == NULL) {
            return SPOOR_OP_END;
        }
        if (!read_rest(op, self, rest)) {
            return SPOOR_OP_FAILED;
        }
    }
    spoor_arena_rewind(op->scratch);
    uint32_t left = spoor_tally_count(self->tally) - self->at;
    uint32_t rows = left < SPOOR_BATCH_ROWS ? left : SPOOR_BATCH_ROWS;
    bool ok = spoor_tally_batch(self->tally, self->at, rows, op->scratch, batch);
    self->at += rows;
    return ok ? SPOOR_OP_BATCH : SPOOR_OP_FAILED;
}

static void close_summarize(spoor_op *op) {
    summarize *self = op->state;
    spoor_tally_close(self->tally);
    spoor_spill_close(self->rest);
    spoor_crew_close(self->crew);
}

/* The columns of the scan that the projection right above it reads; NULL: there is none. */
static const uint32_t *columns_read(spoor_op *op, const spoor_op *scan) {
    const spoor_op *above = op;
    while (above->inputs[0] != scan) {
        above = above->inputs[0];
    }
    if (above->plan->kind != SPOOR_PLAN_PROJECT) {
        return NULL;
    }
    uint32_t *uses = SPOOR_NEW_ARRAY(op->arena, uint32_t, scan->plan->schema.ncols);
    for (uint32_t i = 0; i < above->plan->schema.ncols; i++) {
        spoor_bound_count_columns(above->plan->project.exprs[i], uses);
    }
    return uses;
}

bool spoor_op_summarize_open(spoor_op *op) {
    summarize *self = SPOOR_NEW(op->arena, summarize);
    op->state = self;
    op->next = next;
    op->close = close_summarize;
    self->tally = spoor_tally_open(op);
    spoor_op *scan = self->tally != NULL && spoor_tally_takes_weights(self->tally)
                         ? spoor_scan_below(op, false)
                         : NULL;
    if (scan != NULL) {
        spoor_scan_may_fold(scan->state, columns_read(op, scan));
    }
    return self->tally != NULL;
}
