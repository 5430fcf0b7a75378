/* writer.c - the life of an ingest: sources, events, commits (see writer.h). */
#include "store/writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/cache.h"
#include "store/encoders.h"
#include "store/identity.h"
#include "store/merge.h"
#include "store/message.h"
#include "store/writer_state.h"

enum { DEFAULT_MEMORY = 128 << 20 };

static spoor_store_status no_memory(spoor_writer *writer) {
    return spoor_store_fail(writer->store, SPOOR_STORE_MEMORY, "out of memory (--memory)");
}

/* Remember the first failure: nothing can be committed after it. */
static spoor_store_status stick(spoor_writer *writer, spoor_store_status status) {
    if (status != SPOOR_STORE_OK && writer->failed == SPOOR_STORE_OK) {
        writer->failed = status;
    }
    return status;
}

/* -- opening and closing ----------------------------------------------------------------------- */

static spoor_store_status next_source_id(spoor_writer *writer) {
    spoor_store_status status;
    sqlite3_stmt *select =
        spoor_store_prepare(writer->store, "SELECT coalesce(max(id), 0) + 1 FROM source", &status);
    if (select != NULL && sqlite3_step(select) == SQLITE_ROW) {
        writer->next_source = sqlite3_column_int64(select, 0);
    }
    sqlite3_finalize(select);
    return status;
}

static spoor_store_status read_content_key(spoor_writer *writer) {
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        writer->store, "SELECT value FROM meta WHERE key = 'content_key'", &status);
    if (select != NULL && sqlite3_step(select) == SQLITE_ROW) {
        spoor_str key = spoor_column_str(select, 0);
        if (key.len == SPOOR_CONTENT_KEY_BYTES) {
            spoor_content_key_expand(&writer->content_key, (const unsigned char *)key.ptr);
        }
    }
    sqlite3_finalize(select);
    return status;
}

const spoor_content_key *spoor_writer_content_key(const spoor_writer *writer) {
    return &writer->content_key;
}

spoor_store_status spoor_writer_open(spoor_store *store, const spoor_writer_options *options,
                                     spoor_writer **out) {
    *out = NULL;
    if (store->mode == SPOOR_STORE_READ) {
        return spoor_store_fail(store, SPOOR_STORE_READ_ONLY, "%s: opened for reading only",
                                store->path);
    }
    if (store->has_writer) {
        return spoor_store_fail(store, SPOOR_STORE_LOCKED, "%s: already being written to",
                                store->path);
    }
    spoor_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        return spoor_store_fail(store, SPOOR_STORE_MEMORY, "out of memory");
    }
    writer->store = store;
    writer->options = options != NULL ? *options : (spoor_writer_options){0};
    if (writer->options.memory_bytes == 0) {
        size_t quarter = store->memory->limit / 4;
        bool tight = quarter > 0 && quarter < DEFAULT_MEMORY;
        writer->options.memory_bytes = tight ? quarter : DEFAULT_MEMORY;
    }
    spoor_store_status status = SPOOR_STORE_OK;
    if (!spoor_memory_take(store->memory, writer->options.memory_bytes)) {
        free(writer);
        return spoor_store_fail(store, SPOOR_STORE_MEMORY, "out of memory (--memory)");
    }
    spoor_cache_set_limit(store->cache, writer->options.memory_bytes / 2); /* of its own readers */
    status = spoor_writer_take_mark(store);
    writer->is_open = status == SPOOR_STORE_OK;
    store->has_writer = writer->is_open;
    status = status == SPOOR_STORE_OK ? spoor_store_load_names(store) : status;
    status = status == SPOOR_STORE_OK ? next_source_id(writer) : status;
    status = status == SPOOR_STORE_OK ? read_content_key(writer) : status;
    if (status == SPOOR_STORE_OK) {
        writer->encoders = spoor_encoders_new(store, &writer->inserts, writer->options.threads);
        writer->identity = spoor_identity_new(store);
        status = writer->encoders == NULL || writer->identity == NULL ? no_memory(writer) : status;
    }
    if (status != SPOOR_STORE_OK) {
        spoor_writer_close(writer);
        return status;
    }
    *out = writer;
    return SPOOR_STORE_OK;
}

