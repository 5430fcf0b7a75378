/* xml_read.c - one Event element, as Windows renders it, to one event.
 *
 * The same for wevtutil, Event Viewer, forwarded events, Splunk's _raw and
 * Sysmon for Linux: element names are matched without their prefix. */
#include "base/utf8.h"
#include "ingest/shape.h"

typedef struct row {
    const char *element, *attribute; /* attribute NULL: the element's text */
    spoor_part part;
} row;

static const row system_rows[] = {
    {"Provider", "Name", SPOOR_PART_PROVIDER},
    {"Provider", "Guid", SPOOR_PART_PROVIDER_GUID},
    {"Provider", "EventSourceName", SPOOR_PART_EVENT_SOURCE},
    {"EventID", NULL, SPOOR_PART_EVENT_ID},
    {"EventID", "Qualifiers", SPOOR_PART_QUALIFIERS},
    {"Version", NULL, SPOOR_PART_VERSION},
    {"Level", NULL, SPOOR_PART_LEVEL},
    {"Task", NULL, SPOOR_PART_TASK},
    {"Opcode", NULL, SPOOR_PART_OPCODE},
    {"Keywords", NULL, SPOOR_PART_KEYWORDS},
    {"TimeCreated", "SystemTime", SPOOR_PART_TIME},
    {"EventRecordID", NULL, SPOOR_PART_RECORD_ID},
    {"Correlation", "ActivityID", SPOOR_PART_ACTIVITY_ID},
    {"Correlation", "RelatedActivityID", SPOOR_PART_RELATED_ACTIVITY_ID},
    {"Execution", "ProcessID", SPOOR_PART_PROCESS_ID},
    {"Execution", "ThreadID", SPOOR_PART_THREAD_ID},
    {"Channel", NULL, SPOOR_PART_CHANNEL},
    {"Computer", NULL, SPOOR_PART_COMPUTER},
    {"Security", "UserID", SPOOR_PART_USER_SID},
    {"Security", "UserId", SPOOR_PART_USER_SID}, /* Sysmon for Linux */
};

static const row rendering_rows[] = {
    {"Message", NULL, SPOOR_PART_MESSAGE},
    {"Level", NULL, SPOOR_PART_LEVEL_NAME},
    {"Task", NULL, SPOOR_PART_TASK_NAME},
    {"Opcode", NULL, SPOOR_PART_OPCODE_NAME},
};

static spoor_str text_of(spoor_reading *r, uint32_t node) {
    return spoor_reading_repair(r, spoor_xml_text(&r->arena, &r->xml, node));
}

static void read_rows(spoor_reading *r, uint32_t parent, const row *rows, size_t nrows) {
    const spoor_xml_node *nodes = r->xml.nodes;
    for (uint32_t i = parent + 1; i < nodes[parent].next; i = nodes[i].next) {
        if (nodes[i].kind != SPOOR_XML_ELEMENT) {
            continue;
        }
        for (size_t k = 0; k < nrows; k++) {
            if (!spoor_str_is(nodes[i].local, rows[k].element)) {
                continue;
            }
            uint32_t from = i;
            if (rows[k].attribute != NULL) {
                from = spoor_xml_attribute(&r->xml, i, rows[k].attribute);
            }
            if (from != 0) {
                spoor_draft_set(&r->build, rows[k].part, text_of(r, from));
            }
        }
    }
}

/* An element without elements inside becomes a field, under its name; Data under its Name. */
static void read_leaf(spoor_reading *r, uint32_t element) {
    const spoor_xml_node *node = &r->xml.nodes[element];
    spoor_str name = spoor_reading_repair(r, node->local);
    if (spoor_str_is(node->local, "Data")) {
        uint32_t attribute = spoor_xml_attribute(&r->xml, element, "Name");
        name = attribute == 0 ? (spoor_str){NULL, 0} : text_of(r, attribute);
    }
    spoor_draft_add(&r->build, name, text_of(r, element), SPOOR_FIELD_TEXT);
}

/* All leaves inside an element, or the element itself if it is one. */
static void read_leaves(spoor_reading *r, uint32_t element) {
    const spoor_xml_node *nodes = r->xml.nodes;
    for (uint32_t i = element; i < nodes[element].next; i++) {
        if (nodes[i].kind == SPOOR_XML_ELEMENT && !spoor_xml_has_elements(&r->xml, i)) {
            read_leaf(r, i);
        }
    }
}

