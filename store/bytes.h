/* bytes.h - growing output and bounded input of the store's own bytes.
 *
 * A failed allocation sticks in `failed` and is asked for once, at the end.
 * A reader never passes its end: what is missing reads as 0 and sets `failed`. */
#ifndef SPOOR_STORE_BYTES_H
#define SPOOR_STORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

typedef struct spoor_bytes {
    unsigned char *ptr; /* owned; malloc */
    size_t len, capacity;
    bool failed; /* out of memory */
} spoor_bytes;

/* Room for `more` bytes past len, or NULL (and failed). */
static inline unsigned char *spoor_bytes_room(spoor_bytes *b, size_t more) {
    if (b->failed || more > SIZE_MAX / 4 - b->len) {
        b->failed = true;
        return NULL;
    }
    if (b->ptr == NULL || b->capacity - b->len < more) {
        size_t capacity = b->capacity < 64 ? 64 : b->capacity;
        while (capacity < b->len + more) {
            capacity *= 2;
        }
        unsigned char *grown = realloc(b->ptr, capacity);
        if (grown == NULL) {
            b->failed = true;
            return NULL;
        }
        b->ptr = grown;
        b->capacity = capacity;
    }
    return b->ptr + b->len;
}

static inline void spoor_bytes_put(spoor_bytes *b, const void *data, size_t len) {
    unsigned char *at = len > 0 ? spoor_bytes_room(b, len) : NULL;
    if (at != NULL) {
        memcpy(at, data, len);
        b->len += len;
    }
}

static inline void spoor_bytes_put_u8(spoor_bytes *b, unsigned value) {
    unsigned char byte = (unsigned char)value;
    spoor_bytes_put(b, &byte, 1);
}

static inline void spoor_bytes_put_varint(spoor_bytes *b, uint64_t value) {
    unsigned char *at = spoor_bytes_room(b, 10);
    if (at == NULL) {
        return;
    }
    size_t n = 0;
    while (value >= 0x80) {
        at[n++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    at[n++] = (unsigned char)value;
    b->len += n;
}

static inline void spoor_bytes_put_signed(spoor_bytes *b, int64_t value) {
    spoor_bytes_put_varint(b, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

static inline void spoor_bytes_put_str(spoor_bytes *b, spoor_str s) {
    spoor_bytes_put_varint(b, s.len);
    spoor_bytes_put(b, s.ptr, s.len);
}

static inline void spoor_bytes_free(spoor_bytes *b) {
    free(b->ptr);
    *b = (spoor_bytes){0};
}

typedef struct spoor_bytes_in {
    const unsigned char *at, *end;
    bool failed; /* asked for more than there was, or nonsense */
} spoor_bytes_in;

static inline spoor_bytes_in spoor_bytes_read(const void *data, size_t len) {
    const unsigned char *at = data;
    return (spoor_bytes_in){.at = at, .end = len == 0 ? at : at + len};
}

/* The next len bytes, or NULL (and failed). */
static inline const unsigned char *spoor_bytes_take(spoor_bytes_in *in, uint64_t len) {
    if (in->failed || len > (uint64_t)(in->end - in->at)) {
        in->failed = true;
        return NULL;
    }
    const unsigned char *at = in->at;
    in->at += len;
    return at;
}

static inline unsigned spoor_bytes_u8(spoor_bytes_in *in) {
    const unsigned char *at = spoor_bytes_take(in, 1);
    return at == NULL ? 0 : *at;
}

static inline uint64_t spoor_bytes_varint(spoor_bytes_in *in) {
    if (in->at != in->end && *in->at < 0x80 && !in->failed) { /* most are */
        return *in->at++;
    }
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (in->failed || in->at == in->end) {
            break;
        }
        unsigned char byte = *in->at++;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            return value;
        }
    }
    in->failed = true;
    return 0;
}

static inline int64_t spoor_bytes_signed(spoor_bytes_in *in) {
    uint64_t value = spoor_bytes_varint(in);
    return (int64_t)((value >> 1) ^ (0 - (value & 1)));
}

/* Borrowed from the input; empty when failed. */
static inline spoor_str spoor_bytes_str(spoor_bytes_in *in) {
    uint64_t len = spoor_bytes_varint(in);
    const unsigned char *at = spoor_bytes_take(in, len);
    return at == NULL ? (spoor_str){0} : (spoor_str){(const char *)at, (size_t)len};
}

#endif
