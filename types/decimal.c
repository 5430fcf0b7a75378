/* decimal.c - decimal arithmetic: exact, then rounded once to 34 digits.
 *
 * As decimal128 does it: a result that needs more than 34 digits is rounded
 * half to even, and keeps the scale that its operands suggest where it is
 * exact (1.20 + 0.30 is 1.50, 10 / 4 is 2.5).  Products and aligned sums
 * need up to 73 digits: they are formed in 256 bits, struct wide. */
#include "types/decimal.h"

#include <assert.h>
#include <stdio.h>

#include "base/hash.h"

__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 s128;

enum {
    PRECISION = 34,
    MAX_SCALE = 6144,
    PLAIN_SCALE = 40, /* printed without an exponent up to here */
};

typedef struct wide {
    u128 high, low;
} wide;

static const uint64_t powers[] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};

/* 10^n for n up to 38. */
static u128 power(int n) {
    assert(n >= 0 && n <= 38);
    return n < 20 ? powers[n] : (u128)powers[19] * powers[n - 19];
}

static int digits_of(u128 n) {
    int digits = n >= powers[19] ? 19 : 0;
    while (digits < 39 && n >= power(digits < 38 ? digits : 38)) {
        digits++;
    }
    return digits;
}

static u128 magnitude(spoor_decimal value) {
    return value.coefficient < 0 ? (u128)0 - (u128)value.coefficient : (u128)value.coefficient;
}

/* -- 256 bits ------------------------------------------------------------------------------------
 */

static wide wide_multiply(u128 a, u128 b) {
    u128 a_high = a >> 64, a_low = (uint64_t)a, b_high = b >> 64, b_low = (uint64_t)b;
    u128 low = a_low * b_low, high = a_high * b_high;
    u128 left = a_high * b_low, right = a_low * b_high;
    u128 middle = (low >> 64) + (uint64_t)left + (uint64_t)right;
    return (wide){high + (left >> 64) + (right >> 64) + (middle >> 64),
                  middle << 64 | (uint64_t)low};
}

static wide wide_add(wide a, u128 b) {
    u128 low = a.low + b;
    return (wide){a.high + (low < b), low};
}

static wide wide_subtract(wide a, u128 b) {
    return (wide){a.high - (a.low < b), a.low - b};
}

/* Divides in place; returns the remainder. */
static unsigned wide_divide_by_ten(wide *n) {
    uint64_t limbs[4] = {(uint64_t)(n->high >> 64), (uint64_t)n->high, (uint64_t)(n->low >> 64),
                         (uint64_t)n->low};
    u128 rest = 0;
    for (int i = 0; i < 4; i++) {
        rest = rest << 64 | limbs[i];
        limbs[i] = (uint64_t)(rest / 10);
        rest %= 10;
    }
    *n = (wide){(u128)limbs[0] << 64 | limbs[1], (u128)limbs[2] << 64 | limbs[3]};
    return (unsigned)rest;
}

/* The quotient, whose high half must be 0, and the remainder. */
static u128 wide_divide(wide n, u128 by, u128 *remainder) {
    assert(n.high < by);
    u128 rest = n.high, quotient = 0;
    for (int i = 127; i >= 0; i--) {
        bool carry = rest >> 127 != 0;
        rest = rest << 1 | (n.low >> i & 1);
        quotient <<= 1;
        if (carry || rest >= by) {
            rest -= by;
            quotient |= 1;
        }
    }
    *remainder = rest;
    return quotient;
}

/* -- one rounding for all ------------------------------------------------------------------------
 */

/* The decimal nearest to n * 10^-scale.  `inexact`: the true value lies just above n; n then has
 * more than PRECISION digits. */
static bool finish(bool is_negative, wide n, bool inexact, int64_t scale, spoor_decimal *out) {
    unsigned last = 0; /* the digit dropped last; those before it are in `inexact` */
    while (n.high != 0 || n.low >= power(PRECISION) || scale > MAX_SCALE) {
        inexact |= last != 0;
        if (n.high == 0 && n.low == 0) {
            last = 0;
            scale = MAX_SCALE;
            break;
        }
        last = wide_divide_by_ten(&n);
        scale--;
    }
    u128 value = n.low;
    if (last > 5 || (last == 5 && (inexact || (value & 1) != 0))) {
        value++;
    }
    if (value == power(PRECISION)) {
        value /= 10;
        scale--;
    }
    if (value == 0 && scale < -MAX_SCALE) {
        scale = -MAX_SCALE;
    }
    while (scale < -MAX_SCALE) {
        if (value >= power(PRECISION - 1)) {
            return false;
        }
        value *= 10;
        scale++;
    }
    s128 coefficient = (s128)value;
    *out = (spoor_decimal){is_negative ? -coefficient : coefficient, (int32_t)scale};
    return true;
}

