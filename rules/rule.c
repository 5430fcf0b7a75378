/* rule.c - what all formats share: the set, and the words of rule headers; see rule.h. */
#include "rules/rule.h"

#include "base/time.h"
#include "base/utf8.h"

static const char *const level_names[SPOOR_NLEVELS] = {"informational", "low", "medium", "high",
                                                       "critical"}; /* ORDER spoor_level */

const char *spoor_level_name(spoor_level level) {
    return level_names[level];
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
}

bool spoor_rule_word_is(spoor_str a, spoor_str b) {
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.len && spoor_is_blank(a.ptr[i])) {
            i++;
        }
        while (j < b.len && spoor_is_blank(b.ptr[j])) {
            j++;
        }
        if (i == a.len || j == b.len) {
            return i == a.len && j == b.len;
        }
        if (lower(a.ptr[i++]) != lower(b.ptr[j++])) {
            return false;
        }
    }
}

static bool is_word(spoor_str text, const char *word) {
    return spoor_rule_word_is(text, spoor_str_from(word));
}

bool spoor_level_parse(spoor_str text, spoor_level *level) {
    for (int i = 0; i < SPOOR_NLEVELS; i++) {
        if (is_word(text, level_names[i])) {
            *level = (spoor_level)i;
            return true;
        }
    }
    *level = SPOOR_LEVEL_INFORMATIONAL;
    return is_word(text, "info"); /* as Sigma writes it */
}

bool spoor_rule_trigger(spoor_str text, spoor_trigger *trigger) {
    /* ORDER spoor_trigger */
    static const char *const words[][2] = {
        {"gt", "GreaterThan"}, {"lt", "LessThan"}, {"eq", "Equal"}, {"ne", "NotEqual"}};
    for (int i = 0; i < 4; i++) {
        if (is_word(text, words[i][0]) || is_word(text, words[i][1])) {
            *trigger = (spoor_trigger)i;
            return true;
        }
    }
    return false;
}

bool spoor_rule_fires(const spoor_rule *rule, uint64_t hits) {
    uint64_t threshold = rule->threshold > 0 ? (uint64_t)rule->threshold : 0;
    switch (rule->trigger) {
    case SPOOR_TRIGGER_GT: return hits > threshold;
    case SPOOR_TRIGGER_LT: return hits < threshold;
    case SPOOR_TRIGGER_EQ: return hits == threshold;
    case SPOOR_TRIGGER_NE: return hits != threshold;
    }
    return false;
}

/* -- durations --------------------------------------------------------------------------------- */

static int64_t unit_ticks(char unit, bool in_time) {
    switch (lower(unit)) {
    case 'w': return in_time ? 0 : 7 * SPOOR_TICKS_DAY;
    case 'd': return in_time ? 0 : SPOOR_TICKS_DAY;
    case 'h': return in_time ? SPOOR_TICKS_HOUR : 0;
    case 'm': return in_time ? SPOOR_TICKS_MINUTE : 0; /* P1M, a month, is no fixed time */
    case 's': return in_time ? SPOOR_TICKS_SECOND : 0;
    default: return 0;
    }
}

/* P1D, PT5M, P1DT12H */
static bool iso_duration(spoor_str text, int64_t *ticks) {
    bool in_time = false;
    int64_t sum = 0;
    size_t i = 1;
    while (i < text.len) {
        if (lower(text.ptr[i]) == 't' && !in_time) {
            in_time = true;
            i++;
            continue;
        }
        int64_t number = 0;
        size_t first = i;
        while (i < text.len && is_digit(text.ptr[i]) && i - first < 6) {
            number = number * 10 + (text.ptr[i++] - '0');
        }
        int64_t unit = i > first && i < text.len ? unit_ticks(text.ptr[i++], in_time) : 0;
        if (unit == 0) {
            return false;
        }
        sum += number * unit;
    }
    *ticks = sum;
    return sum > 0;
}

