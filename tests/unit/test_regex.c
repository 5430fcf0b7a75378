/* test_regex.c - the dialect row by row, what is refused, linear time, and the engines against a
 * slow one that tries everything. */
#include "regex/regex.h"

#include <stdio.h>

#include "regex/regex_program.h"
#include "tests/unit/unit.h"

/* -- the first match --------------------------------------------------------------------------- */

typedef struct match_row {
    const char *pattern, *text;
    const char *spans; /* "start-end" of each group, "x" of one that took no part; "": no match */
} match_row;

static spoor_str print_spans(const spoor_regex_span *spans, uint32_t count) {
    spoor_str out = SPOOR_STR("");
    for (uint32_t i = 0; i < count; i++) {
        const char *gap = i > 0 ? " " : "";
        out = spans[i].start == SIZE_MAX
                  ? spoor_arena_format(unit_arena(), "%.*s%sx", (int)out.len, out.ptr, gap)
                  : spoor_arena_format(unit_arena(), "%.*s%s%zu-%zu", (int)out.len, out.ptr, gap,
                                       spans[i].start, spans[i].end);
    }
    return out;
}

static const spoor_regex *compile(const char *pattern) {
    spoor_regex_error error;
    const spoor_regex *regex =
        spoor_regex_compile(unit_arena(), spoor_str_from(pattern), 0, &error);
    if (regex == NULL) {
        unit_check(false, __FILE__, __LINE__,
                   spoor_arena_format(unit_arena(), "%s: %s", pattern, error.message).ptr);
    }
    return regex;
}

static void check_match(const match_row *row) {
    const spoor_regex *regex = compile(row->pattern);
    if (regex == NULL) {
        return;
    }
    spoor_regex_matcher *matcher =
        spoor_regex_matcher_new(unit_arena(), regex, SPOOR_REGEX_CACHE_BYTES);
    uint32_t count = spoor_regex_groups(regex) + 1;
    spoor_regex_span *spans = SPOOR_NEW_ARRAY(unit_arena(), spoor_regex_span, count);
    spoor_str text = spoor_str_from(row->text);
    bool found = spoor_regex_find(matcher, text, 0, spans, count);
    spoor_str got = found ? print_spans(spans, count) : SPOOR_STR("");
    unit_check_str(got, row->spans, __FILE__, __LINE__, row->pattern);
    CHECK(spoor_regex_is_match(matcher, text) == found);
}

#define CHECK_ROWS(rows)                                                                           \
    for (size_t i = 0; i < sizeof(rows) / sizeof *(rows); i++) {                                   \
        check_match(&(rows)[i]);                                                                   \
    }

// clang-format off
static const match_row characters[] = {
    {".", "\na", "1-2"}, {"(?s).", "\na", "0-1"}, {".", "é", "0-2"}, {"^.$", "\xF0\x9F\x98\x80", "0-4"},
    {"[0-9]", "ab٣7", "4-5"}, {"[^0-9]", "7é", "1-3"}, {"\\d", "ab٣7", "2-4"}, {"\\D", "٣x", "2-3"},
    {"\\pN", "a½", "1-3"}, {"\\p{Greek}", "aβ", "1-3"}, {"\\PL", "a1", "1-2"}, {"\\P{Greek}", "βa", "2-3"},
    {"\\w+", "-straße_٣-", "1-11"}, {"\\W", "é!", "2-3"}, {"\\s", "a\u00A0", "1-3"}, {"\\s", "a\u2003b", "1-4"}, {"\\S", " \u00A0x", "3-4"},
    {"\\d+", "ＡＢ１２", "6-12"}, {"\\w", "e\u0301", "0-1"}, {"^\\w+$", "e\u0301", "0-3"},
    {"(?-u:\\d)", "٣7", "2-3"}, {"(?-u:\\w)+", "éa", "2-3"}, {"(?-u:\\s)", "\u00A0 ", "2-3"},
    {"\\p{Lu}", "aÉ", "1-3"}, {"\\p{uppercase letter}", "aÉ", "1-3"}, {"\\p{gc=Lu}\\p{sc=Latin}", "aÉÉ", "1-5"},
    {"\\p{Han}+", "a漢字", "1-7"}, {"\\p{Hiragana}", "漢あ", "3-6"}, {"\\p{Katakana}", "あカ", "3-6"}, {"\\p{Cyrillic}+", "aЖук", "1-7"},
    {"\\p{Arabic}", "aع", "1-3"}, {"\\p{Hebrew}", "aש", "1-3"}, {"\\p{P}", "a«", "1-3"}, {"\\p{S}", "a€", "1-4"}, {"\\p{Z}", "a\u2028", "1-4"},
    {"\\p{Alphabetic}", "1ⅷ", "1-4"}, {"\\p{White_Space}", "a ", "1-2"}, {"\\p{scripT != Greek}", "βa", "2-3"}, {"\\p{any}", "\n", "0-1"},
};

