/* sigma_window.c - a correlation as KQL: exact windows that slide with the events.
 *
 * An event is a hit when the window that ends with it, [its time - timespan, its
 * time], both ends taken in, meets the condition over the events of its group.
 * Events without a value in a group-by field are in no group.  The rows are the
 * hits, with what was measured in `window_value`; so a correlation of
 * correlations reads hits as it reads events.
 *
 * Counts and sums: each event adds at its time and takes away one tick after it
 * has left the window; the running sum at a time is the window's.  Distinct
 * values (and rules, of temporal) do so for each stretch of time in which the
 * value is in the window.  temporal_ordered carries along when the latest chain
 * that has come so far began. */
#include "rules/sigma.h"

typedef struct writer {
    spoor_arena *arena;
    spoor_buffer out;
    spoor_rule *rule; /* the outermost */
    spoor_sigma_table table;
    uint32_t steps; /* correlations written */
} writer;

static void put(writer *w, const char *text) {
    spoor_buffer_put(&w->out, spoor_str_from(text));
}

static void put_str(writer *w, spoor_str text) {
    spoor_buffer_put(&w->out, text);
}

static void put_number(writer *w, const char *before, uint32_t number, const char *behind) {
    put(w, before);
    put_str(w, spoor_arena_format(w->arena, "%u", number));
    put(w, behind);
}

/* -- which table ------------------------------------------------------------------------------- */

static const spoor_sigma_rule *events_of(const spoor_sigma_member *member) {
    return member->rule->sigma;
}

static const spoor_sigma_scope *own_scope(const spoor_sigma_member *member) {
    return member->is_audit ? &spoor_sigma_audit : &events_of(member)->scope;
}

static bool is_chain(const spoor_sigma_member *member) {
    return member->reference.len > 0 && member->rule->sigma->correlation != NULL;
}

/* The field of a group or a value in this member's events. */
static spoor_str field_for(const spoor_sigma_correlation *c, const spoor_sigma_member *member,
                           spoor_str field) {
    for (const spoor_yaml_item *i = c->aliases != NULL ? c->aliases->first : NULL; i != NULL;
         i = i->next) {
        if (!spoor_str_eq(i->key, field)) {
            continue;
        }
        for (const spoor_yaml_item *k = i->value->first; k != NULL; k = k->next) {
            if (spoor_str_eq(k->key, member->reference) ||
                (events_of(member)->name.len > 0 &&
                 spoor_str_eq(k->key, events_of(member)->name)) ||
                (member->rule->id.len > 0 && spoor_rule_word_is(k->key, member->rule->id))) {
                return k->value->text;
            }
        }
    }
    return field;
}

/* Members of members may be of other tables: the one that has them all. */
static spoor_sigma_table table_of(writer *w, spoor_sigma_correlation *c, int depth) {
    spoor_sigma_table table = SPOOR_SIGMA_SYSMON;
    if (c->table > 0) {
        return (spoor_sigma_table)(c->table - 1);
    }
    for (uint32_t i = 0; i < c->nmembers; i++) {
        const spoor_sigma_member *member = &c->members[i];
        spoor_str_list fields = {0};
        for (uint32_t k = 0; k < c->groups.count + c->fields.count; k++) {
            bool is_group = k < c->groups.count;
            spoor_str field = is_group ? c->groups.items[k] : c->fields.items[k - c->groups.count];
            spoor_str_list_add(w->arena, &fields, field_for(c, member, field));
        }
        const spoor_sigma_rule *events = events_of(member);
        spoor_sigma_table one = SPOOR_SIGMA_SYSMON;
        if (is_chain(member) && depth <= SPOOR_SIGMA_MAX_CHAIN) {
            one = table_of(w, events->correlation, depth + 1);
        } else if (!is_chain(member)) {
            const spoor_sigma_node *tree = member->tree != NULL ? member->tree : events->tree;
            one = spoor_sigma_table_for(w->arena, own_scope(member), tree, &fields);
        }
        table = one > table ? one : table;
    }
    c->table = (int)table + 1;
    return table;
}

