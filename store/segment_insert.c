/* segment_insert.c - rows for a segment, its chunks, its ranges and new names (see the header). */
#include "store/segment_insert.h"

#include "base/hash.h"
#include "store/row_check.h"

/* -- ranges ------------------------------------------------------------------------------------ */

typedef struct range_key {
    uint32_t computer, channel, provider;
    int64_t event_id;
} range_key;

static spoor_str text_of(const spoor_builder *builder, int column, uint32_t code) {
    spoor_text_kind kind;
    return code < SPOOR_CODE_FIRST ? (spoor_str){"", 0}
                                   : spoor_column_entry(&builder->system[column], code, &kind);
}

static void widen(int64_t value, int64_t *min, int64_t *max) {
    *min = value < *min ? value : *min;
    *max = value > *max ? value : *max;
}

static void add_row(const spoor_builder *builder, spoor_range *range, uint32_t row) {
    int64_t record = spoor_column_int_at(&builder->system[SPOOR_COL_RECORD_ID], row);
    int64_t time = spoor_column_int_at(&builder->system[SPOOR_COL_TIME], row);
    int64_t source = spoor_column_int_at(&builder->system[SPOOR_COL_ROW], row) >> SPOOR_ROW_BITS;
    range->rows++;
    if (record != SPOOR_EVENT_ABSENT) {
        range->records++;
        widen(record, &range->min_record, &range->max_record);
    }
    if (time != SPOOR_EVENT_ABSENT) {
        widen(time, &range->min_time, &range->max_time);
    }
    widen(source, &range->min_source, &range->max_source);
}

static bool new_range(const spoor_builder *builder, spoor_ranges *ranges, range_key key) {
    if (ranges->count == ranges->capacity) {
        uint32_t capacity = ranges->capacity == 0 ? 16 : ranges->capacity * 2;
        spoor_range *grown = realloc(ranges->list, capacity * sizeof *grown);
        if (grown == NULL) {
            ranges->failed = true;
            return false;
        }
        ranges->list = grown;
        ranges->capacity = capacity;
    }
    ranges->list[ranges->count++] =
        (spoor_range){.computer = text_of(builder, SPOOR_COL_COMPUTER, key.computer),
                      .channel = text_of(builder, SPOOR_COL_CHANNEL, key.channel),
                      .provider = text_of(builder, SPOOR_COL_PROVIDER, key.provider),
                      .event_id = key.event_id,
                      .min_record = INT64_MAX,
                      .max_record = INT64_MIN,
                      .min_time = INT64_MAX,
                      .max_time = INT64_MIN,
                      .min_source = INT64_MAX,
                      .max_source = INT64_MIN};
    return true;
}

static bool key_eq(range_key a, range_key b) {
    return a.computer == b.computer && a.channel == b.channel && a.provider == b.provider &&
           a.event_id == b.event_id;
}

static uint32_t key_slot(range_key key, uint32_t mask) {
    uint64_t hash = spoor_hash_u64((uint64_t)key.computer << 32 | key.channel);
    hash = spoor_hash_combine(hash, (uint64_t)key.provider << 40 ^ (uint64_t)key.event_id);
    return (uint32_t)hash & mask;
}

/* The range of the key, found through an open-addressing table of `mask` + 1 slots. */
static uint32_t find_range(const spoor_builder *builder, spoor_ranges *ranges, range_key key,
                           range_key *keys, uint32_t *slots, uint32_t mask) {
    uint32_t slot = key_slot(key, mask);
    while (slots[slot] != 0 && !key_eq(keys[slots[slot] - 1], key)) {
        slot = (slot + 1) & mask;
    }
    if (slots[slot] == 0 && new_range(builder, ranges, key)) {
        keys[ranges->count - 1] = key;
        slots[slot] = ranges->count;
    }
    return ranges->failed ? 0 : slots[slot] - 1;
}

