/* plugin_text.c - plugins that are KQL: rows_near, ipv4_lookup, ipv6_lookup,
 * dcount_intersect, narrow.
 *
 * Each binds what was written as its arguments, then a text of operators over
 * the input, which the text calls ['#in'].  Names with # are the text's own: its
 * columns are taken away at its end. */
#include "parser/parse.h"
#include "planner/plugin.h"

/* A name that the text may use for rows. */
static void name_rows(spoor_binder *b, const char *name, spoor_plan *rows, spoor_span span) {
    spoor_str text = {name, strlen(name)};
    spoor_symbol *symbol = spoor_scope_add(b, b->scope, text, SPOOR_SYMBOL_SHARED);
    symbol->plan = spoor_bind_shared(b, rows, span);
    symbol->is_used = true;
}

/* A column's name as the text writes it. */
static spoor_str quoted(spoor_binder *b, spoor_str name) {
    char *out = SPOOR_NEW_ARRAY(b->arena, char, 2 * name.len + 5);
    size_t n = 0;
    out[n++] = '[';
    out[n++] = '\'';
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '\'' || name.ptr[i] == '\\') {
            out[n++] = '\\';
        }
        out[n++] = name.ptr[i];
    }
    out[n++] = '\'';
    out[n++] = ']';
    return (spoor_str){out, n};
}

/* The rows of the text, whose names are in b->scope. */
static spoor_plan *bind_text(spoor_plugin_site *site, spoor_str text) {
    spoor_binder *b = site->b;
    text = spoor_arena_str(b->arena, text); /* ends in a NUL, as the lexer wants it */
    uint32_t source =
        spoor_diags_add_source(b->diags, (spoor_source){.name = site->name, .text = text});
    spoor_parse_options options = {.source = source};
    const spoor_ast *query = spoor_parse(b->arena, text, options, b->diags);
    const spoor_ast *last = query != NULL ? query->last : NULL;
    return last != NULL ? spoor_bind_pipeline(b, last) : NULL;
}

static spoor_plan *wrong_arguments(const spoor_plugin_site *site, const char *usage) {
    spoor_fail(site->b->diags, site->call->span, "'%s' is used so: %s", site->name, usage);
    return NULL;
}

/* -- rows_near --------------------------------------------------------------------------------- */

static bool count_of(spoor_plugin_site *site, const spoor_ast *node, long long *count) {
    spoor_bound *e = spoor_bind_count(site->b, node);
    if (e == NULL) {
        return false;
    }
    if (e->kind != SPOOR_BOUND_CONSTANT || e->value.is_null || e->value.integer > INT32_MAX) {
        return spoor_fail(site->b->diags, node->span, "expected a constant number of rows");
    }
    *count = e->value.integer;
    return true;
}

/* The input, with #hit: is the condition true? */
static spoor_plan *with_hit(spoor_plugin_site *site, const spoor_ast *condition) {
    spoor_binder *b = site->b;
    spoor_bound *e = spoor_bind_as(b, condition, SPOOR_BOOL);
    if (e == NULL) {
        return NULL;
    }
    spoor_bind_columns c = spoor_columns_new(b, &site->input->schema);
    spoor_columns_add_input(&c);
    if (!spoor_columns_declare(&c, SPOOR_STR("#hit"), e, false, condition->span)) {
        return NULL;
    }
    return spoor_columns_project(&c, site->input, condition->span);
}

