/* test_executor.c - what a query cannot show of the executor: endings other than the end of the
 * rows, and that selections, dictionaries and batches of any size give one answer.
 *
 * Plans are made by hand over VALUES and RANGE, with function rows of the
 * test's own. */
#include "executor/op.h"

#include <stdio.h>

#include "base/time.h"
#include "tests/unit/unit.h"

/* -- function rows ----------------------------------------------------------------------------- */

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

static void length_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    (void)call;
    evaluated += rows;
    for (uint32_t i = 0; i < rows; i++) {
        out->longs[i] = (int64_t)args[0].strings[i].len;
    }
}

static void double_eval(spoor_call *call, uint32_t rows, const spoor_vec *args, spoor_vec *out) {
    evaluated += rows;
    for (uint32_t i = 0; i < rows; i++) {
        spoor_str text = args[0].strings[i];
        out->strings[i] = spoor_arena_format(call->scratch, "%.*s%.*s", (int)text.len, text.ptr,
                                             (int)text.len, text.ptr);
    }
}

static const char *refuse(spoor_call *call) {
    (void)call;
    return "the pattern is no pattern";
}

static const spoor_function add_row = {
    .name = "add", .min_args = 2, .max_args = 2, .result = SPOOR_LONG, .eval = add_eval};
static const spoor_function less_row = {
    .name = "less", .min_args = 2, .max_args = 2, .result = SPOOR_BOOL, .eval = less_eval};
static const spoor_function modulo_row = {
    .name = "modulo", .min_args = 2, .max_args = 2, .result = SPOOR_LONG, .eval = modulo_eval};
static const spoor_function refused_row = {.name = "refused",
                                           .min_args = 2,
                                           .max_args = 2,
                                           .result = SPOOR_LONG,
                                           .eval = add_eval,
                                           .prepare = refuse};
static const spoor_function length_row = {
    .name = "length", .min_args = 1, .max_args = 1, .result = SPOOR_LONG, .eval = length_eval};
static const spoor_function double_row = {
    .name = "double", .min_args = 1, .max_args = 1, .result = SPOOR_STRING, .eval = double_eval};
static const spoor_function and_row = {.name = "and",
                                       .min_args = 2,
                                       .max_args = SPOOR_VARIADIC,
                                       .result = SPOOR_BOOL,
                                       .sees_nulls = true};

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

static const spoor_aggregate sum_row = {.name = "sum",
                                        .min_args = 1,
                                        .max_args = 1,
                                        .result = SPOOR_LONG,
                                        .state_bytes = sizeof(int64_t),
                                        .update = sum_update,
                                        .final = sum_final};

/* -- plans ------------------------------------------------------------------------------------- */

static spoor_bound *column(int i, spoor_type type) {
    spoor_bound *bound = SPOOR_NEW(unit_arena(), spoor_bound);
    *bound = (spoor_bound){.kind = SPOOR_BOUND_COLUMN, .type = type, .column = i};
    return bound;
}

static spoor_bound *number(int64_t value) {
    spoor_bound *bound = SPOOR_NEW(unit_arena(), spoor_bound);
    *bound = (spoor_bound){.kind = SPOOR_BOUND_CONSTANT,
                           .type = SPOOR_LONG,
                           .value = {.type = SPOOR_LONG, .integer = value}};
    return bound;
}

/* b NULL: of one argument. */
static spoor_bound *call(const spoor_function *function, spoor_bound *a, spoor_bound *b) {
    spoor_bound *bound = SPOOR_NEW(unit_arena(), spoor_bound);
    *bound = (spoor_bound){.kind = SPOOR_BOUND_CALL,
                           .type = function->result,
                           .function = function,
                           .nargs = b != NULL ? 2 : 1};
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
    plan->summarize.aggregates[0] =
        (spoor_plan_aggregate){.aggregate = &sum_row,
                               .args = SPOOR_NEW(unit_arena(), spoor_bound *),
                               .nargs = 1,
                               .result = SPOOR_LONG,
                               .first_column = 1,
                               .ncolumns = 1};
    plan->summarize.aggregates[0].args[0] = value;
    return plan;
}

