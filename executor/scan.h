/* scan.h - reading one segment: its columns, and which of its rows the predicates keep.
 *
 * op_scan.c walks the segments and hands out batches; scan_filter.c decides on
 * rows, from what is known without decoding up to whole rows.  A column is
 * pinned when it is first needed, and all are released with the segment. */
#ifndef SPOOR_EXECUTOR_SCAN_H
#define SPOOR_EXECUTOR_SCAN_H

#include "executor/op.h"
#include "executor/sort_key.h"

typedef struct spoor_scan_predicate {
    const spoor_bound *bound;
    spoor_eval *eval;
    uint32_t *columns; /* of the scan's output, that it reads */
    uint32_t ncolumns;
    uint32_t cost; /* a guess, for their order */
    struct spoor_sought
        *sought; /* what has to stand in a row that it keeps; NULL: nobody knows (scan_needles.c) */
    bool is_settled; /* nothing is left to ask of the rows of the segment at hand */
    bool
        is_range; /* says that `column` is between least and most, and nothing else (scan_range.c) */
    uint32_t column;
    int64_t least, most; /* least > most: never */
} spoor_scan_predicate;

/* Keys that a join above has: rows with others are left out while it is worth it (scan_keys.c). */
typedef struct spoor_scan_keys {
    spoor_scan_predicate of;    /* the expression that is the key; no predicate */
    struct spoor_intern *known; /* the join's */
    uint64_t asked, kept;       /* rows so far */
} spoor_scan_keys;

typedef struct spoor_scan {
    spoor_op *op;
    uint32_t at, end; /* segments still to read: [at, end); one is a morsel */
    /* For a top (scan_guide.c): at and end count these, not the segments of the snapshot */
    const uint32_t *order;      /* segments, the most promising first; NULL: as they come */
    spoor_sort_start *promises; /* where the best row of each may stand */
    bool has_bar;
    spoor_sort_start bar;             /* rows behind it are not wanted */
    uint32_t guide;                   /* the column of the key ... */
    bool is_descending;               /* ... and its direction */
    uint64_t limit;                   /* so many rows are wanted */
    const spoor_picks *picks;         /* segments and rows of them to read alone; NULL: all */
    spoor_scan_predicate *predicates; /* cheapest first */
    uint32_t npredicates;
    spoor_scan_keys *keys; /* NULL: none are offered */

    /* The segment at hand; NULL: none */
    const spoor_segment *segment;
    uint32_t number;          /* of it, in the snapshot */
    spoor_arena *arena;       /* what is made for it */
    const spoor_chunk **pins; /* by column; NULL: not pinned */
    spoor_vec *cols;          /* by column, all rows; see is_constant */
    spoor_vec
        *numbers; /* by column: SPOOR_BATCH_ROWS times the last constant number; none yet: NULL */
    spoor_records
        *lazy; /* by column, those whose `fetch` is set are read when asked for; NULL: none */
    uint8_t *is_loaded;   /* 0, 1, or ENTRIES */
    uint8_t *is_constant; /* constant: the vector has SPOOR_BATCH_ROWS slots or fewer */
    bool may_fold;        /* who reads the batches takes rows with weights, ... */
    const uint32_t *uses; /* ... and reads these columns, not 0; NULL: all may be read */
    const uint32_t *
        weights; /* of the `nrows` rows that stand in `cols` for all kept ones; NULL: they are all */
    const uint32_t *rows; /* kept, ascending, `nrows` of them; NULL: all */
    uint32_t nrows;
    uint32_t given; /* of nrows */
} spoor_scan;

/* Write a failed pin of the segment at hand into the run; false. */
bool spoor_scan_pin_failed(const spoor_scan *scan, spoor_store_status status);
/* Make the whole column readable.  false: failed, why is in the run. */
bool spoor_scan_load(spoor_scan *scan, uint32_t column);
/* The same of a text whose dictionary may be enough: its vector has no codes until it is loaded whole. */
bool spoor_scan_load_entries(spoor_scan *scan, uint32_t column);
/* What is known of the column without decoding it. */
void spoor_scan_peek(const spoor_scan *scan, uint32_t column, spoor_chunk *summary);
/* `count` rows of a loaded column: list[0..count), or from `from` on when list is NULL. */
spoor_vec spoor_scan_slice(const spoor_scan *scan, uint32_t column, const uint32_t *list,
                           uint32_t from, uint32_t count, spoor_arena *scratch);

/* For who reads segments by number, without next(): no column of it is loaded yet. */
void spoor_scan_enter(spoor_scan *scan, uint32_t segment);
void spoor_scan_leave(spoor_scan *scan);
/* The same, and its columns need not be kept for others. */
void spoor_scan_drop(spoor_scan *scan);

/* For who shares out its segments among threads (crew.h): does it give whole records, which one
 * thread at a time may make?  How many rows of each segment metadata leaves, and of all.  And read
 * segments [from, to) only, before the first batch. */
bool spoor_scan_has_records(const spoor_scan *scan);
uint64_t spoor_scan_weigh(spoor_scan *scan, uint32_t *rows);
void spoor_scan_limit(spoor_scan *scan, uint32_t from, uint32_t to);

/* Columns that no predicate reads are given as records, for who needs few of the rows: before the
 * first batch.  uses: by column, not 0 where it is read of every row. */
void spoor_scan_be_lazy(spoor_scan *scan, const uint32_t *uses);

