/* data_items.c - parse_xml(EventData)....Data[n]["#text"] of a segment as a column, the same by name,
 * and the names.
 *
 * The layout of a record says which field is its n-th Data element, or that of a name.  Mostly all
 * records of a segment have one layout, and the column is that field's own.  Otherwise the values of
 * the fields that some layout names, those that a row has, become one dictionary.  Records with raw
 * XML or a name that occurs twice are read one by one (record_xml.c). */
#include <stdlib.h>

#include "base/utf8.h"
#include "store/record.h"
#include "types/dynamic.h"

#define NO_FIELD UINT32_C(0) /* in place of a column id */
#define BY_RECORD UINT32_MAX

typedef struct entry {
    spoor_str text; /* as parse_xml gives it */
    bool is_null, is_used;
    bool is_encoded; /* no string, but what raw XML may hold: a dynamic value */
    uint32_t code;   /* in the finished dictionary */
} entry;

typedef struct source { /* a field that some layout has in the n-th place */
    uint32_t id;
    const spoor_decoded *decoded;
    uint32_t first; /* entries[first + code] */
} source;

typedef struct items {
    spoor_stored_segment *segment;
    spoor_arena arena;
    spoor_item item;
    spoor_str name; /* of item NAMED */
    uint32_t rows;
    bool is_dynamic;
    const spoor_decoded *layouts;
    uint32_t *fields; /* of a layout: column id, NO_FIELD or BY_RECORD */
    uint32_t nlayouts;
    bool has_raw; /* some record has raw XML */
    const spoor_decoded *raw_xml;
    spoor_record_source *records;
    source *sources;
    uint32_t nsources;
    entry *entries;
    uint32_t nentries, entries_capacity;
    uint32_t *row_entries;
} items;

static spoor_store_status no_memory(const items *t) {
    return spoor_store_fail(t->segment->store, SPOOR_STORE_MEMORY, "out of memory (--memory)");
}

/* Names stay where they are. */
static spoor_str name_of(spoor_stored_segment *segment, uint64_t id) {
    pthread_mutex_lock(&segment->store->mutex);
    const spoor_names *names = &segment->store->names;
    spoor_str name = id > 0 && id <= names->count ? names->list[id - 1].name : (spoor_str){0};
    pthread_mutex_unlock(&segment->store->mutex);
    return name;
}

/* -- layouts ----------------------------------------------------------------------------------- */

static spoor_bytes_in fields_of(spoor_str layout) {
    spoor_bytes_in in = spoor_bytes_read(layout.ptr, layout.len);
    if (layout.len > 0) {
        spoor_bytes_varint(&in); /* flags */
    }
    return in;
}

/* The next Data element: its name's id, or NO_FIELD.  false: there is none. */
static bool next_element(spoor_bytes_in *in, uint32_t *id) {
    uint64_t packed = SPOOR_ROLE_BINARY;
    while ((packed & 3) == SPOOR_ROLE_BINARY && in->at < in->end && !in->failed) {
        packed = spoor_bytes_varint(in);
    }
    *id = (packed & 3) == SPOOR_ROLE_UNNAMED ? NO_FIELD : (uint32_t)(packed >> 2);
    return (packed & 3) != SPOOR_ROLE_BINARY;
}

static uint32_t field_of(spoor_str layout, spoor_item item) {
    spoor_bytes_in in = fields_of(layout);
    uint32_t found = NO_FIELD, at = 0, same = 0;
    for (uint32_t id; next_element(&in, &id);) {
        if (item.kind == SPOOR_ITEM_NTH ? at == item.of : id == item.of) {
            found = id;
        }
        at++;
    }
    in = fields_of(layout);
    while (found != NO_FIELD && in.at < in.end && !in.failed) {
        same += (uint32_t)(spoor_bytes_varint(&in) >> 2) == found;
    }
    return at < 2 ? NO_FIELD /* a lone element is no array */ : same > 1 ? BY_RECORD : found;
}

static uint32_t layout_of(const items *t, uint32_t row) {
    return t->layouts->is_raw_constant ? 0 : t->layouts->raw.codes[row];
}

static spoor_str layout_text(const spoor_decoded *layouts, uint32_t i) {
    return layouts->is_raw_constant
               ? layouts->constant_text
               : (spoor_str){(const char *)layouts->raw.blob.ptr + layouts->raw.starts[i],
                             layouts->raw.lengths[i]};
}