static void keep_raw(spoor_reading *r, uint32_t element) {
    r->build.event.raw_xml =
        spoor_reading_repair(r, spoor_xml_canonical(&r->arena, &r->xml, element));
}

/* Attributes beyond name spaces. */
static bool has_attributes(const spoor_reading *r, uint32_t element) {
    const spoor_xml_node *nodes = r->xml.nodes;
    for (uint32_t i = element + 1; i < nodes[element].next; i = nodes[i].next) {
        if (nodes[i].kind == SPOOR_XML_ATTRIBUTE && !spoor_str_starts(nodes[i].name, "xmlns")) {
            return true;
        }
    }
    return false;
}

void spoor_xml_read_data(spoor_reading *r, uint32_t element) {
    const spoor_xml_node *nodes = r->xml.nodes;
    spoor_event *event = &r->build.event;
    event->flags |= SPOOR_EVENT_HAS_EVENTDATA;
    bool is_complex = has_attributes(r, element);
    for (uint32_t i = element + 1; i < nodes[element].next; i = nodes[i].next) {
        if (nodes[i].kind != SPOOR_XML_ELEMENT) {
            continue;
        }
        bool is_leaf = !spoor_xml_has_elements(&r->xml, i);
        bool has_binary = (event->flags & SPOOR_EVENT_HAS_BINARY) != 0;
        if (spoor_str_is(nodes[i].local, "Binary") && is_leaf && !has_binary) {
            spoor_draft_set(&r->build, SPOOR_PART_BINARY, text_of(r, i));
        } else {
            is_complex |= !is_leaf || !spoor_str_is(nodes[i].local, "Data");
            read_leaves(r, i);
        }
    }
    if (is_complex) {
        keep_raw(r, element);
    }
}

void spoor_xml_read_user_data(spoor_reading *r, uint32_t element) {
    const spoor_xml_node *nodes = r->xml.nodes;
    for (uint32_t i = element + 1; i < nodes[element].next; i = nodes[i].next) {
        if (nodes[i].kind == SPOOR_XML_ELEMENT) {
            read_leaves(r, i);
        }
    }
    keep_raw(r, element);
}

bool spoor_xml_read(spoor_reading *r) {
    const spoor_xml_node *nodes = r->xml.nodes;
    r->is_valid_text = spoor_utf8_is_valid(nodes[0].text);
    spoor_draft_start(&r->build, &r->arena);
    for (uint32_t i = 1; i < nodes[0].next; i = nodes[i].next) {
        if (nodes[i].kind != SPOOR_XML_ELEMENT) {
            continue;
        }
        if (spoor_str_is(nodes[i].local, "System")) {
            read_rows(r, i, system_rows, sizeof system_rows / sizeof *system_rows);
        } else if (spoor_str_is(nodes[i].local, "EventData")) {
            spoor_xml_read_data(r, i);
        } else if (spoor_str_is(nodes[i].local, "RenderingInfo")) {
            read_rows(r, i, rendering_rows, sizeof rendering_rows / sizeof *rendering_rows);
        } else if (spoor_str_is(nodes[i].local, "UserData")) {
            spoor_xml_read_user_data(r, i);
        }
    }
    return r->build.event.event_id != SPOOR_EVENT_ABSENT ||
           spoor_reading_refuse(r, "an Event element without an EventID");
}

bool spoor_reading_embedded(spoor_reading *r, spoor_str text) {
    size_t at = 0;
    while (at < text.len &&
           !spoor_str_starts((spoor_str){text.ptr + at, text.len - at}, "<Event")) {
        const char *next = memchr(text.ptr + at + 1, '<', text.len - at - 1);
        at = next == NULL ? text.len : (size_t)(next - text.ptr);
    }
    spoor_str rest = {text.ptr + at, text.len - at};
    if (rest.len == 0) {
        return false;
    }
    if (!spoor_reading_xml(r, rest)) {
        r->is_mended = spoor_xml_mend(&r->xml, rest);
        return r->is_mended && spoor_xml_read(r);
    }
    return spoor_xml_read(r);
}
