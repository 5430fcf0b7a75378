/* fuzz_tuning.c - any bytes as what stands beside rules: a tuning file, a watchlist, tests of a rule,
 * SigmaHQ's info.yml, the values of placeholders. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "rules/rule_test.h"
#include "rules/tuning.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every watchlist that the file names is the second half of the bytes. */
static bool read_half(void *context, const char *path, spoor_str *bytes, const char **why) {
    *bytes = *(const spoor_str *)context;
    *why = "not there";
    return path[0] != '/';
}

static void read_as(spoor_arena *arena, char form, spoor_str bytes) {
    static const char *const names[] = {"tuning.yaml", "watchlist.csv", "rule.test.yaml",
                                        "info.yml"};
    if (form == 4) {
        spoor_rule_set set = {.arena = arena};
        spoor_rules_read_placeholders(&set, bytes);
    } else if (form >= 2) {
        spoor_rule_tests tests = {.arena = arena};
        spoor_rule_tests_read(&tests, names[(int)form], bytes);
        for (uint32_t i = 0; i < tests.count; i++) {
            if (tests.items[i].file == NULL ||
                (tests.items[i].nevents > 0 && tests.items[i].events == NULL)) {
                abort();
            }
        }
    } else {
        spoor_tuning tuning = {.arena = arena};
        spoor_str half = {bytes.ptr + bytes.len / 2, bytes.len - bytes.len / 2};
        const char *problem = spoor_tuning_read(&tuning, names[(int)form], bytes, read_half, &half);
        for (uint32_t i = 0; problem == NULL && i < tuning.nallows; i++) {
            if (tuning.allows[i].where.len == 0) {
                abort(); /* it would allow every row */
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static spoor_memory memory = {.limit = (size_t)256 << 20};
    jmp_buf out_of_memory;
    spoor_arena arena = {.memory = &memory, .on_oom = &out_of_memory};
    if (size > 0 && setjmp(out_of_memory) == 0) {
        char *bytes = SPOOR_NEW_ARRAY(&arena, char, size);
        memcpy(bytes, data + 1, size - 1);
        bytes[size - 1] = '\0';
        read_as(&arena, (char)(data[0] % 5), (spoor_str){bytes, size - 1});
    }
    spoor_arena_reset(&arena);
    return 0;
}
