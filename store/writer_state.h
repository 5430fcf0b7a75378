/* writer_state.h - the insides of a writer, for the files that share them. */
#ifndef SPOOR_STORE_WRITER_STATE_H
#define SPOOR_STORE_WRITER_STATE_H

#include "store/segment_insert.h"
#include "store/writer.h"

enum {
    SPOOR_RARE_ROWS = 512,        /* a sort with fewer rows goes into a mixed segment ... */
    SPOOR_MIXED_ROWS = 4096,      /* ... which is sealed here */
    SPOOR_BUILDER_COLUMNS = 2048, /* members at which a segment is sealed */
    SPOOR_MAX_BUILDERS = 1024,
};

typedef struct spoor_run_source { /* a source of this run */
    int64_t id;
    char *path, *shape; /* owned */
    int64_t size, done_bytes;
    unsigned char digest[32];
    bool has_digest;
    int64_t earlier_records; /* GROWN: what was in before this run; else 0 */
    uint64_t records;        /* added as new rows, in this run */
    uint64_t known, damaged;
    uint64_t ordinal;    /* of the next record */
    spoor_bytes origins; /* of known events: [row id, chunk, offset]... as varints */
    uint64_t norigins;
    bool is_ended, is_complete, is_saved;
    int64_t same_as; /* another source with this content; 0: none */
} spoor_run_source;

struct spoor_writer {
    spoor_store *store;
    spoor_writer_options options;
    spoor_store_status failed; /* sticks */
    bool is_open;              /* holds the store's writer mark */
    bool has_committed;
    spoor_content_key content_key;

    spoor_builder **builders; /* owned */
    uint32_t nbuilders, builders_capacity;
    uint32_t *slots; /* builder + 1 by (provider, event id, variant) */
    uint32_t nslots;
    spoor_builder *last_builder;
    spoor_builder *mixed[2]; /* being filled; [1]: of variants */
    size_t builder_bytes;    /* of all builders, each as last counted */

    struct spoor_encoders *encoders;
    spoor_inserts inserts;
    struct spoor_identity *identity;

    spoor_run_source *sources; /* owned, in order of begin */
    uint32_t nsources, sources_capacity;
    int64_t next_source;
    bool in_source;
    spoor_writer_counts counts;
};

/* Seal: hand the builder to the encoders, or into the mixed one. Takes it over. */
spoor_store_status spoor_writer_seal(spoor_writer *writer, spoor_builder *builder);
spoor_store_status spoor_writer_seal_all(spoor_writer *writer);
/* The builder that an event goes to; NULL: out of memory. */
spoor_builder *spoor_writer_builder(spoor_writer *writer, const spoor_event *event,
                                    bool is_variant);
/* The same, but NULL when there is none. */
spoor_builder *spoor_writer_find_builder(const spoor_writer *writer, const spoor_event *event,
                                         bool is_variant);
/* After a row went in: seal what is full, or the largest when memory is spent. */
spoor_store_status spoor_writer_check(spoor_writer *writer, spoor_builder *builder);
void spoor_writer_free_builders(spoor_writer *writer);

/* The mark that one writer at a time has the store; removes what dead ones left. */
spoor_store_status spoor_writer_take_mark(spoor_store *store);
spoor_store_status spoor_writer_drop_mark(spoor_store *store);

#endif
