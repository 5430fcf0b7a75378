/* test_store.c - a store written and read back: every kind of value, sources, commits, damage. */
#include "tests/unit/unit.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "store/writer.h"
#include "types/dynamic.h"

void test_store(void);

static char folder[64];

static const char *path_of(const char *name) {
    static char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void remove_store(const char *name) {
    char path[200];
    static const char *const tails[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s%s", folder, name, tails[i]);
        unlink(path);
    }
}

static spoor_event new_event(int64_t event_id, int64_t record_id) {
    return (spoor_event){.time = INT64_C(638450000000000000) + record_id * SPOOR_TICKS_SECOND,
                         .record_id = record_id,
                         .event_id = event_id,
                         .version = 5,
                         .level = 4,
                         .task = 1,
                         .opcode = 0,
                         .qualifiers = SPOOR_EVENT_ABSENT,
                         .process_id = 1234,
                         .thread_id = 5000 + record_id % 7,
                         .keywords = UINT64_C(0x8000000000000000),
                         .has_keywords = true,
                         .provider = SPOOR_STR("Microsoft-Windows-Sysmon"),
                         .channel = SPOOR_STR("Microsoft-Windows-Sysmon/Operational"),
                         .computer = SPOOR_STR("WS01"),
                         .user_sid = SPOOR_STR("S-1-5-18"),
                         .offset = (uint64_t)record_id * 1000,
                         .flags = SPOOR_EVENT_HAS_EVENTDATA};
}

static spoor_store *open_store(const char *name, spoor_store_mode mode) {
    spoor_store *store = NULL;
    spoor_store_status status = spoor_store_open(path_of(name), mode, NULL, &store);
    if (!CHECK(status == SPOOR_STORE_OK)) {
        printf("  %s\n", spoor_store_error(NULL));
    }
    return store;
}

static spoor_writer *open_writer(spoor_store *store, uint32_t threads) {
    spoor_writer *writer = NULL;
    spoor_writer_options options = {.threads = threads};
    if (!CHECK(spoor_writer_open(store, &options, &writer) == SPOOR_STORE_OK)) {
        printf("  %s\n", spoor_store_error(store));
    }
    return writer;
}

static spoor_source_state begin(spoor_writer *writer, const char *path, int64_t size, int sha) {
    spoor_source_state state;
    spoor_writer_source source = {.path = path, .size = size};
    memset(source.sha256, sha, sizeof source.sha256);
    CHECK(spoor_writer_begin_source(writer, &source, &state) == SPOOR_STORE_OK);
    return state;
}

static void end(spoor_writer *writer) {
    CHECK(spoor_writer_end_source(writer, "test", 0, true) == SPOOR_STORE_OK);
}

static spoor_writer_counts commit(spoor_writer *writer, spoor_store *store) {
    spoor_writer_counts counts = {0};
    if (!CHECK(spoor_writer_commit(writer, &counts) == SPOOR_STORE_OK)) {
        printf("  %s\n", spoor_store_error(store));
    }
    return counts;
}

/* A member of a row as JSON text of its dynamic value; "" where it is null. */
static spoor_str member_of(spoor_snapshot *snapshot, uint32_t segment, uint32_t row,
                           const char *member) {
    const spoor_chunk *chunk;
    if (!CHECK(spoor_chunk_pin(snapshot, spoor_snapshot_segment(snapshot, segment),
                               SPOOR_COL_EVENT_DATA, spoor_str_from(member), SPOOR_DYNAMIC,
                               &chunk) == SPOOR_STORE_OK)) {
        return (spoor_str){0};
    }
    spoor_value value = chunk->is_constant ? chunk->constant : spoor_vec_get(&chunk->vec, row);
    spoor_str text = value.is_null ? (spoor_str){"", 0}
                                   : spoor_dynamic_print_json(unit_arena(), value.string);
    text = spoor_arena_str(unit_arena(), text);
    spoor_chunk_release(snapshot, chunk);
    return text;
}

static spoor_value value_of(spoor_snapshot *snapshot, uint32_t segment, uint32_t row,
                            spoor_event_column column) {
    const spoor_chunk *chunk;
    spoor_value value = {0};
    if (!CHECK(spoor_chunk_pin(snapshot, spoor_snapshot_segment(snapshot, segment), column,
                               (spoor_str){0}, SPOOR_STRING, &chunk) == SPOOR_STORE_OK)) {
        return value;
    }
    if (chunk->is_constant) {
        value = chunk->constant;
    } else if (chunk->vec.form == SPOOR_RECORD) {
        spoor_vec out = spoor_vec_new(unit_arena(), chunk->vec.type, 1);
        chunk->vec.records->fetch(chunk->vec.records, unit_arena(), &row, 1, &out);
        value = spoor_vec_get(&out, 0);
    } else {
        value = spoor_vec_get(&chunk->vec, row);
    }
    value = spoor_value_copy(unit_arena(), &value);
    spoor_chunk_release(snapshot, chunk);
    return value;
}

static spoor_str bag_of(spoor_snapshot *snapshot, uint32_t segment, uint32_t row) {
    spoor_value bag = value_of(snapshot, segment, row, SPOOR_COL_EVENT_DATA);
    return bag.is_null ? (spoor_str){"", 0} : spoor_dynamic_print_json(unit_arena(), bag.string);
}

static void test_kinds(void) {
    spoor_store *store = open_store("kinds.db", SPOOR_STORE_CREATE);
    spoor_writer *writer = open_writer(store, 0);
    CHECK(begin(writer, "a.evtx", 100, 1) == SPOOR_SOURCE_NEW);
    spoor_event_field first[] = {{SPOOR_STR("Image"), SPOOR_STR("C:\\a.exe"), SPOOR_FIELD_TEXT},
                                 {SPOOR_STR("Empty"), {0}, SPOOR_FIELD_TEXT},
                                 {SPOOR_STR("Gone"), {0}, SPOOR_FIELD_NULL},
                                 {SPOOR_STR("List"), SPOOR_STR("[]"), SPOOR_FIELD_JSON},
                                 {SPOOR_STR("Twice"), SPOOR_STR("x"), SPOOR_FIELD_TEXT},
                                 {SPOOR_STR("Twice"), SPOOR_STR("y"), SPOOR_FIELD_TEXT}};
    spoor_event_field second[] = {{{0}, SPOOR_STR("only"), SPOOR_FIELD_TEXT},
                                  {SPOOR_STR("Bad"), SPOOR_STR("a\xff<b"), SPOOR_FIELD_TEXT},
                                  {SPOOR_STR("List"), SPOOR_STR("{\"k\":1}"), SPOOR_FIELD_JSON}};
    char *big = malloc(20000);
    memset(big, 'z', 20000);
    spoor_event_field third[] = {{SPOOR_STR("Image"), {big, 20000}, SPOOR_FIELD_TEXT}};
    spoor_event events[] = {new_event(1, 1), new_event(1, 2), new_event(1, 3), new_event(1, 4)};
    events[0].fields = first;
    events[0].nfields = 6;
    events[1].fields = second;
    events[1].nfields = 3;
    events[1].binary = SPOOR_STR("00FF");
    events[1].flags |= SPOOR_EVENT_HAS_BINARY;
    events[2].fields = third;
    events[2].nfields = 1;
    for (size_t i = 0; i < 4; i++) {
        CHECK(spoor_writer_add(writer, &events[i]) == SPOOR_STORE_OK);
    }
    free(big);
    end(writer);
    CHECK_LONG((int64_t)commit(writer, store).added, 4);
    spoor_writer_close(writer);
    spoor_store_close(store);

    store = open_store("kinds.db", SPOOR_STORE_READ);
    spoor_snapshot *snapshot;
    CHECK(spoor_snapshot_open(store, &snapshot) == SPOOR_STORE_OK);
    CHECK_LONG(spoor_snapshot_count(snapshot), 1);
    CHECK_STR(member_of(snapshot, 0, 0, "Image"), "\"C:\\\\a.exe\"");
    CHECK_STR(member_of(snapshot, 0, 0, "Empty"), "\"\"");
    CHECK_STR(member_of(snapshot, 0, 1, "Empty"), "");
    CHECK_STR(member_of(snapshot, 0, 0, "List"), "[]");
    CHECK_STR(member_of(snapshot, 0, 1, "List"), "{\"k\":1}");
    CHECK_STR(member_of(snapshot, 0, 0, "Twice"), "[\"x\",\"y\"]");
    CHECK_STR(member_of(snapshot, 0, 1, "Data"), "[\"only\"]");
    CHECK_STR(member_of(snapshot, 0, 1, "Bad"), "\"a\xef\xbf\xbd<b\"");
    CHECK_LONG((int64_t)member_of(snapshot, 0, 2, "Image").len, 20002);
    CHECK_STR(bag_of(snapshot, 0, 0), "{\"Image\":\"C:\\\\a.exe\",\"Empty\":\"\",\"Gone\":null,"
                                      "\"List\":[],\"Twice\":[\"x\",\"y\"]}");
    CHECK_STR(bag_of(snapshot, 0, 1), "{\"Data\":[\"only\"],\"Bad\":\"a\xef\xbf\xbd<b\","
                                      "\"List\":{\"k\":1},\"Binary\":\"00FF\"}");
    CHECK_STR(bag_of(snapshot, 0, 3), "{}");
    CHECK_STR(value_of(snapshot, 0, 1, SPOOR_COL_EVENT_DATA_XML).string,
              "<DataItem Type=\"System.XmlData\" time=\"2024-03-02T18:13:22.0000000Z\" "
              "sourceHealthServiceId=\"00000000-0000-0000-0000-000000000000\">"
              "<EventData xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">"
              "<Data>only</Data><Data Name=\"Bad\">a\xef\xbf\xbd&lt;b</Data>"
              "<Data Name=\"List\">{\"k\":1}</Data><Binary>00FF</Binary></EventData></DataItem>");
    CHECK_STR(value_of(snapshot, 0, 0, SPOOR_COL_PARAMETER_XML).string,
              "<Param>C:\\a.exe</Param><Param></Param><Param></Param><Param>[]</Param>"
              "<Param>x</Param><Param>y</Param>");
    CHECK_STR(value_of(snapshot, 0, 0, SPOOR_COL_CHANNEL).string,
              "Microsoft-Windows-Sysmon/Operational");
    CHECK_STR(value_of(snapshot, 0, 0, SPOOR_COL_KEYWORDS).string, "0x8000000000000000");
    CHECK_STR(value_of(snapshot, 0, 0, SPOOR_COL_SOURCE_FILE).string, "a.evtx");
    CHECK_LONG(value_of(snapshot, 0, 2, SPOOR_COL_RECORD_ID).integer, 3);
    CHECK_LONG(value_of(snapshot, 0, 2, SPOOR_COL_THREAD_ID).integer, 5003);
    CHECK(value_of(snapshot, 0, 0, SPOOR_COL_QUALIFIERS).is_null);
    CHECK(!value_of(snapshot, 0, 0, SPOOR_COL_RECOVERED).boolean);
    CHECK(spoor_snapshot_status(snapshot) == SPOOR_STORE_OK);
    spoor_snapshot_close(snapshot);
    spoor_store_close(store);
    remove_store("kinds.db");
}

void test_store(void) {
    snprintf(folder, sizeof folder, "/tmp/spoor-test-%ld", (long)getpid());
    char template[] = "/tmp/spoor-test-XXXXXX";
    CHECK(mkdtemp(template) != NULL);
    snprintf(folder, sizeof folder, "%s", template);
    test_kinds();
    rmdir(folder);
}
