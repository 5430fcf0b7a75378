/* bind_groups.c - groups that turn out to be rows.
 *
 * pivot over the elements of events (plugin_items.c) groups events by what most likely tells each from
 * all others.  Where it does, the summarize is a project: filters go through it into the scan, and
 * what nobody asks of the groups is not read.  Only the rows know, so they are asked, as for the
 * names of columns: those that the filters above leave, first for the time alone, which is enough of
 * an answer mostly, then for all keys that are columns.  Keys whose hashes all differ differ; what a
 * fraction of the free memory cannot tell stays a summarize. */
#include "base/hash.h"
#include "planner/bind.h"
#include "planner/rewrite.h"

enum { MEMORY_SHARE = 8 /* of what is free: one in ... */, MOST_SLOTS = 1 << 24 };

/* -- hashes seen ------------------------------------------------------------------------------- */

typedef struct seen {
    spoor_arena *arena;
    uint64_t *slots; /* hashes; 0: free */
    uint32_t nslots, count, most_slots;
    bool repeats; /* some hash came twice, or there are too many to tell */
} seen;

static bool insert(seen *s, uint64_t hash) {
    uint64_t at = hash;
    while (s->slots[at & (s->nslots - 1)] != 0) {
        if (s->slots[at & (s->nslots - 1)] == hash) {
            return false;
        }
        at++;
    }
    s->slots[at & (s->nslots - 1)] = hash;
    s->count++;
    return true;
}

static bool make_room(seen *s) {
    const uint64_t *old = s->slots;
    uint32_t n = s->nslots;
    if (s->count < n / 2) {
        return true;
    }
    if (n >= s->most_slots) {
        return false;
    }
    s->nslots = n == 0 ? 4096 : 4 * n;
    s->slots = SPOOR_NEW_ARRAY(s->arena, uint64_t, s->nslots);
    s->count = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (old[i] != 0) {
            insert(s, old[i]);
        }
    }
    return true;
}

static uint64_t hash_row(const spoor_batch *batch, uint32_t row) {
    uint64_t hash = 0;
    for (uint32_t c = 0; c < batch->ncols; c++) {
        spoor_value value = spoor_vec_get(&batch->cols[c], row);
        bool is_text = value.type == SPOOR_STRING;
        uint64_t part = value.is_null ? 0
                        : is_text     ? spoor_hash_bytes(value.string.ptr, value.string.len)
                                      : (uint64_t)value.integer;
        hash = spoor_hash_combine(hash, part);
    }
    return hash != 0 ? hash : 1;
}

static bool see_rows(void *context, const spoor_batch *batch) {
    seen *s = context;
    for (uint32_t i = 0; i < batch->count && !s->repeats; i++) {
        s->repeats = !make_room(s) || !insert(s, hash_row(batch, spoor_batch_row(batch, i)));
    }
    return !s->repeats;
}

/* -- asking ------------------------------------------------------------------------------------ */

static uint32_t most_slots(const spoor_memory *memory) {
    size_t used = memory == NULL ? 0 : memory->used;
    bool is_limited = memory != NULL && memory->limit > 0;
    size_t free = !is_limited ? SIZE_MAX : memory->limit > used ? memory->limit - used : 0;
    size_t slots = free / MEMORY_SHARE / sizeof(uint64_t);
    return slots < MOST_SLOTS ? (uint32_t)slots : MOST_SLOTS;
}

static bool is_asked(const spoor_bound *key, bool time_alone) {
    return key->kind == SPOOR_BOUND_COLUMN &&
           (key->type == SPOOR_DATETIME ||
            (!time_alone &&
             (key->type == SPOOR_STRING || key->type == SPOOR_INT || key->type == SPOOR_LONG)));
}

/* Do the keys tell the rows apart? */
static bool all_differ(spoor_binder *b, const spoor_plan *groups, bool time_alone) {
    uint32_t nkeys = groups->summarize.nkeys, n = 0;
    spoor_plan *plan =
        spoor_rewrite_over(b->arena, SPOOR_PLAN_PROJECT, groups->inputs[0], groups->span);
    spoor_column *columns = SPOOR_NEW_ARRAY(b->arena, spoor_column, (size_t)nkeys + 1);
    plan->project.exprs = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, (size_t)nkeys + 1);
    for (uint32_t i = 0; i < nkeys; i++) {
        if (is_asked(groups->summarize.keys[i], time_alone)) {
            columns[n] = groups->schema.columns[i];
            plan->project.exprs[n++] = groups->summarize.keys[i];
        }
    }
    plan->schema = (spoor_schema){n, columns};
    spoor_bind_rows *rows = b->options->rows;
    seen s = {.arena = b->arena, .most_slots = most_slots(b->arena->memory)};
    if (n == 0) {
        return false;
    }
    if (!rows->read(rows, b->query, spoor_rewrite_columns(b->arena, plan, true), see_rows, &s)) {
        return spoor_fail(b->diags, groups->span,
                          "the rows that tell the groups of 'pivot' could not be read");
    }
    return !s.repeats;
}

/* -- the answer -------------------------------------------------------------------------------- */

/* A row of each group: keys and, of one row, take_anyif(value, condition). */
static spoor_plan *as_rows(spoor_arena *arena, spoor_plan *groups) {
    spoor_plan *plan =
        spoor_rewrite_over(arena, SPOOR_PLAN_PROJECT, groups->inputs[0], groups->span);
    plan->schema = groups->schema;
    plan->project.exprs = SPOOR_NEW_ARRAY(arena, spoor_bound *, (size_t)groups->schema.ncols + 1);
    for (uint32_t i = 0; i < groups->summarize.nkeys; i++) {
        plan->project.exprs[i] = groups->summarize.keys[i];
    }
    for (uint32_t i = 0; i < groups->summarize.naggregates; i++) {
        const spoor_plan_aggregate *a = &groups->summarize.aggregates[i];
        plan->project.exprs[a->first_column] = a->args[0];
    }
    return plan;
}

/* What is shared stays as it is: its rows are another's, too. */
static spoor_plan *settle(spoor_binder *b, spoor_plan *plan) {
    for (uint32_t i = 0; i < plan->ninputs && plan->kind != SPOOR_PLAN_SHARED; i++) {
        plan->inputs[i] = settle(b, plan->inputs[i]);
    }
    bool may_be = plan->kind == SPOOR_PLAN_SUMMARIZE && plan->summarize.may_be_rows;
    return may_be && (all_differ(b, plan, true) || all_differ(b, plan, false))
               ? as_rows(b->arena, plan)
               : plan;
}

void spoor_bind_settle_groups(spoor_binder *b) {
    for (uint32_t i = 0; i < b->query->nresults; i++) {
        spoor_plan **plan = &b->query->results[i].plan;
        *plan = settle(b, spoor_rewrite_filters(b->arena, *plan));
    }
    for (uint32_t i = 0; i < b->query->nsubplans; i++) {
        spoor_plan **plan = &b->query->subplans[i];
        *plan = settle(b, spoor_rewrite_filters(b->arena, *plan));
    }
}
