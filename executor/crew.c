/* crew.c - see crew.h.
 *
 * A worker shares with the run of the query what is read-only (plan, subplan
 * values), what counts with atomics (the memory account), and what locks (the
 * snapshot).  It ends on its own failure, on Ctrl-C and the deadline like any
 * run, and on the failure of another. */
#include "executor/crew.h"

#include <pthread.h>
#include <stdatomic.h>

#include "executor/join_share.h"
#include "executor/profile.h"
#include "executor/scan.h"
#include "planner/bound.h"

enum { MOST_THREADS = 256, DICT_ID_BITS = 48 };

typedef struct worker {
    spoor_crew *crew;
    spoor_run run;
    spoor_op *op; /* NULL: not opened */
    uint32_t from, to; /* segments */
    int64_t start, ns; /* that its thread took, in all */
    pthread_t thread;
    bool has_thread;
} worker;

struct spoor_crew {
    spoor_op *op;
    worker *workers;
    uint32_t size;
    const spoor_lent *lent; /* of the joins below */
    void (*work)(spoor_op *op);
    atomic_bool has_failed;
    bool may_run_out, ran_out; /* of memory: whether the caller has another way, and whether one did */
};

/* -- what can be shared out -------------------------------------------------------------------- */

static bool is_volatile_chain(const spoor_plan *plan) {
    switch (plan->kind) {
    case SPOOR_PLAN_WHERE: return spoor_bound_is_volatile(plan->where.predicate);
    case SPOOR_PLAN_PROJECT:
        for (uint32_t i = 0; i < plan->schema.ncols; i++) {
            if (spoor_bound_is_volatile(plan->project.exprs[i])) {
                return true;
            }
        }
        return false;
    default: return false;
    }
}

/* What a kind of operator makes of a row (planner/plan_kinds.def). */
typedef enum of_row { ALL, BY_KIND, ROWS, ROW } of_row;

#define SPOOR_PLAN_KIND(kind, text, empty, of_row, open) of_row,
static const of_row of_rows[] = {
#include "planner/plan_kinds.def"
};
#undef SPOOR_PLAN_KIND

static bool is_link(const spoor_plan *plan, bool may_multiply) {
    of_row makes = of_rows[plan->kind];
    bool fits = makes == ROW || (may_multiply && (makes == ROWS || (makes == BY_KIND && spoor_join_is_by_row(plan))));
    return fits && !is_volatile_chain(plan);
}

/* The scan at the foot of links; NULL: there is something else. */
static spoor_op *foot_of(spoor_op *op, bool may_multiply) {
    while (op->plan->kind != SPOOR_PLAN_SCAN) {
        if (!is_link(op->plan, may_multiply)) {
            return NULL;
        }
        op = op->inputs[0];
    }
    for (uint32_t p = 0; p < op->plan->scan.npredicates; p++) {
        if (spoor_bound_is_volatile(op->plan->scan.predicates[p])) {
            return NULL;
        }
    }
    return spoor_scan_has_records(op->state) ? NULL : op;
}

spoor_op *spoor_scan_below(spoor_op *op, bool may_multiply) {
    return foot_of(op->inputs[0], may_multiply);
}

/* Consecutive segments of about as many rows for each; returns how many shares have some. */
static uint32_t share_out(spoor_crew *crew, const uint32_t *rows, uint32_t nsegments,
                          uint64_t total) {
    uint64_t given = 0;
    uint32_t at = 0, shares = 0;
    for (uint32_t i = 0; i < crew->size && at < nsegments; i++) {
        worker *w = &crew->workers[shares];
        uint64_t until = total / crew->size * (i + 1);
        w->from = at;
        while (at < nsegments && (given + rows[at] / 2 < until || i + 1 == crew->size)) {
            given += rows[at++];
        }
        w->to = at;
        shares += w->to > w->from;
    }
    return shares;
}

/* Build what the joins of the chain look into.  false: failed, or one of them does not fit. */
static bool lend_joins(spoor_crew *crew) {
    for (spoor_op *op = crew->op->inputs[0]; op->plan->kind != SPOOR_PLAN_SCAN; op = op->inputs[0]) {
        if (op->plan->kind != SPOOR_PLAN_JOIN) {
            continue;
        }
        spoor_lent *lent = SPOOR_NEW(crew->op->arena, spoor_lent);
        *lent = (spoor_lent){op->plan, spoor_join_share(op), crew->lent};
        if (lent->build == NULL) {
            return false;
        }
        crew->lent = lent;
    }
    return true;
}

static void prepare(spoor_crew *crew, uint32_t number) {
    const spoor_run *run = crew->op->run;
    worker *w = &crew->workers[number];
    w->crew = crew;
    w->run = (spoor_run){.memory = run->memory, .query = run->query, .snapshot = run->snapshot,
                         .now = run->now, .cancel = run->cancel, .deadline = run->deadline,
                         .temp_dir = run->temp_dir, .profiling = run->profiling,
                         .subplan_values = run->subplan_values, .subplan_done = run->subplan_done,
                         .subplan_stamps = run->subplan_stamps, .feeds = run->feeds,
                         .has_stopped = &crew->has_failed, .lent = crew->lent, .sharers = crew->size,
                         .share = number, .ndicts = (uint64_t)(number + 1) << DICT_ID_BITS,
                         .arena = {.memory = run->memory}};
}

