/* charset_named.c - the sets of code points that a pattern can name: \w, [:alpha:], \p{Greek}. */
#include "regex/charset.h"
#include "regex/unicode_table.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* -- Unicode ----------------------------------------------------------------------------------- */

/* All code points whose run has a category in `categories` (a bit each) or one of the bits
 * `others`. */
static void add_categories(spoor_arena *arena, spoor_charset *set, uint32_t categories,
                           uint32_t others) {
    for (size_t i = 0; i < LENGTH(category_runs); i++) {
        uint32_t is = category_runs[i] & 0xFF;
        if ((categories >> (is & GC_MASK) & 1) != 0 || (is & others) != 0) {
            uint32_t end = i + 1 < LENGTH(category_runs) ? category_runs[i + 1] >> 8
                                                         : SPOOR_LAST_CODE_POINT + 1;
            spoor_charset_add(arena, set, category_runs[i] >> 8, end - 1);
        }
    }
    spoor_charset_normalize(set);
}

static void add_script(spoor_arena *arena, spoor_charset *set, uint32_t script) {
    for (size_t i = 0; i < LENGTH(script_runs); i++) {
        if ((script_runs[i] & 0xFF) == script) {
            uint32_t end =
                i + 1 < LENGTH(script_runs) ? script_runs[i + 1] >> 8 : SPOOR_LAST_CODE_POINT + 1;
            spoor_charset_add(arena, set, script_runs[i] >> 8, end - 1);
        }
    }
    spoor_charset_normalize(set);
}

#define ONE(category) (1u << GC_##category)
#define LETTER (ONE(LU) | ONE(LL) | ONE(LT) | ONE(LM) | ONE(LO))
#define MARK (ONE(MN) | ONE(MC) | ONE(ME))
#define NUMBER (ONE(ND) | ONE(NL) | ONE(NO))
#define PUNCTUATION (ONE(PC) | ONE(PD) | ONE(PS) | ONE(PE) | ONE(PI) | ONE(PF) | ONE(PO))
#define SYMBOL (ONE(SM) | ONE(SC) | ONE(SK) | ONE(SO))
#define SEPARATOR (ONE(ZS) | ONE(ZL) | ONE(ZP))
#define OTHER (ONE(CC) | ONE(CF) | ONE(CS) | ONE(CO) | ONE(CN))

/* Names as loose matching sees them: lower case, without spaces, '_' and '-'. */
typedef struct named_categories {
    const char *short_name, *long_name;
    uint32_t categories, others;
    bool is_category; /* may stand after gc= */
} named_categories;

// clang-format off
static const named_categories names[] = {
    {"l", "letter", LETTER, 0, true}, {"lc", "casedletter", ONE(LU) | ONE(LL) | ONE(LT), 0, true},
    {"lu", "uppercaseletter", ONE(LU), 0, true}, {"ll", "lowercaseletter", ONE(LL), 0, true},
    {"lt", "titlecaseletter", ONE(LT), 0, true}, {"lm", "modifierletter", ONE(LM), 0, true},
    {"lo", "otherletter", ONE(LO), 0, true},
    {"m", "mark", MARK, 0, true}, {"mn", "nonspacingmark", ONE(MN), 0, true},
    {"mc", "spacingmark", ONE(MC), 0, true}, {"me", "enclosingmark", ONE(ME), 0, true},
    {"n", "number", NUMBER, 0, true}, {"nd", "decimalnumber", ONE(ND), 0, true}, {"digit", "digit", ONE(ND), 0, true},
    {"nl", "letternumber", ONE(NL), 0, true}, {"no", "othernumber", ONE(NO), 0, true},
    {"p", "punctuation", PUNCTUATION, 0, true}, {"punct", "punct", PUNCTUATION, 0, true},
    {"pc", "connectorpunctuation", ONE(PC), 0, true}, {"pd", "dashpunctuation", ONE(PD), 0, true},
    {"ps", "openpunctuation", ONE(PS), 0, true}, {"pe", "closepunctuation", ONE(PE), 0, true},
    {"pi", "initialpunctuation", ONE(PI), 0, true}, {"pf", "finalpunctuation", ONE(PF), 0, true},
    {"po", "otherpunctuation", ONE(PO), 0, true},
    {"s", "symbol", SYMBOL, 0, true}, {"sm", "mathsymbol", ONE(SM), 0, true},
    {"sc", "currencysymbol", ONE(SC), 0, true}, {"sk", "modifiersymbol", ONE(SK), 0, true},
    {"so", "othersymbol", ONE(SO), 0, true},
    {"z", "separator", SEPARATOR, 0, true}, {"zs", "spaceseparator", ONE(ZS), 0, true},
    {"zl", "lineseparator", ONE(ZL), 0, true}, {"zp", "paragraphseparator", ONE(ZP), 0, true},
    {"c", "other", OTHER, 0, true}, {"cc", "control", ONE(CC), 0, true}, {"cntrl", "cntrl", ONE(CC), 0, true},
    {"cf", "format", ONE(CF), 0, true}, {"cs", "surrogate", ONE(CS), 0, true},
    {"co", "privateuse", ONE(CO), 0, true}, {"cn", "unassigned", ONE(CN), 0, true},
    {"any", "any", ~0u, 0, true}, {"assigned", "assigned", ~ONE(CN), 0, true},
    {"alpha", "alphabetic", LETTER | ONE(NL), OTHER_ALPHABETIC, false},
    {"lower", "lowercase", ONE(LL), OTHER_LOWERCASE, false},
    {"upper", "uppercase", ONE(LU), OTHER_UPPERCASE, false},
};
// clang-format on

