/* output.h - results as text: one file a format, chosen here.
 *
 * A format gets the schema of each result, then batches, then the end.  Event
 * text is hostile: formats for people escape control characters, formats for
 * programs escape as their syntax says.  Hidden columns are not shown. */
#ifndef SPOOR_OUTPUT_OUTPUT_H
#define SPOOR_OUTPUT_OUTPUT_H

#include "include/spoor.h"
#include "types/render.h"
#include "types/schema.h"
#include "types/vec.h"

typedef struct spoor_output {
    const struct spoor_output_format *format;
    const spoor_output_options *options;
    FILE *out;
    spoor_arena *arena;         /* until the output ends */
    spoor_arena *scratch;       /* rewound for each batch */
    uint32_t nresults;          /* of the run: more than one changes JSON's shape */
    uint32_t result;            /* being written */
    spoor_str name;             /* of it */
    const spoor_render *render; /* the chart it asks for; NULL: none */
    const spoor_schema *schema;
    uint32_t ncols;            /* visible ones */
    uint64_t rows, more;       /* of this result: written, cut */
    struct spoor_chart *chart; /* of this result, drawn below its rows; NULL: none */
    void *state;               /* the format's */
} spoor_output;

typedef struct spoor_output_format {
    const char *name;
    void (*begin)(spoor_output *output);                         /* of one result */
    void (*row)(spoor_output *output, const spoor_value *cells); /* ncols of them */
    void (*end)(spoor_output *output);
    void (*open)(spoor_output *output);  /* before the first result; may be NULL */
    void (*close)(spoor_output *output); /* after the last; may be NULL */
} spoor_output_format;

void spoor_output_open(spoor_output *output, const spoor_output_options *options, uint32_t nresults,
                       spoor_arena *arena, spoor_arena *scratch, FILE *out);
void spoor_output_begin(spoor_output *output, spoor_str name, const spoor_render *render,
                        const spoor_schema *schema);
/* Writes up to max_rows; false: no more rows are wanted. */
bool spoor_output_batch(spoor_output *output, const spoor_batch *batch);
void spoor_output_end(spoor_output *output);
void spoor_output_close(spoor_output *output);

extern const spoor_output_format spoor_output_table;
extern const spoor_output_format spoor_output_json;
extern const spoor_output_format spoor_output_jsonl;
extern const spoor_output_format spoor_output_csv;
extern const spoor_output_format spoor_output_tsv;
extern const spoor_output_format spoor_output_markdown;
extern const spoor_output_format spoor_output_vertical;
extern const spoor_output_format spoor_output_html;

/* A cell as people read it: datetimes in the output's zone; control characters, C1 and bidirectional
 * overrides escaped as \xNN or \u{N}.  Bytes in scratch. */
spoor_str spoor_output_cell(spoor_output *output, const spoor_value *value);
/* Text within HTML or SVG: escaped for people as a cell is, and as markup. */
void spoor_output_markup(spoor_output *output, spoor_str text);
/* The operator that asks for a chart, where none is drawn; empty: it asks for none.  In scratch. */
spoor_str spoor_output_render_note(spoor_output *output);
/* A cell as JSON, on `out`. */
void spoor_output_json_cell(spoor_output *output, const spoor_value *value);

#endif
