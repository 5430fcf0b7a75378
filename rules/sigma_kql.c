/* sigma_kql.c - a Sigma rule as the text of a query.
 *
 * The text is one filter: `and`, `or` and `not` over tests of one column and
 * one literal each, the form that a scan shared by many rules reads.  Every
 * test is true or false, never null: `not` of it is what Sigma means.
 * Without `cased` all texts compare without case; `re` compares with. */
#include "rules/sigma.h"

typedef struct writer {
    spoor_arena *arena;
    spoor_buffer out;
    const spoor_sigma_scope *scope;
    spoor_sigma_table table;
} writer;

static void put(writer *w, const char *text) {
    spoor_buffer_put(&w->out, spoor_str_from(text));
}

static void put_str(writer *w, spoor_str text) {
    spoor_buffer_put(&w->out, text);
}

/* A line break or the like needs escapes; else @"" shows backslashes as they are. */
void spoor_sigma_put_literal(spoor_buffer *out, spoor_str text) {
    bool is_plain = true, has_backslash = false;
    for (size_t i = 0; i < text.len; i++) {
        is_plain &= (unsigned char)text.ptr[i] >= 0x20 && text.ptr[i] != 0x7F;
        has_backslash |= text.ptr[i] == '\\';
    }
    bool is_verbatim = is_plain && has_backslash;
    spoor_buffer_put(out, is_verbatim ? SPOOR_STR("@\"") : SPOOR_STR("\""));
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if ((unsigned char)c < 0x20 || c == 0x7F) {
            spoor_buffer_put(out, spoor_arena_format(out->arena, "\\u%04x", (unsigned)c));
        } else if (c == '"') {
            spoor_buffer_put(out, is_verbatim ? SPOOR_STR("\"\"") : SPOOR_STR("\\\""));
        } else if (c == '\\' && !is_verbatim) {
            spoor_buffer_put(out, SPOOR_STR("\\\\"));
        } else {
            spoor_buffer_put_char(out, c);
        }
    }
    spoor_buffer_put_char(out, '"');
}

static void put_literal(writer *w, spoor_str text) {
    spoor_sigma_put_literal(&w->out, text);
}

/* -- values ------------------------------------------------------------------------------------ */

/* A text as it stands in the JSON of a bag. */
static spoor_str in_json(spoor_arena *arena, spoor_str text) {
    static const char from[] = "\\\"\n\r\t\b\f", to[] = "\\\"nrtbf";
    spoor_buffer out = {.arena = arena};
    for (size_t i = 0; i < text.len; i++) {
        const char *special = text.ptr[i] != '\0' ? strchr(from, text.ptr[i]) : NULL;
        if (special != NULL) {
            spoor_buffer_put_char(&out, '\\');
        }
        spoor_buffer_put_char(&out, special != NULL ? to[special - from] : text.ptr[i]);
    }
    return spoor_buffer_text(&out);
}

enum { MOST_PICKED_DASHES = 2 }; /* written out; more become a regular expression */

/* The values with every dash picked; the PATTERNs among them go to *patterns. */
static spoor_str_list pick_dashes(writer *w, const spoor_sigma_node *test,
                                  spoor_str_list *patterns) {
    spoor_str_list picked = {0};
    for (uint32_t i = 0; i < test->nvalues; i++) {
        spoor_str value = test->values[i];
        uint32_t dashes = spoor_sigma_count_dashes(value), n = 1;
        if (test->op == SPOOR_SIGMA_PATTERN) {
            spoor_str_list_add(w->arena, patterns, value);
        } else if (dashes > MOST_PICKED_DASHES) {
            spoor_buffer open = {.arena = w->arena};
            bool begins = test->op == SPOOR_SIGMA_EQUALS || test->op == SPOOR_SIGMA_STARTS;
            bool ends = test->op == SPOOR_SIGMA_EQUALS || test->op == SPOOR_SIGMA_ENDS;
            spoor_buffer_put(&open, begins ? SPOOR_STR("") : SPOOR_STR("\xFF"));
            spoor_buffer_put(&open, value);
            spoor_buffer_put(&open, ends ? SPOOR_STR("") : SPOOR_STR("\xFF"));
            spoor_str_list_add(w->arena, patterns, spoor_buffer_text(&open));
        } else {
            for (uint32_t k = 0; k < dashes; k++) {
                n *= 5;
            }
            for (uint32_t k = 0; k < n; k++) {
                spoor_str_list_add(w->arena, &picked, spoor_sigma_pick_dashes(w->arena, value, k));
            }
        }
    }
    return picked;
}

