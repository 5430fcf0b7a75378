/* sigma_match.h - does an event match a Sigma rule, read by itself?  See sigma_match.c. */
#ifndef SPOOR_RULES_SIGMA_MATCH_H
#define SPOOR_RULES_SIGMA_MATCH_H

#include "rules/sigma.h"

enum { SPOOR_SIGMA_NSYSTEM = 11 };

typedef struct spoor_sigma_event { /* texts borrowed */
    spoor_arena *scratch;
    bool has_id;
    int64_t id;
    spoor_str provider, channel, message;
    struct {
        const char *name;
        spoor_str text;            /* empty: it has none */
    } system[SPOOR_SIGMA_NSYSTEM]; /* what events have beside their data */
    spoor_str data;                /* EventData, a dynamic value */
} spoor_sigma_event;

/* The rule is a detection that was linked in the set, without errors and not enriched. */
bool spoor_sigma_matches(const spoor_rule_set *set, const spoor_rule *rule,
                         const spoor_sigma_event *event);

#endif
