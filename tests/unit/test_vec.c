/* test_vec.c - vectors of every form and type, read row by row and as a whole. */
#include <math.h>

#include "tests/unit/unit.h"
#include "types/dynamic.h"
#include "types/schema.h"

static uint64_t seed = 99;

static uint64_t next_random(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

enum { ROWS = 500, DISTINCT = 37 };

static spoor_value random_value(spoor_type type) {
    spoor_value value = {.type = type};
    if (next_random() % 5 == 0 && type != SPOOR_STRING) {
        value.is_null = true;
        return value;
    }
    int64_t number = (int64_t)(next_random() % 20) - 10;
    switch (type) {
    case SPOOR_BOOL: value.boolean = number > 0; break;
    case SPOOR_INT:
    case SPOOR_LONG:
    case SPOOR_DATETIME:
    case SPOOR_TIMESPAN: value.integer = number; break;
    case SPOOR_REAL:
        value.real = number == 9 ? (double)NAN : number == 8 ? -0.0 : (double)number / 4;
        break;
    case SPOOR_DECIMAL: value.decimal = (spoor_decimal){number * 10, 1}; break;
    case SPOOR_GUID: value.guid.bytes[next_random() % 16] = (unsigned char)number; break;
    case SPOOR_STRING: value.string = spoor_arena_format(unit_arena(), "%d", (int)number); break;
    case SPOOR_DYNAMIC: {
        spoor_value inner = {.type = SPOOR_LONG, .integer = number};
        value.string = spoor_dynamic_from_value(unit_arena(), &inner);
        break;
    }
    case SPOOR_NTYPES: break;
    }
    return value;
}

/* Slot by slot: the same value, or null in both. */
static bool is_same(const spoor_vec *flat, uint32_t slot, const spoor_vec *source, uint32_t row) {
    spoor_value a = spoor_vec_get(flat, slot), b = spoor_vec_get(source, row);
    return a.is_null == b.is_null && spoor_value_compare(&a, &b) == 0;
}

static void check_form(const spoor_vec *vec, const spoor_vec *truth) {
    uint32_t sel[ROWS], count = 0, few[3] = {1, 77, ROWS - 1};
    for (uint32_t i = 0; i < ROWS; i++) {
        if (next_random() % 3 != 0) {
            sel[count++] = i;
        }
    }
    bool ok = true;
    spoor_vec all = spoor_vec_gather(unit_arena(), vec, NULL, ROWS);
    spoor_vec some = spoor_vec_gather(unit_arena(), vec, sel, count);
    spoor_vec flat = spoor_vec_flatten(unit_arena(), vec, ROWS, NULL, ROWS);
    spoor_vec most = spoor_vec_flatten(unit_arena(), vec, ROWS, sel, count);
    spoor_vec sparse = spoor_vec_flatten(unit_arena(), vec, ROWS, few, 3);
    for (uint32_t i = 0; i < ROWS; i++) {
        ok = ok && is_same(&all, i, truth, i) && is_same(&flat, i, truth, i);
        spoor_value any = spoor_vec_get(&sparse, i); /* safe to read where it is not selected */
        ok = ok && spoor_value_to_text(unit_arena(), &any).len < 100;
    }
    for (uint32_t i = 0; i < count; i++) {
        ok = ok && is_same(&some, i, truth, sel[i]) && is_same(&most, sel[i], truth, sel[i]);
    }
    for (uint32_t i = 0; i < 3; i++) {
        ok = ok && is_same(&sparse, few[i], truth, few[i]);
    }
    CHECK(ok);
    CHECK(all.form == SPOOR_FLAT && some.form == SPOOR_FLAT && sparse.form == SPOOR_FLAT);
    CHECK(spoor_vec_gather(unit_arena(), vec, sel, 0).form == SPOOR_FLAT);
    CHECK(spoor_vec_gather(unit_arena(), vec, NULL, 0).form == SPOOR_FLAT);
    CHECK(spoor_vec_flatten(unit_arena(), vec, 0, NULL, 0).form == SPOOR_FLAT);
}

static uint32_t fetched;

static void fetch(const spoor_records *records, spoor_arena *arena, const uint32_t *rows,
                  uint32_t count, spoor_vec *out) {
    (void)arena;
    const spoor_vec *stored = records->segment;
    fetched += count;
    for (uint32_t i = 0; i < count; i++) {
        spoor_value value = spoor_vec_get(stored, rows[i]);
        spoor_vec_set(out, i, &value);
    }
}

static void check_forms(void) {
    for (spoor_type type = 0; type < SPOOR_NTYPES; type++) {
        spoor_vec truth = spoor_vec_new(unit_arena(), type, ROWS);
        spoor_vec values = spoor_vec_new(unit_arena(), type, DISTINCT);
        for (uint32_t i = 0; i < DISTINCT; i++) {
            spoor_value value = random_value(type);
            spoor_vec_set(&values, i, &value);
        }
        uint32_t codes[ROWS];
        for (uint32_t i = 0; i < ROWS; i++) {
            codes[i] = (uint32_t)(next_random() % DISTINCT);
            spoor_value value = spoor_vec_get(&values, codes[i]);
            spoor_vec_set(&truth, i, &value);
        }
        check_form(&truth, &truth);
        spoor_dict dict = {.id = 1, .count = DISTINCT, .values = &values};
        spoor_vec coded = {.type = type, .form = SPOOR_DICT, .codes = codes, .dict = &dict};
        check_form(&coded, &truth);
        spoor_records records = {.fetch = fetch, .segment = &values};
        spoor_vec record = {
            .type = type, .form = SPOOR_RECORD, .codes = codes, .records = &records};
        check_form(&record, &truth);
        if (type == SPOOR_STRING) { /* a dictionary without nulls takes a way of its own */
            values.nulls = NULL;
            check_form(&coded, &truth);
        }
        uint32_t one = 5;
        fetched = 0;
        spoor_vec_flatten(unit_arena(), &record, ROWS, &one, 1);
        CHECK_LONG(fetched, 1); /* no row that is not asked for */
    }
}

static void check_values(void) {
    for (spoor_type type = 0; type < SPOOR_NTYPES; type++) {
        bool symmetric = true, transitive = true, hashed = true, copied = true;
        for (int i = 0; i < 5000; i++) {
            spoor_value a = random_value(type), b = random_value(type), c = random_value(type);
            int ab = spoor_value_compare(&a, &b), bc = spoor_value_compare(&b, &c);
            symmetric = symmetric && ab == -spoor_value_compare(&b, &a);
            transitive = transitive && (ab != bc || spoor_value_compare(&a, &c) == ab);
            hashed = hashed && (ab != 0 || spoor_value_hash(&a) == spoor_value_hash(&b));
            spoor_value copy = spoor_value_copy(unit_arena(), &a);
            copied = copied && spoor_value_compare(&a, &copy) == 0;
        }
        CHECK(symmetric);
        CHECK(transitive);
        CHECK(hashed);
        CHECK(copied);
        spoor_value null = {.type = type, .is_null = type != SPOOR_STRING};
        spoor_vec vec = spoor_vec_constant(unit_arena(), &null, 3);
        CHECK(spoor_vec_get(&vec, 2).is_null == (type != SPOOR_STRING));
        spoor_value value = random_value(type);
        vec = spoor_vec_constant(unit_arena(), &value, 3);
        spoor_value back = spoor_vec_get(&vec, 2);
        CHECK(spoor_value_compare(&value, &back) == 0);
        CHECK_STR(spoor_value_to_text(unit_arena(), &null), "");
    }
    spoor_value nan = {.type = SPOOR_REAL, .real = (double)NAN};
    spoor_value least = {.type = SPOOR_REAL, .real = -(double)INFINITY};
    spoor_value null = {.type = SPOOR_REAL, .is_null = true};
    CHECK(spoor_value_compare(&nan, &least) < 0 && spoor_value_compare(&null, &nan) < 0);
}

static void check_names(void) {
    for (spoor_type type = 0; type < SPOOR_NTYPES; type++) {
        spoor_type found;
        CHECK(spoor_type_parse(spoor_str_from(spoor_type_name(type)), &found) && found == type);
    }
    spoor_type found;
    CHECK(spoor_type_parse(SPOOR_STR("double"), &found) && found == SPOOR_REAL);
    CHECK(spoor_type_parse(SPOOR_STR("uniqueid"), &found) && found == SPOOR_GUID);
    CHECK(spoor_type_parse(SPOOR_STR("date"), &found) && found == SPOOR_DATETIME);
    CHECK(!spoor_type_parse(SPOOR_STR("Int"), &found) && !spoor_type_parse(SPOOR_STR(""), &found));
    spoor_column columns[] = {{.name = SPOOR_STR("a")}, {.name = SPOOR_STR("A"), .hidden = true}};
    spoor_schema schema = {2, columns};
    CHECK_LONG(spoor_schema_find(&schema, SPOOR_STR("A")), 1);
    CHECK_LONG(spoor_schema_find(&schema, SPOOR_STR("b")), -1);
}

void test_vec(void);
void test_vec(void) {
    check_forms();
    check_values();
    check_names();
}
