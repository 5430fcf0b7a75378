/* regex_capture.c - the groups of a match whose place is known already.
 *
 * Two ways to the same answer: trying one way after the other while marking
 * each (step, place) so that none is tried twice, for what fits a small map;
 * and threads in step, one a program step at most, for the rest. */
#include "regex/regex_program.h"

enum { MAP_BITS = 1 << 20 };

typedef struct job { /* of the backtracker: go on at (step, place), or put a slot back */
    uint32_t step;   /* UINT32_MAX - slot: restore */
    size_t place;    /* or the old value */
} job;

/* The threads at one place, best first; slots of the thread at step s at s * nslots. */
typedef struct threads {
    uint32_t *steps, count;
    uint32_t *seen; /* by step: the round in which it was added */
    size_t *slots;
} threads;

struct spoor_capturer {
    spoor_arena *arena;
    const spoor_regex *regex;
    uint64_t *map;
    size_t map_words;
    job *jobs;
    size_t njobs, jobs_capacity;
    uint32_t nslots;
    size_t *slots;
    threads now, then;
    uint32_t round;
};

spoor_capturer *spoor_capturer_new(spoor_arena *arena, const spoor_regex *regex) {
    spoor_capturer *c = SPOOR_NEW(arena, spoor_capturer);
    c->arena = arena;
    c->regex = regex;
    c->nslots = (regex->groups + 1) * 2;
    c->slots = SPOOR_RAW_ARRAY(arena, size_t, c->nslots);
    return c;
}

static void push(spoor_capturer *c, uint32_t step, size_t place) {
    if (c->njobs == c->jobs_capacity) {
        size_t capacity = c->jobs_capacity == 0 ? 64 : c->jobs_capacity * 2;
        job *jobs = SPOOR_RAW_ARRAY(c->arena, job, capacity);
        if (c->njobs > 0) {
            memcpy(jobs, c->jobs, c->njobs * sizeof *jobs);
        }
        c->jobs = jobs;
        c->jobs_capacity = capacity;
    }
    c->jobs[c->njobs++] = (job){step, place};
}

static void clear_slots(spoor_capturer *c) {
    for (uint32_t i = 0; i < c->nslots; i++) {
        c->slots[i] = SIZE_MAX;
    }
}

static bool holds_at(const spoor_regex *regex, const spoor_step *step, spoor_str text, size_t at) {
    return spoor_assertion_holds(step->arg, spoor_side_before(regex, text, at),
                                 spoor_side_after(regex, text, at));
}

/* -- one way after the other ------------------------------------------------------------------- */

/* From a step and place on until it fails or matches. */
static bool run(spoor_capturer *c, spoor_str text, size_t start, size_t end, uint32_t at,
                size_t place) {
    const spoor_regex *regex = c->regex;
    size_t width = end - start + 1;
    for (;;) {
        size_t bit = at * width + (place - start);
        if ((c->map[bit / 64] >> bit % 64 & 1) != 0) {
            return false;
        }
        c->map[bit / 64] |= (uint64_t)1 << bit % 64;
        const spoor_step *step = &regex->forward.steps[at];
        switch (step->op) {
        case SPOOR_STEP_FAIL: return false;
        case SPOOR_STEP_MATCH: return place == end;
        case SPOOR_STEP_SPLIT: push(c, step->other, place); break;
        case SPOOR_STEP_SAVE:
            push(c, UINT32_MAX - step->arg, c->slots[step->arg]);
            c->slots[step->arg] = place;
            break;
        case SPOOR_STEP_ASSERT:
            if (!holds_at(regex, step, text, place)) {
                return false;
            }
            break;
        case SPOOR_STEP_SYMBOL:
        case SPOOR_STEP_SET:
        case SPOOR_STEP_ANY: {
            if (place == end) {
                return false;
            }
            const char *next = text.ptr + place;
            uint32_t symbol = spoor_symbol_next(&regex->alphabet, &next, text.ptr + end);
            if (!spoor_step_takes(regex, step, symbol)) {
                return false;
            }
            place = (size_t)(next - text.ptr);
            break;
        }
        }
        at = step->next;
    }
}

static bool capture_by_trying(spoor_capturer *c, spoor_str text, size_t start, size_t end) {
    size_t words = (c->regex->forward.count * (end - start + 1) + 63) / 64;
    if (words > c->map_words) {
        c->map_words = words * 2;
        c->map = SPOOR_RAW_ARRAY(c->arena, uint64_t, c->map_words);
    }
    memset(c->map, 0, words * sizeof *c->map);
    c->njobs = 0;
    clear_slots(c);
    push(c, c->regex->forward.start, start);
    while (c->njobs > 0) {
        job next = c->jobs[--c->njobs];
        if (next.step > UINT32_MAX - c->nslots) {
            c->slots[UINT32_MAX - next.step] = next.place;
        } else if (run(c, text, start, end, next.step, next.place)) {
            return true;
        }
    }
    return false;
}

