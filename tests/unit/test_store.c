/* test_store.c - a store written and read back: every kind of value, sources, commits, damage. */
#include "tests/unit/store_help.h"

void test_store(void);

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
    const spoor_segment *segment = spoor_snapshot_segment(snapshot, 0);
    spoor_chunk summary;
    spoor_str none = {0}, near;
    CHECK(spoor_chunk_peek(snapshot, segment, SPOOR_COL_COMPUTER, none, SPOOR_STRING, &summary));
    CHECK(summary.is_constant && spoor_str_is(summary.constant.string, "WS01"));
    CHECK(spoor_chunk_peek(snapshot, segment, SPOOR_COL_RECORD_ID, none, SPOOR_LONG, &summary));
    CHECK(!summary.is_constant && summary.has_range && summary.min == 1 && summary.max == 4);
    CHECK(spoor_chunk_peek(snapshot, segment, SPOOR_COL_EVENT_DATA, SPOOR_STR("Nope"),
                           SPOOR_DYNAMIC, &summary));
    CHECK(summary.is_constant && summary.constant.is_null);
    CHECK(!spoor_chunk_peek(snapshot, segment, SPOOR_COL_EVENT_DATA, SPOOR_STR("Image"),
                            SPOOR_STRING, &summary));
    CHECK(spoor_snapshot_has_member(snapshot, SPOOR_STR("Image"), &near));
    CHECK(!spoor_snapshot_has_member(snapshot, SPOOR_STR("IMAGE"), &near));
    CHECK_STR(near, "Image");
    CHECK_LONG(value_of(snapshot, 0, 2, SPOOR_COL_TIME).integer, new_event(1, 3).time);
    CHECK_LONG(value_of(snapshot, 0, 2, SPOOR_COL_OFFSET).integer, 3000);
    CHECK(value_of(snapshot, 0, 0, SPOOR_COL_QUALIFIERS).is_null);
    CHECK(!value_of(snapshot, 0, 0, SPOOR_COL_RECOVERED).boolean);
    CHECK(spoor_snapshot_status(snapshot) == SPOOR_STORE_OK);
    spoor_snapshot_close(snapshot);
    spoor_store_close(store);
    remove_store("kinds.db");
}

/* -- messages ---------------------------------------------------------------------------------- */

/* Rebuilt in the manifest's order, whatever the export's; one that came along is kept where it
 * differs. */
static void test_messages(void) {
    spoor_store *store = open_store("messages.db", SPOOR_STORE_CREATE);
    spoor_writer *writer = open_writer(store, 0);
    begin(writer, "a", 1, 0);
    spoor_event_field fields[] = {{SPOOR_STR("Image"), SPOOR_STR("C:\\a.exe"), SPOOR_FIELD_TEXT},
                                  {SPOOR_STR("RuleName"), SPOOR_STR("-"), SPOOR_FIELD_TEXT},
                                  {SPOOR_STR("LogonId"), SPOOR_STR("0x3e7"), SPOOR_FIELD_TEXT},
                                  {SPOOR_STR("New"), SPOOR_STR("z"), SPOOR_FIELD_TEXT}};
    static const char *const messages[] = {
        NULL, "Process Create:\r\nRuleName: -\r\nImage: C:\\a.exe\r\nLogonId: 0x3E7\r\nNew: z",
        "Process Create:\nRuleName: -\nImage: C:\\a.exe\nLogonId: 0x3E7\nNew: z",
        "Process Create:\r\nRuleName: other"};
    for (int i = 0; i < 5; i++) {
        spoor_event event = new_event(1, i);
        event.fields = fields;
        event.nfields = 4;
        event.message = i == 0 || i == 4 ? (spoor_str){0} : spoor_str_from(messages[i]);
        event.provider = i == 4 ? SPOOR_STR("Other") : event.provider;
        CHECK_LONG(spoor_writer_add(writer, &event), SPOOR_STORE_OK);
    }
    end(writer);
    commit(writer, store);
    spoor_writer_close(writer);
    spoor_snapshot *snapshot;
    CHECK_LONG(spoor_snapshot_open(store, &snapshot), SPOOR_STORE_OK);
    for (uint32_t i = 0; i < 5; i++) {
        spoor_str rendered = value_of(snapshot, 0, i, SPOOR_COL_RENDERED).string;
        spoor_str stored = value_of(snapshot, 0, i, SPOOR_COL_MESSAGE).string;
        CHECK_STR(rendered, i == 4 ? "" : messages[i == 3 ? 3 : 1]);
        CHECK_STR(stored, i == 3 ? messages[3] : "");
    }
    spoor_snapshot_close(snapshot);
    spoor_store_close(store);
    remove_store("messages.db");
}

