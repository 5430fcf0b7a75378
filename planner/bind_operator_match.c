/* bind_operator_match.c - graph-match and graph-shortest-paths.
 *
 * The condition falls apart at its `and`s.  A part that names one node or edge alone is computed
 * where nodes and edges are made, and the walk asks its outcome; a part on the edges of a path
 * holds for each of them.  What is left, and the projections, stand above the match as any where
 * and project do. */
#include "planner/bind_graph.h"

/* -- conditions -------------------------------------------------------------------------------- */

typedef struct conditions {
    spoor_bound **items;
    uint32_t count, capacity;
} conditions;

static void add_condition(spoor_binder *b, conditions *list, spoor_bound *e) {
    SPOOR_GROW(b->arena, list->items, list->count, &list->capacity);
    list->items[list->count++] = e;
}

/* By element: what has to hold for it to be part of a match. */
typedef struct filters {
    conditions *nodes, *edges, *inner;
} filters;

/* The columns of the record that the expression reads: all of one element, or not. */
typedef struct columns_read {
    const spoor_bind_match *match;
    const spoor_bind_value *first;
    bool is_one, has_each, any;
} columns_read;

static bool is_of_node(const spoor_bind_value *v) {
    return v->kind == SPOOR_GRAPH_OF_NODE;
}

static void note_read(columns_read *r, const spoor_bound *e) {
    if (e->kind == SPOOR_BOUND_COLUMN) {
        const spoor_bind_value *v = &r->match->values[e->column];
        bool is_single = is_of_node(v) || v->kind == SPOOR_GRAPH_OF_EDGE || v->is_each;
        r->first = r->any ? r->first : v;
        r->any = true;
        r->has_each = r->has_each || v->is_each;
        r->is_one = r->is_one && is_single && is_of_node(v) == is_of_node(r->first) &&
                    v->element == r->first->element;
    }
    for (uint32_t i = 0; e->kind == SPOOR_BOUND_CALL && i < e->nargs; i++) {
        note_read(r, e->args[i]);
    }
}

static spoor_bound *of_element(spoor_arena *arena, const spoor_bound *column, void *context) {
    (void)arena;
    const spoor_bind_match *match = context;
    return match->values[column->column].e;
}

/* Put one part of the condition where it belongs; false: reported. */
static bool place(spoor_binder *b, spoor_bind_match *m, spoor_bound *e, filters *f,
                  conditions *rest) {
    columns_read r = {.match = m, .is_one = true};
    note_read(&r, e);
    if (r.has_each && !r.is_one) {
        spoor_fail(b->diags, e->span,
                   "a condition on the edges of '%.*s', which is of variable length, can name "
                   "nothing else of the pattern",
                   SPOOR_S(m->edges[r.first->element].name));
        return spoor_hint(b->diags,
                          "all(edge, ...) and any(edge, ...) are conditions that go with others");
    }
    const spoor_bind_value *whole = e->kind == SPOOR_BOUND_COLUMN ? &m->values[e->column] : NULL;
    if (whole != NULL && whole->kind == SPOOR_GRAPH_ALL_EDGES) {
        add_condition(b, &f->edges[whole->element], whole->e);
    } else if (whole != NULL && whole->kind == SPOOR_GRAPH_ALL_INNER) {
        add_condition(b, &f->inner[whole->element], whole->e);
    } else if (r.any && r.is_one) {
        spoor_bound *own = spoor_bound_map(b->arena, e, of_element, m);
        add_condition(
            b, is_of_node(r.first) ? &f->nodes[r.first->element] : &f->edges[r.first->element],
            own);
    } else {
        add_condition(b, rest, e);
    }
    return true;
}

/* a and (b and c): each part by itself. */
static bool split(spoor_binder *b, spoor_bind_match *m, const spoor_ast *node, filters *f,
                  conditions *all, conditions *rest) {
    bool is_wrapped = node->kind == SPOOR_AST_PIPELINE && node->nchildren == 1;
    bool is_and = node->kind == SPOOR_AST_BINARY && spoor_str_is(node->text, "and");
    if (!is_wrapped && !is_and) {
        spoor_bound *e = spoor_bind_as(b, node, SPOOR_BOOL);
        if (e != NULL) {
            add_condition(b, all, e);
        }
        return e != NULL && place(b, m, e, f, rest);
    }
    bool ok = spoor_bind_enter(b, node->span);
    for (const spoor_ast *n = node->first; ok && n != NULL; n = n->next) {
        ok = split(b, m, n, f, all, rest);
    }
    spoor_bind_leave(b);
    return ok;
}