enum { NONE = -1 }; /* a null cell */

/* Rows of two longs. */
static spoor_plan *pairs(const int64_t (*cells)[2], uint32_t nrows) {
    spoor_plan *plan = plan_of(SPOOR_PLAN_VALUES, NULL, 2, SPOOR_LONG);
    spoor_value *values = SPOOR_NEW_ARRAY(unit_arena(), spoor_value, 2 * nrows);
    for (uint32_t i = 0; i < 2 * nrows; i++) {
        int64_t cell = cells[i / 2][i % 2];
        values[i] = (spoor_value){
            .type = SPOOR_LONG, .is_null = cell == NONE, .integer = cell == NONE ? 0 : cell};
    }
    plan->values.nrows = nrows;
    plan->values.cells = values;
    return plan;
}

/* On the first column of both; puts out the second of each that the kind gives. */
static spoor_plan *join(spoor_join_kind kind, spoor_plan *left, spoor_plan *right) {
    bool gives_left = kind != SPOOR_JOIN_RIGHTSEMI && kind != SPOOR_JOIN_RIGHTANTI;
    bool gives_right = kind != SPOOR_JOIN_LEFTSEMI && kind != SPOOR_JOIN_LEFTANTI;
    spoor_plan *plan = plan_of(SPOOR_PLAN_JOIN, left, gives_left + gives_right, SPOOR_LONG);
    plan->inputs = SPOOR_NEW_ARRAY(unit_arena(), spoor_plan *, 2);
    plan->inputs[0] = left;
    plan->inputs[1] = right;
    plan->ninputs = 2;
    plan->join.kind = kind;
    plan->join.nkeys = 1;
    plan->join.left_keys = SPOOR_NEW(unit_arena(), spoor_bound *);
    plan->join.left_keys[0] = column(0, SPOOR_LONG);
    plan->join.right_keys = plan->join.left_keys;
    plan->join.outputs = spoor_arena_push(unit_arena(), 2, sizeof *plan->join.outputs);
    plan->join.outputs[0].column = 1;
    plan->join.outputs[0].from_right = !gives_left;
    plan->join.outputs[1].column = 1;
    plan->join.outputs[1].from_right = true;
    return plan;
}

/* -- runs -------------------------------------------------------------------------------------- */

