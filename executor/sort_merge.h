/* sort_merge.h - sorted runs in a spill, as one sorted stream: what a sort larger than memory gives.
 *
 * Rows with equal keys come in the order of their runs. */
#ifndef SPOOR_EXECUTOR_SORT_MERGE_H
#define SPOOR_EXECUTOR_SORT_MERGE_H

#include "executor/spill.h"

typedef struct spoor_sort_merge spoor_sort_merge;

typedef struct spoor_sorted_run {
    uint64_t from, to; /* in the spill */
} spoor_sorted_run;

/* Runs of batches with these column types; key k is column key_columns[k]; the first nshown columns
 * are put out.  NULL: failed, why is in the run. */
spoor_sort_merge *spoor_sort_merge_open(spoor_op *op, spoor_spill *spill,
                                        const spoor_sorted_run *runs, uint32_t nruns,
                                        const spoor_sort_key *keys, const uint32_t *key_columns,
                                        uint32_t nkeys, const spoor_type *types, uint32_t ncols,
                                        uint32_t nshown);
spoor_op_status spoor_sort_merge_batch(spoor_sort_merge *merge, spoor_arena *scratch,
                                       spoor_batch *batch);

#endif
