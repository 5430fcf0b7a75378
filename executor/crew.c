/* crew.c - see crew.h; the threads are a team (team.h). */
#include "executor/crew.h"

#include "executor/join_share.h"
#include "executor/profile.h"
#include "executor/scan.h"
#include "executor/team.h"
#include "planner/bound.h"

typedef struct share {
    spoor_op *op;      /* of the member of the same number; NULL: not opened */
    uint32_t from, to; /* segments */
} share;

struct spoor_crew {
    spoor_op *op;
    spoor_team team;
    share *shares;
    void (*work)(spoor_op *op);
};

/* -- what can be shared out -------------------------------------------------------------------- */

static bool is_volatile_chain(const spoor_plan *plan) {
    switch (plan->kind) {
    case SPOOR_PLAN_WHERE: return spoor_bound_is_volatile(plan->where.predicate);
    case SPOOR_PLAN_PROJECT:
        for (uint32_t i = 0; i < plan->schema.ncols; i++) {
            if (spoor_bound_is_volatile(plan->project.exprs[i])) {
                return true;
            }
        }
        return false;
    default: return false;
    }
}

/* What a kind of operator makes of a row (planner/plan_kinds.def). */
typedef enum of_row { ALL, BY_KIND, ROWS, ROW } of_row;

#define SPOOR_PLAN_KIND(kind, text, empty, of_row, open) of_row,
static const of_row of_rows[] = {
#include "planner/plan_kinds.def"
};
#undef SPOOR_PLAN_KIND

static bool is_link(const spoor_plan *plan, bool may_multiply) {
    of_row makes = of_rows[plan->kind];
    bool fits =
        makes == ROW ||
        (may_multiply && (makes == ROWS || (makes == BY_KIND && spoor_join_is_by_row(plan))));
    return fits && !is_volatile_chain(plan);
}

/* The scan at the foot of links; NULL: there is something else. */
static spoor_op *foot_of(spoor_op *op, bool may_multiply) {
    while (op->plan->kind != SPOOR_PLAN_SCAN) {
        if (!is_link(op->plan, may_multiply)) {
            return NULL;
        }
        op = op->inputs[0];
    }
    for (uint32_t p = 0; p < op->plan->scan.npredicates; p++) {
        if (spoor_bound_is_volatile(op->plan->scan.predicates[p])) {
            return NULL;
        }
    }
    return spoor_scan_has_records(op->state) ? NULL : op;
}

spoor_op *spoor_scan_below(spoor_op *op, bool may_multiply) {
    return foot_of(op->inputs[0], may_multiply);
}

/* Consecutive segments of about as many rows for each; returns how many shares have some. */
static uint32_t share_out(spoor_crew *crew, const uint32_t *rows, uint32_t nsegments,
                          uint64_t total) {
    uint64_t given = 0;
    uint32_t at = 0, shares = 0, most = crew->team.size;
    for (uint32_t i = 0; i < most && at < nsegments; i++) {
        share *s = &crew->shares[shares];
        uint64_t until = total / most * (i + 1);
        s->from = at;
        while (at < nsegments && (given + rows[at] / 2 < until || i + 1 == most)) {
            given += rows[at++];
        }
        s->to = at;
        shares += s->to > s->from;
    }
    return shares;
}

/* Build what the joins of the chain look into.  false: failed, or one of them does not fit. */
static bool lend_joins(spoor_crew *crew) {
    for (spoor_op *op = crew->op->inputs[0]; op->plan->kind != SPOOR_PLAN_SCAN;
         op = op->inputs[0]) {
        if (op->plan->kind != SPOOR_PLAN_JOIN) {
            continue;
        }
        spoor_lent *lent = SPOOR_NEW(crew->op->arena, spoor_lent);
        *lent = (spoor_lent){op->plan, spoor_join_share(op), crew->team.lent};
        if (lent->build == NULL) {
            return false;
        }
        crew->team.lent = lent;
    }
    return true;
}

spoor_crew *spoor_crew_open(spoor_op *op) {
    spoor_op *scan = op->run->threads > 1 ? spoor_scan_below(op, true) : NULL;
    if (scan == NULL) {
        return NULL;
    }
    uint32_t nsegments = spoor_snapshot_count(op->run->snapshot);
    uint32_t *rows = SPOOR_NEW_ARRAY(op->arena, uint32_t, nsegments);
    uint64_t total = spoor_scan_weigh(scan->state, rows);
    spoor_crew *crew = SPOOR_NEW(op->arena, spoor_crew);
    crew->op = op;
    crew->team = (spoor_team){.run = op->run, .size = spoor_team_size(op->run, total)};
    crew->shares = SPOOR_NEW_ARRAY(op->arena, share, crew->team.size);
    crew->team.size = share_out(crew, rows, nsegments, total);
    if (crew->team.size < 2 || !lend_joins(crew)) {
        return NULL;
    }
    spoor_team_open(&crew->team, op->arena);
    return crew;
}

/* -- working ----------------------------------------------------------------------------------- */

static void work_on_share(spoor_team_member *member, jmp_buf *door) {
    spoor_crew *crew = member->team->context;
    share *own = &crew->shares[member->number];
    if (own->op != NULL) { /* of an earlier run */
        spoor_op_set_door(own->op, door);
    } else if ((own->op = spoor_op_open(&member->run, crew->op->plan, door)) != NULL) {
        spoor_op *scan = spoor_scan_below(own->op, true);
        spoor_scan_limit(scan->state, own->from, own->to);
    }
    if (own->op != NULL) {
        crew->work(own->op);
    }
}

static void merge_profiles(spoor_crew *crew) {
    for (uint32_t i = 0; i < crew->team.size; i++) {
        spoor_team_member *member = &crew->team.members[i];
        for (const spoor_profile *p = member->run.profiles; p != NULL; p = p->next) {
            if (p->plan != crew->op->plan) {
                spoor_profile_merge(spoor_profile_of(crew->op->run, p->plan), p);
            }
        }
        member->run.profiles = NULL; /* told once */
        if (crew->op->profile != NULL) {
            crew->op->profile->ns += member->ns; /* what is below was merged already */
        }
    }
}

bool spoor_crew_run(spoor_crew *crew, void (*work)(spoor_op *op), bool *ran_out) {
    crew->work = work;
    crew->team.work = work_on_share;
    crew->team.context = crew;
    crew->team.may_run_out = ran_out != NULL;
    int64_t start = spoor_profile_clock();
    bool ok = spoor_team_run(&crew->team);
    if (crew->op->profile != NULL) {
        crew->op->profile->ns -= spoor_profile_clock() - start; /* members count their own */
    }
    merge_profiles(crew);
    for (uint32_t i = 0; i < crew->team.size; i++) {
        if (crew->shares[i].op != NULL) {
            spoor_op_set_door(crew->shares[i].op, crew->op->arena->on_oom);
        }
    }
    if (ran_out != NULL) {
        *ran_out = crew->team.ran_out && crew->op->run->status == SPOOR_RUN_OK;
    }
    return ok;
}

uint32_t spoor_crew_size(const spoor_crew *crew) {
    return crew->team.size;
}

spoor_op *spoor_crew_op(const spoor_crew *crew, uint32_t i) {
    return crew->shares[i].op;
}

void spoor_crew_close(spoor_crew *crew) {
    if (crew != NULL) {
        spoor_team_close(&crew->team);
    }
}
