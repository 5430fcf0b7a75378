/* rule_code.c - see rule_code.h; the fields are those of rule.h, in its order. */
#include "rules/rule_code.h"

static void code_list(spoor_codec *c, spoor_str_list *list) {
    SPOOR_CODE_ARRAY(c, list->items, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        spoor_code_str(c, &list->items[i]);
    }
    list->capacity = c->is_writing ? list->capacity : list->count;
}

/* Ticks and thresholds, which may be negative. */
static void code_i64(spoor_codec *c, int64_t *value) {
    uint64_t bits = (uint64_t)*value;
    spoor_code_u64(c, &bits);
    *value = (int64_t)bits;
}

static void code_diag(spoor_codec *c, spoor_diag *diag) {
    SPOOR_CODE(c, diag->severity, SPOOR_WARNING);
    SPOOR_CODE(c, diag->span.start, UINT32_MAX);
    SPOOR_CODE(c, diag->span.end, UINT32_MAX);
    spoor_code_text(c, &diag->message);
    spoor_code_text(c, &diag->hint);
    spoor_code_text(c, &diag->code);
}

void spoor_code_diags(spoor_codec *c, spoor_diags *diags, const spoor_diag *first) {
    uint32_t count = 0;
    spoor_diag *next = first != NULL ? first->next : diags->first;
    for (const spoor_diag *d = next; c->is_writing && d != NULL; d = d->next) {
        count++;
    }
    spoor_code_count(c, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (!c->is_writing) {
            next = SPOOR_NEW(c->arena, spoor_diag);
            *(diags->last != NULL ? &diags->last->next : &diags->first) = next;
            diags->last = next;
        }
        code_diag(c, next);
        next = next->next;
    }
    SPOOR_CODE(c, diags->nerrors, UINT32_MAX);
    SPOOR_CODE(c, diags->nwarnings, UINT32_MAX);
}

static void code_entities(spoor_codec *c, spoor_rule *rule) {
    SPOOR_CODE_ARRAY(c, rule->entities, rule->nentities);
    for (uint32_t i = 0; i < rule->nentities; i++) {
        spoor_entity_field *field = &rule->entities[i];
        spoor_code_str(c, &field->entity);
        spoor_code_str(c, &field->identifier);
        spoor_code_str(c, &field->column);
        SPOOR_CODE(c, field->mapping, UINT32_MAX);
    }
    SPOOR_CODE_ARRAY(c, rule->details, rule->ndetails);
    for (uint32_t i = 0; i < rule->ndetails; i++) {
        spoor_code_str(c, &rule->details[i].name);
        spoor_code_str(c, &rule->details[i].column);
    }
}

static void code_rule(spoor_codec *c, spoor_rule *rule) {
    SPOOR_CODE(c, rule->kind, SPOOR_RULE_SIGMA);
    spoor_code_str(c, &rule->id);
    spoor_code_str(c, &rule->title);
    spoor_code_str(c, &rule->description);
    spoor_code_str(c, &rule->version);
    spoor_code_str(c, &rule->status);
    SPOOR_CODE(c, rule->level, SPOOR_NLEVELS - 1);
    code_list(c, &rule->tactics);
    code_list(c, &rule->techniques);
    code_list(c, &rule->tags);
    spoor_code_str(c, &rule->query);
    SPOOR_CODE(c, rule->query_start, UINT32_MAX);
    SPOOR_CODE(c, rule->query_end, UINT32_MAX);
    SPOOR_CODE(c, rule->quoting, SPOOR_QUOTING_DOUBLE);
    code_i64(c, &rule->frequency);
    code_i64(c, &rule->period);
    SPOOR_CODE(c, rule->trigger, SPOOR_TRIGGER_NE);
    code_i64(c, &rule->threshold);
    code_entities(c, rule);
    spoor_code_str(c, &rule->alert_title);
    spoor_code_str(c, &rule->alert_description);
    spoor_code_str(c, &rule->alert_tactics_column);
    spoor_code_str(c, &rule->alert_severity_column);
    SPOOR_CODE(c, rule->alert_per_result, true);
    SPOOR_CODE(c, rule->is_suppressed, true);
    code_i64(c, &rule->suppression);
    spoor_code_str(c, &rule->metadata);
    spoor_code_str(c, &rule->blind);
    SPOOR_CODE(c, rule->is_part, true);
    spoor_code_diags(c, &rule->diags, NULL);
}

/* A rule whose spans do not lie in its file is none that was written so. */
static bool is_within(const spoor_rule *rule) {
    size_t len = rule->file->bytes.len;
    bool is_in = rule->query_start <= rule->query_end && rule->query_end <= len;
    for (const spoor_diag *d = rule->diags.first; d != NULL && is_in; d = d->next) {
        is_in = d->span.start <= d->span.end && d->span.end <= len + 1;
    }
    return is_in;
}

void spoor_code_rules(spoor_codec *c, spoor_rule_set *set, const spoor_rule_input *inputs,
                      uint32_t ninputs) {
    uint32_t count = set->count, at = 0;
    const spoor_rule_file *file = NULL;
    spoor_code_count(c, &count);
    for (uint32_t i = 0; i < count && !c->failed; i++) {
        uint32_t before = at, index = c->is_writing ? set->rules[i].index : 0;
        while (c->is_writing && at < ninputs && set->rules[i].file->path != inputs[at].path) {
            at++;
        }
        SPOOR_CODE(c, at, ninputs - 1);
        SPOOR_CODE(c, index, UINT32_MAX);
        c->failed |= at < before;
        if (c->failed) {
            return;
        }
        if (!c->is_writing) {
            file = file == NULL || at != before
                       ? spoor_rules_open_file(set, inputs[at].path, inputs[at].bytes,
                                               inputs[at].is_named)
                       : file;
            spoor_rule_add(set, file, index);
        }
        code_rule(c, &set->rules[i]);
        c->failed |= !c->is_writing && !is_within(&set->rules[i]);
    }
    SPOOR_CODE(c, set->files, UINT32_MAX);
    SPOOR_CODE(c, set->ignored, UINT32_MAX);
}
