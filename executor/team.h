/* team.h - one piece of work done by several threads, each in a run of its own.
 *
 * A member shares with the run that it works for what is read-only (plan, subplan values), what counts with
 * atomics (the memory account), and what locks (the snapshot).  Its arenas, its door and its
 * profile are its own.  It ends on its own failure, on Ctrl-C and the deadline like any run, and on the
 * failure of another. */
#ifndef SPOOR_EXECUTOR_TEAM_H
#define SPOOR_EXECUTOR_TEAM_H

#include <pthread.h>

#include "executor/run.h"

typedef struct spoor_team spoor_team;

typedef struct spoor_team_member {
    spoor_run run;
    spoor_team *team;
    uint32_t number;
    int64_t ns; /* that its thread took, in all */
    pthread_t thread;
    bool has_thread;
} spoor_team_member;

/* The work of a member, in its thread: arenas jump to the door.  What fails is in its run. */
typedef void spoor_team_work(spoor_team_member *member, jmp_buf *door);

struct spoor_team {
    spoor_run *run; /* that they work for */
    spoor_team_member *members;
    uint32_t size; /* not 0 */
    spoor_team_work *work;
    void *context; /* of the work */
    const spoor_lent *lent;
    atomic_bool has_failed;
    bool
        may_run_out; /* who asked has another way when a member has no memory, which is no failure of the run then */
    bool ran_out; /* one had none */
};

/* How many members so many rows are worth; not 0. */
uint32_t spoor_team_size(const spoor_run *run, uint64_t rows);
/* The members, in the arena, which outlives them; size and lent are set. */
void spoor_team_open(spoor_team *team, spoor_arena *arena);
/* All members work (again: with what they have open), number 0 in the thread of the caller; a thread that cannot be started is done without.
 * Returns when all have ended, their operators still open.  false: one failed; why is in team->run, unless
 * it ran out and may. */
bool spoor_team_run(spoor_team *team);
/* Close what the members opened, and their arenas. */
void spoor_team_close(spoor_team *team);

#endif
