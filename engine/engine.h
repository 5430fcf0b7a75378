/* engine.h - what the files of engine/ share: the open engine and its catalog. */
#ifndef SPOOR_ENGINE_ENGINE_H
#define SPOOR_ENGINE_ENGINE_H

#include "base/arena.h"
#include "functions/reference.h"
#include "include/spoor.h"
#include "store/store.h"
#include "types/catalog.h"

struct spoor_engine {
    spoor_memory memory;
    spoor_store *store; /* NULL: none */
    spoor_access access;
    uint32_t threads;
    char *temp_dir;  /* malloc */
    char *cache_dir; /* malloc; NULL: none */
    volatile bool cancel;
    char error[600];
    spoor_ingest_count *counts; /* of the last ingest; texts are malloc */
    size_t ncounts;
    struct spoor_reference_files *reference; /* malloc; NULL: none */
    struct spoor_session
        *session;            /* what the last queries shared, for the next: session.h; NULL: none */
    struct spoor_past *past; /* malloc: past.h; NULL: none yet */
    struct spoor_query *again; /* prepared, for who asks the same: again.h; newest first */
    spoor_arena spare;         /* memory of small queries that were freed, for the next one */
};

/* Read the files that functions look up in; SPOOR_ERR_INPUT: one is not what it should be. */
spoor_status spoor_engine_open_reference(spoor_engine *engine, const spoor_config *config);
/* Those of an engine that closes later. */
void spoor_engine_share_reference(spoor_engine *engine, const spoor_engine *owner);
void spoor_engine_close_reference(spoor_engine *engine);
/* or_empty: what was not named is there, and knows nothing. */
spoor_reference spoor_engine_reference(const spoor_engine *engine, bool or_empty);

void spoor_engine_free_counts(spoor_engine *engine);

/* Write the engine's error; returns status. */
spoor_status spoor_engine_fail(spoor_engine *engine, spoor_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The names that queries can reach.  Saved functions are copied, so the store may change while they
 * live.  NULL store: built-in functions over no events. */
typedef struct spoor_reach spoor_reach;
const spoor_reach *spoor_engine_reach(spoor_arena *arena, spoor_store *store, bool empty_tables);
/* Could saved functions not be read?  spoor_store_error() says why. */
bool spoor_engine_reach_is_partial(const spoor_reach *reach);
/* The same as the planner asks; what a query makes of names goes to its arena. */
spoor_catalog *spoor_engine_catalog(spoor_arena *arena, const spoor_reach *reach,
                                    const char *files_dir);

/* A copy of the caller's own, with a NUL; NULL: no memory. */
char *spoor_engine_copy(spoor_str s);

#endif
