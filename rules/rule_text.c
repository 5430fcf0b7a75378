/* rule_text.c - rules as KQL text: `// Key: value` lines, then the query.
 *
 * A file may hold several: a new one begins at a block of comments behind a
 * blank line when the block has a name of its own, or when the query before it
 * is complete and what follows the block can only begin another; without a
 * block, at a `let` or `print` behind a blank line and a complete query.  Files
 * without any header are rules too; their comments are the description. */
#include "rules/rule.h"

typedef struct cursor { /* the lexical state of KQL between two lines */
    int depth;          /* of brackets */
    char last;          /* last character that is no blank and no comment; 0: no code yet */
    bool in_block;      /* inside ``` or ~~~ */
    char block;         /* which */
} cursor;

static spoor_str line_at(spoor_str text, size_t at) {
    const char *from = text.ptr + at;
    const char *end = memchr(from, '\n', text.len - at);
    return (spoor_str){from, end != NULL ? (size_t)(end - from) : text.len - at};
}

static bool is_comment(spoor_str line) {
    return line.len >= 2 && line.ptr[0] == '/' && line.ptr[1] == '/';
}

static bool is_fence(spoor_str line, size_t i, char c) {
    return i + 3 <= line.len && line.ptr[i] == c && line.ptr[i + 1] == c && line.ptr[i + 2] == c;
}

/* The index behind a string that opens at i; a string of one line ends with it. */
static size_t skip_string(spoor_str line, size_t i) {
    char quote = line.ptr[i];
    bool verbatim = i > 0 && line.ptr[i - 1] == '@';
    for (i++; i < line.len; i++) {
        if (line.ptr[i] == '\\' && !verbatim) {
            i++;
        } else if (line.ptr[i] == quote) {
            return i + 1;
        }
    }
    return line.len;
}

static void scan_line(cursor *c, spoor_str line) {
    size_t i = 0;
    while (i < line.len) {
        char at = line.ptr[i];
        if (c->in_block) {
            bool closes = is_fence(line, i, c->block);
            c->in_block = !closes;
            i += closes ? 3 : 1;
        } else if (is_fence(line, i, '`') || is_fence(line, i, '~')) {
            c->in_block = true;
            c->last = c->block = at;
            i += 3;
        } else if (at == '"' || at == '\'') {
            i = skip_string(line, i);
            c->last = at;
        } else if (is_comment((spoor_str){line.ptr + i, line.len - i})) {
            return;
        } else {
            c->depth += at == '(' || at == '[' || at == '{';
            c->depth -= at == ')' || at == ']' || at == '}';
            c->last = spoor_is_blank(at) ? c->last : at;
            i++;
        }
    }
}

/* -- headers ----------------------------------------------------------------------------------- */

typedef enum header_key {
    KEY_NONE,
    KEY_NAME,
    KEY_DESCRIPTION,
    KEY_SEVERITY,
    KEY_FREQUENCY,
    KEY_PERIOD,
    KEY_THRESHOLD,
    KEY_OPERATOR,
    KEY_SOURCE,
    KEY_TACTICS,
    KEY_TECHNIQUES,
    KEY_ID,
    KEY_TAGS,
    KEY_VERSION,
    KEY_OTHER
} header_key;

static const struct {
    const char *name;
    header_key key;
} keys[] = {
    {"Name", KEY_NAME},
    {"Title", KEY_NAME},
    {"Description", KEY_DESCRIPTION},
    {"Severity", KEY_SEVERITY},
    {"QueryFrequency", KEY_FREQUENCY},
    {"QueryPeriod", KEY_PERIOD},
    {"AlertTriggerThreshold", KEY_THRESHOLD},
    {"TriggerThreshold", KEY_THRESHOLD},
    {"AlertTriggerOperator", KEY_OPERATOR},
    {"TriggerOperator", KEY_OPERATOR},
    {"DataSource", KEY_SOURCE},
    {"Tactics", KEY_TACTICS},
    {"Tactic", KEY_TACTICS},
    {"Techniques", KEY_TECHNIQUES},
    {"Technique", KEY_TECHNIQUES},
    {"RelevantTechniques", KEY_TECHNIQUES},
    {"Id", KEY_ID},
    {"Tags", KEY_TAGS},
    {"Version", KEY_VERSION},
    {"Author", KEY_OTHER},
    {"Date", KEY_OTHER},
    {"Reference", KEY_OTHER},
    {"References", KEY_OTHER},
};

