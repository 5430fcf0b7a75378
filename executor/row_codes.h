/* row_codes.h - a text column of rows kept, once they are complete, as codes of one dictionary: what a
 * join gives of its right side.
 *
 * The dictionaries of the blocks stand one behind the other in it, so a value
 * may be in it more than once, and whoever computes something on it
 * computes it once an entry, not once a row. */
#ifndef SPOOR_EXECUTOR_ROW_CODES_H
#define SPOOR_EXECUTOR_ROW_CODES_H

#include "executor/rows.h"

typedef struct spoor_row_codes {
    spoor_dict dict;
    spoor_vec values; /* its last entry is null, or '' */
    uint32_t *bases;  /* by block: what is added to its codes, or to the slots of a FLAT one */
} spoor_row_codes;

/* NULL: it is no text, or its entries are not much fewer than its rows. */
const spoor_row_codes *spoor_row_codes_new(const spoor_rows *rows, uint32_t column,
                                           uint64_t dict_id, spoor_arena *arena);
/* DICT: row i is row list[i]; SPOOR_ROWS_NONE: null, or ''. */
spoor_vec spoor_row_codes_gather(const spoor_row_codes *codes, const spoor_rows *rows,
                                 uint32_t column, spoor_arena *scratch, const uint32_t *list,
                                 uint32_t count);

#endif
