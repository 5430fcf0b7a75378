/* rules_tuning.h - which entry of a tuning file works on which rule. */
#ifndef SPOOR_DETECT_RULES_TUNING_H
#define SPOOR_DETECT_RULES_TUNING_H

#include "detect/rules.h"

/* Does the word name the rule: its id, file name, title, a tag, a tactic, a technique? */
bool spoor_rule_is_named(const spoor_rule *rule, spoor_str word);

#endif
