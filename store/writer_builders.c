/* writer_builders.c - which builder an event goes to, and when one is sealed.
 *
 * Decisions depend on the events alone, never on threads or time, so the
 * same input gives the same segments. */
#include <stdlib.h>

#include "base/hash.h"
#include "store/encoders.h"
#include "store/identity.h"
#include "store/writer_state.h"

static uint32_t slot_of(const spoor_writer *writer, spoor_str provider, int64_t event_id,
                        bool is_variant) {
    uint64_t hash = spoor_hash_bytes(provider.ptr, provider.len);
    hash = spoor_hash_combine(hash, (uint64_t)event_id * 2 + is_variant);
    uint32_t slot = (uint32_t)hash & (writer->nslots - 1);
    while (writer->slots[slot] != 0) {
        const spoor_builder *builder = writer->builders[writer->slots[slot] - 1];
        if (builder->event_id == event_id && builder->is_variant == is_variant &&
            spoor_str_eq(builder->provider, provider)) {
            break;
        }
        slot = (slot + 1) & (writer->nslots - 1);
    }
    return slot;
}

static bool rehash(spoor_writer *writer, uint32_t nslots) {
    uint32_t *slots = calloc(nslots, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    free(writer->slots);
    writer->slots = slots;
    writer->nslots = nslots;
    for (uint32_t i = 0; i < writer->nbuilders; i++) {
        const spoor_builder *builder = writer->builders[i];
        slots[slot_of(writer, builder->provider, builder->event_id, builder->is_variant)] = i + 1;
    }
    return true;
}

spoor_builder *spoor_writer_find_builder(const spoor_writer *writer, const spoor_event *event,
                                         bool is_variant) {
    if (writer->nslots == 0) {
        return NULL;
    }
    uint32_t i = writer->slots[slot_of(writer, event->provider, event->event_id, is_variant)];
    return i == 0 ? NULL : writer->builders[i - 1];
}

spoor_builder *spoor_writer_builder(spoor_writer *writer, const spoor_event *event,
                                    bool is_variant) {
    spoor_builder *last = writer->last_builder;
    if (last != NULL && last->event_id == event->event_id && last->is_variant == is_variant &&
        spoor_str_eq(last->provider, event->provider)) {
        return last;
    }
    if (writer->nbuilders * 2 >= writer->nslots &&
        !rehash(writer, writer->nslots == 0 ? 64 : writer->nslots * 2)) {
        return NULL;
    }
    uint32_t slot = slot_of(writer, event->provider, event->event_id, is_variant);
    if (writer->slots[slot] != 0) {
        writer->last_builder = writer->builders[writer->slots[slot] - 1];
        return writer->last_builder;
    }
    if (writer->nbuilders == writer->builders_capacity) {
        uint32_t capacity = writer->builders_capacity == 0 ? 32 : writer->builders_capacity * 2;
        spoor_builder **grown = realloc(writer->builders, capacity * sizeof *grown);
        if (grown == NULL) {
            return NULL;
        }
        writer->builders = grown;
        writer->builders_capacity = capacity;
    }
    spoor_builder *builder =
        spoor_builder_new(&writer->store->names, event->provider, event->event_id);
    if (builder != NULL) {
        builder->is_variant = is_variant;
        writer->builders[writer->nbuilders++] = builder;
        writer->slots[slot] = writer->nbuilders;
        writer->last_builder = builder;
    }
    return builder;
}

void spoor_writer_free_builders(spoor_writer *writer) {
    for (uint32_t i = 0; i < writer->nbuilders; i++) {
        spoor_builder_free(writer->builders[i]);
    }
    spoor_builder_free(writer->mixed[0]);
    spoor_builder_free(writer->mixed[1]);
    free(writer->builders);
    free(writer->slots);
    writer->builders = NULL;
    writer->slots = NULL;
    writer->nbuilders = writer->nslots = 0;
    writer->mixed[0] = writer->mixed[1] = writer->last_builder = NULL;
}

static spoor_store_status no_memory(spoor_writer *writer) {
    return spoor_store_fail(writer->store, SPOOR_STORE_MEMORY, "out of memory (--memory)");
}

/* -- sealing ----------------------------------------------------------------------------------- */

static spoor_store_status seal_mixed(spoor_writer *writer, bool is_variant) {
    spoor_builder *mixed = writer->mixed[is_variant];
    writer->mixed[is_variant] = NULL;
    if (mixed != NULL) {
        spoor_identity_forget_builder(writer->identity, mixed);
    }
    return mixed == NULL ? SPOOR_STORE_OK : spoor_encoders_add(writer->encoders, mixed);
}

static spoor_store_status add_to_mixed(spoor_writer *writer, spoor_builder *builder) {
    spoor_builder **mixed = &writer->mixed[builder->is_variant];
    if (*mixed == NULL) {
        *mixed = spoor_builder_new(&writer->store->names, (spoor_str){"", 0}, SPOOR_EVENT_ABSENT);
        if (*mixed != NULL) {
            (*mixed)->is_mixed = true;
            (*mixed)->is_variant = builder->is_variant;
        }
    }
    bool ok = *mixed != NULL && spoor_builder_append(*mixed, builder);
    bool is_variant = builder->is_variant;
    spoor_builder_free(builder);
    if (!ok) {
        return no_memory(writer);
    }
    (*mixed)->old_rows = (*mixed)->rows; /* the source at hand knows its own rows */
    spoor_identity_see_old_rows(writer->identity);
    bool full = (*mixed)->rows >= SPOOR_MIXED_ROWS || (*mixed)->nmembers >= SPOOR_BUILDER_COLUMNS ||
                spoor_builder_text_bytes(*mixed) >= SPOOR_SEGMENT_TEXT_BYTES;
    return full ? seal_mixed(writer, is_variant) : SPOOR_STORE_OK;
}

spoor_store_status spoor_writer_seal(spoor_writer *writer, spoor_builder *builder) {
    spoor_identity_forget_builder(writer->identity, builder);
    spoor_builder_flush(builder);
    if (builder->failed) {
        spoor_builder_free(builder);
        return no_memory(writer);
    }
    return builder->rows < SPOOR_RARE_ROWS ? add_to_mixed(writer, builder)
                                           : spoor_encoders_add(writer->encoders, builder);
}

static int by_first_row(const void *left, const void *right) {
    const spoor_builder *a = *(spoor_builder *const *)left, *b = *(spoor_builder *const *)right;
    return (a->first_row > b->first_row) - (a->first_row < b->first_row);
}

spoor_store_status spoor_writer_seal_all(spoor_writer *writer) {
    spoor_store_status status = SPOOR_STORE_OK;
    if (writer->nbuilders > 0) {
        qsort(writer->builders, writer->nbuilders, sizeof(spoor_builder *), by_first_row);
    }
    for (uint32_t i = 0; i < writer->nbuilders; i++) {
        if (status == SPOOR_STORE_OK) {
            status = spoor_writer_seal(writer, writer->builders[i]);
        } else {
            spoor_builder_free(writer->builders[i]);
        }
    }
    writer->nbuilders = 0;
    writer->builder_bytes = 0;
    writer->last_builder = NULL;
    if (writer->nslots > 0) {
        memset(writer->slots, 0, writer->nslots * sizeof *writer->slots);
    }
    status = status == SPOOR_STORE_OK ? seal_mixed(writer, false) : status;
    return status == SPOOR_STORE_OK ? seal_mixed(writer, true) : status;
}

static void count_bytes(spoor_writer *writer, spoor_builder *builder, size_t bytes) {
    writer->builder_bytes += bytes - builder->counted_bytes;
    builder->counted_bytes = bytes;
}

static spoor_store_status seal_one(spoor_writer *writer, spoor_builder *builder) {
    for (uint32_t i = 0; i < writer->nbuilders; i++) {
        if (writer->builders[i] == builder) {
            writer->builders[i] = writer->builders[--writer->nbuilders];
            break;
        }
    }
    writer->last_builder = NULL;
    count_bytes(writer, builder, 0);
    if (!rehash(writer, writer->nslots)) {
        spoor_builder_free(builder);
        return no_memory(writer);
    }
    return spoor_writer_seal(writer, builder);
}

static spoor_store_status seal_largest(spoor_writer *writer) {
    spoor_builder *largest = NULL;
    size_t most = 0;
    for (uint32_t i = 0; i < writer->nbuilders; i++) {
        size_t bytes = spoor_builder_bytes(writer->builders[i]);
        if (largest == NULL || bytes > most) {
            largest = writer->builders[i];
            most = bytes;
        }
    }
    if (largest == NULL || largest->rows < SPOOR_RARE_ROWS) {
        return spoor_writer_seal_all(writer); /* many small ones */
    }
    return seal_one(writer, largest);
}

spoor_store_status spoor_writer_check(spoor_writer *writer, spoor_builder *builder) {
    if (builder->rows >= SPOOR_SEGMENT_ROWS || builder->nmembers >= SPOOR_BUILDER_COLUMNS) {
        return seal_one(writer, builder);
    }
    if (builder->nstaged_rows != 1 && writer->nbuilders < SPOOR_MAX_BUILDERS) {
        return SPOOR_STORE_OK;
    }
    /* Just flushed (or new): the time to look at sizes. */
    if (spoor_builder_text_bytes(builder) >= SPOOR_SEGMENT_TEXT_BYTES) {
        return seal_one(writer, builder);
    }
    count_bytes(writer, builder, spoor_builder_bytes(builder));
    bool spent = writer->builder_bytes > writer->options.memory_bytes / 2;
    return spent || writer->nbuilders >= SPOOR_MAX_BUILDERS ? seal_largest(writer) : SPOOR_STORE_OK;
}
