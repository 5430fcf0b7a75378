/* text_window.c - a sliding window over an input: see text_window.h. */
#include "ingest/text_window.h"

#include <stdlib.h>

#include "base/utf8.h"

enum {
    FIRST_CAPACITY = 1 << 20,
    RAW_CAPACITY = 1 << 16, /* of UTF-16; makes at most 1.5 times as much UTF-8 */
    RAW_ROOM = RAW_CAPACITY / 2 * 3,
};

/* Room for at least `room` bytes at the end. */
static spoor_window_status make_room(spoor_window *w, size_t room) {
    if (w->start > 0) {
        memmove(w->data, w->data + w->start, w->end - w->start);
        w->end -= w->start;
        w->start = 0;
    }
    if (w->capacity - w->end >= room) {
        return SPOOR_WINDOW_MORE;
    }
    if (w->end >= SPOOR_MAX_RECORD_BYTES) {
        return SPOOR_WINDOW_FULL;
    }
    size_t capacity = w->capacity == 0 ? FIRST_CAPACITY : w->capacity * 2;
    char *data = realloc(w->data, capacity);
    if (data == NULL) {
        return SPOOR_WINDOW_MEMORY;
    }
    w->data = data;
    w->capacity = capacity;
    return SPOOR_WINDOW_MORE;
}

/* Whole characters of raw to UTF-8; what is left of one stays in raw. */
static void convert(spoor_window *w) {
    size_t units = w->raw_size / 2;
    if (w->encoding == SPOOR_UTF16BE) {
        for (size_t i = 0; i < units; i++) {
            unsigned char high = w->raw[2 * i];
            w->raw[2 * i] = w->raw[2 * i + 1];
            w->raw[2 * i + 1] = high;
        }
    }
    bool ends_high = units > 0 && (w->raw[2 * units - 1] & 0xFC) == 0xD8;
    size_t take = ends_high && !w->at_end ? units - 1 : units;
    w->end += spoor_utf16_to_utf8(w->raw, take, w->data + w->end);
    if (take < units && w->encoding == SPOOR_UTF16BE) { /* back to the order it came in */
        unsigned char low = w->raw[2 * take];
        w->raw[2 * take] = w->raw[2 * take + 1];
        w->raw[2 * take + 1] = low;
    }
    w->raw_size -= 2 * take;
    memmove(w->raw, w->raw + 2 * take, w->raw_size);
}

static spoor_window_status fill_utf16(spoor_window *w) {
    spoor_window_status status = make_room(w, RAW_ROOM);
    if (status != SPOOR_WINDOW_MORE) {
        return status;
    }
    size_t before = w->end;
    while (w->capacity - w->end >= RAW_ROOM && !w->at_end) {
        int64_t n = w->input->read(w->input, w->raw + w->raw_size, RAW_CAPACITY - w->raw_size);
        if (n < 0) {
            return SPOOR_WINDOW_IO;
        }
        w->at_end = n == 0;
        w->raw_size += (size_t)n;
        convert(w);
    }
    return w->end > before ? SPOOR_WINDOW_MORE : SPOOR_WINDOW_END;
}

spoor_window_status spoor_window_fill(spoor_window *w) {
    if (w->at_end) {
        return SPOOR_WINDOW_END;
    }
    if (w->encoding != SPOOR_UTF8) {
        return fill_utf16(w);
    }
    spoor_window_status status = make_room(w, 1);
    if (status != SPOOR_WINDOW_MORE) {
        return status;
    }
    size_t before = w->end;
    while (w->end < w->capacity) { /* a pipe gives little at a time */
        int64_t n = w->input->read(w->input, w->data + w->end, w->capacity - w->end);
        if (n < 0) {
            return SPOOR_WINDOW_IO;
        }
        if (n == 0) {
            w->at_end = true;
            break;
        }
        w->end += (size_t)n;
    }
    return w->end > before ? SPOOR_WINDOW_MORE : SPOOR_WINDOW_END;
}

/* By its mark, or by the zero byte beside the first '<', '{' or '['. */
static spoor_encoding encoding_of(const unsigned char *b, size_t n, size_t *mark) {
    *mark = 0;
    if (n >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF))) {
        *mark = 2;
        return b[0] == 0xFF ? SPOOR_UTF16LE : SPOOR_UTF16BE;
    }
    if (n >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF) {
        *mark = 3;
        return SPOOR_UTF8;
    }
    if (n >= 2 && b[0] != 0 && b[1] == 0 && strchr("<{[\r\n \t", b[0]) != NULL) {
        return SPOOR_UTF16LE;
    }
    if (n >= 2 && b[0] == 0 && b[1] != 0 && strchr("<{[\r\n \t", b[1]) != NULL) {
        return SPOOR_UTF16BE;
    }
    return SPOOR_UTF8;
}

spoor_window_status spoor_window_open(spoor_window *w, spoor_input *input) {
    *w = (spoor_window){.input = input};
    spoor_window_status status = make_room(w, 1);
    w->raw = malloc(RAW_CAPACITY);
    if (status != SPOOR_WINDOW_MORE || w->raw == NULL) {
        return SPOOR_WINDOW_MEMORY;
    }
    size_t got = 0;
    while (got < 4) {
        int64_t n = input->read(input, w->raw + got, 4 - got);
        if (n < 0) {
            return SPOOR_WINDOW_IO;
        }
        if (n == 0) {
            w->at_end = true;
            break;
        }
        got += (size_t)n;
    }
    size_t mark;
    w->encoding = encoding_of(w->raw, got, &mark);
    w->offset = mark;
    if (w->encoding == SPOOR_UTF8) {
        memcpy(w->data, w->raw + mark, got - mark);
        w->end = got - mark;
    } else {
        w->raw_size = got - mark;
        memmove(w->raw, w->raw + mark, w->raw_size);
        convert(w);
    }
    return w->at_end && w->end == 0 ? SPOOR_WINDOW_END : SPOOR_WINDOW_MORE;
}

void spoor_window_consume(spoor_window *w, size_t bytes) {
    if (w->encoding == SPOOR_UTF8) {
        w->offset += bytes;
    } else { /* one unit a character, two for one beyond U+FFFF */
        for (size_t i = w->start; i < w->start + bytes; i++) {
            unsigned char c = (unsigned char)w->data[i];
            w->offset += c >= 0xF0 ? 4 : c < 0x80 || c >= 0xC0 ? 2 : 0;
        }
    }
    w->start += bytes;
}

void spoor_window_close(spoor_window *w) {
    free(w->data);
    free(w->raw);
    *w = (spoor_window){0};
}
