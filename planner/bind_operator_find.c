/* bind_operator_find.c - find: the rows of several tables that meet a condition.
 *
 * The condition is bound for each table by itself, over its columns and nulls for
 * those that only others have.  A table that has no column of the condition is
 * left out, unless the condition seeks in all columns.  Then each table is put
 * into the shape of the result, and all are a union.
 *
 * project-smart, the default: what all tables have in common, then what the
 * condition names, then the bag pack_ of everything else (Kusto.Language, Binder). */
#include "planner/bind_legs.h"

typedef struct find_column {
    spoor_str name;      /* in the tables */
    spoor_column column; /* of the result */
    bool is_cast;        /* of any type in the tables; else of .column.type */
} find_column;

typedef struct find {
    spoor_binder *b;
    const spoor_ast *node;
    spoor_bind_legs legs;
    spoor_bind_legs kept;
    spoor_str *named; /* columns that the condition names, as some table has them */
    uint32_t nnamed, named_capacity;
    find_column *columns;
    uint32_t ncolumns, columns_capacity;
    bool packs; /* the rest in pack_ */
} find;

static const spoor_column *find_in(const spoor_plan *plan, spoor_str name) {
    int at = spoor_schema_find(&plan->schema, name);
    return at >= 0 && !plan->schema.columns[at].hidden ? &plan->schema.columns[at] : NULL;
}

static const spoor_column *first_with(const spoor_bind_legs *legs, spoor_str name) {
    const spoor_column *column = NULL;
    for (uint32_t k = 0; k < legs->count && column == NULL; k++) {
        column = find_in(legs->items[k].plan, name);
    }
    return column;
}

/* -- the condition ----------------------------------------------------------------------------- */

static void add_named(find *f, spoor_str name) {
    if (first_with(&f->legs, name) == NULL) {
        return;
    }
    for (uint32_t i = 0; i < f->nnamed; i++) {
        if (spoor_str_eq(f->named[i], name)) {
            return;
        }
    }
    SPOOR_GROW(f->b->arena, f->named, f->nnamed, &f->named_capacity);
    f->named[f->nnamed++] = name;
}

/* Names of columns in the condition; those of queries inside it are not of these tables. */
static bool collect_named(find *f, const spoor_ast *node) {
    if (!spoor_bind_enter(f->b, node->span)) {
        return false;
    }
    bool ok = true;
    if (node->kind == SPOOR_AST_NAME) {
        add_named(f, node->text);
    }
    bool is_query = node->kind == SPOOR_AST_PIPELINE && node->nchildren > 1;
    for (const spoor_ast *n = is_query ? NULL : node->first; ok && n != NULL; n = n->next) {
        ok = collect_named(f, n);
    }
    spoor_bind_leave(f->b);
    return ok;
}

/* The leg with nulls for the columns of the condition that it lacks. */
static spoor_plan *with_missing(find *f, spoor_plan *leg, bool *has_any) {
    spoor_bind_columns c = spoor_columns_new(f->b, &leg->schema);
    spoor_columns_add_input(&c);
    *has_any = false;
    for (uint32_t i = 0; i < f->nnamed; i++) {
        if (find_in(leg, f->named[i]) != NULL) {
            *has_any = true;
            continue;
        }
        spoor_type type = first_with(&f->legs, f->named[i])->type;
        spoor_columns_add(&c, f->named[i], spoor_bound_null(f->b->arena, type, f->node->span));
    }
    return spoor_columns_project(&c, leg, f->node->span);
}

static uint32_t visible_columns(const spoor_plan *plan) {
    uint32_t n = 0;
    while (n < plan->schema.ncols && !plan->schema.columns[n].hidden) {
        n++;
    }
    return n;
}

/* False: the condition is wrong, and that is reported. */
static bool filter_leg(find *f, const spoor_ast *condition, const spoor_bind_leg *leg) {
    spoor_binder *b = f->b;
    bool has_any, seeks_all;
    spoor_plan *wide = with_missing(f, leg->plan, &has_any);
    const spoor_schema *row = b->row, *outer = b->outer_row;
    b->row = b->outer_row = &wide->schema;
    spoor_bound *predicate =
        spoor_bind_predicate(b, condition, 0, visible_columns(leg->plan), false, &seeks_all);
    b->row = row;
    b->outer_row = outer;
    if (predicate == NULL) {
        return false;
    }
    if (has_any || seeks_all || f->legs.count == 1) {
        SPOOR_GROW(b->arena, f->kept.items, f->kept.count, &f->kept.capacity);
        spoor_bind_leg *kept = &f->kept.items[f->kept.count++];
        *kept = *leg;
        spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_WHERE, f->node->span, wide);
        plan->where.predicate = predicate;
        spoor_bind_columns c = spoor_columns_new(b, &plan->schema); /* without the nulls again */
        for (uint32_t i = 0; i < visible_columns(leg->plan); i++) {
            spoor_columns_add(&c, plan->schema.columns[i].name,
                              spoor_bound_column(b->arena, &plan->schema, (int)i, f->node->span));
        }
        kept->plan = spoor_columns_project(&c, plan, f->node->span);
    }
    return true;
}

