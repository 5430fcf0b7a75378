/* known_tables.h - schemas of tables that spoor has no data for. */
#ifndef SPOOR_ENGINE_KNOWN_TABLES_H
#define SPOOR_ENGINE_KNOWN_TABLES_H

#include "base/arena.h"
#include "types/catalog.h"

/* An empty table of the documented columns, or NULL. */
const spoor_table *spoor_known_table(spoor_arena *arena, spoor_str name);

/* The names one by one: *cursor is NULL first; false past the last. */
bool spoor_known_table_next(const void **cursor, spoor_str *name);

/* The type that the columns of this name have in all of several tables; false: there is none such. */
bool spoor_known_column(spoor_str name, spoor_type *type);

#endif
