/* writer.h - events into segments, under the commit protocol.
 *
 * One writer at a time has the store.  Events of a run are added in order:
 * sources ascending, records of a source ascending; so the same input gives
 * the same segments whatever the number of threads that parse it.  Encoding
 * happens outside any transaction, in worker threads when there are any;
 * sealed segments are written in short transactions as `pending`, which no
 * query sees; spoor_writer_commit() turns them and the source rows live in
 * one.  What was not committed is gone when the writer, or its process, ends. */
#ifndef SPOOR_STORE_WRITER_H
#define SPOOR_STORE_WRITER_H

#include "base/content_hash.h"
#include "store/store.h"

typedef struct spoor_writer spoor_writer;

enum { SPOOR_MAX_EVENT_BYTES = 32 << 20 }; /* a segment with one such event still decodes */

typedef struct spoor_writer_options {
    uint32_t threads;      /* encoders; 0 or 1: encode in the caller */
    size_t memory_bytes;   /* for builders and encoders together; 0: 128 MB */
    volatile bool *cancel; /* may be NULL */
} spoor_writer_options;

typedef struct spoor_writer_source {
    const char *path;         /* as given by the user, unique per source with `member` */
    int64_t size;             /* bytes; -1 unknown */
    unsigned char digest[32]; /* of the content (base/content_hash.h); all zero: not known yet */
    const char *shape;        /* may be set later, with _end_source */
} spoor_writer_source;

typedef struct spoor_writer_counts {
    uint64_t added, known, variants, recovered;
    uint64_t too_large; /* events of more than SPOOR_MAX_EVENT_BYTES of text: left out */
} spoor_writer_counts;

spoor_store_status spoor_writer_open(spoor_store *store, const spoor_writer_options *options,
                                     spoor_writer **writer);
/* The store's key for the digests of contents; not set in a store of before there were keys. */
const spoor_content_key *spoor_writer_content_key(const spoor_writer *writer);
/* Sizes of the sources in the store, each once, ascending; malloc, the caller's. */
spoor_store_status spoor_writer_known_sizes(spoor_writer *writer, int64_t **sizes, size_t *count);
/* What earlier runs know of this source: COMPLETE (same content, nothing to do), GROWN (the first
 * *resume_at bytes and records are in), NEW. */
typedef enum spoor_source_state {
    SPOOR_SOURCE_NEW,
    SPOOR_SOURCE_COMPLETE,
    SPOOR_SOURCE_GROWN
} spoor_source_state;
spoor_store_status spoor_writer_begin_source(spoor_writer *writer,
                                             const spoor_writer_source *source,
                                             spoor_source_state *state);
/* Copies what it keeps.  An event that is stored already (by identity) is counted as known. */
spoor_store_status spoor_writer_add(spoor_writer *writer, const spoor_event *event);
spoor_store_status spoor_writer_end_source(spoor_writer *writer, const char *shape,
                                           uint64_t damaged, bool complete);
/* Before _end_source(): the digest, where it became known while the source was read. */
void spoor_writer_set_digest(spoor_writer *writer, const unsigned char digest[SPOOR_SHA256_BYTES]);
/* Make everything up to the last ended source live.  May be called many times. */
spoor_store_status spoor_writer_commit(spoor_writer *writer, spoor_writer_counts *counts);
/* Ends with wal_checkpoint(TRUNCATE) after a commit; without one, drops what is pending. */
void spoor_writer_close(spoor_writer *writer);

#endif
