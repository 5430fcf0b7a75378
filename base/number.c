/* number.c - see number.h.
 *
 * The exact cases are done with integers and one correctly rounded division
 * or product; all others go to the C library, which is exact too.  Its
 * functions obey the locale, which is always "C" here: the library never
 * calls setlocale(). */
#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    EXACT_DIGITS = 15,     /* any decimal of so many digits survives a trip through a double */
    EXACT_POWER = 22,      /* the largest power of ten that is a double */
    LONGEST_NUMBER = 1000, /* of a real's text; more digits than tell two doubles apart */
};

static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static int hex_digit(char c) {
    if (is_digit(c)) {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hex(spoor_str digits, int64_t *value) {
    uint64_t sum = 0;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = hex_digit(digits.ptr[i]);
        if (digit < 0 || sum >> 60 != 0) {
            return false;
        }
        sum = sum << 4 | (uint64_t)digit;
    }
    *value = (int64_t)sum;
    return digits.len > 0;
}

bool spoor_long_parse(spoor_str text, int64_t *value) {
    text = spoor_str_trim(text);
    if (text.len > 2 && text.ptr[0] == '0' && (text.ptr[1] == 'x' || text.ptr[1] == 'X')) {
        return parse_hex((spoor_str){text.ptr + 2, text.len - 2}, value);
    }
    size_t i = 0;
    bool is_negative = text.len > 0 && text.ptr[0] == '-';
    if (is_negative || (text.len > 0 && text.ptr[0] == '+')) {
        i++;
    }
    if (i == text.len) {
        return false;
    }
    uint64_t sum = 0, most = (uint64_t)INT64_MAX + is_negative;
    for (; i < text.len; i++) {
        if (!is_digit(text.ptr[i])) {
            return false;
        }
        uint64_t digit = (uint64_t)(text.ptr[i] - '0');
        if (sum > (most - digit) / 10) {
            return false;
        }
        sum = sum * 10 + digit;
    }
    *value = is_negative ? (int64_t)(0 - sum) : (int64_t)sum;
    return true;
}

/* The names as Kusto spells them: "INF" is null there. */
static bool parse_special(spoor_str text, bool is_negative, double *value) {
    if (spoor_str_is(text, "nan") || spoor_str_is(text, "NaN")) {
        *value = NAN;
        return true;
    }
    if (spoor_str_is(text, "inf") || spoor_str_is(text, "Inf") || spoor_str_is(text, "infinity") ||
        spoor_str_is(text, "Infinity")) {
        *value = is_negative ? -INFINITY : INFINITY;
        return true;
    }
    return false;
}

/* A number's parts: digits [. digits] [e [sign] digits]. */
typedef struct decimal {
    uint64_t mantissa; /* of the first 19 digits that count */
    int digits;        /* all that count, leading zeros not among them */
    int exponent;      /* of ten, for the whole of the digits */
} decimal;

static bool scan_decimal(spoor_str text, decimal *out) {
    *out = (decimal){0};
    size_t i = 0, ndigits = 0;
    bool has_point = false;
    for (; i < text.len && (is_digit(text.ptr[i]) || (text.ptr[i] == '.' && !has_point)); i++) {
        if (text.ptr[i] == '.') {
            has_point = true;
            continue;
        }
        ndigits++;
        out->exponent -= has_point;
        if (out->digits > 0 || text.ptr[i] != '0') {
            out->digits++;
            if (out->digits <= 19) {
                out->mantissa = out->mantissa * 10 + (uint64_t)(text.ptr[i] - '0');
            }
        }
    }
    if (ndigits == 0 || i == text.len) {
        return ndigits > 0;
    }
    if (text.ptr[i] != 'e' && text.ptr[i] != 'E') {
        return false;
    }
    i++;
    bool is_negative = i < text.len && text.ptr[i] == '-';
    if (is_negative || (i < text.len && text.ptr[i] == '+')) {
        i++;
    }
    if (i == text.len) {
        return false;
    }
    int exponent = 0;
    for (; i < text.len; i++) {
        if (!is_digit(text.ptr[i])) {
            return false;
        }
        exponent = exponent < 100000 ? exponent * 10 + (text.ptr[i] - '0') : exponent;
    }
    out->exponent += is_negative ? -exponent : exponent;
    return true;
}

bool spoor_real_parse(spoor_str text, double *value) {
    text = spoor_str_trim(text);
    bool is_negative = text.len > 0 && text.ptr[0] == '-';
    if (is_negative || (text.len > 0 && text.ptr[0] == '+')) {
        text.ptr++;
        text.len--;
    }
    if (text.len == 0 || text.len > LONGEST_NUMBER) {
        return false;
    }
    decimal number;
    if (!scan_decimal(text, &number)) {
        return parse_special(text, is_negative, value);
    }
    double magnitude;
    if (number.digits <= EXACT_DIGITS && number.exponent >= -EXACT_POWER &&
        number.exponent <= EXACT_POWER) {
        /* Two exact doubles, rounded once. */
        magnitude = (double)number.mantissa;
        magnitude = number.exponent < 0 ? magnitude / powers[-number.exponent]
                                        : magnitude * powers[number.exponent];
    } else {
        char copy[LONGEST_NUMBER + 1];
        memcpy(copy, text.ptr, text.len);
        copy[text.len] = '\0';
        magnitude = strtod(copy, NULL);
        if (isinf(magnitude)) {
            return false;
        }
    }
    *value = is_negative ? -magnitude : magnitude;
    return true;
}

/* Writes value in decimal at out; returns the end. */
static char *put_unsigned(char *out, uint64_t value) {
    char digits[20];
    int n = 0;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (n > 0) {
        *out++ = digits[--n];
    }
    return out;
}

static spoor_str finish(char *buffer, char *end) {
    *end = '\0';
    return (spoor_str){buffer, (size_t)(end - buffer)};
}

spoor_str spoor_long_print(int64_t value, char buffer[SPOOR_NUMBER_TEXT]) {
    char *out = buffer;
    if (value < 0) {
        *out++ = '-';
    }
    return finish(buffer, put_unsigned(out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value));
}

/* The shortest decimal that reads back as a positive, finite value: digits without trailing zeros,
 * and the power of ten of the first one. */
typedef struct shortest {
    char digits[20];
    int count, power;
} shortest;

/* Numbers of at most 15 digits, few of them after the point: nearly all that logs hold. */
static bool find_shortest_exactly(double value, shortest *out) {
    for (int places = 0; places <= 6; places++) {
        double scaled = rint(value * powers[places]);
        if (scaled >= 1e15) {
            return false;
        }
        if (scaled >= 1 && scaled / powers[places] == value) {
            char *end = put_unsigned(out->digits, (uint64_t)scaled);
            out->count = (int)(end - out->digits);
            out->power = out->count - 1 - places;
            return true;
        }
    }
    return false;
}

static void find_shortest(double value, shortest *out) {
    if (!find_shortest_exactly(value, out)) {
        /* The digits of a subnormal tell less: it may need but one.  Below a power of two doubles
         * lie closer than above, so the nearest decimal may miss it where one a little above does
         * not. */
        char text[SPOOR_NUMBER_TEXT];
        int exponent;
        bool is_power = frexp(value, &exponent) == 0.5;
        long double middle = (long double)value + ldexpl(1, exponent - 56);
        for (int n = value < 2.2250738585072014e-308 ? 1 : EXACT_DIGITS; n <= 17; n++) {
            out->count = n;
            snprintf(text, sizeof text, "%.*e", n - 1, value);
            if (n == 17 || strtod(text, NULL) == value) {
                break;
            }
            snprintf(text, sizeof text, "%.*Le", n - 1, middle);
            if (is_power && strtod(text, NULL) == value) {
                break;
            }
        }
        const char *from = text;
        for (int i = 0; i < out->count; from++) {
            if (is_digit(*from)) {
                out->digits[i++] = *from;
            }
        }
        out->power = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    }
    while (out->count > 1 && out->digits[out->count - 1] == '0') {
        out->count--;
    }
}

static char *put_fill(char *out, char c, int count) {
    for (int i = 0; i < count; i++) {
        *out++ = c;
    }
    return out;
}

/* d[.ddd]E+dd */
static char *put_scientific(char *out, const shortest *s) {
    *out++ = s->digits[0];
    if (s->count > 1) {
        *out++ = '.';
        memcpy(out, s->digits + 1, (size_t)s->count - 1);
        out += s->count - 1;
    }
    *out++ = 'E';
    *out++ = s->power < 0 ? '-' : '+';
    int power = abs(s->power);
    if (power < 10) {
        *out++ = '0';
    }
    return put_unsigned(out, (uint64_t)power);
}

/* ddd.ddd with at least one digit on each side */
static char *put_fixed(char *out, const shortest *s) {
    if (s->power < 0) {
        out = put_fill(out, '0', 1);
        out = put_fill(out, '.', 1);
        out = put_fill(out, '0', -s->power - 1);
        memcpy(out, s->digits, (size_t)s->count);
        return out + s->count;
    }
    int before = s->power + 1 < s->count ? s->power + 1 : s->count;
    memcpy(out, s->digits, (size_t)before);
    out = put_fill(out + before, '0', s->power + 1 - before);
    *out++ = '.';
    int after = s->count - before;
    memcpy(out, s->digits + before, (size_t)after);
    return after > 0 ? out + after : put_fill(out, '0', 1);
}

spoor_str spoor_real_print_shortest(double value, char buffer[SPOOR_NUMBER_TEXT]) {
    if (isnan(value)) {
        memcpy(buffer, "NaN", 4);
        return (spoor_str){buffer, 3};
    }
    char *out = buffer;
    if (signbit(value)) {
        *out++ = '-';
        value = -value;
    }
    if (isinf(value)) {
        memcpy(out, "Infinity", 8);
        return finish(buffer, out + 8);
    }
    shortest s = {.digits = "0", .count = 1};
    if (value > 0) {
        find_shortest(value, &s);
    }
    /* .NET turns to the exponent where a fixed form would need zeros that are not known digits. */
    int widest = s.count > EXACT_DIGITS ? s.count : EXACT_DIGITS;
    bool is_scientific = s.power + 1 > widest || s.power < -4;
    return finish(buffer, is_scientific ? put_scientific(out, &s) : put_fixed(out, &s));
}
