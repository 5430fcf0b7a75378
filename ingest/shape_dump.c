/* shape_dump.c - what tools that read EVTX files write: evtx_dump and its kin, EvtxECmd,
 * Velociraptor; and Wazuh, whose agent renders the same tree. */
#include "ingest/shape.h"

/* The tree of an Event element, with attributes under `a`. */
#define EVENT_MAPS(a)                                                                              \
    SPOOR_MAP("Event.System.Provider" a ".Name", PROVIDER),                                        \
        SPOOR_MAP("Event.System.Provider" a ".Guid", PROVIDER_GUID),                               \
        SPOOR_MAP("Event.System.Provider" a ".EventSourceName", EVENT_SOURCE),                     \
        SPOOR_MAP("Event.System.EventID", EVENT_ID),                                               \
        SPOOR_MAP("Event.System.EventID.#text", EVENT_ID),                                         \
        SPOOR_MAP("Event.System.EventID" a ".Qualifiers", QUALIFIERS),                             \
        SPOOR_MAP("Event.System.Version", VERSION), SPOOR_MAP("Event.System.Level", LEVEL),        \
        SPOOR_MAP("Event.System.Task", TASK), SPOOR_MAP("Event.System.Opcode", OPCODE),            \
        SPOOR_MAP("Event.System.Keywords", KEYWORDS),                                              \
        SPOOR_MAP("Event.System.TimeCreated" a ".SystemTime", TIME),                               \
        SPOOR_MAP("Event.System.EventRecordID", RECORD_ID),                                        \
        SPOOR_MAP("Event.System.Correlation" a ".ActivityID", ACTIVITY_ID),                        \
        SPOOR_MAP("Event.System.Correlation" a ".RelatedActivityID", RELATED_ACTIVITY_ID),         \
        SPOOR_MAP("Event.System.Execution" a ".ProcessID", PROCESS_ID),                            \
        SPOOR_MAP("Event.System.Execution" a ".ThreadID", THREAD_ID),                              \
        SPOOR_MAP("Event.System.Channel", CHANNEL), SPOOR_MAP("Event.System.Computer", COMPUTER),  \
        SPOOR_MAP("Event.System.Security" a ".UserID", USER_SID), SPOOR_MAP_END

static const spoor_map evtx_dump_maps[] = {EVENT_MAPS(".#attributes")};
static const spoor_map separate_maps[] = {EVENT_MAPS("_attributes")};

static const spoor_map velociraptor_maps[] = {
    SPOOR_MAP("System.Provider.Name", PROVIDER),
    SPOOR_MAP("System.Provider.Guid", PROVIDER_GUID),
    SPOOR_MAP("System.Provider.EventSourceName", EVENT_SOURCE),
    SPOOR_MAP("System.EventID.Value", EVENT_ID),
    SPOOR_MAP("System.EventID.Qualifiers", QUALIFIERS),
    SPOOR_MAP("System.Version", VERSION),
    SPOOR_MAP("System.Level", LEVEL),
    SPOOR_MAP("System.Task", TASK),
    SPOOR_MAP("System.Opcode", OPCODE),
    SPOOR_MAP("System.Keywords", KEYWORDS),
    SPOOR_MAP("System.TimeCreated.SystemTime", TIME),
    SPOOR_MAP("System.EventRecordID", RECORD_ID),
    SPOOR_MAP("System.Correlation.ActivityID", ACTIVITY_ID),
    SPOOR_MAP("System.Correlation.RelatedActivityID", RELATED_ACTIVITY_ID),
    SPOOR_MAP("System.Execution.ProcessID", PROCESS_ID),
    SPOOR_MAP("System.Execution.ThreadID", THREAD_ID),
    SPOOR_MAP("System.Channel", CHANNEL),
    SPOOR_MAP("System.Computer", COMPUTER),
    SPOOR_MAP("System.Security.UserID", USER_SID),
    SPOOR_MAP("Message", MESSAGE),
    SPOOR_MAP_END,
};

static const spoor_map evtxecmd_maps[] = {
    SPOOR_MAP("Provider", PROVIDER),    SPOOR_MAP("EventId", EVENT_ID),
    SPOOR_MAP("Level", LEVEL),          SPOOR_MAP("Keywords", KEYWORDS),
    SPOOR_MAP("TimeCreated", TIME),     SPOOR_MAP("EventRecordId", RECORD_ID),
    SPOOR_MAP("ProcessId", PROCESS_ID), SPOOR_MAP("ThreadId", THREAD_ID),
    SPOOR_MAP("Channel", CHANNEL),      SPOOR_MAP("Computer", COMPUTER),
    SPOOR_MAP("UserId", USER_SID),      SPOOR_MAP_END,
};

