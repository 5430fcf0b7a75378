/* registry.h - how argument types are fitted to a row; for the registry and its tests. */
#ifndef SPOOR_FUNCTIONS_REGISTRY_H
#define SPOOR_FUNCTIONS_REGISTRY_H

#include "functions/aggregate.h"
#include "functions/function.h"

/* What a row, scalar or aggregate, says of its arguments. */
typedef struct spoor_fit {
    const spoor_types *args; /* SPOOR_FUNCTION_ARGS */
    uint8_t min_args, max_args;
    spoor_type result;
    spoor_result_rule rule;
    uint32_t common;
    bool dynamic_wins; /* the common type of dynamic and a scalar is dynamic */
} spoor_fit;

/* Cost of calling the row with these types (0: exact), -1: it cannot be. */
int spoor_fit_arguments(const spoor_fit *fit, const spoor_type *types, uint32_t nargs,
                        spoor_type *targets, spoor_type *result);

/* The type that both convert to without loss of meaning; false: none. */
bool spoor_type_common(spoor_type a, spoor_type b, bool dynamic_wins, spoor_type *common);

#endif
