/* rule_lint.h - the lints of `rules check` beyond those of a query alone (planner/bind_lint.c), by
 * file.
 *
 * Each warning has a code that stays:
 *   rules_lint.c            duplicate-id, long-query, search-all
 *   rule_lint_conditions.c  inner-star, case-path, control-escape, doubled-backslash, empty-text,
 *                           constant-condition, field-never-logged
 *   rule_lint_schedule.c    no-window, long-lookback, schedule-gap, unknown-column
 *   rule_lint_attack.c      tactic-technique
 *   rules_subsume.c         subsumed, same-rule
 *   rules/rule_sentinel_schema.c  schema
 * All jump when out of memory. */
#ifndef SPOOR_DETECT_RULE_LINT_H
#define SPOOR_DETECT_RULE_LINT_H

#include "detect/rule_conditions.h"
#include "detect/rules.h"

/* Add a warning at bytes of the rule's file; false: there are too many. */
bool spoor_rule_warn(spoor_rule *rule, const char *code, spoor_span place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void spoor_rule_lint_conditions(spoor_rules *rules, uint32_t rule);
void spoor_rule_lint_schedule(spoor_rules *rules, uint32_t rule);
void spoor_rule_lint_attack(spoor_rule *rule);
/* What the rule asks, kept for the comparison of all rules. */
void spoor_rules_note_demands(spoor_rules *rules, uint32_t rule);
void spoor_rules_lint_subsumed(spoor_rules *rules);

/* A literal as a text that matches with * for anything: what stands for `column op literal`; empty:
 * it is no such comparison. */
spoor_str spoor_rule_unstarred(spoor_arena *arena, spoor_str query, const spoor_condition *leaf);

#endif
