/* rule_lint_conditions.c - conditions that cannot do what they seem to: see rule_lint.h.
 *
 * Asked are leaves that compare a column with texts, as written.  A Sigma rule's query is made, not
 * written: it is left alone. */
#include "detect/rule_lint.h"

#include "base/buffer.h"
#include "engine/embedded.h"
#include "ingest/sysmon_names.h"

typedef struct lint {
    spoor_arena *arena;
    spoor_rule *rule;
    spoor_str query;
} lint;

static bool is_one_of(spoor_str text, const char *const *list) {
    for (; *list != NULL; list++) {
        if (spoor_str_is(text, *list)) {
            return true;
        }
    }
    return false;
}

static bool has_char(spoor_str text, char c) {
    return text.len > 0 && memchr(text.ptr, c, text.len) != NULL;
}

static spoor_span at(const lint *l, spoor_span span) {
    return spoor_rule_locate(l->rule, span.start, span.end);
}

/* -- stars
 * -------------------------------------------------------------------------------------------------
 */

static void put_regex(spoor_buffer *out, spoor_str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '*') {
            spoor_buffer_put(out, SPOOR_STR(".*"));
            continue;
        }
        if (strchr("\\.+?()[]{}^$|", c) != NULL && c != '\0') {
            spoor_buffer_put_char(out, '\\');
        }
        spoor_buffer_put_char(out, c);
    }
}

/* As a verbatim literal. */
static void put_literal(spoor_buffer *out, spoor_str text) {
    spoor_buffer_put(out, has_char(text, '\\') ? SPOOR_STR("@\"") : SPOOR_STR("\""));
    for (size_t i = 0; i < text.len; i++) {
        bool is_verbatim = has_char(text, '\\');
        if (text.ptr[i] == '"') {
            spoor_buffer_put(out, is_verbatim ? SPOOR_STR("\"\"") : SPOOR_STR("\\\""));
        } else {
            spoor_buffer_put_char(out, text.ptr[i]);
        }
    }
    spoor_buffer_put_char(out, '"');
}

/* A star between blanks is SQL's, or a multiplication. */
static bool is_glob(spoor_str text) {
    for (size_t i = 1; i + 1 < text.len; i++) {
        if (text.ptr[i] == '*' && (text.ptr[i - 1] != ' ' || text.ptr[i + 1] != ' ')) {
            return true;
        }
    }
    return false;
}

spoor_str spoor_rule_unstarred(spoor_arena *arena, spoor_str query, const spoor_condition *leaf) {
    static const char *const known[] = {
        "contains", "!contains", "contains_cs", "!contains_cs", "==", "=~", "!=", "!~", NULL};
    const spoor_ast *column = leaf->node->first, *value = column != NULL ? column->next : NULL;
    bool is_plain = leaf->node->kind == SPOOR_AST_BINARY && leaf->nvalues == 1 && value != NULL &&
                    value->kind == SPOOR_AST_LITERAL && value->type == SPOOR_AST_STRING;
    if (!is_plain || !is_one_of(leaf->operator, known) || !has_char(value->text, '*')) {
        return (spoor_str){0};
    }
    bool is_not = leaf->operator.ptr[0] == '!',
         is_equal = leaf->operator.ptr[leaf->operator.len - 1] == '=' || leaf->
                                       operator.ptr[leaf->operator.len - 1] == '~';
    bool is_cased = spoor_str_is(leaf->operator, "==") || spoor_str_is(leaf->operator, "!=") ||
                    leaf->operator.ptr[leaf->operator.len - 1] == 's'; /* ..._cs, but contains */
    is_cased &=
        !spoor_str_is(leaf->operator, "contains") && !spoor_str_is(leaf->operator, "!contains");
    spoor_str text = value->text;
    bool first = text.ptr[0] == '*', last = text.ptr[text.len - 1] == '*';
    while (text.len > 0 && text.ptr[0] == '*') {
        text = (spoor_str){text.ptr + 1, text.len - 1};
    }
    while (text.len > 0 && text.ptr[text.len - 1] == '*') {
        text.len--;
    }
    bool is_regex = has_char(text, '*');
    if (text.len == 0 || (!first && !last && !is_glob(text))) {
        return (spoor_str){0};
    }
    spoor_buffer out = {.arena = arena};
    spoor_str left = {query.ptr + column->span.start, column->span.end - column->span.start};
    spoor_buffer_put(&out, is_not && is_regex ? SPOOR_STR("not(") : SPOOR_STR(""));
    spoor_buffer_put(&out, left);
    if (is_regex) {
        spoor_buffer pattern = {.arena = arena};
        spoor_buffer_put(&pattern, is_cased ? SPOOR_STR("(?s)") : SPOOR_STR("(?is)"));
        spoor_buffer_put(&pattern, is_equal && !first ? SPOOR_STR("^") : SPOOR_STR(""));
        put_regex(&pattern, text);
        spoor_buffer_put(&pattern, is_equal && !last ? SPOOR_STR("$") : SPOOR_STR(""));
        spoor_buffer_put(&out, SPOOR_STR(" matches regex "));
        put_literal(&out, spoor_buffer_text(&pattern));
        spoor_buffer_put(&out, is_not ? SPOOR_STR(")") : SPOOR_STR(""));
        return spoor_arena_str(arena, spoor_buffer_text(&out));
    }
    const char *op = !is_equal || (first && last) ? "contains" : first ? "endswith" : "startswith";
    spoor_buffer_put(&out, is_not ? SPOOR_STR(" !") : SPOOR_STR(" "));
    spoor_buffer_put(&out, spoor_str_from(op));
    spoor_buffer_put(&out, is_cased ? SPOOR_STR("_cs ") : SPOOR_STR(" "));
    put_literal(&out, text);
    return spoor_arena_str(arena, spoor_buffer_text(&out));
}

