/* row_order.c - see row_order.h: keys to numbers.  The sort of the numbers is at the foot. */
#include "executor/row_order.h"

#include "store/text_sort.h"

enum { WORD_BITS = 64, RANK_BITS = 3 };

#define NO_CELL UINT32_MAX

/* The numbers of all rows, as far as they are made: the first key has the highest bits. */
typedef struct words {
    spoor_arena *work;
    uint32_t count;       /* rows */
    uint64_t **full;      /* words that no further key fits into */
    uint32_t nfull, used; /* used: bits of the last word */
    uint64_t *last;       /* by row */
} words;

/* One key of all rows. */
typedef struct field {
    uint64_t *numbers; /* by row; 0 where the rank says all */
    uint8_t *ranks;    /* by row; NULL: each has a value */
    uint64_t least, most;
} field;

static void put_bits(words *w, const uint64_t *numbers, uint64_t least, uint32_t bits) {
    if (w->used + bits > WORD_BITS) {
        w->full[w->nfull++] = w->last;
        w->last = SPOOR_NEW_ARRAY(w->work, uint64_t, w->count);
        w->used = 0;
    }
    w->used += bits;
    if (bits == WORD_BITS) {
        for (uint32_t row = 0; row < w->count; row++) {
            w->last[row] = numbers[row] - least;
        }
        return;
    }
    for (uint32_t row = 0; row < w->count; row++) {
        w->last[row] = w->last[row] << bits | (numbers[row] - least);
    }
}

/* How many bits tell apart what is in [0, most]. */
static uint32_t bits_of(uint64_t most) {
    return most == 0 ? 0 : WORD_BITS - (uint32_t)__builtin_clzll(most);
}

static void put_field(words *w, const field *f) {
    if (f->ranks != NULL) {
        uint64_t *ranks = SPOOR_RAW_ARRAY(w->work, uint64_t, w->count);
        for (uint32_t row = 0; row < w->count; row++) {
            ranks[row] = f->ranks[row];
            f->numbers[row] = ranks[row] == SPOOR_RANK_VALUE ? f->numbers[row] : f->least;
        }
        put_bits(w, ranks, 0, RANK_BITS);
    }
    uint32_t bits = f->most > f->least ? bits_of(f->most - f->least) : 0;
    if (bits > 0) {
        put_bits(w, f->numbers, f->least, bits);
    }
}

static void set_rank(field *f, words *w, uint32_t row, uint8_t rank) {
    if (f->ranks == NULL) {
        f->ranks = SPOOR_RAW_ARRAY(w->work, uint8_t, w->count);
        memset(f->ranks, SPOOR_RANK_VALUE, w->count);
    }
    f->ranks[row] = rank;
}

static void set_number(field *f, uint32_t row, uint64_t number) {
    f->numbers[row] = number;
    f->least = number < f->least ? number : f->least;
    f->most = number > f->most ? number : f->most;
}

/* -- numbers ----------------------------------------------------------------------------------- */

/* Rows and their slots, block by block. */
static uint32_t rows_of_block(uint32_t count, uint32_t block) {
    uint32_t from = block << SPOOR_ROWS_SHIFT;
    return count - from < SPOOR_ROWS_BLOCK ? count - from : SPOOR_ROWS_BLOCK;
}

/* What fits a word whole: integers, times, reals, bools. */
static void read_numbers(const spoor_row_key *key, words *w, field *f) {
    for (uint32_t b = 0, row = 0; row < w->count; b++) {
        const spoor_vec *block = &key->rows->cols[key->column].blocks[b];
        for (uint32_t i = 0, n = rows_of_block(w->count, b); i < n; i++, row++) {
            spoor_sort_start start = spoor_sort_start_of(key->key, block, i);
            if (start.rank == SPOOR_RANK_VALUE) {
                set_number(f, row, start.prefix);
            } else {
                set_rank(f, w, row, start.rank);
            }
        }
    }
}

/* -- what has to be compared ------------------------------------------------------------------- */

/* Distinct values, more or less: an entry of a dictionary once, equal neighbours once. */
typedef struct cells {
    spoor_sorted_text *items; /* `entry` is the number of the cell */
    uint32_t count;
    uint32_t *of_row;       /* by row: its cell, or NO_CELL */
    const spoor_dict *dict; /* seen last ... */
    uint32_t *by_code;      /* ... and the cells + 1 of its entries; 0: none yet */
} cells;

