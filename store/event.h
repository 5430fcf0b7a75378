/* event.h - one Windows event record, between the readers and the store.
 *
 * A reader fills one spoor_event and hands it on; the receiver copies what it
 * keeps before it returns, so every slice may point into the reader's buffers.
 * All text is WTF-8 (base/utf8.h).  What a record lacks is an empty slice or
 * SPOOR_EVENT_ABSENT; nothing is guessed here. */
#ifndef SPOOR_STORE_EVENT_H
#define SPOOR_STORE_EVENT_H

#include <stdint.h>

#include "base/str.h"

#define SPOOR_EVENT_ABSENT INT64_MIN

/* What an EventData (or UserData leaf) value is.  Null, absent, '' and an empty array differ. */
typedef enum spoor_field_kind {
    SPOOR_FIELD_TEXT, /* the text, '' included */
    SPOOR_FIELD_NULL, /* the export said null */
    SPOOR_FIELD_JSON, /* the export had an array or object: text is its JSON */
} spoor_field_kind;

typedef struct spoor_event_field {
    spoor_str name; /* empty: a Data element without a name */
    spoor_str text;
    spoor_field_kind kind;
} spoor_event_field;

/* spoor_event.flags */
enum {
    SPOOR_EVENT_RECOVERED = 1 << 0,     /* from slack, by --recover */
    SPOOR_EVENT_TIME_GUESSED = 1 << 1,  /* zone assumed (--assume-tz) */
    SPOOR_EVENT_HAS_EVENTDATA = 1 << 2, /* an EventData element was there, even if empty */
    SPOOR_EVENT_HAS_BINARY = 1 << 3,    /* a Binary element was there; its hex is in `binary` */
    SPOOR_EVENT_BAD_CHECKSUM = 1 << 4,  /* the chunk's or file's CRC did not match */
    SPOOR_EVENT_NO_RECORD_ID = 1 << 5,
};

typedef struct spoor_event {
    /* System, as the record's XML says (not the EVTX record header) */
    int64_t time;      /* TimeCreated as datetime ticks (base/time.h); ABSENT: none */
    int64_t record_id; /* EventRecordID; ABSENT: none */
    int64_t event_id, version, level, task, opcode, qualifiers;
    int64_t process_id, thread_id; /* System/Execution: of the writer */
    uint64_t keywords;
    bool has_keywords;
    spoor_str provider, provider_guid, event_source; /* Name, Guid, EventSourceName */
    spoor_str channel, computer;
    spoor_str user_sid;  /* Security/@UserID */
    spoor_str user_name; /* when the export gave a name (DOMAIN\user) */
    spoor_str activity_id, related_activity_id;

    /* EventData, in record order; names may repeat */
    const spoor_event_field *fields;
    uint32_t nfields;
    spoor_str binary; /* upper-case hex; see HAS_BINARY */
    /* The UserData element as XML, or an EventData that holds more than Data and Binary; else empty.
     * No blanks between elements, double quotes, <a/> for empty.  `fields` then holds the leaves. */
    spoor_str raw_xml;

    /* Rendered by the exporter; empty where it did not come along */
    spoor_str message, level_name, task_name, opcode_name;

    /* Origin */
    uint64_t chunk;  /* EVTX: ordinal of the chunk; else 0 */
    uint64_t offset; /* of the record in the (decompressed) input, bytes */
    uint32_t flags;
} spoor_event;

#endif