/* The correlation of the first events at the bottom of a chain. */
static const spoor_sigma_correlation *bottom_of(const spoor_sigma_correlation *c) {
    for (int depth = 0; is_chain(&c->members[0]) && depth <= SPOOR_SIGMA_MAX_CHAIN; depth++) {
        c = c->members[0].rule->sigma->correlation;
    }
    return c;
}

/* -- what is counted --------------------------------------------------------------------------- */

static spoor_str place_text(writer *w, const spoor_sigma_member *member, spoor_str field) {
    spoor_sigma_place place;
    spoor_sigma_place_of(w->arena, own_scope(member), w->table, field, &place);
    return place.kind == SPOOR_SIGMA_INT    ? SPOOR_STR("tostring(EventID)")
           : place.kind == SPOOR_SIGMA_LIST ? SPOOR_STR("tostring(EventData.Data)")
                                            : place.text;
}

/* Of a chain, as in the events of the first rule at its bottom, which may be read in two logs. */
static void put_field(writer *w, const spoor_sigma_correlation *c, const spoor_sigma_member *member,
                      spoor_str name) {
    spoor_str field = field_for(c, member, name);
    const spoor_sigma_correlation *bottom =
        is_chain(member) ? bottom_of(member->rule->sigma->correlation) : NULL;
    const spoor_sigma_member *first = bottom != NULL ? &bottom->members[0] : member;
    const spoor_sigma_member *second =
        bottom != NULL && bottom->nmembers > 1 ? &bottom->members[1] : NULL;
    bool is_double = second != NULL && second->number == first->number;
    if (is_double) {
        put(w, "iff(EventID == 4688 and Channel =~ \"Security\", ");
        put_str(w, place_text(w, second, field));
        put(w, ", ");
    }
    put_str(w, place_text(w, first, field));
    put(w, is_double ? ")" : "");
}

/* One condition for all members: an event that several of them match is one event. */
static bool is_one_filter(const spoor_sigma_correlation *c) {
    bool is_one = c->measure != SPOOR_SIGMA_TEMPORAL &&
                  c->measure != SPOOR_SIGMA_TEMPORAL_ORDERED && c->aliases == NULL;
    for (uint32_t i = 0; i < c->nmembers; i++) {
        is_one &= !is_chain(&c->members[i]) &&
                  own_scope(&c->members[i])->is_sysmon == own_scope(&c->members[0])->is_sysmon;
    }
    return is_one && c->nmembers > 1;
}

/* The events of several members, one member behind the other. */
static bool is_union(const spoor_sigma_correlation *c) {
    bool is_temporal =
        c->measure == SPOOR_SIGMA_TEMPORAL || c->measure == SPOOR_SIGMA_TEMPORAL_ORDERED;
    return is_temporal || (c->nmembers > 1 && !is_one_filter(c));
}

/* | extend by_1 = ..., at = TimeGenerated, value = ..., rule_number = n */
static void put_columns(writer *w, const spoor_sigma_correlation *c, uint32_t n) {
    const spoor_sigma_member *member = &c->members[n];
    put(w, "\n    | extend at = TimeGenerated");
    for (uint32_t i = 0; i < c->groups.count; i++) {
        put_number(w, ", by_", i + 1, " = ");
        put_field(w, c, member, c->groups.items[i]);
    }
    put(w, c->groups.count == 0 ? ", by_1 = \"all\"" : "");
    put(w, c->fields.count > 1 ? ", value = iff(" : "");
    for (uint32_t i = 0; i < c->fields.count && c->fields.count > 1; i++) {
        put(w, i > 0 ? " and isnotempty(" : "isnotempty(");
        put_field(w, c, member, c->fields.items[i]);
        put(w, ")");
    }
    for (uint32_t i = 0; i < c->fields.count; i++) {
        put(w, i > 0 ? ", \"\\u0001\", " : c->fields.count > 1 ? ", strcat(" : ", value = ");
        put_field(w, c, member, c->fields.items[i]);
    }
    put(w, c->fields.count > 1 ? "), \"\")" : "");
    if (c->measure == SPOOR_SIGMA_TEMPORAL) {
        put_number(w, ", value = \"", member->number, "\"");
    } else if (c->measure == SPOOR_SIGMA_TEMPORAL_ORDERED) {
        put_number(w, ", rule_number = ", member->number, "");
    }
    put(w, is_union(c)
               ? ", origin = strcat(_SourceFile, \"|\", _Chunk, \"|\", _Offset, \"|\", _RecordId)"
               : "");
}

