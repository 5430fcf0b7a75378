/* regex_parse.c - a pattern to its tree: alternation, repeats, groups, flags and assertions.
 *
 * Recursive over groups, to a limit.  Escapes and bracketed classes are in
 * regex_parse_class.c. */
#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"
#include "regex/regex_tree.h"

typedef spoor_regex_parser parser;
typedef spoor_regex_node node;

bool spoor_regex_refuse(parser *p, const char *at, const char *format, ...) {
    if (!p->failed) {
        char message[256];
        va_list args;
        va_start(args, format);
        vsnprintf(message, sizeof message, format, args);
        va_end(args);
        p->failed = true;
        p->error->message = spoor_arena_format(p->arena, "%s", message).ptr;
        p->error->at = (size_t)(at - p->pattern.ptr);
    }
    return false;
}

static node *refuse_node(parser *p, const char *at, const char *message) {
    spoor_regex_refuse(p, at, "%s", message);
    return NULL;
}

uint32_t spoor_regex_peek(const parser *p) {
    const char *at = p->at;
    return at < p->end ? spoor_utf8_next(&at, p->end) : UINT32_MAX;
}

uint32_t spoor_regex_take(parser *p) {
    return p->at < p->end ? spoor_utf8_next(&p->at, p->end) : UINT32_MAX;
}

bool spoor_regex_accept(parser *p, char c) {
    if (p->at < p->end && *p->at == c) {
        p->at++;
        return true;
    }
    return false;
}

static bool accept_text(parser *p, const char *text) {
    size_t len = strlen(text);
    if ((size_t)(p->end - p->at) >= len && memcmp(p->at, text, len) == 0) {
        p->at += len;
        return true;
    }
    return false;
}

/* Pattern_White_Space. */
static bool is_pattern_space(uint32_t c) {
    return (c >= 0x09 && c <= 0x0D) || c == ' ' || c == 0x85 || c == 0x200E || c == 0x200F ||
           c == 0x2028 || c == 0x2029;
}

void spoor_regex_skip_space(parser *p) {
    while (p->modes.verbose && p->at < p->end) {
        uint32_t c = spoor_regex_peek(p);
        if (is_pattern_space(c)) {
            spoor_regex_take(p);
        } else if (c == '#') {
            while (p->at < p->end && *p->at++ != '\n') {
            }
        } else {
            return;
        }
    }
}

static node *new_node(parser *p, spoor_regex_kind kind) {
    node *n = SPOOR_NEW(p->arena, node);
    n->kind = kind;
    n->height = 1;
    n->may_be_empty = true;
    return n;
}

static bool add_child(parser *p, node *parent, node *child, const char *at) {
    if (parent->last != NULL) {
        parent->last->next = child;
    } else {
        parent->first = child;
    }
    parent->last = child;
    if (child->height >= parent->height) {
        parent->height = (uint16_t)(child->height + 1);
    }
    if (parent->height > SPOOR_REGEX_MAX_NESTING) {
        return spoor_regex_refuse(p, at, "the regular expression nests more than %d levels deep",
                                  SPOOR_REGEX_MAX_NESTING);
    }
    return true;
}

/* -- characters -------------------------------------------------------------------------------- */

static node *set_node(parser *p, spoor_charset set) {
    if (set.count == 1 && set.ranges[0].first == set.ranges[0].last) {
        node *n = new_node(p, SPOOR_REGEX_CHAR);
        n->code_point = set.ranges[0].first;
        n->may_be_empty = false;
        return n;
    }
    node *n = new_node(p, SPOOR_REGEX_SET);
    n->set = set;
    n->may_be_empty = false;
    return n;
}

static node *char_node(parser *p, uint32_t c) {
    spoor_charset set = {0};
    spoor_charset_add(p->arena, &set, c, c);
    if (p->modes.ignore_case) {
        spoor_charset_fold(p->arena, &set, p->modes.ascii, &p->folds);
    }
    node *n = set_node(p, set);
    if (n->kind == SPOOR_REGEX_SET) {
        n->folds = !p->modes.ascii;
        n->code_point = spoor_fold(c);
    }
    return n;
}