/* -- tests of texts ---------------------------------------------------------------------------- */

static void put_or(writer *w, bool *is_first) {
    put(w, *is_first ? "" : " or ");
    *is_first = false;
}

static void put_each(writer *w, bool *is_first, spoor_str text, const char *test,
                     const spoor_str_list *values) {
    for (uint32_t i = 0; i < values->count; i++) {
        put_or(w, is_first);
        put_str(w, text);
        put(w, test);
        put_literal(w, values->items[i]);
    }
}

static void put_equals(writer *w, bool *is_first, spoor_str text, bool is_cased,
                       const spoor_str_list *values) {
    if (values->count == 1) {
        put_each(w, is_first, text, is_cased ? " == " : " =~ ", values);
        return;
    }
    put_or(w, is_first);
    put_str(w, text);
    put(w, is_cased ? " in (" : " in~ (");
    for (uint32_t i = 0; i < values->count; i++) {
        put(w, i > 0 ? ", " : "");
        put_literal(w, values->items[i]);
    }
    put(w, ")");
}

static const char *operator_of(spoor_sigma_op op, bool is_cased) {
    switch (op) {
    case SPOOR_SIGMA_STARTS: return is_cased ? " startswith_cs " : " startswith ";
    case SPOOR_SIGMA_ENDS: return is_cased ? " endswith_cs " : " endswith ";
    default: return is_cased ? " contains_cs " : " contains ";
    }
}

/* In a list of texts between marks, a whole text has marks around it. */
static void mark_values(writer *w, spoor_sigma_op op, spoor_str_list *values) {
    bool begins = op == SPOOR_SIGMA_EQUALS || op == SPOOR_SIGMA_STARTS;
    bool ends = op == SPOOR_SIGMA_EQUALS || op == SPOOR_SIGMA_ENDS;
    for (uint32_t i = 0; i < values->count; i++) {
        spoor_buffer marked = {.arena = w->arena};
        spoor_buffer_put(&marked, begins ? SPOOR_STR("\x01") : SPOOR_STR(""));
        spoor_buffer_put(&marked, values->items[i]);
        spoor_buffer_put(&marked, ends ? SPOOR_STR("\x01") : SPOOR_STR(""));
        values->items[i] = spoor_buffer_text(&marked);
    }
}

static void put_regexes(writer *w, bool *is_first, spoor_str text, bool is_list,
                        const spoor_sigma_node *test, const spoor_str_list *patterns) {
    spoor_str_list regexes = {0};
    for (uint32_t i = 0; i < patterns->count; i++) {
        spoor_str_list_add(
            w->arena, &regexes,
            spoor_sigma_pattern_regex(w->arena, patterns->items[i], test->is_cased, is_list));
    }
    put_each(w, is_first, text, " matches regex ", &regexes);
}

/* EQUALS, CONTAINS, STARTS, ENDS, PATTERN */
static void put_text_test(writer *w, spoor_str text, bool is_list, const spoor_sigma_node *test) {
    spoor_str_list patterns = {0}, values = pick_dashes(w, test, &patterns);
    bool is_first = true;
    if (is_list) {
        mark_values(w, test->op, &values);
        put_each(w, &is_first, text, operator_of(SPOOR_SIGMA_CONTAINS, test->is_cased), &values);
    } else if (test->op == SPOOR_SIGMA_EQUALS && values.count > 0) {
        put_equals(w, &is_first, text, test->is_cased, &values);
    } else {
        put_each(w, &is_first, text, operator_of(test->op, test->is_cased), &values);
    }
    put_regexes(w, &is_first, text, is_list, test, &patterns);
}

static void put_keywords(writer *w, const spoor_sigma_node *test) {
    spoor_sigma_node escaped = *test;
    escaped.values = SPOOR_NEW_ARRAY(w->arena, spoor_str, test->nvalues + 1);
    for (uint32_t i = 0; i < test->nvalues; i++) {
        escaped.values[i] = in_json(w->arena, test->values[i]);
    }
    put_text_test(w, SPOOR_STR("tostring(EventData)"), false, &escaped);
    put(w, " or ");
    put_text_test(w, SPOOR_STR("Message"), false, test);
}

