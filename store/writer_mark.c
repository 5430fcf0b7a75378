/* writer_mark.c - one writer at a time: a row of `meta` says who, and whether it still lives.
 *
 * No transaction is held between the short ones of an ingest, so saved
 * functions can be written meanwhile.  A mark whose process is gone (its id
 * and start time are compared) is taken over, and its pending rows go. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/writer_state.h"

/* When a process started, in ticks since boot; 0: not known, or dead and not yet reaped.  Field 22
 * of /proc/PID/stat, counted from the last ')' because the name before it may hold anything. */
static long long start_time(long pid) {
    char path[48], text[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return 0;
    }
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[len] = '\0';
    const char *at = strrchr(text, ')');
    if (at != NULL && (strncmp(at, ") Z", 3) == 0 || strncmp(at, ") X", 3) == 0)) {
        return 0;
    }
    for (int field = 2; at != NULL && field < 22; field++) {
        at = strchr(at + 1, ' ');
    }
    return at == NULL ? 0 : strtoll(at, NULL, 10);
}

static bool is_alive(const char *mark) {
    char *end;
    long pid = strtol(mark, &end, 10);
    long long started = strtoll(end, NULL, 10);
    if (pid <= 0 || (kill((pid_t)pid, 0) != 0 && errno == ESRCH)) {
        return false;
    }
    return start_time(pid) == started; /* both 0 where there is no /proc: believed alive */
}

static spoor_store_status remove_pending(spoor_store *store) {
    return spoor_store_exec(
        store, "DELETE FROM source_range WHERE segment IN (SELECT id FROM segment WHERE state = 0);"
               "DELETE FROM chunk WHERE id IN (SELECT chunk.id FROM segment JOIN chunk ON chunk.id"
               " BETWEEN first_chunk AND first_chunk + chunks - 1 WHERE state = 0);"
               "DELETE FROM segment WHERE state = 0");
}

static spoor_store_status read_mark(spoor_store *store, char mark[64]) {
    spoor_store_status status;
    sqlite3_stmt *select =
        spoor_store_prepare(store, "SELECT value FROM meta WHERE key = 'writer'", &status);
    mark[0] = '\0';
    if (select != NULL && sqlite3_step(select) == SQLITE_ROW) {
        spoor_str value = spoor_column_str(select, 0);
        snprintf(mark, 64, "%.*s", (int)(value.len < 63 ? value.len : 63),
                 value.len == 0 ? "" : value.ptr);
    }
    sqlite3_finalize(select);
    return status;
}

static spoor_store_status write_mark(spoor_store *store) {
    char mark[64];
    long pid = (long)getpid();
    snprintf(mark, sizeof mark, "%ld %lld", pid, start_time(pid));
    spoor_store_status status;
    sqlite3_stmt *insert =
        spoor_store_prepare(store, "INSERT OR REPLACE INTO meta VALUES('writer', ?)", &status);
    if (insert != NULL) {
        sqlite3_bind_text(insert, 1, mark, -1, SQLITE_STATIC);
        status = spoor_store_run(store, insert);
    }
    sqlite3_finalize(insert);
    return status;
}

spoor_store_status spoor_writer_take_mark(spoor_store *store) {
    spoor_store_status status = spoor_store_exec(store, "BEGIN IMMEDIATE");
    if (status != SPOOR_STORE_OK) {
        return status;
    }
    char mark[64];
    status = read_mark(store, mark);
    if (status == SPOOR_STORE_OK && mark[0] != '\0' && is_alive(mark)) {
        status = spoor_store_fail(store, SPOOR_STORE_LOCKED, "%s: process %ld is ingesting into it",
                                  store->path, strtol(mark, NULL, 10));
    }
    status = status == SPOOR_STORE_OK ? remove_pending(store) : status;
    status = status == SPOOR_STORE_OK ? write_mark(store) : status;
    status = status == SPOOR_STORE_OK ? spoor_store_exec(store, "COMMIT") : status;
    if (status != SPOOR_STORE_OK) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return status;
}

spoor_store_status spoor_writer_drop_mark(spoor_store *store) {
    spoor_store_status status = spoor_store_exec(store, "BEGIN IMMEDIATE");
    if (status != SPOOR_STORE_OK) {
        return status;
    }
    status = remove_pending(store);
    status = status == SPOOR_STORE_OK
                 ? spoor_store_exec(store, "DELETE FROM meta WHERE key = 'writer'")
                 : status;
    status = status == SPOOR_STORE_OK ? spoor_store_exec(store, "COMMIT") : status;
    if (status != SPOOR_STORE_OK) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return status;
}