static const match_row classes[] = {
    {"[xyz]", "ay", "1-2"}, {"[^xyz]", "xya", "2-3"}, {"[a-z]", "Aq", "1-2"}, {"[[:alpha:]]", "1éb", "3-4"}, {"[[:^alpha:]]", "bé", "1-3"},
    {"[x[^xyz]]+", "yxaz", "1-3"}, {"[a-y&&xyz]+", "zaxy", "2-4"}, {"[0-9&&[^4]]+", "4123", "1-4"}, {"[0-9--4]+", "4123", "1-4"},
    {"[a-g~~b-h]+", "bahc", "1-3"}, {"[\\[\\]]+", "a[]", "1-3"}, {"[a&&b]", "ab", ""}, {"[\\p{Greek}[:digit:]]+", "aβ7", "1-4"},
    {"[\\p{Greek}&&\\pL]", "·β", "2-4"}, {"[\\pL--\\p{Greek}&&\\p{Uppercase}]", "aβΒA", "5-6"}, {"[^a-z&&b]", "ba", "1-2"},
    {"[]a]+", "b]a", "1-3"}, {"[^]a]", "]ab", "2-3"}, {"[-a]+", "b-a", "1-3"}, {"[a-]+", "b-a", "1-3"}, {"[a-c-e]+", "d-e", "1-3"}, {"[\\d-]+", "a1-", "1-3"},
    {"[[:word:]]+", "é_a9", "2-5"}, {"[[:xdigit:]]+", "gfF9", "1-4"}, {"[[:punct:]]+", "a!~", "1-3"}, {"[[:blank:]]", "\n\t", "1-2"}, {"[[:cntrl:]]", "a\x7F", "1-2"},
    {"[[:graph:]]+", " a!", "1-3"}, {"[[:print:]]+", "\ta b", "1-4"}, {"[[:space:]]", "a\v", "1-2"}, {"[[:lower:]][[:upper:]][[:alnum:]][[:ascii:]][[:digit:]]", "aB1~2", "0-5"},
    {"(?i)[k]", "\u212A", "0-3"}, {"(?i)[^k]", "\u212A", ""}, {"(?i)[à-ü]", "É", "0-2"}, {"[\\w&&\\p{ascii}]+", "éab", "2-4"}, {"(?x)[ a b ]+", " ab", "1-3"},
    {"[[:foo:]]", "f", "0-1"}, {"[&a]", "&", "0-1"}, {"[a&]+", "a&", "0-2"}, {"[\\x41-\\u{43}]+", "xABC", "1-4"},
};

static const match_row composites[] = {
    {"xy", "axy", "1-3"}, {"x|y", "zyx", "1-2"}, {"a|ab", "ab", "0-1"}, {"ab|a", "ab", "0-2"}, {"(a|ab)(c|bcd)", "abcd", "0-4 0-1 1-4"},
    {"|a", "a", "0-0"}, {"a||b", "b", "0-0"}, {"()", "a", "0-0 0-0"}, {"", "a", "0-0"}, {"foo|foobar", "xfoobar", "1-4"},
    {"x*", "xxy", "0-2"}, {"x+", "yxx", "1-3"}, {"x?", "xx", "0-1"}, {"x*?", "xx", "0-0"}, {"x+?", "xx", "0-1"}, {"x??", "x", "0-0"},
    {"x{2,3}", "xxxx", "0-3"}, {"x{2,}", "xxxx", "0-4"}, {"x{2}", "xxxx", "0-2"}, {"x{2,3}?", "xxxx", "0-2"}, {"x{2,}?", "xxxx", "0-2"}, {"x{2}?", "xxxx", "0-2"},
    {"x{0}y", "xy", "1-2"}, {"x{ 1 , 2 }", "xx", "0-2"}, {"<(.*?)>", "<a><b>", "0-3 1-2"}, {"<(.*)>", "<a><b>", "0-6 1-5"}, {"a*+", "aa", "0-2"},
    {"(a*)*", "aab", "0-2 0-2"}, {"(a*)+", "b", "0-0 0-0"}, {"(a|b)*", "abab", "0-4 3-4"}, {"(?:(a)|b)*", "ab", "0-2 0-1"}, {"(a?)*?b", "aab", "0-3 1-2"}, {"(|a)+", "aaa", "0-0 0-0"},
    {"(a+)(b+)?", "aac", "0-2 0-2 x"}, {"(x(y)?)+", "xyx", "0-3 2-3 1-2"}, {"((a)|(b))+", "ab", "0-2 1-2 0-1 1-2"},
    {"x{0,0}", "x", "0-0"}, {"a}", "a}", "0-2"}, {"a]", "a]", "0-2"},
};

