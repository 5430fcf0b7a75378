/* row_codes.c - see row_codes.h. */
#include "executor/row_codes.h"

enum { ROWS_PER_ENTRY = 2 };

/* How many entries a block adds to those before it. */
static uint32_t entries_of(const spoor_rows *rows, const spoor_vec *blocks, uint32_t b) {
    const spoor_vec *block = &blocks[b];
    if (block->form == SPOOR_DICT) {
        bool is_same =
            b > 0 && blocks[b - 1].form == SPOOR_DICT && blocks[b - 1].dict == block->dict;
        return is_same ? 0 : block->dict->count;
    }
    uint32_t left = rows->count - (b << SPOOR_ROWS_SHIFT);
    return left < SPOOR_ROWS_BLOCK ? left : SPOOR_ROWS_BLOCK;
}

const spoor_row_codes *spoor_row_codes_new(const spoor_rows *rows, uint32_t column,
                                           uint64_t dict_id, spoor_arena *arena) {
    spoor_type type = rows->cols[column].type;
    const spoor_vec *blocks = rows->cols[column].blocks;
    uint64_t total = 1;
    for (uint32_t b = 0; b < rows->nblocks; b++) {
        total += entries_of(rows, blocks, b);
    }
    if ((type != SPOOR_STRING && type != SPOOR_DYNAMIC) || total > rows->count / ROWS_PER_ENTRY) {
        return NULL;
    }
    spoor_row_codes *codes = SPOOR_NEW(arena, spoor_row_codes);
    codes->values = spoor_vec_new(arena, type, (uint32_t)total);
    codes->bases = SPOOR_RAW_ARRAY(arena, uint32_t, rows->nblocks);
    uint32_t at = 0;
    for (uint32_t b = 0; b < rows->nblocks; b++) {
        uint32_t entries = entries_of(rows, blocks, b);
        const spoor_vec *from = blocks[b].form == SPOOR_DICT ? blocks[b].dict->values : &blocks[b];
        codes->bases[b] = entries > 0 ? at : codes->bases[b - 1];
        memcpy(codes->values.strings + at, from->strings, entries * sizeof *from->strings);
        memcpy(codes->values.nulls + at, from->nulls, entries);
        at += entries;
    }
    codes->values.nulls[at] = type != SPOOR_STRING;
    codes->dict = (spoor_dict){.id = dict_id, .count = (uint32_t)total, .values = &codes->values};
    return codes;
}

spoor_vec spoor_row_codes_gather(const spoor_row_codes *codes, const spoor_rows *rows,
                                 uint32_t column, spoor_arena *scratch, const uint32_t *list,
                                 uint32_t count) {
    uint32_t *out = SPOOR_RAW_ARRAY(scratch, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        if (list[i] == SPOOR_ROWS_NONE) {
            out[i] = codes->dict.count - 1;
            continue;
        }
        uint32_t block = list[i] >> SPOOR_ROWS_SHIFT, slot;
        spoor_rows_at(rows, column, list[i], &slot);
        out[i] = codes->bases[block] + slot;
    }
    return (spoor_vec){
        .type = codes->values.type, .form = SPOOR_DICT, .codes = out, .dict = &codes->dict};
}
