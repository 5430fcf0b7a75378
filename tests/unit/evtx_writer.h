/* evtx_writer.h - an EVTX file of one chunk, written byte by byte, for tests to read and break. */
#ifndef SPOOR_TESTS_EVTX_WRITER_H
#define SPOOR_TESTS_EVTX_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/crc32.h"

enum { HEADER = 4096, CHUNK = 65536 };
enum { NO_DEPENDENCY = 0xFFFF, IS_INLINE = -1 };

typedef struct file {
    unsigned char bytes[HEADER + CHUNK];
    size_t at; /* in the chunk */
} file;

static inline unsigned char *chunk(file *f) {
    return f->bytes + HEADER;
}

static inline void put(file *f, uint64_t value, size_t size) {
    for (size_t i = 0; i < size && f->at < CHUNK; i++) {
        chunk(f)[f->at++] = (unsigned char)(i < 8 ? value >> (8 * i) : 0);
    }
}

static inline void put_at(file *f, size_t at, uint64_t value, size_t size) {
    size_t back = f->at;
    f->at = at;
    put(f, value, size);
    f->at = back;
}

static inline void put_bytes(file *f, const char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        put(f, (unsigned char)bytes[i], 1);
    }
}

static inline void put_utf16(file *f, const char *ascii) {
    for (; *ascii != '\0'; ascii++) {
        put(f, (unsigned char)*ascii, 2);
    }
}

/* A name, where it is mentioned. */
static inline void put_name(file *f, const char *name) {
    uint32_t hash = 0;
    for (const char *c = name; *c != '\0'; c++) {
        hash = hash * 65599 + (unsigned char)*c;
    }
    put(f, f->at + 4, 4);
    put(f, 0, 4);
    put(f, hash & 0xFFFF, 2);
    put(f, strlen(name), 2);
    put_utf16(f, name);
    put(f, 0, 2);
}

static inline void open_element(file *f, const char *name, int dependency, bool has_attributes) {
    put(f, has_attributes ? 0x41 : 0x01, 1);
    if (dependency != IS_INLINE) {
        put(f, (uint64_t)dependency, 2);
    }
    put(f, 0, 4);
    put_name(f, name);
    if (has_attributes) {
        put(f, 0, 4);
    }
}

static inline void attribute(file *f, const char *name) {
    put(f, 0x06, 1);
    put_name(f, name);
}

static inline void text(file *f, const char *ascii) {
    put(f, 0x0105, 2);
    put(f, strlen(ascii), 2);
    put_utf16(f, ascii);
}

static inline void substitution(file *f, unsigned index) {
    put(f, 0x0D, 1);
    put(f, index, 2);
    put(f, 0, 1);
}

static inline void close_start(file *f) {
    put(f, 0x02, 1);
}

static inline void close_empty(file *f) {
    put(f, 0x03, 1);
}

static inline void end_element(file *f) {
    put(f, 0x04, 1);
}

static inline void begin_file(file *f) {
    memset(f, 0, sizeof *f);
    memcpy(f->bytes, "ElfFile", 8);
    memcpy(chunk(f), "ElfChnk", 8);
    f->at = 512;
}

static inline size_t begin_record(file *f, uint64_t number) {
    size_t start = f->at;
    put(f, 0x2A2A, 4);
    put(f, 0, 4);
    put(f, number, 8);
    put(f, 0, 8);
    put(f, 0x0001010F, 4);
    return start;
}

static inline void end_record(file *f, size_t start) {
    put(f, 0, 1);
    put_at(f, start + 4, f->at + 4 - start, 4);
    put(f, f->at + 4 - start, 4);
}

/* Numbers, free space and checksums as they should be. */
static inline void end_file(file *f, uint64_t first, uint64_t last) {
    put_at(f, 24, first, 8);
    put_at(f, 32, last, 8);
    put_at(f, 48, f->at, 4);
    put_at(f, 52, spoor_crc32(0, chunk(f) + 512, f->at - 512), 4);
    uint32_t sum = spoor_crc32(0, chunk(f), 120);
    put_at(f, 124, spoor_crc32(sum, chunk(f) + 128, 384), 4);
    uint32_t header = spoor_crc32(0, f->bytes, 120);
    memcpy(f->bytes + 124, &header, 4);
}

/* A template's definition, written where it is used; returns what _end needs. */
static inline size_t begin_template(file *f) {
    put(f, 0x010C, 2);
    put(f, 77, 4);
    put(f, f->at + 4, 4);
    size_t start = f->at;
    put(f, 0, 4);
    put(f, 77, 4);
    put(f, 0, 12);
    put(f, 0, 4);
    put(f, 0x0001010F, 4);
    return start;
}

static inline void end_template(file *f, size_t start) {
    put(f, 0, 1);
    put_at(f, start + 20, f->at - start - 24, 4);
}

static inline void use_template(file *f, size_t start) {
    put(f, 0x010C, 2);
    put(f, 77, 4);
    put(f, start, 4);
}

typedef struct value {
    unsigned type;
    const char *bytes;
    size_t size;
} value;

static inline void put_values(file *f, const value *values, uint32_t count) {
    put(f, count, 4);
    for (uint32_t i = 0; i < count; i++) {
        put(f, values[i].size, 2);
        put(f, values[i].type, 2);
    }
    for (uint32_t i = 0; i < count; i++) {
        put_bytes(f, values[i].bytes, values[i].size);
    }
}

/* <Event><System><EventRecordID>%0</EventRecordID><TimeCreated SystemTime="2024-..."/></System>
 * <EventData><Data Name="A">%1</Data></EventData></Event>; Data is there only if value 1 is. */
static inline size_t put_small_template(file *f) {
    size_t start = begin_template(f);
    open_element(f, "Event", NO_DEPENDENCY, false);
    close_start(f);
    open_element(f, "System", NO_DEPENDENCY, false);
    close_start(f);
    open_element(f, "EventRecordID", NO_DEPENDENCY, false);
    close_start(f);
    substitution(f, 0);
    end_element(f);
    open_element(f, "TimeCreated", NO_DEPENDENCY, true);
    attribute(f, "SystemTime");
    text(f, "2024-01-02T03:04:05Z");
    close_empty(f);
    end_element(f);
    open_element(f, "EventData", NO_DEPENDENCY, false);
    close_start(f);
    open_element(f, "Data", 1, true);
    attribute(f, "Name");
    text(f, "A");
    close_start(f);
    substitution(f, 1);
    end_element(f);
    end_element(f);
    end_element(f);
    end_template(f, start);
    return start;
}

/* Records 1 to n, whose field A is `v`. */
static inline void put_small_records(file *f, char n, const value *v, size_t starts[]) {
    size_t template = 0;
    for (char i = 1; i <= n; i++) {
        size_t start = begin_record(f, (uint64_t)i);
        if (i == 1) {
            template = put_small_template(f);
        } else {
            use_template(f, template);
        }
        put_values(f, (value[]){{0x04, &i, 1}, *v}, 2);
        end_record(f, start);
        starts[i - 1] = start;
    }
}

#endif
