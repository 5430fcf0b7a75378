/* segment_read.c - directories and chunks back into columns (see segment.h).
 *
 * All bytes here are hostile: each count is checked against what follows
 * before anything is allocated for it. */
#include "store/segment.h"

#include "store/text_code.h"

static void parse_place(spoor_bytes_in *in, spoor_directory_column *column) {
    column->chunk = (uint32_t)spoor_bytes_varint(in);
    column->offset = spoor_bytes_varint(in);
    column->length = spoor_bytes_varint(in);
    const unsigned char *crc = spoor_bytes_take(in, 4);
    for (unsigned i = 0; i < 4 && crc != NULL; i++) {
        column->crc |= (uint32_t)crc[i] << (8 * i);
    }
    in->failed |= column->length > SPOOR_CHUNK_LIMIT || column->offset > INT32_MAX;
}

static void parse_column(spoor_bytes_in *in, uint32_t rows, spoor_directory_column *column) {
    uint64_t id = spoor_bytes_varint(in);
    *column = (spoor_directory_column){.id = (uint32_t)id};
    column->form = (uint8_t)spoor_bytes_u8(in);
    column->flags = (uint8_t)spoor_bytes_u8(in);
    in->failed |= id == 0 || id > UINT32_MAX;
    switch (column->form) {
    case SPOOR_FORM_TEXT_CONSTANT: {
        uint64_t len = spoor_bytes_varint(in);
        unsigned kind = spoor_bytes_u8(in);
        static const char kinds[] = "sjmn"; /* ORDER spoor_text_kind */
        const char *known = kind == 0 ? NULL : strchr(kinds, (int)kind);
        const unsigned char *text = spoor_bytes_take(in, len);
        in->failed |= known == NULL;
        column->kind = known == NULL ? SPOOR_KIND_NULL : (spoor_text_kind)(known - kinds);
        column->text = (spoor_str){(const char *)text, text == NULL ? 0 : (size_t)len};
        break;
    }
    case SPOOR_FORM_TEXT: {
        uint64_t nvalues = spoor_bytes_varint(in);
        in->failed |= nvalues > rows;
        column->nvalues = (uint32_t)nvalues;
        parse_place(in, column);
        break;
    }
    case SPOOR_FORM_INT_CONSTANT: column->min = column->max = spoor_bytes_signed(in); break;
    case SPOOR_FORM_INTS:
        column->min = spoor_bytes_signed(in);
        column->max = spoor_bytes_signed(in);
        parse_place(in, column);
        break;
    default: in->failed = true;
    }
}

bool spoor_directory_parse(spoor_str bytes, spoor_directory *directory, bool *no_memory) {
    *directory = (spoor_directory){0};
    *no_memory = false;
    spoor_bytes_in in = spoor_bytes_read(bytes.ptr, bytes.len);
    unsigned version = spoor_bytes_u8(&in);
    uint64_t rows = spoor_bytes_varint(&in), ncolumns = spoor_bytes_varint(&in);
    if (in.failed || version != 1 || rows > SPOOR_MAX_SEGMENT_ROWS ||
        ncolumns > SPOOR_MAX_SEGMENT_COLUMNS || ncolumns > (uint64_t)(in.end - in.at)) {
        return false;
    }
    directory->columns = malloc(((size_t)ncolumns + 1) * sizeof *directory->columns);
    if (directory->columns == NULL) {
        *no_memory = true;
        return false;
    }
    directory->rows = (uint32_t)rows;
    uint32_t last = 0;
    for (uint64_t i = 0; i < ncolumns && !in.failed; i++) {
        spoor_directory_column *column = &directory->columns[directory->ncolumns++];
        parse_column(&in, directory->rows, column);
        in.failed |= column->id <= last;
        last = column->id;
    }
    if (in.failed || in.at != in.end) {
        spoor_directory_free(directory);
        return false;
    }
    return true;
}

void spoor_directory_free(spoor_directory *directory) {
    free(directory->columns);
    *directory = (spoor_directory){0};
}

