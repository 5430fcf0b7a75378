/* bind_operator_nested.c - top-nested: the first values of each level within those of the level above.
 *
 * One TOP_NESTED over a summarize a level.  `with others` adds, for the rows of a
 * parent that made it to no child, one more child: they are the input without the
 * levels found so far (an anti join), summarized by parent.  Levels below that say
 * `with others` do the same over those rows; the others are null there. */
#include "planner/bind_legs.h"
#include "planner/bind_make.h"

enum { MAX_LEVELS = 64 };

typedef struct nested {
    spoor_binder *b;
    const spoor_ast *node;
    const spoor_plan *shared; /* the input */
    const spoor_ast *levels[MAX_LEVELS];
    uint32_t nlevels;
    spoor_schema schema; /* key and rank of each level in turn */
} nested;

/* The input once more; names mean its columns. */
static spoor_plan *input_again(nested *n) {
    spoor_plan *again = spoor_bind_shared_again(n->b, n->shared, n->node->span);
    n->b->row = n->b->outer_row = &again->schema;
    return again;
}

static const spoor_ast *ranking(const spoor_ast *level) {
    const spoor_ast *ordered = spoor_ast_clause(level, "by")->first;
    return ordered->kind == SPOOR_AST_ORDERED ? ordered->first : ordered;
}

/* by the keys of the first `count` levels */
static spoor_ast *keys_clause(nested *n, uint32_t count) {
    spoor_ast *by = spoor_make_node(n->b, SPOOR_AST_CLAUSE, SPOOR_STR("by"), n->node);
    for (uint32_t i = 0; i < count; i++) {
        spoor_make_append(by, spoor_make_copy(n->b, spoor_ast_clause(n->levels[i], "of")->first));
    }
    return by;
}

static bool bind_level(nested *n, uint32_t i, spoor_plan *plan) {
    spoor_binder *b = n->b;
    const spoor_ast *level = n->levels[i], *count = spoor_ast_prop(level, "count");
    const spoor_ast *ordered = spoor_ast_clause(level, "by")->first;
    spoor_plan *input = input_again(n);
    plan->nested.counts[i] = count != NULL ? spoor_bind_count(b, count->first) : NULL;
    plan->nested.ascending[i] = (ordered->flags & SPOOR_AST_ASC) != 0;
    spoor_str column = spoor_bind_column_name(b, spoor_ast_clause(level, "of")->first);
    spoor_str name = spoor_arena_format(b->arena, "aggregated_%.*s", SPOOR_S(column));
    plan->inputs[i] =
        spoor_make_summarize(b, level, name, ranking(level), keys_clause(n, i + 1), input);
    if (plan->inputs[i] == NULL || (count != NULL && plan->nested.counts[i] == NULL)) {
        return false;
    }
    return plan->inputs[i]->schema.ncols == i + 2 ||
           spoor_fail(b->diags, level->span, "expected one value for each key");
}

/* The first `count` levels. */
static spoor_plan *bind_levels(nested *n, uint32_t count) {
    spoor_binder *b = n->b;
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_TOP_NESTED, n->node->span, NULL);
    plan->inputs = SPOOR_NEW_ARRAY(b->arena, spoor_plan *, count);
    plan->nested.counts = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, count);
    plan->nested.ascending = SPOOR_NEW_ARRAY(b->arena, bool, count);
    plan->schema.columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, (size_t)2 * count);
    for (uint32_t i = 0; i < count; i++) {
        if (!bind_level(n, i, plan)) {
            return NULL;
        }
        plan->ninputs++;
        for (uint32_t c = 0; c < 2; c++) {
            spoor_column column = plan->inputs[i]->schema.columns[i + c];
            column.name =
                spoor_unique_name(b->arena, plan->schema.columns, plan->schema.ncols, column.name);
            plan->schema.columns[plan->schema.ncols++] = column;
        }
        plan->depth =
            plan->inputs[i]->depth >= plan->depth ? plan->inputs[i]->depth + 1 : plan->depth;
    }
    return plan;
}

/* -- others ------------------------------------------------------------------------------------ */