static uint32_t nkeys(const spoor_sigma_correlation *c) {
    return c->groups.count > 0 ? c->groups.count : 1;
}

/* by_1, by_2 */
static void put_keys(writer *w, const spoor_sigma_correlation *c) {
    for (uint32_t i = 0; i < nkeys(c); i++) {
        put_number(w, i > 0 ? ", by_" : "by_", i + 1, "");
    }
}

/* The group is another than in the row before. */
static void put_breaks(writer *w, const spoor_sigma_correlation *c, bool with_value) {
    for (uint32_t i = 0; i < nkeys(c); i++) {
        put_number(w, i > 0 ? " or by_" : "by_", i + 1, "");
        put_number(w, " != prev(by_", i + 1, ")");
    }
    put(w, with_value ? " or value != prev(value)" : "");
}

static const spoor_sigma_node *tree_of(const spoor_sigma_member *member) {
    return member->tree != NULL ? member->tree : events_of(member)->tree;
}

static void put_one_filter(writer *w, const spoor_sigma_correlation *c) {
    put(w, spoor_sigma_table_name(w->table));
    put(w, "\n    | where ");
    for (uint32_t i = 0; i < c->nmembers; i++) {
        put(w, i > 0 ? "\n        or (" : "(");
        put_str(w, spoor_sigma_write_condition(w->arena, own_scope(&c->members[i]),
                                               tree_of(&c->members[i]), w->table));
        put(w, ")");
    }
    put_columns(w, c, 0);
}

static uint32_t put_rows(writer *w, const spoor_rule *rule, int depth);

static void indent(writer *w, spoor_str text) {
    for (size_t i = 0; i < text.len; i++) {
        spoor_buffer_put_char(&w->out, text.ptr[i]);
        put(w, text.ptr[i] == '\n' && i + 1 < text.len ? "    " : "");
    }
}

static void put_member(writer *w, const spoor_sigma_correlation *c, uint32_t n,
                       const uint32_t *chains) {
    const spoor_sigma_member *member = &c->members[n];
    if (is_chain(member)) {
        put_number(w, "hits_", chains[n], "");
    } else {
        spoor_str text = spoor_sigma_write(w->arena, own_scope(member), tree_of(member), w->table);
        indent(w, (spoor_str){text.ptr, text.len - 1}); /* without its last line break */
    }
    put_columns(w, c, n);
}

/* let events_N = ...: the events that count, with at, by_1, ... and value. */
static void put_events(writer *w, const spoor_sigma_correlation *c, const uint32_t *chains,
                       uint32_t step) {
    put_number(w, "let events_", step, " = materialize(\n    ");
    if (is_one_filter(c)) {
        put_one_filter(w, c);
    } else if (c->nmembers == 1) {
        put_member(w, c, 0, chains);
    } else {
        put(w, "union\n    (");
        for (uint32_t i = 0; i < c->nmembers; i++) {
            put(w, i > 0 ? "),\n    (" : "");
            put_member(w, c, i, chains);
        }
        put(w, ")");
    }
    for (uint32_t i = 0; i < c->groups.count; i++) {
        put_number(w, i == 0 ? "\n    | where isnotempty(by_" : " and isnotempty(by_", i + 1, ")");
    }
    bool is_number = c->measure == SPOOR_SIGMA_VALUE_SUM || c->measure == SPOOR_SIGMA_VALUE_AVG ||
                     c->percentile.len > 0;
    if (is_number) {
        put(w, "\n    | extend value = todouble(value)\n    | where isnotnull(value)");
    } else if (c->fields.count > 0) {
        put(w, "\n    | where isnotempty(value)");
    }
    bool is_temporal =
        c->measure == SPOOR_SIGMA_TEMPORAL || c->measure == SPOOR_SIGMA_TEMPORAL_ORDERED;
    if (is_union(c) &&
        !is_temporal) { /* an event that several members match counts once in a group */
        put(w, "\n    | sort by origin asc");
        for (uint32_t i = 0; i < nkeys(c); i++) {
            put_number(w, ", by_", i + 1, " asc");
        }
        put(w, c->fields.count > 0 ? ", value asc" : "");
        put(w, "\n    | where origin != prev(origin) or ");
        put_breaks(w, c, c->fields.count > 0);
    }
    put(w, ");\n");
}

