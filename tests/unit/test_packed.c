/* Text predicates over packed texts answer as they do over the same texts one by one. */
#include "functions/function.h"
#include "tests/unit/unit.h"

enum { TEXTS = 50, ROUNDS = 40 };

/* Pieces that fold, stand at edges of terms, or are empty; concatenated at random. */
static const char *const pieces[] = {"", "k", "K", "s", "S", "\xE2\x84\xAA", "\xC5\xBF", "net", "NET",
                                     " ", "\\", ".exe", "\xC3\xA9", "a1", "-", "user", "*"};
enum { PIECES = sizeof pieces / sizeof *pieces };

static uint32_t next(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

static spoor_str text_of(spoor_arena *arena, uint32_t *seed, uint32_t most) {
    spoor_str text = {"", 0};
    for (uint32_t n = next(seed) % (most + 1); n > 0; n--) {
        text = spoor_arena_format(arena, "%.*s%s", (int)text.len, text.ptr,
                                  pieces[next(seed) % PIECES]);
    }
    return text;
}

static spoor_vec packed_texts(spoor_arena *arena, uint32_t *seed) {
    spoor_vec texts = spoor_vec_new(arena, SPOOR_STRING, TEXTS);
    char *blob = spoor_arena_push(arena, TEXTS, 128), *at = blob;
    for (uint32_t i = 0; i < TEXTS; i++) {
        spoor_str text = text_of(arena, seed, 6);
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
    spoor_call call = {.function = row, .nargs = nargs, .types = types, .constants = constants,
                       .result = SPOOR_BOOL, .arena = unit_arena(), .scratch = unit_arena()};
    *out = spoor_vec_new(unit_arena(), SPOOR_BOOL, TEXTS);
    if (row->prepare != NULL) {
        CHECK(row->prepare(&call) == NULL);
    }
    row->eval(&call, TEXTS, args, out);
}

void test_packed(void);
void test_packed(void) {
    uint32_t seed = 7;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        spoor_vec texts = packed_texts(unit_arena(), &seed);
        spoor_value values[2] = {{.type = SPOOR_STRING}, {.type = SPOOR_STRING}};
        spoor_vec varying[3] = {texts}, constant[3] = {texts};
        varying[0].is_packed = false;
        for (uint32_t k = 0; k < 2; k++) {
            values[k].string = text_of(unit_arena(), &seed, 2);
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
