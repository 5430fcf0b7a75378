/* fuzz_evtx.c - any bytes as an EVTX file: no crash, no hang, only sound text comes out, and the same
 * whether or not the reader has seen it before (it keeps compiled templates). */
#include <stdlib.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "ingest/reader.h"
#include "tests/memory_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct hashing_sink {
    spoor_sink sink; /* first */
    uint64_t seen;   /* of all that came */
} hashing_sink;

static void add(spoor_sink *sink, const void *bytes, size_t size) {
    hashing_sink *h = (hashing_sink *)sink;
    h->seen = spoor_hash_combine(h->seen, spoor_hash_bytes(bytes, size));
}

static void check(spoor_sink *sink, spoor_str text) {
    if (!spoor_utf8_is_valid(text)) {
        abort();
    }
    add(sink, text.ptr, text.len);
}

static bool take_event(spoor_sink *sink, const spoor_event *event) {
    add(sink, &event->record_id, sizeof event->record_id);
    add(sink, &event->offset, sizeof event->offset);
    const spoor_str texts[] = {
        event->provider,  event->provider_guid, event->event_source, event->channel,
        event->computer,  event->user_sid,      event->activity_id,  event->related_activity_id,
        event->binary,    event->raw_xml,       event->message,      event->level_name,
        event->task_name, event->opcode_name};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        check(sink, texts[i]);
    }
    for (uint32_t i = 0; i < event->nfields; i++) {
        check(sink, event->fields[i].name);
        check(sink, event->fields[i].text);
    }
    return true;
}

static void take_damage(spoor_sink *sink, uint64_t offset, const char *what) {
    if (what == NULL) {
        abort();
    }
    add(sink, &offset, sizeof offset);
    add(sink, what, strlen(what));
}

static bool is_cancelled(spoor_sink *sink) {
    (void)sink;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    spoor_ingest_options options = {.recover = size % 2 == 1};
    spoor_evtx_buffers *buffers = spoor_evtx_buffers_new();
    uint64_t seen[2] = {0, 0};
    for (int i = 0; buffers != NULL && i < 2; i++) {
        hashing_sink h = {.sink = {take_event, take_damage, is_cancelled}};
        spoor_ingest_counts counts = {0};
        memory_input input = memory_input_of(data, size, 0);
        spoor_evtx_read_with(buffers, &input.input, &options, &h.sink, &counts);
        seen[i] = h.seen;
    }
    if (seen[0] != seen[1]) {
        abort();
    }
    spoor_evtx_buffers_free(buffers);
    return 0;
}
