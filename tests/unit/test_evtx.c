/* test_evtx.c - EVTX files written here, byte by byte, to be read back: what each structure means,
 * and what damage costs.  Real files are compared with an independent truth elsewhere. */
#include <stdlib.h>
#include <string.h>

#include "ingest/reader.h"
#include "tests/memory_input.h"
#include "tests/unit/evtx_writer.h"
#include "tests/unit/unit.h"

void test_evtx(void);

#define CHECK_COUNT(got, want) CHECK_LONG((int64_t)(got), (int64_t)(want))

enum { MAX_SEEN = 600, KEEP = 1 << 16 };

/* -- reading ------------------------------------------------------------------------------------
 */

typedef struct seen {
    spoor_sink sink;
    uint32_t events, damages, stop_after; /* 0: never */
    int64_t ids[MAX_SEEN];
    uint32_t flags[MAX_SEEN];
    uint64_t damage_at[MAX_SEEN];
    const char *damage[MAX_SEEN];
    char out[KEEP]; /* the last event: name=text; ... | raw_xml */
    size_t len;
    spoor_ingest_counts counts;
    spoor_ingest_status status;
} seen;

static void keep(seen *s, spoor_str piece) {
    if (piece.len < sizeof s->out - s->len) {
        memcpy(s->out + s->len, piece.len > 0 ? piece.ptr : "", piece.len);
        s->len += piece.len;
    }
}

static bool see_event(spoor_sink *sink, const spoor_event *event) {
    seen *s = (seen *)sink;
    s->ids[s->events % MAX_SEEN] = event->record_id;
    s->flags[s->events++ % MAX_SEEN] = event->flags;
    s->len = 0;
    for (uint32_t i = 0; i < event->nfields; i++) {
        keep(s, event->fields[i].name);
        keep(s, SPOOR_STR("="));
        keep(s, event->fields[i].text);
        keep(s, SPOOR_STR(";"));
    }
    if (event->raw_xml.len > 0) {
        keep(s, SPOOR_STR("|"));
        keep(s, event->raw_xml);
    }
    return s->events != s->stop_after;
}

static void see_damage(spoor_sink *sink, uint64_t offset, const char *what) {
    seen *s = (seen *)sink;
    s->damage_at[s->damages % MAX_SEEN] = offset;
    s->damage[s->damages++ % MAX_SEEN] = what;
}

static bool go_on(spoor_sink *sink) {
    (void)sink;
    return false;
}

static bool give_up(spoor_sink *sink) {
    (void)sink;
    return true;
}

static void read_bytes(seen *s, const unsigned char *bytes, size_t size, bool recover) {
    uint32_t stop_after = s->stop_after;
    memset(s, 0, sizeof *s);
    s->stop_after = stop_after;
    s->sink = (spoor_sink){see_event, see_damage, go_on};
    spoor_ingest_options options = {.recover = recover};
    memory_input input = memory_input_of(bytes, size, 1 << 15);
    s->status = spoor_evtx_read(&input.input, &options, &s->sink, &s->counts);
    CHECK_COUNT(s->counts.records, s->events);
    CHECK_COUNT(s->counts.damaged, s->damages);
}

static void read_all(seen *s, const file *f) {
    read_bytes(s, f->bytes, sizeof f->bytes, false);
}

static spoor_str out(const seen *s) {
    return (spoor_str){s->out, s->len};
}

/* -- tests --------------------------------------------------------------------------------------
 */

static const value one_x = {0x01, "x\0", 2};

static void test_kinds_of_input(seen *s) {
    CHECK(spoor_evtx_looks_like((const unsigned char *)"ElfFile", 8));
    CHECK(!spoor_evtx_looks_like((const unsigned char *)"ElfFil", 6));
    CHECK(!spoor_evtx_looks_like(NULL, 0));
    read_bytes(s, (const unsigned char *)"<Event/>", 8, false);
    CHECK_LONG(s->status, SPOOR_INGEST_REFUSED);
    CHECK_STR(spoor_str_from(s->counts.refusal),
              "not EVTX: it begins with 3C 45 76 65 6E 74 2F 3E and not with ElfFile");
    read_bytes(s, (const unsigned char *)"ElfFile", 8, false);
    CHECK_LONG(s->status, SPOOR_INGEST_OK);
    CHECK_STR(spoor_str_from(s->damage[0]), "the file ends inside its header");
}