static node *any_node(parser *p, const char *at) {
    if (p->modes.ascii) {
        return refuse_node(p, at, "'.' without flag u would match single bytes");
    }
    spoor_charset set = {0};
    if (!p->modes.dot_all) {
        spoor_charset_add(p->arena, &set, '\n', '\n');
        if (p->modes.crlf) {
            spoor_charset_add(p->arena, &set, '\r', '\r');
        }
    }
    spoor_charset_negate(p->arena, &set);
    return set_node(p, set);
}

static node *assert_node(parser *p, spoor_regex_assertion assertion) {
    node *n = new_node(p, SPOOR_REGEX_ASSERT);
    n->assertion = assertion;
    n->ascii_words = p->modes.ascii;
    return n;
}

/* ^ and $ by the flags. */
static node *line_node(parser *p, bool is_start) {
    if (!p->modes.multi_line) {
        return assert_node(p, is_start ? SPOOR_AT_TEXT_START : SPOOR_AT_TEXT_END);
    }
    if (p->modes.crlf) {
        return assert_node(p, is_start ? SPOOR_AT_CRLF_START : SPOOR_AT_CRLF_END);
    }
    return assert_node(p, is_start ? SPOOR_AT_LINE_START : SPOOR_AT_LINE_END);
}

/* After \b: {start} and its like, if one follows. */
static node *boundary_node(parser *p) {
    static const struct {
        const char *text;
        spoor_regex_assertion assertion;
    } kinds[] = {{"{start}", SPOOR_AT_WORD_START},
                 {"{end}", SPOOR_AT_WORD_END},
                 {"{start-half}", SPOOR_AT_WORD_START_HALF},
                 {"{end-half}", SPOOR_AT_WORD_END_HALF}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (accept_text(p, kinds[i].text)) {
            return assert_node(p, kinds[i].assertion);
        }
    }
    const char *at = p->at;
    if (accept_text(p, "{") && p->at < p->end &&
        (*p->at == '-' || ((*p->at | 0x20) >= 'a' && (*p->at | 0x20) <= 'z'))) {
        return refuse_node(p, at, "'\\b{' takes start, end, start-half or end-half");
    }
    p->at = at;
    return assert_node(p, SPOOR_AT_WORD_BOUNDARY);
}

static node *escape_node(parser *p, const char *start) {
    switch (p->at < p->end ? *p->at : '\0') {
    case 'A': p->at++; return assert_node(p, SPOOR_AT_TEXT_START);
    case 'z': p->at++; return assert_node(p, SPOOR_AT_TEXT_END);
    case 'b': p->at++; return boundary_node(p);
    case 'B': p->at++; return assert_node(p, SPOOR_AT_NO_WORD_BOUNDARY);
    case '<': p->at++; return assert_node(p, SPOOR_AT_WORD_START);
    case '>': p->at++; return assert_node(p, SPOOR_AT_WORD_END);
    default: break;
    }
    spoor_regex_escape escape;
    if (!spoor_regex_parse_escape(p, start, &escape)) {
        return NULL;
    }
    bool is_byte = memchr(start, '{', (size_t)(p->at - start)) == NULL &&
                   escape.code_point <= 0xFF &&
                   escape.code_point >= 0x80; /* \xE9 without flag u is no \u00E9 */
    is_byte = is_byte && start[1] != 'u' && start[1] != 'U';
    if (p->modes.ascii && (escape.is_set ? spoor_charset_beyond_ascii(&escape.set) : is_byte)) {
        return refuse_node(p, start, "without flag u this would match single bytes");
    }
    return escape.is_set ? set_node(p, escape.set) : char_node(p, escape.code_point);
}

/* -- groups ------------------------------------------------------------------------------------ */

static node *parse_alternation(parser *p, uint32_t depth);

static bool add_group(parser *p, const char *at, spoor_str name) {
    if (p->groups + 1 >= p->names_capacity) {
        uint32_t capacity = p->names_capacity < 8 ? 16 : p->names_capacity * 2;
        spoor_str *names = SPOOR_NEW_ARRAY(p->arena, spoor_str, capacity);
        if (p->groups > 0) {
            memcpy(names, p->names, (p->groups + 1) * sizeof *names);
        }
        p->names = names;
        p->names_capacity = capacity;
    }
    for (uint32_t i = 1; name.len > 0 && i <= p->groups; i++) {
        if (spoor_str_eq(p->names[i], name)) {
            return spoor_regex_refuse(p, at, "two groups are named '%.*s'",
                                      (int)(name.len < 100 ? name.len : 100), name.ptr);
        }
    }
    if (p->groups >= SPOOR_REGEX_MAX_GROUPS) {
        return spoor_regex_refuse(p, at, "more than %d groups", SPOOR_REGEX_MAX_GROUPS);
    }
    p->names[++p->groups] = name;
    return true;
}