/* A star at an edge is the query's own lint. */
static void lint_star(lint *l, const spoor_condition *leaf) {
    spoor_str instead = spoor_rule_unstarred(l->arena, l->query, leaf);
    if (instead.len == 0) {
        return;
    }
    const spoor_ast *value = leaf->node->first->next;
    spoor_str text = value->text;
    bool is_edge = text.ptr[0] == '*' || text.ptr[text.len - 1] == '*';
    if (!is_edge &&
        spoor_rule_warn(l->rule, "inner-star", at(l, value->span),
                        "the * in '%.*s' is a plain character: this finds only texts with a star",
                        (int)text.len, text.ptr)) {
        spoor_hint(&l->rule->diags, "write: %.*s; --fix does it", (int)instead.len, instead.ptr);
    }
}

/* -- paths and escapes ------------------------------------------------------------------------- */

static bool is_path(spoor_str text) {
    static const char *const endings[] = {".exe", ".dll", ".sys", ".ps1", ".bat", ".vbs", NULL};
    for (const char *const *e = endings; *e != NULL; e++) {
        size_t n = strlen(*e);
        if (text.len > n &&
            spoor_rule_word_is((spoor_str){text.ptr + text.len - n, n}, spoor_str_from(*e))) {
            return true;
        }
    }
    return text.len > 3 && has_char(text, '\\');
}

static void lint_case(lint *l, const spoor_condition *leaf) {
    static const char *const cased[][2] = {
        {"==", "=~"}, {"!=", "!~"}, {"in", "in~"}, {"!in", "!in~"}, {NULL, NULL}};
    size_t i = 0;
    while (cased[i][0] != NULL && !spoor_str_is(leaf->operator, cased[i][0])) {
        i++;
    }
    bool is_text =
        leaf->node->first->next != NULL && leaf->node->first->next->type == SPOOR_AST_STRING;
    for (uint32_t v = 0; cased[i][0] != NULL && is_text && !leaf->is_folded && v < leaf->nvalues;
         v++) {
        if (is_path(leaf->values[v])) {
            if (spoor_rule_warn(l->rule, "case-path", at(l, leaf->node->at),
                                "Windows does not tell cases apart in '%.*s', and '%s' does",
                                (int)leaf->values[v].len, leaf->values[v].ptr, cased[i][0])) {
                spoor_hint(&l->rule->diags, "use %s", cased[i][1]);
            }
            return;
        }
    }
}

