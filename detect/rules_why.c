/* rules_why.c - `rules why`: the conditions of a rule as a tree, with the truth of each for an
 * event, as text or as rows of any format. */
#include <inttypes.h>

#include "base/safe_text.h"
#include "detect/rule_probe.h"
#include "engine/row_writer.h"

enum { CONDITION_BYTES = 200, VALUE_BYTES = 300 };

typedef struct why {
    spoor_rules *rules;
    spoor_arena arena, scratch; /* scratch: of a rule; of a row, where rows are written */
    const spoor_query_options *options;
    spoor_output_options output;
    FILE *out;
    spoor_row_writer rows;
    spoor_status status;
    uint64_t asked;
} why;

static const char *truth_name(spoor_truth truth) {
    static const char *const names[] = {"false", "true", "unknown"}; /* ORDER spoor_truth */
    return names[truth];
}

static spoor_str cut(spoor_arena *arena, spoor_str text, size_t most) {
    size_t len = text.len < most ? text.len : most;
    while (len > 0 && len < text.len && ((unsigned char)text.ptr[len] & 0xC0) == 0x80) {
        len--;
    }
    return len == text.len ? text
                           : spoor_arena_format(arena, "%.*s\xE2\x80\xA6", (int)len, text.ptr);
}

static spoor_str condition_text(spoor_arena *arena, const spoor_query *query,
                                const spoor_condition *c) {
    switch (c->kind) {
    case SPOOR_CONDITION_AND: return SPOOR_STR("and");
    case SPOOR_CONDITION_OR: return SPOOR_STR("or");
    case SPOOR_CONDITION_NOT: return SPOOR_STR("not");
    case SPOOR_CONDITION_LEAF: break;
    }
    return spoor_condition_text(arena, query->text, c->span, CONDITION_BYTES);
}

/* -- as text
 * ------------------------------------------------------------------------------------------------
 */

static void put(why *w, spoor_str text) {
    text = spoor_safe_text(&w->scratch, text);
    fwrite(text.len > 0 ? text.ptr : "", 1, text.len, w->out);
}

static void put_color(why *w, const char *code) {
    if (w->output.color) {
        fprintf(w->out, "\x1B[%sm", code);
    }
}

/* What a true comparison found in the value is highlighted. */
static void put_value(why *w, const spoor_probe_line *line) {
    spoor_mark marks[SPOOR_MAX_MARKS];
    uint32_t nmarks = 0;
    if (!line->has_value) {
        return;
    }
    spoor_str value = cut(&w->scratch, line->value, VALUE_BYTES);
    if (w->output.color && line->truth == SPOOR_TRUE && value.len == line->value.len) {
        spoor_condition_ask(line->condition, value, marks, &nmarks);
    }
    size_t from = 0;
    fputs("   \"", w->out);
    for (uint32_t i = 0; i < nmarks; i++) {
        put(w, (spoor_str){value.ptr + from, marks[i].start - from});
        put_color(w, "1;33");
        put(w, (spoor_str){value.ptr + marks[i].start, marks[i].end - marks[i].start});
        put_color(w, "0");
        from = marks[i].end;
    }
    put(w, (spoor_str){value.ptr + from, value.len - from});
    fputc('"', w->out);
}

static uint32_t line_number(const spoor_query *query, uint32_t offset) {
    uint32_t line, column;
    spoor_text_position(query->text, offset, &line, &column);
    return line;
}

static void put_where(why *w, const spoor_query *query, const spoor_probe_where *where) {
    fprintf(w->out, "  where, line %u of the query%s\n",
            line_number(query, where->node->span.start),
            !where->is_decided ? ": not to be asked alone"
            : where->rows == 0 ? ": the event does not get here"
                               : "");
    for (uint32_t i = 0; i < where->nlines; i++) {
        const spoor_probe_line *line = &where->lines[i];
        put_color(w, line->truth == SPOOR_TRUE ? "32" : line->truth == SPOOR_FALSE ? "31" : "2");
        fprintf(w->out, "    %-8s", truth_name(line->truth));
        put_color(w, "0");
        fprintf(w->out, " %*s", (int)line->depth * 2, "");
        put(w, condition_text(&w->scratch, query, line->condition));
        put_value(w, line);
        fputc('\n', w->out);
    }
}

static void put_misses(why *w, const spoor_query *query, const spoor_probe *probe) {
    fprintf(w->out, "nearest miss: %u condition%s would have to be different\n", probe->misses,
            probe->misses == 1 ? "" : "s");
    for (uint32_t i = 0; i < probe->count; i++) {
        const spoor_probe_where *where = &probe->wheres[i];
        for (uint32_t k = 0; k < where->nlines; k++) {
            const spoor_probe_line *line = &where->lines[k];
            if (line->is_miss) {
                fprintf(w->out, "  line %u: ", line_number(query, line->condition->span.start));
                put(w, spoor_condition_text(&w->scratch, query->text, line->condition->span,
                                            CONDITION_BYTES));
                put_value(w, line);
                fputc('\n', w->out);
            }
        }
    }
}

