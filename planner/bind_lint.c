/* bind_lint.c - warnings: right KQL that is probably not what was meant.
 *
 * Each has a code that stays, for who collects them; those that are made elsewhere are here too:
 *   literal-star    contains "*x*": the star is a plain character
 *   has-no-term     has with a text that holds no letter or digit
 *   has-edge        has with a short switch, as "-enc": not found in "-encodedcommand"
 *   null-string     isnull() of a string
 *   empty-range     between (10 .. 5)
 *   unused-let      a let that nothing uses
 *   contradiction   two conditions that no row can meet both        (bind_contradiction.c)
 *   compare-types   a string and a number compared                  (bind_expr.c)
 *   near-name       a column's name without its underscores         (bind_expr.c)
 *   stored-case     a text that is stored in another case only      (engine/stored_case.c)
 *   fuzzy-leg       a leg of union isfuzzy left out                  (bind_operator_union.c)
 *   unknown-table   a table that is not documented, under --empty-tables (bind_unknown.c)
 *   render          a property of render that nothing can be made of (bind_render.c)
 *   ignored-place   workspace(...) left out                          (bind_table.c) */
#include "base/utf8.h"
#include "planner/bind.h"

static bool constant_text(const spoor_bound *e, spoor_str *text) {
    if (e->kind != SPOOR_BOUND_CONSTANT || e->type != SPOOR_STRING) {
        return false;
    }
    *text = e->value.string;
    return true;
}

/* What makes a text with backslashes a literal again. */
static const char *verbatim(spoor_str text) {
    return memchr(text.ptr, '\\', text.len) != NULL ? "@" : "";
}

/* `contains "*x*"`: the star is a plain character. */
static void lint_star(spoor_binder *b, spoor_str name, const spoor_bound *needle, spoor_str text) {
    bool first = text.len > 0 && text.ptr[0] == '*';
    bool last = text.len > 1 && text.ptr[text.len - 1] == '*';
    if (b->wildcards || (!first && !last)) {
        return;
    }
    spoor_str bare = {text.ptr + first, text.len - first - last};
    if (!spoor_bind_warn(b, "literal-star", needle->span,
                         "the * in '%.*s' is a plain character: this finds only texts with a star",
                         SPOOR_S(text))) {
        return;
    }
    if (bare.len == 0 || memchr(bare.ptr, '*', bare.len) != NULL) {
        spoor_hint(b->diags, "use 'matches regex', or 'set contains_wildcards = true;'");
        return;
    }
    const char *op = first && last ? "contains" : first ? "endswith" : "startswith";
    if (spoor_str_is(name, "==") || spoor_str_is(name, "=~") || spoor_str_is(name, "contains")) {
        spoor_hint(b->diags, "write: %s %s\"%.*s\"",
                   spoor_str_is(name, "contains") ? "contains" : op, verbatim(bare), SPOOR_S(bare));
    } else {
        spoor_hint(b->diags, "write: %.*s %s\"%.*s\"", SPOOR_S(name), verbatim(bare),
                   SPOOR_S(bare));
    }
}

/* A switch of few letters, as "-enc": what is written so is short for longer ones, too. */
static bool is_short_switch(spoor_str text) {
    enum { MOST_LETTERS = 4 };
    bool ok = text.len >= 2 && text.len <= 1 + MOST_LETTERS && text.ptr[0] == '-';
    for (size_t i = 1; i < text.len && ok; i++) {
        ok = (text.ptr[i] | 0x20) >= 'a' && (text.ptr[i] | 0x20) <= 'z';
    }
    return ok;
}

