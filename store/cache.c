/* cache.c - the cache of decoded chunks (see cache.h): a hash table and an LRU list. */
#include "store/cache.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/hash.h"

enum { FIRST_SLOTS = 1024 };

typedef struct node {
    spoor_cache_key key;
    spoor_cached *cached; /* NULL: being made by some thread */
    uint32_t pins;
    struct node *next; /* in its slot */
    struct node *newer, *older;
} node;

struct spoor_cache {
    spoor_memory *memory;
    pthread_mutex_t mutex;
    pthread_cond_t made;
    node **slots;
    size_t nslots, count, bytes;
    size_t limit; /* of bytes of unpinned and pinned entries; what is pinned may exceed it */
    node *newest, *oldest;
};

static size_t default_limit(const spoor_cache *cache) {
    return (cache->memory->limit != 0 ? cache->memory->limit : SPOOR_DEFAULT_MEMORY) / 2;
}

spoor_cache *spoor_cache_new(spoor_memory *memory) {
    spoor_cache *cache = calloc(1, sizeof *cache);
    node **slots = calloc(FIRST_SLOTS, sizeof(node *));
    if (cache == NULL || slots == NULL) {
        free(cache);
        free(slots);
        return NULL;
    }
    cache->memory = memory;
    cache->slots = slots;
    cache->nslots = FIRST_SLOTS;
    cache->limit = default_limit(cache);
    pthread_mutex_init(&cache->mutex, NULL);
    pthread_cond_init(&cache->made, NULL);
    return cache;
}

static size_t slot_of(const spoor_cache *cache, spoor_cache_key key) {
    uint64_t hash = spoor_hash_combine(spoor_hash_u64((uint64_t)key.segment),
                                       (uint64_t)key.column << 32 | key.form);
    return (size_t)hash & (cache->nslots - 1);
}

static node *find(const spoor_cache *cache, spoor_cache_key key) {
    node *n = cache->slots[slot_of(cache, key)];
    while (n != NULL && (n->key.segment != key.segment || n->key.column != key.column ||
                         n->key.form != key.form)) {
        n = n->next;
    }
    return n;
}

static void unlink_used(spoor_cache *cache, node *n) {
    *(n->newer != NULL ? &n->newer->older : &cache->newest) = n->older;
    *(n->older != NULL ? &n->older->newer : &cache->oldest) = n->newer;
    n->newer = n->older = NULL;
}

static void link_newest(spoor_cache *cache, node *n) {
    n->older = cache->newest;
    n->newer = NULL;
    *(n->older != NULL ? &n->older->newer : &cache->oldest) = n;
    cache->newest = n;
}

/* Take the node out of the table and free it with what it holds. */
static void drop(spoor_cache *cache, node *n) {
    node **at = &cache->slots[slot_of(cache, n->key)];
    while (*at != n) {
        at = &(*at)->next;
    }
    *at = n->next;
    cache->count--;
    if (n->cached != NULL) {
        unlink_used(cache, n);
        cache->bytes -= n->cached->bytes;
        spoor_memory_give(cache->memory, n->cached->bytes);
        n->cached->free(n->cached);
    }
    free(n);
}

static void grow(spoor_cache *cache) {
    node **slots = calloc(cache->nslots * 2, sizeof(node *));
    if (slots == NULL) {
        return; /* slower, not wrong */
    }
    node **old = cache->slots;
    size_t nold = cache->nslots;
    cache->slots = slots;
    cache->nslots = nold * 2;
    for (size_t i = 0; i < nold; i++) {
        for (node *n = old[i]; n != NULL;) {
            node *next = n->next;
            size_t slot = slot_of(cache, n->key);
            n->next = slots[slot];
            slots[slot] = n;
            n = next;
        }
    }
    free(old);
}

void spoor_cache_free(spoor_cache *cache) {
    if (cache == NULL) {
        return;
    }
    for (size_t i = 0; i < cache->nslots; i++) {
        while (cache->slots[i] != NULL) {
            drop(cache, cache->slots[i]);
        }
    }
    free(cache->slots);
    pthread_mutex_destroy(&cache->mutex);
    pthread_cond_destroy(&cache->made);
    free(cache);
}

