/* eval.h - the inside of a running expression, for eval.c and eval_*.c; and what
 * operators may ask of one beyond op.h. */
#ifndef SPOOR_EXECUTOR_EVAL_H
#define SPOOR_EXECUTOR_EVAL_H

#include "executor/op.h"

typedef enum spoor_eval_kind {
    SPOOR_EVAL_COLUMN,
    SPOOR_EVAL_CONSTANT, /* also a subplan, and a call of constants */
    SPOOR_EVAL_CALL,
    SPOOR_EVAL_LOGIC, /* `and`, `or`: not called, see run_logic() */
} spoor_eval_kind;

/* How a call is an argument of its own, when some of the others are constant: eval_choice.c. */
typedef enum spoor_eval_choice {
    SPOOR_EVAL_NO_CHOICE,
    SPOOR_EVAL_COALESCE,
    SPOOR_EVAL_CASE, /* iff too */
} spoor_eval_choice;

enum { SPOOR_EVAL_COLUMNS = 8, SPOOR_EVAL_MANY_COLUMNS = SPOOR_EVAL_COLUMNS + 1 };

struct spoor_eval {
    spoor_eval_kind kind;
    spoor_type type;
    spoor_span span;
    spoor_op *op;
    uint32_t ncolumns; /* that it reads; MANY_COLUMNS: they are not listed */
    uint32_t columns[SPOOR_EVAL_COLUMNS];
    spoor_eval_choice choice;
    bool is_volatile;   /* or something in it is */
    spoor_value value;  /* CONSTANT */
    spoor_vec unfolded; /* CONSTANT: `unfolded_rows` slots of it */
    uint32_t unfolded_rows;
    const spoor_function *function;
    spoor_call call;
    spoor_eval **args;
    uint32_t nargs;
    struct spoor_any *any;   /* of an `or`: searches to be made together; NULL: there are none */
    struct spoor_memo *memo; /* on parts that may be computed once a distinct value; else NULL */
};

/* Which rows are asked for, and where from. */
typedef struct spoor_frame {
    const spoor_batch *batch;
    const uint32_t *sel; /* rows of the batch, `count` of them; NULL: the first `count` */
    uint32_t count;
    /* By entry: rows are entries of a dictionary, FLAT in `only`, in place of the column `varying`;
     * all other columns are constant in the batch.  `only` NULL: all are. */
    bool by_entry;
    uint32_t varying;
    const spoor_vec *only;
    spoor_arena *scratch;
} spoor_frame;

/* One slot for each row of the frame.  A DICT result's values need not be distinct. */
spoor_vec spoor_eval_frame(spoor_eval *eval, const spoor_frame *frame);

/* All rows of the batch, as runs of one value: *values has a slot a run.  NULL: it is to be computed row by row. */
const spoor_runs *spoor_eval_runs(spoor_eval *eval, const spoor_batch *batch, spoor_arena *scratch,
                                  spoor_vec *values);

void spoor_eval_memo_open(spoor_eval *eval);
/* false: not for this column, or too few rows so far. */
bool spoor_eval_memo_run(spoor_eval *eval, const spoor_frame *frame, spoor_vec *out);

/* Without computing anything: the one argument that it comes to, for the columns of this frame.
 * false: it is to be computed. */
bool spoor_eval_choose(spoor_eval *eval, const spoor_frame *frame, spoor_vec *out);
/* Of an `or` whose arguments are open. */
void spoor_eval_any_open(spoor_eval *eval);
/* What those arguments say together that search the frame's texts: which they are, a byte an argument;
 * NULL: each is to be computed by itself. */
const uint8_t *spoor_eval_any_run(const spoor_eval *eval, const spoor_frame *frame, spoor_vec *out);
/* The texts of a column when the frame asks for some that stand back to back; else NULL. */
const spoor_vec *spoor_eval_packed(const spoor_frame *frame, uint32_t column);
/* The rows of a column that the frame asks for.  Codes move, not what they stand for. */
spoor_vec spoor_eval_column(const spoor_frame *frame, uint32_t column);
bool spoor_eval_is_constant_column(const spoor_frame *frame, uint32_t column);

/* Its value when that is known, else NULL. */
const spoor_value *spoor_eval_constant(const spoor_eval *eval);
/* FLAT, slot i for the i-th selected row. */
spoor_vec spoor_eval_dense(spoor_eval *eval, const spoor_batch *batch, spoor_arena *scratch);
/* The same, left as codes of a dictionary where it is. */
spoor_vec spoor_eval_coded(spoor_eval *eval, const spoor_batch *batch, spoor_arena *scratch);

/* codes[list[i]] */
uint32_t *spoor_gather_codes(spoor_arena *scratch, const uint32_t *codes, const uint32_t *list,
                             uint32_t count);

#endif
