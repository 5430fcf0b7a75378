/* record.c - columns made from a whole record: EventData as a bag or XML, ParameterXml, the
 * message.  XML is written by record_xml.c.
 *
 * The chunks that a record needs are pinned when the first row is fetched and
 * let go with the record column.  A failure to pin leaves nulls and a status
 * in the snapshot (spoor_snapshot_status). */
#include <stdlib.h>

#include "base/buffer.h"
#include "store/message.h"
#include "store/record.h"
#include "types/dynamic.h"

typedef struct part { /* a pinned column */
    uint32_t id;
    const spoor_decoded *decoded;
} part;

struct spoor_record_source {
    spoor_records records; /* of the column that reads it, if one does */
    spoor_stored_segment *segment;
    spoor_cache *cache;
    uint32_t *rows;        /* 0, 1, 2, ...: the codes */
    pthread_mutex_t mutex; /* of what follows */
    bool is_pinned, has_failed;
    const spoor_decoded *layout, *time, *provider, *event_id, *raw_xml, *message;
    part *parts; /* ascending id */
    uint32_t nparts;
};

/* -- pinning ----------------------------------------------------------------------------------- */

static void unpin(spoor_record_source *source) {
    const spoor_decoded *fixed[] = {source->layout,   source->time,    source->provider,
                                    source->event_id, source->raw_xml, source->message};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        if (fixed[i] != NULL) {
            spoor_cache_release(source->cache, &fixed[i]->cached, true);
        }
    }
    for (uint32_t i = 0; i < source->nparts; i++) {
        spoor_cache_release(source->cache, &source->parts[i].decoded->cached, true);
    }
    free(source->parts);
}

void spoor_record_source_free(void *extra) {
    spoor_record_source *source = extra;
    if (source == NULL) {
        return;
    }
    unpin(source);
    pthread_mutex_destroy(&source->mutex);
    free(source->rows);
    free(source);
}

static spoor_store_status pin_system(spoor_record_source *source, int column,
                                     const spoor_decoded **decoded) {
    uint32_t id = source->segment->store->names.system[column];
    uint32_t form = column == SPOOR_COL_LAYOUT ? SPOOR_AS_RAW : SPOOR_AS_STORED;
    return spoor_decode_pin(source->segment, id, form, decoded);
}

static spoor_store_status pin_members(spoor_record_source *source) {
    spoor_stored_segment *segment = source->segment;
    const spoor_directory *directory = &segment->directory;
    source->parts = calloc((size_t)directory->ncolumns + 1, sizeof *source->parts);
    if (source->parts == NULL) {
        return spoor_store_fail(segment->store, SPOOR_STORE_MEMORY, "out of memory (--memory)");
    }
    spoor_store_status status = SPOOR_STORE_OK;
    for (uint32_t i = 0; i < directory->ncolumns && status == SPOOR_STORE_OK; i++) {
        uint32_t id = directory->columns[i].id;
        pthread_mutex_lock(&segment->store->mutex);
        bool is_member =
            id <= segment->store->names.count && segment->store->names.list[id - 1].column < 0;
        pthread_mutex_unlock(&segment->store->mutex);
        bool is_text = directory->columns[i].form == SPOOR_FORM_TEXT ||
                       directory->columns[i].form == SPOOR_FORM_TEXT_CONSTANT;
        if (is_member && is_text) {
            part *p = &source->parts[source->nparts];
            p->id = id;
            status = spoor_decode_pin(segment, id, SPOOR_AS_STORED, &p->decoded);
            source->nparts += status == SPOOR_STORE_OK ? 1 : 0;
        }
    }
    return status;
}

static spoor_store_status pin_all(spoor_record_source *source) {
    spoor_store_status status = pin_system(source, SPOOR_COL_LAYOUT, &source->layout);
    status = status == SPOOR_STORE_OK ? pin_system(source, SPOOR_COL_TIME, &source->time) : status;
    status = status == SPOOR_STORE_OK ? pin_system(source, SPOOR_COL_PROVIDER, &source->provider)
                                      : status;
    status = status == SPOOR_STORE_OK ? pin_system(source, SPOOR_COL_EVENT_ID, &source->event_id)
                                      : status;
    status =
        status == SPOOR_STORE_OK ? pin_system(source, SPOOR_COL_RAW_XML, &source->raw_xml) : status;
    status =
        status == SPOOR_STORE_OK ? pin_system(source, SPOOR_COL_MESSAGE, &source->message) : status;
    return status == SPOOR_STORE_OK ? pin_members(source) : status;
}

bool spoor_record_source_pin(spoor_record_source *source) {
    pthread_mutex_lock(&source->mutex);
    if (!source->is_pinned && !source->has_failed) {
        spoor_store_status status = pin_all(source);
        source->is_pinned = status == SPOOR_STORE_OK;
        source->has_failed = !source->is_pinned;
        if (source->has_failed && source->segment->snapshot != NULL) {
            source->segment->snapshot->status = status;
        }
    }
    bool ready = source->is_pinned;
    pthread_mutex_unlock(&source->mutex);
    return ready;
}

