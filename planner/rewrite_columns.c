/* rewrite_columns.c - each operator makes the columns that are used above it, no
 * others; a scan reads those, and members of its record columns
 * (tostring(EventData.Image)) as columns of their own.
 *
 * prune() is given a plan and the needs of what stands above it: output columns,
 * or members of them.  It returns a new plan whose output column i is need i of
 * the list, which it may have extended or put in another order: who asked looks
 * its needs up by value.  The old plan stays as it was. */
#include "planner/rewrite_needs.h"

/* -- operators
 * ---------------------------------------------------------------------------------------------- */

static spoor_plan *prune(spoor_arena *arena, const spoor_plan *plan, spoor_needs *want);

static spoor_plan *copy_of(spoor_arena *arena, const spoor_plan *plan) {
    spoor_plan *copy = SPOOR_NEW(arena, spoor_plan);
    *copy = *plan;
    copy->inputs = SPOOR_NEW_ARRAY(arena, spoor_plan *, plan->ninputs + 1);
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        copy->inputs[i] = plan->inputs[i];
    }
    return copy;
}

/* The columns that the needs are, by the old schema. */
static void set_schema(spoor_arena *arena, spoor_plan *plan, const spoor_schema *old,
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
static void want_all(spoor_needs *want, const spoor_plan *plan) {
    *want = (spoor_needs){.arena = want->arena};
    for (uint32_t i = 0; i < plan->schema.ncols; i++) {
        spoor_needs_add_column(want, (int)i);
    }
}

static spoor_bound **renumber_all(const spoor_remap *r, spoor_bound *const *list, uint32_t n) {
    spoor_bound **copy = SPOOR_NEW_ARRAY(r->arena, spoor_bound *, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        copy[i] = spoor_needs_renumber(r, list[i]);
    }
    return copy;
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
    spoor_plan *plan = copy_of(arena, old);
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
    set_schema(arena, plan, &old->schema, want);
    spoor_remap r = {arena, want, old, &plan->schema};
    plan->scan.predicates = renumber_all(&r, old->scan.predicates, old->scan.npredicates);
    return plan;
}

static spoor_plan *prune_values(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    spoor_plan *plan = copy_of(arena, old);
    size_t ncols = want->count;
    spoor_value *cells = SPOOR_NEW_ARRAY(arena, spoor_value, old->values.nrows * ncols + 1);
    for (size_t row = 0; row < old->values.nrows; row++) {
        for (size_t i = 0; i < ncols; i++) {
            cells[row * ncols + i] =
                old->values.cells[row * old->schema.ncols + (size_t)want->items[i].column];
        }
    }
    set_schema(arena, plan, &old->schema, want);
    plan->values.cells = cells;
    return plan;
}

/* The same member below a project, of which e is a column or a step of the path. */
static spoor_need through(const spoor_bound *e, const spoor_need *need) {
    return (spoor_need){
        .column = spoor_needs_root(e), .member = need->member, .type = need->type};
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
    spoor_plan *plan = copy_of(arena, old);
    plan->inputs[0] = prune(arena, input, &below);
    spoor_remap r = {arena, &below, input, &plan->inputs[0]->schema};
    plan->project.exprs = SPOOR_NEW_ARRAY(arena, spoor_bound *, want->count + 1);
    for (uint32_t i = 0; i < want->count; i++) {
        const spoor_need *w = &want->items[i];
        const spoor_bound *e = old->project.exprs[w->column];
        if (w->member.len > 0) {
            plan->project.exprs[i] = spoor_bound_column(
                arena, r.schema, (int)spoor_needs_add(&below, through(e, w)), e->span);
        } else {
            plan->project.exprs[i] = spoor_needs_renumber(&r, e);
        }
    }
    set_schema(arena, plan, &old->schema, want);
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
    spoor_plan *plan = copy_of(arena, old);
    plan->inputs[0] = prune(arena, input, want);
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

static bool is_wanted(const spoor_needs *want, uint32_t first, uint32_t count) {
    for (uint32_t i = 0; i < want->count; i++) {
        uint32_t column = (uint32_t)want->items[i].column;
        if (column >= first && column < first + count) {
            return true;
        }
    }
    return false;
}

/* Keys make the groups and stay; aggregates that nobody asks for go, but for the one that says that
 * there is a row without keys. */
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
        if (!is_last && !is_wanted(want, a->first_column, a->ncolumns)) {
            continue;
        }
        kept[n] = *a;
        kept[n++].first_column = out.count;
        for (uint32_t c = 0; c < a->ncolumns; c++) {
            spoor_needs_add_column(&out, (int)(a->first_column + c));
        }
        for (uint32_t c = 0; c < a->nargs; c++) {
            spoor_needs_collect(&below, a->args[c], input);
        }
    }
    spoor_plan *plan = copy_of(arena, old);
    plan->inputs[0] = prune(arena, input, &below);
    spoor_remap r = {arena, &below, input, &plan->inputs[0]->schema};
    plan->summarize.keys = renumber_all(&r, old->summarize.keys, nkeys);
    for (uint32_t i = 0; i < n; i++) {
        kept[i].args = renumber_all(&r, kept[i].args, kept[i].nargs);
    }
    plan->summarize.aggregates = kept;
    plan->summarize.naggregates = n;
    set_schema(arena, plan, &old->schema, &out);
    *want = out;
    return plan;
}

