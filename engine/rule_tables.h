/* rule_tables.h - runs of rules as KQL tables: Alerts, AlertEvents, RuleRuns, Rules. */
#ifndef SPOOR_ENGINE_RULE_TABLES_H
#define SPOOR_ENGINE_RULE_TABLES_H

#include "base/arena.h"
#include "types/catalog.h"

/* NULL: none of them has this name. */
const spoor_table *spoor_rule_table(spoor_arena *arena, spoor_str name);

#endif
