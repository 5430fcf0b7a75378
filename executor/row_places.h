/* row_places.h - rows of a scan kept as their places: of the rows that arg_max and arg_min pick,
 * straight over a scan, nothing else is kept, and their columns are read at the end, of these alone.
 *
 * A place is the number of a segment in the snapshot (high half) and of a row in it. */
#ifndef SPOOR_EXECUTOR_ROW_PLACES_H
#define SPOOR_EXECUTOR_ROW_PLACES_H

#include "executor/op.h"

/* Are the outputs of the aggregate, but for the first, columns of the scan right below op, or constants? */
bool spoor_row_places_fit(const spoor_op *op, const spoor_plan_aggregate *aggregate);
/* The scan need not read the columns that are not used: before its first batch. */
void spoor_row_places_begin(spoor_op *op, const uint32_t *uses);
/* Of rows sel[0..count) of the batch that the scan gave last (NULL: of all): dense. */
spoor_vec spoor_row_places(const spoor_op *op, const spoor_batch *batch, spoor_arena *scratch);
/* Once the scan has ended: the outputs of the aggregate but the first, out[1..], of the rows at `places`, which
 * has `rows` slots; a null place gives nulls.  false: failed, why is in the run. */
bool spoor_row_places_read(const spoor_op *op, const spoor_plan_aggregate *aggregate,
                           const spoor_vec *places, uint32_t rows, spoor_vec *out,
                           spoor_arena *scratch);

#endif
