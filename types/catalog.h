/* catalog.h - what names a query can reach outside its own text: tables and functions.
 *
 * The planner asks; engine/ answers (stored tables, saved functions, the
 * functions built into the binary).  Results live as long as the query. */
#ifndef SPOOR_TYPES_CATALOG_H
#define SPOOR_TYPES_CATALOG_H

#include "types/schema.h"

typedef struct spoor_table {
    spoor_str name;
    spoor_schema schema; /* hidden lineage columns last */
    /* Dynamic columns whose members are columns of the store: EventData of the event table.  A path
     * into one becomes a read of that member alone.  Bit i: column i. */
    uint64_t record_columns;
    /* XML texts of which parse_xml(c)[.DataItem].EventData.Data is a column, too: paths into them
     * are read from that, and no text is made or parsed.  xml_items 0: there are none. */
    int xml_wrapped, xml_bare, xml_items;
    bool is_empty;      /* known by name only: no rows, whatever is asked */
    bool is_events;     /* the event store; else a user table (watchlists, alerts) */
    const void *handle; /* of a user table: a spoor_stored_table (store/table_reader.h) */
} spoor_table;

typedef struct spoor_stored_function {
    spoor_str name;
    spoor_str text; /* `(params) { body }` or a bare body as Sentinel saves it; '\0' behind it */
    spoor_str folder, docstring;
    spoor_str columns_of; /* a documented table: the rows have its columns, those not made empty */
    bool is_builtin;      /* embedded in the binary */
    bool is_view;         /* a table to its users: wildcards of names reach it */
    bool is_again; /* a view of records that other views have, too: `*` alone leaves it out */
} spoor_stored_function;

typedef struct spoor_catalog {
    const spoor_table *(*table)(struct spoor_catalog *catalog, spoor_str name);
    const spoor_stored_function *(*function)(struct spoor_catalog *catalog, spoor_str name);
    /* The i-th of each, or NULL past the last: wildcards, search *, near names, completion. */
    const spoor_table *(*table_at)(struct spoor_catalog *catalog, size_t i);
    const spoor_stored_function *(*function_at)(struct spoor_catalog *catalog, size_t i);
    /* The names of tables that are there, empty, because they are documented: *cursor is NULL first; false
     * past the last.  May be NULL: there are none. */
    bool (*empty_next)(struct spoor_catalog *catalog, const void **cursor, spoor_str *name);
    /* The columns of a table that Microsoft documents, or NULL; whether rows can be had is another thing. */
    const spoor_schema *(*documented)(struct spoor_catalog *catalog, spoor_str name);
    /* The type that columns of this name have in the documented tables; false: they say none.  May be NULL. */
    bool (*column_type)(struct spoor_catalog *catalog, spoor_str name, spoor_type *type);
    /* A file that a query may read, at most so many bytes; false: *problem says why not. */
    bool (*read_file)(struct spoor_catalog *catalog, spoor_str name, size_t most, spoor_str *bytes,
                      const char **problem);
    bool has_files; /* the user allowed a folder */
} spoor_catalog;

#endif
