/* column.c - dictionaries and codes of a column being built (see column.h). */
#include "store/column.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "store/event.h"

void spoor_column_free(spoor_build_column *column) {
    free(column->entries);
    free(column->slots);
    free(column->codes);
    free(column->ints);
    free(column->staged);
    spoor_bytes_free(&column->text);
    *column = (spoor_build_column){0};
}

size_t spoor_column_bytes(const spoor_build_column *column) {
    size_t rows = column->codes != NULL  ? sizeof *column->codes
                  : column->ints != NULL ? sizeof *column->ints
                                         : 0;
    return sizeof *column + column->entries_capacity * sizeof *column->entries +
           column->nslots * sizeof *column->slots + column->text.capacity +
           column->rows_capacity * rows + column->staged_capacity * sizeof *column->staged;
}

/* The array with room for `need` slots, moved if it must; as it was, and failed, without memory. */
static void *grow(spoor_build_column *column, void *array, uint32_t *capacity, uint32_t need,
                  size_t size) {
    if (need <= *capacity) {
        return array;
    }
    uint32_t more = *capacity < 16 ? 16 : *capacity;
    while (more < need) {
        more *= 2;
    }
    void *grown = realloc(array, more * size);
    if (grown == NULL) {
        column->failed = true;
        return array;
    }
    *capacity = more;
    return grown;
}

/* -- rows -------------------------------------------------------------------------------------- */

void spoor_column_push_other_int(spoor_build_column *column, int64_t value) {
    if (column->ints == NULL) {
        if (column->rows == 0) {
            column->constant = value;
            column->rows = 1;
            return;
        }
        column->ints =
            grow(column, NULL, &column->rows_capacity, column->rows + 1, sizeof *column->ints);
        if (column->failed) {
            return;
        }
        for (uint32_t i = 0; i < column->rows; i++) {
            column->ints[i] = column->constant;
        }
    }
    column->ints =
        grow(column, column->ints, &column->rows_capacity, column->rows + 1, sizeof *column->ints);
    if (!column->failed) {
        column->ints[column->rows++] = value;
    }
}

void spoor_column_push_code(spoor_build_column *column, uint32_t code, uint32_t count) {
    if (count == 0) {
        return;
    }
    if (column->codes == NULL) {
        if (column->rows == 0) {
            column->constant_code = code;
        }
        if (column->constant_code == code) {
            column->rows += count;
            return;
        }
        column->codes =
            grow(column, NULL, &column->rows_capacity, column->rows + count, sizeof *column->codes);
        if (column->failed) {
            return;
        }
        for (uint32_t i = 0; i < column->rows; i++) {
            column->codes[i] = column->constant_code;
        }
    }
    column->codes = grow(column, column->codes, &column->rows_capacity, column->rows + count,
                         sizeof *column->codes);
    if (!column->failed) {
        for (uint32_t i = 0; i < count; i++) {
            column->codes[column->rows++] = code;
        }
    }
}

uint32_t spoor_column_code_at(const spoor_build_column *column, uint32_t row) {
    return column->codes != NULL ? column->codes[row] : column->constant_code;
}

int64_t spoor_column_int_at(const spoor_build_column *column, uint32_t row) {
    return column->ints != NULL ? column->ints[row] : column->constant;
}

/* -- the dictionary ---------------------------------------------------------------------------- */

static void rehash(spoor_build_column *column) {
    uint32_t nslots = column->nslots == 0 ? 16 : column->nslots * 2;
    uint32_t *slots = calloc(nslots, sizeof *slots);
    if (slots == NULL) {
        column->failed = true;
        return;
    }
    for (uint32_t i = 0; i < column->nentries; i++) {
        uint32_t slot = column->entries[i].hash & (nslots - 1);
        while (slots[slot] != 0) {
            slot = (slot + 1) & (nslots - 1);
        }
        slots[slot] = i + 1;
    }
    free(column->slots);
    column->slots = slots;
    column->nslots = nslots;
}

void spoor_text_repair(spoor_bytes *out, spoor_str text) {
    const char *at = text.ptr, *end = text.len == 0 ? at : text.ptr + text.len;
    while (at < end) {
        char buffer[8];
        int n = spoor_utf8_put(buffer, spoor_utf8_next(&at, end));
        spoor_bytes_put(out, buffer, (size_t)n);
    }
}

