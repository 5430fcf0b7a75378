/* bind_feeds.c - what depends on the group that a subquery is run for.
 *
 * A subquery of mv-apply or partition is run anew for each group.  What is kept
 * between its operators (SHARED, the value of a toscalar) is kept as long as the
 * group lasts: it knows the FEEDs that it depends on, through its operators or
 * through values of subplans.  The latter are not told apart within a subquery:
 * what is shared behind a value that depends on the group depends on it, too. */
#include "planner/bind.h"

bool spoor_feeds_have(spoor_feed_set set, uint32_t feed) {
    for (uint32_t i = 0; i < set.count; i++) {
        if (set.ids[i] == feed) {
            return true;
        }
    }
    return false;
}

static void add(spoor_arena *arena, spoor_feed_set *set, uint32_t feed) {
    if (spoor_feeds_have(*set, feed)) {
        return;
    }
    uint32_t *ids = SPOOR_NEW_ARRAY(arena, uint32_t, set->count + 1);
    for (uint32_t i = 0; i < set->count; i++) {
        ids[i] = set->ids[i];
    }
    ids[set->count] = feed;
    *set = (spoor_feed_set){ids, set->count + 1};
}

static void add_all(spoor_arena *arena, spoor_feed_set *set, spoor_feed_set more) {
    for (uint32_t i = 0; i < more.count; i++) {
        add(arena, set, more.ids[i]);
    }
}

static spoor_feed_set without(spoor_arena *arena, spoor_feed_set set, uint32_t feed) {
    spoor_feed_set left = {NULL, 0};
    for (uint32_t i = 0; i < set.count; i++) {
        if (set.ids[i] != feed) {
            add(arena, &left, set.ids[i]);
        }
    }
    return left;
}

/* Depth: SPOOR_MAX_PLAN_DEPTH; a SHARED knows its own. */
static void collect(spoor_arena *arena, const spoor_plan *plan, spoor_feed_set *set) {
    if (plan->kind == SPOOR_PLAN_SHARED) {
        add_all(arena, set, plan->shared.feeds);
        return;
    }
    if (plan->kind == SPOOR_PLAN_FEED) {
        add(arena, set, plan->feed.id);
    }
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        collect(arena, plan->inputs[i], set);
    }
    if (plan->kind == SPOOR_PLAN_APPLY) {
        *set = without(arena, *set, plan->apply.feed);
    }
}

spoor_feed_set spoor_bind_feeds_of(spoor_binder *b, const spoor_plan *plan) {
    spoor_feed_set set = {NULL, 0};
    collect(b->arena, plan, &set);
    add_all(b->arena, &b->held, set);
    add_all(b->arena, &set, b->touched);
    return set;
}

void spoor_bind_touch(spoor_binder *b, spoor_feed_set feeds) {
    add_all(b->arena, &b->touched, feeds);
}

void spoor_bind_leave_feed(spoor_binder *b, uint32_t feed) {
    b->touched = without(b->arena, b->touched, feed);
}
