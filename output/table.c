/* table.c - `-o table` (columns that fit the terminal) and `-o vertical` (a record at a time).
 *
 * Widths come from the first rows, which are kept until enough are there; what
 * comes later is cut to the same widths.  A cut cell ends in an ellipsis.  Where a terminal is too
 * narrow for every column, those that are empty are left out, then those to the right; a note says so. */
#include "base/safe_text.h"
#include "base/utf8.h"
#include "output/output.h"

enum { SAMPLE_ROWS = 200, MIN_WIDTH = 6, FAIR_WIDTH = 12, WIDEST = 4096 };

typedef struct table {
    spoor_str *kept; /* SAMPLE_ROWS * ncols texts */
    uint32_t nkept;
    uint32_t *widths; /* NULL until chosen */
    uint32_t *shown;  /* `nshown` of the columns */
    uint32_t nshown;
    bool *is_right; /* numbers stand to the right */
    char *line;     /* the one that is being made */
    size_t line_room;
} table;

/* Columns of a terminal that a code point takes. */
static uint32_t char_width(uint32_t c) {
    if ((c >= 0x0300 && c <= 0x036F) || (c >= 0xFE00 && c <= 0xFE0F)) {
        return 0;
    }
    bool is_wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
                   (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
                   (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                   (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
    return is_wide ? 2 : 1;
}

/* Are these eight bytes ASCII that takes a column each?  (May say no of some that are.) */
static bool are_plain(const char *at) {
    static const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    uint64_t word;
    memcpy(&word, at, sizeof word);
    uint64_t is_control = ~((word | highs) - ones * 0x20), is_delete = word + ones;
    return ((word | is_control | is_delete) & highs) == 0;
}

static uint32_t text_width(spoor_str s) {
    uint32_t width = 0;
    for (const char *at = s.ptr, *end = s.ptr + s.len; at < end && width < WIDEST;) {
        if (end - at >= 8 && are_plain(at)) { /* nearly all are */
            width += 8;
            at += 8;
            continue;
        }
        bool is_plain = *at >= 0x20 && *at < 0x7F;
        width += is_plain ? 1 : char_width(spoor_utf8_next(&at, end));
        at += is_plain;
    }
    return width;
}

/* A line is made whole before it is written: a result may have a million cells, and a call of the library for
 * each piece of each costs more than the piece. */
static char *put_text(char *to, const char *text, size_t len) {
    if (len > 0) {
        memcpy(to, text, len);
    }
    return to + len;
}

static char *put_spaces(char *to, uint32_t n) {
    memset(to, ' ', n);
    return to + n;
}

/* What put_cell() writes at most. */
static size_t cell_room(spoor_str s, uint32_t width) {
    return s.len + width + sizeof "\xE2\x80\xA6";
}

/* The text in exactly `width` columns; the last cell of a line is not padded.  Returns its end. */
static char *put_cell(char *to, spoor_str s, uint32_t width, bool right, bool is_last) {
    uint32_t have = text_width(s);
    if (have > width) {
        uint32_t used = 0;
        const char *at = s.ptr, *end = s.ptr + s.len, *cut = at;
        for (; at < end; cut = at) {
            uint32_t w = char_width(spoor_utf8_next(&at, end));
            if (used + w > width - 1) {
                break;
            }
            used += w;
        }
        to = put_text(to, s.ptr, (size_t)(cut - s.ptr));
        to = put_text(to, "\xE2\x80\xA6", 3);
        have = used + 1;
    } else {
        to = put_spaces(to, right ? width - have : 0);
        to = put_text(to, s.ptr, s.len);
        have = right ? width : have;
    }
    return put_spaces(to, is_last || have > width ? 0 : width - have);
}

static void put_line(spoor_output *output, table *t, const spoor_str *cells) {
    size_t room = 1;
    for (uint32_t i = 0; i < t->nshown; i++) {
        uint32_t c = t->shown[i];
        room += 2 + cell_room(cells[c], t->widths[c]);
    }
    if (room > t->line_room) {
        t->line_room = room * 2;
        t->line = SPOOR_RAW_ARRAY(output->arena, char, t->line_room);
    }
    char *to = t->line;
    for (uint32_t i = 0; i < t->nshown; i++) {
        uint32_t c = t->shown[i];
        to = put_spaces(to, i > 0 ? 2 : 0);
        to = put_cell(to, cells[c], t->widths[c], t->is_right[c], i + 1 == t->nshown);
    }
    *to++ = '\n';
    fwrite(t->line, 1, (size_t)(to - t->line), output->out);
}

static uint32_t lesser(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* Would the shown columns fit, cut to this width where they are wider? */
static bool would_fit(const spoor_output *output, const table *t, uint32_t most) {
    uint64_t total = 0;
    for (uint32_t i = 0; i < t->nshown; i++) {
        total += lesser(t->widths[t->shown[i]], most) + (i > 0 ? 2 : 0);
    }
    return output->options->width == 0 || total <= output->options->width;
}

static bool is_empty(const spoor_output *output, const table *t, uint32_t column) {
    bool found = false;
    for (uint32_t r = 0; r < t->nkept && !found; r++) {
        found = t->kept[r * output->ncols + column].len > 0;
    }
    return !found;
}

static void choose_shown(spoor_output *output, table *t) {
    t->shown = SPOOR_NEW_ARRAY(output->arena, uint32_t, output->ncols + 1);
    for (uint32_t c = 0; c < output->ncols; c++) {
        t->shown[t->nshown++] = c;
    }
    if (would_fit(output, t, MIN_WIDTH)) {
        return;
    }
    t->nshown = 0;
    for (uint32_t c = 0; c < output->ncols; c++) {
        if (t->nkept == 0 || !is_empty(output, t, c)) {
            t->shown[t->nshown++] = c;
        }
    }
    t->nshown += t->nshown == 0; /* all of them are empty */
    while (t->nshown > 1 && !would_fit(output, t, FAIR_WIDTH)) {
        t->nshown--;
    }
}

/* Narrow the widest columns until the line fits. */
static void fit_widths(spoor_output *output, table *t) {
    if (output->options->width == 0) {
        return;
    }
    uint32_t room = output->options->width, gaps = t->nshown > 0 ? 2 * (t->nshown - 1) : 0;
    room = room > gaps ? room - gaps : 1;
    for (;;) {
        uint32_t total = 0, widest = t->shown[0];
        for (uint32_t i = 0; i < t->nshown; i++) {
            uint32_t c = t->shown[i];
            total += t->widths[c];
            widest = t->widths[c] > t->widths[widest] ? c : widest;
        }
        if (total <= room || t->widths[widest] <= MIN_WIDTH) {
            return;
        }
        uint32_t over = total - room, second = MIN_WIDTH;
        for (uint32_t i = 0; i < t->nshown; i++) {
            uint32_t c = t->shown[i];
            if (t->widths[c] < t->widths[widest] && t->widths[c] > second) {
                second = t->widths[c];
            }
        }
        uint32_t cut = t->widths[widest] - second;
        cut = cut == 0 ? 1 : cut;
        t->widths[widest] -= cut < over ? cut : over;
    }
}

/* In scratch: events may give a column its name. */
static spoor_str column_name(spoor_output *output, uint32_t c) {
    return spoor_safe_text(output->scratch, output->schema->columns[c].name);
}

static void choose_widths(spoor_output *output, table *t) {
    t->widths = SPOOR_NEW_ARRAY(output->arena, uint32_t, output->ncols + 1);
    for (uint32_t c = 0; c < output->ncols; c++) {
        t->widths[c] = text_width(column_name(output, c));
        for (uint32_t r = 0; r < t->nkept; r++) {
            uint32_t width = text_width(t->kept[r * output->ncols + c]);
            t->widths[c] = width > t->widths[c] ? width : t->widths[c];
        }
    }
    choose_shown(output, t);
    fit_widths(output, t);
}

static void flush(spoor_output *output, table *t) {
    if (t->widths != NULL) {
        return;
    }
    choose_widths(output, t);
    spoor_str *names = SPOOR_NEW_ARRAY(output->arena, spoor_str, output->ncols + 1);
    for (uint32_t c = 0; c < output->ncols; c++) {
        names[c] = column_name(output, c);
    }
    fputs(output->options->color ? "\x1B[1m" : "", output->out);
    put_line(output, t, names);
    fputs(output->options->color ? "\x1B[0m" : "", output->out);
    for (uint32_t i = 0; i < t->nshown; i++) {
        fputs(i > 0 ? "  " : "", output->out);
        for (uint32_t k = 0; k < t->widths[t->shown[i]]; k++) {
            fputc('-', output->out);
        }
    }
    fputc('\n', output->out);
    for (uint32_t r = 0; r < t->nkept; r++) {
        put_line(output, t, &t->kept[r * output->ncols]);
    }
}

static bool is_number(spoor_type type) {
    return type == SPOOR_INT || type == SPOOR_LONG || type == SPOOR_REAL || type == SPOOR_DECIMAL;
}

static void table_begin(spoor_output *output) {
    table *t = SPOOR_NEW(output->arena, table);
    t->kept = SPOOR_NEW_ARRAY(output->arena, spoor_str, (size_t)SAMPLE_ROWS * (output->ncols + 1));
    t->is_right = SPOOR_NEW_ARRAY(output->arena, bool, output->ncols + 1);
    for (uint32_t c = 0; c < output->ncols; c++) {
        t->is_right[c] = is_number(output->schema->columns[c].type);
    }
    output->state = t;
    if (output->nresults > 1) {
        spoor_str name = spoor_safe_text(output->scratch, output->name);
        fprintf(output->out, "%s%.*s:\n", output->result > 0 ? "\n" : "", (int)name.len, name.ptr);
    }
}

static void table_row(spoor_output *output, const spoor_value *cells) {
    table *t = output->state;
    if (t->widths == NULL && t->nkept < SAMPLE_ROWS) {
        for (uint32_t c = 0; c < output->ncols; c++) {
            spoor_str text = spoor_output_cell(output, &cells[c]);
            t->kept[t->nkept * output->ncols + c] = spoor_arena_str(output->arena, text);
        }
        t->nkept++;
        return;
    }
    flush(output, t);
    spoor_str *texts = SPOOR_NEW_ARRAY(output->scratch, spoor_str, output->ncols + 1);
    for (uint32_t c = 0; c < output->ncols; c++) {
        texts[c] = spoor_output_cell(output, &cells[c]);
    }
    put_line(output, t, texts);
}

static void put_note(spoor_output *output) {
    spoor_str note = spoor_output_render_note(output);
    fprintf(output->out, "%.*s%s", (int)note.len, note.ptr, note.len > 0 ? "\n" : "");
}

static void table_end(spoor_output *output) {
    table *t = output->state;
    flush(output, t);
    uint32_t hidden = output->ncols - t->nshown;
    if (hidden > 0) {
        fprintf(output->out,
                "(%u more column%s; project names those to show, -o vertical shows all)\n", hidden,
                hidden == 1 ? "" : "s");
    }
    put_note(output);
}

/* -- vertical ---------------------------------------------------------------------------------- */

static void vertical_begin(spoor_output *output) {
    uint32_t *width = SPOOR_NEW(output->arena, uint32_t);
    for (uint32_t c = 0; c < output->ncols; c++) {
        uint32_t w = text_width(column_name(output, c));
        *width = w > *width ? w : *width;
    }
    output->state = width;
}

static void vertical_row(spoor_output *output, const spoor_value *cells) {
    fprintf(output->out, "%s-- %llu --\n", output->rows > 0 ? "\n" : "",
            (unsigned long long)output->rows + 1);
    const uint32_t *width = output->state;
    for (uint32_t c = 0; c < output->ncols; c++) {
        spoor_str name = column_name(output, c), text = spoor_output_cell(output, &cells[c]);
        char *padded = SPOOR_RAW_ARRAY(output->scratch, char, cell_room(name, *width));
        fwrite(padded, 1, (size_t)(put_cell(padded, name, *width, true, false) - padded),
               output->out);
        fprintf(output->out, "  %.*s\n", (int)text.len, text.ptr);
    }
}

static void vertical_end(spoor_output *output) {
    put_note(output);
}

const spoor_output_format spoor_output_table = {"table",   table_begin, table_row,
                                                table_end, NULL,        NULL};
const spoor_output_format spoor_output_vertical = {"vertical",   vertical_begin, vertical_row,
                                                   vertical_end, NULL,           NULL};
