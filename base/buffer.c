/* buffer.c - text that grows in an arena; see buffer.h. */
#include "base/buffer.h"

#include "base/utf8.h"

enum { FIRST_CAPACITY = 64 };

char *spoor_buffer_reserve(spoor_buffer *buffer, size_t more) {
    if (more > SIZE_MAX / 2 - buffer->len) {
        spoor_arena_fail(buffer->arena);
    }
    size_t need = buffer->len + more;
    if (need > buffer->capacity) {
        size_t capacity = buffer->capacity * 2 > need ? buffer->capacity * 2 : need;
        capacity = capacity < FIRST_CAPACITY ? FIRST_CAPACITY : capacity;
        char *bytes = SPOOR_RAW_ARRAY(buffer->arena, char, capacity);
        if (buffer->len > 0) {
            memcpy(bytes, buffer->bytes, buffer->len);
        }
        buffer->bytes = bytes;
        buffer->capacity = capacity;
    }
    return buffer->bytes + buffer->len;
}

void spoor_buffer_put(spoor_buffer *buffer, spoor_str text) {
    if (text.len > 0) {
        memcpy(spoor_buffer_reserve(buffer, text.len), text.ptr, text.len);
        buffer->len += text.len;
    }
}

void spoor_buffer_put_code_point(spoor_buffer *buffer, uint32_t code_point) {
    buffer->len += (size_t)spoor_utf8_put(spoor_buffer_reserve(buffer, 4), code_point);
}
