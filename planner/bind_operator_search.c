/* bind_operator_search.c - search: a union of all that is searched, and a where
 * in which a text by itself is a term sought in every column.
 *
 * Where stars stand in the term says how it is sought: term (has), term* (hasprefix),
 * *term (hassuffix), *term* (contains), te*rm (a regular expression).  A value that
 * is no string is sought in as tostring() shows it.  kind=case_sensitive turns each
 * operator of strings into its sensitive one. */
#include "planner/bind.h"

typedef struct search {
    spoor_binder *b;
    const spoor_schema *row;
    bool is_sensitive;
} search;

/* -- terms ---------------------------------------------------------------------------------------- */

/* Text between stars as it stands; a star is anything.  No star at an end: a term ends there. */
static spoor_str term_regex(const search *s, spoor_str term) {
    static const char special[] = "\\.+?()[]{}|^$";
    char *text = SPOOR_NEW_ARRAY(s->b->arena, char, term.len * 2 + 16);
    size_t len = 0;
    if (!s->is_sensitive) {
        memcpy(text, "(?i)", 4);
        len = 4;
    }
    if (term.ptr[0] != '*') {
        memcpy(text + len, "\\b", 2);
        len += 2;
    }
    for (size_t i = 0; i < term.len; i++) {
        if (term.ptr[i] == '*') {
            text[len++] = '.';
        } else if (strchr(special, term.ptr[i]) != NULL && term.ptr[i] != '\0') {
            text[len++] = '\\';
        }
        text[len++] = term.ptr[i];
    }
    if (term.ptr[term.len - 1] != '*') {
        memcpy(text + len, "\\b", 2);
        len += 2;
    }
    return (spoor_str){text, len};
}

/* The operator that seeks the term, and what it is given. */
static spoor_str term_operator(const search *s, spoor_str *term) {
    bool starts = term->len > 0 && term->ptr[0] == '*';
    bool ends = term->len > 1 && term->ptr[term->len - 1] == '*';
    spoor_str inner = {starts ? term->ptr + 1 : term->ptr, term->len - starts - ends};
    if (inner.len > 0 && memchr(inner.ptr, '*', inner.len) != NULL) {
        *term = term_regex(s, *term);
        return SPOOR_STR("matches regex");
    }
    *term = inner;
    if (starts && (ends || inner.len == 0)) {
        return s->is_sensitive ? SPOOR_STR("contains_cs") : SPOOR_STR("contains");
    }
    if (starts) {
        return s->is_sensitive ? SPOOR_STR("hassuffix_cs") : SPOOR_STR("hassuffix");
    }
    if (ends) {
        return s->is_sensitive ? SPOOR_STR("hasprefix_cs") : SPOOR_STR("hasprefix");
    }
    return s->is_sensitive ? SPOOR_STR("has_cs") : SPOOR_STR("has");
}

static spoor_bound *test_one(const search *s, spoor_bound *value, spoor_str name, spoor_bound *with,
                             spoor_span span) {
    spoor_bound *args[2] = {spoor_bind_convert(s->b, value, SPOOR_STRING), with};
    return spoor_bind_apply(s->b, name, args, 2, span, span);
}

/* Any visible column but $table. */
static spoor_bound *test_all(const search *s, spoor_str name, spoor_bound *with, spoor_span span) {
    spoor_bound **tests = SPOOR_NEW_ARRAY(s->b->arena, spoor_bound *, s->row->ncols + 2);
    spoor_value no = {.type = SPOOR_BOOL, .boolean = false};
    uint32_t count = 0;
    for (uint32_t i = 1; i < s->row->ncols; i++) {
        if (s->row->columns[i].hidden) {
            continue;
        }
        spoor_bound *column = spoor_bound_column(s->b->arena, s->row, (int)i, span);
        tests[count] = test_one(s, column, name, with, span);
        if (tests[count++] == NULL) {
            return NULL;
        }
    }
    while (count < 2) {
        tests[count++] = spoor_bound_constant(s->b->arena, no, span);
    }
    return SPOOR_APPLY(s->b, "or", tests, count, span);
}

/* `column` NULL: in all of them. */
static spoor_bound *seek(const search *s, spoor_bound *column, spoor_str term, spoor_span span) {
    spoor_str name = term_operator(s, &term);
    spoor_bound *with = spoor_bound_text(s->b->arena, term, span);
    return column != NULL ? test_one(s, column, name, with, span) : test_all(s, name, with, span);
}

/* -- predicates ------------------------------------------------------------------------------------- */

static spoor_str sensitive(spoor_str name) {
    static const char *const pairs[][2] = {
        {"has", "has_cs"},               {"!has", "!has_cs"},
        {"contains", "contains_cs"},     {"!contains", "!contains_cs"},
        {"startswith", "startswith_cs"}, {"!startswith", "!startswith_cs"},
        {"endswith", "endswith_cs"},     {"!endswith", "!endswith_cs"},
        {"hasprefix", "hasprefix_cs"},   {"!hasprefix", "!hasprefix_cs"},
        {"hassuffix", "hassuffix_cs"},   {"!hassuffix", "!hassuffix_cs"},
        {"=~", "=="},                    {"!~", "!="},
        {"in~", "in"},                   {"!in~", "!in"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (spoor_str_is(name, pairs[i][0])) {
            return spoor_str_from(pairs[i][1]);
        }
    }
    return name;
}

static spoor_bound *bind_predicate(const search *s, const spoor_ast *node);

static spoor_bound *bind_children(const search *s, const spoor_ast *node) {
    spoor_bound **args = SPOOR_NEW_ARRAY(s->b->arena, spoor_bound *, node->nchildren + 1);
    uint32_t nargs = 0;
    bool failed = false;
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        args[nargs] = bind_predicate(s, child);
        failed = args[nargs++] == NULL || failed;
    }
    return failed ? NULL
                  : spoor_bind_apply(s->b, node->text, args, nargs, node->span, node->at);
}

