/* text_read.c - a text log to events: finds where records begin and end, and hands each to its
 * reader.
 *
 * JSON records may stand one a line, in an array, or pretty-printed one after
 * another; XML ones with or without a root; both may change within a file.
 * A record is found by its first byte, and how far it may reach is bounded
 * before it is scanned (its line, or the next Event element), so that damage
 * costs one record and time stays linear.  Memory is one window (text_window.h). */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/held_damage.h"
#include "ingest/shape.h"
#include "ingest/text_window.h"

enum {
    MAX_STRANGERS = 10000,        /* damaged records before the first good one: then refuse */
    MAX_STRANGE_LINES = 200,      /* the same for lines that are no record at all */
    MAX_STRANGE_BYTES = 16 << 20, /* how much of an input is searched for its first record */
    ASK_EVERY = 64,               /* records between two looks at sink->cancelled */
    MAX_EVENT_BOUNDS = 4,         /* "<Event" seen inside a record's CDATA before giving up */
};

static const char too_long[] = "a record of more than 64 MB";

typedef struct text_reader {
    spoor_window window;
    spoor_reading reading;
    spoor_sink *sink;
    spoor_ingest_counts *counts;
    spoor_ingest_status status; /* OK: go on */
    bool is_done;               /* the end of the input */
    size_t line_end;            /* in the window: a line feed, or the end, at or after start; */
    bool has_line_end;          /* valid until the window moves */
    spoor_held_damage held;     /* before the first good record */
    uint32_t until_ask, strange_lines;
    jmp_buf out_of_memory;
} text_reader;

/* -- the window -------------------------------------------------------------------------------- */

static const char *at(const text_reader *t) {
    return t->window.data + t->window.start;
}

static size_t left(const text_reader *t) {
    return t->window.end - t->window.start;
}

static void consume(text_reader *t, size_t bytes) {
    spoor_window_consume(&t->window, bytes);
    if (t->window.start > t->line_end) {
        t->has_line_end = false;
    }
}

/* More of the input; false: there is none, or none that would fit, or reading stops. */
static bool fill(text_reader *t) {
    t->has_line_end = false;
    switch (spoor_window_fill(&t->window)) {
    case SPOOR_WINDOW_MORE: return true;
    case SPOOR_WINDOW_END:
    case SPOOR_WINDOW_FULL: return false;
    case SPOOR_WINDOW_IO:
        t->status = SPOOR_INGEST_IO;
        snprintf(t->counts->refusal, sizeof t->counts->refusal, "%s", t->window.input->error);
        return false;
    case SPOOR_WINDOW_MEMORY: t->status = SPOOR_INGEST_MEMORY; return false;
    }
    return false;
}

/* Length of what is left of the line at `at`, without its line feed; *is_whole: it ends there. */
static size_t line_length(text_reader *t, bool *is_whole) {
    if (!t->has_line_end) {
        const char *feed = left(t) > 0 ? memchr(at(t), '\n', left(t)) : NULL;
        t->line_end = feed != NULL ? (size_t)(feed - t->window.data) : t->window.end;
        t->has_line_end = true;
    }
    *is_whole = t->line_end < t->window.end || t->window.at_end;
    return t->line_end - t->window.start;
}

/* Past the end of the line, however long it is. */
static void skip_line(text_reader *t) {
    for (;;) {
        bool is_whole;
        size_t len = line_length(t, &is_whole);
        bool has_feed = t->line_end < t->window.end;
        consume(t, has_feed ? len + 1 : len);
        if (is_whole || !fill(t)) {
            return;
        }
    }
}

/* -- what came of a record --------------------------------------------------------------------- */

static void ask(text_reader *t) {
    if (t->until_ask-- == 0) {
        t->until_ask = ASK_EVERY;
        if (t->status == SPOOR_INGEST_OK && t->sink->cancelled(t->sink)) {
            t->status = SPOOR_INGEST_STOPPED;
        }
    }
}