spoor_cached *spoor_cache_pin(spoor_cache *cache, spoor_cache_key key) {
    pthread_mutex_lock(&cache->mutex);
    for (;;) {
        node *n = find(cache, key);
        if (n == NULL) {
            n = calloc(1, sizeof *n);
            if (n != NULL) { /* without memory two threads may decode the same: not wrong */
                n->key = key;
                size_t slot = slot_of(cache, key);
                n->next = cache->slots[slot];
                cache->slots[slot] = n;
                if (++cache->count > cache->nslots) {
                    grow(cache);
                }
            }
            pthread_mutex_unlock(&cache->mutex);
            return NULL;
        }
        if (n->cached != NULL) {
            n->pins++;
            unlink_used(cache, n);
            link_newest(cache, n);
            pthread_mutex_unlock(&cache->mutex);
            return n->cached;
        }
        pthread_cond_wait(&cache->made, &cache->mutex);
    }
}

bool spoor_cache_put(spoor_cache *cache, spoor_cache_key key, spoor_cached *cached) {
    pthread_mutex_lock(&cache->mutex);
    node *n = find(cache, key);
    bool ok = n != NULL && n->cached == NULL;
    if (ok) {
        n->cached = cached;
        cached->node = n;
        n->pins = 1;
        cache->bytes += cached->bytes;
        link_newest(cache, n);
        pthread_cond_broadcast(&cache->made);
    }
    pthread_mutex_unlock(&cache->mutex);
    return ok;
}

void spoor_cache_abandon(spoor_cache *cache, spoor_cache_key key) {
    pthread_mutex_lock(&cache->mutex);
    node *n = find(cache, key);
    if (n != NULL && n->cached == NULL) {
        drop(cache, n);
        pthread_cond_broadcast(&cache->made);
    }
    pthread_mutex_unlock(&cache->mutex);
}

/* Let go of the oldest unpinned entries until `want` bytes are free below the limit. */
static void evict(spoor_cache *cache, size_t want) {
    size_t goal = cache->limit > want ? cache->limit - want : 0;
    for (node *n = cache->oldest; n != NULL && cache->bytes > goal;) {
        node *newer = n->newer;
        if (n->pins == 0) {
            drop(cache, n);
        }
        n = newer;
    }
}

void spoor_cache_set_limit(spoor_cache *cache, size_t bytes) {
    pthread_mutex_lock(&cache->mutex);
    cache->limit = bytes == 0 || bytes > default_limit(cache) ? default_limit(cache) : bytes;
    evict(cache, 0);
    pthread_mutex_unlock(&cache->mutex);
}

void spoor_cache_release(spoor_cache *cache, const spoor_cached *cached, bool keep) {
    node *n = cached->node;
    if (n == NULL) { /* never entered: its only pin ends */
        spoor_memory_give(cache->memory, cached->bytes);
        cached->free((spoor_cached *)cached);
        return;
    }
    pthread_mutex_lock(&cache->mutex);
    n->pins--;
    if (!keep && n->pins == 0) {
        drop(cache, n);
    }
    evict(cache, 0);
    pthread_mutex_unlock(&cache->mutex);
}

/* Under the mutex. */
static bool take(spoor_cache *cache, size_t bytes) {
    evict(cache, bytes);
    bool ok = spoor_memory_take(cache->memory, bytes);
    while (!ok) { /* others hold the rest of the account: give back all that can go */
        node *n = cache->oldest;
        while (n != NULL && n->pins > 0) {
            n = n->newer;
        }
        if (n == NULL) {
            break;
        }
        drop(cache, n);
        ok = spoor_memory_take(cache->memory, bytes);
    }
    return ok;
}

bool spoor_cache_take(spoor_cache *cache, size_t bytes) {
    pthread_mutex_lock(&cache->mutex);
    bool ok = take(cache, bytes);
    pthread_mutex_unlock(&cache->mutex);
    return ok;
}

bool spoor_cache_extend(spoor_cache *cache, spoor_cached *cached, size_t bytes) {
    pthread_mutex_lock(&cache->mutex);
    bool ok = take(cache, bytes);
    if (ok) {
        cached->bytes += bytes;
        cache->bytes += cached->node != NULL ? bytes : 0;
    }
    pthread_mutex_unlock(&cache->mutex);
    return ok;
}

void spoor_cache_give(spoor_cache *cache, size_t bytes) {
    spoor_memory_give(cache->memory, bytes);
}
