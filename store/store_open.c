/* store_open.c - opening, creating and closing the SQLite file; words for all that can fail.
 *
 * A store is known by its application_id; its version is user_version.  A
 * reader on read-only media without a -wal opens it immutable.  A temporary
 * store is unlinked as soon as it is open. */
#include "store/container.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/content_hash.h"
#include "base/random.h"
#include "base/time.h"
#include "store/row_check.h"
#include "store/snapshot.h"
#include "store/store_schema.h"

#define APPLICATION_ID "1397772879" /* 'SPOO' */

enum { BUSY_MS = 10000, UUID_BYTES = 16 };

static _Thread_local char open_error[512]; /* the contract: per thread, of a failed open */

spoor_store_status spoor_store_fail(spoor_store *store, spoor_store_status status,
                                    const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (store->has_mutex) {
        pthread_mutex_lock(&store->mutex);
    }
    vsnprintf(store->error, sizeof store->error, format, args);
    if (store->has_mutex) {
        pthread_mutex_unlock(&store->mutex);
    }
    va_end(args);
    return status;
}

const char *spoor_store_error(const spoor_store *store) {
    return store == NULL ? open_error : store->error;
}

/* May files be made in the folder of this one?  false: errno says why not. */
static bool can_write_beside(const char *path) {
    size_t len = strlen(path);
    char *folder = malloc(len + 2);
    if (folder == NULL) {
        return false;
    }
    memcpy(folder, path, len + 1);
    char *slash = strrchr(folder, '/');
    if (slash == NULL) {
        memcpy(folder, ".", 2);
    } else {
        slash[slash == folder ? 1 : 0] = '\0';
    }
    bool can = access(folder, W_OK) == 0;
    free(folder);
    return can;
}

/* SQLite keeps the reason of the last of several things that it tried: here are the two likely ones. */
static spoor_store_status cannot_open(spoor_store *store) {
    bool is_there = access(store->path, F_OK) == 0;
    if (!is_there && !can_write_beside(store->path)) {
        return spoor_store_fail(store, SPOOR_STORE_READ_ONLY, "%s: cannot be made (%s)",
                                store->path, strerror(errno));
    }
    if (is_there && store->mode == SPOOR_STORE_READ && !can_write_beside(store->path)) {
        return spoor_store_fail(
            store, SPOOR_STORE_READ_ONLY,
            "%s: has a log beside it (-wal), which cannot be read in a folder that cannot be"
            " written; copy both to another",
            store->path);
    }
    return spoor_store_fail(store, SPOOR_STORE_IO, "%s: cannot be opened (%s)", store->path,
                            strerror(sqlite3_system_errno(store->db)));
}

spoor_store_status spoor_store_sql_fail(spoor_store *store, int code, const char *what) {
    bool is_its_own = store->db != NULL && (sqlite3_errcode(store->db) & 0xFF) == (code & 0xFF);
    const char *words = is_its_own ? sqlite3_errmsg(store->db) : sqlite3_errstr(code);
    int extended = store->db != NULL ? sqlite3_extended_errcode(store->db) : code;
    if (extended ==
        SQLITE_IOERR_SHMSIZE) { /* the -shm beside it, which readers need as well, found no room */
        code = SQLITE_FULL;
    }
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return spoor_store_fail(store, SPOOR_STORE_LOCKED, "%s: another process is writing to it",
                                store->path);
    case SQLITE_NOTADB:
        return spoor_store_fail(store, SPOOR_STORE_FOREIGN, "%s: not a spoor store", store->path);
    case SQLITE_READONLY:
        if (extended == SQLITE_READONLY_ROLLBACK) { /* what only a writer may undo */
            return spoor_store_fail(store, SPOOR_STORE_MISSING,
                                    "%s: its making was cut short; spoor ingest begins it again",
                                    store->path);
        }
        /* fall through */
    case SQLITE_PERM:
        return spoor_store_fail(store, SPOOR_STORE_READ_ONLY, "%s: cannot be written (%s)",
                                store->path, words);
    case SQLITE_FULL:
        return spoor_store_fail(store, SPOOR_STORE_FULL, "%s: the disk is full", store->path);
    case SQLITE_CORRUPT:
        return spoor_store_fail(store, SPOOR_STORE_CORRUPT, "%s: damaged (%s: %s)", store->path,
                                what, words);
    case SQLITE_NOMEM:
        return spoor_store_fail(store, SPOOR_STORE_MEMORY, "%s: out of memory", store->path);
    case SQLITE_CANTOPEN: return cannot_open(store);
    default: break;
    }
    return spoor_store_fail(store, SPOOR_STORE_IO, "%s: %s: %s", store->path, what, words);
}

