/* rules_report_sarif_check.c - what `rules check` found as SARIF 2.1.0: a result a message, at its
 * place in the rule's file. */
#include "detect/rules_report.h"

enum { MOST_CODES = 64 };

typedef struct codes { /* in the order first seen; they are constants of the program */
    const char *items[MOST_CODES];
    uint32_t count;
} codes;

static const char *code_of(const spoor_diag *diag) {
    return diag->code != NULL ? diag->code : diag->severity == SPOOR_ERROR ? "error" : "warning";
}

static uint32_t number_of(codes *all, const char *code) {
    uint32_t i = 0;
    while (i < all->count && strcmp(all->items[i], code) != 0) {
        i++;
    }
    if (i == all->count && all->count < MOST_CODES) {
        all->items[all->count++] = code;
    }
    return i;
}

static void put_place(spoor_report *r, const spoor_rule *rule, const spoor_diag *diag) {
    uint32_t line = 1, column = 1, end_line = 1, end_column = 1;
    if (diag->span.source < rule->diags.nsources) {
        spoor_str text = rule->diags.sources[diag->span.source].text;
        spoor_text_position(text, diag->span.start, &line, &column);
        spoor_text_position(text,
                            diag->span.end > diag->span.start ? diag->span.end : diag->span.start,
                            &end_line, &end_column);
    }
    fputs(",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{", r->out);
    spoor_report_put_text(r, "uri",
                          spoor_report_uri(&r->scratch, spoor_str_from(rule->file->path)));
    fprintf(r->out,
            "},\"region\":{\"startLine\":%u,\"startColumn\":%u,\"endLine\":%u,\"endColumn\":%u}}}]",
            line, column, end_line, end_column);
}

static void put_result(spoor_report *r, codes *all, const spoor_rule *rule,
                       const spoor_diag *diag) {
    spoor_arena_rewind(&r->scratch);
    spoor_str text = diag->hint != NULL
                         ? spoor_arena_format(&r->scratch, "%s; %s", diag->message, diag->hint)
                         : spoor_str_from(diag->message);
    fputc('{', r->out);
    spoor_report_put_text(r, "ruleId", spoor_str_from(code_of(diag)));
    fprintf(r->out, ",\"ruleIndex\":%u,\"level\":\"%s\",\"message\":{",
            number_of(all, code_of(diag)), diag->severity == SPOOR_ERROR ? "error" : "warning");
    spoor_report_put_text(r, "text", text);
    fputc('}', r->out);
    put_place(r, rule, diag);
    fputs(",\"properties\":{", r->out);
    spoor_report_put_text(r, "rule", rule->title);
    fputs("}}", r->out);
}

void spoor_report_sarif_check(spoor_report *r) {
    codes all = {0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->rules->set.count; i++) {
        const spoor_diag *d =
            r->rules->states[i].is_selected ? r->rules->set.rules[i].diags.first : NULL;
        for (; d != NULL; d = d->next) {
            number_of(&all, code_of(d));
        }
    }
    fputs("{\"$schema\":\"https://json.schemastore.org/"
          "sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
          "\"tool\":{\"driver\":{\"name\":\"spoor\",\"version\":\"" SPOOR_VERSION "\",\"rules\":[",
          r->out);
    for (uint32_t i = 0; i < all.count; i++) {
        fputs(i > 0 ? ",{" : "{", r->out);
        spoor_report_put_text(r, "id", spoor_str_from(all.items[i]));
        fputc('}', r->out);
    }
    fputs("]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[", r->out);
    for (uint32_t i = 0; i < r->rules->set.count; i++) {
        const spoor_rule *rule = &r->rules->set.rules[i];
        for (const spoor_diag *d = r->rules->states[i].is_selected ? rule->diags.first : NULL;
             d != NULL; d = d->next) {
            fputs(n++ > 0 ? ",\n" : "\n", r->out);
            put_result(r, &all, rule, d);
        }
    }
    fputs("]}]}\n", r->out);
}