static const match_row empties[] = {
    {"^a", "ba", ""}, {"^a", "ab", "0-1"}, {"a$", "ba", "1-2"}, {"a$", "a\n", ""}, {"(?m)^a", "b\na", "2-3"}, {"(?m)a$", "a\nb", "0-1"}, {"(?m)^$", "a\n", "2-2"},
    {"(?m)\\Aa", "b\na", ""}, {"(?m)a\\z", "a\nb", ""}, {"\\bb\\b", "ab b", "3-4"}, {"\\bé\\b", "aé é", "4-6"}, {"\\B.\\B", "abc", "1-2"}, {"(?-u:\\b).+(?-u:\\b)", "$$abc$$", "2-5"},
    {"\\b{start}b", "ab b", "3-4"}, {"\\<b", "ab b", "3-4"}, {"b\\b{end}", "ba ab", "4-5"}, {"b\\>", "ba ab", "4-5"}, {"\\b{start-half}.", "a b", "0-1"}, {".\\b{start-half}", "ab ", "2-3"},
    {".\\b{end-half}", "ab ", "1-2"}, {"\\b{end-half}.", "ab ", "2-3"}, {"\\b", "", ""}, {"\\B", "", "0-0"}, {"(?mR)^a", "b\ra", "2-3"}, {"(?mR)$", "b\r\n", "1-1"}, {"(?mR)b$\r\n^", "b\r\na", "0-3"},
    {"(?mR)^\n", "\r\n", ""}, {"(?R).+", "\ra\r", "1-2"}, {"(?m)^.*$", "\n\nab", "0-0"}, {"^*a", "ba", "1-2"}, {"(^|,)x", "a,x", "1-3 1-2"}, {"a\\b|ab", "ab", "0-2"},
};

static const match_row groups[] = {
    {"(a)(b)", "ab", "0-2 0-1 1-2"}, {"(?P<n>a)", "a", "0-1 0-1"}, {"(?<n>a)", "a", "0-1 0-1"}, {"(?:a)", "a", "0-1"}, {"(?i)a", "A", "0-1"}, {"(?i:a)b", "AB", ""}, {"(?i:a)b", "Ab", "0-2"},
    {"(?i)a+(?-i)b+", "AabB", "0-3"}, {"a(?i)b|c", "C", "0-1"}, {"(a(?i)b)c", "aBC", ""}, {"(?U)x+", "xx", "0-1"}, {"(?U)x+?", "xx", "0-2"}, {"(?x) a b # c\n d", "abd", "0-3"}, {"(?x)a\\ b\\x20", "a b ", "0-4"},
    {"(?is)A.B", "a\nb", "0-3"}, {"(?i)straße", "STRAẞE", "0-8"}, {"(?i)σ", "ς", "0-2"}, {"(?i)S", "ſ", "0-2"}, {"(?i-u:k)", "\u212Ak", "3-4"}, {"(?i)ТЕСТ", "тест", "0-8"},
    {"(?P<y>\\d{4})-(?P<m>\\d\\d)", "on 2024-05", "3-10 3-7 8-10"}, {"((a)(b))c", "abc", "0-3 0-2 0-1 1-2"},
};

