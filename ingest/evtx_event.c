/* evtx_event.c - a record's tree and values to a spoor_event.
 *
 * Walks Event / System, EventData, UserData, RenderingInfo.  An element may
 * stand in the template or come in a BinXml value with a template of its
 * own; both look the same from here, through visit_children(). */
#include "base/number.h"
#include "base/time.h"
#include "ingest/binxml.h"
#include "ingest/evtx_value.h"

typedef struct walk {
    spoor_bx *bx;
    spoor_event *event;
    int depth;       /* of visit_children() */
    bool is_complex; /* EventData that holds more than Data and Binary */
} walk;

typedef void visit(walk *w, const spoor_bx_element *element, spoor_bx_scope scope);

static void visit_fragments(walk *w, const spoor_bx_value *value, visit *each) {
    spoor_cursor in = spoor_bx_enter(w->bx, value);
    spoor_bx_fragment fragment;
    while (spoor_bx_open(w->bx, &in, &fragment)) {
        if (!spoor_bx_is_absent(fragment.root, fragment.scope) &&
            spoor_bx_spend(w->bx, fragment.root->cost)) {
            each(w, fragment.root, fragment.scope);
        }
        spoor_bx_close(w->bx, &fragment);
    }
}

/* Calls `each` for the child elements that are there. */
static void visit_children(walk *w, const spoor_bx_element *element, spoor_bx_scope scope,
                           visit *each) {
    if (w->depth >= SPOOR_BX_MAX_DEPTH) {
        spoor_bx_fail(w->bx, "elements nested too deep");
        return;
    }
    w->depth++;
    for (const spoor_bx_node *node = element->content; node != NULL; node = node->next) {
        if (node->kind == SPOOR_BX_ELEMENT) {
            if (!spoor_bx_is_absent(node->u.element, scope) &&
                spoor_bx_spend(w->bx, node->u.element->cost)) {
                each(w, node->u.element, scope);
            }
        } else if (node->kind == SPOOR_BX_VALUE) {
            const spoor_bx_value *value = spoor_bx_value_of(scope, node->value);
            if (value != NULL && value->type == SPOOR_EVTX_BINXML) {
                visit_fragments(w, value, each);
            }
        }
        if (!spoor_bx_spend(w->bx, SPOOR_BX_STEP)) {
            break;
        }
    }
    w->depth--;
}

/* -- System ------------------------------------------------------------------------------------ */

/* The value that the pieces are (`only`), or NULL: they must be put together. */
static spoor_bx_value *simple_value(uint32_t only, spoor_bx_scope scope) {
    spoor_bx_value *value = spoor_bx_value_of(scope, only);
    return value != NULL && value->type < SPOOR_EVTX_BINXML ? value : NULL;
}

/* False, and nothing set, when the pieces are not a number. */
static bool set_long(walk *w, uint32_t only, const spoor_bx_node *nodes, spoor_bx_scope scope,
                     int64_t *slot) {
    const spoor_bx_value *value = simple_value(only, scope);
    if (value != NULL && spoor_evtx_value_long(value->type, value->bytes, value->size, slot)) {
        return true;
    }
    int64_t number;
    spoor_str text = spoor_bx_pieces(w->bx, nodes, scope, 0);
    if (text.len == 0 || !spoor_long_parse(text, &number)) {
        return false;
    }
    *slot = number;
    return true;
}

static void set_time(walk *w, const spoor_bx_attribute *a, spoor_bx_scope scope) {
    const spoor_bx_value *value = simple_value(a->only, scope);
    int64_t time;
    if (value != NULL && value->type == SPOOR_EVTX_FILETIME) {
        if (spoor_evtx_value_long(value->type, value->bytes, value->size, &time) && time >= 0 &&
            time <= SPOOR_DATETIME_MAX - SPOOR_FILETIME_EPOCH) {
            w->event->time = time + SPOOR_FILETIME_EPOCH;
        }
        return;
    }
    spoor_str text = spoor_bx_pieces(w->bx, a->value, scope, 0);
    if (text.len > 0 && spoor_time_parse(text, &time)) {
        w->event->time = time;
    }
}

static void set_text(walk *w, uint32_t only, const spoor_bx_node *nodes, spoor_bx_scope scope,
                     spoor_str *slot) {
    spoor_bx_value *value = simple_value(only, scope);
    *slot = value != NULL ? spoor_bx_text(w->bx, value) : spoor_bx_pieces(w->bx, nodes, scope, 0);
}

