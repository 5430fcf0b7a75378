/* store_info.c - what `spoor info` shows: sums over small tables, never over events. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/container.h"

spoor_store_status spoor_store_sources(spoor_store *store,
                                       void (*source)(void *context, const spoor_source_info *info),
                                       void *context) {
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        store, "SELECT path, shape, state, size, records, known, damaged FROM source ORDER BY id",
        &status);
    if (select == NULL) {
        return status;
    }
    int code;
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        spoor_source_info info = {.path = spoor_column_str(select, 0),
                                  .shape = spoor_column_str(select, 1),
                                  .state = spoor_column_str(select, 2),
                                  .size = sqlite3_column_int64(select, 3),
                                  .records = sqlite3_column_int64(select, 4),
                                  .known = sqlite3_column_int64(select, 5),
                                  .damaged = sqlite3_column_int64(select, 6)};
        source(context, &info);
    }
    sqlite3_finalize(select);
    return code == SQLITE_DONE ? SPOOR_STORE_OK
                               : spoor_store_sql_fail(store, code, "reading the sources");
}

/* A min or max that is NULL where no row has one. */
static void read_span(sqlite3_stmt *select, int first, int64_t *min, int64_t *max) {
    bool none = sqlite3_column_type(select, first) == SQLITE_NULL;
    *min = none ? INT64_MAX : sqlite3_column_int64(select, first);
    *max = none ? INT64_MIN : sqlite3_column_int64(select, first + 1);
}

static int64_t file_bytes(const spoor_store *store) {
    struct stat file;
    return !store->is_temporary && stat(store->path, &file) == 0 ? (int64_t)file.st_size : 0;
}

spoor_store_status spoor_store_get_info(spoor_store *store, spoor_store_info *info) {
    *info = (spoor_store_info){.version = store->version, .file_bytes = file_bytes(store)};
    snprintf(info->uuid, sizeof info->uuid, "%s", store->uuid);
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        store,
        "SELECT (SELECT count(*) FROM source), count(*),"
        " total(rows) FILTER (WHERE flags & 2 = 0), total(rows) FILTER (WHERE flags & 2),"
        " total(recovered), total(bytes), min(min_time), max(max_time)"
        " FROM segment WHERE state = 1",
        &status);
    if (select == NULL) {
        return status;
    }
    int code = sqlite3_step(select);
    if (code == SQLITE_ROW) {
        info->sources = sqlite3_column_int64(select, 0);
        info->segments = sqlite3_column_int64(select, 1);
        info->rows = sqlite3_column_int64(select, 2);
        info->variants = sqlite3_column_int64(select, 3);
        info->recovered = sqlite3_column_int64(select, 4);
        info->chunk_bytes = sqlite3_column_int64(select, 5);
        read_span(select, 6, &info->min_time, &info->max_time);
    }
    sqlite3_finalize(select);
    return code == SQLITE_ROW ? SPOOR_STORE_OK
                              : spoor_store_sql_fail(store, code, "reading the segments");
}

#define LIVE_RANGES                                                                                \
    " FROM source_range JOIN segment ON segment.id = source_range.segment"                         \
    " WHERE segment.state = 1 AND segment.flags & 2 = 0"

spoor_store_status spoor_store_logs(spoor_store *store,
                                    void (*log)(void *context, const spoor_log_info *info),
                                    void *context) {
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        store,
        "SELECT computer, channel, source_range.provider, source_range.event_id,"
        " sum(source_range.rows), min(source_range.min_time),"
        " max(source_range.max_time)" LIVE_RANGES " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        &status);
    if (select == NULL) {
        return status;
    }
    int code;
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        bool none = sqlite3_column_type(select, 3) == SQLITE_NULL;
        spoor_log_info info = {.computer = spoor_column_str(select, 0),
                               .channel = spoor_column_str(select, 1),
                               .provider = spoor_column_str(select, 2),
                               .event_id =
                                   none ? SPOOR_EVENT_ABSENT : sqlite3_column_int64(select, 3),
                               .rows = sqlite3_column_int64(select, 4)};
        read_span(select, 5, &info.min_time, &info.max_time);
        log(context, &info);
    }
    sqlite3_finalize(select);
    return code == SQLITE_DONE ? SPOOR_STORE_OK
                               : spoor_store_sql_fail(store, code, "reading the ranges");
}

/* Record ids count up by one in a log, so what lies between the first and the last and is not here
 * was not collected, or was in a file that is not here. */
spoor_store_status spoor_store_hosts(spoor_store *store,
                                     void (*host)(void *context, const spoor_host_info *info),
                                     void *context) {
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        store,
        "SELECT computer, channel, sum(source_range.rows), min(source_range.min_time),"
        " max(source_range.max_time), min(min_record), max(max_record), sum(records),"
        " coalesce(sum(source_range.rows) FILTER (WHERE"
        "  (source_range.provider = 'Microsoft-Windows-Eventlog' AND"
        "   source_range.event_id IN (104, 1102))), 0)" LIVE_RANGES " GROUP BY 1, 2 ORDER BY 1, 2",
        &status);
    if (select == NULL) {
        return status;
    }
    int code;
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        spoor_host_info info = {.computer = spoor_column_str(select, 0),
                                .channel = spoor_column_str(select, 1),
                                .rows = sqlite3_column_int64(select, 2),
                                .cleared = sqlite3_column_int64(select, 8)};
        read_span(select, 3, &info.min_time, &info.max_time);
        read_span(select, 5, &info.min_record, &info.max_record);
        if (info.min_record <= info.max_record) {
            uint64_t between = (uint64_t)info.max_record - (uint64_t)info.min_record + 1;
            uint64_t records = (uint64_t)sqlite3_column_int64(select, 7);
            info.missing = between > records ? (int64_t)(between - records) : 0;
        }
        host(context, &info);
    }
    sqlite3_finalize(select);
    return code == SQLITE_DONE ? SPOOR_STORE_OK
                               : spoor_store_sql_fail(store, code, "reading the ranges");
}

spoor_store_status spoor_store_export(spoor_store *store, const char *path) {
    struct stat there;
    if (stat(path, &there) == 0) {
        return spoor_store_fail(store, SPOOR_STORE_IO, "%s: is there already", path);
    }
    spoor_store_status status;
    sqlite3_stmt *vacuum = spoor_store_prepare(store, "VACUUM INTO ?", &status);
    if (vacuum == NULL) {
        return status;
    }
    sqlite3_bind_text(vacuum, 1, path, -1, SQLITE_STATIC);
    int code = sqlite3_step(vacuum), kind = code & 0xFF;
    if (kind == SQLITE_FULL || kind == SQLITE_CANTOPEN ||
        kind == SQLITE_IOERR) { /* it is the copy that fails */
        status = spoor_store_fail(store, SPOOR_STORE_IO, "%s: cannot be written (%s)", path,
                                  kind == SQLITE_FULL ? "the disk is full"
                                                      : strerror(sqlite3_system_errno(store->db)));
    } else if (code != SQLITE_DONE) {
        status = spoor_store_sql_fail(store, code, "copying");
    }
    sqlite3_finalize(vacuum);
    if (status != SPOOR_STORE_OK) {
        unlink(path); /* what there is of it; nothing was there before */
    }
    return status;
}
