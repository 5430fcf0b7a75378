/* rules_count.h - what a run tells of a rule beside its rows, from the rows that the pass picked alone.
 *
 * Many rules are a filter of one scan and a choice of columns: their rows are the rows picked, if the picks are exact.
 * How many, when and on which hosts is read off the columns, a segment at a time for all rules.  The plan of
 * such a rule runs for the rows that are kept, and no further. */
#ifndef SPOOR_DETECT_RULES_COUNT_H
#define SPOOR_DETECT_RULES_COUNT_H

#include "detect/rules_pass.h"

/* Note whether and of what the rule can be counted, once it is in the pass.  Jump when out of memory. */
void spoor_rules_count_add(spoor_rules_pass *pass, const spoor_rules *rules, uint32_t rule,
                           const spoor_plan_query *query);
/* After the sweep: count the rules that can be.  Not OK only for what ends the whole run. */
spoor_status spoor_rules_count(spoor_rules_pass *pass, spoor_rules *rules,
                               spoor_snapshot *snapshot);

#endif
