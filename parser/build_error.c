/* build_error.c - the one syntax error of a text, in words; see build.h.
 *
 * The grammar knows which tokens could have stood where the wrong one does;
 * what was meant is guessed from that, the token and the one before it. */
#include "parser/build.h"

#include <stdarg.h>
#include <stdio.h>

#include "gen/tokens.h"

enum { MESSAGE_BYTES = 512, FOUND_BYTES = 40, MOST_EXPECTED = 4, NEAR_BYTES = 32 };

bool spoor_build_fail(spoor_parse_state *p, spoor_span span, const char *format, ...) {
    if (p->failed) {
        return false;
    }
    char message[MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    spoor_fail(p->diags, span, "%s", message);
    p->failed = true;
    return true;
}

void spoor_build_too_deep(spoor_parse_state *p) {
    spoor_build_fail(p, p->token.span, "the query is nested more than %d deep",
                     (int)SPOOR_MAX_DEPTH);
}

/* ---- what stands there ---------------------------------------------------------------------- */

/* 'word' or "string", cut to a readable length and to its first line; or the end of the query. */
static void describe(spoor_token token, char text[FOUND_BYTES + 8]) {
    const char *quote = token.kind == TK_STRING ? "" : "'";
    if (token.text.len == 0) {
        strcpy(text, "the end of the query");
        return;
    }
    strcpy(text, quote);
    size_t len = strlen(quote);
    for (size_t i = 0; i < token.text.len; i++) {
        unsigned char c = (unsigned char)token.text.ptr[i];
        if (c == '\n' || c == '\r' || (i >= FOUND_BYTES - 4 && (c & 0xC0) != 0x80)) {
            memcpy(text + len, "...", 3);
            len += 3;
            break;
        }
        text[len++] = c < ' ' || c == 0x7F ? '.' : (char)c;
    }
    strcpy(text + len, quote);
}

/* ---- what could ----------------------------------------------------------------------------- */

static const struct {
    int kind;
    const char *text;
} spellings[] = {
    {TK_LP, "'('"},
    {TK_RP, "')'"},
    {TK_LB, "'['"},
    {TK_RB, "']'"},
    {TK_LC, "'{'"},
    {TK_RC, "'}'"},
    {TK_COMMA, "','"},
    {TK_SEMI, "';'"},
    {TK_PIPE, "'|'"},
    {TK_COLON, "':'"},
    {TK_ASSIGN, "'='"},
    {TK_DOTDOT, "'..'"},
    {TK_BY, "'by'"},
    {TK_ON, "'on'"},
    {TK_OF, "'of'"},
    {TK_TO, "'to'"},
    {TK_FROM, "'from'"},
    {TK_STEP, "'step'"},
    {TK_WITH, "'with'"},
    {TK_AS, "'as'"},
    {TK_WHERE, "'where'"},
    {TK_MINUS, "'-'"},
    {TK_GT, "'>'"},
    {TK_STRING, "a string"},
    {TK_FIRST, "'first'"},
    {TK_LAST, "'last'"},
    {TK_OTHERS, "'others'"},
    {TK_ACCESS, "'access'"},
    {TK_RANGE, "'range'"},
    {TK_DATABASE, "'database'"},
    {TK_QUERY_PARAMETERS, "'query_parameters'"},
    {TK_TOP_NESTED, "'top-nested'"},
    {TK_IDENT, "a name"},
    {TK_NODES, "'nodes'"},
    {TK_EDGES, "'edges'"},
    {TK_TYPEOF, "typeof(...)"},
    {0, "the end of the query"},
};

/* "an expression", "'(' or ','"; false when too much is possible to say it. */
static bool describe_expected(const bool *expected, char text[MESSAGE_BYTES]) {
    if (expected[TK_LP] && expected[TK_STRING] && expected[TK_LONG]) {
        strcpy(text, "an expression");
        return true;
    }
    if (expected[TK_PIPE] || expected[TK_AND]) {
        return false; /* behind a whole expression or operator nearly all can follow */
    }
    /* Where a statement can end, its pipeline can go on, too; the parser has reduced that away. */
    const char *found[MOST_EXPECTED];
    size_t n = 0;
    bool has_name = expected[TK_IDENT]; /* then keywords are only names, too */
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        bool is_word = spellings[i].text[0] == '\'' && spellings[i].text[1] >= 'a';
        bool is_open = spellings[i].kind == TK_PIPE && expected[TK_SEMI] && expected[0];
        if ((!expected[spellings[i].kind] && !is_open) || (has_name && is_word)) {
            continue;
        }
        if (n == MOST_EXPECTED) {
            return false;
        }
        found[n++] = spellings[i].text;
    }
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        const char *separator = i == 0 ? "" : i + 1 == n ? " or " : ", ";
        len += (size_t)snprintf(text + len, MESSAGE_BYTES - len, "%s%s", separator, found[i]);
    }
    return n > 0;
}

/* ---- words nearly right --------------------------------------------------------------------- */

static const char *const operators[] = {
#define SPOOR_OPERATOR(word, offered) word,
#include "parser/operators.def"
#undef SPOOR_OPERATOR
};
static const char *const infixes[] = {
    "and",         "or",         "in",        "has",     "has_any", "has_all", "has_cs", "contains",
    "contains_cs", "startswith", "endswith",  "between", "matches", "by",      "on",     "asc",
    "desc",        "hasprefix",  "hassuffix", "kind",    "with",    "to",      "of",
};

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Edits between two words, case aside; NEAR_BYTES when either is too long to be a keyword. */
static size_t distance(spoor_str a, const char *b) {
    size_t row[NEAR_BYTES + 1], n = strlen(b);
    if (a.len >= NEAR_BYTES || n >= NEAR_BYTES) {
        return NEAR_BYTES;
    }
    for (size_t j = 0; j <= n; j++) {
        row[j] = j;
    }
    for (size_t i = 0; i < a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            size_t best = diagonal + (lower(a.ptr[i]) != b[j]);
            diagonal = row[j + 1];
            best = best < row[j] + 1 ? best : row[j] + 1;
            row[j + 1] = best < diagonal + 1 ? best : diagonal + 1;
        }
    }
    return row[n];
}

