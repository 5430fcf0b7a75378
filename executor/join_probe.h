/* join_probe.h - rows of the left side past the right side of a join: which rows go out together.
 *
 * Order, the same whatever the batches: left rows as they come, each with its
 * right rows as they came; then, for rightouter and fullouter, the right rows
 * that nothing matched.  rightsemi and rightanti give right rows as they came.
 * innerunique pairs of the left side the first row of each key.  Nulls match
 * nulls, as the engine has it (tests/golden/operators/join.test). */
#ifndef SPOOR_EXECUTOR_JOIN_PROBE_H
#define SPOOR_EXECUTOR_JOIN_PROBE_H

#include "executor/join_build.h"
#include "planner/plan.h"

/* Rows on their way out: a batch at most. */
typedef struct spoor_join_pairs {
    uint32_t *left;  /* rows of the left batch; NULL: none, all are null */
    uint32_t *right; /* rows of the right side, or SPOOR_ROWS_NONE */
    uint32_t count;
} spoor_join_pairs;

typedef struct spoor_join_probe {
    spoor_join_kind kind;
    const spoor_join_build *build;
    spoor_groups view;   /* of its groups, to look up in */
    uint8_t *is_matched; /* by group; innerunique: the left row of this key has been */
    bool is_partial; /* there are more right rows elsewhere: no left row is known to go out alone */

    /* The left batch */
    const uint32_t *sel;
    uint32_t count;
    uint32_t *groups;          /* of its selected rows */
    uint32_t at;               /* the row of them at hand */
    uint32_t match, match_end; /* in the list: its right rows still to come; equal: not begun */
    uint32_t rest_at;          /* right rows looked at, once the left side has ended */
} spoor_join_probe;

/* Does the kind ask which right rows a key has, or only whether there are any? */
bool spoor_join_needs_rows(spoor_join_kind kind);
/* Does a left row go out alone, when it has a match or when it has none? */
bool spoor_join_gives_itself(spoor_join_kind kind, bool has_match);

void spoor_join_probe_init(spoor_join_probe *probe, spoor_join_kind kind,
                           const spoor_join_build *build, spoor_arena *arena);
/* The next left batch, by its keys; they and what is made for it in scratch must last until it is used up. */
void spoor_join_probe_batch(spoor_join_probe *probe, const spoor_vec *keys, const uint32_t *sel,
                            uint32_t count, spoor_arena *scratch);
/* Add pairs of the batch until it, or the room, is used up. */
void spoor_join_probe_left(spoor_join_probe *probe, spoor_join_pairs *out);
/* Has the i-th selected row of the batch a right row? */
bool spoor_join_probe_has_match(const spoor_join_probe *probe, uint32_t i);
/* Add right rows that go out once the left side has ended. */
void spoor_join_probe_rest(spoor_join_probe *probe, spoor_join_pairs *out);

#endif
