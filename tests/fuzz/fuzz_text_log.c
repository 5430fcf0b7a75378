/* fuzz_text_log.c - any bytes as a text log.  Besides not crashing: stored text is WTF-8, and the
 * events do not depend on how the input is cut into reads. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "ingest/reader.h"
#include "tests/memory_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct hasher {
    spoor_sink sink;
    uint64_t hash, nevents, ndamage;
} hasher;

static void add(hasher *h, spoor_str s) {
    if (!spoor_utf8_is_valid(s)) {
        abort();
    }
    h->hash = spoor_hash_combine(h->hash, spoor_hash_bytes(s.ptr, s.len));
}

static bool take_event(spoor_sink *sink, const spoor_event *event) {
    hasher *h = (hasher *)sink;
    h->nevents++;
    add(h, event->provider);
    add(h, event->channel);
    add(h, event->computer);
    add(h, event->message);
    add(h, event->raw_xml);
    add(h, event->user_name);
    h->hash = spoor_hash_combine(h->hash, (uint64_t)event->time ^ event->offset);
    for (uint32_t i = 0; i < event->nfields; i++) {
        add(h, event->fields[i].name);
        add(h, event->fields[i].text);
    }
    return true;
}

static void take_damage(spoor_sink *sink, uint64_t offset, const char *what) {
    hasher *h = (hasher *)sink;
    h->ndamage++;
    h->hash = spoor_hash_combine(h->hash, offset ^ strlen(what));
}

static bool never(spoor_sink *sink) {
    (void)sink;
    return false;
}

static uint64_t read_log(const uint8_t *data, size_t size, size_t step) {
    hasher h = {.sink = {take_event, take_damage, never}};
    memory_input input = {{.read = memory_read}, data, size, 0, step};
    spoor_ingest_options options = {.assume_tz = 60};
    spoor_ingest_counts counts = {0};
    spoor_text_read(&input.input, &options, &h.sink, &counts);
    /* All damage is counted; not all is told before a good record, and none of what is no log. */
    if (counts.records != h.nevents || h.ndamage > counts.damaged || counts.bytes > size) {
        abort();
    }
    return h.hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    if (read_log(data + 1, size - 1, size) != read_log(data + 1, size - 1, 1u + data[0])) {
        abort();
    }
    return 0;
}