static spoor_need below_join(const spoor_plan *join, spoor_need need) {
    need.column = join->join.outputs[need.column].column;
    return need;
}

/* Every left row of such a join has one row, whatever the right side holds: the right side has one row
 * a key, and none of its columns is wanted. */
static bool adds_nothing(const spoor_plan *join, const spoor_needs *want) {
    if (join->join.kind != SPOOR_JOIN_LEFTOUTER) {
        return false;
    }
    for (uint32_t i = 0; i < want->count; i++) {
        if (join->join.outputs[want->items[i].column].from_right) {
            return false;
        }
    }
    uint64_t keys = 0; /* those of the groups that the join compares */
    for (uint32_t i = 0; i < join->join.nkeys; i++) {
        const spoor_bound *key = join->join.right_keys[i];
        const spoor_plan *plan = join->inputs[1];
        while (key->kind == SPOOR_BOUND_COLUMN && plan->kind == SPOOR_PLAN_PROJECT) {
            key = plan->project.exprs[key->column];
            plan = plan->inputs[0];
        }
        if (plan->kind != SPOOR_PLAN_SUMMARIZE || plan->summarize.nkeys > 63 ||
            key->kind != SPOOR_BOUND_COLUMN || (uint32_t)key->column >= plan->summarize.nkeys) {
            return false;
        }
        keys |= UINT64_C(1) << key->column;
        if (keys == (UINT64_C(1) << plan->summarize.nkeys) - 1) {
            return true;
        }
    }
    return false;
}

static spoor_plan *prune_left(spoor_arena *arena, const spoor_plan *join, spoor_needs *want) {
    spoor_needs left = {.arena = arena};
    for (uint32_t i = 0; i < want->count; i++) {
        spoor_needs_add(&left, below_join(join, want->items[i]));
    }
    spoor_plan *plan = prune(arena, join->inputs[0], &left);
    spoor_plan *top = spoor_rewrite_over(arena, SPOOR_PLAN_PROJECT, plan, join->span);
    top->project.exprs = SPOOR_NEW_ARRAY(arena, spoor_bound *, want->count + 1);
    for (uint32_t i = 0; i < want->count; i++) {
        uint32_t at = spoor_needs_add(&left, below_join(join, want->items[i]));
        top->project.exprs[i] = spoor_bound_column(arena, &plan->schema, (int)at, join->span);
    }
    set_schema(arena, top, &join->schema, want);
    return top;
}

