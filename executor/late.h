/* late.h - record columns kept as places, and made when the rows that stay are known.
 *
 * A place is a row of a source; a source is a record column of one segment of
 * a scan below, which pins it again when asked.  Places are rows of longs
 * (rows.h), one column for each record column, so whoever keeps rows keeps
 * them along. */
#ifndef SPOOR_EXECUTOR_LATE_H
#define SPOOR_EXECUTOR_LATE_H

#include "executor/op.h"
#include "executor/rows.h"

typedef struct spoor_late spoor_late;

/* For the columns of op's input that are records in this batch; NULL: there are none. */
spoor_late *spoor_late_open(spoor_op *op, const spoor_batch *batch);
void spoor_late_init_rows(const spoor_late *late, spoor_rows *rows, spoor_arena *arena);
/* The batch's columns with nothing in place of records, and their places: of rows sel[0..count) (NULL:
 * 0..count) alone. */
const spoor_vec *spoor_late_split(spoor_late *late, const spoor_batch *batch, const uint32_t *sel,
                                  uint32_t count, spoor_arena *scratch, const spoor_vec **places);
/* Make the records of the batch, whose rows are list[0..batch->rows) of `rows`.  Only when the
 * input has ended.  false: failed, why is in the run. */
bool spoor_late_fill(const spoor_late *late, const spoor_rows *rows, const uint32_t *list,
                     spoor_batch *batch, spoor_arena *scratch);

#endif
