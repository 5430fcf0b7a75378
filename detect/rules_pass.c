/* rules_pass.c - see rules_pass.h. */
#include "detect/rules_pass.h"

#include "base/time.h"
#include "executor/op.h"

/* -- the scans of a query, in an order that is the same each time it is compiled --------------- */

typedef struct scan_list {
    spoor_plan **items;
    uint32_t count, capacity;
    bool *seen; /* SHARED, by id */
    spoor_arena *arena;
} scan_list;

static void list_scans(scan_list *list, spoor_plan *plan) {
    if (plan->kind == SPOOR_PLAN_SHARED) {
        if (list->seen[plan->shared.id]) {
            return;
        }
        list->seen[plan->shared.id] = true;
    }
    if (plan->kind == SPOOR_PLAN_SCAN) {
        SPOOR_GROW(list->arena, list->items, list->count, &list->capacity);
        list->items[list->count++] = plan;
    }
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        list_scans(list, plan->inputs[i]);
    }
}

/* *nresult: of the result, the others are of subplans. */
static scan_list scans_of(const spoor_plan_query *query, spoor_arena *arena, uint32_t *nresult) {
    scan_list list = {.arena = arena, .seen = SPOOR_NEW_ARRAY(arena, bool, query->nshared + 1)};
    list_scans(&list, query->results[0].plan);
    *nresult = list.count;
    for (uint32_t i = 0; i < query->nsubplans; i++) {
        list_scans(&list, query->subplans[i]);
    }
    return list;
}

/* -- nothing from nothing ---------------------------------------------------------------------- */

/* Does the plan give no row when no scan in it does? */
static bool is_idle(const spoor_plan *plan) {
    return plan->kind == SPOOR_PLAN_SCAN ||
           (plan->kind == SPOOR_PLAN_VALUES && plan->values.nrows == 0) ||
           spoor_plan_passes_emptiness(plan, is_idle);
}

/* -- before the sweep, the sweep, and after ---------------------------------------------------- */

bool spoor_rule_is_idle(const spoor_plan_query *query) {
    return is_idle(query->results[0].plan);
}

spoor_rule_outline spoor_rule_outline_of(const spoor_plan_query *query, bool names,
                                         spoor_arena *arena) {
    spoor_rule_outline outline = {.is_idle = spoor_rule_is_idle(query)};
    scan_list list = scans_of(query, arena, &outline.nresult);
    outline.scans = list.items;
    outline.count = list.count;
    outline.names = SPOOR_NEW_ARRAY(arena, spoor_kept_name, list.count + 1);
    for (uint32_t i = 0; i < list.count && names; i++) {
        outline.names[i] = spoor_kept_name_of(list.items[i], arena);
    }
    return outline;
}

void spoor_rules_pass_add(spoor_rules_pass *pass, uint32_t rule, const spoor_rule_outline *outline,
                          spoor_arena *scratch) {
    spoor_rule_scans *own = &pass->rules[rule];
    pass->set.arena = &pass->arena;
    own->first = pass->nfilters;
    own->nresult = outline->nresult;
    own->is_idle = outline->is_idle;
    for (uint32_t i = 0; i < outline->count; i++) {
        if (pass->is_incremental) {
            SPOOR_GROW(&pass->arena, pass->names, pass->nfilters, &pass->names_capacity);
            pass->names[pass->nfilters] = outline->names[i];
        }
        SPOOR_GROW(&pass->arena, pass->filters, pass->nfilters, &pass->capacity);
        pass->filters[pass->nfilters++] =
            spoor_pass_filter_of(&pass->set, outline->scans[i], scratch);
    }
    own->count = pass->nfilters - own->first;
}

static bool make_room(spoor_rules_pass *pass, bool counts, spoor_picks **picks) {
    jmp_buf door;
    pass->arena.on_oom = &door;
    bool ok = setjmp(door) == 0;
    if (ok) {
        *picks = SPOOR_NEW_ARRAY(&pass->arena, spoor_picks, pass->nfilters + 1);
        pass->counts.leaves =
            counts ? SPOOR_NEW_ARRAY(&pass->arena, spoor_leaf_count, pass->set.nleaves + 1) : NULL;
    }
    pass->arena.on_oom = NULL;
    return ok;
}

