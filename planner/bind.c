/* bind.c - tree to plan: statements and their results; where binding begins.
 *
 * Each let opens a scope of its own, so its definition sees what stood before
 * it and not itself.  Lets of rows are bound when used, and those never used
 * once at the end, so that every mistake of the text is found. */
#include "planner/bind.h"

#include "types/dynamic.h"

/* -- let --------------------------------------------------------------------------------------- */

static bool is_unknown_name(spoor_binder *b, const spoor_ast *value) {
    while (value->kind == SPOOR_AST_PIPELINE && value->nchildren == 1) {
        value = value->first;
    }
    return value->kind == SPOOR_AST_NAME && spoor_scope_find(b->scope, value->text) == NULL;
}

static void bind_let(spoor_binder *b, const spoor_ast *node) {
    const spoor_ast *value = node->first;
    spoor_scope *outer = b->scope, *inner = spoor_scope_new(b, outer);
    spoor_symbol *symbol = spoor_scope_add(b, inner, node->text, SPOOR_SYMBOL_BROKEN);
    symbol->ast = value;
    symbol->scope = outer;
    symbol->is_let = true;
    if (value == NULL) {
        spoor_fail(b->diags, node->span, "'let' without a value");
    } else if (value->kind == SPOOR_AST_CALL && spoor_str_is(value->text, "entity_group")) {
        symbol->kind = SPOOR_SYMBOL_PLACE;
    } else if (value->kind == SPOOR_AST_FUNCTION) {
        symbol->kind = SPOOR_SYMBOL_FUNCTION;
        symbol->is_view = (value->flags & SPOOR_AST_VIEW) != 0;
    } else if (spoor_bind_is_tabular(b, value) || is_unknown_name(b, value)) {
        symbol->kind = SPOOR_SYMBOL_TABULAR;
    } else {
        /* No columns are in reach, but in a function's body parameters may hold a row's values. */
        symbol->value = spoor_bind_expr(b, value);
        if (symbol->value != NULL) {
            symbol->kind = SPOOR_SYMBOL_SCALAR;
            symbol->row = spoor_bound_has_columns(symbol->value) ? b->outer_row : NULL;
        }
    }
    b->scope = inner;
}

/* Lets of rows that nothing used still have to be right. */
static void check_unused(spoor_binder *b) {
    spoor_scope *scope = b->scope;
    for (spoor_scope *s = scope; s != NULL; s = s->parent) {
        for (spoor_symbol *symbol = s->first; symbol != NULL; symbol = symbol->next) {
            if (symbol->kind == SPOOR_SYMBOL_TABULAR && !symbol->is_used) {
                b->scope = symbol->scope;
                spoor_bind_source(b, symbol->ast);
            }
        }
    }
    b->scope = scope;
    for (spoor_scope *s = scope; s != NULL && b->diags->nerrors == 0; s = s->parent) {
        for (spoor_symbol *symbol = s->first; symbol != NULL; symbol = symbol->next) {
            spoor_bind_lint_let(b, symbol);
        }
    }
}

/* -- set --------------------------------------------------------------------------------------- */

static bool is_true(const spoor_ast *value) {
    return value == NULL || spoor_str_is(value->text, "true") || spoor_str_is(value->text, "1");
}

/* The query's own moment and range of time: as if the options said so. */
static void set_time(spoor_binder *b, const spoor_ast *node, const char *what) {
    spoor_bound *e = spoor_bind_as(b, node->first, SPOOR_DATETIME);
    if (e == NULL) {
        return;
    }
    if (e->kind != SPOOR_BOUND_CONSTANT || e->value.is_null) {
        spoor_fail(b->diags, node->span, "expected a constant");
        return;
    }
    spoor_bind_options *own = SPOOR_NEW(b->arena, spoor_bind_options);
    *own = *b->options;
    int64_t at = e->value.integer;
    if (strcmp(what, "now") == 0) {
        own->now = at;
    } else if (strcmp(what, "from") == 0) {
        own->from = own->has_from && own->from > at ? own->from : at;
        own->has_from = true;
    } else {
        own->to = own->has_to && own->to < at ? own->to : at;
        own->has_to = true;
    }
    b->options = own;
}

