/* sorter.c - see sorter.h.  What the order is, row_order.h finds out once all rows are there.
 *
 * Rows beyond a share of the memory limit are put aside as sorted runs, and merged at the end.
 *
 * With a small limit, columns made from whole records are kept as places, and
 * made for the rows that are left at the end (late.h). */
#include "executor/sorter.h"

#include <assert.h>

#include "executor/eval.h"
#include "executor/late.h"
#include "executor/row_order.h"
#include "executor/sort_merge.h"
#include "types/dynamic.h"

enum {
    /* Rows put aside together: small, since every run of a merge has as many at hand. */
    SPILL_ROWS = SPOOR_BATCH_ROWS < 256 ? SPOOR_BATCH_ROWS : 256,
    MEMORY_SHARE =
        3, /* of the limit that rows and sorting them may take before they are put aside */
};

/* Rows [from, to) are none: where rows were adopted behind. */
typedef struct gap {
    uint32_t from, to;
    struct gap *next;
} gap;

struct spoor_sorter {
    spoor_op *op;
    const spoor_sort_key *keys;
    uint32_t nkeys;
    uint64_t limit;
    spoor_eval **evals;         /* by key; NULL: nothing is computed for it */
    spoor_arena *arena, *spare; /* of rows and their order; swapped when rows are dropped */
    spoor_arena *work;          /* of what finding the order takes */
    spoor_rows rows;
    spoor_late *late;      /* NULL: every column is kept as values */
    spoor_rows late_rows;  /* what it keeps of each row */
    spoor_rows key_rows;   /* of the keys that are computed */
    uint32_t *key_columns; /* by key: its column, in rows or in key_rows */
    uint32_t ncomputed;
    bool has_places;  /* they are the last key */
    uint32_t sharers; /* of the memory; 0: it has it alone */
    bool is_full;
    gap *gaps, *last_gap; /* ascending */
    bool has_bar;
    spoor_sort_start bar; /* of the last row kept when others were dropped: none behind it counts */
    uint32_t *order;      /* finished: row numbers */
    uint32_t count;       /* of order */
    uint32_t at;

    /* Rows that did not fit: sorted runs, put aside */
    spoor_spill *spill; /* NULL: none yet */
    spoor_sorted_run *runs;
    uint32_t nruns, runs_capacity;
    uint64_t given;          /* of them */
    spoor_sort_merge *merge; /* finished: of the runs; NULL: all rows are here */
};

/* Is it kept beside the rows, not a column of them? */
static bool is_beside(const spoor_sorter *sorter, uint32_t k) {
    return sorter->keys[k].expr->kind != SPOOR_BOUND_COLUMN;
}

static void init_rows(spoor_sorter *sorter) {
    spoor_rows_init_schema(&sorter->rows, sorter->arena, &sorter->op->plan->schema);
    spoor_rows_init(&sorter->key_rows, sorter->arena, sorter->ncomputed);
    if (sorter->late != NULL) {
        spoor_late_init_rows(sorter->late, &sorter->late_rows, sorter->arena);
    }
    for (uint32_t k = 0; k < sorter->nkeys; k++) {
        if (is_beside(sorter, k)) {
            sorter->key_rows.cols[sorter->key_columns[k]].type = sorter->keys[k].expr->type;
        }
    }
}

static bool open_key(spoor_sorter *sorter, uint32_t k) {
    const spoor_bound *expr = sorter->keys[k].expr;
    if (expr->kind == SPOOR_BOUND_COLUMN) {
        sorter->key_columns[k] = (uint32_t)expr->column;
        return true;
    }
    sorter->key_columns[k] = sorter->ncomputed++;
    sorter->evals[k] = spoor_eval_open(sorter->op, expr);
    return sorter->evals[k] != NULL;
}