static void put_text(why *w, const spoor_rule *rule, const spoor_query *query,
                     const spoor_probe *probe) {
    uint64_t reached = 0;
    fputs(w->asked > 1 ? "\n" : "", w->out);
    put(w, rule->title);
    fputs(" (", w->out);
    put(w, spoor_str_from(rule->file->path));
    fputs(probe->hits > 0 ? "): match\n" : "): no match\n", w->out);
    for (uint32_t i = 0; i < probe->count; i++) {
        put_where(w, query, &probe->wheres[i]);
        reached += probe->wheres[i].rows;
    }
    if (probe->hits == 0 && probe->misses > 0) {
        put_misses(w, query, probe);
    } else if (probe->hits == 0 && reached == 0) {
        fputs("the event is in no table that the rule reads\n", w->out);
    }
}

/* -- as rows
 * ------------------------------------------------------------------------------------------------
 */

static const spoor_row_column columns[SPOOR_MAX_ROW_COLUMNS] = {
    {"rule", SPOOR_STRING},  {"matches", SPOOR_BOOL}, {"line", SPOOR_LONG},
    {"depth", SPOOR_LONG},   {"truth", SPOOR_STRING}, {"condition", SPOOR_STRING},
    {"value", SPOOR_STRING}, {"miss", SPOOR_BOOL},
};

static void put_rows(why *w, const spoor_rule *rule, const spoor_query *query,
                     const spoor_probe *probe) {
    for (uint32_t i = 0; i < probe->count; i++) {
        const spoor_probe_where *where = &probe->wheres[i];
        for (uint32_t k = 0; k < where->nlines; k++) {
            const spoor_probe_line *line = &where->lines[k];
            spoor_value cells[] = {
                spoor_text_value(rule->title),
                spoor_bool_value(probe->hits > 0),
                spoor_number_value(line_number(query, line->condition->span.start)),
                spoor_number_value(line->depth),
                spoor_text_value(spoor_str_from(truth_name(line->truth))),
                spoor_text_value(condition_text(&w->arena, query, line->condition)),
                spoor_text_value(line->value),
                spoor_bool_value(line->is_miss),
            };
            spoor_row_writer_put(&w->rows, cells);
        }
    }
}

/* -- the call
 * -----------------------------------------------------------------------------------------------
 */

static void explain(why *w, uint32_t i) {
    spoor_probe probe;
    const spoor_rule *rule = &w->rules->set.rules[i];
    spoor_rule_state *state = &w->rules->states[i];
    w->status = spoor_rule_compile(w->rules, i, w->options);
    const spoor_query *query = state->query;
    if (w->status == SPOOR_OK && query != NULL) {
        w->status = spoor_probe_run(w->rules->engine, &w->arena, query, w->options, &probe);
    }
    if (w->status != SPOOR_OK || query == NULL) {
        return;
    }
    w->asked++;
    if (w->output.format == SPOOR_FORMAT_TABLE) {
        put_text(w, rule, query, &probe);
    } else {
        put_rows(w, rule, query, &probe);
    }
    spoor_rule_forget_query(state);
    spoor_arena_rewind(&w->scratch);
}

static void explain_all(why *w) {
    bool is_text = w->output.format == SPOOR_FORMAT_TABLE;
    if (!is_text) {
        spoor_row_writer_open(&w->rows, &w->arena, &w->scratch, &w->output, w->out, columns);
    }
    for (uint32_t i = 0; i < w->rules->set.count && w->status == SPOOR_OK; i++) {
        if (w->rules->states[i].is_selected) {
            explain(w, i);
        }
    }
    if (!is_text) {
        spoor_row_writer_close(&w->rows);
    }
}

spoor_status spoor_rules_why(spoor_rules *rules, const spoor_query_options *options,
                             const spoor_output_options *output, FILE *out) {
    spoor_memory *memory = &rules->engine->memory;
    why w = {.rules = rules,
             .arena = {.memory = memory},
             .scratch = {.memory = memory},
             .options = options,
             .output = *output,
             .out = out};
    if (output->format >= SPOOR_FORMAT_SARIF) {
        return spoor_engine_fail(rules->engine, SPOOR_ERR_OUTPUT,
                                 "there is no such output of rules why");
    }
    jmp_buf door;
    w.arena.on_oom = w.scratch.on_oom = rules->arena.on_oom = &door;
    bool is_out = setjmp(door) != 0;
    if (!is_out) {
        explain_all(&w);
    }
    rules->arena.on_oom = NULL;
    spoor_arena_reset(&w.arena);
    spoor_arena_reset(&w.scratch);
    if (is_out) {
        return spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY,
                                 "out of memory while asking the rules");
    }
    return w.status == SPOOR_OK && w.asked == 0 ? SPOOR_ERR_QUERY : w.status;
}