static void lint_has(spoor_binder *b, spoor_str name, const spoor_bound *needle, spoor_str text) {
    bool has_term = false;
    for (const char *at = text.ptr, *end = text.ptr + text.len; at < end && !has_term;) {
        has_term = spoor_is_alnum(spoor_utf8_next(&at, end));
    }
    if (!has_term && text.len > 0) {
        if (spoor_bind_warn(b, "has-no-term", needle->span,
                            "'%.*s' holds no letter or digit, so 'has' looks for no whole term",
                            SPOOR_S(text))) {
            spoor_hint(b->diags, "contains %s\"%.*s\" says what is meant", verbatim(text),
                       SPOOR_S(text));
        }
    } else if (spoor_str_is(name, "has") &&
               is_short_switch(text) && /* a list may hold the longer ones, too */
               spoor_bind_warn(
                   b, "has-edge", needle->span,
                   "'has' finds '%.*s' as a whole term: in no longer switch that begins so",
                   SPOOR_S(text))) {
        spoor_hint(b->diags, "contains \"%.*s\" finds those, too", SPOOR_S(text));
    }
}

static bool is_one_of(spoor_str name, const char *const *list) {
    for (; *list != NULL; list++) {
        if (spoor_str_is(name, *list)) {
            return true;
        }
    }
    return false;
}

/* between (10 .. 5) holds for nothing. */
static void lint_range(spoor_binder *b, const spoor_ast *node, spoor_bound *const *args) {
    const spoor_bound *low = args[1], *high = args[2];
    if (low->kind == SPOOR_BOUND_CONSTANT && high->kind == SPOOR_BOUND_CONSTANT &&
        low->type == high->type && !low->value.is_null && !high->value.is_null &&
        spoor_value_compare(&low->value, &high->value) > 0 &&
        spoor_bind_warn(b, "empty-range", spoor_span_join(low->span, high->span),
                        "the range ends before it begins, so nothing is in it")) {
        spoor_hint(b->diags, "%.*s takes the lower end first", SPOOR_S(node->text));
    }
}

void spoor_bind_lint_let(spoor_binder *b, const spoor_symbol *symbol) {
    spoor_str text = b->diags->sources[0].text, name = symbol->name;
    bool is_here = name.ptr >= text.ptr && name.ptr + name.len <= text.ptr + text.len;
    if (symbol->is_let && !symbol->is_used && !symbol->is_view && is_here) {
        uint32_t start = (uint32_t)(name.ptr - text.ptr);
        spoor_bind_warn(b, "unused-let", (spoor_span){start, start + (uint32_t)name.len, 0},
                        "nothing uses '%.*s'", SPOOR_S(name));
    }
}

void spoor_bind_lint_operator(spoor_binder *b, const spoor_ast *node, spoor_str name,
                              spoor_bound *const *args, uint32_t nargs) {
    static const char *const starred[] = {
        "contains",    "!contains", "contains_cs", "!contains_cs", "startswith",
        "!startswith", "endswith",  "!endswith",   "==",           "!=",
        "=~",          "!~",        "has",         "!has",         NULL};
    static const char *const terms[] = {"has",     "!has",    "has_cs", "!has_cs",
                                        "has_any", "has_all", NULL};
    if (spoor_str_is(name, "between")) {
        lint_range(b, node, args);
    }
    for (uint32_t i = 1; i < nargs; i++) {
        spoor_str text;
        if (!constant_text(args[i], &text)) {
            continue;
        }
        if (is_one_of(name, starred) && args[0]->kind != SPOOR_BOUND_CONSTANT) {
            lint_star(b, name, args[i], text);
        }
        if (is_one_of(name, terms)) {
            lint_has(b, name, args[i], text);
        }
    }
}

void spoor_bind_lint_call(spoor_binder *b, const spoor_ast *node, spoor_bound *const *args,
                          uint32_t nargs) {
    bool asks_null = spoor_str_is(node->text, "isnull") || spoor_str_is(node->text, "isnotnull") ||
                     spoor_str_is(node->text, "notnull");
    if (asks_null && nargs == 1 && args[0]->type == SPOOR_STRING) {
        bool is_not = !spoor_str_is(node->text, "isnull");
        if (spoor_bind_warn(b, "null-string", node->span,
                            "a string is never null: this is always %s",
                            is_not ? "true" : "false")) {
            spoor_hint(b->diags, "use %s(...)", is_not ? "isnotempty" : "isempty");
        }
    }
}
