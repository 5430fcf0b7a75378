/* bind_operator_series.c - make-series: values along an axis as arrays.
 *
 * Below the MAKE_SERIES stands a summarize by the keys and the axis cut into
 * steps; the operator only lays its rows out.  It is bound as a summarize
 * written in the query would be, from nodes made of those of the text. */
#include "functions/convert.h"
#include "planner/bind.h"

#define AXIS "#axis"

typedef struct series {
    spoor_binder *b;
    spoor_bound *axis, *from, *to, *step;
    bool is_range; /* in range(): bin(), and the end is part of it */
} series;

static spoor_ast *copy_of(spoor_binder *b, const spoor_ast *node) {
    spoor_ast *copy = SPOOR_NEW(b->arena, spoor_ast);
    *copy = *node;
    copy->next = NULL;
    return copy;
}

static void append(spoor_ast *parent, spoor_ast *child) {
    *(parent->last != NULL ? &parent->last->next : &parent->first) = child;
    parent->last = child;
    parent->nchildren++;
}

/* summarize items by keys, #axis */
static spoor_ast *as_summarize(spoor_binder *b, const spoor_ast *node) {
    spoor_ast *summarize = SPOOR_NEW(b->arena, spoor_ast), *by = SPOOR_NEW(b->arena, spoor_ast);
    spoor_ast *axis = SPOOR_NEW(b->arena, spoor_ast);
    const spoor_ast *keys = spoor_ast_clause(node, "by");
    *summarize = (spoor_ast){
        .kind = SPOOR_AST_SUMMARIZE, .span = node->span, .at = node->at, .depth = node->depth};
    *by = (spoor_ast){.kind = SPOOR_AST_CLAUSE,
                      .text = SPOOR_STR("by"),
                      .span = node->span,
                      .at = node->at,
                      .depth = node->depth};
    *axis = (spoor_ast){.kind = SPOOR_AST_NAME,
                        .text = SPOOR_STR(AXIS),
                        .span = node->span,
                        .at = node->at,
                        .depth = 1};
    for (const spoor_ast *n = spoor_bind_first_child(node); n != NULL; n = n->next) {
        if (n->kind == SPOOR_AST_MAKE_SERIES_ITEM) {
            append(summarize, copy_of(b, n->first));
        }
    }
    for (const spoor_ast *n = keys != NULL ? keys->first : NULL; n != NULL; n = n->next) {
        append(by, copy_of(b, n));
    }
    append(by, axis);
    append(summarize, by);
    return summarize;
}

static bool is_number(spoor_type type) {
    return type == SPOOR_INT || type == SPOOR_LONG || type == SPOOR_REAL;
}

/* The axis and its ends as one type, the step as what is added to it. */
static bool fit_types(series *s, spoor_span span) {
    spoor_bound **ends[3] = {&s->from, &s->to, &s->step};
    spoor_type type = s->axis->type, step = SPOOR_TIMESPAN;
    bool ok = type == SPOOR_DATETIME || type == SPOOR_TIMESPAN || is_number(type);
    if (is_number(type)) {
        type = type == SPOOR_INT ? SPOOR_LONG : type;
        for (int i = 0; i < 3; i++) {
            ok = ok && (*ends[i] == NULL || is_number((*ends[i])->type));
            if (*ends[i] != NULL && (*ends[i])->type == SPOOR_REAL) {
                type = SPOOR_REAL;
            }
        }
        step = type;
    }
    for (int i = 0; ok && i < 3; i++) {
        spoor_type wanted = i == 2 ? step : type;
        if (*ends[i] != NULL && (*ends[i])->type != wanted && !is_number(wanted)) {
            ok = false;
        } else if (*ends[i] != NULL) {
            *ends[i] = spoor_bind_convert(s->b, *ends[i], wanted);
        }
    }
    if (!ok) {
        return spoor_fail(s->b->diags, span, "the axis, its ends and its step do not go together");
    }
    s->axis = spoor_bind_convert(s->b, s->axis, type);
    return true;
}

