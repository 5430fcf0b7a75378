/* sort_key.c - see sort_key.h. */
#include "executor/sort_key.h"

#include <math.h>

spoor_sort_rank spoor_sort_rank_of(const spoor_sort_key *key, const spoor_vec *vec, uint32_t slot) {
    if (vec->type != SPOOR_STRING && spoor_vec_is_null(vec, slot)) {
        return key->nulls_last ? SPOOR_RANK_NULL_LAST : SPOOR_RANK_NULL_FIRST;
    }
    if (vec->type == SPOOR_REAL && isnan(vec->reals[slot])) {
        return key->nulls_last ? SPOOR_RANK_NAN_LAST : SPOOR_RANK_NAN_FIRST;
    }
    return SPOOR_RANK_VALUE;
}

int spoor_sort_compare(const spoor_sort_key *key, const spoor_vec *left, uint32_t i,
                       const spoor_vec *right, uint32_t j) {
    spoor_sort_rank left_rank = spoor_sort_rank_of(key, left, i);
    spoor_sort_rank right_rank = spoor_sort_rank_of(key, right, j);
    if (left_rank != right_rank) {
        return left_rank < right_rank ? -1 : 1;
    }
    if (left_rank != SPOOR_RANK_VALUE) {
        return 0;
    }
    int order;
    if (left->type == SPOOR_STRING) {
        order = spoor_str_compare(left->strings[i], right->strings[j]);
    } else {
        spoor_value x = spoor_vec_get(left, i), y = spoor_vec_get(right, j);
        order = spoor_value_compare(&x, &y);
    }
    return key->descending ? -order : order;
}
