/* test_shapes.c - every export shape gives the same event, less what the shape loses; and what
 * becomes of damage, strangers and mixed files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "ingest/reader.h"
#include "ingest/xml_scan.h"
#include "tests/memory_input.h"
#include "tests/unit/unit.h"

void test_shapes(void);

/* -- keeping what was read --------------------------------------------------------------------- */

enum { KEPT = 8 };

/* Keeps copies of the first events in the test's arena. */
typedef struct keeper {
    spoor_sink sink;
    spoor_event events[KEPT];
    uint32_t nevents, ndamage;
    uint64_t damage_at;
    char damage[200];
} keeper;

static bool keep_event(spoor_sink *sink, const spoor_event *event) {
    keeper *k = (keeper *)sink;
    if (k->nevents < KEPT) {
        spoor_event *kept = &k->events[k->nevents];
        spoor_event_field *fields =
            SPOOR_NEW_ARRAY(unit_arena(), spoor_event_field, event->nfields + 1);
        *kept = *event;
        for (uint32_t i = 0; i < event->nfields; i++) {
            fields[i] = event->fields[i];
            fields[i].name = spoor_arena_str(unit_arena(), event->fields[i].name);
            fields[i].text = spoor_arena_str(unit_arena(), event->fields[i].text);
        }
        kept->fields = fields;
        kept->provider = spoor_arena_str(unit_arena(), event->provider);
        kept->provider_guid = spoor_arena_str(unit_arena(), event->provider_guid);
        kept->channel = spoor_arena_str(unit_arena(), event->channel);
        kept->computer = spoor_arena_str(unit_arena(), event->computer);
        kept->user_sid = spoor_arena_str(unit_arena(), event->user_sid);
        kept->user_name = spoor_arena_str(unit_arena(), event->user_name);
        kept->raw_xml = spoor_arena_str(unit_arena(), event->raw_xml);
        kept->binary = spoor_arena_str(unit_arena(), event->binary);
        kept->message = spoor_arena_str(unit_arena(), event->message);
        kept->level_name = spoor_arena_str(unit_arena(), event->level_name);
    }
    k->nevents++;
    return true;
}

static void keep_damage(spoor_sink *sink, uint64_t offset, const char *what) {
    keeper *k = (keeper *)sink;
    if (k->ndamage++ == 0) {
        k->damage_at = offset;
        snprintf(k->damage, sizeof k->damage, "%s", what);
    }
}

static bool never(spoor_sink *sink) {
    (void)sink;
    return false;
}

static spoor_ingest_status read_text(spoor_str text, size_t step, int32_t assume_tz, keeper *k,
                                     spoor_ingest_counts *counts) {
    *k = (keeper){.sink = {keep_event, keep_damage, never}};
    *counts = (spoor_ingest_counts){0};
    memory_input input = memory_input_of(text.ptr, text.len, step);
    spoor_ingest_options options = {.assume_tz = assume_tz};
    return spoor_text_read(&input.input, &options, &k->sink, counts);
}

static spoor_ingest_status read_z(const char *text, keeper *k, spoor_ingest_counts *counts) {
    return read_text(spoor_str_from(text), 0, 0, k, counts);
}

static spoor_str read_file(const char *name) {
    char path[200];
    snprintf(path, sizeof path, "tests/data/shapes/%s", name);
    FILE *file = fopen(path, "rb");
    if (!CHECK(file != NULL)) {
        printf("  no file %s\n", path);
        return (spoor_str){"", 0};
    }
    char *bytes = SPOOR_NEW_ARRAY(unit_arena(), char, 1 << 16);
    size_t size = fread(bytes, 1, 1 << 16, file);
    fclose(file);
    return (spoor_str){bytes, size};
}

/* -- one event, many shapes -------------------------------------------------------------------- */

/* what a shape loses of System */
enum {
    NO_VERSION = 1 << 0,
    NO_RECORD = 1 << 1,
    NO_IDS = 1 << 2, /* process and thread */
    NO_SID = 1 << 3,
    NO_GUID = 1 << 4,
    NO_OPCODE = 1 << 5,
    NO_KEYWORDS = 1 << 6,
    NO_TASK = 1 << 7,
    NO_MESSAGE = 1 << 8,
    IS_AZURE = NO_VERSION | NO_RECORD | NO_IDS | NO_SID | NO_GUID | NO_OPCODE | NO_KEYWORDS,
};