spoor_sorter *spoor_sorter_open(spoor_op *op, const spoor_sort_key *keys, uint32_t nkeys,
                                uint64_t limit) {
    assert(nkeys > 0);
    spoor_sorter *sorter = SPOOR_NEW(op->arena, spoor_sorter);
    *sorter = (spoor_sorter){.op = op, .keys = keys, .nkeys = nkeys, .limit = limit};
    sorter->arena = spoor_op_arena(op);
    sorter->spare = spoor_op_arena(op);
    sorter->work = spoor_op_arena(op);
    sorter->evals = SPOOR_NEW_ARRAY(op->arena, spoor_eval *, nkeys);
    sorter->key_columns = SPOOR_NEW_ARRAY(op->arena, uint32_t, nkeys);
    for (uint32_t k = 0; k < nkeys; k++) {
        if (!open_key(sorter, k)) {
            return NULL;
        }
    }
    init_rows(sorter);
    return sorter;
}

void spoor_sorter_keep_places(spoor_sorter *sorter) {
    static const spoor_bound place = {.kind = SPOOR_BOUND_CONSTANT, .type = SPOOR_LONG};
    uint32_t n = sorter->nkeys;
    spoor_arena *arena = sorter->op->arena;
    spoor_sort_key *keys = SPOOR_NEW_ARRAY(arena, spoor_sort_key, n + 1);
    spoor_eval **evals = SPOOR_NEW_ARRAY(arena, spoor_eval *, n + 1);
    memcpy(keys, sorter->keys, n * sizeof *keys);
    memcpy(evals, sorter->evals, n * sizeof *evals);
    keys[n].expr = (spoor_bound *)&place;
    uint32_t *columns = SPOOR_NEW_ARRAY(arena, uint32_t, n + 1);
    memcpy(columns, sorter->key_columns, n * sizeof *columns);
    columns[n] = sorter->ncomputed++;
    sorter->key_columns = columns;
    sorter->keys = keys;
    sorter->evals = evals;
    sorter->nkeys = n + 1;
    sorter->has_places = true;
    init_rows(sorter);
}

/* The rows that hold key k. */
static const spoor_rows *rows_of(const spoor_sorter *sorter, uint32_t k) {
    return is_beside(sorter, k) ? &sorter->key_rows : &sorter->rows;
}

/* Row numbers in order, `count` of them, in the rows' arena.  NULL: the run is to stop. */
static uint32_t *order_rows(spoor_sorter *sorter) {
    uint32_t nrows = sorter->rows.count, count = 0;
    uint32_t *order = SPOOR_RAW_ARRAY(sorter->arena, uint32_t, nrows);
    const gap *next = sorter->gaps;
    for (uint32_t row = 0; row < nrows; row++) {
        if (next != NULL && row == next->from) {
            row = next->to;
            next = next->next;
        }
        order[count++] = row;
    }
    sorter->count = count;
    spoor_row_key *keys = SPOOR_RAW_ARRAY(sorter->work, spoor_row_key, sorter->nkeys);
    for (uint32_t k = 0; k < sorter->nkeys; k++) {
        keys[k] = (spoor_row_key){&sorter->keys[k], rows_of(sorter, k), sorter->key_columns[k]};
    }
    bool ok =
        spoor_row_order(sorter->op->run, keys, sorter->nkeys, nrows, order, count, sorter->work);
    spoor_arena_rewind(sorter->work);
    return ok ? order : NULL;
}

/* -- rows -------------------------------------------------------------------------------------- */

/* Keep the first `limit` rows of all so far, in their order of coming: ties stay stable. */
static void drop_rest(spoor_sorter *sorter, spoor_arena *scratch) {
    const uint32_t *order = order_rows(sorter);
    if (order == NULL) {
        return; /* the next go_on() tells */
    }
    uint32_t kept = (uint32_t)sorter->limit, slot;
    const spoor_vec *last =
        spoor_rows_at(rows_of(sorter, 0), sorter->key_columns[0], order[kept - 1], &slot);
    sorter->bar = spoor_sort_start_of(&sorter->keys[0], last, slot);
    sorter->has_bar = true;
    uint8_t *stays = SPOOR_NEW_ARRAY(sorter->arena, uint8_t, sorter->rows.count);
    for (uint32_t i = 0; i < kept; i++) {
        stays[order[i]] = 1;
    }
    uint32_t *list = SPOOR_RAW_ARRAY(sorter->arena, uint32_t, kept);
    uint32_t n = 0;
    for (uint32_t row = 0; row < sorter->rows.count; row++) {
        if (stays[row] != 0) {
            list[n++] = row;
        }
    }
    spoor_rows rows = sorter->rows, key_rows = sorter->key_rows, late_rows = sorter->late_rows;
    spoor_arena *old = sorter->arena;
    sorter->arena = sorter->spare;
    sorter->spare = old;
    init_rows(sorter);
    spoor_batch batch;
    for (uint32_t at = 0; spoor_rows_batch(&rows, scratch, list, n, &at, &batch);) {
        spoor_rows_append(&sorter->rows, batch.cols, NULL, batch.count, scratch);
    }
    for (uint32_t at = 0; spoor_rows_batch(&key_rows, scratch, list, n, &at, &batch);) {
        spoor_rows_append(&sorter->key_rows, batch.cols, NULL, batch.count, scratch);
    }
    uint32_t nlate = sorter->late != NULL ? n : 0;
    for (uint32_t at = 0; spoor_rows_batch(&late_rows, scratch, list, nlate, &at, &batch);) {
        spoor_rows_append(&sorter->late_rows, batch.cols, NULL, batch.count, scratch);
    }
    spoor_arena_rewind(old);
}

