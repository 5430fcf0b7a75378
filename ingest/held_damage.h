/* held_damage.h - damage that is told when a good record shows the input to be a log.
 *
 * What has no good record is no log, and refused as a whole, with the first of it. */
#ifndef SPOOR_INGEST_HELD_DAMAGE_H
#define SPOOR_INGEST_HELD_DAMAGE_H

#include "ingest/reader.h"

enum { SPOOR_MAX_HELD = 20 }; /* told in words; all is counted */

typedef struct spoor_held_damage {
    struct {
        uint64_t offset;
        char why[160];
    } items[SPOOR_MAX_HELD];
    uint32_t count;
} spoor_held_damage;

void spoor_held_add(spoor_held_damage *held, uint64_t offset, const char *why);
void spoor_held_tell(spoor_held_damage *held, spoor_sink *sink); /* and hold nothing */

#endif
