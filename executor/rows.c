/* rows.c - see rows.h. */
#include "executor/rows.h"

#include <assert.h>

enum { ENTRIES_PER_ROW = 64 }; /* how much larger a table of copies may be than the rows at hand */

void spoor_rows_init(spoor_rows *rows, spoor_arena *arena, uint32_t ncols) {
    *rows = (spoor_rows){.arena = arena, .ncols = ncols};
    rows->cols = SPOOR_NEW_ARRAY(arena, spoor_rows_column, ncols);
}

void spoor_rows_init_schema(spoor_rows *rows, spoor_arena *arena, const spoor_schema *schema) {
    spoor_rows_init(rows, arena, schema->ncols);
    for (uint32_t i = 0; i < schema->ncols; i++) {
        rows->cols[i].type = schema->columns[i].type;
    }
}

static const uint32_t zero_codes[SPOOR_ROWS_BLOCK];

/* A further block for every column. */
static void add_block(spoor_rows *rows) {
    if (rows->nblocks == rows->blocks_capacity) {
        uint32_t capacity = rows->blocks_capacity == 0 ? 8 : rows->blocks_capacity * 2;
        for (uint32_t c = 0; c < rows->ncols; c++) {
            spoor_vec *blocks = SPOOR_RAW_ARRAY(rows->arena, spoor_vec, capacity);
            if (rows->nblocks > 0) {
                memcpy(blocks, rows->cols[c].blocks, rows->nblocks * sizeof *blocks);
            }
            rows->cols[c].blocks = blocks;
        }
        rows->blocks_capacity = capacity;
    }
    for (uint32_t c = 0; c < rows->ncols; c++) {
        rows->cols[c].blocks[rows->nblocks] = (spoor_vec){.type = rows->cols[c].type};
    }
    rows->nblocks++;
}

static bool is_text(spoor_type type) {
    return type == SPOOR_STRING || type == SPOOR_DYNAMIC;
}

/* The last block of a column as FLAT, its first `used` slots kept.  Not zeroed: what no row has
 * used costs no page. */
static spoor_vec *flat_block(spoor_rows *rows, spoor_rows_column *column, uint32_t used) {
    spoor_vec *block = &column->blocks[rows->nblocks - 1];
    if (block->data != NULL) {
        return block;
    }
    spoor_vec old = *block;
    *block = (spoor_vec){.type = column->type, .form = SPOOR_FLAT};
    block->data =
        spoor_arena_push_raw(rows->arena, SPOOR_ROWS_BLOCK, spoor_type_size(column->type));
    block->nulls = SPOOR_RAW_ARRAY(rows->arena, uint8_t, SPOOR_ROWS_BLOCK);
    for (uint32_t i = 0; i < used; i++) {
        block->strings[i] = old.dict->values->strings[old.codes[i]];
        block->nulls[i] = old.dict->values->nulls[old.codes[i]];
    }
    return block;
}

/* The copy of a dictionary, empty when it is another than last time. */
static spoor_dict *copy_of(spoor_rows *rows, spoor_rows_column *column, const spoor_dict *dict) {
    if (column->dict_id != dict->id) {
        spoor_vec *values = SPOOR_NEW(rows->arena, spoor_vec);
        *values = spoor_vec_new(rows->arena, column->type, dict->count);
        column->copy = SPOOR_NEW(rows->arena, spoor_dict);
        *column->copy = (spoor_dict){.id = dict->id, .count = dict->count, .values = values};
        column->dict_id = dict->id;
    }
    return column->copy;
}

/* A large dictionary is not worth a table for a few rows. */
static bool is_worth_a_table(const spoor_rows_column *column, const spoor_dict *dict,
                             uint32_t count) {
    return column->dict_id == dict->id || dict->count / ENTRIES_PER_ROW <= count;
}

/* Slots [from, from + count) of the last block are rows sel[0..count) of a dictionary. */
static void put_codes(spoor_rows *rows, spoor_rows_column *column, const spoor_vec *vec,
                      const uint32_t *sel, uint32_t from, uint32_t count) {
    const spoor_dict *copy = copy_of(rows, column, vec->dict);
    const spoor_vec *to = copy->values, *values = vec->dict->values;
    spoor_vec *block = &column->blocks[rows->nblocks - 1];
    if (from == 0) {
        block->form = SPOOR_DICT;
        block->dict = copy;
        block->codes = zero_codes;
        column->codes = NULL;
        if (copy->count > 1) {
            column->codes = SPOOR_RAW_ARRAY(rows->arena, uint32_t, SPOOR_ROWS_BLOCK);
            block->codes = column->codes;
        }
    }
    bool as_codes = block->form == SPOOR_DICT && block->dict == copy;
    if (!as_codes) {
        block = flat_block(rows, column, from);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t code = vec->codes[sel != NULL ? sel[i] : i];
        if (to->strings[code].ptr == NULL) {
            to->strings[code] = spoor_arena_str(rows->arena, values->strings[code]);
            to->nulls[code] = spoor_vec_is_null(values, code);
        }
        if (!as_codes) {
            block->strings[from + i] = to->strings[code];
            block->nulls[from + i] = to->nulls[code];
        } else if (column->codes != NULL) {
            column->codes[from + i] = code;
        }
    }
}

