/* stored_case.c - see stored_case.h.
 *
 * Two probes a text: a scan for the text itself, then one that ignores case,
 * each as far as its first row.  Segments keep texts in dictionaries, so a probe
 * looks at each different text once.  What fails here costs only the warning. */
#include "engine/stored_case.h"

#include "base/safe_text.h"
#include "engine/learn.h"
#include "output/output.h"
#include "planner/rewrite.h"

enum { TEXTS_MAX = 8, NODES_MAX = 10000 };

/* A text as it stands in the query: several scans may ask for it. */
typedef struct asked {
    spoor_span span;
    bool is_stored;
    spoor_str other; /* stored in another case; empty: none is */
} asked;

typedef struct search {
    spoor_query *query;
    spoor_learning learning;
    const spoor_plan *scan; /* at hand */
    asked texts[TEXTS_MAX];
    uint32_t ntexts, nodes;
} search;

typedef struct probe {
    spoor_arena *arena;
    bool is_found;
    spoor_str value;
} probe;

static bool see_first(void *context, const spoor_batch *batch) {
    probe *p = context;
    if (batch->count > 0) {
        spoor_value value = spoor_vec_get(&batch->cols[0], spoor_batch_row(batch, 0));
        p->value = spoor_arena_str(p->arena, value.string);
        p->is_found = true;
    }
    return !p->is_found;
}

/* The values of an expression over the scan's columns that are the text, as the comparison says. */
static spoor_plan *probe_plan(const search *s, spoor_bound *value, spoor_bound *text,
                              const char *name) {
    spoor_arena *arena = &s->query->arena;
    const spoor_function *function = spoor_function_named((spoor_str){name, strlen(name)});
    spoor_plan *scan = SPOOR_NEW(arena, spoor_plan);
    spoor_bound **args = SPOOR_NEW_ARRAY(arena, spoor_bound *, 2);
    args[0] = value;
    args[1] = text;
    *scan = *s->scan;
    scan->scan.predicates = SPOOR_NEW_ARRAY(arena, spoor_bound *, 1);
    scan->scan.predicates[0] = spoor_bound_call(arena, function, SPOOR_BOOL, args, 2, text->span);
    scan->scan.npredicates = 1;
    scan->scan.may_stop = true;
    spoor_plan *plan = spoor_rewrite_over(arena, SPOOR_PLAN_PROJECT, scan, text->span);
    plan->schema = (spoor_schema){1, SPOOR_NEW_ARRAY(arena, spoor_column, 1)};
    plan->schema.columns[0] = (spoor_column){.name = SPOOR_STR("value"), .type = SPOOR_STRING};
    plan->project.exprs = SPOOR_NEW_ARRAY(arena, spoor_bound *, 1);
    plan->project.exprs[0] = value;
    return spoor_rewrite_columns(arena, plan, false);
}

/* False: the run failed. */
static bool run_probe(search *s, spoor_bound *value, spoor_bound *text, const char *name,
                      probe *p) {
    *p = (probe){.arena = &s->query->arena};
    return s->learning.rows.read(&s->learning.rows, s->query->plan,
                                 probe_plan(s, value, text, name), see_first, p);
}

static bool has_letter(spoor_str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x80 || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
            return true;
        }
    }
    return false;
}

/* NULL: there are too many. */
static asked *text_at(search *s, spoor_span span) {
    for (uint32_t i = 0; i < s->ntexts; i++) {
        if (s->texts[i].span.start == span.start) {
            return &s->texts[i];
        }
    }
    if (s->ntexts == TEXTS_MAX) {
        return NULL;
    }
    s->texts[s->ntexts] = (asked){.span = span};
    return &s->texts[s->ntexts++];
}

static void check_text(search *s, spoor_bound *value, spoor_bound *text) {
    if (value->kind == SPOOR_BOUND_CONSTANT || value->type != SPOOR_STRING ||
        text->kind != SPOOR_BOUND_CONSTANT || text->type != SPOOR_STRING ||
        text->span.source != 0 || !has_letter(text->value.string)) {
        return; /* texts of other sources are those of functions */
    }
    asked *known = text_at(s, text->span);
    probe exact, folded;
    if (known == NULL || known->is_stored || !run_probe(s, value, text, "==", &exact)) {
        return;
    }
    known->is_stored = exact.is_found;
    if (!exact.is_found && known->other.len == 0 && run_probe(s, value, text, "=~", &folded) &&
        folded.is_found) {
        known->other = spoor_safe_text(&s->query->arena, folded.value);
    }
}

static void warn(search *s) {
    spoor_diags *diags = &s->query->diags;
    for (uint32_t i = 0; i < s->ntexts; i++) {
        const asked *text = &s->texts[i];
        const spoor_diag *last = diags->last;
        if (text->is_stored || text->other.len == 0) {
            continue;
        }
        spoor_warn(diags, text->span, "no event holds this text, but some hold '%.*s'",
                   (int)text->other.len, text->other.ptr);
        if (diags->last != last) { /* else there are too many messages */
            diags->last->code = "stored-case";
            spoor_hint(diags, "=~ and in~ ignore case");
        }
    }
}

/* Conditions in and, or and not; trees are no deeper than SPOOR_MAX_DEPTH. */
static void check_condition(search *s, const spoor_bound *e) {
    if (spoor_bound_is_call(e, "==")) {
        check_text(s, e->args[0], e->args[1]);
        check_text(s, e->args[1], e->args[0]);
    } else if (spoor_bound_is_call(e, "in")) {
        for (uint32_t i = 1; i < e->nargs; i++) {
            check_text(s, e->args[0], e->args[i]);
        }
    } else if (spoor_bound_is_call(e, "and") || spoor_bound_is_call(e, "or")) {
        for (uint32_t i = 0; i < e->nargs; i++) {
            check_condition(s, e->args[i]);
        }
    }
}

static void check_plan(search *s, const spoor_plan *plan) {
    if (s->nodes++ >= NODES_MAX) {
        return;
    }
    if (plan->kind == SPOOR_PLAN_SCAN) {
        s->scan = plan;
        for (uint32_t i = 0; i < plan->scan.npredicates; i++) {
            check_condition(s, plan->scan.predicates[i]);
        }
    }
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        check_plan(s, plan->inputs[i]);
    }
}

/* One row whatever comes in: count, or summarize without by. */
static bool is_total(const spoor_plan *plan) {
    while (plan->kind == SPOOR_PLAN_PROJECT) {
        plan = plan->inputs[0];
    }
    return plan->kind == SPOOR_PLAN_SUMMARIZE && plan->summarize.nkeys == 0;
}

void spoor_warn_of_stored_case(spoor_query *query, uint64_t rows) {
    jmp_buf door, *outer = query->arena.on_oom;
    if (query->engine->store == NULL || query->plan == NULL || query->plan->nresults != 1 ||
        (rows > 0 && !is_total(query->plan->results[0].plan))) {
        return;
    }
    query->arena.on_oom = &door;
    if (setjmp(door) == 0) {
        search s = {.query = query, .learning = spoor_learning_new(query)};
        check_plan(&s, query->plan->results[0].plan);
        warn(&s);
    }
    query->arena.on_oom = outer;
}