static inline uint32_t find(const spoor_build_column *column, spoor_text_kind kind, spoor_str text,
                            uint32_t hash, uint32_t *free_slot) {
    uint32_t mask = column->nslots - 1, slot = hash & mask;
    for (; column->slots[slot] != 0; slot = (slot + 1) & mask) {
        const spoor_entry *entry = &column->entries[column->slots[slot] - 1];
        if (entry->hash == hash && entry->len == text.len && entry->kind == kind &&
            (text.len == 0 || memcmp(column->text.ptr + entry->offset, text.ptr, text.len) == 0)) {
            return column->slots[slot] - 1 + SPOOR_CODE_FIRST;
        }
    }
    *free_slot = slot;
    return SPOOR_CODE_ABSENT;
}

static uint32_t enter(spoor_build_column *column, spoor_text_kind kind, spoor_str text,
                      uint32_t hash, uint32_t slot) {
    column->entries = grow(column, column->entries, &column->entries_capacity, column->nentries + 1,
                           sizeof *column->entries);
    if (column->failed) {
        return SPOOR_CODE_ABSENT;
    }
    column->entries[column->nentries++] = (spoor_entry){.offset = (uint32_t)column->text.len,
                                                        .len = (uint32_t)text.len,
                                                        .hash = hash,
                                                        .kind = kind};
    column->slots[slot] = column->nentries;
    spoor_bytes_put(&column->text, text.ptr, text.len);
    column->failed |= column->text.failed;
    return column->nentries - 1 + SPOOR_CODE_FIRST;
}

/* The code of a text that is not in the dictionary as it is: entered, repaired first where it must be. */
static uint32_t new_code(spoor_build_column *column, spoor_text_kind kind, spoor_str text,
                         uint32_t hash, uint32_t slot) {
    if (kind == SPOOR_KIND_MULTI || spoor_utf8_is_valid(text)) {
        return enter(column, kind, text, hash, slot);
    }
    spoor_bytes repaired = {0};
    spoor_text_repair(&repaired, text);
    column->failed |= repaired.failed;
    text = (spoor_str){(const char *)repaired.ptr, repaired.len};
    hash = (uint32_t)spoor_hash_seeded(column->seed, text.ptr, text.len);
    uint32_t code = find(column, kind, text, hash, &slot);
    if (code == SPOOR_CODE_ABSENT) {
        code = enter(column, kind, text, hash, slot);
    }
    spoor_bytes_free(&repaired);
    return code;
}

static inline uint32_t code_of(spoor_build_column *column, spoor_text_kind kind, spoor_str text,
                               uint32_t hash) {
    if (column->nentries * 2 >= column->nslots) {
        rehash(column);
        if (column->failed) {
            return SPOOR_CODE_ABSENT;
        }
    }
    uint32_t slot = 0;
    uint32_t code = find(column, kind, text, hash, &slot);
    return code != SPOOR_CODE_ABSENT ? code : new_code(column, kind, text, hash, slot);
}

uint32_t spoor_column_code(spoor_build_column *column, spoor_text_kind kind, spoor_str text) {
    return code_of(column, kind, text,
                   (uint32_t)spoor_hash_seeded(column->seed, text.ptr, text.len));
}

spoor_str spoor_column_entry(const spoor_build_column *column, uint32_t code,
                             spoor_text_kind *kind) {
    const spoor_entry *entry = &column->entries[code - SPOOR_CODE_FIRST];
    *kind = (spoor_text_kind)entry->kind;
    return (spoor_str){entry->len == 0 ? "" : (const char *)column->text.ptr + entry->offset,
                       entry->len};
}

/* -- staging ----------------------------------------------------------------------------------- */

static inline void add_staged(spoor_build_column *column, spoor_staged value) {
    if (column->nstaged == column->staged_capacity) {
        column->staged = grow(column, column->staged, &column->staged_capacity, column->nstaged + 1,
                              sizeof *column->staged);
    }
    if (!column->failed) {
        column->staged[column->nstaged++] = value;
        column->staged_rows += value.rows;
    }
}

void spoor_column_stage_other(spoor_build_column *column, spoor_bytes *stage, uint32_t staged_row,
                              spoor_text_kind kind, spoor_str text) {
    if (column->staged_rows < staged_row) {
        uint32_t left_out = staged_row - column->staged_rows;
        add_staged(column, (spoor_staged){.kind = SPOOR_STAGED_ABSENT, .rows = left_out});
    }
    uint32_t offset = (uint32_t)stage->len;
    spoor_bytes_put(stage, text.ptr, text.len);
    add_staged(column, (spoor_staged){offset, (uint32_t)text.len, kind, 1});
}