static void read_system_attributes(walk *w, const spoor_bx_element *element, spoor_bx_scope scope) {
    spoor_event *event = w->event;
    for (const spoor_bx_attribute *a = element->attributes; a != NULL; a = a->next) {
        switch ((unsigned)element->word << 8 | a->word) {
        case SPOOR_BX_PROVIDER << 8 | SPOOR_BX_NAME:
            set_text(w, a->only, a->value, scope, &event->provider);
            break;
        case SPOOR_BX_PROVIDER << 8 | SPOOR_BX_GUID:
            set_text(w, a->only, a->value, scope, &event->provider_guid);
            break;
        case SPOOR_BX_PROVIDER << 8 | SPOOR_BX_EVENTSOURCENAME:
            set_text(w, a->only, a->value, scope, &event->event_source);
            break;
        case SPOOR_BX_EVENTID << 8 | SPOOR_BX_QUALIFIERS:
            set_long(w, a->only, a->value, scope, &event->qualifiers);
            break;
        case SPOOR_BX_TIMECREATED << 8 | SPOOR_BX_SYSTEMTIME: set_time(w, a, scope); break;
        case SPOOR_BX_CORRELATION << 8 | SPOOR_BX_ACTIVITYID:
            set_text(w, a->only, a->value, scope, &event->activity_id);
            break;
        case SPOOR_BX_CORRELATION << 8 | SPOOR_BX_RELATEDACTIVITYID:
            set_text(w, a->only, a->value, scope, &event->related_activity_id);
            break;
        case SPOOR_BX_EXECUTION << 8 | SPOOR_BX_PROCESSID:
            set_long(w, a->only, a->value, scope, &event->process_id);
            break;
        case SPOOR_BX_EXECUTION << 8 | SPOOR_BX_THREADID:
            set_long(w, a->only, a->value, scope, &event->thread_id);
            break;
        case SPOOR_BX_SECURITY << 8 | SPOOR_BX_USERID:
            set_text(w, a->only, a->value, scope, &event->user_sid);
            break;
        default: break;
        }
    }
}

static void read_system(walk *w, const spoor_bx_element *element, spoor_bx_scope scope) {
    spoor_event *event = w->event;
    const spoor_bx_node *content = element->content;
    switch ((unsigned)element->word) {
    case SPOOR_BX_EVENTID: set_long(w, element->only, content, scope, &event->event_id); break;
    case SPOOR_BX_VERSION: set_long(w, element->only, content, scope, &event->version); break;
    case SPOOR_BX_LEVEL: set_long(w, element->only, content, scope, &event->level); break;
    case SPOOR_BX_TASK: set_long(w, element->only, content, scope, &event->task); break;
    case SPOOR_BX_OPCODE: set_long(w, element->only, content, scope, &event->opcode); break;
    case SPOOR_BX_EVENTRECORDID:
        set_long(w, element->only, content, scope, &event->record_id);
        break;
    case SPOOR_BX_KEYWORDS: {
        int64_t keywords = 0;
        event->has_keywords = set_long(w, element->only, content, scope, &keywords);
        event->keywords = (uint64_t)keywords;
        break;
    }
    case SPOOR_BX_CHANNEL: set_text(w, element->only, content, scope, &event->channel); break;
    case SPOOR_BX_COMPUTER: set_text(w, element->only, content, scope, &event->computer); break;
    default: break;
    }
    read_system_attributes(w, element, scope);
}

/* -- EventData and UserData -------------------------------------------------------------------- */

static void add_field(walk *w, spoor_str name, spoor_str text) {
    spoor_bx *bx = w->bx;
    if (bx->nfields == SPOOR_BX_MAX_FIELDS) {
        spoor_bx_fail(bx, "too many fields");
        return;
    }
    if (spoor_bx_spend(bx, SPOOR_BX_STEP + name.len + text.len)) {
        bx->fields[bx->nfields++] = (spoor_event_field){name, text, SPOOR_FIELD_TEXT};
    }
}

/* One field, or one for each item of an array. */
static void add_fields(walk *w, spoor_str name, const spoor_bx_element *element,
                       spoor_bx_scope scope, spoor_bx_value *array) {
    uint32_t count = spoor_bx_repeats(w->bx, array);
    for (uint32_t i = 0; i < count && w->bx->error == NULL; i++) {
        add_field(w, name, spoor_bx_pieces(w->bx, element->content, scope, i));
    }
}

/* The Name attribute of a Data element, '' without one. */
static spoor_str name_of(walk *w, const spoor_bx_element *data, spoor_bx_scope scope) {
    for (const spoor_bx_attribute *a = data->attributes; a != NULL; a = a->next) {
        if (a->word == SPOOR_BX_NAME) {
            bool is_null;
            return spoor_bx_attribute_text(w->bx, a, scope, &is_null);
        }
    }
    return (spoor_str){NULL, 0};
}

/* An element without elements inside becomes a field, under its name; Data under its Name. */
static void read_leaf(walk *w, const spoor_bx_element *element, spoor_bx_scope scope) {
    spoor_bx_content content = spoor_bx_look(element->content, scope);
    if (content.has_elements) {
        visit_children(w, element, scope, read_leaf);
        return;
    }
    spoor_str name = element->word == SPOOR_BX_DATA ? name_of(w, element, scope) : element->name;
    add_fields(w, name, element, scope, content.array);
}

