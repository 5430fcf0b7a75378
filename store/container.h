/* container.h - the SQLite file itself: what all files of store/ share, and nobody else. */
#ifndef SPOOR_STORE_CONTAINER_H
#define SPOOR_STORE_CONTAINER_H

#include <pthread.h>
#include <sqlite3.h>

#include "store/names.h"
#include "store/pack.h"

enum {
    SPOOR_STORE_OLDEST = 1,
    SPOOR_STORE_SCHEMA = 2,
    SPOOR_SPARE_PACKERS = 16
}; /* versions of the file */

struct spoor_cache;

struct spoor_store {
    sqlite3 *db;
    char *path;
    spoor_store_mode mode;
    int version; /* of the file */
    bool is_temporary;
    spoor_memory *memory; /* never NULL */
    spoor_memory own_memory;
    pthread_mutex_t mutex; /* guards db while several threads read, names, error */
    bool has_mutex;
    pthread_mutex_t
        pending_mutex; /* who reads codes that were left pending: chunk_decode.c, dict_census.c */
    char error[512];
    spoor_names names;
    struct spoor_cache *cache;                  /* decoded chunks (cache.h) */
    spoor_packer *packers[SPOOR_SPARE_PACKERS]; /* for readers */
    uint32_t open_snapshots;                    /* share one read transaction ... */
    bool began_read;                            /* ... which the first of them began */
    bool has_writer;
    sqlite3_stmt *any_read; /* begins the read transaction's view of the file */
    spoor_snapshot *kept;   /* closed, for the next one if the file has not changed; NULL: none */
    char uuid[40];
};

/* Record words and return the status. */
spoor_store_status spoor_store_fail(spoor_store *store, spoor_store_status status,
                                    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same for an SQLite result code; `what` says what was tried. */
spoor_store_status spoor_store_sql_fail(spoor_store *store, int code, const char *what);
spoor_store_status spoor_store_exec(spoor_store *store, const char *sql);
/* NULL on failure, which is recorded; *status says. */
sqlite3_stmt *spoor_store_prepare(spoor_store *store, const char *sql, spoor_store_status *status);
/* Step once, expecting no row; resets. */
spoor_store_status spoor_store_run(spoor_store *store, sqlite3_stmt *statement);
spoor_str spoor_column_str(sqlite3_stmt *statement,
                           int column); /* text or blob, until the next step */
void spoor_bind_str(sqlite3_stmt *statement, int parameter, spoor_str text);
/* A packer of its own for the calling thread, and back; NULL: out of memory. */
spoor_packer *spoor_store_borrow_packer(spoor_store *store);
void spoor_store_return_packer(spoor_store *store, spoor_packer *packer);
/* A row of `column`, by a statement of SPOOR_INSERT_NAME. */
#define SPOOR_INSERT_NAME "INSERT INTO column(id, is_member, name) VALUES(?, ?, ?)"
spoor_store_status spoor_store_insert_name(spoor_store *store, sqlite3_stmt *insert, int64_t id,
                                           bool is_member, spoor_str name);
/* Names that others may have added since. */
spoor_store_status spoor_store_load_names(spoor_store *store);

#endif
