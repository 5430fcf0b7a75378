/* store.h - one SQLite file of columnar segments: what is in it, and how to read it.
 *
 * Writing is store/writer.h.  A segment is immutable; a query reads the list
 * of segments once, in one read transaction (a snapshot), and every blob
 * through it.  Every function that can fail returns a spoor_store_status and
 * leaves words in spoor_store_error(). */
#ifndef SPOOR_STORE_STORE_H
#define SPOOR_STORE_STORE_H

#include "base/arena.h"
#include "store/event.h"
#include "types/vec.h"

typedef enum spoor_store_status {
    SPOOR_STORE_OK,
    SPOOR_STORE_MISSING, /* no such file */
    SPOOR_STORE_FOREIGN, /* not a spoor store */
    SPOOR_STORE_NEWER,   /* made by a newer version */
    SPOOR_STORE_LOCKED,  /* another process writes, and did not finish in time */
    SPOOR_STORE_READ_ONLY,
    SPOOR_STORE_FULL,    /* disk or quota */
    SPOOR_STORE_CORRUPT, /* a page, blob or chunk does not decode */
    SPOOR_STORE_IO,
    SPOOR_STORE_MEMORY,
    SPOOR_STORE_CANCELLED,
} spoor_store_status;

typedef enum spoor_event_column {
#define SPOOR_EVENT_COLUMN(column, name, type, how) SPOOR_COL_##column,
#include "store/event_columns.def"
#undef SPOOR_EVENT_COLUMN
    SPOOR_COL_NCOLUMNS
} spoor_event_column;

typedef enum spoor_store_mode {
    SPOOR_STORE_READ,      /* must exist; may be on read-only media */
    SPOOR_STORE_WRITE,     /* must exist */
    SPOOR_STORE_CREATE,    /* made when missing */
    SPOOR_STORE_TEMPORARY, /* path: a folder; the file is unlinked at once, private to this process */
} spoor_store_mode;

typedef struct spoor_store spoor_store;

spoor_store_status spoor_store_open(const char *path, spoor_store_mode mode, spoor_memory *memory,
                                    spoor_store **store);
void spoor_store_close(spoor_store *store); /* NULL is fine */
/* What went wrong last, in words; also for a failed open (store NULL: per thread). */
const char *spoor_store_error(const spoor_store *store);
/* A number of what the file holds: it is another after each change, by whomever.  false: this store itself
 * is changing it, or it cannot be read. */
bool spoor_store_version(spoor_store *store, uint32_t *version);
/* The SQLite handle, for the tables that other modules keep in the file (functions, runs). */
struct sqlite3;
struct sqlite3 *spoor_store_handle(spoor_store *store);
/* Why the last call on that handle failed, as spoor_store_error() says it: with the store's path. */
const char *spoor_store_handle_error(spoor_store *store);

/* -- reading ----------------------------------------------------------------------------------- */

typedef struct spoor_snapshot spoor_snapshot;

typedef struct spoor_segment {
    int64_t id; /* never re-used */
    uint32_t rows;
    bool is_mixed;      /* more than one (provider, event id): both are columns */
    spoor_str provider; /* of all rows unless mixed */
    int64_t event_id;
    int64_t min_time, max_time; /* of TimeGenerated; min > max: no row has one */
    int64_t first_row;          /* least row id: the order of segments */
    uint32_t check;             /* checksum of all that its row says: row_check.h */
    void *handle;               /* the snapshot's */
} spoor_segment;

/* Begin a read transaction and read the list of live segments, in table order. */
spoor_store_status spoor_snapshot_open(spoor_store *store, spoor_snapshot **snapshot);
void spoor_snapshot_close(spoor_snapshot *snapshot);
uint32_t spoor_snapshot_count(const spoor_snapshot *snapshot);
const spoor_segment *spoor_snapshot_segment(const spoor_snapshot *snapshot, uint32_t i);
/* From now on the list ends with the segments of variants (_Variant): for a query that names it. */
void spoor_snapshot_show_variants(spoor_snapshot *snapshot);
/* Not OK when a RECORD column could not be fetched (its slots are null then): to be asked before
 * the end of rows is believed. */
spoor_store_status spoor_snapshot_status(const spoor_snapshot *snapshot);
/* What went wrong with it last, in words. */
const char *spoor_snapshot_error(const spoor_snapshot *snapshot);
/* Newest TimeGenerated; false: no events. */
bool spoor_snapshot_newest(const spoor_snapshot *snapshot, int64_t *time);

/* One column of one segment, decoded: `rows` slots.  Text is DICT (string; or dynamic for a member
 * read as such), numbers and times FLAT, RECORD columns RECORD.  A column that the segment lacks is
 * constant: null, or '' for string.  `vec` is set only where is_constant is not. */
typedef struct spoor_chunk {
    spoor_vec vec;
    bool is_constant; /* all rows hold `constant` */
    spoor_value constant;
    bool has_range; /* numbers, times: all non-null values are within [min, max] */
    int64_t min, max;
    bool may_be_null; /* as _peek() knows it; false, with a range: no row is */
    uint32_t nvalues; /* as _peek() knows it: distinct texts; 0: not known */
} spoor_chunk;

/* Decode (or find in the cache) and pin.  Thread-safe.  `member`: of EventData, else empty; it is read
 * as string ('' for null or absent) or as dynamic (null for absent).  The chunk stays valid until
 * released, even when the cache is short of memory. */
