/* record.c - columns made from a whole record: EventData as a bag or XML, ParameterXml, the
 * message.
 *
 * The chunks that a record needs are pinned when the first row is fetched and
 * let go with the record column.  A failure to pin leaves nulls and a status
 * in the snapshot (spoor_snapshot_status). */
#include <stdlib.h>

#include "base/time.h"
#include "store/message.h"
#include "store/snapshot.h"
#include "types/dynamic.h"

typedef struct part { /* a pinned column */
    uint32_t id;
    const spoor_decoded *decoded;
} part;

typedef struct record_source {
    spoor_records records;
    spoor_stored_segment *segment;
    spoor_cache *cache;
    uint32_t *rows;        /* 0, 1, 2, ...: the codes */
    pthread_mutex_t mutex; /* of what follows */
    bool is_pinned, has_failed;
    const spoor_decoded *layout, *time, *provider, *event_id, *raw_xml, *message;
    part *parts; /* ascending id */
    uint32_t nparts;
} record_source;

/* -- pinning ---------------------------------------------------------------------------------- */

static void unpin(record_source *source) {
    const spoor_decoded *fixed[] = {source->layout,   source->time,    source->provider,
                                    source->event_id, source->raw_xml, source->message};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        if (fixed[i] != NULL) {
            spoor_cache_release(source->cache, &fixed[i]->cached);
        }
    }
    for (uint32_t i = 0; i < source->nparts; i++) {
        spoor_cache_release(source->cache, &source->parts[i].decoded->cached);
    }
    free(source->parts);
}

static void free_source(void *extra) {
    record_source *source = extra;
    unpin(source);
    pthread_mutex_destroy(&source->mutex);
    free(source->rows);
    free(source);
}

static spoor_store_status pin_system(record_source *source, int column,
                                     const spoor_decoded **decoded) {
    uint32_t id = source->segment->store->names.system[column];
    uint32_t form = column == SPOOR_COL_LAYOUT ? SPOOR_AS_RAW : SPOOR_AS_STORED;
    return spoor_decode_pin(source->segment, id, form, decoded);
}

