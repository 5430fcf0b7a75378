/* tally.h - groups of rows with the states of their aggregates: all that summarize holds.
 *
 * Several threads may each have one, over consecutive shares of the rows;
 * merged in the order of the shares, they are what one would have been. */
#ifndef SPOOR_EXECUTOR_TALLY_H
#define SPOOR_EXECUTOR_TALLY_H

#include "executor/op.h"

typedef struct spoor_tally spoor_tally;

/* For an operator whose plan is a SUMMARIZE, in its arenas; NULL: failed, why is in the run. */
spoor_tally *spoor_tally_open(spoor_op *op);
/* Once groups take their share of the memory limit there are no new ones: rows of others are put
 * aside, in their order.  false: they could not be; why is in the run. */
bool spoor_tally_add(spoor_tally *tally, const spoor_batch *batch, spoor_arena *scratch);
/* What was put aside, no longer the tally's; NULL: nothing.  All of its groups come after those of the
 * tally, in first-seen order. */
struct spoor_spill *spoor_tally_take_rest(spoor_tally *tally);
/* The batch at *at of it, to be added; moves *at behind it.  false: failed. */
bool spoor_tally_read_rest(spoor_tally *tally, struct spoor_spill *rest, uint64_t *at,
                           spoor_arena *arena, spoor_batch *batch);
/* Empty again, for the rest. */
void spoor_tally_reset(spoor_tally *tally);
void spoor_tally_close(spoor_tally *tally); /* NULL is fine */
size_t spoor_tally_bytes(const spoor_tally *tally);
/* Does this much take more than a summarize may of the memory limit? */
bool spoor_tally_is_large(const spoor_run *run, size_t bytes);
/* After the last row, before anything below. */
void spoor_tally_settle(spoor_tally *tally);

/* Tallies of consecutive shares become one (tally_merge.c): each is offered; then the parts of their groups are
 * merged, in any order or at once, a thread each with the tally of that number, whose arena takes what is made;
 * then each is closed, and puts out the groups that were seen in it first.  false: the run is to stop. */
void spoor_tally_merge_offer(spoor_tally *tally);
bool spoor_tally_merge_part(spoor_tally *const *shares, uint32_t nshares, uint32_t part,
                            uint32_t nparts);
void spoor_tally_merge_close(spoor_tally *tally);
/* Do parts come to the same when merged, to the last bit? */
bool spoor_tally_can_merge(const spoor_tally *tally);
/* Is it all the same to it whether rows that are alike come one by one, or as one with its weight? */
bool spoor_tally_takes_weights(const spoor_tally *tally);
uint32_t spoor_tally_count(const spoor_tally *tally); /* groups to put out */
/* Of these [from, from + rows), as rows of the plan's schema.  false: failed, why is in the run. */
bool spoor_tally_batch(spoor_tally *tally, uint32_t from, uint32_t rows, spoor_arena *scratch,
                       spoor_batch *batch);

#endif