const char *spoor_store_handle_error(spoor_store *store) {
    spoor_store_sql_fail(store, sqlite3_errcode(store->db), "rule runs");
    return store->error;
}

spoor_store_status spoor_store_exec(spoor_store *store, const char *sql) {
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? SPOOR_STORE_OK : spoor_store_sql_fail(store, code, sql);
}

sqlite3_stmt *spoor_store_prepare(spoor_store *store, const char *sql, spoor_store_status *status) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);
    *status = code == SQLITE_OK ? SPOOR_STORE_OK : spoor_store_sql_fail(store, code, sql);
    return code == SQLITE_OK ? statement : NULL;
}

spoor_store_status spoor_store_run(spoor_store *store, sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    spoor_store_status status = code == SQLITE_DONE || code == SQLITE_ROW
                                    ? SPOOR_STORE_OK
                                    : spoor_store_sql_fail(store, code, sqlite3_sql(statement));
    sqlite3_reset(statement);
    return status;
}

spoor_str spoor_column_str(sqlite3_stmt *statement, int column) {
    const void *bytes = sqlite3_column_blob(statement, column);
    return (spoor_str){bytes, (size_t)sqlite3_column_bytes(statement, column)};
}

void spoor_bind_str(sqlite3_stmt *statement, int parameter, spoor_str text) {
    sqlite3_bind_text64(statement, parameter, text.len == 0 ? "" : text.ptr, text.len,
                        SQLITE_TRANSIENT, SQLITE_UTF8);
}

spoor_packer *spoor_store_borrow_packer(spoor_store *store) {
    spoor_packer *packer = NULL;
    pthread_mutex_lock(&store->mutex);
    for (int i = 0; i < SPOOR_SPARE_PACKERS && packer == NULL; i++) {
        packer = store->packers[i];
        store->packers[i] = NULL;
    }
    pthread_mutex_unlock(&store->mutex);
    return packer != NULL ? packer : spoor_packer_new();
}

void spoor_store_return_packer(spoor_store *store, spoor_packer *packer) {
    if (packer == NULL) {
        return;
    }
    spoor_packer_trim(packer);
    pthread_mutex_lock(&store->mutex);
    for (int i = 0; i < SPOOR_SPARE_PACKERS && packer != NULL; i++) {
        if (store->packers[i] == NULL) {
            store->packers[i] = packer;
            packer = NULL;
        }
    }
    pthread_mutex_unlock(&store->mutex);
    spoor_packer_free(packer);
}

struct sqlite3 *spoor_store_handle(spoor_store *store) {
    return store->db;
}

/* -- creating ---------------------------------------------------------------------------------- */

static int64_t pragma_number(spoor_store *store, const char *sql, int *code) {
    sqlite3_stmt *statement = NULL;
    int64_t value = 0;
    *code = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);
    if (*code == SQLITE_OK) {
        *code = sqlite3_step(statement);
        value = *code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
        *code = *code == SQLITE_ROW || *code == SQLITE_DONE ? SQLITE_OK : *code;
    }
    sqlite3_finalize(statement);
    return value;
}

static spoor_store_status insert_system_names(spoor_store *store) {
    spoor_store_status status;
    sqlite3_stmt *insert = spoor_store_prepare(store, SPOOR_INSERT_NAME, &status);
    int64_t id = 0;
    for (int i = 0; insert != NULL && status == SPOOR_STORE_OK && i < SPOOR_COL_NSTORED; i++) {
        const char *name = spoor_stored_column_name(i);
        if (name != NULL) {
            status = spoor_store_insert_name(store, insert, ++id, false, spoor_str_from(name));
        }
    }
    sqlite3_finalize(insert);
    return status;
}