/* The first rows of a result; what exceeds truncationmaxrecords is an error in the cloud. */
static void set_limit(spoor_binder *b, const spoor_ast *node) {
    spoor_bound *count = spoor_bind_count(b, node->first);
    if (count != NULL && count->kind == SPOOR_BOUND_CONSTANT) {
        bool is_less = b->most_rows == NULL || count->value.integer < b->most_rows->value.integer;
        b->most_rows = is_less ? count : b->most_rows;
    }
    if (spoor_str_is(node->text, "truncationmaxrecords")) {
        spoor_bind_warn(b, "truncated", node->span,
                        "a result ends after so many rows, without an error");
    }
}

static void bind_set(spoor_binder *b, const spoor_ast *node) {
    spoor_str name = node->text;
    if (spoor_str_is(name, "contains_wildcards")) {
        b->wildcards = is_true(node->first);
    } else if (spoor_bind_is_listed(name, "best_effort query_bin_auto_origin")) {
        spoor_fail(b->diags, node->span, "'set %.*s' is not supported", SPOOR_S(name));
    } else if (node->first == NULL) {
        return; /* a switch that changes nothing here */
    } else if (spoor_str_is(name, "query_bin_auto_size")) {
        b->bin_auto_size = spoor_bind_scalar(b, node->first);
    } else if (spoor_str_is(name, "query_bin_auto_at")) {
        b->bin_auto_at = spoor_bind_scalar(b, node->first);
    } else if (spoor_str_is(name, "query_now")) {
        set_time(b, node, "now");
    } else if (spoor_str_is(name, "query_datetimescope_from")) {
        set_time(b, node, "from");
    } else if (spoor_str_is(name, "query_datetimescope_to")) {
        set_time(b, node, "to");
    } else if (spoor_bind_is_listed(name, "query_take_max_records truncationmaxrecords")) {
        set_limit(b, node);
    } else if (spoor_str_is(name, "query_datetimescope_column") &&
               !spoor_str_is(node->first->text, "TimeGenerated")) {
        spoor_fail(b->diags, node->span, "the time of a table of events is TimeGenerated");
    }
}

/* -- declare query_parameters ------------------------------------------------------------------ */

/* `long(5)`, `"x"` or plain text, as --param gives it. */
static spoor_str without_wrapper(spoor_str text) {
    if (text.len >= 2 && (text.ptr[0] == '"' || text.ptr[0] == '\'') &&
        text.ptr[text.len - 1] == text.ptr[0]) {
        return (spoor_str){text.ptr + 1, text.len - 2};
    }
    const char *open = text.len > 0 ? memchr(text.ptr, '(', text.len) : NULL;
    spoor_type type;
    if (open != NULL && text.ptr[text.len - 1] == ')' &&
        spoor_type_parse((spoor_str){text.ptr, (size_t)(open - text.ptr)}, &type)) {
        return (spoor_str){open + 1, (size_t)(text.ptr + text.len - open) - 2};
    }
    return text;
}

static spoor_bound *given_value(spoor_binder *b, const spoor_ast *param, bool *is_given) {
    *is_given = false;
    for (uint32_t i = 0; i < b->options->nparams; i++) {
        if (!spoor_str_eq(b->options->param_names[i], param->text)) {
            continue;
        }
        *is_given = true;
        spoor_value value;
        spoor_str text = without_wrapper(b->options->param_values[i]);
        spoor_type type = (spoor_type)param->type;
        if (type != SPOOR_STRING && spoor_str_is(text, "null")) {
            return spoor_bound_null(b->arena, type, param->span);
        }
        return spoor_bind_literal_value(b, type, text, param->span, &value)
                   ? spoor_bound_constant(b->arena, value, param->span)
                   : NULL;
    }
    return NULL;
}