spoor_plan *spoor_plugin_rows_near(spoor_plugin_site *site) {
    spoor_binder *b = site->b;
    const spoor_ast *condition = site->call->first;
    const spoor_ast *rows = condition != NULL ? condition->next : NULL;
    const spoor_ast *rows_after = rows != NULL ? rows->next : NULL;
    if (rows == NULL || (rows_after != NULL && rows_after->next != NULL) || site->schema != NULL) {
        return wrong_arguments(site, "rows_near(Level == 'Error', 2) or with the rows after: (..., 2, 5)");
    }
    if (!spoor_bind_is_serialized(site->input)) {
        spoor_fail(b->diags, site->call->at, "'rows_near' needs rows in an order");
        spoor_hint(b->diags, "sort them before: sort by TimeGenerated asc");
        return NULL;
    }
    long long before, after;
    if (!count_of(site, rows, &before) || !count_of(site, rows_after != NULL ? rows_after : rows, &after)) {
        return NULL;
    }
    spoor_plan *input = with_hit(site, condition);
    if (input == NULL) {
        return NULL;
    }
    spoor_scope *scope = b->scope;
    b->scope = spoor_scope_new(b, scope);
    name_rows(b, "#in", input, site->call->span);
    spoor_str ahead = SPOOR_STR("['#hits']"); /* next() looks one row ahead or more */
    if (before > 0) {
        ahead = spoor_arena_format(b->arena,
            "coalesce(next(['#hits'], %lld), toscalar(['#in'] | summarize countif(['#hit'])))", before);
    }
    /* a hit among the rows up to `before` further on and `after` back: the count of hits grows there */
    spoor_plan *plan = bind_text(site, spoor_arena_format(b->arena,
        "['#in'] | serialize ['#hits'] = row_cumsum(iff(['#hit'], 1, 0))"
        " | where %.*s > prev(['#hits'], %lld, 0) | project-away ['#hit'], ['#hits']",
        SPOOR_S(ahead), after + 1));
    b->scope = scope;
    return plan;
}

/* -- ipv4_lookup ------------------------------------------------------------------------------- */

typedef struct address_lookup {
    spoor_plan *table;
    const spoor_ast *source, *network;
    spoor_str extra; /* more keys, as the text lists them */
    bool keeps_unmatched;
} address_lookup;

static bool is_column_of(spoor_plugin_site *site, const spoor_ast *node, const spoor_plan *plan) {
    return (node->kind == SPOOR_AST_NAME && spoor_schema_find(&plan->schema, node->text) >= 0) ||
           spoor_fail(site->b->diags, node->span, "'%s' takes the name of a column here", site->name);
}

static spoor_plan *bind_lookup_table(spoor_plugin_site *site, const spoor_ast *node) {
    spoor_binder *b = site->b;
    const spoor_schema *row = b->row;
    b->row = NULL;
    spoor_plan *plan = spoor_bind_table(b, node);
    b->row = row;
    return plan;
}

/* return_unmatched, which may be named and comes last. */
static bool set_unmatched(spoor_plugin_site *site, const spoor_ast *node, address_lookup *a) {
    const spoor_ast *value = node->kind == SPOOR_AST_NAMED ? node->first : node;
    if (node->next != NULL ||
        (node->kind == SPOOR_AST_NAMED && !spoor_str_is(node->text, "return_unmatched"))) {
        return spoor_fail(site->b->diags, node->span, "this argument of %s is not supported", site->name);
    }
    spoor_bound *e = spoor_bind_scalar(site->b, value);
    if (e == NULL) {
        return false;
    }
    if (e->kind != SPOOR_BOUND_CONSTANT || e->type != SPOOR_BOOL || e->value.is_null) {
        return spoor_fail(site->b->diags, value->span, "return_unmatched is true or false");
    }
    a->keeps_unmatched = e->value.boolean;
    return true;
}

