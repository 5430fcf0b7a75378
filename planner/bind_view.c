/* bind_view.c - a view built in has the columns that are documented for its
 * table, in their order and with their types: its text makes those that local
 * records can fill, and the others are empty.
 *
 * Where the table is the view's own, columns that it does not have go; a view
 * over a table of another name (ASIM's parsers) keeps them behind, as its
 * aliases, but for names that begin with an underscore. */
#include "planner/bind.h"

static spoor_bound *empty(spoor_binder *b, spoor_type type, spoor_span span) {
    return type == SPOOR_STRING ? spoor_bound_text(b->arena, SPOOR_STR(""), span)
                                : spoor_bound_null(b->arena, type, span);
}

spoor_plan *spoor_bind_view_columns(spoor_binder *b, const spoor_stored_function *view,
                                    spoor_plan *plan, spoor_span span) {
    const spoor_schema *want = b->catalog->documented(b->catalog, view->columns_of);
    if (want == NULL || plan == NULL) {
        return plan;
    }
    spoor_bind_columns c = spoor_columns_new(b, &plan->schema);
    for (uint32_t i = 0; i < want->ncols; i++) {
        int at = spoor_schema_find(&plan->schema, want->columns[i].name);
        spoor_bound *e = at >= 0 ? spoor_bound_column(b->arena, &plan->schema, at, span)
                                 : empty(b, want->columns[i].type, span);
        e = spoor_bind_convert(b, e, want->columns[i].type);
        if (e == NULL) {
            return NULL;
        }
        spoor_columns_add(&c, want->columns[i].name, e);
    }
    bool is_own = spoor_str_eq(view->columns_of, view->name);
    for (uint32_t i = 0; i < plan->schema.ncols && !is_own; i++) {
        const spoor_column *column = &plan->schema.columns[i];
        if (!column->hidden && column->name.ptr[0] != '_' &&
            spoor_columns_find(&c, column->name) < 0) {
            spoor_columns_add(&c, column->name,
                              spoor_bound_column(b->arena, &plan->schema, (int)i, span));
        }
    }
    return spoor_columns_project(&c, plan, span);
}
