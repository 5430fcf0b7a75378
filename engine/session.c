/* session.c - see session.h. */
#include "engine/session.h"

#include "engine/again.h"

#include <stdlib.h>

/* Views of a long session that names many of them: then it begins anew. */
enum { MOST_BYTES = 16 << 20 };

/* Do names and views mean the same with both? */
static bool are_alike(const spoor_query_options *a, const spoor_query_options *b) {
    return a->strict == b->strict && a->wildcards == b->wildcards &&
           a->ignore_workspace == b->ignore_workspace && a->no_rewrites == b->no_rewrites &&
           a->home_is_windowsevent == b->home_is_windowsevent && a->empty_tables == b->empty_tables;
}

void spoor_session_release(spoor_session *session) {
    if (session != NULL && --session->holders == 0) {
        spoor_arena_reset(&session->arena);
        free(session);
    }
}

void spoor_session_forget(spoor_engine *engine) {
    spoor_again_forget(engine);
    spoor_session_release(engine->session);
    engine->session = NULL;
}

spoor_session *spoor_session_take(spoor_engine *engine, const spoor_query_options *options) {
    uint32_t version = 0;
    bool is_settled = engine->store == NULL || spoor_store_version(engine->store, &version);
    spoor_session *kept = engine->session;
    if (kept != NULL && is_settled && kept->version == version &&
        are_alike(&kept->options, options) && kept->arena.used < MOST_BYTES) {
        kept->holders++;
        return kept;
    }
    spoor_session_forget(engine);
    spoor_session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        return NULL;
    }
    *session = (spoor_session){.holders = 1,
                               .arena = {.memory = &engine->memory},
                               .options = *options,
                               .version = version};
    session->library.arena = &session->arena;
    session->library.no_rewrites = options->no_rewrites;
    if (is_settled) { /* else the next query may find other names */
        session->holders++;
        engine->session = session;
    }
    return session;
}

const spoor_reach *spoor_session_reach(spoor_session *session, spoor_store *store) {
    if (session->reach == NULL) {
        session->reach = spoor_engine_reach(&session->arena, store, session->options.empty_tables);
    }
    return session->reach;
}
