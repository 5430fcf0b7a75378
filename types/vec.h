/* vec.h - values, columns of them, and the batches that flow between operators.
 *
 * A batch is SPOOR_BATCH_ROWS rows or fewer.  Values are never moved to drop
 * rows: `sel` lists the rows that are still in.
 *
 * Storage by type: bool in `bools`; int, long, datetime and timespan in
 * `longs` (an int keeps within 32 bits); real in `reals`; decimal, guid;
 * string in `strings` (a string is never null: '' is its null); dynamic in
 * `strings` too, each the binary form of types/dynamic.h.
 *
 * Invariants: every column of a batch has `rows` values; sel is NULL (all
 * rows are in, count == rows) or count ascending indexes below rows.  At
 * rows that are not selected a vector may hold anything that is safe to
 * read.  Where nulls[i] is set the value slot is zero. */
#ifndef SPOOR_TYPES_VEC_H
#define SPOOR_TYPES_VEC_H

#include "base/arena.h"
#include "base/limits.h"
#include "base/str.h"
#include "types/decimal.h"
#include "types/type.h"

typedef struct spoor_guid {
    unsigned char bytes[16]; /* in the order of the text */
} spoor_guid;

/* One value, for constants and for slow paths. */
typedef struct spoor_value {
    spoor_type type;
    bool is_null; /* never for a string */
    union {
        bool boolean;
        int64_t integer; /* int, long, datetime, timespan */
        double real;
        spoor_decimal decimal;
        spoor_guid guid;
        spoor_str string; /* string, dynamic (binary) */
    };
} spoor_value;

typedef enum spoor_vec_form {
    SPOOR_FLAT,   /* one slot a row */
    SPOOR_DICT,   /* codes into a dictionary of distinct values */
    SPOOR_RECORD, /* made from the stored record when asked for */
} spoor_vec_form;

struct spoor_vec;

/* The distinct values of one column of one segment.  Immutable while its segment is pinned. */
typedef struct spoor_dict {
    uint64_t id;    /* unique in the process: key for what is computed per dictionary */
    uint32_t count; /* of values */
    const struct spoor_vec *values; /* FLAT, `count` slots; string or dynamic */
    spoor_str blob; /* when not empty: the texts of all values back to back, each followed by a NUL
                       that is not part of it, for searching them in one go; values point into it */
    bool is_ascii;  /* every text is */
    /* For spoor_dict_hashes(); NULL: it has none */
    const uint64_t *(*hashes)(const struct spoor_dict *dict, uint32_t rows);
    /* For spoor_dict_census(); NULL: it has none */
    const struct spoor_census *(*census)(const struct spoor_dict *dict);
    /* For spoor_dict_named(); NULL: it has none */
    const struct spoor_named *(*named)(const struct spoor_dict *dict, const uint32_t *codes,
                                       uint32_t rows);
    void *owner; /* of the dictionary: what these know it by */
} spoor_dict;

/* The entries of a dictionary that rows of its column name, in the order of the first rows that do. */
typedef struct spoor_census {
    uint32_t count;
    uint32_t *entries;
    uint32_t *rows; /* how many rows have each */
} spoor_census;

/* Of all rows of the column; NULL: there is no memory for it, or it is no dictionary that keeps one. */
static inline const spoor_census *spoor_dict_census(const spoor_dict *dict) {
    return dict->census != NULL ? dict->census(dict) : NULL;
}

/* Which entries of a dictionary of at most SPOOR_NAMED_ENTRIES the rows of a piece name, by bits. */
enum {
    SPOOR_NAMED_ROWS = 128,
    SPOOR_NAMED_ENTRIES = 256,
    SPOOR_NAMED_WORDS = SPOOR_NAMED_ENTRIES / 64
};
typedef struct spoor_named {
    uint64_t bits[SPOOR_NAMED_WORDS];
} spoor_named;

/* Of the pieces of codes[0..rows), the last of which may have more rows behind these.  NULL: they are not codes of
 * the column as they stand in it, from the first of a piece on; or it is not worth it, or no such dictionary. */
static inline const spoor_named *spoor_dict_named(const spoor_dict *dict, const uint32_t *codes,
                                                  uint32_t rows) {
    return dict->named != NULL ? dict->named(dict, codes, rows) : NULL;
}

/* spoor_hash_bytes() of all its texts, for so many rows that name some of them; NULL: for so few it is
 * better to hash those, or it is no dictionary that keeps hashes. */
static inline const uint64_t *spoor_dict_hashes(const spoor_dict *dict, uint32_t rows) {
    return dict->hashes != NULL ? dict->hashes(dict, rows) : NULL;
}

/* A source of whole-record columns (EventData, RenderedDescription, ...): late materialisation. */
typedef struct spoor_records {
    /* Fill out->strings (and nulls) for `count` rows of the segment.  Arena memory for the bytes. */
    void (*fetch)(const struct spoor_records *records, spoor_arena *arena, const uint32_t *rows,
                  uint32_t count, struct spoor_vec *out);
    void *segment; /* the implementer's */
    int column;    /* which of the segment's record columns */
} spoor_records;