/* -- windows ----------------------------------------------------------------------------------- */

/* let NAME_N = the running sums of `delta` at each time; also by value. */
static void put_sums(writer *w, const spoor_sigma_correlation *c, const char *name, uint32_t step,
                     bool by_value, const char *delta) {
    const char *value = by_value ? ", value" : "";
    put_number(w, name, step, " = ");
    put_number(w, "events_", step, " | project at, ");
    put_keys(w, c);
    put(w, value);
    put(w, ", delta = ");
    put(w, delta);
    put_number(w, "\n    | union (events_", step, " | project at = at + ");
    put_str(w, c->span_text);
    put(w, " + 1tick, ");
    put_keys(w, c);
    put(w, value);
    put(w, ", delta = -1 * ");
    put(w, delta);
    put(w, ")\n");
}

static void put_running(writer *w, const spoor_sigma_correlation *c, bool by_value,
                        const char *result) {
    const char *value = by_value ? ", value" : "";
    put(w, "    | summarize delta = sum(delta) by ");
    put_keys(w, c);
    put(w, value);
    put(w, ", at\n    | sort by ");
    for (uint32_t i = 0; i < nkeys(c); i++) {
        put_number(w, "by_", i + 1, " asc, ");
    }
    put(w, by_value ? "value asc, at asc" : "at asc");
    put(w, "\n    | extend ");
    put(w, result);
    put(w, " = row_cumsum(delta, ");
    put_breaks(w, c, by_value);
    put(w, ")\n    | project-away delta;\n");
}

/* let seen_N: when a value is new in the window, and when it has left it. */
static void put_distinct(writer *w, const spoor_sigma_correlation *c, uint32_t step) {
    put_number(w, "let seen_", step, " = events_");
    put_number(w, "", step, "\n    | summarize by ");
    put_keys(w, c);
    put(w, ", value, at\n    | sort by ");
    for (uint32_t i = 0; i < nkeys(c); i++) {
        put_number(w, "by_", i + 1, " asc, ");
    }
    put(w, "value asc, at asc\n    | extend is_first = ");
    put_breaks(w, c, true);
    put(w, ", is_last = not(coalesce(");
    for (uint32_t i = 0; i < nkeys(c); i++) {
        put_number(w, "by_", i + 1, "");
        put_number(w, " == next(by_", i + 1, ") and ");
    }
    put(w, "value == next(value), false))\n    | extend comes = is_first or at - prev(at) > ");
    put_str(w, c->span_text);
    put(w, ", goes = is_last or next(at) - at > ");
    put_str(w, c->span_text);
    put_number(w, ";\nlet windows_", step, " = seen_");
    put_number(w, "", step, " | project at, ");
    put_keys(w, c);
    put_number(w, ", delta = tolong(comes)\n    | union (seen_", step,
               " | where goes | project at = at + ");
    put_str(w, c->span_text);
    put(w, " + 1tick, ");
    put_keys(w, c);
    put(w, ", delta = -1)\n");
    put_running(w, c, false, "window_value");
}

/* Rows of events_N with window_value, by the windows at their time. */
static void put_lookup(writer *w, const spoor_sigma_correlation *c, const char *windows,
                       uint32_t step, bool by_value) {
    put(w, "\n    | lookup kind=inner ");
    put_number(w, windows, step, " on ");
    put_keys(w, c);
    put(w, by_value ? ", value, at" : ", at");
}

