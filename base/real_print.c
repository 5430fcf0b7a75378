/* real_print.c - reals to text as the engine's tostring() writes them.
 *
 * The digits are those of Grisu2 (Loitsch, "Printing floating-point numbers quickly and accurately
 * with integers", 2010): the first decimal found between the value's two neighbours, starting from
 * the upper one.  The engine moves the last digit nearer to the value only while fewer than nine
 * places of the scaled number are behind the point; so it prints 0.30000000000000007 for 0.1 + 0.2
 * (conformance emulator_fuzz/1315).  Every text reads back as the same double.  Layout: digits and
 * a point up to 21 places, an exponent beyond: 1.0, 0.00001, 1e-7, 1e22. */
#include <math.h>
#include <string.h>

#include "base/number.h"

__extension__ typedef unsigned __int128 u128;

/* fraction * 2^exponent */
typedef struct scaled {
    uint64_t fraction;
    int exponent;
} scaled;

enum {
    FRACTION_BITS = 52,
    LEAST_POWER = -348, /* of ten, in the table; each further one is eight more */
    POWER_STEP = 8,
    CORRECTED_PLACES = 9, /* see above */
    FIXED_PLACES = 21,    /* digits in front of the point before an exponent is written */
    LEADING_ZEROS = 6,    /* and zeros behind it */
};

/* The 64 highest bits of 10^-348, 10^-340, ... 10^340, rounded. */
// clang-format off
static const uint64_t ten_to[] = {
    0xFA8FD5A0081C0288, 0xBAAEE17FA23EBF76, 0x8B16FB203055AC76, 0xCF42894A5DCE35EA,
    0x9A6BB0AA55653B2D, 0xE61ACF033D1A45DF, 0xAB70FE17C79AC6CA, 0xFF77B1FCBEBCDC4F,
    0xBE5691EF416BD60C, 0x8DD01FAD907FFC3C, 0xD3515C2831559A83, 0x9D71AC8FADA6C9B5,
    0xEA9C227723EE8BCB, 0xAECC49914078536D, 0x823C12795DB6CE57, 0xC21094364DFB5637,
    0x9096EA6F3848984F, 0xD77485CB25823AC7, 0xA086CFCD97BF97F4, 0xEF340A98172AACE5,
    0xB23867FB2A35B28E, 0x84C8D4DFD2C63F3B, 0xC5DD44271AD3CDBA, 0x936B9FCEBB25C996,
    0xDBAC6C247D62A584, 0xA3AB66580D5FDAF6, 0xF3E2F893DEC3F126, 0xB5B5ADA8AAFF80B8,
    0x87625F056C7C4A8B, 0xC9BCFF6034C13053, 0x964E858C91BA2655, 0xDFF9772470297EBD,
    0xA6DFBD9FB8E5B88F, 0xF8A95FCF88747D94, 0xB94470938FA89BCF, 0x8A08F0F8BF0F156B,
    0xCDB02555653131B6, 0x993FE2C6D07B7FAC, 0xE45C10C42A2B3B06, 0xAA242499697392D3,
    0xFD87B5F28300CA0E, 0xBCE5086492111AEB, 0x8CBCCC096F5088CC, 0xD1B71758E219652C,
    0x9C40000000000000, 0xE8D4A51000000000, 0xAD78EBC5AC620000, 0x813F3978F8940984,
    0xC097CE7BC90715B3, 0x8F7E32CE7BEA5C70, 0xD5D238A4ABE98068, 0x9F4F2726179A2245,
    0xED63A231D4C4FB27, 0xB0DE65388CC8ADA8, 0x83C7088E1AAB65DB, 0xC45D1DF942711D9A,
    0x924D692CA61BE758, 0xDA01EE641A708DEA, 0xA26DA3999AEF774A, 0xF209787BB47D6B85,
    0xB454E4A179DD1877, 0x865B86925B9BC5C2, 0xC83553C5C8965D3D, 0x952AB45CFA97A0B3,
    0xDE469FBD99A05FE3, 0xA59BC234DB398C25, 0xF6C69A72A3989F5C, 0xB7DCBF5354E9BECE,
    0x88FCF317F22241E2, 0xCC20CE9BD35C78A5, 0x98165AF37B2153DF, 0xE2A0B5DC971F303A,
    0xA8D9D1535CE3B396, 0xFB9B7CD9A4A7443C, 0xBB764C4CA7A44410, 0x8BAB8EEFB6409C1A,
    0xD01FEF10A657842C, 0x9B10A4E5E9913129, 0xE7109BFBA19C0C9D, 0xAC2820D9623BF429,
    0x80444B5E7AA7CF85, 0xBF21E44003ACDD2D, 0x8E679C2F5E44FF8F, 0xD433179D9C8CB841,
    0x9E19DB92B4E31BA9, 0xEB96BF6EBADF77D9, 0xAF87023B9BF0EE6B,
};
// clang-format on

