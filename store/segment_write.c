/* segment_write.c - a built segment into its directory and chunks (see segment.h). */
#include "store/segment.h"

#include "base/crc32.h"
#include "base/utf8.h"
#include "store/text_code.h"
#include "store/text_sort.h"

static spoor_str text_of(const spoor_sorted_text *value) {
    return (spoor_str){value->ptr, value->len};
}

/* -- text -------------------------------------------------------------------------------------- */

/* Every row has a value of its own, entered in row order. */
static bool is_unique(const spoor_build_column *column) {
    if (column->nentries != column->rows || column->codes == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < column->rows; i++) {
        if (column->codes[i] != i + SPOOR_CODE_FIRST ||
            column->entries[i].kind != SPOOR_KIND_TEXT) {
            return false;
        }
    }
    return true;
}

static unsigned text_flags(const spoor_build_column *column, bool unique) {
    spoor_str all = {(const char *)column->text.ptr, column->text.len};
    unsigned flags = spoor_is_ascii(all) ? SPOOR_CHUNK_IS_ASCII : 0u;
    bool absent = false, null = false;
    for (uint32_t i = 0; i < column->rows && !unique; i++) {
        absent |= column->codes[i] == SPOOR_CODE_ABSENT;
        null |= column->codes[i] == SPOOR_CODE_NULL;
    }
    for (uint32_t i = 0; i < column->nentries; i++) {
        flags |= column->entries[i].kind != SPOOR_KIND_TEXT ? SPOOR_CHUNK_HAS_OTHER : 0u;
    }
    return flags | (absent ? SPOOR_CHUNK_HAS_ABSENT : 0u) | (null ? SPOOR_CHUNK_HAS_NULL : 0u) |
           (unique ? SPOOR_CHUNK_IS_UNIQUE : 0u);
}

/* The entries by kind and, unless they are unique, in order; counts: of each kind. */
static spoor_text_form sort_values(const spoor_build_column *column, spoor_sorted_text *values,
                                   spoor_str *texts, bool unique, uint32_t counts[3]) {
    uint32_t n = 0;
    for (uint32_t kind = SPOOR_KIND_TEXT; kind < SPOOR_KIND_NULL; kind++) {
        uint32_t before = n;
        for (uint32_t i = 0; i < column->nentries; i++) {
            spoor_text_kind here;
            spoor_str text = spoor_column_entry(column, i + SPOOR_CODE_FIRST, &here);
            if (here == kind) {
                texts[n] = text;
                values[n++] = (spoor_sorted_text){0, text.ptr, (uint32_t)text.len, i};
            }
        }
        counts[kind] = n - before;
    }
    spoor_text_form form = spoor_text_form_of(texts, n);
    bool is_number =
        form == SPOOR_TEXT_DECIMAL || form == SPOOR_TEXT_HEX_LOWER || form == SPOOR_TEXT_HEX_UPPER;
    spoor_sorted_text *from = values;
    for (int kind = 0; kind < 3 && !unique; from += counts[kind++]) {
        spoor_texts_sort(from, counts[kind], is_number);
    }
    for (uint32_t i = 0; i < n; i++) {
        texts[i] = text_of(&values[i]);
    }
    return form;
}

static void put_codes(spoor_packer *packer, spoor_bytes *out, const spoor_build_column *column,
                      const spoor_sorted_text *values, unsigned flags) {
    uint32_t *map = malloc(((size_t)column->nentries + SPOOR_CODE_FIRST) * sizeof *map);
    uint32_t *codes = malloc((size_t)column->rows * sizeof *codes);
    if (map == NULL || codes == NULL) {
        out->failed = true;
    } else {
        uint32_t next = column->nentries;
        map[SPOOR_CODE_ABSENT] = next;
        next += (flags & SPOOR_CHUNK_HAS_ABSENT) != 0 ? 1 : 0;
        map[SPOOR_CODE_NULL] = next;
        next += (flags & SPOOR_CHUNK_HAS_NULL) != 0 ? 1 : 0;
        for (uint32_t i = 0; i < column->nentries; i++) {
            map[values[i].entry + SPOOR_CODE_FIRST] = i;
        }
        for (uint32_t i = 0; i < column->rows; i++) {
            codes[i] = map[column->codes[i]];
        }
        spoor_codes_encode(packer, out, codes, column->rows, next);
    }
    free(map);
    free(codes);
}

