/* bind_home.c - one record, one row: where a union reaches records through more
 * than one of the tables that Sentinel would keep them in, each record counts in
 * its home alone.
 *
 * Home of the Security channel's records is SecurityEvent, of all others Event
 * or, with --home windowsevent, WindowsEvent; but only among the tables that the
 * union reaches.  Used alone each table is full.  A scan knows the table that it
 * is read for (scan.view). */
#include "planner/bind.h"

enum { EVENT = 1, WINDOWS_EVENT = 2, SECURITY_EVENT = 4 };

uint8_t spoor_bind_view_of(spoor_str name) {
    if (spoor_str_is(name, "Event")) {
        return EVENT;
    }
    if (spoor_str_is(name, "WindowsEvent")) {
        return WINDOWS_EVENT;
    }
    return spoor_str_is(name, "SecurityEvent") ? SECURITY_EVENT : 0;
}

/* The scans whose rows, or a summary of them, are rows of the plan: a join adds to its left side. */
static void each_scan(spoor_plan *plan, void (*visit)(spoor_plan *scan, void *context),
                      void *context) {
    if (plan->kind == SPOOR_PLAN_SCAN) {
        visit(plan, context);
        return;
    }
    uint32_t n = plan->kind == SPOOR_PLAN_JOIN && plan->ninputs > 0 ? 1 : plan->ninputs;
    for (uint32_t i = 0; i < n; i++) {
        each_scan(plan->inputs[i], visit, context);
    }
}

static void add_view(spoor_plan *scan, void *context) {
    uint8_t *reached = context;
    *reached |= scan->scan.view;
}

typedef struct homes {
    spoor_binder *b;
    uint8_t reached;
} homes;

static void add_predicate(spoor_binder *b, spoor_plan *scan, spoor_bound *test) {
    if (test == NULL) {
        return;
    }
    spoor_bound **grown = SPOOR_NEW_ARRAY(b->arena, spoor_bound *, scan->scan.npredicates + 1);
    for (uint32_t i = 0; i < scan->scan.npredicates; i++) {
        grown[i] = scan->scan.predicates[i];
    }
    grown[scan->scan.npredicates++] = test;
    scan->scan.predicates = grown;
}

static void keep_home(spoor_plan *scan, void *context) {
    const homes *h = context;
    spoor_binder *b = h->b;
    uint8_t view = scan->scan.view;
    uint8_t other = b->options->home_is_windowsevent ? EVENT : WINDOWS_EVENT;
    bool both = (h->reached & EVENT) != 0 && (h->reached & WINDOWS_EVENT) != 0;
    if (view == 0 || view == SECURITY_EVENT) {
        return;
    }
    if (both && view == other) {
        spoor_value no = {.type = SPOOR_BOOL, .boolean = false};
        add_predicate(b, scan, spoor_bound_constant(b->arena, no, scan->span));
        return;
    }
    int channel = spoor_schema_find(&scan->schema, SPOOR_STR("Channel"));
    if ((h->reached & SECURITY_EVENT) != 0 && channel >= 0) {
        spoor_bound *args[2] = {spoor_bound_column(b->arena, &scan->schema, channel, scan->span),
                                spoor_bound_text(b->arena, SPOOR_STR("Security"), scan->span)};
        add_predicate(b, scan, SPOOR_APPLY(b, "!=", args, 2, scan->span));
    }
}

void spoor_bind_homes(spoor_binder *b, spoor_plan *const *legs, uint32_t count) {
    homes h = {.b = b};
    for (uint32_t i = 0; i < count; i++) {
        each_scan(legs[i], add_view, &h.reached);
    }
    if ((h.reached & (h.reached - 1)) == 0) { /* one table, or none */
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        each_scan(legs[i], keep_home, &h);
    }
}
