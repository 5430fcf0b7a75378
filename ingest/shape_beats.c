/* shape_beats.c - Winlogbeat 7 and 8 and Elastic Agent, as they are and after the Sysmon module.
 *
 * The module moves most of EventData to ECS fields and drops '-', '' and zero
 * GUIDs.  The table below says where each went; what was dropped stays absent. */
#include "base/time.h"
#include "ingest/log_time.h"
#include "ingest/shape.h"
#include "ingest/sysmon_names.h"

#define WINLOG_MAPS                                                                                \
    SPOOR_MAP("winlog.computer_name", COMPUTER), SPOOR_MAP("event.code", EVENT_ID),                \
        SPOOR_MAP("winlog.event_id", EVENT_ID), SPOOR_MAP("winlog.version", VERSION),              \
        SPOOR_MAP("log.level", LEVEL), SPOOR_MAP("winlog.level", LEVEL),                           \
        SPOOR_MAP("winlog.task", TASK), SPOOR_MAP("winlog.opcode", OPCODE),                        \
        SPOOR_MAP("winlog.record_id", RECORD_ID), SPOOR_MAP("winlog.process.pid", PROCESS_ID),     \
        SPOOR_MAP("winlog.process.thread.id", THREAD_ID), SPOOR_MAP("winlog.channel", CHANNEL),    \
        SPOOR_MAP("winlog.provider_name", PROVIDER),                                               \
        SPOOR_MAP("winlog.provider_guid", PROVIDER_GUID),                                          \
        SPOOR_MAP("winlog.activity_id", ACTIVITY_ID),                                              \
        SPOOR_MAP("winlog.related_activity_id", RELATED_ACTIVITY_ID),                              \
        SPOOR_MAP("winlog.user.identifier", USER_SID), SPOOR_MAP("winlog.user.name", USER_NAME),   \
        SPOOR_MAP("winlog.user.domain", USER_DOMAIN)

static const spoor_map winlogbeat_maps[] = {
    SPOOR_MAP("@timestamp", TIME),
    WINLOG_MAPS,
    SPOOR_MAP("message", MESSAGE),
    SPOOR_MAP_END,
};

static const spoor_map module_maps[] = {
    SPOOR_MAP("@timestamp", TIME), /* UtcTime, if there is no event.created */
    SPOOR_MAP("event.created", TIME),
    WINLOG_MAPS,
    SPOOR_MAP_END,
};

/* Where the module puts a field; the first path that is there gives it. */
static const struct {
    const char *field;
    const char *paths[2];
} ecs_fields[] = {
    {"RuleName", {"rule.name"}},
    {"ProcessGuid", {"process.entity_id"}},
    {"SourceProcessGuid", {"process.entity_id"}},
    {"SourceProcessGUID", {"process.entity_id"}},
    {"ProcessId", {"process.pid"}},
    {"SourceProcessId", {"process.pid"}},
    {"SourceThreadId", {"process.thread.id"}},
    {"Image", {"process.executable"}},
    {"SourceImage", {"process.executable"}},
    {"Destination", {"process.executable"}},
    {"CommandLine", {"process.command_line"}},
    {"CurrentDirectory", {"process.working_directory"}},
    {"ParentProcessGuid", {"process.parent.entity_id"}},
    {"ParentProcessId", {"process.parent.pid"}},
    {"ParentImage", {"process.parent.executable"}},
    {"ParentCommandLine", {"process.parent.command_line"}},
    {"OriginalFileName", {"process.pe.original_file_name", "file.pe.original_file_name"}},
    {"Company", {"process.pe.company", "file.pe.company"}},
    {"Description", {"process.pe.description", "file.pe.description"}},
    {"FileVersion", {"process.pe.file_version", "file.pe.file_version"}},
    {"Product", {"process.pe.product", "file.pe.product"}},
    {"TargetFilename", {"file.path"}},
    {"Device", {"file.path"}},
    {"ImageLoaded", {"file.path"}},
    {"PipeName", {"file.name"}},
    {"Signature", {"file.code_signature.subject_name"}},
    {"SignatureStatus", {"file.code_signature.status"}},
    {"Protocol", {"network.transport"}},
    {"SourceIp", {"source.ip"}},
    {"SourceHostname", {"source.domain"}},
    {"SourcePort", {"source.port"}},
    {"DestinationIp", {"destination.ip"}},
    {"DestinationHostname", {"destination.domain"}},
    {"DestinationPort", {"destination.port"}},
    {"QueryName", {"dns.question.name"}},
    {"TargetObject", {"registry.path"}},
    {"Type", {"message"}},
    {"ID", {"error.code"}},
};

