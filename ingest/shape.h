/* shape.h - the shapes in which exporters write Windows events as JSON.
 *
 * A shape is a row: the keys by which it is known, a table from paths to parts
 * of an event, where EventData is, how its values are printed, and a function
 * for what a table cannot say.  json_shapes.c does the rest for all of them.
 * The shapes of one family stand in one file, shape_<family>.c. */
#ifndef SPOOR_INGEST_SHAPE_H
#define SPOOR_INGEST_SHAPE_H

#include "ingest/event_build.h"
#include "ingest/json_layout.h"
#include "ingest/json_scan.h"
#include "ingest/xml_scan.h"

/* Everything that reading one record needs; the arena is emptied before each. */
typedef struct spoor_reading {
    spoor_json json;  /* the record */
    spoor_json inner; /* JSON inside one of its strings */
    spoor_xml xml;    /* XML inside one, or the record itself */
    spoor_arena arena;
    spoor_event_draft build;
    const spoor_ingest_options *options;
    spoor_ingest_counts *counts;
    const struct spoor_shape *last; /* tried first: neighbours are of one shape ... */
    spoor_layouts *layouts;         /* ... and have the same members; owned */
    const char *shape_name;         /* of the record just read */
    char why[160];                  /* why it was refused */
    bool has_false_zone; /* an earlier record said Z and was not UTC: so do its neighbours */
    bool is_mended;      /* it was cut short, and what is left was read */
    bool is_valid_text;  /* the record is well-formed WTF-8 throughout */
} spoor_reading;

typedef struct spoor_map {
    const char *path; /* of a flat shape: a name */
    size_t len;
    spoor_part part;
} spoor_map;

#define SPOOR_MAP(path, part)                                                                      \
    { path, sizeof path - 1, SPOOR_PART_##part }
#define SPOOR_MAP_END                                                                              \
    { NULL, 0, SPOOR_PART_NONE }

/* Traits of a shape, besides those of event_build.h. */
enum {
    SPOOR_FLAT = 1 << 16,           /* members that the table does not name are EventData */
    SPOOR_NULL_IS_EMPTY = 1 << 17,  /* null is how '' is written */
    SPOOR_XML_ESCAPED = 1 << 18,    /* values may hold &lt; &gt; &amp; for < > & */
    SPOOR_NUMBERED_TWINS = 1 << 19, /* a repeated name has _1, _2, ... added */
};

/* The row of the key, or NULL. */
const spoor_map *spoor_map_of(const spoor_map *maps, spoor_str key);

enum { SPOOR_SHAPE_KEYS = 4 };

typedef struct spoor_shape {
    const char *name;
    const char *needs[SPOOR_SHAPE_KEYS];              /* paths that must be there ... */
    const char *lacks[SPOOR_SHAPE_KEYS];              /* ... and must not */
    bool (*matches)(spoor_reading *r, uint32_t root); /* NULL: the keys suffice */
    const spoor_map *maps;                            /* SPOOR_MAP_END ends it */
    const char *data;      /* path of an object that is EventData; NULL: none */
    const char *user_data; /* path of an object that is UserData; NULL: none */
    unsigned traits;
    /* After the above; false: this record is refused, r->why says why.  NULL: nothing to do. */
    bool (*finish)(spoor_reading *r, uint32_t root);
} spoor_shape;

extern const spoor_shape spoor_shapes_flat[], spoor_shapes_beats[], spoor_shapes_dump[],
    spoor_shapes_azure[], spoor_shapes_powershell[]; /* a row without a name ends each */

/* Read the record in r->json into r->build; false: of no known shape, or refused by its own. */
bool spoor_json_read(spoor_reading *r);

/* Read r->xml, whose root is an Event element; the builder is not yet finished. */
bool spoor_xml_read(spoor_reading *r);
/* The EventData, or UserData, element of r->xml. */
void spoor_xml_read_data(spoor_reading *r, uint32_t element);
void spoor_xml_read_user_data(spoor_reading *r, uint32_t element);

/* -- for shapes -------------------------------------------------------------------------------- */

/* Text of a node: a string, or a number's or word's token; '' for null. */
spoor_str spoor_reading_text(spoor_reading *r, const spoor_json *json, uint32_t node);
/* Text at a path of the record, '' if it is not there. */
spoor_str spoor_reading_at(spoor_reading *r, uint32_t root, const char *path);
/* Members of an object as EventData. */
void spoor_reading_data(spoor_reading *r, const spoor_json *json, uint32_t object, unsigned traits);
void spoor_reading_member(spoor_reading *r, const spoor_json *json, uint32_t node, unsigned traits);
/* An object as the UserData element. */
void spoor_reading_user_data(spoor_reading *r, const spoor_json *json, uint32_t object);
/* s, with what is no UTF-8 repaired and counted. */
spoor_str spoor_reading_repair(spoor_reading *r, spoor_str s);
bool spoor_reading_refuse(spoor_reading *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Scan a text as JSON into r->inner, or as XML into r->xml; false: it is neither. */
bool spoor_reading_inner(spoor_reading *r, spoor_str text);
bool spoor_reading_xml(spoor_reading *r, spoor_str text);
/* Read an Event element inside a text.  What stands before it (a syslog header) is skipped; of one
 * that is cut short, as syslog does to long messages, what is there is read. */
bool spoor_reading_embedded(spoor_reading *r, spoor_str text);

/* Give the fields of a Sysmon event, which have none, the names of the layout they fit. */
void spoor_reading_name_fields(spoor_reading *r);

/* The value of a line `Name: value` of a rendered message; false: it has no such line. */
bool spoor_message_field(spoor_str message, const char *name, spoor_str *value);

static inline bool spoor_str_starts(spoor_str s, const char *prefix) {
    size_t len = strlen(prefix);
    return s.len >= len && memcmp(s.ptr, prefix, len) == 0;
}

#endif
