/* feed_file.h - one file of a feed: its members, each through the reader that fits. */
#ifndef SPOOR_INGEST_FEED_FILE_H
#define SPOOR_INGEST_FEED_FILE_H

#include "ingest/feed.h"

/* Where the calls go: the handler itself, or a queue to it. */
typedef struct spoor_feed_out {
    spoor_sink sink; /* first: readers know only this */
    spoor_evtx_buffers *
        *evtx; /* where a thread keeps them from file to file; NULL there: none yet */
    spoor_feed_answer (*begin)(struct spoor_feed_out *out, const spoor_feed_source *source);
    bool (*end)(struct spoor_feed_out *out, spoor_ingest_status status,
                const spoor_ingest_counts *counts);
} spoor_feed_out;

/* false: stop all. */
bool spoor_feed_file(const spoor_file *file, const spoor_ingest_options *options,
                     const char *temp_dir, spoor_feed_out *out);

#endif
