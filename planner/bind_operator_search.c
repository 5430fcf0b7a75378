/* bind_operator_search.c - search: a union of all that is searched, whose first
 * column $table says where a row is from, and a where (bind_predicate.c). */
#include "planner/bind_legs.h"

static bool bind_kind(spoor_binder *b, const spoor_ast *node, bool *is_sensitive) {
    spoor_str kind;
    spoor_bind_check_props(b, node, "kind");
    if (!spoor_bind_prop_text(node, "kind", &kind)) {
        return true;
    }
    *is_sensitive = spoor_str_is(kind, "case_sensitive");
    if (*is_sensitive || spoor_str_is(kind, "case_insensitive") || spoor_str_is(kind, "default")) {
        return true;
    }
    return spoor_fail(b->diags, spoor_ast_prop(node, "kind")->span,
                      "a search is default, case_insensitive or case_sensitive");
}

/* All that is searched: `input`, or else the tables from `first` on (NULL: all there are). */
static spoor_plan *bind_searched(spoor_binder *b, const spoor_ast *node, const spoor_ast *first,
                                 spoor_plan *input, spoor_str input_name) {
    spoor_bind_legs l = {.b = b, .unnamed = "search_arg"};
    uint32_t errors = b->diags->nerrors;
    if (input != NULL) {
        spoor_legs_add(&l, input, input_name);
    } else if (first != NULL) {
        spoor_legs_bind(&l, first);
    } else {
        spoor_legs_add_matching(&l, node, SPOOR_STR("*"));
    }
    if (b->diags->nerrors > errors || l.count == 0) {
        return NULL;
    }
    return spoor_legs_union(&l, node, false, SPOOR_STR("$table"));
}

spoor_plan *spoor_bind_search(spoor_binder *b, const spoor_ast *node, spoor_plan *input,
                              spoor_str input_name) {
    bool is_sensitive = false, seeks_all;
    const spoor_ast *tables = spoor_ast_clause(node, "in");
    if (!bind_kind(b, node, &is_sensitive)) {
        return NULL;
    }
    if (input != NULL && tables != NULL) {
        spoor_fail(b->diags, tables->span,
                   "a search of rows handed to it has no tables of its own");
        return NULL;
    }
    spoor_plan *all =
        bind_searched(b, node, tables != NULL ? tables->first : NULL, input, input_name);
    if (all == NULL) {
        return NULL;
    }
    const spoor_schema *row = b->row, *outer = b->outer_row;
    b->row = b->outer_row = &all->schema;
    spoor_bound *predicate =
        spoor_bind_predicate(b, node->last, 1, all->schema.ncols, is_sensitive, &seeks_all);
    b->row = row;
    b->outer_row = outer;
    if (predicate == NULL) {
        return all;
    }
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_WHERE, node->span, all);
    plan->where.predicate = predicate;
    return plan;
}
