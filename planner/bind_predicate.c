/* bind_predicate.c - the conditions of search, find and `where * has`: a text by
 * itself is a term sought in every column.
 *
 * Where stars stand in the term says how it is sought: term (has), term* (hasprefix),
 * *term (hassuffix), *term* (contains), te*rm (a regular expression).  A value that
 * is no string is sought in as tostring() shows it.  Case sensitive turns each
 * operator of strings into its sensitive one. */
#include "planner/bind.h"

typedef struct search {
    spoor_binder *b;
    const spoor_schema *row;
    uint32_t first, end; /* its columns that are searched */
    bool is_sensitive;
    bool seeks_all; /* out: something was sought in all columns */
} search;

/* -- terms ------------------------------------------------------------------------------------- */

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

/* A number is not found in columns of reals, as the engine has it (emulator_fuzz 0791). */
static bool is_searched(const search *s, uint32_t column, bool is_number) {
    const spoor_column *c = &s->row->columns[column];
    return !c->hidden && !(is_number && (c->type == SPOOR_REAL || c->type == SPOOR_DECIMAL));
}

/* Any of the columns; a negated operator: all of them. */
static spoor_bound *test_all(search *s, spoor_str name, spoor_bound *with, bool is_number,
                             spoor_span span) {
    spoor_bound **tests = SPOOR_NEW_ARRAY(s->b->arena, spoor_bound *, s->end + 2);
    bool is_negated = name.ptr[0] == '!';
    spoor_value neutral = {.type = SPOOR_BOOL, .boolean = is_negated};
    uint32_t count = 0;
    s->seeks_all = true;
    for (uint32_t i = s->first; i < s->end; i++) {
        if (!is_searched(s, i, is_number)) {
            continue;
        }
        spoor_bound *column = spoor_bound_column(s->b->arena, s->row, (int)i, span);
        tests[count] = test_one(s, column, name, with, span);
        if (tests[count++] == NULL) {
            return NULL;
        }
    }
    while (count < 2) {
        tests[count++] = spoor_bound_constant(s->b->arena, neutral, span);
    }
    return is_negated ? SPOOR_APPLY(s->b, "and", tests, count, span)
                      : SPOOR_APPLY(s->b, "or", tests, count, span);
}

/* `column` NULL: in all of them. */
static spoor_bound *seek(search *s, spoor_bound *column, spoor_str term, spoor_span span) {
    spoor_str name = term_operator(s, &term);
    spoor_bound *with = spoor_bound_text(s->b->arena, term, span);
    return column != NULL ? test_one(s, column, name, with, span)
                          : test_all(s, name, with, false, span);
}

/* -- predicates -------------------------------------------------------------------------------- */

static spoor_str sensitive(spoor_str name) {
    static const char *const pairs[][2] = {
        {"has", "has_cs"},
        {"!has", "!has_cs"},
        {"contains", "contains_cs"},
        {"!contains", "!contains_cs"},
        {"startswith", "startswith_cs"},
        {"!startswith", "!startswith_cs"},
        {"endswith", "endswith_cs"},
        {"!endswith", "!endswith_cs"},
        {"hasprefix", "hasprefix_cs"},
        {"!hasprefix", "!hasprefix_cs"},
        {"hassuffix", "hassuffix_cs"},
        {"!hassuffix", "!hassuffix_cs"},
        {"=~", "=="},
        {"!~", "!="},
        {"in~", "in"},
        {"!in~", "!in"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (spoor_str_is(name, pairs[i][0])) {
            return spoor_str_from(pairs[i][1]);
        }
    }
    return name;
}

static spoor_bound *bind_predicate(search *s, const spoor_ast *node);

static spoor_bound *bind_children(search *s, const spoor_ast *node) {
    spoor_bound **args = SPOOR_NEW_ARRAY(s->b->arena, spoor_bound *, node->nchildren + 1);
    uint32_t nargs = 0;
    bool failed = false;
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        args[nargs] = bind_predicate(s, child);
        failed = args[nargs++] == NULL || failed;
    }
    return failed ? NULL : spoor_bind_apply(s->b, node->text, args, nargs, node->span, node->at);
}

