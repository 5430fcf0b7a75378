/* buffer.h - text that grows in an arena while it is written.
 *
 * The bytes are the arena's, also after they have moved; spoor_buffer_text()
 * is valid until the next put.  Growing fails as any push to the arena does. */
#ifndef SPOOR_BASE_BUFFER_H
#define SPOOR_BASE_BUFFER_H

#include <stdint.h>

#include "base/arena.h"

typedef struct spoor_buffer {
    spoor_arena *arena;
    char *bytes;
    size_t len, capacity;
} spoor_buffer;

/* Room for `more` bytes behind the text; the caller writes there and raises len. */
char *spoor_buffer_reserve(spoor_buffer *buffer, size_t more);
void spoor_buffer_put(spoor_buffer *buffer, spoor_str text);
void spoor_buffer_put_code_point(spoor_buffer *buffer, uint32_t code_point);

static inline void spoor_buffer_put_char(spoor_buffer *buffer, char c) {
    *spoor_buffer_reserve(buffer, 1) = c;
    buffer->len++;
}

static inline spoor_str spoor_buffer_text(const spoor_buffer *buffer) {
    return (spoor_str){buffer->bytes, buffer->len};
}

#endif
