/* profile.c - counts and clocks of operators; see profile.h. */
#include "executor/profile.h"

#include <inttypes.h>
#include <time.h>

enum { MAX_PRINT_DEPTH = 200 };

spoor_profile *spoor_profile_of(spoor_run *run, const spoor_plan *plan) {
    for (spoor_profile *p = run->profiles; p != NULL; p = p->next) {
        if (p->plan == plan) {
            return p;
        }
    }
    spoor_profile *p = SPOOR_NEW(&run->arena, spoor_profile);
    *p = (spoor_profile){.plan = plan, .next = run->profiles};
    run->profiles = p;
    return p;
}

int64_t spoor_profile_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void spoor_profile_add(spoor_profile *profile, int64_t start, uint64_t rows, size_t bytes) {
    profile->ns += spoor_profile_clock() - start;
    profile->rows += rows;
    profile->batches += rows > 0;
    profile->most_bytes = bytes > profile->most_bytes ? bytes : profile->most_bytes;
}

void spoor_profile_merge(spoor_profile *profile, const spoor_profile *other) {
    profile->ns += other->ns;
    profile->rows += other->rows;
    profile->batches += other->batches;
    profile->most_bytes += other->most_bytes;
    profile->segments += other->segments;
    profile->columns += other->columns;
    profile->values += other->values;
    profile->value_bytes += other->value_bytes;
}

static const spoor_profile *find(const spoor_run *run, const spoor_plan *plan) {
    const spoor_profile *p = run->profiles;
    while (p != NULL && p->plan != plan) {
        p = p->next;
    }
    return p;
}

static void print(const spoor_run *run, const spoor_plan *plan, int depth, FILE *out) {
    const spoor_profile *p = find(run, plan);
    if (depth > MAX_PRINT_DEPTH) {
        return;
    }
    int64_t inside = 0; /* of the inputs */
    for (uint32_t i = 0; i < plan->ninputs; i++) {
        const spoor_profile *input = find(run, plan->inputs[i]);
        inside += input != NULL ? input->ns : 0;
        print(run, plan->inputs[i], plan->ninputs > 1 ? depth + 1 : depth, out);
    }
    if (p == NULL) {
        fprintf(out, "%*s%-12s not run\n", depth * 2, "", spoor_plan_kind_name(plan->kind));
        return;
    }
    int64_t own = p->ns > inside ? p->ns - inside : 0;
    fprintf(out, "%*s%-12s %12" PRIu64 " rows %8" PRIu64 " batches %10.3f ms %10.1f KB\n",
            depth * 2, "", spoor_plan_kind_name(plan->kind), p->rows, p->batches, (double)own / 1e6,
            (double)p->most_bytes / 1024);
    if (plan->kind == SPOOR_PLAN_SCAN) {
        fprintf(out,
                "%*s%-12s %12" PRIu64 " segments %5" PRIu64 " columns, %" PRIu64
                " distinct values searched, %.1f KB\n",
                depth * 2, "", "", p->segments, p->columns, p->values,
                (double)p->value_bytes / 1024);
    }
}

void spoor_profile_print(const spoor_run *run, const spoor_plan *plan, FILE *out) {
    print(run, plan, 0, out);
}
