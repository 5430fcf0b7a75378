/* test_executor.c - what a query cannot show of the executor: endings other than the end of the
 * rows, and that selections, dictionaries and batches of any size give one answer.
 *
 * Plans are made by hand over VALUES and RANGE, with function rows of the
 * test's own. */
#include "executor/op.h"

#include <stdio.h>

#include "base/time.h"
#include "tests/unit/unit.h"

/* -- function rows ----------------------------------------------------------------------------------- */

static uint32_t evaluated; /* rows that an eval below was asked for */

static void add_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    evaluated += rows;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = args[0].longs[i] + args[1].longs[i];
    }
}

static void less_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    evaluated += rows;
    for (uint32_t i = 0; i < rows; i++) {
        out->bools[i] = args[0].longs[i] < args[1].longs[i];
    }
}

static void modulo_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        out->nulls[i] |= args[1].longs[i] == 0;
        out->longs[i] = args[1].longs[i] == 0 ? 0 : args[0].longs[i] % args[1].longs[i];
    }
}

static const char *refuse(spoor_call *call) {
    (void)call;
    return "the pattern is no pattern";
}

static const spoor_function add_row = {.name = "add", .min_args = 2, .max_args = 2,
                                       .result = SPOOR_LONG, .eval = add_eval};
static const spoor_function less_row = {.name = "less", .min_args = 2, .max_args = 2,
                                        .result = SPOOR_BOOL, .eval = less_eval};
static const spoor_function modulo_row = {.name = "modulo", .min_args = 2, .max_args = 2,
                                          .result = SPOOR_LONG, .eval = modulo_eval};
static const spoor_function refused_row = {.name = "refused", .min_args = 2, .max_args = 2,
                                           .result = SPOOR_LONG, .eval = add_eval,
                                           .prepare = refuse};
static const spoor_function and_row = {.name = "and", .min_args = 2, .max_args = SPOOR_VARIADIC,
                                       .result = SPOOR_BOOL, .sees_nulls = true};

static void sum_update(spoor_call *call, void *const *states, uint32_t rows,
                       const spoor_vec *args) {
    (void)call;
    for (uint32_t i = 0; i < rows; i++) {
        *(int64_t *)states[i] += args[0].longs[i];
    }
}

static void sum_final(spoor_call *call, const void *state, spoor_vec *out, uint32_t row) {
    (void)call;
    out[0].longs[row] = *(const int64_t *)state;
}

static const spoor_aggregate sum_row = {.name = "sum", .min_args = 1, .max_args = 1,
                                        .result = SPOOR_LONG, .state_bytes = sizeof(int64_t),
                                        .update = sum_update, .final = sum_final};

/* -- plans ------------------------------------------------------------------------------------------- */

static spoor_bound *column(int i, spoor_type type) {
    spoor_bound *bound = SPOOR_NEW(unit_arena(), spoor_bound);
    *bound = (spoor_bound){.kind = SPOOR_BOUND_COLUMN, .type = type, .column = i};
    return bound;
}

static spoor_bound *number(int64_t value) {
    spoor_bound *bound = SPOOR_NEW(unit_arena(), spoor_bound);
    *bound = (spoor_bound){.kind = SPOOR_BOUND_CONSTANT, .type = SPOOR_LONG,
                           .value = {.type = SPOOR_LONG, .integer = value}};
    return bound;
}

static spoor_bound *call(const spoor_function *function, spoor_bound *a, spoor_bound *b) {
    spoor_bound *bound = SPOOR_NEW(unit_arena(), spoor_bound);
    *bound = (spoor_bound){.kind = SPOOR_BOUND_CALL, .type = function->result,
                           .function = function, .nargs = 2};
    bound->args = SPOOR_NEW_ARRAY(unit_arena(), spoor_bound *, 2);
    bound->args[0] = a;
    bound->args[1] = b;
    return bound;
}

static spoor_plan *plan_of(spoor_plan_kind kind, spoor_plan *input, uint32_t ncols,
                           spoor_type type) {
    spoor_plan *plan = SPOOR_NEW(unit_arena(), spoor_plan);
    plan->kind = kind;
    plan->ninputs = input != NULL;
    plan->inputs = SPOOR_NEW_ARRAY(unit_arena(), spoor_plan *, 1);
    plan->inputs[0] = input;
    plan->schema.ncols = ncols;
    plan->schema.columns = SPOOR_NEW_ARRAY(unit_arena(), spoor_column, ncols);
    for (uint32_t i = 0; i < ncols; i++) {
        plan->schema.columns[i] = (spoor_column){.name = SPOOR_STR("c"), .type = type};
    }
    return plan;
}

static spoor_plan *range(int64_t from, int64_t to) {
    spoor_plan *plan = plan_of(SPOOR_PLAN_RANGE, NULL, 1, SPOOR_LONG);
    plan->range.from = number(from);
    plan->range.to = number(to);
    plan->range.step = number(from <= to ? 1 : -1);
    return plan;
}

