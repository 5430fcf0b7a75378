/* join_spill.h - a join whose right side does not fit the memory: both sides go to a temporary file, in
 * parts by the hash of their keys, and the parts are joined one by one.
 *
 * Every row keeps its place among its side's rows, and what is joined is merged
 * by it: the rows are those of a join in memory, in the same order.  A part
 * that does not fit either (all its rows may have one key) is joined piece by
 * piece, its left rows past each piece of its right rows. */
#ifndef SPOOR_EXECUTOR_JOIN_SPILL_H
#define SPOOR_EXECUTOR_JOIN_SPILL_H

#include "executor/join_probe.h"
#include "executor/op.h"

/* A side: what is kept of its rows.  Vectors of a batch are its keys, then its columns. */
typedef struct spoor_join_side {
    const spoor_type *types; /* of the keys, then of the columns */
    uint32_t ncols;          /* without the keys */
} spoor_join_side;

typedef struct spoor_join_output {
    bool from_right;
    uint32_t column; /* of the side, without the keys */
} spoor_join_output;

typedef struct spoor_join_shape {
    spoor_join_kind kind;
    uint32_t nkeys, noutputs;
    spoor_join_side left, right;
    const spoor_join_output *outputs; /* by column of the plan's schema */
} spoor_join_shape;

typedef struct spoor_join_spill spoor_join_spill;

/* Do the right rows have their share of the memory? */
bool spoor_join_is_large(const spoor_run *run, const spoor_join_build *build);
/* NULL: failed, why is in the run. */
spoor_join_spill *spoor_join_spill_open(spoor_op *op, const spoor_join_shape *shape);
/* Take over the right rows that have been built; the build's arena may be emptied then. */
bool spoor_join_spill_move(spoor_join_spill *spill, const spoor_join_build *build,
                           spoor_arena *scratch);
/* Rows of a side, all of the right one first.  vecs: of any form.  false: failed, why is in the run. */
bool spoor_join_spill_add(spoor_join_spill *spill, bool is_right, const spoor_vec *vecs,
                          const uint32_t *sel, uint32_t count, spoor_arena *scratch);
/* No more rows: join the parts, in the arena given. */
bool spoor_join_spill_finish(spoor_join_spill *spill, spoor_arena *arena);
spoor_op_status spoor_join_spill_batch(spoor_join_spill *spill, spoor_arena *scratch,
                                       spoor_batch *batch);
void spoor_join_spill_close(spoor_join_spill *spill); /* NULL is fine */

#endif
