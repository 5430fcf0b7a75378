/* plugin_text.c - plugins that are KQL: what they share, and rows_near,
 * dcount_intersect, narrow.
 *
 * Each binds what was written as its arguments, then a text of operators over
 * the input, which the text calls ['#in'].  Names with # are the text's own: its
 * columns are taken away at its end.  The text is read in a scope of its own, so
 * no name of the query means anything in it. */
#include "parser/parse.h"
#include "planner/plugin.h"

spoor_plugin_text spoor_plugin_text_new(spoor_plugin_site *site) {
    spoor_plugin_text text = {.site = site, .scope = spoor_scope_new(site->b, NULL)};
    text.scope->is_closed = true;
    spoor_plugin_text_rows(&text, "#in", site->input);
    return text;
}

void spoor_plugin_text_rows(spoor_plugin_text *text, const char *name, spoor_plan *rows) {
    spoor_binder *b = text->site->b;
    spoor_symbol *symbol =
        spoor_scope_add(b, text->scope, (spoor_str){name, strlen(name)}, SPOOR_SYMBOL_SHARED);
    symbol->plan = spoor_bind_shared(b, rows, text->site->call->span);
    symbol->is_used = true;
}

void spoor_plugin_text_value(spoor_plugin_text *text, const char *name, spoor_bound *value) {
    spoor_symbol *symbol = spoor_scope_add(text->site->b, text->scope,
                                           (spoor_str){name, strlen(name)}, SPOOR_SYMBOL_SCALAR);
    symbol->value = value;
    symbol->is_used = true;
}

/* What may be written for a value of the type. */
static bool fits(spoor_type found, spoor_type wanted) {
    const spoor_types whole = SPOOR_T_INTEGER;
    return found == wanted ||
           ((SPOOR_TYPE_SET(found) & whole) && (SPOOR_TYPE_SET(wanted) & whole)) ||
           (wanted == SPOOR_REAL && (SPOOR_TYPE_SET(found) & SPOOR_T_NUMBER));
}

spoor_bound *spoor_plugin_text_constant(spoor_plugin_text *text, const spoor_ast *arg,
                                        const char *name, spoor_type type) {
    spoor_binder *b = text->site->b;
    spoor_bound *e = spoor_bind_scalar(b, arg);
    if (e == NULL) {
        return NULL;
    }
    if (e->kind != SPOOR_BOUND_CONSTANT || e->value.is_null || !fits(e->type, type)) {
        spoor_fail(b->diags, arg->span, "'%s' takes a constant of type %s here", text->site->name,
                   spoor_type_name(type));
        return NULL;
    }
    e = spoor_bind_convert(b, e, type);
    spoor_plugin_text_value(text, name, e);
    return e;
}

spoor_bound *spoor_plugin_text_length(spoor_plugin_text *text, const spoor_ast *arg,
                                      const char *name, spoor_type type) {
    spoor_bound *e = spoor_plugin_text_constant(text, arg, name, type);
    if (e != NULL && !(type == SPOOR_REAL ? e->value.real > 0 : e->value.integer > 0)) {
        spoor_fail(text->site->b->diags, arg->span, "expected a length greater than zero");
        return NULL;
    }
    return e;
}

spoor_str spoor_plugin_fill(spoor_arena *arena, const char *text, const spoor_str *words) {
    spoor_str filled = {"", 0};
    for (const char *at = text; *at != '\0';) {
        size_t plain = strcspn(at, "$");
        bool is_end = at[plain] == '\0';
        spoor_str word = is_end ? (spoor_str){"", 0} : words[at[plain + 1] & 127];
        filled = spoor_arena_format(arena, "%.*s%.*s%.*s", SPOOR_S(filled), (int)plain, at,
                                    SPOOR_S(word));
        at += is_end ? plain : plain + 2;
    }
    return filled;
}

