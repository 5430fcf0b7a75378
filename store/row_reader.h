/* row_reader.h - rows that are in already, in a builder or a stored segment: found by identity,
 * compared with an event. */
#ifndef SPOOR_STORE_ROW_READER_H
#define SPOOR_STORE_ROW_READER_H

#include "store/builder.h"
#include "store/snapshot.h"

typedef struct spoor_row_reader {
    spoor_store *store;
    spoor_builder *builder;       /* borrowed; NULL: a stored segment */
    spoor_stored_segment segment; /* owned */
    const spoor_decoded **pins;   /* by column id; of a stored segment */
    uint32_t npins;
    uint64_t *slots;               /* (hash, upper 32 bits) and row + 1; 0 free */
    uint32_t nslots, nkeys, nrows; /* rows that are keyed so far */
    bool by_row;                   /* keyed by row id, for records without a record id */
    uint64_t used_at;              /* clock of the identity: the least used reader goes first */
    size_t bytes;                  /* of the key set and of what is pinned */
    size_t counted;                /* of them, in the identity's sum */
} spoor_row_reader;

void spoor_row_reader_free(spoor_row_reader *reader);
void spoor_row_reader_unpin(spoor_row_reader *reader);

/* The hash of an event's identity, or of a row id. */
uint64_t spoor_event_key(const spoor_event *event);
uint64_t spoor_row_key(int64_t row);
/* Key rows up to `rows` (of a builder that has been flushed since).  Nothing stays pinned: most segments
 * are asked for keys that they do not have. */
spoor_store_status spoor_row_reader_key(spoor_row_reader *reader, uint32_t rows);
/* The next row with this key after *place, which starts as 0; false: none. */
bool spoor_row_reader_find(const spoor_row_reader *reader, uint64_t key, uint32_t *place,
                           uint32_t *row);

spoor_store_status spoor_row_reader_int(spoor_row_reader *reader, int column, uint32_t row,
                                        int64_t *value);
/* Same computer, channel, record id, time to 1 ms, provider and event id? */
spoor_store_status spoor_row_reader_is_event(spoor_row_reader *reader, uint32_t row,
                                             const spoor_event *event, bool *is_same);
/* Same fields in the same order, UserData and message? */
spoor_store_status spoor_row_reader_has_content(spoor_row_reader *reader, uint32_t row,
                                                const spoor_event *event, spoor_str message,
                                                bool *is_same);

#endif
