/* rules_report_alert.c - an alert as JSON: what `rules run -o json` lists below each rule that fired, and what
 * the store keeps. */
#include "detect/rules_report.h"

#include <inttypes.h>

#include "base/buffer.h"
#include "base/time.h"
#include "types/dynamic.h"

static void put(spoor_report *r, const char *text) {
    fputs(text, r->out);
}

static void put_quoted(spoor_report *r, spoor_str text) {
    spoor_str quoted = spoor_json_quote(&r->scratch, text);
    fwrite(quoted.ptr, 1, quoted.len, r->out);
}

void spoor_report_put_text(spoor_report *r, const char *key, spoor_str text) {
    fprintf(r->out, "\"%s\":", key);
    if (text.len == 0) {
        put(r, "null");
    } else {
        put_quoted(r, text);
    }
}

void spoor_report_put_time(spoor_report *r, const char *key, bool is_known, int64_t time) {
    char text[SPOOR_TIME_TEXT];
    spoor_report_put_text(r, key, is_known ? spoor_time_print(time, text) : (spoor_str){0});
}

void spoor_report_put_list(spoor_report *r, const char *key, const spoor_str_list *list) {
    fprintf(r->out, "\"%s\":[", key);
    for (uint32_t i = 0; i < list->count; i++) {
        put(r, i > 0 ? "," : "");
        put_quoted(r, list->items[i]);
    }
    put(r, "]");
}

static void add(spoor_buffer *out, const char *text) {
    spoor_buffer_put(out, spoor_str_from(text));
}

static void add_quoted(spoor_buffer *out, spoor_str text) {
    spoor_buffer_put(out, spoor_json_quote(out->arena, text));
}

spoor_str spoor_alert_entities_json(spoor_arena *arena, const spoor_alert *a) {
    spoor_buffer out = {.arena = arena};
    add(&out, "[");
    for (uint32_t i = 0; i < a->nentities; i++) {
        const spoor_entity *e = &a->entities[i];
        add(&out, i > 0 ? ",{\"type\":" : "{\"type\":");
        add_quoted(&out, e->type);
        for (uint32_t k = 0; k < e->count; k++) {
            add(&out, ",");
            add_quoted(&out, e->names[k]);
            add(&out, ":");
            add_quoted(&out, e->values[k]);
        }
        add(&out, "}");
    }
    add(&out, "]");
    return spoor_buffer_text(&out);
}

spoor_str spoor_alert_details_json(spoor_arena *arena, const spoor_alert *a, uint32_t ndetails) {
    spoor_buffer out = {.arena = arena};
    add(&out, "{");
    for (uint32_t i = 0; i < ndetails; i++) {
        add(&out, i > 0 ? "," : "");
        add_quoted(&out, a->details[i].name);
        add(&out, ":[");
        for (uint32_t k = 0; k < a->details[i].values.count; k++) {
            add(&out, k > 0 ? "," : "");
            add_quoted(&out, a->details[i].values.items[k]);
        }
        add(&out, "]");
    }
    add(&out, "}");
    return spoor_buffer_text(&out);
}

spoor_str spoor_alert_predicates_json(spoor_arena *arena, const spoor_alert *a) {
    spoor_buffer out = {.arena = arena};
    add(&out, "[");
    for (uint32_t i = 0; i < a->evidence->count; i++) {
        add(&out, i > 0 ? ",{\"text\":" : "{\"text\":");
        add_quoted(&out, a->evidence->texts[i]);
        spoor_buffer_put(&out, spoor_arena_format(arena, ",\"rows\":%u}", a->evidence_rows[i]));
    }
    add(&out, "]");
    return spoor_buffer_text(&out);
}

static void put_json(spoor_report *r, const char *key, spoor_str json) {
    fprintf(r->out, ",\"%s\":", key);
    fwrite(json.ptr, 1, json.len, r->out);
}

/* Where each row came from, and which of the predicates hold for it. */
static void put_events(spoor_report *r, const spoor_alert *a) {
    const spoor_rule_state *state = &r->rules->states[a->rule];
    spoor_rule_row row;
    put(r, ",\"events\":[");
    spoor_spool_seek(r->rules, state);
    for (uint64_t n = 0; n < a->first_row + a->nrows; n++) {
        spoor_arena_rewind(&r->scratch);
        if (!spoor_spool_next(r->rules, &r->scratch, &row)) {
            break;
        }
        if (n < a->first_row) {
            continue;
        }
        fprintf(r->out, "%s{\"row\":%" PRIu64 ",", n > a->first_row ? "," : "", n);
        spoor_report_put_text(r, "file", row.file);
        put(r, ",\"record\":");
        if (row.has_record) {
            fprintf(r->out, "%" PRId64, row.record);
        } else {
            put(r, "null");
        }
        put(r, ",\"predicates\":[");
        for (uint32_t i = 0, shown = 0; i < a->evidence->count; i++) {
            spoor_mark marks[SPOOR_MAX_MARKS];
            uint32_t nmarks;
            if (spoor_evidence_ask(a->evidence, i, &r->scratch, &row, marks, &nmarks) ==
                SPOOR_TRUE) {
                fprintf(r->out, shown++ > 0 ? ",%u" : "%u", i);
            }
        }
        put(r, "]}");
    }
    put(r, "]");
}

void spoor_report_put_alert(spoor_report *r, const spoor_alert *a) {
    const spoor_rule *rule = &r->rules->set.rules[a->rule];
    put(r, "{");
    spoor_report_put_text(r, "key", a->key);
    put(r, ",");
    spoor_report_put_text(r, "title", a->title);
    put(r, ",");
    spoor_report_put_text(r, "description", a->description);
    fprintf(r->out, ",\"severity\":\"%s\",", spoor_level_name(a->level));
    spoor_report_put_text(r, "status", a->said.status.len > 0 ? a->said.status : SPOOR_STR("new"));
    put(r, ",");
    spoor_report_put_text(r, "owner", a->said.owner);
    put(r, ",");
    spoor_report_put_text(r, "comment", a->said.comment);
    put(r, ",");
    spoor_report_put_list(r, "tactics", &a->tactics);
    put(r, ",");
    spoor_report_put_list(r, "techniques", &rule->techniques);
    fprintf(r->out, ",\"hits\":%" PRIu64 ",", a->hits);
    spoor_report_put_time(r, "at", true, a->at);
    put(r, ",");
    spoor_report_put_time(r, "first", a->has_times, a->first);
    put(r, ",");
    spoor_report_put_time(r, "last", a->has_times, a->last);
    put(r, ",");
    spoor_report_put_list(r, "hosts", &a->hosts);
    put(r, ",");
    spoor_report_put_list(r, "users", &a->users);
    put_json(r, "entities", spoor_alert_entities_json(&r->scratch, a));
    put_json(r, "details", spoor_alert_details_json(&r->scratch, a, rule->ndetails));
    put_json(r, "predicates", spoor_alert_predicates_json(&r->scratch, a));
    put_events(r, a);
    put(r, a->is_cut ? ",\"truncated\":true}" : "}");
}
