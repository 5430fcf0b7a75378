/* memory_input.h - bytes in memory as the input of a reader, for tests and fuzz targets. */
#ifndef SPOOR_TESTS_MEMORY_INPUT_H
#define SPOOR_TESTS_MEMORY_INPUT_H

#include <string.h>

#include "ingest/reader.h"

typedef struct memory_input {
    spoor_input input;
    const void *bytes;
    size_t size, at, step; /* step: how much one read gives at most; 0: all */
} memory_input;

static inline int64_t memory_read(spoor_input *input, void *buffer, size_t size) {
    memory_input *memory = (memory_input *)input;
    size_t n = memory->size - memory->at;
    n = n < size ? n : size;
    n = memory->step > 0 && n > memory->step ? memory->step : n;
    if (n > 0) {
        memcpy(buffer, (const unsigned char *)memory->bytes + memory->at, n);
    }
    memory->at += n;
    return (int64_t)n;
}

static inline memory_input memory_input_of(const void *bytes, size_t size, size_t step) {
    return (memory_input){{.read = memory_read}, bytes, size, 0, step};
}

#endif
