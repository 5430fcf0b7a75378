/* bind_table.c - what gives rows: names of tables, calls, pipelines, sources. */
#include "planner/bind.h"

/* -- tables of the catalog --------------------------------------------------------------------- */

/* The time picker holds for every table of events: TimeGenerated in [from, to). */
void spoor_bind_pick_time(spoor_binder *b, spoor_plan *scan) {
    const spoor_bind_options *o = b->options;
    int column = spoor_schema_find(&scan->schema, SPOOR_STR("TimeGenerated"));
    if (column < 0 || (!o->has_from && !o->has_to)) {
        return;
    }
    spoor_span span = scan->span;
    uint32_t nothers = scan->scan.npredicates, n = 0;
    spoor_bound **tests = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, nothers + 2);
    for (int end = 0; end < 2; end++) {
        if (end == 0 ? !o->has_from : !o->has_to) {
            continue;
        }
        spoor_value limit = {.type = SPOOR_DATETIME, .integer = end == 0 ? o->from : o->to};
        spoor_bound *args[2] = {spoor_bound_column(b->arena, &scan->schema, column, span),
                                spoor_bound_constant(b->arena, limit, span)};
        spoor_bound *test =
            spoor_bind_apply(b, end == 0 ? SPOOR_STR(">=") : SPOOR_STR("<"), args, 2, span, span);
        if (test != NULL) {
            tests[n++] = test;
        }
    }
    for (uint32_t i = 0; i < nothers; i++) {
        tests[n++] = scan->scan.predicates[i];
    }
    scan->scan.predicates = tests;
    scan->scan.npredicates = n;
}

spoor_plan *spoor_bind_catalog_table(spoor_binder *b, spoor_str name, spoor_span span) {
    if (spoor_scope_is_closed(b->scope)) {
        spoor_fail(b->diags, span, "'restrict' leaves out '%.*s'", SPOOR_S(name));
        return NULL;
    }
    const spoor_table *table = b->catalog != NULL ? b->catalog->table(b->catalog, name) : NULL;
    if (table == NULL && b->options->empty_tables && b->fuzzy_open == 0) {
        return spoor_bind_unknown_table(b, name, span);
    }
    if (table == NULL) {
        spoor_bind_no_table(b, span, name);
        return NULL;
    }
    if (table->is_empty) {
        spoor_plan *none = spoor_plan_new(b, SPOOR_PLAN_VALUES, span, NULL);
        none->schema = table->schema;
        return none;
    }
    spoor_plan *plan =
        spoor_plan_new(b, table->is_events ? SPOOR_PLAN_SCAN : SPOOR_PLAN_TABLE, span, NULL);
    plan->schema = table->schema;
    if (!table->is_events) {
        plan->table.table = table;
        return plan;
    }
    plan->scan.table = table;
    plan->scan.view = b->view;
    plan->scan.columns = SPOOR_NEW_ARRAY(b->arena, spoor_scan_column, table->schema.ncols + 1);
    for (uint32_t i = 0; i < table->schema.ncols; i++) {
        plan->scan.columns[i] =
            (spoor_scan_column){.column = (int)i, .type = table->schema.columns[i].type};
    }
    spoor_bind_pick_time(b, plan);
    return plan;
}

/* -- names ------------------------------------------------------------------------------------- */

spoor_plan *spoor_bind_shared_again(spoor_binder *b, const spoor_plan *shared, spoor_span span) {
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_SHARED, span, shared->inputs[0]);
    plan->shared = shared->shared;
    return plan;
}

spoor_plan *spoor_bind_shared(spoor_binder *b, spoor_plan *input, spoor_span span) {
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_SHARED, span, input);
    plan->shared.id = b->query->nshared++;
    plan->shared.feeds = spoor_bind_feeds_of(b, input);
    return plan;
}

/* A tabular parameter with columns written needs those, with these types; further ones pass
 * (as docs project-by-names shows with column_names_of()). */
