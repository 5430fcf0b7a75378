/* user_table.c - small tables of the user's own, and watchlists: CSV in, a saved view out.
 *
 * Such a table is a saved function whose body is a datatable, so that it is
 * stored, copied and committed as functions are, and is bound as its text is.
 * That holds for as much as one text may (SPOOR_MAX_QUERY_BYTES); logs go
 * through ingest. */
#include <stdlib.h>

#include "base/limits.h"
#include "engine/csv.h"
#include "engine/engine.h"
#include "engine/keep.h"
#include "engine/query.h"
#include "engine/table_text.h"

enum { MAX_TABLE_COLUMNS = 500 };

/* -- CSV --------------------------------------------------------------------------------------- */

typedef struct header {
    spoor_str names[MAX_TABLE_COLUMNS]; /* malloc */
    size_t count;
} header;

static void free_header(header *h) {
    for (size_t i = 0; i < h->count; i++) {
        free((char *)h->names[i].ptr);
    }
}

/* The next cell; false: there is none that ends. */
static bool next_cell(spoor_engine *engine, spoor_csv *c, size_t row) {
    spoor_csv_next(c);
    if (c->is_open) {
        spoor_engine_fail(engine, SPOOR_ERR_INPUT, "row %zu has a quote that is not closed", row);
    }
    return !c->is_open;
}

static spoor_status read_header(spoor_engine *engine, spoor_csv *c, header *h) {
    do {
        if (!next_cell(engine, c, 1)) {
            return SPOOR_ERR_INPUT;
        }
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
static spoor_status read_row(spoor_engine *engine, spoor_csv *c, const header *h, size_t key,
                             size_t row, spoor_table_text *out) {
    size_t start = out->len, n = 0, key_start = 0, key_end = 0;
    bool is_blank = true;
    do {
        if (!next_cell(engine, c, row)) {
            return SPOOR_ERR_INPUT;
        }
        is_blank = is_blank && c->len == 0;
        if (n < h->count) {
            size_t before = out->len;
            spoor_table_put_string(out, (spoor_str){c->cell, c->len});
            key_start = n == key ? before : key_start;
            key_end = n == key ? out->len : key_end;
            spoor_table_put_z(out, ",");
        }
        n++;
    } while (!c->is_last);
    if (is_blank) {
        out->len = start;
        return SPOOR_OK;
    }
    if (n != h->count) {
        return spoor_engine_fail(engine, SPOOR_ERR_INPUT,
                                 "row %zu has %zu cells, and the header %zu", row, n, h->count);
    }
    if (!out->failed) { /* the search key again: put() may move what it copies from */
        char *again = malloc(key_end - key_start + 1);
        out->failed = again == NULL;
        if (again != NULL) {
            memcpy(again, out->ptr + key_start, key_end - key_start);
            spoor_table_put(out, again, key_end - key_start);
            spoor_table_put_z(out, ",\n");
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

static spoor_status write_table(spoor_engine *engine, spoor_csv *c, const char *search_key,
                                header *h, spoor_table_text *out) {
    size_t key;
    spoor_status status = read_header(engine, c, h);
    if (status == SPOOR_OK) {
        status = find_key(engine, h, search_key, &key);
    }
    if (status != SPOOR_OK) {
        return status;
    }
    spoor_table_put_z(out, "datatable(");
    for (size_t i = 0; i < h->count; i++) {
        spoor_table_put_z(out, "[");
        spoor_table_put_string(out, h->names[i]);
        spoor_table_put_z(out, "]:string,");
    }
    spoor_table_put_z(out, "SearchKey:string)[\n");
    for (size_t row = 2; c->at < c->end && status == SPOOR_OK; row++) {
        status = read_row(engine, c, h, key, row, out);
    }
    spoor_table_put_z(out, "]");
    if (status == SPOOR_OK && out->failed) {
        return spoor_engine_fail(engine, SPOOR_ERR_LIMIT,
                                 "a table of the user's own holds at most %zu bytes",
                                 (size_t)SPOOR_MAX_QUERY_BYTES);
    }
    return status;
}

spoor_status spoor_table_import(spoor_engine *engine, const char *name, const char *text,
                                size_t len, const char *search_key) {
    if (!spoor_is_kept_name(spoor_str_from(name))) {
        return spoor_engine_fail(engine, SPOOR_ERR_INPUT,
                                 "a table's name is letters, digits and _, no digit first");
    }
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        len -= 3;
    }
    header *h = calloc(1, sizeof *h);
    spoor_csv c = {.at = text, .end = text + len, .cell = malloc(len + 1)};
    spoor_table_text out = {0};
    spoor_status status = h == NULL || c.cell == NULL
                              ? spoor_engine_fail(engine, SPOOR_ERR_MEMORY, "out of memory")
                              : write_table(engine, &c, search_key, h, &out);
    if (status == SPOOR_OK) {
        spoor_query_options options = {.name = name};
        spoor_query *query;
        status = spoor_prepare(engine, out.ptr, out.len, &options,
                               &query); /* what is kept can be read */
        spoor_message message;
        if (status == SPOOR_ERR_QUERY && spoor_query_message(query, 0, &message)) {
            spoor_engine_fail(engine, status, "the file does not make a table: %s",
                              message.message);
        }
        spoor_query_free(query);
    }
    if (status == SPOOR_OK) {
        spoor_keeping keeping = {.name = spoor_str_from(name),
                                 .text = {out.ptr, out.len},
                                 .folder = SPOOR_STR("tables"),
                                 .is_view = true,
                                 .how = SPOOR_KEEP_REPLACE};
        status = spoor_engine_keep(engine, &keeping);
    }
    if (h != NULL) {
        free_header(h);
    }
    free(h);
    free(c.cell);
    free(out.ptr);
    return status;
}

/* -- dropping ---------------------------------------------------------------------------------- */

spoor_status spoor_table_drop(spoor_engine *engine, const char *name) {
    spoor_saved_kind kind = spoor_engine_saved(engine, name);
    if (kind != SPOOR_SAVED_TABLE) {
        return spoor_engine_fail(engine, SPOOR_ERR_INPUT,
                                 kind == SPOOR_SAVED_FUNCTION
                                     ? "'%s' is a function: spoor function delete deletes it"
                                     : "no table of the store's own is named '%s'",
                                 name);
    }
    return spoor_engine_drop(engine, spoor_str_from(name));
}
