/* fuzz_json.c - any text as JSON: what parses is printed as valid UTF-8 and parses to the same. */
#include <setjmp.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "types/dynamic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok) {
    if (!ok) {
        abort();
    }
}

static void check(spoor_arena *arena, spoor_str text) {
    uint64_t bad = 0;
    spoor_str value, again;
    text = spoor_utf8_repair(arena, text, &bad);
    if (!spoor_dynamic_parse_json(arena, text, &value)) {
        return;
    }
    spoor_str printed = spoor_dynamic_print_json(arena, value);
    require(spoor_utf8_is_valid(printed));
    require(spoor_dynamic_parse_json(arena, printed, &again));
    require(spoor_dynamic_compare(value, again) == 0);
    require(spoor_dynamic_hash(value) == spoor_dynamic_hash(again));
    require(spoor_str_eq(printed, spoor_dynamic_print_json(arena, again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static spoor_memory memory = {.limit = (size_t)256 << 20};
    jmp_buf out_of_memory;
    spoor_arena arena = {.memory = &memory, .on_oom = &out_of_memory};
    if (setjmp(out_of_memory) == 0) {
        check(&arena, (spoor_str){(const char *)data, size});
    }
    spoor_arena_reset(&arena);
    return 0;
}
