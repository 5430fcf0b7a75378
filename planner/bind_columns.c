/* bind_columns.c - a list of output columns in the making, and the rules by
 * which project, extend, print and summarize name them.
 *
 * A column that is named (x = ..., or a plain reference) is declared: a second
 * declaration of the name is an error.  One whose name is only derived gives
 * way: x1, x2 (Kusto.Language's ProjectionBuilder; conformance emulator_fuzz). */
#include "planner/bind.h"

spoor_bind_columns spoor_columns_new(spoor_binder *b, const spoor_schema *input) {
    return (spoor_bind_columns){.b = b, .input = input};
}

int spoor_columns_find(const spoor_bind_columns *c, spoor_str name) {
    for (uint32_t i = 0; i < c->count; i++) {
        if (spoor_str_eq(c->columns[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

static bool is_taken(const spoor_column *columns, uint32_t n, spoor_str name) {
    for (uint32_t i = 0; i < n; i++) {
        if (spoor_str_eq(columns[i].name, name)) {
            return true;
        }
    }
    return false;
}

spoor_str spoor_unique_name(spoor_arena *arena, const spoor_column *columns, uint32_t n,
                            spoor_str name) {
    spoor_str unique = name;
    for (uint32_t i = 1; is_taken(columns, n, unique); i++) {
        unique = spoor_arena_format(arena, "%.*s%u", SPOOR_S(name), i);
    }
    return unique;
}

static void grow(spoor_bind_columns *c) {
    uint32_t capacity = c->capacity, same = c->capacity;
    SPOOR_GROW(c->b->arena, c->columns, c->count, &capacity);
    capacity = same;
    SPOOR_GROW(c->b->arena, c->exprs, c->count, &capacity);
    SPOOR_GROW(c->b->arena, c->is_declared, c->count, &same);
    c->capacity = same;
}

uint32_t spoor_columns_add(spoor_bind_columns *c, spoor_str name, spoor_bound *expr) {
    grow(c);
    uint32_t at = c->count;
    c->columns[at] = (spoor_column){
        .name = spoor_unique_name(c->b->arena, c->columns, c->count, name), .type = expr->type};
    c->exprs[at] = expr;
    c->is_declared[at] = false;
    c->count++;
    return at;
}

bool spoor_columns_declare(spoor_bind_columns *c, spoor_str name, spoor_bound *expr, bool replace,
                           spoor_span span) {
    int at = spoor_columns_find(c, name);
    if (at >= 0 && c->is_declared[at]) {
        return spoor_fail(c->b->diags, span, "the column '%.*s' is given twice", SPOOR_S(name));
    }
    if (at >= 0 && replace) {
        c->columns[at].type = expr->type;
        c->exprs[at] = expr;
    } else {
        at = (int)spoor_columns_add(c, name, expr);
    }
    c->is_declared[at] = true;
    return true;
}

void spoor_columns_add_input(spoor_bind_columns *c) {
    for (uint32_t i = 0; c->input != NULL && i < c->input->ncols; i++) {
        const spoor_column *column = &c->input->columns[i];
        if (!column->hidden) {
            grow(c);
            c->columns[c->count] = *column;
            c->exprs[c->count] = spoor_bound_column(c->b->arena, c->input, (int)i, (spoor_span){0});
            c->is_declared[c->count] = false;
            c->count++;
        }
    }
}

void spoor_columns_remove(spoor_bind_columns *c, uint32_t index) {
    for (uint32_t i = index; i + 1 < c->count; i++) {
        c->columns[i] = c->columns[i + 1];
        c->exprs[i] = c->exprs[i + 1];
        c->is_declared[i] = c->is_declared[i + 1];
    }
    c->count--;
}

spoor_plan *spoor_columns_project(spoor_bind_columns *c, spoor_plan *input, spoor_span span) {
    uint32_t visible = c->count;
    for (uint32_t i = 0; c->input != NULL && i < c->input->ncols; i++) {
        const spoor_column *column = &c->input->columns[i];
        if (column->hidden && !is_taken(c->columns, visible, column->name)) {
            grow(c);
            c->columns[c->count] = *column;
            c->exprs[c->count] = spoor_bound_column(c->b->arena, c->input, (int)i, span);
            c->count++;
        }
    }
    if (c->count > SPOOR_MAX_COLUMNS) {
        spoor_fail(c->b->diags, span, "more than %d columns", SPOOR_MAX_COLUMNS);
    }
    spoor_plan *plan = spoor_plan_new(c->b, SPOOR_PLAN_PROJECT, span, input);
    plan->schema = (spoor_schema){c->count, c->columns};
    plan->project.exprs = c->exprs;
    return plan;
}

/* -- the items of project, extend, print ------------------------------------------------------- */

static spoor_bound *or_null(spoor_bind_columns *c, spoor_bound *e, spoor_str name,
                            spoor_span span) {
    if (e != NULL) {
        return e;
    }
    spoor_bind_poison(c->b, name);
    return spoor_bound_null(c->b->arena, SPOOR_DYNAMIC, span);
}

/* Column1, Column2, ...: extend takes the next that nothing has; elsewhere one that is there makes it
 * Column11, and the next is Column2 all the same. */
static spoor_str default_name(spoor_bind_columns *c, spoor_projection style, uint32_t item) {
    if (style == SPOOR_PRINT) {
        return spoor_arena_format(c->b->arena, "print_%u", item);
    }
    for (;;) {
        spoor_str name = spoor_arena_format(c->b->arena, "Column%u", ++c->nunnamed);
        if (style != SPOOR_EXTEND ||
            (spoor_columns_find(c, name) < 0 && spoor_schema_find(c->input, name) < 0)) {
            return name;
        }
    }
}

/* (a, b) = f(x): the elements of the array that f gives. */
static void bind_tuple(spoor_bind_columns *c, const spoor_ast *node, spoor_projection style) {
    const spoor_ast *value = node->last;
    spoor_bound *e = spoor_bind_expr(c->b, value);
    uint32_t nnames = node->nchildren - 1;
    if (e != NULL && e->type != SPOOR_DYNAMIC && nnames > 1) {
        spoor_fail(c->b->diags, node->span, "%s is one value and cannot fill %u columns",
                   spoor_type_phrase(e->type), nnames);
        e = NULL;
    }
    uint32_t i = 0;
    for (const spoor_ast *name = node->first; name != value; name = name->next) {
        spoor_bound *part = e;
        if (e != NULL && e->type == SPOOR_DYNAMIC) {
            spoor_value index = {.type = SPOOR_LONG, .integer = i};
            spoor_bound *args[2] = {e, spoor_bound_constant(c->b->arena, index, name->span)};
            part = SPOOR_APPLY(c->b, "__element", args, 2, name->span);
        }
        spoor_columns_declare(c, name->text, or_null(c, part, name->text, name->span),
                              style == SPOOR_EXTEND, name->span);
        i++;
    }
}

/* f(x), y = f(x) or (a, b) = f(x) of a call that gives several values. */
static void add_tuple(spoor_bind_columns *c, const spoor_ast *node, const spoor_bind_tuple *tuple,
                      spoor_projection style) {
    if (node->kind == SPOOR_AST_NAMED) {
        spoor_columns_declare(c, node->text, or_null(c, tuple->parts[0], node->text, node->span),
                              style == SPOOR_EXTEND, node->at);
        return;
    }
    if (node->kind == SPOOR_AST_NAMED_TUPLE) {
        uint32_t i = 0;
        for (const spoor_ast *name = node->first; name != node->last; name = name->next, i++) {
            if (i == tuple->count) {
                spoor_fail(c->b->diags, name->span, "'%.*s' gives %u values",
                           SPOOR_S(node->last->text), tuple->count);
                return;
            }
            spoor_columns_declare(c, name->text,
                                  or_null(c, tuple->parts[i], name->text, name->span),
                                  style == SPOOR_EXTEND, name->span);
        }
        return;
    }
    for (uint32_t i = 0; i < tuple->count; i++) {
        spoor_bound *e = or_null(c, tuple->parts[i], tuple->names[i], node->span);
        int at = style == SPOOR_EXTEND ? spoor_columns_find(c, tuple->names[i]) : -1;
        if (at >= 0) {
            c->columns[at].type = e->type;
            c->exprs[at] = e;
        } else {
            spoor_columns_add(c, tuple->names[i], e);
        }
    }
}

static void bind_unnamed(spoor_bind_columns *c, const spoor_ast *node, spoor_projection style,
                         uint32_t item) {
    spoor_bound *e = spoor_bind_expr(c->b, node);
    spoor_str name =
        style == SPOOR_PRINT ? (spoor_str){NULL, 0} : spoor_bind_column_name(c->b, node);
    bool is_column = e != NULL && e->kind == SPOOR_BOUND_COLUMN && name.len > 0;
    if (name.len == 0) {
        name = default_name(c, style, item);
    }
    e = or_null(c, e, name, node->span);
    if (is_column) {
        spoor_columns_declare(c, name, e, style == SPOOR_EXTEND, node->span);
        return;
    }
    int at = spoor_columns_find(c, name);
    if (style == SPOOR_EXTEND && at >= 0) {
        c->columns[at].type = e->type;
        c->exprs[at] = e;
        return;
    }
    spoor_columns_add(c, name, e);
}

void spoor_columns_bind(spoor_bind_columns *c, const spoor_ast *first, spoor_projection style) {
    uint32_t item = 0;
    for (const spoor_ast *node = first; node != NULL; node = node->next) {
        const spoor_ast *value = node->kind == SPOOR_AST_NAMED         ? node->first
                                 : node->kind == SPOOR_AST_NAMED_TUPLE ? node->last
                                                                       : node;
        spoor_bind_tuple tuple;
        if (spoor_bind_tuple_call(c->b, value, &tuple)) {
            add_tuple(c, node, &tuple, style);
        } else if (node->kind == SPOOR_AST_NAMED_TUPLE) {
            bind_tuple(c, node, style);
        } else if (node->kind == SPOOR_AST_NAMED) {
            spoor_bound *e = spoor_bind_expr(c->b, node->first);
            bool replace = style == SPOOR_EXTEND || (e != NULL && e->kind == SPOOR_BOUND_COLUMN);
            spoor_columns_declare(c, node->text, or_null(c, e, node->text, node->span), replace,
                                  node->at);
        } else if (node->kind == SPOOR_AST_STAR && style == SPOOR_PROJECT) {
            for (uint32_t i = 0; c->input != NULL && i < c->input->ncols; i++) {
                if (!c->input->columns[i].hidden &&
                    spoor_columns_find(c, c->input->columns[i].name) < 0) {
                    spoor_columns_add(
                        c, c->input->columns[i].name,
                        spoor_bound_column(c->b->arena, c->input, (int)i, node->span));
                }
            }
        } else {
            bind_unnamed(c, node, style, item);
        }
        item++;
    }
}
