/* look_back.h - what a query reads: of the store, of the clock, and of logs that are older than it asks for. */
#ifndef SPOOR_ENGINE_LOOK_BACK_H
#define SPOOR_ENGINE_LOOK_BACK_H

#include "planner/plan.h"

/* Does the text itself call now() or ago()? */
bool spoor_reads_now(const spoor_ast *node);
/* Does every scan of events ask for later times than this alone?  false: there is no scan. */
bool spoor_reads_only_after(const spoor_plan_query *query, int64_t time);
/* Does any of it read what is stored? */
bool spoor_reads_store(const spoor_plan_query *query);

#endif
