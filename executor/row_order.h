/* row_order.h - the order of rows kept, by some keys: what a sort does once all its rows are there.
 *
 * Every key becomes a number of as few bits as tell its values apart: a number
 * counts from the least of them, a text is its rank among the distinct ones.
 * The numbers of a row stand side by side in a word or a few, which are sorted
 * byte by byte, the last one first.  No two rows are ever compared, and a
 * text is compared once, however many rows have it. */
#ifndef SPOOR_EXECUTOR_ROW_ORDER_H
#define SPOOR_EXECUTOR_ROW_ORDER_H

#include "executor/rows.h"
#include "executor/run.h"
#include "executor/sort_key.h"

typedef struct spoor_row_key {
    const spoor_sort_key *key; /* which way */
    const spoor_rows *rows;    /* where its values are: `column` of these */
    uint32_t column;
} spoor_row_key;

/* What a row takes of the work arena: without its keys, and for one of this type; at most. */
enum { SPOOR_ROW_ORDER_BYTES = 40 };
static inline size_t spoor_row_order_bytes(spoor_type type) {
    bool is_number = spoor_type_is_whole(type) || type == SPOOR_REAL || type == SPOOR_BOOL;
    return is_number ? 25 : type == SPOOR_DYNAMIC || type == SPOOR_DECIMAL ? 81 : 57;
}

/* Put order[0..count), numbers of rows below nrows as they came, into the order of the keys; those with equal
 * keys stay as they are.  false: the run is to stop.  The work arena is the caller's to empty. */
bool spoor_row_order(spoor_run *run, const spoor_row_key *keys, uint32_t nkeys, uint32_t nrows,
                     uint32_t *order, uint32_t count, spoor_arena *work);

#endif
