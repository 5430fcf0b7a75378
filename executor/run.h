/* run.h - one execution of a plan: its memory, its end, its snapshot.
 *
 * Whatever fails while running (memory, a limit, I/O, Ctrl-C) is written here
 * once, and every operator above sees FAILED: it never looks like the end of
 * the rows. */
#ifndef SPOOR_EXECUTOR_RUN_H
#define SPOOR_EXECUTOR_RUN_H

#include <stdatomic.h>

#include "executor/picks.h"
#include "store/store.h"

typedef enum spoor_run_status {
    SPOOR_RUN_OK,
    SPOOR_RUN_MEMORY,    /* --memory */
    SPOOR_RUN_TIMEOUT,   /* --timeout */
    SPOOR_RUN_CANCELLED, /* Ctrl-C */
    SPOOR_RUN_IO,        /* store or spill file */
    SPOOR_RUN_LIMIT,     /* any other limit, named in the message */
    SPOOR_RUN_STOPPED,   /* of a worker: another one failed */
} spoor_run_status;

/* A right side of a join that is built already: for the run of a worker (crew.h). */
typedef struct spoor_lent {
    const spoor_plan *join;
    const struct spoor_join_build *build;
    const struct spoor_lent *next;
} spoor_lent;

typedef struct spoor_run {
    spoor_memory *memory;
    const spoor_plan_query *query;
    spoor_snapshot *snapshot; /* NULL: no store (print, range, datatable) */
    const spoor_picks *picks; /* `npicks` of them; a scan that has none reads every segment */
    uint32_t npicks;
    const spoor_plan
        *late_result; /* whose batches go out with their records as they are: few of their rows
                                      are read; NULL: none */
    const bool
        *late_needs; /* by column of that result: whether it is read of every row; NULL: what is no
                               more than passed on is not worth putting off */
    int64_t now;
    volatile bool *cancel;    /* set by a signal handler; never NULL */
    int64_t deadline;         /* datetime ticks; 0: none */
    uint32_t threads;         /* at most; 0 and 1: this one */
    atomic_bool *has_stopped; /* of a worker's run (crew.h); else NULL */
    const spoor_lent *lent;   /* the same */
    uint32_t sharers;         /* of a worker's run: how many there are, itself too ... */
    uint32_t share;           /* ... and which of them it is */
    const char *temp_dir;     /* for spill files */
    spoor_run_status status;  /* first failure wins */
    spoor_span span;          /* of the operator that failed */
    char message[256];
    spoor_arena arena;           /* until the run ends: subplan values and what has no other home */
    spoor_value *subplan_values; /* by number; see subplan_done */
    bool *subplan_done;
    uint64_t *subplan_stamps;       /* spoor_feeds_stamp() when it was run */
    uint64_t ngroups;               /* that APPLYs have begun */
    struct spoor_shared *shared;    /* by id */
    struct spoor_feed *feeds;       /* by id */
    struct spoor_op *spare_ops;     /* closed ones, to be used again */
    struct spoor_op *ops;           /* every open operator: what an ending by jump has to close */
    bool profiling;                 /* count and time what each operator does: profile.c */
    struct spoor_profile *profiles; /* newest first */
    uint64_t ndicts;                /* dictionaries made by the run; see spoor_run_dict_id() */
    void (*warn)(struct spoor_run *run, const char *message); /* NULL: nobody listens */
    void *warn_context;
} spoor_run;

/* Write the failure unless there is one; returns false. */
bool spoor_run_fail(spoor_run *run, spoor_run_status status, spoor_span span, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));
/* Cancelled, past the deadline, or failed already: false.  Cheap; call per batch and more often. */
bool spoor_run_go_on(spoor_run *run);
/* The same question of a `const spoor_run *`, which writes nothing: for the arenas of operators.  One
 * value of a row can take a second to make; who makes it takes blocks on the way. */
bool spoor_run_is_over(const void *run);

/* NULL: the join builds its right side itself. */
static inline const struct spoor_join_build *spoor_run_lent(const spoor_run *run,
                                                            const spoor_plan *join) {
    const spoor_lent *lent = run->lent;
    while (lent != NULL && lent->join != join) {
        lent = lent->next;
    }
    return lent != NULL ? lent->build : NULL;
}

/* An id for a dictionary that an expression made: apart from those of the store, which count up
 * from zero. */
static inline uint64_t spoor_run_dict_id(spoor_run *run) {
    return UINT64_C(1) << 63 | ++run->ndicts;
}

#endif
