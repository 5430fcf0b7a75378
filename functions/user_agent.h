/* user_agent.h - the patterns by which user agents are known, as the file has them that the user
 * names: the regexes.yaml of ua-parser's uap-core (engine/user_agents.c reads it).
 *
 * There is a list of patterns for each thing that a user agent tells; the
 * first that fits settles its fields.  A field is what the pattern says of it,
 * with $1 to $9 standing for the groups, or else what one group matched. */
#ifndef SPOOR_FUNCTIONS_USER_AGENT_H
#define SPOOR_FUNCTIONS_USER_AGENT_H

#include "regex/regex.h"

typedef enum spoor_agent_part {
    SPOOR_AGENT_BROWSER,
    SPOOR_AGENT_OS,
    SPOOR_AGENT_DEVICE,
    SPOOR_AGENT_PARTS,
} spoor_agent_part;

enum { SPOOR_AGENT_FIELDS = 5 }; /* of a part, at most; the first is its family */

typedef struct spoor_agent_pattern {
    const spoor_regex *regex;
    struct {
        bool is_given; /* the text counts, else the group */
        spoor_str text;
    } fields[SPOOR_AGENT_FIELDS];
} spoor_agent_pattern;

/* Never changes: threads share it. */
typedef struct spoor_user_agents {
    struct {
        spoor_agent_pattern *patterns; /* in the order in which they are tried */
        uint32_t count, capacity;
    } parts[SPOOR_AGENT_PARTS];
} spoor_user_agents;

#endif
