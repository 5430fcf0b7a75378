/* encoders.h - sealed builders to encoded segments, in worker threads or at once, and into the
 * file in the order in which they were sealed. */
#ifndef SPOOR_STORE_ENCODERS_H
#define SPOOR_STORE_ENCODERS_H

#include "store/segment_insert.h"

typedef struct spoor_encoders spoor_encoders;

/* NULL: out of memory.  Threads that cannot be started are done without. */
spoor_encoders *spoor_encoders_new(spoor_store *store, spoor_inserts *inserts, uint32_t threads);
/* Takes the flushed builder over; may write finished ones. */
spoor_store_status spoor_encoders_add(spoor_encoders *encoders, spoor_builder *builder);
/* Wait for all and write them (`pending`). */
spoor_store_status spoor_encoders_drain(spoor_encoders *encoders);
void spoor_encoders_free(spoor_encoders *encoders); /* drops what is not written */

#endif