static spoor_str bytes_of(const spoor_vec *flat, uint32_t slot) {
    if (flat->type == SPOOR_STRING || flat->type == SPOOR_DYNAMIC) {
        return flat->strings[slot];
    }
    size_t size = spoor_type_size(flat->type);
    return (spoor_str){(const char *)flat->data + slot * size, size};
}

static uint32_t add_cell(cells *c, const spoor_vec *flat, uint32_t slot, spoor_arena *work) {
    spoor_str bytes = bytes_of(flat, slot);
    if (c->count > 0) {
        const spoor_sorted_text *before = &c->items[c->count - 1];
        if (spoor_str_eq(bytes, (spoor_str){before->ptr, before->len})) {
            return c->count - 1;
        }
    }
    if (bytes.len > UINT32_MAX) {
        spoor_arena_fail(work);
    }
    c->items[c->count] = (spoor_sorted_text){0, bytes.ptr, (uint32_t)bytes.len, c->count};
    return c->count++;
}

static uint32_t cell_of(cells *c, const spoor_vec *block, uint32_t i, spoor_arena *work) {
    if (block->form != SPOOR_DICT) {
        return add_cell(c, block, i, work);
    }
    if (c->dict != block->dict) {
        c->dict = block->dict;
        c->by_code = SPOOR_NEW_ARRAY(work, uint32_t, block->dict->count);
    }
    uint32_t *known = &c->by_code[block->codes[i]];
    if (*known == 0) {
        *known = add_cell(c, block->dict->values, block->codes[i], work) + 1;
    }
    return *known - 1;
}

static void collect_cells(const spoor_row_key *key, words *w, field *f, cells *c) {
    c->items = SPOOR_RAW_ARRAY(w->work, spoor_sorted_text, w->count);
    c->of_row = SPOOR_RAW_ARRAY(w->work, uint32_t, w->count);
    for (uint32_t b = 0, row = 0; row < w->count; b++) {
        const spoor_vec *block = &key->rows->cols[key->column].blocks[b];
        bool is_dict = block->form == SPOOR_DICT;
        for (uint32_t i = 0, n = rows_of_block(w->count, b); i < n; i++, row++) {
            const spoor_vec *flat = is_dict ? block->dict->values : block;
            uint32_t slot = is_dict ? block->codes[i] : i;
            spoor_sort_rank rank = spoor_sort_rank_of(key->key, flat, slot);
            c->of_row[row] = NO_CELL;
            if (rank == SPOOR_RANK_VALUE) {
                c->of_row[row] = cell_of(c, block, i, w->work);
            } else {
                set_rank(f, w, row, (uint8_t)rank);
            }
        }
    }
}

static int compare_items(spoor_type type, const spoor_sorted_text *a, const spoor_sorted_text *b) {
    spoor_value left = {.type = type}, right = {.type = type};
    if (type == SPOOR_DECIMAL) {
        memcpy(&left.decimal, a->ptr, sizeof left.decimal);
        memcpy(&right.decimal, b->ptr, sizeof right.decimal);
    } else {
        left.string = (spoor_str){a->ptr, a->len};
        right.string = (spoor_str){b->ptr, b->len};
    }
    return spoor_value_compare(&left, &right);
}

