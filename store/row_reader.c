/* row_reader.c - key sets over rows, and the exact comparison behind them (see row_reader.h). */
#include "store/row_reader.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/time.h"

void spoor_row_reader_unpin(spoor_row_reader *reader) {
    for (uint32_t i = 0; i < reader->npins; i++) {
        if (reader->pins[i] != NULL) {
            spoor_decode_release(&reader->segment, reader->pins[i]);
            reader->pins[i] = NULL;
        }
    }
    reader->bytes = reader->nslots * sizeof *reader->slots;
}

void spoor_row_reader_free(spoor_row_reader *reader) {
    if (reader == NULL) {
        return;
    }
    spoor_row_reader_unpin(reader);
    free(reader->pins);
    free(reader->slots);
    spoor_stored_segment_free(&reader->segment);
    free(reader);
}

static spoor_store_status no_memory(spoor_row_reader *reader) {
    return spoor_store_fail(reader->store, SPOOR_STORE_MEMORY, "out of memory (--memory)");
}

/* -- values ------------------------------------------------------------------------------------ */

static spoor_store_status pin(spoor_row_reader *reader, uint32_t id,
                              const spoor_decoded **decoded) {
    if (id >= reader->npins) {
        uint32_t npins = reader->store->names.count + 16;
        npins = npins <= id ? id + 1 : npins;
        const spoor_decoded **grown = realloc(reader->pins, npins * sizeof(spoor_decoded *));
        if (grown == NULL) {
            return no_memory(reader);
        }
        memset(grown + reader->npins, 0, (npins - reader->npins) * sizeof(spoor_decoded *));
        reader->pins = grown;
        reader->npins = npins;
    }
    spoor_store_status status = SPOOR_STORE_OK;
    if (reader->pins[id] == NULL) {
        uint32_t form =
            id == reader->store->names.system[SPOOR_COL_LAYOUT] ? SPOOR_AS_RAW : SPOOR_AS_STORED;
        status = spoor_decode_pin(&reader->segment, id, form, &reader->pins[id]);
        reader->bytes += status == SPOOR_STORE_OK ? reader->pins[id]->cached.bytes : 0;
    }
    *decoded = reader->pins[id];
    return status;
}

static const spoor_build_column *build_column(const spoor_row_reader *reader, uint32_t id) {
    int column = id == 0 ? -1 : reader->store->names.list[id - 1].column;
    return column >= 0 ? &reader->builder->system[column]
                       : spoor_builder_member(reader->builder, id);
}

static spoor_store_status get_text(spoor_row_reader *reader, uint32_t id, uint32_t row,
                                   spoor_text_kind *kind, spoor_str *text) {
    *kind = SPOOR_KIND_NULL;
    *text = (spoor_str){0};
    if (reader->builder != NULL) {
        const spoor_build_column *column = build_column(reader, id);
        uint32_t code = column == NULL ? 0u : spoor_column_code_at(column, row);
        if (code >= SPOOR_CODE_FIRST) {
            *text = spoor_column_entry(column, code, kind);
        }
        return SPOOR_STORE_OK;
    }
    const spoor_decoded *decoded;
    bool is_absent;
    spoor_store_status status = pin(reader, id, &decoded);
    if (status == SPOOR_STORE_OK) {
        *text = spoor_decoded_value(decoded, row, kind, &is_absent);
    }
    return status;
}

spoor_store_status spoor_row_reader_int(spoor_row_reader *reader, int column, uint32_t row,
                                        int64_t *value) {
    if (reader->builder != NULL) {
        *value = spoor_column_int_at(&reader->builder->system[column], row);
        return SPOOR_STORE_OK;
    }
    const spoor_decoded *decoded;
    spoor_store_status status = pin(reader, reader->store->names.system[column], &decoded);
    *value = status == SPOOR_STORE_OK ? spoor_decoded_int(decoded, row) : 0;
    return status;
}

/* -- keys -------------------------------------------------------------------------------------- */

static int64_t to_ms(int64_t time) {
    return time == SPOOR_EVENT_ABSENT ? time : time / SPOOR_TICKS_MS;
}

/* Computer, channel, provider and event id, which most rows share, are compared after. */
static uint64_t key_of(int64_t record, int64_t time) {
    uint64_t hash = spoor_hash_u64((uint64_t)record);
    return spoor_hash_combine(hash, (uint64_t)to_ms(time));
}

uint64_t spoor_event_key(const spoor_event *event) {
    return key_of(event->record_id, event->time);
}

uint64_t spoor_row_key(int64_t row) {
    return spoor_hash_u64((uint64_t)row);
}

