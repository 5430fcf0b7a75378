/* rule_lint_schedule.c - a rule's schedule against the times in its query, and its columns against
 * its mappings: see rule_lint.h. */
#include "base/time.h"
#include "detect/rule_lint.h"

typedef struct times { /* what a query says of time */
    bool is_filtered;  /* something looks at when events were */
    int64_t farthest;  /* ago() of this much; 0: none */
    spoor_span span;   /* where */
} times;

/* The tree is at most SPOOR_MAX_DEPTH deep. */
static void find_times(const spoor_ast *node, times *t) {
    bool is_call = node->kind == SPOOR_AST_CALL;
    t->is_filtered |= (node->kind == SPOOR_AST_NAME && spoor_str_is(node->text, "TimeGenerated")) ||
                      (is_call && spoor_str_is(node->text, "ingestion_time"));
    if (is_call && spoor_str_is(node->text, "ago") && node->first != NULL &&
        node->first->kind == SPOOR_AST_LITERAL && node->span.source == 0) {
        int64_t ticks;
        if (spoor_timespan_parse(node->first->text, &ticks) && ticks > t->farthest) {
            t->farthest = ticks;
            t->span = node->span;
        }
    }
    for (const spoor_ast *child = node->first; child != NULL; child = child->next) {
        find_times(child, t);
    }
}

/* TimeGenerated in a condition, not only shown. */
static bool filters_time(spoor_arena *arena, const spoor_ast *tree) {
    const spoor_conditions *all = spoor_conditions_find(arena, tree);
    times t = {0};
    for (uint32_t i = 0; i < all->count; i++) {
        find_times(all->operators[i], &t);
    }
    return t.is_filtered;
}

static const char *span_text(spoor_arena *arena, int64_t ticks) {
    static const struct {
        int64_t ticks;
        char unit;
    } units[] = {{SPOOR_TICKS_DAY, 'd'},
                 {SPOOR_TICKS_HOUR, 'h'},
                 {SPOOR_TICKS_MINUTE, 'm'},
                 {SPOOR_TICKS_SECOND, 's'}};
    size_t i = 0;
    while (i < 3 && ticks % units[i].ticks != 0) {
        i++;
    }
    return spoor_arena_format(arena, "%lld%c", (long long)(ticks / units[i].ticks), units[i].unit)
        .ptr;
}

static void lint_window(spoor_rules *rules, spoor_rule *rule, const spoor_ast *tree) {
    spoor_arena *arena = &rules->scratch;
    spoor_span start = spoor_rule_locate(rule, 0, 1);
    const char *period = span_text(arena, rule->period),
               *frequency = span_text(arena, rule->frequency);
    times t = {0};
    find_times(tree, &t);
    if (t.farthest > rule->period) {
        spoor_rule_warn(rule, "long-lookback", spoor_rule_locate(rule, t.span.start, t.span.end),
                        "the query looks back %s, and Sentinel shows it the last %s: queryPeriod",
                        span_text(arena, t.farthest), period);
    }
    if (rule->frequency > rule->period) {
        spoor_rule_warn(rule, "schedule-gap", start,
                        "every %s the last %s is looked at: what is between is not", frequency,
                        period);
    } else if (rule->period > rule->frequency && !filters_time(arena, tree)) {
        spoor_rule_warn(rule, "no-window", start,
                        "every %s the last %s is looked at, and no condition is on TimeGenerated: "
                        "%lld runs find the same event",
                        frequency, period, (long long)(rule->period / rule->frequency));
    }
}

static void need_column(spoor_rule *rule, const spoor_rule_state *state, spoor_str column,
                        const char *what) {
    uint32_t ncols;
    const spoor_schema *schema = spoor_rule_schema(state, &ncols);
    int c = schema != NULL ? spoor_schema_find(schema, column) : 0;
    if (column.len > 0 && (c < 0 || (uint32_t)c >= ncols)) {
        spoor_rule_warn(rule, "unknown-column", spoor_rule_locate(rule, 0, 1),
                        "%s names the column '%.*s', which the query does not give", what,
                        (int)column.len, column.ptr);
    }
}

/* {{Column}} of a format. */
static void need_format(spoor_rule *rule, const spoor_rule_state *state, spoor_str format) {
    for (size_t i = 0; i + 4 <= format.len; i++) {
        size_t end = i + 2;
        if (format.ptr[i] != '{' || format.ptr[i + 1] != '{') {
            continue;
        }
        while (end + 2 <= format.len && format.ptr[end] != '}') {
            end++;
        }
        spoor_str name = {format.ptr + i + 2, end - i - 2};
        while (name.len > 0 && name.ptr[0] == ' ') {
            name = (spoor_str){name.ptr + 1, name.len - 1};
        }
        while (name.len > 0 && name.ptr[name.len - 1] == ' ') {
            name.len--;
        }
        need_column(rule, state, name, "alertDetailsOverride");
        i = end;
    }
}

void spoor_rule_lint_schedule(spoor_rules *rules, uint32_t i) {
    spoor_rule *rule = &rules->set.rules[i];
    const spoor_rule_state *state = &rules->states[i];
    if (state->query == NULL || state->query->tree == NULL) {
        return;
    }
    if (rule->period > 0 && rule->frequency > 0) {
        lint_window(rules, rule, state->query->tree);
    }
    for (uint32_t n = 0; n < rule->nentities; n++) {
        need_column(rule, state, rule->entities[n].column, "entityMappings");
    }
    for (uint32_t n = 0; n < rule->ndetails; n++) {
        need_column(rule, state, rule->details[n].column, "customDetails");
    }
    need_format(rule, state, rule->alert_title);
    need_format(rule, state, rule->alert_description);
    need_column(rule, state, rule->alert_tactics_column, "alertTacticsColumnName");
    need_column(rule, state, rule->alert_severity_column, "alertSeverityColumnName");
}
