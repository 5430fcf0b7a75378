/* html.c - `-o html`: one self-contained page, a table a result, no script and no network. */
#include "output/output.h"

static void html_open(spoor_output *output) {
    fputs(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\"><title>spoor</title>\n<style>\n"
        ":root{color-scheme:light dark}\n"
        "body{font:14px system-ui,sans-serif;margin:1.5rem}\n"
        "table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}\n"
        "th,td{border-bottom:1px solid #8884;padding:.3rem .6rem;text-align:left;"
        "vertical-align:top;overflow-wrap:anywhere;max-width:40rem}\n"
        "td.n,th.n{text-align:right;white-space:nowrap}\n"
        "th{position:sticky;top:0;background:Canvas}\n"
        "svg{max-width:60rem;width:100%;font:12px system-ui,sans-serif}\n"
        ".g{stroke:#8884}.a,.t{fill:CanvasText}.a{opacity:.7}.big{fill:CanvasText;font-size:56px}\n"
        ".l{stroke-width:2;fill-opacity:.25}.legend{margin:.2rem 0 1rem}\n</style></head><body>\n",
        output->out);
}

static bool is_number(spoor_type type) {
    return type == SPOOR_INT || type == SPOOR_LONG || type == SPOOR_REAL || type == SPOOR_DECIMAL;
}

static void html_begin(spoor_output *output) {
    if (output->nresults > 1) {
        fputs("<h2>", output->out);
        spoor_output_markup(output, output->name);
        fputs("</h2>\n", output->out);
    }
    fputs("<table><thead><tr>", output->out);
    for (uint32_t c = 0; c < output->ncols; c++) {
        fputs(is_number(output->schema->columns[c].type) ? "<th class=\"n\">" : "<th>",
              output->out);
        spoor_output_markup(output, output->schema->columns[c].name);
        fputs("</th>", output->out);
    }
    fputs("</tr></thead><tbody>\n", output->out);
}

static void html_row(spoor_output *output, const spoor_value *cells) {
    fputs("<tr>", output->out);
    for (uint32_t c = 0; c < output->ncols; c++) {
        fputs(is_number(cells[c].type) ? "<td class=\"n\">" : "<td>", output->out);
        spoor_output_markup(output, spoor_output_cell(output, &cells[c]));
        fputs("</td>", output->out);
    }
    fputs("</tr>\n", output->out);
}

static void html_end(spoor_output *output) {
    fputs("</tbody></table>\n", output->out);
    if (output->more > 0) {
        fprintf(output->out, "<p>%llu more rows</p>\n", (unsigned long long)output->more);
    }
}

static void html_close(spoor_output *output) {
    fputs("</body></html>\n", output->out);
}

const spoor_output_format spoor_output_html = {"html",   html_begin, html_row,
                                               html_end, html_open,  html_close};
