/* shape_azure.c - rows of Log Analytics tables (Event, WindowsEvent, SecurityEvent, Syslog), and
 * Splunk: exports in which the event itself is XML or JSON inside one text. */
#include "ingest/shape.h"
#include "ingest/sysmon_names.h"

static const spoor_map event_maps[] = {
    SPOOR_MAP("TimeGenerated", TIME),
    SPOOR_MAP("Source", PROVIDER),
    SPOOR_MAP("EventLog", CHANNEL),
    SPOOR_MAP("Computer", COMPUTER),
    SPOOR_MAP("EventID", EVENT_ID),
    SPOOR_MAP("EventLevel", LEVEL),
    SPOOR_MAP("EventLevelName", LEVEL_NAME),
    SPOOR_MAP("EventCategory", TASK),
    SPOOR_MAP("UserName", USER_NAME),
    SPOOR_MAP("RenderedDescription", MESSAGE),
    SPOOR_MAP_END,
};

static const spoor_map windows_event_maps[] = {
    SPOOR_MAP("TimeGenerated", TIME),
    SPOOR_MAP("TimeCreated", TIME),
    SPOOR_MAP("Provider", PROVIDER),
    SPOOR_MAP("Channel", CHANNEL),
    SPOOR_MAP("Computer", COMPUTER),
    SPOOR_MAP("EventID", EVENT_ID),
    SPOOR_MAP("Version", VERSION),
    SPOOR_MAP("EventLevel", LEVEL),
    SPOOR_MAP("EventLevelName", LEVEL_NAME),
    SPOOR_MAP("Task", TASK),
    SPOOR_MAP("Opcode", OPCODE),
    SPOOR_MAP("Keywords", KEYWORDS),
    SPOOR_MAP("Correlation", ACTIVITY_ID),
    SPOOR_MAP("EventRecordId", RECORD_ID),
    SPOOR_MAP("SystemProcessId", PROCESS_ID),
    SPOOR_MAP("SystemThreadId", THREAD_ID),
    SPOOR_MAP("SystemUserId", USER_SID),
    SPOOR_MAP_END,
};

static const spoor_map security_event_maps[] = {
    SPOOR_MAP("TimeGenerated", TIME),
    SPOOR_MAP("EventSourceName", PROVIDER),
    SPOOR_MAP("Channel", CHANNEL),
    SPOOR_MAP("Computer", COMPUTER),
    SPOOR_MAP("EventID", EVENT_ID),
    SPOOR_MAP("Version", VERSION),
    SPOOR_MAP("Level", LEVEL),
    SPOOR_MAP("EventLevelName", LEVEL_NAME),
    SPOOR_MAP("Task", TASK),
    SPOOR_MAP("Opcode", OPCODE),
    SPOOR_MAP("Keywords", KEYWORDS),
    SPOOR_MAP("Correlation", ACTIVITY_ID),
    SPOOR_MAP("EventRecordId", RECORD_ID),
    SPOOR_MAP("SystemProcessId", PROCESS_ID),
    SPOOR_MAP("SystemThreadId", THREAD_ID),
    SPOOR_MAP("SystemUserId", USER_SID),
    SPOOR_MAP_END,
};

static const spoor_map no_maps[] = {SPOOR_MAP_END};

/* Columns of these tables that are not EventData where a row has its fields as columns. */
static const char *const own_columns[] = {
    "TenantId",
    "SourceSystem",
    "MG",
    "ManagementGroupName",
    "Type",
    "_ResourceId",
    "_SubscriptionId",
    "_ItemId",
    "AzureDeploymentID",
    "Role",
    "Message",
    "ParameterXml",
    "EventData",
    "EventData_string",
    "SourceComputerId",
    "EventOriginId",
    "TimeCollected",
    "Activity",
    "Account",
    "AccountType",
    "Process",
    "SubjectAccount",
    "TargetAccount",
    "PartitionKey",
    "RowKey",
    "StorageAccount",
};

