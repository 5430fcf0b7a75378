/* sweep.c - segment by segment, each by the thread that comes first; see sweep.h.
 *
 * A member of the team (team.h) reads as a plan's scan does, through an operator of its run over all columns of the
 * set; what it makes for a segment goes with it, and the picks stay.  What is picked of a segment is the same whoever
 * does it, so put together in the order of segments the picks are those of one thread. */
#include "pass/sweep.h"

#include "executor/team.h"
#include "pass/sweep_state.h"

typedef struct growing { /* the picks of one filter; later ones are of later segments */
    spoor_pick *items;
    uint32_t count, capacity;
    uint64_t rows;
} growing;

typedef struct part { /* of one member */
    spoor_sweeper s;
    spoor_plan plan;   /* of the scan that reads the columns */
    uint32_t *live;    /* filters that metadata leaves open, in the segment at hand */
    spoor_arena arena; /* of the picks */
    size_t told;       /* of its bytes: those that sweep.taken has */
    growing *made;     /* by filter */
} part;

typedef struct sweep {
    const spoor_pass_set *set;
    spoor_pass_node *const *filters;
    uint32_t nfilters;
    const uint64_t *const *known; /* by segment: sweep.h */
    spoor_arena *arena;           /* of the picks, when all is done */
    spoor_sweep_counts *counts;
    atomic_uint next;    /* segment */
    atomic_size_t taken; /* bytes of picks, as of the segments that are done */
    spoor_team team;
    part *parts; /* by member */
} sweep;

/* -- a member ---------------------------------------------------------------------------------- */

static void add_pick(part *p, uint32_t filter, const spoor_pick *pick) {
    growing *g = &p->made[filter];
    SPOOR_GROW(&p->arena, g->items, g->count, &g->capacity);
    g->items[g->count++] = *pick;
    g->rows += pick->count;
}

static bool pick_rows(sweep *w, part *p, uint32_t filter, uint32_t segment) {
    spoor_sweeper *s = &p->s;
    const spoor_pass_node *node = w->filters[filter];
    bool has_room = atomic_load(&w->taken) + (p->arena.used - p->told) < SPOOR_MOST_PICK_BYTES;
    spoor_arena *room = has_room ? &p->arena : NULL;
    spoor_pick pick;
    if (!spoor_sweep_load_rows(s, node)) {
        return false;
    }
    if (!spoor_sweep_pick(s, node, room, &pick)) {
        return true;
    }
    if (!pick.is_exact && has_room && !spoor_sweep_refine(s, node, room, &pick)) {
        return false;
    }
    if (pick.count > 0) {
        pick.segment = segment;
        add_pick(p, filter, &pick);
    }
    return true;
}

static bool sweep_segment(sweep *w, part *p, uint32_t segment) {
    spoor_sweeper *s = &p->s;
    s->epoch++;
    s->nneeded = 0;
    spoor_arena_rewind(s->arena);
    spoor_scan_enter(s->scan, segment);
    uint32_t nlive = 0;
    const uint64_t *known = w->known != NULL ? w->known[segment] : NULL;
    for (uint32_t f = 0; f < w->nfilters; f++) {
        bool is_known = known != NULL && (known[f / 64] >> f % 64 & 1) != 0;
        if (!is_known && spoor_sweep_settle(s, w->filters[f]) != SPOOR_ANSWER_NO) {
            p->live[nlive++] = f;
        }
    }
    s->counts.segments++;
    s->counts.filters += nlive;
    bool ok = nlive == 0 || spoor_sweep_ask(s, w->filters, p->live, &nlive);
    for (uint32_t i = 0; i < nlive && ok; i++) {
        ok = pick_rows(w, p, p->live[i], segment);
    }
    if (ok && s->counts.leaves != NULL) {
        ok = spoor_sweep_count_leaves(s);
    }
    spoor_scan_drop(s->scan);
    atomic_fetch_add(&w->taken, p->arena.used - p->told);
    p->told = p->arena.used;
    return ok && spoor_run_go_on(s->run);
}

static bool open_part(sweep *w, part *p, spoor_run *run, jmp_buf *door) {
    spoor_sweeper *s = &p->s;
    const spoor_pass_set *set = w->set;
    p->arena = (spoor_arena){
        .memory = run->memory, .on_oom = door, .is_over = spoor_run_is_over, .of = run};
    p->plan = (spoor_plan){.kind = SPOOR_PLAN_SCAN, .depth = 1, .schema = {.ncols = set->ncolumns}};
    p->plan.scan.columns = set->columns;
    *s = (spoor_sweeper){.run = run, .set = set, .op = spoor_op_open(run, &p->plan, door)};
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
    s->counts.leaves = w->counts->leaves != NULL
                           ? SPOOR_NEW_ARRAY(s->op->arena, spoor_leaf_count, set->nleaves + 1)
                           : NULL;
    p->live = SPOOR_NEW_ARRAY(s->op->arena, uint32_t, w->nfilters + 1);
    p->made = SPOOR_NEW_ARRAY(s->op->arena, growing, w->nfilters + 1);
    return true;
}

