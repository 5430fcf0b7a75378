/* bind_operator_summarize.c - summarize, distinct, count.
 *
 * A summarize is a SUMMARIZE (keys, then the outputs of the aggregates found in
 * its expressions) and, on top, a PROJECT that computes what is written round
 * the aggregates (round(avg(x), 2)) and gives the columns their names. */
#include "planner/bind.h"

/* -- aggregates -------------------------------------------------------------------------------- */

static uint32_t add_output(spoor_binder *b, spoor_str name, spoor_type type) {
    spoor_bind_aggregates *a = b->aggregates;
    SPOOR_GROW(b->arena, a->columns, a->ncolumns, &a->columns_capacity);
    a->columns[a->ncolumns] = (spoor_column){.name = name, .type = type};
    return a->ncolumns++;
}

static bool is_key(const spoor_bind_aggregates *a, int column) {
    for (uint32_t i = 0; i < a->nkeys; i++) {
        if (a->keys[i]->kind == SPOOR_BOUND_COLUMN && a->keys[i]->column == column) {
            return true;
        }
    }
    return false;
}

typedef struct arguments {
    spoor_bound **items;
    spoor_str *names; /* of the outputs they make */
    uint32_t count, capacity, names_capacity;
} arguments;

static void add_argument(spoor_binder *b, arguments *args, spoor_bound *e, spoor_str name) {
    SPOOR_GROW(b->arena, args->items, args->count, &args->capacity);
    SPOOR_GROW(b->arena, args->names, args->count, &args->names_capacity);
    args->items[args->count] = e;
    args->names[args->count++] = name;
}

static bool has_column(const arguments *args, int column) {
    for (uint32_t i = 0; i < args->count; i++) {
        if (args->items[i]->kind == SPOOR_BOUND_COLUMN && args->items[i]->column == column) {
            return true;
        }
    }
    return false;
}

/* * in arg_max(x, *): every column that is not a key and not there already. */
static void add_star(spoor_binder *b, arguments *args, const spoor_schema *row, spoor_span span) {
    for (uint32_t i = 0; i < row->ncols; i++) {
        if (!row->columns[i].hidden && !is_key(b->aggregates, (int)i) &&
            !has_column(args, (int)i)) {
            add_argument(b, args, spoor_bound_column(b->arena, row, (int)i, span),
                         row->columns[i].name);
        }
    }
}

static spoor_str output_name(spoor_binder *b, const spoor_ast *call, const spoor_ast *argument,
                             uint32_t index) {
    spoor_str name = spoor_bind_column_name(b, argument);
    if (name.len > 0) {
        return name;
    }
    if (spoor_str_is(call->text, "arg_max") || spoor_str_is(call->text, "arg_min")) {
        const char *prefix = call->text.ptr[4] == 'm' && call->text.ptr[5] == 'a' ? "max" : "min";
        spoor_str first = spoor_bind_column_name(b, call->first);
        return index == 0
                   ? spoor_arena_format(b->arena, "%s_", prefix)
                   : spoor_arena_format(b->arena, "%s_%.*s_arg%u", prefix, SPOOR_S(first), index);
    }
    return spoor_arena_format(b->arena, "%.*s_arg%u", SPOOR_S(call->text), index);
}

/* The arguments, bound over the rows.  false: one failed. */
static bool bind_arguments(spoor_binder *b, const spoor_ast *call, arguments *args) {
    spoor_bind_aggregates *aggregates = b->aggregates;
    const spoor_schema *row = b->row;
    bool ok = true;
    uint32_t index = 0;
    for (const spoor_ast *child = call->first; child != NULL; child = child->next, index++) {
        if (child->kind == SPOOR_AST_STAR) {
            add_star(b, args, aggregates->row, child->span);
            continue;
        }
        const spoor_ast *value = child->kind == SPOOR_AST_NAMED ? child->first : child;
        b->row = aggregates->row;
        b->aggregates = NULL;
        spoor_bound *e = spoor_bind_expr(b, value);
        b->aggregates = aggregates;
        spoor_str name = output_name(b, call, child, index);
        b->row = row;
        if (e == NULL) {
            ok = false;
            continue;
        }
        add_argument(b, args, e, name);
    }
    return ok;
}

