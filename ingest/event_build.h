/* event_build.h - assembling one spoor_event from what an export says.
 *
 * Readers hand over texts; here they become numbers, times and flags, once
 * and for all shapes alike.  Text that is no number where one is due is kept as
 * a name if the part has one ("Information", "Info") and dropped else.  All
 * slices must live until the event was handed on. */
#ifndef SPOOR_INGEST_EVENT_BUILD_H
#define SPOOR_INGEST_EVENT_BUILD_H

#include "base/arena.h"
#include "ingest/reader.h"
#include "store/event.h"

/* The parts of an event that a text can fill.  NONE: known, and of no use. */
typedef enum spoor_part {
    SPOOR_PART_NONE,
    SPOOR_PART_TIME,
    SPOOR_PART_RECORD_ID,
    SPOOR_PART_EVENT_ID,
    SPOOR_PART_VERSION,
    SPOOR_PART_LEVEL,    /* a number or a level's name */
    SPOOR_PART_SEVERITY, /* NXLog's: 1 debug .. 5 critical */
    SPOOR_PART_TASK,     /* a number or a name */
    SPOOR_PART_OPCODE,   /* a number or a name */
    SPOOR_PART_QUALIFIERS,
    SPOOR_PART_PROCESS_ID,
    SPOOR_PART_THREAD_ID,
    SPOOR_PART_KEYWORDS,
    SPOOR_PART_PROVIDER,
    SPOOR_PART_PROVIDER_GUID,
    SPOOR_PART_EVENT_SOURCE,
    SPOOR_PART_CHANNEL,
    SPOOR_PART_COMPUTER,
    SPOOR_PART_USER_SID,
    SPOOR_PART_USER_NAME,
    SPOOR_PART_USER_DOMAIN, /* goes in front of the name */
    SPOOR_PART_ACTIVITY_ID,
    SPOOR_PART_RELATED_ACTIVITY_ID,
    SPOOR_PART_MESSAGE,
    SPOOR_PART_LEVEL_NAME,
    SPOOR_PART_TASK_NAME,
    SPOOR_PART_OPCODE_NAME,
    SPOOR_PART_BINARY,
} spoor_part;

typedef struct spoor_event_draft {
    spoor_event event; /* fields is set by _finish */
    spoor_event_field *fields;
    uint32_t nfields, capacity;
    spoor_arena *arena;  /* borrowed; holds what is made for this event */
    bool has_zone;       /* event.time is UTC for sure */
    bool has_false_zone; /* set by _finish: the time said Z and was not UTC */
    spoor_str user_domain;
} spoor_event_draft;

/* How an export prints Sysmon's values, for _finish. */
enum {
    SPOOR_BARE_GUIDS = 1 << 0,    /* without braces, perhaps in upper case */
    SPOOR_DECIMAL_HEX = 1 << 1,   /* hexadecimal fields as decimal numbers */
    SPOOR_ANY_ORDER = 1 << 2,     /* fields are not in record order */
    SPOOR_ISO_TIMES = 1 << 3,     /* "2024-03-05 10:11:12.345" became ISO 8601 with 7 digits */
    SPOOR_CAMEL_NAMES = 1 << 4,   /* names begin in lower case */
    SPOOR_DOUBTFUL_ZONE = 1 << 5, /* a time that says Z may be local */
};

/* Start an empty event.  The arena is not touched. */
void spoor_draft_start(spoor_event_draft *build, spoor_arena *arena);
void spoor_draft_set(spoor_event_draft *build, spoor_part part, spoor_str text);
void spoor_draft_add(spoor_event_draft *build, spoor_str name, spoor_str text,
                     spoor_field_kind kind);
const spoor_event_field *spoor_draft_find(const spoor_event_draft *build, const char *name);

/* Undo what the export did to Sysmon's values, settle the time, and count what was assumed. */
void spoor_draft_finish(spoor_event_draft *build, unsigned traits,
                        const spoor_ingest_options *options, spoor_ingest_counts *counts);

/* Whole text is a decimal (signed or up to 2^64) or 0x number, as 64 bits. */
bool spoor_log_number(spoor_str text, uint64_t *bits);

#endif
