/* bind_form.c - calls that are more than a function of their values: they read
 * names, queries or types, or choose their own result type. */
#include "planner/bind.h"

#include "base/text_match.h"
#include "types/dynamic.h"

typedef spoor_bound *(*form)(spoor_binder *b, const spoor_ast *node);

static bool check_count(spoor_binder *b, const spoor_ast *node, uint32_t min, uint32_t max) {
    if (node->nchildren >= min && node->nchildren <= max) {
        return true;
    }
    return spoor_fail(b->diags, node->at,
                      min == max ? "'%.*s' takes %u argument%s, not %u"
                                 : "'%.*s' takes at least %u argument%s, not %u",
                      SPOOR_S(node->text), min, min == 1 ? "" : "s", node->nchildren);
}

spoor_bound *spoor_bind_subplan(spoor_binder *b, spoor_plan *plan, bool is_set, spoor_span span) {
    uint32_t visible = 0;
    while (visible < plan->schema.ncols && !plan->schema.columns[visible].hidden) {
        visible++;
    }
    if (visible == 0) {
        spoor_fail(b->diags, span, "the query gives no column");
        return NULL;
    }
    spoor_plan_query *query = b->query;
    SPOOR_GROW(b->arena, query->subplans, query->nsubplans, &b->subplans_capacity);
    SPOOR_GROW(b->arena, query->subplan_feeds, query->nsubplans, &b->feeds_capacity);
    spoor_bound *e = SPOOR_NEW(b->arena, spoor_bound);
    *e = (spoor_bound){.kind = SPOOR_BOUND_SUBPLAN, .span = span, .depth = 1, .is_set = is_set};
    e->type = is_set ? SPOOR_DYNAMIC : plan->schema.columns[0].type;
    e->subplan = query->nsubplans;
    query->subplan_feeds[query->nsubplans] = spoor_bind_feeds_of(b, plan);
    spoor_bind_touch(b, query->subplan_feeds[query->nsubplans]);
    query->subplans[query->nsubplans++] = plan;
    return e;
}

/* Whether two expressions without columns are the same calls of the same constants.  Depth: that of
 * expressions. */
static bool is_alike(const spoor_bound *a, const spoor_bound *b) {
    if (a->kind != b->kind || a->type != b->type || a->nargs != b->nargs ||
        a->function != b->function) {
        return false;
    }
    for (uint32_t i = 0; i < a->nargs; i++) {
        if (!is_alike(a->args[i], b->args[i])) {
            return false;
        }
    }
    return a->kind == SPOOR_BOUND_CONSTANT  ? spoor_value_compare(&a->value, &b->value) == 0
           : a->kind == SPOOR_BOUND_SUBPLAN ? a->subplan == b->subplan
                                            : true;
}

/* The value of toscalar(rand()): it is drawn once, in a row of its own, however often a function that
 * has it is called. */
static spoor_bound *draw_once(spoor_binder *b, const spoor_ast *node, spoor_bound *e) {
    for (const spoor_bind_drawn *d = b->drawn; d != NULL; d = d->next) {
        if (d->ast == node && is_alike(d->drawn, e)) {
            return d->value;
        }
    }
    spoor_plan *input = spoor_bind_one_row(b, e->span);
    spoor_bind_columns c = spoor_columns_new(b, &input->schema);
    spoor_columns_add(&c, SPOOR_STR("print_0"), e);
    spoor_bind_drawn *d = SPOOR_NEW(b->arena, spoor_bind_drawn);
    spoor_plan *plan = spoor_columns_project(&c, input, e->span);
    *d = (spoor_bind_drawn){node, e, spoor_bind_subplan(b, plan, false, e->span), b->drawn};
    b->drawn = d;
    return d->value;
}

/* toscalar(query): its first column in its first row, null when there is none. */
static spoor_bound *bind_toscalar(spoor_binder *b, const spoor_ast *node) {
    if (!check_count(b, node, 1, 1)) {
        return NULL;
    }
    if (!spoor_bind_is_tabular(b, node->first)) {
        spoor_bound *e = spoor_bind_scalar(b, node->first);
        return e != NULL && spoor_bound_is_volatile(e) ? draw_once(b, node, e) : e;
    }
    spoor_plan *plan = spoor_bind_table(b, node->first);
    return plan != NULL ? spoor_bind_subplan(b, plan, false, node->span) : NULL;
}

/* column_ifexists('name', default) */
static spoor_bound *bind_column_if_exists(spoor_binder *b, const spoor_ast *node) {
    spoor_str name;
    if (!check_count(b, node, 2, 2) || !spoor_bind_text(b, node->first, &name)) {
        return NULL;
    }
    int column = b->row != NULL ? spoor_schema_find(b->row, name) : -1;
    return column >= 0 ? spoor_bound_column(b->arena, b->row, column, node->span)
                       : spoor_bind_expr(b, node->first->next);
}

