/* test_store_ingest.c - the same events again: files read twice, grown, copied, exported otherwise;
 * and what a writer leaves when it ends without a commit. */
#include "tests/unit/store_help.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

void test_store_ingest(void);

static void add(spoor_writer *writer, int64_t event_id, int64_t record_id, const char *value) {
    spoor_event_field field = {SPOOR_STR("V"), spoor_str_from(value), SPOOR_FIELD_TEXT};
    spoor_event event = new_event(event_id, record_id < 0 ? -record_id : record_id);
    event.fields = &field;
    event.nfields = 1;
    if (record_id < 0) { /* one without a record id */
        event.record_id = SPOOR_EVENT_ABSENT;
        event.flags |= SPOOR_EVENT_NO_RECORD_ID;
    }
    CHECK_LONG(spoor_writer_add(writer, &event), SPOOR_STORE_OK);
}

static void check_counts(spoor_writer_counts counts, int added, int known, int variants) {
    CHECK_LONG((int64_t)counts.added, added);
    CHECK_LONG((int64_t)counts.known, known);
    CHECK_LONG((int64_t)counts.variants, variants);
}

static void check_rows(spoor_store *store, int rows, int variants, int sources) {
    spoor_store_info info;
    CHECK_LONG(spoor_store_get_info(store, &info), SPOOR_STORE_OK);
    CHECK_LONG(info.rows, rows);
    CHECK_LONG(info.variants, variants);
    CHECK_LONG(info.sources, sources);
}

static void test_again(void) {
    spoor_store *store = open_store("again.db", SPOOR_STORE_CREATE);
    spoor_writer *writer = open_writer(store, 0);
    CHECK_LONG(begin(writer, "a", 100, 7), SPOOR_SOURCE_NEW);
    for (int i = 1; i <= 1000; i++) {
        add(writer, 1, i, "x");
    }
    add(writer, 1, 1000, "x"); /* a repeat within the file is kept */
    end(writer);
    CHECK_LONG(begin(writer, "copy of a", 100, 7), SPOOR_SOURCE_COMPLETE);
    end(writer);
    /* Another file of the same run, and so of rows that no segment holds yet. */
    CHECK_LONG(begin(writer, "b", 100, 8), SPOOR_SOURCE_NEW);
    add(writer, 1, 500, "x");
    add(writer, 1, 501, "y");
    add(writer, 1, 2000, "x");
    end(writer);
    check_counts(commit(writer, store), 1002, 1, 1);
    spoor_writer_close(writer);
    check_rows(store, 1002, 1, 3);

    writer = open_writer(store, 2);
    CHECK_LONG(begin(writer, "a", 100, 7), SPOOR_SOURCE_COMPLETE);
    end(writer);
    CHECK_LONG(begin(writer, "c", 200, 9), SPOOR_SOURCE_NEW);
    for (int i = 900; i <= 1010; i++) {
        add(writer, 1, i, i == 950 ? "other" : "x");
    }
    add(writer, 2, 950, "x"); /* another event id: another event */
    end(writer);
    check_counts(commit(writer, store), 11, 100, 1);
    spoor_writer_close(writer);
    check_rows(store, 1013, 2, 4);

    spoor_snapshot *snapshot;
    CHECK_LONG(spoor_snapshot_open(store, &snapshot), SPOOR_STORE_OK);
    uint32_t n = spoor_snapshot_count(snapshot);
    for (uint32_t i = 0; i < n; i++) {
        CHECK(!value_of(snapshot, i, 0, SPOOR_COL_VARIANT).boolean);
    }
    spoor_snapshot_show_variants(snapshot);
    CHECK(spoor_snapshot_count(snapshot) > n);
    CHECK(value_of(snapshot, n, 0, SPOOR_COL_VARIANT).boolean);
    CHECK_STR(member_of(snapshot, n, 0, "V"), "\"y\"");
    spoor_snapshot_close(snapshot);
    spoor_store_close(store);
    remove_store("again.db");
}

