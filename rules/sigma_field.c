/* sigma_field.c - where the tables have the fields of Sigma: the one place that knows columns.
 *
 * A column of `Sysmon` stands for a field only where it is that field and no
 * other in all events of the log source: some columns join fields of several
 * events, some have a field of some events only (parsers/Sysmon.kql). */
#include "ingest/sysmon_names.h"
#include "rules/sigma.h"

enum { MOST_IDS = 8 };

typedef struct column {
    const char *field, *name;
    bool is_joined;    /* with other fields, where the event has not this one */
    int ids[MOST_IDS]; /* has it in these events only; none: in all */
} column;

static const column sysmon_columns[] = {
    {"Computer", "Computer", false, {0}},
    {"ComputerName", "Computer", false, {0}},
    {"Provider_Name", "Source", false, {0}},
    {"RuleName", "rule_name", false, {0}},
    {"UtcTime", "event_creation_time", false, {0}},
    {"ProcessGuid", "process_guid", true, {0}},
    {"SourceProcessGuid", "process_guid", true, {0}},
    {"SourceProcessGUID", "process_guid", true, {0}},
    {"ProcessId", "process_id", true, {0}},
    {"SourceProcessId", "process_id", true, {0}},
    {"Image", "process_path", true, {0}},
    {"SourceImage", "process_path", true, {0}},
    {"FileVersion", "file_version", false, {0}},
    {"Description", "file_description", false, {1, 7}},
    {"Description", "sysmon_error_description", false, {255}},
    {"Product", "file_product", false, {0}},
    {"Company", "file_company", false, {0}},
    {"OriginalFileName", "file_name", false, {1}},
    {"OriginalFileName", "file_name_original", false, {7}},
    {"TargetFilename", "file_name", false, {11, 15, 23, 26, 27, 28, 29}},
    {"TargetFilename", "file_path", false, {2}},
    {"CommandLine", "process_command_line", false, {0}},
    {"CurrentDirectory", "file_directory", false, {0}},
    {"User", "user_name", true, {0}},
    {"SourceUser", "user_name", true, {0}},
    {"LogonGuid", "user_logon_guid", false, {0}},
    {"LogonId", "user_logon_id", false, {0}},
    {"TerminalSessionId", "user_session_id", true, {0}},
    {"Session", "user_session_id", true, {0}},
    {"IntegrityLevel", "process_integrity_level", false, {0}},
    {"md5", "hash_md5", false, {0}},
    {"sha1", "hash_sha1", false, {0}},
    {"sha256", "hash_sha256", false, {0}},
    {"imphash", "hash_imphash", false, {0}},
    {"Imphash", "hash_imphash", false, {0}},
    {"ParentProcessGuid", "process_parent_guid", false, {0}},
    {"ParentProcessId", "process_parent_id", false, {0}},
    {"ParentImage", "process_parent_path", false, {0}},
    {"ParentCommandLine", "process_parent_command_line", false, {0}},
    {"ParentUser", "process_parent_user_name", false, {0}},
    {"CreationUtcTime", "file_creation_time", false, {0}},
    {"PreviousCreationUtcTime", "file_previous_creation_time", false, {0}},
    {"Protocol", "network_protocol", false, {0}},
    {"Initiated", "network_connection_initiated", false, {0}},
    {"SourceIsIpv6", "src_is_ipv6", false, {0}},
    {"SourceIp", "src_ip", false, {0}},
    {"SourceHostname", "src_host_name", false, {0}},
    {"SourcePort", "src_port", false, {0}},
    {"SourcePortName", "src_port_name", false, {0}},
    {"DestinationIsIpv6", "dst_is_ipv6", false, {0}},
    {"DestinationIp", "dst_ip", false, {0}},
    {"DestinationHostname", "dst_host_name", false, {0}},
    {"DestinationPort", "dst_port", false, {0}},
    {"DestinationPortName", "dst_port_name", false, {0}},
    {"State", "service_state", false, {0}},
    {"Version", "sysmon_version", false, {4}},
    {"SchemaVersion", "sysmon_schema_version", false, {0}},
    {"ImageLoaded", "driver_loaded", false, {6}},
    {"ImageLoaded", "module_loaded", false, {7}},
    {"Signed", "driver_is_signed", false, {6}},
    {"Signed", "module_is_signed", false, {7}},
    {"Signature", "driver_signature", false, {6}},
    {"Signature", "module_signature", false, {7}},
    {"SignatureStatus", "driver_signature_status", false, {6}},
    {"SignatureStatus", "module_signature_status", false, {7}},
    {"TargetProcessGuid", "target_process_guid", true, {0}},
    {"TargetProcessGUID", "target_process_guid", true, {0}},
    {"TargetProcessId", "target_process_id", false, {0}},
    {"TargetImage", "target_process_path", false, {0}},
    {"NewThreadId", "thread_new_id", false, {0}},
    {"StartAddress", "thread_start_address", false, {0}},
    {"StartModule", "thread_start_module", false, {0}},
    {"StartFunction", "thread_start_function", false, {0}},
    {"TargetUser", "target_user_name", false, {0}},
    {"Device", "target_device", false, {0}},
    {"SourceThreadId", "thread_id", false, {0}},
    {"GrantedAccess", "process_granted_access", false, {0}},
    {"CallTrace", "process_call_trace", false, {0}},
    {"EventType", "registry_event_type", false, {12, 13, 14}},
    {"EventType", "pipe_event_type", false, {17, 18}},
    {"EventType", "wmi_event_type", false, {19, 20, 21}},
    {"TargetObject", "registry_key_path", false, {0}},
    {"Details", "registry_key_details", false, {0}},
    {"NewName", "registry_key_new_name", false, {0}},
    {"Hash", "hash", false, {0}},
    {"Contents", "file_stream_contents", false, {0}},
    {"Configuration", "sysmon_configuration", false, {0}},
    {"ConfigurationFileHash", "sysmon_configuration_hash", false, {0}},
    {"PipeName", "pipe_name", false, {0}},
    {"Operation", "wmi_operation", false, {0}},
    {"EventNamespace", "wmi_namespace", false, {0}},
    {"Name", "wmi_filter_name", false, {19}},
    {"Name", "wmi_consumer_name", false, {20}},
    {"Query", "wmi_query", false, {0}},
    {"Type", "wmi_consumer_type", false, {20}},
    {"Type", "process_tampering_type", false, {25}},
    {"Destination", "wmi_consumer_destination", false, {0}},
    {"Consumer", "wmi_consumer_path", false, {0}},
    {"Filter", "wmi_filter_path", false, {0}},
    {"QueryName", "dns_query_name", false, {0}},
    {"QueryStatus", "dns_query_status", false, {0}},
    {"QueryResults", "dns_query_results", false, {0}},
    {"IsExecutable", "file_is_executable", false, {0}},
    {"Archived", "file_archived", false, {0}},
    {"ClientInfo", "clipboard_client_info", false, {0}},
    {"ID", "sysmon_error_id", false, {0}},
};

