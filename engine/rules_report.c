/* rules_report.c - what came of rules as text: see rules.h.
 *
 * json and jsonl have a form of their own (an object a rule); every other
 * format shows a table of texts through output/. */
#include "engine/rules.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/time.h"
#include "output/output.h"
#include "types/dynamic.h"

enum { MOST_CELLS = 12, HOSTS_SHOWN = 3 };

typedef struct report {
    spoor_rules *rules;
    spoor_output output;
    spoor_arena arena, scratch;
    const spoor_output_options *options;
    FILE *out;
    spoor_rules_report what;
} report;

const char *spoor_rule_status_name(spoor_rule_status status) {
    static const char *const names[] = {"not run", "matched", "no match", "failed",
                                        "blind"}; /* ORDER spoor_rule_status */
    return names[status];
}

/* -- JSON ------------------------------------------------------------------------------------------------ */

static void put_text(report *r, spoor_str text) {
    spoor_str quoted = spoor_json_quote(&r->scratch, text);
    fwrite(quoted.ptr, 1, quoted.len, r->out);
}

static void put_key(report *r, const char *key, spoor_str text) {
    fprintf(r->out, "\"%s\":", key);
    if (text.len == 0) {
        fputs("null", r->out);
    } else {
        put_text(r, text);
    }
}

static void put_place(report *r, const spoor_rule *rule, const spoor_diag *diag) {
    uint32_t line = 0, column = 0;
    if (diag->span.source < rule->diags.nsources) {
        spoor_text_position(rule->diags.sources[diag->span.source].text, diag->span.start, &line, &column);
    }
    fprintf(r->out, "{\"line\":%u,\"column\":%u,\"message\":", line, column);
    put_text(r, spoor_str_from(diag->message));
    fputc('}', r->out);
}

static const spoor_diag *first_error(const spoor_rule *rule) {
    const spoor_diag *diag = rule->diags.first;
    while (diag != NULL && diag->severity != SPOOR_ERROR) {
        diag = diag->next;
    }
    return diag;
}

