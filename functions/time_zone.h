/* time_zone.h - the system's time zone database, /usr/share/zoneinfo: TZif files, RFC 8536.
 *
 * Zones are those of the IANA names; nothing of the locale or of TZ is read.
 * Files are foreign bytes: each length is checked. */
#ifndef SPOOR_FUNCTIONS_TIME_ZONE_H
#define SPOOR_FUNCTIONS_TIME_ZONE_H

#include <stdint.h>

#include "base/arena.h"

typedef struct spoor_time_zone spoor_time_zone;

/* The zone of this name, in the arena; NULL: there is none. */
const spoor_time_zone *spoor_time_zone_load(spoor_arena *arena, spoor_str name);
/* Seconds that local clocks are ahead of UTC at a time in seconds since 1970. */
int64_t spoor_time_zone_offset(const spoor_time_zone *zone, int64_t utc);
/* UTC of what a local clock shows.  What it shows twice is the later; what it never shows is
 * counted by the offset behind the jump, as Kusto does. */
int64_t spoor_time_zone_to_utc(const spoor_time_zone *zone, int64_t local);

/* Names of all zones, sorted; none where the database has no list. */
spoor_str *spoor_time_zone_names(spoor_arena *arena, uint32_t *count);

#endif
