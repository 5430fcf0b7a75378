/* test_session.c - what queries of one engine share changes no answer: names that come, change and go,
 * events, settings, other processes; and a view from the library is the view bound anew. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "include/spoor.h"

static char folder[] = "/tmp/spoor-session-XXXXXX";

static const char *path_of(const char *name) {
    return spoor_arena_format(unit_arena(), "%s/%s", folder, name).ptr;
}

static spoor_engine *open_engine(spoor_access access) {
    spoor_config config = {.store_path = path_of("s.db"), .access = access, .threads = 1};
    spoor_engine *engine;
    return CHECK(spoor_open(&config, &engine) == SPOOR_OK) ? engine : NULL;
}

/* What was written to a file of lines, as a text; the file is closed. */
static spoor_str text_of(FILE *file) {
    char *text = spoor_arena_push(unit_arena(), 1 << 20, 1);
    rewind(file);
    size_t len = fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    return (spoor_str){text, len};
}

/* The rows as CSV, with ; for the ends of lines; or "wrong". */
static spoor_str ask_with(spoor_engine *engine, const char *text,
                          const spoor_query_options *options) {
    spoor_output_options output = {.format = SPOOR_FORMAT_CSV};
    spoor_query *query;
    FILE *out = tmpfile();
    bool ok = spoor_prepare(engine, text, strlen(text), options, &query) == SPOOR_OK &&
              spoor_query_run(query, &output, out, NULL) == SPOOR_OK;
    spoor_query_free(query);
    spoor_str rows = text_of(out);
    for (size_t i = 0; i < rows.len; i++) {
        ((char *)(uintptr_t)rows.ptr)[i] = rows.ptr[i] == '\n' ? ';' : rows.ptr[i];
    }
    return ok ? rows : SPOOR_STR("wrong");
}

static spoor_str ask(spoor_engine *engine, const char *text) {
    return ask_with(engine, text, &(spoor_query_options){0});
}

static void save(spoor_engine *engine, const char *name, const char *text) {
    spoor_function_text function = {.name = name, .text = text, .len = strlen(text)};
    spoor_query *query;
    CHECK(spoor_function_save(engine, &function, &query) == SPOOR_OK);
    spoor_query_free(query);
}

/* Process starts on so many computers, one a minute from midnight on. */
static void add_events(spoor_engine *engine, const char *name, int first, int count) {
    const char *path = path_of(name);
    FILE *file = fopen(path, "w");
    for (int i = first; i < first + count; i++) {
        fprintf(
            file,
            "{\"Type\":\"WindowsEvent\",\"TimeGenerated\":\"2024-05-01T00:%02d:00Z\",\"Provider\":"
            "\"Microsoft-Windows-Sysmon\",\"Channel\":\"Microsoft-Windows-Sysmon/Operational\","
            "\"Computer\":\"PC%d\",\"EventID\":1,\"EventRecordId\":\"%d\","
            "\"EventData\":{\"Image\":\"C:\\\\a.exe\"}}\n",
            i, i, i);
    }
    fclose(file);
    spoor_ingest_summary summary;
    spoor_ingest_request request = {.paths = &path, .npaths = 1};
    CHECK(spoor_ingest(engine, &request, &summary) == SPOOR_OK);
    CHECK_LONG((int64_t)summary.added, count);
}

static void check_functions(spoor_engine *engine) {
    CHECK_STR(ask(engine, "f"), "wrong");
    save(engine, "f", "print x = 1");
    CHECK_STR(ask(engine, "f"), "x;1;");
    save(engine, "f", "print x = 2");
    CHECK_STR(ask(engine, "f"), "x;2;");
    spoor_engine *other = open_engine(SPOOR_ACCESS_WRITE); /* as another process would */
    save(other, "f", "print x = 3");
    CHECK_STR(ask(engine, "f"), "x;3;");
    CHECK(spoor_function_delete(other, "f") == SPOOR_OK);
    spoor_close(other);
    CHECK_STR(ask(engine, "f"), "wrong");
    CHECK_STR(ask(engine, ".create function g() { print x = 4 } | project Name"), "Name;g;");
    CHECK_STR(ask(engine, "g"), "x;4;");
    CHECK_STR(ask(engine, ".drop function g | project Name"), "Name;");
    CHECK_STR(ask(engine, "g"), "wrong");
}

