/* bind_window.c - functions that see the rows before or after: row_number, prev,
 * next, row_cumsum, row_rank_dense, row_rank_min, row_window_session.
 *
 * Each call becomes a WINDOW below the operator that it stands in, one on the
 * other in the order of the text, so that a call may stand in another's
 * arguments; the call itself becomes the column that its WINDOW adds behind the
 * others.  Rows must be in an order that the query gave them, as in Kusto. */
#include "functions/convert.h"
#include "planner/bind.h"

enum { MOST_WINDOWS = 500 /* of one operator */ };

static const struct {
    const char *name;
    spoor_window_kind kind;
    uint8_t min_args, max_args;
} functions[] = {
    {"row_number", SPOOR_WINDOW_ROW_NUMBER, 0, 2},
    {"prev", SPOOR_WINDOW_PREV, 1, 3},
    {"next", SPOOR_WINDOW_NEXT, 1, 3},
    {"row_cumsum", SPOOR_WINDOW_CUMSUM, 1, 2},
    {"row_rank", SPOOR_WINDOW_RANK_DENSE, 1, 2}, /* the older name */
    {"row_rank_dense", SPOOR_WINDOW_RANK_DENSE, 1, 2},
    {"row_rank_min", SPOOR_WINDOW_RANK_MIN, 1, 2},
    {"row_window_session", SPOOR_WINDOW_SESSION, 3, 4},
};

enum { NFUNCTIONS = sizeof functions / sizeof *functions };

static size_t find(spoor_str name) {
    size_t i = 0;
    while (i < NFUNCTIONS && !spoor_str_is(name, functions[i].name)) {
        i++;
    }
    return i;
}

bool spoor_bind_is_window(spoor_str name) {
    return find(name) < NFUNCTIONS;
}

bool spoor_bind_is_serialized(const spoor_plan *plan) {
    for (;;) {
        if (plan->is_serialized) {
            return true;
        }
        switch (plan->kind) {
        case SPOOR_PLAN_TOP: return !spoor_bound_is_volatile(plan->sort.keys[0].expr); /* sample */
        case SPOOR_PLAN_SORT:
        case SPOOR_PLAN_RANGE: return true;
        case SPOOR_PLAN_WHERE:
        case SPOOR_PLAN_PROJECT:
        case SPOOR_PLAN_TAKE:
        case SPOOR_PLAN_PARSE:
        case SPOOR_PLAN_MV_EXPAND:
        case SPOOR_PLAN_WINDOW:
        case SPOOR_PLAN_SHARED: plan = plan->inputs[0]; break;
        default: return false;
        }
    }
}

/* -- arguments --------------------------------------------------------------------------------- */

/* A constant of the type; false: reported. */
static bool bind_constant(spoor_binder *b, const spoor_ast *node, spoor_type type,
                          spoor_value *value) {
    spoor_bound *e = spoor_bind_scalar(b, node);
    if (e == NULL) {
        return false;
    }
    bool is_whole = type == SPOOR_LONG && e->type == SPOOR_INT;
    if (e->kind != SPOOR_BOUND_CONSTANT || (e->type != type && !is_whole) || e->value.is_null) {
        return spoor_fail(b->diags, node->span, "expected a constant of type %s",
                          spoor_type_name(type));
    }
    *value = e->value;
    return true;
}

static bool bind_restart(spoor_binder *b, const spoor_ast *node, spoor_plan *plan) {
    plan->window.restart = node != NULL ? spoor_bind_as(b, node, SPOOR_BOOL) : NULL;
    return node == NULL || plan->window.restart != NULL;
}

static bool bind_row_number(spoor_binder *b, const spoor_ast *call, spoor_plan *plan) {
    spoor_value first = {.type = SPOOR_LONG, .integer = 1};
    if (call->first != NULL && !bind_constant(b, call->first, SPOOR_LONG, &first)) {
        return false;
    }
    plan->window.number = first.integer;
    return bind_restart(b, spoor_ast_child(call, 1), plan);
}

