/* bound_code.c - see bound_code.h.  A function is its number among all, which a build has in one order. */
#include "planner/bound_code.h"

#include "planner/bound.h"

#define UNSEEN UINT32_MAX

typedef struct walker {
    spoor_codec *c;
    spoor_plan *scan;
    uint32_t
        *places; /* writing: by column of the scan, its number among those read; UNSEEN: none yet */
    uint32_t ncolumns; /* so far */
    uint32_t capacity; /* reading: of the scan's */
} walker;

void spoor_code_scan_column(spoor_codec *c, spoor_scan_column *column) {
    SPOOR_CODE(c, column->column, INT32_MAX);
    SPOOR_CODE(c, column->type, SPOOR_NTYPES - 1);
    spoor_code_str(c, &column->member);
}

void spoor_code_schema(spoor_codec *c, spoor_schema *schema) {
    SPOOR_CODE_ARRAY(c, schema->columns, schema->ncols);
    for (uint32_t i = 0; i < schema->ncols; i++) {
        spoor_code_str(c, &schema->columns[i].name);
        SPOOR_CODE(c, schema->columns[i].type, SPOOR_NTYPES - 1);
        SPOOR_CODE(c, schema->columns[i].hidden, true);
    }
}

static void code_value(spoor_codec *c, spoor_value *value) {
    SPOOR_CODE(c, value->type, SPOOR_NTYPES - 1);
    SPOOR_CODE(c, value->is_null, true);
    switch (value->type) {
    case SPOOR_STRING:
    case SPOOR_DYNAMIC: spoor_code_str(c, &value->string); return;
    case SPOOR_BOOL: SPOOR_CODE(c, value->boolean, true); return;
    case SPOOR_REAL: spoor_code_bytes(c, &value->real, sizeof value->real); return;
    case SPOOR_DECIMAL:
        spoor_code_bytes(c, &value->decimal.coefficient, sizeof value->decimal.coefficient);
        spoor_code_bytes(c, &value->decimal.scale, sizeof value->decimal.scale);
        return;
    case SPOOR_GUID: spoor_code_bytes(c, &value->guid, sizeof value->guid); return;
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: spoor_code_bytes(c, &value->integer, sizeof value->integer); return;
    case SPOOR_NTYPES: return;
    }
}

/* The first time it is met, what it is stands behind its number. */
static void code_column(walker *w, int *column) {
    spoor_codec *c = w->c;
    uint32_t place = c->is_writing ? w->places[*column] : 0;
    bool is_first = c->is_writing && place == UNSEEN;
    place = is_first ? w->ncolumns : place;
    SPOOR_CODE(c, place, w->ncolumns);
    if (c->failed) {
        return;
    }
    if (place == w->ncolumns) {
        spoor_scan_column *of_scan = w->scan->scan.columns;
        if (c->is_writing) {
            w->places[*column] = place;
            of_scan += *column;
        } else {
            SPOOR_GROW(c->arena, w->scan->scan.columns, w->ncolumns, &w->capacity);
            of_scan = &w->scan->scan.columns[place];
        }
        spoor_code_scan_column(c, of_scan);
        w->ncolumns++;
    }
    if (!c->is_writing) {
        *column = (int)place;
    }
}

static void code_function(spoor_codec *c, const spoor_function **function) {
    uint32_t number = 0;
    while (c->is_writing && spoor_function_row(number) != *function) {
        number++;
    }
    SPOOR_CODE(c, number, UINT32_MAX);
    if (!c->is_writing) {
        *function = spoor_function_row(number);
        c->failed |= *function == NULL;
    }
}

static spoor_bound *code_expr(walker *w, spoor_bound *e, uint32_t depth);

static spoor_bound *code_call(walker *w, spoor_bound *e, uint32_t depth) {
    spoor_codec *c = w->c;
    const spoor_function *function = e->function;
    code_function(c, &function);
    SPOOR_CODE_ARRAY(c, e->args, e->nargs);
    if (c->failed || e->nargs < function->min_args ||
        (function->max_args != SPOOR_VARIADIC && e->nargs > function->max_args)) {
        c->failed = true;
        return e;
    }
    for (uint32_t i = 0; i < e->nargs && !c->failed; i++) {
        spoor_bound *arg = code_expr(w, e->args[i], depth + 1);
        if (!c->is_writing) {
            e->args[i] = arg;
        }
    }
    return c->is_writing || c->failed
               ? e
               : spoor_bound_call(c->arena, function, e->type, e->args, e->nargs, e->span);
}

/* The expression that was written or read. */
static spoor_bound *code_expr(walker *w, spoor_bound *e, uint32_t depth) {
    spoor_codec *c = w->c;
    e = c->is_writing ? e : SPOOR_NEW(c->arena, spoor_bound);
    c->failed |= depth > SPOOR_MAX_DEPTH;
    bool is_null_text = e->is_null_text;
    SPOOR_CODE(c, e->kind, SPOOR_BOUND_SUBPLAN);
    SPOOR_CODE(c, e->type, SPOOR_NTYPES - 1);
    SPOOR_CODE(c, is_null_text, true);
    if (c->failed) {
        return e;
    }
    if (!c->is_writing) {
        e->depth = 1;
    }
    switch (e->kind) {
    case SPOOR_BOUND_COLUMN: code_column(w, &e->column); break;
    case SPOOR_BOUND_CONSTANT: code_value(c, &e->value); break;
    case SPOOR_BOUND_CALL: e = code_call(w, e, depth); break;
    case SPOOR_BOUND_SUBPLAN: break;
    }
    if (!c->is_writing) {
        e->is_null_text = is_null_text;
    }
    return e;
}

void spoor_code_scan(spoor_codec *c, spoor_plan *scan, spoor_arena *scratch) {
    walker w = {.c = c, .scan = scan};
    if (c->is_writing) {
        w.places = SPOOR_RAW_ARRAY(scratch, uint32_t, scan->schema.ncols + 1);
        memset(w.places, 0xFF, (scan->schema.ncols + 1) * sizeof *w.places);
    } else {
        *scan = (spoor_plan){.kind = SPOOR_PLAN_SCAN, .depth = 1};
    }
    SPOOR_CODE_ARRAY(c, scan->scan.predicates, scan->scan.npredicates);
    for (uint32_t i = 0; i < scan->scan.npredicates && !c->failed; i++) {
        spoor_bound *predicate = code_expr(&w, scan->scan.predicates[i], 1);
        if (!c->is_writing) {
            scan->scan.predicates[i] = predicate;
        }
    }
    if (!c->is_writing) {
        scan->schema.ncols = w.ncolumns;
    }
}