/* SHA1=..,MD5=..,SHA256=..,IMPHASH=.. in upper case, from process.hash or file.hash. */
static spoor_str hashes_text(spoor_reading *r, uint32_t root) {
    static const struct {
        const char *label, *paths[2];
    } hashes[] = {
        {"SHA1=", {"process.hash.sha1", "file.hash.sha1"}},
        {"MD5=", {"process.hash.md5", "file.hash.md5"}},
        {"SHA256=", {"process.hash.sha256", "file.hash.sha256"}},
        {"IMPHASH=", {"process.pe.imphash", "file.pe.imphash"}},
    };
    spoor_text_out out = {.arena = &r->arena};
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        spoor_str hash = spoor_reading_at(r, root, hashes[i].paths[0]);
        if (hash.len == 0) {
            hash = spoor_reading_at(r, root, hashes[i].paths[1]);
        }
        if (hash.len > 0) {
            spoor_text_add(&out, out.len > 0 ? SPOOR_STR(",") : SPOOR_STR(""));
            spoor_text_add(&out, spoor_str_from(hashes[i].label));
            size_t start = out.len;
            spoor_text_add(&out, hash);
            for (size_t k = start; k < out.len; k++) {
                out.ptr[k] =
                    out.ptr[k] >= 'a' && out.ptr[k] <= 'z' ? (char)(out.ptr[k] - 32) : out.ptr[k];
            }
        }
    }
    return (spoor_str){out.ptr, out.len};
}

/* "type:  5 name;::ffff:192.0.2.1;" from dns.answers. */
static spoor_str answers_text(spoor_reading *r, uint32_t root) {
    static const struct {
        const char *type, *prefix;
    } types[] = {{"A", "::ffff:"},       {"AAAA", ""},          {"NS", "type:  2 "},
                 {"CNAME", "type:  5 "}, {"SOA", "type:  6 "},  {"PTR", "type:  12 "},
                 {"MX", "type:  15 "},   {"TXT", "type:  16 "}, {"SRV", "type:  33 "}};
    const spoor_json_node *nodes = r->json.nodes;
    spoor_text_out out = {.arena = &r->arena};
    uint32_t answers = spoor_json_path(&r->json, root, "dns.answers");
    if (answers == 0 || nodes[answers].kind != SPOOR_JSON_ARRAY) {
        return (spoor_str){"", 0};
    }
    for (uint32_t i = spoor_json_first(answers); i < nodes[answers].next; i = nodes[i].next) {
        spoor_str type = spoor_reading_at(r, i, "type"), data = spoor_reading_at(r, i, "data");
        for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
            if (spoor_str_is(type, types[k].type)) {
                spoor_text_add(&out, spoor_str_from(types[k].prefix));
            }
        }
        spoor_text_add(&out, data);
        spoor_text_add(&out, SPOOR_STR(";"));
    }
    return (spoor_str){out.ptr, out.len};
}

static spoor_str user_text(spoor_reading *r, uint32_t root) {
    spoor_str domain = spoor_reading_at(r, root, "user.domain");
    spoor_str name = spoor_reading_at(r, root, "user.name");
    if (domain.len == 0 || name.len == 0) {
        return name;
    }
    spoor_text_out out = {.arena = &r->arena};
    spoor_text_add(&out, domain);
    spoor_text_add(&out, SPOOR_STR("\\"));
    spoor_text_add(&out, name);
    return (spoor_str){out.ptr, out.len};
}