static const match_row escapes[] = {
    {"\\*", "a*", "1-2"}, {"\\/\\-\\~\\&\\#\\ \\\"\\'\\!\\%\\,\\:\\;\\=\\@\\`\\_", "/-~&# \"'!%,:;=@`_", "0-17"}, {"\\a\\f\\t\\n\\r\\v", "\a\f\t\n\r\v", "0-6"},
    {"\\123", "S", "0-1"}, {"\\x7F", "\x7F", "0-1"}, {"\\x{10FFFF}", "\xF4\x8F\xBF\xBF", "0-4"}, {"\\u007F\\u{7F}", "\x7F\x7F", "0-2"}, {"\\U0000007F\\U{7F}", "\x7F\x7F", "0-2"}, {"\\u00e9", "é", "0-2"},
    {"\\.\\\\\\[\\]\\(\\)\\{\\}\\^\\$\\|\\?\\+", ".\\[](){}^$|?+", "0-13"},
};
// clang-format on

/* -- what is refused --------------------------------------------------------------------------- */

static const struct {
    const char *pattern, *message;
    size_t at;
} refusals[] = {
    {"a(?=b)", "look-ahead '(?=' is not supported", 1},
    {"a(?!b)", "look-ahead '(?!' is not supported", 1},
    {"(?<=a)b", "look-behind '(?<=' is not supported", 0},
    {"(?<!a)b", "look-behind '(?<!' is not supported", 0},
    {"(a)\\1", "a back-reference '\\1' is not supported", 3},
    {"(?P<n>a)(?P=n)", "a back-reference '(?P=' is not supported", 8},
    {"(?<n>a)\\k<n>", "a back-reference '\\k' is not supported", 7},
    {"(?>a)", "an atomic group '(?>' is not supported", 0},
    {"(?#c)", "a comment '(?#' is not supported", 0},
    {"a(b", "'(' has no ')'", 1},
    {"a)b", "')' has no '('", 1},
    {"a[bc", "'[' has no ']'", 1},
    {"[]", "'[' has no ']'", 0},
    {"*a", "'*' has nothing before it to repeat", 0},
    {"a|+", "'+' has nothing before it to repeat", 2},
    {"(?i)?", "'?' has nothing before it to repeat", 4},
    {"a{,2}", "expected a count after '{'", 2},
    {"a{1", "'{' starts a repeat and has no '}'; a brace itself is '\\{'", 1},
    {"a{3,2}", "a repeat of at least 3 and at most 2", 1},
    {"a{99999999999}", "the count of a repeat is too large", 2},
    {"(a{1000}){1000}", "the regular expression is too large once its repeats are written out", 0},
    {"((((){1000}){1000}){1000}){1000}",
     "the regular expression is too large once its repeats are written out", 0},
    {"[b-a]", "a range must start at the smaller character", 1},
    {"[a-\\d]", "a range must be between two characters", 1},
    {"\\p{Klingon}", "no Unicode class is known as 'Klingon'", 2},
    {"\\pX", "no Unicode class is known as 'X'", 2},
    {"\\q", "'\\q' is no known escape", 0},
    {"\\Z", "'\\Z' is not supported; the end of the text is '\\z'", 0},
    {"a\\", "'\\' ends the regular expression", 1},
    {"\\xG0", "expected 2 hex digits", 0},
    {"\\x{110000}", "no code point is as large as that", 0},
    {"\\x{D800}", "a surrogate is no character", 0},
    {"(?P<1>a)", "a group's name is made of letters, digits and '_'", 4},
    {"(?<n>a)(?<n>b)", "two groups are named 'n'", 7},
    {"(?<>a)", "the group's name is empty", 3},
    {"(?ii)", "flag 'i' is given twice", 3},
    {"(?q)", "'(?' is followed by no group or flag that is known", 2},
    {"(?i-)", "no flag after '-'", 3},
    {"\\b{middle}", "'\\b{' takes start, end, start-half or end-half", 2},
    {"(?-u:\\xFF)", "without flag u this would match single bytes", 5},
    {"(?-u:[^a])", "without flag u this class would match single bytes", 5},
    {"(?-u:\\pL)", "a Unicode class needs flag u", 5},
};

static void check_refusals(void) {
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        spoor_regex_error error = {0};
        spoor_str pattern = spoor_str_from(refusals[i].pattern);
        bool refused = spoor_regex_compile(unit_arena(), pattern, 0, &error) == NULL;
        unit_check(refused, __FILE__, __LINE__, refusals[i].pattern);
        if (refused) {
            unit_check_str(spoor_str_from(error.message), refusals[i].message, __FILE__, __LINE__,
                           refusals[i].pattern);
            unit_check_long((int64_t)error.at, (int64_t)refusals[i].at, __FILE__, __LINE__,
                            refusals[i].pattern);
        }
    }
}

