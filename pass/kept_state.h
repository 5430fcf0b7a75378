/* kept_state.h - what is known of a run's filters and segments, for the files of pass/ that keep it.
 *
 * Equal names share a place; places are in the order of their names.  What was asked in one run is a
 * set: the names, and a row for each segment (kept_code.c).  Sets that have names of this run are read,
 * up to SPOOR_KEPT_SETS of them; number 0 is the one of just these names.  A segment's mask says which
 * of them have a row of it. */
#ifndef SPOOR_PASS_KEPT_STATE_H
#define SPOOR_PASS_KEPT_STATE_H

#include "pass/kept.h"
#include "store/bytes.h"
#include "store/pack.h"

struct sqlite3_stmt;

enum {
    SPOOR_KEPT_SETS = 8, /* in a store */
    SPOOR_KEPT_OWN = 1,  /* in a mask: the set of just these names */
};
#define SPOOR_KEPT_NOWHERE UINT32_MAX

typedef struct spoor_known_pick {
    uint32_t place;
    spoor_pick pick;
    struct spoor_known_pick *next;
} spoor_known_pick;

typedef struct spoor_kept_segment {
    int64_t id;
    uint32_t number, rows, check; /* number: in the snapshot */
    uint32_t mask;
    spoor_known_pick *picks; /* in no order */
} spoor_kept_segment;

struct spoor_kept {
    spoor_arena *arena;
    uint32_t nfilters, nplaces, nsegments;
    uint32_t *place_of;                       /* by filter; NOWHERE: it has no name */
    uint32_t *filter_of;                      /* by place: one that has it */
    unsigned char *names;                     /* by place */
    unsigned char set[SPOOR_KEPT_NAME_BYTES]; /* name of the set of them */
    char store_id[40];
    spoor_kept_segment *segments; /* by number */
    spoor_kept_segment **by_id;
    const uint64_t
        *covered[SPOOR_KEPT_SETS]; /* by set read, a bit a place: it has it; NULL: no such set */
    const uint64_t **known;        /* by segment, a bit a filter; NULL: none */
    bool is_newest;                /* the own set is there, and the last that was used */
    struct sqlite3_stmt
        *reading;         /* owned, while it is read, by who has to clean up after a jump ... */
    spoor_packer *packer; /* ... as well */
};

/* -- kept_store.c ------------------------------------------------------------------------------ */

/* Read the sets that have names of these, and their rows.  Jump when out of memory: then _end_read() is due. */
void spoor_kept_read(spoor_kept *kept, spoor_store *store);
void spoor_kept_end_read(spoor_kept *kept);

/* -- kept.c ------------------------------------------------------------------------------------ */

/* The name of the set of these names, which are ascending. */
void spoor_kept_name_set(const unsigned char *names, uint32_t count,
                         unsigned char set[SPOOR_KEPT_NAME_BYTES]);

/* -- kept_code.c ------------------------------------------------------------------------------- */

/* A segment's row: what the filters of a set leave of it. */
typedef struct spoor_kept_row {
    const unsigned char *set; /* its name */
    const char *store_id;
    const spoor_kept_segment *segment;
} spoor_kept_row;

/* skipped: places since the last; rows: of the segment. */
void spoor_kept_put_pick(spoor_bytes *out, uint32_t skipped, const spoor_pick *pick, uint32_t rows);
void spoor_kept_seal(spoor_packer *packer, const spoor_kept_row *row, const spoor_bytes *picks,
                     spoor_bytes *out);
/* The bytes of picks in a sealed row, in the packer's scratch; false: it is not one of this. */
bool spoor_kept_unseal(spoor_packer *packer, const spoor_kept_row *row, spoor_str sealed,
                       spoor_bytes_in *picks);
/* *skipped as it was put.  false: damaged.  Jump when out of memory. */
bool spoor_kept_take_pick(spoor_bytes_in *in, uint32_t *skipped, spoor_pick *pick, uint32_t rows,
                          spoor_arena *arena);

static inline bool spoor_kept_has(const uint64_t *bits, uint32_t at) {
    return (bits[at / 64] >> at % 64 & 1) != 0;
}

static inline void spoor_kept_add(uint64_t *bits, uint32_t at) {
    bits[at / 64] |= UINT64_C(1) << at % 64;
}

#endif
