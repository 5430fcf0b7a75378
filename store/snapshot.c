/* snapshot.c - the list of segments of one read transaction, and columns as callers name them.
 *
 * A snapshot that is closed is kept: while nothing changes in the file, the next one is the same, and
 * the directories of all segments need not be read again for each query of a session. */
#include "store/snapshot.h"

#include <stdlib.h>

#include "store/row_check.h"

/* -- segments ---------------------------------------------------------------------------------- */

spoor_store_status spoor_stored_segment_read(spoor_store *store, sqlite3_stmt *row,
                                             spoor_stored_segment *segment) {
    *segment = (spoor_stored_segment){.store = store};
    spoor_str provider = spoor_column_str(row, 2), directory = spoor_column_str(row, 10);
    segment->provider = malloc(provider.len + 1);
    segment->bytes = malloc(directory.len + 1);
    bool no_memory = segment->provider == NULL || segment->bytes == NULL;
    if (!no_memory) {
        memcpy(segment->provider, provider.len == 0 ? "" : provider.ptr, provider.len);
        memcpy(segment->bytes, directory.len == 0 ? "" : directory.ptr, directory.len);
        int flags = sqlite3_column_int(row, 1);
        segment->is_variant = (flags & 2) != 0;
        bool has_time = sqlite3_column_type(row, 5) != SQLITE_NULL;
        segment->seen = (spoor_segment){
            .id = sqlite3_column_int64(row, 0),
            .rows = (uint32_t)sqlite3_column_int64(row, 4),
            .is_mixed = (flags & 1) != 0,
            .provider = {segment->provider, provider.len},
            .event_id = sqlite3_column_int64(row, 3),
            .min_time = has_time ? sqlite3_column_int64(row, 5) : INT64_MAX,
            .max_time = has_time ? sqlite3_column_int64(row, 6) : INT64_MIN,
            .first_row = sqlite3_column_int64(row, 7),
        };
        segment->first_chunk = sqlite3_column_int64(row, 8);
        segment->nchunks = (uint32_t)sqlite3_column_int64(row, 9);
        directory.ptr = (char *)segment->bytes;
        bool has_check = store->version >= SPOOR_ROW_CHECK_VERSION;
        uint32_t check = 0;
        bool is_sound = !has_check || spoor_check_take(&directory, &check);
        segment->seen.check = spoor_check_segment(
            &segment->seen, segment->is_variant, segment->first_chunk, segment->nchunks, directory);
        is_sound = is_sound && (!has_check || check == segment->seen.check);
        if (is_sound && spoor_directory_parse(directory, &segment->directory, &no_memory) &&
            segment->directory.rows == segment->seen.rows) {
            return SPOOR_STORE_OK;
        }
    }
    int64_t id = segment->seen.id;
    spoor_stored_segment_free(segment);
    return no_memory ? spoor_store_fail(store, SPOOR_STORE_MEMORY, "out of memory")
                     : spoor_store_fail(store, SPOOR_STORE_CORRUPT,
                                        "%s: damaged (segment %lld: its row does not decode)",
                                        store->path, (long long)id);
}

void spoor_stored_segment_free(spoor_stored_segment *segment) {
    free(segment->provider);
    free(segment->bytes);
    spoor_directory_free(&segment->directory);
    *segment = (spoor_stored_segment){0};
}

/* Here and not by SQLite, which would copy the directories to sort them. */
static int compare_segments(const void *left, const void *right) {
    const spoor_stored_segment *a = left, *b = right;
    if (a->is_variant != b->is_variant) {
        return a->is_variant ? 1 : -1;
    }
    if (a->seen.first_row != b->seen.first_row) {
        return a->seen.first_row < b->seen.first_row ? -1 : 1;
    }
    return (a->seen.id > b->seen.id) - (a->seen.id < b->seen.id);
}

