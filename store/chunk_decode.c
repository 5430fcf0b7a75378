/* chunk_decode.c - one stored column of one segment into a vector, through the cache.
 *
 * The string view makes '' of absent and null, JSON of what is not text, and
 * keeps dictionary values distinct: codes that read the same become one. */
#include <stdlib.h>

#include "base/crc32.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "store/snapshot.h"
#include "types/dynamic.h"

/* -- bytes from the file ----------------------------------------------------------------------- */

static spoor_store_status read_chunk(spoor_stored_segment *segment,
                                     const spoor_directory_column *column, unsigned char *out) {
    spoor_store *store = segment->store;
    if (column->chunk >= segment->nchunks) {
        return spoor_store_fail(store, SPOOR_STORE_CORRUPT, "%s: segment %lld: a chunk is missing",
                                store->path, (long long)segment->seen.id);
    }
    pthread_mutex_lock(&store->mutex);
    sqlite3_blob *blob = NULL;
    int code = sqlite3_blob_open(store->db, "main", "chunk", "data",
                                 segment->first_chunk + column->chunk, 0, &blob);
    if (code == SQLITE_OK) {
        uint64_t size = (uint64_t)sqlite3_blob_bytes(blob);
        code = column->offset > size || column->length > size - column->offset
                   ? SQLITE_CORRUPT
                   : sqlite3_blob_read(blob, out, (int)column->length, (int)column->offset);
    } else if (code == SQLITE_ERROR) {
        code = SQLITE_CORRUPT; /* no such row */
    }
    spoor_store_status status =
        code == SQLITE_OK ? SPOOR_STORE_OK : spoor_store_sql_fail(store, code, "reading a chunk");
    sqlite3_blob_close(blob);
    pthread_mutex_unlock(&store->mutex);
    if (status == SPOOR_STORE_OK && spoor_crc32(0, out, (size_t)column->length) != column->crc) {
        status = spoor_store_fail(store, SPOOR_STORE_CORRUPT,
                                  "%s: segment %lld: the checksum of a chunk is wrong", store->path,
                                  (long long)segment->seen.id);
    }
    return status;
}

/* -- decoded objects --------------------------------------------------------------------------- */

void spoor_decoded_free(spoor_cached *cached) {
    spoor_decoded *decoded = (spoor_decoded *)cached;
    spoor_text_chunk_free(&decoded->raw);
    spoor_bytes_free(&decoded->view_blob);
    free(decoded->strings);
    free(decoded->string_nulls);
    free(decoded->view_codes);
    free(decoded->longs);
    free(decoded->nulls);
    free(decoded->bools);
    free(atomic_load(&decoded->pending));
    free(decoded->bounds);
    free(atomic_load(&decoded->hashes));
    free(atomic_load(&decoded->census));
    free(atomic_load(&decoded->named));
    if (decoded->free_extra != NULL) {
        decoded->free_extra(decoded->extra);
    }
    free(decoded);
}

size_t spoor_decoded_bytes(const spoor_decoded *decoded) {
    size_t values = spoor_text_chunk_values(&decoded->raw), rows = decoded->rows;
    size_t bytes = sizeof *decoded + decoded->raw.blob.capacity + decoded->view_blob.capacity;
    bytes += decoded->raw.starts != NULL ? values * 8 : 0;
    bytes += decoded->raw.codes != NULL ? rows * 4 : 0;
    if (atomic_load(&decoded->pending) != NULL) {
        const char *end = decoded->pending_codes.ptr + decoded->pending_codes.len;
        bytes += (size_t)(end - (const char *)atomic_load(&decoded->pending));
    }
    bytes += decoded->view_codes != NULL ? rows * 4 : 0;
    bytes += decoded->strings != NULL ? (values + 2) * (sizeof(spoor_str) + 1) : 0;
    bytes += decoded->longs != NULL ? rows * 9 : 0;
    bytes += decoded->bounds != NULL ? rows / SPOOR_PIECE_ROWS * sizeof *decoded->bounds : 0;
    return bytes + (decoded->bools != NULL ? rows : 0);
}

