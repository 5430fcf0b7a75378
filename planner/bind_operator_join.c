/* bind_operator_join.c - join and lookup.
 *
 * Columns: the left's, then the right's; a right column whose name is taken is
 * renamed (x1, or the next number that no column of either side has).  lookup
 * leaves the right's keys out.  semi and anti joins keep one side. */
#include "planner/bind.h"

typedef struct join_keys {
    spoor_bound **left, **right;
    uint32_t count, capacity, right_capacity;
} join_keys;

typedef struct join_sides {
    spoor_binder *b;
    const spoor_schema *left, *right;
    join_keys keys;
} join_sides;

static bool is_number(spoor_type type) {
    return (SPOOR_TYPE_SET(type) & SPOOR_T_NUMBER) != 0;
}

static bool add_key(join_sides *s, spoor_bound *left, spoor_bound *right, spoor_span span) {
    left =
        spoor_bind_settled(s->b, left, right->type == SPOOR_DYNAMIC ? SPOOR_STRING : right->type);
    right = spoor_bind_settled(s->b, right, left->type);
    if (left->type == SPOOR_DYNAMIC || right->type == SPOOR_DYNAMIC) {
        spoor_fail(s->b->diags, span, "a dynamic value cannot be a key of a join");
        return spoor_hint(s->b->diags, "extend a column with tostring(...) first");
    }
    if (left->type != right->type) {
        if (!is_number(left->type) || !is_number(right->type)) {
            return spoor_fail(s->b->diags, span, "a join cannot compare %s with %s",
                              spoor_type_phrase(left->type), spoor_type_phrase(right->type));
        }
        spoor_type wider = left->type > right->type ? left->type : right->type;
        left = spoor_bind_convert(s->b, left, wider);
        right = spoor_bind_convert(s->b, right, wider);
    }
    if (left == NULL || right == NULL) {
        return false;
    }
    SPOOR_GROW(s->b->arena, s->keys.left, s->keys.count, &s->keys.capacity);
    SPOOR_GROW(s->b->arena, s->keys.right, s->keys.count, &s->keys.right_capacity);
    s->keys.left[s->keys.count] = left;
    s->keys.right[s->keys.count++] = right;
    return true;
}

static spoor_bound *side_column(join_sides *s, bool is_right, spoor_str name, spoor_span span) {
    const spoor_schema *schema = is_right ? s->right : s->left;
    int column = spoor_schema_find(schema, name);
    if (spoor_bind_is_poisoned(s->b, name)) {
        return NULL;
    }
    if (column >= 0) {
        return spoor_bound_column(s->b->arena, schema, column, span);
    }
    const spoor_schema *row = s->b->row;
    s->b->row = schema;
    spoor_bind_no_column(s->b, span, name);
    s->b->row = row;
    return NULL;
}

/* $left.a or $right.b, or neither (false). */
static bool side_of(const spoor_ast *node, bool *is_right) {
    if (node->kind != SPOOR_AST_MEMBER || node->first == NULL ||
        node->first->kind != SPOOR_AST_SIDE) {
        return false;
    }
    *is_right = spoor_str_is(node->first->text, "right");
    return true;
}

/* One side of an equality: a column of that side.  A bare name means the side it stands on. */
static bool bind_equality(join_sides *s, const spoor_ast *node) {
    const spoor_ast *a = spoor_ast_child(node, 0), *b = spoor_ast_child(node, 1);
    bool a_right = false, b_right = true;
    bool a_sided = side_of(a, &a_right), b_sided = side_of(b, &b_right);
    bool a_named = a->kind == SPOOR_AST_NAME, b_named = b->kind == SPOOR_AST_NAME;
    if ((!a_sided && !a_named) || (!b_sided && !b_named)) {
        spoor_fail(s->b->diags, node->span, "a join compares columns only");
        return spoor_hint(s->b->diags, "write $left.column == $right.column");
    }
    if (a_sided && !b_sided) {
        b_right = !a_right;
    } else if (b_sided && !a_sided) {
        a_right = !b_right;
    }
    if (a_right == b_right) {
        return spoor_fail(s->b->diags, node->span, "both columns are of the %s side",
                          a_right ? "right" : "left");
    }
    spoor_bound *first = side_column(s, a_right, a->text, a->span);
    spoor_bound *second = side_column(s, b_right, b->text, b->span);
    if (first == NULL || second == NULL) {
        return false;
    }
    return a_right ? add_key(s, second, first, node->span) : add_key(s, first, second, node->span);
}

