/* rules_report.h - a report of rules being written, as the files of the formats see it.
 *
 * rules_report.c picks the writer; each format is a file, rules_report_<format>.c.  A writer may keep
 * things in `arena`; `scratch` is rewound a rule or a row. */
#ifndef SPOOR_DETECT_RULES_REPORT_H
#define SPOOR_DETECT_RULES_REPORT_H

#include "detect/rules_alert.h"

typedef struct spoor_report {
    spoor_rules *rules;
    spoor_arena arena, scratch;
    const spoor_output_options *options;
    FILE *out;
    spoor_rules_report what;
} spoor_report;

void spoor_report_json(spoor_report *report);        /* and jsonl */
void spoor_report_csv(spoor_report *report);         /* of a run: a matched row a line */
void spoor_report_sarif(spoor_report *report);       /* these three: of a run alone */
void spoor_report_sarif_check(spoor_report *report); /* of a check */
void spoor_report_navigator(spoor_report *report);
void spoor_report_timesketch(spoor_report *report);
void spoor_report_html(spoor_report *report); /* these two: of a run */
void spoor_report_markdown(spoor_report *report);
void spoor_report_text(spoor_report *report);  /* vertical, of a run: alert by alert */
void spoor_report_table(spoor_report *report); /* every other format, through output/ */

/* -- pieces of JSON: rules_report_alert.c ------------------------------------------------------ */

void spoor_report_put_text(spoor_report *report, const char *key, spoor_str text); /* empty: null */
void spoor_report_put_time(spoor_report *report, const char *key, bool is_known, int64_t time);
void spoor_report_put_list(spoor_report *report, const char *key, const spoor_str_list *list);
/* A path as a relative or file URI. */
spoor_str spoor_report_uri(spoor_arena *arena, spoor_str path);
/* The whole object.  Reads the spool: seek again after it. */
void spoor_report_put_alert(spoor_report *report, const spoor_alert *alert);

spoor_str spoor_alert_entities_json(spoor_arena *arena, const spoor_alert *alert);
spoor_str spoor_alert_details_json(spoor_arena *arena, const spoor_alert *alert, uint32_t ndetails);
spoor_str spoor_alert_predicates_json(spoor_arena *arena, const spoor_alert *alert);

/* -- shared ------------------------------------------------------------------------------------ */

const spoor_diag *spoor_rule_first_error(const spoor_rule *rule); /* NULL: none */
const char *spoor_rule_kind_name(spoor_rule_kind kind);
/* What people said of the alert: "closed, ada: our scanner"; empty: nothing. */
spoor_str spoor_report_said(spoor_arena *arena, const spoor_alert *alert);
/* The list as text, at most so many; has_more: the list itself is cut. */
spoor_str spoor_report_join(spoor_arena *arena, const spoor_str_list *list, uint32_t most,
                            bool has_more);
/* Columns of a rule's rows that a reader wants first: when and where, what the rule looks at; all of
 * them where they are few.  *count of them, at most `most`. */
const int *spoor_report_columns(spoor_report *report, uint32_t rule, uint32_t most,
                                uint32_t *count);
/* By byte of the text of a cell: some condition of the rule is true of it there.  NULL: nowhere. */
const bool *spoor_report_marks(spoor_report *report, const spoor_evidence *evidence,
                               const spoor_rule_row *row, uint32_t column, spoor_str text);
/* The host that the row names; empty: none. */
spoor_str spoor_report_host(spoor_report *report, uint32_t rule, const spoor_rule_row *row);
/* Rules that matched: highest severity first, then on few hosts first.  *count of them come back. */
uint32_t *spoor_report_matched(spoor_report *report, uint32_t *count);

#endif
