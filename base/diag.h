/* diag.h - how a stage refuses a text, or warns of one.
 *
 * A stage that cannot go on calls spoor_fail() once and returns false or
 * NULL; its callers pass that on without touching the list.  A stage that
 * can go on (the binder, to the next expression) does so, and all mistakes
 * of a text are reported together.  Stages know byte spans only: lines and
 * carets are made at the edge, in one function, spoor_diag_print(). */
#ifndef SPOOR_BASE_DIAG_H
#define SPOOR_BASE_DIAG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/str.h"

/* Bytes [start, end) of one of the texts that a query consists of: 0 is the
 * query itself, others are functions it calls (spoor_sources). */
typedef struct spoor_span {
    uint32_t start, end;
    uint32_t source;
} spoor_span;

static inline spoor_span spoor_span_join(spoor_span a, spoor_span b) {
    return (spoor_span){a.start, b.end, a.source};
}

typedef enum spoor_severity { SPOOR_ERROR, SPOOR_WARNING } spoor_severity;

typedef struct spoor_diag {
    spoor_severity severity;
    spoor_span span;
    const char *message; /* one line, lower case, no full stop; in the arena */
    const char *hint;    /* NULL: none */
    const char *code; /* of a warning: a short name that stays (bind_lint.c); NULL: it has none */
    struct spoor_diag *next;
} spoor_diag;

/* What is known of one text's name, for messages. */
typedef struct spoor_source {
    const char *name; /* "query", a file, or a function's name */
    spoor_str text;
    uint32_t first_line; /* of the text in that file; 0 counts as 1 */
} spoor_source;

typedef struct spoor_diags {
    spoor_arena *arena; /* borrowed: holds messages */
    spoor_diag *first, *last;
    uint32_t nerrors, nwarnings;
    const spoor_source *sources; /* by spoor_span.source; may grow while binding */
    uint32_t nsources;
} spoor_diags;

/* Add an error and return false.  Past SPOOR_MAX_DIAGS only counted. */
bool spoor_fail(spoor_diags *diags, spoor_span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void spoor_warn(spoor_diags *diags, spoor_span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Add a hint to the newest diag; return false too. */
bool spoor_hint(spoor_diags *diags, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Register a text; returns its number for spans.  The text must outlive the diags. */
uint32_t spoor_diags_add_source(spoor_diags *diags, spoor_source source);

/* 1-based line and column (in code points) of a byte offset in a text. */
void spoor_text_position(spoor_str text, uint32_t offset, uint32_t *line, uint32_t *column);

/* `name:line:col: error: message`, the line, the caret, the hint.  Control
 * characters of the line are printed as '.', tabs kept. */
void spoor_diag_print(const spoor_diags *diags, const spoor_diag *diag, FILE *out);

#endif