static void add_white_space(spoor_arena *arena, spoor_charset *set) {
    spoor_charset_add(arena, set, 0x09, 0x0D);
    spoor_charset_add(arena, set, 0x85, 0x85);
    spoor_charset_normalize(set);
    add_categories(arena, set, SEPARATOR, 0);
}

enum { NAME_BYTES = 64 };

/* Lower case, without what loose matching skips; false: longer than any name, or not ASCII. */
static bool loosen(spoor_str name, char out[NAME_BYTES]) {
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c == ' ' || c == '_' || c == '-' || c == '\t') {
            continue;
        }
        if (len + 1 >= NAME_BYTES || (unsigned char)c >= 0x80) {
            return false;
        }
        out[len++] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    out[len] = '\0';
    return len > 0;
}

static bool named(const char *short_name, const char *long_name, const char *name) {
    return strcmp(short_name, name) == 0 || strcmp(long_name, name) == 0;
}

static bool category_property(spoor_arena *arena, const char *name, bool categories_only,
                              spoor_charset *set) {
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (named(names[i].short_name, names[i].long_name, name) &&
            (names[i].is_category || !categories_only)) {
            add_categories(arena, set, names[i].categories, names[i].others);
            return true;
        }
    }
    return false;
}

static bool script_property(spoor_arena *arena, const char *name, spoor_charset *set) {
    for (size_t i = 0; i < LENGTH(script_names); i++) {
        if (named(script_names[i][1], script_names[i][0], name)) {
            add_script(arena, set, (uint32_t)i);
            return true;
        }
    }
    return false;
}

bool spoor_charset_property(spoor_arena *arena, spoor_str name, spoor_charset *set) {
    char loose[NAME_BYTES], kind[NAME_BYTES];
    *set = (spoor_charset){0};
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] != '=' && name.ptr[i] != ':') {
            continue;
        }
        if (!loosen((spoor_str){name.ptr, i}, kind) ||
            !loosen((spoor_str){name.ptr + i + 1, name.len - i - 1}, loose)) {
            return false;
        }
        if (named("gc", "generalcategory", kind)) {
            return category_property(arena, loose, true, set);
        }
        return named("sc", "script", kind) && script_property(arena, loose, set);
    }
    if (!loosen(name, loose)) {
        return false;
    }
    if (named("wspace", "whitespace", loose) || strcmp(loose, "space") == 0) {
        add_white_space(arena, set);
        return true;
    }
    if (strcmp(loose, "ascii") == 0) {
        spoor_charset_add(arena, set, 0, 0x7F);
        return true;
    }
    return category_property(arena, loose, false, set) || script_property(arena, loose, set);
}

/* -- ASCII ------------------------------------------------------------------------------------- */

/* What is in each, as pairs of first and last. */
static const struct {
    const char *name, *ranges;
} posix_classes[] = {
    {"alnum", "09AZaz"},  {"alpha", "AZaz"},     {"ascii", NULL},     {"blank", "\t\t  "},
    {"cntrl", NULL},      {"digit", "09"},       {"graph", "!~"},     {"lower", "az"},
    {"print", " ~"},      {"punct", "!/:@[`{~"}, {"space", "\t\r  "}, {"upper", "AZ"},
    {"word", "09AZ__az"}, {"xdigit", "09AFaf"},
};

bool spoor_charset_posix(spoor_arena *arena, spoor_str name, spoor_charset *set) {
    *set = (spoor_charset){0};
    for (size_t i = 0; i < LENGTH(posix_classes); i++) {
        if (!spoor_str_is(name, posix_classes[i].name)) {
            continue;
        }
        const char *ranges = posix_classes[i].ranges;
        for (size_t k = 0; ranges != NULL && ranges[k] != '\0'; k += 2) {
            spoor_charset_add(arena, set, (unsigned char)ranges[k], (unsigned char)ranges[k + 1]);
        }
        if (ranges == NULL) { /* the two that hold a NUL */
            bool is_ascii = posix_classes[i].name[0] == 'a';
            spoor_charset_add(arena, set, 0, is_ascii ? 0x7F : 0x1F);
            spoor_charset_add(arena, set, 0x7F, 0x7F);
        }
        spoor_charset_normalize(set);
        return true;
    }
    return false;
}

spoor_charset spoor_charset_perl(spoor_arena *arena, char letter, bool unicode) {
    spoor_charset set = {0};
    if (!unicode) {
        spoor_charset_posix(arena,
                            letter == 'd'   ? SPOOR_STR("digit")
                            : letter == 's' ? SPOOR_STR("space")
                                            : SPOOR_STR("word"),
                            &set);
    } else if (letter == 'd') {
        add_categories(arena, &set, ONE(ND), 0);
    } else if (letter == 's') {
        add_white_space(arena, &set);
    } else {
        spoor_charset_add(arena, &set, 0x200C, 0x200D); /* Join_Control */
        add_categories(arena, &set, LETTER | MARK | ONE(ND) | ONE(NL) | ONE(PC), OTHER_ALPHABETIC);
    }
    return set;
}