static scaled multiply(scaled a, scaled b) {
    u128 product = (u128)a.fraction * b.fraction + ((u128)1 << 63); /* rounded */
    return (scaled){(uint64_t)(product >> 64), a.exponent + b.exponent + 64};
}

static scaled normalised(scaled x) {
    int shift = __builtin_clzll(x.fraction);
    return (scaled){x.fraction << shift, x.exponent - shift};
}

/* A power of ten that brings 2^exponent to between 2^-60 and 2^-32; *power is minus its exponent. */
static scaled power_for(int exponent, int *power) {
    double wanted = (-61 - exponent) * 0.30102999566398114; /* log10(2) */
    int index = ((int)ceil(wanted) - LEAST_POWER - 1) / POWER_STEP + 1;
    int ten = LEAST_POWER + index * POWER_STEP;
    *power = -ten;
    /* floor(ten * log2(10)) - 63; the shift is that of a positive number */
    int two = (int)(((int64_t)ten * 217706 + ((int64_t)1 << 40)) >> 16) - (1 << 24) - 63;
    return (scaled){ten_to[index], two};
}

/* Digits without a point: digits * 10^power. */
typedef struct digits {
    char text[20];
    int count, power;
} digits;

/* Where the generation stands: what is left below the upper bound, the distance of the bounds, the
 * unit of the last digit, and the distance of the value from the upper bound. */
static void approach(digits *out, uint64_t rest, uint64_t width, uint64_t unit, uint64_t to_value) {
    while (rest < to_value && width - rest >= unit &&
           (rest + unit < to_value || to_value - rest > rest + unit - to_value)) {
        out->text[out->count - 1]--;
        rest += unit;
    }
}

static void put_digit(digits *out, uint64_t digit) {
    if (digit > 0 || out->count > 0) {
        out->text[out->count++] = (char)('0' + digit);
    }
}

static int count_digits(uint64_t number) {
    int count = 1;
    for (; number >= 10; number /= 10) {
        count++;
    }
    return count;
}

/* The digits of `upper`, as few as tell it from what is `width` below it. */
static void generate(scaled value, scaled upper, uint64_t width, digits *out) {
    static const uint64_t tens[] = {1,      10,      100,      1000,      10000,
                                    100000, 1000000, 10000000, 100000000, 1000000000};
    int shift = -upper.exponent;
    uint64_t one = UINT64_C(1) << shift, to_value = upper.fraction - value.fraction;
    uint64_t whole = upper.fraction >> shift, part = upper.fraction & (one - 1);
    for (int left = count_digits(whole) - 1; left >= 0; left--) {
        put_digit(out, whole / tens[left]);
        whole %= tens[left];
        uint64_t rest = (whole << shift) + part;
        if (rest <= width) {
            out->power += left;
            approach(out, rest, width, tens[left] << shift, to_value);
            return;
        }
    }
    for (int places = 1;; places++) {
        part *= 10;
        width *= 10;
        put_digit(out, part >> shift);
        part &= one - 1;
        if (part < width) {
            out->power -= places;
            approach(out, part, width, one,
                     places < CORRECTED_PLACES ? to_value * tens[places] : 0);
            return;
        }
    }
}

