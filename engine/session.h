/* session.h - what the queries of an engine share: the names that they can reach, and the views built
 * in, bound once.
 *
 * A session is of one state of the store's file, and of the settings that names and views depend on; a
 * query that finds either changed begins a new one.  The time is none of them: no view reads the clock,
 * and the time picker's range is put into a copy.  Nothing that a query does changes what another
 * one finds, so answers are the same with a session and without.
 *
 * The engine holds the newest session, and each query the one that its plan points into. */
#ifndef SPOOR_ENGINE_SESSION_H
#define SPOOR_ENGINE_SESSION_H

#include "engine/engine.h"
#include "planner/bind_library.h"

typedef struct spoor_session {
    uint32_t holders; /* the engine and queries */
    spoor_arena arena;
    spoor_query_options options; /* of its first query; see are_alike() */
    uint32_t version;            /* of the store's file */
    const spoor_reach *reach;    /* NULL: not read yet */
    spoor_bind_library library;
} spoor_session;

/* One that holds for a query with these options, held; NULL: no memory. */
spoor_session *spoor_session_take(spoor_engine *engine, const spoor_query_options *options);
void spoor_session_release(spoor_session *session); /* NULL is fine */
/* The engine lets go of what it keeps. */
void spoor_session_forget(spoor_engine *engine);
/* The names of its store, read once.  Pushes to its arena. */
const spoor_reach *spoor_session_reach(spoor_session *session, spoor_store *store);

#endif