/* -- opening ----------------------------------------------------------------------------------- */

static void expect_open(const char *name, spoor_store_mode mode, spoor_store_status want,
                        const char *words) {
    spoor_store *store = NULL;
    CHECK_LONG(spoor_store_open(path_of(name), mode, NULL, &store), want);
    CHECK(store == NULL);
    const char *error = spoor_store_error(NULL), *tail = strstr(error, words);
    if (!CHECK(tail != NULL && strlen(tail) == strlen(words))) {
        printf("  got '%s'\n", error);
    }
    spoor_store_close(store);
}

static void run_sql(const char *name, const char *sql) {
    sqlite3 *db = NULL;
    CHECK_LONG(sqlite3_open(path_of(name), &db), SQLITE_OK);
    CHECK_LONG(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void write_file(const char *name, const char *text) {
    FILE *file = fopen(path_of(name), "w");
    CHECK(file != NULL && fputs(text, file) >= 0);
    fclose(file);
}

static void copy_file(const char *from, const char *to) {
    char bytes[1 << 16];
    FILE *in = fopen(path_of(from), "rb");
    FILE *out = fopen(path_of(to), "wb");
    CHECK(in != NULL && out != NULL);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, in)) > 0;) {
        CHECK(fwrite(bytes, 1, n, out) == n);
    }
    fclose(in);
    fclose(out);
}

/* What kill -9 leaves of a store that is being made: pages of it, and the journal that undoes them. */
static void cut_short(const char *name, const char *left) {
    char journal[2][32];
    snprintf(journal[0], sizeof journal[0], "%s-journal", name);
    snprintf(journal[1], sizeof journal[1], "%s-journal", left);
    sqlite3 *db = NULL;
    CHECK_LONG(sqlite3_open(path_of(name), &db), SQLITE_OK);
    CHECK_LONG(sqlite3_exec(db,
                            "PRAGMA cache_size=1; BEGIN; CREATE TABLE t(x);"
                            "INSERT INTO t VALUES(zeroblob(100000)), (zeroblob(100000))",
                            NULL, NULL, NULL),
               SQLITE_OK);
    copy_file(name, left);
    copy_file(journal[0], journal[1]);
    sqlite3_close(db);
}