static void damage(text_reader *t, uint64_t offset, const char *why) {
    t->counts->damaged++;
    if (t->counts->records > 0) {
        t->sink->damage(t->sink, offset, why);
    } else {
        spoor_held_add(&t->held, offset, why);
    }
    ask(t);
}

static void note_shape(text_reader *t, const char *name) {
    static const char others[] = " and others";
    char *shape = t->counts->shape;
    size_t len = strlen(name);
    if (shape[0] == '\0') {
        snprintf(shape, sizeof t->counts->shape, "%s", name);
    } else if (strncmp(shape, name, len) != 0 && strstr(shape, others) == NULL) {
        size_t used = strlen(shape);
        snprintf(shape + used, sizeof t->counts->shape - used, "%s", others);
    }
}

/* The event just built, of the record from `offset` to the window's start: its bytes are consumed,
 * and stay where they are until the next fill. */
static void emit(text_reader *t, uint64_t offset) {
    spoor_event *event = &t->reading.build.event;
    event->offset = offset;
    t->counts->records++;
    t->counts->bytes += t->window.offset - offset;
    note_shape(t, t->reading.shape_name);
    spoor_held_tell(&t->held, t->sink);
    if (!t->sink->event(t->sink, event)) {
        t->status = SPOOR_INGEST_STOPPED;
    }
    ask(t);
}

/* -- JSON -------------------------------------------------------------------------------------- */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Only blanks in text[from..len). */
static bool is_blank_to(const char *text, size_t from, size_t len) {
    while (from < len && is_blank(text[from])) {
        from++;
    }
    return from == len;
}

static void take_json(text_reader *t, size_t used) {
    uint64_t offset = t->window.offset;
    consume(t, used);
    if (spoor_json_read(&t->reading)) {
        emit(t, offset);
        if (t->reading.is_mended) {
            damage(t, offset, "an event cut short on its way; what is left of it was read");
        }
    } else {
        damage(t, offset, t->reading.why);
    }
}

/* After damage in a line that may hold more records: to the next "},{" or "} {", or the line's end.
 */
static void skip_in_line(text_reader *t, size_t from) {
    bool is_whole;
    size_t len = line_length(t, &is_whole);
    const char *text = at(t);
    for (size_t i = from > 0 ? from : 1; i < len; i++) {
        size_t k = i + 1;
        if (text[i] != '}') {
            continue;
        }
        while (k < len && (text[k] == ',' || text[k] == ' ')) {
            k++;
        }
        if (k > i + 1 && k < len && text[k] == '{') {
            consume(t, k);
            return;
        }
    }
    skip_line(t);
}

/* After damage in a pretty-printed record: to the next line, past `from`, that begins as its first
 * one did. */
static void skip_pretty(text_reader *t, size_t indent, size_t from) {
    consume(t, from);
    skip_line(t);
    while (t->status == SPOOR_INGEST_OK) {
        while (left(t) < indent + 2 && fill(t)) {
        }
        if (left(t) == 0) {
            return;
        }
        size_t blanks = 0;
        while (blanks < left(t) && (at(t)[blanks] == ' ' || at(t)[blanks] == '\t')) {
            blanks++;
        }
        bool is_start =
            blanks == indent && blanks < left(t) && (at(t)[blanks] == '{' || at(t)[blanks] == '<');
        if (is_start || (left(t) >= 7 && memcmp(at(t), "Record ", 7) == 0)) {
            return;
        }
        skip_line(t);
        ask(t);
    }
}

/* A record that may go on over any number of lines. */
static void read_pretty(text_reader *t, size_t indent) {
    for (;;) {
        size_t used;
        if (spoor_json_scan(&t->reading.json, (spoor_str){at(t), left(t)}, &used)) {
            take_json(t, used);
            return;
        }
        if (!t->reading.json.is_cut || !fill(t)) {
            break;
        }
    }
    if (t->reading.json.no_memory) {
        t->status = SPOOR_INGEST_MEMORY;
    }
    if (t->status == SPOOR_INGEST_OK) {
        const spoor_json *json = &t->reading.json;
        damage(t, t->window.offset, left(t) >= SPOOR_MAX_RECORD_BYTES ? too_long : json->error);
        skip_pretty(t, indent,
                    json->is_too_deep ? json->error_at : 0); /* else time were not linear */
    }
}

