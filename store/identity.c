/* identity.c - ranges, readers and the verdict (see identity.h). */
#include "store/identity.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/time.h"
#include "store/encoders.h"
#include "store/row_reader.h"

enum { MAX_READERS = 128 }; /* and no more than fit the writer's memory */

typedef struct stored_range { /* of one event sort of one log in one segment */
    int64_t segment;
    int64_t min_record, max_record; /* min > max: no row has a record id */
    int64_t min_time, max_time;
    int64_t min_source, max_source;
    uint32_t next; /* in the group, + 1 */
} stored_range;

typedef struct group {
    uint64_t hash;   /* of computer, channel, provider, event id; two sorts may share it */
    uint32_t ranges; /* newest, + 1; 0: a free slot */
} group;

/* Record ids of one log that this run has seen: most events are beyond those of the sources before, and
 * no builder needs to be asked.  Two logs may share a hash, and then a range. */
typedef struct log_range {
    uint64_t hash;              /* of computer and channel */
    int64_t min_old, max_old;   /* of earlier sources; min > max: none */
    int64_t min_here, max_here; /* of the one being read */
    bool is_used;
} log_range;

struct spoor_identity {
    spoor_store *store;
    log_range *logs; /* open addressing */
    uint32_t nlogs, nlog_slots;
    stored_range *ranges; /* owned */
    uint32_t nranges, ranges_capacity;
    group *groups; /* open addressing */
    uint32_t ngroups, ngroup_slots;
    int64_t last_segment; /* ranges up to here are read */
    bool is_stale;        /* a builder with earlier rows was sealed */
    spoor_row_reader *readers[MAX_READERS];
    uint32_t nreaders;
    size_t reader_bytes; /* of them all, each as last counted */
    uint64_t clock;
    bool has_old_rows; /* some builder holds rows of an earlier source */
};

struct spoor_identity *spoor_identity_new(spoor_store *store) {
    struct spoor_identity *identity = calloc(1, sizeof *identity);
    if (identity != NULL) {
        identity->store = store;
    }
    return identity;
}

void spoor_identity_free(struct spoor_identity *identity) {
    if (identity == NULL) {
        return;
    }
    for (uint32_t i = 0; i < identity->nreaders; i++) {
        spoor_row_reader_free(identity->readers[i]);
    }
    free(identity->ranges);
    free(identity->groups);
    free(identity->logs);
    free(identity);
}

static spoor_store_status no_memory(spoor_store *store) {
    return spoor_store_fail(store, SPOOR_STORE_MEMORY, "out of memory (--memory)");
}

/* -- ranges ------------------------------------------------------------------------------------ */

static uint64_t sort_hash(spoor_str computer, spoor_str channel, spoor_str provider,
                          int64_t event_id) {
    uint64_t hash = spoor_hash_bytes(computer.ptr, computer.len);
    hash = spoor_hash_combine(hash, spoor_hash_bytes(channel.ptr, channel.len));
    hash = spoor_hash_combine(hash, spoor_hash_bytes(provider.ptr, provider.len));
    return spoor_hash_combine(hash, (uint64_t)event_id);
}

static group *group_of(struct spoor_identity *identity, uint64_t hash) {
    uint32_t slot = (uint32_t)hash & (identity->ngroup_slots - 1);
    while (identity->groups[slot].ranges != 0 && identity->groups[slot].hash != hash) {
        slot = (slot + 1) & (identity->ngroup_slots - 1);
    }
    return &identity->groups[slot];
}

static bool grow_groups(struct spoor_identity *identity) {
    uint32_t old_slots = identity->ngroup_slots;
    group *old = identity->groups;
    uint32_t nslots = old_slots == 0 ? 256 : old_slots * 2;
    group *groups = calloc(nslots, sizeof *groups);
    if (groups == NULL) {
        return false;
    }
    identity->groups = groups;
    identity->ngroup_slots = nslots;
    for (uint32_t i = 0; i < old_slots; i++) {
        if (old[i].ranges != 0) {
            *group_of(identity, old[i].hash) = old[i];
        }
    }
    free(old);
    return true;
}

