/* store_schema.h - the tables of a store, version SPOOR_STORE_SCHEMA. */
#ifndef SPOOR_STORE_STORE_SCHEMA_H
#define SPOOR_STORE_STORE_SCHEMA_H

/* segment.state: 0 pending (seen by its writer alone), 1 live.
 * segment.flags: 1 mixed, 2 variants.  segment.directory, column.name: a checksum of the row is their end.
 * chunk: first_chunk .. first_chunk + chunks - 1 are a segment's.
 * source.state: 'complete', 'partial' (more is to come), 'same' (content of another).
 * range: what of one event sort a segment holds; record ids and times of rows that have one.
 * origin: further origins of stored events: rows of [row id, chunk, offset] as varints. */
#define SPOOR_SCHEMA_SQL                                                                           \
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"                                \
    "CREATE TABLE source(id INTEGER PRIMARY KEY, path TEXT NOT NULL, size INTEGER, sha256 BLOB,"   \
    " shape TEXT, records INTEGER NOT NULL, known INTEGER NOT NULL, damaged INTEGER NOT NULL,"     \
    " done_bytes INTEGER NOT NULL, done_records INTEGER NOT NULL, state TEXT NOT NULL);"           \
    "CREATE INDEX source_path ON source(path); CREATE INDEX source_sha256 ON source(sha256);"      \
    "CREATE TABLE column(id INTEGER PRIMARY KEY, is_member INTEGER NOT NULL, name BLOB NOT NULL);" \
    "CREATE TABLE segment(id INTEGER PRIMARY KEY AUTOINCREMENT, state INTEGER NOT NULL,"           \
    " flags INTEGER NOT NULL, provider TEXT NOT NULL, event_id INTEGER NOT NULL,"                  \
    " rows INTEGER NOT NULL, min_time INTEGER, max_time INTEGER, first_row INTEGER NOT NULL,"      \
    " recovered INTEGER NOT NULL, bytes INTEGER NOT NULL, first_chunk INTEGER NOT NULL,"           \
    " chunks INTEGER NOT NULL, directory BLOB NOT NULL);"                                          \
    "CREATE TABLE chunk(id INTEGER PRIMARY KEY, data BLOB NOT NULL);"                              \
    "CREATE TABLE source_range(segment INTEGER NOT NULL, computer TEXT NOT NULL,"                  \
    " channel TEXT NOT NULL, provider TEXT NOT NULL, event_id INTEGER, rows INTEGER NOT NULL,"     \
    " min_record INTEGER, max_record INTEGER, min_time INTEGER, max_time INTEGER,"                 \
    " records INTEGER NOT NULL, min_source INTEGER NOT NULL, max_source INTEGER NOT NULL);"        \
    "CREATE INDEX source_range_segment ON source_range(segment);"                                  \
    "CREATE TABLE origin(source INTEGER NOT NULL, rows INTEGER NOT NULL, data BLOB NOT NULL);"     \
    "CREATE TABLE function(name TEXT PRIMARY KEY, text TEXT NOT NULL, folder TEXT,"                \
    " docstring TEXT, is_view INTEGER NOT NULL) WITHOUT ROWID;"

#endif