/* Whether an object that its line cuts short goes on in the next: it does if that starts like the
 * inside of one. */
static bool goes_on(text_reader *t, size_t len) {
    size_t i = len;
    for (;;) {
        while (i < left(t) && is_blank(at(t)[i])) {
            i++;
        }
        if (i < left(t)) {
            return strchr("\"}],:", at(t)[i]) != NULL;
        }
        if (!fill(t)) {
            return false;
        }
    }
}

static void read_json(text_reader *t, size_t indent) {
    spoor_json *json = &t->reading.json;
    for (;;) {
        bool is_whole;
        size_t used, len = line_length(t, &is_whole);
        if (is_whole && is_blank_to(at(t), 1, len)) {
            read_pretty(t, indent);
            return;
        }
        if (spoor_json_scan(json, (spoor_str){at(t), len}, &used)) {
            take_json(t, used);
            return;
        }
        if (json->no_memory) {
            t->status = SPOOR_INGEST_MEMORY;
            return;
        }
        if (json->is_cut && is_whole && json->error_at == len && goes_on(t, len)) {
            read_pretty(t, indent);
            return;
        }
        if (!json->is_cut || is_whole) {
            break;
        }
        if (!fill(t)) {
            if (t->status != SPOOR_INGEST_OK) {
                return;
            }
            if (t->window.at_end) {
                continue; /* the last line has no line feed */
            }
            damage(t, t->window.offset, too_long);
            skip_line(t);
            return;
        }
    }
    damage(t, t->window.offset, json->error);
    skip_in_line(t, json->error_at);
}

/* -- XML --------------------------------------------------------------------------------------- */

static bool is_event_start(const char *text, size_t size) {
    return size > 6 && memcmp(text, "<Event", 6) == 0 &&
           (is_blank(text[6]) || text[6] == '>' || text[6] == '/');
}

/* Next "<Event " in [from, size) of the window; `size` if there is none. */
static size_t find_event(const text_reader *t, size_t from, size_t size) {
    const char *text = at(t);
    while (from < size) {
        const char *hit = memchr(text + from, '<', size - from);
        if (hit == NULL) {
            return size;
        }
        from = (size_t)(hit - text);
        if (is_event_start(hit, size - from)) {
            return from;
        }
        from++;
    }
    return size;
}

/* Next line in [from, size) of the window that begins an object; `size` if there is none. */
static size_t find_object(const text_reader *t, size_t from, size_t size) {
    const char *text = at(t);
    while (from < size) {
        const char *hit = memchr(text + from, '\n', size - from);
        if (hit == NULL) {
            return size;
        }
        from = (size_t)(hit - text) + 1;
        if (size - from >= 2 && text[from] == '{' && text[from + 1] == '"') {
            return from;
        }
    }
    return size;
}

/* To the next Event, or line that is a JSON object, after the damaged Event at the start. */
static void skip_event(text_reader *t) {
    size_t from = 6;
    for (;;) {
        size_t next = find_event(t, from, left(t));
        size_t line = find_object(t, from, next);
        if (line < left(t)) {
            consume(t, line);
            return;
        }
        size_t keep = left(t) < 7 ? left(t) : 7; /* may be the start of one */
        consume(t, left(t) - keep);
        from = 0;
        if (!fill(t)) {
            consume(t, left(t));
            return;
        }
    }
}

static void take_event(text_reader *t, size_t used) {
    spoor_reading *r = &t->reading;
    uint64_t offset = t->window.offset;
    r->shape_name = "Event XML";
    consume(t, used);
    if (spoor_xml_read(r)) {
        spoor_draft_finish(&r->build, 0, r->options, r->counts);
        emit(t, offset);
    } else {
        damage(t, offset, r->why);
    }
}

