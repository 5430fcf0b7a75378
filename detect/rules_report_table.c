/* rules_report_table.c - every format without a file of its own: a table of texts through output/. */
#include "detect/rules_report.h"

#include <stdlib.h>

#include "engine/row_writer.h"

enum { HOSTS_SHOWN = 3 };

typedef struct table {
    spoor_report *report;
    spoor_arena *arena;
    const spoor_rules *rules;
    spoor_row_writer rows;
} table;

static spoor_str host_names(spoor_arena *arena, const spoor_rule_hosts *hosts) {
    spoor_str_list names = {0};
    for (uint32_t i = 0; i < hosts->count; i++) {
        spoor_str_list_add(arena, &names, hosts->items[i].host);
    }
    return spoor_report_join(arena, &names, HOSTS_SHOWN, hosts->has_more);
}

static void write_run_table(table *t) {
    const spoor_rules *rules = t->rules;
    uint32_t count;
    const uint32_t *order = spoor_report_matched(t->report, &count);
    for (uint32_t i = 0; i < count; i++) {
        const spoor_rule *rule = &rules->set.rules[order[i]];
        const spoor_rule_state *state = &rules->states[order[i]];
        spoor_value cells[] = {
            spoor_text_value(spoor_str_from(spoor_level_name(rule->level))),
            spoor_text_value(rule->title),
            spoor_text_value(spoor_report_join(t->arena, &rule->tactics, UINT32_MAX, false)),
            spoor_text_value(spoor_report_join(t->arena, &rule->techniques, UINT32_MAX, false)),
            spoor_number_value(state->hosts.count),
            spoor_number_value(state->hits),
            spoor_time_value(state->has_times, state->first),
            spoor_time_value(state->has_times, state->last),
            spoor_text_value(host_names(t->arena, &state->hosts)),
        };
        spoor_row_writer_put(&t->rows, cells);
    }
}

typedef struct place { /* of an alert, by time */
    int64_t at;
    uint32_t alert;
} place;

static int compare_places(const void *a, const void *b) {
    const place *x = a, *y = b;
    return x->at != y->at ? (x->at > y->at) - (x->at < y->at)
                          : (x->alert > y->alert) - (x->alert < y->alert);
}

/* An alert a row. */
static void write_replay_table(table *t) {
    const spoor_rules *rules = t->rules;
    place *order = SPOOR_NEW_ARRAY(t->arena, place, rules->nalerts + 1);
    for (uint32_t i = 0; i < rules->nalerts; i++) {
        order[i] = (place){rules->alerts[i].at, i};
    }
    qsort(order, rules->nalerts, sizeof *order, compare_places);
    for (uint32_t i = 0; i < rules->nalerts; i++) {
        const spoor_alert *a = &rules->alerts[order[i].alert];
        spoor_value cells[] = {
            spoor_time_value(true, a->at),
            spoor_text_value(spoor_str_from(spoor_level_name(a->level))),
            spoor_text_value(a->title),
            spoor_number_value(a->hits),
            spoor_time_value(a->has_times, a->first),
            spoor_time_value(a->has_times, a->last),
            spoor_text_value(spoor_report_join(t->arena, &a->hosts, HOSTS_SHOWN, a->is_cut)),
        };
        spoor_row_writer_put(&t->rows, cells);
    }
}

static bool nothing_matched(const spoor_rules *rules) {
    return rules->summary.matched == 0 && rules->summary.alerts == 0;
}

static void write_list_table(table *t) {
    for (uint32_t i = 0; i < t->rules->set.count; i++) {
        const spoor_rule *rule = &t->rules->set.rules[i];
        if (t->rules->states[i].is_selected) {
            spoor_value cells[] = {
                spoor_text_value(spoor_str_from(spoor_level_name(rule->level))),
                spoor_text_value(rule->title),
                spoor_text_value(spoor_str_from(spoor_rule_kind_name(rule->kind))),
                spoor_text_value(spoor_report_join(t->arena, &rule->tactics, UINT32_MAX, false)),
                spoor_text_value(spoor_report_join(t->arena, &rule->techniques, UINT32_MAX, false)),
                spoor_text_value(rule->id),
                spoor_text_value(spoor_str_from(rule->file->path)),
                spoor_number_value(rule->index),
            };
            spoor_row_writer_put(&t->rows, cells);
        }
    }
}

static void write_check_table(table *t) {
    for (uint32_t i = 0; i < t->rules->set.count; i++) {
        const spoor_rule *rule = &t->rules->set.rules[i];
        const spoor_diag *error = spoor_rule_first_error(rule);
        if (t->rules->states[i].is_selected) {
            spoor_value cells[] = {
                spoor_text_value(error == NULL ? SPOOR_STR("ok") : SPOOR_STR("failed")),
                spoor_text_value(rule->title),
                spoor_text_value(spoor_str_from(rule->file->path)),
                spoor_number_value(rule->index),
                spoor_number_value(rule->diags.nwarnings),
                spoor_text_value(error != NULL ? spoor_str_from(error->message) : (spoor_str){0}),
            };
            spoor_row_writer_put(&t->rows, cells);
        }
    }
}

/* ORDER spoor_rules_report; and of a replay */
static const struct {
    spoor_row_column columns[SPOOR_MAX_ROW_COLUMNS];
    void (*write)(table *t);
} shapes[] = {
    {{{"severity", SPOOR_STRING},
      {"rule", SPOOR_STRING},
      {"kind", SPOOR_STRING},
      {"tactics", SPOOR_STRING},
      {"techniques", SPOOR_STRING},
      {"id", SPOOR_STRING},
      {"file", SPOOR_STRING},
      {"index", SPOOR_LONG}},
     write_list_table},
    {{{"verdict", SPOOR_STRING},
      {"rule", SPOOR_STRING},
      {"file", SPOOR_STRING},
      {"index", SPOOR_LONG},
      {"warnings", SPOOR_LONG},
      {"error", SPOOR_STRING}},
     write_check_table},
    {{{"severity", SPOOR_STRING},
      {"rule", SPOOR_STRING},
      {"tactics", SPOOR_STRING},
      {"techniques", SPOOR_STRING},
      {"hosts", SPOOR_LONG},
      {"hits", SPOOR_LONG},
      {"first", SPOOR_DATETIME},
      {"last", SPOOR_DATETIME},
      {"on", SPOOR_STRING}},
     write_run_table},
    {{{"run", SPOOR_DATETIME},
      {"severity", SPOOR_STRING},
      {"alert", SPOOR_STRING},
      {"hits", SPOOR_LONG},
      {"first", SPOOR_DATETIME},
      {"last", SPOOR_DATETIME},
      {"on", SPOOR_STRING}},
     write_replay_table},
};

void spoor_report_table(spoor_report *report) {
    table t = {.report = report, .arena = &report->arena, .rules = report->rules};
    bool is_replay = report->what == SPOOR_RULES_RUN && report->rules->is_replay;
    size_t shape = (size_t)report->what + is_replay;
    bool is_read_by_people = report->options->format == SPOOR_FORMAT_TABLE ||
                             report->options->format == SPOOR_FORMAT_MARKDOWN;
    if (report->what == SPOOR_RULES_RUN && is_read_by_people && nothing_matched(t.rules)) {
        fputs("no rule matched\n", report->out);
        return;
    }
    spoor_row_writer_open(&t.rows, &report->arena, &report->scratch, report->options, report->out,
                          shapes[shape].columns);
    shapes[shape].write(&t);
    spoor_row_writer_close(&t.rows);
}