static const spoor_map wazuh_maps[] = {
    SPOOR_MAP("win.system.providerName", PROVIDER),
    SPOOR_MAP("win.system.providerGuid", PROVIDER_GUID),
    SPOOR_MAP("win.system.eventSourceName", EVENT_SOURCE),
    SPOOR_MAP("win.system.eventID", EVENT_ID),
    SPOOR_MAP("win.system.version", VERSION),
    SPOOR_MAP("win.system.level", LEVEL),
    SPOOR_MAP("win.system.task", TASK),
    SPOOR_MAP("win.system.opcode", OPCODE),
    SPOOR_MAP("win.system.keywords", KEYWORDS),
    SPOOR_MAP("win.system.systemTime", TIME),
    SPOOR_MAP("win.system.eventRecordID", RECORD_ID),
    SPOOR_MAP("win.system.processID", PROCESS_ID),
    SPOOR_MAP("win.system.threadID", THREAD_ID),
    SPOOR_MAP("win.system.channel", CHANNEL),
    SPOOR_MAP("win.system.computer", COMPUTER),
    SPOOR_MAP("win.system.message", MESSAGE),
    SPOOR_MAP_END,
};

/* One Data element of EvtxECmd: {"@Name": n, "#text": t}, without #text when empty, or bare text.
 */
static void add_data(spoor_reading *r, uint32_t node) {
    const spoor_json *json = &r->inner;
    if (json->nodes[node].kind != SPOOR_JSON_OBJECT) {
        spoor_draft_add(&r->build, (spoor_str){NULL, 0}, spoor_reading_text(r, json, node),
                        SPOOR_FIELD_TEXT);
        return;
    }
    uint32_t name = spoor_json_find(json, node, "@Name");
    uint32_t text = spoor_json_find(json, node, "#text");
    spoor_draft_add(&r->build, name != 0 ? spoor_reading_text(r, json, name) : (spoor_str){NULL, 0},
                    text != 0 ? spoor_reading_text(r, json, text) : (spoor_str){"", 0},
                    SPOOR_FIELD_TEXT);
}

static void read_payload_data(spoor_reading *r, uint32_t data) {
    const spoor_json_node *nodes = r->inner.nodes;
    r->build.event.flags |= SPOOR_EVENT_HAS_EVENTDATA;
    uint32_t list = spoor_json_find(&r->inner, data, "Data");
    if (list != 0 && nodes[list].kind == SPOOR_JSON_ARRAY) {
        for (uint32_t i = spoor_json_first(list); i < nodes[list].next; i = nodes[i].next) {
            add_data(r, i);
        }
    } else if (list != 0) {
        add_data(r, list);
    }
    uint32_t binary = spoor_json_find(&r->inner, data, "Binary");
    if (binary != 0 && nodes[binary].kind == SPOOR_JSON_STRING) {
        spoor_draft_set(&r->build, SPOOR_PART_BINARY, spoor_reading_text(r, &r->inner, binary));
    }
}

static bool finish_evtxecmd(spoor_reading *r, uint32_t root) {
    spoor_str payload = spoor_reading_at(r, root, "Payload");
    if (payload.len == 0) {
        return true;
    }
    if (!spoor_reading_inner(r, payload)) {
        return spoor_reading_refuse(r, "an EvtxECmd record whose Payload is damaged (%s)",
                                    r->inner.error);
    }
    uint32_t data = spoor_json_find(&r->inner, 0, "EventData");
    uint32_t user = spoor_json_find(&r->inner, 0, "UserData");
    if (data != 0) {
        read_payload_data(r, data);
    }
    if (user != 0) {
        spoor_reading_user_data(r, &r->inner, user);
    }
    return true;
}

/* Wazuh wraps the message in quotes. */
static bool finish_wazuh(spoor_reading *r, uint32_t root) {
    (void)root;
    spoor_str *message = &r->build.event.message;
    if (message->len >= 2 && message->ptr[0] == '"' && message->ptr[message->len - 1] == '"') {
        message->ptr++;
        message->len -= 2;
    }
    return true;
}

const spoor_shape spoor_shapes_dump[] = {
    {.name = "evtx_dump JSON",
     .needs = {"Event.System.EventID"},
     .lacks = {"Event.System.Provider_attributes"},
     .maps = evtx_dump_maps,
     .data = "Event.EventData",
     .user_data = "Event.UserData",
     .traits = SPOOR_NULL_IS_EMPTY | SPOOR_NUMBERED_TWINS | SPOOR_BARE_GUIDS},
    {.name = "evtx_dump JSON with separate attributes",
     .needs = {"Event.System.EventID", "Event.System.Provider_attributes"},
     .maps = separate_maps,
     .data = "Event.EventData",
     .user_data = "Event.UserData",
     .traits = SPOOR_NULL_IS_EMPTY | SPOOR_NUMBERED_TWINS | SPOOR_BARE_GUIDS},
    {.name = "EvtxECmd JSON",
     .needs = {"EventId", "Payload", "Channel", "Provider"},
     .maps = evtxecmd_maps,
     .traits = SPOOR_BARE_GUIDS,
     .finish = finish_evtxecmd},
    {.name = "Velociraptor JSON",
     .needs = {"System.EventID.Value"},
     .maps = velociraptor_maps,
     .data = "EventData",
     .user_data = "UserData",
     .traits = SPOOR_BARE_GUIDS | SPOOR_DECIMAL_HEX},
    {.name = "Wazuh JSON",
     .needs = {"win.system.eventID"},
     .maps = wazuh_maps,
     .data = "win.eventdata",
     .traits = SPOOR_CAMEL_NAMES,
     .finish = finish_wazuh},
    {.name = NULL},
};