static spoor_str raw_text(const spoor_decoded *decoded, uint32_t value) {
    return (spoor_str){(const char *)decoded->raw.blob.ptr + decoded->raw.starts[value],
                       decoded->raw.lengths[value]};
}

static spoor_text_kind raw_kind(const spoor_decoded *decoded, uint32_t value) {
    return value < decoded->raw.ntexts                         ? SPOOR_KIND_TEXT
           : value < decoded->raw.ntexts + decoded->raw.njsons ? SPOOR_KIND_JSON
                                                               : SPOOR_KIND_MULTI;
}

spoor_str spoor_decoded_value(const spoor_decoded *decoded, uint32_t row, spoor_text_kind *kind,
                              bool *is_absent) {
    *is_absent = false;
    if (decoded->is_raw_constant) {
        *kind = decoded->constant_kind;
        *is_absent = decoded->constant_kind == SPOOR_KIND_NULL && decoded->absent_code == 0;
        return decoded->constant_text;
    }
    uint32_t code = decoded->raw.codes[row];
    if (code < spoor_text_chunk_values(&decoded->raw)) {
        *kind = raw_kind(decoded, code);
        return raw_text(decoded, code);
    }
    *kind = SPOOR_KIND_NULL;
    *is_absent = code == decoded->absent_code;
    return (spoor_str){0};
}

int64_t spoor_decoded_int(const spoor_decoded *decoded, uint32_t row) {
    if (decoded->longs == NULL) {
        const spoor_value *constant = &decoded->cached.chunk.constant;
        return constant->is_null ? SPOOR_EVENT_ABSENT : constant->integer;
    }
    return decoded->nulls != NULL && decoded->nulls[row] != 0 ? SPOOR_EVENT_ABSENT
                                                              : decoded->longs[row];
}

/* -- views ------------------------------------------------------------------------------------- */

static void finish_dict(spoor_decoded *decoded, spoor_type type, uint32_t count,
                        const uint32_t *codes, uint64_t id) {
    decoded->values = (spoor_vec){.type = type, .form = SPOOR_FLAT};
    decoded->values.strings = decoded->strings;
    decoded->values.nulls = decoded->string_nulls;
    decoded->dict.id = id;
    decoded->dict.count = count;
    decoded->dict.values = &decoded->values;
    decoded->cached.chunk.vec =
        (spoor_vec){.type = type, .form = SPOOR_DICT, .codes = codes, .dict = &decoded->dict};
}

/* Only texts, and at most one way to be empty: the stored codes serve as they are. */
static bool is_simple(const spoor_decoded *decoded) {
    const spoor_text_chunk *raw = &decoded->raw;
    if (raw->njsons + raw->nmultis > 0) {
        return false;
    }
    int empty = (decoded->absent_code != UINT32_MAX) + (decoded->null_code != UINT32_MAX);
    for (uint32_t i = 0; i < raw->ntexts && empty == 1; i++) {
        empty += raw->lengths[i] == 0;
    }
    return empty <= 1;
}

static bool simple_view(spoor_decoded *decoded, uint64_t id) {
    uint32_t n = decoded->raw.ntexts;
    decoded->strings = malloc(((size_t)n + 1) * sizeof *decoded->strings);
    if (decoded->strings == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        decoded->strings[i] = raw_text(decoded, i);
    }
    if (decoded->absent_code != UINT32_MAX || decoded->null_code != UINT32_MAX) {
        unsigned char *end = spoor_bytes_room(&decoded->raw.blob, 1);
        if (end == NULL) {
            return false;
        }
        *end = 0;
        for (uint32_t i = 0; i < n; i++) { /* the blob may have moved */
            decoded->strings[i] = raw_text(decoded, i);
        }
        decoded->strings[n++] = (spoor_str){(const char *)end, 0};
        decoded->raw.blob.len++;
    }
    decoded->dict.blob = (spoor_str){(const char *)decoded->raw.blob.ptr, decoded->raw.blob.len};
    finish_dict(decoded, SPOOR_STRING, n, decoded->raw.codes, id);
    return true;
}