/* What has no order by its bytes: a merge sort from the bottom up. */
static spoor_sorted_text *sort_by_value(spoor_run *run, spoor_type type, spoor_sorted_text *from,
                                        uint32_t count, spoor_arena *work) {
    spoor_sorted_text *to = SPOOR_RAW_ARRAY(work, spoor_sorted_text, count);
    for (uint64_t width = 1; width < count && spoor_run_go_on(run); width *= 2) {
        for (uint64_t left = 0; left < count; left += 2 * width) {
            uint64_t middle = left + width < count ? left + width : count;
            uint64_t right = middle + width < count ? middle + width : count;
            uint64_t i = left, j = middle;
            for (uint64_t k = left; k < right; k++) {
                bool take_left =
                    j == right || (i < middle && compare_items(type, &from[i], &from[j]) <= 0);
                to[k] = take_left ? from[i++] : from[j++];
            }
        }
        spoor_sorted_text *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

/* Texts, guids, decimals and dynamic values: by their rank. */
static void read_ranks(spoor_run *run, const spoor_row_key *key, words *w, field *f) {
    spoor_type type = key->rows->cols[key->column].type;
    bool has_bytes_order = type == SPOOR_STRING || type == SPOOR_GUID;
    cells c = {0};
    collect_cells(key, w, f, &c);
    if (has_bytes_order) {
        spoor_texts_sort(c.items, c.count, false);
    } else {
        c.items = sort_by_value(run, type, c.items, c.count, w->work);
    }
    uint32_t *ranks = SPOOR_RAW_ARRAY(w->work, uint32_t, c.count), rank = 0;
    for (uint32_t i = 0; i < c.count; i++) {
        const spoor_sorted_text *a = &c.items[i == 0 ? 0 : i - 1], *b = &c.items[i];
        bool same = has_bytes_order
                        ? spoor_str_eq((spoor_str){a->ptr, a->len}, (spoor_str){b->ptr, b->len})
                        : compare_items(type, a, b) == 0;
        rank += !same;
        ranks[b->entry] = rank;
    }
    for (uint32_t row = 0; row < w->count; row++) {
        if (c.of_row[row] != NO_CELL) {
            uint32_t number = ranks[c.of_row[row]];
            set_number(f, row, key->key->descending ? rank - number : number);
        }
    }
}

static void read_key(spoor_run *run, const spoor_row_key *key, words *w) {
    spoor_type type = key->rows->cols[key->column].type;
    field f = {.numbers = SPOOR_RAW_ARRAY(w->work, uint64_t, w->count), .least = UINT64_MAX};
    bool is_number = spoor_type_is_whole(type) || type == SPOOR_REAL || type == SPOOR_BOOL;
    if (is_number) {
        read_numbers(key, w, &f);
    } else {
        read_ranks(run, key, w, &f);
    }
    put_field(w, &f);
}

/* -- sorting numbers --------------------------------------------------------------------------- */

typedef struct entry {
    uint64_t number;
    uint32_t row;
} entry;

enum { DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS, MOST_DIGITS = WORD_BITS / DIGIT_BITS };

/* Into `to`, by one digit, stable; counts: how many entries have each value of it. */
static void sort_digit(const entry *from, entry *to, uint32_t count, uint32_t digit,
                       uint32_t *counts) {
    uint32_t at = 0, shift = digit * DIGIT_BITS;
    for (uint32_t value = 0; value < DIGITS; value++) {
        uint32_t n = counts[value];
        counts[value] = at;
        at += n;
    }
    for (uint32_t i = 0; i < count; i++) {
        to[counts[from[i].number >> shift & (DIGITS - 1)]++] = from[i];
    }
}

/* Put `order` into the order of these numbers; those that are equal stay as they are. */
static bool sort_word(spoor_run *run, const uint64_t *numbers, uint32_t *order, uint32_t count,
                      entry *from, entry *to) {
    uint32_t counts[MOST_DIGITS][DIGITS] = {{0}};
    bool is_sorted = true;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t number = numbers[order[i]];
        is_sorted = is_sorted && (i == 0 || from[i - 1].number <= number);
        from[i] = (entry){number, order[i]};
        for (uint32_t digit = 0; digit < MOST_DIGITS; digit++) {
            counts[digit][number >> digit * DIGIT_BITS & (DIGITS - 1)]++;
        }
    }
    for (uint32_t digit = 0; digit < MOST_DIGITS && !is_sorted; digit++) {
        uint64_t any = from[0].number >> digit * DIGIT_BITS & (DIGITS - 1);
        if (counts[digit][any] == count) {
            continue; /* the same in all */
        }
        if (!spoor_run_go_on(run)) {
            return false;
        }
        sort_digit(from, to, count, digit, counts[digit]);
        entry *swap = from;
        from = to;
        to = swap;
    }
    for (uint32_t i = 0; i < count && !is_sorted; i++) {
        order[i] = from[i].row;
    }
    return true;
}

bool spoor_row_order(spoor_run *run, const spoor_row_key *keys, uint32_t nkeys, uint32_t nrows,
                     uint32_t *order, uint32_t count, spoor_arena *work) {
    words w = {.work = work, .count = nrows};
    w.full = SPOOR_NEW_ARRAY(work, uint64_t *, 2 * (size_t)nkeys);
    w.last = SPOOR_NEW_ARRAY(work, uint64_t, nrows);
    for (uint32_t k = 0; k < nkeys; k++) {
        if (!spoor_run_go_on(run)) {
            return false;
        }
        read_key(run, &keys[k], &w);
    }
    entry *from = SPOOR_RAW_ARRAY(work, entry, count), *to = SPOOR_RAW_ARRAY(work, entry, count);
    bool ok = sort_word(run, w.last, order, count, from, to);
    for (uint32_t i = w.nfull; ok && i > 0; i--) {
        ok = sort_word(run, w.full[i - 1], order, count, from, to);
    }
    return ok;
}