static void sweep_share(spoor_team_member *member, jmp_buf *door) {
    sweep *w = member->team->context;
    part *p = &w->parts[member->number];
    uint32_t count = spoor_snapshot_count(member->run.snapshot), segment;
    bool ok = open_part(w, p, &member->run, door);
    while (ok && (segment = atomic_fetch_add(&w->next, 1)) < count) {
        ok = sweep_segment(w, p, segment);
    }
}

/* -- all of them ------------------------------------------------------------------------------- */

static void add_counts(sweep *w, const spoor_sweep_counts *own) {
    spoor_sweep_counts *all = w->counts;
    all->segments += own->segments;
    all->filters += own->filters;
    all->questions += own->questions;
    all->values += own->values;
    all->value_bytes += own->value_bytes;
    for (uint32_t i = 0; i < w->set->nleaves && all->leaves != NULL; i++) {
        all->leaves[i].asked += own->leaves[i].asked;
        all->leaves[i].rows += own->leaves[i].rows;
    }
}

/* The picks of a filter by all members, in the order of segments; at: room for a number each. */
static spoor_picks put_together(sweep *w, uint32_t filter, uint32_t *at) {
    spoor_picks all = {0};
    uint32_t total = 0;
    for (uint32_t i = 0; i < w->team.size; i++) {
        const growing *own = &w->parts[i].made[filter];
        total += own->count;
        all.rows += own->rows;
        at[i] = 0;
    }
    spoor_pick *items = total > 0 ? SPOOR_RAW_ARRAY(w->arena, spoor_pick, total) : NULL;
    while (all.count < total) {
        const spoor_pick *first = NULL;
        uint32_t whose = 0;
        for (uint32_t i = 0; i < w->team.size; i++) {
            const growing *own = &w->parts[i].made[filter];
            if (at[i] < own->count &&
                (first == NULL || own->items[at[i]].segment < first->segment)) {
                first = &own->items[at[i]];
                whose = i;
            }
        }
        items[all.count++] = *first;
        at[whose]++;
    }
    all.items = items;
    return all;
}

static uint64_t rows_of(const spoor_snapshot *snapshot) {
    uint64_t rows = 0;
    for (uint32_t i = 0; i < spoor_snapshot_count(snapshot); i++) {
        rows += spoor_snapshot_segment(snapshot, i)->rows;
    }
    return rows;
}

static void sweep_all(sweep *w, spoor_picks *picks) {
    spoor_run *run = w->team.run;
    uint32_t size = spoor_team_size(run, rows_of(run->snapshot));
    w->parts = SPOOR_NEW_ARRAY(&run->arena, part, size);
    uint32_t *at = SPOOR_NEW_ARRAY(&run->arena, uint32_t, size);
    w->team.size = size;
    spoor_team_open(&w->team, &run->arena);
    if (!spoor_team_run(&w->team)) {
        return;
    }
    for (uint32_t i = 0; i < size; i++) {
        spoor_arena_give(&w->parts[i].arena, w->arena);
        add_counts(w, &w->parts[i].s.counts);
    }
    for (uint32_t f = 0; f < w->nfilters; f++) {
        picks[f] = put_together(w, f, at);
    }
}

/* The door.  Apart from spoor_sweep(), so that what must survive a jump is no local of its. */
static void sweep_behind_door(sweep *w, spoor_picks *picks) {
    jmp_buf *outer = w->arena->on_oom;
    jmp_buf door;
    spoor_run *run = w->team.run;
    w->arena->on_oom = run->arena.on_oom = &door;
    if (setjmp(door) == 0) {
        sweep_all(w, picks);
    } else {
        spoor_op_out_of_memory(run);
    }
    for (uint32_t i = 0; w->team.members != NULL && i < w->team.size; i++) {
        if (w->parts[i].s.op != NULL) {
            spoor_sweep_leave_member(&w->parts[i].s);
        }
        spoor_arena_reset(&w->parts[i].arena);
    }
    spoor_team_close(&w->team);
    run->arena.on_oom = NULL;
    w->arena->on_oom = outer;
}

bool spoor_sweep(spoor_run *run, const spoor_pass_set *set, spoor_pass_node *const *filters,
                 uint32_t nfilters, const uint64_t *const *known, spoor_arena *arena,
                 spoor_picks *picks, spoor_sweep_counts *counts) {
    sweep w = {.set = set,
               .filters = filters,
               .nfilters = nfilters,
               .known = known,
               .arena = arena,
               .counts = counts,
               .taken = arena->used,
               .team = {.run = run, .work = sweep_share}};
    w.team.context = &w;
    sweep_behind_door(&w, picks);
    return run->status == SPOOR_RUN_OK;
}
