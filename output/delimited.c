/* delimited.c - `-o csv`, `-o tsv`, `-o markdown`: a line a row, a separator between cells.
 *
 * CSV is RFC 4180 with LF; a cell that a spreadsheet would run as a formula is
 * prefixed with an apostrophe.  TSV escapes tab, newline and backslash. */
#include "base/safe_text.h"
#include "output/output.h"

/* Most cells of a wide view are empty, so the separators are what is written: without a lock, as one thread
 * alone writes a result. */
static void put_separator(spoor_output *output, uint32_t column, char separator) {
    if (column > 0) {
        putc_unlocked(separator, output->out);
    }
}

static void put(spoor_output *output, spoor_str s) {
    if (s.len > 0) {
        fwrite(s.ptr, 1, s.len, output->out);
    }
}

/* -- csv --------------------------------------------------------------------------------------- */

static bool is_formula(spoor_str s) {
    return s.len > 1 && (s.ptr[0] == '=' || s.ptr[0] == '+' || s.ptr[0] == '-' || s.ptr[0] == '@');
}

static void csv_cell(spoor_output *output, spoor_str s, bool is_text) {
    bool quote = s.len > 0 && (s.ptr[0] == ' ' || s.ptr[s.len - 1] == ' ');
    for (size_t i = 0; i < s.len && !quote; i++) {
        quote = s.ptr[i] == ',' || s.ptr[i] == '"';
    }
    bool guard = is_text && is_formula(s);
    if (!quote && !guard) {
        put(output, s);
        return;
    }
    fputc('"', output->out);
    if (guard) {
        fputc('\'', output->out);
    }
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"') {
            fputc('"', output->out);
        }
        fputc(s.ptr[i], output->out);
    }
    fputc('"', output->out);
}

static void csv_begin(spoor_output *output) {
    for (uint32_t c = 0; c < output->ncols; c++) {
        put_separator(output, c, ',');
        spoor_value name = {.type = SPOOR_STRING, .string = output->schema->columns[c].name};
        csv_cell(output, spoor_output_cell(output, &name), true);
    }
    fputc('\n', output->out);
}

static void csv_row(spoor_output *output, const spoor_value *cells) {
    for (uint32_t c = 0; c < output->ncols; c++) {
        put_separator(output, c, ',');
        bool is_text = cells[c].type == SPOOR_STRING || cells[c].type == SPOOR_DYNAMIC;
        csv_cell(output, spoor_output_cell(output, &cells[c]), is_text);
    }
    fputc('\n', output->out);
}

static void nothing(spoor_output *output) {
    (void)output;
}

/* -- tsv --------------------------------------------------------------------------------------- */

static void tsv_begin(spoor_output *output) {
    for (uint32_t c = 0; c < output->ncols; c++) {
        put_separator(output, c, '\t');
        spoor_value name = {.type = SPOOR_STRING, .string = output->schema->columns[c].name};
        put(output, spoor_output_cell(output, &name));
        if (output->options->types) {
            fprintf(output->out, ":%s", spoor_type_name(output->schema->columns[c].type));
        }
    }
    fputc('\n', output->out);
}

static void tsv_row(spoor_output *output, const spoor_value *cells) {
    for (uint32_t c = 0; c < output->ncols; c++) {
        put_separator(output, c, '\t');
        if (output->options->types && cells[c].is_null) {
            fputs("null", output->out);
        } else {
            put(output, spoor_output_cell(output, &cells[c]));
        }
    }
    fputc('\n', output->out);
}

/* -- markdown ---------------------------------------------------------------------------------- */

static void markdown_cell(spoor_output *output, spoor_str s) {
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '|' || s.ptr[i] == '\\' || s.ptr[i] == '<' || s.ptr[i] == '`' ||
            s.ptr[i] == '[') {
            fputc('\\', output->out);
        }
        fputc(s.ptr[i], output->out);
    }
}

static void markdown_begin(spoor_output *output) {
    fputs(output->result > 0 ? "\n" : "", output->out);
    for (uint32_t c = 0; c < output->ncols; c++) {
        fputs("| ", output->out);
        markdown_cell(output, spoor_safe_text(output->scratch, output->schema->columns[c].name));
        fputc(' ', output->out);
    }
    fputs("|\n", output->out);
    for (uint32_t c = 0; c < output->ncols; c++) {
        fputs("| --- ", output->out);
    }
    fputs("|\n", output->out);
}

static void markdown_row(spoor_output *output, const spoor_value *cells) {
    for (uint32_t c = 0; c < output->ncols; c++) {
        fputs("| ", output->out);
        markdown_cell(output, spoor_output_cell(output, &cells[c]));
        fputc(' ', output->out);
    }
    fputs("|\n", output->out);
}

static void markdown_end(spoor_output *output) {
    spoor_str note = spoor_output_render_note(output);
    if (note.len > 0) {
        fputc('\n', output->out);
        markdown_cell(output, note);
        fputc('\n', output->out);
    }
}

const spoor_output_format spoor_output_csv = {"csv", csv_begin, csv_row, nothing, NULL, NULL};
const spoor_output_format spoor_output_tsv = {"tsv", tsv_begin, tsv_row, nothing, NULL, NULL};
const spoor_output_format spoor_output_markdown = {"markdown",   markdown_begin, markdown_row,
                                                   markdown_end, NULL,           NULL};
