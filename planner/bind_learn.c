/* bind_learn.c - pivot and bag_unpack without a schema: their columns are in the rows, so the
 * rows are read while the query is being bound.
 *
 * An input that only passes events through (scan, where, project, ...) is read
 * for the one value that tells, and again when the query runs.  Anything
 * dearer, and what may differ from run to run, is computed once: its rows take
 * the place of the plan.  What was learnt is kept by the place in the text, for
 * a let that is used again. */
#include "base/hash.h"
#include "planner/plugin.h"
#include "planner/rewrite.h"
#include "types/dynamic.h"

enum { KEPT_CELLS = 1 << 20 };

/* -- names ------------------------------------------------------------------------------------- */

static void rehash(spoor_learned *l) {
    l->nslots = l->nslots == 0 ? 64 : l->nslots * 2;
    l->slots = SPOOR_NEW_ARRAY(l->arena, uint32_t, l->nslots);
    for (uint32_t i = 0; i < l->count; i++) {
        uint32_t at = (uint32_t)spoor_hash_seeded(0, l->names[i].ptr, l->names[i].len);
        while (l->slots[at & (l->nslots - 1)] != 0) {
            at++;
        }
        l->slots[at & (l->nslots - 1)] = i + 1;
    }
}

uint32_t spoor_learned_add(spoor_learned *l, spoor_str name) {
    if (l->count * 2 >= l->nslots) {
        rehash(l);
    }
    uint32_t at = (uint32_t)spoor_hash_seeded(0, name.ptr, name.len);
    for (uint32_t found; (found = l->slots[at & (l->nslots - 1)]) != 0; at++) {
        if (spoor_str_eq(l->names[found - 1], name)) {
            return found - 1;
        }
    }
    uint32_t capacity = l->capacity, same = l->capacity;
    SPOOR_GROW(l->arena, l->names, l->count, &capacity);
    capacity = same;
    SPOOR_GROW(l->arena, l->types, l->count, &capacity);
    SPOOR_GROW(l->arena, l->is_typed, l->count, &same);
    l->capacity = same;
    l->names[l->count] = spoor_arena_str(l->arena, name);
    l->slots[at & (l->nslots - 1)] = l->count + 1;
    return l->count++;
}

/* -- the input --------------------------------------------------------------------------------- */

/* Cheap to read again, and the same again. */
static bool is_passing(const spoor_plan *plan) {
    switch (plan->kind) {
    case SPOOR_PLAN_SCAN:
    case SPOOR_PLAN_TABLE:
    case SPOOR_PLAN_VALUES:
    case SPOOR_PLAN_RANGE: return true;
    case SPOOR_PLAN_WHERE:
        return !spoor_bound_is_volatile(plan->where.predicate) && is_passing(plan->inputs[0]);
    case SPOOR_PLAN_PROJECT:
        for (uint32_t i = 0; i < plan->schema.ncols; i++) {
            if (spoor_bound_is_volatile(plan->project.exprs[i])) {
                return false;
            }
        }
        return is_passing(plan->inputs[0]);
    case SPOOR_PLAN_PARSE:
        return !spoor_bound_is_volatile(plan->parse.text) && is_passing(plan->inputs[0]);
    case SPOOR_PLAN_PARSE_KV:
        return !spoor_bound_is_volatile(plan->kv.text) && is_passing(plan->inputs[0]);
    case SPOOR_PLAN_MV_EXPAND:
        return is_passing(plan->inputs[0]); /* of columns; its limit is constant */
    case SPOOR_PLAN_UNION:
        for (uint32_t i = 0; i < plan->ninputs; i++) {
            if (!is_passing(plan->inputs[i])) {
                return false;
            }
        }
        return true;
    default: return false; /* kept, or read again: the same rows either way */
    }
}

/* The input's columns, all or none, then the value that tells. */
static spoor_plan *with_value(spoor_binder *b, spoor_plan *input, spoor_bound *value,
                              bool with_input) {
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_PROJECT, value->span, input);
    uint32_t n = with_input ? input->schema.ncols : 0;
    plan->schema.columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, (size_t)n + 1);
    plan->project.exprs = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, (size_t)n + 1);
    for (uint32_t i = 0; i < n; i++) {
        plan->schema.columns[i] = input->schema.columns[i];
        plan->project.exprs[i] = spoor_bound_column(b->arena, &input->schema, (int)i, value->span);
    }
    plan->schema.columns[n] = (spoor_column){.name = SPOOR_STR("#value"), .type = value->type};
    plan->project.exprs[n] = value;
    plan->schema.ncols = n + 1;
    return b->options->no_rewrites ? plan : spoor_rewrite_columns(b->arena, plan, true);
}

/* -- reading ----------------------------------------------------------------------------------- */

typedef struct lesson {
    spoor_binder *b;
    spoor_learned *learned;
    void (*see)(spoor_learned *learned, const spoor_value *value);
    uint32_t most; /* names, once they have types; 0: any number */
    bool keeps;
    spoor_value *cells; /* rows kept */
    uint32_t nrows, capacity, ncols;
} lesson;

static void keep_row(lesson *l, const spoor_vec *flat, uint32_t row) {
    spoor_arena *arena = l->b->arena;
    if (l->nrows == l->capacity) {
        uint32_t capacity = l->capacity > 0 ? 2 * l->capacity : 64;
        spoor_value *grown = SPOOR_NEW_ARRAY(arena, spoor_value, (size_t)capacity * l->ncols);
        if (l->nrows > 0) {
            memcpy(grown, l->cells, (size_t)l->nrows * l->ncols * sizeof *grown);
        }
        l->cells = grown;
        l->capacity = capacity;
    }
    for (uint32_t c = 0; c < l->ncols; c++) {
        spoor_value cell = spoor_vec_get(&flat[c], row);
        l->cells[(size_t)l->nrows * l->ncols + c] = spoor_value_copy(arena, &cell);
    }
    l->nrows++;
}

