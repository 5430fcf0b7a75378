/* factor.c - a text that every match of a regular expression holds.
 *
 * Only the outermost sequence is read: a run of plain characters that are
 * neither optional nor in a group.  Whatever is out of the ordinary gives no
 * factor, never a wrong one.  Case does not matter: who looks for the factor
 * folds it. */
#include "pass/filter.h"

#include "base/buffer.h"

enum { LEAST = 3 };

typedef struct reader {
    spoor_str pattern;
    size_t at;
    bool failed; /* something out of the ordinary */
} reader;

static bool is_punctuation(char c) {
    return strchr("\\.+*?()|[]{}^$#&-~/ \"'<>=!@%,:;`_", c) != NULL && c != '\0' && c != '<' &&
           c != '>';
}

/* Past a class or a group, whose opening bracket is at r->at. */
static void skip_class(reader *r) {
    r->at++;
    r->at += r->at < r->pattern.len && r->pattern.ptr[r->at] == '^';
    for (bool first = true; r->at < r->pattern.len; first = false) {
        char c = r->pattern.ptr[r->at++];
        if (c == '\\') {
            r->at++;
        } else if (c == '[' || c == '&' || c == '~' || (c == ']' && first)) {
            break; /* nested classes and set operations */
        } else if (c == ']') {
            return;
        }
    }
    r->failed = true;
}

static void skip_group(reader *r) {
    uint32_t depth = 0;
    while (r->at < r->pattern.len && !r->failed) {
        char c = r->pattern.ptr[r->at];
        if (c == '\\') {
            r->at += 2;
        } else if (c == '[') {
            skip_class(r);
        } else {
            r->at++;
            depth += c == '(';
            depth -= c == ')';
            if (depth == 0) {
                return;
            }
        }
    }
    r->failed = true;
}

/* Flags at the very start: (?i) and its like, without x. */
static void skip_flags(reader *r) {
    if (r->pattern.len < 4 || memcmp(r->pattern.ptr, "(?", 2) != 0) {
        return;
    }
    size_t at = 2;
    while (at < r->pattern.len && strchr("ismU", r->pattern.ptr[at]) != NULL &&
           r->pattern.ptr[at] != '\0') {
        at++;
    }
    if (at > 2 && at < r->pattern.len && r->pattern.ptr[at] == ')') {
        r->at = at + 1;
    }
}

/* Is there a quantifier at r->at?  Past it.  *optional: it allows none. */
static bool skip_quantifier(reader *r, bool *optional) {
    char c = r->at < r->pattern.len ? r->pattern.ptr[r->at] : '\0';
    *optional = c == '*' || c == '?' || c == '{';
    if (c == '{') {
        while (r->at < r->pattern.len && r->pattern.ptr[r->at] != '}') {
            r->at++;
        }
    }
    if (!*optional && c != '+') {
        return false;
    }
    r->at++;
    if (r->at < r->pattern.len && r->pattern.ptr[r->at] == '?') {
        r->at++;
    }
    return true;
}

/* A character that stands for itself, as bytes; false: something else, which is passed over. */
static bool read_plain(reader *r, spoor_str *plain) {
    const char *at = r->pattern.ptr + r->at;
    unsigned char c = (unsigned char)*at;
    if (c == '\\') {
        char next = r->at + 1 < r->pattern.len ? at[1] : '\0';
        r->at += 2;
        *plain = (spoor_str){at + 1, 1};
        if (is_punctuation(next)) {
            return true;
        }
        /* One letter that stands for a class or a place; anything longer is not read. */
        r->failed = strchr("dDwWsSbBAzntrfv", next) == NULL || next == '\0';
        return false;
    }
    if (c == '[') {
        skip_class(r);
        return false;
    }
    if (c == '(') {
        r->failed = r->at + 1 < r->pattern.len && at[1] == '?' &&
                    (r->at + 2 >= r->pattern.len || (at[2] != ':' && at[2] != 'P' && at[2] != '<'));
        if (!r->failed) {
            skip_group(r);
        }
        return false;
    }
    r->at++;
    if (c == '.' || c == '^' || c == '$') {
        return false;
    }
    if (c == '|' || c == ')' || c == '*' || c == '+' || c == '?' || c == '{') {
        r->failed = true;
        return false;
    }
    size_t len = 1;
    while (c >= 0xC0 && r->at < r->pattern.len &&
           ((unsigned char)r->pattern.ptr[r->at] & 0xC0) == 0x80) {
        r->at++;
        len++;
    }
    *plain = (spoor_str){at, len};
    return true;
}

spoor_str spoor_regex_factor(spoor_arena *arena, spoor_str pattern) {
    reader r = {.pattern = pattern};
    spoor_buffer run = {.arena = arena};
    spoor_str best = {0};
    skip_flags(&r);
    while (r.at < pattern.len && !r.failed) {
        spoor_str plain = {0};
        bool is_plain = read_plain(&r, &plain), optional = false;
        bool is_repeated = !r.failed && skip_quantifier(&r, &optional);
        if (is_plain && !optional) {
            spoor_buffer_put(&run, plain);
        }
        if (!is_plain || is_repeated || r.at >= pattern.len) {
            spoor_str text = spoor_buffer_text(&run);
            best = text.len > best.len ? text : best;
            run = (spoor_buffer){.arena = arena};
        }
    }
    return r.failed || best.len < LEAST ? (spoor_str){0} : best;
}