static void test_grown(void) {
    spoor_store *store = open_store("grown.db", SPOOR_STORE_CREATE);
    spoor_writer *writer = open_writer(store, 0);
    begin(writer, "log.jsonl", 100, 1);
    for (int i = 1; i <= 600; i++) {
        add(writer, 1, -i, "x");
    }
    end(writer);
    check_counts(commit(writer, store), 600, 0, 0);
    spoor_writer_close(writer);
    writer = open_writer(store, 0);
    CHECK_LONG(begin(writer, "log.jsonl", 200, 2), SPOOR_SOURCE_GROWN);
    for (int i = 1; i <= 700; i++) {
        add(writer, 1, -i, "x");
    }
    end(writer);
    /* Without a record id, the same lines in another file are other events. */
    CHECK_LONG(begin(writer, "other.jsonl", 200, 3), SPOOR_SOURCE_NEW);
    add(writer, 1, -1, "x");
    end(writer);
    check_counts(commit(writer, store), 101, 600, 0);
    spoor_writer_close(writer);
    check_rows(store, 701, 0, 2);
    spoor_store_close(store);
    remove_store("grown.db");
}

static int64_t count_segments(spoor_store *store) {
    sqlite3_stmt *select;
    CHECK_LONG(sqlite3_prepare_v2(spoor_store_handle(store),
                                  "SELECT (SELECT count(*) FROM segment) + (SELECT count(*) FROM"
                                  " chunk) + (SELECT count(*) FROM source_range)",
                                  -1, &select, NULL),
               SQLITE_OK);
    CHECK_LONG(sqlite3_step(select), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(select, 0);
    sqlite3_finalize(select);
    return count;
}

static void test_pending(void) {
    spoor_store *store = open_store("pending.db", SPOOR_STORE_CREATE);
    spoor_writer *writer = open_writer(store, 0);
    begin(writer, "a", 100, 0);
    for (int i = 1; i <= 70000; i++) {
        add(writer, 1, i, "x");
    }
    CHECK(count_segments(store) > 0); /* one is sealed and written */
    spoor_snapshot *snapshot;
    spoor_store *reader = open_store("pending.db", SPOOR_STORE_READ);
    CHECK_LONG(spoor_snapshot_open(reader, &snapshot), SPOOR_STORE_OK);
    CHECK_LONG(spoor_snapshot_count(snapshot), 0);
    spoor_snapshot_close(snapshot);
    spoor_store_close(reader);
    spoor_writer *second = NULL;
    spoor_store *other = open_store("pending.db", SPOOR_STORE_WRITE);
    CHECK_LONG(spoor_writer_open(other, NULL, &second), SPOOR_STORE_LOCKED);
    CHECK(strstr(spoor_store_error(other), "is ingesting into it") != NULL);
    spoor_store_close(other);
    spoor_writer_close(writer); /* no commit: nothing stays */
    CHECK_LONG(count_segments(store), 0);

    /* A process that died left a mark and pending rows: the next writer removes them. */
    writer = open_writer(store, 0);
    begin(writer, "a", 100, 0);
    add(writer, 1, 1, "x");
    end(writer);
    commit(writer, store);
    spoor_writer_close(writer);
    int64_t live = count_segments(store);
    CHECK_LONG(sqlite3_exec(spoor_store_handle(store),
                            "INSERT INTO segment(state, flags, provider, event_id, rows, first_row,"
                            " recovered, bytes, first_chunk, chunks, directory)"
                            " VALUES(0, 0, '', 1, 1, 1, 0, 0, 77, 1, x'00');"
                            "INSERT INTO chunk VALUES(77, x'00');"
                            "INSERT INTO meta VALUES('writer', '999999999 5')",
                            NULL, NULL, NULL),
               SQLITE_OK);
    CHECK_LONG(count_segments(store), live + 2);
    writer = open_writer(store, 0);
    CHECK_LONG(count_segments(store), live);
    spoor_writer_close(writer);
    check_rows(store, 1, 0, 1);
    spoor_store_close(store);
    remove_store("pending.db");
}

static void add_source(spoor_store *store, const char *name, int record_id) {
    spoor_writer *writer = open_writer(store, 0);
    begin(writer, name, record_id, record_id);
    add(writer, 1, record_id, name);
    end(writer);
    CHECK_LONG((int64_t)commit(writer, store).added, 1);
    spoor_writer_close(writer);
}

static void check_snapshot(spoor_store *store, uint32_t segments, const char *newest_member) {
    spoor_snapshot *snapshot, *second;
    CHECK_LONG(spoor_snapshot_open(store, &snapshot), SPOOR_STORE_OK);
    CHECK_LONG(spoor_snapshot_count(snapshot), segments);
    CHECK_STR(member_of(snapshot, segments - 1, 0, "V"), newest_member);
    spoor_snapshot_show_variants(snapshot); /* must not show in the next one */
    CHECK_LONG(spoor_snapshot_open(store, &second), SPOOR_STORE_OK);
    CHECK_LONG(spoor_snapshot_count(second), segments);
    spoor_snapshot_close(snapshot);
    spoor_snapshot_close(second);
}

/* A snapshot is kept for the next one only while nothing changes, by whomever. */
static void test_kept(void) {
    spoor_store *store = open_store("kept.db", SPOOR_STORE_CREATE);
    add_source(store, "a", 1);
    spoor_store *reader = open_store("kept.db", SPOOR_STORE_READ);
    check_snapshot(reader, 1, "\"a\"");
    check_snapshot(reader, 1, "\"a\"");
    check_snapshot(store, 1, "\"a\"");
    add_source(store, "b", 2);
    check_snapshot(reader, 2, "\"b\"");
    check_snapshot(store, 2, "\"b\"");
    check_snapshot(reader, 2, "\"b\"");
    spoor_store_close(reader);
    spoor_store_close(store);
    remove_store("kept.db");
}

/* A process killed in the middle of an ingest leaves nothing that counts, and stops no other. */
static void test_killed(void) {
    spoor_store_close(open_store("killed.db", SPOOR_STORE_CREATE));
    pid_t child = fork();
    if (child == 0) {
        spoor_store *store = open_store("killed.db", SPOOR_STORE_WRITE);
        spoor_writer *writer = open_writer(store, 0);
        begin(writer, "a", 1, 0);
        for (int i = 1; i <= 70000; i++) {
            add(writer, 1, i, "x");
        }
        kill(getpid(), SIGKILL);
    }
    int how = 0;
    siginfo_t info;
    CHECK_LONG(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    spoor_store *store = open_store("killed.db", SPOOR_STORE_WRITE);
    CHECK(count_segments(store) > 0);
    spoor_writer *writer = open_writer(store, 0); /* the child is dead, if not yet reaped */
    CHECK_LONG(count_segments(store), 0);
    CHECK_LONG(waitpid(child, &how, 0), child);
    begin(writer, "a", 1, 0);
    add(writer, 1, 1, "x");
    end(writer);
    check_counts(commit(writer, store), 1, 0, 0);
    spoor_writer_close(writer);
    check_rows(store, 1, 0, 1);
    spoor_store_close(store);
    remove_store("killed.db");
}

/* A commit in the middle of a source is a point to go on from. */
static void test_checkpoint(void) {
    spoor_store *store = open_store("checkpoint.db", SPOOR_STORE_CREATE);
    spoor_writer *writer = open_writer(store, 0);
    begin(writer, "a", 1, 5);
    for (int i = 1; i <= 700; i++) {
        add(writer, 1, i % 2 == 0 ? i : -i, "x");
    }
    commit(writer, store);
    for (int i = 701; i <= 800; i++) {
        add(writer, 1, i, "x");
    }
    spoor_writer_close(writer); /* as if it had been interrupted here */
    check_rows(store, 700, 0, 1);
    writer = open_writer(store, 0);
    CHECK_LONG(begin(writer, "a", 1, 5), SPOOR_SOURCE_GROWN);
    for (int i = 1; i <= 400; i++) {
        add(writer, 1, i % 2 == 0 ? i : -i, "x");
    }
    commit(writer, store); /* this time in the part that is known */
    for (int i = 401; i <= 900; i++) {
        add(writer, 1, i % 2 == 0 || i > 700 ? i : -i, "x");
    }
    end(writer);
    check_counts(commit(writer, store), 200, 700, 0);
    CHECK_LONG(begin(writer, "a", 1, 5), SPOOR_SOURCE_COMPLETE);
    end(writer);
    commit(writer, store);
    spoor_writer_close(writer);
    check_rows(store, 900, 0, 1);
    spoor_store_close(store);
    remove_store("checkpoint.db");
}

/* Everything in the file but what carries an id of its own, as text. */
static spoor_str dump(spoor_store *store) {
    sqlite3_stmt *select;
    CHECK_LONG(sqlite3_prepare_v2(spoor_store_handle(store),
                                  "SELECT group_concat(quote(directory) || rows) || (SELECT"
                                  " group_concat(quote(data)) FROM chunk) FROM segment",
                                  -1, &select, NULL),
               SQLITE_OK);
    CHECK_LONG(sqlite3_step(select), SQLITE_ROW);
    spoor_str text = {(const char *)sqlite3_column_text(select, 0),
                      (size_t)sqlite3_column_bytes(select, 0)};
    text = spoor_arena_str(unit_arena(), text);
    sqlite3_finalize(select);
    return text;
}

static void test_threads(void) {
    spoor_str dumps[2];
    for (uint32_t threads = 0; threads < 2; threads++) {
        spoor_store *store = open_store("threads.db", SPOOR_STORE_CREATE);
        spoor_writer *writer = open_writer(store, threads * 3);
        for (int file = 0; file < 3; file++) {
            char name[20];
            snprintf(name, sizeof name, "f%d", file);
            begin(writer, name, 1, 0);
            for (int i = 0; i < 50000; i++) {
                char value[20];
                snprintf(value, sizeof value, "v%d", i * 7 % 1000);
                add(writer, 1 + i % 3, file * 40000 + i, value);
            }
            end(writer);
        }
        commit(writer, store);
        spoor_writer_close(writer);
        dumps[threads] = dump(store);
        spoor_store_close(store);
        remove_store("threads.db");
    }
    CHECK(dumps[0].len > 1000 && spoor_str_eq(dumps[0], dumps[1]));
}

enum { READERS = 4, READS = 300 };

typedef struct reading {
    spoor_snapshot *snapshot;
    uint32_t seed, wrong;
} reading;

/* Pin columns in an order of its own; each must say of row i what was stored in row i. */
static void *read_columns(void *context) {
    reading *r = context;
    uint32_t state = r->seed;
    for (int i = 0; i < READS; i++) {
        state = state * 1664525u + 1013904223u;
        uint32_t n = spoor_snapshot_count(r->snapshot);
        const spoor_segment *segment = spoor_snapshot_segment(r->snapshot, state / 7 % n);
        const spoor_chunk *text, *record;
        bool ok =
            spoor_chunk_pin(r->snapshot, segment, SPOOR_COL_EVENT_DATA, SPOOR_STR("V"),
                            state % 3 == 0 ? SPOOR_DYNAMIC : SPOOR_STRING, &text) == SPOOR_STORE_OK;
        if (!ok) {
            r->wrong++;
            continue;
        }
        if (spoor_chunk_pin(r->snapshot, segment, SPOOR_COL_RECORD_ID, (spoor_str){0}, SPOOR_LONG,
                            &record) == SPOOR_STORE_OK) {
            uint32_t row = state / 11 % segment->rows;
            char want[24];
            int len =
                snprintf(want, sizeof want, "sv%lld", (long long)record->vec.longs[row] % 100);
            spoor_value got = spoor_vec_get(&text->vec, row);
            int skip = state % 3 == 0 ? 0 : 1;
            r->wrong += !spoor_str_eq(got.string, (spoor_str){want + skip, (size_t)(len - skip)});
            spoor_chunk_release(r->snapshot, record);
        } else {
            r->wrong++;
        }
        spoor_chunk_release(r->snapshot, text);
    }
    return NULL;
}

/* Several threads on one snapshot, with too little memory to keep all that they read. */
static void test_readers(void) {
    spoor_store *store = open_store("readers.db", SPOOR_STORE_CREATE);
    spoor_writer *writer = open_writer(store, 0);
    begin(writer, "a", 1, 0);
    for (int i = 0; i < 20000; i++) {
        char value[24];
        snprintf(value, sizeof value, "v%d", i % 100);
        add(writer, 1 + i % 8, i, value);
    }
    end(writer);
    commit(writer, store);
    spoor_writer_close(writer);
    spoor_store_close(store);
    spoor_memory memory = {.limit = 600000};
    CHECK_LONG(spoor_store_open(path_of("readers.db"), SPOOR_STORE_READ, &memory, &store),
               SPOOR_STORE_OK);
    spoor_snapshot *snapshot;
    CHECK_LONG(spoor_snapshot_open(store, &snapshot), SPOOR_STORE_OK);
    pthread_t threads[READERS];
    reading readings[READERS];
    for (uint32_t i = 0; i < READERS; i++) {
        readings[i] = (reading){.snapshot = snapshot, .seed = i};
        CHECK_LONG(pthread_create(&threads[i], NULL, read_columns, &readings[i]), 0);
    }
    for (uint32_t i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_LONG(readings[i].wrong, 0);
    }
    spoor_snapshot_close(snapshot);
    spoor_store_close(store);
    CHECK_LONG((int64_t)memory.used, 0);
    remove_store("readers.db");
}

static void test_cancel(void) {
    volatile bool cancel = false;
    spoor_store *store = open_store("cancel.db", SPOOR_STORE_CREATE);
    spoor_writer *writer;
    spoor_writer_options options = {.cancel = &cancel};
    CHECK_LONG(spoor_writer_open(store, &options, &writer), SPOOR_STORE_OK);
    begin(writer, "a", 1, 0);
    add(writer, 1, 1, "x");
    cancel = true;
    spoor_event event = new_event(1, 2);
    CHECK_LONG(spoor_writer_add(writer, &event), SPOOR_STORE_CANCELLED);
    end(writer);
    check_counts(commit(writer, store), 1, 0, 0); /* what came before can be kept */
    spoor_writer_close(writer);
    check_rows(store, 1, 0, 1);
    spoor_store_close(store);
    remove_store("cancel.db");
}

/* -- sums -------------------------------------------------------------------------------------- */

static void append_log(void *context, const spoor_log_info *info) {
    char *text = context;
    size_t len = strlen(text);
    snprintf(text + len, 400 - len, "%.*s/%.*s/%lld=%lld;", (int)info->computer.len,
             info->computer.ptr, (int)info->channel.len, info->channel.ptr,
             (long long)info->event_id, (long long)info->rows);
}

static void append_host(void *context, const spoor_host_info *info) {
    char *text = context;
    size_t len = strlen(text);
    snprintf(text + len, 400 - len, "%.*s/%.*s rows %lld ids %lld..%lld missing %lld cleared %lld;",
             (int)info->computer.len, info->computer.ptr, (int)info->channel.len, info->channel.ptr,
             (long long)info->rows, (long long)info->min_record, (long long)info->max_record,
             (long long)info->missing, (long long)info->cleared);
}

static void append_source(void *context, const spoor_source_info *info) {
    char *text = context;
    size_t len = strlen(text);
    snprintf(text + len, 400 - len, "%.*s %.*s %.*s %lld %lld;", (int)info->path.len,
             info->path.ptr, (int)info->shape.len, info->shape.ptr, (int)info->state.len,
             info->state.ptr, (long long)info->records, (long long)info->known);
}

static void test_info(void) {
    spoor_store *store = open_store("info.db", SPOOR_STORE_CREATE);
    spoor_writer *writer = open_writer(store, 0);
    begin(writer, "a", 1, 0);
    for (int i = 1; i <= 10; i++) {
        spoor_event event = new_event(i == 10 ? 1102 : 1, i < 5 ? i : i + 100);
        event.provider = i == 10 ? SPOOR_STR("Microsoft-Windows-Eventlog") : event.provider;
        event.channel = SPOOR_STR("Security");
        CHECK_LONG(spoor_writer_add(writer, &event), SPOOR_STORE_OK);
    }
    add(writer, 1, 77, "x");
    CHECK_LONG(spoor_writer_end_source(writer, "shape", 3, false), SPOOR_STORE_OK);
    commit(writer, store);
    spoor_writer_close(writer);
    char text[400] = "";
    CHECK_LONG(spoor_store_logs(store, append_log, text), SPOOR_STORE_OK);
    CHECK_STR(spoor_str_from(text), "WS01/Microsoft-Windows-Sysmon/Operational/1=1;"
                                    "WS01/Security/1102=1;WS01/Security/1=9;");
    text[0] = '\0';
    CHECK_LONG(spoor_store_hosts(store, append_host, text), SPOOR_STORE_OK);
    CHECK_STR(spoor_str_from(text),
              "WS01/Microsoft-Windows-Sysmon/Operational rows 1 ids 77..77 missing 0 cleared 0;"
              "WS01/Security rows 10 ids 1..110 missing 100 cleared 1;");
    text[0] = '\0';
    CHECK_LONG(spoor_store_sources(store, append_source, text), SPOOR_STORE_OK);
    CHECK_STR(spoor_str_from(text), "a shape partial 11 0;");
    remove_store("copy.db");
    CHECK_LONG(spoor_store_export(store, path_of("copy.db")), SPOOR_STORE_OK);
    CHECK_LONG(spoor_store_export(store, path_of("copy.db")), SPOOR_STORE_IO);
    spoor_store_close(store);
    store = open_store("copy.db", SPOOR_STORE_READ);
    check_rows(store, 11, 0, 1);
    spoor_writer *refused;
    CHECK_LONG(spoor_writer_open(store, NULL, &refused), SPOOR_STORE_READ_ONLY);
    CHECK(refused == NULL);
    spoor_store_close(store);
    remove_store("copy.db");
    remove_store("info.db");
}

/* A disk that is full fails the ingest and leaves what was committed. */
static void test_full(void) {
    spoor_store *store = open_store("full.db", SPOOR_STORE_CREATE);
    spoor_writer *writer = open_writer(store, 0);
    begin(writer, "a", 1, 0);
    add(writer, 1, 1, "x");
    end(writer);
    commit(writer, store);
    CHECK_LONG(sqlite3_exec(spoor_store_handle(store), "PRAGMA max_page_count=1", NULL, NULL, NULL),
               SQLITE_OK);
    begin(writer, "b", 1, 0);
    char *big = malloc(300001);
    for (int i = 0; i < 300000; i++) {
        uint32_t mixed = (uint32_t)i * 7919u ^ (uint32_t)i >> 3;
        big[i] = (char)(33 + mixed % 90);
    }
    big[300000] = '\0';
    add(writer, 1, 2, big);
    free(big);
    end(writer);
    CHECK_LONG(spoor_writer_commit(writer, NULL), SPOOR_STORE_FULL);
    CHECK(strstr(spoor_store_error(store), "the disk is full") != NULL);
    CHECK_LONG(spoor_writer_commit(writer, NULL), SPOOR_STORE_FULL); /* it sticks */
    spoor_writer_close(writer);
    check_rows(store, 1, 0, 1);
    spoor_store_close(store);
    remove_store("full.db");
}

/* Under a small account reading still works, one chunk at a time; under a tiny one it says so. */
static void test_memory(void) {
    spoor_store *store = open_store("memory.db", SPOOR_STORE_CREATE);
    spoor_writer *writer = open_writer(store, 0);
    begin(writer, "a", 1, 0);
    for (int i = 0; i < 20000; i++) {
        char value[80];
        snprintf(value, sizeof value, "a value that is long enough to cost something %d", i);
        add(writer, 1, i, value);
    }
    end(writer);
    commit(writer, store);
    spoor_writer_close(writer);
    spoor_store_close(store);
    for (int tiny = 0; tiny < 2; tiny++) {
        spoor_memory memory = {.limit = tiny ? 100000 : 4000000};
        CHECK_LONG(spoor_store_open(path_of("memory.db"), SPOOR_STORE_READ, &memory, &store),
                   SPOOR_STORE_OK);
        spoor_snapshot *snapshot;
        CHECK_LONG(spoor_snapshot_open(store, &snapshot), SPOOR_STORE_OK);
        for (int round = 0; round < 3; round++) {
            const spoor_chunk *chunk;
            spoor_store_status status =
                spoor_chunk_pin(snapshot, spoor_snapshot_segment(snapshot, 0), SPOOR_COL_EVENT_DATA,
                                SPOOR_STR("V"), round == 1 ? SPOOR_DYNAMIC : SPOOR_STRING, &chunk);
            CHECK_LONG(status, tiny ? SPOOR_STORE_MEMORY : SPOOR_STORE_OK);
            if (status == SPOOR_STORE_OK) {
                CHECK_LONG(chunk->vec.dict->count, 20000);
                CHECK(memory.used <= memory.limit);
                spoor_chunk_release(snapshot, chunk);
            }
        }
        spoor_snapshot_close(snapshot);
        spoor_store_close(store);
        CHECK_LONG((int64_t)memory.used, 0);
    }
    remove_store("memory.db");
}

void test_store_ingest(void) {
    make_folder();
    test_again();
    test_grown();
    test_pending();
    test_kept();
    test_killed();
    test_checkpoint();
    test_threads();
    test_readers();
    test_cancel();
    test_info();
    test_full();
    test_memory();
    rmdir(folder);
}