typedef struct viewed {
    size_t start, len; /* in view_blob */
    uint32_t code;
    bool is_null;
    const unsigned char *blob;
} viewed;

static int compare_viewed(const void *left, const void *right) {
    const viewed *a = left, *b = right;
    if (a->is_null != b->is_null) {
        return a->is_null ? 1 : -1;
    }
    return spoor_str_compare((spoor_str){(const char *)a->blob + a->start, a->len},
                             (spoor_str){(const char *)b->blob + b->start, b->len});
}

/* The door for the parser's arena; nothing else is owned behind it. */
static bool read_behind_door(spoor_arena *arena, spoor_str json, bool dynamic, spoor_str *value) {
    jmp_buf door;
    arena->on_oom = &door;
    if (setjmp(door) != 0) {
        return false;
    }
    if (!spoor_dynamic_parse_json(arena, json, value)) {
        spoor_value text = {.type = SPOOR_STRING, .string = json};
        *value = spoor_dynamic_from_value(arena, &text);
    }
    *value = dynamic ? *value : spoor_dynamic_to_text(arena, *value);
    return true;
}

/* A JSON text as dynamic, or as tostring() prints that; a string if it is not JSON. */
static bool put_json(spoor_bytes *out, spoor_str json, bool dynamic) {
    spoor_arena arena = {0};
    spoor_str value;
    bool ok = read_behind_door(&arena, json, dynamic, &value);
    if (ok) {
        spoor_bytes_put(out, value.ptr, value.len);
    }
    spoor_arena_reset(&arena);
    return ok;
}

/* Value i as the view has it, into the view's blob. */
static bool put_view(const spoor_decoded *decoded, uint32_t i, bool dynamic, spoor_bytes *out) {
    spoor_text_kind kind = raw_kind(decoded, i);
    spoor_str text = raw_text(decoded, i);
    if (kind == SPOOR_KIND_TEXT) {
        if (dynamic) {
            spoor_bytes_put_u8(out, 's');
        }
        spoor_bytes_put(out, text.ptr, text.len);
        return true;
    }
    spoor_bytes json = {0};
    bool ok = true;
    if (kind == SPOOR_KIND_MULTI) {
        ok = spoor_multi_to_json(text, &json);
        text = (spoor_str){(const char *)json.ptr, json.len};
    }
    ok = ok && !json.failed && put_json(out, text, dynamic);
    spoor_bytes_free(&json);
    return ok;
}

