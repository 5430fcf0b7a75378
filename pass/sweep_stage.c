/* sweep_stage.c - which questions of a segment are asked, and in which order.
 *
 * Texts of few distinct values come first.  After each of them filters that have lost are dropped,
 * and what only they, or a part of a filter that is decided, would ask is not asked at all; where few rows are left to all
 * that ask, only their values are searched.  What has to
 * be computed value by value comes last, and where few rows are left to a filter, not here: the
 * scan does it for those rows. */
#include "pass/sweep_state.h"

#include <stdlib.h>

enum {
    MANY_VALUES = 1024, /* worth a look at which of them still matter */
    WANTED_SHARE = 8,   /* at most this part of the rows is listed for it */
};

typedef struct stage {
    const spoor_pass_source *source; /* NULL: questions of no source */
    uint32_t nvalues;
    uint32_t *asking; /* filters that may ask it */
    uint32_t nasking, capacity;
} stage;

typedef struct stager {
    spoor_sweeper *s;
    const stage *wanted;          /* whose open questions are listed; NULL: all */
    const spoor_pass_leaf **open; /* of the filter at hand */
    uint32_t nopen;
    const spoor_pass_node **asking; /* filters that do ask the stage */
    uint32_t nasking;
} stager;

/* Open questions below the node, unless other parts decide it.  As deep as the filter. */
static spoor_answer survey(stager *t, const spoor_pass_node *node) {
    if (node->nparts == 0) {
        spoor_answer answer = spoor_sweep_settle(t->s, node);
        bool is_leaf = node->kind == SPOOR_PASS_LEAF;
        bool is_wanted = is_leaf && (t->wanted == NULL || node->leaf->source == t->wanted->source);
        if (is_wanted && t->s->leaves[node->leaf->id].answer == SPOOR_ANSWER_OPEN) {
            t->open[t->nopen++] = node->leaf;
        }
        return answer;
    }
    spoor_answer decides = node->kind == SPOOR_PASS_AND ? SPOOR_ANSWER_NO : SPOOR_ANSWER_YES;
    uint32_t before = t->nopen;
    bool is_open = false;
    for (uint32_t i = 0; i < node->nparts; i++) {
        spoor_answer answer = survey(t, node->parts[i]);
        if (answer == decides) {
            t->nopen = before;
            return decides;
        }
        is_open |= answer == SPOOR_ANSWER_OPEN;
    }
    return is_open                      ? SPOOR_ANSWER_OPEN
           : decides == SPOOR_ANSWER_NO ? SPOOR_ANSWER_YES
                                        : SPOOR_ANSWER_NO;
}

static int compare_stages(const void *a, const void *b) {
    const stage *x = a, *y = b;
    bool is_same = x->nvalues == y->nvalues;
    return is_same ? (x->source->id > y->source->id) - (x->source->id < y->source->id)
                   : (x->nvalues > y->nvalues) - (x->nvalues < y->nvalues);
}

/* The sources that filters ask, the one of fewest values first. */
static uint32_t order_stages(stager *t, spoor_pass_node *const *filters, const uint32_t *live,
                             uint32_t nlive, stage *stages) {
    spoor_sweeper *s = t->s;
    uint32_t *stage_of =
        SPOOR_NEW_ARRAY(s->arena, uint32_t, s->set->nsources + 1); /* + 1; 0: none yet */
    uint32_t n = 0;
    t->wanted = NULL;
    for (uint32_t i = 0; i < nlive; i++) {
        t->nopen = 0;
        survey(t, filters[live[i]]);
        for (uint32_t k = 0; k < t->nopen; k++) {
            const spoor_pass_source *source = t->open[k]->source;
            if (source == NULL) {
                continue;
            }
            if (stage_of[source->id] == 0) {
                stages[n] =
                    (stage){.source = source, .nvalues = spoor_sweep_values(s, &source->expr)};
                stage_of[source->id] = ++n;
            }
            stage *own = &stages[stage_of[source->id] - 1];
            if (own->nasking == 0 || own->asking[own->nasking - 1] != live[i]) {
                SPOOR_GROW(s->arena, own->asking, own->nasking, &own->capacity);
                own->asking[own->nasking++] = live[i];
            }
        }
    }
    qsort(stages, n, sizeof *stages, compare_stages);
    return n;
}