static spoor_plan *prune_join(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    if (adds_nothing(old, want)) {
        return prune_left(arena, old, want);
    }
    spoor_needs below[2] = {{.arena = arena}, {.arena = arena}};
    for (uint32_t i = 0; i < want->count; i++) {
        spoor_needs_add(&below[old->join.outputs[want->items[i].column].from_right],
                        below_join(old, want->items[i]));
    }
    for (uint32_t i = 0; i < old->join.nkeys; i++) {
        spoor_needs_collect(&below[0], old->join.left_keys[i], old->inputs[0]);
        spoor_needs_collect(&below[1], old->join.right_keys[i], old->inputs[1]);
    }
    spoor_plan *plan = copy_of(arena, old);
    plan->inputs[0] = prune(arena, old->inputs[0], &below[0]);
    plan->inputs[1] = prune(arena, old->inputs[1], &below[1]);
    spoor_remap left = {arena, &below[0], old->inputs[0], &plan->inputs[0]->schema};
    spoor_remap right = {arena, &below[1], old->inputs[1], &plan->inputs[1]->schema};
    plan->join.left_keys = renumber_all(&left, old->join.left_keys, old->join.nkeys);
    plan->join.right_keys = renumber_all(&right, old->join.right_keys, old->join.nkeys);
    plan->join.outputs = spoor_arena_push(arena, want->count + 1, sizeof *plan->join.outputs);
    for (uint32_t i = 0; i < want->count; i++) {
        bool from_right = old->join.outputs[want->items[i].column].from_right;
        plan->join.outputs[i].from_right = from_right;
        plan->join.outputs[i].column =
            (int)spoor_needs_add(&below[from_right], below_join(old, want->items[i]));
    }
    set_schema(arena, plan, &old->schema, want);
    return plan;
}

static spoor_plan *prune_union(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    spoor_plan *plan = copy_of(arena, old);
    bool has_source = false;
    for (uint32_t i = 0; i < want->count; i++) {
        has_source = has_source || (old->uni.source_names != NULL && want->items[i].column == 0);
    }
    if (has_source) { /* it is column 0 by contract */
        spoor_needs ordered = {.arena = arena};
        spoor_needs_add_column(&ordered, 0);
        for (uint32_t i = 0; i < want->count; i++) {
            spoor_needs_add(&ordered, want->items[i]);
        }
        *want = ordered;
    } else {
        plan->uni.source_names = NULL;
    }
    plan->uni.maps = SPOOR_NEW_ARRAY(arena, int *, old->ninputs + 1);
    for (uint32_t k = 0; k < old->ninputs; k++) {
        spoor_needs below = {.arena = arena};
        for (uint32_t i = 0; i < want->count; i++) {
            spoor_need w = want->items[i];
            w.column = old->uni.maps[k][w.column];
            if (w.column >= 0) {
                spoor_needs_add(&below, w);
            }
        }
        plan->inputs[k] = prune(arena, old->inputs[k], &below);
        plan->uni.maps[k] = SPOOR_NEW_ARRAY(arena, int, want->count + 1);
        for (uint32_t i = 0; i < want->count; i++) {
            spoor_need w = want->items[i];
            w.column = old->uni.maps[k][w.column];
            plan->uni.maps[k][i] = w.column >= 0 ? (int)spoor_needs_add(&below, w) : -1;
        }
    }
    set_schema(arena, plan, &old->schema, want);
    return plan;
}

