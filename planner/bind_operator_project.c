/* bind_operator_project.c - project and its kin, extend, print, getschema. */
#include "planner/bind.h"
#include "types/dynamic.h"

spoor_plan *spoor_bind_project(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_bind_columns c = spoor_columns_new(b, &input->schema);
    spoor_columns_bind(&c, spoor_bind_first_child(node), SPOOR_PROJECT);
    return spoor_columns_project(&c, input, node->span);
}

/* extend; serialize, whose rows have an order already (plans keep one). */
spoor_plan *spoor_bind_extend(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_ast *first = spoor_bind_first_child(node);
    if (first == NULL) {
        return input;
    }
    spoor_bind_columns c = spoor_columns_new(b, &input->schema);
    spoor_columns_add_input(&c);
    spoor_columns_bind(&c, first, SPOOR_EXTEND);
    return spoor_columns_project(&c, input, node->span);
}

spoor_plan *spoor_bind_one_row(spoor_binder *b, spoor_span span) {
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_VALUES, span, NULL);
    plan->values.nrows = 1;
    return plan;
}

spoor_plan *spoor_bind_print(spoor_binder *b, const spoor_ast *node) {
    spoor_plan *input = spoor_bind_one_row(b, node->span);
    spoor_bind_columns c = spoor_columns_new(b, &input->schema);
    spoor_columns_bind(&c, spoor_bind_first_child(node), SPOOR_PRINT);
    return spoor_columns_project(&c, input, node->span);
}

/* -- by name: project-away, -keep, -rename, -reorder ------------------------------------------- */

bool spoor_bind_name_matches(spoor_str pattern, spoor_str name) {
    size_t p = 0, n = 0, star = SIZE_MAX, mark = 0;
    while (n < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            mark = n;
        } else if (p < pattern.len && pattern.ptr[p] == name.ptr[n]) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

/* Mark the columns that one item names; false: none, reported. */
static bool pick(spoor_binder *b, const spoor_ast *item, const spoor_schema *schema, bool *picked) {
    bool any = false;
    if (item->kind == SPOOR_AST_NAME) {
        int column = spoor_schema_find(schema, item->text);
        if (column < 0) {
            return spoor_bind_is_poisoned(b, item->text) ||
                   spoor_bind_no_column(b, item->span, item->text);
        }
        picked[column] = true;
        return true;
    }
    if (item->kind != SPOOR_AST_WILDCARD && item->kind != SPOOR_AST_STAR) {
        return spoor_fail(b->diags, item->span, "expected the name of a column");
    }
    spoor_str pattern = item->kind == SPOOR_AST_STAR ? SPOOR_STR("*") : item->text;
    for (uint32_t i = 0; i < schema->ncols; i++) {
        if (!schema->columns[i].hidden &&
            spoor_bind_name_matches(pattern, schema->columns[i].name)) {
            picked[i] = any = true;
        }
    }
    (void)any; /* a pattern may match nothing */
    return true;
}

spoor_plan *spoor_bind_project_pick(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_schema *schema = &input->schema;
    bool keep = node->kind == SPOOR_AST_PROJECT_KEEP;
    bool *picked = SPOOR_NEW_ARRAY(b->arena, bool, schema->ncols + 1);
    for (const spoor_ast *item = spoor_bind_first_child(node); item != NULL; item = item->next) {
        pick(b, item, schema, picked);
    }
    spoor_column *columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, schema->ncols + 1);
    spoor_bound **exprs = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, schema->ncols + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < schema->ncols; i++) {
        bool stays = schema->columns[i].hidden ? keep || !picked[i] : picked[i] == keep;
        if (stays) {
            columns[n] = schema->columns[i];
            exprs[n++] = spoor_bound_column(b->arena, schema, (int)i, node->span);
        }
    }
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_PROJECT, node->span, input);
    plan->schema = (spoor_schema){n, columns};
    plan->project.exprs = exprs;
    return plan;
}