static const struct {
    const char *file, *shape;
    uint32_t records;
    int64_t time; /* ticks of the second that the shape keeps */
    unsigned lost;
} shapes[] = {
    {"nxlog.jsonl", "NXLog JSON", 1, 7890000, 0},
    {"flat.jsonl", "flat JSON of Winlogbeat", 1, 7890000,
     NO_VERSION | NO_RECORD | NO_IDS | NO_SID | NO_OPCODE},
    {"winlogbeat6.jsonl", "Winlogbeat 6 JSON", 1, 7900000, NO_KEYWORDS | NO_MESSAGE},
    {"winlogbeat8.jsonl", "Winlogbeat 7 JSON", 1, 7900000, NO_KEYWORDS},
    {"ecs_module.jsonl", "Winlogbeat JSON after the Sysmon module (ECS)", 1, 7900000,
     NO_KEYWORDS | NO_MESSAGE},
    {"evtx_dump.jsonl", "evtx_dump JSON", 1, 7901230, NO_MESSAGE},
    {"evtx_dump_pretty.txt", "evtx_dump JSON", 2, 7901230, NO_MESSAGE},
    {"evtx_dump_separate.jsonl", "evtx_dump JSON with separate attributes", 1, 7901230, NO_MESSAGE},
    {"evtxecmd.json", "EvtxECmd JSON", 1, 7901234,
     NO_VERSION | NO_GUID | NO_OPCODE | NO_KEYWORDS | NO_TASK | NO_MESSAGE},
    {"la_event.jsonl", "Log Analytics Event", 1, 7901234, IS_AZURE},
    {"la_event_parameters.jsonl", "Log Analytics Event", 1, 7900000, IS_AZURE},
    {"la_event_columns.jsonl", "Log Analytics Event", 1, 7900000, IS_AZURE},
    {"la_windows_event.jsonl", "Log Analytics WindowsEvent", 1, 7900000, IS_AZURE | NO_MESSAGE},
    {"powershell51.json", "PowerShell Get-WinEvent JSON", 2, 7900000, 0},
    {"powershell7.json", "PowerShell Get-WinEvent JSON", 1, 7901234, 0},
    {"powershell_cut.json", "PowerShell Get-WinEvent JSON", 1, 7901234, 0},
    {"splunk.jsonl", "Splunk export of XmlWinEventLog", 1, 7901234, NO_MESSAGE},
    {"wevtutil.xml", "Event XML", 2, 7901234, NO_MESSAGE},
    {"rendered.xml", "Event XML", 1, 7901234, 0},
    {"eventviewer.xml", "Event XML", 1, 7901234, 0},
    {"eventviewer_utf16.xml", "Event XML", 1, 7901234, NO_MESSAGE},
    {"prefixed.xml", "Event XML", 1, 7901234, NO_MESSAGE},
    {"velociraptor.jsonl", "Velociraptor JSON", 1, 7901235, 0},
    {"wazuh.jsonl", "Wazuh JSON", 1, 7901234, NO_SID},
};

static const char *const wanted[][2] = {
    {"RuleName", "T1547.001 <run key>"},
    {"EventType", "SetValue"},
    {"UtcTime", "2025-02-03 04:05:06.789"},
    {"ProcessGuid", "{0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9}"},
    {"ProcessId", "812"},
    {"Image", "C:\\Tools\\r\xC3\xA9g.exe"},
    {"TargetObject", "HKU\\S-1-5-21-1\\Run\\a&b"},
    {"Details", "\"C:\\x y\\z.exe\" \xF0\x9F\x98\x80 'q'"},
    {"User", "LAB\\zo\xC3\xAB"},
};