static void read_data(walk *w, const spoor_bx_element *element, spoor_bx_scope scope) {
    spoor_bx_value *value = simple_value(element->only, scope);
    if (element->word == SPOOR_BX_DATA && value != NULL && element->has_plain_name) {
        add_field(w, element->plain_name, spoor_bx_text(w->bx, value)); /* nearly all there are */
        return;
    }
    spoor_bx_content content = spoor_bx_look(element->content, scope);
    bool has_binary = (w->event->flags & SPOOR_EVENT_HAS_BINARY) != 0;
    if (element->word == SPOOR_BX_DATA && !content.has_elements) {
        add_fields(w, name_of(w, element, scope), element, scope, content.array);
    } else if (element->word == SPOOR_BX_BINARY && !content.has_elements && !has_binary) {
        w->event->binary = spoor_bx_pieces(w->bx, element->content, scope, 0);
        w->event->flags |= SPOOR_EVENT_HAS_BINARY;
    } else {
        w->is_complex = true;
        read_leaf(w, element, scope);
    }
}

/* Attributes beyond name spaces. */
static bool has_attributes(walk *w, const spoor_bx_element *element, spoor_bx_scope scope) {
    for (const spoor_bx_attribute *a = element->attributes; a != NULL; a = a->next) {
        if (a->name.len >= 5 && memcmp(a->name.ptr, "xmlns", 5) == 0) {
            continue;
        }
        bool is_null;
        spoor_bx_attribute_text(w->bx, a, scope, &is_null);
        if (!is_null) {
            return true;
        }
    }
    return false;
}

static void read_event_data(walk *w, const spoor_bx_element *element, spoor_bx_scope scope) {
    w->event->flags |= SPOOR_EVENT_HAS_EVENTDATA;
    w->is_complex = has_attributes(w, element, scope);
    visit_children(w, element, scope, read_data);
    if (w->is_complex && w->bx->error == NULL) {
        w->event->raw_xml = spoor_bx_xml(w->bx, element, scope);
    }
}

/* -- Event ------------------------------------------------------------------------------------- */

/* What a forwarding host rendered and sent along. */
static void read_rendering(walk *w, const spoor_bx_element *element, spoor_bx_scope scope) {
    spoor_event *event = w->event;
    switch ((unsigned)element->word) {
    case SPOOR_BX_MESSAGE:
        set_text(w, element->only, element->content, scope, &event->message);
        break;
    case SPOOR_BX_LEVEL:
        set_text(w, element->only, element->content, scope, &event->level_name);
        break;
    case SPOOR_BX_TASK:
        set_text(w, element->only, element->content, scope, &event->task_name);
        break;
    case SPOOR_BX_OPCODE:
        set_text(w, element->only, element->content, scope, &event->opcode_name);
        break;
    default: break;
    }
}

static void read_section(walk *w, const spoor_bx_element *element, spoor_bx_scope scope) {
    switch ((unsigned)element->word) {
    case SPOOR_BX_SYSTEM: visit_children(w, element, scope, read_system); break;
    case SPOOR_BX_EVENTDATA: read_event_data(w, element, scope); break;
    case SPOOR_BX_USERDATA:
        visit_children(w, element, scope, read_leaf);
        if (w->bx->error == NULL) {
            w->event->raw_xml = spoor_bx_xml(w->bx, element, scope);
        }
        break;
    case SPOOR_BX_RENDERINGINFO: visit_children(w, element, scope, read_rendering); break;
    default: break;
    }
}

bool spoor_bx_read_event(spoor_bx *bx, size_t start, size_t end, spoor_event *event) {
    *event = (spoor_event){.time = SPOOR_EVENT_ABSENT,
                           .record_id = SPOOR_EVENT_ABSENT,
                           .event_id = SPOOR_EVENT_ABSENT,
                           .version = SPOOR_EVENT_ABSENT,
                           .level = SPOOR_EVENT_ABSENT,
                           .task = SPOOR_EVENT_ABSENT,
                           .opcode = SPOOR_EVENT_ABSENT,
                           .qualifiers = SPOOR_EVENT_ABSENT,
                           .process_id = SPOOR_EVENT_ABSENT,
                           .thread_id = SPOOR_EVENT_ABSENT};
    walk w = {.bx = bx, .event = event};
    spoor_cursor in = {.bytes = bx->chunk, .at = start, .end = end};
    spoor_bx_fragment fragment;
    spoor_bx_begin_record(bx);
    if (!spoor_bx_open(bx, &in, &fragment)) {
        return spoor_bx_fail(bx, "record without an element");
    }
    visit_children(&w, fragment.root, fragment.scope, read_section);
    if (event->record_id == SPOOR_EVENT_ABSENT) {
        if (event->time == SPOOR_EVENT_ABSENT && event->event_id == SPOOR_EVENT_ABSENT) {
            return spoor_bx_fail(bx, "record that says nothing of itself");
        }
        event->flags |= SPOOR_EVENT_NO_RECORD_ID;
    }
    event->fields = bx->fields;
    event->nfields = bx->nfields;
    return bx->error == NULL;
}