static bool filter_legs(find *f) {
    const spoor_ast *condition = spoor_bind_first_child(f->node);
    while (condition != NULL && condition->kind == SPOOR_AST_CLAUSE) {
        condition = condition->next;
    }
    if (condition == NULL || !collect_named(f, condition)) {
        return false;
    }
    for (uint32_t k = 0; k < f->legs.count; k++) {
        if (!filter_leg(f, condition, &f->legs.items[k])) {
            return false;
        }
    }
    return f->kept.count > 0 || spoor_fail(f->b->diags, condition->span,
                                           "no table has a column that the condition names");
}

/* -- the shape of the result ------------------------------------------------------------------- */

static void add_column(find *f, spoor_str name, spoor_str as, spoor_type type, bool is_cast) {
    SPOOR_GROW(f->b->arena, f->columns, f->ncolumns, &f->columns_capacity);
    f->columns[f->ncolumns++] =
        (find_column){.name = name, .column = {.name = as, .type = type}, .is_cast = is_cast};
}

static bool has_column(const find *f, spoor_str name, spoor_type type) {
    for (uint32_t i = 0; i < f->ncolumns; i++) {
        if (spoor_str_eq(f->columns[i].name, name) && f->columns[i].column.type == type) {
            return true;
        }
    }
    return false;
}

static bool has_name(const find *f, spoor_str name) {
    for (uint32_t i = 0; i < f->ncolumns; i++) {
        if (spoor_str_eq(f->columns[i].name, name)) {
            return true;
        }
    }
    return false;
}

static bool has_several_types(const find *f, spoor_str name) {
    const spoor_column *first = first_with(&f->kept, name);
    for (uint32_t k = 0; first != NULL && k < f->kept.count; k++) {
        const spoor_column *column = find_in(f->kept.items[k].plan, name);
        if (column != NULL && column->type != first->type) {
            return true;
        }
    }
    return false;
}

static spoor_str typed_name(const find *f, spoor_str name, spoor_type type) {
    return has_several_types(f, name)
               ? spoor_arena_format(f->b->arena, "%.*s_%s", SPOOR_S(name), spoor_type_name(type))
               : name;
}

static bool is_common(const find *f, const spoor_column *column) {
    for (uint32_t k = 0; k < f->kept.count; k++) {
        const spoor_column *other = find_in(f->kept.items[k].plan, column->name);
        if (other == NULL || other->type != column->type) {
            return false;
        }
    }
    return true;
}

/* Does some table have a column that the result has not? */
static bool has_rest(const find *f) {
    for (uint32_t k = 0; k < f->kept.count; k++) {
        const spoor_plan *plan = f->kept.items[k].plan;
        for (uint32_t i = 0; i < visible_columns(plan); i++) {
            if (!has_name(f, plan->schema.columns[i].name)) {
                return true;
            }
        }
    }
    return false;
}

static void shape_smart(find *f) {
    const spoor_plan *first = f->kept.items[0].plan;
    for (uint32_t i = 0; i < visible_columns(first); i++) {
        const spoor_column *column = &first->schema.columns[i];
        if (is_common(f, column)) {
            add_column(f, column->name, column->name, column->type, false);
        }
    }
    for (uint32_t i = 0; i < f->nnamed; i++) {
        for (uint32_t k = 0; k < f->kept.count; k++) {
            const spoor_column *column = find_in(f->kept.items[k].plan, f->named[i]);
            if (column != NULL && !has_column(f, column->name, column->type)) {
                add_column(f, column->name, typed_name(f, column->name, column->type), column->type,
                           false);
            }
        }
    }
    f->packs = has_rest(f);
}

static bool shape_pack(find *f, const spoor_ast *item) {
    if (!spoor_str_is(item->text, "pack") && !spoor_str_is(item->text, "pack_all")) {
        return spoor_bind_unsupported(f->b, item->span, "a call other than pack_all()");
    }
    f->packs = true;
    return item->next == NULL ||
           spoor_fail(f->b->diags, item->span, "'%.*s' can stand last only", SPOOR_S(item->text));
}

