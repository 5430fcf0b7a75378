/* identity.h - is this event in the store already?
 *
 * An event is (computer, channel, record id, time to 1 ms, provider, event
 * id).  No index of all keys: ranges of record ids say which segments may
 * hold one, and only those are keyed and compared.  A record without a record
 * id is known only where its file was read before, by its place in it. */
#ifndef SPOOR_STORE_IDENTITY_H
#define SPOOR_STORE_IDENTITY_H

#include "store/writer_state.h"

typedef enum spoor_verdict {
    SPOOR_VERDICT_NEW,
    SPOOR_VERDICT_KNOWN,   /* stored, same content */
    SPOOR_VERDICT_VARIANT, /* stored, other content */
} spoor_verdict;

struct spoor_identity *spoor_identity_new(spoor_store *store); /* NULL: out of memory */
void spoor_identity_free(struct spoor_identity *identity);
/* Between sources: what was added so far is what later events may repeat. */
spoor_store_status spoor_identity_next_source(spoor_writer *writer);
/* A builder leaves the writer's hands. */
void spoor_identity_forget_builder(struct spoor_identity *identity, const spoor_builder *builder);
/* Rows of an earlier source went into a mixed builder. */
void spoor_identity_see_old_rows(struct spoor_identity *identity);
/* row: of the stored event that it repeats. */
spoor_store_status spoor_identity_judge(spoor_writer *writer, const spoor_event *event,
                                        spoor_str message, spoor_verdict *verdict, int64_t *row);

#endif
