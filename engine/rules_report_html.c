/* rules_report_html.c - a run as one self-contained page: summary, ATT&CK matrix, timeline, hosts, and each
 * rule with its matched rows.  No network; the only script is that of the search box.  Every text that comes
 * from rules or events goes through put_text(). */
#include "engine/rules_report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/time.h"

enum { BARS = 80 };

static void put(spoor_report *r, const char *html) {
    fputs(html, r->out);
}

static void put_text(spoor_report *r, spoor_str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        switch (c) {
        case '<': put(r, "&lt;"); break;
        case '>': put(r, "&gt;"); break;
        case '&': put(r, "&amp;"); break;
        case '"': put(r, "&quot;"); break;
        case '\'': put(r, "&#39;"); break;
        default:
            if (c >= 0x20 ? c != 0x7F : c == '\n' || c == '\t') {
                fputc(c, r->out);
            } else {
                put(r, "&#xFFFD;");
            }
        }
    }
}

static void put_cell(spoor_report *r, spoor_str text) {
    put(r, "<td>");
    put_text(r, text);
    put(r, "</td>");
}

static void put_number(spoor_report *r, uint64_t number) {
    fprintf(r->out, "<td class=n>%" PRIu64 "</td>", number);
}

static void put_time(spoor_report *r, bool is_known, int64_t time) {
    char text[SPOOR_TIME_TEXT];
    put_cell(r, is_known ? spoor_time_print(time, text) : (spoor_str){0});
}

static void put_head(spoor_report *r) {
    put(r, "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\n"
           "<meta http-equiv=Content-Security-Policy content=\"default-src 'none';style-src 'unsafe-inline';"
           "script-src 'unsafe-inline'\">\n"
           "<meta name=viewport content=\"width=device-width,initial-scale=1\"><title>spoor rules</title>\n<style>\n"
           ":root{color-scheme:light dark}*{box-sizing:border-box}\n"
           "body{font:14px/1.45 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:90rem}\n"
           "h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}\n"
           ".wide{overflow-x:auto}table{border-collapse:collapse}\n"
           "th,td{border-bottom:1px solid #8884;padding:.3rem .6rem;text-align:left;vertical-align:top;"
           "overflow-wrap:anywhere;min-width:4rem;max-width:36rem}.n{text-align:right}\n"
           ".matrix{display:flex;gap:.5rem;overflow-x:auto}.matrix>div{flex:0 0 9rem}\n"
           ".matrix b,.matrix span{display:block;padding:.3rem .5rem;border-radius:.3rem;margin-bottom:.25rem}\n"
           ".matrix span{border-left:4px solid #d7301f}\n"
           ".h1{background:#d7301f20}.h2{background:#d7301f40}.h3{background:#d7301f60}.h4{background:#d7301f90}\n"
           "input{font:inherit;width:100%;padding:.5rem;margin:.5rem 0}\n"
           "details{border:1px solid #8884;border-radius:.4rem;padding:.4rem .7rem;margin:.5rem 0}\n"
           "summary{cursor:pointer;overflow-wrap:anywhere}.s{font-weight:600}\n"
           ".critical,.high{color:light-dark(#b3261e,#ff8a80)}.medium{color:light-dark(#8a5a00,#ffc66b)}\n"
           "svg{width:100%;height:6rem;background:#8881}rect{fill:#d7301f}\n"
           "</style></head><body>\n<h1>Rules that matched</h1>\n");
}

static void put_summary(spoor_report *r) {
    const spoor_rules_summary *s = &r->rules->summary;
    char text[SPOOR_TIME_TEXT];
    fprintf(r->out,
            "<p>%" PRIu64 " rules, %" PRIu64 " ran, %" PRIu64 " matched, %" PRIu64 " failed; %" PRIu64
            " alerts; now ",
            s->found, s->ran, s->matched, s->failed, s->alerts);
    put_text(r, spoor_time_print(s->now, text));
    put(r, "</p>\n");
}

/* -- by tactic ------------------------------------------------------------------------------------------ */

static const char *const tactics[] = {
    "Reconnaissance", "ResourceDevelopment", "InitialAccess",   "Execution",    "Persistence",
    "PrivilegeEscalation", "DefenseEvasion", "CredentialAccess", "Discovery",   "LateralMovement",
    "Collection", "CommandAndControl", "Exfiltration", "Impact"};

enum { NTACTICS = sizeof tactics / sizeof *tactics };

/* tactic NTACTICS: none of them */
static bool has_tactic(const spoor_rule *rule, size_t tactic) {
    bool has_any = false;
    for (size_t t = 0; t < NTACTICS; t++) {
        for (uint32_t i = 0; i < rule->tactics.count; i++) {
            if (spoor_rule_word_is(rule->tactics.items[i], spoor_str_from(tactics[t]))) {
                has_any = true;
                if (t == tactic) {
                    return true;
                }
            }
        }
    }
    return tactic == NTACTICS && !has_any;
}

static int heat_of(uint64_t hits) {
    return hits < 10 ? 1 : hits < 100 ? 2 : hits < 1000 ? 3 : 4;
}