/* Would few rows be left to the filter, whatever the answers? */
static bool is_left_to_scan(spoor_sweeper *s, const spoor_pass_node *filter) {
    return spoor_sweep_load_rows(s, filter) &&
           spoor_sweep_is_few(s, spoor_sweep_judge(s, filter).rows);
}

/* Note what the filters still need of the stage; those that have lost go from the list. */
static void need(stager *t, spoor_pass_node *const *filters, uint32_t *live, uint32_t *nlive) {
    uint32_t n = 0;
    t->nasking = 0;
    for (uint32_t i = 0; i < *nlive; i++) {
        t->nopen = 0;
        const spoor_pass_node *filter = filters[live[i]];
        spoor_answer answer = survey(t, filter);
        if (answer == SPOOR_ANSWER_NO) {
            continue;
        }
        live[n++] = live[i];
        bool asks = answer == SPOOR_ANSWER_OPEN && t->nopen > 0 &&
                    (t->wanted->source != NULL || !is_left_to_scan(t->s, filter));
        for (uint32_t k = 0; k < t->nopen && asks; k++) {
            spoor_sweep_need(t->s, t->open[k]);
        }
        if (asks) {
            t->asking[t->nasking++] = filter;
        }
    }
    *nlive = n;
}

/* Where earlier stages leave few rows to all who ask, values that none of these rows has need not be searched: what
 * is said of them then makes no difference.  Counts of a question are of all rows, so not for them.  false: failed, why is
 * in the run. */
static bool find_wanted(stager *t, uint32_t number) {
    spoor_sweeper *s = t->s;
    s->wanted = NULL;
    bool has_entries = t->wanted->nvalues != UINT32_MAX;
    if (!has_entries || t->wanted->nvalues < MANY_VALUES || s->counts.leaves != NULL) {
        return true;
    }
    uint64_t most = s->scan->segment->rows / WANTED_SHARE, *rows = NULL;
    for (uint32_t i = 0; i < t->nasking; i++) {
        if (!spoor_sweep_load_rows(s, t->asking[i])) {
            return false;
        }
        rows = rows != NULL ? rows : spoor_sweep_bits(s->arena, s->scan->segment->rows);
        if (!spoor_sweep_mark_rows(s, t->asking[i], number, &most, rows)) {
            return true;
        }
    }
    s->wanted = rows;
    return true;
}

bool spoor_sweep_ask(spoor_sweeper *s, spoor_pass_node *const *filters, uint32_t *live,
                     uint32_t *nlive) {
    stager t = {.s = s,
                .open = SPOOR_RAW_ARRAY(s->arena, const spoor_pass_leaf *, s->set->nnodes + 1),
                .asking = SPOOR_RAW_ARRAY(s->arena, const spoor_pass_node *, *nlive + 1)};
    stage *stages = SPOOR_RAW_ARRAY(s->arena, stage, s->set->nsources + 1), last = {0};
    uint32_t nstages = order_stages(&t, filters, live, *nlive, stages);
    for (uint32_t i = 0; i < nstages; i++) {
        t.wanted = &stages[i];
        need(&t, filters, stages[i].asking, &stages[i].nasking);
        bool is_asked = s->sources[stages[i].source->id].nneeded > 0;
        if (is_asked && !(find_wanted(&t, i + 1) && spoor_sweep_ask_source(s, stages[i].source))) {
            return false;
        }
    }
    uint32_t before = s->nneeded;
    t.wanted = &last;
    need(&t, filters, live, nlive);
    for (uint32_t i = before; i < s->nneeded; i++) {
        if (!spoor_sweep_ask_value(s, s->set->leaves[s->needed[i]])) {
            return false;
        }
    }
    s->counts.questions += s->nneeded;
    return s->run->status == SPOOR_RUN_OK;
}
