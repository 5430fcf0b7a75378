/* json_layout.h - where the paths of a shape lead in a record, remembered for records with the same members.
 *
 * A cache: what it finds is what looking each path up would find.  A layout is the members of those
 * objects of a record that some path goes into, so that what stands in EventData does not count.  Of a
 * flat shape it is all members, and which row of the shape each of them is. */
#ifndef SPOOR_INGEST_JSON_LAYOUT_H
#define SPOOR_INGEST_JSON_LAYOUT_H

#include "ingest/json_scan.h"

struct spoor_map;
struct spoor_shape;

enum { SPOOR_MOST_MAPS = 64 }; /* of a shape */

/* Nodes of a record; 0: not there. */
typedef struct spoor_places {
    const struct spoor_shape *shape;
    uint32_t root; /* the object that holds the event */
    uint32_t data, user_data;
    uint32_t maps[SPOOR_MOST_MAPS]; /* of the shape's maps, in order; not of a flat one */
    /* Flat: the row of each member of the root, NULL: it is EventData's.  NULL: they must be looked up. */
    const struct spoor_map *const *rows;
} spoor_places;

typedef struct spoor_layouts spoor_layouts;

void spoor_layouts_free(spoor_layouts *layouts); /* NULL is fine */
/* The places of this record, if it is of the shape and one with the same members was kept. */
bool spoor_layouts_find(spoor_layouts *layouts, const spoor_json *json,
                        const struct spoor_shape *shape, spoor_places *places);
/* Keep what was found the long way; *layouts is made when it is NULL.  Nothing, without memory. */
void spoor_layouts_keep(spoor_layouts **layouts, const spoor_json *json,
                        const spoor_places *places);

#endif