static void misfit(spoor_binder *b, const spoor_ast *call, const spoor_aggregate *row,
                   const arguments *args) {
    if (args->count < row->min_args ||
        (row->max_args != SPOOR_VARIADIC && args->count > row->max_args)) {
        bool few = args->count < row->min_args;
        uint32_t limit = few ? row->min_args : row->max_args;
        spoor_fail(b->diags, call->at, "'%s' takes %s %u argument%s, not %u", row->name,
                   few ? "at least" : "at most", limit, limit == 1 ? "" : "s", args->count);
        return;
    }
    char types[200];
    size_t len = 0;
    types[0] = '\0';
    for (uint32_t i = 0; i < args->count && len < sizeof types - 24; i++) {
        int n = snprintf(types + len, sizeof types - len, "%s%s", i > 0 ? ", " : "",
                         spoor_type_name(args->items[i]->type));
        len += n > 0 ? (size_t)n : 0;
    }
    spoor_fail(b->diags, call->at, "'%s' does not take %s", row->name, types);
}

/* Constant arguments (the accuracy of dcount, the n of percentile) are checked now. */
static bool prepare(spoor_binder *b, const spoor_ast *call, const spoor_plan_aggregate *aggregate) {
    if (aggregate->aggregate->prepare == NULL) {
        return true;
    }
    spoor_type *types = SPOOR_NEW_ARRAY(b->arena, spoor_type, aggregate->nargs + 1);
    const spoor_value **constants =
        SPOOR_NEW_ARRAY(b->arena, const spoor_value *, aggregate->nargs + 1);
    for (uint32_t i = 0; i < aggregate->nargs; i++) {
        const spoor_bound *e = aggregate->args[i];
        types[i] = e->type;
        constants[i] = e->kind == SPOOR_BOUND_CONSTANT ? &e->value : NULL;
    }
    spoor_call probe = {.nargs = aggregate->nargs,
                        .types = types,
                        .constants = constants,
                        .result = aggregate->result,
                        .arena = b->arena,
                        .scratch = b->arena,
                        .now = b->options->now};
    const char *problem = aggregate->aggregate->prepare(&probe);
    return problem == NULL || spoor_fail(b->diags, call->at, "%s", problem);
}

/* percentile_x_55, percentiles' outputs: prefix, argument, number. */
static spoor_str percentile_name(spoor_binder *b, const spoor_ast *call, const spoor_bound *n) {
    spoor_str argument = spoor_bind_column_name(b, call->first);
    spoor_str number = spoor_value_to_text(b->arena, &n->value);
    char *text = SPOOR_NEW_ARRAY(b->arena, char, number.len + 1);
    for (size_t i = 0; i < number.len; i++) {
        text[i] = number.ptr[i] == '.' ? '_' : number.ptr[i];
    }
    return spoor_arena_format(b->arena, "percentile_%.*s_%.*s", SPOOR_S(argument), (int)number.len,
                              text);
}

static bool is_percentile(spoor_str name) {
    return spoor_str_is(name, "percentile") || spoor_str_is(name, "percentiles") ||
           spoor_str_is(name, "percentilew") || spoor_str_is(name, "percentilesw");
}

