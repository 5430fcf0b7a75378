/* look_back.h - queries that count back from now() over logs that are older than that. */
#ifndef SPOOR_ENGINE_LOOK_BACK_H
#define SPOOR_ENGINE_LOOK_BACK_H

#include "planner/plan.h"

/* Does the text itself call now() or ago()? */
bool spoor_reads_now(const spoor_ast *node);
/* Does every scan of events ask for later times than this alone?  false: there is no scan. */
bool spoor_reads_only_after(const spoor_plan_query *query, int64_t time);

#endif
