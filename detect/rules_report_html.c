/* rules_report_html.c - a run as one self-contained page: summary, ATT&CK matrix, timeline, hosts,
 * and each rule with its matched rows, what matched in them marked.  No network.  Every text that
 * comes from rules or events goes through spoor_html_put_text(). */
#include "detect/rules_html.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/safe_text.h"
#include "base/time.h"
#include "base/utf8.h"

enum { BARS = 96, MOST_LISTED = 50 };

/* Markup of ours, as it is. */
static void put(spoor_report *r, const char *html) {
    fputs(html, r->out);
}

void spoor_html_put_text(spoor_report *r, spoor_str s) {
    for (const char *at = s.ptr, *end = s.len == 0 ? at : s.ptr + s.len; at < end;) {
        const char *start = at;
        switch (spoor_utf8_next(&at, end)) {
        case '<': put(r, "&lt;"); break;
        case '>': put(r, "&gt;"); break;
        case '&': put(r, "&amp;"); break;
        case '"': put(r, "&quot;"); break;
        case '\'': put(r, "&#39;"); break;
        case '\n':
        case '\t': fputc(*start, r->out); break;
        default: spoor_safe_print((spoor_str){start, (size_t)(at - start)}, r->out);
        }
    }
}

static void put_cell(spoor_report *r, spoor_str text) {
    put(r, "<td>");
    spoor_html_put_text(r, text);
    put(r, "</td>");
}

static void put_number(spoor_report *r, uint64_t number) {
    fprintf(r->out, "<td class=n>%" PRIu64 "</td>", number);
}

static void put_head(spoor_report *r) {
    put(r, "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\n"
           "<meta http-equiv=Content-Security-Policy content=\"default-src 'none';style-src "
           "'unsafe-inline';"
           "script-src 'unsafe-inline'\">\n"
           "<meta name=viewport content=\"width=device-width,initial-scale=1\"><title>spoor "
           "rules</title>\n<style>\n");
    for (size_t i = 0; spoor_html_style[i] != NULL; i++) {
        put(r, spoor_html_style[i]);
    }
    put(r, "</style></head><body>\n<h1>Rules that matched</h1>\n");
}

static void put_card(spoor_report *r, uint64_t number, const char *what) {
    fprintf(r->out, "<div><b>%" PRIu64 "</b>%s</div>", number, what);
}

static void put_summary(spoor_report *r) {
    const spoor_rules_summary *s = &r->rules->summary;
    char text[SPOOR_TIME_TEXT];
    put(r, "<div class=cards>");
    put_card(r, s->alerts, "alerts");
    put_card(r, s->matched, "rules matched");
    put_card(r, s->ran, "rules ran");
    put_card(r, s->blind, "blind");
    put_card(r, s->failed, "failed");
    put(r, "</div>\n<p class=dim>");
    bool has_any = false;
    for (int level = SPOOR_SEVERITIES - 1; level >= 0; level--) {
        if (s->alerts_by_severity[level] > 0) {
            fprintf(r->out, "%s%" PRIu64 " %s",
                    has_any ? ", " : "Rules that fired: ", s->alerts_by_severity[level],
                    spoor_level_name((spoor_level)level));
            has_any = true;
        }
    }
    fprintf(r->out, "%snow() is ", has_any ? "; " : "");
    spoor_html_put_text(r, spoor_time_print(s->now, text));
    put(r, "</p>\n");
}

/* -- over time: alerts by when each began ------------------------------------------------------ */