static void put_regex_test(writer *w, spoor_str text, const spoor_sigma_node *test) {
    spoor_str_list regexes = {0};
    for (uint32_t i = 0; i < test->nvalues; i++) {
        char flags[8] = "(?";
        size_t n = 2;
        if (test->regex_flags & SPOOR_REGEX_IGNORE_CASE) {
            flags[n++] = 'i';
        }
        if (test->regex_flags & SPOOR_REGEX_MULTI_LINE) {
            flags[n++] = 'm';
        }
        if (test->regex_flags & SPOOR_REGEX_DOT_ALL) {
            flags[n++] = 's';
        }
        spoor_buffer regex = {.arena = w->arena};
        spoor_buffer_put(&regex, (spoor_str){flags, n > 2 ? n : 0});
        spoor_buffer_put(&regex, n > 2 ? SPOOR_STR(")") : SPOOR_STR(""));
        spoor_buffer_put(&regex, test->values[i]);
        spoor_str_list_add(w->arena, &regexes, spoor_buffer_text(&regex));
    }
    bool is_first = true;
    put_each(w, &is_first, text, " matches regex ", &regexes);
}

/* -- tests of numbers, addresses, fields ------------------------------------------------------- */

/* coalesce(FUNCTION(text, "network"), false): null where the text is no address.  ipv6_is_in_range() takes an address of
 * version 4, too, as one that is mapped; for Sigma it is in no network of version 6. */
static void put_cidr_test(writer *w, spoor_str text, const spoor_sigma_node *test) {
    for (uint32_t i = 0; i < test->nvalues; i++) {
        bool is_v6 = memchr(test->values[i].ptr, ':', test->values[i].len) != NULL;
        put(w, i > 0 ? " or coalesce(" : "coalesce(");
        if (is_v6) {
            put_str(w, text);
            put(w, " contains \":\" and ");
        }
        put(w, is_v6 ? "ipv6_is_in_range(" : "ipv4_is_in_range(");
        put_str(w, text);
        put(w, ", ");
        put_literal(w, test->values[i]);
        put(w, "), false)");
    }
}

static const char *compare_operator(spoor_sigma_op op) {
    switch (op) {
    case SPOOR_SIGMA_LESS: return " < ";
    case SPOOR_SIGMA_LESS_OR_EQUAL: return " <= ";
    case SPOOR_SIGMA_GREATER: return " > ";
    case SPOOR_SIGMA_GREATER_OR_EQUAL: return " >= ";
    default: return " == ";
    }
}

static void put_number_test(writer *w, spoor_str text, const spoor_sigma_node *test) {
    static const char *const parts[] = {
        NULL,           "minute", "hour", "day",
        "week_of_year", "month",  "year"}; /* ORDER spoor_sigma_part */
    for (uint32_t i = 0; i < test->nvalues; i++) {
        put(w, i > 0 ? " or coalesce(" : "coalesce(");
        put(w, test->part == SPOOR_SIGMA_WHOLE ? "todouble(" : "datetime_part(\"");
        if (test->part != SPOOR_SIGMA_WHOLE) {
            put(w, parts[test->part]);
            put(w, "\", todatetime(");
        }
        put_str(w, text);
        put(w, test->part == SPOOR_SIGMA_WHOLE ? ")" : "))");
        put(w, compare_operator(test->op));
        put_str(w, test->values[i]);
        put(w, ", false)");
    }
}

static void put_same_test(writer *w, spoor_str text, const spoor_sigma_node *test) {
    for (uint32_t i = 0; i < test->nvalues; i++) {
        spoor_sigma_place other;
        spoor_sigma_place_of(w->arena, w->scope, w->table, test->values[i], &other);
        spoor_str second =
            other.kind == SPOOR_SIGMA_INT ? SPOOR_STR("tostring(EventID)") : other.text;
        put(w, i > 0 ? " or isnotempty(" : "isnotempty(");
        put_str(w, second);
        put(w, ") and ");
        put_str(w, text);
        put(w,
            test->op == SPOOR_SIGMA_SAME         ? test->is_cased ? " == " : " =~ "
            : test->op == SPOOR_SIGMA_SAME_START ? operator_of(SPOOR_SIGMA_STARTS, test->is_cased)
            : test->op == SPOOR_SIGMA_SAME_END   ? operator_of(SPOOR_SIGMA_ENDS, test->is_cased)
                                               : operator_of(SPOOR_SIGMA_CONTAINS, test->is_cased));
        put_str(w, second);
    }
}

