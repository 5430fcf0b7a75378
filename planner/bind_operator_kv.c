/* bind_operator_kv.c - parse-kv: values out of a text by their keys.
 *
 * As with parse, the columns are made behind the input's, and a PROJECT on top
 * moves them to where the language has them. */
#include "planner/bind.h"
#include "regex/regex.h"

/* true or false, written as a word. */
static bool bind_flag(spoor_binder *b, const spoor_ast *prop, bool *flag) {
    *flag = spoor_str_is(prop->first->text, "true");
    return *flag || spoor_str_is(prop->first->text, "false") ||
           spoor_fail(b->diags, prop->span, "expected true or false");
}

static void add_text(spoor_binder *b, spoor_str *to, spoor_str more) {
    *to = spoor_arena_format(b->arena, "%.*s%.*s", SPOOR_S(*to), SPOOR_S(more));
}

static bool bind_quote(spoor_binder *b, const spoor_ast *prop, spoor_str text, spoor_plan *plan) {
    if (text.len < 1 || text.len > 2) {
        return spoor_fail(b->diags, prop->span, "a quote is one character or a pair of them");
    }
    char pair[2] = {text.ptr[0], text.ptr[text.len - 1]};
    add_text(b, &plan->kv.quotes, (spoor_str){pair, 2});
    return true;
}

static bool bind_regex(spoor_binder *b, const spoor_ast *prop, spoor_str text, spoor_plan *plan) {
    spoor_regex_error error;
    const spoor_regex *regex = spoor_regex_compile(b->arena, text, 0, &error);
    if (regex == NULL) {
        return spoor_fail(b->diags, prop->span, "%s", error.message);
    }
    plan->kv.regex = text;
    return spoor_regex_groups(regex) == 2 ||
           spoor_fail(b->diags, prop->span, "the regex must have two groups, not %u",
                      spoor_regex_groups(regex));
}

static bool bind_option(spoor_binder *b, const spoor_ast *prop, spoor_plan *plan) {
    spoor_str text;
    if (spoor_str_is(prop->text, "greedy")) {
        return bind_flag(b, prop, &plan->kv.is_greedy);
    }
    if (!spoor_bind_text(b, prop->first, &text)) {
        return false;
    }
    if (spoor_str_is(prop->text, "quote")) {
        return bind_quote(b, prop, text, plan);
    }
    if (text.len == 0) {
        return spoor_fail(b->diags, prop->span, "'%.*s' is empty", SPOOR_S(prop->text));
    }
    if (spoor_str_is(prop->text, "regex")) {
        return bind_regex(b, prop, text, plan);
    }
    if (spoor_str_is(prop->text, "pair_delimiter")) {
        plan->kv.pair_delimiter = text;
    } else if (spoor_str_is(prop->text, "kv_delimiter")) {
        plan->kv.kv_delimiter = text;
    } else if (spoor_str_is(prop->text, "escape")) {
        add_text(b, &plan->kv.escapes, text);
        return text.len == 1 || spoor_fail(b->diags, prop->span, "an escape is one character");
    } else {
        return spoor_fail(b->diags, prop->span, "'parse-kv' has no option '%.*s'",
                          SPOOR_S(prop->text));
    }
    return true;
}

static bool check_options(spoor_binder *b, const spoor_ast *node, spoor_plan *plan) {
    bool has_pair = plan->kv.pair_delimiter.len > 0, has_kv = plan->kv.kv_delimiter.len > 0;
    plan->kv.has_delimiters = has_pair && has_kv;
    if (has_pair != has_kv) {
        return spoor_fail(b->diags, node->at,
                          "pair_delimiter and kv_delimiter are given together or not at all");
    }
    bool has_others =
        has_pair || plan->kv.quotes.len > 0 || plan->kv.escapes.len > 0 || plan->kv.is_greedy;
    if (plan->kv.regex.len > 0 && has_others) {
        return spoor_fail(b->diags, node->at, "a regex stands alone");
    }
    return !plan->kv.is_greedy || has_pair ||
           spoor_fail(b->diags, node->at, "greedy needs delimiters");
}

static bool bind_keys(spoor_binder *b, const spoor_ast *as, spoor_plan *plan,
                      spoor_bind_columns *made) {
    bool ok = as != NULL;
    for (const spoor_ast *n = as != NULL ? as->first : NULL; n != NULL; n = n->next) {
        if (n->type == SPOOR_AST_NO_TYPE) {
            ok = spoor_fail(b->diags, n->span, "no type named '%.*s'", SPOOR_S(n->extra));
            continue;
        }
        spoor_bound *value = spoor_bound_null(b->arena, (spoor_type)n->type, n->span);
        ok = spoor_columns_declare(made, n->text, value, false, n->span) && ok;
    }
    plan->kv.nkeys = made->count;
    return ok;
}

spoor_plan *spoor_bind_parse_kv(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_PARSE_KV, node->span, input);
    spoor_bind_columns made = spoor_columns_new(b, NULL);
    const spoor_ast *with = spoor_ast_clause(node, "with");
    spoor_bound *text = spoor_bind_expr(b, spoor_bind_first_child(node));
    bool ok = bind_keys(b, spoor_ast_clause(node, "as"), plan, &made) && text != NULL;
    for (const spoor_ast *p = with != NULL ? with->first : NULL; p != NULL; p = p->next) {
        ok = p->kind == SPOOR_AST_PROP && p->first != NULL && bind_option(b, p, plan) && ok;
    }
    ok = ok && check_options(b, node, plan);
    plan->kv.text = ok ? spoor_bind_convert(b, text, SPOOR_STRING) : NULL;
    if (plan->kv.text == NULL) {
        return NULL;
    }
    uint32_t first = input->schema.ncols;
    plan->schema.columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, first + made.count + 1);
    plan->schema.ncols = first + made.count;
    for (uint32_t i = 0; i < first; i++) {
        plan->schema.columns[i] = input->schema.columns[i];
    }
    spoor_bind_columns c = spoor_columns_new(b, &input->schema);
    spoor_columns_add_input(&c);
    for (uint32_t i = 0; i < made.count; i++) {
        plan->schema.columns[first + i] = made.columns[i];
        spoor_bound *e = spoor_bound_column(b->arena, &plan->schema, (int)(first + i), node->span);
        spoor_columns_declare(&c, made.columns[i].name, e, true, node->span);
    }
    return spoor_columns_project(&c, plan, node->span);
}