/* All values as the view has them, sorted, each once; the codes follow. */
static bool general_view(spoor_decoded *decoded, bool dynamic, uint64_t id) {
    uint32_t n = spoor_text_chunk_values(&decoded->raw), total = n + 2, count = 0;
    viewed *list = malloc(total * sizeof *list);
    uint32_t *map = malloc(total * sizeof *map);
    decoded->strings = malloc(total * sizeof *decoded->strings);
    decoded->string_nulls = calloc(total, 1);
    decoded->view_codes = malloc(((size_t)decoded->rows + 1) * sizeof *decoded->view_codes);
    bool ok = list != NULL && map != NULL && decoded->strings != NULL &&
              decoded->string_nulls != NULL && decoded->view_codes != NULL;
    spoor_bytes *blob = &decoded->view_blob;
    uint32_t entries = 0;
    for (uint32_t code = 0; ok && code < total; code++) {
        if (code >= n && code != decoded->absent_code && code != decoded->null_code) {
            continue;
        }
        list[entries] = (viewed){.start = blob->len, .code = code, .is_null = dynamic && code >= n};
        ok = code >= n || put_view(decoded, code, dynamic, blob);
        list[entries].len = blob->len - list[entries].start;
        spoor_bytes_put_u8(blob, 0);
        entries++;
        ok = ok && !blob->failed;
    }
    for (uint32_t i = 0; ok && i < entries; i++) {
        list[i].blob = blob->ptr;
    }
    if (ok) {
        qsort(list, entries, sizeof *list, compare_viewed);
        for (uint32_t i = 0; i < entries; i++) {
            if (i == 0 || compare_viewed(&list[i - 1], &list[i]) != 0) {
                decoded->strings[count] = (spoor_str){(const char *)blob->ptr + list[i].start,
                                                      list[i].is_null ? 0 : list[i].len};
                decoded->string_nulls[count++] = list[i].is_null;
            }
            map[list[i].code] = count - 1;
        }
        for (uint32_t i = 0; i < decoded->rows; i++) {
            decoded->view_codes[i] = map[decoded->raw.codes[i]];
        }
        finish_dict(decoded, dynamic ? SPOOR_DYNAMIC : SPOOR_STRING, count, decoded->view_codes,
                    id);
    }
    free(list);
    free(map);
    return ok;
}

/* The blob of a general string view holds its values in another order, some twice: anew. */
static bool order_blob(spoor_decoded *decoded) {
    spoor_bytes blob = {0};
    for (uint32_t i = 0; i < decoded->dict.count; i++) {
        size_t start = blob.len;
        spoor_bytes_put(&blob, decoded->strings[i].ptr, decoded->strings[i].len);
        spoor_bytes_put_u8(&blob, 0);
        decoded->strings[i].ptr = NULL;
        decoded->strings[i].len = blob.len - 1 - start;
    }
    if (blob.failed) {
        spoor_bytes_free(&blob);
        return false;
    }
    size_t at = 0;
    for (uint32_t i = 0; i < decoded->dict.count; i++) {
        decoded->strings[i].ptr = (const char *)blob.ptr + at;
        at += decoded->strings[i].len + 1;
    }
    spoor_bytes_free(&decoded->view_blob);
    decoded->view_blob = blob;
    decoded->dict.blob = (spoor_str){(const char *)blob.ptr, blob.len};
    return true;
}

/* -- decoding ---------------------------------------------------------------------------------- */

uint64_t spoor_dict_id(const spoor_stored_segment *segment, uint32_t column, uint32_t form) {
    uint64_t hash = spoor_hash_bytes(segment->store->uuid, sizeof segment->store->uuid);
    hash = spoor_hash_combine(hash, (uint64_t)segment->seen.id);
    return spoor_hash_combine(hash, (uint64_t)column << 8 | form);
}

static spoor_store_status damaged(spoor_stored_segment *segment, uint32_t id) {
    return spoor_store_fail(segment->store, SPOOR_STORE_CORRUPT,
                            "%s: segment %lld: column %u does not decode", segment->store->path,
                            (long long)segment->seen.id, (unsigned)id);
}

static spoor_store_status no_memory(spoor_stored_segment *segment) {
    return spoor_store_fail(segment->store, SPOOR_STORE_MEMORY, "out of memory (--memory)");
}