static bool has_declared(spoor_binder *b, const spoor_symbol *symbol, const spoor_schema *rows,
                         spoor_span span) {
    const spoor_schema *want = symbol->declared;
    for (uint32_t i = 0; want != NULL && i < want->ncols; i++) {
        int column = spoor_schema_find(rows, want->columns[i].name);
        if (column < 0) {
            return spoor_fail(b->diags, span, "'%.*s' needs a column '%.*s'", SPOOR_S(symbol->name),
                              SPOOR_S(want->columns[i].name));
        }
        if (rows->columns[column].type != want->columns[i].type) {
            return spoor_fail(b->diags, span, "'%.*s' needs '%.*s' as %s, not %s",
                              SPOOR_S(symbol->name), SPOOR_S(want->columns[i].name),
                              spoor_type_name(want->columns[i].type),
                              spoor_type_name(rows->columns[column].type));
        }
    }
    return true;
}

/* Bind the rows of a symbol again, where it was defined. */
static spoor_plan *expand(spoor_binder *b, spoor_symbol *symbol, spoor_span span) {
    spoor_scope *scope = b->scope;
    spoor_bind_frame *frames = b->frames;
    uint32_t errors = b->diags->nerrors;
    b->scope = symbol->scope;
    if (symbol->is_parameter) {
        b->frames = symbol->frames;
    }
    spoor_plan *plan = symbol->noperators > 0
                           ? spoor_bind_pipeline_prefix(b, symbol->ast, symbol->noperators)
                           : spoor_bind_source(b, symbol->ast);
    b->scope = scope;
    b->frames = frames;
    bool is_broken = b->diags->nerrors > errors;
    if (is_broken && !symbol->is_parameter) {
        symbol->kind = SPOOR_SYMBOL_BROKEN; /* said once */
    }
    if (symbol->is_parameter) {
        plan = spoor_bind_no_graph(b, plan, span);
    }
    return plan != NULL && has_declared(b, symbol, &plan->schema, span) ? plan : NULL;
}

/* What the catalogue keeps under a name; NULL: nothing, or the text at hand does not see it. */
static const spoor_stored_function *stored_named(spoor_binder *b, spoor_str name) {
    bool sees = b->catalog != NULL && !spoor_scope_is_closed(b->scope);
    return sees ? b->catalog->function(b->catalog, name) : NULL;
}

/* stored: NULL: a let's function. */
static spoor_plan *call_by_name(spoor_binder *b, spoor_str name,
                                const spoor_stored_function *stored, spoor_span span) {
    spoor_ast call = {.kind = SPOOR_AST_CALL, .depth = 1, .span = span, .at = span, .text = name};
    bool found = false;
    spoor_bind_result result = stored != NULL ? spoor_bind_stored_call(b, stored, &call, NULL)
                                              : spoor_bind_user_call(b, &call, name, NULL, &found);
    if (result.value != NULL) {
        spoor_fail(b->diags, span, "'%.*s' gives a value, and rows are needed here", SPOOR_S(name));
    }
    return result.plan;
}

spoor_plan *spoor_bind_named_table(spoor_binder *b, spoor_str name, spoor_span span) {
    spoor_symbol *symbol = spoor_scope_find(b->scope, name);
    if (symbol != NULL) {
        symbol->is_used = true;
        switch (symbol->kind) {
        case SPOOR_SYMBOL_TABULAR: return expand(b, symbol, span);
        case SPOOR_SYMBOL_SHARED:
            return has_declared(b, symbol, &symbol->plan->schema, span)
                       ? spoor_bind_shared_again(b, symbol->plan, span)
                       : NULL;
        case SPOOR_SYMBOL_FUNCTION: return call_by_name(b, name, NULL, span);
        case SPOOR_SYMBOL_BROKEN: return NULL;
        case SPOOR_SYMBOL_PATTERN:
            spoor_fail(b->diags, span, "the pattern '%.*s' needs its values", SPOOR_S(name));
            return NULL;
        case SPOOR_SYMBOL_PLACE:
            spoor_fail(b->diags, span, "'%.*s' is a database, and rows are needed here",
                       SPOOR_S(name));
            return NULL;
        case SPOOR_SYMBOL_SCALAR:
            spoor_fail(b->diags, span, "'%.*s' is a value, and rows are needed here",
                       SPOOR_S(name));
            return NULL;
        }
    }
    const spoor_stored_function *stored = stored_named(b, name);
    return stored != NULL ? call_by_name(b, name, stored, span)
                          : spoor_bind_catalog_table(b, name, span);
}

