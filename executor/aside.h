/* aside.h - rows of groups for which a tally has no memory, put aside in a temporary file as they came.
 *
 * Of columns that are read at the end alone (row_places.h) nothing is kept but, in a column behind
 * those of the input, the places of the rows. */
#ifndef SPOOR_EXECUTOR_ASIDE_H
#define SPOOR_EXECUTOR_ASIDE_H

#include "executor/op.h"
#include "executor/spill.h"

typedef struct spoor_aside {
    spoor_op *op;            /* the summarize */
    const uint32_t *uses;    /* by column of its input: is it read of every row?  NULL: all are */
    spoor_spill *rest;       /* what was put aside; NULL: nothing */
    spoor_arena *piece;      /* rows on their way there; NULL: none were */
    const spoor_type *types; /* of the columns that are kept; NULL: nothing was read yet */
} spoor_aside;

/* Rows sel[0..count) of a batch, each as often as its weight says.  false: failed, why is in the run. */
bool spoor_aside_put(spoor_aside *aside, const spoor_batch *batch, const uint32_t *sel,
                     uint32_t count, spoor_arena *scratch);
/* What was put aside so far, the caller's from now on; NULL: nothing. */
spoor_spill *spoor_aside_take(spoor_aside *aside);
/* The batch at *at of what was taken; moves *at behind it.  false: failed. */
bool spoor_aside_read(spoor_aside *aside, spoor_spill *taken, uint64_t *at, spoor_arena *arena,
                      spoor_batch *batch);
/* Of the selected rows of a batch, given by the scan just now or put aside: dense. */
spoor_vec spoor_aside_places(const spoor_aside *aside, const spoor_batch *batch,
                             spoor_arena *scratch);

#endif
