/* text_window.h - the part of an input that is being looked at, as UTF-8.
 *
 * Bytes come in at the end and are consumed at the start; the window grows
 * only when a record does not fit, and never past SPOOR_MAX_RECORD_BYTES.
 * UTF-16 of either order, with or without a byte order mark, is turned into
 * UTF-8 on the way; offsets count bytes of the input all the same. */
#ifndef SPOOR_INGEST_TEXT_WINDOW_H
#define SPOOR_INGEST_TEXT_WINDOW_H

#include "ingest/reader.h"

enum { SPOOR_MAX_RECORD_BYTES = 64 << 20 };

typedef enum spoor_encoding { SPOOR_UTF8, SPOOR_UTF16LE, SPOOR_UTF16BE } spoor_encoding;

typedef struct spoor_window {
    spoor_input *input; /* borrowed */
    char *data;         /* owned */
    size_t start, end, capacity;
    unsigned char *raw; /* owned; UTF-16 before its conversion */
    size_t raw_size;    /* bytes kept in raw for the next round: half a character */
    spoor_encoding encoding;
    uint64_t offset; /* of data[start] in the input */
    bool at_end;     /* the input has no more */
} spoor_window;

typedef enum spoor_window_status {
    SPOOR_WINDOW_MORE, /* something was added; pointers into the window are stale */
    SPOOR_WINDOW_END,
    SPOOR_WINDOW_FULL, /* the limit is reached */
    SPOOR_WINDOW_IO,   /* why is in input->error */
    SPOOR_WINDOW_MEMORY,
} spoor_window_status;

/* Read the first bytes and find the encoding; END for an empty input. */
spoor_window_status spoor_window_open(spoor_window *window, spoor_input *input);
spoor_window_status spoor_window_fill(spoor_window *window);
void spoor_window_consume(spoor_window *window, size_t bytes);
void spoor_window_close(spoor_window *window);

#endif
