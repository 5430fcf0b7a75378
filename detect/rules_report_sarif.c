/* rules_report_sarif.c - alerts of a run as SARIF 2.1.0: a result an alert, at the files that its
 * events came from. */
#include "detect/rules_report.h"

#include <inttypes.h>

#include "base/buffer.h"
#include "types/dynamic.h"

enum { MOST_LOCATIONS = 100 };

static const char *level_name(spoor_level level) {
    static const char *const names[] = {"note", "note", "warning", "error",
                                        "error"}; /* ORDER spoor_level */
    return names[level];
}

spoor_str spoor_report_uri(spoor_arena *arena, spoor_str path) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    spoor_buffer out = {.arena = arena};
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] != '\0' && strchr(plain, path.ptr[i]) != NULL) {
            spoor_buffer_put_char(&out, path.ptr[i]);
        } else {
            spoor_buffer_put(&out, spoor_arena_format(arena, "%%%02X", (unsigned char)path.ptr[i]));
        }
    }
    return spoor_buffer_text(&out);
}

static void put_rule(spoor_report *r, const spoor_rule *rule) {
    fputc('{', r->out);
    spoor_report_put_text(r, "id", spoor_rule_key(&r->scratch, rule));
    fputs(",\"shortDescription\":{", r->out);
    spoor_report_put_text(r, "text", rule->title.len > 0 ? rule->title : SPOOR_STR("untitled"));
    if (rule->description.len > 0) {
        fputs("},\"fullDescription\":{", r->out);
        spoor_report_put_text(r, "text", rule->description);
    }
    fprintf(r->out, "},\"defaultConfiguration\":{\"level\":\"%s\"},\"properties\":{",
            level_name(rule->level));
    spoor_report_put_list(r, "tags", &rule->techniques);
    fputc(',', r->out);
    spoor_report_put_list(r, "tactics", &rule->tactics);
    fputs("}}", r->out);
}

/* The files and records of the alert's kept rows; how many of its rows are listed. */
static uint64_t put_locations(spoor_report *r, const spoor_alert *a) {
    spoor_rule_row row;
    uint64_t shown = 0;
    fputs(",\"locations\":[", r->out);
    spoor_spool_seek(r->rules, &r->rules->states[a->rule]);
    for (uint64_t n = 0; n < a->first_row + a->nrows && shown < MOST_LOCATIONS; n++) {
        spoor_arena_rewind(&r->scratch);
        if (!spoor_spool_next(r->rules, &r->scratch, &row)) {
            break;
        }
        if (n < a->first_row || row.file.len == 0) {
            continue;
        }
        fputs(shown++ > 0 ? ",{" : "{", r->out);
        fputs("\"physicalLocation\":{\"artifactLocation\":{", r->out);
        spoor_report_put_text(r, "uri", spoor_report_uri(&r->scratch, row.file));
        fputs("}}", r->out);
        spoor_str host = spoor_report_host(r, a->rule, &row);
        if (host.len > 0) {
            fputs(",\"logicalLocations\":[{", r->out);
            spoor_report_put_text(r, "name", host);
            fputs(",\"kind\":\"host\"}]", r->out);
        }
        if (row.has_record) {
            fprintf(r->out,
                    ",\"message\":{\"text\":\"record %" PRId64
                    "\"},\"properties\":{\"record\":%" PRId64 "}",
                    row.record, row.record);
        }
        fputc('}', r->out);
    }
    fputc(']', r->out);
    return shown;
}

/* What somebody closed is no longer asked about. */
static void put_suppressions(spoor_report *r, const spoor_alert *a) {
    if (spoor_str_is(a->said.status, "closed")) {
        fputs(",\"suppressions\":[{\"kind\":\"external\",\"status\":\"accepted\"", r->out);
        if (a->said.comment.len > 0) {
            fputc(',', r->out);
            spoor_report_put_text(r, "justification", a->said.comment);
        }
        fputs("}]", r->out);
    }
}

