/* test_join.c - joins of random tables against two loops: every kind, keys of several types with nulls
 * among them, in memory and through the temporary file, all of one key too. */
#include <stdio.h>

#include "executor/execute.h"
#include "executor/op.h"
#include "tests/unit/unit.h"

enum { MOST_KEYS = 2, NKINDS = 9, TEXT = 1 << 24 };

static uint32_t seed = 5;

static uint32_t any(uint32_t below) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

/* A key out of `variety` of the type; 0 is null, and the first texts are alike. */
static spoor_value key_of(spoor_type type, uint32_t i) {
    spoor_value value = {.type = type, .is_null = i == 0 && type != SPOOR_STRING};
    if (value.is_null) {
        return value;
    }
    switch (type) {
    case SPOOR_STRING:
        value.string =
            i == 0 ? (spoor_str){0} : spoor_arena_format(unit_arena(), "%s%u", i % 2 ? "" : "{", i);
        break;
    case SPOOR_REAL: value.real = i == 1 ? -0.0 : i == 2 ? 0.0 : i / 3.0; break;
    case SPOOR_GUID: value.guid.bytes[i % 16] = (unsigned char)(i / 16 + 1); break;
    default: value.integer = (int64_t)i - 2; break;
    }
    return value;
}

/* A table: the keys, the number of the row, a text that takes room. */
typedef struct table {
    uint32_t nkeys, nrows;
    spoor_value *cells;
    spoor_plan plan;
} table;

static const spoor_value *cell_of(const table *t, uint32_t row, uint32_t column) {
    return &t->cells[(size_t)row * (t->nkeys + 2) + column];
}

static void make_table(table *t, const spoor_type *types, uint32_t nkeys, uint32_t nrows,
                       uint32_t variety) {
    *t = (table){.nkeys = nkeys, .nrows = nrows};
    uint32_t ncols = nkeys + 2;
    t->cells = SPOOR_NEW_ARRAY(unit_arena(), spoor_value, (size_t)nrows * ncols + 1);
    t->plan.kind = SPOOR_PLAN_VALUES;
    t->plan.schema.ncols = ncols;
    t->plan.schema.columns = SPOOR_NEW_ARRAY(unit_arena(), spoor_column, ncols);
    for (uint32_t c = 0; c < ncols; c++) {
        t->plan.schema.columns[c].type = c < nkeys    ? types[c]
                                         : c == nkeys ? SPOOR_LONG
                                                      : SPOOR_STRING;
    }
    for (uint32_t row = 0; row < nrows; row++) {
        spoor_value *cells = &t->cells[(size_t)row * ncols];
        for (uint32_t k = 0; k < nkeys; k++) {
            cells[k] = key_of(types[k], any(variety));
        }
        cells[nkeys] = (spoor_value){.type = SPOOR_LONG, .integer = row};
        cells[nkeys + 1].type = SPOOR_STRING;
        cells[nkeys + 1].string = spoor_arena_format(unit_arena(), "%0*u", 1 + (int)any(90), row);
    }
    t->plan.values.nrows = nrows;
    t->plan.values.cells = t->cells;
}

static bool gives_left(spoor_join_kind kind) {
    return kind != SPOOR_JOIN_RIGHTSEMI && kind != SPOOR_JOIN_RIGHTANTI;
}

static bool gives_right(spoor_join_kind kind) {
    return kind != SPOOR_JOIN_LEFTSEMI && kind != SPOOR_JOIN_LEFTANTI;
}

/* -- what is to come out ----------------------------------------------------------------------- */

typedef struct output {
    char *text;
    size_t len;
} output;

static void put_cell(output *out, const spoor_value *cell) {
    if (out->len + 200 >= TEXT) {
        CHECK(!"too much to compare");
        return;
    }
    int n =
        cell == NULL || cell->is_null ? snprintf(out->text + out->len, 200, "-")
        : cell->type == SPOOR_STRING
            ? snprintf(out->text + out->len, 200, "'%.*s'", (int)cell->string.len, cell->string.ptr)
            : snprintf(out->text + out->len, 200, "%lld", (long long)cell->integer);
    out->len += (size_t)n;
}

