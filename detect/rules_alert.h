/* rules_alert.h - what an analyst gets of a rule that fired: alerts, made from its kept rows.
 *
 * A rule gives one alert, or one a row (eventGroupingSettings AlertPerResult: as Sentinel does, the 150th
 * takes all that is left).  Sets of values (hosts, users, entities, details) are bounded; what is cut says
 * so.  Alerts live in the rules' arena and borrow from the rules. */
#ifndef SPOOR_DETECT_RULES_ALERT_H
#define SPOOR_DETECT_RULES_ALERT_H

#include "detect/rule_conditions.h"
#include "detect/rules_spool.h"
#include "rules/rule_record.h"

enum {
    SPOOR_MAX_ALERTS_OF_RULE = 150, /* Sentinel's */
    SPOOR_MAX_ALERT_VALUES = 100,   /* hosts, users, entities of an alert, values of a detail */
};

typedef struct spoor_entity { /* Process: CommandLine=..., ProcessId=... */
    spoor_str type;
    spoor_str *names, *values;
    uint32_t count;
} spoor_entity;

typedef struct spoor_alert_detail {
    spoor_str name;
    spoor_str_list values;
} spoor_alert_detail;

/* What a rule asks for, as far as a matched row can show it: no negations. */
typedef struct spoor_evidence {
    const spoor_condition **leaves;
    int *columns;                          /* of the rows; -1: not among them */
    spoor_str *texts;                      /* as written, on one line, cut */
    struct spoor_regex_matcher **matchers; /* of `matches regex`; NULL: another comparison */
    uint32_t count;
} spoor_evidence;

typedef struct spoor_alert {
    uint32_t rule;   /* of the set */
    uint32_t number; /* among the alerts of the rule */
    spoor_str key;   /* the same in every run: what it is, not when it was seen */
    spoor_str title, description;
    spoor_level level;
    spoor_str_list tactics;
    int64_t at; /* the time of the run that raised it */
    uint64_t hits;
    uint64_t first_row, nrows; /* of the rule's kept rows */
    bool has_times;
    int64_t first, last;
    spoor_str_list hosts, users;
    spoor_entity *entities;
    uint32_t nentities;
    spoor_alert_detail *details; /* rule->ndetails of them */
    const spoor_evidence *evidence;
    uint32_t *evidence_rows; /* by leaf: kept rows that it holds for */
    bool is_cut;             /* one of the sets is */
    spoor_said said;         /* in earlier runs; spoor_rules_recall() */
} spoor_alert;

/* Alerts of all rules that fired, into rules->alerts, in the order of rules.  After a run. */
spoor_status spoor_rules_make_alerts(spoor_rules *rules);

/* Made when first asked for, in the rules' arena; the rule compiles. */
const spoor_evidence *spoor_rule_evidence(spoor_rules *rules, uint32_t rule);
/* Is the i-th leaf true of the row?  marks: in the text of cell columns[i]. */
spoor_truth spoor_evidence_ask(const spoor_evidence *evidence, uint32_t i, spoor_arena *arena,
                               const spoor_rule_row *row, spoor_mark marks[SPOOR_MAX_MARKS],
                               uint32_t *nmarks);

/* Entities of a row: as the rule maps them, or (not is_mapped) of the columns that are known by name. */
spoor_entity *spoor_rule_entities(spoor_arena *arena, const spoor_rule *rule,
                                  const spoor_schema *schema, const spoor_rule_row *row,
                                  bool is_mapped, uint32_t *count);
/* id, or file name and number where there is none: the rule, whatever run and folder. */
spoor_str spoor_rule_key(spoor_arena *arena, const spoor_rule *rule);

#endif