spoor_crew *spoor_crew_open(spoor_op *op) {
    spoor_op *scan = op->run->threads > 1 ? spoor_scan_below(op, true) : NULL;
    if (scan == NULL) {
        return NULL;
    }
    uint32_t nsegments = spoor_snapshot_count(op->run->snapshot);
    uint32_t *rows = SPOOR_NEW_ARRAY(op->arena, uint32_t, nsegments);
    uint64_t total = spoor_scan_weigh(scan->state, rows);
    spoor_crew *crew = SPOOR_NEW(op->arena, spoor_crew);
    uint64_t most = total / SPOOR_THREAD_ROWS + 1;
    most = most < op->run->threads ? most : op->run->threads;
    crew->op = op;
    crew->size = most < MOST_THREADS ? (uint32_t)most : MOST_THREADS;
    crew->workers = SPOOR_NEW_ARRAY(op->arena, worker, crew->size);
    crew->size = share_out(crew, rows, nsegments, total);
    if (crew->size < 2 || !lend_joins(crew)) {
        return NULL;
    }
    for (uint32_t i = 0; i < crew->size; i++) {
        prepare(crew, i);
    }
    return crew;
}

/* -- working ----------------------------------------------------------------------------------- */

static bool open_share(worker *w, jmp_buf *door) {
    w->op = spoor_op_open(&w->run, w->crew->op->plan, door);
    if (w->op != NULL) {
        spoor_op *scan = spoor_scan_below(w->op, true);
        spoor_scan_limit(scan->state, w->from, w->to);
    }
    return w->op != NULL;
}

/* The worker's door: nothing but the worker outlives a jump. */
static void *run_worker(void *context) {
    worker *w = context;
    w->start = spoor_profile_clock();
    jmp_buf door;
    w->run.arena.on_oom = &door;
    if (w->op != NULL) {
        spoor_op_set_door(w->op, &door);
    }
    if (setjmp(door) == 0) {
        if (w->op != NULL || open_share(w, &door)) {
            w->crew->work(w->op);
        }
    } else {
        spoor_op_out_of_memory(&w->run);
    }
    w->run.arena.on_oom = NULL;
    w->ns = spoor_profile_clock() - w->start;
    if (w->run.status != SPOOR_RUN_OK) {
        atomic_store(&w->crew->has_failed, true);
    }
    return NULL;
}

/* What a worker's run has to tell the query's. */
static void report(spoor_crew *crew, worker *w) {
    spoor_run *run = crew->op->run;
    bool is_out = w->run.status == SPOOR_RUN_MEMORY;
    crew->ran_out |= is_out;
    if (w->run.status != SPOOR_RUN_OK && w->run.status != SPOOR_RUN_STOPPED &&
        !(is_out && crew->may_run_out)) {
        spoor_run_fail(run, w->run.status, w->run.span, "%s", w->run.message);
    }
    for (const spoor_profile *p = w->run.profiles; p != NULL; p = p->next) {
        if (p->plan != crew->op->plan) {
            spoor_profile_merge(spoor_profile_of(run, p->plan), p);
        }
    }
    w->run.profiles = NULL; /* told once */
}

/* A share whose thread cannot be started is read by this one. */
bool spoor_crew_run(spoor_crew *crew, void (*work)(spoor_op *op), bool *ran_out) {
    crew->work = work;
    crew->may_run_out = ran_out != NULL;
    int64_t start = spoor_profile_clock();
    for (uint32_t i = 0; i < crew->size; i++) {
        worker *w = &crew->workers[i];
        w->has_thread = pthread_create(&w->thread, NULL, run_worker, w) == 0;
    }
    for (uint32_t i = 0; i < crew->size; i++) {
        worker *w = &crew->workers[i];
        if (w->has_thread) {
            pthread_join(w->thread, NULL);
        } else {
            run_worker(w);
        }
    }
    if (crew->op->profile != NULL) {
        crew->op->profile->ns -= spoor_profile_clock() - start; /* this one waited */
    }
    for (uint32_t i = 0; i < crew->size; i++) {
        report(crew, &crew->workers[i]);
        if (crew->op->profile != NULL) {
            crew->op->profile->ns += crew->workers[i].ns; /* what is below was merged already */
        }
        if (crew->workers[i].op != NULL) {
            spoor_op_set_door(crew->workers[i].op, crew->op->arena->on_oom);
        }
    }
    if (ran_out != NULL) {
        *ran_out = crew->ran_out && crew->op->run->status == SPOOR_RUN_OK;
    }
    return !atomic_load(&crew->has_failed);
}

uint32_t spoor_crew_size(const spoor_crew *crew) {
    return crew->size;
}

spoor_op *spoor_crew_op(const spoor_crew *crew, uint32_t i) {
    return crew->workers[i].op;
}

void spoor_crew_close(spoor_crew *crew) {
    for (uint32_t i = 0; crew != NULL && i < crew->size; i++) {
        while (crew->workers[i].run.ops != NULL) {
            spoor_op_close(crew->workers[i].run.ops);
        }
        spoor_arena_reset(&crew->workers[i].run.arena);
    }
}