static bool bind_lookup(spoor_plugin_site *site, address_lookup *a) {
    const spoor_ast *table = site->call->first;
    a->source = table != NULL ? table->next : NULL;
    a->network = a->source != NULL ? a->source->next : NULL;
    if (a->network == NULL || site->schema != NULL) {
        wrong_arguments(site, site->name[3] == '6'
                                  ? "ipv6_lookup(Networks, Address, Network [, return_unmatched])"
                                  : "ipv4_lookup(Networks, Address, Network [, Key ...] "
                                    "[, return_unmatched])");
        return false;
    }
    a->table = bind_lookup_table(site, table);
    if (a->table == NULL || !is_column_of(site, a->source, site->input) ||
        !is_column_of(site, a->network, a->table)) {
        return false;
    }
    for (const spoor_ast *arg = a->network->next; arg != NULL; arg = arg->next) {
        if (arg->kind != SPOOR_AST_NAME || spoor_schema_find(&site->input->schema, arg->text) < 0) {
            return set_unmatched(site, arg, a);
        }
        if (!is_column_of(site, arg, a->table)) {
            return false;
        }
        spoor_str name = quoted(site->b, arg->text);
        a->extra = spoor_arena_format(site->b->arena, "%.*s, %.*s", SPOOR_S(a->extra), SPOOR_S(name));
    }
    return true;
}

/* Each different address meets each network once; then it is a lookup by the address. */
static spoor_plan *look_up(spoor_plugin_site *site, const address_lookup *a, const char *is_match,
                           spoor_str order) {
    spoor_binder *b = site->b;
    spoor_str source = quoted(b, a->source->text), network = quoted(b, a->network->text);
    spoor_scope *scope = b->scope;
    b->scope = spoor_scope_new(b, scope);
    name_rows(b, "#in", site->input, site->call->span);
    name_rows(b, "#networks", a->table, site->call->span);
    spoor_plan *plan = bind_text(site, spoor_arena_format(b->arena,
        "['#in'] | lookup kind=%s (['#in'] | distinct ['#key'] = %.*s | extend ['#one'] = 1"
        " | join kind=inner (['#networks'] | extend ['#one'] = 1) on ['#one']"
        " | where %s(['#key'], %.*s) | project-away ['#one'], ['#one1'])"
        " on $left.%.*s == $right.['#key']%.*s%.*s",
        a->keeps_unmatched ? "leftouter" : "inner", SPOOR_S(source), is_match, SPOOR_S(network),
        SPOOR_S(source), SPOOR_S(a->extra), SPOOR_S(order)));
    b->scope = scope;
    return plan;
}

spoor_plan *spoor_plugin_ipv4_lookup(spoor_plugin_site *site) {
    address_lookup a = {.extra = {"", 0}};
    return bind_lookup(site, &a) ? look_up(site, &a, "ipv4_is_match", (spoor_str){"", 0}) : NULL;
}

/* The columns of the networks stand first. */
spoor_plan *spoor_plugin_ipv6_lookup(spoor_plugin_site *site) {
    spoor_binder *b = site->b;
    address_lookup a = {.extra = {"", 0}};
    if (!bind_lookup(site, &a)) {
        return NULL;
    }
    if (a.extra.len > 0) {
        spoor_fail(b->diags, site->call->at, "'ipv6_lookup' has no more keys than the address");
        return NULL;
    }
    spoor_str order = SPOOR_STR(" | project-reorder ");
    const spoor_schema *columns = &a.table->schema;
    for (uint32_t i = 0; i < columns->ncols && !columns->columns[i].hidden; i++) {
        if (spoor_schema_find(&site->input->schema, columns->columns[i].name) >= 0) {
            spoor_fail(b->diags, site->call->at, "both tables have a column '%.*s'",
                       SPOOR_S(columns->columns[i].name));
            spoor_hint(b->diags, "rename it in one of them: project-rename");
            return NULL;
        }
        spoor_str name = quoted(b, columns->columns[i].name);
        order = spoor_arena_format(b->arena, "%.*s%s%.*s", SPOOR_S(order), i > 0 ? ", " : "",
                                   SPOOR_S(name));
    }
    return look_up(site, &a, "ipv6_is_match", order);
}

/* -- dcount_intersect -------------------------------------------------------------------------- */

enum { SETS_MAX = 6 };

