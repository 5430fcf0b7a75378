/* kept.h - what filters left of segments, kept in the store for later runs.
 *
 * A segment never changes, and a filter is known by a digest of what it asks (its name), so what one leaves of the
 * other holds as long as the code does.  A run reads what is kept (_recall), sweeps
 * the rest alone, puts both together (_join), and in the end keeps what is new (_write).  A filter that asks for what is
 * the run's (now(), a time) has no name, and is asked each time.
 *
 * Whatever is damaged, foreign, made by other code or of another segment fails its checksum, and is as if it were not
 * there.  Nothing is ever taken for known but what a finished run has written, in one transaction. */
#ifndef SPOOR_PASS_KEPT_H
#define SPOOR_PASS_KEPT_H

#include "executor/picks.h"
#include "store/store.h"

enum { SPOOR_KEPT_NAME_BYTES = 16 };

typedef struct spoor_kept_name {
    bool is_set; /* false: what the filter leaves cannot be kept */
    unsigned char bytes[SPOOR_KEPT_NAME_BYTES];
} spoor_kept_name;

typedef struct spoor_kept spoor_kept; /* in an arena */

/* kept_name.c: of the scan's filter. */
spoor_kept_name spoor_kept_name_of(const spoor_plan *scan, spoor_arena *scratch);

/* What the store keeps for these filters and the segments of the snapshot.  NULL: no memory for it. */
spoor_kept *spoor_kept_recall(spoor_store *store, const spoor_snapshot *snapshot,
                              const spoor_kept_name *names, uint32_t nfilters, spoor_arena *arena);
/* By segment, a bit a filter: what it leaves is known.  NULL: of none. */
const uint64_t *const *spoor_kept_known(const spoor_kept *kept);
/* How many segments there are, and of how many all was known that can be. */
uint64_t spoor_kept_count(const spoor_kept *kept, uint64_t *segments);
/* Add to what a sweep found, by filter, what is known.  Jump when out of memory. */
void spoor_kept_join(spoor_kept *kept, spoor_picks *picks);
/* Keep the picks, joined, of all segments.  No snapshot may be open on the store.  NULL: done; else why not. */
const char *spoor_kept_write(spoor_kept *kept, const spoor_picks *picks, spoor_store *store);
/* Drop all that is kept.  The same. */
const char *spoor_kept_forget(spoor_store *store);

#endif
