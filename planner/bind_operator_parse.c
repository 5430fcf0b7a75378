/* bind_operator_parse.c - parse and parse-where: text cut up by a pattern.
 *
 * A PARSE puts its columns behind all of the input's; a PROJECT on top moves
 * them to where the language has them: in place of one of the same name, else
 * last, before hidden ones. */
#include "planner/bind.h"

static bool is_text_part(const spoor_ast *node) {
    return node != NULL && node->kind == SPOOR_AST_LITERAL;
}

static bool check_order(spoor_binder *b, const spoor_ast *before, const spoor_ast *part) {
    if (part->kind == SPOOR_AST_STAR && part->next != NULL && !is_text_part(part->next)) {
        return spoor_fail(b->diags, part->span, "a * must be followed by a string");
    }
    if (part->kind == SPOOR_AST_STAR && before != NULL && before->kind == SPOOR_AST_COLUMN_DECL &&
        before->type == SPOOR_AST_STRING) {
        return spoor_fail(b->diags, part->span,
                          "a * behind the column '%.*s' does not say where that one ends",
                          SPOOR_S(before->text));
    }
    if (part->kind == SPOOR_AST_COLUMN_DECL && before != NULL && !is_text_part(before)) {
        return spoor_fail(b->diags, part->span, "a string must stand before the column '%.*s'",
                          SPOOR_S(part->text));
    }
    return true;
}

static bool bind_part(spoor_binder *b, spoor_plan *plan, const spoor_ast *node,
                      spoor_bind_columns *made) {
    spoor_parse_part *part = &plan->parse.parts[plan->parse.nparts++];
    if (node->kind == SPOOR_AST_STAR) {
        part->kind = SPOOR_PARSE_SKIP;
        return true;
    }
    if (is_text_part(node)) {
        part->kind = SPOOR_PARSE_TEXT;
        part->text = node->text;
        return true;
    }
    if (node->kind != SPOOR_AST_COLUMN_DECL || node->type == SPOOR_AST_NO_TYPE) {
        return spoor_fail(b->diags, node->span, "no type named '%.*s'", SPOOR_S(node->extra));
    }
    spoor_type type = (spoor_type)node->type;
    *part = (spoor_parse_part){.kind = SPOOR_PARSE_COLUMN, .type = type, .output = made->count};
    return spoor_columns_declare(made, node->text, spoor_bound_null(b->arena, type, node->span),
                                 false, node->span);
}

static spoor_plan *place_columns(spoor_binder *b, spoor_plan *plan, spoor_plan *input,
                                 const spoor_bind_columns *made) {
    uint32_t first = input->schema.ncols;
    spoor_bind_columns c = spoor_columns_new(b, &input->schema);
    spoor_columns_add_input(&c);
    for (uint32_t i = 0; i < made->count; i++) {
        spoor_bound *e = spoor_bound_column(b->arena, &plan->schema, (int)(first + i), plan->span);
        spoor_columns_declare(&c, made->columns[i].name, e, true, plan->span);
    }
    return spoor_columns_project(&c, plan, plan->span);
}

spoor_plan *spoor_bind_parse(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    const spoor_ast *text_node = spoor_bind_first_child(node);
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_PARSE, node->span, input);
    spoor_bound *text = spoor_bind_expr(b, text_node);
    plan->parse.text = text != NULL ? spoor_bind_convert(b, text, SPOOR_STRING) : NULL;
    plan->parse.is_regex = spoor_str_is(node->text, "regex");
    plan->parse.is_relaxed = spoor_str_is(node->text, "relaxed");
    plan->parse.flags = node->extra;
    plan->parse.drop_unmatched = node->kind == SPOOR_AST_PARSE_WHERE;
    plan->parse.parts = SPOOR_NEW_ARRAY(b->arena, spoor_parse_part, (size_t)node->nchildren + 1);
    spoor_bind_columns made = spoor_columns_new(b, NULL);
    const spoor_ast *before = NULL;
    for (const spoor_ast *n = text_node != NULL ? text_node->next : NULL; n != NULL; n = n->next) {
        if (n->kind != SPOOR_AST_PROP && n->kind != SPOOR_AST_CLAUSE) {
            check_order(b, before, n);
            bind_part(b, plan, n, &made);
            before = n;
        }
    }
    if (plan->parse.text == NULL) {
        for (uint32_t i = 0; i < made.count; i++) {
            spoor_bind_poison(b, made.columns[i].name);
        }
        return input;
    }
    uint32_t ncols = input->schema.ncols + made.count;
    plan->schema.columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, ncols + 1);
    plan->schema.ncols = ncols;
    for (uint32_t i = 0; i < input->schema.ncols; i++) {
        plan->schema.columns[i] = input->schema.columns[i];
    }
    for (uint32_t i = 0; i < made.count; i++) {
        plan->schema.columns[input->schema.ncols + i] = made.columns[i];
    }
    for (uint32_t i = 0; i < plan->parse.nparts; i++) {
        if (plan->parse.parts[i].kind == SPOOR_PARSE_COLUMN) {
            plan->parse.parts[i].output += input->schema.ncols;
        }
    }
    return place_columns(b, plan, input, &made);
}