/* What the first n sets have in common: by inclusion and exclusion, from the counts of their unions. */
static spoor_str count_common(spoor_binder *b, const spoor_str *sets, uint32_t n) {
    spoor_str sum = SPOOR_STR("0");
    for (uint32_t chosen = 1; chosen < 1U << n; chosen++) {
        spoor_str merged = {"", 0};
        bool is_odd = false;
        for (uint32_t i = 0; i < n; i++) {
            if ((chosen >> i & 1) != 0) {
                is_odd = !is_odd;
                merged = merged.len == 0
                             ? sets[i]
                             : spoor_arena_format(b->arena, "hll_merge(%.*s, %.*s)", SPOOR_S(merged),
                                                  SPOOR_S(sets[i]));
            }
        }
        sum = spoor_arena_format(b->arena, "%.*s %c dcount_hll(%.*s)", SPOOR_S(sum),
                                 is_odd ? '+' : '-', SPOOR_S(merged));
    }
    return sum;
}

spoor_plan *spoor_plugin_dcount_intersect(spoor_plugin_site *site) {
    spoor_binder *b = site->b;
    spoor_str sets[SETS_MAX], text = SPOOR_STR("['#in'] | project ");
    uint32_t n = 0;
    if (site->call->nchildren < 2 || site->schema != NULL) {
        return wrong_arguments(site, "dcount_intersect(hll_1, hll_2, ...)");
    }
    for (const spoor_ast *arg = site->call->first; arg != NULL; arg = arg->next, n++) {
        if (n == SETS_MAX) {
            spoor_fail(b->diags, arg->span, "dcount_intersect of more than %d sets is not supported",
                       SETS_MAX);
            return NULL;
        }
        if (!is_column_of(site, arg, site->input)) {
            return NULL;
        }
        sets[n] = quoted(b, arg->text);
        spoor_str count = count_common(b, sets, n + 1);
        text = spoor_arena_format(b->arena, "%.*s%s s%u = max_of(%.*s, 0)", SPOOR_S(text),
                                  n > 0 ? "," : "", n, SPOOR_S(count));
    }
    spoor_scope *scope = b->scope;
    b->scope = spoor_scope_new(b, scope);
    name_rows(b, "#in", site->input, site->call->span);
    spoor_plan *plan = bind_text(site, text);
    b->scope = scope;
    return plan;
}

/* -- narrow ------------------------------------------------------------------------------------ */

/* A row for each cell: which row, which column, its value as text. */
spoor_plan *spoor_plugin_narrow(spoor_plugin_site *site) {
    spoor_binder *b = site->b;
    const spoor_schema *row = &site->input->schema;
    if (site->call->nchildren > 0 || site->schema != NULL) {
        return wrong_arguments(site, "narrow()");
    }
    spoor_str names = {"", 0}, values = {"", 0};
    const char *comma = "";
    for (uint32_t i = 0; i < row->ncols; i++) {
        if (row->columns[i].hidden) {
            continue;
        }
        spoor_str name = quoted(b, row->columns[i].name);
        spoor_str literal = {name.ptr + 1, name.len - 2}; /* without the brackets */
        names = spoor_arena_format(b->arena, "%.*s%s%.*s", SPOOR_S(names), comma, SPOOR_S(literal));
        values = spoor_arena_format(b->arena, "%.*s%stostring(%.*s)", SPOOR_S(values), comma,
                                    SPOOR_S(name));
        comma = ", ";
    }
    spoor_scope *scope = b->scope;
    b->scope = spoor_scope_new(b, scope);
    name_rows(b, "#in", site->input, site->call->span);
    spoor_plan *plan = bind_text(site, spoor_arena_format(b->arena,
        "['#in'] | serialize ['#row'] = row_number(0)"
        " | project Row = ['#row'], Column = pack_array(%.*s), Value = pack_array(%.*s)"
        " | mv-expand Column to typeof(string), Value to typeof(string)",
        SPOOR_S(names), SPOOR_S(values)));
    b->scope = scope;
    return plan;
}
