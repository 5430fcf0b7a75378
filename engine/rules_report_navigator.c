/* rules_report_navigator.c - a run as a layer of the ATT&CK Navigator: the score of a technique is the hits of
 * the rules that name it. */
#include "engine/rules_report.h"

#include <inttypes.h>
#include <stdlib.h>

typedef struct technique {
    spoor_str id;
    uint64_t hits;
    uint32_t rule; /* of the set */
} technique;

static int compare(const void *a, const void *b) {
    const technique *x = a, *y = b;
    int order = spoor_str_compare(x->id, y->id);
    return order != 0 ? order : (x->rule > y->rule) - (x->rule < y->rule);
}

/* One for each technique of each rule that fired, by technique. */
static technique *collect(spoor_report *r, uint32_t *count) {
    const spoor_rules *rules = r->rules;
    uint32_t most = 0, n = 0;
    for (uint32_t i = 0; i < rules->set.count; i++) {
        most += rules->states[i].is_alert ? rules->set.rules[i].techniques.count : 0;
    }
    technique *all = SPOOR_NEW_ARRAY(&r->arena, technique, most + 1);
    for (uint32_t i = 0; i < rules->set.count; i++) {
        const spoor_str_list *list = &rules->set.rules[i].techniques;
        for (uint32_t k = 0; rules->states[i].is_alert && k < list->count; k++) {
            all[n++] = (technique){list->items[k], rules->states[i].hits, i};
        }
    }
    if (n > 1) {
        qsort(all, n, sizeof *all, compare);
    }
    *count = n;
    return all;
}

void spoor_report_navigator(spoor_report *r) {
    uint32_t count;
    const technique *all = collect(r, &count);
    uint64_t highest = 1;
    fputs("{\"name\":\"spoor\",\"versions\":{\"layer\":\"4.5\"},\"domain\":\"enterprise-attack\","
          "\"description\":\"Techniques of the rules that fired; the score is their hits\",\"techniques\":[",
          r->out);
    for (uint32_t i = 0, next; i < count; i = next) {
        uint64_t hits = 0;
        spoor_str_list titles = {0};
        spoor_arena_rewind(&r->scratch);
        for (next = i; next < count && spoor_str_eq(all[next].id, all[i].id); next++) {
            if (next == i || all[next].rule != all[next - 1].rule) {
                hits += all[next].hits;
                spoor_str_list_add(&r->scratch, &titles, r->rules->set.rules[all[next].rule].title);
            }
        }
        highest = hits > highest ? hits : highest;
        fputs(i > 0 ? ",\n{" : "\n{", r->out);
        spoor_report_put_text(r, "techniqueID", all[i].id);
        fprintf(r->out, ",\"score\":%" PRIu64 ",", hits);
        spoor_report_put_text(r, "comment", spoor_report_join(&r->scratch, &titles, 20, false));
        fputs(",\"enabled\":true,\"showSubtechniques\":true}", r->out);
    }
    fprintf(r->out,
            "],\"gradient\":{\"colors\":[\"#fff4d6\",\"#d7301f\"],\"minValue\":0,\"maxValue\":%" PRIu64
            "}}\n",
            highest);
}
