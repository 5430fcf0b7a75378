/* merge.c - compaction: neighbours in time of one event sort are decoded, joined and written as one
 * segment, and the old ones deleted, in one transaction.  Rows keep their order. */
#include "store/merge.h"

#include <assert.h>
#include <stdlib.h>

#include "store/segment_insert.h"
#include "store/snapshot.h"
#include "store/writer_state.h"

enum {
    FEW_ROWS = 1 << 14, /* a segment that is worth merging after an ingest ... */
    FEW_SEGMENTS = 4,   /* ... when so many lie together */
    MERGED_TEXT_BYTES = 2 * SPOOR_SEGMENT_TEXT_BYTES,
};

typedef struct candidate {
    int64_t id, event_id;
    char *provider; /* owned */
    int flags;
    uint32_t rows;
} candidate;

typedef struct merger {
    spoor_store *store;
    spoor_packer *packer;
    spoor_inserts inserts;
    candidate *list; /* owned */
    uint32_t count, capacity;
    bool everything;
    volatile bool *cancel;
    spoor_optimize_counts counts;
} merger;

static spoor_store_status no_memory(merger *m) {
    return spoor_store_fail(m->store, SPOOR_STORE_MEMORY, "out of memory (--memory)");
}

/* -- what there is ----------------------------------------------------------------------------- */

static bool add_candidate(merger *m, sqlite3_stmt *row) {
    if (m->count == m->capacity) {
        uint32_t capacity = m->capacity == 0 ? 64 : m->capacity * 2;
        candidate *grown = realloc(m->list, capacity * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        m->list = grown;
        m->capacity = capacity;
    }
    spoor_str provider = spoor_column_str(row, 1);
    char *copy = malloc(provider.len + 1);
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, provider.len == 0 ? "" : provider.ptr, provider.len);
    copy[provider.len] = '\0';
    m->list[m->count++] = (candidate){.id = sqlite3_column_int64(row, 0),
                                      .event_id = sqlite3_column_int64(row, 2),
                                      .provider = copy,
                                      .flags = sqlite3_column_int(row, 3),
                                      .rows = (uint32_t)sqlite3_column_int64(row, 4)};
    return true;
}

static spoor_store_status list_segments(merger *m) {
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        m->store,
        "SELECT id, provider, event_id, flags, rows FROM segment WHERE state = 1"
        " ORDER BY flags, provider, event_id, first_row, id",
        &status);
    int code = SQLITE_DONE;
    while (select != NULL && (code = sqlite3_step(select)) == SQLITE_ROW) {
        if (!add_candidate(m, select)) {
            code = SQLITE_NOMEM;
            break;
        }
    }
    if (status == SPOOR_STORE_OK && code != SQLITE_DONE) {
        status = spoor_store_sql_fail(m->store, code, "reading the segments");
    }
    sqlite3_finalize(select);
    return status;
}

static bool is_same_sort(const candidate *a, const candidate *b) {
    return a->flags == b->flags && a->event_id == b->event_id &&
           strcmp(a->provider, b->provider) == 0;
}

/* -- joining ----------------------------------------------------------------------------------- */

static bool append_text(spoor_build_column *column, const spoor_decoded *decoded, uint32_t rows) {
    uint32_t n = spoor_text_chunk_values(&decoded->raw);
    uint32_t *map = malloc(((size_t)n + 3) * sizeof *map);
    if (map == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < n + 2; i++) {
        map[i] = i == decoded->null_code ? SPOOR_CODE_NULL : SPOOR_CODE_ABSENT;
    }
    uint32_t last = UINT32_MAX;
    for (uint32_t i = 0; i < rows && !column->failed; i++) {
        uint32_t code = decoded->is_raw_constant ? 0 : decoded->raw.codes[i];
        /* Values are entered in order of rows, as an ingest would. */
        if (code != last && (decoded->is_raw_constant || code < n) &&
            map[code] == SPOOR_CODE_ABSENT) {
            spoor_text_kind kind;
            bool is_absent;
            spoor_str text = spoor_decoded_value(decoded, i, &kind, &is_absent);
            map[code] = is_absent                 ? SPOOR_CODE_ABSENT
                        : kind == SPOOR_KIND_NULL ? SPOOR_CODE_NULL
                                                  : spoor_column_code(column, kind, text);
        }
        last = code;
        spoor_column_push_code(column, map[code], 1);
    }
    free(map);
    return !column->failed;
}

