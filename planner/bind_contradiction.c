/* bind_contradiction.c - a warning: two conditions of one `and` that no row can meet both.
 *
 * Compared are conditions of the form `value op constant` over the same value: ==, !=, =~ and the
 * orders.  What it finds is certain; much that contradicts itself it does not find. */
#include "base/text_match.h"
#include "planner/bind.h"

enum {
    MOST_CONDITIONS = 100, /* of one `and` that are compared, each with each */
    MOST_NESTING = 16,     /* of the values compared */
};

/* What a condition says of a value: it is between two constants, or one of these. */
typedef enum relation { EQUAL, OTHER, FOLDED, LESS, AT_MOST, MORE, AT_LEAST } relation;

typedef struct condition {
    const spoor_bound *value, *constant;
    relation relation;
    spoor_span span;
} condition;

typedef struct conditions {
    condition items[MOST_CONDITIONS];
    uint32_t count;
} conditions;

static bool is_relation(const char *name, relation *found) {
    static const char *const names[] = {"==", "!=", "=~", "<",
                                        "<=", ">",  ">="}; /* ORDER relation */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            *found = (relation)i;
            return true;
        }
    }
    return false;
}

static relation mirrored(relation r) {
    static const relation mirror[] = {EQUAL, OTHER, FOLDED, MORE, AT_LEAST, LESS, AT_MOST};
    return mirror[r];
}

static void collect(conditions *all, const spoor_bound *e, int depth) {
    if (e->kind != SPOOR_BOUND_CALL || depth > MOST_NESTING) {
        return;
    }
    if (spoor_bound_is_call(e, "and")) {
        for (uint32_t i = 0; i < e->nargs; i++) {
            collect(all, e->args[i], depth + 1);
        }
        return;
    }
    condition c = {.span = e->span};
    if (e->nargs != 2 || all->count == MOST_CONDITIONS ||
        !is_relation(e->function->name, &c.relation)) {
        return;
    }
    bool is_left = e->args[0]->kind == SPOOR_BOUND_CONSTANT;
    c.constant = e->args[is_left ? 0 : 1];
    c.value = e->args[is_left ? 1 : 0];
    c.relation = is_left ? mirrored(c.relation) : c.relation;
    if (c.constant->kind == SPOOR_BOUND_CONSTANT && !c.constant->value.is_null &&
        c.value->kind != SPOOR_BOUND_CONSTANT && !spoor_bound_is_volatile(c.value)) {
        all->items[all->count++] = c;
    }
}

static bool is_same(const spoor_bound *a, const spoor_bound *b, int depth) {
    if (a->kind != b->kind || a->type != b->type || depth > MOST_NESTING) {
        return false;
    }
    switch (a->kind) {
    case SPOOR_BOUND_COLUMN: return a->column == b->column;
    case SPOOR_BOUND_CONSTANT: return spoor_value_compare(&a->value, &b->value) == 0;
    case SPOOR_BOUND_SUBPLAN: return a->subplan == b->subplan && a->is_set == b->is_set;
    case SPOOR_BOUND_CALL: break;
    }
    if (a->function != b->function || a->nargs != b->nargs) {
        return false;
    }
    for (uint32_t i = 0; i < a->nargs; i++) {
        if (!is_same(a->args[i], b->args[i], depth + 1)) {
            return false;
        }
    }
    return true;
}

/* Is the value that a wants kept out by b?  `order`: of b's constant to a's. */
static bool keeps_out(relation b, int order) {
    switch (b) {
    case EQUAL: return order != 0;
    case OTHER: return order == 0;
    case LESS: return order <= 0;
    case AT_MOST: return order < 0;
    case MORE: return order >= 0;
    case AT_LEAST: return order > 0;
    case FOLDED: break;
    }
    return false;
}

static bool is_upper(relation r) {
    return r == LESS || r == AT_MOST;
}

static bool is_lower(relation r) {
    return r == MORE || r == AT_LEAST;
}

static bool exclude(const condition *a, const condition *b) {
    const spoor_value *x = &a->constant->value, *y = &b->constant->value;
    if (x->type != y->type || !is_same(a->value, b->value, 0)) {
        return false;
    }
    if (a->relation == FOLDED || b->relation == FOLDED) {
        bool both_equal = (a->relation == FOLDED || a->relation == EQUAL) &&
                          (b->relation == FOLDED || b->relation == EQUAL);
        return both_equal && x->type == SPOOR_STRING &&
               !spoor_text_equals(x->string, y->string, true);
    }
    int order = spoor_value_compare(y, x);
    if (a->relation == EQUAL) {
        return keeps_out(b->relation, order);
    }
    if (b->relation == EQUAL) {
        return keeps_out(a->relation, -order);
    }
    bool touches = a->relation == AT_LEAST && b->relation == AT_MOST;
    touches = touches || (a->relation == AT_MOST && b->relation == AT_LEAST);
    if (is_lower(a->relation) && is_upper(b->relation)) {
        return touches ? order < 0 : order <= 0;
    }
    return is_upper(a->relation) && is_lower(b->relation) && (touches ? order > 0 : order >= 0);
}

void spoor_bind_lint_contradiction(spoor_binder *b, spoor_bound *const *args, uint32_t nargs) {
    conditions all;
    all.count = 0;
    for (uint32_t i = 0; i < nargs; i++) {
        collect(&all, args[i], 0);
    }
    for (uint32_t i = 0; i < all.count; i++) {
        const condition *late = &all.items[i];
        for (uint32_t k = 0; k < i; k++) {
            const condition *early = &all.items[k];
            if (late->span.source != 0 || early->span.source != 0 || !exclude(early, late)) {
                continue;
            }
            spoor_str text = b->diags->sources[0].text;
            spoor_str first = {text.ptr + early->span.start, early->span.end - early->span.start};
            if (spoor_bind_warn(b, "contradiction", late->span,
                                "no row can meet this and '%.*s' both", SPOOR_S(first))) {
                spoor_hint(b->diags, "did 'or' or 'in' stand for 'and' here?");
            }
            return;
        }
    }
}
