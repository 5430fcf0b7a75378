/* extreme.h - what max, min, arg_max and arg_min mean by greater and less. */
#ifndef SPOOR_FUNCTIONS_EXTREME_H
#define SPOOR_FUNCTIONS_EXTREME_H

#include <math.h>

#include "types/vec.h"

/* Is a greater (sign 1) or less (sign -1) than b?  NaN beats every number both ways, as in Kusto
 * (emul-fuzz/0482); neither may be null. */
static inline bool spoor_value_beats(const spoor_value *a, const spoor_value *b, int sign) {
    if (a->type == SPOOR_REAL && (isnan(a->real) || isnan(b->real))) {
        return isnan(a->real) && !isnan(b->real);
    }
    return spoor_value_compare(a, b) * sign > 0;
}

#endif