spoor_store_status spoor_store_insert_name(spoor_store *store, sqlite3_stmt *insert, int64_t id,
                                           bool is_member, spoor_str name) {
    spoor_bytes bytes = {0};
    spoor_bytes_put(&bytes, name.ptr, name.len);
    if (store->version >= SPOOR_ROW_CHECK_VERSION) {
        spoor_check_put(&bytes, spoor_check_name(id, is_member, name));
    }
    sqlite3_bind_int64(insert, 1, id);
    sqlite3_bind_int(insert, 2, is_member);
    sqlite3_bind_blob64(insert, 3, bytes.len == 0 ? (const void *)"" : bytes.ptr, bytes.len,
                        SQLITE_TRANSIENT);
    spoor_store_status status =
        bytes.failed ? spoor_store_fail(store, SPOOR_STORE_MEMORY, "%s: out of memory", store->path)
                     : spoor_store_run(store, insert);
    spoor_bytes_free(&bytes);
    return status;
}

static spoor_store_status insert_meta(spoor_store *store) {
    unsigned char bytes[UUID_BYTES];
    sqlite3_randomness(sizeof bytes, bytes);
    bytes[6] = (unsigned char)((bytes[6] & 0x0F) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3F) | 0x80);
    char uuid[40], *at = uuid;
    for (int i = 0; i < UUID_BYTES; i++) {
        at += snprintf(at, 4, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", bytes[i]);
    }
    spoor_store_status status;
    sqlite3_stmt *insert =
        spoor_store_prepare(store,
                            "INSERT INTO meta VALUES('uuid', ?1), ('generation', 1), ('created', "
                            "?2), ('content_key', ?3)",
                            &status);
    unsigned char key[SPOOR_CONTENT_KEY_BYTES];
    if (insert != NULL && !spoor_random_bytes(key, sizeof key)) {
        status = spoor_store_fail(store, SPOOR_STORE_IO, "%s: the system has no random bytes",
                                  store->path);
    } else if (insert != NULL) {
        sqlite3_bind_blob(insert, 3, key, sizeof key, SQLITE_STATIC);
        sqlite3_bind_text(insert, 1, uuid, -1, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 2, spoor_time_now());
        status = spoor_store_run(store, insert);
    }
    sqlite3_finalize(insert);
    return status;
}

static spoor_store_status create_tables(spoor_store *store) {
    spoor_store_status status = spoor_store_exec(
        store, store->is_temporary ? "PRAGMA page_size=16384; PRAGMA journal_mode=MEMORY;"
                                     "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=OFF"
                                   : "PRAGMA page_size=16384; PRAGMA auto_vacuum=INCREMENTAL;"
                                     "PRAGMA journal_mode=WAL");
    if (status == SPOOR_STORE_OK) {
        status = spoor_store_exec(store, "BEGIN IMMEDIATE");
    }
    if (status != SPOOR_STORE_OK) {
        return status;
    }
    int code;
    if (pragma_number(store, "SELECT count(*) FROM sqlite_master", &code) > 0) {
        return spoor_store_exec(store, "ROLLBACK"); /* another process was faster */
    }
    char version[64];
    snprintf(version, sizeof version, "PRAGMA user_version=%d", SPOOR_STORE_SCHEMA);
    store->version = SPOOR_STORE_SCHEMA;
    status = spoor_store_exec(store, "PRAGMA application_id=" APPLICATION_ID);
    status = status == SPOOR_STORE_OK ? spoor_store_exec(store, version) : status;
    status = status == SPOOR_STORE_OK ? spoor_store_exec(store, SPOOR_SCHEMA_SQL) : status;
    status = status == SPOOR_STORE_OK ? insert_system_names(store) : status;
    status = status == SPOOR_STORE_OK ? insert_meta(store) : status;
    status = status == SPOOR_STORE_OK ? spoor_store_exec(store, "COMMIT") : status;
    if (status != SPOOR_STORE_OK) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return status;
}