void spoor_writer_close(spoor_writer *writer) {
    if (writer == NULL) {
        return;
    }
    spoor_store *store = writer->store;
    spoor_encoders_free(writer->encoders);
    spoor_identity_free(writer->identity);
    spoor_writer_free_builders(writer);
    spoor_inserts_finish(&writer->inserts);
    if (writer->is_open) {
        if (writer->has_committed && !store->is_temporary && store->open_snapshots == 0) {
            spoor_store_merge(store, false, writer->options.cancel, NULL);
        }
        spoor_writer_drop_mark(store);
        store->has_writer = false;
        if (!store->is_temporary) {
            /* Merging leaves pages behind; a store is as large as what it holds. */
            spoor_store_exec(store, "PRAGMA incremental_vacuum");
            sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        }
    }
    for (uint32_t i = 0; i < writer->nsources; i++) {
        free(writer->sources[i].path);
        free(writer->sources[i].shape);
        spoor_bytes_free(&writer->sources[i].origins);
    }
    free(writer->sources);
    spoor_cache_set_limit(store->cache, 0);
    spoor_memory_give(store->memory, writer->options.memory_bytes);
    free(writer);
}

/* -- sources ----------------------------------------------------------------------------------- */

static char *copy_text(const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy != NULL) {
        memcpy(copy, text, size);
    }
    return copy;
}

static void set_digest(spoor_run_source *source, const unsigned char *digest) {
    memcpy(source->digest, digest, sizeof source->digest);
    for (size_t i = 0; i < sizeof source->digest; i++) {
        source->has_digest |= source->digest[i] != 0;
    }
}

static spoor_run_source *new_source(spoor_writer *writer, const spoor_writer_source *given) {
    if (writer->nsources == writer->sources_capacity) {
        uint32_t capacity = writer->sources_capacity == 0 ? 16 : writer->sources_capacity * 2;
        spoor_run_source *grown = realloc(writer->sources, capacity * sizeof *grown);
        if (grown == NULL) {
            return NULL;
        }
        writer->sources = grown;
        writer->sources_capacity = capacity;
    }
    char *path = copy_text(given->path);
    if (path == NULL) {
        return NULL;
    }
    spoor_run_source *source = &writer->sources[writer->nsources++];
    *source = (spoor_run_source){.path = path,
                                 .shape = given->shape == NULL ? NULL : copy_text(given->shape),
                                 .size = given->size};
    set_digest(source, given->digest);
    return source;
}

void spoor_writer_set_digest(spoor_writer *writer, const unsigned char digest[SPOOR_SHA256_BYTES]) {
    if (writer->in_source) {
        set_digest(&writer->sources[writer->nsources - 1], digest);
    }
}

spoor_store_status spoor_writer_known_sizes(spoor_writer *writer, int64_t **sizes, size_t *count) {
    *sizes = NULL;
    *count = 0;
    size_t capacity = 0;
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        writer->store, "SELECT DISTINCT size FROM source WHERE size >= 0 ORDER BY size", &status);
    while (select != NULL && status == SPOOR_STORE_OK && sqlite3_step(select) == SQLITE_ROW) {
        if (*count == capacity) {
            capacity = capacity == 0 ? 64 : capacity * 2;
            int64_t *grown = realloc(*sizes, capacity * sizeof *grown);
            if (grown == NULL) {
                status = no_memory(writer);
                break;
            }
            *sizes = grown;
        }
        (*sizes)[(*count)++] = sqlite3_column_int64(select, 0);
    }
    sqlite3_finalize(select);
    return status;
}