/* Nesting at the limit compiles, past it is refused; nothing recurses without end. */
static void check_limits(void) {
    static const char *const forms[][2] = {{"(", ")"}, {"(?:", ")*"}, {"[a", "]"}};
    for (size_t f = 0; f < 3; f++) {
        for (int depth = 200; depth <= 100000; depth += 99800) {
            spoor_str all = SPOOR_STR("");
            char *bytes = SPOOR_RAW_ARRAY(unit_arena(), char, (size_t)depth * 8);
            size_t len = 0;
            for (int i = 0; i < depth; i++) {
                size_t n = strlen(forms[f][0]);
                memcpy(bytes + len, forms[f][0], n);
                len += n;
            }
            for (int i = 0; i < depth; i++) {
                size_t n = strlen(forms[f][1]);
                memcpy(bytes + len, forms[f][1], n);
                len += n;
            }
            all = (spoor_str){bytes, len};
            spoor_regex_error error;
            bool compiled = spoor_regex_compile(unit_arena(), all, 0, &error) != NULL;
            CHECK(compiled == (depth == 200));
        }
    }
}

/* -- names, scanning --------------------------------------------------------------------------- */

static void check_names(void) {
    const spoor_regex *regex = compile("(?P<first>\\w)(\\w+)(?<last>\\w)");
    CHECK_LONG(spoor_regex_groups(regex), 3);
    CHECK_STR(spoor_regex_group_name(regex, 1), "first");
    CHECK_STR(spoor_regex_group_name(regex, 2), "");
    CHECK_LONG(spoor_regex_group_named(regex, SPOOR_STR("last")), 3);
    CHECK_LONG(spoor_regex_group_named(regex, SPOOR_STR("none")), 0);
}

static spoor_str all_matches(const char *pattern, const char *text) {
    spoor_regex_matcher *matcher =
        spoor_regex_matcher_new(unit_arena(), compile(pattern), SPOOR_REGEX_CACHE_BYTES);
    spoor_regex_scan scan = spoor_regex_scan_start(matcher, spoor_str_from(text));
    spoor_regex_span spans[100];
    uint32_t count = 0;
    while (count < 100 && spoor_regex_scan_next(&scan, &spans[count], 1)) {
        count++;
    }
    return print_spans(spans, count);
}

static void check_scans(void) {
    CHECK_STR(all_matches("a", "aba"), "0-1 2-3");
    CHECK_STR(all_matches("a*", "baac"), "0-0 1-3 4-4");
    CHECK_STR(all_matches("", "aé"), "0-0 1-1 3-3");
    CHECK_STR(all_matches("^a", "aa"), "0-1");
    CHECK_STR(all_matches("\\b", "ab c"), "0-0 2-2 3-3 4-4");
    CHECK_STR(all_matches("(?m)^", "a\nb\n"), "0-0 2-2 4-4");
    CHECK_STR(all_matches("a|b.*z", "aabaa"), "0-1 1-2 3-4 4-5");
}

/* Bytes that are no text match nothing, and end words. */
static void check_bad_bytes(void) {
    static const match_row rows[] = {
        {".", "\xFF\x80", ""},
        {"(?s).", "\xC3", ""},
        {"[^a]", "\xE2\x82", ""},
        {"a.b",
         "a\xFF"
         "b",
         ""},
        {"b",
         "a\xFF"
         "b",
         "2-3"},
        {"\\W", "\xFF", ""},
        {"a\\b", "a\xFF", "0-1"},
        {"\\z", "\xFF", "1-1"},
        {"\uFFFD", "\xFF\uFFFD", "1-4"},
        {".", "\xED\xA0\x80", "0-3"}, /* a lone surrogate is stored text */
    };
    CHECK_ROWS(rows);
}

/* -- linear time ------------------------------------------------------------------------------- */

