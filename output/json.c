/* json.c - `-o json` (one document) and `-o jsonl` (an object a line).
 *
 * json: {"columns":[{"name":"x","type":"long"}],"rows":[[1]]}, several results as
 * {"tables":[{"name":...,"columns":...,"rows":...}]}.  Numbers are JSON numbers (NaN and the
 * infinities and decimals of more than 15 digits are strings), dynamic is JSON, null is null. */
#include <math.h>

#include "base/number.h"
#include "base/time.h"
#include "output/output.h"
#include "types/dynamic.h"

static void put(spoor_output *output, spoor_str s) {
    fwrite(s.ptr, 1, s.len, output->out);
}

void spoor_output_json_cell(spoor_output *output, const spoor_value *value) {
    char number[SPOOR_NUMBER_TEXT];
    if (value->is_null) {
        fputs("null", output->out);
        return;
    }
    switch (value->type) {
    case SPOOR_BOOL: fputs(value->boolean ? "true" : "false", output->out); return;
    case SPOOR_INT:
    case SPOOR_LONG: {
        char buffer[SPOOR_NUMBER_TEXT];
        spoor_str text = spoor_long_print(value->integer, buffer);
        fwrite(text.ptr, 1, text.len, output->out);
        return;
    }
    case SPOOR_REAL:
        if (isnan(value->real) || isinf(value->real)) {
            fputs(isnan(value->real) ? "\"NaN\""
                  : value->real > 0  ? "\"Infinity\""
                                     : "\"-Infinity\"",
                  output->out);
        } else {
            put(output, spoor_real_print_json(value->real, number));
        }
        return;
    case SPOOR_DYNAMIC:
        put(output, spoor_dynamic_print_json(output->scratch, value->string));
        return;
    case SPOOR_STRING: put(output, spoor_json_quote(output->scratch, value->string)); return;
    case SPOOR_DECIMAL: /* a string: a reader's double would lose digits */
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN:
    case SPOOR_GUID:
        fputc('"', output->out);
        put(output, spoor_value_to_text(output->scratch, value));
        fputc('"', output->out);
        return;
    case SPOOR_NTYPES: return;
    }
}

static void put_property(spoor_output *output, const spoor_render_property *p) {
    put(output, spoor_json_quote(output->scratch, p->name));
    fputs(p->is_list ? ":[" : ":", output->out);
    for (uint32_t i = 0; i < p->nvalues; i++) {
        fputs(i > 0 ? "," : "", output->out);
        put(output, p->is_bare ? p->values[i] : spoor_json_quote(output->scratch, p->values[i]));
    }
    fputs(p->is_list ? "]" : "", output->out);
}

static void put_visualization(spoor_output *output) {
    const spoor_render *render = output->render;
    if (render == NULL) {
        return;
    }
    fputs(",\"visualization\":{\"kind\":", output->out);
    put(output, spoor_json_quote(output->scratch, render->kind));
    for (uint32_t i = 0; i < render->nproperties; i++) {
        fputs(i > 0 ? "," : ",\"properties\":{", output->out);
        put_property(output, &render->properties[i]);
    }
    fputs(render->nproperties > 0 ? "}}" : "}", output->out);
}

static void json_open(spoor_output *output) {
    if (output->nresults > 1) {
        fputs("{\"tables\":[", output->out);
    }
}

static void json_begin(spoor_output *output) {
    fputs(output->result > 0 ? ",\n{" : "{", output->out);
    if (output->nresults > 1) {
        fputs("\"name\":", output->out);
        put(output, spoor_json_quote(output->scratch, output->name));
        fputc(',', output->out);
    }
    fputs("\"columns\":[", output->out);
    for (uint32_t c = 0; c < output->ncols; c++) {
        fputs(c > 0 ? ",{\"name\":" : "{\"name\":", output->out);
        put(output, spoor_json_quote(output->scratch, output->schema->columns[c].name));
        fprintf(output->out, ",\"type\":\"%s\"}", spoor_type_name(output->schema->columns[c].type));
    }
    fputs("],\"rows\":[", output->out);
}

static void json_row(spoor_output *output, const spoor_value *cells) {
    fputs(output->rows > 0 ? ",\n[" : "\n[", output->out);
    for (uint32_t c = 0; c < output->ncols; c++) {
        if (c > 0) {
            fputc(',', output->out);
        }
        spoor_output_json_cell(output, &cells[c]);
    }
    fputc(']', output->out);
}

static void json_end(spoor_output *output) {
    fputs("]", output->out);
    if (output->more > 0) {
        fputs(",\"truncated\":true", output->out);
    }
    put_visualization(output);
    fputs("}", output->out);
}

static void json_close(spoor_output *output) {
    fputs(output->nresults > 1 ? "]}\n" : "\n", output->out);
}

static void jsonl_begin(spoor_output *output) {
    (void)output;
}

static void jsonl_row(spoor_output *output, const spoor_value *cells) {
    fputc('{', output->out);
    if (output->nresults > 1) {
        fputs("\"_table\":", output->out);
        put(output, spoor_json_quote(output->scratch, output->name));
        fputs(output->ncols > 0 ? "," : "", output->out);
    }
    for (uint32_t c = 0; c < output->ncols; c++) {
        if (c > 0) {
            fputc(',', output->out);
        }
        put(output, spoor_json_quote(output->scratch, output->schema->columns[c].name));
        fputc(':', output->out);
        spoor_output_json_cell(output, &cells[c]);
    }
    fputs("}\n", output->out);
}

static void jsonl_end(spoor_output *output) {
    (void)output;
}

const spoor_output_format spoor_output_json = {"json",   json_begin, json_row,
                                               json_end, json_open,  json_close};
const spoor_output_format spoor_output_jsonl = {"jsonl",   jsonl_begin, jsonl_row,
                                                jsonl_end, NULL,        NULL};
