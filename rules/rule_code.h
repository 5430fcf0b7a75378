/* rule_code.h - rules as bytes: what reading their files and linking them came to, kept for the next time. */
#ifndef SPOOR_RULES_RULE_CODE_H
#define SPOOR_RULES_RULE_CODE_H

#include "base/codec.h"
#include "rules/rule.h"

typedef struct spoor_rule_input { /* a file that is read */
    const char *path;
    spoor_str bytes;
    bool is_named;
} spoor_rule_input;

/* All rules of the set, which are of these files, in their order; then look at c->failed.  Sigma's detections are not among
 * it: a rule that was read so has its query alone. */
void spoor_code_rules(spoor_codec *c, spoor_rule_set *set, const spoor_rule_input *inputs,
                      uint32_t ninputs);
/* Messages behind `first`, which is the last that is there (NULL: none is). */
void spoor_code_diags(spoor_codec *c, spoor_diags *diags, const spoor_diag *first);

#endif
