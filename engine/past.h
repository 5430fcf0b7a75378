/* past.h - the queries that an engine has run, for `.show queries`: the last ones, with how they ended.
 *
 * They are the process's own: nothing of them is in the store. */
#ifndef SPOOR_ENGINE_PAST_H
#define SPOOR_ENGINE_PAST_H

#include "engine/engine.h"
#include "parser/ast.h"

/* A run has ended; the engine's error says why it failed.  Without memory for it, it is not kept. */
void spoor_past_add(spoor_engine *engine, spoor_str text, int64_t start, int64_t end,
                    spoor_status status);
/* Their rows, the oldest first. */
spoor_ast *spoor_past_rows(spoor_arena *arena, const struct spoor_past *past, spoor_span span);
void spoor_past_free(spoor_engine *engine);

#endif