typedef struct output {
    char text[4096];
    size_t len;
    uint64_t rows;
    uint64_t stop_after;   /* rows; 0: never */
    volatile bool *cancel; /* raised at the first batch; NULL: not */
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
    spoor_bound *middle =
        call(&and_row, call(&less_row, number(3), x), call(&less_row, x, number(8)));
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

static void test_joins(void) {
    static const int64_t left_cells[][2] = {{1, 10}, {2, 20}, {1, 11}, {NONE, 30}, {4, 40}};
    static const int64_t right_cells[][2] = {{1, 100}, {1, 101}, {3, 300}, {NONE, 400}, {4, 401}};
    static const struct {
        spoor_join_kind kind;
        const char *want;
    } cases[] = {
        {SPOOR_JOIN_INNER, "10:100 10:101 11:100 11:101 30:400 40:401 "},
        {SPOOR_JOIN_INNERUNIQUE, "10:100 10:101 30:400 40:401 "},
        {SPOOR_JOIN_LEFTOUTER, "10:100 10:101 20:- 11:100 11:101 30:400 40:401 "},
        {SPOOR_JOIN_RIGHTOUTER, "10:100 10:101 11:100 11:101 30:400 40:401 -:300 "},
        {SPOOR_JOIN_FULLOUTER, "10:100 10:101 20:- 11:100 11:101 30:400 40:401 -:300 "},
        {SPOOR_JOIN_LEFTSEMI, "10 11 30 40 "},
        {SPOOR_JOIN_LEFTANTI, "20 "},
        {SPOOR_JOIN_RIGHTSEMI, "100 101 400 401 "},
        {SPOOR_JOIN_RIGHTANTI, "300 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_rows(join(cases[i].kind, pairs(left_cells, 5), pairs(right_cells, 5)), cases[i].want);
    }
    check_rows(join(SPOOR_JOIN_INNER, pairs(left_cells, 5), pairs(right_cells, 0)), "");
    check_rows(join(SPOOR_JOIN_LEFTANTI, pairs(left_cells, 5), pairs(right_cells, 0)),
               "10 20 11 30 40 ");
    check_rows(join(SPOOR_JOIN_RIGHTANTI, pairs(left_cells, 0), pairs(right_cells, 5)),
               "100 101 300 400 401 ");
}

/* A text column of three words over many rows: as a dictionary, or flat. */
static spoor_batch words(bool as_dictionary, uint32_t rows) {
    static const char *const texts[] = {"a", "bcd", ""};
    spoor_vec *values = SPOOR_NEW(unit_arena(), spoor_vec);
    *values = spoor_vec_new(unit_arena(), SPOOR_STRING, 3);
    uint32_t *codes = SPOOR_NEW_ARRAY(unit_arena(), uint32_t, rows);
    for (uint32_t i = 0; i < 3; i++) {
        values->strings[i] = spoor_str_from(texts[i]);
    }
    for (uint32_t i = 0; i < rows; i++) {
        codes[i] = i * 7 % 3;
    }
    spoor_dict *dict = SPOOR_NEW(unit_arena(), spoor_dict);
    *dict = (spoor_dict){.id = 1, .count = 3, .values = values};
    spoor_vec *vec = SPOOR_NEW(unit_arena(), spoor_vec);
    *vec = (spoor_vec){.type = SPOOR_STRING, .form = SPOOR_DICT, .codes = codes, .dict = dict};
    if (!as_dictionary) {
        *vec = spoor_vec_flatten(unit_arena(), vec, rows, NULL, rows);
    }
    return (spoor_batch){.rows = rows, .count = rows, .ncols = 1, .cols = vec};
}

/* `less(length(double(x)), 3)` by rows and by dictionary, all rows and a few. */
static void check_words(spoor_op *op, bool as_dictionary, bool selects, uint32_t want_evaluated) {
    spoor_bound *doubled = call(&double_row, column(0, SPOOR_STRING), NULL);
    spoor_eval *text = spoor_eval_open(op, doubled);
    spoor_eval *is_short =
        spoor_eval_open(op, call(&less_row, call(&length_row, doubled, NULL), number(3)));
    spoor_batch batch = words(as_dictionary, SPOOR_BATCH_ROWS);
    uint32_t *sel = SPOOR_NEW_ARRAY(unit_arena(), uint32_t, batch.rows);
    if (selects) {
        sel[0] = batch.rows - 2;
        sel[1] = batch.rows - 1;
        batch.sel = sel;
        batch.count = 2;
    }
    evaluated = 0;
    const uint32_t *kept;
    uint32_t count = spoor_eval_filter(is_short, &batch, op->scratch, &kept), n = 0;
    CHECK_LONG(evaluated, want_evaluated);
    spoor_vec twice = spoor_eval_run(text, &batch, op->scratch);
    CHECK((twice.form == SPOOR_DICT) == as_dictionary);
    for (uint32_t i = 0; i < batch.count; i++) {
        uint32_t row = spoor_batch_row(&batch, i);
        spoor_value value = spoor_vec_get(&twice, row);
        static const char *const want[] = {"aa", "bcdbcd", ""};
        CHECK_STR(value.string, want[row * 7 % 3]);
        if (row * 7 % 3 != 1) {
            CHECK(n < count && kept[n] == row);
            n++;
        }
    }
    CHECK_LONG(count, n);
}

static void test_dictionaries(void) {
    jmp_buf door;
    spoor_run run = {.query = &no_query, .memory = &(spoor_memory){0}, .cancel = &never};
    spoor_run_begin(&run);
    run.arena.on_oom = &door;
    if (setjmp(door) != 0) {
        CHECK(false && "enough memory");
        return;
    }
    spoor_op *op = spoor_op_open(&run, range(1, 1), &door);
    /* three calls: once a row, once an entry of three, once a selected row */
    check_words(op, false, false, 3 * SPOOR_BATCH_ROWS);
    check_words(op, true, false, 3 * 3);
    check_words(op, false, true, SPOOR_BATCH_ROWS > 4 ? 3 * 2 : 3 * SPOOR_BATCH_ROWS);
    check_words(op, true, true, 3 * 3);
    spoor_run_end(&run);
    CHECK_LONG((int64_t)run.memory->used, 0);
}

/* A row that `and` has decided is not computed again. */
static void test_short_circuit(void) {
    spoor_bound *x = column(0, SPOOR_LONG);
    spoor_bound *both =
        call(&and_row, call(&less_row, x, number(5)), call(&less_row, number(2), x));
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

/* Rows of one column each, on it. */
static spoor_plan *join_numbers(spoor_plan *left, spoor_plan *right) {
    spoor_plan *plan = join(SPOOR_JOIN_INNER, left, right);
    plan->join.outputs[0].column = plan->join.outputs[1].column = 0;
    return plan;
}

/* The failure names the operator that holds most, and everything is given back. */
static void test_memory(void) {
    spoor_memory memory = {.limit = 256 << 10};
    spoor_run run = {.memory = &memory};
    output out = {0};
    spoor_plan *plan = join_numbers(range(1, 10), range(1, 1000000));
    plan->span = (spoor_span){7, 11, 0};
    CHECK(run_with(&run, plan, &out) == SPOOR_RUN_MEMORY);
    CHECK_LONG((int64_t)out.rows, 0);
    CHECK(strstr(run.message, "'join'") != NULL);
    CHECK_LONG(run.span.start, 7);
}

/* A sort that does not fit goes through a temporary file. */
static void test_spill(void) {
    spoor_memory memory = {.limit = 12 << 20};
    spoor_run run = {.memory = &memory};
    output out = {0};
    spoor_bound *x = column(0, SPOOR_LONG);
    CHECK(run_with(&run, sort(range(1, 300000), x, true, true), &out) == SPOOR_RUN_OK);
    CHECK_LONG((int64_t)out.rows, 300000);
    CHECK(memory.peak > memory.limit / 4);
    CHECK_LONG((int64_t)memory.used, 0);
    /* Groups that do not fit come after those that do, as they were first seen. */
    spoor_memory little = {.limit = 12 << 20};
    spoor_run again = {.memory = &little};
    output groups = {0};
    CHECK(run_with(&again, sum_by(range(1, 300000), x, x), &groups) == SPOOR_RUN_OK);
    CHECK_LONG((int64_t)groups.rows, 300000);
    CHECK_LONG((int64_t)little.used, 0);
    /* Right rows that do not fit: the left ones come as they came all the same. */
    spoor_memory small = {.limit = 4 << 20};
    spoor_run joined = {.memory = &small};
    output pairs = {0};
    CHECK(run_with(&joined, join_numbers(range(300000, 299998), range(1, 1000000)), &pairs) ==
          SPOOR_RUN_OK);
    CHECK_STR(((spoor_str){pairs.text, pairs.len}), "300000:300000 299999:299999 299998:299998 ");
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
    test_joins();
    test_dictionaries();
    test_short_circuit();
    test_stop();
    test_cancel();
    test_deadline();
    test_memory();
    test_spill();
    test_no_memory();
    test_bad_constant();
}
