/* segment.h - the bytes of a segment: a directory and the chunks it points to.
 *
 * directory: [version u8 = 1][rows varint][columns varint] then for each column
 *   [id varint][form u8][flags u8] and by form
 *   TEXT_CONSTANT  [length varint][kind: 's' text, 'j' JSON, 'm' multi, 'n' null][text]
 *                  (so that a text is a dynamic value as it lies there)
 *   TEXT           [values varint][place]
 *   INT_CONSTANT   [value signed]                 (all null: flag HAS_NULL)
 *   INTS           [min signed][max signed][place]
 * place: [chunk varint][offset varint][length varint][crc32, 4 bytes].
 * A column that is not there is absent in every row.
 *
 * A TEXT chunk: [texts varint][jsons varint][multis varint][list of texts (text_code.h)][codes];
 * the values are in that order of kind, code = place in the list; then comes the code of absent,
 * then that of null, where the flags say so.  IS_UNIQUE: no codes, row i has value i.
 * An INTS chunk: [null bits, as codes of 2, where HAS_NULL][integers].
 *
 * Small segments keep all columns in chunk 0; else a column is a chunk. */
#ifndef SPOOR_STORE_SEGMENT_H
#define SPOOR_STORE_SEGMENT_H

#include "store/builder.h"
#include "store/pack.h"

/* kept in files */
enum {
    SPOOR_FORM_TEXT_CONSTANT = 1,
    SPOOR_FORM_TEXT = 2,
    SPOOR_FORM_INT_CONSTANT = 3,
    SPOOR_FORM_INTS = 4,
};
enum {
    SPOOR_CHUNK_IS_ASCII = 1,
    SPOOR_CHUNK_HAS_ABSENT = 2,
    SPOOR_CHUNK_HAS_NULL = 4,
    SPOOR_CHUNK_IS_UNIQUE = 8,
    SPOOR_CHUNK_HAS_OTHER = 16, /* JSON or MULTI values */
};
enum {
    SPOOR_SMALL_SEGMENT_ROWS = 4096,
    SPOOR_MAX_SEGMENT_ROWS = 1 << 18, /* after merging */
    SPOOR_MAX_SEGMENT_COLUMNS = 1 << 20,
    SPOOR_CHUNK_LIMIT = 128 << 20, /* bytes of a chunk that a reader takes */
};

/* -- writing ----------------------------------------------------------------------------------- */

typedef struct spoor_encoded {
    spoor_bytes directory;
    spoor_bytes *chunks; /* owned */
    uint32_t nchunks, rows;
    bool failed; /* out of memory */
} spoor_encoded;

void spoor_segment_encode(spoor_packer *packer, const spoor_builder *builder, spoor_encoded *out);
void spoor_encoded_free(spoor_encoded *encoded);

/* -- reading ----------------------------------------------------------------------------------- */

typedef struct spoor_directory_column {
    uint32_t id;
    uint8_t form, flags;
    spoor_text_kind kind; /* TEXT_CONSTANT */
    spoor_str text;       /* borrowed from the directory's bytes */
    uint32_t nvalues;     /* TEXT */
    int64_t min, max;     /* INTS, INT_CONSTANT */
    uint32_t chunk, crc;
    uint64_t offset, length;
} spoor_directory_column;

typedef struct spoor_directory {
    uint32_t rows, ncolumns;
    spoor_directory_column *columns; /* owned; ascending ids */
} spoor_directory;

/* false: damaged (or out of memory: *no_memory).  The texts point into `bytes`. */
bool spoor_directory_parse(spoor_str bytes, spoor_directory *directory, bool *no_memory);
void spoor_directory_free(spoor_directory *directory);
const spoor_directory_column *spoor_directory_find(const spoor_directory *directory, uint32_t id);

/* A TEXT chunk as it was stored.  One allocation each for blob, values and codes. */
typedef struct spoor_text_chunk {
    spoor_bytes blob;           /* texts, each followed by a NUL */
    uint32_t *starts, *lengths; /* of nvalues */
    uint32_t *codes;            /* a row each */
    uint32_t ntexts, njsons, nmultis;
    bool is_ascii; /* the blob */
} spoor_text_chunk;
static inline uint32_t spoor_text_chunk_values(const spoor_text_chunk *chunk) {
    return chunk->ntexts + chunk->njsons + chunk->nmultis;
}
/* The values' code of absent and null: at or above the number of values; UINT32_MAX: none. */
uint32_t spoor_absent_code(const spoor_directory_column *column);
uint32_t spoor_null_code(const spoor_directory_column *column);

/* The values alone: *codes is where the codes of rows begin, for _decode_codes().  false: damaged or out of
 * memory (chunk->blob.failed).  Free in either case. */
bool spoor_text_chunk_decode_values(spoor_packer *packer, spoor_str bytes, uint32_t rows,
                                    const spoor_directory_column *column, spoor_text_chunk *chunk,
                                    spoor_str *codes);
bool spoor_text_chunk_decode_codes(spoor_packer *packer, spoor_str codes, uint32_t rows,
                                   const spoor_directory_column *column, spoor_text_chunk *chunk);
/* Both. */
bool spoor_text_chunk_decode(spoor_packer *packer, spoor_str bytes, uint32_t rows,
                             const spoor_directory_column *column, spoor_text_chunk *chunk);
void spoor_text_chunk_free(spoor_text_chunk *chunk);
/* nulls: `rows` bytes, 1 for null, zeroed by the caller; slots of nulls hold 0. */
bool spoor_ints_chunk_decode(spoor_packer *packer, spoor_str bytes, uint32_t rows,
                             const spoor_directory_column *column, int64_t *values, uint8_t *nulls);

#endif