/* The same of a FLAT vector with dense slots. */
static void put_flat(spoor_rows *rows, spoor_rows_column *column, const spoor_vec *vec,
                     uint32_t from, uint32_t count) {
    spoor_vec *block = flat_block(rows, column, from);
    size_t size = spoor_type_size(column->type);
    memcpy((char *)block->data + from * size, vec->data, count * size);
    if (vec->nulls != NULL) {
        memcpy(block->nulls + from, vec->nulls, count);
    } else {
        memset(block->nulls + from, 0, count);
    }
    if (!is_text(column->type)) {
        return;
    }
    size_t bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        bytes += vec->strings[i].len;
    }
    char *copy = SPOOR_RAW_ARRAY(rows->arena, char, bytes + 1);
    for (uint32_t i = 0; i < count; i++) {
        spoor_str *text = &block->strings[from + i];
        if (text->len > 0) {
            memcpy(copy, text->ptr, text->len);
        }
        text->ptr = copy;
        copy += text->len;
    }
}

static void put(spoor_rows *rows, uint32_t c, const spoor_vec *vec, const uint32_t *sel,
                uint32_t from, uint32_t count, spoor_arena *scratch) {
    spoor_rows_column *column = &rows->cols[c];
    assert(vec->type == column->type);
    if (vec->form == SPOOR_DICT && is_worth_a_table(column, vec->dict, count)) {
        put_codes(rows, column, vec, sel, from, count);
    } else {
        spoor_vec dense = spoor_vec_gather(scratch, vec, sel, count);
        put_flat(rows, column, &dense, from, count);
    }
}

/* What stays of a vector after its first `skip` rows, for appending without a selection. */
static spoor_vec skip_rows(const spoor_vec *vec, uint32_t skip) {
    spoor_vec out = *vec;
    if (vec->form != SPOOR_FLAT) {
        out.codes += skip;
        return out;
    }
    out.data = (char *)vec->data + skip * spoor_type_size(vec->type);
    out.bounds = NULL; /* they count from the first row */
    out.runs = NULL;
    if (vec->nulls != NULL) {
        out.nulls += skip;
    }
    return out;
}

/* A further row with the number spoor_rows.count: into which block, and where. */
static uint32_t room_for_row(spoor_rows *rows) {
    if (rows->count == UINT32_MAX - 1) {
        spoor_arena_fail(rows->arena); /* row numbers are 32 bits: long out of memory */
    }
    if (rows->count >> SPOOR_ROWS_SHIFT == rows->nblocks) {
        add_block(rows);
    }
    return rows->count & (SPOOR_ROWS_BLOCK - 1);
}

void spoor_rows_append_cell(spoor_rows *rows, const spoor_vec *flat, uint32_t slot) {
    uint32_t at = room_for_row(rows);
    spoor_vec *block = flat_block(rows, &rows->cols[0], at);
    size_t size = spoor_type_size(flat->type);
    memcpy((char *)block->data + at * size, (const char *)flat->data + slot * size, size);
    block->nulls[at] = flat->nulls != NULL ? flat->nulls[slot] : 0;
    if (is_text(flat->type)) {
        block->strings[at] = spoor_arena_str(rows->arena, flat->strings[slot]);
    }
    rows->count++;
}

void spoor_rows_append_text(spoor_rows *rows, spoor_str text) {
    uint32_t at = room_for_row(rows);
    spoor_vec *block = flat_block(rows, &rows->cols[0], at);
    block->strings[at] = text;
    block->nulls[at] = 0;
    rows->count++;
}

