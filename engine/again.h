/* again.h - queries that were freed, for when the same is asked again: dashboards, rules and shells do.
 *
 * A plan follows from the text, the options and the state of the session, but for one that is of its run
 * (spoor_plan_query.is_of_run), which is not kept; and a run leaves it as it was. */
#ifndef SPOOR_ENGINE_AGAIN_H
#define SPOOR_ENGINE_AGAIN_H

#include "engine/query.h"

/* One with this text, as it was prepared; the caller's, with these options.  NULL: there is none. */
spoor_query *spoor_again_take(spoor_session *session, spoor_engine *engine, const char *text,
                              size_t len, const spoor_query_options *options);
/* Of a query that nobody needs any more.  false: it is not kept. */
bool spoor_again_keep(spoor_query *query);
/* All that are kept go: the session has ended, or the engine closes. */
void spoor_again_forget(spoor_engine *engine);

#endif
