/* bind_expr.c - expressions: names, members, operators; calls are bind_call.c. */
#include "planner/bind.h"

#include "functions/convert.h"

bool spoor_bind_enter(spoor_binder *b, spoor_span span) {
    if (b->depth >= SPOOR_BIND_DEPTH) {
        return spoor_fail(b->diags, span, "nested too deeply once functions are expanded");
    }
    if (b->nodes >= SPOOR_BIND_NODES) {
        if (b->nodes++ == SPOOR_BIND_NODES) { /* once */
            spoor_fail(b->diags, span, "the query is too large once its functions are expanded");
        }
        return false;
    }
    b->depth++;
    b->nodes++;
    return true;
}

void spoor_bind_leave(spoor_binder *b) {
    b->depth--;
}

/* -- names ------------------------------------------------------------------------------------- */

static spoor_bound *at_place(spoor_binder *b, const spoor_bound *e, spoor_span span) {
    spoor_bound *copy = SPOOR_NEW(b->arena, spoor_bound);
    *copy = *e;
    copy->span = span;
    return copy;
}

/* A function whose parameters all have defaults may be named without parentheses. */
static spoor_bound *call_by_name(spoor_binder *b, const spoor_ast *node) {
    spoor_ast call = {.kind = SPOOR_AST_CALL,
                      .depth = 1,
                      .span = node->span,
                      .at = node->span,
                      .text = node->text};
    return spoor_bind_call(b, &call);
}

static spoor_bound *symbol_value(spoor_binder *b, spoor_symbol *symbol, const spoor_ast *node) {
    symbol->is_used = true;
    switch (symbol->kind) {
    case SPOOR_SYMBOL_SCALAR:
        if (symbol->row != NULL && symbol->row != b->outer_row) {
            spoor_fail(b->diags, node->span,
                       "'%.*s' depends on the row and cannot be used in a query of its own",
                       SPOOR_S(node->text));
            return NULL;
        }
        return at_place(b, symbol->value, node->span);
    case SPOOR_SYMBOL_TABULAR:
    case SPOOR_SYMBOL_SHARED:
        if (symbol->is_key) {
            return spoor_bind_subplan(b, spoor_bind_shared_again(b, symbol->plan, node->span),
                                      false, node->span);
        }
        spoor_fail(b->diags, node->span, "'%.*s' is a table, and a value is needed here",
                   SPOOR_S(node->text));
        spoor_hint(b->diags, "toscalar(%.*s) gives its first value", SPOOR_S(node->text));
        return NULL;
    case SPOOR_SYMBOL_FUNCTION: return call_by_name(b, node);
    case SPOOR_SYMBOL_PATTERN:
        spoor_fail(b->diags, node->span, "'%.*s' is a pattern, and a value is needed here",
                   SPOOR_S(node->text));
        return NULL;
    case SPOOR_SYMBOL_PLACE:
        spoor_fail(b->diags, node->span, "'%.*s' is a database, and a value is needed here",
                   SPOOR_S(node->text));
        return NULL;
    case SPOOR_SYMBOL_BROKEN: return NULL;
    }
    return NULL;
}

static bool same_but_for_underscores(spoor_str a, spoor_str b) {
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.len && a.ptr[i] == '_') {
            i++;
        }
        while (j < b.len && b.ptr[j] == '_') {
            j++;
        }
        if (i == a.len || j == b.len) {
            return i == a.len && j == b.len;
        }
        if (a.ptr[i++] != b.ptr[j++]) {
            return false;
        }
    }
}

/* Published rules name process_commandline what the Sysmon parsers of then and now call
 * process_command_line.  The engine refuses that; so do we with `strict`, else it is a warning. */
static int respelled_column(spoor_binder *b, const spoor_ast *node) {
    int found = -1;
    for (uint32_t i = 0; b->row != NULL && !b->options->strict && i < b->row->ncols; i++) {
        if (same_but_for_underscores(node->text, b->row->columns[i].name)) {
            if (found >= 0) {
                return -1; /* which? */
            }
            found = (int)i;
        }
    }
    if (found >= 0) {
        spoor_bind_warn(b, "near-name", node->span, "no column named '%.*s': taken as '%.*s'",
                        SPOOR_S(node->text), SPOOR_S(b->row->columns[found].name));
    }
    return found;
}