/* What every event has, in WindowsEvent and _Events. */
static const struct {
    const char *field, *text;
} system_columns[] = {
    {"Provider_Name", "Provider"},
    {"Channel", "Channel"},
    {"Computer", "Computer"},
    {"ComputerName", "Computer"},
    {"Level", "tostring(EventLevel)"},
    {"Task", "tostring(Task)"},
    {"Opcode", "tostring(Opcode)"},
    {"Keywords", "Keywords"},
    {"EventRecordID", "tostring(EventRecordId)"},
};

/* Defender's names have blanks, which Sigma leaves out or writes as underscores. */
static const char *const defender_fields[] = {
    "Action ID",
    "Action Name",
    "Additional Actions ID",
    "Additional Actions String",
    "Category ID",
    "Category Name",
    "Detection ID",
    "Detection Time",
    "Detection User",
    "Engine Version",
    "Error Code",
    "Error Description",
    "Execution ID",
    "Execution Name",
    "Feature ID",
    "Feature Name",
    "New Value",
    "Old Value",
    "Origin ID",
    "Origin Name",
    "Post Clean Status",
    "Pre Execution Status",
    "Process Name",
    "Product Name",
    "Product Version",
    "Remediation User",
    "Scan ID",
    "Scan Parameters",
    "Scan Type",
    "Severity ID",
    "Severity Name",
    "Signature Version",
    "Source ID",
    "Source Name",
    "Status Code",
    "Status Description",
    "Threat ID",
    "Threat Name",
    "Type ID",
    "Type Name",
};

static bool is_same_name(spoor_str a, spoor_str b) { /* but for blanks and underscores */
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a.len && (a.ptr[i] == ' ' || a.ptr[i] == '_')) {
            i++;
        }
        while (k < b.len && (b.ptr[k] == ' ' || b.ptr[k] == '_')) {
            k++;
        }
        if (i == a.len || k == b.len) {
            return i == a.len && k == b.len;
        }
        if (a.ptr[i++] != b.ptr[k++]) {
            return false;
        }
    }
}