static bool add_range(struct spoor_identity *identity, uint64_t hash, stored_range range) {
    if (identity->nranges == identity->ranges_capacity) {
        uint32_t capacity = identity->ranges_capacity == 0 ? 256 : identity->ranges_capacity * 2;
        stored_range *grown = realloc(identity->ranges, capacity * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        identity->ranges = grown;
        identity->ranges_capacity = capacity;
    }
    if (identity->ngroups * 2 >= identity->ngroup_slots && !grow_groups(identity)) {
        return false;
    }
    group *g = group_of(identity, hash);
    identity->ngroups += g->ranges == 0 ? 1 : 0;
    range.next = g->ranges;
    identity->ranges[identity->nranges++] = range;
    *g = (group){hash, identity->nranges};
    return true;
}

static log_range *log_of(struct spoor_identity *identity, uint64_t hash) {
    uint32_t slot = (uint32_t)hash & (identity->nlog_slots - 1);
    while (identity->logs[slot].is_used && identity->logs[slot].hash != hash) {
        slot = (slot + 1) & (identity->nlog_slots - 1);
    }
    return &identity->logs[slot];
}

static bool grow_logs(struct spoor_identity *identity) {
    uint32_t old_slots = identity->nlog_slots;
    log_range *old = identity->logs, *logs;
    identity->nlog_slots = old_slots == 0 ? 64 : old_slots * 2;
    logs = calloc(identity->nlog_slots, sizeof *logs);
    if (logs == NULL) {
        identity->nlog_slots = old_slots;
        return false;
    }
    identity->logs = logs;
    for (uint32_t i = 0; i < old_slots; i++) {
        if (old[i].is_used) {
            *log_of(identity, old[i].hash) = old[i];
        }
    }
    free(old);
    return true;
}

/* The range of the event's log, which now holds its record id; NULL: out of memory. */
static const log_range *see_record(struct spoor_identity *identity, const spoor_event *event) {
    if (identity->nlogs * 2 >= identity->nlog_slots && !grow_logs(identity)) {
        return NULL;
    }
    uint64_t hash = spoor_hash_bytes(event->computer.ptr, event->computer.len);
    hash = spoor_hash_combine(hash, spoor_hash_bytes(event->channel.ptr, event->channel.len));
    log_range *log = log_of(identity, hash);
    if (!log->is_used) {
        *log = (log_range){hash, INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN, true};
        identity->nlogs++;
    }
    int64_t record = event->record_id;
    log->min_here = record < log->min_here ? record : log->min_here;
    log->max_here = record > log->max_here ? record : log->max_here;
    return log;
}

static void age_logs(struct spoor_identity *identity) {
    for (uint32_t i = 0; i < identity->nlog_slots; i++) {
        log_range *log = &identity->logs[i];
        log->min_old = log->min_here < log->min_old ? log->min_here : log->min_old;
        log->max_old = log->max_here > log->max_old ? log->max_here : log->max_old;
        log->min_here = INT64_MAX;
        log->max_here = INT64_MIN;
    }
}

/* Ranges of the segments that were written since the last call. */
static spoor_store_status read_ranges(struct spoor_identity *identity) {
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        identity->store,
        "SELECT segment, computer, channel, provider, event_id, min_record, max_record, min_time,"
        " max_time, min_source, max_source FROM source_range WHERE segment > ? ORDER BY segment",
        &status);
    if (select == NULL) {
        return status;
    }
    sqlite3_bind_int64(select, 1, identity->last_segment);
    int code;
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        bool has_id = sqlite3_column_type(select, 4) != SQLITE_NULL;
        bool has_record = sqlite3_column_type(select, 5) != SQLITE_NULL;
        bool has_time = sqlite3_column_type(select, 7) != SQLITE_NULL;
        uint64_t hash = sort_hash(spoor_column_str(select, 1), spoor_column_str(select, 2),
                                  spoor_column_str(select, 3),
                                  has_id ? sqlite3_column_int64(select, 4) : SPOOR_EVENT_ABSENT);
        stored_range range = {
            .segment = sqlite3_column_int64(select, 0),
            .min_record = has_record ? sqlite3_column_int64(select, 5) : INT64_MAX,
            .max_record = has_record ? sqlite3_column_int64(select, 6) : INT64_MIN,
            .min_time = has_time ? sqlite3_column_int64(select, 7) : INT64_MAX,
            .max_time = has_time ? sqlite3_column_int64(select, 8) : INT64_MIN,
            .min_source = sqlite3_column_int64(select, 9),
            .max_source = sqlite3_column_int64(select, 10),
        };
        identity->last_segment = range.segment;
        if (!add_range(identity, hash, range)) {
            code = SQLITE_NOMEM;
            break;
        }
    }
    sqlite3_finalize(select);
    return code == SQLITE_DONE ? SPOOR_STORE_OK
                               : spoor_store_sql_fail(identity->store, code, "reading the ranges");
}