static void put_columns(report *r, const spoor_rule_state *state) {
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

/* One character of a cell; in csv a quote is written twice. */
static void put_char(report *r, int c) {
    if (c == '"' && r->options->format == SPOOR_FORMAT_CSV) {
        fputc('"', r->out);
    }
    fputc(c, r->out);
}

/* The next row of the spool as an array. */
static void put_row_array(report *r) {
    int c;
    fputc('[', r->out);
    while ((c = fgetc(r->rules->spool)) != '\n' && c != EOF) {
        fputc(c == '\t' ? ',' : c, r->out);
    }
    fputc(']', r->out);
}

static void put_rows(report *r, const spoor_rule_state *state) {
    fputs("{\"columns\":", r->out);
    put_columns(r, state);
    fputs(",\"rows\":[", r->out);
    const char *line = r->options->format == SPOOR_FORMAT_JSON ? "\n" : ""; /* jsonl: a rule, a line */
    for (uint64_t i = 0; i < state->rows; i++) {
        fputs(i > 0 ? "," : "", r->out);
        fputs(line, r->out);
        put_row_array(r);
    }
    fputs(state->rows < state->hits ? "],\"truncated\":true}" : "]}", r->out);
}

static void put_result(report *r, const spoor_rule *rule, const spoor_rule_state *state) {
    const spoor_diag *error = state->status == SPOOR_RULE_FAILED ? first_error(rule) : NULL;
    fprintf(r->out, "\"status\":\"%s\",\"hits\":%" PRIu64 ",\"alert\":%s,\"error\":",
            spoor_rule_status_name(state->status), state->hits, state->is_alert ? "true" : "false");
    if (error != NULL) {
        put_place(r, rule, error);
    } else {
        fputs("null", r->out);
    }
    fputs(",\"rows\":", r->out);
    if (state->rows > 0) {
        fseek(r->rules->spool, state->rows_at, SEEK_SET);
    }
    put_rows(r, state);
}

static void put_verdict(report *r, const spoor_rule *rule) {
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

static void put_list(report *r, const char *key, const spoor_str_list *list) {
    fprintf(r->out, "\"%s\":[", key);
    for (uint32_t i = 0; i < list->count; i++) {
        fputs(i > 0 ? "," : "", r->out);
        put_text(r, list->items[i]);
    }
    fputc(']', r->out);
}

static const char *kind_name(spoor_rule_kind kind) {
    static const char *const names[] = {"text", "scheduled", "nrt", "hunting"}; /* ORDER spoor_rule_kind */
    return names[kind];
}

static void put_rule(report *r, const spoor_rule *rule, const spoor_rule_state *state) {
    spoor_arena_rewind(&r->scratch);
    fputc('{', r->out);
    put_key(r, "file", spoor_str_from(rule->file->path));
    fprintf(r->out, ",\"index\":%u,", rule->index);
    put_key(r, "id", rule->id);
    fputc(',', r->out);
    put_key(r, "title", rule->title);
    fprintf(r->out, ",\"severity\":\"%s\",", spoor_level_name(rule->level));
    switch (r->what) {
    case SPOOR_RULES_LIST:
        fprintf(r->out, "\"kind\":\"%s\",", kind_name(rule->kind));
        put_list(r, "tactics", &rule->tactics);
        fputc(',', r->out);
        put_list(r, "techniques", &rule->techniques);
        break;
    case SPOOR_RULES_CHECK: put_verdict(r, rule); break;
    case SPOOR_RULES_RUN: put_result(r, rule, state); break;
    }
    fputc('}', r->out);
}

static void put_summary(report *r) {
    const spoor_rules_summary *s = &r->rules->summary;
    char time[64];
    fprintf(r->out, "{\"summary\":{\"found\":%" PRIu64, s->found);
    if (r->what == SPOOR_RULES_CHECK) {
        fprintf(r->out, ",\"ok\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"warnings\":%" PRIu64,
                s->found - s->failed, s->failed, s->warnings);
    } else if (r->what == SPOOR_RULES_RUN) {
        spoor_print_time(s->now, time);
        fprintf(r->out,
                ",\"ran\":%" PRIu64 ",\"matched\":%" PRIu64 ",\"no_match\":%" PRIu64 ",\"failed\":%" PRIu64
                ",\"blind\":%" PRIu64 ",\"alerts\":%" PRIu64 ",\"now\":\"%s\",\"seconds\":%.3f",
                s->ran, s->matched, s->no_match, s->failed, s->blind, s->alerts,
                time, s->seconds);
    }
    fputs("},\"rules\":[", r->out);
}

static void write_json(report *r) {
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

/* -- csv of a run: the rule, then a row as a JSON object ------------------------------------------------- */

static void put_csv(report *r, spoor_str text) {
    bool plain = true;
    for (size_t i = 0; i < text.len; i++) {
        plain = plain && strchr("\",\r\n", text.ptr[i]) == NULL;
    }
    if (!plain) {
        fputc('"', r->out);
    }
    for (size_t i = 0; i < text.len; i++) {
        put_char(r, text.ptr[i]);
    }
    if (!plain) {
        fputc('"', r->out);
    }
}

static void put_row_object(report *r, const spoor_rule_state *state) {
    uint32_t ncols, column = 0;
    const spoor_schema *schema = spoor_rule_schema(state, &ncols);
    int c;
    fputs("\"{", r->out);
    do {
        spoor_str name = column < ncols ? spoor_json_quote(&r->scratch, schema->columns[column].name)
                                        : (spoor_str){0};
        for (size_t i = 0; i < name.len; i++) {
            put_char(r, name.ptr[i]);
        }
        fputc(':', r->out);
        while ((c = fgetc(r->rules->spool)) != '\t' && c != '\n' && c != EOF) {
            put_char(r, c);
        }
        fputs(c == '\t' ? "," : "", r->out);
        column++;
    } while (c == '\t');
    fputs("}\"", r->out);
}

static void put_csv_rule(report *r, const spoor_rule *rule, const spoor_rule_state *state) {
    const spoor_diag *error = state->status == SPOOR_RULE_FAILED ? first_error(rule) : NULL;
    if (state->rows > 0) {
        fseek(r->rules->spool, state->rows_at, SEEK_SET);
    }
    for (uint64_t i = 0; i == 0 || i < state->rows; i++) {
        spoor_arena_rewind(&r->scratch);
        put_csv(r, spoor_str_from(rule->file->path));
        fprintf(r->out, ",%u,", rule->index);
        put_csv(r, rule->id);
        fputc(',', r->out);
        put_csv(r, rule->title);
        fprintf(r->out, ",%s,%s,%" PRIu64 ",%s,", spoor_level_name(rule->level),
                spoor_rule_status_name(state->status), state->hits, state->is_alert ? "true" : "false");
        put_csv(r, error != NULL ? spoor_str_from(error->message) : (spoor_str){0});
        fputc(',', r->out);
        if (state->rows > 0) {
            put_row_object(r, state);
        }
        fputs("\r\n", r->out);
    }
}

static void write_run_csv(report *r) {
    fputs("file,index,id,title,severity,status,hits,alert,error,row\r\n", r->out);
    for (uint32_t i = 0; i < r->rules->set.count; i++) {
        if (r->rules->states[i].is_selected) {
            put_csv_rule(r, &r->rules->set.rules[i], &r->rules->states[i]);
        }
    }
}

/* -- tables ----------------------------------------------------------------------------------------------- */

static void put_cells(report *r, const spoor_value *cells) {
    spoor_vec columns[MOST_CELLS];
    for (uint32_t c = 0; c < r->output.ncols; c++) {
        columns[c] = spoor_vec_constant(&r->arena, &cells[c], 1);
    }
    spoor_batch batch = {.rows = 1, .count = 1, .ncols = r->output.ncols, .cols = columns};
    spoor_output_batch(&r->output, &batch);
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

static spoor_str join(spoor_arena *arena, const spoor_str_list *list, uint32_t most, bool has_more) {
    spoor_str text = {0};
    for (uint32_t i = 0; i < list->count && i < most; i++) {
        text = spoor_arena_format(arena, "%.*s%s%.*s", (int)text.len, text.len > 0 ? text.ptr : "",
                                  i > 0 ? ", " : "", (int)list->items[i].len, list->items[i].ptr);
    }
    if (list->count > most) {
        text = spoor_arena_format(arena, "%.*s, %u%s more", (int)text.len, text.ptr, list->count - most,
                                  has_more ? "+" : "");
    }
    return text;
}

/* Highest severity first, then what fired rarely. */
static int compare_rules(const spoor_rules *rules, uint32_t a, uint32_t b) {
    const spoor_rule *x = &rules->set.rules[a], *y = &rules->set.rules[b];
    uint64_t m = rules->states[a].hits, n = rules->states[b].hits;
    if (x->level != y->level) {
        return x->level > y->level ? -1 : 1;
    }
    if (m != n) {
        return m < n ? -1 : 1;
    }
    int order = spoor_str_compare(x->title, y->title);
    return order != 0 ? order : (a > b) - (a < b);
}

static void sift(const spoor_rules *rules, uint32_t *heap, uint32_t count, uint32_t at) {
    for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && compare_rules(rules, heap[child], heap[child + 1]) < 0;
        if (compare_rules(rules, heap[at], heap[child]) >= 0) {
            return;
        }
        uint32_t swap = heap[at];
        heap[at] = heap[child];
        heap[child] = swap;
    }
}

static void sort_rules(const spoor_rules *rules, uint32_t *order, uint32_t count) {
    for (uint32_t i = count / 2; i > 0; i--) {
        sift(rules, order, count, i - 1);
    }
    for (uint32_t n = count; n > 1; n--) {
        uint32_t top = order[0];
        order[0] = order[n - 1];
        order[n - 1] = top;
        sift(rules, order, n - 1, 0);
    }
}

static void write_run_table(report *r) {
    const spoor_rules *rules = r->rules;
    uint32_t *order = SPOOR_NEW_ARRAY(&r->arena, uint32_t, rules->set.count + 1), count = 0;
    for (uint32_t i = 0; i < rules->set.count; i++) {
        if (rules->states[i].is_selected && (rules->states[i].hits > 0 || rules->states[i].is_alert)) {
            order[count++] = i;
        }
    }
    sort_rules(rules, order, count);
    for (uint32_t i = 0; i < count; i++) {
        const spoor_rule *rule = &rules->set.rules[order[i]];
        const spoor_rule_state *state = &rules->states[order[i]];
        spoor_value cells[] = {
            text_value(spoor_str_from(spoor_level_name(rule->level))),
            text_value(rule->title),
            text_value(join(&r->arena, &rule->tactics, UINT32_MAX, false)),
            text_value(join(&r->arena, &rule->techniques, UINT32_MAX, false)),
            number_value(state->hits),
            time_value(state->has_times, state->first),
            time_value(state->has_times, state->last),
            text_value(join(&r->arena, &state->hosts, HOSTS_SHOWN, state->more_hosts)),
        };
        put_cells(r, cells);
    }
}

static void write_list_table(report *r) {
    for (uint32_t i = 0; i < r->rules->set.count; i++) {
        const spoor_rule *rule = &r->rules->set.rules[i];
        if (r->rules->states[i].is_selected) {
            spoor_value cells[] = {
                text_value(spoor_str_from(spoor_level_name(rule->level))),
                text_value(rule->title),
                text_value(spoor_str_from(kind_name(rule->kind))),
                text_value(join(&r->arena, &rule->tactics, UINT32_MAX, false)),
                text_value(join(&r->arena, &rule->techniques, UINT32_MAX, false)),
                text_value(rule->id),
                text_value(spoor_str_from(rule->file->path)),
                number_value(rule->index),
            };
            put_cells(r, cells);
        }
    }
}

static void write_check_table(report *r) {
    for (uint32_t i = 0; i < r->rules->set.count; i++) {
        const spoor_rule *rule = &r->rules->set.rules[i];
        const spoor_diag *error = first_error(rule);
        if (r->rules->states[i].is_selected) {
            spoor_value cells[] = {
                text_value(error == NULL ? SPOOR_STR("ok") : SPOOR_STR("failed")),
                text_value(rule->title),
                text_value(spoor_str_from(rule->file->path)),
                number_value(rule->index),
                number_value(rule->diags.nwarnings),
                text_value(error != NULL ? spoor_str_from(error->message) : (spoor_str){0}),
            };
            put_cells(r, cells);
        }
    }
}

static void write_table(report *r) {
    static const struct {
        const char *names[MOST_CELLS];
        spoor_type types[MOST_CELLS];
        void (*write)(report *r);
    } tables[] = {/* ORDER spoor_rules_report */
        {{"severity", "rule", "kind", "tactics", "techniques", "id", "file", "index"},
         {SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_STRING,
          SPOOR_LONG},
         write_list_table},
        {{"verdict", "rule", "file", "index", "warnings", "error"},
         {SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_LONG, SPOOR_LONG, SPOOR_STRING},
         write_check_table},
        {{"severity", "rule", "tactics", "techniques", "hits", "first", "last", "hosts"},
         {SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_STRING, SPOOR_LONG, SPOOR_DATETIME,
          SPOOR_DATETIME, SPOOR_STRING},
         write_run_table},
    };
    spoor_column columns[MOST_CELLS];
    spoor_schema schema = {0, columns};
    for (; schema.ncols < MOST_CELLS && tables[r->what].names[schema.ncols] != NULL; schema.ncols++) {
        columns[schema.ncols] = (spoor_column){.name = spoor_str_from(tables[r->what].names[schema.ncols]),
                                               .type = tables[r->what].types[schema.ncols]};
    }
    spoor_output_options all = *r->options;
    all.max_rows = 0; /* --max-rows is of matched rows, not of rules */
    spoor_output_open(&r->output, &all, 1, &r->arena, &r->scratch, r->out);
    spoor_output_begin(&r->output, (spoor_str){0}, (spoor_str){0}, &schema);
    tables[r->what].write(r);
    spoor_output_end(&r->output);
    spoor_output_close(&r->output);
}

spoor_status spoor_rules_write(spoor_rules *rules, spoor_rules_report what,
                               const spoor_output_options *options, FILE *out) {
    spoor_memory *memory = &rules->engine->memory;
    report r = {.rules = rules,
                .arena = {.memory = memory},
                .scratch = {.memory = memory},
                .options = options,
                .out = out,
                .what = what};
    jmp_buf door;
    r.arena.on_oom = r.scratch.on_oom = &door;
    bool is_out = setjmp(door) != 0;
    if (is_out) {
        spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY, "the report does not fit the memory limit");
    } else if (options->format == SPOOR_FORMAT_JSON || options->format == SPOOR_FORMAT_JSONL) {
        write_json(&r);
    } else if (options->format == SPOOR_FORMAT_CSV && what == SPOOR_RULES_RUN) {
        write_run_csv(&r);
    } else {
        write_table(&r);
    }
    spoor_arena_reset(&r.arena);
    spoor_arena_reset(&r.scratch);
    if (is_out) {
        return SPOOR_ERR_MEMORY;
    }
    bool lost = rules->spool != NULL && ferror(rules->spool);
    if (lost || fflush(out) != 0 || ferror(out)) {
        return spoor_engine_fail(rules->engine, SPOOR_ERR_OUTPUT, "the output could not be written");
    }
    return SPOOR_OK;
}