static void check_system(const spoor_event *e, unsigned lost) {
    int64_t none = SPOOR_EVENT_ABSENT;
    CHECK_LONG(e->event_id, 13);
    CHECK_LONG(e->level, 4);
    CHECK_STR(e->provider, "Microsoft-Windows-Sysmon");
    CHECK_STR(e->channel, "Microsoft-Windows-Sysmon/Operational");
    CHECK_STR(e->computer, "host7.lab.example");
    CHECK_STR(e->provider_guid, lost & NO_GUID ? "" : "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}");
    CHECK_STR(e->user_sid, lost & NO_SID ? "" : "S-1-5-18");
    CHECK_LONG(e->version, lost & NO_VERSION ? none : 2);
    CHECK_LONG(e->task, lost & NO_TASK ? none : 13);
    CHECK_LONG(e->opcode, lost & NO_OPCODE ? none : 0);
    CHECK_LONG(e->record_id, lost & NO_RECORD ? none : 4711);
    CHECK_LONG(e->process_id, lost & NO_IDS ? none : 2222);
    CHECK_LONG(e->thread_id, lost & NO_IDS ? none : 3333);
    CHECK(e->has_keywords == !(lost & NO_KEYWORDS));
    CHECK(lost & NO_KEYWORDS || e->keywords == (uint64_t)1 << 63);
    CHECK(lost & NO_MESSAGE || memcmp(e->message.ptr, "Registry value set:", 19) == 0);
    CHECK((e->flags & SPOOR_EVENT_HAS_EVENTDATA) != 0);
    CHECK(((e->flags & SPOOR_EVENT_NO_RECORD_ID) != 0) == ((lost & NO_RECORD) != 0));
    CHECK((e->flags & SPOOR_EVENT_TIME_GUESSED) == 0);
}

static void check_shape(size_t i, size_t step) {
    keeper k;
    spoor_ingest_counts counts;
    spoor_str text = read_file(shapes[i].file);
    bool ok = CHECK_LONG(read_text(text, step, 0, &k, &counts), SPOOR_INGEST_OK);
    ok &= CHECK_LONG((int64_t)counts.records, shapes[i].records);
    ok &= CHECK_LONG((int64_t)counts.damaged, 0);
    ok &= CHECK_STR(spoor_str_from(counts.shape), shapes[i].shape);
    for (uint32_t n = 0; n < k.nevents && n < KEPT; n++) {
        const spoor_event *e = &k.events[n];
        int64_t second;
        spoor_time_parse(SPOOR_STR("2025-02-03T04:05:06Z"), &second);
        ok &= CHECK_LONG(e->time - second, shapes[i].time);
        ok &= CHECK_LONG(e->nfields, sizeof wanted / sizeof *wanted);
        for (uint32_t f = 0; f < e->nfields && f < sizeof wanted / sizeof *wanted; f++) {
            ok &= CHECK_STR(e->fields[f].name, wanted[f][0]);
            ok &= CHECK_STR(e->fields[f].text, wanted[f][1]);
            ok &= CHECK_LONG(e->fields[f].kind, SPOOR_FIELD_TEXT);
        }
        check_system(e, shapes[i].lost);
    }
    if (!ok) {
        printf("  in %s\n", shapes[i].file);
    }
}

/* -- values ------------------------------------------------------------------------------------ */

#define DUMP(system, data)                                                                         \
    "{\"Event\":{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"P\"}},\"EventID\":" system  \
    ",\"Channel\":\"C\"}," data "}}\n"

