/* op_pending.c - operators that have no code yet refuse by name. */
#include "executor/op.h"

static bool refuse(spoor_op *op) {
    return spoor_run_fail(op->run, SPOOR_RUN_LIMIT, op->plan->span, "'%s' cannot run yet",
                          spoor_plan_kind_name(op->plan->kind));
}

bool spoor_op_scan_open(spoor_op *op) { return refuse(op); }
bool spoor_op_join_open(spoor_op *op) { return refuse(op); }
bool spoor_op_parse_open(spoor_op *op) { return refuse(op); }
bool spoor_op_mv_expand_open(spoor_op *op) { return refuse(op); }
