/* test_mmdb.c - a MaxMind database cut at every length and damaged at every byte: never read past its end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "functions/mmdb.h"
#include "tests/unit/unit.h"

enum { MOST_BYTES = 4096 };

static size_t read_places(unsigned char *bytes) {
    FILE *file = fopen("tests/data/places.mmdb", "rb");
    size_t size = file != NULL ? fread(bytes, 1, MOST_BYTES, file) : 0;
    if (file != NULL) {
        fclose(file);
    }
    return size;
}

/* What the city is called; false: nothing is known. */
static bool city_of(const spoor_mmdb *db, const unsigned char address[16], spoor_str *city) {
    spoor_mmdb_value record, value, names;
    bool found = spoor_mmdb_find(db, address, &record) &&
                 spoor_mmdb_get(db, &record, "city", &value) &&
                 spoor_mmdb_get(db, &value, "names", &names) &&
                 spoor_mmdb_get(db, &names, "en", &value) && value.kind == SPOOR_MMDB_TEXT;
    *city = found ? value.text : (spoor_str){0};
    return found;
}

static const unsigned char lower[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 7};
static const unsigned char six[16] = {0x20, 0x01, 0x0D, 0xB8};
static const unsigned char none[16] = {0xFE, 0x80};

/* In memory of its very size, so that a sanitizer sees what stands behind it read. */
static void look(const unsigned char *bytes, size_t size) {
    unsigned char *copy = malloc(size + (size == 0));
    memcpy(copy, bytes, size);
    spoor_mmdb db;
    spoor_str city;
    if (spoor_mmdb_open(&db, copy, size) == NULL) {
        const unsigned char *const addresses[] = {lower, six, none};
        for (int i = 0; i < 3; i++) {
            if (city_of(&db, addresses[i], &city)) {
                CHECK(city.ptr >= (const char *)copy &&
                      city.ptr + city.len <= (const char *)copy + size);
            }
        }
    }
    free(copy);
}

static void test_whole(unsigned char *bytes, size_t size) {
    spoor_mmdb db;
    spoor_str city;
    CHECK(spoor_mmdb_open(&db, bytes, size) == NULL);
    CHECK(city_of(&db, lower, &city) && spoor_str_is(city, "Lower Example"));
    CHECK(city_of(&db, six, &city) && spoor_str_is(city, "Six"));
    CHECK(!city_of(&db, none, &city));
}

void test_mmdb(void);
void test_mmdb(void) {
    unsigned char bytes[MOST_BYTES];
    size_t size = read_places(bytes);
    CHECK(size > 0 && size < MOST_BYTES);
    test_whole(bytes, size);
    for (size_t cut = 0; cut < size; cut++) {
        look(bytes, cut);
        look(bytes + cut, size - cut);
    }
    for (size_t at = 0; at < size; at++) {
        static const unsigned char damage[] = {0x00, 0x01, 0x1F, 0x3F, 0x7F, 0x80, 0xFF};
        unsigned char was = bytes[at];
        for (size_t d = 0; d < sizeof damage; d++) {
            bytes[at] = damage[d];
            look(bytes, size);
        }
        bytes[at] = was;
    }
    test_whole(bytes, size);
}
