/* evtx_event.c - a record's tree and values to a spoor_event.
 *
 * Walks Event / System, EventData, UserData, RenderingInfo.  An element may
 * stand in the template or come in a BinXml value with a template of its
 * own; both look the same from here, through visit_children().
 *
 * Nearly all records need no walk: what a template does to an event is worked
 * out once, as a program (a value to a part of the event, a value to a field), and
 * run for each record.  A step of it that meets something unusual, and an element that is unusual from
 * the start, take the walk, which stays the one that says what is right. */
#include <stddef.h>

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
static void read_section_fragment(walk *w, const spoor_bx_fragment *fragment);

/* each NULL: sections of an event. */
static void visit_fragments(walk *w, const spoor_bx_value *value, visit *each) {
    spoor_cursor in = spoor_bx_enter(w->bx, value);
    spoor_bx_fragment fragment;
    while (spoor_bx_open(w->bx, &in, &fragment)) {
        if (!spoor_bx_is_absent(fragment.root, fragment.scope) &&
            spoor_bx_spend(w->bx, fragment.root->cost)) {
            if (each == NULL) {
                read_section_fragment(w, &fragment);
            } else {
                each(w, fragment.root, fragment.scope);
            }
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
static inline bool set_long(walk *w, uint32_t only, const spoor_bx_node *nodes,
                            spoor_bx_scope scope, int64_t *slot) {
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

static void set_time(walk *w, uint32_t only, const spoor_bx_node *nodes, spoor_bx_scope scope) {
    const spoor_bx_value *value = simple_value(only, scope);
    int64_t time;
    if (value != NULL && value->type == SPOOR_EVTX_FILETIME) {
        if (spoor_evtx_value_long(value->type, value->bytes, value->size, &time) && time >= 0 &&
            time <= SPOOR_DATETIME_MAX - SPOOR_FILETIME_EPOCH) {
            w->event->time = time + SPOOR_FILETIME_EPOCH;
        }
        return;
    }
    spoor_str text = spoor_bx_pieces(w->bx, nodes, scope, 0);
    if (text.len > 0 && spoor_time_parse(text, &time)) {
        w->event->time = time;
    }
}

static void set_text(walk *w, uint32_t only, const spoor_bx_node *nodes, spoor_bx_scope scope,
                     spoor_str *slot) {
    spoor_bx_value *value = simple_value(only, scope);
    *slot = value != NULL ? spoor_bx_text(w->bx, value) : spoor_bx_pieces(w->bx, nodes, scope, 0);
}

typedef enum part_kind { PART_LONG, PART_KEYWORDS, PART_TIME, PART_TEXT } part_kind;

/* What System says, and where it goes. */
typedef struct system_part {
    spoor_bx_word element, attribute; /* attribute OTHER: the element's content */
    part_kind kind;
    size_t slot; /* in the event */
} system_part;

static const system_part system_parts[] = {
#define PART(element, attribute, kind, member)                                                     \
    {SPOOR_BX_##element, SPOOR_BX_##attribute, PART_##kind, offsetof(spoor_event, member)},
    PART(EVENTID, OTHER, LONG, event_id) PART(VERSION, OTHER, LONG, version) PART(
        LEVEL, OTHER, LONG, level) PART(TASK, OTHER, LONG, task) PART(OPCODE, OTHER, LONG, opcode)
        PART(KEYWORDS, OTHER, KEYWORDS, keywords) PART(EVENTRECORDID, OTHER, LONG, record_id)
            PART(CHANNEL, OTHER, TEXT, channel) PART(COMPUTER, OTHER, TEXT, computer)
                PART(PROVIDER, NAME, TEXT, provider) PART(PROVIDER, GUID, TEXT, provider_guid)
                    PART(PROVIDER, EVENTSOURCENAME, TEXT, event_source)
                        PART(EVENTID, QUALIFIERS, LONG, qualifiers)
                            PART(TIMECREATED, SYSTEMTIME, TIME, time)
                                PART(CORRELATION, ACTIVITYID, TEXT, activity_id)
                                    PART(CORRELATION, RELATEDACTIVITYID, TEXT, related_activity_id)
                                        PART(EXECUTION, PROCESSID, LONG, process_id)
                                            PART(EXECUTION, THREADID, LONG, thread_id)
                                                PART(SECURITY, USERID, TEXT, user_sid)
#undef PART
};

static const system_part *find_part(spoor_bx_word element, spoor_bx_word attribute) {
    for (size_t i = 0; i < sizeof system_parts / sizeof *system_parts; i++) {
        if (system_parts[i].element == element && system_parts[i].attribute == attribute) {
            return &system_parts[i];
        }
    }
    return NULL;
}

static void read_part(walk *w, const system_part *part, uint32_t only, const spoor_bx_node *nodes,
                      spoor_bx_scope scope) {
    char *slot = (char *)w->event + part->slot;
    switch (part->kind) {
    case PART_LONG: set_long(w, only, nodes, scope, (int64_t *)(void *)slot); break;
    case PART_TIME: set_time(w, only, nodes, scope); break;
    case PART_TEXT: set_text(w, only, nodes, scope, (spoor_str *)(void *)slot); break;
    case PART_KEYWORDS: {
        int64_t keywords = 0;
        w->event->has_keywords = set_long(w, only, nodes, scope, &keywords);
        w->event->keywords = (uint64_t)keywords;
        break;
    }
    }
}

static void read_system(walk *w, const spoor_bx_element *element, spoor_bx_scope scope) {
    const system_part *part = find_part(element->word, SPOOR_BX_OTHER);
    if (part != NULL) {
        read_part(w, part, element->only, element->content, scope);
    }
    for (const spoor_bx_attribute *a = element->attributes; a != NULL; a = a->next) {
        part = a->word != SPOOR_BX_OTHER ? find_part(element->word, a->word) : NULL;
        if (part != NULL) {
            read_part(w, part, a->only, a->value, scope);
        }
    }
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

/* -- programs ---------------------------------------------------------------------------------- */

typedef enum step_kind {
    STEP_PART,      /* a value, or pieces, to a part of System */
    STEP_FIELD,     /* a Data element of one value */
    STEP_DATA,      /* EventData begins */
    STEP_DATA_ENDS, /* and ends: if it was not plain after all, its XML is kept */
    STEP_SECTION,   /* an element of Event, by the walk */
    STEP_FRAGMENTS, /* a value that holds sections */
} step_kind;

typedef struct step {
    step_kind kind;
    uint32_t only; /* PART, FIELD, FRAGMENTS: the value */
    uint32_t dependency;
    const system_part *part;         /* PART */
    const spoor_bx_node *nodes;      /* PART: what the value is the only one of, or more */
    const spoor_bx_element *element; /* the others */
    struct step *next;
} step;

typedef struct spoor_bx_program {
    step *first;
    size_t cost; /* of a run */
} program;

typedef struct compiler {
    spoor_bx *bx;
    program *program;
    step **tail;
} compiler;

static void add_step(compiler *c, step made) {
    step *s = SPOOR_RAW_ARRAY(&c->bx->kept, step, 1);
    *s = made;
    *c->tail = s;
    c->tail = &s->next;
    c->program->cost += SPOOR_BX_STEP;
}

static void compile_system_element(compiler *c, const spoor_bx_element *element) {
    const system_part *part = find_part(element->word, SPOOR_BX_OTHER);
    if (part != NULL) {
        add_step(c, (step){.kind = STEP_PART,
                           .only = element->only,
                           .part = part,
                           .dependency = element->dependency,
                           .nodes = element->content});
    }
    for (const spoor_bx_attribute *a = element->attributes; a != NULL; a = a->next) {
        part = a->word != SPOOR_BX_OTHER ? find_part(element->word, a->word) : NULL;
        if (part != NULL) {
            add_step(c, (step){.kind = STEP_PART,
                               .only = a->only,
                               .part = part,
                               .dependency = element->dependency,
                               .nodes = a->value});
        }
    }
    c->program->cost += element->cost;
}

static bool has_values_among(const spoor_bx_node *nodes) {
    while (nodes != NULL && nodes->kind != SPOOR_BX_VALUE) {
        nodes = nodes->next;
    }
    return nodes != NULL;
}

/* System that is all elements, EventData that is all Data of one value each and plain names. */
static bool is_plain_section(const spoor_bx_element *element) {
    bool is_data = element->word == SPOOR_BX_EVENTDATA;
    if (element->dependency != SPOOR_BX_NO_DEPENDENCY || has_values_among(element->content) ||
        (!is_data && element->word != SPOOR_BX_SYSTEM) ||
        (is_data && element->attributes != NULL)) {
        return false;
    }
    for (const spoor_bx_node *node = element->content; is_data && node != NULL; node = node->next) {
        if (node->kind == SPOOR_BX_ELEMENT &&
            (node->u.element->word != SPOOR_BX_DATA || node->u.element->only == SPOOR_BX_NO_VALUE ||
             !node->u.element->has_plain_name)) {
            return false;
        }
    }
    return true;
}

static void compile_section(compiler *c, const spoor_bx_element *element) {
    if (!is_plain_section(element)) {
        add_step(
            c, (step){.kind = STEP_SECTION, .element = element, .dependency = element->dependency});
        c->program->cost += element->cost;
        return;
    }
    bool is_data = element->word == SPOOR_BX_EVENTDATA;
    if (is_data) {
        add_step(c, (step){.kind = STEP_DATA, .dependency = SPOOR_BX_NO_DEPENDENCY});
    }
    for (const spoor_bx_node *node = element->content; node != NULL; node = node->next) {
        const spoor_bx_element *child = node->u.element;
        if (node->kind == SPOOR_BX_ELEMENT && is_data) {
            add_step(c, (step){.kind = STEP_FIELD,
                               .only = child->only,
                               .element = child,
                               .dependency = child->dependency});
            c->program->cost += child->cost;
        } else if (node->kind == SPOOR_BX_ELEMENT) {
            compile_system_element(c, child);
        }
    }
    if (is_data) {
        add_step(c, (step){.kind = STEP_DATA_ENDS,
                           .element = element,
                           .dependency = SPOOR_BX_NO_DEPENDENCY});
    }
}

/* root: Event, or (a fragment) a section of it. */
static program *compile(spoor_bx *bx, const spoor_bx_element *root, bool is_event) {
    program *made = SPOOR_NEW(&bx->kept, program);
    compiler c = {.bx = bx, .program = made, .tail = &made->first};
    if (!is_event) {
        compile_section(&c, root);
        return made;
    }
    for (const spoor_bx_node *node = root->content; node != NULL; node = node->next) {
        if (node->kind == SPOOR_BX_ELEMENT) {
            compile_section(&c, node->u.element);
        } else if (node->kind == SPOOR_BX_VALUE) {
            add_step(&c, (step){.kind = STEP_FRAGMENTS,
                                .only = node->value,
                                .dependency = SPOOR_BX_NO_DEPENDENCY});
        }
    }
    return made;
}

static void run_field(walk *w, const step *s, spoor_bx_scope scope) {
    spoor_bx_value *value = simple_value(s->only, scope);
    if (value != NULL) {
        add_field(w, s->element->plain_name, spoor_bx_text(w->bx, value));
    } else {
        read_data(w, s->element, scope);
    }
}

static void run(walk *w, const program *p, spoor_bx_scope scope) {
    if (!spoor_bx_spend(w->bx, p->cost)) {
        return;
    }
    for (const step *s = p->first; s != NULL && w->bx->error == NULL; s = s->next) {
        if (s->dependency != SPOOR_BX_NO_DEPENDENCY && spoor_bx_is_null(s->dependency, scope)) {
            continue;
        }
        switch (s->kind) {
        case STEP_PART: read_part(w, s->part, s->only, s->nodes, scope); break;
        case STEP_FIELD: run_field(w, s, scope); break;
        case STEP_DATA:
            w->event->flags |= SPOOR_EVENT_HAS_EVENTDATA;
            w->is_complex = false;
            break;
        case STEP_DATA_ENDS:
            if (w->is_complex) {
                w->event->raw_xml = spoor_bx_xml(w->bx, s->element, scope);
            }
            break;
        case STEP_SECTION: read_section(w, s->element, scope); break;
        case STEP_FRAGMENTS: {
            const spoor_bx_value *value = spoor_bx_value_of(scope, s->only);
            if (value != NULL && value->type == SPOOR_EVTX_BINXML) {
                visit_fragments(w, value, NULL);
            }
            break;
        }
        }
    }
}

static void run_fragment(walk *w, const spoor_bx_fragment *fragment, bool is_event) {
    program **made = &fragment->template->shape->programs[is_event];
    if (*made == NULL) {
        *made = compile(w->bx, fragment->root, is_event);
    }
    run(w, *made, fragment->scope);
}

static void read_section_fragment(walk *w, const spoor_bx_fragment *fragment) {
    if (fragment->template != NULL) {
        run_fragment(w, fragment, false);
    } else {
        read_section(w, fragment->root, fragment->scope);
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
    if (fragment.template != NULL) {
        run_fragment(&w, &fragment, true);
    } else {
        visit_children(&w, fragment.root, fragment.scope, read_section);
    }
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