/* prev, next: how far, and what stands where there is no row. */
static bool bind_neighbour(spoor_binder *b, const spoor_ast *call, spoor_plan *plan) {
    spoor_type type = plan->window.value->type;
    const spoor_ast *far = call->first->next, *otherwise = far != NULL ? far->next : NULL;
    spoor_value offset = {.type = SPOOR_LONG, .integer = 1};
    plan->window.otherwise = (spoor_value){.type = type, .is_null = type != SPOOR_STRING};
    if (far != NULL && !bind_constant(b, far, SPOOR_LONG, &offset)) {
        return false;
    }
    if (offset.integer < 1) { /* emul-fuzz/err0004 */
        return spoor_fail(b->diags, far->span, "expected a number of rows, 1 or more");
    }
    plan->window.number = offset.integer;
    if (otherwise == NULL) {
        return true;
    }
    spoor_bound *e = spoor_bind_scalar(b, otherwise);
    if (e == NULL) {
        return false;
    }
    spoor_value value;
    if (e->kind != SPOOR_BOUND_CONSTANT) {
        return spoor_fail(b->diags, otherwise->span, "expected a constant");
    }
    value = spoor_convert(b->arena, &e->value, type);
    if (value.is_null && !e->value.is_null) {
        return spoor_fail(b->diags, otherwise->span, "expected %s, found %s", spoor_type_name(type),
                          spoor_type_name(e->type));
    }
    plan->window.otherwise = value;
    return true;
}

static bool bind_session(spoor_binder *b, const spoor_ast *call, spoor_plan *plan) {
    spoor_value most, between;
    if (plan->window.value->type != SPOOR_DATETIME) {
        return spoor_fail(b->diags, call->first->span, "expected datetime, found %s",
                          spoor_type_name(plan->window.value->type));
    }
    if (!bind_constant(b, spoor_ast_child(call, 1), SPOOR_TIMESPAN, &most) ||
        !bind_constant(b, spoor_ast_child(call, 2), SPOOR_TIMESPAN, &between)) {
        return false;
    }
    if (most.integer < 0 || between.integer < 0) {
        return spoor_fail(b->diags, call->span, "a distance cannot be negative");
    }
    plan->window.number = most.integer;
    plan->window.between = between.integer;
    return bind_restart(b, spoor_ast_child(call, 3), plan);
}

/* The rest of the arguments, the value known; the result's type. */
static bool bind_rest(spoor_binder *b, const spoor_ast *call, spoor_plan *plan, spoor_type *type) {
    const spoor_bound *value = plan->window.value;
    *type = value != NULL ? value->type : SPOOR_LONG;
    switch (plan->window.kind) {
    case SPOOR_WINDOW_ROW_NUMBER: return bind_row_number(b, call, plan);
    case SPOOR_WINDOW_PREV:
    case SPOOR_WINDOW_NEXT: return bind_neighbour(b, call, plan);
    case SPOOR_WINDOW_CUMSUM:
        if (*type != SPOOR_INT && *type != SPOOR_LONG && *type != SPOOR_REAL &&
            *type != SPOOR_DECIMAL && *type != SPOOR_TIMESPAN) {
            return spoor_fail(b->diags, call->first->span, "'row_cumsum' does not take %s",
                              spoor_type_phrase(*type));
        }
        return bind_restart(b, spoor_ast_child(call, 1), plan);
    case SPOOR_WINDOW_RANK_DENSE:
    case SPOOR_WINDOW_RANK_MIN:
        *type = SPOOR_LONG;
        return bind_restart(b, spoor_ast_child(call, 1), plan);
    case SPOOR_WINDOW_SESSION: return bind_session(b, call, plan);
    }
    return false;
}

/* -- calls and operators ----------------------------------------------------------------------- */

