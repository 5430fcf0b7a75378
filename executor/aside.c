/* aside.c - see aside.h. */
#include "executor/aside.h"

#include "executor/row_places.h"

static uint32_t input_columns(const spoor_aside *aside) {
    return aside->op->plan->inputs[0]->schema.ncols;
}

static uint32_t kept_columns(const spoor_aside *aside) {
    return input_columns(aside) + (aside->uses != NULL);
}

spoor_vec spoor_aside_places(const spoor_aside *aside, const spoor_batch *batch,
                             spoor_arena *scratch) {
    uint32_t column = input_columns(aside);
    return batch->ncols > column
               ? spoor_vec_gather(scratch, &batch->cols[column], batch->sel, batch->count)
               : spoor_row_places(aside->op, batch, scratch);
}

/* The next rows of sel[0..count), each as often as its weight says, as a batch may hold: from *at on, which has
 * been *given so often. */
static uint32_t repeat_rows(const spoor_batch *batch, const uint32_t *sel, uint32_t count,
                            uint32_t *at, uint32_t *given, uint32_t *list) {
    uint32_t n = 0;
    while (*at < count && n < SPOOR_BATCH_ROWS) {
        uint32_t weight = batch->weights != NULL ? batch->weights[sel[*at]] : 1;
        list[n++] = sel[*at];
        if (++*given == weight) {
            *given = 0;
            ++*at;
        }
    }
    return n;
}

/* Rows list[0..count) as they are kept. */
static spoor_vec *columns_of(const spoor_aside *aside, const spoor_batch *batch,
                             const uint32_t *list, uint32_t count) {
    uint32_t ncols = input_columns(aside);
    spoor_vec *cols = SPOOR_RAW_ARRAY(aside->piece, spoor_vec, ncols + 1);
    for (uint32_t c = 0; c < ncols; c++) {
        bool is_read = aside->uses == NULL || aside->uses[c] > 0;
        cols[c] = is_read ? spoor_vec_gather(aside->piece, &batch->cols[c], list, count)
                          : spoor_vec_new(aside->piece, batch->cols[c].type, count);
    }
    if (aside->uses != NULL) {
        spoor_batch part = *batch;
        part.sel = list;
        part.count = count;
        cols[ncols] = spoor_aside_places(aside, &part, aside->piece);
    }
    return cols;
}

bool spoor_aside_put(spoor_aside *aside, const spoor_batch *batch, const uint32_t *sel,
                     uint32_t count, spoor_arena *scratch) {
    if (aside->rest == NULL) {
        aside->rest = spoor_spill_open(aside->op);
    }
    if (aside->piece == NULL) {
        aside->piece = spoor_op_arena(aside->op);
    }
    bool ok = aside->rest != NULL;
    uint32_t *list = SPOOR_RAW_ARRAY(scratch, uint32_t, SPOOR_BATCH_ROWS);
    for (uint32_t at = 0, given = 0; ok && at < count;) {
        uint32_t n = repeat_rows(batch, sel, count, &at, &given, list);
        spoor_arena_rewind(aside->piece);
        ok = spoor_run_go_on(aside->op->run) &&
             spoor_spill_write(aside->rest, columns_of(aside, batch, list, n), kept_columns(aside),
                               0, n);
    }
    return ok;
}

spoor_spill *spoor_aside_take(spoor_aside *aside) {
    spoor_spill *taken = aside->rest;
    aside->rest = NULL;
    return taken;
}

static const spoor_type *types_of(const spoor_aside *aside) {
    const spoor_schema *schema = &aside->op->plan->inputs[0]->schema;
    spoor_type *types = SPOOR_NEW_ARRAY(aside->op->arena, spoor_type, schema->ncols + 1);
    for (uint32_t c = 0; c < schema->ncols; c++) {
        types[c] = schema->columns[c].type;
    }
    types[schema->ncols] = SPOOR_LONG; /* places */
    return types;
}

bool spoor_aside_read(spoor_aside *aside, spoor_spill *taken, uint64_t *at, spoor_arena *arena,
                      spoor_batch *batch) {
    aside->types = aside->types != NULL ? aside->types : types_of(aside);
    return spoor_spill_read(taken, at, arena, aside->types, kept_columns(aside), batch);
}