/* a and b and ...; NULL of none. */
static spoor_bound *joined(spoor_binder *b, const conditions *list, spoor_span span) {
    return list->count > 1    ? SPOOR_APPLY(b, "and", list->items, list->count, span)
           : list->count == 1 ? list->items[0]
                              : NULL;
}

static int filter_column(spoor_binder *b, spoor_bind_columns *columns, const conditions *list,
                         spoor_str name, spoor_span span) {
    spoor_bound *e = joined(b, list, span);
    return e == NULL ? -1
                     : spoor_graph_need(columns,
                                        spoor_arena_format(b->arena, "is %.*s", SPOOR_S(name)), e);
}

/* -- the match --------------------------------------------------------------------------------- */

/* What is above the match, and the columns of the record that it reads. */
typedef struct above {
    spoor_bind_match *match;
    int *place; /* by column of the record; -1: not read */
    const spoor_schema *schema;
} above;

static void note_places(above *a, const spoor_bound *e, uint32_t *count) {
    if (e->kind == SPOOR_BOUND_COLUMN && a->place[e->column] < 0) {
        a->place[e->column] = (int)(*count)++;
    }
    for (uint32_t i = 0; e->kind == SPOOR_BOUND_CALL && i < e->nargs; i++) {
        note_places(a, e->args[i], count);
    }
}

static spoor_bound *to_place(spoor_arena *arena, const spoor_bound *column, void *context) {
    const above *a = context;
    return spoor_bound_column(arena, a->schema, a->place[column->column], column->span);
}

static bool reads_nodes(const spoor_bind_value *v) {
    return v->kind == SPOOR_GRAPH_OF_NODE || v->kind == SPOOR_GRAPH_OF_INNER ||
           v->kind == SPOOR_GRAPH_ALL_INNER || v->kind == SPOOR_GRAPH_ANY_INNER;
}

static spoor_plan *match_plan(spoor_binder *b, const spoor_ast *node, spoor_bind_match *m,
                              const filters *f, above *a, uint32_t ncols) {
    const spoor_bind_graph *g = m->graph;
    spoor_bind_columns nodes = spoor_graph_nodes_new(b, g), edges = spoor_graph_edges_new(b, g);
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_GRAPH_MATCH, node->span, NULL);
    plan->schema = (spoor_schema){ncols, SPOOR_NEW_ARRAY(b->arena, spoor_column, ncols + 1)};
    plan->match.outputs = SPOOR_NEW_ARRAY(b->arena, spoor_graph_output, ncols + 1);
    for (uint32_t i = 0; i < m->record.ncols; i++) {
        const spoor_bind_value *v = &m->values[i];
        int at = a->place[i];
        if (at >= 0) {
            plan->schema.columns[at] = m->record.columns[i];
            plan->match.outputs[at] = (spoor_graph_output){
                .kind = v->kind,
                .element = v->element,
                .column = spoor_graph_need(reads_nodes(v) ? &nodes : &edges, v->name, v->e)};
        }
    }
    for (uint32_t i = 0; i < m->nnodes; i++) {
        m->nodes[i].filter = filter_column(b, &nodes, &f->nodes[i], m->nodes[i].name, node->span);
    }
    for (uint32_t i = 0; i < m->nedges; i++) {
        m->edges[i].filter = filter_column(b, &edges, &f->edges[i], m->edges[i].name, node->span);
        m->edges[i].inner_filter =
            filter_column(b, &nodes, &f->inner[i], m->edges[i].name, node->span);
    }
    spoor_graph_plans built = spoor_graph_build(b, g, &nodes, &edges, node->span);
    plan->inputs = SPOOR_NEW_ARRAY(b->arena, spoor_plan *, 2);
    plan->inputs[0] = built.nodes;
    plan->inputs[1] = built.edges;
    plan->ninputs = 2;
    plan->depth =
        (built.nodes->depth > built.edges->depth ? built.nodes->depth : built.edges->depth) + 1;
    plan->match.nodes = m->nodes;
    plan->match.edges = m->edges;
    plan->match.nnodes = m->nnodes;
    plan->match.nedges = m->nedges;
    a->schema = &plan->schema;
    return plan;
}