static void read_layouts(items *t) {
    const spoor_decoded *layouts = t->layouts;
    uint32_t values = layouts->is_raw_constant ? 1 : spoor_text_chunk_values(&layouts->raw);
    t->nlayouts = values + 2; /* codes of absent and null: no fields */
    t->fields = SPOOR_NEW_ARRAY(&t->arena, uint32_t, t->nlayouts);
    for (uint32_t i = 0; i < values; i++) {
        t->fields[i] = field_of(layout_text(layouts, i), t->item);
    }
}

/* The field that all layouts have there; BY_RECORD: they differ. */
static uint32_t only_field(const items *t) {
    uint32_t only = t->fields[0];
    for (uint32_t i = 1; i + 2 < t->nlayouts; i++) {
        only = t->fields[i] == only ? only : BY_RECORD;
    }
    return t->has_raw ? BY_RECORD : only;
}

/* -- one field --------------------------------------------------------------------------------- */

static bool is_read_alike(spoor_str text, bool is_dynamic) {
    bool starts = text.len > 0 && (unsigned char)text.ptr[0] > ' ';
    return starts ? memchr(text.ptr, '\r', text.len) == NULL : text.len == 0 && !is_dynamic;
}

/* Does parse_xml give every text of the column back as it is? */
static bool is_plain(const spoor_decoded *decoded, bool is_dynamic) {
    if (decoded->is_raw_constant) {
        return decoded->constant_kind == SPOOR_KIND_NULL ||
               (decoded->constant_kind == SPOOR_KIND_TEXT &&
                is_read_alike(decoded->constant_text, is_dynamic));
    }
    const spoor_text_chunk *raw = &decoded->raw;
    bool plain = raw->njsons + raw->nmultis == 0;
    for (uint32_t i = 0; plain && i < raw->ntexts; i++) {
        spoor_str text = {(const char *)raw->blob.ptr + raw->starts[i], raw->lengths[i]};
        plain = is_read_alike(text, is_dynamic);
    }
    return plain;
}

/* -- several ----------------------------------------------------------------------------------- */

static uint32_t add_entry(items *t, entry e) {
    SPOOR_GROW(&t->arena, t->entries, t->nentries, &t->entries_capacity);
    t->entries[t->nentries] = e;
    return t->nentries++;
}

/* A stored text as an entry; of MULTI values the caller has none. */
static void add_text(items *t, spoor_str text, spoor_text_kind kind) {
    spoor_str read = {"", 0};
    bool is_null = kind == SPOOR_KIND_NULL || !spoor_record_xml_text(&t->arena, text, &read);
    add_entry(t, (entry){.text = is_null ? (spoor_str){"", 0} : read, .is_null = is_null});
}

static spoor_store_status add_source(items *t, uint32_t id) {
    for (uint32_t i = 0; i < t->nsources; i++) {
        if (t->sources[i].id == id) {
            return SPOOR_STORE_OK;
        }
    }
    source *s = &t->sources[t->nsources];
    *s = (source){.id = id, .first = t->nentries};
    spoor_store_status status = spoor_decode_pin(t->segment, id, SPOOR_AS_STORED, &s->decoded);
    if (status != SPOOR_STORE_OK) {
        return status;
    }
    t->nsources++;
    const spoor_text_chunk *raw = &s->decoded->raw;
    if (s->decoded->is_raw_constant) {
        add_text(t, s->decoded->constant_text, s->decoded->constant_kind);
        return SPOOR_STORE_OK;
    }
    for (uint32_t i = 0; i < spoor_text_chunk_values(raw); i++) {
        spoor_str text = {(const char *)raw->blob.ptr + raw->starts[i], raw->lengths[i]};
        add_text(t, text, SPOOR_KIND_TEXT);
    }
    for (int empty = 0; empty < 2; empty++) { /* the codes of absent and null */
        add_text(t, (spoor_str){"", 0}, SPOOR_KIND_NULL);
    }
    return SPOOR_STORE_OK;
}

static uint32_t entry_of(const items *t, uint32_t id, uint32_t row) {
    const source *s = t->sources;
    while (s->id != id) {
        s++;
    }
    return s->first + (s->decoded->is_raw_constant ? 0 : s->decoded->raw.codes[row]);
}