/* A name that exists in another case is not the same name: Kusto is case-sensitive. */
static spoor_bound *bind_name(spoor_binder *b, const spoor_ast *node) {
    bool is_element = false;
    spoor_bound *element = spoor_bind_graph_name(b, node, &is_element);
    if (is_element) {
        return element;
    }
    if (spoor_bind_is_poisoned(b, node->text)) {
        return NULL;
    }
    int column = b->row != NULL ? spoor_schema_find(b->row, node->text) : -1;
    if (column >= 0) {
        return spoor_bound_column(b->arena, b->row, column, node->span);
    }
    spoor_symbol *symbol = spoor_scope_find(b->scope, node->text);
    if (symbol != NULL) {
        return symbol_value(b, symbol, node);
    }
    if (spoor_bind_is_user_function(b, node->text)) {
        return call_by_name(b, node);
    }
    column = respelled_column(b, node);
    if (column >= 0) {
        return spoor_bound_column(b->arena, b->row, column, node->span);
    }
    spoor_bind_no_column(b, node->span, node->text);
    return NULL;
}

/* -- members ----------------------------------------------------------------------------------- */

static spoor_bound *bind_member(spoor_binder *b, const spoor_ast *node) {
    const spoor_ast *object_node = node->first;
    bool done = false;
    spoor_bound *of_step = spoor_bind_scan_member(b, node, &done);
    if (done) {
        return of_step;
    }
    spoor_bound *of_graph = spoor_bind_graph_member(b, node, &done);
    if (done) {
        return of_graph;
    }
    spoor_bound *object = spoor_bind_expr(b, object_node);
    if (object == NULL) {
        return NULL;
    }
    if (object->type != SPOOR_DYNAMIC) {
        spoor_fail(b->diags, node->at, "%s has no members", spoor_type_phrase(object->type));
        if (object->type == SPOOR_STRING) {
            spoor_hint(b->diags, "parse_json() makes a dynamic value of a string");
        }
        return NULL;
    }
    spoor_bound *args[2] = {object, spoor_bound_text(b->arena, node->text, node->at)};
    return SPOOR_APPLY(b, "__member", args, 2, node->span);
}

static spoor_bound *bind_element(spoor_binder *b, const spoor_ast *node) {
    spoor_bound *index = spoor_bind_expr(b, spoor_ast_child(node, 1));
    spoor_bound *part;
    if (index != NULL && spoor_bind_tuple_element(b, spoor_ast_child(node, 0), index, &part)) {
        return part;
    }
    spoor_bound *object = spoor_bind_expr(b, spoor_ast_child(node, 0));
    if (object == NULL || index == NULL) {
        return NULL;
    }
    if (object->type != SPOOR_DYNAMIC) {
        spoor_fail(b->diags, node->at, "%s has no elements", spoor_type_phrase(object->type));
        if (object->type == SPOOR_STRING) {
            spoor_hint(b->diags, "parse_json() makes a dynamic value of a string");
        }
        return NULL;
    }
    if (index->type == SPOOR_INT) {
        index = spoor_bind_convert(b, index, SPOOR_LONG);
    }
    spoor_bound *args[2] = {object, index};
    bool is_name = index->kind == SPOOR_BOUND_CONSTANT && index->type == SPOOR_STRING;
    return is_name ? SPOOR_APPLY(b, "__member", args, 2, node->span)
                   : SPOOR_APPLY(b, "__element", args, 2, node->span);
}

/* -- operators --------------------------------------------------------------------------------- */

static bool is_equality(spoor_str name) {
    return spoor_str_is(name, "==") || spoor_str_is(name, "!=");
}

static bool is_order(spoor_str name) {
    return spoor_str_is(name, "<") || spoor_str_is(name, "<=") || spoor_str_is(name, ">") ||
           spoor_str_is(name, ">=");
}

static bool is_number(spoor_type type) {
    return (SPOOR_TYPE_SET(type) & SPOOR_T_NUMBER) != 0;
}

/* A literal compared with another type is read as that type: EventID == '1', ResultType == 0. */
static void adapt_literal(spoor_binder *b, spoor_bound **left, spoor_bound **right) {
    for (int side = 0; side < 2; side++) {
        spoor_bound **literal = side == 0 ? left : right;
        spoor_type other = side == 0 ? (*right)->type : (*left)->type;
        spoor_type own = (*literal)->type;
        if ((*literal)->kind != SPOOR_BOUND_CONSTANT || own == other || own == SPOOR_DYNAMIC ||
            other == SPOOR_DYNAMIC || (own != SPOOR_STRING && other != SPOOR_STRING)) {
            continue;
        }
        spoor_value value;
        bool has_one_text = own == SPOOR_STRING || own == SPOOR_INT || own == SPOOR_LONG;
        if (!has_one_text || !spoor_convert_exact(b->arena, &(*literal)->value, other, &value)) {
            continue;
        }
        if (own == SPOOR_STRING ? is_number(other) : is_number(own)) {
            if (spoor_bind_warn(b, "compare-types", (*literal)->span, "%s is compared with %s",
                                spoor_type_phrase(other), spoor_type_phrase(own))) {
                spoor_hint(b->diags, own == SPOOR_STRING ? "leave the quotes out"
                                                         : "put it in quotes, or use toint(...)");
            }
        }
        *literal = spoor_bound_constant(b->arena, value, (*literal)->span);
        return;
    }
}