static void test_values(void) {
    keeper k;
    spoor_ingest_counts n;
    read_z(DUMP("{\"#attributes\":{\"Qualifiers\":7},\"#text\":300}",
                "\"EventData\":{\"Data\":{\"#text\":[\"one\",\"\",null]},\"Binary\":\"0AFF\",\"a\":"
                "[1,{\"b\":2}],"
                "\"x\":1.50,\"x_1\":true,\"esc\":\"\\ud83d\\ude00\\ud800\\u0041\\n\"}"),
           &k, &n);
    const spoor_event *e = &k.events[0];
    CHECK_LONG(k.nevents, 1);
    CHECK_LONG(e->event_id, 300);
    CHECK_LONG(e->qualifiers, 7);
    CHECK_LONG(e->time, SPOOR_EVENT_ABSENT);
    CHECK_LONG(e->nfields, 7);
    CHECK_STR(e->fields[0].name, "");
    CHECK_STR(e->fields[0].text, "one");
    CHECK_STR(e->fields[1].text, "");
    CHECK_LONG(e->fields[2].kind, SPOOR_FIELD_TEXT); /* null is how evtx_dump writes '' */
    CHECK_LONG(e->fields[3].kind, SPOOR_FIELD_JSON);
    CHECK_STR(e->fields[3].text, "[1,{\"b\":2}]");
    CHECK_STR(e->fields[4].text, "1.50");
    CHECK_STR(e->fields[5].name, "x");
    CHECK_STR(e->fields[5].text, "true");
    CHECK_STR(e->fields[6].text, "\xF0\x9F\x98\x80\xED\xA0\x80"
                                 "A\n");
    CHECK_STR(e->binary, "0AFF");
    CHECK((e->flags & SPOOR_EVENT_HAS_BINARY) != 0);
    CHECK((e->flags & SPOOR_EVENT_NO_RECORD_ID) != 0);

    read_z(DUMP("104", "\"UserData\":{\"LogFileCleared\":{\"#attributes\":{\"xmlns\":\"u:l\"},"
                       "\"Channel\":\"a<b\",\"BackupPath\":null}}"),
           &k, &n);
    CHECK_STR(k.events[0].raw_xml,
              "<UserData><LogFileCleared xmlns=\"u:l\"><Channel>a&lt;b</Channel>"
              "<BackupPath/></LogFileCleared></UserData>");
    CHECK_LONG(k.events[0].nfields, 2);
    CHECK((k.events[0].flags & SPOOR_EVENT_HAS_EVENTDATA) == 0);

    read_z(DUMP("1", "\"UserData\":{\"X\":{\"A\":{\"#attributes\":{\"k\":\"v\"},\"#text\":\"t\"},"
                     "\"B\":{\"#attributes\":{\"k\":\"\\\"\"}}}}"),
           &k, &n);
    CHECK_STR(k.events[0].raw_xml, "<UserData><X><A k=\"v\">t</A><B k=\"&quot;\"/></X></UserData>");
    CHECK_LONG(k.events[0].nfields, 2);
    CHECK_STR(k.events[0].fields[0].text, "t");

    /* null and '' differ where the exporter keeps them apart */
    read_z("{\"EventID\":4104,\"Channel\":\"C\",\"Hostname\":\"h\",\"TimeCreated\":\"2025-01-01T00:"
           "00:00Z\","
           "\"Path\":null,\"Text\":\"\",\"bad\":\"a\xFF\"}\n",
           &k, &n);
    CHECK_LONG(k.events[0].fields[0].kind, SPOOR_FIELD_NULL);
    CHECK_LONG(k.events[0].fields[1].kind, SPOOR_FIELD_TEXT);
    CHECK_STR(k.events[0].fields[2].text, "a\xEF\xBF\xBD");
    CHECK_LONG((int64_t)n.bad_text, 1);
}

#define XML_SYSTEM "<System><Provider Name=\"P\"/><EventID Qualifiers='3'>9</EventID></System>"

static void test_xml_values(void) {
    keeper k;
    spoor_ingest_counts n;
    read_z("<?xml version='1.0'?><Events>\n<Event>" XML_SYSTEM
           "<EventData> <Data>&#233;&#x1F600;&unknown;&lt;</Data>\n<Data "
           "Name=\"c\"><![CDATA[<a&amp;]]>t</Data>"
           "<Data/><Binary>00FF</Binary></EventData></Event>"
           "<Event>" XML_SYSTEM "<UserData>\n <X xmlns='u:x' id=\"1\">\n  <Y>a &gt; b</Y> "
           "<Z></Z>\n </X>\n</UserData></Event></Events>",
           &k, &n);
    CHECK_LONG(k.nevents, 2);
    CHECK_LONG(k.events[0].qualifiers, 3);
    CHECK_STR(k.events[0].fields[0].text, "\xC3\xA9\xF0\x9F\x98\x80&unknown;<");
    CHECK_STR(k.events[0].fields[1].text, "<a&amp;t");
    CHECK_STR(k.events[0].fields[2].name, "");
    CHECK_STR(k.events[0].fields[2].text, "");
    CHECK_STR(k.events[0].binary, "00FF");
    CHECK_STR(k.events[0].raw_xml, "");
    CHECK_STR(k.events[1].raw_xml,
              "<UserData><X xmlns=\"u:x\" id=\"1\"><Y>a &gt; b</Y><Z/></X></UserData>");
    CHECK_LONG(k.events[1].nfields, 2);

    CHECK_LONG(read_text(read_file("syslog.txt"), 0, 0, &k, &n), SPOOR_INGEST_OK);
    CHECK_STR(k.events[0].provider, "Linux-Sysmon");
    CHECK_STR(k.events[0].user_sid, "0");
    CHECK_LONG((int64_t)k.events[0].offset, 31);
}

/* -- times ------------------------------------------------------------------------------------- */

#define FLAT(id, provider, time, more)                                                             \
    "{\"EventID\":" id ",\"SourceName\":\"" provider "\",\"Channel\":\"C\",\"Hostname\":\"h\","    \
    "\"TimeCreated\":\"" time "\"" more "}\n"

