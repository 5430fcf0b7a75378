/* builder.c - events into columns (see builder.h).
 *
 * Texts are copied into a stage, up to BATCH_ROWS rows or STAGE_BYTES of
 * them, and entered column by column.  The fields of most events have the
 * names of the one before: the layout is found by comparing with that. */
#include "store/builder.h"

#include "base/hash.h"
#include "base/same.h"
#include "base/utf8.h"

enum { BATCH_ROWS = 1024, STAGE_BYTES = 1 << 18 };

typedef struct spoor_layout {
    uint64_t hash;
    uint32_t nfields, flags;
    uint32_t nnames;   /* as many of the fields; the last may be binary data */
    spoor_bytes names; /* of them: [u32 length, bytes]... */
    uint32_t *columns; /* index in builder->members, a field each */
    bool is_plain;     /* no name twice, none missing */
    spoor_bytes text;  /* as the layout column keeps it */
} spoor_layout;

static void layout_free(spoor_layout *layout) {
    if (layout != NULL) {
        spoor_bytes_free(&layout->names);
        spoor_bytes_free(&layout->text);
        free(layout->columns);
        free(layout);
    }
}

spoor_builder *spoor_builder_new(spoor_names *names, spoor_str provider, int64_t event_id) {
    spoor_builder *builder = calloc(1, sizeof *builder);
    char *copy = malloc(provider.len + 1);
    if (builder == NULL || copy == NULL) {
        free(builder);
        free(copy);
        return NULL;
    }
    if (provider.len > 0) {
        memcpy(copy, provider.ptr, provider.len);
    }
    builder->names = names;
    builder->provider = (spoor_str){copy, provider.len};
    builder->event_id = event_id;
    builder->min_time = INT64_MAX;
    builder->max_time = INT64_MIN;
    builder->first_row = INT64_MAX;
    for (int i = 0; i < SPOOR_COL_NSTORED; i++) {
        builder->system[i].id = names->system[i];
        builder->system[i].seed = names->seed;
        builder->system[i].is_ints = spoor_stored_column_is_ints(i);
    }
    return builder;
}

void spoor_builder_free(spoor_builder *builder) {
    if (builder == NULL) {
        return;
    }
    for (int i = 0; i < SPOOR_COL_NSTORED; i++) {
        spoor_column_free(&builder->system[i]);
    }
    for (uint32_t i = 0; i < builder->nmembers; i++) {
        spoor_column_free(builder->members[i]);
        free(builder->members[i]);
    }
    for (uint32_t i = 0; i < builder->nlayout_slots; i++) {
        layout_free(builder->layouts[i]);
    }
    free(builder->members);
    free(builder->layouts);
    free((char *)builder->provider.ptr);
    spoor_bytes_free(&builder->stage);
    free(builder);
}

size_t spoor_builder_bytes(const spoor_builder *builder) {
    size_t bytes = sizeof *builder + builder->stage.capacity;
    for (int i = 0; i < SPOOR_COL_NSTORED; i++) {
        bytes += spoor_column_bytes(&builder->system[i]);
    }
    for (uint32_t i = 0; i < builder->nmembers; i++) {
        bytes += spoor_column_bytes(builder->members[i]);
    }
    return bytes;
}

size_t spoor_builder_text_bytes(const spoor_builder *builder) {
    size_t bytes = 0;
    for (int i = 0; i < SPOOR_COL_NSTORED; i++) {
        bytes += builder->system[i].text.len;
    }
    for (uint32_t i = 0; i < builder->nmembers; i++) {
        bytes += builder->members[i]->text.len;
    }
    return bytes;
}

/* -- members and layouts ----------------------------------------------------------------------- */

static uint32_t member_index(const spoor_builder *builder, uint32_t id) {
    uint32_t i = 0;
    while (i < builder->nmembers && builder->members[i]->id != id) {
        i++;
    }
    return i;
}

spoor_build_column *spoor_builder_member(spoor_builder *builder, uint32_t id) {
    uint32_t i = member_index(builder, id);
    return i < builder->nmembers ? builder->members[i] : NULL;
}