/* A complete source with this content, in the store or in this run; 0: none. */
static spoor_store_status find_same(spoor_writer *writer, spoor_run_source *source) {
    if (!source->has_digest) {
        return SPOOR_STORE_OK;
    }
    for (uint32_t i = 0; i + 1 < writer->nsources; i++) {
        const spoor_run_source *other = &writer->sources[i];
        if (other->has_digest && other->is_ended && other->is_complete &&
            memcmp(other->digest, source->digest, sizeof source->digest) == 0) {
            source->same_as = other->same_as != 0 ? other->same_as : other->id;
            source->is_saved = strcmp(other->path, source->path) == 0;
            return SPOOR_STORE_OK;
        }
    }
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        writer->store,
        "SELECT id, path = ?2 FROM source WHERE sha256 = ?1 AND state IN ('complete', 'same')"
        " ORDER BY path <> ?2, id LIMIT 1",
        &status);
    if (select != NULL) {
        sqlite3_bind_blob(select, 1, source->digest, sizeof source->digest, SQLITE_STATIC);
        sqlite3_bind_text(select, 2, source->path, -1, SQLITE_STATIC);
        if (sqlite3_step(select) == SQLITE_ROW) {
            source->same_as = sqlite3_column_int64(select, 0);
            source->is_saved = sqlite3_column_int(select, 1) != 0; /* nothing new to say */
        }
    }
    sqlite3_finalize(select);
    return status;
}

/* What the store has of this path: the row to go on with when the file has grown or was not read
 * to its end. */
static spoor_store_status find_grown(spoor_writer *writer, spoor_run_source *source,
                                     bool *has_grown) {
    *has_grown = false;
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        writer->store,
        "SELECT id, size, done_records, state FROM source WHERE path = ? AND state <> 'same'"
        " ORDER BY id DESC LIMIT 1",
        &status);
    if (select == NULL) {
        return status;
    }
    sqlite3_bind_text(select, 1, source->path, -1, SQLITE_STATIC);
    if (sqlite3_step(select) == SQLITE_ROW) {
        bool is_partial = !spoor_str_is(spoor_column_str(select, 3), "complete");
        int64_t size = sqlite3_column_int64(select, 1);
        if (is_partial || (size >= 0 && source->size > size)) {
            source->id = sqlite3_column_int64(select, 0);
            source->earlier_records = sqlite3_column_int64(select, 2);
            *has_grown = true;
        }
    }
    sqlite3_finalize(select);
    return status;
}

spoor_store_status spoor_writer_begin_source(spoor_writer *writer, const spoor_writer_source *given,
                                             spoor_source_state *state) {
    *state = SPOOR_SOURCE_NEW;
    if (writer->failed != SPOOR_STORE_OK) {
        return writer->failed;
    }
    spoor_run_source *source = new_source(writer, given);
    if (source == NULL) {
        return stick(writer, no_memory(writer));
    }
    writer->in_source = true;
    spoor_store_status status = spoor_identity_next_source(writer);
    status = status == SPOOR_STORE_OK ? find_same(writer, source) : status;
    if (status != SPOOR_STORE_OK) {
        return stick(writer, status);
    }
    if (source->same_as != 0) {
        *state = SPOOR_SOURCE_COMPLETE;
        source->id = writer->next_source++;
        return SPOOR_STORE_OK;
    }
    bool has_grown;
    status = find_grown(writer, source, &has_grown);
    if (has_grown) {
        *state = SPOOR_SOURCE_GROWN;
    } else {
        source->id = writer->next_source++;
    }
    return stick(writer, status);
}

spoor_store_status spoor_writer_end_source(spoor_writer *writer, const char *shape,
                                           uint64_t damaged, bool complete) {
    if (writer->failed != SPOOR_STORE_OK) {
        return writer->failed;
    }
    if (!writer->in_source) {
        return SPOOR_STORE_OK;
    }
    spoor_run_source *source = &writer->sources[writer->nsources - 1];
    if (shape != NULL) {
        free(source->shape);
        source->shape = copy_text(shape);
    }
    source->damaged = damaged;
    source->is_complete = complete;
    source->is_ended = true;
    writer->in_source = false;
    return SPOOR_STORE_OK;
}

/* -- events ------------------------------------------------------------------------------------ */

