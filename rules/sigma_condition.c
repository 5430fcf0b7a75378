/* sigma_condition.c - the condition of a rule: identifiers, and, or, not, `1 of`, `all of`.
 *
 *   or = and {"or" and}    and = not {"and" not}    not = "not" not | operand
 *   operand = "(" or ")" | quantity "of" ("them" | pattern) | identifier
 *
 * A quantity is all, any or a number; numbers above 1 are of older versions of
 * Sigma and mean so many at least.  Words of the language are read without
 * case.  `them` and patterns leave out names that begin with an underscore,
 * unless the pattern does. */
#include "rules/sigma.h"

typedef struct parser {
    spoor_sigma_reader *r;
    const spoor_yaml *map;
    spoor_str text;
    spoor_span span; /* of the text */
    size_t at;
    spoor_str word; /* the next: a word, or one of ( ) |; empty: the end */
    int depth;
} parser;

static bool is_mark(char c) {
    return c == '(' || c == ')' || c == '|' || c == ',';
}

static void next(parser *p) {
    while (p->at < p->text.len && spoor_is_blank(p->text.ptr[p->at])) {
        p->at++;
    }
    size_t from = p->at;
    if (p->at < p->text.len && is_mark(p->text.ptr[p->at])) {
        p->at++;
    } else {
        while (p->at < p->text.len && !spoor_is_blank(p->text.ptr[p->at]) &&
               !is_mark(p->text.ptr[p->at])) {
            p->at++;
        }
    }
    p->word = (spoor_str){p->text.ptr + from, p->at - from};
}

static bool is_next(const parser *p, const char *word) {
    return spoor_rule_word_is(p->word, spoor_str_from(word));
}

static spoor_sigma_node *fail(parser *p, const char *message) {
    int len = p->word.len < 100 ? (int)p->word.len : 100;
    if (len == 0) {
        spoor_fail(p->r->diags, p->span, "condition: %s, not its end", message);
    } else {
        spoor_fail(p->r->diags, p->span, "condition: %s, not '%.*s'", message, len, p->word.ptr);
    }
    return NULL;
}

/* -- names ------------------------------------------------------------------------------------- */

/* No star in a name; one in the pattern stands for anything. */
static bool is_like(spoor_str name, spoor_str pattern) {
    size_t n = 0, p = 0, star = SIZE_MAX, again = 0;
    while (n < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            again = n;
        } else if (p < pattern.len && pattern.ptr[p] == name.ptr[n]) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++again;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

static bool is_selection(spoor_str name) { /* what else stands in a detection, or a filter */
    return !spoor_str_is(name, "condition") && !spoor_str_is(name, "timeframe") &&
           !spoor_str_is(name, "rules");
}

static spoor_sigma_node *read_quantity(parser *p, spoor_str quantity) {
    spoor_str pattern = p->word;
    bool is_them = is_next(p, "them");
    bool is_all = spoor_rule_word_is(quantity, SPOOR_STR("all"));
    bool is_any = spoor_rule_word_is(quantity, SPOOR_STR("any"));
    uint32_t least = 0;
    for (size_t i = 0; i < quantity.len && !is_all && !is_any && least < 1000; i++) {
        least = least * 10 + (uint32_t)(quantity.ptr[i] - '0');
    }
    least = is_any ? 1 : least;
    if (pattern.len == 0 || is_mark(pattern.ptr[0])) {
        return fail(p, "'of' needs 'them' or a pattern of names");
    }
    spoor_sigma_node *node = spoor_sigma_node_new(p->r,
                                                  is_all       ? SPOOR_SIGMA_AND
                                                  : least == 1 ? SPOOR_SIGMA_OR
                                                               : SPOOR_SIGMA_AT_LEAST,
                                                  p->span);
    for (const spoor_yaml_item *i = p->map->first; i != NULL && node != NULL; i = i->next) {
        bool is_hidden =
            i->key.len > 0 && i->key.ptr[0] == '_' && (is_them || pattern.ptr[0] != '_');
        if (!is_selection(i->key) || is_hidden || (!is_them && !is_like(i->key, pattern))) {
            continue;
        }
        spoor_sigma_node *one = spoor_sigma_read_selection(p->r, i->value);
        if (one == NULL) {
            return NULL;
        }
        spoor_sigma_node_add(p->r->arena, node, one);
    }
    if (node != NULL && node->nchildren == 0) {
        return fail(p, "no selection has such a name");
    }
    if (node != NULL && node->kind == SPOOR_SIGMA_AT_LEAST &&
        (least == 0 || least > node->nchildren)) {
        return fail(p, "there are not that many selections");
    }
    next(p);
    if (node != NULL) {
        node->count = least;
    }
    return node != NULL && node->nchildren == 1 ? node->children[0] : node;
}

static spoor_sigma_node *read_name(parser *p) {
    const spoor_yaml_item *i = p->map->first;
    while (i != NULL && !(spoor_str_eq(i->key, p->word) && is_selection(i->key))) {
        i = i->next;
    }
    if (i == NULL) {
        return fail(p, "a selection is expected");
    }
    next(p);
    return spoor_sigma_read_selection(p->r, i->value);
}

/* -- operators --------------------------------------------------------------------------------- */

static spoor_sigma_node *read_or(parser *p);

static bool is_number(spoor_str word) {
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] < '0' || word.ptr[i] > '9') {
            return false;
        }
    }
    return word.len > 0;
}

