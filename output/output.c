/* output.c - drives a format: rows out of batches, the row limit; see output.h. */
#include "base/safe_text.h"
#include "output/chart.h"
#include "types/dynamic.h"

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
    case SPOOR_FORMAT_COVERAGE:
    case SPOOR_FORMAT_TIMESKETCH:
    case SPOOR_FORMAT_TAP:
    case SPOOR_FORMAT_JUNIT: break; /* no format of rows */
    }
    return &spoor_output_table;
}

spoor_str spoor_output_render_note(spoor_output *output) {
    spoor_arena *arena = output->scratch;
    const spoor_render *render = output->render;
    spoor_str note = {"", 0};
    if (render == NULL || output->chart != NULL || spoor_str_is(render->kind, "table")) {
        return note;
    }
    note = spoor_arena_format(arena, "render %.*s", (int)render->kind.len, render->kind.ptr);
    for (uint32_t i = 0; i < render->nproperties; i++) {
        const spoor_render_property *p = &render->properties[i];
        note = spoor_arena_format(arena, "%.*s%s%.*s=", (int)note.len, note.ptr,
                                  i > 0 ? ", " : " with (", (int)p->name.len, p->name.ptr);
        for (uint32_t v = 0; v < p->nvalues; v++) { /* a JSON text is a literal of KQL as well */
            spoor_str value = p->is_bare ? p->values[v] : spoor_json_quote(arena, p->values[v]);
            note = spoor_arena_format(arena, "%.*s%s%.*s", (int)note.len, note.ptr,
                                      v > 0 ? ", " : "", (int)value.len, value.ptr);
        }
    }
    note = spoor_arena_format(arena, "%.*s%s", (int)note.len, note.ptr,
                              render->nproperties > 0 ? ")" : "");
    return spoor_safe_text(arena, note);
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

void spoor_output_begin(spoor_output *output, spoor_str name, const spoor_render *render,
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
    output->chart = is_drawn && render != NULL ? spoor_chart_new(output) : NULL;
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