static void put_text_chunk(spoor_packer *packer, spoor_bytes *out, const spoor_build_column *column,
                           unsigned flags) {
    size_t n = (size_t)column->nentries + 1;
    spoor_sorted_text *values = malloc(n * sizeof *values);
    spoor_str *texts = malloc(n * sizeof *texts);
    if (values == NULL || texts == NULL) {
        out->failed = true;
    } else {
        uint32_t counts[3];
        spoor_text_form form =
            sort_values(column, values, texts, (flags & SPOOR_CHUNK_IS_UNIQUE) != 0, counts);
        for (int kind = 0; kind < 3; kind++) {
            spoor_bytes_put_varint(out, counts[kind]);
        }
        spoor_texts_encode(packer, out, texts, column->nentries, form);
        if ((flags & SPOOR_CHUNK_IS_UNIQUE) == 0) {
            put_codes(packer, out, column, values, flags);
        }
    }
    free(values);
    free(texts);
}

/* -- integers ---------------------------------------------------------------------------------- */

static void put_ints_chunk(spoor_packer *packer, spoor_bytes *out,
                           const spoor_build_column *column) {
    int64_t *values = malloc((size_t)column->rows * sizeof *values);
    uint32_t *nulls = malloc((size_t)column->rows * sizeof *nulls);
    if (values == NULL || nulls == NULL) {
        out->failed = true;
    } else {
        int64_t last = 0;
        for (uint32_t i = 0; i < column->rows; i++) {
            last = last == 0 && column->ints[i] != SPOOR_EVENT_ABSENT ? column->ints[i] : last;
        }
        uint32_t count = 0;
        for (uint32_t i = 0; i < column->rows; i++) {
            nulls[i] = column->ints[i] == SPOOR_EVENT_ABSENT;
            count += nulls[i];
            last = nulls[i] != 0 ? last : column->ints[i];
            values[i] = last;
        }
        if (count > 0) {
            spoor_codes_encode(packer, out, nulls, column->rows, 2);
        }
        spoor_ints_encode(out, values, column->rows);
    }
    free(values);
    free(nulls);
}

/* -- the directory ----------------------------------------------------------------------------- */

typedef struct encoding {
    spoor_packer *packer;
    spoor_encoded *out;
    bool is_small;
} encoding;

/* The bytes that the next column's chunk is appended to. */
static spoor_bytes *open_chunk(encoding *e) {
    spoor_encoded *out = e->out;
    if (out->nchunks == 0 || !e->is_small) {
        spoor_bytes *grown = realloc(out->chunks, (out->nchunks + 1) * sizeof *grown);
        if (grown == NULL) {
            out->failed = true;
            return NULL;
        }
        out->chunks = grown;
        out->chunks[out->nchunks++] = (spoor_bytes){0};
    }
    return &out->chunks[out->nchunks - 1];
}

static void put_place(encoding *e, const spoor_bytes *chunk, size_t start) {
    spoor_bytes *directory = &e->out->directory;
    uint32_t crc = chunk->failed ? 0 : spoor_crc32(0, chunk->ptr + start, chunk->len - start);
    spoor_bytes_put_varint(directory, e->out->nchunks - 1);
    spoor_bytes_put_varint(directory, start);
    spoor_bytes_put_varint(directory, chunk->len - start);
    for (unsigned i = 0; i < 4; i++) {
        spoor_bytes_put_u8(directory, crc >> (8 * i));
    }
    e->out->failed |= chunk->failed;
}

static void put_head(encoding *e, uint32_t id, unsigned form, unsigned flags) {
    spoor_bytes_put_varint(&e->out->directory, id);
    spoor_bytes_put_u8(&e->out->directory, form);
    spoor_bytes_put_u8(&e->out->directory, flags);
}

