/* bind_operator_union.c - union: legs, their columns put together.
 *
 * Columns come in the order of their first sight.  One name with several types
 * becomes name_type each, at that place; a real column of such a name keeps it
 * and the made one is numbered (conformance README).  isfuzzy leaves out legs
 * with names that nobody knows. */
#include "planner/bind_legs.h"

void spoor_legs_add(spoor_bind_legs *l, spoor_plan *plan, spoor_str name) {
    if (plan != NULL) {
        SPOOR_GROW(l->b->arena, l->items, l->count, &l->capacity);
        l->items[l->count++] = (spoor_bind_leg){plan, name, l->next_number};
    }
    l->next_number++;
}

/* -- isfuzzy ----------------------------------------------------------------------------------- */

typedef spoor_plan *(*leg_binder)(spoor_binder *b, const spoor_ast *node, spoor_str name);

static spoor_plan *bind_leg_node(spoor_binder *b, const spoor_ast *node, spoor_str name) {
    (void)name;
    return spoor_bind_table(b, node);
}

static spoor_plan *bind_leg_name(spoor_binder *b, const spoor_ast *node, spoor_str name) {
    return spoor_bind_named_table(b, name, node->span);
}

static void append(spoor_diags *diags, const spoor_diag *first) {
    for (const spoor_diag *d = first; d != NULL; d = d->next) {
        const spoor_diag *before = diags->last;
        if (d->severity == SPOOR_ERROR) {
            spoor_fail(diags, d->span, "%s", d->message);
        } else {
            spoor_warn(diags, d->span, "%s", d->message);
        }
        if (diags->last != before) {
            diags->last->code = d->code;
        }
        if (d->hint != NULL) {
            spoor_hint(diags, "%s", d->hint);
        }
    }
}

static const spoor_diag *first_error(const spoor_diags *diags) {
    const spoor_diag *d = diags->first;
    while (d != NULL && d->severity != SPOOR_ERROR) {
        d = d->next;
    }
    return d;
}

/* Try a leg with a list of mistakes of its own: unknown names alone leave it out. */
static spoor_plan *bind_fuzzy(spoor_bind_legs *l, leg_binder bind, const spoor_ast *node,
                              spoor_str name) {
    spoor_binder *b = l->b;
    spoor_diags *outer = b->diags;
    spoor_diags own = {
        .arena = outer->arena, .sources = outer->sources, .nsources = outer->nsources};
    uint32_t unresolved = b->unresolved, poisoned = b->poisoned.count;
    b->diags = &own;
    b->unresolved = 0;
    b->fuzzy_open++;
    spoor_plan *plan = bind(b, node, name);
    b->fuzzy_open--;
    bool only_unknown = own.nerrors > 0 && b->unresolved >= own.nerrors;
    b->unresolved = unresolved;
    b->poisoned.count = poisoned;
    b->diags = outer;
    outer->sources = own.sources;
    outer->nsources = own.nsources;
    if (own.nerrors == 0 || !only_unknown || b->options->strict) {
        append(outer, own.first);
        if (own.nerrors > 0) {
            b->unresolved += only_unknown ? own.nerrors : 0;
            return NULL;
        }
        return plan;
    }
    const spoor_diag *why = first_error(&own);
    if (why != NULL) {
        spoor_bind_warn(b, "fuzzy-leg", why->span, "%s; isfuzzy leaves this leg of the union out",
                        why->message);
    }
    return NULL;
}

static spoor_plan *bind_one(spoor_bind_legs *l, leg_binder bind, const spoor_ast *node,
                            spoor_str name) {
    return l->is_fuzzy ? bind_fuzzy(l, bind, node, name) : bind(l->b, node, name);
}

/* -- which legs -------------------------------------------------------------------------------- */