void spoor_ranges_collect(const spoor_builder *builder, spoor_ranges *ranges) {
    *ranges = (spoor_ranges){0};
    uint32_t nslots = 16;
    while (nslots < builder->rows * 2) {
        nslots *= 2;
    }
    const spoor_build_column *system = builder->system;
    bool single =
        system[SPOOR_COL_COMPUTER].codes == NULL && system[SPOOR_COL_CHANNEL].codes == NULL &&
        system[SPOOR_COL_PROVIDER].codes == NULL && system[SPOOR_COL_EVENT_ID].ints == NULL;
    nslots = single ? 16 : nslots;
    uint32_t *slots = calloc(nslots, sizeof *slots);
    range_key *keys = malloc(nslots * sizeof *keys);
    ranges->failed = slots == NULL || keys == NULL;
    uint32_t last = 0;
    for (uint32_t i = 0; i < builder->rows && !ranges->failed; i++) {
        range_key key = {spoor_column_code_at(&system[SPOOR_COL_COMPUTER], i),
                         spoor_column_code_at(&system[SPOOR_COL_CHANNEL], i),
                         spoor_column_code_at(&system[SPOOR_COL_PROVIDER], i),
                         spoor_column_int_at(&system[SPOOR_COL_EVENT_ID], i)};
        if (ranges->count == 0 || !key_eq(keys[last], key)) {
            last = find_range(builder, ranges, key, keys, slots, nslots - 1);
        }
        if (!ranges->failed) {
            add_row(builder, &ranges->list[last], i);
        }
    }
    free(slots);
    free(keys);
}

/* -- rows -------------------------------------------------------------------------------------- */

void spoor_inserts_finish(spoor_inserts *inserts) {
    sqlite3_finalize(inserts->segment);
    sqlite3_finalize(inserts->chunk);
    sqlite3_finalize(inserts->range);
    sqlite3_finalize(inserts->name);
    *inserts = (spoor_inserts){0};
}

