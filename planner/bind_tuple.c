/* bind_tuple.c - calls that give several values, each a column of its own:
 * series_stats(), series_fit_line() and their like, and array_sort_asc() and array_sort_desc() of
 * several arrays.
 *
 * Such a call is one hidden call that gives a bag or an array, and its parts. */
#include "planner/bind.h"

typedef struct part {
    const char *name; /* in the bag */
    spoor_type type;
} part;

static const part stats[] = {
    {"min", SPOOR_REAL}, {"min_idx", SPOOR_LONG}, {"max", SPOOR_REAL},      {"max_idx", SPOOR_LONG},
    {"avg", SPOOR_REAL}, {"stdev", SPOOR_REAL},   {"variance", SPOOR_REAL},
};
static const part line[] = {
    {"rsquare", SPOOR_REAL},   {"slope", SPOOR_REAL},        {"variance", SPOOR_REAL},
    {"rvariance", SPOOR_REAL}, {"interception", SPOOR_REAL}, {"line_fit", SPOOR_DYNAMIC},
};
static const part poly[] = {
    {"rsquare", SPOOR_REAL},   {"coefficients", SPOOR_DYNAMIC}, {"variance", SPOOR_REAL},
    {"rvariance", SPOOR_REAL}, {"poly_fit", SPOOR_DYNAMIC},
};
static const part two_lines[] = {
    {"rsquare", SPOOR_REAL},           {"split_idx", SPOOR_LONG},
    {"variance", SPOOR_REAL},          {"rvariance", SPOOR_REAL},
    {"line_fit", SPOOR_DYNAMIC},       {"right_rsquare", SPOOR_REAL},
    {"right_slope", SPOOR_REAL},       {"right_interception", SPOOR_REAL},
    {"right_variance", SPOOR_REAL},    {"right_rvariance", SPOOR_REAL},
    {"left_rsquare", SPOOR_REAL},      {"left_slope", SPOOR_REAL},
    {"left_interception", SPOOR_REAL}, {"left_variance", SPOOR_REAL},
    {"left_rvariance", SPOOR_REAL},
};
static const part components[] = {
    {"baseline", SPOOR_DYNAMIC},
    {"seasonal", SPOOR_DYNAMIC},
    {"trend", SPOOR_DYNAMIC},
    {"residual", SPOOR_DYNAMIC},
};
static const part anomalies[] = {
    {"ad_flag", SPOOR_DYNAMIC},
    {"ad_score", SPOOR_DYNAMIC},
    {"baseline", SPOOR_DYNAMIC},
};
static const part complex_parts[] = {{"real", SPOOR_DYNAMIC}, {"imag", SPOOR_DYNAMIC}};

/* Calls whose hidden call gives a bag. */
static const struct bag {
    const char *name, *hidden;
    const part *parts;
    uint32_t count;
} bags[] = {
    {"series_stats", "series_stats_dynamic", stats, sizeof stats / sizeof *stats},
    {"series_fit_line", "__series_fit_line", line, sizeof line / sizeof *line},
    {"series_fit_poly", "__series_fit_poly", poly, sizeof poly / sizeof *poly},
    {"series_fit_2lines", "__series_fit_2lines", two_lines, sizeof two_lines / sizeof *two_lines},
    {"series_decompose", "__series_decompose", components, sizeof components / sizeof *components},
    {"series_decompose_anomalies", "__series_decompose_anomalies", anomalies,
     sizeof anomalies / sizeof *anomalies},
    {"series_fft", "__series_fft", complex_parts, 2},
    {"series_ifft", "__series_ifft", complex_parts, 2},
};
enum { NBAGS = sizeof bags / sizeof *bags, MOST_ARGS = 65 };

static const struct bag *bag_of(spoor_str name) {
    for (size_t i = 0; i < NBAGS; i++) {
        if (spoor_str_is(name, bags[i].name)) {
            return &bags[i];
        }
    }
    return NULL;
}

/* The arguments; false: one failed, which is reported. */
static bool bind_arguments(spoor_binder *b, const spoor_ast *call, spoor_bound **args) {
    bool ok = true;
    uint32_t i = 0;
    for (const spoor_ast *child = call->first; child != NULL; child = child->next) {
        args[i] = spoor_bind_expr(b, child);
        ok = ok && args[i] != NULL;
        i++;
    }
    return ok;
}

static void take_parts(spoor_binder *b, spoor_bind_tuple *tuple, uint32_t count) {
    tuple->count = count;
    tuple->parts = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, count);
    tuple->names = SPOOR_NEW_ARRAY(b->arena, spoor_str, count);
}

