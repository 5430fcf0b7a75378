/* rules_report_matrix.c - the ATT&CK matrix of the HTML report, a heat map: see rules_html.h.
 *
 * In a tactic stand the techniques that fired, then, small, those that rules look for.
 * A technique stands in the tactics that the rules which name it give, of those that it serves;
 * where it is not known, in all that they give. */
#include "detect/rules_html.h"

#include <inttypes.h>
#include <stdlib.h>

#include "rules/attack.h"

typedef struct cell {
    int tactic; /* SPOOR_ATTACK_TACTICS: none */
    spoor_str technique;
    uint64_t hits;
    uint32_t fired, able, blind; /* rules; blind: or failed */
} cell;

typedef struct matrix {
    cell *cells;
    uint32_t count, capacity;
} matrix;

static void put(spoor_report *r, const char *html) {
    fputs(html, r->out);
}

static int compare(const void *a, const void *b) {
    const cell *x = a, *y = b;
    return x->tactic != y->tactic ? (x->tactic > y->tactic) - (x->tactic < y->tactic)
                                  : spoor_str_compare(x->technique, y->technique);
}

static void add(spoor_report *r, matrix *m, cell c) {
    SPOOR_GROW(&r->arena, m->cells, m->count, &m->capacity);
    m->cells[m->count++] = c;
}

static uint32_t tactics_of(const spoor_rule *rule) {
    uint32_t named = 0;
    for (uint32_t i = 0; i < rule->tactics.count; i++) {
        int tactic = spoor_attack_find_tactic(rule->tactics.items[i]);
        named |= tactic >= 0 ? UINT32_C(1) << tactic : 0;
    }
    return named;
}

static void add_rule(spoor_report *r, matrix *m, uint32_t i) {
    const spoor_rule *rule = &r->rules->set.rules[i];
    const spoor_rule_state *state = &r->rules->states[i];
    bool is_blind = state->status == SPOOR_RULE_BLIND || state->status == SPOOR_RULE_FAILED;
    cell c = {.hits = state->is_alert ? state->hits : 0,
              .fired = state->is_alert,
              .able = !state->is_alert && !is_blind,
              .blind = !state->is_alert && is_blind};
    for (uint32_t k = 0; k < rule->techniques.count; k++) {
        uint32_t named = tactics_of(rule),
                 served = spoor_attack_tactics_of(rule->techniques.items[k]);
        uint32_t tactics = (named & served) != 0 ? named & served : served != 0 ? served : named;
        c.technique = rule->techniques.items[k];
        for (c.tactic = 0; c.tactic < SPOOR_ATTACK_TACTICS; c.tactic++) {
            if ((tactics & UINT32_C(1) << c.tactic) != 0) {
                add(r, m, c);
            }
        }
        if (tactics == 0) {
            add(r, m, c);
        }
    }
}

static int heat_of(uint64_t hits) {
    return hits == 0 ? 0 : hits == 1 ? 1 : hits < 10 ? 2 : hits < 100 ? 3 : hits < 1000 ? 4 : 5;
}

/* CredentialAccess as two words. */
static void put_tactic(spoor_report *r, int tactic) {
    const char *name = tactic < SPOOR_ATTACK_TACTICS ? spoor_attack_tactic(tactic) : "No tactic";
    put(r, "<div><h3>");
    for (const char *at = name; *at != '\0'; at++) {
        bool is_new = at > name && *at >= 'A' && *at <= 'Z' && at[-1] >= 'a';
        fprintf(r->out, "%s%c", is_new ? " " : "", *at);
    }
    put(r, "</h3>\n");
}

static void put_cell(spoor_report *r, const cell *c) {
    const char *name = spoor_attack_name_of(c->technique);
    bool is_blind = c->fired == 0 && c->able == 0;
    fprintf(r->out, "<button class=\"h%d%s\" data-t=\"", heat_of(c->hits),
            is_blind ? " blind" : "");
    spoor_html_put_text(r, c->technique);
    fputs("\" title=\"", r->out);
    spoor_html_put_text(r, spoor_str_from(name != NULL ? name : "unknown"));
    fprintf(r->out, ": %u fired, %u able, %u blind or failed\">", c->fired, c->able, c->blind);
    if (c->fired > 0) {
        fprintf(r->out, "<small>%" PRIu64 "</small>", c->hits);
    }
    spoor_html_put_text(r, c->technique);
    if (name != NULL && c->fired > 0) {
        put(r, "<br>");
        spoor_html_put_text(r, spoor_str_from(name));
    }
    put(r, "</button>\n");
}

/* Cells of one tactic and technique become one. */
static void merge(matrix *m) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->count; i++) {
        if (n > 0 && compare(&m->cells[n - 1], &m->cells[i]) == 0) {
            cell *sum = &m->cells[n - 1];
            sum->hits += m->cells[i].hits;
            sum->fired += m->cells[i].fired;
            sum->able += m->cells[i].able;
            sum->blind += m->cells[i].blind;
        } else {
            m->cells[n++] = m->cells[i];
        }
    }
    m->count = n;
}

static int compare_shown(const void *a, const void *b) {
    const cell *x = a, *y = b;
    if (x->tactic != y->tactic || (x->fired > 0) == (y->fired > 0)) {
        return compare(a, b);
    }
    return x->fired > 0 ? -1 : 1;
}

void spoor_html_put_matrix(spoor_report *r) {
    matrix m = {0};
    for (uint32_t i = 0; i < r->rules->set.count; i++) {
        if (r->rules->states[i].is_selected) {
            add_rule(r, &m, i);
        }
    }
    if (m.count == 0) {
        return;
    }
    qsort(m.cells, m.count, sizeof *m.cells, compare);
    merge(&m);
    qsort(m.cells, m.count, sizeof *m.cells, compare_shown);
    put(r, "<h2>ATT&amp;CK</h2>\n<p class=key>hits:<span style=\"background:var(--h1)\"></span>1"
           "<span style=\"background:var(--h2)\"></span>2 to 9<span "
           "style=\"background:var(--h3)\"></span>10 to 99"
           "<span style=\"background:var(--h4)\"></span>100 to 999<span "
           "style=\"background:var(--h5)\"></span>more"
           "<span style=\"background:var(--h0)\"></span>a rule could fire"
           "<span style=\"border-style:dashed\"></span>none can</p>\n<div class=matrix>\n");
    for (uint32_t i = 0; i < m.count; i++) {
        if (i == 0 || m.cells[i - 1].tactic != m.cells[i].tactic) {
            put(r, i > 0 ? "</div>\n" : "");
            put_tactic(r, m.cells[i].tactic);
        }
        put_cell(r, &m.cells[i]);
    }
    put(r, "</div></div>\n");
}
