/* plugin_basket.c - basket: binds its arguments, counts the combinations of values (plugin_text.c),
 * and leaves the patterns to its operator. */
#include "planner/plugin.h"
#include "types/decimal.h"

typedef struct basket {
    spoor_plugin_site *site;
    const spoor_ast *arg; /* the next to be read */
    double threshold;
    uint32_t max_dimensions;
    int weight; /* column; -1: each row weighs 1 */
    spoor_value wildcards[SPOOR_NTYPES];
} basket;

static const char usage[] =
    "basket([Threshold, WeightColumn, MaxDimensions, Wildcard ...]), each of which may be '~'";

/* Is the next argument left to its default?  Then it is passed over. */
static bool is_default(basket *p) {
    const spoor_ast *arg = p->arg;
    bool is_tilde = arg != NULL && arg->kind == SPOOR_AST_LITERAL && arg->type == SPOOR_AST_STRING;
    spoor_str text;
    if (arg == NULL ||
        (is_tilde && spoor_bind_text(p->site->b, arg, &text) && spoor_str_is(text, "~"))) {
        p->arg = arg != NULL ? arg->next : NULL;
        return true;
    }
    return false;
}

/* NULL: reported. */
static spoor_bound *next_constant(basket *p) {
    const spoor_ast *arg = p->arg;
    p->arg = arg->next;
    spoor_bound *e = spoor_bind_scalar(p->site->b, arg);
    if (e != NULL && e->kind != SPOOR_BOUND_CONSTANT) {
        spoor_fail(p->site->b->diags, arg->span, "expected a constant");
        return NULL;
    }
    return e;
}

static bool take_threshold(basket *p) {
    const spoor_ast *arg = p->arg;
    if (is_default(p)) {
        return true;
    }
    spoor_bound *e = next_constant(p);
    e = e != NULL ? spoor_bind_convert(p->site->b, e, SPOOR_REAL) : NULL;
    if (e == NULL) {
        return false;
    }
    p->threshold = e->value.real;
    return (!e->value.is_null && p->threshold >= 0.015 && p->threshold <= 1) ||
           spoor_fail(p->site->b->diags, arg->span, "the threshold is from 0.015 to 1");
}

static bool take_weight(basket *p) {
    const spoor_ast *arg = p->arg;
    if (is_default(p)) {
        return true;
    }
    p->arg = arg->next;
    if (!spoor_plugin_is_column(p->site, arg, p->site->input)) {
        return false;
    }
    const spoor_schema *row = &p->site->input->schema;
    p->weight = spoor_schema_find(row, arg->text);
    spoor_type type = row->columns[p->weight].type;
    return type == SPOOR_INT || type == SPOOR_LONG ||
           spoor_fail(p->site->b->diags, arg->span, "a weight is an int or a long, not %s",
                      spoor_type_name(type));
}

static bool take_dimensions(basket *p) {
    const spoor_ast *arg = p->arg;
    if (is_default(p)) {
        return true;
    }
    spoor_bound *e = next_constant(p);
    if (e == NULL) {
        return false;
    }
    bool is_whole = (e->type == SPOOR_INT || e->type == SPOOR_LONG) && !e->value.is_null;
    if (!is_whole || e->value.integer < 1) {
        return spoor_fail(p->site->b->diags, arg->span,
                          "expected a number of dimensions, 1 at least");
    }
    p->max_dimensions =
        e->value.integer < SPOOR_MAX_COLUMNS ? (uint32_t)e->value.integer : SPOOR_MAX_COLUMNS;
    return true;
}

/* What stands for any value, by type. */
static bool take_wildcards(basket *p) {
    for (uint32_t t = 0; t < SPOOR_NTYPES; t++) {
        p->wildcards[t] = (spoor_value){.type = (spoor_type)t, .is_null = t != SPOOR_STRING};
    }
    while (p->arg != NULL) {
        if (is_default(p)) {
            continue;
        }
        spoor_bound *e = next_constant(p);
        if (e == NULL) {
            return false;
        }
        p->wildcards[e->type] = e->value;
    }
    return true;
}

/* The combinations of values, each with its number of rows last; *dimensions: by column of the
 * input, its place among them. */
