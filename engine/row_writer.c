/* row_writer.c - see row_writer.h. */
#include "engine/row_writer.h"

void spoor_row_writer_open(spoor_row_writer *w, spoor_arena *arena, spoor_arena *scratch,
                           const spoor_output_options *options, FILE *out,
                           const spoor_row_column *columns) {
    w->arena = arena;
    w->options = *options;
    w->options.max_rows = 0;
    w->schema = (spoor_schema){0, w->columns};
    for (; w->schema.ncols < SPOOR_MAX_ROW_COLUMNS && columns[w->schema.ncols].name != NULL;
         w->schema.ncols++) {
        const spoor_row_column *column = &columns[w->schema.ncols];
        w->columns[w->schema.ncols] =
            (spoor_column){.name = spoor_str_from(column->name), .type = column->type};
    }
    spoor_output_open(&w->output, &w->options, 1, arena, scratch, out);
    spoor_output_begin(&w->output, (spoor_str){0}, NULL, &w->schema);
}

void spoor_row_writer_put(spoor_row_writer *w, const spoor_value *cells) {
    spoor_vec columns[SPOOR_MAX_ROW_COLUMNS];
    for (uint32_t c = 0; c < w->schema.ncols; c++) {
        columns[c] = spoor_vec_constant(w->arena, &cells[c], 1);
    }
    spoor_batch batch = {.rows = 1, .count = 1, .ncols = w->schema.ncols, .cols = columns};
    spoor_output_batch(&w->output, &batch);
}

void spoor_row_writer_close(spoor_row_writer *w) {
    spoor_output_end(&w->output);
    spoor_output_close(&w->output);
}