/* "C:\temp" holds a tab. */
static bool is_control_escape(spoor_str raw, size_t i) {
    return raw.ptr[i] == '\\' && i + 2 < raw.len && strchr("abfnrtv", raw.ptr[i + 1]) != NULL &&
           ((raw.ptr[i + 2] >= 'a' && raw.ptr[i + 2] <= 'z') ||
            (raw.ptr[i + 2] >= 'A' && raw.ptr[i + 2] <= 'Z'));
}

static void lint_literal(lint *l, const spoor_ast *node, bool is_regex) {
    spoor_str raw = {l->query.ptr + node->span.start, node->span.end - node->span.start};
    bool is_verbatim = has_char((spoor_str){raw.ptr, raw.len < 2 ? raw.len : 2}, '@');
    for (size_t i = 0; i + 1 < raw.len && !is_verbatim; i++) {
        if (raw.ptr[i] == '\\' && raw.ptr[i + 1] == '\\') {
            i++;
        } else if (is_control_escape(raw, i)) {
            if (spoor_rule_warn(l->rule, "control-escape", at(l, node->span),
                                "\\%c is a control character here, not a backslash",
                                raw.ptr[i + 1])) {
                spoor_hint(&l->rule->diags, "write @\"...\", or \\\\ for a backslash");
            }
            return;
        }
    }
    for (size_t i = 3; i + 1 < raw.len && is_verbatim && !is_regex;
         i++) { /* \\server begins with two */
        if (raw.ptr[i] == '\\' && raw.ptr[i + 1] == '\\') {
            if (spoor_rule_warn(l->rule, "doubled-backslash", at(l, node->span),
                                "in @\"...\" a backslash stands for itself: these are two")) {
                spoor_hint(&l->rule->diags, "write one backslash");
            }
            return;
        }
    }
}

static void lint_literals(lint *l, const spoor_ast *node) {
    bool is_regex = spoor_str_is(node->text, "matches regex");
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        if (child->kind == SPOOR_AST_LITERAL && child->type == SPOOR_AST_STRING &&
            child->span.source == 0) {
            lint_literal(l, child, is_regex);
        }
    }
}

/* -- always, never ----------------------------------------------------------------------------- */

static void lint_constant(lint *l, const spoor_condition *leaf) {
    static const char *const all[] = {"contains",      "startswith",  "endswith", "contains_cs",
                                      "startswith_cs", "endswith_cs", NULL};
    static const char *const none[] = {
        "!contains",      "!startswith",  "!endswith", "!contains_cs",
        "!startswith_cs", "!endswith_cs", NULL};
    const spoor_ast *node = leaf->node;
    if (node->kind == SPOOR_AST_LITERAL && node->type == SPOOR_AST_BOOL) {
        spoor_rule_warn(l->rule, "constant-condition", at(l, node->span),
                        "the condition is always %.*s", (int)node->text.len, node->text.ptr);
    }
    bool is_empty = leaf->nvalues == 1 && leaf->values[0].len == 0 && leaf->column.len > 0;
    if (is_empty && (is_one_of(leaf->operator, all) || is_one_of(leaf->operator, none))) {
        spoor_rule_warn(l->rule, "empty-text", at(l, node->span),
                        "every text has the empty one in it: this is always %s",
                        is_one_of(leaf->operator, all) ? "true" : "false");
    }
}

/* -- fields
 * ----------------------------------------------------------------------------------------------------
 */

/* The line of parsers/Sysmon.kql that makes the column; empty: none. */
static spoor_str column_text(spoor_str column) {
    const spoor_embedded *e = spoor_embedded_functions;
    while (e->name != NULL && strcmp(e->name, "Sysmon") != 0) {
        e++;
    }
    for (const char *line = e->text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        while (*line == ' ') {
            line++;
        }
        if (strncmp(line, column.ptr, column.len) == 0 &&
            strncmp(line + column.len, " = ", 3) == 0) {
            const char *end = strchr(line, '\n');
            return (spoor_str){line, end != NULL ? (size_t)(end - line) : strlen(line)};
        }
    }
    return (spoor_str){0};
}

