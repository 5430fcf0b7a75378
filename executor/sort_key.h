/* sort_key.h - the order of one key of a sort: where nulls and NaN go, and which value comes first.
 *
 * Nulls and NaN have no ascending or descending place: they go together to one
 * end, null outermost.  (Documentation of the sort operator, "nulls first /
 * nulls last".) */
#ifndef SPOOR_EXECUTOR_SORT_KEY_H
#define SPOOR_EXECUTOR_SORT_KEY_H

#include "planner/plan.h"
#include "types/vec.h"

typedef enum spoor_sort_rank {
    SPOOR_RANK_NULL_FIRST,
    SPOOR_RANK_NAN_FIRST,
    SPOOR_RANK_VALUE,
    SPOOR_RANK_NAN_LAST,
    SPOOR_RANK_NULL_LAST,
} spoor_sort_rank;

/* Where a row stands by its first key, as far as 64 bits tell: compared without a look at the value. */
typedef struct spoor_sort_start {
    uint64_t prefix; /* smaller comes first; where rank is VALUE */
    uint8_t rank;
} spoor_sort_start;

/* Of a slot of a FLAT vector. */
spoor_sort_start spoor_sort_start_of(const spoor_sort_key *key, const spoor_vec *vec,
                                     uint32_t slot);
static inline bool spoor_sort_start_is_behind(spoor_sort_start a, spoor_sort_start b) {
    return a.rank != b.rank ? a.rank > b.rank : a.prefix > b.prefix;
}

/* Of a slot of a FLAT vector; what is of a lower rank comes before. */
spoor_sort_rank spoor_sort_rank_of(const spoor_sort_key *key, const spoor_vec *vec, uint32_t slot);
/* Below 0: slot i of the left one comes first; 0: the key does not tell. */
int spoor_sort_compare(const spoor_sort_key *key, const spoor_vec *left, uint32_t i,
                       const spoor_vec *right, uint32_t j);

#endif
