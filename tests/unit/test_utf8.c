/* test_utf8.c - code points, repair, UTF-16, and the tables of case. */
#include "base/utf8.h"

#include <string.h>

#include "tests/unit/unit.h"

enum { LAST = 0x10FFFF };

static void check_coding(void) {
    int bad = 0;
    for (uint32_t c = 0; c <= LAST; c++) {
        char text[4];
        int len = spoor_utf8_put(text, c);
        const char *at = text;
        bad += spoor_utf8_next(&at, text + len) != c || at != text + len;
        at = text + len;
        bad += spoor_utf8_before(text, &at) != c || at != text;
        /* Cut short, it is bad bytes. */
        at = text;
        bad += len > 1 && (spoor_utf8_next(&at, text + len - 1) != 0xFFFD || at != text + 1);
        bad += !spoor_utf8_is_valid((spoor_str){text, (size_t)len});
    }
    CHECK_LONG(bad, 0);
    char text[4];
    CHECK_LONG(spoor_utf8_put(text, LAST + 1), 3);

    CHECK_LONG((int64_t)spoor_utf8_length(SPOOR_STR("")), 0);
    CHECK_LONG((int64_t)spoor_utf8_length(SPOOR_STR("abcdefghij")), 10);
    CHECK_LONG((int64_t)spoor_utf8_length(SPOOR_STR("abcdefgh\xC3\xA9\xF0\x9F\x98\x80z")), 11);
    CHECK_LONG((int64_t)spoor_utf8_length((spoor_str){NULL, 0}), 0);
    spoor_str s = SPOOR_STR("a\xC3\xA9z");
    CHECK_LONG((int64_t)spoor_utf8_offset(s, 0), 0);
    CHECK_LONG((int64_t)spoor_utf8_offset(s, 1), 1);
    CHECK_LONG((int64_t)spoor_utf8_offset(s, 2), 3);
    CHECK_LONG((int64_t)spoor_utf8_offset(s, 3), 4);
    CHECK_LONG((int64_t)spoor_utf8_offset(s, SIZE_MAX), 4);
    CHECK(spoor_is_ascii(SPOOR_STR("0123456789")));
    CHECK(!spoor_is_ascii(SPOOR_STR("01234567\x80")));
    CHECK(!spoor_is_ascii(SPOOR_STR("\xC3\xA9")));
}

/* Backwards gives what forwards gives, whatever the bytes. */
static void check_backwards(void) {
    static const unsigned char parts[] = {'a',  0x80, 0xA9, 0xC3, 0xE2, 0x84,
                                          0xED, 0xA0, 0xF0, 0x9F, 0xFF};
    uint32_t state = 1;
    int bad = 0;
    for (int round = 0; round < 20000; round++) {
        char text[12];
        uint32_t seen[12];
        for (size_t i = 0; i < sizeof text; i++) {
            state = state * 1664525u + 1013904223u;
            text[i] = (char)parts[(state >> 16) % sizeof parts];
        }
        size_t n = 0;
        const char *at = text, *end = text + sizeof text;
        while (at < end) {
            seen[n++] = spoor_utf8_next(&at, end);
        }
        while (at > text && n > 0) {
            bad += spoor_utf8_before(text, &at) != seen[--n];
        }
        bad += at != text || n != 0;
    }
    CHECK_LONG(bad, 0);
}