spoor_build_column *spoor_builder_member_add(spoor_builder *builder, uint32_t id) {
    spoor_build_column *column = spoor_builder_member(builder, id);
    if (column != NULL) {
        return column;
    }
    if (builder->nmembers == builder->members_capacity) {
        uint32_t capacity = builder->members_capacity == 0 ? 32 : builder->members_capacity * 2;
        spoor_build_column **grown = realloc(builder->members, capacity * sizeof *grown);
        if (grown == NULL) {
            builder->failed = true;
            return NULL;
        }
        builder->members = grown;
        builder->members_capacity = capacity;
    }
    column = calloc(1, sizeof *column);
    if (column == NULL) {
        builder->failed = true;
        return NULL;
    }
    column->id = id;
    column->seed = builder->names->seed;
    spoor_column_push_code(column, SPOOR_CODE_ABSENT, builder->rows - builder->nstaged_rows);
    builder->members[builder->nmembers++] = column;
    return column;
}

static uint32_t name_id(spoor_builder *builder, spoor_str name) {
    if (spoor_utf8_is_valid(name)) {
        return spoor_names_add(builder->names, name);
    }
    spoor_bytes repaired = {0};
    spoor_text_repair(&repaired, name);
    uint32_t id = 0;
    if (!repaired.failed) {
        id = spoor_names_add(builder->names, (spoor_str){(const char *)repaired.ptr, repaired.len});
    }
    spoor_bytes_free(&repaired);
    return id;
}

static uint32_t layout_flags(const spoor_event *event) {
    return ((event->flags & SPOOR_EVENT_HAS_EVENTDATA) != 0 ? SPOOR_LAYOUT_HAS_EVENTDATA : 0u) |
           (event->raw_xml.len > 0 && (event->flags & SPOOR_EVENT_HAS_EVENTDATA) == 0
                ? SPOOR_LAYOUT_IS_USERDATA
                : 0u);
}

static bool is_same_layout(const spoor_layout *layout, const spoor_event *event, uint32_t nfields,
                           uint32_t flags) {
    if (layout->nfields != nfields || layout->nnames != event->nfields || layout->flags != flags) {
        return false;
    }
    const unsigned char *at = layout->names.ptr;
    for (uint32_t i = 0; i < event->nfields; i++) {
        uint32_t len;
        memcpy(&len, at, sizeof len);
        if (len != event->fields[i].name.len ||
            !spoor_few_are_same(at + sizeof len, event->fields[i].name.ptr, len)) {
            return false;
        }
        at += sizeof len + len;
    }
    return true;
}

/* Give field i its column and its place in the layout's text. */
static bool add_field(spoor_builder *builder, spoor_layout *layout, uint32_t i, spoor_str name,
                      spoor_field_role role) {
    static const spoor_str data = {"Data", 4};
    uint32_t id = name_id(builder, role == SPOOR_ROLE_UNNAMED ? data : name);
    if (id == 0 || spoor_builder_member_add(builder, id) == NULL) {
        return false;
    }
    layout->columns[i] = member_index(builder, id);
    layout->is_plain &= role != SPOOR_ROLE_UNNAMED;
    spoor_bytes_put_varint(&layout->text, (uint64_t)id << 2 | role);
    return true;
}

static spoor_layout *make_layout(spoor_builder *builder, const spoor_event *event, uint64_t hash,
                                 uint32_t nfields, uint32_t flags) {
    spoor_layout *layout = calloc(1, sizeof *layout);
    if (layout == NULL) {
        return NULL;
    }
    *layout = (spoor_layout){.hash = hash,
                             .nfields = nfields,
                             .nnames = event->nfields,
                             .flags = flags,
                             .is_plain = true};
    layout->columns = malloc(((size_t)nfields + 1) * sizeof *layout->columns);
    bool ok = layout->columns != NULL;
    spoor_bytes_put_varint(&layout->text, flags);
    for (uint32_t i = 0; ok && i < event->nfields; i++) {
        spoor_str name = event->fields[i].name;
        uint32_t len = (uint32_t)name.len;
        spoor_bytes_put(&layout->names, &len, sizeof len);
        spoor_bytes_put(&layout->names, name.ptr, len);
        ok = add_field(builder, layout, i, name, len == 0 ? SPOOR_ROLE_UNNAMED : SPOOR_ROLE_NAMED);
    }
    if (ok && nfields > event->nfields) {
        ok = add_field(builder, layout, event->nfields, SPOOR_STR("Binary"), SPOOR_ROLE_BINARY);
    }
    if (!ok || layout->text.failed || layout->names.failed) {
        layout_free(layout);
        return NULL;
    }
    uint8_t *seen = calloc((size_t)builder->nmembers + 1, 1);
    for (uint32_t i = 0; seen != NULL && i < nfields; i++) {
        layout->is_plain &= seen[layout->columns[i]] == 0;
        seen[layout->columns[i]] = 1;
    }
    if (seen == NULL) {
        layout_free(layout);
        return NULL;
    }
    free(seen);
    return layout;
}

