/* sweep.h - which rows of which segments the filters of many scans leave: one pass for all of them.
 *
 * Of each segment, in turn: what metadata says of the filters (most end there);
 * the questions of those that are left, asked once of the distinct values of
 * their columns (sweep_ask.c), as long as somebody waits for the answer (sweep_stage.c); then
 * each filter, from its rarest part on (sweep_rows.c).  A segment that cannot be asked so (several columns vary in one
 * text, or it is made from whole records) is picked with the rows that the rest
 * of the filter leaves, and is not exact: the scan asks its own predicates. */
#ifndef SPOOR_PASS_SWEEP_H
#define SPOOR_PASS_SWEEP_H

#include "executor/run.h"
#include "pass/filter.h"

enum { SPOOR_MOST_PICK_BYTES = 256 << 20 }; /* in the arena; beyond, segments are picked whole */

typedef struct spoor_leaf_count { /* of one question */
    uint64_t asked;               /* rows of the segments where it was */
    uint64_t rows;                /* of them, those it holds for or may hold for */
} spoor_leaf_count;

typedef struct spoor_sweep_counts { /* what it took: for `rules explain` */
    uint64_t segments, filters; /* filters that metadata alone did not settle, over all segments */
    uint64_t questions;         /* asked, over all segments */
    uint64_t values, value_bytes; /* distinct texts that were searched */
    spoor_leaf_count *leaves;     /* by question, made by the caller; NULL: nobody asks */
} spoor_sweep_counts;

/* The picks of each filter, in the arena; *counts is added to.  known: by segment, a bit a filter that need not be asked of
 * it, and is not picked (NULL: none; kept.h).  The run has a snapshot and is fit to execute plans: begun, not yet
 * ended.  false: failed, why is in the run. */
bool spoor_sweep(spoor_run *run, const spoor_pass_set *set, spoor_pass_node *const *filters,
                 uint32_t nfilters, const uint64_t *const *known, spoor_arena *arena,
                 spoor_picks *picks, spoor_sweep_counts *counts);

#endif
