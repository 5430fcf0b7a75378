/* test_text_match.c - Kusto's string predicates, and the fast search against the slow one. */
#include "base/text_match.h"

#include "base/utf8.h"
#include "tests/unit/unit.h"

typedef bool predicate(spoor_str text, spoor_str needle, bool fold);

typedef struct match_case {
    const char *text, *needle;
    bool fold, want;
} match_case;

#define CHECK_CASES(test, cases) check_cases(test, #test, cases, sizeof cases / sizeof *cases)

static void check_cases(predicate *test, const char *name, const match_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const match_case *c = &cases[i];
        if (test(spoor_str_from(c->text), spoor_str_from(c->needle), c->fold) != c->want) {
            spoor_str what =
                spoor_arena_format(unit_arena(), "%s: '%s' against '%s'", name, c->text, c->needle);
            unit_check(false, __FILE__, __LINE__, what.ptr);
        } else {
            CHECK(true);
        }
    }
}

static void check_simple(void) {
    static const match_case equals[] = {
        {"", "", true, true},
        {"a", "", true, false},
        {"", "a", true, false},
        {"Abc", "aBC", true, true},
        {"Abc", "aBC", false, false},
        {"Abc", "Abc", false, true},
        {"abc", "abcd", true, false},
        {"STRA\xC3\x9F"
         "E",
         "stra\xC3\x9F"
         "e",
         true, true},
        {"strasse",
         "stra\xC3\x9F"
         "e",
         true, false},
        {"CAF\xC3\x89", "caf\xC3\xA9", true, true},
        {"cafe\xCC\x81", "caf\xC3\xA9", true, false},
        {"tas\xE2\x84\xAA",
         "TA\xC5\xBF"
         "k",
         true, true},
        {"\xD0\x9F\xD0\xA0", "\xD0\xBF\xD1\x80", true, true},
    };
    CHECK_CASES(spoor_text_equals, equals);
    static const match_case contains[] = {
        {"", "", true, true},
        {"", "a", false, false},
        {"abc", "", false, true},
        {"FabriKam", "BRik", true, true},
        {"FabriKam", "BRik", false, false},
        {"FabriKam", "briK", false, true},
        {"100%", "%", true, true},
        {"100pct", "%", true, false},
        {"aab", "ab", true, true},
        {"x\xE2\x84\xAAy", "XKY", true, true},
        {"x\xE2\x84\xAAy", "xky", false, false},
        {"xky", "x\xE2\x84\xAAy", true, true},
        {"\xC8\xBA", "\xE2\xB1\xA5", true, true},
        {"a\xC3\xA9", "\xA9", false, true},
    };
    CHECK_CASES(spoor_text_contains, contains);
    static const match_case starts[] = {
        {"Fabrikam", "fab", true, true}, {"Fabrikam", "fab", false, false},
        {"Fabrikam", "", true, true},    {"", "", false, true},
        {"Fa", "fab", true, false},      {"a_b", "a_", false, true},
        {"axb", "a_", true, false},
    };
    CHECK_CASES(spoor_text_starts_with, starts);
    static const match_case ends[] = {
        {"Fabrikam", "KAM", true, true},
        {"Fabrikam", "KAM", false, false},
        {"Fabrikam", "", true, true},
        {"", "", false, true},
        {"am", "kam", true, false},
        {"cmd.EXE", ".exe", true, true},
        {"wor\xE2\x84\xAA", "RK", true, true},
        {"work", "r\xE2\x84\xAA", true, true},
        {"\xC3\xA9", "\xA9", true, false},
    };
    CHECK_CASES(spoor_text_ends_with, ends);
}

