/* names.h - the numbers of column names: system columns and members of EventData.
 *
 * Names are kept byte for byte.  A number is given once in the life of a
 * store and never changes. */
#ifndef SPOOR_STORE_NAMES_H
#define SPOOR_STORE_NAMES_H

#include "store/store.h"

/* Columns that are stored but that no view names, behind those of event_columns.def. */
enum {
    SPOOR_COL_ROW = SPOOR_COL_NCOLUMNS, /* source << SPOOR_ROW_BITS | ordinal in it */
    SPOOR_COL_FLAGS,                    /* spoor_event.flags */
    SPOOR_COL_LAYOUT,                   /* names and order of the record's fields (builder.h) */
    SPOOR_COL_NSTORED,
};
enum { SPOOR_ROW_BITS = 40 };

typedef struct spoor_column_name {
    spoor_str name; /* owned; '\0' behind it */
    int column;     /* of a system column; -1: a member of EventData */
    bool is_known;  /* false: a system column of a newer version */
} spoor_column_name;

typedef struct spoor_names {
    spoor_column_name *list; /* id - 1 */
    uint32_t count, capacity;
    uint32_t nsaved; /* ids up to here are in the file */
    uint64_t seed;   /* of the hashes of names and values: random, none of it reaches the file */
    uint32_t *slots; /* members by name: id, 0 free */
    uint32_t nslots;
    uint32_t system[SPOOR_COL_NSTORED]; /* id by column; 0: not stored */
} spoor_names;

const char *spoor_stored_column_name(int column); /* NULL: not stored under a name */
bool spoor_stored_column_is_ints(int column);

/* 0: none. */
uint32_t spoor_names_find(const spoor_names *names, spoor_str member);
/* Find or add; 0: out of memory. */
uint32_t spoor_names_add(spoor_names *names, spoor_str member);
bool spoor_names_add_system(spoor_names *names, int column, const char *name);
void spoor_names_free(spoor_names *names);

#endif
