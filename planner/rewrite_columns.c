/* rewrite_columns.c - each operator makes the columns that are used above it, no
 * others; a scan reads those, and members of its record columns
 * (tostring(EventData.Image)) as columns of their own.
 *
 * prune.h says how the pieces work together: who asked looks its needs up by value. */
#include "planner/prune.h"

/* -- operators --------------------------------------------------------------------------------- */

spoor_plan *spoor_prune_copy(spoor_arena *arena, const spoor_plan *plan) {
    spoor_plan *copy = SPOOR_NEW(arena, spoor_plan);
    *copy = *plan;
    copy->inputs = SPOOR_NEW_ARRAY(arena, spoor_plan *, plan->ninputs + 1);
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        copy->inputs[i] = plan->inputs[i];
    }
    return copy;
}

/* The columns that the needs are, by the old schema. */
void spoor_prune_schema(spoor_arena *arena, spoor_plan *plan, const spoor_schema *old,
                        const spoor_needs *want) {
    spoor_column *columns = SPOOR_NEW_ARRAY(arena, spoor_column, want->count + 1);
    for (uint32_t i = 0; i < want->count; i++) {
        const spoor_need *w = &want->items[i];
        columns[i] = old->columns[w->column];
        if (w->member.len > 0) {
            columns[i].name =
                spoor_arena_format(arena, "%.*s.%.*s", (int)columns[i].name.len,
                                   columns[i].name.ptr, (int)w->member.len, w->member.ptr);
            columns[i].type = w->type;
            columns[i].hidden = true;
        }
    }
    plan->schema = (spoor_schema){want->count, columns};
}

/* All of a plan's columns, in their order. */
void spoor_prune_want_all(spoor_needs *want, const spoor_plan *plan) {
    *want = (spoor_needs){.arena = want->arena};
    for (uint32_t i = 0; i < plan->schema.ncols; i++) {
        spoor_needs_add_column(want, (int)i);
    }
}

spoor_bound **spoor_prune_exprs(const spoor_remap *r, spoor_bound *const *list, uint32_t n) {
    spoor_bound **copy = SPOOR_NEW_ARRAY(r->arena, spoor_bound *, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        copy[i] = spoor_needs_renumber(r, list[i]);
    }
    return copy;
}

bool spoor_prune_is_wanted(const spoor_needs *want, uint32_t first, uint32_t count) {
    for (uint32_t i = 0; i < want->count; i++) {
        uint32_t column = (uint32_t)want->items[i].column;
        if (column >= first && column < first + count) {
            return true;
        }
    }
    return false;
}

static void read_member(const spoor_table *table, const spoor_need *need,
                        spoor_scan_column *column) {
    bool is_bag = ((table->record_columns >> column->column) & 1) != 0;
    bool is_items = !is_bag && spoor_str_is(need->member, "*");
    column->column = is_bag ? column->column : table->xml_items;
    column->member = is_items ? (spoor_str){0} : need->member;
    column->type = need->type;
}

static spoor_plan *prune_scan(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    spoor_plan *plan = spoor_prune_copy(arena, old);
    for (uint32_t i = 0; i < old->scan.npredicates; i++) {
        spoor_needs_collect(want, old->scan.predicates[i], old);
    }
    plan->scan.columns = SPOOR_NEW_ARRAY(arena, spoor_scan_column, want->count + 1);
    for (uint32_t i = 0; i < want->count; i++) {
        plan->scan.columns[i] = old->scan.columns[want->items[i].column];
        if (want->items[i].member.len > 0) {
            read_member(old->scan.table, &want->items[i], &plan->scan.columns[i]);
        }
    }
    spoor_prune_schema(arena, plan, &old->schema, want);
    spoor_remap r = {arena, want, old, &plan->schema};
    plan->scan.predicates = spoor_prune_exprs(&r, old->scan.predicates, old->scan.npredicates);
    return plan;
}

static spoor_plan *prune_values(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    spoor_plan *plan = spoor_prune_copy(arena, old);
    size_t ncols = want->count;
    spoor_value *cells = SPOOR_NEW_ARRAY(arena, spoor_value, old->values.nrows * ncols + 1);
    for (size_t row = 0; row < old->values.nrows; row++) {
        for (size_t i = 0; i < ncols; i++) {
            cells[row * ncols + i] =
                old->values.cells[row * old->schema.ncols + (size_t)want->items[i].column];
        }
    }
    spoor_prune_schema(arena, plan, &old->schema, want);
    plan->values.cells = cells;
    return plan;
}

/* The same member below a project, of which e is a column or a step of the path. */
static spoor_need through(const spoor_bound *e, const spoor_need *need) {
    return (spoor_need){.column = spoor_needs_root(e), .member = need->member, .type = need->type};
}