/* How far the element at the start may reach: to the n-th next Event. */
static size_t event_bound(const text_reader *t, int n) {
    size_t bound = find_event(t, 6, left(t));
    for (int i = 1; i < n && bound < left(t); i++) {
        bound = find_event(t, bound + 1, left(t));
    }
    return bound;
}

static void read_event(text_reader *t) {
    spoor_xml *xml = &t->reading.xml;
    int bounds = 1;
    for (;;) {
        size_t used, bound = event_bound(t, bounds);
        if (spoor_xml_scan(xml, (spoor_str){at(t), bound}, &used)) {
            take_event(t, used);
            return;
        }
        if (xml->no_memory) {
            t->status = SPOOR_INGEST_MEMORY;
            return;
        }
        if (!xml->is_cut || bounds == MAX_EVENT_BOUNDS) {
            break;
        }
        if (bound < left(t)) {
            bounds++; /* the "<Event" may be part of a text */
        } else if (!fill(t)) {
            break;
        }
    }
    if (t->status == SPOOR_INGEST_OK) {
        damage(t, t->window.offset, left(t) >= SPOOR_MAX_RECORD_BYTES ? too_long : xml->error);
        skip_event(t);
    }
}

/* Past the next `word`; false: it does not come. */
static bool skip_past(text_reader *t, const char *word) {
    size_t len = strlen(word);
    for (;;) {
        const char *text = at(t);
        for (size_t i = 0; i + len <= left(t); i++) {
            if (text[i] == word[0] && memcmp(text + i, word, len) == 0) {
                consume(t, i + len);
                return true;
            }
        }
        size_t keep = left(t) < len ? left(t) : len - 1;
        consume(t, left(t) - keep);
        if (!fill(t)) {
            consume(t, left(t));
            return false;
        }
    }
}

/* A line that begins no record: a header of evtx_dump, a syslog line round an Event, or damage. */
static void read_other_line(text_reader *t) {
    bool is_whole;
    size_t len = line_length(t, &is_whole);
    while (!is_whole && left(t) < 4096 && fill(t)) {
        len = line_length(t, &is_whole);
    }
    spoor_str line = {at(t), len};
    if (spoor_str_starts(line, "Record ")) {
        skip_line(t);
        return;
    }
    size_t event = find_event(t, 0, len);
    if (event < len) {
        consume(t, event);
        return;
    }
    t->strange_lines++;
    damage(t, t->window.offset, "a line that is neither JSON nor XML");
    skip_line(t);
}

/* A '<' between records: an Event, or something round it. */
static void read_markup(text_reader *t) {
    while (left(t) < 64 && fill(t)) {
    }
    spoor_str text = {at(t), left(t)};
    if (text.len > 1 && text.ptr[1] >= '0' && text.ptr[1] <= '9') {
        read_other_line(t); /* the priority of a syslog line */
        return;
    }
    if (is_event_start(text.ptr, text.len)) {
        read_event(t);
        return;
    }
    size_t colon = 1; /* <ns:Event */
    while (colon < text.len && colon < 64 && memchr(" />=:\n\r\t", text.ptr[colon], 8) == NULL) {
        colon++;
    }
    if (colon + 6 < text.len && text.ptr[colon] == ':' &&
        memcmp(text.ptr + colon + 1, "Event", 5) == 0 &&
        memchr(" />\n\r\t", text.ptr[colon + 6], 6) != NULL) {
        read_event(t);
        return;
    }
    uint64_t offset = t->window.offset;
    if (spoor_str_starts(text, "<!--")) {
        skip_past(t, "-->");
    } else if (spoor_str_starts(text, "<?") || spoor_str_starts(text, "</") ||
               spoor_str_starts(text, "<Events")) {
        skip_past(t, ">");
    } else {
        damage(t, offset,
               spoor_str_starts(text, "<!") ? "a document type declaration"
                                            : "an XML element that is not an Event");
        skip_past(t, ">");
    }
}

