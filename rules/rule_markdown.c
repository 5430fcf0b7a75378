/* rule_markdown.c - rules in prose: fenced blocks marked kql or kusto.  The heading above names each. */
#include "rules/rule.h"

static spoor_str line_at(spoor_str text, size_t at) {
    const char *from = text.ptr + at;
    const char *end = memchr(from, '\n', text.len - at);
    spoor_str line = {from, end != NULL ? (size_t)(end - from) : text.len - at};
    return line;
}

/* Length of the fence that begins the line, or 0; *rest is what stands behind it. */
static size_t fence(spoor_str line, char *mark, spoor_str *rest) {
    spoor_str words = spoor_str_trim(line);
    size_t n = 0;
    while (n < words.len && (words.ptr[0] == '`' || words.ptr[0] == '~') &&
           words.ptr[n] == words.ptr[0]) {
        n++;
    }
    *mark = n > 0 ? words.ptr[0] : 0;
    *rest = spoor_str_trim((spoor_str){words.ptr + n, words.len - n});
    return n >= 3 ? n : 0;
}

static bool is_kql(spoor_str info) {
    size_t n = 0;
    while (n < info.len && info.ptr[n] != ' ' && info.ptr[n] != '{') {
        n++;
    }
    spoor_str word = {info.ptr, n};
    return spoor_rule_word_is(word, SPOOR_STR("kql")) ||
           spoor_rule_word_is(word, SPOOR_STR("kusto")) ||
           spoor_rule_word_is(word, SPOOR_STR("csl"));
}

static spoor_str heading(spoor_str line) {
    spoor_str words = spoor_str_trim(line);
    size_t n = 0;
    while (n < words.len && words.ptr[n] == '#') {
        n++;
    }
    return n > 0 && n <= 6 && n < words.len && words.ptr[n] == ' '
               ? spoor_str_trim((spoor_str){words.ptr + n, words.len - n})
               : (spoor_str){0};
}

static void add_rule(spoor_rule_set *set, const spoor_rule_file *file, uint32_t index,
                     spoor_str title, size_t from, size_t to, bool is_closed) {
    spoor_rule *rule = spoor_rule_add(set, file, index);
    if (title.len > 0) {
        rule->title = title;
        spoor_rule_find_techniques(set->arena, title, &rule->techniques);
    }
    rule->query = spoor_str_trim((spoor_str){file->bytes.ptr + from, to - from});
    rule->query_start = (uint32_t)(rule->query.ptr - file->bytes.ptr);
    rule->query_end = rule->query_start + (uint32_t)rule->query.len;
    spoor_span span = {rule->query_start, rule->query_start, 0};
    if (!is_closed) {
        spoor_fail(&rule->diags, span, "the fenced block of this query does not end");
    } else if (rule->query.len == 0) {
        spoor_fail(&rule->diags, span, "there is no query");
    }
}

void spoor_rules_read_markdown(spoor_rule_set *set, const spoor_rule_file *file) {
    spoor_str text = file->bytes, title = {0}, rest;
    size_t open = 0, from = 0; /* open: length of the fence that we are behind */
    bool wanted = false;
    char mark, opened = 0;
    uint32_t count = 0;
    for (size_t at = 0; at < text.len;) {
        spoor_str line = line_at(text, at);
        size_t n = fence(line, &mark, &rest);
        size_t next = at + line.len + 1;
        if (open == 0 && n > 0) {
            open = n;
            opened = mark;
            wanted = is_kql(rest);
            from = next < text.len ? next : text.len;
        } else if (open > 0 && n >= open && mark == opened && rest.len == 0) {
            if (wanted) {
                add_rule(set, file, count++, title, from, at > from ? at - 1 : from, true);
            }
            open = 0;
        } else if (open == 0 && heading(line).len > 0) {
            title = heading(line);
        }
        at = next;
    }
    if (open > 0 && wanted) {
        add_rule(set, file, count++, title, from, text.len, false);
    }
    if (count == 0 && file->is_named) {
        spoor_rule *rule = spoor_rule_add(set, file, 0);
        spoor_fail(&rule->diags, (spoor_span){0}, "no fenced block is marked kql or kusto");
    }
}
