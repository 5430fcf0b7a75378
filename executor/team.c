/* team.c - see team.h. */
#include "executor/team.h"

#include "base/limits.h"
#include "executor/op.h"
#include "executor/profile.h"

enum { MOST_THREADS = 256, DICT_ID_BITS = 48 };

uint32_t spoor_team_size(const spoor_run *run, uint64_t rows) {
    uint64_t most = rows / SPOOR_THREAD_ROWS + 1;
    most = most < run->threads ? most : run->threads;
    return most > MOST_THREADS ? MOST_THREADS : most == 0 ? 1 : (uint32_t)most;
}

static void prepare(spoor_team *team, uint32_t number) {
    spoor_team_member *m = &team->members[number];
    const spoor_run *run = team->run;
    m->team = team;
    m->number = number;
    m->run = (spoor_run){.memory = run->memory,
                         .query = run->query,
                         .snapshot = run->snapshot,
                         .now = run->now,
                         .cancel = run->cancel,
                         .deadline = run->deadline,
                         .temp_dir = run->temp_dir,
                         .profiling = run->profiling,
                         .subplan_values = run->subplan_values,
                         .subplan_done = run->subplan_done,
                         .subplan_stamps = run->subplan_stamps,
                         .feeds = run->feeds,
                         .has_stopped = &team->has_failed,
                         .lent = team->lent,
                         .sharers = team->size,
                         .share = number,
                         .ndicts = (uint64_t)(number + 1) << DICT_ID_BITS,
                         .arena = {.memory = run->memory}};
}

void spoor_team_open(spoor_team *team, spoor_arena *arena) {
    team->members = SPOOR_NEW_ARRAY(arena, spoor_team_member, team->size);
    for (uint32_t i = 0; i < team->size; i++) {
        prepare(team, i);
    }
}

/* The member's door: nothing but the member outlives a jump. */
static void *work(void *context) {
    spoor_team_member *m = context;
    m->ns = -spoor_profile_clock();
    jmp_buf door;
    m->run.arena.on_oom = &door;
    if (setjmp(door) == 0) {
        m->team->work(m, &door);
    } else {
        spoor_op_out_of_memory(&m->run);
    }
    m->run.arena.on_oom = NULL;
    m->ns += spoor_profile_clock();
    if (m->run.status != SPOOR_RUN_OK) {
        atomic_store(&m->team->has_failed, true);
    }
    return NULL;
}

/* The first failure that is no consequence of another's is the one that is told. */
static void report(spoor_team *team, const spoor_run *run) {
    bool is_out = run->status == SPOOR_RUN_MEMORY;
    team->ran_out |= is_out;
    if (run->status != SPOOR_RUN_OK && run->status != SPOOR_RUN_STOPPED &&
        !(is_out && team->may_run_out)) {
        spoor_run_fail(team->run, run->status, run->span, "%s", run->message);
    }
}

bool spoor_team_run(spoor_team *team) {
    for (uint32_t i = 1; i < team->size; i++) {
        spoor_team_member *m = &team->members[i];
        m->has_thread = pthread_create(&m->thread, NULL, work, m) == 0;
    }
    work(&team->members[0]);
    for (uint32_t i = 1; i < team->size; i++) {
        spoor_team_member *m = &team->members[i];
        if (m->has_thread) {
            pthread_join(m->thread, NULL);
        } else {
            work(m);
        }
    }
    for (uint32_t i = 0; i < team->size; i++) {
        report(team, &team->members[i].run);
    }
    return !atomic_load(&team->has_failed);
}

void spoor_team_close(spoor_team *team) {
    for (uint32_t i = 0; team->members != NULL && i < team->size; i++) {
        spoor_run *run = &team->members[i].run;
        while (run->ops != NULL) {
            spoor_op_close(run->ops);
        }
        spoor_arena_reset(&run->arena);
    }
}