static uint64_t slot_value(uint64_t key, uint32_t row) {
    return (key & 0xFFFFFFFF00000000u) | (row + 1u);
}

static void insert(spoor_row_reader *reader, uint64_t key, uint32_t row) {
    uint32_t slot = (uint32_t)key & (reader->nslots - 1);
    while (reader->slots[slot] != 0) {
        slot = (slot + 1) & (reader->nslots - 1);
    }
    reader->slots[slot] = slot_value(key, row);
    reader->nkeys++;
}

static spoor_store_status row_key(spoor_row_reader *reader, uint32_t row, uint64_t *key,
                                  bool *has_key) {
    int64_t record, other;
    spoor_store_status status = spoor_row_reader_int(reader, SPOOR_COL_RECORD_ID, row, &record);
    if (status != SPOOR_STORE_OK) {
        return status;
    }
    int column = reader->by_row ? SPOOR_COL_ROW : SPOOR_COL_TIME;
    status = spoor_row_reader_int(reader, column, row, &other);
    *has_key = (record == SPOOR_EVENT_ABSENT) == reader->by_row;
    *key = reader->by_row ? spoor_row_key(other) : key_of(record, other);
    return status;
}

spoor_store_status spoor_row_reader_key(spoor_row_reader *reader, uint32_t rows) {
    if (rows <= reader->nrows) {
        return SPOOR_STORE_OK;
    }
    uint32_t nslots = 64;
    while (nslots < rows * 2) {
        nslots *= 2;
    }
    if (nslots > reader->nslots) { /* key everything anew */
        uint64_t *slots = calloc(nslots, sizeof *slots);
        if (slots == NULL) {
            return no_memory(reader);
        }
        free(reader->slots);
        reader->slots = slots;
        reader->nslots = nslots;
        reader->nrows = reader->nkeys = 0;
    }
    for (; reader->nrows < rows; reader->nrows++) {
        uint64_t key;
        bool has_key;
        spoor_store_status status = row_key(reader, reader->nrows, &key, &has_key);
        if (status != SPOOR_STORE_OK) {
            return status;
        }
        if (has_key) {
            insert(reader, key, reader->nrows);
        }
    }
    spoor_row_reader_unpin(reader);
    return SPOOR_STORE_OK;
}

bool spoor_row_reader_find(const spoor_row_reader *reader, uint64_t key, uint32_t *place,
                           uint32_t *row) {
    for (; reader->nslots > 0 && *place < reader->nslots; (*place)++) {
        uint32_t slot = ((uint32_t)key + *place) & (reader->nslots - 1);
        uint64_t here = reader->slots[slot];
        if (here == 0) {
            return false;
        }
        if (((here ^ key) >> 32) == 0) {
            *row = (uint32_t)here - 1;
            (*place)++;
            return true;
        }
    }
    return false;
}

/* -- comparing --------------------------------------------------------------------------------- */

static spoor_store_status is_text(spoor_row_reader *reader, int column, uint32_t row,
                                  spoor_str want, bool *is_same) {
    spoor_text_kind kind;
    spoor_str text;
    spoor_store_status status =
        *is_same ? get_text(reader, reader->store->names.system[column], row, &kind, &text)
                 : SPOOR_STORE_OK;
    *is_same = *is_same && status == SPOOR_STORE_OK && spoor_str_eq(text, want);
    return status;
}

static spoor_store_status is_int(spoor_row_reader *reader, int column, uint32_t row, int64_t want,
                                 bool *is_same) {
    int64_t value = 0;
    spoor_store_status status =
        *is_same ? spoor_row_reader_int(reader, column, row, &value) : SPOOR_STORE_OK;
    if (column == SPOOR_COL_TIME) {
        value = to_ms(value);
        want = to_ms(want);
    }
    *is_same = *is_same && status == SPOOR_STORE_OK && value == want;
    return status;
}

spoor_store_status spoor_row_reader_is_event(spoor_row_reader *reader, uint32_t row,
                                             const spoor_event *event, bool *is_same) {
    *is_same = true;
    spoor_store_status status = is_int(reader, SPOOR_COL_RECORD_ID, row, event->record_id, is_same);
    status = status == SPOOR_STORE_OK ? is_int(reader, SPOOR_COL_TIME, row, event->time, is_same)
                                      : status;
    status = status == SPOOR_STORE_OK
                 ? is_int(reader, SPOOR_COL_EVENT_ID, row, event->event_id, is_same)
                 : status;
    status = status == SPOOR_STORE_OK
                 ? is_text(reader, SPOOR_COL_COMPUTER, row, event->computer, is_same)
                 : status;
    status = status == SPOOR_STORE_OK
                 ? is_text(reader, SPOOR_COL_CHANNEL, row, event->channel, is_same)
                 : status;
    return status == SPOOR_STORE_OK
               ? is_text(reader, SPOOR_COL_PROVIDER, row, event->provider, is_same)
               : status;
}