/* -- between records --------------------------------------------------------------------------- */

/* Blanks, commas and brackets between records; returns the blanks before the next one in its line.
 */
static size_t skip_between(text_reader *t) {
    size_t indent = 0;
    for (;;) {
        size_t i = 0;
        const char *text = at(t);
        size_t size = left(t);
        for (; i < size; i++) {
            char c = text[i];
            if (c == '\n') {
                indent = 0;
            } else if (c == ' ' || c == '\t') {
                indent++;
            } else if (c != '\r' && c != ',' && c != '[' && c != ']' && c != '\x1E' && c != '\0') {
                break;
            }
        }
        consume(t, i);
        if (i < size) {
            return indent;
        }
        if (!fill(t)) {
            t->is_done = true;
            return 0;
        }
    }
}

static bool is_hopeless(const text_reader *t) {
    return t->counts->records == 0 &&
           (t->counts->damaged >= MAX_STRANGERS || t->strange_lines >= MAX_STRANGE_LINES ||
            (t->counts->damaged > 0 && t->window.offset > MAX_STRANGE_BYTES));
}

static void read_records(text_reader *t) {
    while (t->status == SPOOR_INGEST_OK && !is_hopeless(t)) {
        size_t indent = skip_between(t);
        if (t->is_done || t->status != SPOOR_INGEST_OK) {
            return;
        }
        spoor_arena_rewind(&t->reading.arena);
        switch (*at(t)) {
        case '{': read_json(t, indent); break;
        case '<': read_markup(t); break;
        default: read_other_line(t); break;
        }
    }
}

static void run(text_reader *t, spoor_input *input) {
    if (setjmp(t->out_of_memory) != 0) {
        t->status = SPOOR_INGEST_MEMORY;
        return;
    }
    t->reading.arena.on_oom = &t->out_of_memory;
    switch (spoor_window_open(&t->window, input)) {
    case SPOOR_WINDOW_MORE: break;
    case SPOOR_WINDOW_END:
    case SPOOR_WINDOW_FULL: return;
    case SPOOR_WINDOW_IO:
        t->status = SPOOR_INGEST_IO;
        snprintf(t->counts->refusal, sizeof t->counts->refusal, "%s", input->error);
        return;
    case SPOOR_WINDOW_MEMORY: t->status = SPOOR_INGEST_MEMORY; return;
    }
    read_records(t);
}

spoor_ingest_status spoor_text_read(spoor_input *input, const spoor_ingest_options *options,
                                    spoor_sink *sink, spoor_ingest_counts *counts) {
    text_reader *t = calloc(1, sizeof *t);
    if (t == NULL) {
        return SPOOR_INGEST_MEMORY;
    }
    t->sink = sink;
    t->counts = counts;
    t->reading.options = options;
    t->reading.counts = counts;
    run(t, input);
    if (t->status == SPOOR_INGEST_OK && counts->records == 0 && counts->damaged > 0) {
        t->status = SPOOR_INGEST_REFUSED;
        snprintf(
            counts->refusal, sizeof counts->refusal,
            "%.110s; known are Event XML and the JSON of NXLog, Winlogbeat, evtx_dump, EvtxECmd, "
            "Log Analytics, PowerShell, Splunk, Velociraptor and Wazuh",
            t->held.items[0].why);
    } else {
        spoor_held_tell(&t->held, t->sink);
    }
    spoor_ingest_status status = t->status;
    spoor_json_free(&t->reading.json);
    spoor_json_free(&t->reading.inner);
    spoor_layouts_free(t->reading.layouts);
    spoor_xml_free(&t->reading.xml);
    spoor_arena_reset(&t->reading.arena);
    spoor_window_close(&t->window);
    free(t);
    return status;
}