static void test_open_failures(void) {
    expect_open("none.db", SPOOR_STORE_READ, SPOOR_STORE_MISSING, ": no store here");
    expect_open("none.db", SPOOR_STORE_WRITE, SPOOR_STORE_MISSING, ": no store here");
    write_file("text.db",
               "this is a text and by no means a database of any kind, whatever its name\n");
    expect_open("text.db", SPOOR_STORE_READ, SPOOR_STORE_FOREIGN, ": not a spoor store");
    expect_open("text.db", SPOOR_STORE_CREATE, SPOOR_STORE_FOREIGN, ": not a spoor store");
    run_sql("other.db", "CREATE TABLE t(x)");
    expect_open("other.db", SPOOR_STORE_CREATE, SPOOR_STORE_FOREIGN, ": not a spoor store");
    spoor_store_close(open_store("newer.db", SPOOR_STORE_CREATE));
    run_sql("newer.db", "PRAGMA user_version=99");
    expect_open("newer.db", SPOOR_STORE_READ, SPOOR_STORE_NEWER,
                ": made by a newer spoor (store version 99; this one knows 2)");
    expect_open(".", SPOOR_STORE_READ, SPOOR_STORE_FOREIGN, ": not a file");
    write_file("empty.db", "");
    expect_open("empty.db", SPOOR_STORE_READ, SPOOR_STORE_MISSING,
                ": nothing was ingested into it yet");
    cut_short("cut.db", "half.db");
    expect_open("half.db", SPOOR_STORE_READ, SPOOR_STORE_MISSING,
                ": its making was cut short; spoor ingest begins it again");
    spoor_store_close(open_store("half.db", SPOOR_STORE_CREATE));
    spoor_store_close(open_store("half.db", SPOOR_STORE_READ));

    spoor_store *store = NULL;
    CHECK_LONG(spoor_store_open(folder, SPOOR_STORE_TEMPORARY, NULL, &store), SPOOR_STORE_OK);
    spoor_writer *writer = open_writer(store, 0);
    begin(writer, "x", 1, 0);
    spoor_event event = new_event(1, 1);
    CHECK_LONG(spoor_writer_add(writer, &event), SPOOR_STORE_OK);
    end(writer);
    CHECK_LONG((int64_t)commit(writer, store).added, 1);
    spoor_writer_close(writer);
    spoor_snapshot *snapshot;
    CHECK_LONG(spoor_snapshot_open(store, &snapshot), SPOOR_STORE_OK);
    CHECK_LONG(spoor_snapshot_count(snapshot), 1);
    CHECK_STR(value_of(snapshot, 0, 0, SPOOR_COL_COMPUTER).string, "WS01");
    spoor_snapshot_close(snapshot);
    spoor_store_close(store);
    remove_store("text.db");
    remove_store("other.db");
    remove_store("newer.db");
}

/* -- damage ------------------------------------------------------------------------------------ */

/* Every byte of the chunks, flipped in turn, gives the right answer or CORRUPT, never another. */
static void test_damage(void) {
    spoor_store *store = open_store("damage.db", SPOOR_STORE_CREATE);
    spoor_writer *writer = open_writer(store, 0);
    begin(writer, "x", 1, 0);
    for (int i = 0; i < 40; i++) {
        char text[40];
        snprintf(text, sizeof text, "value %d", i % 13);
        spoor_event_field field = {SPOOR_STR("V"), spoor_str_from(text), SPOOR_FIELD_TEXT};
        spoor_event event = new_event(1, i);
        event.fields = &field;
        event.nfields = 1;
        CHECK_LONG(spoor_writer_add(writer, &event), SPOOR_STORE_OK);
    }
    end(writer);
    commit(writer, store);
    spoor_writer_close(writer);
    spoor_store_close(store);
    run_sql("damage.db", "UPDATE chunk SET data = zeroblob(10) WHERE id = 1");
    store = open_store("damage.db", SPOOR_STORE_READ);
    spoor_snapshot *snapshot;
    CHECK_LONG(spoor_snapshot_open(store, &snapshot), SPOOR_STORE_OK);
    const spoor_chunk *chunk;
    CHECK_LONG(spoor_chunk_pin(snapshot, spoor_snapshot_segment(snapshot, 0), SPOOR_COL_EVENT_DATA,
                               SPOOR_STR("V"), SPOOR_STRING, &chunk),
               SPOOR_STORE_CORRUPT);
    CHECK(strstr(spoor_store_error(store), "damaged") != NULL);
    CHECK_STR(value_of(snapshot, 0, 0, SPOOR_COL_COMPUTER).string, "WS01"); /* a constant */
    CHECK(value_of(snapshot, 0, 0, SPOOR_COL_EVENT_DATA).is_null);
    CHECK_LONG(spoor_snapshot_status(snapshot), SPOOR_STORE_CORRUPT);
    spoor_snapshot_close(snapshot);
    spoor_store_close(store);
    run_sql("damage.db", "UPDATE segment SET directory = x'01FF'");
    store = open_store("damage.db", SPOOR_STORE_READ);
    CHECK_LONG(spoor_snapshot_open(store, &snapshot), SPOOR_STORE_CORRUPT);
    CHECK(snapshot == NULL);
    spoor_store_close(store);
    remove_store("damage.db");
}

/* -- functions --------------------------------------------------------------------------------- */

