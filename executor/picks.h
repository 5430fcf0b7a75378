/* picks.h - rows of a scan that were chosen before it runs: for many plans at once, by pass/.
 *
 * A scan that is given picks reads their segments alone, in order.  What is not
 * picked is known to fail the scan's predicates; what is picked may fail them
 * too, unless the pick is exact.  Picks outlive the run. */
#ifndef SPOOR_EXECUTOR_PICKS_H
#define SPOOR_EXECUTOR_PICKS_H

#include "planner/plan.h"

typedef enum spoor_pick_kind {
    SPOOR_PICK_ALL,  /* every row */
    SPOOR_PICK_ROWS, /* `rows`, ascending */
    SPOOR_PICK_BITS, /* a bit a row */
} spoor_pick_kind;

typedef struct spoor_pick {
    uint32_t segment; /* number in the snapshot */
    uint32_t count;   /* of rows, at least one */
    spoor_pick_kind kind;
    bool is_exact; /* the scan's predicates hold for just these rows; else they are still asked */
    union {
        const uint32_t *rows;
        const uint64_t *bits;
    };
} spoor_pick;

typedef struct spoor_picks {
    const spoor_plan *scan;  /* whose */
    const spoor_pick *items; /* by segment */
    uint32_t count;
    uint64_t rows; /* of all */
} spoor_picks;

#endif