static bool may_stand(spoor_binder *b, const spoor_ast *call) {
    const spoor_bind_windows *w = b->windows;
    if (w == NULL || b->row != w->row || b->aggregates != NULL) {
        spoor_fail(b->diags, call->at, "'%.*s' cannot stand here", SPOOR_S(call->text));
        return spoor_hint(b->diags, "extend, serialize, project and where can hold it");
    }
    if (!w->is_serialized) {
        spoor_fail(b->diags, call->at, "'%.*s' needs rows in order", SPOOR_S(call->text));
        return spoor_hint(b->diags, "'sort by ...' or 'serialize' before it gives them one");
    }
    return w->count < MOST_WINDOWS ||
           spoor_fail(b->diags, call->at, "more than %d window functions in one operator",
                      MOST_WINDOWS);
}

/* The WINDOW's schema: the input's, and a hidden column. */
static void add_column(spoor_binder *b, spoor_plan *plan, spoor_type type) {
    const spoor_schema *input = &plan->inputs[0]->schema;
    spoor_column *columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, input->ncols + 1);
    if (input->ncols > 0) {
        memcpy(columns, input->columns, input->ncols * sizeof *columns);
    }
    columns[input->ncols] =
        (spoor_column){.name = SPOOR_STR("#window"), .type = type, .hidden = true};
    plan->schema = (spoor_schema){input->ncols + 1, columns};
}

spoor_bound *spoor_bind_window(spoor_binder *b, const spoor_ast *call) {
    size_t f = find(call->text);
    if (!may_stand(b, call)) {
        return NULL;
    }
    if (call->nchildren < functions[f].min_args || call->nchildren > functions[f].max_args) {
        spoor_fail(b->diags, call->at, "'%s' takes %d to %d arguments, not %u", functions[f].name,
                   functions[f].min_args, functions[f].max_args, call->nchildren);
        return NULL;
    }
    spoor_plan made = {.kind = SPOOR_PLAN_WINDOW};
    made.window.kind = functions[f].kind;
    if (made.window.kind != SPOOR_WINDOW_ROW_NUMBER) {
        made.window.value = spoor_bind_expr(b, call->first);
        if (made.window.value == NULL) {
            return NULL;
        }
    }
    spoor_type type;
    if (!bind_rest(b, call, &made, &type)) {
        return NULL;
    }
    spoor_bind_windows *w = b->windows; /* those of the arguments are in it now */
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_WINDOW, call->span, w->last);
    plan->window = made.window;
    add_column(b, plan, type);
    w->last = plan;
    w->count++;
    return spoor_bound_column(b->arena, &plan->schema, (int)plan->schema.ncols - 1, call->span);
}

/* The operator is bound over a stand-in for its input, since what it stands on is known only then.
 */
spoor_plan *spoor_bind_windowed(spoor_binder *b, const spoor_ast *node, spoor_plan *input,
                                spoor_plan *(*bind)(spoor_binder *b, const spoor_ast *node,
                                                    spoor_plan *input)) {
    spoor_plan *stand_in = SPOOR_NEW(b->arena, spoor_plan);
    *stand_in = *input;
    spoor_bind_windows windows = {
        .last = input, .row = &stand_in->schema, .is_serialized = spoor_bind_is_serialized(input)};
    spoor_bind_windows *outer = b->windows;
    const spoor_schema *row = b->row, *outer_row = b->outer_row;
    b->windows = &windows;
    b->row = b->outer_row = windows.row;
    spoor_plan *plan = bind(b, node, stand_in);
    b->windows = outer;
    b->row = row;
    b->outer_row = outer_row;
    if (windows.count == 0 || plan == NULL) {
        return plan;
    }
    *stand_in = *windows.last;
    if (plan->kind == SPOOR_PLAN_WHERE && plan->inputs[0] == stand_in) {
        plan->schema =
            stand_in->schema; /* it passes the windows' columns on: the next stands behind */
    }
    plan->depth += (int)windows.count;
    if (plan->depth > SPOOR_MAX_PLAN_DEPTH) {
        spoor_fail(b->diags, node->span, "more than %d operators stand on each other",
                   SPOOR_MAX_PLAN_DEPTH);
    }
    return plan;
}
