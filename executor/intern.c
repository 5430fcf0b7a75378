/* intern.c - see intern.h: open addressing over the hashes, values compared in place. */
#include "executor/intern.h"

#include <wchar.h>

#include "base/hash.h"

enum {
    ENTRIES_PER_ROW = 64, /* a table by code may be so much larger than the rows that have asked */
    PIECE = 128,          /* looked up together */
    FAR_VALUES = 1 << 13, /* more do not stay in the processor's cache */
};
static const uint64_t NULL_HASH = 0x51ED270B7A8C93D5u;

void spoor_intern_init(spoor_intern *intern, spoor_arena *arena, spoor_type type) {
    *intern = (spoor_intern){.nslots = 64};
    spoor_rows_init(&intern->values, arena, 1);
    intern->values.cols[0].type = type;
    intern->slots = SPOOR_NEW_ARRAY(arena, spoor_intern_slot, intern->nslots);
}

static bool is_null(const spoor_vec *flat, uint32_t slot) {
    return flat->type != SPOOR_STRING && spoor_vec_is_null(flat, slot);
}

static uint64_t hash_slot(const spoor_vec *flat, uint32_t slot) {
    if (is_null(flat, slot)) {
        return NULL_HASH;
    }
    if (spoor_type_is_whole(flat->type)) {
        return spoor_hash_u64((uint64_t)flat->longs[slot]);
    }
    if (flat->type == SPOOR_STRING) {
        return spoor_hash_bytes(flat->strings[slot].ptr, flat->strings[slot].len);
    }
    spoor_value value = spoor_vec_get(flat, slot);
    return spoor_value_hash(&value);
}

static bool equal_slots(const spoor_vec *a, uint32_t i, const spoor_vec *b, uint32_t j) {
    if (is_null(a, i) || is_null(b, j)) {
        return is_null(a, i) && is_null(b, j);
    }
    if (spoor_type_is_whole(a->type)) {
        return a->longs[i] == b->longs[j];
    }
    spoor_value left = spoor_vec_get(a, i), right = spoor_vec_get(b, j);
    return spoor_value_compare(&left, &right) == 0;
}

static uint32_t high_half(uint64_t hash) {
    return (uint32_t)(hash >> 32);
}

/* Where the search for a hash begins: by the half that a slot keeps, so that a table grows without
 * asking the values again. */
static uint32_t home_of(const spoor_intern *intern, uint32_t hash) {
    return hash & (intern->nslots - 1);
}

static void grow_slots(spoor_intern *intern) {
    spoor_intern_slot *old = intern->slots;
    uint32_t nold = intern->nslots;
    intern->nslots *= 2;
    intern->slots = SPOOR_NEW_ARRAY(intern->values.arena, spoor_intern_slot, intern->nslots);
    for (uint32_t i = 0; i < nold; i++) {
        if (old[i].number == 0) {
            continue;
        }
        uint32_t at = home_of(intern, old[i].hash);
        while (intern->slots[at].number != 0) {
            at = (at + 1) & (intern->nslots - 1);
        }
        intern->slots[at] = old[i];
    }
}

static bool is_equal(const spoor_intern *intern, const spoor_intern_slot *here,
                     const spoor_vec *flat, uint32_t slot) {
    if (here->text != NULL) {
        spoor_str asked = flat->strings[slot];
        return here->text->len == asked.len &&
               (asked.len == 0 || memcmp(here->text->bytes, asked.ptr, asked.len) == 0);
    }
    uint32_t there;
    const spoor_vec *values = spoor_rows_at(&intern->values, 0, here->number - 1, &there);
    return equal_slots(values, there, flat, slot);
}

/* Keep a value; its text, if it is one. */
static const spoor_interned *append(spoor_intern *intern, const spoor_vec *flat, uint32_t slot) {
    if (flat->type != SPOOR_STRING) {
        spoor_rows_append_cell(&intern->values, flat, slot);
        return NULL;
    }
    spoor_str text = flat->strings[slot];
    spoor_interned *kept =
        spoor_arena_push_raw(intern->values.arena, 1, sizeof *kept + text.len + 1);
    kept->len = text.len;
    if (text.len > 0) {
        memcpy(kept->bytes, text.ptr, text.len);
    }
    kept->bytes[text.len] = '\0';
    spoor_rows_append_text(&intern->values, (spoor_str){kept->bytes, kept->len});
    return kept;
}