/* After '(?<' or '(?P<': the name and '>'. */
static bool parse_name(parser *p, spoor_str *name) {
    const char *start = p->at;
    while (p->at < p->end && *p->at != '>') {
        const char *at = p->at;
        uint32_t c = spoor_regex_take(p);
        bool is_letter = c == '_' || (spoor_is_alnum(c) && !(c >= '0' && c <= '9'));
        bool is_inner = (c >= '0' && c <= '9') || c == '.' || c == '[' || c == ']';
        if (!is_letter && !(is_inner && at > start)) {
            return spoor_regex_refuse(p, at, "a group's name is made of letters, digits and '_'");
        }
    }
    *name = (spoor_str){start, (size_t)(p->at - start)};
    if (name->len == 0 || !spoor_regex_accept(p, '>')) {
        return spoor_regex_refuse(
            p, start, name->len == 0 ? "the group's name is empty" : "the group's name has no '>'");
    }
    return true;
}

static bool *mode_of(spoor_regex_modes *modes, uint32_t letter) {
    switch (letter) {
    case 'i': return &modes->ignore_case;
    case 'm': return &modes->multi_line;
    case 's': return &modes->dot_all;
    case 'R': return &modes->crlf;
    case 'U': return &modes->swap_greed;
    case 'u': return &modes->ascii;
    case 'x': return &modes->verbose;
    default: return NULL;
    }
}

/* After '(?': flags up to ':' or ')', left for the caller. */
static bool parse_flags(parser *p, const char *open, spoor_regex_modes *modes) {
    const char *start = p->at, *minus = NULL;
    bool set = true;
    for (;;) {
        const char *at = p->at;
        uint32_t c = spoor_regex_peek(p);
        if (c == ':' || c == ')') {
            if (minus != NULL && minus + 1 == at) {
                return spoor_regex_refuse(p, minus, "no flag after '-'");
            }
            return c == ':' || at > start || spoor_regex_refuse(p, open, "no flag after '(?'");
        }
        bool *mode = c == UINT32_MAX ? NULL : mode_of(modes, c);
        if (c == '-' && minus == NULL) {
            minus = at;
            set = false;
        } else if (mode != NULL) {
            if (memchr(start, (int)c, (size_t)(at - start)) != NULL) {
                return spoor_regex_refuse(p, at, "flag '%c' is given twice", (char)c);
            }
            *mode = c == 'u' ? !set : set;
        } else if (c == UINT32_MAX) {
            return spoor_regex_refuse(p, open, "'(' has no ')'");
        } else {
            return spoor_regex_refuse(p, at, "'(?' is followed by no group or flag that is known");
        }
        spoor_regex_take(p);
    }
}

/* What other dialects have and linear time forbids, by name. */
static const char *foreign_group(parser *p) {
    static const struct {
        const char *text, *message;
    } groups[] = {{"=", "look-ahead '(?=' is not supported"},
                  {"!", "look-ahead '(?!' is not supported"},
                  {"<=", "look-behind '(?<=' is not supported"},
                  {"<!", "look-behind '(?<!' is not supported"},
                  {">", "an atomic group '(?>' is not supported"},
                  {"|", "a branch reset '(?|' is not supported"},
                  {"#", "a comment '(?#' is not supported"},
                  {"(", "a conditional '(?(' is not supported"},
                  {"P=", "a back-reference '(?P=' is not supported"},
                  {"P>", "a recursion '(?P>' is not supported"},
                  {"'", "a name in quotes is not supported; write '(?<name>'"}};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        if (accept_text(p, groups[i].text)) {
            return groups[i].message;
        }
    }
    return NULL;
}

