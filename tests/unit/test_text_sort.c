/* test_text_sort.c - the same order as comparing two at a time, for texts that share long beginnings. */
#include <stdio.h>
#include <stdlib.h>

#include "store/text_sort.h"
#include "tests/unit/unit.h"

enum { MOST = 3000, ROOM = 64 };

static int by_bytes(const void *left, const void *right) {
    const spoor_sorted_text *a = left, *b = right;
    return spoor_str_compare((spoor_str){a->ptr, a->len}, (spoor_str){b->ptr, b->len});
}

static int by_length(const void *left, const void *right) {
    const spoor_sorted_text *a = left, *b = right;
    return a->len != b->len ? (a->len > b->len) - (a->len < b->len) : by_bytes(left, right);
}

static bool has_order(spoor_sorted_text *texts, uint32_t n, bool lengths) {
    static spoor_sorted_text expected[MOST];
    memcpy(expected, texts, n * sizeof *texts);
    qsort(expected, n, sizeof *texts, lengths ? by_length : by_bytes);
    spoor_texts_sort(texts, n, lengths);
    for (uint32_t i = 0; i < n; i++) {
        if (expected[i].entry != texts[i].entry) {
            return false;
        }
    }
    return true;
}

static uint32_t distinct(spoor_sorted_text *texts, uint32_t n) {
    qsort(texts, n, sizeof *texts, by_bytes);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (kept == 0 || by_bytes(&texts[kept - 1], &texts[i]) != 0) {
            texts[kept++] = texts[i];
        }
    }
    return kept;
}

void test_text_sort(void);
void test_text_sort(void) {
    static char room[MOST][ROOM];
    static spoor_sorted_text texts[MOST];
    static const char *const heads[] = {"", "C:\\Windows\\System32\\", "HKLM\\SOFTWARE\\",
                                        "\xFF\xFE", "a"};
    uint32_t seed = 7;
    for (uint32_t round = 0; round < 60; round++) {
        uint32_t n = round < 10 ? round : MOST, letters = 1 + round % 7;
        for (uint32_t i = 0; i < n; i++) {
            seed = seed * 1664525 + 1013904223;
            int len = snprintf(room[i], ROOM, "%s", heads[(seed >> 8) % (1 + round % 5)]);
            for (uint32_t more = seed >> 16 & 31; more > 0; more--) {
                seed = seed * 1664525 + 1013904223;
                room[i][len++] = (char)((seed >> 16) % letters); /* zeros among them */
            }
            texts[i] = (spoor_sorted_text){0, room[i], (uint32_t)len, i};
        }
        n = distinct(texts, n);
        for (uint32_t i = n; i > 1; i--) { /* in any order */
            seed = seed * 1664525 + 1013904223;
            spoor_sorted_text kept = texts[i - 1];
            texts[i - 1] = texts[(seed >> 8) % i];
            texts[(seed >> 8) % i] = kept;
        }
        CHECK(has_order(texts, n, false));
        CHECK(has_order(texts, n, round % 2 == 0));
    }
}
