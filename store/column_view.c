/* column_view.c - the columns of event_columns.def over what is stored: types, flags, paths. */
#include <stdlib.h>

#include "base/time.h"
#include "base/utf8.h"
#include "store/record.h"

enum how { SYSTEM, RECORD, LINEAGE };

static const struct {
    spoor_type type;
    enum how how;
} columns[SPOOR_COL_NCOLUMNS] = {
#define SPOOR_EVENT_COLUMN(column, column_name, column_type, how)                                  \
    [SPOOR_COL_##column] = {SPOOR_##column_type, how},
#include "store/event_columns.def"
#undef SPOOR_EVENT_COLUMN
};

spoor_type spoor_event_column_type(spoor_event_column column) {
    return columns[column].type;
}

bool spoor_is_record_column(spoor_event_column column) {
    return columns[column].how == RECORD;
}

static uint32_t stored_id(spoor_stored_segment *segment, int column) {
    return segment->store->names.system[column];
}

static uint32_t member_id(spoor_stored_segment *segment, spoor_str member) {
    pthread_mutex_lock(&segment->store->mutex);
    uint32_t id = spoor_names_find(&segment->store->names, member);
    pthread_mutex_unlock(&segment->store->mutex);
    return id;
}

/* The stored column behind an event column; -1: none. */
static int stored_column(spoor_event_column column) {
    switch (column) {
    case SPOOR_COL_LINEAGE_RECORD_ID: return SPOOR_COL_RECORD_ID;
    case SPOOR_COL_SOURCE_FILE: return SPOOR_COL_ROW;
    case SPOOR_COL_RECOVERED:
    case SPOOR_COL_TIME_GUESSED: return SPOOR_COL_FLAGS;
    case SPOOR_COL_VARIANT: return -1;
    default: return spoor_stored_column_name((int)column) != NULL ? (int)column : -1;
    }
}

static spoor_store_status no_memory(spoor_stored_segment *segment) {
    return spoor_store_fail(segment->store, SPOOR_STORE_MEMORY, "out of memory (--memory)");
}

/* -- derived columns --------------------------------------------------------------------------- */

static int64_t flag_of(spoor_event_column column) {
    return column == SPOOR_COL_RECOVERED ? SPOOR_EVENT_RECOVERED : SPOOR_EVENT_TIME_GUESSED;
}

static void constant_bool(spoor_chunk *chunk, bool value) {
    chunk->is_constant = true;
    chunk->constant = (spoor_value){.type = SPOOR_BOOL, .boolean = value};
}

static bool derive_bool(const spoor_decoded *flags, int64_t flag, spoor_decoded *out) {
    if (flags->longs == NULL) {
        int64_t value = spoor_decoded_int(flags, 0);
        constant_bool(&out->cached.chunk, value != SPOOR_EVENT_ABSENT && (value & flag) != 0);
        return true;
    }
    out->bools = malloc((size_t)out->rows + 1);
    for (uint32_t i = 0; out->bools != NULL && i < out->rows; i++) {
        out->bools[i] = (flags->longs[i] & flag) != 0;
    }
    out->cached.chunk.vec = (spoor_vec){.type = SPOOR_BOOL, .form = SPOOR_FLAT};
    out->cached.chunk.vec.bools = out->bools;
    return out->bools != NULL;
}

static int64_t least_of(spoor_type type) {
    return type == SPOOR_INT ? INT32_MIN : 0;
}

static int64_t greatest_of(spoor_type type) {
    return type == SPOOR_INT ? INT32_MAX : SPOOR_DATETIME_MAX;
}

static bool holds(spoor_type type, int64_t value) {
    return type == SPOOR_LONG || (value >= least_of(type) && value <= greatest_of(type));
}

/* Of rows [0, n), at least one; *rises: none is below the one before.  Logged times rise but for a few. */
static spoor_bounds bounds_of(const int64_t *longs, uint32_t n, bool *rises) {
    bool up = true;
    for (uint32_t i = 1; i < n; i++) {
        up &= longs[i] >= longs[i - 1];
    }
    *rises = up;
    spoor_bounds piece = {longs[0], longs[n - 1]};
    for (uint32_t i = 0; i < n && !up; i++) {
        piece.min = longs[i] < piece.min ? longs[i] : piece.min;
        piece.max = longs[i] > piece.max ? longs[i] : piece.max;
    }
    return piece;
}

/* The bounds of each piece, and *all of them. */
static bool find_bounds(spoor_decoded *out, spoor_bounds *all, bool *is_ascending) {
    uint32_t pieces = (out->rows + SPOOR_PIECE_ROWS - 1) / SPOOR_PIECE_ROWS;
    out->bounds = malloc(((size_t)pieces + 1) * sizeof *out->bounds);
    *all = (spoor_bounds){INT64_MAX, INT64_MIN};
    *is_ascending = true;
    for (uint32_t p = 0; out->bounds != NULL && p < pieces; p++) {
        uint32_t from = p * SPOOR_PIECE_ROWS, left = out->rows - from;
        bool rises;
        spoor_bounds piece =
            bounds_of(out->longs + from, left < SPOOR_PIECE_ROWS ? left : SPOOR_PIECE_ROWS, &rises);
        *is_ascending &= rises && (p == 0 || out->longs[from] >= out->longs[from - 1]);
        all->min = piece.min < all->min ? piece.min : all->min;
        all->max = piece.max > all->max ? piece.max : all->max;
        out->bounds[p] = piece;
    }
    return out->bounds != NULL;
}

/* What is not between them becomes null. */
static bool clear_outside(spoor_decoded *out, int64_t least, int64_t greatest) {
    out->nulls = out->nulls != NULL ? out->nulls : calloc((size_t)out->rows + 1, 1);
    for (uint32_t i = 0; out->nulls != NULL && i < out->rows; i++) {
        if (out->longs[i] < least || out->longs[i] > greatest) {
            out->nulls[i] = 1;
            out->longs[i] = 0;
        }
    }
    return out->nulls != NULL;
}

/* An int or a datetime, in place: what its type does not hold is null (no Windows writes it; a hostile
 * file may). */
static bool derive_int(spoor_type type, spoor_decoded *out) {
    int64_t least = least_of(type), greatest = greatest_of(type);
    spoor_bounds all;
    bool is_ascending;
    if (!find_bounds(out, &all, &is_ascending) ||
        ((all.min < least || all.max > greatest) && out->rows > 0 &&
         !clear_outside(out, least, greatest))) {
        return false;
    }
    bool has_null = out->nulls != NULL && memchr(out->nulls, 1, out->rows) != NULL;
    if (has_null) {
        free(out->bounds);
        out->bounds = NULL;
    }
    spoor_chunk *chunk = &out->cached.chunk;
    chunk->vec = (spoor_vec){.type = type, .form = SPOOR_FLAT};
    chunk->vec.bounds = out->bounds;
    chunk->vec.is_ascending = is_ascending && !has_null;
    chunk->vec.longs = out->longs;
    chunk->vec.nulls = has_null ? out->nulls : NULL;
    chunk->min = chunk->min < least ? least : chunk->min;
    chunk->max = chunk->max > greatest ? greatest : chunk->max;
    return true;
}

/* Row ids of a segment name its sources: a dictionary of their paths. */
static bool derive_paths(spoor_stored_segment *segment, const spoor_decoded *stored,
                         spoor_decoded *out) {
    uint32_t capacity = 8, count = 0;
    int64_t *sources = malloc(capacity * sizeof *sources);
    out->view_codes = malloc(((size_t)out->rows + 1) * sizeof *out->view_codes);
    bool ok = sources != NULL && out->view_codes != NULL;
    for (uint32_t i = 0; ok && i < out->rows; i++) {
        int64_t source = spoor_decoded_int(stored, i) >> SPOOR_ROW_BITS;
        uint32_t code =
            i > 0 && sources[out->view_codes[i - 1]] == source ? out->view_codes[i - 1] : 0;
        while (code < count && sources[code] != source) {
            code++;
        }
        if (code == count) {
            if (count == capacity) {
                capacity *= 2;
                int64_t *grown = realloc(sources, capacity * sizeof *sources);
                ok = grown != NULL;
                sources = ok ? grown : sources;
            }
            if (ok) {
                sources[count++] = source;
            }
        }
        out->view_codes[i] = code;
    }
    out->strings = malloc(((size_t)count + 1) * sizeof *out->strings);
    ok = ok && out->strings != NULL;
    for (uint32_t i = 0; ok && i < count; i++) {
        spoor_str path = spoor_snapshot_source_path(segment->snapshot, sources[i]);
        out->strings[i].len = path.len;
        spoor_bytes_put(&out->view_blob, path.ptr, path.len);
        spoor_bytes_put_u8(&out->view_blob, 0);
    }
    free(sources);
    if (!ok || out->view_blob.failed) {
        return false;
    }
    const char *at = (const char *)out->view_blob.ptr;
    for (uint32_t i = 0; i < count; i++) {
        out->strings[i].ptr = at;
        at += out->strings[i].len + 1;
    }
    out->values = (spoor_vec){.type = SPOOR_STRING, .form = SPOOR_FLAT};
    out->values.strings = out->strings;
    out->dict = (spoor_dict){
        .id = spoor_dict_id(segment, SPOOR_DERIVED_KEY + SPOOR_COL_SOURCE_FILE, SPOOR_AS_DERIVED),
        .count = count,
        .values = &out->values,
        .blob = {(const char *)out->view_blob.ptr, out->view_blob.len}};
    out->dict.is_ascii = spoor_is_ascii(out->dict.blob);
    out->cached.chunk.vec = (spoor_vec){
        .type = SPOOR_STRING, .form = SPOOR_DICT, .codes = out->view_codes, .dict = &out->dict};
    return true;
}

static spoor_store_status derive(spoor_stored_segment *segment, spoor_event_column column,
                                 const spoor_decoded *stored, spoor_decoded *out) {
    out->rows = segment->seen.rows;
    bool ok = true;
    if (column == SPOOR_COL_VARIANT) {
        constant_bool(&out->cached.chunk, segment->is_variant);
    } else if (columns[column].type == SPOOR_BOOL) {
        ok = derive_bool(stored, flag_of(column), out);
    } else {
        spoor_store_status status = spoor_snapshot_load_sources(segment->snapshot);
        if (status != SPOOR_STORE_OK) {
            return status;
        }
        ok = derive_paths(segment, stored, out);
    }
    return ok ? SPOOR_STORE_OK : no_memory(segment);
}

/* Of what is stored under another type nobody else reads: it is not kept beside. */
static spoor_store_status decode_int(spoor_stored_segment *segment, spoor_event_column column,
                                     spoor_decoded *out) {
    spoor_type type = columns[column].type;
    spoor_store_status status =
        spoor_decode_alone(segment, stored_id(segment, stored_column(column)), out);
    if (status == SPOOR_STORE_OK && out->longs != NULL) {
        return derive_int(type, out) ? SPOOR_STORE_OK : no_memory(segment);
    }
    spoor_chunk *chunk = &out->cached.chunk;
    bool is_number = chunk->is_constant && chunk->constant.type == SPOOR_LONG;
    chunk->constant.type = type;
    if (!is_number ||
        !holds(type, chunk->constant.integer)) { /* it is not there; or text, in a hostile file */
        chunk->is_constant = true;
        chunk->constant = (spoor_value){.type = type, .is_null = true};
        chunk->has_range = false;
    }
    return status;
}

static spoor_store_status pin_derived(spoor_stored_segment *segment, spoor_event_column column,
                                      const spoor_cached **out) {
    spoor_cache *cache = segment->store->cache;
    spoor_cache_key key = {segment->seen.id, SPOOR_DERIVED_KEY + (uint32_t)column,
                           SPOOR_AS_DERIVED};
    *out = spoor_cache_pin(cache, key);
    if (*out != NULL) {
        return SPOOR_STORE_OK;
    }
    const spoor_decoded *stored = NULL;
    spoor_store_status status = SPOOR_STORE_OK;
    int from = stored_column(column);
    bool is_int = columns[column].type == SPOOR_INT || columns[column].type == SPOOR_DATETIME;
    if (from >= 0 && !is_int) {
        status = spoor_decode_pin(segment, stored_id(segment, from), SPOOR_AS_STORED, &stored);
    }
    spoor_decoded *decoded = calloc(1, sizeof *decoded);
    if (status == SPOOR_STORE_OK) {
        status = decoded == NULL ? no_memory(segment)
                 : is_int        ? decode_int(segment, column, decoded)
                                 : derive(segment, column, stored, decoded);
    }
    if (stored != NULL) {
        spoor_decode_release(segment, stored);
    }
    const spoor_decoded *kept = NULL;
    status = spoor_decoded_keep(segment, key, status, decoded, &kept);
    *out = kept != NULL ? &kept->cached : NULL;
    return status;
}

/* "12", "@name" or "@": a member of EventDataItems. */
static spoor_item item_of(spoor_stored_segment *segment, spoor_str member) {
    if (member.ptr[0] == '@') {
        uint32_t id = member_id(segment, (spoor_str){member.ptr + 1, member.len - 1});
        return (spoor_item){member.len == 1 ? SPOOR_ITEM_NAMES : SPOOR_ITEM_NAMED, id};
    }
    uint32_t n = 0;
    for (size_t i = 0; i < member.len && n < SPOOR_MOST_ITEMS; i++) {
        n = n * 10 + (uint32_t)(member.ptr[i] - '0');
    }
    return (spoor_item){SPOOR_ITEM_NTH, n};
}

/* -- which way --------------------------------------------------------------------------------- */

spoor_store_status spoor_column_pin(spoor_stored_segment *segment, spoor_event_column column,
                                    spoor_str member, spoor_type as, bool entries,
                                    const spoor_cached **cached) {
    const spoor_decoded *decoded = NULL;
    uint32_t as_text = entries ? SPOOR_AS_ENTRIES : SPOOR_AS_STORED;
    spoor_store_status status;
    if (column == SPOOR_COL_EVENT_DATA && member.len > 0) {
        status = spoor_decode_pin(segment, member_id(segment, member),
                                  as == SPOOR_DYNAMIC ? SPOOR_AS_DYNAMIC : as_text, &decoded);
    } else if (column == SPOOR_COL_EVENT_DATA_ITEMS && member.len > 0) {
        status = spoor_items_pin(segment, item_of(segment, member), as, &decoded);
    } else if (columns[column].how == RECORD) {
        return spoor_record_pin(segment, column, cached);
    } else if (columns[column].type == SPOOR_STRING && column != SPOOR_COL_SOURCE_FILE) {
        status =
            spoor_decode_pin(segment, stored_id(segment, stored_column(column)), as_text, &decoded);
    } else if (columns[column].type == SPOOR_LONG) {
        status = spoor_decode_pin(segment, stored_id(segment, stored_column(column)),
                                  SPOOR_AS_STORED, &decoded);
    } else {
        return pin_derived(segment, column, cached);
    }
    *cached = status == SPOOR_STORE_OK ? &decoded->cached : NULL;
    return status;
}

bool spoor_segment_member(const spoor_segment *seen, uint32_t *at, spoor_str *member) {
    spoor_stored_segment *segment = seen->handle;
    const spoor_directory *directory = &segment->directory;
    bool found = false;
    pthread_mutex_lock(&segment->store->mutex);
    const spoor_names *names = &segment->store->names;
    for (; *at < directory->ncolumns && !found; ++*at) {
        uint32_t id = directory->columns[*at].id;
        found = id <= names->count && names->list[id - 1].column < 0;
        *member = found ? names->list[id - 1].name : (spoor_str){0};
    }
    pthread_mutex_unlock(&segment->store->mutex);
    return found;
}

/* -- without decoding -------------------------------------------------------------------------- */

static bool peek_ints(spoor_stored_segment *segment, spoor_event_column column,
                      const spoor_directory_column *stored, spoor_chunk *summary) {
    (void)segment;
    if (columns[column].type == SPOOR_BOOL || column == SPOOR_COL_SOURCE_FILE) {
        bool known = columns[column].type == SPOOR_BOOL && stored != NULL &&
                     stored->form == SPOOR_FORM_INT_CONSTANT;
        if (known) {
            constant_bool(summary, (stored->min & flag_of(column)) != 0);
        }
        return known;
    }
    spoor_type type = columns[column].type;
    bool null = stored == NULL || (stored->form == SPOOR_FORM_INT_CONSTANT &&
                                   (stored->flags & SPOOR_CHUNK_HAS_NULL) != 0);
    if (null) {
        summary->is_constant = true;
        summary->constant = (spoor_value){.type = type, .is_null = true};
        return true;
    }
    summary->has_range = true;
    summary->min = stored->min;
    summary->max = stored->max;
    summary->may_be_null = (stored->flags & SPOOR_CHUNK_HAS_NULL) != 0 ||
                           !holds(type, stored->min) || !holds(type, stored->max);
    if (stored->form == SPOOR_FORM_INT_CONSTANT) {
        bool fits = holds(type, stored->min);
        summary->is_constant = true;
        summary->has_range = fits;
        summary->constant =
            (spoor_value){.type = type, .is_null = !fits, .integer = fits ? stored->min : 0};
    }
    return true;
}

static bool peek_text(const spoor_directory_column *stored, bool dynamic, spoor_chunk *summary) {
    if (stored != NULL && (stored->form != SPOOR_FORM_TEXT_CONSTANT ||
                           (stored->kind != SPOOR_KIND_NULL && stored->kind != SPOOR_KIND_TEXT))) {
        summary->nvalues = stored->nvalues;
        return false;
    }
    bool null = stored == NULL || stored->kind == SPOOR_KIND_NULL;
    summary->is_constant = true;
    summary->constant =
        (spoor_value){.type = dynamic ? SPOOR_DYNAMIC : SPOOR_STRING, .is_null = dynamic && null};
    if (!null) { /* the byte before a constant text is 's' (segment.h) */
        summary->constant.string =
            dynamic ? (spoor_str){stored->text.ptr - 1, stored->text.len + 1} : stored->text;
    }
    return true;
}

bool spoor_chunk_peek(spoor_snapshot *snapshot, const spoor_segment *seen,
                      spoor_event_column column, spoor_str member, spoor_type as,
                      spoor_chunk *summary) {
    (void)snapshot;
    spoor_stored_segment *segment = seen->handle;
    *summary = (spoor_chunk){0};
    bool is_member = column == SPOOR_COL_EVENT_DATA && member.len > 0;
    if (column == SPOOR_COL_VARIANT) {
        constant_bool(summary, segment->is_variant);
        return true;
    }
    if (columns[column].how == RECORD && !is_member) {
        return false;
    }
    uint32_t id =
        is_member ? member_id(segment, member) : stored_id(segment, stored_column(column));
    const spoor_directory_column *stored =
        id == 0 ? NULL : spoor_directory_find(&segment->directory, id);
    bool is_ints =
        !is_member && (columns[column].type != SPOOR_STRING || column == SPOOR_COL_SOURCE_FILE);
    return is_ints ? peek_ints(segment, column, stored, summary)
                   : peek_text(stored, is_member && as == SPOOR_DYNAMIC, summary);
}