bool spoor_rule_duration(spoor_str text, int64_t *ticks) {
    char small[32];
    if (text.len == 0 || text.len >= sizeof small) {
        return false;
    }
    if (lower(text.ptr[0]) == 'p') {
        return iso_duration(text, ticks);
    }
    for (size_t i = 0; i < text.len; i++) {
        small[i] = lower(text.ptr[i]); /* AzSentinel writes 1H */
    }
    bool has_unit = !is_digit(small[text.len - 1]) || memchr(small, ':', text.len) != NULL;
    return has_unit && spoor_timespan_parse((spoor_str){small, text.len}, ticks) && *ticks > 0;
}

/* -- lists ------------------------------------------------------------------------------------- */

void spoor_str_list_add(spoor_arena *arena, spoor_str_list *list, spoor_str item) {
    SPOOR_GROW(arena, list->items, list->count, &list->capacity);
    list->items[list->count++] = item;
}

static void add_once(spoor_arena *arena, spoor_str_list *list, spoor_str item) {
    for (uint32_t i = 0; i < list->count; i++) {
        if (spoor_str_eq(list->items[i], item)) {
            return;
        }
    }
    spoor_str_list_add(arena, list, item);
}

void spoor_rule_find_techniques(spoor_arena *arena, spoor_str text, spoor_str_list *techniques) {
    for (size_t i = 0; i + 5 <= text.len; i++) {
        const char *at = text.ptr + i;
        bool begins = i == 0 || !(is_letter(at[-1]) || is_digit(at[-1]));
        bool is_id = begins && lower(*at) == 't' && is_digit(at[1]) && is_digit(at[2]) &&
                     is_digit(at[3]) && is_digit(at[4]) && (i + 5 == text.len || !is_digit(at[5]));
        if (!is_id || memcmp(at + 1, "0000", 4) == 0) {
            continue;
        }
        size_t len = 5;
        if (i + 9 <= text.len && at[5] == '.' && is_digit(at[6]) && is_digit(at[7]) &&
            is_digit(at[8])) {
            len = 9;
        }
        spoor_str id = spoor_arena_str(arena, (spoor_str){at, len});
        ((char *)(uintptr_t)id.ptr)[0] = 'T';
        add_once(arena, techniques, id);
        i += len - 1;
    }
}

/* Without blanks and marks, each word beginning with a capital: "defense evasion" is DefenseEvasion. */
static spoor_str tactic_name(spoor_arena *arena, spoor_str text) {
    char *name = SPOOR_NEW_ARRAY(arena, char, text.len + 1);
    size_t len = 0;
    bool begins = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (spoor_is_blank(c) || c == '-' || c == '_') {
            begins = true;
            continue;
        }
        name[len++] = begins && c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c;
        begins = false;
    }
    return (spoor_str){name, len};
}

void spoor_rule_add_tactics(spoor_arena *arena, spoor_str text, spoor_str_list *tactics) {
    size_t from = 0;
    for (size_t i = 0; i <= text.len; i++) {
        if (i == text.len || text.ptr[i] == ',' ||
            text.ptr[i] == '#') { /* "#Execution #Discovery" */
            spoor_str name = tactic_name(arena, (spoor_str){text.ptr + from, i - from});
            if (name.len > 0) {
                add_once(arena, tactics, name);
            }
            from = i + 1;
        }
    }
}

/* -- the set ----------------------------------------------------------------------------------- */

spoor_rule *spoor_rule_add(spoor_rule_set *set, const spoor_rule_file *file, uint32_t index) {
    SPOOR_GROW(set->arena, set->rules, set->count, &set->capacity);
    spoor_rule *rule = &set->rules[set->count++];
    *rule = (spoor_rule){.file = file,
                         .index = index,
                         .title = file->stem,
                         .level = SPOOR_LEVEL_MEDIUM,
                         .diags = {.arena = set->arena}};
    spoor_diags_add_source(&rule->diags, (spoor_source){.name = file->path, .text = file->bytes});
    spoor_rule_find_techniques(set->arena, file->stem, &rule->techniques);
    set->files += index == 0;
    return rule;
}

/* Text behind the last dot of the name, or empty. */
static spoor_str extension(spoor_str name) {
    for (size_t i = name.len; i > 0; i--) {
        if (name.ptr[i - 1] == '.') {
            return (spoor_str){name.ptr + i, name.len - i};
        }
    }
    return (spoor_str){0};
}