static bool bind_condition(join_sides *s, const spoor_ast *node) {
    if (!spoor_bind_enter(s->b, node->span)) {
        return false;
    }
    bool ok;
    if (node->kind == SPOOR_AST_NAME) {
        spoor_bound *left = side_column(s, false, node->text, node->span);
        spoor_bound *right = left != NULL ? side_column(s, true, node->text, node->span) : NULL;
        ok = left != NULL && right != NULL && add_key(s, left, right, node->span);
    } else if (node->kind == SPOOR_AST_BINARY && spoor_str_is(node->text, "==")) {
        ok = bind_equality(s, node);
    } else if (node->kind == SPOOR_AST_BINARY && spoor_str_is(node->text, "and")) {
        ok = true;
        for (const spoor_ast *part = node->first; part != NULL; part = part->next) {
            ok = bind_condition(s, part) && ok;
        }
    } else if (node->kind == SPOOR_AST_PIPELINE && node->nchildren == 1) {
        ok = bind_condition(s, node->first);
    } else {
        spoor_fail(s->b->diags, node->span, "a join compares columns with == only");
        ok = spoor_hint(s->b->diags, "write $left.column == $right.column, and a where behind");
    }
    spoor_bind_leave(s->b);
    return ok;
}

static bool join_kind(spoor_binder *b, const spoor_ast *node, spoor_join_kind *kind) {
    static const struct {
        const char *name;
        spoor_join_kind kind;
    } kinds[] = {
        {"innerunique", SPOOR_JOIN_INNERUNIQUE}, {"inner", SPOOR_JOIN_INNER},
        {"leftouter", SPOOR_JOIN_LEFTOUTER},     {"rightouter", SPOOR_JOIN_RIGHTOUTER},
        {"fullouter", SPOOR_JOIN_FULLOUTER},     {"leftsemi", SPOOR_JOIN_LEFTSEMI},
        {"rightsemi", SPOOR_JOIN_RIGHTSEMI},     {"leftanti", SPOOR_JOIN_LEFTANTI},
        {"anti", SPOOR_JOIN_LEFTANTI},           {"leftantisemi", SPOOR_JOIN_LEFTANTI},
        {"rightanti", SPOOR_JOIN_RIGHTANTI},     {"rightantisemi", SPOOR_JOIN_RIGHTANTI},
    };
    bool is_lookup = node->kind == SPOOR_AST_LOOKUP;
    *kind = is_lookup ? SPOOR_JOIN_LEFTOUTER : SPOOR_JOIN_INNERUNIQUE;
    spoor_str name;
    if (!spoor_bind_prop_text(node, "kind", &name)) {
        return true;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (spoor_str_is(name, kinds[i].name)) {
            *kind = kinds[i].kind;
            bool fits = !is_lookup || *kind == SPOOR_JOIN_INNER || *kind == SPOOR_JOIN_LEFTOUTER;
            return fits || spoor_fail(b->diags, spoor_ast_prop(node, "kind")->span,
                                      "a lookup is inner or leftouter");
        }
    }
    return spoor_fail(b->diags, spoor_ast_prop(node, "kind")->span, "no join is called '%.*s'",
                      SPOOR_S(name));
}

static bool is_right_key(const join_keys *keys, int column) {
    for (uint32_t i = 0; i < keys->count; i++) {
        const spoor_bound *key = keys->right[i];
        while (key->kind == SPOOR_BOUND_CALL) {
            key = key->args[0]; /* a widened column */
        }
        if (key->column == column) {
            return true;
        }
    }
    return false;
}