static uint32_t find_hash(spoor_intern *intern, uint64_t full, const spoor_vec *flat, uint32_t slot,
                          bool add) {
    uint32_t hash = high_half(full), mask = intern->nslots - 1, at = home_of(intern, hash);
    for (; intern->slots[at].number != 0; at = (at + 1) & mask) {
        const spoor_intern_slot *here = &intern->slots[at];
        if (here->hash == hash && is_equal(intern, here, flat, slot)) {
            return here->number - 1;
        }
    }
    if (!add) {
        return SPOOR_INTERN_NONE;
    }
    const spoor_interned *text = append(intern, flat, slot);
    intern->slots[at] = (spoor_intern_slot){hash, intern->values.count, text};
    if (intern->values.count > intern->nslots / 2) {
        grow_slots(intern);
    }
    return intern->values.count - 1;
}

/* Ask for the texts that the comparisons of a piece will read: a large table is far away in memory, and
 * so a piece waits for it once, not at every row.  is_far: those asked for, too, have not been read. */
static void prefetch_texts(const spoor_intern *intern, const spoor_vec *asked, bool is_far,
                           const uint32_t *list, const uint64_t *hashes, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t hash = high_half(hashes[i]);
        const spoor_intern_slot *here = &intern->slots[home_of(intern, hash)];
        if (here->hash != hash || here->text == NULL) {
            continue;
        }
        spoor_str text = asked->strings[list[i]]; /* these stand together */
        __builtin_prefetch(here->text);
        __builtin_prefetch(here->text->bytes + text.len); /* it may stand in two lines of memory */
        if (is_far) {
            __builtin_prefetch(text.ptr);
            __builtin_prefetch(text.ptr + text.len);
        }
    }
}

/* out[i]: the number of slot list[i] of a FLAT vector, whose hashes may be known.  All hashes of a piece
 * are made before any is looked up, and their slots asked for. */
static void find_slots(spoor_intern *intern, const spoor_vec *flat, const uint64_t *known,
                       const uint32_t *list, uint32_t count, bool add, uint32_t *out) {
    uint64_t hashes[PIECE];
    for (uint32_t from = 0; from < count; from += PIECE) {
        uint32_t n = count - from < PIECE ? count - from : PIECE;
        for (uint32_t i = 0; i < n; i++) {
            hashes[i] = known != NULL ? known[list[from + i]] : hash_slot(flat, list[from + i]);
            __builtin_prefetch(&intern->slots[home_of(intern, high_half(hashes[i]))]);
        }
        if (flat->type == SPOOR_STRING && intern->values.count > FAR_VALUES) {
            prefetch_texts(intern, flat, known != NULL, list + from, hashes, n);
        }
        for (uint32_t i = 0; i < n; i++) {
            out[from + i] = find_hash(intern, hashes[i], flat, list[from + i], add);
        }
    }
}

/* Rows often repeat the value before them: times in bins do.  The first of each run is listed, and
 * `run` says of which each row is.  Returns how many runs there are. */
static uint32_t find_runs(const spoor_vec *vec, const uint32_t *sel, uint32_t count, uint32_t *list,
                          uint32_t *run) {
    uint32_t runs = 0;
    bool has_nulls = vec->nulls != NULL && vec->type != SPOOR_STRING;
    bool may_repeat = spoor_type_is_whole(vec->type) && !has_nulls;
    for (uint32_t i = 0, last = 0; i < count; i++) {
        uint32_t row = sel != NULL ? sel[i] : i;
        bool repeats = i > 0 && may_repeat && vec->longs[row] == vec->longs[last];
        list[runs] = row;
        runs += !repeats;
        run[i] = runs - 1;
        last = row;
    }
    return runs;
}