const spoor_directory_column *spoor_directory_find(const spoor_directory *directory, uint32_t id) {
    uint32_t low = 0, high = directory->ncolumns;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (directory->columns[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < directory->ncolumns && directory->columns[low].id == id ? &directory->columns[low]
                                                                         : NULL;
}

uint32_t spoor_absent_code(const spoor_directory_column *column) {
    return (column->flags & SPOOR_CHUNK_HAS_ABSENT) != 0 ? column->nvalues : UINT32_MAX;
}

uint32_t spoor_null_code(const spoor_directory_column *column) {
    uint32_t code = column->nvalues + ((column->flags & SPOOR_CHUNK_HAS_ABSENT) != 0 ? 1 : 0);
    return (column->flags & SPOOR_CHUNK_HAS_NULL) != 0 ? code : UINT32_MAX;
}

bool spoor_text_chunk_decode_values(spoor_packer *packer, spoor_str bytes, uint32_t rows,
                                    const spoor_directory_column *column, spoor_text_chunk *chunk,
                                    spoor_str *codes) {
    *chunk = (spoor_text_chunk){0};
    spoor_bytes_in in = spoor_bytes_read(bytes.ptr, bytes.len);
    uint64_t counts[3];
    for (int kind = 0; kind < 3; kind++) {
        counts[kind] = spoor_bytes_varint(&in);
        in.failed |= counts[kind] > rows;
    }
    bool unique = (column->flags & SPOOR_CHUNK_IS_UNIQUE) != 0;
    if (in.failed || counts[0] + counts[1] + counts[2] != column->nvalues ||
        (unique && column->nvalues != rows) ||
        (counts[1] + counts[2] > 0) != ((column->flags & SPOOR_CHUNK_HAS_OTHER) != 0)) {
        return false;
    }
    chunk->ntexts = (uint32_t)counts[0];
    chunk->njsons = (uint32_t)counts[1];
    chunk->nmultis = (uint32_t)counts[2];
    uint32_t n = column->nvalues;
    chunk->starts = malloc(((size_t)n + 2) * sizeof *chunk->starts);
    chunk->lengths = malloc(((size_t)n + 2) * sizeof *chunk->lengths);
    if (chunk->starts == NULL || chunk->lengths == NULL) {
        chunk->blob.failed = true;
        return false;
    }
    if (!spoor_texts_decode(packer, &in, n, &chunk->blob, chunk->starts, chunk->lengths,
                            &chunk->is_ascii)) {
        return false;
    }
    *codes = (spoor_str){(const char *)in.at, (size_t)(in.end - in.at)};
    return !in.failed;
}

bool spoor_text_chunk_decode_codes(spoor_packer *packer, spoor_str codes, uint32_t rows,
                                   const spoor_directory_column *column, spoor_text_chunk *chunk) {
    spoor_bytes_in in = spoor_bytes_read(codes.ptr, codes.len);
    chunk->codes = malloc(((size_t)rows + 1) * sizeof *chunk->codes);
    if (chunk->codes == NULL) {
        chunk->blob.failed = true;
        return false;
    }
    if ((column->flags & SPOOR_CHUNK_IS_UNIQUE) != 0) {
        for (uint32_t i = 0; i < rows; i++) {
            chunk->codes[i] = i;
        }
        return in.at == in.end;
    }
    uint32_t ncodes = column->nvalues + ((column->flags & SPOOR_CHUNK_HAS_ABSENT) != 0 ? 1 : 0) +
                      ((column->flags & SPOOR_CHUNK_HAS_NULL) != 0 ? 1 : 0);
    return spoor_codes_decode(packer, &in, chunk->codes, rows, ncodes) && in.at == in.end;
}

bool spoor_text_chunk_decode(spoor_packer *packer, spoor_str bytes, uint32_t rows,
                             const spoor_directory_column *column, spoor_text_chunk *chunk) {
    spoor_str codes;
    return spoor_text_chunk_decode_values(packer, bytes, rows, column, chunk, &codes) &&
           spoor_text_chunk_decode_codes(packer, codes, rows, column, chunk);
}

void spoor_text_chunk_free(spoor_text_chunk *chunk) {
    spoor_bytes_free(&chunk->blob);
    free(chunk->starts);
    free(chunk->lengths);
    free(chunk->codes);
    *chunk = (spoor_text_chunk){0};
}

bool spoor_ints_chunk_decode(spoor_packer *packer, spoor_str bytes, uint32_t rows,
                             const spoor_directory_column *column, int64_t *values,
                             uint8_t *nulls) {
    spoor_bytes_in in = spoor_bytes_read(bytes.ptr, bytes.len);
    if ((column->flags & SPOOR_CHUNK_HAS_NULL) == 0) {
        return spoor_ints_decode(&in, values, rows) && in.at == in.end;
    }
    uint32_t *codes = malloc(((size_t)rows + 1) * sizeof *codes);
    bool ok = codes != NULL && spoor_codes_decode(packer, &in, codes, rows, 2) &&
              spoor_ints_decode(&in, values, rows) && in.at == in.end;
    for (uint32_t i = 0; ok && i < rows; i++) {
        nulls[i] = codes[i] != 0;
        values[i] = nulls[i] != 0 ? 0 : values[i];
    }
    free(codes);
    return ok;
}
