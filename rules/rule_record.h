/* rule_record.h - rule runs kept in the store: written here, read back by KQL views later.
 *
 * run        one row a run                      -> RuleRuns
 * run_rule   one row a rule of a run            -> Rules (of the newest run), and each verdict
 * alert      one row an alert of a run          -> Alerts
 * alert_event  one matched row of an alert      -> AlertEvents; `cells` is a JSON array, its columns
 *              are run_rule.columns, a JSON array of {name, type}
 * Lists are JSON arrays, times are ticks. */
#ifndef SPOOR_RULES_RULE_RECORD_H
#define SPOOR_RULES_RULE_RECORD_H

#include "rules/rule.h"
#include "store/store.h"

typedef struct spoor_run_record {
    int64_t started, now; /* ticks */
    double seconds;
    int64_t found, ran, matched, failed, blind, alerts;
    const char *version;
} spoor_run_record;

typedef struct spoor_run_rule_record {
    const spoor_rule *rule;
    spoor_str status, columns; /* columns: JSON */
    spoor_str error;           /* empty: none */
    uint32_t line, column;     /* of the error; 0: none */
    int64_t hits;
    bool is_alert, has_times;
    int64_t first, last;
    spoor_str hosts; /* JSON array */
    double seconds;
} spoor_run_rule_record;

typedef struct spoor_record spoor_record; /* one run being written, in one transaction */

/* Begin: makes the tables when they are not there.  On failure the words are in spoor_store_error()
 * or, of SQLite, in *why. */
bool spoor_record_begin(spoor_arena *arena, spoor_store *store, const spoor_run_record *run,
                        spoor_record **record, const char **why);
bool spoor_record_rule(spoor_record *record, const spoor_run_rule_record *rule);
/* A matched row of the rule recorded last, which is an alert. */
bool spoor_record_row(spoor_record *record, spoor_str cells);
/* Commit, or roll back what cannot be kept; in every ending. */
bool spoor_record_end(spoor_record *record, bool keep, const char **why);

#endif