static bool has_others(const nested *n, uint32_t level) {
    return spoor_ast_clause(n->levels[level], "with") != NULL;
}

static bool any_others_from(const nested *n, uint32_t level) {
    for (uint32_t i = level; i < n->nlevels; i++) {
        if (has_others(n, i)) {
            return true;
        }
    }
    return false;
}

/* Left rows whose first `nkeys` keys are, or are not, those of a row of `levels`. */
static spoor_plan *join_levels(nested *n, spoor_plan *left, spoor_bound **left_keys, uint32_t nkeys,
                               spoor_plan *levels, spoor_join_kind kind) {
    spoor_binder *b = n->b;
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_JOIN, n->node->span, left);
    uint32_t nleft = left->schema.ncols;
    uint32_t nright = kind == SPOOR_JOIN_INNER ? levels->schema.ncols : 0;
    plan->inputs = SPOOR_NEW_ARRAY(b->arena, spoor_plan *, 2);
    plan->inputs[0] = left;
    plan->inputs[1] = levels;
    plan->ninputs = 2;
    plan->depth = (left->depth > levels->depth ? left->depth : levels->depth) + 1;
    plan->join.kind = kind;
    plan->join.nkeys = nkeys;
    plan->join.left_keys = left_keys;
    plan->join.right_keys = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, nkeys + 1);
    for (uint32_t i = 0; i < nkeys; i++) {
        plan->join.right_keys[i] =
            spoor_bound_column(b->arena, &levels->schema, (int)(2 * i), n->node->span);
    }
    plan->schema.ncols = nleft + nright;
    plan->schema.columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, plan->schema.ncols + 1);
    plan->join.outputs =
        spoor_arena_push(b->arena, plan->schema.ncols + 1, sizeof *plan->join.outputs);
    for (uint32_t i = 0; i < plan->schema.ncols; i++) {
        bool is_right = i >= nleft;
        uint32_t column = is_right ? i - nleft : i;
        plan->schema.columns[i] = (is_right ? levels : left)->schema.columns[column];
        plan->join.outputs[i].from_right = is_right;
        plan->join.outputs[i].column = (int)column;
    }
    return plan;
}

/* Rows of the input in none of the first `count` levels. */
static spoor_plan *rest_of(nested *n, uint32_t count) {
    spoor_binder *b = n->b;
    spoor_plan *input = input_again(n);
    spoor_bound **keys = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, count);
    for (uint32_t i = 0; i < count; i++) {
        const spoor_ast *of = spoor_ast_clause(n->levels[i], "of")->first;
        keys[i] = spoor_bind_expr(b, of->kind == SPOOR_AST_NAMED ? of->first : of);
        if (keys[i] == NULL) {
            return NULL;
        }
    }
    spoor_plan *levels = bind_levels(n, count);
    return levels != NULL ? join_levels(n, input, keys, count, levels, SPOOR_JOIN_LEFTANTI) : NULL;
}

/* They are summarized: keys of the levels above `from`, then a value for each level with others. */
static spoor_plan *summarize_rest(nested *n, uint32_t from, spoor_plan *rest) {
    spoor_binder *b = n->b;
    const spoor_str none = {NULL, 0};
    spoor_ast *node = spoor_make_node(b, SPOOR_AST_SUMMARIZE, none, n->node);
    for (uint32_t i = from; i < n->nlevels; i++) {
        if (has_others(n, i)) {
            const spoor_ast *value = ranking(n->levels[i]);
            value = value->kind == SPOOR_AST_NAMED ? value->first : value;
            spoor_ast *item = spoor_make_node(b, SPOOR_AST_NAMED,
                                              spoor_arena_format(b->arena, "#others%u", i), value);
            spoor_make_append(item, spoor_make_copy(b, value));
            spoor_make_append(node, item);
        }
    }
    spoor_ast *by = keys_clause(n, from);
    if (from == 0) { /* no row where there is no rest */
        spoor_ast *one = spoor_make_node(b, SPOOR_AST_LITERAL, SPOOR_STR("1"), n->node);
        one->type = SPOOR_AST_LONG;
        spoor_make_append(by, one);
    }
    spoor_make_append(node, by);
    b->row = b->outer_row = &rest->schema;
    return spoor_bind_summarize(b, node, rest);
}

