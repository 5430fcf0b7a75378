/* text_sort.h - the texts of a column in order: for front coding, and for a sort of rows.
 *
 * Quicksort over eight bytes at a time: texts that begin alike, as paths and
 * registry keys do, are compared once for what they share, not in each
 * comparison. */
#ifndef SPOOR_STORE_TEXT_SORT_H
#define SPOOR_STORE_TEXT_SORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef struct spoor_sorted_text {
    uint64_t key; /* scratch: what is compared at the moment */
    const char *ptr;
    uint32_t len, entry; /* entry: the caller's */
} spoor_sorted_text;

/* Ascending by bytes, the shorter first; by_length: by length first, as numbers of one form want it.  Those
 * that are the same stand together, in any order. */
void spoor_texts_sort(spoor_sorted_text *texts, uint32_t n, bool by_length);

#endif