/* -- threads in step --------------------------------------------------------------------------- */

static void make_threads(spoor_capturer *c, threads *t) {
    uint32_t n = c->regex->forward.count;
    t->steps = SPOOR_RAW_ARRAY(c->arena, uint32_t, n);
    t->seen = SPOOR_NEW_ARRAY(c->arena, uint32_t, n);
    t->slots = SPOOR_RAW_ARRAY(c->arena, size_t, (size_t)n * c->nslots);
}

/* Add all threads that `from` leads to without taking a symbol; c->slots is as the thread had it,
 * and is so again in the end. */
static void add_threads(spoor_capturer *c, threads *t, spoor_str text, uint32_t from,
                        size_t place) {
    push(c, from, 0);
    while (c->njobs > 0) {
        job next = c->jobs[--c->njobs];
        if (next.step > UINT32_MAX - c->nslots) {
            c->slots[UINT32_MAX - next.step] = next.place;
            continue;
        }
        if (t->seen[next.step] == c->round) {
            continue;
        }
        t->seen[next.step] = c->round;
        const spoor_step *step = &c->regex->forward.steps[next.step];
        switch (step->op) {
        case SPOOR_STEP_FAIL: break;
        case SPOOR_STEP_SPLIT:
            push(c, step->other, 0);
            push(c, step->next, 0);
            break;
        case SPOOR_STEP_SAVE:
            push(c, UINT32_MAX - step->arg, c->slots[step->arg]);
            c->slots[step->arg] = place;
            push(c, step->next, 0);
            break;
        case SPOOR_STEP_ASSERT:
            if (holds_at(c->regex, step, text, place)) {
                push(c, step->next, 0);
            }
            break;
        case SPOOR_STEP_MATCH:
        case SPOOR_STEP_SYMBOL:
        case SPOOR_STEP_SET:
        case SPOOR_STEP_ANY:
            t->steps[t->count++] = next.step;
            memcpy(t->slots + (size_t)next.step * c->nslots, c->slots,
                   c->nslots * sizeof *c->slots);
            break;
        }
    }
}

bool spoor_capture_by_threads(spoor_capturer *c, spoor_str text, size_t start, size_t end) {
    if (c->now.steps == NULL) {
        make_threads(c, &c->now);
        make_threads(c, &c->then);
    }
    memset(c->now.seen, 0, c->regex->forward.count * sizeof *c->now.seen);
    memset(c->then.seen, 0, c->regex->forward.count * sizeof *c->then.seen);
    c->round = 1;
    c->njobs = 0;
    c->now.count = 0;
    clear_slots(c);
    add_threads(c, &c->now, text, c->regex->forward.start, start);
    const char *at = text.ptr + start, *stop = text.ptr + end;
    while (at < stop && c->now.count > 0) {
        uint32_t symbol = spoor_symbol_next(&c->regex->alphabet, &at, stop);
        c->round++;
        c->then.count = 0;
        for (uint32_t i = 0; i < c->now.count; i++) {
            uint32_t s = c->now.steps[i];
            const spoor_step *step = &c->regex->forward.steps[s];
            if (spoor_step_takes(c->regex, step, symbol)) {
                memcpy(c->slots, c->now.slots + (size_t)s * c->nslots,
                       c->nslots * sizeof *c->slots);
                add_threads(c, &c->then, text, step->next, (size_t)(at - text.ptr));
            }
        }
        threads swap = c->now;
        c->now = c->then;
        c->then = swap;
    }
    for (uint32_t i = 0; at == stop && i < c->now.count; i++) {
        uint32_t s = c->now.steps[i];
        if (c->regex->forward.steps[s].op == SPOOR_STEP_MATCH) {
            memcpy(c->slots, c->now.slots + (size_t)s * c->nslots, c->nslots * sizeof *c->slots);
            return true;
        }
    }
    return false;
}

bool spoor_capture(spoor_capturer *c, spoor_str text, size_t start, size_t end) {
    if ((uint64_t)c->regex->forward.count * (end - start + 1) <= MAP_BITS) {
        return capture_by_trying(c, text, start, end);
    }
    return spoor_capture_by_threads(c, text, start, end);
}

size_t spoor_capturer_slot(const spoor_capturer *c, uint32_t slot) {
    return slot < c->nslots ? c->slots[slot] : SIZE_MAX;
}