/* Where the first key rises within the batch, which rows can be among the first `limit` of it: the
 * last ones when it is to fall, with those that equal the last of them.  Times of a segment rise. */
static void cut_ascending(const spoor_sorter *sorter, const spoor_vec *key, uint32_t rows,
                          uint32_t *from, uint32_t *to) {
    uint32_t limit = (uint32_t)sorter->limit;
    *from = 0;
    *to = rows;
    if (!key->is_ascending || sorter->limit >= rows) {
        return;
    }
    if (sorter->keys[0].descending) {
        *from = rows - limit;
        while (*from > 0 && key->longs[*from - 1] == key->longs[rows - limit]) {
            --*from;
        }
    } else {
        *to = limit;
        while (*to < rows && key->longs[*to] == key->longs[limit - 1]) {
            ++*to;
        }
    }
}

/* Rows that are not behind the bar by their first key. */
static uint32_t below_bar(const spoor_sorter *sorter, const spoor_vec *key,
                          const spoor_batch *batch, uint32_t *kept, spoor_arena *scratch) {
    spoor_vec flat = spoor_vec_flatten(scratch, key, batch->rows, batch->sel, batch->count);
    uint32_t count = 0, from = 0, to = batch->count;
    if (batch->sel == NULL) {
        cut_ascending(sorter, &flat, batch->count, &from, &to);
    }
    for (uint32_t i = from; i < to; i++) {
        uint32_t row = spoor_batch_row(batch, i);
        spoor_sort_start start = spoor_sort_start_of(&sorter->keys[0], &flat, row);
        kept[count] = row;
        count += !spoor_sort_start_is_behind(start, sorter->bar);
    }
    return count;
}

/* -- more rows than memory --------------------------------------------------------------------- */

/* Rows at `list` with their computed keys behind them, in small batches. */
static bool write_rows(spoor_sorter *sorter, const uint32_t *list, uint32_t count,
                       spoor_arena *scratch) {
    uint32_t ncols = sorter->rows.ncols + sorter->key_rows.ncols;
    spoor_batch rows, keys;
    for (uint32_t at = 0, at_keys = 0; at < count;) {
        spoor_arena_rewind(scratch);
        uint32_t from = at;
        spoor_vec *cols = SPOOR_RAW_ARRAY(scratch, spoor_vec, ncols);
        spoor_rows_batch(&sorter->rows, scratch, list, count, &at, &rows);
        spoor_rows_batch(&sorter->key_rows, scratch, list, count, &at_keys, &keys);
        memcpy(cols, rows.cols, sorter->rows.ncols * sizeof *cols);
        memcpy(cols + sorter->rows.ncols, keys.cols, sorter->key_rows.ncols * sizeof *cols);
        for (uint32_t done = 0; done < at - from; done += SPILL_ROWS) {
            uint32_t n = at - from - done < SPILL_ROWS ? at - from - done : SPILL_ROWS;
            if (!spoor_spill_write(sorter->spill, cols, ncols, done, n)) {
                return false;
            }
        }
        if (!spoor_run_go_on(sorter->op->run)) {
            return false;
        }
    }
    return true;
}

