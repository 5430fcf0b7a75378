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

/* Integers and reals whole, texts their first eight bytes, ascending; others nothing. */
static uint64_t prefix_of(const spoor_vec *vec, uint32_t slot) {
    const uint64_t sign = UINT64_C(1) << 63;
    switch (vec->type) {
    case SPOOR_BOOL: return vec->bools[slot] != 0;
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: return (uint64_t)vec->longs[slot] ^ sign;
    case SPOOR_REAL: {
        double real = vec->reals[slot] + 0.0; /* -0 is 0 */
        uint64_t bits;
        memcpy(&bits, &real, sizeof bits);
        return (bits & sign) != 0 ? ~bits : bits | sign;
    }
    case SPOOR_STRING: {
        spoor_str text = vec->strings[slot];
        uint64_t prefix = 0;
        for (size_t i = 0; i < 8; i++) {
            prefix = prefix << 8 | (i < text.len ? (unsigned char)text.ptr[i] : 0);
        }
        return prefix;
    }
    case SPOOR_DECIMAL:
    case SPOOR_GUID:
    case SPOOR_DYNAMIC:
    case SPOOR_NTYPES: break;
    }
    return 0;
}

spoor_sort_start spoor_sort_start_of(const spoor_sort_key *key, const spoor_vec *vec,
                                     uint32_t slot) {
    spoor_sort_start start = {.rank = (uint8_t)spoor_sort_rank_of(key, vec, slot)};
    if (start.rank == SPOOR_RANK_VALUE) {
        start.prefix = prefix_of(vec, slot);
        start.prefix = key->descending ? ~start.prefix : start.prefix;
    }
    return start;
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
