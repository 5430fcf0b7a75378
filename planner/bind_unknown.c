/* bind_unknown.c - a table that nobody documents, under --empty-tables: no rows, and the columns that
 * the query names, so that what does not depend on its rows can still be checked.
 *
 * What the query names is known before it is bound: every name in its tree that is no let, no
 * parameter, no table and no function.  Those that later operators make are among them, which does
 * no harm: whoever makes a column of a name that is there takes its place. */
#include "base/limits.h"
#include "planner/plugin.h"

static bool is_something_else(spoor_binder *b, spoor_str name) {
    return spoor_scope_find(b->scope, name) != NULL ||
           (b->catalog != NULL && (b->catalog->function(b->catalog, name) != NULL ||
                                   b->catalog->table(b->catalog, name) != NULL));
}

/* The names of lets and parameters, and those that project-rename gives, which may not be there before. */
static void collect_made(spoor_learned *made, const spoor_ast *node) {
    if (node->kind == SPOOR_AST_LET || node->kind == SPOOR_AST_PARAM) {
        spoor_learned_add(made, node->text);
    }
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        if (node->kind == SPOOR_AST_PROJECT_RENAME && child->kind == SPOOR_AST_NAMED) {
            spoor_learned_add(made, child->text);
        }
        collect_made(made, child);
    }
}

static void collect(spoor_learned *names, const spoor_ast *node) {
    bool is_side = node->kind == SPOOR_AST_MEMBER && node->first != NULL &&
                   node->first->kind == SPOOR_AST_SIDE;
    if (is_side ||
        (node->kind == SPOOR_AST_NAME && node->text.len > 0 && node->text.ptr[0] != '$')) {
        spoor_learned_add(names, node->text);
    }
    bool has_source =
        node->kind == SPOOR_AST_UNION || (node->kind == SPOOR_AST_PIPELINE && node->nchildren > 1);
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        bool is_source = has_source && child->kind == SPOOR_AST_NAME;
        if (!is_source && child->kind != SPOOR_AST_PROP) {
            collect(names, child);
        }
    }
}

/* As some documented table has it, or as Log Analytics ends the names of custom logs. */
static spoor_type type_of(spoor_binder *b, spoor_str name) {
    static const struct {
        char letter;
        spoor_type type;
    } endings[] = {{'s', SPOOR_STRING},
                   {'d', SPOOR_REAL},
                   {'b', SPOOR_BOOL},
                   {'t', SPOOR_DATETIME},
                   {'g', SPOOR_STRING}};
    spoor_type type;
    if (b->catalog != NULL && b->catalog->column_type != NULL &&
        b->catalog->column_type(b->catalog, name, &type)) {
        return type;
    }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (name.len > 2 && name.ptr[name.len - 2] == '_' &&
            name.ptr[name.len - 1] == endings[i].letter) {
            return endings[i].type;
        }
    }
    return SPOOR_DYNAMIC;
}

const spoor_schema *spoor_bind_named_columns(spoor_binder *b) {
    if (b->named_columns != NULL || b->root == NULL) {
        return b->named_columns;
    }
    spoor_learned names = {.arena = b->arena};
    collect_made(&names, b->root);
    uint32_t nmade = names.count;
    collect(&names, b->root);
    spoor_schema *schema = SPOOR_NEW(b->arena, spoor_schema);
    *schema = (spoor_schema){0, SPOOR_NEW_ARRAY(b->arena, spoor_column, (size_t)names.count + 1)};
    for (uint32_t i = nmade; i < names.count && schema->ncols < SPOOR_MAX_COLUMNS; i++) {
        if (!is_something_else(b, names.names[i])) {
            schema->columns[schema->ncols++] =
                (spoor_column){.name = names.names[i], .type = type_of(b, names.names[i])};
        }
    }
    return b->named_columns = schema;
}

spoor_plan *spoor_bind_unknown_table(spoor_binder *b, spoor_str name, spoor_span span) {
    const spoor_schema *schema = spoor_bind_named_columns(b);
    if (schema == NULL) {
        return NULL;
    }
    uint32_t views_open = b->views_open;
    b->views_open = 0; /* a watchlist is asked for by a text of ours, and yet the user named it */
    spoor_bind_warn(b, "unknown-table", span,
                    "no table '%.*s' is here or documented: taken as one without "
                    "rows that has the columns the query names",
                    SPOOR_S(name));
    b->views_open = views_open;
    spoor_plan *none = spoor_plan_new(b, SPOOR_PLAN_VALUES, span, NULL);
    none->schema = *schema;
    return none;
}

spoor_bound *spoor_bind_settled(spoor_binder *b, spoor_bound *e, spoor_type type) {
    return b->named_columns != NULL && e->type == SPOOR_DYNAMIC ? spoor_bind_convert(b, e, type)
                                                                : e;
}