static spoor_store_status append_column(merger *m, spoor_builder *builder,
                                        spoor_stored_segment *segment, uint32_t id) {
    const spoor_column_name *name = &m->store->names.list[id - 1];
    spoor_build_column *column =
        name->column < 0 ? spoor_builder_member_add(builder, id) : &builder->system[name->column];
    if (column == NULL) {
        return no_memory(m);
    }
    const spoor_decoded *decoded;
    spoor_store_status status = spoor_decode_pin(segment, id, SPOOR_AS_RAW, &decoded);
    if (status != SPOOR_STORE_OK) {
        return status;
    }
    uint32_t rows = segment->seen.rows;
    bool ok = true;
    if (column->is_ints) {
        for (uint32_t i = 0; i < rows; i++) {
            spoor_column_push_int(column, spoor_decoded_int(decoded, i));
        }
        ok = !column->failed;
    } else {
        ok = append_text(column, decoded, rows);
    }
    spoor_decode_release(segment, decoded);
    return ok ? SPOOR_STORE_OK : no_memory(m);
}

static spoor_store_status append_segment(merger *m, spoor_builder *builder, const candidate *from) {
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        m->store, "SELECT " SPOOR_SEGMENT_COLUMNS " FROM segment WHERE id = ?", &status);
    if (select == NULL) {
        return status;
    }
    sqlite3_bind_int64(select, 1, from->id);
    spoor_stored_segment segment = {0};
    status = sqlite3_step(select) == SQLITE_ROW
                 ? spoor_stored_segment_read(m->store, select, &segment)
                 : spoor_store_fail(m->store, SPOOR_STORE_CORRUPT, "%s: segment %lld is missing",
                                    m->store->path, (long long)from->id);
    sqlite3_finalize(select);
    for (uint32_t i = 0; i < segment.directory.ncolumns && status == SPOOR_STORE_OK; i++) {
        uint32_t id = segment.directory.columns[i].id;
        bool is_text = segment.directory.columns[i].form == SPOOR_FORM_TEXT ||
                       segment.directory.columns[i].form == SPOOR_FORM_TEXT_CONSTANT;
        const spoor_column_name *name =
            id <= m->store->names.count ? &m->store->names.list[id - 1] : NULL;
        bool is_sound = name != NULL && name->is_known &&
                        is_text == (name->column < 0 || !spoor_stored_column_is_ints(name->column));
        status = is_sound
                     ? append_column(m, builder, &segment, id)
                     : spoor_store_fail(m->store, SPOOR_STORE_CORRUPT,
                                        "%s: segment %lld: column %u is not what its name says",
                                        m->store->path, (long long)from->id, (unsigned)id);
    }
    if (status == SPOOR_STORE_OK) {
        builder->rows += segment.seen.rows;
        spoor_builder_flush(builder); /* fills the columns that this one lacks */
        builder->min_time =
            segment.seen.min_time < builder->min_time ? segment.seen.min_time : builder->min_time;
        builder->max_time =
            segment.seen.max_time > builder->max_time ? segment.seen.max_time : builder->max_time;
        builder->first_row = segment.seen.first_row < builder->first_row ? segment.seen.first_row
                                                                         : builder->first_row;
        status = builder->failed ? no_memory(m) : status;
    }
    spoor_stored_segment_free(&segment);
    return status;
}

/* -- replacing --------------------------------------------------------------------------------- */

static spoor_store_status delete_segment(merger *m, int64_t id) {
    char sql[400];
    sqlite3_snprintf(
        sizeof sql, sql,
        "DELETE FROM chunk WHERE id >= (SELECT first_chunk FROM segment WHERE id = %lld)"
        " AND id < (SELECT first_chunk + chunks FROM segment WHERE id = %lld);"
        "DELETE FROM source_range WHERE segment = %lld;"
        "DELETE FROM segment WHERE id = %lld",
        (long long)id, (long long)id, (long long)id, (long long)id);
    return spoor_store_exec(m->store, sql);
}

static spoor_store_status replace(merger *m, const spoor_builder *builder, const candidate *old,
                                  uint32_t count) {
    spoor_encoded encoded;
    spoor_ranges ranges;
    spoor_segment_encode(m->packer, builder, &encoded);
    spoor_ranges_collect(builder, &ranges);
    spoor_store_status status = encoded.failed || ranges.failed
                                    ? no_memory(m)
                                    : spoor_store_exec(m->store, "BEGIN IMMEDIATE");
    if (status == SPOOR_STORE_OK) {
        int64_t id;
        status = spoor_segment_insert(m->store, &m->inserts, builder, &encoded, &ranges, 1, &id);
        for (uint32_t i = 0; i < count && status == SPOOR_STORE_OK; i++) {
            status = delete_segment(m, old[i].id);
        }
        status = status == SPOOR_STORE_OK
                     ? spoor_store_exec(m->store, "UPDATE meta SET value = value + 1"
                                                  " WHERE key = 'generation'; COMMIT")
                     : status;
        if (status != SPOOR_STORE_OK) {
            sqlite3_exec(m->store->db, "ROLLBACK", NULL, NULL, NULL);
        }
    }
    spoor_encoded_free(&encoded);
    free(ranges.list);
    return status;
}

