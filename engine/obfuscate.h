/* obfuscate.h - command lines as an attacker may write them: the same to Windows, another text to a
 * rule. */
#ifndef SPOOR_ENGINE_OBFUSCATE_H
#define SPOOR_ENGINE_OBFUSCATE_H

#include "base/arena.h"
#include "include/spoor.h"
#include "store/event.h"

const char *spoor_disguise_name(spoor_disguise disguise);
/* The event with its command line so written; texts in the arena.  false: it has none, or none that
 * changes. */
bool spoor_disguise_event(spoor_arena *arena, spoor_disguise disguise, const spoor_event *event,
                          spoor_event *changed);

#endif
