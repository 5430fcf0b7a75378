/* gen_json.c - the flat, Winlogbeat and WindowsEvent shapes of an event.
 *
 * Each loses what the product it stands for loses: Winlogbeat drops empty
 * values, the flat shape has no record id; all cut times to the millisecond. */
#include "bench/gen/gen_json.h"

#include "base/time.h"

static void put(gen_text *t, spoor_str text) {
    if (text.len > 0) {
        memcpy(t->bytes + t->len, text.ptr, text.len);
        t->len += text.len;
    }
}

#define PUT(t, literal) put(t, SPOOR_STR(literal))

static void put_z(gen_text *t, const char *text) {
    put(t, spoor_str_from(text));
}

static void put_number(gen_text *t, uint64_t value) {
    char digits[20];
    size_t n = 0;
    do {
        digits[sizeof digits - ++n] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    put(t, (spoor_str){digits + sizeof digits - n, n});
}

static void put_hex(gen_text *t, uint64_t value) {
    char digits[16];
    size_t n = 0;
    do {
        digits[sizeof digits - ++n] = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (value > 0);
    PUT(t, "0x");
    put(t, (spoor_str){digits + sizeof digits - n, n});
}

/* depth 2: a JSON text inside a JSON text */
static void put_escape(gen_text *t, char c, int depth) {
    char escape = c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\t' ? 't' : c;
    if (depth == 2) {
        PUT(t, "\\\\");
        if (escape == '"' || escape == '\\') {
            t->bytes[t->len++] = '\\';
        }
    } else {
        t->bytes[t->len++] = '\\';
    }
    t->bytes[t->len++] = escape;
}

/* No control character but CR, LF and TAB is ever generated. */
static void put_escaped(gen_text *t, spoor_str text, int depth) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t') {
            put_escape(t, c, depth);
        } else {
            t->bytes[t->len++] = c;
        }
    }
}

static void put_quoted(gen_text *t, spoor_str text) {
    t->bytes[t->len++] = '"';
    put_escaped(t, text, 1);
    t->bytes[t->len++] = '"';
}

/* 2024-06-10T08:00:00.123Z */
static void put_time(gen_text *t, int64_t time) {
    char buffer[SPOOR_TIME_TEXT];
    spoor_str text = spoor_time_print(time, buffer);
    put(t, (spoor_str){text.ptr, 23});
    PUT(t, "Z");
}

/* "name":"value" of every value that is there (and not empty, where those are dropped) */
static void put_fields(gen_text *t, const gen_event *event, bool drop_empty) {
    const gen_layout *layout = event->layout;
    bool first = true;
    for (uint32_t i = 0; i < layout->nfields; i++) {
        if (event->values[i].ptr == NULL || (drop_empty && event->values[i].len == 0)) {
            continue;
        }
        if (!first) {
            PUT(t, ",");
        }
        first = false;
        PUT(t, "\"");
        put(t, (spoor_str){layout->fields[i].name, layout->fields[i].len});
        PUT(t, "\":");
        put_quoted(t, event->values[i]);
    }
}

static void put_flat(gen_text *t, const gen_event *event) {
    const gen_layout *layout = event->layout;
    PUT(t, "{\"@timestamp\":\"");
    put_time(t, event->time);
    PUT(t, "\",\"TimeCreated\":\"");
    put_time(t, event->time);
    PUT(t, "\",\"EventID\":");
    put_number(t, layout->event_id);
    PUT(t, ",\"Channel\":\"");
    put_z(t, layout->source->channel);
    PUT(t, "\",\"SourceName\":\"");
    put_z(t, layout->source->provider);
    PUT(t, "\",\"ProviderGuid\":\"");
    put_z(t, layout->source->guid);
    PUT(t, "\",\"Hostname\":");
    put_quoted(t, event->host->fqdn);
    PUT(t, ",\"Level\":\"");
    put_number(t, layout->level);
    PUT(t, "\",\"Task\":\"");
    put_number(t, layout->task);
    PUT(t, "\",\"Keywords\":\"");
    put_hex(t, layout->keywords);
    PUT(t, "\",");
    put_fields(t, event, false);
    PUT(t, "}\n");
}

static const char *level_name(uint8_t level) {
    return level == 2 ? "error" : level == 3 ? "warning" : "information";
}

