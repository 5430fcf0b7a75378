/* dict_named.c - which entries of a small dictionary each piece of rows names, found once, when asked for often
 * enough, and kept with it in the cache.
 *
 * Hosts, users of a server, event channels: who asks which of them an hour has looks at a few words a piece, not
 * at its rows. */
#include <stdlib.h>

#include "store/snapshot.h"

static spoor_named *make(const uint32_t *codes, uint32_t rows, uint32_t pieces) {
    spoor_named *named = calloc(pieces, sizeof *named);
    for (uint32_t i = 0; named != NULL && i < rows; i++) {
        named[i / SPOOR_NAMED_ROWS].bits[codes[i] / 64] |= UINT64_C(1) << codes[i] % 64;
    }
    return named;
}

/* NULL: who asks is the first to do so, and one question is answered sooner from the rows; or no memory.  Two
 * threads may make it at a time: one of them throws its own away. */
static const spoor_named *pieces_of(spoor_decoded *decoded, uint32_t rows) {
    spoor_named *named = atomic_load(&decoded->named);
    if (named != NULL || atomic_fetch_add(&decoded->asked_named, rows) < decoded->rows) {
        return named;
    }
    uint32_t pieces = decoded->rows / SPOOR_NAMED_ROWS + 1;
    if (!spoor_cache_extend(decoded->store->cache, &decoded->cached, pieces * sizeof *named)) {
        return NULL;
    }
    spoor_named *made = make(decoded->cached.chunk.vec.codes, decoded->rows, pieces);
    if (made != NULL && atomic_compare_exchange_strong(&decoded->named, &named, made)) {
        return made;
    }
    free(made);
    return named; /* that of the other thread, or NULL */
}

static const spoor_named *named_of(const spoor_dict *dict, const uint32_t *codes, uint32_t rows) {
    spoor_decoded *decoded = dict->owner;
    if (atomic_load(&decoded->pending) != NULL) {
        return NULL; /* whatever these codes are, rows of the column they are not */
    }
    uintptr_t from = (uintptr_t)decoded->cached.chunk.vec.codes, at = (uintptr_t)codes;
    uintptr_t end = from + decoded->rows * sizeof *codes, piece = SPOOR_NAMED_ROWS * sizeof *codes;
    if (at < from || at > end || rows > (end - at) / sizeof *codes || (at - from) % piece != 0) {
        return NULL;
    }
    const spoor_named *named = pieces_of(decoded, rows);
    return named != NULL ? named + (at - from) / piece : NULL;
}

void spoor_decoded_offer_named(spoor_decoded *decoded) {
    if (decoded->dict.count <= SPOOR_NAMED_ENTRIES) {
        decoded->dict.owner = decoded;
        decoded->dict.named = named_of;
    }
}
