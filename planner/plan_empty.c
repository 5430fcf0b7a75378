/* plan_empty.c - which plans give no row because their inputs give none; plan_kinds.def has it by kind. */
#include "planner/plan.h"

typedef enum emptiness { OWN, INPUT, INPUTS, KEYED } emptiness;

static const emptiness emptiness_of[] = {
#define SPOOR_PLAN_KIND(kind, text, empty, of_row, open) empty,
#include "planner/plan_kinds.def"
#undef SPOOR_PLAN_KIND
};

bool spoor_plan_passes_emptiness(const spoor_plan *plan,
                                 bool (*is_empty)(const spoor_plan *input)) {
    switch (emptiness_of[plan->kind]) {
    case OWN: return false;
    case INPUT: return is_empty(plan->inputs[0]);
    case KEYED: return plan->summarize.nkeys > 0 && is_empty(plan->inputs[0]);
    case INPUTS: break;
    }
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        if (!is_empty(plan->inputs[i])) {
            return false;
        }
    }
    return true;
}