static void put_timeline(spoor_report *r) {
    int64_t least = INT64_MAX, most = INT64_MIN;
    uint64_t bars[BARS] = {0}, highest = 1;
    for (uint32_t i = 0; i < r->rules->nalerts; i++) {
        const spoor_alert *a = &r->rules->alerts[i];
        least = a->has_times && a->first < least ? a->first : least;
        most = a->has_times && a->first > most ? a->first : most;
    }
    if (least > most) {
        return;
    }
    int64_t step = (most - least) / BARS + 1;
    for (uint32_t i = 0; i < r->rules->nalerts; i++) {
        const spoor_alert *a = &r->rules->alerts[i];
        if (a->has_times) {
            uint64_t n = ++bars[(a->first - least) / step];
            highest = n > highest ? n : highest;
        }
    }
    char text[SPOOR_TIME_TEXT];
    fprintf(r->out,
            "<h2>Alerts over time</h2><svg class=time viewBox=\"0 0 %d 100\" "
            "preserveAspectRatio=none role=img"
            " aria-label=\"alerts over time\">",
            BARS);
    for (int b = 0; b < BARS; b++) {
        if (bars[b] > 0) {
            double height = 4 + 92.0 * (double)bars[b] / (double)highest;
            fprintf(r->out, "<rect x=%d y=%.1f width=.85 height=%.1f><title>%" PRIu64 " from ", b,
                    100 - height, height, bars[b]);
            spoor_html_put_text(r, spoor_time_print(least + step * b, text));
            put(r, "</title></rect>");
        }
    }
    put(r, "</svg><p class=ends><span>");
    spoor_html_put_text(r, spoor_time_print(least, text));
    fprintf(r->out, "</span><span>at most %" PRIu64 " a bar</span><span>", highest);
    spoor_html_put_text(r, spoor_time_print(most, text));
    put(r, "</span></p>\n");
}

/* -- by host ----------------------------------------------------------------------------------- */

typedef struct host {
    spoor_str name;
    uint64_t hits;
} host;

static int compare_hosts(const void *a, const void *b) {
    return spoor_str_compare(((const host *)a)->name, ((const host *)b)->name);
}

static void put_hosts(spoor_report *r, const uint32_t *order, uint32_t count) {
    size_t most = 0, n = 0;
    for (uint32_t i = 0; i < count; i++) {
        most += r->rules->states[order[i]].hosts.count;
    }
    host *all = SPOOR_NEW_ARRAY(&r->arena, host, most + 1);
    for (uint32_t i = 0; i < count; i++) {
        const spoor_rule_hosts *hosts = &r->rules->states[order[i]].hosts;
        for (uint32_t k = 0; k < hosts->count; k++) {
            all[n++] = (host){hosts->items[k].host, hosts->items[k].hits};
        }
    }
    if (n > 1) {
        qsort(all, n, sizeof *all, compare_hosts);
    }
    put(r, "<h2>Hosts</h2><div class=wide><table><tr><th>host<th class=n>rules<th "
           "class=n>hits</tr>\n");
    for (size_t i = 0, next; i < n; i = next) {
        uint64_t hits = 0;
        for (next = i; next < n && spoor_str_eq(all[next].name, all[i].name); next++) {
            hits += all[next].hits;
        }
        put(r, "<tr>");
        put_cell(r, all[i].name);
        put_number(r, next - i);
        put_number(r, hits);
        put(r, "</tr>\n");
    }
    put(r, "</table></div>\n");
}

/* -- rows, with what matched marked ------------------------------------------------------------ */

typedef struct rows {
    const spoor_rule_state *state;
    const spoor_schema *schema;
    const spoor_evidence *evidence;
    uint32_t ncols;
    bool *is_shown; /* by column: some row has a text there */
} rows;

static bool is_empty(spoor_str json) {
    return spoor_str_is(json, "null") || spoor_str_is(json, "\"\"") || json.len == 0;
}

static void find_columns(spoor_report *r, rows *w) {
    spoor_rule_row row;
    w->is_shown = SPOOR_NEW_ARRAY(&r->arena, bool, w->ncols + 1);
    spoor_spool_seek(r->rules, w->state);
    for (uint64_t n = 0; n < w->state->rows; n++) {
        spoor_arena_rewind(&r->scratch);
        if (!spoor_spool_next(r->rules, &r->scratch, &row)) {
            return;
        }
        for (uint32_t c = 0; c < row.ncols && c < w->ncols; c++) {
            w->is_shown[c] |= !is_empty(row.cells[c]);
        }
    }
}

