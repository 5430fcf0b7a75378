/* sort_merge.c - see sort_merge.h: a heap of the runs, by the row that each stands at. */
#include "executor/sort_merge.h"

#include "executor/sort_key.h"

typedef struct reader {
    uint64_t at, to;    /* in the spill: what has not been read */
    spoor_arena *arena; /* of the batch at hand */
    spoor_batch batch;
    uint32_t row; /* of it */
} reader;

struct spoor_sort_merge {
    spoor_op *op;
    spoor_spill *spill;
    reader *readers;
    uint32_t *heap; /* readers that have rows, the first in order at its head */
    uint32_t count; /* of heap */
    const spoor_sort_key *keys;
    const uint32_t *key_columns;
    uint32_t nkeys, ncols, nshown;
    const spoor_type *types;
};

/* The next batch of a run, if it has one. */
static bool refill(spoor_sort_merge *merge, reader *r, bool *has_rows) {
    *has_rows = r->at < r->to;
    r->row = 0;
    spoor_arena_rewind(r->arena);
    return !*has_rows ||
           spoor_spill_read(merge->spill, &r->at, r->arena, merge->types, merge->ncols, &r->batch);
}

/* Does run a stand at a row that comes before the one of run b? */
static bool is_before(const spoor_sort_merge *merge, uint32_t a, uint32_t b) {
    const reader *x = &merge->readers[a], *y = &merge->readers[b];
    for (uint32_t k = 0; k < merge->nkeys; k++) {
        uint32_t c = merge->key_columns[k];
        int order = spoor_sort_compare(&merge->keys[k], &x->batch.cols[c], x->row,
                                       &y->batch.cols[c], y->row);
        if (order != 0) {
            return order < 0;
        }
    }
    return a < b; /* runs are numbered as their rows came */
}

static void sink(spoor_sort_merge *merge, uint32_t at) {
    uint32_t *heap = merge->heap;
    for (uint32_t child; (child = at * 2 + 1) < merge->count; at = child) {
        if (child + 1 < merge->count && is_before(merge, heap[child + 1], heap[child])) {
            child++;
        }
        if (!is_before(merge, heap[child], heap[at])) {
            return;
        }
        uint32_t swap = heap[at];
        heap[at] = heap[child];
        heap[child] = swap;
    }
}

spoor_sort_merge *spoor_sort_merge_open(spoor_op *op, spoor_spill *spill,
                                        const spoor_sorted_run *runs, uint32_t nruns,
                                        const spoor_sort_key *keys, const uint32_t *key_columns,
                                        uint32_t nkeys, const spoor_type *types, uint32_t ncols,
                                        uint32_t nshown) {
    spoor_sort_merge *merge = SPOOR_NEW(op->arena, spoor_sort_merge);
    *merge = (spoor_sort_merge){.op = op,
                                .spill = spill,
                                .keys = keys,
                                .nkeys = nkeys,
                                .key_columns = key_columns,
                                .types = types,
                                .ncols = ncols,
                                .nshown = nshown};
    merge->readers = SPOOR_NEW_ARRAY(op->arena, reader, nruns);
    merge->heap = SPOOR_RAW_ARRAY(op->arena, uint32_t, nruns);
    for (uint32_t i = 0; i < nruns; i++) {
        reader *r = &merge->readers[i];
        *r = (reader){.at = runs[i].from, .to = runs[i].to, .arena = spoor_op_arena(op)};
        bool has_rows;
        if (!refill(merge, r, &has_rows)) {
            return NULL;
        }
        if (has_rows) {
            merge->heap[merge->count++] = i;
        }
    }
    for (uint32_t i = merge->count / 2; i > 0; i--) {
        sink(merge, i - 1);
    }
    return merge;
}

/* A row into the batch, its texts with their bytes: the run may read on before the batch is full. */
static void copy_row(const spoor_sort_merge *merge, const reader *r, spoor_vec *cols, uint32_t row,
                     spoor_arena *scratch) {
    for (uint32_t c = 0; c < merge->nshown; c++) {
        const spoor_vec *from = &r->batch.cols[c];
        size_t size = spoor_type_size(from->type);
        memcpy((char *)cols[c].data + row * size, (const char *)from->data + r->row * size, size);
        cols[c].nulls[row] = from->nulls[r->row];
        if (from->type == SPOOR_STRING || from->type == SPOOR_DYNAMIC) {
            cols[c].strings[row] = spoor_arena_str(scratch, from->strings[r->row]);
        }
    }
}

spoor_op_status spoor_sort_merge_batch(spoor_sort_merge *merge, spoor_arena *scratch,
                                       spoor_batch *batch) {
    if (merge->count == 0) {
        return SPOOR_OP_END;
    }
    *batch = (spoor_batch){.ncols = merge->nshown};
    batch->cols = SPOOR_RAW_ARRAY(scratch, spoor_vec, merge->nshown);
    for (uint32_t c = 0; c < merge->nshown; c++) {
        batch->cols[c] = spoor_vec_new(scratch, merge->types[c], SPOOR_BATCH_ROWS);
    }
    while (merge->count > 0 && batch->rows < SPOOR_BATCH_ROWS) {
        reader *r = &merge->readers[merge->heap[0]];
        copy_row(merge, r, batch->cols, batch->rows++, scratch);
        bool has_rows = ++r->row < r->batch.rows;
        if (!has_rows && !refill(merge, r, &has_rows)) {
            return SPOOR_OP_FAILED;
        }
        if (!has_rows) {
            merge->heap[0] = merge->heap[--merge->count];
        }
        sink(merge, 0);
    }
    batch->count = batch->rows;
    return SPOOR_OP_BATCH;
}