/* A saved function hides a view, also from the views above it. */
static void check_hidden_view(spoor_engine *engine) {
    static const char text[] = "DeviceProcessEvents | count";
    CHECK_STR(ask(engine, "Sysmon | count"), "Count;3;");
    spoor_str before = ask(engine, text);
    CHECK_STR(before, "Count;3;");
    save(engine, "_DeviceRows", "_Events | where false");
    save(engine, "Sysmon", "_Events | where EventID == 1 | take 2");
    CHECK_STR(ask(engine, "Sysmon | count"), "Count;2;");
    CHECK(!spoor_str_eq(ask(engine, text), before));
    CHECK(spoor_function_delete(engine, "Sysmon") == SPOOR_OK);
    CHECK(spoor_function_delete(engine, "_DeviceRows") == SPOOR_OK);
    CHECK_STR(ask(engine, "Sysmon | count"), "Count;3;");
    CHECK_STR(ask(engine, text), before.ptr);
}

static void check_tables(spoor_engine *engine) {
    CHECK_STR(ask(engine, ".set list <| print a = 1"), "TableName,RowCount;list,1;");
    CHECK_STR(ask(engine, "list"), "a;1;");
    CHECK_STR(ask(engine, ".append list <| print a = 2"), "TableName,RowCount;list,1;");
    CHECK_STR(ask(engine, "list"), "a;1;2;");
    CHECK_STR(ask(engine, ".drop table list | project TableName"), "TableName;");
    CHECK_STR(ask(engine, "list"), "wrong");
}

static void check_settings(spoor_engine *engine) {
    spoor_query_options none = {0}, empty = {.empty_tables = true}, wild = {.wildcards = true};
    spoor_query_options strict = {.strict = true};
    CHECK_STR(ask_with(engine, "DnsEvents | count", &empty), "Count;0;");
    CHECK_STR(ask_with(engine, "DnsEvents | count", &none), "wrong");
    static const char text[] = "Sysmon | where process_path contains 'c:*exe' | count";
    CHECK_STR(ask_with(engine, text, &none), "Count;0;");
    CHECK_STR(ask_with(engine, text, &wild), "Count;3;");
    CHECK_STR(ask(engine,
                  "set contains_wildcards; Sysmon | where process_path contains 'c:*exe' | count"),
              "Count;3;");
    CHECK_STR(ask_with(engine, text, &none), "Count;0;");
    CHECK_STR(ask_with(engine, "print x = 1 //", &strict), "x;1;");
    /* The time picker: of the options, of the text, both. */
    spoor_query_options late = {.has_from = true};
    CHECK(spoor_parse_time("2024-05-01T00:01:00Z", &late.from));
    spoor_query_options middle = {
        .has_from = true, .has_to = true, .from = late.from, .to = late.from + SPOOR_TICKS_MINUTE};
    for (int again = 0; again < 2; again++) {
        CHECK_STR(ask_with(engine, "Sysmon | count", &late), "Count;2;");
        CHECK_STR(ask(engine, "Sysmon | count"), "Count;3;");
        CHECK_STR(ask_with(engine, "Sysmon | count", &middle), "Count;1;");
        CHECK_STR(ask(engine,
                      "set query_datetimescope_from = datetime(2024-05-01 00:02); Sysmon | count"),
                  "Count;1;");
        CHECK_STR(
            ask_with(engine,
                     "set query_datetimescope_to = datetime(2024-05-01 00:02); Sysmon | count",
                     &late),
            "Count;1;");
        CHECK_STR(ask_with(engine, "union Sysmon, Event, WindowsEvent | count", &late), "Count;4;");
    }
    spoor_query_options now = {.now = late.from};
    CHECK_STR(ask_with(engine, "Sysmon | where TimeGenerated < now() | count", &now), "Count;1;");
    now.now += SPOOR_TICKS_MINUTE;
    CHECK_STR(ask_with(engine, "Sysmon | where TimeGenerated < now() | count", &now), "Count;2;");
}

