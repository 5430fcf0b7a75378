/* rules_report_markdown.c - a run as Markdown, for a ticket or a wiki: a summary, a table of the
 * rules that matched, and each of them with what it matched on and its first rows. */
#include "base/safe_text.h"
#include "detect/rules_report.h"

#include <inttypes.h>

#include "base/time.h"
#include "output/output.h"

enum { MOST_ROWS = 10, MOST_COLUMNS = 8, MOST_CELL = 200, MOST_NAMES = 20 };

/* Nothing of a rule or an event is markup, nor ends a cell. */
static void put(spoor_report *r, spoor_str text) {
    text = spoor_safe_text(&r->scratch, text);
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("\\`*_{}[]<>#|~", text.ptr[i]) != NULL && text.ptr[i] != '\0') {
            fputc('\\', r->out);
        }
        fputc(text.ptr[i], r->out);
    }
}

static void put_cell(spoor_report *r, spoor_str text) {
    size_t len = text.len < MOST_CELL ? text.len : MOST_CELL;
    while (len > 0 && len < text.len && ((unsigned char)text.ptr[len] & 0xC0) == 0x80) {
        len--;
    }
    fputs(" ", r->out);
    put(r, (spoor_str){text.ptr, len});
    fputs(len < text.len ? "... |" : " |", r->out);
}

static void put_summary(spoor_report *r) {
    const spoor_rules_summary *s = &r->rules->summary;
    char text[SPOOR_TIME_TEXT];
    spoor_str now = spoor_time_print(s->now, text);
    fprintf(r->out,
            "# Rules that matched\n\n%" PRIu64 " rules: %" PRIu64 " ran, %" PRIu64
            " matched, %" PRIu64 " blind, %" PRIu64 " failed; %" PRIu64
            " alerts; now() is %.*s\n\n",
            s->found, s->ran, s->matched, s->blind, s->failed, s->alerts, (int)now.len, now.ptr);
}

static void put_line(spoor_report *r, uint32_t at) {
    const spoor_rule *rule = &r->rules->set.rules[at];
    const spoor_rule_state *state = &r->rules->states[at];
    char text[SPOOR_TIME_TEXT];
    spoor_arena_rewind(&r->scratch);
    fprintf(r->out, "| %s |", spoor_level_name(rule->level));
    put_cell(r, rule->title);
    put_cell(r, spoor_report_join(&r->scratch, &rule->techniques, MOST_NAMES, false));
    fprintf(r->out, " %u | %" PRIu64 " |", state->hosts.count, state->hits);
    put_cell(r, state->has_times ? spoor_time_print(state->first, text) : (spoor_str){0});
    put_cell(r, state->has_times ? spoor_time_print(state->last, text) : (spoor_str){0});
    fputc('\n', r->out);
}

/* -- rows
 * ----------------------------------------------------------------------------------------------------
 */

static void put_rows(spoor_report *r, uint32_t at) {
    const spoor_rule_state *state = &r->rules->states[at];
    uint32_t count, ncols;
    const int *columns = spoor_report_columns(r, at, MOST_COLUMNS, &count);
    const spoor_schema *schema = spoor_rule_schema(state, &ncols);
    spoor_rule_row row;
    fputs("\n|", r->out);
    for (uint32_t c = 0; c < count; c++) {
        put_cell(r, schema->columns[columns[c]].name);
    }
    fputs(" file | record |\n|", r->out);
    for (uint32_t c = 0; c < count; c++) {
        fputs(" --- |", r->out);
    }
    fputs(" --- | --- |\n", r->out);
    spoor_spool_seek(r->rules, state);
    for (uint64_t n = 0; n < state->rows && n < MOST_ROWS; n++) {
        spoor_arena_rewind(&r->scratch);
        if (!spoor_spool_next(r->rules, &r->scratch, &row)) {
            return;
        }
        fputc('|', r->out);
        for (uint32_t c = 0; c < count; c++) {
            put_cell(r, spoor_cell_text(&r->scratch, row.cells[columns[c]]));
        }
        put_cell(r, row.file);
        put_cell(r, row.has_record ? spoor_arena_format(&r->scratch, "%" PRId64, row.record)
                                   : (spoor_str){0});
        fputc('\n', r->out);
    }
    if (state->hits > MOST_ROWS) {
        fprintf(r->out, "\n%" PRIu64 " more rows\n", state->hits - MOST_ROWS);
    }
}

static void put_said(spoor_report *r, const spoor_rule_state *state) {
    for (uint32_t k = 0; k < state->nalerts; k++) {
        const spoor_alert *a = &r->rules->alerts[state->first_alert + k];
        spoor_str said = spoor_report_said(&r->scratch, a);
        if (said.len > 0) {
            fputs("Known of ", r->out);
            put(r, a->key);
            fputs(": ", r->out);
            put(r, said);
            fputs("\n\n", r->out);
        }
    }
}

static void put_rule(spoor_report *r, uint32_t at) {
    const spoor_rule *rule = &r->rules->set.rules[at];
    const spoor_rule_state *state = &r->rules->states[at];
    bool has_any = false;
    spoor_arena_rewind(&r->scratch);
    fputs("\n## ", r->out);
    put(r, rule->title);
    fprintf(r->out, "\n\n%s", spoor_level_name(rule->level));
    if (rule->tactics.count > 0) {
        fputs("; ", r->out);
        put(r, spoor_report_join(&r->scratch, &rule->tactics, MOST_NAMES, false));
    }
    fputs("; ", r->out);
    put(r, spoor_rule_key(&r->scratch, rule));
    fputs("\n\n", r->out);
    if (rule->description.len > 0) {
        put(r, rule->description);
        fputs("\n\n", r->out);
    }
    put_said(r, state);
    for (uint32_t k = 0; k < state->nalerts && !has_any; k++) {
        const spoor_alert *a = &r->rules->alerts[state->first_alert + k];
        for (uint32_t i = 0; i < a->evidence->count; i++) {
            if (a->evidence_rows[i] > 0) {
                fputs(has_any ? "" : "Matched on:\n\n", r->out);
                has_any = true;
                fputs("* ", r->out);
                put(r, a->evidence->texts[i]);
                fprintf(r->out, " (%u rows)\n", a->evidence_rows[i]);
            }
        }
    }
    if (state->rows > 0) {
        put_rows(r, at);
    }
}

void spoor_report_markdown(spoor_report *r) {
    uint32_t count;
    const uint32_t *order = spoor_report_matched(r, &count);
    put_summary(r);
    if (count == 0) {
        fputs("No rule matched.\n", r->out);
        return;
    }
    fputs("| severity | rule | techniques | hosts | hits | first | last |\n| --- | --- | --- | --- "
          "| --- | --- | --- |\n",
          r->out);
    for (uint32_t i = 0; i < count; i++) {
        put_line(r, order[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        put_rule(r, order[i]);
    }
}