/* A leg's name as withsource tells it: a stored table or view, or what `as` says. */
static spoor_str source_name(spoor_binder *b, const spoor_ast *node) {
    const spoor_str none = {NULL, 0};
    if (node->kind == SPOOR_AST_PIPELINE) {
        if (node->nchildren > 1 && node->last->kind == SPOOR_AST_AS) {
            return node->last->text;
        }
        return node->nchildren == 1 ? source_name(b, node->first) : none;
    }
    if (node->kind == SPOOR_AST_MEMBER && spoor_bind_is_place(b, node->first)) {
        return node->text;
    }
    if (node->kind != SPOOR_AST_NAME && node->kind != SPOOR_AST_CALL) {
        return none;
    }
    const spoor_symbol *symbol = spoor_scope_find(b->scope, node->text);
    if (symbol != NULL) {
        return symbol->is_view || symbol->kind == SPOOR_SYMBOL_SHARED ? node->text : none;
    }
    return node->kind == SPOOR_AST_NAME ? node->text : none;
}

/* Tables that have no data here.  `*` alone is for those that have. */
static void add_empty(spoor_bind_legs *l, const spoor_ast *node, spoor_str pattern) {
    spoor_catalog *catalog = l->b->catalog;
    const void *cursor = NULL;
    if (catalog->empty_next == NULL || spoor_str_is(pattern, "*")) {
        return;
    }
    for (spoor_str name; catalog->empty_next(catalog, &cursor, &name);) {
        if (spoor_bind_name_matches(pattern, name) && catalog->function(catalog, name) == NULL) {
            spoor_legs_add(l, bind_one(l, bind_leg_name, node, name), name);
        }
    }
}

/* `union Sec*`: stored tables, views of the store and views of this text. */
void spoor_legs_add_matching(spoor_bind_legs *l, const spoor_ast *node, spoor_str pattern) {
    spoor_binder *b = l->b;
    uint32_t before = l->count;
    for (spoor_scope *scope = b->scope; scope != NULL; scope = scope->parent) {
        for (spoor_symbol *s = scope->first; s != NULL; s = s->next) {
            if (s->is_view && spoor_bind_name_matches(pattern, s->name)) {
                spoor_legs_add(l, bind_one(l, bind_leg_name, node, s->name), s->name);
            }
        }
    }
    if (b->catalog != NULL && !spoor_scope_is_closed(b->scope)) {
        const spoor_table *table;
        for (size_t i = 0; (table = b->catalog->table_at(b->catalog, i)) != NULL; i++) {
            bool is_hidden = table->name.len > 0 && table->name.ptr[0] == '_';
            if (!is_hidden && spoor_bind_name_matches(pattern, table->name)) {
                spoor_legs_add(l, bind_one(l, bind_leg_name, node, table->name), table->name);
            }
        }
        const spoor_stored_function *f;
        for (size_t i = 0; (f = b->catalog->function_at(b->catalog, i)) != NULL; i++) {
            bool is_left_out = f->is_again && spoor_str_is(pattern, "*");
            if (f->is_view && !is_left_out && spoor_bind_name_matches(pattern, f->name)) {
                spoor_legs_add(l, bind_one(l, bind_leg_name, node, f->name), f->name);
            }
        }
        add_empty(l, node, pattern);
    }
    if (l->count == before && !l->is_fuzzy) {
        b->unresolved++;
        spoor_fail(b->diags, node->span, "no table's name matches '%.*s'", SPOOR_S(pattern));
    }
}

void spoor_legs_bind(spoor_bind_legs *l, const spoor_ast *first) {
    for (const spoor_ast *n = first; n != NULL; n = n->next) {
        const spoor_ast *inner = n;
        while (inner->kind == SPOOR_AST_PIPELINE && inner->nchildren == 1) {
            inner = inner->first;
        }
        if (inner->kind == SPOOR_AST_WILDCARD || spoor_bind_own_pattern(l->b, inner)) {
            spoor_legs_add_matching(l, inner, inner->text);
        } else if (inner->kind == SPOOR_AST_STAR) {
            spoor_legs_add_matching(l, inner, SPOOR_STR("*"));
        } else {
            spoor_str name = source_name(l->b, n);
            spoor_legs_add(l, bind_one(l, bind_leg_node, n, name), name);
        }
    }
}

/* -- columns ----------------------------------------------------------------------------------- */

typedef struct union_columns {
    spoor_column *items; /* .name as the legs have it, then as the union has it */
    spoor_str *original;
    uint32_t count, capacity, original_capacity;
    bool has_twins; /* of one name and several types */
} union_columns;

