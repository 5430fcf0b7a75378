/* row_writer.h - rows that no plan gave, in any output format: what commands list. */
#ifndef SPOOR_ENGINE_ROW_WRITER_H
#define SPOOR_ENGINE_ROW_WRITER_H

#include "output/output.h"

enum { SPOOR_MAX_ROW_COLUMNS = 16 };

typedef struct spoor_row_column {
    const char *name; /* NULL: behind the last one */
    spoor_type type;
} spoor_row_column;

typedef struct spoor_row_writer {
    spoor_arena *arena;
    spoor_output output;
    spoor_output_options options;
    spoor_column columns[SPOOR_MAX_ROW_COLUMNS];
    spoor_schema schema;
} spoor_row_writer;

/* All rows are written, whatever max_rows says.  arena: until the close; scratch is rewound.  The
 * writer must not move. */
void spoor_row_writer_open(spoor_row_writer *writer, spoor_arena *arena, spoor_arena *scratch,
                           const spoor_output_options *options, FILE *out,
                           const spoor_row_column *columns);
void spoor_row_writer_put(spoor_row_writer *writer, const spoor_value *cells); /* one a column */
void spoor_row_writer_close(spoor_row_writer *writer);

static inline spoor_value spoor_text_value(spoor_str text) {
    return (spoor_value){.type = SPOOR_STRING, .string = text};
}

static inline spoor_value spoor_number_value(uint64_t number) {
    return (spoor_value){.type = SPOOR_LONG, .integer = (int64_t)number};
}

static inline spoor_value spoor_bool_value(bool is_true) {
    return (spoor_value){.type = SPOOR_BOOL, .boolean = is_true};
}

static inline spoor_value spoor_time_value(bool is_known, int64_t time) {
    return (spoor_value){
        .type = SPOOR_DATETIME, .is_null = !is_known, .integer = is_known ? time : 0};
}

#endif
