/* rules_report_evidence.c - what reports for people share: which columns of a rule's rows say why
 * it matched, and where in their texts. */
#include "detect/rules_report.h"

const int *spoor_report_columns(spoor_report *r, uint32_t rule, uint32_t most, uint32_t *count) {
    static const char *const first[] = {"TimeGenerated", "Computer"};
    const spoor_evidence *e = spoor_rule_evidence(r->rules, rule);
    uint32_t ncols;
    const spoor_schema *schema = spoor_rule_schema(&r->rules->states[rule], &ncols);
    int *chosen = SPOOR_NEW_ARRAY(&r->arena, int, most);
    uint32_t others = ncols <= most ? ncols : 0; /* all that there is, where that is little */
    *count = 0;
    for (uint32_t i = 0; i < 2 + e->count + others && *count < most; i++) {
        int c = i < 2              ? spoor_schema_find(schema, spoor_str_from(first[i]))
                : i < 2 + e->count ? e->columns[i - 2]
                                   : (int)(i - 2 - e->count);
        bool is_new = c >= 0 && (uint32_t)c < ncols;
        for (uint32_t k = 0; k < *count; k++) {
            is_new &= chosen[k] != c;
        }
        if (is_new) {
            chosen[(*count)++] = c;
        }
    }
    return chosen;
}

const bool *spoor_report_marks(spoor_report *r, const spoor_evidence *evidence,
                               const spoor_rule_row *row, uint32_t column, spoor_str text) {
    bool *is_marked = NULL;
    for (uint32_t i = 0; i < evidence->count && text.len > 0; i++) {
        spoor_mark marks[SPOOR_MAX_MARKS];
        uint32_t nmarks = 0;
        bool is_here = evidence->columns[i] == (int)column;
        if (!is_here ||
            spoor_evidence_ask(evidence, i, &r->scratch, row, marks, &nmarks) != SPOOR_TRUE) {
            continue;
        }
        is_marked = is_marked != NULL || nmarks == 0
                        ? is_marked
                        : SPOOR_NEW_ARRAY(&r->scratch, bool, text.len + 1);
        for (uint32_t k = 0; k < nmarks; k++) {
            for (size_t b = marks[k].start; b < marks[k].end && b < text.len; b++) {
                is_marked[b] = true;
            }
        }
    }
    return is_marked;
}
