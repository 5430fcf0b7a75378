/* test_number.c - numbers to text and back. */
#include "base/number.h"

#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

static void check_long(const char *text, bool ok, int64_t want) {
    int64_t got = 0;
    if (unit_check(spoor_long_parse(spoor_str_from(text), &got) == ok, __FILE__, __LINE__, text) &&
        ok) {
        unit_check_long(got, want, __FILE__, __LINE__, text);
    }
}

static void check_real(const char *text, const char *want) {
    double got = 0;
    char buffer[SPOOR_NUMBER_TEXT];
    bool ok = spoor_real_parse(spoor_str_from(text), &got);
    unit_check_str(ok ? spoor_real_print(got, buffer) : SPOOR_STR("null"), want, __FILE__, __LINE__,
                   text);
}

static void check_longs(void) {
    check_long("0", true, 0);
    check_long("  42\t", true, 42);
    check_long("+4", true, 4);
    check_long("-3", true, -3);
    check_long("9223372036854775807", true, INT64_MAX);
    check_long("-9223372036854775808", true, INT64_MIN);
    check_long("9223372036854775808", false, 0);
    check_long("-9223372036854775809", false, 0);
    check_long("92233720368547758070", false, 0);
    check_long("0x10", true, 16);
    check_long("0XfF", true, 255);
    check_long("0xFFFFFFFFFFFFFFFF", true, -1);
    check_long("0x00000000000000000001", true, 1);
    check_long("0x10000000000000000", false, 0);
    const char *const bad[] = {"",    " ",   "-",   "+",     "0x",  "0xg", "-0x1",
                               "5.7", "1e3", "1 2", "1,000", "1_0", "--1", "\xEF\xBC\x91"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        check_long(bad[i], false, 0);
    }
    char buffer[SPOOR_NUMBER_TEXT];
    CHECK_STR(spoor_long_print(INT64_MIN, buffer), "-9223372036854775808");
    CHECK_STR(spoor_long_print(INT64_MAX, buffer), "9223372036854775807");
    CHECK_STR(spoor_long_print(0, buffer), "0");
    CHECK_STR(spoor_long_print(-17, buffer), "-17");
}

static void check_reals(void) {
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"5.7", "5.7"},
        {"1e3", "1000.0"},
        {" 3.14 ", "3.14"},
        {"5.", "5.0"},
        {".5", "0.5"},
        {"-0", "-0.0"},
        {"0e999999999999", "0.0"},
        {"+4", "4.0"},
        {"1.5e10", "15000000000.0"},
        {"100000000000", "100000000000.0"},
        {"0.30000000000000004", "0.30000000000000007"},
        {"9223372036854775807", "9223372036854776000.0"},
        {"123456789012345680", "123456789012345680.0"},
        {"1234567890123456", "1234567890123456.0"}, /* 16 digits, all known */
        {"100000000000000", "100000000000000.0"},
        {"1000000000000000", "1000000000000000.0"},
        {"1e20", "100000000000000000000.0"}, /* 21 digits before the point */
        {"1e21", "1e21"},
        {"0.0001", "0.0001"},
        {"0.00012345", "0.00012345"},
        {"0.00001", "0.00001"},
        {"0.0000012", "0.0000012"},
        {"0.00000012", "1.2e-7"},
        {"1e308", "1e308"},
        {"1.7976931348623157e308", "1.7976931348623157e308"},
        {"5e-324", "5e-324"},
        {"2.2250738585072014e-308", "2.2250738585072014e-308"},
        {"1e-400", "0.0"},
        {"9007199254740993", "9007199254740992.0"}, /* a tie, to even */
        {"0.1", "0.1"},
        {"7.1202363472230444e-307", "7.120236347223045e-307"}, /* 2^-1017 */
        {"123456.789", "123456.789"},
        {"nan", "NaN"},
        {"NaN", "NaN"},
        {"inf", "Infinity"},
        {"Inf", "Infinity"},
        {"-inf", "-Infinity"},
        {"+Infinity", "Infinity"},
        /* not numbers, or not finite */
        {"INF", "null"},
        {"1e400", "null"},
        {"", "null"},
        {"-", "null"},
        {".", "null"},
        {"e5", "null"},
        {"1e", "null"},
        {"1e+", "null"},
        {"1.2.3", "null"},
        {"1_000", "null"},
        {"1,000", "null"},
        {"0x10", "null"},
        {"0b101", "null"},
        {"1 2", "null"},
        {"1e5x", "null"},
        {"infx", "null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_real(cases[i].text, cases[i].want);
    }
    char buffer[SPOOR_NUMBER_TEXT];
    CHECK_STR(spoor_real_print_json(NAN, buffer), "\"NaN\"");
    CHECK_STR(spoor_real_print_json(-INFINITY, buffer), "\"-Infinity\"");
    CHECK_STR(spoor_real_print_json(2, buffer), "2.0");
    CHECK_STR(spoor_real_print_shortest(0.1 + 0.2, buffer), "0.30000000000000004");
    CHECK_STR(spoor_real_print_shortest(1e20, buffer), "1E+20");
    CHECK_STR(spoor_real_print_shortest(0.000012, buffer), "1.2E-05");
    CHECK_STR(spoor_real_print_shortest(ldexp(1, -1017), buffer), "7.120236347223045E-307");

    /* The longest text there may be, and one more. */
    char digits[1001];
    memset(digits, '1', sizeof digits);
    digits[1] = '.';
    double value;
    CHECK(spoor_real_parse((spoor_str){digits, 1000}, &value) && value == 10.0 / 9);
    CHECK(!spoor_real_parse((spoor_str){digits, 1001}, &value));
}

/* Whatever the bits of a double: its text gives them back, and is not longer than 17 digits. */
static void check_round_trip(void) {
    uint64_t state = 88172645463325252u;
    int bad = 0;
    for (int i = 0; i < 50000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        double value, back;
        memcpy(&value, &state, 8);
        if (i % 3 == 1) {
            value = (double)(int64_t)(state % 20000000) / 1000; /* short decimals */
        } else if (i % 3 == 2) {
            value = (double)(state >> (state % 60));
        }
        if (!isfinite(value)) {
            continue;
        }
        char buffer[SPOOR_NUMBER_TEXT];
        spoor_str text = spoor_real_print(value, buffer);
        bad += !spoor_real_parse(text, &back) || memcmp(&back, &value, 8) != 0 || text.len > 26;
    }
    CHECK_LONG(bad, 0);
}

void test_number(void);
void test_number(void) {
    check_longs();
    check_reals();
    check_round_trip();
}