/* -- readers ----------------------------------------------------------------------------------- */

static void drop_reader(struct spoor_identity *identity, uint32_t i) {
    identity->reader_bytes -= identity->readers[i]->counted;
    spoor_row_reader_free(identity->readers[i]);
    identity->readers[i] = identity->readers[--identity->nreaders];
}

void spoor_identity_forget_builder(struct spoor_identity *identity, const spoor_builder *builder) {
    for (uint32_t i = 0; i < identity->nreaders;) {
        if (identity->readers[i]->builder == builder) {
            drop_reader(identity, i);
        } else {
            i++;
        }
    }
    identity->is_stale |= builder->old_rows > 0;
}

static void drop_least_used(struct spoor_identity *identity) {
    uint32_t oldest = 0;
    for (uint32_t i = 1; i < identity->nreaders; i++) {
        bool older = identity->readers[i]->used_at < identity->readers[oldest]->used_at;
        oldest = older ? i : oldest;
    }
    drop_reader(identity, oldest);
}

/* Count what the reader that was just used has come to hold.  Readers have what the builders leave of the
 * writer's memory: where most events are known, builders stay small. */
static void settle_reader(spoor_writer *writer, spoor_row_reader *reader) {
    struct spoor_identity *identity = writer->identity;
    if (reader->bytes == reader->counted) {
        return;
    }
    identity->reader_bytes += reader->bytes - reader->counted;
    reader->counted = reader->bytes;
    size_t memory = writer->options.memory_bytes, half = memory / 2;
    size_t limit = memory - (writer->builder_bytes < half ? writer->builder_bytes : half);
    while (identity->reader_bytes > limit && identity->nreaders > 1) {
        drop_least_used(identity);
    }
}

static spoor_row_reader *new_reader(struct spoor_identity *identity, bool by_row) {
    if (identity->nreaders == MAX_READERS) {
        drop_least_used(identity);
    }
    spoor_row_reader *reader = calloc(1, sizeof *reader);
    if (reader != NULL) {
        reader->store = identity->store;
        reader->by_row = by_row;
        identity->readers[identity->nreaders++] = reader;
    }
    return reader;
}

static spoor_store_status load_segment(spoor_store *store, int64_t id,
                                       spoor_stored_segment *segment) {
    spoor_store_status status;
    sqlite3_stmt *select = spoor_store_prepare(
        store, "SELECT " SPOOR_SEGMENT_COLUMNS " FROM segment WHERE id = ?", &status);
    if (select == NULL) {
        return status;
    }
    sqlite3_bind_int64(select, 1, id);
    status = sqlite3_step(select) == SQLITE_ROW
                 ? spoor_stored_segment_read(store, select, segment)
                 : spoor_store_fail(store, SPOOR_STORE_CORRUPT, "%s: segment %lld is missing",
                                    store->path, (long long)id);
    sqlite3_finalize(select);
    return status;
}

/* A keyed reader of the segment (or of the builder's first `rows` rows). */
static spoor_store_status get_reader(struct spoor_identity *identity, spoor_builder *builder,
                                     uint32_t rows, int64_t segment, bool by_row,
                                     spoor_row_reader **out) {
    spoor_row_reader *reader = NULL;
    for (uint32_t i = 0; i < identity->nreaders && reader == NULL; i++) {
        spoor_row_reader *here = identity->readers[i];
        if (here->by_row == by_row && here->builder == builder &&
            (builder != NULL || here->segment.seen.id == segment)) {
            reader = here;
        }
    }
    spoor_store_status status = SPOOR_STORE_OK;
    if (reader == NULL) {
        reader = new_reader(identity, by_row);
        if (reader == NULL) {
            return no_memory(identity->store);
        }
        reader->builder = builder;
        if (builder == NULL) {
            status = load_segment(identity->store, segment, &reader->segment);
        }
    }
    reader->used_at = ++identity->clock;
    rows = builder == NULL ? reader->segment.seen.rows : rows;
    status = status == SPOOR_STORE_OK ? spoor_row_reader_key(reader, rows) : status;
    if (status != SPOOR_STORE_OK) { /* half made: gone */
        for (uint32_t i = 0; i < identity->nreaders; i++) {
            if (identity->readers[i] == reader) {
                drop_reader(identity, i);
                break;
            }
        }
    }
    *out = reader;
    return status;
}