static void put_side(output *out, const table *t, int64_t row) {
    static const spoor_value nothing = {.type = SPOOR_STRING};
    put_cell(out, row < 0 ? NULL : cell_of(t, (uint32_t)row, t->nkeys));
    put_cell(out, row < 0 ? &nothing : cell_of(t, (uint32_t)row, t->nkeys + 1));
}

static void put_row(output *out, spoor_join_kind kind, const table *l, int64_t i, const table *r,
                    int64_t j) {
    if (gives_left(kind)) {
        put_side(out, l, i);
    }
    if (gives_right(kind)) {
        put_side(out, r, j);
    }
    out->text[out->len++] = '\n';
}

static bool equal(const table *l, uint32_t i, const table *r, uint32_t j) {
    for (uint32_t k = 0; k < l->nkeys; k++) {
        if (spoor_value_compare(cell_of(l, i, k), cell_of(r, j, k)) != 0) {
            return false;
        }
    }
    return true;
}

static bool is_first_of_key(const table *l, uint32_t row) {
    for (uint32_t i = 0; i < row; i++) {
        if (equal(l, i, l, row)) {
            return false;
        }
    }
    return true;
}

static void two_loops(output *out, spoor_join_kind kind, const table *l, const table *r) {
    uint8_t *matched = SPOOR_NEW_ARRAY(unit_arena(), uint8_t, (size_t)r->nrows + 1);
    bool pairs = gives_left(kind) && gives_right(kind);
    for (uint32_t i = 0; i < l->nrows; i++) {
        bool any_match = false;
        bool is_out = kind != SPOOR_JOIN_INNERUNIQUE || is_first_of_key(l, i);
        for (uint32_t j = 0; j < r->nrows; j++) {
            if (equal(l, i, r, j)) {
                any_match = true;
                matched[j] = 1;
                if (pairs && is_out) {
                    put_row(out, kind, l, i, r, j);
                }
            }
        }
        bool alone = any_match ? kind == SPOOR_JOIN_LEFTSEMI
                               : kind == SPOOR_JOIN_LEFTANTI || kind == SPOOR_JOIN_LEFTOUTER ||
                                     kind == SPOOR_JOIN_FULLOUTER;
        if (alone) {
            put_row(out, kind, l, i, r, -1);
        }
    }
    for (uint32_t j = 0; j < r->nrows; j++) {
        bool alone = matched[j] ? kind == SPOOR_JOIN_RIGHTSEMI
                                : kind == SPOOR_JOIN_RIGHTANTI || kind == SPOOR_JOIN_RIGHTOUTER ||
                                      kind == SPOOR_JOIN_FULLOUTER;
        if (alone) {
            put_row(out, kind, l, -1, r, j);
        }
    }
}

/* -- what comes out ---------------------------------------------------------------------------- */

static bool collect(void *context, const spoor_batch *batch) {
    output *out = context;
    for (uint32_t i = 0; i < batch->count; i++) {
        for (uint32_t c = 0; c < batch->ncols; c++) {
            spoor_value cell = spoor_vec_get(&batch->cols[c], spoor_batch_row(batch, i));
            put_cell(out, &cell);
        }
        out->text[out->len++] = '\n';
    }
    return true;
}