/* Of a finite number above 0. */
static void find_digits(double number, digits *out) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    uint64_t hidden = UINT64_C(1) << FRACTION_BITS, fraction = bits & (hidden - 1);
    int exponent = (int)(bits >> FRACTION_BITS);
    scaled value =
        exponent == 0 ? (scaled){fraction, -1074} : (scaled){fraction | hidden, exponent - 1075};
    /* Half way to the neighbours; below a power of two the lower one is nearer. */
    scaled upper = normalised((scaled){value.fraction * 2 + 1, value.exponent - 1});
    scaled lower = value.fraction == hidden ? (scaled){value.fraction * 4 - 1, value.exponent - 2}
                                            : (scaled){value.fraction * 2 - 1, value.exponent - 1};
    lower = (scaled){lower.fraction << (lower.exponent - upper.exponent), upper.exponent};
    *out = (digits){.count = 0};
    scaled ten = power_for(upper.exponent, &out->power);
    value = multiply(normalised(value), ten);
    upper = multiply(upper, ten);
    lower = multiply(lower, ten);
    upper.fraction--; /* inside the bounds, whatever the rounding */
    lower.fraction++;
    generate(value, upper, upper.fraction - lower.fraction, out);
}

/* -- layout ------------------------------------------------------------------------------------ */

static char *put(char *out, const char *text, int count) {
    memcpy(out, text, (size_t)count);
    return out + count;
}

static char *put_zeros(char *out, int count) {
    memset(out, '0', (size_t)count);
    return out + count;
}

/* d[.ddd]e[-]dd; `first` is the power of ten of the first digit. */
static char *put_exponent(char *out, const digits *d, int first) {
    out = put(out, d->text, 1);
    if (d->count > 1) {
        out = put(put(out, ".", 1), d->text + 1, d->count - 1);
    }
    *out++ = 'e';
    char number[SPOOR_NUMBER_TEXT];
    spoor_str power = spoor_long_print(first, number);
    return put(out, power.ptr, (int)power.len);
}

static char *put_number(char *out, const digits *d) {
    int before = d->count + d->power; /* digits in front of the point */
    if (before > FIXED_PLACES || before <= -LEADING_ZEROS) {
        return put_exponent(out, d, before - 1);
    }
    if (d->power >= 0) {
        return put(put_zeros(put(out, d->text, d->count), d->power), ".0", 2);
    }
    if (before > 0) {
        out = put(put(out, d->text, before), ".", 1);
        return put(out, d->text + before, d->count - before);
    }
    return put(put_zeros(put(out, "0.", 2), -before), d->text, d->count);
}

spoor_str spoor_real_print(double value, char buffer[SPOOR_NUMBER_TEXT]) {
    if (isnan(value)) {
        memcpy(buffer, "NaN", 4);
        return (spoor_str){buffer, 3};
    }
    char *out = signbit(value) ? put(buffer, "-", 1) : buffer;
    if (isinf(value)) {
        out = put(out, "Infinity", 8);
    } else if (value < 0 || value > 0) {
        digits d;
        find_digits(fabs(value), &d);
        out = put_number(out, &d);
    } else {
        out = put(out, "0.0", 3);
    }
    *out = '\0';
    return (spoor_str){buffer, (size_t)(out - buffer)};
}

spoor_str spoor_real_print_json(double value, char buffer[SPOOR_NUMBER_TEXT]) {
    if (isfinite(value)) {
        return spoor_real_print(value, buffer);
    }
    char name[SPOOR_NUMBER_TEXT];
    spoor_str text = spoor_real_print(value, name);
    char *out = put(put(put(buffer, "\"", 1), text.ptr, (int)text.len), "\"", 1);
    *out = '\0';
    return (spoor_str){buffer, (size_t)(out - buffer)};
}