/* 2024-03-05T10:11:12.345Z as Sysmon writes it. */
static spoor_str utc_text(spoor_reading *r, uint32_t root) {
    spoor_str text = spoor_reading_at(r, root, "@timestamp");
    int64_t ticks;
    bool has_zone;
    if (!spoor_log_time(text, &ticks, &has_zone)) {
        return (spoor_str){"", 0};
    }
    char buffer[SPOOR_TIME_TEXT];
    spoor_str printed = spoor_arena_str(&r->arena, spoor_time_print(ticks, buffer));
    char *copy = SPOOR_RAW_ARRAY(&r->arena, char, 23);
    memcpy(copy, printed.ptr, 23);
    copy[10] = ' ';
    return (spoor_str){copy, 23};
}

/* Fields that are made of more than one thing. */
static spoor_str composed_text(spoor_reading *r, uint32_t root, const char *field) {
    if (strcmp(field, "Hashes") == 0 || strcmp(field, "Hash") == 0) {
        return hashes_text(r, root);
    }
    if (strcmp(field, "QueryResults") == 0) {
        return answers_text(r, root);
    }
    if (strcmp(field, "User") == 0) {
        return user_text(r, root);
    }
    if (strcmp(field, "UtcTime") == 0) {
        return utc_text(r, root);
    }
    if (strcmp(field, "Initiated") == 0) {
        spoor_str direction = spoor_reading_at(r, root, "network.direction");
        bool is_out = spoor_str_is(direction, "egress") || spoor_str_is(direction, "outbound");
        return direction.len == 0 ? direction : is_out ? SPOOR_STR("true") : SPOOR_STR("false");
    }
    if (strcmp(field, "QueryStatus") == 0) {
        spoor_str status = spoor_reading_at(r, root, "sysmon.dns.status");
        return spoor_str_is(status, "SUCCESS") ? SPOOR_STR("0") : status;
    }
    return (spoor_str){"", 0};
}

static spoor_str ecs_text(spoor_reading *r, uint32_t root, const char *field) {
    for (size_t i = 0; i < sizeof ecs_fields / sizeof *ecs_fields; i++) {
        if (strcmp(ecs_fields[i].field, field) != 0) {
            continue;
        }
        for (int k = 0; k < 2 && ecs_fields[i].paths[k] != NULL; k++) {
            spoor_str text = spoor_reading_at(r, root, ecs_fields[i].paths[k]);
            if (text.len > 0) {
                return text;
            }
        }
        return (spoor_str){"", 0};
    }
    return composed_text(r, root, field);
}

static bool finish_module(spoor_reading *r, uint32_t root) {
    spoor_str original = spoor_reading_at(r, root, "event.original");
    if (spoor_str_starts(original, "<Event")) { /* the pipeline kept what it had */
        return spoor_reading_embedded(r, original) ||
               spoor_reading_refuse(r, "a record whose event.original is damaged");
    }
    spoor_event_draft *build = &r->build;
    uint32_t nrows;
    const spoor_sysmon_field *rows = spoor_sysmon_fields(build->event.event_id, &nrows);
    for (uint32_t i = 0; i < nrows; i++) {
        if (spoor_draft_find(build, rows[i].name) != NULL) {
            continue;
        }
        spoor_str text = ecs_text(r, root, rows[i].name);
        if (text.len > 0) {
            spoor_draft_add(build, spoor_str_from(rows[i].name), text, SPOOR_FIELD_TEXT);
        }
    }
    build->event.flags |= SPOOR_EVENT_HAS_EVENTDATA;
    return true;
}

static bool is_module(spoor_reading *r, uint32_t root) {
    return spoor_str_is(spoor_reading_at(r, root, "event.module"), "sysmon") ||
           spoor_str_is(spoor_reading_at(r, root, "event.dataset"), "windows.sysmon_operational");
}

static bool is_raw(spoor_reading *r, uint32_t root) {
    return !is_module(r, root);
}

const spoor_shape spoor_shapes_beats[] = {
    {.name = "Winlogbeat 7 JSON",
     .needs = {"winlog.channel"},
     .matches = is_raw,
     .maps = winlogbeat_maps,
     .data = "winlog.event_data",
     .user_data = "winlog.user_data",
     .traits = SPOOR_ANY_ORDER},
    {.name = "Winlogbeat JSON after the Sysmon module (ECS)",
     .needs = {"winlog.channel"},
     .matches = is_module,
     .maps = module_maps,
     .data = "winlog.event_data",
     .traits = SPOOR_ANY_ORDER,
     .finish = finish_module},
    {.name = NULL},
};
