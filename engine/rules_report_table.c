/* rules_report_table.c - every format without a file of its own: a table of texts through output/. */
#include "engine/rules_report.h"

#include "output/output.h"

enum { MOST_CELLS = 12, HOSTS_SHOWN = 3 };

typedef struct table {
    spoor_report *report;
    spoor_arena *arena;
    const spoor_rules *rules;
    spoor_output output;
} table;

static void put_cells(table *t, const spoor_value *cells) {
    spoor_vec columns[MOST_CELLS];
    for (uint32_t c = 0; c < t->output.ncols; c++) {
        columns[c] = spoor_vec_constant(t->arena, &cells[c], 1);
    }
    spoor_batch batch = {.rows = 1, .count = 1, .ncols = t->output.ncols, .cols = columns};
    spoor_output_batch(&t->output, &batch);
}

static spoor_value text_value(spoor_str text) {
    return (spoor_value){.type = SPOOR_STRING, .string = text};
}

static spoor_value number_value(uint64_t number) {
    return (spoor_value){.type = SPOOR_LONG, .integer = (int64_t)number};
}

static spoor_value time_value(bool is_known, int64_t time) {
    return (spoor_value){.type = SPOOR_DATETIME, .is_null = !is_known, .integer = is_known ? time : 0};
}

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
            text_value(spoor_str_from(spoor_level_name(rule->level))),
            text_value(rule->title),
            text_value(spoor_report_join(t->arena, &rule->tactics, UINT32_MAX, false)),
            text_value(spoor_report_join(t->arena, &rule->techniques, UINT32_MAX, false)),
            number_value(state->hosts.count),
            number_value(state->hits),
            time_value(state->has_times, state->first),
            time_value(state->has_times, state->last),
            text_value(host_names(t->arena, &state->hosts)),
        };
        put_cells(t, cells);
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
                text_value(spoor_str_from(spoor_level_name(rule->level))),
                text_value(rule->title),
                text_value(spoor_str_from(spoor_rule_kind_name(rule->kind))),
                text_value(spoor_report_join(t->arena, &rule->tactics, UINT32_MAX, false)),
                text_value(spoor_report_join(t->arena, &rule->techniques, UINT32_MAX, false)),
                text_value(rule->id),
                text_value(spoor_str_from(rule->file->path)),
                number_value(rule->index),
            };
            put_cells(t, cells);
        }
    }
}

static void write_check_table(table *t) {
    for (uint32_t i = 0; i < t->rules->set.count; i++) {
        const spoor_rule *rule = &t->rules->set.rules[i];
        const spoor_diag *error = spoor_rule_first_error(rule);
        if (t->rules->states[i].is_selected) {
            spoor_value cells[] = {
                text_value(error == NULL ? SPOOR_STR("ok") : SPOOR_STR("failed")),
                text_value(rule->title),
                text_value(spoor_str_from(rule->file->path)),
                number_value(rule->index),
                number_value(rule->diags.nwarnings),
                text_value(error != NULL ? spoor_str_from(error->message) : (spoor_str){0}),
            };
            put_cells(t, cells);
        }
    }
}

/* ORDER spoor_rules_report */
static const struct {
    const char *names[MOST_CELLS];
    spoor_type types[MOST_CELLS];
    void (*write)(table *t);
} shapes[] = {
    {{"severity", "rule", "kind", "tactics", "techniques", "id", "file", "index"},
     {SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_STRING,
      SPOOR_LONG},
     write_list_table},
    {{"verdict", "rule", "file", "index", "warnings", "error"},
     {SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_LONG, SPOOR_LONG, SPOOR_STRING},
     write_check_table},
    {{"severity", "rule", "tactics", "techniques", "hosts", "hits", "first", "last", "on"},
     {SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_LONG, SPOOR_LONG, SPOOR_DATETIME,
      SPOOR_DATETIME, SPOOR_STRING},
     write_run_table},
};

void spoor_report_table(spoor_report *report) {
    table t = {.report = report, .arena = &report->arena, .rules = report->rules};
    spoor_column columns[MOST_CELLS];
    spoor_schema schema = {0, columns};
    for (; schema.ncols < MOST_CELLS && shapes[report->what].names[schema.ncols] != NULL; schema.ncols++) {
        columns[schema.ncols] =
            (spoor_column){.name = spoor_str_from(shapes[report->what].names[schema.ncols]),
                           .type = shapes[report->what].types[schema.ncols]};
    }
    if (report->what == SPOOR_RULES_RUN && (report->options->format == SPOOR_FORMAT_TABLE || report->options->format == SPOOR_FORMAT_MARKDOWN) &&
        nothing_matched(t.rules)) {
        fputs("no rule matched\n", report->out);
        return;
    }
    spoor_output_options all = *report->options;
    all.max_rows = 0; /* --max-rows is of matched rows, not of rules */
    spoor_output_open(&t.output, &all, 1, &report->arena, &report->scratch, report->out);
    spoor_output_begin(&t.output, (spoor_str){0}, (spoor_str){0}, &schema);
    shapes[report->what].write(&t);
    spoor_output_end(&t.output);
    spoor_output_close(&t.output);
}
