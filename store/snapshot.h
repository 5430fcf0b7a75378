/* snapshot.h - the insides of a snapshot, for the files of store/ that read. */
#ifndef SPOOR_STORE_SNAPSHOT_H
#define SPOOR_STORE_SNAPSHOT_H

#include <stdatomic.h>

#include "store/cache.h"
#include "store/container.h"
#include "store/segment.h"

typedef struct spoor_stored_segment {
    spoor_segment seen; /* what callers see; its handle is this struct */
    spoor_store *store;
    spoor_snapshot *snapshot; /* NULL: a segment the writer looks into */
    bool is_variant;
    int64_t first_chunk;
    uint32_t nchunks;
    char *provider;       /* owned */
    unsigned char *bytes; /* of the directory, owned */
    spoor_directory directory;
} spoor_stored_segment;

/* Fill from a row of the SELECT below; NULL segment->bytes after a failure. */
#define SPOOR_SEGMENT_COLUMNS                                                                      \
    "id, flags, provider, event_id, rows, min_time, max_time, first_row, first_chunk, chunks, "    \
    "directory"
struct sqlite3_stmt;
spoor_store_status spoor_stored_segment_read(spoor_store *store, struct sqlite3_stmt *row,
                                             spoor_stored_segment *segment);
void spoor_stored_segment_free(spoor_stored_segment *segment);

/* spoor_cache_key.form */
enum {
    SPOOR_AS_STORED, /* text: raw codes and the string view; integers */
    SPOOR_AS_DYNAMIC,
    SPOOR_AS_RAW,     /* text: raw codes alone (layouts) */
    SPOOR_AS_DERIVED, /* key.column is an event column, + SPOOR_DERIVED_KEY */
    SPOOR_AS_ITEM,    /* key.column is a name: data_items.c */
    SPOOR_AS_ENTRIES, /* never in a key: AS_STORED, whose codes may be pending */
};
#define SPOOR_DERIVED_KEY 0xFFFF0000u
#define SPOOR_ITEMS_KEY 0xFFFE0000u /* + n, or the greatest of them for the names: data_items.c */

/* A decoded chunk. */
typedef struct spoor_decoded {
    spoor_cached cached; /* first */
    uint32_t rows;
    spoor_dict dict;
    spoor_vec values;
    spoor_text_chunk raw; /* TEXT as stored */
    _Atomic(unsigned char *)
        pending; /* owned: the chunk as it lies in the file, while raw.codes are not decoded */
    spoor_str pending_codes; /* where they are in it */
    uint32_t absent_code, null_code;
    spoor_str *strings; /* of dict.values */
    uint8_t *string_nulls;
    uint32_t *view_codes;  /* owned where they differ from raw.codes */
    spoor_bytes view_blob; /* owned where it differs from raw.blob */
    int64_t *longs;        /* INTS, or bools as bytes in nulls2 */
    uint8_t *nulls, *bools;
    spoor_bounds *bounds; /* of longs without null, for the view */
    /* Of a dictionary of texts, for spoor_dict_hashes(): */
    _Atomic(uint64_t *) hashes;     /* by entry; NULL: not made yet */
    _Atomic(uint64_t) asked;        /* rows that wanted some */
    _Atomic(spoor_census *) census; /* of any dictionary; NULL: not made yet */
    _Atomic(spoor_named *) named;   /* of a small one, by piece; NULL: not made yet */
    _Atomic(uint64_t) asked_named;  /* rows of which it was asked for */
    spoor_store *store;
    void *extra; /* of derived columns; freed with free_extra */
    void (*free_extra)(void *extra);
    /* a constant column, for readers of raw values */
    bool is_raw_constant;
    spoor_text_kind constant_kind;
    spoor_str constant_text;
} spoor_decoded;

/* Pin a stored column (id 0, or not in the segment: all absent) of a segment. */
spoor_store_status spoor_decode_pin(spoor_stored_segment *segment, uint32_t id, uint32_t form,
                                    const spoor_decoded **decoded);
/* The same, whole and as stored, for who makes something else of it: not in the cache.  *out, zeroed before, is the
 * caller's to free, after a failure as well. */
spoor_store_status spoor_decode_alone(spoor_stored_segment *segment, uint32_t id,
                                      spoor_decoded *out);
/* Enter what was made for the key into the cache, pinned; or, after a failure, let both go. */
spoor_store_status spoor_decoded_keep(spoor_stored_segment *segment, spoor_cache_key key,
                                      spoor_store_status status, spoor_decoded *decoded,
                                      const spoor_decoded **out);
void spoor_decode_release(spoor_stored_segment *segment, const spoor_decoded *decoded);
/* A stored value of a row, as it was added. kind NULL with *is_absent: absent. */
spoor_str spoor_decoded_value(const spoor_decoded *decoded, uint32_t row, spoor_text_kind *kind,
                              bool *is_absent);
int64_t spoor_decoded_int(const spoor_decoded *decoded,
                          uint32_t row); /* SPOOR_EVENT_ABSENT: null */
void spoor_decoded_free(spoor_cached *cached);
/* The dictionary, ready but for this, will make hashes of its texts, a census, and what pieces name, when asked. */
void spoor_decoded_offer_hashes(spoor_decoded *decoded);
void spoor_decoded_offer_census(spoor_decoded *decoded);
void spoor_decoded_offer_named(spoor_decoded *decoded);
size_t spoor_decoded_bytes(const spoor_decoded *decoded);

/* The same for the same column of the same segment, whenever it is decoded. */
uint64_t spoor_dict_id(const spoor_stored_segment *segment, uint32_t column, uint32_t form);

/* JSON text of a MULTI value; appends.  false: damaged. */
bool spoor_multi_to_json(spoor_str multi, spoor_bytes *out);

/* The event column as callers see it; entries: of a text the dictionary will do, codes may be pending. */
spoor_store_status spoor_column_pin(spoor_stored_segment *segment, spoor_event_column column,
                                    spoor_str member, spoor_type as, bool entries,
                                    const spoor_cached **cached);
spoor_type spoor_event_column_type(spoor_event_column column);
/* record.c */
spoor_store_status spoor_record_pin(spoor_stored_segment *segment, spoor_event_column column,
                                    const spoor_cached **cached);

struct spoor_snapshot {
    spoor_store *store;
    spoor_stored_segment *segments; /* live ones in table order, variants last */
    uint32_t nsegments, nvisible;
    uint32_t nregular;     /* segments that are no variants */
    uint32_t data_version; /* of the file, as SQLite counts its changes */
    bool may_be_kept;      /* what was read is what the file holds */
    bool has_newest;
    int64_t newest;
    spoor_store_status status; /* what a fetch could not say */
    char **source_paths;       /* by place in source_ids; read when first asked for */
    int64_t *source_ids;       /* ascending */
    uint32_t nsources;
    bool has_sources;
};
/* What is kept of the last snapshot. */
void spoor_snapshot_forget(spoor_store *store);
/* Path of a source, '' when unknown. */
spoor_store_status spoor_snapshot_load_sources(spoor_snapshot *snapshot);
spoor_str spoor_snapshot_source_path(const spoor_snapshot *snapshot, int64_t source);

#endif