/* column:"term" */
static spoor_bound *bind_column_term(const search *s, const spoor_ast *node) {
    spoor_str term;
    spoor_bound *column = spoor_bind_expr(s->b, node->first);
    if (column == NULL || !spoor_bind_text(s->b, node->last, &term)) {
        return NULL;
    }
    return seek(s, column, term, node->span);
}

/* * has "text" */
static spoor_bound *bind_star(const search *s, const spoor_ast *node) {
    static const char *const known[] = {"has",        "contains",    "startswith",    "endswith",
                                        "hasprefix",  "hassuffix",   "has_cs",        "contains_cs",
                                        "startswith_cs", "endswith_cs", "matches regex"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (spoor_str_is(node->text, known[i])) {
            spoor_bound *with = spoor_bind_as(s->b, node->last, SPOOR_STRING);
            spoor_str name = s->is_sensitive ? sensitive(node->text) : node->text;
            return with != NULL ? test_all(s, name, with, node->span) : NULL;
        }
    }
    spoor_fail(s->b->diags, node->at, "'* %.*s' is not supported", SPOOR_S(node->text));
    return NULL;
}

/* Anything else: an expression of its own; a text is a term. */
static spoor_bound *bind_other(const search *s, const spoor_ast *node) {
    spoor_ast copy = *node;
    if (s->is_sensitive && (node->kind == SPOOR_AST_BINARY || node->kind == SPOOR_AST_IN)) {
        copy.text = sensitive(node->text);
    }
    spoor_bound *e = spoor_bind_expr(s->b, &copy);
    if (e == NULL || e->type == SPOOR_BOOL) {
        return e;
    }
    if (e->kind == SPOOR_BOUND_CONSTANT && e->type == SPOOR_STRING) {
        return seek(s, NULL, e->value.string, node->span);
    }
    spoor_fail(s->b->diags, node->span, "search takes a text or a condition, not %s",
               spoor_type_phrase(e->type));
    if (e->kind == SPOOR_BOUND_CONSTANT) {
        spoor_hint(s->b->diags, "put it in quotes to search for it");
    }
    return NULL;
}

static spoor_bound *dispatch(const search *s, const spoor_ast *node) {
    bool is_binary = node->kind == SPOOR_AST_BINARY;
    if (is_binary && (spoor_str_is(node->text, "and") || spoor_str_is(node->text, "or"))) {
        return bind_children(s, node);
    }
    if (node->kind == SPOOR_AST_CALL && spoor_str_is(node->text, "not") && node->nchildren == 1) {
        return bind_children(s, node);
    }
    if (node->kind == SPOOR_AST_PIPELINE && node->nchildren == 1) {
        return bind_predicate(s, node->first);
    }
    if (is_binary && spoor_str_is(node->text, ":")) {
        return bind_column_term(s, node);
    }
    if (is_binary && node->first->kind == SPOOR_AST_STAR) {
        return bind_star(s, node);
    }
    if (node->kind == SPOOR_AST_STAR) {
        spoor_value yes = {.type = SPOOR_BOOL, .boolean = true};
        return spoor_bound_constant(s->b->arena, yes, node->span);
    }
    return bind_other(s, node);
}

static spoor_bound *bind_predicate(const search *s, const spoor_ast *node) {
    if (!spoor_bind_enter(s->b, node->span)) {
        return NULL;
    }
    spoor_bound *bound = dispatch(s, node);
    spoor_bind_leave(s->b);
    return bound;
}

/* -- the operator ----------------------------------------------------------------------------------- */

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

spoor_plan *spoor_bind_search(spoor_binder *b, const spoor_ast *node, spoor_plan *input,
                              spoor_str input_name) {
    search s = {.b = b};
    const spoor_ast *tables = spoor_ast_clause(node, "in");
    if (!bind_kind(b, node, &s.is_sensitive)) {
        return NULL;
    }
    if (input != NULL && tables != NULL) {
        spoor_fail(b->diags, tables->span, "a search of rows handed to it has no tables of its own");
        return NULL;
    }
    spoor_plan *all = spoor_bind_searched(b, node, tables != NULL ? tables->first : NULL, input,
                                          input_name);
    if (all == NULL) {
        return NULL;
    }
    const spoor_schema *row = b->row, *outer = b->outer_row;
    s.row = b->row = b->outer_row = &all->schema;
    spoor_bound *predicate = bind_predicate(&s, node->last);
    b->row = row;
    b->outer_row = outer;
    if (predicate == NULL) {
        return all;
    }
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_WHERE, node->span, all);
    plan->where.predicate = predicate;
    return plan;
}