/* Every piece decides whether the text matches, so all columns of the pattern stay, or none. */
static spoor_plan *prune_parse(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    const spoor_plan *input = old->inputs[0];
    uint32_t first_made = input->schema.ncols;
    if (!old->parse.drop_unmatched && !is_wanted(want, first_made, UINT32_MAX - first_made)) {
        return prune(arena, input, want);
    }
    spoor_needs below = {.arena = arena};
    for (uint32_t i = 0; i < want->count; i++) {
        if ((uint32_t)want->items[i].column < first_made) {
            spoor_needs_add(&below, want->items[i]);
        }
    }
    spoor_needs_collect(&below, old->parse.text, input);
    spoor_plan *plan = copy_of(arena, old);
    plan->inputs[0] = prune(arena, input, &below);
    spoor_remap r = {arena, &below, input, &plan->inputs[0]->schema};
    plan->parse.text = spoor_needs_renumber(&r, old->parse.text);
    spoor_needs out = below;
    out.items = SPOOR_NEW_ARRAY(arena, spoor_need, below.count + old->schema.ncols + 1);
    out.capacity = below.count + old->schema.ncols + 1;
    for (uint32_t i = 0; i < below.count; i++) {
        out.items[i] = below.items[i];
    }
    plan->parse.parts = SPOOR_NEW_ARRAY(arena, spoor_parse_part, old->parse.nparts + 1);
    for (uint32_t i = 0; i < old->parse.nparts; i++) {
        plan->parse.parts[i] = old->parse.parts[i];
        if (old->parse.parts[i].kind == SPOOR_PARSE_COLUMN) {
            plan->parse.parts[i].output =
                spoor_needs_add_column(&out, (int)old->parse.parts[i].output);
        }
    }
    set_schema(arena, plan, &old->schema, &out);
    *want = out;
    return plan;
}

static spoor_plan *prune_expand(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    const spoor_plan *input = old->inputs[0];
    uint32_t n = old->mv_expand.ncolumns;
    spoor_needs below = {.arena = arena};
    for (uint32_t i = 0; i < n; i++) {
        spoor_needs_add_column(want, old->mv_expand.outputs[i]);
        spoor_needs_add_column(&below, old->mv_expand.columns[i]);
    }
    if (old->mv_expand.index_output >= 0) {
        spoor_needs_add_column(want, old->mv_expand.index_output);
    }
    for (uint32_t i = 0; i < want->count; i++) {
        spoor_need w = want->items[i];
        w.column = old->mv_expand.passed[w.column];
        if (w.column >= 0) {
            spoor_needs_add(&below, w);
        }
    }
    spoor_plan *plan = copy_of(arena, old);
    plan->inputs[0] = prune(arena, input, &below);
    plan->mv_expand.columns = SPOOR_NEW_ARRAY(arena, int, n + 1);
    plan->mv_expand.outputs = SPOOR_NEW_ARRAY(arena, int, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        plan->mv_expand.columns[i] = (int)spoor_needs_add_column(&below, old->mv_expand.columns[i]);
        plan->mv_expand.outputs[i] = (int)spoor_needs_add_column(want, old->mv_expand.outputs[i]);
    }
    if (old->mv_expand.index_output >= 0) {
        plan->mv_expand.index_output =
            (int)spoor_needs_add_column(want, old->mv_expand.index_output);
    }
    plan->mv_expand.passed = SPOOR_NEW_ARRAY(arena, int, want->count + 1);
    for (uint32_t i = 0; i < want->count; i++) {
        spoor_need w = want->items[i];
        w.column = old->mv_expand.passed[w.column];
        plan->mv_expand.passed[i] = w.column >= 0 ? (int)spoor_needs_add(&below, w) : -1;
    }
    set_schema(arena, plan, &old->schema, want);
    return plan;
}

