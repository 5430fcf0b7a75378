/* rules_report_text.c - a run for a terminal, alert by alert: what, where, when, and the first rows
 * with what matched in them highlighted where there is colour. */
#include "detect/rules_report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/safe_text.h"
#include "base/time.h"

enum { MOST_ROWS = 5, MOST_COLUMNS = 12, MOST_NAMES = 10, MOST_TEXT = 600 };

static void put(spoor_report *r, spoor_str text) {
    text = spoor_safe_text(&r->scratch, text);
    fwrite(text.len > 0 ? text.ptr : "", 1, text.len, r->out);
}

static void put_color(spoor_report *r, const char *code) {
    if (r->options->color) {
        fprintf(r->out, "\x1B[%sm", code);
    }
}

static void put_line(spoor_report *r, const char *name, spoor_str text) {
    if (text.len > 0) {
        fprintf(r->out, "  %-10s ", name);
        put(r, text);
        fputc('\n', r->out);
    }
}

static const char *color_of(spoor_level level) {
    static const char *const codes[] = {"2", "36", "33", "31", "1;31"}; /* ORDER spoor_level */
    return codes[level];
}

static void put_head(spoor_report *r, const spoor_alert *a) {
    const spoor_rule *rule = &r->rules->set.rules[a->rule];
    char first[SPOOR_TIME_TEXT], last[SPOOR_TIME_TEXT];
    put_color(r, color_of(a->level));
    fprintf(r->out, "%-8s", spoor_level_name(a->level));
    put_color(r, "0;1");
    fputc(' ', r->out);
    put(r, a->title);
    put_color(r, "0");
    fputc('\n', r->out);
    spoor_str list = spoor_report_join(&r->scratch, &a->tactics, MOST_NAMES, false);
    spoor_str techniques = spoor_report_join(&r->scratch, &rule->techniques, MOST_NAMES, false);
    put_line(r, "ATT&CK",
             spoor_arena_format(&r->scratch, "%.*s%s%.*s", (int)list.len,
                                list.len > 0 ? list.ptr : "",
                                list.len > 0 && techniques.len > 0 ? "; " : "", (int)techniques.len,
                                techniques.len > 0 ? techniques.ptr : ""));
    spoor_str from = a->has_times ? spoor_time_print(a->first, first) : (spoor_str){0};
    spoor_str to = a->has_times ? spoor_time_print(a->last, last) : (spoor_str){0};
    put_line(r, "rows",
             spoor_arena_format(&r->scratch, "%" PRIu64 "%s%.*s%s%.*s", a->hits,
                                from.len > 0 ? ", " : "", (int)from.len,
                                from.len > 0 ? from.ptr : "",
                                a->first != a->last && to.len > 0 ? " to " : "",
                                a->first != a->last ? (int)to.len : 0, to.len > 0 ? to.ptr : ""));
    put_line(r, "hosts", spoor_report_join(&r->scratch, &a->hosts, MOST_NAMES, a->is_cut));
    put_line(r, "users", spoor_report_join(&r->scratch, &a->users, MOST_NAMES, a->is_cut));
    put_line(r, "key", a->key);
    put_line(r, "known", spoor_report_said(&r->scratch, a));
    for (uint32_t i = 0, n = 0; i < a->evidence->count; i++) {
        if (a->evidence_rows[i] > 0) {
            put_line(r, n++ == 0 ? "matched" : "", a->evidence->texts[i]);
        }
    }
}

static void put_cell(spoor_report *r, const spoor_rule_row *row, const spoor_evidence *e,
                     int column, spoor_str name) {
    spoor_str text = spoor_cell_text(&r->scratch, row->cells[column]);
    const bool *is_marked = spoor_report_marks(r, e, row, (uint32_t)column, text);
    size_t most = text.len < MOST_TEXT ? text.len : MOST_TEXT;
    while (most < text.len && ((unsigned char)text.ptr[most] & 0xC0) == 0x80) {
        most++;
    }
    if (text.len == 0) {
        return;
    }
    fputs("      ", r->out);
    put(r, name);
    fputs(" = ", r->out);
    for (size_t from = 0, to; from < most; from = to) {
        bool marked = is_marked != NULL && is_marked[from];
        for (to = from + 1; to < most && (is_marked != NULL && is_marked[to]) == marked; to++) {
        }
        put_color(r, marked ? "1;33" : "0");
        put(r, (spoor_str){text.ptr + from, to - from});
    }
    put_color(r, "0");
    fputs(most < text.len ? "...\n" : "\n", r->out);
}

/* The spool stands at the alert's first row. */
static void put_rows(spoor_report *r, const spoor_alert *a) {
    uint32_t count, ncols;
    const int *columns = spoor_report_columns(r, a->rule, MOST_COLUMNS, &count);
    const spoor_schema *schema = spoor_rule_schema(&r->rules->states[a->rule], &ncols);
    for (uint64_t n = 0; n < a->nrows; n++) {
        spoor_rule_row row;
        spoor_arena_rewind(&r->scratch);
        if (!spoor_spool_next(r->rules, &r->scratch, &row)) {
            return;
        }
        if (n >= MOST_ROWS) {
            continue;
        }
        fputs("    ", r->out);
        put_color(r, "2");
        put(r, row.file.len > 0 ? row.file : SPOOR_STR("made of several events"));
        if (row.has_record) {
            fprintf(r->out, "#%" PRId64, row.record);
        }
        put_color(r, "0");
        fputc('\n', r->out);
        for (uint32_t c = 0; c < count; c++) {
            put_cell(r, &row, a->evidence, columns[c], schema->columns[columns[c]].name);
        }
    }
    if (a->hits > MOST_ROWS) {
        fprintf(r->out, "    %" PRIu64 " more rows\n", a->hits - MOST_ROWS);
    }
}

void spoor_report_text(spoor_report *r) {
    uint32_t count;
    const uint32_t *order = spoor_report_matched(r, &count);
    bool is_first = true;
    for (uint32_t i = 0; i < count; i++) {
        const spoor_rule_state *state = &r->rules->states[order[i]];
        spoor_spool_seek(r->rules, state);
        for (uint32_t k = 0; k < state->nalerts; k++) {
            const spoor_alert *a = &r->rules->alerts[state->first_alert + k];
            spoor_arena_rewind(&r->scratch);
            fputs(is_first ? "" : "\n", r->out);
            is_first = false;
            put_head(r, a);
            put_rows(r, a);
        }
    }
    fputs(is_first ? "no rule matched\n" : "", r->out);
}
