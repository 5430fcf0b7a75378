/* rule_lint_attack.c - a technique of a rule that serves none of the tactics the rule names: see
 * rule_lint.h. */
#include "detect/rule_lint.h"

#include "base/buffer.h"
#include "rules/attack.h"

static const char *tactic_names(spoor_arena *arena, uint32_t tactics) {
    spoor_buffer text = {.arena = arena};
    for (int t = 0; t < SPOOR_ATTACK_TACTICS; t++) {
        if ((tactics & UINT32_C(1) << t) != 0) {
            spoor_buffer_put(&text, text.len > 0 ? SPOOR_STR(", ") : SPOOR_STR(""));
            spoor_buffer_put(&text, spoor_str_from(spoor_attack_tactic(t)));
        }
    }
    return spoor_arena_str(arena, spoor_buffer_text(&text)).ptr;
}

void spoor_rule_lint_attack(spoor_rule *rule) {
    uint32_t named = 0;
    for (uint32_t i = 0; i < rule->tactics.count; i++) {
        int tactic = spoor_attack_find_tactic(rule->tactics.items[i]);
        named |= tactic >= 0 ? UINT32_C(1) << tactic : 0;
    }
    for (uint32_t i = 0; i < rule->techniques.count && named != 0; i++) {
        spoor_str technique = rule->techniques.items[i];
        uint32_t tactics = spoor_attack_tactics_of(technique);
        if (tactics != 0 && (tactics & named) == 0) {
            spoor_rule_warn(rule, "tactic-technique", spoor_rule_locate(rule, 0, 1),
                            "%.*s serves %s, which the rule does not name", (int)technique.len,
                            technique.ptr, tactic_names(rule->diags.arena, tactics));
        }
    }
}