static void put_result(spoor_report *r, const spoor_alert *a, uint32_t index) {
    const spoor_rule *rule = &r->rules->set.rules[a->rule];
    spoor_arena_rewind(&r->scratch);
    fputc('{', r->out);
    spoor_report_put_text(r, "ruleId", spoor_rule_key(&r->scratch, rule));
    fprintf(r->out, ",\"ruleIndex\":%u,\"level\":\"%s\",\"message\":{", index,
            level_name(a->level));
    spoor_report_put_text(r, "text", a->title.len > 0 ? a->title : SPOOR_STR("untitled"));
    fputs("},\"partialFingerprints\":{", r->out);
    spoor_report_put_text(r, "spoorAlert/v1", a->key);
    fprintf(r->out, "},\"occurrenceCount\":%" PRIu64, a->hits > 0 ? a->hits : 1);
    put_suppressions(r, a);
    uint64_t listed = put_locations(r, a);
    fputs(",\"properties\":{", r->out);
    spoor_report_put_text(r, "severity", spoor_str_from(spoor_level_name(a->level)));
    fputc(',', r->out);
    spoor_report_put_time(r, "at", true, a->at);
    fputc(',', r->out);
    spoor_report_put_time(r, "first", a->has_times, a->first);
    fputc(',', r->out);
    spoor_report_put_time(r, "last", a->has_times, a->last);
    fputc(',', r->out);
    spoor_report_put_list(r, "hosts", &a->hosts);
    fputc(',', r->out);
    spoor_report_put_list(r, "users", &a->users);
    if (listed > 0 && listed < a->hits) { /* not when its rows have no origin at all */
        fprintf(r->out, ",\"locationsListed\":%" PRIu64 ",\"locationsOmitted\":%" PRIu64, listed,
                a->hits - listed);
    }
    fputs("}}", r->out);
}

/* Rules that failed: the run was whole, their part of it was not. */
static void put_invocation(spoor_report *r) {
    uint32_t n = 0, index = 0;
    fprintf(r->out,
            "\"invocations\":[{\"executionSuccessful\":true,\"properties\":{\"rules\":%" PRIu64
            ",\"ran\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"blind\":%" PRIu64
            "},\"toolExecutionNotifications\":[",
            r->rules->summary.found, r->rules->summary.ran, r->rules->summary.failed,
            r->rules->summary.blind);
    for (uint32_t i = 0; i < r->rules->set.count; i++) {
        const spoor_rule *rule = &r->rules->set.rules[i];
        const spoor_rule_state *state = &r->rules->states[i];
        bool is_blind = state->status == SPOOR_RULE_BLIND;
        spoor_arena_rewind(&r->scratch);
        if (state->is_selected && (is_blind || state->status == SPOOR_RULE_FAILED)) {
            const spoor_diag *error = spoor_rule_first_error(rule);
            fputs(n++ > 0 ? ",\n{" : "\n{", r->out);
            fprintf(r->out, "\"level\":\"%s\",\"associatedRule\":{\"index\":%u},\"message\":{",
                    is_blind ? "note" : "error", index);
            spoor_report_put_text(r, "text",
                                  is_blind        ? rule->blind
                                  : error != NULL ? spoor_str_from(error->message)
                                                  : SPOOR_STR("failed"));
            fputs("}}", r->out);
        }
        index += state->is_selected;
    }
    fputs("]}],", r->out);
}

/* Every selected rule is listed, whether it fired or not. */
void spoor_report_sarif(spoor_report *r) {
    fputs("{\"$schema\":\"https://json.schemastore.org/"
          "sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
          "\"tool\":{\"driver\":{\"name\":\"spoor\",\"version\":\"" SPOOR_VERSION "\",\"rules\":[",
          r->out);
    for (uint32_t i = 0, n = 0; i < r->rules->set.count; i++) {
        spoor_arena_rewind(&r->scratch);
        if (r->rules->states[i].is_selected) {
            fputs(n++ > 0 ? ",\n" : "\n", r->out);
            put_rule(r, &r->rules->set.rules[i]);
        }
    }
    fputs("]}},", r->out);
    put_invocation(r);
    fputs("\"results\":[", r->out);
    for (uint32_t i = 0, index = 0, n = 0; i < r->rules->set.count; i++) {
        const spoor_rule_state *state = &r->rules->states[i];
        for (uint32_t k = 0; k < state->nalerts; k++) {
            fputs(n++ > 0 ? ",\n" : "\n", r->out);
            put_result(r, &r->rules->alerts[state->first_alert + k], index);
        }
        index += state->is_selected;
    }
    fputs("]}]}\n", r->out);
}
