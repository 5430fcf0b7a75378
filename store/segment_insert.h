/* segment_insert.h - an encoded segment into the tables. */
#ifndef SPOOR_STORE_SEGMENT_INSERT_H
#define SPOOR_STORE_SEGMENT_INSERT_H

#include "store/container.h"
#include "store/segment.h"

/* What a segment holds of one event sort of one log. */
typedef struct spoor_range {
    spoor_str computer, channel, provider;              /* borrowed from the builder */
    int64_t event_id;                                   /* SPOOR_EVENT_ABSENT: none */
    uint32_t rows, records;                             /* records: rows with a record id */
    int64_t min_record, max_record, min_time, max_time; /* min > max: none has one */
    int64_t min_source, max_source;
} spoor_range;

typedef struct spoor_ranges {
    spoor_range *list; /* owned */
    uint32_t count, capacity;
    bool failed; /* out of memory */
} spoor_ranges;

/* Of a flushed builder. */
void spoor_ranges_collect(const spoor_builder *builder, spoor_ranges *ranges);

typedef struct spoor_inserts { /* prepared statements; zero is a valid start */
    sqlite3_stmt *segment, *chunk, *range, *name;
    int64_t next_chunk; /* 0: not asked yet */
} spoor_inserts;
void spoor_inserts_finish(spoor_inserts *inserts);

/* Within a transaction: the segment with this state (0 pending, 1 live), names it is the first to
 * use included.  *id: its number.  The checksum of its row is put behind the directory. */
spoor_store_status spoor_segment_insert(spoor_store *store, spoor_inserts *inserts,
                                        const spoor_builder *builder, spoor_encoded *encoded,
                                        const spoor_ranges *ranges, int state, int64_t *id);

#endif
