/* number.h - numbers to text and back, as Kusto does it: no locale, no double rounding. */
#ifndef SPOOR_BASE_NUMBER_H
#define SPOOR_BASE_NUMBER_H

#include <stdint.h>

#include "base/str.h"

enum { SPOOR_NUMBER_TEXT = 64 };

/* Whole text must be the number (blanks round it allowed).  false: it is not, or does not fit. */
bool spoor_long_parse(spoor_str text,
                      int64_t *value);                /* decimal, or 0x... hex (wraps at 64 bits) */
bool spoor_real_parse(spoor_str text, double *value); /* also nan, inf, -inf, +inf, 1e5 */

spoor_str spoor_long_print(int64_t value, char buffer[SPOOR_NUMBER_TEXT]);
/* As tostring(real) gives it (base/real_print.c): it reads back as the same double.
 * 1.5, 42.0, 1e22, 1e-7, NaN, Infinity, -Infinity. */
spoor_str spoor_real_print(double value, char buffer[SPOOR_NUMBER_TEXT]);
/* The same as JSON wants it: what is no number is in quotes, "NaN". */
spoor_str spoor_real_print_json(double value, char buffer[SPOOR_NUMBER_TEXT]);
/* The decimal nearest to the value among the shortest that read back as the same double, laid out
 * as .NET's "R" does: what decimals are made from, and what Windows shows of an event. */
spoor_str spoor_real_print_shortest(double value, char buffer[SPOOR_NUMBER_TEXT]);

#endif
