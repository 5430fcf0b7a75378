/* look_back.c - see look_back.h. */
#include "engine/look_back.h"

#include "planner/bound.h"
#include "store/store.h"

/* Trees are no deeper than SPOOR_MAX_DEPTH. */
bool spoor_reads_now(const spoor_ast *node) {
    if (node->kind == SPOOR_AST_CALL &&
        (spoor_str_is(node->text, "ago") || spoor_str_is(node->text, "now"))) {
        return true;
    }
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        if (spoor_reads_now(child)) {
            return true;
        }
    }
    return false;
}

static bool is_time(const spoor_bound *e, const spoor_plan *scan) {
    return e->kind == SPOOR_BOUND_COLUMN && scan->scan.columns[e->column].column == SPOOR_COL_TIME;
}

static bool is_later(const spoor_bound *e, int64_t time) {
    return e->kind == SPOOR_BOUND_CONSTANT && e->type == SPOOR_DATETIME && !e->value.is_null &&
           e->value.integer > time;
}

/* TimeGenerated > t, >= t, between (t .. u), t < TimeGenerated: with t later than `time`. */
static bool is_after(const spoor_bound *e, const spoor_plan *scan, int64_t time) {
    bool is_bound = spoor_bound_is_call(e, ">") || spoor_bound_is_call(e, ">=") ||
                    spoor_bound_is_call(e, "between");
    bool is_turned = spoor_bound_is_call(e, "<") || spoor_bound_is_call(e, "<=");
    return (is_bound && is_time(e->args[0], scan) && is_later(e->args[1], time)) ||
           (is_turned && is_later(e->args[0], time) && is_time(e->args[1], scan));
}

/* false: a scan may read what is older.  Plans are no higher than SPOOR_MAX_PLAN_DEPTH. */
static bool check(const spoor_plan *plan, int64_t time, bool *has_scan) {
    if (plan->kind == SPOOR_PLAN_SCAN) {
        bool found = false;
        for (uint32_t i = 0; i < plan->scan.npredicates; i++) {
            found = found || is_after(plan->scan.predicates[i], plan, time);
        }
        *has_scan = true;
        return found;
    }
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        if (!check(plan->inputs[i], time, has_scan)) {
            return false;
        }
    }
    return true;
}

/* Plans are no higher than SPOOR_MAX_PLAN_DEPTH. */
static bool plan_reads_store(const spoor_plan *plan) {
    bool reads = plan->kind == SPOOR_PLAN_SCAN || plan->kind == SPOOR_PLAN_TABLE;
    for (uint32_t i = 0; i < plan->ninputs && !reads; i++) {
        reads = plan_reads_store(plan->inputs[i]);
    }
    return reads;
}

bool spoor_reads_store(const spoor_plan_query *query) {
    bool reads = false;
    for (uint32_t i = 0; i < query->nresults && !reads; i++) {
        reads = plan_reads_store(query->results[i].plan);
    }
    for (uint32_t i = 0; i < query->nsubplans && !reads; i++) {
        reads = plan_reads_store(query->subplans[i]);
    }
    return reads;
}

bool spoor_reads_only_after(const spoor_plan_query *query, int64_t time) {
    bool has_scan = false;
    for (uint32_t i = 0; i < query->nresults; i++) {
        if (!check(query->results[i].plan, time, &has_scan)) {
            return false;
        }
    }
    return has_scan;
}
