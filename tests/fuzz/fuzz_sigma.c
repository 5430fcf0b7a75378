/* fuzz_sigma.c - any bytes as a file of Sigma rules, translated in each way there is: a rule without errors has a
 * query, and every query parses.  Seeds: tests/data/sigma. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "parser/parse.h"
#include "rules/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_query(spoor_arena *arena, const spoor_rule *rule) {
    spoor_diags diags = {.arena = arena};
    spoor_str query = spoor_arena_str(arena, rule->query); /* the lexer wants a NUL behind it */
    spoor_diags_add_source(&diags, (spoor_source){.name = "query", .text = query});
    if (query.len == 0 || spoor_parse(arena, query, (spoor_parse_options){0}, &diags) == NULL) {
        abort();
    }
}

/* way: bits of it say how; the same bytes are their own placeholders. */
static void translate(spoor_arena *arena, spoor_str bytes, size_t way) {
    spoor_rule_set set = {.arena = arena, .has_audit = (way & 1) != 0, .enriches = (way & 2) != 0};
    set.view = way >= 8 ? SPOOR_STR("asim") : way >= 4 ? SPOOR_STR("defender") : SPOOR_STR("");
    (void)spoor_rules_read_placeholders(&set, bytes);
    spoor_rules_read(&set, "rule.yml", bytes, true);
    spoor_rules_link(&set);
    for (uint32_t i = 0; i < set.count; i++) {
        const spoor_rule *rule = &set.rules[i];
        if (rule->query_start > rule->query_end || rule->query_end > rule->file->bytes.len) {
            abort();
        }
        bool is_filter = rule->is_part && rule->query.len == 0;
        if (rule->diags.nerrors == 0 && rule->kind == SPOOR_RULE_SIGMA && !is_filter) {
            check_query(arena, rule);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static spoor_memory memory = {.limit = (size_t)256 << 20};
    jmp_buf out_of_memory;
    spoor_arena arena = {.memory = &memory, .on_oom = &out_of_memory};
    if (setjmp(out_of_memory) == 0) {
        char *bytes = SPOOR_NEW_ARRAY(&arena, char, size + 1);
        if (size > 0) {
            memcpy(bytes, data, size);
        }
        translate(&arena, (spoor_str){bytes, size}, size % 10);
    }
    spoor_arena_reset(&arena);
    return 0;
}
