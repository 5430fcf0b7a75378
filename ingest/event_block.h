/* event_block.h - events copied out of a reader, so that another thread can have them.
 *
 * One flat buffer: an event's struct, its fields, its texts, one event after
 * the other.  A block is filled by one thread, then read by one other. */
#ifndef SPOOR_INGEST_EVENT_BLOCK_H
#define SPOOR_INGEST_EVENT_BLOCK_H

#include "store/event.h"

typedef struct spoor_event_block {
    char *bytes;
    size_t len, capacity;
    uint32_t count;
} spoor_event_block;

/* false: out of memory; the block is as before. */
bool spoor_event_block_add(spoor_event_block *block, const spoor_event *event);
/* The event at *at (0 first), which moves on; false past the last.  Slices point into the block. */
bool spoor_event_block_next(const spoor_event_block *block, size_t *at, spoor_event *event);
void spoor_event_block_clear(spoor_event_block *block); /* keeps the memory */
void spoor_event_block_free(spoor_event_block *block);

#endif