/* _IsBillable == true, as the documentation of Log Analytics asks a string: its text is read as a bool. */
static void adapt_to_bool(spoor_binder *b, spoor_bound **text, const spoor_bound *literal) {
    if ((*text)->type != SPOOR_STRING || literal->type != SPOOR_BOOL ||
        literal->kind != SPOOR_BOUND_CONSTANT) {
        return;
    }
    if (spoor_bind_warn(b, "compare-types", literal->span, "a string is compared with a bool")) {
        spoor_hint(b->diags, "tobool(...) makes one of the string");
    }
    *text = spoor_bind_convert(b, *text, SPOOR_BOOL);
}

/* EventID == 1 compares ints: the literal is narrowed, so that the column is not widened row by row. */
static void narrow_literal(spoor_binder *b, spoor_bound *const *others, uint32_t n,
                           spoor_bound **literal) {
    const spoor_bound *e = *literal;
    if (e->kind != SPOOR_BOUND_CONSTANT || e->type != SPOOR_LONG || e->value.is_null ||
        e->value.integer < INT32_MIN || e->value.integer > INT32_MAX) {
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (others[i]->kind != SPOOR_BOUND_CONSTANT && others[i]->type == SPOOR_INT) {
            *literal = spoor_bind_convert(b, *literal, SPOOR_INT);
            return;
        }
    }
}

static spoor_bound *cannot_compare(spoor_binder *b, const spoor_ast *node, const spoor_bound *left,
                                   const spoor_bound *right) {
    spoor_fail(b->diags, node->at, "'%.*s' cannot compare %s with %s", SPOOR_S(node->text),
               spoor_type_phrase(left->type), spoor_type_phrase(right->type));
    bool text_left = left->type == SPOOR_STRING, text_right = right->type == SPOOR_STRING;
    if (text_left != text_right && (is_number(left->type) || is_number(right->type))) {
        spoor_hint(b->diags, "toint(...) makes a number of the string");
    } else if (text_left != text_right) {
        spoor_hint(b->diags, "to%s(...) makes one of the string",
                   spoor_type_name(text_left ? right->type : left->type));
    } else if (left->type == SPOOR_DYNAMIC && right->type == SPOOR_DYNAMIC) {
        spoor_hint(b->diags, "compare tostring(...) of both, or another type");
    }
    return NULL;
}

static bool is_arithmetic(spoor_str name) {
    return name.len == 1 && strchr("+-*/%", name.ptr[0]) != NULL;
}

static spoor_bound *operate(spoor_binder *b, const spoor_ast *node, spoor_bound *left,
                            spoor_bound *right) {
    if (is_equality(node->text) || is_order(node->text)) {
        adapt_literal(b, &left, &right);
        if (is_equality(node->text)) {
            adapt_to_bool(b, &left, right);
            adapt_to_bool(b, &right, left);
        }
        left =
            spoor_bind_settled(b, left, right->type == SPOOR_DYNAMIC ? SPOOR_STRING : right->type);
        right = spoor_bind_settled(b, right, left->type);
        narrow_literal(b, &right, 1, &left);
        narrow_literal(b, &left, 1, &right);
        bool is_text = left->type == SPOOR_STRING || right->type == SPOOR_STRING;
        bool is_guid = left->type == SPOOR_GUID || right->type == SPOOR_GUID;
        bool are_dynamic = left->type == SPOOR_DYNAMIC && right->type == SPOOR_DYNAMIC;
        if (are_dynamic || (is_order(node->text) && (is_text || is_guid))) {
            return cannot_compare(b, node, left, right);
        }
        if (left->type == SPOOR_BOOL && is_number(right->type)) {
            right = spoor_bind_convert(b, right, SPOOR_BOOL);
        } else if (right->type == SPOOR_BOOL && is_number(left->type)) {
            left = spoor_bind_convert(b, left, SPOOR_BOOL);
        }
        spoor_type pair[2] = {left->type, right->type}, targets[4];
        if (spoor_function_resolve(node->text, pair, 2, targets).function == NULL) {
            return cannot_compare(b, node, left, right);
        }
    }
    if (is_arithmetic(node->text) && left->type == SPOOR_DYNAMIC && right->type == SPOOR_DYNAMIC) {
        spoor_fail(b->diags, node->at, "'%.*s' cannot tell what numbers two dynamic values are",
                   SPOOR_S(node->text)); /* nor does Kusto's engine */
        spoor_hint(b->diags, "tolong(...) or todouble(...) says it");
        return NULL;
    }
    spoor_bound *args[2] = {left, right};
    return spoor_bind_apply(b, node->text, args, 2, node->span, node->at);
}