/* Join list[from .. from + count), or as many of them as stay below the limit of text; *done: how
 * many. */
static spoor_store_status join(merger *m, uint32_t from, uint32_t count, uint32_t *done) {
    const candidate *first = &m->list[from];
    spoor_builder *builder =
        spoor_builder_new(&m->store->names, spoor_str_from(first->provider), first->event_id);
    *done = count;
    if (builder == NULL) {
        return no_memory(m);
    }
    builder->is_mixed = (first->flags & 1) != 0;
    builder->is_variant = (first->flags & 2) != 0;
    spoor_store_status status = SPOOR_STORE_OK;
    uint32_t n = 0;
    while (n < count && status == SPOOR_STORE_OK &&
           (n == 0 || spoor_builder_text_bytes(builder) < MERGED_TEXT_BYTES)) {
        status = append_segment(m, builder, &first[n++]);
    }
    if (status == SPOOR_STORE_OK && n > 1) {
        status = replace(m, builder, first, n);
        m->counts.segments_after -= status == SPOOR_STORE_OK ? n - 1 : 0;
        m->counts.rows += builder->rows;
    }
    *done = n;
    spoor_builder_free(builder);
    return status;
}

/* How many from here on to join; 0 or 1: none. */
static uint32_t choose(const merger *m, uint32_t from) {
    uint32_t n = 0, rows = 0;
    bool is_mixed = (m->list[from].flags & 1) != 0;
    uint32_t most = m->everything ? SPOOR_MAX_SEGMENT_ROWS / 2
                    : is_mixed    ? SPOOR_MIXED_ROWS /* full as an ingest leaves them */
                                  : FEW_ROWS;
    while (from + n < m->count && is_same_sort(&m->list[from], &m->list[from + n]) &&
           m->list[from + n].rows < most &&
           rows + m->list[from + n].rows <= SPOOR_MAX_SEGMENT_ROWS) {
        rows += m->list[from + n].rows;
        n++;
    }
    return m->everything || n >= FEW_SEGMENTS ? n : 0;
}

spoor_store_status spoor_store_merge(spoor_store *store, bool everything, volatile bool *cancel,
                                     spoor_optimize_counts *counts) {
    merger m = {.store = store, .everything = everything, .cancel = cancel};
    m.packer = spoor_packer_new();
    spoor_store_status status = m.packer == NULL ? no_memory(&m) : list_segments(&m);
    m.counts.segments_before = m.counts.segments_after = m.count;
    for (uint32_t i = 0; i < m.count && status == SPOOR_STORE_OK;) {
        if (cancel != NULL && *cancel) {
            status = spoor_store_fail(store, SPOOR_STORE_CANCELLED, "cancelled");
            break;
        }
        uint32_t n = choose(&m, i), done = 1;
        if (n > 1) {
            status = join(&m, i, n, &done);
        }
        i += done;
    }
    for (uint32_t i = 0; i < m.count; i++) {
        free(m.list[i].provider);
    }
    free(m.list);
    spoor_inserts_finish(&m.inserts);
    spoor_packer_free(m.packer);
    if (counts != NULL) {
        *counts = m.counts;
    }
    return status;
}

spoor_store_status spoor_store_optimize(spoor_store *store, bool everything, volatile bool *cancel,
                                        spoor_optimize_counts *counts) {
    if (store->mode == SPOOR_STORE_READ) {
        return spoor_store_fail(store, SPOOR_STORE_READ_ONLY, "%s: opened for reading only",
                                store->path);
    }
    assert(store->open_snapshots == 0);
    spoor_store_status status = spoor_writer_take_mark(store);
    if (status != SPOOR_STORE_OK) {
        return status;
    }
    store->has_writer = true;
    status = spoor_store_load_names(store);
    status =
        status == SPOOR_STORE_OK ? spoor_store_merge(store, everything, cancel, counts) : status;
    store->has_writer = false;
    spoor_store_status dropped = spoor_writer_drop_mark(store);
    status = status == SPOOR_STORE_OK ? dropped : status;
    if (status == SPOOR_STORE_OK && !store->is_temporary) {
        status = everything ? spoor_store_exec(store, "PRAGMA incremental_vacuum") : status;
        sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    return status;
}
