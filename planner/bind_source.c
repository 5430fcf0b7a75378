/* bind_source.c - rows that a query makes itself: range, datatable. */
#include "functions/convert.h"
#include "planner/bind.h"
#include "types/dynamic.h"

static bool is_number(spoor_type type) {
    return (SPOOR_TYPE_SET(type) & SPOOR_T_NUMBER) != 0;
}

static spoor_type wider(spoor_type a, spoor_type b) {
    return a > b ? a : b; /* ORDER spoor_type: int, long, real, decimal */
}

/* The column's type, and the step's; false: the three do not go together. */
static bool range_types(spoor_bound *const ends[3], spoor_type *type, spoor_type *step) {
    spoor_type from = ends[0]->type, to = ends[1]->type, by = ends[2]->type;
    if (is_number(from) && is_number(to) && is_number(by)) {
        *type = *step = wider(wider(from, to), by);
        return true;
    }
    *type = from;
    *step = SPOOR_TIMESPAN;
    return from == to && by == SPOOR_TIMESPAN && (from == SPOOR_DATETIME || from == SPOOR_TIMESPAN);
}

static spoor_plan *one_column(spoor_binder *b, spoor_plan *plan, spoor_str name, spoor_type type) {
    spoor_column *column = SPOOR_NEW(b->arena, spoor_column);
    *column = (spoor_column){.name = name, .type = type};
    plan->schema = (spoor_schema){1, column};
    return plan;
}

/* A step of 0 would never end. */
static bool is_zero(const spoor_bound *e) {
    if (e->kind != SPOOR_BOUND_CONSTANT || e->value.is_null) {
        return false;
    }
    switch (e->type) {
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_TIMESPAN: return e->value.integer == 0;
    case SPOOR_REAL: return e->value.real == 0;
    case SPOOR_DECIMAL: return e->value.decimal.coefficient == 0;
    case SPOOR_BOOL:
    case SPOOR_DATETIME:
    case SPOOR_GUID:
    case SPOOR_STRING:
    case SPOOR_DYNAMIC:
    case SPOOR_NTYPES: break;
    }
    return false;
}

spoor_plan *spoor_bind_range(spoor_binder *b, const spoor_ast *node) {
    spoor_bound *ends[3] = {NULL, NULL, NULL};
    uint32_t n = 0;
    bool ok = true;
    for (const spoor_ast *child = node->first; child != NULL && n < 3; child = child->next) {
        const spoor_ast *value = child->kind == SPOOR_AST_CLAUSE ? child->first : child;
        ends[n] = spoor_bind_scalar(b, value);
        ok = ends[n] != NULL && ok;
        n++;
    }
    if (n == 2 && ok) {
        spoor_value one = {.type = SPOOR_LONG, .integer = 1};
        bool is_time = ends[0]->type == SPOOR_DATETIME || ends[0]->type == SPOOR_TIMESPAN;
        if (is_time) {
            one = (spoor_value){.type = SPOOR_TIMESPAN, .integer = INT64_C(36000000000)};
        }
        ends[n++] = spoor_bound_constant(b->arena, one, node->span);
    }
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_RANGE, node->span, NULL);
    spoor_type type, step;
    if (!ok || n < 3) {
        return one_column(b, plan, node->text, SPOOR_LONG);
    }
    if (!range_types(ends, &type, &step)) {
        spoor_fail(b->diags, node->span, "a range cannot go from %s to %s in steps of %s",
                   spoor_type_phrase(ends[0]->type), spoor_type_phrase(ends[1]->type),
                   spoor_type_name(ends[2]->type));
        return one_column(b, plan, node->text, SPOOR_LONG);
    }
    if (is_zero(ends[2])) {
        spoor_fail(b->diags, ends[2]->span, "a range cannot have a step of 0");
    }
    plan->range.from = spoor_bind_convert(b, ends[0], type);
    plan->range.to = spoor_bind_convert(b, ends[1], type);
    plan->range.step = spoor_bind_convert(b, ends[2], step);
    return one_column(b, plan, node->text, type);
}

/* -- datatable --------------------------------------------------------------------------------- */