/* One more place where a stored event is found. */
static spoor_store_status add_origin(spoor_writer *writer, const spoor_event *event, int64_t row) {
    spoor_run_source *source = &writer->sources[writer->nsources - 1];
    if (row >> SPOOR_ROW_BITS != source->id) {
        spoor_bytes_put_varint(&source->origins, (uint64_t)row);
        spoor_bytes_put_varint(&source->origins, event->chunk);
        spoor_bytes_put_varint(&source->origins, event->offset);
        source->norigins++;
    }
    source->ordinal++;
    source->known++;
    source->done_bytes = (int64_t)event->offset;
    writer->counts.known++;
    return source->origins.failed ? no_memory(writer) : SPOOR_STORE_OK;
}

/* Place in its source.  A record that took the place of a stored one (the file was not only grown
 * but rewritten) comes behind all others: row ids stay unique. */
static int64_t row_id(const spoor_run_source *source) {
    int64_t rewritten = source->ordinal < (uint64_t)source->earlier_records
                            ? INT64_C(1) << (SPOOR_ROW_BITS - 1)
                            : 0;
    return source->id << SPOOR_ROW_BITS | rewritten | (int64_t)source->ordinal;
}

static size_t text_bytes(const spoor_event *event) {
    size_t bytes = event->message.len + event->raw_xml.len + event->binary.len +
                   event->provider.len + event->channel.len + event->computer.len;
    for (uint32_t i = 0; i < event->nfields; i++) {
        bytes += event->fields[i].name.len + event->fields[i].text.len;
    }
    return bytes;
}

spoor_store_status spoor_writer_add(spoor_writer *writer, const spoor_event *event) {
    if (writer->failed != SPOOR_STORE_OK) {
        return writer->failed;
    }
    assert(writer->in_source);
    spoor_run_source *source = &writer->sources[writer->nsources - 1];
    if (writer->options.cancel != NULL && *writer->options.cancel) {
        return spoor_store_fail(writer->store, SPOOR_STORE_CANCELLED, "cancelled");
    }
    if (text_bytes(event) > SPOOR_MAX_EVENT_BYTES) {
        source->ordinal++;
        writer->counts.too_large++;
        return SPOOR_STORE_OK;
    }
    bool drop = event->message.len > 0 && spoor_message_is_rebuilt(event);
    spoor_str message = drop ? (spoor_str){0} : event->message;
    spoor_verdict verdict;
    int64_t known_row;
    spoor_store_status status = spoor_identity_judge(writer, event, message, &verdict, &known_row);
    if (status != SPOOR_STORE_OK || verdict == SPOOR_VERDICT_KNOWN) {
        return stick(writer,
                     status != SPOOR_STORE_OK ? status : add_origin(writer, event, known_row));
    }
    int64_t row = row_id(source);
    spoor_builder *builder = spoor_writer_builder(writer, event, verdict == SPOOR_VERDICT_VARIANT);
    if (builder == NULL || !spoor_builder_add(builder, event, row, message)) {
        return stick(writer, no_memory(writer));
    }
    source->ordinal++;
    source->records++;
    source->done_bytes = (int64_t)event->offset;
    writer->counts.added += verdict == SPOOR_VERDICT_NEW ? 1 : 0;
    writer->counts.variants += verdict == SPOOR_VERDICT_VARIANT ? 1 : 0;
    writer->counts.recovered += (event->flags & SPOOR_EVENT_RECOVERED) != 0;
    return stick(writer, spoor_writer_check(writer, builder));
}

/* -- commit ------------------------------------------------------------------------------------ */