/* -- opening ----------------------------------------------------------------------------------- */

spoor_store_status spoor_store_load_names(spoor_store *store) {
    pthread_mutex_lock(&store->mutex);
    if (store->names.count > store->names.nsaved) { /* never saved: others may have the ids */
        spoor_names_free(&store->names);
    }
    uint32_t have = store->names.count;
    pthread_mutex_unlock(&store->mutex);
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        store, "SELECT id, is_member, name FROM column WHERE id > ? ORDER BY id", &status);
    if (select == NULL) {
        return status;
    }
    sqlite3_bind_int64(select, 1, have);
    int code;
    bool ok = true;
    pthread_mutex_lock(&store->mutex);
    while (ok && (code = sqlite3_step(select)) == SQLITE_ROW) {
        spoor_str name = spoor_column_str(select, 2);
        int64_t id = sqlite3_column_int64(select, 0);
        bool is_member = sqlite3_column_int(select, 1) != 0;
        uint32_t check;
        if (id != (int64_t)store->names.count + 1 ||
            (store->version >= SPOOR_ROW_CHECK_VERSION &&
             !(spoor_check_take(&name, &check) &&
               check == spoor_check_name(id, is_member, name)))) {
            code = SQLITE_CORRUPT;
            break;
        }
        if (is_member) {
            uint32_t before = store->names.count;
            ok = spoor_names_add(&store->names, name) == before + 1;
            continue;
        }
        int column = -1;
        for (int i = 0; i < SPOOR_COL_NSTORED; i++) {
            const char *known = spoor_stored_column_name(i);
            column = known != NULL && spoor_str_is(name, known) ? i : column;
        }
        char text[64];
        snprintf(text, sizeof text, "%.*s", (int)(name.len < 60 ? name.len : 60),
                 name.len > 0 ? name.ptr : "");
        ok = spoor_names_add_system(&store->names, column, text);
    }
    store->names.nsaved = store->names.count;
    pthread_mutex_unlock(&store->mutex);
    sqlite3_finalize(select);
    if (!ok) {
        return spoor_store_fail(store, SPOOR_STORE_MEMORY, "%s: out of memory, or damaged names",
                                store->path);
    }
    return code == SQLITE_DONE ? SPOOR_STORE_OK
                               : spoor_store_sql_fail(store, code, "reading the column names");
}

static spoor_store_status check_identity(spoor_store *store) {
    int code;
    int64_t id = pragma_number(store, "PRAGMA application_id", &code);
    if (code != SQLITE_OK) {
        return spoor_store_sql_fail(store, code, "reading the header");
    }
    bool is_empty =
        id == 0 && pragma_number(store, "SELECT count(*) FROM sqlite_master", &code) == 0;
    if (code != SQLITE_OK) {
        return spoor_store_sql_fail(store, code, "reading the header");
    }
    bool may_create = store->mode == SPOOR_STORE_CREATE || store->is_temporary;
    if (is_empty && may_create) {
        spoor_store_status status = create_tables(store);
        if (status != SPOOR_STORE_OK) {
            return status;
        }
        id = pragma_number(store, "PRAGMA application_id", &code);
    } else if (is_empty) { /* being made just now, or its making was cut short */
        return spoor_store_fail(store, SPOOR_STORE_MISSING, "%s: nothing was ingested into it yet",
                                store->path);
    }
    char expected[24];
    snprintf(expected, sizeof expected, "%lld", (long long)id);
    if (strcmp(expected, APPLICATION_ID) != 0) {
        return spoor_store_fail(store, SPOOR_STORE_FOREIGN, "%s: not a spoor store", store->path);
    }
    int64_t version = pragma_number(store, "PRAGMA user_version", &code);
    if (version > SPOOR_STORE_SCHEMA) {
        return spoor_store_fail(store, SPOOR_STORE_NEWER,
                                "%s: made by a newer spoor (store version %lld; this one knows %d)",
                                store->path, (long long)version, SPOOR_STORE_SCHEMA);
    }
    if (version < SPOOR_STORE_OLDEST) {
        return spoor_store_fail(store, SPOOR_STORE_FOREIGN, "%s: unknown store version %lld",
                                store->path, (long long)version);
    }
    store->version = (int)version;
    return SPOOR_STORE_OK;
}