static spoor_plan *where(spoor_plan *input, spoor_bound *predicate) {
    spoor_plan *plan = plan_of(SPOOR_PLAN_WHERE, input, input->schema.ncols, SPOOR_LONG);
    plan->where.predicate = predicate;
    return plan;
}

static spoor_plan *project(spoor_plan *input, spoor_bound *expr) {
    spoor_plan *plan = plan_of(SPOOR_PLAN_PROJECT, input, 1, SPOOR_LONG);
    plan->project.exprs = SPOOR_NEW_ARRAY(unit_arena(), spoor_bound *, 1);
    plan->project.exprs[0] = expr;
    return plan;
}

static spoor_plan *take(spoor_plan *input, int64_t count) {
    spoor_plan *plan = plan_of(SPOOR_PLAN_TAKE, input, input->schema.ncols, SPOOR_LONG);
    plan->take.count = number(count);
    return plan;
}

static spoor_plan *sort(spoor_plan *input, spoor_bound *key, bool descending, bool nulls_last) {
    spoor_plan *plan = plan_of(SPOOR_PLAN_SORT, input, input->schema.ncols, SPOOR_LONG);
    plan->sort.keys = SPOOR_NEW(unit_arena(), spoor_sort_key);
    *plan->sort.keys = (spoor_sort_key){key, descending, nulls_last};
    plan->sort.nkeys = 1;
    return plan;
}

static spoor_plan *sum_by(spoor_plan *input, spoor_bound *value, spoor_bound *key) {
    spoor_plan *plan = plan_of(SPOOR_PLAN_SUMMARIZE, input, 2, SPOOR_LONG);
    plan->summarize.keys = SPOOR_NEW(unit_arena(), spoor_bound *);
    plan->summarize.keys[0] = key;
    plan->summarize.nkeys = 1;
    plan->summarize.aggregates = SPOOR_NEW(unit_arena(), spoor_plan_aggregate);
    plan->summarize.naggregates = 1;
    plan->summarize.aggregates[0] = (spoor_plan_aggregate){
        .aggregate = &sum_row, .args = SPOOR_NEW(unit_arena(), spoor_bound *), .nargs = 1,
        .result = SPOOR_LONG, .first_column = 1, .ncolumns = 1};
    plan->summarize.aggregates[0].args[0] = value;
    return plan;
}

/* -- runs -------------------------------------------------------------------------------------------- */

typedef struct output {
    char text[4096];
    size_t len;
    uint64_t rows;
    uint64_t stop_after;    /* rows; 0: never */
    volatile bool *cancel;  /* raised at the first batch; NULL: not */
} output;

static bool collect(void *context, const spoor_batch *batch) {
    output *out = context;
    if (out->cancel != NULL) {
        *out->cancel = true;
    }
    for (uint32_t i = 0; i < batch->count; i++) {
        for (uint32_t c = 0; c < batch->ncols && out->len < sizeof out->text - 64; c++) {
            spoor_value cell = spoor_vec_get(&batch->cols[c], spoor_batch_row(batch, i));
            const char *end = c + 1 < batch->ncols ? ":" : " ";
            int n = cell.is_null ? snprintf(out->text + out->len, 64, "-%s", end)
                                 : snprintf(out->text + out->len, 64, "%lld%s",
                                            (long long)cell.integer, end);
            out->len += (size_t)n;
        }
    }
    out->rows += batch->count;
    return out->stop_after == 0 || out->rows < out->stop_after;
}

static const spoor_plan_query no_query;
static bool never; /* the cancel flag of runs that nobody cancels */

static spoor_run_status run_with(spoor_run *run, const spoor_plan *plan, output *out) {
    spoor_memory memory = {0};
    run->query = &no_query;
    run->memory = run->memory != NULL ? run->memory : &memory;
    run->cancel = run->cancel != NULL ? run->cancel : &never;
    spoor_run_begin(run);
    spoor_run_status status = spoor_execute(run, plan, collect, out);
    CHECK(run->ops == NULL);
    spoor_run_end(run);
    CHECK_LONG((int64_t)run->memory->used, 0);
    return status;
}

static void check_rows(const spoor_plan *plan, const char *want) {
    spoor_run run = {0};
    output out = {0};
    CHECK(run_with(&run, plan, &out) == SPOOR_RUN_OK);
    CHECK_STR(((spoor_str){out.text, out.len}), want);
}

