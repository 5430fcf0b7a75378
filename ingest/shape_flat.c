/* shape_flat.c - one flat object an event: System and EventData side by side.
 *
 * NXLog (im_msvistalog to_json) and what Logstash makes of Winlogbeat in the
 * OTRF data sets.  Names that both sides have collide, and one of them is lost;
 * where the rendered message still tells, Sysmon's is taken from there. */
#include "ingest/shape.h"
#include "ingest/sysmon_names.h"

static const spoor_map nxlog_maps[] = {
    SPOOR_MAP("EventTime", TIME),
    SPOOR_MAP("Hostname", COMPUTER),
    SPOOR_MAP("Keywords", KEYWORDS),
    SPOOR_MAP("EventType", NONE),        /* NXLog's own, or Sysmon's: see finish_nxlog */
    SPOOR_MAP("EventTypeOrignal", NONE), /* as it is spelt there */
    SPOOR_MAP("EventTypeOriginal", NONE),
    SPOOR_MAP("SeverityValue", SEVERITY),
    SPOOR_MAP("Severity", NONE),
    SPOOR_MAP("EventID", EVENT_ID),
    SPOOR_MAP("SourceName", PROVIDER),
    SPOOR_MAP("ProviderGuid", PROVIDER_GUID),
    SPOOR_MAP("Version", VERSION),
    SPOOR_MAP("Task", TASK),
    SPOOR_MAP("OpcodeValue", OPCODE),
    SPOOR_MAP("Opcode", OPCODE_NAME),
    SPOOR_MAP("RecordNumber", RECORD_ID),
    SPOOR_MAP("ExecutionProcessID", PROCESS_ID),
    SPOOR_MAP("ThreadID", THREAD_ID),
    SPOOR_MAP("Channel", CHANNEL),
    SPOOR_MAP("Domain", USER_DOMAIN),
    SPOOR_MAP("AccountName", USER_NAME),
    SPOOR_MAP("AccountType", NONE),
    SPOOR_MAP("UserID", USER_SID),
    SPOOR_MAP("Message", MESSAGE),
    SPOOR_MAP("Category", TASK_NAME),
    SPOOR_MAP("ActivityID", ACTIVITY_ID),
    SPOOR_MAP("RelatedActivityID", RELATED_ACTIVITY_ID),
    SPOOR_MAP("EventReceivedTime", NONE),
    SPOOR_MAP("SourceModuleName", NONE),
    SPOOR_MAP("SourceModuleType", NONE),
    SPOOR_MAP("ERROR_EVT_UNRESOLVED", NONE),
    SPOOR_MAP("@timestamp", NONE), /* of receipt */
    SPOOR_MAP("@version", NONE),
    SPOOR_MAP("host", NONE),
    SPOOR_MAP("port", NONE),
    SPOOR_MAP("tags", NONE),
    SPOOR_MAP_END,
};

static const spoor_map flat_maps[] = {
    SPOOR_MAP("TimeCreated", TIME),
    SPOOR_MAP("Hostname", COMPUTER),
    SPOOR_MAP("Keywords", KEYWORDS),
    SPOOR_MAP("Level", LEVEL),
    SPOOR_MAP("EventID", EVENT_ID),
    SPOOR_MAP("SourceName", PROVIDER),
    SPOOR_MAP("ProviderGuid", PROVIDER_GUID),
    SPOOR_MAP("Task", TASK),
    SPOOR_MAP("Channel", CHANNEL),
    SPOOR_MAP("Message", MESSAGE),
    SPOOR_MAP("@timestamp", NONE),
    SPOOR_MAP("@version", NONE),
    SPOOR_MAP("tags", NONE),
    SPOOR_MAP_END,
};