static spoor_store_status read_segments(spoor_snapshot *snapshot) {
    spoor_store *store = snapshot->store;
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        store, "SELECT " SPOOR_SEGMENT_COLUMNS " FROM segment WHERE state = 1", &status);
    uint32_t capacity = 0;
    int code = SQLITE_DONE;
    while (status == SPOOR_STORE_OK && (code = sqlite3_step(select)) == SQLITE_ROW) {
        if (snapshot->nsegments == capacity) {
            capacity = capacity == 0 ? 64 : capacity * 2;
            spoor_stored_segment *grown = realloc(snapshot->segments, capacity * sizeof *grown);
            if (grown == NULL) {
                status = spoor_store_fail(store, SPOOR_STORE_MEMORY, "out of memory");
                break;
            }
            snapshot->segments = grown;
        }
        spoor_stored_segment *segment = &snapshot->segments[snapshot->nsegments];
        status = spoor_stored_segment_read(store, select, segment);
        if (status == SPOOR_STORE_OK) {
            snapshot->nsegments++;
            snapshot->nregular += segment->is_variant ? 0 : 1;
            snapshot->nvisible = snapshot->nregular;
            if (segment->seen.min_time <= segment->seen.max_time) {
                bool newer = !snapshot->has_newest || segment->seen.max_time > snapshot->newest;
                snapshot->newest = newer ? segment->seen.max_time : snapshot->newest;
                snapshot->has_newest = true;
            }
        }
    }
    if (status == SPOOR_STORE_OK && code != SQLITE_DONE) {
        status = spoor_store_sql_fail(store, code, "reading the segments");
    }
    sqlite3_finalize(select);
    if (snapshot->nsegments > 1) {
        qsort(snapshot->segments, snapshot->nsegments, sizeof *snapshot->segments,
              compare_segments);
    }
    for (uint32_t i = 0; i < snapshot->nsegments; i++) {
        snapshot->segments[i].snapshot = snapshot;
        snapshot->segments[i].seen.handle = &snapshot->segments[i];
    }
    return status;
}

static void free_snapshot(spoor_snapshot *snapshot) {
    for (uint32_t i = 0; i < snapshot->nsegments; i++) {
        spoor_stored_segment_free(&snapshot->segments[i]);
    }
    for (uint32_t i = 0; i < snapshot->nsources; i++) {
        free(snapshot->source_paths[i]);
    }
    free(snapshot->source_paths);
    free(snapshot->source_ids);
    free(snapshot->segments);
    free(snapshot);
}

void spoor_snapshot_forget(spoor_store *store) {
    if (store->kept != NULL) {
        free_snapshot(store->kept);
        store->kept = NULL;
    }
}

static spoor_store_status begin_read(spoor_store *store) {
    spoor_store_status status = SPOOR_STORE_OK;
    if (store->open_snapshots == 0 && sqlite3_get_autocommit(store->db) != 0) {
        status = spoor_store_exec(store, "BEGIN");
        store->began_read = status == SPOOR_STORE_OK;
    }
    return status;
}

static void end_read(spoor_store *store) {
    if (--store->open_snapshots == 0 && store->began_read) {
        sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
        store->began_read = false;
    }
}

/* SQLite's count of changes to the file, by whomever, in the transaction: which begins to look at the
 * file with its first read. */
static spoor_store_status data_version(spoor_store *store, uint32_t *version) {
    int code = sqlite3_step(store->any_read);
    sqlite3_reset(store->any_read);
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        code = sqlite3_file_control(store->db, "main", SQLITE_FCNTL_DATA_VERSION, version);
    }
    return code == SQLITE_OK ? SPOOR_STORE_OK
                             : spoor_store_sql_fail(store, code, "reading the file's version");
}

bool spoor_store_version(spoor_store *store, uint32_t *version) {
    pthread_mutex_lock(&store->mutex);
    bool is_settled =
        !store->has_writer && sqlite3_txn_state(store->db, "main") != SQLITE_TXN_WRITE;
    bool ok = is_settled && data_version(store, version) == SPOOR_STORE_OK;
    pthread_mutex_unlock(&store->mutex);
    return ok;
}