static void check_terms(void) {
    static const match_case has[] = {
        {"hello world", "hello", true, true},
        {"helloworld", "hello", true, false},
        {"HELLO", "hello", true, true},
        {"HELLO", "hello", false, false},
        {"a hello b", "hello", true, true},
        {"a_b", "a", true, true},
        {"xa a", "a", true, true},
        {"x a-b y", "a-b", true, true},
        {"x ab y", "a-b", true, false},
        {"cats", "cat", true, false},
        {"scat", "cat", true, false},
        {"Na\xC3\xAFve", "na", true, false},
        {"caf\xC3\xA9 x", "CAF\xC3\x89", true, true},
        {"caf\xC3\xA9s", "caf\xC3\xA9", true, false},
        {"caf\xC3\xA9", "caf", true, false},
        {"caf\xC3\xA9", "caf", false, false},
        {"", "", true, true},
        {"abc", "", true, true},
        {"", "a", true, false},
        {"C:\\Windows\\cmd.exe", "\\cmd", true, true},
        {"C:\\Windows\\cmd.exe", "ws\\cmd", true, false},
        {"C:\\Windows\\cmd.exe", "cmd.", true, true},
        {"C:\\Windows\\xcmd.exe", "cmd.exe", true, false},
        {"a-enc b", "-enc", true, true},
        {"a -encoded", "-enc", true, false},
        {"wor\xE2\x84\xAA x", "work", true, true},
        {"aaa a", "a", true, true},
        {"xa a a", "a a", true, true}, /* the second of two that overlap */
        {"a\xE2\x82\xAC"
         "b",
         "b", true, true},
    };
    CHECK_CASES(spoor_text_has, has);
    static const match_case prefix[] = {
        {"xa b", "a ", true, false},          {"a b", "a ", true, true},
        {"x ab y", " a", true, true},         {"x-error", "-err", true, true},
        {"err or", "r o", true, false},       {"abc", "", true, true},
        {"an errorlog", "error", true, true}, {"a_error", "ERR", true, true},
        {"a_error", "ERR", false, false},     {"xerror", "err", true, false},
    };
    CHECK_CASES(spoor_text_has_prefix, prefix);
    static const match_case suffix[] = {
        {"x ab y", " a", true, false},
        {"xa b", "a ", true, true},
        {"b .b-", " ", true, true},
        {"abc", "", true, true},
        {"code error", "OR", true, true},
        {"code errors", "or", true, false},
        {"Hello World", "world", false, false},
    };
    CHECK_CASES(spoor_text_has_suffix, suffix);
    static const match_case wildcard[] = {
        {"abcdef", "b*e", true, true},
        {"abcdef", "e*b", true, false},
        {"abcdef", "*", true, true},
        {"", "**", true, true},
        {"", "a*", true, false},
        {"abcdef", "", true, true},
        {"abab", "ab*ab", true, true},
        {"aba", "ab*ba", true, false},
        {"ABCDEF", "*b*d*f*", true, true},
        {"ABCDEF", "*b*d*f*", false, false},
        {"x\xE2\x84\xAAyz", "k*z", true, true},
        {"a.b", "a?b", true, false},
    };
    CHECK_CASES(spoor_text_matches_wildcard, wildcard);
}

/* -- the fast search ------------------------------------------------------------------------------
 */

static uint32_t state = 12345;

static uint32_t roll(uint32_t sides) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % sides;
}

/* Characters that trip a search: several of a kind, k and s in each shape, folds that change the
 * length, half characters. */
static const char *const letters[] = {"a",
                                      "A",
                                      "b",
                                      "k",
                                      "K",
                                      "s",
                                      "S",
                                      "\xE2\x84\xAA",
                                      "\xC5\xBF",
                                      "\xC3\xA9",
                                      "\xC3\x89",
                                      "\xC8\xBA",
                                      "\xE2\xB1\xA5",
                                      "_",
                                      "@",
                                      "`",
                                      "\xC3",
                                      "\xA9",
                                      "[",
                                      "{"};

/* At most `most` characters out of the first `kinds` of the list, from `first`. */
static size_t make_text(char *out, uint32_t most, uint32_t first, uint32_t kinds) {
    size_t len = 0;
    for (uint32_t n = roll(most + 1); n > 0; n--) {
        const char *letter = letters[first + roll(kinds)];
        memcpy(out + len, letter, strlen(letter));
        len += strlen(letter);
    }
    return len;
}

static void check_random(void) {
    int bad = 0, found = 0;
    char text[1024], needle_text[64];
    for (int round = 0; round < 60000; round++) {
        uint32_t first = roll(10),
                 kinds = 2 + roll((uint32_t)(sizeof letters / sizeof *letters) - 11);
        spoor_str s = {text, make_text(text, roll(4) == 0 ? 200 : 40, first, kinds)};
        spoor_str n = {needle_text, make_text(needle_text, 6, first, kinds)};
        bool fold = roll(3) != 0;
        size_t from = 0;
        for (uint32_t skip = roll(4); skip > 0 && from < s.len; skip--) {
            from = spoor_utf8_offset((spoor_str){text, s.len}, skip);
        }
        spoor_needle needle = spoor_needle_prepare(unit_arena(), n, fold);
        size_t want = spoor_text_find(s, from, n, fold, NULL);
        bad += spoor_needle_find(&needle, s, from) != want;
        bad += spoor_needle_in(&needle, s) != spoor_text_contains(s, n, fold);
        needle.use_avx2 = false;
        bad += spoor_needle_find(&needle, s, from) != want;
        found += want != SIZE_MAX;
        if (round % 1000 == 0) {
            spoor_arena_rewind(unit_arena());
        }
    }
    CHECK_LONG(bad, 0);
    CHECK(found > 5000 && found < 55000);
}

