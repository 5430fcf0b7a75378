/* plugin_pivot.c - pivot: the values of one column as columns.
 *
 * It is a summarize by the columns that stay, with an aggregate for each value
 * that counts only that value's rows: countif(tostring(c) == "v").  The values
 * are learnt from the rows, in the order in which they are found, or written
 * behind the plugin.  The tree that is made blames the plugin's own text. */
#include "planner/plugin.h"

typedef struct pivot {
    spoor_plugin_site *site;
    spoor_arena *arena;
    const spoor_ast *column;    /* NAME */
    const spoor_ast *aggregate; /* CALL; NULL: count() */
    const char *conditional;    /* the aggregate with a condition */
    const spoor_ast **by;       /* NAMEs of the columns that stay */
    uint32_t nby;
} pivot;

static const char *const aggregates[][2] = {
    {"avg", "avgif"},
    {"count", "countif"},
    {"dcount", "dcountif"},
    {"make_bag", "make_bag_if"},
    {"make_list", "make_list_if"},
    {"make_set", "make_set_if"},
    {"max", "maxif"},
    {"min", "minif"},
    {"stdev", "stdevif"},
    {"sum", "sumif"},
    {"take_any", "take_anyif"},
    {"any", "take_anyif"},
    {"variance", "varianceif"},
};

/* -- the tree ---------------------------------------------------------------------------------- */

static spoor_ast *node_of(const pivot *p, spoor_ast_kind kind, spoor_str text) {
    const spoor_ast *call = p->site->call;
    spoor_ast *node = SPOOR_NEW(p->arena, spoor_ast);
    *node = (spoor_ast){.kind = kind, .depth = 1, .span = call->span, .at = call->at, .text = text};
    return node;
}

static void add_child(spoor_ast *node, spoor_ast *child) {
    child->next = NULL;
    *(node->last != NULL ? &node->last->next : &node->first) = child;
    node->last = child;
    node->nchildren++;
    node->depth = node->depth > child->depth ? node->depth : child->depth + 1;
}

/* A node has one place among its siblings: what is used again is copied, its children are shared.
 */
static spoor_ast *again(const pivot *p, const spoor_ast *node) {
    spoor_ast *copy = SPOOR_NEW(p->arena, spoor_ast);
    *copy = *node;
    return copy;
}

static spoor_ast *is_value(const pivot *p, spoor_str value) {
    spoor_ast *text = node_of(p, SPOOR_AST_CALL, SPOOR_STR("tostring"));
    spoor_ast *literal = node_of(p, SPOOR_AST_LITERAL, value);
    spoor_ast *equal = node_of(p, SPOOR_AST_BINARY, SPOOR_STR("=="));
    literal->type = SPOOR_AST_STRING;
    add_child(text, again(p, p->column));
    add_child(equal, text);
    add_child(equal, literal);
    return equal;
}

/* value = sumif(x, tostring(column) == "value"): the condition stands behind the first argument. */
static spoor_ast *value_column(const pivot *p, spoor_str value) {
    spoor_ast *named = node_of(p, SPOOR_AST_NAMED, value);
    spoor_str function = {p->conditional, strlen(p->conditional)};
    spoor_ast *call = node_of(p, SPOOR_AST_CALL, function);
    const spoor_ast *arg = p->aggregate != NULL ? p->aggregate->first : NULL;
    if (arg != NULL) {
        add_child(call, again(p, arg));
        arg = arg->next;
    }
    add_child(call, is_value(p, value));
    for (; arg != NULL; arg = arg->next) {
        add_child(call, again(p, arg));
    }
    add_child(named, call);
    return named;
}

static spoor_plan *summarize(const pivot *p, const spoor_str *values, uint32_t n) {
    spoor_ast *node = node_of(p, SPOOR_AST_SUMMARIZE, SPOOR_STR("summarize"));
    for (uint32_t i = 0; i < n; i++) {
        add_child(node, value_column(p, values[i]));
    }
    if (p->nby > 0) {
        spoor_ast *by = node_of(p, SPOOR_AST_CLAUSE, SPOOR_STR("by"));
        for (uint32_t i = 0; i < p->nby; i++) {
            add_child(by, again(p, p->by[i]));
        }
        add_child(node, by);
    }
    spoor_binder *b = p->site->b;
    const spoor_schema *row = b->row;
    b->row = &p->site->input->schema;
    spoor_plan *plan = spoor_bind_summarize(b, node, p->site->input);
    b->row = row;
    return plan;
}

/* -- arguments --------------------------------------------------------------------------------- */