/* For a top by a column of whole numbers (scan_guide.c): read the segments from the most promising one
 * on; before the first batch, the crew's limits aside.  false: it is not to be had, nothing changes.
 * Then places say where the rows of a batch just given stand in the table, and a bar ends the scan
 * where no segment left has a row before it. */
bool spoor_scan_guide(spoor_scan *scan, const spoor_sort_key *key, uint64_t limit);
/* Of the segment at hand leave rows that are not behind the bar.  false: failed. */
bool spoor_scan_keep_promising(spoor_scan *scan);
spoor_vec spoor_scan_places(const spoor_scan *scan, const spoor_batch *batch, spoor_arena *scratch);
bool spoor_scan_is_between(const spoor_scan *scan); /* the batch given last ended a segment */
void spoor_scan_set_bar(spoor_scan *scan, spoor_sort_start bar);

/* For columns that a breaker above makes late (late.h): where these records are; false: they are
 * not of the segment at hand.  And, once the scan has given its last batch, the values of rows of them;
 * false: failed, why is in the run. */
bool spoor_scan_locate(const spoor_scan *scan, const spoor_records *records, uint32_t *segment,
                       uint32_t *column);
bool spoor_scan_fetch(spoor_scan *scan, uint32_t segment, uint32_t column, const uint32_t *rows,
                      uint32_t count, spoor_arena *scratch, spoor_vec *out);

/* Rows that are alike in all columns may be given as one from now on, with weights, where that is known
 * without a look at them: in the order of the first of each.  Before the first batch.  uses: by column,
 * not 0 where who is above reads it; NULL: any may be. */
void spoor_scan_may_fold(spoor_scan *scan, const uint32_t *uses);
/* Of the segment at hand: a column whose entries are loaded has these codes; it needs no others. */
void spoor_scan_set_codes(spoor_scan *scan, uint32_t column, const uint32_t *codes);
/* The column is not read: nothing stands for it in the segment at hand. */
void spoor_scan_leave_out(spoor_scan *scan, uint32_t column);

bool spoor_scan_open_predicates(spoor_scan *scan);
/* The expression `bound`, which is set, and the columns that it reads. */
bool spoor_scan_open_predicate(spoor_scan *scan, spoor_scan_predicate *predicate);
/* false: metadata alone says that no row of the segment at hand is kept. */
bool spoor_scan_may_keep(spoor_scan *scan);
/* true: metadata alone says that every row is kept. */
bool spoor_scan_keeps_all(spoor_scan *scan);
/* To the scan below `above`, if there is one with nothing but projections on it, before it is asked for
 * rows: those whose value of the expression, over the rows of `above`, is not known may be left out.
 * false: failed. */
bool spoor_scan_offer_keys(spoor_op *above, const spoor_bound *expr, struct spoor_intern *known);
/* Of rows and nrows of the segment at hand, leave those that have a key.  false: failed. */
bool spoor_scan_filter_keys(spoor_scan *scan);

/* Entries of a dictionary that a predicate takes. */
enum { SPOOR_FEW_TAKEN = 4 };
typedef struct spoor_taken {
    const uint8_t *table; /* by code */
    uint32_t count;
    uint32_t few[SPOOR_FEW_TAKEN]; /* the first of them */
} spoor_taken;
/* Of a dictionary column, the only one of the predicate's that varies, for as long as the segment is at hand.
 * false: the run is to stop. */
bool spoor_scan_take_entries(const spoor_scan *scan, const spoor_scan_predicate *predicate,
                             uint32_t varying, spoor_taken *taken);
/* Those of rows [0, rows) whose code is taken; kept: room for all.  At least one entry is. */
uint32_t spoor_scan_take_codes(const uint32_t *codes, uint32_t rows, const spoor_taken *taken,
                               uint32_t *kept);

/* scan_needles.c.  Of a predicate that is asked of whole rows: which literals stand, and where, in any row that it
 * keeps.  And of the segment at hand leave rows that have one of them.  false: failed. */
void spoor_scan_read_needles(const spoor_scan *scan, spoor_scan_predicate *predicate);
bool spoor_scan_keep_holding(spoor_scan *scan, const spoor_scan_predicate *predicate);

/* scan_range.c.  false: metadata alone says that the expression is true for no row of the segment at hand. */
bool spoor_scan_may_hold(const spoor_scan *scan, const spoor_bound *expr);
/* The segment at hand says so of its time and event id, and nothing else of it has to be looked up. */
bool spoor_scan_is_outside(const spoor_scan *scan);
/* Of the predicate's expression; and: is every row of the segment at hand in its range, by metadata? */
void spoor_scan_read_range(spoor_scan_predicate *predicate);
bool spoor_scan_range_is_all(const spoor_scan *scan, const spoor_scan_predicate *predicate);
/* Leave the rows that are in the range of predicate `first`, whose column is loaded, and of all behind it
 * over the same column, which are settled with it.  false: it is no range, nothing changes. */
bool spoor_scan_keep_range(spoor_scan *scan, uint32_t first);
/* The same for a column that is loaded, and no constant. */
void spoor_scan_keep_between(spoor_scan *scan, uint32_t column, int64_t least, int64_t most);
/* Of rows and nrows of the segment at hand, leave those that are kept; nrows 0: none is. false: failed. */
bool spoor_scan_filter(spoor_scan *scan);
/* Of the segment at hand, where one dictionary column varies at most: its entries as rows, with weights, those
 * that are kept. *done false: it is not so, nothing has changed.  false: failed. */
bool spoor_scan_fold(spoor_scan *scan, bool *done);

#endif
