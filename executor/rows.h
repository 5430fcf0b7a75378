/* rows.h - rows kept: what a breaker (sort, summarize, join, materialize) holds of its input.
 *
 * Columnar, in blocks that never move; each row has a number, counted from
 * zero.  Bytes of text are copied, once a distinct value where the input is a
 * dictionary, and a block whose rows all come from one dictionary stays codes
 * (a column of one value takes no room at all).  Records are made
 * (spoor_vec_gather).  Everything is in the arena given; nothing is dropped
 * singly. */
#ifndef SPOOR_EXECUTOR_ROWS_H
#define SPOOR_EXECUTOR_ROWS_H

#include "types/schema.h"
#include "types/vec.h"

enum { SPOOR_ROWS_SHIFT = 10, SPOOR_ROWS_BLOCK = 1 << SPOOR_ROWS_SHIFT };

typedef struct spoor_rows_column {
    spoor_type type;
    spoor_vec *blocks; /* SPOOR_ROWS_BLOCK slots each: FLAT, or DICT of a copy made here */
    uint64_t dict_id;  /* the dictionary seen last ... */
    spoor_dict *copy;  /* ... and its copy: entries that are used; ptr NULL: not copied yet */
    uint32_t *codes;   /* of the last block, while it is codes of more than one value */
} spoor_rows_column;

typedef struct spoor_rows {
    spoor_arena *arena;
    uint32_t ncols, count;
    uint32_t nblocks, blocks_capacity;
    spoor_rows_column *cols;
} spoor_rows;

void spoor_rows_init(spoor_rows *rows, spoor_arena *arena, uint32_t ncols);
/* Types are the columns' own from here on; before the first row. */
void spoor_rows_init_schema(spoor_rows *rows, spoor_arena *arena, const spoor_schema *schema);
/* Rows sel[0..count) (NULL: 0..count) of the vectors, one a column, any form. */
void spoor_rows_append(spoor_rows *rows, const spoor_vec *vecs, const uint32_t *sel, uint32_t count,
                       spoor_arena *scratch);
/* Rows of one column: one more, the slot of a FLAT vector. */
void spoor_rows_append_cell(spoor_rows *rows, const spoor_vec *flat, uint32_t slot);
/* The same, of a text whose bytes last as long as the rows: they are not copied. */
void spoor_rows_append_text(spoor_rows *rows, spoor_str text);
/* The rows of `from` come behind those of `into`, from the next block on, and stay where they are: their
 * arena has to live as long.  Up to there the last row is repeated; returns how often. */
uint32_t spoor_rows_adopt(spoor_rows *into, const spoor_rows *from);
spoor_value spoor_rows_get(const spoor_rows *rows, uint32_t column, uint32_t row);
/* FLAT: slot i is row list[i].  SPOOR_ROWS_NONE gives null ('' for a string). */
#define SPOOR_ROWS_NONE UINT32_MAX
spoor_vec spoor_rows_gather(const spoor_rows *rows, uint32_t column, spoor_arena *scratch,
                            const uint32_t *list, uint32_t count);
/* The next at most SPOOR_BATCH_ROWS rows from *at on, as a batch; moves *at.  false: none left.
 * `list` says in which order (NULL: as they came); `count` rows in all. */
bool spoor_rows_batch(const spoor_rows *rows, spoor_arena *scratch, const uint32_t *list,
                      uint32_t count, uint32_t *at, spoor_batch *batch);

/* The FLAT vector and the slot in it where a cell is. */
static inline const spoor_vec *spoor_rows_at(const spoor_rows *rows, uint32_t column, uint32_t row,
                                             uint32_t *slot) {
    const spoor_vec *block = &rows->cols[column].blocks[row >> SPOOR_ROWS_SHIFT];
    uint32_t at = row & (SPOOR_ROWS_BLOCK - 1);
    *slot = block->form == SPOOR_DICT ? block->codes[at] : at;
    return block->form == SPOOR_DICT ? block->dict->values : block;
}

#endif
