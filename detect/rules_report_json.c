/* rules_report_json.c - json: a summary and an object a rule; jsonl: the objects, one a line. */
#include "detect/rules_report.h"

#include <inttypes.h>

#include "detect/rules_spool.h"
#include "types/dynamic.h"

static void put_text(spoor_report *r, spoor_str text) {
    spoor_str quoted = spoor_json_quote(&r->scratch, text);
    fwrite(quoted.ptr, 1, quoted.len, r->out);
}

static void put_place(spoor_report *r, const spoor_rule *rule, const spoor_diag *diag) {
    uint32_t line = 0, column = 0;
    if (diag->span.source < rule->diags.nsources) {
        spoor_text_position(rule->diags.sources[diag->span.source].text, diag->span.start, &line,
                            &column);
    }
    fprintf(r->out, "{\"line\":%u,\"column\":%u,\"message\":", line, column);
    put_text(r, spoor_str_from(diag->message));
    if (r->what == SPOOR_RULES_CHECK) {
        fputc(',', r->out);
        spoor_report_put_text(r, "code", spoor_str_from(diag->code != NULL ? diag->code : ""));
        fputc(',', r->out);
        spoor_report_put_text(r, "hint", spoor_str_from(diag->hint != NULL ? diag->hint : ""));
    }
    fputc('}', r->out);
}

static void put_columns(spoor_report *r, const spoor_rule_state *state) {
    uint32_t ncols;
    const spoor_schema *schema = spoor_rule_schema(state, &ncols);
    fputc('[', r->out);
    for (uint32_t c = 0; c < ncols; c++) {
        fputs(c > 0 ? ",{\"name\":" : "{\"name\":", r->out);
        put_text(r, schema->columns[c].name);
        fprintf(r->out, ",\"type\":\"%s\"}", spoor_type_name(schema->columns[c].type));
    }
    fputc(']', r->out);
}

/* The next row of the spool as an array. */
static void put_row_array(spoor_report *r) {
    spoor_rule_row row;
    spoor_arena_rewind(&r->scratch);
    fputc('[', r->out);
    if (spoor_spool_next(r->rules, &r->scratch, &row)) {
        for (uint32_t c = 0; c < row.ncols; c++) {
            fputs(c > 0 ? "," : "", r->out);
            fwrite(row.cells[c].ptr, 1, row.cells[c].len, r->out);
        }
    }
    fputc(']', r->out);
}

static void put_rows(spoor_report *r, const spoor_rule_state *state) {
    fputs("{\"columns\":", r->out);
    put_columns(r, state);
    fputs(",\"rows\":[", r->out);
    const char *line =
        r->options->format == SPOOR_FORMAT_JSON ? "\n" : ""; /* jsonl: a rule, a line */
    for (uint64_t i = 0; i < state->rows; i++) {
        fputs(i > 0 ? "," : "", r->out);
        fputs(line, r->out);
        put_row_array(r);
    }
    fputs(state->rows < state->hits ? "],\"truncated\":true}" : "]}", r->out);
}

static void put_hosts(spoor_report *r, const spoor_rule_hosts *hosts) {
    fputs(",\"hosts\":[", r->out);
    for (uint32_t i = 0; i < hosts->count; i++) {
        fputs(i > 0 ? ",{" : "{", r->out);
        spoor_report_put_text(r, "host", hosts->items[i].host);
        fprintf(r->out, ",\"hits\":%" PRIu64 "}", hosts->items[i].hits);
    }
    fputc(']', r->out);
}

static void put_alerts(spoor_report *r, const spoor_rule_state *state) {
    fputs(",\"alerts\":[", r->out);
    for (uint32_t i = 0; i < state->nalerts; i++) {
        fputs(i > 0 ? "," : "", r->out);
        spoor_report_put_alert(r, &r->rules->alerts[state->first_alert + i]);
    }
    fputc(']', r->out);
}

static void put_metadata(spoor_report *r, const spoor_rule *rule) {
    if (rule->metadata.len > 0) {
        fputs(",\"metadata\":", r->out);
        fwrite(rule->metadata.ptr, 1, rule->metadata.len, r->out);
    }
}

static void put_result(spoor_report *r, const spoor_rule *rule, const spoor_rule_state *state) {
    const spoor_diag *error =
        state->status == SPOOR_RULE_FAILED ? spoor_rule_first_error(rule) : NULL;
    fprintf(r->out, "\"status\":\"%s\",\"hits\":%" PRIu64 ",\"alert\":%s,\"error\":",
            spoor_rule_status_name(state->status), state->hits, state->is_alert ? "true" : "false");
    if (error != NULL) {
        put_place(r, rule, error);
    } else {
        fputs("null", r->out);
    }
    fputc(',', r->out);
    if (rule->blind.len > 0) {
        spoor_report_put_text(r, "blind", rule->blind);
        fputc(',', r->out);
    }
    spoor_report_put_list(r, "tactics", &rule->tactics);
    fputc(',', r->out);
    spoor_report_put_list(r, "techniques", &rule->techniques);
    fputc(',', r->out);
    spoor_report_put_time(r, "first", state->has_times, state->first);
    fputc(',', r->out);
    spoor_report_put_time(r, "last", state->has_times, state->last);
    put_metadata(r, rule);
    put_hosts(r, &state->hosts);
    put_alerts(r, state);
    fputs(",\"rows\":", r->out);
    spoor_spool_seek(r->rules, state);
    put_rows(r, state);
}