static void put_percentile(writer *w, const spoor_sigma_correlation *c, uint32_t step) {
    put_number(w, "let windows_", step, " = events_");
    put_number(w, "", step, " | summarize by ");
    put_keys(w, c);
    put_number(w, ", at\n    | join kind=inner (events_", step, " | project then = at, value, ");
    put_keys(w, c);
    put(w, ") on ");
    put_keys(w, c);
    put(w, "\n    | where then <= at and at - then <= ");
    put_str(w, c->span_text);
    put(w, "\n    | summarize window_value = percentile(value, ");
    put_str(w, c->percentile);
    put(w, ") by ");
    put_keys(w, c);
    put(w, ", at;\n");
}

/* Where the latest chain of the first n rules began, n = 1, 2, ...: started_n. */
static void put_ordered(writer *w, const spoor_sigma_correlation *c, uint32_t step) {
    put_number(w, "let windows_", step, " = events_");
    put_number(w, "", step,
               "\n    | project at, rule_number, origin, _SourceFile, _Chunk, _Offset, _RecordId, "
               "group_key = strcat(");
    for (uint32_t i = 0; i < nkeys(c); i++) {
        put_number(w, i > 0 ? ", \"\\u0001\", by_" : "by_", i + 1, "");
    }
    put(w, ")\n    | sort by group_key asc, at asc, _SourceFile asc, _Chunk asc, _Offset asc, "
           "_RecordId asc, rule_number desc"
           "\n    | scan declare (group_now: string = \"\"");
    for (uint32_t i = 1; i <= c->nrules; i++) {
        put_number(w, ", started_", i, ": datetime");
    }
    put(w, ") with (step follow: true => group_now = group_key");
    for (uint32_t i = 1; i <= c->nrules; i++) {
        put_number(w, ",\n        started_", i, " = ");
        put_number(w, "iff(rule_number == ", i,
                   i == 1 ? ", at, " : " and follow.group_now == group_key, ");
        if (i > 1) {
            put_number(w, "follow.started_", i - 1, ", ");
        }
        put_number(w, "iff(follow.group_now == group_key, follow.started_", i,
                   ", datetime(null)))");
    }
    put_number(w, ";)\n    | where rule_number == ", c->nrules, "");
    put_number(w, " and at - started_", c->nrules, " <= ");
    put_str(w, c->span_text);
    put(w, "\n    | summarize by origin;\n");
}

/* The steps before the hits. */
static void put_windows(writer *w, const spoor_sigma_correlation *c, uint32_t step) {
    switch (c->measure) {
    case SPOOR_SIGMA_VALUE_COUNT:
    case SPOOR_SIGMA_TEMPORAL: put_distinct(w, c, step); break;
    case SPOOR_SIGMA_TEMPORAL_ORDERED: put_ordered(w, c, step); break;
    case SPOOR_SIGMA_VALUE_SUM:
        put_sums(w, c, "let windows_", step, false, "value");
        put_running(w, c, false, "window_value");
        break;
    case SPOOR_SIGMA_VALUE_PERCENTILE:
        if (c->percentile.len > 0) {
            put_percentile(w, c, step);
            break;
        }
        put_sums(w, c, "let alike_", step, true, "1");
        put_running(w, c, true, "alike");
        put_sums(w, c, "let windows_", step, false, "1");
        put_running(w, c, false, "total");
        break;
    case SPOOR_SIGMA_VALUE_AVG:
        put_sums(w, c, "let sums_", step, false, "value");
        put_running(w, c, false, "total");
        put_sums(w, c, "let windows_", step, false, "1");
        put_running(w, c, false, "window_count");
        break;
    case SPOOR_SIGMA_EVENT_COUNT:
        put_sums(w, c, "let windows_", step, false, "1");
        put_running(w, c, false, "window_value");
        break;
    }
}

static void put_bounds(writer *w, const spoor_sigma_correlation *c) {
    put(w, "\n    | where ");
    for (uint32_t i = 0; i < c->nbounds; i++) {
        put(w, i > 0 ? " and window_value " : "window_value ");
        put(w, c->bounds[i].operator);
        put(w, " ");
        put_str(w, c->bounds[i].number);
    }
    if (c->nbounds == 0) {
        put_number(w, "window_value == ", c->nrules, "");
    }
}

