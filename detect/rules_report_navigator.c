/* rules_report_navigator.c - a run as layers of the ATT&CK Navigator, two files.
 *
 * Hits: the score of a technique is the hits of the rules that name it and fired; techniques of the
 * other rules have score 0.  Coverage: 3, a rule fired; 2, one is able to; 1, all that there are
 * cannot (blind, failed).  The comment says how many rules there are of each kind, and which fired.
 */
#include "detect/rules_report.h"

#include <inttypes.h>
#include <stdlib.h>

typedef struct technique {
    spoor_str id;
    uint32_t rule; /* of the set */
} technique;

static int compare(const void *a, const void *b) {
    const technique *x = a, *y = b;
    int order = spoor_str_compare(x->id, y->id);
    return order != 0 ? order : (x->rule > y->rule) - (x->rule < y->rule);
}

/* What came of the rules that name a technique; able: ran, and did not fire. */
typedef struct coverage {
    uint64_t hits;
    uint32_t fired, able, blind, failed;
} coverage;

static void count(coverage *c, const spoor_rule_state *state) {
    bool is_blind = state->status == SPOOR_RULE_BLIND,
         has_failed = state->status == SPOOR_RULE_FAILED;
    c->hits += state->is_alert ? state->hits : 0;
    c->fired += state->is_alert;
    c->blind += is_blind && !state->is_alert;
    c->failed += has_failed && !state->is_alert;
    c->able += !state->is_alert && !is_blind && !has_failed;
}

/* One for each technique of each selected rule, by technique. */
static technique *collect(spoor_report *r, uint32_t *found) {
    const spoor_rules *rules = r->rules;
    uint32_t most = 0, n = 0;
    for (uint32_t i = 0; i < rules->set.count; i++) {
        most += rules->states[i].is_selected ? rules->set.rules[i].techniques.count : 0;
    }
    technique *all = SPOOR_NEW_ARRAY(&r->arena, technique, most + 1);
    for (uint32_t i = 0; i < rules->set.count; i++) {
        const spoor_str_list *list = &rules->set.rules[i].techniques;
        for (uint32_t k = 0; rules->states[i].is_selected && k < list->count; k++) {
            all[n++] = (technique){list->items[k], i};
        }
    }
    if (n > 1) {
        qsort(all, n, sizeof *all, compare);
    }
    *found = n;
    return all;
}

static const struct {
    const char *label, *color;
} states[] = {{"blind: rules that cannot fire", "#9e9e9e"},
              {"able: rules ran and found nothing", "#8ecae6"},
              {"fired: rules found something", "#d7301f"}};

static int state_of(const coverage *c) {
    return c->fired > 0 ? 3 : c->able > 0 ? 2 : 1;
}

static void put_technique(spoor_report *r, spoor_str id, const coverage *c,
                          const spoor_str_list *titles) {
    bool is_coverage = r->options->format == SPOOR_FORMAT_COVERAGE;
    spoor_report_put_text(r, "techniqueID", id);
    spoor_str fired = spoor_report_join(&r->scratch, titles, 20, false);
    if (is_coverage) {
        fprintf(r->out, ",\"score\":%d,\"color\":\"%s\",", state_of(c),
                states[state_of(c) - 1].color);
    } else {
        fprintf(r->out, ",\"score\":%" PRIu64 ",", c->hits);
    }
    spoor_report_put_text(
        r, "comment",
        spoor_arena_format(&r->scratch, "fired %u, able %u, blind %u, failed %u%s%.*s", c->fired,
                           c->able, c->blind, c->failed, fired.len > 0 ? ": " : "", (int)fired.len,
                           fired.len > 0 ? fired.ptr : ""));
    fputs(",\"enabled\":true,\"showSubtechniques\":true}", r->out);
}

static void put_head(spoor_report *r) {
    bool is_coverage = r->options->format == SPOOR_FORMAT_COVERAGE;
    fprintf(
        r->out,
        "{\"name\":\"%s\",\"versions\":{\"layer\":\"4.5\"},\"domain\":\"enterprise-attack\","
        "\"description\":\"%s\",\"techniques\":[",
        is_coverage ? "spoor coverage" : "spoor",
        is_coverage
            ? "What the rules that were run can see: fired 3, able 2, blind 1"
            : "Techniques of the rules that were run; the score is the hits of those that fired");
}

static void put_foot(spoor_report *r, uint64_t highest) {
    if (r->options->format == SPOOR_FORMAT_COVERAGE) {
        fputs("],\"legendItems\":[", r->out);
        for (int i = 0; i < 3; i++) {
            fprintf(r->out, "%s{\"label\":\"%s\",\"color\":\"%s\"}", i > 0 ? "," : "",
                    states[i].label, states[i].color);
        }
        fputs("],\"gradient\":{\"colors\":[\"#9e9e9e\",\"#8ecae6\",\"#d7301f\"],\"minValue\":1,"
              "\"maxValue\":3}}\n",
              r->out);
        return;
    }
    fprintf(r->out,
            "],\"gradient\":{\"colors\":[\"#ffffff\",\"#ffe08a\",\"#d7301f\"],\"minValue\":0,"
            "\"maxValue\":%" PRIu64 "}}\n",
            highest);
}

void spoor_report_navigator(spoor_report *r) {
    uint32_t n;
    const technique *all = collect(r, &n);
    uint64_t highest = 1;
    put_head(r);
    for (uint32_t i = 0, next; i < n; i = next) {
        coverage covered = {0};
        spoor_str_list titles = {0};
        spoor_arena_rewind(&r->scratch);
        for (next = i; next < n && spoor_str_eq(all[next].id, all[i].id); next++) {
            uint32_t rule = all[next].rule;
            if (next > i && rule == all[next - 1].rule) {
                continue;
            }
            count(&covered, &r->rules->states[rule]);
            if (r->rules->states[rule].is_alert) {
                spoor_str_list_add(&r->scratch, &titles, r->rules->set.rules[rule].title);
            }
        }
        highest = covered.hits > highest ? covered.hits : highest;
        fputs(i > 0 ? ",\n{" : "\n{", r->out);
        put_technique(r, all[i].id, &covered, &titles);
    }
    put_foot(r, highest);
}
