/* rules_replay.h - rules on their schedule, as Sentinel runs them: one run at a time T, or every
 * run of a span.
 *
 * A run at T sees of every events table what has TimeGenerated in (T - queryPeriod, T], and now()
 * is T.  A rule without a schedule sees all that is asked for, once. */
#ifndef SPOOR_DETECT_RULES_REPLAY_H
#define SPOOR_DETECT_RULES_REPLAY_H

#include "detect/rules.h"

/* The options of the rule's run at T: narrower than they were. */
void spoor_rule_window(const spoor_rule *rule, int64_t at, spoor_query_options *query);

/* Every run of every selected rule from options->replay_from to query->now; the rules' spool is
 * open.  Runs that raise an alert are the states' firings. */
spoor_status spoor_rules_replay(spoor_rules *rules, const spoor_rules_options *options,
                                const spoor_query_options *query, spoor_snapshot *snapshot);

#endif