static void bind_parameters(spoor_binder *b, const spoor_ast *node) {
    b->scope = spoor_scope_new(b, b->scope);
    for (const spoor_ast *p = node->first; p != NULL; p = p->next) {
        spoor_symbol *symbol = spoor_scope_add(b, b->scope, p->text, SPOOR_SYMBOL_BROKEN);
        if (p->type == SPOOR_AST_NO_TYPE) {
            spoor_fail(b->diags, p->span, "no type named '%.*s'", SPOOR_S(p->extra));
            continue;
        }
        bool is_given;
        spoor_bound *value = given_value(b, p, &is_given);
        if (!is_given && p->first != NULL) {
            value = spoor_bind_as(b, p->first, (spoor_type)p->type);
        } else if (!is_given) {
            spoor_fail(b->diags, p->span, "the parameter '%.*s' has no value", SPOOR_S(p->text));
            spoor_hint(b->diags, "--param %.*s=... gives it one", SPOOR_S(p->text));
        }
        if (value != NULL) {
            symbol->kind = SPOOR_SYMBOL_SCALAR;
            symbol->value = value;
        }
    }
}

/* -- statements -------------------------------------------------------------------------------- */

void spoor_bind_statement(spoor_binder *b, const spoor_ast *node) {
    switch (node->kind) {
    case SPOOR_AST_LET: bind_let(b, node); return;
    case SPOOR_AST_SET: bind_set(b, node); return;
    case SPOOR_AST_DECLARE_PARAMETERS: bind_parameters(b, node); return;
    case SPOOR_AST_DECLARE_PATTERN: spoor_bind_declare_pattern(b, node); return;
    case SPOOR_AST_ALIAS: spoor_bind_alias(b, node); return;
    case SPOOR_AST_RESTRICT: spoor_bind_restrict(b, node); return;
    case SPOOR_AST_COMMAND:
        spoor_fail(b->diags, node->span, "a management command is not supported here");
        return;
    default: break;
    }
    spoor_fail(b->diags, node->span, "a query can stand last only");
}

static bool is_query(const spoor_ast *node) {
    switch (node->kind) {
    case SPOOR_AST_LET:
    case SPOOR_AST_SET:
    case SPOOR_AST_DECLARE_PARAMETERS:
    case SPOOR_AST_DECLARE_PATTERN:
    case SPOOR_AST_ALIAS:
    case SPOOR_AST_RESTRICT:
    case SPOOR_AST_COMMAND: return false;
    default: return true;
    }
}

spoor_bind_result spoor_bind_body(spoor_binder *b, const spoor_ast *body) {
    spoor_bind_result result = {NULL, NULL};
    const spoor_ast *last = body->last;
    if (last == NULL || !is_query(last)) {
        spoor_fail(b->diags, body->span, "the function gives nothing");
        return result;
    }
    for (const spoor_ast *s = body->first; s != last; s = s->next) {
        spoor_bind_statement(b, s);
    }
    if (spoor_bind_is_tabular(b, last)) {
        result.plan = spoor_bind_source(b, last);
    } else if (is_unknown_name(b, last)) {
        result.plan = spoor_bind_table(b, last); /* says that there is no such table */
    } else {
        result.value = spoor_bind_expr(b, last);
    }
    return result;
}

static void append_result(spoor_binder *b, spoor_plan_result result) {
    spoor_plan_query *query = b->query;
    SPOOR_GROW(b->arena, query->results, query->nresults, &b->results_capacity);
    query->results[query->nresults++] = result;
}

/* graph-to-table of nodes and edges: the queries behind it show what they want of them. */
static void drop_result(spoor_binder *b, spoor_plan_result result) {
    (void)b;
    (void)result;
}

