/* bind_operator_expand.c - mv-expand: a row for each element of arrays and bags.
 *
 * What is expanded must be columns of the input: a PROJECT below computes what
 * is not one yet. */
#include "planner/bind.h"

typedef struct expansion {
    spoor_binder *b;
    const spoor_schema *input;
    spoor_bind_columns below; /* the input's columns and those computed for it */
    spoor_bind_columns out;   /* by exprs: columns of `below` */
    int *columns, *outputs;
    spoor_type *to_types;
    uint32_t count;
} expansion;

static bool bind_item(expansion *x, const spoor_ast *item) {
    spoor_binder *b = x->b;
    const spoor_ast *node = item->kind == SPOOR_AST_MV_ITEM ? item->first : item;
    const spoor_ast *type = node->next;
    const spoor_ast *value = node->kind == SPOOR_AST_NAMED ? node->first : node;
    spoor_str name = spoor_bind_column_name(b, node);
    spoor_bound *e = spoor_bind_expr(b, value);
    if (e != NULL && e->type != SPOOR_DYNAMIC) {
        spoor_fail(b->diags, value->span, "expected dynamic, found %s", spoor_type_name(e->type));
        e = NULL;
    }
    if (name.len == 0) {
        name = spoor_arena_format(b->arena, "Column%u", x->count + 1);
    }
    if (e == NULL) {
        spoor_bind_poison(b, name);
        return false;
    }
    spoor_type to = SPOOR_DYNAMIC;
    if (type != NULL && type->kind == SPOOR_AST_TYPEOF) {
        if (type->type == SPOOR_AST_NO_TYPE) {
            return spoor_fail(b->diags, type->span, "no type named '%.*s'", SPOOR_S(type->extra));
        }
        to = (spoor_type)type->type;
    }
    int column = e->kind == SPOOR_BOUND_COLUMN ? e->column : -1;
    if (column < 0) {
        column = (int)spoor_columns_add(&x->below, SPOOR_STR("#expanded"), e);
    }
    spoor_bound *source = spoor_bound_null(b->arena, to, item->span);
    if (!spoor_columns_declare(&x->out, name, source, true, node->span)) {
        return false;
    }
    x->columns[x->count] = column;
    x->outputs[x->count] = spoor_columns_find(&x->out, name);
    x->to_types[x->count++] = to;
    return true;
}

/* All columns of the input, hidden ones at their places, so that numbers stay the same below. */
static void add_all(spoor_bind_columns *c, const spoor_schema *input) {
    for (uint32_t i = 0; i < input->ncols; i++) {
        uint32_t at =
            spoor_columns_add(c, input->columns[i].name,
                              spoor_bound_column(c->b->arena, input, (int)i, (spoor_span){0}));
        c->columns[at] = input->columns[i];
    }
}

static bool bag_to_array(spoor_binder *b, const spoor_ast *node) {
    spoor_str kind;
    if (!spoor_bind_prop_text(node, "bagexpansion", &kind) &&
        !spoor_bind_prop_text(node, "kind", &kind)) {
        return false;
    }
    if (!spoor_str_is(kind, "array") && !spoor_str_is(kind, "bag")) {
        spoor_fail(b->diags, node->at, "a bag expands to 'bag' or 'array'");
    }
    return spoor_str_is(kind, "array");
}

static void finish(expansion *x, spoor_plan *plan) {
    spoor_binder *b = x->b;
    for (uint32_t i = 0; i < x->input->ncols; i++) { /* hidden columns go last */
        const spoor_column *column = &x->input->columns[i];
        if (column->hidden && spoor_columns_find(&x->out, column->name) < 0) {
            uint32_t at = spoor_columns_add(
                &x->out, column->name, spoor_bound_column(b->arena, x->input, (int)i, plan->span));
            x->out.columns[at] = *column;
        }
    }
    plan->schema = (spoor_schema){x->out.count, x->out.columns};
    plan->mv_expand.passed = SPOOR_NEW_ARRAY(b->arena, int, x->out.count + 1);
    for (uint32_t i = 0; i < x->out.count; i++) {
        const spoor_bound *e = x->out.exprs[i];
        plan->mv_expand.passed[i] = e->kind == SPOOR_BOUND_COLUMN ? e->column : -1;
    }
    plan->mv_expand.columns = x->columns;
    plan->mv_expand.outputs = x->outputs;
    plan->mv_expand.to_types = x->to_types;
    plan->mv_expand.ncolumns = x->count;
}

spoor_plan *spoor_bind_mv_expand(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    expansion x = {.b = b, .input = &input->schema};
    x.below = spoor_columns_new(b, NULL);
    x.out = spoor_columns_new(b, &input->schema);
    x.columns = SPOOR_NEW_ARRAY(b->arena, int, (size_t)node->nchildren + 1);
    x.outputs = SPOOR_NEW_ARRAY(b->arena, int, (size_t)node->nchildren + 1);
    x.to_types = SPOOR_NEW_ARRAY(b->arena, spoor_type, (size_t)node->nchildren + 1);
    spoor_bind_check_props(b, node, "bagexpansion kind with_itemindex");
    add_all(&x.below, &input->schema);
    spoor_columns_add_input(&x.out);
    for (const spoor_ast *n = spoor_bind_first_child(node); n != NULL; n = n->next) {
        if (n->kind == SPOOR_AST_MV_ITEM) {
            bind_item(&x, n);
        }
    }
    if (x.count == 0) {
        return input;
    }
    spoor_plan *below = input;
    if (x.below.count > input->schema.ncols) {
        below = spoor_columns_project(&x.below, input, node->span);
    }
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_MV_EXPAND, node->span, below);
    plan->mv_expand.bag_to_array = bag_to_array(b, node);
    plan->mv_expand.index_output = -1;
    spoor_str index_name;
    if (spoor_bind_prop_text(node, "with_itemindex", &index_name)) {
        plan->mv_expand.index_output = (int)spoor_columns_add(
            &x.out, index_name, spoor_bound_null(b->arena, SPOOR_LONG, node->span));
    }
    const spoor_ast *limit = spoor_ast_clause(node, "limit");
    if (limit != NULL && limit->first != NULL) {
        plan->mv_expand.limit = spoor_bind_count(b, limit->first);
    }
    finish(&x, plan);
    return plan;
}