static uint32_t visible_columns(const spoor_schema *row) {
    uint32_t n = 0;
    while (row != NULL && n < row->ncols && !row->columns[n].hidden) {
        n++;
    }
    return n;
}

/* pack_all([ignore_null_empty]): a bag of all columns. */
static spoor_bound *bind_pack_all(spoor_binder *b, const spoor_ast *node) {
    bool skip_empty = false;
    if (!check_count(b, node, 0, 1)) {
        return NULL;
    }
    if (node->first != NULL) {
        const spoor_ast *value =
            node->first->kind == SPOOR_AST_NAMED ? node->first->first : node->first;
        spoor_bound *flag = spoor_bind_scalar(b, value);
        if (flag == NULL) {
            return NULL;
        }
        if (flag->kind != SPOOR_BOUND_CONSTANT || flag->type != SPOOR_BOOL) {
            spoor_fail(b->diags, node->first->span, "expected true or false");
            return NULL;
        }
        skip_empty = flag->value.boolean;
    }
    uint32_t ncols = visible_columns(b->row);
    if (ncols == 0) {
        spoor_fail(b->diags, node->span, "no table's columns are in reach here");
        return NULL;
    }
    spoor_bound **args = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, 2 * ncols);
    for (uint32_t i = 0; i < ncols; i++) {
        args[2 * i] = spoor_bound_text(b->arena, b->row->columns[i].name, node->span);
        args[2 * i + 1] = spoor_bound_column(b->arena, b->row, (int)i, node->span);
    }
    return skip_empty ? SPOOR_APPLY(b, "__pack_not_empty", args, 2 * ncols, node->span)
                      : SPOOR_APPLY(b, "bag_pack", args, 2 * ncols, node->span);
}

/* bag_pack_columns(a, b): bag_pack('a', a, 'b', b). */
static spoor_bound *bind_pack_columns(spoor_binder *b, const spoor_ast *node) {
    spoor_bound **args = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, 2 * node->nchildren + 1);
    uint32_t nargs = 0;
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        spoor_bound *value = spoor_bind_expr(b, child);
        if (value == NULL) {
            return NULL;
        }
        if (value->kind != SPOOR_BOUND_COLUMN || b->row == NULL ||
            (uint32_t)value->column >= b->row->ncols) {
            spoor_fail(b->diags, child->span, "expected a column");
            return NULL;
        }
        args[nargs++] =
            spoor_bound_text(b->arena, b->row->columns[value->column].name, child->span);
        args[nargs++] = value;
    }
    return SPOOR_APPLY(b, "bag_pack", args, nargs, node->span);
}

/* pack_array(*), estimate_data_size(*): of all columns; strcat(*) and others take no star. */
static spoor_bound *bind_star(spoor_binder *b, const spoor_ast *node) {
    uint32_t ncols = visible_columns(b->row);
    spoor_bound **args = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, ncols + 1);
    for (uint32_t i = 0; i < ncols; i++) {
        args[i] = spoor_bound_column(b->arena, b->row, (int)i, node->span);
    }
    if (ncols == 0) {
        spoor_fail(b->diags, node->span, "no table's columns are in reach here");
        return NULL;
    }
    return spoor_bind_apply(b, node->text, args, ncols, node->span, node->at);
}

/* Bind all; false: one failed. */
static bool bind_all(spoor_binder *b, const spoor_ast *node, spoor_bound **args) {
    bool failed = false;
    uint32_t i = 0;
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        const spoor_ast *value = child->kind == SPOOR_AST_NAMED ? child->first : child;
        args[i] = spoor_bind_expr(b, value);
        failed = failed || args[i] == NULL;
        i++;
    }
    return !failed;
}

/* The one type of several results.  int and long meet in long; a dynamic becomes what the others are
 * (Kusto.Language, CommonNonDynamic). */