/* form ENTRIES: where the stored codes would serve as they are, they stay pending. */
static spoor_store_status decode_text(spoor_stored_segment *segment, spoor_packer *packer,
                                      const spoor_directory_column *column, spoor_str bytes,
                                      uint32_t form, spoor_decoded *decoded) {
    bool dynamic = form == SPOOR_AS_DYNAMIC;
    spoor_str codes;
    decoded->absent_code = spoor_absent_code(column);
    decoded->null_code = spoor_null_code(column);
    bool is_read =
        spoor_text_chunk_decode_values(packer, bytes, decoded->rows, column, &decoded->raw, &codes);
    if (is_read && form == SPOOR_AS_ENTRIES && is_simple(decoded)) {
        decoded->pending_codes = codes;
    } else if (is_read) {
        is_read =
            spoor_text_chunk_decode_codes(packer, codes, decoded->rows, column, &decoded->raw);
    }
    if (!is_read) {
        return decoded->raw.blob.failed ? no_memory(segment) : damaged(segment, column->id);
    }
    if (form == SPOOR_AS_RAW) {
        return SPOOR_STORE_OK;
    }
    form = form == SPOOR_AS_ENTRIES ? SPOOR_AS_STORED : form;
    uint64_t id = spoor_dict_id(segment, column->id, form);
    bool ok, is_ascii = decoded->raw.is_ascii; /* whatever a damaged store says */
    if (!dynamic && is_simple(decoded)) {
        ok = simple_view(decoded, id);
    } else {
        ok = general_view(decoded, dynamic, id) && (dynamic || order_blob(decoded));
        is_ascii = !dynamic && spoor_is_ascii(decoded->dict.blob);
    }
    decoded->dict.is_ascii = is_ascii && (column->flags & SPOOR_CHUNK_IS_ASCII) != 0;
    return ok ? SPOOR_STORE_OK : no_memory(segment);
}

static spoor_store_status decode_ints(spoor_stored_segment *segment, spoor_packer *packer,
                                      const spoor_directory_column *column, spoor_str bytes,
                                      spoor_decoded *decoded) {
    decoded->longs = malloc(((size_t)decoded->rows + 1) * sizeof *decoded->longs);
    bool has_null = (column->flags & SPOOR_CHUNK_HAS_NULL) != 0;
    decoded->nulls = has_null ? calloc((size_t)decoded->rows + 1, 1) : NULL;
    if (decoded->longs == NULL || (has_null && decoded->nulls == NULL)) {
        return no_memory(segment);
    }
    if (!spoor_ints_chunk_decode(packer, bytes, decoded->rows, column, decoded->longs,
                                 decoded->nulls)) {
        return damaged(segment, column->id);
    }
    spoor_chunk *chunk = &decoded->cached.chunk;
    chunk->vec = (spoor_vec){.type = SPOOR_LONG, .form = SPOOR_FLAT};
    chunk->vec.longs = decoded->longs;
    chunk->vec.nulls = decoded->nulls;
    chunk->has_range = true;
    chunk->min = column->min;
    chunk->max = column->max;
    return SPOOR_STORE_OK;
}

/* One text: copied, as the directory goes with its snapshot; behind it, what it reads as. */
static spoor_store_status constant_text(spoor_stored_segment *segment,
                                        const spoor_directory_column *column, uint32_t form,
                                        spoor_decoded *decoded) {
    bool dynamic = form == SPOOR_AS_DYNAMIC;
    decoded->constant_kind = column->kind;
    if (column->kind == SPOOR_KIND_NULL) {
        return SPOOR_STORE_OK;
    }
    spoor_bytes *blob = &decoded->view_blob;
    size_t len = column->text.len;
    spoor_bytes_put_u8(blob, 's');
    spoor_bytes_put(blob, column->text.ptr, len);
    bool is_text = column->kind == SPOOR_KIND_TEXT, ok = true;
    size_t json_at = blob->len;
    if (form == SPOOR_AS_RAW) {
        is_text = true;
    } else if (column->kind == SPOOR_KIND_MULTI) {
        ok = spoor_multi_to_json(column->text, blob);
    } else if (column->kind == SPOOR_KIND_JSON) {
        spoor_bytes_put(blob, column->text.ptr, len);
    }
    size_t view_at = dynamic ? 0 : 1;
    if (!is_text && ok && !blob->failed) {
        spoor_bytes value = {0};
        spoor_str json = {(const char *)blob->ptr + json_at, blob->len - json_at};
        ok = put_json(&value, json, dynamic);
        view_at = blob->len;
        spoor_bytes_put(blob, value.ptr, value.len);
        blob->failed |= value.failed || !ok;
        spoor_bytes_free(&value);
    }
    if (blob->failed) {
        return no_memory(segment);
    }
    size_t view_end = is_text ? len + 1 : blob->len;
    decoded->constant_text = (spoor_str){(const char *)blob->ptr + 1, len};
    decoded->cached.chunk.constant.is_null = false;
    decoded->cached.chunk.constant.string =
        (spoor_str){(const char *)blob->ptr + view_at, view_end - view_at};
    return ok ? SPOOR_STORE_OK : damaged(segment, column->id);
}

