/* tally.h - groups of rows with the states of their aggregates: all that summarize holds.
 *
 * Several threads may each have one, over consecutive shares of the rows;
 * merged in the order of the shares, they are what one would have been. */
#ifndef SPOOR_EXECUTOR_TALLY_H
#define SPOOR_EXECUTOR_TALLY_H

#include "executor/op.h"

typedef struct spoor_tally spoor_tally;

/* For an operator whose plan is a SUMMARIZE, in its arena; NULL: failed, why is in the run. */
spoor_tally *spoor_tally_open(spoor_op *op);
void spoor_tally_add(spoor_tally *tally, const spoor_batch *batch, spoor_arena *scratch);
/* After the last row, before anything below. */
void spoor_tally_settle(spoor_tally *tally);
/* The rows of `from` come after those of `into`; what `from` points to has to live as long. */
void spoor_tally_merge(spoor_tally *into, const spoor_tally *from, spoor_arena *scratch);
/* Do parts come to the same when merged, to the last bit? */
bool spoor_tally_can_merge(const spoor_tally *tally);
uint32_t spoor_tally_count(const spoor_tally *tally); /* groups */
/* Groups [from, from + rows) as rows of the plan's schema. */
void spoor_tally_batch(spoor_tally *tally, uint32_t from, uint32_t rows, spoor_arena *scratch,
                       spoor_batch *batch);

#endif
