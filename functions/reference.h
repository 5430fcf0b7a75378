/* reference.h - what functions look up in files that the user names; NULL: that file was not named. */
#ifndef SPOOR_FUNCTIONS_REFERENCE_H
#define SPOOR_FUNCTIONS_REFERENCE_H

typedef struct spoor_reference {
    const struct spoor_mmdb *geoip; /* --geoip, of geo_info_from_ip_address(): mmdb.h */
    const struct spoor_user_agents
        *user_agents; /* --user-agents, of parse_user_agent(): user_agent.h */
} spoor_reference;

#endif