/* The field as the events of the log source write it. */
static spoor_str as_written(const spoor_sigma_scope *scope, spoor_str field) {
    bool is_defender =
        scope->nchannels == 1 &&
        strcmp(scope->channels[0], "Microsoft-Windows-Windows Defender/Operational") == 0;
    for (size_t i = 0; is_defender && i < sizeof defender_fields / sizeof *defender_fields; i++) {
        if (is_same_name(field, spoor_str_from(defender_fields[i]))) {
            return spoor_str_from(defender_fields[i]);
        }
    }
    return field;
}

static bool has_field(const spoor_sigma_scope *scope, spoor_str field, bool in_all) {
    for (uint32_t i = 0; i < scope->nids; i++) {
        if ((spoor_sysmon_find(scope->ids[i], field, false) != NULL) != in_all) {
            return !in_all;
        }
    }
    return in_all && scope->nids > 0;
}

static bool holds_in_scope(const column *c, const spoor_sigma_scope *scope, spoor_str field) {
    if (c->is_joined) {
        return has_field(scope, field, true);
    }
    for (uint32_t i = 0; i < scope->nids && c->ids[0] != 0; i++) {
        uint32_t k = 0;
        while (k < MOST_IDS && c->ids[k] != 0 && c->ids[k] != scope->ids[i]) {
            k++;
        }
        if (k == MOST_IDS || c->ids[k] == 0) {
            return false;
        }
    }
    return c->ids[0] == 0 || scope->nids > 0;
}

static bool place_in_sysmon(const spoor_sigma_scope *scope, spoor_str field,
                            spoor_sigma_place *place) {
    place->kind = SPOOR_SIGMA_TEXT;
    for (size_t i = 0; i < sizeof sysmon_columns / sizeof *sysmon_columns; i++) {
        const column *c = &sysmon_columns[i];
        if (spoor_str_is(field, c->field) && holds_in_scope(c, scope, field)) {
            place->text = spoor_str_from(c->name);
            return true;
        }
    }
    return false;
}

/* -- the bag ----------------------------------------------------------------------------------- */

static bool is_name(spoor_str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!is_letter && (i == 0 || c < '0' || c > '9')) {
            return false;
        }
    }
    return text.len > 0;
}

static spoor_str literal(spoor_arena *arena, spoor_str text) {
    spoor_buffer out = {.arena = arena};
    spoor_sigma_put_literal(&out, text);
    return spoor_buffer_text(&out);
}

static void place_in_bag(spoor_arena *arena, spoor_str field, spoor_sigma_place *place) {
    spoor_str key = literal(arena, field);
    place->member = is_name(field)
                        ? spoor_arena_format(arena, "EventData.%.*s", (int)field.len, field.ptr)
                        : spoor_arena_format(arena, "EventData[%.*s]", (int)key.len, key.ptr);
    place->kind = SPOOR_SIGMA_MEMBER;
    place->has = spoor_arena_format(arena, "bag_has_key(EventData, %.*s)", (int)key.len, key.ptr);
    place->text =
        spoor_arena_format(arena, "tostring(%.*s)", (int)place->member.len, place->member.ptr);
    if (spoor_str_is(field, "Data")) { /* texts without names, one a line, between marks */
        place->kind = SPOOR_SIGMA_LIST;
        place->text = SPOOR_STR(
            "strcat(\"\\u0001\", coalesce(strcat_array(EventData.Data, \"\\u0001\\n\\u0001\"), "
            "tostring(EventData.Data)), \"\\u0001\")");
    }
}

/* The taxonomy's names for single hashes, which Sysmon logs together. */
static const struct {
    const char *field, *kind;
} hashes[] = {{"md5", "MD5"},
              {"sha1", "SHA1"},
              {"sha256", "SHA256"},
              {"imphash", "IMPHASH"},
              {"Imphash", "IMPHASH"}};

static const char *hash_kind(const spoor_sigma_scope *scope, spoor_str field) {
    for (size_t i = 0; scope->is_sysmon && i < sizeof hashes / sizeof *hashes; i++) {
        if (spoor_str_is(field, hashes[i].field)) {
            return hashes[i].kind;
        }
    }
    return NULL;
}

/* What 4688 of the Security log has for the fields of Sysmon's event 1; others keep their names. */
static const struct {
    const char *field, *member, *text;
} audit_fields[] = {
    {"Image", "NewProcessName", "tostring(EventData.NewProcessName)"},
    {"ParentImage", "ParentProcessName", "tostring(EventData.ParentProcessName)"},
    {"ProcessId", "NewProcessId", "tostring(tolong(EventData.NewProcessId))"},
    {"ParentProcessId", "ProcessId", "tostring(tolong(EventData.ProcessId))"},
    {"LogonId", "SubjectLogonId", "tostring(EventData.SubjectLogonId)"},
    {"User", "SubjectUserName",
     "strcat(EventData.SubjectDomainName, \"\\\\\", EventData.SubjectUserName)"},
    {"IntegrityLevel", "MandatoryLabel",
     "case(EventData.MandatoryLabel == \"S-1-16-4096\", \"Low\", EventData.MandatoryLabel == "
     "\"S-1-16-8192\", \"Medium\", "
     "EventData.MandatoryLabel == \"S-1-16-8448\", \"MediumPlus\", EventData.MandatoryLabel == "
     "\"S-1-16-12288\", \"High\", "
     "EventData.MandatoryLabel == \"S-1-16-16384\", \"System\", "
     "tostring(EventData.MandatoryLabel))"},
};