static spoor_plan *prune_project(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    const spoor_plan *input = old->inputs[0];
    spoor_needs below = {.arena = arena};
    for (uint32_t i = 0; i < want->count; i++) {
        const spoor_need *w = &want->items[i];
        const spoor_bound *e = old->project.exprs[w->column];
        if (w->member.len > 0) {
            spoor_needs_add(&below, through(e, w));
        } else {
            spoor_needs_collect(&below, e, input);
        }
    }
    spoor_plan *plan = spoor_prune_copy(arena, old);
    plan->inputs[0] = spoor_prune(arena, input, &below);
    spoor_remap r = {arena, &below, input, &plan->inputs[0]->schema};
    plan->project.exprs = SPOOR_NEW_ARRAY(arena, spoor_bound *, want->count + 1);
    for (uint32_t i = 0; i < want->count; i++) {
        const spoor_need *w = &want->items[i];
        spoor_bound *e = old->project.exprs[w->column];
        if (w->member.len > 0) {
            plan->project.exprs[i] = spoor_bound_column(
                arena, r.schema, (int)spoor_needs_add(&below, through(e, w)), e->span);
        } else {
            plan->project.exprs[i] = spoor_needs_renumber(&r, e);
        }
    }
    spoor_prune_schema(arena, plan, &old->schema, want);
    return plan;
}

/* where, take, sort, top: what comes in goes out. */
static spoor_plan *prune_passing(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    const spoor_plan *input = old->inputs[0];
    bool is_sort = old->kind == SPOOR_PLAN_SORT || old->kind == SPOOR_PLAN_TOP;
    if (old->kind == SPOOR_PLAN_WHERE) {
        spoor_needs_collect(want, old->where.predicate, input);
    }
    for (uint32_t i = 0; is_sort && i < old->sort.nkeys; i++) {
        spoor_needs_collect(want, old->sort.keys[i].expr, input);
    }
    spoor_plan *plan = spoor_prune_copy(arena, old);
    plan->inputs[0] = spoor_prune(arena, input, want);
    spoor_remap r = {arena, want, input, &plan->inputs[0]->schema};
    if (old->kind == SPOOR_PLAN_WHERE) {
        plan->where.predicate = spoor_needs_renumber(&r, old->where.predicate);
    }
    if (is_sort) {
        plan->sort.keys = SPOOR_NEW_ARRAY(arena, spoor_sort_key, old->sort.nkeys + 1);
        for (uint32_t i = 0; i < old->sort.nkeys; i++) {
            plan->sort.keys[i] = old->sort.keys[i];
            plan->sort.keys[i].expr = spoor_needs_renumber(&r, old->sort.keys[i].expr);
        }
    }
    plan->schema = plan->inputs[0]->schema;
    return plan;
}

/* Keys make the groups and stay; aggregates that nobody asks for go, but for the one that says that
 * there is a row without keys. */
/* Is an output of the aggregate made, and the argument of that number read?  Some pick a row by their first. */
static bool is_made(const spoor_plan_aggregate *a, uint32_t output, const spoor_needs *want) {
    return a->aggregate->choose == NULL || output == 0 ||
           spoor_prune_is_wanted(want, a->first_column + output, 1);
}

static spoor_plan *prune_summarize(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    const spoor_plan *input = old->inputs[0];
    uint32_t nkeys = old->summarize.nkeys, n = 0;
    spoor_needs out = {.arena = arena}, below = {.arena = arena};
    spoor_plan_aggregate *kept =
        SPOOR_NEW_ARRAY(arena, spoor_plan_aggregate, old->summarize.naggregates + 1);
    for (uint32_t i = 0; i < nkeys; i++) {
        spoor_needs_add_column(&out, (int)i);
        spoor_needs_collect(&below, old->summarize.keys[i], input);
    }
    for (uint32_t i = 0; i < old->summarize.naggregates; i++) {
        const spoor_plan_aggregate *a = &old->summarize.aggregates[i];
        bool is_last = nkeys == 0 && n == 0 && i + 1 == old->summarize.naggregates;
        if (!is_last && !spoor_prune_is_wanted(want, a->first_column, a->ncolumns)) {
            continue;
        }
        kept[n] = *a;
        kept[n].args = SPOOR_NEW_ARRAY(arena, spoor_bound *, a->nargs + 1);
        kept[n].nargs = kept[n].ncolumns = 0;
        kept[n].first_column = out.count;
        for (uint32_t c = 0; c < a->ncolumns; c++) {
            if (is_made(a, c, want)) {
                spoor_needs_add_column(&out, (int)(a->first_column + c));
                kept[n].ncolumns++;
            }
        }
        for (uint32_t c = 0; c < a->nargs; c++) {
            if (is_made(a, c, want)) {
                spoor_needs_collect(&below, a->args[c], input);
                kept[n].args[kept[n].nargs++] = a->args[c];
            }
        }
        n++;
    }
    spoor_plan *plan = spoor_prune_copy(arena, old);
    plan->inputs[0] = spoor_prune(arena, input, &below);
    spoor_remap r = {arena, &below, input, &plan->inputs[0]->schema};
    plan->summarize.keys = spoor_prune_exprs(&r, old->summarize.keys, nkeys);
    for (uint32_t i = 0; i < n; i++) {
        kept[i].args = spoor_prune_exprs(&r, kept[i].args, kept[i].nargs);
    }
    plan->summarize.aggregates = kept;
    plan->summarize.naggregates = n;
    spoor_prune_schema(arena, plan, &old->schema, &out);
    *want = out;
    return plan;
}