static void append_function(void *context, const spoor_saved_function *f) {
    char *text = context;
    size_t len = strlen(text);
    snprintf(text + len, 200 - len, "%s=%s/%s;", f->name, f->text,
             f->folder == NULL ? "-" : f->folder);
}

static void test_functions(void) {
    spoor_store *store = open_store("functions.db", SPOOR_STORE_CREATE);
    spoor_saved_function f = {.name = "B", .text = "print 1", .folder = "x"};
    CHECK_LONG(spoor_store_save_function(store, &f), SPOOR_STORE_OK);
    f = (spoor_saved_function){.name = "A", .text = "print 2"};
    CHECK_LONG(spoor_store_save_function(store, &f), SPOOR_STORE_OK);
    f.text = "print 3";
    CHECK_LONG(spoor_store_save_function(store, &f), SPOOR_STORE_OK);
    char text[200] = "";
    CHECK_LONG(spoor_store_functions(store, append_function, text), SPOOR_STORE_OK);
    CHECK_STR(spoor_str_from(text), "A=print 3/-;B=print 1/x;");
    bool found;
    CHECK(spoor_store_drop_function(store, "B", &found) == SPOOR_STORE_OK && found);
    CHECK(spoor_store_drop_function(store, "B", &found) == SPOOR_STORE_OK && !found);
    spoor_store_close(store);
    remove_store("functions.db");
}

/* -- random events against a model ------------------------------------------------------------- */

enum { RANDOM_ROWS = 6000, RANDOM_FIELDS = 6 };

static uint64_t random_state;
static uint32_t random_below(uint32_t n) {
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % n;
}

/* Texts that tempt every encoding: numbers with and without leading zeros, hex of both cases,
 * GUIDs, times, empty, NUL, surrogates, long. */
static spoor_str random_text(char *buffer, uint32_t column, uint32_t row) {
    int n;
    switch (column) {
    case 0: n = snprintf(buffer, 400, "%u", random_below(100000)); break;
    case 1: n = snprintf(buffer, 400, random_below(900) == 0 ? "0x%08X" : "0x%x", row * 77); break;
    case 2:
        n = snprintf(buffer, 400, "{%08x-0001-%04x-abcd-00000000000%u}", row, random_below(65536),
                     random_below(9));
        break;
    case 3:
        n = snprintf(buffer, 400, "2024-0%u-1%u 10:11:12.%03u", 1 + random_below(9),
                     random_below(10), random_below(1000));
        break;
    case 4: {
        static const char *const odd[] = {
            "", "\xed\xa0\x80", "\xc3\xa9t\xc3\xa9", "a", "007", "-0", "0x"};
        n = snprintf(buffer, 400, "%s", odd[random_below(7)]);
        break;
    }
    default:
        n = snprintf(buffer, 400, "C:\\Windows\\System32\\%u\\%0*u", random_below(9),
                     (int)random_below(200) + 1, random_below(50));
    }
    return (spoor_str){buffer, (size_t)n};
}

typedef struct model_cell {
    uint8_t state; /* 0 absent, 1 null, 2 text */
    spoor_str text;
} model_cell;

