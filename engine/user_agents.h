/* user_agents.h - reads the regexes.yaml of ua-parser's uap-core; its specification says what is in it. */
#ifndef SPOOR_ENGINE_USER_AGENTS_H
#define SPOOR_ENGINE_USER_AGENTS_H

#include "functions/user_agent.h"

/* NULL, or what is wrong with the text, with its line; in the arena, as all that is read. */
const char *spoor_user_agents_read(spoor_arena *arena, spoor_str text, spoor_user_agents *agents);

#endif