static void find_flat(spoor_intern *intern, const spoor_vec *vec, const uint32_t *sel,
                      uint32_t count, bool add, uint32_t *out, spoor_arena *scratch) {
    spoor_vec flat = *vec;
    if (flat.nulls != NULL && sel == NULL && memchr(flat.nulls, 1, count) == NULL) {
        flat.nulls = NULL;
    }
    uint32_t *list = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
    uint32_t *found = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
    uint32_t runs = find_runs(&flat, sel, count, list, out);
    find_slots(intern, &flat, NULL, list, runs, add, found);
    for (uint32_t i = 0; i < count; i++) {
        out[i] = found[out[i]];
    }
}

/* A table of this dictionary.  That an entry is not there holds only until values are added. */
static void prepare_codes(spoor_intern *intern, const spoor_dict *dict, bool add) {
    bool is_stale = !add && intern->dict_values != intern->values.count;
    if (intern->dict_id == dict->id && !is_stale) {
        return;
    }
    uint32_t unused = 0;
    intern->by_code = spoor_grow_u32(intern->values.arena, intern->by_code, unused, dict->count,
                                     &intern->by_code_capacity);
    memset(intern->by_code, 0, dict->count * sizeof *intern->by_code);
    intern->dict_id = dict->id;
    intern->dict_values = intern->values.count;
}

/* Look up the entries that the rows name for the first time, in the order of the rows. */
static void learn_codes(spoor_intern *intern, const spoor_vec *vec, const uint32_t *sel,
                        uint32_t count, bool add, spoor_arena *scratch) {
    uint32_t *by_code = intern->by_code, *list = NULL, n = 0;
    uint32_t known = add ? SPOOR_INTERN_NONE - 1 : SPOOR_INTERN_NONE;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t code = vec->codes[sel != NULL ? sel[i] : i];
        if (by_code[code] - 1 < known) {
            continue;
        }
        if (list == NULL) {
            list = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
        }
        list[n++] = code;
        by_code[code] = 1; /* listed once; the number follows */
    }
    if (n > 0) {
        uint32_t *found = SPOOR_RAW_ARRAY(scratch, uint32_t, n);
        find_slots(intern, vec->dict->values, spoor_dict_hashes(vec->dict, n), list, n, add, found);
        for (uint32_t i = 0; i < n; i++) {
            by_code[list[i]] = found[i] == SPOOR_INTERN_NONE ? found[i] : found[i] + 1;
        }
    }
}

/* From the table alone.  false: some entries have not been asked for. */
static bool read_codes(const spoor_intern *intern, const spoor_vec *vec, const uint32_t *sel,
                       uint32_t count, bool add, uint32_t *out) {
    const uint32_t *by_code = intern->by_code, *codes = vec->codes;
    uint32_t least = UINT32_MAX, none = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t found = by_code[codes[sel != NULL ? sel[i] : i]];
        least = found < least ? found : least;
        none |= found == SPOOR_INTERN_NONE;
        out[i] = found - 1;
    }
    if (none != 0 && !add) {
        for (uint32_t i = 0; i < count; i++) {
            out[i] = out[i] == SPOOR_INTERN_NONE - 1 ? SPOOR_INTERN_NONE : out[i];
        }
    }
    return least > 0 && (none == 0 || !add);
}

void spoor_intern_learn(spoor_intern *intern, const spoor_dict *dict, bool add,
                        spoor_arena *scratch) {
    if (intern->dict_id == dict->id && (add || intern->dict_values == intern->values.count)) {
        return;
    }
    prepare_codes(intern, dict, add);
    const uint64_t *hashes = spoor_dict_hashes(dict, dict->count);
    uint32_t *list = SPOOR_RAW_ARRAY(scratch, uint32_t, PIECE), found[PIECE];
    for (uint32_t from = 0; from < dict->count; from += PIECE) {
        uint32_t n = dict->count - from < PIECE ? dict->count - from : PIECE;
        for (uint32_t i = 0; i < n; i++) {
            list[i] = from + i;
        }
        find_slots(intern, dict->values, hashes, list, n, add, found);
        for (uint32_t i = 0; i < n; i++) {
            intern->by_code[from + i] = found[i] == SPOOR_INTERN_NONE ? found[i] : found[i] + 1;
        }
    }
    intern->dict_values = intern->values.count;
}