static bool bind_scalar(spoor_binder *b, const spoor_ast *node, spoor_bound **e) {
    *e = node != NULL ? spoor_bind_scalar(b, node) : NULL;
    return node == NULL || *e != NULL;
}

static bool bind_axis(series *s, const spoor_ast *node) {
    spoor_binder *b = s->b;
    const spoor_ast *on = spoor_ast_clause(node, "on"), *in = spoor_ast_clause(node, "in");
    const spoor_ast *from = spoor_ast_clause(node, "from"), *to = spoor_ast_clause(node, "to");
    const spoor_ast *step = spoor_ast_clause(node, "step");
    if (in != NULL && (in->first == NULL || in->first->nchildren != 3)) {
        return spoor_fail(b->diags, in->span, "expected range(start, stop, step)");
    }
    s->is_range = in != NULL;
    s->axis = on != NULL ? spoor_bind_expr(b, on->first) : NULL;
    const spoor_ast *call = in != NULL ? in->first : NULL;
    bool ok = bind_scalar(b,
                          call != NULL   ? call->first
                          : from != NULL ? from->first
                                         : NULL,
                          &s->from);
    ok &= bind_scalar(b, call != NULL ? call->first->next : to != NULL ? to->first : NULL, &s->to);
    ok &= bind_scalar(b, call != NULL ? call->last : step != NULL ? step->first : NULL, &s->step);
    if (!ok || s->axis == NULL) {
        return false;
    }
    if (s->step == NULL) {
        return spoor_fail(b->diags, node->at, "'make-series' needs a step");
    }
    return fit_types(s, node->span);
}

/* Rows on the axis alone, with the axis cut into steps as one more column. */
static spoor_plan *cut(series *s, spoor_plan *input, spoor_span span) {
    spoor_binder *b = s->b;
    spoor_bound *tests[3];
    uint32_t n = 0;
    spoor_bound *lower[2] = {s->axis, s->from}, *upper[2] = {s->axis, s->to};
    tests[n++] = SPOOR_APPLY(b, "isnotnull", &s->axis, 1, span);
    if (s->from != NULL) {
        tests[n++] = SPOOR_APPLY(b, ">=", lower, 2, span);
    }
    if (s->to != NULL) {
        tests[n++] = s->is_range ? SPOOR_APPLY(b, "<=", upper, 2, span)
                                 : SPOOR_APPLY(b, "<", upper, 2, span);
    }
    spoor_bound *args[3] = {s->axis, s->step, s->from};
    bool has_start = s->from != NULL && !s->is_range;
    spoor_bound *bin =
        has_start ? SPOOR_APPLY(b, "bin_at", args, 3, span) : SPOOR_APPLY(b, "bin", args, 2, span);
    for (uint32_t i = 0; i < n; i++) {
        if (tests[i] == NULL) {
            return NULL;
        }
        spoor_plan *where = spoor_plan_new(b, SPOOR_PLAN_WHERE, span, input);
        where->where.predicate = tests[i];
        input = where;
    }
    if (bin == NULL) {
        return NULL;
    }
    spoor_bind_columns c = spoor_columns_new(b, &input->schema);
    spoor_columns_add_input(&c);
    spoor_columns_add(&c, SPOOR_STR(AXIS), bin);
    return spoor_columns_project(&c, input, span);
}