/* The spellings of old name their outputs otherwise: any_x, max_x, max_x_y. */
static void name_legacy(spoor_binder *b, const spoor_ast *call, arguments *args) {
    bool is_any = spoor_str_is(call->text, "any");
    if ((!is_any && !spoor_str_is(call->text, "argmax") && !spoor_str_is(call->text, "argmin")) ||
        args->count == 0) {
        return;
    }
    spoor_str first = args->names[0];
    const char *prefix = is_any ? "any" : call->text.ptr[4] == 'a' ? "max" : "min";
    for (uint32_t i = 0; i < args->count; i++) {
        args->names[i] =
            i == 0 || is_any
                ? spoor_arena_format(b->arena, "%s_%.*s", prefix, SPOOR_S(args->names[i]))
                : spoor_arena_format(b->arena, "%s_%.*s_%.*s", prefix, SPOOR_S(first),
                                     SPOOR_S(args->names[i]));
    }
}

spoor_bound *spoor_bind_aggregate(spoor_binder *b, const spoor_ast *call, uint32_t *first_column,
                                  uint32_t *ncolumns) {
    spoor_bind_aggregates *a = b->aggregates;
    arguments args = {0};
    if (!bind_arguments(b, call, &args)) {
        return NULL;
    }
    spoor_type *types = SPOOR_NEW_ARRAY(b->arena, spoor_type, args.count + 1);
    spoor_type *targets = SPOOR_NEW_ARRAY(b->arena, spoor_type, args.count + 1);
    for (uint32_t i = 0; i < args.count; i++) {
        types[i] = targets[i] = args.items[i]->type;
    }
    spoor_aggregate_resolution found =
        spoor_aggregate_resolve(call->text, types, args.count, targets);
    if (found.aggregate == NULL) {
        misfit(b, call, found.near, &args);
        return NULL;
    }
    for (uint32_t i = 0; i < args.count; i++) {
        args.items[i] = spoor_bind_convert(b, args.items[i], targets[i]);
        if (args.items[i] == NULL) {
            return NULL;
        }
    }
    spoor_plan_aggregate item = {.aggregate = found.aggregate,
                                 .args = args.items,
                                 .nargs = args.count,
                                 .result = found.result,
                                 .first_column = a->ncolumns};
    if (!prepare(b, call, &item)) {
        return NULL;
    }
    bool by_number = is_percentile(call->text);
    name_legacy(b, call, &args);
    if (found.aggregate->many_outputs) {
        for (uint32_t i = found.aggregate->first_output_arg; i < args.count; i++) {
            add_output(b, by_number ? percentile_name(b, call, args.items[i]) : args.names[i],
                       by_number ? found.result : args.items[i]->type);
        }
    } else {
        add_output(b,
                   by_number && args.count > 1
                       ? percentile_name(b, call, args.items[args.count - 1])
                       : spoor_bind_aggregate_name(b, call),
                   found.result);
    }
    item.ncolumns = a->ncolumns - item.first_column;
    SPOOR_GROW(b->arena, a->items, a->count, &a->capacity);
    a->items[a->count++] = item;
    *first_column = item.first_column;
    *ncolumns = item.ncolumns;
    spoor_schema outputs = {a->ncolumns, a->columns};
    spoor_bound *e = SPOOR_NEW(b->arena, spoor_bound);
    *e = (spoor_bound){.kind = SPOOR_BOUND_COLUMN,
                       .span = call->span,
                       .depth = 1,
                       .type = outputs.columns[item.first_column].type,
                       .column = (int)(a->nkeys + item.first_column)};
    return item.ncolumns > 0 ? e : NULL;
}

/* -- summarize --------------------------------------------------------------------------------- */

static void check_key(spoor_bind_columns *keys, const spoor_ast *node, uint32_t i) {
    spoor_binder *b = keys->b;
    spoor_bound **key = &keys->exprs[i];
    bool is_placeholder = (*key)->kind == SPOOR_BOUND_CONSTANT && (*key)->value.is_null;
    *key = spoor_bind_settled(b, *key, SPOOR_STRING);
    keys->columns[i].type = (*key)->type;
    if ((*key)->type == SPOOR_DYNAMIC && !is_placeholder) {
        spoor_fail(b->diags, node->span, "a dynamic value cannot be a key");
        spoor_hint(b->diags, "tostring(...), tolong(...) and so on make it one");
    }
}