static spoor_plan *count_combinations(basket *p, int *dimensions, uint32_t *ncols) {
    spoor_binder *b = p->site->b;
    const spoor_schema *row = &p->site->input->schema;
    spoor_str by = {"", 0};
    int n = 0;
    *ncols = 0;
    for (uint32_t c = 0; c < row->ncols && !row->columns[c].hidden; c++) {
        dimensions[(*ncols)++] = (int)c == p->weight ? -1 : n;
        if ((int)c == p->weight) {
            continue;
        }
        if (row->columns[c].type == SPOOR_DYNAMIC) {
            spoor_fail(b->diags, p->site->call->at,
                       "'basket' takes no dynamic column, as '%.*s' is",
                       SPOOR_S(row->columns[c].name));
            spoor_hint(b->diags, "tostring(%.*s) makes text of it", SPOOR_S(row->columns[c].name));
            return NULL;
        }
        spoor_str name = spoor_plugin_quoted(b, row->columns[c].name);
        by = spoor_arena_format(b->arena, "%.*s%s%.*s", SPOOR_S(by), n++ > 0 ? ", " : "",
                                SPOOR_S(name));
    }
    if (n == 0) {
        spoor_fail(b->diags, p->site->call->at, "'basket' needs a column");
        return NULL;
    }
    spoor_str rows = SPOOR_STR("count()");
    if (p->weight >= 0) {
        spoor_str weight = spoor_plugin_quoted(b, row->columns[p->weight].name);
        rows = spoor_arena_format(b->arena, "sum(tolong(%.*s))", SPOOR_S(weight));
    }
    spoor_plugin_text text = spoor_plugin_text_new(p->site);
    return spoor_plugin_text_bind(
        &text, spoor_arena_format(b->arena, "['#in'] | summarize ['#n'] = %.*s by %.*s",
                                  SPOOR_S(rows), SPOOR_S(by)));
}

static void set_schema(const basket *p, spoor_plan *plan, uint32_t ncols) {
    static const spoor_column first[] = {{.name = {"SegmentId", 9}, .type = SPOOR_LONG},
                                         {.name = {"Count", 5}, .type = SPOOR_LONG},
                                         {.name = {"Percent", 7}, .type = SPOOR_REAL}};
    spoor_arena *arena = p->site->b->arena;
    const spoor_schema *row = &p->site->input->schema;
    plan->schema.columns = SPOOR_NEW_ARRAY(arena, spoor_column, (size_t)ncols + 3);
    memcpy(plan->schema.columns, first, sizeof first);
    plan->basket.wildcards = SPOOR_NEW_ARRAY(arena, spoor_value, (size_t)ncols + 1);
    for (uint32_t c = 0; c < ncols; c++) {
        spoor_column column = row->columns[c];
        column.name = spoor_unique_name(arena, plan->schema.columns, c + 3, column.name);
        plan->schema.columns[c + 3] = column;
        plan->basket.wildcards[c] = p->wildcards[column.type];
    }
    plan->schema.ncols = ncols + 3;
}

spoor_plan *spoor_plugin_basket(spoor_plugin_site *site) {
    spoor_binder *b = site->b;
    basket p = {.site = site,
                .arg = site->call->first,
                .threshold = 0.05,
                .max_dimensions = 5,
                .weight = -1};
    if (site->schema != NULL) {
        return spoor_plugin_misused(site, usage);
    }
    if (!take_threshold(&p) || !take_weight(&p) || !take_dimensions(&p) || !take_wildcards(&p)) {
        return NULL;
    }
    int *dimensions = SPOOR_NEW_ARRAY(b->arena, int, (size_t)site->input->schema.ncols + 1);
    uint32_t ncols;
    spoor_plan *counted = count_combinations(&p, dimensions, &ncols);
    if (counted == NULL) {
        return NULL;
    }
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_BASKET, site->call->span, counted);
    plan->basket.threshold = p.threshold;
    plan->basket.max_dimensions = p.max_dimensions;
    plan->basket.dimensions = dimensions;
    set_schema(&p, plan, ncols);
    return plan;
}