void spoor_identity_see_old_rows(struct spoor_identity *identity) {
    identity->has_old_rows = true;
}

/* -- the verdict ------------------------------------------------------------------------------- */

typedef struct question {
    spoor_writer *writer;
    const spoor_event *event;
    spoor_str message;
    uint64_t key;
    int64_t own_row; /* by_row: the row that it would be */
    bool by_row;
    bool sees_own; /* rows of its own source count: of an earlier run, or for recovered records */
    const log_range *log; /* NULL: by_row */
    spoor_verdict verdict;
    int64_t row;
} question;

/* Rows that this source added itself in this run are repeats within a file, and kept. */
static bool is_own(const question *q, int64_t row) {
    const spoor_run_source *source = &q->writer->sources[q->writer->nsources - 1];
    return !q->sees_own && row >> SPOOR_ROW_BITS == source->id;
}

static spoor_store_status ask(question *q, spoor_row_reader *reader, uint32_t rows) {
    uint32_t place = 0, row;
    while (q->verdict != SPOOR_VERDICT_KNOWN &&
           spoor_row_reader_find(reader, q->key, &place, &row)) {
        if (row >= rows) {
            continue;
        }
        int64_t stored_row;
        spoor_store_status status = spoor_row_reader_int(reader, SPOOR_COL_ROW, row, &stored_row);
        bool is_same = status == SPOOR_STORE_OK && !is_own(q, stored_row);
        if (is_same && q->by_row) {
            is_same = stored_row == q->own_row;
        } else if (is_same) {
            status = spoor_row_reader_is_event(reader, row, q->event, &is_same);
        }
        if (is_same && status == SPOOR_STORE_OK) {
            bool has_content;
            status = spoor_row_reader_has_content(reader, row, q->event, q->message, &has_content);
            q->row = stored_row;
            q->verdict = has_content ? SPOOR_VERDICT_KNOWN
                         : q->by_row ? q->verdict
                                     : SPOOR_VERDICT_VARIANT;
        }
        if (status != SPOOR_STORE_OK) {
            return status;
        }
    }
    return SPOOR_STORE_OK;
}

static bool may_hold(const question *q, const stored_range *range) {
    const spoor_event *event = q->event;
    if (q->by_row) {
        int64_t source = q->own_row >> SPOOR_ROW_BITS;
        return range->min_source <= source && source <= range->max_source;
    }
    if (!q->sees_own && range->min_source == range->max_source &&
        is_own(q, range->min_source << SPOOR_ROW_BITS)) {
        return false;
    }
    return event->record_id >= range->min_record && event->record_id <= range->max_record &&
           (event->time == SPOOR_EVENT_ABSENT || (event->time >= range->min_time - SPOOR_TICKS_MS &&
                                                  event->time <= range->max_time + SPOOR_TICKS_MS));
}

static spoor_store_status ask_segments(question *q) {
    struct spoor_identity *identity = q->writer->identity;
    if (identity->ngroups == 0) {
        return SPOOR_STORE_OK;
    }
    const spoor_event *event = q->event;
    uint64_t hash = sort_hash(event->computer, event->channel, event->provider, event->event_id);
    spoor_store_status status = SPOOR_STORE_OK;
    for (uint32_t i = group_of(identity, hash)->ranges;
         i != 0 && status == SPOOR_STORE_OK && q->verdict != SPOOR_VERDICT_KNOWN;
         i = identity->ranges[i - 1].next) {
        const stored_range *range = &identity->ranges[i - 1];
        if (may_hold(q, range)) {
            spoor_row_reader *reader;
            status = get_reader(identity, NULL, 0, range->segment, q->by_row, &reader);
            status = status == SPOOR_STORE_OK ? ask(q, reader, UINT32_MAX) : status;
            if (status == SPOOR_STORE_OK) {
                settle_reader(q->writer, reader);
            }
        }
    }
    return status;
}

