/* test_decimal.c - decimals against exact integers, and where 34 digits end. */
#include <math.h>

#include "tests/unit/unit.h"
#include "types/decimal.h"

__extension__ typedef __int128 wide;

static uint64_t seed = 42;

static uint64_t next_random(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static spoor_decimal dec(const char *text) {
    spoor_decimal value = {0, 0};
    CHECK(spoor_decimal_parse(spoor_str_from(text), &value));
    return value;
}

static spoor_str text_of(spoor_decimal value) {
    char buffer[SPOOR_NUMBER_TEXT];
    return spoor_arena_str(unit_arena(), spoor_decimal_print(value, buffer));
}

static void check_text(void) {
    static const char *const same[] = {
        "0",
        "1",
        "-1",
        "1.20",
        "0.001",
        "-0.50",
        "123.45678",
        "0.00",
        "1234567890123456789012345678901234",
        "0.1234567890123456789012345678901234",
        "-99999999999999999999.99999999999999",
        "1.5E-50",
        "1E+40",
        "-1.234E+6144",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        CHECK_STR(text_of(dec(same[i])), same[i]);
    }
    CHECK_STR(text_of(dec("  +1.5e3 ")), "1500");
    CHECK_STR(text_of(dec(".5")), "0.5");
    CHECK_STR(text_of(dec("5.")), "5");
    CHECK_STR(text_of(dec("000000000000000000000000000000000000000001")), "1");
    CHECK_STR(text_of(dec("1e-7000")), "0E-6144");
    CHECK_STR(text_of(dec("0e99999999999")), "0");
    /* Half to even at the 35th digit. */
    CHECK_STR(text_of(dec("1.0000000000000000000000000000000005")),
              "1.000000000000000000000000000000000");
    CHECK_STR(text_of(dec("1.0000000000000000000000000000000015")),
              "1.000000000000000000000000000000002");
    CHECK_STR(text_of(dec("1.00000000000000000000000000000000050000000001")),
              "1.000000000000000000000000000000001");
    CHECK_STR(text_of(dec("99999999999999999999999999999999995")),
              "1.000000000000000000000000000000000E+35");
    static const char *const wrong[] = {"",    " ",     "-",   ".",    "e5",  "1e",    "1e+",
                                        "1 2", "1.2.3", "0x1", "1e5x", "nan", "1e7000"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        spoor_decimal value;
        unit_check(!spoor_decimal_parse(spoor_str_from(wrong[i]), &value), __FILE__, __LINE__,
                   wrong[i]);
    }
}

typedef bool operation(spoor_decimal, spoor_decimal, spoor_decimal *);

static void check_operation(operation *op, const char *a, const char *b, const char *want) {
    spoor_decimal result;
    bool ok = op(dec(a), dec(b), &result);
    if (want == NULL) {
        unit_check(!ok, __FILE__, __LINE__, a);
    } else if (unit_check(ok, __FILE__, __LINE__, a)) {
        CHECK_STR(text_of(result), want);
    }
}

static void check_operations(void) {
    check_operation(spoor_decimal_add, "0.1", "0.2", "0.3");
    check_operation(spoor_decimal_add, "1.20", "0.80", "2.00");
    check_operation(spoor_decimal_add, "0", "1.50", "1.50");
    check_operation(spoor_decimal_add, "1", "-1.00", "0.00");
    check_operation(spoor_decimal_add, "1E+40", "1", "1.000000000000000000000000000000000E+40");
    check_operation(spoor_decimal_add, "1E+34", "4", "1.000000000000000000000000000000000E+34");
    check_operation(spoor_decimal_add, "1E+34", "6", "1.000000000000000000000000000000001E+34");
    check_operation(spoor_decimal_subtract, "1E+6000", "1E-6000",
                    "1.000000000000000000000000000000000E+6000");
    check_operation(spoor_decimal_subtract, "1E+34", "1", "9999999999999999999999999999999999");
    check_operation(spoor_decimal_add, "9999999999999999999999999999999999E+6144", "9E+6144", NULL);
    check_operation(spoor_decimal_multiply, "1.5", "-1.50", "-2.250");
    check_operation(spoor_decimal_multiply, "9999999999999999999999999999999999",
                    "9999999999999999999999999999999999",
                    "9.999999999999999999999999999999998E+67");
    check_operation(spoor_decimal_multiply, "1E+6000", "1E+6000", NULL);
    check_operation(spoor_decimal_multiply, "1E-6000", "1E-6000", "0E-6144");
    check_operation(spoor_decimal_divide, "1", "3", "0.3333333333333333333333333333333333");
    check_operation(spoor_decimal_divide, "-2", "3", "-0.6666666666666666666666666666666667");
    check_operation(spoor_decimal_divide, "10", "4", "2.5");
    check_operation(spoor_decimal_divide, "10.00", "5", "2.00");
    check_operation(spoor_decimal_divide, "0", "5", "0");
    check_operation(spoor_decimal_divide, "1", "0.00", NULL);
    check_operation(spoor_decimal_modulo, "10.5", "3", "1.5");
    check_operation(spoor_decimal_modulo, "-10", "4", "2");
    check_operation(spoor_decimal_modulo, "-10", "-4", "2");
    check_operation(spoor_decimal_modulo, "1E+6000", "7", "1"); /* 6000 is a multiple of 6 */
    check_operation(spoor_decimal_modulo, "1", "1E+50", "1");
    check_operation(spoor_decimal_modulo, "1", "0", NULL);
}

static void check_rounding(void) {
    CHECK_STR(text_of(spoor_decimal_round(dec("2.345"), 2)), "2.35");
    CHECK_STR(text_of(spoor_decimal_round(dec("-2.345"), 2)), "-2.35");
    CHECK_STR(text_of(spoor_decimal_round(dec("2.5"), 0)), "3");
    CHECK_STR(text_of(spoor_decimal_round(dec("155"), -1)), "160");
    CHECK_STR(text_of(spoor_decimal_round(dec("155"), -3)), "0");
    CHECK_STR(text_of(spoor_decimal_round(dec("2.5"), 5)), "2.5");
    CHECK_STR(text_of(spoor_decimal_round(dec("9999999999999999999999999999999999"), -34)),
              "1E+34");
    CHECK_STR(text_of(spoor_decimal_round(dec("1E-6144"), 3)), "0.000");
    CHECK_STR(text_of(spoor_decimal_floor(dec("-0.001"))), "-1");
    CHECK_STR(text_of(spoor_decimal_floor(dec("-2.00"))), "-2");
    CHECK_STR(text_of(spoor_decimal_floor(dec("2.99"))), "2");
    CHECK_STR(text_of(spoor_decimal_floor(dec("-1E-6144"))), "-1");
}

static void check_conversions(void) {
    spoor_decimal value;
    int64_t whole;
    CHECK(spoor_decimal_from_real(0.1, &value));
    CHECK_STR(text_of(value), "0.1");
    CHECK(spoor_decimal_from_real(-20, &value));
    CHECK_STR(text_of(value), "-20");
    CHECK(spoor_decimal_from_real(-1e300, &value));
    CHECK_STR(text_of(value), "-1E+300");
    CHECK(!spoor_decimal_from_real((double)INFINITY, &value));
    CHECK(!spoor_decimal_from_real((double)NAN, &value));
    CHECK(spoor_decimal_to_real(dec("0.1")) == 0.1);
    CHECK(spoor_decimal_to_real(dec("1.7976931348623157E+308")) == 1.7976931348623157E+308);
    CHECK(spoor_decimal_to_real(dec("9007199254740993")) == 9007199254740992.0);
    CHECK(spoor_decimal_to_long(dec("-9223372036854775808.9"), &whole) && whole == INT64_MIN);
    CHECK(spoor_decimal_to_long(dec("9223372036854775807"), &whole) && whole == INT64_MAX);
    CHECK(!spoor_decimal_to_long(dec("9223372036854775808"), &whole));
    CHECK(!spoor_decimal_to_long(dec("1E+19"), &whole));
    CHECK(spoor_decimal_to_long(dec("9E+18"), &whole) && whole == 9000000000000000000);
    CHECK(!spoor_decimal_to_long(dec("1E+6144"), &whole));
    CHECK(spoor_decimal_to_long(dec("-1E-6144"), &whole) && whole == 0);
    CHECK_STR(text_of(spoor_decimal_from_long(INT64_MIN)), "-9223372036854775808");
}

/* Against __int128: every operand and result is small enough to be exact there. */
static void check_against_integers(void) {
    static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    bool ok = true;
    for (int i = 0; i < 20000; i++) {
        int64_t x = (int64_t)(next_random() >> (next_random() % 60 + 4));
        int64_t y = (int64_t)(next_random() >> (next_random() % 60 + 4)) + 1;
        x = next_random() & 1 ? -x : x;
        y = next_random() & 1 ? -y : y;
        int xs = (int)(next_random() % 7), ys = (int)(next_random() % 7);
        int scale = xs > ys ? xs : ys;
        spoor_decimal a = {x, xs}, b = {y, ys}, sum, product, quotient, back, rest;
        wide left = (wide)x * powers[scale - xs], right = (wide)y * powers[scale - ys];
        ok = ok && spoor_decimal_add(a, b, &sum) && sum.coefficient == left + right &&
             sum.scale == scale;
        ok = ok && spoor_decimal_subtract(sum, b, &back) && spoor_decimal_compare(back, a) == 0;
        ok = ok && spoor_decimal_modulo(a, b, &rest) && rest.scale == scale;
        wide by = right < 0 ? -right : right;
        ok = ok && rest.coefficient == ((left % by) + by) % by;
        ok = ok && spoor_decimal_compare(a, b) == (left > right) - (left < right);
        int64_t cut;
        ok = ok && spoor_decimal_to_long(a, &cut) && cut == x / powers[xs];
        wide low = x / powers[xs] - (x < 0 && x % powers[xs] != 0);
        ok = ok && spoor_decimal_floor(a).coefficient == low;
        spoor_decimal short_b = {y % 1000000000 + 1, ys};
        ok = ok && spoor_decimal_multiply(a, short_b, &product) &&
             product.coefficient == (wide)x * (int64_t)short_b.coefficient &&
             product.scale == xs + ys;
        if (short_b.coefficient != 0) {
            ok = ok && spoor_decimal_divide(product, short_b, &quotient) &&
                 spoor_decimal_compare(quotient, a) == 0;
        }
        spoor_decimal read;
        ok = ok && spoor_decimal_parse(text_of(a), &read) && read.coefficient == x &&
             read.scale == xs;
        if (!ok) {
            break;
        }
    }
    CHECK(ok);
}

static spoor_decimal random_decimal(void) {
    static const int32_t scales[] = {-6144, -40, -34, -1, 0, 1, 2, 33, 34, 60, 6144};
    wide n = (wide)(next_random() >> (next_random() % 64)) * (int64_t)(next_random() % 1000000000);
    n = next_random() % 4 == 0 ? (wide)(next_random() % 3) : n;
    return (spoor_decimal){next_random() & 1 ? -n : n, scales[next_random() % 11]};
}

static void check_order(void) {
    CHECK(spoor_decimal_compare(dec("1.20"), dec("1.2")) == 0);
    CHECK(spoor_decimal_hash(dec("1.20")) == spoor_decimal_hash(dec("1.2")));
    CHECK(spoor_decimal_hash(dec("0")) == spoor_decimal_hash(dec("0.000")));
    CHECK(spoor_decimal_compare(dec("-2"), dec("1E-6144")) < 0);
    CHECK(spoor_decimal_compare(dec("1E+6144"), dec("9")) > 0);
    bool ok = true;
    for (int i = 0; i < 20000; i++) {
        spoor_decimal a = random_decimal(), b = random_decimal(), c = random_decimal();
        int ab = spoor_decimal_compare(a, b), bc = spoor_decimal_compare(b, c);
        ok = ok && ab == -spoor_decimal_compare(b, a);
        ok = ok && (ab != bc || spoor_decimal_compare(a, c) == ab);
        spoor_decimal zeros = {a.coefficient * 1000, a.scale + 3}; /* the same value */
        if (zeros.scale <= 6144) {
            ok = ok && spoor_decimal_compare(a, zeros) == 0 &&
                 spoor_decimal_hash(a) == spoor_decimal_hash(zeros);
        }
        spoor_decimal sum, difference;
        if (spoor_decimal_subtract(a, b, &difference)) { /* the sign is never rounded away */
            int sign = (difference.coefficient > 0) - (difference.coefficient < 0);
            ok = ok && sign == ab;
        }
        if (spoor_decimal_add(a, b, &sum) && spoor_decimal_add(b, a, &difference)) {
            ok = ok && spoor_decimal_compare(sum, difference) == 0;
        }
    }
    CHECK(ok);
}

void test_decimal(void);
void test_decimal(void) {
    check_text();
    check_operations();
    check_rounding();
    check_conversions();
    check_against_integers();
    check_order();
}