spoor_store_status spoor_chunk_pin(spoor_snapshot *snapshot, const spoor_segment *segment,
                                   spoor_event_column column, spoor_str member, spoor_type as,
                                   const spoor_chunk **chunk);
void spoor_chunk_release(spoor_snapshot *snapshot, const spoor_chunk *chunk);
/* The same of a text whose dictionary may be enough: where it does not cost nothing, the codes of the rows are
 * not decoded, and of vec only type and dict may be read.  A _pin() of the same adds the codes. */
spoor_store_status spoor_chunk_pin_entries(spoor_snapshot *snapshot, const spoor_segment *segment,
                                           spoor_event_column column, spoor_str member,
                                           spoor_type as, const spoor_chunk **chunk);
/* Release what nobody is likely to want again soon. */
void spoor_chunk_drop(spoor_snapshot *snapshot, const spoor_chunk *chunk);
/* What the column is known to be without decoding it: constant or absent (true), range.  Never I/O
 * beyond metadata. */
bool spoor_chunk_peek(spoor_snapshot *snapshot, const spoor_segment *segment,
                      spoor_event_column column, spoor_str member, spoor_type as,
                      spoor_chunk *summary);
/* Members of EventData that records of the segment have: *at counts from 0 on.  false: no more. */
bool spoor_segment_member(const spoor_segment *segment, uint32_t *at, spoor_str *member);
/* Is the column made from whole records (EventData, RenderedDescription, ...)? */
bool spoor_is_record_column(spoor_event_column column);
/* Does any segment hold a member of EventData of this name?  near: one that differs in case only. */
bool spoor_snapshot_has_member(spoor_snapshot *snapshot, spoor_str name, spoor_str *near);

/* -- what info shows --------------------------------------------------------------------------- */

typedef struct spoor_source_info {
    spoor_str path, shape, state;
    int64_t size, records, known, damaged;
} spoor_source_info;
/* Calls back for each source, in order; strings live for the call. */
spoor_store_status spoor_store_sources(spoor_store *store,
                                       void (*source)(void *context, const spoor_source_info *info),
                                       void *context);
typedef struct spoor_store_info {
    int64_t sources, segments, rows, variants, recovered, file_bytes, chunk_bytes, version;
    int64_t min_time, max_time;
    char uuid[40];
} spoor_store_info;
spoor_store_status spoor_store_get_info(spoor_store *store, spoor_store_info *info);

/* One event sort of one log of one computer, summed over live segments (variants left out). */
typedef struct spoor_log_info {
    spoor_str computer, channel, provider;
    int64_t event_id;                 /* SPOOR_EVENT_ABSENT: none */
    int64_t rows, min_time, max_time; /* min > max: no row has a time */
} spoor_log_info;
/* Ordered by computer, channel, provider, event id; strings live for the call. */
spoor_store_status spoor_store_logs(spoor_store *store,
                                    void (*log)(void *context, const spoor_log_info *info),
                                    void *context);
/* One log of one computer: what `info --hosts` shows. */
typedef struct spoor_host_info {
    spoor_str computer, channel;
    int64_t rows, min_time, max_time; /* min > max: no row has a time */
    int64_t min_record, max_record;   /* min > max: no row has a record id */
    int64_t
        missing; /* record ids between the two that are not there: a gap, or events of other files */
    int64_t cleared; /* events that say a log was cleared: 1102 of Security, 104 of System */
} spoor_host_info;
spoor_store_status spoor_store_hosts(spoor_store *store,
                                     void (*host)(void *context, const spoor_host_info *info),
                                     void *context);

/* -- upkeep ------------------------------------------------------------------------------------ */

typedef struct spoor_optimize_counts {
    int64_t segments_before, segments_after, rows; /* rows: of rewritten segments */
} spoor_optimize_counts;
/* Merge neighbours of one event sort into segments of up to 256 K rows, in one transaction; row order
 * within a sort stays.  everything: also where little is gained, and give free pages back to the
 * file system.  No snapshot may be open on this handle.  cancel and counts may be NULL. */
spoor_store_status spoor_store_optimize(spoor_store *store, bool everything, volatile bool *cancel,
                                        spoor_optimize_counts *counts);
/* A copy of the whole store that needs no -wal: `spoor export --store`. */
spoor_store_status spoor_store_export(spoor_store *store, const char *path);

/* -- saved functions --------------------------------------------------------------------------- */

typedef struct spoor_saved_function {
    const char *name, *text, *folder, *docstring; /* UTF-8; NULL folder, docstring: none */
    bool is_view;
} spoor_saved_function;
spoor_store_status spoor_store_save_function(spoor_store *store, const spoor_saved_function *f);
/* In one transaction: `change` sees what is saved under the name (old NULL: nothing) and says what is to be;
 * false: nothing is written.  No snapshot may be open on this handle. */
spoor_store_status spoor_store_change_function(spoor_store *store, const char *name,
                                               bool (*change)(void *context,
                                                              const spoor_saved_function *old,
                                                              spoor_saved_function *now),
                                               void *context);
spoor_store_status spoor_store_drop_function(spoor_store *store, const char *name, bool *found);
/* By name; strings live for the call. */
spoor_store_status spoor_store_functions(spoor_store *store,
                                         void (*each)(void *context, const spoor_saved_function *f),
                                         void *context);

#endif