/* A query outlives the session that it was bound with. */
static void check_life(spoor_engine *engine) {
    static const char text[] =
        "Sysmon | where EventID == 1 | project Computer, file_version | take 1";
    spoor_query *query;
    CHECK(spoor_prepare(engine, text, strlen(text), &(spoor_query_options){0}, &query) == SPOOR_OK);
    save(engine, "h", "print 1");
    CHECK_STR(ask(engine, "h | count"), "Count;1;");
    CHECK(spoor_function_delete(engine, "h") == SPOOR_OK);
    CHECK_STR(ask(engine, "h | count"), "wrong");
    FILE *out = tmpfile();
    CHECK(spoor_query_run(query, &(spoor_output_options){.format = SPOOR_FORMAT_CSV}, out, NULL) ==
          SPOOR_OK);
    spoor_query_free(query);
    CHECK(text_of(out).len > 20);
}

/* -- the library ------------------------------------------------------------------------------- */

typedef struct views {
    spoor_engine *kept; /* one engine for all views */
    size_t count;
} views;

static spoor_str plan_of(spoor_engine *engine, const char *name,
                         const spoor_query_options *options) {
    spoor_query *query;
    FILE *out = tmpfile();
    if (spoor_prepare(engine, name, strlen(name), options, &query) == SPOOR_OK) {
        spoor_query_explain(query, out);
    }
    spoor_query_free(query);
    return text_of(out);
}

/* Bound in an engine of its own, the first time and from the library, at another time, within a range. */
static void check_view(void *context, const char *name, spoor_name_kind kind) {
    views *v = context;
    if (kind != SPOOR_NAME_TABLE &&
        !(kind == SPOOR_NAME_FUNCTION && strchr("_iA", name[0]) != NULL)) {
        return;
    }
    static const int64_t times[2] = {INT64_C(638000000000000000), INT64_C(638999999999999999)};
    for (int pick = 0; pick < 2; pick++) {
        for (int raw = 0; raw < 2; raw++) {
            spoor_query_options options = {
                .no_rewrites = raw != 0, .now = times[0], .has_from = pick != 0, .from = times[0]};
            spoor_engine *own = open_engine(SPOOR_ACCESS_READ);
            spoor_str plan = plan_of(own, name, &options);
            options.now = times[1];
            bool same = spoor_str_eq(plan_of(own, name, &options), plan) &&
                        spoor_str_eq(plan_of(v->kept, name, &options), plan) &&
                        spoor_str_eq(plan_of(v->kept, name, &options), plan);
            spoor_close(own);
            v->count += plan.len > 0;
            if (!same) {
                fprintf(stderr, "%s: its plan changes\n", name);
            }
            CHECK(same);
        }
    }
}

void test_session(void);
void test_session(void) {
    CHECK(mkdtemp(folder) != NULL);
    spoor_engine *engine = open_engine(SPOOR_ACCESS_CREATE);
    check_functions(engine);
    CHECK_STR(ask(engine, "Sysmon | count"), "Count;0;");
    add_events(engine, "a.jsonl", 0, 2);
    CHECK_STR(ask(engine, "Sysmon | count"), "Count;2;");
    add_events(engine, "b.jsonl", 2, 1);
    CHECK_STR(ask(engine, "Sysmon | count"), "Count;3;");
    check_hidden_view(engine);
    check_tables(engine);
    check_settings(engine);
    check_life(engine);
    views v = {.kept = engine};
    spoor_names(engine, check_view, &v);
    CHECK(v.count >= 4 * 40);
    spoor_close(engine);
    unlink(path_of("a.jsonl"));
    unlink(path_of("b.jsonl"));
    unlink(path_of("s.db"));
    rmdir(folder);
}
