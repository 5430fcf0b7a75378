/* decimal.h - decimal: 34 significant digits, a coefficient and a power of ten.
 *
 * Value = coefficient * 10^-scale; |coefficient| < 10^34, scale -6144..6144.
 * Trailing zeros are kept as written (1.20 prints 1.20), ignored by compare
 * and hash. */
#ifndef SPOOR_TYPES_DECIMAL_H
#define SPOOR_TYPES_DECIMAL_H

#include <stdint.h>

#include "base/number.h"
#include "base/str.h"

typedef struct spoor_decimal {
    __extension__ __int128 coefficient;
    int32_t scale;
} spoor_decimal;

bool spoor_decimal_parse(spoor_str text, spoor_decimal *value);
spoor_str spoor_decimal_print(spoor_decimal value, char buffer[SPOOR_NUMBER_TEXT]);
spoor_decimal spoor_decimal_from_long(int64_t value);
bool spoor_decimal_from_real(double value, spoor_decimal *out); /* false: NaN, infinite */
double spoor_decimal_to_real(spoor_decimal value);
bool spoor_decimal_to_long(spoor_decimal value, int64_t *out); /* truncates; false: too large */
/* Exact, or rounded half to even at 34 digits; modulo is never negative, as % of KQL.  false: the
 * result does not fit, or division by zero. */
bool spoor_decimal_add(spoor_decimal a, spoor_decimal b, spoor_decimal *out);
bool spoor_decimal_subtract(spoor_decimal a, spoor_decimal b, spoor_decimal *out);
bool spoor_decimal_multiply(spoor_decimal a, spoor_decimal b, spoor_decimal *out);
bool spoor_decimal_divide(spoor_decimal a, spoor_decimal b, spoor_decimal *out);
bool spoor_decimal_modulo(spoor_decimal a, spoor_decimal b, spoor_decimal *out);
spoor_decimal spoor_decimal_round(spoor_decimal value, int digits); /* half away from zero */
spoor_decimal spoor_decimal_floor(spoor_decimal value);
int spoor_decimal_compare(spoor_decimal a, spoor_decimal b);
uint64_t spoor_decimal_hash(spoor_decimal value); /* equal values, equal hashes */

#endif