static bool is_contains(spoor_str name) {
    return spoor_str_is(name, "contains") || spoor_str_is(name, "!contains");
}

/* a or b or c ...: the parser makes one node of a chain of `and` or of `or`. */
static spoor_bound *bind_chain(spoor_binder *b, const spoor_ast *node) {
    spoor_bound **args = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, node->nchildren);
    uint32_t nargs = 0;
    bool failed = false;
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        args[nargs] = spoor_bind_expr(b, child);
        failed = args[nargs++] == NULL || failed;
    }
    if (failed) {
        return NULL;
    }
    if (spoor_str_is(node->text, "and")) {
        spoor_bind_lint_contradiction(b, args, nargs);
    }
    return spoor_bind_apply(b, node->text, args, nargs, node->span, node->at);
}

static spoor_bound *bind_binary(spoor_binder *b, const spoor_ast *node) {
    const spoor_ast *left_node = spoor_ast_child(node, 0), *right_node = spoor_ast_child(node, 1);
    if (left_node->kind == SPOOR_AST_STAR) {
        return spoor_bind_star(b, node);
    }
    if (node->nchildren > 2) {
        return bind_chain(b, node);
    }
    spoor_bound *left = spoor_bind_expr(b, left_node);
    spoor_bound *right = spoor_bind_expr(b, right_node);
    if (left == NULL || right == NULL) {
        return NULL;
    }
    spoor_bound *args[2] = {left, right};
    spoor_bind_lint_operator(b, node, node->text, args, 2);
    if (spoor_str_is(node->text, "and")) {
        spoor_bind_lint_contradiction(b, args, 2);
    }
    if (b->wildcards && is_contains(node->text) && right->kind == SPOOR_BOUND_CONSTANT &&
        right->type == SPOOR_STRING && right->value.string.len > 0 &&
        memchr(right->value.string.ptr, '*', right->value.string.len) != NULL) {
        bool negated = node->text.ptr[0] == '!';
        return negated ? SPOOR_APPLY(b, "__not_contains_wildcard", args, 2, node->span)
                       : SPOOR_APPLY(b, "__contains_wildcard", args, 2, node->span);
    }
    return operate(b, node, left, right);
}

static spoor_bound *bind_unary(spoor_binder *b, const spoor_ast *node) {
    spoor_bound *operand = spoor_bind_expr(b, node->first);
    if (operand == NULL || spoor_str_is(node->text, "+")) {
        return operand;
    }
    return spoor_bind_apply(b, SPOOR_STR("neg"), &operand, 1, node->span, node->at);
}

/* in, has_any, ...: listed values, an array, or the first column of a query. */
static spoor_bound *bind_in(spoor_binder *b, const spoor_ast *node) {
    spoor_bound **args = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, node->nchildren + 1);
    uint32_t nargs = 0;
    bool failed = false;
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        spoor_bound *arg;
        if (child != node->first && spoor_bind_is_tabular(b, child)) {
            spoor_plan *plan = spoor_bind_table(b, child);
            arg = plan != NULL ? spoor_bind_subplan(b, plan, true, child->span) : NULL;
        } else {
            arg = spoor_bind_expr(b, child);
        }
        failed = failed || arg == NULL;
        args[nargs++] = arg;
    }
    if (failed) {
        return NULL;
    }
    bool seeks_terms = spoor_str_is(node->text, "has_any") || spoor_str_is(node->text, "has_all");
    for (uint32_t i = 1; i < nargs && seeks_terms; i++) {
        if (args[i]->type != SPOOR_DYNAMIC) {
            args[i] = spoor_bind_convert(b, args[i], SPOOR_STRING); /* has_any (42) */
        }
    }
    spoor_bind_lint_operator(b, node, node->text, args, nargs);
    return spoor_bind_apply(b, node->text, args, nargs, node->span, node->at);
}