static void add_column(spoor_binder *b, union_columns *u, spoor_column column) {
    bool has_twin = false;
    for (uint32_t i = 0; i < u->count; i++) {
        bool is_alike =
            u->items[i].hidden == column.hidden && spoor_str_eq(u->original[i], column.name);
        if (is_alike && u->items[i].type == column.type) {
            return;
        }
        has_twin |= is_alike;
    }
    u->has_twins |= has_twin;
    SPOOR_GROW(b->arena, u->items, u->count, &u->capacity);
    SPOOR_GROW(b->arena, u->original, u->count, &u->original_capacity);
    u->items[u->count] = column;
    u->original[u->count++] = column.name;
}

static bool in_every_leg(const spoor_bind_legs *l, const spoor_column *column) {
    for (uint32_t k = 0; k < l->count; k++) {
        int at = spoor_schema_find(&l->items[k].plan->schema, column->name);
        if (at < 0 || l->items[k].plan->schema.columns[at].type != column->type) {
            return false;
        }
    }
    return true;
}

static void collect(const spoor_bind_legs *l, bool is_inner, bool hidden, union_columns *u) {
    for (uint32_t k = 0; k < l->count; k++) {
        const spoor_schema *schema = &l->items[k].plan->schema;
        for (uint32_t i = 0; i < schema->ncols; i++) {
            const spoor_column *column = &schema->columns[i];
            if (column->hidden == hidden && (!is_inner || hidden || in_every_leg(l, column))) {
                add_column(l->b, u, *column);
            }
        }
    }
}

static bool has_other_type(const union_columns *u, uint32_t at) {
    for (uint32_t i = 0; i < u->count; i++) {
        if (i != at && u->items[i].hidden == u->items[at].hidden &&
            spoor_str_eq(u->original[i], u->original[at])) {
            return true;
        }
    }
    return false;
}

/* Columns of one name stand together, where the name was first seen. */
static void group_by_name(union_columns *u) {
    for (uint32_t i = 0; i < u->count; i++) {
        uint32_t to = i + 1;
        for (uint32_t j = i + 1; j < u->count; j++) {
            if (!spoor_str_eq(u->original[j], u->original[i]) ||
                u->items[j].hidden != u->items[i].hidden) {
                continue;
            }
            spoor_column column = u->items[j];
            spoor_str name = u->original[j];
            memmove(&u->items[to + 1], &u->items[to], (j - to) * sizeof *u->items);
            memmove(&u->original[to + 1], &u->original[to], (j - to) * sizeof *u->original);
            u->items[to] = column;
            u->original[to++] = name;
        }
        i = to - 1;
    }
}

static void split_types(spoor_binder *b, union_columns *u) {
    if (!u->has_twins) {
        return;
    }
    group_by_name(u);
    bool *splits = SPOOR_NEW_ARRAY(b->arena, bool, u->count + 1);
    for (uint32_t i = 0; i < u->count; i++) {
        splits[i] = !u->items[i].hidden && has_other_type(u, i);
    }
    for (uint32_t i = 0; i < u->count; i++) {
        if (!splits[i]) {
            continue;
        }
        spoor_str base = spoor_arena_format(b->arena, "%.*s_%s", SPOOR_S(u->original[i]),
                                            spoor_type_name(u->items[i].type));
        spoor_str name = base;
        for (uint32_t number = 1;; number++) {
            bool taken = false;
            for (uint32_t j = 0; j < u->count && !taken; j++) {
                bool is_named = !splits[j] || j < i;
                taken = j != i && is_named && spoor_str_eq(u->items[j].name, name);
            }
            if (!taken) {
                break;
            }
            name = spoor_arena_format(b->arena, "%.*s%u", SPOOR_S(base), number);
        }
        u->items[i].name = name;
    }
}

/* next: where it may well be; it is changed to what stands behind. */
static int find_source(const spoor_schema *schema, spoor_str name, const spoor_column *column,
                       uint32_t *next) {
    for (uint32_t i = 0; i < schema->ncols; i++) {
        uint32_t at = *next + i < schema->ncols ? *next + i : *next + i - schema->ncols;
        const spoor_column *other = &schema->columns[at];
        if (other->type == column->type && other->hidden == column->hidden &&
            spoor_str_eq(other->name, name)) {
            *next = at + 1;
            return (int)at;
        }
    }
    return -1;
}

