/* held_damage.c - see held_damage.h. */
#include "ingest/held_damage.h"

#include <stdio.h>

void spoor_held_add(spoor_held_damage *held, uint64_t offset, const char *why) {
    if (held->count < SPOOR_MAX_HELD) {
        held->items[held->count].offset = offset;
        snprintf(held->items[held->count].why, sizeof held->items->why, "%s", why);
        held->count++;
    }
}

void spoor_held_tell(spoor_held_damage *held, spoor_sink *sink) {
    for (uint32_t i = 0; i < held->count; i++) {
        sink->damage(sink, held->items[i].offset, held->items[i].why);
    }
    held->count = 0;
}