/* The kept snapshot if it is of the version, as it was when it was new; else NULL. */
static spoor_snapshot *take_kept(spoor_store *store, uint32_t version) {
    spoor_snapshot *kept = store->kept;
    bool has_new_names = store->names.count > store->names.nsaved;
    if (kept == NULL || kept->data_version != version || has_new_names) {
        spoor_snapshot_forget(store);
        return NULL;
    }
    store->kept = NULL;
    kept->status = SPOOR_STORE_OK;
    kept->nvisible = kept->nregular;
    return kept;
}

/* In the read transaction. */
static spoor_store_status open_snapshot(spoor_store *store, spoor_snapshot **out) {
    uint32_t version = 0;
    if (!store->has_writer) {
        spoor_store_status status = data_version(store, &version);
        *out = status == SPOOR_STORE_OK ? take_kept(store, version) : NULL;
        if (*out != NULL || status != SPOOR_STORE_OK) {
            return status;
        }
    }
    spoor_snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (snapshot == NULL) {
        return spoor_store_fail(store, SPOOR_STORE_MEMORY, "out of memory");
    }
    snapshot->store = store;
    snapshot->data_version = version;
    snapshot->may_be_kept = !store->has_writer;
    spoor_store_status status = store->has_writer ? SPOOR_STORE_OK : spoor_store_load_names(store);
    status = status == SPOOR_STORE_OK ? read_segments(snapshot) : status;
    if (status == SPOOR_STORE_OK) {
        *out = snapshot;
    } else {
        free_snapshot(snapshot);
    }
    return status;
}

spoor_store_status spoor_snapshot_open(spoor_store *store, spoor_snapshot **out) {
    *out = NULL;
    pthread_mutex_lock(&store->mutex);
    spoor_store_status status = begin_read(store);
    if (status == SPOOR_STORE_OK) {
        store->open_snapshots++;
        status = open_snapshot(store, out);
        if (status != SPOOR_STORE_OK) {
            end_read(store);
        }
    }
    pthread_mutex_unlock(&store->mutex);
    return status;
}

void spoor_snapshot_close(spoor_snapshot *snapshot) {
    if (snapshot == NULL) {
        return;
    }
    spoor_store *store = snapshot->store;
    pthread_mutex_lock(&store->mutex);
    end_read(store);
    if (snapshot->may_be_kept && store->kept == NULL) {
        store->kept = snapshot;
    } else {
        free_snapshot(snapshot);
    }
    pthread_mutex_unlock(&store->mutex);
}

uint32_t spoor_snapshot_count(const spoor_snapshot *snapshot) {
    return snapshot->nvisible;
}

void spoor_snapshot_show_variants(spoor_snapshot *snapshot) {
    snapshot->nvisible = snapshot->nsegments;
}

const spoor_segment *spoor_snapshot_segment(const spoor_snapshot *snapshot, uint32_t i) {
    return &snapshot->segments[i].seen;
}

bool spoor_snapshot_newest(const spoor_snapshot *snapshot, int64_t *time) {
    *time = snapshot->newest;
    return snapshot->has_newest;
}

spoor_store_status spoor_snapshot_status(const spoor_snapshot *snapshot) {
    return snapshot->status;
}

const char *spoor_snapshot_error(const spoor_snapshot *snapshot) {
    return spoor_store_error(snapshot->store);
}

/* -- sources ----------------------------------------------------------------------------------- */

