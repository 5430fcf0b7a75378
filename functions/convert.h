/* convert.h - one value of a type as a value of another: the scalar core of the to*() functions. */
#ifndef SPOOR_FUNCTIONS_CONVERT_H
#define SPOOR_FUNCTIONS_CONVERT_H

#include "base/arena.h"
#include "types/vec.h"

/* What toX(value) gives: null (for a string '') when it cannot be.  Bytes go to the arena. */
spoor_value spoor_convert(spoor_arena *arena, const spoor_value *value, spoor_type type);
/* Where the engine computes a constant otherwise than the rows of a column: a real that does not fit
 * wraps to the least integer, a bool may stand between blanks.  False: it does not. */
bool spoor_convert_constant(const spoor_value *value, spoor_type type, spoor_value *out);
/* For comparing: false where `type` has no value equal to this one (1.5 as long, 'x' as long). */
bool spoor_convert_exact(spoor_arena *arena, const spoor_value *value, spoor_type type,
                         spoor_value *out);

#endif
