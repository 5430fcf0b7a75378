/* rules_html.h - a run as one self-contained page, between the files that write its parts: the page
 * and the rules (rules_report_html.c), the matrix (rules_report_matrix.c), the look
 * (rules_html_style.c). */
#ifndef SPOOR_DETECT_RULES_HTML_H
#define SPOOR_DETECT_RULES_HTML_H

#include "detect/rules_report.h"

/* Text that comes from rules or events: nothing of it can be markup. */
void spoor_html_put_text(spoor_report *report, spoor_str text);

/* The ATT&CK matrix of the selected rules: a column a tactic, a cell a technique, its heat the
 * hits. */
void spoor_html_put_matrix(spoor_report *report);

extern const char *const spoor_html_style[]; /* parts; NULL ends them */
extern const char spoor_html_script[];

#endif