/* column:"term" */
static spoor_bound *bind_column_term(search *s, const spoor_ast *node) {
    spoor_str term;
    spoor_bound *column = spoor_bind_expr(s->b, node->first);
    if (column == NULL || !spoor_bind_text(s->b, node->last, &term)) {
        return NULL;
    }
    return seek(s, column, term, node->span);
}

/* * has "text" */
static spoor_bound *bind_star(search *s, const spoor_ast *node) {
    static const char known[] =
        "has !has hasprefix !hasprefix hassuffix !hassuffix contains !contains "
        "startswith !startswith endswith !endswith =~ !~ == != matches";
    spoor_str name = node->text, plain = name;
    if (plain.len > 3 && memcmp(plain.ptr + plain.len - 3, "_cs", 3) == 0) {
        plain.len -= 3;
    } else if (spoor_str_is(name, "matches regex")) {
        plain.len = strlen("matches");
    }
    if (!spoor_bind_is_listed(plain, known)) {
        spoor_fail(s->b->diags, node->at, "'* %.*s' is not supported", SPOOR_S(name));
        spoor_hint(s->b->diags, "has, contains, startswith, ==, matches regex and their like are");
        return NULL;
    }
    spoor_bound *with = spoor_bind_expr(s->b, node->last);
    if (with == NULL) {
        return NULL;
    }
    bool is_number = (SPOOR_TYPE_SET(with->type) & SPOOR_T_NUMBER) != 0;
    if (with->type != SPOOR_STRING && !(is_number && with->kind == SPOOR_BOUND_CONSTANT)) {
        spoor_fail(s->b->diags, node->last->span, "expected a text, found %s",
                   spoor_type_name(with->type));
        return NULL;
    }
    with = spoor_bind_convert(s->b, with, SPOOR_STRING);
    name = s->is_sensitive ? sensitive(name) : name;
    return with != NULL ? test_all(s, name, with, is_number, node->span) : NULL;
}

/* Anything else: an expression of its own; a text is a term. */
static spoor_bound *bind_other(search *s, const spoor_ast *node) {
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
    if (e->kind == SPOOR_BOUND_CONSTANT && (SPOOR_TYPE_SET(e->type) & SPOOR_T_NUMBER) != 0) {
        spoor_bound *with = spoor_bind_convert(s->b, e, SPOOR_STRING);
        spoor_str has = s->is_sensitive ? SPOOR_STR("has_cs") : SPOOR_STR("has");
        return with != NULL ? test_all(s, has, with, true, node->span) : NULL;
    }
    spoor_fail(s->b->diags, node->span, "expected a text or a condition, found %s",
               spoor_type_name(e->type));
    if (e->kind == SPOOR_BOUND_CONSTANT) {
        spoor_hint(s->b->diags, "put it in quotes to search for it");
    }
    return NULL;
}

static spoor_bound *dispatch(search *s, const spoor_ast *node) {
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

static spoor_bound *bind_predicate(search *s, const spoor_ast *node) {
    if (!spoor_bind_enter(s->b, node->span)) {
        return NULL;
    }
    spoor_bound *bound = dispatch(s, node);
    spoor_bind_leave(s->b);
    return bound;
}

/* -- from outside ------------------------------------------------------------------------------ */

spoor_bound *spoor_bind_predicate(spoor_binder *b, const spoor_ast *node, uint32_t first,
                                  uint32_t end, bool is_sensitive, bool *seeks_all) {
    search s = {.b = b, .row = b->row, .first = first, .end = end, .is_sensitive = is_sensitive};
    spoor_bound *predicate = bind_predicate(&s, node);
    *seeks_all = s.seeks_all;
    return predicate;
}

spoor_bound *spoor_bind_star(spoor_binder *b, const spoor_ast *node) {
    if (b->row == NULL) {
        spoor_fail(b->diags, node->first->span, "no table's columns are in reach here");
        return NULL;
    }
    search s = {.b = b, .row = b->row, .end = b->row->ncols};
    return bind_star(&s, node);
}