static void put_marked(spoor_report *r, const rows *w, const spoor_rule_row *row, uint32_t column) {
    spoor_str text = spoor_cell_text(&r->scratch, row->cells[column]);
    const bool *is_marked = spoor_report_marks(r, w->evidence, row, column, text);
    put(r, "<td>");
    for (size_t from = 0, to; from < text.len; from = to) {
        bool marked = is_marked != NULL && is_marked[from];
        for (to = from + 1; to < text.len && (is_marked != NULL && is_marked[to]) == marked; to++) {
        }
        put(r, marked ? "<mark>" : "");
        spoor_html_put_text(r, (spoor_str){text.ptr + from, to - from});
        put(r, marked ? "</mark>" : "");
    }
    put(r, "</td>");
}

static void put_rows(spoor_report *r, uint32_t at) {
    rows w = {.state = &r->rules->states[at], .evidence = spoor_rule_evidence(r->rules, at)};
    w.schema = spoor_rule_schema(w.state, &w.ncols);
    find_columns(r, &w);
    put(r, "<h3>Rows</h3><div class=wide><table><tr>");
    for (uint32_t c = 0; c < w.ncols; c++) {
        if (w.is_shown[c]) {
            put(r, "<th>");
            spoor_html_put_text(r, w.schema->columns[c].name);
        }
    }
    put(r, "<th>file<th>record</tr>\n");
    spoor_spool_seek(r->rules, w.state);
    for (uint64_t n = 0; n < w.state->rows; n++) {
        spoor_rule_row row;
        spoor_arena_rewind(&r->scratch);
        if (!spoor_spool_next(r->rules, &r->scratch, &row)) {
            break;
        }
        put(r, "<tr>");
        for (uint32_t c = 0; c < row.ncols && c < w.ncols; c++) {
            if (w.is_shown[c]) {
                put_marked(r, &w, &row, c);
            }
        }
        put_cell(r, row.file);
        put_cell(r, row.has_record ? spoor_arena_format(&r->scratch, "%" PRId64, row.record)
                                   : (spoor_str){0});
        put(r, "</tr>\n");
    }
    put(r, "</table></div>");
    if (w.state->rows < w.state->hits) {
        fprintf(r->out, "<p class=dim>%" PRIu64 " more rows</p>", w.state->hits - w.state->rows);
    }
}

/* -- by rule ----------------------------------------------------------------------------------- */

static void put_fact(spoor_report *r, const char *name, spoor_str text) {
    if (text.len > 0) {
        fprintf(r->out, "<tr><th>%s", name);
        put_cell(r, text);
        put(r, "</tr>\n");
    }
}

static void add_once(spoor_report *r, spoor_str_list *list, spoor_str text) {
    for (uint32_t i = 0; i < list->count; i++) {
        if (spoor_str_eq(list->items[i], text)) {
            return;
        }
    }
    spoor_str_list_add(&r->scratch, list, text);
}

static spoor_str entity_text(spoor_report *r, const spoor_entity *e) {
    spoor_str text = e->type;
    for (uint32_t i = 0; i < e->count; i++) {
        text = spoor_arena_format(&r->scratch, "%.*s%s%.*s %.*s", (int)text.len, text.ptr,
                                  i > 0 ? ", " : ": ", (int)e->names[i].len, e->names[i].ptr,
                                  (int)e->values[i].len, e->values[i].ptr);
    }
    return text;
}

static void put_list(spoor_report *r, const char *title, const spoor_str_list *list) {
    if (list->count == 0) {
        return;
    }
    fprintf(r->out, "<h3>%s</h3><ul>", title);
    for (uint32_t i = 0; i < list->count && i < MOST_LISTED; i++) {
        put(r, "<li><code>");
        spoor_html_put_text(r, list->items[i]);
        put(r, "</code></li>");
    }
    put(r, "</ul>\n");
    if (list->count > MOST_LISTED) {
        fprintf(r->out, "<p class=dim>%u more</p>", list->count - MOST_LISTED);
    }
}

static void add_said(spoor_report *r, spoor_str_list *list, const spoor_alert *a) {
    spoor_str said = spoor_report_said(&r->scratch, a);
    if (said.len > 0) {
        add_once(r, list,
                 spoor_arena_format(&r->scratch, "%.*s %.*s", (int)a->key.len, a->key.ptr,
                                    (int)said.len, said.ptr));
    }
}

