/* table_reader.h - rows of a table that other modules keep in the store's file, by a SELECT of theirs.
 *
 * Read in the snapshot's transaction, so that they fit the events that are seen. */
#ifndef SPOOR_STORE_TABLE_READER_H
#define SPOOR_STORE_TABLE_READER_H

#include "store/store.h"
#include "types/schema.h"

/* What spoor_table.handle of such a table points at. */
typedef struct spoor_stored_table {
    const char *needs; /* a table of the file without which there are no rows */
    const char *
        select; /* a column for each of the schema: times and timespans as ticks, dynamic as JSON */
    const struct spoor_stored_table
        *older; /* what to read where `needs` is not there: of older files; or NULL */
} spoor_stored_table;

typedef struct spoor_table_reader spoor_table_reader;

/* NULL reader and OK: there are no rows. */
spoor_store_status spoor_table_reader_open(spoor_snapshot *snapshot,
                                           const spoor_stored_table *table,
                                           spoor_table_reader **reader);
/* The next row's values, texts in the arena; *has_row false: there are no more. */
spoor_store_status spoor_table_reader_next(spoor_table_reader *reader, spoor_arena *arena,
                                           const spoor_schema *schema, spoor_value *cells,
                                           bool *has_row);
void spoor_table_reader_close(spoor_table_reader *reader); /* NULL is fine */

#endif