/* The statement stays: it is what begins each snapshot's view of the file (snapshot.c). */
static spoor_store_status load_uuid(spoor_store *store) {
    spoor_store_status status;
    store->any_read =
        spoor_store_prepare(store, "SELECT value FROM meta WHERE key = 'uuid'", &status);
    if (store->any_read != NULL && sqlite3_step(store->any_read) == SQLITE_ROW) {
        spoor_str uuid = spoor_column_str(store->any_read, 0);
        snprintf(store->uuid, sizeof store->uuid, "%.*s", (int)(uuid.len < 39 ? uuid.len : 39),
                 uuid.len > 0 ? uuid.ptr : "");
    }
    sqlite3_reset(store->any_read);
    return status;
}

/* A file: URI with what is special in one escaped. */
static char *immutable_uri(const char *path) {
    static const char tail[] = "?immutable=1";
    char *uri = malloc(strlen(path) * 3 + sizeof "file:" + sizeof tail);
    if (uri == NULL) {
        return NULL;
    }
    char *at = uri + snprintf(uri, sizeof "file:", "file:");
    for (; *path != '\0'; path++) {
        if (*path == '%' || *path == '?' || *path == '#') {
            at += snprintf(at, 4, "%%%02X", (unsigned)(unsigned char)*path);
        } else {
            *at++ = *path;
        }
    }
    memcpy(at, tail, sizeof tail);
    return uri;
}

/* A reader that may not write beside the file, and need not: there is no log to read. */
static bool wants_immutable(const char *path) {
    size_t size = strlen(path) + sizeof "-wal";
    char *beside = malloc(size);
    if (beside == NULL) {
        return false;
    }
    snprintf(beside, size, "%s-wal", path);
    struct stat log;
    bool has_log = stat(beside, &log) == 0 && log.st_size > 0;
    free(beside);
    return !has_log && !can_write_beside(path);
}

static spoor_store_status open_file(spoor_store *store) {
    if (store->mode == SPOOR_STORE_READ || store->mode == SPOOR_STORE_WRITE) {
        struct stat file;
        if (stat(store->path, &file) != 0) {
            return errno == ENOENT || errno == ENOTDIR
                       ? spoor_store_fail(store, SPOOR_STORE_MISSING, "%s: no store here",
                                          store->path)
                       : spoor_store_fail(store, SPOOR_STORE_IO, "%s: %s", store->path,
                                          strerror(errno));
        }
        if (!S_ISREG(file.st_mode)) {
            return spoor_store_fail(store, SPOOR_STORE_FOREIGN, "%s: not a file", store->path);
        }
    }
    int flags = store->mode == SPOOR_STORE_READ    ? SQLITE_OPEN_READONLY
                : store->mode == SPOOR_STORE_WRITE ? SQLITE_OPEN_READWRITE
                                                   : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    char *uri = store->mode == SPOOR_STORE_READ && wants_immutable(store->path)
                    ? immutable_uri(store->path)
                    : NULL;
    int code =
        sqlite3_open_v2(uri != NULL ? uri : store->path, &store->db,
                        flags | SQLITE_OPEN_FULLMUTEX | (uri != NULL ? SQLITE_OPEN_URI : 0), NULL);
    free(uri);
    if (code != SQLITE_OK) {
        return spoor_store_sql_fail(store, code, "opening");
    }
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, BUSY_MS);
    return SPOOR_STORE_OK;
}

