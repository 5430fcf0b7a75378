/* bind_pattern.c - declare pattern: a name whose arguments, which are texts, choose a query.
 *
 *   declare pattern name = (a:string)[path:string] { ("x").["y"] = { query }; ... };
 *
 * The parser keeps the statement as text (DECLARE_PATTERN); it is read here, and a
 * chosen query parsed as a stored function is, with messages that show its own text. */
#include "parser/parse.h"
#include "planner/bind.h"

enum { MAX_VALUES = 32 };

typedef struct reader {
    spoor_binder *b;
    const spoor_ast *node;
    spoor_str text;
    size_t at;
} reader;

/* -- reading the text -------------------------------------------------------------------------- */

static void skip_blanks(reader *r) {
    while (r->at < r->text.len) {
        if (spoor_is_blank(r->text.ptr[r->at])) {
            r->at++;
        } else if (r->at + 1 < r->text.len && r->text.ptr[r->at] == '/' &&
                   r->text.ptr[r->at + 1] == '/') {
            while (r->at < r->text.len && r->text.ptr[r->at] != '\n') {
                r->at++;
            }
        } else {
            return;
        }
    }
}

static bool take(reader *r, char c) {
    skip_blanks(r);
    bool is_there = r->at < r->text.len && r->text.ptr[r->at] == c;
    r->at += is_there;
    return is_there;
}

static spoor_str take_word(reader *r) {
    skip_blanks(r);
    size_t start = r->at;
    while (r->at < r->text.len && !spoor_is_blank(r->text.ptr[r->at]) &&
           strchr("=({[;", r->text.ptr[r->at]) == NULL) {
        r->at++;
    }
    return (spoor_str){r->text.ptr + start, r->at - start};
}

/* Behind a literal that begins here; a verbatim one knows no escapes. */
static void skip_string(reader *r, bool is_verbatim) {
    char quote = r->text.ptr[r->at++];
    while (r->at < r->text.len && r->text.ptr[r->at] != quote) {
        r->at += r->text.ptr[r->at] == '\\' && !is_verbatim ? 2 : 1;
    }
    r->at += r->at < r->text.len;
}

/* Up to `end`, at this depth of brackets, which is taken, too; false: it is not there. */
static bool take_until(reader *r, char end, spoor_str *inner) {
    size_t start = r->at;
    uint32_t depth = 0;
    for (;;) {
        skip_blanks(r);
        if (r->at >= r->text.len) {
            return false;
        }
        char c = r->text.ptr[r->at];
        if (c == end && depth == 0) {
            *inner = (spoor_str){r->text.ptr + start, r->at - start};
            r->at++;
            return true;
        }
        if (c == '"' || c == '\'') {
            skip_string(r, r->at > 0 && r->text.ptr[r->at - 1] == '@');
            continue;
        }
        depth += c == '(' || c == '[' || c == '{';
        depth -= depth > 0 && (c == ')' || c == ']' || c == '}');
        r->at++;
    }
}

static bool is_malformed(reader *r, const char *wanted) {
    return spoor_fail(r->b->diags, r->node->span, "expected %s in the pattern", wanted);
}

static const spoor_ast *parse(reader *r, spoor_str text) {
    text = spoor_arena_str(r->b->arena, text); /* ends in a NUL, as the lexer wants it */
    spoor_diags *diags = r->b->diags;
    uint32_t source =
        spoor_diags_add_source(diags, (spoor_source){.name = "pattern", .text = text});
    return spoor_parse(r->b->arena, text, (spoor_parse_options){source, r->b->options->strict},
                       diags);
}

/* The texts of a list; false: reported. */
static bool read_values(reader *r, spoor_str list, spoor_str *values, uint32_t *count) {
    const spoor_ast *node = parse(r, spoor_arena_format(r->b->arena, "print %.*s", SPOOR_S(list)));
    node = node != NULL ? node->first : NULL;
    while (node != NULL && node->kind != SPOOR_AST_PRINT) {
        node = node->nchildren == 1 ? node->first : NULL;
    }
    if (node == NULL) {
        return is_malformed(r, "texts");
    }
    for (const spoor_ast *n = node->first; n != NULL; n = n->next) {
        if (n->kind != SPOOR_AST_LITERAL || n->type != SPOOR_AST_STRING || *count == MAX_VALUES) {
            return is_malformed(r, "texts");
        }
        values[(*count)++] = n->text;
    }
    return true;
}