/* The window's column goes when nobody asks for it, and what it reads with it. */
static spoor_plan *prune_window(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    const spoor_plan *input = old->inputs[0];
    int made = (int)input->schema.ncols;
    spoor_needs below = {.arena = arena};
    for (uint32_t i = 0; i < want->count; i++) {
        if (want->items[i].column != made) {
            spoor_needs_add(&below, want->items[i]);
        }
    }
    if (!is_wanted(want, (uint32_t)made, 1)) {
        return prune(arena, input, want);
    }
    if (old->window.value != NULL) {
        spoor_needs_collect(&below, old->window.value, input);
    }
    if (old->window.restart != NULL) {
        spoor_needs_collect(&below, old->window.restart, input);
    }
    spoor_plan *plan = copy_of(arena, old);
    plan->inputs[0] = prune(arena, input, &below);
    spoor_remap r = {arena, &below, input, &plan->inputs[0]->schema};
    if (old->window.value != NULL) {
        plan->window.value = spoor_needs_renumber(&r, old->window.value);
    }
    if (old->window.restart != NULL) {
        plan->window.restart = spoor_needs_renumber(&r, old->window.restart);
    }
    *want = (spoor_needs){.arena = arena};
    for (uint32_t i = 0; i < below.count; i++) {
        spoor_needs_add(want, below.items[i]);
    }
    spoor_needs_add_column(want, made);
    set_schema(arena, plan, &old->schema, want);
    return plan;
}

static spoor_plan *prune_feed(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    spoor_plan *plan = copy_of(arena, old);
    plan->feed.columns = SPOOR_NEW_ARRAY(arena, int, want->count + 1);
    for (uint32_t i = 0; i < want->count; i++) {
        int column = want->items[i].column;
        plan->feed.columns[i] = old->feed.columns != NULL ? old->feed.columns[column] : column;
    }
    set_schema(arena, plan, &old->schema, want);
    return plan;
}

