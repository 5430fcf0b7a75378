/* bound_code.h - the predicates of a scan as bytes: what a rule's filter is made of, without its plan. */
#ifndef SPOOR_PLANNER_BOUND_CODE_H
#define SPOOR_PLANNER_BOUND_CODE_H

#include "base/codec.h"
#include "planner/plan.h"

/* Of a SCAN: its predicates, and the columns that they read, which are all that it has when it is read
 * back.  What a subplan stands for is not among it. */
void spoor_code_scan(spoor_codec *c, spoor_plan *scan, spoor_arena *scratch);
void spoor_code_scan_column(spoor_codec *c, spoor_scan_column *column);
void spoor_code_schema(spoor_codec *c, spoor_schema *schema);

#endif