/* After '(': the group, or NULL with !failed for flags that stand alone. */
static node *parse_group(parser *p, const char *open, uint32_t depth) {
    spoor_regex_modes outer = p->modes;
    spoor_str name = {0};
    bool is_captured = true;
    spoor_regex_skip_space(p);
    if (spoor_regex_accept(p, '?')) {
        const char *foreign = foreign_group(p);
        if (foreign != NULL) {
            return refuse_node(p, open, foreign);
        }
        if (accept_text(p, "P<") || accept_text(p, "<")) {
            if (!parse_name(p, &name)) {
                return NULL;
            }
        } else {
            is_captured = false;
            spoor_regex_modes modes = p->modes;
            if (!parse_flags(p, open, &modes)) {
                return NULL;
            }
            p->modes = modes;
            if (spoor_regex_take(p) == ')') {
                return NULL; /* holds to the end of the group around it */
            }
        }
    }
    if (depth >= SPOOR_REGEX_MAX_NESTING) {
        spoor_regex_refuse(p, open, "the regular expression nests more than %d levels deep",
                           SPOOR_REGEX_MAX_NESTING);
        return NULL;
    }
    if (is_captured && !add_group(p, open, name)) {
        return NULL;
    }
    uint32_t number = p->groups;
    node *inner = parse_alternation(p, depth + 1);
    if (inner == NULL) {
        return NULL;
    }
    if (!spoor_regex_accept(p, ')')) {
        return refuse_node(p, open, "'(' has no ')'");
    }
    p->modes = outer;
    if (!is_captured) {
        return inner;
    }
    node *group = new_node(p, SPOOR_REGEX_GROUP);
    group->group = number;
    group->may_be_empty = inner->may_be_empty;
    return add_child(p, group, inner, open) ? group : NULL;
}

/* -- repeats ----------------------------------------------------------------------------------- */

static void skip_blanks(parser *p) {
    while (p->at < p->end && spoor_is_space(spoor_regex_peek(p))) {
        spoor_regex_take(p);
    }
}

static bool parse_count(parser *p, uint32_t *count) {
    skip_blanks(p);
    const char *start = p->at;
    uint64_t value = 0;
    while (p->at < p->end && *p->at >= '0' && *p->at <= '9') {
        value = value * 10 + (uint64_t)(*p->at++ - '0');
        if (value >= SPOOR_REGEX_UNBOUNDED) {
            return spoor_regex_refuse(p, start, "the count of a repeat is too large");
        }
    }
    if (p->at == start) {
        return spoor_regex_refuse(p, start, "expected a count after '{'");
    }
    skip_blanks(p);
    *count = (uint32_t)value;
    return true;
}

/* After '{': n} n,} and n,m}. */
static bool parse_counts(parser *p, const char *open, uint32_t *min, uint32_t *max) {
    spoor_regex_skip_space(p);
    if (!parse_count(p, min)) {
        return false;
    }
    *max = *min;
    spoor_regex_skip_space(p);
    if (spoor_regex_accept(p, ',')) {
        spoor_regex_skip_space(p);
        *max = SPOOR_REGEX_UNBOUNDED;
        if (!(p->at < p->end && *p->at == '}') && !parse_count(p, max)) {
            return false;
        }
        spoor_regex_skip_space(p);
    }
    if (!spoor_regex_accept(p, '}')) {
        return spoor_regex_refuse(p, open,
                                  "'{' starts a repeat and has no '}'; a brace itself is '\\{'");
    }
    if (*min > *max) {
        return spoor_regex_refuse(p, open, "a repeat of at least %u and at most %u", *min, *max);
    }
    return true;
}

/* At a '{' that can begin no count: a character, as RE2 takes it and as published parsers of events use
 * it (`>{?`).  `{,n}` is no such one: engines differ on it. */
static bool is_plain_brace(const parser *p) {
    char next = p->at + 1 < p->end ? p->at[1] : '\0';
    return *p->at == '{' && next != ',' && next != ' ' && next != '\t' && next != '\0' &&
           !(next >= '0' && next <= '9');
}

/* All repeats that follow an atom. */
static node *parse_repeats(parser *p, node *atom) {
    for (;;) {
        spoor_regex_skip_space(p);
        const char *at = p->at;
        uint32_t min, max = SPOOR_REGEX_UNBOUNDED;
        if (spoor_regex_accept(p, '*')) {
            min = 0;
        } else if (spoor_regex_accept(p, '+')) {
            min = 1;
        } else if (spoor_regex_accept(p, '?')) {
            min = 0;
            max = 1;
        } else if (p->at < p->end && !is_plain_brace(p) && spoor_regex_accept(p, '{')) {
            if (!parse_counts(p, at, &min, &max)) {
                return NULL;
            }
        } else {
            return atom;
        }
        spoor_regex_skip_space(p);
        node *repeat = new_node(p, SPOOR_REGEX_REPEAT);
        repeat->is_greedy = spoor_regex_accept(p, '?') == p->modes.swap_greed;
        repeat->min = min;
        repeat->max = max;
        repeat->may_be_empty = min == 0 || atom->may_be_empty;
        if (!add_child(p, repeat, atom, at)) {
            return NULL;
        }
        atom = repeat;
    }
}

