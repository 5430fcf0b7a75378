/* rules_report_timesketch.c - the matched rows of alerts as Timesketch takes them: JSON, a row a
 * line, its cells flat beside message, datetime and timestamp_desc. */
#include "detect/rules_report.h"

#include <inttypes.h>

#include "base/time.h"
#include "types/dynamic.h"

/* What stands in each line anyway, or what Timesketch keeps for itself. */
static bool is_reserved(spoor_str name) {
    static const char *const names[] = {
        "message",   "datetime", "timestamp",   "timestamp_desc", "tag",
        "data_type", "tactics",  "severity",    "rule_id",        "hostname",
        "username",  "rule",     "source_file", "source_record",  "__ts_timeline_id"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (spoor_str_is(name, names[i])) {
            return true;
        }
    }
    return false;
}

static void put_json(spoor_report *r, spoor_str json) {
    fwrite(json.ptr, 1, json.len, r->out);
}

static void put_cells(spoor_report *r, const spoor_schema *schema, const spoor_rule_row *row) {
    for (uint32_t c = 0; c < row->ncols; c++) {
        spoor_str cell = row->cells[c], name = schema->columns[c].name;
        if (cell.len == 0 || spoor_str_is(cell, "null") || spoor_str_is(cell, "\"\"")) {
            continue;
        }
        if (is_reserved(name)) {
            name = spoor_arena_format(&r->scratch, "event_%.*s", (int)name.len, name.ptr);
        }
        fputc(',', r->out);
        put_json(r, spoor_json_quote(&r->scratch, name));
        fputc(':', r->out);
        bool is_bag =
            cell.ptr[0] == '{' || cell.ptr[0] == '['; /* its index holds no deeper values */
        put_json(r, is_bag ? spoor_json_quote(&r->scratch, cell) : cell);
    }
}

/* Of the row; where it has none, of the last event that its rule matched, or of the run. */
static int64_t time_of(spoor_report *r, const spoor_alert *a, const spoor_schema *schema,
                       const spoor_rule_row *row) {
    int64_t time;
    for (uint32_t c = 0; c < row->ncols; c++) {
        if (spoor_str_is(schema->columns[c].name, "TimeGenerated") &&
            spoor_time_parse(spoor_cell_text(&r->scratch, row->cells[c]), &time)) {
            return time;
        }
    }
    return a->has_times ? a->last : a->at;
}

/* As Timesketch's analyzers look for it. */
static void put_user(spoor_report *r, const spoor_rule *rule, const spoor_schema *schema,
                     const spoor_rule_row *row) {
    uint32_t count;
    const spoor_entity *entities =
        spoor_rule_entities(&r->scratch, rule, schema, row, false, &count);
    for (uint32_t i = 0; i < count; i++) {
        bool is_user = spoor_str_is(entities[i].type, "Account");
        bool is_named = spoor_str_is(entities[i].names[0], "FullName") ||
                        spoor_str_is(entities[i].names[0], "Name");
        if (is_user && is_named) {
            fputc(',', r->out);
            spoor_report_put_text(r, "username", entities[i].values[0]);
            return;
        }
    }
}

static void put_row(spoor_report *r, const spoor_alert *a, const spoor_schema *schema,
                    const spoor_rule_row *row) {
    const spoor_rule *rule = &r->rules->set.rules[a->rule];
    fputc('{', r->out);
    spoor_report_put_text(r, "message", a->title.len > 0 ? a->title : SPOOR_STR("untitled"));
    fputc(',', r->out);
    spoor_report_put_time(r, "datetime", true, time_of(r, a, schema, row));
    fprintf(r->out,
            ",\"timestamp\":%" PRId64
            ",\"timestamp_desc\":\"Rule matched\",\"data_type\":\"spoor:rule:match\",",
            (time_of(r, a, schema, row) - SPOOR_UNIX_EPOCH) / SPOOR_TICKS_US);
    spoor_report_put_list(r, "tag", &rule->techniques);
    fputc(',', r->out);
    spoor_report_put_list(r, "tactics", &a->tactics);
    fputc(',', r->out);
    spoor_report_put_text(r, "rule", rule->title);
    fprintf(r->out, ",\"severity\":\"%s\",", spoor_level_name(a->level));
    spoor_report_put_text(r, "rule_id", spoor_rule_key(&r->scratch, rule));
    spoor_str host = spoor_report_host(r, a->rule, row);
    if (host.len > 0) {
        fputc(',', r->out);
        spoor_report_put_text(r, "hostname", host);
    }
    put_user(r, rule, schema, row);
    if (row->file.len > 0) {
        fputc(',', r->out);
        spoor_report_put_text(r, "source_file", row->file);
    }
    if (row->has_record) {
        fprintf(r->out, ",\"source_record\":%" PRId64, row->record);
    }
    put_cells(r, schema, row);
    fputs("}\n", r->out);
}

void spoor_report_timesketch(spoor_report *r) {
    for (uint32_t i = 0; i < r->rules->set.count; i++) {
        const spoor_rule_state *state = &r->rules->states[i];
        if (state->nalerts == 0) {
            continue;
        }
        uint32_t ncols;
        const spoor_schema *schema = spoor_rule_schema(state, &ncols);
        uint64_t n = 0;
        spoor_spool_seek(r->rules, state);
        for (uint32_t k = 0; k < state->nalerts; k++) {
            const spoor_alert *a = &r->rules->alerts[state->first_alert + k];
            for (; n < a->first_row + a->nrows; n++) {
                spoor_rule_row row;
                spoor_arena_rewind(&r->scratch);
                if (!spoor_spool_next(r->rules, &r->scratch, &row)) {
                    return;
                }
                put_row(r, a, schema, &row);
            }
        }
    }
}
