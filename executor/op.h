/* op.h - the contract of a running operator.
 *
 * next() fills *batch (count > 0) and returns SPOOR_OP_BATCH, or returns
 * SPOOR_OP_END at the end of the rows, or SPOOR_OP_FAILED (why is in the run);
 * after END or FAILED it says the same every time.  A batch and all it points
 * to stay valid until the next call of this operator's next(): what must live
 * longer, copy to op->arena.
 *
 * Each operator owns two arenas: `arena` for state (until close), `scratch`
 * for the values of the batch it hands out, which it rewinds at the start of
 * its own next().  All arenas jump to the door that spoor_execute() sets.
 *
 * One operator, one file: op_<name>.c defines spoor_op_<name>_open(). */
#ifndef SPOOR_EXECUTOR_OP_H
#define SPOOR_EXECUTOR_OP_H

#include "executor/run.h"
#include "types/vec.h"

typedef enum spoor_op_status { SPOOR_OP_BATCH, SPOOR_OP_END, SPOOR_OP_FAILED } spoor_op_status;

typedef struct spoor_op {
    spoor_op_status (*next)(struct spoor_op *op, spoor_batch *batch);
    void (*close)(struct spoor_op *op); /* let go of what is not arena memory; NULL: nothing */
    const spoor_plan *plan;
    spoor_run *run;
    struct spoor_op **inputs; /* plan->ninputs */
    spoor_arena *arena;
    spoor_arena *scratch;
    void *state;                     /* the operator's own, in arena */
    struct spoor_more *more;         /* further arenas: spoor_op_arena() */
    spoor_op_status ended;           /* END or FAILED once said; BATCH before */
    struct spoor_op *before, *after; /* in run->ops */
    struct spoor_profile *profile;   /* NULL: nobody asked */
} spoor_op;

/* Open the operator and its inputs; NULL: failed, why is in the run. */
spoor_op *spoor_op_open(spoor_run *run, const spoor_plan *plan, jmp_buf *door);
spoor_op_status spoor_op_next(spoor_op *op, spoor_batch *batch);
void spoor_op_close(spoor_op *op); /* and its inputs; frees their arenas */

/* false: a record that was asked for could not be read (now in the run); to be asked where records
 * are fetched behind the last spoor_op_next(). */
bool spoor_op_is_sound(const spoor_op *op);

/* One more arena of the operator, for what must go before the rest does; freed when it closes. */
spoor_arena *spoor_op_arena(spoor_op *op);
/* From now on what does not fit jumps there: for an operator that another thread opened and used. */
void spoor_op_set_door(spoor_op *op, jmp_buf *door);
/* "'sort' ran out of memory", or why else arenas gave no more: called by who catches the jump. */
void spoor_op_out_of_memory(spoor_run *run);

#define SPOOR_PLAN_KIND(kind, text, empty, of_row, open) bool open(spoor_op *op);
#include "planner/plan_kinds.def"
#undef SPOOR_PLAN_KIND

/* -- expressions: eval.c ----------------------------------------------------------------------- */

/* An expression opened for one operator: call states, constants unfolded once. */
typedef struct spoor_eval spoor_eval;
/* NULL: failed (a constant argument was wrong: a bad regex), why is in the run. */
spoor_eval *spoor_eval_open(spoor_op *op, const spoor_bound *expr);
/* Values for the selected rows (others: anything safe).  May return the input's own vector. */
spoor_vec spoor_eval_run(spoor_eval *eval, const spoor_batch *batch, spoor_arena *scratch);
/* Rows of the batch whose (bool) value is true, as a selection in scratch; returns how many. */
uint32_t spoor_eval_filter(spoor_eval *eval, const spoor_batch *batch, spoor_arena *scratch,
                           const uint32_t **sel);
/* An expression without columns, now.  false: failed. */
bool spoor_eval_scalar(spoor_op *op, const spoor_bound *expr, spoor_value *value);

/* -- whole runs: execute.c --------------------------------------------------------------------- */

/* Run one result of the query.  `batch` is called for each batch, in order; it returns false to
 * stop early (enough rows).  Returns the run's status. */
spoor_run_status spoor_execute(spoor_run *run, const spoor_plan *plan,
                               bool (*batch)(void *context, const spoor_batch *batch),
                               void *context);
/* Before the first and after the last spoor_execute() of a run. */
void spoor_run_begin(spoor_run *run);
void spoor_run_end(spoor_run *run);

#endif