spoor_store_status spoor_snapshot_load_sources(spoor_snapshot *snapshot) {
    spoor_store *store = snapshot->store;
    spoor_store_status status = SPOOR_STORE_OK;
    pthread_mutex_lock(&store->mutex);
    sqlite3_stmt *select = NULL;
    if (!snapshot->has_sources) {
        select = spoor_store_prepare(store, "SELECT id, path FROM source ORDER BY id", &status);
    }
    int code = SQLITE_DONE;
    uint32_t capacity = snapshot->nsources;
    while (select != NULL && (code = sqlite3_step(select)) == SQLITE_ROW) {
        if (snapshot->nsources == capacity) {
            capacity = capacity == 0 ? 64 : capacity * 2;
            char **paths = realloc(snapshot->source_paths, capacity * sizeof *paths);
            snapshot->source_paths = paths != NULL ? paths : snapshot->source_paths;
            int64_t *ids = realloc(snapshot->source_ids, capacity * sizeof *ids);
            snapshot->source_ids = ids != NULL ? ids : snapshot->source_ids;
            if (paths == NULL || ids == NULL) {
                code = SQLITE_NOMEM;
                break;
            }
        }
        spoor_str path = spoor_column_str(select, 1);
        char *copy = malloc(path.len + 1);
        if (copy == NULL) {
            code = SQLITE_NOMEM;
            break;
        }
        memcpy(copy, path.len == 0 ? "" : path.ptr, path.len);
        copy[path.len] = '\0';
        snapshot->source_ids[snapshot->nsources] = sqlite3_column_int64(select, 0);
        snapshot->source_paths[snapshot->nsources++] = copy;
    }
    if (status == SPOOR_STORE_OK && code != SQLITE_DONE) {
        status = spoor_store_sql_fail(store, code, "reading the sources");
    }
    sqlite3_finalize(select);
    snapshot->has_sources = status == SPOOR_STORE_OK;
    pthread_mutex_unlock(&store->mutex);
    return status;
}

spoor_str spoor_snapshot_source_path(const spoor_snapshot *snapshot, int64_t source) {
    uint32_t low = 0, high = snapshot->nsources;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (snapshot->source_ids[middle] < source) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < snapshot->nsources && snapshot->source_ids[low] == source
               ? spoor_str_from(snapshot->source_paths[low])
               : (spoor_str){"", 0};
}

/* -- names ------------------------------------------------------------------------------------- */

static bool is_same_but_case(spoor_str a, spoor_str b) {
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        unsigned char x = (unsigned char)a.ptr[i], y = (unsigned char)b.ptr[i];
        x = x >= 'A' && x <= 'Z' ? (unsigned char)(x + 32) : x;
        y = y >= 'A' && y <= 'Z' ? (unsigned char)(y + 32) : y;
        if (x != y) {
            return false;
        }
    }
    return true;
}

bool spoor_snapshot_has_member(spoor_snapshot *snapshot, spoor_str name, spoor_str *near) {
    spoor_store *store = snapshot->store;
    *near = (spoor_str){0};
    pthread_mutex_lock(&store->mutex);
    bool found = spoor_names_find(&store->names, name) != 0;
    for (uint32_t i = 0; !found && i < store->names.nsaved; i++) {
        const spoor_column_name *here = &store->names.list[i];
        if (here->column < 0 && is_same_but_case(here->name, name)) {
            *near = here->name;
            break;
        }
    }
    pthread_mutex_unlock(&store->mutex);
    return found;
}

/* -- chunks ------------------------------------------------------------------------------------ */

static spoor_store_status pin(const spoor_segment *segment, spoor_event_column column,
                              spoor_str member, spoor_type as, bool only_entries,
                              const spoor_chunk **chunk) {
    const spoor_cached *cached = NULL;
    spoor_store_status status =
        spoor_column_pin(segment->handle, column, member, as, only_entries, &cached);
    *chunk = status == SPOOR_STORE_OK ? &cached->chunk : NULL;
    return status;
}

spoor_store_status spoor_chunk_pin(spoor_snapshot *snapshot, const spoor_segment *segment,
                                   spoor_event_column column, spoor_str member, spoor_type as,
                                   const spoor_chunk **chunk) {
    (void)snapshot;
    return pin(segment, column, member, as, false, chunk);
}

spoor_store_status spoor_chunk_pin_entries(spoor_snapshot *snapshot, const spoor_segment *segment,
                                           spoor_event_column column, spoor_str member,
                                           spoor_type as, const spoor_chunk **chunk) {
    (void)snapshot;
    return pin(segment, column, member, as, true, chunk);
}

void spoor_chunk_release(spoor_snapshot *snapshot, const spoor_chunk *chunk) {
    spoor_cache_release(snapshot->store->cache, (const spoor_cached *)chunk, true);
}

void spoor_chunk_drop(spoor_snapshot *snapshot, const spoor_chunk *chunk) {
    spoor_cache_release(snapshot->store->cache, (const spoor_cached *)chunk, false);
}