/* One atom; NULL with !failed: flags that stand alone. */
static node *parse_atom(parser *p, uint32_t depth) {
    const char *at = p->at;
    bool is_brace = is_plain_brace(p);
    uint32_t c = spoor_regex_take(p);
    if (is_brace) {
        return char_node(p, c);
    }
    switch (c) {
    case '(': return parse_group(p, at, depth);
    case '[': {
        spoor_charset set;
        return spoor_regex_parse_class(p, at, 0, &set) ? set_node(p, set) : NULL;
    }
    case '\\': return escape_node(p, at);
    case '.': return any_node(p, at);
    case '^': return line_node(p, true);
    case '$': return line_node(p, false);
    case '*':
    case '+':
    case '?':
    case '{':
        spoor_regex_refuse(p, at, "'%c' has nothing before it to repeat", (char)c);
        return NULL;
    default: return char_node(p, c);
    }
}

static node *parse_concat(parser *p, uint32_t depth) {
    node *concat = new_node(p, SPOOR_REGEX_CONCAT);
    for (;;) {
        spoor_regex_skip_space(p);
        if (p->at == p->end || *p->at == '|' || *p->at == ')') {
            break;
        }
        const char *at = p->at;
        node *atom = parse_atom(p, depth);
        if (atom == NULL && !p->failed) {
            continue;
        }
        atom = atom != NULL ? parse_repeats(p, atom) : NULL;
        if (atom == NULL || !add_child(p, concat, atom, at)) {
            return NULL;
        }
        concat->may_be_empty = concat->may_be_empty && atom->may_be_empty;
    }
    if (concat->first == NULL) {
        return new_node(p, SPOOR_REGEX_EMPTY);
    }
    return concat->first == concat->last ? concat->first : concat;
}

static node *parse_alternation(parser *p, uint32_t depth) {
    node *first = parse_concat(p, depth);
    if (first == NULL || p->at == p->end || *p->at != '|') {
        return first;
    }
    node *all = new_node(p, SPOOR_REGEX_ALTERNATE);
    if (!add_child(p, all, first, p->at)) {
        return NULL;
    }
    all->may_be_empty = first->may_be_empty;
    while (spoor_regex_accept(p, '|')) {
        node *branch = parse_concat(p, depth);
        if (branch == NULL || !add_child(p, all, branch, p->at)) {
            return NULL;
        }
        all->may_be_empty = all->may_be_empty || branch->may_be_empty;
    }
    return all;
}

bool spoor_regex_parse(spoor_arena *arena, spoor_str pattern, unsigned flags,
                       spoor_regex_tree *tree, spoor_regex_error *error) {
    if (pattern.ptr == NULL) {
        pattern = SPOOR_STR("");
    }
    parser p = {.arena = arena,
                .pattern = pattern,
                .at = pattern.ptr,
                .end = pattern.ptr + pattern.len,
                .error = error,
                .modes = {.ignore_case = (flags & SPOOR_REGEX_IGNORE_CASE) != 0,
                          .multi_line = (flags & SPOOR_REGEX_MULTI_LINE) != 0,
                          .dot_all = (flags & SPOOR_REGEX_DOT_ALL) != 0}};
    if (pattern.len > SPOOR_REGEX_MAX_BYTES) {
        return spoor_regex_refuse(&p, p.at, "the regular expression is longer than %d bytes",
                                  SPOOR_REGEX_MAX_BYTES);
    }
    node *root = parse_alternation(&p, 0);
    if (root == NULL) {
        return false;
    }
    if (p.at < p.end) {
        return spoor_regex_refuse(&p, p.at, "')' has no '('");
    }
    *tree = (spoor_regex_tree){.root = root, .groups = p.groups, .names = p.names};
    return true;
}
