/* signature.h - what a row of the function tables takes and gives, as text for people. */
#ifndef SPOOR_FUNCTIONS_SIGNATURE_H
#define SPOOR_FUNCTIONS_SIGNATURE_H

#include "functions/aggregate.h"
#include "functions/function.h"

enum { SPOOR_SIGNATURE_BYTES = 256 };

/* substring(string, long [, long]) -> string; operators between their operands.  Cut where it is too long. */
void spoor_function_signature(const spoor_function *function, char *text, size_t size);
void spoor_aggregate_signature(const spoor_aggregate *aggregate, char *text, size_t size);
/* Whether it is written name(...), not between its operands; its example tells. */
bool spoor_function_is_called(const spoor_function *function);

#endif
