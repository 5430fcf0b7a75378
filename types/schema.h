/* schema.h - the names and types of columns: of a table, of a result.
 *
 * Lineage columns (_SourceFile, _RecordId, ...) travel behind the visible
 * ones with `hidden` set: no `*`, getschema, search or output sees them. */
#ifndef SPOOR_TYPES_SCHEMA_H
#define SPOOR_TYPES_SCHEMA_H

#include "types/type.h"

typedef struct spoor_column {
    spoor_str name; /* borrowed: the query arena, or static */
    spoor_type type;
    bool hidden;
} spoor_column;

typedef struct spoor_schema {
    uint32_t ncols; /* hidden ones included; they come last */
    spoor_column *columns;
} spoor_schema;

/* Index of the column of this exact name (hidden ones too), or -1. */
int spoor_schema_find(const spoor_schema *schema, spoor_str name);

#endif
