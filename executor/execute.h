/* execute.h - what operators and expressions ask of the run they are part of. */
#ifndef SPOOR_EXECUTOR_EXECUTE_H
#define SPOOR_EXECUTOR_EXECUTE_H

#include <setjmp.h>

#include "executor/run.h"

/* The value of a subplan, run now unless it was before.  false: failed, why is in the run. */
bool spoor_subplan_value(spoor_run *run, uint32_t subplan, bool is_set, jmp_buf *door,
                         spoor_value *value);

/* One slot for each FEED: op_apply.c. */
struct spoor_feed *spoor_feeds_new(spoor_arena *arena, uint32_t count);
/* A number that changes whenever one of the FEEDs moves on to another group; 0: there are none. */
uint64_t spoor_feeds_stamp(const spoor_run *run, spoor_feed_set feeds);
/* One slot for each shared result: op_shared.c. */
struct spoor_shared *spoor_shared_new(spoor_run *run, uint32_t count);
void spoor_shared_free(spoor_run *run);

#endif