static bool common_type(spoor_binder *b, spoor_bound **args, const uint32_t *which, uint32_t count,
                        spoor_span span, const char *name, spoor_type *type) {
    *type = SPOOR_DYNAMIC;
    for (uint32_t i = 0; i < count; i++) {
        spoor_type other = args[which[i]]->type;
        bool both_whole = (*type == SPOOR_INT && other == SPOOR_LONG) ||
                          (*type == SPOOR_LONG && other == SPOOR_INT);
        if (both_whole) {
            *type = SPOOR_LONG;
        } else if (*type == SPOOR_DYNAMIC) {
            *type = other;
        } else if (other != SPOOR_DYNAMIC && *type != other) {
            return spoor_fail(b->diags, span, "'%s' gives %s here and %s there", name,
                              spoor_type_phrase(*type), spoor_type_phrase(other));
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        args[which[i]] = spoor_bind_convert(b, args[which[i]], *type);
        if (args[which[i]] == NULL) {
            return false;
        }
    }
    return true;
}

static spoor_bound *typed_call(spoor_binder *b, const spoor_ast *node, spoor_bound **args,
                               uint32_t nargs, spoor_type type) {
    const spoor_function *row = spoor_function_named(node->text);
    if (row == NULL) {
        spoor_bind_no_function(b, node->at, node->text);
        return NULL;
    }
    return spoor_bind_finish(b, spoor_bound_call(b->arena, row, type, args, nargs, node->span),
                             node->at);
}

/* case(condition, value, ..., else) and iff(condition, value, else). */
static spoor_bound *bind_case(spoor_binder *b, const spoor_ast *node) {
    bool is_iff = !spoor_str_is(node->text, "case");
    uint32_t nargs = node->nchildren;
    if (is_iff ? nargs != 3 : nargs < 3 || nargs % 2 == 0) {
        spoor_fail(b->diags, node->at,
                   is_iff ? "'%.*s' takes a condition and two values"
                          : "'%.*s' takes conditions and values in turn, and a "
                            "last value",
                   SPOOR_S(node->text));
        return NULL;
    }
    spoor_bound **args = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, nargs);
    uint32_t *values = SPOOR_NEW_ARRAY(b->arena, uint32_t, nargs);
    uint32_t nvalues = 0;
    bool ok = bind_all(b, node, args);
    for (uint32_t i = 0; i < nargs; i++) {
        bool is_value = i % 2 == 1 || i + 1 == nargs;
        if (is_value) {
            values[nvalues++] = i;
        } else if (args[i] != NULL && args[i]->type == SPOOR_DYNAMIC) {
            args[i] = spoor_bind_convert(b, args[i], SPOOR_BOOL);
        } else if (args[i] != NULL && args[i]->type != SPOOR_BOOL) {
            ok = spoor_fail(b->diags, args[i]->span, "expected bool, found %s",
                            spoor_type_name(args[i]->type));
        }
    }
    char name[32];
    snprintf(name, sizeof name, "%.*s", SPOOR_S(node->text));
    spoor_type type;
    if (!ok || !common_type(b, args, values, nvalues, node->span, name, &type)) {
        return NULL;
    }
    return typed_call(b, node, args, nargs, type);
}

/* extract(..., typeof(long)): the text converted. */
static spoor_bound *bind_typed_extract(spoor_binder *b, const spoor_ast *node) {
    spoor_bound **args = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, node->nchildren);
    uint32_t nargs = 0;
    for (const spoor_ast *child = node->first; child != node->last; child = child->next) {
        args[nargs] = spoor_bind_expr(b, child);
        if (args[nargs++] == NULL) {
            return NULL;
        }
    }
    spoor_bound *text = spoor_bind_apply(b, node->text, args, nargs, node->span, node->at);
    if (text == NULL) {
        return NULL;
    }
    if (node->last->type == SPOOR_AST_NO_TYPE) {
        spoor_fail(b->diags, node->last->span, "no type named '%.*s'", SPOOR_S(node->last->extra));
        return NULL;
    }
    spoor_type type = (spoor_type)node->last->type;
    if (type == SPOOR_DYNAMIC) {
        return SPOOR_APPLY(b, "parse_json", &text, 1, node->span);
    }
    return spoor_bind_convert(b, text, type);
}

static spoor_bound *bind_bin_auto(spoor_binder *b, const spoor_ast *node) {
    if (!check_count(b, node, 1, 1)) {
        return NULL;
    }
    if (b->bin_auto_size == NULL) {
        spoor_fail(b->diags, node->at, "bin_auto() needs 'set query_bin_auto_size = ...;'");
        return NULL;
    }
    spoor_bound *args[3] = {spoor_bind_expr(b, node->first), b->bin_auto_size, b->bin_auto_at};
    if (args[0] == NULL) {
        return NULL;
    }
    return b->bin_auto_at != NULL ? SPOOR_APPLY(b, "bin_at", args, 3, node->span)
                                  : SPOOR_APPLY(b, "bin", args, 2, node->span);
}