static void put_winlogbeat(gen_text *t, const gen_event *event) {
    const gen_layout *layout = event->layout;
    PUT(t, "{\"@timestamp\":\"");
    put_time(t, event->time);
    PUT(t, "\",\"event\":{\"code\":\"");
    put_number(t, layout->event_id);
    PUT(t, "\",\"kind\":\"event\",\"provider\":\"");
    put_z(t, layout->source->provider);
    PUT(t, "\"},\"host\":{\"name\":");
    put_quoted(t, event->host->fqdn);
    PUT(t, "},\"log\":{\"level\":\"");
    put_z(t, level_name(layout->level));
    PUT(t, "\"},\"winlog\":{\"channel\":\"");
    put_z(t, layout->source->channel);
    PUT(t, "\",\"computer_name\":");
    put_quoted(t, event->host->fqdn);
    PUT(t, ",\"event_id\":\"");
    put_number(t, layout->event_id);
    PUT(t, "\",\"process\":{\"pid\":");
    put_number(t, event->pid);
    PUT(t, ",\"thread\":{\"id\":");
    put_number(t, event->tid);
    PUT(t, "}},\"provider_guid\":\"");
    put_z(t, layout->source->guid);
    PUT(t, "\",\"provider_name\":\"");
    put_z(t, layout->source->provider);
    PUT(t, "\",\"record_id\":");
    put_number(t, event->record);
    PUT(t, ",\"task\":\"");
    put_z(t, layout->name);
    if (event->sid.len > 0) {
        PUT(t, "\",\"user\":{\"identifier\":\"");
        put(t, event->sid);
        PUT(t, "\"},\"version\":");
    } else {
        PUT(t, "\",\"version\":");
    }
    put_number(t, layout->version);
    if (layout->user_data != NULL) {
        PUT(t, ",\"user_data\":{\"xml_name\":\"");
        put_z(t, layout->user_data);
        PUT(t, "\",");
    } else {
        PUT(t, ",\"event_data\":{");
    }
    put_fields(t, event, true);
    PUT(t, "}}}\n");
}

/* EventData is a JSON text of its own. */
static void put_bag(gen_text *t, const gen_event *event) {
    const gen_layout *layout = event->layout;
    PUT(t, "\"{");
    bool first = true;
    for (uint32_t i = 0; i < layout->nfields; i++) {
        if (event->values[i].ptr == NULL) {
            continue;
        }
        if (!first) {
            PUT(t, ",");
        }
        first = false;
        PUT(t, "\\\"");
        put(t, (spoor_str){layout->fields[i].name, layout->fields[i].len});
        PUT(t, "\\\":\\\"");
        put_escaped(t, event->values[i], 2);
        PUT(t, "\\\"");
    }
    PUT(t, "}\"");
}

static void put_windowsevent(gen_text *t, const gen_event *event, bool is_object) {
    const gen_layout *layout = event->layout;
    PUT(t, "{\"TimeGenerated\":\"");
    put_time(t, event->time);
    PUT(t, "\",\"Provider\":\"");
    put_z(t, layout->source->provider);
    PUT(t, "\",\"Channel\":\"");
    put_z(t, layout->source->channel);
    PUT(t, "\",\"Computer\":");
    put_quoted(t, event->host->fqdn);
    PUT(t, ",\"Task\":");
    put_number(t, layout->task);
    PUT(t, ",\"EventLevel\":");
    put_number(t, layout->level);
    PUT(t, ",\"EventID\":");
    put_number(t, layout->event_id);
    PUT(t, ",\"Version\":");
    put_number(t, layout->version);
    PUT(t, ",\"Opcode\":\"");
    put_number(t, layout->opcode);
    PUT(t, "\",\"Keywords\":\"");
    put_hex(t, layout->keywords);
    PUT(t, "\",\"SystemProcessId\":");
    put_number(t, event->pid);
    PUT(t, ",\"SystemThreadId\":");
    put_number(t, event->tid);
    PUT(t, ",\"SystemUserId\":\"");
    put(t, event->sid);
    PUT(t, "\",\"EventRecordId\":\"");
    put_number(t, event->record);
    PUT(t, "\",\"EventData\":");
    if (is_object) {
        PUT(t, "{");
        put_fields(t, event, false);
        PUT(t, "}");
    } else {
        put_bag(t, event);
    }
    PUT(t, ",\"Type\":\"WindowsEvent\"}\n");
}

void gen_json_put(gen_text *text, gen_format shape, const gen_event *event) {
    switch (shape) {
    case GEN_FLAT: put_flat(text, event); return;
    case GEN_WINLOGBEAT: put_winlogbeat(text, event); return;
    case GEN_WINDOWSEVENT:
    case GEN_EXPORT: put_windowsevent(text, event, shape == GEN_EXPORT); return;
    case GEN_EVTX: /* not JSON: gen_evtx.c */ return;
    }
}
