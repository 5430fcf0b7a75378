/* query.h - a prepared query, as the files of engine/ see it. */
#ifndef SPOOR_ENGINE_QUERY_H
#define SPOOR_ENGINE_QUERY_H

#include "engine/command.h"
#include "engine/engine.h"
#include "executor/run.h"
#include "planner/bind_library.h"
#include "planner/plan.h"

struct spoor_query {
    spoor_engine *engine; /* NULL: parsed only */
    spoor_arena arena;    /* text, tree, plan, messages: until spoor_query_free() */
    spoor_memory own;     /* when there is no engine */
    spoor_diags diags;
    spoor_query_options options;
    bool now_was_given; /* else now() is the clock */
    int64_t learned;    /* ticks that reading rows while binding took: they count as running */
    spoor_plan_query *plan;
    spoor_ast *tree;
    spoor_str text;
    const spoor_diag *printed; /* the last message that was */
    spoor_command command; /* what a management command still has to do when it runs */
};

/* Names and views that queries share when many are prepared with the same options: while engine->session
 * points to it.  Nothing may be saved meanwhile, and it is closed after the last of them is freed. */
typedef struct spoor_session {
    spoor_arena arena;
    spoor_query_options options; /* of the first query; those with others share nothing */
    spoor_catalog *catalog;      /* NULL: none was prepared yet */
    spoor_bind_library library;
} spoor_session;

void spoor_session_open(spoor_session *session, spoor_engine *engine);
void spoor_session_close(spoor_session *session, spoor_engine *engine);

/* The newest event's time; the clock when there is none. */
int64_t spoor_engine_newest(spoor_engine *engine);
/* When a run that begins now has to end; 0: never. */
int64_t spoor_query_deadline(const spoor_query *query);
/* What a run's end is to the caller of the engine. */
spoor_status spoor_engine_run_status(spoor_run_status status);

#endif