/* The word of the list that is meant, or NULL. */
static const char *nearest(spoor_str word, const char *const *words, size_t n, size_t most) {
    const char *best = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t edits = distance(word, words[i]);
        if (edits <= most && edits < strlen(words[i])) {
            best = spoor_str_is(word, words[i]) ? NULL : words[i]; /* right, but not here */
            most = edits == 0 ? 0 : edits - 1;
            if (edits == 0) {
                break;
            }
        }
    }
    return best;
}

/* ---- what was meant ------------------------------------------------------------------------- */

static const char *illegal_hint(spoor_token token) {
    const char *text = token.text.ptr;
    size_t len = token.text.len;
    return spoor_str_is(token.text, "&&")   ? "write 'and'"
           : spoor_str_is(token.text, "||") ? "write 'or'"
           : len == 1 && text[0] == '!'     ? "write not(...), or !in as one word"
           : text[0] == '!'                 ? "write not(...)"
           : text[0] == '#'                 ? "comments begin with //"
           : len == 36                      ? "write guid(...) round it"
           : len == 3 &&
                   (memcmp(text, "\xE2\x80\x98", 3) == 0 || memcmp(text, "\xE2\x80\x99", 3) == 0)
               ? "a string is quoted by ' or \""
               : NULL;
}

static const char *hint_for(const spoor_parse_state *p, spoor_token token) {
    spoor_token before = p->previous;
    bool is_word = spoor_token_is_word(token);
    if (token.kind == TK_ILLEGAL || token.kind == TK_DIRECTIVE) {
        return illegal_hint(token);
    }
    if (token.kind == TK_UNSUPPORTED && spoor_str_is(token.text, "inline_external_table")) {
        return "it reads storage of the cloud; externaldata reads files";
    }
    if (before.kind == TK_STAR && before.text.ptr > p->tokens.lexer.text &&
        before.text.ptr[-1] == '/') {
        return "comments begin with //";
    }
    if (before.kind == TK_IDENT && spoor_str_is(before.text, "not")) {
        return "write not(...)";
    }
    if (token.kind == TK_ASSIGN) {
        return "write == to compare";
    }
    if (token.kind == TK_LC || token.kind == TK_BRACED) {
        return spoor_token_is_word(before)
                   ? "a {parameter} of a workbook must be replaced by its value"
                   : NULL;
    }
    if (is_word && before.kind == TK_PIPE) {
        return nearest(token.text, operators, sizeof operators / sizeof *operators,
                       token.text.len < 5 ? 1 : 2);
    }
    if (token.kind == TK_IDENT) { /* a Has 'x', a AND b, a contain 'x', a startwith 'x' */
        size_t most = token.text.len < 5 ? 0 : token.text.len < 7 ? 1 : 2;
        return nearest(token.text, infixes, sizeof infixes / sizeof *infixes, most);
    }
    return NULL;
}

static void give_hint(spoor_parse_state *p, spoor_token token) {
    const char *hint = hint_for(p, token);
    if (hint == NULL) {
        return;
    }
    if (strchr(hint, ' ') != NULL || strchr(hint, '(') != NULL) {
        spoor_hint(p->diags, "%s", hint);
    } else { /* a word */
        spoor_hint(p->diags, "did you mean '%s'?", hint);
    }
}

static const char *unclosed_message(spoor_token token) {
    bool is_multi_line = memchr("`~", token.text.ptr[0], 2) != NULL ||
                         (token.text.len > 1 && memchr("`~", token.text.ptr[1], 2) != NULL);
    return is_multi_line ? "the string is not closed"
                         : "the string is not closed before the end of the line";
}

static const char *open_bracket(const spoor_parse_state *p) {
    int kind = p->tokens.brackets[p->tokens.depth].open.kind;
    return kind == TK_LB ? "'['" : kind == TK_LC ? "'{'" : "'('";
}

void spoor_build_unexpected(spoor_parse_state *p, spoor_token token, const bool *expected) {
    char found[FOUND_BYTES + 8], before[FOUND_BYTES + 8], wanted[MESSAGE_BYTES];
    describe(token, found);
    describe(p->previous, before);
    bool is_new = false;
    if (token.kind == TK_UNCLOSED) {
        spoor_build_fail(p, token.span, "%s", unclosed_message(token));
        return;
    }
    if (token.kind == TK_UNSUPPORTED) {
        is_new = spoor_build_fail(p, token.span, "%s is not supported", found);
    } else if (p->previous.kind == TK_PIPE) {
        is_new = spoor_token_is_word(token)
                     ? spoor_build_fail(p, token.span, "unknown operator %s", found)
                     : spoor_build_fail(p, token.span, "expected an operator after '|', found %s",
                                        found);
    } else if (token.kind != TK_ILLEGAL && describe_expected(expected, wanted)) {
        is_new = p->previous.text.len == 0
                     ? spoor_build_fail(p, token.span, "expected %s, found %s", wanted, found)
                     : spoor_build_fail(p, token.span, "expected %s after %s, found %s", wanted,
                                        before, found);
    } else if (token.kind == 0) {
        is_new = spoor_build_fail(p, token.span, "%s is not closed at the end of the query",
                                  open_bracket(p));
    } else {
        is_new = spoor_build_fail(p, token.span, "unexpected %s", found);
    }
    if (is_new) {
        give_hint(p, token);
    }
}
