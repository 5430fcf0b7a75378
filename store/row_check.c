/* row_check.c - see row_check.h. */
#include "store/row_check.h"

#include <zlib.h>

static uint32_t add(uint32_t check, const void *bytes, size_t len) {
    return (uint32_t)crc32(check, bytes, (unsigned)len);
}

static uint32_t add_numbers(const int64_t *numbers, size_t count) {
    uint32_t check = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned char bytes[8];
        for (int k = 0; k < 8; k++) {
            bytes[k] = (unsigned char)((uint64_t)numbers[i] >> (8 * k));
        }
        check = add(check, bytes, sizeof bytes);
    }
    return check;
}

static uint32_t add_text(uint32_t check, spoor_str text) {
    return text.len > 0 ? add(check, text.ptr, text.len) : check;
}

uint32_t spoor_check_segment(const spoor_segment *segment, bool is_variant, int64_t first_chunk,
                             int64_t nchunks, spoor_str directory) {
    const int64_t numbers[] = {segment->rows,      segment->is_mixed, is_variant,
                               segment->event_id,  segment->min_time, segment->max_time,
                               segment->first_row, first_chunk,       nchunks};
    uint32_t check = add_numbers(numbers, sizeof numbers / sizeof *numbers);
    return add_text(add_text(check, segment->provider), directory);
}

uint32_t spoor_check_name(int64_t id, bool is_member, spoor_str name) {
    const int64_t numbers[] = {id, is_member};
    return add_text(add_numbers(numbers, sizeof numbers / sizeof *numbers), name);
}

void spoor_check_put(spoor_bytes *out, uint32_t check) {
    for (int i = 0; i < SPOOR_ROW_CHECK_BYTES; i++) {
        spoor_bytes_put_u8(out, check >> (8 * i) & 0xFF);
    }
}

bool spoor_check_take(spoor_str *bytes, uint32_t *check) {
    if (bytes->len < SPOOR_ROW_CHECK_BYTES) {
        return false;
    }
    bytes->len -= SPOOR_ROW_CHECK_BYTES;
    *check = 0;
    for (int i = 0; i < SPOOR_ROW_CHECK_BYTES; i++) {
        *check |= (uint32_t)(unsigned char)bytes->ptr[bytes->len + (size_t)i] << (8 * i);
    }
    return true;
}
