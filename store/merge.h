/* merge.h - small neighbours into larger segments. */
#ifndef SPOOR_STORE_MERGE_H
#define SPOOR_STORE_MERGE_H

#include "store/container.h"

/* For one who holds the writer's mark.  everything: up to SPOOR_MAX_SEGMENT_ROWS wherever two fit; else
 * only where several small ones lie together. */
spoor_store_status spoor_store_merge(spoor_store *store, bool everything, volatile bool *cancel,
                                     spoor_optimize_counts *counts);

#endif