static void put_verdict(spoor_report *r, const spoor_rule *rule) {
    fprintf(r->out, "\"ok\":%s", rule->diags.nerrors == 0 ? "true" : "false");
    for (int severity = SPOOR_ERROR; severity <= SPOOR_WARNING; severity++) {
        fputs(severity == SPOOR_ERROR ? ",\"errors\":[" : ",\"warnings\":[", r->out);
        bool first = true;
        for (const spoor_diag *d = rule->diags.first; d != NULL; d = d->next) {
            if ((int)d->severity == severity) {
                fputs(first ? "" : ",", r->out);
                put_place(r, rule, d);
                first = false;
            }
        }
        fputc(']', r->out);
    }
}

static void put_rule(spoor_report *r, const spoor_rule *rule, const spoor_rule_state *state) {
    spoor_arena_rewind(&r->scratch);
    fputc('{', r->out);
    spoor_report_put_text(r, "file", spoor_str_from(rule->file->path));
    fprintf(r->out, ",\"index\":%u,", rule->index);
    spoor_report_put_text(r, "id", rule->id);
    fputc(',', r->out);
    spoor_report_put_text(r, "title", rule->title);
    fprintf(r->out, ",\"severity\":\"%s\",", spoor_level_name(rule->level));
    switch (r->what) {
    case SPOOR_RULES_LIST:
        fprintf(r->out, "\"kind\":\"%s\",", spoor_rule_kind_name(rule->kind));
        spoor_report_put_list(r, "tactics", &rule->tactics);
        fputc(',', r->out);
        spoor_report_put_list(r, "techniques", &rule->techniques);
        put_metadata(r, rule);
        break;
    case SPOOR_RULES_CHECK: put_verdict(r, rule); break;
    case SPOOR_RULES_RUN: put_result(r, rule, state); break;
    }
    fputc('}', r->out);
}

/* What each entry of the allow-lists in use left out. */
static void put_allowed(spoor_report *r) {
    const spoor_tuning *t = &r->rules->tuning;
    bool is_first = true;
    for (uint32_t i = 0; i < t->nallows; i++) {
        const spoor_allow *a = &t->allows[i];
        if (!a->is_used) {
            continue;
        }
        fputs(is_first ? ",\"allowed\":[{" : ",{", r->out);
        is_first = false;
        spoor_report_put_text(r, "file", spoor_str_from(a->file));
        fprintf(r->out, ",\"line\":%u,", a->line);
        spoor_report_put_text(r, "rule", a->rule);
        fputc(',', r->out);
        spoor_report_put_text(r, "where", a->where);
        fputc(',', r->out);
        spoor_report_put_text(r, "owner", a->owner);
        fputc(',', r->out);
        spoor_report_put_text(r, "reason", a->reason);
        fputc(',', r->out);
        spoor_report_put_time(r, "expires", a->has_expiry, a->expiry);
        if (r->rules->is_counted) {
            fprintf(r->out, ",\"rows\":%" PRIu64, a->hits);
        }
        fputc('}', r->out);
    }
    fputs(is_first ? "" : "]", r->out);
}

static void put_summary(spoor_report *r) {
    const spoor_rules_summary *s = &r->rules->summary;
    char time[64];
    fprintf(r->out, "{\"summary\":{\"found\":%" PRIu64, s->found);
    if (r->what == SPOOR_RULES_CHECK) {
        fprintf(r->out, ",\"ok\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"warnings\":%" PRIu64,
                s->found - s->failed, s->failed, s->warnings);
    } else if (r->what == SPOOR_RULES_RUN) {
        spoor_print_time(s->now, time);
        fprintf(r->out,
                ",\"ran\":%" PRIu64 ",\"matched\":%" PRIu64 ",\"no_match\":%" PRIu64
                ",\"failed\":%" PRIu64 ",\"blind\":%" PRIu64 ",\"alerts\":%" PRIu64
                ",\"now\":\"%s\",\"seconds\":%.3f",
                s->ran, s->matched, s->no_match, s->failed, s->blind, s->alerts, time, s->seconds);
        put_allowed(r);
    }
    fputs("},\"rules\":[", r->out);
}

void spoor_report_json(spoor_report *r) {
    bool is_lines = r->options->format == SPOOR_FORMAT_JSONL, first = true;
    if (!is_lines) {
        put_summary(r);
    }
    for (uint32_t i = 0; i < r->rules->set.count; i++) {
        if (!r->rules->states[i].is_selected) {
            continue;
        }
        fputs(is_lines ? "" : first ? "\n" : ",\n", r->out);
        put_rule(r, &r->rules->set.rules[i], &r->rules->states[i]);
        fputs(is_lines ? "\n" : "", r->out);
        first = false;
    }
    fputs(is_lines ? "" : "]}\n", r->out);
}
