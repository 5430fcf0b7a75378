/* bind_graph_parts.c - make-graph ... partitioned-by column (operators): a graph for each value of
 * a column that edges and nodes both have.
 *
 * Edges and tables of nodes are put together, side by side, in one UNION that says of each row
 * which table it is from.  Its rows of one value are a group, as in `partition`; for each the
 * operators run over the graph that is taken out of it again. */
#include "planner/bind_graph.h"

enum {
    WHICH,
    PART,
    FIRST_OWN
}; /* columns of the whole: the table's number, the value, then theirs */

typedef struct deck {
    spoor_plan *whole, *feed, *shared;
    uint32_t *first; /* by table, the edges being table 0: where its columns begin */
} deck;

static void put_together(spoor_binder *b, const spoor_bind_graph *g, spoor_span span, deck *d) {
    uint32_t n = g->ntables + 1, ncols = FIRST_OWN;
    d->whole = spoor_plan_new(b, SPOOR_PLAN_UNION, span, NULL);
    d->whole->inputs = SPOOR_NEW_ARRAY(b->arena, spoor_plan *, n);
    d->whole->ninputs = n;
    d->whole->uni.maps = SPOOR_NEW_ARRAY(b->arena, int *, n);
    d->whole->uni.source_names = SPOOR_NEW_ARRAY(b->arena, spoor_value, n);
    d->first = SPOOR_NEW_ARRAY(b->arena, uint32_t, n);
    for (uint32_t k = 0; k < n; k++) {
        spoor_plan *table = k == 0 ? g->edges : g->tables[k - 1].rows;
        d->whole->inputs[k] = table;
        d->whole->depth = table->depth + 1 > d->whole->depth ? table->depth + 1 : d->whole->depth;
        d->whole->uni.source_names[k] =
            (spoor_value){.type = SPOOR_STRING, .string = spoor_arena_format(b->arena, "%u", k)};
        d->first[k] = ncols;
        ncols += table->schema.ncols;
    }
    d->whole->schema = (spoor_schema){ncols, SPOOR_NEW_ARRAY(b->arena, spoor_column, ncols)};
    d->whole->schema.columns[WHICH] =
        (spoor_column){.name = SPOOR_STR("$table"), .type = SPOOR_STRING};
}

/* Table k's columns have their place, and so has its value of the column that parts are made by. */
static bool place_columns(spoor_binder *b, const spoor_ast *by, const deck *d, uint32_t k) {
    const spoor_schema *own = &d->whole->inputs[k]->schema;
    spoor_column *all = d->whole->schema.columns, *part = &all[PART];
    int key = spoor_graph_column_named(b, by, own);
    if (key < 0) {
        return false;
    }
    if (k > 0 && own->columns[key].type != part->type) {
        return spoor_fail(b->diags, by->span, "the edges' '%.*s' is %s, and that of nodes is %s",
                          SPOOR_S(by->text), spoor_type_phrase(part->type),
                          spoor_type_phrase(own->columns[key].type));
    }
    *part = (spoor_column){.name = SPOOR_STR("$part"), .type = own->columns[key].type};
    int *map = SPOOR_NEW_ARRAY(b->arena, int, d->whole->schema.ncols);
    for (uint32_t c = 0; c < d->whole->schema.ncols; c++) {
        bool is_own = c >= d->first[k] && c < d->first[k] + own->ncols;
        map[c] = c == PART ? key : is_own ? (int)(c - d->first[k]) : -1;
    }
    for (uint32_t c = 0; c < own->ncols; c++) {
        all[d->first[k] + c] =
            (spoor_column){.name = own->columns[c].name, .type = own->columns[c].type};
    }
    d->whole->uni.maps[k] = map;
    return true;
}

/* Those rows of the group at hand that are of table k, as they were. */
static spoor_plan *take_out(spoor_binder *b, const deck *d, uint32_t k, spoor_span span) {
    spoor_plan *rows = spoor_bind_shared_again(b, d->shared, span);
    spoor_plan *own = spoor_plan_new(b, SPOOR_PLAN_WHERE, span, rows);
    spoor_bound *args[2] = {spoor_bound_column(b->arena, &own->schema, WHICH, span),
                            spoor_bound_constant(b->arena, d->whole->uni.source_names[k], span)};
    own->where.predicate = SPOOR_APPLY(b, "==", args, 2, span);
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_PROJECT, span, own);
    plan->schema = d->whole->inputs[k]->schema;
    plan->project.exprs = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, plan->schema.ncols + 1);
    for (uint32_t c = 0; c < plan->schema.ncols; c++) {
        plan->project.exprs[c] =
            spoor_bound_column(b->arena, &own->schema, (int)(d->first[k] + c), span);
    }
    return plan;
}

spoor_plan *spoor_bind_graph_parts(spoor_binder *b, const spoor_ast *node, spoor_bind_graph *g) {
    const spoor_ast *clause = spoor_ast_clause(node, "partitioned-by"), *by = clause->first;
    if (by->kind != SPOOR_AST_NAME) {
        spoor_fail(b->diags, by->span, "expected the name of a column");
        return NULL;
    }
    deck d = {NULL, NULL, NULL, NULL};
    put_together(b, g, node->span, &d);
    for (uint32_t k = 0; k < d.whole->ninputs; k++) {
        if (!place_columns(b, by, &d, k)) {
            return NULL;
        }
    }
    spoor_bound *key = spoor_bound_column(b->arena, &d.whole->schema, PART, by->span);
    if (key->type == SPOOR_DYNAMIC) {
        spoor_fail(b->diags, by->span, "a dynamic value cannot be a key");
        return NULL;
    }
    d.feed = spoor_bind_feed(b, d.whole, node->span);
    d.shared = spoor_bind_shared(b, d.feed, node->span);
    g->edges = take_out(b, &d, 0, node->span);
    for (uint32_t k = 0; k < g->ntables; k++) {
        g->tables[k].rows = take_out(b, &d, k + 1, node->span);
    }
    spoor_plan *sub = spoor_bind_operators(b, clause->last, spoor_graph_plan(b, g, node->span));
    return sub != NULL ? spoor_bind_groups(b, node, d.whole, sub, d.feed, key) : NULL;
}