static void add_run(spoor_sorter *sorter, spoor_sorted_run run) {
    SPOOR_GROW(sorter->op->arena, sorter->runs, sorter->nruns, &sorter->runs_capacity);
    sorter->runs[sorter->nruns++] = run;
}

/* The rows so far become a run of the spill. */
static bool put_aside(spoor_sorter *sorter, spoor_arena *scratch) {
    if (sorter->spill == NULL) {
        sorter->spill = spoor_spill_open(sorter->op);
    }
    const uint32_t *order = sorter->spill != NULL ? order_rows(sorter) : NULL;
    if (order == NULL) {
        return false;
    }
    spoor_sorted_run run = {.from = spoor_spill_size(sorter->spill)};
    if (!write_rows(sorter, order, sorter->rows.count, scratch)) {
        return false;
    }
    run.to = spoor_spill_size(sorter->spill);
    add_run(sorter, run);
    spoor_arena_rewind(sorter->arena);
    init_rows(sorter);
    return true;
}

/* Do the rows, and what putting them in order takes, have their share of the memory? */
static bool is_large(const spoor_sorter *sorter) {
    const spoor_memory *memory = sorter->op->run->memory;
    size_t limit = memory->limit != 0 ? memory->limit : SPOOR_DEFAULT_MEMORY;
    size_t sorting = SPOOR_ROW_ORDER_BYTES;
    for (uint32_t k = 0; k < sorter->nkeys; k++) {
        sorting += spoor_row_order_bytes(sorter->keys[k].expr->type);
    }
    size_t bytes = sorter->arena->used + sorter->rows.count * sorting;
    size_t sharers = sorter->sharers > 0 ? sorter->sharers : 1;
    return sorter->late == NULL && bytes > limit / MEMORY_SHARE / sharers;
}

static bool open_merge(spoor_sorter *sorter, spoor_arena *scratch) {
    if ((sorter->rows.count > 0 && !put_aside(sorter, scratch)) ||
        !spoor_spill_flush(sorter->spill)) {
        return false;
    }
    spoor_arena_reset(sorter->arena);
    spoor_op *op = sorter->op;
    uint32_t nshown = op->plan->schema.ncols, ncols = nshown + sorter->ncomputed;
    spoor_type *types = SPOOR_NEW_ARRAY(op->arena, spoor_type, ncols);
    uint32_t *key_columns = SPOOR_NEW_ARRAY(op->arena, uint32_t, sorter->nkeys);
    for (uint32_t c = 0; c < nshown; c++) {
        types[c] = op->plan->schema.columns[c].type;
    }
    for (uint32_t k = 0; k < sorter->nkeys; k++) {
        bool is_computed = is_beside(sorter, k);
        key_columns[k] = sorter->key_columns[k] + (is_computed ? nshown : 0);
        types[key_columns[k]] = sorter->keys[k].expr->type;
    }
    sorter->merge =
        spoor_sort_merge_open(op, sorter->spill, sorter->runs, sorter->nruns, sorter->keys,
                              key_columns, sorter->nkeys, types, ncols, nshown);
    return sorter->merge != NULL;
}

void spoor_sorter_close(spoor_sorter *sorter) {
    if (sorter != NULL) {
        spoor_spill_close(sorter->spill);
    }
}

/* -- from outside ------------------------------------------------------------------------------ */

