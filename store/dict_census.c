/* dict_census.c - how many rows have each entry of a stored dictionary: counted once, when somebody asks, and
 * kept with it in the cache.
 *
 * A column has far fewer distinct values than rows, so who counts or lists values reads a few entries a
 * segment instead of its rows. */
#include <stdlib.h>

#include "store/snapshot.h"

/* One block: the struct, the entries, their rows. */
static spoor_census *make(const spoor_decoded *decoded) {
    uint32_t count = decoded->dict.count;
    const uint32_t *codes = decoded->cached.chunk.vec.codes;
    uint32_t *by_entry = calloc((size_t)count + 1, sizeof *by_entry);
    spoor_census *census = malloc(sizeof *census + (size_t)count * 2 * sizeof *census->entries);
    if (by_entry == NULL || census == NULL) {
        free(by_entry);
        free(census);
        return NULL;
    }
    uint32_t n = 0, *entries = (uint32_t *)(void *)(census + 1), *rows = entries + count;
    for (uint32_t i = 0; i < decoded->rows; i++) {
        if (by_entry[codes[i]]++ == 0) {
            entries[n++] = codes[i];
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        rows[i] = by_entry[entries[i]];
    }
    free(by_entry);
    *census = (spoor_census){.count = n, .entries = entries, .rows = rows};
    return census;
}

/* Two threads may make it at a time: one of them throws its own away. */
static const spoor_census *census_of(const spoor_dict *dict) {
    spoor_decoded *decoded = dict->owner;
    spoor_census *census = atomic_load(&decoded->census);
    size_t bytes = sizeof *census + (size_t)dict->count * 2 * sizeof *census->entries;
    if (census != NULL || !spoor_cache_extend(decoded->cache, &decoded->cached, bytes)) {
        return census;
    }
    spoor_census *made = make(decoded);
    if (made != NULL && atomic_compare_exchange_strong(&decoded->census, &census, made)) {
        return made;
    }
    free(made);
    return census; /* that of the other thread, or NULL */
}

void spoor_decoded_offer_census(spoor_decoded *decoded) {
    decoded->dict.owner = decoded;
    decoded->dict.census = census_of;
}