/* What stands where there is no row: of the item's type. */
static bool bind_default(spoor_binder *b, const spoor_ast *item, spoor_type type,
                         spoor_value *value) {
    const spoor_ast *clause = spoor_ast_clause(item, "default");
    *value = (spoor_value){.type = type};
    if (type == SPOOR_STRING || type == SPOOR_DYNAMIC || type == SPOOR_GUID) {
        spoor_fail(b->diags, item->span, "'make-series' needs numbers, and this is %s",
                   spoor_type_phrase(type));
        return false;
    }
    if (clause == NULL) {
        return true;
    }
    spoor_bound *e = spoor_bind_scalar(b, clause->first);
    if (e == NULL) {
        return false;
    }
    if (e->kind != SPOOR_BOUND_CONSTANT) {
        return spoor_fail(b->diags, clause->span, "expected a constant");
    }
    bool keeps = is_number(e->type) && is_number(type); /* avg() default = 1.5 of a long stays so */
    *value = keeps && !e->value.is_null && e->type == SPOOR_REAL
                 ? e->value
                 : spoor_convert(b->arena, &e->value, type);
    return !value->is_null || e->value.is_null ||
           spoor_fail(b->diags, clause->span, "expected %s, found %s", spoor_type_name(type),
                      spoor_type_name(e->type));
}

static spoor_plan *lay_out(series *s, const spoor_ast *node, spoor_plan *rows) {
    spoor_binder *b = s->b;
    const spoor_ast *on = spoor_ast_clause(node, "on");
    uint32_t axis = (uint32_t)spoor_schema_find(&rows->schema, SPOOR_STR(AXIS));
    uint32_t ncols = rows->schema.ncols;
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_MAKE_SERIES, node->span, rows);
    plan->series.nkeys = axis;
    plan->series.from = s->from;
    plan->series.to = s->to;
    plan->series.step = s->step;
    plan->series.is_range = s->is_range;
    plan->series.defaults = SPOOR_NEW_ARRAY(b->arena, spoor_value, ncols + 1);
    spoor_column *columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, ncols + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < ncols; i++) {
        if (i != axis) {
            columns[n] = rows->schema.columns[i];
            columns[n].type = i < axis ? columns[n].type : SPOOR_DYNAMIC;
            n++;
        }
    }
    uint32_t at = axis + 1;
    for (const spoor_ast *item = spoor_bind_first_child(node); item != NULL; item = item->next) {
        if (item->kind == SPOOR_AST_MAKE_SERIES_ITEM && at < ncols) {
            bind_default(b, item, rows->schema.columns[at].type,
                         &plan->series.defaults[at - axis - 1]);
            at++;
        }
    }
    if (at != ncols) {
        spoor_fail(b->diags, node->span, "an aggregate of several columns makes no series");
        return NULL;
    }
    spoor_str name = spoor_bind_column_name(b, on->first);
    name = name.len > 0 ? name : SPOOR_STR("Column1");
    columns[n] = (spoor_column){.name = spoor_unique_name(b->arena, columns, n, name),
                                .type = SPOOR_DYNAMIC};
    plan->schema = (spoor_schema){n + 1, columns};
    return plan;
}

spoor_plan *spoor_bind_make_series(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    series s = {.b = b};
    spoor_str kind;
    uint32_t errors = b->diags->nerrors;
    spoor_bind_check_props(b, node, "kind");
    bool is_nonempty = spoor_bind_prop_text(node, "kind", &kind);
    if (is_nonempty && !spoor_str_is(kind, "nonempty")) {
        spoor_fail(b->diags, spoor_ast_prop(node, "kind")->span, "the kind can be 'nonempty'");
    }
    if (!bind_axis(&s, node)) {
        return NULL;
    }
    spoor_plan *rows = cut(&s, input, node->span);
    if (rows == NULL) {
        return NULL;
    }
    b->row = b->outer_row = &rows->schema;
    rows = spoor_bind_summarize(b, as_summarize(b, node), rows);
    if (rows == NULL || b->diags->nerrors > errors) {
        return NULL;
    }
    spoor_plan *plan = lay_out(&s, node, rows);
    if (plan != NULL) {
        plan->series.is_nonempty = is_nonempty && plan->series.nkeys == 0;
    }
    return b->diags->nerrors > errors ? NULL : plan;
}
