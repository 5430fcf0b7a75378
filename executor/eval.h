/* eval.h - the inside of a running expression, for eval.c and eval_dict.c; and what operators may
 * ask of one beyond op.h. */
#ifndef SPOOR_EXECUTOR_EVAL_H
#define SPOOR_EXECUTOR_EVAL_H

#include "executor/op.h"

typedef enum spoor_eval_kind {
    SPOOR_EVAL_COLUMN,
    SPOOR_EVAL_CONSTANT, /* also a subplan, and a call of constants */
    SPOOR_EVAL_CALL,
    SPOOR_EVAL_LOGIC, /* `and`, `or`: not called, see run_logic() */
} spoor_eval_kind;

enum { SPOOR_EVAL_NO_COLUMN = -1, SPOOR_EVAL_MANY_COLUMNS = -2 };

struct spoor_eval {
    spoor_eval_kind kind;
    spoor_type type;
    spoor_span span;
    spoor_op *op;
    int column;       /* the only one that it reads, or one of the above */
    bool is_volatile; /* or something in it is */
    spoor_value value;       /* CONSTANT */
    spoor_vec unfolded;      /* CONSTANT: `unfolded_rows` slots of it */
    uint32_t unfolded_rows;
    const spoor_function *function;
    spoor_call call;
    spoor_eval **args;
    uint32_t nargs;
    struct spoor_memo *memo; /* on the largest parts that read one column; else NULL */
};

/* Which rows are asked for, and where from. */
typedef struct spoor_frame {
    const spoor_batch *batch;
    const uint32_t *sel;   /* rows of the batch, `count` of them; NULL: the first `count` */
    uint32_t count;
    const spoor_vec *only; /* when set: the one column that is read, `count` slots, FLAT */
    spoor_arena *scratch;
} spoor_frame;

/* One slot for each row of the frame.  A DICT result's values need not be distinct. */
spoor_vec spoor_eval_frame(spoor_eval *eval, const spoor_frame *frame);

void spoor_eval_memo_open(spoor_eval *eval);
/* false: not for this column, or too few rows so far. */
bool spoor_eval_memo_run(spoor_eval *eval, const spoor_frame *frame, spoor_vec *out);

/* Its value when that is known, else NULL. */
const spoor_value *spoor_eval_constant(const spoor_eval *eval);
/* FLAT, slot i for the i-th selected row. */
spoor_vec spoor_eval_dense(spoor_eval *eval, const spoor_batch *batch, spoor_arena *scratch);

/* codes[list[i]] */
uint32_t *spoor_gather_codes(spoor_arena *scratch, const uint32_t *codes, const uint32_t *list,
                             uint32_t count);

#endif
