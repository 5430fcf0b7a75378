/* record_needle.h - where a literal can stand in a text that is made of a whole record.
 *
 * XML, JSON and messages are fixed pieces with names and values between.  Most literals cannot reach
 * from one piece into the next, so a text has them only where a name or a value has. */
#ifndef SPOOR_STORE_RECORD_NEEDLE_H
#define SPOOR_STORE_RECORD_NEEDLE_H

#include "store/store.h"

/* Where the column, as text, has the literal, whatever the case of letters, does a member's name or value, or the
 * RawEventData or the Message of the row have it, too?  But for members that spoor_record_is_odd(): they may have
 * it where their value has not. */
bool spoor_record_keeps_needle(spoor_event_column column, spoor_str literal);
/* Is a value written in the column in another form than its own? */
bool spoor_record_is_odd(spoor_event_column column, spoor_str value);

#endif