static spoor_sigma_node *read_operand(parser *p) {
    if (is_next(p, "(")) {
        next(p);
        spoor_sigma_node *inner = read_or(p);
        if (inner != NULL && !is_next(p, ")")) {
            return fail(p, "')' is expected");
        }
        next(p);
        return inner;
    }
    parser ahead = *p;
    next(&ahead);
    if ((is_next(p, "all") || is_next(p, "any") || is_number(p->word)) && is_next(&ahead, "of")) {
        spoor_str quantity = p->word;
        *p = ahead;
        next(p);
        return read_quantity(p, quantity);
    }
    return read_name(p);
}

static spoor_sigma_node *read_not(parser *p) {
    if (!is_next(p, "not")) {
        return read_operand(p);
    }
    if (++p->depth > SPOOR_SIGMA_MAX_DEPTH) {
        return fail(p, "it is nested too deep");
    }
    next(p);
    spoor_sigma_node *inner = read_not(p);
    p->depth--;
    spoor_sigma_node *node =
        inner != NULL ? spoor_sigma_node_new(p->r, SPOOR_SIGMA_NOT, p->span) : NULL;
    if (node != NULL) {
        spoor_sigma_node_add(p->r->arena, node, inner);
    }
    return node;
}

static spoor_sigma_node *read_chain(parser *p, spoor_sigma_kind kind, const char *word,
                                    spoor_sigma_node *(*read)(parser *p)) {
    spoor_sigma_node *first = read(p);
    if (first == NULL || !is_next(p, word)) {
        return first;
    }
    spoor_sigma_node *chain = spoor_sigma_node_new(p->r, kind, p->span);
    while (chain != NULL) {
        spoor_sigma_node_add(p->r->arena, chain, first);
        if (!is_next(p, word)) {
            return chain;
        }
        next(p);
        first = read(p);
        chain = first != NULL ? chain : NULL;
    }
    return NULL;
}

static spoor_sigma_node *read_and(parser *p) {
    return read_chain(p, SPOOR_SIGMA_AND, "and", read_not);
}

static spoor_sigma_node *read_or(parser *p) {
    if (++p->depth > SPOOR_SIGMA_MAX_DEPTH) {
        return fail(p, "it is nested too deep");
    }
    spoor_sigma_node *node = read_chain(p, SPOOR_SIGMA_OR, "or", read_and);
    p->depth--;
    return node;
}

static spoor_sigma_node *read_text(spoor_sigma_reader *r, const spoor_yaml *text,
                                   const spoor_yaml *map) {
    if (text->kind != SPOOR_YAML_SCALAR) {
        spoor_fail(r->diags, text->span, "a condition must be a text");
        return NULL;
    }
    parser p = {.r = r, .map = map, .text = text->text, .span = text->span};
    next(&p);
    spoor_sigma_node *node = read_or(&p);
    if (node != NULL && is_next(&p, "|")) {
        spoor_str rest = {p.text.ptr + p.at, p.text.len - p.at};
        return spoor_sigma_read_aggregation(r, rest, text, map, node) ? node : NULL;
    }
    return node != NULL && p.word.len > 0 ? fail(&p, "'and' or 'or' is expected") : node;
}

spoor_sigma_node *spoor_sigma_read_condition(spoor_sigma_reader *r, const spoor_yaml *condition,
                                             const spoor_yaml *map) {
    if (condition->kind != SPOOR_YAML_LIST) {
        return read_text(r, condition, map);
    }
    spoor_sigma_node *any = spoor_sigma_node_new(r, SPOOR_SIGMA_OR, condition->span);
    for (const spoor_yaml_item *i = condition->first; i != NULL && any != NULL; i = i->next) {
        spoor_sigma_node *one = read_text(r, i->value, map);
        if (one == NULL) {
            return NULL;
        }
        if (r->aggregation != NULL) {
            spoor_fail(r->diags, i->value->span,
                       "condition: an aggregation in a list of conditions is not supported");
            return NULL;
        }
        spoor_sigma_node_add(r->arena, any, one);
    }
    if (any != NULL && any->nchildren == 0) {
        spoor_fail(r->diags, condition->span, "there is no condition");
        return NULL;
    }
    return any;
}
