/* bind_lint.c - warnings: right KQL that is probably not what was meant. */
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
    spoor_bind_warn(b, needle->span, "the * in '%.*s' is a plain character: this finds only texts with a star",
                    SPOOR_S(text));
    if (bare.len == 0 || memchr(bare.ptr, '*', bare.len) != NULL) {
        spoor_hint(b->diags, "use 'matches regex', or 'set contains_wildcards = true;'");
        return;
    }
    const char *op = first && last ? "contains" : first ? "endswith" : "startswith";
    if (spoor_str_is(name, "==") || spoor_str_is(name, "=~") || spoor_str_is(name, "contains")) {
        spoor_hint(b->diags, "write: %s %s\"%.*s\"",
                   spoor_str_is(name, "contains") ? "contains" : op, verbatim(bare), SPOOR_S(bare));
    } else {
        spoor_hint(b->diags, "write: %.*s %s\"%.*s\"", SPOOR_S(name), verbatim(bare), SPOOR_S(bare));
    }
}

/* `has "\cmd.exe"`: edges that are no letters or digits do not bound a term. */
static void lint_has(spoor_binder *b, const spoor_bound *needle, spoor_str text) {
    const char *at = text.ptr, *end = text.ptr + text.len;
    bool has_term = text.len == 0;
    while (at < end) {
        has_term = spoor_is_alnum(spoor_utf8_next(&at, end)) || has_term;
    }
    if (!has_term) {
        spoor_bind_warn(b, needle->span, "'%.*s' holds no letter or digit, so 'has' looks for no whole term",
                        SPOOR_S(text));
        spoor_hint(b->diags, "contains %s\"%.*s\" says what is meant", verbatim(text), SPOOR_S(text));
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

void spoor_bind_lint_operator(spoor_binder *b, const spoor_ast *node, spoor_str name,
                              spoor_bound *const *args, uint32_t nargs) {
    static const char *const starred[] = {"contains", "!contains", "contains_cs", "!contains_cs",
                                          "startswith", "!startswith", "endswith", "!endswith",
                                          "==", "!=", "=~", "!~", "has", "!has", NULL};
    static const char *const terms[] = {"has", "!has", "has_cs", "!has_cs", "has_any", "has_all", NULL};
    (void)node;
    for (uint32_t i = 1; i < nargs; i++) {
        spoor_str text;
        if (!constant_text(args[i], &text)) {
            continue;
        }
        if (is_one_of(name, starred) && args[0]->kind != SPOOR_BOUND_CONSTANT) {
            lint_star(b, name, args[i], text);
        }
        if (is_one_of(name, terms)) {
            lint_has(b, args[i], text);
        }
    }
}

void spoor_bind_lint_call(spoor_binder *b, const spoor_ast *node, spoor_bound *const *args,
                          uint32_t nargs) {
    bool asks_null = spoor_str_is(node->text, "isnull") || spoor_str_is(node->text, "isnotnull") ||
                     spoor_str_is(node->text, "notnull");
    if (asks_null && nargs == 1 && args[0]->type == SPOOR_STRING) {
        bool is_not = !spoor_str_is(node->text, "isnull");
        spoor_bind_warn(b, node->span, "a string is never null: this is always %s",
                        is_not ? "true" : "false");
        spoor_hint(b->diags, "use %s(...)", is_not ? "isnotempty" : "isempty");
    }
}
