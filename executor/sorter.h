/* sorter.h - rows in the order of some keys, stable: what sort and top are made of.
 *
 * Rows and keys are kept (rows.h), and their numbers put in order (row_order.h).
 * With a limit, rows that cannot be among the first `limit` are dropped now
 * and then, so a top of a long input stays small. */
#ifndef SPOOR_EXECUTOR_SORTER_H
#define SPOOR_EXECUTOR_SORTER_H

#include "executor/op.h"
#include "executor/rows.h"
#include "executor/sort_key.h"

enum { SPOOR_SORTER_LATE_LIMIT = 10000 }; /* up to it, records are fetched for the rows that stay */

typedef struct spoor_sorter spoor_sorter;

/* limit UINT64_MAX: none.  NULL: failed, why is in the run. */
spoor_sorter *spoor_sorter_open(spoor_op *op, const spoor_sort_key *keys, uint32_t nkeys,
                                uint64_t limit);
/* Rows will come out of order, each with its place (a long, no two alike): those with equal keys are
 * to be in the order of their places.  Before the first row. */
void spoor_sorter_keep_places(spoor_sorter *sorter);
/* places: NULL unless they are kept.  false: they did not fit, and could not be put aside; why is in the run. */
bool spoor_sorter_add(spoor_sorter *sorter, const spoor_batch *batch, const spoor_vec *places,
                      spoor_arena *scratch);
/* It is one of so many that share the memory; before the first row.  Then what does not fit is not put
 * aside: adding fails, is_full, and nothing is in the run. */
void spoor_sorter_share(spoor_sorter *sorter, uint32_t sharers);
bool spoor_sorter_is_full(const spoor_sorter *sorter);
/* The rows of `from`, a sorter of the same plan, come behind those of `sorter`; they stay where they are.
 * None is added behind them. */
void spoor_sorter_adopt(spoor_sorter *sorter, const spoor_sorter *from);
/* Where the last of the first `limit` rows so far stands: rows behind it will not be among them.
 * false: there are fewer.  Drops rows, so not to be asked too often. */
bool spoor_sorter_bar(spoor_sorter *sorter, spoor_arena *scratch, spoor_sort_start *bar);
/* No more rows: put them in order.  false: stopped, why is in the run. */
bool spoor_sorter_finish(spoor_sorter *sorter);
spoor_op_status spoor_sorter_batch(spoor_sorter *sorter, spoor_arena *scratch, spoor_batch *batch);
void spoor_sorter_close(spoor_sorter *sorter); /* NULL is fine */

#endif
