/* reader.h - what every reader of foreign logs looks like: bytes in, events out.
 *
 * A reader never fails the run for bad input: what is damaged is counted,
 * reported once with its place, and skipped; what is intact is emitted.  A
 * reader never trusts a length, keeps no global state, owns its buffers, and
 * returns soon after sink->cancelled() says so. */
#ifndef SPOOR_INGEST_READER_H
#define SPOOR_INGEST_READER_H

#include "base/arena.h"
#include "base/content_hash.h"
#include "store/event.h"

typedef enum spoor_ingest_status {
    SPOOR_INGEST_OK,      /* read to the end; damage may have been counted */
    SPOOR_INGEST_REFUSED, /* not a log of a known shape: counts->refusal says what was seen */
    SPOOR_INGEST_IO,      /* the input could not be read: counts->refusal says why */
    SPOOR_INGEST_STOPPED, /* the sink asked to stop (cancelled, or it failed) */
    SPOOR_INGEST_MEMORY,
} spoor_ingest_status;

typedef struct spoor_sink {
    /* Take one event; false: stop reading (the sink knows why). */
    bool (*event)(struct spoor_sink *sink, const spoor_event *event);
    /* Say what is wrong at `offset` of the input (a damaged record, chunk or line).  Called at most
     * once for each piece of damage. */
    void (*damage)(struct spoor_sink *sink, uint64_t offset, const char *what);
    /* Asked often (every few records). */
    bool (*cancelled)(struct spoor_sink *sink);
} spoor_sink;

typedef struct spoor_ingest_options {
    bool recover;                         /* EVTX: also records in slack, marked */
    int32_t assume_tz;                    /* minutes east of UTC, for shapes without a zone */
    const spoor_content_key *content_key; /* borrowed: hash each file; NULL: nobody wants it */
    /* Sizes that a file may share with a known one, ascending: such a file is hashed before it is read,
     * others while they are. */
    const int64_t *known_sizes;
    size_t nknown_sizes;
} spoor_ingest_options;

typedef struct spoor_ingest_counts {
    uint64_t records;   /* emitted */
    uint64_t damaged;   /* records, chunks or lines skipped */
    uint64_t recovered; /* of `records`, from slack */
    uint64_t guessed;   /* of `records`, with an assumed time zone */
    uint64_t bad_text;  /* byte sequences repaired to U+FFFD */
    uint64_t bytes;     /* of input that held records */
    uint64_t bad_checksums;
    bool has_digest; /* of the whole input, hashed while it was read */
    unsigned char digest[SPOOR_SHA256_BYTES];
    char shape[64];    /* what the input was: "EVTX", "Winlogbeat 7 JSON", ... */
    char refusal[256]; /* REFUSED, IO: in words, with what was seen and what is known */
} spoor_ingest_counts;

/* Where bytes come from: a file, a member of a zip, a decompressed stream, standard input. */
typedef struct spoor_input {
    /* Up to `size` bytes into buffer; 0 at the end; -1 on an error (why is in `error`). */
    int64_t (*read)(struct spoor_input *input, void *buffer, size_t size);
    char error[200];
} spoor_input;

/* EVTX; streams, a megabyte at a time. */
spoor_ingest_status spoor_evtx_read(spoor_input *input, const spoor_ingest_options *options,
                                    spoor_sink *sink, spoor_ingest_counts *counts);
/* The same with buffers that serve one file after the other: they cost more than a small file does. */
typedef struct spoor_evtx_buffers spoor_evtx_buffers;
spoor_evtx_buffers *spoor_evtx_buffers_new(void);          /* NULL: out of memory */
void spoor_evtx_buffers_free(spoor_evtx_buffers *buffers); /* NULL is fine */
spoor_ingest_status spoor_evtx_read_with(spoor_evtx_buffers *buffers, spoor_input *input,
                                         const spoor_ingest_options *options, spoor_sink *sink,
                                         spoor_ingest_counts *counts);
bool spoor_evtx_looks_like(const unsigned char *bytes, size_t size); /* the first bytes suffice */

/* JSON (lines, arrays, one pretty-printed object after another) and XML, by content; streams. */
spoor_ingest_status spoor_text_read(spoor_input *input, const spoor_ingest_options *options,
                                    spoor_sink *sink, spoor_ingest_counts *counts);

#endif