static void test_whole_file(file *f, seen *s) {
    size_t starts[3];
    begin_file(f);
    put_small_records(f, 3, &one_x, starts);
    end_file(f, 1, 3);
    read_all(s, f);
    CHECK_LONG(s->status, SPOOR_INGEST_OK);
    CHECK_LONG(s->events, 3);
    CHECK_LONG(s->damages, 0);
    CHECK_LONG(s->ids[2], 3);
    CHECK_LONG(s->flags[2], SPOOR_EVENT_HAS_EVENTDATA);
    CHECK_STR(out(s), "A=x;");
    CHECK_COUNT(s->counts.bytes, f->at - 512);

    read_bytes(s, chunk(f), CHUNK, false); /* a chunk by itself */
    CHECK_LONG(s->events, 3);
    s->stop_after = 2;
    read_all(s, f);
    CHECK_LONG(s->status, SPOOR_INGEST_STOPPED);
    CHECK_LONG(s->events, 2);
    s->stop_after = 0;
    s->sink.cancelled = give_up;
    spoor_ingest_options options = {0};
    memory_input input = memory_input_of(f->bytes, sizeof f->bytes, 0);
    CHECK_LONG(spoor_evtx_read(&input.input, &options, &s->sink, &s->counts), SPOOR_INGEST_STOPPED);

    f->bytes[HEADER + starts[2] + 10] ^= 1; /* no byte that is read, but one that is summed */
    read_all(s, f);
    CHECK_LONG(s->events, 3);
    CHECK_LONG(s->flags[0], SPOOR_EVENT_HAS_EVENTDATA | SPOOR_EVENT_BAD_CHECKSUM);
    CHECK_COUNT(s->counts.bad_checksums, 1);
    f->bytes[120] = 4; /* "there are no checksums": none is missed */
    read_all(s, f);
    CHECK_COUNT(s->counts.bad_checksums, 0);
}

static void test_damage_costs_itself(file *f, seen *s) {
    size_t starts[5];
    for (int how = 0; how < 4; how++) {
        begin_file(f);
        put_small_records(f, 5, &one_x, starts);
        end_file(f, 1, 5);
        unsigned char *victim = chunk(f) + starts[2];
        switch (how) {
        case 0: memset(victim + 4, 0, 4); break;                       /* a size of 0 */
        case 1: memset(victim, 'x', starts[3] - starts[2]); break;     /* overwritten */
        case 2: memset(victim + 4, 0xFF, 4); break;                    /* a size beyond the chunk */
        default: memset(victim + 28, 'x', starts[3] - starts[2] - 32); /* its BinXml */
        }
        read_all(s, f);
        CHECK_LONG(s->status, SPOOR_INGEST_OK);
        CHECK_LONG(s->events, 4);
        CHECK_LONG(s->ids[2], 4);
        CHECK_LONG(s->damages, 1);
        CHECK_COUNT(s->damage_at[0], HEADER + starts[2]);
    }
    /* Beyond a gap, records of another chunk are not this one's. */
    put_at(f, starts[2], 0, 4);
    put_at(f, starts[3] + 8, 99, 8);
    read_all(s, f);
    CHECK_LONG(s->events, 3);
    CHECK_LONG(s->ids[2], 5);
    read_bytes(s, f->bytes, sizeof f->bytes, true);
    CHECK_LONG(s->events, 4);
    CHECK(s->flags[2] & SPOOR_EVENT_RECOVERED);
    /* Zeros are no end of the records where the header says that more follow. */
    begin_file(f);
    put_small_records(f, 5, &one_x, starts);
    end_file(f, 1, 5);
    memset(chunk(f) + starts[3], 0, f->at - starts[3]);
    read_all(s, f);
    CHECK_LONG(s->events, 3);
    CHECK_LONG(s->damages, 1);
    put_at(f, 48, 7, 4); /* ... and where it says nonsense, they are */
    read_all(s, f);
    CHECK_LONG(s->events, 3);
    CHECK_LONG(s->damages, 0);
    /* Without the copy of its size a record may have lost its end. */
    begin_file(f);
    put_small_records(f, 5, &one_x, starts);
    put_at(f, starts[3] - 4, 0, 4);
    end_file(f, 1, 5);
    read_all(s, f);
    CHECK_LONG(s->events, 5);
    CHECK_LONG(s->flags[2], SPOOR_EVENT_HAS_EVENTDATA | SPOOR_EVENT_BAD_CHECKSUM);
    CHECK_STR(spoor_str_from(s->damage[0]), "torn record: its start was read, its end is lost");
}