static uint32_t entry_of_record(items *t, uint32_t row) {
    spoor_record r;
    spoor_str value;
    uint32_t n = t->item.of;
    spoor_record_read(&t->arena, t->records, row, &r);
    if ((t->item.kind == SPOOR_ITEM_NAMED &&
         !spoor_record_item_named(&t->arena, &r, t->name, &n)) ||
        !spoor_record_item_text(&t->arena, &r, n, &value)) {
        return add_entry(t, (entry){.text = {"", 0}, .is_null = true});
    }
    bool is_string = spoor_dynamic_kind_of(value) == SPOOR_DYN_STRING;
    entry e = {.text = value, .is_encoded = !is_string && t->is_dynamic};
    if (is_string) {
        e.text = (spoor_str){value.ptr + 1, value.len - 1};
    } else if (!t->is_dynamic) {
        e.text = spoor_dynamic_to_text(&t->arena, value);
    }
    return add_entry(t, e);
}

static bool has_raw_xml(const items *t, uint32_t row) {
    spoor_text_kind kind;
    bool is_absent;
    return t->has_raw && spoor_decoded_value(t->raw_xml, row, &kind, &is_absent).len > 0;
}

static spoor_store_status fill_rows(items *t) {
    spoor_store_status status = SPOOR_STORE_OK;
    t->sources = SPOOR_NEW_ARRAY(&t->arena, source, t->nlayouts);
    t->row_entries = SPOOR_RAW_ARRAY(&t->arena, uint32_t, t->rows + 1);
    for (uint32_t i = 0; i < t->nlayouts && status == SPOOR_STORE_OK; i++) {
        if (t->fields[i] != NO_FIELD && t->fields[i] != BY_RECORD) {
            status = add_source(t, t->fields[i]);
        }
    }
    uint32_t none = add_entry(t, (entry){.text = {"", 0}, .is_null = true});
    for (uint32_t row = 0; row < t->rows && status == SPOOR_STORE_OK; row++) {
        uint32_t id = t->fields[layout_of(t, row)];
        if (has_raw_xml(t, row) || id == BY_RECORD) {
            if (!spoor_record_source_pin(t->records)) {
                return t->segment->snapshot->status;
            }
            t->row_entries[row] = entry_of_record(t, row);
        } else {
            t->row_entries[row] = id == NO_FIELD ? none : entry_of(t, id, row);
        }
        t->entries[t->row_entries[row]].is_used = true;
    }
    return status;
}

/* -- the names --------------------------------------------------------------------------------- */

/* An array of them, where the layout tells; false: an element has none that XML leaves as it is, or
 * there are less than two. */
static bool names_of(items *t, spoor_str layout, spoor_str *array) {
    spoor_bytes_in in = fields_of(layout);
    spoor_dynamic_builder builder;
    spoor_dynamic_init(&builder, &t->arena);
    spoor_dynamic_open(&builder, '[');
    uint32_t count = 0;
    for (uint32_t id; next_element(&in, &id);) {
        spoor_str name = id == NO_FIELD ? (spoor_str){0} : name_of(t->segment, id);
        if (name.len == 0 || spoor_record_is_odd_name(name)) {
            return false;
        }
        spoor_dynamic_add_text(&builder, name);
        count++;
    }
    spoor_dynamic_close(&builder);
    *array = spoor_dynamic_finish(&builder);
    return count > 1 && !in.failed;
}

static void fill_names(items *t) {
    const spoor_decoded *layouts = t->layouts;
    uint32_t none = add_entry(t, (entry){.text = {"", 0}, .is_null = true});
    uint32_t *entries = SPOOR_NEW_ARRAY(&t->arena, uint32_t, t->nlayouts);
    for (uint32_t i = 0; i < t->nlayouts; i++) {
        spoor_str names;
        bool is_layout = i + 2 < t->nlayouts;
        bool ok = is_layout && names_of(t, layout_text(layouts, i), &names);
        entries[i] = ok ? add_entry(t, (entry){.text = names, .is_encoded = true}) : none;
    }
    t->row_entries = SPOOR_RAW_ARRAY(&t->arena, uint32_t, t->rows + 1);
    for (uint32_t row = 0; row < t->rows; row++) {
        t->row_entries[row] = has_raw_xml(t, row) ? none : entries[layout_of(t, row)];
        t->entries[t->row_entries[row]].is_used = true;
    }
}