bool spoor_sorter_add(spoor_sorter *sorter, const spoor_batch *batch, const spoor_vec *places,
                      spoor_arena *scratch) {
    if (sorter->limit == 0) {
        return true;
    }
    spoor_vec *keys = SPOOR_RAW_ARRAY(scratch, spoor_vec, sorter->nkeys);
    for (uint32_t k = 0; k < sorter->nkeys; k++) {
        if (sorter->evals[k] != NULL) {
            keys[sorter->key_columns[k]] = spoor_eval_run(sorter->evals[k], batch, scratch);
        }
    }
    if (sorter->has_places) {
        keys[sorter->key_columns[sorter->nkeys - 1]] = *places;
    }
    const uint32_t *sel = batch->sel;
    uint32_t count = batch->count;
    if (sorter->has_bar) {
        uint32_t *kept = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
        uint32_t column = sorter->key_columns[0];
        const spoor_vec *first = is_beside(sorter, 0) ? &keys[column] : &batch->cols[column];
        count = below_bar(sorter, first, batch, kept, scratch);
        sel = kept;
        if (count == 0) {
            return true;
        }
    }
    const spoor_vec *cols = batch->cols;
    if (sorter->limit <= SPOOR_SORTER_LATE_LIMIT && sorter->late == NULL &&
        sorter->rows.count == 0) {
        sorter->late = spoor_late_open(sorter->op, batch);
        init_rows(sorter);
    }
    if (sorter->late != NULL) {
        const spoor_vec *late;
        cols = spoor_late_split(sorter->late, batch, sel, count, scratch, &late);
        spoor_rows_append(&sorter->late_rows, late, sel, count, scratch);
    }
    spoor_rows_append(&sorter->rows, cols, sel, count, scratch);
    spoor_rows_append(&sorter->key_rows, keys, sel, count, scratch);
    uint64_t much = sorter->limit < SPOOR_ROWS_BLOCK ? SPOOR_ROWS_BLOCK : sorter->limit;
    if (sorter->limit < UINT32_MAX / 4 && sorter->rows.count >= 4 * much) {
        drop_rest(sorter, scratch);
    }
    sorter->is_full = is_large(sorter);
    return !sorter->is_full || (sorter->sharers == 0 && put_aside(sorter, scratch));
}

void spoor_sorter_share(spoor_sorter *sorter, uint32_t sharers) {
    sorter->sharers = sharers;
}

bool spoor_sorter_is_full(const spoor_sorter *sorter) {
    return sorter->is_full;
}

void spoor_sorter_adopt(spoor_sorter *sorter, const spoor_sorter *from) {
    uint32_t end = sorter->rows.count;
    uint32_t more = spoor_rows_adopt(&sorter->rows, &from->rows);
    spoor_rows_adopt(&sorter->key_rows, &from->key_rows);
    if (more > 0) {
        gap *made = SPOOR_NEW(sorter->op->arena, gap);
        *made = (gap){.from = end, .to = end + more};
        *(sorter->last_gap != NULL ? &sorter->last_gap->next : &sorter->gaps) = made;
        sorter->last_gap = made;
    }
}

bool spoor_sorter_bar(spoor_sorter *sorter, spoor_arena *scratch, spoor_sort_start *bar) {
    uint64_t limit = sorter->limit, count = sorter->rows.count;
    if (limit > 0 && (count > limit || (count == limit && !sorter->has_bar))) {
        drop_rest(sorter, scratch);
    }
    *bar = sorter->bar;
    return sorter->has_bar;
}

bool spoor_sorter_finish(spoor_sorter *sorter) {
    if (sorter->nruns > 0) {
        return open_merge(sorter, sorter->op->scratch);
    }
    sorter->order = order_rows(sorter);
    spoor_arena_reset(sorter->work);
    sorter->count = sorter->limit < sorter->count ? (uint32_t)sorter->limit : sorter->count;
    return sorter->order != NULL;
}

static spoor_op_status merged_batch(spoor_sorter *sorter, spoor_arena *scratch,
                                    spoor_batch *batch) {
    uint64_t left = sorter->limit - sorter->given;
    if (left == 0) {
        return SPOOR_OP_END;
    }
    spoor_op_status status = spoor_sort_merge_batch(sorter->merge, scratch, batch);
    if (status == SPOOR_OP_BATCH) {
        batch->rows = batch->count = batch->rows < left ? batch->rows : (uint32_t)left;
        sorter->given += batch->rows;
    }
    return status;
}

spoor_op_status spoor_sorter_batch(spoor_sorter *sorter, spoor_arena *scratch, spoor_batch *batch) {
    if (sorter->merge != NULL) {
        return merged_batch(sorter, scratch, batch);
    }
    const uint32_t *list = sorter->order + sorter->at;
    if (!spoor_rows_batch(&sorter->rows, scratch, sorter->order, sorter->count, &sorter->at,
                          batch)) {
        return SPOOR_OP_END;
    }
    if (sorter->late != NULL &&
        !spoor_late_fill(sorter->late, &sorter->late_rows, list, batch, scratch)) {
        return SPOOR_OP_FAILED;
    }
    return SPOOR_OP_BATCH;
}
