/* evtx_cursor.h - the one way in which the EVTX reader looks at foreign bytes.
 *
 * A cursor walks [at, end) of one chunk (or of the file header) and cannot
 * leave it: a read past the end gives zeros, sets `failed` for good and moves
 * nothing.  So callers read a whole structure and test once.  Positions count
 * from the start of the chunk, as the format's own offsets do. */
#ifndef SPOOR_INGEST_EVTX_CURSOR_H
#define SPOOR_INGEST_EVTX_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct spoor_cursor {
    const unsigned char *bytes; /* position 0 */
    size_t at, end;             /* at <= end <= what `bytes` holds */
    bool failed;
} spoor_cursor;

/* Little-endian numbers at a place known to hold them. */
static inline uint16_t spoor_le16(const unsigned char *p) {
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t spoor_le32(const unsigned char *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t spoor_le64(const unsigned char *p) {
    return (uint64_t)spoor_le32(p) | (uint64_t)spoor_le32(p + 4) << 32;
}

/* The next n bytes, or NULL. */
static inline const unsigned char *spoor_cursor_take(spoor_cursor *in, size_t n) {
    if (in->failed || n > in->end - in->at) {
        in->failed = true;
        return NULL;
    }
    const unsigned char *p = in->bytes + in->at;
    in->at += n;
    return p;
}

static inline uint8_t spoor_cursor_u8(spoor_cursor *in) {
    const unsigned char *p = spoor_cursor_take(in, 1);
    return p != NULL ? *p : 0;
}

static inline uint16_t spoor_cursor_u16(spoor_cursor *in) {
    const unsigned char *p = spoor_cursor_take(in, 2);
    return p != NULL ? spoor_le16(p) : 0;
}

static inline uint32_t spoor_cursor_u32(spoor_cursor *in) {
    const unsigned char *p = spoor_cursor_take(in, 4);
    return p != NULL ? spoor_le32(p) : 0;
}

#endif
