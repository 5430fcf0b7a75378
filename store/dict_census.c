/* dict_census.c - how many rows have each entry of a stored dictionary: counted once, when somebody asks, and
 * kept with it in the cache.
 *
 * A column has far fewer distinct values than rows, so who counts or lists values reads a few entries a
 * segment instead of its rows.  Codes that are not decoded yet are counted piece by piece, and stay as they lie in
 * the file: memory for them all would cost more than counting them. */
#include <stdlib.h>

#include "store/snapshot.h"

enum { PIECE = 1024 }; /* a multiple of eight: pack.h */

typedef struct counting {
    uint32_t *rows;    /* by entry: so many have it */
    uint32_t *entries; /* those that rows have, in the order of the first of each */
    uint32_t count;    /* of them */
} counting;

static void count_codes(counting *c, const uint32_t *codes, uint32_t n) {
    uint32_t count = c->count, *rows = c->rows, *entries = c->entries;
    for (uint32_t i = 0; i < n; i++) {
        if (rows[codes[i]]++ == 0) {
            entries[count++] = codes[i];
        }
    }
    c->count = count;
}

/* false: they are damaged, as who decodes them will say; or take no room, and nobody counts them: all differ. */
static bool count_pending(counting *c, const spoor_decoded *decoded, spoor_packer *packer) {
    uint32_t codes[PIECE];
    spoor_str bytes = decoded->pending_codes;
    spoor_bytes_in in = spoor_bytes_read(bytes.ptr, bytes.len);
    spoor_code_reader reader;
    bool ok =
        bytes.len > 0 && spoor_codes_open(packer, &in, decoded->rows, decoded->dict.count, &reader);
    while (ok && reader.left > 0) {
        uint32_t n = reader.left < PIECE ? reader.left : PIECE;
        ok = spoor_codes_next(&reader, codes, n);
        if (ok) {
            count_codes(c, codes, n);
        }
    }
    return ok && in.at == in.end;
}

static bool count_rows(counting *c, const spoor_decoded *decoded) {
    spoor_store *store = decoded->store;
    spoor_packer *packer = spoor_store_borrow_packer(store);
    pthread_mutex_lock(&store->pending_mutex);
    bool is_pending = atomic_load(&decoded->pending) != NULL;
    bool ok = packer != NULL && (!is_pending || count_pending(c, decoded, packer));
    pthread_mutex_unlock(&store->pending_mutex);
    if (ok && !is_pending) {
        count_codes(c, decoded->cached.chunk.vec.codes, decoded->rows);
    }
    spoor_store_return_packer(store, packer);
    return ok;
}

/* One block: the struct, the entries, their rows. */
static spoor_census *make(const spoor_decoded *decoded) {
    uint32_t count = decoded->dict.count;
    counting c = {.rows = calloc((size_t)count + 1, sizeof *c.rows)};
    spoor_census *census = malloc(sizeof *census + (size_t)count * 2 * sizeof *census->entries);
    bool ok = c.rows != NULL && census != NULL;
    if (ok) {
        c.entries = (uint32_t *)(void *)(census + 1);
        ok = count_rows(&c, decoded);
    }
    if (ok) {
        *census = (spoor_census){.count = c.count, .entries = c.entries, .rows = c.entries + count};
    } else {
        free(census);
        census = NULL;
    }
    for (uint32_t i = 0; ok && i < c.count; i++) {
        census->rows[i] = c.rows[c.entries[i]];
    }
    free(c.rows);
    return census;
}

/* Two threads may make it at a time: one of them throws its own away. */
static const spoor_census *census_of(const spoor_dict *dict) {
    spoor_decoded *decoded = dict->owner;
    spoor_census *census = atomic_load(&decoded->census);
    size_t bytes = sizeof *census + (size_t)dict->count * 2 * sizeof *census->entries;
    if (census != NULL || !spoor_cache_extend(decoded->store->cache, &decoded->cached, bytes)) {
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
