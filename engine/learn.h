/* learn.h - rows for the binder: some plugins of evaluate have columns that only the rows tell. */
#ifndef SPOOR_ENGINE_LEARN_H
#define SPOOR_ENGINE_LEARN_H

#include "engine/query.h"

/* What a query being prepared gives its binder; lives as long as the binding. */
typedef struct spoor_learning {
    spoor_bind_rows rows; /* first: the planner's view */
    spoor_query *query;
    spoor_status status; /* not OK: why rows could not be read, also in the engine's error */
} spoor_learning;

spoor_learning spoor_learning_new(spoor_query *query);

#endif
