/* rules_report_csv.c - csv of a run: the rule, then a matched row as a JSON object. */
#include "detect/rules_report.h"

#include <inttypes.h>

#include "base/safe_text.h"
#include "detect/rules_spool.h"
#include "types/dynamic.h"

/* One character of a quoted cell. */
static void put_char(spoor_report *r, int c) {
    if (c == '"') {
        fputc('"', r->out);
    }
    fputc(c, r->out);
}

static void put_chars(spoor_report *r, spoor_str text) {
    for (size_t i = 0; i < text.len; i++) {
        put_char(r, text.ptr[i]);
    }
}

/* Escaped, and no formula to a spreadsheet: as -o csv of a query. */
static void put_csv(spoor_report *r, spoor_str text) {
    text = spoor_safe_text(&r->scratch, text);
    bool guard = text.len > 1 && strchr("=+-@", text.ptr[0]) != NULL, plain = !guard;
    for (size_t i = 0; i < text.len; i++) {
        plain = plain && strchr("\",", text.ptr[i]) == NULL;
    }
    if (!plain) {
        fputs(guard ? "\"'" : "\"", r->out);
    }
    put_chars(r, text);
    if (!plain) {
        fputc('"', r->out);
    }
}

static void put_row_object(spoor_report *r, const spoor_rule_state *state) {
    uint32_t ncols;
    const spoor_schema *schema = spoor_rule_schema(state, &ncols);
    spoor_rule_row row;
    fputs("\"{", r->out);
    if (spoor_spool_next(r->rules, &r->scratch, &row)) {
        for (uint32_t c = 0; c < row.ncols && c < ncols; c++) {
            fputs(c > 0 ? "," : "", r->out);
            put_chars(r, spoor_json_quote(&r->scratch, schema->columns[c].name));
            fputc(':', r->out);
            put_chars(r, row.cells[c]);
        }
    }
    fputs("}\"", r->out);
}

static void put_csv_rule(spoor_report *r, const spoor_rule *rule, const spoor_rule_state *state) {
    const spoor_diag *error =
        state->status == SPOOR_RULE_FAILED ? spoor_rule_first_error(rule) : NULL;
    spoor_spool_seek(r->rules, state);
    for (uint64_t i = 0; i == 0 || i < state->rows; i++) {
        spoor_arena_rewind(&r->scratch);
        put_csv(r, spoor_str_from(rule->file->path));
        fprintf(r->out, ",%u,", rule->index);
        put_csv(r, rule->id);
        fputc(',', r->out);
        put_csv(r, rule->title);
        fprintf(r->out, ",%s,%s,%" PRIu64 ",%s,", spoor_level_name(rule->level),
                spoor_rule_status_name(state->status), state->hits,
                state->is_alert ? "true" : "false");
        put_csv(r, error != NULL ? spoor_str_from(error->message) : (spoor_str){0});
        fputc(',', r->out);
        if (state->rows > 0) {
            put_row_object(r, state);
        }
        fputs("\r\n", r->out);
    }
}

void spoor_report_csv(spoor_report *r) {
    fputs("file,index,id,title,severity,status,hits,alert,error,row\r\n", r->out);
    for (uint32_t i = 0; i < r->rules->set.count; i++) {
        if (r->rules->states[i].is_selected) {
            put_csv_rule(r, &r->rules->set.rules[i], &r->rules->states[i]);
        }
    }
}