/* One ("x").["y"] = { query }: its values and its query; false: reported. */
static bool read_entry(reader *r, spoor_str *values, uint32_t *count, spoor_str *query) {
    spoor_str list;
    *count = 0;
    if (!take(r, '(') || !take_until(r, ')', &list)) {
        return is_malformed(r, "(\"value\", ...)");
    }
    if (!read_values(r, list, values, count)) {
        return false;
    }
    if (take(r, '.')) {
        if (!take(r, '[') || !take_until(r, ']', &list)) {
            return is_malformed(r, "[\"value\"]");
        }
        if (!read_values(r, list, values, count)) {
            return false;
        }
    }
    if (!take(r, '=') || !take(r, '{') || !take_until(r, '}', query)) {
        return is_malformed(r, "= { query }");
    }
    return take(r, ';') || is_malformed(r, "';' behind a query");
}

/* Up to the first entry.  false: reported, or (*is_empty) there are none. */
static bool open_pattern(reader *r, spoor_str *name, bool *is_empty) {
    spoor_str list;
    take_word(r); /* declare */
    take_word(r); /* pattern */
    *name = take_word(r);
    *is_empty = !take(r, '=');
    if (*is_empty) {
        return false;
    }
    if (!take(r, '(') || !take_until(r, ')', &list)) {
        return is_malformed(r, "(name:string)");
    }
    if (take(r, '[') && !take_until(r, ']', &list)) {
        return is_malformed(r, "[name:string]");
    }
    return take(r, '{') || is_malformed(r, "'{'");
}

/* -- from outside ------------------------------------------------------------------------------ */

void spoor_bind_declare_pattern(spoor_binder *b, const spoor_ast *node) {
    reader r = {b, node, node->text, 0};
    spoor_str name, values[MAX_VALUES], query;
    uint32_t count;
    bool is_empty, ok = open_pattern(&r, &name, &is_empty);
    while (ok && !take(&r, '}')) {
        ok = read_entry(&r, values, &count, &query);
    }
    if (!ok && !is_empty) {
        return;
    }
    spoor_scope *inner = spoor_scope_new(b, b->scope);
    spoor_symbol *symbol = spoor_scope_add(b, inner, name, SPOOR_SYMBOL_PATTERN);
    symbol->ast = node;
    symbol->scope = b->scope;
    symbol->is_used = true;
    b->scope = inner;
}

const spoor_symbol *spoor_bind_pattern_of(spoor_binder *b, const spoor_ast *node) {
    const spoor_ast *call = node != NULL && node->kind == SPOOR_AST_MEMBER ? node->first : node;
    if (call == NULL || call->kind != SPOOR_AST_CALL) {
        return NULL;
    }
    const spoor_symbol *symbol = spoor_scope_find(b->scope, call->text);
    return symbol != NULL && symbol->kind == SPOOR_SYMBOL_PATTERN ? symbol : NULL;
}

/* The arguments, then the path. */
static bool bind_arguments(spoor_binder *b, const spoor_ast *node, spoor_str *given,
                           uint32_t *count) {
    const spoor_ast *call = node->kind == SPOOR_AST_MEMBER ? node->first : node;
    *count = 0;
    for (const spoor_ast *n = call->first; n != NULL; n = n->next) {
        if (*count == MAX_VALUES - 1) {
            return spoor_fail(b->diags, n->span, "a pattern takes fewer arguments");
        }
        if (!spoor_bind_text(b, n, &given[(*count)++])) {
            return false;
        }
    }
    if (node != call) {
        given[(*count)++] = node->text;
    }
    return true;
}

static bool are_equal(const spoor_str *a, uint32_t na, const spoor_str *b, uint32_t nb) {
    bool same = na == nb;
    for (uint32_t i = 0; same && i < na; i++) {
        same = spoor_str_eq(a[i], b[i]);
    }
    return same;
}

spoor_plan *spoor_bind_pattern(spoor_binder *b, const spoor_symbol *symbol, const spoor_ast *node) {
    reader r = {b, symbol->ast, symbol->ast->text, 0};
    spoor_str name, given[MAX_VALUES], values[MAX_VALUES], query;
    uint32_t ngiven, count;
    bool is_empty;
    if (!bind_arguments(b, node, given, &ngiven)) {
        return NULL;
    }
    bool ok = open_pattern(&r, &name, &is_empty);
    while (ok && !take(&r, '}')) {
        ok = read_entry(&r, values, &count, &query);
        if (!ok || !are_equal(given, ngiven, values, count)) {
            continue;
        }
        const spoor_ast *body = parse(&r, query);
        spoor_scope *scope = b->scope;
        b->scope = spoor_scope_new(b, symbol->scope);
        spoor_bind_result result = {NULL, NULL};
        if (body != NULL) {
            result = spoor_bind_body(b, body);
        }
        b->scope = scope;
        if (result.value != NULL) {
            spoor_fail(b->diags, node->span, "the pattern gives a value, and rows are needed here");
        }
        return result.plan;
    }
    if (ok || is_empty) {
        spoor_fail(b->diags, node->span, "the pattern '%.*s' has no query for these values",
                   SPOOR_S(symbol->name));
    }
    return NULL;
}