static spoor_store_status prepare(spoor_store *store, spoor_inserts *inserts) {
    spoor_store_status status = SPOOR_STORE_OK;
    if (inserts->segment == NULL) {
        inserts->segment = spoor_store_prepare(
            store,
            "INSERT INTO segment(state, flags, provider, event_id, rows, min_time, max_time,"
            " first_row, recovered, bytes, first_chunk, chunks, directory)"
            " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &status);
    }
    if (status == SPOOR_STORE_OK && inserts->chunk == NULL) {
        inserts->chunk =
            spoor_store_prepare(store, "INSERT INTO chunk(id, data) VALUES(?, ?)", &status);
    }
    if (status == SPOOR_STORE_OK && inserts->range == NULL) {
        inserts->range = spoor_store_prepare(
            store, "INSERT INTO source_range VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &status);
    }
    if (status == SPOOR_STORE_OK && inserts->name == NULL) {
        inserts->name = spoor_store_prepare(store, SPOOR_INSERT_NAME, &status);
    }
    if (status == SPOOR_STORE_OK && inserts->next_chunk == 0) {
        sqlite3_stmt *most =
            spoor_store_prepare(store, "SELECT coalesce(max(id), 0) + 1 FROM chunk", &status);
        if (most != NULL && sqlite3_step(most) == SQLITE_ROW) {
            inserts->next_chunk = sqlite3_column_int64(most, 0);
        }
        sqlite3_finalize(most);
    }
    return status;
}

static spoor_store_status insert_names(spoor_store *store, sqlite3_stmt *insert) {
    spoor_store_status status = SPOOR_STORE_OK;
    spoor_names *names = &store->names;
    while (status == SPOOR_STORE_OK && names->nsaved < names->count) {
        spoor_str name = names->list[names->nsaved].name;
        status = spoor_store_insert_name(store, insert, names->nsaved + 1, true, name);
        names->nsaved += status == SPOOR_STORE_OK ? 1 : 0;
    }
    return status;
}

static void bind_span(sqlite3_stmt *insert, int first, int64_t min, int64_t max) {
    if (min > max) {
        sqlite3_bind_null(insert, first);
        sqlite3_bind_null(insert, first + 1);
    } else {
        sqlite3_bind_int64(insert, first, min);
        sqlite3_bind_int64(insert, first + 1, max);
    }
}

static spoor_store_status insert_ranges(spoor_store *store, sqlite3_stmt *insert,
                                        const spoor_ranges *ranges, int64_t segment) {
    spoor_store_status status = SPOOR_STORE_OK;
    for (uint32_t i = 0; i < ranges->count && status == SPOOR_STORE_OK; i++) {
        const spoor_range *range = &ranges->list[i];
        sqlite3_bind_int64(insert, 1, segment);
        spoor_bind_str(insert, 2, range->computer);
        spoor_bind_str(insert, 3, range->channel);
        spoor_bind_str(insert, 4, range->provider);
        if (range->event_id == SPOOR_EVENT_ABSENT) {
            sqlite3_bind_null(insert, 5);
        } else {
            sqlite3_bind_int64(insert, 5, range->event_id);
        }
        sqlite3_bind_int64(insert, 6, range->rows);
        bind_span(insert, 7, range->min_record, range->max_record);
        bind_span(insert, 9, range->min_time, range->max_time);
        sqlite3_bind_int64(insert, 11, range->records);
        sqlite3_bind_int64(insert, 12, range->min_source);
        sqlite3_bind_int64(insert, 13, range->max_source);
        status = spoor_store_run(store, insert);
    }
    return status;
}

static int64_t count_recovered(const spoor_builder *builder) {
    int64_t count = 0;
    const spoor_build_column *flags = &builder->system[SPOOR_COL_FLAGS];
    for (uint32_t i = 0; i < builder->rows; i++) {
        count += (spoor_column_int_at(flags, i) & SPOOR_EVENT_RECOVERED) != 0;
    }
    return count;
}

/* The checksum of the row about to be bound, behind its directory. */
static void put_check(const spoor_inserts *inserts, const spoor_builder *builder,
                      spoor_encoded *encoded) {
    bool has_time = builder->min_time <= builder->max_time;
    spoor_segment segment = {.rows = builder->rows,
                             .is_mixed = builder->is_mixed,
                             .provider = builder->provider,
                             .event_id = builder->event_id,
                             .min_time = has_time ? builder->min_time : INT64_MAX,
                             .max_time = has_time ? builder->max_time : INT64_MIN,
                             .first_row = builder->first_row};
    spoor_str directory = {(const char *)encoded->directory.ptr, encoded->directory.len};
    spoor_check_put(&encoded->directory,
                    spoor_check_segment(&segment, builder->is_variant, inserts->next_chunk,
                                        encoded->nchunks, directory));
}

static spoor_store_status insert_segment(spoor_store *store, spoor_inserts *inserts,
                                         const spoor_builder *builder, spoor_encoded *encoded,
                                         int state) {
    if (store->version >= SPOOR_ROW_CHECK_VERSION) {
        put_check(inserts, builder, encoded);
    }
    if (encoded->directory.failed) {
        return spoor_store_fail(store, SPOOR_STORE_MEMORY, "%s: out of memory", store->path);
    }
    sqlite3_stmt *insert = inserts->segment;
    int64_t bytes = (int64_t)encoded->directory.len;
    for (uint32_t i = 0; i < encoded->nchunks; i++) {
        bytes += (int64_t)encoded->chunks[i].len;
    }
    sqlite3_bind_int(insert, 1, state);
    sqlite3_bind_int(insert, 2, (builder->is_mixed ? 1 : 0) | (builder->is_variant ? 2 : 0));
    spoor_bind_str(insert, 3, builder->provider);
    sqlite3_bind_int64(insert, 4, builder->event_id);
    sqlite3_bind_int64(insert, 5, builder->rows);
    bind_span(insert, 6, builder->min_time, builder->max_time);
    sqlite3_bind_int64(insert, 8, builder->first_row);
    sqlite3_bind_int64(insert, 9, count_recovered(builder));
    sqlite3_bind_int64(insert, 10, bytes);
    sqlite3_bind_int64(insert, 11, inserts->next_chunk);
    sqlite3_bind_int64(insert, 12, encoded->nchunks);
    sqlite3_bind_blob64(insert, 13, encoded->directory.ptr, encoded->directory.len, SQLITE_STATIC);
    spoor_store_status status = spoor_store_run(store, insert);
    sqlite3_clear_bindings(insert);
    return status;
}

spoor_store_status spoor_segment_insert(spoor_store *store, spoor_inserts *inserts,
                                        const spoor_builder *builder, spoor_encoded *encoded,
                                        const spoor_ranges *ranges, int state, int64_t *id) {
    spoor_store_status status = prepare(store, inserts);
    status = status == SPOOR_STORE_OK ? insert_names(store, inserts->name) : status;
    status =
        status == SPOOR_STORE_OK ? insert_segment(store, inserts, builder, encoded, state) : status;
    *id = sqlite3_last_insert_rowid(store->db);
    for (uint32_t i = 0; i < encoded->nchunks && status == SPOOR_STORE_OK; i++) {
        sqlite3_bind_int64(inserts->chunk, 1, inserts->next_chunk++);
        sqlite3_bind_blob64(inserts->chunk, 2, encoded->chunks[i].ptr, encoded->chunks[i].len,
                            SQLITE_STATIC);
        status = spoor_store_run(store, inserts->chunk);
        sqlite3_clear_bindings(inserts->chunk);
    }
    return status == SPOOR_STORE_OK ? insert_ranges(store, inserts->range, ranges, *id) : status;
}