static void check_time(const char *text, int32_t assume_tz, const char *want, bool is_guessed) {
    keeper k;
    spoor_ingest_counts n;
    char buffer[SPOOR_TIME_TEXT];
    read_text(spoor_str_from(text), 0, assume_tz, &k, &n);
    CHECK_STR(spoor_time_print(k.events[0].time, buffer), want);
    CHECK(((k.events[0].flags & SPOOR_EVENT_TIME_GUESSED) != 0) == is_guessed);
    CHECK_LONG((int64_t)n.guessed, is_guessed);
}

static void test_times(void) {
    check_time(FLAT("1", "Other", "2025-02-03 04:05:06.7", ""), 0, "2025-02-03T04:05:06.7000000Z",
               true);
    check_time(FLAT("1", "Other", "2025-02-03 04:05:06.7", ""), 120, "2025-02-03T02:05:06.7000000Z",
               true);
    check_time(FLAT("1", "Other", "2025-02-03T04:05:06.7Z", ""), 120,
               "2025-02-03T04:05:06.7000000Z", false);
    check_time(FLAT("1", "Other", "2025-02-03T04:05:06.123456789+05:30", ""), 0,
               "2025-02-02T22:35:06.1234567Z", false);
    /* Sysmon: a time without a zone, one with a false Z, and one that is right */
    check_time(FLAT("1", "Microsoft-Windows-Sysmon", "2025-02-03 04:05:06.7",
                    ",\"UtcTime\":\"2025-02-03 09:05:06.5\""),
               120, "2025-02-03T09:05:06.5000000Z", false);
    check_time(FLAT("1", "Microsoft-Windows-Sysmon", "2025-02-03T04:05:06.7Z",
                    ",\"UtcTime\":\"2025-02-03 09:35:06.5\""),
               0, "2025-02-03T09:35:06.5000000Z", false);
    check_time(FLAT("1", "Microsoft-Windows-Sysmon", "2025-02-03T04:05:06.7Z",
                    ",\"UtcTime\":\"2025-02-03 20:05:06.5\""),
               0, "2025-02-03T20:05:06.5000000Z", false); /* 12 + 4 hours */
    check_time(FLAT("1", "Microsoft-Windows-Sysmon", "2025-02-03T04:05:06.7Z",
                    ",\"UtcTime\":\"2025-02-03 04:05:02.5\""),
               0, "2025-02-03T04:05:06.7000000Z", false);
}

/* A false Z, once seen, is expected of the records that follow: Sysmon's have UtcTime, others are
 * taken to be in the assumed zone. */
static void test_false_zone(void) {
    keeper k;
    spoor_ingest_counts n;
    char buffer[SPOOR_TIME_TEXT];
    const char *text = FLAT("1", "Other", "2025-02-03T04:05:06Z", "")
        FLAT("1", "Microsoft-Windows-Sysmon", "2025-02-03T04:05:07Z",
             ",\"UtcTime\":\"2025-02-03 11:05:07\"") FLAT("1", "Other", "2025-02-03T04:05:08Z", "")
            FLAT("1", "Microsoft-Windows-Sysmon", "2025-02-03T04:05:09Z",
                 ",\"UtcTime\":\"2025-02-03 11:05:09\"");
    read_text(spoor_str_from(text), 0, -420, &k, &n);
    CHECK_LONG(k.nevents, 4);
    CHECK_LONG((int64_t)n.guessed, 1);
    CHECK_STR(spoor_time_print(k.events[0].time, buffer), "2025-02-03T04:05:06.0000000Z");
    CHECK_STR(spoor_time_print(k.events[1].time, buffer), "2025-02-03T11:05:07.0000000Z");
    CHECK_STR(spoor_time_print(k.events[2].time, buffer), "2025-02-03T11:05:08.0000000Z");
    CHECK_STR(spoor_time_print(k.events[3].time, buffer), "2025-02-03T11:05:09.0000000Z");
    CHECK((k.events[2].flags & SPOOR_EVENT_TIME_GUESSED) != 0);
}

/* -- damage ------------------------------------------------------------------------------------ */

#define GOOD DUMP("1", "\"EventData\":null")

