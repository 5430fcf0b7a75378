/* Text predicates over packed texts answer as they do over the same texts one by one. */
#include "base/utf8.h"
#include "functions/match.h"
#include "tests/unit/unit.h"

enum { TEXTS = 50, ROUNDS = 40 };

/* Pieces that fold, stand at edges of terms, or are empty; concatenated at random. */
static const char *const pieces[] = {
    "",     "k",  "K", "s",    "S", "net",      "NET",          " ",       "\\",
    ".exe", "a1", "-", "user", "*", "\xC3\xA9", "\xE2\x84\xAA", "\xC5\xBF"};
enum { PIECES = sizeof pieces / sizeof *pieces, EVEN = PIECES - 2, ASCII = PIECES - 3 };

static uint32_t next(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

static spoor_str text_of(spoor_arena *arena, uint32_t *seed, uint32_t most, uint32_t kinds) {
    spoor_str text = {"", 0};
    for (uint32_t n = next(seed) % (most + 1); n > 0; n--) {
        text = spoor_arena_format(arena, "%.*s%s", (int)text.len, text.ptr,
                                  pieces[next(seed) % kinds]);
    }
    return text;
}

static spoor_vec packed_texts(spoor_arena *arena, uint32_t *seed, uint32_t kinds) {
    spoor_vec texts = spoor_vec_new(arena, SPOOR_STRING, TEXTS);
    char *blob = spoor_arena_push(arena, TEXTS, 128), *at = blob;
    for (uint32_t i = 0; i < TEXTS; i++) {
        spoor_str text = text_of(arena, seed, 6, kinds);
        if (text.len > 0) {
            memcpy(at, text.ptr, text.len);
        }
        texts.strings[i] = (spoor_str){at, text.len};
        at += text.len + 1;
    }
    texts.is_packed = true;
    return texts;
}

static void run(const spoor_function *row, const spoor_vec *args, uint32_t nargs,
                const spoor_value *const *constants, spoor_vec *out) {
    spoor_type types[] = {SPOOR_STRING, SPOOR_STRING, SPOOR_STRING};
    spoor_call call = {.function = row,
                       .nargs = nargs,
                       .types = types,
                       .constants = constants,
                       .result = SPOOR_BOOL,
                       .arena = unit_arena(),
                       .scratch = unit_arena()};
    *out = spoor_vec_new(unit_arena(), SPOOR_BOOL, TEXTS);
    if (row->prepare != NULL) {
        CHECK(row->prepare(&call) == NULL);
    }
    row->eval(&call, TEXTS, args, out);
}

/* Up to MOST searches in one go: what any of the tests says of each text. */
static void check_together(uint32_t *seed) {
    enum { MOST = 40 };
    spoor_text_test *const tests[] = {spoor_text_contains, spoor_text_has, spoor_text_starts_with,
                                      spoor_text_ends_with, spoor_text_has_prefix};
    const uint32_t kinds[] = {ASCII, EVEN, PIECES}; /* PIECES: letters that fold to ASCII, too */
    spoor_vec texts = packed_texts(unit_arena(), seed, kinds[next(seed) % 3]);
    spoor_search list[MOST];
    uint32_t count = 1 + next(seed) % MOST, wrong = 0;
    uint8_t hits[TEXTS] = {0};
    for (uint32_t k = 0; k < count; k++) {
        spoor_str text = text_of(unit_arena(), seed, 5, PIECES);
        list[k] = (spoor_search){spoor_needle_prepare(unit_arena(), text, next(seed) % 3 != 0),
                                 tests[next(seed) % 5]};
    }
    const char *end = texts.strings[TEXTS - 1].ptr + texts.strings[TEXTS - 1].len;
    spoor_str all = {texts.strings[0].ptr, (size_t)(end - texts.strings[0].ptr)};
    spoor_searches_packed(spoor_searches_new(unit_arena(), list, count), TEXTS, texts.strings,
                          spoor_is_ascii(all), hits);
    for (uint32_t i = 0; i < TEXTS; i++) {
        bool want = false;
        for (uint32_t k = 0; k < count; k++) {
            want |= list[k].test(texts.strings[i], list[k].needle.text, list[k].needle.fold);
        }
        wrong += hits[i] != want;
    }
    CHECK_LONG(wrong, 0);
}

void test_packed(void);
void test_packed(void) {
    uint32_t seed = 7;
    for (uint32_t round = 0; round < 40 * ROUNDS; round++) {
        check_together(&seed);
        if (round % 100 == 0) {
            spoor_arena_rewind(unit_arena());
        }
    }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        spoor_vec texts = packed_texts(unit_arena(), &seed, PIECES);
        spoor_value values[2] = {{.type = SPOOR_STRING}, {.type = SPOOR_STRING}};
        spoor_vec varying[3] = {texts}, constant[3] = {texts};
        varying[0].is_packed = false;
        for (uint32_t k = 0; k < 2; k++) {
            values[k].string = text_of(unit_arena(), &seed, 2, PIECES);
            varying[k + 1] = spoor_vec_constant(unit_arena(), &values[k], TEXTS);
            constant[k + 1] = (spoor_vec){.type = SPOOR_STRING};
        }
        const spoor_value *known[] = {NULL, &values[0], &values[1]};
        const spoor_value *unknown[] = {NULL, NULL, NULL};
        for (const spoor_function *row = spoor_fn_match; row->name != NULL; row++) {
            uint32_t nargs = row->max_args == 2 ? 2 : 3;
            spoor_vec want, one_by_one, packed;
            run(row, varying, nargs, unknown, &want);
            constant[0].is_packed = false;
            run(row, constant, nargs, known, &one_by_one);
            constant[0].is_packed = true;
            run(row, constant, nargs, known, &packed);
            CHECK(memcmp(want.bools, one_by_one.bools, TEXTS) == 0);
            CHECK(memcmp(want.bools, packed.bools, TEXTS) == 0);
        }
    }
}