static bool has_most(const lesson *l) {
    bool all = l->most > 0 && l->learned->count == l->most;
    for (uint32_t i = 0; all && i < l->most; i++) {
        all = l->learned->is_typed[i];
    }
    return all;
}

static bool see_batch(void *context, const spoor_batch *batch) {
    lesson *l = context;
    const spoor_vec *value = &batch->cols[batch->ncols - 1];
    for (uint32_t i = 0; i < batch->count; i++) {
        uint32_t row = spoor_batch_row(batch, i);
        spoor_value told = spoor_vec_get(value, row);
        l->see(l->learned, &told);
        if (l->learned->count > SPOOR_MAX_COLUMNS) {
            return false;
        }
        l->keeps = l->keeps && (uint64_t)(l->nrows + 1) * l->ncols <= KEPT_CELLS;
        if (l->keeps) {
            keep_row(l, batch->cols, row);
        }
    }
    return l->keeps || !has_most(l);
}

static bool has_shared(const spoor_plan *plan) {
    bool found = plan->kind == SPOOR_PLAN_SHARED;
    for (uint32_t i = 0; i < plan->ninputs && !found; i++) {
        found = has_shared(plan->inputs[i]);
    }
    return found;
}

/* The values that the rows are filtered by are read now, too: not with all columns of events. */
static void rewrite_subplans(spoor_binder *b) {
    spoor_plan_query *query = b->query;
    for (; b->nsubplans_rewritten < query->nsubplans; b->nsubplans_rewritten++) {
        spoor_plan **plan = &query->subplans[b->nsubplans_rewritten];
        if (!b->options->no_rewrites && !has_shared(*plan)) {
            *plan = spoor_rewrite_columns(b->arena, spoor_rewrite_filters(b->arena, *plan), false);
        }
    }
}

static bool run(spoor_plugin_site *site, lesson *l, spoor_plan *plan) {
    spoor_binder *b = site->b;
    spoor_bind_rows *rows = b->options->rows;
    rewrite_subplans(b);
    b->query->is_of_run = true;
    if (!rows->read(rows, b->query, plan, see_batch, l)) {
        return spoor_fail(b->diags, site->call->at,
                          "the rows that tell the columns of '%s' could not be read", site->name);
    }
    if (l->learned->count > SPOOR_MAX_COLUMNS) {
        spoor_fail(b->diags, site->call->at, "'%s' would give more than %d columns", site->name,
                   SPOOR_MAX_COLUMNS);
        return false;
    }
    return true;
}

/* A node of its own each time: a plan is a tree. */
static spoor_plan *kept_rows(spoor_binder *b, const spoor_bind_lesson *known,
                             const spoor_plan *input) {
    spoor_plan *plan = spoor_plan_new(b, SPOOR_PLAN_VALUES, input->span, NULL);
    plan->schema = input->schema;
    plan->values.nrows = known->nrows;
    plan->values.cells = known->cells;
    return plan;
}

static bool may_learn(spoor_plugin_site *site) {
    spoor_binder *b = site->b;
    bool fed = spoor_bind_feeds_of(b, site->input).count > 0;
    if (!fed && b->options->rows != NULL) {
        return true;
    }
    spoor_fail(
        b->diags, site->call->at,
        fed ? "the columns of '%s' depend on its rows, and in a subquery each group has others"
            : "the columns of '%s' depend on its rows, and none are read here",
        site->name);
    spoor_hint(b->diags, "write them behind it: %s(...) : (*, name:string, n:long)", site->name);
    return false;
}

bool spoor_bind_learn(spoor_plugin_site *site, spoor_bound *value,
                      void (*see)(spoor_learned *learned, const spoor_value *value), uint32_t most,
                      spoor_learned *learned) {
    spoor_binder *b = site->b;
    for (const spoor_bind_lesson *known = b->lessons; known != NULL; known = known->next) {
        if (known->ast == site->call && known->scope == b->scope && known->see == see) {
            *learned = *known->learned;
            site->input = known->is_kept ? kept_rows(b, known, site->input) : site->input;
            return true;
        }
    }
    if (!may_learn(site)) {
        return false;
    }
    *learned = (spoor_learned){.arena = b->arena};
    if (!b->options->no_rewrites) {
        site->input = spoor_rewrite_filters(b->arena, site->input);
    }
    spoor_plan *input = site->input;
    lesson l = {.b = b, .learned = learned, .see = see, .most = most, .keeps = !is_passing(input)};
    l.ncols = input->schema.ncols;
    if (!run(site, &l, with_value(b, input, value, l.keeps))) {
        return false;
    }
    spoor_bind_lesson *known = SPOOR_NEW(b->arena, spoor_bind_lesson);
    spoor_learned *copy = SPOOR_NEW(b->arena, spoor_learned);
    *copy = *learned;
    *known =
        (spoor_bind_lesson){site->call, b->scope, see, copy, l.keeps, l.nrows, l.cells, b->lessons};
    b->lessons = known;
    site->input = l.keeps ? kept_rows(b, known, input) : input;
    return true;
}

void spoor_bind_learn_named(spoor_binder *b, const spoor_schema *taken, spoor_learned *learned) {
    bool may_be_elsewhere = b->options->empty_tables && learned->count == 0 && b->views_open == 0;
    const spoor_schema *named = may_be_elsewhere ? spoor_bind_named_columns(b) : NULL;
    for (uint32_t i = 0; named != NULL && i < named->ncols; i++) {
        if (taken == NULL || spoor_schema_find(taken, named->columns[i].name) < 0) {
            spoor_learned_add(learned, named->columns[i].name);
        }
    }
}