static void add_result(spoor_binder *b, const spoor_ast *node) {
    if (spoor_bind_is_forked(node)) {
        uint32_t first = b->query->nresults;
        bool is_named = node->last->kind == SPOOR_AST_GRAPH_TO_TABLE && node->next != NULL;
        spoor_bind_forked(b, node, is_named ? drop_result : append_result);
        for (uint32_t i = first; i < b->query->nresults && node->last->kind == SPOOR_AST_RENDER;
             i++) {
            spoor_plan_result *result = &b->query->results[i];
            result->render = result->plan != NULL
                                 ? spoor_bind_render(b, node->last, &result->plan->schema)
                                 : NULL;
        }
        return;
    }
    spoor_plan_result result = {.name = {NULL, 0}};
    if (node->kind == SPOOR_AST_PIPELINE && node->last != NULL && node->nchildren > 1) {
        const spoor_ast *last = node->last;
        result.name = last->kind == SPOOR_AST_AS ? last->text : result.name;
        if (last->kind == SPOOR_AST_GRAPH_TO_TABLE && spoor_ast_prop(last->first, "as") != NULL) {
            result.name = spoor_ast_prop(last->first, "as")->first->text;
        }
    }
    uint32_t errors = b->diags->nerrors;
    if (!spoor_bind_is_tabular(b, node) && !is_unknown_name(b, node)) {
        spoor_bind_scalar(b, node);
        if (b->diags->nerrors == errors) {
            spoor_fail(b->diags, node->span, "a query gives rows; this is a value");
            spoor_hint(b->diags, "print shows a value");
        }
        return;
    }
    result.plan = spoor_bind_table(b, node);
    if (result.plan != NULL && node->last != NULL && node->last->kind == SPOOR_AST_RENDER) {
        result.render = spoor_bind_render(b, node->last, &result.plan->schema);
    }
    if (b->most_rows != NULL && result.plan != NULL) {
        spoor_plan *cut = spoor_plan_new(b, SPOOR_PLAN_TAKE, node->span, result.plan);
        cut->take.count = b->most_rows;
        result.plan = cut;
    }
    append_result(b, result);
}

static void check_param_names(spoor_binder *b, const spoor_ast *query) {
    for (uint32_t i = 0; i < b->options->nparams; i++) {
        bool is_declared = false;
        for (const spoor_ast *s = query->first; s != NULL; s = s->next) {
            for (const spoor_ast *p = s->first;
                 s->kind == SPOOR_AST_DECLARE_PARAMETERS && p != NULL; p = p->next) {
                is_declared = is_declared || spoor_str_eq(p->text, b->options->param_names[i]);
            }
        }
        if (!is_declared) {
            spoor_str name = b->options->param_names[i];
            spoor_fail(b->diags, query->span, "the query declares no parameter '%.*s'",
                       SPOOR_S(name));
            spoor_hint(b->diags, "declare query_parameters(%.*s:string);", SPOOR_S(name));
        }
    }
}

spoor_plan_query *spoor_plan_bind(spoor_arena *arena, const spoor_ast *query,
                                  spoor_catalog *catalog, const spoor_bind_options *options,
                                  spoor_diags *diags) {
    spoor_binder b = {.arena = arena,
                      .diags = diags,
                      .catalog = catalog,
                      .options = options,
                      .wildcards = options->wildcards,
                      .root = query,
                      .query = SPOOR_NEW(arena, spoor_plan_query)};
    uint32_t errors = diags->nerrors;
    b.query->reference = options->reference;
    b.scope = spoor_scope_new(&b, NULL);
    check_param_names(&b, query);
    for (const spoor_ast *s = query->first; s != NULL; s = s->next) {
        if (is_query(s)) {
            add_result(&b, s);
        } else {
            spoor_bind_statement(&b, s);
        }
    }
    check_unused(&b);
    if (diags->nerrors > errors) {
        return NULL;
    }
    b.query->keeps_lineage = options->keep_lineage;
    if (b.has_row_groups) {
        spoor_bind_settle_groups(&b);
        if (diags->nerrors > errors) {
            return NULL;
        }
    }
    spoor_plan_rewrite(arena, b.query, !options->no_rewrites);
    return b.query;
}