/* A right column's name: its own, or with the first number that nothing on either side has. */
static spoor_str right_name(const join_sides *s, const spoor_column *columns, uint32_t n,
                            spoor_str name) {
    bool taken = false;
    for (uint32_t i = 0; i < n && !taken; i++) {
        taken = spoor_str_eq(columns[i].name, name);
    }
    spoor_str unique = name;
    for (uint32_t number = 1; taken; number++) {
        unique = spoor_arena_format(s->b->arena, "%.*s%u", SPOOR_S(name), number);
        taken = spoor_schema_find(s->right, unique) >= 0;
        for (uint32_t i = 0; i < n && !taken; i++) {
            taken = spoor_str_eq(columns[i].name, unique);
        }
    }
    return unique;
}

static void add_outputs(join_sides *s, spoor_plan *plan, bool is_lookup) {
    spoor_join_kind kind = plan->join.kind;
    bool only_left = kind == SPOOR_JOIN_LEFTSEMI || kind == SPOOR_JOIN_LEFTANTI;
    bool only_right = kind == SPOOR_JOIN_RIGHTSEMI || kind == SPOOR_JOIN_RIGHTANTI;
    uint32_t most = s->left->ncols + s->right->ncols, n = 0;
    spoor_column *columns = SPOOR_NEW_ARRAY(s->b->arena, spoor_column, most + 1);
    plan->join.outputs = spoor_arena_push(s->b->arena, most + 1, sizeof *plan->join.outputs);
    for (uint32_t i = 0; i < s->left->ncols && !only_right; i++) {
        if (!s->left->columns[i].hidden) {
            columns[n] = s->left->columns[i];
            plan->join.outputs[n++].column = (int)i;
        }
    }
    for (uint32_t i = 0; i < s->right->ncols && !only_left; i++) {
        if (!s->right->columns[i].hidden && !(is_lookup && is_right_key(&s->keys, (int)i))) {
            columns[n] = s->right->columns[i];
            columns[n].name = right_name(s, columns, n, columns[n].name);
            plan->join.outputs[n].from_right = true;
            plan->join.outputs[n++].column = (int)i;
        }
    }
    const spoor_schema *lineage = only_right ? s->right : s->left;
    for (uint32_t i = 0; i < lineage->ncols; i++) {
        if (lineage->columns[i].hidden) {
            columns[n] = lineage->columns[i];
            plan->join.outputs[n].from_right = only_right;
            plan->join.outputs[n++].column = (int)i;
        }
    }
    plan->schema = (spoor_schema){n, columns};
}

spoor_plan *spoor_bind_join(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    bool is_lookup = node->kind == SPOOR_AST_LOOKUP;
    const spoor_ast *right_node = spoor_bind_first_child(node);
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_JOIN, node->span, input);
    bool ok = spoor_bind_check_props(b, node, "kind");
    ok = join_kind(b, node, &plan->join.kind) && ok;
    spoor_plan *right = spoor_bind_table(b, right_node);
    const spoor_ast *on = spoor_ast_clause(node, "on"), *where = spoor_ast_clause(node, "where");
    if (where != NULL) {
        spoor_bind_unsupported(b, where->span, "join ... where");
        return NULL;
    }
    if (right == NULL) {
        return NULL;
    }
    plan->inputs = SPOOR_NEW_ARRAY(b->arena, spoor_plan *, 2);
    plan->inputs[0] = input;
    plan->inputs[1] = right;
    plan->depth = right->depth >= plan->depth ? right->depth + 1 : plan->depth;
    plan->ninputs = 2;
    join_sides sides = {.b = b, .left = &input->schema, .right = &right->schema};
    for (const spoor_ast *c = on != NULL ? on->first : NULL; c != NULL; c = c->next) {
        ok = bind_condition(&sides, c) && ok;
    }
    if (on == NULL || on->first == NULL) {
        spoor_fail(b->diags, node->at, "a %s needs 'on'", is_lookup ? "lookup" : "join");
    }
    plan->join.left_keys = sides.keys.left;
    plan->join.right_keys = sides.keys.right;
    plan->join.nkeys = sides.keys.count;
    add_outputs(&sides, plan, is_lookup);
    (void)ok;
    return plan;
}