/* EventID is a number: its values stay so where they are numbers. */
static bool put_id_test(writer *w, const spoor_sigma_node *test) {
    for (uint32_t i = 0; i < test->nvalues; i++) {
        bool is_id = test->values[i].len > 0 && test->values[i].len < 10;
        for (size_t k = 0; k < test->values[i].len; k++) {
            is_id &= test->values[i].ptr[k] >= '0' && test->values[i].ptr[k] <= '9';
        }
        if (!is_id || test->op != SPOOR_SIGMA_EQUALS) {
            return false;
        }
    }
    put(w, test->nvalues == 1 ? "EventID == " : "EventID in (");
    for (uint32_t i = 0; i < test->nvalues; i++) {
        put(w, i > 0 ? ", " : "");
        put_str(w, test->values[i]);
    }
    put(w, test->nvalues == 1 ? "" : ")");
    return true;
}

static void put_presence_test(writer *w, const spoor_sigma_place *place, spoor_sigma_op op) {
    bool is_null = op == SPOOR_SIGMA_NULL;
    if (place->kind == SPOOR_SIGMA_INT) {
        put(w, is_null ? "isnull(EventID)" : "isnotnull(EventID)");
    } else if (place->member.len == 0) { /* a column: the field is there when it has a text */
        put(w, is_null ? "isempty(" : "isnotempty(");
        put_str(w, place->text);
        put(w, ")");
    } else if (op == SPOOR_SIGMA_EXISTS) {
        put_str(w, place->has);
    } else {
        put(w, is_null ? "isnull(" : "isnotnull(");
        put_str(w, place->member);
        put(w, ")");
    }
}

/* A text that is not there meets no test but null, though KQL reads it as an empty one. */
static bool needs_presence(const spoor_sigma_node *test, const spoor_sigma_place *place) {
    bool is_own = place->member.len > 0; /* a column of others is empty where there is none */
    return test->fits_empty && test->op != SPOOR_SIGMA_ANY && place->kind != SPOOR_SIGMA_INT &&
           is_own;
}

static void put_test(writer *w, const spoor_sigma_node *test) {
    if (test->field.len == 0) {
        put_keywords(w, test);
        return;
    }
    spoor_sigma_place place;
    spoor_sigma_place_of(w->arena, w->scope, w->table, test->field, &place);
    if (place.kind == SPOOR_SIGMA_INT && put_id_test(w, test)) {
        return;
    }
    spoor_str text = place.kind == SPOOR_SIGMA_INT ? SPOOR_STR("tostring(EventID)") : place.text;
    bool guarded = needs_presence(test, &place);
    if (guarded) {
        put_presence_test(w, &place, SPOOR_SIGMA_ANY);
        put(w, " and (");
    }
    switch (test->op) {
    case SPOOR_SIGMA_EQUALS:
    case SPOOR_SIGMA_CONTAINS:
    case SPOOR_SIGMA_STARTS:
    case SPOOR_SIGMA_ENDS:
    case SPOOR_SIGMA_PATTERN: put_text_test(w, text, place.kind == SPOOR_SIGMA_LIST, test); break;
    case SPOOR_SIGMA_REGEX: put_regex_test(w, text, test); break;
    case SPOOR_SIGMA_CIDR: put_cidr_test(w, text, test); break;
    case SPOOR_SIGMA_LESS:
    case SPOOR_SIGMA_LESS_OR_EQUAL:
    case SPOOR_SIGMA_GREATER:
    case SPOOR_SIGMA_GREATER_OR_EQUAL:
    case SPOOR_SIGMA_NUMBER: put_number_test(w, text, test); break;
    case SPOOR_SIGMA_ANY:
    case SPOOR_SIGMA_NULL:
    case SPOOR_SIGMA_EXISTS: put_presence_test(w, &place, test->op); break;
    case SPOOR_SIGMA_SAME:
    case SPOOR_SIGMA_SAME_START:
    case SPOOR_SIGMA_SAME_END:
    case SPOOR_SIGMA_SAME_PART: put_same_test(w, text, test); break;
    }
    put(w, guarded ? ")" : "");
}

