/* op_table.c - a table that is not the event store: rows that the store's file keeps (store/table_reader.h). */
#include "executor/op.h"
#include "store/table_reader.h"

typedef struct table {
    spoor_table_reader *reader; /* owned; NULL: no rows */
} table;

static spoor_op_status fail(spoor_op *op) {
    spoor_run_fail(op->run, SPOOR_RUN_IO, op->plan->span, "%s",
                   spoor_snapshot_error(op->run->snapshot));
    return SPOOR_OP_FAILED;
}

static spoor_op_status next(spoor_op *op, spoor_batch *batch) {
    table *self = op->state;
    const spoor_schema *schema = &op->plan->schema;
    if (self->reader == NULL) {
        return SPOOR_OP_END;
    }
    spoor_arena_rewind(op->scratch);
    *batch = (spoor_batch){.ncols = schema->ncols};
    batch->cols = SPOOR_RAW_ARRAY(op->scratch, spoor_vec, schema->ncols);
    spoor_value *cells = SPOOR_NEW_ARRAY(op->scratch, spoor_value, schema->ncols);
    for (uint32_t c = 0; c < schema->ncols; c++) {
        batch->cols[c] = spoor_vec_new(op->scratch, schema->columns[c].type, SPOOR_BATCH_ROWS);
    }
    bool has_row = true;
    while (batch->rows < SPOOR_BATCH_ROWS && has_row) {
        if (spoor_table_reader_next(self->reader, op->scratch, schema, cells, &has_row) !=
            SPOOR_STORE_OK) {
            return fail(op);
        }
        for (uint32_t c = 0; c < schema->ncols && has_row; c++) {
            spoor_vec_set(&batch->cols[c], batch->rows, &cells[c]);
        }
        batch->rows += has_row;
    }
    if (!has_row) { /* asked again, SQLite would begin anew */
        spoor_table_reader_close(self->reader);
        self->reader = NULL;
    }
    batch->count = batch->rows;
    return batch->rows > 0 ? SPOOR_OP_BATCH : SPOOR_OP_END;
}

static void close(spoor_op *op) {
    table *self = op->state;
    if (self != NULL) {
        spoor_table_reader_close(self->reader);
        self->reader = NULL;
    }
}

bool spoor_op_table_open(spoor_op *op) {
    table *self = SPOOR_NEW(op->arena, table);
    op->state = self;
    op->next = next;
    op->close = close;
    spoor_snapshot *snapshot = op->run->snapshot;
    const spoor_stored_table *stored = op->plan->table.table->handle;
    if (snapshot == NULL || stored == NULL) {
        return true; /* no store: no rows */
    }
    return spoor_table_reader_open(snapshot, stored, &self->reader) == SPOOR_STORE_OK ||
           fail(op) != SPOOR_OP_FAILED;
}
