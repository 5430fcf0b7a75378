/* cache.h - decoded chunks: found again by (segment, column, form), least used ones let go.
 *
 * Everything in it is accounted in a spoor_memory.  A pinned entry stays
 * whatever happens.  Thread-safe; two threads that want one entry decode it
 * once. */
#ifndef SPOOR_STORE_CACHE_H
#define SPOOR_STORE_CACHE_H

#include "store/store.h"

typedef struct spoor_cache spoor_cache;

typedef struct spoor_cache_key {
    int64_t segment;
    uint32_t column; /* column id, or a number of the caller's above all ids */
    uint32_t form;   /* of the decoded value */
} spoor_cache_key;

/* The first member of whatever is cached. */
typedef struct spoor_cached {
    spoor_chunk chunk;
    void (*free)(struct spoor_cached *cached);
    size_t bytes; /* accounted */
    void *node;   /* the cache's */
} spoor_cached;

spoor_cache *spoor_cache_new(spoor_memory *memory); /* NULL: out of memory */
/* How many bytes it may hold (what is pinned may exceed that); 0: as it began, half of the memory. */
void spoor_cache_set_limit(spoor_cache *cache, size_t bytes);
void spoor_cache_free(spoor_cache *cache); /* nothing may be pinned */
/* Pin the entry; NULL: it is not there, and the caller, who now must, makes it and calls _put() or
 * _abandon(). */
spoor_cached *spoor_cache_pin(spoor_cache *cache, spoor_cache_key key);
/* Enter and pin; takes it over.  Its bytes have been taken from the memory with _take(). */
bool spoor_cache_put(spoor_cache *cache, spoor_cache_key key, spoor_cached *cached);
void spoor_cache_abandon(spoor_cache *cache, spoor_cache_key key);
/* keep: it stays while there is room; else it goes as soon as nobody has it pinned. */
void spoor_cache_release(spoor_cache *cache, const spoor_cached *cached, bool keep);
/* Take from the account, letting go of unpinned entries as needed; false: still not enough. */
bool spoor_cache_take(spoor_cache *cache, size_t bytes);
/* More bytes for an entry that is pinned; they go with it. */
bool spoor_cache_extend(spoor_cache *cache, spoor_cached *cached, size_t bytes);
void spoor_cache_give(spoor_cache *cache, size_t bytes);

#endif
