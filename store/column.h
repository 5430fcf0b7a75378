/* column.h - one column of a segment that is being built.
 *
 * Text is a dictionary and a code a row, integers are as they are.  While
 * all rows agree nothing is kept but the one value.  Values are staged and
 * put into the dictionary column by column (builder.h), so that one hash
 * table at a time is in the cache.  No malloc per value. */
#ifndef SPOOR_STORE_COLUMN_H
#define SPOOR_STORE_COLUMN_H

#include "base/same.h"
#include "store/bytes.h"

/* numbers are kept in files */
typedef enum spoor_text_kind {
    SPOOR_KIND_TEXT = 0,
    SPOOR_KIND_JSON = 1,  /* an array or object of the export: its JSON */
    SPOOR_KIND_MULTI = 2, /* a name that occurs twice: [kind u8, length varint, bytes]... */
    SPOOR_KIND_NULL = 3,  /* only within MULTI and in constants */
} spoor_text_kind;

enum { SPOOR_CODE_ABSENT, SPOOR_CODE_NULL, SPOOR_CODE_FIRST }; /* while building */

typedef struct spoor_entry {
    uint32_t offset, len; /* in text */
    uint32_t hash;
    uint32_t kind;
} spoor_entry;

typedef struct spoor_staged { /* rows one after the other that have one value */
    uint32_t offset;          /* in the builder's stage */
    uint32_t len;
    uint32_t kind; /* spoor_text_kind, or SPOOR_STAGED_ABSENT */
    uint32_t rows;
} spoor_staged;
enum { SPOOR_STAGED_ABSENT = 4 };

typedef struct spoor_build_column {
    uint32_t id;   /* the store's (names.h) */
    uint64_t seed; /* of the hash */
    bool is_ints;
    bool failed; /* out of memory */
    uint32_t rows;

    spoor_entry *entries;
    uint32_t nentries, entries_capacity;
    uint32_t *slots; /* open addressing: entry + 1, 0 free */
    uint32_t nslots; /* power of two */
    spoor_bytes text;
    uint32_t *codes; /* NULL: every row has `constant_code` */
    uint32_t constant_code;

    int64_t *ints; /* NULL: every row has `constant`; SPOOR_EVENT_ABSENT: null */
    int64_t constant;
    uint32_t rows_capacity; /* of codes or ints */

    spoor_staged *staged;
    uint32_t nstaged, staged_capacity;
    uint32_t staged_rows; /* the sum of their rows */
} spoor_build_column;

void spoor_column_free(spoor_build_column *column);
size_t spoor_column_bytes(const spoor_build_column *column); /* that it has allocated */

void spoor_column_push_other_int(spoor_build_column *column, int64_t value); /* _push_int's */
static inline void spoor_column_push_int(spoor_build_column *column, int64_t value) {
    if (column->ints == NULL && column->rows > 0 && column->constant == value) {
        column->rows++;
    } else if (column->ints != NULL && column->rows < column->rows_capacity) {
        column->ints[column->rows++] = value;
    } else {
        spoor_column_push_other_int(column, value);
    }
}
void spoor_column_push_code(spoor_build_column *column, uint32_t code, uint32_t count);
/* The code of a value, entered into the dictionary when new.  Text that is not WTF-8 is repaired
 * (spoor_text_repair). */
uint32_t spoor_column_code(spoor_build_column *column, spoor_text_kind kind, spoor_str text);
/* The entry's value; the slice lives until the next _code(). */
spoor_str spoor_column_entry(const spoor_build_column *column, uint32_t code,
                             spoor_text_kind *kind);
uint32_t spoor_column_code_at(const spoor_build_column *column, uint32_t row);
int64_t spoor_column_int_at(const spoor_build_column *column, uint32_t row);

/* Stage a text for the row, copied to the builder's stage unless the row before has the same; rows
 * before it that were left out become absent. */
void spoor_column_stage_other(spoor_build_column *column, spoor_bytes *stage, uint32_t staged_row,
                              spoor_text_kind kind, spoor_str text); /* _stage()'s */
static inline void spoor_column_stage(spoor_build_column *column, spoor_bytes *stage,
                                      uint32_t staged_row, spoor_text_kind kind, spoor_str text) {
    if (column->staged_rows == staged_row && staged_row > 0) {
        spoor_staged *before = &column->staged[column->nstaged - 1];
        if (before->len == text.len && before->kind == kind &&
            spoor_few_are_same(stage->ptr + before->offset, text.ptr, text.len)) {
            before->rows++;
            column->staged_rows++;
            return;
        }
    }
    spoor_column_stage_other(column, stage, staged_row, kind, text);
}
/* Enter what is staged, for `rows` rows in all. */
void spoor_column_flush(spoor_build_column *column, const unsigned char *stage, uint32_t rows);
/* Append all rows of another column of the same sort. */
void spoor_column_append(spoor_build_column *column, const spoor_build_column *other);

/* Writes text with each bad byte as U+FFFD. */
void spoor_text_repair(spoor_bytes *out, spoor_str text);

#endif