static bool place_in_audit(spoor_arena *arena, spoor_str field, spoor_sigma_place *place) {
    for (size_t i = 0; i < sizeof audit_fields / sizeof *audit_fields; i++) {
        if (spoor_str_is(field, audit_fields[i].field)) {
            place_in_bag(arena, spoor_str_from(audit_fields[i].member), place);
            place->kind = SPOOR_SIGMA_TEXT;
            place->text = spoor_str_from(audit_fields[i].text);
            return true;
        }
    }
    return false;
}

bool spoor_sigma_place_of(spoor_arena *arena, const spoor_sigma_scope *scope,
                          spoor_sigma_table table, spoor_str field, spoor_sigma_place *place) {
    if (table == SPOOR_SIGMA_VIEW) {
        *place = (spoor_sigma_place){.kind = SPOOR_SIGMA_TEXT,
                                     .text = spoor_sigma_view_field(arena, scope->view, field)};
        return place->text.len > 0;
    }
    if (spoor_sigma_is_enriched(arena, scope, field, place)) {
        return true;
    }
    *place = (spoor_sigma_place){.kind = SPOOR_SIGMA_INT, .text = SPOOR_STR("EventID")};
    if (spoor_str_is(field, "EventID")) {
        return true;
    }
    if (table == SPOOR_SIGMA_SYSMON) {
        return place_in_sysmon(scope, field, place);
    }
    place->kind = SPOOR_SIGMA_TEXT;
    for (size_t i = 0; i < sizeof system_columns / sizeof *system_columns; i++) {
        if (spoor_str_is(field, system_columns[i].field)) {
            place->text = spoor_str_from(system_columns[i].text);
            return true;
        }
    }
    const char *kind = hash_kind(scope, field);
    if (kind != NULL) {
        place->text =
            spoor_arena_format(arena,
                               "extract(\"%s=([^,]*)\", 1, coalesce(tostring(EventData.Hashes), "
                               "tostring(EventData.Hash)))",
                               kind);
        return true;
    }
    if (spoor_str_is(field, "Message")) {
        place->text = SPOOR_STR("Message");
        return table == SPOOR_SIGMA_EVENTS;
    }
    if (!scope->is_audit || !place_in_audit(arena, field, place)) {
        place_in_bag(arena, as_written(scope, field), place);
    }
    return true;
}

static bool is_system_field(spoor_str field) {
    for (size_t i = 0; i < sizeof system_columns / sizeof *system_columns; i++) {
        if (spoor_str_is(field, system_columns[i].field)) {
            return true;
        }
    }
    return spoor_str_is(field, "EventID") || spoor_str_is(field, "Message");
}

/* 4688, as Windows documents it, version 2. */
static bool is_audited(spoor_str field) {
    static const char *const names[] = {
        "SubjectUserSid",    "SubjectUserName", "SubjectDomainName",  "SubjectLogonId",
        "NewProcessId",      "NewProcessName",  "TokenElevationType", "CommandLine",
        "TargetUserSid",     "TargetUserName",  "TargetDomainName",   "TargetLogonId",
        "ParentProcessName", "MandatoryLabel"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (spoor_str_is(field, names[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof audit_fields / sizeof *audit_fields; i++) {
        if (spoor_str_is(field, audit_fields[i].field)) {
            return true;
        }
    }
    return false;
}

bool spoor_sigma_is_logged(spoor_arena *arena, const spoor_sigma_scope *scope, spoor_str field) {
    spoor_sigma_place place;
    if (spoor_sigma_is_enriched(arena, scope, field, &place)) {
        return true;
    }
    if (field.len == 0 || is_system_field(field)) {
        return true;
    }
    if (scope->is_audit) {
        return is_audited(field);
    }
    if (!scope->is_sysmon || scope->nids == 0 || has_field(scope, field, false)) {
        return true;
    }
    return hash_kind(scope, field) != NULL && (has_field(scope, SPOOR_STR("Hashes"), false) ||
                                               has_field(scope, SPOOR_STR("Hash"), false));
}