static spoor_store_status pin_members(record_source *source) {
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

static spoor_store_status pin_all(record_source *source) {
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

static bool is_ready(record_source *source) {
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

/* -- one record ------------------------------------------------------------------------------- */

typedef struct field {
    uint32_t id;
    spoor_field_role role;
    spoor_str name; /* "" for unnamed */
    spoor_text_kind kind;
    spoor_str text;
} field;

typedef struct record {
    const record_source *source;
    uint32_t row;
    uint64_t flags; /* spoor_layout_flag */
    field *fields;  /* arena */
    uint32_t nfields;
} record;

static const spoor_decoded *find_part(const record_source *source, uint32_t id) {
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

static spoor_str name_of(const record_source *source, uint32_t id) {
    spoor_store *store = source->segment->store;
    pthread_mutex_lock(&store->mutex);
    spoor_str name =
        id == 0 || id > store->names.count ? (spoor_str){"", 0} : store->names.list[id - 1].name;
    pthread_mutex_unlock(&store->mutex);
    return name;
}

/* The occurrence-th value within a MULTI value. */
static void nth_of_multi(spoor_str multi, uint32_t occurrence, field *f) {
    spoor_bytes_in in = spoor_bytes_read(multi.ptr, multi.len);
    f->kind = SPOOR_KIND_NULL;
    for (uint32_t i = 0; i <= occurrence && in.at < in.end && !in.failed; i++) {
        unsigned kind = spoor_bytes_u8(&in);
        f->text = spoor_bytes_str(&in);
        f->kind = kind < SPOOR_KIND_MULTI ? (spoor_text_kind)kind : SPOOR_KIND_NULL;
    }
}

static void read_record(spoor_arena *arena, const record_source *source, uint32_t row,
                        record *out) {
    *out = (record){.source = source, .row = row};
    spoor_text_kind kind;
    bool is_absent;
    spoor_str layout = spoor_decoded_value(source->layout, row, &kind, &is_absent);
    spoor_bytes_in in = spoor_bytes_read(layout.ptr, layout.len);
    out->flags = layout.len == 0 ? 0 : spoor_bytes_varint(&in);
    out->fields = SPOOR_NEW_ARRAY(arena, field, layout.len + 1);
    while (in.at < in.end && !in.failed) {
        uint64_t packed = spoor_bytes_varint(&in);
        field *f = &out->fields[out->nfields];
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

/* -- growing text in an arena ----------------------------------------------------------------- */

typedef struct text {
    spoor_arena *arena;
    char *ptr;
    size_t len, capacity;
} text;

static void put(text *t, spoor_str s) {
    if (t->capacity - t->len < s.len) {
        size_t capacity = t->capacity == 0 ? 512 : t->capacity * 2;
        while (capacity < t->len + s.len) {
            capacity *= 2;
        }
        char *grown = SPOOR_RAW_ARRAY(t->arena, char, capacity);
        if (t->len > 0) {
            memcpy(grown, t->ptr, t->len);
        }
        t->ptr = grown;
        t->capacity = capacity;
    }
    if (s.len > 0) {
        memcpy(t->ptr + t->len, s.ptr, s.len);
        t->len += s.len;
    }
}

static void put_escaped(text *t, spoor_str s, bool in_attribute) {
    size_t start = 0;
    for (size_t i = 0; i < s.len; i++) {
        spoor_str entity = {0};
        switch (s.ptr[i]) {
        case '&': entity = SPOOR_STR("&amp;"); break;
        case '<': entity = SPOOR_STR("&lt;"); break;
        case '>': entity = SPOOR_STR("&gt;"); break;
        case '"': entity = in_attribute ? SPOOR_STR("&quot;") : (spoor_str){0}; break;
        default: break;
        }
        if (entity.len > 0) {
            put(t, (spoor_str){s.ptr + start, i - start});
            put(t, entity);
            start = i + 1;
        }
    }
    put(t, (spoor_str){s.ptr + start, s.len - start});
}

/* -- the columns ------------------------------------------------------------------------------ */

static void add_value(spoor_dynamic_builder *builder, spoor_arena *arena, const field *f) {
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

static bool is_seen_before(const record *r, uint32_t i) {
    for (uint32_t j = 0; j < i; j++) {
        if (r->fields[j].id == r->fields[i].id) {
            return true;
        }
    }
    return false;
}

/* A name that occurs twice, or a Data without a name, has an array. */
static void add_member(spoor_dynamic_builder *builder, spoor_arena *arena, const record *r,
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

static spoor_str make_bag(spoor_arena *arena, const record *r) {
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

static void put_fields_xml(text *t, const record *r) {
    for (uint32_t i = 0; i < r->nfields; i++) {
        const field *f = &r->fields[i];
        if (f->role == SPOOR_ROLE_BINARY) {
            put(t, SPOOR_STR("<Binary>"));
            put(t, f->text);
            put(t, SPOOR_STR("</Binary>"));
            continue;
        }
        if (f->role == SPOOR_ROLE_UNNAMED) {
            put(t, SPOOR_STR("<Data>"));
        } else {
            put(t, SPOOR_STR("<Data Name=\""));
            put_escaped(t, f->name, true);
            put(t, SPOOR_STR("\">"));
        }
        put_escaped(t, f->text, false);
        put(t, SPOOR_STR("</Data>"));
    }
}

static spoor_str make_event_data_xml(spoor_arena *arena, const record *r) {
    text t = {.arena = arena};
    spoor_text_kind kind;
    bool is_absent;
    spoor_str raw = spoor_decoded_value(r->source->raw_xml, r->row, &kind, &is_absent);
    if (r->nfields == 0 && raw.len == 0 && (r->flags & SPOOR_LAYOUT_HAS_EVENTDATA) == 0) {
        return (spoor_str){"", 0};
    }
    put(&t, SPOOR_STR("<DataItem Type=\"System.XmlData\" time=\""));
    int64_t time = spoor_decoded_int(r->source->time, r->row);
    char printed[SPOOR_TIME_TEXT];
    if (time != SPOOR_EVENT_ABSENT && time >= 0 && time <= SPOOR_DATETIME_MAX) {
        put(&t, spoor_time_print(time, printed));
    }
    put(&t, SPOOR_STR("\" sourceHealthServiceId=\"00000000-0000-0000-0000-000000000000\">"));
    if (raw.len > 0) {
        put(&t, raw);
    } else {
        put(&t, SPOOR_STR(
                    "<EventData xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">"));
        put_fields_xml(&t, r);
        put(&t, SPOOR_STR("</EventData>"));
    }
    put(&t, SPOOR_STR("</DataItem>"));
    return (spoor_str){t.ptr, t.len};
}

static spoor_str make_parameter_xml(spoor_arena *arena, const record *r) {
    text t = {.arena = arena};
    for (uint32_t i = 0; i < r->nfields; i++) {
        put(&t, SPOOR_STR("<Param>"));
        put_escaped(&t, r->fields[i].text, false);
        put(&t, SPOOR_STR("</Param>"));
    }
    return (spoor_str){t.ptr, t.len};
}

static spoor_str make_rendered(spoor_arena *arena, const record *r) {
    spoor_text_kind kind;
    bool is_absent;
    spoor_str message = spoor_decoded_value(r->source->message, r->row, &kind, &is_absent);
    if (message.len > 0) {
        return message;
    }
    spoor_str provider = spoor_decoded_value(r->source->provider, r->row, &kind, &is_absent);
    spoor_event_field *fields = SPOOR_NEW_ARRAY(arena, spoor_event_field, r->nfields + 1u);
    for (uint32_t i = 0; i < r->nfields; i++) {
        fields[i] = (spoor_event_field){.name = r->fields[i].name, .text = r->fields[i].text};
    }
    spoor_message_pieces pieces;
    text t = {.arena = arena};
    spoor_str piece;
    if (!spoor_message_begin(&pieces, provider, spoor_decoded_int(r->source->event_id, r->row),
                             fields, r->nfields)) {
        return (spoor_str){"", 0};
    }
    while (spoor_message_next(&pieces, &piece)) {
        put(&t, piece);
    }
    return (spoor_str){t.ptr, t.len};
}

static void fetch(const spoor_records *records, spoor_arena *arena, const uint32_t *rows,
                  uint32_t count, spoor_vec *out) {
    record_source *source = records->segment;
    bool ready = is_ready(source);
    for (uint32_t i = 0; i < count; i++) {
        bool is_bag = records->column == SPOOR_COL_EVENT_DATA;
        out->strings[i] = (spoor_str){"", 0};
        if (out->nulls != NULL) {
            out->nulls[i] = is_bag && !ready;
        }
        if (!ready || rows[i] >= source->segment->seen.rows) {
            continue;
        }
        record r;
        read_record(arena, source, rows[i], &r);
        switch (records->column) {
        case SPOOR_COL_EVENT_DATA: out->strings[i] = make_bag(arena, &r); break;
        case SPOOR_COL_EVENT_DATA_XML: out->strings[i] = make_event_data_xml(arena, &r); break;
        case SPOOR_COL_PARAMETER_XML: out->strings[i] = make_parameter_xml(arena, &r); break;
        default: out->strings[i] = make_rendered(arena, &r); break;
        }
    }
}

/* -- the column as a vector ------------------------------------------------------------------- */

static spoor_decoded *new_record(spoor_stored_segment *segment, spoor_event_column column) {
    spoor_decoded *decoded = calloc(1, sizeof *decoded);
    record_source *source = calloc(1, sizeof *source);
    uint32_t *rows = malloc(((size_t)segment->seen.rows + 1) * sizeof *rows);
    if (decoded == NULL || source == NULL || rows == NULL) {
        free(decoded);
        free(source);
        free(rows);
        return NULL;
    }
    for (uint32_t i = 0; i < segment->seen.rows; i++) {
        rows[i] = i;
    }
    *source = (record_source){.segment = segment, .cache = segment->store->cache, .rows = rows};
    source->records = (spoor_records){.fetch = fetch, .segment = source, .column = (int)column};
    pthread_mutex_init(&source->mutex, NULL);
    decoded->extra = source;
    decoded->free_extra = free_source;
    spoor_type type = column == SPOOR_COL_EVENT_DATA ? SPOOR_DYNAMIC : SPOOR_STRING;
    decoded->cached.chunk.vec =
        (spoor_vec){.type = type, .form = SPOOR_RECORD, .codes = rows, .records = &source->records};
    decoded->cached.free = spoor_decoded_free;
    decoded->cached.bytes = sizeof *decoded + sizeof *source + segment->seen.rows * sizeof *rows;
    return decoded;
}

spoor_store_status spoor_record_pin(spoor_stored_segment *segment, spoor_event_column column,
                                    const spoor_cached **cached) {
    spoor_decoded *decoded = new_record(segment, column);
    if (decoded == NULL || !spoor_cache_take(segment->store->cache, decoded->cached.bytes)) {
        if (decoded != NULL) {
            spoor_decoded_free(&decoded->cached);
        }
        return spoor_store_fail(segment->store, SPOOR_STORE_MEMORY, "out of memory (--memory)");
    }
    *cached = &decoded->cached;
    return SPOOR_STORE_OK;
}