/* -- the dictionary ---------------------------------------------------------------------------- */

static int compare_entries(const void *left, const void *right) {
    const entry *const *a = left, *const *b = right;
    if ((*a)->is_null != (*b)->is_null) {
        return (*a)->is_null ? 1 : -1;
    }
    if ((*a)->is_encoded != (*b)->is_encoded) {
        return (*a)->is_encoded ? 1 : -1;
    }
    return spoor_str_compare((*a)->text, (*b)->text);
}

static void put_value(const items *t, const entry *e, spoor_bytes *blob) {
    if (t->is_dynamic && !e->is_null && !e->is_encoded) {
        spoor_bytes_put_u8(blob, 's');
    }
    spoor_bytes_put(blob, e->text.ptr, e->text.len);
    spoor_bytes_put_u8(blob, 0);
}

/* The used entries in order, each text once. */
static bool make_dict(items *t, spoor_decoded *out) {
    const entry **list = SPOOR_RAW_ARRAY(&t->arena, const entry *, t->nentries + 1);
    uint32_t used = 0, count = 0;
    for (uint32_t i = 0; i < t->nentries; i++) {
        t->entries[i].is_null = t->entries[i].is_null && t->is_dynamic;
        if (t->entries[i].is_used) {
            list[used++] = &t->entries[i];
        }
    }
    qsort(list, used, sizeof *list, compare_entries);
    out->strings = malloc(((size_t)used + 1) * sizeof *out->strings);
    out->string_nulls = calloc((size_t)used + 1, 1);
    out->view_codes = malloc(((size_t)t->rows + 1) * sizeof *out->view_codes);
    if (out->strings == NULL || out->string_nulls == NULL || out->view_codes == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < used; i++) {
        if (i == 0 || compare_entries(&list[i - 1], &list[i]) != 0) {
            size_t start = out->view_blob.len;
            put_value(t, list[i], &out->view_blob);
            out->string_nulls[count] = list[i]->is_null;
            out->strings[count++].len = out->view_blob.len - start - 1;
        }
        t->entries[list[i] - t->entries].code = count - 1;
    }
    for (uint32_t row = 0; row < t->rows; row++) {
        out->view_codes[row] = t->entries[t->row_entries[row]].code;
    }
    const char *at = (const char *)out->view_blob.ptr;
    for (uint32_t i = 0; i < count; i++) {
        out->strings[i].ptr = at;
        at += out->strings[i].len + 1;
    }
    out->dict.count = count;
    return !out->view_blob.failed;
}

static void finish(const items *t, spoor_cache_key key, spoor_decoded *out) {
    spoor_type type = t->is_dynamic ? SPOOR_DYNAMIC : SPOOR_STRING;
    out->rows = t->rows;
    out->values = (spoor_vec){.type = type, .form = SPOOR_FLAT};
    out->values.strings = out->strings;
    out->values.nulls = t->is_dynamic ? out->string_nulls : NULL;
    out->dict.id = spoor_dict_id(t->segment, key.column, key.form);
    out->dict.values = &out->values;
    if (!t->is_dynamic) {
        out->dict.blob = (spoor_str){(const char *)out->view_blob.ptr, out->view_blob.len};
        out->dict.is_ascii = spoor_is_ascii(out->dict.blob);
    }
    out->cached.chunk.vec =
        (spoor_vec){.type = type, .form = SPOOR_DICT, .codes = out->view_codes, .dict = &out->dict};
}

/* -- pinning ----------------------------------------------------------------------------------- */

static void let_go(items *t) {
    for (uint32_t i = 0; i < t->nsources; i++) {
        spoor_decode_release(t->segment, t->sources[i].decoded);
    }
    if (t->raw_xml != NULL) {
        spoor_decode_release(t->segment, t->raw_xml);
    }
    if (t->layouts != NULL) {
        spoor_decode_release(t->segment, t->layouts);
    }
    spoor_record_source_free(t->records);
    spoor_arena_reset(&t->arena);
}

