/* message.h - the message of a record, rebuilt from what the manifest of its provider says.
 *
 * Only Sysmon's are known: `Title:`, then `Name: value` a line, CR LF
 * between.  Fields come in the manifest's order, unknown ones after. */
#ifndef SPOOR_STORE_MESSAGE_H
#define SPOOR_STORE_MESSAGE_H

#include "store/event.h"

typedef struct spoor_message_pieces {
    const spoor_event_field *fields;
    uint32_t nfields, line, part; /* line 0 is the title */
    const char *title, *order;    /* order: what is left of the manifest's names */
    uint64_t used;                /* fields that were given, by bit */
    spoor_str value;
    bool is_hex;
    char buffer[32];
} spoor_message_pieces;

/* false: no message is known for this event. */
bool spoor_message_begin(spoor_message_pieces *pieces, spoor_str provider, int64_t event_id,
                         const spoor_event_field *fields, uint32_t nfields);
/* The next piece of the text, until the next call; false at the end. */
bool spoor_message_next(spoor_message_pieces *pieces, spoor_str *piece);
/* Does the title of any message have the literal, whatever the case of letters? */
bool spoor_message_title_holds(spoor_str literal);
/* Is this the message that would be rebuilt?  Line ends count as one whether CR LF or LF. */
bool spoor_message_is_rebuilt(const spoor_event *event);

#endif