spoor_plan *spoor_bind_project_rename(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_bind_columns c = spoor_columns_new(b, &input->schema);
    spoor_columns_add_input(&c);
    spoor_bind_columns old = c;
    old.columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, c.count + 1);
    if (c.count > 0) {
        memcpy(old.columns, c.columns, c.count * sizeof *c.columns);
    }
    for (const spoor_ast *item = spoor_bind_first_child(node); item != NULL; item = item->next) {
        if (item->kind != SPOOR_AST_NAMED || item->first == NULL ||
            item->first->kind != SPOOR_AST_NAME) {
            spoor_fail(b->diags, item->span, "expected new_name = old_name");
            continue;
        }
        int at = spoor_columns_find(&old, item->first->text);
        if (at < 0) {
            if (!spoor_bind_is_poisoned(b, item->first->text)) {
                spoor_bind_no_column(b, item->first->span, item->first->text);
            }
            spoor_bind_poison(b, item->text);
            continue;
        }
        if (spoor_bind_is_poisoned(b, item->first->text)) {
            spoor_bind_poison(b, item->text);
        }
        c.columns[at].name = item->text;
        c.is_declared[at] = true;
    }
    for (uint32_t i = 0; i < c.count; i++) {
        int first = spoor_columns_find(&c, c.columns[i].name);
        if (first >= 0 && (uint32_t)first < i) {
            spoor_fail(b->diags, node->span, "there would be two columns named '%.*s'",
                       SPOOR_S(c.columns[i].name));
        }
    }
    return spoor_columns_project(&c, input, node->span);
}

typedef struct ordered_name {
    uint32_t column;
    spoor_str name;
} ordered_name;

static int lower(char c) {
    return c >= 'A' && c <= 'Z' ? c + 32 : (unsigned char)c;
}

static int compare_names(spoor_str a, spoor_str b) {
    size_t common = a.len < b.len ? a.len : b.len;
    for (size_t i = 0; i < common; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) {
            return lower(a.ptr[i]) - lower(b.ptr[i]);
        }
    }
    return (a.len > b.len) - (a.len < b.len);
}

/* A pattern's columns by name, when asc or desc is written. */
static void order_names(ordered_name *names, uint32_t n, bool descending) {
    for (uint32_t i = 1; i < n; i++) {
        ordered_name moved = names[i];
        uint32_t at = i;
        while (at > 0) {
            int order = compare_names(names[at - 1].name, moved.name);
            if (descending ? order >= 0 : order <= 0) {
                break;
            }
            names[at] = names[at - 1];
            at--;
        }
        names[at] = moved;
    }
}

spoor_plan *spoor_bind_project_reorder(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_schema *schema = &input->schema;
    spoor_bind_columns c = spoor_columns_new(b, schema);
    bool *taken = SPOOR_NEW_ARRAY(b->arena, bool, schema->ncols + 1);
    ordered_name *names = SPOOR_NEW_ARRAY(b->arena, ordered_name, schema->ncols + 1);
    for (const spoor_ast *item = spoor_bind_first_child(node); item != NULL; item = item->next) {
        const spoor_ast *what = item->kind == SPOOR_AST_ORDERED ? item->first : item;
        bool *picked = SPOOR_NEW_ARRAY(b->arena, bool, schema->ncols + 1);
        pick(b, what, schema, picked);
        uint32_t n = 0;
        for (uint32_t i = 0; i < schema->ncols; i++) {
            if (picked[i] && !taken[i] && !schema->columns[i].hidden) {
                taken[i] = true;
                names[n++] = (ordered_name){i, schema->columns[i].name};
            }
        }
        if (item->flags & (SPOOR_AST_ASC | SPOOR_AST_DESC)) {
            order_names(names, n, (item->flags & SPOOR_AST_DESC) != 0);
        }
        for (uint32_t i = 0; i < n; i++) {
            spoor_columns_add(
                &c, names[i].name,
                spoor_bound_column(b->arena, schema, (int)names[i].column, item->span));
        }
    }
    for (uint32_t i = 0; i < schema->ncols; i++) {
        if (!taken[i] && !schema->columns[i].hidden) {
            spoor_columns_add(&c, schema->columns[i].name,
                              spoor_bound_column(b->arena, schema, (int)i, node->span));
        }
    }
    return spoor_columns_project(&c, input, node->span);
}