/* A subquery has one FEED, or none where a SHARED has it. */
static spoor_plan *find_feed(spoor_plan *plan, uint32_t id) {
    if (plan->kind == SPOOR_PLAN_SHARED) {
        return NULL;
    }
    if (plan->kind == SPOOR_PLAN_FEED && plan->feed.id == id) {
        return plan;
    }
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        spoor_plan *found = find_feed(plan->inputs[i], id);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

/* The subquery says first what it needs of the rows that it is fed. */
static spoor_plan *prune_apply(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    const spoor_plan *input = old->inputs[0];
    spoor_needs below = {.arena = arena}, of_sub = {.arena = arena};
    for (uint32_t i = 0; i < want->count; i++) {
        int column = want->items[i].column;
        if (old->apply.outputs[column].from_sub) {
            spoor_needs_add_column(&of_sub, old->apply.outputs[column].column);
        } else {
            spoor_needs_add_column(&below, old->apply.outputs[column].column);
        }
    }
    if (old->apply.key != NULL) {
        spoor_needs_collect(&below, old->apply.key, input);
    }
    spoor_plan *plan = copy_of(arena, old);
    plan->inputs[1] = prune(arena, old->inputs[1], &of_sub);
    spoor_plan *feed = find_feed(plan->inputs[1], old->apply.feed);
    for (uint32_t i = 0; feed != NULL && i < feed->schema.ncols; i++) {
        spoor_needs_add_column(&below, feed->feed.columns[i]);
    }
    if (old->apply.is_whole) {
        below = (spoor_needs){.arena = arena};
        want_all(&below, input);
        plan->inputs[0] = spoor_rewrite_columns(arena, old->inputs[0], true);
    } else {
        plan->inputs[0] = prune(arena, input, &below);
    }
    for (uint32_t i = 0; feed != NULL && i < feed->schema.ncols; i++) {
        feed->feed.columns[i] = (int)spoor_needs_add_column(&below, feed->feed.columns[i]);
    }
    spoor_remap r = {arena, &below, input, &plan->inputs[0]->schema};
    if (old->apply.key != NULL) {
        plan->apply.key = spoor_needs_renumber(&r, old->apply.key);
    }
    plan->apply.outputs = spoor_arena_push(arena, want->count + 1, sizeof *plan->apply.outputs);
    for (uint32_t i = 0; i < want->count; i++) {
        bool from_sub = old->apply.outputs[want->items[i].column].from_sub;
        int column = old->apply.outputs[want->items[i].column].column;
        plan->apply.outputs[i].from_sub = from_sub;
        plan->apply.outputs[i].column =
            (int)spoor_needs_add_column(from_sub ? &of_sub : &below, column);
    }
    set_schema(arena, plan, &old->schema, want);
    return plan;
}

static spoor_plan *prune_parse_kv(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    const spoor_plan *input = old->inputs[0];
    uint32_t first_made = input->schema.ncols;
    if (!is_wanted(want, first_made, UINT32_MAX - first_made)) {
        return prune(arena, input, want);
    }
    spoor_needs below = {.arena = arena};
    for (uint32_t i = 0; i < want->count; i++) {
        if ((uint32_t)want->items[i].column < first_made) {
            spoor_needs_add(&below, want->items[i]);
        }
    }
    spoor_needs_collect(&below, old->kv.text, input);
    spoor_plan *plan = copy_of(arena, old);
    plan->inputs[0] = prune(arena, input, &below);
    spoor_remap r = {arena, &below, input, &plan->inputs[0]->schema};
    plan->kv.text = spoor_needs_renumber(&r, old->kv.text);
    *want = (spoor_needs){.arena = arena};
    for (uint32_t i = 0; i < below.count; i++) {
        spoor_needs_add(want, below.items[i]);
    }
    for (uint32_t i = 0; i < old->kv.nkeys; i++) {
        spoor_needs_add_column(want, (int)(first_made + i));
    }
    set_schema(arena, plan, &old->schema, want);
    return plan;
}

/* All that the operator reads and makes stays. */
static spoor_plan *prune_whole(spoor_arena *arena, const spoor_plan *old, spoor_needs *want) {
    spoor_plan *plan = copy_of(arena, old);
    for (uint32_t i = 0; i < old->ninputs; i++) {
        plan->inputs[i] = spoor_rewrite_columns(arena, old->inputs[i], true);
    }
    want_all(want, old);
    return plan;
}

static spoor_plan *prune(spoor_arena *arena, const spoor_plan *plan, spoor_needs *want) {
    switch (plan->kind) {
    case SPOOR_PLAN_SCAN: return prune_scan(arena, plan, want);
    case SPOOR_PLAN_VALUES: return prune_values(arena, plan, want);
    case SPOOR_PLAN_PROJECT: return prune_project(arena, plan, want);
    case SPOOR_PLAN_WHERE:
    case SPOOR_PLAN_TAKE:
    case SPOOR_PLAN_SORT:
    case SPOOR_PLAN_TOP: return prune_passing(arena, plan, want);
    case SPOOR_PLAN_SUMMARIZE: return prune_summarize(arena, plan, want);
    case SPOOR_PLAN_JOIN: return prune_join(arena, plan, want);
    case SPOOR_PLAN_UNION: return prune_union(arena, plan, want);
    case SPOOR_PLAN_PARSE: return prune_parse(arena, plan, want);
    case SPOOR_PLAN_MV_EXPAND: return prune_expand(arena, plan, want);
    case SPOOR_PLAN_WINDOW: return prune_window(arena, plan, want);
    case SPOOR_PLAN_APPLY: return prune_apply(arena, plan, want);
    case SPOOR_PLAN_PARSE_KV: return prune_parse_kv(arena, plan, want);
    case SPOOR_PLAN_STEPS:
    case SPOOR_PLAN_TOP_NESTED:
    case SPOOR_PLAN_GRAPH_MATCH:
    case SPOOR_PLAN_GRAPH_MARK:
    case SPOOR_PLAN_MAKE_SERIES: return prune_whole(arena, plan, want);
    case SPOOR_PLAN_FEED: return prune_feed(arena, plan, want);
    case SPOOR_PLAN_TABLE:
    case SPOOR_PLAN_RANGE:
    case SPOOR_PLAN_SHARED: break; /* they give what they have */
    }
    want_all(want, plan);
    return copy_of(arena, plan);
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
    set_schema(arena, top, &old->schema, asked);
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
    spoor_plan *pruned = prune(arena, plan, &got);
    return in_order(arena, pruned, plan, &got, &asked);
}
