/* rules_pass.h - the rules of one run read the events in one pass, before each runs its own plan.
 *
 * The filters of all scans of all rules go into one set, without the plans.  One
 * sweep (pass/sweep.h) says of each which segments and rows it may leave.  A
 * rule that none is left for, and whose plan makes nothing of nothing, has no rows: its
 * plan need not run at all.  The others run as they are, over the rows picked. */
#ifndef SPOOR_DETECT_RULES_PASS_H
#define SPOOR_DETECT_RULES_PASS_H

#include "detect/rules.h"
#include "pass/kept.h"
#include "pass/sweep.h"

/* What the pass has to know of a rule's query, without its plan. */
typedef struct spoor_rule_outline {
    spoor_plan *const *scans; /* those of its result, then those of its subplans */
    spoor_kept_name *names;   /* of their filters */
    uint32_t count, nresult;
    bool is_idle; /* no rows come out where none goes in */
} spoor_rule_outline;

typedef struct spoor_rule_scans { /* of one rule */
    uint32_t first, count; /* of pass->filters: those of its result, then those of its subplans */
    uint32_t nresult;      /* the former */
    bool is_idle;          /* no rows come out where none goes in */
    /* rules_count.h: */
    bool can_count; /* its rows are those of one scan; of them these columns are noted: */
    bool is_counted;
    const spoor_scan_column *time, *host; /* NULL: it has none */
} spoor_rule_scans;

typedef struct spoor_rules_pass {
    spoor_arena arena;
    spoor_pass_set set;
    spoor_pass_node **filters;
    uint32_t nfilters, capacity;
    bool is_incremental;    /* what is kept in the store is not asked again: */
    spoor_kept_name *names; /* by filter */
    uint32_t names_capacity;
    spoor_kept *kept;        /* NULL: nothing is */
    spoor_rule_scans *rules; /* by rule */
    spoor_picks *picks;      /* by filter; NULL: there was no sweep, every rule reads everything */
    spoor_sweep_counts counts;
} spoor_rules_pass;

/* No rows come out of its plan where none goes in. */
bool spoor_rule_is_idle(const spoor_plan_query *query);
/* names: are they asked for?  Jump when out of memory. */
spoor_rule_outline spoor_rule_outline_of(const spoor_plan_query *query, bool names,
                                         spoor_arena *arena);
/* Take note of a rule.  The same. */
void spoor_rules_pass_add(spoor_rules_pass *pass, uint32_t rule, const spoor_rule_outline *outline,
                          spoor_arena *scratch);
/* Sweep.  Without the memory for it there are no picks; not OK only for what ends the whole run.
 * counts: questions too, for _explain(). */
spoor_status spoor_rules_pass_run(spoor_rules_pass *pass, spoor_engine *engine,
                                  spoor_snapshot *snapshot, int64_t now, bool counts);
/* Incremental: keep what the pass found in the store, when no snapshot is open, and say in the summary how it went. */
void spoor_rules_pass_keep(spoor_rules_pass *pass, spoor_engine *engine,
                           spoor_rules_summary *summary);
/* Is it known that the rule has no rows? */
bool spoor_rules_pass_settles(const spoor_rules_pass *pass, uint32_t rule);
/* Give a run of the rule its picks, in the arena. */
void spoor_rules_pass_attach(const spoor_rules_pass *pass, uint32_t rule, spoor_run *run,
                             spoor_arena *arena);

/* What the pass made of each selected rule: its questions and how many of them other rules ask too, the rarest of
 * its conditions, what was left to read.  After the rules have run; rules_explain.c.  Jump when out of memory. */
void spoor_rules_pass_explain(const spoor_rules_pass *pass, const spoor_rules *rules,
                              const spoor_snapshot *snapshot, bool as_json, FILE *out,
                              spoor_arena *scratch);

#endif