static spoor_store_status save_source(spoor_writer *writer, sqlite3_stmt *upsert,
                                      const spoor_run_source *source) {
    const char *state = source->same_as != 0                      ? "same"
                        : source->is_ended && source->is_complete ? "complete"
                                                                  : "partial";
    sqlite3_bind_int64(upsert, 1, source->id);
    sqlite3_bind_text(upsert, 2, source->path, -1, SQLITE_STATIC);
    sqlite3_bind_int64(upsert, 3, source->size);
    if (source->has_digest) {
        sqlite3_bind_blob(upsert, 4, source->digest, sizeof source->digest, SQLITE_STATIC);
    } else {
        sqlite3_bind_null(upsert, 4);
    }
    sqlite3_bind_text(upsert, 5, source->shape == NULL ? "" : source->shape, -1, SQLITE_STATIC);
    sqlite3_bind_int64(upsert, 6, (int64_t)source->records);
    sqlite3_bind_int64(upsert, 7, (int64_t)source->known);
    sqlite3_bind_int64(upsert, 8, (int64_t)source->damaged);
    sqlite3_bind_int64(upsert, 9, source->done_bytes);
    sqlite3_bind_int64(upsert, 10, (int64_t)source->ordinal);
    sqlite3_bind_text(upsert, 11, state, -1, SQLITE_STATIC);
    return spoor_store_run(writer->store, upsert);
}

static spoor_store_status save_origins(spoor_writer *writer) {
    spoor_store_status status;
    sqlite3_stmt *insert =
        spoor_store_prepare(writer->store, "INSERT INTO origin VALUES(?, ?, ?)", &status);
    for (uint32_t i = 0; i < writer->nsources && status == SPOOR_STORE_OK; i++) {
        spoor_run_source *source = &writer->sources[i];
        if (source->norigins > 0) {
            sqlite3_bind_int64(insert, 1, source->id);
            sqlite3_bind_int64(insert, 2, (int64_t)source->norigins);
            sqlite3_bind_blob64(insert, 3, source->origins.ptr, source->origins.len, SQLITE_STATIC);
            status = spoor_store_run(writer->store, insert);
        }
    }
    sqlite3_finalize(insert);
    return status;
}

static spoor_store_status save_sources(spoor_writer *writer) {
    spoor_store_status status;
    sqlite3_stmt *upsert = spoor_store_prepare(
        writer->store,
        "INSERT INTO source VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        " ON CONFLICT(id) DO UPDATE SET size = ?3, sha256 = ?4, shape = ?5,"
        " records = records + ?6, known = ?7, damaged = ?8, done_bytes = ?9,"
        " done_records = max(done_records, ?10), state = ?11",
        &status);
    for (uint32_t i = 0; i < writer->nsources && status == SPOOR_STORE_OK; i++) {
        if (!writer->sources[i].is_saved) {
            status = save_source(writer, upsert, &writer->sources[i]);
        }
    }
    sqlite3_finalize(upsert);
    status = status == SPOOR_STORE_OK ? save_origins(writer) : status;
    return status;
}

spoor_store_status spoor_writer_commit(spoor_writer *writer, spoor_writer_counts *counts) {
    if (writer->failed != SPOOR_STORE_OK) {
        return writer->failed;
    }
    spoor_store *store = writer->store;
    spoor_store_status status = spoor_writer_seal_all(writer);
    status = status == SPOOR_STORE_OK ? spoor_encoders_drain(writer->encoders) : status;
    status = status == SPOOR_STORE_OK ? spoor_store_exec(store, "BEGIN IMMEDIATE") : status;
    if (status != SPOOR_STORE_OK) {
        return stick(writer, status);
    }
    status = spoor_store_exec(store, "UPDATE segment SET state = 1 WHERE state = 0");
    status = status == SPOOR_STORE_OK ? save_sources(writer) : status;
    status = status == SPOOR_STORE_OK ? spoor_store_exec(store, "UPDATE meta SET value = value + 1"
                                                                " WHERE key = 'generation'")
                                      : status;
    status = status == SPOOR_STORE_OK ? spoor_store_exec(store, "COMMIT") : status;
    if (status != SPOOR_STORE_OK) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
        return stick(writer, status);
    }
    for (uint32_t i = 0; i < writer->nsources; i++) {
        spoor_run_source *source = &writer->sources[i];
        source->is_saved = source->is_ended;
        source->origins.len = source->norigins = 0;
        source->records = source->is_ended ? source->records : 0; /* added up in the row */
    }
    writer->has_committed = true;
    if (counts != NULL) {
        *counts = writer->counts;
    }
    return SPOOR_STORE_OK;
}