/* -- one record -------------------------------------------------------------------------------- */

static const spoor_decoded *find_part(const spoor_record_source *source, uint32_t id) {
    uint32_t low = 0, high = source->nparts;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (source->parts[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < source->nparts && source->parts[low].id == id ? source->parts[low].decoded : NULL;
}

static spoor_str name_of(const spoor_record_source *source, uint32_t id) {
    spoor_store *store = source->segment->store;
    pthread_mutex_lock(&store->mutex);
    spoor_str name =
        id == 0 || id > store->names.count ? (spoor_str){"", 0} : store->names.list[id - 1].name;
    pthread_mutex_unlock(&store->mutex);
    return name;
}

/* The occurrence-th value within a MULTI value. */
static void nth_of_multi(spoor_str multi, uint32_t occurrence, spoor_record_field *f) {
    spoor_bytes_in in = spoor_bytes_read(multi.ptr, multi.len);
    f->kind = SPOOR_KIND_NULL;
    for (uint32_t i = 0; i <= occurrence && in.at < in.end && !in.failed; i++) {
        unsigned kind = spoor_bytes_u8(&in);
        f->text = spoor_bytes_str(&in);
        f->kind = kind < SPOOR_KIND_MULTI ? (spoor_text_kind)kind : SPOOR_KIND_NULL;
    }
}

void spoor_record_read(spoor_arena *arena, const spoor_record_source *source, uint32_t row,
                       spoor_record *out) {
    spoor_text_kind kind;
    bool is_absent;
    *out = (spoor_record){.time = spoor_decoded_int(source->time, row),
                          .event_id = spoor_decoded_int(source->event_id, row),
                          .provider = spoor_decoded_value(source->provider, row, &kind, &is_absent),
                          .message = spoor_decoded_value(source->message, row, &kind, &is_absent),
                          .raw_xml = spoor_decoded_value(source->raw_xml, row, &kind, &is_absent)};
    spoor_str layout = spoor_decoded_value(source->layout, row, &kind, &is_absent);
    spoor_bytes_in in = spoor_bytes_read(layout.ptr, layout.len);
    out->flags = layout.len == 0 ? 0 : spoor_bytes_varint(&in);
    out->fields = SPOOR_NEW_ARRAY(arena, spoor_record_field, layout.len + 1);
    while (in.at < in.end && !in.failed) {
        uint64_t packed = spoor_bytes_varint(&in);
        spoor_record_field *f = &out->fields[out->nfields];
        f->id = (uint32_t)(packed >> 2);
        f->role = (spoor_field_role)(packed & 3);
        f->name = f->role == SPOOR_ROLE_UNNAMED ? (spoor_str){"", 0} : name_of(source, f->id);
        const spoor_decoded *column = find_part(source, f->id);
        f->kind = SPOOR_KIND_NULL;
        if (column != NULL) {
            f->text = spoor_decoded_value(column, row, &f->kind, &is_absent);
        }
        if (f->kind == SPOOR_KIND_MULTI) {
            uint32_t occurrence = 0;
            for (uint32_t i = 0; i < out->nfields; i++) {
                occurrence += out->fields[i].id == f->id;
            }
            nth_of_multi(f->text, occurrence, f);
        }
        out->nfields++;
    }
}

/* -- the columns ------------------------------------------------------------------------------- */

static void add_value(spoor_dynamic_builder *builder, spoor_arena *arena,
                      const spoor_record_field *f) {
    spoor_str value;
    if (f->kind == SPOOR_KIND_TEXT) {
        spoor_dynamic_add_text(builder, f->text);
    } else if (f->kind == SPOOR_KIND_JSON && spoor_dynamic_parse_json(arena, f->text, &value)) {
        spoor_dynamic_add_encoded(builder, value);
    } else if (f->kind == SPOOR_KIND_JSON) {
        spoor_dynamic_add_text(builder, f->text);
    } else {
        spoor_dynamic_add_encoded(builder, SPOOR_STR("n"));
    }
}

static bool is_seen_before(const spoor_record *r, uint32_t i) {
    for (uint32_t j = 0; j < i; j++) {
        if (r->fields[j].id == r->fields[i].id) {
            return true;
        }
    }
    return false;
}

/* A name that occurs twice, or a Data without a name, has an array. */
static void add_member(spoor_dynamic_builder *builder, spoor_arena *arena, const spoor_record *r,
                       uint32_t i) {
    bool is_array = r->fields[i].role == SPOOR_ROLE_UNNAMED;
    for (uint32_t j = i + 1; j < r->nfields && !is_array; j++) {
        is_array = r->fields[j].id == r->fields[i].id;
    }
    spoor_dynamic_name(builder, r->fields[i].role == SPOOR_ROLE_UNNAMED ? SPOOR_STR("Data")
                                                                        : r->fields[i].name);
    if (!is_array) {
        add_value(builder, arena, &r->fields[i]);
        return;
    }
    spoor_dynamic_open(builder, '[');
    for (uint32_t j = i; j < r->nfields; j++) {
        if (r->fields[j].id == r->fields[i].id) {
            add_value(builder, arena, &r->fields[j]);
        }
    }
    spoor_dynamic_close(builder);
}

static spoor_str make_bag(spoor_arena *arena, const spoor_record *r) {
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, arena);
    spoor_dynamic_open(&builder, '{');
    for (uint32_t i = 0; i < r->nfields; i++) {
        if (!is_seen_before(r, i)) {
            add_member(&builder, arena, r, i);
        }
    }
    spoor_dynamic_close(&builder);
    return spoor_dynamic_finish(&builder);
}

static spoor_str make_rendered(spoor_arena *arena, const spoor_record *r) {
    if (r->message.len > 0) {
        return r->message;
    }
    spoor_event_field *fields = SPOOR_NEW_ARRAY(arena, spoor_event_field, r->nfields + 1u);
    for (uint32_t i = 0; i < r->nfields; i++) {
        fields[i] = (spoor_event_field){.name = r->fields[i].name, .text = r->fields[i].text};
    }
    spoor_message_pieces pieces;
    spoor_buffer text = {.arena = arena};
    spoor_str piece;
    if (!spoor_message_begin(&pieces, r->provider, r->event_id, fields, r->nfields)) {
        return (spoor_str){"", 0};
    }
    while (spoor_message_next(&pieces, &piece)) {
        spoor_buffer_put(&text, piece);
    }
    return spoor_buffer_text(&text);
}

/* Whether it is not null. */
static bool make(spoor_arena *arena, const spoor_record *r, int column, spoor_str *out) {
    switch (column) {
    case SPOOR_COL_EVENT_DATA: *out = make_bag(arena, r); return true;
    case SPOOR_COL_EVENT_DATA_ITEMS: return spoor_record_items(arena, r, out);
    case SPOOR_COL_EVENT_DATA_XML: *out = spoor_record_data_xml(arena, r); return true;
    case SPOOR_COL_EVENT_DATA_ELEMENT: *out = spoor_record_data_element(arena, r); return true;
    case SPOOR_COL_PARAMETER_XML: *out = spoor_record_parameter_xml(arena, r); return true;
    default: *out = make_rendered(arena, r); return true;
    }
}

static void fetch(const spoor_records *records, spoor_arena *arena, const uint32_t *rows,
                  uint32_t count, spoor_vec *out) {
    spoor_record_source *source = records->segment;
    bool ready = spoor_record_source_pin(source);
    for (uint32_t i = 0; i < count; i++) {
        spoor_str made = {"", 0};
        bool ok = false;
        if (ready && rows[i] < source->segment->seen.rows) {
            spoor_record r;
            spoor_record_read(arena, source, rows[i], &r);
            ok = make(arena, &r, records->column, &made);
        }
        out->strings[i] = ok ? made : (spoor_str){"", 0};
        if (out->nulls != NULL) {
            out->nulls[i] = !ok && out->type == SPOOR_DYNAMIC;
        }
    }
}

/* -- the column as a vector -------------------------------------------------------------------- */

spoor_record_source *spoor_record_source_new(spoor_stored_segment *segment) {
    spoor_record_source *source = calloc(1, sizeof *source);
    if (source != NULL) {
        source->segment = segment;
        source->cache = segment->store->cache;
        pthread_mutex_init(&source->mutex, NULL);
    }
    return source;
}

static spoor_decoded *new_column(spoor_stored_segment *segment, spoor_event_column column) {
    spoor_decoded *decoded = calloc(1, sizeof *decoded);
    spoor_record_source *source = spoor_record_source_new(segment);
    uint32_t *rows = malloc(((size_t)segment->seen.rows + 1) * sizeof *rows);
    if (decoded == NULL || source == NULL || rows == NULL) {
        free(decoded);
        free(rows);
        spoor_record_source_free(source);
        return NULL;
    }
    for (uint32_t i = 0; i < segment->seen.rows; i++) {
        rows[i] = i;
    }
    source->rows = rows;
    source->records = (spoor_records){.fetch = fetch, .segment = source, .column = (int)column};
    decoded->extra = source;
    decoded->free_extra = spoor_record_source_free;
    spoor_type type = spoor_event_column_type(column);
    decoded->cached.chunk.vec =
        (spoor_vec){.type = type, .form = SPOOR_RECORD, .codes = rows, .records = &source->records};
    decoded->cached.free = spoor_decoded_free;
    decoded->cached.bytes = sizeof *decoded + sizeof *source + segment->seen.rows * sizeof *rows;
    return decoded;
}

spoor_store_status spoor_record_pin(spoor_stored_segment *segment, spoor_event_column column,
                                    const spoor_cached **cached) {
    spoor_decoded *decoded = new_column(segment, column);
    if (decoded == NULL || !spoor_cache_take(segment->store->cache, decoded->cached.bytes)) {
        if (decoded != NULL) {
            spoor_decoded_free(&decoded->cached);
        }
        return spoor_store_fail(segment->store, SPOOR_STORE_MEMORY, "out of memory (--memory)");
    }
    *cached = &decoded->cached;
    return SPOOR_STORE_OK;
}