static const spoor_map winlogbeat6_maps[] = {
    SPOOR_MAP("@timestamp", TIME),
    SPOOR_MAP("computer_name", COMPUTER),
    SPOOR_MAP("event_id", EVENT_ID),
    SPOOR_MAP("version", VERSION),
    SPOOR_MAP("level", LEVEL),
    SPOOR_MAP("task", TASK),
    SPOOR_MAP("opcode", OPCODE),
    SPOOR_MAP("record_number", RECORD_ID),
    SPOOR_MAP("process_id", PROCESS_ID),
    SPOOR_MAP("thread_id", THREAD_ID),
    SPOOR_MAP("log_name", CHANNEL),
    SPOOR_MAP("source_name", PROVIDER),
    SPOOR_MAP("provider_guid", PROVIDER_GUID),
    SPOOR_MAP("activity_id", ACTIVITY_ID),
    SPOOR_MAP("related_activity_id", RELATED_ACTIVITY_ID),
    SPOOR_MAP("user.identifier", USER_SID),
    SPOOR_MAP("user.name", USER_NAME),
    SPOOR_MAP("user.domain", USER_DOMAIN),
    SPOOR_MAP("message", MESSAGE),
    SPOOR_MAP_END,
};

/* Fields of Sysmon whose name System has too: the message still holds them. */
static void restore_collided(spoor_reading *r) {
    static const char *const collided[] = {"EventType", "Version"};
    spoor_event_draft *build = &r->build;
    for (size_t i = 0; i < sizeof collided / sizeof *collided; i++) {
        const spoor_sysmon_field *row =
            spoor_sysmon_find(build->event.event_id, spoor_str_from(collided[i]), false);
        spoor_str value;
        if (row != NULL && spoor_draft_find(build, row->name) == NULL &&
            spoor_message_field(build->event.message, row->name, &value)) {
            spoor_draft_add(build, spoor_str_from(row->name), value, SPOOR_FIELD_TEXT);
        }
    }
}

static bool finish_nxlog(spoor_reading *r, uint32_t root) {
    spoor_event_draft *build = &r->build;
    spoor_str type = spoor_reading_at(r, root, "EventType");
    bool was_moved = spoor_json_find(&r->json, root, "EventTypeOrignal") != 0 ||
                     spoor_json_find(&r->json, root, "EventTypeOriginal") != 0;
    if (was_moved) {
        if (type.len > 0) { /* half of the exports drop both */
            spoor_draft_add(build, SPOOR_STR("EventType"), type, SPOOR_FIELD_TEXT);
        }
    } else if (spoor_str_starts(type, "AUDIT_")) {
        build->event.level = 0; /* audits have no level of their own */
    }
    if (spoor_is_sysmon(build->event.provider)) {
        restore_collided(r);
    }
    /* Before version 4 the writer's process was ProcessID, a name that Security's data has too. */
    const spoor_event_field *pid = spoor_draft_find(build, "ProcessID");
    if (build->event.process_id == SPOOR_EVENT_ABSENT && pid != NULL) {
        spoor_draft_set(build, SPOOR_PART_PROCESS_ID, pid->text);
        uint32_t at = (uint32_t)(pid - build->fields);
        memmove(&build->fields[at], &build->fields[at + 1],
                (build->nfields - at - 1) * sizeof *build->fields);
        build->nfields--;
    }
    return true;
}

const spoor_shape spoor_shapes_flat[] = {
    {.name = "NXLog JSON",
     .needs = {"SourceModuleType", "EventID", "EventTime"},
     .maps = nxlog_maps,
     .traits = SPOOR_FLAT | SPOOR_XML_ESCAPED | SPOOR_ANY_ORDER,
     .finish = finish_nxlog},
    {.name = "flat JSON of Winlogbeat",
     .needs = {"EventID", "Channel", "TimeCreated", "Hostname"},
     .lacks = {"SourceModuleType"},
     .maps = flat_maps,
     .traits = SPOOR_FLAT | SPOOR_ANY_ORDER | SPOOR_DOUBTFUL_ZONE},
    {.name = "Winlogbeat 6 JSON",
     .needs = {"event_id", "log_name", "computer_name"},
     .lacks = {"winlog"},
     .maps = winlogbeat6_maps,
     .data = "event_data",
     .user_data = "user_data",
     .traits = SPOOR_ANY_ORDER},
    {.name = NULL},
};
