/* fuzz_kept.c - any bytes as what runs keep for later ones: the picks of a segment, the predicates of a scan, the rules
 * of a set.  What is read is sound, and is written as it was read. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "pass/kept_state.h"
#include "planner/bound_code.h"
#include "rules/rule_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_pick(const spoor_pick *pick, uint32_t rows) {
    uint32_t count = pick->kind == SPOOR_PICK_ALL ? rows : 0;
    for (uint32_t i = 0; pick->kind == SPOOR_PICK_ROWS && i < pick->count; i++, count++) {
        if (pick->rows[i] >= rows || (i > 0 && pick->rows[i] <= pick->rows[i - 1])) {
            abort();
        }
    }
    for (uint32_t row = 0; pick->kind == SPOOR_PICK_BITS && row < rows; row++) {
        count += spoor_kept_has(pick->bits, row);
    }
    if (count == 0 || count != pick->count) {
        abort();
    }
}

static void read_picks(spoor_arena *arena, spoor_str bytes, uint32_t rows) {
    spoor_bytes_in in = spoor_bytes_read(bytes.ptr, bytes.len);
    spoor_bytes again = {0};
    uint32_t skipped;
    spoor_pick pick;
    while (in.at != in.end && spoor_kept_take_pick(&in, &skipped, &pick, rows, arena)) {
        check_pick(&pick, rows);
        again.len = 0;
        spoor_kept_put_pick(&again, skipped, &pick, rows);
        spoor_bytes_in back = spoor_bytes_read(again.ptr, again.len);
        uint32_t skipped_again;
        spoor_pick same;
        if (again.failed || !spoor_kept_take_pick(&back, &skipped_again, &same, rows, arena) ||
            back.at != back.end || skipped_again != skipped || same.count != pick.count ||
            same.is_exact != pick.is_exact) {
            abort();
        }
    }
    spoor_bytes_free(&again);
}

/* Written, read and written once more, it is the same. */
static void read_scan(spoor_arena *arena, spoor_str bytes) {
    spoor_plan scan, back;
    spoor_codec in = {.in = bytes, .arena = arena};
    spoor_code_scan(&in, &scan, arena);
    if (in.failed) {
        return;
    }
    spoor_codec first = {.is_writing = true, .out = {.arena = arena}, .arena = arena},
                second = first;
    spoor_code_scan(&first, &scan, arena);
    spoor_codec again = {.in = spoor_buffer_text(&first.out), .arena = arena};
    spoor_code_scan(&again, &back, arena);
    spoor_code_scan(&second, &back, arena);
    if (again.failed || again.in.len != 0 ||
        !spoor_str_eq(spoor_buffer_text(&first.out), spoor_buffer_text(&second.out))) {
        abort();
    }
}

static void read_rules(spoor_arena *arena, spoor_str bytes) {
    static const spoor_rule_input inputs[] = {{"a.yml", {"title: a\n", 9}, false},
                                              {"b.kql", {"print 1\n", 8}, true}};
    spoor_rule_set set = {.arena = arena};
    spoor_codec in = {.in = bytes, .arena = arena};
    spoor_code_rules(&in, &set, inputs, 2);
    for (uint32_t i = 0; !in.failed && i < set.count; i++) {
        const spoor_rule *rule = &set.rules[i];
        spoor_span place = spoor_rule_locate(rule, 0, (uint32_t)rule->query.len);
        if (place.start > place.end) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static spoor_memory memory = {.limit = (size_t)256 << 20};
    jmp_buf out_of_memory;
    spoor_arena arena = {.memory = &memory, .on_oom = &out_of_memory};
    if (size > 2 && setjmp(out_of_memory) == 0) {
        spoor_str bytes = spoor_arena_str(&arena, (spoor_str){(const char *)data + 2, size - 2});
        switch (data[0] % 3) {
        case 0: read_picks(&arena, bytes, data[1] * 7u + 1); break;
        case 1: read_scan(&arena, bytes); break;
        default: read_rules(&arena, bytes); break;
        }
    }
    spoor_arena_reset(&arena);
    return 0;
}
