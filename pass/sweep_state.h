/* sweep_state.h - a sweep under way, for the files of pass/ that make it.
 *
 * Whatever belongs to the segment at hand is stamped with its epoch: what has an older stamp is not known yet. */
#ifndef SPOOR_PASS_SWEEP_STATE_H
#define SPOOR_PASS_SWEEP_STATE_H

#include "executor/scan.h"
#include "pass/matcher.h"
#include "pass/sweep.h"

/* to a question, of all rows of the segment */
typedef enum spoor_answer {
    SPOOR_ANSWER_OPEN, /* not asked yet */
    SPOOR_ANSWER_NO,   /* of none */
    SPOOR_ANSWER_YES,  /* of all */
    SPOOR_ANSWER_SOME, /* of those with these entries in the column that varies, or of these rows */
    SPOOR_ANSWER_UNKNOWN, /* cannot be asked by entries */
} spoor_answer;

typedef struct spoor_leaf_state {
    uint32_t epoch;
    spoor_answer answer;
    bool is_needed;
    uint32_t column;         /* SOME: whose entries: */
    const uint32_t *entries; /* ascending; NULL: row_bits alone say it */
    uint32_t count;
    uint32_t rows;   /* that have them */
    uint32_t marked; /* the stamp of the bits that have them: spoor_sweep_mark_rows(); 0: none */
    const uint64_t *bits;     /* the same, a bit an entry; NULL: not made yet */
    const uint64_t *row_bits; /* a bit a row; NULL: not made yet */
    spoor_eval *eval;         /* of the whole question; NULL: not opened yet */
} spoor_leaf_state;

typedef struct spoor_column_state {
    uint32_t epoch;
    bool is_constant;       /* as metadata says */
    uint32_t nvalues;       /* the same: of its dictionary; 0: not known */
    const uint32_t *counts; /* by entry: how many rows have it; NULL: not made yet */
    const uint32_t
        *starts;          /* by entry and one more: its rows are rows[starts[e] .. starts[e + 1]) */
    const uint32_t *rows; /* NULL: not made yet */
} spoor_column_state;

typedef struct spoor_source_state {
    uint32_t epoch;
    spoor_str constant; /* the text of every row, where all columns are constant */
    uint32_t *needed;   /* leaves to ask in this segment; room for all of its */
    uint32_t nneeded;
    spoor_eval *eval;
    struct spoor_known_matcher *matchers;
    uint32_t nmatchers;
} spoor_source_state;

typedef struct spoor_node_state { /* of the filter at hand */
    spoor_answer answer;          /* SOME, NO or YES; UNKNOWN stands as YES that is not exact */
    bool is_exact;
    uint64_t rows; /* at most */
} spoor_node_state;

typedef struct spoor_sweeper {
    spoor_run *run;
    const spoor_pass_set *set;
    spoor_op *op; /* a scan of all columns of the set, without predicates */
    spoor_scan *scan;
    spoor_arena *arena;        /* until the segment ends */
    const spoor_chunk *member; /* that is searched: sweep_record.c; pinned */
    uint32_t epoch;
    spoor_leaf_state *leaves;
    spoor_column_state *columns;
    spoor_source_state *sources;
    spoor_node_state *nodes;
    uint32_t *needed; /* leaves of the segment, in the order they were met */
    uint32_t nneeded;
    const uint64_t *
        wanted; /* a bit a row: those that filters which ask the source at hand may leave; NULL: all */
    spoor_sweep_counts counts;
} spoor_sweeper;

/* -- sweep_ask.c ------------------------------------------------------------------------------- */

/* What metadata says of the filter: NO, YES, or OPEN. */
spoor_answer spoor_sweep_settle(spoor_sweeper *s, const spoor_pass_node *node);
/* The eval of an expression, kept open for all segments; NULL: it cannot be, why is in the run. */
spoor_eval *spoor_sweep_opened(spoor_sweeper *s, spoor_eval **eval, const spoor_pass_expr *expr);
/* The question, which is open, is to be asked. */
void spoor_sweep_need(spoor_sweeper *s, const spoor_pass_leaf *leaf);
/* Ask all that is needed of one text; any question, computed for each entry.  false: failed, why is in the run. */
bool spoor_sweep_ask_source(spoor_sweeper *s, const spoor_pass_source *source);
bool spoor_sweep_ask_value(spoor_sweeper *s, const spoor_pass_leaf *leaf);
/* How many distinct values, at most, the expression has in the segment; UINT32_MAX: it needs whole records. */
uint32_t spoor_sweep_values(spoor_sweeper *s, const spoor_pass_expr *expr);

/* -- sweep_stage.c ----------------------------------------------------------------------------- */

/* Ask of the segment what the filters need, and leave in `live` those that may keep a row: *nlive of them.
 * false: failed, why is in the run. */
bool spoor_sweep_ask(spoor_sweeper *s, spoor_pass_node *const *filters, uint32_t *live,
                     uint32_t *nlive);

/* -- sweep_record.c ---------------------------------------------------------------------------- */

/* Is the source all of EventData as text? */
bool spoor_sweep_is_record_text(const spoor_sweeper *s, const spoor_pass_source *source);
/* Ask what is needed of it by the texts of the members.  false: failed, why is in the run. */
bool spoor_sweep_ask_record(spoor_sweeper *s, const spoor_pass_source *source);
/* Unpin what a jump may have left pinned. */
void spoor_sweep_leave_member(spoor_sweeper *s);

/* -- sweep_rows.c ------------------------------------------------------------------------------ */

/* Make ready what the rows of a filter are found with.  false: failed, why is in the run. */
bool spoor_sweep_load_rows(spoor_sweeper *s, const spoor_pass_node *filter);
/* What the filter leaves of the segment, as far as the answers tell. */
spoor_node_state spoor_sweep_judge(spoor_sweeper *s, const spoor_pass_node *filter);
/* Are they so few that they are listed one by one? */
bool spoor_sweep_is_few(const spoor_sweeper *s, uint64_t rows);
/* The rows that the filter leaves, in the arena (NULL: no room, the scan is to find them).  false: none. */
bool spoor_sweep_pick(spoor_sweeper *s, const spoor_pass_node *filter, spoor_arena *arena,
                      spoor_pick *pick);

/* Set a bit for each row that the filter may leave, as far as the answers tell, and perhaps for others; where that are not
 * more than *most, which gets less by what was not set by a call with the same stamp.  false: they are more. */
bool spoor_sweep_mark_rows(spoor_sweeper *s, const spoor_pass_node *filter, uint32_t stamp,
                           uint64_t *most, uint64_t *bits);

/* `count` rows, a bit each, as what the pick lists in the arena. */
void spoor_sweep_put_rows(spoor_sweeper *s, const uint64_t *bits, uint32_t count,
                          spoor_arena *arena, spoor_pick *pick);

/* Add what the questions of the segment came to, to s->counts.leaves.  false: failed, why is in the run. */
bool spoor_sweep_count_leaves(spoor_sweeper *s);

/* -- sweep_refine.c ---------------------------------------------------------------------------- */

/* Of a pick that is not exact, leave the rows that pass the filter, unless they cannot be asked here.  false: failed, why is
 * in the run. */
bool spoor_sweep_refine(spoor_sweeper *s, const spoor_pass_node *filter, spoor_arena *arena,
                        spoor_pick *pick);

static inline uint64_t *spoor_sweep_bits(spoor_arena *arena, uint32_t count) {
    return SPOOR_NEW_ARRAY(arena, uint64_t, count / 64 + 1);
}

#endif