/* Each would take longer than the age of the world by trying. */
static void check_pathological(void) {
    static const char *const patterns[] = {
        "(a*)*b",
        "(a|aa)+$",
        "(a+)+b",
        "(?:a?){60}a{60}b",
        "(.*)(.*)(.*)(.*)(.*)x",
        "(x+x+)+y",
        "(a|a)*b",
        "\\b(?:\\w+\\s?)+!$",
        "(a{1,200}){1,100}b",
    };
    enum { BYTES = 20000 };
    char *bytes = SPOOR_RAW_ARRAY(unit_arena(), char, BYTES);
    memset(bytes, 'a', BYTES - 1);
    bytes[BYTES - 1] = '?';
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        const spoor_regex *regex = compile(patterns[i]);
        spoor_regex_matcher *matcher = spoor_regex_matcher_new(unit_arena(), regex, 1 << 16);
        spoor_str text = {bytes, i < 8 ? BYTES : 3000};
        unit_check(!spoor_regex_is_match(matcher, text), __FILE__, __LINE__, patterns[i]);
    }
    /* groups of a long match go the way of threads */
    spoor_regex_matcher *matcher =
        spoor_regex_matcher_new(unit_arena(), compile("((a*)*)\\?"), 1 << 16);
    spoor_regex_span spans[3];
    CHECK(spoor_regex_find(matcher, (spoor_str){bytes, BYTES}, 0, spans, 3));
    CHECK_LONG((int64_t)spans[1].end, BYTES - 1);
    CHECK_LONG((int64_t)spans[2].end, BYTES - 1);
}

/* -- against trying everything ----------------------------------------------------------------- */

/* The meaning itself: follow the program, the preferred way first, and come to each (step, place)
 * of one start once. */
typedef struct oracle {
    const spoor_regex *regex;
    spoor_str text;
    bool *seen;
    size_t slots[8];
    int depth;
} oracle;

static bool try_all(oracle *o, uint32_t at, size_t place) {
    const spoor_step *step = &o->regex->forward.steps[at];
    bool *seen = &o->seen[at * (o->text.len + 1) + place];
    if (*seen || ++o->depth > 5000) {
        return false;
    }
    *seen = true;
    if (step->op == SPOOR_STEP_MATCH) {
        o->slots[1] = place;
        return true;
    }
    if (step->op == SPOOR_STEP_SPLIT) {
        return try_all(o, step->next, place) || try_all(o, step->other, place);
    }
    if (step->op == SPOOR_STEP_SAVE) {
        size_t old = o->slots[step->arg];
        o->slots[step->arg] = place;
        if (try_all(o, step->next, place)) {
            return true;
        }
        o->slots[step->arg] = old;
        return false;
    }
    if (step->op == SPOOR_STEP_ASSERT) {
        return spoor_assertion_holds(step->arg, spoor_side_before(o->regex, o->text, place),
                                     spoor_side_after(o->regex, o->text, place)) &&
               try_all(o, step->next, place);
    }
    if (place == o->text.len) {
        return false;
    }
    const char *next = o->text.ptr + place;
    uint32_t symbol = spoor_symbol_next(&o->regex->alphabet, &next, o->text.ptr + o->text.len);
    return spoor_step_takes(o->regex, step, symbol) &&
           try_all(o, step->next, (size_t)(next - o->text.ptr));
}