static bool grow_layouts(spoor_builder *builder) {
    uint32_t nslots = builder->nlayout_slots == 0 ? 16 : builder->nlayout_slots * 2;
    spoor_layout **slots = calloc(nslots, sizeof(spoor_layout *));
    if (slots == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < builder->nlayout_slots; i++) {
        spoor_layout *layout = builder->layouts[i];
        if (layout != NULL) {
            uint32_t slot = (uint32_t)layout->hash & (nslots - 1);
            while (slots[slot] != NULL) {
                slot = (slot + 1) & (nslots - 1);
            }
            slots[slot] = layout;
        }
    }
    free(builder->layouts);
    builder->layouts = slots;
    builder->nlayout_slots = nslots;
    return true;
}

static spoor_layout *find_layout(spoor_builder *builder, const spoor_event *event) {
    uint32_t nfields = event->nfields + ((event->flags & SPOOR_EVENT_HAS_BINARY) != 0 ? 1u : 0u);
    uint32_t flags = layout_flags(event);
    spoor_layout *last = builder->last_layout;
    if (last != NULL && is_same_layout(last, event, nfields, flags)) {
        return last;
    }
    uint64_t hash = spoor_hash_u64((uint64_t)nfields << 8 | flags);
    for (uint32_t i = 0; i < event->nfields; i++) {
        spoor_str name = event->fields[i].name;
        uint64_t seed = builder->names->seed;
        hash = spoor_hash_combine(hash, spoor_hash_seeded(seed, name.ptr, name.len));
    }
    if (builder->nlayouts * 2 >= builder->nlayout_slots && !grow_layouts(builder)) {
        return NULL;
    }
    uint32_t slot = (uint32_t)hash & (builder->nlayout_slots - 1);
    while (builder->layouts[slot] != NULL) {
        spoor_layout *layout = builder->layouts[slot];
        if (layout->hash == hash && is_same_layout(layout, event, nfields, flags)) {
            builder->last_layout = layout;
            return layout;
        }
        slot = (slot + 1) & (builder->nlayout_slots - 1);
    }
    builder->layouts[slot] = make_layout(builder, event, hash, nfields, flags);
    builder->nlayouts += builder->layouts[slot] != NULL ? 1 : 0;
    builder->last_layout = builder->layouts[slot];
    return builder->layouts[slot];
}

/* -- staging ----------------------------------------------------------------------------------- */

static void stage_text(spoor_builder *builder, spoor_build_column *column, uint32_t row,
                       spoor_text_kind kind, spoor_str text) {
    spoor_column_stage(column, &builder->stage, row, kind, text);
}

static inline void stage_system(spoor_builder *builder, uint32_t row, int column, spoor_str text) {
    if (text.len > 0) {
        stage_text(builder, &builder->system[column], row, SPOOR_KIND_TEXT, text);
    }
}

static spoor_text_kind kind_of(spoor_field_kind kind) {
    switch (kind) {
    case SPOOR_FIELD_TEXT: return SPOOR_KIND_TEXT;
    case SPOOR_FIELD_NULL: return SPOOR_KIND_NULL;
    case SPOOR_FIELD_JSON: return SPOOR_KIND_JSON;
    }
    return SPOOR_KIND_TEXT;
}

static spoor_event_field field_at(const spoor_event *event, uint32_t i) {
    return i < event->nfields
               ? event->fields[i]
               : (spoor_event_field){.name = SPOOR_STR("Binary"), .text = event->binary};
}

static void stage_field(spoor_builder *builder, spoor_build_column *column, uint32_t row,
                        const spoor_event_field *field) {
    spoor_text_kind kind = kind_of(field->kind);
    stage_text(builder, column, row, kind, kind == SPOOR_KIND_NULL ? (spoor_str){0} : field->text);
}