/* The occurrence-th value of a MULTI value. */
static bool nth_of_multi(spoor_str multi, uint32_t occurrence, spoor_text_kind *kind,
                         spoor_str *text) {
    spoor_bytes_in in = spoor_bytes_read(multi.ptr, multi.len);
    for (uint32_t i = 0; i <= occurrence; i++) {
        unsigned byte = spoor_bytes_u8(&in);
        *text = spoor_bytes_str(&in);
        *kind = byte <= SPOOR_KIND_NULL ? (spoor_text_kind)byte : SPOOR_KIND_NULL;
    }
    return !in.failed;
}

static bool is_field(spoor_text_kind kind, spoor_str text, const spoor_event_field *field) {
    switch (field->kind) {
    case SPOOR_FIELD_TEXT: return kind == SPOOR_KIND_TEXT && spoor_str_eq(text, field->text);
    case SPOOR_FIELD_JSON: return kind == SPOOR_KIND_JSON && spoor_str_eq(text, field->text);
    case SPOOR_FIELD_NULL: return kind == SPOOR_KIND_NULL;
    }
    return false;
}

/* Field i of the event against its place in the stored layout. */
static spoor_store_status compare_field(spoor_row_reader *reader, uint32_t row,
                                        const spoor_event *event, uint32_t i, uint64_t packed,
                                        bool *is_same) {
    bool is_binary = i == event->nfields;
    spoor_event_field binary = {.name = SPOOR_STR("Binary"), .text = event->binary};
    const spoor_event_field *field = is_binary ? &binary : &event->fields[i];
    uint32_t id = (uint32_t)(packed >> 2);
    spoor_field_role role = is_binary              ? SPOOR_ROLE_BINARY
                            : field->name.len == 0 ? SPOOR_ROLE_UNNAMED
                                                   : SPOOR_ROLE_NAMED;
    *is_same = id > 0 && id <= reader->store->names.count && (packed & 3) == role;
    if (*is_same && role == SPOOR_ROLE_NAMED) {
        *is_same = spoor_str_eq(reader->store->names.list[id - 1].name, field->name);
    }
    if (!*is_same) {
        return SPOOR_STORE_OK;
    }
    spoor_text_kind kind;
    spoor_str text;
    spoor_store_status status = get_text(reader, id, row, &kind, &text);
    if (status == SPOOR_STORE_OK && kind == SPOOR_KIND_MULTI) {
        spoor_str name = reader->store->names.list[id - 1].name;
        uint32_t occurrence = 0;
        for (uint32_t j = 0; j < i; j++) {
            spoor_str other = event->fields[j].name;
            occurrence +=
                spoor_str_eq(other, name) || (other.len == 0 && spoor_str_is(name, "Data"));
        }
        *is_same = nth_of_multi(text, occurrence, &kind, &text);
    }
    *is_same = *is_same && status == SPOOR_STORE_OK && is_field(kind, text, field);
    return status;
}

spoor_store_status spoor_row_reader_has_content(spoor_row_reader *reader, uint32_t row,
                                                const spoor_event *event, spoor_str message,
                                                bool *is_same) {
    *is_same = true;
    spoor_store_status status = is_text(reader, SPOOR_COL_RAW_XML, row, event->raw_xml, is_same);
    if (message.len > 0 && status == SPOOR_STORE_OK) {
        status = is_text(reader, SPOOR_COL_MESSAGE, row, message, is_same);
    }
    spoor_text_kind kind;
    spoor_str layout = {0};
    if (status == SPOOR_STORE_OK && *is_same) {
        uint32_t id = reader->store->names.system[SPOOR_COL_LAYOUT];
        status = get_text(reader, id, row, &kind, &layout);
    }
    spoor_bytes_in in = spoor_bytes_read(layout.ptr, layout.len);
    if (layout.len > 0) {
        spoor_bytes_varint(&in); /* flags: an empty EventData or none is no other content */
    }
    uint32_t n = event->nfields + ((event->flags & SPOOR_EVENT_HAS_BINARY) != 0 ? 1u : 0u);
    for (uint32_t i = 0; i < n && *is_same && status == SPOOR_STORE_OK; i++) {
        uint64_t packed = spoor_bytes_varint(&in);
        *is_same = !in.failed;
        if (*is_same) {
            status = compare_field(reader, row, event, i, packed, is_same);
        }
    }
    *is_same = *is_same && in.at == in.end;
    return status;
}