static void put_matrix(spoor_report *r, const uint32_t *order, uint32_t count) {
    put(r, "<h2>ATT&amp;CK</h2><div class=matrix>\n");
    for (size_t t = 0; t <= NTACTICS; t++) {
        bool has_head = false;
        for (uint32_t i = 0; i < count; i++) {
            const spoor_rule *rule = &r->rules->set.rules[order[i]];
            uint64_t hits = r->rules->states[order[i]].hits;
            if (!has_tactic(rule, t)) {
                continue;
            }
            if (!has_head) {
                fprintf(r->out, "<div><b>%s</b>", t < NTACTICS ? tactics[t] : "No tactic");
            }
            has_head = true;
            fprintf(r->out, "<span class=h%d>", heat_of(hits));
            put_text(r, spoor_report_join(&r->scratch, &rule->techniques, 8, false));
            fprintf(r->out, " %" PRIu64 "<br>", hits);
            put_text(r, rule->title);
            put(r, "</span>");
        }
        put(r, has_head ? "</div>\n" : "");
    }
    put(r, "</div>\n");
}

/* -- over time: alerts by when each began --------------------------------------------------------------- */

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
    fprintf(r->out, "<h2>Alerts over time</h2><svg viewBox=\"0 0 %d 100\" preserveAspectRatio=none>", BARS);
    for (int b = 0; b < BARS; b++) {
        if (bars[b] > 0) {
            double height = 100.0 * (double)bars[b] / (double)highest;
            fprintf(r->out, "<rect x=%d y=%.1f width=.9 height=%.1f><title>%" PRIu64 "</title></rect>", b,
                    100 - height, height, bars[b]);
        }
    }
    put(r, "</svg><p>");
    put_text(r, spoor_time_print(least, text));
    put(r, " to ");
    put_text(r, spoor_time_print(most, text));
    put(r, "</p>\n");
}

/* -- by host ---------------------------------------------------------------------------------------------- */

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
    put(r, "<h2>Hosts</h2><div class=wide><table><tr><th>host<th class=n>rules<th class=n>hits</tr>\n");
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

/* -- by rule ---------------------------------------------------------------------------------------------- */

static void put_rows(spoor_report *r, const spoor_rule_state *state) {
    uint32_t ncols;
    const spoor_schema *schema = spoor_rule_schema(state, &ncols);
    put(r, "<div class=wide><table><tr>");
    for (uint32_t c = 0; c < ncols; c++) {
        put(r, "<th>");
        put_text(r, schema->columns[c].name);
    }
    put(r, "<th>file<th>record</tr>\n");
    spoor_spool_seek(r->rules, state);
    for (uint64_t n = 0; n < state->rows; n++) {
        spoor_rule_row row;
        spoor_arena_rewind(&r->scratch);
        if (!spoor_spool_next(r->rules, &r->scratch, &row)) {
            break;
        }
        put(r, "<tr>");
        for (uint32_t c = 0; c < row.ncols; c++) {
            put_cell(r, spoor_cell_text(&r->scratch, row.cells[c]));
        }
        put_cell(r, row.file);
        put_cell(r, row.has_record ? spoor_arena_format(&r->scratch, "%" PRId64, row.record)
                                   : (spoor_str){0});
        put(r, "</tr>\n");
    }
    put(r, "</table></div>");
    if (state->rows < state->hits) {
        fprintf(r->out, "<p>%" PRIu64 " more rows</p>", state->hits - state->rows);
    }
}

static void put_rule(spoor_report *r, uint32_t at) {
    const spoor_rule *rule = &r->rules->set.rules[at];
    const spoor_rule_state *state = &r->rules->states[at];
    const char *level = spoor_level_name(rule->level);
    spoor_arena_rewind(&r->scratch);
    fprintf(r->out, "<details><summary><span class=\"s %s\">%s</span> ", level, level);
    put_text(r, rule->title);
    fprintf(r->out, " (%" PRIu64 " hits, %u hosts)</summary><p>", state->hits, state->hosts.count);
    put_text(r, rule->description);
    put(r, "</p><table><tr><th>techniques");
    put_cell(r, spoor_report_join(&r->scratch, &rule->techniques, UINT32_MAX, false));
    put(r, "</tr><tr><th>first");
    put_time(r, state->has_times, state->first);
    put(r, "</tr><tr><th>last");
    put_time(r, state->has_times, state->last);
    put(r, "</tr><tr><th>rule file");
    put_cell(r, spoor_str_from(rule->file->path));
    put(r, "</tr></table>\n");
    put_rows(r, state);
    put(r, "</details>\n");
}

void spoor_report_html(spoor_report *r) {
    uint32_t count;
    const uint32_t *order = spoor_report_matched(r, &count);
    put_head(r);
    put_summary(r);
    if (count == 0) {
        put(r, "<p>No rule matched.</p></body></html>\n");
        return;
    }
    put_matrix(r, order, count);
    put_timeline(r);
    put_hosts(r, order, count);
    put(r, "<h2>Rules</h2><input id=q type=search placeholder=\"Search rules and rows\" "
           "aria-label=\"Search rules and rows\">\n");
    for (uint32_t i = 0; i < count; i++) {
        put_rule(r, order[i]);
    }
    put(r, "<script>q.oninput=()=>{const w=q.value.toLowerCase();for(const d of "
           "document.querySelectorAll('details'))d.hidden=!d.textContent.toLowerCase().includes(w)}"
           "</script></body></html>\n");
}
