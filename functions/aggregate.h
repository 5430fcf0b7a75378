/* aggregate.h - the aggregate functions of summarize, make-series, top-nested.
 *
 * To add one, write its code in agg_<family>.c and add one row at the foot.
 * A state is `state_bytes` of zeroed memory per group; what it points to lives
 * in call->arena.  Updates come in row order, merges in morsel order, so the
 * answer is the same for any number of threads.  Null arguments are skipped by
 * the caller unless the row says sees_nulls. */
#ifndef SPOOR_FUNCTIONS_AGGREGATE_H
#define SPOOR_FUNCTIONS_AGGREGATE_H

#include "functions/function.h"

typedef struct spoor_aggregate {
    const char *name;
    spoor_types args[SPOOR_FUNCTION_ARGS]; /* past the last: as the last one */
    uint8_t min_args, max_args;
    spoor_type result;
    spoor_result_rule rule;
    bool sees_nulls;
    bool is_hidden;   /* legacy spelling */
    bool counts_rows; /* its state is an int64_t, one more for each row, whatever the arguments */
    bool ignores_repeats; /* a value that a group has had before changes nothing (further arguments
                             being constant) */
    bool is_inexact;      /* merged, it may differ in the last digit from what it is in one go */
    /* One output a further argument (arg_max, take_any, percentiles): outputs have the types of
     * those arguments.  false: one output. */
    bool many_outputs;
    uint32_t first_output_arg; /* many_outputs: outputs are arguments from here on */
    const char *column_name; /* default name of the output: "count_", or "sum_" + argument name when
                                  it ends in '_' and has an argument */
    size_t state_bytes;
    /* states[i] is the state of row i's group.  args are FLAT, dense, `rows` long. */
    void (*update)(spoor_call *call, void *const *states, uint32_t rows, const spoor_vec *args);
    /* Not NULL: all outputs are what the arguments are in one row, which the first argument settles, so
     * others may be left out, or told later.  Into chosen, of each state the row that it would take; returns
     * how many do.  update() does not mind the other rows. */
    uint32_t (*choose)(void *const *states, uint32_t rows, const spoor_vec *first,
                       uint32_t *chosen);
    bool picks_first; /* it is the first row, whatever the first argument */
    /* As update, where spoor_value_hash() of the first argument is all it wants, and known; NULL: no. */
    void (*update_hashes)(spoor_call *call, void *const *states, uint32_t rows,
                          const uint64_t *hashes);
    /* What it makes is in call->arena, which need not be the one that `into` came from: several threads may
     * merge, other groups each. */
    void (*merge)(spoor_call *call, void *into, const void *from);
    /* Write the result(s) to row `row` of out[0..]. */
    void (*final)(spoor_call *call, const void *state, spoor_vec *out, uint32_t row);
    const char *(*prepare)(spoor_call *call); /* as spoor_function.prepare; may be NULL */
    const char *summary;
    const char *example; /* a query over `T`, which is SPOOR_EXAMPLE_TABLE ... */
    const char *value;   /* ... and what its first row prints, a comma between columns */
} spoor_aggregate;

#define SPOOR_EXAMPLE_TABLE                                                                        \
    "datatable(k: string, x: long, y: real, n: long, b: dynamic) ['a', 1, 0.5, 1, "                \
    "dynamic({\"p\": 1}), "                                                                        \
    "'a', 3, 2.5, 2, dynamic({\"q\": \"r\"}), 'b', 2, 1.5, 1, dynamic({\"p\": 2}), 'b', 6, 4, 4, " \
    "dynamic(null)]"

typedef struct spoor_aggregate_resolution {
    const spoor_aggregate *aggregate; /* NULL: see near */
    spoor_type result;
    const spoor_aggregate *near;
} spoor_aggregate_resolution;

spoor_aggregate_resolution spoor_aggregate_resolve(spoor_str name, const spoor_type *types,
                                                   uint32_t nargs, spoor_type *targets);
const spoor_aggregate *spoor_aggregate_named(spoor_str name);
const spoor_aggregate *spoor_aggregate_row(size_t i);

#define SPOOR_AGGREGATES(table) extern const spoor_aggregate table[];
#include "functions/aggregates.def"
#undef SPOOR_AGGREGATES

#endif