/* `// Key: value`; KEY_NONE: prose, which *value then holds. */
static header_key read_key(spoor_str line, spoor_str *value) {
    spoor_str words = spoor_str_trim((spoor_str){line.ptr + 2, line.len - 2});
    const char *colon = words.len > 0 ? memchr(words.ptr, ':', words.len) : NULL;
    *value = words;
    if (colon == NULL) {
        return KEY_NONE;
    }
    spoor_str name = {words.ptr, (size_t)(colon - words.ptr)};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (spoor_rule_word_is(name, spoor_str_from(keys[i].name))) {
            *value = spoor_str_trim((spoor_str){colon + 1, words.len - name.len - 1});
            return keys[i].key;
        }
    }
    return KEY_NONE;
}

static spoor_span span_of(const spoor_rule *rule, spoor_str part) {
    uint32_t start = (uint32_t)(part.ptr - rule->file->bytes.ptr);
    return (spoor_span){start, start + (uint32_t)part.len, 0};
}

static void read_threshold(spoor_rule *rule, spoor_str value) {
    int64_t number = 0;
    bool ok = value.len > 0 && value.len <= 9;
    for (size_t i = 0; i < value.len && ok; i++) {
        ok = value.ptr[i] >= '0' && value.ptr[i] <= '9';
        number = number * 10 + (value.ptr[i] - '0');
    }
    if (!ok) {
        spoor_fail(&rule->diags, span_of(rule, value), "expected a number of rows");
    }
    rule->threshold = ok ? number : 0;
}

static void read_duration(spoor_rule *rule, spoor_str value, int64_t *ticks) {
    if (!spoor_rule_duration(value, ticks)) {
        spoor_fail(&rule->diags, span_of(rule, value), "expected a time such as 1h");
    }
}

static void add_list(spoor_arena *arena, spoor_str text, spoor_str_list *list) {
    size_t from = 0;
    for (size_t i = 0; i <= text.len; i++) {
        if (i == text.len || text.ptr[i] == ',') {
            spoor_str item = spoor_str_trim((spoor_str){text.ptr + from, i - from});
            if (item.len > 0) {
                spoor_str_list_add(arena, list, item);
            }
            from = i + 1;
        }
    }
}

static void append_prose(spoor_rule *rule, spoor_str text) {
    spoor_str have = rule->description;
    if (have.len == 0) {
        rule->description = text;
    } else if (text.len > 0) {
        rule->description = spoor_arena_format(rule->diags.arena, "%.*s %.*s", (int)have.len,
                                               have.ptr, (int)text.len, text.ptr);
    }
}

static void set_key(spoor_rule *rule, header_key key, spoor_str value) {
    spoor_arena *arena = rule->diags.arena;
    switch (key) {
    case KEY_NAME: rule->title = value.len > 0 ? value : rule->title; return;
    case KEY_DESCRIPTION: rule->description = value; return;
    case KEY_SEVERITY:
        if (!spoor_level_parse(value, &rule->level)) {
            spoor_fail(&rule->diags, span_of(rule, value),
                       "a severity is informational, low, medium, high or critical");
        }
        return;
    case KEY_FREQUENCY: read_duration(rule, value, &rule->frequency); return;
    case KEY_PERIOD: read_duration(rule, value, &rule->period); return;
    case KEY_THRESHOLD: read_threshold(rule, value); return;
    case KEY_OPERATOR:
        if (!spoor_rule_trigger(value, &rule->trigger)) {
            spoor_fail(&rule->diags, span_of(rule, value), "a trigger is gt, lt, eq or ne");
        }
        return;
    case KEY_SOURCE:
    case KEY_TAGS: add_list(arena, value, &rule->tags); return;
    case KEY_TACTICS: spoor_rule_add_tactics(arena, value, &rule->tactics); return;
    case KEY_TECHNIQUES: spoor_rule_find_techniques(arena, value, &rule->techniques); return;
    case KEY_ID: rule->id = value; return;
    case KEY_VERSION: rule->version = value; return;
    case KEY_NONE: append_prose(rule, value); return;
    case KEY_OTHER: return;
    }
}

/* -- one rule ---------------------------------------------------------------------------------- */

/* Read bytes [from, to) as one rule: comments, then the query. */
static void read_rule(spoor_rule_set *set, const spoor_rule_file *file, uint32_t index, size_t from,
                      size_t to) {
    spoor_rule *rule = spoor_rule_add(set, file, index);
    header_key last = KEY_NONE;
    size_t at = from, code = to;
    while (at < to) {
        spoor_str line = line_at(file->bytes, at), words = spoor_str_trim(line);
        if (words.len > 0 && !is_comment(words)) {
            code = at;
            break;
        }
        if (words.len > 0) {
            spoor_str value;
            header_key found = read_key(words, &value);
            if (found != KEY_NONE || last == KEY_NONE || last == KEY_DESCRIPTION) {
                set_key(rule, found, value);
            }
            last = found != KEY_NONE ? found : last;
        }
        at += line.len + 1;
    }
    while (to > code && spoor_is_blank(file->bytes.ptr[to - 1])) {
        to--;
    }
    rule->query = (spoor_str){file->bytes.ptr + code, to - code};
    rule->query_start = (uint32_t)code;
    rule->query_end = (uint32_t)to;
    if (to == code) {
        spoor_fail(&rule->diags, (spoor_span){(uint32_t)from, (uint32_t)from, 0},
                   "there is no query");
    }
}

