/* user_table.c - small tables of the user's own, and watchlists: CSV in, a saved view out.
 *
 * Such a table is a saved function whose body is a datatable, so that it is
 * stored, copied and committed as functions are, and is bound as its text is.
 * That holds for as much as one text may (SPOOR_MAX_QUERY_BYTES); logs go
 * through ingest. */
#include <stdlib.h>

#include "base/limits.h"
#include "engine/engine.h"
#include "engine/query.h"

enum { MAX_TABLE_COLUMNS = 500 };

typedef struct text_out {
    char *ptr; /* malloc */
    size_t len, capacity;
    bool failed;
} text_out;

static void put(text_out *out, const char *bytes, size_t len) {
    if (out->failed || out->len + len > SPOOR_MAX_QUERY_BYTES) {
        out->failed = true;
        return;
    }
    if (out->len + len > out->capacity) {
        size_t capacity = (out->len + len) * 2;
        char *grown = realloc(out->ptr, capacity);
        if (grown == NULL) {
            out->failed = true;
            return;
        }
        out->ptr = grown;
        out->capacity = capacity;
    }
    memcpy(out->ptr + out->len, bytes, len);
    out->len += len;
}

static void put_z(text_out *out, const char *z) {
    put(out, z, strlen(z));
}

/* A string literal of any bytes. */
static void put_string(text_out *out, spoor_str text) {
    put_z(out, "'");
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        char escaped[8];
        if (c == '\'' || c == '\\') {
            snprintf(escaped, sizeof escaped, "\\%c", c);
            put_z(out, escaped);
        } else if (c < 0x20 || c == 0x7F) {
            snprintf(escaped, sizeof escaped, "\\u%04x", c);
            put_z(out, escaped);
        } else {
            put(out, &text.ptr[i], 1);
        }
    }
    put_z(out, "'");
}

/* -- CSV (RFC 4180) ------------------------------------------------------------------------------------ */

typedef struct csv {
    const char *at, *end;
    char *cell; /* malloc, as long as the input: the cell at hand, its quotes off */
    size_t len;
    bool is_last; /* of its row */
} csv;

static void next_cell(csv *c) {
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
    c->is_last = c->at >= c->end || *c->at == '\n';
    c->at += c->at < c->end;
    if (c->is_last && c->len > 0 && c->cell[c->len - 1] == '\r') {
        c->len--;
    }
}

typedef struct header {
    spoor_str names[MAX_TABLE_COLUMNS]; /* malloc */
    size_t count;
} header;

static void free_header(header *h) {
    for (size_t i = 0; i < h->count; i++) {
        free((char *)h->names[i].ptr);
    }
}

static spoor_status read_header(spoor_engine *engine, csv *c, header *h) {
    do {
        next_cell(c);
        char *name = malloc(c->len + 1);
        if (name == NULL || h->count == MAX_TABLE_COLUMNS) {
            free(name);
            return spoor_engine_fail(engine, SPOOR_ERR_LIMIT, "a table has at most %d columns",
                                     MAX_TABLE_COLUMNS);
        }
        memcpy(name, c->cell, c->len);
        h->names[h->count++] = (spoor_str){name, c->len};
        if (c->len == 0) {
            return spoor_engine_fail(engine, SPOOR_ERR_INPUT, "column %zu has no name", h->count);
        }
    } while (!c->is_last);
    return SPOOR_OK;
}

