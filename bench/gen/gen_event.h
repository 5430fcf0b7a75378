/* gen_event.h - an event as the generator holds it before a writer gives it a format.
 *
 * A layout is the shape of one kind of event: where it is logged and which
 * fields it has, in order.  Values are texts, as a reader of the log shows them;
 * the EVTX writer makes numbers, GUIDs and SIDs of them again.  Nothing here owns
 * text: it must live until the event is written. */
#ifndef SPOOR_GEN_GEN_EVENT_H
#define SPOOR_GEN_GEN_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { GEN_MAX_FIELDS = 32, GEN_MAX_LAYOUTS = 64 };

/* How EVTX stores a value. */
typedef enum gen_type {
    GEN_TEXT = 's',
    GEN_GUID = 'g',
    GEN_UINT16 = '2',
    GEN_UINT32 = '4',
    GEN_HEX32 = 'x',
    GEN_HEX64 = 'X',
    GEN_BOOL = 'b',
    GEN_SID = 'i'
} gen_type;

typedef struct gen_field {
    char name[32];
    uint32_t len;
    gen_type type;
} gen_field;

typedef struct gen_source { /* who logs, and where */
    const char *provider, *guid, *channel;
} gen_source;

typedef struct gen_layout {
    const gen_source *source;
    uint16_t event_id, task, qualifiers; /* qualifiers 0: none */
    uint8_t version, level, opcode;
    uint64_t keywords;
    const char *user_data; /* the element below UserData, or NULL: EventData */
    const char *name;      /* of the task, as exports print it */
    gen_field fields[GEN_MAX_FIELDS];
    uint32_t nfields;
    uint32_t number; /* in the table of layouts */
} gen_layout;

typedef struct gen_host {
    spoor_str name, fqdn, ip;
    uint32_t machine; /* first part of its process GUIDs */
    uint32_t number;
} gen_host;

typedef struct gen_event {
    const gen_layout *layout;
    const gen_host *host;
    int64_t time; /* base/time.h */
    uint64_t record;
    uint32_t pid, tid;                /* of the process that logs */
    spoor_str sid;                    /* Security/UserID; empty: none */
    spoor_str values[GEN_MAX_FIELDS]; /* in the layout's order; ptr NULL: no value */
} gen_event;

/* All layouts, read from the table; the same order every time. */
typedef struct gen_layouts {
    gen_layout layouts[GEN_MAX_LAYOUTS];
    uint32_t count;
} gen_layouts;

void gen_layouts_init(gen_layouts *layouts);
/* Of the channel whose name begins so; it must exist. */
const gen_layout *gen_layout_find(const gen_layouts *layouts, const char *channel,
                                  uint16_t event_id);
/* The position of a field; -1: there is none. */
int gen_field_find(const gen_layout *layout, const char *name);

#endif
