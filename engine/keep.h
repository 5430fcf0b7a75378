/* keep.h - what the store keeps under a name: a function's text, or a table's (table_text.h).
 *
 * They share one space of names, and neither takes the other's place.  What is there already is read
 * and replaced in one transaction: of two processes that append at once, both rows stay. */
#ifndef SPOOR_ENGINE_KEEP_H
#define SPOOR_ENGINE_KEEP_H

#include "base/str.h"
#include "include/spoor.h"

typedef enum spoor_saved_kind {
    SPOOR_SAVED_NONE,
    SPOOR_SAVED_FUNCTION,
    SPOOR_SAVED_TABLE
} spoor_saved_kind;

typedef enum spoor_keep_how {
    SPOOR_KEEP_NEW,     /* nothing may be there */
    SPOOR_KEEP_REPLACE, /* in place of what is there, if anything */
    SPOOR_KEEP_ADD,     /* a table's rows behind those of the table that is there */
    SPOOR_KEEP_MAY_ADD, /* the same, or a new one */
} spoor_keep_how;

typedef struct spoor_keeping {
    spoor_str name, text, folder, docstring;
    bool is_view;
    spoor_keep_how how;
    size_t head,
        rows; /* ADD: where the text's columns end, which have to be the table's; where its rows begin */
} spoor_keeping;

spoor_status spoor_engine_keep(spoor_engine *engine, const spoor_keeping *keeping);
/* NONE also where the store cannot be read. */
spoor_saved_kind spoor_engine_saved(spoor_engine *engine, const char *name);
spoor_status spoor_engine_drop(spoor_engine *engine, spoor_str name);
/* Letters, digits and _, no digit first: what a query can write without brackets. */
bool spoor_is_kept_name(spoor_str name);

#endif