/* All fields of one column as one MULTI value. */
static void stage_multi(spoor_builder *builder, const spoor_layout *layout,
                        const spoor_event *event, uint32_t row, uint32_t first) {
    spoor_bytes multi = {0};
    for (uint32_t i = first; i < layout->nfields; i++) {
        if (layout->columns[i] != layout->columns[first]) {
            continue;
        }
        spoor_event_field field = field_at(event, i);
        spoor_text_kind kind = kind_of(field.kind);
        spoor_bytes_put_u8(&multi, kind);
        if (kind == SPOOR_KIND_NULL) {
            spoor_bytes_put_varint(&multi, 0);
        } else if (spoor_utf8_is_valid(field.text)) {
            spoor_bytes_put_str(&multi, field.text);
        } else {
            spoor_bytes repaired = {0};
            spoor_text_repair(&repaired, field.text);
            multi.failed |= repaired.failed;
            spoor_bytes_put_str(&multi, (spoor_str){(const char *)repaired.ptr, repaired.len});
            spoor_bytes_free(&repaired);
        }
    }
    builder->failed |= multi.failed;
    stage_text(builder, builder->members[layout->columns[first]], row, SPOOR_KIND_MULTI,
               (spoor_str){(const char *)multi.ptr, multi.len});
    spoor_bytes_free(&multi);
}

static void stage_fields(spoor_builder *builder, const spoor_layout *layout,
                         const spoor_event *event, uint32_t row) {
    for (uint32_t i = 0; i < layout->nfields; i++) {
        spoor_build_column *column = builder->members[layout->columns[i]];
        if (layout->is_plain) {
            spoor_event_field field = field_at(event, i);
            stage_field(builder, column, row, &field);
            continue;
        }
        if (column->staged_rows > row) {
            continue; /* an earlier field of this name took all of them */
        }
        bool is_repeated = i < event->nfields && event->fields[i].name.len == 0;
        for (uint32_t j = i + 1; !is_repeated && j < layout->nfields; j++) {
            is_repeated = layout->columns[j] == layout->columns[i];
        }
        if (is_repeated) {
            stage_multi(builder, layout, event, row, i);
        } else {
            spoor_event_field field = field_at(event, i);
            stage_field(builder, column, row, &field);
        }
    }
}

static void push_numbers(spoor_builder *builder, const spoor_event *event, int64_t row) {
    spoor_build_column *system = builder->system;
    spoor_column_push_int(&system[SPOOR_COL_TIME], event->time);
    spoor_column_push_int(&system[SPOOR_COL_EVENT_ID], event->event_id);
    spoor_column_push_int(&system[SPOOR_COL_VERSION], event->version);
    spoor_column_push_int(&system[SPOOR_COL_LEVEL], event->level);
    spoor_column_push_int(&system[SPOOR_COL_TASK], event->task);
    spoor_column_push_int(&system[SPOOR_COL_OPCODE], event->opcode);
    spoor_column_push_int(&system[SPOOR_COL_QUALIFIERS], event->qualifiers);
    spoor_column_push_int(&system[SPOOR_COL_RECORD_ID], event->record_id);
    spoor_column_push_int(&system[SPOOR_COL_PROCESS_ID], event->process_id);
    spoor_column_push_int(&system[SPOOR_COL_THREAD_ID], event->thread_id);
    spoor_column_push_int(&system[SPOOR_COL_CHUNK], (int64_t)event->chunk);
    spoor_column_push_int(&system[SPOOR_COL_OFFSET], (int64_t)event->offset);
    spoor_column_push_int(&system[SPOOR_COL_ROW], row);
    spoor_column_push_int(&system[SPOOR_COL_FLAGS], event->flags);
}

static spoor_str print_keywords(uint64_t keywords, char buffer[24]) {
    char *at = buffer + 24;
    do {
        *--at = "0123456789abcdef"[keywords & 15];
        keywords >>= 4;
    } while (keywords > 0);
    *--at = 'x';
    *--at = '0';
    return (spoor_str){at, (size_t)(buffer + 24 - at)};
}