static void bind_keys(spoor_bind_columns *keys, const spoor_ast *by) {
    spoor_columns_bind(keys, by != NULL ? by->first : NULL, SPOOR_PROJECT);
    const spoor_ast *node = by != NULL ? by->first : NULL;
    for (uint32_t i = 0; i < keys->count && node != NULL; i++, node = node->next) {
        check_key(keys, node, i);
    }
}

/* Columns in the place of those that a mistake keeps from being made. */
static void add_failed(spoor_bind_columns *out, const spoor_ast *node, bool is_aggregate) {
    spoor_binder *b = out->b;
    spoor_bound *nothing = spoor_bound_null(b->arena, SPOOR_DYNAMIC, node->span);
    if (node->kind == SPOOR_AST_NAMED_TUPLE) {
        for (const spoor_ast *n = node->first; n != node->last; n = n->next) {
            spoor_bind_poison(b, n->text);
            spoor_columns_add(out, n->text, nothing);
        }
        return;
    }
    spoor_str name = node->kind == SPOOR_AST_NAMED ? node->text
                     : is_aggregate                ? spoor_bind_aggregate_name(b, node)
                                                   : spoor_bind_column_name(b, node);
    name = name.len > 0 ? name : SPOOR_STR("Column1");
    spoor_bind_poison(b, name);
    spoor_columns_add(out, name, nothing);
}

/* One item: a call of an aggregate gives its outputs, anything else one column. */
static void bind_item(spoor_bind_columns *out, const spoor_ast *node) {
    spoor_binder *b = out->b;
    spoor_bind_aggregates *a = b->aggregates;
    const spoor_ast *value = node->kind == SPOOR_AST_NAMED ? node->first : node;
    bool is_tuple = node->kind == SPOOR_AST_NAMED_TUPLE;
    value = is_tuple ? node->last : value;
    bool is_aggregate = value->kind == SPOOR_AST_CALL &&
                        spoor_scope_find(b->scope, value->text) == NULL &&
                        spoor_aggregate_named(value->text) != NULL;
    uint32_t first = 0, count = 0;
    spoor_bound *e =
        is_aggregate ? spoor_bind_aggregate(b, value, &first, &count) : spoor_bind_expr(b, value);
    if (e == NULL) {
        add_failed(out, node, is_aggregate);
        return;
    }
    const spoor_ast *name = is_tuple ? node->first : NULL;
    for (uint32_t i = 0; i < (is_aggregate ? count : 1); i++) {
        spoor_bound *column = e;
        if (i > 0) {
            column = SPOOR_NEW(b->arena, spoor_bound);
            *column = *e;
            column->column = (int)(a->nkeys + first + i);
            column->type = a->columns[first + i].type;
        }
        if (is_tuple && name != value) {
            spoor_columns_declare(out, name->text, column, false, name->span);
            name = name->next;
        } else if (node->kind == SPOOR_AST_NAMED && i == 0) {
            spoor_columns_declare(out, node->text, column, false, node->at);
        } else if (is_aggregate) {
            spoor_columns_add(out, a->columns[first + i].name, column);
        } else {
            spoor_str derived = spoor_bind_column_name(b, value);
            if (derived.len == 0) {
                derived = spoor_arena_format(b->arena, "Column%u", ++out->nunnamed);
            }
            spoor_columns_add(out, derived, column);
        }
    }
}

