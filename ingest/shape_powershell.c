/* shape_powershell.c - Get-WinEvent | ConvertTo-Json, of Windows PowerShell 5.1 and PowerShell 7.
 *
 * EventData comes as Properties: values in record order without names, or,
 * past the depth that ConvertTo-Json was given, not even these.  Sysmon's names
 * come from the layout with as many fields; values that were cut off come
 * from the rendered message.  Of other providers values stay without names. */
#include "ingest/shape.h"
#include "ingest/sysmon_names.h"

static const spoor_map maps[] = {
    SPOOR_MAP("Id", EVENT_ID),
    SPOOR_MAP("Version", VERSION),
    SPOOR_MAP("Qualifiers", QUALIFIERS),
    SPOOR_MAP("Level", LEVEL),
    SPOOR_MAP("Task", TASK),
    SPOOR_MAP("Opcode", OPCODE),
    SPOOR_MAP("Keywords", KEYWORDS),
    SPOOR_MAP("RecordId", RECORD_ID),
    SPOOR_MAP("ProviderName", PROVIDER),
    SPOOR_MAP("ProviderId", PROVIDER_GUID),
    SPOOR_MAP("LogName", CHANNEL),
    SPOOR_MAP("ProcessId", PROCESS_ID),
    SPOOR_MAP("ThreadId", THREAD_ID),
    SPOOR_MAP("MachineName", COMPUTER),
    SPOOR_MAP("UserId", USER_SID),
    SPOOR_MAP("UserId.Value", USER_SID),
    SPOOR_MAP("TimeCreated", TIME),
    SPOOR_MAP("TimeCreated.value", TIME), /* 5.1, when the type's extra members are written */
    SPOOR_MAP("ActivityId", ACTIVITY_ID),
    SPOOR_MAP("RelatedActivityId", RELATED_ACTIVITY_ID),
    SPOOR_MAP("LevelDisplayName", LEVEL_NAME),
    SPOOR_MAP("OpcodeDisplayName", OPCODE_NAME),
    SPOOR_MAP("TaskDisplayName", TASK_NAME),
    SPOOR_MAP("Message", MESSAGE),
    SPOOR_MAP_END,
};

void spoor_reading_name_fields(spoor_reading *r) {
    spoor_event_draft *build = &r->build;
    uint32_t layout = spoor_sysmon_layout(build->event.event_id, build->nfields);
    if (!spoor_is_sysmon(build->event.provider) || layout == 0) {
        return;
    }
    uint32_t nrows, n = 0;
    const spoor_sysmon_field *rows = spoor_sysmon_fields(build->event.event_id, &nrows);
    for (uint32_t i = 0; i < nrows; i++) {
        if (rows[i].layouts & layout) {
            build->fields[n++].name = spoor_str_from(rows[i].name);
        }
    }
}

/* 0xF3C9A, as messages print it, to 0xf3c9a. */
static spoor_str lower_hex(spoor_reading *r, spoor_str text) {
    if (!spoor_str_starts(text, "0x")) {
        return text;
    }
    char *out = SPOOR_RAW_ARRAY(&r->arena, char, text.len);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        out[i] = c >= 'A' && c <= 'F' ? (char)(c + 32) : c;
    }
    return (spoor_str){out, text.len};
}

/* Properties were cut off: what the message says instead. */
static void read_message(spoor_reading *r) {
    spoor_event_draft *build = &r->build;
    build->nfields = 0;
    uint32_t nrows;
    const spoor_sysmon_field *rows = spoor_sysmon_fields(build->event.event_id, &nrows);
    for (uint32_t i = 0; spoor_is_sysmon(build->event.provider) && i < nrows; i++) {
        spoor_str value;
        if (spoor_message_field(build->event.message, rows[i].name, &value)) {
            value = rows[i].type == SPOOR_SYSMON_HEX ? lower_hex(r, value) : value;
            spoor_draft_add(build, spoor_str_from(rows[i].name), value, SPOOR_FIELD_TEXT);
        }
    }
}

static bool finish(spoor_reading *r, uint32_t root) {
    const spoor_json_node *nodes = r->json.nodes;
    uint32_t list = spoor_json_find(&r->json, root, "Properties");
    r->build.event.flags |= SPOOR_EVENT_HAS_EVENTDATA;
    if (nodes[list].kind != SPOOR_JSON_ARRAY) {
        read_message(r);
        return true;
    }
    for (uint32_t i = spoor_json_first(list); i < nodes[list].next; i = nodes[i].next) {
        uint32_t value = spoor_json_find(&r->json, i, "Value");
        if (value == 0) {
            read_message(r);
            return true;
        }
        spoor_field_kind kind =
            nodes[value].kind >= SPOOR_JSON_ARRAY ? SPOOR_FIELD_JSON : SPOOR_FIELD_TEXT;
        spoor_draft_add(&r->build, (spoor_str){NULL, 0}, spoor_reading_text(r, &r->json, value),
                        kind);
    }
    spoor_reading_name_fields(r);
    return true;
}

const spoor_shape spoor_shapes_powershell[] = {
    {.name = "PowerShell Get-WinEvent JSON",
     .needs = {"ProviderName", "LogName", "Properties", "Id"},
     .maps = maps,
     .traits = SPOOR_BARE_GUIDS | SPOOR_DECIMAL_HEX,
     .finish = finish},
    {.name = NULL},
};