static void check_damage(const char *text, uint32_t nevents, uint32_t ndamage, int64_t offset,
                         const char *why) {
    for (size_t step = 0; step < 3; step++) {
        keeper k;
        spoor_ingest_counts n;
        bool ok = CHECK_LONG(read_text(spoor_str_from(text), step, 0, &k, &n), SPOOR_INGEST_OK);
        ok &= CHECK_LONG(k.nevents, nevents);
        ok &= CHECK_LONG(k.ndamage, ndamage);
        ok &= CHECK_LONG((int64_t)n.damaged, ndamage);
        ok &= CHECK_LONG((int64_t)k.damage_at, offset);
        ok &= CHECK_STR(spoor_str_from(k.damage), why);
        if (!ok) {
            printf("  in '%s'\n", text);
        }
    }
}

static void test_damage(void) {
    int64_t good = sizeof GOOD - 1;
    check_damage(GOOD "{\"Event\":{\"System\":{\"EventID\n" GOOD, 2, 1, good,
                 "the text ends inside a string");
    check_damage(GOOD "{\"Event\":{\"System\":\n" GOOD GOOD, 3, 1, good,
                 "the text ends before a value");
    check_damage("{\"a\":01}\n" GOOD, 1, 1, 0, "expected a value");
    check_damage("[{\"a\":tru},{\"Event\":{\"System\":{\"EventID\":1}}},{\"Event\":{\"System\":{"
                 "\"EventID\":2}}}]",
                 2, 1, 1, "expected a value");
    check_damage("{\n  \"a\": [\n    {\n      1\n    }\n  ]\n}\n{\n  \"Event\": {\"System\": "
                 "{\"EventID\": 4}}\n}\n",
                 1, 1, 0, "expected a name in quotes");
    check_damage(GOOD "what is this\n" GOOD, 2, 1, good, "a line that is neither JSON nor XML");
    check_damage(GOOD "{\"x\":1}\n", 1, 1, good, "an object of no known shape (keys x)");
    check_damage("<Event>" XML_SYSTEM "</Event><Event><System></Event><Event>" XML_SYSTEM
                 "</Event>",
                 2, 1, (int64_t)sizeof("<Event>" XML_SYSTEM "</Event>") - 1,
                 "an element is closed by another's name");
    check_damage("<Event>" XML_SYSTEM "<EventData><Data Name='x<Event>" XML_SYSTEM "</Event>", 1, 1,
                 0, "'<' in the value of an attribute");
    check_damage("<Event>" XML_SYSTEM "</Event>\n<Event><Sys", 1, 1,
                 (int64_t)sizeof("<Event>" XML_SYSTEM "</Event>\n") - 1,
                 "the text ends inside an element");
    check_damage("<Event>" XML_SYSTEM "<EventData><Data>cut\n<Event>" XML_SYSTEM "</Event>", 1, 1,
                 0, "an Event begins inside an Event");
}

static void test_refusals(void) {
    keeper k;
    spoor_ingest_counts n;
    CHECK_LONG(
        read_z("{\"eventVersion\":\"1\",\"awsRegion\":\"r\",\"eventSource\":\"s\"}\n", &k, &n),
        SPOOR_INGEST_REFUSED);
    CHECK(strstr(n.refusal, "an AWS CloudTrail record, not a Windows event; known are Event XML") ==
          n.refusal);
    CHECK_LONG(
        read_z("{\"Type\":\"Syslog\",\"SyslogMessage\":\"x\",\"ProcessName\":\"sshd\"}\n", &k, &n),
        SPOOR_INGEST_REFUSED);
    CHECK(strstr(n.refusal, "a Syslog row of sshd, not an event of Sysmon for Linux") == n.refusal);
    CHECK_LONG(read_z("<!DOCTYPE x [<!ENTITY a \"b\">]><html></html>", &k, &n),
               SPOOR_INGEST_REFUSED);
    CHECK_LONG(read_z("", &k, &n), SPOOR_INGEST_OK);
    char lines[1000]; /* given up soon: the event that follows is never reached */
    memset(lines, '\n', sizeof lines);
    for (size_t i = 0; i < 500; i++) {
        lines[2 * i] = 'x';
    }
    spoor_text_out text = {.arena = unit_arena()};
    spoor_text_add(&text, (spoor_str){lines, sizeof lines});
    spoor_text_add(&text, SPOOR_STR(GOOD));
    CHECK_LONG(read_text((spoor_str){text.ptr, text.len}, 0, 0, &k, &n), SPOOR_INGEST_REFUSED);
    CHECK_LONG((int64_t)n.damaged, 200);
    CHECK_LONG(k.ndamage, 0); /* a file that is no log is refused as a whole */
    CHECK_LONG(read_z("[]", &k, &n), SPOOR_INGEST_OK);
}

