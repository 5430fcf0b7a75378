/* feed.h - reads a list of files, in one thread or several, and hands over what
 * is in them: always in the order of the list, each file's events in theirs.
 *
 * With several threads each file is read by one, ahead of its turn, into event
 * blocks of bounded size; so the handler sees the same calls for any number.
 * All calls of the handler come from the thread that called spoor_feed_run(). */
#ifndef SPOOR_INGEST_FEED_H
#define SPOOR_INGEST_FEED_H

#include "ingest/file_list.h"
#include "ingest/reader.h"

/* One log: a file, or a member of a zip. */
typedef struct spoor_feed_source {
    const char *path;   /* of the file */
    const char *member; /* inside a zip; "" else */
    int64_t size;       /* unpacked bytes; -1: unknown */
    /* Of the file as it is on disk, and the member: known before it is read (else: with the end, if
     * it is a regular file). */
    bool has_digest;
    unsigned char digest[SPOOR_SHA256_BYTES];
    bool is_named; /* the user named the file itself */
} spoor_feed_source;

typedef enum spoor_feed_answer {
    SPOOR_FEED_READ,
    SPOOR_FEED_SKIP,
    SPOOR_FEED_STOP
} spoor_feed_answer;

typedef struct spoor_feed_handler {
    void *context;
    spoor_feed_answer (*begin)(void *context, const spoor_feed_source *source);
    bool (*event)(void *context, const spoor_event *event); /* false: stop all */
    void (*damage)(void *context, uint64_t offset, const char *what);
    /* Also after a skip.  status REFUSED, IO: counts->refusal says why.  false: stop all. */
    bool (*end)(void *context, spoor_ingest_status status, const spoor_ingest_counts *counts);
    void (*file_done)(void *context, const spoor_file *file); /* all its members ended */
    volatile bool *cancel;
} spoor_feed_handler;

typedef enum spoor_feed_status {
    SPOOR_FEED_DONE,
    SPOOR_FEED_STOPPED, /* the handler said so, or cancel was set */
    SPOOR_FEED_MEMORY,
} spoor_feed_status;

spoor_feed_status spoor_feed_run(const spoor_file_list *list, const spoor_ingest_options *options,
                                 uint32_t threads, const char *temp_dir,
                                 const spoor_feed_handler *handler);

#endif