/* -- project-by-names: names that are values --------------------------------------------------- */

static void add_named(spoor_bind_columns *c, spoor_str pattern, spoor_span span) {
    for (uint32_t i = 0; i < c->input->ncols; i++) {
        const spoor_column *column = &c->input->columns[i];
        if (!column->hidden && spoor_bind_name_matches(pattern, column->name) &&
            spoor_columns_find(c, column->name) < 0) {
            spoor_columns_add(c, column->name,
                              spoor_bound_column(c->b->arena, c->input, (int)i, span));
        }
    }
}

spoor_plan *spoor_bind_project_by_names(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_bind_columns c = spoor_columns_new(b, &input->schema);
    for (const spoor_ast *n = spoor_bind_first_child(node); n != NULL; n = n->next) {
        spoor_bound *e = spoor_bind_scalar(b, n);
        if (e == NULL) {
            continue;
        }
        bool is_known = e->kind == SPOOR_BOUND_CONSTANT && !e->value.is_null;
        if (is_known && e->type == SPOOR_STRING) {
            add_named(&c, e->value.string, n->span);
        } else if (is_known && e->type == SPOOR_DYNAMIC) {
            spoor_str name, element;
            spoor_dynamic_iter iter = spoor_dynamic_begin(e->value.string);
            while (spoor_dynamic_next(&iter, &name, &element)) {
                if (spoor_dynamic_kind_of(element) == SPOOR_DYN_STRING) {
                    add_named(&c, spoor_dynamic_scalar(element).string, n->span);
                }
            }
        } else {
            spoor_fail(b->diags, n->span, "expected constant names of columns");
        }
    }
    return spoor_columns_project(&c, input, node->span);
}

/* -- getschema --------------------------------------------------------------------------------- */

static const char *clr_name(spoor_type type) {
    /* ORDER spoor_type */
    static const char *const names[SPOOR_NTYPES] = {
        "System.SByte",
        "System.Int32",
        "System.Int64",
        "System.Double",
        "System.Data.SqlTypes.SqlDecimal",
        "System.DateTime",
        "System.TimeSpan",
        "System.Guid",
        "System.String",
        "System.Object",
    };
    return names[type];
}

spoor_plan *spoor_bind_getschema(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    static const char *const names[] = {"ColumnName", "ColumnOrdinal", "DataType", "ColumnType"};
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_VALUES, node->span, NULL);
    spoor_column *columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, 4);
    for (int i = 0; i < 4; i++) {
        columns[i] = (spoor_column){.name = spoor_str_from(names[i]),
                                    .type = i == 1 ? SPOOR_INT : SPOOR_STRING};
    }
    spoor_value *cells =
        SPOOR_NEW_ARRAY(b->arena, spoor_value, 4 * (size_t)input->schema.ncols + 1);
    uint32_t nrows = 0;
    for (uint32_t i = 0; i < input->schema.ncols; i++) {
        const spoor_column *column = &input->schema.columns[i];
        if (column->hidden) {
            continue;
        }
        spoor_value *row = &cells[4 * (size_t)nrows];
        row[0] = (spoor_value){.type = SPOOR_STRING, .string = column->name};
        row[1] = (spoor_value){.type = SPOOR_INT, .integer = nrows};
        row[2] =
            (spoor_value){.type = SPOOR_STRING, .string = spoor_str_from(clr_name(column->type))};
        row[3] = (spoor_value){.type = SPOOR_STRING,
                               .string = spoor_str_from(spoor_type_name(column->type))};
        nrows++;
    }
    plan->schema = (spoor_schema){4, columns};
    plan->is_serialized = true;
    plan->values.nrows = nrows;
    plan->values.cells = cells;
    return plan;
}