static spoor_str base_name(spoor_str path) {
    size_t i = path.len;
    while (i > 0 && path.ptr[i - 1] != '/') {
        i--;
    }
    return (spoor_str){path.ptr + i, path.len - i};
}

typedef enum format {
    FORMAT_NONE,
    FORMAT_KQL,
    FORMAT_TEXT,
    FORMAT_YAML,
    FORMAT_JSON,
    FORMAT_MARKDOWN
} format;

static format format_of(spoor_str name) {
    spoor_str kind = extension(name);
    if (is_word(kind, "kql") || is_word(kind, "csl")) {
        return FORMAT_KQL;
    }
    if (is_word(kind, "yaml") || is_word(kind, "yml")) {
        return FORMAT_YAML;
    }
    if (is_word(kind, "json")) {
        return FORMAT_JSON;
    }
    return is_word(kind, "txt") ? FORMAT_TEXT : is_word(kind, "md") ? FORMAT_MARKDOWN : FORMAT_NONE;
}

bool spoor_rules_may_hold(const char *path) {
    return format_of(base_name(spoor_str_from(path))) != FORMAT_NONE;
}

static spoor_rule_file *new_file(spoor_rule_set *set, const char *path, bool is_named) {
    spoor_rule_file *file = SPOOR_NEW(set->arena, spoor_rule_file);
    spoor_str name = base_name(spoor_str_from(path)), kind = extension(name);
    *file = (spoor_rule_file){.path = path, .is_named = is_named, .bytes = SPOOR_STR("")};
    file->stem = (spoor_str){name.ptr, name.len - kind.len - (kind.len > 0)};
    return file;
}

void spoor_rules_add_unread(spoor_rule_set *set, const char *path, const char *why) {
    spoor_rule *rule = spoor_rule_add(set, new_file(set, path, true), 0);
    spoor_fail(&rule->diags, (spoor_span){0}, "%s", why);
}

/* The file's rules are read with U+FFFD for what is no UTF-8 (an old code page, mostly in comments). */
static void warn_of_bytes(spoor_rule_set *set, uint32_t first, spoor_str text, uint64_t bad) {
    if (first == set->count) {
        return;
    }
    spoor_rule *rule = &set->rules[first];
    spoor_str repaired = rule->file->bytes;
    uint32_t at = 0;
    while (at < text.len && text.ptr[at] == repaired.ptr[at]) {
        at++;
    }
    spoor_warn(&rule->diags, (spoor_span){at, at + 1, 0},
               "%llu bytes are no UTF-8 and are read as U+FFFD", (unsigned long long)bad);
    if (rule->diags.last != NULL && rule->diags.last->severity == SPOOR_WARNING) {
        rule->diags.last->code = "not-utf8";
    }
}

/* What stands behind a byte order mark, as UTF-8, with a NUL behind it: editors of Windows write UTF-16, too. */
static spoor_str without_mark(spoor_arena *arena, spoor_str bytes) {
    if (bytes.len >= 3 && memcmp(bytes.ptr, "\xEF\xBB\xBF", 3) == 0) {
        return (spoor_str){bytes.ptr + 3, bytes.len - 3};
    }
    bool is_little = bytes.len >= 2 && memcmp(bytes.ptr, "\xFF\xFE", 2) == 0;
    bool is_big = bytes.len >= 2 && memcmp(bytes.ptr, "\xFE\xFF", 2) == 0;
    if (!is_little && !is_big) {
        return bytes;
    }
    size_t units = (bytes.len - 2) / 2;
    unsigned char *wide = SPOOR_NEW_ARRAY(arena, unsigned char, 2 * units + 1);
    for (size_t i = 0; i < 2 * units; i++) {
        wide[i] = (unsigned char)bytes.ptr[2 + (is_big ? i ^ 1 : i)];
    }
    char *text = SPOOR_NEW_ARRAY(arena, char, 3 * units + 1);
    size_t len = spoor_utf16_to_utf8(wide, units, text);
    text[len] = '\0';
    return (spoor_str){text, len};
}

/* *text: the same, before what is no UTF-8 was replaced; *bad: so many bytes. */
static const spoor_rule_file *open_file(spoor_rule_set *set, const char *path, spoor_str bytes,
                                        bool is_named, spoor_str *text, uint64_t *bad) {
    spoor_rule_file *file = new_file(set, path, is_named);
    *text = without_mark(set->arena, bytes);
    *bad = 0;
    file->bytes = spoor_utf8_repair(set->arena, *text, bad);
    return file;
}

