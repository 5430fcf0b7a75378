/* spill.h - batches of rows put aside in a temporary file, and read back from any place in it.
 *
 * The file has no name, is this process's alone, and goes when the spill is
 * closed.  What was written is read back as it was: FLAT columns of values. */
#ifndef SPOOR_EXECUTOR_SPILL_H
#define SPOOR_EXECUTOR_SPILL_H

#include "executor/op.h"

typedef struct spoor_spill spoor_spill;

/* In op's arena; NULL: failed, why is in the run. */
spoor_spill *spoor_spill_open(spoor_op *op);
void spoor_spill_close(spoor_spill *spill); /* NULL is fine */
/* Append rows [from, from + rows) of FLAT columns.  false: failed, why is in the run. */
bool spoor_spill_write(spoor_spill *spill, const spoor_vec *cols, uint32_t ncols, uint32_t from,
                       uint32_t rows);
/* Write out what is buffered; before reading.  Where the next batch will be, from the start. */
bool spoor_spill_flush(spoor_spill *spill);
uint64_t spoor_spill_size(const spoor_spill *spill);
/* The batch at *at, into the arena; moves *at behind it. */
bool spoor_spill_read(spoor_spill *spill, uint64_t *at, spoor_arena *arena, const spoor_type *types,
                      uint32_t ncols, spoor_batch *batch);

#endif
