/* bind_name.c - the name an expression gives its column when none is written:
 * x, a_b of a path, sum_x of an aggregate, nothing for most functions. */
#include "planner/bind.h"

/* Functions whose column is named as their first argument's (Kusto.Language, kind FirstArgument). */
static const char *const like_argument[] = {
    "split",
    "tostring",
    "tohex",
    "todynamic",
    "toobject",
    "tolong",
    "toint",
    "toreal",
    "todouble",
    "todatetime",
    "totimespan",
    "totime",
    "tobool",
    "toboolean",
    "todecimal",
    "toguid",
    "parse_csv",
    "parsejson",
    "parse_json",
    "parse_xml",
    "format_datetime",
    "format_timespan",
    "startofday",
    "bin",
    "floor",
    "bin_at",
    "bin_auto",
    "binary_and",
    "binary_or",
    "binary_xor",
    "binary_not",
    "binary_shift_right",
    "binary_shift_left",
    "bitset_count_ones",
    "series_fir",
    "series_outliers",
    "series_iir",
    "series_fill_backward",
    "series_fill_forward",
    "series_fill_const",
    "series_fill_linear",
    "round",
    "ceiling",
    "pow",
    "sqrt",
    "log",
    "log2",
    "log10",
    "exp",
    "exp2",
    "exp10",
    "cos",
    "sin",
    "tan",
    "acos",
    "asin",
    "atan",
    "atan2",
    "abs",
    "rand",
    "gamma",
    "loggamma",
    "erf",
    "erfc",
    "format_bytes",
};

/* Functions whose column is prefix_argument. */
static const struct {
    const char *function, *prefix;
} prefixed[] = {
    {"strlen", "strlen"},
    {"string_size", "string_size"},
    {"percentile_tdigest", "percentile_tdigest"},
    {"dcount_hll", "dcount_hll"},
    {"percentile_array_tdigest", "percentile_tdigest"},
    {"percentiles_array_tdigest", "percentile_tdigest"},
    {"gettype", "type"},
    {"treepath", "tree"},
    {"repeat", "repeat"},
};

/* Functions whose column has a name of its own. */
static const struct {
    const char *function, *column;
} fixed[] = {
    {"ingestion_time", "$IngestionTime"},
    {"hll_merge", "hll_merged_result"},
    {"tdigest_merge", "tdigests_merge_result"},
    {"merge_tdigest", "tdigests_merge_result"},
};

static spoor_str name_of(spoor_binder *b, const spoor_ast *node, int depth);

static spoor_str joined(spoor_binder *b, spoor_str left, spoor_str right) {
    if (left.len == 0 || right.len == 0) {
        return left.len == 0 ? right : (spoor_str){NULL, 0};
    }
    return spoor_arena_format(b->arena, "%.*s_%.*s", SPOOR_S(left), SPOOR_S(right));
}

static spoor_str call_name(spoor_binder *b, const spoor_ast *node, int depth) {
    const spoor_str none = {NULL, 0};
    if (spoor_scope_find(b->scope, node->text) != NULL) {
        return none;
    }
    if (depth > 0 && b->aggregates != NULL && spoor_aggregate_named(node->text) != NULL) {
        return spoor_bind_aggregate_name(b, node); /* tostring(make_set(x)) is set_x */
    }
    for (size_t i = 0; i < sizeof like_argument / sizeof *like_argument; i++) {
        if (spoor_str_is(node->text, like_argument[i])) {
            return node->first != NULL ? name_of(b, node->first, depth + 1) : none;
        }
    }
    for (size_t i = 0; i < sizeof prefixed / sizeof *prefixed; i++) {
        if (spoor_str_is(node->text, prefixed[i].function)) {
            spoor_str argument = node->first != NULL ? name_of(b, node->first, depth + 1) : none;
            return spoor_arena_format(b->arena, "%s_%.*s", prefixed[i].prefix, SPOOR_S(argument));
        }
    }
    if (spoor_str_is(node->text, "array_sort_asc") || spoor_str_is(node->text, "array_sort_desc")) {
        spoor_str argument = node->first != NULL ? name_of(b, node->first, depth + 1) : none;
        return argument.len > 0 ? spoor_arena_format(b->arena, "%.*s_sorted", SPOOR_S(argument))
                                : none;
    }
    if ((spoor_str_is(node->text, "make_datetime") || spoor_str_is(node->text, "make_timespan")) &&
        node->nchildren == 1) {
        return name_of(b, node->first, depth + 1);
    }
    if ((spoor_str_is(node->text, "column_ifexists") ||
         spoor_str_is(node->text, "columnifexists")) &&
        node->first != NULL && node->first->kind == SPOOR_AST_LITERAL && b->row != NULL &&
        spoor_schema_find(b->row, node->first->text) >= 0) {
        return node->first->text;
    }
    if (b->match != NULL && (spoor_str_is(node->text, "node_degree_in") ||
                             spoor_str_is(node->text, "node_degree_out"))) {
        return node->text;
    }
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        if (spoor_str_is(node->text, fixed[i].function)) {
            return spoor_str_from(fixed[i].column);
        }
    }
    return none;
}

static spoor_str index_name(spoor_binder *b, const spoor_ast *index, int depth) {
    if (index != NULL && index->kind == SPOOR_AST_LITERAL) {
        return index->text;
    }
    return index != NULL && index->kind != SPOOR_AST_UNARY ? name_of(b, index, depth + 1)
                                                           : (spoor_str){NULL, 0};
}

static spoor_str name_of(spoor_binder *b, const spoor_ast *node, int depth) {
    if (depth > SPOOR_MAX_DEPTH) {
        return (spoor_str){NULL, 0};
    }
    switch (node->kind) {
    case SPOOR_AST_NAME: return node->text;
    case SPOOR_AST_NAMED: return node->text;
    case SPOOR_AST_MEMBER: return joined(b, name_of(b, node->first, depth + 1), node->text);
    case SPOOR_AST_ELEMENT:
        return joined(b, name_of(b, node->first, depth + 1),
                      index_name(b, node->first->next, depth));
    case SPOOR_AST_PIPELINE:
        return node->nchildren == 1 ? name_of(b, node->first, depth + 1) : (spoor_str){NULL, 0};
    case SPOOR_AST_CALL: return call_name(b, node, depth);
    default: return (spoor_str){NULL, 0};
    }
}

spoor_str spoor_bind_column_name(spoor_binder *b, const spoor_ast *node) {
    return name_of(b, node, 0);
}

spoor_str spoor_bind_aggregate_name(spoor_binder *b, const spoor_ast *node) {
    const spoor_aggregate *row = spoor_aggregate_named(node->text);
    const char *prefix = row != NULL ? row->column_name : NULL;
    spoor_str argument = node->first != NULL ? name_of(b, node->first, 0) : (spoor_str){NULL, 0};
    if (prefix == NULL || prefix[0] == '\0') {
        return argument;
    }
    size_t len = strlen(prefix);
    if (prefix[len - 1] != '_') {
        return spoor_str_from(prefix);
    }
    if (node->nchildren > 1 && node->text.len > 3 &&
        memcmp(node->text.ptr, "cov", 3) == 0) { /* covariance_x_y */
        spoor_str second = name_of(b, node->first->next, 0);
        return spoor_arena_format(b->arena, "%s%.*s_%.*s", prefix, SPOOR_S(argument),
                                  SPOOR_S(second));
    }
    return spoor_arena_format(b->arena, "%s%.*s", prefix, SPOOR_S(argument));
}
