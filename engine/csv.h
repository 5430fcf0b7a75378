/* csv.h - cells of CSV (RFC 4180): quoted ones may hold commas, line ends and doubled quotes. */
#ifndef SPOOR_ENGINE_CSV_H
#define SPOOR_ENGINE_CSV_H

#include <stdbool.h>
#include <stddef.h>

typedef struct spoor_csv {
    const char *at, *end;
    char *cell; /* the caller's, as long as the input: the cell at hand, its quotes off */
    size_t len;
    bool is_last; /* of its row */
    bool
        is_open; /* its quote is not closed: what follows it, to the end of the input, became this cell */
} spoor_csv;

static inline void spoor_csv_next(spoor_csv *c) {
    bool quoted = c->at < c->end && *c->at == '"';
    c->at += quoted;
    c->len = 0;
    for (; c->at < c->end; c->at++) {
        if (quoted && *c->at == '"') {
            if (c->at + 1 < c->end && c->at[1] == '"') {
                c->at++;
            } else {
                quoted = false;
                continue;
            }
        } else if (!quoted && (*c->at == ',' || *c->at == '\n')) {
            break;
        }
        c->cell[c->len++] = *c->at;
    }
    c->is_open = quoted;
    c->is_last = c->at >= c->end || *c->at == '\n';
    c->at += c->at < c->end;
    if (c->is_last && c->len > 0 && c->cell[c->len - 1] == '\r') {
        c->len--;
    }
}

#endif
