/* sentinel.h - Sentinel's rules as trees, between the files that read them: YAML (rule_sentinel.c),
 * ARM templates and other JSON (rule_arm.c), and what Sentinel would refuse
 * (rule_sentinel_schema.c). */
#ifndef SPOOR_RULES_SENTINEL_H
#define SPOOR_RULES_SENTINEL_H

#include "rules/rule.h"
#include "rules/yaml_tree.h"

/* The fields of an analytics rule or a hunting query. */
void spoor_sentinel_read_rule(spoor_rule *rule, const spoor_yaml *root);
/* Warn of what Sentinel refuses in a rule so read. */
void spoor_sentinel_check(spoor_rule *rule, const spoor_yaml *root);

#endif