static spoor_plan *summarize_plan(spoor_binder *b, const spoor_ast *node, spoor_plan *input,
                                  const spoor_bind_columns *keys,
                                  const spoor_bind_aggregates *aggregates) {
    uint32_t ncols = keys->count + aggregates->ncolumns;
    spoor_column *columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, ncols + 1);
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_SUMMARIZE, node->span, input);
    for (uint32_t i = 0; i < keys->count; i++) {
        columns[i] = keys->columns[i];
    }
    for (uint32_t i = 0; i < aggregates->ncolumns; i++) {
        columns[keys->count + i] = aggregates->columns[i];
    }
    plan->schema = (spoor_schema){ncols, columns};
    plan->summarize.keys = keys->exprs;
    plan->summarize.nkeys = keys->count;
    plan->summarize.aggregates = aggregates->items;
    plan->summarize.naggregates = aggregates->count;
    for (uint32_t i = 0; i < aggregates->count; i++) {
        aggregates->items[i].first_column += keys->count;
    }
    return plan;
}

spoor_plan *spoor_bind_summarize(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_ast *by = spoor_ast_clause(node, "by");
    spoor_bind_columns keys = spoor_columns_new(b, &input->schema);
    bind_keys(&keys, by);
    spoor_bind_aggregates aggregates = {
        .row = &input->schema, .keys = keys.exprs, .nkeys = keys.count};
    spoor_bind_columns out = spoor_columns_new(b, NULL);
    for (uint32_t i = 0; i < keys.count; i++) {
        spoor_schema schema = {keys.count, keys.columns};
        spoor_columns_add(&out, keys.columns[i].name,
                          spoor_bound_column(b->arena, &schema, (int)i, node->span));
        out.is_declared[i] = keys.is_declared[i];
    }
    const spoor_schema *row = b->row;
    b->row = NULL;
    b->aggregates = &aggregates;
    out.nunnamed = keys.nunnamed;
    for (const spoor_ast *item = spoor_bind_first_child(node); item != NULL; item = item->next) {
        if (item->kind != SPOOR_AST_CLAUSE) {
            bind_item(&out, item);
        }
    }
    b->aggregates = NULL;
    b->row = row;
    spoor_plan *plan = summarize_plan(b, node, input, &keys, &aggregates);
    return spoor_columns_project(&out, plan, node->span);
}

/* -- distinct, count --------------------------------------------------------------------------- */

spoor_plan *spoor_bind_distinct(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_bind_columns keys = spoor_columns_new(b, &input->schema);
    const spoor_ast *first = spoor_bind_first_child(node);
    spoor_columns_bind(&keys, first, SPOOR_PROJECT);
    for (uint32_t i = 0; i < keys.count; i++) {
        bool is_known = !spoor_bind_is_poisoned(b, keys.columns[i].name);
        if (is_known && keys.exprs[i]->type == SPOOR_DYNAMIC) {
            const spoor_ast *item = spoor_ast_child(node, i);
            check_key(&keys, item != NULL && item->kind != SPOOR_AST_STAR ? item : node, i);
        }
    }
    spoor_bind_aggregates none = {0};
    return summarize_plan(b, node, input, &keys, &none);
}

spoor_plan *spoor_bind_count_rows(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_ast *as = spoor_ast_clause(node, "as");
    spoor_type none;
    spoor_aggregate_resolution count = spoor_aggregate_resolve(SPOOR_STR("count"), &none, 0, &none);
    if (count.aggregate == NULL) {
        spoor_bind_unsupported(b, node->at, "count");
        return input;
    }
    spoor_bind_columns keys = spoor_columns_new(b, &input->schema);
    spoor_plan_aggregate *item = SPOOR_NEW(b->arena, spoor_plan_aggregate);
    *item =
        (spoor_plan_aggregate){.aggregate = count.aggregate, .result = count.result, .ncolumns = 1};
    spoor_column *column = SPOOR_NEW(b->arena, spoor_column);
    *column = (spoor_column){.type = count.result,
                             .name = as != NULL && as->first != NULL ? as->first->text
                                                                     : SPOOR_STR("Count")};
    spoor_bind_aggregates aggregates = {
        .items = item, .count = 1, .columns = column, .ncolumns = 1};
    return summarize_plan(b, node, input, &keys, &aggregates);
}