/* Every code point as needle and as text: found exactly where the two fold alike. */
static void check_every_code_point(void) {
    int bad = 0;
    for (uint32_t c = 1; c <= 0x10FFFF; c++) {
        char one[4], other[4];
        spoor_str text = {one, (size_t)spoor_utf8_put(one, c)};
        uint32_t f = spoor_fold(c);
        uint32_t near = f == c ? spoor_to_upper(c) : f;
        spoor_str needle = {other, (size_t)spoor_utf8_put(other, near)};
        bool want = spoor_fold(near) == f;
        spoor_needle prepared = spoor_needle_prepare(unit_arena(), needle, true);
        bad += spoor_text_equals(text, needle, true) != want;
        bad += spoor_text_contains(text, needle, true) != want;
        bad += spoor_needle_in(&prepared, text) != want;
        prepared = spoor_needle_prepare(unit_arena(), text, true);
        bad += spoor_needle_in(&prepared, needle) != want;
        bad += spoor_text_contains(text, needle, false) != (near == c);
        spoor_arena_rewind(unit_arena());
    }
    CHECK_LONG(bad, 0);
}

/* A needle at every place of a text of every length round a block's. */
static void check_every_place(void) {
    int bad = 0;
    char text[160];
    spoor_needle exact = spoor_needle_prepare(unit_arena(), SPOOR_STR("-Enc"), false);
    spoor_needle folded = spoor_needle_prepare(unit_arena(), SPOOR_STR("PoWerSHELL"), true);
    for (size_t len = 0; len <= sizeof text; len++) {
        memset(text, 'e', sizeof text);
        spoor_str s = {text, len};
        bad += spoor_needle_in(&exact, s) || spoor_needle_in(&folded, s);
        for (size_t at = 0; at + 4 <= len; at++) {
            memset(text, 'e', sizeof text);
            memcpy(text + at, "-Enc", 4);
            bad += spoor_needle_find(&exact, s, 0) != at ||
                   spoor_needle_find(&exact, s, at) != at ||
                   spoor_needle_find(&exact, s, at + 1) != SIZE_MAX;
            if (at + 10 <= len) {
                memcpy(text + at, "powerShelL", 10);
                bad += spoor_needle_find(&folded, s, 0) != at ||
                       spoor_needle_find(&folded, s, at + 1) != SIZE_MAX;
            }
        }
    }
    CHECK_LONG(bad, 0);
    spoor_needle empty = spoor_needle_prepare(unit_arena(), (spoor_str){NULL, 0}, true);
    CHECK(spoor_needle_in(&empty, (spoor_str){NULL, 0}) && spoor_needle_in(&empty, SPOOR_STR("a")));
    CHECK(!spoor_needle_in(&exact, (spoor_str){NULL, 0}));
}

/* Matches round the place where a long text is parted, plain and with odd letters before them. */
static void check_long_text(void) {
    static const char *const shapes[] = {"lsass", "LSASS", "l\xC5\xBF\x61\xC5\xBFs",
                                         "LsAs\xC5\xBF"};
    enum { LEN = 40000, PART = 1 << 14 };
    spoor_needle needle = spoor_needle_prepare(unit_arena(), SPOOR_STR("lsaSS"), true);
    bool has_avx2 = needle.use_avx2;
    char *text = SPOOR_RAW_ARRAY(unit_arena(), char, LEN);
    int bad = 0;
    for (size_t at = PART - 40; at < PART + 20; at++) {
        for (size_t i = 0; i < 4; i++) {
            memset(text, 'a', LEN);
            memcpy(text + 30000, "lsass", 5);
            memcpy(text + 100, "\xC5\xBF", 2);
            memcpy(text + at, shapes[i], strlen(shapes[i]));
            for (int way = 0; way < 2; way++) {
                needle.use_avx2 = way == 0 && has_avx2;
                bad += spoor_needle_find(&needle, (spoor_str){text, LEN}, 0) != at ||
                       spoor_needle_find(&needle, (spoor_str){text, LEN}, at) != at ||
                       spoor_needle_find(&needle, (spoor_str){text, LEN}, at + 1) != 30000 ||
                       spoor_needle_find(&needle, (spoor_str){text, LEN}, 30001) != SIZE_MAX;
            }
        }
    }
    CHECK_LONG(bad, 0);
}

void test_text_match(void);
void test_text_match(void) {
    check_simple();
    check_terms();
    check_random();
    check_every_code_point();
    check_every_place();
    check_long_text();
}