static bool shape_one(find *f, const spoor_ast *item) {
    spoor_binder *b = f->b;
    if (item->kind == SPOOR_AST_CALL) {
        return shape_pack(f, item);
    }
    bool is_typed = item->kind == SPOOR_AST_COLUMN_DECL;
    if (item->kind != SPOOR_AST_NAME && !is_typed) {
        return spoor_fail(b->diags, item->span, "expected the name of a column");
    }
    if (is_typed && item->type == SPOOR_AST_NO_TYPE) {
        return spoor_fail(b->diags, item->span, "no type named '%.*s'", SPOOR_S(item->extra));
    }
    const spoor_column *column = first_with(&f->kept, item->text);
    if (column == NULL) {
        return spoor_fail(b->diags, item->span, "no table of these has a column '%.*s'",
                          SPOOR_S(item->text));
    }
    if (!is_typed && has_several_types(f, item->text)) {
        spoor_fail(b->diags, item->span, "'%.*s' has several types in these tables",
                   SPOOR_S(item->text));
        return spoor_hint(b->diags, "say which: %.*s:%s", SPOOR_S(item->text),
                          spoor_type_name(column->type));
    }
    spoor_type type = is_typed ? (spoor_type)item->type : column->type;
    spoor_str as = typed_name(f, item->text, type);
    for (uint32_t i = 0; i < f->ncolumns; i++) {
        if (spoor_str_eq(f->columns[i].column.name, as)) {
            return spoor_fail(b->diags, item->span, "the column '%.*s' is given twice",
                              SPOOR_S(as));
        }
    }
    add_column(f, item->text, as, type, is_typed);
    return true;
}

/* The columns of the table that are not in the result by themselves. */
static spoor_bound *pack_rest(find *f, const spoor_plan *plan) {
    spoor_binder *b = f->b;
    uint32_t ncols = visible_columns(plan), nargs = 0;
    spoor_bound **args = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, 2 * ncols + 1);
    for (uint32_t i = 0; i < ncols; i++) {
        if (!has_name(f, plan->schema.columns[i].name)) {
            args[nargs++] = spoor_bound_text(b->arena, plan->schema.columns[i].name, f->node->span);
            args[nargs++] = spoor_bound_column(b->arena, &plan->schema, (int)i, f->node->span);
        }
    }
    return nargs > 0 ? SPOOR_APPLY(b, "bag_pack", args, nargs, f->node->span)
                     : spoor_bound_null(b->arena, SPOOR_DYNAMIC, f->node->span);
}

static spoor_plan *in_shape(find *f, spoor_plan *plan) {
    spoor_binder *b = f->b;
    spoor_bind_columns c = spoor_columns_new(b, &plan->schema);
    for (uint32_t i = 0; i < f->ncolumns; i++) {
        const find_column *want = &f->columns[i];
        const spoor_column *have = find_in(plan, want->name);
        bool fits = have != NULL && (want->is_cast || have->type == want->column.type);
        spoor_bound *e =
            fits ? spoor_bound_column(b->arena, &plan->schema,
                                      spoor_schema_find(&plan->schema, want->name), f->node->span)
                 : spoor_bound_null(b->arena, want->column.type, f->node->span);
        e = spoor_bind_convert(b, e, want->column.type);
        if (e == NULL) {
            return NULL;
        }
        spoor_columns_add(&c, want->column.name, e);
    }
    if (f->packs) {
        spoor_bound *rest = pack_rest(f, plan);
        if (rest == NULL) {
            return NULL;
        }
        spoor_columns_add(&c, SPOOR_STR("pack_"), rest);
    }
    return spoor_columns_project(&c, plan, f->node->span);
}

static bool shape_legs(find *f) {
    const spoor_ast *project = spoor_ast_clause(f->node, "project");
    bool ok = true;
    if (project == NULL) {
        shape_smart(f);
    }
    for (const spoor_ast *n = project != NULL ? project->first : NULL; n != NULL; n = n->next) {
        ok = shape_one(f, n) && ok;
    }
    for (uint32_t k = 0; ok && k < f->kept.count; k++) {
        f->kept.items[k].plan = in_shape(f, f->kept.items[k].plan);
        ok = f->kept.items[k].plan != NULL;
    }
    return ok;
}

spoor_plan *spoor_bind_find(spoor_binder *b, const spoor_ast *node) {
    find f = {.b = b, .node = node};
    f.legs = f.kept = (spoor_bind_legs){.b = b, .unnamed = "find_arg"};
    const spoor_ast *tables = spoor_ast_clause(node, "in");
    uint32_t errors = b->diags->nerrors;
    spoor_bind_check_props(b, node, "withsource with_source datascope");
    if (spoor_ast_clause(node, "project-away") != NULL) { /* of Microsoft's own use */
        spoor_bind_unsupported(b, spoor_ast_clause(node, "project-away")->span, "__projectAway");
        return NULL;
    }
    if (tables != NULL) {
        spoor_legs_bind(&f.legs, tables->first);
    } else {
        spoor_legs_add_matching(&f.legs, node, SPOOR_STR("*"));
    }
    if (b->diags->nerrors > errors || !filter_legs(&f) || !shape_legs(&f)) {
        return NULL;
    }
    spoor_str source;
    if (!spoor_bind_prop_text(node, "withsource", &source) &&
        !spoor_bind_prop_text(node, "with_source", &source)) {
        source = SPOOR_STR("source_");
    }
    return spoor_legs_union(&f.kept, node, false, source);
}