/* Runs of rows of one value: run r ends before row ends[r], where the next one begins. */
typedef struct spoor_runs {
    uint32_t count;
    const uint32_t *ends; /* ascending; of a batch that was cut, some lie behind its rows */
} spoor_runs;

/* What whole numbers lie between, by piece of SPOOR_PIECE_ROWS rows: what a piece says of all its rows
 * need not be asked row by row, in whatever order they stand. */
enum { SPOOR_PIECE_ROWS = 64 };
typedef struct spoor_bounds {
    int64_t min, max;
} spoor_bounds;

typedef struct spoor_vec {
    spoor_type type;
    spoor_vec_form form;
    bool is_constant; /* all rows have the value of the first; false says nothing */
    bool
        is_ascending; /* FLAT whole numbers: no null, none is below the one before; false says nothing */
    bool is_packed; /* FLAT texts that stand back to back as in a dictionary's blob */
    bool is_ascii;  /* is_packed: every text is; false says nothing */
    const spoor_bounds
        *bounds;            /* FLAT whole numbers without null: of each piece; NULL says nothing */
    const spoor_runs *runs; /* FLAT: rows of one value that stand together; NULL says nothing */
    uint8_t *nulls;         /* one a slot, 1: null.  FLAT only; NULL: none is */
    union {                 /* FLAT: by type; borrowed: an arena, or a pinned segment */
        void *data;
        uint8_t *bools;
        int64_t *longs;
        double *reals;
        spoor_decimal *decimals;
        spoor_guid *guids;
        spoor_str *strings;
    };
    const uint32_t *codes;        /* DICT: one a row; RECORD: row number in the segment */
    const spoor_dict *dict;       /* DICT */
    const spoor_records *records; /* RECORD */
} spoor_vec;

typedef struct spoor_batch {
    uint32_t rows;       /* values in every column */
    uint32_t count;      /* rows still in */
    const uint32_t *sel; /* which; NULL: all */
    const uint32_t
        *weights; /* by row: how many rows like it it stands for, to who asked a scan for such
                                (scan.h); NULL: for itself */
    uint32_t ncols;
    spoor_vec *cols;
} spoor_batch;

size_t spoor_type_size(spoor_type type); /* bytes of a slot */

/* FLAT, zeroed, with a nulls array (also for string: all 0). */
spoor_vec spoor_vec_new(spoor_arena *arena, spoor_type type, uint32_t rows);
/* FLAT, each slot the value. */
spoor_vec spoor_vec_constant(spoor_arena *arena, const spoor_value *value, uint32_t rows);
/* FLAT with `rows` slots, right at least in the selected rows; as it is when already FLAT. */
spoor_vec spoor_vec_flatten(spoor_arena *arena, const spoor_vec *vec, uint32_t rows,
                            const uint32_t *sel, uint32_t count);
/* FLAT and dense: slot i is row sel[i] (or row i).  Bytes of strings are still borrowed. */
spoor_vec spoor_vec_gather(spoor_arena *arena, const spoor_vec *vec, const uint32_t *sel,
                           uint32_t count);
/* Any row of a FLAT or DICT vector. */
spoor_value spoor_vec_get(const spoor_vec *vec, uint32_t row);
/* FLAT only; also writes the null: then the vector must have a nulls array. */
void spoor_vec_set(spoor_vec *vec, uint32_t row, const spoor_value *value);

static inline bool spoor_vec_is_null(const spoor_vec *vec, uint32_t row) {
    return vec->nulls != NULL && vec->nulls[row] != 0;
}
static inline uint32_t spoor_batch_row(const spoor_batch *batch, uint32_t i) {
    return batch->sel != NULL ? batch->sel[i] : i;
}

/* How many rows the selected ones stand for. */
static inline uint64_t spoor_batch_weight(const spoor_batch *batch) {
    uint64_t weight = batch->weights != NULL ? 0 : batch->count;
    for (uint32_t i = 0; batch->weights != NULL && i < batch->count; i++) {
        weight += batch->weights[spoor_batch_row(batch, i)];
    }
    return weight;
}

/* Copies the value's bytes into the arena. */
spoor_value spoor_value_copy(spoor_arena *arena, const spoor_value *value);
/* Total order of one type: null first, then by value; NaN below every number but null. Sorting,
 * min, max and grouping use this; strings bytewise, dynamic as types/dynamic.h says. */
int spoor_value_compare(const spoor_value *a, const spoor_value *b);
uint64_t spoor_value_hash(const spoor_value *value); /* equal (compare 0), equal hash */

bool spoor_guid_parse(spoor_str text, spoor_guid *guid); /* with or without braces and dashes */
enum { SPOOR_GUID_TEXT = 40 };
spoor_str spoor_guid_print(spoor_guid guid, char buffer[SPOOR_GUID_TEXT]); /* lower case, dashes */

/* Cells as every output and tostring() show them. */
spoor_str spoor_value_to_text(spoor_arena *arena, const spoor_value *value);

#endif