/* Does Sysmon log in this event a field that the column is made of? */
static bool is_logged(spoor_str text, int64_t event_id) {
    static const char mark[] = "EventData.";
    bool is_of_fields = false;
    for (size_t i = 0; i + sizeof mark < text.len; i++) {
        if (memcmp(text.ptr + i, mark, sizeof mark - 1) != 0) {
            continue;
        }
        spoor_str name = {text.ptr + i + sizeof mark - 1, 0};
        while (name.ptr + name.len < text.ptr + text.len &&
               strchr("(), \n", name.ptr[name.len]) == NULL) {
            name.len++;
        }
        is_of_fields = true;
        if (spoor_sysmon_find(event_id, name, false) != NULL) {
            return true;
        }
    }
    return !is_of_fields;
}

static bool number_of(spoor_str text, int64_t *number) {
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || i == 5) {
            return false;
        }
        *number = *number * 10 + (text.ptr[i] - '0');
    }
    return text.len > 0;
}

/* The condition that says which events these are: EventID == 1, EventID in (17, 18). */
static const spoor_condition *find_events(const spoor_conditions *all) {
    for (uint32_t i = 0; i < all->nleaves; i++) {
        const spoor_condition *leaf = all->leaves[i];
        bool is_equal = spoor_str_is(leaf->operator, "==") || spoor_str_is(leaf->operator, "in");
        if (leaf->is_certain && is_equal && spoor_str_is(leaf->column, "EventID") &&
            leaf->nvalues > 0) {
            return leaf;
        }
    }
    return NULL;
}

static void lint_field(lint *l, const spoor_condition *events, const spoor_condition *leaf) {
    spoor_str text =
        leaf->member.len == 0 && leaf->column.len > 0 ? column_text(leaf->column) : (spoor_str){0};
    if (text.len == 0) {
        return;
    }
    for (uint32_t i = 0; i < events->nvalues; i++) {
        int64_t id;
        if (!number_of(events->values[i], &id) || is_logged(text, id)) {
            return;
        }
    }
    if (spoor_rule_warn(l->rule, "field-never-logged", at(l, leaf->node->first->span),
                        "Sysmon logs no '%.*s' in event %.*s%s", (int)leaf->column.len,
                        leaf->column.ptr, (int)events->values[0].len, events->values[0].ptr,
                        events->nvalues > 1 ? " and its like" : "")) {
        spoor_hint(&l->rule->diags, "it is always empty there");
    }
}

static bool reads_sysmon_alone(const spoor_ast *tree) {
    const spoor_ast *last = tree->last;
    const spoor_ast *source = last != NULL && last->kind == SPOOR_AST_PIPELINE ? last->first : NULL;
    return tree->nchildren == 1 && source != NULL && source->kind == SPOOR_AST_NAME &&
           spoor_str_is(source->text, "Sysmon");
}

/* Columns that the query makes itself are not Sysmon's any more. */
static bool makes_columns(const spoor_ast *node) {
    bool makes = node->kind == SPOOR_AST_EXTEND || node->kind == SPOOR_AST_SUMMARIZE ||
                 node->kind == SPOOR_AST_JOIN || node->kind == SPOOR_AST_PARSE ||
                 node->kind == SPOOR_AST_LOOKUP || node->kind == SPOOR_AST_UNION ||
                 node->kind == SPOOR_AST_PROJECT_RENAME;
    for (const spoor_ast *child = node->first; child != NULL && !makes; child = child->next) {
        makes = makes_columns(child);
    }
    return makes;
}

void spoor_rule_lint_conditions(spoor_rules *rules, uint32_t i) {
    spoor_rule *rule = &rules->set.rules[i];
    const spoor_query *query = rules->states[i].query;
    if (rule->kind == SPOOR_RULE_SIGMA || query == NULL || query->tree == NULL) {
        return;
    }
    lint l = {.arena = &rules->scratch, .rule = rule, .query = query->text};
    const spoor_conditions *all = spoor_conditions_find(l.arena, query->tree);
    const spoor_condition *events =
        reads_sysmon_alone(query->tree) && !makes_columns(query->tree) ? find_events(all) : NULL;
    for (uint32_t n = 0; n < all->nleaves; n++) {
        const spoor_condition *leaf = all->leaves[n];
        lint_constant(&l, leaf);
        if (leaf->column.len > 0) {
            lint_star(&l, leaf);
            lint_case(&l, leaf);
            lint_literals(&l, leaf->node);
        }
        if (events != NULL) {
            lint_field(&l, events, leaf);
        }
    }
}