static bool set_aggregate(pivot *p, const spoor_ast *node) {
    p->conditional = "countif";
    if (node == NULL || node->kind != SPOOR_AST_CALL) {
        return true;
    }
    for (size_t i = 0; i < sizeof aggregates / sizeof *aggregates; i++) {
        if (spoor_str_is(node->text, aggregates[i][0])) {
            p->aggregate = node;
            p->conditional = aggregates[i][1];
            return true;
        }
    }
    return spoor_fail(p->site->b->diags, node->at, "pivot cannot aggregate with '%.*s'",
                      SPOOR_S(node->text));
}

/* Is the column named in the expression? */
static bool names_column(const spoor_ast *node, spoor_str name) {
    if (node->kind == SPOOR_AST_NAME && spoor_str_eq(node->text, name)) {
        return true;
    }
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        if (names_column(child, name)) {
            return true;
        }
    }
    return false;
}

/* All but the pivoted column and those that are aggregated. */
static void default_by(pivot *p) {
    const spoor_schema *row = &p->site->input->schema;
    p->by = SPOOR_NEW_ARRAY(p->arena, const spoor_ast *, (size_t)row->ncols + 1);
    for (uint32_t i = 0; i < row->ncols; i++) {
        spoor_str name = row->columns[i].name;
        if (!row->columns[i].hidden && !spoor_str_eq(name, p->column->text) &&
            (p->aggregate == NULL || !names_column(p->aggregate, name))) {
            p->by[p->nby++] = node_of(p, SPOOR_AST_NAME, name);
        }
    }
}

static bool is_column(const pivot *p, const spoor_ast *node) {
    return (node->kind == SPOOR_AST_NAME &&
            spoor_schema_find(&p->site->input->schema, node->text) >= 0) ||
           spoor_fail(p->site->b->diags, node->span, "pivot takes the name of a column here");
}

static bool bind_arguments(pivot *p) {
    const spoor_ast *call = p->site->call, *arg = call->first;
    if (arg == NULL) {
        return spoor_fail(p->site->b->diags, call->at,
                          "pivot needs a column: pivot(State, count())");
    }
    if (!is_column(p, arg) || !set_aggregate(p, arg->next)) {
        return false;
    }
    p->column = arg;
    arg = p->aggregate != NULL ? p->aggregate->next : arg->next;
    if (arg == NULL) {
        default_by(p);
        return true;
    }
    p->by = SPOOR_NEW_ARRAY(p->arena, const spoor_ast *, call->nchildren);
    for (; arg != NULL; arg = arg->next) {
        if (!is_column(p, arg)) {
            return false;
        }
        p->by[p->nby++] = arg;
    }
    return true;
}

static bool stays(const pivot *p, spoor_str name) {
    for (uint32_t i = 0; i < p->nby; i++) {
        if (spoor_str_eq(p->by[i]->text, name)) {
            return true;
        }
    }
    return false;
}

/* -- values ------------------------------------------------------------------------------------ */

/* What these would be named the documentation does not say. */
bool spoor_plugin_pivot_names(spoor_plugin_site *site, const spoor_ast *key,
                              const spoor_ast *const *by, uint32_t nby,
                              const spoor_learned *learned) {
    spoor_diags *diags = site->b->diags;
    for (uint32_t i = 0; i < learned->count; i++) {
        spoor_str name = learned->names[i];
        if (name.len == 0) {
            spoor_fail(diags, key->span, "an empty value of '%.*s' cannot name a column",
                       SPOOR_S(key->text));
            spoor_hint(diags, "leave such rows out before: where isnotempty(%.*s)",
                       SPOOR_S(key->text));
            return false;
        }
        for (uint32_t k = 0; k < nby; k++) {
            if (spoor_str_eq(by[k]->text, name)) {
                spoor_fail(diags, by[k]->span,
                           "'%.*s' is a value of '%.*s', too: two columns would have that name",
                           SPOOR_S(name), SPOOR_S(key->text));
                spoor_hint(
                    diags,
                    "leave such rows out before, or name the column otherwise: extend %.*s_ = %.*s",
                    SPOOR_S(name), SPOOR_S(name));
                return false;
            }
        }
    }
    return true;
}

static void see_value(spoor_learned *learned, const spoor_value *value) {
    spoor_learned_add(learned, value->is_null ? (spoor_str){"", 0} : value->string);
}