/* -- the tree ---------------------------------------------------------------------------------- */

/* Is the test's text one comparison, so that it needs no parentheses? */
static bool is_single(const spoor_sigma_node *test) {
    if (test->kind != SPOOR_SIGMA_TEST || test->field.len == 0 || test->op >= SPOOR_SIGMA_SAME ||
        (test->fits_empty && test->op != SPOOR_SIGMA_ANY)) {
        return false;
    }
    bool is_list = test->op == SPOOR_SIGMA_EQUALS && !spoor_str_is(test->field, "Data");
    for (uint32_t i = 0; i < test->nvalues; i++) {
        uint32_t dashes = spoor_sigma_count_dashes(test->values[i]);
        if (dashes > (is_list ? MOST_PICKED_DASHES : 0) || (i > 0 && !is_list)) {
            return false;
        }
    }
    return true;
}

/* bare: what stands around it does not ask for parentheses. */
static void put_node(writer *w, const spoor_sigma_node *node, bool bare) {
    if (node->kind == SPOOR_SIGMA_NOT) {
        put(w, "not(");
        put_node(w, node->children[0], true);
        put(w, ")");
        return;
    }
    bare = bare || is_single(node);
    put(w, bare ? "" : "(");
    if (node->kind == SPOOR_SIGMA_TEST) {
        put_test(w, node);
    }
    bool counts = node->kind == SPOOR_SIGMA_AT_LEAST;
    for (uint32_t i = 0; i < node->nchildren; i++) {
        put(w, i == 0 ? "" : counts ? " + " : node->kind == SPOOR_SIGMA_AND ? " and " : " or ");
        put(w, counts ? "toint(" : "");
        put_node(w, node->children[i], counts);
        put(w, counts ? ")" : "");
    }
    if (counts) {
        put_str(w, spoor_arena_format(w->arena, " >= %u", node->count));
    }
    put(w, bare ? "" : ")");
}

static bool fits_table(spoor_arena *arena, const spoor_sigma_scope *scope, spoor_sigma_table table,
                       const spoor_sigma_node *node) {
    for (uint32_t i = 0; i < node->nchildren; i++) {
        if (!fits_table(arena, scope, table, node->children[i])) {
            return false;
        }
    }
    if (node->kind != SPOOR_SIGMA_TEST) {
        return true;
    }
    bool needs_bag =
        node->op == SPOOR_SIGMA_NULL || node->op == SPOOR_SIGMA_EXISTS || node->fits_empty;
    if (node->field.len == 0) {
        return table == SPOOR_SIGMA_EVENTS;
    }
    spoor_sigma_place place;
    bool fits = spoor_sigma_place_of(arena, scope, table, node->field, &place) &&
                !(needs_bag && table == SPOOR_SIGMA_SYSMON);
    for (uint32_t i = 0; i < node->nvalues && fits && node->op >= SPOOR_SIGMA_SAME; i++) {
        fits = spoor_sigma_place_of(arena, scope, table, node->values[i], &place);
    }
    return fits;
}

spoor_sigma_table spoor_sigma_table_for(spoor_arena *arena, const spoor_sigma_scope *scope,
                                        const spoor_sigma_node *tree,
                                        const spoor_str_list *fields) {
    spoor_sigma_table table = scope->is_sysmon ? SPOOR_SIGMA_SYSMON : SPOOR_SIGMA_WINDOWS;
    for (; table < SPOOR_SIGMA_EVENTS; table++) {
        spoor_sigma_place place;
        bool fits = fits_table(arena, scope, table, tree);
        for (uint32_t i = 0; fields != NULL && i < fields->count; i++) {
            fits &= spoor_sigma_place_of(arena, scope, table, fields->items[i], &place);
        }
        if (fits) {
            break;
        }
    }
    return table;
}

const char *spoor_sigma_table_name(spoor_sigma_table table) {
    static const char *const tables[] = {"Sysmon", "WindowsEvent",
                                         "_Events"}; /* ORDER spoor_sigma_table */
    return tables[table];
}

