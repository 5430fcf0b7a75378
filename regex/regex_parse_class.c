/* regex_parse_class.c - escapes, and classes in brackets with their set operations. */
#include "base/utf8.h"
#include "regex/regex_tree.h"

typedef spoor_regex_parser parser;

/* -- escapes ----------------------------------------------------------------------------------- */

static int hex_digit(uint32_t c) {
    if (c >= '0' && c <= '9') {
        return (int)(c - '0');
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (int)(c - 'a') + 10 : -1;
}

/* After \x, \u or \U: `digits` hex digits, or any number of them in braces. */
static bool parse_hex(parser *p, const char *start, int digits, uint32_t *code_point) {
    uint32_t value = 0;
    int count = 0;
    spoor_regex_skip_space(p);
    bool braced = spoor_regex_accept(p, '{');
    for (;; count++) {
        spoor_regex_skip_space(p);
        if (braced ? spoor_regex_accept(p, '}') : count == digits) {
            break;
        }
        int digit = p->at < p->end ? hex_digit(spoor_regex_take(p)) : -1;
        if (digit < 0 || count > 8) {
            return braced ? spoor_regex_refuse(p, start, "expected hex digits and '}'")
                          : spoor_regex_refuse(p, start, "expected %d hex digits", digits);
        }
        value = value << 4 | (uint32_t)digit;
        if (value > SPOOR_LAST_CODE_POINT) {
            return spoor_regex_refuse(p, start, "no code point is as large as that");
        }
    }
    if (count == 0 || (value >= 0xD800 && value <= 0xDFFF)) {
        return spoor_regex_refuse(
            p, start, count == 0 ? "expected hex digits" : "a surrogate is no character");
    }
    *code_point = value;
    return true;
}

/* After \p or \P. */
static bool parse_property(parser *p, const char *start, bool negated, spoor_charset *set) {
    if (p->modes.ascii) {
        return spoor_regex_refuse(p, start, "a Unicode class needs flag u");
    }
    const char *name_at = p->at;
    spoor_str name;
    spoor_regex_skip_space(p);
    if (spoor_regex_accept(p, '{')) {
        name.ptr = p->at;
        while (p->at < p->end && *p->at != '}') {
            p->at++;
        }
        name.len = (size_t)(p->at - name.ptr);
        if (!spoor_regex_accept(p, '}')) {
            return spoor_regex_refuse(p, start, "'\\p{' has no '}'");
        }
        for (size_t i = 0; i + 1 < name.len; i++) { /* \p{script!=Greek} */
            if (name.ptr[i] == '!' && name.ptr[i + 1] == '=') {
                name = spoor_arena_format(p->arena, "%.*s%.*s", (int)i, name.ptr,
                                          (int)(name.len - i - 1), name.ptr + i + 1);
                negated = !negated;
                break;
            }
        }
    } else {
        name.ptr = p->at;
        spoor_regex_take(p);
        name.len = (size_t)(p->at - name.ptr);
    }
    if (!spoor_charset_property(p->arena, name, set)) {
        return spoor_regex_refuse(p, name_at, "no Unicode class is known as '%.*s'",
                                  (int)(name.len < 60 ? name.len : 60), name.ptr);
    }
    if (p->modes.ignore_case) {
        spoor_charset_fold(p->arena, set, false, &p->folds);
    }
    if (negated) {
        spoor_charset_negate(p->arena, set);
    }
    return true;
}

/* \0 and \12 to \377 are octal; a digit by itself is what others write for a back-reference. */
static bool parse_octal(parser *p, const char *start, uint32_t first, uint32_t *code_point) {
    uint32_t value = first - '0';
    int count = 1;
    while (count < 3 && p->at < p->end && *p->at >= '0' && *p->at <= '7' && value < 32) {
        value = value * 8 + (uint32_t)(*p->at++ - '0');
        count++;
    }
    if (count == 1 && first != '0') {
        return spoor_regex_refuse(p, start, "a back-reference '\\%c' is not supported",
                                  (char)first);
    }
    *code_point = value;
    return true;
}

/* Without flag u the universe is that of bytes; what is left of the upper half is refused in the
 * end. */
static void negate(parser *p, spoor_charset *set) {
    spoor_charset_negate(p->arena, set);
    if (p->modes.ascii) {
        spoor_charset bytes = {0};
        spoor_charset_add(p->arena, &bytes, 0, 0xFF);
        spoor_charset_intersect(p->arena, set, &bytes);
    }
}

static bool perl_class(parser *p, char letter, spoor_regex_escape *out) {
    bool negated = letter < 'a';
    char lower = (char)(letter | 0x20);
    out->is_set = true;
    spoor_charset *made = &p->perl[lower == 'd' ? 0 : lower == 's' ? 1 : 2][negated];
    if (made->count == 0 || p->modes.ascii) {
        out->set = spoor_charset_perl(p->arena, lower, !p->modes.ascii);
        if (negated) {
            negate(p, &out->set);
        }
        if (p->modes.ascii) {
            return true;
        }
        *made = out->set;
    }
    out->set = *made;
    return true;
}

bool spoor_regex_parse_escape(parser *p, const char *start, spoor_regex_escape *out) {
    *out = (spoor_regex_escape){0};
    if (p->at == p->end) {
        return spoor_regex_refuse(p, start, "'\\' ends the regular expression");
    }
    uint32_t c = spoor_regex_take(p);
    switch (c) {
    case 'a': out->code_point = 0x07; return true;
    case 'f': out->code_point = 0x0C; return true;
    case 't': out->code_point = '\t'; return true;
    case 'n': out->code_point = '\n'; return true;
    case 'r': out->code_point = '\r'; return true;
    case 'v': out->code_point = 0x0B; return true;
    case 'x': return parse_hex(p, start, 2, &out->code_point);
    case 'u': return parse_hex(p, start, 4, &out->code_point);
    case 'U': return parse_hex(p, start, 8, &out->code_point);
    case 'd':
    case 's':
    case 'w':
    case 'D':
    case 'S':
    case 'W': return perl_class(p, (char)c, out);
    case 'p':
    case 'P': out->is_set = true; return parse_property(p, start, c == 'P', &out->set);
    case '8':
    case '9':
        return spoor_regex_refuse(p, start, "a back-reference '\\%c' is not supported", (char)c);
    case 'k': return spoor_regex_refuse(p, start, "a back-reference '\\k' is not supported");
    case 'Z':
        return spoor_regex_refuse(p, start, "'\\Z' is not supported; the end of the text is '\\z'");
    default: break;
    }
    if (c >= '0' && c <= '7') {
        return parse_octal(p, start, c, &out->code_point);
    }
    bool is_word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (c >= 0x80 || is_word || c == '<' || c == '>') {
        return spoor_regex_refuse(p, start, "'\\%.*s' is no known escape", (int)(p->at - start - 1),
                                  start + 1);
    }
    out->code_point = c;
    return true;
}

/* -- classes ----------------------------------------------------------------------------------- */

/* At '[': a [:name:]; false and nothing taken: it is none, and starts a class of its own. */
static bool parse_posix(parser *p, spoor_charset *set) {
    if (p->end - p->at < 4 || p->at[1] != ':') {
        return false;
    }
    const char *name = p->at + 2;
    bool negated = *name == '^';
    name += negated ? 1 : 0;
    const char *end = name;
    while (end < p->end && *end != ':') {
        end++;
    }
    if (p->end - end < 2 || end[1] != ']' ||
        !spoor_charset_posix(p->arena, (spoor_str){name, (size_t)(end - name)}, set)) {
        return false;
    }
    if (p->modes.ignore_case) {
        spoor_charset_fold(p->arena, set, p->modes.ascii, &p->folds);
    }
    if (negated) {
        negate(p, set);
    }
    p->at = end + 2;
    return true;
}

/* The items of a class are made normal where they are used, and before they pile up. */
static void add_all(parser *p, spoor_charset *items, const spoor_charset *more) {
    bool piles_up = items->count + more->count > items->capacity && items->count > 4096;
    for (uint32_t i = 0; i < more->count; i++) {
        spoor_charset_add(p->arena, items, more->ranges[i].first, more->ranges[i].last);
    }
    if (piles_up) {
        spoor_charset_normalize(items);
    }
}

static bool parse_item(parser *p, spoor_regex_escape *out) {
    const char *at = p->at;
    *out = (spoor_regex_escape){.code_point = spoor_regex_take(p)};
    if (p->modes.ascii && out->code_point >= 0x80) {
        return spoor_regex_refuse(p, at, "a character beyond ASCII needs flag u");
    }
    return out->code_point != '\\' || spoor_regex_parse_escape(p, at, out);
}

/* One character, a range of them, or a class by its escape. */
static bool parse_range(parser *p, spoor_charset *set) {
    const char *start = p->at;
    spoor_regex_escape first, last;
    if (!parse_item(p, &first)) {
        return false;
    }
    spoor_regex_skip_space(p);
    const char *minus = p->at;
    bool is_range = spoor_regex_accept(p, '-');
    if (is_range) {
        /* What follows the minus as it stands, or past white space, says whether it is one. */
        const char *raw = p->at;
        bool difference = raw < p->end && *raw == '-';
        spoor_regex_skip_space(p);
        is_range = !difference && !(p->at < p->end && *p->at == ']');
    }
    if (!is_range) {
        p->at = minus;
        last = first;
    } else if (p->at == p->end) {
        return true; /* the class has no end: said by who reads on */
    } else if (!parse_item(p, &last)) {
        return false;
    }
    if (is_range && (first.is_set || last.is_set)) {
        return spoor_regex_refuse(p, start, "a range must be between two characters");
    }
    if (first.is_set && p->modes.ascii && spoor_charset_beyond_ascii(&first.set)) {
        return spoor_regex_refuse(p, start, "without flag u this would match single bytes");
    }
    if (first.is_set) {
        add_all(p, set, &first.set);
        return true;
    }
    if (first.code_point > last.code_point) {
        return spoor_regex_refuse(p, start, "a range must start at the smaller character");
    }
    spoor_charset_add(p->arena, set, first.code_point, last.code_point);
    return true;
}

enum { OP_NONE, OP_AND = '&', OP_MINUS = '-', OP_XOR = '~' };

static int accept_operator(parser *p) {
    if (p->end - p->at >= 2 && p->at[0] == p->at[1] && strchr("&-~", p->at[0]) != NULL &&
        p->at[0] != '\0') {
        int op = p->at[0];
        p->at += 2;
        return op;
    }
    return OP_NONE;
}

static void apply(parser *p, int op, spoor_charset *left, spoor_charset *right) {
    spoor_charset_normalize(right);
    if (p->modes.ignore_case) {
        spoor_charset_fold(p->arena, right, p->modes.ascii, &p->folds);
    }
    switch (op) {
    case OP_AND: spoor_charset_intersect(p->arena, left, right); break;
    case OP_MINUS: spoor_charset_subtract(p->arena, left, right); break;
    case OP_XOR: spoor_charset_symmetric(p->arena, left, right); break;
    default: *left = *right; break;
    }
    *right = (spoor_charset){0};
}

/* The first items: a ']' or minuses at the front stand for themselves. */
static void parse_class_front(parser *p, spoor_charset *items) {
    bool has_minus = false;
    spoor_regex_skip_space(p);
    while (spoor_regex_accept(p, '-')) {
        spoor_charset_add(p->arena, items, '-', '-');
        has_minus = true;
        spoor_regex_skip_space(p);
    }
    if (!has_minus && spoor_regex_accept(p, ']')) {
        spoor_charset_add(p->arena, items, ']', ']');
    }
}

bool spoor_regex_parse_class(parser *p, const char *start, uint32_t depth, spoor_charset *set) {
    if (depth >= SPOOR_REGEX_MAX_NESTING) {
        return spoor_regex_refuse(p, start, "classes nest more than %d levels deep",
                                  SPOOR_REGEX_MAX_NESTING);
    }
    spoor_charset items = {0}, inner;
    int op = OP_NONE, next_op;
    *set = (spoor_charset){0};
    spoor_regex_skip_space(p);
    bool negated = spoor_regex_accept(p, '^');
    for (parse_class_front(p, &items);;) {
        spoor_regex_skip_space(p);
        const char *at = p->at;
        if (at == p->end) {
            return spoor_regex_refuse(p, start, "'[' has no ']'");
        }
        if (spoor_regex_accept(p, ']')) {
            break;
        }
        if (*at == '[') {
            if (!parse_posix(p, &inner)) {
                p->at++;
                if (!spoor_regex_parse_class(p, at, depth + 1, &inner)) {
                    return false;
                }
            }
            if (p->modes.ascii && spoor_charset_beyond_ascii(&inner)) {
                return spoor_regex_refuse(p, at, "without flag u this would match single bytes");
            }
            add_all(p, &items, &inner);
        } else if ((next_op = accept_operator(p)) != OP_NONE) {
            apply(p, op, set, &items);
            op = next_op;
        } else if (!parse_range(p, &items)) {
            return false;
        }
    }
    apply(p, op, set, &items);
    if (negated) {
        negate(p, set);
    }
    if (p->modes.ascii && spoor_charset_beyond_ascii(set)) {
        return spoor_regex_refuse(p, start, "without flag u this class would match single bytes");
    }
    return true;
}