/* A column that is one value in all rows, or not there. */
static spoor_store_status decode_constant(spoor_stored_segment *segment,
                                          const spoor_directory_column *column, uint32_t form,
                                          spoor_decoded *decoded) {
    bool dynamic = form == SPOOR_AS_DYNAMIC;
    spoor_chunk *chunk = &decoded->cached.chunk;
    chunk->is_constant = true;
    chunk->constant =
        (spoor_value){.type = dynamic ? SPOOR_DYNAMIC : SPOOR_STRING, .is_null = dynamic};
    decoded->is_raw_constant = true;
    decoded->constant_kind = SPOOR_KIND_NULL;
    decoded->absent_code = column == NULL ? 0 : UINT32_MAX;
    decoded->null_code = UINT32_MAX;
    if (column == NULL) {
        return SPOOR_STORE_OK;
    }
    if (column->form == SPOOR_FORM_INT_CONSTANT) {
        bool null = (column->flags & SPOOR_CHUNK_HAS_NULL) != 0;
        chunk->constant =
            (spoor_value){.type = SPOOR_LONG, .is_null = null, .integer = null ? 0 : column->min};
        chunk->has_range = !null;
        chunk->min = chunk->max = column->min;
        return SPOOR_STORE_OK;
    }
    return constant_text(segment, column, form, decoded);
}

static spoor_store_status decode(spoor_stored_segment *segment,
                                 const spoor_directory_column *column, uint32_t form,
                                 spoor_decoded *decoded) {
    decoded->rows = segment->directory.rows;
    if (column == NULL || column->form == SPOOR_FORM_TEXT_CONSTANT ||
        column->form == SPOOR_FORM_INT_CONSTANT) {
        return decode_constant(segment, column, form, decoded);
    }
    unsigned char *bytes = malloc((size_t)column->length + 1);
    spoor_packer *packer = spoor_store_borrow_packer(segment->store);
    spoor_store_status status =
        bytes == NULL || packer == NULL ? no_memory(segment) : read_chunk(segment, column, bytes);
    spoor_str text = {(const char *)bytes, (size_t)column->length};
    if (status == SPOOR_STORE_OK) {
        status = column->form == SPOOR_FORM_TEXT
                     ? decode_text(segment, packer, column, text, form, decoded)
                     : decode_ints(segment, packer, column, text, decoded);
    }
    if (status == SPOOR_STORE_OK && decoded->pending_codes.ptr != NULL) {
        atomic_init(&decoded->pending, bytes);
    } else {
        free(bytes);
    }
    spoor_store_return_packer(segment->store, packer);
    return status;
}