/* ingestion_time(): when an event got in is not kept; its own time stands for it. */
static spoor_bound *bind_ingestion_time(spoor_binder *b, const spoor_ast *node) {
    if (!check_count(b, node, 0, 0)) {
        return NULL;
    }
    int column = b->row != NULL ? spoor_schema_find(b->row, SPOOR_STR("TimeGenerated")) : -1;
    if (column >= 0 && b->row->columns[column].type == SPOOR_DATETIME) {
        return spoor_bound_column(b->arena, b->row, column, node->span);
    }
    return spoor_bound_null(b->arena, SPOOR_DATETIME, node->span);
}

/* column_names_of(T): an array of names. */
static spoor_bound *bind_column_names(spoor_binder *b, const spoor_ast *node) {
    if (!check_count(b, node, 1, 1)) {
        return NULL;
    }
    spoor_plan *plan = spoor_bind_table(b, node->first);
    if (plan == NULL) {
        return NULL;
    }
    spoor_dynamic_builder names;
    spoor_dynamic_init(&names, b->arena);
    spoor_dynamic_open(&names, '[');
    for (uint32_t i = 0; i < plan->schema.ncols; i++) {
        if (!plan->schema.columns[i].hidden) {
            spoor_dynamic_add_text(&names, plan->schema.columns[i].name);
        }
    }
    spoor_dynamic_close(&names);
    spoor_value value = {.type = SPOOR_DYNAMIC, .string = spoor_dynamic_finish(&names)};
    return spoor_bound_constant(b->arena, value, node->span);
}

/* datetime_diff(): of weeks it is a real in Kusto (emulator_fuzz/0090), else a long. */
static spoor_bound *bind_datetime_diff(spoor_binder *b, const spoor_ast *node) {
    spoor_bound *args[3];
    if (!check_count(b, node, 3, 3) || !bind_all(b, node, args)) {
        return NULL;
    }
    bool is_text = args[0]->kind == SPOOR_BOUND_CONSTANT && args[0]->type == SPOOR_STRING;
    if (is_text && args[0]->value.string.len == 4 &&
        spoor_text_equals(args[0]->value.string, SPOOR_STR("week"), true)) {
        return SPOOR_APPLY(b, "__datetime_diff_weeks", args + 1, 2, node->span);
    }
    return spoor_bind_apply(b, node->text, args, 3, node->span, node->at);
}

/* assert(condition, message): both constants, and looked at before anything runs. */
static spoor_bound *bind_assert(spoor_binder *b, const spoor_ast *node) {
    spoor_bound *args[2];
    if (!check_count(b, node, 2, 2) || !bind_all(b, node, args)) {
        return NULL;
    }
    for (int i = 0; i < 2; i++) {
        spoor_type want = i == 0 ? SPOOR_BOOL : SPOOR_STRING;
        if (args[i]->kind != SPOOR_BOUND_CONSTANT || args[i]->type != want) {
            spoor_fail(b->diags, args[i]->span, "assert() needs a constant %s here",
                       spoor_type_name(want));
            return NULL;
        }
    }
    if (args[0]->value.is_null || !args[0]->value.boolean) {
        spoor_fail(b->diags, node->span, "assert() has failed with message: '%.*s'",
                   SPOOR_S(args[1]->value.string));
        return NULL;
    }
    return args[0];
}

/* There is one store, and this is what it is called. */
static spoor_bound *bind_database_name(spoor_binder *b, const spoor_ast *node) {
    return check_count(b, node, 0, 0) ? spoor_bound_text(b->arena, SPOOR_STR("spoor"), node->span)
                                      : NULL;
}

static const struct {
    const char *name;
    form bind;
} forms[] = {
    {"assert", bind_assert},
    {"current_database", bind_database_name},
    {"datetime_diff", bind_datetime_diff},
    {"column_names_of", bind_column_names},
    {"toscalar", bind_toscalar},
    {"column_ifexists", bind_column_if_exists},
    {"columnifexists", bind_column_if_exists},
    {"pack_all", bind_pack_all},
    {"bag_pack_columns", bind_pack_columns},
    {"iff", bind_case},
    {"iif", bind_case},
    {"case", bind_case},
    {"bin_auto", bind_bin_auto},
    {"ingestion_time", bind_ingestion_time},
};

spoor_bound *spoor_bind_form(spoor_binder *b, const spoor_ast *node, bool *done) {
    *done = true;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (spoor_str_is(node->text, forms[i].name)) {
            return forms[i].bind(b, node);
        }
    }
    bool is_star = node->nchildren == 1 && node->first->kind == SPOOR_AST_STAR;
    if (is_star && spoor_bind_is_listed(node->text, "pack_array estimate_data_size")) {
        return bind_star(b, node);
    }
    if (node->last != NULL && node->last->kind == SPOOR_AST_TYPEOF) {
        return bind_typed_extract(b, node);
    }
    *done = false;
    return NULL;
}
