/* record.h - a whole record put together from its columns: what record.c reads and record_xml.c
 * writes out. */
#ifndef SPOOR_STORE_RECORD_H
#define SPOOR_STORE_RECORD_H

#include "store/snapshot.h"

typedef struct spoor_record_field {
    uint32_t id;
    spoor_field_role role;
    spoor_str name; /* "" for unnamed */
    spoor_text_kind kind;
    spoor_str text;
} spoor_record_field;

typedef struct spoor_record {
    uint64_t flags;             /* spoor_layout_flag */
    spoor_record_field *fields; /* arena */
    uint32_t nfields;
    int64_t time, event_id; /* SPOOR_EVENT_ABSENT: null */
    spoor_str provider, message;
    spoor_str raw_xml; /* of EventData, or what stands in its place, where fields cannot say it */
} spoor_record;

/* The columns that records of a segment need, pinned by the first read. */
typedef struct spoor_record_source spoor_record_source;
spoor_record_source *spoor_record_source_new(spoor_stored_segment *segment); /* NULL: no memory */
void spoor_record_source_free(void *source);
/* false: the columns could not be pinned, and the snapshot has the status. */
bool spoor_record_source_pin(spoor_record_source *source);
/* After a pin.  Texts are the columns'; the list of fields is the arena's. */
void spoor_record_read(spoor_arena *arena, const spoor_record_source *source, uint32_t row,
                       spoor_record *out);

/* record_xml.c: <DataItem ...><EventData>...</EventData></DataItem>, as the agent's Event table has
 * it; the element in it alone; <Param>s. '' where the record has no data. */
spoor_str spoor_record_data_xml(spoor_arena *arena, const spoor_record *r);
spoor_str spoor_record_data_element(spoor_arena *arena, const spoor_record *r);
spoor_str spoor_record_parameter_xml(spoor_arena *arena, const spoor_record *r);
/* parse_xml(element).EventData.Data, and its [n]["#text"]: the same values as from the text, which
 * is parsed only where the record has raw XML.  false: null. */
bool spoor_record_items(spoor_arena *arena, const spoor_record *r, spoor_str *items);
bool spoor_record_item_text(spoor_arena *arena, const spoor_record *r, uint32_t n,
                            spoor_str *value);
/* The number of the first Data element of the name. */
bool spoor_record_item_named(spoor_arena *arena, const spoor_record *r, spoor_str name,
                             uint32_t *n);
/* Does XML say another name? */
bool spoor_record_is_odd_name(spoor_str name);
/* A text as parse_xml gives it back: line ends are \n; false: all blanks, so dropped. */
bool spoor_record_xml_text(spoor_arena *arena, spoor_str text, spoor_str *read);

/* data_items.c: what is read of EventDataItems of a segment as a column of type string or dynamic. */
enum { SPOOR_MOST_ITEMS = 4096 }; /* NTH is below */
typedef struct spoor_item {
    enum {
        SPOOR_ITEM_NTH,   /* Items[of]["#text"] */
        SPOOR_ITEM_NAMED, /* the text of the first of the name with the id `of` (0: none has it) */
        SPOOR_ITEM_NAMES, /* of all; null where an element has none, and where there is raw XML */
    } kind;
    uint32_t of;
} spoor_item;
spoor_store_status spoor_items_pin(spoor_stored_segment *segment, spoor_item item, spoor_type as,
                                   const spoor_decoded **decoded);

#endif
