/* fuzz_rules.c - any bytes as a rule file of each kind; spans of what is found lie within it. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "rules/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"rule.yaml", "rule.txt", "rule.md", "rule.kql", "rule.json"};
    static spoor_memory memory = {.limit = (size_t)256 << 20};
    jmp_buf out_of_memory;
    spoor_arena arena = {.memory = &memory, .on_oom = &out_of_memory};
    if (size > 0 && setjmp(out_of_memory) == 0) {
        spoor_rule_set set = {.arena = &arena};
        char *bytes = SPOOR_NEW_ARRAY(&arena, char, size);
        memcpy(bytes, data + 1, size - 1);
        bytes[size - 1] = 0;
        spoor_rules_read(&set, names[data[0] % 5], (spoor_str){bytes, size - 1}, true);
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