/* -- text ----------------------------------------------------------------------------------------
 */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* [+-]digits to the end of the text; an absurd exponent stays absurd. */
static bool parse_exponent(spoor_str text, int64_t *exponent) {
    size_t at = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    if (at == text.len) {
        return false;
    }
    int64_t value = 0;
    for (size_t i = at; i < text.len; i++) {
        if (!is_digit(text.ptr[i])) {
            return false;
        }
        value = value < 1000000 ? value * 10 + (text.ptr[i] - '0') : value;
    }
    *exponent = at > 0 && text.ptr[0] == '-' ? -value : value;
    return true;
}

bool spoor_decimal_parse(spoor_str text, spoor_decimal *value) {
    text = spoor_str_trim(text);
    const char *at = text.ptr, *end = text.ptr + text.len;
    bool is_negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    u128 n = 0;
    int64_t scale = 0, exponent = 0;
    bool any = false, inexact = false, after_point = false;
    for (; at < end && (is_digit(*at) || (*at == '.' && !after_point)); at++) {
        if (*at == '.') {
            after_point = true;
            continue;
        }
        any = true;
        if (n < power(PRECISION + 1)) { /* two digits more than are kept: enough to round by */
            n = n * 10 + (unsigned)(*at - '0');
            scale += after_point;
        } else {
            inexact |= *at != '0';
            scale -= !after_point;
        }
    }
    if (!any) {
        return false;
    }
    if (at < end) {
        if ((*at != 'e' && *at != 'E') ||
            !parse_exponent((spoor_str){at + 1, (size_t)(end - at - 1)}, &exponent)) {
            return false;
        }
    }
    return finish(is_negative, (wide){0, n}, inexact, scale - exponent, value);
}

/* Writes the digits of n; returns how many.  Zero is "0". */
static size_t put_digits(char *out, u128 n) {
    char reversed[40];
    size_t len = 0;
    do {
        reversed[len++] = (char)('0' + (int)(n % 10));
        n /= 10;
    } while (n != 0);
    for (size_t i = 0; i < len; i++) {
        out[i] = reversed[len - 1 - i];
    }
    return len;
}