/* Shapes change within a file: each record is asked anew. */
static void test_mixed(void) {
    keeper k;
    spoor_ingest_counts n;
    CHECK_LONG(read_z(GOOD FLAT("5", "O", "2025-01-01T00:00:00Z", "") "<Event>" XML_SYSTEM
                                                                      "</Event>\n" GOOD,
                      &k, &n),
               SPOOR_INGEST_OK);
    CHECK_LONG(k.nevents, 4);
    CHECK_LONG(k.events[1].event_id, 5);
    CHECK_LONG(k.events[2].event_id, 9);
    CHECK_STR(spoor_str_from(n.shape), "evtx_dump JSON and others");
}

/* Records that look alike to one who only counts members: each is read as it is alone. */
static void test_like_members(void) {
    static const char *const lines[] = {
        "{\"@timestamp\":\"2024-03-05T10:11:12.345Z\",\"winlog\":{\"channel\":\"c\",\"event_id\":1,"
        "\"process\":{\"pid\":7,\"thread\":{\"id\":8}},\"version\":5},\"x\":{\"y\":1}}\n",
        "{\"@timestamp\":\"2024-03-05T10:11:12.345Z\",\"winlog\":{\"channel\":\"c\",\"event_id\":1,"
        "\"process\":{\"pid\":7,\"thread\":{\"id\":8},\"version\":5}},\"x\":{\"y\":1}}\n",
        "{\"@timestamp\":\"2024-03-05T10:11:12.345Z\",\"winlog\":{\"channel\":\"c\",\"event_id\":1,"
        "\"process\":{\"pid\":7,\"thread\":{\"id\":8}}},\"version\":5,\"x\":{\"y\":1}}\n",
        "{\"@timestamp\":\"2024-03-05T10:11:12.345Z\",\"winlog\":{\"channel\":\"c\",\"event_id\":1,"
        "\"process\":{\"pid\":7,\"thread\":8},\"version\":5},\"x\":{\"y\":1}}\n",
        "{\"@timestamp\":\"2024-03-05T10:11:12.345Z\",\"winlog\":{\"channel\":\"c\",\"event_id\":1,"
        "\"process\":{\"pid\":7,\"pid\":9},\"version\":5},\"x\":{\"y\":1},\"x\":{\"y\":2}}\n",
        "{\"@timestamp\":\"2024-03-05T10:11:12.345Z\",\"winlog\":{\"channel\":\"c\",\"event_id\":1,"
        "\"process\":{\"pid\":7,\"thread\":{\"id\":6}},\"version\":5},\"x\":{\"z\":1}}\n"};
    enum { LINES = sizeof lines / sizeof *lines };
    static const int64_t versions[] = {5, SPOOR_EVENT_ABSENT, SPOOR_EVENT_ABSENT, 5, 5, 5};
    static const int64_t threads[] = {8, 8, 8, SPOOR_EVENT_ABSENT, SPOOR_EVENT_ABSENT, 6};
    char text[8192];
    for (size_t first = 0; first < LINES; first++) { /* whichever comes first, and comes again */
        size_t used = 0;
        for (size_t i = 0; i <= LINES; i++) {
            size_t line = i < LINES ? (first + i) % LINES : first;
            memcpy(text + used, lines[line], strlen(lines[line]));
            used += strlen(lines[line]);
        }
        keeper k;
        spoor_ingest_counts counts;
        read_text((spoor_str){text, used}, 0, 0, &k, &counts);
        CHECK_LONG(k.nevents, LINES + 1);
        for (size_t i = 0; i <= LINES; i++) {
            size_t line = i < LINES ? (first + i) % LINES : first;
            CHECK_LONG(k.events[i].process_id, 7);
            CHECK_LONG(k.events[i].version, versions[line]);
            CHECK_LONG(k.events[i].thread_id, threads[line]);
        }
    }
}

void test_shapes(void) {
    test_like_members();
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        for (size_t step = 0; step < 4; step++) {
            check_shape(i, step);
        }
    }
    test_values();
    test_xml_values();
    test_times();
    test_false_zone();
    test_damage();
    test_refusals();
    test_mixed();
}