static spoor_store_status pin_system(items *t, int column, uint32_t form,
                                     const spoor_decoded **decoded) {
    return spoor_decode_pin(t->segment, t->segment->store->names.system[column], form, decoded);
}

/* Behind a door: an arena without memory ends here. */
static spoor_store_status read_all_layouts(items *t) {
    jmp_buf door;
    t->arena.on_oom = &door;
    if (setjmp(door) != 0) {
        return no_memory(t);
    }
    spoor_store_status status = pin_system(t, SPOOR_COL_LAYOUT, SPOOR_AS_RAW, &t->layouts);
    status = status == SPOOR_STORE_OK
                 ? pin_system(t, SPOOR_COL_RAW_XML, SPOOR_AS_STORED, &t->raw_xml)
                 : status;
    if (status == SPOOR_STORE_OK) {
        t->has_raw = !t->raw_xml->is_raw_constant || t->raw_xml->constant_text.len > 0;
        read_layouts(t);
    }
    return status;
}

static spoor_store_status make_column(items *t, spoor_decoded *out) {
    jmp_buf door;
    t->arena.on_oom = &door;
    if (setjmp(door) != 0) {
        return no_memory(t);
    }
    spoor_store_status status = SPOOR_STORE_OK;
    if (t->item.kind == SPOOR_ITEM_NAMES) {
        fill_names(t);
    } else {
        status = fill_rows(t);
    }
    return status == SPOOR_STORE_OK && !make_dict(t, out) ? no_memory(t) : status;
}

static spoor_cache_key key_of(const items *t) {
    int64_t segment = t->segment->seen.id;
    uint32_t form = t->is_dynamic ? SPOOR_AS_DYNAMIC : SPOOR_AS_STORED;
    switch (t->item.kind) {
    case SPOOR_ITEM_NTH: break;
    case SPOOR_ITEM_NAMED: return (spoor_cache_key){segment, t->item.of, SPOOR_AS_ITEM};
    case SPOOR_ITEM_NAMES:
        return (spoor_cache_key){segment, SPOOR_ITEMS_KEY + SPOOR_MOST_ITEMS, form};
    }
    return (spoor_cache_key){segment, SPOOR_ITEMS_KEY + t->item.of, form};
}

static spoor_store_status pin_made(items *t, const spoor_decoded **decoded) {
    spoor_cache_key key = key_of(t);
    *decoded = (const spoor_decoded *)spoor_cache_pin(t->segment->store->cache, key);
    if (*decoded != NULL) {
        return SPOOR_STORE_OK;
    }
    spoor_decoded *made = calloc(1, sizeof *made);
    t->records = spoor_record_source_new(t->segment);
    spoor_store_status status =
        made == NULL || t->records == NULL ? no_memory(t) : make_column(t, made);
    if (status == SPOOR_STORE_OK) {
        finish(t, key, made);
    }
    return spoor_decoded_keep(t->segment, key, status, made, decoded);
}

spoor_store_status spoor_items_pin(spoor_stored_segment *segment, spoor_item item, spoor_type as,
                                   const spoor_decoded **decoded) {
    items t = {.segment = segment,
               .item = item,
               .rows = segment->seen.rows,
               .is_dynamic = as == SPOOR_DYNAMIC};
    if (item.kind == SPOOR_ITEM_NAMED) {
        t.name = name_of(segment, item.of);
    }
    spoor_store_status status = read_all_layouts(&t);
    bool may_be_one = status == SPOOR_STORE_OK && item.kind != SPOOR_ITEM_NAMES;
    uint32_t only = may_be_one ? only_field(&t) : BY_RECORD;
    bool is_done = false;
    if (status == SPOOR_STORE_OK && only != BY_RECORD) {
        uint32_t form = t.is_dynamic ? SPOOR_AS_DYNAMIC : SPOOR_AS_STORED;
        status = spoor_decode_pin(segment, only, form, decoded); /* NO_FIELD: absent in all rows */
        is_done = status == SPOOR_STORE_OK && is_plain(*decoded, t.is_dynamic);
        if (status == SPOOR_STORE_OK && !is_done) {
            spoor_decode_release(segment, *decoded);
        }
    }
    if (status == SPOOR_STORE_OK && !is_done) {
        status = pin_made(&t, decoded);
    }
    let_go(&t);
    return status;
}
