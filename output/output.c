/* output.c - drives a format: rows out of batches, the row limit; see output.h. */
#include "output/chart.h"

static const spoor_output_format *format_of(spoor_format format) {
    switch (format) {
    case SPOOR_FORMAT_TABLE: return &spoor_output_table;
    case SPOOR_FORMAT_JSON: return &spoor_output_json;
    case SPOOR_FORMAT_JSONL: return &spoor_output_jsonl;
    case SPOOR_FORMAT_CSV: return &spoor_output_csv;
    case SPOOR_FORMAT_TSV: return &spoor_output_tsv;
    case SPOOR_FORMAT_MARKDOWN: return &spoor_output_markdown;
    case SPOOR_FORMAT_VERTICAL: return &spoor_output_vertical;
    case SPOOR_FORMAT_HTML: return &spoor_output_html;
    case SPOOR_FORMAT_SARIF:
    case SPOOR_FORMAT_NAVIGATOR:
    case SPOOR_FORMAT_TIMESKETCH:
    case SPOOR_FORMAT_TAP:
    case SPOOR_FORMAT_JUNIT: break; /* no format of rows */
    }
    return &spoor_output_table;
}

void spoor_output_open(spoor_output *output, const spoor_output_options *options, uint32_t nresults,
                       spoor_arena *arena, spoor_arena *scratch, FILE *out) {
    *output = (spoor_output){.format = format_of(options->format),
                             .options = options,
                             .out = out,
                             .arena = arena,
                             .scratch = scratch,
                             .nresults = nresults};
    if (output->format->open != NULL) {
        output->format->open(output);
    }
}

void spoor_output_begin(spoor_output *output, spoor_str name, spoor_str render,
                        const spoor_schema *schema) {
    output->name = name;
    output->render = render;
    output->schema = schema;
    output->ncols = 0;
    while (output->ncols < schema->ncols && !schema->columns[output->ncols].hidden) {
        output->ncols++;
    }
    output->rows = 0;
    output->more = 0;
    bool is_drawn = output->format == &spoor_output_html ||
                    (output->format == &spoor_output_table && output->options->charts);
    output->chart = is_drawn && render.len > 0 ? spoor_chart_new(output) : NULL;
    output->format->begin(output);
}

bool spoor_output_batch(spoor_output *output, const spoor_batch *batch) {
    spoor_arena_rewind(output->scratch);
    spoor_vec *flat = SPOOR_NEW_ARRAY(output->scratch, spoor_vec, output->ncols);
    spoor_value *cells = SPOOR_NEW_ARRAY(output->scratch, spoor_value, output->ncols);
    for (uint32_t c = 0; c < output->ncols; c++) {
        flat[c] = spoor_vec_flatten(output->scratch, &batch->cols[c], batch->rows, batch->sel,
                                    batch->count);
    }
    uint64_t most = output->options->max_rows;
    for (uint32_t i = 0; i < batch->count; i++) {
        bool is_cut = most != 0 && output->rows == most;
        if (is_cut && output->chart == NULL) {
            output->more += batch->count - i;
            return true; /* the rest is counted */
        }
        for (uint32_t c = 0; c < output->ncols; c++) {
            cells[c] = spoor_vec_get(&flat[c], spoor_batch_row(batch, i));
        }
        if (output->chart != NULL) { /* it is of all rows */
            spoor_chart_row(output, output->chart, cells);
        }
        if (is_cut) {
            output->more++;
            continue;
        }
        output->format->row(output, cells);
        output->rows++;
    }
    return !ferror(output->out);
}

void spoor_output_end(spoor_output *output) {
    output->format->end(output);
    if (output->chart != NULL && output->format == &spoor_output_html) {
        spoor_chart_svg(output, output->chart);
    } else if (output->chart != NULL) {
        spoor_chart_print(output, output->chart);
    }
    output->result++;
}

void spoor_output_close(spoor_output *output) {
    if (output->format->close != NULL) {
        output->format->close(output);
    }
}