static void test_rows(void) {
    check_rows(range(1, 5), "1 2 3 4 5 ");
    check_rows(range(3, 1), "3 2 1 ");
    check_rows(range(INT64_MAX - 1, INT64_MAX), "9223372036854775806 9223372036854775807 ");
    spoor_bound *x = column(0, SPOOR_LONG);
    spoor_bound *middle = call(&and_row, call(&less_row, number(3), x), call(&less_row, x, number(8)));
    check_rows(where(range(1, 10), middle), "4 5 6 7 ");
    check_rows(take(where(range(1, 10), middle), 2), "4 5 ");
    check_rows(take(range(1, 10), 0), "");
    check_rows(project(where(range(1, 10), middle), call(&add_row, x, number(10))), "14 15 16 17 ");
    /* null in, null out; and where drops it */
    spoor_bound *remainder = call(&modulo_row, number(7), x);
    check_rows(project(range(0, 3), call(&add_row, remainder, number(1))), "- 1 2 2 ");
    check_rows(where(range(0, 3), call(&less_row, remainder, number(9))), "1 2 3 ");
    check_rows(sort(project(range(0, 4), remainder), x, true, true), "3 1 1 0 - ");
    check_rows(sort(project(range(0, 4), remainder), x, false, false), "- 0 1 1 3 ");
    check_rows(sum_by(range(1, 10), x, call(&modulo_row, x, number(3))), "1:22 2:15 0:18 ");
}

/* A row that `and` has decided is not computed again. */
static void test_short_circuit(void) {
    spoor_bound *x = column(0, SPOOR_LONG);
    spoor_bound *both = call(&and_row, call(&less_row, x, number(5)), call(&less_row, number(2), x));
    evaluated = 0;
    check_rows(where(range(1, 20), both), "3 4 ");
    CHECK_LONG(evaluated, 20 + 4);
}

static void test_stop(void) {
    spoor_run run = {0};
    output out = {.stop_after = 1};
    CHECK(run_with(&run, range(1, 1000000), &out) == SPOOR_RUN_OK);
    CHECK(out.rows <= SPOOR_BATCH_ROWS);
}

static void test_cancel(void) {
    volatile bool cancel = false;
    spoor_run run = {.cancel = &cancel};
    output out = {.cancel = &cancel};
    CHECK(run_with(&run, range(1, 1000000), &out) == SPOOR_RUN_CANCELLED);
    CHECK(out.rows <= SPOOR_BATCH_ROWS);
    CHECK_STR(spoor_str_from(run.message), "cancelled");
    /* A breaker sees it too, before it gives anything. */
    cancel = true;
    spoor_run again = {.cancel = &cancel};
    output none = {0};
    spoor_bound *x = column(0, SPOOR_LONG);
    CHECK(run_with(&again, sort(range(1, 1000000), x, true, true), &none) == SPOOR_RUN_CANCELLED);
    CHECK_LONG((int64_t)none.rows, 0);
}

static void test_deadline(void) {
    spoor_run run = {.deadline = spoor_time_now() - 1};
    output out = {0};
    CHECK(run_with(&run, range(1, 1000000), &out) == SPOOR_RUN_TIMEOUT);
    CHECK_LONG((int64_t)out.rows, 0);
}

/* The failure names the operator that holds most, and everything is given back. */
static void test_memory(void) {
    spoor_memory memory = {.limit = 4 << 20};
    spoor_run run = {.memory = &memory};
    output out = {0};
    spoor_bound *x = column(0, SPOOR_LONG);
    spoor_plan *plan = sort(range(1, 1000000), x, true, true);
    plan->span = (spoor_span){7, 11, 0};
    CHECK(run_with(&run, plan, &out) == SPOOR_RUN_MEMORY);
    CHECK_LONG((int64_t)out.rows, 0);
    CHECK(strstr(run.message, "'sort'") != NULL);
    CHECK_LONG(run.span.start, 7);
}

/* Too little even to begin: still a failure in words, and no leak. */
static void test_no_memory(void) {
    for (size_t limit = 1; limit < 200000; limit = limit * 3 / 2 + 1) {
        spoor_memory memory = {.limit = limit};
        spoor_run run = {.memory = &memory};
        output out = {0};
        spoor_bound *x = column(0, SPOOR_LONG);
        spoor_run_status status =
            run_with(&run, sum_by(where(range(1, 9), call(&less_row, x, number(5))), x, x), &out);
        CHECK(status == SPOOR_RUN_MEMORY || (status == SPOOR_RUN_OK && out.rows == 4));
    }
}

static void test_bad_constant(void) {
    spoor_run run = {0};
    output out = {0};
    spoor_bound *bad = call(&refused_row, column(0, SPOOR_LONG), number(1));
    bad->span = (spoor_span){3, 9, 0};
    CHECK(run_with(&run, project(range(1, 3), bad), &out) == SPOOR_RUN_LIMIT);
    CHECK_STR(spoor_str_from(run.message), "the pattern is no pattern");
    CHECK_LONG(run.span.start, 3);
}

void test_executor(void);
void test_executor(void) {
    test_rows();
    test_short_circuit();
    test_stop();
    test_cancel();
    test_deadline();
    test_memory();
    test_no_memory();
    test_bad_constant();
}
