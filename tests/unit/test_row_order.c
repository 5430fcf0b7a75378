/* test_row_order.c - rows of any types put in order by numbers: the order that comparing two at a time
 * gives, and rows with equal keys as they came. */
#include <math.h>

#include "executor/row_order.h"
#include "tests/unit/unit.h"
#include "types/dynamic.h"

enum { MOST_KEYS = 4, VALUES = 12 };

static uint32_t seed = 11;

static uint32_t any(uint32_t below) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

/* The i-th of VALUES values of the type; some are equal, the first is null. */
static spoor_value value_of(spoor_type type, uint32_t i) {
    static const int64_t longs[VALUES] = {0,   1,   INT64_MIN, INT64_MAX, -1, 0,
                                          255, 256, 65536,     -65536,    7,  7};
    static const double reals[VALUES] = {0,        NAN,       -0.0, 0.0, -1e300, 1e-300,
                                         INFINITY, -INFINITY, 2,    3,   3,      -3};
    static const char *const texts[VALUES] = {
        "",         "",          "a",          "a\0",      "a\0b",
        "abcdefgh", "abcdefghi", "abcdefgh\0", "abcdefgh", "C:\\Windows\\System32\\cmd.exe",
        "\xFF",     "b"};
    static const uint8_t lengths[VALUES] = {0, 0, 1, 2, 3, 8, 9, 9, 8, 27, 1, 1};
    spoor_value value = {.type = type, .is_null = i == 0 && type != SPOOR_STRING};
    if (value.is_null) {
        return value;
    }
    switch (type) {
    case SPOOR_BOOL: value.boolean = i % 2; break;
    case SPOOR_INT: value.integer = (int32_t)longs[i]; break;
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: value.integer = longs[i]; break;
    case SPOOR_REAL: value.real = reals[i]; break;
    case SPOOR_DECIMAL: value.decimal = spoor_decimal_from_long((int64_t)(i % 5) - 2); break;
    case SPOOR_GUID: value.guid.bytes[i % 3 * 7] = (unsigned char)(i * 40); break;
    case SPOOR_STRING: value.string = (spoor_str){texts[i], lengths[i]}; break;
    case SPOOR_DYNAMIC: {
        spoor_value inner = value_of(i % 3 == 0   ? SPOOR_LONG
                                     : i % 3 == 1 ? SPOOR_REAL
                                                  : SPOOR_STRING,
                                     i);
        spoor_dynamic_builder builder;
        spoor_dynamic_init(&builder, unit_arena());
        spoor_dynamic_add(&builder, &inner);
        value.string = spoor_dynamic_finish(&builder);
        break;
    }
    case SPOOR_NTYPES: break;
    }
    return value;
}

/* A column: FLAT, or as a text may be, codes of a dictionary. */
static spoor_vec column_of(spoor_type type, uint32_t rows, uint64_t dict_id) {
    uint32_t *picked = SPOOR_NEW_ARRAY(unit_arena(), uint32_t, rows);
    uint32_t nvalues = 1 + any(VALUES);
    for (uint32_t i = 0; i < rows; i++) {
        picked[i] = any(nvalues);
    }
    bool as_dict = (type == SPOOR_STRING || type == SPOOR_DYNAMIC) && any(2) == 0;
    spoor_vec *vec = SPOOR_NEW(unit_arena(), spoor_vec);
    *vec = spoor_vec_new(unit_arena(), type, as_dict ? VALUES : rows);
    for (uint32_t i = 0; i < (as_dict ? VALUES : rows); i++) {
        spoor_value value = value_of(type, as_dict ? i : picked[i]);
        spoor_vec_set(vec, i, &value);
    }
    if (!as_dict) {
        return *vec;
    }
    spoor_dict *dict = SPOOR_NEW(unit_arena(), spoor_dict);
    *dict = (spoor_dict){.id = dict_id, .count = VALUES, .values = vec};
    return (spoor_vec){.type = type, .form = SPOOR_DICT, .codes = picked, .dict = dict};
}

/* Does row a come before row b, or b after it? */
static int compare(const spoor_row_key *keys, uint32_t nkeys, uint32_t a, uint32_t b) {
    for (uint32_t k = 0; k < nkeys; k++) {
        uint32_t i, j;
        const spoor_vec *left = spoor_rows_at(keys[k].rows, keys[k].column, a, &i);
        const spoor_vec *right = spoor_rows_at(keys[k].rows, keys[k].column, b, &j);
        int order = spoor_sort_compare(keys[k].key, left, i, right, j);
        if (order != 0) {
            return order;
        }
    }
    return (a > b) - (a < b);
}

static void add_batches(spoor_rows *rows, uint32_t nbatches) {
    for (uint32_t b = 0; b < nbatches; b++) {
        spoor_vec cols[MOST_KEYS];
        uint32_t n = 1 + any(700);
        for (uint32_t k = 0; k < rows->ncols; k++) {
            cols[k] = column_of(rows->cols[k].type, n, ++seed);
        }
        spoor_rows_append(rows, cols, NULL, n, unit_arena());
    }
}

static bool check_order(uint32_t nkeys, uint32_t nbatches) {
    spoor_rows rows, behind;
    spoor_sort_key directions[MOST_KEYS];
    spoor_row_key keys[MOST_KEYS];
    spoor_rows_init(&rows, unit_arena(), nkeys);
    spoor_rows_init(&behind, unit_arena(), nkeys);
    for (uint32_t k = 0; k < nkeys; k++) {
        rows.cols[k].type = behind.cols[k].type = (spoor_type)any(SPOOR_NTYPES);
        directions[k] = (spoor_sort_key){.descending = any(2) == 0, .nulls_last = any(2) == 0};
        keys[k] = (spoor_row_key){&directions[k], &rows, k};
    }
    add_batches(&rows, nbatches);
    add_batches(&behind, nbatches / 2);
    uint32_t first = rows.count, gap = spoor_rows_adopt(&rows, &behind), count = 0;
    CHECK_LONG(rows.count, first + gap + behind.count);
    volatile bool never = false;
    spoor_run run = {.cancel = &never};
    uint32_t *order = SPOOR_NEW_ARRAY(unit_arena(), uint32_t, rows.count + 1);
    for (uint32_t row = 0; row < rows.count; row++) {
        order[count] = row;
        count += row < first || row >= first + gap;
    }
    if (!spoor_row_order(&run, keys, nkeys, rows.count, order, count, unit_arena())) {
        return false;
    }
    for (uint32_t i = 1; i < count; i++) {
        if (compare(keys, nkeys, order[i - 1], order[i]) >= 0) {
            return false;
        }
    }
    return true;
}

void test_row_order(void);
void test_row_order(void) {
    for (uint32_t round = 0; round < 300; round++) {
        CHECK(check_order(1 + round % MOST_KEYS, round % 7));
    }
}