static spoor_bound *others_key(nested *n, uint32_t level) {
    spoor_binder *b = n->b;
    const spoor_ast *with = spoor_ast_clause(n->levels[level], "with");
    spoor_type type = n->schema.columns[2 * level].type;
    if (with == NULL) {
        return spoor_bound_null(b->arena, type, n->node->span);
    }
    return spoor_bind_as(b, with->first, type);
}

/* What `from` and the levels below it show of the rest of each parent. */
static spoor_plan *bind_others(nested *n, uint32_t from) {
    spoor_binder *b = n->b;
    spoor_plan *rest = rest_of(n, from + 1);
    spoor_plan *sums = rest != NULL ? summarize_rest(n, from, rest) : NULL;
    if (sums == NULL) {
        return NULL;
    }
    spoor_plan *all = sums;
    uint32_t first_parent = sums->schema.ncols, at = from > 0 ? from : 1;
    if (from > 0) {
        spoor_bound **keys = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, from);
        for (uint32_t i = 0; i < from; i++) {
            keys[i] = spoor_bound_column(b->arena, &sums->schema, (int)i, n->node->span);
        }
        spoor_plan *parents = bind_levels(n, from);
        if (parents == NULL) {
            return NULL;
        }
        all = join_levels(n, sums, keys, from, parents, SPOOR_JOIN_INNER);
    }
    spoor_bind_columns c = spoor_columns_new(b, NULL);
    for (uint32_t i = 0; i < 2 * n->nlevels; i++) {
        spoor_type type = n->schema.columns[i].type;
        spoor_bound *e;
        if (i < 2 * from) {
            e = spoor_bound_column(b->arena, &all->schema, (int)(first_parent + i), n->node->span);
        } else if (i % 2 == 0) {
            e = others_key(n, i / 2);
        } else {
            e = has_others(n, i / 2)
                    ? spoor_bound_column(b->arena, &all->schema, (int)at++, n->node->span)
                    : spoor_bound_null(b->arena, type, n->node->span);
        }
        if (e == NULL) {
            return NULL;
        }
        spoor_columns_add(&c, n->schema.columns[i].name, e);
    }
    return spoor_columns_project(&c, all, n->node->span);
}

/* -- the operator ------------------------------------------------------------------------------ */

spoor_plan *spoor_bind_top_nested(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    nested n = {.b = b, .node = node};
    uint32_t errors = b->diags->nerrors;
    for (const spoor_ast *level = node->first; level != NULL; level = level->next) {
        if (n.nlevels == MAX_LEVELS) {
            spoor_fail(b->diags, level->span, "more than %d levels", MAX_LEVELS);
            return NULL;
        }
        if (spoor_ast_clause(level, "of") == NULL || spoor_ast_clause(level, "by") == NULL) {
            spoor_fail(b->diags, level->span, "a level needs 'of' and 'by'");
            return NULL;
        }
        n.levels[n.nlevels++] = level;
    }
    n.shared = spoor_bind_shared(b, input, node->span);
    spoor_plan *plan = bind_levels(&n, n.nlevels);
    if (plan == NULL || b->diags->nerrors > errors) {
        return NULL;
    }
    n.schema = plan->schema;
    if (!any_others_from(&n, 0)) {
        return plan;
    }
    spoor_bind_legs legs = {.b = b};
    spoor_legs_add(&legs, plan, (spoor_str){NULL, 0});
    for (uint32_t i = n.nlevels; i-- > 0;) {
        bool is_cut = spoor_ast_prop(n.levels[i], "count") != NULL;
        if (is_cut && any_others_from(&n, i)) {
            spoor_plan *others = bind_others(&n, i);
            if (others == NULL) {
                return NULL;
            }
            spoor_legs_add(&legs, others, (spoor_str){NULL, 0});
        }
    }
    return spoor_legs_union(&legs, node, false, (spoor_str){NULL, 0});
}