/* The log source: each condition behind `lead`. */
static void put_source(writer *w, const char *lead) {
    const spoor_sigma_scope *scope = w->scope;
    if (w->table == SPOOR_SIGMA_VIEW) {
        bool has_rows = spoor_sigma_view_rows(scope->view).len > 0;
        put(w, has_rows ? lead : "");
        put_str(w, spoor_sigma_view_rows(scope->view));
        return;
    }
    const char *next = lead;
    for (uint32_t i = 0; i < scope->nids; i++) {
        put(w, i > 0 ? ", " : next);
        put(w, i > 0 ? "" : scope->nids == 1 ? "EventID == " : "EventID in (");
        put_str(w, spoor_arena_format(w->arena, "%d", scope->ids[i]));
    }
    put(w, scope->nids > 1 ? ")" : "");
    next = scope->nids > 0 && lead[0] == '\0' ? " and " : lead;
    if (scope->provider.len > 0) {
        put(w, next);
        put(w, w->table == SPOOR_SIGMA_SYSMON ? "Source == " : "Provider == ");
        put_literal(w, scope->provider);
    } else if (scope->is_sysmon && w->table != SPOOR_SIGMA_SYSMON) {
        put(w, next);
        put(w, "Provider in (\"Microsoft-Windows-Sysmon\", \"Linux-Sysmon\")");
    }
    for (uint32_t i = 0; i < scope->nchannels && !scope->is_sysmon; i++) {
        put(w, i > 0 ? ", " : next);
        put(w, i > 0 ? "" : "Channel in~ (");
        put_literal(w, spoor_str_from(scope->channels[i]));
    }
    put(w, scope->nchannels > 0 && !scope->is_sysmon ? ")" : "");
}

static void put_conjunct(writer *w, const spoor_sigma_node *node, bool is_alone, bool *is_first) {
    put(w, *is_first ? "\n| where " : "\n    and ");
    put_node(w, node, is_alone);
    *is_first = false;
}

/* Where some tests need what a process's start tells: the conjuncts that do, or those that do not. */
static void put_some(writer *w, const spoor_sigma_node *node, bool of_starts, bool *is_first) {
    for (uint32_t i = 0; node->kind == SPOOR_SIGMA_AND && i < node->nchildren; i++) {
        put_some(w, node->children[i], of_starts, is_first);
    }
    if (node->kind != SPOOR_SIGMA_AND &&
        spoor_sigma_needs_start(w->arena, w->scope, node) == of_starts) {
        put_conjunct(w, node, false, is_first);
    }
}

static void put_conditions(writer *w, const spoor_sigma_node *tree) {
    bool is_and = tree->kind == SPOOR_SIGMA_AND, is_first = true;
    for (uint32_t i = 0; i < (is_and ? tree->nchildren : 1); i++) {
        put_conjunct(w, is_and ? tree->children[i] : tree, !is_and, &is_first);
    }
}

spoor_str spoor_sigma_write(spoor_arena *arena, const spoor_sigma_scope *scope,
                            const spoor_sigma_node *tree, spoor_sigma_table table) {
    writer w = {.arena = arena, .out = {.arena = arena}, .scope = scope, .table = table};
    put_str(&w, table == SPOOR_SIGMA_VIEW ? spoor_sigma_view_table(scope->view)
                                          : spoor_str_from(spoor_sigma_table_name(table)));
    put_source(&w, "\n| where ");
    if (table == SPOOR_SIGMA_VIEW) {
        spoor_sigma_view_put_fields(&w.out, scope->view, tree);
    }
    if (spoor_sigma_needs_start(arena, scope, tree)) {
        bool is_first = true;
        put_some(&w, tree, false, &is_first);
        spoor_sigma_put_starts(&w.out, scope, tree, table);
        is_first = true;
        put_some(&w, tree, true, &is_first);
        spoor_sigma_drop_starts(&w.out, scope, tree);
    } else {
        put_conditions(&w, tree);
    }
    put(&w, "\n");
    return spoor_buffer_text(&w.out);
}

spoor_str spoor_sigma_write_condition(spoor_arena *arena, const spoor_sigma_scope *scope,
                                      const spoor_sigma_node *tree, spoor_sigma_table table) {
    writer w = {.arena = arena, .out = {.arena = arena}, .scope = scope, .table = table};
    put_source(&w, "");
    put(&w, w.out.len > 0 ? " and " : "");
    put_node(&w, tree, false);
    return spoor_buffer_text(&w.out);
}
