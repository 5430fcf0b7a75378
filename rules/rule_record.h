/* rule_record.h - rule runs kept in the store: written here, read back by KQL tables (engine/rule_tables.c).
 *
 * run               one row a run
 * run_rule          one row a rule of a run
 * rule_alert        one row an alert of a run
 * rule_alert_event  one matched row of an alert, as a JSON object
 * rule_alert_state  what people say of an alert, by its key: the same in all runs
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
    double seconds;
} spoor_run_rule_record;

typedef struct spoor_alert_record { /* of the rule recorded last */
    spoor_str key, title, description, severity;
    const spoor_str_list *tactics, *techniques, *hosts, *users;
    spoor_str entities, details, predicates; /* JSON */
    int64_t at, hits;
    bool has_times;
    int64_t first, last;
} spoor_alert_record;

typedef struct spoor_alert_event_record { /* of the alert recorded last */
    uint64_t number;                      /* of the rule's rows */
    spoor_str event;                      /* JSON */
    spoor_str file;                       /* empty: it has no one origin */
    bool has_record;
    int64_t record;
} spoor_alert_event_record;

typedef struct spoor_record spoor_record; /* one run being written, in one transaction */

/* Begin: makes the tables when they are not there.  On failure *why says why.  scratch is used within a
 * call alone. */
bool spoor_record_begin(spoor_arena *arena, spoor_arena *scratch, spoor_store *store,
                        const spoor_run_record *run, spoor_record **record, const char **why);
bool spoor_record_rule(spoor_record *record, const spoor_run_rule_record *rule);
bool spoor_record_alert(spoor_record *record, const spoor_alert_record *alert);
bool spoor_record_event(spoor_record *record, const spoor_alert_event_record *event);
/* Commit, or roll back what cannot be kept; in every ending. */
bool spoor_record_end(spoor_record *record, bool keep, const char **why);

typedef struct spoor_triage { /* NULL: stays as it is */
    const char *key, *status, *owner, *comment;
} spoor_triage;

/* *is_known false: no run has such an alert, and nothing is kept.  false: *why says why, until
 * spoor_record_undo(). */
bool spoor_record_triage(spoor_store *store, const spoor_triage *triage, bool *is_known,
                         const char **why);
void spoor_record_undo(spoor_store *store);

typedef struct spoor_said { /* of an alert, by people; without any status: nothing was said */
    spoor_str status, owner, comment;
} spoor_said;

/* What was said of the alert of a key, in the arena.  A store that keeps no runs says nothing. */
spoor_said spoor_record_said(spoor_store *store, spoor_arena *arena, spoor_str key);

#endif
