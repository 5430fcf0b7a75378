/* rules_report.c - what came of rules as text: picks the format's writer; see rules_report.h. */
#include "detect/rules_report.h"

const char *spoor_rule_status_name(spoor_rule_status status) {
    static const char *const names[] = {"not run", "matched", "no match", "failed",
                                        "blind"}; /* ORDER spoor_rule_status */
    return names[status];
}

const spoor_diag *spoor_rule_first_error(const spoor_rule *rule) {
    const spoor_diag *diag = rule->diags.first;
    while (diag != NULL && diag->severity != SPOOR_ERROR) {
        diag = diag->next;
    }
    return diag;
}

const char *spoor_rule_kind_name(spoor_rule_kind kind) {
    static const char *const names[] = {"text", "scheduled", "nrt", "hunting",
                                        "sigma"}; /* ORDER spoor_rule_kind */
    return names[kind];
}

spoor_str spoor_report_said(spoor_arena *arena, const spoor_alert *alert) {
    const spoor_said *said = &alert->said;
    return spoor_arena_format(arena, "%.*s%s%.*s%s%.*s", (int)said->status.len, said->status.ptr,
                              said->owner.len > 0 ? ", " : "", (int)said->owner.len,
                              said->owner.ptr, said->comment.len > 0 ? ": " : "",
                              (int)said->comment.len, said->comment.ptr);
}

spoor_str spoor_report_join(spoor_arena *arena, const spoor_str_list *list, uint32_t most,
                            bool has_more) {
    spoor_str text = {0};
    for (uint32_t i = 0; i < list->count && i < most; i++) {
        text = spoor_arena_format(arena, "%.*s%s%.*s", (int)text.len, text.len > 0 ? text.ptr : "",
                                  i > 0 ? ", " : "", (int)list->items[i].len, list->items[i].ptr);
    }
    if (list->count > most) {
        text = spoor_arena_format(arena, "%.*s, %u%s more", (int)text.len, text.ptr,
                                  list->count - most, has_more ? "+" : "");
    }
    return text;
}

/* Highest severity first, then what fired rarely: on few hosts, then with few hits. */
static int compare_rules(const spoor_rules *rules, uint32_t a, uint32_t b) {
    const spoor_rule *x = &rules->set.rules[a], *y = &rules->set.rules[b];
    uint64_t m = rules->states[a].hits, n = rules->states[b].hits;
    uint32_t h = rules->states[a].hosts.count, k = rules->states[b].hosts.count;
    if (x->level != y->level) {
        return x->level > y->level ? -1 : 1;
    }
    if (h != k) {
        return h < k ? -1 : 1;
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

spoor_str spoor_report_host(spoor_report *r, uint32_t rule, const spoor_rule_row *row) {
    uint32_t ncols;
    const spoor_schema *schema = spoor_rule_schema(&r->rules->states[rule], &ncols);
    int column =
        schema != NULL ? spoor_rule_host_column(&r->rules->set.rules[rule], schema, ncols) : -1;
    bool is_there = column >= 0 && (uint32_t)column < row->ncols;
    return is_there ? spoor_cell_text(&r->scratch, row->cells[column]) : (spoor_str){0};
}

uint32_t *spoor_report_matched(spoor_report *r, uint32_t *count) {
    const spoor_rules *rules = r->rules;
    uint32_t *order = SPOOR_NEW_ARRAY(&r->arena, uint32_t, rules->set.count + 1);
    *count = 0;
    for (uint32_t i = 0; i < rules->set.count; i++) {
        if (rules->states[i].is_selected &&
            (rules->states[i].hits > 0 || rules->states[i].is_alert)) {
            order[(*count)++] = i;
        }
    }
    sort_rules(rules, order, *count);
    return order;
}

spoor_status spoor_rules_write(spoor_rules *rules, spoor_rules_report what,
                               const spoor_output_options *options, FILE *out) {
    spoor_memory *memory = &rules->engine->memory;
    spoor_report r = {.rules = rules,
                      .arena = {.memory = memory},
                      .scratch = {.memory = memory},
                      .options = options,
                      .out = out,
                      .what = what};
    if (options->format > SPOOR_FORMAT_TIMESKETCH) {
        return spoor_engine_fail(rules->engine, SPOOR_ERR_OUTPUT,
                                 "this output format is of rules test alone");
    }
    bool is_sarif_of_check = options->format == SPOOR_FORMAT_SARIF && what == SPOOR_RULES_CHECK;
    if (options->format >= SPOOR_FORMAT_SARIF && what != SPOOR_RULES_RUN && !is_sarif_of_check) {
        return spoor_engine_fail(rules->engine, SPOOR_ERR_OUTPUT,
                                 "this output format is of rules run alone");
    }
    jmp_buf door;
    r.arena.on_oom = r.scratch.on_oom = &door;
    bool is_out = setjmp(door) != 0;
    if (is_out) {
        spoor_engine_fail(rules->engine, SPOOR_ERR_MEMORY,
                          "the report does not fit the memory limit");
    } else if (options->format == SPOOR_FORMAT_JSON || options->format == SPOOR_FORMAT_JSONL) {
        spoor_report_json(&r);
    } else if (options->format == SPOOR_FORMAT_CSV && what == SPOOR_RULES_RUN) {
        spoor_report_csv(&r);
    } else if (options->format == SPOOR_FORMAT_HTML && what == SPOOR_RULES_RUN) {
        spoor_report_html(&r);
    } else if (is_sarif_of_check) {
        spoor_report_sarif_check(&r);
    } else if (options->format == SPOOR_FORMAT_VERTICAL && what == SPOOR_RULES_RUN) {
        spoor_report_text(&r);
    } else if (options->format == SPOOR_FORMAT_MARKDOWN && what == SPOOR_RULES_RUN) {
        spoor_report_markdown(&r);
    } else if (options->format == SPOOR_FORMAT_SARIF) {
        spoor_report_sarif(&r);
    } else if (options->format == SPOOR_FORMAT_NAVIGATOR ||
               options->format == SPOOR_FORMAT_COVERAGE) {
        spoor_report_navigator(&r);
    } else if (options->format == SPOOR_FORMAT_TIMESKETCH) {
        spoor_report_timesketch(&r);
    } else {
        spoor_report_table(&r);
    }
    spoor_arena_reset(&r.arena);
    spoor_arena_reset(&r.scratch);
    if (is_out) {
        return SPOOR_ERR_MEMORY;
    }
    bool lost = rules->spool != NULL && ferror(rules->spool);
    if (lost || fflush(out) != 0 || ferror(out)) {
        return spoor_engine_fail(rules->engine, SPOOR_ERR_OUTPUT,
                                 "the output could not be written");
    }
    return SPOOR_OK;
}