enum { AHEAD = 32 }; /* staged values whose slots are asked for before they are needed */

/* The hashes of n values, their slots on the way into the cache: a dictionary is larger than that, and one
 * look-up at a time would wait for memory three times. */
static void look_ahead(const spoor_build_column *column, const unsigned char *stage,
                       const spoor_staged *values, uint32_t n, uint32_t hashes[AHEAD]) {
    for (uint32_t i = 0; i < n; i++) {
        bool has_text = values[i].kind < SPOOR_KIND_NULL;
        hashes[i] = has_text ? (uint32_t)spoor_hash_seeded(column->seed, stage + values[i].offset,
                                                           values[i].len)
                             : 0;
        if (has_text && column->nslots > 0) {
            __builtin_prefetch(&column->slots[hashes[i] & (column->nslots - 1)]);
        }
    }
    for (uint32_t i = 0; i < n && column->nslots > 0; i++) {
        uint32_t entry = column->slots[hashes[i] & (column->nslots - 1)];
        if (entry != 0) {
            __builtin_prefetch(&column->entries[entry - 1]);
        }
    }
    for (uint32_t i = 0; i < n && column->nslots > 0; i++) {
        uint32_t entry = column->slots[hashes[i] & (column->nslots - 1)];
        if (entry != 0) {
            const unsigned char *text = column->text.ptr + column->entries[entry - 1].offset;
            __builtin_prefetch(text);
            __builtin_prefetch(text + 64);
        }
    }
}

void spoor_column_flush(spoor_build_column *column, const unsigned char *stage, uint32_t rows) {
    uint32_t hashes[AHEAD];
    for (uint32_t from = 0; from < column->nstaged && !column->failed; from += AHEAD) {
        const spoor_staged *values = column->staged + from;
        uint32_t n = column->nstaged - from < AHEAD ? column->nstaged - from : AHEAD;
        look_ahead(column, stage, values, n, hashes);
        for (uint32_t i = 0; i < n && !column->failed; i++) {
            uint32_t code = SPOOR_CODE_ABSENT;
            if (values[i].kind == SPOOR_KIND_NULL) {
                code = SPOOR_CODE_NULL;
            } else if (values[i].kind != SPOOR_STAGED_ABSENT) {
                spoor_str text = {(const char *)stage + values[i].offset, values[i].len};
                code = code_of(column, (spoor_text_kind)values[i].kind, text, hashes[i]);
            }
            if (column->codes != NULL && values[i].rows == 1 &&
                column->rows < column->rows_capacity) {
                column->codes[column->rows++] = code; /* as most are */
            } else {
                spoor_column_push_code(column, code, values[i].rows);
            }
        }
    }
    column->nstaged = column->staged_rows = 0;
    if (column->rows < rows && !column->failed) {
        spoor_column_push_code(column, SPOOR_CODE_ABSENT, rows - column->rows);
    }
}

void spoor_column_append(spoor_build_column *column, const spoor_build_column *other) {
    if (other->is_ints) {
        for (uint32_t i = 0; i < other->rows && !column->failed; i++) {
            spoor_column_push_int(column, spoor_column_int_at(other, i));
        }
        return;
    }
    uint32_t *map = malloc((other->nentries + SPOOR_CODE_FIRST) * sizeof *map);
    if (map == NULL) {
        column->failed = true;
        return;
    }
    map[SPOOR_CODE_ABSENT] = SPOOR_CODE_ABSENT;
    map[SPOOR_CODE_NULL] = SPOOR_CODE_NULL;
    for (uint32_t i = 0; i < other->nentries && !column->failed; i++) {
        spoor_text_kind kind;
        spoor_str text = spoor_column_entry(other, i + SPOOR_CODE_FIRST, &kind);
        map[i + SPOOR_CODE_FIRST] = spoor_column_code(column, kind, text);
    }
    if (other->codes == NULL) {
        spoor_column_push_code(column, map[other->constant_code], other->rows);
    }
    for (uint32_t i = 0; other->codes != NULL && i < other->rows && !column->failed; i++) {
        spoor_column_push_code(column, map[other->codes[i]], 1);
    }
    free(map);
}