static spoor_bound *bind_between(spoor_binder *b, const spoor_ast *node) {
    spoor_bound *args[3];
    bool failed = false;
    for (uint32_t i = 0; i < 3; i++) {
        args[i] = spoor_bind_expr(b, spoor_ast_child(node, i));
        failed = failed || args[i] == NULL;
    }
    if (failed) {
        return NULL;
    }
    for (uint32_t i = 1; i < 3; i++) {
        narrow_literal(b, args, 1, &args[i]);
    }
    spoor_bind_lint_operator(b, node, node->text, args, 3);
    return spoor_bind_apply(b, node->text, args, 3, node->span, node->at);
}

static spoor_bound *bind_parenthesized(spoor_binder *b, const spoor_ast *node) {
    if (node->nchildren == 1) {
        return spoor_bind_expr(b, node->first);
    }
    spoor_fail(b->diags, node->span, "a query gives rows, and a value is needed here");
    spoor_hint(b->diags, "toscalar(...) gives its first value");
    return NULL;
}

static spoor_bound *dispatch(spoor_binder *b, const spoor_ast *node) {
    switch (node->kind) {
    case SPOOR_AST_NAME: return bind_name(b, node);
    case SPOOR_AST_LITERAL:
    case SPOOR_AST_DYNAMIC: return spoor_bind_literal(b, node);
    case SPOOR_AST_CALL: return spoor_bind_call(b, node);
    case SPOOR_AST_BINARY: return bind_binary(b, node);
    case SPOOR_AST_UNARY: return bind_unary(b, node);
    case SPOOR_AST_IN: return bind_in(b, node);
    case SPOOR_AST_BETWEEN: return bind_between(b, node);
    case SPOOR_AST_MEMBER: return bind_member(b, node);
    case SPOOR_AST_ELEMENT: return bind_element(b, node);
    case SPOOR_AST_PIPELINE: return bind_parenthesized(b, node);
    case SPOOR_AST_NAMED:
        spoor_fail(b->diags, node->span, "'%.*s =' names nothing here", SPOOR_S(node->text));
        return NULL;
    case SPOOR_AST_STAR: spoor_fail(b->diags, node->span, "'*' cannot stand here"); return NULL;
    default: break;
    }
    if (node->kind >= SPOOR_AST_WHERE) {
        spoor_fail(b->diags, node->at, "'%s' gives rows, and a value is needed here",
                   spoor_ast_kind_name(node->kind));
    } else {
        spoor_bind_unsupported(b, node->span, spoor_ast_kind_name(node->kind));
    }
    return NULL;
}

spoor_bound *spoor_bind_expr(spoor_binder *b, const spoor_ast *node) {
    if (node == NULL || !spoor_bind_enter(b, node->span)) {
        return NULL;
    }
    spoor_bound *bound = dispatch(b, node);
    spoor_bind_leave(b);
    return bound;
}

spoor_bound *spoor_bind_as(spoor_binder *b, const spoor_ast *node, spoor_type type) {
    spoor_bound *e = spoor_bind_expr(b, node);
    if (e == NULL || e->type == type) {
        return e;
    }
    bool widens = is_number(e->type) && is_number(type) && e->type < type;
    if (widens) {
        return spoor_bind_convert(b, e, type);
    }
    spoor_fail(b->diags, node->span, "expected %s, found %s", spoor_type_name(type),
               spoor_type_name(e->type));
    if (e->type == SPOOR_DYNAMIC || e->type == SPOOR_STRING) {
        spoor_hint(b->diags, "to%s(...) converts it", spoor_type_name(type));
    }
    return NULL;
}

spoor_bound *spoor_bind_scalar(spoor_binder *b, const spoor_ast *node) {
    const spoor_schema *row = b->row;
    b->row = NULL;
    spoor_bound *e = spoor_bind_expr(b, node);
    b->row = row;
    if (e != NULL && spoor_bound_has_columns(e)) {
        spoor_fail(b->diags, node->span, "expected a constant, found a value of the row");
        return NULL;
    }
    return e;
}

spoor_bound *spoor_bind_count(spoor_binder *b, const spoor_ast *node) {
    spoor_bound *e = spoor_bind_scalar(b, node);
    if (e == NULL) {
        return NULL;
    }
    if (e->type != SPOOR_LONG && e->type != SPOOR_INT) {
        spoor_fail(b->diags, node->span, "expected a whole number, found %s",
                   spoor_type_name(e->type));
        return NULL;
    }
    if (e->kind == SPOOR_BOUND_CONSTANT && (e->value.is_null || e->value.integer < 0)) {
        spoor_fail(b->diags, node->span, "expected a number of rows, 0 or more");
        return NULL;
    }
    return spoor_bind_convert(b, e, SPOOR_LONG);
}
