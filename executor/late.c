/* late.c - see late.h. */
#include "executor/late.h"

#include "executor/scan.h"

enum { NO_PLACE = -1 }; /* the value is in the column itself */

typedef struct source {
    spoor_scan *scan;
    uint32_t segment, column; /* of the scan */
} source;

struct spoor_late {
    spoor_op *op;
    uint32_t ncolumns;
    uint32_t *columns; /* of the batches, that are places */
    void *nothing;     /* zeros for a batch of any type: what stands in the columns meanwhile */
    source *sources;
    uint32_t nsources, capacity;
};

spoor_late *spoor_late_open(spoor_op *op, const spoor_batch *batch) {
    spoor_late *late = SPOOR_NEW(op->arena, spoor_late);
    late->op = op;
    late->columns = SPOOR_NEW_ARRAY(op->arena, uint32_t, batch->ncols);
    for (uint32_t c = 0; c < batch->ncols; c++) {
        if (batch->cols[c].form == SPOOR_RECORD) {
            late->columns[late->ncolumns++] = c;
        }
    }
    late->nothing = spoor_arena_push(op->arena, SPOOR_BATCH_ROWS, spoor_type_size(SPOOR_DECIMAL));
    return late->ncolumns > 0 ? late : NULL;
}

void spoor_late_init_rows(const spoor_late *late, spoor_rows *rows, spoor_arena *arena) {
    spoor_rows_init(rows, arena, late->ncolumns);
    for (uint32_t i = 0; i < late->ncolumns; i++) {
        rows->cols[i].type = SPOOR_LONG;
    }
}

/* Which scan below these records come from.  As deep as the plan: SPOOR_MAX_STAGES. */
static bool locate(const spoor_op *op, const spoor_records *records, source *found) {
    if (op->plan->kind == SPOOR_PLAN_SCAN) {
        found->scan = op->state;
        return spoor_scan_locate(op->state, records, &found->segment, &found->column);
    }
    for (uint32_t i = 0; op->inputs != NULL && i < op->plan->ninputs; i++) {
        if (locate(op->inputs[i], records, found)) {
            return true;
        }
    }
    return false;
}

/* The number of the source, added when it is not one of the newest; -1: not to be found. */
static int64_t source_of(spoor_late *late, const spoor_records *records) {
    source found;
    if (!locate(late->op->inputs[0], records, &found)) {
        return -1;
    }
    for (uint32_t i = late->nsources; i > 0 && i + late->ncolumns >= late->nsources; i--) {
        const source *s = &late->sources[i - 1];
        if (s->scan == found.scan && s->segment == found.segment && s->column == found.column) {
            return i - 1;
        }
    }
    SPOOR_GROW(late->op->arena, late->sources, late->nsources, &late->capacity);
    late->sources[late->nsources] = found;
    return late->nsources++;
}

const spoor_vec *spoor_late_split(spoor_late *late, const spoor_batch *batch, const uint32_t *sel,
                                  uint32_t count, spoor_arena *scratch, const spoor_vec **places) {
    spoor_vec *cols = SPOOR_RAW_ARRAY(scratch, spoor_vec, batch->ncols);
    spoor_vec *found = SPOOR_RAW_ARRAY(scratch, spoor_vec, late->ncolumns);
    memcpy(cols, batch->cols, batch->ncols * sizeof *cols);
    for (uint32_t i = 0; i < late->ncolumns; i++) {
        spoor_vec *vec = &cols[late->columns[i]];
        int64_t number = vec->form == SPOOR_RECORD ? source_of(late, vec->records) : -1;
        found[i] = (spoor_vec){.type = SPOOR_LONG, .form = SPOOR_FLAT};
        found[i].longs = SPOOR_RAW_ARRAY(scratch, int64_t, batch->rows);
        for (uint32_t k = 0; k < count; k++) {
            uint32_t row = sel != NULL ? sel[k] : k;
            found[i].longs[row] = number < 0 ? NO_PLACE : number << 32 | vec->codes[row];
        }
        if (number >= 0) {
            *vec = (spoor_vec){.type = vec->type,
                               .form = SPOOR_FLAT,
                               .is_constant = true,
                               .data = late->nothing,
                               .nulls = late->nothing};
        }
    }
    *places = found;
    return cols;
}

/* All rows of the batch that have the source of the first one, from `first` on, in one go. */
static bool fill_source(const spoor_late *late, spoor_vec *places, uint32_t first, spoor_vec *vec,
                        uint32_t nrows, spoor_arena *scratch) {
    int64_t number = places->longs[first] >> 32;
    uint32_t *rows = SPOOR_RAW_ARRAY(scratch, uint32_t, nrows);
    uint32_t *to = SPOOR_RAW_ARRAY(scratch, uint32_t, nrows);
    uint32_t count = 0;
    for (uint32_t i = first; i < nrows; i++) {
        if (places->longs[i] >> 32 == number) {
            rows[count] = (uint32_t)places->longs[i];
            to[count++] = i;
            places->longs[i] = NO_PLACE;
        }
    }
    const source *s = &late->sources[number];
    size_t size = spoor_type_size(vec->type);
    spoor_vec made;
    if (!spoor_scan_fetch(s->scan, s->segment, s->column, rows, count, scratch, &made)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        memcpy((char *)vec->data + to[i] * size, (const char *)made.data + i * size, size);
        vec->nulls[to[i]] = made.nulls != NULL ? made.nulls[i] : 0;
    }
    return true;
}

bool spoor_late_fill(const spoor_late *late, const spoor_rows *rows, const uint32_t *list,
                     spoor_batch *batch, spoor_arena *scratch) {
    for (uint32_t i = 0; i < late->ncolumns; i++) {
        spoor_vec places = spoor_rows_gather(rows, i, scratch, list, batch->rows);
        for (uint32_t row = 0; row < batch->rows; row++) {
            if (places.longs[row] != NO_PLACE &&
                !fill_source(late, &places, row, &batch->cols[late->columns[i]], batch->rows,
                             scratch)) {
                return false;
            }
        }
    }
    return true;
}