/* -- calls ------------------------------------------------------------------------------------- */

static spoor_plan *bind_materialize(spoor_binder *b, const spoor_ast *node) {
    for (const spoor_bind_material *m = b->materials; m != NULL; m = m->next) {
        if (m->ast == node && m->scope == b->scope) {
            return spoor_bind_shared_again(b, m->plan, node->span);
        }
    }
    spoor_plan *input = spoor_bind_table(b, node->first);
    if (input == NULL) {
        return NULL;
    }
    spoor_bind_material *m = SPOOR_NEW(b->arena, spoor_bind_material);
    *m = (spoor_bind_material){node, b->scope, spoor_bind_shared(b, input, node->span),
                               b->materials};
    b->materials = m;
    return m->plan;
}

static spoor_plan *bind_table_call(spoor_binder *b, const spoor_ast *node) {
    if (spoor_scope_find(b->scope, node->text) == NULL) {
        if (spoor_str_is(node->text, "materialize") || spoor_str_is(node->text, "totable")) {
            if (node->nchildren != 1) {
                spoor_fail(b->diags, node->at, "'%.*s' takes 1 argument, not %u",
                           SPOOR_S(node->text), node->nchildren);
                return NULL;
            }
            return spoor_str_is(node->text, "totable") ? spoor_bind_table(b, node->first)
                                                       : bind_materialize(b, node);
        }
        spoor_str name;
        if (spoor_str_is(node->text, "table")) {
            bool ok = node->first != NULL && spoor_bind_text(b, node->first, &name);
            const spoor_symbol *symbol = ok ? spoor_scope_find(b->scope, name) : NULL;
            bool is_rows = symbol != NULL && (symbol->kind == SPOOR_SYMBOL_TABULAR ||
                                              symbol->kind == SPOOR_SYMBOL_SHARED);
            /* A view is a table to its users; the functions library names those of a let, too. */
            bool is_function = symbol != NULL && symbol->kind == SPOOR_SYMBOL_FUNCTION;
            if (ok &&
                (is_rows || is_function || (symbol == NULL && stored_named(b, name) != NULL))) {
                return spoor_bind_named_table(b, name, node->first->span);
            }
            return ok ? spoor_bind_catalog_table(b, name, node->first->span) : NULL;
        }
    }
    bool found = false;
    spoor_bind_result result = spoor_bind_user_call(b, node, node->text, NULL, &found);
    if (!found) {
        if (spoor_bind_is_listed(node->text,
                                 "external_table materialized_view stored_query_result")) {
            spoor_fail(b->diags, node->at, "'%.*s' is not supported: the store has none",
                       SPOOR_S(node->text));
        } else if (spoor_str_is(node->text, "graph")) {
            spoor_fail(b->diags, node->at, "'graph' is not supported: the store keeps no graphs");
            spoor_hint(b->diags, "make-graph makes one of rows of edges");
        } else if (spoor_bind_is_place(b, node)) {
            spoor_fail(b->diags, node->span, "'%.*s(...)' is no table", SPOOR_S(node->text));
        } else if (spoor_function_named(node->text) != NULL) {
            spoor_fail(b->diags, node->span, "'%.*s' gives a value, and rows are needed here",
                       SPOOR_S(node->text));
        } else {
            spoor_bind_no_function(b, node->at, node->text);
        }
    } else if (result.value != NULL) {
        spoor_fail(b->diags, node->span, "'%.*s' gives a value, and rows are needed here",
                   SPOOR_S(node->text));
    }
    return result.plan;
}

