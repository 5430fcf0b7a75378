/* fuzz_rules.c - any bytes as a rule file of each kind, as tests of rules, as a tuning file; spans of the rules
 * that are found lie within the file. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "rules/rule.h"
#include "rules/rule_test.h"
#include "rules/tuning.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* There are no files beside it. */
static bool read_nothing(void *context, const char *path, spoor_str *bytes, const char **why) {
    (void)context;
    (void)path;
    (void)bytes;
    *why = "there is none";
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"rule.yaml", "rule.txt", "rule.md", "rule.kql",
                                        "rule.json"};
    static spoor_memory memory = {.limit = (size_t)256 << 20};
    jmp_buf out_of_memory;
    spoor_arena arena = {.memory = &memory, .on_oom = &out_of_memory};
    if (size > 0 && setjmp(out_of_memory) == 0) {
        spoor_rule_set set = {.arena = &arena};
        char *bytes = SPOOR_NEW_ARRAY(&arena, char, size);
        memcpy(bytes, data + 1, size - 1);
        bytes[size - 1] = 0;
        spoor_str text = {bytes, size - 1};
        spoor_rule_tests tests = {.arena = &arena};
        spoor_tuning tuning = {.arena = &arena};
        switch (data[0] % 9) {
        case 5: spoor_rule_tests_read(&tests, "a.test.yaml", text); break;
        case 6: spoor_rule_tests_read(&tests, "info.yml", text); break;
        case 7: spoor_tuning_read(&tuning, "tuning.yaml", text, read_nothing, NULL); break;
        case 8: spoor_tuning_read(&tuning, "list.csv", text, read_nothing, NULL); break;
        default: spoor_rules_read(&set, names[data[0] % 9], text, true);
        }
        spoor_rules_link(&set);
        for (uint32_t i = 0; i < set.count; i++) {
            const spoor_rule *rule = &set.rules[i];
            if (rule->query_start > rule->query_end || rule->query_end > rule->file->bytes.len) {
                abort();
            }
        }
    }
    spoor_arena_reset(&arena);
    return 0;
}