/* What the alerts of the rule say together. */
static void put_facts(spoor_report *r, uint32_t at) {
    const spoor_rule *rule = &r->rules->set.rules[at];
    const spoor_rule_state *state = &r->rules->states[at];
    spoor_str_list hosts = {0}, users = {0}, entities = {0}, predicates = {0}, said = {0};
    char text[SPOOR_TIME_TEXT];
    for (uint32_t k = 0; k < state->nalerts; k++) {
        const spoor_alert *a = &r->rules->alerts[state->first_alert + k];
        add_said(r, &said, a);
        for (uint32_t i = 0; i < a->hosts.count; i++) {
            add_once(r, &hosts, a->hosts.items[i]);
        }
        for (uint32_t i = 0; i < a->users.count; i++) {
            add_once(r, &users, a->users.items[i]);
        }
        for (uint32_t i = 0; i < a->nentities; i++) {
            add_once(r, &entities, entity_text(r, &a->entities[i]));
        }
        for (uint32_t i = 0; i < a->evidence->count; i++) {
            if (a->evidence_rows[i] > 0) {
                add_once(r, &predicates, a->evidence->texts[i]);
            }
        }
    }
    put(r, "<table class=facts>");
    put_fact(r, "tactics", spoor_report_join(&r->scratch, &rule->tactics, UINT32_MAX, false));
    put_fact(r, "techniques", spoor_report_join(&r->scratch, &rule->techniques, UINT32_MAX, false));
    put_fact(r, "alerts", spoor_arena_format(&r->scratch, "%u", state->nalerts));
    put_fact(r, "first", state->has_times ? spoor_time_print(state->first, text) : (spoor_str){0});
    put_fact(r, "last", state->has_times ? spoor_time_print(state->last, text) : (spoor_str){0});
    put_fact(r, "hosts", spoor_report_join(&r->scratch, &hosts, MOST_LISTED, false));
    put_fact(r, "users", spoor_report_join(&r->scratch, &users, MOST_LISTED, false));
    put_fact(r, "rule", rule->id);
    put_fact(r, "rule file", spoor_str_from(rule->file->path));
    put(r, "</table>\n");
    put_list(r, "What is known", &said);
    put_list(r, "Matched on", &predicates);
    put_list(r, "Entities", &entities);
}

static void put_rule(spoor_report *r, uint32_t at) {
    const spoor_rule *rule = &r->rules->set.rules[at];
    const spoor_rule_state *state = &r->rules->states[at];
    const char *level = spoor_level_name(rule->level);
    spoor_arena_rewind(&r->scratch);
    fprintf(r->out, "<details><summary><span class=\"s %s\">%s</span> ", level, level);
    spoor_html_put_text(r, rule->title);
    fprintf(r->out, " <span class=dim>%" PRIu64 " %s, %u %s</span></summary><div>", state->hits,
            state->hits == 1 ? "hit" : "hits", state->hosts.count,
            state->hosts.count == 1 ? "host" : "hosts");
    if (rule->description.len > 0) {
        put(r, "<p>");
        spoor_html_put_text(r, rule->description);
        put(r, "</p>");
    }
    put_facts(r, at);
    if (state->rows > 0) {
        put_rows(r, at);
    }
    put(r, "</div></details>\n");
}

void spoor_report_html(spoor_report *r) {
    uint32_t count;
    const uint32_t *order = spoor_report_matched(r, &count);
    put_head(r);
    put_summary(r);
    if (count == 0) {
        put(r, "<p>No rule matched.</p>\n");
    }
    put_timeline(r);
    spoor_html_put_matrix(r);
    if (count > 0) {
        put_hosts(r, order, count);
        put(r, "<h2>Rules <span id=n class=dim></span></h2><input id=q type=search "
               "placeholder=\"Search rules and rows\" "
               "aria-label=\"Search rules and rows\">\n");
    }
    for (uint32_t i = 0; i < count; i++) {
        put_rule(r, order[i]);
    }
    if (count > 0) {
        put(r, "<script>");
        put(r, spoor_html_script);
        put(r, "</script>");
    }
    put(r, "</body></html>\n");
}