static spoor_plan *dispatch(spoor_binder *b, const spoor_ast *node) {
    const spoor_symbol *pattern = spoor_bind_pattern_of(b, node);
    if (pattern != NULL) {
        return spoor_bind_pattern(b, pattern, node);
    }
    switch (node->kind) {
    case SPOOR_AST_NAME: return spoor_bind_named_table(b, node->text, node->span);
    case SPOOR_AST_CALL: return bind_table_call(b, node);
    case SPOOR_AST_METHOD:
    case SPOOR_AST_MEMBER: return spoor_bind_placed(b, node);
    case SPOOR_AST_PIPELINE:
        return node->nchildren == 1 ? spoor_bind_source(b, node->first)
                                    : spoor_bind_pipeline(b, node);
    case SPOOR_AST_PRINT: return spoor_bind_print(b, node);
    case SPOOR_AST_RANGE: return spoor_bind_range(b, node);
    case SPOOR_AST_DATATABLE: return spoor_bind_datatable(b, node);
    case SPOOR_AST_EXTERNALDATA: return spoor_bind_externaldata(b, node);
    case SPOOR_AST_UNION: return spoor_bind_union(b, node, NULL);
    case SPOOR_AST_SEARCH: return spoor_bind_search(b, node, NULL, (spoor_str){NULL, 0});
    case SPOOR_AST_MACRO_EXPAND: return spoor_bind_macro_expand(b, node);
    case SPOOR_AST_FIND: return spoor_bind_find(b, node);
    case SPOOR_AST_EVALUATE: return spoor_bind_evaluate(b, node, NULL);
    case SPOOR_AST_WILDCARD:
        spoor_fail(b->diags, node->span, "a pattern of tables can stand in union only");
        return NULL;
    default: break;
    }
    if (node->kind == SPOOR_AST_OTHER_OPERATOR) {
        spoor_fail(b->diags, node->at, "'%.*s' is not supported", SPOOR_S(node->text));
        if (spoor_str_is(node->text, "inline_external_table")) {
            spoor_hint(b->diags, "externaldata reads files below --allow-files DIR");
        }
    } else if (node->kind >= SPOOR_AST_WHERE) {
        spoor_bind_unsupported(b, node->at, spoor_ast_kind_name(node->kind));
    } else {
        spoor_fail(b->diags, node->span, "expected a table or a query");
    }
    return NULL;
}

spoor_bind_row_state spoor_bind_hide_row(spoor_binder *b) {
    spoor_bind_row_state state = {b->row, b->outer_row, b->aggregates, b->match};
    b->row = b->outer_row = NULL;
    b->aggregates = NULL;
    b->match = NULL;
    return state;
}

void spoor_bind_restore_row(spoor_binder *b, spoor_bind_row_state state) {
    b->row = state.row;
    b->outer_row = state.outer_row;
    b->aggregates = state.aggregates;
    b->match = state.match;
}

spoor_plan *spoor_bind_source(spoor_binder *b, const spoor_ast *node) {
    if (node == NULL || !spoor_bind_enter(b, node->span)) {
        return NULL;
    }
    spoor_bind_row_state state = spoor_bind_hide_row(b);
    spoor_plan *plan = dispatch(b, node);
    spoor_bind_restore_row(b, state);
    spoor_bind_leave(b);
    return plan;
}

spoor_plan *spoor_bind_table(spoor_binder *b, const spoor_ast *node) {
    spoor_plan *plan = spoor_bind_source(b, node);
    return spoor_bind_no_graph(b, plan, node != NULL ? node->span : (spoor_span){0});
}
