/* sweep.c - segment by segment; see sweep.h.
 *
 * It reads as a plan's scan does, through an operator of the run over all
 * columns of the set; what it makes for a segment goes with it, and the picks
 * stay. */
#include "pass/sweep.h"

#include "pass/sweep_state.h"

typedef struct growing { /* the picks of one filter */
    spoor_pick *items;
    uint32_t count, capacity;
    uint64_t rows;
} growing;

typedef struct sweep {
    spoor_sweeper s;
    spoor_plan plan; /* of the scan that reads the columns */
    spoor_pass_node *const *filters;
    uint32_t nfilters;
    const uint64_t *const *known; /* by segment: sweep.h */
    uint32_t *live; /* filters that metadata leaves open, in the segment at hand */
    spoor_arena *arena; /* of the picks */
    growing *made;
} sweep;

static void add_pick(sweep *w, uint32_t filter, const spoor_pick *pick) {
    growing *g = &w->made[filter];
    SPOOR_GROW(w->arena, g->items, g->count, &g->capacity);
    g->items[g->count++] = *pick;
    g->rows += pick->count;
}

static bool sweep_segment(sweep *w, uint32_t segment) {
    spoor_sweeper *s = &w->s;
    s->epoch++;
    s->nneeded = 0;
    spoor_arena_rewind(s->arena);
    spoor_scan_enter(s->scan, segment);
    uint32_t nlive = 0;
    const uint64_t *known = w->known != NULL ? w->known[segment] : NULL;
    for (uint32_t f = 0; f < w->nfilters; f++) {
        bool is_known = known != NULL && (known[f / 64] >> f % 64 & 1) != 0;
        if (!is_known && spoor_sweep_settle(s, w->filters[f]) != SPOOR_ANSWER_NO) {
            w->live[nlive++] = f;
        }
    }
    s->counts.segments++;
    s->counts.filters += nlive;
    bool ok = nlive == 0 || spoor_sweep_ask(s, w->filters, w->live, &nlive);
    for (uint32_t i = 0; i < nlive && ok; i++) {
        const spoor_pass_node *filter = w->filters[w->live[i]];
        spoor_arena *room = w->arena->used < SPOOR_MOST_PICK_BYTES ? w->arena : NULL;
        spoor_pick pick;
        ok = spoor_sweep_load_rows(s, filter);
        if (!ok || !spoor_sweep_pick(s, filter, room, &pick)) {
            continue;
        }
        if (!pick.is_exact && room != NULL) {
            ok = spoor_sweep_refine(s, filter, room, &pick);
        }
        if (ok && pick.count > 0) {
            pick.segment = segment;
            add_pick(w, w->live[i], &pick);
        }
    }
    if (ok && s->counts.leaves != NULL) {
        ok = spoor_sweep_count_leaves(s);
    }
    spoor_scan_drop(s->scan);
    return ok && spoor_run_go_on(s->run);
}

static bool open_sweep(sweep *w, jmp_buf *door) {
    spoor_sweeper *s = &w->s;
    const spoor_pass_set *set = s->set;
    w->plan = (spoor_plan){.kind = SPOOR_PLAN_SCAN, .depth = 1, .schema = {.ncols = set->ncolumns}};
    w->plan.scan.columns = set->columns;
    s->op = spoor_op_open(s->run, &w->plan, door);
    if (s->op == NULL) {
        return false;
    }
    s->scan = s->op->state;
    s->arena = spoor_op_arena(s->op);
    s->leaves = SPOOR_NEW_ARRAY(s->op->arena, spoor_leaf_state, set->nleaves + 1);
    s->columns = SPOOR_NEW_ARRAY(s->op->arena, spoor_column_state, set->ncolumns + 1);
    s->sources = SPOOR_NEW_ARRAY(s->op->arena, spoor_source_state, set->nsources + 1);
    s->nodes = SPOOR_NEW_ARRAY(s->op->arena, spoor_node_state, set->nnodes + 1);
    s->needed = SPOOR_NEW_ARRAY(s->op->arena, uint32_t, set->nleaves + 1);
    w->live = SPOOR_NEW_ARRAY(s->op->arena, uint32_t, w->nfilters + 1);
    w->made = SPOOR_NEW_ARRAY(s->op->arena, growing, w->nfilters + 1);
    return true;
}

static void sweep_all(sweep *w, spoor_picks *picks, jmp_buf *door) {
    bool ok = open_sweep(w, door);
    uint32_t count = ok ? spoor_snapshot_count(w->s.run->snapshot) : 0;
    for (uint32_t i = 0; i < count && ok; i++) {
        ok = sweep_segment(w, i);
    }
    for (uint32_t f = 0; f < w->nfilters && ok; f++) {
        picks[f] = (spoor_picks){
            .items = w->made[f].items, .count = w->made[f].count, .rows = w->made[f].rows};
    }
}

/* The door.  Apart from spoor_sweep(), so that what must survive a jump is no local of its. */
static void sweep_behind_door(sweep *w, spoor_picks *picks) {
    jmp_buf *outer = w->arena->on_oom;
    jmp_buf door;
    spoor_run *run = w->s.run;
    w->arena->on_oom = run->arena.on_oom = &door;
    if (setjmp(door) == 0) {
        sweep_all(w, picks, &door);
    } else {
        spoor_op_out_of_memory(run);
    }
    spoor_sweep_leave_member(&w->s);
    while (run->ops != NULL) {
        spoor_op_close(run->ops);
    }
    run->arena.on_oom = NULL;
    w->arena->on_oom = outer;
}

bool spoor_sweep(spoor_run *run, const spoor_pass_set *set, spoor_pass_node *const *filters,
                 uint32_t nfilters, const uint64_t *const *known, spoor_arena *arena, spoor_picks *picks,
                 spoor_sweep_counts *counts) {
    sweep w = {.s = {.run = run, .set = set, .counts = *counts},
               .filters = filters, .nfilters = nfilters, .known = known, .arena = arena};
    sweep_behind_door(&w, picks);
    *counts = w.s.counts;
    return run->status == SPOOR_RUN_OK;
}
