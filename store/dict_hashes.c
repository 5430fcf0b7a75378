/* dict_hashes.c - hashes of a stored dictionary's texts: made once, when enough rows have asked for
 * them, and kept with it in the cache.
 *
 * Rows name texts in no order, so that each is far away in memory; their hashes stand together, and
 * the next query finds them made. */
#include <stdlib.h>

#include "base/hash.h"
#include "store/snapshot.h"

enum { ENTRIES_PER_ROW = 4 }; /* for fewer rows it is quicker to hash what they name */

static uint64_t *make(const spoor_dict *dict) {
    uint64_t *hashes = malloc(((size_t)dict->count + 1) * sizeof *hashes);
    for (uint32_t i = 0; hashes != NULL && i < dict->count; i++) {
        hashes[i] = spoor_hash_bytes(dict->values->strings[i].ptr, dict->values->strings[i].len);
    }
    return hashes;
}

/* Two threads may make them at a time: one of them throws its own away. */
static const uint64_t *hashes_of(const spoor_dict *dict, uint32_t rows) {
    spoor_decoded *decoded = dict->owner;
    uint64_t *hashes = atomic_load(&decoded->hashes);
    if (hashes != NULL) {
        return hashes;
    }
    uint64_t asked = atomic_fetch_add(&decoded->asked, rows) + (uint64_t)rows;
    size_t bytes = (size_t)dict->count * sizeof *hashes;
    if (asked * ENTRIES_PER_ROW < dict->count ||
        !spoor_cache_extend(decoded->store->cache, &decoded->cached, bytes)) {
        return NULL;
    }
    uint64_t *made = make(dict);
    if (made != NULL && atomic_compare_exchange_strong(&decoded->hashes, &hashes, made)) {
        return made;
    }
    free(made);
    return hashes; /* those of the other thread, or NULL */
}

void spoor_decoded_offer_hashes(spoor_decoded *decoded) {
    decoded->dict.owner = decoded;
    decoded->dict.hashes = hashes_of;
}