const spoor_rule_file *spoor_rules_open_file(spoor_rule_set *set, const char *path, spoor_str bytes,
                                             bool is_named) {
    spoor_str text;
    uint64_t bad;
    return open_file(set, path, bytes, is_named, &text, &bad);
}

void spoor_rules_read(spoor_rule_set *set, const char *path, spoor_str bytes, bool is_named) {
    spoor_str text;
    uint64_t bad;
    const spoor_rule_file *file = open_file(set, path, bytes, is_named, &text, &bad);
    uint32_t before = set->count;
    switch (format_of(base_name(spoor_str_from(path)))) {
    case FORMAT_KQL: spoor_rules_read_text(set, file, false); break;
    case FORMAT_TEXT: spoor_rules_read_text(set, file, !is_named); break;
    case FORMAT_YAML: spoor_rules_read_yaml(set, file); break;
    case FORMAT_JSON: spoor_rules_read_json(set, file); break;
    case FORMAT_MARKDOWN: spoor_rules_read_markdown(set, file); break;
    case FORMAT_NONE: {
        spoor_rule *rule = spoor_rule_add(set, file, 0);
        spoor_fail(&rule->diags, (spoor_span){0}, "not a rule file");
        spoor_hint(&rule->diags, "rules are .kql, .csl, .txt, .yaml, .yml, .json or .md files");
        break;
    }
    }
    set->ignored += set->count == before;
    if (bad > 0) {
        warn_of_bytes(set, before, text, bad);
    }
}

/* -- places ------------------------------------------------------------------------------------ */

/* The YAML forms differ from the text they mean in blanks, and in quotes and escapes; so the n-th
 * character of the text that is no blank is the n-th of the file that is none. */
static uint32_t skip_escape(spoor_str bytes, uint32_t at, bool *is_visible) {
    char c = at + 1 < bytes.len ? bytes.ptr[at + 1] : 0;
    uint32_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    *is_visible =
        c != 'n' && c != 't' && c != 'r' && c != ' ' && c != '\t' && c != '\n' && c != '\r';
    return at + 2 + digits;
}

/* Bytes of the text before `offset` that are no blanks; continuation bytes of UTF-8 are not counted. */
static uint32_t visible_before(spoor_str text, uint32_t offset) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < offset && i < text.len; i++) {
        n += !spoor_is_blank(text.ptr[i]) && ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    }
    return n;
}

static uint32_t map_offset(const spoor_rule *rule, uint32_t offset) {
    spoor_str bytes = rule->file->bytes;
    uint32_t at = rule->query_start, end = rule->query_end;
    if (rule->quoting == SPOOR_QUOTING_NONE) {
        return at + offset < end ? at + offset : end;
    }
    if (rule->quoting == SPOOR_QUOTING_BLOCK) { /* the text begins in the line behind the | */
        while (at < end && bytes.ptr[at] != '\n') {
            at++;
        }
    } else if (rule->quoting != SPOOR_QUOTING_PLAIN) {
        at++;
    }
    uint32_t left = visible_before(rule->query, offset);
    while (at < end) {
        char c = bytes.ptr[at];
        bool is_visible = !spoor_is_blank(c) && ((unsigned char)c & 0xC0) != 0x80;
        uint32_t next = at + 1;
        if (rule->quoting == SPOOR_QUOTING_DOUBLE && c == '\\') {
            next = skip_escape(bytes, at, &is_visible);
        } else if (rule->quoting == SPOOR_QUOTING_SINGLE && c == '\'') {
            next = at + 2;
        }
        if (is_visible && left-- == 0) {
            break;
        }
        at = next;
    }
    return at < end ? at : end;
}

spoor_span spoor_rule_locate(const spoor_rule *rule, uint32_t start, uint32_t end) {
    spoor_span span = {.start = map_offset(rule, start)};
    span.end = end > start ? map_offset(rule, end - 1) + 1 : span.start;
    if (span.end < span.start) {
        span.end = span.start;
    }
    return span;
}
