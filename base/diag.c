/* diag.c - keeps the list and draws the caret; see diag.h. */
#include "base/diag.h"

#include <stdarg.h>
#include <string.h>

#include "base/limits.h"
#include "base/safe_text.h"

static const char *format_text(spoor_arena *arena, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    size_t bytes = (len > 0 ? (size_t)len : 0) + 1;
    char *text = SPOOR_NEW_ARRAY(arena, char, bytes);
    vsnprintf(text, bytes, format, again);
    va_end(again);
    return spoor_safe_text(arena, spoor_str_from(text)).ptr; /* it may name what a file holds */
}

static void add(spoor_diags *diags, spoor_severity severity, spoor_span span, const char *format,
                va_list args) {
    spoor_diag *diag = SPOOR_NEW(diags->arena, spoor_diag);
    *diag = (spoor_diag){.severity = severity, .span = span};
    diag->message = format_text(diags->arena, format, args);
    if (diags->last != NULL) {
        diags->last->next = diag;
    } else {
        diags->first = diag;
    }
    diags->last = diag;
}

bool spoor_fail(spoor_diags *diags, spoor_span span, const char *format, ...) {
    if (diags->nerrors++ < SPOOR_MAX_DIAGS) {
        va_list args;
        va_start(args, format);
        add(diags, SPOOR_ERROR, span, format, args);
        va_end(args);
    }
    return false;
}

void spoor_warn(spoor_diags *diags, spoor_span span, const char *format, ...) {
    if (diags->nwarnings++ < SPOOR_MAX_DIAGS) {
        va_list args;
        va_start(args, format);
        add(diags, SPOOR_WARNING, span, format, args);
        va_end(args);
    }
}

bool spoor_hint(spoor_diags *diags, const char *format, ...) {
    if (diags->last != NULL) {
        va_list args;
        va_start(args, format);
        diags->last->hint = format_text(diags->arena, format, args);
        va_end(args);
    }
    return false;
}

uint32_t spoor_diags_add_source(spoor_diags *diags, spoor_source source) {
    spoor_source *grown = SPOOR_NEW_ARRAY(diags->arena, spoor_source, diags->nsources + 1);
    if (diags->nsources > 0) {
        memcpy(grown, diags->sources, diags->nsources * sizeof *grown);
    }
    grown[diags->nsources] = source;
    diags->sources = grown;
    return diags->nsources++;
}

static bool is_continuation(char c) {
    return ((unsigned char)c & 0xC0) == 0x80;
}

static uint32_t code_points(const char *from, const char *to) {
    uint32_t n = 0;
    for (; from < to; from++) {
        n += !is_continuation(*from);
    }
    return n;
}

/* Step `n` code points from `p` towards `stop`, either way. */
static const char *step(const char *p, const char *stop, uint32_t n) {
    int way = p < stop ? 1 : -1;
    while (p != stop && n > 0) {
        p += way;
        n -= p == stop || !is_continuation(*p);
    }
    return p;
}

static const char *line_start(const char *text, const char *at) {
    while (at > text && at[-1] != '\n') {
        at--;
    }
    return at;
}

void spoor_text_position(spoor_str text, uint32_t offset, uint32_t *line, uint32_t *column) {
    *line = 1;
    *column = 1;
    if (text.ptr == NULL) {
        return;
    }
    const char *at = text.ptr + (offset < text.len ? offset : text.len);
    const char *start = line_start(text.ptr, at);
    for (const char *p = text.ptr; p < start; p++) {
        *line += *p == '\n';
    }
    *column = code_points(start, at) + 1;
}

/* A column of the line stays one, for the caret. */
static void print_line(const char *from, const char *to, FILE *out) {
    while (from < to) {
        char shown[SPOOR_SAFE_BYTES + 1];
        const char *next = step(from, to, 1);
        spoor_safe_copy(shown, sizeof shown, (spoor_str){from, (size_t)(next - from)});
        bool is_shown =
            *from == '\t' || spoor_str_is((spoor_str){from, (size_t)(next - from)}, shown);
        fprintf(out, "%.*s", is_shown ? (int)(next - from) : 1, is_shown ? from : ".");
        from = next;
    }
}

void spoor_diag_print(const spoor_diags *diags, const spoor_diag *diag, FILE *out) {
    const char *kind = diag->severity == SPOOR_ERROR ? "error" : "warning";
    if (diag->span.source >= diags->nsources) {
        fprintf(out, "%s: %s\n", kind, diag->message);
        return;
    }
    const spoor_source *source = &diags->sources[diag->span.source];
    const char *text = source->text.ptr != NULL ? source->text.ptr : "";
    size_t len = source->text.len;
    uint32_t row, column;
    spoor_text_position(source->text, diag->span.start, &row, &column);
    row += source->first_line > 0 ? source->first_line - 1 : 0;
    spoor_safe_print(spoor_str_from(source->name), out);
    fprintf(out, ":%u:%u: %s: %s\n", row, column, kind, diag->message);

    const char *at = text + (diag->span.start < len ? diag->span.start : len);
    const char *line = line_start(text, at);
    const char *eol = memchr(at, '\n', (size_t)(text + len - at));
    eol = eol != NULL ? eol : text + len;
    if (eol > at && eol[-1] == '\r') {
        eol--;
    }
    const char *end = diag->span.end < (size_t)(eol - text) ? text + diag->span.end : eol;
    const char *from = step(at, line, SPOOR_ERROR_COLUMNS_BEFORE);
    const char *to = step(at, eol, SPOOR_ERROR_COLUMNS_AFTER);
    end = end < to ? end : to;
    fputs("  ", out);
    print_line(from, to, out);
    fputs("\n  ", out);
    for (const char *p = from; p < at; p++) { /* keep tabs, so the caret stays under */
        if (!is_continuation(*p)) {
            fputc(*p == '\t' ? '\t' : ' ', out);
        }
    }
    fputc('^', out);
    for (uint32_t i = code_points(at, end); i > 1; i--) {
        fputc('~', out);
    }
    fputc('\n', out);
    if (diag->hint != NULL) {
        fprintf(out, "  hint: %s\n", diag->hint);
    }
}