bool spoor_bind_row_schema(spoor_binder *b, const spoor_ast *clause, spoor_schema *schema) {
    *schema = (spoor_schema){0, NULL};
    bool ok = true;
    schema->columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, (size_t)clause->nchildren + 1);
    for (const spoor_ast *n = clause->first; n != NULL; n = n->next) {
        if (n->type == SPOOR_AST_NO_TYPE) {
            ok = spoor_fail(b->diags, n->span, "no type named '%.*s'", SPOOR_S(n->extra));
            continue;
        }
        for (uint32_t i = 0; i < schema->ncols; i++) {
            if (spoor_str_eq(schema->columns[i].name, n->text)) {
                ok = spoor_fail(b->diags, n->span, "the column '%.*s' is given twice",
                                SPOOR_S(n->text));
            }
        }
        schema->columns[schema->ncols++] =
            (spoor_column){.name = n->text, .type = (spoor_type)n->type};
    }
    return ok;
}

/* -9223372036854775808, whose digits alone do not fit a long. */
static bool least_long(const spoor_ast *node, spoor_type type, spoor_value *cell) {
    if (type != SPOOR_LONG || node->kind != SPOOR_AST_UNARY || node->first == NULL ||
        node->first->kind != SPOOR_AST_LITERAL ||
        !spoor_str_is(node->first->text, "9223372036854775808")) {
        return false;
    }
    *cell = (spoor_value){.type = SPOOR_LONG, .integer = INT64_MIN};
    return true;
}

static bool bind_cell(spoor_binder *b, const spoor_ast *node, spoor_type type, spoor_value *cell) {
    if (least_long(node, type, cell)) {
        return true;
    }
    spoor_bound *e = spoor_bind_scalar(b, node);
    if (e == NULL) {
        return false;
    }
    if (e->kind != SPOOR_BOUND_CONSTANT) {
        return spoor_fail(b->diags, node->span, "expected a constant");
    }
    if (e->type == type) {
        *cell = e->value;
        return true;
    }
    if (type == SPOOR_DYNAMIC) {
        *cell = (spoor_value){.type = SPOOR_DYNAMIC, .is_null = e->value.is_null};
        if (!e->value.is_null) {
            cell->string = spoor_dynamic_from_value(b->arena, &e->value);
        }
        return true;
    }
    *cell = spoor_convert(b->arena, &e->value, type);
    bool is_lost = cell->is_null && !e->value.is_null && e->type != SPOOR_DYNAMIC &&
                   !(e->type == SPOOR_STRING && e->value.string.len == 0);
    return !is_lost || spoor_fail(b->diags, node->span, "expected %s, found %s",
                                  spoor_type_name(type), spoor_type_name(e->type));
}

spoor_plan *spoor_bind_datatable(spoor_binder *b, const spoor_ast *node) {
    const spoor_ast *clause = spoor_ast_clause(node, "schema");
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_VALUES, node->span, NULL);
    if (clause == NULL || !spoor_bind_row_schema(b, clause, &plan->schema)) {
        return clause != NULL ? plan : NULL;
    }
    size_t ncells = 0;
    uint32_t ncols = plan->schema.ncols;
    spoor_value *cells = SPOOR_NEW_ARRAY(b->arena, spoor_value, (size_t)node->nchildren + 1);
    for (const spoor_ast *n = node->first; n != NULL; n = n->next) {
        if (n->kind == SPOOR_AST_CLAUSE || n->kind == SPOOR_AST_PROP) {
            continue;
        }
        if (ncols == 0) {
            spoor_fail(b->diags, n->span, "a datatable without columns has no values");
            return plan;
        }
        bind_cell(b, n, plan->schema.columns[ncells % ncols].type, &cells[ncells]);
        ncells++;
    }
    if (ncols > 0 && ncells % ncols != 0) {
        spoor_fail(b->diags, node->at, "%zu values do not fill rows of %u columns", ncells, ncols);
    }
    plan->values.cells = cells;
    plan->values.nrows = ncols > 0 ? (uint32_t)(ncells / ncols) : 0;
    return plan;
}