void spoor_rows_append(spoor_rows *rows, const spoor_vec *vecs, const uint32_t *sel, uint32_t count,
                       spoor_arena *scratch) {
    if (count > UINT32_MAX - 1 - rows->count) {
        spoor_arena_fail(rows->arena); /* row numbers are 32 bits: long out of memory */
    }
    for (uint32_t done = 0; done < count;) {
        uint32_t from = room_for_row(rows);
        uint32_t part = count - done;
        part = part < SPOOR_ROWS_BLOCK - from ? part : SPOOR_ROWS_BLOCK - from;
        for (uint32_t c = 0; c < rows->ncols; c++) {
            spoor_vec rest = sel == NULL ? skip_rows(&vecs[c], done) : vecs[c];
            put(rows, c, &rest, sel != NULL ? sel + done : NULL, from, part, scratch);
        }
        rows->count += part;
        done += part;
    }
}

/* Repeat the last row until its block is full. */
static uint32_t fill_block(spoor_rows *rows) {
    uint32_t used = rows->count & (SPOOR_ROWS_BLOCK - 1);
    uint32_t more = used > 0 ? SPOOR_ROWS_BLOCK - used : 0;
    for (uint32_t c = 0; c < rows->ncols && more > 0; c++) {
        spoor_vec *block = &rows->cols[c].blocks[rows->nblocks - 1];
        size_t size = spoor_type_size(block->type);
        for (uint32_t i = used; i < SPOOR_ROWS_BLOCK; i++) {
            if (block->form == SPOOR_FLAT) {
                memcpy((char *)block->data + i * size, (const char *)block->data + (i - 1) * size,
                       size);
                block->nulls[i] = block->nulls[i - 1];
            } else if (block->codes != zero_codes) {
                rows->cols[c].codes[i] = rows->cols[c].codes[i - 1];
            }
        }
    }
    rows->count += more;
    return more;
}

uint32_t spoor_rows_adopt(spoor_rows *into, const spoor_rows *from) {
    if (from->count > UINT32_MAX - 1 - SPOOR_ROWS_BLOCK - into->count) {
        spoor_arena_fail(into->arena); /* row numbers are 32 bits: long out of memory */
    }
    uint32_t more = from->count > 0 ? fill_block(into) : 0;
    for (uint32_t b = 0; b < from->nblocks; b++) {
        add_block(into);
        for (uint32_t c = 0; c < into->ncols; c++) {
            into->cols[c].blocks[into->nblocks - 1] = from->cols[c].blocks[b];
            into->cols[c].codes = from->cols[c].codes;
            into->cols[c].dict_id = 0;
        }
    }
    into->count += from->count;
    return more;
}

spoor_value spoor_rows_get(const spoor_rows *rows, uint32_t column, uint32_t row) {
    uint32_t slot;
    const spoor_vec *flat = spoor_rows_at(rows, column, row, &slot);
    return spoor_vec_get(flat, slot);
}

spoor_vec spoor_rows_gather(const spoor_rows *rows, uint32_t column, spoor_arena *scratch,
                            const uint32_t *list, uint32_t count) {
    spoor_type type = rows->cols[column].type;
    spoor_vec out = spoor_vec_new(scratch, type, count);
    size_t size = spoor_type_size(type);
    for (uint32_t i = 0; i < count; i++) {
        if (list[i] == SPOOR_ROWS_NONE) {
            out.nulls[i] = type != SPOOR_STRING;
            continue;
        }
        uint32_t slot;
        const spoor_vec *flat = spoor_rows_at(rows, column, list[i], &slot);
        out.nulls[i] = flat->nulls[slot];
        memcpy((char *)out.data + i * size, (const char *)flat->data + slot * size, size);
    }
    return out;
}

bool spoor_rows_batch(const spoor_rows *rows, spoor_arena *scratch, const uint32_t *list,
                      uint32_t count, uint32_t *at, spoor_batch *batch) {
    uint32_t left = count - *at;
    if (left == 0) {
        return false;
    }
    uint32_t n = left < SPOOR_BATCH_ROWS ? left : SPOOR_BATCH_ROWS;
    uint32_t *in_order = NULL;
    if (list == NULL) {
        in_order = SPOOR_RAW_ARRAY(scratch, uint32_t, n);
        for (uint32_t i = 0; i < n; i++) {
            in_order[i] = *at + i;
        }
    }
    *batch = (spoor_batch){.rows = n, .count = n, .ncols = rows->ncols};
    batch->cols = SPOOR_RAW_ARRAY(scratch, spoor_vec, rows->ncols);
    for (uint32_t c = 0; c < rows->ncols; c++) {
        batch->cols[c] =
            spoor_rows_gather(rows, c, scratch, list != NULL ? list + *at : in_order, n);
    }
    *at += n;
    return true;
}