spoor_store_status spoor_decoded_keep(spoor_stored_segment *segment, spoor_cache_key key,
                                      spoor_store_status status, spoor_decoded *decoded,
                                      const spoor_decoded **out) {
    spoor_cache *cache = segment->store->cache;
    if (status == SPOOR_STORE_OK) {
        decoded->cached.free = spoor_decoded_free;
        decoded->cached.bytes = spoor_decoded_bytes(decoded);
        decoded->store = segment->store;
        if (decoded->dict.values != NULL && decoded->values.type == SPOOR_STRING) {
            spoor_decoded_offer_hashes(decoded);
        }
        if (decoded->dict.values != NULL) {
            spoor_decoded_offer_census(decoded);
            spoor_decoded_offer_named(decoded);
        }
        if (!spoor_cache_take(cache, decoded->cached.bytes)) {
            status = no_memory(segment);
        } else if (!spoor_cache_put(cache, key, &decoded->cached)) {
            spoor_cache_give(cache, decoded->cached.bytes);
            status = no_memory(segment);
        }
    }
    if (status != SPOOR_STORE_OK) {
        spoor_cache_abandon(cache, key);
        if (decoded != NULL) {
            spoor_decoded_free(&decoded->cached);
        }
        return status;
    }
    *out = decoded;
    return SPOOR_STORE_OK;
}

/* Under the lock: whoever comes first does it. */
static spoor_store_status decode_pending(spoor_stored_segment *segment, uint32_t id,
                                         spoor_decoded *decoded) {
    unsigned char *pending = atomic_load(&decoded->pending);
    size_t bytes = (size_t)decoded->rows * sizeof *decoded->raw.codes;
    if (pending == NULL) {
        return SPOOR_STORE_OK;
    }
    spoor_packer *packer = spoor_store_borrow_packer(segment->store);
    spoor_store_status status =
        packer == NULL || !spoor_cache_extend(segment->store->cache, &decoded->cached, bytes)
            ? no_memory(segment)
            : SPOOR_STORE_OK;
    if (status == SPOOR_STORE_OK &&
        !spoor_text_chunk_decode_codes(packer, decoded->pending_codes, decoded->rows,
                                       spoor_directory_find(&segment->directory, id),
                                       &decoded->raw)) {
        free(decoded->raw.codes);
        decoded->raw.codes = NULL;
        status = damaged(segment, id);
    }
    spoor_store_return_packer(segment->store, packer);
    if (status == SPOOR_STORE_OK) {
        decoded->cached.chunk.vec.codes = decoded->raw.codes;
        atomic_store(&decoded->pending, NULL);
        free(pending);
    }
    return status;
}

spoor_store_status spoor_decode_alone(spoor_stored_segment *segment, uint32_t id,
                                      spoor_decoded *out) {
    const spoor_directory_column *column =
        id == 0 ? NULL : spoor_directory_find(&segment->directory, id);
    return decode(segment, column, SPOOR_AS_STORED, out);
}

spoor_store_status spoor_decode_pin(spoor_stored_segment *segment, uint32_t id, uint32_t form,
                                    const spoor_decoded **out) {
    spoor_store *store = segment->store;
    bool entries = form == SPOOR_AS_ENTRIES;
    spoor_cache_key key = {segment->seen.id, id, entries ? SPOOR_AS_STORED : form};
    spoor_decoded *found = (spoor_decoded *)spoor_cache_pin(store->cache, key);
    if (found == NULL) {
        const spoor_directory_column *column =
            id == 0 ? NULL : spoor_directory_find(&segment->directory, id);
        spoor_decoded *decoded = calloc(1, sizeof *decoded);
        spoor_store_status status =
            decoded == NULL ? no_memory(segment) : decode(segment, column, form, decoded);
        return spoor_decoded_keep(segment, key, status, decoded, out);
    }
    spoor_store_status status = SPOOR_STORE_OK;
    if (!entries && atomic_load(&found->pending) != NULL) {
        pthread_mutex_lock(&store->pending_mutex);
        status = decode_pending(segment, id, found);
        pthread_mutex_unlock(&store->pending_mutex);
    }
    if (status != SPOOR_STORE_OK) {
        spoor_decode_release(segment, found);
        return status;
    }
    *out = found;
    return SPOOR_STORE_OK;
}

void spoor_decode_release(spoor_stored_segment *segment, const spoor_decoded *decoded) {
    spoor_cache_release(segment->store->cache, &decoded->cached, true);
}
