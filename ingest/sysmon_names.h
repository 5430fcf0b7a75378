/* sysmon_names.h - what is known of Sysmon's own fields, for exports that lose it.
 *
 * Some exports drop names (PowerShell), change their case (Wazuh), their order
 * (NXLog, Winlogbeat) or the print form of GUIDs and hexadecimal numbers
 * (evtx_dump, Velociraptor).  Here is the table that puts them back, and it is
 * asked for records of Sysmon only. */
#ifndef SPOOR_INGEST_SYSMON_NAMES_H
#define SPOOR_INGEST_SYSMON_NAMES_H

#include <stdint.h>

#include "base/str.h"
#include "store/event.h"

typedef enum spoor_sysmon_type {
    SPOOR_SYSMON_TEXT,
    SPOOR_SYSMON_GUID,
    SPOOR_SYSMON_HEX
} spoor_sysmon_type;

typedef struct spoor_sysmon_field {
    int event_id;
    const char *name;
    size_t len; /* of name */
    spoor_sysmon_type type;
    uint32_t layouts; /* bit n: the n-th layout of the event, oldest first, has it */
} spoor_sysmon_field;

/* The rows of an event, in record order; *count is 0 for an event that is not known. */
const spoor_sysmon_field *spoor_sysmon_fields(int64_t event_id, uint32_t *count);

/* The row of a name, or NULL. */
const spoor_sysmon_field *spoor_sysmon_find(int64_t event_id, spoor_str name, bool fold_ascii);

/* The layout of an event that has n fields, as a bit; 0: none has. */
uint32_t spoor_sysmon_layout(int64_t event_id, uint32_t nfields);

/* Put fields into record order, if all their names are known; else leave them. */
void spoor_sysmon_sort(int64_t event_id, spoor_event_field *fields, uint32_t nfields);

bool spoor_is_sysmon(spoor_str provider); /* of Windows or Linux */

#endif
