/* bind_call.c - name(arguments): a form, an aggregate, a user's function or a
 * row of functions/, in this order. */
#include "functions/convert.h"
#include "functions/refused.h"
#include "planner/bind.h"

/* A constant that the engine computes otherwise than rows (functions/convert.h); NULL: it does not. */
static spoor_bound *convert_constant(spoor_binder *b, const spoor_ast *node,
                                     const spoor_bound *arg) {
    static const char *const names[] = {"tobool", "toboolean", "toint", "tolong"};
    bool is_conversion = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        is_conversion = is_conversion || spoor_str_is(node->text, names[i]);
    }
    spoor_value value;
    if (!is_conversion || arg->kind != SPOOR_BOUND_CONSTANT ||
        !spoor_convert_constant(&arg->value, spoor_function_named(node->text)->result, &value)) {
        return NULL;
    }
    return spoor_bound_constant(b->arena, value, node->span);
}

/* substring() with a constant null for a number is a null, though a string, and so is what is asked
 * of it (conformance emulator_measured/238); in rows it is ''. */
static spoor_bound *bind_null_text(spoor_binder *b, const spoor_ast *node, spoor_bound **args,
                                   uint32_t nargs) {
    bool is_substring = spoor_str_is(node->text, "substring");
    bool asks = spoor_str_is(node->text, "isnull"),
         asks_not = spoor_str_is(node->text, "isnotnull");
    for (uint32_t i = 0; i < nargs; i++) {
        const spoor_bound *e = args[i];
        if (is_substring && i > 0 && e->kind == SPOOR_BOUND_CONSTANT && e->value.is_null) {
            spoor_bound *text = spoor_bound_null(b->arena, SPOOR_STRING, node->span);
            text->is_null_text = true;
            return text;
        }
        const spoor_function *row = e->is_null_text ? spoor_function_named(node->text) : NULL;
        if (row != NULL && (asks || asks_not)) {
            spoor_value value = {.type = SPOOR_BOOL, .boolean = asks};
            return spoor_bound_constant(b->arena, value, node->span);
        }
        if (row != NULL && !row->sees_nulls && row->result != SPOOR_STRING) {
            return spoor_bound_null(b->arena, row->result, node->span);
        }
    }
    return NULL;
}

static spoor_bound *bind_builtin(spoor_binder *b, const spoor_ast *node) {
    if (spoor_function_named(node->text) == NULL) {
        spoor_bind_no_function(b, node->at, node->text);
        return NULL;
    }
    spoor_bound **args = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, node->nchildren + 1);
    uint32_t nargs = 0;
    bool failed = false;
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        const spoor_ast *value = child->kind == SPOOR_AST_NAMED ? child->first : child;
        args[nargs] = spoor_bind_expr(b, value);
        failed = failed || args[nargs] == NULL;
        nargs++;
    }
    if (failed) {
        return NULL;
    }
    bool is_number = nargs == 1 && (SPOOR_TYPE_SET(args[0]->type) & SPOOR_T_NUMBER) != 0;
    if (is_number && spoor_str_is(node->text, "not")) {
        args[0] = spoor_bind_convert(b, args[0], SPOOR_BOOL); /* not(1), emul-measured/203 */
    }
    spoor_bound *known = nargs == 1 ? convert_constant(b, node, args[0]) : NULL;
    known = known != NULL ? known : bind_null_text(b, node, args, nargs);
    if (known != NULL) {
        return known;
    }
    spoor_bind_lint_call(b, node, args, nargs);
    return spoor_bind_apply(b, node->text, args, nargs, node->span, node->at);
}

spoor_bound *spoor_bind_call(spoor_binder *b, const spoor_ast *node) {
    bool is_local = spoor_scope_find(b->scope, node->text) != NULL;
    if (!is_local) {
        bool done = false;
        spoor_bound *of_graph = spoor_bind_graph_call(b, node, &done);
        if (done) {
            return of_graph;
        }
        spoor_bound *form = spoor_bind_form(b, node, &done);
        if (done) {
            return form;
        }
        if (spoor_bind_is_window(node->text)) {
            return spoor_bind_window(b, node);
        }
        if (b->aggregates != NULL && spoor_aggregate_named(node->text) != NULL) {
            uint32_t first, count;
            return spoor_bind_aggregate(b, node, &first, &count);
        }
    }
    if (spoor_bind_is_user_function(b, node->text)) {
        bool found = false;
        spoor_bind_result result = spoor_bind_user_call(b, node, node->text, NULL, &found);
        if (result.plan != NULL) {
            spoor_fail(b->diags, node->span, "'%.*s' gives rows, and a value is needed here",
                       SPOOR_S(node->text));
            spoor_hint(b->diags, "toscalar(%.*s(...)) gives its first value", SPOOR_S(node->text));
        }
        return result.value;
    }
    bool is_known = spoor_function_named(node->text) != NULL;
    const char *reason = is_known ? NULL : spoor_function_refusal(node->text);
    if (reason != NULL) {
        spoor_fail(b->diags, node->at, "'%.*s' is not supported", SPOOR_S(node->text));
        spoor_hint(b->diags, "%s", reason);
        return NULL;
    }
    return bind_builtin(b, node);
}