static void put_text_column(encoding *e, const spoor_build_column *column) {
    spoor_bytes *directory = &e->out->directory;
    if (column->codes == NULL) {
        spoor_text_kind kind = SPOOR_KIND_NULL;
        spoor_str text = {0};
        if (column->constant_code >= SPOOR_CODE_FIRST) {
            text = spoor_column_entry(column, column->constant_code, &kind);
        }
        put_head(e, column->id, SPOOR_FORM_TEXT_CONSTANT,
                 spoor_is_ascii(text) ? SPOOR_CHUNK_IS_ASCII : 0u);
        spoor_bytes_put_varint(directory, text.len);
        spoor_bytes_put_u8(directory, (unsigned char)"sjmn"[kind]);
        spoor_bytes_put(directory, text.ptr, text.len);
        return;
    }
    spoor_bytes *chunk = open_chunk(e);
    if (chunk == NULL) {
        return;
    }
    size_t start = chunk->len;
    unsigned flags = text_flags(column, is_unique(column));
    put_text_chunk(e->packer, chunk, column, flags);
    put_head(e, column->id, SPOOR_FORM_TEXT, flags);
    spoor_bytes_put_varint(directory, column->nentries);
    put_place(e, chunk, start);
}

static void put_ints_column(encoding *e, const spoor_build_column *column) {
    spoor_bytes *directory = &e->out->directory;
    if (column->ints == NULL) {
        bool null = column->constant == SPOOR_EVENT_ABSENT;
        put_head(e, column->id, SPOOR_FORM_INT_CONSTANT, null ? SPOOR_CHUNK_HAS_NULL : 0u);
        spoor_bytes_put_signed(directory, null ? 0 : column->constant);
        return;
    }
    int64_t min = INT64_MAX, max = INT64_MIN;
    bool has_null = false;
    for (uint32_t i = 0; i < column->rows; i++) {
        int64_t value = column->ints[i];
        has_null |= value == SPOOR_EVENT_ABSENT;
        if (value != SPOOR_EVENT_ABSENT) {
            min = value < min ? value : min;
            max = value > max ? value : max;
        }
    }
    spoor_bytes *chunk = open_chunk(e);
    if (chunk == NULL) {
        return;
    }
    size_t start = chunk->len;
    put_ints_chunk(e->packer, chunk, column);
    put_head(e, column->id, SPOOR_FORM_INTS, has_null ? SPOOR_CHUNK_HAS_NULL : 0u);
    spoor_bytes_put_signed(directory, min);
    spoor_bytes_put_signed(directory, max);
    put_place(e, chunk, start);
}

static bool is_absent(const spoor_build_column *column) {
    return column->id == 0 || (!column->is_ints && column->codes == NULL &&
                               (column->rows == 0 || column->constant_code == SPOOR_CODE_ABSENT));
}

static int compare_ids(const void *left, const void *right) {
    const spoor_build_column *a = *(const spoor_build_column *const *)left;
    const spoor_build_column *b = *(const spoor_build_column *const *)right;
    return (a->id > b->id) - (a->id < b->id);
}

void spoor_segment_encode(spoor_packer *packer, const spoor_builder *builder, spoor_encoded *out) {
    *out = (spoor_encoded){.rows = builder->rows};
    size_t most = (size_t)builder->nmembers + SPOOR_COL_NSTORED;
    const spoor_build_column **columns = malloc(most * sizeof(spoor_build_column *));
    if (columns == NULL) {
        out->failed = true;
        return;
    }
    uint32_t n = 0;
    for (int i = 0; i < SPOOR_COL_NSTORED; i++) {
        if (!is_absent(&builder->system[i])) {
            columns[n++] = &builder->system[i];
        }
    }
    for (uint32_t i = 0; i < builder->nmembers; i++) {
        if (!is_absent(builder->members[i])) {
            columns[n++] = builder->members[i];
        }
    }
    qsort(columns, n, sizeof *columns, compare_ids);
    encoding e = {packer, out, builder->rows < SPOOR_SMALL_SEGMENT_ROWS};
    spoor_bytes_put_u8(&out->directory, 1);
    spoor_bytes_put_varint(&out->directory, builder->rows);
    spoor_bytes_put_varint(&out->directory, n);
    for (uint32_t i = 0; i < n && !out->failed; i++) {
        if (columns[i]->is_ints) {
            put_ints_column(&e, columns[i]);
        } else {
            put_text_column(&e, columns[i]);
        }
    }
    out->failed |= out->directory.failed;
    free(columns);
}

void spoor_encoded_free(spoor_encoded *encoded) {
    for (uint32_t i = 0; i < encoded->nchunks; i++) {
        spoor_bytes_free(&encoded->chunks[i]);
    }
    free(encoded->chunks);
    spoor_bytes_free(&encoded->directory);
    *encoded = (spoor_encoded){0};
}
