/* bind_operator_evaluate.c - evaluate: plugins whose columns the text tells.
 *
 * bag_unpack with the columns written behind it is a project of members.  Without
 * them its columns are those that the data has, which nothing here knows while it
 * binds; that form is refused, as every other plugin is, by name. */
#include "planner/bind.h"

typedef struct unpack {
    spoor_binder *b;
    const spoor_schema *row;
    int bag; /* the column; -1: not named yet */
    spoor_str prefix;
    enum { CONFLICT_ERROR, KEEP_SOURCE, REPLACE_SOURCE } conflict;
} unpack;

static bool set_conflict(unpack *u, const spoor_ast *node) {
    spoor_str text;
    if (!spoor_bind_text(u->b, node, &text)) {
        return false;
    }
    u->conflict = spoor_str_is(text, "keep_source")      ? KEEP_SOURCE
                  : spoor_str_is(text, "replace_source") ? REPLACE_SOURCE
                                                         : CONFLICT_ERROR;
    return u->conflict != CONFLICT_ERROR || spoor_str_is(text, "error") ||
           spoor_fail(u->b->diags, node->span,
                      "columnsConflict is error, keep_source or replace_source");
}

static bool bind_bag(unpack *u, const spoor_ast *node) {
    spoor_bound *e = spoor_bind_expr(u->b, node);
    if (e == NULL) {
        return false;
    }
    if (e->kind != SPOOR_BOUND_COLUMN || e->type != SPOOR_DYNAMIC) {
        return spoor_fail(u->b->diags, node->span, "bag_unpack takes a dynamic column");
    }
    u->bag = e->column;
    return true;
}

static bool bind_arguments(unpack *u, const spoor_ast *call) {
    uint32_t position = 0;
    for (const spoor_ast *arg = call->first; arg != NULL; arg = arg->next, position++) {
        bool is_named = arg->kind == SPOOR_AST_NAMED;
        const spoor_ast *value = is_named ? arg->first : arg;
        bool ok;
        if (position == 0 && !is_named) {
            ok = bind_bag(u, value);
        } else if (is_named ? spoor_str_is(arg->text, "OutputColumnPrefix") : position == 1) {
            ok = spoor_bind_text(u->b, value, &u->prefix);
        } else if (is_named ? spoor_str_is(arg->text, "columnsConflict") : position == 2) {
            ok = set_conflict(u, value);
        } else {
            ok = spoor_fail(u->b->diags, arg->span, "this argument of bag_unpack is not supported");
        }
        if (!ok) {
            return false;
        }
    }
    return u->bag >= 0 || spoor_fail(u->b->diags, call->at, "bag_unpack needs a column");
}

static spoor_bound *slot(const unpack *u, const spoor_ast *column) {
    spoor_str name = column->text;
    bool starts = name.len > u->prefix.len &&
                  (u->prefix.len == 0 || memcmp(name.ptr, u->prefix.ptr, u->prefix.len) == 0);
    if (!starts) {
        spoor_fail(u->b->diags, column->span, "'%.*s' does not begin with '%.*s'", SPOOR_S(name),
                   SPOOR_S(u->prefix));
        return NULL;
    }
    name.ptr += u->prefix.len;
    name.len -= u->prefix.len;
    spoor_bound *args[2] = {spoor_bound_column(u->b->arena, u->row, u->bag, column->span),
                            spoor_bound_text(u->b->arena, name, column->span)};
    spoor_bound *member = SPOOR_APPLY(u->b, "__member", args, 2, column->span);
    return member != NULL ? spoor_bind_convert(u->b, member, (spoor_type)column->type) : NULL;
}

/* A column that the input has, too: which of the two it is only the text can say. */
static spoor_bound *conflicting(const unpack *u, const spoor_ast *column, int at) {
    if (u->conflict == REPLACE_SOURCE) {
        return slot(u, column);
    }
    if (u->conflict == KEEP_SOURCE && u->row->columns[at].type == (spoor_type)column->type) {
        return spoor_bound_column(u->b->arena, u->row, at, column->span);
    }
    spoor_fail(u->b->diags, column->span, "the input has a column '%.*s', too",
               SPOOR_S(column->text));
    spoor_hint(u->b->diags, "columnsConflict='keep_source' or 'replace_source' picks one");
    return NULL;
}

static spoor_plan *unpack_bag(unpack *u, const spoor_ast *node, const spoor_ast *schema,
                              spoor_plan *input) {
    spoor_bind_columns c = spoor_columns_new(u->b, u->row);
    for (const spoor_ast *column = schema->first; column != NULL; column = column->next) {
        if (column->kind == SPOOR_AST_STAR) {
            spoor_columns_add_input(&c);
            spoor_columns_remove(&c, (uint32_t)u->bag);
            continue;
        }
        if (column->type == SPOOR_AST_NO_TYPE) {
            spoor_fail(u->b->diags, column->span, "unknown type '%.*s'", SPOOR_S(column->extra));
            return NULL;
        }
        int at = spoor_schema_find(u->row, column->text);
        spoor_bound *e = at >= 0 && at != u->bag ? conflicting(u, column, at) : slot(u, column);
        if (e == NULL || !spoor_columns_declare(&c, column->text, e, true, column->span)) {
            return NULL;
        }
    }
    return spoor_columns_project(&c, input, node->span);
}

spoor_plan *spoor_bind_evaluate(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_ast *call = spoor_bind_first_child(node);
    const spoor_ast *schema = spoor_ast_clause(node, "schema");
    spoor_bind_check_props(b, node, "");
    if (call == NULL || !spoor_str_is(call->text, "bag_unpack")) {
        spoor_str name = call != NULL ? call->text : SPOOR_STR("evaluate");
        spoor_fail(b->diags, call != NULL ? call->at : node->at,
                   "the plugin '%.*s' is not supported", SPOOR_S(name));
        return NULL;
    }
    if (schema == NULL) {
        spoor_fail(b->diags, call->at, "'bag_unpack' is not supported without its columns");
        spoor_hint(b->diags, "write them behind it: bag_unpack(d) : (*, name:string, n:long)");
        return NULL;
    }
    unpack u = {.b = b, .row = &input->schema, .bag = -1};
    return bind_arguments(&u, call) ? unpack_bag(&u, node, schema, input) : NULL;
}
