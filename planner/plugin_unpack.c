/* plugin_unpack.c - bag_unpack: the slots of a bag as columns.
 *
 * With the columns written behind it, it is a project of members.  Without them
 * the rows are read once to learn the slots: each is a column of its values'
 * type, or dynamic where they differ, behind the input's in the order of names;
 * one of the bag's own name, or that replaces a column, stands in its place. */
#include <stdlib.h>

#include "planner/plugin.h"
#include "types/dynamic.h"

typedef struct unpack {
    spoor_binder *b;
    const spoor_schema *row;
    int bag; /* the column; -1: not named yet */
    spoor_str prefix;
    spoor_str *ignored; /* slots that give no column */
    uint32_t nignored;
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

/* ignoredProperties: an array of names. */
static bool set_ignored(unpack *u, const spoor_ast *node) {
    spoor_bound *e = spoor_bind_scalar(u->b, node);
    if (e == NULL) {
        return false;
    }
    if (e->kind != SPOOR_BOUND_CONSTANT || e->type != SPOOR_DYNAMIC ||
        spoor_dynamic_kind_of(e->value.string) != SPOOR_DYN_ARRAY) {
        return spoor_fail(u->b->diags, node->span,
                          "expected an array of names: dynamic(['a', 'b'])");
    }
    u->ignored =
        SPOOR_NEW_ARRAY(u->b->arena, spoor_str, (size_t)spoor_dynamic_count(e->value.string) + 1);
    spoor_dynamic_iter iter = spoor_dynamic_begin(e->value.string);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        u->ignored[u->nignored++] = spoor_dynamic_to_text(u->b->arena, element);
    }
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
        } else if (is_named ? spoor_str_is(arg->text, "ignoredProperties") : position == 3) {
            ok = set_ignored(u, value);
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

/* -- without a schema -------------------------------------------------------------------------- */

static void see_bag(spoor_learned *learned, const spoor_value *value) {
    if (value->is_null || spoor_dynamic_kind_of(value->string) != SPOOR_DYN_BAG) {
        return;
    }
    spoor_dynamic_iter iter = spoor_dynamic_begin(value->string);
    for (spoor_str name, element; spoor_dynamic_next(&iter, &name, &element);) {
        uint32_t at = spoor_learned_add(learned, name);
        if (spoor_dynamic_kind_of(element) == SPOOR_DYN_NULL) {
            continue;
        }
        spoor_type type = spoor_dynamic_scalar(element).type;
        learned->types[at] =
            !learned->is_typed[at] || learned->types[at] == type ? type : SPOOR_DYNAMIC;
        learned->is_typed[at] = true;
    }
}

typedef struct slot_column {
    spoor_str name;
    spoor_type type;
} slot_column;

static int by_name(const void *a, const void *b) {
    const slot_column *x = a, *y = b;
    size_t n = x->name.len < y->name.len ? x->name.len : y->name.len;
    int order = n > 0 ? memcmp(x->name.ptr, y->name.ptr, n) : 0;
    return order != 0 ? order : (x->name.len > y->name.len) - (x->name.len < y->name.len);
}

static bool is_ignored(const unpack *u, spoor_str name) {
    for (uint32_t i = 0; i < u->nignored; i++) {
        if (spoor_str_eq(u->ignored[i], name)) {
            return true;
        }
    }
    return false;
}

static spoor_bound *member_of(unpack *u, const slot_column *s, spoor_span span) {
    spoor_bound *args[2] = {spoor_bound_column(u->b->arena, u->row, u->bag, span),
                            spoor_bound_text(u->b->arena, s->name, span)};
    spoor_bound *member = SPOOR_APPLY(u->b, "__member", args, 2, span);
    return member != NULL ? spoor_bind_convert(u->b, member, s->type) : NULL;
}

/* One slot among the columns so far; *bag_is_taken: it stands where the bag stood. */
static bool add_slot(unpack *u, spoor_bind_columns *c, const slot_column *s, bool *bag_is_taken,
                     spoor_span span) {
    spoor_str name = u->prefix.len == 0 ? s->name
                                        : spoor_arena_format(u->b->arena, "%.*s%.*s",
                                                             SPOOR_S(u->prefix), SPOOR_S(s->name));
    int at = spoor_columns_find(c, name);
    bool is_bag = at == u->bag && at >= 0;
    if (at >= 0 && !is_bag && u->conflict == KEEP_SOURCE) {
        return true;
    }
    if (at >= 0 && !is_bag && u->conflict == CONFLICT_ERROR) {
        spoor_fail(u->b->diags, span, "the input has a column '%.*s', too", SPOOR_S(name));
        spoor_hint(u->b->diags, "columnsConflict='keep_source' or 'replace_source' picks one");
        return false;
    }
    *bag_is_taken = *bag_is_taken || is_bag;
    spoor_bound *e = member_of(u, s, span);
    return e != NULL && spoor_columns_declare(c, name, e, true, span);
}

static spoor_plan *unpack_learned(unpack *u, spoor_plugin_site *site) {
    spoor_binder *b = u->b;
    spoor_span span = site->call->at;
    spoor_learned learned;
    uint32_t most = spoor_plugin_items_names(site, u->bag, &learned) ? 2 : 0; /* @Name and #text */
    spoor_bound *bag = spoor_bound_column(b->arena, u->row, u->bag, span);
    if (!spoor_bind_learn(site, bag, see_bag, most, &learned)) {
        return NULL;
    }
    u->row = &site->input->schema;
    if (u->prefix.len == 0) {
        spoor_bind_learn_named(b, u->row, &learned);
    }
    slot_column *slots = SPOOR_NEW_ARRAY(b->arena, slot_column, (size_t)learned.count + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < learned.count; i++) {
        if (!is_ignored(u, learned.names[i])) {
            spoor_type type = learned.is_typed[i] ? learned.types[i] : SPOOR_DYNAMIC;
            slots[n++] = (slot_column){learned.names[i], type};
        }
    }
    qsort(slots, n, sizeof *slots, by_name);
    spoor_bind_columns c = spoor_columns_new(b, u->row);
    spoor_columns_add_input(&c);
    bool bag_is_taken = false;
    for (uint32_t i = 0; i < n; i++) {
        if (!add_slot(u, &c, &slots[i], &bag_is_taken, span)) {
            return NULL;
        }
    }
    if (!bag_is_taken) {
        spoor_columns_remove(&c, (uint32_t)u->bag);
    }
    return spoor_columns_project(&c, site->input, site->node->span);
}

spoor_plan *spoor_plugin_bag_unpack(spoor_plugin_site *site) {
    unpack u = {.b = site->b, .row = &site->input->schema, .bag = -1};
    if (!bind_arguments(&u, site->call)) {
        return NULL;
    }
    return site->schema != NULL ? unpack_bag(&u, site->node, site->schema, site->input)
                                : unpack_learned(&u, site);
}
