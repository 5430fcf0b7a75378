/* rules_spool.h - the matched rows of a run: written while rules run, read back by whatever reports.
 *
 * The spool is one unlinked file.  A rule's rows stand together, from state->rows_at on, a line a row: the
 * visible cells as JSON, then the file and the record number that the row came from (null: it was made from
 * several, as summarize makes them), tabs between.  JSON escapes tabs and line breaks, so that a line is a
 * line. */
#ifndef SPOOR_DETECT_RULES_SPOOL_H
#define SPOOR_DETECT_RULES_SPOOL_H

#include "detect/rules.h"
#include "executor/run.h"
#include "output/output.h"
#include "types/vec.h"

/* -- writing: what is noted of one rule's rows as they come ------------------------------------ */

typedef struct spoor_capture {
    spoor_rules *rules;
    spoor_rule_state *state;
    spoor_output_options plain;
    spoor_output output; /* for its cells */
    spoor_arena scratch;
    uint64_t max_rows;
    bool is_counted; /* how many rows there are, when and where, is known: those kept are enough */
    int time_column, host_column, file_column, record_column; /* -1: none */
    uint32_t ncols;
    const spoor_batch *batch;
} spoor_capture;

/* max_rows: 0: all.  All rows are counted, that many are kept.  The capture must not move. */
void spoor_capture_open(spoor_capture *capture, spoor_rules *rules, uint32_t rule,
                        uint64_t max_rows);
/* By column of the rule's rows, in the arena: whether it is read of all of them, and not only of those kept. */
const bool *spoor_capture_needs(const spoor_capture *capture, spoor_arena *arena);
/* false: no more rows are wanted, or it failed, and why is in the run. */
bool spoor_capture_batch(spoor_capture *capture, spoor_run *run, const spoor_batch *batch);
void spoor_capture_close(spoor_capture *capture);
/* Hits of a host and a time that some row has, for who counts without batches. */
void spoor_note_host(spoor_rules *rules, spoor_rule_state *state, spoor_str host, uint64_t hits);
void spoor_note_time(spoor_rule_state *state, int64_t time);

/* Columns of the rule's rows that say when and on which host; -1: none. */
void spoor_rule_noted_columns(const spoor_rules *rules, uint32_t rule, int *time, int *host);
/* The column that names the host of a row; -1: none. */
int spoor_rule_host_column(const spoor_rule *rule, const spoor_schema *schema, uint32_t ncols);

/* Make the spool; false: no file can be made. */
bool spoor_spool_open(spoor_rules *rules);

/* -- reading ----------------------------------------------------------------------------------- */

typedef struct spoor_rule_row {
    spoor_str *cells; /* JSON, by visible column */
    spoor_str *bags;  /* the same as values, of those that were asked for a member; else empty */
    uint32_t ncols;
    spoor_str file; /* empty: the row has no one origin */
    bool has_record;
    int64_t record;
} spoor_rule_row;

/* To the first kept row of the rule. */
void spoor_spool_seek(spoor_rules *rules, const spoor_rule_state *state);
/* The next one, in the arena; to be called state->rows times at most.  false: the spool is damaged. */
bool spoor_spool_next(spoor_rules *rules, spoor_arena *arena, spoor_rule_row *row);
/* A cell as people read it: a string bare, null as nothing, the rest as JSON. */
spoor_str spoor_cell_text(spoor_arena *arena, spoor_str json);

#endif