static spoor_store_status ask_builder(question *q, spoor_builder *builder, bool is_recovered) {
    if (builder == NULL) {
        return SPOOR_STORE_OK;
    }
    if (is_recovered && builder->rows > builder->old_rows) {
        spoor_builder_flush(builder);
    }
    uint32_t rows = is_recovered ? builder->rows : builder->old_rows;
    if (rows == 0 || builder->failed) {
        return SPOOR_STORE_OK;
    }
    spoor_row_reader *reader;
    spoor_store_status status =
        get_reader(q->writer->identity, builder, rows, 0, q->by_row, &reader);
    status = status == SPOOR_STORE_OK ? ask(q, reader, rows) : status;
    if (status == SPOOR_STORE_OK) {
        settle_reader(q->writer, reader);
    }
    return status;
}

static spoor_store_status ask_builders(question *q) {
    spoor_writer *writer = q->writer;
    bool is_recovered = (q->event->flags & SPOOR_EVENT_RECOVERED) != 0;
    int64_t record = q->event->record_id;
    bool is_beyond = q->log != NULL && (record < q->log->min_old || record > q->log->max_old);
    if ((!writer->identity->has_old_rows || is_beyond) && !is_recovered) {
        return SPOOR_STORE_OK;
    }
    spoor_store_status status = SPOOR_STORE_OK;
    for (int variant = 0; variant < 2 && status == SPOOR_STORE_OK; variant++) {
        spoor_builder *found = spoor_writer_find_builder(writer, q->event, variant != 0);
        status = ask_builder(q, found, is_recovered);
        if (status == SPOOR_STORE_OK) {
            status = ask_builder(q, writer->mixed[variant], is_recovered);
        }
    }
    return status;
}

static spoor_store_status ask_all(question *q) {
    spoor_store_status status = ask_segments(q);
    return status == SPOOR_STORE_OK && q->verdict != SPOOR_VERDICT_KNOWN ? ask_builders(q) : status;
}

spoor_store_status spoor_identity_next_source(spoor_writer *writer) {
    struct spoor_identity *identity = writer->identity;
    identity->has_old_rows = false;
    age_logs(identity);
    for (uint32_t i = 0; i < writer->nbuilders + 2; i++) {
        spoor_builder *builder =
            i < writer->nbuilders ? writer->builders[i] : writer->mixed[i - writer->nbuilders];
        if (builder != NULL && builder->rows > 0) {
            if (builder->old_rows < builder->rows) {
                spoor_builder_flush(builder);
            }
            builder->old_rows = builder->rows;
            identity->has_old_rows = true;
        }
    }
    spoor_store_status status = spoor_encoders_drain(writer->encoders);
    identity->is_stale = false;
    return status == SPOOR_STORE_OK ? read_ranges(identity) : status;
}

spoor_store_status spoor_identity_judge(spoor_writer *writer, const spoor_event *event,
                                        spoor_str message, spoor_verdict *verdict, int64_t *row) {
    const spoor_run_source *source = &writer->sources[writer->nsources - 1];
    struct spoor_identity *identity = writer->identity;
    *verdict = SPOOR_VERDICT_NEW;
    *row = 0;
    bool is_before = source->ordinal < (uint64_t)source->earlier_records;
    bool is_recovered = (event->flags & SPOOR_EVENT_RECOVERED) != 0;
    question q = {.writer = writer,
                  .event = event,
                  .message = message,
                  .by_row = event->record_id == SPOOR_EVENT_ABSENT,
                  .sees_own = is_before || is_recovered,
                  .own_row = source->id << SPOOR_ROW_BITS | (int64_t)source->ordinal};
    if (q.by_row && !is_before) {
        return SPOOR_STORE_OK;
    }
    if (!q.by_row && (q.log = see_record(identity, event)) == NULL) {
        return no_memory(writer->store);
    }
    spoor_store_status status = SPOOR_STORE_OK;
    if (identity->is_stale) {
        status = spoor_encoders_drain(writer->encoders);
        status = status == SPOOR_STORE_OK ? read_ranges(identity) : status;
        identity->is_stale = false;
    }
    q.key = q.by_row ? spoor_row_key(q.own_row) : spoor_event_key(event);
    status = status == SPOOR_STORE_OK ? ask_all(&q) : status;
    if (status == SPOOR_STORE_MEMORY) { /* once more, with nothing else pinned */
        for (uint32_t i = 0; i < identity->nreaders; i++) {
            spoor_row_reader_unpin(identity->readers[i]);
        }
        q.verdict = SPOOR_VERDICT_NEW;
        status = ask_all(&q);
    }
    *verdict = q.verdict;
    *row = q.row;
    return status;
}