/* Over the Data elements of events, any(Value); NULL: over something else. */
static spoor_plan *pivot_items(const pivot *p) {
    bool is_any = strcmp(p->conditional, "take_anyif") == 0;
    const spoor_ast *value = is_any && p->aggregate->nchildren == 1 ? p->aggregate->first : NULL;
    spoor_plugin_items items = {.site = p->site,
                                .key = p->column,
                                .value =
                                    value != NULL && value->kind == SPOOR_AST_NAME ? value : NULL,
                                .by = p->by,
                                .nby = p->nby};
    return spoor_plugin_items_pivot(&items);
}

static spoor_plan *pivot_learned(pivot *p) {
    spoor_plugin_site *site = p->site;
    spoor_binder *b = site->b;
    uint32_t errors = b->diags->nerrors;
    spoor_plan *of_events = pivot_items(p);
    if (of_events != NULL || b->diags->nerrors > errors) {
        return of_events;
    }
    int at = spoor_schema_find(&site->input->schema, p->column->text);
    spoor_bound *value = spoor_bound_column(p->arena, &site->input->schema, at, site->call->at);
    spoor_learned learned;
    if (!spoor_bind_learn(site, spoor_bind_convert(b, value, SPOOR_STRING), see_value, 0,
                          &learned)) {
        return NULL;
    }
    if (!spoor_plugin_pivot_names(site, p->column, p->by, p->nby, &learned)) {
        return NULL;
    }
    uint32_t n = learned.count;
    spoor_bind_learn_named(b, NULL, &learned);
    for (uint32_t i = n; i < learned.count; i++) {
        if (!stays(p, learned.names[i])) {
            learned.names[n++] = learned.names[i];
        }
    }
    return summarize(p, learned.names, n);
}

/* Are all columns that stay among those written behind it?  Without one, rows of several groups
 * would look like one. */
static bool names_all_keys(const pivot *p) {
    bool ok = true;
    for (uint32_t i = 0; i < p->nby; i++) {
        bool found = false;
        for (const spoor_ast *c = p->site->schema->first; c != NULL && !found; c = c->next) {
            found = c->kind == SPOOR_AST_STAR || spoor_str_eq(c->text, p->by[i]->text);
        }
        ok = (found || spoor_fail(p->site->b->diags, p->site->call->at,
                                  "the schema written behind 'pivot' leaves out '%.*s'",
                                  SPOOR_S(p->by[i]->text))) &&
             ok;
    }
    return ok;
}

/* The columns written behind it, in their order and of their types; * is those that stay. */
static spoor_plan *pivot_declared(pivot *p) {
    spoor_binder *b = p->site->b;
    const spoor_ast *schema = p->site->schema;
    spoor_str *values = SPOOR_NEW_ARRAY(p->arena, spoor_str, (size_t)schema->nchildren + 1);
    uint32_t n = 0;
    if (!names_all_keys(p)) {
        return NULL;
    }
    for (const spoor_ast *c = schema->first; c != NULL; c = c->next) {
        if (c->kind != SPOOR_AST_STAR && !stays(p, c->text)) {
            values[n++] = c->text;
        }
    }
    spoor_plan *plan = summarize(p, values, n);
    if (plan == NULL) {
        return NULL;
    }
    spoor_bind_columns out = spoor_columns_new(b, &plan->schema);
    for (const spoor_ast *c = schema->first; c != NULL; c = c->next) {
        for (uint32_t i = 0; c->kind == SPOOR_AST_STAR && i < p->nby; i++) {
            int at = spoor_schema_find(&plan->schema, p->by[i]->text);
            spoor_columns_add(&out, p->by[i]->text,
                              spoor_bound_column(p->arena, &plan->schema, at, c->span));
        }
        int at = c->kind == SPOOR_AST_STAR ? -1 : spoor_schema_find(&plan->schema, c->text);
        if (at < 0) {
            continue;
        }
        if (plan->schema.columns[at].type != (spoor_type)c->type) {
            spoor_fail(b->diags, c->span, "pivot gives %s here",
                       spoor_type_phrase(plan->schema.columns[at].type));
            return NULL;
        }
        spoor_bound *e = spoor_bound_column(p->arena, &plan->schema, at, c->span);
        if (!spoor_columns_declare(&out, c->text, e, false, c->span)) {
            return NULL;
        }
    }
    return spoor_columns_project(&out, plan, p->site->node->span);
}

spoor_plan *spoor_plugin_pivot(spoor_plugin_site *site) {
    pivot p = {.site = site, .arena = site->b->arena};
    if (!bind_arguments(&p)) {
        return NULL;
    }
    return site->schema != NULL ? pivot_declared(&p) : pivot_learned(&p);
}