static void check_repair(void) {
    static const struct {
        const char *text, *want;
        int bad;
        bool is_pair;
    } cases[] = {
        {"plain", "plain", 0, false},
        {"\xED\xA0\x80", "\xED\xA0\x80", 0, false}, /* a lone surrogate may stay */
        {"\xC0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD", 2, false},
        {"a\x80z", "a\xEF\xBF\xBDz", 1, false},
        {"\xE0\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 3,
         false}, /* not the shortest form */
        {"\xF0\x80\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 4, false},
        {"\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 4, false},
        {"\xF5\xFF", "\xEF\xBF\xBD\xEF\xBF\xBD", 2, false},
        {"\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD", 2, false},
        {"\xC3(", "\xEF\xBF\xBD(", 1, false},
        {"\xEF\xBF\xBD", "\xEF\xBF\xBD", 0, false},
        {"\xED\xA0\xBD\xED\xB8\x80!", "\xF0\x9F\x98\x80!", 0, true}, /* CESU-8 */
        {"\xED\xA0\xBD.\xED\xB8\x80", "\xED\xA0\xBD.\xED\xB8\x80", 0, false},
        {"\xED\xA0\xBD\xED\xA0\xBD\xED\xB8\x80\xED\xB8\x80\xFF",
         "\xED\xA0\xBD\xF0\x9F\x98\x80\xED\xB8\x80\xEF\xBF\xBD", 1, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t bad = 5;
        spoor_str text = spoor_str_from(cases[i].text);
        spoor_str got = spoor_utf8_repair(unit_arena(), text, &bad);
        CHECK_STR(got, cases[i].want);
        CHECK_LONG((int64_t)bad - 5, cases[i].bad);
        bool is_sound = cases[i].bad == 0 && !cases[i].is_pair;
        CHECK(spoor_utf8_is_valid(text) == is_sound);
        CHECK((got.ptr == text.ptr) == is_sound);
        CHECK(spoor_utf8_is_valid(got));
    }
}

static void check_utf16(void) {
    static const unsigned char units[] = {
        'a',  0,    'b',  0,    'c', 0,    'd',
        0,    'e',  0,    0xE9, 0,   0xAC, 0x20, /* abcde, e acute, euro */
        0x3D, 0xD8, 0x00, 0xDE,                  /* a pair */
        0x3D, 0xD8, 'x',  0,                     /* half a pair */
        0x00, 0xDE, 0x00, 0xD8,                  /* and two more */
    };
    char out[3 * sizeof units / 2];
    size_t len = spoor_utf16_to_utf8(units, sizeof units / 2, out);
    CHECK_STR(((spoor_str){out, len}),
              "abcde\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xED\xA0\xBDx\xED\xB8"
              "\x80\xED\xA0\x80");
    CHECK_LONG((int64_t)spoor_utf16_to_utf8(units, 0, out), 0);
    /* Every code point through UTF-16. */
    int bad = 0;
    for (uint32_t c = 0; c <= LAST; c++) {
        uint32_t high = c, low = 0;
        if (c >= 0x10000) {
            high = 0xD800 | (c - 0x10000) >> 10;
            low = 0xDC00 | (c & 0x3FF);
        }
        unsigned char pair[] = {(unsigned char)high, (unsigned char)(high >> 8), (unsigned char)low,
                                (unsigned char)(low >> 8)};
        char want[4];
        size_t want_len = (size_t)spoor_utf8_put(want, c);
        bad += spoor_utf16_to_utf8(pair, low != 0 ? 2 : 1, out) != want_len ||
               memcmp(out, want, want_len) != 0;
    }
    CHECK_LONG(bad, 0);
}

static void check_case(void) {
    static const uint32_t folds[][2] = {
        {'A', 'a'},           {'[', '['},         {'@', '@'},         {0x212A, 'k'},
        {0x17F, 's'},         {0x1E9E, 0xDF},     {0xDF, 0xDF},       {0xC9, 0xE9},
        {0xD7, 0xD7},         {0x130, 0x130},     {0x131, 0x131},     {0x3C2, 0x3C3},
        {0xB5, 0x3BC},        {0x1F88, 0x1F80},   {0x1FBC, 0x1FB3},   {0x13A0, 0x13A0},
        {0xAB70, 0x13A0},     {0x10400, 0x10428}, {0x41F, 0x43F},     {0xFB00, 0xFB00},
        {0x212B, 0xE5},       {0x23A, 0x2C65},    {0x1E921, 0x1E943}, {0xD800, 0xD800},
        {0x10FFFF, 0x10FFFF},
    };
    for (size_t i = 0; i < sizeof folds / sizeof *folds; i++) {
        CHECK_LONG(spoor_fold(folds[i][0]), folds[i][1]);
    }
    CHECK_LONG(spoor_to_upper(0xDF), 0xDF);
    CHECK_LONG(spoor_to_upper(0xFF), 0x178);
    CHECK_LONG(spoor_to_upper(0x131), 'I');
    CHECK_LONG(spoor_to_upper(0x17F), 'S');
    CHECK_LONG(spoor_to_upper(0x1F80), 0x1F88);
    CHECK_LONG(spoor_to_upper(0x10D0), 0x1C90);
    CHECK_LONG(spoor_to_lower(0x1E9E), 0xDF);
    CHECK_LONG(spoor_to_lower(0x212A), 'k');
    CHECK_LONG(spoor_to_lower(0x3A3), 0x3C3);
    CHECK_LONG(spoor_to_lower(0x130), 0x130);

    /* Folding twice changes nothing, and what differs in case alone folds alike. */
    int again = 0, lower = 0, upper = 0, changed = 0;
    for (uint32_t c = 0; c <= LAST; c++) {
        uint32_t f = spoor_fold(c);
        changed += f != c;
        again += spoor_fold(f) != f;
        lower += spoor_fold(spoor_to_lower(c)) != f;
        upper += spoor_fold(spoor_to_upper(c)) != f;
    }
    CHECK(changed > 1400);
    CHECK_LONG(again, 0);
    CHECK_LONG(lower, 0);
    CHECK_LONG(upper, 1); /* dotless i alone: its capital is I, but it does not fold */

    CHECK_STR(spoor_str_upper(unit_arena(), SPOOR_STR("na\xC3\xAFve \xC3\x9F")),
              "NA\xC3\x8FVE \xC3\x9F");
    CHECK_STR(spoor_str_lower(unit_arena(), SPOOR_STR("\xC3\x85NGSTR\xC3\x96M")),
              "\xC3\xA5ngstr\xC3\xB6m");
    /* One byte less, one byte more, a bad byte. */
    CHECK_STR(spoor_str_fold(unit_arena(), SPOOR_STR("\xE2\x84\xAA\xC8\xBA\xFFZ")),
              "k\xE2\xB1\xA5\xEF\xBF\xBDz");
    CHECK_STR(spoor_str_fold(unit_arena(), (spoor_str){NULL, 0}), "");
}

static void check_classes(void) {
    static const uint32_t alnum[] = {'0',  '9',   'a',    'z',   'A',  'Z',    0xE9,
                                     0xDF, 0x43F, 0x4E2D, 0x661, 0xAA, 0x1D400};
    static const uint32_t others[] = {'_',   '-',    '/',    ':',    '@',     '[',
                                      '`',   '{',    0x7F,   0xA0,   0xB2,    0xD7,
                                      0x301, 0x2160, 0xD800, 0xFFFD, 0x1F600, 0x10FFFF};
    for (size_t i = 0; i < sizeof alnum / sizeof *alnum; i++) {
        CHECK(spoor_is_alnum(alnum[i]));
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        CHECK(!spoor_is_alnum(others[i]));
    }
    int spaces = 0;
    for (uint32_t c = 0; c <= LAST; c++) {
        spaces += spoor_is_space(c);
    }
    CHECK_LONG(spaces, 25);
    static const uint32_t space[] = {' ',    '\t',   '\r',   0x85,   0xA0,
                                     0x1680, 0x200A, 0x2028, 0x202F, 0x3000};
    for (size_t i = 0; i < sizeof space / sizeof *space; i++) {
        CHECK(spoor_is_space(space[i]));
    }
    CHECK(!spoor_is_space(0x200B) && !spoor_is_space(0xFEFF) && !spoor_is_space(0x180E));
    CHECK(!spoor_is_space(0x1F) && !spoor_is_space(0));
}

void test_utf8(void);
void test_utf8(void) {
    check_coding();
    check_backwards();
    check_repair();
    check_utf16();
    check_case();
    check_classes();
}