/* One row of cells; rows without any text are passed over, as Sentinel does with a watchlist's. */
static spoor_status read_row(spoor_engine *engine, csv *c, const header *h, size_t key, size_t row,
                             text_out *out) {
    size_t start = out->len, n = 0, key_start = 0, key_end = 0;
    bool is_blank = true;
    do {
        next_cell(c);
        is_blank = is_blank && c->len == 0;
        if (n < h->count) {
            size_t before = out->len;
            put_string(out, (spoor_str){c->cell, c->len});
            key_start = n == key ? before : key_start;
            key_end = n == key ? out->len : key_end;
            put_z(out, ",");
        }
        n++;
    } while (!c->is_last);
    if (is_blank) {
        out->len = start;
        return SPOOR_OK;
    }
    if (n != h->count) {
        return spoor_engine_fail(engine, SPOOR_ERR_INPUT, "row %zu has %zu cells, and the header %zu",
                                 row, n, h->count);
    }
    if (!out->failed) { /* the search key again: put() may move what it copies from */
        char *again = malloc(key_end - key_start + 1);
        out->failed = again == NULL;
        if (again != NULL) {
            memcpy(again, out->ptr + key_start, key_end - key_start);
            put(out, again, key_end - key_start);
            put_z(out, ",\n");
        }
        free(again);
    }
    return SPOOR_OK;
}

static spoor_status find_key(spoor_engine *engine, const header *h, const char *search_key,
                             size_t *key) {
    *key = 0;
    for (size_t i = 0; i < h->count; i++) {
        if (search_key != NULL && spoor_str_is(h->names[i], search_key)) {
            *key = i;
            return SPOOR_OK;
        }
    }
    return search_key == NULL ? SPOOR_OK
                              : spoor_engine_fail(engine, SPOOR_ERR_INPUT,
                                                  "the file has no column '%s'", search_key);
}

static spoor_status write_table(spoor_engine *engine, csv *c, const char *search_key, header *h,
                                text_out *out) {
    size_t key;
    spoor_status status = read_header(engine, c, h);
    if (status == SPOOR_OK) {
        status = find_key(engine, h, search_key, &key);
    }
    if (status != SPOOR_OK) {
        return status;
    }
    put_z(out, "datatable(");
    for (size_t i = 0; i < h->count; i++) {
        put_z(out, "[");
        put_string(out, h->names[i]);
        put_z(out, "]:string,");
    }
    put_z(out, "SearchKey:string)[\n");
    for (size_t row = 2; c->at < c->end && status == SPOOR_OK; row++) {
        status = read_row(engine, c, h, key, row, out);
    }
    put_z(out, "]");
    if (status == SPOOR_OK && out->failed) {
        return spoor_engine_fail(engine, SPOOR_ERR_LIMIT, "a table of the user's own holds at most %zu bytes",
                                 (size_t)SPOOR_MAX_QUERY_BYTES);
    }
    return status;
}

/* A letter or _ first: what a query can write without brackets. */
static bool is_name(const char *name) {
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    return len > 0 && len < 200 && name[len] == '\0' && !(name[0] >= '0' && name[0] <= '9');
}

spoor_status spoor_table_import(spoor_engine *engine, const char *name, const char *text, size_t len,
                                const char *search_key) {
    if (!is_name(name)) {
        return spoor_engine_fail(engine, SPOOR_ERR_INPUT,
                                 "a table's name is letters, digits and _, no digit first");
    }
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        len -= 3;
    }
    header *h = calloc(1, sizeof *h);
    csv c = {.at = text, .end = text + len, .cell = malloc(len + 1)};
    text_out out = {0};
    spoor_status status = h == NULL || c.cell == NULL
                              ? spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory")
                              : write_table(engine, &c, search_key, h, &out);
    if (status == SPOOR_OK) {
        spoor_query_options options = {.name = name};
        spoor_query *query;
        status = spoor_prepare(engine, out.ptr, out.len, &options, &query); /* what is kept can be read */
        spoor_message message;
        if (status == SPOOR_ERR_QUERY && spoor_query_message(query, 0, &message)) {
            spoor_engine_fail(engine, status, "the file does not make a table: %s", message.message);
        }
        spoor_query_free(query);
    }
    if (status == SPOOR_OK) {
        status = spoor_engine_save_function(engine, spoor_str_from(name), (spoor_str){out.ptr, out.len},
                                            SPOOR_STR("tables"), SPOOR_STR(""), true);
    }
    if (h != NULL) {
        free_header(h);
    }
    free(h);
    free(c.cell);
    free(out.ptr);
    return status;
}
