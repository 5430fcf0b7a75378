/* tally_inside.h - what the files of a tally share (tally.h): its groups with their states, and rows on their way
 * into them. */
#ifndef SPOOR_EXECUTOR_TALLY_INSIDE_H
#define SPOOR_EXECUTOR_TALLY_INSIDE_H

#include "executor/aside.h"
#include "executor/entry_count.h"
#include "executor/groups.h"
#include "executor/seen.h"
#include "executor/tally.h"

enum {
    SPOOR_STATES_SHIFT = 8,
    SPOOR_STATES_BLOCK = 1 << SPOOR_STATES_SHIFT,
};

typedef struct spoor_running_aggregate {
    const spoor_plan_aggregate *plan;
    spoor_eval **args;
    spoor_call call;
    size_t offset; /* in a group's state */
    spoor_seen seen;
    bool
        keeps_places; /* of the rows that it picks: its outputs behind the first are read at the end */
    bool uses_seen; /* the only argument that varies is the first, and repeats are ignored */
} spoor_running_aggregate;

struct spoor_tally {
    spoor_op *op;
    spoor_arena *arena; /* of groups and states */
    spoor_aside aside;  /* rows of groups that did not fit */
    bool is_full;
    spoor_eval **keys;
    spoor_groups groups;
    spoor_running_aggregate *aggregates;
    uint32_t nkeys, naggregates;
    size_t state_bytes; /* of a group, all aggregates */
    char **states;      /* blocks of SPOOR_STATES_BLOCK groups */
    uint32_t nblocks, blocks_capacity;
    uint32_t ngroups;
    bool only_counts;          /* all aggregates count rows, or there are none */
    spoor_entry_count entries; /* rows that are not in the states yet */
    /* Of a share, once it is merged with others (tally_merge.c): */
    uint64_t *hashes;    /* by group: of its keys */
    uint8_t *is_dropped; /* by group: an earlier share has it */
    uint32_t *kept;      /* the groups that are put out, `nkept` of them; NULL: all are */
    uint32_t nkept;
};

static inline char *spoor_tally_state(const spoor_tally *tally, uint32_t group) {
    return tally->states[group >> SPOOR_STATES_SHIFT] +
           (group & (SPOOR_STATES_BLOCK - 1)) * tally->state_bytes;
}

/* The dense rows of a batch on their way into an aggregate. */
typedef struct spoor_arriving {
    const uint32_t *groups; /* by row */
    uint32_t count;
    spoor_vec *args;
} spoor_arriving;

void spoor_arriving_keep(spoor_arriving *rows, uint32_t nargs, const uint32_t *kept, uint32_t count,
                         spoor_arena *scratch);
/* By row: its group's state of the aggregate. */
void **spoor_tally_states(const spoor_tally *tally, const spoor_running_aggregate *aggregate,
                          const uint32_t *groups, uint32_t count, spoor_arena *scratch);
/* Of an aggregate that gains nothing from a value that a group has had: only rows whose pair of group and value is
 * new are left.  true: they are in the states as well. */
bool spoor_tally_add_once(spoor_tally *tally, spoor_running_aggregate *aggregate,
                          spoor_arriving *rows, const spoor_runs *runs, spoor_arena *scratch);

#endif