/* series_stats_x_min and so on: the members of the bag. */
static void bind_bag(spoor_binder *b, const spoor_ast *call, const struct bag *bag,
                     spoor_bound **args, spoor_bind_tuple *tuple) {
    spoor_bound *whole = spoor_bind_apply(b, spoor_str_from(bag->hidden), args, call->nchildren,
                                          call->span, call->at);
    spoor_str series = spoor_bind_column_name(b, call->first);
    take_parts(b, tuple, bag->count);
    for (uint32_t i = 0; i < bag->count && whole != NULL; i++) {
        const part *p = &bag->parts[i];
        spoor_bound *member[2] = {whole,
                                  spoor_bound_text(b->arena, spoor_str_from(p->name), call->span)};
        spoor_bound *value = SPOOR_APPLY(b, "__member", member, 2, call->span);
        bool is_known = value == NULL || p->type == SPOOR_DYNAMIC;
        tuple->parts[i] = is_known ? value : spoor_bind_convert(b, value, p->type);
        tuple->names[i] = spoor_arena_format(b->arena, "%s_%.*s%s%s", bag->name, SPOOR_S(series),
                                             series.len > 0 ? "_" : "", p->name);
    }
}

/* x_sorted, y_sorted: the elements of what __array_sort_*() gives. */
static void bind_sort(spoor_binder *b, const spoor_ast *call, spoor_bound **args, uint32_t narrays,
                      spoor_bind_tuple *tuple) {
    spoor_str hidden = spoor_arena_format(b->arena, "__%.*s", SPOOR_S(call->text));
    spoor_bound *list = spoor_bind_apply(b, hidden, args, call->nchildren, call->span, call->at);
    const spoor_ast *array = call->first;
    take_parts(b, tuple, narrays);
    for (uint32_t i = 0; i < narrays && list != NULL; i++, array = array->next) {
        spoor_value index = {.type = SPOOR_LONG, .integer = i};
        spoor_bound *element[2] = {list, spoor_bound_constant(b->arena, index, call->span)};
        spoor_str name = spoor_bind_column_name(b, array);
        tuple->parts[i] = SPOOR_APPLY(b, "__element", element, 2, call->span);
        tuple->names[i] = name.len > 0 ? spoor_arena_format(b->arena, "%.*s_sorted", SPOOR_S(name))
                                       : spoor_arena_format(b->arena, "array%u_sorted", i + 1);
    }
}

bool spoor_bind_tuple_call(spoor_binder *b, const spoor_ast *node, spoor_bind_tuple *tuple) {
    bool is_call = node->kind == SPOOR_AST_CALL && node->nchildren > 0 &&
                   node->nchildren < MOST_ARGS && spoor_scope_find(b->scope, node->text) == NULL &&
                   !spoor_bind_is_user_function(b, node->text);
    const struct bag *bag = is_call ? bag_of(node->text) : NULL;
    bool is_sort =
        is_call && node->nchildren > 1 &&
        (spoor_str_is(node->text, "array_sort_asc") || spoor_str_is(node->text, "array_sort_desc"));
    spoor_bound *args[MOST_ARGS];
    if (bag == NULL && !is_sort) {
        return false;
    }
    *tuple = (spoor_bind_tuple){0};
    if (!bind_arguments(b, node, args)) {
        take_parts(b, tuple, bag != NULL ? bag->count : 1);
        tuple->names[0] = spoor_bind_column_name(b, node);
        return true;
    }
    if (bag != NULL) {
        bind_bag(b, node, bag, args, tuple);
        return true;
    }
    uint32_t narrays = node->nchildren - (args[node->nchildren - 1]->type == SPOOR_BOOL);
    if (narrays < 2) {
        return false; /* one array: a value like any other */
    }
    bind_sort(b, node, args, narrays, tuple);
    return true;
}

bool spoor_bind_tuple_element(spoor_binder *b, const spoor_ast *call, const spoor_bound *index,
                              spoor_bound **element) {
    spoor_bind_tuple tuple;
    bool is_place = index->kind == SPOOR_BOUND_CONSTANT && !index->value.is_null &&
                    (index->type == SPOOR_LONG || index->type == SPOOR_INT);
    bool is_sort = call->kind == SPOOR_AST_CALL && (spoor_str_is(call->text, "array_sort_asc") ||
                                                    spoor_str_is(call->text, "array_sort_desc"));
    if (!is_place || !is_sort || !spoor_bind_tuple_call(b, call, &tuple)) {
        return false;
    }
    int64_t place = index->value.integer;
    bool is_known = place >= 0 && place < tuple.count;
    if (!is_known && tuple.parts[0] != NULL) {
        spoor_fail(b->diags, index->span, "there are %u sorted arrays, the first is [0]",
                   tuple.count);
    }
    *element = is_known ? tuple.parts[place] : NULL;
    return true;
}