/* cycles=..., output=... */
static bool bind_options(spoor_binder *b, const spoor_ast *node, spoor_graph_cycles *cycles,
                         spoor_graph_search *search) {
    bool is_shortest = node->kind == SPOOR_AST_GRAPH_SHORTEST_PATHS;
    spoor_str word;
    *cycles = SPOOR_GRAPH_UNIQUE_EDGES;
    *search = is_shortest ? SPOOR_GRAPH_ANY_SHORTEST : SPOOR_GRAPH_EVERY;
    if (!spoor_bind_check_props(b, node, is_shortest ? "output cycles" : "cycles")) {
        return false;
    }
    if (spoor_bind_prop_text(node, "cycles", &word)) {
        *cycles = spoor_str_is(word, "all")    ? SPOOR_GRAPH_ALL_CYCLES
                  : spoor_str_is(word, "none") ? SPOOR_GRAPH_NO_CYCLES
                                               : *cycles;
        if (!spoor_bind_is_listed(word, "all none unique_edges")) {
            return spoor_fail(b->diags, spoor_ast_prop(node, "cycles")->span,
                              "cycles is all, none or unique_edges");
        }
    }
    if (spoor_bind_prop_text(node, "output", &word)) {
        *search = spoor_str_is(word, "all") ? SPOOR_GRAPH_ALL_SHORTEST : *search;
        if (!spoor_bind_is_listed(word, "any all")) {
            return spoor_fail(b->diags, spoor_ast_prop(node, "output")->span,
                              "output is any or all");
        }
    }
    return true;
}

/* The where clause into filters and the rest; the project clause into columns.  False: reported. */
static bool bind_clauses(spoor_binder *b, const spoor_ast *node, spoor_bind_match *m, filters *f,
                         conditions *rest, spoor_bind_columns *out) {
    const spoor_ast *where = spoor_ast_clause(node, "where");
    const spoor_ast *project = spoor_ast_clause(node, "project");
    const spoor_schema *row = b->row, *outer = b->outer_row;
    conditions all = {NULL, 0, 0};
    uint32_t errors = b->diags->nerrors;
    f->nodes = SPOOR_NEW_ARRAY(b->arena, conditions, m->nnodes + 1);
    f->edges = SPOOR_NEW_ARRAY(b->arena, conditions, m->nedges + 1);
    f->inner = SPOOR_NEW_ARRAY(b->arena, conditions, m->nedges + 1);
    b->match = m;
    b->row = NULL;
    b->outer_row = &m->record;
    m->in_where = true;
    if (where != NULL && split(b, m, where->first, f, &all, rest)) {
        spoor_bind_lint_contradiction(b, all.items, all.count);
    }
    m->in_where = false;
    spoor_columns_bind(out, project->first, SPOOR_PROJECT);
    b->match = NULL;
    b->row = row;
    b->outer_row = outer;
    return b->diags->nerrors == errors;
}

spoor_plan *spoor_bind_graph_match(spoor_binder *b, const spoor_ast *node, spoor_plan *input) {
    spoor_bind_match m = {.graph = input->graph};
    spoor_graph_cycles cycles;
    spoor_graph_search search;
    if (!bind_options(b, node, &cycles, &search) || !spoor_bind_graph_patterns(b, node, &m)) {
        return NULL;
    }
    if (spoor_ast_clause(node, "project") == NULL) {
        spoor_fail(b->diags, node->at, "'%s' needs 'project'", spoor_ast_kind_name(node->kind));
        return NULL;
    }
    filters f;
    conditions rest = {NULL, 0, 0};
    spoor_bind_columns out = spoor_columns_new(b, NULL);
    if (!bind_clauses(b, node, &m, &f, &rest, &out)) {
        return NULL;
    }
    above a = {.match = &m, .place = SPOOR_NEW_ARRAY(b->arena, int, m.record.ncols + 1)};
    uint32_t ncols = 0;
    memset(a.place, 0xff, (m.record.ncols + 1) * sizeof *a.place);
    spoor_bound *condition = joined(b, &rest, node->span);
    if (condition != NULL) {
        note_places(&a, condition, &ncols);
    }
    for (uint32_t i = 0; i < out.count; i++) {
        note_places(&a, out.exprs[i], &ncols);
    }
    spoor_plan *plan = match_plan(b, node, &m, &f, &a, ncols);
    plan->match.cycles = cycles;
    plan->match.search = search;
    if (condition != NULL) {
        plan = spoor_plan_new(b, SPOOR_PLAN_WHERE, node->span, plan);
        plan->where.predicate = spoor_bound_map(b->arena, condition, to_place, &a);
    }
    for (uint32_t i = 0; i < out.count; i++) {
        out.exprs[i] = spoor_bound_map(b->arena, out.exprs[i], to_place, &a);
    }
    return spoor_columns_project(&out, plan, node->span);
}
