/* ask.h - a query that the engine asks itself: its first row comes back. */
#ifndef SPOOR_ENGINE_ASK_H
#define SPOOR_ENGINE_ASK_H

#include "engine/query.h"

typedef struct spoor_answer {
    spoor_value *cells; /* of the first row, in the arena; NULL: there is none */
    uint32_t ncols;
    uint64_t rows;
} spoor_answer;

/* SPOOR_ERR_QUERY: it does not compile, and the engine's error says why.  The arena's door is not
 * used. */
spoor_status spoor_engine_ask(spoor_engine *engine, spoor_arena *arena, spoor_str text,
                              const spoor_query_options *options, spoor_answer *answer);

#endif