/* d.ddddE+n */
static size_t print_scientific(const char *digits, size_t count, int32_t scale, char *out,
                               size_t size) {
    int exponent = (int)count - 1 - scale;
    int len = snprintf(out, size, "%c%s%.*sE%c%d", digits[0], count > 1 ? "." : "", (int)count - 1,
                       digits + 1, exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
    return (size_t)len;
}

spoor_str spoor_decimal_print(spoor_decimal value, char buffer[SPOOR_NUMBER_TEXT]) {
    char digits[40];
    size_t count = put_digits(digits, magnitude(value));
    int32_t scale = value.scale;
    size_t len = 0;
    if (value.coefficient < 0) {
        buffer[len++] = '-';
    }
    if (value.coefficient == 0 && scale < 0) {
        scale = 0;
    }
    if (scale > PLAIN_SCALE || (int)count - scale > PRECISION) {
        len += print_scientific(digits, count, scale, buffer + len, SPOOR_NUMBER_TEXT - len);
        return (spoor_str){buffer, len};
    }
    /* Digits stand at places count-1-scale down to -scale; the point is after place 0. */
    int first = (int)count - 1 - scale;
    for (int place = first > 0 ? first : 0; place >= 0 || place >= -scale; place--) {
        if (place == -1) {
            buffer[len++] = '.';
        }
        bool is_padding = place > first || place < -scale;
        buffer[len++] = is_padding ? '0' : digits[first - place];
    }
    buffer[len] = '\0';
    return (spoor_str){buffer, len};
}

/* -- conversions ---------------------------------------------------------------------------------
 */

spoor_decimal spoor_decimal_from_long(int64_t value) {
    return (spoor_decimal){value, 0};
}

/* By way of the shortest text, so that decimal(0.1) is 0.1; without the ".0" of whole numbers. */
bool spoor_decimal_from_real(double value, spoor_decimal *out) {
    char text[SPOOR_NUMBER_TEXT];
    if (value - value != 0 || !spoor_decimal_parse(spoor_real_print_shortest(value, text), out)) {
        return false;
    }
    if (out->scale == 1 && out->coefficient % 10 == 0) {
        *out = (spoor_decimal){out->coefficient / 10, 0};
    }
    return true;
}

double spoor_decimal_to_real(spoor_decimal value) {
    static const double exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    u128 n = magnitude(value);
    if (n < (u128)1 << 53 && value.scale >= -22 && value.scale <= 22) {
        double real = (double)(int64_t)value.coefficient; /* both operands exact: one rounding */
        return value.scale < 0 ? real * exact[-value.scale] : real / exact[value.scale];
    }
    char text[SPOOR_NUMBER_TEXT], digits[40];
    size_t count = put_digits(digits, n);
    int len = snprintf(text, sizeof text, "%s%.*sE%d", value.coefficient < 0 ? "-" : "", (int)count,
                       digits, -(int)value.scale);
    double real = 0;
    spoor_real_parse((spoor_str){text, (size_t)len}, &real);
    return real;
}

bool spoor_decimal_to_long(spoor_decimal value, int64_t *out) {
    u128 n = magnitude(value);
    if (value.scale > 38) {
        n = 0;
    } else if (value.scale >= 0) {
        n /= power(value.scale);
    } else if (n != 0) {
        if (value.scale < -19 || n > INT64_MAX / powers[-value.scale] + 1) {
            return false;
        }
        n *= powers[-value.scale];
    }
    bool is_negative = value.coefficient < 0;
    if (n > (u128)INT64_MAX + is_negative) {
        return false;
    }
    *out = is_negative ? (int64_t) - (s128)n : (int64_t)n;
    return true;
}

/* -- arithmetic ----------------------------------------------------------------------------------
 */

bool spoor_decimal_add(spoor_decimal a, spoor_decimal b, spoor_decimal *out) {
    if (a.scale > b.scale) {
        spoor_decimal swap = a;
        a = b;
        b = swap;
    }
    /* a is the one to be scaled up: first within its own 34 digits. */
    u128 upper = magnitude(a), lower = magnitude(b);
    bool upper_negative = a.coefficient < 0, lower_negative = b.coefficient < 0;
    int64_t shift = (int64_t)b.scale - a.scale;
    int room = upper == 0 ? (int)shift : PRECISION - digits_of(upper);
    int up = shift < room ? (int)shift : room;
    upper = upper == 0 ? 0 : upper * power(up);
    shift -= up;
    int64_t scale = b.scale;
    if (lower == 0) { /* as many of b's zeros as there is room for */
        return finish(upper_negative, (wide){0, upper}, false, scale - shift, out);
    }
    if (shift > 38) { /* b lies below all that is kept: only its being there matters */
        scale -= shift - 38;
        shift = 38;
        lower = 1;
    }
    wide sum = wide_multiply(upper, power((int)shift));
    if (upper_negative == lower_negative) {
        sum = wide_add(sum, lower);
    } else if (sum.high != 0 || sum.low >= lower) {
        sum = wide_subtract(sum, lower);
    } else {
        sum = (wide){0, lower - sum.low};
        upper_negative = lower_negative;
    }
    return finish(upper_negative, sum, false, scale, out);
}

bool spoor_decimal_subtract(spoor_decimal a, spoor_decimal b, spoor_decimal *out) {
    b.coefficient = -b.coefficient;
    return spoor_decimal_add(a, b, out);
}

bool spoor_decimal_multiply(spoor_decimal a, spoor_decimal b, spoor_decimal *out) {
    wide product = wide_multiply(magnitude(a), magnitude(b));
    return finish((a.coefficient < 0) != (b.coefficient < 0), product, false,
                  (int64_t)a.scale + b.scale, out);
}

bool spoor_decimal_divide(spoor_decimal a, spoor_decimal b, spoor_decimal *out) {
    u128 n = magnitude(a), by = magnitude(b);
    if (by == 0) {
        return false;
    }
    bool is_negative = (a.coefficient < 0) != (b.coefficient < 0);
    int64_t wanted = (int64_t)a.scale - b.scale;
    if (n == 0) {
        return finish(false, (wide){0, 0}, false, wanted, out);
    }
    /* Scaled up so that the quotient has 35 or 36 digits: enough to round by. */
    int up = PRECISION - digits_of(n);
    n *= power(up);
    int more = digits_of(by) + 1;
    u128 remainder;
    u128 quotient = wide_divide(wide_multiply(n, power(more)), by, &remainder);
    int64_t scale = wanted + up + more;
    while (remainder == 0 && scale > wanted && quotient % 10 == 0) {
        quotient /= 10;
        scale--;
    }
    return finish(is_negative, (wide){0, quotient}, remainder != 0, scale, out);
}

/* (n * 10^exponent) % by */
static u128 scaled_remainder(u128 n, int64_t exponent, u128 by) {
    u128 rest = n % by;
    while (exponent > 0 && rest != 0) {
        int step = exponent < 38 ? (int)exponent : 38;
        wide_divide(wide_multiply(rest, power(step) % by), by, &rest);
        exponent -= step;
    }
    return rest;
}

/* Never negative, as % of KQL is for integers: a - |b| * floor(a / |b|). */
bool spoor_decimal_modulo(spoor_decimal a, spoor_decimal b, spoor_decimal *out) {
    u128 n = magnitude(a), by = magnitude(b);
    if (by == 0) {
        return false;
    }
    int64_t shift = (int64_t)a.scale - b.scale;
    spoor_decimal rest = {0, a.scale > b.scale ? a.scale : b.scale};
    if (shift <= 0) {
        rest.coefficient = (s128)scaled_remainder(n, -shift, by);
    } else if (shift > 38 || by > n / power((int)shift)) {
        rest.coefficient = (s128)n; /* |a| < |b| */
    } else {
        rest.coefficient = (s128)(n % (by * power((int)shift)));
    }
    if (a.coefficient < 0 && rest.coefficient != 0) {
        b.coefficient = (s128)by;
        return spoor_decimal_subtract(b, rest, out);
    }
    *out = rest;
    return true;
}

/* value / 10^k, truncated, and what was cut off: the first digit and whether more follows. */
static u128 cut(u128 n, int64_t k, unsigned *digit, bool *any) {
    if (k > 36) {
        *digit = 0;
        *any = n != 0;
        return 0;
    }
    u128 unit = power((int)k - 1);
    *any = n % unit != 0;
    n /= unit;
    *digit = (unsigned)(n % 10);
    *any |= *digit != 0;
    return n / 10;
}

spoor_decimal spoor_decimal_round(spoor_decimal value, int digits) {
    if (digits < -MAX_SCALE) {
        return (spoor_decimal){0, 0};
    }
    int64_t k = (int64_t)value.scale - digits;
    if (k <= 0) {
        return value;
    }
    unsigned digit;
    bool any;
    u128 n = cut(magnitude(value), k, &digit, &any) + (digit >= 5);
    s128 coefficient = (s128)n;
    return (spoor_decimal){value.coefficient < 0 ? -coefficient : coefficient, digits};
}

spoor_decimal spoor_decimal_floor(spoor_decimal value) {
    if (value.scale <= 0) {
        return value;
    }
    unsigned digit;
    bool any;
    s128 whole = (s128)cut(magnitude(value), value.scale, &digit, &any);
    return (spoor_decimal){value.coefficient < 0 ? -(whole + any) : whole, 0};
}

/* -- order ---------------------------------------------------------------------------------------
 */

/* The same for equal values: 34 digits, and the power of ten of the first. */
typedef struct normal {
    u128 digits; /* 0 for zero */
    int32_t exponent;
} normal;

static normal normalize(spoor_decimal value) {
    u128 n = magnitude(value);
    if (n == 0) {
        return (normal){0, 0};
    }
    int count = digits_of(n);
    return (normal){n * power(PRECISION - count), count - 1 - value.scale};
}

int spoor_decimal_compare(spoor_decimal a, spoor_decimal b) {
    int a_sign = (a.coefficient > 0) - (a.coefficient < 0);
    int b_sign = (b.coefficient > 0) - (b.coefficient < 0);
    if (a_sign != b_sign || a_sign == 0) {
        return (a_sign > b_sign) - (a_sign < b_sign);
    }
    normal x = normalize(a), y = normalize(b);
    if (x.exponent != y.exponent) {
        return x.exponent > y.exponent ? a_sign : -a_sign;
    }
    return x.digits == y.digits ? 0 : x.digits > y.digits ? a_sign : -a_sign;
}

uint64_t spoor_decimal_hash(spoor_decimal value) {
    normal n = normalize(value);
    uint64_t hash = spoor_hash_combine((uint64_t)n.digits, (uint64_t)(n.digits >> 64));
    uint64_t sign = value.coefficient < 0;
    return spoor_hash_combine(hash, (uint64_t)(uint32_t)n.exponent << 1 | sign);
}