static spoor_store_status make_temporary(spoor_store *store, const char *folder) {
    size_t size = strlen(folder) + sizeof "/spoor-XXXXXX";
    store->path = malloc(size);
    if (store->path == NULL) {
        return spoor_store_fail(store, SPOOR_STORE_MEMORY, "out of memory");
    }
    snprintf(store->path, size, "%s/spoor-XXXXXX", folder);
    int file = mkstemp(store->path); /* 0600 */
    if (file < 0) {
        return spoor_store_fail(store, SPOOR_STORE_IO, "%s: cannot make a temporary file: %s",
                                folder, strerror(errno));
    }
    close(file);
    return SPOOR_STORE_OK;
}

/* What is read of every store. */
static spoor_store_status read_head(spoor_store *store) {
    spoor_store_status status = check_identity(store);
    if (status == SPOOR_STORE_OK && !store->is_temporary) {
        status = spoor_store_exec(
            store, store->mode == SPOOR_STORE_READ
                       ? "PRAGMA cache_size=-16384"
                       : "PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=67108864;"
                         "PRAGMA cache_size=-16384; PRAGMA foreign_keys=OFF");
    }
    status = status == SPOOR_STORE_OK ? load_uuid(store) : status;
    return status == SPOOR_STORE_OK ? spoor_store_load_names(store) : status;
}

static spoor_store_status open_store(spoor_store *store, const char *path) {
    spoor_store_status status = SPOOR_STORE_OK;
    if (store->is_temporary) {
        status = make_temporary(store, path);
    } else {
        store->path = malloc(strlen(path) + 1);
        if (store->path == NULL) {
            return spoor_store_fail(store, SPOOR_STORE_MEMORY, "out of memory");
        }
        memcpy(store->path, path, strlen(path) + 1);
    }
    status = status == SPOOR_STORE_OK ? open_file(store) : status;
    bool is_reader =
        store->mode == SPOOR_STORE_READ; /* in one transaction: each one has its system calls */
    status = status == SPOOR_STORE_OK && is_reader ? spoor_store_exec(store, "BEGIN") : status;
    status = status == SPOOR_STORE_OK ? read_head(store) : status;
    status = status == SPOOR_STORE_OK && is_reader ? spoor_store_exec(store, "COMMIT") : status;
    if (store->is_temporary && store->path != NULL) {
        unlink(store->path);
    }
    if (status == SPOOR_STORE_OK) {
        store->cache = spoor_cache_new(store->memory);
        if (store->cache == NULL) {
            status = spoor_store_fail(store, SPOOR_STORE_MEMORY, "out of memory");
        }
    }
    return status;
}

spoor_store_status spoor_store_open(const char *path, spoor_store_mode mode, spoor_memory *memory,
                                    spoor_store **out) {
    *out = NULL;
    spoor_store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        snprintf(open_error, sizeof open_error, "out of memory");
        return SPOOR_STORE_MEMORY;
    }
    store->mode = mode;
    store->is_temporary = mode == SPOOR_STORE_TEMPORARY;
    sqlite3_randomness(sizeof store->names.seed, &store->names.seed);
    store->memory = memory != NULL ? memory : &store->own_memory;
    pthread_mutexattr_t recursive;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    store->has_mutex = pthread_mutex_init(&store->mutex, &recursive) == 0;
    pthread_mutexattr_destroy(&recursive);
    pthread_mutex_init(&store->pending_mutex, NULL);
    spoor_store_status status = open_store(store, path);
    if (status != SPOOR_STORE_OK) {
        memcpy(open_error, store->error, sizeof open_error);
        spoor_store_close(store);
        return status;
    }
    *out = store;
    return SPOOR_STORE_OK;
}

void spoor_store_close(spoor_store *store) {
    if (store == NULL) {
        return;
    }
    spoor_snapshot_forget(store);
    sqlite3_finalize(store->any_read);
    spoor_cache_free(store->cache);
    for (int i = 0; i < SPOOR_SPARE_PACKERS; i++) {
        spoor_packer_free(store->packers[i]);
    }
    spoor_names_free(&store->names);
    sqlite3_close_v2(store->db);
    if (store->has_mutex) {
        pthread_mutex_destroy(&store->mutex);
    }
    pthread_mutex_destroy(&store->pending_mutex);
    free(store->path);
    free(store);
}