spoor_plan *spoor_legs_union(spoor_bind_legs *l, const spoor_ast *node, bool is_inner,
                             spoor_str source_column) {
    spoor_binder *b = l->b;
    spoor_plan **plans = SPOOR_NEW_ARRAY(b->arena, spoor_plan *, l->count);
    for (uint32_t k = 0; k < l->count; k++) {
        plans[k] = l->items[k].plan;
    }
    spoor_bind_homes(b, plans, l->count);
    union_columns u = {0};
    collect(l, is_inner, false, &u);
    collect(l, is_inner, true, &u);
    split_types(b, &u);
    uint32_t extra = source_column.len > 0 ? 1 : 0;
    uint32_t ncols = u.count + extra;
    if (ncols > SPOOR_MAX_COLUMNS) {
        spoor_fail(b->diags, node->at, "more than %d columns", SPOOR_MAX_COLUMNS);
        return NULL;
    }
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_UNION, node->span, NULL);
    plan->schema.columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, ncols + 1);
    plan->schema.ncols = ncols;
    plan->ninputs = l->count;
    plan->inputs = plans;
    plan->uni.maps = SPOOR_NEW_ARRAY(b->arena, int *, l->count);
    if (extra) {
        plan->schema.columns[0] = (spoor_column){.name = source_column, .type = SPOOR_STRING};
        plan->uni.source_names = SPOOR_NEW_ARRAY(b->arena, spoor_value, l->count);
    }
    for (uint32_t i = 0; i < u.count; i++) {
        plan->schema.columns[i + extra] = u.items[i];
    }
    for (uint32_t k = 0; k < l->count; k++) {
        plan->depth =
            plan->inputs[k]->depth >= plan->depth ? plan->inputs[k]->depth + 1 : plan->depth;
        plan->uni.maps[k] = SPOOR_NEW_ARRAY(b->arena, int, ncols + 1);
        plan->uni.maps[k][0] = -1;
        for (uint32_t i = 0, next = 0; i < u.count; i++) {
            plan->uni.maps[k][i + extra] =
                find_source(&l->items[k].plan->schema, u.original[i], &u.items[i], &next);
        }
        if (extra) {
            spoor_str name = l->items[k].name;
            name = name.len > 0
                       ? name
                       : spoor_arena_format(b->arena, "%s%u", l->unnamed, l->items[k].number);
            plan->uni.source_names[k] = (spoor_value){.type = SPOOR_STRING, .string = name};
        }
    }
    return plan;
}

spoor_plan *spoor_bind_union(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_bind_legs l = {.b = b, .unnamed = "union_arg"};
    spoor_str text, source_column = {NULL, 0};
    spoor_bind_check_props(b, node, "kind withsource with_source isfuzzy");
    l.is_fuzzy = spoor_bind_prop_text(node, "isfuzzy", &text) &&
                 (spoor_str_is(text, "true") || spoor_str_is(text, "1"));
    bool is_inner = false;
    if (spoor_bind_prop_text(node, "kind", &text)) {
        is_inner = spoor_str_is(text, "inner");
        if (!is_inner && !spoor_str_is(text, "outer")) {
            spoor_fail(b->diags, spoor_ast_prop(node, "kind")->span, "a union is inner or outer");
        }
    }
    if (!spoor_bind_prop_text(node, "withsource", &source_column)) {
        spoor_bind_prop_text(node, "with_source", &source_column);
    }
    uint32_t errors = b->diags->nerrors;
    if (input != NULL) {
        spoor_legs_add(&l, input, (spoor_str){NULL, 0});
    }
    spoor_legs_bind(&l, spoor_bind_first_child(node));
    if (b->diags->nerrors > errors) {
        return NULL; /* a leg is missing: columns behind it cannot be judged */
    }
    if (l.count == 0) {
        spoor_fail(b->diags, node->at, "no leg of the union is left");
        return NULL;
    }
    return spoor_legs_union(&l, node, is_inner, source_column);
}