static void test_slack(file *f, seen *s) {
    size_t starts[3];
    begin_file(f);
    put_small_records(f, 3, &one_x, starts);
    f->at = starts[2];
    end_file(f, 1, 2);
    read_all(s, f);
    CHECK_LONG(s->events, 2);
    read_bytes(s, f->bytes, sizeof f->bytes, true);
    CHECK_LONG(s->events, 3);
    CHECK_COUNT(s->counts.recovered, 1);
    CHECK(s->flags[2] & SPOOR_EVENT_RECOVERED);
    CHECK(!(s->flags[1] & SPOOR_EVENT_RECOVERED));
    memcpy(chunk(f), "NotAChnk", 8);
    read_all(s, f);
    CHECK_LONG(s->events, 0);
    CHECK_STR(spoor_str_from(s->damage[0]), "a block that is not a chunk");
    read_bytes(s, f->bytes, sizeof f->bytes, true);
    CHECK_LONG(s->events, 3);
    CHECK_COUNT(s->counts.recovered, 3);
}

/* Cut anywhere, and with any byte of the first records wrong: it ends, and no record is invented.
 */
static void test_every_cut_and_flip(file *f, seen *s) {
    size_t starts[3];
    begin_file(f);
    put_small_records(f, 3, &one_x, starts);
    end_file(f, 1, 3);
    for (size_t size = 8; size < HEADER + f->at; size += size < HEADER - 8 ? 80 : 1) {
        unsigned char *copy = malloc(size); /* exactly: so that a sanitizer sees its end */
        memcpy(copy, f->bytes, size);
        read_bytes(s, copy, size, true);
        free(copy);
        uint32_t whole = 0;
        while (whole < 3 && size >= HEADER + (whole < 2 ? starts[whole + 1] : f->at)) {
            whole++;
        }
        CHECK(s->status == SPOOR_INGEST_OK && s->events == whole && s->damages <= 1);
    }
    for (size_t at = 0; at < f->at; at++) {
        chunk(f)[at] ^= 0xFF;
        read_bytes(s, f->bytes, sizeof f->bytes, true);
        CHECK(s->events <= 3);
        chunk(f)[at] ^= 0xFF;
    }
}

/* What the field A becomes for a value. */
static void test_values_in_place(file *f, seen *s) {
    static const struct {
        value v;
        const char *want;
    } cases[] = {
        {{0x01, "a\0b\0\0\0", 6}, "A=ab;"}, /* a terminator that was counted */
        {{0x01, "", 0}, "A=;"},
        {{0x00, "", 0}, ""}, /* its dependency is NULL */
        {{0x81, "a\0\0\0\0\0b\0\0\0", 10}, "A=a;A=;A=b;"},
        {{0x81, "", 0}, "A=;"},
        {{0x81, "a\0", 2}, "A=a;"},                    /* no terminator */
        {{0x88, "\1\0\0\0\2\0\0\0\3", 9}, "A=1;A=2;"}, /* half an item is none */
        {{0x0D, "\0\0\1\0", 4}, "A=true;"},
        {{0x01, "\x3D\xD8\x00\xDE", 4}, "A=\xF0\x9F\x98\x80;"},
        {{0x01, "\x3D\xD8", 2}, "A=\xED\xA0\xBD;"}, /* half a pair stays */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t starts[1];
        begin_file(f);
        put_small_records(f, 1, &cases[i].v, starts);
        end_file(f, 1, 1);
        read_all(s, f);
        CHECK_LONG(s->events, 1);
        CHECK_STR(out(s), cases[i].want);
    }
    size_t starts[1];
    begin_file(f);
    put_small_records(f, 1, &(value){0x77, "x", 1}, starts);
    end_file(f, 1, 1);
    read_all(s, f);
    CHECK_STR(spoor_str_from(s->damage[0]), "unknown type of value");
}

