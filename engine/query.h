/* query.h - a prepared query, as the files of engine/ see it. */
#ifndef SPOOR_ENGINE_QUERY_H
#define SPOOR_ENGINE_QUERY_H

#include "engine/command.h"
#include "engine/session.h"
#include "executor/run.h"
#include "planner/plan.h"

struct spoor_query {
    spoor_engine *engine; /* NULL: parsed only */
    spoor_arena arena;    /* text, tree, plan, messages: until spoor_query_free() */
    spoor_memory own;     /* when there is no engine */
    spoor_diags diags;
    spoor_query_options options;
    spoor_session *session; /* what the plan points into; NULL: parsed only */
    bool now_was_given;     /* else now() is the clock */
    int64_t learned;        /* ticks that reading rows while binding took: they count as running */
    spoor_plan_query *plan;
    spoor_ast *tree;
    spoor_str text;
    const spoor_diag *printed;  /* the last message that was */
    const spoor_diag *prepared; /* the last message of spoor_prepare() */
    spoor_command command;      /* what a management command still has to do when it runs */
    struct spoor_query *next;   /* again.h */
};

/* Frees it, kept or not. */
void spoor_query_let_go(spoor_query *query);

/* The newest event's time; the clock when there is none. */
int64_t spoor_engine_newest(spoor_engine *engine);
/* When a run that begins now has to end; 0: never. */
int64_t spoor_query_deadline(const spoor_query *query);
/* What a run's end is to the caller of the engine. */
spoor_status spoor_engine_run_status(spoor_run_status status);

#endif