static void stage_texts(spoor_builder *builder, const spoor_event *event, uint32_t row,
                        spoor_str message) {
    char buffer[24];
    stage_system(builder, row, SPOOR_COL_PROVIDER, event->provider);
    stage_system(builder, row, SPOOR_COL_PROVIDER_GUID, event->provider_guid);
    stage_system(builder, row, SPOOR_COL_EVENT_SOURCE, event->event_source);
    stage_system(builder, row, SPOOR_COL_CHANNEL, event->channel);
    stage_system(builder, row, SPOOR_COL_COMPUTER, event->computer);
    if (event->has_keywords) {
        stage_system(builder, row, SPOOR_COL_KEYWORDS, print_keywords(event->keywords, buffer));
    }
    stage_system(builder, row, SPOOR_COL_USER_SID, event->user_sid);
    stage_system(builder, row, SPOOR_COL_USER_NAME, event->user_name);
    stage_system(builder, row, SPOOR_COL_ACTIVITY_ID, event->activity_id);
    stage_system(builder, row, SPOOR_COL_RELATED_ACTIVITY_ID, event->related_activity_id);
    stage_system(builder, row, SPOOR_COL_LEVEL_NAME, event->level_name);
    stage_system(builder, row, SPOOR_COL_TASK_NAME, event->task_name);
    stage_system(builder, row, SPOOR_COL_OPCODE_NAME, event->opcode_name);
    stage_system(builder, row, SPOOR_COL_RAW_XML, event->raw_xml);
    stage_system(builder, row, SPOOR_COL_MESSAGE, message);
}

bool spoor_builder_add(spoor_builder *builder, const spoor_event *event, int64_t row,
                       spoor_str message) {
    if (builder->nstaged_rows == BATCH_ROWS || builder->stage.len >= STAGE_BYTES) {
        spoor_builder_flush(builder);
    }
    spoor_layout *layout = find_layout(builder, event);
    if (layout == NULL) {
        builder->failed = true;
        return false;
    }
    uint32_t staged_row = builder->nstaged_rows;
    push_numbers(builder, event, row);
    stage_texts(builder, event, staged_row, message);
    stage_text(builder, &builder->system[SPOOR_COL_LAYOUT], staged_row, SPOOR_KIND_MULTI,
               (spoor_str){(const char *)layout->text.ptr, layout->text.len});
    stage_fields(builder, layout, event, staged_row);
    builder->nstaged_rows++;
    builder->rows++;
    if (event->time != SPOOR_EVENT_ABSENT) {
        builder->min_time = event->time < builder->min_time ? event->time : builder->min_time;
        builder->max_time = event->time > builder->max_time ? event->time : builder->max_time;
    }
    builder->first_row = row < builder->first_row ? row : builder->first_row;
    builder->failed |= builder->stage.failed;
    return !builder->failed;
}

void spoor_builder_flush(spoor_builder *builder) {
    for (int i = 0; i < SPOOR_COL_NSTORED; i++) {
        spoor_build_column *column = &builder->system[i];
        if (column->id != 0 && !column->is_ints) {
            spoor_column_flush(column, builder->stage.ptr, builder->rows);
        }
        builder->failed |= column->failed;
    }
    for (uint32_t i = 0; i < builder->nmembers; i++) {
        spoor_column_flush(builder->members[i], builder->stage.ptr, builder->rows);
        builder->failed |= builder->members[i]->failed;
    }
    builder->stage.len = 0;
    builder->nstaged_rows = 0;
}

bool spoor_builder_append(spoor_builder *builder, spoor_builder *other) {
    spoor_builder_flush(builder);
    for (uint32_t i = 0; i < other->nmembers; i++) {
        spoor_build_column *column = spoor_builder_member_add(builder, other->members[i]->id);
        if (column == NULL) {
            return false;
        }
        spoor_column_append(column, other->members[i]);
    }
    for (int i = 0; i < SPOOR_COL_NSTORED; i++) {
        if (builder->system[i].id != 0) {
            spoor_column_append(&builder->system[i], &other->system[i]);
        }
    }
    builder->rows += other->rows;
    builder->min_time = other->min_time < builder->min_time ? other->min_time : builder->min_time;
    builder->max_time = other->max_time > builder->max_time ? other->max_time : builder->max_time;
    builder->first_row =
        other->first_row < builder->first_row ? other->first_row : builder->first_row;
    spoor_builder_flush(builder); /* fills members that the other lacks */
    return !builder->failed;
}