static void check_random(spoor_store *store, const model_cell *cells, const int64_t *records) {
    static const char *const names[] = {"Number", "Hex", "Guid", "Time", "Odd", "Path"};
    spoor_snapshot *snapshot;
    CHECK_LONG(spoor_snapshot_open(store, &snapshot), SPOOR_STORE_OK);
    uint32_t seen = 0, wrong = 0;
    for (uint32_t s = 0; s < spoor_snapshot_count(snapshot); s++) {
        const spoor_segment *segment = spoor_snapshot_segment(snapshot, s);
        const spoor_chunk *record;
        CHECK_LONG(spoor_chunk_pin(snapshot, segment, SPOOR_COL_RECORD_ID, (spoor_str){0},
                                   SPOOR_LONG, &record),
                   SPOOR_STORE_OK);
        for (uint32_t c = 0; c < RANDOM_FIELDS; c++) {
            const spoor_chunk *text, *dynamic;
            CHECK_LONG(spoor_chunk_pin(snapshot, segment, SPOOR_COL_EVENT_DATA,
                                       spoor_str_from(names[c]), SPOOR_STRING, &text),
                       SPOOR_STORE_OK);
            CHECK_LONG(spoor_chunk_pin(snapshot, segment, SPOOR_COL_EVENT_DATA,
                                       spoor_str_from(names[c]), SPOOR_DYNAMIC, &dynamic),
                       SPOOR_STORE_OK);
            for (uint32_t i = 0; i < segment->rows; i++) {
                int64_t row = record->is_constant ? record->constant.integer
                                                  : spoor_vec_get(&record->vec, i).integer;
                const model_cell *want = &cells[row * RANDOM_FIELDS + c];
                spoor_value got = text->is_constant ? text->constant : spoor_vec_get(&text->vec, i);
                spoor_value bag =
                    dynamic->is_constant ? dynamic->constant : spoor_vec_get(&dynamic->vec, i);
                wrong += !spoor_str_eq(got.string, want->text);
                wrong += bag.is_null != (want->state < 2);
                wrong += !bag.is_null && (bag.string.len != want->text.len + 1 ||
                                          memcmp(bag.string.ptr, "s", 1) != 0);
                wrong += records[row] != row;
            }
            seen += segment->rows;
            spoor_chunk_release(snapshot, text);
            spoor_chunk_release(snapshot, dynamic);
        }
        spoor_chunk_release(snapshot, record);
    }
    CHECK_LONG(wrong, 0);
    CHECK_LONG(seen, RANDOM_ROWS * RANDOM_FIELDS);
    spoor_snapshot_close(snapshot);
}

static void test_random(void) {
    static const char *const names[] = {"Number", "Hex", "Guid", "Time", "Odd", "Path"};
    random_state = 42;
    model_cell *cells = SPOOR_NEW_ARRAY(unit_arena(), model_cell, RANDOM_ROWS * RANDOM_FIELDS);
    int64_t *records = SPOOR_NEW_ARRAY(unit_arena(), int64_t, RANDOM_ROWS);
    spoor_store *store = open_store("random.db", SPOOR_STORE_CREATE);
    spoor_writer *writer = open_writer(store, 2);
    begin(writer, "r", 1, 0);
    for (uint32_t i = 0; i < RANDOM_ROWS; i++) {
        spoor_event_field fields[RANDOM_FIELDS];
        spoor_event event = new_event(1 + random_below(5) / 4, i);
        uint32_t n = 0;
        for (uint32_t c = 0; c < RANDOM_FIELDS; c++) {
            model_cell *cell = &cells[i * RANDOM_FIELDS + c];
            char buffer[400];
            uint32_t dice = random_below(c % 2 == 0 ? 1000 : 20);
            cell->state = (uint8_t)(dice == 0 ? 0 : dice == 1 ? 1 : 2);
            if (cell->state == 2) {
                cell->text = spoor_arena_str(unit_arena(), random_text(buffer, c, i));
            }
            if (cell->state > 0) {
                fields[n++] =
                    (spoor_event_field){spoor_str_from(names[c]), cell->text,
                                        cell->state == 1 ? SPOOR_FIELD_NULL : SPOOR_FIELD_TEXT};
            }
        }
        event.fields = fields;
        event.nfields = n;
        records[i] = i;
        CHECK_LONG(spoor_writer_add(writer, &event), SPOOR_STORE_OK);
        if (i % 1777 == 0) {
            commit(writer, store); /* many segments of all sizes */
        }
    }
    end(writer);
    commit(writer, store);
    check_random(store, cells, records);
    spoor_optimize_counts counts;
    spoor_writer_close(writer); /* merges small neighbours */
    check_random(store, cells, records);
    CHECK_LONG(spoor_store_optimize(store, true, NULL, &counts), SPOOR_STORE_OK);
    CHECK(counts.segments_before >= counts.segments_after && counts.segments_after <= 2);
    check_random(store, cells, records);
    spoor_store_close(store);
    remove_store("random.db");
}

void test_store(void) {
    make_folder();
    test_kinds();
    test_messages();
    test_open_failures();
    test_damage();
    test_functions();
    test_random();
    rmdir(folder);
}