static void find_codes(spoor_intern *intern, const spoor_vec *vec, const uint32_t *sel,
                       uint32_t count, bool add, uint32_t *out, spoor_arena *scratch) {
    intern->asked = intern->asked_id == vec->dict->id ? intern->asked + count : count;
    intern->asked_id = vec->dict->id;
    bool has_table =
        intern->dict_id == vec->dict->id || vec->dict->count / ENTRIES_PER_ROW <= intern->asked;
    if (!has_table) {
        uint32_t *list = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
        for (uint32_t i = 0; i < count; i++) {
            list[i] = vec->codes[sel != NULL ? sel[i] : i];
        }
        const uint64_t *hashes = spoor_dict_hashes(vec->dict, count);
        find_slots(intern, vec->dict->values, hashes, list, count, add, out);
        return;
    }
    prepare_codes(intern, vec->dict, add);
    if (!read_codes(intern, vec, sel, count, add, out)) {
        learn_codes(intern, vec, sel, count, add, scratch);
        read_codes(intern, vec, sel, count, add, out);
    }
}

void spoor_intern_find(spoor_intern *intern, const spoor_vec *vec, const uint32_t *sel,
                       uint32_t count, bool add, uint32_t *out, spoor_arena *scratch) {
    if (vec->form == SPOOR_DICT) {
        find_codes(intern, vec, sel, count, add, out, scratch);
    } else {
        find_flat(intern, vec, sel, count, add, out, scratch);
    }
}

uint32_t *spoor_intern_hashes(const spoor_intern *intern, spoor_arena *arena) {
    uint32_t *hashes = SPOOR_RAW_ARRAY(arena, uint32_t, intern->values.count);
    for (uint32_t i = 0; i < intern->nslots; i++) {
        if (intern->slots[i].number != 0) {
            hashes[intern->slots[i].number - 1] = intern->slots[i].hash;
        }
    }
    return hashes;
}

bool spoor_intern_is_equal(const spoor_intern *intern, uint32_t i, const spoor_intern *other,
                           uint32_t j) {
    uint32_t here, there;
    const spoor_vec *a = spoor_rows_at(&intern->values, 0, i, &here);
    const spoor_vec *b = spoor_rows_at(&other->values, 0, j, &there);
    return a->type == SPOOR_STRING ? spoor_str_eq(a->strings[here], b->strings[there])
                                   : equal_slots(a, here, b, there);
}

uint32_t spoor_find_u32(const uint32_t *in, uint32_t count, uint32_t value) {
    _Static_assert(sizeof(wchar_t) == sizeof *in,
                   "wide characters are numbers: their search is quick");
    const wchar_t *from = (const wchar_t *)(const void *)in;
    const wchar_t *at = wmemchr(from, (wchar_t)value, count);
    return at != NULL ? (uint32_t)(at - from) : count;
}

void spoor_fill_u32(uint32_t *to, uint32_t count, uint32_t value) {
    wmemset((wchar_t *)(void *)to, (wchar_t)value, count);
}

uint32_t *spoor_grow_u32(spoor_arena *arena, uint32_t *old, uint32_t used, uint32_t need,
                         uint32_t *capacity) {
    if (need <= *capacity) {
        return old;
    }
    uint32_t larger = *capacity < 64 ? 64 : *capacity;
    while (larger < need) {
        larger = larger > UINT32_MAX / 2 ? UINT32_MAX : larger * 2;
    }
    uint32_t *grown = SPOOR_RAW_ARRAY(arena, uint32_t, larger);
    if (used > 0) {
        memcpy(grown, old, used * sizeof *grown);
    }
    *capacity = larger;
    return grown;
}