static void put_hits(writer *w, const spoor_sigma_correlation *c, uint32_t step) {
    put_number(w, "events_", step, "");
    if (c->measure == SPOOR_SIGMA_TEMPORAL_ORDERED) {
        put_number(w, "\n    | where rule_number == ", c->nrules, "");
        put_number(w, "\n    | lookup kind=inner windows_", step,
                   " on origin\n    | extend window_value = rule_number");
    } else if (c->measure == SPOOR_SIGMA_VALUE_AVG) {
        put_lookup(w, c, "sums_", step, false);
        put_lookup(w, c, "windows_", step, false);
        put(w, "\n    | extend window_value = total / window_count\n    | project-away total, "
               "window_count");
    } else if (c->measure == SPOOR_SIGMA_VALUE_PERCENTILE && c->percentile.len == 0) {
        put_lookup(w, c, "alike_", step, true);
        put_lookup(w, c, "windows_", step, false);
        put(w,
            "\n    | extend window_value = 100.0 * alike / total\n    | project-away alike, total");
    } else {
        put_lookup(w, c, "windows_", step, false);
    }
    if (c->measure != SPOOR_SIGMA_TEMPORAL_ORDERED) {
        put_bounds(w, c);
    }
    if (is_union(
            c)) { /* an event that several members match, perhaps in several groups, is one hit */
        put(w, "\n    | sort by origin asc\n    | where origin != prev(origin)");
    }
    put(w, "\n    | project-away at, ");
    put_keys(w, c);
    bool has_value = c->fields.count > 0 || c->measure == SPOOR_SIGMA_TEMPORAL;
    put(w, has_value ? ", value" : "");
    put(w, c->measure == SPOOR_SIGMA_TEMPORAL_ORDERED ? ", rule_number" : "");
    put(w, is_union(c) ? ", origin" : "");
}

/* -- one correlation --------------------------------------------------------------------------- */

/* The lets up to the hits of the correlation; its number. */
static uint32_t put_steps(writer *w, const spoor_rule *rule, int depth) {
    const spoor_sigma_correlation *c = rule->sigma->correlation;
    uint32_t *chains = SPOOR_NEW_ARRAY(w->arena, uint32_t, c->nmembers);
    for (uint32_t i = 0; i < c->nmembers && w->steps <= SPOOR_SIGMA_MAX_MEMBERS; i++) {
        if (is_chain(&c->members[i]) && depth <= SPOOR_SIGMA_MAX_CHAIN) {
            chains[i] = put_rows(w, c->members[i].rule, depth + 1);
        }
    }
    uint32_t step = ++w->steps;
    put_events(w, c, chains, step);
    put_windows(w, c, step);
    return step;
}

/* let hits_N of a correlation that another counts, once. */
static uint32_t put_rows(writer *w, const spoor_rule *rule, int depth) {
    spoor_sigma_correlation *c = rule->sigma->correlation;
    if (c->writer == w->rule) {
        return c->step;
    }
    c->writer = w->rule;
    c->step = put_steps(w, rule, depth);
    put_number(w, "let hits_", c->step, " = ");
    put_hits(w, c, c->step);
    put(w, "\n    | project-away window_value;\n");
    return c->step;
}

spoor_str spoor_sigma_write_correlation(spoor_rule *rule) {
    writer w = {.arena = rule->diags.arena, .out = {.arena = rule->diags.arena}, .rule = rule};
    w.table = table_of(&w, rule->sigma->correlation, 0);
    uint32_t step = put_steps(&w, rule, 0);
    if (w.steps > SPOOR_SIGMA_MAX_MEMBERS) {
        spoor_fail(&rule->diags, (spoor_span){rule->query_start, rule->query_start, 0},
                   "more than %d correlations behind this one", SPOOR_SIGMA_MAX_MEMBERS);
        return (spoor_str){0};
    }
    put_hits(&w, rule->sigma->correlation, step);
    put(&w, "\n    | sort by TimeGenerated asc, _SourceFile asc, _Chunk asc, _Offset asc\n");
    return spoor_buffer_text(&w.out);
}
