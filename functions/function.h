/* function.h - the scalar functions and operators: what they take, do and mean.
 *
 * To add one, write its eval in the file of its family and add one row to the
 * table at the foot of that file.  The row is all the engine knows: binding,
 * execution, `spoor functions`, docs/functions.md and the test of the example
 * read it.  Operators are rows too, named as written ("==", "contains").
 *
 * Rules for an eval: it is pure; it fills every row of *out (a FLAT vector,
 * zeroed, with nulls); it sees FLAT vectors of the types the row names (the
 * binder has converted, the wrapper in executor/eval.c has unfolded constants
 * and dictionaries); a null argument has already made a null result and may be
 * skipped or computed on (its slot is zero), unless the row says sees_nulls;
 * a constant behind the first argument has no slots when the row says
 * reads_constants and prepare() left a state: 1,000 literals are not unfolded;
 * bad data gives null, never an error.  New bytes go to call->scratch. */
#ifndef SPOOR_FUNCTIONS_FUNCTION_H
#define SPOOR_FUNCTIONS_FUNCTION_H

#include "base/arena.h"
#include "functions/reference.h"
#include "types/vec.h"

struct spoor_function;

/* One call in a running expression. */
typedef struct spoor_call {
    const struct spoor_function *function;
    uint32_t nargs;
    const spoor_type *types;             /* of the arguments, as eval gets them */
    const spoor_value *const *constants; /* one an argument: its value, or NULL when it varies */
    spoor_type result;
    spoor_arena *arena;          /* until the run ends */
    spoor_arena *scratch;        /* until the next batch */
    int64_t now;                 /* is_of_run: fixed when the query started; datetime ticks */
    spoor_reference reference;   /* the same */
    const volatile bool *cancel; /* long evals look at it; NULL: never */
    void *state;                 /* what prepare() left */
} spoor_call;

/* A dynamic result; an empty slice is null. */
static inline void spoor_put_dynamic(spoor_vec *out, uint32_t row, spoor_str value) {
    out->strings[row] = value;
    out->nulls[row] = value.len == 0;
}

/* How the result type follows from the arguments. */
typedef enum spoor_result_rule {
    SPOOR_RESULT_FIXED,  /* .result */
    SPOOR_RESULT_FIRST,  /* type of the first argument */
    SPOOR_RESULT_COMMON, /* the type that the `common` arguments were converted to */
} spoor_result_rule;

enum { SPOOR_FUNCTION_ARGS = 8, SPOOR_VARIADIC = 255 };

typedef struct spoor_function {
    const char *name;
    spoor_types args[SPOOR_FUNCTION_ARGS]; /* what each may be; past the last: as the last one */
    uint8_t min_args, max_args;            /* max_args SPOOR_VARIADIC: any number */
    spoor_type result;
    spoor_result_rule rule;
    uint32_t common;  /* bit i: argument i is converted to one type with the others so marked;
                            bit 31: all further ones too */
    bool sees_nulls;  /* eval is called with nulls in place and writes out->nulls itself */
    bool is_volatile; /* rand(), new_guid(): never folded or shared */
    bool is_of_run;   /* its value is the run's, too: only then call->now and ->reference are set */
    bool is_hidden;   /* internal or legacy spelling: works, not listed */
    bool reads_constants; /* takes constants behind the first argument from the call: see above */
    bool constant_args;   /* every argument after the first must be constant (regex, format) */
    void (*eval)(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out);
    /* The same of whole numbers for who wants a value for each of the runs of rows that have the same: `out` has
     * as many slots as there are runs.  The first argument is FLAT, without null, the others are constant.  NULL:
     * it does not tell.  May be NULL. */
    const spoor_runs *(*eval_runs)(spoor_call *call, uint32_t rows, const spoor_vec *first,
                                   spoor_vec *out);
    /* Once, when the expression is opened, with constants known; may be NULL.  A constant that is
     * wrong (a bad regex) is reported here: return the message (static or in call->arena). */
    const char *(*prepare)(spoor_call *call);
    const char *summary; /* one sentence */
    const char *example; /* an expression ... */
    const char *value;   /* ... and what it prints (spoor_value_to_text) */
} spoor_function;

/* What resolving a name against argument types found. */
typedef struct spoor_resolution {
    const spoor_function *function; /* NULL: see `near` */
    spoor_type result;
    const spoor_function *near; /* name is known, the arguments do not fit: a row of that name */
} spoor_resolution;

/* Choose the row for these argument types, and say in `targets` what each must be converted to
 * (equal to the given type: nothing to do); it has room for twice as many.  Exact fits win over
 * int -> long -> real -> decimal widening, that over `dynamic` to a scalar. */
spoor_resolution spoor_function_resolve(spoor_str name, const spoor_type *types, uint32_t nargs,
                                        spoor_type *targets);
/* Any row of this name, or NULL. */
const spoor_function *spoor_function_named(spoor_str name);
/* The i-th row over all families, or NULL past the last. */
const spoor_function *spoor_function_row(size_t i);

/* Families: functions/families.def lists the tables; each ends with a row whose name is NULL. */
#define SPOOR_FAMILY(table) extern const spoor_function table[];
#include "functions/families.def"
#undef SPOOR_FAMILY

#endif