/* false: no memory for it. */
static bool join_kept(spoor_rules_pass *pass, spoor_picks *picks) {
    jmp_buf door;
    pass->arena.on_oom = &door;
    bool ok = setjmp(door) == 0;
    if (ok && pass->kept != NULL) {
        spoor_kept_join(pass->kept, picks);
    }
    pass->arena.on_oom = NULL;
    return ok;
}

void spoor_rules_pass_keep(spoor_rules_pass *pass, spoor_engine *engine,
                           spoor_rules_summary *summary) {
    bool has_room =
        pass->picks != NULL && pass->kept != NULL && pass->arena.used < SPOOR_MOST_PICK_BYTES;
    const char *why = has_room ? spoor_kept_write(pass->kept, pass->picks, engine->store)
                               : "it does not fit the memory limit";
    if (pass->kept != NULL) {
        summary->segments_known = spoor_kept_count(pass->kept, &summary->segments);
    }
    if (why != NULL) {
        spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", why);
        summary->not_kept = spoor_error(engine);
    }
}

spoor_status spoor_rules_forget(spoor_engine *engine) {
    const char *why = engine->store != NULL ? spoor_kept_forget(engine->store) : NULL;
    return why == NULL ? SPOOR_OK : spoor_engine_fail(engine, SPOOR_ERR_STORE, "%s", why);
}

spoor_status spoor_rules_pass_run(spoor_rules_pass *pass, spoor_engine *engine,
                                  spoor_snapshot *snapshot, int64_t now, bool counts) {
    static const spoor_plan_query no_query;
    spoor_run run = {.memory = &engine->memory,
                     .query = &no_query,
                     .snapshot = snapshot,
                     .now = now,
                     .cancel = &engine->cancel,
                     .threads = engine->threads,
                     .temp_dir = engine->temp_dir};
    spoor_picks *picks;
    if (!make_room(pass, counts, &picks)) {
        return SPOOR_OK;
    }
    if (pass->is_incremental) {
        pass->kept =
            spoor_kept_recall(engine->store, snapshot, pass->names, pass->nfilters, &pass->arena);
    }
    const uint64_t *const *known = pass->kept != NULL ? spoor_kept_known(pass->kept) : NULL;
    spoor_run_begin(&run);
    if (run.status == SPOOR_RUN_OK && spoor_sweep(&run, &pass->set, pass->filters, pass->nfilters,
                                                  known, &pass->arena, picks, &pass->counts)) {
        pass->picks = join_kept(pass, picks) ? picks : NULL;
    }
    spoor_run_end(&run);
    return run.status == SPOOR_RUN_CANCELLED || run.status == SPOOR_RUN_IO
               ? spoor_engine_fail(engine, spoor_engine_run_status(run.status), "%s", run.message)
               : SPOOR_OK;
}

bool spoor_rules_pass_settles(const spoor_rules_pass *pass, uint32_t rule) {
    const spoor_rule_scans *own = &pass->rules[rule];
    bool is_settled = pass->picks != NULL && own->is_idle;
    for (uint32_t i = 0; i < own->nresult && is_settled; i++) {
        is_settled = pass->picks[own->first + i].count == 0;
    }
    return is_settled;
}

void spoor_rules_pass_attach(const spoor_rules_pass *pass, uint32_t rule, spoor_run *run,
                             spoor_arena *arena) {
    const spoor_rule_scans *own = &pass->rules[rule];
    uint32_t nresult;
    scan_list list = scans_of(run->query, arena, &nresult);
    if (pass->picks == NULL || list.count != own->count) {
        return;
    }
    spoor_picks *picks = SPOOR_NEW_ARRAY(arena, spoor_picks, list.count + 1);
    for (uint32_t i = 0; i < list.count; i++) {
        picks[i] = pass->picks[own->first + i];
        picks[i].scan = list.items[i];
    }
    run->picks = picks;
    run->npicks = list.count;
}