/* A record without a template: no dependency ids; references, CDATA, nested elements. */
static void test_inline_record(file *f, seen *s) {
    begin_file(f);
    size_t start = begin_record(f, 9);
    open_element(f, "Event", IS_INLINE, false);
    close_start(f);
    open_element(f, "System", IS_INLINE, false);
    close_start(f);
    open_element(f, "EventRecordID", IS_INLINE, false);
    close_start(f);
    text(f, "9");
    end_element(f);
    end_element(f);
    open_element(f, "EventData", IS_INLINE, true);
    attribute(f, "Name");
    text(f, "\"n\"");
    close_start(f);
    open_element(f, "Data", IS_INLINE, true);
    attribute(f, "Name");
    text(f, "k");
    close_start(f);
    text(f, "a");
    put(f, 0x09, 1); /* &lt; */
    put_name(f, "lt");
    put(f, 0xD83D48, 3); /* a pair in two character references */
    put(f, 0xDE0008, 3);
    put(f, 0x000207, 3); /* CDATA */
    put_utf16(f, "&b");
    end_element(f);
    open_element(f, "More", IS_INLINE, false);
    close_empty(f);
    end_element(f);
    end_element(f);
    end_record(f, start);
    end_file(f, 9, 9);
    read_all(s, f);
    CHECK_LONG(s->ids[0], 9);
    CHECK_STR(out(s),
              "k=a<\xF0\x9F\x98\x80&b;More=;|<EventData Name=\"&quot;n&quot;\"><Data Name=\"k\">"
              "a&lt;\xF0\x9F\x98\x80&amp;b</Data><More/></EventData>");
}

/* Small inputs that ask for much: each costs its record. */
static void test_expansion(file *f, seen *s) {
    begin_file(f);
    size_t start = begin_record(f, 1);
    size_t template = begin_template(f);
    open_element(f, "Event", NO_DEPENDENCY, false);
    close_start(f);
    open_element(f, "EventData", NO_DEPENDENCY, false);
    close_start(f);
    for (int i = 0; i < 400; i++) {
        open_element(f, "Data", NO_DEPENDENCY, false);
        close_start(f);
        substitution(f, 0);
        substitution(f, 0);
        end_element(f);
    }
    end_element(f);
    end_element(f);
    end_template(f, template);
    static const char big[30000] = "x";
    put_values(f, (value[]){{0x0E, big, sizeof big}}, 1);
    end_record(f, start);
    end_file(f, 1, 1);
    read_all(s, f);
    CHECK_LONG(s->events, 0);
    CHECK_STR(spoor_str_from(s->damage[0]), "record expands beyond any sense");

    begin_file(f);
    start = begin_record(f, 1);
    for (int i = 0; i < 200; i++) {
        open_element(f, "E", IS_INLINE, false);
        close_start(f);
    }
    end_record(f, start);
    end_file(f, 1, 1);
    read_all(s, f);
    CHECK_STR(spoor_str_from(s->damage[0]), "elements nested too deep");
}

/* A template whose BinXml value is an instance of itself, twice over, 40 deep: 2 to the 40th. */
static void test_doubling(file *f, seen *s) {
    begin_file(f);
    size_t start = begin_record(f, 1);
    size_t template = begin_template(f);
    open_element(f, "UserData", NO_DEPENDENCY, false);
    close_start(f);
    substitution(f, 0);
    substitution(f, 0);
    end_element(f);
    end_template(f, template);
    enum { LEVELS = 40, LEVEL = 10 + 8 };
    for (size_t i = 0; i < LEVELS; i++) {
        put(f, 1, 4);
        put(f, (LEVELS - 1 - i) * LEVEL, 2);
        put(f, 0x21, 2);
        use_template(f, template);
    }
    put(f, 0, 4);
    end_record(f, start);
    end_file(f, 1, 1);
    read_all(s, f);
    CHECK_LONG(s->events, 0);
    CHECK_LONG(s->damages, 1);
}

void test_evtx(void) {
    file *f = malloc(sizeof *f);
    seen *s = calloc(1, sizeof *s);
    if (CHECK(f != NULL && s != NULL)) {
        test_kinds_of_input(s);
        test_whole_file(f, s);
        test_damage_costs_itself(f, s);
        test_slack(f, s);
        test_every_cut_and_flip(f, s);
        test_values_in_place(f, s);
        test_inline_record(f, s);
        test_expansion(f, s);
        test_doubling(f, s);
    }
    free(f);
    free(s);
}