static bool is_own_column(const spoor_shape *shape, spoor_str key) {
    for (const spoor_map *map = shape->maps; map->path != NULL; map++) {
        if (map->len == key.len && memcmp(map->path, key.ptr, key.len) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof own_columns / sizeof *own_columns; i++) {
        if (spoor_str_is(key, own_columns[i])) {
            return true;
        }
    }
    return false;
}

/* Image, ProcessId_dynamic, ... as columns of their own: '' is a column without a value. */
static void read_columns(spoor_reading *r, uint32_t root) {
    static const char *const suffixes[] = {"_dynamic", "_string"};
    const spoor_json_node *nodes = r->json.nodes;
    r->build.event.flags |= SPOOR_EVENT_HAS_EVENTDATA;
    for (uint32_t i = spoor_json_first(root); i < nodes[root].next; i = nodes[i].next) {
        if (is_own_column(r->last, nodes[i].key) || nodes[i].kind == SPOOR_JSON_NULL ||
            (nodes[i].kind == SPOOR_JSON_STRING && nodes[i].text.len == 0)) {
            continue;
        }
        spoor_reading_member(r, &r->json, i, SPOOR_FLAT);
        spoor_str *name = &r->build.fields[r->build.nfields - 1].name;
        for (size_t k = 0; k < sizeof suffixes / sizeof *suffixes; k++) {
            size_t len = strlen(suffixes[k]);
            if (name->len > len && memcmp(name->ptr + name->len - len, suffixes[k], len) == 0) {
                name->len -= len;
            }
        }
    }
}

/* <EventData>, perhaps inside <DataItem time="...">. */
static bool read_event_data(spoor_reading *r, spoor_str text) {
    if (!spoor_reading_xml(r, text)) {
        return false;
    }
    const spoor_xml_node *nodes = r->xml.nodes;
    uint32_t element = 0;
    if (spoor_str_is(nodes[0].local, "DataItem")) {
        uint32_t time = spoor_xml_attribute(&r->xml, 0, "time");
        if (time != 0) {
            spoor_draft_set(&r->build, SPOOR_PART_TIME, spoor_xml_text(&r->arena, &r->xml, time));
        }
        element = spoor_xml_child(&r->xml, 0, "EventData");
        if (element == 0) {
            element = spoor_xml_child(&r->xml, 0, "UserData");
        }
        if (element == 0) {
            return true;
        }
    }
    if (spoor_str_is(nodes[element].local, "UserData")) {
        spoor_xml_read_user_data(r, element);
    } else {
        spoor_xml_read_data(r, element);
    }
    return true;
}

/* <Param>..</Param><Param>..</Param>: values without names; Sysmon's get theirs back. */
static bool read_parameters(spoor_reading *r, spoor_str text) {
    spoor_text_out whole = {.arena = &r->arena};
    spoor_text_add(&whole, SPOOR_STR("<P>"));
    spoor_text_add(&whole, text);
    spoor_text_add(&whole, SPOOR_STR("</P>"));
    if (!spoor_reading_xml(r, (spoor_str){whole.ptr, whole.len})) {
        return false;
    }
    const spoor_xml_node *nodes = r->xml.nodes;
    r->build.event.flags |= SPOOR_EVENT_HAS_EVENTDATA;
    for (uint32_t i = 1; i < nodes[0].next; i = nodes[i].next) {
        if (nodes[i].kind == SPOOR_XML_ELEMENT) {
            spoor_draft_add(&r->build, (spoor_str){NULL, 0},
                            spoor_reading_repair(r, spoor_xml_text(&r->arena, &r->xml, i)),
                            SPOOR_FIELD_TEXT);
        }
    }
    spoor_reading_name_fields(r);
    return true;
}

static bool finish_event(spoor_reading *r, uint32_t root) {
    spoor_str data = spoor_reading_at(r, root, "EventData");
    if (data.len == 0) {
        data = spoor_reading_at(r, root, "EventData_string");
    }
    if (data.len > 0) {
        return read_event_data(r, data) ||
               spoor_reading_refuse(r, "an Event row whose EventData is damaged (%s)",
                                    r->xml.error != NULL ? r->xml.error : "not XML");
    }
    spoor_str parameters = spoor_reading_at(r, root, "ParameterXml");
    if (parameters.len > 0) {
        return read_parameters(r, parameters) ||
               spoor_reading_refuse(r, "an Event row whose ParameterXml is damaged");
    }
    read_columns(r, root);
    return true;
}

static bool finish_windows_event(spoor_reading *r, uint32_t root) {
    uint32_t data = spoor_json_find(&r->json, root, "EventData");
    if (r->json.nodes[data].kind == SPOOR_JSON_OBJECT) { /* written as dynamic, not as a text */
        spoor_reading_data(r, &r->json, data, 0);
        return true;
    }
    spoor_str text = spoor_reading_text(r, &r->json, data);
    if (text.len > 0 && *text.ptr == '<') {
        return read_event_data(r, text) ||
               spoor_reading_refuse(r, "a WindowsEvent row whose EventData is damaged");
    }
    if (text.len == 0) {
        return true;
    }
    if (!spoor_reading_inner(r, text)) {
        return spoor_reading_refuse(r, "a WindowsEvent row whose EventData is damaged (%s)",
                                    r->inner.error);
    }
    spoor_reading_data(r, &r->inner, 0, 0);
    return true;
}

static bool finish_security_event(spoor_reading *r, uint32_t root) {
    spoor_str data = spoor_reading_at(r, root, "EventData");
    if (data.len > 0) {
        return read_event_data(r, data) ||
               spoor_reading_refuse(r, "a SecurityEvent row whose EventData is damaged");
    }
    read_columns(r, root);
    return true;
}

static bool finish_syslog(spoor_reading *r, uint32_t root) {
    spoor_str message = spoor_reading_at(r, root, "SyslogMessage");
    if (spoor_reading_embedded(r, message)) {
        return true;
    }
    spoor_str process = spoor_reading_at(r, root, "ProcessName");
    return spoor_reading_refuse(r, "a Syslog row of %.*s, not an event of Sysmon for Linux",
                                (int)(process.len < 40 ? process.len : 40), process.ptr);
}

static bool finish_splunk(spoor_reading *r, uint32_t root) {
    return spoor_reading_embedded(r, spoor_reading_at(r, root, "_raw")) ||
           spoor_reading_refuse(
               r, "a Splunk record whose _raw is not an Event element (XmlWinEventLog)");
}

const spoor_shape spoor_shapes_azure[] = {
    {.name = "Log Analytics Event",
     .needs = {"EventLog", "Source", "EventID", "TimeGenerated"},
     .maps = event_maps,
     .traits = SPOOR_ISO_TIMES,
     .finish = finish_event},
    {.name = "Log Analytics WindowsEvent",
     .needs = {"Provider", "Channel", "EventData", "TimeGenerated"},
     .lacks = {"Payload"},
     .maps = windows_event_maps,
     .traits = SPOOR_ISO_TIMES,
     .finish = finish_windows_event},
    {.name = "Log Analytics SecurityEvent",
     .needs = {"EventSourceName", "Channel", "EventID", "TimeGenerated"},
     .maps = security_event_maps,
     .finish = finish_security_event},
    {.name = "Syslog of Sysmon for Linux",
     .needs = {"SyslogMessage"},
     .maps = no_maps,
     .finish = finish_syslog},
    {.name = "Splunk export of XmlWinEventLog",
     .needs = {"_raw"},
     .maps = no_maps,
     .finish = finish_splunk},
    {.name = NULL},
};