static spoor_plan *prune_feed(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    spoor_plan *plan = spoor_prune_copy(arena, old);
    plan->feed.columns = SPOOR_NEW_ARRAY(arena, int, want->count + 1);
    for (uint32_t i = 0; i < want->count; i++) {
        int column = want->items[i].column;
        plan->feed.columns[i] = old->feed.columns != NULL ? old->feed.columns[column] : column;
    }
    spoor_prune_schema(arena, plan, &old->schema, want);
    return plan;
}

/* All that the operator reads and makes stays. */
static spoor_plan *prune_whole(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    spoor_plan *plan = spoor_prune_copy(arena, old);
    for (uint32_t i = 0; i < old->ninputs; i++) {
        plan->inputs[i] = spoor_rewrite_columns(arena, old->inputs[i], true);
    }
    spoor_prune_want_all(want, old);
    return plan;
}

spoor_plan *spoor_prune(spoor_arena *arena, const spoor_plan *plan, spoor_needs *want) {
    switch (plan->kind) {
    case SPOOR_PLAN_SCAN: return prune_scan(arena, plan, want);
    case SPOOR_PLAN_VALUES: return prune_values(arena, plan, want);
    case SPOOR_PLAN_PROJECT: return prune_project(arena, plan, want);
    case SPOOR_PLAN_WHERE:
    case SPOOR_PLAN_TAKE:
    case SPOOR_PLAN_SORT:
    case SPOOR_PLAN_TOP: return prune_passing(arena, plan, want);
    case SPOOR_PLAN_SUMMARIZE: return prune_summarize(arena, plan, want);
    case SPOOR_PLAN_JOIN: return spoor_prune_join(arena, plan, want);
    case SPOOR_PLAN_UNION: return spoor_prune_union(arena, plan, want);
    case SPOOR_PLAN_PARSE: return spoor_prune_parse(arena, plan, want);
    case SPOOR_PLAN_MV_EXPAND: return spoor_prune_expand(arena, plan, want);
    case SPOOR_PLAN_WINDOW: return spoor_prune_window(arena, plan, want);
    case SPOOR_PLAN_APPLY: return spoor_prune_apply(arena, plan, want);
    case SPOOR_PLAN_PARSE_KV: return spoor_prune_parse_kv(arena, plan, want);
    case SPOOR_PLAN_STEPS:
    case SPOOR_PLAN_TOP_NESTED:
    case SPOOR_PLAN_BASKET:
    case SPOOR_PLAN_GRAPH_MATCH:
    case SPOOR_PLAN_GRAPH_MARK:
    case SPOOR_PLAN_MAKE_SERIES: return prune_whole(arena, plan, want);
    case SPOOR_PLAN_FEED: return prune_feed(arena, plan, want);
    case SPOOR_PLAN_TABLE:
    case SPOOR_PLAN_RANGE:
    case SPOOR_PLAN_SHARED: break; /* they give what they have */
    }
    spoor_prune_want_all(want, plan);
    return spoor_prune_copy(arena, plan);
}

/* What the result has, in its order, when more or other columns came up. */
static spoor_plan *in_order(spoor_arena *arena, spoor_plan *plan, const spoor_plan *old,
                            spoor_needs *got, const spoor_needs *asked) {
    bool is_same = got->count == asked->count;
    for (uint32_t i = 0; is_same && i < asked->count; i++) {
        is_same = spoor_needs_same(&got->items[i], &asked->items[i]);
    }
    if (is_same) {
        return plan;
    }
    spoor_plan *top = spoor_rewrite_over(arena, SPOOR_PLAN_PROJECT, plan, old->span);
    top->project.exprs = SPOOR_NEW_ARRAY(arena, spoor_bound *, asked->count + 1);
    for (uint32_t i = 0; i < asked->count; i++) {
        top->project.exprs[i] = spoor_bound_column(
            arena, &plan->schema, (int)spoor_needs_add(got, asked->items[i]), old->span);
    }
    spoor_prune_schema(arena, top, &old->schema, asked);
    return top;
}

spoor_plan *spoor_rewrite_columns(spoor_arena *arena, spoor_plan *plan, bool all_columns) {
    spoor_needs asked = {.arena = arena}, got = {.arena = arena};
    for (uint32_t i = 0; i < plan->schema.ncols; i++) {
        if (all_columns || !plan->schema.columns[i].hidden) {
            spoor_needs_add_column(&asked, (int)i);
            spoor_needs_add_column(&got, (int)i);
        }
    }
    spoor_plan *pruned = spoor_prune(arena, plan, &got);
    return in_order(arena, pruned, plan, &got, &asked);
}
