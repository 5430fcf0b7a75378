/* profile.h - what each operator of a run did: rows, batches, time, memory (--profile). */
#ifndef SPOOR_EXECUTOR_PROFILE_H
#define SPOOR_EXECUTOR_PROFILE_H

#include "executor/run.h"

typedef struct spoor_profile {
    const spoor_plan *plan;
    uint64_t rows, batches;
    int64_t ns;        /* inside next(), inputs included */
    size_t most_bytes; /* of the operator's arenas */
    /* Of a scan: segments that were not ruled out by metadata, columns of them that were read, distinct
     * values that predicates were computed on, and the bytes of these */
    uint64_t segments, columns, values, value_bytes;
    struct spoor_profile *next;
} spoor_profile;

/* The profile of this plan node, made at its first opening. */
spoor_profile *spoor_profile_of(spoor_run *run, const spoor_plan *plan);
int64_t spoor_profile_clock(void); /* ns */
void spoor_profile_add(spoor_profile *profile, int64_t start, uint64_t rows, size_t bytes);
/* What the same operator did in another thread: times add up. */
void spoor_profile_merge(spoor_profile *profile, const spoor_profile *other);
/* One operator a line, as spoor_plan_print() orders them; before spoor_run_end(). */
void spoor_profile_print(const spoor_run *run, const spoor_plan *plan, FILE *out);

#endif
