/* fuzz_segment.c - hostile bytes as the directory and the chunks of a segment.
 *
 * The first byte says where the directory ends and the chunk begins.  A
 * column that decodes must keep its promises: codes below the number of
 * values, texts within the blob. */
#include <stdint.h>
#include <stdlib.h>

#include "store/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const spoor_text_chunk *chunk, const spoor_directory_column *column,
                       uint32_t rows) {
    uint32_t values = spoor_text_chunk_values(chunk), codes = values;
    codes += (column->flags & SPOOR_CHUNK_HAS_ABSENT) != 0 ? 1u : 0u;
    codes += (column->flags & SPOOR_CHUNK_HAS_NULL) != 0 ? 1u : 0u;
    for (uint32_t i = 0; i < rows; i++) {
        if (chunk->codes[i] >= codes) {
            abort();
        }
    }
    for (uint32_t i = 0; i < values; i++) {
        size_t end = (size_t)chunk->starts[i] + chunk->lengths[i];
        if (end >= chunk->blob.len || chunk->blob.ptr[end] != 0) {
            abort();
        }
    }
}

static void decode(spoor_packer *packer, const spoor_directory_column *column, uint32_t rows,
                   spoor_str bytes) {
    if (column->form == SPOOR_FORM_TEXT) {
        spoor_text_chunk chunk;
        if (spoor_text_chunk_decode(packer, bytes, rows, column, &chunk)) {
            check_text(&chunk, column, rows);
        }
        spoor_text_chunk_free(&chunk);
    } else if (column->form == SPOOR_FORM_INTS) {
        int64_t *values = malloc((rows + 1u) * sizeof *values);
        uint8_t *nulls = calloc(rows + 1u, 1);
        if (values != NULL && nulls != NULL) {
            spoor_ints_chunk_decode(packer, bytes, rows, column, values, nulls);
        }
        free(values);
        free(nulls);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) {
        return 0;
    }
    size_t split = 1 + data[0] % size;
    spoor_str head = {(const char *)data + 1, split - 1};
    spoor_str tail = {(const char *)data + split, size - split};
    spoor_directory directory;
    bool no_memory;
    spoor_packer *packer = spoor_packer_new();
    if (packer != NULL && spoor_directory_parse(head, &directory, &no_memory)) {
        for (uint32_t i = 0; i < directory.ncolumns && i < 8; i++) {
            decode(packer, &directory.columns[i], directory.rows, tail);
        }
        spoor_directory_free(&directory);
    }
    spoor_packer_free(packer);
    return 0;
}