static uint32_t next_random(uint32_t *state, uint32_t below) {
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

/* A pattern of at most three groups out of pieces that are whole by themselves. */
static spoor_str random_pattern(uint32_t *state) {
    static const char *const pieces[] = {"a",    "b",     "é",   ".",   "[ab]", "[^a]",
                                         "^",    "$",     "\\b", "\\B", "\\w",  "a|b",
                                         "ab|a", "(?i)B", "",    "\\<", "(?m)$"};
    static const char *const repeats[] = {"",      "",       "",     "*",    "+",
                                          "?",     "*?",     "+?",   "??",   "{2}",
                                          "{0,2}", "{1,3}?", "{2,}", "{3,}", "{3,}?"};
    spoor_str out = SPOOR_STR("");
    int open = 0, captured = 0;
    for (uint32_t n = 1 + next_random(state, 6); n > 0; n--) {
        const char *group = next_random(state, 3) > 0                   ? ""
                            : captured < 3 && next_random(state, 2) > 0 ? "("
                                                                        : "(?:";
        captured += group[0] != '\0' && group[1] == '\0';
        open += group[0] != '\0';
        const char *piece = pieces[next_random(state, sizeof pieces / sizeof *pieces)];
        const char *repeat = repeats[next_random(state, sizeof repeats / sizeof *repeats)];
        const char *close = open > 0 && next_random(state, 2) > 0 ? ")" : "";
        open -= close[0] != '\0';
        const char *after =
            close[0] != '\0' ? repeats[next_random(state, sizeof repeats / sizeof *repeats)] : "";
        out = spoor_arena_format(unit_arena(), "%.*s%s(?:%s)%s%s%s", (int)out.len, out.ptr, group,
                                 piece, repeat, close, after);
    }
    while (open-- > 0) {
        out = spoor_arena_format(unit_arena(), "%.*s)", (int)out.len, out.ptr);
    }
    return out;
}

static spoor_str random_text(uint32_t *state) {
    static const char *const letters[] = {"a", "b", "B", "é", "-", "\n"};
    spoor_str out = SPOOR_STR("");
    for (uint32_t n = next_random(state, 9); n > 0; n--) {
        out = spoor_arena_format(unit_arena(), "%.*s%s", (int)out.len, out.ptr,
                                 letters[next_random(state, 6)]);
    }
    return out;
}

static void check_one_random(uint32_t *state) {
    spoor_str pattern = random_pattern(state);
    spoor_regex_error error;
    const spoor_regex *regex = spoor_regex_compile(unit_arena(), pattern, 0, &error);
    if (regex == NULL) {
        unit_check(false, __FILE__, __LINE__,
                   spoor_arena_format(unit_arena(), "%.*s: %s", (int)pattern.len, pattern.ptr,
                                      error.message)
                       .ptr);
        return;
    }
    /* a cache that is emptied all the time, or never */
    spoor_regex_matcher *matcher =
        spoor_regex_matcher_new(unit_arena(), regex, next_random(state, 2) * 100000);
    spoor_capturer *capturer = spoor_capturer_new(unit_arena(), regex);
    uint32_t ngroups = spoor_regex_groups(regex);
    for (int k = 0; k < 4; k++) {
        oracle o = {.regex = regex, .text = random_text(state)};
        o.seen = SPOOR_NEW_ARRAY(unit_arena(), bool, regex->forward.count *(o.text.len + 1));
        bool want = false;
        spoor_regex_span spans[4] = {{0, 0}}, wanted[4] = {{0, 0}};
        for (size_t start = 0; start <= o.text.len && !want; start++) {
            if (start < o.text.len && ((unsigned char)o.text.ptr[start] & 0xC0) == 0x80) {
                continue;
            }
            memset(o.seen, 0, regex->forward.count * (o.text.len + 1));
            memset(o.slots, 0xFF, sizeof o.slots);
            o.depth = 0;
            want = try_all(&o, regex->forward.start, start);
            o.slots[0] = start;
        }
        for (uint32_t g = 0; g <= ngroups; g++) {
            wanted[g] = (spoor_regex_span){o.slots[g * 2], o.slots[g * 2 + 1]};
        }
        bool found = spoor_regex_find(matcher, o.text, 0, spans, ngroups + 1);
        bool same = found == want && spoor_regex_is_match(matcher, o.text) == want &&
                    (!found || memcmp(spans, wanted, (ngroups + 1) * sizeof *spans) == 0);
        if (same && found) {
            same = spoor_capture_by_threads(capturer, o.text, spans[0].start, spans[0].end);
            for (uint32_t g = 2; g < (ngroups + 1) * 2 && same; g++) {
                same = spoor_capturer_slot(capturer, g) == o.slots[g];
            }
        }
        unit_check(same, __FILE__, __LINE__,
                   same ? ""
                        : spoor_arena_format(unit_arena(), "'%.*s' in '%.*s'", (int)pattern.len,
                                             pattern.ptr, (int)o.text.len, o.text.ptr)
                              .ptr);
    }
}

void test_regex(void);
void test_regex(void) {
    CHECK_ROWS(characters);
    CHECK_ROWS(classes);
    CHECK_ROWS(composites);
    CHECK_ROWS(empties);
    CHECK_ROWS(groups);
    CHECK_ROWS(escapes);
    check_refusals();
    check_limits();
    check_names();
    check_scans();
    check_bad_bytes();
    check_pathological();
    uint32_t state = 1;
    for (int i = 0; i < 1500; i++) {
        check_one_random(&state);
    }
}