static spoor_plan *plan_join(spoor_join_kind kind, table *l, table *r) {
    spoor_plan *plan = SPOOR_NEW(unit_arena(), spoor_plan);
    plan->kind = SPOOR_PLAN_JOIN;
    plan->ninputs = 2;
    plan->inputs = SPOOR_NEW_ARRAY(unit_arena(), spoor_plan *, 2);
    plan->inputs[0] = &l->plan;
    plan->inputs[1] = &r->plan;
    plan->join.kind = kind;
    plan->join.nkeys = l->nkeys;
    plan->join.left_keys = SPOOR_NEW_ARRAY(unit_arena(), spoor_bound *, l->nkeys);
    plan->join.right_keys = plan->join.left_keys;
    for (uint32_t k = 0; k < l->nkeys; k++) {
        plan->join.left_keys[k] = SPOOR_NEW(unit_arena(), spoor_bound);
        *plan->join.left_keys[k] = (spoor_bound){
            .kind = SPOOR_BOUND_COLUMN, .type = l->plan.schema.columns[k].type, .column = (int)k};
    }
    uint32_t sides = (uint32_t)gives_left(kind) + gives_right(kind), n = 0;
    plan->schema.columns = SPOOR_NEW_ARRAY(unit_arena(), spoor_column, 2 * (size_t)sides);
    plan->join.outputs =
        spoor_arena_push(unit_arena(), 2 * (size_t)sides, sizeof *plan->join.outputs);
    for (uint32_t side = gives_left(kind) ? 0 : 1; side < (gives_right(kind) ? 2u : 1u); side++) {
        for (uint32_t c = l->nkeys; c < l->nkeys + 2; c++) {
            plan->schema.columns[n].type = l->plan.schema.columns[c].type;
            plan->join.outputs[n].from_right = side == 1;
            plan->join.outputs[n++].column = (int)c;
        }
    }
    plan->schema.ncols = n;
    return plan;
}

static bool run_join(spoor_plan *plan, size_t limit, output *out) {
    static const spoor_plan_query no_query;
    volatile bool never = false;
    spoor_memory memory = {.limit = limit};
    spoor_run run = {.query = &no_query, .memory = &memory, .cancel = &never};
    spoor_run_begin(&run);
    spoor_run_status status = spoor_execute(&run, plan, collect, out);
    spoor_run_end(&run);
    CHECK_LONG((int64_t)memory.used, 0);
    return status == SPOOR_RUN_OK;
}

static void check_join(spoor_join_kind kind, table *l, table *r, size_t limit) {
    static char expected[TEXT], got[TEXT];
    output want = {expected, 0}, have = {got, 0};
    two_loops(&want, kind, l, r);
    CHECK(run_join(plan_join(kind, l, r), limit, &have));
    CHECK(want.len == have.len && memcmp(expected, got, want.len) == 0);
}

void test_join(void);
void test_join(void) {
    static const spoor_type types[] = {SPOOR_STRING, SPOOR_LONG, SPOOR_REAL, SPOOR_GUID,
                                       SPOOR_DATETIME};
    enum { NTYPES = sizeof types / sizeof *types, LITTLE = 6 << 20 };
    for (uint32_t round = 0; round < 40; round++) {
        spoor_type keys[MOST_KEYS] = {types[any(NTYPES)], types[any(NTYPES)]};
        uint32_t nkeys = 1 + round % MOST_KEYS;
        bool is_large = round % 8 == 7; /* more than a share of little memory */
        uint32_t nright = is_large ? 20000 : any(60), nleft = is_large ? 60 : any(60);
        uint32_t variety = is_large ? 500 : 1 + any(20);
        table l, r;
        make_table(&l, keys, nkeys, nleft, variety);
        make_table(&r, keys, nkeys, nright, variety);
        for (int kind = 0; kind < NKINDS; kind++) {
            check_join((spoor_join_kind)kind, &l, &r, is_large ? LITTLE : 0);
        }
    }
    /* One key has all the rows: no hash takes them apart. */
    spoor_type one = SPOOR_LONG;
    table l, r;
    make_table(&l, &one, 1, 7, 3);
    make_table(&r, &one, 1, 20000, 2);
    for (int kind = 0; kind < NKINDS; kind++) {
        check_join((spoor_join_kind)kind, &l, &r, LITTLE);
    }
}