spoor_str spoor_plugin_quoted(spoor_binder *b, spoor_str name) {
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

spoor_plan *spoor_plugin_text_bind(const spoor_plugin_text *text, spoor_str kql) {
    spoor_binder *b = text->site->b;
    kql = spoor_arena_str(b->arena, kql); /* ends in a NUL, as the lexer wants it */
    uint32_t source =
        spoor_diags_add_source(b->diags, (spoor_source){.name = text->site->name, .text = kql});
    spoor_parse_options options = {.source = source};
    const spoor_ast *query = spoor_parse(b->arena, kql, options, b->diags);
    const spoor_ast *last = query != NULL ? query->last : NULL;
    spoor_scope *scope = b->scope;
    b->scope = text->scope;
    spoor_plan *plan = last != NULL ? spoor_bind_pipeline(b, last) : NULL;
    b->scope = scope;
    return plan;
}

spoor_plan *spoor_plugin_misused(const spoor_plugin_site *site, const char *usage) {
    spoor_fail(site->b->diags, site->call->span, "'%s' is used so: %s", site->name, usage);
    return NULL;
}

bool spoor_plugin_is_column(const spoor_plugin_site *site, const spoor_ast *node,
                            const spoor_plan *plan) {
    return (node->kind == SPOOR_AST_NAME && spoor_schema_find(&plan->schema, node->text) >= 0) ||
           spoor_fail(site->b->diags, node->span, "'%s' takes the name of a column here",
                      site->name);
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
        return spoor_plugin_misused(
            site, "rows_near(Level == 'Error', 2) or with the rows after: (..., 2, 5)");
    }
    if (!spoor_bind_is_serialized(site->input)) {
        spoor_fail(b->diags, site->call->at, "'rows_near' needs rows in an order");
        spoor_hint(b->diags, "sort them before: sort by TimeGenerated asc");
        return NULL;
    }
    long long before, after;
    if (!count_of(site, rows, &before) ||
        !count_of(site, rows_after != NULL ? rows_after : rows, &after)) {
        return NULL;
    }
    site->input = with_hit(site, condition);
    if (site->input == NULL) {
        return NULL;
    }
    spoor_plugin_text text = spoor_plugin_text_new(site);
    spoor_str ahead = SPOOR_STR("['#hits']"); /* next() looks one row ahead or more */
    if (before > 0) {
        ahead = spoor_arena_format(
            b->arena,
            "coalesce(next(['#hits'], %lld), toscalar(['#in'] | summarize countif(['#hit'])))",
            before);
    }
    /* a hit among the rows up to `before` further on and `after` back: the count of hits grows
     * there */
    return spoor_plugin_text_bind(
        &text, spoor_arena_format(
                   b->arena,
                   "['#in'] | serialize ['#hits'] = row_cumsum(iff(['#hit'], 1, 0))"
                   " | where %.*s > prev(['#hits'], %lld, 0) | project-away ['#hit'], ['#hits']",
                   SPOOR_S(ahead), after + 1));
}

/* -- dcount_intersect -------------------------------------------------------------------------- */

enum { SETS_MAX = 16 }; /* as documented */

spoor_plan *spoor_plugin_dcount_intersect(spoor_plugin_site *site) {
    spoor_binder *b = site->b;
    spoor_str sets = {"", 0}, counts = {"", 0};
    uint32_t n = 0;
    if (site->call->nchildren < 2 || site->call->nchildren > SETS_MAX || site->schema != NULL) {
        return spoor_plugin_misused(site, "dcount_intersect(hll_1, hll_2, ...), of 2 to 16 sets");
    }
    for (const spoor_ast *arg = site->call->first; arg != NULL; arg = arg->next, n++) {
        if (!spoor_plugin_is_column(site, arg, site->input)) {
            return NULL;
        }
        const char *comma = n > 0 ? ", " : "";
        spoor_str name = spoor_plugin_quoted(b, arg->text);
        sets = spoor_arena_format(b->arena, "%.*s%s%.*s", SPOOR_S(sets), comma, SPOOR_S(name));
        counts = spoor_arena_format(b->arena, "%.*s%ss%u = tolong(['#common'][%u])",
                                    SPOOR_S(counts), comma, n, n);
    }
    spoor_plugin_text text = spoor_plugin_text_new(site);
    return spoor_plugin_text_bind(
        &text, spoor_arena_format(
                   b->arena, "['#in'] | project ['#common'] = __dcount_common(%.*s) | project %.*s",
                   SPOOR_S(sets), SPOOR_S(counts)));
}

/* -- narrow ------------------------------------------------------------------------------------ */

/* A row for each cell: which row, which column, its value as text. */
spoor_plan *spoor_plugin_narrow(spoor_plugin_site *site) {
    spoor_binder *b = site->b;
    const spoor_schema *row = &site->input->schema;
    if (site->call->nchildren > 0 || site->schema != NULL) {
        return spoor_plugin_misused(site, "narrow()");
    }
    spoor_str names = {"", 0}, values = {"", 0};
    const char *comma = "";
    for (uint32_t i = 0; i < row->ncols; i++) {
        if (row->columns[i].hidden) {
            continue;
        }
        spoor_str name = spoor_plugin_quoted(b, row->columns[i].name);
        spoor_str literal = {name.ptr + 1, name.len - 2}; /* without the brackets */
        names = spoor_arena_format(b->arena, "%.*s%s%.*s", SPOOR_S(names), comma, SPOOR_S(literal));
        values = spoor_arena_format(b->arena, "%.*s%stostring(%.*s)", SPOOR_S(values), comma,
                                    SPOOR_S(name));
        comma = ", ";
    }
    spoor_plugin_text text = spoor_plugin_text_new(site);
    return spoor_plugin_text_bind(
        &text, spoor_arena_format(
                   b->arena,
                   "['#in'] | serialize ['#row'] = row_number(0)"
                   " | project Row = ['#row'], Column = pack_array(%.*s), Value = pack_array(%.*s)"
                   " | mv-expand Column to typeof(string), Value to typeof(string)",
                   SPOOR_S(names), SPOOR_S(values)));
}