/* -- several rules in a file ------------------------------------------------------------------- */

/* Can a line that begins so follow a finished query only as the start of another? */
static bool begins_query(spoor_str words) {
    static const char *const continues[] = {"and",     "or",   "by",   "on",   "in",
                                            "to",      "from", "step", "with", "kind",
                                            "between", "asc",  "desc", "has"};
    size_t len = 0;
    while (len < words.len && ((words.ptr[len] | 0x20) >= 'a' && (words.ptr[len] | 0x20) <= 'z')) {
        len++;
    }
    for (size_t i = 0; i < sizeof continues / sizeof *continues; i++) {
        if (spoor_str_is((spoor_str){words.ptr, len}, continues[i])) {
            return false;
        }
    }
    return len > 0;
}

static bool starts(spoor_str text, const char *word) {
    size_t len = strlen(word);
    return text.len >= len && memcmp(text.ptr, word, len) == 0;
}

/* No operator's arguments go on with these. */
static bool begins_statement(spoor_str words) {
    return starts(words, "let ") || starts(words, "print ");
}

static bool is_complete(const cursor *c) {
    return c->depth <= 0 && !c->in_block && c->last != 0 && strchr(";|,=+-*/<>!", c->last) == NULL;
}

typedef struct splitter {
    spoor_rule_set *set;
    const spoor_rule_file *file;
    cursor cursor;
    size_t from;         /* of the rule being read */
    size_t block;        /* where a block of comments behind a blank line began; SIZE_MAX: none */
    bool block_has_name; /* it has a line `// Name: ` */
    bool blank_before;
    uint32_t count;
} splitter;

static void end_rule(splitter *s, size_t to) {
    read_rule(s->set, s->file, s->count++, s->from, to);
    s->from = to;
    s->cursor = (cursor){0};
}

static void take_comment(splitter *s, size_t at, spoor_str words) {
    spoor_str value;
    if (s->block == SIZE_MAX && s->blank_before && s->cursor.last != 0) {
        s->block = at;
        s->block_has_name = false;
    }
    s->block_has_name |= read_key(words, &value) == KEY_NAME;
}

static void take_line(splitter *s, size_t at, spoor_str line) {
    spoor_str words = spoor_str_trim(line);
    if (s->cursor.in_block) {
        scan_line(&s->cursor, line);
        return;
    }
    if (words.len == 0) {
        s->blank_before = true;
        return;
    }
    if (is_comment(words)) {
        take_comment(s, at, words);
        return;
    }
    bool is_other = is_complete(&s->cursor) && begins_query(words);
    if (s->block != SIZE_MAX && (s->block_has_name || is_other)) {
        end_rule(s, s->block);
    } else if (s->blank_before && is_other && begins_statement(words)) {
        end_rule(s, at);
    }
    s->block = SIZE_MAX;
    s->blank_before = false;
    scan_line(&s->cursor, line);
}

static bool is_name_char(char c) {
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* `Table | where ...` on a line. */
static bool is_filtered_table(spoor_str line) {
    size_t name = 0;
    while (name < line.len && is_name_char(line.ptr[name])) {
        name++;
    }
    spoor_str rest = spoor_str_trim((spoor_str){line.ptr + name, line.len - name});
    return name > 0 && starts(rest, "|") &&
           starts(spoor_str_trim((spoor_str){rest.ptr + 1, rest.len - 1}), "where ");
}

/* Prose has no header, no line that begins with a pipe, and no table that is filtered. */
static bool looks_like_rule(spoor_str text) {
    for (size_t at = 0; at < text.len;) {
        spoor_str line = line_at(text, at), words = spoor_str_trim(line), value;
        header_key found = is_comment(words) ? read_key(words, &value) : KEY_NONE;
        if ((found != KEY_NONE && found != KEY_OTHER) || (words.len > 0 && words.ptr[0] == '|') ||
            is_filtered_table(words)) {
            return true;
        }
        at += line.len + 1;
    }
    return false;
}

void spoor_rules_read_text(spoor_rule_set *set, const spoor_rule_file *file, bool may_be_prose) {
    spoor_str text = file->bytes;
    if (may_be_prose && !looks_like_rule(text)) {
        return;
    }
    splitter s = {.set = set, .file = file, .block = SIZE_MAX};
    for (size_t at = 0; at < text.len;) {
        spoor_str line = line_at(text, at);
        take_line(&s, at, line);
        at += line.len + 1;
    }
    end_rule(&s, text.len);
}
