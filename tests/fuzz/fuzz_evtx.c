/* fuzz_evtx.c - any bytes as an EVTX file: no crash, no hang, and only sound text comes out. */
#include <stdlib.h>

#include "base/utf8.h"
#include "ingest/reader.h"
#include "tests/memory_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(spoor_str text) {
    if (!spoor_utf8_is_valid(text)) {
        abort();
    }
}

static bool take_event(spoor_sink *sink, const spoor_event *event) {
    (void)sink;
    const spoor_str texts[] = {
        event->provider,  event->provider_guid, event->event_source, event->channel,
        event->computer,  event->user_sid,      event->activity_id,  event->related_activity_id,
        event->binary,    event->raw_xml,       event->message,      event->level_name,
        event->task_name, event->opcode_name};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        check(texts[i]);
    }
    for (uint32_t i = 0; i < event->nfields; i++) {
        check(event->fields[i].name);
        check(event->fields[i].text);
    }
    return true;
}

static void take_damage(spoor_sink *sink, uint64_t offset, const char *what) {
    (void)sink;
    (void)offset;
    if (what == NULL) {
        abort();
    }
}

static bool is_cancelled(spoor_sink *sink) {
    (void)sink;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    spoor_sink sink = {take_event, take_damage, is_cancelled};
    spoor_ingest_options options = {.recover = size % 2 == 1};
    spoor_ingest_counts counts = {0};
    memory_input input = memory_input_of(data, size, 0);
    spoor_evtx_read(&input.input, &options, &sink, &counts);
    return 0;
}
